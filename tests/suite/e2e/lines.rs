//! Sessions over lines that do harm, on the embedded fleet: never 0 without the proof, never a hang.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use fleet::api::http::Write;

use crate::binary::{Fleet, Ran};
use crate::chaos::{Chaos, Harm};
use crate::e2e::exec::{idle, noise, sh};
use crate::e2e::forward::{Forward, server};
use crate::e2e::jobs::script;
use crate::e2e::on_sandbox::Simulated;
use crate::e2e::world::World;

/// Harm that a session has to bear.
const BEARABLE: [Harm; 2] = [Harm::Split, Harm::Delay];

fn fleet(world: &World, chaos: &Chaos) -> Fleet {
    world.fleet().env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never")
}

/// Runs the binary, but not for ever.
fn ends(fleet: &Fleet, args: &[&str]) -> Ran {
    let mut child = fleet.command(args).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let pid = child.id().to_string();
    let (over, waits) = mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        let late = waits.recv_timeout(Duration::from_secs(120)) == Err(mpsc::RecvTimeoutError::Timeout);
        if late {
            drop(std::process::Command::new("kill").args(["-9", &pid]).status());
        }
        late
    });
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        drop(err.read_to_string(&mut text));
        text
    });
    let mut text = String::new();
    drop(out.read_to_string(&mut text));
    let status = child.wait().unwrap();
    drop(over);
    let ran = Ran { code: status.code().unwrap_or(-1), out: text, err: errors.join().unwrap() };
    assert!(!guard.join().unwrap(), "{args:?} hangs: {ran}");
    ran
}

fn cluster() -> Simulated {
    let simulated = Simulated::new(4.0);
    idle(&simulated.world, "web", 1);
    simulated
}

#[test]
fn a_command_is_whole_over_a_line_that_is_slow_or_in_pieces() {
    let cluster = cluster();
    let expected: String = (1..=20_000).map(|n| format!("{n}\n")).collect();
    for harm in BEARABLE {
        let chaos = Chaos::new(&cluster.world.address, harm.clone());
        let ran = ends(&fleet(&cluster.world, &chaos), &sh("web", "seq 1 20000; echo done >&2; exit 3"));
        assert!(
            ran.code == 3 && ran.out == expected && ran.err == "done\n",
            "{harm:?}: {} {}",
            ran.code,
            ran.err
        );
        assert!(chaos.done() > 0, "{harm:?}");
    }
}

#[test]
fn no_command_ends_well_without_its_exit_frame() {
    let cluster = cluster();
    let check = |ran: &Ran, what: &str| {
        assert_eq!(ran.code, 125, "{what}: {ran}");
        assert!(ran.err.contains("may still run") || ran.err.contains("could not run"), "{what}: {ran}");
    };
    let chaos = Chaos::new(&cluster.world.address, Harm::Lose("\"exited\":true"));
    check(&ends(&fleet(&cluster.world, &chaos), &sh("web", "seq 1 100")), "a lost exit");
    assert_eq!(chaos.done(), 1);
    for after in 0..12 {
        let chaos = Chaos::new(&cluster.world.address, Harm::CutFrame(after..after + 1));
        let ran = ends(&fleet(&cluster.world, &chaos), &sh("web", "seq 1 20000"));
        check(&ran, &format!("cut after {after}"));
        // What came is the beginning of what was said.
        let all: String = (1..=20_000).map(|n| format!("{n}\n")).collect();
        assert!(all.starts_with(&ran.out));
    }
}

#[test]
fn a_command_that_is_not_heard_of_any_more_is_given_up() {
    let cluster = cluster();
    let chaos = Chaos::new(&cluster.world.address, Harm::Silence(1..2));
    let ran = ends(&fleet(&cluster.world, &chaos), &sh("web", "echo once; sleep 600"));
    assert_eq!(ran.code, 125, "{ran}");
    assert!(ran.err.contains("no sign of life for 45 s"), "{ran}");
}

