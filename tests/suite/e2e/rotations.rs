//! `rotation …` from end to end: a rotation followed, paused, taken up and reported from another machine than the one it runs on.

use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::{Fleet, Ran};
use crate::e2e::jobs::Job;
use crate::e2e::ran::ok;
use crate::e2e::world::{World, signal};

cases! {
    a_rotation_is_watched_paused_and_let_go_on_from_another_machine,
    an_interrupted_rotation_is_taken_up_elsewhere_by_its_name,
    a_finished_rotation_is_reported_from_another_machine,
    others_are_told_of_its_start_and_its_end_and_never_make_it_fail,
    giving_up_a_rotation_takes_second_copies_away_again,
    a_node_that_falls_silent_is_told_before_the_servers_miss_it,
    the_status_of_the_cluster_names_rotations_under_way_and_left,
}

const ROTATE: &[&str] = &["rotate-nodes", "--class", "old", "--yes", "--settle", "500ms"];

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e} in\n{ran}"))
}

/// Another machine, of which nothing is known here but that it reaches the same cluster.
fn elsewhere(world: &World, home: &std::path::Path) -> Fleet {
    Fleet::new(home).env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token)
}

fn slow(name: &'static str, count: u32) -> Job {
    Job::service(name, count).with(|j| j.group = "shutdown_delay = \"4s\"".to_owned())
}

/// The name of the only rotation that has not ended.
fn only(other: &Fleet) -> String {
    let list = other.run(&["rotation", "list", "-o", "json"]);
    json(ok(&list))[0]["rotation"].as_str().unwrap_or_else(|| panic!("{list}")).to_owned()
}

fn stops(world: &World) -> usize {
    world.allocs("web").iter().filter(|a| a.desired_transition.migrate == Some(true)).count()
}

fn a_rotation_is_watched_paused_and_let_go_on_from_another_machine(world: &World) {
    world.start_on_old(&[slow("web", 4)]);
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let child = world.start(ROTATE);
    world.until("a stop", 30.0, |w| stops(w) > 0);
    let name = only(&other);
    let watching = other.command(&["rotation", "watch", &name, "-o", "json-lines"]).spawn().unwrap();
    ok(&other.run(&["rotation", "pause", &name, "--reason", "too early"]));
    let unpaused = json(ok(&other.run(&["rotation", "unpause", &name, "-o", "json"])));
    assert_eq!(unpaused["paused"], false, "{unpaused}");
    let paused = other.run(&["rotation", "pause", &name, "--reason", "looking at graphs", "-o", "json"]);
    assert_eq!(
        (&json(ok(&paused))["paused"], &json(&paused)["at_work"]),
        (&true.into(), &true.into()),
        "{paused}"
    );
    let listed = json(ok(&other.run(&["rotation", "list", "-o", "json"])));
    assert_eq!(
        (&listed[0]["at_work"], listed[0]["paused"].as_str().unwrap().contains("looking at graphs")),
        (&true.into(), true),
        "{listed}"
    );
    let shown = other.run(&["rotation", "show", &name]);
    assert!(ok(&shown).out.contains("looking at graphs"), "{shown}");
    let shown = json(ok(&other.run(&["rotation", "show", &name, "-o", "json"])));
    assert_eq!(shown["nodes"][0]["old_eligibility"], "eligible", "{shown}");
    // What was under way ends, and nothing else begins.
    world.until("the step under way", 60.0, |w| w.healthy("web").len() == 4);
    let before = stops(world);
    world.pause(6.0);
    assert_eq!(stops(world), before, "something was stopped in a pause");
    let resumed = other.run(&["rotation", "resume", &name]);
    assert!(ok(&resumed).out.contains("it goes on"), "{resumed}");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ok(&ran).err.contains("looking at graphs") && ran.err.contains("the pause is over"), "{ran}");
    let watched = Ran::of(&watching.wait_with_output().unwrap());
    let kinds: Vec<String> = ok(&watched)
        .out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        (kinds.first().unwrap().as_str(), kinds.last().unwrap().as_str()),
        ("started", "finished"),
        "{watched}"
    );
    assert!(kinds.contains(&"paused".to_owned()) && kinds.contains(&"unpaused".to_owned()), "{watched}");
    assert_eq!(kinds.iter().filter(|k| *k == "alloc-moved").count(), 4, "{watched}");
}

