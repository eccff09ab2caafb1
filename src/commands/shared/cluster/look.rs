//! The requests behind `fleet status` and `fleet ui`, side by side.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::api::http::{Http, Meta, Patience, Reply};
use crate::api::nomad::acl::{self, Token};
use crate::api::nomad::agent::{self, Members};
use crate::api::nomad::allocation::{self, AllocUse, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::{self, JobBrief};
use crate::api::nomad::node::{self, NodeStatus, NodeStub};
use crate::api::nomad::operator::{self, AutopilotHealth};
use crate::api::{Problem, Result};
use crate::commands::shared::cluster::rotations::{self, RotationsSeen};
use crate::commands::shared::present::{self, ObservedHealth};
use crate::error::{Error, Result as ErrorResult};
use crate::exit_code::ExitCode;
use crate::model::capacity::{self, Amount};
use crate::model::ids::JobKey;
use crate::model::job_health::{Instance, PerNodePlace, Tally};
use crate::model::present_health::HealthVerdict;
use crate::model::running_version::VersionRecord;
use crate::model::unseen_end;
use crate::ops::running_version;

/// How long autopilot, the token and the rotations may take. They need the leader; without one the rest of the view is worth more than its answer.
const AUTOPILOT: Patience = Patience(Duration::from_secs(3));

/// Evaluations that wait: for room, or for their time.
const OPEN: &str = "Status matches \"^(blocked|pending)$\"";

/// What was seen of the cluster. Every part may be missing for a reason of its own.
pub(crate) struct ClusterObservation {
    pub(crate) nodes: Result<Vec<NodeStub>>,
    pub(crate) jobs: Result<Vec<JobBrief>>,
    pub(crate) work: Result<AllocTotals>,
    pub(crate) blocked: Result<Vec<Evaluation>>,
    pub(crate) members: Result<Members>,
    /// None when there is no leader to ask, or only one server.
    pub(crate) autopilot: Option<Result<AutopilotHealth>>,
    /// Whether the servers know a leader; none when nothing said so.
    pub(crate) leader: Option<bool>,
    /// When the token stops to be good; none where it never does, or that is not known.
    pub(crate) token_expires_at: Option<Timestamp>,
    /// How what runs does at this moment.
    pub(crate) present: Result<ObservedHealth>,
    /// The rotations that have not ended; none where the token may not see them.
    pub(crate) rotations: ErrorResult<Option<RotationsSeen>>,
    /// Age of the oldest part.
    pub(crate) age: Duration,
}

impl ClusterObservation {
    /// Whether nothing could be read.
    pub(super) fn is_lost(&self) -> bool {
        self.nodes.is_err() && self.jobs.is_err() && self.work.is_err()
    }

    /// What of the cluster could not be read, with the exit code of the first of it; none where nothing is missing. Checks that
    /// clients or Consul run, and autopilot's opinion, are missing more often: they are told, and are no part of this.
    pub(crate) fn unread(&self) -> Option<Error> {
        let parts = [
            ("nodes", self.nodes.as_ref().err()),
            ("jobs", self.jobs.as_ref().err()),
            ("allocations", self.work.as_ref().err()),
            ("blocked evaluations", self.blocked.as_ref().err()),
            ("servers", self.members.as_ref().err()),
        ];
        let missing: Vec<_> = parts.into_iter().filter_map(|(part, why)| Some((part, why?))).collect();
        let (_, first) = missing.first()?;
        let names: Vec<&str> = missing.iter().map(|(part, _)| *part).collect();
        // A server that is too old for a list has not missed an object.
        let code = match first.exit_code() {
            ExitCode::NotFound => ExitCode::Failed,
            code => code,
        };
        let error = Error::new(code, format!("not known: {}", names.join(", ")));
        Some(error.because(first.why()))
    }
}

/// Counts of allocations over the whole cluster.
#[derive(Debug, Default)]
pub(crate) struct AllocTotals {
    /// By node id, what is taken there.
    pub(crate) used: HashMap<String, Amount>,
    /// By node id, MiB of disk that are taken there.
    pub(crate) disk: HashMap<String, u64>,
    /// By job.
    pub(crate) tallies: HashMap<JobKey, Tally>,
    /// By job, how many run of each version.
    pub(crate) versions: HashMap<JobKey, BTreeMap<u64, u64>>,
    /// By job, since when the last of its canaries is healthy; none as long as one is not.
    pub(crate) canaries_since: HashMap<JobKey, Option<Timestamp>>,
    /// By job, what is in doubt: whether it has ended can only its node tell. The node's id and what the servers say.
    pub(crate) in_doubt: HashMap<JobKey, Vec<(String, Instance)>>,
    /// By job that has an instance on each node and no end, and by the id of a node: how it is there.
    pub(crate) places: HashMap<JobKey, HashMap<String, PerNodePlace>>,
    /// By the id of its node, what was starting when it told last.
    starting: HashMap<String, Vec<JobKey>>,
    /// Failed allocations that are to be retried, with the evaluation that does it.
    retries: Vec<(JobKey, Instance, String)>,
    /// Those that run and whose version is in doubt.
    doubtful: Vec<VersionRecord>,
    /// Canaries that were found healthy, by their ids.
    canaries: Vec<(JobKey, String)>,
    /// What runs, is no canary and was found unhealthy once, by its id.
    found_unhealthy: Vec<(JobKey, String)>,
}

impl AllocTotals {
    pub(crate) fn add(&mut self, row: AllocUse) {
        let instance = Instance::from(&row);
        let doubtful = VersionRecord::of_use(&row);
        if unseen_end::may_still_run(instance.client, instance.desired, None) {
            let job = JobKey::new(&*row.namespace, &*row.job_id);
            self.in_doubt.entry(job).or_default().push((row.node_id.clone(), instance));
        }
        if instance.client == ClientStatus::Pending && instance.desired == DesiredStatus::Run {
            let job = JobKey::new(&*row.namespace, &*row.job_id);
            self.starting.entry(row.node_id.clone()).or_default().push(job);
        }
        if row.job_type.is_per_node() && !row.job_type.ends() {
            let job = JobKey::new(&*row.namespace, &*row.job_id);
            self.places.entry(job).or_default().entry(row.node_id.clone()).or_default().add(&row);
        }
        // An allocation that was told to stop takes its room until its client says that it ended.
        if let Some(resources) = row.allocated_resources.as_ref().filter(|_| !row.client_status.is_terminal())
        {
            *self.disk.entry(row.node_id.clone()).or_default() += resources.shared.disk_mib;
            *self.used.entry(row.node_id).or_default() += capacity::taken(resources);
        }
        let job = JobKey::new(row.namespace, row.job_id);
        let runs = instance.client == ClientStatus::Running && instance.desired == DesiredStatus::Run;
        if runs {
            *self.versions.entry(job.clone()).or_default().entry(row.job_version).or_default() += 1;
            self.doubtful.extend(doubtful);
        }
        if runs && !instance.canary && instance.healthy == Some(false) {
            self.found_unhealthy.push((job.clone(), row.id.clone()));
        }
        if instance.canary && runs {
            let healthy =
                row.deployment_status.timestamp.filter(|_| row.deployment_status.healthy == Some(true));
            let since = self.canaries_since.entry(job.clone()).or_insert(healthy);
            *since = since.zip(healthy).map(|(a, b)| a.max(b));
            if instance.healthy == Some(true) {
                self.canaries.push((job.clone(), row.id));
            }
        }
        if instance.retried && row.client_status == ClientStatus::Failed {
            self.retries.push((job, instance, row.followup_eval_id));
        } else {
            self.tallies.entry(job).or_default().add(instance);
        }
    }

    /// Counts what was starting on nodes that are away as out of sight: it may run there or not.
    fn look_at_nodes(&mut self, nodes: &[NodeStub]) {
        let away = nodes.iter().filter(|n| matches!(n.status, NodeStatus::Down | NodeStatus::Disconnected));
        for job in away.filter_map(|n| self.starting.remove(&n.id)).flatten() {
            if let Some(tally) = self.tallies.get_mut(&job) {
                tally.pending = tally.pending.saturating_sub(1);
                tally.disconnected += 1;
            }
        }
    }

    /// Counts failed allocations as to be retried when their evaluation is still waiting.
    fn settle_retries(&mut self, waits: impl Fn(&str) -> bool) {
        for (job, instance, eval) in std::mem::take(&mut self.retries) {
            self.tallies.entry(job).or_default().add(instance.retried_when(waits(&eval)));
        }
    }

    /// The canaries that were found healthy and of whose checks nothing was heard: nobody could be asked, or they are too many. One
    /// request where Consul was not asked.
    async fn unheard_canaries(
        &self,
        nomad: &Http,
        namespace: &str,
        present: Option<&ObservedHealth>,
    ) -> BTreeSet<String> {
        let all: BTreeSet<String> = self.canaries.iter().map(|(_, id)| id.clone()).collect();
        let Some(present) = present.filter(|_| !all.is_empty()) else { return all };
        let mut unheard: BTreeSet<String> = all.intersection(&present.unasked).cloned().collect();
        if !present.consul.asked {
            let in_consul = present::checked_in_consul(nomad, namespace, &all).await;
            unheard.extend(in_consul.unwrap_or(all));
        }
        unheard
    }

    /// Counts canaries by how they do at this moment; of the unheard ones that is not known.
    fn look_at_canaries(&mut self, present: Option<&ObservedHealth>, unheard: &BTreeSet<String>) {
        for (job, id) in std::mem::take(&mut self.canaries) {
            let seen = present.and_then(|present| present.allocs.get(&id)).map(|health| health.verdict);
            let verdict = match seen {
                Some(HealthVerdict::Unhealthy) => seen,
                _ if unheard.contains(&id) => Some(HealthVerdict::NotKnown),
                _ => seen,
            };
            if let (Some(tally), Some(HealthVerdict::Unhealthy | HealthVerdict::NotKnown)) =
                (self.tallies.get_mut(&job), verdict)
            {
                tally.healthy_canaries -= 1;
                self.canaries_since.insert(job, None);
                tally.unhealthy_canaries += u64::from(verdict == Some(HealthVerdict::Unhealthy));
                tally.doubtful_canaries += u64::from(verdict == Some(HealthVerdict::NotKnown));
            }
        }
    }

    /// What was found unhealthy once and was looked at now does not count as that: that was a record, and the look tells. One
    /// request where there is such.
    async fn look_at_unhealthy(&mut self, nomad: &Http, namespace: &str, present: Option<&ObservedHealth>) {
        let found = std::mem::take(&mut self.found_unhealthy);
        let Some(present) = present.filter(|_| !found.is_empty()) else { return };
        let ids: BTreeSet<String> = found.iter().map(|(_, id)| id.clone()).collect();
        let Ok(in_consul) = present::checked_in_consul(nomad, namespace, &ids).await else { return };
        self.forget_unhealthy(found.iter().filter(|(_, id)| was_looked_at(present, &in_consul, id)));
    }

    fn forget_unhealthy<'a>(&mut self, looked_at: impl Iterator<Item = &'a (JobKey, String)>) {
        for (job, _) in looked_at {
            if let Some(tally) = self.tallies.get_mut(job) {
                tally.unhealthy = tally.unhealthy.saturating_sub(1);
            }
        }
    }

    /// Counts what came back with a node by the version that it runs.
    async fn correct_versions(&mut self, nomad: &Http) {
        let doubtful = std::mem::take(&mut self.doubtful);
        let running = running_version::of(nomad, &doubtful.iter().collect::<Vec<_>>()).await;
        for (record, version) in doubtful.iter().zip(running).filter(|(r, running)| r.version != *running) {
            let counts = self.versions.entry(record.job.clone()).or_default();
            if let Some(recorded) = counts.get_mut(&record.version) {
                *recorded -= 1;
            }
            *counts.entry(version).or_default() += 1;
            counts.retain(|_, n| *n > 0);
        }
    }

    /// The namespaces of what was seen.
    pub(crate) fn namespaces(&self) -> BTreeSet<String> {
        self.tallies.keys().map(|job| job.namespace.clone()).collect()
    }
}

