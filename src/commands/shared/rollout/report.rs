//! How deployments ended.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::narrate::Narrated;
use crate::api::nomad::job::Job;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::ops::deploy::End;
use crate::ops::deploy::evidence::Evidence;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The jobs of a run and what became of them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    jobs: Vec<Row>,
    evidence: Vec<Evidence>,
}

/// A job of a run and how far it came.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// The job's id; the name of its file as long as that could not be parsed.
    #[serde(rename = "job_id")]
    pub(crate) job: String,
    pub(crate) namespace: String,
    /// The version that was registered, unless `end` names a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "job_version")]
    version: Option<u64>,
    #[serde(skip)]
    pub(crate) shown: Option<u64>,
    #[serde(flatten)]
    pub(crate) fate: JobFate,
    /// The exit code of this job alone; none when it was not started.
    #[serde(rename = "exit_code")]
    pub(crate) code: Option<u8>,
    /// What to know of it beside that: counts that were kept, instances that nothing replaces, what nobody could look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// Whether nothing was registered, and what was under way only followed.
    #[serde(skip)]
    pub(crate) only_followed: bool,
    /// How long it took.
    #[serde(skip)]
    pub(crate) took: Option<Duration>,
    /// How to register it again, where it came from a file.
    #[serde(skip)]
    again: Option<String>,
}

/// How far the run got with a job.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum JobFate {
    /// Nothing was done for it: an earlier one did not end well.
    NotBegun {},
    /// It was planned, and no more was asked for.
    Planned { changes: bool },
    /// It was registered, and not followed.
    Registered {},
    /// It was followed to an end.
    Ended(End),
    /// It could not be parsed, planned, registered or followed.
    Failed {
        #[serde(serialize_with = "in_a_line")]
        error: Error,
    },
}

fn in_a_line<S: Serializer>(error: &Error, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(error)
}

impl JobFate {
    fn code(&self) -> Option<ExitCode> {
        match self {
            JobFate::NotBegun {} => None,
            JobFate::Planned { changes: true } => Some(ExitCode::Pending),
            JobFate::Planned { changes: false } | JobFate::Registered {} => Some(ExitCode::Done),
            JobFate::Ended(end) => Some(end.code()),
            JobFate::Failed { error } => Some(error.code()),
        }
    }
}

impl Row {
    fn of(namespace: &str, job: &str) -> Self {
        let (job, namespace) = (job.to_owned(), namespace.to_owned());
        let (version, shown, took, again) = (None, None, None, None);
        let (fate, code, notes, only_followed) = (JobFate::NotBegun {}, None, Vec::new(), false);
        Row { job, namespace, version, shown, fate, code, notes, only_followed, took, again }
    }

    fn set(&mut self, fate: JobFate) {
        self.code = fate.code().map(ExitCode::number);
        self.fate = fate;
    }

    /// Whether the job was registered, by this run or before.
    pub(crate) fn is_shipped(&self) -> bool {
        matches!(self.fate, JobFate::Registered {} | JobFate::Ended(_))
    }

    /// The error a command ends with for this job; none when it did not fail.
    pub(crate) fn error(&self) -> Option<Error> {
        match &self.fate {
            JobFate::Ended(end) => {
                let error = end.error(&self.namespace, &self.job);
                let again = self.again.as_ref().filter(|_| matches!(end, End::Gone));
                match again {
                    Some(again) => error.map(|e| e.hint(format!("to register it again: {again}"))),
                    None => error,
                }
            }
            JobFate::Failed { error } => Some(error.clone()),
            JobFate::NotBegun {} | JobFate::Planned { .. } | JobFate::Registered {} => None,
        }
    }

    /// Whether the run made nothing of the job run: there was nothing to do, or it starts nothing by itself.
    pub(crate) fn ran_nothing(&self) -> bool {
        match &self.fate {
            JobFate::NotBegun {} | JobFate::Planned { .. } | JobFate::Registered {} => true,
            JobFate::Ended(end) => matches!(
                end,
                End::Healthy { unchanged: Some(_), .. }
                    | End::Finished { unchanged: true, .. }
                    | End::Idle { .. }
                    | End::Registered { .. }
            ),
            JobFate::Failed { .. } => false,
        }
    }

