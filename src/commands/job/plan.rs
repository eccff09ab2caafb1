//! `fleet job plan`

use std::path::Path;

use crate::app::App;
use crate::commands::shared::jobfile::JobFile;
use crate::commands::shared::plan;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::shell_word;
use crate::model::kept_counts::{CountSource, KeptCounts};

/// Show what registering a job file would change, and what that would do to running instances. Changes nothing.
///
/// The exit code is 0 when there is nothing to do and 8 when there are changes. Values that are secret by their name or their
/// kind, and the values of variables with such names, are hidden.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job plan web.nomad.hcl
  fleet job plan web.nomad.hcl --var image=web:2 -o json
  fleet job plan web.nomad.hcl --compat")]
pub struct Args {
    #[command(flatten)]
    job: JobFile,

    /// Exit as `nomad job plan` does: 0 when no allocation would be created or destroyed, 1 when one would, 255 on an error.
    #[arg(long)]
    compat: bool,
}

impl Args {
    /// A job where a file belongs: `kubectl diff` and `git diff` take what is there.
    fn of_a_job(&self, error: Error) -> Error {
        let file = self.job.file.as_str();
        if file == "-" || file.contains(['/', '.']) || Path::new(file).exists() {
            return error;
        }
        error.hint(format!("to compare versions of a job: fleet job diff {}", shell_word(file)))
    }
}

/// Plans a job file.
///
/// # Errors
/// Usage (2) when it cannot be parsed; API errors.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let shown = async {
        let mut spec = args.job.load(app).await.map_err(|e| args.of_a_job(e))?;
        let whose = if args.compat { CountSource::Written } else { CountSource::Scaled };
        let (counts, _) = plan::keep(app, &mut spec, whose).await?;
        let counts = if args.compat { KeptCounts::default() } else { counts };
        let plan = plan::ask(app, &spec, &counts).await?;
        app.printer.object(&plan)?;
        Ok(plan)
    };
    match (shown.await, args.compat) {
        (Ok(plan), true) => Ok(ExitCode::Of(u8::from(plan.is_told_by_nomad()))),
        (Ok(plan), false) => Ok(if plan.is_nothing() { ExitCode::Done } else { ExitCode::Pending }),
        (Err(error), true) => {
            app.printer.error(&error);
            Ok(ExitCode::Of(255))
        }
        (Err(error), false) => Err(error),
    }
}
