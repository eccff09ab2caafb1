//! Cases of `fleet why`: each kind of answer, provoked.

use std::collections::BTreeMap;

use fleet::api::nomad::allocation::{AllocStub, ClientStatus};
use fleet::api::nomad::node::{self, DrainSpec, Eligibility, NodeStatus};
use fleet::api::permission::{Grant, Permission};
use fleet::api::wire::Nanos;
use serde_json::Value;

use crate::e2e::jobs::{self, Job};
use crate::e2e::world::World;

cases! {
    what_finds_no_place_names_the_nearest_node_and_what_would_fit,
    what_no_node_may_run_names_the_constraint,
    a_job_for_every_node_of_where_there_is_none_is_told_so,
    a_driver_that_no_node_has_is_told_with_those_there_are,
    a_task_that_ends_is_told_with_its_code_and_its_log,
    a_program_that_is_not_there_is_told_so,
    a_driver_that_cannot_start_it_is_told_in_its_words,
    a_job_that_was_stopped_and_one_that_is_well_are_told_apart,
    a_node_that_is_out_of_service_says_since_when_and_what_helps,
    what_somebody_stopped_is_not_called_drained,
    a_node_that_died_and_what_it_held_are_told,
    what_asks_for_a_volume_that_is_not_there_names_it,
    what_asks_for_a_volume_that_another_has_names_who_has_it,
    what_passes_all_of_its_checks_is_well_however_many_it_has,
    what_changed_since_it_worked_is_told,
    a_node_that_is_away_is_waited_for_and_told_when_it_is_back,
    a_canary_that_waits_is_told_with_the_command_that_promotes_it,
    what_is_not_there_is_not_found_and_what_is_ambiguous_lists,
}

/// What is told of a name: the exit code and the document.
fn why(world: &World, args: &[&str]) -> (i32, Value) {
    let args: Vec<&str> = ["why"].iter().chain(args).copied().chain(["-o", "json"]).collect();
    let ran = world.run(&args);
    (ran.code, serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}")))
}

fn text<'v>(told: &'v Value, field: &str) -> &'v str {
    told[field].as_str().unwrap_or_else(|| panic!("no {field} in {told:#}"))
}

/// Waits until the answer has this code; its sentence.
fn until(world: &World, args: &[&str], code: &str) -> Value {
    let mut told = Value::Null;
    world.until(&format!("{args:?} is {code}"), 60.0, |w| {
        told = why(w, args).1;
        text(&told, "code") == code
    });
    told
}

fn evidence(told: &Value) -> String {
    let all = told["evidence"].as_array().unwrap().iter();
    all.map(|e| format!("{}: {}\n", text(e, "about"), text(e, "text"))).collect()
}

fn suggestions(told: &Value) -> String {
    let all = told["suggestions"].as_array().unwrap().iter();
    all.map(|s| format!("{} > {} ({})\n", text(s, "text"), s["command"], s["planned"])).collect()
}

fn what_finds_no_place_names_the_nearest_node_and_what_would_fit(world: &World) {
    world.register(&Job::service("big", 1).with(|j| j.memory = 900_000));
    let told = until(world, &["big"], "no-room");
    let sentence = text(&told, "sentence");
    assert!(
        sentence.starts_with(
            "job big: 1 of 1 allocation of group g is not placed: no node has 900000 MiB of memory free"
        ) && sentence.contains("comes nearest and lacks"),
        "{sentence}"
    );
    let helps = suggestions(&told);
    assert!(helps.contains("MiB of memory instead of 900000: planned, fits"), "{helps}");
    assert_eq!(why(world, &["big"]).0, 0);
    // Nothing was written.
    assert!(world.run(&["job", "history", "big"]).out.contains('0'));
    assert_eq!(world.run(&["job", "show", "fleet-why"]).code, 3);
}

