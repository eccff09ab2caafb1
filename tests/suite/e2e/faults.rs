//! A rotation through faults and crashes at each of its requests, on the embedded fleet.

use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};

use fleet::api::nomad::allocation::AllocStub;
use fleet::api::nomad::node::Eligibility;
use fleet::sandbox::faults::{Effect, Rule};
use serde_json::Value;

use crate::binary::{Fleet, Ran};
use crate::e2e::jobs::Job;
use crate::e2e::on_sandbox::Simulated;
use crate::e2e::world::{World, signal};

/// Fast enough for hundreds of rotations, slow enough that the cluster's timers are not all due at once.
const SPEED: f64 = 25.0;
const ROTATE: &[&str] = &["rotate-nodes", "c1", "c2", "--yes", "--settle", "200ms", "-o", "json"];
const JOBS: [(&str, u32); 2] = [("web", 2), ("api", 2)];

/// Both jobs on two nodes: every kind of request, and as few of each as a matrix of them can bear.
fn start() -> Simulated {
    let simulated = Simulated::new(SPEED);
    simulated.world.set_eligible("c3", Eligibility::Ineligible);
    simulated.world.start_on_old(&JOBS.map(|(name, count)| Job::service(name, count)));
    simulated.sandbox.forget_requests();
    simulated
}

fn moved(world: &World, job: &str) -> usize {
    let told = |a: &&AllocStub| a.desired_transition.migrate == Some(true);
    world.allocs(job).iter().filter(told).count()
}

/// All is well, nothing is left on the old nodes, and nothing was stopped twice.
fn assert_done(simulated: &Simulated, ran: &Ran, what: &str) {
    assert_eq!(ran.code, 0, "{what}\n{ran}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["summary"]["rotated"], 2, "{what}\n{ran}");
    for (job, count) in JOBS {
        let healthy = simulated.world.healthy(job);
        assert_eq!(healthy.len(), count as usize, "{what}: {job}\n{ran}");
        assert!(healthy.iter().all(|a| a.node_name.as_str() > "c3"), "{what}: {job}\n{ran}");
        assert_eq!(
            moved(&simulated.world, job),
            count as usize,
            "{what}: {job} was stopped too often\n{ran}"
        );
    }
    assert!(simulated.world.nodes().iter().all(|n| !n.drain), "{what}");
}

/// The methods of the requests an undisturbed rotation makes, and whether they write.
fn undisturbed() -> Vec<(String, bool)> {
    let simulated = start();
    let ran = simulated.world.run(ROTATE);
    let requests = simulated.sandbox.requests();
    assert_done(&simulated, &ran, "undisturbed");
    requests.into_iter().map(|r| (r.method, r.write)).collect()
}

/// Calls `case` with each number from 1 to `count`, on more threads than the machine has cores: a case waits most of its
/// time.
fn for_each(count: usize, case: impl Fn(u64) + Sync) {
    let next = AtomicU64::new(1);
    std::thread::scope(|scope| {
        for _ in 0..3 * std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > count as u64 {
                        break;
                    }
                    case(number);
                }
            });
        }
    });
}

#[test]
fn a_reply_lost_at_any_write_is_settled_by_reading_back() {
    let requests = undisturbed();
    let writes = requests.iter().filter(|(_, write)| *write).count();
    assert!(writes >= 8, "two nodes marked, four allocations stopped, two nodes sealed: {writes}");
    for method in ["PUT", "POST", "DELETE"] {
        let count = requests.iter().filter(|(m, write)| m == method && *write).count();
        for_each(count, |nth| {
            let simulated = start();
            simulated.sandbox.fault(Rule::new(method, "/v1/*", Effect::DropReply).nth(nth));
            let ran = simulated.world.run(ROTATE);
            assert_done(&simulated, &ran, &format!("the reply of {method} {nth} was lost"));
        });
    }
}

#[test]
fn a_connection_cut_at_any_request_is_survived() {
    for_each(undisturbed().len(), |nth| {
        let simulated = start();
        simulated.sandbox.fault(Rule::new("*", "/v1/*", Effect::Reset).nth(nth));
        let ran = simulated.world.run(ROTATE);
        simulated.sandbox.clear_faults();
        assert_done(&simulated, &ran, &format!("request {nth} was cut"));
    });
}

