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
        return app.printer.text(&exit_code::help_page());
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
