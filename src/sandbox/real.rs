//! A real Nomad cluster on loopback, from the `nomad` binary on PATH: each agent on an address of its own in 127.0.0.0/8.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::time::{Instant, sleep};

use crate::api::http::{Address, Endpoint, Http, Patience, Product, TlsOptions, Write};
use crate::api::nomad::{agent, node};
use crate::api::permission::{Grant, Permission};

/// How long a cluster may take to become usable.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// What kind of cluster to start.
#[derive(Debug, Clone)]
pub struct RealOptions {
    /// The `nomad` binary.
    pub nomad: PathBuf,
    /// Servers, named s1 and so on.
    pub servers: u8,
    /// Clients, named c1 and so on: the first half of class `old`, the rest `new`, `meta.rack` r0 to r2, 4000 MHz and
    /// 4096 MiB each.
    pub clients: u8,
    /// The `consul` binary, to run a Consul server and an agent beside every client: one agent must not serve two
    /// clients, which would deregister each other's services (`consul-api.md §2`).
    pub consul: Option<PathBuf>,
    /// The files that `exec` tasks find in their root, each with its place there; when there are none Nomad copies most of the
    /// machine for each task.
    pub chroot: Vec<(PathBuf, PathBuf)>,
}

/// A running cluster; dropping it kills every agent and removes every file.
#[derive(Debug)]
pub struct RealFleet {
    options: RealOptions,
    dir: PathBuf,
    network: u8,
    agents: Vec<Agent>,
    /// The management token.
    pub token: String,
}

#[derive(Debug)]
struct Agent {
    name: String,
    child: Option<Child>,
}

impl RealFleet {
    /// Starts a cluster and waits until every client is ready.
    ///
    /// # Errors
    /// When the binary cannot be run, no addresses are free, or the cluster does not become ready in two minutes.
    pub async fn start(options: RealOptions) -> Result<Self> {
        let network = free_network().context("no free addresses in 127.0.0.0/8")?;
        let dir = std::env::temp_dir().join(format!("fleet-real-{}-{network}", std::process::id()));
        std::fs::create_dir_all(&dir).with_context(|| format!("could not create {}", dir.display()))?;
        let mut fleet = RealFleet { options, dir, network, agents: Vec::new(), token: String::new() };
        let servers = (1..=fleet.options.servers).map(|i| format!("s{i}"));
        let clients = (1..=fleet.options.clients).map(|i| format!("c{i}"));
        if fleet.options.consul.is_some() {
            fleet.add(CONSUL_SERVER)?;
        }
        for name in servers.chain(clients) {
            if fleet.options.consul.is_some() && name.starts_with('c') {
                fleet.add(&format!("consul-{name}"))?;
            }
            fleet.add(&name)?;
        }
        fleet.become_ready().await?;
        Ok(fleet)
    }

