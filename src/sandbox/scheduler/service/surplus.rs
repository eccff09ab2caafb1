//! What a group has too many of, and what it lost.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::names::Names;
use crate::sandbox::scheduler::service::group::{Followups, Sets, minus};
use crate::sandbox::scheduler::service::{Reconciler, because, stop};
use crate::sandbox::scheduler::standing::Set;
use crate::sandbox::state::alloc::Alloc;

impl Reconciler<'_, '_> {
    /// Stops what was lost and what is over the count: first the old ones whose names promoted canaries have, then
    /// those that leave their nodes anyway, then those with the highest numbers.
    pub(super) fn stop_surplus(
        &mut self,
        group: &TaskGroup,
        names: &mut Names,
        sets: &mut Sets,
        canarying: bool,
        followups: &Followups,
    ) {
        let mut stopped: Vec<Id> = Vec::new();
        for alloc in sets.lost.values() {
            let mut lost = stop(alloc, because::LOST, Some(ClientStatus::Lost));
            lost.followup = followups.get(&alloc.id).copied();
            self.decision.stops.push(lost);
            stopped.push(alloc.id);
        }
        let mut working = sets.untainted.clone();
        if canarying {
            working = minus(&working, &[&sets.canaries]);
        }
        let known = working.values().filter(|a| a.client != ClientStatus::Unknown).count();
        let wanted = usize::try_from(group.count()).unwrap_or(usize::MAX);
        let mut surplus =
            Surplus { left: (known + sets.migrate.len()).saturating_sub(wanted), gone: Vec::new() };
        working.retain(|_, a| !a.server_terminal());
        if surplus.left > 0 && !canarying && !sets.canaries.is_empty() {
            let promoted: BTreeSet<&Arc<str>> = sets.canaries.values().map(|a| &a.name).collect();
            let old = |a: &Alloc| promoted.contains(&a.name) && !sets.canaries.contains_key(&a.id);
            surplus.take(&mut working, old);
        }
        if surplus.left > 0 && !sets.migrate.is_empty() {
            let indexes = sets.migrate.values().map(|a| a.index());
            let highest = Names::new(&self.job.key().id, &group.name, group.count(), indexes)
                .take_highest(surplus.left);
            let taken = surplus.gone.len();
            surplus.take(&mut sets.migrate, |a| highest.contains(&*a.name));
            for alloc in &surplus.gone[taken..] {
                names.free(alloc.index());
            }
        }
        if surplus.left > 0 {
            let highest = names.take_highest(surplus.left);
            surplus.take(&mut working, |a| highest.contains(&*a.name));
            // Allocations with names beyond Nomad's making.
            surplus.take(&mut working, |_| true);
        }
        for alloc in &surplus.gone {
            self.decision.stops.push(stop(alloc, because::NOT_NEEDED, None));
            stopped.push(alloc.id);
        }
        self.updates(&group.name).stop += u64::try_from(stopped.len()).unwrap_or(0);
        sets.untainted.retain(|id, _| !stopped.contains(id));
    }
}

/// What is still to be stopped, and what was chosen for it.
struct Surplus {
    left: usize,
    gone: Vec<Arc<Alloc>>,
}

impl Surplus {
    /// Takes as many as are left of those that are meant out of a set.
    fn take(&mut self, set: &mut Set, meant: impl Fn(&Alloc) -> bool) {
        let chosen: Vec<Id> = set.values().filter(|a| meant(a)).take(self.left).map(|a| a.id).collect();
        self.left -= chosen.len();
        self.gone.extend(chosen.iter().filter_map(|id| set.remove(id)));
    }
}
