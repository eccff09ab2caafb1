//! How a deployment may end, one by one: each with its code and its sentence, and the old version serving meanwhile.

use std::process::Child;

use fleet::sandbox::faults::{Effect, Rule};
use serde_json::Value;

use crate::binary::{Ran, told};
use crate::e2e::deploy::{Service, broken, code, deploy, service, version};
use crate::e2e::on_sandbox::Simulated;
use crate::e2e::world::{Witness, World};

cases! {
    the_old_version_serves_throughout_a_broken_one_with_and_without_auto_revert,
    a_deadline_that_passes_fails_the_deployment,
    running_out_of_memory_is_told_with_the_limit_and_is_enough,
    a_rollback_can_fail_too,
    canaries_are_promoted_when_they_have_soaked_and_not_before,
    canaries_may_be_a_share_and_promote_themselves,
    jobs_without_a_deployment_are_healthy_by_their_instances,
    a_job_that_is_purged_meanwhile_is_told_so,
    watching_a_deployment_touches_nothing,
    of_two_deployments_of_one_job_none_is_lost_in_silence,
    a_deployment_goes_on_while_the_leader_changes,
}

fn ended(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}

fn the_old_version_serves_throughout_a_broken_one_with_and_without_auto_revert(world: &World) {
    for (update, more, ends) in [
        ("auto_revert = true", &["--max-crashes", "0"][..], 9),
        ("auto_revert = false", &["--max-crashes", "2"], 1),
        ("canary = 1", &["--max-crashes", "2"], 1),
    ] {
        let quick = |service: Service| Service { update, ..service };
        code(&deploy(world, &quick(service("web", 0)), &[]), 0, "runs and is healthy");
        let web = Witness::serving(world, "web", 1);
        let hcl = quick(broken("web")).hcl().replace("\"30s\"", "\"16s\"");
        std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
        let ran = world.run(&[&["deploy", "web.hcl", "--yes", "--settle", "1s"], more].concat());
        let fewest = web.fewest();
        code(&ran, ends, "exit code 3");
        // One of two may be away while it is replaced; beside a canary none is.
        assert!(fewest >= if update.starts_with("canary") { 2 } else { 1 }, "{update}: {fewest}\n{ran}");
        code(&world.run(&["abort", "web"]), 0, "runs and is healthy");
        assert_eq!(world.healthy("web").len(), 2, "{update}");
        world.reset();
    }
}

/// A service that is broken as long as a file is there, and whose deadlines are short.
fn touchy(world: &World, version: u32, update: &str) -> String {
    let script = format!(
        "if [ -e {} ]; then exit 1; fi; : {version}; while true; do sleep 3600 & wait; done",
        world.home().join("broken").display()
    );
    let script = Value::from(script);
    format!(
        "job \"web\" {{\n group \"g\" {{\n count = 2\n update {{\n max_parallel = 1\n min_healthy_time = \"1s\"\n \
         healthy_deadline = \"4s\"\n progress_deadline = \"8s\"\n health_check = \"task_states\"\n {update}\n }}\n restart {{\n \
         attempts = 0\n mode = \"fail\"\n }}\n reschedule {{\n delay = \"5s\"\n delay_function = \"constant\"\n unlimited = true\n \
         }}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n driver = \"raw_exec\"\n kill_timeout = \"1s\"\n config {{\n \
         command = \"/bin/sh\"\n args = [\"-c\", {script}]\n }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n resources {{\n \
         cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
    )
}

fn ship(world: &World, hcl: &str, more: &[&str]) -> Ran {
    std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
    world.run(&[&["deploy", "web.hcl", "--yes", "--settle", "1s"], more].concat())
}

fn a_deadline_that_passes_fails_the_deployment(world: &World) {
    code(&ship(world, &touchy(world, 0, ""), &[]), 0, "runs and is healthy");
    std::fs::write(world.home().join("broken"), "").unwrap();
    let ran = ship(world, &touchy(world, 1, ""), &["--max-crashes", "0"]);
    code(&ran, 1, "Failed due to progress deadline");
    assert!(ran.err.contains("exit code 1"), "the evidence\n{ran}");
    std::fs::remove_file(world.home().join("broken")).unwrap();
    code(&world.run(&["abort", "web"]), 0, "runs and is healthy");
}