/// Looks at the cluster: a constant number of requests whatever its size, from any server, with a leader or without.
pub(crate) async fn look(
    nomad: &Http,
    consul: Option<&Http>,
    namespace: &str,
    all: bool,
    now: Timestamp,
) -> ClusterObservation {
    let sight = AnswerAge::default();
    let patient = nomad.with_patience(AUTOPILOT);
    let nodes = node::list_with_resources().stale();
    let jobs = job::briefs().namespace(namespace).stale();
    let open = evaluation::list().namespace(namespace).filter(Some(OPEN)).stale();
    let (nodes, jobs, mut work, open, present, token, rotations, (members, autopilot)) = tokio::join!(
        async { sight.take(nomad.list(&nodes).await) },
        async { sight.take(nomad.list(&jobs).await) },
        totals(nomad, namespace, &sight),
        async { sight.take(nomad.list(&open).await) },
        present::look(nomad, consul, namespace, None, all, now),
        own_token(nomad),
        rotations::look(&patient),
        servers(nomad, &sight),
    );
    let rotations = match rotations {
        Ok(Some(none)) if none.is_empty() && !token.as_ref().is_some_and(Token::is_management) => {
            rotations::make_sure(nomad, none).await
        }
        rotations => rotations,
    };
    // A server that could not reach the leader for so long has none, whatever it reports.
    let unreachable = matches!(&autopilot, Some(Err(e)) if e.problem == Problem::NoLeader);
    let (mut leader, age) = sight.conclude(unreachable);
    // What a token may not see at all is answered without a word of the leader (seen on 2.0.5), as if there was none.
    if leader == Some(false) && !unreachable {
        let named = nomad.with_patience(AUTOPILOT).read(&agent::leader()).await;
        leader = Some(named.is_ok_and(|named| !named.value.is_empty()));
    }
    if let Ok(work) = &mut work {
        work.settle_retries(|id| open.as_ref().map_or(true, |open| open.iter().any(|e| e.id == id)));
        let seen = present.as_ref().ok();
        let unheard = work.unheard_canaries(nomad, namespace, seen).await;
        work.look_at_canaries(seen, &unheard);
        work.look_at_unhealthy(nomad, namespace, seen).await;
        work.look_at_nodes(nodes.as_deref().unwrap_or_default());
    }
    let blocked = open.map(|mut open| {
        open.retain(|e| e.status == EvalStatus::Blocked);
        open
    });
    ClusterObservation {
        nodes,
        jobs,
        work,
        blocked,
        members,
        autopilot,
        leader,
        token_expires_at: token.and_then(|token| token.expiration_time),
        present,
        rotations,
        age,
    }
}

