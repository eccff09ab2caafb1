//! Which allocation holds a drain up, and by which rule.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::node::DrainStrategy;
use crate::model::ids::{JobKey, JobType};
use crate::model::metric;
use crate::model::why::alloc::words;
use crate::model::why::span;

/// What a drain is explained from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The drain.
    pub strategy: &'a DrainStrategy,
    /// What is on the node.
    pub here: &'a [AllocStub],
    /// All allocations of the jobs that are on the node.
    pub of_jobs: &'a [AllocStub],
    /// Those jobs.
    pub jobs: &'a BTreeMap<JobKey, Job>,
    /// Evaluations that wait for room.
    pub blocked: &'a [Evaluation],
    /// The present moment.
    pub now: Timestamp,
}

/// What keeps an allocation on a node that drains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrainBlocker {
    /// Which allocation, and by which rule.
    pub text: String,
    /// Whether it needs somebody: time alone does not end it.
    pub stalls: bool,
}

/// What is still on the node and why, what needs somebody first.
#[must_use]
pub fn holding(f: &Facts<'_>) -> Vec<DrainBlocker> {
    let live = f.here.iter().filter(|a| !a.client_status.is_terminal());
    let mut all: Vec<DrainBlocker> = live.filter_map(|a| one(f, a)).collect();
    all.sort_by_key(|h| !h.stalls);
    all
}

fn one(f: &Facts<'_>, a: &AllocStub) -> Option<DrainBlocker> {
    let at = |text: String, stalls: bool| Some(DrainBlocker { text: format!("{} {text}", words(a)), stalls });
    let job = f.jobs.get(&JobKey::of(a));
    let group = job.and_then(|j| j.group(&a.task_group));
    if a.desired_status != DesiredStatus::Run {
        let task = group.and_then(|g| g.tasks.iter().filter_map(|t| t.kill_timeout).max());
        let within = task.map(|t| format!(" (its kill_timeout is {t})")).unwrap_or_default();
        return at(format!("was told to stop and is still ending{within}"), false);
    }
    match a.job_type {
        JobType::System | JobType::Sysbatch if f.strategy.ignore_system_jobs => return None,
        JobType::System => return at("is a system job's: it goes last, after all others".to_owned(), false),
        JobType::Batch | JobType::Sysbatch => {
            let (until, stalls) = deadline(f);
            return at(format!("is batch work: it may run on {until}"), stalls);
        }
        _ => {}
    }
    let (text, stalls) = service(f, a, group.map_or(1, TaskGroup::migrate_max_parallel));
    at(text, stalls)
}

/// How long batch work may go on.
fn deadline(f: &Facts<'_>) -> (String, bool) {
    match f.strategy.force_deadline {
        Some(at) => {
            let left = at.as_second() - f.now.as_second();
            (format!("until it ends or the drain's deadline comes, in {}", span(left.max(0))), false)
        }
        None => ("until it ends: the drain has no deadline".to_owned(), true),
    }
}

