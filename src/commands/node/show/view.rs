//! What `fleet node show` shows.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::{Allocation, ClientStatus, DesiredStatus};
use crate::api::nomad::node::{
    DrainStrategy, Eligibility, LastDrain, Node, NodeEvent, NodeResources, NodeStatus,
};
use crate::model::capacity::{self, Amount, percent};
use crate::model::drain_end::{self, DrainEnd};
use crate::model::ids::JobType;
use crate::model::node_health::{self, whose};
use crate::model::redaction::{HIDDEN, Secrets};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

#[derive(Debug, Serialize)]
pub(in crate::commands::node) struct NodeDetail {
    #[serde(rename = "node_id")]
    id: String,
    #[serde(rename = "node_name")]
    name: String,
    address: String,
    datacenter: String,
    #[serde(rename = "node_pool")]
    pool: String,
    class: String,
    version: String,
    os: String,
    status: NodeStatus,
    status_description: String,
    status_since: Option<Timestamp>,
    eligibility: Eligibility,
    drain: Option<Drain>,
    last_drain: Option<Ended>,
    cpu_mhz_total: u64,
    cpu_mhz_used: u64,
    memory_mib_total: u64,
    memory_mib_used: u64,
    disk_mib_total: u64,
    disk_mib_used: u64,
    jobs: Vec<JobRow>,
    events: Vec<Event>,
    drivers: BTreeMap<String, &'static str>,
    host_volumes: Vec<String>,
    meta: BTreeMap<String, String>,
    attributes: BTreeMap<String, String>,
    #[serde(skip)]
    wide: bool,
}

/// A drain under way.
#[derive(Debug, Serialize)]
struct Drain {
    started_at: Option<Timestamp>,
    force_at: Option<Timestamp>,
    forced: bool,
    ignores_system_jobs: bool,
    by: String,
}

/// The last drain, when it is over.
#[derive(Debug, Serialize)]
struct Ended {
    #[serde(flatten)]
    end: DrainEnd,
    by: String,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

/// What a job has on the node.
#[derive(Debug, Serialize)]
struct JobRow {
    namespace: String,
    job_id: String,
    group: String,
    job_type: JobType,
    running: u64,
    pending: u64,
    /// Out of sight: they may run or not.
    unknown: u64,
    stopping: u64,
    ended: u64,
    cpu_mhz: u64,
    memory_mib: u64,
}

impl Tabular for JobRow {
    const COLUMNS: &'static [Column] = &[
        column("JOB"),
        column("GROUP").rank(2),
        column("NAMESPACE").usual("default").rank(1),
        column("TYPE").rank(3),
        column("RUNNING").right(),
        column("PENDING").right(),
        column("UNKNOWN").right().usual("0"),
        column("STOPPING").right(),
        column("CPU MHZ").right().rank(4),
        column("MEMORY").right().rank(4).unit("MIB"),
        column("ENDED").right().wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let odd = |n: u64| Cell::toned(n.to_string(), if n > 0 { Tone::Warn } else { Tone::Plain });
        vec![
            Cell::text(&self.job_id),
            Cell::text(&self.group),
            Cell::text(&self.namespace),
            Cell::text(self.job_type.name()),
            Cell::Number(self.running),
            odd(self.pending),
            odd(self.unknown),
            odd(self.stopping),
            Cell::Number(self.cpu_mhz),
            Cell::Mebibytes(self.memory_mib),
            Cell::Number(self.ended),
        ]
    }
}

#[derive(Debug, Serialize)]
struct Event {
    at: Option<Timestamp>,
    subsystem: String,
    message: String,
}

impl Tabular for Event {
    const COLUMNS: &'static [Column] =
        &[column("WHEN").whole().right(), column("SUBSYSTEM").rank(1), column("MESSAGE").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::Time(self.at), Cell::text(&self.subsystem), Cell::text(&self.message)]
    }
}

impl From<&NodeEvent> for Event {
    fn from(e: &NodeEvent) -> Self {
        let forced = e.details.get("deadline_reached").is_some_and(|v| v == "true");
        let message =
            if forced { format!("{}, forced by its deadline", e.message) } else { e.message.clone() };
        Event { at: e.timestamp, subsystem: e.subsystem.clone(), message }
    }
}

#[derive(Debug, Serialize)]
struct Pair {
    key: String,
    value: String,
}

impl Tabular for Pair {
    const COLUMNS: &'static [Column] = &[column("KEY"), column("VALUE")];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.key), Cell::from(&self.value)]
    }
}

fn pairs(map: &BTreeMap<String, String>) -> Vec<Pair> {
    map.iter().map(|(key, value)| Pair { key: key.clone(), value: value.clone() }).collect()
}

