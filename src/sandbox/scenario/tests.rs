use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::job::Kind;

fn built(scenario: Scenario) -> World {
    let now = Moment::from_nanos(1_767_603_600_000_000_000);
    scenario.build(now, 1, Id::random(&mut fastrand::Rng::with_seed(2)))
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

#[test]
fn the_batch_run_of_small_ends_soon() {
    let mut world = built(Scenario::Small);
    let now = world.now();
    world.advance_to(now + Duration::from_secs(20));
    assert_eq!(live(&world, "report").count(), 1);
    world.advance_to(now + Duration::from_secs(30));
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