fn what_no_node_may_run_names_the_constraint(world: &World) {
    let pinned = "constraint {\n attribute = \"${node.class}\"\n value = \"none\"\n }";
    world.register(&Job::service("pinned", 2).with(|j| j.job = pinned.to_owned()));
    let told = until(world, &["pinned"], "constraint");
    assert_eq!(
        text(&told, "sentence"),
        "job pinned: 2 of 2 allocations of group g are not placed: no node meets ${node.class} = none (6 nodes ruled out)"
    );
    assert!(
        suggestions(&told).contains("take out the constraint ${node.class} = none: planned, fits"),
        "{told:#}"
    );
    let eval = world.run(&["eval", "list", "--job", "pinned", "-o", "json"]);
    assert_eq!(eval.code, 0, "{eval}");
    // A datacenter that nobody is in.
    let nowhere = "datacenters = [\"dc9\"]";
    world.register(&Job::service("nowhere", 1).with(|j| j.job = nowhere.to_owned()));
    let told = until(world, &["nowhere"], "no-eligible-node");
    assert!(text(&told, "sentence").contains("none of them in datacenter dc9"), "{told:#}");
    assert!(suggestions(&told).contains("allow every datacenter"), "{told:#}");
}

fn a_job_for_every_node_of_where_there_is_none_is_told_so(world: &World) {
    for (name, kind) in [("each", "system"), ("sweep", "sysbatch")] {
        let job = Job { kind, ..Job::batch(name, "240h") };
        world.register(&job.with(|j| j.job = "datacenters = [\"dc9\"]".to_owned()));
        let told = until(world, &[name], "no-eligible-node");
        assert_eq!(
            text(&told, "sentence"),
            format!(
                "job {name}: {kind} group g runs nowhere: node pool default has 6 nodes, and none of them in datacenter dc9"
            )
        );
        assert!(suggestions(&told).contains("allow every datacenter"), "{told:#}");
        assert_eq!(why(world, &[name]).0, 0);
    }
}

fn a_driver_that_no_node_has_is_told_with_those_there_are(world: &World) {
    let hcl = Job::batch("boxed", "1s").hcl();
    world.register_hcl(&hcl.replace("\"mock_driver\"", "\"qemu\"").replace("run_for", "image_path"));
    let told = until(world, &["boxed"], "missing-driver");
    assert!(text(&told, "sentence").contains("no node has the driver qemu (6 nodes lack it)"), "{told:#}");
    let helps = suggestions(&told);
    assert!(helps.contains("set up qemu on a node, or use what the nodes have: "), "{helps}");
}

const ONCE: &str =
    "restart {\n attempts = 0\n mode = \"fail\"\n }\n reschedule {\n attempts = 0\n unlimited = false\n }";

fn a_task_that_ends_is_told_with_its_code_and_its_log(world: &World) {
    let hcl =
        jobs::script("dies", 1, "echo the disk is on fire >&2; exit 3", "max_files = 1\n max_file_size = 1");
    world.register_hcl(
        &hcl.replace("group \"g\" {", &format!("group \"g\" {{\n {ONCE}"))
            .replace("restart {\n delay = \"1s\"\n }\n", ""),
    );
    let told = until(world, &["dies"], "exits");
    let sentence = text(&told, "sentence");
    assert!(
        sentence.starts_with("job dies: dies.g[0] (")
            && sentence.contains("failed: task t ends with exit code 3"),
        "{sentence}"
    );
    assert!(
        sentence.ends_with("it is not tried again: the job's reschedule block allows no more attempts"),
        "{sentence}"
    );
    assert!(evidence(&told).contains("log of t: the disk is on fire"), "{}", evidence(&told));
    assert!(suggestions(&told).contains("fleet job resubmit dies"), "{told:#}");
    let alloc = world.allocs("dies")[0].id.clone();
    assert_eq!(text(&why(world, &[&alloc[..8]]).1, "code"), "exits");
    let people = world.run(&["why", "dies"]);
    assert!(people.out.contains("the disk is on fire") && people.out.contains("Looked at"), "{people}");
}

fn a_program_that_is_not_there_is_told_so(world: &World) {
    let hcl = jobs::script("typo", 1, "no-such-program", "max_files = 1\n max_file_size = 1");
    world.register_hcl(
        &hcl.replace("group \"g\" {", &format!("group \"g\" {{\n {ONCE}"))
            .replace("restart {\n delay = \"1s\"\n }\n", ""),
    );
    let told = until(world, &["typo"], "program-not-found");
    assert!(
        text(&told, "sentence")
            .contains("task t ends with exit code 127: the program or its interpreter was not found"),
        "{told:#}"
    );
}

