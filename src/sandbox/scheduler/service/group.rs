//! One group of a service or batch job: what stays, what goes, what comes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::change::needs_new_allocs;
use crate::sandbox::scheduler::names::Names;
use crate::sandbox::scheduler::service::{Reconciler, Wanted, because, stop, stop_set};
use crate::sandbox::scheduler::standing::{Set, Standing, sorted};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::deployment::{Deployment, GroupProgress};
use crate::sandbox::state::job::Kind;

/// The allocations of a group, by what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Sets {
    /// All that matter, for looking up.
    pub(super) all: Set,
    pub(super) untainted: Set,
    pub(super) migrate: Set,
    pub(super) lost: Set,
    pub(super) disconnecting: Set,
    pub(super) reconnecting: Set,
    /// Failed ones whose time to go on elsewhere has come.
    pub(super) reschedule: Set,
    pub(super) canaries: Set,
}

/// What of a group's allocations is no longer as the specification says.
#[derive(Debug, Default)]
struct Outdated {
    in_place: usize,
    destructive: Set,
}

pub(super) fn minus(set: &Set, others: &[&Set]) -> Set {
    let elsewhere = |id: &Id| others.iter().any(|other| other.contains_key(id));
    set.iter().filter(|(id, _)| !elsewhere(id)).map(|(id, a)| (*id, Arc::clone(a))).collect()
}

pub(super) fn by_index(set: &Set) -> Vec<Arc<Alloc>> {
    let mut allocs: Vec<Arc<Alloc>> = set.values().cloned().collect();
    allocs.sort_by_key(|a| a.index());
    allocs
}

fn count(set: &Set) -> u64 {
    u64::try_from(set.len()).unwrap_or(u64::MAX)
}

/// Whether a group is deployed at all.
fn deploys(group: &TaskGroup) -> bool {
    group.update.as_ref().is_some_and(|u| u.max_parallel > 0)
}

impl Reconciler<'_, '_> {
    /// Decides on one group; whether its deployment, if any, has nothing left to do.
    pub(super) fn decide_group(&mut self, name: &str, set: Set) -> bool {
        self.updates(name);
        let first = self.decision.place.len();
        let still_wanted =
            |a: &Alloc| !a.server_terminal() || (a.job.kind() == Kind::Batch && !a.should_reschedule());
        let mut all: Set = set.into_iter().filter(|(_, a)| still_wanted(a)).collect();
        let job = Arc::clone(&self.job);
        let Some(group) = job.group(name).filter(|g| g.count() > 0) else {
            self.updates(name).stop = count(&all);
            let stops = stop_set(self.cx, &all);
            self.decision.stops.extend(stops);
            return true;
        };
        let (mut progress, is_new) = self.progress(group);
        if self.batch {
            let older = |a: &Alloc| a.job.version < job.version || a.job.create_index < job.create_index;
            let before = all.len();
            all.retain(|_, a| !(older(a) && a.terminal()));
            self.updates(name).ignore += u64::try_from(before - all.len()).unwrap_or(0);
        }
        let canaries = self.drop_canaries(name, &mut all);
        let mut sets = self.sort(name, all, canaries);
        let later = self.split_by_time(name, group, &mut sets);
        let mut names = Names::new(
            &job.key().id,
            name,
            group.count(),
            [&sets.untainted, &sets.migrate, &sets.reschedule, &sets.lost]
                .into_iter()
                .flat_map(Set::values)
                .map(|a| a.index()),
        );
        let canarying = progress.unpromoted();
        self.stop_surplus(group, &mut names, &mut sets, canarying, &later.of_lost);
        let outdated = self.outdated(group, &sets.untainted);
        if is_new {
            progress.desired_total +=
                u64::try_from(outdated.in_place).unwrap_or(0) + count(&outdated.destructive);
        }
        if canarying {
            sets.untainted = minus(&sets.untainted, &[&sets.canaries]);
        }
        let wants_canaries = group.update.as_ref().is_some_and(|u| count(&sets.canaries) < u.canary)
            && !outdated.destructive.is_empty()
            && !progress.promoted;
        if wants_canaries {
            self.want_canaries(group, &mut progress, &outdated.destructive, &sets.canaries, &mut names);
        }
        let canarying = progress.unpromoted();
        let allowed = self.update_allowance(group, &sets, &outdated.destructive, canarying);
        let place = if later.holds_placements {
            Vec::new()
        } else {
            wanted_placements(group, &mut names, &sets, canarying)
        };
        if is_new {
            progress.desired_total += u64::try_from(place.len()).unwrap_or(0);
        }
        let ready = !self.deployments.paused() && !self.deployments.failed() && !canarying;
        let allowed = self.admit(name, place, &sets, ready, allowed);
        if ready {
            self.update_destructively(group, &outdated.destructive, allowed);
        } else {
            self.updates(name).ignore += count(&outdated.destructive);
        }
        self.migrate(group, &sets.migrate, canarying);
        self.deploy(group, is_new, &progress, &sets.all, &outdated);
        self.cap_placements(group, first);
        self.decision.names.insert(name.to_owned(), names);
        let idle = outdated.in_place == 0
            && outdated.destructive.is_empty()
            && sets.migrate.is_empty()
            && sets.reschedule.is_empty()
            && self.decision.place.len() == first
            && !later.reschedules
            && !wants_canaries;
        idle && self.deployed(name)
    }

