//! The one decision whether to colour.

use crate::config::Environment;

/// What the command line says of colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal that supports it, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Whether to colour a stream: the flag, then `NO_COLOR`, then `CLICOLOR_FORCE`, then what the stream is.
    #[must_use]
    pub fn decide(self, env: &Environment, stream_is_tty: bool) -> bool {
        match self {
            ColorChoice::Always => return true,
            ColorChoice::Never => return false,
            ColorChoice::Auto => {}
        }
        if env.get("NO_COLOR").is_some() || env.get("NOMAD_CLI_NO_COLOR").is_some() {
            return false;
        }
        let forced = |name| env.get(name).is_some_and(|v| v != "0");
        if forced("CLICOLOR_FORCE") || forced("NOMAD_CLI_FORCE_COLOR") {
            return true;
        }
        stream_is_tty && env.get("TERM") != Some("dumb") && env.get("CLICOLOR") != Some("0")
    }

    /// Finds `--color` before the real parse, so that help and usage errors obey it too.
    #[must_use]
    pub fn early(args: &[std::ffi::OsString]) -> Self {
        let mut choice = ColorChoice::Auto;
        let mut words = args.iter().skip(1).map(|a| a.to_string_lossy());
        while let Some(word) = words.next() {
            let value = match word.as_ref() {
                "--" => break,
                "--color" => words.next(),
                word => word.strip_prefix("--color=").map(|v| v.to_owned().into()),
            };
            match value.as_deref() {
                Some("always") => choice = ColorChoice::Always,
                Some("never") => choice = ColorChoice::Never,
                Some("auto") => choice = ColorChoice::Auto,
                _ => {}
            }
        }
        choice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_no_color_beats_force_beats_the_terminal() {
        let env = |pairs: &[(&str, &str)]| Environment::from_pairs(pairs.iter().copied());
        let auto = ColorChoice::Auto;
        assert!(auto.decide(&env(&[]), true) && !auto.decide(&env(&[]), false));
        assert!(!auto.decide(&env(&[("TERM", "dumb")]), true));
        assert!(auto.decide(&env(&[("CLICOLOR_FORCE", "1")]), false));
        assert!(!auto.decide(&env(&[("CLICOLOR_FORCE", "0")]), false));
        assert!(!auto.decide(&env(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), true));
        assert!(ColorChoice::Always.decide(&env(&[("NO_COLOR", "1")]), false));
        assert!(!ColorChoice::Never.decide(&env(&[("CLICOLOR_FORCE", "1")]), true));
    }

    #[test]
    fn the_early_look_finds_both_spellings_and_stops_at_the_dashes() {
        let early = |line: &str| {
            let args: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            ColorChoice::early(&args)
        };
        assert_eq!(early("fleet --color always --help"), ColorChoice::Always);
        assert_eq!(early("fleet status --color=never"), ColorChoice::Never);
        assert_eq!(early("fleet sandbox run -- status --color=never"), ColorChoice::Auto);
    }
}
