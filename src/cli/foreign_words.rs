//! What to say of a line that is nearly one of fleet's: habits from `kubectl`, `docker` and `nomad` that the parser's own tips lead
//! astray.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::model::ids::shell_word;
use crate::model::other_tools;

/// Puts the tip that helps in the place of the parser's own.
pub(super) fn with_tip(mut error: clap::Error, args: &[OsString], verb: &[&str]) -> clap::Error {
    if error.kind() == ErrorKind::InvalidValue && is_format(&error) {
        let tip = "Nomad speaks JSON: `-o json` prints the document, and jq picks from it".to_owned();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
        return error;
    }
    if !matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::MissingRequiredArgument) {
        return error;
    }
    let args: Vec<&str> = args.iter().filter_map(|arg| arg.to_str()).collect();
    if error.kind() == ErrorKind::UnknownArgument {
        // "To pass it as a value, use --" is no help where no value looks like a flag.
        error.remove(ContextKind::Suggested);
        if let Some(whole) = whole_flag(&error, &args) {
            error.insert(ContextKind::InvalidArg, ContextValue::String(whole));
        }
    }
    if let Some(tip) = tip(&error, &args, verb) {
        error.remove(ContextKind::SuggestedArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
    }
    error
}

/// Whether what is wrong is a format, such as those of `kubectl`.
fn is_format(error: &clap::Error) -> bool {
    let named = matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::String(arg)) if arg.starts_with("--output"));
    let theirs = |value: &str| {
        ["yaml", "name", "jsonpath", "custom-columns", "go-template"]
            .iter()
            .any(|format| value.starts_with(format))
    };
    named
        && matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if theirs(value))
}

/// A flag with one dash and a long name, of which the parser names only the first letter.
fn whole_flag(error: &clap::Error, args: &[&str]) -> Option<String> {
    let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg) else { return None };
    let short = named.strip_prefix('-').filter(|rest| rest.chars().count() == 1)?;
    let own = args.iter().take_while(|arg| **arg != "--");
    let whole = own.map(|arg| arg.split('=').next().unwrap_or(arg)).find(|arg| {
        arg.strip_prefix('-').is_some_and(|rest| rest.starts_with(short) && rest.chars().count() > 3)
    })?;
    Some(whole.to_owned())
}

fn tip(error: &clap::Error, args: &[&str], verb: &[&str]) -> Option<String> {
    let unknown = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(named)) if error.kind() == ErrorKind::UnknownArgument => named.as_str(),
        _ => "",
    };
    match (verb, unknown) {
        (["exec" | "shell" | "run"], _) if !args.contains(&"--") => {
            with_dashes(args, verb[0]).map(|line| format!("put -- before the command: `{line}`"))
        }
        (["sandbox", "run"], word) if !word.starts_with('-') && !args.contains(&"--") => {
            let at = args.iter().position(|arg| *arg == word)?;
            let said =
                |words: &[&str]| words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ");
            let line = format!("fleet {} -- {}", said(args.get(1..at)?), said(&args[at..]));
            Some(format!("put -- before the command: `{line}`"))
        }
        (_, "-A" | "--all-namespaces") => {
            Some("without --namespace, lists show all namespaces that the token may read".to_owned())
        }
        (_, flag) if other_tools::is_single_dash(flag) => {
            Some(format!("long flags have two dashes: `fleet {} --help` lists them", verb.join(" ")))
        }
        _ => None,
    }
}

/// The line with `--` before its second word, where there are two: a target and a command.
fn with_dashes(args: &[&str], verb: &str) -> Option<String> {
    let root = super::command();
    let own = root.find_subcommand(verb)?;
    let takes_value = |flag: &str| {
        let all = || own.get_arguments().chain(root.get_arguments());
        !flag.contains('=')
            && all().filter(|arg| arg.get_action().takes_values()).any(|arg| {
                arg.get_long().is_some_and(|long| flag.strip_prefix("--") == Some(long))
                    || arg.get_short().is_some_and(|short| flag == format!("-{short}"))
            })
    };
    let begin = args.iter().position(|arg| *arg == verb)? + 1;
    let (mut at, mut words) = (begin, 0);
    while let Some(arg) = args.get(at) {
        match arg.starts_with('-') {
            true => at += usize::from(takes_value(arg)),
            false => words += 1,
        }
        if words == 2 {
            let said =
                |words: &[&str]| words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ");
            return Some(format!("fleet {} -- {}", said(&args[1..at]), said(&args[at..])));
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let verb = super::super::verb_of(&args);
        let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
        let error = super::super::command().try_get_matches_from(&args).unwrap_err();
        with_tip(error, &args, &verb).render().to_string()
    }

    #[test]
    fn habits_from_elsewhere_get_the_line_that_is_meant() {
        for (line, tip) in [
            ("fleet exec -it hello sh", "put -- before the command: `fleet exec -it hello -- sh`"),
            ("fleet exec hello ls -la", "`fleet exec hello -- ls -la`"),
            ("fleet exec -u root hello ls -la", "`fleet exec -u root hello -- ls -la`"),
            ("fleet alloc list -A", "lists show all namespaces"),
            ("fleet sandbox run node list -o json", "`fleet sandbox run -- node list -o json`"),
            ("fleet job run -check-index 3 x", "unexpected argument '-check-index' found"),
        ] {
            let said = said(line);
            assert!(said.contains(tip) && !said.contains("as a value"), "{line}: {said}");
        }
        assert!(said("fleet exec hello").contains("<COMMAND>"));
    }
}
