//! How long services with one instance were away while they moved, as far as it was seen from here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::{self, GroupKey};
use crate::ops::migration::progress::{AllocIndex, Progress};
use crate::ops::rotate::decide::{Decision, RunState};

/// What was seen of groups with one instance.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    /// Since when this run looks.
    since: Option<Timestamp>,
    /// Allocations that were well once.
    served: BTreeSet<String>,
    /// Since when nothing of a group has served.
    away: BTreeMap<GroupKey, Timestamp>,
    /// How long the group was away while this one moved.
    of: BTreeMap<String, Duration>,
}

impl Gaps {
    /// Takes in what is true now.
    pub(super) fn see(
        &mut self,
        index: &AllocIndex<'_>,
        run: &RunState,
        decision: &Decision,
        now: Timestamp,
    ) {
        self.since.get_or_insert(now);
        let new: BTreeSet<&str> = decision.progress.values().filter_map(Progress::replacement).collect();
        for id in decision.progress.keys() {
            let Some(alloc) = index.get(id) else { continue };
            let key = GroupKey::of(alloc);
            let single =
                run.surged.contains_key(&key) || decision.rules.get(&key).is_some_and(|r| r.count == 1);
            if !single {
                continue;
            }
            let (well, serving): (Vec<&AllocStub>, Vec<&AllocStub>) = (
                index.of_group(&key).filter(|a| group::is_available(a)).collect(),
                index.of_group(&key).filter(|a| self.serves(a, &new)).collect(),
            );
            self.served.extend(well.iter().map(|a| a.id.clone()));
            if well.is_empty() && serving.is_empty() {
                self.away.entry(key).or_insert(now);
                continue;
            }
            let gap = self.away.remove(&key).map(|since| now.duration_since(since).unsigned_abs());
            let total = self.of.entry(id.clone()).or_default();
            *total += gap.unwrap_or_default();
        }
    }

    /// What was well and has not been told to go serves on while its health is looked at again for a new version; of what is no
    /// replacement that is taken for granted.
    fn serves(&self, alloc: &AllocStub, new: &BTreeSet<&str>) -> bool {
        alloc.client_status == ClientStatus::Running
            && alloc.desired_status == DesiredStatus::Run
            && alloc.healthy() != Some(false)
            && (self.served.contains(&alloc.id) || !new.contains(alloc.id.as_str()))
    }

    /// Since when this run looks; none before its first look.
    pub(super) fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// How long the group was away while this one moved; none of a group with several instances, and none where it was told to
    /// stop before this run looked: nobody saw it all.
    pub(super) fn of(&self, alloc: &str, stopped: Option<Timestamp>) -> Option<Duration> {
        let seen = stopped.is_none_or(|at| self.since.is_some_and(|since| since <= at));
        self.of.get(alloc).copied().filter(|_| seen)
    }
}
