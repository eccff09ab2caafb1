//! `fleet sandbox up`

use std::fmt::Write as _;
use std::net::SocketAddr;

use crate::app::App;
use crate::commands::sandbox::cluster::{ClusterArgs, SimulatedAccess};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::IdPrefix;

/// Keep the embedded fleet running until Ctrl-C, for use from other shells.
///
/// Prints shell commands for other shells: `export NOMAD_ADDR=…` and `export NOMAD_TOKEN=…`, and the same for Consul; fleet, nomad,
/// consul and curl can all use it. It listens on loopback only and requires the token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet sandbox up
  fleet sandbox up --scenario large --listen 127.0.0.1:4646
  fleet sandbox up --real --servers 3 --clients 6")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterArgs,

    /// Address of Nomad's API [default: any free port of 127.0.0.1].
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = loopback, conflicts_with = "real")]
    listen: Option<SocketAddr>,

    /// Secret id of the management token [default: a random UUID].
    #[arg(long, value_name = "UUID", value_parser = uuid, conflicts_with = "real")]
    token: Option<String>,
}

fn loopback(text: &str) -> Result<SocketAddr, String> {
    let address: SocketAddr = text.parse().map_err(|_| "not an address with a port".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("it runs real processes, so it listens on loopback only".to_owned())
    }
}

fn uuid(text: &str) -> Result<String, String> {
    let whole = IdPrefix::parse(text).is_some_and(|id| id.is_whole());
    if whole { Ok(text.to_owned()) } else { Err("not a UUID".to_owned()) }
}

/// Starts it and waits for Ctrl-C.
///
/// # Errors
/// When it cannot start.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let door = SimulatedAccess { listen: args.listen, token: args.token.clone() };
    let (cluster, reach) = args.cluster.start(door, &app.env).await?;
    let mut orderly = app.interrupts.orderly();
    app.printer.note(&format!("{}; Ctrl-C ends it", args.cluster.story()));
    if app.printer.is_machine() {
        app.printer.event(&reach)?;
    } else {
        let mut lines = String::new();
        for (name, value) in reach.variables() {
            writeln!(lines, "export {name}={value}").map_err(|e| Error::failed(e.to_string()))?;
        }
        app.printer.text(&lines)?;
    }
    orderly.requested().await;
    drop(cluster);
    Ok(ExitCode::Done)
}
