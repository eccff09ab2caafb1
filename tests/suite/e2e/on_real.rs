//! All cases on a real cluster, one after the other.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;

use fleet::api::nomad::node;
use fleet::config::Environment;
use fleet::sandbox::real::{self, RealFleet, RealOptions};
use tokio::runtime::Runtime;

use crate::e2e::cases;
use crate::e2e::world::{Machines, World};

struct RealMachines {
    fleet: Rc<RefCell<RealFleet>>,
    killed: RefCell<Vec<String>>,
}

impl Machines for RealMachines {
    fn kill_node(&self, name: &str) {
        self.fleet.borrow_mut().kill(name).unwrap();
        self.killed.borrow_mut().push(name.to_owned());
    }

    fn start_node(&self, name: &str) {
        let known = self.killed.borrow().iter().any(|n| n == name);
        self.killed.borrow_mut().retain(|n| n != name);
        let mut fleet = self.fleet.borrow_mut();
        if known { fleet.revive(name) } else { fleet.add(name) }.unwrap();
    }

    fn kill_leader(&self) {
        let runtime = runtime();
        let leader = runtime.block_on(self.fleet.borrow().leader()).unwrap();
        self.kill_node(&leader);
    }

    fn starving(&self) -> Option<&'static str> {
        let nodes = runtime().block_on(self.fleet.borrow().client("s1").list(&node::list())).unwrap().value;
        let can = nodes.iter().all(|n| n.drivers.get("exec").is_some_and(|d| d.healthy));
        can.then_some(
            "driver = \"exec\"\n config {\n command = \"/bin/sh\"\n args = [\"-c\", \"x=a; while :; do x=$x$x; done\"]\n }",
        )
    }

    fn heal(&self) {
        let back = |n: &String| !["c7", "c8", "c9"].contains(&n.as_str());
        let killed: Vec<String> = self.killed.borrow().iter().filter(|n| back(n)).cloned().collect();
        self.killed.borrow_mut().retain(|n| !back(n));
        for name in killed {
            self.fleet.borrow_mut().revive(&name).unwrap();
        }
    }
}

/// The shell and the libraries it needs, for the roots of `exec` tasks.
fn shell_alone() -> Vec<(PathBuf, PathBuf)> {
    let needs = Command::new("ldd").arg("/bin/sh").output().map(|o| o.stdout).unwrap_or_default();
    let needs = String::from_utf8_lossy(&needs);
    let libraries = needs.split_whitespace().filter(|word| word.starts_with('/'));
    let files = std::iter::once("/bin/sh").chain(libraries).map(PathBuf::from);
    files.filter_map(|file| Some((file.canonicalize().ok()?, file))).collect()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A program on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    Environment::of_process().on_path(program)
}

#[test]
fn the_same_cases_hold_on_a_real_nomad() {
    let Some(nomad) = on_path("nomad") else {
        println!("SKIPPED: there is no nomad on PATH; the cases ran on the embedded fleet only");
        return;
    };
    let runtime = runtime();
    let consul = on_path("consul");
    if consul.is_none() {
        println!("SKIPPED: there is no consul on PATH; its cases ran on the embedded fleet only");
    }
    let options = RealOptions { nomad, servers: 3, clients: 6, consul, chroot: shell_alone() };
    let fleet = runtime.block_on(RealFleet::start(options)).unwrap();
    let client = fleet.client("s1");
    if !runtime.block_on(real::has_mock_driver(&client)).unwrap() {
        println!("SKIPPED: this nomad has no mock_driver; the cases ran on the embedded fleet only");
        return;
    }
    // A follower's address stays usable when the leader is killed.
    let leader = runtime.block_on(fleet.leader()).unwrap();
    let follower = ["s1", "s2", "s3"].into_iter().find(|s| *s != leader).unwrap();
    let (address, token) = (fleet.address(follower), fleet.token.clone());
    let consul = fleet.consul_address().map(|address| (address, String::new()));
    let machines = RealMachines { fleet: Rc::new(RefCell::new(fleet)), killed: RefCell::default() };
    let world = World::new((address, token, consul), Box::new(machines), 1.0);
    let wanted = filter();
    for (name, case) in cases()
        .into_iter()
        .filter(|(name, _)| wanted.as_ref().is_none_or(|w| w.split('|').any(|w| name.contains(w))))
    {
        let begun = tokio::time::Instant::now();
        world.reset();
        case(&world);
        println!("ok on a real nomad: {name} ({:.1} s)", begun.elapsed().as_secs_f64());
    }
}

/// `FLEET_TEST_CASE` runs only the cases whose name contains it, or one of several with `|` between them.
fn filter() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a switch of the test itself")]
    std::env::var("FLEET_TEST_CASE").ok()
}
