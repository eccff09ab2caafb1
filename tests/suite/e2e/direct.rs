//! `--direct` from end to end.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use fleet::api::nomad::node;

use crate::e2e::actions;
use crate::e2e::exec::{idle, noise, piped};
use crate::e2e::world::World;

cases! {
    the_way_straight_to_a_node_is_taken_where_there_is_one_and_told_where_there_is_none,
    nobody_waits_for_a_node_out_of_reach,
}

/// Whether the node's own address takes connections from here, as on a real cluster on loopback.
fn within_reach(world: &World, name: &str) -> bool {
    let id = world.node(name).id;
    let node = world.wait_on(world.api().read(&node::get(&id))).unwrap().value;
    let address: SocketAddr = node.http_addr.parse().unwrap();
    TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_ok()
}

fn the_way_straight_to_a_node_is_taken_where_there_is_one_and_told_where_there_is_none(world: &World) {
    actions::start(world, 1);
    let on = world.allocs("web")[0].node_name.clone();
    let says = if within_reach(world, &on) {
        format!("straight to {on} at ")
    } else {
        format!("cannot connect straight to {on}, going through the servers: ")
    };
    let bytes = noise(3 << 20);
    let (code, back, err) = piped(world, &["-v", "exec", "web", "--direct", "-i", "--", "cat"], &bytes);
    assert!(code == 0 && back == bytes && err.contains(&says), "{code}: {err}");
    let (from, to) = (world.home().join("there"), world.home().join("back"));
    std::fs::write(&from, &bytes).unwrap();
    let copies = [[from.to_str().unwrap(), "web:local/file"], ["web:local/file", to.to_str().unwrap()]];
    for paths in copies {
        let ran = world.run(&[&["-v", "cp", "--direct"], &paths[..]].concat());
        assert!(ran.code == 0 && ran.err.contains(&says), "{ran}");
    }
    assert!(std::fs::read(&to).unwrap() == bytes);
    let ran = world.run(&["-v", "logs", "web", "--direct"]);
    assert!(ran.code == 0 && ran.err.contains(&says), "{ran}");
    let ran = world.run(&["-v", "job", "action", "run", "web", "greet", "--direct"]);
    assert!(ran.code == 3 && ran.out == "out 0\n" && ran.err.contains(&says), "{ran}");
}

fn nobody_waits_for_a_node_out_of_reach(world: &World) {
    idle(world, "web", 1);
    // The quickest of three: this machine may be busy. What would hang, hangs for minutes.
    let [plain, direct] = [&[][..], &["--direct"]].map(|more| {
        let once = || {
            let begun = tokio::time::Instant::now();
            let ran = world.run(&[&["exec", "web", "--task", "t"], more, &["--", "true"]].concat());
            assert_eq!(ran.code, 0, "{ran}");
            begun.elapsed()
        };
        (0..3).map(|_| once()).min().unwrap()
    });
    assert!(direct < plain + Duration::from_secs(20), "{direct:?} instead of {plain:?}");
}
