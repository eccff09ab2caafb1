//! Which instances the servers take first of a group that is updated (`nomad-api.md §3.6`).

use std::collections::BTreeMap;

use super::FloorAct;
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::is_leaving;
use crate::model::target::alloc_index;

/// What the servers plan for a group.
#[derive(Debug, Clone, Copy)]
pub struct PlannedStep<'p> {
    /// For what.
    pub act: FloorAct,
    /// How many they would replace at once.
    pub replaced: u64,
    /// How many they would change in place.
    pub in_place: u64,
    /// How many they would place besides.
    pub placed: u64,
    /// Why they would find no place for some.
    pub unplaced: Option<&'p str>,
}

/// Those that the servers take in their first step towards `count` instances: the highest indices of what is too many, and the lowest
/// of what is replaced, well or not. One that has failed keeps its place in that order until another is placed for it. What is
/// changed in place is told apart by its version, where one version has as many; else any may be among them.
pub(super) fn taken_first<'a>(own: &[&'a AllocStub], count: u64, step: PlannedStep<'_>) -> Vec<&'a AllocStub> {
    let holds = |a: &&AllocStub| {
        a.desired_status == DesiredStatus::Run && !a.is_canary() && holds_its_place(a, step.placed == 0)
    };
    let (leaving, mut all): (Vec<&AllocStub>, Vec<&AllocStub>) =
        own.iter().copied().filter(holds).partition(|a| is_leaving(a));
    all.sort_by_key(|a| alloc_index(&a.name).unwrap_or(u64::MAX));
    let too_many = (all.len() + leaving.len()).saturating_sub(as_size(count)).saturating_sub(leaving.len());
    let stopped = all.split_off(all.len() - too_many.min(all.len()));
    let mut by_version: BTreeMap<u64, u64> = BTreeMap::new();
    for alloc in all.iter().filter(|a| !a.client_status.is_terminal()) {
        *by_version.entry(alloc.job_version).or_default() += 1;
    }
    let mut stays = by_version.iter().filter(|(_, count)| step.in_place > 0 && **count == step.in_place);
    if let (Some((version, _)), None) = (stays.next(), stays.next()) {
        all.retain(|a| a.job_version != *version);
    }
    all.truncate(as_size(step.replaced));
    all.extend(stopped);
    all
}

/// Whether the servers count an instance among those that an update replaces: what runs, and what has failed and is not placed
/// elsewhere now. What is to be tried again later may just be, unless they place nothing (`none_is_placed`).
pub(super) fn holds_its_place(a: &AllocStub, none_is_placed: bool) -> bool {
    match a.client_status {
        ClientStatus::Failed => {
            a.next_allocation.is_empty() && (none_is_placed || a.followup_eval_id.is_empty())
        }
        ClientStatus::Unknown => false,
        status => !status.is_terminal(),
    }
}

fn as_size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
