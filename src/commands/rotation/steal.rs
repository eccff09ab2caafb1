//! `fleet rotation steal`

use serde::Serialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ops::migration::lock;
use crate::ui::{Cell, Describe, Detail};

/// Take the lock away from an operation, so that others need not wait until its silence is noticed.
///
/// Only do this when you know that it does not run any more: one that does would move the same services as whoever comes next.
/// It notices at its next count and claims anew what it needs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation lock
  fleet rotation steal r-1a2b3c4d-5e6f7a8b --reason 'the laptop is at the bottom of the lake' --yes")]
pub struct Args {
    /// Its name, as `fleet rotation lock` lists it.
    #[arg(value_name = "NAME")]
    name: String,

    /// Why, for whoever asks later.
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// Takes it away.
///
/// # Errors
/// Not found (3), refused (7) when not confirmed, or any API fault.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let (claims, _) = lock::read(nomad).await?;
    let Some(claim) = claims.get(&args.name) else {
        return Err(Error::not_found(format!("nobody holds a lock of the name {:?}", args.name))
            .hint("fleet rotation lock"));
    };
    let question = format!("Take the lock away from {}? Reason: {}", claim.holder, args.reason);
    let permission = app.confirm(args.yes, &question).await?;
    if !lock::take_away(nomad, &permission, &args.name).await? {
        app.printer.note("it was given back meanwhile");
    }
    app.printer.object(&Stolen {
        name: args.name.clone(),
        holder: claim.holder.to_string(),
        reason: args.reason.clone(),
    })
}

/// A lock that was taken away.
#[derive(Debug, Serialize)]
struct Stolen {
    name: String,
    /// Whose it was.
    holder: String,
    reason: String,
}

impl Describe for Stolen {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("lock", Cell::text(&self.name)),
            ("taken from", Cell::text(&self.holder)),
            ("reason", Cell::text(&self.reason)),
        ])
    }
}
