//! When a node is empty: was everything that left it found well, by Nomad and by Consul?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;

use crate::api::consul::health::{self, CheckStatus, ServiceEntry};
use crate::api::http::Http;
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{self, DeploymentStatus};
use crate::api::nomad::job::{Service, TaskGroup};
use crate::api::nomad::node::{self, NodeStatus};
use crate::error::{Error, Result};
use crate::model::check_words::failing;
use crate::model::drain_end::{self, DrainEnd};
use crate::model::ids::JobKey;
use crate::model::service_name;
use crate::ops::migration::live::{ClusterPicture, Live, Part};
use crate::ops::migration::progress::Progress;
use crate::ops::migration::snapshot;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::decide::{self, Phase};
use crate::ops::rotate::event::{Event, Purpose};
use crate::ops::rotate::options::Batch;
use crate::ops::rotate::rotation::{ProblemsBefore, Rotation, TICK};

/// How long checks, and Consul, may need to say what Nomad found healthy, beside two rounds of the service's slowest check.
pub(super) const CHECKS_SLACK: Duration = Duration::from_secs(10);
/// Services asked about side by side.
const READS_AT_ONCE: usize = 16;

/// How the services that moved off a node are once it is empty.
enum EmptyNodeState {
    Well,
    /// It may still get well.
    Unwell(Vec<String>, Duration),
    /// It will not get well by waiting.
    Bad(String),
}

/// What is amiss now, by id, and of which job.
#[derive(Debug, Default)]
struct Trouble {
    /// Evaluations that wait for room.
    blocked: BTreeMap<String, JobKey>,
    /// Deployments that have failed.
    failed: BTreeMap<String, JobKey>,
}

