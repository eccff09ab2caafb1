//! Writes to deployments: counts, states, promotion (`nomad-api.md §3.6`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::alloc::{Alloc, Health};
use crate::sandbox::state::deployment::{Deployment, words};
use crate::sandbox::state::index::Table;
use crate::sandbox::state::job::JobKey;
use crate::sandbox::state::{Effect, State, Write};

/// A change of a deployment's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusUpdate {
    /// The deployment.
    pub id: Id,
    /// Its new state.
    pub status: DeploymentStatus,
    /// In words.
    pub description: Cow<'static, str>,
}

/// Which groups of a deployment are meant.
#[derive(Debug, Clone)]
pub enum Groups {
    /// All of them.
    All,
    /// Those with these names; unknown ones are no error.
    Named(Vec<String>),
}

impl Groups {
    fn contains(&self, group: &str) -> bool {
        match self {
            Groups::All => true,
            Groups::Named(names) => names.iter().any(|n| n == group),
        }
    }
}

impl State {
    /// The canaries of a deployment that a promotion of these groups would take over, or what they lack.
    ///
    /// # Errors
    /// When a group has fewer healthy canaries than it wants, in the words of Nomad's reply.
    pub fn promotable(&self, deployment: &Deployment, groups: &Groups) -> Result<Vec<Id>, String> {
        let canaries: Vec<&Arc<Alloc>> = self
            .allocs_of_deployment(deployment)
            .filter(|a| deployment.groups.values().any(|g| g.placed_canaries.contains(&a.id)))
            .filter(|a| groups.contains(&a.group) && !a.terminal() && a.healthy() == Some(true))
            .collect();
        let mut have: BTreeMap<&str, u64> = BTreeMap::new();
        for canary in &canaries {
            *have.entry(&canary.group).or_default() += 1;
        }
        let lacking: Vec<String> = deployment
            .groups
            .iter()
            .filter(|(name, _)| groups.contains(name))
            .map(|(name, group)| {
                (name, have.get(name.as_str()).copied().unwrap_or(0), group.desired_canaries)
            })
            .filter(|(_, have, need)| have < need)
            .map(|(name, have, need)| {
                format!("\t* Task group {name:?} has {have}/{need} healthy allocations\n")
            })
            .collect();
        match lacking.len() {
            0 => Ok(canaries.iter().map(|a| a.id).collect()),
            1 => Err(format!("1 error occurred:\n{}\n", lacking.concat())),
            n => Err(format!("{n} errors occurred:\n{}\n", lacking.concat())),
        }
    }
}

