//! A command line in the words and flags of other tools, as one of fleet's.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::Args as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::effect;
use super::foreign_words::{self, flags, flags_of};
use crate::config::ConnectionFlags;
use crate::model::ids::shell_word;
use crate::model::other_tools::{self, FlagMeaning, Translation};

/// Why there is no line for what was typed.
type Sentence = String;

/// How many words and flags of other tools a line may have.
const MOST_STEPS: usize = 12;

/// A line that the parser refused, read in the words of other tools; else its error, and the line as far as it was understood:
/// what the words mean is what the page, the tips and the exit code are of.
pub(super) fn read_as_meant<T>(
    mut args: Vec<OsString>,
    mut error: clap::Error,
    read: &dyn Fn(&[OsString]) -> Result<T, clap::Error>,
) -> Result<T, (clap::Error, Vec<OsString>)> {
    // Each step understands a word or a flag more.
    for _ in 0..MOST_STEPS {
        match meant(&args, &error) {
            Some(Ok(line)) => args = line,
            Some(Err(sentence)) => {
                return Err((super::command().error(ErrorKind::InvalidSubcommand, sentence), args));
            }
            None => break,
        }
        match read(&args) {
            Ok(read) => return Ok(read),
            Err(e) => error = e,
        }
    }
    Err((foreign_words::with_tips(error, &args), args))
}

/// One step from a line that the parser refused to the one that is meant, or what to say of it. None where no tool that is known
/// says it so.
fn meant(args: &[OsString], error: &clap::Error) -> Option<Result<Vec<OsString>, Sentence>> {
    let line = Line::of(args);
    match error.kind() {
        ErrorKind::InvalidSubcommand | ErrorKind::MissingSubcommand => {
            line.help().map(Ok).or_else(|| line.flag(false)).or_else(|| line.words())
        }
        ErrorKind::UnknownArgument => {
            let further = || line.further_word(&invalid(error)?).map(Ok);
            line.flag(false).or_else(|| line.words()).or_else(further)
        }
        ErrorKind::InvalidValue => line.flag(true),
        ErrorKind::TooManyValues => line.without_bool(&invalid(error)?).map(Ok),
        _ => None,
    }
}

fn invalid(error: &clap::Error) -> Option<String> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(named)) => Some(named.clone()),
        _ => None,
    }
}

/// A line as it was typed.
struct Line<'a> {
    args: &'a [OsString],
    /// Where words stand that are neither flags nor their values.
    places: Vec<usize>,
    /// Those words.
    typed: Vec<&'a str>,
    /// The verb of fleet's that it begins with.
    verb: Vec<String>,
    /// Where what is meant for another program begins.
    end: usize,
}

impl<'a> Line<'a> {
    fn of(args: &'a [OsString]) -> Self {
        let places = places_of_words(args);
        let typed = places.iter().filter_map(|&at| args[at].to_str()).collect();
        let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
        Line { args, places, typed, verb: super::verb_of(args), end }
    }

    /// `node help drain` as the page it asks for.
    fn help(&self) -> Option<Vec<OsString>> {
        let at = *self.places.get(self.verb.len()).filter(|_| !self.verb.is_empty())?;
        let mut line = self.replaced(at, 1, &[]);
        (self.args[at] == "help").then(|| {
            line.insert(self.end - 1, "--help".into());
            line
        })
    }

    /// The first words of it in fleet's own.
    fn words(&self) -> Option<Result<Vec<OsString>, Sentence>> {
        if self.verb.is_empty() && self.typed.len() > 1 && other_tools::is_tool(self.typed[0]) {
            return Some(Ok(self.replaced(self.places[0], 1, &[])));
        }
        if let Some(line) = self.kind_apart() {
            return Some(Ok(line));
        }
        let beginning = self.typed.get(..2).map(|two| two.join(" ")).unwrap_or_default();
        let further =
            self.places.len().checked_sub(3).and_then(|own| other_tools::further_word(&beginning, own));
        if let Some(flag) = further.filter(|flag| !self.has(flag)) {
            return Some(Ok(self.replaced(*self.places.last()?, 0, &[flag])));
        }
        match other_tools::translate(&self.typed)? {
            // What is wrong stands further on.
            Translation::Words(count, _) if count < self.verb.len() => None,
            Translation::Words(count, own) => Some(Ok(self.in_place_of(count, &own))),
            Translation::Sentence(typed, _) if typed.split(' ').count() < self.verb.len() => None,
            Translation::Sentence(typed, sentence) if typed == self.verb.join(" ") => {
                Some(Err(format!("`fleet {typed}` needs another word: {sentence}")))
            }
            Translation::Sentence(typed, sentence) => {
                Some(Err(format!("fleet has no `{typed}`: {sentence}")))
            }
        }
    }

