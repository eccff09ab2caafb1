//! A cluster to run cases on, and what cases do to it.

use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use fleet::api::http::{Address, Ask, Endpoint, Http, Product, TlsOptions, Write};
use fleet::api::nomad::JobType;
use fleet::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use fleet::api::nomad::deployment;
use fleet::api::nomad::node::{self, Eligibility, NodeStub};
use fleet::api::nomad::{ALL_NAMESPACES, job};
use fleet::api::permission::{Grant, Permission};
use fleet::model::group;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::binary::{Fleet, Ran};
use crate::e2e::jobs::Job;

/// What a case may do to the machines behind the API.
pub(crate) trait Machines {
    /// Kills a client at once, as a power cut does.
    fn kill_node(&self, name: &str);
    /// Starts a killed client again, or a new one of class `new` that was not there before.
    fn start_node(&self, name: &str);
    /// Kills the server that leads; the address stays usable.
    fn kill_leader(&self);
    /// Driver and configuration of a task that soon runs out of memory; none where no driver can tell that of a task.
    fn starving(&self) -> Option<&'static str>;
    /// Brings all servers and the first six clients back.
    fn heal(&self);
}

/// A cluster of three servers and six clients: c1 to c3 of class `old`, c4 to c6 of class `new`, ACLs on.
pub(crate) struct World {
    pub(crate) address: String,
    pub(crate) token: String,
    /// Address of Consul and a token, where there is one.
    consul: Option<(String, String)>,
    pub(crate) machines: Box<dyn Machines>,
    /// How many times faster than ours the cluster's clock runs.
    pub(crate) speed: f64,
    home: tempfile::TempDir,
    runtime: Runtime,
}

impl World {
    pub(crate) fn new(
        at: (String, String, Option<(String, String)>),
        machines: Box<dyn Machines>,
        speed: f64,
    ) -> Self {
        let (address, token, consul) = at;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let home = tempfile::tempdir().unwrap();
        World { address, token, consul, machines, speed, home, runtime }
    }

    /// The binary with this cluster in its environment.
    pub(crate) fn fleet(&self) -> Fleet {
        Fleet::new(self.home.path()).env("NOMAD_ADDR", &self.address).env("NOMAD_TOKEN", &self.token)
    }

    /// The same with Consul at hand, where there is one.
    pub(crate) fn fleet_with_consul(&self) -> Option<Fleet> {
        let (address, token) = self.consul.as_ref()?;
        Some(self.fleet().env("CONSUL_HTTP_ADDR", address).env("CONSUL_HTTP_TOKEN", token))
    }

