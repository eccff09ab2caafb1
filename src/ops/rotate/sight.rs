//! What is noted of a round before anything is decided by it, and what the next one has to see first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::ops::migration::live::{ClusterPicture, Part};
use crate::ops::migration::progress::{AllocIndex, Progress};
use crate::ops::rotate::decide::{self, Decision, Phase};
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Notes since when each replacement has been well without a change.
    pub(super) fn sight(&mut self, picture: &ClusterPicture, decision: &Decision) {
        let now = self.recorder.now();
        let index = AllocIndex::new(&picture.allocs);
        let mut well = BTreeMap::new();
        for p in decision.progress.values() {
            let Progress::Moved { replacement } = p else { continue };
            let Some(alloc) = index.get(replacement) else { continue };
            let known = self.well.get(replacement).filter(|(index, _)| *index == alloc.modify_index);
            well.insert(replacement.clone(), known.copied().unwrap_or((alloc.modify_index, now)));
        }
        for (node, _) in decision.phases.iter().filter(|(_, p)| matches!(p, Phase::AwaitingBatch(_))) {
            self.run.awaited.entry(node.id.clone()).or_insert(now);
        }
        self.see_turns(picture, &index, decision, now);
        self.gaps.see(&index, &self.run, decision, now);
        self.run.well_since = well.iter().map(|(id, (_, since))| (id.clone(), *since)).collect();
        self.well = well;
    }

    /// Notes whose turn it is in each group, where no lock says so, and since when.
    fn see_turns(
        &mut self,
        picture: &ClusterPicture,
        index: &AllocIndex<'_>,
        decision: &Decision,
        now: Timestamp,
    ) {
        if !self.run.unprotected {
            return;
        }
        for key in decision.rules.keys() {
            let Some(first) = decide::first_to_leave(picture, index.of_group(key)) else {
                self.run.turns.remove(key);
                continue;
            };
            let seen = self.run.turns.get(key).filter(|(node, _)| node == first).cloned();
            self.run.turns.insert(key.clone(), seen.unwrap_or_else(|| (first.to_owned(), now)));
        }
    }

    /// What has to be known of at once when it changes: the nodes under way with all that is on them, and what is on its way off them.
    pub(super) fn in_hand(&self, picture: &ClusterPicture, decision: &Decision) -> Part {
        let is_over = |p: &Phase| matches!(p, Phase::Rotated | Phase::Gone | Phase::Down | Phase::Skipped(_));
        let nodes = decision.phases.iter().filter(|(n, p)| self.run.begun.contains(&n.id) && !is_over(p));
        let nodes: BTreeSet<String> = nodes.map(|(n, _)| n.id.clone()).collect();
        let moving = || decision.progress.iter().filter(|(_, p)| !p.is_good() && **p != Progress::Waiting);
        let index = AllocIndex::new(&picture.allocs);
        // What was placed for them, and for that again, by the links that are known.
        let own = moving().flat_map(|(id, p)| [Some(id.as_str()), p.replacement()]).flatten();
        let own: BTreeSet<&str> = own.collect();
        let next = own.iter().filter_map(|id| index.get(id)).map(|a| a.next_allocation.as_str());
        let next: BTreeSet<&str> = next.filter(|id| !id.is_empty()).collect();
        let elsewhere = |id: &&str| index.get(id).is_none_or(|a| !nodes.contains(&a.node_id));
        let allocs = own.union(&next).copied().filter(elsewhere).map(str::to_owned).collect();
        // What took the place of something that ended may have no link to it: then it is looked for in its whole job.
        let alone: BTreeSet<&str> =
            moving().filter(|(_, p)| p.replacement().is_none()).map(|(id, _)| id.as_str()).collect();
        let ended = picture
            .allocs
            .iter()
            .filter(|a| alone.contains(a.id.as_str()) && a.client_status.is_terminal())
            .map(JobKey::of);
        Part { nodes, jobs: ended.chain(self.run.surged.keys().map(GroupKey::job_key)).collect(), allocs }
    }
}
