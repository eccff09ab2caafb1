//! `deploy` and the verbs on jobs, from end to end: every ending with its code, and the old version serving meanwhile.

use serde_json::Value;

use fleet::api::http::Write;
use fleet::sandbox::faults::{Effect, Rule};

use crate::binary::Ran;
use crate::e2e::jobs::Job;
use crate::e2e::on_sandbox::Simulated;
use crate::e2e::world::{Witness, World, signal};

cases! {
    a_new_version_replaces_the_old_one_a_few_at_a_time,
    an_unchanged_job_is_not_written,
    a_plan_says_whether_something_changes_and_hides_secrets,
    canaries_wait_for_promotion_and_are_promoted_from_elsewhere,
    canaries_are_promoted_when_every_gate_holds,
    a_gate_that_says_no_fails_the_deployment,
    a_canary_that_would_tell_nothing_is_refused,
    a_broken_version_with_auto_revert_leaves_the_old_one_serving,
    a_broken_version_without_auto_revert_is_taken_back_by_abort,
    a_broken_version_is_rolled_back_when_asked,
    an_abort_works_in_every_state,
    what_finds_no_place_is_told_and_not_waited_for_for_ever,
    a_job_that_is_stopped_or_superseded_meanwhile_is_told_so,
    work_without_a_deployment_is_followed_too,
    several_jobs_go_one_after_the_other_and_stop_at_the_first_failure,
    jobs_are_scaled_reverted_stopped_started_and_resubmitted,
    an_interrupted_deployment_goes_on_by_itself,
    instances_are_restarted_one_after_the_other,
    an_instance_that_is_moved_during_a_restart_is_no_failure,
    a_restart_whose_job_is_stopped_meanwhile_restarted_nothing,
    a_restart_does_not_run_into_a_deployment,
}

/// A service of two that lives as its task's configuration says.
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) count: u32,
    pub(crate) update: &'static str,
    pub(crate) run: String,
    pub(crate) more: &'static str,
    pub(crate) memory: u32,
}

pub(crate) fn service(name: &'static str, version: u32) -> Service {
    Service {
        name,
        count: 2,
        update: "",
        run: format!("run_for = \"{}h\"", 200 + version),
        more: "",
        memory: 32,
    }
}

pub(crate) fn broken(name: &'static str) -> Service {
    // What it says in the end is no word for a log.
    let run = "run_for = \"10ms\"\n exit_code = 3\n exit_err_msg = \"no login with PASSWORD\"";
    Service { run: run.to_owned(), ..service(name, 0) }
}

impl Service {
    pub(crate) fn hcl(&self) -> String {
        let Service { name, count, update, run, more, memory } = self;
        let password = format!("hunter{}", run.len() * 1000 + *memory as usize);
        let run = run.replace("PASSWORD", &password);
        format!(
            "job \"{name}\" {{\n {more}\n group \"g\" {{\n count = {count}\n update {{\n max_parallel = 1\n min_healthy_time = \"1s\"\n \
             healthy_deadline = \"15s\"\n progress_deadline = \"30s\"\n health_check = \"task_states\"\n {update}\n }}\n \
             restart {{\n attempts = 0\n mode = \"fail\"\n }}\n reschedule {{\n delay = \"5s\"\n delay_function = \"constant\"\n \
             unlimited = true\n }}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n driver = \"mock_driver\"\n \
             kill_timeout = \"1s\"\n config {{\n {run}\n }}\n env {{\n DB_PASSWORD = \"{password}\"\n }}\n logs {{\n max_files = 1\n \
             max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = {memory}\n }}\n }}\n }}\n}}\n",
        )
    }

    /// Writes it into the home of the world; the file's name.
    pub(crate) fn file(&self, world: &World) -> String {
        let name = format!("{}.hcl", self.name);
        std::fs::write(world.home().join(&name), self.hcl()).unwrap();
        name
    }
}

pub(crate) fn deploy(world: &World, service: &Service, more: &[&str]) -> Ran {
    let file = service.file(world);
    world.run(&[&["deploy", &file, "--yes", "--settle", "1s"], more].concat())
}

