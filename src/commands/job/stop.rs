//! `fleet job stop`

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use globset::Glob;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation;
use crate::api::nomad::job::{self, JobStub};
use crate::api::permission::Permission;
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::ids::{JobKey, job_words};
use crate::model::words;
use crate::ops::deploy::act::deregister;
use crate::ui::{Cell, Column, Tabular, Tone, column, duration};

/// Stop jobs, and wait until none of their allocations run.
///
/// Give full job ids. With * or ? the matching jobs are listed and you are asked to confirm. A stopped job can be started again
/// (`fleet job start`) until the servers remove it; with --purge they do so at once.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job stop web
  fleet job stop 'review-*' --yes
  fleet job stop web --purge --yes")]
pub struct Args {
    /// Full job ids; * and ? are wildcards.
    #[arg(value_name = "JOB", required = true, add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    jobs: Vec<String>,

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
    job: String,
    namespace: String,
    /// Whether it was running before.
    changed: bool,
    purged: bool,
    /// How many allocations ended; none when it was not waited for.
    ended: Option<usize>,
    /// Full ids of the allocations that were alive before.
    #[serde(skip)]
    alive: BTreeSet<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[
        column("JOB").whole(),
        column("NAMESPACE").usual("default"),
        column("RESULT"),
        column("ENDED").right(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let result = match (self.purged, self.changed) {
            (true, _) => Cell::toned("purged", Tone::Good),
            (false, true) => Cell::toned("stopped", Tone::Good),
            (false, false) => Cell::text("already stopped"),
        };
        vec![
            Cell::text(&self.job),
            Cell::text(&self.namespace),
            result,
            self.ended.map_or(Cell::Empty, |n| Cell::Number(n as u64)),
        ]
    }
}

impl Args {
    /// Options that stop one job without asking.
    pub(crate) fn one(id: &str) -> Self {
        let timeout = Duration::from_secs(300);
        Args { jobs: vec![id.to_owned()], purge: false, yes: true, detach: false, timeout }
    }
}

/// Stops jobs.
///
/// # Errors
/// Not found (3), refused (7), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let namespace = app.list_namespace()?;
    let all = match nomad.list(&job::list().namespace(namespace)).await {
        Ok(reply) => Some(reply.value),
        // A whole id is enough, and takes no list.
        Err(e) if e.is_denied() && !args.jobs.iter().any(|text| is_pattern(text)) => None,
        Err(e) => return Err(e.into()),
    };
    let listed = all.as_deref().unwrap_or_default();
    let mut chosen: Vec<Chosen> = Vec::new();
    let mut patterns = false;
    for text in &args.jobs {
        let mut found = find(listed, text)?;
        if found.is_empty() && is_pattern(text) {
            return Err(resolve::no_job(nomad, namespace, text, listed).await);
        }
        if found.is_empty() {
            found.push(unlisted(nomad, namespace, text, all.is_some()).await?);
        }
        patterns |= found.len() > 1 || is_pattern(text);
        found.retain(|f| !chosen.iter().any(|c| c.key == f.key));
        chosen.extend(found);
    }
    let permission = if patterns || args.purge {
        let names: Vec<&str> = chosen.iter().map(|c| c.key.id.as_str()).collect();
        let verb = if args.purge { "Stop and purge" } else { "Stop" };
        app.printer.note(&format!("{} matched: {}", names.len(), names.join(", ")));
        let what = match &names[..] {
            [only] => format!("job {only}"),
            several => format!("these {}", words::count(several.len(), "job")),
        };
        app.confirm(args.yes, &format!("{verb} {what}?")).await?
    } else {
        app.explicit()
    };
    let mut rows = Vec::new();
    for one in &chosen {
        rows.push(stop(args, app, &permission, one).await?);
    }
    let mut late = Vec::new();
    if !args.detach {
        let until = app.clock().now() + args.timeout;
        let mut orderly = app.interrupts.orderly();
        for (row, Chosen { key, .. }) in rows.iter_mut().zip(&chosen) {
            match left(app, key, until, &mut orderly).await? {
                0 => row.ended = Some(row.alive.len()),
                left => late.push(format!("{}: {} still running", key.id, words::count(left, "allocation"))),
            }
        }
    }
    app.printer.list(&rows, "no jobs")?;
    if late.is_empty() {
        return Ok(ExitCode::Done);
    }
    let error =
        Error::new(ExitCode::TimedOut, "timed out: not everything has stopped yet; it goes on stopping");
    Err(late.into_iter().fold(error, Error::because))
}

/// A job that is to stop.
struct Chosen {
    key: JobKey,
    /// Whether it was stopped before; not so where that may not be read.
    stopped: bool,
}

impl From<&JobStub> for Chosen {
    fn from(stub: &JobStub) -> Self {
        Chosen { key: JobKey::new(&*stub.namespace, &*stub.id), stopped: stub.stop }
    }
}

fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// The jobs of that whole id, or that fit the pattern; none when there are none.
fn find(all: &[JobStub], text: &str) -> Result<Vec<Chosen>> {
    let exact: Vec<Chosen> = all.iter().filter(|j| j.id == text).map(Chosen::from).collect();
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
    Ok(all.iter().filter(|j| glob.is_match(&j.id)).map(Chosen::from).collect())
}

/// A job of that whole id that the token cannot list.
async fn unlisted(nomad: &Http, namespace: &str, text: &str, may_list: bool) -> Result<Chosen> {
    let key = resolve::job_by_whole_id(nomad, namespace, text, may_list).await?;
    let now = nomad.read(&job::get(&key.namespace, &key.id)).await;
    Ok(Chosen { key, stopped: now.is_ok_and(|reply| reply.value.stop) })
}

async fn stop(args: &Args, app: &App, permission: &Permission, chosen: &Chosen) -> Result<Row> {
    let nomad = app.nomad()?;
    let (key, changed) = (&chosen.key, !chosen.stopped);
    let before = match nomad.list(&allocation::of_job(&key.namespace, &key.id)).await {
        Ok(reply) => reply.value,
        // Nobody is to wait for what runs of it.
        Err(e) if e.is_denied() && args.detach => Vec::new(),
        Err(e) if e.is_denied() => {
            return Err(Error::from(e).hint("--detach stops it without looking at what runs of it"));
        }
        Err(e) => return Err(e.into()),
    };
    let alive = before.into_iter().filter(|a| !a.client_status.is_terminal()).map(|a| a.id).collect();
    if changed || args.purge {
        deregister(nomad, permission, &key.namespace, &key.id, args.purge).await?;
    }
    Ok(Row {
        job: key.id.clone(),
        namespace: key.namespace.clone(),
        changed,
        purged: args.purge,
        ended: None,
        alive,
    })
}

/// Waits until no allocation of a job runs. Returns how many are left when the time is up, else 0.
async fn left(app: &App, key: &JobKey, until: Timestamp, orderly: &mut Orderly) -> Result<usize> {
    let call = allocation::of_job(&key.namespace, &key.id);
    let mut states = Watch::new(app.nomad()?, call, Patience::OPERATION).states();
    let mut left = 0;
    loop {
        tokio::select! {
            Some(reply) = states.next() => {
                left = reply?.value.iter().filter(|a| !a.client_status.is_terminal()).count();
                if left == 0 {
                    return Ok(0);
                }
            }
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            interrupt = orderly.requested() => {
                let error = interrupt.error("interrupted; the jobs go on stopping");
                let job = job_words(&key.namespace, &key.id);
                return Err(error.hint(format!("to see what is left: fleet job show {job}")));
            }
        }
        if app.clock().now() >= until {
            return Ok(left);
        }
    }
}
