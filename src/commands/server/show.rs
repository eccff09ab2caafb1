//! `fleet server show`

use serde::Serialize;

use crate::api::nomad::operator;
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::Result;
use crate::model::servers::Server;
use crate::ui::{Cell, Describe, Detail};

/// Show a server: what gossip, autopilot and raft know of it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server show s1
  fleet server show s1.global -o json")]
pub struct Args {
    /// The server, by its name with or without the region.
    #[arg(value_name = "SERVER", add = clap_complete::ArgValueCompleter::new(complete::servers))]
    name: String,
}

/// A server.
#[derive(Debug, Serialize)]
struct ServerDetail {
    #[serde(flatten)]
    server: Server,
    /// Its id in raft; none where autopilot does not know it.
    raft_id: Option<String>,
    /// Its RPC address as autopilot has it.
    rpc_address: Option<String>,
}

impl Describe for ServerDetail {
    fn describe(&self) -> Detail {
        let s = &self.server;
        let yes_no = |known: Option<bool>| match known {
            Some(true) => Cell::text("yes"),
            Some(false) => Cell::text("no"),
            None => Cell::text("not known"),
        };
        let text = |known: &Option<String>| known.as_ref().map_or(Cell::Empty, Cell::from);
        Detail::new().fields([
            ("name", Cell::text(&s.name)),
            ("address", Cell::from(&s.address)),
            ("rpc", text(&self.rpc_address)),
            ("gossip", text(&s.status)),
            ("healthy", yes_no(s.healthy)),
            ("leader", yes_no(s.leader)),
            ("voter", yes_no(s.voter)),
            ("raft id", text(&self.raft_id)),
            ("version", Cell::from(&s.version)),
        ])
    }
}

/// Shows the server.
///
/// # Errors
/// Not found (3).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let server = super::find(super::assess(app, nomad).await?.servers, &args.name)?;
    let autopilot = nomad.read(&operator::autopilot_health()).await.map(|reply| reply.value.servers);
    let health = autopilot.unwrap_or_default().into_iter().find(|h| h.name == server.name);
    let (raft_id, rpc_address) = health.map(|h| (h.id, h.address)).unzip();
    app.printer.object(&ServerDetail { server, raft_id, rpc_address })
}