pub(crate) fn code(ran: &Ran, code: i32, says: &str) {
    assert_eq!(ran.code, code, "{ran}");
    assert!(ran.err.contains(says) || ran.out.contains(says), "{says:?} is not in\n{ran}");
    assert!(!ran.err.contains("hunter") && !ran.out.contains("hunter"), "a secret was shown\n{ran}");
}

pub(crate) fn version(world: &World, job: &str) -> u64 {
    let call = fleet::api::nomad::job::get("default", job);
    world.wait_on(world.api().read(&call)).unwrap().value.version
}

fn a_new_version_replaces_the_old_one_a_few_at_a_time(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "version 0 runs and is healthy");
    let web = Witness::new(world, "web");
    let ran = deploy(world, &service("web", 1), &["-o", "json"]);
    assert!(web.fewest() >= 1, "{ran}");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (report["jobs"][0]["end"].as_str(), report["jobs"][0]["job_version"].as_u64()),
        (Some("healthy"), Some(1)),
        "{ran}"
    );
    assert!(world.healthy("web").iter().all(|a| a.job_version == 1), "{ran}");
}

fn an_unchanged_job_is_not_written(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let index = || {
        let call = fleet::api::nomad::job::get("default", "web");
        world.wait_on(world.api().read(&call)).unwrap().value.modify_index
    };
    let before = index();
    code(&deploy(world, &service("web", 0), &[]), 0, "nothing to do");
    assert_eq!(index(), before);
    code(&world.run(&["deploy", "web.hcl", "--dry-run"]), 0, "nothing to do");
}

fn a_plan_says_whether_something_changes_and_hides_secrets(world: &World) {
    let file = service("web", 0).file(world);
    code(&world.run(&["job", "plan", &file]), 8, "a new job");
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    code(&world.run(&["job", "plan", &file]), 0, "nothing to do");
    code(&world.run(&["job", "plan", &file, "--compat"]), 0, "nothing to do");
    let file = Service { memory: 48, count: 3, ..service("web", 0) }.file(world);
    let ran = world.run(&["job", "plan", &file, "-o", "json"]);
    code(&ran, 8, "");
    let plan: Value = serde_json::from_str(&ran.out).unwrap();
    let fields: Vec<&str> =
        plan["changes"].as_array().unwrap().iter().filter_map(|c| c["field"].as_str()).collect();
    assert!(fields.contains(&"Count") && fields.contains(&"Env[DB_PASSWORD]"), "{ran}");
    assert_eq!(world.run(&["job", "plan", &file, "--compat"]).code, 1);
    assert_eq!(world.run(&["job", "plan", "none.hcl", "--compat"]).code, 255);
    code(&world.run(&["deploy", &file, "--dry-run"]), 8, "");
    assert_eq!(version(world, "web"), 0, "a preview wrote something");
    code(&world.run(&["deploy", &file]), 7, "confirmation needed");
    code(&deploy(world, &Service { memory: 48, ..service("web", 0) }, &[]), 0, "");
    code(&world.run(&["job", "history", "web"]), 0, "changed (not shown)");
    code(&world.run(&["job", "diff", "web"]), 8, "Resources.MemoryMB: 32 → 48");
    code(&world.run(&["job", "diff", "web", "1", "1"]), 0, "none");
    code(&world.run(&["job", "inspect", "web"]), 0, "\"DB_PASSWORD\": \"(not shown)\"");
    code(&world.run(&["job", "inspect", "web", "--hcl"]), 0, "driver = \"mock_driver\"");
}

const CANARY: &str = "canary = 1";

