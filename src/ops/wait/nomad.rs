//! What of Nomad's can be waited for: each held up to date by blocking queries.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use super::{LOOK, Subject};
use crate::api;
use crate::api::http::{Get, Http, Patience, Reply};
use crate::api::nomad::allocation::{self, AllocStub, Allocation, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::node::{self, Node};
use crate::api::watch::Watch;
use crate::error::Result;
use crate::model::condition::alloc::AllocCondition;
use crate::model::condition::deployment::DeploymentCondition;
use crate::model::condition::eval::EvalCondition;
use crate::model::condition::job::JobCondition;
use crate::model::condition::node::NodeCondition;
use crate::model::condition::{
    ConditionState, alloc, deployment as of_deployment, eval, job as of_job, node as of_node,
};
use crate::model::ids::JobKey;
use crate::model::rollout::look::{self, HealthLook};
use crate::model::rollout::{JobObservation, RolloutState};
use crate::ops::deploy::watch::JobWatch;
use crate::ops::present_health::Sources;
use crate::ops::unseen_end;

/// How many allocations' clients may be asked in a second, while what they say is waited for.
const LOOKS_A_SECOND: usize = 50;

/// An object that may not be there, and may come (back).
pub(super) struct Followed<T> {
    http: Http,
    call: Get<T>,
    states: Pin<Box<dyn Stream<Item = api::Result<Reply<T>>>>>,
    gone: bool,
}

impl<T: DeserializeOwned + 'static> Followed<T> {
    pub(super) fn new(http: &Http, call: Get<T>) -> Self {
        let states = Watch::new(http, call.clone(), Patience::OPERATION).states();
        Followed { http: http.clone(), call, states, gone: false }
    }

    /// The next state; none while it is not there, told again after a moment.
    pub(super) async fn next(&mut self) -> api::Result<Option<T>> {
        if self.gone {
            sleep(LOOK).await;
            self.states = Watch::new(&self.http, self.call.clone(), Patience::OPERATION).states();
            self.gone = false;
        }
        match self.states.next().await {
            Some(Ok(reply)) => Ok(Some(reply.value)),
            Some(Err(e)) if e.is_not_found() => {
                self.gone = true;
                Ok(None)
            }
            Some(Err(e)) => Err(e),
            None => std::future::pending().await,
        }
    }
}

/// Two objects that belong together, as they were last seen.
struct Pair<A, B> {
    first: Followed<A>,
    second: Followed<B>,
    seen: (Option<Option<A>>, Option<Option<B>>),
}

impl<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static> Pair<A, B> {
    fn new(http: &Http, first: Get<A>, second: Get<B>) -> Self {
        Pair { first: Followed::new(http, first), second: Followed::new(http, second), seen: (None, None) }
    }

    async fn changed(&mut self) -> Result<()> {
        loop {
            let told = self.seen.0.is_some() && self.seen.1.is_some();
            tokio::select! {
                first = self.first.next() => self.seen.0 = Some(first?),
                second = self.second.next() => self.seen.1 = Some(second?),
                () = sleep(LOOK), if told => return Ok(()),
            }
            if self.seen.0.is_some() && self.seen.1.is_some() {
                return Ok(());
            }
        }
    }

    fn first(&self) -> Option<&A> {
        self.seen.0.as_ref().and_then(Option::as_ref)
    }

    fn second(&self) -> Option<&B> {
        self.seen.1.as_ref().and_then(Option::as_ref)
    }
}

/// When clients were asked last, to ask them not too often.
#[derive(Debug, Default)]
struct LookPace(Option<Timestamp>);

impl LookPace {
    /// Whether it is time for a look at so many allocations; notes it.
    fn due(&mut self, now: Timestamp, allocs: usize) -> bool {
        let pause = Duration::from_secs((allocs / LOOKS_A_SECOND) as u64);
        let due = self.0.is_none_or(|last| now.duration_since(last).unsigned_abs() >= pause);
        if due {
            self.0 = Some(now);
        }
        due
    }
}

/// A job with all that belongs to it.
pub struct JobSubject {
    nomad: Http,
    watch: JobWatch,
    sources: Sources,
    condition: JobCondition,
    looks: LookPace,
    looked: Option<HealthLook>,
}

