//! A job's specification down to its groups (`nomad-api.md §3`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::placement::{Affinity, Constraint, Spread};
use super::policy::{Disconnect, Migrate, ReschedulePolicy, RestartPolicy, Scaling, Update};
use super::task::{EphemeralDisk, Network, Service, Task, Volume};
use crate::api::nomad::JobType;
use crate::api::nomad::alloc_status::RunState;
use crate::api::wire::{Nanos, nullable, unix_nanos};

/// A job's specification and state, as far as `fleet` reasons about it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Job {
    /// The id.
    #[serde(rename = "ID")]
    pub id: String,
    /// The name, usually the id.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The namespace.
    #[serde(deserialize_with = "nullable")]
    pub namespace: String,
    /// Its type.
    #[serde(rename = "Type", deserialize_with = "nullable")]
    pub job_type: JobType,
    /// The region.
    #[serde(deserialize_with = "nullable")]
    pub region: String,
    /// The pool it is placed in.
    #[serde(deserialize_with = "nullable")]
    pub node_pool: String,
    /// The datacenters it may be placed in; patterns allowed.
    #[serde(deserialize_with = "nullable")]
    pub datacenters: Vec<String>,
    /// 1 to 100 and more.
    #[serde(deserialize_with = "nullable")]
    pub priority: i64,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// How to spread over nodes.
    #[serde(deserialize_with = "nullable")]
    pub spreads: Vec<Spread>,
    /// The groups.
    #[serde(deserialize_with = "nullable")]
    pub task_groups: Vec<TaskGroup>,
    /// Whether it starts children by time.
    pub periodic: Option<Periodic>,
    /// Whether it starts children by dispatch.
    pub parameterized_job: Option<Value>,
    /// The job that made it.
    #[serde(rename = "ParentID", deserialize_with = "nullable")]
    pub parent_id: String,
    /// Operators' metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
    /// Whether it was stopped.
    #[serde(deserialize_with = "nullable")]
    pub stop: bool,
    /// Whether this version was deployed well once; not proof of anything (T36).
    #[serde(deserialize_with = "nullable")]
    pub stable: bool,
    /// The version, from 0.
    #[serde(deserialize_with = "nullable")]
    pub version: u64,
    /// Its state.
    #[serde(deserialize_with = "nullable")]
    pub status: RunState,
    /// When it was last submitted.
    #[serde(deserialize_with = "unix_nanos")]
    pub submit_time: Option<Timestamp>,
    /// Index of its creation.
    #[serde(deserialize_with = "nullable")]
    pub create_index: u64,
    /// Index of its last change, status included.
    #[serde(deserialize_with = "nullable")]
    pub modify_index: u64,
    /// Index of the last change of its specification: what to enforce.
    #[serde(deserialize_with = "nullable")]
    pub job_modify_index: u64,
}

impl Job {
    /// The group of that name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&TaskGroup> {
        self.task_groups.iter().find(|g| g.name == name)
    }

    /// Whether it runs nothing itself, because it starts others by time or by dispatch.
    #[must_use]
    pub fn is_launcher(&self) -> bool {
        self.launched_by().is_some()
    }

    /// What has it start others, where it runs nothing itself. What is both is dispatched, and its children start by time.
    #[must_use]
    pub fn launched_by(&self) -> Option<LaunchedBy> {
        if self.parameterized_job.as_ref().is_some_and(|p| !p.is_null()) {
            return Some(LaunchedBy::Dispatch);
        }
        self.periodic.as_ref().is_some_and(|p| p.enabled).then_some(LaunchedBy::Time)
    }
}

/// What has a job that runs nothing itself start others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchedBy {
    /// The time.
    Time,
    /// Whoever dispatches it.
    Dispatch,
}

/// When a periodic job starts children.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Periodic {
    /// Whether it does at all.
    #[serde(deserialize_with = "nullable")]
    pub enabled: bool,
    /// The cron expression; empty where there are several.
    #[serde(deserialize_with = "nullable")]
    pub spec: String,
    /// The cron expressions where there are several.
    #[serde(deserialize_with = "nullable")]
    pub specs: Vec<String>,
    /// Whether no child starts while another runs.
    #[serde(deserialize_with = "nullable")]
    pub prohibit_overlap: bool,
    /// The time zone of the expressions; UTC when empty.
    #[serde(deserialize_with = "nullable")]
    pub time_zone: String,
}

impl Periodic {
    /// Its cron expressions.
    #[must_use]
    pub fn crons(&self) -> Vec<&str> {
        if self.spec.is_empty() { self.specs.iter().map(String::as_str).collect() } else { vec![&self.spec] }
    }
}

/// A group of tasks that are placed together.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TaskGroup {
    /// Its name in the job.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// How many allocations; 1 when absent.
    pub count: Option<u64>,
    /// What every node must satisfy.
    #[serde(deserialize_with = "nullable")]
    pub constraints: Vec<Constraint>,
    /// What nodes are preferred.
    #[serde(deserialize_with = "nullable")]
    pub affinities: Vec<Affinity>,
    /// How to spread over nodes.
    #[serde(deserialize_with = "nullable")]
    pub spreads: Vec<Spread>,
    /// The tasks.
    #[serde(deserialize_with = "nullable")]
    pub tasks: Vec<Task>,
    /// How updates roll.
    pub update: Option<Update>,
    /// How allocations leave a draining node; service jobs always have one.
    pub migrate: Option<Migrate>,
    /// How failed tasks restart in place.
    pub restart_policy: Option<RestartPolicy>,
    /// How failed allocations are placed elsewhere.
    pub reschedule_policy: Option<ReschedulePolicy>,
    /// Its disk.
    pub ephemeral_disk: Option<EphemeralDisk>,
    /// Its networks.
    #[serde(deserialize_with = "nullable")]
    pub networks: Vec<Network>,
    /// Services of the whole group.
    #[serde(deserialize_with = "nullable")]
    pub services: Vec<Service>,
    /// Volumes by name.
    #[serde(deserialize_with = "nullable")]
    pub volumes: BTreeMap<String, Volume>,
    /// What a disconnected node means.
    pub disconnect: Option<Disconnect>,
    /// How long to wait between deregistration and the kill signal.
    pub shutdown_delay: Option<Nanos>,
    /// Bounds of its count.
    pub scaling: Option<Scaling>,
    /// Operators' metadata.
    #[serde(deserialize_with = "nullable")]
    pub meta: BTreeMap<String, String>,
}

impl TaskGroup {
    /// How many allocations it wants.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count.unwrap_or(1)
    }

    /// How many may be away at once while a node drains (`nomad-api.md §2.4`, 3.).
    #[must_use]
    pub fn migrate_max_parallel(&self) -> u64 {
        self.migrate.as_ref().map_or(1, |m| m.max_parallel)
    }

    /// The services of the group and of its tasks.
    pub fn all_services(&self) -> impl Iterator<Item = &Service> {
        self.services.iter().chain(self.tasks.iter().flat_map(|t| &t.services))
    }
}
