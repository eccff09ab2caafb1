//! What is promoted, resumed or taken back never takes a service below its floor while something of it is away.

use fleet::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};

use crate::e2e::jobs::Job;
use crate::e2e::ran::{code, ok};
use crate::e2e::world::{Witness, World};

cases! {
    an_abort_waits_for_what_starts_and_keeps_the_floor,
    a_promotion_waits_for_what_is_away,
    a_deployment_that_was_paused_goes_on_above_the_floor,
}

/// A service of three whose tasks take so many seconds to start, as a file of the home of the world.
fn web(world: &World, version: u32, starts_in: u32, update: &str) -> &'static str {
    let config = format!("run_for = \"{}h\"\n start_block_for = \"{starts_in}s\"", 240 + version);
    let hcl = Job::service("web", 3).with(|j| j.config = config).hcl();
    let hcl = hcl.replace("max_parallel = 10", &format!("max_parallel = 1\n {update}"));
    std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
    "web.hcl"
}

fn deploy(world: &World, file: &str) {
    ok(&world.run(&["deploy", file, "--yes", "--settle", "1s"]));
}

/// Those of a version that are to run, by the index of their name.
fn of_version(world: &World, version: u64, index: u64) -> Option<AllocStub> {
    let name = format!("web.g[{index}]");
    let own =
        |a: &AllocStub| a.job_version == version && a.name == name && a.desired_status == DesiredStatus::Run;
    world.allocs("web").into_iter().find(own)
}

/// Has an instance of the first version restarted, which takes it as long as its start.
fn restart(world: &World, index: u64) {
    let alloc = of_version(world, 0, index).unwrap();
    let permission = fleet::api::permission::Permission::granted(fleet::api::permission::Grant::YesFlag);
    world.wait_on(world.api().write(&permission, &allocation::restart(&alloc.id))).unwrap();
    world.until("it is down", 20.0, |w| {
        let now = w.wait_on(w.api().list(&allocation::of_job("default", "web"))).unwrap().value;
        let own = now.into_iter().find(|a| a.id == alloc.id).unwrap();
        own.task_states.values().any(|t| t.events.iter().any(|e| e.kind == "Restart Signaled"))
    });
}

fn an_abort_waits_for_what_starts_and_keeps_the_floor(world: &World) {
    deploy(world, web(world, 0, 0, "auto_revert = true"));
    let second = web(world, 1, 20, "auto_revert = true");
    ok(&world.run(&["deploy", second, "--yes", "--detach"]));
    let starts = |w: &World| of_version(w, 1, 1).is_some_and(|a| a.client_status != ClientStatus::Running);
    world.until("the second starts", 120.0, starts);
    let web = Witness::serving(world, "web", u64::MAX);
    let aborted = world.run(&["abort", "web", "--timeout", "3m"]);
    code(&aborted, 0, "version 2 runs and is healthy");
    assert!(aborted.err.contains("g[1]") && aborted.err.contains("is paused meanwhile"), "{aborted}");
    assert!(web.fewest() >= 2, "{aborted}");
}

fn a_promotion_waits_for_what_is_away(world: &World) {
    deploy(world, web(world, 0, 20, "canary = 1"));
    let waits = world.run(&["deploy", web(world, 1, 0, "canary = 1"), "--yes", "--settle", "1s"]);
    code(&waits, 8, "wait for promotion");
    restart(world, 2);
    let web = Witness::serving(world, "web", u64::MAX);
    let in_vain = world.run(&["promote", "web", "--wait-lock", "0s"]);
    code(&in_vain, 6, "the promotion begins with 2 of those (floor 2); g[2]");
    assert!(in_vain.err.contains("nothing was changed"), "{in_vain}");
    let promoted = world.run(&["promote", "web", "--settle", "1s", "--timeout", "3m"]);
    code(&promoted, 0, "version 1 runs and is healthy");
    assert!(promoted.err.contains("--force-below-floor"), "{promoted}");
    // The restart itself had taken one of four.
    assert!(web.fewest() >= 2, "{promoted}");
}

fn a_deployment_that_was_paused_goes_on_above_the_floor(world: &World) {
    deploy(world, web(world, 0, 20, ""));
    ok(&world.run(&["deploy", web(world, 1, 20, ""), "--yes", "--detach"]));
    world.until("the first is placed", 60.0, |w| of_version(w, 1, 0).is_some());
    ok(&world.run(&["pause", "web"]));
    let found = |w: &World| of_version(w, 1, 0).is_some_and(|a| a.healthy() == Some(true));
    world.until("the first is healthy", 120.0, found);
    restart(world, 2);
    let in_vain = world.run(&["resume", "web", "--wait-lock", "0s"]);
    code(&in_vain, 6, "the deployment that goes on begins with 1 of those (floor 2); g[2]");
    assert!(of_version(world, 0, 1).is_some(), "nothing was taken\n{in_vain}");
    ok(&world.run(&["resume", "web"]));
    ok(&world.run(&["deploy", "web", "--settle", "1s", "--timeout", "3m"]));
}
