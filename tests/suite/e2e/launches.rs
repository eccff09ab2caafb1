//! What a job starts once: children by dispatch and by time.

use std::io::{BufRead as _, BufReader, Read as _};

use fleet::sandbox::faults::{Effect, Rule};
use serde_json::Value;

use crate::e2e::on_sandbox::Simulated;
use crate::e2e::world::{World, signal};

cases! {
    a_child_is_heard_while_it_runs_and_its_code_returned,
    a_child_that_is_tried_again_says_so,
    a_child_without_a_place_says_so_and_waiting_can_end,
}

/// A parameterized job whose one task is a real process.
fn parameterized(name: &str, script: &str, memory: u32) -> String {
    let script = Value::from(script);
    format!(
        "job \"{name}\" {{\n type = \"batch\"\n parameterized {{\n payload = \"optional\"\n meta_optional = [\"who\"]\n }}\n \
         group \"g\" {{\n restart {{\n attempts = 0\n mode = \"fail\"\n }}\n reschedule {{\n attempts = 0\n unlimited = false\n }}\n \
         ephemeral_disk {{\n size = 10\n }}\n task \"t\" {{\n driver = \"raw_exec\"\n config {{\n command = \"/bin/sh\"\n \
         args = [\"-c\", {script}]\n }}\n dispatch_payload {{\n file = \"in.txt\"\n }}\n logs {{\n max_files = 1\n \
         max_file_size = 1\n }}\n resources {{\n cpu = 50\n memory = {memory}\n }}\n }}\n }}\n}}\n"
    )
}

fn a_child_is_heard_while_it_runs_and_its_code_returned(world: &World) {
    let gate = world.home().join("gate");
    let script = format!(
        "echo begun by $NOMAD_META_who; cat local/in.txt; echo bad >&2; while [ ! -e {} ]; do sleep 0.1; done; printf last; exit 3",
        gate.display()
    );
    world.register_hcl(&parameterized("order", &script, 32));
    std::fs::write(world.home().join("in.txt"), "the payload\n").unwrap();
    let mut child =
        world.start(&["job", "dispatch", "order", "--meta", "who=me", "--payload", "in.txt", "--wait"]);
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut heard = String::new();
    while !heard.ends_with("the payload\n") {
        assert!(out.read_line(&mut heard).unwrap() > 0, "it ended early: {heard}");
    }
    std::fs::write(&gate, "").unwrap();
    out.read_to_string(&mut heard).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(heard, "begun by me\nthe payload\nlast");
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(3) && err.contains("bad\n"), "{err}");
    std::fs::remove_file(&gate).unwrap();
    let child = world.start(&["job", "dispatch", "order", "--wait"]);
    world.until("a second child", 30.0, |w| {
        let all = w.wait_on(w.api().list(&fleet::api::nomad::allocation::list())).unwrap().value;
        all.iter().filter(|a| a.job_id.starts_with("order/dispatch-")).count() == 2
    });
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(130) && err.contains("goes on without fleet"), "{err}");
}

fn a_child_that_is_tried_again_says_so(world: &World) {
    let again = "restart {\n attempts = 1\n delay = \"1s\"\n";
    world.register_hcl(
        &parameterized("order", "echo tried; exit 3", 32).replace("restart {\n attempts = 0\n", again),
    );
    let ran = world.run(&["job", "dispatch", "order", "--wait", "--timeout", "60s"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, "tried\ntried\n"), "{ran}");
    assert!(ran.err.contains("task t ended with exit code 3; restarted once so far"), "{ran}");
}

fn a_child_without_a_place_says_so_and_waiting_can_end(world: &World) {
    world.register_hcl(&parameterized("fat", "true", 90_000));
    let ran = world.run(&["job", "dispatch", "fat", "--wait", "--timeout", "5s"]);
    assert!(
        ran.code == 6 && ran.err.contains("cannot be placed yet: g: ") && ran.err.contains("memory"),
        "{ran}"
    );
    let child = world.start(&["job", "dispatch", "fat", "--wait"]);
    let children = |w: &World| -> Vec<String> {
        let all: Value = serde_json::from_str(&w.run(&["job", "list", "--all", "-o", "json"]).out).unwrap();
        let ids = all.as_array().unwrap().iter().map(|job| job["job_id"].as_str().unwrap().to_owned());
        ids.filter(|id| id.starts_with("fat/dispatch-")).collect()
    };
    world.until("both children", 30.0, |w| children(w).len() == 2);
    for id in children(world) {
        let stopped = world.run(&["job", "stop", &id]);
        assert_eq!(stopped.code, 0, "{stopped}");
    }
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.code() == Some(1) && err.contains("was stopped by somebody before it had ended"),
        "{err}"
    );
    let large = world.home().join("large");
    std::fs::write(&large, vec![b'x'; 16 * 1024 + 1]).unwrap();
    let refused = world.run(&["job", "dispatch", "fat", "--payload", "large"]);
    assert!(refused.code == 2 && refused.err.contains("16385 bytes"), "{refused}");
    let missing = world.run(&["job", "dispatch", "fat", "--payload", "nothing.txt"]);
    assert!(missing.code == 2 && missing.err.contains("could not read nothing.txt"), "{missing}");
}

#[test]
fn a_dispatch_whose_answer_never_comes_is_asked_for_once_in_its_time() {
    let simulated = Simulated::new(4.0);
    let world = &simulated.world;
    world.register_hcl(&parameterized("order", "true", 32));
    simulated.sandbox.forget_requests();
    simulated.sandbox.fault(Rule::new("PUT", "/v1/job/order/dispatch", Effect::Hang));
    let ran = world.run(&["job", "dispatch", "order", "--wait", "--timeout", "2s"]);
    assert!(ran.code == 6 && ran.err.contains("and no second one: `fleet job dispatch order"), "{ran}");
    let asked = simulated.sandbox.requests().iter().filter(|r| r.path.ends_with("/dispatch")).count();
    assert_eq!(asked, 1, "{ran}");
}
