//! Which allocation is meant, and which task of it: the grammar of targets, and the one rule that chooses.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::api::nomad::allocation::{
    AllocStub, AllocatedPort, AllocatedResources, Allocation, ClientStatus, DesiredStatus, RunState,
};
use crate::api::nomad::job::Task;
use crate::model::ids::{IdPrefix, short};

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The job of the git checkout the command runs in.
    Here,
    /// The instances of a service.
    Service(String),
    /// A job, a group of it, an instance of that, or the beginning of an allocation's id.
    Named(String),
}

impl Target {
    /// Reads a target.
    ///
    /// # Errors
    /// When there is nothing to read.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("service:") {
            _ if text == "." => Ok(Target::Here),
            Some("") => Err("service: needs the name of a service".to_owned()),
            Some(name) => Ok(Target::Service(name.to_owned())),
            None if text.is_empty() => Err("a target is an allocation, a job or service:NAME".to_owned()),
            None => Ok(Target::Named(text.to_owned())),
        }
    }
}

/// One way to read a name that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameReading {
    /// The job.
    pub job: String,
    /// The group; any when none.
    pub group: Option<String>,
    /// The number in the allocation's name; any when none.
    pub index: Option<u64>,
}

impl NameReading {
    /// Whether this job is meant; `*` and `?` stand for anything, unless a job is called so.
    #[must_use]
    pub fn is_of(&self, job_id: &str) -> bool {
        let glob = || globset::Glob::new(&self.job).is_ok_and(|g| g.compile_matcher().is_match(job_id));
        job_id == self.job || (self.job.contains(['*', '?']) && glob())
    }

    /// Whether an allocation is meant by it.
    #[must_use]
    pub fn fits(&self, alloc: &AllocStub) -> bool {
        self.is_of(&alloc.job_id)
            && self.group.as_ref().is_none_or(|g| *g == alloc.task_group)
            && self.index.is_none_or(|i| alloc_index(&alloc.name) == Some(i))
    }
}

/// The ways to read `<job>`, `<job>/<group>` and `<job>/<group>[index]`, the longest job first: ids of jobs may hold slashes
/// and brackets.
#[must_use]
pub fn readings(text: &str) -> Vec<NameReading> {
    let whole = NameReading { job: text.to_owned(), group: None, index: None };
    let indexed = text.strip_suffix(']').and_then(|t| t.rsplit_once('['));
    let indexed = indexed.and_then(|(base, digits)| Some((base, digits.parse().ok()?)));
    let (base, index) = indexed.map_or((text, None), |(base, index)| (base, Some(index)));
    let mut all = vec![whole];
    if index.is_some() {
        all.push(NameReading { job: base.to_owned(), group: None, index });
    }
    let slashes = base.char_indices().rev().filter(|(_, c)| *c == '/').map(|(at, _)| at);
    all.extend(slashes.filter(|&at| at > 0 && at + 1 < base.len()).map(|at| NameReading {
        job: base[..at].to_owned(),
        group: Some(base[at + 1..].to_owned()),
        index,
    }));
    all
}

/// The number in an allocation's name, `job.group[number]`.
#[must_use]
pub fn alloc_index(name: &str) -> Option<u64> {
    name.strip_suffix(']')?.rsplit_once('[')?.1.parse().ok()
}

/// What else an allocation must be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// On this node, by name or beginning of the id.
    pub node: Option<String>,
    /// A canary that waits for promotion.
    pub canary: bool,
    /// Of this version of its job.
    pub version: Option<u64>,
}

impl Narrowing {
    /// Whether an allocation is left.
    #[must_use]
    pub fn keeps(&self, alloc: &AllocStub) -> bool {
        let on = |node: &String| {
            alloc.node_name == *node || IdPrefix::parse(node).is_some_and(|p| p.matches(&alloc.node_id))
        };
        self.node.as_ref().is_none_or(on)
            && (!self.canary || alloc.is_canary())
            && self.version.is_none_or(|v| alloc.job_version == v)
    }

    /// Whether it leaves anything out.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self == Narrowing::default()
    }
}

/// Whether it runs and is meant to.
#[must_use]
pub fn runs(alloc: &AllocStub) -> bool {
    alloc.client_status == ClientStatus::Running && alloc.desired_status == DesiredStatus::Run
}

/// Puts the best first: what runs and is wanted before what does not, unhealthy last, then the latest version, then those
/// found healthy, then the newest; the id decides what is left.
pub fn order(allocs: &mut [AllocStub]) {
    allocs.sort_by_cached_key(|a| {
        let still = a.client_status == ClientStatus::Running;
        let known_bad = a.healthy() == Some(false);
        let state = (runs(a), still, !known_bad, a.job_version, a.healthy() == Some(true), a.create_index);
        (Reverse(state), a.id.clone())
    });
}

