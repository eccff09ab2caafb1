//! `fleet operator raft peers` and `remove`

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::Patience;
use crate::api::nomad::agent;
use crate::api::nomad::operator::{self, RaftServer};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// Verbs on raft.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Peers(PeersArgs),
    Remove(RemoveArgs),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<()> {
        match self {
            Command::Peers(_) => peers(app).await,
            Command::Remove(args) => remove(&args, app).await,
        }
    }
}

/// List the servers in raft: who leads and who votes. Needs a management token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator raft peers
  fleet operator raft peers -o json")]
pub struct PeersArgs {}

/// Remove a dead server from raft, by its name or id. Autopilot does it by itself where it may.
///
/// The leader and servers that are alive are refused, and so is whatever would leave fewer than a majority alive.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet operator raft remove s3.global
  fleet operator raft remove d697b11e-34ea-d532-8405-8bb8ee423236 --yes")]
pub struct RemoveArgs {
    /// The server, by its name with or without the region, or by its id in raft.
    #[arg(value_name = "SERVER")]
    server: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// A server in raft.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    raft_id: String,
    address: String,
    leader: bool,
    voter: bool,
}

impl From<RaftServer> for Row {
    fn from(s: RaftServer) -> Self {
        Row { name: s.node, raft_id: s.id, address: s.address, leader: s.leader, voter: s.voter }
    }
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("NAME").whole(), column("ID").whole(), column("ADDRESS"), column("ROLE")];

    fn cells(&self) -> Vec<Cell> {
        let role = match (self.leader, self.voter) {
            (true, _) => Cell::toned("leader", Tone::Strong),
            (_, true) => Cell::text("voter"),
            (_, false) => Cell::toned("no voter", Tone::Warn),
        };
        vec![Cell::text(&self.name), Cell::Id(self.raft_id.clone()), Cell::text(&self.address), role]
    }
}

async fn peers(app: &App) -> Result<()> {
    let servers = app.nomad()?.read(&operator::raft_configuration()).await?.value.servers;
    let rows: Vec<Row> = servers.into_iter().map(Row::from).collect();
    app.printer.list(&rows, "no servers in raft")
}

async fn remove(args: &RemoveArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let servers = nomad.read(&operator::raft_configuration()).await?.value.servers;
    let own = |s: &RaftServer| s.node.rsplit_once('.').is_some_and(|(own, _)| own == args.server);
    let is_meant = |s: &&RaftServer| s.id == args.server || s.node == args.server || own(s);
    let Some(target) = servers.iter().find(is_meant) else {
        let known: Vec<_> = servers.iter().map(|s| s.node.as_str()).collect();
        return Err(Error::not_found(format!("there is no server {:?} in raft", args.server))
            .because(format!("there are {}", known.join(", "))));
    };
    let members = nomad.read(&agent::members()).await?.value.members;
    let is_alive = |s: &RaftServer| members.iter().any(|m| m.name == s.node && m.status == "alive");
    if target.leader || is_alive(target) {
        let what = if target.leader { "leads" } else { "is alive as the others see it" };
        return Err(Error::refused(format!("server {} {what}; it is not removed", target.node))
            .hint("stop its agent first; a dead server is noticed within about 40 s"));
    }
    let rest: Vec<_> = servers.iter().filter(|s| s.voter && s.id != target.id).collect();
    let alive = rest.iter().filter(|s| is_alive(s)).count();
    if alive * 2 <= rest.len() {
        return Err(Error::refused(format!(
            "without {} only {alive} of {} voters are alive",
            target.node,
            rest.len()
        ))
        .because("no leader could be elected"));
    }
    let question = format!("Remove {} ({}) from raft?", target.node, target.address);
    let permission = app.confirm(args.yes, &question).await?;
    let gone = async || {
        let now = nomad.read(&operator::raft_configuration()).await?.value.servers;
        Ok((!now.iter().any(|s| s.id == target.id)).then_some(()))
    };
    settle(nomad, &permission, &operator::remove_raft_peer(&target.id), Patience::OPERATION, gone).await?;
    let now = nomad.read(&operator::raft_configuration()).await?.value.servers;
    if now.iter().any(|s| s.id == target.id) {
        return Err(Error::failed(format!("server {} is in raft again", target.node))
            .because("its agent runs, and joined once more"));
    }
    let rows: Vec<Row> = now.into_iter().map(Row::from).collect();
    app.printer.list(&rows, "no servers in raft")
}
