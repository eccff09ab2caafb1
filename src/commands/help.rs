//! `fleet help`

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::help_page;
use crate::error::{Error, Result};
use crate::exit_code::{self, ExitCode};
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
    let mut command = &root;
    for word in &args.words {
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
    let line = ["fleet"].into_iter().chain(args.words.iter().map(String::as_str)).chain(["--help"]);
    let width = app.printer.facts().width;
    match help_page::laid_out(root, width).try_get_matches_from(line) {
        Err(page) if app.printer.is_machine() => {
            let page = help_page::shown(&page.render().to_string());
            let command = std::iter::once("fleet").chain(args.words.iter().map(String::as_str));
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
