//! Applying what the scheduler planned: one write for all of it.

use std::borrow::Cow;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::sandbox::id::Id;
use crate::sandbox::state::Write;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::deployment::Deployment;
use crate::sandbox::state::deployments::StatusUpdate;

/// An allocation that is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The allocation.
    pub id: Id,
    /// Why.
    pub description: &'static str,
    /// The state its client will not report any more.
    pub client: Option<ClientStatus>,
    /// The evaluation that goes on with it.
    pub followup: Option<Id>,
}

/// What the scheduler decided on a job.
#[derive(Debug, Clone, Default)]
pub struct PlanResult {
    /// Allocations to stop.
    pub stops: Vec<Stop>,
    /// Allocations to stop, each for the one that takes its room.
    pub preemptions: Vec<(Id, Id)>,
    /// Allocations to place or to change in place.
    pub placements: Vec<Alloc>,
    /// A new or changed deployment.
    pub deployment: Option<Deployment>,
    /// Changes of deployments' states.
    pub updates: Vec<StatusUpdate>,
}

impl PlanResult {
    /// Whether nothing is to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stops.is_empty()
            && self.preemptions.is_empty()
            && self.placements.is_empty()
            && self.deployment.is_none()
            && self.updates.is_empty()
    }
}

impl Write<'_> {
    /// Applies a plan of an evaluation.
    pub fn apply_plan(&mut self, eval: Id, plan: PlanResult) {
        if let Some(mut deployment) = plan.deployment {
            self.merge_progress(&mut deployment);
            self.put_deployment(deployment);
        }
        for update in &plan.updates {
            self.update_deployment(update);
        }
        self.mark_eval(eval);
        let now = self.now;
        let mut allocs = plan.placements;
        for alloc in &mut allocs {
            alloc.modify_time = now;
            if self.state.alloc(alloc.id).is_none() {
                alloc.create_time = now;
            }
        }
        allocs.extend(plan.stops.iter().filter_map(|stop| self.stopped(stop)));
        allocs.extend(plan.preemptions.iter().filter_map(|(id, by)| self.preempted(*id, *by)));
        self.put_server_allocs(allocs);
    }

    /// A stopped allocation; the notes on changes of its state end with it.
    fn stopped(&self, stop: &Stop) -> Option<Alloc> {
        let mut alloc = Alloc::clone(self.state.alloc(stop.id)?);
        alloc.desired = DesiredStatus::Stop;
        alloc.desired_description = stop.description.into();
        alloc.states.clear();
        alloc.client = stop.client.unwrap_or(alloc.client);
        alloc.followup_eval = stop.followup.or(alloc.followup_eval);
        alloc.modify_time = self.now;
        Some(alloc)
    }

    fn preempted(&self, id: Id, by: Id) -> Option<Alloc> {
        let mut alloc = Alloc::clone(self.state.alloc(id)?);
        alloc.desired = DesiredStatus::Evict;
        alloc.desired_description = format!("Preempted by alloc ID {by}").into();
        alloc.preempted_by = Some(by);
        alloc.modify_time = self.now;
        Some(alloc)
    }

    /// The scheduler's copy of a deployment knows nothing of what clients reported meanwhile.
    fn merge_progress(&self, deployment: &mut Deployment) {
        let Some(stored) = self.state.deployment(deployment.id) else { return };
        for (name, kept) in &stored.groups {
            match deployment.groups.get_mut(name) {
                Some(group) => {
                    group.healthy_allocs = kept.healthy_allocs;
                    group.unhealthy_allocs = kept.unhealthy_allocs;
                    group.placed_allocs = kept.placed_allocs;
                    group.require_progress_by = kept.require_progress_by;
                }
                None => {
                    deployment.groups.insert(name.clone(), kept.clone());
                }
            }
        }
    }
}

/// The words of a deployment that goes back to an older version, and of one that cannot.
#[must_use]
pub fn rollback_words(description: &str, version: u64, same_spec: bool) -> Cow<'static, str> {
    let tail = if same_spec {
        format!(" - not rolling back to stable job version {version} as current job has same specification")
    } else {
        format!(" - rolling back to job version {version}")
    };
    format!("{description}{tail}").into()
}
