//! `port-forward` from end to end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Child;
use std::sync::{Arc, Barrier};

use serde_json::Value;

use crate::binary::{Fleet, told};
use crate::e2e::exec::{idle, noise, sh};
use crate::e2e::jobs::script;
use crate::e2e::on_real::on_path;
use crate::e2e::world::{World, signal};

cases! {
    hundreds_of_connections_are_carried_whole_and_a_broken_one_touches_no_other,
    who_ends_first_is_passed_on_and_refusals_are_told,
    either_direction_ends_alone,
    whatever_the_task_has_carries_connections,
    another_task_carries_them_where_the_task_has_nothing,
    a_port_may_be_reached_by_its_own_address,
    a_command_finds_the_ports,
    its_own_listener_is_no_way_to_the_task,
    connections_follow_a_replacement_unless_they_keep_to_one,
    an_allocation_that_stops_breaks_its_connections_off,
    who_may_not_run_commands_is_told_so_before_a_port_is_ready,
    a_relay_leaves_when_nobody_needs_it_any_more,
    a_program_of_ours_is_copied_where_there_is_nothing,
}

/// A server on this port of every address, or on any.
///
/// It answers with what it got once the client has ended; who says `bye` is told goodbye at once; who says `end` is told `over` and
/// then how much came after that; who says `rst` is broken off.
fn server_on(port: u16) -> u16 {
    let listener = TcpListener::bind(("0.0.0.0", port)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that breaks off is no failure of the server's.
            std::thread::spawn(move || drop(answer(stream)));
        }
    });
    port
}

pub(crate) fn server() -> u16 {
    server_on(0)
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut all = vec![0; 3];
    stream.read_exact(&mut all)?;
    match &all[..] {
        b"bye" => stream.write_all(b"goodbye"),
        b"end" => {
            stream.write_all(b"over")?;
            stream.shutdown(Shutdown::Write)?;
            let (mut to, mut rest) = ([0; 2], Vec::new());
            stream.read_exact(&mut to)?;
            stream.read_to_end(&mut rest)?;
            TcpStream::connect(("127.0.0.1", u16::from_be_bytes(to)))?.write_all(&rest)
        }
        b"rst" => {
            stream.write_all(b"half of it")?;
            // What was not read when a socket is closed breaks the connection off.
            while stream.peek(&mut all)? < 1 {}
            Ok(())
        }
        _ => {
            stream.read_to_end(&mut all)?;
            stream.write_all(&all)
        }
    }
}

/// The binary with its ports open.
pub(crate) struct Forward {
    child: Child,
    events: BufReader<std::process::ChildStdout>,
    port: u16,
    ready: Value,
}

impl Forward {
    fn new(world: &World, target: &str, remote: u16) -> Self {
        Forward::with(world, &[target, &format!("0:{remote}")])
    }

    fn with(world: &World, args: &[&str]) -> Self {
        Forward::through(&world.fleet(), args)
    }

    pub(crate) fn through(fleet: &Fleet, args: &[&str]) -> Self {
        let args = [&["port-forward", "-o", "json-lines"], args].concat();
        let mut child = fleet.command(&args).spawn().unwrap();
        let mut events = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        events.read_line(&mut line).unwrap();
        if line.is_empty() {
            panic!("{}", crate::binary::Ran::of(&child.wait_with_output().unwrap()));
        }
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["event"], "ready", "{ready}");
        let local = ready["local"].as_str().unwrap();
        let port = local.rsplit_once(':').unwrap().1.parse().unwrap();
        Forward { child, events, port, ready }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        stream
    }

    fn event(&mut self) -> Value {
        let mut line = String::new();
        self.events.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    pub(crate) fn ends(mut self) {
        signal(&self.child, "INT");
        assert_eq!(self.child.wait().unwrap().code(), Some(130));
    }
}

/// Sends everything, ends, and reads the answer.
fn exchange(mut stream: TcpStream, bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    back
}

