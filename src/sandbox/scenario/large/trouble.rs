//! What went wrong with the big fleet. From here on everything happens by itself, as on any other cluster.

use std::time::Duration;

use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::scenario::jobs;
use crate::sandbox::world::World;

/// Nodes that died.
const DEAD: usize = 12;
/// Nodes that drain, each with batch work that keeps it from ending.
const DRAINING: usize = 4;
/// Nodes somebody took out of use.
const INELIGIBLE: usize = 15;

/// Has things go wrong, one after the other.
pub(super) fn strike(world: &mut World) {
    let nodes: Vec<Id> = world.state.nodes().map(|node| node.id).collect();
    let mut unlucky = nodes.into_iter().step_by(37);
    for node in unlucky.by_ref().take(DEAD) {
        world.kill_node(node);
    }
    pass(world, 60);
    for node in unlucky.by_ref().take(DRAINING) {
        let hours = Nanos::from_secs(6 * 3600);
        world.drain(node, Some((hours, false)), false, None, String::new()).ok();
    }
    for node in unlucky.take(INELIGIBLE) {
        world.mark_node(node, "ineligible").ok();
    }
    pass(world, 300);
    // No node has that much memory.
    let huge = "name = \"warehouse\"\nnamespace = \"data\"\ncount = 3\ncpu = 2000\nmemory = 65536\n";
    jobs::register(world, jobs::TENANT, huge);
    // It falls over, and its deployment fails.
    let broken = "name = \"recommend\"\nnamespace = \"shop\"\ncount = 4\nrun_for = \"3s\"\n";
    jobs::register(world, jobs::TENANT, broken);
    // A new version waits to be promoted.
    let stable = "name = \"pricing\"\nnamespace = \"shop\"\ncount = 6\ncanary = 2\n";
    jobs::register(world, jobs::TENANT, stable);
    pass(world, 120);
    jobs::register(world, jobs::TENANT, &format!("{stable}memory = 512\n"));
}

fn pass(world: &mut World, seconds: u64) {
    world.advance_to(world.now() + Duration::from_secs(seconds));
}