/// Whether a look at what runs has decided how this allocation is. What has checks in Consul and is not among the critical ones
/// is well where Consul was asked.
fn was_looked_at(present: &ObservedHealth, in_consul: &BTreeSet<String>, id: &str) -> bool {
    let verdict = present.allocs.get(id).map(|health| health.verdict);
    let decided = match verdict {
        Some(HealthVerdict::Unhealthy) => true,
        Some(HealthVerdict::Healthy) => present.consul.asked || !in_consul.contains(id),
        Some(HealthVerdict::NotKnown) => false,
        None => present.consul.asked && in_consul.contains(id),
    };
    decided && !present.unasked.contains(id)
}

/// What runs, counted.
async fn totals(nomad: &Http, namespace: &str, sight: &AnswerAge) -> Result<AllocTotals> {
    let allocs = allocation::list_resources().namespace(namespace).stale();
    let mut work = sight.take(nomad.fold(&allocs, AllocTotals::default, AllocTotals::add).await)?;
    work.correct_versions(nomad).await;
    Ok(work)
}

/// The token that is used. Where there is none to ask for, the other parts say what may not be seen.
async fn own_token(nomad: &Http) -> Option<Token> {
    if !nomad.has_token() {
        return None;
    }
    let token = nomad.with_patience(AUTOPILOT).read(&acl::token_self()).await;
    token.ok().map(|reply| reply.value)
}

