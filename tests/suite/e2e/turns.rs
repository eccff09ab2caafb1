//! Whoever moves work waits for those who work on the same nodes, looks again before each step, and gives back what it only borrowed.

use std::collections::BTreeSet;
use std::process::Child;

use fleet::api::nomad::allocation::{self, AllocStub};
use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Fleet;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ended, ok};
use crate::e2e::world::{Witness, World, ports_of_its_own};

cases! {
    who_comes_second_to_the_same_nodes_waits,
    the_next_nodes_are_looked_at_again_before_they_are_drained,
    work_goes_to_the_nodes_that_were_named,
    who_comes_second_to_the_same_services_waits_its_turn_and_is_told_so_before,
    a_rotation_beside_a_drain_waits_its_turn,
    an_update_waits_for_a_rotation_and_keeps_the_floor,
    an_update_waits_for_a_restart_and_takes_nothing_beside_what_is_broken,
    a_deployment_is_held_while_an_instance_beside_it_is_away,
    a_deployment_that_a_killed_run_has_paused_is_gone_on_with,
    what_somebody_pauses_as_well_is_left_paused,
    two_stops_of_instances_at_once_take_turns,
    what_goes_on_no_more_is_not_resumed_in_silence,
    a_migration_that_was_killed_goes_on_and_gives_back_what_it_passed_over,
}

fn slow(name: &'static str, count: u32, delay: u32) -> Job {
    Job::service(name, count).with(|j| j.group = format!("shutdown_delay = \"{delay}s\""))
}

fn until_a_stop(world: &World, job: &str) {
    world.until("a stop", 30.0, |w| w.allocs(job).iter().any(|a| a.desired_transition.migrate == Some(true)));
}

/// Another machine, of which nothing is known here but that it reaches the same cluster.
fn elsewhere(world: &World, home: &std::path::Path) -> Fleet {
    Fleet::new(home).env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token)
}

fn eligible(world: &World) -> BTreeSet<String> {
    let open = |n: &fleet::api::nomad::node::NodeStub| n.scheduling_eligibility == Eligibility::Eligible;
    world.nodes().into_iter().filter(open).map(|n| n.name).collect()
}

fn where_it_runs(world: &World, job: &str) -> BTreeSet<String> {
    world.healthy(job).into_iter().map(|a| a.node_name).collect()
}

fn who_comes_second_to_the_same_nodes_waits(world: &World) {
    world.start_on_old(&[slow("web", 4, 4)]);
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let web = Witness::new(world, "web");
    let first = world.start(&["rotate-nodes", "c1", "c2", "--yes", "--settle", "500ms"]);
    until_a_stop(world, "web");
    let refused = other.run(&["node", "drain", "c1", "c2", "--yes", "--wait-lock", "0s"]);
    code(&refused, 6, "it is somebody else's turn");
    assert!(
        refused.err.contains("waiting for rotation r-") && refused.err.contains("which empties c"),
        "{refused}"
    );
    assert!(refused.err.contains("fleet rotation watch r-"), "{refused}");
    assert!(world.nodes().iter().all(|n| !n.drain), "nothing was changed");
    // The same rotation from another machine.
    let same = other.run(&["rotate-nodes", "c1", "c2", "--yes", "--wait-lock", "0s"]);
    code(&same, 6, "which is the same rotation");
    // Whoever waits comes after it, and both end well.
    let second = other.run(&["rotate-nodes", "c2", "c3", "--yes", "--settle", "500ms"]);
    code(&second, 0, "waiting for rotation r-");
    ok(&ended(first));
    assert!(web.fewest() >= 3, "{second}");
    assert_eq!(eligible(world), ["c4", "c5", "c6"].map(str::to_owned).into());
}

/// One of the nodes, as it has something of the service on it, and is not that one.
fn other_node_of(world: &World, job: &str, not: &str) -> String {
    let mut nodes = where_it_runs(world, job).into_iter();
    nodes.find(|n| n != not && ["c1", "c2", "c3"].contains(&n.as_str())).unwrap()
}

