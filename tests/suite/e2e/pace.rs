//! The pace of a rotation, and single instances that are never away, from end to end.

use fleet::api::http::Get;
use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::{Witness, World, signal};

cases! {
    a_single_instance_is_moved_without_a_gap,
    a_surge_that_is_killed_gives_the_count_back_when_run_again,
    what_must_not_run_twice_is_refused,
    a_second_copy_that_finds_no_room_changes_nothing,
    a_gap_is_measured,
    a_gap_that_nobody_saw_is_not_told,
    a_closed_window_touches_nothing,
    a_gate_holds_until_it_says_yes,
    batch_work_is_waited_for_no_longer_than_decided,
    a_plan_in_a_file_is_carried_out_only_while_the_world_is_as_it_was,
}

const ROTATE: &[&str] = &["rotate-nodes", "--class", "old", "--yes", "--settle", "500ms"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ROTATE.iter().copied().chain(more.iter().copied()).collect()
}

/// No version is left out: a second copy makes new ones.
const NO_VERSION: u64 = u64::MAX;

fn count(world: &World, job: &str) -> u64 {
    let call: Get<Value> = Get::new(format!("/v1/job/{job}"), "read a job");
    world.wait_on(world.api().read(&call)).unwrap().value["TaskGroups"][0]["Count"].as_u64().unwrap()
}

fn assert_moved_once(world: &World, job: &str) {
    world.until("one instance on a new node", 30.0, |w| {
        let healthy = w.healthy(job);
        healthy.len() == 1 && ["c4", "c5", "c6", "c7"].contains(&healthy[0].node_name.as_str())
    });
    assert_eq!(count(world, job), 1, "the count is its own again");
}

fn a_single_instance_is_moved_without_a_gap(world: &World) {
    world.start_on_old(&[Job::service("cache", 1), Job::service("web", 3)]);
    let (cache, web) = (Witness::serving(world, "cache", NO_VERSION), Witness::new(world, "web"));
    let ran = world.run(&with(&["--singletons", "surge", "-o", "json"]));
    let (cache, web) = (cache.fewest(), web.fewest());
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert!(cache >= 1 && web >= 2, "cache fell to {cache}, web to {web}\n{ran}");
    assert_eq!(report["summary"]["rotated"], 3, "{ran}");
    let moved = report["moves"].as_array().unwrap().iter().find(|m| m["alloc"]["job_id"] == "cache");
    assert_eq!(moved.unwrap()["gap_seconds"], 0.0, "{ran}");
    assert_moved_once(world, "cache");
}

