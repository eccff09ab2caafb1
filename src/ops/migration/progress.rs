//! How far an allocation is on its way to another node: who took its place, and how that one is now. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::{GroupKey, is_leaving};
use crate::ops::migration::floors::{Rule, Unwanted};
use crate::ops::migration::refs::AllocRef;

/// How far an allocation is on its way off its node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Still there, not told to stop.
    Waiting,
    /// Told to stop; it has not ended, or its replacement is not placed yet.
    Stopping,
    /// Its replacement is placed and not healthy yet.
    Settling {
        /// The replacement.
        replacement: String,
    },
    /// Its replacement is healthy.
    Moved {
        /// The replacement.
        replacement: String,
    },
    /// It left, and nobody wants a replacement.
    NotWanted(Unwanted),
    /// It will not get well by waiting.
    Failed(MoveFailure),
}

impl Progress {
    /// Whether it left well, or nobody misses it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Progress::Moved { .. } | Progress::NotWanted(_))
    }

    /// Whether it left and its replacement is still to come or to get well.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(self, Progress::Stopping | Progress::Settling { .. })
    }

    /// What took its place, well or not.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        match self {
            Progress::Settling { replacement }
            | Progress::Moved { replacement }
            | Progress::Failed(MoveFailure::Unhealthy { replacement, .. }) => Some(replacement),
            _ => None,
        }
    }
}

/// What went wrong with a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveFailure {
    /// No room for the replacement.
    Unplaced(String),
    /// The replacement is unhealthy or has failed.
    Unhealthy {
        /// The replacement.
        replacement: String,
        /// What is known of why.
        why: String,
    },
    /// It is gone, nothing runs in its place, and its group lacks it.
    Missing,
}

/// Allocations found by their id and by their place in a group.
#[derive(Debug)]
pub struct AllocIndex<'a> {
    by_id: HashMap<&'a str, &'a AllocStub>,
    by_job: HashMap<&'a str, Vec<&'a AllocStub>>,
}

impl<'a> AllocIndex<'a> {
    /// Of these allocations.
    #[must_use]
    pub fn new(allocs: &'a [AllocStub]) -> Self {
        let mut by_job: HashMap<&str, Vec<&AllocStub>> = HashMap::new();
        for alloc in allocs {
            by_job.entry(alloc.job_id.as_str()).or_default().push(alloc);
        }
        AllocIndex { by_id: allocs.iter().map(|a| (a.id.as_str(), a)).collect(), by_job }
    }

    /// The allocation of that id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&'a AllocStub> {
        self.by_id.get(id).copied()
    }

    /// The allocations of a group.
    pub fn of_group(&self, key: &GroupKey) -> impl Iterator<Item = &'a AllocStub> {
        let of_job = self.by_job.get(key.job.as_str()).into_iter().flatten().copied();
        of_job.filter(|alloc| key.owns(alloc))
    }

    /// What took its place, what took that one's, and so on.
    fn successors(&self, first: &'a AllocStub) -> Vec<&'a AllocStub> {
        let mut chain: Vec<&AllocStub> = Vec::new();
        let mut at = first;
        while let Some(next) = self.next(at) {
            // A chain cannot be longer than the list it is made of, nor come back to where it was.
            if chain.len() > self.by_id.len() || chain.iter().any(|c| c.id == next.id) {
                break;
            }
            chain.push(next);
            at = next;
        }
        chain
    }

    fn next(&self, alloc: &AllocStub) -> Option<&'a AllocStub> {
        if let Some(next) = self.by_id.get(alloc.next_allocation.as_str()) {
            return Some(next);
        }
        // A canary that leaves, and what a new version replaces, have no link to their successor (§2.4, 8.).
        if !is_leaving(alloc) && !alloc.client_status.is_terminal() {
            return None;
        }
        let alike = |other: &&AllocStub| {
            other.name == alloc.name
                && other.id != alloc.id
                && other.create_index > alloc.create_index
                && (other.is_canary() == alloc.is_canary() || other.job_version == alloc.job_version)
        };
        self.of_group(&GroupKey::of(alloc)).filter(alike).min_by_key(|a| a.create_index)
    }

    /// Whoever stands in a group under this name now: the live one, else the newest.
    fn by_name(&self, key: &GroupKey, name: &str) -> Option<&'a AllocStub> {
        let alive = |a: &AllocStub| !is_leaving(a) && !a.client_status.is_terminal();
        self.of_group(key)
            .filter(|a| a.name == name && !a.is_canary())
            .max_by_key(|a| (alive(a), a.create_index))
    }
}

