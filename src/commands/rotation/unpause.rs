//! `fleet rotation unpause`

use crate::app::App;
use crate::commands::rotation::find;
use crate::commands::rotation::pause::{PauseRequest, await_answer};
use crate::error::Result;
use crate::ops::migration::lock;
use crate::ops::rotate::control;
use crate::ops::rotate::event::Event;

/// End the pause of a rotation: whoever is at work on it goes on.
///
/// Where nobody is at work on it, nothing goes on by itself: `fleet rotation resume` takes it up here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet rotation unpause r-1a2b3c4d")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "ROTATION")]
    name: String,
}

/// Ends it.
///
/// # Errors
/// Not found (3), or any API fault; timed out (6) when whoever is at work does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    find(app.nomad()?, &args.name).await?;
    let asked = lift(app, &args.name).await?;
    app.printer.object(&asked)
}

/// Ends the pause, if there is one, and waits until whoever is at work has heard of it.
pub(super) async fn lift(app: &App, name: &str) -> Result<PauseRequest> {
    let nomad = app.nomad()?;
    let paused = control::read(nomad, name).await?.is_some();
    if paused {
        control::clear(nomad, &app.explicit(), name).await?;
    }
    let at_work = lock::at_work(&lock::read(nomad).await?.0, name);
    if paused && at_work {
        await_answer(nomad, name, |event| match event {
            Event::Paused { .. } => Some(false),
            Event::Unpaused | Event::Stopped { .. } | Event::Finished { .. } => Some(true),
            _ => None,
        })
        .await?;
    }
    Ok(PauseRequest { rotation: name.to_owned(), paused: false, at_work })
}
