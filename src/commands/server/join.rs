//! `fleet server join`

use serde::Serialize;

use crate::api::nomad::agent;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail};

/// Have the server that is asked join others, by their gossip addresses (port 4648 unless said).
///
/// To undo it, a server has to leave by its own agent.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server join 10.0.0.5
  fleet server join 10.0.0.5:4648 10.0.0.6:4648 --yes")]
pub struct Args {
    /// Where the others listen for gossip.
    #[arg(value_name = "ADDRESS", required = true)]
    addresses: Vec<String>,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Joined {
    joined: u64,
    servers: Vec<String>,
}

impl Describe for Joined {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("joined", Cell::Number(self.joined)),
            ("servers now", Cell::text(self.servers.join(", "))),
        ])
    }
}

/// Joins, and reads back who is there.
///
/// # Errors
/// Refused (7), failed (1) when an address does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let question = format!("Have the server at {} join {}?", nomad.address(), args.addresses.join(", "));
    let permission = app.confirm(args.yes, &question).await?;
    // Joining twice is joining once: there is nothing to settle.
    let answer = nomad.write(&permission, &agent::join(&args.addresses)).await?.value;
    if !answer.error.is_empty() {
        let error =
            Error::failed(format!("{} of {} addresses were joined", answer.num_joined, args.addresses.len()));
        let causes = answer.error.lines().map(str::trim).filter(|line| line.starts_with('*'));
        return Err(causes.fold(error, |error, line| error.because(line.trim_start_matches(['*', ' ']))));
    }
    let members = nomad.read(&agent::members()).await?.value.members;
    let servers = members.into_iter().map(|m| format!("{} ({})", m.name, m.status)).collect();
    app.printer.object(&Joined { joined: answer.num_joined, servers })
}
