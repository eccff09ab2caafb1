//! Rollouts told to whoever watches.

use std::sync::Arc;

use crate::api::nomad::job::Job;
use crate::app::App;
use crate::error::Result;
use crate::model::ids::short;
use crate::model::rollout::gate::GateAnswer;
use crate::model::rollout::per_node;
use crate::model::unseen_end::in_words;
use crate::ops::deploy::End;
use crate::ops::deploy::event::{Event, Record};
use crate::ops::deploy::evidence::Evidence;
use crate::ops::observe::Observer;
use crate::ui::{Fold, Narration, Printer, Tone};

/// What was told and is more than the end: it belongs into the result too.
#[derive(Debug, Default)]
pub(crate) struct Narrated {
    /// Why allocations failed.
    pub(crate) evidence: Vec<Evidence>,
    /// What to know of a rollout beside how it ended: a job's id, and a sentence without it.
    pub(crate) remarks: Vec<(String, String)>,
}

pub(crate) struct Narrator {
    printer: Arc<Printer>,
    story: Narration,
    told: Narrated,
    /// The folded section of the rollout under way, in the log of a pipeline.
    fold: Option<Fold>,
}

impl Narrator {
    pub(crate) fn new(app: &App) -> Self {
        Narrator {
            printer: Arc::clone(&app.printer),
            story: Narration::new(&app.printer),
            told: Narrated::default(),
            fold: None,
        }
    }

    /// Begins the section of this job: the events after it belong to its rollout.
    pub(crate) fn begin(&mut self, job: &Job) {
        self.fold = None;
        self.fold = Some(Fold::begin(&self.printer, &format!("Rollout of {}", job.id)));
    }

    /// Ends the live display, and returns what of the story belongs into the result.
    pub(crate) fn end(self) -> Narrated {
        drop(self.story);
        drop(self.fold);
        self.told
    }

    /// Prints that a job was registered.
    pub(crate) fn registered(&mut self, job: &Job, found: bool) -> Result<()> {
        let event = Event::Registered { version: job.version, found };
        self.record(&Record { time: self.printer.now(), job: job.id.clone(), event })
    }
}

impl Observer<Record> for Narrator {
    fn record(&mut self, record: &Record) -> Result<()> {
        let failure = record.event.failure_evidence();
        let evidence = failure.unwrap_or_default();
        self.told.evidence.extend_from_slice(evidence);
        let lines = sentences(&record.job, &record.event);
        if is_remark(&record.event) {
            let without_job = |line: &str| {
                let line = line.trim_start();
                line.strip_prefix(&format!("{}: ", record.job)).unwrap_or(line).to_owned()
            };
            let remarks = lines.iter().map(|(line, _)| (record.job.clone(), without_job(line)));
            self.told.remarks.extend(remarks);
        }
        // What the end is must be seen without unfolding.
        if failure.is_some() || matches!(record.event, Event::Ended { .. }) {
            self.fold = None;
        }
        self.story.tell(record.time, record, lines)?;
        if !evidence.is_empty() && !self.printer.wants_events() {
            let _fold = Fold::begin(&self.printer, &format!("Why allocations of {} failed", record.job));
            evidence.iter().flat_map(told).for_each(|(text, tone)| self.story.line(record.time, &text, tone));
        }
        Ok(())
    }

    fn waiting(&mut self, lines: &[String]) {
        self.story.waiting(lines);
    }
}

/// Whether an event says something of a rollout that its end, and the reasons of a failure, do not.
fn is_remark(event: &Event) -> bool {
    match event {
        Event::Unplaced { .. }
        | Event::Unseen { .. }
        | Event::MayStillRun { .. }
        | Event::Vacated { .. }
        | Event::HeldUp { .. }
        | Event::Paused { .. }
        | Event::Resumed { .. }
        | Event::PausedByOthers { .. }
        | Event::PauseTakenUp { .. }
        | Event::NotPaused { .. }
        | Event::WasBelowFloor { .. }
        | Event::FloorForced { .. }
        | Event::CanariesUnhealthy { .. } => true,
        Event::Registered { .. }
        | Event::DeploymentStarted { .. }
        | Event::Placed { .. }
        | Event::Health { .. }
        | Event::Crashed { .. }
        | Event::CanariesHealthy { .. }
        | Event::Gate { .. }
        | Event::Promoted { .. }
        | Event::Aborted { .. }
        | Event::VersionFailed { .. }
        | Event::DeploymentFailed { .. }
        | Event::RollingBack { .. }
        | Event::Ended { .. } => false,
    }
}