/// What moves are judged by.
#[derive(Debug, Clone, Copy)]
pub struct MoveInput<'a> {
    /// The present allocations of the groups concerned.
    pub index: &'a AllocIndex<'a>,
    /// The rules of the groups concerned.
    pub rules: &'a BTreeMap<GroupKey, Rule>,
    /// Why a group's evaluation waits for room, where one does.
    pub unplaced: &'a BTreeMap<GroupKey, String>,
    /// What was seen to take the place of an allocation, by the id of that one: for when it is collected.
    pub placed: &'a BTreeMap<String, String>,
    /// Allocations of which every check was seen and passes now, by id: the servers' record that one was unhealthy once does not change.
    pub passing: &'a BTreeSet<String>,
    /// Index of the creation of what moves, or of something newer; 0 where that is not known.
    pub created: u64,
}

/// How far the move of an allocation is.
#[must_use]
pub fn of(input: MoveInput<'_>, moving: &AllocRef) -> Progress {
    let Some(alloc) = input.index.get(&moving.id) else { return of_collected(input, moving) };
    let told = is_leaving(alloc) || alloc.client_status.is_terminal();
    if !told {
        return Progress::Waiting;
    }
    if is_of_earlier_job(input, alloc) {
        return match alloc.client_status.is_terminal() {
            true => Progress::NotWanted(Unwanted::JobAnew),
            false => Progress::Stopping,
        };
    }
    let chain = input.index.successors(alloc);
    if chain.is_empty() {
        without_successor(input, alloc)
    } else {
        of_chain(input, (&GroupKey::of(alloc), alloc.client_status.is_terminal()), &chain)
    }
}

/// It ended long ago, and only what was seen of its successor, or the name, is left of it.
fn of_collected(input: MoveInput<'_>, moving: &AllocRef) -> Progress {
    let key = moving.group();
    let remembered = input.placed.get(&moving.id).and_then(|id| input.index.get(id));
    let anew = input.rules.get(&key).is_some_and(|rule| input.created > 0 && rule.born > input.created);
    if anew || remembered.is_some_and(|alloc| is_of_earlier_job(input, alloc)) {
        return Progress::NotWanted(Unwanted::JobAnew);
    }
    let Some(first) = remembered.or_else(|| input.index.by_name(&key, &moving.name)) else {
        return unwanted(input, &key, false)
            .map_or(Progress::Failed(MoveFailure::Missing), Progress::NotWanted);
    };
    let mut chain = vec![first];
    chain.extend(input.index.successors(first));
    of_chain(input, (&key, true), &chain)
}

/// By who took the place of one that is `gone`, or is about to be.
fn of_chain(input: MoveInput<'_>, (key, gone): (&GroupKey, bool), chain: &[&AllocStub]) -> Progress {
    let Some(&last) = chain.last() else { return Progress::Stopping };
    // It moved if the end of the chain is well, whatever happened in between. A canary's replacement is a canary.
    let is_well_again = |a: &AllocStub| {
        a.client_status == ClientStatus::Running && !is_leaving(a) && input.passing.contains(&a.id)
    };
    if is_well(last) || (last.healthy() == Some(false) && is_well_again(last)) {
        return Progress::Moved { replacement: last.id.clone() };
    }
    if gone
        && (is_leaving(last) || last.client_status.is_terminal())
        && let Some(why) = unwanted(input, key, last.is_canary())
    {
        return Progress::NotWanted(why);
    }
    if let Some(bad) = chain.iter().find(|a| has_failed(a)) {
        return Progress::Failed(MoveFailure::Unhealthy {
            replacement: bad.id.clone(),
            why: why_unhealthy(bad),
        });
    }
    if last.client_status.is_terminal() && last.desired_status != DesiredStatus::Run {
        return unplaced(input, key, last).unwrap_or(Progress::Stopping);
    }
    Progress::Settling { replacement: last.id.clone() }
}

/// Instances of a job that was registered anew take nobody's place.
fn is_of_earlier_job(input: MoveInput<'_>, alloc: &AllocStub) -> bool {
    input.rules.get(&GroupKey::of(alloc)).is_some_and(|rule| rule.is_younger_than(alloc))
}

