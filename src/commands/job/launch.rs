//! Verbs that make a job do something once: `dispatch`, `periodic-force`, `eval`.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde::Serialize;

use crate::api::http::{Get, Patience, segment};
use crate::api::nomad::EvalReply;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::registration;
use crate::api::settle::{Settled, settle};
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::complete;
use crate::commands::deploy::Following;
use crate::commands::job::shift::{Follow, current};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_story;
use crate::ui::{Cell, Describe, Detail, duration};

/// Start a child of a parameterized job.
///
/// With --wait it is followed to its end, what its tasks wrote is printed, and the exit code is that of its task. With the same
/// --idempotency key no second child is started, however often it is asked for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job dispatch resize --meta size=large --payload photo.json
  fleet job dispatch import --wait --timeout 30m
  fleet job dispatch import --idempotency 2026-11-21")]
pub struct DispatchArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Metadata for the child.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,

    /// The file whose contents the child gets, `-` for stdin; 16 KiB at most.
    #[arg(long, value_name = "FILE")]
    payload: Option<String>,

    /// A key of your own that makes the same dispatch the same child.
    #[arg(long, value_name = "KEY")]
    idempotency: Option<String>,

    /// How the child's id begins after the job's.
    #[arg(long, value_name = "TEXT")]
    id_prefix: Option<String>,

    /// Wait for its end.
    #[arg(long)]
    wait: bool,

    /// How long to wait; it goes on when that has passed.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "wait")]
    timeout: Option<Duration>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[derive(Debug, Serialize)]
struct Dispatched {
    job: String,
    namespace: String,
    child: String,
    /// Whether it was there already.
    repeated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
}

impl Describe for Dispatched {
    fn describe(&self) -> Detail {
        let note = if self.repeated {
            Cell::text("it was dispatched before with the same key")
        } else {
            Cell::Empty
        };
        let exit = self.exit_code.map_or(Cell::Empty, |c| Cell::text(c.to_string()));
        Detail::new().fields([("child", Cell::text(&self.child)), ("note", note), ("exit code", exit)])
    }
}

