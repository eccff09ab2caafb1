//! `fleet operator debug`

mod bundle;

use std::path::PathBuf;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout_at};

use self::bundle::{Bundle, Missing};
use crate::api::http::{Get, Http};
use crate::api::nomad::agent::{self, Monitored};
use crate::api::nomad::node::{self, NodeStatus};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::words;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, bytes_text, column, duration, duration_text};

/// The most that is kept of one agent's log, in bytes.
const LONGEST_LOG: usize = 32 << 20;

/// What is read of the cluster: the file, the path and its parameters, the right.
const ONCE: &[(&str, &str, &str, &str)] = &[
    ("cluster/members.json", "/v1/agent/members", "", "node { policy = \"read\" }"),
    ("cluster/leader.json", "/v1/status/leader", "", ""),
    ("cluster/peers.json", "/v1/status/peers", "", ""),
    ("cluster/regions.json", "/v1/regions", "", ""),
    ("cluster/agent-self.json", "/v1/agent/self", "", "agent { policy = \"read\" }"),
    ("cluster/agent-host.json", "/v1/agent/host", "", "agent { policy = \"read\" }"),
    ("cluster/raft.json", "/v1/operator/raft/configuration", "", "a management token"),
    ("cluster/autopilot.json", "/v1/operator/autopilot/configuration", "", "operator { policy = \"read\" }"),
    ("cluster/scheduler.json", "/v1/operator/scheduler/configuration", "", "operator { policy = \"read\" }"),
    ("cluster/namespaces.json", "/v1/namespaces", "", ""),
    ("cluster/node-pools.json", "/v1/node/pools", "", "node_pool \"*\" { policy = \"read\" }"),
    (
        "cluster/scaling-policies.json",
        "/v1/scaling/policies",
        "namespace=*",
        "namespace capability \"list-jobs\"",
    ),
    ("cluster/services.json", "/v1/services", "namespace=*", "namespace capability \"read-job\""),
    (
        "cluster/volumes-host.json",
        "/v1/volumes",
        "type=host&namespace=*",
        "namespace capability \"host-volume-read\"",
    ),
    (
        "cluster/volumes-csi.json",
        "/v1/volumes",
        "type=csi&namespace=*",
        "namespace capability \"csi-list-volume\"",
    ),
    ("cluster/plugins.json", "/v1/plugins", "type=csi", "plugin { policy = \"list\" }"),
];

/// What is read again and again.
const EACH_TIME: &[(&str, &str, &str, &str)] = &[
    ("nodes.json", "/v1/nodes", "resources=true", "node { policy = \"read\" }"),
    ("jobs.json", "/v1/jobs", "namespace=*", "namespace capability \"list-jobs\""),
    ("deployments.json", "/v1/deployments", "namespace=*", "namespace capability \"read-job\""),
    ("evaluations.json", "/v1/evaluations", "namespace=*", "namespace capability \"read-job\""),
    ("allocations.json", "/v1/allocations", "namespace=*", "namespace capability \"read-job\""),
    ("autopilot-health.json", "/v1/operator/autopilot/health", "", "operator { policy = \"read\" }"),
    ("metrics.json", "/v1/metrics", "", ""),
];

/// Collect what somebody who helps needs to know of the cluster into one archive, without secrets.
///
/// Over a while the state of the cluster is read again and again, and the logs of agents are followed: of all servers and of
/// some nodes. Tokens, and values under names of secrets, are taken out; what is written is searched for the token once more,
/// and is readable by you alone. Job specifications, variables and files of allocations are not in it. What the token may not
/// read is left out, and `index.json` says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator debug
  fleet operator debug --duration 30s --interval 10s bundle.tar.gz
  fleet operator debug --node c1 --node c2 --log-level debug
  fleet operator debug --duration 0s --max-nodes 0")]
pub struct Args {
    /// The archive; it must not exist yet [default: nomad-debug-REGION-TIME.tar.gz].
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<PathBuf>,

    /// How long to collect; 0s reads everything once.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "2m")]
    duration: Duration,

