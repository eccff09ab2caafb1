//! Checks of services: Nomad's own are run by the client (`nomad-api.md §5`), Consul's by the agent beside it
//! (`consul-api.md §2`).

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::api::nomad::job::{Service, ServiceCheck, TaskGroup};
use crate::api::wire::{Nanos, parse_go_duration};
use crate::model::ids::hex;
use crate::sandbox::consul::Status;
use crate::sandbox::consul::catalog::nomad_check_id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Machine;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::job::Spec;
use crate::sandbox::world::clients::names::Names;

/// The metadata that says how a job's, a group's or a task's checks go, whatever its driver: `passing`, `failing`, or
/// `failing after 8s`, when its tasks have run for so long.
pub(super) const VERDICT_KEY: &str = "sandbox_checks";

/// The result of a check. Serialises as `/v1/client/allocation/:id/checks` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CheckResult {
    /// The check's name.
    pub check: String,
    /// The allocation's name, which Nomad shows as the group.
    pub group: String,
    /// Digest of what the check is.
    #[serde(rename = "ID")]
    pub id: String,
    /// `healthiness`, or `readiness` where a failure does not hold an update.
    pub mode: &'static str,
    /// What the check saw.
    pub output: String,
    /// The service's name.
    pub service: String,
    /// `pending`, `success` or `failure`.
    pub status: &'static str,
    /// Status of an HTTP answer; left out where there is none.
    #[serde(skip_serializing_if = "is_zero")]
    pub status_code: u16,
    /// The task's name; left out where the group's own service is checked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub task: String,
    /// When, in seconds.
    pub timestamp: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(n: &u16) -> bool {
    *n == 0
}

/// Who answers a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listener {
    /// The node's own agent: it runs, else nobody would check.
    Agent,
    /// The tasks, while they run.
    Tasks,
    /// The tasks, until they have run for so long.
    TasksFor(Nanos),
    /// Nobody.
    Nobody,
}

/// A check that is run.
#[derive(Debug, Clone)]
pub(in crate::sandbox::world) struct Check {
    pub(super) interval: Nanos,
    /// Where an HTTP check asks; none for a TCP check.
    url: Option<String>,
    address: String,
    listener: Listener,
    /// Since when the tasks run.
    running_since: Option<Moment>,
    pub(super) result: CheckResult,
    /// What Consul knows of it; none for a check of Nomad's own.
    pub(in crate::sandbox::world) consul: Option<InConsul>,
}

/// A check in Consul.
#[derive(Debug, Clone)]
pub(in crate::sandbox::world) struct InConsul {
    pub(in crate::sandbox::world) id: String,
    /// `http`, `tcp`, `grpc`, or `ttl` for a script.
    pub(in crate::sandbox::world) kind: String,
}

impl Check {
    /// The checks of an allocation.
    pub(super) fn all(
        alloc: &Alloc,
        group: &TaskGroup,
        machine: Option<&Machine>,
        now: Moment,
    ) -> Vec<Check> {
        let task = |name: &str| group.tasks.iter().find(|task| task.name == name);
        let services = group.services.iter().map(|s| (s, task(&s.task_name), s.task_name.as_str()));
        let of_tasks = group
            .tasks
            .iter()
            .flat_map(|task| task.services.iter().map(move |s| (s, Some(task), task.name.as_str())));
        services
            .chain(of_tasks)
            .flat_map(|(service, task, owner)| {
                let names = Names { alloc, task, machine };
                service.checks.iter().map(move |check| Check::new(group, service, owner, check, names, now))
            })
            .collect()
    }

    fn new(
        group: &TaskGroup,
        service: &Service,
        task: &str,
        check: &ServiceCheck,
        names: Names<'_>,
        now: Moment,
    ) -> Self {
        let readiness = check.on_update == "ignore";
        let alloc = names.alloc;
        let address = address(service, check, names);
        let agent = names.machine.and_then(|machine| machine.attributes.get("unique.advertise.address"));
        let listener =
            if agent == Some(&address) { Listener::Agent } else { listener(&alloc.job.spec, group, task) };
        let digest = Sha256::digest(format!("{}{}{}{}", alloc.id, alloc.group, service.name, check.name));
        let id = hex(&digest);
        Check {
            interval: if check.interval.0 > 0 { check.interval } else { Nanos::from_secs(10) },
            url: (check.kind == "http").then(|| {
                let protocol = if check.protocol.is_empty() { "http" } else { &check.protocol };
                format!("{protocol}://{address}{}", check.path)
            }),
            address,
            listener,
            running_since: None,
            result: CheckResult {
                check: check.name.clone(),
                group: alloc.name.to_string(),
                id,
                mode: if readiness { "readiness" } else { "healthiness" },
                output: "nomad: waiting to run".to_owned(),
                service: service.name.clone(),
                status: "pending",
                status_code: 0,
                task: task.to_owned(),
                timestamp: now.seconds(),
            },
            consul: (service.provider != "nomad").then(|| InConsul {
                id: nomad_check_id(
                    &alloc.id.to_string(),
                    &[task, &service.name, &check.name, &check.kind, &check.path],
                ),
                kind: if check.kind == "script" { "ttl".to_owned() } else { check.kind.clone() },
            }),
        }
    }

