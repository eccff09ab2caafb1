//! What may go wrong with a cluster over time: what it keeps, its clocks and disks, servers that are left over, and priorities.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::api::nomad::JobType;
use crate::api::nomad::agent::Members;
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::job::{GroupSummary, JobStub};
use crate::api::nomad::node_client::HostStats;
use crate::api::nomad::operator::{RaftConfiguration, SchedulerConfig};
use crate::api::wire::{Nanos, parse_go_duration};
use crate::model::doctor::{Fault, Object};
use crate::model::ids::{JobKey, job_words, shell_word};
use crate::model::words::{count, span};

/// So many finished runs of a job are many.
const MANY_RUNS: u64 = 500;
/// A job may evict those whose priority is lower by at least this.
const PRIORITY_STEP: i64 = 10;
/// What is kept longer than this fills the memory of the servers.
const LONG: Duration = Duration::from_secs(7 * 24 * 3600);
/// Clocks that differ by more than this, in seconds.
const CLOCK_SECONDS: f64 = 10.0;
/// A disk is nearly full from this share on, in per cent.
const FULL_PERCENT: u64 = 90;

/// Parents that have very many finished runs, from the list of all jobs.
#[must_use]
pub fn finished_runs(jobs: &[JobStub]) -> Vec<Fault> {
    let mut over: BTreeMap<JobKey, u64> = BTreeMap::new();
    for job in jobs {
        let dead = job.job_summary.as_ref().and_then(|s| s.children.as_ref()).map_or(0, |c| c.dead);
        if dead >= MANY_RUNS {
            over.insert(JobKey::new(&*job.namespace, &*job.id), dead);
        }
    }
    let one = |(key, n): (JobKey, u64)| {
        let text = format!("{} of it are kept: every list of jobs carries them", count(n, "finished run"));
        Fault::new("FD120", format!("job {}", key.id), text)
            .within(&key.namespace)
            .next(format!("fleet job show {}", job_words(&key.namespace, &key.id)))
    };
    over.into_iter().map(one).collect()
}

/// Jobs for every node of which no node has, or had, an instance: the servers keep nothing of such a job that tells why, and
/// nothing that waits.
#[must_use]
pub fn nowhere(jobs: &[JobStub]) -> Vec<Fault> {
    let placed = |g: &GroupSummary| g.starting + g.running + g.complete + g.failed + g.lost + g.unknown;
    let by_itself = |j: &&JobStub| {
        j.job_type.is_per_node()
            && !j.stop
            && !j.periodic
            && !j.parameterized_job
            && j.status != RunState::Pending
    };
    let nothing = |j: &&JobStub| {
        let groups = j.job_summary.as_ref().map(|s| &s.summary);
        groups.is_some_and(|groups| !groups.is_empty() && groups.values().all(|g| placed(g) == 0))
    };
    let one = |j: &JobStub| {
        Fault::new("FD121", format!("job {}", j.id), "no node has an instance of it")
            .within(&j.namespace)
            .next(format!("fleet why {}", job_words(&j.namespace, &j.id)))
    };
    jobs.iter().filter(by_itself).filter(nothing).map(one).collect()
}

/// Preemption that can evict nothing, since no two jobs are far enough apart.
#[must_use]
pub fn priorities(config: &SchedulerConfig, jobs: &[JobStub]) -> Option<Fault> {
    let preempts = |kind: JobType| match kind {
        JobType::Service => config.preemption_config.service_scheduler_enabled,
        JobType::Batch => config.preemption_config.batch_scheduler_enabled,
        _ => false,
    };
    let alive = || jobs.iter().filter(|j| !j.stop);
    let highest = alive().filter(|j| preempts(j.job_type)).map(|j| j.priority).max()?;
    let lowest = alive().map(|j| j.priority).min()?;
    (alive().count() > 1 && highest - lowest < PRIORITY_STEP).then(|| {
        let text = format!(
            "preemption is on, and priorities reach from {lowest} to {highest} only: a job evicts what is at least \
             {PRIORITY_STEP} below it"
        );
        Fault::new("FD215", "cluster", text).next("fleet operator scheduler show")
    })
}

