//! `exec` and `shell` from end to end.

use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use fleet::api::nomad::allocation::ClientStatus;

use crate::binary::Ran;
use crate::e2e::jobs::script;
use crate::e2e::world::{World, signal};

cases! {
    a_command_finds_the_tasks_own_variables,
    what_a_driver_is_told_may_name_nothing_unknown,
    the_commands_own_code_and_streams_come_back,
    stdin_arrives_whole_whatever_its_size,
    no_output_is_lost_at_the_end_of_short_commands,
    targets_are_found_by_job_group_index_and_id,
    user_directory_and_variables_are_set,
    several_tasks_run_it_side_by_side,
    the_first_failure_of_several_can_be_the_last,
    a_token_without_alloc_exec_is_refused,
    an_instance_of_which_nothing_is_heard_is_no_success,
    a_stopped_allocation_ends_the_session_and_is_told,
    a_first_interrupt_goes_to_the_command,
    a_terminal_is_raw_has_a_size_and_is_left_by_escape,
    a_shell_is_found_and_returns_its_code,
}

pub(crate) const IDLE: &str = "while true; do sleep 3600 & wait; done";
pub(crate) const LOGS: &str = "max_files = 1\n max_file_size = 1";

/// Starts a job that does nothing in this many allocations.
pub(crate) fn idle(world: &World, name: &str, count: u32) {
    world.register_hcl(&script(name, count, IDLE, LOGS));
    world.until("running", 60.0, |w| w.healthy(name).len() == count as usize);
}

pub(crate) fn sh<'a>(target: &'a str, script: &'a str) -> Vec<&'a str> {
    vec!["exec", target, "--", "/bin/sh", "-c", script]
}

/// The same in the task's own directory: on Nomad 1.8 a command beside a `raw_exec` task begins in `/`.
pub(crate) fn at_home<'a>(target: &'a str, script: &'a str) -> Vec<&'a str> {
    let go = "cd \"$NOMAD_TASK_DIR/..\" && eval \"$0\"";
    vec!["exec", target, "--", "/bin/sh", "-c", go, script]
}

