//! What may go wrong with a job as it is written, and what goes wrong with it now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::api::nomad::JobType;
use crate::api::nomad::allocation::{AllocStub, AllocUse, ClientStatus, DesiredStatus};
use crate::api::nomad::job::{Job, Task, TaskGroup};
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::model::alloc_diagnosis::{self, OutOfMemory};
use crate::model::doctor::Fault;
use crate::model::ids::{JobKey, job_words};
use crate::model::present_health::{self, OFTEN};
use crate::model::redaction::{Secrets, is_telling};
use crate::model::why::room;
use crate::model::words::count;

/// The longest time a client gives a task to end, unless its own `max_kill_timeout` says otherwise.
const CLIENTS_KILL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an end for want of memory counts.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What the checks of a job look at beside the job.
#[derive(Debug, Clone, Copy)]
pub struct JobContext<'a> {
    /// The nodes; none where they could not be read.
    pub nodes: Option<&'a [NodeStub]>,
    /// Whether tasks may use more memory than they reserve; none where that could not be read.
    pub oversubscription: Option<bool>,
}

/// The faults of a job as it is written: typed, and as the server holds it.
#[must_use]
pub fn written(job: &Job, spec: &Value, around: JobContext<'_>) -> Vec<Fault> {
    if job.stop {
        return Vec::new();
    }
    let mut all = Vec::new();
    for group in &job.task_groups {
        all.extend(of_group(job, group, around));
        for task in &group.tasks {
            all.extend(of_task(group, task, around));
        }
    }
    all.extend(deprecated(spec));
    let command = format!("fleet job inspect {}", job_words(&job.namespace, &job.id));
    all.into_iter()
        .map(|(code, text)| {
            Fault::new(code, format!("job {}", job.id), text).within(&job.namespace).next(command.clone())
        })
        .collect()
}