fn a_surge_that_is_killed_gives_the_count_back_when_run_again(world: &World) {
    world.start_on_old(&[Job::service("cache", 1)]);
    let witness = Witness::serving(world, "cache", NO_VERSION);
    let mut child = world.start(&with(&["--singletons", "surge"]));
    world.until("the second copy", 60.0, |w| count(w, "cache") == 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let ran = world.run(&with(&["--singletons", "surge"]));
    ok(&ran);
    let fewest = witness.fewest();
    assert!(fewest >= 1, "cache fell to {fewest}\n{ran}");
    assert_moved_once(world, "cache");

    // Ctrl-C gives it back at once, where nothing is lost by that.
    world.reset();
    world.start_on_old(&[Job::service("cache", 1)]);
    let child = world.start(&with(&["--singletons", "surge"]));
    world.until("the second copy", 60.0, |w| count(w, "cache") == 2);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    world.until("the own count or a hint", 30.0, |w| {
        count(w, "cache") == 1 || ran.err.contains("fleet job scale")
    });
    // Its health is looked at again for the new version.
    world.until("the first one well where it was", 30.0, |w| w.healthy("cache").len() == 1);
}

fn what_must_not_run_twice_is_refused(world: &World) {
    let meta = "meta = {\n \"fleet.singleton\" = \"exclusive\"\n }";
    world.start_on_old(&[Job::service("db", 1).with(|j| j.group = meta.to_owned())]);
    let ran = world.run(&with(&["--singletons", "surge"]));
    code(&ran, 7, "db/g cannot have a second copy: its metadata says fleet.singleton = \"exclusive\"");
    assert_eq!(count(world, "db"), 1);
    code(
        &world.run(&["node", "drain", "c1", "--singletons", "surge", "--yes"]),
        2,
        "fleet rotate-nodes c1 --singletons surge",
    );
}

fn a_second_copy_that_finds_no_room_changes_nothing(world: &World) {
    world.start_on_old(&[Job::service("fat", 1).with(|j| j.memory = 3000)]);
    let before = world.healthy("fat")[0].id.clone();
    // The new nodes have room for one of them, not for two.
    ["c1", "c2", "c3"].iter().for_each(|n| world.set_eligible(n, Eligibility::Ineligible));
    world.register(&Job::service("full", 2).with(|j| j.memory = 3000));
    world.until("full running", 30.0, |w| w.healthy("full").len() == 2);
    ["c1", "c2", "c3"].iter().for_each(|n| world.set_eligible(n, Eligibility::Eligible));
    let ran = world.run(&with(&["--singletons", "surge"]));
    code(&ran, 7, "1 of fat/g cannot be placed");
    assert_eq!((count(world, "fat"), &world.healthy("fat")[0].id), (1, &before), "{ran}");
}

fn a_gap_is_measured(world: &World) {
    world.start_on_old(&[Job::service("cache", 1)]);
    let ran = world.run(&with(&["--singletons", "gap", "-o", "json"]));
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert!(report["moves"][0]["gap_seconds"].as_f64().unwrap() > 0.0, "{ran}");
}

fn a_gap_that_nobody_saw_is_not_told(world: &World) {
    world.start_on_old(&[Job::service("cache", 1)]);
    let before = world.healthy("cache")[0].id.clone();
    let mut child = world.start(&with(&["--singletons", "gap"]));
    world.until("a stop", 30.0, |w| {
        w.allocs("cache").iter().any(|a| a.desired_transition.migrate == Some(true))
    });
    child.kill().unwrap();
    child.wait().unwrap();
    world.until("its replacement", 60.0, |w| w.healthy("cache").iter().any(|a| a.id != before));
    let ran = world.run(&with(&["--singletons", "gap", "-o", "json"]));
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert!(report["moves"][0]["gap_seconds"].is_null(), "{ran}");
    assert!(!ran.err.contains("never away"), "{ran}");
}

fn a_closed_window_touches_nothing(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let nodes = || ["c1", "c2", "c3"].map(|n| world.node(n).modify_index);
    let before = nodes();
    // A minute that is over for a day and is never long enough.
    let now = fleet::clock::Clock::now(&fleet::clock::SystemClock).to_zoned(jiff::tz::TimeZone::UTC);
    let past = |minutes: i64| now.checked_sub(jiff::Span::new().minutes(minutes)).unwrap();
    let time = |z: &jiff::Zoned| format!("{:02}:{:02}", z.hour(), z.minute());
    let window = format!("{}-{}", time(&past(10)), time(&past(9)));
    let ran = world.run(&with(&["--window", &window, "--timeout", "3s"]));
    code(&ran, 6, "--timeout passed");
    assert_eq!(nodes(), before, "{ran}");
    code(&world.run(&with(&["--window", "nonsense"])), 2, "expected [DAYS ]HH:MM-HH:MM[ ZONE]");
    ok(&world.run(&with(&["--window", "00:00-24:00"])));
}

fn a_gate_holds_until_it_says_yes(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let flag = world.home().join("go");
    let gate = format!("test -e {} || {{ echo not yet >&2; exit 1; }}", flag.display());
    let gate =
        with(&["--gate-cmd", &gate, "--gate-interval", "200ms", "--gate-passes", "2", "--timeout", "3s"]);
    let ran = world.run(&[&gate[..], &["--gate-cmd", "sleep 6000"]].concat());
    code(&ran, 6, "no: exit code 1: not yet");
    code(&ran, 6, "no answer before --timeout passed");
    assert_eq!(world.healthy("web").len(), 3);
    std::fs::write(&flag, "").unwrap();
    ok(&world.run(&gate[..gate.len() - 2]));
    // Whoever does not know holds like a no, and may be left out by name only.
    let unknown = with(&["--gate-cmd", "exit 75"]);
    assert_eq!(world.run(&unknown).code, 0, "everything is rotated already");
}

fn batch_work_is_waited_for_no_longer_than_decided(world: &World) {
    world.start_on_old(&[Job::batch("crunch", "240h")]);
    code(&world.run(&with(&["--batch-limit", "1s"])), 2, "--batch wait");
    let ran = world.run(&with(&["--batch", "wait", "--batch-limit", "1s", "-o", "json"]));
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert_eq!(report["moves"][0]["outcome"], "killed", "{ran}");
}

fn a_plan_in_a_file_is_carried_out_only_while_the_world_is_as_it_was(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let file = world.home().join("plan.json");
    let file = file.to_str().unwrap();
    let before = ["c1", "c2", "c3"].map(|n| world.node(n).modify_index);
    let plan = ["rotate-nodes", "plan", "--class", "old", "--settle", "500ms", "--out", file];
    let ran = world.run(&plan);
    assert!(ok(&ran).err.contains("fleet rotate-nodes apply"), "{ran}");
    assert_eq!(["c1", "c2", "c3"].map(|n| world.node(n).modify_index), before, "a plan wrote something");
    let saved: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(saved["arguments"], serde_json::json!(["--class", "old", "--settle", "500ms"]));
    assert_eq!(saved["steps"]["nodes"].as_array().unwrap().len(), 3);

    world.register(&Job::service("late", 2));
    let deployed: Get<Value> = Get::new("/v1/job/late/deployment".to_owned(), "read a deployment");
    world.until("late deployed", 30.0, |w| {
        w.wait_on(w.api().read(&deployed)).is_ok_and(|d| d.value["Status"] == "successful")
    });
    let on_old = world.healthy("late").iter().any(|a| ["c1", "c2", "c3"].contains(&a.node_name.as_str()));
    let ran = world.run(&["rotate-nodes", "apply", file, "--yes"]);
    if on_old {
        code(&ran, 7, "the world has moved");
        assert!(ran.err.contains("runs late.g["), "{ran}");
        ok(&world.run(&plan));
        ok(&world.run(&["rotate-nodes", "apply", file, "--dry-run"]));
        ok(&world.run(&["rotate-nodes", "apply", file, "--yes"]));
    } else {
        ok(&ran);
    }
    assert_eq!(world.healthy("web").len(), 3);
    std::fs::write(file, "{}").unwrap();
    code(&world.run(&["rotate-nodes", "apply", file, "--yes"]), 2, "is not a plan of a rotation");
    code(&world.run(&["rotate-nodes", "apply", "/none", "--yes"]), 3, "cannot be read");
}
