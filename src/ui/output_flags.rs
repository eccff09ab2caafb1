//! The flags that say how to write, the same for every verb.

use std::ffi::OsString;

use clap::ValueEnum as _;

use crate::ui::ColorChoice;

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Aligned columns that fit the screen; ages and rounded sizes.
    #[value(alias = "text")]
    Table,
    /// Aligned columns, all of them, nothing cut.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object per line, written as things happen.
    JsonLines,
    /// Lines of logs as they are: only where logs are printed.
    #[value(hide = true)]
    Raw,
    /// Measurements in Prometheus' text form: only of the status.
    #[value(hide = true)]
    Prometheus,
}

/// How to write, for every verb.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Output options")]
pub struct OutputFlags {
    /// Output format [default: a table on a terminal, tab-separated lines in a pipe].
    #[arg(long, short = 'o', global = true, value_name = "FORMAT", value_enum)]
    pub output: Option<Format>,

    /// Omit the headings of tables.
    #[arg(long, global = true)]
    pub no_headers: bool,

    /// When to use colour [env: NO_COLOR, CLICOLOR_FORCE].
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t, hide_short_help = true)]
    pub color: ColorChoice,

    /// Print only results and errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Log each request to stderr; twice for retries too [env: FLEET_LOG].
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

impl OutputFlags {
    /// How to write what the parser itself has to say: help, versions, mistakes. Found before the real parse, which failed.
    #[must_use]
    pub fn early(args: &[OsString]) -> Self {
        OutputFlags { color: ColorChoice::early(args), output: Format::early(args), ..OutputFlags::default() }
    }
}

impl Format {
    /// Finds `-o` and `--output`, however they are written, before `--`.
    fn early(args: &[OsString]) -> Option<Self> {
        let mut found = None;
        let mut words = args.iter().skip(1).map(|a| a.to_string_lossy());
        while let Some(word) = words.next() {
            let value = match word.as_ref() {
                "--" => break,
                "-o" | "--output" => words.next(),
                word => word
                    .strip_prefix("--output=")
                    .or_else(|| word.strip_prefix("-o").filter(|_| !word.starts_with("--")))
                    .map(|value| value.trim_start_matches('=').to_owned().into()),
            };
            found = value.and_then(|value| Format::from_str(&value, false).ok()).or(found);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_found_before_the_parse_in_every_spelling() {
        let early = |line: &str| {
            let args: Vec<OsString> = line.split(' ').map(Into::into).collect();
            OutputFlags::early(&args).output
        };
        for line in ["-o json", "-ojson", "-o=json", "--output json", "--output=json", "-o table -o json"] {
            assert_eq!(early(&format!("fleet node {line} --nope")), Some(Format::Json), "{line}");
        }
        assert_eq!(early("fleet node -o json-lines"), Some(Format::JsonLines));
        for line in ["fleet exec web -- jq -o json", "fleet -o yaml", "fleet -o", "fleet --out json"] {
            assert_eq!(early(line), None, "{line}");
        }
    }
}