    /// `kubectl`'s `get node/c1` with the kind as a word of its own.
    fn kind_apart(&self) -> Option<Vec<OsString>> {
        if !matches!(self.typed.first(), Some(&("get" | "describe" | "delete" | "edit"))) {
            return None;
        }
        let (kind, name) = other_tools::without_kind(self.typed.get(1)?)?;
        Some(self.replaced(self.places[1], 1, &[kind, name]))
    }

    /// The line with these words in the place of its first `count` ones. A flag at their end stands before the next word, which
    /// may be its value.
    fn in_place_of(&self, count: usize, own: &[&str]) -> Vec<OsString> {
        let (replaced, next) = (&self.places[..count], self.places.get(count));
        let apart = next.and(own.split_last().filter(|(last, _)| last.starts_with("--")));
        let (flag, words) = apart.map_or((None, own), |(flag, words)| (Some(*flag), words));
        let mut line: Vec<OsString> = self.args[..replaced[0]].to_vec();
        line.extend(words.iter().map(OsString::from));
        let names = other_tools::names_things(&own.join(" "));
        for (at, arg) in self.args.iter().enumerate().skip(replaced[0]) {
            if replaced.contains(&at) {
                continue;
            }
            line.extend(flag.filter(|_| next == Some(&at)).map(OsString::from));
            line.push(match arg.to_str().and_then(other_tools::without_kind) {
                Some((_, name)) if names && self.places.contains(&at) => name.into(),
                _ => arg.clone(),
            });
        }
        line
    }

    /// The line with `own` in the place of `count` arguments.
    fn replaced(&self, at: usize, count: usize, own: &[&str]) -> Vec<OsString> {
        let mut line = self.args.to_vec();
        line.splice(at..at + count, own.iter().map(OsString::from));
        line
    }

    /// The first flag of another tool as fleet has it. `known` are flags of fleet's own looked at too.
    fn flag(&self, known: bool) -> Option<Result<Vec<OsString>, Sentence>> {
        let verb = self.verb.join(" ");
        let typed = self.typed.get(..2).map(|two| two.join(" ")).unwrap_or_default();
        let own = flags_of(&self.verb);
        for at in 1..self.end {
            let Some(arg) = self.args[at].to_str().filter(|arg| arg.len() > 1 && arg.starts_with('-')) else {
                continue;
            };
            let (name, value) = arg.split_once('=').map_or((arg, None), |(name, value)| (name, Some(value)));
            if !known && own.contains_key(name) {
                continue;
            }
            for key in [&verb, &typed] {
                let next = self.args[..self.end].get(at + 1).and_then(|next| next.to_str());
                if let Some(next) =
                    next.filter(|next| value.is_none() && other_tools::is_of_value(key, name, next))
                {
                    let joined = self.replaced(at, 2, &[&format!("{name}={next}")]);
                    return Line::of(&joined).flag(known);
                }
                if let Some(meaning) = other_tools::flag(key, name, value) {
                    return self.with(meaning, (at, name, value), key);
                }
            }
            let words: Vec<&str> = self.verb.iter().map(String::as_str).collect();
            // Without `--` it may be a flag of the command that follows.
            let ours = self.end < self.args.len()
                || !matches!(
                    words[..],
                    ["exec" | "shell" | "run"] | ["sandbox", "run"] | ["context", "exec"]
                );
            if let Some(meaning) = other_tools::common_flag(name).filter(|_| ours && !own.contains_key(name))
            {
                return self.with(meaning, (at, name, value), &verb);
            }
            // A verb that changes something and does not ask has nothing to be told.
            if matches!(arg, "-y" | "--yes") && !own.contains_key("--yes") && effect::may_change(&words) {
                return Some(Ok(self.replaced(at, 1, &[])));
            }
        }
        None
    }

    fn with(
        &self,
        meaning: FlagMeaning,
        (at, name, value): (usize, &str, Option<&str>),
        verb: &str,
    ) -> Option<Result<Vec<OsString>, Sentence>> {
        // A flag that is set to false is not what the entry is of.
        let plain = value.is_none_or(|value| value != "false");
        let next = || self.args.get(at + 1).filter(|_| at + 1 < self.end)?.to_str();
        Some(Ok(match meaning {
            FlagMeaning::Same(own) => match value {
                Some(value) => self.replaced(at, 1, &[&format!("{own}={value}")]),
                None => self.replaced(at, 1, &[own]),
            },
            FlagMeaning::Words(own) => self.replaced(at, 1, &own.split(' ').collect::<Vec<_>>()),
            FlagMeaning::Value => self.replaced(at, 1, value.as_slice()),
            FlagMeaning::ValueSecond => {
                let (taken, word) = value.map_or_else(|| Some((2, next()?)), |value| Some((1, value)))?;
                let line = self.replaced(at, taken, &[]);
                let rest = Line::of(&line);
                let behind = rest.places.get(rest.verb.len()).map_or(rest.end, |first| first + 1);
                rest.replaced(behind, 0, &[word])
            }
            FlagMeaning::Gone => self.replaced(at, 1, &[]),
            FlagMeaning::GoneWithValue => self.replaced(at, if value.is_some() { 1 } else { 2 }, &[]),
            FlagMeaning::Verb(own) if plain => {
                let without = self.replaced(at, 1, &[]);
                let count = verb.split(' ').count();
                Line::of(&without).in_place_of(count, &own.split(' ').collect::<Vec<_>>())
            }
            FlagMeaning::Verb(_) => return None,
            FlagMeaning::Say(sentence) => {
                return Some(Err(format!("`fleet {verb}` has no `{name}`: {sentence}")));
            }
        }))
    }

