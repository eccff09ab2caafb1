//! `distinct_hosts`, `distinct_property` and the counts that spreads are scored by: where a job's allocations stand to
//! each other.

use std::collections::BTreeMap;

use super::machine::{Machine, go_bool};
use super::occupancy::Occupancy;
use crate::api::nomad::job::{Constraint, Job, TaskGroup};

/// Whether the constraints ask for hosts of their own; a value that is no boolean counts as yes.
fn asks_for_hosts(constraints: &[Constraint]) -> bool {
    constraints
        .iter()
        .find(|c| c.operand == "distinct_hosts")
        .is_some_and(|c| c.right.is_empty() || go_bool(&c.right).unwrap_or(true))
}

/// Whether another allocation of the job, or of the group, must not be on the same node.
#[derive(Debug, Clone, Copy)]
pub(super) struct DistinctHosts {
    job: bool,
    group: bool,
}

impl DistinctHosts {
    pub(super) fn new(job: &Job, group: &TaskGroup) -> DistinctHosts {
        DistinctHosts { job: asks_for_hosts(&job.constraints), group: asks_for_hosts(&group.constraints) }
    }

    pub(super) fn violated(self, job: &Job, group: &TaskGroup, occupancy: &Occupancy) -> bool {
        let count = |group: Option<&str>| occupancy.count(&job.namespace, &job.id, group);
        (self.job && count(None) > 0) || (self.group && count(Some(&group.name)) > 0)
    }
}

/// An allocation of the job as the counting of properties sees it.
#[derive(Debug)]
pub(super) struct Standing<'m> {
    pub(super) group: String,
    pub(super) machine: &'m Machine,
    pub(super) kind: StandingKind,
}

/// Where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StandingKind {
    /// It ran before.
    Existing,
    /// It ran before and is being stopped.
    Stopped,
    /// It was just placed.
    Placed,
}

/// How often each value of a node's property is used, by the job or by one of its groups.
#[derive(Debug, Default)]
pub(super) struct PropertyUse(BTreeMap<String, u64>);

impl PropertyUse {
    /// Counts, every value being named by `name` first: spreads put all untargeted values under one name.
    pub(super) fn count<'s>(
        standings: &'s [Standing<'_>],
        target: &'s str,
        group: Option<&str>,
        name: impl Fn(&'s str) -> &'s str,
    ) -> PropertyUse {
        let mut used: BTreeMap<&str, u64> = BTreeMap::new();
        let mut cleared: BTreeMap<&str, u64> = BTreeMap::new();
        let mut placed: BTreeMap<&str, u64> = BTreeMap::new();
        for standing in standings.iter().filter(|s| group.is_none_or(|g| s.group == g)) {
            let Some(value) = property(standing.machine, target).map(&name) else { continue };
            match standing.kind {
                StandingKind::Existing => *used.entry(value).or_default() += 1,
                StandingKind::Stopped => {
                    *used.entry(value).or_default() += 1;
                    *cleared.entry(value).or_default() += 1;
                }
                StandingKind::Placed => *placed.entry(value).or_default() += 1,
            }
        }
        // Nomad takes one off the cleared count of a value in use again, down to one: it then counts too many.
        for value in placed.keys() {
            if let Some(count) = cleared.get_mut(value)
                && *count > 1
            {
                *count -= 1;
            }
        }
        for (value, count) in placed {
            *used.entry(value).or_default() += count;
        }
        for (value, count) in cleared {
            let total = used.entry(value).or_default();
            *total = total.saturating_sub(count);
        }
        PropertyUse(used.into_iter().map(|(value, count)| (value.to_owned(), count)).collect())
    }

    pub(super) fn of(&self, value: &str) -> u64 {
        self.0.get(value).copied().unwrap_or(0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn counts(&self) -> impl Iterator<Item = u64> {
        self.0.values().copied()
    }
}

/// The value of a property, nothing for the empty property.
pub(super) fn property<'a>(machine: &'a Machine, target: &'a str) -> Option<&'a str> {
    if target.is_empty() { None } else { machine.value(target) }
}

/// Why a machine violates one of the `distinct_property` constraints of the job and the group, those of the job first.
pub(super) fn violated_property(
    job: &Job,
    group: &TaskGroup,
    standings: &[Standing<'_>],
    machine: &Machine,
) -> Option<String> {
    let of_job = job.constraints.iter().map(|c| (c, None));
    let of_group = group.constraints.iter().map(|c| (c, Some(group.name.as_str())));
    of_job.chain(of_group).filter(|(c, _)| c.operand == "distinct_property").find_map(
        |(constraint, scope)| {
            let target = constraint.left.as_str();
            let allowed = match constraint.right.as_str() {
                "" => 1,
                count => match count.parse::<u64>() {
                    Ok(count) => count,
                    Err(_) => return Some(format!("failed to convert RTarget {count:?} to uint64")),
                },
            };
            let Some(value) = property(machine, target) else {
                return Some(format!("missing property {target:?}"));
            };
            let used = PropertyUse::count(standings, target, scope, |v| v).of(value);
            (used >= allowed).then(|| format!("distinct_property: {target}={value} used by {used} allocs"))
        },
    )
}
