//! `fleet operator autopilot show`, `set` and `health`

use std::time::Duration;

use clap::Subcommand;
use serde::Serialize;
use serde_json::Value;

use super::settings::listed;
use crate::api::http::Patience;
use crate::api::nomad::operator::{self, AutopilotHealth};
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration};

/// Verbs on autopilot.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Health(HealthArgs),
    Set(SetArgs),
    Show(ShowArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Health(_) => health(app).await,
            Command::Set(args) => set(&args, app).await,
            Command::Show(_) => {
                let now = app.nomad()?.read(&operator::autopilot_configuration()).await?.value;
                app.printer.object(&listed(&now, None))
            }
        }
    }
}

/// Show autopilot's settings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator autopilot show
  fleet operator autopilot show -o json")]
pub struct ShowArgs {}

/// Show the servers' health as autopilot sees it, which forgets a dead server soon: `fleet server list` compares it with
/// the gossip.
///
/// The exit code is 1 when it finds them unhealthy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator autopilot health")]
pub struct HealthArgs {}

/// Change autopilot's settings. What you do not name stays as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator autopilot set --cleanup-dead-servers false
  fleet operator autopilot set --server-stabilization-time 30s --min-quorum 3 --yes")]
#[command(group(clap::ArgGroup::new("wanted").required(true).multiple(true)))]
pub struct SetArgs {
    /// Whether dead servers are removed once the others are healthy.
    #[arg(long, value_name = "BOOL", group = "wanted")]
    cleanup_dead_servers: Option<bool>,

    /// How long a server may be out of touch with the leader and be healthy.
    #[arg(long, value_name = "DURATION", value_parser = duration, group = "wanted")]
    last_contact_threshold: Option<Duration>,

    /// How many log entries a server may trail the leader by and be healthy.
    #[arg(long, value_name = "N", group = "wanted")]
    max_trailing_logs: Option<u64>,

    /// How many servers there must be before dead ones are removed.
    #[arg(long, value_name = "N", group = "wanted")]
    min_quorum: Option<u64>,

    /// How long a new server must be healthy before it votes.
    #[arg(long, value_name = "DURATION", value_parser = duration, group = "wanted")]
    server_stabilization_time: Option<Duration>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

impl SetArgs {
    /// The document with what is named here.
    fn over(&self, before: &Value) -> Value {
        let mut wanted = before.clone();
        // Go reads milliseconds of any number.
        let time = |d: Duration| Value::String(format!("{}ms", d.as_millis()));
        let fields = [
            ("CleanupDeadServers", self.cleanup_dead_servers.map(Value::Bool)),
            ("LastContactThreshold", self.last_contact_threshold.map(time)),
            ("MaxTrailingLogs", self.max_trailing_logs.map(Value::from)),
            ("MinQuorum", self.min_quorum.map(Value::from)),
            ("ServerStabilizationTime", self.server_stabilization_time.map(time)),
        ];
        for (field, value) in fields {
            if let Some(value) = value {
                wanted[field] = value;
            }
        }
        wanted
    }
}

async fn set(args: &SetArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let before = nomad.read(&operator::autopilot_configuration()).await?.value;
    let wanted = args.over(&before);
    let preview = listed(&wanted, Some(&before));
    if args.dry_run || !preview.changed {
        app.printer.note(if preview.changed { "nothing is changed: --dry-run" } else { "nothing to change" });
        return app.printer.object(&preview);
    }
    app.printer.aside(&preview);
    let permission = app.confirm(args.yes, "Change autopilot's settings?").await?;
    let index = before["ModifyIndex"].as_u64().unwrap_or_default();
    // The check of the index makes a second attempt harmless; the read after it has the last word.
    let unknown = async || Ok(None::<()>);
    let call = operator::set_autopilot_configuration(&wanted, index);
    let settled = settle(nomad, &permission, &call, Patience::OPERATION, unknown).await?;
    let now = nomad.read(&operator::autopilot_configuration()).await?.value;
    let stored = listed(&now, Some(&before));
    if matches!(settled, Settled::Replied(reply) if !reply.value) || !stored.changed {
        return Err(Error::refused("somebody else changed autopilot's settings meanwhile")
            .hint("run the same command again to see what would change now"));
    }
    app.printer.object(&stored)
}

/// What autopilot knows.
#[derive(Debug, Serialize)]
struct Health {
    healthy: bool,
    failure_tolerance: i64,
    servers: Vec<OfServer>,
}

#[derive(Debug, Serialize)]
struct OfServer {
    name: String,
    address: String,
    gossip: String,
    healthy: bool,
    voter: bool,
    leader: bool,
    version: String,
}

impl Tabular for OfServer {
    const COLUMNS: &'static [Column] = &[
        column("NAME").whole(),
        column("ADDRESS").rank(1),
        column("GOSSIP"),
        column("HEALTHY"),
        column("VOTER"),
        column("LEADER"),
        column("VERSION").rank(2),
    ];

    fn cells(&self) -> Vec<Cell> {
        let flag = |is: bool, tone| if is { Cell::text("yes") } else { Cell::toned("no", tone) };
        vec![
            Cell::text(&self.name),
            Cell::from(&self.address),
            Cell::from(&self.gossip),
            flag(self.healthy, Tone::Bad),
            flag(self.voter, Tone::Warn),
            flag(self.leader, Tone::Dim),
            Cell::from(&self.version),
        ]
    }
}

impl Describe for Health {
    fn describe(&self) -> Detail {
        let (word, tone) = if self.healthy { ("healthy", Tone::Good) } else { ("unhealthy", Tone::Bad) };
        Detail::new()
            .fields([
                ("servers", Cell::toned(word, tone)),
                ("may fail", Cell::text(self.failure_tolerance.to_string())),
            ])
            .table("Servers", &self.servers)
    }
}

impl From<AutopilotHealth> for Health {
    fn from(health: AutopilotHealth) -> Self {
        let server = |s: operator::ServerHealth| OfServer {
            name: s.name,
            address: s.address,
            gossip: s.serf_status,
            healthy: s.healthy,
            voter: s.voter,
            leader: s.leader,
            version: s.version,
        };
        Health {
            healthy: health.healthy,
            failure_tolerance: health.failure_tolerance,
            servers: health.servers.into_iter().map(server).collect(),
        }
    }
}

async fn health(app: &App) -> Result<()> {
    let health: Health = app.nomad()?.read(&operator::autopilot_health()).await?.value.into();
    app.printer.object(&health)?;
    if health.servers.is_empty() {
        return Err(Error::failed("autopilot knows of no server yet")
            .because("it is so for a few seconds after an election")
            .hint("ask again in a moment"));
    }
    if health.healthy { Ok(()) } else { Err(Error::failed("autopilot finds the servers unhealthy")) }
}
