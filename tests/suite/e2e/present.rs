//! What is true at this moment, and not only by the servers' records: health, ends, counts, exit codes.

use std::process::Child;

use fleet::api::nomad::allocation::{AllocStub, ClientStatus};
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::deploy::code;
use crate::e2e::world::{Witness, World, ports_of_its_own};

cases! {
    checks_that_fail_now_are_told_whatever_was_found_at_the_deployment,
    a_follower_ends_when_nothing_is_tried_again,
    finished_batch_work_is_not_said_to_run,
    a_job_as_it_is_wanted_has_nothing_to_do,
    scaling_down_waits_for_what_was_told_to_stop,
    a_dispatch_has_the_code_of_its_work,
    a_child_that_somebody_stops_is_told_so,
    what_waits_for_the_end_of_a_task_is_no_part_of_a_restart,
    what_waits_for_the_end_of_a_task_is_nothing_wrong,
    a_system_job_says_where_it_is_not_replaced,
    one_group_is_not_promoted_past_the_deadline_of_another,
    what_is_out_of_sight_is_not_said_to_have_ended,
    what_came_back_with_the_old_code_is_not_the_new_version,
    what_is_scaled_by_others_keeps_its_count_and_its_floor,
    the_runs_of_a_stopped_parent_are_told,
    the_runs_of_a_purged_parent_are_stopped_by_their_own_names,
}

/// A job file of the fixtures, with whatever is to be put into it, in the home of the world; its name there.
fn file(world: &World, name: &str, put: &[(&str, &str)]) -> String {
    let path = format!("{}/tests/fixtures/cases/{name}.nomad.hcl", env!("CARGO_MANIFEST_DIR"));
    let mut hcl = std::fs::read_to_string(path).unwrap();
    for (from, to) in put {
        assert!(hcl.contains(from), "{from:?} is not in {name}");
        hcl = hcl.replacen(from, to, 1);
    }
    let file = format!("{name}.nomad.hcl");
    std::fs::write(world.home().join(&file), hcl).unwrap();
    file
}

fn ended(child: Child) -> Ran {
    Ran::of(&child.wait_with_output().unwrap())
}

fn running(world: &World, job: &str) -> Vec<AllocStub> {
    world.allocs(job).into_iter().filter(|a| a.client_status == ClientStatus::Running).collect()
}

/// Its checks pass as long as a file is there; on the embedded fleet for a while.
fn checked(world: &World) -> String {
    file(
        world,
        "chk",
        &[("group \"g\" {", "meta {\n sandbox_checks = \"failing after 15s\"\n }\n group \"g\" {")],
    )
}

fn each(world: &World, job: &str, command: &str) {
    for alloc in running(world, job) {
        drop(world.run(&["exec", &alloc.id, "--", "/bin/sh", "-c", command]));
    }
}

