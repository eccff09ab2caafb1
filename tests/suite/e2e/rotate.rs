//! `rotate-nodes` from end to end.

use std::collections::BTreeSet;

use fleet::api::http::Get;
use fleet::api::nomad::allocation::AllocStub;
use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::{Witness, World, signal};

cases! {
    a_class_of_nodes_is_rotated_and_verified,
    a_preview_writes_nothing,
    no_selector_is_a_usage_error_and_an_empty_selection_is_not_found,
    every_ready_node_is_refused,
    a_drain_that_cannot_fit_is_refused,
    a_replacement_that_never_turns_healthy_stops_it,
    a_failed_rotation_gives_eligibility_back_when_asked,
    single_instances_are_a_decision,
    batch_work_is_a_decision,
    an_interrupted_rotation_goes_on_with_the_same_command,
    what_was_told_to_go_is_followed_also_where_every_node_takes_work_again,
    a_rotation_killed_at_any_moment_finishes_when_run_again,
    a_token_without_alloc_lifecycle_drains_under_supervision,
    a_supervised_drain_that_somebody_cancels_stops_it,
    a_foreign_drain_is_not_touched,
    a_token_without_node_write_is_refused,
    a_command_starts_replacements,
    replacements_are_started_a_few_ahead_of_the_drains,
    consul_agrees_that_moved_services_are_well,
    a_service_that_consul_does_not_find_well_stops_it,
    a_node_that_dies_stops_it,
    a_leader_that_dies_does_not,
}

/// The last look is short here: what has to come to rest does so quickly.
const ROTATE: &[&str] = &["rotate-nodes", "--class", "old", "--yes", "--settle", "500ms"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ROTATE.iter().copied().chain(more.iter().copied()).collect()
}

fn nodes_of(allocs: &[AllocStub]) -> BTreeSet<String> {
    allocs.iter().map(|a| a.node_name.clone()).collect()
}

fn assert_rotated(world: &World, jobs: &[(&str, usize)]) {
    for (job, count) in jobs {
        let healthy = world.healthy(job);
        assert_eq!(healthy.len(), *count, "{job}");
        assert!(
            nodes_of(&healthy).iter().all(|n| ["c4", "c5", "c6", "c7"].contains(&n.as_str())),
            "{job}: {:?}",
            nodes_of(&healthy)
        );
    }
    for name in ["c1", "c2", "c3"] {
        let node = world.node(name);
        assert_eq!((node.drain, node.scheduling_eligibility), (false, Eligibility::Ineligible), "{name}");
    }
}

fn a_class_of_nodes_is_rotated_and_verified(world: &World) {
    world.start_on_old(&[
        Job::service("web", 4),
        Job::service("api", 3).with(|j| j.max_parallel = 2),
        Job::system("agent"),
    ]);
    let (web, api) = (Witness::new(world, "web"), Witness::new(world, "api"));
    let ran = world.run(&with(&["-o", "json"]));
    assert!(web.fewest() >= 3 && api.fewest() >= 1, "{ran}");
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert_eq!(report["summary"]["rotated"], 3, "{ran}");
    assert_eq!(report["summary"]["healthy"], 7, "{ran}");
    let moves = report["moves"].as_array().unwrap();
    assert!(
        moves.iter().all(|m| m["outcome"] == "healthy" && m["from"]["node_name"] != m["to"]["node_name"]),
        "{ran}"
    );
    assert_rotated(world, &[("web", 4), ("api", 3)]);
    for name in ["c1", "c2", "c3"] {
        let left = world
            .allocs("agent")
            .into_iter()
            .filter(|a| a.node_name == name && !a.client_status.is_terminal());
        assert_eq!(left.count(), 0, "system job on {name}");
    }
    // Once more: nothing to do, and nothing is done.
    let before = indexes(world);
    ok(&world.run(ROTATE));
    assert_eq!(indexes(world), before);
}

/// Indexes of the tables a rotation writes to.
fn indexes(world: &World) -> Vec<u64> {
    let index = |path: &str| {
        let call: Get<Value> = Get::new(path.to_owned(), "read an index");
        world.wait_on(world.api().read(&call)).unwrap().meta.index.unwrap()
    };
    let nodes = ["c1", "c2", "c3"].map(|n| world.node(n).modify_index);
    nodes.into_iter().chain(["/v1/jobs", "/v1/evaluations", "/v1/deployments"].map(index)).collect()
}

