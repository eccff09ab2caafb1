//! Waiting for the end of a run of batch work, and printing what its tasks write meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::Error as ApiError;
use crate::api::http::{Http, Patience};
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::job::{self, Job, TaskGroup};
use crate::app::App;
use crate::commands::shared::log_remarks;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_diagnosis;
use crate::model::ids::{job_words, short};
use crate::model::present_work::{last_tries_of, of_present_version};
use crate::model::rollout::{JobObservation, Target, per_node};
use crate::model::task_role::{self, AllocEnding, Role};
use crate::model::unseen_end::{UnseenEnd, in_words};
use crate::model::words::count;
use crate::ops::logs::{LogId, LogReaders, LogStart, ReaderEvent, Stream};
use crate::ops::ticker::{Watched, Woken};
use crate::ops::unseen_end;

/// How often to look whether the run has ended, and why it does not start.
const LOOK: Duration = Duration::from_secs(1);

/// A run of batch work that has ended for good.
pub(crate) struct EndedRun {
    /// The job as it is then.
    pub(crate) job: Job,
    /// The last attempt of each of its instances.
    pub(crate) last: Vec<AllocStub>,
    /// What was tried on nodes that are away by now: whether it has ended nobody sees, and its work may be done twice.
    pub(crate) may_still_run: Vec<UnseenEnd>,
}

impl EndedRun {
    /// Says what may still run.
    pub(crate) fn tell_unseen(&self, app: &App) {
        if let Some(unseen) = in_words(&self.may_still_run) {
            app.printer.warn(&format!("lost with its node before: {unseen}, and its work may be done twice"));
        }
    }
}

/// Waits until a run has ended for good, its output printed where that is wanted.
pub(crate) async fn followed(
    app: &App,
    namespace: &str,
    child: &str,
    until: Option<Timestamp>,
    prints_logs: bool,
) -> Result<EndedRun> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let mut orderly = app.interrupts.orderly();
    let mut allocs = Watched::new(&nomad, allocation::of_job(namespace, child), LOOK);
    let mut output = Output::new(app, prints_logs);
    let mut run: Job = nomad.read(&job::get(namespace, child)).await.map_err(|e| gone(child, e))?.value;
    let (mut all, mut last): (Vec<AllocStub>, Vec<AllocStub>) = (Vec::new(), Vec::new());
    let (mut unplaced, mut unseen) = (String::new(), None);
    let named = job_words(namespace, child);
    let left = |error: Error, runs: bool| {
        let error = match runs {
            true => error.hint(format!("to see its output: fleet logs {named} -f")),
            false => error.hint(format!("to see what there is of it: fleet job show {named}")),
        };
        error.hint(format!("to stop it: fleet job stop {named}"))
    };
    loop {
        let time: Option<Duration> =
            until.map(|until| until.duration_since(app.clock().now()).try_into().unwrap_or_default());
        let woken = tokio::select! {
            biased;
            woken = allocs.next(&mut orderly) => Some(woken?),
            true = output.next() => None,
            () = sleep(time.unwrap_or_default()), if time.is_some() => None,
        };
        match woken {
            Some(Woken::Interrupted(interrupt)) => {
                return Err(left(interrupt.error(format!("{child} goes on without fleet")), true));
            }
            Some(Woken::State(seen)) => {
                all = seen;
                last = last_tries_of(&run, &all);
                let mut own = of_present_version(&run, &all);
                own.try_for_each(|alloc| output.begin(alloc, &all))?;
            }
            Some(Woken::Tick) if last.iter().all(|alloc| alloc.client_status.is_terminal()) => {
                // A failed one may be tried again: the job itself says when it is over.
                run = nomad.read(&job::get(namespace, child)).await.map_err(|e| gone(child, e))?.value;
                last = last_tries_of(&run, &all);
                let own: Vec<AllocStub> = of_present_version(&run, &all).cloned().collect();
                if run.status == RunState::Dead && last.iter().all(|alloc| alloc.client_status.is_terminal())
                {
                    output.finish().await;
                    let may_still_run = unseen_end::among(&nomad, &own).await?;
                    return Ok(EndedRun { job: run, last, may_still_run });
                }
                let why = without_place(&nomad, namespace, child).await?;
                let in_doubt = unseen_end::among(&nomad, &own).await.unwrap_or_default();
                unseen = in_words(&in_doubt);
                if !why.is_empty() && why != unplaced {
                    app.printer.note(&format!("{child} cannot be placed yet: {why}"));
                }
                unplaced = why;
            }
            Some(Woken::Tick) | None => {}
        }
        if until.is_some_and(|until| app.clock().now() >= until) {
            let runs = last.iter().any(|alloc| !alloc.client_status.is_terminal());
            let what = if runs { "it goes on" } else { "nothing of it is seen to run" };
            let error = Error::new(ExitCode::TimedOut, format!("{child}: timed out; {what}"));
            let error = error.because(how_it_stands(&run, &last));
            let error =
                if unplaced.is_empty() { error } else { error.because(format!("not placed: {unplaced}")) };
            return Err(left(unseen.into_iter().fold(error, Error::because), runs));
        }
    }
}

