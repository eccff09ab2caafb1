//! Every command that is told can be pasted: it parses, with whatever stands in it.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// The commands in a message: from `fleet` and a verb to the end of the sentence.
fn commands_in(text: &str) -> Vec<String> {
    static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
        let verbs: Vec<String> =
            fleet::cli::command().get_subcommands().map(|verb| regex::escape(verb.get_name())).collect();
        let verbs = verbs.join("|");
        Regex::new(&format!(
            r#"(?:^|[\s`("])(fleet (?:--[a-z-]+ \S+ )*(?:{verbs})(?:[ ][^;`")]*)?)(?:[;`")]|$)"#
        ))
        .unwrap()
    });
    // One may stand in the sentence of another: `fleet a X does this, fleet b X does that`.
    let sentences = text.split(", fleet ").enumerate();
    let sentences =
        sentences.map(|(at, part)| if at == 0 { part.to_owned() } else { format!("fleet {part}") });
    sentences
        .flat_map(|s| COMMAND.captures_iter(&s).map(|c| c[1].trim().to_owned()).collect::<Vec<_>>())
        .collect()
}

/// Why a command cannot be pasted; none when it can. What follows it in its sentence is no part of it.
fn fault(command: &str) -> Option<String> {
    let Some(words) = shlex::split(command) else {
        return Some(format!("{command}: a shell does not read it"));
    };
    // What the shell makes of `<` and `|` is not fleet's.
    let words: Vec<String> = words.into_iter().take_while(|word| word != "|" && word != "<").collect();
    let parses = |words: &[String]| fleet::cli::command().try_get_matches_from(words);
    let is_help = |e: &clap::Error| e.kind() == clap::error::ErrorKind::DisplayHelp;
    if (2..=words.len()).rev().any(|n| parses(&words[..n]).as_ref().err().is_none_or(is_help)) {
        return None;
    }
    // The verb alone is its name.
    let verb = (2..=words.len()).rev().find(|n| is_verb(&words[..*n]))?;
    let error = parses(&words[..verb]).err()?;
    let is_name = error.kind() == clap::error::ErrorKind::MissingRequiredArgument
        && words.get(verb).is_none_or(|next| next.chars().all(|c| c.is_ascii_lowercase()));
    (!is_name).then(|| format!("{command}: {error}"))
}

/// Whether these words lead to a verb, and no further.
fn is_verb(words: &[String]) -> bool {
    let mut at = &fleet::cli::command();
    words[1..].iter().all(|word| match at.get_subcommands().find(|verb| verb.get_name() == word) {
        Some(verb) => {
            at = verb;
            true
        }
        None => false,
    })
}

/// Panics where a text tells a command that cannot be pasted.
pub(crate) fn check(text: &str) {
    let hints = text.lines().filter_map(|line| line.trim().strip_prefix("hint: ").map(str::to_owned));
    let documents = text.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let told = documents.flat_map(|error| error["hints"].as_array().cloned().unwrap_or_default());
    let told = told.filter_map(|hint| hint.as_str().map(str::to_owned));
    // What the parser says of a verb's usage is a form, and no command.
    let hints = hints.chain(told.filter(|hint| !hint.starts_with("usage: ")));
    let faults: Vec<String> =
        hints.flat_map(|hint| commands_in(&hint)).filter_map(|command| fault(&command)).collect();
    assert!(faults.is_empty(), "hints that cannot be pasted: {faults:#?}");
}

/// The literals of a source file, with something that is a word and a time in the place of what is put into them.
fn literals(source: &str) -> Vec<String> {
    let code: String = source
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default()
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let literal = Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
    let hole = Regex::new(r"\{[^{}]*\}").unwrap();
    let literals = literal.captures_iter(&code).map(|c| c[1].replace("\\\"", "\""));
    literals.map(|text| hole.replace_all(&text, "2026-01-01T00:00:00Z").into_owned()).collect()
}

#[test]
fn every_command_in_the_source_can_be_pasted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut seen, mut faults) = (vec![root], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                for text in literals(&std::fs::read_to_string(&path).unwrap()) {
                    // Examples have a test of their own.
                    if text.starts_with("Examples:") {
                        continue;
                    }
                    let commands = commands_in(&text);
                    seen += commands.len();
                    faults.extend(commands.iter().filter_map(|c| fault(c)).map(|f| format!("{name}: {f}")));
                }
            }
        }
    }
    assert!(seen > 40, "only {seen} commands were found");
    assert!(faults.is_empty(), "{faults:#?}");
}