impl Rotation<'_> {
    /// Notes what is amiss already.
    pub(super) async fn look_before(&self, picture: &ClusterPicture) -> Result<ProblemsBefore> {
        let jobs: BTreeSet<JobKey> = picture.jobs.keys().cloned().collect();
        let (blocked, failed) = tokio::try_join!(
            snapshot::blocked_evaluations(&self.nomad, &jobs),
            failed_deployments(&self.nomad, &jobs)
        )?;
        Ok(ProblemsBefore { blocked: blocked.into_keys().collect(), failed: failed.into_keys().collect() })
    }

    /// Looks at nodes that are empty and sealed: whether they still are, how their drains ended, whether anything waits for room or
    /// failed since they were begun, and whether Consul agrees where it is asked. Each is looked at every now and then; whether something
    /// came of it.
    pub(super) async fn verify_nodes(&mut self, live: &mut Live, nodes: &[NodeRef]) -> Result<bool> {
        let now = self.recorder.now();
        let (mut due, mut is_first) = (Vec::new(), false);
        for node in nodes {
            let (since, last) = *self.verifying.entry(node.id.clone()).or_insert((now, now));
            if last != since && self.since(last) < TICK {
                continue;
            }
            is_first |= last == since;
            self.verifying.insert(node.id.clone(), (since, now.max(since + Duration::from_nanos(1))));
            due.push((node, since));
        }
        if due.is_empty() {
            return Ok(false);
        }
        let ids: BTreeSet<String> = due.iter().map(|(node, _)| node.id.clone()).collect();
        live.refresh_part(self.what_left(ids)).await?;
        let Some(picture) = live.picture() else { return Ok(false) };
        let decision = decide::decide(self.input(picture));
        self.read_checks(picture, &decision, is_first).await;
        // What came there meanwhile is no matter of a last look.
        let empty = decision.phases.iter().filter(|(_, phase)| *phase == Phase::Verifying);
        let empty: BTreeSet<&str> = empty.map(|(node, _)| node.id.as_str()).collect();
        due.retain(|(node, _)| empty.contains(node.id.as_str()));
        let trouble = self.find_trouble(picture).await?;
        let mut ended = false;
        for (node, since) in due {
            let found = self.examine(picture, node, &trouble).await?;
            ended |= self.take_verdict(node, since, found)?;
        }
        Ok(ended)
    }

    /// These nodes, with what took the places of what left them.
    fn what_left(&self, nodes: BTreeSet<String>) -> Part {
        let tracked = nodes.iter().filter_map(|id| self.recorder.memory.emptied.get(id)).flatten();
        let replacements = tracked.filter_map(|a| self.seen.get(&a.id)?.replacement());
        let allocs = replacements.map(str::to_owned).collect();
        Part { nodes, allocs, ..Part::default() }
    }

    /// Whether the look at a node is the last one.
    fn take_verdict(&mut self, node: &NodeRef, since: Timestamp, found: EmptyNodeState) -> Result<bool> {
        match found {
            EmptyNodeState::Well => {
                self.unwell.remove(&node.id);
                self.run.verified.insert(node.id.clone());
                let seconds = self.seconds_since_its_begin(node);
                if let Some(takes) = self.expected.get(&node.id) {
                    let slowness = seconds / takes.as_secs_f64().max(1.0);
                    self.run.slowness = self.run.slowness.max(slowness);
                }
                let node = node.clone();
                self.recorder.emit(match (self.goal.purpose, &self.goal.options.service) {
                    (Purpose::Rebalance, _) => Event::NodeRelieved { node, seconds },
                    (Purpose::Rotation, None) => Event::NodeRotated { node, seconds },
                    (Purpose::Rotation, Some(_)) => Event::NodeEmptied { node, seconds },
                })?;
                Ok(true)
            }
            EmptyNodeState::Unwell(why, patience) if self.since(since) > patience => {
                self.run.unverified.insert(node.id.clone(), why.join("; "));
                Ok(true)
            }
            EmptyNodeState::Unwell(why, _) => {
                self.unwell.insert(node.id.clone(), why);
                Ok(false)
            }
            EmptyNodeState::Bad(why) => {
                self.run.unverified.insert(node.id.clone(), why);
                Ok(true)
            }
        }
    }

    async fn examine(
        &mut self,
        picture: &ClusterPicture,
        node: &NodeRef,
        trouble: &Trouble,
    ) -> Result<EmptyNodeState> {
        let drained = self.goal.purpose == Purpose::Rotation;
        if drained && let Some(bad) = self.judge_drain(node).await? {
            return Ok(EmptyNodeState::Bad(bad));
        }
        let tracked = self.recorder.memory.emptied.get(&node.id).into_iter().flatten();
        let jobs: BTreeSet<JobKey> = tracked.clone().map(AllocRef::job_key).collect();
        if let Some(bad) = self.new_trouble(trouble, &jobs) {
            return Ok(EmptyNodeState::Bad(bad));
        }
        let replacements: Vec<&AllocStub> = tracked
            .filter_map(|a| match self.seen.get(&a.id) {
                Some(Progress::Moved { replacement }) => picture.allocs.iter().find(|n| n.id == *replacement),
                _ => None,
            })
            .collect();
        let doubts = replacements.iter().filter_map(|a| {
            let why = self.run.doubt(&a.id)?;
            Some(format!("{} on {}: {why}", a.name, a.node_name))
        });
        let doubts: Vec<String> = doubts.collect();
        if !doubts.is_empty() {
            let services = replacements.iter().flat_map(|a| services(picture, a));
            let slowest = services.map(slowest_check).max().unwrap_or_default();
            return Ok(EmptyNodeState::Unwell(doubts, CHECKS_SLACK + slowest * 2));
        }
        self.ask_consul(picture, &replacements).await
    }

    /// `complete` alone proves nothing of the node, and another drain than ours is not ours to judge.
    async fn judge_drain(&self, node: &NodeRef) -> Result<Option<String>> {
        let now = match self.nomad.read(&node::get(&node.id)).await {
            Ok(reply) => reply.value,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let Some(end) = drain_end::of(&now, now.last_drain.as_ref().and_then(|d| d.started_at)) else {
            return Ok(None);
        };
        let up = matches!(now.status, NodeStatus::Ready | NodeStatus::Initializing);
        Ok(match end {
            DrainEnd::Complete if !up => Some(format!("its status is {}", now.status)),
            DrainEnd::Complete => None,
            DrainEnd::Forced if self.may_kill() => None,
            end => Some(end.to_string()),
        })
    }

    /// Whether work that still runs may be stopped at a deadline.
    fn may_kill(&self) -> bool {
        let options = &self.goal.options;
        options.batch == Some(Batch::Kill) || options.pace.batch_limit.is_some()
    }

    /// Evaluations of these jobs that wait for room and did not before, in words.
    pub(super) async fn new_blocked(&self, jobs: &BTreeSet<JobKey>) -> Result<Option<String>> {
        let Some(before) = &self.before else { return Ok(None) };
        let blocked = snapshot::blocked_evaluations(&self.nomad, jobs).await?;
        Ok(blocked.iter().find(|(id, _)| !before.blocked.contains(*id)).map(|(_, job)| {
            format!("job {job} waits for room since the rotation began: `fleet eval list --status blocked` says for what")
        }))
    }

    /// Deployments of these jobs that failed and had not before, in words.
    pub(super) async fn new_failures(&self, jobs: &BTreeSet<JobKey>) -> Result<Option<String>> {
        let Some(before) = &self.before else { return Ok(None) };
        let failed = failed_deployments(&self.nomad, jobs).await?;
        let new = failed.iter().find(|(id, _)| !before.failed.contains(*id));
        Ok(new.map(|(_, job)| format!("a deployment of job {job} failed since the rotation began")))
    }

    /// What waits for room and what failed, of all jobs that are concerned.
    async fn find_trouble(&self, picture: &ClusterPicture) -> Result<Trouble> {
        if self.before.is_none() {
            return Ok(Trouble::default());
        }
        let jobs: BTreeSet<JobKey> = picture.jobs.keys().cloned().collect();
        let (blocked, failed) = tokio::try_join!(
            snapshot::blocked_evaluations(&self.nomad, &jobs),
            failed_deployments(&self.nomad, &jobs)
        )?;
        Ok(Trouble { blocked, failed })
    }

    /// What of it is about these jobs and was not there before, in words.
    fn new_trouble(&self, trouble: &Trouble, jobs: &BTreeSet<JobKey>) -> Option<String> {
        let before = self.before.as_ref()?;
        let mut blocked = trouble.blocked.iter().filter(|(_, job)| jobs.contains(job));
        if let Some((_, job)) = blocked.find(|(id, _)| !before.blocked.contains(*id)) {
            return Some(format!(
                "job {job} waits for room since this node was emptied: `fleet eval list --status blocked` says for what"
            ));
        }
        let mut failed = trouble.failed.iter().filter(|(_, job)| jobs.contains(job));
        let new = failed.find(|(id, _)| !before.failed.contains(*id));
        new.map(|(_, job)| format!("a deployment of job {job} failed while this node was emptied"))
    }

    /// Nomad's verdict is debounced and final; after it only Consul sees a failure (`consul-api.md`, gate timings).
    async fn ask_consul(&mut self, picture: &ClusterPicture, moved: &[&AllocStub]) -> Result<EmptyNodeState> {
        let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        for alloc in moved {
            for service in consul_services(picture, alloc) {
                match service_name::known(&service.name, alloc) {
                    Some(name) => expected.entry(name).or_default().add(alloc, &service),
                    None => drop(unknown.insert(service.name.clone())),
                }
            }
        }
        if expected.is_empty() && unknown.is_empty() {
            return Ok(EmptyNodeState::Well);
        }
        let Some(consul) = self.consul.clone() else {
            self.notice_once("Consul was not asked about the moved services: CONSUL_HTTP_ADDR is not set")?;
            return Ok(EmptyNodeState::Well);
        };
        for name in unknown {
            self.notice_once(&format!(
                "Consul was not asked about service {name}: its name is only known on the node"
            ))?;
        }
        let slowest = expected.values().map(|e| e.slowest).max().unwrap_or_default();
        let missing: Vec<Vec<String>> = stream::iter(expected.iter())
            .map(|(name, expected)| ask_about(&consul, name, &expected.allocs))
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        let missing: Vec<String> = missing.into_iter().flatten().collect();
        Ok(if missing.is_empty() {
            EmptyNodeState::Well
        } else {
            EmptyNodeState::Unwell(missing, CHECKS_SLACK + slowest * 2)
        })
    }
}