    /// What the run did for a job that is as it should be, in few words.
    pub(crate) fn done(&self) -> &'static str {
        match &self.fate {
            JobFate::NotBegun {} => "not started",
            JobFate::Planned { changes: true } => "would change",
            JobFate::Planned { changes: false } => "nothing to do",
            JobFate::Registered {} => "registered, not followed",
            JobFate::Failed { .. } => "failed",
            JobFate::Ended(end) => match end {
                End::Healthy { unchanged: None, .. } if self.only_followed => "followed only, and healthy",
                End::Healthy { unchanged: None, .. } => "deployed and healthy",
                End::Healthy { unchanged: Some(_), .. } => "nothing to do, healthy",
                End::Finished { unchanged: false, .. } => "ran and ended well",
                End::Finished { unchanged: true, .. } => "nothing to do, nothing ran",
                End::Idle { .. } => "no instances are wanted",
                End::Registered { .. } => "registered, nothing ran",
                _ => "waits for a decision",
            },
        }
    }

    /// What became of the job, in words without its name.
    pub(crate) fn result(&self) -> String {
        match &self.fate {
            JobFate::Ended(end) => {
                let sentence = end.sentence(&self.job);
                sentence.split_once(": ").map_or(sentence.clone(), |(_, rest)| rest.to_owned())
            }
            JobFate::Failed { error } => error.message().to_owned(),
            JobFate::Registered {} => "registered, not followed".to_owned(),
            JobFate::Planned { changes: true } => "would change; nothing was written".to_owned(),
            JobFate::Planned { changes: false } => "no changes".to_owned(),
            JobFate::NotBegun {} => "not started".to_owned(),
        }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("JOB").whole(), column("VERSION").right(), column("RESULT").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let tone = match self.fate.code() {
            None => Tone::Dim,
            Some(_) if matches!(self.fate, JobFate::Registered {}) => Tone::Plain,
            Some(ExitCode::Done) => Tone::Good,
            Some(ExitCode::Pending) => Tone::Warn,
            Some(_) => Tone::Bad,
        };
        let version = self.shown.map_or(Cell::Empty, Cell::Number);
        vec![Cell::text(&self.job), version, Cell::toned(self.result(), tone)]
    }
}

impl Describe for Report {
    fn describe(&self) -> Detail {
        Detail::new().table("Deployments", &self.jobs)
    }
}