/// A service's allocation stays because another one of its group is away, finds no room or is not healthy.
fn service(f: &Facts<'_>, a: &AllocStub, max_parallel: u64) -> (String, bool) {
    let own =
        |o: &&AllocStub| o.job_id == a.job_id && o.namespace == a.namespace && o.task_group == a.task_group;
    let blocked = f.blocked.iter().find(|e| e.job_id == a.job_id && e.namespace == a.namespace);
    if let Some(metric) = blocked.and_then(|e| e.failed_groups.get(&a.task_group)) {
        return (format!("stays: another of its group finds no place ({})", metric::explain(metric)), true);
    }
    let others: Vec<&AllocStub> =
        f.of_jobs.iter().filter(own).filter(|o| o.id != a.id && !o.is_terminal()).collect();
    if let Some(bad) =
        others.iter().find(|o| o.healthy() == Some(false) || o.client_status == ClientStatus::Failed)
    {
        let text =
            format!("stays: {} of its group is not healthy, and max_parallel is {max_parallel}", words(bad));
        return (text, true);
    }
    if let Some(settling) = others.iter().find(|o| o.healthy().is_none()) {
        let text = format!(
            "waits for {} of its group to become healthy: max_parallel is {max_parallel}",
            words(settling)
        );
        return (text, false);
    }
    (format!("is not told to go yet: max_parallel of its group is {max_parallel}"), false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn alloc(id: &str, node: &str, more: &Value) -> AllocStub {
        let mut all = json!({"ID": id, "Name": "web.g[0]", "Namespace": "default", "NodeName": node, "NodeID": node,
            "JobID": "web", "JobType": "service", "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running",
            "CreateIndex": 1, "ModifyIndex": 1, "DeploymentStatus": {"Healthy": true}});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn told(here: AllocStub, others: &[AllocStub], blocked: bool, deadline: bool) -> String {
        let strategy: DrainStrategy =
            serde_json::from_value(json!({"Deadline": 0, "IgnoreSystemJobs": false,
            "ForceDeadline": if deadline { json!("2026-01-01T00:05:00Z") } else { Value::Null }}))
            .unwrap();
        let job: Job = serde_json::from_value(json!({"ID": "web", "TaskGroups": [{"Name": "g",
            "Migrate": {"MaxParallel": 1}, "Tasks": [{"Name": "t", "KillTimeout": 30_000_000_000_u64}]}]}))
        .unwrap();
        let eval: Evaluation = serde_json::from_value(json!({"ID": "e", "Namespace": "default", "JobID": "web",
            "Status": "blocked", "FailedTGAllocs": {"g": {"NodesEvaluated": 1, "DimensionExhausted": {"memory": 1}}}}))
        .unwrap();
        let here = [here];
        let held = holding(&Facts {
            strategy: &strategy,
            here: &here,
            of_jobs: others,
            jobs: &BTreeMap::from([(JobKey::new("default", "web"), job)]),
            blocked: if blocked { std::slice::from_ref(&eval) } else { &[] },
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        held.iter()
            .map(|h| format!("{}{}", if h.stalls { "! " } else { "" }, h.text))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn each_rule_that_holds_a_drain_has_its_sentence() {
        let own = || alloc("aaaaaaaa", "c1", &json!({}));
        let all = [
            told(own(), &[], true, true),
            told(
                own(),
                &[alloc("bbbbbbbb", "c2", &json!({"DeploymentStatus": {"Healthy": false}}))],
                false,
                true,
            ),
            told(own(), &[alloc("bbbbbbbb", "c2", &json!({"DeploymentStatus": null}))], false, true),
            told(own(), &[], false, true),
            told(alloc("aaaaaaaa", "c1", &json!({"DesiredStatus": "stop"})), &[], false, true),
            told(alloc("aaaaaaaa", "c1", &json!({"JobType": "batch"})), &[], false, true),
            told(alloc("aaaaaaaa", "c1", &json!({"JobType": "batch"})), &[], false, false),
            told(alloc("aaaaaaaa", "c1", &json!({"JobType": "system"})), &[], false, true),
            told(alloc("aaaaaaaa", "c1", &json!({"ClientStatus": "complete"})), &[], false, true),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        ! web.g[0] (aaaaaaaa on c1) stays: another of its group finds no place (no room: memory on 1 node)
        ! web.g[0] (aaaaaaaa on c1) stays: web.g[0] (bbbbbbbb on c2) of its group is not healthy, and max_parallel is 1
        web.g[0] (aaaaaaaa on c1) waits for web.g[0] (bbbbbbbb on c2) of its group to become healthy: max_parallel is 1
        web.g[0] (aaaaaaaa on c1) is not told to go yet: max_parallel of its group is 1
        web.g[0] (aaaaaaaa on c1) was told to stop and is still ending (its kill_timeout is 30s)
        web.g[0] (aaaaaaaa on c1) is batch work: it may run on until it ends or the drain's deadline comes, in 5m
        ! web.g[0] (aaaaaaaa on c1) is batch work: it may run on until it ends: the drain has no deadline
        web.g[0] (aaaaaaaa on c1) is a system job's: it goes last, after all others
        ");
    }
}
