//! `fleet job restart`

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::service;
use crate::api::settle::settle;
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::complete;
use crate::commands::job::shift::current;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_story;
use crate::model::restart::{self, Progress};
use crate::ui::{Cell, Column, Narration, Tabular, Tone, column, duration};

/// Restart a job's instances where they are, a few at a time, each only after those before it are well again.
///
/// Well means: its tasks run for as long as its update block says, and its checks pass. At the first one that does not come
/// back everything stops there. A group of a single instance is refused unless you say how many may be away. Interrupted, it
/// names the command that goes on with those that are left.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job restart web
  fleet job restart web --group api --max-unavailable 2
  fleet job restart web --started-before 2026-11-21T12:00:00Z")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Only instances of this group.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,

    /// Only these allocations, by the beginning of their ids.
    #[arg(long, value_name = "ID")]
    alloc: Vec<String>,

    /// How many of a group may be away at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,

    /// Only what was started before this moment: how an interrupted run is gone on with.
    #[arg(long, value_name = "TIME")]
    started_before: Option<Timestamp>,

    /// How long each may take to be well again.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: String,
    node: String,
    restarted: bool,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("ALLOCATION").whole(), column("NAME"), column("NODE"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let result = if self.restarted {
            Cell::toned("restarted", Tone::Good)
        } else {
            Cell::text("was newer already")
        };
        vec![Cell::Id(self.id.clone()), Cell::text(&self.name), Cell::text(&self.node), result]
    }
}

/// Restarts a job's instances.
///
/// # Errors
/// Refused (7), failed (1) when one does not come back, interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let job = current(app, &args.job).await?;
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let chosen = choose(args, &job, nomad.list(&job::allocations(&job.namespace, &job.id)).await?.value)?;
    // By the nodes' clocks, which need not agree with ours.
    let before =
        args.started_before.or_else(|| restart::cutoff(&chosen)).unwrap_or_else(|| app.clock().now());
    for group in &job.task_groups {
        let any = chosen.iter().any(|a| a.task_group == group.name);
        if any && group.count() <= 1 && args.max_unavailable.is_none() && !job.kind.contains("batch") {
            return Err(Error::refused(format!(
                "group {} of {} has a single instance, which is away while it restarts",
                group.name, job.id
            ))
            .hint("--max-unavailable 1 says that this is all right"));
        }
    }
    let mut orderly = app.interrupts.orderly();
    let mut story = Narration::new(&app.printer);
    let mut asked: BTreeMap<String, Timestamp> = BTreeMap::new();
    let mut sightings = restart::Sightings::default();
    let mut states =
        Watch::new(&nomad, job::allocations(&job.namespace, &job.id), Patience::OPERATION).states();
    let mut latest: Vec<AllocStub> = chosen.clone();
    loop {
        tokio::select! {
            Some(reply) = states.next() => latest = reply?.value,
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            interrupt = orderly.requested() => {
                return Err(interrupt.error("interrupted; what was told to restart goes on")
                    .hint(format!("to go on: fleet job restart {} --started-before {before}", job.id)));
            }
        }
        let now = app.clock().now();
        let mut open = false;
        for group in &job.task_groups {
            let own: Vec<&AllocStub> = chosen.iter().filter(|a| a.task_group == group.name).collect();
            let steady =
                group.update.as_ref().map_or(Duration::from_secs(5), |u| u.min_healthy_time.duration());
            let mut places = BTreeMap::new();
            for a in own {
                let seen = latest.iter().find(|l| l.id == a.id);
                let mut place = seen
                    .map_or(Progress::Lost, |l| restart::progress(l, before, steady, &mut sightings, now));
                // A list may be older than the restart.
                if place == Progress::Waiting && asked.contains_key(&a.id) {
                    place = Progress::Settling;
                }
                if place == Progress::Done && asked.contains_key(&a.id) && !checks_pass(app, a).await {
                    place = Progress::Settling;
                }
                stop_at(args, &job, a, seen, place, asked.get(&a.id), now, before)?;
                places.insert(a.id.as_str(), place);
            }
            let most = usize::try_from(args.max_unavailable.unwrap_or(1)).unwrap_or(usize::MAX);
            open |= places.values().any(|p| matches!(p, Progress::Waiting | Progress::Settling));
            for id in restart::next(&places, most) {
                let done = async || {
                    let now = nomad.list(&job::allocations(&job.namespace, &job.id)).await?.value;
                    let moved = |a: &AllocStub| {
                        a.id == id && a.task_states.values().any(|t| t.started_at > Some(before))
                    };
                    Ok(now.iter().any(moved).then_some(()))
                };
                settle(&nomad, &app.explicit(), &allocation::restart(id), Patience::OPERATION, done).await?;
                asked.insert(id.to_owned(), now);
                let name = chosen.iter().find(|a| a.id == id).map_or("", |a| a.name.as_str());
                story.line(
                    now,
                    &format!("restarting {name} ({})", crate::model::ident::short(id)),
                    Tone::Plain,
                );
            }
        }
        story.waiting(&[format!("{} of {} were told to restart", asked.len(), chosen.len())]);
        if !open {
            break;
        }
    }
    drop(story);
    let row = |a: &AllocStub| Row {
        id: a.id.clone(),
        name: a.name.clone(),
        node: a.node_name.clone(),
        restarted: asked.contains_key(&a.id),
    };
    let rows: Vec<Row> = chosen.iter().map(row).collect();
    app.printer.list(&rows, "nothing to restart")?;
    Ok(ExitCode::Done)
}

