//! What the agent of a node is asked of an allocation it runs (`nomad-api.md §5`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::api::http::{Get, Write, segment};
use crate::api::wire::{nullable, unix_nanos};

const LIFECYCLE: &str = "namespace capability \"alloc-lifecycle\"";
const PAUSE: &str = "namespace capability \"pause-allocation\"";

fn path(alloc_id: &str, what: &str) -> String {
    format!("/v1/client/allocation/{}/{what}", segment(alloc_id))
}

/// Restarts one task of an allocation, which has to run.
#[must_use]
pub fn restart_task(alloc_id: &str, task: &str) -> Write<IgnoredAny> {
    Write::put(path(alloc_id, "restart"), format!("restart task {task} of allocation {alloc_id}"))
        .needs(LIFECYCLE)
        .body(&serde_json::json!({ "TaskName": task }))
}

/// Restarts all tasks of an allocation in the order of their lifecycle, also those that have ended (Nomad 1.4).
#[must_use]
pub fn restart_all_tasks(alloc_id: &str) -> Write<IgnoredAny> {
    Write::put(path(alloc_id, "restart"), format!("restart all tasks of allocation {alloc_id}"))
        .needs(LIFECYCLE)
        .body(&serde_json::json!({ "AllTasks": true }))
}

/// Sends a signal to one task of an allocation, or to all of them.
#[must_use]
pub fn signal(alloc_id: &str, task: Option<&str>, signal: &str) -> Write<IgnoredAny> {
    Write::put(path(alloc_id, "signal"), format!("send {signal} to allocation {alloc_id}"))
        .needs(LIFECYCLE)
        .body(&serde_json::json!({ "Task": task.unwrap_or_default(), "Signal": signal }))
}

/// Overrides the schedule of a task (Nomad Enterprise 1.8): `pause`, `run`, or `scheduled` for what its schedule says.
#[must_use]
pub fn set_schedule(alloc_id: &str, task: &str, state: &str) -> Write<IgnoredAny> {
    Write::put(
        path(alloc_id, "pause"),
        format!("override the schedule of task {task} of allocation {alloc_id}"),
    )
    .needs(PAUSE)
    .body(&serde_json::json!({ "Task": task, "ScheduleState": state }))
}

/// How the schedule of a task is overridden (Nomad Enterprise 1.8).
#[must_use]
pub fn schedule(alloc_id: &str, task: &str) -> Get<Schedule> {
    Get::new(path(alloc_id, "pause"), format!("read the schedule of task {task} of allocation {alloc_id}"))
        .needs("namespace capability \"read-job\"")
        .query("task", task)
}

/// What an allocation uses at this moment. A 404 for one that has ended.
#[must_use]
pub fn stats(alloc_id: &str) -> Get<AllocUsage> {
    Get::new(path(alloc_id, "stats"), format!("read what allocation {alloc_id} uses"))
        .needs("namespace capability \"read-job\"")
}

/// The state a task's schedule is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Schedule {
    /// `pause`, `run`, `scheduled`, and what its schedule makes of that.
    #[serde(default)]
    pub schedule_state: String,
}

/// What an allocation uses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AllocUsage {
    /// Each task's, by name; empty when nothing was measured.
    #[serde(default, deserialize_with = "nullable")]
    pub tasks: BTreeMap<String, TaskUsage>,
}

/// What a task uses.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TaskUsage {
    /// The measures.
    pub resource_usage: ResourceUsage,
    /// When they were taken.
    #[serde(default, deserialize_with = "unix_nanos")]
    pub timestamp: Option<Timestamp>,
}

/// The measures of a task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceUsage {
    /// Of processors.
    pub cpu_stats: CpuUsage,
    /// Of memory.
    pub memory_stats: MemoryUsage,
}

/// Use of processors.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CpuUsage {
    /// MHz.
    #[serde(default)]
    pub total_ticks: f64,
    /// Per cent of one core.
    #[serde(default)]
    pub percent: f64,
    /// Nanoseconds in which it was held back.
    #[serde(default)]
    pub throttled_time: u64,
}

/// Use of memory, in bytes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MemoryUsage {
    /// Resident.
    #[serde(rename = "RSS", default)]
    pub rss: u64,
    /// All that counts against its limit; 0 where the driver does not measure it.
    #[serde(default)]
    pub usage: u64,
    /// The most there ever was; 0 where the driver does not measure it.
    #[serde(default)]
    pub max_usage: u64,
}

impl MemoryUsage {
    /// Bytes that count against the limit, as far as the driver measures them; what is resident otherwise.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        if self.usage > 0 { self.usage } else { self.rss }
    }
}
