//! `fleet operator …`

pub mod api;
pub mod autopilot;
pub mod debug;
pub mod gossip_keyring;
pub mod keyring;
pub mod metrics;
pub mod raft;
pub mod scheduler;
pub mod settings;
pub mod snapshot;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs for those who run the servers.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Api(api::Args),
    /// Look at autopilot, and change its settings.
    #[command(subcommand)]
    Autopilot(autopilot::Command),
    Debug(debug::Args),
    /// Look at the keys of the servers' gossip, and change them.
    #[command(subcommand)]
    GossipKeyring(gossip_keyring::Command),
    /// Look at the root keys, rotate and delete them.
    #[command(subcommand)]
    Keyring(keyring::Command),
    Metrics(metrics::Args),
    /// Look at the servers in raft, and remove one.
    #[command(subcommand)]
    Raft(raft::Command),
    /// Look at the scheduler's settings, and change them.
    #[command(subcommand)]
    Scheduler(scheduler::Command),
    /// Save, look into, verify and restore snapshots of the servers' state.
    #[command(subcommand)]
    Snapshot(snapshot::Command),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Api(args) => api::run(&args, app).await?,
            Command::Autopilot(command) => command.run(app).await?,
            Command::Debug(args) => debug::run(&args, app).await?,
            Command::GossipKeyring(command) => command.run(app).await?,
            Command::Keyring(command) => command.run(app).await?,
            Command::Metrics(args) => metrics::run(&args, app).await?,
            Command::Raft(command) => command.run(app).await?,
            Command::Scheduler(command) => command.run(app).await?,
            Command::Snapshot(command) => command.run(app).await?,
        }
        Ok(ExitCode::Done)
    }
}
