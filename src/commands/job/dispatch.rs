//! `fleet job dispatch`

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::api::http::Patience;
use crate::api::nomad::job::Job;
use crate::api::nomad::registration;
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::resolve::current;
use crate::commands::shared::run_end::{self, RunFate};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words, shell_word};
use crate::model::unseen_end::UnseenEnd;
use crate::model::words;
use crate::ops::jobfile;
use crate::ui::{Cell, Describe, Detail, duration};

/// Start a run of a parameterized job.
///
/// With --wait the run is followed to its end: its tasks' output is printed as it is written, and the exit code is that of its work:
/// of its leader or its main tasks, whatever runs beside or after them; 1 where only something beside its work failed. With the same
/// --idempotency key no second run is started, however often you ask.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job dispatch resize --meta size=large --payload photo.json
  fleet job dispatch import --wait --timeout 30m
  fleet job dispatch import --idempotency 2026-11-21")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Metadata for the run.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    meta: Vec<(String, String)>,

    /// File with the payload, `-` for stdin; at most 16 KiB.
    #[arg(long, value_name = "FILE")]
    payload: Option<String>,

    /// A key of your own: dispatching again with the same key starts nothing new.
    #[arg(long, value_name = "KEY")]
    idempotency: Option<String>,

    /// Put this into the child job's id, after the job's own.
    #[arg(long, value_name = "TEXT")]
    id_prefix: Option<String>,

    /// Wait for the end of the run.
    #[arg(long)]
    wait: bool,

    /// Stop waiting after this time; the run goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "wait")]
    timeout: Option<Duration>,
}