impl NodeDetail {
    pub(in crate::commands::node) fn new(node: Node, allocs: &[Allocation], wide: bool) -> Self {
        let resources = node.node_resources.clone().unwrap_or_default();
        let reserved = node.reserved_resources.clone().unwrap_or_default();
        let alive = allocs.iter().filter(|a| !a.client_status.is_terminal());
        let mut used = Amount::default();
        let mut disk_mib_used = 0;
        for given in alive.filter_map(|a| a.allocated_resources.as_ref()) {
            used += capacity::taken(given);
            disk_mib_used += given.shared.disk_mib;
        }
        let NodeResources { cpu, memory, disk, .. } = resources;
        let attribute = |name: &str| node.attributes.get(name).cloned().unwrap_or_default();
        let state = |d: &crate::api::nomad::node::Driver| match (d.detected, d.healthy) {
            (true, true) => Some("healthy"),
            (true, false) => Some("unhealthy"),
            (false, _) => None,
        };
        NodeDetail {
            version: attribute("nomad.version"),
            os: format!("{} {}", attribute("os.name"), attribute("os.version")).trim().to_owned(),
            drain: node.drain_strategy.map(|d| Drain::new(d, node.last_drain.as_ref())),
            last_drain: Ended::new(&node),
            cpu_mhz_total: cpu.cpu_shares.saturating_sub(reserved.cpu.cpu_shares),
            cpu_mhz_used: used.cpu_mhz,
            memory_mib_total: memory.mib.saturating_sub(reserved.memory.mib),
            memory_mib_used: used.memory_mib,
            disk_mib_total: disk.mib.saturating_sub(reserved.disk.mib),
            disk_mib_used,
            status_since: node_health::since(&node),
            jobs: by_job(allocs),
            events: node.events.iter().map(Event::from).collect(),
            drivers: node.drivers.iter().filter_map(|(n, d)| Some((n.clone(), state(d)?))).collect(),
            host_volumes: node.host_volumes.into_keys().collect(),
            id: node.id,
            name: node.name,
            address: node.http_addr,
            datacenter: node.datacenter,
            pool: node.node_pool,
            class: node.node_class,
            status: node.status,
            status_description: node.status_description,
            eligibility: node.scheduling_eligibility,
            meta: hidden(node.meta),
            attributes: node.attributes,
            wide,
        }
    }

    fn status_cell(&self) -> Cell {
        let tone = match self.status {
            NodeStatus::Ready => Tone::Good,
            NodeStatus::Initializing => Tone::Warn,
            NodeStatus::Down | NodeStatus::Disconnected | NodeStatus::Unknown => Tone::Bad,
        };
        let words = if self.status_description.is_empty() {
            String::new()
        } else {
            format!(", {}", self.status_description)
        };
        Cell::toned(format!("{}{words}", self.status), tone)
    }

    fn work_cell(&self) -> Cell {
        let text = match (self.eligibility, &self.drain) {
            (_, Some(_)) => "takes no new work; what runs is moved away",
            (Eligibility::Ineligible, None) => "ineligible: takes no new work; what runs stays",
            (Eligibility::Eligible, None) if self.status == NodeStatus::Ready => {
                return Cell::text("eligible: takes new work");
            }
            (Eligibility::Eligible, None) => "eligible: takes new work once it is ready",
        };
        Cell::toned(text, Tone::Warn)
    }

    fn share(used: u64, total: u64, unit: &str) -> Cell {
        let percent = percent(Some(used), total).map(|p| format!(", {p} %")).unwrap_or_default();
        Cell::text(format!("{used} of {total} {unit}{percent}"))
    }
}

impl Drain {
    fn new(strategy: DrainStrategy, last: Option<&LastDrain>) -> Self {
        Drain {
            started_at: strategy.started_at,
            force_at: strategy.force_deadline,
            forced: strategy.deadline.0 < 0,
            ignores_system_jobs: strategy.ignore_system_jobs,
            by: last.map(whose).unwrap_or_default(),
        }
    }

    /// What it means.
    fn cells(&self) -> [(&'static str, Cell); 3] {
        let system = if self.ignores_system_jobs { "; system jobs stay" } else { "" };
        let means = if self.forced {
            "everything is stopped at once".to_owned()
        } else if self.force_at.is_some() {
            "services move as their migrate blocks allow, batch work may finish".to_owned()
        } else {
            "services move as their migrate blocks allow, batch work may finish, however long it takes"
                .to_owned()
        };
        [
            ("draining since", Cell::Time(self.started_at)),
            ("what is left stops", self.force_at.map_or(Cell::Empty, |at| Cell::Time(Some(at)))),
            ("drain", Cell::toned(format!("by {}: {means}{system}", self.by), Tone::Warn)),
        ]
    }
}

impl Ended {
    fn new(node: &Node) -> Option<Self> {
        let last = node.last_drain.as_ref()?;
        let end = drain_end::of(node, last.started_at)?;
        Some(Ended { end, by: whose(last), started_at: last.started_at, ended_at: last.updated_at })
    }