fn without_successor(input: MoveInput<'_>, alloc: &AllocStub) -> Progress {
    let key = GroupKey::of(alloc);
    if alloc.client_status.is_terminal()
        && let Some(why) = unwanted(input, &key, alloc.is_canary())
    {
        return Progress::NotWanted(why);
    }
    unplaced(input, &key, alloc).unwrap_or(Progress::Stopping)
}

/// A stop and the placement of what replaces it are one plan: once the servers want its end and nothing was placed, the
/// group's waiting evaluation says why.
fn unplaced(input: MoveInput<'_>, key: &GroupKey, alloc: &AllocStub) -> Option<Progress> {
    let why = input.unplaced.get(key).filter(|_| alloc.desired_status != DesiredStatus::Run)?;
    Some(Progress::Failed(MoveFailure::Unplaced(why.clone())))
}

/// Why the group wants nothing in place of one that left.
fn unwanted(input: MoveInput<'_>, key: &GroupKey, canary: bool) -> Option<Unwanted> {
    let Some(rule) = input.rules.get(key) else { return Some(Unwanted::JobGone) };
    if let Some(why) = &rule.unwanted {
        return Some(why.clone());
    }
    let alive = |a: &&AllocStub| !is_leaving(a) && !a.client_status.is_terminal() && a.is_canary() == canary;
    let live = input.index.of_group(key).filter(alive).count() as u64;
    match (canary, live) {
        (true, live) if live >= rule.canaries => Some(Unwanted::DeploymentOver),
        (false, live) if live >= rule.count => Some(Unwanted::Complete),
        _ => None,
    }
}

fn is_well(a: &AllocStub) -> bool {
    a.client_status == ClientStatus::Running && !is_leaving(a) && a.healthy() == Some(true)
}

fn has_failed(a: &AllocStub) -> bool {
    (a.healthy() == Some(false) && !is_leaving(a)) || a.client_status == ClientStatus::Failed
}

