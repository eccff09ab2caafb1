//! A mistake on the command line as an error of fleet's own, for machines; people read the parser's own picture.

use clap::error::ErrorKind;

use crate::error::Error;
use crate::exit_code::ExitCode;

/// The error for what the parser has to say: its first paragraph is the message, what is listed below it the causes, tips and the
/// usage the hints.
pub(super) fn error(e: &clap::Error, code: ExitCode) -> Error {
    let text = e.render().to_string();
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let error = match e.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => Error::new(code, "no command given"),
        _ => told(&text, code),
    };
    match usage {
        Some(usage) => error.hint(format!("usage: {usage}")),
        None => error,
    }
}

fn told(text: &str, code: ExitCode) -> Error {
    let mut lines = text.lines();
    let message = lines.next().unwrap_or_default();
    let message = message.strip_prefix("error: ").unwrap_or(message).trim_end_matches(':');
    let mut error = Error::new(code, message);
    for line in lines {
        if line.starts_with("Usage: ") || line.starts_with("For more information") {
            break;
        }
        error = match line.trim() {
            "" => error,
            line => match line.strip_prefix("tip: ") {
                Some(tip) => error.hint(tip),
                None => error.because(line.trim_matches(['[', ']'])),
            },
        };
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Error {
        let parsed = crate::cli::command().try_get_matches_from(line.split(' '));
        error(&parsed.unwrap_err(), ExitCode::Usage)
    }

    #[test]
    fn what_the_parser_says_is_taken_apart() {
        let typo = read("fleet node list --wach");
        assert_eq!(typo.message(), "unexpected argument '--wach' found");
        assert_eq!(typo.causes(), [] as [&str; 0]);
        assert!(typo.hints().iter().any(|hint| hint.starts_with("usage: fleet node list")), "{typo:?}");

        let missing = read("fleet cp");
        assert_eq!(missing.message(), "the following required arguments were not provided");
        assert!(!missing.causes().is_empty(), "{missing:?}");

        let value = read("fleet -o yaml status");
        assert_eq!(value.causes(), ["possible values: table, wide, json, json-lines"]);

        assert_eq!(read("fleet node").message(), "no command given");
    }
}