/// Runs the binary with these bytes on stdin; what it wrote to stdout is bytes too.
pub(crate) fn piped(world: &World, args: &[&str], stdin: &[u8]) -> (i32, Vec<u8>, String) {
    let mut child = world.fleet().command(args).stdin(Stdio::piped()).spawn().unwrap();
    let (mut input, bytes) = (child.stdin.take().unwrap(), stdin.to_vec());
    let writer = std::thread::spawn(move || drop(input.write_all(&bytes)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (output.status.code().unwrap_or(-1), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
}

pub(crate) fn noise(size: usize) -> Vec<u8> {
    let mut bytes = vec![0; size];
    fastrand::Rng::with_seed(size as u64).fill(&mut bytes);
    bytes
}

fn a_command_finds_the_tasks_own_variables(world: &World) {
    let job = script("web", 1, "echo '${NOMAD_PORT_http} ${SAID} ${attr.kernel.name}'; sleep 3600", LOGS);
    let own = "network {\n port \"http\" {\n to = 8080\n }\n port \"in-side\" {}\n }\n task \"t\" {\n env {\n \
               SAID = \"${NOMAD_TASK_NAME} of ${NOMAD_JOB_NAME} in ${node.datacenter}, ${nobody.knows}\"\n }";
    world.register_hcl(&job.replacen("task \"t\" {", own, 1));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    let show = "echo $SAID; echo $NOMAD_PORT_http $NOMAD_ALLOC_PORT_http $NOMAD_CPU_LIMIT $NOMAD_MEMORY_LIMIT $NOMAD_DC \
                $NOMAD_REGION; [ $NOMAD_ADDR_http = $NOMAD_IP_http:$NOMAD_HOST_PORT_http ] && [ $NOMAD_HOST_ADDR_http = \
                $NOMAD_ADDR_http ] && [ $NOMAD_PORT_in_side = $NOMAD_HOST_PORT_in_side ] && echo same $NOMAD_HOST_IP_in_side; \
                [ ${NOMAD_ALLOC_ID%%-*} = $NOMAD_SHORT_ALLOC_ID ] && echo short";
    let ran = world.run(&sh("web", show));
    let said = "t of web in dc1, ${nobody.knows}\n8080 8080 50 32 dc1 global\nsame\nshort\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, said), "{ran}");
    world.until("its first words", 20.0, |w| {
        w.run(&["logs", "web", "-o", "raw"]).out == "8080 t of web in dc1, ${nobody.knows} linux\n"
    });
}

fn what_a_driver_is_told_may_name_nothing_unknown(world: &World) {
    for (name, args, said) in [
        ("a", "${nobody.knows}", "There is no variable named \"nobody\""),
        ("b", "${attr.nope.nope}", "does not have an attribute named \"nope\""),
    ] {
        let (group, once) = ("group \"g\" {", "reschedule {\n attempts = 0\n unlimited = false\n }");
        world.register_hcl(&script(name, 1, args, LOGS).replacen(group, &format!("{group}\n {once}"), 1));
        let failed = |w: &World| w.allocs(name).iter().any(|a| a.client_status.is_terminal());
        world.until("failed", 60.0, failed);
        let ran = world.run(&sh(name, "true"));
        assert!(ran.code != 0 && ran.err.contains(said), "{ran}");
    }
    world.register_hcl(&script("web", 1, "echo '${env.NOMAD_DC} ${NOMAD_DC}'; sleep 3600", LOGS));
    world.until("its first words", 20.0, |w| w.run(&["logs", "web", "-o", "raw"]).out == "dc1 dc1\n");
}

fn the_commands_own_code_and_streams_come_back(world: &World) {
    idle(world, "web", 1);
    let ran = world.run(&sh("web", "echo out; echo err >&2; exit 3"));
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (3, "out\n", "err\n"), "{ran}");
    for (words, code) in [
        (&["true"][..], 0),
        (&["false"], 1),
        (&["no-such-program-anywhere"], 127),
        (&["/etc/passwd"], 126),
        (&["/bin/sh", "-c", "kill -9 $$"], 137),
        (&["/bin/sh", "-c", "kill -TERM $$"], 143),
    ] {
        let ran = world.run(&[&["exec", "web", "--"], words].concat());
        assert_eq!(ran.code, code, "{words:?}: {ran}");
    }
}

fn stdin_arrives_whole_whatever_its_size(world: &World) {
    idle(world, "web", 1);
    for size in [0, 1, 65_535, 65_536, 65_537, 64 << 20] {
        let bytes = noise(size);
        let (code, back, err) = piped(world, &["exec", "web", "-i", "--", "cat"], &bytes);
        assert_eq!(code, 0, "{size}: {err}");
        assert!(back == bytes, "{size}: {} bytes came back", back.len());
    }
    // A program that does not read is no failure, and its code is known.
    for code in (0..10).chain([137]) {
        let script = if code == 137 {
            "kill -9 $$".to_owned()
        } else {
            format!("echo said; echo err >&2; exit {code}")
        };
        let words = ["exec", "web", "-i", "--", "/bin/sh", "-c", &script];
        let (ended, out, err) = piped(world, &words, &noise(1 << 20));
        let said: (&[u8], &str) = if code == 137 { (b"", "") } else { (b"said\n", "err\n") };
        assert_eq!((ended, &out[..], err.as_str()), (code, said.0, said.1));
    }
    // Nor does one wait for more once it has ended.
    let mut child = world
        .fleet()
        .command(&["exec", "web", "-i", "--", "head", "-c", "3"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"abcdef").unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    drop(input);
    assert_eq!((ran.code, ran.out.as_str()), (0, "abc"), "{ran}");
}

fn no_output_is_lost_at_the_end_of_short_commands(world: &World) {
    idle(world, "web", 1);
    let expected: String = (1..=5000).map(|n| format!("{n}\n")).collect();
    for _ in 0..200 {
        let ran = world.run(&["exec", "web", "--", "seq", "1", "5000"]);
        assert!(ran.code == 0 && ran.out == expected, "{} bytes, {}", ran.out.len(), ran.err);
    }
}

fn targets_are_found_by_job_group_index_and_id(world: &World) {
    idle(world, "web", 2);
    let allocs = world.allocs("web");
    let name = |target: &str| world.run(&sh(target, "echo $NOMAD_ALLOC_NAME"));
    assert_eq!(name("web/g[1]").out, "web.g[1]\n");
    assert_eq!(name("web[0]").out, "web.g[0]\n");
    for alloc in &allocs {
        assert_eq!(name(&alloc.id[..9]).out, format!("{}\n", alloc.name));
    }
    let any = name("web/g");
    let newest = allocs.iter().max_by_key(|a| (a.create_index, std::cmp::Reverse(&a.id))).unwrap();
    assert_eq!(any.out, format!("{}\n", newest.name), "{any}");
    assert!(any.err.contains("web/g has 2 allocations; chose"), "{any}");
    let on = world.run(&["exec", "web", "--node", &allocs[0].node_name, "--", "true"]);
    assert_eq!(on.code, 0, "{on}");
    for (target, says) in [
        ("wbe", "no such job: wbe"),
        ("web/x", "job web has no allocation \"web/x\""),
        ("web[7]", "job web has no allocation \"web[7]\""),
        ("service:nothing", "no allocation provides a service \"nothing\""),
    ] {
        let ran = name(target);
        assert_eq!(ran.code, 125, "{ran}");
        assert!(ran.err.contains(says), "{ran}");
    }
    let task = world.run(&["exec", "web[0]", "--task", "nope", "--", "true"]);
    assert!(task.code == 125 && task.err.contains("its tasks: t"), "{task}");
}

fn user_directory_and_variables_are_set(world: &World) {
    idle(world, "web", 1);
    let args =
        ["exec", "web", "--workdir", "/tmp", "--env", "A=b 'c'", "--", "/bin/sh", "-c", "pwd; echo \"$A\""];
    assert_eq!(world.run(&args).out, "/tmp\nb 'c'\n");
    let ran = world.run(&["exec", "web", "--workdir", "/nope", "--", "true"]);
    assert_eq!(ran.code, 126, "{ran}");
}

fn several_tasks_run_it_side_by_side(world: &World) {
    idle(world, "web", 3);
    let script = "echo $NOMAD_ALLOC_INDEX; exit $NOMAD_ALLOC_INDEX";
    let ran = world.run(&["exec", "web", "--all", "--", "/bin/sh", "-c", script]);
    assert_eq!(ran.code, 2, "{ran}");
    let mut said: Vec<&str> = ran.out.lines().map(|l| l.split_once("/t ").unwrap().1).collect();
    said.sort_unstable();
    assert_eq!(said, ["0", "1", "2"], "{ran}");
    assert!(ran.err.contains("EXIT") && ran.err.contains("web.g[2]"), "{ran}");
    let json = world.run(&["exec", "web", "--all", "-o", "json", "--", "/bin/sh", "-c", script]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json.out).unwrap();
    let codes: Vec<_> =
        rows.iter().map(|r| (r["alloc_name"].as_str().unwrap(), r["exit_code"].as_u64().unwrap())).collect();
    assert_eq!(codes, [("web.g[0]", 0), ("web.g[1]", 1), ("web.g[2]", 2)]);
    assert_eq!(rows[1]["stdout"], "1\n");
    // One target is a list of one; its stdin is passed on, and its exit code is fleet's.
    let one = ["exec", "web", "-i", "-o", "json", "--", "/bin/sh", "-c", "cat; echo err >&2; exit 4"];
    let mut child = world.fleet().command(&one).stdin(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"typed").unwrap();
    let one = Ran::of(&child.wait_with_output().unwrap());
    let rows: Vec<serde_json::Value> = serde_json::from_str(&one.out).unwrap();
    assert_eq!((one.code, rows.len(), &rows[0]["exit_code"]), (4, 1, &4.into()), "{one}");
    assert_eq!((&rows[0]["stdout"], &rows[0]["stderr"]), (&"typed".into(), &"err\n".into()), "{one}");
    // What fails is an error like any other.
    let gone = world.run(&["exec", "nothing", "-o", "json", "--", "true"]);
    let error: serde_json::Value = serde_json::from_str(&gone.err).unwrap();
    assert_eq!((gone.code, &error["code"], gone.out.as_str()), (125, &"transport".into(), ""), "{gone}");
}

fn the_first_failure_of_several_can_be_the_last(world: &World) {
    idle(world, "web", 3);
    let args = ["exec", "web", "--all", "--parallel", "1", "--fail-fast", "-o", "json-lines", "--"];
    let ran = world.run(&[&args[..], &["/bin/sh", "-c", "echo hello; exit 7"]].concat());
    assert_eq!(ran.code, 7, "{ran}");
    let events: Vec<serde_json::Value> = ran.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let of = |kind: &str| events.iter().filter(|e| e["event"] == kind).collect::<Vec<_>>();
    assert_eq!((of("output").len(), of("output")[0]["line"].as_str()), (1, Some("hello")), "{ran}");
    let codes: Vec<_> = of("ended").iter().map(|e| e["exit_code"].as_u64()).collect();
    assert_eq!(codes.iter().filter(|c| c.is_none()).count(), 2, "{ran}");
    assert!(codes.contains(&Some(7)), "{ran}");
    // A command that is nowhere fails everywhere, each time with its own code.
    let ran = world.run(&["exec", "web", "--all", "--", "no-such-program"]);
    assert!(ran.code == 127 && ran.err.matches("127").count() >= 3, "{ran}");
}

fn a_token_without_alloc_exec_is_refused(world: &World) {
    idle(world, "web", 1);
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }");
    let ran = world.fleet().env("NOMAD_TOKEN", token).run(&["exec", "web", "--", "true"]);
    assert_eq!(ran.code, 125, "{ran}");
    assert!(ran.err.contains("Permission denied") && ran.err.contains("alloc-exec"), "{ran}");
}

fn a_stopped_allocation_ends_the_session_and_is_told(world: &World) {
    idle(world, "web", 1);
    let id = world.allocs("web")[0].id.clone();
    let mut child = world.start(&sh(&id, "echo ready; sleep 600"));
    read_until(&mut child, "ready");
    let stop = fleet::api::http::Write::put(format!("/v1/allocation/{id}/stop"), "stop");
    world.write(&stop);
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 125, "{ran}");
    assert!(ran.err.contains("the command's exit code is unknown: its task ended"), "{ran}");
    world.until("its end", 60.0, |w| {
        w.allocs("web").iter().any(|a| a.id == id && a.client_status.is_terminal())
    });
    let gone = world.run(&["exec", &id, "--", "true"]);
    assert!(gone.code == 125 && gone.err.contains("is complete"), "{gone}");
}

/// Reads the child's stdout until these words have come.
pub(crate) fn read_until(child: &mut Child, words: &str) {
    let out = child.stdout.as_mut().unwrap();
    let (mut text, mut byte) = (String::new(), [0]);
    while !text.contains(words) {
        assert_eq!(out.read(&mut byte).unwrap(), 1, "ended after {text:?}");
        text.push(char::from(byte[0]));
    }
}

fn a_first_interrupt_goes_to_the_command(world: &World) {
    idle(world, "web", 1);
    // A shell cannot trap what was ignored when it began, as it is where a suite runs in the background.
    let traps = "trap 'echo caught; exit 7' INT; echo ready; while true; do sleep 0.1; done";
    let script = format!("exec env --default-signal=INT /bin/sh -c \"{traps}\"");
    let mut child = world.start(&sh("web", &script));
    read_until(&mut child, "ready");
    signal(&child, "INT");
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.out.as_str()), (7, "\ncaught\n"), "{ran}");
}

