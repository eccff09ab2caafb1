//! `fleet help`

use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code;
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

/// Prints the page of a command, or a topic.
///
/// # Errors
/// When there is no such command.
pub fn run(args: &Args, app: &App, root: clap::Command) -> Result<()> {
    if args.words == ["exit-codes"] {
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
    match root.try_get_matches_from(line) {
        Err(page) => app.printer.help(&page.render()),
        Ok(_) => Ok(()),
    }
}