fn consul_services(picture: &ClusterPicture, alloc: &AllocStub) -> Vec<Service> {
    services(picture, alloc).filter(|s| s.provider != "nomad" && !s.name.is_empty()).cloned().collect()
}

fn services<'p>(picture: &'p ClusterPicture, alloc: &AllocStub) -> impl Iterator<Item = &'p Service> {
    let document = picture.jobs.get(&JobKey::of(alloc));
    let group = document.and_then(|d| d.job.group(&alloc.task_group));
    group.into_iter().flat_map(TaskGroup::all_services)
}

/// The longest pause between two runs of one of its checks.
fn slowest_check(service: &Service) -> Duration {
    service.checks.iter().map(|c| c.interval.duration()).max().unwrap_or_default()
}

/// What Consul says against these allocations of a service.
async fn ask_about(consul: &Http, name: &str, allocs: &BTreeSet<String>) -> Result<Vec<String>, Error> {
    let entries = consul.read(&health::service(name)).await?.value;
    let missing = not_passing(&entries, allocs);
    if missing.is_empty() {
        return Ok(missing);
    }
    // No entry at all may be a missing right, which is not the same as no instance.
    let right = if entries.is_empty() {
        " (an empty answer may be a missing right: service_prefix \"\" and node_prefix \"\" read)"
    } else {
        ""
    };
    let told =
        format!("Consul does not find service {name} well after its move: {}{right}", missing.join(", "));
    Ok(vec![told])
}