    /// How often the state of the cluster is read in that time.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s")]
    interval: Duration,

    /// Follow the logs of these nodes' agents, by name or the beginning of the id.
    #[arg(long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: Vec<String>,

    /// Where none is named: of how many nodes at most.
    #[arg(long, value_name = "N", default_value = "10", conflicts_with = "node")]
    max_nodes: usize,

    /// From which level on agents' logs are followed.
    #[arg(long, value_name = "LEVEL", default_value = "debug", value_parser = ["trace", "debug", "info", "warn", "error"])]
    log_level: String,
}

/// What was collected.
#[derive(Debug, Serialize)]
struct Collected {
    file: String,
    size_bytes: u64,
    files: usize,
    samples: usize,
    missing: Vec<Missing>,
}

impl Tabular for Missing {
    const COLUMNS: &'static [Column] = &[column("FILE").whole(), column("WHY").wraps()];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.file), Cell::toned(&self.error, Tone::Warn)]
    }
}

impl Describe for Collected {
    fn describe(&self) -> Detail {
        Detail::new()
            .fields([
                ("bundle", Cell::text(&self.file)),
                ("size", Cell::text(bytes_text(self.size_bytes))),
                ("holds", Cell::text(words::count(self.files, "file"))),
                ("samples", Cell::Number(self.samples as u64)),
            ])
            .table("Not in it", &self.missing)
    }
}

/// Collects and writes the archive.
///
/// # Errors
/// Refused (7) when the file exists, unreachable (5) when nothing answers.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if args.interval.is_zero() {
        return Err(Error::usage("--interval has to be longer than nothing"));
    }
    let nomad = app.nomad()?;
    // Without an answer to this nothing else is worth asking.
    let regions = nomad.read(&agent::regions()).await?.value;
    let region = nomad.region().map(str::to_owned).or_else(|| regions.first().cloned()).unwrap_or_default();
    let time = app.printer.now().strftime("%Y%m%dT%H%M%SZ");
    let root = format!("nomad-debug-{region}-{time}");
    let path = args.file.clone().unwrap_or_else(|| PathBuf::from(format!("{root}.tar.gz")));
    if path.exists() {
        return Err(Error::refused(format!("{} exists already; it was not touched", path.display())));
    }
    let mut bundle = Bundle::new(root, tokens(app)?);
    let mut samples = 0;
    for (file, path, query, needs) in ONCE {
        take(&mut bundle, nomad, file, path, query, needs).await?;
    }
    let agents = agents(args, app, &mut bundle).await?;
    let end = Instant::now() + args.duration;
    let (send, mut done) = tokio::sync::mpsc::unbounded_channel();
    let mut followed = tokio::task::JoinSet::new();
    if !args.duration.is_zero() {
        for (file, of) in agents {
            let (nomad, level, send) = (nomad.clone(), args.log_level.clone(), send.clone());
            followed.spawn(async move { drop(send.send((file, follow(&nomad, &of, &level, end).await))) });
        }
    }
    drop(send);
    loop {
        for (file, path, query, needs) in EACH_TIME {
            take(&mut bundle, nomad, &format!("samples/{samples:04}/{file}"), path, query, needs).await?;
        }
        samples += 1;
        let next = Instant::now() + args.interval;
        if next > end {
            break;
        }
        let left = end.saturating_duration_since(Instant::now());
        app.printer.note(&format!("sample {samples} taken; {} to go", duration_text(left)));
        sleep_until(next).await;
    }
    sleep_until(end).await;
    while let Some((file, log)) = done.recv().await {
        match log {
            Ok((text, cut)) => {
                bundle.text(&file, &text);
                cut.into_iter().for_each(|why| bundle.lacks(&file, &why));
            }
            Err(error) => bundle.lacks(&file, &error),
        }
    }
    let index = json!({
        "tool": format!("fleet {}", env!("CARGO_PKG_VERSION")),
        "region": region,
        "duration_s": args.duration.as_secs(),
        "interval_s": args.interval.as_secs(),
        "samples": samples,
        "written_at": app.printer.now().to_string(),
        "missing": bundle.missing,
    });
    bundle.document("index.json", index)?;
    let (files, missing) = (bundle.len(), bundle.missing.clone());
    let size_bytes = bundle.write(&path)?;
    app.printer.object(&Collected { file: path.display().to_string(), size_bytes, files, samples, missing })
}