#[test]
fn a_rotation_killed_at_any_request_is_finished_by_the_next_run() {
    for_each(undisturbed().len(), |nth| {
        let simulated = start();
        // Carried out, and nobody is left to hear of it.
        simulated.sandbox.fault(Rule::new("*", "/v1/*", Effect::NoReply).nth(nth));
        let mut child = simulated.world.start(ROTATE);
        while simulated.sandbox.struck() == 0 && child.try_wait().unwrap().is_none() {
            simulated.world.pause(0.05);
        }
        // What was under way beside it is carried out too.
        simulated.world.pause(0.5);
        drop(child.kill());
        child.wait().unwrap();
        simulated.sandbox.clear_faults();
        // Every second one is finished by a machine that knows nothing but the cluster.
        let home = tempfile::tempdir().unwrap();
        let ran = match nth % 2 {
            0 => simulated.world.run(ROTATE),
            _ => elsewhere(&simulated.world, home.path()),
        };
        assert_done(&simulated, &ran, &format!("killed at request {nth}"));
    });
}

/// The same command on another machine, once nobody has to be waited for who is known to be dead.
fn elsewhere(world: &World, home: &std::path::Path) -> Ran {
    let other = Fleet::new(home).env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token);
    let locks: Value = serde_json::from_str(&other.run(&["rotation", "lock", "-o", "json"]).out).unwrap();
    for claim in locks.as_array().unwrap() {
        let name = claim["name"].as_str().unwrap();
        let stolen = other.run(&["rotation", "steal", name, "--reason", "it was killed", "--yes"]);
        assert_eq!(stolen.code, 0, "{stolen}");
    }
    other.run(ROTATE)
}

#[test]
fn a_refusal_or_an_overload_at_any_request_is_survived_or_finished_by_the_next_run() {
    let requests = undisturbed().len() as u64;
    for_each(undisturbed().len(), |nth| {
        let simulated = start();
        let effect =
            ["status=500 body=\"out of order\"", "too-many", "status=403 body=\"Permission denied\""]
                [(nth % 3) as usize];
        simulated.sandbox.fault(format!("* /v1/* nth={nth} {effect}").parse().unwrap());
        let ran = simulated.world.run(ROTATE);
        // A run that made fewer requests leaves the fault for whoever asks next.
        simulated.sandbox.clear_faults();
        if ran.code == 0 {
            return assert_done(&simulated, &ran, &format!("request {nth} of {requests}: {effect}"));
        }
        assert_ne!(effect, "too-many", "an overload passes: request {nth} of {requests}\n{ran}");
        let again = simulated.world.run(ROTATE);
        assert_done(
            &simulated,
            &again,
            &format!("request {nth} of {requests}: {effect}, after\n{ran}\nagain"),
        );
    });
}

/// A rotation whose servers answer so to everything once it has stopped something, and what is done about that once it was tried again.
fn into_silence(simulated: &Simulated, args: &[&str], effect: &str, then: impl FnOnce(&Child)) -> Ran {
    let mut child = simulated.world.start(&[ROTATE, args].concat());
    simulated
        .world
        .until("something is on its way", 60.0, |world| JOBS.iter().any(|(job, _)| moved(world, job) > 0));
    simulated.sandbox.fault(format!("* /v1/* {effect}").parse().unwrap());
    while simulated.sandbox.struck() < 8 && child.try_wait().unwrap().is_none() {
        simulated.world.pause(0.05);
    }
    then(&child);
    Ran::of(&child.wait_with_output().unwrap())
}

#[test]
fn servers_that_cannot_answer_for_a_while_end_no_rotation() {
    for effect in ["status=500 body=\"out of order\"", "reset"] {
        let simulated = start();
        let ran = into_silence(&simulated, &[], effect, |_| simulated.sandbox.clear_faults());
        assert_done(&simulated, &ran, effect);
        if effect.starts_with("status") {
            assert!(ran.err.contains("nothing is touched, and it is tried again for 2 min"), "{ran}");
            assert!(ran.err.contains("the servers answer again, after"), "{ran}");
        }
    }
}

#[test]
fn a_rotation_whose_servers_do_not_answer_ends_when_it_is_told_to_and_says_what_it_left() {
    let simulated = start();
    let effect = "status=500 body=\"out of order\"";
    let ran = into_silence(&simulated, &[], effect, |child| signal(child, "INT"));
    assert_eq!(ran.code, 130, "{ran}");
    for said in ["while the servers could not be asked", "on its way without fleet: ", "still ineligible: c1"]
    {
        assert!(ran.err.contains(said), "{said}\n{ran}");
    }
    simulated.sandbox.clear_faults();
    assert_done(&simulated, &simulated.world.run(ROTATE), "afterwards");

    let simulated = start();
    let ran = into_silence(&simulated, &["--timeout", "15s"], effect, |_| {});
    assert_eq!(ran.code, 6, "{ran}");
    simulated.sandbox.clear_faults();
    assert_done(&simulated, &simulated.world.run(ROTATE), "after its time was over");
}