/// The code of a check and the sentence of what it found.
type CodeAndText = (&'static str, String);

fn of_group(job: &Job, group: &TaskGroup, around: JobContext<'_>) -> Vec<CodeAndText> {
    let name = &group.name;
    let is_service = job.job_type == JobType::Service && group.count() > 0;
    let mut all = if is_service { of_service(group) } else { Vec::new() };
    for (volume, v) in &group.volumes {
        if v.kind == "host" {
            all.push((
                "FD107",
                format!("group {name} uses host volume {} as {volume}: it runs only where that is", v.source),
            ));
            all.extend(only_there(job, name, &v.source, around));
        }
    }
    for (label, port) in room::Demand::of(group).static_ports {
        all.push(("FD108", format!("group {name} has static port {label}={port}: one instance for each address of a node, and no second one beside it during an update")));
    }
    all.extend(distinct(job, group, around));
    all
}

/// The faults of a group whose instances serve somebody.
fn of_service(group: &TaskGroup) -> Vec<CodeAndText> {
    let (name, wanted) = (&group.name, group.count());
    let mut all: Vec<CodeAndText> = Vec::new();
    if !group.all_services().any(|s| !s.checks.is_empty()) {
        all.push((
            "FD101",
            format!("group {name} has no check: it counts as healthy as soon as its tasks run"),
        ));
    }
    if wanted == 1 {
        all.push((
            "FD103",
            format!("group {name} has one instance: whatever moves or restarts it is an outage"),
        ));
    }
    let update = group.update.as_ref();
    match update.map_or(0, |u| u.max_parallel) {
        0 => all.push(("FD104", format!("group {name} has no rolling update: a new version replaces all at once, and no deployment watches it"))),
        n if wanted > 1 && n >= wanted => {
            all.push(("FD105", format!("update of group {name} has max_parallel {n} of {}: an update may stop them all", count(wanted, "instance"))));
        }
        _ => {}
    }
    if update.is_some_and(|u| u.max_parallel > 0 && !u.auto_revert) {
        all.push((
            "FD106",
            format!("group {name} has no auto_revert: a failed deployment leaves the bad version there"),
        ));
    }
    let migrate = group.migrate.as_ref().map_or(1, |m| m.max_parallel);
    if wanted > 1 && migrate >= wanted {
        all.push((
            "FD105",
            format!(
                "migrate of group {name} has max_parallel {migrate} of {}: a drain may stop them all",
                count(wanted, "instance")
            ),
        ));
    }
    all
}

/// A host volume that a single node has. One of those that are numbered has a name of its own for each instance.
fn only_there(job: &Job, group: &str, source: &str, around: JobContext<'_>) -> Option<CodeAndText> {
    let mut with = around.nodes?.iter().filter(|n| {
        n.status == NodeStatus::Ready && room::in_reach(job, n) && n.host_volumes.contains_key(source)
    });
    let (only, None) = (with.next()?, with.next()) else { return None };
    let text = format!(
        "group {group} uses host volume {source}, which only node {} has: when that node is lost, it is down",
        only.name
    );
    Some(("FD118", text))
}

/// The faults of where a job runs, beside what it is.
#[must_use]
pub fn placed(job: &Job, spread: &Spread, nodes: &[NodeStub]) -> Option<Fault> {
    if job.job_type != JobType::Service || job.stop {
        return None;
    }
    let (on, n) = spread.nodes.get(&JobKey::new(&*job.namespace, &*job.id))?;
    let of = |node: &NodeStub| node.datacenter.clone();
    let reached: BTreeSet<String> =
        nodes.iter().filter(|n| n.is_schedulable() && room::in_reach(job, n)).map(of).collect();
    let used: BTreeSet<String> = nodes.iter().filter(|n| on.contains(&n.id)).map(of).collect();
    let only = used.first().filter(|_| used.len() == 1 && reached.len() > 1 && *n > 1 && on.len() > 1)?;
    let text = format!(
        "all {} run in datacenter {only}, and it may run in {}",
        count(*n, "instance"),
        reached.into_iter().collect::<Vec<_>>().join(", ")
    );
    Some(
        Fault::new("FD119", format!("job {}", job.id), text)
            .within(&job.namespace)
            .next(format!("fleet alloc list --job {}", job_words(&job.namespace, &job.id))),
    )
}

/// As many instances as there are nodes that may have one: none can move.
fn distinct(job: &Job, group: &TaskGroup, around: JobContext<'_>) -> Option<CodeAndText> {
    let apart = job.constraints.iter().chain(&group.constraints).any(|c| c.operand == "distinct_hosts");
    let nodes = around.nodes?.iter().filter(|n| n.is_schedulable() && room::in_reach(job, n)).count() as u64;
    let wanted = group.count();
    (apart && wanted > 1 && wanted >= nodes).then(|| {
        let text = format!(
            "group {} wants {} apart from each other, and there are {}: none can move",
            group.name,
            count(wanted, "instance"),
            count(nodes, "eligible node")
        );
        ("FD109", text)
    })
}

fn of_task(group: &TaskGroup, task: &Task, around: JobContext<'_>) -> Vec<CodeAndText> {
    let name = format!("task {} of group {}", task.name, group.name);
    let mut all: Vec<CodeAndText> = Vec::new();
    let resources = task.resources.clone().unwrap_or_default();
    match (resources.memory_max_mib, around.oversubscription) {
        (Some(most), _) if most < 0 => {
            all.push(("FD102", format!("{name} may use all memory of its node (memory_max = -1)")));
        }
        (Some(most), Some(false))
            if most > 0 && resources.memory_mib.is_some_and(|m| i64::try_from(m).is_ok_and(|m| most > m)) =>
        {
            all.push(("FD113", format!("{name} has memory_max {most} MiB, and memory oversubscription is off: its limit is memory")));
        }
        _ => {}
    }
    if let Some(timeout) = task.kill_timeout.filter(|t| t.duration() > CLIENTS_KILL_TIMEOUT) {
        all.push(("FD110", format!("{name} has kill_timeout {timeout}: a client cuts it to its max_kill_timeout, 30s unless configured")));
    }
    if let Some(image) = task.config.get("image").and_then(Value::as_str).filter(|i| floats(i)) {
        all.push(("FD111", format!("{name} runs {image}: two instances may run different programs, and no version can be gone back to")));
    }
    for (variable, value) in &task.env {
        // A value may give itself away, such as an address with a password in it.
        let tells = is_telling(variable) || Secrets::new([]).clean(value) != *value;
        if tells && !value.is_empty() && !value.contains("${") {
            all.push((
                "FD112",
                format!("{name} has {variable} in its env: whoever may read the job reads it"),
            ));
        }
    }
    all
}

/// Whether an image is another one tomorrow. What a template or a variable of Nomad fills in is not known here.
#[must_use]
pub fn floats(image: &str) -> bool {
    if image.is_empty() || image.contains("${") || image.contains('@') {
        return false;
    }
    match image.rsplit('/').next().unwrap_or(image).split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => true,
    }
}

