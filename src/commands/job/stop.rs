//! `fleet job stop`

use std::time::Duration;

use globset::Glob;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::{self, JobStub};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::ids::{JobKey, job_words, shell_word};
use crate::model::unseen_end::UnseenEnd;
use crate::model::words;
use crate::ops::deploy::act::deregister;
use crate::ops::ticker::{Watched, Woken};
use crate::ops::unseen_end;
use crate::ui::{Cell, Column, Tabular, Tone, column, duration, duration_text};

/// Stop jobs, and wait until none of their allocations run.
///
/// Give full job ids. With * or ? the matching jobs are listed and you are asked to confirm. A stopped job can be started again
/// (`fleet job start`) until the servers remove it; with --purge they do so at once.
/// Runs that a periodic or parameterized job has started go on, unless --children stops them too. Whether anything has ended on a
/// node that is down or disconnected cannot be known: then the exit code is 6.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job stop web
  fleet job stop 'review-*' --yes
  fleet job stop web --purge --yes")]
pub struct Args {
    /// Full job ids; * and ? are wildcards.
    #[arg(value_name = "JOB", required = true, add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    jobs: Vec<String>,

    /// Stop the runs too that a periodic or parameterized job has started.
    #[arg(long)]
    children: bool,

    /// Remove the job and its history from the servers.
    #[arg(long)]
    purge: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Do not wait.
    #[arg(long)]
    detach: bool,

    /// Stop waiting after this time; the jobs go on stopping.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(rename = "job_id")]
    job: String,
    namespace: String,
    /// Whether it was running before.
    changed: bool,
    purged: bool,
    /// How many allocations ended; none when it was not waited for.
    ended: Option<usize>,
    /// The allocations whose nodes are out of sight, where they may still run.
    not_seen: Vec<UnseenEnd>,
    /// The runs it has started that go on.
    children_running: Vec<String>,
    /// Whether nobody waits for the end of what runs.
    #[serde(skip)]
    left_alone: bool,
    /// Those that were alive before.
    #[serde(skip)]
    alive: Vec<AllocStub>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("JOB").whole(),
        column("NAMESPACE").usual("default"),
        column("RESULT"),
        column("ENDED").right(),
        column("NOT SEEN").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let result = match (self.purged, self.changed, self.left_alone) {
            (true, _, true) => Cell::text("purged, not followed"),
            (false, true, true) => Cell::text("told to stop, not followed"),
            (false, false, true) => Cell::text("had been told to stop before, not followed"),
            (true, _, false) => Cell::toned("purged", Tone::Good),
            (false, true, false) => Cell::toned("stopped", Tone::Good),
            (false, false, false) => Cell::text("already stopped"),
        };
        vec![
            Cell::text(&self.job),
            Cell::text(&self.namespace),
            result,
            self.ended.map_or(Cell::Empty, |n| Cell::Number(n as u64)),
            match self.not_seen.len() {
                0 => Cell::Empty,
                n => Cell::toned(n.to_string(), Tone::Warn),
            },
        ]
    }
}

impl Args {
    /// Options that stop one job without asking.
    pub(crate) fn one(id: &str) -> Self {
        let timeout = Duration::from_secs(300);
        Args { jobs: vec![id.to_owned()], children: false, purge: false, yes: true, detach: false, timeout }
    }
}

