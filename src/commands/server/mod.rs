//! `fleet server …`

pub mod force_leave;
pub mod join;
pub mod list;
pub mod show;
pub mod transfer_leadership;
pub mod upgrade;

use clap::Subcommand;

use crate::api::http::Http;
use crate::api::nomad::{agent, operator};
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::servers::{self, Assessment, Server};
use crate::model::suggest;

/// Verbs on servers.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    ForceLeave(force_leave::Args),
    Join(join::Args),
    List(list::Args),
    Show(show::Args),
    TransferLeadership(transfer_leadership::Args),
    Upgrade(Box<upgrade::Args>),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::ForceLeave(args) => force_leave::run(&args, app).await?,
            Command::Join(args) => join::run(&args, app).await?,
            Command::List(args) => return list::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await?,
            Command::TransferLeadership(args) => transfer_leadership::run(&args, app).await?,
            Command::Upgrade(args) => Box::pin(upgrade::run(&args, app)).await?,
        }
        Ok(ExitCode::Done)
    }
}

/// The servers as gossip and autopilot know them; what the token may not ask is told as a warning.
async fn assess(app: &App, nomad: &Http) -> Result<Assessment> {
    let (members, autopilot, leader) = (agent::members(), operator::autopilot_health(), agent::leader());
    let (members, autopilot, leader) =
        tokio::join!(nomad.read(&members), nomad.read(&autopilot), nomad.read(&leader));
    let (members, autopilot) = match (members, autopilot) {
        (Err(e), Err(_)) => return Err(e.into()),
        (members, autopilot) => {
            for e in [members.as_ref().err(), autopilot.as_ref().err()].into_iter().flatten() {
                app.printer.warn(&format!("not everything is known: {e}"));
            }
            let members = members.ok().map(|reply| reply.value.of_region(nomad.region()));
            (members, autopilot.ok().map(|reply| reply.value))
        }
    };
    let led = leader.ok().map(|reply| !reply.value.is_empty());
    Ok(servers::assess(members.as_ref(), autopilot.as_ref(), led))
}

/// The server of that name, with or without its region.
fn find(servers: Vec<Server>, name: &str) -> Result<Server> {
    let is_meant = |s: &Server| s.name == name || s.name.rsplit_once('.').is_some_and(|(own, _)| own == name);
    let names: Vec<String> = servers.iter().map(|s| s.name.clone()).collect();
    servers.into_iter().find(is_meant).ok_or_else(|| {
        let error = Error::not_found(format!("there is no server {name:?}"));
        match suggest::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => error.hint(format!("did you mean {near:?}?")),
            None => error.hint("`fleet server list` shows the servers there are"),
        }
    })
}