impl Report {
    /// Announces the jobs to deploy, by namespace and id, in that order.
    pub(crate) fn expect<'a>(&mut self, jobs: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.jobs = jobs.into_iter().map(|(namespace, job)| Row::of(namespace, job)).collect();
    }

    /// Records an error for the job at this index, and returns it.
    pub(crate) fn hold<T>(&mut self, at: usize, came: Result<T>) -> Result<T> {
        if let (Err(error), Some(row)) = (&came, self.jobs.get_mut(at)) {
            row.set(JobFate::Failed { error: error.clone() });
        }
        came
    }

    /// Whether each job, in their order, would change.
    pub(crate) fn planned(&mut self, changes: impl IntoIterator<Item = bool>) {
        self.jobs.iter_mut().zip(changes).for_each(|(row, changes)| row.set(JobFate::Planned { changes }));
    }

    /// The row of a job; added when the job was not announced.
    fn row(&mut self, namespace: &str, id: &str) -> &mut Row {
        let known = self.jobs.iter().position(|r| r.job == id && r.namespace == namespace);
        let at = known.unwrap_or(self.jobs.len());
        if known.is_none() {
            self.jobs.push(Row::of(namespace, id));
        }
        &mut self.jobs[at]
    }

    pub(crate) fn add(&mut self, job: &Job, end: End) {
        let runs = match &end {
            End::Healthy { version, .. }
            | End::Finished { version, .. }
            | End::Idle { version }
            | End::NotKnown { version, .. }
            | End::NotSeenToStop { version, .. }
            | End::Registered { version, .. }
            | End::Pending { version, .. }
            | End::CanariesUnwell { version, .. }
            | End::CanariesNotKnown { version, .. }
            | End::Paused { version }
            | End::Failed { version, .. }
            | End::Nowhere { version, .. }
            | End::Blocked { version, .. }
            | End::TimedOut { version, .. }
            | End::Held { version, .. }
            | End::BelowFloor { version, .. }
            | End::RolledBack { version, .. } => Some(*version),
            End::Stopped | End::Gone | End::Superseded { .. } => None,
        };
        let row = self.row(&job.namespace, &job.id);
        row.version = if runs.is_some() { None } else { Some(job.version) };
        row.shown = Some(runs.unwrap_or(job.version));
        row.set(JobFate::Ended(end));
    }

    /// Nothing was to be done for a job.
    pub(crate) fn unchanged(&mut self, namespace: &str, id: &str) {
        self.row(namespace, id).set(JobFate::Planned { changes: false });
    }

    /// Notes what to know of a job beside how it ends.
    pub(crate) fn note(&mut self, namespace: &str, id: &str, notes: impl IntoIterator<Item = String>) {
        self.row(namespace, id).notes.extend(notes);
    }

    /// The job was not registered by this run.
    pub(crate) fn only_followed(&mut self, namespace: &str, id: &str) {
        self.row(namespace, id).only_followed = true;
    }

    /// Notes how to register a job again that came from a file.
    pub(crate) fn came_from(&mut self, namespace: &str, id: &str, again: String) {
        self.row(namespace, id).again = Some(again);
    }

    pub(crate) fn detached(&mut self, job: &Job) {
        self.registered(&job.namespace, &job.id, Some(job.version));
    }

    /// A job was registered and is not followed; its version is not known to a token that may not read it.
    pub(crate) fn registered(&mut self, namespace: &str, id: &str, version: Option<u64>) {
        let row = self.row(namespace, id);
        (row.version, row.shown) = (version, version);
        row.set(JobFate::Registered {});
    }

    /// Records how long the job at this index took.
    pub(crate) fn took(&mut self, at: usize, took: Duration) {
        if let Some(row) = self.jobs.get_mut(at) {
            row.took = Some(took);
        }
    }

    /// The jobs, in the order they were shipped.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.jobs
    }

    /// The evidence of failed allocations of a job.
    pub(crate) fn evidence_of<'a>(&'a self, job: &'a str) -> impl Iterator<Item = &'a Evidence> {
        self.evidence.iter().filter(move |e| e.alloc.job == job)
    }

    /// Prints the result, and returns the exit code of the run: that of the first job that did not succeed.
    pub(crate) fn finish(&mut self, app: &App, told: Narrated, detached: bool) -> Result<ExitCode> {
        self.evidence = told.evidence;
        for (job, remark) in told.remarks {
            let row = self.jobs.iter_mut().find(|row| row.job == job);
            row.into_iter().for_each(|row| row.notes.push(remark.clone()));
        }
        // Where nothing was shipped the error alone says it all to a person.
        let shown = self.jobs.iter().any(Row::is_shipped) || app.printer.is_machine();
        if shown && !app.printer.wants_events() {
            app.printer.object(self)?;
        }
        if detached {
            for row in self.jobs.iter().filter(|row| row.is_shipped()) {
                let job = job_words(&row.namespace, &row.job);
                app.printer.note(&format!("to follow: fleet deploy {job}"));
            }
        }
        let bad = self.jobs.iter().find_map(|row| {
            let code = row.fate.code().filter(|code| *code != ExitCode::Done);
            code.map(|code| (row, code))
        });
        for row in &self.jobs {
            if let JobFate::Ended(end @ (End::Finished { .. } | End::Registered { .. })) = &row.fate
                && let Some(next) = end.next(&row.namespace, &row.job)
            {
                app.printer.note(&next);
            }
        }
        let Some((row, code)) = bad else { return Ok(ExitCode::Done) };
        if let Some(error) = row.error() {
            return Err(error);
        }
        if let JobFate::Ended(end) = &row.fate
            && let Some(next) = end.next(&row.namespace, &row.job)
        {
            app.printer.note(&next);
        }
        Ok(code)
    }
}