fn who_comes_second_to_the_same_services_waits_its_turn_and_is_told_so_before(world: &World) {
    world.start_on_old(&[slow("web", 4, 6)]);
    let node = where_it_runs(world, "web").into_iter().next().unwrap();
    let second = other_node_of(world, "web", &node);
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let web = Witness::new(world, "web");
    let first = world.start(&["rotate-nodes", &node, "--yes", "--settle", "500ms"]);
    until_a_stop(world, "web");
    // Nothing of it is unhealthy: one of it is on its way by other hands.
    let preview = other.run(&["rotate-nodes", &second, "--dry-run"]);
    let shown = format!("{}{}", ok(&preview).out, preview.err);
    assert!(shown.contains("Waits for") && shown.contains("which moves web"), "{preview}");
    assert!(!shown.contains("--min-healthy") && !shown.contains("Blocked by"), "{preview}");
    let drain = other.run(&["node", "drain", &second, "--dry-run"]);
    assert!(ok(&drain).out.contains("waits for rotation r-"), "{drain}");
    let ran = other.run(&["rotate-nodes", &second, "--yes", "--settle", "500ms"]);
    assert!(!ok(&ran).err.contains("--min-healthy"), "{ran}");
    ok(&ended(first));
    let fewest = web.fewest();
    assert!(fewest >= 3 && world.healthy("web").len() == 4, "web fell to {fewest}\n{ran}");
    assert!(!where_it_runs(world, "web").contains(&second), "{ran}");
}

fn a_rotation_beside_a_drain_waits_its_turn(world: &World) {
    world.start_on_old(&[slow("web", 4, 6)]);
    let node = where_it_runs(world, "web").into_iter().next().unwrap();
    let second = other_node_of(world, "web", &node);
    let first = world.start(&["node", "drain", &node, "--yes"]);
    until_a_stop(world, "web");
    // The very node that is drained is waited for before anything is touched.
    let same = world.run(&["rotate-nodes", &node, "--yes", "--settle", "500ms", "--wait-lock", "0s"]);
    code(&same, 6, &format!("which drains {node}"));
    let ran = world.run(&["rotate-nodes", &second, "--yes", "--settle", "500ms"]);
    assert!(!ok(&ran).err.contains("--min-healthy"), "{ran}");
    ok(&ended(first));
    assert_eq!(world.healthy("web").len(), 4, "{ran}");
}

/// The same service as another version, whose update takes one at a time; the name of its file.
fn next_version(world: &World, count: u32, run_for: &str) -> String {
    let job = slow("web", count, 3).with(|j| j.config = format!("run_for = \"{run_for}\""));
    let hcl = job.hcl().replace("max_parallel = 10", "max_parallel = 1");
    std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
    "web.hcl".to_owned()
}

fn an_update_waits_for_a_rotation_and_keeps_the_floor(world: &World) {
    world.start_on_old(&[slow("web", 3, 4)]);
    let web = Witness::new(world, "web");
    let rotation = world.start(&["rotate-nodes", "c1", "--yes", "--settle", "500ms"]);
    until_a_stop(world, "web");
    let file = next_version(world, 3, "241h");
    let refused = world.run(&["deploy", &file, "--yes", "--wait-lock", "0s"]);
    code(&refused, 6, "it is somebody else's turn");
    assert!(refused.err.contains("--force-below-floor"), "{refused}");
    assert_eq!(world.allocs("web").iter().map(|a| a.job_version).max(), Some(0), "nothing was changed");
    let deployed = world.run(&["deploy", &file, "--yes", "--settle", "1s"]);
    code(&deployed, 0, "waiting");
    ok(&ended(rotation));
    // What the update block leaves at work, whoever takes one away beside it.
    assert!(web.fewest() >= 2, "{deployed}");
    assert!(world.healthy("web").iter().all(|a| a.job_version == 1), "{deployed}");
}

