//! What failed allocations have to say: how their tasks ended, their last log lines, their checks.

use serde::Serialize;

use crate::api::http::{Get, Http, segment};
use crate::api::nomad::allocation::{self, AllocStub, AllocatedResources, DesiredStatus};
use crate::api::nomad::node::{self, NodeStatus};
use crate::api::nomad::service;
use crate::model::alloc_diagnosis::{self, OutOfMemory};
use crate::model::check_words::failing;
use crate::model::job_diff::Secrets;
use crate::model::rollout::{JobObservation, Target};
use crate::ops::migration::AllocRef;
use crate::ops::migration::alloc_ref;

/// More failed allocations than this say the same.
const MOST: usize = 3;
/// How much of a log's end is read, in bytes, and how many lines of it are shown.
const LOG_TAIL: u32 = 8192;
const LOG_LINES: usize = 20;

/// What an allocation has to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The allocation.
    pub alloc: AllocRef,
    /// Its node's name.
    #[serde(rename = "node_name")]
    pub node: String,
    /// How its tasks ended, or what kept them.
    pub tasks: Vec<String>,
    /// What its tasks went through last.
    pub events: Vec<String>,
    /// Its checks that do not pass.
    pub checks: Vec<String>,
    /// The last lines its tasks wrote.
    pub logs: Vec<LogTail>,
}

/// The end of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogTail {
    /// The task.
    pub task: String,
    /// `stdout` or `stderr`.
    pub stream: &'static str,
    /// Its last lines.
    pub lines: Vec<String>,
}

/// Asks the failed allocations of a version. What cannot be read is left out: this is the story of a failure, and no
/// further one.
pub async fn gather(
    nomad: &Http,
    target: &Target,
    seen: &JobObservation,
    secrets: &Secrets,
) -> Vec<Evidence> {
    let of_version =
        |telling: fn(&AllocStub) -> bool| seen.allocs_of(target.version).filter(move |a| telling(a));
    let mut bad: Vec<&AllocStub> = of_version(is_telling).collect();
    if bad.is_empty() {
        // Nothing crashed: what was waited for in vain is all there is to ask.
        bad = of_version(is_undecided).collect();
    }
    bad.sort_by_key(|a| std::cmp::Reverse(a.create_index));
    let mut found = Vec::new();
    for alloc in bad.into_iter().take(MOST) {
        let tasks = alloc.task_states.iter();
        let mut logs = Vec::new();
        for (task, state) in
            tasks.clone().filter(|(_, t)| t.failed || t.restarts > 0 || alloc.healthy() == Some(false))
        {
            for stream in ["stderr", "stdout"] {
                if state.started_at.is_some()
                    && let Some(lines) = tail(nomad, alloc, task, stream, secrets).await
                {
                    logs.push(LogTail { task: task.clone(), stream, lines });
                }
            }
        }
        let events = tasks.clone().flat_map(|(name, t)| {
            let last =
                t.events.iter().rev().filter(|e| !e.display_message.is_empty()).take(4).collect::<Vec<_>>();
            last.into_iter()
                .rev()
                .map(move |e| format!("{name}: {}: {}", e.kind, e.display_message))
                .collect::<Vec<_>>()
        });
        let given = given(nomad, alloc).await;
        let limit = |task: &str| given.as_ref()?.tasks.get(task)?.memory.limit();
        let trouble = tasks.clone().filter_map(|(name, t)| {
            Some(secrets.clean_told(&alloc_diagnosis::task_trouble_within(name, t, limit(name))?))
        });
        found.push(Evidence {
            alloc: alloc_ref(alloc),
            node: alloc.node_name.clone(),
            tasks: late(nomad, alloc).await.into_iter().chain(trouble).collect(),
            events: events.map(|e| secrets.clean_told(&e)).collect(),
            checks: checks(nomad, alloc, secrets).await,
            logs,
        });
    }
    found
}

/// What the allocation was given, asked for where its memory may have been too little: the job may say something else by now.
async fn given(nomad: &Http, alloc: &AllocStub) -> Option<AllocatedResources> {
    let mut ends = alloc.task_states.values().filter_map(alloc_diagnosis::last_end);
    if ends.all(|end| end.out_of_memory == OutOfMemory::No) {
        return None;
    }
    let call = allocation::get(&alloc.id).namespace(&alloc.namespace);
    nomad.read(&call).await.ok()?.value.allocated_resources
}

fn is_telling(a: &AllocStub) -> bool {
    alloc_diagnosis::failed_by_itself(a)
        || a.healthy() == Some(false)
        || a.task_states.values().any(|t| t.failed || t.restarts > 0)
}

fn is_undecided(a: &AllocStub) -> bool {
    a.healthy().is_none() && a.desired_status == DesiredStatus::Run
}

/// What kept an allocation of which the servers heard neither good nor bad.
async fn late(nomad: &Http, alloc: &AllocStub) -> Vec<String> {
    if !is_undecided(alloc) || is_telling(alloc) {
        return Vec::new();
    }
    let mut told = vec![format!("{}, never found healthy", alloc.client_status)];
    if let Ok(node) = nomad.read(&node::get(&alloc.node_id)).await
        && node.value.status != NodeStatus::Ready
    {
        told.push(format!("its node {} is {}", alloc.node_name, node.value.status));
    }
    told
}

async fn tail(
    nomad: &Http,
    alloc: &AllocStub,
    task: &str,
    stream: &'static str,
    secrets: &Secrets,
) -> Option<Vec<String>> {
    let call: Get<String> =
        Get::new(format!("/v1/client/fs/logs/{}", segment(&alloc.id)), "read the end of a log")
            .needs("namespace capability \"read-logs\"")
            .namespace(&alloc.namespace)
            .query("task", task)
            .query("type", stream)
            .query("plain", "true")
            .query("origin", "end")
            .query("offset", LOG_TAIL.to_string());
    let text = nomad.read_text(&call).await.ok()?.value;
    let lines: Vec<String> = secrets.clean_told(&text).lines().map(str::to_owned).collect();
    let from = lines.len().saturating_sub(LOG_LINES);
    (!lines.is_empty()).then(|| lines[from..].to_vec())
}

async fn checks(nomad: &Http, alloc: &AllocStub, secrets: &Secrets) -> Vec<String> {
    let Ok(reply) = nomad.read(&service::checks(&alloc.id)).await else { return Vec::new() };
    let failing_now = reply.value.unwrap_or_default().into_values().filter(|c| c.status != "success");
    failing_now
        .map(|c| {
            let how = if c.status == "pending" { "has not run yet" } else { "fails" };
            secrets.clean_told(&failing(&c.check, &c.service, how, c.status_code, &c.output))
        })
        .collect()
}