impl Write<'_> {
    /// Puts a deployment in. A successful one makes its version of the job stable.
    pub(super) fn put_deployment(&mut self, mut deployment: Deployment) {
        let key = deployment.job.clone();
        deployment.create_index =
            self.state.deployment(deployment.id).map_or(self.index, |old| old.create_index);
        deployment.modify_index = self.index;
        let (id, version) = (deployment.id, deployment.job_version);
        let successful = deployment.status == DeploymentStatus::Successful;
        self.touch_row(Table::Deployments, id, &key);
        self.state.deployments.put(Arc::new(deployment));
        self.effect(Effect::Deployment(id));
        if successful {
            self.set_stable(&key, version, true);
        }
    }

    /// Changes the state of a deployment that is not over.
    pub fn update_deployment(&mut self, update: &StatusUpdate) {
        let Some(deployment) = self.state.deployment(update.id).filter(|d| d.active()) else { return };
        let mut deployment = Deployment::clone(deployment);
        deployment.status = update.status;
        deployment.description = update.description.clone();
        deployment.modify_time = self.now;
        if matches!(update.status, DeploymentStatus::Paused | DeploymentStatus::Running) {
            for group in deployment.groups.values_mut().filter(|g| g.progress_deadline.0 != 0) {
                group.require_progress_by = Some(self.now + group.progress_deadline);
            }
        }
        self.put_deployment(deployment);
    }

    /// Promotes canaries that [`State::promotable`] found.
    pub fn promote(&mut self, id: Id, groups: &Groups, canaries: &[Id]) {
        let Some(deployment) = self.state.deployment(id) else { return };
        let mut deployment = Deployment::clone(deployment);
        for (_, group) in deployment.groups.iter_mut().filter(|(name, _)| groups.contains(name)) {
            group.promoted = true;
            if group.progress_deadline.0 > 0 && group.require_progress_by.is_some() {
                group.require_progress_by = Some(self.now + group.progress_deadline);
            }
        }
        if deployment.status == DeploymentStatus::Running && !deployment.requires_promotion() {
            deployment.description = words::RUNNING.into();
        }
        // A promotion leaves no time behind.
        deployment.modify_time = Moment::from_nanos(0);
        self.put_deployment(deployment);
        for canary in canaries {
            let Some(alloc) = self.state.alloc(*canary) else { continue };
            let mut alloc = Alloc::clone(alloc);
            if let Some(health) = &mut alloc.health {
                *health = Health { canary: false, modify_index: self.index, ..*health };
            }
            alloc.modify_index = self.index;
            alloc.alloc_modify_index = self.index;
            self.store_alloc(alloc);
            self.effect(Effect::Alloc(*canary));
        }
    }

    /// Decides on the health of allocations of a deployment, as an operator does.
    pub fn decide_health(&mut self, ids: &[Id], healthy: bool) {
        for id in ids {
            let Some(old) = self.state.alloc(*id).cloned() else { continue };
            let mut alloc = Alloc::clone(&old);
            let health = alloc.health.get_or_insert_default();
            health.healthy = Some(healthy);
            health.timestamp = Some(self.now);
            health.modify_index = self.index;
            alloc.modify_index = self.index;
            alloc.modify_time = self.now;
            self.count_in_deployment(&mut alloc, Some(&old));
            self.store_alloc(alloc);
            self.effect(Effect::Report(*id));
        }
    }

    /// Counts what happened to an allocation at its deployment: placements and decisions add up, nothing is taken off
    /// but a healthy one that turned unhealthy.
    pub(super) fn count_in_deployment(&mut self, alloc: &mut Alloc, old: Option<&Alloc>) {
        let Some(deployment) = alloc.deployment_id.and_then(|id| self.state.deployment(id)) else { return };
        if !deployment.groups.contains_key(&*alloc.group) {
            return;
        }
        let placed = old.is_none_or(|old| old.deployment_id != alloc.deployment_id);
        let (healthy, unhealthy): (i64, u64) = match (old.and_then(Alloc::healthy), alloc.healthy()) {
            _ if placed => (0, 0),
            (None, Some(true)) => (1, 0),
            (None, Some(false)) => (0, 1),
            (Some(true), Some(false)) => (-1, 1),
            _ => (0, 0),
        };
        if !placed && healthy == 0 && unhealthy == 0 {
            return;
        }
        if !placed && let Some(health) = &mut alloc.health {
            health.modify_index = self.index;
        }
        let mut deployment = Deployment::clone(deployment);
        deployment.modify_time = alloc.modify_time;
        if let Some(group) = deployment.groups.get_mut(&*alloc.group) {
            group.placed_allocs += u64::from(placed);
            group.healthy_allocs = group.healthy_allocs.saturating_add_signed(healthy);
            group.unhealthy_allocs += unhealthy;
            if alloc.is_canary() && !group.placed_canaries.contains(&alloc.id) {
                group.placed_canaries.push(alloc.id);
            }
            let decided = alloc.health.and_then(|h| h.timestamp);
            if group.progress_deadline.0 != 0 {
                let deadline = match (placed && group.require_progress_by.is_none(), healthy != 0, decided) {
                    (true, _, _) => Some(alloc.modify_time + group.progress_deadline),
                    (false, true, Some(decided)) => Some(decided + group.progress_deadline),
                    _ => None,
                };
                group.require_progress_by = group.require_progress_by.max(deadline);
            }
        }
        self.put_deployment(deployment);
    }

    /// Takes the deployments of a purged job out.
    pub(super) fn forget_deployments(&mut self, key: &JobKey) {
        let gone: Vec<Id> = self.state.deployments.of_job(key).map(|d| d.id).collect();
        for id in gone {
            self.state.deployments.remove(id);
            self.touch_row(Table::Deployments, id, key);
            self.effect(Effect::Deployment(id));
        }
    }
}