fn checks_that_fail_now_are_told_whatever_was_found_at_the_deployment(world: &World) {
    let _ports = ports_of_its_own();
    let child = world.start(&["deploy", &checked(world), "--yes", "--settle", "1s"]);
    world.until("both run", 30.0, |w| running(w, "chk").len() == 2);
    each(world, "chk", "touch $NOMAD_ALLOC_DIR/good");
    code(&ended(child), 0, "version 0 runs and is healthy");
    each(world, "chk", "rm $NOMAD_ALLOC_DIR/good");
    world.until("the checks fail", 40.0, |w| w.run(&["deploy", "status", "chk"]).code == 1);
    code(&world.run(&["deploy", "status", "chk"]), 1, "not healthy now: chk.g[");
    // The doctor tells of Nomad's own checks as of those in Consul.
    code(&world.run(&["doctor", "--only", "FD303"]), 1, "fails: the check of chk");
    // That its deployment was successful is history.
    let status = world.run(&["deploy", "status", "chk", "-o", "json"]);
    let shown: Value = serde_json::from_str(&status.out).unwrap();
    let now = (&shown["status"], &shown["groups"][0]["healthy"]);
    assert_eq!(now, (&"successful".into(), &0.into()), "{status}");
    let id = shown["deployment_id"].as_str().unwrap();
    let shown = world.run(&["deployment", "show", id, "-o", "json"]);
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    assert!((0..2_usize).all(|i| shown["allocations"][i]["now"]["verdict"] == "unhealthy"), "{shown:#}");
    // A group that is below its floor already is not restarted before that very risk is named.
    let restart = world.run(&["job", "restart", "chk"]);
    code(&restart, 7, "2 of the 2 running instances of group g of chk are not well now");
    assert!(restart.err.contains("--max-unavailable 2 allows that"), "{restart}");
    // That both were restarted before, as the hint of an earlier run has it, says nothing of how they are.
    let begun = ["--started-before", "2020-01-01T00:00:00Z", "--max-unavailable", "2", "--timeout", "5s"];
    code(
        &world.run(&[&["job", "restart", "chk"], &begun[..]].concat()),
        1,
        "is not well; nothing more was restarted",
    );
    let list = world.run(&["alloc", "list", "--job", "chk", "-o", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&list.out).unwrap();
    assert!(rows.len() == 2 && rows.iter().all(|r| r["now"]["verdict"] == "unhealthy"), "{list}");
    code(&world.run(&["alloc", "list", "--job", "chk"]), 0, "unhealthy");
    // Nor is it moved as long as nobody accepts that: both are healthy by Nomad's record only.
    let node = rows[0]["node_name"].as_str().unwrap();
    let preview = world.run(&["rotate-nodes", node, "--dry-run", "-o", "json"]);
    code(&preview, 7, "only 0 of 2 of chk/g are available now (chk.g[");
    let shown: Value = serde_json::from_str(&preview.out).unwrap();
    assert_eq!(shown["groups"][0]["available"], 0, "{preview}");
    let show = world.run(&["alloc", "show", rows[0]["alloc_id"].as_str().unwrap()]);
    code(&show, 0, "unhealthy");
    assert!(show.out.contains("the check of chk fails"), "{show}");
    let ran = world.run(&["deploy", "chk.nomad.hcl", "--yes", "--settle", "1s"]);
    code(&ran, 1, "the check of chk fails");
    assert!(!ran.out.contains("healthy ("), "nothing became healthy now\n{ran}");
}

fn a_follower_ends_when_nothing_is_tried_again(world: &World) {
    let late = file(world, "late", &[]);
    // Its deployment is successful, and then it ends for good.
    let ran = world.run(&["deploy", &late, "--yes", "--max-crashes", "0"]);
    code(&ran, 1, "fleet job resubmit late");
    assert!(ran.err.contains("is not tried again: task t ended with exit code 1"), "{ran}");
    assert!(!ran.out.contains("runs and is healthy"), "{ran}");
    for verb in [&["job", "eval", "late"][..], &["job", "start", "late"], &["deploy", "late"]] {
        code(&world.run(verb), 1, "fleet job resubmit late");
    }
    // The crash breaker stays on while it is followed, whatever the servers call its deployment.
    let ran = world.run(&[
        "deploy",
        &file(world, "late", &[("sleep 6", "sleep 5")]),
        "--yes",
        "--max-crashes",
        "1",
    ]);
    code(&ran, 1, "task t ended with exit code 1");
}

fn finished_batch_work_is_not_said_to_run(world: &World) {
    let migrate = file(world, "mig", &[]);
    code(&world.run(&["deploy", &migrate, "--yes"]), 0, "version 0 has ended well, 1 of 1");
    let ran = world.run(&["deploy", &migrate, "--yes"]);
    code(&ran, 0, "nothing ran: version 0 had ended well before");
    assert!(
        ran.err.contains("fleet job resubmit migrate") && !ran.out.contains("runs and is healthy"),
        "{ran}"
    );
    let ran = world.run(&["job", "eval", "migrate"]);
    code(&ran, 0, "nothing ran: version 0 had ended well before");
    assert!(!ran.out.contains("is on "), "{ran}");
    assert_eq!(world.allocs("migrate").len(), 1);
}

fn a_job_as_it_is_wanted_has_nothing_to_do(world: &World) {
    let web = file(world, "scal", &[]);
    code(&world.run(&["deploy", &web, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    let ran = world.run(&["deploy", &web, "--yes", "-o", "json-lines"]);
    code(&ran, 0, "");
    let events: Vec<Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let names: Vec<&str> = events.iter().filter_map(|e| e["event"].as_str()).collect();
    assert_eq!(names, ["plan", "ended"], "{ran}");
    assert_eq!(events[1]["unchanged"], serde_json::json!({"good": 2, "wanted": 2}), "{ran}");
    code(&world.run(&["deploy", &web, "--yes"]), 0, "nothing to do: 2 of 2 healthy");
    code(&world.run(&["job", "scale", "scal", "2"]), 0, "nothing to do: 2 of 2 healthy");
}

fn scaling_down_waits_for_what_was_told_to_stop(world: &World) {
    let slow = file(world, "slowstop", &[]);
    code(&world.run(&["deploy", &slow, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    code(&world.run(&["job", "scale", "slowstop", "1", "--settle", "0s"]), 0, "runs and is healthy");
    assert_eq!(running(world, "slowstop").len(), 1);
    code(&world.run(&["job", "scale", "slowstop", "0"]), 0, "no instances are wanted");
    code(&world.run(&["job", "stop", "slowstop", "--yes"]), 0, "");
    code(&world.run(&["job", "scale", "slowstop", "2"]), 7, "is stopped, so there is nothing to scale");
}

fn a_dispatch_has_the_code_of_its_work(world: &World) {
    let side = file(world, "pside", &[]);
    code(&world.run(&["deploy", &side, "--yes"]), 0, "its runs start when it is dispatched");
    for wanted in [0, 7] {
        let meta = format!("code={wanted}");
        code(&world.run(&["job", "dispatch", "pside", "--meta", &meta, "--wait"]), wanted, "begin");
    }
    let after = file(
        world,
        "pside",
        &[
            ("hook = \"prestart\"\n        sidecar = true", "hook = \"poststop\""),
            ("exec sleep 1000", "exit 3"),
        ],
    );
    code(&world.run(&["deploy", &after, "--yes"]), 0, "its runs start when it is dispatched");
    code(&world.run(&["job", "dispatch", "pside", "--meta", "code=7", "--wait"]), 7, "begin");
    let ran = world.run(&["job", "dispatch", "pside", "--meta", "code=0", "--wait"]);
    code(&ran, 1, "task helper, which is not its work, ended with exit code 3");
}

fn a_child_that_somebody_stops_is_told_so(world: &World) {
    let long = file(world, "pside", &[("sleep 1;", "sleep 600;")]);
    code(&world.run(&["deploy", &long, "--yes"]), 0, "its runs start when it is dispatched");
    let child = world.start(&["job", "dispatch", "pside", "--meta", "code=0", "--wait"]);
    let name = |w: &World| {
        let all = w.wait_on(w.api().list(&fleet::api::nomad::job::list())).unwrap().value;
        all.into_iter().find(|j| j.parent_id == "pside").map(|j| j.id)
    };
    world.until("the child runs", 30.0, |w| name(w).is_some_and(|n| !running(w, &n).is_empty()));
    code(&world.run(&["job", "stop", &name(world).unwrap()]), 0, "stopped");
    code(&ended(child), 1, "was stopped by somebody before it had ended");
}

fn what_waits_for_the_end_of_a_task_is_no_part_of_a_restart(world: &World) {
    let job = file(world, "rs-poststop", &[]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "runs and is healthy");
    let ran = world.run(&["job", "restart", "rs-poststop", "--timeout", "60s"]);
    code(&ran, 0, "restarted");
    let call = fleet::api::nomad::allocation::of_job("default", "rs-poststop");
    let all = world.wait_on(world.api().list(&call)).unwrap().value;
    assert!(all.iter().all(|a| a.task_states["main"].restarts == 1), "{ran}");
}

fn what_waits_for_the_end_of_a_task_is_nothing_wrong(world: &World) {
    let _ports = ports_of_its_own();
    let service = "network {\n port \"http\" {}\n }\n service {\n name = \"after\"\n provider = \"nomad\"\n port = \"http\"\n \
         check {\n type = \"tcp\"\n interval = \"1s\"\n timeout = \"1s\"\n }\n }\n update {";
    let serve = "exec python3 -m http.server --bind $NOMAD_IP_http $NOMAD_PORT_http";
    let job = file(world, "rs-poststop", &[("update {", service), ("echo main; exec sleep 100000", serve)]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "runs and is healthy");
    // No task was restarted: it is listed for its checks alone.
    let status = world.run(&["status", "-o", "json"]);
    let status: Value = serde_json::from_str(&status.out).unwrap();
    let problems = status["problems"].as_array().unwrap();
    assert!(problems.iter().all(|p| p["subject"] != "rs-poststop"), "{problems:?}");
    code(&world.run(&["why", "rs-poststop"]), 8, "");
}

fn a_system_job_says_where_it_is_not_replaced(world: &World) {
    let job = file(world, "sysd", &[]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    assert_eq!(running(world, "sysd").len(), 3);
    code(&world.run(&["node", "ineligible", "c2"]), 0, "");
    let plan = world.run(&["job", "plan", &job, "--var", "v=2", "-o", "json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    let reports = ["--summary", "sysd.md", "--junit", "sysd.xml"];
    let ran =
        world.run(&[&["deploy", &job, "--yes", "--settle", "1s", "--var", "v=2"][..], &reports].concat());
    // Nomad 2.0.5 stops it, 1.10.5 leaves it as it is.
    let state = if ran.err.contains("which stopped") { "stopped" } else { "goes on with version 0" };
    let told = format!("on c2, which {state}: its node takes no new work (ineligible)");
    code(&ran, 0, &told);
    assert_eq!(running(world, "sysd").len(), if state == "stopped" { 2 } else { 3 }, "{ran}");
    for paper in ["sysd.md", "sysd.xml"] {
        let paper = std::fs::read_to_string(world.home().join(paper)).unwrap();
        assert!(paper.contains(&told), "{paper}");
    }
    // Before, in the plan; afterwards as long as it is so.
    let leaving = plan["leaving"].as_array().unwrap();
    assert_eq!(leaving.len(), usize::from(state == "stopped"), "{plan:#}");
    assert!(
        leaving.iter().all(|left| left["node_name"] == "c2" && left["alloc_name"] == "sysd.g[0]"),
        "{plan:#}"
    );
    code(&world.run(&["status", "sysd"]), 0, &told);
    if state == "stopped" {
        let notes = "version 1 stopped it on c2 (its node takes no new work (ineligible))";
        code(&world.run(&["status", "--all-namespaces", "-o", "json"]), 0, notes);
    }
    code(&world.run(&["node", "eligible", "c2"]), 0, "");
    world.until("it is there again", 40.0, |w| {
        running(w, "sysd").iter().filter(|a| a.job_version == 1).count() == 3
    });
    assert!(!world.run(&["status", "sysd"]).out.contains("nothing replaces"));
}

fn one_group_is_not_promoted_past_the_deadline_of_another(world: &World) {
    let group = |name: &str, version: u32| {
        format!(
            "group \"{name}\" {{\n count = 2\n update {{\n canary = 1\n max_parallel = 1\n min_healthy_time = \"1s\"\n \
             healthy_deadline = \"5s\"\n progress_deadline = \"8s\"\n health_check = \"task_states\"\n }}\n ephemeral_disk {{\n \
             size = 10\n }}\n task \"t\" {{\n driver = \"mock_driver\"\n kill_timeout = \"1s\"\n config {{\n run_for = \"{version}h\"\n \
             }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n"
        )
    };
    let ship = |version: u32| {
        let hcl = format!("job \"two\" {{\n {}{} }}\n", group("a", version), group("b", version));
        std::fs::write(world.home().join("two.hcl"), hcl).unwrap();
        world.run(&["deploy", "two.hcl", "--yes", "--settle", "1s"])
    };
    code(&ship(100), 0, "version 0 runs and is healthy");
    code(&ship(101), 8, "wait for promotion");
    // By the clock of this machine: the cluster's may run faster.
    let latest = fleet::api::nomad::deployment::latest_of_job("default", "two");
    world.until("the deadline", 60.0, |w| {
        let latest = w.wait_on(w.api().read(&latest)).unwrap().value.unwrap();
        let deadline = latest.task_groups["b"].require_progress_by.unwrap();
        deadline < fleet::clock::Clock::now(&fleet::clock::SystemClock)
    });
    let ran = world.run(&["promote", "two", "--group", "a"]);
    code(&ran, 7, "the progress deadline of group b");
    code(&world.run(&["promote", "two"]), 0, "version 1 runs and is healthy");
}

fn what_is_out_of_sight_is_not_said_to_have_ended(world: &World) {
    let job = file(world, "unk", &[]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    world.machines.kill_node("c4");
    let unknown = |w: &World| w.allocs("unk").iter().any(|a| a.client_status == ClientStatus::Unknown);
    world.until("the allocation is out of sight", 120.0, unknown);
    // Whether it runs is not known, by no verb.
    let id = world.allocs("unk")[0].id.clone();
    for verb in [&["job", "show", "unk"][..], &["alloc", "list", "--job", "unk"], &["alloc", "show", &id]] {
        code(&world.run(verb), 0, "not known");
    }
    assert_ne!(world.run(&["deploy", "status", "unk"]).code, 0);
    let ran = world.run(&["exec", "unk", "--all", "--", "true"]);
    assert!(ran.code != 0 && ran.err.contains("its node is disconnected"), "{ran}");
    let ran = world.run(&["job", "stop", "unk", "-o", "json"]);
    code(&ran, 6, "on c4, which is disconnected, may still run there");
    let rows: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&rows[0]["ended"], &rows[0]["not_seen"][0]["node_name"]), (&0.into(), &"c4".into()), "{ran}");
    // Once its node is back, it has ended.
    world.machines.start_node("c4");
    world.until("it has ended", 120.0, |w| w.allocs("unk").iter().all(|a| a.client_status.is_terminal()));
    code(&world.run(&["job", "stop", "unk"]), 0, "already stopped");
}

fn what_came_back_with_the_old_code_is_not_the_new_version(world: &World) {
    let job = file(world, "disc3", &[]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    let victim = running(world, "disc3")[0].clone();
    world.machines.kill_node(&victim.node_name);
    world.until("it is out of sight", 120.0, |w| {
        w.allocs("disc3").iter().any(|a| a.id == victim.id && a.client_status == ClientStatus::Unknown)
    });
    let child = world.start(&["deploy", &job, "--yes", "--settle", "1s", "--var", "v=2", "--timeout", "3m"]);
    world.until("the new version is on its way", 60.0, |w| {
        w.allocs("disc3").iter().any(|a| a.job_version == 1 && a.id != victim.id)
    });
    world.machines.start_node(&victim.node_name);
    let ran = ended(child);
    let all = running(world, "disc3");
    let old: Vec<&AllocStub> =
        all.iter().filter(|a| !world.run(&["logs", &a.id]).out.contains("v 2")).collect();
    let said = ran.out.contains("version 1 runs and is healthy");
    assert!(
        ran.code == 0 && said && old.is_empty() && all.len() == 3 || ran.code != 0 && !said,
        "{old:?}\n{ran}"
    );
}

fn what_is_scaled_by_others_keeps_its_count_and_its_floor(world: &World) {
    let scaling = "scaling { \n      enabled = false\n      min = 2\n      max = 8 \n    }";
    let job = file(world, "scal", &[]);
    code(&world.run(&["deploy", &job, "--yes", "--settle", "1s"]), 0, "version 0 runs and is healthy");
    code(&world.run(&["job", "scale", "scal", "6", "--settle", "1s"]), 0, "runs and is healthy");
    // The file as it is registered, but for the count that was set since.
    let plan = world.run(&["job", "plan", &job, "-o", "json"]);
    let told: Value = serde_json::from_str(&plan.out).unwrap();
    assert!(plan.code == 0 && told["notes"][0].as_str().unwrap().contains("keeps its count of 6"), "{plan}");
    let ran = world.run(&["deploy", &job, "--dry-run"]);
    code(&ran, 0, "already registered like this, but for counts that are kept");
    assert!(ran.out.contains("group g, which is scaled, keeps its count of 6; the file says 2"), "{ran}");
    let ran = world.run(&["deploy", &job, "--yes", "--summary", "scal.md"]);
    code(&ran, 0, "nothing to do: 6 of 6 healthy");
    let summary = std::fs::read_to_string(world.home().join("scal.md")).unwrap();
    assert!(
        summary.contains("| result | nothing to do, healthy |") && summary.contains("keeps its count of 6"),
        "{summary}"
    );
    let witness = Witness::new(world, "scal");
    let ran = world.run(&["deploy", &job, "--yes", "--settle", "1s", "--var", "v=2"]);
    code(&ran, 0, "runs and is healthy");
    assert!(ran.err.contains("group g, which is scaled, keeps its count of 6; the file says 2"), "{ran}");
    assert!(ran.err.find("keeps its count") < ran.err.find("Effects"), "it is said above the table\n{ran}");
    assert_eq!(running(world, "scal").len(), 6);
    assert!(witness.fewest() >= 5, "fewer were left than max_parallel allows");
    // So does a version that comes back, unless its count is all that differs: then somebody is asked.
    let ran = world.run(&["job", "revert", "scal", "--to", "0", "--settle", "1s"]);
    code(&ran, 0, "runs and is healthy");
    assert!(ran.err.contains("group g, which is scaled, keeps its count of 6; version 0 says 2"), "{ran}");
    assert_eq!(running(world, "scal").len(), 6);
    code(&world.run(&["job", "revert", "scal", "--to", "0"]), 7, "confirmation needed");
    let ran = world.run(&["deploy", &job, "--dry-run", "--no-preserve-counts", "--var", "v=2"]);
    code(&ran, 8, "4 of 6 stop, at once");
    // Where the file says nothing of scaling, somebody is to say whose count holds.
    let plain = file(world, "scal", &[(scaling, "")]);
    let ran = world.run(&["deploy", &plain, "--dry-run", "--var", "v=2"]);
    code(&ran, 8, "4 of 6 stop, at once and before the rest is replaced (--preserve-counts keeps 6)");
    let ran = world.run(&["deploy", &plain, "--var", "v=2"]);
    code(&ran, 7, "confirmation needed");
    let ran = world.run(&["deploy", &plain, "--yes", "--preserve-counts", "--settle", "1s", "--var", "v=2"]);
    code(&ran, 0, "runs and is healthy");
    assert_eq!(running(world, "scal").len(), 6);
}

fn the_runs_of_a_stopped_parent_are_told(world: &World) {
    let job = file(world, "per", &[("default = \"20\"", "default = \"600\"")]);
    let ran = world.run(&["deploy", &job, "--yes", "--junit", "per.xml"]);
    code(&ran, 0, "version 0 is registered; its runs start by time");
    assert!(ran.err.contains("to start a run now: fleet job periodic force per"), "{ran}");
    let junit = std::fs::read_to_string(world.home().join("per.xml")).unwrap();
    assert!(
        junit.contains("<skipped message=\"version 0 is registered; its runs start by time\"/>"),
        "{junit}"
    );
    let shown = world.run(&["job", "show", "per"]);
    code(&shown, 0, "0 3 29 2 *");
    assert!(shown.out.contains("Europe/Berlin"), "{shown}");
    let id = a_run_of_per(world);
    assert!(world.run(&["job", "show", "per"]).out.contains(&id));
    let ran = world.run(&["job", "stop", "per"]);
    code(&ran, 0, "per: 1 run goes on");
    assert!(ran.err.contains(&id) && ran.err.contains("fleet job stop --children per"), "{ran}");
    // Any server is asked: one may not have heard of it yet.
    world.until("it is told", 20.0, |w| w.run(&["status"]).out.contains(&id));
    code(&world.run(&["job", "stop", "--children", "per", "--yes"]), 0, "stopped");
    assert!(running(world, &id).is_empty());
}

/// Has job `per` start a run now; the id of it, once something of it runs.
fn a_run_of_per(world: &World) -> String {
    code(&world.run(&["job", "periodic", "force", "per"]), 0, "");
    let child = |w: &World| {
        let all = w.wait_on(w.api().list(&fleet::api::nomad::job::list())).unwrap().value;
        all.into_iter().find(|j| j.parent_id == "per").map(|j| j.id)
    };
    world.until("a run", 60.0, |w| child(w).is_some_and(|id| !running(w, &id).is_empty()));
    child(world).unwrap()
}

fn the_runs_of_a_purged_parent_are_stopped_by_their_own_names(world: &World) {
    let job = file(world, "per", &[("default = \"20\"", "default = \"600\"")]);
    code(&world.run(&["deploy", &job, "--yes"]), 0, "registered");
    let id = a_run_of_per(world);
    let ran = world.run(&["job", "stop", "per", "--purge", "--yes"]);
    code(&ran, 0, &format!("fleet job stop {id}"));
    assert!(!ran.err.contains("--children"), "{ran}");
    let list = world.run(&["job", "list", "--all"]);
    assert!(list.out.contains(&id), "{list}");
    world.until("it is told", 20.0, |w| {
        let status = w.run(&["status"]);
        status.out.contains("it was purged, and its run")
            && status.out.contains(&format!("fleet job stop {id}"))
    });
    code(&world.run(&["job", "stop", &id]), 0, "stopped");
    assert!(running(world, &id).is_empty());
}