/// The lines an event is printed as for people. None for events that need no line, or whose line comes at the end.
fn sentences(job: &str, event: &Event) -> Vec<(String, Tone)> {
    let one = |text: String, tone: Tone| vec![(text, tone)];
    match event {
        Event::Registered { version, found: false } => {
            one(format!("{job}: registered version {version}"), Tone::Strong)
        }
        Event::Registered { version, found: true } => one(
            format!("{job}: registered version {version} (the reply was lost; it was found by reading back)"),
            Tone::Strong,
        ),
        Event::DeploymentStarted { deployment, version } => {
            one(format!("{job}: deployment {} of version {version}", short(deployment)), Tone::Plain)
        }
        Event::Placed { alloc, node, canary } => {
            let what = if *canary { "canary " } else { "" };
            one(format!("  {what}{} is on {node} ({})", alloc.name, short(&alloc.id)), Tone::Plain)
        }
        Event::Health { alloc, healthy: true } => {
            one(format!("  {} is healthy ({})", alloc.name, short(&alloc.id)), Tone::Good)
        }
        Event::Health { alloc, healthy: false } => {
            one(format!("  {} is unhealthy ({})", alloc.name, short(&alloc.id)), Tone::Bad)
        }
        Event::Crashed { alloc, why } => {
            one(format!("  {} failed ({}): {why}", alloc.name, short(&alloc.id)), Tone::Bad)
        }
        Event::Unplaced { groups } => groups
            .iter()
            .map(|u| (format!("  {} of {} cannot be placed: {}", u.count, u.group, u.why), Tone::Warn))
            .collect(),
        Event::CanariesHealthy { version } => {
            one(format!("{job}: the canaries of version {version} are healthy"), Tone::Good)
        }
        Event::CanariesUnhealthy { version, why } => one(
            format!("{job}: the canaries of version {version} were found healthy and are not now: {why}"),
            Tone::Bad,
        ),
        Event::Unseen { what } => one(format!("{job}: not looked at: {what}"), Tone::Warn),
        Event::MayStillRun { not_seen } => {
            let words = in_words(not_seen).unwrap_or_default();
            one(format!("{job}: lost with its node before, and replaced: {words}"), Tone::Warn)
        }
        Event::Gate { gate, answer } => {
            let (words, tone) = gate_answer(answer);
            one(format!("  gate {gate}: {words}"), tone)
        }
        Event::Promoted { version } => {
            one(format!("{job}: promoted the canaries of version {version}"), Tone::Good)
        }
        Event::Vacated { alloc, node, goes_on, why } => {
            let words = per_node::vacated_words((&alloc.name, node), *goes_on, why);
            one(format!("{job}: {words}"), Tone::Warn)
        }
        Event::HeldUp { why, paused } => {
            let paused = if *paused { "; its deployment is paused meanwhile" } else { "" };
            let go_on = "it goes on by itself then, and with --force-below-floor at once";
            one(format!("{job}: waiting: {why}{paused}; {go_on}"), Tone::Warn)
        }
        Event::Paused { version, why } => one(
            format!(
                "{job}: paused the deployment of version {version}: {why}; it goes on by itself once that is over"
            ),
            Tone::Warn,
        ),
        Event::Resumed { version, held_for_s, by_others: false } => one(
            format!("{job}: the deployment of version {version} goes on, after {held_for_s} s"),
            Tone::Plain,
        ),
        Event::Resumed { version, held_for_s, by_others: true } => one(
            format!(
                "{job}: somebody let the deployment of version {version} go on, after {held_for_s} s; it is not paused again"
            ),
            Tone::Warn,
        ),
        Event::PausedByOthers { version } => one(
            format!(
                "{job}: somebody else paused the deployment of version {version} as well; it does not go on by itself any more"
            ),
            Tone::Warn,
        ),
        Event::PauseTakenUp { version, by } => one(
            format!(
                "{job}: the deployment of version {version} is paused {by}; it goes on by itself once the floor allows it"
            ),
            Tone::Warn,
        ),
        Event::NotPaused { version, why, because } => one(
            format!(
                "{job}: the deployment of version {version} goes on though this takes it below its floor: {why}; it could not \
                 be paused: {because}"
            ),
            Tone::Bad,
        ),
        Event::WasBelowFloor { groups } => {
            groups.iter().map(|group| (format!("{job}: {group}"), Tone::Warn)).collect()
        }
        Event::FloorForced { why } => {
            why.iter().map(|why| (format!("{job}: gone on all the same: {why}"), Tone::Warn)).collect()
        }
        Event::Aborted { why } => one(format!("{job}: failed the deployment: {why}"), Tone::Bad),
        Event::VersionFailed { version, why, .. } => {
            one(format!("{job}: version {version} failed: {why}"), Tone::Bad)
        }
        Event::DeploymentFailed { why, .. } => one(format!("{job}: the deployment failed: {why}"), Tone::Bad),
        Event::RollingBack { version, kept_counts } => {
            let version = version.map(|v| format!(" as version {v}")).unwrap_or_default();
            let counts: String = kept_counts.iter().map(|kept| format!("; {kept}")).collect();
            one(
                format!("{job}: rolling back: the last good version is registered again{version}{counts}"),
                Tone::Warn,
            )
        }
        // Of an end that is an error, the error says it.
        Event::Ended { end } => end_tone(end).map(|tone| (end.sentence(job), tone)).into_iter().collect(),
    }
}

fn gate_answer(answer: &GateAnswer) -> (String, Tone) {
    match answer {
        GateAnswer::Pass => ("yes".to_owned(), Tone::Good),
        GateAnswer::Fail(why) => (format!("no: {why}"), Tone::Bad),
        GateAnswer::Unknown(why) => (format!("not known: {why}"), Tone::Warn),
    }
}

/// How an end looks; none for one that is an error.
fn end_tone(end: &End) -> Option<Tone> {
    match end {
        // Nothing ran, though something was asked for.
        End::Finished { unchanged: true, .. } | End::Pending { .. } | End::Paused { .. } => Some(Tone::Warn),
        end => end.is_good().then_some(Tone::Good),
    }
}

/// The evidence of a failed allocation, in lines.
pub(crate) fn told(e: &Evidence) -> Vec<(String, Tone)> {
    let mut lines =
        vec![(format!("  {} ({}) on {}:", e.alloc.name, short(&e.alloc.id), e.node), Tone::Strong)];
    lines.extend(e.tasks.iter().map(|t| (format!("    {t}"), Tone::Bad)));
    lines.extend(e.checks.iter().map(|c| (format!("    {c}"), Tone::Bad)));
    lines.extend(e.events.iter().map(|t| (format!("    {t}"), Tone::Plain)));
    for log in &e.logs {
        lines.push((format!("    last lines of {} of task {}:", log.stream, log.task), Tone::Dim));
        lines.extend(log.lines.iter().map(|l| (format!("      {l}"), Tone::Plain)));
    }
    lines
}
