//! Spread blocks: how much better a value of a property is than another, given where the group already runs.

use std::collections::BTreeMap;

use super::distinct::{PropertyUse, Standing, property};
use super::machine::Machine;
use crate::api::nomad::job::{Job, Spread, TaskGroup};

/// Stands for every value that no target names.
const OTHERS: &str = "*";

/// The spreads of a job and a group, with the counts they want.
#[derive(Debug)]
pub(super) struct Spreads {
    /// Those of the job first.
    blocks: Vec<Spread>,
    /// By attribute; the last block of an attribute counts, those of the group before those of the job.
    wanted: BTreeMap<String, Wanted>,
}

#[derive(Debug)]
struct Wanted {
    weight: f64,
    /// By value; empty for an even spread.
    counts: BTreeMap<String, f64>,
}

/// What Nomad carries from one scoring to the next during an evaluation.
#[derive(Debug)]
pub(super) struct SpreadMemory {
    /// The weights of all blocks of all groups looked at so far.
    weights: f64,
    /// The worst score given so far, which a value with a wanted count of zero gets.
    lowest: f64,
}

impl Default for SpreadMemory {
    fn default() -> Self {
        SpreadMemory { weights: 0.0, lowest: -1.0 }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of allocations are small")]
fn float(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, reason = "weights go to 100")]
fn weight(n: i64) -> f64 {
    n as f64
}

impl Spreads {
    pub(super) fn new(job: &Job, group: &TaskGroup, memory: &mut SpreadMemory) -> Spreads {
        let total = float(group.count());
        let mut wanted = BTreeMap::new();
        for spread in group.spreads.iter().chain(&job.spreads) {
            let share = |percent: u32| f64::from(percent) / 100.0 * total;
            let mut counts: BTreeMap<String, f64> =
                spread.targets.iter().map(|t| (t.value.clone(), share(t.percent))).collect();
            let sum: f64 = spread.targets.iter().map(|t| share(t.percent)).sum();
            if sum > 0.0 && sum < total {
                counts.insert(OTHERS.to_owned(), total - sum);
            }
            memory.weights += weight(spread.weight);
            wanted.insert(spread.attribute.clone(), Wanted { weight: weight(spread.weight), counts });
        }
        Spreads { blocks: job.spreads.iter().chain(&group.spreads).cloned().collect(), wanted }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The sum over the blocks; zero means that spreading has no opinion.
    pub(super) fn score(
        &self,
        machine: &Machine,
        group: &TaskGroup,
        standings: &[Standing<'_>],
        memory: &mut SpreadMemory,
    ) -> f64 {
        self.blocks.iter().map(|block| self.block_score(block, machine, group, standings, memory)).sum()
    }

    fn block_score(
        &self,
        block: &Spread,
        machine: &Machine,
        group: &TaskGroup,
        standings: &[Standing<'_>],
        memory: &mut SpreadMemory,
    ) -> f64 {
        let named =
            |value: &'_ str| block.targets.is_empty() || block.targets.iter().any(|t| t.value == value);
        let used = PropertyUse::count(standings, &block.attribute, Some(&group.name), |v| {
            if named(v) { v } else { OTHERS }
        });
        let Some(value) = property(machine, &block.attribute) else { return -1.0 };
        let Some(wanted) = self.wanted.get(&block.attribute) else { return 0.0 };
        if wanted.counts.is_empty() {
            return even_score(&used, value);
        }
        let value = if named(value) { value } else { OTHERS };
        let Some(count) = wanted.counts.get(value).or_else(|| wanted.counts.get(OTHERS)) else { return -1.0 };
        if *count == 0.0 {
            return memory.lowest;
        }
        let boost = (count - float(used.of(value) + 1)) / count * (wanted.weight / memory.weights);
        memory.lowest = memory.lowest.min(boost);
        boost
    }
}

/// Every value is equally welcome: the less used the better.
fn even_score(used: &PropertyUse, value: &str) -> f64 {
    if used.is_empty() {
        return 0.0;
    }
    let here = used.of(value);
    let fewest = used.counts().filter(|n| *n > 0).min().unwrap_or(0);
    let most = used.counts().max().unwrap_or(0);
    if here != fewest {
        return if fewest == 0 { -1.0 } else { (float(fewest) - float(here)) / float(fewest) };
    }
    if fewest == most {
        return -1.0;
    }
    (float(most) - float(fewest)) / float(fewest)
}