/// Stops jobs.
///
/// # Errors
/// Not found (3), refused (7), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (chosen, listed) = in_time(args, &args.jobs.join(", "), choose(args, app)).await??;
    let permission = permission(args, app, &chosen).await?;
    let mut rows = Vec::new();
    for one in &chosen.jobs {
        let mut row = stop(args, app, &permission, one).await?;
        let goes_on = |j: &&JobStub| {
            let own = j.parent_id == one.key.id && j.namespace == one.key.namespace;
            own && j.status != RunState::Dead && !chosen.jobs.iter().any(|c| c.key.id == j.id)
        };
        row.children_running = listed.iter().filter(goes_on).map(|j| j.id.clone()).collect();
        rows.push(row);
    }
    let unfinished = match args.detach {
        true => Unfinished::default(),
        false => await_end(args, app, &chosen.jobs, &mut rows).await?,
    };
    app.printer.list(&rows, "no jobs")?;
    for row in rows.iter().filter(|row| row.left_alone && !row.alive.is_empty()) {
        let condition = if row.purged { "gone" } else { "stopped" };
        let job = job_words(&row.namespace, &row.job);
        app.printer.note(&format!("to wait for its end: fleet wait job {job} {condition}"));
    }
    warn_of_children(app, &rows);
    unfinished.verdict()
}

/// The jobs that are to stop.
#[derive(Default)]
struct Chosen {
    jobs: Vec<ChosenJob>,
    /// Whether a pattern chose some of them, or one word several.
    by_pattern: bool,
}

impl Chosen {
    /// Takes these along, each once.
    fn add(&mut self, mut more: Vec<ChosenJob>) {
        more.retain(|m| !self.jobs.iter().any(|c| c.key == m.key));
        self.jobs.extend(more);
    }
}

/// The jobs that the words name, with their children where these are wanted; and all that are listed.
async fn choose(args: &Args, app: &App) -> Result<(Chosen, Vec<JobStub>)> {
    let (nomad, namespace) = (app.nomad()?, app.list_namespace()?);
    let all = match nomad.list(&job::list().namespace(namespace)).await {
        Ok(reply) => Some(reply.value),
        // A whole id is enough, and takes no list.
        Err(e) if e.is_denied() && !args.jobs.iter().any(|text| is_pattern(text)) => None,
        Err(e) => return Err(e.into()),
    };
    let may_list = all.is_some();
    let listed = all.unwrap_or_default();
    let mut chosen = Chosen::default();
    for text in &args.jobs {
        let mut found = find(&listed, text)?;
        if found.is_empty() && is_pattern(text) {
            return Err(resolve::no_job(nomad, namespace, text, &listed).await);
        }
        if found.is_empty() {
            found.push(unlisted(nomad, namespace, text, may_list).await?);
        }
        chosen.by_pattern |= found.len() > 1 || is_pattern(text);
        chosen.add(found);
    }
    if args.children {
        let of_chosen = |j: &&JobStub| {
            chosen.jobs.iter().any(|c| c.key.id == j.parent_id && c.key.namespace == j.namespace)
        };
        let alive = listed.iter().filter(of_chosen).filter(|j| j.status != RunState::Dead);
        let children = alive.map(ChosenJob::from).collect();
        chosen.add(children);
    }
    Ok((chosen, listed))
}

/// Asks where more may be meant than was typed, or what is done cannot be undone.
async fn permission(args: &Args, app: &App, chosen: &Chosen) -> Result<Permission> {
    if !(chosen.by_pattern || args.purge || args.children) {
        return Ok(app.explicit());
    }
    let names: Vec<&str> = chosen.jobs.iter().map(|c| c.key.id.as_str()).collect();
    let verb = if args.purge { "Stop and purge" } else { "Stop" };
    app.printer.note(&format!("{} matched: {}", names.len(), names.join(", ")));
    let what = match &names[..] {
        [only] => format!("job {only}"),
        several => format!("these {}", words::count(several.len(), "job")),
    };
    app.confirm(args.yes, &format!("{verb} {what}?")).await
}

/// What is not known to have stopped, in sentences.
#[derive(Default)]
struct Unfinished {
    late: Vec<String>,
    not_seen: Vec<String>,
}

