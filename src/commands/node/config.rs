//! `fleet node config show` and `set`

use clap::Subcommand;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::node_client;
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::node::outcome::ensure_there;
use crate::commands::shared::{complete, resolve};
use crate::config::DirectMode;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ui::{Cell, Describe, Detail};

/// The port servers listen on for clients where none is said.
const RPC_PORT: u16 = 4647;

/// Verbs on what a running client knows and can be told.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
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
            Command::Set(args) => set(&args, app).await,
            Command::Show(args) => show(&args, app).await,
        }
    }
}

/// Show the servers that a client knows.
///
/// Only the agent of the node itself can tell, so its address has to be in reach.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node config show c1
  fleet node config show c1 -o json")]
pub struct ShowArgs {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,
}

/// Tell a running client which servers there are, in the place of those it knows. It keeps learning of others from them, and
/// after a restart its configuration counts again.
///
/// The client pings each address first and refuses a list with one that does not answer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet node config set c1 --server 10.0.0.11 --server 10.0.0.12:4647")]
pub struct SetArgs {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,

    /// The RPC address of a server; the port is 4647 unless said.
    #[arg(long, short, value_name = "ADDRESS", required = true)]
    server: Vec<String>,
}

/// The servers a client knows.
#[derive(Debug, Serialize)]
struct KnownServers {
    node_id: String,
    node_name: String,
    /// RPC addresses.
    servers: Vec<String>,
    changed: bool,
}

impl Describe for KnownServers {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("node", Cell::text(&self.node_name)),
            ("id", Cell::Id(self.node_id.clone())),
            ("servers", Cell::text(self.servers.join(", "))),
        ])
    }
}

/// The node, and a client of its own agent.
async fn own_agent(app: &App, text: &str) -> Result<(KnownServers, Http)> {
    let nomad = app.nomad()?;
    let node = resolve::node(nomad, text).await?;
    ensure_there(&node)?;
    let own = app.routes.to(nomad, &node.id, DirectMode::Always).await.map_err(|why| {
        Error::new(ExitCode::Unreachable, format!("could not ask the agent of node {}", node.name))
            .because(why)
            .because("which servers a client knows only its own agent can tell")
            .hint("run this where the address of the node is in reach")
    })?;
    Ok((KnownServers { node_id: node.id, node_name: node.name, servers: Vec::new(), changed: false }, own))
}

async fn servers_of(own: &Http) -> Result<Vec<String>> {
    let mut servers = own.read(&node_client::servers()).await?.value;
    servers.sort();
    Ok(servers)
}

async fn show(args: &ShowArgs, app: &App) -> Result<()> {
    let (mut known, own) = own_agent(app, &args.node).await?;
    known.servers = servers_of(&own).await?;
    app.printer.object(&known)
}

/// The address with a port.
fn with_port(address: &str) -> String {
    let has_port = match address.strip_prefix('[') {
        Some(v6) => v6.split_once(']').is_some_and(|(_, port)| port.starts_with(':')),
        // A bare address of version 6 has more than one colon.
        None => address.matches(':').count() == 1,
    };
    match (has_port, address.contains("::") && !address.starts_with('[')) {
        (true, _) => address.to_owned(),
        (false, true) => format!("[{address}]:{RPC_PORT}"),
        (false, false) => format!("{address}:{RPC_PORT}"),
    }
}

async fn set(args: &SetArgs, app: &App) -> Result<()> {
    let (mut known, own) = own_agent(app, &args.node).await?;
    let mut wanted: Vec<String> = args.server.iter().map(|a| with_port(a)).collect();
    wanted.sort();
    wanted.dedup();
    let before = servers_of(&own).await?;
    if before != wanted {
        let own = own.with_patience(Patience::OPERATION);
        let read_back = async || {
            let mut now = own.read(&node_client::servers()).await?.value;
            now.sort();
            Ok((now == wanted).then_some(()))
        };
        settle(&own, &app.explicit(), &node_client::set_servers(&wanted), Patience::VIEW, read_back).await?;
    }
    known.servers = servers_of(&own).await?;
    known.changed = before != known.servers;
    // A client goes on learning from the servers it was told of: those must be among what it knows.
    let missing: Vec<&String> = wanted.iter().filter(|a| !known.servers.contains(a)).collect();
    if let [first, ..] = missing[..] {
        return Err(Error::failed(format!("node {} does not know {first} all the same", known.node_name))
            .because(format!("it knows {}", known.servers.join(", "))));
    }
    app.printer.object(&known)
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_without_a_port_has_that_of_rpc() {
        for (given, whole) in [
            ("10.0.0.1", "10.0.0.1:4647"),
            ("s1.example:4000", "s1.example:4000"),
            ("s1.example", "s1.example:4647"),
            ("fd00::1", "[fd00::1]:4647"),
            ("[fd00::1]", "[fd00::1]:4647"),
            ("[fd00::1]:4000", "[fd00::1]:4000"),
        ] {
            assert_eq!(super::with_port(given), whole);
        }
    }
}
