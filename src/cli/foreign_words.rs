//! Lines that are nearly fleet's, by habits from `kubectl`, `docker` and `nomad`: the same in fleet's own words, or what to say of them
//! where the parser's own tips lead astray.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::model::ids::shell_word;
use crate::model::other_tools;

/// The command line with the long flags of `nomad`, which have one dash, as they are written here. What is meant for a
/// command in an allocation stays as it is.
pub(super) fn with_long_flags(args: &[OsString]) -> Vec<OsString> {
    let own = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let (own, rest) = args.split_at(own);
    let own = with_tail(own);
    let read = |arg: &OsString| match arg.to_str().and_then(other_tools::single_dash_flag) {
        Some(flags) => flags.into_iter().map(OsString::from).collect(),
        None => vec![arg.clone()],
    };
    own.iter().flat_map(read).chain(rest.iter().cloned()).collect()
}

/// `nomad alloc logs -tail -n 20` says in two flags what is one here.
fn with_tail(args: &[OsString]) -> Vec<OsString> {
    let mut line = args.to_vec();
    let number =
        |at: usize| args.get(at).and_then(|arg| arg.to_str()).is_some_and(|arg| arg.parse::<u64>().is_ok());
    let Some(tail) = args.iter().position(|arg| arg == "-tail").filter(|at| !number(at + 1)) else {
        return line;
    };
    line[tail] = "--tail=10".into();
    if let Some(lines) = args.iter().position(|arg| arg == "-n").filter(|at| number(at + 1)) {
        line[tail] = format!("--tail={}", args[lines + 1].to_string_lossy()).into();
        line.drain(lines..lines + 2);
    }
    line
}

/// The flags of a verb and of all verbs, and whether the next word is their value.
pub(super) fn flags_of(verb: &[String]) -> BTreeMap<String, bool> {
    let root = super::command();
    let mut at = &root;
    let mut all: BTreeMap<String, bool> = flags(at).collect();
    for word in verb {
        let Some(next) = at.find_subcommand(word) else { break };
        at = next;
    }
    all.extend(flags(at));
    all
}

/// The flags of one command, and whether the next word is their value.
pub(super) fn flags(command: &clap::Command) -> impl Iterator<Item = (String, bool)> + '_ {
    command.get_arguments().flat_map(|arg| {
        let takes = arg.get_action().takes_values() && !arg.is_require_equals_set();
        let long = arg.get_long_and_visible_aliases().unwrap_or_default();
        let long = long.into_iter().map(|name| format!("--{name}"));
        let short = arg.get_short().map(|name| format!("-{name}"));
        long.chain(short).map(move |name| (name, takes)).collect::<Vec<_>>()
    })
}

/// The parser's error without a guess that might change what nobody meant.
fn without_wild_guess(mut error: clap::Error) -> clap::Error {
    let typed = match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(typed)) => typed.clone(),
        _ => return error,
    };
    let guesses = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(guesses)) => guesses.clone(),
        Some(ContextValue::String(guess)) => vec![guess.clone()],
        _ => return error,
    };
    let fitting: Vec<String> =
        guesses.into_iter().filter(|guess| other_tools::may_guess(&typed, guess)).collect();
    if fitting.is_empty() {
        error.remove(ContextKind::SuggestedSubcommand);
    } else {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(fitting));
    }
    error
}

/// The parser's error with the tips that help in the place of its own.
pub(super) fn with_tips(error: clap::Error, args: &[OsString]) -> clap::Error {
    let verb = super::verb_of(args);
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    with_tip(without_wild_guess(error), args, &verb)
}

