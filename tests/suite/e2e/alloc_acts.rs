//! The verbs on one allocation: its files, and what is done to it.

use std::io::{BufRead as _, Read as _};

use serde_json::Value;

use crate::binary::Ran;
use crate::e2e::exec::{at_home as sh, idle};
use crate::e2e::jobs::{Job, script};
use crate::e2e::world::{World, signal};

cases! {
    files_of_an_allocation_are_listed_read_and_followed,
    a_stopped_allocation_is_replaced_and_that_is_waited_for,
    tasks_are_restarted_where_they_are,
    a_signal_is_sent_and_noted,
    what_an_allocation_says_of_itself_is_shown,
    a_token_without_the_right_is_told_which_one,
}

fn json(ran: &Ran) -> Value {
    assert_eq!(ran.code, 0, "{ran}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}\n{ran}"))
}

fn files_of_an_allocation_are_listed_read_and_followed(world: &World) {
    idle(world, "web", 1);
    let make = "cd local && mkdir d && seq 1 30000 > d/numbers && printf 'a\\nb\\nend' > d/short";
    assert_eq!(world.run(&sh("web", make)).code, 0);
    let rows = json(&world.run(&["alloc", "ls", "web", "local/d", "-o", "json"]));
    let names: Vec<&str> = rows.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["numbers", "short"]);
    assert_eq!((&rows[0]["kind"], &rows[1]["size_bytes"]), (&"file".into(), &7.into()));
    let top = world.run(&["alloc", "ls", "web", "--alloc-dir"]);
    assert!(top.code == 0 && top.out.contains("alloc/") && top.out.contains("t/"), "{top}");
    let expected: String = (1..=30_000).map(|i| format!("{i}\n")).collect();
    let ran = world.run(&["alloc", "cat", "web", "local/d/numbers"]);
    assert!(ran.code == 0 && ran.out == expected, "{}", ran.err);
    let ran = world.run(&["alloc", "cat", "web", "/t/local/d/short", "--alloc-dir"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "a\nb\nend"), "{ran}");
    let ran = world.run(&["alloc", "tail", "web", "local/d/numbers", "--lines", "20000"]);
    let tail: String = (10_001..=30_000).map(|i| format!("{i}\n")).collect();
    assert!(ran.code == 0 && ran.out == tail, "{}", ran.err);
    let ran = world.run(&["alloc", "tail", "web", "local/d/short", "--lines", "2"]);
    assert_eq!(ran.out, "b\nend", "{ran}");
    let one = json(&world.run(&["alloc", "stat", "web", "local/d/short", "-o", "json"]));
    assert_eq!(
        (&one["size_bytes"], &one["kind"], &one["name"]),
        (&7.into(), &"file".into(), &"short".into())
    );
    for (path, code, words) in [
        ("local/nothing", 3, "no such file"),
        ("local/d", 1, "is a directory"),
        ("/etc/passwd", 2, "--alloc-dir"),
    ] {
        let ran = world.run(&["alloc", "cat", "web", path]);
        assert!(ran.code == code && ran.err.contains(words), "{path}: {ran}");
    }
    // A fifo is not read, which would wait for ever.
    assert_eq!(world.run(&sh("web", "mkfifo local/d/fifo")).code, 0);
    let ran = world.run(&["alloc", "cat", "web", "local/d/fifo"]);
    assert!(ran.code == 1 && ran.err.contains("fifo"), "{ran}");
    let mut child = world.start(&["alloc", "tail", "web", "local/d/short", "--lines", "1", "-f"]);
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut end = [0; 3];
    out.read_exact(&mut end).unwrap();
    assert_eq!(&end, b"end");
    assert_eq!(world.run(&sh("web", "printf 'ing\\nmore\\n' >> local/d/short")).code, 0);
    let mut lines = String::new();
    for _ in 0..2 {
        out.read_line(&mut lines).unwrap();
    }
    assert_eq!(lines, "ing\nmore\n");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

fn a_stopped_allocation_is_replaced_and_that_is_waited_for(world: &World) {
    world.start_on_old(&[Job::service("web", 3), Job::service("single", 1)]);
    let before = world.allocs("web");
    let id = before[0].id.clone();
    let stopped = json(&world.run(&["alloc", "stop", &id, "-o", "json"]));
    assert_eq!((&stopped["alloc_id"], &stopped["changed"]), (&id.as_str().into(), &true.into()));
    let replacement = stopped["replacement_alloc_id"].as_str().unwrap();
    assert!(before.iter().all(|a| a.id != replacement), "{stopped}");
    let running = |w: &World| w.allocs("web").iter().any(|a| a.id == replacement && !a.is_terminal());
    assert!(running(world), "{stopped}");
    // The servers take the time of the migrate block before they note it.
    world.until("it is noted as healthy", 30.0, |w| {
        let healthy = w.healthy("web");
        healthy.iter().any(|a| a.id == replacement) && healthy.len() == 3
    });
    // Once more is nothing to do, and 0 means the same.
    let again = json(&world.run(&["alloc", "stop", &id, "-o", "json"]));
    assert_eq!(
        (&again["changed"], &again["replacement_alloc_id"]),
        (&false.into(), &replacement.into()),
        "{again}"
    );
    // The only instance of a service is not taken away, unless that was said.
    let single = world.allocs("single")[0].id.clone();
    let ran = world.run(&["alloc", "stop", &single]);
    assert!(ran.code == 7 && ran.err.contains("--max-unavailable 1"), "{ran}");
    assert_eq!(world.healthy("single")[0].id, single);
    let ran = world.run(&["alloc", "signal", &single, "KILL"]);
    assert!(ran.code == 7 && ran.err.contains("--max-unavailable 1"), "{ran}");
    let ran = world.run(&["alloc", "stop", &single, "--max-unavailable", "1", "--no-shutdown-delay"]);
    assert_eq!(ran.code, 0, "{ran}");
    world.until("its replacement is noted as healthy", 30.0, |w| !w.healthy("single").is_empty());
    assert_ne!(world.healthy("single")[0].id, single);
}