fn running_out_of_memory_is_told_with_the_limit_and_is_enough(world: &World) {
    let Some(starving) = world.machines.starving() else {
        told("SKIPPED: the exec driver is not healthy on every node, so no task runs out of memory");
        return;
    };
    code(&deploy(world, &service("web", 0), &[]), 0, "runs and is healthy");
    let hungry = Service { memory: 48, ..service("web", 1) };
    let mock = format!("driver = \"mock_driver\"\n kill_timeout = \"1s\"\n config {{\n {}\n }}", hungry.run);
    let hcl = hungry.hcl();
    assert!(hcl.contains(&mock), "{hcl}");
    // The first time is enough, however many crashes are allowed.
    let ran = ship(world, &hcl.replace(&mock, starving), &["--max-crashes", "100", "-o", "json"]);
    code(&ran, 1, "it ran out of memory (limit 48 MiB)");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let evidence = report["evidence"].to_string();
    assert!(report["jobs"][0]["why"].as_str().unwrap().contains("48 MiB"), "{ran}");
    assert!(evidence.contains("ran out of memory (limit 48 MiB)"), "{ran}");
    let web = world.allocs("web").into_iter().find(|a| a.job_version == 1).unwrap();
    code(&world.run(&["alloc", "show", &web.id]), 0, "limit 48 MiB");
    code(&world.run(&["abort", "web"]), 0, "runs and is healthy");
}

fn a_rollback_can_fail_too(world: &World) {
    let revert = "auto_revert = true";
    code(&ship(world, &touchy(world, 0, revert), &[]), 0, "runs and is healthy");
    // From here on no instance comes up, of whatever version.
    std::fs::write(world.home().join("broken"), "").unwrap();
    let ran = ship(world, &touchy(world, 1, revert), &["--max-crashes", "0"]);
    code(&ran, 1, "the rollback failed too");
    std::fs::remove_file(world.home().join("broken")).unwrap();
}

fn time_of(events: &[Value], name: &str) -> jiff::Timestamp {
    let event =
        events.iter().find(|e| e["event"] == name).unwrap_or_else(|| panic!("no {name} in {events:#?}"));
    event["at"].as_str().unwrap().parse().unwrap()
}

fn canaries_are_promoted_when_they_have_soaked_and_not_before(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    for (round, promote) in [(1, &["--promote", "--soak", "4s"][..]), (2, &["--promote=after:4s"])] {
        let more = [&["--canary", "--force-no-check", "-o", "json-lines"], promote].concat();
        let ran = deploy(world, &service("web", round), &more);
        code(&ran, 0, "");
        let events: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let soaked = time_of(&events, "promoted").duration_since(time_of(&events, "canaries-healthy"));
        let wanted = 4.0;
        assert!(soaked.as_secs_f64() >= wanted, "{soaked:?}\n{ran}");
        assert!(time_of(&events, "ended") > time_of(&events, "promoted"), "{ran}");
    }
}

fn canaries_may_be_a_share_and_promote_themselves(world: &World) {
    let four = |version: u32, update: &'static str| Service { count: 4, update, ..service("web", version) };
    code(&deploy(world, &four(0, ""), &[]), 0, "");
    let ran = deploy(world, &four(1, ""), &["--canary=50%", "--force-no-check"]);
    code(&ran, 8, "wait for promotion");
    assert_eq!(world.healthy("web").iter().filter(|a| a.is_canary()).count(), 2, "{ran}");
    code(&world.run(&["job", "promote", "web"]), 0, "runs and is healthy");
    let ran = deploy(world, &four(2, "canary = 1\n auto_promote = true"), &[]);
    code(&ran, 0, "version 2 runs and is healthy");
    code(&deploy(world, &four(3, ""), &["--max-unavailable", "0"]), 7, "add --canary");
    assert_eq!(version(world, "web"), 2);
}

fn jobs_without_a_deployment_are_healthy_by_their_instances(world: &World) {
    let one = |kind: &str, run: &str| {
        let hcl = format!(
            "job \"{kind}\" {{\n type = \"{kind}\"\n group \"g\" {{\n restart {{\n attempts = 0\n mode = \"fail\"\n }}\n \
             ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n driver = \"mock_driver\"\n config {{\n {run}\n }}\n logs {{\n \
             max_files = 1\n max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
        );
        std::fs::write(world.home().join("one.hcl"), hcl).unwrap();
        world.run(&["deploy", "one.hcl", "--yes", "--settle", "1s"])
    };
    code(&one("system", "run_for = \"240h\""), 0, "version 0 runs and is healthy");
    assert_eq!(world.healthy("system").len(), 6);
    code(&one("sysbatch", "run_for = \"200ms\""), 0, "version 0 has ended well, 6 of 6");
    code(&one("sysbatch", "run_for = \"200ms\"\n exit_code = 7"), 1, "exit code 7");
    // Neither of these makes the servers watch over a deployment of a new version.
    let none = service("web", 0).hcl().replace("max_parallel = 1", "max_parallel = 0");
    code(&ship(world, &none, &[]), 0, "version 0 runs and is healthy");
    code(&ship(world, &none.replace("count = 2", "count = 3"), &[]), 0, "version 1 runs and is healthy");
    let running = world.allocs("web").iter().filter(|a| !a.is_terminal()).count();
    assert_eq!(running, 3);
    let crash = broken("web").hcl().replace("max_parallel = 1", "max_parallel = 0");
    code(&ship(world, &crash, &["--timeout", "60s"]), 1, "exit code 3");
}