/// Puts the tip that helps in the place of the parser's own.
fn with_tip(mut error: clap::Error, args: &[OsString], verb: &[&str]) -> clap::Error {
    if error.kind() == ErrorKind::InvalidValue && is_format(&error) {
        let tip = "Nomad speaks JSON: `-o json` prints the document, and jq picks from it".to_owned();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
        return error;
    }
    if error.kind() == ErrorKind::InvalidSubcommand && verb.is_empty() {
        return with_looks(error);
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

/// What looks at a thing, where a word that is no verb, nor nearly one, may be the name of one: `stern` takes it so.
fn with_looks(mut error: clap::Error) -> clap::Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    if error.get(ContextKind::SuggestedSubcommand).is_none() {
        let word = shell_word(word);
        let tip = format!(
            "where that is the name of something: `fleet status {word}` shows it, `fleet logs {word}` prints its logs"
        );
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
        (_, flag) if strsim::osa_distance(flag, "--json") <= 1 => {
            Some("`-o json` prints the document, and --json does so too".to_owned())
        }
        (_, flag) if other_tools::is_single_dash(flag) => {
            Some(format!("long flags have two dashes: `fleet {} --help` lists them", verb.join(" ")))
        }
        _ => None,
    }
}

/// The line with `--` before its second word, where there are two: a target and a command.
fn with_dashes(args: &[&str], verb: &str) -> Option<String> {
    let flags = flags_of(&[verb.to_owned()]);
    let begin = args.iter().position(|arg| *arg == verb)? + 1;
    let (mut at, mut words) = (begin, 0);
    while let Some(arg) = args.get(at) {
        match arg.starts_with('-') {
            true => at += usize::from(flags.get(*arg).copied().unwrap_or_default()),
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
    use std::fmt::Write as _;
    use std::io::Write as _;

    use super::super::command;
    use super::*;
    use crate::model::other_tools::{Absence, Meaning};

    fn said(line: &str) -> String {
        let args: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let verb = super::super::verb_of(&args);
        let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
        let error = command().try_get_matches_from(&args).unwrap_err();
        with_tip(error, &args, &verb).render().to_string()
    }

    #[test]
    fn habits_from_elsewhere_get_the_line_that_is_meant() {
        for (line, tip) in [
            ("fleet exec -it hello sh", "put -- before the command: `fleet exec -it hello -- sh`"),
            ("fleet exec hello ls -la", "`fleet exec hello -- ls -la`"),
            ("fleet exec -u root hello ls -la", "`fleet exec -u root hello -- ls -la`"),
            ("fleet alloc list -A", "lists show all namespaces"),
            ("fleet alloc list --jsn", "`-o json` prints the document"),
            #[cfg(feature = "sandbox")]
            #[cfg(feature = "sandbox")]
            ("fleet sandbox run node list -o json", "`fleet sandbox run -- node list -o json`"),
            ("fleet job run -check-index 3 x", "unexpected argument '-check-index' found"),
        ] {
            let said = said(line);
            assert!(said.contains(tip) && !said.contains("as a value"), "{line}: {said}");
        }
        assert!(said("fleet exec hello").contains("<COMMAND>"));
    }

    fn line(text: &str) -> Vec<OsString> {
        shlex::split(text).unwrap().into_iter().map(OsString::from).collect()
    }

    #[test]
    fn flags_of_nomad_are_read_before_those_of_fleet() {
        let read = with_long_flags(&line("fleet -namespace=ops job list -json -- -json"));
        assert_eq!(read, line("fleet --namespace=ops job list -o json -- -json"));
        let read = with_long_flags(&line("fleet alloc logs -tail -n 20 -f x -- -tail"));
        assert_eq!(read, line("fleet alloc logs --tail=20 -f x -- -tail"));
        assert_eq!(with_long_flags(&line("fleet logs -tail 20 x")), line("fleet logs --tail 20 x"));
    }

    /// What stands here in the place of a command of `nomad`.
    enum Place {
        /// The same words.
        Own,
        /// Other words, or several commands that a sentence names.
        Counterpart(String),
        /// Nothing, for a reason that is not fleet's.
        Absent(Absence),
        /// Nothing: the sentence says what to do.
        Sentence(&'static str),
    }

    fn place(words: &[&str]) -> Option<Place> {
        let mut at = command();
        let is_own = words.iter().all(|word| match at.find_subcommand(word) {
            Some(next) => {
                at = next.clone();
                true
            }
            None => false,
        });
        if is_own {
            return Some(Place::Own);
        }
        Some(match other_tools::meaning(words)?.1 {
            Meaning::Same(line) | Meaning::ByCount(_, line) => Place::Counterpart(line.to_owned()),
            Meaning::Several(sentence) => Place::Counterpart(sentence.to_owned()),
            Meaning::Absent(why, _) => Place::Absent(why),
            Meaning::Say(sentence) => Place::Sentence(sentence),
        })
    }

    /// Every command that `nomad` 2.0.5 has (recorded by walking `nomad -h`) is one of fleet's too, leads to one, or has a
    /// sentence that says why not; of those that are neither Enterprise's nor an agent's own, nearly all have a counterpart.
    /// Prints the table.
    #[test]
    fn what_nomad_can_do_has_its_place() {
        let recorded = include_str!("../../tests/fixtures/nomad-2.0.5/commands.txt");
        let leaves: Vec<&str> = recorded.lines().filter(|line| !line.is_empty()).collect();
        let (mut table, mut missing) = (String::new(), Vec::new());
        let (mut counted, mut with_counterpart) = (0_usize, 0_usize);
        for leaf in &leaves {
            let words: Vec<&str> = leaf.split(' ').collect();
            let Some(place) = place(&words) else {
                missing.push(*leaf);
                continue;
            };
            counted += usize::from(!matches!(place, Place::Absent(_)));
            with_counterpart += usize::from(matches!(place, Place::Own | Place::Counterpart(_)));
            let told = match place {
                Place::Own => format!("fleet {leaf}"),
                Place::Counterpart(own) => own,
                Place::Absent(Absence::Enterprise) => "- (Nomad Enterprise)".to_owned(),
                Place::Absent(Absence::AgentSide) => "- (an agent's own files)".to_owned(),
                Place::Sentence(sentence) => format!("- {sentence}"),
            };
            writeln!(table, "nomad {leaf:<40} {told}").unwrap();
        }
        assert!(missing.is_empty(), "{} of {} have no place: {missing:#?}", missing.len(), leaves.len());
        writeln!(
            table,
            "{with_counterpart} of {counted} have a counterpart, of {} commands {} are Enterprise's or an agent's own",
            leaves.len(),
            leaves.len() - counted
        )
        .unwrap();
        drop(std::io::stderr().write_all(table.as_bytes()));
        assert!(with_counterpart * 100 >= counted * 95, "{table}");
        // What is left out of the count is little, and stands with its reason in the table of words.
        assert!(leaves.len() - counted <= 32, "{table}");
    }
}