fn canaries_wait_for_promotion_and_are_promoted_from_elsewhere(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let ran = deploy(world, &Service { update: CANARY, ..service("web", 1) }, &[]);
    code(&ran, 8, "fleet promote web");
    code(&world.run(&["deploy", "status", "web"]), 8, "ready to be promoted");
    code(&world.run(&["pause", "web"]), 0, "paused");
    code(&world.run(&["deploy", "web"]), 8, "is paused");
    code(&world.run(&["resume", "web"]), 0, "running");
    code(&world.run(&["promote", "web", "--group", "none"]), 3, "has no group");
    code(&world.run(&["promote", "web"]), 0, "version 1 runs and is healthy");
    code(&world.run(&["promote", "web"]), 7, "no deployment of web is under way");
    code(&world.run(&["deploy", "status", "web"]), 0, "successful");
    assert!(world.healthy("web").iter().all(|a| a.job_version == 1));
}

const TRY: &[&str] =
    &["--canary", "--promote", "--soak", "1s", "--force-no-check", "--gate-interval", "500ms"];

fn canaries_are_promoted_when_every_gate_holds(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    // One that hangs keeps no other from being heard, and does not outlast the time there is.
    let gates = ["--gate-cmd", "exit 75", "--gate-cmd", "sleep 6000", "--timeout", "12s"];
    let ran = deploy(world, &service("web", 1), &[TRY, &gates].concat());
    code(&ran, 6, "gate command \"exit 75\": not known");
    code(&ran, 6, "gate command \"sleep 6000\": not known: no answer before --timeout passed");
    assert_eq!(world.healthy("web").iter().filter(|a| a.job_version == 0).count(), 2, "nothing was promoted");
    let ran = world.run(&[
        "deploy",
        "web",
        "--promote",
        "--soak",
        "1s",
        "--settle",
        "1s",
        "--gate-cmd",
        "test \"$FLEET_JOB\" = web",
    ]);
    code(&ran, 0, "promoted the canaries of version 1");
    let ran =
        deploy(world, &service("web", 2), &[TRY, &["--gate-cmd", "true", "--max-unavailable", "0"]].concat());
    code(&ran, 0, "version 2 runs and is healthy");
}

fn a_gate_that_says_no_fails_the_deployment(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let ran =
        deploy(world, &service("web", 1), &[TRY, &["--gate-cmd", "echo bad; exit 1", "--rollback"]].concat());
    code(&ran, 9, "exit code 1: bad");
    assert_eq!(world.healthy("web").len(), 2, "{ran}");
}

fn a_canary_that_would_tell_nothing_is_refused(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    code(&deploy(world, &service("web", 1), &["--canary"]), 7, "--force-no-check");
    let port = Service { count: 6, more: "", ..service("web", 1) };
    let hcl =
        port.hcl().replace(" restart {", " network {\n port \"x\" {\n static = 7777\n }\n }\n restart {");
    std::fs::write(world.home().join("web.hcl"), hcl).unwrap();
    code(&world.run(&["deploy", "web.hcl", "--yes", "--canary"]), 7, "--force-static-port");
    code(&deploy(world, &Service { count: 1, ..service("web", 1) }, &["--canary"]), 7, "--force-small-count");
    code(&deploy(world, &service("web", 1), &["--gate-cmd", "true"]), 2, "add --promote");
    code(&deploy(world, &service("web", 1), &["--canary=0"]), 2, "--canary=0");
    assert_eq!(version(world, "web"), 0);
}

fn a_broken_version_with_auto_revert_leaves_the_old_one_serving(world: &World) {
    let good = Service { update: "canary = 1\n auto_revert = true", ..service("web", 0) };
    code(&deploy(world, &good, &[]), 0, "");
    let ids = |world: &World| world.healthy("web").iter().map(|a| a.id.clone()).collect::<Vec<_>>();
    let before = ids(world);
    let ran = deploy(world, &Service { update: good.update, ..broken("web") }, &[]);
    code(&ran, 9, "runs again and is healthy, as version 2");
    assert!(ran.err.contains("exit code 3"), "{ran}");
    // The very same instances: none of them was ever stopped.
    assert_eq!((before.len(), ids(world)), (2, before.clone()), "{ran}");
}

