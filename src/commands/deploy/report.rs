//! How deployments ended.

use serde::Serialize;

use crate::api::nomad::job::Job;
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ops::deploy::End;
use crate::ops::deploy::evidence::Evidence;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The ends of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    jobs: Vec<Row>,
    evidence: Vec<Evidence>,
}

#[derive(Debug, Serialize)]
struct Row {
    job: String,
    namespace: String,
    version: u64,
    #[serde(flatten)]
    end: Option<End>,
    /// What the exit code of this job alone would be.
    code: u8,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("JOB").whole(), column("VERSION").right(), column("RESULT").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let (text, tone) = match &self.end {
            None => ("registered, not followed".to_owned(), Tone::Plain),
            Some(end) => {
                let tone = match end.code() {
                    ExitCode::Done => Tone::Good,
                    ExitCode::Pending => Tone::Warn,
                    _ => Tone::Bad,
                };
                let sentence = end.sentence(&self.job);
                (sentence.split_once(": ").map_or(sentence.clone(), |(_, rest)| rest.to_owned()), tone)
            }
        };
        vec![Cell::text(&self.job), Cell::Number(self.version), Cell::toned(text, tone)]
    }
}

impl Describe for Report {
    fn describe(&self) -> Detail {
        Detail::new().table("Deployed", &self.jobs)
    }
}

impl Report {
    pub(crate) fn add(&mut self, job: &Job, end: End) {
        let code = end.code().number();
        let version = match &end {
            End::Healthy { version } | End::RolledBack { version, .. } => *version,
            _ => job.version,
        };
        let (job, namespace) = (job.id.clone(), job.namespace.clone());
        let row = Row { job, namespace, version, end: Some(end), code };
        self.jobs.push(row);
    }

    pub(crate) fn detached(&mut self, job: &Job) {
        let row = Row {
            job: job.id.clone(),
            namespace: job.namespace.clone(),
            version: job.version,
            end: None,
            code: 0,
        };
        self.jobs.push(row);
    }

    /// Prints the result and says what the run exits with: the first end that is not good counts.
    pub(crate) fn finish(mut self, app: &App, evidence: Vec<Evidence>, detached: bool) -> Result<ExitCode> {
        self.evidence = evidence;
        if !app.printer.wants_events() {
            app.printer.object(&self)?;
        }
        if detached {
            for row in &self.jobs {
                let place =
                    if row.namespace == "default" { String::new() } else { format!("-n {} ", row.namespace) };
                app.printer.note(&format!("to follow: fleet deploy {place}{}", row.job));
            }
        }
        let bad = self
            .jobs
            .iter()
            .find_map(|row| row.end.as_ref().filter(|e| e.code() != ExitCode::Done).map(|e| (row, e)));
        let Some((row, end)) = bad else { return Ok(ExitCode::Done) };
        match end.error(&row.namespace, &row.job) {
            Some(error) => Err(error),
            None => {
                if let Some(next) = end.next(&row.namespace, &row.job) {
                    app.printer.note(&next);
                }
                Ok(end.code())
            }
        }
    }
}
