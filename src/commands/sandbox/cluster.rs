//! The cluster that `run`, `shell` and `up` start, simulated or real.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::api::http::{Ask, Http, Write};
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::api::nomad::node::{self, Eligibility};
use crate::api::permission::{Grant, Permission};
use crate::clock::SharedClock;
use crate::config::Environment;
use crate::error::{Error, Result};
use crate::sandbox::faults::Rule;
use crate::sandbox::real::{RealFleet, RealOptions};
use crate::sandbox::scenario::Scenario;
use crate::sandbox::time::Pace;
use crate::sandbox::{Options, Sandbox};

/// Which cluster.
#[derive(Debug, clap::Args)]
pub(super) struct ClusterArgs {
    /// Scenario to start: `bare`, `small`, `full`, `pinned`, `flaky` or `large`.
    #[arg(long, default_value_t = Scenario::Small, value_name = "NAME", value_parser = parser())]
    scenario: Scenario,

    /// Run the cluster's clock this many times faster than real time.
    #[arg(long, default_value_t = 1.0, value_name = "TIMES", value_parser = speed, conflicts_with = "real")]
    speed: f64,

    /// Seed for everything random, so that a run can be repeated.
    #[arg(long, default_value_t = 1, value_name = "NUMBER", conflicts_with = "real")]
    seed: u64,

    /// Inject a fault: `METHOD PATH [nth=N] [times=N] [p=0.5] EFFECT`.
    ///
    /// The method may be `*`, and the path may contain `*` for anything. Effects: `status=503`, `reset`, `truncate=100`, `delay=2s`,
    /// `hang`, `no-leader=10s`, `kill-leader`, `too-many`, `drop-reply`, `no-reply`, `stale-index=5`, `kill-node=3s`,
    /// `pause-node=1m`, `never-healthy`. Example: `PUT /v1/node/*/drain nth=2 drop-reply`.
    #[arg(long = "fault", value_name = "RULE", conflicts_with = "real")]
    faults: Vec<Rule>,

    /// Start real agents on loopback instead, from the `nomad` (and `consul`) on PATH.
    #[arg(long)]
    real: bool,

    /// Number of real servers.
    #[arg(long, default_value_t = 3, value_name = "NUMBER", requires = "real", value_parser = clap::value_parser!(u8).range(1..=7))]
    servers: u8,

    /// Number of real clients; the first half have class old.
    #[arg(long, default_value_t = 6, value_name = "NUMBER", requires = "real", value_parser = clap::value_parser!(u8).range(1..=40))]
    clients: u8,
}

fn parser() -> impl clap::builder::TypedValueParser<Value = Scenario> {
    use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
    let names = Scenario::ALL.map(|s| PossibleValue::new(s.name()).help(s.story()));
    PossibleValuesParser::new(names).try_map(|name| name.parse::<Scenario>())
}

fn speed(text: &str) -> Result<f64, String> {
    let times: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.01..=10_000.0).contains(&times) { Ok(times) } else { Err("between 0.01 and 10000".to_owned()) }
}

/// The address of the simulated cluster, and its management token.
#[derive(Debug, Default)]
pub(super) struct SimulatedAccess {
    /// Loopback address; any port when none.
    pub(super) listen: Option<SocketAddr>,
    /// Secret id of the management token; random when none.
    pub(super) token: Option<String>,
}

/// What is running. Dropping it ends it.
#[derive(Debug, Default)]
pub(super) struct Cluster {
    simulated: Option<Sandbox>,
    _real: Option<RealFleet>,
}

/// How to reach the cluster that runs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ClusterAccess {
    pub(super) scenario: &'static str,
    pub(super) nomad_addr: String,
    pub(super) nomad_token: String,
    pub(super) consul_http_addr: Option<String>,
    pub(super) consul_http_token: Option<String>,
}

impl ClusterArgs {
    /// Starts the cluster.
    pub(super) async fn start(
        &self,
        door: SimulatedAccess,
        env: &Environment,
    ) -> Result<(Cluster, ClusterAccess)> {
        if self.real { self.start_real(env).await } else { self.simulate(door).await }
    }

    pub(super) fn story(&self) -> String {
        let kind = if self.real { "real agents" } else { "the embedded fleet" };
        let fast = match self.real || (self.speed - 1.0).abs() < f64::EPSILON {
            true => String::new(),
            false => format!("; its clock runs {} times as fast as yours", self.speed),
        };
        format!("{kind}, scenario {}: {}{fast}", self.scenario, self.scenario.story())
    }

    async fn simulate(&self, door: SimulatedAccess) -> Result<(Cluster, ClusterAccess)> {
        let options = Options {
            scenario: self.scenario,
            pace: Pace::Real { speed: self.speed },
            seed: self.seed,
            listen: door.listen.unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
            token: door.token,
            start: None,
            faults: self.faults.clone(),
            run_tasks: true,
            consul: true,
        };
        let failed = |e: String| Error::failed("could not start the embedded fleet").because(e);
        // A large one takes a while to make, in which Ctrl-C is heard.
        let made = tokio::task::spawn_blocking(move || Sandbox::start(options)).await;
        let sandbox = made.map_err(|e| failed(e.to_string()))?.map_err(|e| failed(e.to_string()))?;
        let reach = ClusterAccess {
            scenario: self.scenario.name(),
            nomad_addr: sandbox.nomad_address(),
            nomad_token: sandbox.token().to_owned(),
            consul_http_addr: sandbox.consul_address(),
            consul_http_token: sandbox.consul_token().map(str::to_owned),
        };
        Ok((Cluster { simulated: Some(sandbox), ..Cluster::default() }, reach))
    }

