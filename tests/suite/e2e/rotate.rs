//! `rotate-nodes` from end to end.

use std::collections::BTreeSet;

use fleet::api::http::Get;
use fleet::api::nomad::allocation::AllocStub;
use fleet::api::nomad::node::Eligibility;
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::Case;
use crate::e2e::jobs::Job;
use crate::e2e::world::{Witness, World, signal};

pub(crate) const CASES: &[Case] = &[
    ("a class of nodes is rotated and verified", rotates_a_class),
    ("a preview writes nothing", preview_writes_nothing),
    ("no selector is a usage error and an empty selection is not found", selection_rules),
    ("every ready node is refused", every_node_is_refused),
    ("a drain that cannot fit is refused", cannot_fit),
    ("a replacement that never turns healthy stops it", never_healthy),
    ("a failed rotation gives eligibility back when asked", restores_on_failure),
    ("single instances are a decision", singletons),
    ("batch work is a decision", batch),
    ("an interrupted rotation goes on with the same command", interrupted),
    ("a rotation killed at any moment finishes when run again", killed),
    ("a token without alloc-lifecycle drains under supervision", supervised),
    ("a supervised drain that somebody cancels stops it", cancelled_by_another),
    ("a foreign drain is not touched", foreign_drain),
    ("a token without node write is refused", without_node_write),
    ("a command starts replacements", replacements),
    ("consul agrees that moved services are well", consul_agrees),
    ("a service that consul does not find well stops it", consul_disagrees),
    ("a node that dies stops it", node_dies),
    ("a leader that dies does not", leader_dies),
];

const ROTATE: &[&str] = &["rotate-nodes", "--class", "old", "--yes"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ROTATE.iter().copied().chain(more.iter().copied()).collect()
}

fn ok(ran: &Ran) -> &Ran {
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says), "{says:?} is not in\n{ran}");
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

fn rotates_a_class(world: &World) {
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
    assert!(moves.iter().all(|m| m["outcome"] == "healthy" && m["from"]["name"] != m["to"]["name"]), "{ran}");
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

fn preview_writes_nothing(world: &World) {
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

fn selection_rules(world: &World) {
    code(&world.run(&["rotate-nodes", "--yes"]), 2, "no nodes were named");
    code(&world.run(&["rotate-nodes", "--class", "none", "--yes"]), 3, "matches no node");
    code(&world.run(&["rotate-nodes", "c11", "--yes"]), 3, "did you mean \"c1\"?");
    code(&world.run(&["rotate-nodes", "--filter", "Name ==", "--yes"]), 1, "filter");
}

fn every_node_is_refused(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    code(&world.run(&["rotate-nodes", "c*", "--yes"]), 7, "every ready node is selected");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
}

fn cannot_fit(world: &World) {
    // Six of 1900 MiB fill the old nodes, and four more leave room for two on the new ones.
    world.start_on_old(&[Job::service("fat", 6).with(|j| j.memory = 1900)]);
    world.register(&Job::service("full", 4).with(|j| j.memory = 1900));
    world.until("full running", 30.0, |w| w.healthy("full").len() == 4);
    let ran = world.run(ROTATE);
    code(&ran, 7, "4 of fat/g would find no place");
    assert!(ran.err.contains("memory"), "{ran}");
    assert!(
        world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible),
        "nothing was changed"
    );
}

fn never_healthy(world: &World) {
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

fn restores_on_failure(world: &World) {
    start_sick(world);
    let ran = world.run(&with(&["--on-failure", "restore"]));
    code(&ran, 1, "take work again");
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

fn singletons(world: &World) {
    world.start_on_old(&[Job::service("cache", 1)]);
    code(&world.run(ROTATE), 7, "cache/g has a single instance");
    let skipped = world.run(&with(&["--singletons", "skip"]));
    code(&skipped, 8, "were left as they are");
    assert_eq!(nodes_of(&world.healthy("cache")).len(), 1);
    ok(&world.run(&with(&["--singletons", "gap"])));
    assert_rotated(world, &[("cache", 1)]);
}

fn batch(world: &World) {
    world.start_on_old(&[Job::service("web", 2), Job::batch("crunch", "25s")]);
    code(&world.run(ROTATE), 7, "batch work runs there");
    code(&world.run(&with(&["--batch", "skip"])), 8, "were left as they are");
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

fn interrupted(world: &World) {
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
    assert!(ok(&again).err.contains("taken up again"), "{again}");
    assert_rotated(world, &[("web", 6)]);
}

fn killed(world: &World) {
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

fn supervised(world: &World) {
    world.start_on_old(&[Job::service("web", 4), Job::system("agent")]);
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(SUPERVISOR));
    let ran = fleet.run(ROTATE);
    assert!(ok(&ran).err.contains("may not stop allocations"), "{ran}");
    assert_rotated(world, &[("web", 4)]);
}

fn cancelled_by_another(world: &World) {
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

fn foreign_drain(world: &World) {
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

fn without_node_write(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let rules = "namespace \"*\" { capabilities = [\"read-job\", \"plan-job\", \"alloc-lifecycle\"] }\nnode { policy = \"read\" }";
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(rules));
    code(&fleet.run(ROTATE), 4, "node { policy = \"write\" }");
    let blind = world.fleet().env("NOMAD_TOKEN", world.token("namespace \"*\" { policy = \"read\" }"));
    code(&blind.run(ROTATE), 4, "node { policy = \"read\" }");
    assert!(world.nodes().iter().all(|n| n.scheduling_eligibility == Eligibility::Eligible));
}

fn replacements(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let mark = world.home().join("started");
    drop(std::fs::remove_file(&mark));
    let command =
        format!("sh -c 'echo $FLEET_COUNT of $FLEET_NODES > {}; echo machines ordered'", mark.display());
    let args = ["rotate-nodes", "c1", "--yes", "--replace-with-cmd", &command, "--replace-timeout", "90s"];
    let child = world.start(&args);
    world.until("the command", 30.0, |_| std::fs::read_to_string(&mark).is_ok_and(|t| t.ends_with('\n')));
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "1 of c1\n");
    world.machines.start_node("c7");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ok(&ran).err.contains("machines ordered"), "{ran}");
    assert!(ran.err.contains("1 of 1 replacements are ready"), "{ran}");
    world.machines.kill_node("c7");
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

fn consul_agrees(world: &World) {
    let Some(consul) = &world.consul else { return };
    world.start_on_old(&[in_consul(false)]);
    let ran = world.fleet().env("CONSUL_HTTP_ADDR", consul).run(ROTATE);
    assert!(!ok(&ran).err.contains("Consul was not asked"), "{ran}");
    assert_rotated(world, &[("web", 2)]);
}

fn consul_disagrees(world: &World) {
    let Some(consul) = &world.consul else { return };
    world.start_on_old(&[in_consul(true)]);
    let ran = world.fleet().env("CONSUL_HTTP_ADDR", consul).run(ROTATE);
    code(&ran, 1, "Consul does not find service web-g well after its move");
    // Without Consul at hand it says what it could not see, and goes on.
    let unasked = world.run(ROTATE);
    assert!(ok(&unasked).err.contains("Consul was not asked"), "{unasked}");
}

fn node_dies(world: &World) {
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

fn leader_dies(world: &World) {
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