/// How the last tries of a run stood when they were seen last: how many have ended, and what has not.
fn how_it_stands(run: &Job, last: &[AllocStub]) -> String {
    let wanted: u64 = match run.job_type.is_per_node() {
        true => last.len() as u64,
        false => run.task_groups.iter().map(TaskGroup::count).sum(),
    };
    let (ended, living): (Vec<&AllocStub>, Vec<&AllocStub>) =
        last.iter().partition(|a| a.client_status == ClientStatus::Complete);
    let told = format!("{} of {} ended well", ended.len(), count(wanted.max(last.len() as u64), "instance"));
    if last.is_empty() {
        return format!("{told}, and none is seen to run");
    }
    let named = living.iter().take(NAMED);
    let named =
        named.map(|a| format!("{} ({}, on {}) is {}", a.name, short(&a.id), a.node_name, a.client_status));
    let more = living.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("and {}", count(more, "more instance")));
    std::iter::once(told).chain(named).chain(more).collect::<Vec<_>>().join("; ")
}

/// So many of what has not ended are named.
const NAMED: usize = 3;

/// A child that is not there any more was purged by somebody.
fn gone(child: &str, error: ApiError) -> Error {
    if error.is_not_found() {
        return Error::failed(format!("{child} was purged by somebody before it was known how it ended"));
    }
    error.into()
}

/// Why a run is not placed, as far as the scheduler has said.
async fn without_place(nomad: &Http, namespace: &str, child: &str) -> Result<String> {
    let evals = nomad.list(&evaluation::of_job(namespace, child)).await?.value;
    let unplaced = JobObservation { evals, ..JobObservation::default() }.unplaced();
    Ok(unplaced.iter().map(|u| format!("{}: {}", u.group, u.why)).collect::<Vec<_>>().join("; "))
}

/// How a run of a batch job ended.
pub(crate) enum RunFate {
    /// Its work ended with this code; what is to be said where that is not the code of the work itself.
    Ended { code: u8, beside: Option<String> },
    /// It was stopped; by what the servers say of why.
    Stopped(Vec<String>),
    /// Nothing of it ran.
    NeverRan,
}

impl RunFate {
    /// The first instance that did not end well says it, else all of them ended well.
    pub(crate) fn of(child: &Job, last: &[AllocStub]) -> Self {
        let endings: Vec<(&AllocStub, AllocEnding)> =
            last.iter().map(|a| (a, task_role::ending(a, child.group(&a.task_group)))).collect();
        let bad = endings.iter().find_map(|(alloc, ending)| match ending {
            AllocEnding::Ended { task, code } if *code != 0 => Some((alloc, task, *code)),
            _ => None,
        });
        if let Some((alloc, task, code)) = bad {
            let role = Role::in_group(child.group(&alloc.task_group), task);
            let beside = (!role.is_the_work()).then(|| {
                format!("{}: task {task}, which is not its work, ended with exit code {code}", alloc.name)
            });
            let code = AllocEnding::code_of(task, code, child.group(&alloc.task_group));
            return RunFate::Ended { code, beside };
        }
        let stopped: Vec<String> = endings
            .iter()
            .filter(|(_, ending)| *ending == AllocEnding::Stopped)
            .map(|(alloc, _)| format!("{}: {}", alloc.name, alloc.desired_description))
            .collect();
        if !stopped.is_empty() || (endings.is_empty() && child.stop) {
            return RunFate::Stopped(stopped);
        }
        if endings.is_empty() || endings.iter().any(|(_, ending)| *ending == AllocEnding::NeverRan) {
            return RunFate::NeverRan;
        }
        RunFate::Ended { code: 0, beside: None }
    }

    /// The error for one that has no code.
    pub(crate) async fn error(self, nomad: &Http, run: &Job, last: &[AllocStub]) -> Error {
        match self {
            RunFate::Stopped(why) => {
                let error = Error::failed(format!("{} was stopped by somebody before it had ended", run.id));
                why.into_iter().fold(error, Error::because)
            }
            _ if last.is_empty() => {
                let evals = nomad.list(&evaluation::of_job(&run.namespace, &run.id)).await;
                ran_nowhere(run, evals.map(|reply| reply.value).unwrap_or_default())
            }
            _ => never_ran(&run.id, last),
        }
    }
}

