//! Waiting until a job is there, or until it and all that it runs are gone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Pair;
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation;
use crate::api::nomad::job::{self, Job};
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::job::{JobCondition, standing};
use crate::model::ids::JobKey;
use crate::model::rollout::JobObservation;
use crate::ops::unseen_end;
use crate::ops::wait::Subject;

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
        let there = match (self.both.first(), self.both.second()) {
            // A question that is held is not answered when the allocations are deleted with their job (`nomad-api.md §1.3`).
            (None, Some(all)) if !all.is_empty() => {
                let own = allocation::of_job(&self.key.namespace, &self.key.id);
                self.nomad.list(&own).await?.value
            }
            (_, all) => all.cloned().unwrap_or_default(),
        };
        let allocs = self.living.with_forgotten(there);
        let unseen = match self.condition {
            JobCondition::Gone => unseen_end::among(&self.nomad, &allocs).await?,
            _ => Vec::new(),
        };
        let job = self.both.first().cloned();
        let seen = JobObservation { job, allocs, unseen, ..JobObservation::default() };
        match standing(self.condition, &seen, None, now) {
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