/// Dispatches.
///
/// # Errors
/// Usage (2) when the job takes no dispatch; API errors.
pub async fn dispatch(args: &DispatchArgs, app: &App) -> Result<ExitCode> {
    let job = current(app, &args.job).await?;
    if !job.parameterized_job.as_ref().is_some_and(|p| !p.is_null()) {
        return Err(Error::usage(format!("{} is not parameterized and takes no dispatch", job.id)));
    }
    let payload = match &args.payload {
        None => Vec::new(),
        Some(path) if path == "-" => crate::ops::jobfile::read("-").await?.into_bytes(),
        Some(path) => std::fs::read(path)
            .map_err(|e| Error::usage(format!("could not read {path}")).because(e.to_string()))?,
    };
    const MOST: usize = 16 * 1024;
    if payload.len() > MOST {
        return Err(Error::usage(format!(
            "the payload has {} bytes; the servers take {MOST}",
            payload.len()
        )));
    }
    let meta: BTreeMap<String, String> = args.meta.iter().cloned().collect();
    // A key of its own makes a repeated request harmless when a reply is lost.
    let key = args
        .idempotency
        .clone()
        .unwrap_or_else(|| format!("fleet-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)));
    let nomad = app.nomad()?;
    let call =
        registration::dispatch(&job.namespace, &job.id, &payload, &meta, args.id_prefix.as_deref(), &key);
    // Repeating it with the same key answers with the same child.
    let settled = settle(nomad, &app.explicit(), &call, Patience::OPERATION, async || Ok(None::<()>)).await?;
    let Settled::Replied(reply) = settled else { return Err(Error::failed("the dispatch was not answered")) };
    let reply = reply.value;
    let repeated = reply.eval_id.is_empty();
    let mut view = Dispatched {
        job: job.id.clone(),
        namespace: job.namespace.clone(),
        child: reply.job_id,
        repeated,
        exit_code: None,
    };
    if !args.wait {
        app.printer.object(&view)?;
        return Ok(ExitCode::Done);
    }
    app.printer.note(&format!("dispatched {}", view.child));
    let until = args.timeout.map(|t| app.clock().now() + t);
    let last = wait(app, &job.namespace, &view.child, until).await?;
    let ends: Vec<i64> =
        last.task_states.values().filter_map(alloc_story::last_end).map(|e| e.exit_code).collect();
    let code = ends.iter().copied().find(|c| *c != 0).or(ends.first().copied());
    view.exit_code = code;
    if app.printer.is_machine() {
        app.printer.object(&view)?;
    } else {
        print_logs(app, &last).await?;
    }
    match code {
        Some(0) => Ok(ExitCode::Done),
        Some(code) => Ok(ExitCode::Of(u8::try_from(code).unwrap_or(1))),
        None => {
            Err(Error::failed(format!("{} ended without running: {}", view.child, last.client_description)))
        }
    }
}

/// Waits until a child has ended for good; its last allocation.
async fn wait(app: &App, namespace: &str, child: &str, until: Option<jiff::Timestamp>) -> Result<AllocStub> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let mut allocs = Watch::new(&nomad, job::allocations(namespace, child), Patience::OPERATION).states();
    let mut latest: Option<AllocStub> = None;
    loop {
        tokio::select! {
            Some(reply) = allocs.next() => latest = reply?.value.into_iter().max_by_key(|a| a.create_index),
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        if let Some(alloc) = latest.as_ref().filter(|a| a.client_status.is_terminal()) {
            // A failed one may be tried again: the job itself says when it is over.
            let job: Job = nomad.read(&job::get(namespace, child)).await?.value;
            if job.status == "dead" {
                return Ok(alloc.clone());
            }
        }
        if until.is_some_and(|until| app.clock().now() >= until) {
            return Err(Error::new(ExitCode::TimedOut, format!("{child} has not ended in time; it goes on"))
                .hint(format!("fleet job show -n {namespace} {child}")));
        }
    }
}

async fn print_logs(app: &App, alloc: &AllocStub) -> Result<()> {
    for task in alloc.task_states.keys() {
        for stream in ["stdout", "stderr"] {
            let call: Get<String> =
                Get::new(format!("/v1/client/fs/logs/{}", segment(&alloc.id)), "read a log")
                    .needs("namespace capability \"read-logs\"")
                    .namespace(&alloc.namespace)
                    .query("task", task)
                    .query("type", stream)
                    .query("plain", "true");
            match app.nomad()?.read_text(&call).await {
                Ok(reply) if stream == "stdout" => app.printer.text(&reply.value)?,
                Ok(reply) => app.printer.note(reply.value.trim_end()),
                Err(e) => {
                    app.printer.warn(&format!("the {stream} of task {task} could not be read: {}", e.text))
                }
            }
        }
    }
    Ok(())
}

/// Start a child of a periodic job now, whatever its schedule says.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job periodic-force backup")]
pub struct ForceArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Starts a periodic job.
///
/// # Errors
/// Usage (2) when the job is not periodic; API errors.
pub async fn force(args: &ForceArgs, app: &App) -> Result<()> {
    let job = current(app, &args.job).await?;
    if job.periodic.is_none() {
        return Err(Error::usage(format!("{} is not periodic", job.id)));
    }
    let nomad = app.nomad()?;
    let children = async || {
        let prefix = format!("{}/periodic-", job.id);
        let found = nomad.list(&job::list().namespace(&job.namespace).prefix(Some(&prefix))).await?.value;
        Ok(found.into_iter().map(|j| j.id).collect::<std::collections::BTreeSet<String>>())
    };
    let before = children().await?;
    let call = registration::force_periodic(&job.namespace, &job.id);
    let more = async || Ok(children().await?.difference(&before).next().cloned());
    let settled: Settled<EvalReply, String> =
        settle(nomad, &app.explicit(), &call, Patience::OPERATION, more).await?;
    let child = match settled {
        Settled::Found(child) => child,
        Settled::Replied(_) => children().await?.difference(&before).next().cloned().unwrap_or_default(),
    };
    let view = Dispatched {
        job: job.id.clone(),
        namespace: job.namespace.clone(),
        child,
        repeated: false,
        exit_code: None,
    };
    app.printer.object(&view)
}

/// Have the scheduler look at a job once more: what is missing of it is placed.
///
/// With --reschedule, instances that failed for good are placed again too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job eval web
  fleet job eval web --reschedule")]
pub struct EvalArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Place instances again that failed for good.
    #[arg(long)]
    reschedule: bool,

    #[command(flatten)]
    follow: Follow,
}

/// Evaluates a job.
///
/// # Errors
/// API errors; how it ended.
pub async fn eval(args: &EvalArgs, app: &App) -> Result<ExitCode> {
    let job = current(app, &args.job).await?;
    let call = registration::evaluate(&job.namespace, &job.id, args.reschedule);
    // A second evaluation does no harm, so a lost reply is answered by another one.
    settle(app.nomad()?, &app.explicit(), &call, Patience::OPERATION, async || Ok(None::<()>)).await?;
    Following::new(app, &args.follow).follow(&job).await
}