fn tasks_are_restarted_where_they_are(world: &World) {
    let text = "while true; do sleep 3600 & wait; done";
    world.register_hcl(&script("web", 2, text, "max_files = 1\n max_file_size = 1"));
    world.until("running", 60.0, |w| w.healthy("web").len() == 2);
    let id = world.allocs("web")[0].id.clone();
    let started = |w: &World| {
        let shown = json(&w.run(&["alloc", "show", &id, "-o", "json"]));
        (shown["tasks"][0]["started_at"].to_string(), shown["tasks"][0]["restarts"].clone())
    };
    let before = started(world);
    let done = json(&world.run(&["alloc", "restart", &id, "-o", "json"]));
    assert_eq!((&done["tasks"][0], &done["well"]), (&"t".into(), &true.into()), "{done}");
    let after = started(world);
    assert!(after.0 > before.0, "{before:?} {after:?}");
    assert_eq!(world.run(&["alloc", "restart", &id, "--task", "t"]).code, 0);
    assert!(started(world).0 > after.0);
    let ran = world.run(&["alloc", "restart", &id, "--task", "none"]);
    assert!(ran.code == 3 && ran.err.contains("its tasks: t"), "{ran}");
    assert_eq!(world.run(&["alloc", "restart", &id, "--all-tasks"]).code, 0);
}

fn a_signal_is_sent_and_noted(world: &World) {
    let text = "trap 'echo heard' HUP; while true; do sleep 0.1; done";
    world.register_hcl(&script("web", 1, text, "max_files = 1\n max_file_size = 1"));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    let id = world.allocs("web")[0].id.clone();
    let sent = json(&world.run(&["alloc", "signal", &id, "hup", "-o", "json"]));
    assert_eq!((&sent["signal"], &sent["tasks"][0]), (&"SIGHUP".into(), &"t".into()), "{sent}");
    for (wrong, near) in [("NONSENSE", "the signals: SIGABRT"), ("SIGTEM", "did you mean SIGTERM?")] {
        let ran = world.run(&["alloc", "signal", &id, wrong]);
        assert!(
            ran.code == 2 && ran.err.contains("there is no signal SIG") && ran.err.contains(near),
            "{ran}"
        );
    }
    // The embedded fleet notes a signal, and does not pass it on to the process.
    if world.speed > 1.0 {
        #[expect(clippy::print_stdout, reason = "a skip is never silent")]
        {
            println!("skipped on the embedded fleet: what the task makes of the signal");
        }
        return;
    }
    world.until("it heard", 20.0, |w| w.run(&["logs", "web", "--stdout"]).out.contains("heard"));
}

fn what_an_allocation_says_of_itself_is_shown(world: &World) {
    idle(world, "web", 1);
    let id = world.allocs("web")[0].id.clone();
    let ran = world.run(&["alloc", "checks", &id]);
    assert!(ran.code == 0 && ran.err.contains("no checks"), "{ran}");
    let rows = json(&world.run(&["alloc", "stats", &id, "-o", "json"]));
    for row in rows.as_array().unwrap() {
        assert_eq!(
            (&row["task"], &row["cpu_given_mhz"], &row["memory_given_bytes"]),
            (&"t".into(), &50.into(), &(32 << 20).into())
        );
    }
    // Schedules are Enterprise's, and that is said.
    for verb in ["pause", "resume"] {
        let ran = world.run(&["alloc", verb, &id]);
        assert!(ran.code == 1 && ran.err.contains("Enterprise"), "{ran}");
    }
}

fn a_token_without_the_right_is_told_which_one(world: &World) {
    idle(world, "web", 2);
    let id = world.allocs("web")[0].id.clone();
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }");
    let fleet = world.fleet().env("NOMAD_TOKEN", token);
    // A node learns of a new token a little later than the servers.
    world.until("the token known", 60.0, |_| fleet.run(&["alloc", "checks", &id]).code == 0);
    for (args, right) in [
        (["alloc", "stop", &id].to_vec(), "alloc-lifecycle"),
        (["alloc", "restart", &id].to_vec(), "alloc-lifecycle"),
        (["alloc", "signal", &id, "HUP"].to_vec(), "alloc-lifecycle"),
        (["alloc", "ls", &id, "local"].to_vec(), "read-fs"),
    ] {
        let ran = fleet.run(&args);
        assert!(ran.code == 4 && ran.err.contains(right), "{args:?}: {ran}");
    }
    assert_eq!(world.healthy("web").len(), 2);
}