fn an_update_waits_for_a_restart_and_takes_nothing_beside_what_is_broken(world: &World) {
    let web = slow("web", 2, 0).with(|j| j.config.push_str("\n kill_after = \"1500ms\""));
    world.start_on_old(&[web]);
    let restart = world.start(&["job", "restart", "web"]);
    world.until("a restart", 30.0, |w| {
        let asked = |a: &AllocStub| {
            a.task_states.values().any(|t| t.events.iter().any(|e| e.kind == "Restart Signaled"))
        };
        let all = w.wait_on(w.api().list(&allocation::of_job("default", "web"))).unwrap().value;
        all.iter().any(asked)
    });
    let file = next_version(world, 2, "242h");
    code(&world.run(&["deploy", &file, "--yes", "--settle", "1s"]), 0, "waiting");
    assert!([0, 7].contains(&ended(restart).code), "it ends, or was overtaken between two instances");
    // A version that crashes takes the first of two.
    let file = next_version(world, 2, "243h");
    let text = std::fs::read_to_string(world.home().join(&file)).unwrap();
    let bad = text.replace("run_for = \"243h\"", "run_for = \"10ms\"\n exit_code = 3");
    let bad =
        bad.replace("shutdown_delay", "restart {\n attempts = 0\n mode = \"fail\"\n }\n shutdown_delay");
    std::fs::write(world.home().join(&file), bad).unwrap();
    code(&world.run(&["deploy", &file, "--yes", "--settle", "1s", "--max-crashes", "1"]), 1, "failed");
    let web = Witness::new(world, "web");
    // The same specification again leaves the failed one as it is, and would take the other, which alone is at work.
    let text = std::fs::read_to_string(world.home().join(&file)).unwrap();
    let again = text.replace("type = \"service\"", "type = \"service\"\n priority = 60");
    assert_ne!(again, text);
    std::fs::write(world.home().join(&file), again).unwrap();
    let refused = world.run(&["deploy", &file, "--yes", "--settle", "1s", "--max-crashes", "1"]);
    code(&refused, 7, "to go on all the same: --force-below-floor");
    assert!(refused.err.contains("first (floor 1)") && refused.err.contains("canary"), "{refused}");
    // Another one begins with what has failed: it is the repair, and needs no force.
    let file = next_version(world, 2, "244h");
    let repaired = world.run(&["deploy", &file, "--yes", "--settle", "1s"]);
    code(&repaired, 0, "runs and is healthy");
    assert!(web.fewest() >= 1, "{repaired}");
}

/// A deployment that a run of fleet has paused because an instance that it does not touch yet is away: that run, and its command.
fn held(world: &World) -> (Child, Vec<String>) {
    let web = slow("web", 3, 0).with(|j| j.config.push_str("\n kill_after = \"1s\""));
    world.start_on_old(&[web]);
    let file = next_version(world, 3, "245h");
    let text = std::fs::read_to_string(world.home().join(&file)).unwrap();
    let steady = text.replacen("min_healthy_time = \"500ms\"", "min_healthy_time = \"12s\"", 1);
    std::fs::write(world.home().join(&file), steady.replace("shutdown_delay = \"3s\"", "")).unwrap();
    let command = ["deploy", &file, "--yes", "--settle", "1s"].map(str::to_owned).to_vec();
    let deploying = world.start(&command.iter().map(String::as_str).collect::<Vec<_>>());
    world.until("the first of them is placed", 60.0, |w| w.allocs("web").iter().any(|a| a.job_version == 1));
    // Its turn is the last. Somebody restarts it meanwhile.
    let last = world.allocs("web").into_iter().find(|a| a.name == "web.g[2]" && a.job_version == 0).unwrap();
    code(&world.run(&["alloc", "restart", &last.id, "--max-unavailable", "2", "--detach"]), 0, "");
    world.until("its deployment is paused", 30.0, is_paused);
    (deploying, command)
}

fn is_paused(world: &World) -> bool {
    world.run(&["deploy", "status", "web", "-o", "json"]).out.contains("\"paused\"")
}

fn a_deployment_is_held_while_an_instance_beside_it_is_away(world: &World) {
    let (deploying, _) = held(world);
    let why = world.run(&["why", "web"]);
    assert!(why.out.contains("fleet resume web"), "{why}");
    let deployed = ended(deploying);
    code(&deployed, 0, "paused the deployment of version 1: ");
    assert!(
        deployed.out.contains("the deployment of version 1 goes on") || deployed.err.contains("goes on"),
        "{deployed}"
    );
    assert!(world.healthy("web").iter().all(|a| a.job_version == 1), "{deployed}");
}

fn a_deployment_that_a_killed_run_has_paused_is_gone_on_with(world: &World) {
    let (mut deploying, command) = held(world);
    deploying.kill().unwrap();
    deploying.wait().unwrap();
    let why = world.run(&["why", "web"]);
    assert!(why.out.contains("is paused by fleet for ") && why.out.contains("fleet deploy web"), "{why}");
    let status = world.run(&["deploy", "status", "web"]);
    assert!(status.out.contains("whose run has ended; fleet deploy web goes on with it"), "{status}");
    let again = world.run(&command.iter().map(String::as_str).collect::<Vec<_>>());
    code(&again, 0, "version 1 is paused by fleet for ");
    assert!(!again.err.contains("registered version"), "it was registered before\n{again}");
    assert!(world.healthy("web").iter().all(|a| a.job_version == 1), "{again}");
}