impl JobSubject {
    /// A condition of this job.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, key: &JobKey, condition: JobCondition) -> Self {
        JobSubject {
            nomad: nomad.clone(),
            watch: JobWatch::new(nomad, &key.namespace, &key.id),
            sources: Sources::new(nomad, consul),
            condition,
            looks: LookPace::default(),
            looked: None,
        }
    }

    async fn look(&mut self, now: Timestamp) {
        let seen = &self.watch.seen;
        let Some((target, state)) = of_job::record(seen, now) else { return };
        if !of_job::needs_look(self.condition, &state) {
            self.looked = None;
            return;
        }
        let allocs: Vec<AllocStub> = look::that_count(&target, seen).cloned().collect();
        let Some(job) = seen.job.as_ref().filter(|_| self.looks.due(now, allocs.len())) else { return };
        if let Some(d) =
            seen.deployment(&target).filter(|_| matches!(state, RolloutState::CanariesReady { .. }))
        {
            self.looked = Some(self.sources.look_at_canaries(job, d, &seen.allocs, &[], now).await);
        } else {
            let health = self.sources.of_job(job, &allocs, now).await;
            self.looked = Some(look::judge(&target, seen, &health));
        }
    }
}

impl Subject for JobSubject {
    async fn changed(&mut self) -> Result<()> {
        while !self.watch.next().await? {}
        Ok(())
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        self.watch.seen.sight(now);
        if self.condition == JobCondition::Stopped {
            self.watch.seen.unseen = unseen_end::among(&self.nomad, &self.watch.seen.allocs).await?;
        }
        self.look(now).await;
        let standing = of_job::standing(self.condition, &self.watch.seen, self.looked.as_ref(), now);
        let ConditionState::NotYet(words) = standing else { return Ok(standing) };
        // What was lost with its node may run on there, while others are waited for.
        if self.condition != JobCondition::Stopped {
            let unseen = unseen_end::among(&self.nomad, &self.watch.seen.allocs).await;
            self.watch.seen.unseen = unseen.unwrap_or_default();
        }
        Ok(ConditionState::NotYet(of_job::with_unseen(self.condition, words, &self.watch.seen)))
    }
}

/// Whether a job is registered, and what is left of it.
pub struct PresenceSubject {
    nomad: Http,
    key: JobKey,
    both: Pair<Job, Vec<AllocStub>>,
    condition: JobCondition,
    living: SeenAlive,
    /// The nodes that the servers lost while the job had work there, once the job was seen to be gone.
    lost_nodes: Option<BTreeSet<String>>,
}

/// What was seen to live. Of a job that is purged the servers forget what is over, and with it what was lost: of that nobody has
/// seen the end.
#[derive(Debug, Default)]
struct SeenAlive(BTreeMap<String, AllocStub>);

impl SeenAlive {
    /// What there is, and what was forgotten since it was seen to live: that is not to run any more.
    fn with_forgotten(&mut self, mut there: Vec<AllocStub>) -> Vec<AllocStub> {
        for a in &there {
            match a.client_status {
                ClientStatus::Complete | ClientStatus::Failed => drop(self.0.remove(&a.id)),
                _ => drop(self.0.insert(a.id.clone(), a.clone())),
            }
        }
        let forgotten = self.0.values().filter(|a| !there.iter().any(|b| b.id == a.id));
        let forgotten = forgotten.cloned().map(|a| AllocStub { desired_status: DesiredStatus::Stop, ..a });
        // What ran where its node was heard of has ended by their word.
        let forgotten: Vec<AllocStub> = forgotten
            .filter(|a| matches!(a.client_status, ClientStatus::Unknown | ClientStatus::Lost))
            .collect();
        there.extend(forgotten);
        there
    }
}

impl PresenceSubject {
    /// Whether there is such a job.
    #[must_use]
    pub fn new(nomad: &Http, key: &JobKey, condition: JobCondition) -> Self {
        let (namespace, id) = (key.namespace.as_str(), key.id.as_str());
        let both = Pair::new(nomad, job::get(namespace, id), allocation::of_job(namespace, id));
        PresenceSubject {
            nomad: nomad.clone(),
            key: key.clone(),
            both,
            condition,
            living: SeenAlive::default(),
            lost_nodes: None,
        }
    }
}

