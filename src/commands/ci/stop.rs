//! `fleet ci stop`

use super::pipeline::Pipeline;
use crate::app::App;
use crate::commands::job::stop;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Stop what a branch has deployed, when the branch is closed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet ci stop")]
pub struct Args {}

/// Stops the job of the pipeline's branch; one that is not there is stopped.
///
/// # Errors
/// As `fleet job stop`.
pub async fn run(_: &Args, app: &App) -> Result<ExitCode> {
    let pipeline = Pipeline::read(app)?;
    if let Some(why) = &pipeline.resolved.skip {
        app.printer.note(&format!("nothing to do: {why}"));
        return Ok(ExitCode::Done);
    }
    let inner = pipeline.app(app);
    match stop::run(&stop::Args::one(&pipeline.resolved.slug), &inner).await {
        Err(e) if e.code() == ExitCode::NotFound => {
            app.printer.note(&format!("there is no job {}", pipeline.resolved.slug));
            Ok(ExitCode::Done)
        }
        other => other,
    }
}
