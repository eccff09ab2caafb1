//! `fleet job plan`

use crate::app::App;
use crate::commands::shared::jobfile::JobFile;
use crate::commands::shared::plan;
use crate::error::Result;
use crate::exit_code::ExitCode;

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

/// Plans a job file.
///
/// # Errors
/// Usage (2) when it cannot be parsed; API errors.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let shown = async {
        let mut spec = args.job.load(app).await?;
        let whose = if args.compat { plan::Counts::File } else { plan::Counts::Scaled };
        let notes = plan::keep(app, &mut spec, whose).await?.notes;
        if !args.compat {
            notes.iter().for_each(|note| app.printer.note(note));
        }
        let plan = plan::ask(app, &spec).await?;
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