/// Fields that Nomad still accepts and replaced by others.
fn deprecated(spec: &Value) -> Vec<CodeAndText> {
    let mut all: Vec<CodeAndText> = Vec::new();
    for group in spec["TaskGroups"].as_array().into_iter().flatten() {
        let name = group["Name"].as_str().unwrap_or_default();
        for (field, hcl) in [
            ("MaxClientDisconnect", "max_client_disconnect"),
            ("StopAfterClientDisconnect", "stop_after_client_disconnect"),
            ("PreventRescheduleOnLost", "prevent_reschedule_on_lost"),
        ] {
            let set = !matches!(&group[field], Value::Null | Value::Bool(false)) && group[field] != 0;
            if set {
                all.push(("FD116", format!("group {name} uses {hcl}: the disconnect block took its place")));
            }
        }
        for task in group["Tasks"].as_array().into_iter().flatten() {
            if task["Resources"]["Networks"].as_array().is_some_and(|n| !n.is_empty()) {
                let task = task["Name"].as_str().unwrap_or_default();
                all.push(("FD116", format!("task {task} of group {name} has a network of its own: the network block of the group took its place")));
            }
        }
    }
    all
}

/// Tasks that were restarted: out of memory within a day, or again and again.
#[must_use]
pub fn restarted(allocs: &[AllocStub], now: Timestamp) -> Vec<Fault> {
    let mut all: BTreeMap<(JobKey, &'static str, &str), (u64, u64)> = BTreeMap::new();
    for a in allocs {
        for (task, state) in &a.task_states {
            let end = alloc_diagnosis::last_end(state);
            let at = state.last_restart.or(state.finished_at);
            let lately = at.is_some_and(|at| now.duration_since(at).unsigned_abs() <= DAY);
            if lately && let Some(end) = end.filter(|e| e.out_of_memory != OutOfMemory::No) {
                let entry = all.entry((JobKey::of(a), "FD114", task)).or_default();
                entry.0 += 1;
                entry.1 += u64::from(end.out_of_memory == OutOfMemory::Yes);
            }
            // What has ended, or is to end, is not restarted any more.
            if !a.is_terminal() && present_health::restarts_lately(state, now) >= OFTEN {
                let entry = all.entry((JobKey::of(a), "FD115", task)).or_default();
                entry.0 += 1;
                entry.1 += state.restarts;
            }
        }
    }
    let one = |((job, code, task), (n, m)): ((JobKey, &'static str, &str), (u64, u64))| {
        let allocs = count(n, "allocation");
        let text = match (code, m) {
            // A kill that nobody asked for: only the kernel knows.
            ("FD114", 0) => {
                format!("task {task} was killed in {allocs} within a day, possibly for want of memory")
            }
            ("FD114", _) => format!("task {task} ran out of memory in {allocs} within a day"),
            _ => format!("task {task} is restarted again and again in {allocs}, {} in all", count(m, "time")),
        };
        Fault::new(code, format!("job {}", job.id), text)
            .within(&job.namespace)
            .next(format!("fleet why {}", job_words(&job.namespace, &job.id)))
    };
    all.into_iter().map(one).collect()
}

/// Where the instances of services run, to find those that all run on one node.
#[derive(Debug, Default)]
pub struct Spread {
    nodes: BTreeMap<JobKey, (BTreeSet<String>, u64)>,
    living: BTreeSet<String>,
}

impl Spread {
    /// Adds an allocation.
    pub fn add(&mut self, row: AllocUse) {
        if row.client_status.is_terminal() {
            return;
        }
        self.living.insert(row.id);
        if row.client_status == ClientStatus::Running && row.desired_status == DesiredStatus::Run {
            let entry = self.nodes.entry(JobKey::new(row.namespace, row.job_id)).or_default();
            entry.0.insert(row.node_id);
            entry.1 += 1;
        }
    }

    /// Whether an allocation has not ended.
    #[must_use]
    pub fn lives(&self, alloc_id: &str) -> bool {
        self.living.contains(alloc_id)
    }

    /// The services whose instances all run on one node, though there are several nodes.
    #[must_use]
    pub fn faults(&self, is_service: impl Fn(&JobKey) -> bool, nodes: usize) -> Vec<Fault> {
        let alone = self
            .nodes
            .iter()
            .filter(|(key, (on, n))| nodes > 1 && on.len() == 1 && *n > 1 && is_service(key));
        alone
            .map(|(key, (_, n))| {
                let text = format!("all {} run on one node: its loss is an outage", count(*n, "instance"));
                Fault::new("FD117", format!("job {}", key.id), text)
                    .within(&key.namespace)
                    .next(format!("fleet alloc list --job {}", job_words(&key.namespace, &key.id)))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(group: &Value, around: JobContext<'_>) -> Vec<String> {
        let mut base = json!({"Name": "g", "Count": 3, "Update": {"MaxParallel": 1, "AutoRevert": true}, "Migrate": {"MaxParallel": 1},
            "Services": [{"Name": "web", "Provider": "nomad", "Checks": [{"Name": "c"}]}],
            "Tasks": [{"Name": "t", "Driver": "docker", "Config": {"image": "web:1"}, "Resources": {"CPU": 1, "MemoryMB": 64}}]});
        for (key, value) in group.as_object().unwrap() {
            base[key] = value.clone();
        }
        let spec = json!({"ID": "web", "Namespace": "default", "Type": "service", "Datacenters": ["*"], "TaskGroups": [base]});
        let job: Job = serde_json::from_value(spec.clone()).unwrap();
        written(&job, &spec, around).into_iter().map(|f| format!("{} {}", f.code, f.text)).collect()
    }

    #[test]
    fn a_job_as_it_should_be_has_no_fault() {
        let around = JobContext { nodes: None, oversubscription: Some(false) };
        assert_eq!(found(&json!({}), around), Vec::<String>::new());
    }

    #[test]
    fn every_fault_of_a_job_is_found_by_its_own_code() {
        let node: NodeStub = serde_json::from_value(json!({"ID": "n", "Name": "n", "Status": "ready",
            "SchedulingEligibility": "eligible", "ModifyIndex": 1}))
        .unwrap();
        let nodes = [node];
        let around = JobContext { nodes: Some(&nodes), oversubscription: Some(false) };
        let task = |more: Value| {
            let mut task = json!({"Name": "t", "Config": {"image": "web:1"}, "Resources": {"MemoryMB": 64}});
            for (key, value) in more.as_object().unwrap() {
                task[key] = value.clone();
            }
            json!({"Tasks": [task]})
        };
        let all = [
            found(&json!({"Services": []}), around),
            found(&task(json!({"Resources": {"MemoryMB": 64, "MemoryMaxMB": -1}})), around),
            found(&json!({"Count": 1}), around),
            found(&json!({"Update": null}), around),
            found(&json!({"Update": {"MaxParallel": 3, "AutoRevert": true}}), around),
            found(&json!({"Migrate": {"MaxParallel": 5}}), around),
            found(&json!({"Update": {"MaxParallel": 1}}), around),
            found(&json!({"Volumes": {"data": {"Type": "host", "Source": "pg"}}}), around),
            found(&json!({"Networks": [{"ReservedPorts": [{"Label": "http", "Value": 80}]}]}), around),
            found(&json!({"Constraints": [{"Operand": "distinct_hosts"}]}), around),
            found(&task(json!({"KillTimeout": 60_000_000_000_u64})), around),
            found(&task(json!({"Config": {"image": "registry:5000/web"}})), around),
            found(&task(json!({"Config": {"image": "web:latest"}})), around),
            found(
                &task(json!({"Env": {"DB_PASSWORD": "hunter2", "A": "b", "API_TOKEN": "${NOMAD_X}"}})),
                around,
            ),
            found(&task(json!({"Env": {"URL": "postgres://u:hunter2pw@db/x"}})), around),
            found(&task(json!({"Resources": {"MemoryMB": 64, "MemoryMaxMB": 128}})), around),
            found(&json!({"MaxClientDisconnect": 5}), around),
            found(&task(json!({"Resources": {"MemoryMB": 64, "Networks": [{"MBits": 1}]}})), around),
        ]
        .concat();
        let codes: Vec<&str> = all.iter().map(|text| &text[..5]).collect();
        let expected = [
            "FD101", "FD102", "FD103", "FD104", "FD105", "FD105", "FD106", "FD107", "FD108", "FD109",
            "FD110", "FD111", "FD111", "FD112", "FD112", "FD113", "FD116", "FD116",
        ];
        assert_eq!(codes, expected, "{all:#?}");
        assert!(!all.join("").contains("hunter2"));
    }

    #[test]
    fn a_task_that_ran_out_of_memory_yesterday_is_told_and_last_week_is_not() {
        let alloc = |restarted: &str| -> AllocStub {
            serde_json::from_value(json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
                "TaskStates": {"t": {"State": "running", "Restarts": 1, "LastRestart": restarted, "Events": [{"Type": "Started"},
                {"Type": "Terminated", "Details": {"exit_code": "137", "oom_killed": "true"}}]}}}))
            .unwrap()
        };
        let now = "2026-01-08T00:00:00Z".parse().unwrap();
        let told = restarted(&[alloc("2026-01-07T12:00:00Z")], now);
        assert_eq!(
            (told[0].code, told[0].text.as_str()),
            ("FD114", "task t ran out of memory in 1 allocation within a day")
        );
        assert!(restarted(&[alloc("2026-01-01T00:00:00Z")], now).is_empty());
    }

    #[test]
    fn what_has_ended_or_is_to_end_is_not_restarted_again_and_again() {
        let crash =
            [json!({"Type": "Terminated", "Details": {"exit_code": "3"}}), json!({"Type": "Restarting"})];
        let events: Vec<Value> = crash.iter().cycle().take(8).cloned().collect();
        let told = |desired: &str, client: &str| {
            let row = json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "DesiredStatus": desired, "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1,
                "TaskStates": {"t": {"State": "running", "Restarts": 20, "Events": events}}});
            let alloc: AllocStub = serde_json::from_value(row).unwrap();
            restarted(&[alloc], Timestamp::UNIX_EPOCH).len()
        };
        assert_eq!(told("run", "running"), 1);
        assert_eq!((told("stop", "running"), told("stop", "complete"), told("run", "failed")), (0, 0, 0));
    }
}