fn a_job_that_is_purged_meanwhile_is_told_so(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let file = Service { update: "canary = 1", ..service("web", 1) }.file(world);
    let child = world.start(&["deploy", &file, "--yes", "--promote", "--gate-cmd", "exit 75"]);
    world.until("the canary", 30.0, |w| w.allocs("web").iter().any(|a| a.is_canary() && !a.is_terminal()));
    code(&world.run(&["job", "stop", "web", "--purge", "--yes"]), 0, "purged");
    code(&ended(child), 1, "was purged while it was deployed");
}

fn watching_a_deployment_touches_nothing(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let canary = Service { update: "canary = 1", ..service("web", 1) };
    code(&deploy(world, &canary, &["--promote=manual"]), 8, "fleet promote web");
    code(&world.run(&["deploy", "status", "web", "--watch"]), 8, "wait for promotion");
    let child = world.start(&["deploy", "web", "--promote=after:60s"]);
    code(&world.run(&["job", "abort", "web"]), 0, "version 2 runs and is healthy");
    code(&ended(child), 1, "Deployment marked as failed");
    code(&world.run(&["deploy", "status", "web", "--watch"]), 0, "version 2 runs and is healthy");
    code(&world.run(&["deploy", "status", "nothing"]), 3, "no such job: nothing");
}

fn of_two_deployments_of_one_job_none_is_lost_in_silence(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    std::fs::write(world.home().join("one.hcl"), service("web", 1).hcl()).unwrap();
    std::fs::write(world.home().join("two.hcl"), service("web", 2).hcl()).unwrap();
    let both = ["one.hcl", "two.hcl"].map(|file| world.start(&["deploy", file, "--yes", "--settle", "1s"]));
    let ends = both.map(ended);
    let codes: Vec<i32> = ends.iter().map(|r| r.code).collect();
    assert!(codes.contains(&0), "{} {}", ends[0], ends[1]);
    let told = |r: &Ran| match r.code {
        0 => r.out.contains("runs and is healthy"),
        7 => r.err.contains("someone else changed job web"),
        _ => r.err.contains("replaced by version"),
    };
    assert!(ends.iter().all(told) && codes.iter().any(|c| *c != 0), "{} {}", ends[0], ends[1]);
}

fn a_deployment_goes_on_while_the_leader_changes(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    // Clients of a busy machine take long to find another server.
    let patient = service("web", 1).hcl().replace("\"30s\"", "\"5m\"");
    std::fs::write(world.home().join("web.hcl"), patient).unwrap();
    let child = world.start(&["deploy", "web.hcl", "--yes", "--settle", "1s"]);
    world.until("the new version", 30.0, |w| w.allocs("web").iter().any(|a| a.job_version == 1));
    world.machines.kill_leader();
    code(&ended(child), 0, "version 1 runs and is healthy");
}

#[test]
fn whoever_planned_first_and_registers_second_is_refused_and_nothing_is_lost() {
    let simulated = Simulated::new(4.0);
    let world = &simulated.world;
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    simulated.sandbox.forget_requests();
    let slow = Rule::new("PUT", "/v1/jobs", Effect::Delay(std::time::Duration::from_secs(12)));
    simulated.sandbox.fault(slow.nth(1));
    std::fs::write(world.home().join("late.hcl"), service("web", 1).hcl()).unwrap();
    let late = world.start(&["deploy", "late.hcl", "--yes"]);
    while simulated.sandbox.struck() == 0 {
        world.pause(0.1);
    }
    // Somebody who does not wait for anybody.
    world.register_hcl(&service("web", 2).hcl());
    code(&ended(late), 7, "someone else changed job web after it was planned");
    let source = world.run(&["job", "inspect", "web", "-o", "json"]);
    assert!(source.out.contains("202h") && version(world, "web") == 1, "{source}");
}
