//! Each case on a real cluster: one cluster for all of them, and one case after the other.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;
use std::sync::{Mutex, OnceLock, mpsc};
use std::time::Duration;

use fleet::api::nomad::{acl, node};
use fleet::config::Environment;
use fleet::sandbox::real::{self, RealFleet, RealOptions};
use tokio::runtime::Runtime;

use crate::binary::told;
use crate::e2e::cases;
use crate::e2e::world::{Machines, World};

struct RealMachines {
    fleet: Rc<RefCell<RealFleet>>,
    killed: Rc<RefCell<Vec<String>>>,
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
    // Nomad 1.10.5 looks the user of a task up in its own root.
    let files = ["/bin/sh", "/etc/passwd", "/etc/group"].into_iter().chain(libraries).map(PathBuf::from);
    files.filter_map(|file| Some((file.canonicalize().ok()?, file))).collect()
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A program on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    Environment::of_process().on_path(program)
}

/// What the tests have to know of each other: none of them is the first or the last by its place in the code.
struct Queue {
    /// Where cases go to the thread that keeps the cluster.
    cases: mpsc::Sender<Job>,
    /// How many are still to come; the cluster ends with the last, because nothing runs after that.
    left: usize,
}

/// A case on its way to the cluster, and where its end is told.
struct Job {
    name: &'static str,
    case: fn(&World),
    last: bool,
    ended: mpsc::Sender<Ended>,
}

enum Ended {
    Ok,
    /// There is no cluster to run it on: why.
    Skipped(String),
    /// Where it panicked, and with which words.
    Failed(String),
}

thread_local! {
    /// Where this thread panicked last, and with which words.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a case on the real cluster, which the first one starts.
pub(crate) fn run(name: &'static str, case: fn(&World)) {
    static QUEUE: OnceLock<Mutex<Queue>> = OnceLock::new();
    if !is_wanted(name) {
        return;
    }
    let (ended, end) = mpsc::channel();
    {
        let queue = QUEUE.get_or_init(|| Mutex::new(Queue { cases: keeper(), left: expected() }));
        let mut queue = queue.lock().unwrap();
        queue.left = queue.left.saturating_sub(1);
        queue.cases.send(Job { name, case, last: queue.left == 0, ended }).unwrap();
    }
    match end.recv().unwrap() {
        Ended::Ok => {}
        Ended::Skipped(why) => skip(&why),
        // In the thread of its own test: the harness shows what that one says.
        Ended::Failed(panic) => panic!("{panic}"),
    }
}

/// The thread that keeps the cluster and runs the cases.
fn keeper() -> mpsc::Sender<Job> {
    let (send, jobs) = mpsc::channel::<Job>();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANIC.with_borrow_mut(|words| *words = info.to_string());
        before(info);
    }));
    std::thread::spawn(move || {
        let mut cluster = None;
        for job in jobs {
            let cluster_now = cluster.get_or_insert_with(Cluster::start);
            let end = match cluster_now {
                Err(why) => Ended::Skipped(why.clone()),
                Ok(running) => match catch_unwind(AssertUnwindSafe(|| running.run(job.name, job.case))) {
                    Ok(()) => Ended::Ok,
                    Err(_) => Ended::Failed(PANIC.take()),
                },
            };
            if job.last {
                cluster = None;
            }
            job.ended.send(end).unwrap();
        }
    });
    send
}

/// A real cluster of three servers and six clients, on loopback.
struct Cluster {
    fleet: Rc<RefCell<RealFleet>>,
    killed: Rc<RefCell<Vec<String>>>,
}

impl Cluster {
    /// # Errors
    /// Why there can be none.
    fn start() -> Result<Self, String> {
        let nomad = on_path("nomad").ok_or("there is no nomad on PATH")?;
        let consul = on_path("consul");
        if consul.is_none() {
            told("SKIPPED: there is no consul on PATH; its cases run on the embedded fleet only");
        }
        let options = RealOptions { nomad, servers: 3, clients: 6, consul, chroot: shell_alone() };
        let fleet = runtime().block_on(RealFleet::start(options)).unwrap();
        if !runtime().block_on(real::has_mock_driver(&fleet.client("s1"))).unwrap() {
            return Err("this nomad has no mock_driver".to_owned());
        }
        Ok(Cluster { fleet: Rc::new(RefCell::new(fleet)), killed: Rc::default() })
    }

    fn run(&self, name: &str, case: fn(&World)) {
        let begun = tokio::time::Instant::now();
        let fleet = Rc::clone(&self.fleet);
        let machines = RealMachines { fleet, killed: Rc::clone(&self.killed) };
        // A case before may have killed a server.
        machines.heal();
        let at = {
            let fleet = self.fleet.borrow();
            // A follower's address stays usable when the leader is killed.
            let follower = runtime().block_on(follower(&fleet));
            let consul = fleet.consul_address().map(|address| (address, String::new()));
            (fleet.address(follower), fleet.token.clone(), consul)
        };
        let world = World::new(at, Box::new(machines), 1.0);
        world.reset();
        case(&world);
        told(&format!("ok on a real nomad: {name} ({:.1} s)", begun.elapsed().as_secs_f64()));
    }
}

/// A server that follows, once there is one that knows the cluster's tokens: one that was dead has to catch up, and until then
/// refuses whatever it answers by itself.
async fn follower(fleet: &RealFleet) -> &'static str {
    for _ in 0..120 {
        if let Ok(leader) = fleet.leader().await {
            for server in ["s1", "s2", "s3"].into_iter().filter(|s| *s != leader) {
                if fleet.client(server).read(&acl::token_self().stale()).await.is_ok() {
                    return server;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("no server follows a leader and knows the tokens");
}

/// Says that something is not tried for want of a real Nomad; where one is required, that is a failure.
pub(crate) fn skip(why: &str) {
    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    assert!(!Environment::of_process().is_set("FLEET_REQUIRE_REAL"), "FLEET_REQUIRE_REAL is set, and {why}");
    let mut said = SAID.lock().unwrap();
    if !said.iter().any(|s| s == why) {
        told(&format!("SKIPPED: {why}; what needs it ran on the embedded fleet only"));
        said.push(why.to_owned());
    }
}

/// `FLEET_TEST_CASE` runs only the cases whose name contains it, or one of several with `|` between them.
fn is_wanted(name: &str) -> bool {
    let environment = Environment::of_process();
    environment.get("FLEET_TEST_CASE").is_none_or(|wanted| wanted.split('|').any(|part| name.contains(part)))
}

/// How many cases the command line of the harness selects, by its own rules.
fn expected() -> usize {
    let (mut filters, mut skipped, mut exact) = (Vec::new(), Vec::new(), false);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--skip" => skipped.extend(words.next()),
            "--exact" => exact = true,
            "--test-threads" | "--logfile" | "--format" | "--color" | "--shuffle-seed" | "-Z" => {
                words.next();
            }
            word if word.starts_with("--skip=") => {
                skipped.extend(word.strip_prefix("--skip=").map(str::to_owned));
            }
            word if word.starts_with('-') => {}
            _ => filters.push(word),
        }
    }
    let fits =
        |test: &str, pattern: &String| if exact { test == pattern } else { test.contains(pattern.as_str()) };
    let selected = |test: &str| {
        (filters.is_empty() || filters.iter().any(|f| fits(test, f)))
            && !skipped.iter().any(|s| fits(test, s))
    };
    cases()
        .iter()
        .filter(|(module, name)| {
            is_wanted(name)
                && selected(&format!("{}::on_real_nomad::{name}", module.trim_start_matches("suite::")))
        })
        .count()
}
