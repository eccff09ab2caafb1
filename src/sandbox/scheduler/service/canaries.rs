//! Canaries: a few allocations of a new version beside the old ones (`nomad-api.md §3.6`).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::names::Names;
use crate::sandbox::scheduler::service::{Reconciler, Wanted, because, stop};
use crate::sandbox::scheduler::standing::{Set, Standing, sorted};
use crate::sandbox::state::deployment::{Deployment, GroupProgress};

fn canary_ids(deployment: &Deployment, unpromoted_only: bool) -> BTreeSet<Id> {
    let groups = deployment.groups.values().filter(|g| !unpromoted_only || !g.promoted);
    groups.flat_map(|g| g.placed_canaries.iter().copied()).collect()
}

impl Reconciler<'_, '_> {
    /// Stops the canaries of deployments that are over, and gives those of the current one; canaries on nodes that
    /// drain or are gone stop too, and are no longer counted.
    pub(super) fn drop_canaries(&mut self, group: &str, all: &mut Set) -> Set {
        let failed = self.deployments.current.as_ref().filter(|_| self.deployments.failed());
        let over: BTreeSet<Id> =
            self.deployments.old.iter().chain(failed).flat_map(|d| canary_ids(d, true)).collect();
        let unneeded: Vec<Id> = all.keys().filter(|id| over.contains(id)).copied().collect();
        for id in unneeded {
            if let Some(alloc) = all.remove(&id) {
                self.decision.stops.push(stop(&alloc, because::NOT_NEEDED, None));
                self.updates(group).stop += 1;
            }
        }
        let Some(current) = &self.deployments.current else { return Set::new() };
        let ids = canary_ids(current, false);
        let canaries: Set =
            all.iter().filter(|(id, _)| ids.contains(id)).map(|(id, a)| (*id, Arc::clone(a))).collect();
        let mut sets = sorted(self.cx.state, &canaries, self.cx.now);
        for (standing, description, client) in [
            (Standing::Migrate, because::MIGRATING, None),
            (Standing::Lost, because::LOST, Some(ClientStatus::Lost)),
        ] {
            for alloc in sets.remove(&standing).unwrap_or_default().values() {
                self.decision.stops.push(stop(alloc, description, client));
                all.remove(&alloc.id);
            }
        }
        sets.remove(&Standing::Untainted).unwrap_or_default()
    }

    /// Asks for the canaries that are missing, unless the deployment does not go on.
    pub(super) fn want_canaries(
        &mut self,
        group: &TaskGroup,
        progress: &mut GroupProgress,
        destructive: &Set,
        canaries: &Set,
        names: &mut Names,
    ) {
        let wanted = group.update.as_ref().map_or(0, |u| u.canary);
        progress.desired_canaries = wanted;
        if self.deployments.paused() || self.deployments.failed() {
            return;
        }
        let missing = wanted.saturating_sub(u64::try_from(canaries.len()).unwrap_or(0));
        self.updates(&group.name).canary += missing;
        let existing: BTreeSet<String> = canaries.values().map(|a| a.name.to_string()).collect();
        let replaced: BTreeSet<u64> = destructive.values().map(|a| a.index()).collect();
        let missing = usize::try_from(missing).unwrap_or(usize::MAX);
        for name in names.next_canaries(missing, &existing, &replaced) {
            self.decision.place.push(Wanted {
                name,
                group: group.name.clone(),
                canary: true,
                previous: None,
                reschedule: false,
                update: false,
                from_stable: false,
            });
        }
    }
}
