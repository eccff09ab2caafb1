//! `rotate-nodes` while others are at work: every promise holds whoever else acts, and what is said of it is true.

use std::process::Child;

use fleet::api::http::Write;
use fleet::api::nomad::node::{Eligibility, NodeStatus};
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ended, ok};
use crate::e2e::world::{Witness, World};

cases! {
    three_rotations_at_once_keep_every_floor,
    a_node_that_is_made_eligible_again_stops_it,
    what_comes_to_a_node_meanwhile_is_moved_when_insisted,
    a_job_that_is_stopped_in_the_middle_is_not_waited_for,
    a_job_that_is_deployed_in_the_middle_is_waited_for,
    a_down_node_in_the_selection_is_left_out,
    an_earlier_run_that_was_given_up_is_not_taken_up,
    replacements_that_die_after_they_were_healthy_fail_it_every_time,
    a_replacement_command_that_failed_is_run_again,
    a_canary_that_moves_is_followed_to_its_replacement,
    several_nodes_at_once_keep_the_floors,
    without_the_right_to_the_lock_it_says_so,
    three_rotations_at_once_without_the_lock_take_turns,
    a_rotation_that_was_killed_is_finished_from_another_home,
    a_node_that_took_no_work_before_its_drain_takes_none_after_it,
}

fn rotate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["rotate-nodes", "--yes", "--settle", "500ms"].into_iter().chain(more.iter().copied()).collect()
}

/// A service whose allocations take long to stop, so that there is a middle of a step.
fn slow(name: &'static str, count: u32) -> Job {
    Job::service(name, count).with(|j| j.group = "shutdown_delay = \"8s\"".to_owned())
}

fn until_a_stop(world: &World, job: &str) {
    world.until("a stop", 30.0, |w| w.allocs(job).iter().any(|a| a.desired_transition.migrate == Some(true)));
}

fn three_rotations_at_once_keep_every_floor(world: &World) {
    world.start_on_old(&[Job::service("web", 3), Job::service("api", 4)]);
    let (web, api) = (Witness::new(world, "web"), Witness::new(world, "api"));
    let children: Vec<Child> = ["c1", "c2", "c3"].iter().map(|n| world.start(&rotate(&[n]))).collect();
    let ran: Vec<Ran> = children.into_iter().map(ended).collect();
    for ran in &ran {
        ok(ran);
    }
    let (web, api) = (web.fewest(), api.fewest());
    assert!(web >= 2 && api >= 3, "web fell to {web}, api to {api}\n{}\n{}\n{}", ran[0], ran[1], ran[2]);
    // Nothing is left of the lock.
    let lock = fleet::api::nomad::variable::get("default", "fleet/moves");
    assert!(world.wait_on(world.api().read(&lock)).is_err());
}

fn a_node_that_is_made_eligible_again_stops_it(world: &World) {
    world.start_on_old(&[slow("web", 4)]);
    let child = world.start(&rotate(&["--class", "old"]));
    until_a_stop(world, "web");
    world.set_eligible("c1", Eligibility::Eligible);
    let ran = ended(child);
    code(&ran, 7, "somebody made node c1 eligible again");
    assert!(ran.err.contains("--insist"), "{ran}");
    assert_eq!(world.healthy("web").len(), 4, "what was under way came to its end");
}

fn what_comes_to_a_node_meanwhile_is_moved_when_insisted(world: &World) {
    world.start_on_old(&[slow("web", 4)]);
    let child = world.start(&rotate(&["--class", "old", "--insist"]));
    until_a_stop(world, "web");
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Ineligible);
    }
    world.set_eligible("c1", Eligibility::Eligible);
    world.register(&Job::service("late", 2));
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Eligible);
    }
    ok(&ended(child));
    world.until("late running", 30.0, |w| w.healthy("late").len() == 2);
    let on_old =
        |a: &fleet::api::nomad::allocation::AllocStub| ["c1", "c2", "c3"].contains(&a.node_name.as_str());
    assert!(!world.healthy("late").iter().chain(&world.healthy("web")).any(on_old));
}

fn a_job_that_is_stopped_in_the_middle_is_not_waited_for(world: &World) {
    world.start_on_old(&[slow("web", 3), Job::service("api", 2)]);
    let child = world.start(&rotate(&["--class", "old", "-o", "json"]));
    until_a_stop(world, "web");
    world.write(&Write::delete("/v1/job/web", "stop a job"));
    let ran = ended(child);
    let report: Value = serde_json::from_str(&ok(&ran).out).unwrap();
    let moves = report["moves"].as_array().unwrap();
    assert!(
        moves.iter().any(|m| m["outcome"] == "not-wanted" && m["reason"] == "its job was stopped"),
        "{ran}"
    );
    assert_eq!(world.healthy("api").len(), 2);
}