fn an_interrupted_rotation_is_taken_up_elsewhere_by_its_name(world: &World) {
    world.start_on_old(&[slow("web", 3)]);
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let child = world.start(ROTATE);
    world.until("a stop", 30.0, |w| stops(w) > 0);
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    let name = only(&other);
    // Whoever follows it hears what it ended with.
    let watched = other.run(&["rotation", "watch", &name]);
    assert_eq!(watched.code, 130, "{watched}");
    let preview = other.run(&["rotation", "resume", &name, "--dry-run"]);
    assert!(ok(&preview).err.contains("going on with: fleet rotate-nodes --class old"), "{preview}");
    let refused = other.run(&["rotation", "resume", &name]);
    assert_eq!(refused.code, 7, "nobody said yes here: {refused}");
    let resumed = other.run(&["rotation", "resume", &name, "--yes", "-o", "json"]);
    assert_eq!(json(ok(&resumed))["summary"]["rotated"], 3, "{resumed}");
    assert!(resumed.err.contains(&format!("rotation {name} continues")), "{resumed}");
    assert_eq!((world.healthy("web").len(), stops(world)), (3, 3), "{resumed}");
    let report = json(ok(&other.run(&["rotation", "report", "-o", "json"])));
    assert_eq!((&report["rotation"], &report["runs"]), (&name.as_str().into(), &2.into()), "{report}");
    assert_eq!(report["moves"].as_array().unwrap().len(), 3, "both machines' moves are told: {report}");
}

fn a_finished_rotation_is_reported_from_another_machine(world: &World) {
    world.start_on_old(&[Job::service("web", 3), Job::service("solo", 1)]);
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let none = other.run(&["rotation", "report", "r-00000000"]);
    assert_eq!(none.code, 3, "{none}");
    let ran = world.run(&[ROTATE, &["--singletons", "gap"]].concat());
    ok(&ran);
    let report = json(ok(&other.run(&["rotation", "report", "-o", "json"])));
    assert_eq!((&report["state"], &report["left_out"]), (&"finished".into(), &0.into()), "{report}");
    let groups = report["groups"].as_array().unwrap();
    let gap =
        |job: &str| groups.iter().find(|g| g["job_id"] == job).unwrap()["gap_seconds"].as_f64().unwrap();
    assert!(gap("web") == 0.0 && gap("solo") > 0.0, "{report}");
    let moves = report["moves"].as_array().unwrap();
    assert!(
        moves.iter().all(|m| m["outcome"] == "healthy" && m["evidence"]["available"].is_u64()),
        "{report}"
    );
    assert_eq!((&report["forecast"]["foreseen_moves"], &report["forecast"]["moves"]), (&4.into(), &4.into()));
    ok(&other.run(&["rotation", "report", "--html", "r.html"]));
    let html = std::fs::read_to_string(home.path().join("r.html")).unwrap();
    assert!(html.contains("<svg") && html.contains("solo.g[0]"), "{html}");
    assert!(ok(&other.run(&["rotation", "report", "--md"])).out.contains("| solo.g"));
    assert!(world.nodes().iter().all(|n| !n.drain));
    assert_eq!(world.node("c1").scheduling_eligibility, Eligibility::Ineligible);
}

fn others_are_told_of_its_start_and_its_end_and_never_make_it_fail(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let file = world.home().join("told");
    drop(std::fs::remove_file(&file));
    let command = format!("sh -c 'cat >> {f}; echo >> {f}'", f = file.display());
    // Nobody listens at that address.
    let told = ["--notify-cmd", &command, "--notify-url", "http://127.0.0.1:9/secret"];
    let ran = world.run(&[ROTATE, &told].concat());
    assert!(ok(&ran).err.contains("could not notify http://127.0.0.1:9/"), "{ran}");
    assert!(!ran.err.contains("secret"), "{ran}");
    let notices: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut kinds: Vec<&str> = notices.iter().map(|n| n["event"].as_str().unwrap()).collect();
    // Each has a process of its own; which of them writes first is the system's affair.
    kinds.sort_unstable();
    assert_eq!(kinds, ["end", "start"], "{notices:?}");
    let bad = world.run(&[ROTATE, &["--notify-url", "hooks.example"]].concat());
    assert_eq!(bad.code, 2, "{bad}");
}

