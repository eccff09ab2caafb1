//! `fleet alloc show`

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::{
    self, AllocStub, Allocation, ClientStatus, DesiredStatus, RunState, TaskState,
};
use crate::api::nomad::quoted;
use crate::app::App;
use crate::commands::shared::alloc::{diagnosis, health, health_now, state};
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::model::alloc_diagnosis::{self, OutOfMemory};
use crate::model::capacity;
use crate::model::ids::JobType;
use crate::model::present_health::PresentHealth;
use crate::model::redaction::Secrets;
use crate::model::unseen_end::{UnseenEnd, may_still_run};
use crate::ops::present_health::Sources;
use crate::ops::unseen_end;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Show an allocation and why it is in its state.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc show c783f447
  fleet alloc show c7 -o json")]
pub struct Args {
    /// Allocation id, or the beginning of one.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,
}

impl Args {
    /// To show this one.
    pub(crate) fn of(alloc: String) -> Self {
        Args { alloc }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct AllocDetail {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    job_id: String,
    job_type: Option<JobType>,
    job_version: Option<u64>,
    group: String,
    node_id: String,
    node_name: String,
    status: ClientStatus,
    desired_status: DesiredStatus,
    /// What was found when it was deployed or moved.
    healthy: Option<bool>,
    /// How it does at this moment; none for what is over.
    pub(super) now: Option<PresentHealth>,
    canary: bool,
    why: Vec<String>,
    cpu_mhz: u64,
    memory_mib: u64,
    ports: Vec<Port>,
    tasks: Vec<Task>,
    events: Vec<Event>,
    reschedules: Vec<Reschedule>,
    #[serde(rename = "previous_alloc_id")]
    previous_id: Option<String>,
    #[serde(rename = "replacement_alloc_id")]
    replacement_id: Option<String>,
    deployment_id: Option<String>,
    eval_id: String,
    tried_again_at: Option<Timestamp>,
    /// That it may still run though it is not to: its node is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    may_still_run: Option<UnseenEnd>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Port {
    label: String,
    host_ip: String,
    port: u16,
}

#[derive(Debug, Serialize)]
struct Task {
    task: String,
    state: RunState,
    failed: bool,
    restarts: u64,
    exit_code: Option<i64>,
    signal: Option<i64>,
    out_of_memory: Option<OutOfMemory>,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
}

impl From<(String, &TaskState)> for Task {
    fn from((task, state): (String, &TaskState)) -> Self {
        let end = alloc_diagnosis::last_end(state);
        Task {
            task,
            state: state.state,
            failed: state.failed,
            restarts: state.restarts,
            exit_code: end.map(|e| e.exit_code),
            signal: end.map(|e| e.signal),
            out_of_memory: end.map(|e| e.out_of_memory),
            started_at: state.started_at,
            finished_at: state.finished_at,
        }
    }
}

impl Tabular for Task {
    const COLUMNS: &'static [Column] = &[
        column("TASK"),
        column("STATE").whole(),
        column("RESTARTS").right(),
        column("LAST EXIT").right(),
        column("STARTED").right().rank(1),
        column("ENDED").right().rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let (word, tone) = match (self.state, self.failed) {
            (_, true) => ("failed".to_owned(), Tone::Bad),
            (RunState::Running, _) => (self.state.to_string(), Tone::Good),
            _ => (self.state.to_string(), Tone::Plain),
        };
        let ended = if self.state == RunState::Running { Cell::Empty } else { Cell::Time(self.finished_at) };
        vec![
            Cell::text(&self.task),
            Cell::toned(word, tone),
            Cell::Number(self.restarts),
            self.exit_code.map_or(Cell::Empty, |code| Cell::text(code.to_string())),
            Cell::Time(self.started_at),
            ended,
        ]
    }
}

#[derive(Debug, Serialize)]
struct Event {
    at: Option<Timestamp>,
    task: String,
    event: String,
    message: String,
}

impl Tabular for Event {
    const COLUMNS: &'static [Column] =
        &[column("WHEN").whole().right(), column("TASK").rank(1), column("EVENT"), column("MESSAGE").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::Time(self.at), Cell::text(&self.task), Cell::text(&self.event), Cell::from(&self.message)]
    }
}