fn a_job_that_is_deployed_in_the_middle_is_waited_for(world: &World) {
    world.start_on_old(&[slow("web", 3)]);
    let child = world.start(&rotate(&["--class", "old"]));
    until_a_stop(world, "web");
    world.register(&slow("web", 3).with(|j| {
        j.memory = 70;
        j.job = "update {\n max_parallel = 1\n }".to_owned();
    }));
    let ran = ended(child);
    ok(&ran);
    assert_eq!(world.healthy("web").len(), 3);
    // Nor is it about to take an instance away.
    let call = fleet::api::nomad::deployment::latest_of_job("default", "web");
    let latest = world.wait_on(world.api().read(&call)).unwrap().value.unwrap();
    assert!(!latest.status.is_active(), "{:?}\n{ran}", latest.status);
}

fn a_down_node_in_the_selection_is_left_out(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    world.machines.kill_node("c3");
    world.until("c3 down", 60.0, |w| w.node("c3").status == NodeStatus::Down);
    world.until("web whole", 60.0, |w| w.healthy("web").iter().filter(|a| a.node_name != "c3").count() == 3);
    let preview = world.run(&["rotate-nodes", "--class", "old", "--dry-run"]);
    assert!(ok(&preview).out.contains("it is down"), "{preview}");
    let ran = world.run(&rotate(&["--class", "old"]));
    code(&ran, 8, "c3: left out: it is down");
    assert!(ran.err.contains("on c3, which is down, may still run there"), "{ran}");
    assert_eq!(world.node("c3").scheduling_eligibility, Eligibility::Ineligible, "{ran}");
    let drained = world.run(&["node", "drain", "c3", "--yes"]);
    code(&drained, 8, "on c3, which is down, may still run there");
    let nodes: Vec<String> = world.healthy("web").iter().map(|a| a.node_name.clone()).collect();
    assert!(nodes.len() == 3 && nodes.iter().all(|n| ["c4", "c5", "c6"].contains(&n.as_str())), "{nodes:?}");
}

/// Lives on nodes of class old, and ends with an error at once on those of class new.
fn start_sick(world: &World) {
    world.start_on_old(&[Job::service("sick", 3).with(|j| {
        j.group = "restart {\n attempts = 0\n mode = \"fail\"\n }\n".to_owned();
        j.config = "run_for = \"${meta.task_life}\"\n exit_code = 3".to_owned();
    })]);
}

fn an_earlier_run_that_was_given_up_is_not_taken_up(world: &World) {
    start_sick(world);
    let failed = world.run(&rotate(&["--class", "old"]));
    code(&failed, 1, "to give up instead: fleet rotation rollback r-");
    let give_up = failed.err.lines().find_map(|l| l.split("to give up instead: fleet ").nth(1)).unwrap();
    let name = give_up.split_whitespace().last().unwrap();
    // By hand, without a word to anybody.
    ok(&world.run(&["node", "eligible", "c1", "c2", "c3", "--yes"]));
    let listed = world.run(&["rotation", "list"]);
    assert!(ok(&listed).out.contains("given up"), "{listed}");
    assert!(listed.err.contains(&format!("to forget it: fleet rotation rollback {name}")), "{listed}");
    code(&world.run(&["rotation", "resume", name, "--yes"]), 7, "it was given up");
    world.write(&Write::delete("/v1/job/sick", "stop a job").query("purge", "true"));
    world.until("sick gone", 30.0, |w| w.allocs("sick").iter().all(|a| a.client_status.is_terminal()));
    let again = world.run(&rotate(&["--class", "old"]));
    assert!(ok(&again).err.contains("was given up"), "{again}");
    assert!(!again.err.contains("Continues rotation"), "{again}");
    for name in ["c1", "c2", "c3"] {
        assert_eq!(world.node(name).scheduling_eligibility, Eligibility::Ineligible, "{again}");
    }
}

