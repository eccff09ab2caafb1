//! `fleet job stop`

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use globset::Glob;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::allocation;
use crate::api::nomad::job::{self, JobStub};
use crate::api::permission::Permission;
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::ids::job_words;
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
    let all = nomad.list(&job::list().namespace(app.list_namespace()?)).await?.value;
    let mut chosen: Vec<JobStub> = Vec::new();
    let mut patterns = false;
    for text in &args.jobs {
        let found = find(&all, text)?;
        if found.is_empty() {
            return Err(resolve::no_job(nomad, app.list_namespace()?, text, &all).await);
        }
        patterns |= found.len() > 1 || text.contains(['*', '?', '[']);
        chosen.extend(
            found
                .into_iter()
                .filter(|f| !chosen.iter().any(|c| c.id == f.id && c.namespace == f.namespace))
                .collect::<Vec<_>>(),
        );
    }
    let permission = if patterns || args.purge {
        let names: Vec<&str> = chosen.iter().map(|j| j.id.as_str()).collect();
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
    for stub in &chosen {
        rows.push(stop(args, app, &permission, stub).await?);
    }
    let mut late = Vec::new();
    if !args.detach {
        let until = app.clock().now() + args.timeout;
        let mut orderly = app.interrupts.orderly();
        for (row, stub) in rows.iter_mut().zip(&chosen) {
            match left(app, stub, until, &mut orderly).await? {
                0 => row.ended = Some(row.alive.len()),
                left => late.push(format!("{}: {} still running", stub.id, words::count(left, "allocation"))),
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

/// The jobs with that full id, or that match the pattern; empty when there are none.
fn find(all: &[JobStub], text: &str) -> Result<Vec<JobStub>> {
    let exact: Vec<JobStub> = all.iter().filter(|j| j.id == text).cloned().collect();
    if let [_, _, ..] = exact.as_slice() {
        let places: Vec<&str> = exact.iter().map(|j| j.namespace.as_str()).collect();
        return Err(Error::usage(format!("job {text:?} is in several namespaces: {}", places.join(", ")))
            .hint("name one with --namespace"));
    }
    if !exact.is_empty() {
        return Ok(exact);
    }
    let glob = Glob::new(text)
        .map_err(|e| Error::usage(format!("bad pattern {text:?}")).because(e.kind().to_string()))?
        .compile_matcher();
    let is_pattern = text.contains(['*', '?', '[']);
    Ok(all.iter().filter(|j| is_pattern && glob.is_match(&j.id)).cloned().collect())
}

async fn stop(args: &Args, app: &App, permission: &Permission, stub: &JobStub) -> Result<Row> {
    let nomad = app.nomad()?;
    let changed = !stub.stop;
    let before = nomad.list(&allocation::of_job(&stub.namespace, &stub.id)).await?.value;
    let alive = before.into_iter().filter(|a| !a.client_status.is_terminal()).map(|a| a.id).collect();
    if changed || args.purge {
        deregister(nomad, permission, &stub.namespace, &stub.id, args.purge).await?;
    }
    Ok(Row {
        job: stub.id.clone(),
        namespace: stub.namespace.clone(),
        changed,
        purged: args.purge,
        ended: None,
        alive,
    })
}

/// Waits until no allocation of a job runs. Returns how many are left when the time is up, else 0.
async fn left(app: &App, stub: &JobStub, until: Timestamp, orderly: &mut Orderly) -> Result<usize> {
    let call = allocation::of_job(&stub.namespace, &stub.id);
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
                let job = job_words(&stub.namespace, &stub.id);
                return Err(error.hint(format!("to see what is left: fleet job show {job}")));
            }
        }
        if app.clock().now() >= until {
            return Ok(left);
        }
    }
}