fn a_broken_version_without_auto_revert_is_taken_back_by_abort(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let ran = deploy(world, &broken("web"), &["--max-crashes", "2"]);
    code(&ran, 1, "fleet abort web");
    assert!(ran.err.contains("exit code 3"), "the evidence\n{ran}");
    assert_eq!(world.healthy("web").len(), 1, "one of two was replaced by a broken one");
    code(&world.run(&["deploy", "status", "web"]), 1, "failed");
    code(&world.run(&["abort", "web"]), 0, "version 2 runs and is healthy");
    assert_eq!(world.healthy("web").len(), 2);
}

fn a_broken_version_is_rolled_back_when_asked(world: &World) {
    let first = deploy(world, &broken("new"), &["--max-crashes", "2", "--rollback"]);
    code(&first, 1, "there is no earlier good version");
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let ran = deploy(world, &broken("web"), &["--max-crashes", "2", "--rollback"]);
    code(&ran, 9, "as version 2");
    assert_eq!(world.healthy("web").len(), 2, "{ran}");
}

fn an_abort_works_in_every_state(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let well = |world: &World, what: &str| {
        let ran = world.run(&["abort", "web"]);
        code(&ran, 0, "runs and is healthy");
        let config: Vec<Value> = world.healthy("web").iter().map(|a| Value::from(a.job_version)).collect();
        assert_eq!(config.len(), 2, "{what}: {ran}");
    };
    well(world, "nothing is under way");
    assert_eq!(version(world, "web"), 0, "nothing was to be taken back");
    code(&deploy(world, &Service { update: CANARY, ..service("web", 1) }, &[]), 8, "");
    well(world, "canaries wait");
    code(&deploy(world, &Service { update: CANARY, ..service("web", 2) }, &[]), 8, "");
    code(&world.run(&["pause", "web"]), 0, "");
    well(world, "it is paused");
    let fat = Service { memory: 90_000, update: CANARY, ..service("web", 3) };
    code(&deploy(world, &fat, &["--blocked-for", "1s"]), 6, "not everything can be placed");
    well(world, "nothing finds a place");
    let file = service("web", 4).file(world);
    code(&world.run(&["deploy", &file, "--yes", "--detach"]), 0, "fleet deploy web");
    well(world, "instances are being replaced");
    let source = world.run(&["job", "inspect", "web", "-o", "json"]);
    assert!(source.out.contains("200h"), "the first version is back\n{source}");
}

fn what_finds_no_place_is_told_and_not_waited_for_for_ever(world: &World) {
    let ran = deploy(world, &Service { memory: 90_000, ..service("fat", 0) }, &["--blocked-for", "2s"]);
    code(&ran, 6, "memory");
    assert!(ran.err.contains("not everything can be placed"), "{ran}");
}

fn a_job_that_is_stopped_or_superseded_meanwhile_is_told_so(world: &World) {
    let slow = || Service { update: "canary = 1", ..service("web", 1) };
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let gate = ["--promote", "--gate-cmd", "exit 75"];
    for (act, says) in [("stop", "the job is stopped"), ("again", "replaced by version")] {
        code(&deploy(world, &service("web", 0), &[]), 0, "");
        let file = slow().file(world);
        let child = world.start(&[&["deploy", &file, "--yes"], &gate[..]].concat());
        world
            .until("the canary", 30.0, |w| w.allocs("web").iter().any(|a| a.is_canary() && !a.is_terminal()));
        if act == "stop" {
            code(&world.run(&["job", "stop", "web"]), 0, "stopped");
        } else {
            world.register_hcl(&service("web", 7).hcl());
        }
        code(&Ran::of(&child.wait_with_output().unwrap()), 1, says);
    }
}

