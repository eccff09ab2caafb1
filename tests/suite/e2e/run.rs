//! `run` from end to end.

use fleet::api::nomad::job;

use crate::binary::Ran;
use crate::e2e::exec::{Terminal, noise, piped, read_until};
use crate::e2e::world::{World, signal};

cases! {
    a_command_runs_once_as_the_job_would_and_is_gone_then,
    what_cannot_start_or_has_no_room_is_told_and_removed,
    an_interrupt_stops_and_removes_it,
    stdin_goes_to_a_command_in_an_instance_that_stays,
    a_terminal_gets_a_shell_in_a_fresh_instance,
    what_was_left_is_removed_by_the_next_one,
}

/// A job with a variable, whose task does nothing.
fn tool(world: &World) {
    world.register_hcl(
        "job \"tool\" {\n group \"g\" {\n update {\n min_healthy_time = \"100ms\"\n health_check = \"task_states\"\n }\n \
         ephemeral_disk {\n size = 300\n }\n task \"t\" {\n driver = \"raw_exec\"\n kill_timeout = \"1s\"\n \
         env {\n COLOR = \"blue\"\n }\n config {\n command = \"/bin/sh\"\n args = [\"-c\", \"sleep 3600 & wait\"]\n }\n \
         resources {\n cpu = 50\n memory = 32\n }\n }\n }\n}\n",
    );
    world.until("running", 60.0, |w| w.healthy("tool").len() == 1);
}

/// The ids of the jobs that `run` has made and not removed.
fn left(world: &World) -> Vec<String> {
    let jobs = world.wait_on(world.api().list(&job::list().namespace("*"))).unwrap().value;
    jobs.into_iter().map(|j| j.id).filter(|id| id.starts_with("tool-run-")).collect()
}

fn a_command_runs_once_as_the_job_would_and_is_gone_then(world: &World) {
    tool(world);
    let script = "echo $COLOR $SIZE; echo err >&2; exit 3";
    let ran = world.run(&["run", "tool", "--env", "SIZE=9", "--", "/bin/sh", "-c", script]);
    assert_eq!((ran.code, ran.out.as_str()), (3, "blue 9\n"), "{ran}");
    assert!(ran.err.contains("is allocation") && ran.err.ends_with("err\n"), "{ran}");
    assert!(left(world).is_empty());
    // All of a long output, and the code of a signal.
    let ran = world.run(&["run", "tool/g", "--", "/bin/sh", "-c", "seq 1 20000; kill -9 $$"]);
    let expected: String = (1..=20_000).map(|n| format!("{n}\n")).collect();
    assert!(ran.code == 137 && ran.out == expected, "{} bytes, {}", ran.out.len(), ran.err);
    assert_eq!(world.healthy("tool").len(), 1);
    // A machine gets all of it in one document, and the same exit code.
    let script = "echo out; echo err >&2; printf '\\377'; exit 3";
    let ran = world.run(&["run", "tool", "-o", "json", "--", "/bin/sh", "-c", script]);
    let document: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, document["exit_code"].as_u64()), (3, Some(3)), "{ran}");
    assert_eq!(
        (&document["stdout_base64"], &document["stderr"]),
        (&"b3V0Cv8=".into(), &"err\n".into()),
        "{ran}"
    );
    let lines = world.run(&["run", "tool", "-o", "json-lines", "--", "/bin/sh", "-c", "echo out"]);
    let events: Vec<serde_json::Value> =
        lines.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((&events[0]["line"], &events[1]["event"]), (&"out".into(), &"ended".into()), "{lines}");
}

fn what_cannot_start_or_has_no_room_is_told_and_removed(world: &World) {
    tool(world);
    for (args, says) in [
        (&["run", "tool", "--", "no-such-program"][..], "could not be found"),
        (&["run", "tool", "--memory", "99999999", "--", "true"], "memory on"),
        (&["run", "tool", "--image", "x", "--", "true"], "does not use images"),
        (&["run", "tool/x", "--", "true"], "its groups: g"),
        (&["run", "tool"], "no command given"),
        (&["run", "tool", "--timeout", "2s", "--", "sleep", "600"], "timed out and is being stopped"),
    ] {
        let ran = world.run(args);
        assert!(ran.code == 125 && ran.err.contains(says), "{args:?}: {ran}");
    }
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }");
    let ran = world.fleet().env("NOMAD_TOKEN", token).run(&["run", "tool", "--", "true"]);
    assert!(ran.code == 125 && ran.err.contains("submit-job"), "{ran}");
    assert!(left(world).is_empty(), "{:?}", left(world));
}

fn an_interrupt_stops_and_removes_it(world: &World) {
    tool(world);
    let mut child = world.start(&["run", "tool", "--", "/bin/sh", "-c", "echo ready; sleep 600"]);
    read_until(&mut child, "ready");
    let [id] = &left(world)[..] else { panic!("one job runs") };
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert!(ran.code == 130 && ran.err.contains("is being stopped and removed"), "{ran}");
    assert!(left(world).is_empty());
    assert!(world.allocs(id).iter().all(|a| a.client_status.is_terminal()));
}

fn stdin_goes_to_a_command_in_an_instance_that_stays(world: &World) {
    tool(world);
    let bytes = noise(300_001);
    let (code, out, err) = piped(world, &["run", "tool", "-i", "--", "cat"], &bytes);
    assert!(code == 0 && out == bytes, "{err}");
    let (code, ..) = piped(world, &["run", "tool", "-i", "--", "/bin/sh", "-c", "exit 9"], b"");
    assert_eq!(code, 9);
    assert!(left(world).is_empty());
}

fn a_terminal_gets_a_shell_in_a_fresh_instance(world: &World) {
    tool(world);
    let mut terminal = Terminal::new(world, &["run", "tool", "-it"]);
    terminal.shows("is allocation");
    terminal.types("echo $COLOR:$NOMAD_JOB_ID\r");
    terminal.shows("blue:tool-run-");
    terminal.types("exit 5\r");
    let (text, code) = terminal.ends();
    assert_eq!(code, 5, "{text}");
    assert!(left(world).is_empty());
}

fn what_was_left_is_removed_by_the_next_one(world: &World) {
    tool(world);
    let ran = world.run(&["run", "tool", "--detach", "--timeout", "3s", "-o", "json", "--", "sleep", "600"]);
    assert_eq!(ran.code, 0, "{ran}");
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(left(world), [view["job_id"].as_str().unwrap()]);
    // Its time is told by our clock.
    world.pause(4.0 * world.speed);
    let ran = world.run(&["run", "tool", "--", "true"]);
    assert!(ran.code == 0 && ran.err.contains("left over from an earlier run"), "{ran}");
    assert!(left(world).is_empty());
}
