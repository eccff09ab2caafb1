//! `fleet help`

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::help_page;
use crate::error::{Error, Result};
use crate::exit_code::{self, ExitCode};
use crate::model::other_tools::{self, Translation};
use crate::model::suggest;

/// Show the help of a command, or a topic: exit-codes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet help rotate-nodes
  fleet help node list
  fleet help exit-codes")]
pub struct Args {
    /// A command, or a topic.
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
}

/// One exit code.
#[derive(Debug, Serialize)]
struct CodeView {
    exit_code: u8,
    /// Its stable name, as errors have it.
    code: &'static str,
    meaning: &'static str,
}

/// The help of a command.
#[derive(Debug, Serialize)]
struct PageView {
    command: String,
    page: String,
}

/// Prints the page of a command, or a topic.
///
/// # Errors
/// When there is no such command.
pub fn run(args: &Args, app: &App, root: clap::Command) -> Result<()> {
    if args.words == ["exit-codes"] {
        if app.printer.is_machine() {
            let codes = ExitCode::ALL.map(|code| CodeView {
                exit_code: code.number(),
                code: code.name(),
                meaning: code.meaning(),
            });
            return if app.printer.wants_events() {
                codes.iter().try_for_each(|code| app.printer.event(code))
            } else {
                app.printer.document(&codes)
            };
        }
        return app.printer.text(&wrapped(&exit_code::help_page(), app.printer.facts().width));
    }
    let words = in_own_words(&args.words, &root)?;
    let mut command = &root;
    for word in &words {
        let Some(next) = command.find_subcommand(word) else {
            let names = command.get_subcommands().map(clap::Command::get_name);
            let near = suggest::nearest(word, names.chain(["exit-codes"]));
            let error = Error::usage(format!("no such command or topic: {word}"));
            return Err(match near {
                Some(near) => error.hint(format!("did you mean {near:?}?")),
                None => error.hint("`fleet --help` lists the commands"),
            });
        };
        command = next;
    }
    let line = ["fleet"].into_iter().chain(words.iter().map(String::as_str)).chain(["--help"]);
    let width = app.printer.facts().width;
    match help_page::laid_out(root, width).try_get_matches_from(line) {
        Err(page) if app.printer.is_machine() => {
            let page = help_page::shown(&page.render().to_string());
            let command = std::iter::once("fleet").chain(words.iter().map(String::as_str));
            app.printer.document(&PageView { command: command.collect::<Vec<_>>().join(" "), page })
        }
        Err(page) => {
            let page = page.render();
            let page = if app.printer.colors_stdout() { page.ansi().to_string() } else { page.to_string() };
            app.printer.text(&help_page::shown(&page))
        }
        Ok(_) => Ok(()),
    }
}

/// The words of the command asked for: those of another tool in fleet's own, where it has no such command itself.
///
/// # Errors
/// When what they mean has no command; the hint says what to do.
fn in_own_words(typed: &[String], root: &clap::Command) -> Result<Vec<String>> {
    let mut at = root;
    let known = typed.iter().all(|word| match at.find_subcommand(word) {
        Some(next) => {
            at = next;
            true
        }
        None => false,
    });
    let words: Vec<&str> = typed.iter().map(String::as_str).collect();
    match other_tools::translate(&words).filter(|_| !known) {
        Some(Translation::Words(count, own)) => {
            let own = own.into_iter().take_while(|word| !word.starts_with('-'));
            let own: Vec<String> = own.chain(words.into_iter().skip(count)).map(str::to_owned).collect();
            Ok(if own.is_empty() { typed.to_vec() } else { own })
        }
        Some(Translation::Sentence(typed, sentence)) => {
            Err(Error::usage(format!("no such command or topic: {typed}")).hint(sentence))
        }
        None => Ok(typed.to_vec()),
    }
}

/// A page in lines that fit the screen, where there is one. What goes on stands below the words that it goes on from.
fn wrapped(page: &str, width: Option<u16>) -> String {
    let Some(width) = width.map(|width| usize::from(width).max(40)) else { return page.to_owned() };
    let mut text = String::new();
    for line in page.lines() {
        let below = if line.starts_with(' ') { "       " } else { "" };
        let (mut rest, mut before) = (line, "");
        while before.len() + rest.chars().count() > width {
            let fitting = rest.char_indices().take(width + 1 - before.len());
            let Some((cut, _)) = fitting.filter(|(_, c)| *c == ' ').last() else { break };
            text.extend([before, &rest[..cut], "\n"]);
            (rest, before) = (&rest[cut + 1..], below);
        }
        text.extend([before, rest, "\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_exit_codes_fits_a_narrow_screen_and_loses_nothing() {
        let page = exit_code::help_page();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        for width in [40, 60, 80] {
            let narrow = wrapped(&page, Some(width));
            assert!(narrow.lines().all(|line| line.chars().count() <= usize::from(width)), "{narrow}");
            assert_eq!(words(&narrow), words(&page));
        }
        assert_eq!(wrapped(&page, None), page);
    }
}
