//! How good a place is: packing, the job's own company, failures before, affinities. The mean of the scores decides.

use super::machine::{Capacity, Machine};
use super::operand::Condition;
use crate::api::nomad::job::{Job, TaskGroup};

/// What a good fit is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// Fill nodes up.
    #[default]
    Binpack,
    /// Use all nodes alike.
    Spread,
}

/// The best fit there is, to which fits are normalised.
const BEST_FIT: f64 = 18.0;

#[expect(clippy::cast_precision_loss, reason = "MHz and MiB of a machine are far below 2^52")]
fn float(n: u64) -> f64 {
    n as f64
}

/// How well the use fits the machine: nearer to full is better when packing, nearer to empty when spreading.
pub(super) fn fit(machine: &Machine, used: Capacity, algorithm: Algorithm) -> f64 {
    let free = |used: u64, all: u64| 1.0 - float(used) / float(all);
    let emptiness = 10_f64.powf(free(used.cpu, machine.capacity.cpu))
        + 10_f64.powf(free(used.memory, machine.capacity.memory));
    let score = match algorithm {
        Algorithm::Binpack => 20.0 - emptiness,
        Algorithm::Spread => emptiness - 2.0,
    };
    score.clamp(0.0, BEST_FIT) / BEST_FIT
}

/// The penalty for company of the same group; none where there is none.
pub(super) fn company(namesakes: u32, count: u64) -> Option<f64> {
    (namesakes > 0).then(|| -(f64::from(namesakes) + 1.0) / float(count))
}

/// The affinities of a job, a group and its tasks.
#[derive(Debug)]
pub(super) struct Affinities(Vec<(Condition, f64)>);

impl Affinities {
    pub(super) fn new(job: &Job, group: &TaskGroup) -> Affinities {
        let of_tasks = group.tasks.iter().flat_map(|task| &task.affinities);
        let all = job.affinities.iter().chain(&group.affinities).chain(of_tasks);
        #[expect(clippy::cast_precision_loss, reason = "weights go to 100")]
        let weighted = |weight: i64| weight as f64;
        Affinities(all.map(|a| (Condition::new(&a.left, &a.operand, &a.right), weighted(a.weight))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The weights of those that hold over the sum of all weights, -1 to 1.
    pub(super) fn score(&self, machine: &Machine) -> f64 {
        let held: f64 = self.0.iter().filter(|(c, _)| c.holds(machine)).map(|(_, weight)| weight).sum();
        held / self.0.iter().map(|(_, weight)| weight.abs()).sum::<f64>()
    }
}