/// The error of a run of which nothing was placed: why, as far as the scheduler has said.
fn ran_nowhere(run: &Job, evals: Vec<Evaluation>) -> Error {
    let error = Error::failed(format!("{} ended without running", run.id));
    let named = job_words(&run.namespace, &run.id);
    let seen = JobObservation { job: Some(run.clone()), evals, ..JobObservation::default() };
    let error = match per_node::nowhere(&Target::of(run), &seen) {
        Some(nowhere) => error
            .because(nowhere.why)
            .hint(format!("to have it placed when there is a node that fits it: fleet job eval {named}")),
        None => error.because("nothing of it was placed"),
    };
    error.hint(format!("to see what keeps it: fleet why {named}"))
}

fn never_ran(child: &str, last: &[AllocStub]) -> Error {
    let error = Error::failed(format!("{child} ended without running"));
    last.iter().fold(error, |error, alloc| {
        let trouble = alloc.task_states.iter().find_map(|(name, t)| alloc_diagnosis::task_trouble(name, t));
        let why = trouble.unwrap_or_else(|| alloc.client_description.clone());
        error.because(format!("{}: {why}", alloc.name)).hint(format!("fleet alloc show {}", short(&alloc.id)))
    })
}

/// Prints what the tasks of a run write: stdout to stdout, stderr to stderr.
struct Output<'a> {
    app: &'a App,
    /// The allocations that were seen.
    seen: BTreeSet<String>,
    /// Restarts already reported, by allocation and task.
    restarts: BTreeMap<(String, String), u64>,
    readers: LogReaders,
    prints_logs: bool,
}

impl<'a> Output<'a> {
    fn new(app: &'a App, prints_logs: bool) -> Self {
        let (seen, restarts) = (BTreeSet::new(), BTreeMap::new());
        Output { app, seen, restarts, readers: LogReaders::default(), prints_logs }
    }

    /// Reads the logs of tasks that have begun; tells readers when their allocation is over. Among `all` is what it is another try of.
    fn begin(&mut self, alloc: &AllocStub, all: &[AllocStub]) -> Result<()> {
        // A machine reads the result, and the logs elsewhere.
        if self.app.printer.is_machine() {
            return Ok(());
        }
        self.tell_tries(alloc, all.iter().find(|before| before.next_allocation == alloc.id));
        if !self.prints_logs {
            return Ok(());
        }
        self.readers.tell(&alloc.id, alloc.client_status.is_terminal());
        for (task, _) in alloc.task_states.iter().filter(|(_, state)| state.started_at.is_some()) {
            for stream in [Stream::Stdout, Stream::Stderr] {
                let log = LogId { alloc_id: alloc.id.clone(), task: task.clone(), stream };
                if !self.readers.contains(&log) {
                    self.readers.add(self.app.nomad()?, log, true, LogStart::Oldest);
                }
            }
        }
        Ok(())
    }

    /// Reports restarts and retries: output begins again there.
    fn tell_tries(&mut self, alloc: &AllocStub, before: Option<&AllocStub>) {
        let printer = &self.app.printer;
        if let Some(before) = before.filter(|_| !self.seen.contains(&alloc.id)) {
            let lost =
                matches!(before.client_status, ClientStatus::Lost | ClientStatus::Unknown).then(|| {
                    let (id, node) = (short(&before.id), &before.node_name);
                    format!(": {id} was lost with {node}, and may still run there")
                });
            let lost = lost.unwrap_or_default();
            printer.note(&format!("retrying as {} on {}{lost}", short(&alloc.id), alloc.node_name));
        }
        self.seen.insert(alloc.id.clone());
        for (name, state) in &alloc.task_states {
            let told = self.restarts.entry((alloc.id.clone(), name.clone())).or_default();
            if state.restarts > *told {
                *told = state.restarts;
                let why = alloc_diagnosis::task_trouble(name, state);
                printer.note(&why.unwrap_or_else(|| format!("task {name} restarted")));
            }
        }
    }

    /// Prints the next output. Returns false when no log is being read.
    async fn next(&mut self) -> bool {
        let Some((number, heard)) = self.readers.next().await else { return false };
        let (printer, log) = (&self.app.printer, self.readers.log(number));
        match heard {
            // A closed stdout ends the printing, not the waiting.
            ReaderEvent::LogEvent(piece) => drop(log_remarks::pass(printer, log, &piece)),
            ReaderEvent::End(Err(error)) => log_remarks::unread(printer, log, &error),
            ReaderEvent::End(Ok(_)) => {}
        }
        true
    }

    /// Prints everything that is left.
    async fn finish(&mut self) {
        while self.next().await {}
    }
}
