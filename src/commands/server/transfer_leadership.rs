//! `fleet server transfer-leadership`

use std::time::Duration;

use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::operator::{self, RaftServer};
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Describe, Detail, duration};

/// How often raft is asked who leads.
const LOOK: Duration = Duration::from_millis(200);

/// Hand leadership from one server to another, and wait until it leads.
///
/// It takes a moment and no call fails. Needs a management token and Nomad 1.7 or newer.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server transfer-leadership s2
  fleet server transfer-leadership s2.global --timeout 10s")]
pub struct Args {
    /// The server that is to lead, by its name with or without the region.
    #[arg(value_name = "SERVER", add = clap_complete::ArgValueCompleter::new(complete::servers))]
    name: String,

    /// How long to wait for it to lead.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s")]
    timeout: Duration,
}

/// Who led and who leads.
#[derive(Debug, Serialize)]
struct Transferred {
    from: Option<String>,
    to: String,
    changed: bool,
}

impl Describe for Transferred {
    fn describe(&self) -> Detail {
        let from = self.from.as_deref().filter(|_| self.changed);
        Detail::new().fields([
            ("leader", Cell::text(&self.to)),
            ("before", from.map_or(Cell::Empty, Cell::from)),
            (
                "result",
                Cell::text(if self.changed { "leadership was transferred" } else { "it led already" }),
            ),
        ])
    }
}

/// Transfers leadership, and reads back who leads.
///
/// # Errors
/// Not found (3), refused (7) for a server that does not vote, timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let before = peers(nomad).await?;
    let is_meant = |s: &&RaftServer| {
        s.node == args.name || s.node.rsplit_once('.').is_some_and(|(own, _)| own == args.name)
    };
    let Some(target) = before.iter().find(is_meant) else {
        let known: Vec<_> = before.iter().map(|s| s.node.as_str()).collect();
        return Err(Error::not_found(format!("there is no server {:?} in raft", args.name))
            .because(format!("there are {}", known.join(", "))));
    };
    if !target.voter {
        return Err(Error::refused(format!("server {} does not vote, so it cannot lead", target.node)));
    }
    let from = before.iter().find(|s| s.leader).map(|s| s.node.clone());
    let done = |changed| Transferred { from: from.clone(), to: target.node.clone(), changed };
    if target.leader {
        return app.printer.object(&done(false));
    }
    // A lost reply does not matter: who leads is read back either way, and asking again would be the same.
    match nomad.write(&app.explicit(), &operator::transfer_leadership(&target.id)).await {
        Err(e) if !e.is_ambiguous() && !e.is_passing() => return Err(e.into()),
        _ => {}
    }
    // While they elect one, nobody may answer.
    let led = look_until(LOOK, args.timeout, async || {
        let leads = peers(nomad).await.is_ok_and(|all| all.iter().any(|s| s.leader && s.id == target.id));
        Ok::<_, Error>(if leads { Ok(()) } else { Err(()) })
    });
    match led.await? {
        Ok(()) => app.printer.object(&done(true)),
        Err(()) => {
            Err(Error::new(ExitCode::TimedOut, format!("server {} did not lead in time", target.node))
                .hint("`fleet server list` shows who leads now"))
        }
    }
}

async fn peers(nomad: &Http) -> Result<Vec<RaftServer>> {
    Ok(nomad.read(&operator::raft_configuration()).await?.value.servers)
}