#[derive(Debug, Default)]
struct Expected {
    allocs: BTreeSet<String>,
    /// The longest pause between two runs of one of its checks.
    slowest: Duration,
}

impl Expected {
    fn add(&mut self, alloc: &AllocStub, service: &Service) {
        self.allocs.insert(alloc.id.clone());
        self.slowest = self.slowest.max(slowest_check(service));
    }
}

/// What Consul says against these allocations: each must have an entry, and all checks of it must pass.
fn not_passing(entries: &[ServiceEntry], allocs: &BTreeSet<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for alloc in allocs {
        let short = crate::model::ids::short(alloc);
        let mut own = entries.iter().filter(|e| e.service.alloc_id() == Some(alloc)).peekable();
        if own.peek().is_none() {
            missing.push(format!("allocation {short} is not registered"));
        }
        for entry in own {
            let bad = entry.checks.iter().filter(|c| c.status != CheckStatus::Passing);
            missing.extend(bad.map(|c| {
                let words = failing(&c.name, "", "is not passing", 0, &c.output);
                format!("allocation {short}: {words}")
            }));
        }
    }
    missing
}

async fn failed_deployments(nomad: &Http, jobs: &BTreeSet<JobKey>) -> Result<BTreeMap<String, JobKey>> {
    let call = deployment::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"failed\""));
    let found = nomad.list(&call).await?.value;
    let failed = found
        .into_iter()
        .filter(|d| d.status == DeploymentStatus::Failed)
        .map(|d| (d.id, JobKey::new(d.namespace, d.job_id)));
    Ok(failed.filter(|(_, job)| jobs.contains(job)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOC: &str = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";

    fn entry(statuses: &[&str]) -> ServiceEntry {
        let checks: Vec<_> = statuses
            .iter()
            .map(|s| serde_json::json!({"CheckID": "c", "Name": "alive", "Status": s, "Output": "no\n"}))
            .collect();
        serde_json::from_value(serde_json::json!({
            "Node": {"Node": "n"},
            "Service": {"ID": format!("_nomad-task-{ALLOC}-group-g-web-http"), "Service": "web"},
            "Checks": checks,
        }))
        .unwrap()
    }

    #[test]
    fn every_allocation_must_be_there_with_all_checks_passing() {
        let allocs = BTreeSet::from([ALLOC.to_owned()]);
        assert!(not_passing(&[entry(&["passing", "passing"])], &allocs).is_empty());
        assert_eq!(not_passing(&[], &allocs), ["allocation ce002575 is not registered"]);
        let bad = not_passing(&[entry(&["passing", "critical"])], &allocs);
        assert_eq!(bad, ["allocation ce002575: check \"alive\" is not passing: no"]);
    }
}