/// How long the servers keep what is over, by the configuration of the one that answers.
#[must_use]
pub fn of_thresholds(own: &Value) -> Vec<Fault> {
    let server = &own["config"]["Server"];
    let kept = [
        ("JobGCThreshold", "job_gc_threshold", "dead jobs"),
        ("EvalGCThreshold", "eval_gc_threshold", "evaluations"),
        ("BatchEvalGCThreshold", "batch_eval_gc_threshold", "evaluations of batch jobs"),
        ("DeploymentGCThreshold", "deployment_gc_threshold", "deployments"),
        ("NodeGCThreshold", "node_gc_threshold", "nodes that are down"),
    ];
    let long = kept.into_iter().filter_map(|(key, setting, what)| {
        let time = parse_go_duration(server[key].as_str()?).map(Nanos::duration).filter(|t| *t > LONG)?;
        let text =
            format!("{setting} is {}: {what} stay for so long in the memory of the servers", span(time));
        Some(Fault::new("FD218", "cluster", text).next("fleet system gc"))
    });
    long.collect()
}

/// Whether autopilot leaves dead servers where they are, by its settings.
#[must_use]
pub fn of_autopilot(settings: &Value) -> Option<Fault> {
    (settings["CleanupDeadServers"] == false).then(|| {
        Fault::new(
            "FD216",
            "cluster",
            "autopilot does not remove dead servers: each counts for the quorum until somebody does",
        )
        .next("fleet doctor --fix FD216")
        .object(Object::Autopilot)
    })
}

/// Servers that raft counts on and that the gossip does not know as living.
#[must_use]
pub fn of_raft(raft: &RaftConfiguration, members: &Members) -> Vec<Fault> {
    let of = |address: &str| address.rsplit_once(':').map_or(address, |(host, _)| host).to_owned();
    let living: Vec<String> =
        members.members.iter().filter(|m| m.status == "alive").map(|m| m.addr.clone()).collect();
    let left = raft.servers.iter().filter(|s| !living.contains(&of(&s.address)));
    left.map(|s| {
        let text = format!("raft counts on {}, and the gossip has no living server there", s.address);
        Fault::new("FD217", format!("server {}", s.node), text).next("fleet operator raft peers")
    })
    .collect()
}

/// What the agent of a node told of itself, and when it did on our own clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The node's name.
    pub name: String,
    /// What it told, or why it did not.
    pub told: Result<HostStats, String>,
    /// Seconds by which its clock is ahead of ours; none where it did not say.
    pub ahead_seconds: Option<f64>,
}