/// A terminal with the binary in it.
pub(crate) struct Terminal {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    master: Box<dyn portable_pty::MasterPty + Send>,
    keys: Box<dyn std::io::Write + Send>,
    screen: std::sync::mpsc::Receiver<Vec<u8>>,
    text: String,
}

impl Terminal {
    pub(crate) fn new(world: &World, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows: 24, cols: 80, ..PtySize::default() }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_fleet"));
        command.env_clear();
        let home = world.home().display().to_string();
        let vars = [("NOMAD_ADDR", world.address.as_str()), ("NOMAD_TOKEN", &world.token), ("HOME", &home)];
        for (name, value) in vars.iter().chain(&[
            ("TERM", "xterm"),
            ("PATH", "/usr/bin:/bin"),
            ("FLEET_CONFIG_DIR", "/nonexistent"),
        ]) {
            command.env(name, value);
        }
        command.args(args);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (send, screen) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if send.send(bytes[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal { child, master: pair.master, keys, screen, text: String::new() }
    }

    /// Waits until these words have come, since the last time.
    pub(crate) fn shows(&mut self, words: &str) {
        let end = loop {
            if let Some(at) = self.text.find(words) {
                break at + words.len();
            }
            let more = self.screen.recv_timeout(Duration::from_secs(20));
            let more = more.unwrap_or_else(|_| panic!("{words:?} did not come: {:?}", self.text));
            self.text.push_str(&String::from_utf8_lossy(&more));
        };
        self.text.drain(..end);
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Its end: everything that came since, and the code.
    pub(crate) fn ends(mut self) -> (String, u32) {
        while let Ok(more) = self.screen.recv_timeout(Duration::from_secs(20)) {
            self.text.push_str(&String::from_utf8_lossy(&more));
            if let Ok(Some(status)) = self.child.try_wait() {
                while let Ok(more) = self.screen.recv_timeout(Duration::from_millis(200)) {
                    self.text.push_str(&String::from_utf8_lossy(&more));
                }
                return (self.text, status.exit_code());
            }
        }
        (self.text.clone(), self.child.wait().unwrap().exit_code())
    }
}

fn a_terminal_is_raw_has_a_size_and_is_left_by_escape(world: &World) {
    idle(world, "web", 1);
    let words =
        "stty size; trap 'echo interrupted' INT; while true; do read l && echo \"got:$l\" && stty size; done";
    let mut terminal = Terminal::new(world, &sh("web", words));
    terminal.shows("24 80");
    terminal.master.resize(PtySize { rows: 50, cols: 132, ..PtySize::default() }).unwrap();
    world.pause(1.0 * world.speed);
    terminal.types("hello\r");
    terminal.shows("got:hello");
    terminal.shows("50 132");
    // Ctrl-C is the command's, not fleet's.
    terminal.types("\x03");
    terminal.shows("interrupted");
    terminal.types("\r~.");
    let (text, code) = terminal.ends();
    assert_eq!(code, 125, "{text}");
    assert!(text.contains("disconnected by ~.; the command may still be running"), "{text}");
    // Lines begin at the left again: the terminal is in its old mode.
    assert!(text.contains("running\r\n"), "{text:?}");
}

fn a_shell_is_found_and_returns_its_code(world: &World) {
    idle(world, "web", 1);
    let mut terminal = Terminal::new(world, &["shell", "web"]);
    terminal.shows("~. on a line");
    terminal.types("echo sum:$((40+2))\r");
    terminal.shows("sum:42");
    terminal.types("exit 9\r");
    let (text, code) = terminal.ends();
    assert_eq!(code, 9, "{text}");
    let piped = world.run(&["shell", "web"]);
    assert!(piped.code == 125 && piped.err.contains("a shell needs a terminal"), "{piped}");
}

fn an_instance_of_which_nothing_is_heard_is_no_success(world: &World) {
    let hcl = script("web", 2, IDLE, LOGS).replacen(
        "count = 2",
        "count = 2\n disconnect {\n lost_after = \"1h\"\n replace = false\n }\n constraint {\n distinct_hosts = true\n }",
        1,
    );
    world.register_hcl(&hcl);
    world.until("running", 60.0, |w| w.healthy("web").len() == 2);
    let gone = world.allocs("web")[0].clone();
    world.machines.kill_node(&gone.node_name);
    world
        .until("unknown", 90.0, |w| w.allocs("web").iter().any(|a| a.client_status == ClientStatus::Unknown));
    let ran = world.run(&["exec", "web", "--all", "--", "true"]);
    assert!(ran.code == 125 && ran.err.contains("unknown") && ran.err.contains(&gone.node_name), "{ran}");
    let ran = world.run(&["exec", "web", "--all", "-o", "json", "--", "true"]);
    let all: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let codes: Vec<_> = all.as_array().unwrap().iter().map(|o| o["exit_code"].clone()).collect();
    assert!(
        ran.code == 125
            && codes.len() == 2
            && codes.contains(&0.into())
            && codes.contains(&serde_json::Value::Null),
        "{ran}"
    );
    let ran = world.run(&["logs", "web"]);
    assert!(ran.code == 0 && ran.err.contains("are left out"), "{ran}");
}