/// The instances that are meant.
fn choose(args: &Args, job: &Job, all: Vec<AllocStub>) -> Result<Vec<AllocStub>> {
    if let Some(unknown) = args.group.iter().find(|g| job.group(g).is_none()) {
        return Err(Error::not_found(format!("{} has no group {unknown:?}", job.id)));
    }
    let runs =
        |a: &AllocStub| a.client_status == ClientStatus::Running && a.desired_status == DesiredStatus::Run;
    let running: Vec<AllocStub> = all.into_iter().filter(runs).collect();
    if let Some(unknown) = args.alloc.iter().find(|id| !running.iter().any(|a| a.id.starts_with(id.as_str())))
    {
        return Err(Error::not_found(format!("no allocation of {} that runs begins with {unknown}", job.id)));
    }
    let chosen: Vec<AllocStub> = running
        .into_iter()
        .filter(|a| args.group.is_empty() || args.group.contains(&a.task_group))
        .filter(|a| args.alloc.is_empty() || args.alloc.iter().any(|id| a.id.starts_with(id.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(Error::not_found(format!("nothing of {} runs that could be restarted", job.id)));
    }
    Ok(chosen)
}

async fn checks_pass(app: &App, alloc: &AllocStub) -> bool {
    let Ok(nomad) = app.nomad() else { return false };
    match nomad.read(&service::checks(&alloc.id)).await {
        Ok(reply) => reply.value.unwrap_or_default().values().all(|c| c.status == "success"),
        // Older servers know no checks; what they run is judged by running.
        Err(e) => e.problem == crate::api::error::Problem::Unsupported || e.is_not_found(),
    }
}

/// Stops everything when one does not come back.
#[expect(clippy::too_many_arguments, reason = "what is known of one instance, for one message")]
fn stop_at(
    args: &Args,
    job: &Job,
    alloc: &AllocStub,
    seen: Option<&AllocStub>,
    place: Progress,
    asked: Option<&Timestamp>,
    now: Timestamp,
    before: Timestamp,
) -> Result<()> {
    let late = asked.is_some_and(|at| now.duration_since(*at).unsigned_abs() > args.timeout)
        && place == Progress::Settling;
    if place != Progress::Lost && !late {
        return Ok(());
    }
    let story =
        seen.and_then(|a| a.task_states.iter().find_map(|(name, t)| alloc_story::task_trouble(name, t)));
    let why = match (late, story) {
        (_, Some(story)) => story,
        (true, None) => format!("it was not well within {} s", args.timeout.as_secs()),
        (false, None) => "it has ended".to_owned(),
    };
    Err(Error::failed(format!("{} did not come back; nothing more was restarted", alloc.name))
        .because(why)
        .hint(format!("fleet alloc show {}", crate::model::ident::short(&alloc.id)))
        .hint(format!("to go on: fleet job restart {} --started-before {before}", job.id)))
}
