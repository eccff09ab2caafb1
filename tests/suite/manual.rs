//! The command line as its own manual: every verb explains itself, its examples are true, and what is generated from it
//! is fresh.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Command;

use crate::binary::Fleet;

/// Every verb that can be run, with the words that lead to it.
fn verbs(command: &Command, words: &[&str], found: &mut Vec<(String, Command)>) {
    for sub in command.get_subcommands().filter(|c| !c.is_hide_set()) {
        let words = [words, &[sub.get_name()]].concat();
        if sub.has_subcommands() {
            verbs(sub, &words, found);
        } else {
            found.push((words.join(" "), sub.clone()));
        }
    }
}

fn all_verbs() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    verbs(&fleet::cli::command(), &["fleet"], &mut found);
    assert!(found.len() > 10, "{}", found.len());
    found
}

#[test]
fn every_verb_says_what_it_does_and_gives_examples() {
    for (name, verb) in all_verbs() {
        assert!(verb.get_about().is_some_and(|a| !a.to_string().is_empty()), "{name} says nothing");
        let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.starts_with("Examples:\n"), "{name} has no examples");
        assert!(
            after.lines().any(|l| l.trim_start().starts_with(&name)),
            "no example of {name} is one of it"
        );
    }
}

#[test]
fn every_example_parses() {
    for (name, verb) in all_verbs() {
        let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in after.lines().map(str::trim).filter(|l| l.starts_with("fleet ")) {
            let words = shlex::split(line).unwrap_or_else(|| panic!("{name}: {line}"));
            // What the shell makes of `<` and `|` is not fleet's.
            let words = words.into_iter().take_while(|w| w != "|" && w != "<");
            let parsed = fleet::cli::command().try_get_matches_from(words);
            assert!(parsed.is_ok(), "{name}: {line}\n{}", parsed.unwrap_err());
        }
    }
}

#[test]
fn every_argument_is_explained() {
    for (name, verb) in all_verbs() {
        for arg in verb.get_arguments().filter(|a| !a.is_hide_set()) {
            assert!(arg.get_help().is_some(), "{name}: {} is not explained", arg.get_id());
        }
    }
}

fn read_all(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return BTreeMap::new() };
    let file = |path: PathBuf| (path.file_name().unwrap().into(), std::fs::read(&path).unwrap());
    entries.map(|e| file(e.unwrap().path())).collect()
}

/// Generates into a folder of its own and compares with what is committed; puts it there when told to.
fn fresh(generator: &str, folder: &str) {
    let home = tempfile::tempdir().unwrap();
    let made = home.path().join("made");
    let ran = Fleet::new(home.path()).run(&["util", generator, &made.display().to_string()]);
    assert_eq!(ran.code, 0, "{ran}");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    if fleet::config::Environment::of_process().is_set("FLEET_UPDATE_GENERATED") {
        drop(std::fs::remove_dir_all(&committed));
        std::fs::create_dir_all(&committed).unwrap();
        for (name, bytes) in read_all(&made) {
            std::fs::write(committed.join(name), bytes).unwrap();
        }
    }
    let (made, committed) = (read_all(&made), read_all(&committed));
    assert!(!made.is_empty());
    let names = made.keys().chain(committed.keys());
    let stale: Vec<_> = names.filter(|name| made.get(*name) != committed.get(*name)).collect();
    assert!(
        stale.is_empty(),
        "{folder}/ is not what the command line says now: {stale:?}\n\
         run `FLEET_UPDATE_GENERATED=1 cargo test --test suite manual::` and commit {folder}/"
    );
}

#[test]
#[cfg_attr(not(feature = "sandbox"), ignore = "the committed files are those of the whole command line")]
fn the_committed_completions_are_fresh() {
    fresh("completions", "completions");
}

#[test]
#[cfg_attr(not(feature = "sandbox"), ignore = "the committed files are those of the whole command line")]
fn the_committed_manual_pages_are_fresh() {
    fresh("man", "man");
}

#[test]
fn the_help_of_a_command_is_the_same_by_both_ways() {
    let home = tempfile::tempdir().unwrap();
    let fleet = Fleet::new(home.path());
    for words in [&["node", "drain"][..], &["status"], &["job", "show"]] {
        let by_verb = fleet.run(&[&["help"], words].concat());
        let by_flag = fleet.run(&[words, &["--help"]].concat());
        assert_eq!((by_verb.code, by_flag.code), (0, 0));
        assert_eq!(by_verb.out, by_flag.out, "{words:?}");
    }
}
