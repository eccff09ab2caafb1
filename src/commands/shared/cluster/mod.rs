//! The whole cluster at a glance: a look at it, what is to be said of what was seen, and looks that follow its events.

mod assess;
mod follow;
mod look;
mod rotations;

pub(crate) use assess::{Assessed, Servers, Unknown};
pub(crate) use follow::{AT_LATEST, Heard, follow};
pub(crate) use look::{AllocTotals, ClusterObservation, look};
pub(crate) use rotations::RotationLine;