/// What the gossip says of the servers, and what autopilot says where there are several. The gossip remembers the dead that autopilot
/// forgets (`nomad-api.md §9.4`): of five servers that lost two, autopilot finds three of three well.
async fn servers(nomad: &Http, sight: &AnswerAge) -> (Result<Members>, Option<Result<AutopilotHealth>>) {
    let members = nomad.read(&agent::members()).await.map(|reply| reply.value.of_region(nomad.region()));
    if members.as_ref().is_ok_and(|members| members.here().count() == 1) {
        return (members, None);
    }
    let (patient, autopilot) = (nomad.with_patience(AUTOPILOT), operator::autopilot_health());
    let health = tokio::select! {
        health = patient.read(&autopilot) => Some(health.map(|reply| reply.value)),
        () = sight.leaderless.notified() => None,
    };
    (members, health)
}

/// Whether there is a leader and how old the data is, from the answers' headers.
#[derive(Default)]
struct AnswerAge {
    leaderless: Notify,
    metas: std::cell::RefCell<Vec<(Meta, Instant)>>,
}

impl AnswerAge {
    fn take<T>(&self, reply: Result<Reply<T>>) -> Result<T> {
        reply.map(|Reply { value, meta }| {
            if meta.known_leader == Some(false) {
                self.leaderless.notify_one();
            }
            self.metas.borrow_mut().push((meta, Instant::now()));
            value
        })
    }