fn a_preview_writes_nothing(world: &World) {
    world.start_on_old(&[Job::service("web", 3), Job::system("agent"), Job::batch("crunch", "240h")]);
    let before = indexes(world);
    let ran = world.run(&["rotate-nodes", "--class", "old", "--batch", "wait", "--dry-run", "-o", "json"]);
    let preview: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    assert_eq!(preview["forecast"]["verdict"], "fits", "{ran}");
    assert_eq!(preview["groups"][0]["floor"], 2, "{ran}");
    assert_eq!(preview["nodes"].as_array().unwrap().len(), 3, "{ran}");
    let kinds: BTreeSet<&str> =
        preview["not_moved"].as_array().unwrap().iter().filter_map(|n| n["kind"].as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["batch", "system"]), "{ran}");
    assert_eq!(indexes(world), before, "a preview wrote something");
    let undecided = world.run(&["rotate-nodes", "--class", "old", "--dry-run"]);
    code(&undecided, 7, "--batch wait, kill or skip");
    assert_eq!(indexes(world), before, "a refused preview wrote something");
}

fn no_selector_is_a_usage_error_and_an_empty_selection_is_not_found(world: &World) {
    code(&world.run(&["rotate-nodes", "--yes"]), 2, "no nodes given");
    code(&world.run(&["rotate-nodes", "--class", "none", "--yes"]), 3, "no node matches the selection");
    code(&world.run(&["rotate-nodes", "c11", "--yes"]), 3, "did you mean \"c1\"?");
    code(&world.run(&["rotate-nodes", "--filter", "Name ==", "--yes"]), 1, "filter");
}

fn every_ready_node_is_refused(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    code(&world.run(&["rotate-nodes", "c*", "--yes"]), 7, "every ready node is selected");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
}

fn a_drain_that_cannot_fit_is_refused(world: &World) {
    // Six of 1900 MiB fill the old nodes, and four more leave room for two on the new ones.
    world.start_on_old(&[Job::service("fat", 6).with(|j| j.memory = 1900)]);
    world.register(&Job::service("full", 4).with(|j| j.memory = 1900));
    world.until("full running", 30.0, |w| w.healthy("full").len() == 4);
    let ran = world.run(ROTATE);
    code(&ran, 7, "4 of fat/g cannot be placed");
    assert!(ran.err.contains("memory"), "{ran}");
    assert!(
        world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible),
        "nothing was changed"
    );
}

fn a_replacement_that_never_turns_healthy_stops_it(world: &World) {
    start_sick(world);
    let ran = world.run(ROTATE);
    code(&ran, 1, "is not healthy");
    assert_eq!(world.healthy("sick").len(), 2, "the floor of 2 was kept");
    assert!(
        ["c1", "c2", "c3"].iter().all(|n| world.node(n).scheduling_eligibility == Eligibility::Ineligible)
    );
    // It is the same the second time, and says so at once.
    code(&world.run(ROTATE), 1, "is not healthy");
    assert_eq!(world.healthy("sick").len(), 2);
}

fn a_failed_rotation_gives_eligibility_back_when_asked(world: &World) {
    start_sick(world);
    let ran = world.run(&with(&["--on-failure", "restore"]));
    code(&ran, 1, "earlier eligibility again");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible), "{ran}");
}

/// A group whose task lives long on nodes of class old and ends with an error at once on those of class new: the nodes'
/// metadata says how long.
fn start_sick(world: &World) {
    world.start_on_old(&[Job::service("sick", 3).with(|j| {
        j.group = "restart {\n attempts = 0\n mode = \"fail\"\n }\n".to_owned();
        j.config = "run_for = \"${meta.task_life}\"\n exit_code = 3".to_owned();
    })]);
}

fn single_instances_are_a_decision(world: &World) {
    world.start_on_old(&[Job::service("cache", 1)]);
    code(&world.run(ROTATE), 7, "cache/g has one instance");
    let skipped = world.run(&with(&["--singletons", "skip"]));
    code(&skipped, 8, "left out");
    assert_eq!(nodes_of(&world.healthy("cache")).len(), 1);
    ok(&world.run(&with(&["--singletons", "gap"])));
    assert_rotated(world, &[("cache", 1)]);
}