    /// The line with a flag before a word that is one too many for the verb.
    fn further_word(&self, word: &str) -> Option<Vec<OsString>> {
        let place = *self.places.iter().skip(self.verb.len()).find(|&&at| self.args[at] == word)?;
        let own = self.places.iter().filter(|&&at| at < place).count().checked_sub(self.verb.len())?;
        let flag = other_tools::further_word(&self.verb.join(" "), own)?;
        (!self.has(flag)).then(|| self.replaced(place, 0, &[flag]))
    }

    /// Whether a flag is there already: of a word that it would stand before, nobody says then which of the two is meant.
    fn has(&self, flag: &str) -> bool {
        let given = self.args[..self.end].iter().filter_map(|arg| arg.to_str());
        given.map(|arg| arg.split_once('=').map_or(arg, |(name, _)| name)).any(|name| name == flag)
    }

    /// The line without the value of a flag that takes none: `--detach=true`.
    fn without_bool(&self, named: &str) -> Option<Vec<OsString>> {
        let is =
            |arg: &OsString, value: &str| arg.to_str().is_some_and(|arg| arg == format!("{named}={value}"));
        let at = self.args[..self.end].iter().position(|arg| is(arg, "true") || is(arg, "false"))?;
        let kept: &[&str] = if is(&self.args[at], "true") { &[named] } else { &[] };
        Some(self.replaced(at, 1, kept))
    }
}

/// The command line without `kubectl`'s kinds before the names that an error says were not found: `fleet logs web` of
/// `logs deploy/web`. Without what names the cluster, which every command in a message is given. None where there is no such name.
pub(super) fn without_kinds(args: &[OsString], error: &str) -> Option<String> {
    let connection: BTreeMap<String, bool> =
        flags(&ConnectionFlags::augment_args(clap::Command::new("fleet"))).collect();
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let (mut said, mut found, mut at) = (vec!["fleet".to_owned()], false, 1);
    while let Some(arg) = args.get(at) {
        let arg = arg.to_str()?;
        at += 1;
        let flag = arg.split('=').next().unwrap_or(arg);
        if let Some(takes_value) = connection.get(flag).filter(|_| at <= end) {
            at += usize::from(*takes_value && flag == arg);
            continue;
        }
        // In `cp` a path follows the name.
        let is_told = |word: &str| word.split(':').next().is_some_and(|name| error.contains(name));
        match other_tools::without_kind(arg).filter(|_| at <= end && is_told(arg)) {
            Some((_, name)) => {
                found = true;
                said.push(shell_word(name));
            }
            None => said.push(shell_word(arg)),
        }
    }
    found.then(|| said.join(" "))
}

/// Long flags whose value is the next word at every verb that has them.
fn with_values() -> BTreeMap<String, bool> {
    fn walk(at: &clap::Command, all: &mut BTreeMap<String, bool>) {
        for (name, takes) in flags(at).filter(|(name, _)| name.starts_with("--")) {
            all.entry(name).and_modify(|known| *known &= takes).or_insert(takes);
        }
        for below in at.get_subcommands() {
            walk(below, all);
        }
    }
    let mut all = BTreeMap::new();
    walk(&super::command(), &mut all);
    all
}

/// Where in the command line words stand that are neither flags nor their values.
fn places_of_words(args: &[OsString]) -> Vec<usize> {
    let root: BTreeMap<String, bool> = flags(&super::command()).collect();
    let anywhere = with_values();
    let takes_value = |flag: &str| {
        let own = root.get(flag).or_else(|| anywhere.get(flag)).copied();
        own.unwrap_or_else(|| other_tools::takes_value(flag))
    };
    let mut places = Vec::new();
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        match arg {
            "--" => break,
            flag if flag.starts_with('-') && flag != "-" => at += usize::from(takes_value(flag)),
            _ => places.push(at),
        }
        at += 1;
    }
    places
}

#[cfg(test)]
mod tests;