    fn conclude(self, unreachable: bool) -> (Option<bool>, Duration) {
        let metas = self.metas.into_inner();
        let said: Vec<bool> = metas.iter().filter_map(|(m, _)| m.known_leader).collect();
        let leader = (!said.is_empty()).then(|| !unreachable && said.iter().all(|known| *known));
        // What was read first waits for the last answer.
        let ages = metas.iter().map(|(m, arrived)| m.last_contact.unwrap_or_default() + arrived.elapsed());
        let age = ages.max().unwrap_or_default();
        (leader, age)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::present_health::{Checks, PresentHealth};

    fn seen(verdict: HealthVerdict) -> PresentHealth {
        PresentHealth { verdict, reasons: Vec::new(), checks: Checks::default(), restarts_lately: 0 }
    }

    #[test]
    fn what_was_found_at_a_deployment_does_not_count_where_a_look_tells() {
        let mut present = ObservedHealth::default();
        for (id, verdict) in [
            ("well", HealthVerdict::Healthy),
            ("bad", HealthVerdict::Unhealthy),
            ("doubt", HealthVerdict::NotKnown),
        ] {
            present.allocs.insert(id.to_owned(), seen(verdict));
        }
        let in_consul = BTreeSet::from(["calm".to_owned()]);
        let told = |present: &ObservedHealth| {
            ["well", "bad", "doubt", "calm", "bare"].map(|id| was_looked_at(present, &in_consul, id))
        };
        assert_eq!(told(&present), [true, true, false, false, false], "Consul was not asked");
        present.consul.asked = true;
        assert_eq!(told(&present), [true, true, false, true, false]);
        present.unasked.insert("well".to_owned());
        assert_eq!(told(&present), [false, true, false, true, false]);
    }

    #[test]
    fn only_what_runs_and_was_found_unhealthy_is_looked_at_again() {
        let mut work = AllocTotals::default();
        for (id, client, healthy) in [("a", "running", false), ("b", "running", true), ("c", "failed", false)]
        {
            let row = json!({
                "ID": id, "JobID": "web", "Namespace": "default", "DesiredStatus": "run", "ClientStatus": client,
                "DeploymentStatus": {"Healthy": healthy},
            });
            work.add(serde_json::from_value(row).unwrap());
        }
        let key = JobKey::new("default", "web");
        assert_eq!(work.found_unhealthy, [(key.clone(), "a".to_owned())]);
        assert_eq!(work.tallies[&key].unhealthy, 1);
        let found = std::mem::take(&mut work.found_unhealthy);
        work.forget_unhealthy(found.iter());
        assert_eq!((work.tallies[&key].unhealthy, work.tallies[&key].running), (0, 2));
    }
}