fn batch_work_is_a_decision(world: &World) {
    // Long enough that two runs are over before it is, also where time runs faster.
    let length = if world.speed > 1.0 { "2m" } else { "25s" };
    world.start_on_old(&[Job::service("web", 2), Job::batch("crunch", length)]);
    code(&world.run(ROTATE), 7, "batch work is running");
    code(&world.run(&with(&["--batch", "skip"])), 8, "left out");
    let waited = world.run(&with(&["--batch", "wait", "-o", "json"]));
    let report: Value = serde_json::from_str(&ok(&waited).out).unwrap();
    assert!(report["moves"].as_array().unwrap().iter().any(|m| m["outcome"] == "finished"), "{waited}");
    assert_rotated(world, &[("web", 2)]);

    world.reset();
    world.start_on_old(&[Job::service("web", 2), Job::batch("crunch", "240h")]);
    let killed = world.run(&with(&["--batch", "kill", "-o", "json"]));
    let report: Value = serde_json::from_str(&ok(&killed).out).unwrap();
    assert!(report["moves"].as_array().unwrap().iter().any(|m| m["outcome"] == "killed"), "{killed}");
    assert!(world.healthy("crunch").is_empty());
}

fn an_interrupted_rotation_goes_on_with_the_same_command(world: &World) {
    world.start_on_old(&[Job::service("web", 6)]);
    let child = world.start(ROTATE);
    world.until("the first stop", 30.0, |w| {
        w.allocs("web").iter().any(|a| a.desired_transition.migrate == Some(true))
    });
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 130, "run the same command again");
    assert!(world.healthy("web").len() >= 5, "{ran}");
    let again = world.run(ROTATE);
    assert!(ok(&again).err.contains("Continues rotation r-"), "{again}");
    assert_rotated(world, &[("web", 6)]);
}

fn what_was_told_to_go_is_followed_also_where_every_node_takes_work_again(world: &World) {
    world.start_on_old(&[Job::service("web", 4).with(|j| j.group = "shutdown_delay = \"5s\"".to_owned())]);
    let child = world.start(ROTATE);
    world.until("the first stop", 30.0, |w| {
        w.allocs("web").iter().any(|a| a.desired_transition.migrate == Some(true))
    });
    // Somebody else lets all of them take new work.
    for node in ["c1", "c2", "c3"] {
        world.set_eligible(node, Eligibility::Eligible);
    }
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 7, "eligible again");
    assert!(ran.err.contains("following what is under way to its end"), "{ran}");
    assert_eq!(world.healthy("web").len(), 4, "{ran}");
    assert!(!ran.out.contains("not seen healthy"), "{ran}");
}

fn a_rotation_killed_at_any_moment_finishes_when_run_again(world: &World) {
    world.start_on_old(&[Job::service("web", 4), Job::service("api", 3)]);
    for after in [0.05, 0.3, 0.8, 1.7, 2.6] {
        let mut child = world.start(ROTATE);
        world.pause(after * world.speed.min(4.0));
        drop(child.kill());
        drop(child.wait());
    }
    ok(&world.run(ROTATE));
    assert_rotated(world, &[("web", 4), ("api", 3)]);
    // Each allocation moved once: as many were stopped as there are.
    let moved =
        |job: &str| world.allocs(job).iter().filter(|a| a.desired_transition.migrate == Some(true)).count();
    assert_eq!((moved("web"), moved("api")), (4, 3));
}

const SUPERVISOR: &str = "namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\", \"plan-job\"] }\nnode { policy = \"write\" }";

fn a_token_without_alloc_lifecycle_drains_under_supervision(world: &World) {
    world.start_on_old(&[Job::service("web", 4), Job::system("agent")]);
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(SUPERVISOR));
    let ran = fleet.run(ROTATE);
    assert!(ok(&ran).err.contains("may not stop allocations"), "{ran}");
    assert_rotated(world, &[("web", 4)]);
    // What it may not keep on the cluster this machine tells.
    let name = ran.err.split_whitespace().find(|word| word.starts_with("r-")).unwrap();
    let told = fleet.run(&["rotation", "report", name, "-o", "json"]);
    let told: Value = serde_json::from_str(&ok(&told).out).unwrap();
    assert_eq!((&told["rotation"], &told["state"]), (&name.into(), &"finished".into()), "{told}");
}

