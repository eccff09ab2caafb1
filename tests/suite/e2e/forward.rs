//! `port-forward` from end to end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Child;

use serde_json::Value;

use crate::e2e::exec::{idle, noise};
use crate::e2e::world::{World, signal};

cases! {
    connections_are_carried_whole_both_ways_and_side_by_side,
    who_ends_first_is_passed_on_and_refusals_are_told,
    a_command_finds_the_ports,
    connections_follow_a_replacement,
}

/// A server that answers with what it got once the client has ended, or says goodbye at once to who says `bye`.
fn server() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut all = vec![0; 3];
                // A client that breaks off says nothing.
                if stream.read_exact(&mut all).is_err() {
                    return;
                }
                if all == b"bye" {
                    stream.write_all(b"goodbye").unwrap();
                    return;
                }
                drop(stream.read_to_end(&mut all));
                drop(stream.write_all(&all));
            });
        }
    });
    port
}

/// The binary with its ports open.
struct Forward {
    child: Child,
    events: BufReader<std::process::ChildStdout>,
    port: u16,
}

impl Forward {
    fn new(world: &World, target: &str, remote: u16) -> Self {
        let ports = format!("0:{remote}");
        let mut child = world.start(&["port-forward", target, &ports, "-o", "json-lines"]);
        let mut events = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        events.read_line(&mut line).unwrap();
        if line.is_empty() {
            panic!("{}", crate::binary::Ran::of(&child.wait_with_output().unwrap()));
        }
        let ready: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["event"], "ready");
        let local = ready["local"].as_str().unwrap();
        let port = local.rsplit_once(':').unwrap().1.parse().unwrap();
        Forward { child, events, port }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        stream
    }

    fn event(&mut self) -> Value {
        let mut line = String::new();
        self.events.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn ends(mut self) {
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

fn connections_are_carried_whole_both_ways_and_side_by_side(world: &World) {
    idle(world, "web", 1);
    let forward = Forward::new(world, "web", server());
    let bytes = noise(4 << 20);
    assert!(exchange(forward.connect(), &bytes) == bytes);
    let threads: Vec<_> = (0..40_usize)
        .map(|i| {
            let stream = forward.connect();
            std::thread::spawn(move || {
                let bytes = noise(10_000 + i);
                // Every fourth breaks off: no other is touched.
                if i % 4 == 3 {
                    drop(stream);
                } else {
                    assert!(exchange(stream, &bytes) == bytes, "{i}");
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
    let failed = forward.event();
    assert!(failed["why"].as_str().unwrap().contains("nothing listens on port"), "{failed}");
    forward.ends();
}

fn a_command_finds_the_ports(world: &World) {
    idle(world, "web", 1);
    let port = server();
    let script = format!("test \"$FLEET_PORT_{port}\" -gt 1024 && exit 7");
    let ran = world.run(&["port-forward", "web", &format!("0:{port}"), "--", "sh", "-c", &script]);
    assert_eq!(ran.code, 7, "{ran}");
}

fn connections_follow_a_replacement(world: &World) {
    idle(world, "web", 1);
    let port = server();
    let mut forward = Forward::new(world, "web", port);
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
}