/// The tokens of this run, which must be nowhere in the bundle.
fn tokens(app: &App) -> Result<Vec<String>> {
    let settings = app.settings()?;
    let nomad = settings.nomad.endpoint()?.token;
    let consul = settings.consul.endpoint()?.and_then(|endpoint| endpoint.token);
    let all = [nomad, consul].into_iter().flatten().map(|token| token.expose_secret().to_owned());
    Ok(all.filter(|token| !token.is_empty()).collect())
}

/// Reads one document, or notes why it cannot be had.
async fn take(
    bundle: &mut Bundle,
    nomad: &Http,
    file: &str,
    path: &'static str,
    query: &str,
    needs: &'static str,
) -> Result<()> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let call = Get::<Value>::new(path, format!("read {path}")).needs(needs).queries(pairs).also_good(429);
    match nomad.read(&call).await {
        Ok(reply) => bundle.document(file, reply.value),
        Err(error) => {
            bundle.lacks(file, &error);
            Ok(())
        }
    }
}

/// Whose logs are followed, and the files they go to.
async fn agents(args: &Args, app: &App, bundle: &mut Bundle) -> Result<Vec<(String, Monitored)>> {
    let nomad = app.nomad()?;
    let mut agents = Vec::new();
    match nomad.read(&agent::members()).await {
        Ok(reply) => agents.extend(
            reply
                .value
                .members
                .into_iter()
                .filter(|m| m.status == "alive")
                .map(|m| (format!("server/{}.log", m.name), Monitored::Server(m.name))),
        ),
        Err(error) => bundle.lacks("server/", &error),
    }
    for name in &args.node {
        let node = resolve::node(nomad, name).await?;
        agents.push((format!("client/{}-{}.log", node.name, node.id), Monitored::Node(node.id)));
    }
    if args.node.is_empty() && args.max_nodes > 0 {
        match nomad.list(&node::list()).await {
            Ok(reply) => {
                let ready = reply.value.into_iter().filter(|n| n.status == NodeStatus::Ready);
                agents.extend(
                    ready
                        .take(args.max_nodes)
                        .map(|n| (format!("client/{}-{}.log", n.name, n.id), Monitored::Node(n.id))),
                );
            }
            Err(error) => bundle.lacks("client/", &error),
        }
    }
    Ok(agents)
}

/// Follows the log of an agent to the end of the time; says why where that is not all of it.
async fn follow(nomad: &Http, of: &Monitored, level: &str, end: Instant) -> Result<(String, Option<String>)> {
    let call = agent::monitor(of, level).query("plain", "true");
    let mut log = Vec::new();
    let mut cut = None;
    let opened = timeout_at(end, nomad.download(&call)).await;
    // A quiet agent sends nothing, not even that it will.
    let Ok(opened) = opened else { return Ok((String::new(), None)) };
    let mut stream = opened?;
    loop {
        match timeout_at(end, stream.chunk()).await {
            Err(_) => break,
            Ok(Ok(Some(piece))) if log.len() + piece.len() <= LONGEST_LOG => log.extend_from_slice(&piece),
            Ok(Ok(Some(_))) => {
                cut = Some(format!("only the first {} are in it", bytes_text(LONGEST_LOG as u64)));
                break;
            }
            Ok(Ok(None)) => {
                cut = Some("the agent ended its log stream early".to_owned());
                break;
            }
            Ok(Err(error)) => {
                cut = Some(format!("its log stream broke off: {error}"));
                break;
            }
        }
    }
    Ok((String::from_utf8_lossy(&log).into_owned(), cut))
}
