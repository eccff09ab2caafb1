//! Everything a decision looks at, worked out once from the present.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::model::group::GroupKey;
use crate::ops::migration::AllocRef;
use crate::ops::migration::floors::Rule;
use crate::ops::migration::progress::{AllocIndex, Progress};
use crate::ops::rotate::decide::{GoalNode, StepInput, is_there};

/// Everything a decision looks at, worked out once.
pub(super) struct StepFacts<'a> {
    pub(super) input: StepInput<'a>,
    pub(super) index: &'a AllocIndex<'a>,
    pub(super) rules: &'a BTreeMap<GroupKey, Rule>,
    pub(super) progress: &'a BTreeMap<String, Progress>,
    pub(super) nodes: HashMap<&'a str, &'a NodeStub>,
    pub(super) residents: HashMap<&'a str, Vec<&'a AllocStub>>,
    /// What took the place of something.
    pub(super) replacements: HashSet<&'a str>,
    /// By group, how many have left or are leaving and are not replaced by a healthy one yet.
    pub(super) on_their_way: HashMap<GroupKey, u64>,
}

impl<'a> StepFacts<'a> {
    pub(super) fn new(
        input: StepInput<'a>,
        index: &'a AllocIndex<'a>,
        rules: &'a BTreeMap<GroupKey, Rule>,
        progress: &'a BTreeMap<String, Progress>,
    ) -> Self {
        let mut residents: HashMap<&str, Vec<&AllocStub>> = HashMap::new();
        let partial: HashMap<&str, &GoalNode> =
            input.nodes.iter().filter(|n| n.share.is_some()).map(|n| (n.node.id.as_str(), n)).collect();
        // What stays on a node that only gives some away is none of our concern.
        let counts = |a: &&AllocStub| partial.get(a.node_id.as_str()).is_none_or(|n| n.gives(a));
        for alloc in input.picture.allocs.iter().filter(|a| is_there(a)).filter(counts) {
            residents.entry(alloc.node_id.as_str()).or_default().push(alloc);
        }
        let mut on_their_way: HashMap<GroupKey, u64> = HashMap::new();
        let tracked = input.nodes.iter().filter_map(|n| input.tracked.get(&n.node.id)).flatten();
        for alloc in tracked {
            if progress.get(&alloc.id).is_some_and(|p| !p.is_good() && *p != Progress::Waiting) {
                *on_their_way.entry(alloc.group()).or_default() += 1;
            }
        }
        StepFacts {
            input,
            index,
            rules,
            progress,
            nodes: input.picture.nodes.iter().map(|n| (n.id.as_str(), n)).collect(),
            residents,
            replacements: progress.values().filter_map(Progress::replacement).collect(),
            on_their_way,
        }
    }

    pub(super) fn node(&self, id: &str) -> Option<&'a NodeStub> {
        self.nodes.get(id).copied()
    }

    pub(super) fn tracked(&self, node: &str) -> impl Iterator<Item = (&AllocRef, &Progress)> {
        let all = self.input.tracked.get(node).into_iter().flatten();
        all.filter_map(|a| Some((a, self.progress.get(&a.id)?)))
    }

    pub(super) fn residents(&self, node: &str) -> &[&'a AllocStub] {
        self.residents.get(node).map_or(&[], Vec::as_slice)
    }

    /// Counts towards its floor: well by Nomad and by every check that was seen, on a node that answers, and no replacement that has just
    /// come.
    pub(super) fn is_available(&self, alloc: &AllocStub) -> bool {
        let run = self.input.run;
        let answers = self.node(&alloc.node_id).is_none_or(|n| n.status == NodeStatus::Ready);
        let soak = self.input.options.soak;
        let ripe = soak.is_zero()
            || !self.replacements.contains(alloc.id.as_str())
            || run.well_since.get(&alloc.id).is_some_and(|since| self.since(*since) >= soak);
        run.is_available(alloc) && answers && ripe
    }

    pub(super) fn available(&self, group: &[&AllocStub]) -> u64 {
        group.iter().filter(|a| self.is_available(a)).count() as u64
    }

    pub(super) fn on_their_way(&self, key: &GroupKey) -> u64 {
        self.on_their_way.get(key).copied().unwrap_or(0)
    }

    pub(super) fn since(&self, at: Timestamp) -> Duration {
        Duration::try_from(self.input.now.duration_since(at)).unwrap_or_default()
    }
}