impl Unfinished {
    fn verdict(self) -> Result<ExitCode> {
        let error = |text: &str, why: Vec<String>| {
            why.into_iter().fold(Error::new(ExitCode::TimedOut, text), Error::because)
        };
        if !self.late.is_empty() {
            let text = "timed out: not everything has stopped yet; it goes on stopping";
            return Err(error(text, self.late));
        }
        if !self.not_seen.is_empty() {
            return Err(error("not everything is known to have stopped", self.not_seen)
                .hint("what runs on a node that is away stops when the node is back"));
        }
        Ok(ExitCode::Done)
    }
}

/// Waits until what the jobs ran has ended, and notes in the rows what has.
async fn await_end(args: &Args, app: &App, chosen: &[ChosenJob], rows: &mut [Row]) -> Result<Unfinished> {
    let mut unfinished = Unfinished::default();
    let until = app.clock().now() + args.timeout;
    let mut orderly = app.interrupts.orderly();
    for (row, ChosenJob { key, .. }) in rows.iter_mut().zip(chosen) {
        let (left, mut all) = left(app, key, until, &mut orderly).await?;
        if left > 0 {
            unfinished.late.push(format!("{}: {} still running", key.id, words::count(left, "allocation")));
            continue;
        }
        // The servers forget what is over of a job that is purged, and with it what was lost.
        let forgotten = row.alive.iter().filter(|a| !all.iter().any(|b| b.id == a.id)).cloned();
        let forgotten: Vec<AllocStub> =
            forgotten.map(|a| AllocStub { desired_status: DesiredStatus::Stop, ..a }).collect();
        all.extend(forgotten);
        row.not_seen = unseen_end::among(app.nomad()?, &all).await?;
        let seen = |a: &&AllocStub| {
            !a.client_status.is_terminal() && !row.not_seen.iter().any(|u| u.alloc_id == a.id)
        };
        row.ended = Some(row.alive.iter().filter(seen).count());
        unfinished.not_seen.extend(row.not_seen.iter().map(|u| format!("{}: {u}", key.id)));
    }
    Ok(unfinished)
}

fn warn_of_children(app: &App, rows: &[Row]) {
    for row in rows.iter().filter(|r| !r.children_running.is_empty()) {
        let n = row.children_running.len();
        let runs = if n == 1 { "1 run goes on".to_owned() } else { format!("{n} runs go on") };
        app.printer.warn(&format!("{}: {runs}: {}", row.job, row.children_running.join(", ")));
        if row.purged {
            // Nothing but its runs is left to name.
            let first = job_words(&row.namespace, &row.children_running[0]);
            let others: String =
                row.children_running[1..].iter().map(|run| format!(" {}", shell_word(run))).collect();
            app.printer.note(&format!("to stop them too: fleet job stop {first}{others}"));
            continue;
        }
        app.printer.note(&format!(
            "to stop them too: fleet job stop --children {}",
            job_words(&row.namespace, &row.job)
        ));
    }
}

/// A job that is to stop.
struct ChosenJob {
    key: JobKey,
    /// Whether it was stopped before; not so where that may not be read.
    stopped: bool,
}

