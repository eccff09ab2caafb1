//! Canaries that were found healthy, and what they are when they are to be promoted.

use fleet::api::nomad::allocation::{AllocStub, ClientStatus};
use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::deploy::{code, deploy, service};
use crate::e2e::world::{World, ports_of_its_own};

cases! {
    canaries_that_are_red_now_are_not_promoted_and_not_called_healthy,
    a_soak_sees_its_canaries_turn_red,
    a_group_is_promoted_by_its_own_canaries,
    what_runs_on_a_node_that_is_gone_is_not_called_healthy,
}

/// A service of two whose check passes until a file is there; of the second version, on the embedded fleet, for a while.
fn checked(world: &World, version: u32) -> String {
    let path = format!("{}/tests/fixtures/cases/chk.nomad.hcl", env!("CARGO_MANIFEST_DIR"));
    let hcl = std::fs::read_to_string(path).unwrap();
    let meta = if version == 0 { "passing" } else { "failing after 15s" };
    let meta =
        format!("meta {{\n sandbox_checks = \"{meta}\"\n version = \"{version}\"\n }}\n group \"g\" {{");
    let put = [
        (
            "200 if os.path.exists(os.environ[\"NOMAD_ALLOC_DIR\"] + \"/good\") else 500",
            "500 if os.path.exists(os.environ[\"NOMAD_ALLOC_DIR\"] + \"/bad\") else 200",
        ),
        ("max_parallel = 1", "max_parallel = 1\n canary = 1"),
        ("group \"g\" {", meta.as_str()),
    ];
    let hcl = put.iter().fold(hcl, |hcl, (from, to)| {
        assert!(hcl.contains(from), "{from:?}");
        hcl.replacen(from, to, 1)
    });
    std::fs::write(world.home().join("chk.hcl"), hcl).unwrap();
    "chk.hcl".to_owned()
}

fn of_version(world: &World, job: &str, version: u64) -> Vec<AllocStub> {
    let runs = |a: &AllocStub| a.client_status == ClientStatus::Running && a.job_version == version;
    world.allocs(job).into_iter().filter(runs).collect()
}

/// The canary's check fails from now on, or soon.
fn turn_red(world: &World) {
    for canary in of_version(world, "chk", 1) {
        drop(world.run(&["exec", &canary.id, "--", "/bin/sh", "-c", "touch $NOMAD_ALLOC_DIR/bad"]));
    }
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"))
}

fn canaries_that_are_red_now_are_not_promoted_and_not_called_healthy(world: &World) {
    let _ports = ports_of_its_own();
    let first = world.run(&["deploy", &checked(world, 0), "--yes", "--settle", "1s"]);
    code(&first, 0, "version 0 runs and is healthy");
    let second = world.run(&["deploy", &checked(world, 1), "--yes", "--settle", "1s"]);
    code(&second, 8, "the canaries of version 1 are healthy and wait for promotion");
    turn_red(world);
    world.until("the canary is red", 40.0, |w| w.run(&["deploy", "status", "chk"]).code == 1);

    let status = world.run(&["deploy", "status", "chk"]);
    code(&status, 1, "the canaries were found healthy and are not now: chk.g[");
    assert!(!status.err.contains("fleet promote"), "{status}");
    let show = json(&world.run(&["job", "show", "chk", "-o", "json"]));
    let group = &show["groups"][0];
    assert_eq!((&group["healthy"], &group["unhealthy_canaries"]), (&2.into(), &1.into()), "{show:#}");
    assert_eq!(show["deployment"]["ready_for_promotion"], false, "{show:#}");
    let why = json(&world.run(&["why", "chk", "-o", "json"]));
    assert!(!why["suggestions"].to_string().contains("fleet promote"), "{why:#}");
    let evidence: Vec<&Value> = why["evidence"].as_array().unwrap().iter().collect();
    assert!(evidence.iter().enumerate().all(|(i, e)| !evidence[..i].contains(e)), "{why:#}");
    code(&world.run(&["status"]), 0, "waits for promotion, 0 of 1 canary healthy, 1 unhealthy");
    for object in ["deployment", "job"] {
        let ran = world.run(&["wait", object, "chk", "needs-promotion", "--timeout", "2s"]);
        code(&ran, 6, "the canaries were found healthy and are not now");
    }

    for detach in [&["promote", "chk", "--detach"][..], &["job", "promote", "chk"]] {
        let ran = world.run(detach);
        code(&ran, 7, "the canaries of chk are not healthy now");
        assert!(ran.err.contains("fleet abort chk"), "{ran}");
    }
    let followed = world.run(&["deploy", "chk"]);
    code(&followed, 1, "the canaries of version 1 were found healthy and are not now");
    assert_eq!(of_version(world, "chk", 0).len(), 2, "nothing was promoted");
    code(&world.run(&["abort", "chk", "--timeout", "2m"]), 0, "runs and is healthy");
}