#[derive(Debug, Serialize)]
struct Reschedule {
    at: Option<Timestamp>,
    #[serde(rename = "previous_alloc_id")]
    previous_id: String,
    node_id: String,
    #[serde(rename = "delay_seconds")]
    delay_s: f64,
}

impl Tabular for Reschedule {
    const COLUMNS: &'static [Column] = &[
        column("WHEN").right(),
        column("FAILED").whole(),
        column("NODE").whole(),
        column("DELAY").right().unit("SECONDS"),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Time(self.at),
            Cell::Id(self.previous_id.clone()),
            Cell::Id(self.node_id.clone()),
            Cell::Duration(Some(Duration::from_secs_f64(self.delay_s))),
        ]
    }
}

impl AllocDetail {
    pub(super) fn new(a: Allocation, why: Vec<String>, tried_again_at: Option<Timestamp>) -> Self {
        let given = |id: &String| Some(id.clone()).filter(|id| !id.is_empty());
        let resources = a.allocated_resources.clone().unwrap_or_default();
        let taken = capacity::taken(&resources);
        let mut events: Vec<Event> = a.task_states.iter().flat_map(|(task, s)| of_task(task, s)).collect();
        events.sort_by_key(|e| e.at);
        let tracker = a.reschedule_tracker.clone().unwrap_or_default();
        let reschedule = |e: allocation::RescheduleEvent| Reschedule {
            at: e.reschedule_time,
            previous_id: e.prev_alloc_id,
            node_id: e.prev_node_id,
            delay_s: e.delay.duration().as_secs_f64(),
        };
        AllocDetail {
            job_type: a.job.as_ref().map(|j| j.job_type),
            job_version: a.job.as_ref().map(|j| j.version),
            healthy: a.deployment_status.as_ref().and_then(|s| s.healthy),
            now: None,
            canary: a.deployment_status.as_ref().is_some_and(|s| s.canary),
            cpu_mhz: taken.cpu_mhz,
            memory_mib: taken.memory_mib,
            ports: resources
                .shared
                .ports
                .into_iter()
                .map(|p| Port { label: p.label, host_ip: p.host_ip, port: p.value })
                .collect(),
            tasks: a.task_states.iter().map(|(name, state)| Task::from((name.clone(), state))).collect(),
            reschedules: tracker.events.into_iter().map(reschedule).collect(),
            previous_id: given(&a.previous_allocation),
            replacement_id: given(&a.next_allocation),
            deployment_id: given(&a.deployment_id),
            id: a.id,
            name: a.name,
            namespace: a.namespace,
            job_id: a.job_id,
            group: a.task_group,
            node_id: a.node_id,
            node_name: a.node_name,
            status: a.client_status,
            desired_status: a.desired_status,
            why,
            events,
            eval_id: a.eval_id,
            tried_again_at,
            may_still_run: None,
            created_at: a.create_time,
            modified_at: a.modify_time,
        }
    }
}

fn of_task<'a>(task: &'a str, state: &'a TaskState) -> impl Iterator<Item = Event> + 'a {
    state.events.iter().map(move |e| Event {
        at: e.time,
        task: task.to_owned(),
        event: e.kind.clone(),
        message: Secrets::default().clean(&e.display_message),
    })
}

impl AllocDetail {
    fn health(&self) -> Cell {
        let record = (self.healthy, self.canary);
        match self.status.is_terminal() {
            // Of what is over, what was found is all that there is.
            true => health(self.healthy, self.canary),
            false => health_now(self.now.as_ref(), record, self.status, self.desired_status),
        }
    }