    /// The group's part of the current deployment, or a new one.
    fn progress(&self, group: &TaskGroup) -> (GroupProgress, bool) {
        let current = self.deployments.current.as_ref();
        if let Some(progress) = current.and_then(|d| d.groups.get(&group.name)) {
            return (progress.clone(), false);
        }
        let mut progress = GroupProgress::default();
        if let Some(update) = group.update.as_ref().filter(|u| u.max_parallel > 0) {
            progress.auto_revert = update.auto_revert;
            progress.auto_promote = update.auto_promote;
            progress.progress_deadline = update.progress_deadline;
        }
        (progress, true)
    }

    fn sort(&mut self, name: &str, all: Set, canaries: Set) -> Sets {
        let mut sorted = sorted(self.cx.state, &all, self.cx.now);
        let mut take = |standing| sorted.remove(&standing).unwrap_or_default();
        let mut lost = take(Standing::Lost);
        lost.extend(take(Standing::Expiring));
        let ignored = take(Standing::Ignore);
        let sets = Sets {
            untainted: take(Standing::Untainted),
            migrate: take(Standing::Migrate),
            lost,
            disconnecting: take(Standing::Disconnecting),
            reconnecting: take(Standing::Reconnecting),
            reschedule: Set::new(),
            canaries,
            all,
        };
        self.updates(name).ignore += count(&ignored);
        sets
    }

    /// Compares what runs with the specification.
    fn outdated(&mut self, group: &TaskGroup, untainted: &Set) -> Outdated {
        let mut outdated = Outdated::default();
        let mut ignored = 0;
        for (id, alloc) in untainted {
            if alloc.job.job_modify_index == self.job.job_modify_index {
                ignored += 1;
            } else if needs_new_allocs(&alloc.job.spec, &self.job.spec, &group.name) {
                outdated.destructive.insert(*id, Arc::clone(alloc));
            } else if alloc.terminal() {
                ignored += 1;
            } else if self.seats.stays(&self.job, group, alloc) {
                let mut updated = Alloc::clone(alloc);
                updated.eval_id = self.eval.id;
                updated.job = Arc::clone(&self.job);
                self.decision.in_place.push(updated);
                outdated.in_place += 1;
            } else {
                outdated.destructive.insert(*id, Arc::clone(alloc));
            }
        }
        let updates = self.updates(&group.name);
        updates.ignore += ignored;
        updates.in_place_update += u64::try_from(outdated.in_place).unwrap_or(0);
        outdated
    }

    /// How many allocations may be replaced by new ones now.
    fn update_allowance(&self, group: &TaskGroup, sets: &Sets, destructive: &Set, canarying: bool) -> u64 {
        let max_parallel = group.update.as_ref().map_or(0, |u| u.max_parallel);
        if max_parallel == 0 || destructive.is_empty() && sets.migrate.is_empty() {
            return group.count();
        }
        let Some(current) = &self.deployments.current else { return max_parallel };
        if self.deployments.paused() || self.deployments.failed() || canarying {
            return 0;
        }
        let mut allowed = max_parallel;
        for alloc in sets.untainted.values().filter(|a| a.deployment_id == Some(current.id)) {
            match alloc.healthy() {
                Some(false) => return 0,
                Some(true) => {}
                None => allowed = allowed.saturating_sub(1),
            }
        }
        allowed
    }

    /// Lets placements through: all of them, or while the deployment does not go on only those that replace what was
    /// lost or failed. What is left of the allowance for updates.
    fn admit(&mut self, name: &str, place: Vec<Wanted>, sets: &Sets, ready: bool, allowed: u64) -> u64 {
        if ready {
            let n = u64::try_from(place.len()).unwrap_or(0);
            let moved_on = |a: &Alloc| {
                !sets.disconnecting.contains_key(&a.id)
                    && !sets.migrate.contains_key(&a.id)
                    && a.client != ClientStatus::Unknown
            };
            let failed: Vec<_> = sets.reschedule.values().filter(|a| moved_on(a)).collect();
            let stops = failed.iter().map(|a| stop(a, because::RESCHEDULED, None));
            self.decision.stops.extend(stops);
            let updates = self.updates(name);
            updates.place += n;
            updates.stop += u64::try_from(failed.len()).unwrap_or(0);
            self.decision.place.extend(place);
            return allowed - allowed.min(n);
        }
        let replaced = sets.lost.len().min(place.len());
        self.updates(name).place += u64::try_from(replaced).unwrap_or(0);
        self.decision.place.extend(place[..replaced].iter().cloned());
        if sets.reschedule.is_empty() {
            return allowed;
        }
        let failed_deployment =
            self.deployments.current.as_ref().filter(|_| self.deployments.failed()).map(|d| d.id);
        for wanted in place.into_iter().filter(|w| w.reschedule) {
            let Some(previous) = wanted.previous.clone() else { continue };
            if failed_deployment.is_some() && previous.deployment_id == failed_deployment {
                continue;
            }
            self.decision.place.push(wanted);
            self.updates(name).place += 1;
            if !sets.disconnecting.contains_key(&previous.id) {
                self.decision.stops.push(stop(&previous, because::RESCHEDULED, None));
                self.updates(name).stop += 1;
            }
        }
        allowed
    }