fn a_soak_sees_its_canaries_turn_red(world: &World) {
    let _ports = ports_of_its_own();
    let first = world.run(&["deploy", &checked(world, 0), "--yes", "--settle", "1s"]);
    code(&first, 0, "version 0 runs and is healthy");
    let second = checked(world, 1);
    let child = world.start(&["deploy", &second, "--yes", "--settle", "1s", "--promote", "--soak", "60s"]);
    world.until("the canary is healthy", 60.0, |w| {
        of_version(w, "chk", 1).iter().any(|a| a.healthy() == Some(true))
    });
    turn_red(world);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 1, "its canaries are not healthy: chk.g[");
    assert!(!ran.err.contains("promoted the canaries"), "{ran}");
    assert_eq!(of_version(world, "chk", 0).len(), 2, "nothing was promoted");
}

fn a_group_is_promoted_by_its_own_canaries(world: &World) {
    let _ports = ports_of_its_own();
    let group = |name: &str, version: u32, meta: &str| {
        format!(
            "group \"{name}\" {{\n count = 1\n meta {{\n sandbox_checks = \"{meta}\"\n }}\n network {{\n port \"http\" {{}}\n }}\n update {{\n \
             canary = 1\n max_parallel = 1\n min_healthy_time = \"1s\"\n healthy_deadline = \"20s\"\n progress_deadline = \"60m\"\n }}\n \
             service {{\n name = \"{name}\"\n provider = \"nomad\"\n port = \"http\"\n check {{\n type = \"tcp\"\n interval = \"1s\"\n \
             timeout = \"1s\"\n }}\n }}\n task \"t\" {{\n driver = \"raw_exec\"\n kill_timeout = \"1s\"\n env {{\n V = \"{version}\"\n }}\n \
             config {{\n command = \"/usr/bin/python3\"\n args = [\"-c\", <<EOF\nimport os,socket,time\ns = socket.create_server((os.environ[\"NOMAD_IP_http\"], int(os.environ[\"NOMAD_PORT_http\"])))\n\
             while not os.path.exists(os.environ[\"NOMAD_ALLOC_DIR\"] + \"/bad\"): time.sleep(0.2)\ns.close()\ntime.sleep(1000)\nEOF\n]\n }}\n \
             resources {{\n cpu = 20\n memory = 60\n }}\n }}\n }}\n"
        )
    };
    let ship = |version: u32, meta: &str| {
        let hcl = format!(
            "job \"two\" {{\n {}{} }}\n",
            group("good", version, "passing"),
            group("red", version, meta)
        );
        std::fs::write(world.home().join("two.hcl"), hcl).unwrap();
        world.run(&["deploy", "two.hcl", "--yes", "--settle", "1s"])
    };
    code(&ship(0, "passing"), 0, "version 0 runs and is healthy");
    code(&ship(1, "failing after 15s"), 8, "wait for promotion");
    let red = of_version(world, "two", 1).into_iter().find(|a| a.task_group == "red").unwrap();
    drop(world.run(&["exec", &red.id, "--", "/bin/sh", "-c", "touch $NOMAD_ALLOC_DIR/bad"]));
    world.until("it is red", 40.0, |w| w.run(&["deploy", "status", "two"]).code == 1);
    code(&world.run(&["promote", "two", "--detach"]), 7, "two.red[0]: the check of red");
    code(&world.run(&["promote", "two", "--group", "red", "--detach"]), 7, "two.red[0]: the check of red");
    code(&world.run(&["promote", "two", "--group", "good", "--detach"]), 0, "promoted");
    let forced = world.run(&["promote", "two", "--force-unhealthy", "--timeout", "2m", "--settle", "1s"]);
    code(&forced, 1, "two.red[0]: the check of red");
}

fn what_runs_on_a_node_that_is_gone_is_not_called_healthy(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "version 0 runs and is healthy");
    code(&world.run(&["deploy", "status", "web"]), 0, "now: 2 of 2 healthy");
    let node = of_version(world, "web", 0)[0].node_name.clone();
    world.machines.kill_node(&node);
    // The servers call it running until its heartbeat is overdue.
    let ran = world.run(&["deploy", "status", "web"]);
    let moved = world.healthy("web").iter().all(|a| a.node_name != node);
    assert!(moved || ran.code != 0 && !ran.err.contains("2 of 2 healthy"), "{ran}");
    let again = world.run(&["deploy", "web.hcl", "--yes", "--settle", "1s"]);
    let moved = world.healthy("web").iter().all(|a| a.node_name != node);
    assert!(moved || again.code != 0, "{again}");
}
