//! Waiting for a child, and printing what its tasks write meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::api::error::Error as ApiError;
use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::job::{self, Job};
use crate::api::watch::Watch;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_story;
use crate::model::ident::{job_words, short};
use crate::model::rollout::Seen;
use crate::ops::logs::{Begin, Followed, LogId, Piece, Reader, Stream};

/// How often it is looked whether the child is over, and why it does not begin.
const LOOK: Duration = Duration::from_secs(1);

/// Waits until a child has ended for good; the last try of each of its instances.
pub(super) async fn to_its_end(
    app: &App,
    namespace: &str,
    child: &str,
    until: Option<Timestamp>,
) -> Result<Vec<AllocStub>> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let mut orderly = app.interrupts.orderly();
    let mut allocs = Watch::new(&nomad, job::allocations(namespace, child), Patience::OPERATION).states();
    let mut output = Output::new(app);
    let mut last: Vec<AllocStub> = Vec::new();
    let mut unplaced = String::new();
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let named = job_words(namespace, child);
    let left = |error: Error| {
        error
            .hint(format!("to see what it writes: fleet logs {named} -f"))
            .hint(format!("to stop it: fleet job stop {named}"))
    };
    loop {
        tokio::select! {
            biased;
            interrupt = orderly.requested() => {
                return Err(left(interrupt.error(format!("{child} goes on without fleet"))));
            }
            () = output.next() => {}
            Some(reply) = allocs.next() => {
                let all = reply?.value;
                all.iter().try_for_each(|alloc| output.begin(alloc))?;
                last = last_tries(all);
            }
            _ = look.tick() => if last.iter().all(|alloc| alloc.client_status.is_terminal()) {
                // A failed one may be tried again: the job itself says when it is over.
                let job: Job = nomad.read(&job::get(namespace, child)).await?.value;
                if job.status == "dead" {
                    output.finish().await;
                    return Ok(last);
                }
                let why = if last.is_empty() { without_place(&nomad, namespace, child).await? } else { String::new() };
                if !why.is_empty() && why != unplaced {
                    app.printer.note(&format!("{child} finds no place yet: {why}"));
                    unplaced = why;
                }
            },
        }
        if until.is_some_and(|until| app.clock().now() >= until) {
            let error = Error::new(ExitCode::TimedOut, format!("{child} has not ended in time; it goes on"));
            let error = if unplaced.is_empty() { error } else { error.because(unplaced) };
            return Err(left(error));
        }
    }
}

/// Of each instance the allocation that was made last.
fn last_tries(all: Vec<AllocStub>) -> Vec<AllocStub> {
    let mut last: BTreeMap<String, AllocStub> = BTreeMap::new();
    for alloc in all {
        if last.get(&alloc.name).is_none_or(|known| known.create_index < alloc.create_index) {
            last.insert(alloc.name.clone(), alloc);
        }
    }
    last.into_values().collect()
}

/// Why nothing of a child is placed, as far as the scheduler has said.
async fn without_place(nomad: &Http, namespace: &str, child: &str) -> Result<String> {
    let evals = nomad.list(&job::evaluations(namespace, child)).await?.value;
    let unplaced = Seen { evals, ..Seen::default() }.unplaced();
    Ok(unplaced.iter().map(|u| format!("{}: {}", u.group, u.why)).collect::<Vec<_>>().join("; "))
}

type Reading = Pin<Box<dyn Future<Output = (LogId, Result<Followed, ApiError>)>>>;

/// What the tasks of a child write: their stdout to stdout, their stderr to stderr.
struct Output<'a> {
    app: &'a App,
    /// Whether each allocation whose logs are read has ended.
    ends: BTreeMap<String, watch::Sender<bool>>,
    /// The instances that were seen.
    names: BTreeSet<String>,
    /// How often each task was told to have been restarted, by its allocation and name.
    restarts: BTreeMap<(String, String), u64>,
    logs: Vec<LogId>,
    readings: FuturesUnordered<Reading>,
    send: mpsc::Sender<(usize, Piece)>,
    pieces: mpsc::Receiver<(usize, Piece)>,
}