fn a_driver_that_cannot_start_it_is_told_in_its_words(world: &World) {
    world.register(&Job::service("broken", 1).with(|j| {
        j.config = "start_error = \"out of luck\"".to_owned();
        j.group = ONCE.to_owned();
    }));
    let told = until(world, &["broken"], "driver");
    assert!(text(&told, "sentence").contains("failed: task t cannot be started by its driver: "), "{told:#}");
    assert!(text(&told, "sentence").contains("out of luck"), "{told:#}");
}

fn a_job_that_was_stopped_and_one_that_is_well_are_told_apart(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let (code, told) = why(world, &["web"]);
    assert_eq!((code, text(&told, "code")), (8, "nothing-wrong"), "{told:#}");
    assert_eq!(
        text(&told, "sentence"),
        "job web runs as it is wanted, and nothing is wrong with it (version 0, 2 of 2 running); its deployment succeeded"
    );
    let alloc = world.healthy("web")[0].id.clone();
    assert_eq!(why(world, &[&alloc]).0, 8);
    assert_eq!(world.run(&["job", "stop", "web", "--yes"]).code, 0);
    let told = until(world, &["web"], "job-stopped");
    assert!(text(&told, "sentence").starts_with("job web was stopped"), "{told:#}");
    assert!(suggestions(&told).contains("fleet job start web"), "{told:#}");
    let told = until(world, &[&alloc], "job-stopped");
    assert!(text(&told, "sentence").contains("was told to stop: its job web was stopped"), "{told:#}");
}

fn a_node_that_is_out_of_service_says_since_when_and_what_helps(world: &World) {
    assert_eq!(why(world, &["c6"]).0, 8);
    world.set_eligible("c6", Eligibility::Ineligible);
    let told = until(world, &["c6"], "node-ineligible");
    assert!(text(&told, "sentence").starts_with("node c6 takes no new work"), "{told:#}");
    assert!(suggestions(&told).contains("fleet node eligible c6"), "{told:#}");
    // Batch work holds a drain without a deadline.
    world.start_on_old(&[Job::batch("crunch", "240h")]);
    let node = world.allocs("crunch")[0].node_name.clone();
    let spec = DrainSpec { deadline: Nanos(0), ignore_system_jobs: false };
    let id = world.node(&node).id;
    let permission = Permission::granted(Grant::Explicit);
    world.wait_on(world.api().write(&permission, &node::drain(&id, spec, &BTreeMap::new()))).unwrap();
    let told = until(world, &[&node], "drain-held");
    let sentence = text(&told, "sentence");
    assert!(sentence.contains("it stalls: crunch.g[0]"), "{sentence}");
    assert!(
        sentence.ends_with("is batch work: it may run on until it ends: the drain has no deadline"),
        "{sentence}"
    );
    assert!(suggestions(&told).contains(&format!("fleet node undrain {node}")), "{told:#}");
}

