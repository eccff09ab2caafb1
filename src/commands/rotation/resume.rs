//! `fleet rotation resume`

use crate::api::nomad::node;
use crate::app::App;
use crate::commands::rotation::find;
use crate::commands::rotation::show::view;
use crate::commands::rotation::unpause::lift;
use crate::commands::shared::rotation_state::RotationState;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::invocation::Invocation;
use crate::model::ids::shell_word;
use crate::model::redaction::command_line;
use crate::ops::migration::lock::{self, Holder};

/// Go on with a rotation: end its pause where it runs, or take it up here where nobody is at work on it any more.
///
/// It is taken up with the words it was begun with, so everything that was decided then holds. What the cluster shows goes before
/// what the journal says, both are shown first, and nothing is repeated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation list
  fleet rotation resume r-1a2b3c4d --dry-run
  fleet rotation resume r-1a2b3c4d --yes")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,

    /// Show what was found and what would be done, and change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Post its notices to this address, which is never written down; may be repeated.
    #[arg(long, value_name = "URL")]
    notify_url: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Goes on with it.
///
/// # Errors
/// Not found (3), refused (7) when it is at work and not paused, and whatever the rotation ends with.
pub async fn run(args: &Args, app: &App, invocation: &Invocation) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let stored = find(nomad, &args.name).await?;
    let claims = lock::read(nomad).await?.0;
    if !stored.holder.what.starts_with("rotation ") {
        return Err(no_rotation(&args.name, &stored.holder));
    }
    let nodes = nomad.list(&node::list()).await?.value;
    let state = RotationState::read(nomad, &claims, &stored.state, &nodes).await?;
    let is_paused = state.paused.is_some();
    if state.at_work && !args.dry_run && is_paused {
        let asked = lift(app, &args.name).await?;
        app.printer.object(&asked)?;
        app.printer.note(&format!("to follow it: `fleet rotation watch {}`", args.name));
        return Ok(ExitCode::Done);
    }
    let words = stored.state.command_line.clone();
    app.printer.aside(&view(stored, state, &nodes));
    if is_paused && !args.dry_run {
        lift(app, &args.name).await?;
    }
    let Some(words) = going_on(&words, args) else {
        return Err(Error::refused(format!(
            "rotation {} does not tell the command it was begun with",
            args.name
        ))
        .because("it was begun by another version of fleet")
        .hint("run the same rotate-nodes command again: it goes on where it was ended"));
    };
    let hidden = command_line::hidden(&words);
    if let [first, ..] = hidden.as_slice() {
        return Err(Error::refused(format!(
            "rotation {} was begun with a secret in {first}, which is not written down",
            args.name
        ))
        .because(format!("it was begun with: fleet {}", in_words(&words)))
        .hint("run the same rotate-nodes command again: it goes on where it was ended"));
    }
    app.printer.note(&format!("going on with: fleet {}", in_words(&words)));
    // Which cluster is meant, and how to write, is said by whoever resumes it.
    let (_, global) = invocation.words_apart();
    let program = invocation.args.first().cloned().unwrap_or_else(|| "fleet".into());
    let urls = args.notify_url.iter().map(|url| format!("--notify-url={url}"));
    let only = format!("--resume={}", args.name);
    let words = global.into_iter().chain(words).chain([only]).chain(urls).map(Into::into);
    let again = Invocation { args: std::iter::once(program).chain(words).collect(), ..invocation.clone() };
    Ok((invocation.line.run)(&again, app.interrupts.clone()).await)
}

fn in_words(words: &[String]) -> String {
    words.iter().map(|w| shell_word(w)).collect::<Vec<_>>().join(" ")
}

/// What only shares its journal with rotations is gone on with by its own verb.
fn no_rotation(name: &str, holder: &Holder) -> Error {
    let again = match holder.is_drain() {
        true => "the same `fleet node drain` again goes on with it",
        false => "the same `fleet node rebalance` again gives its nodes back and goes on",
    };
    Error::refused(format!("{name} is not a rotation of nodes"))
        .because(format!("it is {holder}"))
        .hint(again)
        .hint(format!("to give its nodes back, and no more: fleet rotation rollback {name}"))
}

/// The words it was begun with, and what was decided here; none when they are not known.
fn going_on(words: &[String], args: &Args) -> Option<Vec<String>> {
    let words_of = |verb: &[&str]| words.iter().zip(verb).filter(|(a, b)| a == *b).count() == verb.len();
    if !words_of(&["rotate-nodes"]) && !words_of(&["migrate", "nodes"]) {
        return None;
    }
    let decided = |word: &&String| !["--yes", "-y", "--dry-run"].contains(&word.as_str());
    let here = [("--yes", args.yes), ("--dry-run", args.dry_run)];
    let here = here.into_iter().filter(|(_, given)| *given).map(|(word, _)| word.to_owned());
    Some(words.iter().filter(decided).cloned().chain(here).collect())
}