fn replacements_that_die_after_they_were_healthy_fail_it_every_time(world: &World) {
    let flag = world.home().join("die");
    drop(std::fs::remove_file(&flag));
    let script = format!("if [ -e {} ]; then sleep 3; exit 1; fi; exec sleep 100000", flag.display());
    let script = Value::from(script);
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Ineligible);
    }
    world.register_hcl(&format!(
        "job \"web\" {{\n group \"g\" {{\n count = 2\n restart {{\n attempts = 0\n mode = \"fail\"\n }}\n reschedule {{\n attempts = 0\n \
         unlimited = false\n }}\n update {{\n min_healthy_time = \"100ms\"\n health_check = \"task_states\"\n }}\n migrate {{\n \
         min_healthy_time = \"100ms\"\n health_check = \"task_states\"\n }}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n \
         driver = \"raw_exec\"\n kill_timeout = \"1s\"\n config {{\n command = \"/bin/sh\"\n args = [\"-c\", {script}]\n }}\n \
         logs {{\n max_files = 1\n max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
    ));
    world.until("web running", 60.0, |w| w.healthy("web").len() == 2);
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Eligible);
    }
    let call = fleet::api::nomad::deployment::latest_of_job("default", "web");
    world.until("web deployed", 60.0, |w| {
        w.wait_on(w.api().read(&call)).unwrap().value.is_none_or(|d| !d.status.is_active())
    });
    std::fs::write(&flag, "").unwrap();
    let args = ["rotate-nodes", "--class", "old", "--yes", "--settle", "6s"];
    let ran = world.run(&args);
    code(&ran, 1, "is not healthy");
    // They are dead for good: that nothing is left to move does not make it well.
    let again = world.run(&args);
    code(&again, 1, "is not healthy");
    assert!(again.out.contains("not seen healthy again"), "{again}");
    drop(std::fs::remove_file(&flag));
}

fn a_replacement_command_that_failed_is_run_again(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let mark = world.home().join("ran");
    drop(std::fs::remove_file(&mark));
    let command = format!("sh -c 'echo x >> {m}; test $(wc -l < {m}) -ge 2'", m = mark.display());
    let args =
        rotate(&["c1", "--replace-with-cmd", &command, "--replacements", "1", "--replace-timeout", "90s"]);
    // An existing node that takes work again is as good as a new one.
    world.set_eligible("c6", Eligibility::Ineligible);
    code(&world.run(&args), 1, "the replacement command");
    let child = world.start(&args);
    world.until("the second try", 30.0, |_| {
        std::fs::read_to_string(&mark).is_ok_and(|t| t.lines().count() == 2)
    });
    world.set_eligible("c6", Eligibility::Eligible);
    let ran = ended(child);
    assert!(ok(&ran).err.contains("1 of 1 replacement ready"), "{ran}");
}

fn a_canary_that_moves_is_followed_to_its_replacement(world: &World) {
    let canaries = "update {\n canary = 1\n max_parallel = 1\n min_healthy_time = \"500ms\"\n health_check = \"task_states\"\n }";
    world.start_on_old(&[Job::service("web", 2)]);
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Ineligible);
    }
    // The group's own update block stays as it is but for its canary.
    let hcl = Job::service("web", 2).with(|j| j.memory = 70).hcl();
    let hcl = hcl.replacen("update {\n max_parallel = 10", "update {\n canary = 1\n max_parallel = 10", 1);
    assert!(hcl.contains("canary = 1") && !canaries.is_empty());
    world.register_hcl(&hcl);
    let canary = |w: &World| {
        let all = w.allocs("web");
        all.into_iter()
            .filter(|a| a.is_canary() && !a.is_terminal() && a.healthy() == Some(true))
            .collect::<Vec<_>>()
    };
    world.until("a canary", 60.0, |w| canary(w).len() == 1);
    for name in ["c4", "c5", "c6"] {
        world.set_eligible(name, Eligibility::Eligible);
    }
    let witness = Witness::new(world, "web");
    let ran = world.run(&rotate(&["--class", "old", "--accept", "unpromoted-canary"]));
    assert!(!ok(&ran).err.contains("nobody wants"), "{ran}");
    assert_eq!(canary(world).len(), 1, "there is a canary again\n{ran}");
    assert!(witness.fewest() >= 1, "{ran}");
    assert_eq!(world.healthy("web").iter().filter(|a| !a.is_canary()).count(), 2, "{ran}");
}

fn several_nodes_at_once_keep_the_floors(world: &World) {
    world.start_on_old(&[Job::service("web", 6).with(|j| j.max_parallel = 2), Job::service("api", 3)]);
    let (web, api) = (Witness::new(world, "web"), Witness::new(world, "api"));
    let ran = world.run(&rotate(&["--class", "old", "--max-parallel", "3", "--first-soak", "1s"]));
    assert!(ok(&ran).out.contains("3 of 3 nodes rotated"), "{ran}");
    let (web, api) = (web.fewest(), api.fewest());
    assert!(web >= 4 && api >= 2, "web fell to {web}, api to {api}\n{ran}");
}