fn what_somebody_pauses_as_well_is_left_paused(world: &World) {
    let (deploying, _) = held(world);
    code(&world.run(&["pause", "web"]), 0, "");
    code(&ended(deploying), 8, "");
    assert!(is_paused(world));
    code(&world.run(&["resume", "web"]), 0, "");
}

fn two_stops_of_instances_at_once_take_turns(world: &World) {
    world.start_on_old(&[slow("web", 3, 3)]);
    let witness = Witness::new(world, "web");
    let stops: Vec<Child> =
        world.allocs("web").iter().take(2).map(|a| world.start(&["alloc", "stop", &a.id, "--yes"])).collect();
    let ran: Vec<_> = stops.into_iter().map(ended).collect();
    // The other one is refused, or comes so late that all is well again.
    assert!(ran.iter().all(|r| [0, 7].contains(&r.code)), "{}\n{}", ran[0], ran[1]);
    assert!(ran.iter().any(|r| r.code == 0) && witness.fewest() >= 2, "{}\n{}", ran[0], ran[1]);
}

fn what_goes_on_no_more_is_not_resumed_in_silence(world: &World) {
    let _ports = ports_of_its_own();
    let deploy = |hcl: String| {
        std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
        code(&world.run(&["deploy", "web.hcl", "--yes", "--detach"]), 0, "");
    };
    let job = |run_for: &str, check: &str| {
        let job = Job::service("web", 2).with(|j| {
            j.config = format!("run_for = \"{run_for}\"");
            j.job = "meta {\n sandbox_checks = \"failing\"\n }".to_owned();
            j.group = format!(
                "network {{\n port \"http\" {{\n }}\n }}\n service {{\n name = \"web\"\n provider = \"nomad\"\n port = \"http\"\n \
                 {check} }}\n"
            );
        });
        let slow = "max_parallel = 1\n healthy_deadline = \"4s\"\n progress_deadline = \"10m\"";
        job.hcl().replace("max_parallel = 10", slow).replacen("\"task_states\"", "\"checks\"", 1)
    };
    deploy(job("240h", ""));
    world.until("web is healthy", 60.0, |w| w.healthy("web").len() == 2);
    world.until("its deployment is over", 30.0, |w| {
        w.run(&["wait", "deployment", "web", "--timeout", "1s"]).code == 0
    });
    // Nobody listens behind its port.
    deploy(job("241h", "check {\n type = \"tcp\"\n interval = \"1s\"\n timeout = \"1s\"\n }\n"));
    world.until("it is paused", 30.0, |w| w.run(&["pause", "web"]).code == 0);
    let unhealthy =
        |w: &World| w.allocs("web").iter().any(|a| a.job_version == 1 && a.healthy() == Some(false));
    world.until("one is unhealthy", 60.0, unhealthy);
    let resumed = world.run(&["resume", "web"]);
    code(&resumed, 1, "the deployment of web is resumed, and replaces nothing more");
    assert!(resumed.err.contains("fleet abort web") && resumed.err.contains("web.g[0]"), "{resumed}");
    assert_eq!(world.healthy("web").iter().filter(|a| a.job_version == 0).count(), 1, "{resumed}");
}

fn only_on(world: &World, node: &str) {
    for name in ["c1", "c2", "c3", "c4", "c5", "c6"] {
        let eligibility = if name == node { Eligibility::Eligible } else { Eligibility::Ineligible };
        world.set_eligible(name, eligibility);
    }
}

