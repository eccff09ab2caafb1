//! Nodes of scenarios, alike but for what is said of them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::api::nomad::node::NodeStatus;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::{Address, Capacity, Machine};
use crate::sandbox::state::node::{Driver, Fingerprint, Node};
use crate::sandbox::world::World;

/// The signals a Linux client sends.
const SIGNALS: &str = "SIGABRT,SIGALRM,SIGBUS,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGNULL,\
SIGPIPE,SIGPROF,SIGQUIT,SIGSEGV,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGUSR1,SIGUSR2,SIGWINCH,\
SIGXCPU,SIGXFSZ";
/// The task drivers a node reports, and those that work everywhere.
const DRIVERS: [(&str, bool); 6] = [
    ("docker", false),
    ("exec", true),
    ("java", true),
    ("mock_driver", true),
    ("qemu", false),
    ("raw_exec", true),
];

/// What every client adds to its metadata for sidecar proxies.
const CONNECT: [(&str, &str); 6] = [
    ("connect.gateway_image", "docker.io/envoyproxy/envoy:v${NOMAD_envoy_version}"),
    ("connect.log_level", "info"),
    ("connect.proxy_concurrency", "1"),
    ("connect.sidecar_image", "docker.io/envoyproxy/envoy:v${NOMAD_envoy_version}"),
    ("connect.transparent_proxy.default_outbound_port", "15001"),
    ("connect.transparent_proxy.default_uid", "101"),
];

/// What is said of a node.
#[derive(Debug, Clone)]
pub(super) struct Blueprint<'a> {
    pub(super) name: String,
    pub(super) class: &'a str,
    pub(super) pool: &'a str,
    pub(super) datacenter: &'a str,
    pub(super) rack: String,
    /// How long tasks live here whose declaration leaves it to `${meta.task_life}`.
    pub(super) task_life: &'a str,
    /// MHz.
    pub(super) cpu: u64,
    /// MiB.
    pub(super) memory: u64,
    /// Its number, for its address.
    pub(super) number: usize,
    /// Whether docker works.
    pub(super) docker: bool,
    pub(super) version: &'a str,
}

impl Default for Blueprint<'_> {
    fn default() -> Self {
        Blueprint {
            name: String::new(),
            class: "",
            pool: "default",
            datacenter: "dc1",
            rack: "r0".to_owned(),
            task_life: "240h",
            cpu: 4000,
            memory: 4096,
            number: 1,
            docker: true,
            version: "2.0.5",
        }
    }
}