fn what_somebody_stopped_is_not_called_drained(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let id = world.healthy("web").remove(0).id;
    let ran = world.run(&["alloc", "stop", &id, "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    let told = until(world, &[&id], "stopped");
    assert!(text(&told, "sentence").contains("somebody stopped it: its node was not drained"), "{told:#}");
    assert!(suggestions(&told).contains("fleet why web"), "{told:#}");
}

fn a_node_that_died_and_what_it_held_are_told(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let node = world.healthy("web")[0].node_name.clone();
    let alloc = world.healthy("web").into_iter().find(|a| a.node_name == node).unwrap().id;
    world.machines.kill_node(&node);
    // The servers have it for ready until its heartbeat is overdue; it does not answer before that.
    assert_eq!(why(world, &[&node]).0, 0);
    world.until("the node missed", 60.0, |w| w.node(&node).status == NodeStatus::Down);
    let told = until(world, &[&node], "node-down");
    let sentence = text(&told, "sentence");
    assert!(
        sentence.starts_with(&format!("node {node} is down since "))
            && sentence.contains("its heartbeats are missed"),
        "{sentence}"
    );
    world.until("its work lost", 30.0, |w| {
        w.allocs("web").iter().any(|a| a.id == alloc && a.client_status == ClientStatus::Lost)
    });
    let told = until(world, &[&alloc], "lost");
    assert!(
        text(&told, "sentence")
            .contains(&format!("was lost with its node {node}, which missed its heartbeats")),
        "{told:#}"
    );
    world.machines.start_node(&node);
}

fn what_asks_for_a_volume_that_is_not_there_names_it(world: &World) {
    let with = |kind: &str, more: &str| {
        format!("volume \"data\" {{\n type = \"{kind}\"\n source = \"pgdata\"\n {more}\n }}")
    };
    let csi = "access_mode = \"single-node-writer\"\n attachment_mode = \"file-system\"";
    for (name, volume, says, helps) in [
        (
            "onhost",
            with("host", ""),
            "no node has host volume pgdata (6 nodes lack it)",
            "give a node the host volume pgdata",
        ),
        (
            "csi",
            with("csi", csi),
            "namespace default has no CSI volume pgdata",
            "create or register the volume pgdata",
        ),
    ] {
        world.register(&Job::service(name, 1).with(|j| j.group = volume));
        let told = until(world, &[name], "missing-volume");
        assert_eq!(
            text(&told, "sentence"),
            format!("job {name}: 1 of 1 allocation of group g is not placed: {says}")
        );
        assert!(suggestions(&told).contains(helps), "{told:#}");
    }
}

fn what_asks_for_a_volume_that_another_has_names_who_has_it(world: &World) {
    // The embedded fleet keeps no volumes.
    if world.speed > 1.0 || !world.is_at_least((1, 10), "volumes of hosts") {
        return;
    }
    let volume = "name = \"claimed\"\ntype = \"host\"\nplugin_id = \"mkdir\"\ncapability {\n access_mode = \"single-node-single-writer\"\n \
                  attachment_mode = \"file-system\"\n}\n";
    std::fs::write(world.home().join("claimed.hcl"), volume).unwrap();
    let made = world.run(&["volume", "create", "claimed.hcl", "-o", "json"]);
    let made: Value = serde_json::from_str(&made.out).unwrap_or_else(|e| panic!("{e}\n{made}"));
    let node = world.nodes().into_iter().find(|n| made["node_id"] == n.id.as_str());
    let node = node.unwrap_or_else(|| panic!("{made}")).name;
    let group = "volume \"data\" {\n type = \"host\"\n source = \"claimed\"\n access_mode = \"single-node-single-writer\"\n \
                 attachment_mode = \"file-system\"\n }";
    let job = |name: &'static str| Job::service(name, 1).with(|j| j.group = group.to_owned());
    world.register(&job("first"));
    world.until("the first runs", 60.0, |w| w.healthy("first").len() == 1);
    let first = world.healthy("first")[0].id.clone();
    world.register(&job("second"));
    let told = until(world, &["second"], "missing-volume");
    assert_eq!(
        text(&told, "sentence"),
        format!(
            "job second: 1 of 1 allocation of group g is not placed: host volume claimed is on {node}, and not to be had there as the \
             group asks for it: first.g[0] ({} on {node}) has it; it is made for single-node-single-writer",
            &first[..8]
        )
    );
    assert!(suggestions(&told).contains("fleet volume show claimed"), "{told:#}");
    assert_eq!(world.run(&["job", "stop", "first", "second", "--yes"]).code, 0);
    world.set_eligible(&node, Eligibility::Ineligible);
    world.register(&job("third"));
    let told = until(world, &["third"], "missing-volume");
    assert!(
        text(&told, "sentence")
            .ends_with(&format!("host volume claimed is on {node} alone, which takes no new work")),
        "{told:#}"
    );
    assert!(suggestions(&told).contains(&format!("fleet node eligible {node}")), "{told:#}");
    assert_eq!(world.run(&["job", "stop", "third", "--purge", "--yes"]).code, 0);
    world
        .until("the volume is deleted", 60.0, |w| w.run(&["volume", "delete", "claimed", "--yes"]).code == 0);
}

fn what_passes_all_of_its_checks_is_well_however_many_it_has(world: &World) {
    // Something that answers on a port of this machine; on the embedded fleet the metadata says that it does.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let group = format!(
        "meta {{\n sandbox_checks = \"passing\"\n }}\n service {{\n name = \"many\"\n provider = \"nomad\"\n address = \"127.0.0.1\"\n \
         port = \"{port}\"\n check {{\n type = \"tcp\"\n interval = \"1s\"\n timeout = \"1s\"\n }}\n }}"
    );
    world.register(&Job::service("many", 5).with(|job| {
        job.memory = 16;
        job.group = group;
    }));
    world.until("all of them are healthy", 60.0, |w| w.healthy("many").len() == 5);
    let told = until(world, &["many"], "nothing-wrong");
    let looked = told["looked_at"].to_string();
    assert!(
        looked.contains("restarts and checks of 2 allocations")
            && looked.contains("checks of 3 more allocations"),
        "{looked}"
    );
    assert_eq!(why(world, &["many"]).0, 8);
    // Not so on the embedded fleet, where nobody connects.
    if world.speed == 1.0 {
        drop(listener);
        let mut told = Value::Null;
        world.until("the checks fail", 60.0, |w| {
            told = why(w, &["many"]).1;
            matches!(text(&told, "code"), "port-not-listening" | "check-fails")
        });
        assert!(!told["looked_at"].to_string().contains("more allocation"), "{told:#}");
    }
}

fn what_changed_since_it_worked_is_told(world: &World) {
    let web = || Job::service("web", 2).with(|j| j.group = ONCE.to_owned());
    world.start_on_old(&[web()]);
    world.register(&web().with(|j| j.config = "run_for = \"300ms\"\n exit_code = 4".to_owned()));
    let told = until(world, &["web"], "exits");
    assert!(text(&told, "sentence").contains("task t ends with exit code 4"), "{told:#}");
    let evidence = evidence(&told);
    assert!(evidence.contains("version 1: submitted at "), "{evidence}");
    assert!(evidence.contains("version 1: ") && evidence.contains("exit_code"), "{evidence}");
}

fn a_node_that_is_away_is_waited_for_and_told_when_it_is_back(world: &World) {
    let waits = "disconnect {\n lost_after = \"1h\"\n }".to_owned();
    world.start_on_old(&[Job::service("web", 3).with(|j| j.group = waits)]);
    let alloc = world.healthy("web")[0].clone();
    let node = alloc.node_name.clone();
    world.machines.kill_node(&node);
    // The node is known to be disconnected a moment before what it held is.
    let is_out_of_sight = |a: &AllocStub| a.client_status == ClientStatus::Unknown;
    world.until("out of sight", 60.0, |w| w.allocs("web").iter().any(is_out_of_sight));
    let told = until(world, &[&node], "node-disconnected");
    let sentence = text(&told, "sentence");
    assert!(sentence.starts_with(&format!("node {node} is disconnected since ")), "{sentence}");
    assert!(evidence(&told).contains("out of sight, may run or not: 1 allocation: web.g["), "{told:#}");
    let told = until(world, &[&alloc.id], "node-disconnected");
    assert!(text(&told, "sentence").contains("is out of sight: its node is disconnected"), "{told:#}");
    world.machines.start_node(&node);
    world.until("the node is back", 60.0, |w| w.node(&node).status == NodeStatus::Ready);
    until(world, &[&node], "nothing-wrong");
}

fn a_canary_that_waits_is_told_with_the_command_that_promotes_it(world: &World) {
    world.start_on_old(&[Job::service("web", 2)]);
    let canary = Job::service("web", 2).with(|j| j.config = "run_for = \"239h\"".to_owned()).hcl();
    world.register_hcl(&canary.replacen("update {", "update {\n canary = 1", 1));
    let told = until(world, &["web"], "waits-for-promotion");
    assert!(
        text(&told, "sentence").starts_with(
            "job web: the deployment of version 1 of web is under way: the canaries are healthy"
        ),
        "{told:#}"
    );
    assert!(suggestions(&told).contains("fleet promote web"), "{told:#}");
    let deployments = world.run(&["deployment", "list", "--job", "web", "-o", "json"]);
    assert_eq!(deployments.code, 0, "{deployments}");
}

fn what_is_not_there_is_not_found_and_what_is_ambiguous_lists(world: &World) {
    let ran = world.run(&["why", "nobody"]);
    assert_eq!(ran.code, 3, "{ran}");
    world.start_on_old(&[Job::service("web-a", 1), Job::service("web-b", 1)]);
    let ran = world.run(&["why", "web-"]);
    assert!(ran.code == 2 && ran.err.contains("job web-a") && ran.err.contains("--kind"), "{ran}");
    let node = world.node("c1").id;
    let ran = world.run(&["why", &node, "--kind", "node"]);
    assert_eq!(ran.code, 8, "{ran}");
}