fn the_next_nodes_are_looked_at_again_before_they_are_drained(world: &World) {
    only_on(world, "c1");
    world.register(&slow("web", 2, 4));
    world.until("web runs", 60.0, |w| w.healthy("web").len() == 2);
    only_on(world, "c2");
    world.register(&Job::service("api", 2));
    let deploying = |w: &World| {
        let latest = fleet::api::nomad::deployment::latest_of_job("default", "api");
        w.wait_on(w.api().read(&latest)).unwrap().value.is_some_and(|d| d.status.is_active())
    };
    world.until("api runs", 60.0, |w| w.healthy("api").len() == 2 && !deploying(w));
    for name in ["c1", "c2", "c3", "c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Eligible);
    }
    let child = world.start(&["node", "drain", "c1", "c2", "--max-parallel", "1", "--yes"]);
    world.until("c1 drains", 30.0, |w| w.node("c1").drain);
    // A deployment that nobody knew of when the question was put: a third instance, which takes its time to be healthy.
    let third = Job::service("api", 3).hcl();
    world.register_hcl(&third.replacen("min_healthy_time = \"500ms\"", "min_healthy_time = \"25s\"", 1));
    world.until("c1 is drained", 60.0, |w| !w.node("c1").drain && w.healthy("web").len() == 2);
    assert!(deploying(world));
    while deploying(world) {
        let draining = world.node("c2").drain;
        assert!(!draining || !deploying(world), "its drain counts against the deployment");
        world.pause(0.5);
    }
    let ran = ended(child);
    assert!(ok(&ran).err.contains("a deployment of job api is under way"), "{ran}");
    assert!(!where_it_runs(world, "api").contains("c2"), "{ran}");
}

fn work_goes_to_the_nodes_that_were_named(world: &World) {
    world.start_on_old(&[Job::service("web", 4), Job::service("api", 3)]);
    code(&world.run(&["migrate", "nodes", "--class", "old", "--yes"]), 2, "--to class=new");
    code(
        &world.run(&["migrate", "nodes", "--class", "old", "--to", "class=none", "--yes"]),
        3,
        "no node fits --to",
    );
    let preview = world.run(&["migrate", "nodes", "--class", "old", "--to", "c4", "--dry-run", "-o", "json"]);
    let shown: Value = serde_json::from_str(&ok(&preview).out).unwrap();
    assert_eq!(shown["passed_over"], serde_json::json!(["c5", "c6"]), "{preview}");
    assert_eq!(shown["forecast"]["verdict"], "fits", "{preview}");
    assert_eq!(eligible(world).len(), 6, "a preview writes nothing");
    let (web, api) = (Witness::new(world, "web"), Witness::new(world, "api"));
    let ran = world.run(&["migrate", "nodes", "--class", "old", "--to", "c4", "--yes", "--settle", "500ms"]);
    assert!(
        ok(&ran).err.contains("until the end 2 nodes that are passed over take no new work: c5, c6"),
        "{ran}"
    );
    let (web, api) = (web.fewest(), api.fewest());
    assert!(web >= 3 && api >= 2, "web fell to {web}, api to {api}\n{ran}");
    for job in ["web", "api"] {
        assert_eq!(where_it_runs(world, job), ["c4".to_owned()].into(), "{ran}");
    }
    assert_eq!(eligible(world), ["c4", "c5", "c6"].map(str::to_owned).into(), "{ran}");
}

fn a_migration_that_was_killed_goes_on_and_gives_back_what_it_passed_over(world: &World) {
    world.start_on_old(&[slow("web", 4, 4)]);
    let migrate = ["migrate", "nodes", "--class", "old", "--to", "c4", "--yes", "--settle", "500ms"];
    let mut child = world.start(&migrate);
    until_a_stop(world, "web");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(eligible(world), ["c4".to_owned()].into());
    // The name is all that another machine needs.
    let home = tempfile::tempdir().unwrap();
    let other = elsewhere(world, home.path());
    let list: Value = serde_json::from_str(&ok(&other.run(&["rotation", "list", "-o", "json"])).out).unwrap();
    let name = list[0]["rotation"].as_str().unwrap();
    let ran = other.run(&["rotation", "resume", name, "--yes"]);
    assert!(ok(&ran).err.contains("going on with: fleet migrate nodes"), "{ran}");
    assert_eq!(where_it_runs(world, "web"), ["c4".to_owned()].into(), "{ran}");
    assert_eq!(eligible(world), ["c4", "c5", "c6"].map(str::to_owned).into(), "{ran}");
    // One that is given up gives everything back.
    let mut child = world.start(&["migrate", "nodes", "c4", "--to", "c5", "--yes", "--settle", "500ms"]);
    world.until("its first mark", 30.0, |w| eligible(w).len() == 1);
    child.kill().unwrap();
    child.wait().unwrap();
    let list: Value = serde_json::from_str(&ok(&world.run(&["rotation", "list", "-o", "json"])).out).unwrap();
    let name = list[0]["rotation"].as_str().unwrap();
    let ran = world.run(&["rotation", "rollback", name, "--yes"]);
    ok(&ran);
    assert_eq!(eligible(world), ["c4", "c5", "c6"].map(str::to_owned).into(), "{list}\n{ran}");
}
