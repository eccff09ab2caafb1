//! What is told beside the result: notes, warnings, errors, and questions about what was told.

use std::sync::PoisonError;

use serde::Serialize;

use super::Printer;
use crate::error::{Error, Result};
use crate::ui::{Prompts, Tone};

/// An error as machines read it.
#[derive(Debug, Serialize)]
struct Failure {
    /// What failed, on which object.
    error: String,
    /// Why, the nearest reason first.
    causes: Vec<String>,
    /// What to do next.
    hints: Vec<String>,
    /// The stable name of the exit code.
    code: &'static str,
    exit_code: u8,
}

impl Printer {
    /// Whether there is somebody to ask.
    #[must_use]
    pub fn may_ask(&self) -> bool {
        self.prompts().possible()
    }

    fn prompts(&self) -> Prompts {
        Prompts::new(self.streams.facts, self.ci)
    }

    /// Asks a yes-or-no question; the default answer is no. What it is about is shown before it, `--quiet` or not.
    ///
    /// # Errors
    /// As [`Prompts::confirm`].
    pub async fn confirm(&self, question: String) -> Result<bool> {
        self.show_what_was_held_back();
        self.prompts().confirm(question).await
    }

    /// Lets a person choose one of several answers; the first is the careful one and the default.
    ///
    /// # Errors
    /// As [`Prompts::choose`].
    pub async fn choose(&self, question: String, answers: Vec<String>) -> Result<usize> {
        self.show_what_was_held_back();
        self.prompts().choose(question, answers).await
    }

    /// Asks for a line of text.
    ///
    /// # Errors
    /// As [`Prompts::text`].
    pub async fn line(&self, question: String) -> Result<String> {
        self.show_what_was_held_back();
        self.prompts().text(question).await
    }

    fn show_what_was_held_back(&self) {
        let text = std::mem::take(&mut *self.held_back.lock().unwrap_or_else(PoisonError::into_inner));
        self.err(&text);
    }

    /// Writes what is beside the result to stderr; `--quiet` holds it back.
    pub(super) fn beside_result(&self, text: &str) {
        if !self.quiet {
            self.err(text);
        } else if self.may_ask() {
            self.held_back.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
        }
    }

    /// A text whose commands mean the cluster that this run means.
    fn pasteable(&self, text: &str) -> String {
        let Some((flags, verbs)) = &self.cluster else { return text.to_owned() };
        let mut parts = text.split("fleet ");
        let mut said = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let is_verb = part.split(|c: char| !c.is_ascii_lowercase() && c != '-').next();
            let is_command = said.chars().last().is_none_or(|before| !before.is_alphanumeric())
                && is_verb.is_some_and(|word| verbs.iter().any(|verb| verb == word))
                // What a context is or is to be is not what is asked now; `context show` without a name tells just that.
                && (!part.starts_with("context ")
                    || part.strip_prefix("context show").is_some_and(|rest| !rest.starts_with(' ')));
            said.push_str("fleet ");
            if is_command {
                let flags: Vec<&str> = match names_a_namespace(part) {
                    true => without_namespace(flags).collect(),
                    false => vec![flags],
                };
                flags.iter().for_each(|words| said.extend([words, " "]));
            }
            said.push_str(part);
        }
        said
    }

    /// Tells a person something that is no result; under `--quiet` only before a question.
    pub fn note(&self, text: &str) {
        self.say(text, Tone::Plain);
    }

    /// Tells a person something, in a tone; under `--quiet` only before a question.
    pub fn say(&self, text: &str, tone: Tone) {
        self.beside_result(&self.lines(text, tone));
    }

    /// Warns, `--quiet` or not: what follows may not be what it seems.
    pub fn warn(&self, text: &str) {
        self.err(&self.lines(&format!("warning: {text}"), Tone::Warn));
    }

    /// Renders an error: what failed, why, and what to do next. To a machine it is one JSON object on a line of its own.
    pub fn error(&self, error: &Error) {
        if self.is_machine() {
            return self.error_document(error);
        }
        let message = self.wrapped(&crate::ui::sanitize(error.message()), 7).join("\n       ");
        let mut text = format!("{} {message}\n", self.tint("error:", Tone::Bad));
        for cause in error.causes() {
            // Parsers draw a picture of the place, which needs its lines.
            let cause: Vec<String> =
                cause.lines().flat_map(|line| self.wrapped(&crate::ui::sanitize(line), 11)).collect();
            text.push_str(&format!("  because: {}\n", cause.join("\n           ")));
        }
        for hint in error.hints() {
            let hint = crate::ui::sanitize(&self.pasteable(hint));
            text.push_str(&format!("  {} {hint}\n", self.tint("hint:", Tone::Good)));
        }
        self.err(&text);
    }

    fn error_document(&self, error: &Error) {
        let clean = |text: &String| self.secrets.mask(text).into_owned();
        let document = Failure {
            error: clean(&error.message().to_owned()),
            causes: error.causes().iter().map(clean).collect(),
            hints: error.hints().iter().map(|hint| clean(&self.pasteable(hint))).collect(),
            code: error.code().name(),
            exit_code: error.code().number(),
        };
        let line = serde_json::to_string(&document).unwrap_or_default();
        self.pass_err(format!("{line}\n").as_bytes());
    }

    fn lines(&self, text: &str, tone: Tone) -> String {
        let text = self.pasteable(text);
        let lines = text.lines().flat_map(|line| self.wrapped(&crate::ui::sanitize(line), 0));
        lines.map(|line| self.tint(&line, tone) + "\n").collect()
    }

    /// A line of prose in lines that fit the terminal behind so many columns, broken between words. What can be pasted is left to
    /// the terminal, which gives it back in one piece.
    fn wrapped(&self, line: &str, behind: usize) -> Vec<String> {
        let facts = self.facts();
        let width = facts.width.filter(|width| facts.stderr_tty && *width >= 40);
        let room = width.map_or(usize::MAX, |width| usize::from(width) - behind);
        if line.chars().count() <= room || line.contains("fleet ") || line.starts_with(' ') {
            return vec![line.to_owned()];
        }
        let mut lines = vec![String::new()];
        for word in line.split(' ') {
            let last = lines.last_mut().expect("it begins with one");
            if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > room {
                lines.push(word.to_owned());
                continue;
            }
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
        lines
    }

    fn tint(&self, text: &str, tone: Tone) -> String {
        tone.paint(text, self.color_err)
    }
}

/// Whether a command has a namespace of its own.
fn names_a_namespace(command: &str) -> bool {
    command.split(' ').any(|word| word == "-n" || word.starts_with("--namespace"))
}

/// Flags as [`ConnectionFlags::words`](crate::config::ConnectionFlags::words) says them, but the namespace, whose name needs no quotes.
fn without_namespace(flags: &str) -> impl Iterator<Item = &str> {
    let (before, after) = flags.split_once("--namespace ").unwrap_or((flags, ""));
    let after = after.split_once(' ').map_or("", |(_, after)| after);
    [before.trim_end(), after].into_iter().filter(|words| !words.is_empty())
}