    /// Runs the binary to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.fleet().run(args)
    }

    pub(crate) fn api(&self) -> Http {
        self.api_as(&self.token)
    }

    fn api_as(&self, token: &str) -> Http {
        Http::new(Endpoint {
            product: Product::Nomad,
            address: Address::parse(Product::Nomad, &self.address).unwrap(),
            origin: "the test".to_owned(),
            token: Some(SecretString::from(token)),
            basic: None,
            tls: TlsOptions::default(),
            params: Vec::new(),
        })
    }

    pub(crate) fn wait_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Sleeps so many of the cluster's seconds.
    pub(crate) fn pause(&self, seconds: f64) {
        #[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
        std::thread::sleep(Duration::from_secs_f64(seconds / self.speed));
    }

    pub(crate) fn write(&self, call: &Write<Value>) -> Value {
        let permission = Permission::granted(Grant::Explicit);
        self.wait_on(self.api().write(&permission, call)).unwrap().value
    }

    /// Polls until the condition holds; panics with its own words after so many of the cluster's seconds, and some of ours.
    pub(crate) fn until(&self, what: &str, seconds: f64, mut holds: impl FnMut(&Self) -> bool) {
        let patience = seconds / self.speed + 10.0;
        let begun = tokio::time::Instant::now();
        while !holds(self) {
            assert!(begun.elapsed().as_secs_f64() < patience, "{what} did not happen within {patience} s");
            self.pause(0.1);
        }
    }

    pub(crate) fn nodes(&self) -> Vec<NodeStub> {
        self.wait_on(self.api().list(&node::list())).unwrap().value
    }

    /// Nomad's version, and its first two numbers.
    fn version(&self) -> (String, (u32, u32)) {
        let own = self.nodes().first().map(|n| n.version.clone()).unwrap_or_default();
        let mut numbers = own.split('.').map_while(|n| n.parse::<u32>().ok());
        let first = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
        (own, first)
    }

    /// Whether Nomad is of this version or a newer one; where it is older, what it lacks is told.
    pub(crate) fn is_at_least(&self, version: (u32, u32), what: &str) -> bool {
        let (own, numbers) = self.version();
        let known = numbers >= version;
        if !known {
            let (major, minor) = version;
            super::on_real::skip(&format!("Nomad {own} is older than {major}.{minor}, which brought {what}"));
        }
        known
    }

    pub(crate) fn node(&self, name: &str) -> NodeStub {
        self.nodes().into_iter().find(|n| n.name == name).unwrap()
    }

    pub(crate) fn allocs(&self, job: &str) -> Vec<AllocStub> {
        let all = self.wait_on(self.api().list(&allocation::list().namespace(ALL_NAMESPACES))).unwrap().value;
        all.into_iter().filter(|a| a.job_id == job).collect()
    }

    /// Running, wanted and healthy allocations of a job.
    pub(crate) fn healthy(&self, job: &str) -> Vec<AllocStub> {
        let well = |a: &AllocStub| {
            a.client_status == ClientStatus::Running
                && a.desired_status == DesiredStatus::Run
                && a.healthy() != Some(false)
        };
        self.allocs(job)
            .into_iter()
            .filter(|a| well(a) && (a.job_type != JobType::Service || a.healthy() == Some(true)))
            .collect()
    }

    pub(crate) fn set_eligible(&self, name: &str, eligibility: Eligibility) {
        let id = self.node(name).id;
        let permission = Permission::granted(Grant::Explicit);
        self.wait_on(self.api().write(&permission, &node::set_eligibility(&id, eligibility))).unwrap();
    }

    /// Registers a job and waits until it runs, all of it on nodes of class `old`.
    pub(crate) fn start_on_old(&self, jobs: &[Job]) {
        for name in ["c4", "c5", "c6"] {
            self.set_eligible(name, Eligibility::Ineligible);
        }
        for job in jobs {
            self.register(job);
        }
        for job in jobs {
            let wanted = if job.kind == "system" { 3 } else { job.count as usize };
            self.until(&format!("{} running", job.name), 60.0, |w| w.healthy(job.name).len() >= wanted);
        }
        for name in ["c4", "c5", "c6"] {
            self.set_eligible(name, Eligibility::Eligible);
        }
        // System jobs follow the nodes that are back.
        for job in jobs.iter().filter(|j| j.kind == "system") {
            self.until(&format!("{} everywhere", job.name), 60.0, |w| w.healthy(job.name).len() >= 6);
        }
        self.settle(jobs);
    }

    /// Waits until no deployment is under way.
    fn settle(&self, jobs: &[Job]) {
        for job in jobs.iter().filter(|j| j.kind != "batch") {
            let call = deployment::latest_of_job("default", job.name);
            self.until(&format!("{} deployed", job.name), 60.0, |w| {
                let latest = w.wait_on(w.api().read(&call)).unwrap().value;
                latest.is_none_or(|d| !d.status.is_active())
            });
        }
    }

    pub(crate) fn register(&self, job: &Job) {
        self.register_hcl(&job.hcl());
    }

    pub(crate) fn register_hcl(&self, hcl: &str) {
        let parse: Ask<Value> =
            Ask::post("/v1/jobs/parse", "parse a job").body(&json!({"JobHCL": hcl, "Canonicalize": true}));
        let parsed = self.wait_on(self.api().ask(&parse)).unwrap().value;
        self.write(&Write::put("/v1/jobs", "register a job").body(&json!({"Job": parsed})));
    }

    /// A client token with these rules.
    pub(crate) fn token(&self, rules: &str) -> String {
        let name = format!("case-{:08x}", fastrand::u32(..));
        // Nomad before 1.11 refuses a capability it does not know, and lets those plan who may submit.
        let rules = if self.version().1 < (1, 11) {
            rules.replace("plan-job", "submit-job")
        } else {
            rules.to_owned()
        };
        self.write(
            &Write::put(format!("/v1/acl/policy/{name}"), "write a policy")
                .body(&json!({"Name": name, "Rules": rules})),
        );
        let body = json!({"Name": name, "Type": "client", "Policies": [name]});
        let made = self.write(&Write::put("/v1/acl/token", "make a token").body(&body));
        let token = made["SecretID"].as_str().unwrap().to_owned();
        // A server that follows hears of it, and of its policy, a moment later.
        let own = fleet::api::nomad::acl::token_self().stale();
        let mut known = 0;
        self.until("a token that is known", 20.0, |w| {
            let heard = w.wait_on(w.api_as(&token).read(&own)).is_ok();
            known = if heard { known + 1 } else { 0 };
            known >= 3
        });
        token
    }

    /// As it was before the first case: no jobs, every node ready and eligible.
    pub(crate) fn reset(&self) {
        self.machines.heal();
        self.until("every node ready", 60.0, |w| {
            let nodes = w.wait_on(w.api().list(&node::list())).map(|r| r.value).unwrap_or_default();
            nodes.iter().filter(|n| n.status == node::NodeStatus::Ready).count() >= 6
        });
        let jobs = self.wait_on(self.api().list(&job::list().namespace(ALL_NAMESPACES))).unwrap().value;
        for job in jobs {
            let purge: Write<Value> =
                Write::delete(format!("/v1/job/{}", job.id.replace('/', "%2F")), "purge a job")
                    .query("purge", "true")
                    .namespace(&job.namespace);
            // The case before may have cost the servers their leader.
            self.until("a job purged", 60.0, |w| {
                w.wait_on(w.api().write(&Permission::granted(Grant::Explicit), &purge)).is_ok()
            });
        }
        for n in self.nodes() {
            let permission = Permission::granted(Grant::Explicit);
            let undrain = node::cancel_drain(&n.id, true, &Default::default());
            self.wait_on(self.api().write(&permission, &undrain)).unwrap();
            self.wait_on(self.api().write(&permission, &node::set_eligibility(&n.id, Eligibility::Eligible)))
                .unwrap();
        }
        self.until("nothing left running", 60.0, |w| {
            let all = w.wait_on(w.api().list(&allocation::list().namespace(ALL_NAMESPACES))).unwrap().value;
            all.iter().all(|a| a.client_status.is_terminal())
        });
        for kept in ["state", "config"] {
            drop(std::fs::remove_dir_all(self.home.path().join(kept)));
        }
    }

    /// Starts the binary and lets it run beside the case.
    pub(crate) fn start(&self, args: &[&str]) -> Child {
        self.fleet().command(args).spawn().unwrap()
    }

    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }
}

