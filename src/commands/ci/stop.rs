//! `fleet ci stop`

use serde::Deserialize;

use crate::app::App;
use crate::commands::job::stop;
use crate::commands::shared::pipeline::Pipeline;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Stop what a branch deployed, when the branch is closed.
///
/// When GitHub deletes a branch, the pipeline runs on the default branch; the deleted branch is then read from the event.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet ci stop
  fleet ci stop --branch feature/tofu")]
pub struct Args {
    /// The branch [default: the pipeline's own].
    #[arg(long, value_name = "BRANCH")]
    branch: Option<String>,
}

/// Stops the job of the pipeline's branch; one that is not there is stopped.
///
/// # Errors
/// As `fleet job stop`; usage (2) when it is not known which branch was closed.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let branch = match &args.branch {
        None if app.env.get("GITHUB_EVENT_NAME") == Some("delete") => Some(deleted(app)?),
        named => named.clone(),
    };
    let pipeline = match branch {
        Some(branch) => Pipeline::of_branch(app, &branch)?,
        None => Pipeline::read(app)?,
    };
    if let Some(why) = &pipeline.resolved.skip {
        app.printer.note(&format!("nothing to do: {why}"));
        return Ok(ExitCode::Done);
    }
    let inner = pipeline.app(app)?;
    match stop::run(&stop::Args::one(&pipeline.resolved.slug), &inner).await {
        Err(e) if e.code() == ExitCode::NotFound => {
            app.printer.note(&format!("nothing to do: there is no job {}", pipeline.resolved.slug));
            Ok(ExitCode::Done)
        }
        other => other,
    }
}

/// The branch that GitHub deleted, which its variables do not tell.
fn deleted(app: &App) -> Result<String> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "ref")]
        name: String,
    }
    let text = app.env.get("GITHUB_EVENT_PATH").and_then(|path| std::fs::read_to_string(path).ok());
    let event = text.and_then(|text| serde_json::from_str::<Event>(&text).ok());
    event.map(|e| e.name).ok_or_else(|| {
        Error::usage("cannot tell which branch was deleted: GITHUB_EVENT_PATH holds no event")
            .hint("name the branch: fleet ci stop --branch NAME")
    })
}