fn a_supervised_drain_that_somebody_cancels_stops_it(world: &World) {
    // The replacement takes its time, so that there is a drain to cancel.
    world.start_on_old(&[Job::service("web", 3).with(|j| j.group = "shutdown_delay = \"8s\"".to_owned())]);
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(SUPERVISOR));
    let child = fleet.command(ROTATE).spawn().unwrap();
    world.until("a drain", 30.0, |w| w.nodes().iter().any(|n| n.drain));
    world.pause(1.5);
    for node in world.nodes().iter().filter(|n| n.drain) {
        let cancel = fleet::api::nomad::node::cancel_drain(&node.id, false, &Default::default());
        let permission = fleet::api::Permission::granted(fleet::api::permission::Grant::Explicit);
        world.wait_on(world.api().write(&permission, &cancel)).unwrap();
    }
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 1, "was cancelled by");
    assert!(world.nodes().iter().all(|n| !n.drain));
}

fn a_foreign_drain_is_not_touched(world: &World) {
    world.start_on_old(&[Job::service("web", 3).with(|j| j.group = "shutdown_delay = \"20s\"".to_owned())]);
    let on = world.healthy("web")[0].clone();
    let drain = fleet::api::nomad::node::DrainSpec {
        deadline: fleet::api::wire::Nanos(0),
        ignore_system_jobs: false,
    };
    let meta = [("message".to_owned(), "disk swap".to_owned())].into();
    let permission = fleet::api::Permission::granted(fleet::api::permission::Grant::Explicit);
    world
        .wait_on(world.api().write(&permission, &fleet::api::nomad::node::drain(&on.node_id, drain, &meta)))
        .unwrap();
    code(&world.run(ROTATE), 7, "disk swap");
    let node = world.nodes().into_iter().find(|n| n.id == on.node_id).unwrap();
    assert_eq!(node.last_drain.unwrap().meta["message"], "disk swap");
}

fn a_token_without_node_write_is_refused(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let rules = "namespace \"*\" { capabilities = [\"read-job\", \"plan-job\", \"alloc-lifecycle\"] }\nnode { policy = \"read\" }";
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(rules));
    code(&fleet.run(ROTATE), 4, "node { policy = \"write\" }");
    let blind = world.fleet().env("NOMAD_TOKEN", world.token("namespace \"*\" { policy = \"read\" }"));
    code(&blind.run(ROTATE), 4, "node { policy = \"read\" }");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
}

fn a_command_starts_replacements(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let mark = world.home().join("started");
    drop(std::fs::remove_file(&mark));
    let command =
        format!("sh -c 'echo $FLEET_COUNT of $FLEET_NODES > {}; echo machines ordered'", mark.display());
    let args = [
        "rotate-nodes",
        "c1",
        "--yes",
        "--settle",
        "1s",
        "--replace-with-cmd",
        &command,
        "--replace-timeout",
        "90s",
    ];
    let child = world.start(&args);
    world.until("the command", 30.0, |_| std::fs::read_to_string(&mark).is_ok_and(|t| t.ends_with('\n')));
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "1 of c1\n");
    world.machines.start_node("c7");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ok(&ran).err.contains("machines ordered"), "{ran}");
    assert!(ran.err.contains("1 of 1 replacement ready"), "{ran}");
    world.machines.kill_node("c7");
}

