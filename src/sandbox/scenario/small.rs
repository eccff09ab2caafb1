//! A small shop on three old nodes; three new ones have joined and take over.

use std::time::Duration;

use crate::sandbox::scenario::{jobs, machines};
use crate::sandbox::world::World;

/// The batch run of twenty minutes has a minute left.
pub(super) const PAST: Duration = Duration::from_secs(3600);
const REPORT_BEGAN: Duration = Duration::from_secs(3600 - 19 * 60);
const NEW_NODES_JOINED: Duration = Duration::from_secs(3600 - 5 * 60);

pub(super) fn events(world: &mut World) {
    let began = world.now();
    machines::join(world, 1..=3);
    jobs::register_each(world, &[jobs::SHIPPER, jobs::LEDGER, jobs::WEB, jobs::API]);
    world.advance_to(began + REPORT_BEGAN);
    jobs::register(world, jobs::REPORT);
    world.advance_to(began + NEW_NODES_JOINED);
    machines::join(world, 4..=6);
}
