//! `node rebalance` from end to end: after a scale-out a few instances move onto the new nodes, and nothing falls below its floor.

use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::ran::ok;
use crate::e2e::world::{Witness, World, signal};

cases! {
    new_nodes_get_their_share_and_nothing_falls_below_its_floor,
    a_rebalance_that_is_left_in_the_middle_gives_its_nodes_back,
    what_must_stay_stays,
}

const REBALANCE: &[&str] = &["node", "rebalance", "--settle", "500ms"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    REBALANCE.iter().copied().chain(more.iter().copied()).collect()
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e} in\n{ran}"))
}

fn on_new(world: &World) -> usize {
    world.healthy("web").iter().filter(|a| ["c4", "c5", "c6"].contains(&a.node_name.as_str())).count()
}

fn all_eligible(world: &World) -> bool {
    world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible)
}

fn large(count: u32) -> Job {
    Job::service("web", count).with(|j| j.memory = 700)
}

fn new_nodes_get_their_share_and_nothing_falls_below_its_floor(world: &World) {
    world.start_on_old(&[large(6)]);
    let plan = json(ok(&world.run(&with(&["--dry-run", "-o", "json"]))));
    assert_eq!(plan["moves"].as_array().unwrap().len(), 3, "{plan}");
    assert_eq!(on_new(world), 0, "a preview moves nothing");
    let refused = world.run(&with(&[]));
    assert_eq!(refused.code, 7, "nobody said yes: {refused}");
    let one = world.run(&with(&["--max-moves", "1", "--yes"]));
    assert!(ok(&one).err.contains("not as even as was asked for"), "{one}");
    assert_eq!(on_new(world), 1, "{one}");
    let witness = Witness::new(world, "web");
    let ran = world.run(&with(&["--yes", "-o", "json"]));
    let report = json(ok(&ran));
    assert_eq!(report["moves"].as_array().unwrap().len(), 2, "{ran}");
    assert_eq!((on_new(world), world.healthy("web").len()), (3, 6), "{ran}");
    assert!(report["spread_percent_after"].as_u64().unwrap() <= 10, "{ran}");
    let fewest = witness.fewest();
    assert!(fewest >= 5, "web fell to {fewest}\n{ran}");
    assert!(all_eligible(world), "{ran}");
    let again = json(ok(&world.run(&with(&["--yes", "-o", "json"]))));
    assert!(again["moves"].as_array().unwrap().is_empty(), "even is even: {again}");
}

fn a_rebalance_that_is_left_in_the_middle_gives_its_nodes_back(world: &World) {
    world.start_on_old(&[large(6).with(|j| j.group = "shutdown_delay = \"4s\"".to_owned())]);
    let stops =
        |w: &World| w.allocs("web").iter().filter(|a| a.desired_transition.migrate == Some(true)).count();
    let child = world.start(&with(&["--yes"]));
    world.until("a stop", 60.0, |w| stops(w) > 0);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    assert!(all_eligible(world), "{ran}");
    assert_eq!(world.healthy("web").len(), 6, "{ran}");
    // And one that is killed leaves a journal, by which the next one gives them back.
    let before = stops(world);
    let mut child = world.start(&with(&["--yes"]));
    world.until("another stop", 60.0, |w| stops(w) > before);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!all_eligible(world), "it was killed in the middle");
    let list = json(ok(&world.run(&["rotation", "lock", "-o", "json"])));
    assert!(list[0]["name"].is_string(), "it could not give its lock back: {list}");
    world.until("what was under way", 60.0, |w| w.healthy("web").len() == 6);
    let again = world.run(&with(&["--yes"]));
    assert!(ok(&again).err.contains("its nodes are given back first"), "{again}");
    // Its process is known to have ended, so that nobody waits until its silence is long enough.
    assert!(!again.err.contains("waiting until it is sure"), "{again}");
    assert!(all_eligible(world), "{again}");
}

fn what_must_stay_stays(world: &World) {
    world.start_on_old(&[Job::service("solo", 1).with(|j| j.memory = 2000)]);
    let ran = world.run(&with(&["--yes", "-o", "json"]));
    let plan = json(ok(&ran));
    assert!(
        plan["moves"].as_array().unwrap().is_empty() && plan["spread_percent"].as_u64().unwrap() > 10,
        "{ran}"
    );
    assert_eq!(world.run(&with(&["nosuchnode"])).code, 3);
    assert_eq!(world.run(&with(&["--within", "0%"])).code, 2);
    let blind = world
        .fleet()
        .env("NOMAD_TOKEN", world.token("namespace \"*\" { policy = \"read\" }\nnode { policy = \"read\" }"));
    assert_eq!(blind.run(&with(&["--yes"])).code, 4);
}