impl Subject for PresenceSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        let allocs = self.living.with_forgotten(self.both.second().cloned().unwrap_or_default());
        let unseen = match self.condition {
            JobCondition::Gone => unseen_end::among(&self.nomad, &allocs).await?,
            _ => Vec::new(),
        };
        let job = self.both.first().cloned();
        let seen = JobObservation { job, allocs, unseen, ..JobObservation::default() };
        let standing = of_job::standing(self.condition, &seen, None, now);
        match standing {
            ConditionState::Met(so) if self.condition == JobCondition::Gone => {
                self.unless_out_of_sight(so).await
            }
            standing => Ok(standing),
        }
    }
}

impl PresenceSubject {
    /// That the job is gone, unless some of it may run on where nobody sees it. The servers forget the allocations of a job that is
    /// purged at once; for an hour its evaluations tell which nodes were lost while it had work there.
    async fn unless_out_of_sight(&mut self, so: String) -> Result<ConditionState> {
        let nodes = match &self.lost_nodes {
            Some(nodes) => nodes,
            None => {
                let evals =
                    self.nomad.list(&evaluation::of_job(&self.key.namespace, &self.key.id)).await?.value;
                let lost = evals.into_iter().filter(|e| e.triggered_by == "node-update").map(|e| e.node_id);
                self.lost_nodes.insert(lost.filter(|id| !id.is_empty()).collect())
            }
        };
        let away = unseen_end::away(&self.nomad, nodes).await?;
        Ok(match away.as_slice() {
            [] => ConditionState::Met(so),
            away => ConditionState::NotKnown(format!(
                "{so}, and what ran of it on {}, may still run there",
                away.join(", and on ")
            )),
        })
    }
}

/// An allocation.
pub struct AllocSubject {
    nomad: Http,
    both: Pair<Vec<AllocStub>, Allocation>,
    sources: Sources,
    id: String,
    condition: AllocCondition,
}

impl AllocSubject {
    /// A condition of this allocation.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, alloc: &AllocStub, condition: AllocCondition) -> Self {
        AllocSubject {
            nomad: nomad.clone(),
            both: Pair::new(
                nomad,
                allocation::of_job(&alloc.namespace, &alloc.job_id),
                allocation::get(&alloc.id).namespace(&alloc.namespace),
            ),
            sources: Sources::new(nomad, consul),
            id: alloc.id.clone(),
            condition,
        }
    }

    fn alloc(&self) -> Option<&AllocStub> {
        self.both.first()?.iter().find(|a| a.id == self.id)
    }

    /// The job as it was when the allocation was placed.
    fn job(&self) -> Option<&Job> {
        self.both.second()?.job.as_ref()
    }

    /// The code of its work, once it has ended.
    ///
    /// # Errors
    /// Why there is none.
    pub fn code(&self) -> std::result::Result<u8, String> {
        let Some(alloc) = self.alloc() else {
            return Err("it was collected before its code was read".to_owned());
        };
        alloc::code(alloc, self.job().and_then(|job| job.group(&alloc.task_group)))
    }
}

impl Subject for AllocSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        let alloc = self.alloc();
        let group = alloc.and_then(|a| self.job()?.group(&a.task_group));
        let mut health = BTreeMap::new();
        if let (AllocCondition::Healthy, Some(alloc)) = (self.condition, alloc)
            && !alloc.is_terminal()
        {
            health = self.sources.of(|_| group, std::slice::from_ref(alloc), now).await;
        }
        let unseen = match alloc {
            Some(alloc) => unseen_end::among(&self.nomad, std::slice::from_ref(alloc)).await?,
            None => Vec::new(),
        };
        Ok(alloc::standing(self.condition, alloc, group, health.get(&self.id), unseen.first()))
    }
}

/// A node and what is on it.
pub struct NodeSubject {
    both: Pair<Node, Vec<Allocation>>,
    condition: NodeCondition,
    was_draining: bool,
}

impl NodeSubject {
    /// A condition of this node.
    #[must_use]
    pub fn new(nomad: &Http, id: &str, condition: NodeCondition) -> Self {
        let both = Pair::new(nomad, node::get(id), node::allocations(id));
        NodeSubject { both, condition, was_draining: false }
    }
}