fn giving_up_a_rotation_takes_second_copies_away_again(world: &World) {
    world.start_on_old(&[slow("solo", 1)]);
    let count = |w: &World| w.allocs("solo").iter().filter(|a| !a.is_terminal()).count();
    let mut child = world.start(&[ROTATE, &["--singletons", "surge"]].concat());
    world.until("a second copy", 60.0, |w| count(w) == 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let name = only(&world.fleet());
    let locks = json(ok(&world.run(&["rotation", "lock", "-o", "json"])));
    for lock in locks.as_array().unwrap() {
        ok(&world.run(&[
            "rotation",
            "steal",
            lock["name"].as_str().unwrap(),
            "--reason",
            "it was killed",
            "--yes",
            "-o",
            "json",
        ]));
    }
    let preview = json(ok(&world.run(&["rotation", "rollback", &name, "--dry-run", "-o", "json"])));
    assert_eq!(
        (&preview["counts"][0]["from"], &preview["counts"][0]["to"]),
        (&2.into(), &1.into()),
        "{preview}"
    );
    let ran = world.run(&["rotation", "rollback", &name, "--yes", "-o", "json"]);
    assert_eq!(json(ok(&ran))["counts"][0]["done"], true, "{ran}");
    world.until("one copy", 30.0, |w| count(w) == 1);
    // Its health is looked at once more for the version that the count made.
    world.until("it is healthy", 30.0, |w| w.healthy("solo").len() == 1);
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible), "{ran}");
    let list = json(ok(&world.run(&["rotation", "list", "-o", "json"])));
    assert!(list.as_array().unwrap().is_empty(), "it is forgotten: {list}");
}

fn a_node_that_falls_silent_is_told_before_the_servers_miss_it(world: &World) {
    world.start_on_old(&[Job::service("web", 3).with(|j| j.group = "shutdown_delay = \"600s\"".to_owned())]);
    let child = world.start(&[ROTATE, &["-o", "json-lines", "--timeout", "10m"]].concat());
    world.until("a stop", 30.0, |w| stops(w) > 0);
    let leaving =
        world.allocs("web").into_iter().find(|a| a.desired_transition.migrate == Some(true)).unwrap();
    world.machines.kill_node(&leaving.node_name);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 1, "{ran}");
    let events: Vec<Value> = ran.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let silent = events.iter().find(|e| e["event"] == "node-silent").unwrap_or_else(|| panic!("{ran}"));
    assert_eq!(silent["node"]["node_name"], leaving.node_name.as_str(), "{ran}");
    // Where the clock is fast the servers may have missed it by the time it was asked.
    assert_eq!(silent["status"] == "ready", silent["status_since"].is_null(), "{ran}");
    assert!(silent["waited_until"].is_string() && silent["last_progress_at"].is_string(), "{silent}");
    world.machines.start_node(&leaving.node_name);
}

fn the_status_of_the_cluster_names_rotations_under_way_and_left(world: &World) {
    world.start_on_old(&[slow("web", 3)]);
    let none = json(ok(&world.run(&["status", "-o", "json"])));
    assert_eq!((&none["rotations_asked"], none["rotations"].as_array().unwrap().len()), (&true.into(), 0));
    let child = world.start(ROTATE);
    world.until("a stop", 30.0, |w| stops(w) > 0);
    let status = || json(ok(&world.run(&["status", "-o", "json"])));
    let (seen, name) = (status(), only(&elsewhere(world, world.home())));
    let found = &seen["rotations"][0];
    assert_eq!((&found["rotation"], &found["at_work"]), (&name.as_str().into(), &true.into()), "{seen}");
    assert_eq!(found["next"], format!("fleet rotation watch {name}"), "{seen}");
    assert_eq!(found["in_hand"].as_array().unwrap().len(), 1, "{seen}");
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran}");
    let resume = format!("fleet rotation resume {name}");
    assert_eq!(status()["rotations"][0]["next"], resume, "{ran}");
    let shown = world.run(&["status"]);
    assert!(ok(&shown).out.contains("left unfinished") && shown.out.contains(&name), "{shown}");
    let checked = world.run(&["status", "--check"]);
    assert_eq!(checked.code, 1, "what was left has to be decided about: {checked}");
    // Whoever may not see them is told so, and not that there is none.
    let blind = world.token(
        "node { policy = \"read\" }\nnamespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }",
    );
    let ran = world.fleet().env("NOMAD_TOKEN", &blind).run(&["status"]);
    assert!(ran.out.contains("not asked: the token may not read the variables"), "{ran}");
    ok(&world.run(&["rotation", "rollback", &name, "--yes"]));
    assert_eq!(status()["rotations"], serde_json::json!([]));
}