    fn cell(&self) -> Cell {
        let took = match (self.started_at, self.ended_at) {
            (Some(start), Some(end)) => duration_text(end.duration_since(start).unsigned_abs()),
            _ => "an unknown time".to_owned(),
        };
        let tone = match self.end {
            DrainEnd::Complete | DrainEnd::Cancelled { .. } => Tone::Plain,
            DrainEnd::Forced | DrainEnd::Lost { .. } | DrainEnd::Gone => Tone::Bad,
        };
        // A cancellation leaves no trace of who began it.
        let text = match &self.end {
            DrainEnd::Cancelled { .. } => format!("{}, after {took}", self.end),
            end => format!("{end} after {took}; started by {}", self.by),
        };
        Cell::toned(text, tone)
    }
}

fn by_job(allocs: &[Allocation]) -> Vec<JobRow> {
    let mut rows: BTreeMap<(&str, &str, &str), JobRow> = BTreeMap::new();
    for a in allocs {
        let row = rows.entry((&a.namespace, &a.job_id, &a.task_group)).or_insert_with(|| JobRow {
            namespace: a.namespace.clone(),
            job_id: a.job_id.clone(),
            group: a.task_group.clone(),
            job_type: a.job.as_ref().map(|j| j.job_type).unwrap_or_default(),
            running: 0,
            pending: 0,
            unknown: 0,
            stopping: 0,
            ended: 0,
            cpu_mhz: 0,
            memory_mib: 0,
        });
        match a.client_status {
            status if status.is_terminal() => row.ended += 1,
            ClientStatus::Unknown => row.unknown += 1,
            _ if a.desired_status != DesiredStatus::Run => row.stopping += 1,
            ClientStatus::Running => row.running += 1,
            _ => row.pending += 1,
        }
        if let Some(given) = a.allocated_resources.as_ref().filter(|_| !a.client_status.is_terminal()) {
            let taken = capacity::taken(given);
            row.cpu_mhz += taken.cpu_mhz;
            row.memory_mib += taken.memory_mib;
        }
    }
    rows.into_values().collect()
}

/// Metadata without its secrets.
fn hidden(meta: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let shown =
        |name: &str, value: &str| Secrets::default().shown(name, value).unwrap_or_else(|| HIDDEN.to_owned());
    meta.into_iter().map(|(name, value)| (name.clone(), shown(&name, &value))).collect()
}

impl Describe for NodeDetail {
    fn describe(&self) -> Detail {
        let alive: Vec<&JobRow> =
            self.jobs.iter().filter(|j| j.running + j.pending + j.unknown + j.stopping > 0).collect();
        let drivers: Vec<String> =
            self.drivers.iter().map(|(name, state)| format!("{name} {state}")).collect();
        let mut detail = Detail::new()
            .fields([
                ("name", Cell::text(&self.name)),
                ("id", Cell::Id(self.id.clone())),
                ("address", Cell::from(&self.address)),
                ("location", Cell::text(self.place())),
                ("version", Cell::text(format!("Nomad {} on {}", self.version, self.os))),
                ("status", self.status_cell()),
                ("since", Cell::Time(self.status_since)),
                ("eligibility", self.work_cell()),
            ])
            .fields(self.drain.iter().flat_map(Drain::cells))
            .fields([
                ("last drain", self.last_drain.as_ref().map_or(Cell::Empty, Ended::cell)),
                ("cpu", Self::share(self.cpu_mhz_used, self.cpu_mhz_total, "MHz")),
                ("memory", Self::share(self.memory_mib_used, self.memory_mib_total, "MiB")),
                ("disk", Self::share(self.disk_mib_used, self.disk_mib_total, "MiB")),
                ("drivers", Cell::from(&drivers.join(", "))),
                ("volumes", Cell::from(&self.host_volumes.join(", "))),
            ])
            .table("Allocations", &alive)
            .table("Events", &self.events);
        if self.wide {
            detail =
                detail.table("Metadata", &pairs(&self.meta)).table("Attributes", &pairs(&self.attributes));
        }
        detail
    }
}

impl NodeDetail {
    fn place(&self) -> String {
        let class = if self.class.is_empty() { String::new() } else { format!(", class {}", self.class) };
        format!("pool {}, datacenter {}{class}", self.pool, self.datacenter)
    }
}