impl Subject for NodeSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        let node = self.both.first();
        self.was_draining |= node.is_some_and(|n| n.drain_strategy.is_some());
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        Ok(of_node::standing(self.condition, node, allocs, self.was_draining))
    }
}

/// A deployment and the allocations of its job.
pub struct DeploymentSubject {
    both: Pair<Deployment, Vec<AllocStub>>,
    nomad: Http,
    sources: Sources,
    condition: DeploymentCondition,
    looks: LookPace,
    looked: Option<HealthLook>,
}

impl DeploymentSubject {
    /// A condition of this deployment.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, d: &Deployment, condition: DeploymentCondition) -> Self {
        let call = deployment::get(&d.id).namespace(&d.namespace);
        DeploymentSubject {
            both: Pair::new(nomad, call, allocation::of_job(&d.namespace, &d.job_id)),
            nomad: nomad.clone(),
            sources: Sources::new(nomad, consul),
            condition,
            looks: LookPace::default(),
            looked: None,
        }
    }

    /// How its canaries do at this moment, or what was deployed, where that decides.
    async fn look(&mut self, now: Timestamp) -> Result<()> {
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        let Some(d) =
            self.both.first().filter(|d| of_deployment::needs_look(self.condition, Some(d), allocs))
        else {
            self.looked = None;
            return Ok(());
        };
        if self.looks.due(now, allocs.len()) {
            let job = match self.nomad.read(&job::get(&d.namespace, &d.job_id)).await {
                Ok(reply) => reply.value,
                Err(e) if e.is_not_found() => {
                    self.looked = Some(HealthLook::Bad { why: "its job is gone".to_owned() });
                    return Ok(());
                }
                Err(e) => return Err(e.into()),
            };
            self.looked = Some(match d.status {
                DeploymentStatus::Successful => self.sources.look_at_deployed(&job, d, allocs, now).await,
                _ => self.sources.look_at_canaries(&job, d, allocs, &[], now).await,
            });
        }
        Ok(())
    }
}

impl Subject for DeploymentSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        self.look(now).await?;
        let allocs = self.both.second().map_or(&[][..], Vec::as_slice);
        Ok(of_deployment::standing(self.condition, self.both.first(), allocs, self.looked.as_ref()))
    }
}

/// An evaluation and the others of its job.
pub struct EvalSubject {
    evals: Followed<Vec<Evaluation>>,
    seen: Option<Vec<Evaluation>>,
    id: String,
    condition: EvalCondition,
}

impl EvalSubject {
    /// A condition of this evaluation.
    #[must_use]
    pub fn new(nomad: &Http, eval: &Evaluation, condition: EvalCondition) -> Self {
        let evals = Followed::new(nomad, evaluation::of_job(&eval.namespace, &eval.job_id));
        EvalSubject { evals, seen: None, id: eval.id.clone(), condition }
    }
}

impl Subject for EvalSubject {
    async fn changed(&mut self) -> Result<()> {
        let told = self.seen.is_some();
        tokio::select! {
            evals = self.evals.next() => self.seen = Some(evals?.unwrap_or_default()),
            () = sleep(LOOK), if told => {}
        }
        Ok(())
    }

    async fn standing(&mut self, _now: Timestamp) -> Result<ConditionState> {
        Ok(eval::standing(self.condition, &self.id, self.seen.as_deref().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloc(id: &str, client: &str) -> AllocStub {
        serde_json::from_value(
            json!({"ID": id, "Name": "j.g[0]", "Namespace": "default", "JobID": "j", "TaskGroup": "g",
            "DesiredStatus": "run", "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1}),
        )
        .unwrap()
    }

    #[test]
    fn what_was_out_of_sight_when_it_was_forgotten_may_run_on() {
        let mut living = SeenAlive::default();
        let all =
            vec![alloc("a", "unknown"), alloc("b", "running"), alloc("c", "complete"), alloc("d", "lost")];
        assert_eq!(living.with_forgotten(all.clone()), all);
        let left = living.with_forgotten(Vec::new());
        let left: Vec<(&str, DesiredStatus)> =
            left.iter().map(|a| (a.id.as_str(), a.desired_status)).collect();
        assert_eq!(left, [("a", DesiredStatus::Stop), ("d", DesiredStatus::Stop)]);
    }
}
