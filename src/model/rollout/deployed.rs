//! Versions with a deployment that has not failed: what it waits for, and whether what it called healthy still is.

use super::{Rollout, RolloutState, look, per_node};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::evaluation::EvalStatus;
use crate::model::deployment_health;

impl Rollout<'_> {
    /// Where a version is by its deployment, which has not failed.
    pub(super) fn deployed(&self, d: &Deployment) -> RolloutState {
        match d.status {
            DeploymentStatus::Paused => RolloutState::Paused,
            DeploymentStatus::Cancelled => RolloutState::Superseded { by: self.job.version },
            DeploymentStatus::Successful => self.over_well(),
            _ => self.under_way(d),
        }
    }

    /// Its deployment was successful: what has become of it since.
    fn over_well(&self) -> RolloutState {
        match self.short_of_health(self.target.version) {
            None => RolloutState::Healthy,
            Some(short) if self.can_change(self.target.version) => RolloutState::Progressing { waits: short },
            Some(short) => RolloutState::Stuck { why: self.why_stuck().unwrap_or(short) },
        }
    }

    fn under_way(&self, d: &Deployment) -> RolloutState {
        let allocs: Vec<AllocStub> = self.seen.allocs_of(self.target.version).cloned().collect();
        let evals = &self.seen.evals;
        let may_be_placed =
            evals.iter().any(|e| matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked));
        if let Some(why) = deployment_health::beyond_promotion(d, &allocs).filter(|_| !may_be_placed) {
            return RolloutState::Stuck { why };
        }
        let canaries = deployment_health::canaries(d, &allocs);
        if deployment_health::all_ready(&canaries) {
            let mut waiting = d.task_groups.iter().filter(|(name, _)| canaries.contains_key(*name));
            return RolloutState::CanariesReady { automatic: waiting.all(|(_, g)| g.auto_promote) };
        }
        let unplaced = self.seen.unplaced();
        let is_moving =
            allocs.iter().any(|a| !a.is_terminal() && a.healthy().is_none()) || self.seen.is_scheduling();
        if !unplaced.is_empty() && !is_moving {
            return RolloutState::Blocked { unplaced };
        }
        let waits = self.counted_beyond(d).or_else(|| deployment_health::waits_for(d, &canaries, None));
        let mut waits = waits.unwrap_or_default();
        let older = per_node::in_place_still(self.target, self.seen);
        if self.job.job_type.is_per_node() && !older.is_empty() {
            // What is counted as not placed has its node still, with a version before.
            waits.push_str(&format!("; {}", per_node::in_place_words(&older)));
        }
        if let Some(group) = self.set_by_hand(d) {
            waits.push_str(&format!("; somebody sets the health of {group}: its health_check is \"manual\""));
        }
        if let Some(away) = allocs.iter().find_map(look::away).filter(|away| !waits.contains(away)) {
            waits.push_str(&format!("; {away}"));
        }
        RolloutState::Progressing { waits }
    }

    /// A group of which the deployment counts more than the job wants: what is out of sight, and what was placed meanwhile in its
    /// stead. As long as it is away the deployment cannot come to its end (`nomad-api.md §3.6`).
    pub(super) fn counted_beyond(&self, d: &Deployment) -> Option<String> {
        if self.job.job_type.is_per_node() {
            return None;
        }
        let mut groups = self.job.task_groups.iter().filter_map(|g| Some((g, d.task_groups.get(&g.name)?)));
        let (group, counted) = groups.find(|(g, counted)| counted.desired_total > g.count())?;
        let born = self.job.create_index;
        let own = |a: &&AllocStub| a.task_group == group.name && a.create_index >= born;
        let away = self.seen.allocs.iter().filter(own).find_map(look::away)?;
        Some(format!(
            "{} of {} of {} found healthy; the deployment also counts what is out of sight: {away}",
            counted.healthy_allocs,
            group.count(),
            group.name
        ))
    }

    /// A group of which something is placed and not healthy yet, and nobody but a person says when it is.
    fn set_by_hand<'d>(&self, d: &'d Deployment) -> Option<&'d str> {
        let waiting =
            d.task_groups.iter().filter(|(_, g)| g.placed_allocs > g.healthy_allocs + g.unhealthy_allocs);
        let by_hand = |name: &String| self.job.group(name)?.update.as_ref().filter(|u| u.is_manual());
        waiting.map(|(name, _)| name).find(|name| by_hand(name).is_some()).map(String::as_str)
    }
}