/// The faults that the agents of the nodes show themselves.
#[must_use]
pub fn of_looks(looks: &[Look]) -> Vec<Fault> {
    let mut all = Vec::new();
    let mut ahead: Vec<f64> = looks.iter().filter_map(|l| l.ahead_seconds).collect();
    ahead.sort_by(f64::total_cmp);
    let middle = ahead.get(ahead.len() / 2).copied();
    for look in looks {
        let subject = format!("node {}", look.name);
        let command = format!("fleet why {} --kind node", shell_word(&look.name));
        match &look.told {
            Err(why) => {
                let text = format!("is ready, and its agent does not answer: {why}");
                all.push(Fault::new("FD220", &subject, text).next(command));
            }
            Ok(stats) => {
                let disk = stats.alloc_dir_stats.as_ref().filter(|d| d.size > 0);
                if let Some((disk, used)) =
                    disk.map(|d| (d, d.used * 100 / d.size)).filter(|(_, p)| *p >= FULL_PERCENT)
                {
                    let text = format!("{} of allocations is {used} % full", disk.mountpoint);
                    let command = format!("fleet node gc {}", shell_word(&look.name));
                    all.push(Fault::new("FD221", &subject, text).next(command));
                }
            }
        }
        let (Some(own), Some(middle)) = (look.ahead_seconds, middle) else { continue };
        if (own - middle).abs() > CLOCK_SECONDS {
            let way = if own > middle { "ahead of" } else { "behind" };
            let text = format!("its clock is {:.0} s {way} that of the other nodes", (own - middle).abs());
            all.push(Fault::new("FD219", subject, text));
        }
    }
    if let Some(middle) = middle.filter(|m| m.abs() > CLOCK_SECONDS) {
        let way = if middle > 0.0 { "behind" } else { "ahead of" };
        let text = format!("its clock is {:.0} s {way} that of the nodes", middle.abs());
        all.push(Fault::new("FD219", "this machine", text));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(id: &str, priority: i64, dead: u64) -> JobStub {
        serde_json::from_value(
            json!({"ID": id, "Name": id, "Namespace": "default", "Type": "service", "Priority": priority,
            "Status": "running", "JobSummary": {"Children": {"Dead": dead}}}),
        )
        .unwrap()
    }

    fn codes(all: impl IntoIterator<Item = Fault>) -> Vec<String> {
        all.into_iter().map(|f| format!("{} {}", f.code, f.subject)).collect()
    }

    #[test]
    fn what_is_kept_and_priorities_that_tie_are_told() {
        assert_eq!(codes(finished_runs(&[job("a", 50, 499), job("b", 50, 500)])), ["FD120 job b"]);
        let on: SchedulerConfig =
            serde_json::from_value(json!({"PreemptionConfig": {"ServiceSchedulerEnabled": true}})).unwrap();
        assert!(priorities(&on, &[job("a", 50, 0), job("b", 59, 0)]).is_some());
        assert!(priorities(&on, &[job("a", 50, 0), job("b", 60, 0)]).is_none());
        assert!(priorities(&on, &[job("a", 50, 0)]).is_none());
        assert!(priorities(&SchedulerConfig::default(), &[job("a", 50, 0), job("b", 50, 0)]).is_none());
        let own = |threshold: &str| json!({"config": {"Server": {"JobGCThreshold": threshold, "EvalGCThreshold": ""}}});
        assert_eq!(codes(of_thresholds(&own("169h"))), ["FD218 cluster"]);
        assert!(of_thresholds(&own("4h")).is_empty() && of_thresholds(&own("")).is_empty());
    }

    #[test]
    fn a_job_for_every_node_that_runs_nowhere_is_told() {
        let of = |kind: &str, status: &str, counts: Value| -> JobStub {
            serde_json::from_value(
                json!({"ID": kind, "Name": kind, "Namespace": "default", "Type": kind, "Priority": 50,
                "Status": status, "JobSummary": {"Summary": {"g": counts}}}),
            )
            .unwrap()
        };
        let none = json!({"Queued": 1});
        let told = [of("system", "running", none.clone()), of("sysbatch", "dead", none.clone())];
        assert_eq!(codes(nowhere(&told)), ["FD121 job system", "FD121 job sysbatch"]);
        let calm = [
            of("service", "running", none.clone()),
            of("system", "pending", none),
            of("system", "running", json!({"Running": 1})),
            of("sysbatch", "dead", json!({"Complete": 3})),
        ];
        assert_eq!(codes(nowhere(&calm)), [""; 0]);
    }

    #[test]
    fn servers_that_are_left_over_are_told() {
        assert!(
            of_autopilot(&json!({"CleanupDeadServers": true})).is_none()
                && of_autopilot(&json!({})).is_none()
        );
        assert_eq!(
            of_autopilot(&json!({"CleanupDeadServers": false})).unwrap().object,
            Some(Object::Autopilot)
        );
        let raft: RaftConfiguration = serde_json::from_value(
            json!({"Servers": [{"ID": "1", "Node": "s1.global", "Address": "10.0.0.1:4647"},
            {"ID": "2", "Node": "(unknown)", "Address": "10.0.0.2:4647"}]}),
        )
        .unwrap();
        let members: Members = serde_json::from_value(
            json!({"Members": [{"Name": "s1.global", "Addr": "10.0.0.1", "Status": "alive"},
            {"Name": "s2.global", "Addr": "10.0.0.2", "Status": "failed"}]}),
        )
        .unwrap();
        assert_eq!(codes(of_raft(&raft, &members)), ["FD217 server (unknown)"]);
    }

    #[test]
    fn clocks_are_judged_by_the_middle_of_them() {
        let look = |name: &str, ahead: f64, used: u64| Look {
            name: name.into(),
            told: Ok(serde_json::from_value(
                json!({"AllocDirStats": {"Size": 100, "Used": used, "Mountpoint": "/"}}),
            )
            .unwrap()),
            ahead_seconds: Some(ahead),
        };
        assert!(of_looks(&[look("a", 0.1, 10), look("b", -1.0, 89)]).is_empty());
        let silent = Look { name: "d".into(), told: Err("no answer".into()), ahead_seconds: None };
        let told = of_looks(&[look("a", 0.0, 90), look("b", 30.0, 1), look("c", 0.0, 1), silent]);
        assert_eq!(codes(told), ["FD221 node a", "FD219 node b", "FD220 node d"]);
        let own = of_looks(&[look("a", 20.0, 1), look("b", 20.0, 1)]);
        assert_eq!(codes(own), ["FD219 this machine"]);
    }
}