    /// Address of an agent's HTTP API, such as `s1`.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        format!("http://{}:4646", self.ip(name))
    }

    /// Kills an agent at once, as a crash does.
    ///
    /// # Errors
    /// When there is no such agent.
    pub fn kill(&mut self, name: &str) -> Result<()> {
        let agent =
            self.agents.iter_mut().find(|a| a.name == name).with_context(|| format!("no agent {name}"))?;
        if let Some(mut child) = agent.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Starts an agent that was not there before, such as c7 of class `new`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn add(&mut self, name: &str) -> Result<()> {
        if !is_consul(name) {
            std::fs::write(self.dir.join(format!("{name}.hcl")), self.configuration(name))?;
        }
        self.agents.push(Agent { name: name.to_owned(), child: None });
        self.revive(name)
    }

    /// Starts a killed agent again with the data it had.
    ///
    /// # Errors
    /// When there is no such agent or it cannot be started.
    pub fn revive(&mut self, name: &str) -> Result<()> {
        let log = File::create(self.dir.join(format!("{name}.log")))?;
        let mut command = if is_consul(name) { self.consul(name)? } else { self.nomad(name) };
        let child = command
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::null())
            .stderr(log.try_clone()?)
            .stdout(log)
            .spawn()
            .with_context(|| format!("could not run the agent {name}"))?;
        let agent =
            self.agents.iter_mut().find(|a| a.name == name).with_context(|| format!("no agent {name}"))?;
        agent.child = Some(child);
        Ok(())
    }

    fn nomad(&self, name: &str) -> Command {
        let mut command = Command::new(&self.options.nomad);
        command.args(["agent", "-config"]).arg(self.dir.join(format!("{name}.hcl")));
        command
    }

    fn consul(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(self.options.consul.as_ref().context("there is no consul binary")?);
        let ip = self.ip(name).to_string();
        command
            .args(["agent", "-node", name, "-bind", &ip, "-client", &ip, "-data-dir"])
            .arg(self.dir.join(name));
        command.args(["-hcl", "disable_update_check = true", "-log-level", "warn"]);
        if name == CONSUL_SERVER {
            command.args(["-server", "-bootstrap-expect", "1"]);
        } else {
            command.args(["-retry-join", &self.ip(CONSUL_SERVER).to_string(), "-retry-interval", "1s"]);
        }
        Ok(command)
    }

    /// `host:port` of the Consul server, where there is one.
    #[must_use]
    pub fn consul_address(&self) -> Option<String> {
        self.options.consul.as_ref().map(|_| format!("{}:8500", self.ip(CONSUL_SERVER)))
    }

    /// Name of the server that leads now.
    ///
    /// # Errors
    /// When none does.
    pub async fn leader(&self) -> Result<String> {
        for i in 1..=self.options.servers {
            let name = format!("s{i}");
            let Ok(reply) = self.client(&name).with_patience(Patience::NONE).read(&agent::leader()).await
            else {
                continue;
            };
            let host = reply.value.split(':').next().unwrap_or_default().to_owned();
            let found =
                (1..=self.options.servers).map(|i| format!("s{i}")).find(|s| self.ip(s).to_string() == host);
            return found.with_context(|| format!("unknown leader {host}"));
        }
        bail!("no server answers")
    }

    /// A client with the management token, asking this agent.
    #[must_use]
    pub fn client(&self, name: &str) -> Http {
        let address = Address::parse(Product::Nomad, &self.address(name)).expect("an address made of digits");
        Http::new(Endpoint {
            product: Product::Nomad,
            address,
            origin: "the cluster".to_owned(),
            token: (!self.token.is_empty()).then(|| SecretString::from(self.token.as_str())),
            basic: None,
            tls: TlsOptions::default(),
            params: Vec::new(),
        })
    }

    async fn become_ready(&mut self) -> Result<()> {
        let begun = Instant::now();
        let late = |what: &str, dir: &Path| {
            anyhow::anyhow!("{what} within {} s; the logs are in {}", READY_WITHIN.as_secs(), dir.display())
        };
        while self.leader().await.is_err() {
            if begun.elapsed() > READY_WITHIN {
                return Err(late("no leader", &self.dir));
            }
            sleep(Duration::from_millis(200)).await;
        }
        self.bootstrap(begun).await?;
        let client = self.client("s1");
        loop {
            let nodes = client.list(&node::list()).await.map(|r| r.value).unwrap_or_default();
            if nodes.iter().filter(|n| n.is_schedulable()).count() >= usize::from(self.options.clients) {
                return Ok(());
            }
            if begun.elapsed() > READY_WITHIN {
                return Err(late("not every client is ready", &self.dir));
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    async fn bootstrap(&mut self, begun: Instant) -> Result<()> {
        /// The token that was made.
        #[derive(Deserialize)]
        struct MadeToken {
            #[serde(rename = "SecretID")]
            secret_id: String,
        }
        let call: Write<MadeToken> = Write::put("/v1/acl/bootstrap", "make the first token");
        loop {
            match self.client("s1").write(&Permission::granted(Grant::Explicit), &call).await {
                Ok(made) => {
                    self.token = made.value.secret_id;
                    return Ok(());
                }
                Err(e) if begun.elapsed() > READY_WITHIN => return Err(e.into()),
                Err(_) => sleep(Duration::from_millis(300)).await,
            }
        }
    }

    /// Servers at 127.N.0.x, clients and their Consul agents at 127.N.1.x, the Consul server at 127.N.2.1.
    fn ip(&self, name: &str) -> Ipv4Addr {
        let place = name.strip_prefix("consul-").unwrap_or(name);
        let kind = match place.chars().next() {
            Some('c') => 1,
            _ if is_consul(name) => 2,
            _ => 0,
        };
        let number = place.get(1..).and_then(|n| n.parse().ok()).unwrap_or(1);
        Ipv4Addr::new(127, self.network, kind, number)
    }

    fn configuration(&self, name: &str) -> String {
        let ip = self.ip(name);
        let dir = self.dir.join(name);
        // An address where nobody listens keeps an agent from finding a Consul it should not know of.
        let consul = match &self.options.consul {
            Some(_) if name.starts_with('c') => format!("{ip}:8500"),
            _ => "127.255.255.254:1".to_owned(),
        };
        let role = if name.starts_with('s') { self.server() } else { self.node(name) };
        format!(
            "name = \"{name}\"\nregion = \"global\"\ndatacenter = \"dc1\"\ndisable_update_check = true\n\
             data_dir = \"{}\"\nbind_addr = \"{ip}\"\nlog_level = \"INFO\"\n\
             advertise {{\n  http = \"{ip}\"\n  rpc = \"{ip}\"\n  serf = \"{ip}\"\n}}\n\
             ui {{\n  enabled = false\n}}\nacl {{\n  enabled = true\n}}\n\
             consul {{\n  address = \"{consul}\"\n  auto_advertise = false\n  server_auto_join = false\n  \
             client_auto_join = false\n}}\n{role}",
            dir.display()
        )
    }

    fn server(&self) -> String {
        let first = self.ip("s1");
        format!(
            "server {{\n  enabled = true\n  bootstrap_expect = {}\n  heartbeat_grace = \"3s\"\n  server_join {{\n    \
             retry_join = [\"{first}:4648\"]\n    retry_interval = \"1s\"\n  }}\n}}\n",
            self.options.servers
        )
    }

    fn node(&self, name: &str) -> String {
        let number: u32 = name[1..].parse().unwrap_or(1);
        // How long a task lives may depend on where it lands: that is how a replacement falls ill.
        let (class, life) =
            if number <= u32::from(self.options.clients) / 2 { ("old", "240h") } else { ("new", "200ms") };
        let servers: Vec<String> =
            (1..=self.options.servers).map(|i| format!("\"{}:4647\"", self.ip(&format!("s{i}")))).collect();
        // All clients share one loopback interface, so each gets dynamic ports of its own.
        let link =
            |(from, to): &(PathBuf, PathBuf)| format!("    \"{}\" = \"{}\"\n", from.display(), to.display());
        let chroot = match self.options.chroot.as_slice() {
            [] => String::new(),
            files => format!("  chroot_env {{\n{}  }}\n", files.iter().map(link).collect::<String>()),
        };
        let low = 20_000 + (u32::from(self.network) * 613) % 30_000 + number * 50;
        format!(
            "client {{\n  enabled = true\n  servers = [{}]\n  network_interface = \"lo\"\n  min_dynamic_port = {low}\n  \
             max_dynamic_port = {}\n  cpu_total_compute = 4000\n  memory_total_mb = 4096\n  node_class = \"{class}\"\n  \
             meta {{\n    rack = \"r{}\"\n    task_life = \"{life}\"\n  }}\n  options {{\n    \"fingerprint.denylist\" = \
             \"env_aws,env_gce,env_azure,env_digitalocean,cloud,nvidia\"\n  }}\n{chroot}}}\n\
             plugin \"raw_exec\" {{\n  config {{\n    enabled = true\n  }}\n}}\n",
            servers.join(", "),
            low + 49,
            number % 3
        )
    }
}

impl Drop for RealFleet {
    fn drop(&mut self) {
        for agent in &mut self.agents {
            if let Some(mut child) = agent.child.take() {
                drop(child.kill());
                drop(child.wait());
            }
        }
        unmount_below(&self.dir);
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

/// Name of the Consul server; the agents beside the clients are `consul-c1` and so on.
const CONSUL_SERVER: &str = "consul-server";

fn is_consul(name: &str) -> bool {
    name.starts_with("consul-")
}

/// Tasks leave small file systems mounted in their directories.
fn unmount_below(dir: &Path) {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let points =
        mounts.lines().filter_map(|l| l.split(' ').nth(1)).filter(|point| Path::new(point).starts_with(dir));
    for point in points {
        drop(Command::new("umount").args(["-l", point]).stderr(Stdio::null()).status());
    }
}

/// A second octet under which nobody serves Nomad.
fn free_network() -> Option<u8> {
    let first = u8::try_from(std::process::id() % 200).unwrap_or(0) + 40;
    (0..200_u8).map(|i| 40 + (first - 40 + i) % 200).find(|&network| {
        TcpListener::bind((Ipv4Addr::new(127, network, 0, 1), 4646)).is_ok()
            && !std::env::temp_dir().join(format!("fleet-real-{}-{network}", std::process::id())).exists()
    })
}

/// Whether the cluster's nodes can run the tasks of the scenarios; a released `nomad` has no `mock_driver`.
///
/// # Errors
/// When the nodes cannot be listed.
pub async fn has_mock_driver(nomad: &Http) -> Result<bool> {
    let nodes = nomad.list(&node::list()).await?.value;
    Ok(nodes.iter().all(|n| n.drivers.get("mock_driver").is_some_and(|d| d.healthy)))
}