#[test]
fn a_copy_is_the_same_or_fails_over_any_line() {
    let cluster = cluster();
    let world = &cluster.world;
    let (from, to) = (world.home().join("from"), world.home().join("to"));
    let bytes = noise(600_000);
    std::fs::write(&from, &bytes).unwrap();
    let harms = BEARABLE.into_iter().chain((0..6).map(|n| Harm::CutFrame(n * 2..n * 2 + 1)));
    let mut failed = 0;
    for (i, harm) in harms.enumerate() {
        let chaos = Chaos::new(&world.address, harm.clone());
        let there = format!("web:local/copy{i}");
        let inward = ends(&fleet(world, &chaos), &["cp", from.to_str().unwrap(), &there]);
        failed += u32::from(inward.code != 0);
        assert!(
            inward.code == 0
                || !BEARABLE
                    .iter()
                    .any(|b| matches!((b, &harm), (Harm::Split, Harm::Split) | (Harm::Delay, Harm::Delay))),
            "{harm:?}: {inward}"
        );
        // Whoever looks finds all of it or nothing.
        let size = world.run(&sh("web", &format!("cat local/copy{i} 2>/dev/null | wc -c"))).out;
        assert!(["0\n", "600000\n"].contains(&size.as_str()), "{harm:?}: {size}");
        if inward.code == 0 {
            let outward = ends(&fleet(world, &chaos), &["cp", &there, to.to_str().unwrap()]);
            assert!(outward.code != 0 || std::fs::read(&to).unwrap() == bytes, "{harm:?}: {outward}");
        }
    }
    assert!(failed >= 3, "cut lines broke only {failed} copies");
}

#[test]
fn connections_are_whole_or_broken_off_over_any_line() {
    let cluster = cluster();
    let port = server();
    let bytes = noise(400_000);
    for harm in BEARABLE {
        let chaos = Chaos::new(&cluster.world.address, harm.clone());
        let forward = Forward::through(&fleet(&cluster.world, &chaos), &["web", &format!("0:{port}")]);
        assert!(carried(&forward, &bytes) == Some(bytes.clone()), "{harm:?}");
        forward.ends();
    }
    for _ in 0..4 {
        // Some frames come before the port is ready.
        let chaos = Chaos::new(&cluster.world.address, Harm::CutFrame(8..60));
        let forward = Forward::through(&fleet(&cluster.world, &chaos), &["web", &format!("0:{port}")]);
        let ends: Vec<_> = (0..3).map(|_| carried(&forward, &bytes)).collect();
        assert!(ends.iter().flatten().all(|back| *back == bytes), "what ended well is whole");
        assert!(chaos.done() > 0 && ends.contains(&None));
        forward.ends();
    }
}

/// Who reads logs, and with what harm done to it.
fn readers(world: &World) -> Vec<(Fleet, Harm)> {
    let token =
        world.token("namespace \"*\" { capabilities = [\"read-job\", \"list-jobs\", \"read-logs\"] }");
    let words = "rpc error: failed to get conn: dial tcp 127.0.0.1:4647: connect: connection refused";
    let harms = |most: u64| {
        let lives = most / 40..most;
        [
            Harm::Split,
            Harm::Delay,
            Harm::Cut(lives.clone()),
            Harm::Mute(lives.clone(), 1),
            Harm::End(lives.clone()),
            Harm::Words(lives.clone(), words),
            Harm::Words(lives, "{\"Data\":\"cG9pc29u"),
        ]
    };
    let own = harms(400_000).into_iter().chain([Harm::Bytes]).map(|harm| (world.fleet(), harm));
    // One that may read logs alone begins anew each time, and has to get through once.
    let logs_alone = harms(6_000_000).map(|harm| (world.fleet().env("NOMAD_TOKEN", &token), harm));
    own.chain(logs_alone).collect()
}