    async fn start_real(&self, env: &Environment) -> Result<(Cluster, ClusterAccess)> {
        if self.scenario == Scenario::Large {
            return Err(Error::usage("scenario large exists only on the embedded fleet")
                .hint("leave out --real, or choose another scenario"));
        }
        let nomad = env
            .on_path("nomad")
            .ok_or_else(|| Error::failed("no nomad on PATH to start real agents with"))?;
        let consul = env.on_path("consul");
        let options =
            RealOptions { nomad, servers: self.servers, clients: self.clients, consul, chroot: Vec::new() };
        let failed =
            |e: anyhow::Error| Error::failed("could not start real agents").because(format!("{e:#}"));
        let fleet = RealFleet::start(options).await.map_err(failed)?;
        self.register_jobs(&fleet).await?;
        let reach = ClusterAccess {
            scenario: self.scenario.name(),
            nomad_addr: fleet.address("s1"),
            nomad_token: fleet.token.clone(),
            consul_http_addr: fleet.consul_address(),
            consul_http_token: None,
        };
        Ok((Cluster { _real: Some(fleet), ..Cluster::default() }, reach))
    }

    /// The scenario's jobs, on agents that know nothing of scenarios: the new nodes take no work until the first of them
    /// are placed.
    async fn register_jobs(&self, fleet: &RealFleet) -> Result<()> {
        let client = fleet.client("s1");
        let permission = Permission::granted(Grant::Explicit);
        let nodes = client.list(&node::list()).await?.value;
        let new: Vec<_> = nodes.iter().filter(|n| n.node_class == "new").collect();
        let jobs = self.scenario.jobs();
        for (files, eligibility) in
            [(jobs.first, Eligibility::Ineligible), (jobs.then, Eligibility::Eligible)]
        {
            for node in &new {
                client.write(&permission, &node::set_eligibility(&node.id, eligibility)).await?;
            }
            for file in files {
                register(&client, file).await?;
            }
        }
        Ok(())
    }
}

/// Registers a job and waits until a scheduler has looked at it.
async fn register(client: &Http, file: &str) -> Result<()> {
    let body = serde_json::json!({"JobHCL": file, "Canonicalize": true});
    let parsed: Value = client.ask(&Ask::post("/v1/jobs/parse", "parse a job").body(&body)).await?.value;
    let call: Write<Value> =
        Write::put("/v1/jobs", "register a job").body(&serde_json::json!({"Job": parsed}));
    let made = client.write(&Permission::granted(Grant::Explicit), &call).await?.value;
    let Some(eval) = made["EvalID"].as_str().filter(|id| !id.is_empty()) else { return Ok(()) };
    let call = evaluation::get(parsed["Namespace"].as_str().unwrap_or("default"), eval);
    while client.read(&call).await?.value.status == EvalStatus::Pending {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

impl Cluster {
    /// The cluster's clock.
    pub(super) fn clock(&self, ours: &SharedClock) -> SharedClock {
        self.simulated.as_ref().map_or_else(|| SharedClock::clone(ours), Sandbox::clock)
    }
}

impl ClusterAccess {
    /// The variables that lead to the cluster.
    pub(super) fn variables(&self) -> Vec<(&'static str, &str)> {
        let mut variables =
            vec![("NOMAD_ADDR", self.nomad_addr.as_str()), ("NOMAD_TOKEN", self.nomad_token.as_str())];
        variables.extend(self.consul_http_addr.as_deref().map(|addr| ("CONSUL_HTTP_ADDR", addr)));
        variables.extend(self.consul_http_token.as_deref().map(|token| ("CONSUL_HTTP_TOKEN", token)));
        variables
    }

    /// An environment for commands on this cluster: no variable of another cluster, and journals in `state`, which is removed with
    /// the cluster.
    pub(super) fn environment(&self, outer: &Environment, state: &std::path::Path) -> Environment {
        let leads =
            |name: &str| name.starts_with("NOMAD_") || name.starts_with("CONSUL_") || name == "FLEET_CONTEXT";
        let kept = outer.iter().filter(|(name, _)| !leads(name));
        let mut env = Environment::from_pairs(kept.map(|(n, v)| (n.to_owned(), v.to_owned())));
        for (name, value) in self.variables() {
            env.set(name, value);
        }
        env.set("FLEET_STATE_DIR", state.display().to_string());
        env
    }
}

/// A directory for the state of one cluster, removed with it.
pub(super) fn state_dir() -> Result<tempfile::TempDir> {
    tempfile::Builder::new()
        .prefix("fleet-sandbox-")
        .tempdir()
        .map_err(|e| Error::failed("could not make a temporary directory").because(e.to_string()))
}