impl Blueprint<'_> {
    /// The address of the node, on loopback.
    fn ip(&self) -> String {
        let (high, low) = (self.number / 250, self.number % 250 + 1);
        format!("127.{}.{}.{low}", 78 + high / 250, high % 250)
    }

    fn attributes(&self, ip: &str) -> BTreeMap<String, String> {
        let cpu = self.cpu.to_string();
        let memory = (self.memory * 1024 * 1024).to_string();
        let hostname = self.name.as_str();
        let advertised = format!("{ip}:4646");
        let mut facts: BTreeMap<String, String> = [
            ("cpu.arch", "amd64"),
            ("cpu.frequency", "2300"),
            ("cpu.modelname", "Intel(R) Xeon(R) Processor"),
            ("cpu.numcores", "2"),
            ("cpu.reservablecores", "2"),
            ("cpu.totalcompute", &cpu),
            ("cpu.usablecompute", &cpu),
            ("kernel.arch", "x86_64"),
            ("kernel.landlock", "v7"),
            ("kernel.name", "linux"),
            ("kernel.version", "6.1.0-37-amd64"),
            ("memory.totalbytes", &memory),
            ("nomad.bridge.hairpin_mode", "false"),
            ("nomad.service_discovery", "true"),
            ("nomad.version", self.version),
            ("numa.node.count", "1"),
            ("numa.node0.cores", "0-1"),
            ("os.cgroups.version", "1"),
            ("os.name", "debian"),
            ("os.signals", SIGNALS),
            ("os.version", "12.11"),
            ("plugins.host_volume.mkdir.version", "0.0.1"),
            ("plugins.secrets.nomad.version", "1.0.0"),
            ("plugins.secrets.vault.version", "1.0.0"),
            ("unique.advertise.address", &advertised),
            ("unique.hostname", hostname),
            ("unique.network.ip-address", ip),
            ("unique.storage.bytestotal", "270553174016"),
            ("unique.storage.volume", "/dev/sda1"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        for (driver, works) in self.drivers() {
            if works {
                facts.insert(format!("driver.{driver}"), "1".to_owned());
            }
        }
        if self.docker {
            facts.insert("driver.docker.version".to_owned(), "27.3.1".to_owned());
        }
        for (plugin, version) in [("bridge", "v1.5.1"), ("firewall", "v1.5.1"), ("host-local", "v1.5.1")]
            .into_iter()
            .chain([("loopback", "v1.5.1"), ("portmap", "v1.5.1")])
        {
            facts.insert(format!("plugins.cni.version.{plugin}"), version.to_owned());
        }
        facts
    }

    fn drivers(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let docker = self.docker;
        DRIVERS.into_iter().map(move |(name, works)| (name, works || (name == "docker" && docker)))
    }

    fn reports(&self, now: Moment) -> BTreeMap<String, Driver> {
        let report = |(name, works): (&str, bool)| {
            let attributes = works.then(|| (format!("driver.{name}"), "true".to_owned()));
            let description = match (name, works) {
                (_, true) => "Healthy",
                ("docker", false) => "Failed to connect to docker daemon",
                _ => "",
            };
            let driver = Driver {
                attributes: attributes.into_iter().collect(),
                detected: works,
                health_description: description.to_owned(),
                healthy: works,
                update_time: now,
            };
            (name.to_owned(), driver)
        };
        self.drivers().map(report).collect()
    }

    /// The node.
    pub(super) fn build(&self, id: Id, now: Moment) -> Node {
        let ip = self.ip();
        let own = [("rack", self.rack.as_str()), ("task_life", self.task_life)];
        let meta = CONNECT.into_iter().chain(own).map(|(k, v)| (k.to_owned(), v.to_owned()));
        let address = Address { alias: "default".into(), ip: ip.clone(), reserved_ports: BTreeSet::new() };
        let mut machine = Machine {
            id: id.to_string(),
            name: self.name.clone(),
            class: self.class.to_owned(),
            datacenter: self.datacenter.to_owned(),
            pool: self.pool.to_owned(),
            attributes: self.attributes(&ip),
            meta: meta.collect(),
            drivers: self.drivers().map(|(name, works)| (name.to_owned(), works)).collect(),
            network_modes: BTreeSet::from(["host".to_owned(), "bridge".to_owned()]),
            addresses: vec![address],
            capacity: Capacity { cpu: self.cpu, memory: self.memory, disk: 258_019 },
            cores: vec![0, 1],
            core_mhz: 2300,
            ..Machine::default()
        };
        machine.computed_class = machine.class_of();
        let fingerprint = Fingerprint {
            http_addr: format!("{ip}:4646"),
            drivers: self.reports(now),
            version: self.version.to_owned(),
            started_at: now,
        };
        Node {
            id,
            name: self.name.as_str().into(),
            machine: Arc::new(machine),
            fingerprint: Arc::new(fingerprint),
            status: NodeStatus::Ready,
            status_updated_at: now.seconds(),
            eligible: true,
            drain: None,
            last_drain: None,
            events: Vec::new(),
            create_index: 0,
            modify_index: 0,
            last_alloc_update_index: 0,
            last_missed_heartbeat_index: 0,
        }
    }
}

/// Joins the nodes with these numbers, named after them: up to c3 of class old, the others of class new.
pub(super) fn join(world: &mut World, numbers: RangeInclusive<usize>) {
    for number in numbers {
        add(world, format!("c{number}"), number);
    }
}

/// A node joins late; its name ends with its number, as in c7.
pub fn newcomer(world: &mut World, name: &str) {
    let number = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse();
    let number = number.unwrap_or_else(|_| world.state.nodes().count() + 1);
    add(world, name.to_owned(), number);
}

fn add(world: &mut World, name: String, number: usize) {
    // How long a task lives may depend on where it lands: that is how a replacement falls ill.
    let (class, task_life) = if number <= 3 { ("old", "240h") } else { ("new", "200ms") };
    let blueprint = Blueprint {
        name,
        class,
        rack: format!("r{}", number % 3),
        task_life,
        number,
        docker: false,
        ..Blueprint::default()
    };
    let (id, now) = (world.new_id(), world.now());
    world.add_node(blueprint.build(id, now));
}
