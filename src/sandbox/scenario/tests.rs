use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::wire::Nanos;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::job::Kind;

fn built(scenario: Scenario) -> World {
    let now = Moment::from_nanos(1_767_603_600_000_000_000);
    let nomad = Id::random(&mut fastrand::Rng::with_seed(2));
    scenario.build(now, 1, Secrets { nomad, consul: None })
}

/// Names of the nodes a job's live allocations are on.
fn hosts(world: &World, job: &str) -> BTreeSet<String> {
    live(world, job).map(|alloc| world.state.node(alloc.node_id).unwrap().name.to_string()).collect()
}

fn live<'a>(world: &'a World, job: &'a str) -> impl Iterator<Item = &'a Alloc> {
    world
        .state
        .allocs()
        .by_id()
        .map(|a| &**a)
        .filter(move |a| *a.job_key().id == *job && !a.client_terminal())
}

#[test]
fn every_scenario_is_found_by_its_name_and_has_a_story() {
    for scenario in Scenario::ALL {
        assert_eq!(scenario.name().parse(), Ok(scenario));
        assert!(!scenario.story().is_empty() && !scenario.story().contains('\n'));
    }
    let error = "smal".parse::<Scenario>().unwrap_err().to_string();
    assert!(error.contains("there are bare, small"), "{error}");
}

#[test]
fn small_is_at_rest_with_everything_on_the_old_nodes() {
    let world = built(Scenario::Small);
    assert_eq!(world.state.nodes().count(), 6);
    let old = ["c1", "c2", "c3"].map(str::to_owned);
    for (job, count) in [("api", 3), ("ledger", 1), ("report", 1), ("web", 6)] {
        assert_eq!(live(&world, job).count(), count, "{job}");
        assert!(hosts(&world, job).iter().all(|node| old.contains(node)), "{job}");
    }
    assert_eq!(hosts(&world, "shipper").len(), 6);
    for alloc in world.state.allocs().by_id() {
        assert_eq!(alloc.client, ClientStatus::Running, "{}", alloc.name);
        let tracked = alloc.job.kind() != Kind::Batch;
        assert_eq!(alloc.healthy(), tracked.then_some(true), "{}", alloc.name);
    }
    assert!(world.state.evals().by_id().all(|eval| eval.terminal()));
    assert!(world.state.deployments().by_id().all(|d| d.status == DeploymentStatus::Successful));
}

fn node(world: &World, name: &str) -> Id {
    world.state.nodes().find(|node| *node.name == *name).unwrap().id
}

/// Drains a node with a deadline no one reaches.
fn drain(world: &mut World, name: &str) {
    let id = node(world, name);
    world.drain(id, Some((Nanos::from_secs(3600), false)), false, None, String::new()).unwrap();
}

fn pass(world: &mut World, seconds: u64) {
    world.advance_to(world.now() + Duration::from_secs(seconds));
}

/// Jobs that wait for room.
fn blocked(world: &World) -> Vec<String> {
    world
        .state
        .evals()
        .by_id()
        .filter(|e| e.status == EvalStatus::Blocked)
        .map(|e| e.job.id.to_string())
        .collect()
}

fn healthy(world: &World, job: &str) -> usize {
    let well =
        |a: &&Alloc| a.client == ClientStatus::Running && !a.server_terminal() && a.healthy() == Some(true);
    live(world, job).filter(well).count()
}

#[test]
fn full_has_room_for_one_of_what_leaves_the_old_nodes() {
    let mut world = built(Scenario::Full);
    assert_eq!((healthy(&world, "search"), healthy(&world, "cache")), (6, 5));
    assert!(blocked(&world).is_empty());
    assert!(hosts(&world, "cache").is_disjoint(&hosts(&world, "search")));
    for name in ["c1", "c2", "c3"] {
        drain(&mut world, name);
    }
    pass(&mut world, 60);
    assert_eq!(blocked(&world), ["search"]);
    // One found the last room; then the drainer goes down to the floor it was given, two below the count.
    assert_eq!(healthy(&world, "search"), 4);
}

#[test]
fn pinned_holds_jobs_to_where_they_may_be() {
    let mut world = built(Scenario::Pinned);
    assert!(blocked(&world).is_empty());
    assert_eq!(hosts(&world, "scanner"), BTreeSet::from(["c2".to_owned()]));
    assert_eq!((hosts(&world, "gateway").len(), hosts(&world, "quorum").len()), (3, 5));
    for name in ["c1", "c2", "c3"] {
        drain(&mut world, name);
    }
    pass(&mut world, 120);
    // What has a port or hosts of its own still finds some; what is bound to the old nodes does not.
    assert_eq!(healthy(&world, "gateway"), 3);
    assert!(healthy(&world, "quorum") < 5);
    let waiting = BTreeSet::from_iter(blocked(&world));
    assert_eq!(waiting, ["licence", "quorum", "scanner"].map(str::to_owned).into());
}

#[test]
fn flaky_moves_what_is_well_and_loses_the_worker() {
    let mut world = built(Scenario::Flaky);
    assert_eq!((healthy(&world, "worker"), healthy(&world, "web")), (3, 6));
    assert!(hosts(&world, "worker").iter().all(|name| ["c1", "c2", "c3"].contains(&name.as_str())));
    for name in ["c1", "c2", "c3"] {
        let id = node(&world, name);
        world.mark_node(id, "ineligible").unwrap();
    }
    let from = hosts(&world, "worker").pop_first().unwrap();
    drain(&mut world, &from);
    pass(&mut world, 60);
    assert_eq!(healthy(&world, "worker"), 2);
    let replaced =
        |a: &&std::sync::Arc<Alloc>| *a.job_key().id == *"worker" && a.client == ClientStatus::Failed;
    let failed: Vec<_> = world.state.allocs().by_id().filter(replaced).collect();
    assert!(!failed.is_empty());
    assert!(failed.iter().all(|a| world.state.node(a.node_id).unwrap().machine.class == "new"));
    assert_eq!(healthy(&world, "web"), 6);
}

#[test]
fn the_batch_run_of_small_ends_in_half_a_minute() {
    let mut world = built(Scenario::Small);
    let now = world.now();
    world.advance_to(now + Duration::from_secs(25));
    assert_eq!(live(&world, "report").count(), 1);
    world.advance_to(now + Duration::from_secs(35));
    assert_eq!(live(&world, "report").count(), 0);
}

#[test]
fn a_service_may_name_its_nodes_agent_as_its_address() {
    let world = built(Scenario::Small);
    let services = world.state.catalog.services.values().filter(|s| s.service_name == "web-node");
    let addresses: Vec<_> = services.map(|s| (s.address.clone(), s.port)).collect();
    assert_eq!(addresses.len(), 4);
    assert!(
        addresses.iter().all(|(address, port)| address.ends_with(":4646") && *port == 0),
        "{addresses:?}"
    );
}