/// Of each instance the allocation that was made last; where a job has an instance on each node, all of a group have one name.
#[must_use]
pub fn last_tries(all: Vec<AllocStub>) -> Vec<AllocStub> {
    let mut last: BTreeMap<(String, String, Option<String>), AllocStub> = BTreeMap::new();
    for alloc in all {
        let node = alloc.job_type.is_per_node().then(|| alloc.node_id.clone());
        let instance = (alloc.namespace.clone(), alloc.name.clone(), node);
        if last.get(&instance).is_none_or(|known| known.create_index < alloc.create_index) {
            last.insert(instance, alloc);
        }
    }
    last.into_values().collect()
}

/// The rule of [`order`] in words, for the one it put first.
#[must_use]
pub fn because(chosen: &AllocStub) -> String {
    let state = match (runs(chosen), chosen.healthy()) {
        (true, Some(true)) => "the newest healthy one of the latest running version",
        (true, None) => "the newest one of the latest running version",
        (true, Some(false)) => "the newest running one; none is healthy",
        (false, _) => "the newest one; none is running",
    };
    format!(
        "chose {} ({}, version {}, on {}): {state}",
        short(&chosen.id),
        chosen.name,
        chosen.job_version,
        chosen.node_name
    )
}

/// Why a task was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskChoice {
    /// There is no other.
    Only,
    /// It leads the group.
    Leader,
    /// The only main task; the others come before, after or beside it.
    Main,
    /// The first of several main tasks.
    FirstMain,
}

/// The task that is meant when none was named: the leader, else the first main task in the order of the job.
///
/// # Errors
/// When the allocation has no tasks.
pub fn main_task(tasks: &[Task]) -> Option<(&Task, TaskChoice)> {
    if let [only] = tasks {
        return Some((only, TaskChoice::Only));
    }
    if let Some(leader) = tasks.iter().find(|t| t.leader) {
        return Some((leader, TaskChoice::Leader));
    }
    let mut mains = tasks.iter().filter(|t| t.lifecycle.is_none());
    match (mains.next(), mains.next()) {
        (Some(main), None) => Some((main, TaskChoice::Main)),
        (Some(main), Some(_)) => Some((main, TaskChoice::FirstMain)),
        (None, _) => tasks.first().map(|t| (t, TaskChoice::FirstMain)),
    }
}

/// The tasks of an allocation in the order of its job.
#[must_use]
pub fn tasks(alloc: &Allocation) -> &[Task] {
    let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
    group.map_or(&[], |g| g.tasks.as_slice())
}

/// A port as the task sees it, and where it is to be found from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPort {
    /// Its number in the task's network namespace.
    pub number: u16,
    /// The addresses it may be bound to there, the likeliest first.
    pub hosts: Vec<String>,
    /// The node's own address and port, when Nomad gave it one.
    pub outside: Option<(String, u16)>,
}

/// A port by its number, or by the label it has in the job.
#[must_use]
pub fn port(resources: Option<&AllocatedResources>, text: &str) -> Option<TaskPort> {
    let number = text.parse().ok();
    let inside = |p: &AllocatedPort| u16::try_from(p.to).ok().filter(|to| *to > 0).unwrap_or(p.value);
    let all = resources.map_or(&[][..], |r| &r.shared.ports);
    let given = all.iter().find(|p| match number {
        Some(number) => inside(p) == number || p.value == number,
        None => p.label == text,
    });
    let number = given.map(inside).or(number)?;
    let mut hosts = vec!["127.0.0.1".to_owned(), "::1".to_owned()];
    let host = given
        .map(|p| p.host_ip.as_str())
        .filter(|ip| !matches!(*ip, "" | "0.0.0.0" | "::" | "127.0.0.1" | "::1"));
    hosts.extend(host.map(str::to_owned));
    let outside = given.filter(|p| !p.host_ip.is_empty()).map(|p| (p.host_ip.clone(), p.value));
    Some(TaskPort { number, hosts, outside })
}

/// The other tasks of the allocation that run and see the same ports, by name and driver.
///
/// A group's own network is shared by all its tasks; without one, or with the node's, those that live in the node's see each other.
#[must_use]
pub fn neighbours<'a>(alloc: &'a Allocation, task: &str) -> Vec<&'a Task> {
    let group = alloc.job.as_ref().and_then(|job| job.group(&alloc.task_group));
    let mode = group.and_then(|g| g.networks.first()).map_or("", |n| n.mode.as_str());
    let on_node = |t: &Task| matches!(t.driver.as_str(), "raw_exec" | "exec" | "exec2" | "java");
    let all = tasks(alloc);
    let shared = !matches!(mode, "" | "host") || all.iter().find(|t| t.name == task).is_some_and(on_node);
    let runs = |t: &Task| alloc.task_states.get(&t.name).is_some_and(|s| s.state == RunState::Running);
    let sees = |t: &Task| !matches!(mode, "" | "host") || on_node(t);
    all.iter().filter(|t| shared && t.name != task && runs(t) && sees(t)).collect()
}

#[cfg(test)]
mod tests;
