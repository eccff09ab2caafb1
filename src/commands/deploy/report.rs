//! How deployments ended.

use std::time::Duration;

use serde::Serialize;

use crate::api::nomad::job::Job;
use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ident::job_words;
use crate::ops::deploy::End;
use crate::ops::deploy::evidence::Evidence;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The ends of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    jobs: Vec<Row>,
    evidence: Vec<Evidence>,
}

/// How one job ended.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) job: String,
    pub(super) namespace: String,
    /// The version that was shipped, where the end does not name the one that runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip)]
    pub(super) shown: Option<u64>,
    /// None when it was not followed, or not begun.
    #[serde(flatten)]
    pub(super) end: Option<End>,
    /// What the exit code of this job alone would be; none when it was not begun.
    pub(super) code: Option<u8>,
    /// How long it took.
    #[serde(skip)]
    pub(super) took: Option<Duration>,
}

impl Row {
    fn of(namespace: &str, job: &str) -> Self {
        let (job, namespace) = (job.to_owned(), namespace.to_owned());
        Row { job, namespace, version: None, shown: None, end: None, code: None, took: None }
    }

    /// What became of it, in words without the job's name.
    pub(super) fn result(&self) -> String {
        match (&self.end, self.code) {
            (Some(end), _) => {
                let sentence = end.sentence(&self.job);
                sentence.split_once(": ").map_or(sentence.clone(), |(_, rest)| rest.to_owned())
            }
            (None, Some(_)) => "registered, not followed".to_owned(),
            (None, None) => "not begun".to_owned(),
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("JOB").whole(), column("VERSION").right(), column("RESULT").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.code {
            None => Tone::Dim,
            Some(_) if self.end.is_none() => Tone::Plain,
            Some(code) if code == ExitCode::Done.number() => Tone::Good,
            Some(code) if code == ExitCode::Pending.number() => Tone::Warn,
            Some(_) => Tone::Bad,
        };
        let version = self.shown.map_or(Cell::Empty, Cell::Number);
        vec![Cell::text(&self.job), version, Cell::toned(self.result(), tone)]
    }
}

impl Describe for Report {
    fn describe(&self) -> Detail {
        Detail::new().table("Deployed", &self.jobs)
    }
}

impl Report {
    pub(crate) fn add(&mut self, job: &Job, end: End) {
        let runs = match &end {
            End::Healthy { version }
            | End::Registered { version }
            | End::Pending { version }
            | End::Paused { version }
            | End::RolledBack { version, .. } => Some(*version),
            _ => None,
        };
        self.jobs.push(Row {
            version: if runs.is_some() { None } else { Some(job.version) },
            shown: Some(runs.unwrap_or(job.version)),
            code: Some(end.code().number()),
            end: Some(end),
            ..Row::of(&job.namespace, &job.id)
        });
    }

    /// The last one took so long.
    pub(super) fn took(&mut self, took: Duration) {
        if let Some(last) = self.jobs.last_mut() {
            last.took = Some(took);
        }
    }

    pub(crate) fn detached(&mut self, job: &Job) {
        let version = Some(job.version);
        self.jobs.push(Row {
            version,
            shown: version,
            code: Some(ExitCode::Done.number()),
            ..Row::of(&job.namespace, &job.id)
        });
    }

    /// One that was not begun, because an earlier one did not end well.
    pub(super) fn not_begun(&mut self, namespace: &str, job: &str) {
        self.jobs.push(Row::of(namespace, job));
    }

    /// The jobs, in the order they were shipped.
    pub(super) fn rows(&self) -> &[Row] {
        &self.jobs
    }

    /// What failed allocations of a job have to say.
    pub(super) fn evidence_of<'a>(&'a self, job: &'a str) -> impl Iterator<Item = &'a Evidence> {
        self.evidence.iter().filter(move |e| e.alloc.job == job)
    }

    /// Prints the result and says what the run exits with: the first end that is not good counts.
    pub(crate) fn finish(&mut self, app: &App, evidence: Vec<Evidence>, detached: bool) -> Result<ExitCode> {
        self.evidence = evidence;
        if !app.printer.wants_events() {
            app.printer.object(self)?;
        }
        if detached {
            for row in &self.jobs {
                let job = job_words(&row.namespace, &row.job);
                app.printer.note(&format!("to follow: fleet deploy {job}"));
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
