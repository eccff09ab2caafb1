//! Rotations on a cluster of so many nodes that only what is in hand is read while they go on, on the embedded fleet.

use fleet::sandbox::scenario;
use serde_json::Value;

use crate::e2e::jobs::Job;
use crate::e2e::on_sandbox::Simulated;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::{Witness, World};

const SPEED: f64 = 10.0;
/// From a thousand on a cluster is large.
const OTHERS: std::ops::Range<usize> = 10..1_015;

/// The jobs on the three old nodes of a cluster of a thousand.
fn with_jobs(jobs: &[Job]) -> Simulated {
    let simulated = Simulated::new(SPEED);
    simulated.world.start_on_old(jobs);
    simulated.sandbox.with(|world| {
        OTHERS.for_each(|n| scenario::newcomer(world, &format!("c{n}")));
    });
    simulated
}

fn rotate(world: &World, more: &[&str]) -> crate::binary::Ran {
    let args =
        ["rotate-nodes", "--class", "old", "--yes", "--settle", "500ms", "--first-soak", "0s", "-o", "json"];
    world.run(&[&args[..], more].concat())
}

#[test]
fn a_rotation_among_many_nodes_keeps_floors_and_reads_what_is_in_hand() {
    let simulated = with_jobs(&[Job::service("web", 6), Job::service("api", 3), Job::service("cache", 1)]);
    let world = &simulated.world;
    let (web, api) = (Witness::new(world, "web"), Witness::new(world, "api"));
    simulated.sandbox.forget_requests();
    let ran = rotate(world, &["--max-parallel", "3", "--singletons", "surge"]);
    let (web, api) = (web.fewest(), api.fewest());
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert!(web >= 5 && api >= 2, "web fell to {web}, api to {api}\n{ran}");
    assert_eq!(report["summary"]["rotated"], 3, "{ran}");
    for job in ["web", "api", "cache"] {
        let old = |a: &fleet::api::nomad::allocation::AllocStub| ["c1", "c2", "c3"].contains(&&*a.node_name);
        assert!(!world.healthy(job).iter().any(old), "{job}\n{ran}");
    }
    let asked = simulated.sandbox.requests();
    let nodes = || asked.iter().filter(|r| r.path == "/v1/nodes" && !r.query.contains("per_page="));
    let (parts, whole) = (nodes().filter(|r| r.query.contains("filter=")).count(), nodes().count());
    // To select them, for the plan, when it begins, for the last look, and now and then.
    assert!(parts * 2 > whole, "{parts} of {whole} lists of nodes were of a part\n{ran}");
}

#[test]
fn the_nodes_that_begin_together_are_one_forecast() {
    let simulated = with_jobs(&[Job::service("web", 6)]);
    simulated.sandbox.forget_requests();
    let ran = rotate(&simulated.world, &["--max-parallel", "3"]);
    ok(&ran);
    let asked = simulated.sandbox.requests();
    let begun = asked.iter().position(|r| r.path.ends_with("/eligibility")).unwrap();
    let what = |path: &str| ["/plan", "/stop"].into_iter().find(|end| path.ends_with(end));
    let acts: Vec<&str> = asked[begun..].iter().filter_map(|r| what(&r.path)).collect();
    // Those that stops follow are about the stops; the others about nodes that begin: the first one, and then the two others.
    let begins = acts.windows(2).filter(|two| two == &["/plan", "/plan"]).count();
    assert_eq!(begins, 2, "{acts:?}\n{ran}");
}

#[test]
fn somebody_elses_drain_is_refused_before_anything_is_forecast() {
    let simulated = with_jobs(&[Job::service("web", 3), Job::batch("report", "1h")]);
    let world = &simulated.world;
    let node = world.allocs("report")[0].node_name.clone();
    ok(&world.run(&["node", "drain", &node, "--no-deadline", "--detach", "--yes"]));
    simulated.sandbox.forget_requests();
    let ran = rotate(world, &[]);
    code(&ran, 7, &format!("node {node} is being drained by"));
    let asked = simulated.sandbox.requests();
    assert!(!asked.iter().any(|r| r.path.ends_with("/plan")), "{ran}");
}