impl Args {
    /// The command that answers with the same run: whoever dispatches with its key starts no second one.
    fn repeated(&self, job: &Job, key: &str) -> String {
        let valued = |flag: &str, value: &str| format!(" {flag} {}", shell_word(value));
        let meta = self.meta.iter().map(|(name, value)| valued("--meta", &format!("{name}={value}")));
        let texts = [("--payload", &self.payload), ("--id-prefix", &self.id_prefix)];
        let texts = texts.into_iter().filter_map(|(flag, text)| Some(valued(flag, text.as_ref()?)));
        let wait = self.wait.then(|| " --wait".to_owned());
        let words: String = meta.chain(texts).chain([valued("--idempotency", key)]).chain(wait).collect();
        format!("fleet job dispatch {}{words}", job_words(&job.namespace, &job.id))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// A child of a job that was started.
#[derive(Debug, Serialize)]
pub(super) struct Dispatched {
    #[serde(rename = "job_id")]
    job: String,
    namespace: String,
    /// None where it runs, and may not be read.
    #[serde(rename = "child_job_id")]
    child: Option<String>,
    /// Whether an earlier dispatch with the same key had made it.
    repeated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
    /// What was lost with its node and may still run there, though it was started anew elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    may_still_run: Vec<UnseenEnd>,
}

impl Dispatched {
    pub(super) fn new(key: JobKey, child: Option<String>, repeated: bool) -> Self {
        let JobKey { id: job, namespace } = key;
        Dispatched { job, namespace, child, repeated, exit_code: None, may_still_run: Vec::new() }
    }
}

impl Describe for Dispatched {
    fn describe(&self) -> Detail {
        let note = match (&self.child, self.repeated) {
            (None, _) => Cell::text("it was started; its id needs the right to read it"),
            (Some(_), true) => Cell::text("already dispatched with the same key"),
            (Some(_), false) => Cell::Empty,
        };
        let child = self.child.as_ref().map_or(Cell::Empty, Cell::text);
        let exit = self.exit_code.map_or(Cell::Empty, |c| Cell::text(c.to_string()));
        Detail::new().fields([("child", child), ("note", note), ("exit code", exit)])
    }
}

/// Dispatches.
///
/// # Errors
/// Usage (2) when the job takes no dispatch; API errors.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    app.bound(args.timeout)?;
    let job = current(app, &args.job).await?;
    let Some(parameters) = job.parameterized_job.as_ref().filter(|p| !p.is_null()) else {
        return Err(Error::usage(format!(
            "{} is not a parameterized job, so it cannot be dispatched",
            job.id
        )));
    };
    let payload = payload(args).await?;
    let meta: BTreeMap<String, String> = args.meta.iter().cloned().collect();
    check(&job, parameters, &meta, &payload)?;
    let started = send(args, app, &job, &payload, &meta).await?;
    let key = JobKey::new(&*job.namespace, &*job.id);
    let repeated = started.made_before && args.idempotency.is_some();
    let mut view = Dispatched::new(key, Some(started.child.clone()), repeated);
    if !args.wait {
        app.printer.object(&view)?;
        return Ok(ExitCode::Done);
    }
    app.printer.note(&format!("dispatched {}", started.child));
    let until = args.timeout.map(|t| app.clock().now() + t);
    let run = run_end::followed(app, &job.namespace, &started.child, until, true).await?;
    let fate = RunFate::of(&run.job, &run.last);
    run.tell_unseen(app);
    if let RunFate::Ended { code, .. } = fate {
        view.exit_code = Some(i64::from(code));
    }
    view.may_still_run.clone_from(&run.may_still_run);
    if app.printer.is_machine() {
        app.printer.object(&view)?;
    }
    match fate {
        RunFate::Ended { code, beside } => {
            if let Some(words) = beside {
                app.printer.note(&words);
            }
            Ok(ExitCode::Of(code))
        }
        other => Err(other.error(app.nomad()?, &run.job, &run.last).await),
    }
}

/// Reads the payload; empty where there is none.
async fn payload(args: &Args) -> Result<Vec<u8>> {
    const MOST: usize = 16 * 1024;
    let payload = match &args.payload {
        None => Vec::new(),
        Some(path) => jobfile::read_bytes(path).await?,
    };
    if payload.len() > MOST {
        return Err(Error::usage(format!(
            "the payload has {}; the servers take at most {MOST}",
            words::count(payload.len(), "byte")
        )));
    }
    Ok(payload)
}

/// A run that was started.
struct StartedRun {
    child: String,
    /// Whether the servers had been asked for it before, by the same key.
    made_before: bool,
}

async fn send(
    args: &Args,
    app: &App,
    job: &Job,
    payload: &[u8],
    meta: &BTreeMap<String, String>,
) -> Result<StartedRun> {
    // A key of its own makes a repeated request harmless when a reply is lost.
    let key = args
        .idempotency
        .clone()
        .unwrap_or_else(|| format!("fleet-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)));
    let nomad = app.nomad()?;
    let call =
        registration::dispatch(&job.namespace, &job.id, payload, meta, args.id_prefix.as_deref(), &key);
    // Repeating it with the same key answers with the same child.
    let settled = settle(nomad, &app.explicit(), &call, Patience::OPERATION, async || Ok(None::<()>)).await;
    let settled = settled.map_err(|e| match e.may_be_done() {
        true => Error::from(e).hint(format!(
            "to have that run, whether it was started or not, and no second one: `{}`",
            args.repeated(job, &key)
        )),
        false => e.into(),
    })?;
    let Settled::Replied(reply) = settled else {
        return Err(Error::failed("the servers did not answer the dispatch"));
    };
    let made_before = reply.value.eval_id.is_empty();
    if made_before && args.idempotency.is_none() {
        // Nobody else has this key.
        app.printer.note(
            "the first reply was lost, and asked again the servers named the run: it was dispatched once",
        );
    }
    Ok(StartedRun { child: reply.value.job_id, made_before })
}

/// Checks a dispatch before it is sent, because the servers refuse a wrong one with status 500.
fn check(job: &Job, parameters: &Value, meta: &BTreeMap<String, String>, payload: &[u8]) -> Result<()> {
    let keys = |name: &str| -> Vec<&str> {
        parameters[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let (required, optional) = (keys("MetaRequired"), keys("MetaOptional"));
    let id = &job.id;
    if let Some(missing) = required.iter().find(|key| !meta.contains_key(**key)) {
        return Err(Error::usage(format!("{id} needs the metadata {missing:?}"))
            .hint(format!("add --meta {missing}=VALUE")));
    }
    let known = |key: &&String| required.iter().chain(&optional).any(|k| k == key);
    if let Some(unknown) = meta.keys().find(|key| !known(key)) {
        let all: Vec<&str> = required.iter().chain(&optional).copied().collect();
        let takes = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        return Err(Error::usage(format!("{id} does not take the metadata {unknown:?}"))
            .hint(format!("it takes {takes}")));
    }
    match (parameters["Payload"].as_str(), payload.is_empty()) {
        (Some("required"), true) => Err(Error::usage(format!("{id} needs a payload"))
            .hint("add --payload FILE, or --payload - for stdin")),
        (Some("forbidden"), false) => Err(Error::usage(format!("{id} takes no payload"))),
        _ => Ok(()),
    }
}
