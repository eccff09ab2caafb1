//! A small shop on three old nodes; three new ones have joined and take over.

use std::time::Duration;

use crate::sandbox::scenario::{jobs, machines};
use crate::sandbox::world::World;

/// The batch run of twenty minutes has 25 seconds left.
pub(super) const PAST: Duration = Duration::from_secs(3600);
const REPORT_BEGAN: Duration = Duration::from_secs(3600 - (20 * 60 - 25));
const NEW_NODES_JOINED: Duration = Duration::from_secs(3600 - 5 * 60);

pub(super) const JOBS: &[&str] = &[jobs::SHIPPER, jobs::LEDGER, jobs::WEB, jobs::API, jobs::REPORT];

pub(super) fn events(world: &mut World) {
    let began = world.now();
    machines::join(world, 1..=3);
    for file in [jobs::SHIPPER, jobs::LEDGER, jobs::WEB, jobs::API] {
        jobs::register(world, file);
        world.advance_to(world.now() + Duration::from_secs(60));
    }
    world.advance_to(began + REPORT_BEGAN);
    jobs::register(world, jobs::REPORT);
    world.advance_to(began + NEW_NODES_JOINED);
    machines::join(world, 4..=6);
}
