//! What a run leaves behind for whoever looks at a pipeline: a summary in Markdown, results as JUnit's XML.

mod junit;
mod markdown;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::app::App;
use crate::commands::shared::rollout::narrate;
use crate::commands::shared::rollout::report::{Report, Row};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Which reports are wanted.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Pipelines")]
pub(super) struct Reports {
    /// Append a summary in Markdown to this file [env: GITHUB_STEP_SUMMARY].
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    summary: Option<PathBuf>,

    /// Write the results to this file as JUnit XML: a test case for each job.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

/// Everything the reports show of a run, as far as it got.
#[derive(Debug, Default)]
pub(super) struct RunSummary {
    /// Title of the run, where it has one.
    pub(super) title: Option<String>,
    /// Facts shown before the results: name and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The results.
    pub(super) report: Report,
}

/// A failure of a job, or of the run before it reached a job.
struct Failure {
    message: String,
    /// Reasons, hints, and the evidence of failed allocations, in lines.
    lines: Vec<String>,
}

impl Failure {
    fn of(error: &Error) -> Self {
        let lines = error.causes().iter().chain(error.hints()).cloned().collect();
        Failure { message: error.message().to_owned(), lines }
    }
}

impl RunSummary {
    /// The failure of a job.
    fn trouble(&self, row: &Row) -> Option<Failure> {
        let mut trouble = Failure::of(&row.error()?);
        let evidence = self.report.evidence_of(&row.job).flat_map(narrate::told);
        trouble.lines.extend(evidence.map(|(line, _)| line));
        trouble.message = row.result();
        Some(trouble)
    }

    /// The failure of the run that belongs to no job: not confirmed, cluster unreachable.
    fn trouble_of_none(&self, ended: &Result<ExitCode>) -> Option<Failure> {
        let is_a_jobs = self.report.rows().iter().any(|row| row.error().is_some());
        ended.as_ref().err().filter(|_| !is_a_jobs).map(Failure::of)
    }
}

impl Reports {
    /// Writes the reports, and returns how the run ended: as it did, or with an error when it succeeded and a report cannot be written.
    ///
    /// # Errors
    /// That of the run; else when a file cannot be written.
    pub(super) fn write(&self, app: &App, account: &RunSummary, ended: Result<ExitCode>) -> Result<ExitCode> {
        match (self.try_write(app, account, &ended), ended) {
            (Err(unwritten), Err(error)) => {
                app.printer.warn(&unwritten.to_string());
                Err(error)
            }
            (Err(unwritten), Ok(_)) => Err(unwritten),
            (Ok(()), ended) => ended,
        }
    }

    fn try_write(&self, app: &App, account: &RunSummary, ended: &Result<ExitCode>) -> Result<()> {
        let summary = self.summary.clone().or_else(|| app.env.get("GITHUB_STEP_SUMMARY").map(PathBuf::from));
        if let Some(file) = summary {
            let text = markdown::summary(account, ended);
            let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
            told(opened.and_then(|mut f| f.write_all(text.as_bytes())), &file)?;
        }
        match &self.junit {
            Some(file) => told(std::fs::write(file, junit::document(account, ended)), file),
            None => Ok(()),
        }
    }
}

fn told(written: std::io::Result<()>, file: &Path) -> Result<()> {
    written.map_err(|e| Error::failed(format!("could not write {}", file.display())).because(e.to_string()))
}