fn why_unhealthy(a: &AllocStub) -> String {
    if a.client_status == ClientStatus::Running && a.healthy() == Some(false) {
        // The record stays as it is, whatever became of its tasks since.
        return "Nomad found it unhealthy; now its tasks run".to_owned();
    }
    let words = if a.client_description.is_empty() { &a.desired_description } else { &a.client_description };
    match (a.client_status, words.is_empty()) {
        (status, true) => status.to_string(),
        (status, false) => format!("{status}: {words}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn alloc(id: &str, index: u64, name: &str) -> AllocStub {
        serde_json::from_value(serde_json::json!({
            "ID": id, "Name": name, "Namespace": "default", "NodeID": "n", "JobID": "web", "JobType": "service",
            "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running", "DeploymentStatus": {"Healthy": true},
            "CreateIndex": index, "ModifyIndex": index,
        }))
        .unwrap()
    }

    fn canary(mut a: AllocStub) -> AllocStub {
        a.deployment_status.as_mut().unwrap().canary = true;
        a.job_version = 1;
        a
    }

    fn gone(mut a: AllocStub) -> AllocStub {
        a.desired_transition.migrate = Some(true);
        a.desired_status = DesiredStatus::Stop;
        a.client_status = ClientStatus::Complete;
        a
    }

    fn rule(count: u64, canaries: u64) -> Rule {
        Rule {
            count,
            floor: 0,
            canaries,
            unwanted: None,
            usual: Duration::ZERO,
            patience: Duration::ZERO,
            manual_health: false,
            born: 0,
        }
    }

    fn judge(allocs: &[AllocStub], count: u64, canaries: u64, moving: &AllocStub) -> Progress {
        judge_by(rule(count, canaries), allocs, moving)
    }

    fn judge_by(rule: Rule, allocs: &[AllocStub], moving: &AllocStub) -> Progress {
        judge_with(&BTreeSet::new(), rule, allocs, moving)
    }

    fn judge_with(
        passing: &BTreeSet<String>,
        rule: Rule,
        allocs: &[AllocStub],
        moving: &AllocStub,
    ) -> Progress {
        let key = GroupKey::of(moving);
        let rules = BTreeMap::from([(key, rule)]);
        let index = AllocIndex::new(allocs);
        let (unplaced, placed) = (BTreeMap::new(), BTreeMap::new());
        of(
            MoveInput {
                index: &index,
                rules: &rules,
                unplaced: &unplaced,
                placed: &placed,
                passing,
                created: moving.create_index,
            },
            &crate::ops::migration::alloc_ref(moving),
        )
    }

    #[test]
    fn a_canary_that_leaves_is_awaited_although_the_stable_ones_are_complete() {
        let old = gone(canary(alloc("c", 5, "web.g[0]")));
        let stable = alloc("s", 1, "web.g[0]");
        let allocs = [old.clone(), stable.clone()];
        assert_eq!(judge(&allocs, 1, 1, &old), Progress::Stopping, "its replacement is still to come");
        // Nomad places a new one without a link to it.
        let new = canary(alloc("d", 9, "web.g[0]"));
        let allocs = [old.clone(), stable.clone(), new.clone()];
        assert_eq!(judge(&allocs, 1, 1, &old), Progress::Moved { replacement: "d".into() });
        let mut failed = new;
        failed.client_status = ClientStatus::Failed;
        let allocs = [old.clone(), stable.clone(), failed];
        assert!(matches!(judge(&allocs, 1, 1, &old), Progress::Failed(MoveFailure::Unhealthy { .. })));
        assert_eq!(judge(&[old.clone(), stable], 1, 0, &old), Progress::NotWanted(Unwanted::DeploymentOver));
    }

    #[test]
    fn what_was_found_unhealthy_and_runs_is_told_as_that() {
        let old = gone(alloc("s", 1, "web.g[0]"));
        let mut new = alloc("n", 5, "web.g[0]");
        new.deployment_status.as_mut().unwrap().healthy = Some(false);
        let why = "Nomad found it unhealthy; now its tasks run".to_owned();
        let failure = MoveFailure::Unhealthy { replacement: "n".into(), why };
        let allocs = [old.clone(), new];
        assert_eq!(judge(&allocs, 1, 0, &old), Progress::Failed(failure));
        // All its checks pass now: it was late, and is well.
        let passing = BTreeSet::from(["n".to_owned()]);
        let again = judge_with(&passing, rule(1, 0), &allocs, &old);
        assert_eq!(again, Progress::Moved { replacement: "n".into() });
    }

    #[test]
    fn a_canary_never_stands_for_a_stable_one_of_the_same_name() {
        let old = gone(alloc("s", 1, "web.g[0]"));
        let allocs = [old.clone(), canary(alloc("c", 5, "web.g[0]"))];
        assert_eq!(judge(&allocs, 1, 1, &old), Progress::Stopping);
    }

    #[test]
    fn one_that_was_collected_is_judged_by_whoever_stands_in_its_place() {
        let old = alloc("s", 1, "web.g[0]");
        assert_eq!(judge(&[], 1, 0, &old), Progress::Failed(MoveFailure::Missing));
        assert_eq!(judge(&[], 0, 0, &old), Progress::NotWanted(Unwanted::Complete));
        let new = alloc("n", 7, "web.g[0]");
        assert_eq!(
            judge(std::slice::from_ref(&new), 1, 0, &old),
            Progress::Moved { replacement: "n".into() }
        );
        let mut dead = new;
        dead.client_status = ClientStatus::Failed;
        assert!(matches!(judge(&[dead], 1, 0, &old), Progress::Failed(MoveFailure::Unhealthy { .. })));
    }

    #[test]
    fn an_instance_of_a_job_that_was_registered_anew_takes_nobodys_place() {
        let old = gone(alloc("s", 1, "web.g[0]"));
        let allocs = [old.clone(), alloc("n", 7, "web.g[0]")];
        let of_job_born_at = |born: u64| {
            let rule = Rule { count: 1, unwanted: None, born, ..Rule::nothing(Unwanted::JobGone) };
            judge_by(rule, &allocs, &old)
        };
        assert_eq!(of_job_born_at(1), Progress::Moved { replacement: "n".into() });
        assert_eq!(of_job_born_at(6), Progress::NotWanted(Unwanted::JobAnew));
        // Where the job was removed, so were its allocations.
        let rule = Rule { count: 1, unwanted: None, born: 6, ..Rule::nothing(Unwanted::JobGone) };
        assert_eq!(judge_by(rule, &allocs[1..], &old), Progress::NotWanted(Unwanted::JobAnew));
    }

    #[test]
    fn a_chain_that_comes_back_to_itself_ends() {
        let (mut a, mut b) = (gone(alloc("a", 1, "web.g[0]")), gone(alloc("b", 2, "web.g[0]")));
        (a.next_allocation, b.next_allocation) = ("b".into(), "a".into());
        let allocs = [a.clone(), b];
        assert!(AllocIndex::new(&allocs).successors(&a).len() <= 2);
    }
}
