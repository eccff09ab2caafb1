//! What the operator decided about a drain.

use std::time::Duration;

use crate::api::nomad::node::{DrainSpec, DrainStrategy};
use crate::api::wire::Nanos;

/// When what is left on a node is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// After so long.
    After(Duration),
    /// Never.
    Never,
    /// At once, whatever it is.
    Now,
}

/// How to drain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// When what is left is stopped.
    pub deadline: Deadline,
    /// Leave system jobs running.
    pub ignore_system: bool,
    /// Whether the operator said so, and did not just leave the defaults.
    pub explicit: bool,
}

impl Options {
    /// As Nomad takes it: 0 never forces, a negative deadline forces at once.
    #[must_use]
    pub fn spec(self) -> DrainSpec {
        let deadline = match self.deadline {
            Deadline::After(d) => Nanos::from(d),
            Deadline::Never => Nanos(0),
            Deadline::Now => Nanos::from_secs(-1),
        };
        DrainSpec { deadline, ignore_system_jobs: self.ignore_system }
    }

    /// Whether a drain under way is just this one.
    #[must_use]
    pub fn is_like(self, strategy: &DrainStrategy) -> bool {
        let spec = self.spec();
        strategy.deadline == spec.deadline && strategy.ignore_system_jobs == spec.ignore_system_jobs
    }
}
