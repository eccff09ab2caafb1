//! `fleet rotation pause`

use std::time::Duration;

use serde::Serialize;

use crate::api::http::Http;
use crate::app::App;
use crate::commands::rotation::find;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::migration::lock::{self, Holder};
use crate::ops::rotate::control::{self, Pause};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::history;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Describe, Detail};

/// For how long an answer of the process at work is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(500);

/// Pause a rotation, wherever it runs: it begins nothing new, and follows what is under way to its end.
///
/// Its nodes stay as they are, ineligible ones without new work. It waits for as long as the pause lasts; `fleet rotation resume`
/// lets it go on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation pause r-1a2b3c4d --reason 'checkout is slow, looking'
  fleet rotation resume r-1a2b3c4d")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,

    /// Why, for whoever wonders.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// A request to a running rotation, and whether it was heard.
#[derive(Debug, Serialize)]
pub(super) struct PauseRequest {
    pub(super) rotation: String,
    pub(super) paused: bool,
    /// Whether a process is at work on it.
    pub(super) at_work: bool,
}

impl Describe for PauseRequest {
    fn describe(&self) -> Detail {
        let state = match (self.paused, self.at_work) {
            (true, true) => "paused: it follows what is under way and begins nothing new",
            (true, false) => "paused: nobody is at work on it, and whoever takes it up begins nothing",
            (false, true) => "it goes on",
            (false, false) => "no longer paused; nobody is at work on it",
        };
        Detail::new().fields([("rotation", Cell::text(&self.rotation)), ("state", Cell::text(state))])
    }
}

/// Pauses it.
///
/// # Errors
/// Not found (3), or any API fault; timed out (6) when whoever is at work does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stored = find(nomad, &args.name).await?;
    let now = app.clock().now();
    let by = Holder::here(stored.holder.what, app.env.user(), now);
    let pause = Pause { by, reason: args.reason.clone() };
    control::ask(nomad, &app.explicit(), &args.name, &pause).await?;
    let at_work = lock::at_work(&lock::read(nomad).await?.0, &args.name);
    if at_work {
        await_answer(nomad, &args.name, |event| match event {
            Event::Paused { by } => Some(*by == pause.to_string()),
            Event::Unpaused => Some(false),
            _ => None,
        })
        .await?;
    }
    app.printer.object(&PauseRequest { rotation: args.name.clone(), paused: true, at_work })
}

/// Waits until the newest event that says anything about it says yes.
pub(super) async fn await_answer(
    nomad: &Http,
    name: &str,
    says: impl Fn(&Event) -> Option<bool>,
) -> Result<()> {
    let answered = look_until(LOOK, PATIENCE, async || {
        let kept = history::load(nomad, name).await?;
        let newest = kept.iter().flat_map(|k| &k.events).rev().find_map(|r| says(&r.event));
        Ok::<_, Error>(if newest == Some(true) { Ok(()) } else { Err(()) })
    });
    answered.await?.map_err(|()| {
        Error::new(ExitCode::TimedOut, format!("rotation {name} did not answer"))
            .because("it is asked for, and a process holds the lock for it; it may have died")
            .hint("fleet rotation list")
            .hint(format!("fleet rotation watch {name}"))
    })
}
