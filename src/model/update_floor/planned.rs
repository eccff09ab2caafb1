//! Which instances the servers take first of a group that is updated (`nomad-api.md §3.6`).

use std::collections::BTreeMap;

use super::FloorAct;
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::is_leaving;
use crate::model::target::alloc_index;

/// What the servers plan for a group.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlannedStep<'p> {
    /// For what.
    pub act: FloorAct,
    /// How many they would replace at once.
    pub replaced: u64,
    /// How many they would change in place.
    pub in_place: u64,
    /// How many they would replace in the end, what has failed among them; none where nobody asked.
    pub in_all: Option<u64>,
    /// Why they would find no place for some.
    pub unplaced: Option<&'p str>,
}

/// Those that the servers take in their first step towards `count` instances: the highest indices of what is too many, and the lowest
/// of what is replaced, well or not. What is changed in place is told apart by its version, where one version has as many; else any
/// may be among them. One that has failed has its turn by its index, too, unless its specification is what the update brings: then
/// it stays as it is, and only how many are replaced in all tells so.
pub(super) fn taken_first<'a>(
    own: &[&'a AllocStub],
    count: u64,
    step: PlannedStep<'_>,
) -> Vec<&'a AllocStub> {
    let wanted = |a: &&AllocStub| a.desired_status == DesiredStatus::Run && !a.is_canary() && !is_leaving(a);
    let own = || own.iter().copied().filter(wanted);
    let mut all: Vec<&AllocStub> = own().filter(|a| runs(a) || has_failed(a)).collect();
    all.sort_by_key(|a| alloc_index(&a.name).unwrap_or(u64::MAX));
    let stopped = all.split_off(all.len().min(as_size(count)));
    let running = all.iter().filter(|a| runs(a)).count() as u64;
    let failed = all.len() as u64 - running;
    // What nobody sees may be among those that are replaced.
    let is_seen = own().all(|a| a.client_status != ClientStatus::Unknown);
    let each = running.saturating_sub(step.in_place) + failed;
    if !is_seen || step.in_all != Some(each) {
        all.retain(|a| runs(a));
    }
    let mut by_version: BTreeMap<u64, u64> = BTreeMap::new();
    for alloc in all.iter().filter(|a| runs(a)) {
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

/// Whether the order in which an update goes cannot be told without asking how many are replaced in all: something that is to run has
/// failed, and nothing was placed for it.
#[must_use]
pub fn is_order_open(allocs: &[AllocStub], group: &str) -> bool {
    allocs.iter().any(|a| a.task_group == group && a.desired_status == DesiredStatus::Run && has_failed(a))
}

fn runs(a: &AllocStub) -> bool {
    !a.client_status.is_terminal() && a.client_status != ClientStatus::Unknown
}

fn has_failed(a: &AllocStub) -> bool {
    a.client_status == ClientStatus::Failed && a.next_allocation.is_empty()
}

fn as_size(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