    fn tasks_title(&self) -> &'static str {
        match self.may_still_run {
            Some(_) => "Tasks, as its node told last",
            None => "Tasks",
        }
    }
}

impl Describe for AllocDetail {
    fn describe(&self) -> Detail {
        let id = |id: &Option<String>| id.clone().map_or(Cell::Empty, Cell::Id);
        let version = self.job_version.map(|v| format!(", version {v}")).unwrap_or_default();
        let ports: Vec<String> =
            self.ports.iter().map(|p| format!("{} {}:{}", p.label, p.host_ip, p.port)).collect();
        Detail::new()
            .fields([
                ("id", Cell::Id(self.id.clone())),
                ("name", Cell::text(&self.name)),
                ("namespace", Cell::text(&self.namespace)),
                ("job", Cell::text(format!("{}{version}", self.job_id))),
                ("node", Cell::text(format!("{} ({})", self.node_name, self.node_id))),
                ("status", state(self.status, self.desired_status)),
                ("health", self.health()),
                ("resources", Cell::text(format!("{} MHz, {} MiB", self.cpu_mhz, self.memory_mib))),
                ("ports", Cell::from(&ports.join(", "))),
                ("placed", Cell::Time(self.created_at)),
                ("changed", Cell::Time(self.modified_at)),
                ("deployment", id(&self.deployment_id)),
                ("replaces", id(&self.previous_id)),
                ("replaced by", id(&self.replacement_id)),
            ])
            .lines(Some("Why"), self.why.iter().map(|line| (line.clone(), Tone::Plain)))
            .lines(
                Some("Not known to have stopped"),
                self.may_still_run.iter().map(|unseen| (unseen.to_string(), Tone::Warn)),
            )
            .lines(
                Some("Health"),
                self.now.iter().flat_map(|now| &now.reasons).map(|r| (r.clone(), Tone::Warn)),
            )
            .table(self.tasks_title(), &self.tasks)
            .table("Events", &self.events)
            .table("Earlier attempts", &self.reschedules)
    }
}

/// Shows an allocation.
///
/// # Errors
/// When there is no such allocation, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let id = resolve::alloc(nomad, &args.alloc).await?.id;
    let alloc = nomad.read(&allocation::get(&id)).await?.value;
    let now = app.clock().now();
    let (reasons, again) = diagnosis(nomad, &alloc, now).await;
    let ended = alloc.client_status.is_terminal();
    let in_doubt = may_still_run(alloc.client_status, alloc.desired_status, None);
    let found = if ended && !in_doubt { Vec::new() } else { listed(app, &alloc).await? };
    let health = if ended { None } else { present(app, &alloc, &found, now).await? };
    let unseen = unseen_end::among(nomad, &found).await?.into_iter().next();
    // What its client was doing when it told last is not why it is so now.
    let out_of_sight = health.as_ref().is_some_and(PresentHealth::is_unheard_of);
    let starting = alloc.client_status == ClientStatus::Pending;
    let reasons = if starting && out_of_sight { Vec::new() } else { reasons };
    app.printer.object(&AllocDetail {
        now: health,
        may_still_run: unseen,
        ..AllocDetail::new(alloc, reasons, again)
    })
}

/// The allocation as lists have it.
async fn listed(app: &App, alloc: &Allocation) -> Result<Vec<AllocStub>> {
    let only = format!("ID == {}", quoted(&alloc.id));
    let call = allocation::list_with_tasks().namespace(&alloc.namespace).filter(Some(&only));
    Ok(app.nomad()?.list(&call).await?.value)
}

/// How it does at this moment: the servers have noted only how it did when it was deployed.
async fn present(
    app: &App,
    alloc: &Allocation,
    found: &[AllocStub],
    now: Timestamp,
) -> Result<Option<PresentHealth>> {
    let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
    let health = Sources::new(app.nomad()?, app.consul()?).of(|_| group, found, now).await;
    Ok(health.into_values().next())
}