impl<'a> Output<'a> {
    fn new(app: &'a App) -> Self {
        let (send, pieces) = mpsc::channel(64);
        let readings = FuturesUnordered::new();
        Output {
            app,
            ends: BTreeMap::new(),
            names: BTreeSet::new(),
            restarts: BTreeMap::new(),
            logs: Vec::new(),
            readings,
            send,
            pieces,
        }
    }

    /// Reads the logs of tasks that have begun; tells readers when their allocation is over.
    fn begin(&mut self, alloc: &AllocStub) -> Result<()> {
        // A machine reads the result, and the logs elsewhere.
        if self.app.printer.is_machine() {
            return Ok(());
        }
        self.tell_tries(alloc);
        let over = self.ends.entry(alloc.id.clone()).or_insert_with(|| watch::Sender::new(false));
        over.send_replace(alloc.client_status.is_terminal());
        let over = over.subscribe();
        for (task, _) in alloc.task_states.iter().filter(|(_, state)| state.started_at.is_some()) {
            for stream in [Stream::Stdout, Stream::Stderr] {
                let log = LogId { alloc_id: alloc.id.clone(), task: task.clone(), stream };
                if self.logs.contains(&log) {
                    continue;
                }
                let out = (self.logs.len(), self.send.clone());
                let reader = Reader {
                    http: self.app.nomad()?.clone(),
                    log: log.clone(),
                    follow: true,
                    ended: over.clone(),
                    out,
                };
                self.logs.push(log.clone());
                self.readings.push(Box::pin(async move { (log, reader.run(Begin::Oldest).await) }));
            }
        }
        Ok(())
    }

    /// Says when the work begins anew: its output does from there, too.
    fn tell_tries(&mut self, alloc: &AllocStub) {
        let printer = &self.app.printer;
        if !self.ends.contains_key(&alloc.id) && self.names.contains(&alloc.name) {
            printer.note(&format!("it is tried again, as {} on {}", short(&alloc.id), alloc.node_name));
        }
        self.names.insert(alloc.name.clone());
        for (name, state) in &alloc.task_states {
            let told = self.restarts.entry((alloc.id.clone(), name.clone())).or_default();
            if state.restarts > *told {
                *told = state.restarts;
                let why = alloc_story::task_trouble(name, state);
                printer.note(&why.unwrap_or_else(|| format!("task {name} is restarted")));
            }
        }
    }

    /// Prints what comes next; never ends while nothing comes.
    async fn next(&mut self) {
        tokio::select! {
            biased;
            Some((log, piece)) = self.pieces.recv() => self.print(log, piece),
            Some((log, ended)) = self.readings.next() => self.tell_unread(&log, ended.err()),
        }
    }

    /// Prints everything that is left.
    async fn finish(&mut self) {
        while !self.readings.is_empty() {
            self.next().await;
        }
        while let Ok((log, piece)) = self.pieces.try_recv() {
            self.print(log, piece);
        }
    }

    fn print(&self, log: usize, piece: Piece) {
        let (printer, log) = (&self.app.printer, &self.logs[log]);
        match (piece, log.stream) {
            (Piece::Data(bytes), Stream::Stderr) => printer.pass_err(&bytes),
            // Who does not read stdout any more still waits for the end.
            (Piece::Data(bytes), Stream::Stdout) => drop(printer.pass(&bytes)),
            (Piece::Gap(lost), _) => printer.warn(&format!(
                "gap in {} of task {}: {lost} were gone before they could be read",
                log.stream, log.task
            )),
            (Piece::Resumed, _) => {}
        }
    }

    fn tell_unread(&self, log: &LogId, error: Option<ApiError>) {
        let Some(error) = error else { return };
        self.app.printer.warn(&format!(
            "the {} of task {} of allocation {} could not be read to its end: {}",
            log.stream,
            log.task,
            short(&log.alloc_id),
            error.text
        ));
    }
}