    fn update_destructively(&mut self, group: &TaskGroup, destructive: &Set, allowed: u64) {
        let now = allowed.min(count(destructive));
        let updates = self.updates(&group.name);
        updates.destructive_update += now;
        updates.ignore += count(destructive) - now;
        let now = usize::try_from(now).unwrap_or(usize::MAX);
        for alloc in by_index(destructive).into_iter().take(now) {
            self.decision.destructive.push(Wanted {
                name: alloc.name.to_string(),
                group: group.name.clone(),
                canary: false,
                previous: Some(alloc),
                reschedule: false,
                update: true,
                from_stable: false,
            });
        }
    }

    fn migrate(&mut self, group: &TaskGroup, migrate: &Set, canarying: bool) {
        self.updates(&group.name).migrate += count(migrate);
        for alloc in by_index(migrate) {
            self.decision.stops.push(stop(&alloc, because::MIGRATING, None));
            let ends = alloc.job.kind() == Kind::Batch
                && (alloc.should_reschedule() || alloc.transition.disable_placement == Some(true));
            if ends {
                continue;
            }
            self.decision.place.push(Wanted {
                name: alloc.name.to_string(),
                group: group.name.clone(),
                canary: alloc.is_canary(),
                from_stable: canarying && !alloc.is_canary(),
                previous: Some(alloc),
                reschedule: false,
                update: false,
            });
        }
    }

    /// Makes the group part of a deployment where its specification changed or nothing of this version ran before.
    fn deploy(
        &mut self,
        group: &TaskGroup,
        is_new: bool,
        progress: &GroupProgress,
        all: &Set,
        outdated: &Outdated,
    ) {
        if !is_new || !deploys(group) || progress.desired_total == 0 {
            if let Some(current) = self.deployments.current.as_mut().filter(|_| !is_new) {
                current.groups.insert(group.name.clone(), progress.clone());
            }
            return;
        }
        let changes = outdated.in_place > 0 || !outdated.destructive.is_empty();
        let same =
            |a: &Arc<Alloc>| a.job.version == self.job.version && a.job.create_index == self.job.create_index;
        if !changes && all.values().any(same) {
            return;
        }
        if self.deployments.current.is_none() {
            let id = Id::random(self.cx.rng);
            let deployment = Deployment::new(id, &self.job, self.eval.priority, self.cx.now);
            self.deployments.current = Some(deployment);
            self.deployments.created = true;
        }
        if let Some(current) = &mut self.deployments.current {
            current.groups.insert(group.name.clone(), progress.clone());
        }
    }

    /// A group never places more than it wants in all.
    fn cap_placements(&mut self, group: &TaskGroup, first: usize) {
        let most = usize::try_from(group.count()).unwrap_or(usize::MAX);
        if self.decision.place.len() - first > most {
            self.decision.place.truncate(first + most);
            self.updates(&group.name).place = group.count();
        }
    }

    /// Whether the group's part of the deployment has all it wants.
    fn deployed(&self, group: &str) -> bool {
        let Some(current) = &self.deployments.current else { return false };
        let wanting =
            |p: &GroupProgress| p.healthy_allocs < p.desired_total.max(p.desired_canaries) || p.unpromoted();
        !current.groups.get(group).is_some_and(wanting)
    }
}

/// What is missing: replacements of what failed and of what was lost, and new allocations up to the count.
fn wanted_placements(group: &TaskGroup, names: &mut Names, sets: &Sets, canarying: bool) -> Vec<Wanted> {
    let replacement = |alloc: &Arc<Alloc>, reschedule: bool| Wanted {
        name: alloc.name.to_string(),
        group: group.name.clone(),
        canary: alloc.is_canary(),
        previous: Some(Arc::clone(alloc)),
        reschedule,
        update: false,
        from_stable: canarying && !alloc.is_canary(),
    };
    let mut place: Vec<Wanted> = by_index(&sets.reschedule).iter().map(|a| replacement(a, true)).collect();
    let mut existing = count(&sets.untainted) + count(&sets.migrate) + count(&sets.reschedule);
    for alloc in by_index(&sets.lost) {
        if existing >= group.count() {
            break;
        }
        existing += 1;
        place.push(replacement(&alloc, false));
    }
    let missing = usize::try_from(group.count().saturating_sub(existing)).unwrap_or(0);
    place.extend(names.next(missing).into_iter().map(|name| Wanted {
        name,
        group: group.name.clone(),
        canary: false,
        previous: None,
        reschedule: false,
        update: false,
        from_stable: canarying,
    }));
    place
}

/// Which of the allocations that go on later wait for which evaluation.
pub(super) type Followups = BTreeMap<Id, Id>;
