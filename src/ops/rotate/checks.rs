//! What the checks of the services in hand say now: Nomad's record of an allocation's health does not change when they fail.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::AllocStub;
use crate::model::group::GroupKey;
use crate::ops::migration::checks::ChecksNow;
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::Progress;
use crate::ops::migration::{AllocRef, checks};
use crate::ops::rotate::decide::Decision;
use crate::ops::rotate::rotation::Rotation;
use crate::ops::ticker::Ticker;

/// How often checks are asked about while nothing is decided by them.
const EVERY: Duration = Duration::from_secs(3);
/// The same for each allocation whose node is asked.
const FOR_EACH: Duration = Duration::from_millis(250);
/// How often it is shown that time passes while checks are asked about.
const SHOWN_EVERY: Duration = Duration::from_secs(1);

impl Rotation<'_> {
    /// Reads the checks of everything whose group is in hand, unless that was done just now.
    pub(super) async fn read_checks(&mut self, picture: &ClusterPicture, decision: &Decision, afresh: bool) {
        let due = self.checked_at.is_none_or(|at| self.since(at) >= self.checked_at_most_every);
        if due || afresh {
            self.read_most_checks(picture, decision, checks::MOST).await;
        }
    }

    /// Reads the checks of everything whose group is in hand, of `most` of it, and of all by which a stop is decided.
    pub(super) async fn read_most_checks(
        &mut self,
        picture: &ClusterPicture,
        decision: &Decision,
        most: usize,
    ) {
        let now = self.recorder.now();
        self.checked_at = Some(now);
        let replacements: BTreeSet<&str> =
            decision.progress.values().filter_map(Progress::replacement).collect();
        // What is about to leave for the first time is in hand as well.
        let stops: BTreeSet<&String> = decision.stops().collect();
        let leaving: BTreeSet<GroupKey> =
            picture.allocs.iter().filter(|a| stops.contains(&a.id)).map(GroupKey::of).collect();
        let urgent =
            |a: &AllocStub| leaving.contains(&GroupKey::of(a)) || replacements.contains(a.id.as_str());
        let groups = self.groups_in_hand();
        let in_hand = |a: &&AllocStub| {
            let key = GroupKey::of(a);
            decision.rules.contains_key(&key) && (urgent(a) || groups.contains(&key))
        };
        let mut allocs: Vec<&AllocStub> = picture.allocs.iter().filter(in_hand).collect();
        // What a stop is decided by, and what has come, is asked in any case: the former first.
        allocs.sort_by_key(|a| (!leaving.contains(&GroupKey::of(a)), !urgent(a)));
        let most = most.max(allocs.iter().filter(|a| urgent(a)).count());
        let checks = self.ask(picture, &allocs, (most, now)).await;
        // Nomad's checks are asked of each node: many of them less often.
        self.checked_at_most_every =
            EVERY.max(FOR_EACH * u32::try_from(checks.asked + checks.nodes).unwrap_or(u32::MAX));
        (self.run.failing, self.run.unseen, self.run.passing) =
            (checks.failing, checks.unseen, checks.passing);
        self.note_well_before(&allocs, decision);
    }

    /// Asks, and shows meanwhile that time passes: a client that is frozen is waited for.
    async fn ask(
        &mut self,
        picture: &ClusterPicture,
        allocs: &[&AllocStub],
        (most, now): (usize, Timestamp),
    ) -> ChecksNow {
        let (consul, allocs) = (self.consul.as_ref(), allocs.iter().copied());
        let mut asked = Box::pin(checks::read(&self.nomad, consul, &picture.jobs, allocs, (most, now)));
        let mut ticker = Ticker::every(SHOWN_EVERY);
        loop {
            tokio::select! {
                checks = &mut asked => return checks,
                () = ticker.tick() => self.recorder.still(),
            }
        }
    }

    /// Notes how many are well of the groups in hand of which nothing was stopped yet.
    fn note_well_before(&mut self, in_hand: &[&AllocStub], decision: &Decision) {
        let left = |a: &&AllocRef| !matches!(decision.progress.get(&a.id), None | Some(Progress::Waiting));
        let tracked = self.recorder.memory.emptied.values().flatten();
        let touched: BTreeSet<GroupKey> = tracked.filter(left).map(AllocRef::group).collect();
        let mut well: BTreeMap<GroupKey, u64> = BTreeMap::new();
        for alloc in in_hand {
            *well.entry(GroupKey::of(alloc)).or_default() += u64::from(self.run.is_available(alloc));
        }
        well.retain(|key, _| !touched.contains(key));
        self.well_before.extend(well);
    }

    /// Reads the checks of these allocations alone, whenever the others are read.
    pub(super) async fn read_checks_of(&mut self, picture: &ClusterPicture, ids: &BTreeSet<String>) {
        let now = self.recorder.now();
        let allocs: Vec<&AllocStub> = picture.allocs.iter().filter(|a| ids.contains(&a.id)).collect();
        if allocs.is_empty() {
            return;
        }
        let checks = self.ask(picture, &allocs, (checks::MOST, now)).await;
        self.run.failing.retain(|id, _| !ids.contains(id));
        self.run.unseen.retain(|id, _| !ids.contains(id));
        self.run.passing.retain(|id| !ids.contains(id));
        self.run.failing.extend(checks.failing);
        self.run.unseen.extend(checks.unseen);
        self.run.passing.extend(checks.passing);
    }

    /// The groups of which something has left or is to leave a node that was begun.
    pub(super) fn groups_in_hand(&self) -> BTreeSet<GroupKey> {
        let begun = self.recorder.memory.emptied.iter().filter(|(node, _)| self.run.begun.contains(*node));
        begun.flat_map(|(_, all)| all).map(AllocRef::group).collect()
    }
}