    /// What it saw last, as Consul's agent words it; none before its first run.
    pub(in crate::sandbox::world) fn in_consul(&self) -> Option<(&str, Status, String)> {
        let InConsul { id, kind } = self.consul.as_ref()?;
        let status = match self.result.status {
            "success" => Status::Passing,
            "failure" => Status::Critical,
            _ => return None,
        };
        let refused = format!("dial tcp {}: connect: connection refused", self.address);
        let output = match (kind.as_str(), &self.url, status) {
            ("ttl", ..) => String::new(),
            (_, Some(url), Status::Passing) => format!("HTTP GET {url}: 200 OK Output: "),
            (_, Some(url), _) => format!("Get {url:?}: {refused}"),
            ("grpc", _, Status::Passing) => format!("gRPC check {}: success", self.address),
            (_, None, Status::Passing) => format!("TCP connect {}: Success", self.address),
            (_, None, _) => refused,
        };
        Some((id, status, output))
    }

    /// Runs the check against tasks that run, or not.
    pub(super) fn run(&mut self, tasks_run: bool, now: Moment) {
        self.running_since = if tasks_run { self.running_since.or(Some(now)) } else { None };
        let passes = match self.listener {
            Listener::Agent => true,
            Listener::Tasks => tasks_run,
            Listener::TasksFor(long) => {
                self.running_since.is_some_and(|since| now.since(since) < long.duration())
            }
            Listener::Nobody => false,
        };
        let result = &mut self.result;
        result.timestamp = now.seconds();
        result.status = if passes { "success" } else { "failure" };
        let refused = format!("dial tcp {}: connect: connection refused", self.address);
        (result.output, result.status_code) = match (passes, &self.url) {
            (true, Some(_)) => ("nomad: http ok".to_owned(), 200),
            (true, None) => ("nomad: tcp ok".to_owned(), 0),
            (false, Some(url)) => (format!("nomad: Get {url:?}: {refused}"), 0),
            (false, None) => (format!("nomad: {refused}"), 0),
        };
    }

    /// Whether it is a check of this service of this task, or of the group where that is empty.
    pub(in crate::sandbox::world) fn is_of(&self, service: &str, task: &str) -> bool {
        self.result.service == service && self.result.task == task
    }

    pub(in crate::sandbox::world) fn name(&self) -> &str {
        &self.result.check
    }

    /// Whether it lets an allocation be called healthy.
    pub(super) fn allows(&self) -> bool {
        self.result.status == "success"
            || (self.result.status == "failure" && self.result.mode == "readiness")
    }
}

/// Where a check asks: the service's own address and port, or the allocation's.
fn address(service: &Service, check: &ServiceCheck, names: Names<'_>) -> String {
    let label = if check.port_label.is_empty() { &service.port_label } else { &check.port_label };
    let label = names.resolve(label);
    let allotment = &names.alloc.allotment;
    let task_ports = allotment.tasks.iter().flat_map(|(_, task)| &task.ports);
    let port = allotment.ports.iter().chain(task_ports).find(|port| port.label == label);
    let own = names.resolve(&service.address);
    match (port, own.as_str()) {
        (Some(port), "") => format!("{}:{}", port.host_ip, port.value),
        (Some(port), own) => format!("{own}:{}", port.value),
        (None, own) if label == "0" => own.to_owned(),
        (None, own) => format!("{own}:{label}"),
    }
}

/// Who answers the checks of a task: as metadata says, else as on a real client, where nothing listens behind the mock driver.
fn listener(spec: &Spec, group: &TaskGroup, task: &str) -> Listener {
    let own = group.tasks.iter().find(|t| t.name == task);
    let task_meta = spec
        .canonical
        .get("TaskGroups")
        .and_then(|groups| groups.as_array())
        .and_then(|groups| groups.iter().find(|g| g["Name"] == group.name.as_str()))
        .and_then(|g| g["Tasks"].as_array())
        .and_then(|tasks| tasks.iter().find(|t| t["Name"] == task))
        .and_then(|t| t["Meta"][VERDICT_KEY].as_str());
    let said = task_meta
        .or_else(|| group.meta.get(VERDICT_KEY).map(String::as_str))
        .or_else(|| spec.typed.meta.get(VERDICT_KEY).map(String::as_str));
    match said {
        Some("failing") => Listener::Nobody,
        Some(verdict) => match verdict.strip_prefix("failing after ").and_then(parse_go_duration) {
            Some(long) => Listener::TasksFor(long),
            None => Listener::Tasks,
        },
        None if own.or(group.tasks.first()).is_none_or(|t| t.driver != "mock_driver") => Listener::Tasks,
        None => Listener::Nobody,
    }
}