fn hundreds_of_connections_are_carried_whole_and_a_broken_one_touches_no_other(world: &World) {
    const CONNECTIONS: usize = 500;
    idle(world, "web", 1);
    let forward = Forward::new(world, "web", server());
    assert_eq!(forward.ready["listening"], true);
    let bytes = noise(16 << 20);
    assert!(exchange(forward.connect(), &bytes) == bytes);
    let all = Arc::new(Barrier::new(CONNECTIONS));
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|i| {
            let (mut stream, all) = (forward.connect(), Arc::clone(&all));
            std::thread::spawn(move || {
                let bytes = noise(10_000 + i);
                stream.write_all(&bytes[..10]).unwrap();
                all.wait();
                // Every fourth breaks off: no other is touched.
                if i % 4 != 3 {
                    stream.write_all(&bytes[10..]).unwrap();
                    stream.shutdown(Shutdown::Write).unwrap();
                    let mut back = Vec::new();
                    stream.read_to_end(&mut back).unwrap();
                    assert!(back == bytes, "{i}");
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    assert!(exchange(forward.connect(), &bytes[..1000]) == bytes[..1000]);
    forward.ends();
}

fn who_ends_first_is_passed_on_and_refusals_are_told(world: &World) {
    idle(world, "web", 1);
    let mut forward = Forward::new(world, "web", server());
    let mut stream = forward.connect();
    stream.write_all(b"bye").unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    assert_eq!(back, "goodbye");
    drop(stream);
    let closed = forward.event();
    assert_eq!(
        (&closed["event"], &closed["received"]),
        (&Value::from("closed"), &Value::from(7)),
        "{closed}"
    );
    forward.ends();
    let unused = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut forward = Forward::new(world, "web", unused);
    let mut back = Vec::new();
    forward.connect().read_to_end(&mut back).unwrap();
    assert_eq!(forward.ready["listening"], false);
    let failed = forward.event();
    assert!(failed["why"].as_str().unwrap().contains("nothing listens on port"), "{failed}");
    assert_eq!(failed["at"], "port");
    forward.ends();
}

fn either_direction_ends_alone(world: &World) {
    idle(world, "web", 1);
    let mut forward = Forward::new(world, "web", server());
    // The task's side ends first, and takes what comes after that.
    let report = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut stream = forward.connect();
    stream.write_all(b"end").unwrap();
    let mut back = String::new();
    stream.read_to_string(&mut back).unwrap();
    assert_eq!(back, "over");
    stream.write_all(&report.local_addr().unwrap().port().to_be_bytes()).unwrap();
    let bytes = noise(3 << 20);
    stream.write_all(&bytes).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut came = Vec::new();
    report.accept().unwrap().0.read_to_end(&mut came).unwrap();
    assert!(came == bytes, "{} bytes came", came.len());
    assert_eq!(forward.event()["event"], "closed");
    // What is broken off there is broken off here, and never looks like an end.
    let mut stream = forward.connect();
    stream.write_all(b"rst").unwrap();
    let mut half = [0; 10];
    stream.read_exact(&mut half).unwrap();
    stream.write_all(b"never read").unwrap();
    let error = stream.read(&mut half).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let failed = forward.event();
    assert_eq!((&failed["event"], &failed["at"]), (&Value::from("failed"), &Value::from("port")), "{failed}");
    forward.ends();
}

/// Whether this machine has the program; says so where it has not.
fn has_program(program: &str) -> bool {
    let there = on_path(program).is_some();
    if !there {
        told(&format!("SKIPPED: there is no {program} on PATH; how it carries connections is not tried"));
    }
    there
}

/// A job whose task finds only these programs, and nothing else on its way.
fn bare(world: &World, name: &str, programs: &[&str], more: &str) {
    let dir = world.home().join(format!("bin-{name}"));
    std::fs::create_dir(&dir).unwrap();
    for program in programs {
        std::os::unix::fs::symlink(on_path(program).expect(program), dir.join(program)).unwrap();
    }
    let own = format!("env {{\n PATH = \"{}\"\n }}\n resources {{", dir.display());
    let hcl =
        script(name, 1, "while true; do /bin/sleep 3600 & wait; done", "max_files = 1\n max_file_size = 1");
    let hcl = hcl.replacen("resources {", &own, 1);
    let end = hcl.rfind("}\n}\n").unwrap();
    world.register_hcl(&format!("{}{more}{}", &hcl[..end], &hcl[end..]));
    world.until("running", 60.0, |w| w.healthy(name).len() == 1);
}

fn whatever_the_task_has_carries_connections(world: &World) {
    let port = server();
    let all = [
        ("perl", &["perl"][..], true),
        ("busybox", &["busybox", "grep", "sleep"], true),
        ("bash", &["bash", "cat", "grep", "sleep"], false),
    ];
    for (name, programs, half_closes) in all {
        if !has_program(name) {
            continue;
        }
        bare(world, name, programs, "");
        let mut forward = Forward::new(world, name, port);
        let mut back = String::new();
        let mut stream = forward.connect();
        stream.write_all(b"bye").unwrap();
        stream.read_to_string(&mut back).unwrap();
        assert_eq!(back, "goodbye", "{name}");
        drop(stream);
        assert_eq!(forward.event()["event"], "closed", "{name}");
        if half_closes {
            let bytes = noise(2 << 20);
            assert!(exchange(forward.connect(), &bytes) == bytes, "{name}");
            assert_eq!(forward.event()["event"], "closed", "{name}");
        }
        forward.ends();
    }
    bare(world, "nothing", &[], "");
    let ran = world.run(&["port-forward", "nothing", &format!("0:{port}")]);
    assert_eq!(ran.code, 125, "{ran}");
    assert!(ran.err.contains("has nothing that could carry a connection"), "{ran}");
    assert!(ran.err.contains("--push-relay"), "{ran}");
}

fn another_task_carries_them_where_the_task_has_nothing(world: &World) {
    let beside = "task \"side\" {\n driver = \"raw_exec\"\n config {\n command = \"/bin/sleep\"\n args = [\"3600\"]\n }\n \
                  logs {\n max_files = 1\n max_file_size = 1\n }\n resources {\n cpu = 20\n memory = 16\n }\n }\n";
    bare(world, "two", &[], beside);
    let mut forward = Forward::with(world, &["two", "--task", "t", &format!("0:{}", server()), "-v"]);
    assert_eq!(forward.ready["task"], "t");
    assert_eq!(exchange(forward.connect(), b"hello"), b"hello");
    signal(&forward.child, "INT");
    let mut said = String::new();
    forward.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains("carries connections in task side of allocation"), "{said}");
    assert_eq!(forward.child.wait().unwrap().code(), Some(130));
}

fn a_program_of_ours_is_copied_where_there_is_nothing(world: &World) {
    bare(world, "bare", &["cat", "dd", "head", "sha256sum", "mkdir", "mv", "rm", "chmod"], "");
    // Stands for a small build: it runs the real one, which is too large to copy in a test of every day.
    let small = world.home().join("fleet-small");
    std::fs::write(&small, format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_fleet"))).unwrap();
    let push = format!("--push-relay={}", small.display());
    let mut forward = Forward::with(world, &["bare", &format!("0:{}", server()), &push]);
    assert_eq!(forward.ready["listening"], true);
    let bytes = noise(3 << 20);
    assert!(exchange(forward.connect(), &bytes) == bytes);
    assert_eq!(forward.event()["event"], "closed");
    let mut stream = forward.connect();
    stream.write_all(b"rst").unwrap();
    stream.read_exact(&mut [0; 10]).unwrap();
    stream.write_all(b"never read").unwrap();
    assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(forward.event()["event"], "failed");
    // It runs, and is there no more.
    world.until("removed", 5.0, |w| w.run(&sh("bare", "echo local/.fleet-*")).out.trim() == "local/.fleet-*");
    forward.ends();
    let ran = world.run(&["port-forward", "bare", "0:80", "--push-relay=/dev/null"]);
    assert!(ran.code == 125 && ran.err.contains("fleet does not start in task t"), "{ran}");
}

fn a_port_may_be_reached_by_its_own_address(world: &World) {
    let port = server();
    let network = format!("network {{\n port \"http\" {{\n static = {port}\n }}\n }}\n ephemeral_disk {{");
    let hcl = script("web", 1, "while true; do sleep 3600 & wait; done", "max_files = 1\n max_file_size = 1");
    world.register_hcl(&hcl.replacen("ephemeral_disk {", &network, 1));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    for more in [&["--direct"][..], &[]] {
        let forward = Forward::with(world, &[&["web", "0:http"], more].concat());
        assert_eq!(exchange(forward.connect(), b"hello"), b"hello");
        forward.ends();
    }
    let ran = world.run(&["port-forward", "web", "0:metrics"]);
    assert!(ran.code == 125 && ran.err.contains("its ports: http"), "{ran}");
}

fn a_command_finds_the_ports(world: &World) {
    idle(world, "web", 1);
    let port = server();
    let script = format!("test \"$FLEET_PORT_{port}\" -gt 1024 && exit 7");
    let ran = world.run(&["port-forward", "web", &format!("0:{port}"), "--", "sh", "-c", &script]);
    assert_eq!(ran.code, 7, "{ran}");
}

fn connections_follow_a_replacement_unless_they_keep_to_one(world: &World) {
    idle(world, "web", 1);
    let port = server();
    let mut forward = Forward::new(world, "web", port);
    let mut keeping = Forward::with(world, &["web", &format!("0:{port}"), "--sticky"]);
    assert_eq!(exchange(forward.connect(), b"hello"), b"hello");
    assert_eq!(forward.event()["event"], "closed");
    let old = world.allocs("web")[0].id.clone();
    world.write(&fleet::api::http::Write::put(format!("/v1/allocation/{old}/stop"), "stop"));
    world.until("replaced", 60.0, |w| w.healthy("web").iter().any(|a| a.id != old));
    world.until("the old one ended", 60.0, |w| {
        w.allocs("web").iter().any(|a| a.id == old && a.client_status.is_terminal())
    });
    assert_eq!(exchange(forward.connect(), b"again"), b"again");
    let switched = forward.event();
    assert_eq!(switched["event"], "switched", "{switched}");
    assert_ne!(switched["alloc_id"], Value::from(old));
    forward.ends();
    drop(keeping.connect().read_to_end(&mut Vec::new()));
    assert_eq!(keeping.event()["event"], "failed");
    keeping.ends();
}

fn an_allocation_that_stops_breaks_its_connections_off(world: &World) {
    idle(world, "web", 1);
    let mut forward = Forward::new(world, "web", server());
    let mut stream = forward.connect();
    stream.write_all(b"hello").unwrap();
    let id = world.allocs("web")[0].id.clone();
    world.write(&fleet::api::http::Write::put(format!("/v1/allocation/{id}/stop"), "stop"));
    // Broken off, not ended: half an answer must not look like a whole one.
    let error = stream.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let failed = forward.event();
    assert_eq!((&failed["event"], &failed["at"]), (&Value::from("failed"), &Value::from("task")), "{failed}");
    forward.ends();
}

fn who_may_not_run_commands_is_told_so_before_a_port_is_ready(world: &World) {
    idle(world, "web", 1);
    let token = world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\"] }");
    let ran =
        world.fleet().env("NOMAD_TOKEN", token).run(&["port-forward", "web", "0:80", "-o", "json-lines"]);
    assert_eq!((ran.code, ran.out.as_str()), (125, ""), "{ran}");
    assert!(ran.err.contains("Permission denied") && ran.err.contains("alloc-exec"), "{ran}");
}

/// The processes that carry connections in the allocation with this directory.
fn relays(dir: &str) -> usize {
    let has = |dir: &std::path::Path, file: &str, words: &str| {
        let text = std::fs::read(dir.join(file)).unwrap_or_default();
        String::from_utf8_lossy(&text).contains(words)
    };
    let all = std::fs::read_dir("/proc").unwrap().flatten().map(|e| e.path());
    let ours = |p: &std::path::PathBuf| OURS.iter().any(|words| has(p, "cmdline", words));
    all.filter(|p| has(p, "environ", dir) && ours(p)).count()
}

/// What stands in the command lines of what we start: the interpreters' programs, the keeper of others, and those.
const OURS: [&str; 4] = ["len(b)", "USR1", "kill -0", "nc\x00127.0.0.1"];

fn a_relay_leaves_when_nobody_needs_it_any_more(world: &World) {
    idle(world, "web", 1);
    let dir = world.run(&sh("web", "echo $NOMAD_ALLOC_DIR")).out;
    let (dir, port) = (dir.trim(), server());
    let mut killed = Forward::new(world, "web", port);
    let mut stream = killed.connect();
    stream.write_all(b"hello").unwrap();
    assert_eq!(relays(dir), 2, "the shell and the interpreter");
    let forward = Forward::new(world, "web", port);
    assert_eq!(exchange(forward.connect(), b"hello"), b"hello");
    assert_eq!(relays(dir), 4);
    forward.ends();
    world.until("the orderly one left", 1.0, |_| relays(dir) == 2);
    // Nobody tells the relay of one that is killed: it leaves after 30 s of silence.
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    // Nor does anybody tell a program that carries one connection, quiet as it may be.
    let single = has_program("busybox").then(|| killed_while_quiet(world, port));
    world.until("the shared one left", 35.0 * world.speed, |_| relays(dir) == 0);
    if let Some((one, _quiet)) = single {
        world.until("the other one left", 35.0 * world.speed, |_| relays(&one) == 0);
    }
}

/// A forward by busybox is killed while its connection, which stays open here, is quiet; the directory of its allocation.
fn killed_while_quiet(world: &World, port: u16) -> (String, TcpStream) {
    bare(world, "quiet", &["busybox", "grep", "sleep"], "");
    let dir = world.run(&sh("quiet", "echo $NOMAD_ALLOC_DIR")).out.trim().to_owned();
    let mut forward = Forward::new(world, "quiet", port);
    let mut stream = forward.connect();
    stream.write_all(b"hello").unwrap();
    world.until("carried", 5.0, |_| relays(&dir) >= 4);
    forward.child.kill().unwrap();
    forward.child.wait().unwrap();
    (dir, stream)
}

fn its_own_listener_is_no_way_to_the_task(world: &World) {
    idle(world, "web", 1);
    // Nobody listens on it: the task, which shares this machine's network, sees the listener here alone.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut forward = Forward::with(world, &["web", &format!("{port}:{port}")]);
    assert_eq!((forward.port, &forward.ready["listening"]), (port, &false.into()), "{}", forward.ready);
    for _ in 0..3 {
        let mut stream = forward.connect();
        let mut all = Vec::new();
        drop(stream.read_to_end(&mut all));
        assert!(all.is_empty());
        // One event for each connection, and no connection but ours.
        let event = forward.event();
        assert!(
            event["event"] == "failed" && event["why"].as_str().unwrap().contains("nothing listens"),
            "{event}"
        );
    }
    forward.ends();
}