#[test]
fn every_line_of_a_log_comes_once_over_any_line() {
    const LAST: u32 = 24_000;
    let cluster = Simulated::new(4.0);
    let world = &cluster.world;
    let counter = format!(
        "i=0; while [ $i -lt {LAST} ]; do i=$((i+1)); echo \"$i {}\"; [ $((i%1000)) = 0 ] && sleep 0.1; done; sleep 600",
        "x".repeat(90)
    );
    world.register_hcl(&script("web", 1, &counter, "max_files = 10\n max_file_size = 1"));
    world.until("running", 60.0, |w| w.healthy("web").len() == 1);
    std::thread::scope(|scope| {
        let follow = |(fleet, harm): (Fleet, Harm)| {
            let chaos = Chaos::new(&world.address, harm.clone());
            let fleet = fleet.env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never");
            scope.spawn(move || {
                let ran = ends(
                    &fleet,
                    &["logs", "web", "-f", "--raw", "--stdout", "--tail", "1000000", "--strict"],
                );
                (harm, ran, chaos.done())
            })
        };
        let followers: Vec<_> = readers(world).into_iter().map(follow).collect();
        let (mut harmed, all) = (0, followers.len());
        let last = format!("{LAST} ");
        world.until("all of it written", 60.0, |w| {
            w.run(&["logs", "web", "--raw", "--tail", "1"]).out.starts_with(&last)
        });
        world.write(&Write::delete("/v1/job/web", "stop a job").namespace("default"));
        for follower in followers {
            let (harm, ran, done) = follower.join().unwrap();
            assert!(ran.code == 0, "{harm:?}, {done} times: {} {}", ran.code, ran.err);
            harmed += usize::from(done > 0);
            let mut numbers =
                ran.out.lines().map(|l| l.split(' ').next().and_then(|n| n.parse::<u32>().ok()));
            let wrong = (1..=LAST).find(|n| numbers.next() != Some(Some(*n)));
            assert!(
                wrong.is_none() && numbers.next().is_none(),
                "{harm:?}: at {wrong:?} of {}",
                ran.out.lines().count()
            );
        }
        // A connection that may live long can outlive the log.
        assert!(harmed * 3 > all * 2, "only {harmed} of {all} were harmed");
    });
}

#[test]
fn a_log_that_is_cut_while_it_is_read_is_not_taken_for_a_shorter_one() {
    let cluster = Simulated::new(4.0);
    let world = &cluster.world;
    let counter = format!(
        "i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo \"$i {}\"; done; sleep 600",
        "x".repeat(90)
    );
    world.register_hcl(&script("web", 1, &counter, "max_files = 10\n max_file_size = 1"));
    world.until("all of it written", 60.0, |w| {
        w.run(&["logs", "web", "--raw", "--tail", "1"]).out.starts_with("12000 ")
    });
    for (fleet, harm) in
        readers(world).into_iter().filter(|(_, harm)| matches!(harm, Harm::End(_) | Harm::Words(..)))
    {
        let chaos = Chaos::new(&world.address, harm.clone());
        let ran = ends(
            &fleet.env("NOMAD_ADDR", &chaos.url).env("FLEET_DIRECT", "never"),
            &["logs", "web", "--raw", "--stdout"],
        );
        let whole = ran.out.lines().zip(1..).all(|(l, n)| l.starts_with(&format!("{n} ")));
        assert!(
            ran.code == 0 && whole && ran.out.lines().count() == 12_000,
            "{harm:?}: {} {}",
            ran.code,
            ran.err
        );
    }
}

/// What came back by an orderly end; none when the connection was broken off.
fn carried(forward: &Forward, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut stream: TcpStream = forward.connect();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write)).ok()?;
    let mut back = Vec::new();
    match stream.read_to_end(&mut back) {
        Ok(_) => Some(back),
        Err(e) => {
            assert_ne!(e.kind(), std::io::ErrorKind::WouldBlock, "it hangs");
            None
        }
    }
}
