//! The same cases on the embedded fleet, always, and on a real Nomad, whenever `nomad` is on PATH.

mod jobs;
mod on_real;
mod rotate;
mod world;

use world::World;

/// A case: what must hold on any Nomad.
pub(crate) type Case = (&'static str, fn(&World));

/// Every case, in the order a real cluster runs them; those that kill servers come last.
pub(crate) fn cases() -> Vec<Case> {
    rotate::CASES.to_vec()
}
