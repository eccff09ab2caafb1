//! What a run leaves behind for whoever looks at a pipeline: a summary in Markdown, results as JUnit's XML.

mod junit;
mod markdown;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::report::Report;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Which papers are wanted.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Pipelines")]
pub(super) struct Papers {
    /// Append a summary in Markdown to this file [env: GITHUB_STEP_SUMMARY].
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    summary: Option<PathBuf>,

    /// Write the results to this file as JUnit does: a test case for each job.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    junit: Option<PathBuf>,
}

/// What a summary says before the results.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    pub(super) title: Option<String>,
    pub(super) facts: Vec<(&'static str, String)>,
}

impl Papers {
    /// Writes them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(super) fn write(
        &self,
        app: &App,
        about: &About,
        report: &Report,
        ended: &Result<ExitCode>,
    ) -> Result<()> {
        let summary = self.summary.clone().or_else(|| app.env.get("GITHUB_STEP_SUMMARY").map(PathBuf::from));
        if let Some(file) = summary {
            let text = markdown::summary(about, report, ended);
            let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
            told(opened.and_then(|mut f| f.write_all(text.as_bytes())), &file)?;
        }
        match &self.junit {
            Some(file) => told(std::fs::write(file, junit::document(report, ended)), file),
            None => Ok(()),
        }
    }
}

fn told(written: std::io::Result<()>, file: &Path) -> Result<()> {
    written.map_err(|e| Error::failed(format!("could not write {}", file.display())).because(e.to_string()))
}