fn without_the_right_to_the_lock_it_says_so(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let rules = "namespace \"*\" { policy = \"write\" }\nnode { policy = \"write\" }";
    let fleet = world.fleet().env("NOMAD_TOKEN", world.token(rules));
    let witness = Witness::new(world, "web");
    let ran = fleet.run(&rotate(&["--class", "old"]));
    assert!(ok(&ran).err.contains("nothing keeps a second operator from"), "{ran}");
    assert!(witness.fewest() >= 2, "{ran}");
}

fn three_rotations_at_once_without_the_lock_take_turns(world: &World) {
    world.start_on_old(&[Job::service("web", 3)]);
    let token = world.token("namespace \"*\" { policy = \"write\" }\nnode { policy = \"write\" }");
    let witness = Witness::new(world, "web");
    let begun: Vec<std::thread::JoinHandle<Ran>> = ["c1", "c2", "c3"]
        .into_iter()
        .map(|n| {
            let fleet = world.fleet().env("NOMAD_TOKEN", &token);
            std::thread::spawn(move || fleet.run(&rotate(&[n])))
        })
        .collect();
    let ran: Vec<Ran> = begun.into_iter().map(|thread| thread.join().unwrap()).collect();
    for ran in &ran {
        assert!(ok(ran).err.contains("nothing keeps a second operator from"), "{ran}");
    }
    let fewest = witness.fewest();
    assert!(fewest >= 2, "web fell to {fewest}\n{}\n{}\n{}", ran[0], ran[1], ran[2]);
}

fn a_rotation_that_was_killed_is_finished_from_another_home(world: &World) {
    world.start_on_old(&[slow("web", 3)]);
    let witness = Witness::new(world, "web");
    // One of the nodes took no work before; that is all the other machine could not see.
    let mut child = world.start(&rotate(&["--class", "old"]));
    until_a_stop(world, "web");
    child.kill().unwrap();
    child.wait().unwrap();
    let list = world.run(&["rotation", "list", "-o", "json"]);
    let rows: Value = serde_json::from_str(&ok(&list).out).unwrap();
    let name = rows[0]["rotation"].as_str().unwrap().to_owned();
    // Its process is known to have ended.
    assert_eq!((rows[0]["nodes"].as_u64(), rows[0]["at_work"].as_bool()), (Some(3), Some(false)), "{list}");
    let shown = world.run(&["rotation", "show", &name]);
    assert!(ok(&shown).out.contains("web.g["), "{shown}");
    assert!(shown.out.contains("nobody is at work on it"), "{shown}");
    // Nobody waits for one that is known to be dead.
    let lock = world.run(&["rotation", "lock", "-o", "json"]);
    let claims: Value = serde_json::from_str(&ok(&lock).out).unwrap();
    assert!(claims[0]["name"].is_string(), "it could not give its lock back: {lock}");
    let other = tempfile::tempdir().unwrap();
    let elsewhere = crate::binary::Fleet::new(other.path());
    let elsewhere = elsewhere.env("NOMAD_ADDR", &world.address).env("NOMAD_TOKEN", &world.token);
    let ran = elsewhere.run(&rotate(&["--class", "old"]));
    assert!(ok(&ran).err.contains("it is taken up here"), "{ran}");
    assert!(!ran.err.contains("waiting until it is sure"), "{ran}");
    assert!(ran.err.contains(&format!("rotation {name} continues")), "{ran}");
    assert!(witness.fewest() >= 2, "{ran}");
    assert_eq!(world.healthy("web").len(), 3, "{ran}");
    let list = elsewhere.run(&["rotation", "list", "-o", "json"]);
    assert_eq!(ok(&list).out.trim(), "[]");
}

fn a_node_that_took_no_work_before_its_drain_takes_none_after_it(world: &World) {
    world.start_on_old(&[slow("web", 6).with(|j| j.group = "shutdown_delay = \"20s\"".to_owned())]);
    let name = world.healthy("web")[0].node_name.clone();
    for (flag, then) in [(None, Eligibility::Ineligible), (Some("--eligible"), Eligibility::Eligible)] {
        world.set_eligible(&name, Eligibility::Ineligible);
        // The first drain may have taken something away already.
        let risks = ["--accept", "unhealthy", "--accept", "max-parallel"];
        let drain: Vec<&str> =
            ["node", "drain", &name, "--yes", "--detach"].into_iter().chain(risks).collect();
        ok(&world.run(&drain));
        let undrain: Vec<&str> = ["node", "undrain", &name].into_iter().chain(flag).collect();
        let ran = world.run(&undrain);
        ok(&ran);
        let node = world.node(&name);
        assert_eq!((node.drain, node.scheduling_eligibility), (false, then), "{ran}");
    }
}