impl From<&JobStub> for ChosenJob {
    fn from(stub: &JobStub) -> Self {
        ChosenJob { key: JobKey::new(&*stub.namespace, &*stub.id), stopped: stub.stop }
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The jobs of that whole id, or that fit the pattern; none when there are none.
fn find(all: &[JobStub], text: &str) -> Result<Vec<ChosenJob>> {
    let exact: Vec<ChosenJob> = all.iter().filter(|j| j.id == text).map(ChosenJob::from).collect();
    if let [_, _, ..] = exact.as_slice() {
        let places: Vec<&str> = exact.iter().map(|c| c.key.namespace.as_str()).collect();
        return Err(Error::usage(format!("job {text:?} is in several namespaces: {}", places.join(", ")))
            .hint("name one with --namespace"));
    }
    if !exact.is_empty() || !is_pattern(text) {
        return Ok(exact);
    }
    let glob = Glob::new(text)
        .map_err(|e| Error::usage(format!("bad pattern {text:?}")).because(e.kind().to_string()))?
        .compile_matcher();
    Ok(all.iter().filter(|j| glob.is_match(&j.id)).map(ChosenJob::from).collect())
}

/// A job of that whole id that the token cannot list.
async fn unlisted(nomad: &Http, namespace: &str, text: &str, may_list: bool) -> Result<ChosenJob> {
    let key = resolve::job_by_whole_id(nomad, namespace, text, may_list).await?;
    let now = nomad.read(&job::get(&key.namespace, &key.id)).await;
    Ok(ChosenJob { key, stopped: now.is_ok_and(|reply| reply.value.stop) })
}

/// What is asked before anything is told to stop has no longer than the wait for its end.
async fn in_time<T>(args: &Args, what: &str, asked: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(args.timeout, asked).await.map_err(|_| {
        let limit = duration_text(args.timeout);
        Error::new(ExitCode::TimedOut, format!("timed out after {limit}: {what} was not told to stop"))
            .because("no whole answer came until then")
            .hint("-v shows what it asked for")
    })
}

async fn stop(args: &Args, app: &App, permission: &Permission, chosen: &ChosenJob) -> Result<Row> {
    let nomad = app.nomad()?;
    let (key, changed) = (&chosen.key, !chosen.stopped);
    let allocs = allocation::of_job(&key.namespace, &key.id);
    let before = match in_time(args, &key.id, nomad.list(&allocs)).await? {
        Ok(reply) => reply.value,
        // Nobody is to wait for what runs of it.
        Err(e) if e.is_denied() && args.detach => Vec::new(),
        Err(e) if e.is_denied() => {
            return Err(Error::from(e).hint("--detach stops it without looking at what runs of it"));
        }
        Err(e) => return Err(e.into()),
    };
    // What was lost with its node may run there, too.
    let may_run = |a: &AllocStub| !a.client_status.is_terminal() || a.client_status == ClientStatus::Lost;
    let alive: Vec<AllocStub> = before.into_iter().filter(may_run).collect();
    if changed || args.purge {
        deregister(nomad, permission, &key.namespace, &key.id, args.purge).await?;
    }
    Ok(Row {
        job: key.id.clone(),
        namespace: key.namespace.clone(),
        changed,
        purged: args.purge,
        ended: None,
        not_seen: Vec::new(),
        children_running: Vec::new(),
        // What was stopped before, and of which nothing runs, has ended.
        left_alone: args.detach && (changed || !alive.is_empty()),
        alive,
    })
}

/// Waits until nothing of a job runs: how many allocations are left when that is so or the time is up, and all that there are.
/// What is on a node out of sight is not waited for.
async fn left(
    app: &App,
    key: &JobKey,
    until: Timestamp,
    orderly: &mut Orderly,
) -> Result<(usize, Vec<AllocStub>)> {
    let call = allocation::of_job(&key.namespace, &key.id);
    let mut states = Watched::new(app.nomad()?, call, Duration::from_secs(1));
    let (mut left, mut known) = (0, Vec::new());
    loop {
        match states.next(orderly).await? {
            Woken::State(all) => {
                let runs = |a: &&AllocStub| match a.client_status {
                    ClientStatus::Running | ClientStatus::Pending => true,
                    // The servers are about to tell it to stop.
                    ClientStatus::Unknown => a.desired_status == DesiredStatus::Run,
                    _ => false,
                };
                left = all.iter().filter(runs).count();
                known = all;
                if left == 0 {
                    return Ok((0, known));
                }
            }
            Woken::Tick => {}
            Woken::Interrupted(interrupt) => {
                let error = interrupt.error("interrupted; the jobs go on stopping");
                let job = job_words(&key.namespace, &key.id);
                return Err(error.hint(format!("to see what is left: fleet job show {job}")));
            }
        }
        if app.clock().now() >= until {
            return Ok((left, known));
        }
    }
}