fn replacements_are_started_a_few_ahead_of_the_drains(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let mark = world.home().join("waves");
    drop(std::fs::remove_file(&mark));
    let waves = || std::fs::read_to_string(&mark).unwrap_or_default();
    // Two nodes that take no work now stand in for new machines.
    for name in ["c5", "c6"] {
        world.set_eligible(name, Eligibility::Ineligible);
    }
    let command = format!("sh -c 'echo $FLEET_COUNT: $FLEET_NODES >> {}'", mark.display());
    let args = [
        "rotate-nodes",
        "c1",
        "c2",
        "--yes",
        "--settle",
        "500ms",
        "--surge",
        "1",
        "--replace-with-cmd",
        &command,
    ];
    let witness = Witness::new(world, "web");
    let child = world.start(&args);
    world.until("the first wave", 60.0, |_| waves().lines().count() == 1);
    let first = waves().trim().strip_prefix("1: ").unwrap_or_else(|| panic!("{}", waves())).to_owned();
    world.pause(2.0);
    assert!(
        world.allocs("web").iter().all(|a| a.desired_transition.migrate != Some(true)),
        "it waits for its replacement"
    );
    world.set_eligible("c5", Eligibility::Eligible);
    world.until("the second wave", 120.0, |_| waves().lines().count() == 2);
    assert!(
        world.healthy("web").iter().all(|a| a.node_name != first),
        "the first node is empty before the next replacement"
    );
    let second = if first == "c1" { "c2" } else { "c1" };
    assert_eq!(waves(), format!("1: {first}\n1: {second}\n"));
    world.set_eligible("c6", Eligibility::Eligible);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(waves().lines().count(), 2, "{ran}");
    assert!(
        ok(&ran).err.contains("they differ: c5 for") && ran.err.contains("class \"new\" instead of \"old\""),
        "{ran}"
    );
    assert_eq!(world.healthy("web").len(), 3, "{ran}");
    let fewest = witness.fewest();
    assert!(fewest >= 2, "web fell to {fewest}\n{ran}");
}

/// A group with a service in Consul; its check is refused by a port nobody listens on.
fn in_consul(check: bool) -> Job {
    let check =
        "check {\n type = \"tcp\"\n interval = \"1s\"\n timeout = \"1s\"\n }\n".repeat(usize::from(check));
    Job::service("web", 2).with(|j| {
        j.group = format!(
            "network {{\n port \"http\" {{\n }}\n }}\n service {{\n name = \"web-${{NOMAD_GROUP_NAME}}\"\n provider = \"consul\"\n \
             port = \"http\"\n {check} }}\n"
        );
    })
}

fn consul_agrees_that_moved_services_are_well(world: &World) {
    let Some(fleet) = world.fleet_with_consul() else { return };
    world.start_on_old(&[in_consul(false)]);
    let ran = fleet.run(ROTATE);
    assert!(!ok(&ran).err.contains("Consul was not asked"), "{ran}");
    assert_rotated(world, &[("web", 2)]);
}

fn a_service_that_consul_does_not_find_well_stops_it(world: &World) {
    let Some(fleet) = world.fleet_with_consul() else { return };
    world.start_on_old(&[in_consul(true)]);
    // Nothing listens there: that is seen before anything is touched, whatever Nomad's record says.
    code(&fleet.run(ROTATE), 7, "only 0 of 2 of web/g are available now (web.g[");
    let ran = fleet.run(&with(&["--accept", "unhealthy"]));
    code(&ran, 1, "the check of web-g is critical");
    // Without Consul at hand it says what it could not see, and goes on.
    let unasked = world.run(ROTATE);
    assert!(ok(&unasked).err.contains("Consul was not asked"), "{unasked}");
}

fn a_node_that_dies_stops_it(world: &World) {
    // Its stop takes long, so that there is time to die in.
    world.start_on_old(&[Job::service("web", 3).with(|j| j.group = "shutdown_delay = \"30s\"".to_owned())]);
    let child = world.start(ROTATE);
    world.until("a stop", 30.0, |w| {
        w.allocs("web").iter().any(|a| a.desired_transition.migrate == Some(true))
    });
    let on = world.allocs("web").into_iter().find(|a| a.desired_transition.migrate == Some(true)).unwrap();
    world.machines.kill_node(&on.node_name);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 1, "was lost");
}

fn a_leader_that_dies_does_not(world: &World) {
    world.start_on_old(&[Job::service("web", 4)]);
    let child = world.start(ROTATE);
    world.until("a stop", 30.0, |w| {
        w.allocs("web").iter().any(|a| a.desired_transition.migrate == Some(true))
    });
    world.machines.kill_leader();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    ok(&ran);
    assert_rotated(world, &[("web", 4)]);
}