fn work_without_a_deployment_is_followed_too(world: &World) {
    let batch = |name: &str, run: &str, more: &str| {
        let file = format!("{name}.hcl");
        let hcl = format!(
            "job \"{name}\" {{\n type = \"batch\"\n {more}\n group \"g\" {{\n restart {{\n attempts = 0\n mode = \"fail\"\n }}\n \
             reschedule {{\n attempts = 0\n unlimited = false\n }}\n ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n \
             driver = \"mock_driver\"\n config {{\n {run}\n }}\n logs {{\n max_files = 1\n max_file_size = 1\n }}\n \
             resources {{\n cpu = 50\n memory = 32\n }}\n }}\n }}\n}}\n"
        );
        std::fs::write(world.home().join(&file), hcl).unwrap();
        world.run(&["deploy", &file, "--yes"])
    };
    code(&batch("crunch", "run_for = \"100ms\"", ""), 0, "version 0 has ended well, 1 of 1");
    code(&batch("crash", "run_for = \"100ms\"\n exit_code = 4", ""), 1, "exit code 4");
    code(
        &batch("clock", "run_for = \"100ms\"", "periodic {\n crons = [\"0 0 1 1 *\"]\n }"),
        0,
        "to start a run now: fleet job periodic force clock",
    );
    code(&world.run(&["job", "periodic", "force", "clock"]), 0, "clock/periodic-");
    code(
        &batch(
            "order",
            "run_for = \"100ms\"\n exit_code = 5",
            "parameterized {\n meta_optional = [\"who\"]\n }",
        ),
        0,
        "to start a run: fleet job dispatch order",
    );
    let ran = world.run(&[
        "job",
        "dispatch",
        "order",
        "--meta",
        "who=me",
        "--idempotency",
        "k",
        "--wait",
        "--timeout",
        "60s",
        "-o",
        "json",
    ]);
    code(&ran, 5, "order/dispatch-");
    let again =
        world.run(&["job", "dispatch", "order", "--meta", "who=me", "--idempotency", "k", "-o", "json"]);
    let repeated: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(repeated["repeated"], true, "{again}");
    code(&world.run(&["job", "dispatch", "crunch"]), 2, "is not a parameterized job");
}

fn several_jobs_go_one_after_the_other_and_stop_at_the_first_failure(world: &World) {
    let dir = world.home().join("jobs");
    std::fs::create_dir_all(&dir).unwrap();
    let write = |name: &str, service: Service| std::fs::write(dir.join(name), service.hcl()).unwrap();
    write("a.hcl", Service { more: "meta {\n depends = \"db\"\n }", ..service("app", 0) });
    write("z.hcl", service("db", 0));
    let ran = world.run(&["deploy", "--dir", "jobs", "--yes", "--settle", "1s", "-o", "json"]);
    code(&ran, 0, "");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        (report["jobs"][0]["job_id"].as_str(), report["jobs"][1]["job_id"].as_str()),
        (Some("db"), Some("app")),
        "{ran}"
    );
    write("z.hcl", broken("db"));
    write("a.hcl", Service { more: "meta {\n depends = \"db\"\n }", ..service("app", 1) });
    code(
        &world.run(&["deploy", "--dir", "jobs", "--yes", "--max-crashes", "2"]),
        1,
        "db: the deployment failed",
    );
    assert_eq!(version(world, "app"), 0, "what depends on it was not shipped");
}

