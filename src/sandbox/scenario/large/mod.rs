//! A big fleet: it has run for a while, and half an hour ago things began to go wrong.

mod fleet;
mod tenants;
mod trouble;

#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::sandbox::moment::Moment;
use crate::sandbox::world::World;

/// How long before the present it began.
pub(super) const PAST: Duration = Duration::from_secs(3 * 3600);
/// How long the trouble has lasted.
const TROUBLE: Duration = Duration::from_secs(1800);

/// All that happened until now.
pub(super) fn events(world: &mut World, now: Moment) {
    fleet::found(world);
    tenants::move_in(world);
    world.advance_to(now - TROUBLE);
    trouble::strike(world);
    world.advance_to(now);
}
