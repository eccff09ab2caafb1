//! `fleet server force-leave`

use serde::Serialize;

use crate::api::nomad::agent;
use crate::app::App;
use crate::commands::shared::complete;
use crate::error::{Error, Result};
use crate::ui::{Cell, Describe, Detail};

/// Have the others take a failed server for left, for good.
///
/// A server that is alive is refused, and one that comes back must not be forced out: autopilot then removes it from raft
/// again and again until its agent is restarted once more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet server force-leave s3.global
  fleet server force-leave s3 --prune --yes")]
pub struct Args {
    /// The server, by its name with or without the region.
    #[arg(value_name = "SERVER", add = clap_complete::ArgValueCompleter::new(complete::servers))]
    name: String,

    /// Forget it wholly, instead of listing it as left.
    #[arg(long)]
    prune: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Whether a server was taken out of the gossip.
#[derive(Debug, Serialize)]
struct ForceLeaveOutcome {
    name: String,
    /// What the gossip says now; none once it is forgotten.
    status: Option<String>,
}

impl Describe for ForceLeaveOutcome {
    fn describe(&self) -> Detail {
        let now = self.status.as_deref().unwrap_or("forgotten");
        Detail::new().fields([("server", Cell::text(&self.name)), ("is", Cell::text(now))])
    }
}

/// Forces the server out, and reads back what the gossip says.
///
/// # Errors
/// Not found (3), since the servers themselves say nothing of unknown names; refused (7) while it is alive.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let server = super::find(super::assess(app, nomad).await?.servers, &args.name)?;
    if server.status.as_deref() == Some("alive") {
        return Err(Error::refused(format!("server {} is alive as the others see it", server.name))
            .because("a server that answers would come back, and autopilot would remove it again and again")
            .hint("stop its agent first; a dead server is noticed within about 40 s"));
    }
    let permission = app.confirm(args.yes, &format!("Take server {} for left?", server.name)).await?;
    nomad.write(&permission, &agent::force_leave(&server.name, args.prune)).await?;
    let members = nomad.read(&agent::members()).await?.value.members;
    let status = members.into_iter().find(|m| m.name == server.name).map(|m| m.status);
    if !matches!(status.as_deref(), None | Some("left" | "leaving")) {
        return Err(Error::failed(format!(
            "server {} is {} all the same",
            server.name,
            status.unwrap_or_default()
        )));
    }
    app.printer.object(&ForceLeaveOutcome { name: server.name, status })
}
