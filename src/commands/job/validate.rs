//! `fleet job validate`

use serde::Serialize;

use crate::app::App;
use crate::commands::shared::jobfile::JobFile;
use crate::commands::shared::plan::objections;
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail, Tone};

/// Validate a job file: the cluster parses it and reports what is wrong. Changes nothing.
///
/// Syntax errors and unknown names are reported with file, line and column (exit code 2); objections of the servers are listed
/// (exit code 1).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job validate web.nomad.hcl
  fleet job validate web.nomad.hcl --var image=web:2 --var-file prod.hcl
  fleet job validate web.nomad.hcl --print")]
pub struct Args {
    #[command(flatten)]
    job: JobFile,

    /// Print the job as the API takes it, secrets included, instead of the verdict.
    #[arg(long)]
    print: bool,
}

/// What is wrong with a job file.
#[derive(Debug, Serialize)]
pub(super) struct ValidationView {
    #[serde(rename = "job_id")]
    job: String,
    namespace: String,
    file: String,
    valid: bool,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Describe for ValidationView {
    fn describe(&self) -> Detail {
        let verdict =
            if self.valid { Cell::toned("valid", Tone::Good) } else { Cell::toned("not valid", Tone::Bad) };
        let lines = |all: &[String], tone: Tone| all.iter().map(|l| (l.clone(), tone)).collect::<Vec<_>>();
        Detail::new()
            .fields([
                ("job", Cell::text(&self.job)),
                ("namespace", Cell::text(&self.namespace)),
                ("verdict", verdict),
            ])
            .lines(Some("Errors"), lines(&self.errors, Tone::Bad))
            .lines(Some("Warnings"), lines(&self.warnings, Tone::Warn))
    }
}

/// Validates a job file.
///
/// # Errors
/// Usage (2) when it cannot be parsed, failed (1) when the job is not valid.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let spec = args.job.load(app).await?;
    if args.print {
        let whole = serde_json::json!({"Job": spec.parsed.job});
        let text = serde_json::to_string_pretty(&whole).map_err(anyhow::Error::from)?;
        return app.printer.text(&format!("{text}\n"));
    }
    let (errors, warnings) = objections(app, &spec).await?;
    let view = ValidationView {
        job: spec.parsed.id().to_owned(),
        namespace: spec.namespace,
        file: spec.parsed.path,
        valid: errors.is_empty(),
        errors,
        warnings,
    };
    app.printer.object(&view)?;
    if view.valid { Ok(()) } else { Err(Error::failed(format!("job {} is not valid", view.job))) }
}