/// Counts a job's available allocations all the time, as often as the cluster answers.
pub(crate) struct Witness {
    fewest: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Witness {
    pub(crate) fn new(world: &World, job: &'static str) -> Self {
        Witness::counting(world, job, group::is_available)
    }

    /// Counts those that run as a version other than this, whether their health is being looked at again or not.
    pub(crate) fn serving(world: &World, job: &'static str, broken: u64) -> Self {
        Witness::counting(world, job, move |a| {
            a.client_status == ClientStatus::Running
                && a.desired_status == DesiredStatus::Run
                && a.job_version != broken
        })
    }

    fn counting(
        world: &World,
        job: &'static str,
        counts: impl Fn(&AllocStub) -> bool + Send + 'static,
    ) -> Self {
        let (fewest, done) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::new(AtomicBool::new(false)));
        let (api, least, stop) = (world.api(), Arc::clone(&fewest), Arc::clone(&done));
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let filter = format!("JobID == \"{job}\"");
            while !stop.load(Ordering::Relaxed) {
                let call = allocation::list().namespace(ALL_NAMESPACES).filter(Some(&filter));
                if let Ok(reply) = runtime.block_on(api.list(&call)) {
                    let count = reply.value.iter().filter(|a| counts(a)).count();
                    least.fetch_min(count as u64, Ordering::Relaxed);
                }
            }
        });
        Witness { fewest, done, thread }
    }

    /// The fewest that were available at any moment.
    pub(crate) fn fewest(self) -> u64 {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        self.fewest.load(Ordering::Relaxed)
    }
}

/// Sends a signal, such as `INT`, to a child.
pub(crate) fn signal(child: &Child, name: &str) {
    let status =
        std::process::Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

/// Held by a case whose tasks listen on ports of this machine: embedded fleets side by side give out the same ones.
pub(crate) fn ports_of_its_own() -> std::sync::MutexGuard<'static, ()> {
    static PORTS: std::sync::Mutex<()> = std::sync::Mutex::new(());
    PORTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
