//! The value a mutating call demands.

/// Who allowed a run to change the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// A person said yes to the printed plan.
    Confirmed,
    /// `--yes` on the command line, after the plan was printed.
    YesFlag,
    /// The verb itself is the decision (`node eligible c1` names its target in full).
    Explicit,
}

/// Permission to change the cluster. Only the confirmation step of a verb (`app::App::confirm` and its kin) makes one,
/// so a preview, which never asks, has none and cannot write: forgetting to ask is a type error.
#[derive(Debug)]
pub struct Permission {
    grant: Grant,
}

impl Permission {
    /// For the confirmation step alone; a test holds the callers to it.
    #[must_use]
    pub fn granted(grant: Grant) -> Self {
        Permission { grant }
    }

    /// Who allowed it.
    #[must_use]
    pub fn grant(&self) -> Grant {
        self.grant
    }
}