fn jobs_are_scaled_reverted_stopped_started_and_resubmitted(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    code(&world.run(&["job", "scale", "web", "3", "--settle", "1s"]), 0, "runs and is healthy");
    assert_eq!(world.healthy("web").len(), 3);
    code(&deploy(world, &service("web", 1), &[]), 0, "");
    code(
        &world.run(&["job", "revert", "web", "--to", "0", "--settle", "1s"]),
        0,
        "version 0 registered again as version",
    );
    code(&world.run(&["job", "revert", "web", "--to", "99"]), 3, "version 99 of job web is not stored");
    let ids = |world: &World| {
        world.healthy("web").iter().map(|a| a.id.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let before = ids(world);
    let web = Witness::new(world, "web");
    let ran = world.run(&["job", "resubmit", "web", "--settle", "1s"]);
    assert!(web.fewest() >= 1, "{ran}");
    code(&ran, 0, "runs and is healthy");
    assert!(before.is_disjoint(&ids(world)), "{ran}");
    code(&world.run(&["job", "stop", "w*"]), 7, "1 matched: web");
    code(&world.run(&["job", "stop", "we"]), 3, "did you mean \"web\"?");
    code(&world.run(&["job", "stop", "web"]), 0, "stopped");
    assert!(world.healthy("web").is_empty());
    code(&world.run(&["job", "start", "web", "--settle", "1s"]), 0, "runs and is healthy");
    assert_eq!(world.healthy("web").len(), 2);
    code(&world.run(&["job", "deployments", "web"]), 0, "successful");
    code(&world.run(&["job", "eval", "web", "--settle", "1s"]), 0, "");
    code(&world.run(&["job", "stop", "web", "--purge", "--yes"]), 0, "purged");
}

fn an_interrupted_deployment_goes_on_by_itself(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    let file = service("web", 1).file(world);
    let child = world.start(&["deploy", &file, "--yes"]);
    world.until("the new version", 30.0, |w| w.allocs("web").iter().any(|a| a.job_version == 1));
    signal(&child, "INT");
    code(&Ran::of(&child.wait_with_output().unwrap()), 130, "fleet deploy web");
    code(&world.run(&["deploy", "web", "--settle", "1s"]), 0, "version 1 runs and is healthy");
}

fn instances_are_restarted_one_after_the_other(world: &World) {
    code(&deploy(world, &Service { count: 3, ..service("web", 0) }, &[]), 0, "");
    let ran = world.run(&["job", "restart", "web"]);
    code(&ran, 0, "restarted");
    assert_eq!(ran.out.matches("restarted").count(), 3, "{ran}");
    assert_eq!(world.healthy("web").len(), 3, "{ran}");
    let again = world.run(&["job", "restart", "web", "--started-before", "2020-01-01T00:00:00Z"]);
    code(&again, 0, "already restarted");
    code(&world.run(&["job", "restart", "web", "--group", "none"]), 3, "has no group");
    code(&deploy(world, &Service { count: 1, ..service("one", 0) }, &[]), 0, "");
    code(&world.run(&["job", "restart", "one"]), 7, "--max-unavailable 1");
}

fn an_instance_that_is_moved_during_a_restart_is_no_failure(world: &World) {
    code(&deploy(world, &Service { count: 3, ..service("web", 0) }, &[]), 0, "");
    // The one whose turn would come last.
    let last = world.healthy("web").iter().map(|a| a.id.clone()).max().unwrap();
    let newest = |w: &World| {
        let call = fleet::api::nomad::allocation::of_job("default", "web");
        let allocs = w.wait_on(w.api().list(&call)).unwrap().value;
        allocs.iter().flat_map(|a| a.task_states.values()).filter_map(|t| t.started_at).max()
    };
    let before = newest(world);
    let child = world.start(&["job", "restart", "web"]);
    world.until("the first restart", 60.0, |w| newest(w) > before);
    world.write(&Write::put(format!("/v1/allocation/{last}/stop"), "stop an allocation"));
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 0, "replaced meanwhile");
    // The servers hear of it a moment after its tasks have run for long enough.
    world.until("three healthy instances", 20.0, |w| w.healthy("web").len() == 3);
}

fn a_restart_whose_job_is_stopped_meanwhile_restarted_nothing(world: &World) {
    code(&deploy(world, &Service { count: 3, ..service("web", 0) }, &[]), 0, "");
    let child = world.start(&["job", "restart", "web"]);
    let restarts = |w: &World| {
        let call = fleet::api::nomad::allocation::of_job("default", "web");
        let allocs = w.wait_on(w.api().list(&call)).unwrap().value;
        allocs.iter().flat_map(|a| a.task_states.values()).map(|t| t.restarts).sum::<u64>()
    };
    world.until("the first restart", 60.0, |w| restarts(w) > 0);
    code(&world.run(&["job", "stop", "web", "--detach"]), 0, "stopped");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    code(&ran, 1, "left: its job was stopped");
    assert!(ran.err.contains("its job was stopped meanwhile"), "{ran}");
}

fn a_restart_does_not_run_into_a_deployment(world: &World) {
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    code(&deploy(world, &Service { update: CANARY, ..service("web", 1) }, &[]), 8, "fleet promote web");
    let ran = world.run(&["job", "restart", "web"]);
    code(&ran, 7, "a deployment of job web is under way, and a restart counts against it");
    assert!(ran.err.contains("fleet wait deployment") && ran.out.is_empty(), "{ran}");
    code(&world.run(&["promote", "web"]), 0, "version 1 runs and is healthy");
    code(&world.run(&["job", "restart", "web"]), 0, "restarted");
}

/// A deployment with canaries that are promoted from here: registers, promotes.
fn faulty(rule: Rule) -> (Simulated, Ran) {
    let simulated = Simulated::new(8.0);
    let world = &simulated.world;
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    simulated.sandbox.forget_requests();
    simulated.sandbox.fault(rule);
    let ran =
        deploy(world, &service("web", 1), &["--canary", "--promote", "--soak", "0s", "--force-no-check"]);
    (simulated, ran)
}

#[test]
fn a_deployment_whose_reply_is_lost_at_any_write_is_found_and_not_repeated() {
    for nth in 1..=2 {
        let (simulated, ran) = faulty(Rule::new("PUT", "/v1/*", Effect::DropReply).nth(nth));
        code(&ran, 0, "version 1 runs and is healthy");
        assert_eq!(version(&simulated.world, "web"), 1, "{ran}");
    }
}

#[test]
fn a_deployment_survives_a_cut_at_any_of_its_first_requests() {
    for nth in 1..=16 {
        let (simulated, ran) = faulty(Rule::new("*", "/v1/*", Effect::Reset).nth(nth));
        code(&ran, 0, "version 1 runs and is healthy");
        assert_eq!(version(&simulated.world, "web"), 1, "request {nth}\n{ran}");
    }
}

#[test]
fn what_only_consul_tells_of_is_not_known_where_nobody_says_where_that_is() {
    let simulated = Simulated::new(8.0);
    let world = &simulated.world;
    let checked = "network {\n port \"http\" {}\n }\nservice {\n name = \"web\"\n port = \"http\"\n check {\n type = \"tcp\"\n \
                   interval = \"1s\"\n timeout = \"1s\"\n }\n }";
    let job = Job::service("web", 3).with(|job| job.group = checked.to_owned());
    world.register(&job);
    world.until("all of them run", 60.0, |w| w.healthy("web").len() == 3);
    let id = &world.healthy("web")[0].id;
    let restart = ["job", "restart", "web", "--accept", "active-deployment"];
    for verb in [&restart[..], &["alloc", "restart", id], &["alloc", "stop", id, "--yes"]] {
        let ran = world.run(verb);
        code(&ran, 7, "CONSUL_HTTP_ADDR is not set");
        assert!(ran.err.contains("--max-unavailable"), "{ran}");
    }
    let ran = world.run(&[&restart[..], &["--max-unavailable", "4"]].concat());
    code(&ran, 6, "web runs; whether it is well is not known");
    assert_eq!(ran.out.matches("restarted").count(), 3, "{ran}");
}

#[test]
fn a_job_that_is_named_instead_of_a_file_has_no_preview_and_nothing_is_promoted() {
    let simulated = Simulated::new(8.0);
    let world = &simulated.world;
    code(&deploy(world, &service("web", 0), &[]), 0, "");
    code(&deploy(world, &Service { update: CANARY, ..service("web", 1) }, &[]), 8, "fleet promote web");
    simulated.sandbox.forget_requests();
    let ran = world.run(&["deploy", "web", "--promote", "--dry-run"]);
    code(&ran, 2, "--dry-run needs a job file, and web is none");
    let ran = world.run(&["deploy", "web", "--var", "image=web:2"]);
    code(&ran, 2, "--var needs a job file, and web is none");
    assert!(simulated.sandbox.requests().iter().all(|r| r.method == "GET"), "{ran}");
    // What was deployed to its end is not taken back.
    code(&world.run(&["promote", "web"]), 0, "version 1 runs and is healthy");
    code(&world.run(&["abort", "web"]), 0, "nothing was rolled back");
    assert_eq!(version(world, "web"), 1);
}
