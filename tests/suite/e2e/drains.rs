//! `node drain` that is ended in the middle: what it left is listed, gone on with, and given back.

use std::collections::BTreeSet;

use fleet::api::nomad::node::{self, Eligibility};
use serde_json::Value;

use crate::binary::Fleet;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::World;

cases! {
    a_drain_that_was_killed_goes_on_and_gives_back_what_the_nodes_were,
    what_a_killed_drain_closed_is_opened_by_undrain_and_by_giving_it_up,
}

const OLD: [&str; 3] = ["c1", "c2", "c3"];
const DRAIN: &[&str] =
    &["node", "drain", "c1", "c2", "c3", "--max-parallel", "1", "--deadline", "20m", "--yes"];

fn closed(world: &World) -> BTreeSet<String> {
    let is_closed = |n: &node::NodeStub| n.scheduling_eligibility == Eligibility::Ineligible;
    world.nodes().into_iter().filter(is_closed).map(|n| n.name).collect()
}

/// Kills a drain of three nodes when the first one drains and the others wait for their turn; the name of the first.
fn kill_one(world: &World) -> String {
    let mut child = world.start(DRAIN);
    world.until("the first drain", 30.0, |w| w.nodes().iter().any(|n| n.drain));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(closed(world), OLD.map(str::to_owned).into());
    world.nodes().into_iter().find(|n| n.drain).unwrap().name
}

fn listed(world: &World) -> Value {
    serde_json::from_str(&ok(&world.run(&["rotation", "list", "-o", "json"])).out).unwrap()
}

fn a_drain_that_was_killed_goes_on_and_gives_back_what_the_nodes_were(world: &World) {
    let slow = |j: &mut Job| j.group = "shutdown_delay = \"15s\"".to_owned();
    world.start_on_old(&[Job::service("web", 3).with(slow)]);
    let first = kill_one(world);
    let list = listed(world);
    assert_eq!((&list[0]["what"], &list[0]["nodes"]), (&"drain of c1 c2 c3".into(), &3.into()), "{list}");
    let status = world.run(&["status"]);
    assert!(
        ok(&status).out.contains("left unfinished") && status.out.contains("of 3 nodes drained"),
        "{status}"
    );
    let name = list[0]["rotation"].as_str().unwrap();
    code(&world.run(&["rotation", "resume", name]), 7, "the same `fleet node drain` again goes on with it");
    let ends_at = |w: &World| {
        let read = w.wait_on(w.api().read(&node::get(&w.node(&first).id))).unwrap().value;
        read.drain_strategy.and_then(|s| s.force_deadline)
    };
    let deadline = ends_at(world);
    assert!(deadline.is_some());
    // Another machine, which knows nothing of it but what stands on the cluster.
    let home = tempfile::tempdir().unwrap();
    let other = Fleet::new(home.path()).env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token);
    let child = other.command(DRAIN).spawn().unwrap();
    world.until("it goes on", 60.0, |w| listed(w)[0]["at_work"] == true);
    if let Some(now) = ends_at(world) {
        assert_eq!(Some(now), deadline, "the drain that runs is left as it is");
    }
    let ran = crate::e2e::ran::ended(child);
    assert!(ok(&ran).err.contains("which was left unfinished"), "{ran}");
    assert_eq!(listed(world), serde_json::json!([]), "{ran}");
    assert_eq!(closed(world), OLD.map(str::to_owned).into(), "{ran}");
    let ran = world.run(&["node", "undrain", "c1", "c2", "c3"]);
    assert!(ok(&ran).err.is_empty() && closed(world).is_empty(), "{ran}");
}

fn what_a_killed_drain_closed_is_opened_by_undrain_and_by_giving_it_up(world: &World) {
    let slow = |j: &mut Job| j.group = "shutdown_delay = \"15s\"".to_owned();
    world.start_on_old(&[Job::service("web", 3).with(slow)]);
    world.set_eligible("c3", Eligibility::Ineligible);
    kill_one(world);
    ok(&world.run(&["node", "undrain", "c1", "c2", "c3"]));
    assert_eq!(closed(world), ["c3".to_owned()].into(), "what took no work before is left so");
    let list = listed(world);
    let name = list[0]["rotation"].as_str().unwrap().to_owned();
    ok(&world.run(&["rotation", "rollback", &name, "--yes"]));
    world.set_eligible("c3", Eligibility::Eligible);
    world.until("web is well", 60.0, |w| w.healthy("web").len() == 3);
    let list = listed(world);
    assert_eq!(list, serde_json::json!([]));
    world.reset();
    world.start_on_old(&[Job::service("web", 3).with(slow)]);
    kill_one(world);
    let name = listed(world)[0]["rotation"].as_str().unwrap().to_owned();
    let ran = world.run(&["rotation", "rollback", &name, "--yes"]);
    assert!(
        ok(&ran).out.contains("its drain ends, it takes new work again") && closed(world).is_empty(),
        "{ran}"
    );
}
