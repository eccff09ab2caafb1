//! `fleet var lock`

use std::time::Duration;

use super::store;
use crate::api::error::Problem;
use crate::api::http::Patience;
use crate::api::nomad::variable::{self, LockRequest};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ui::duration;

/// Run a command while holding a variable's lock, so that only one runs at a time.
///
/// The variable's items stay as they are; a missing variable is created. The lock is renewed while the command runs; if it is lost
/// nevertheless, the command is ended, because another may hold it now (exit code 125). Otherwise the exit code is the command's.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var lock locks/migrate -- ./migrate.sh
  fleet var lock locks/migrate --wait 10m -- ./migrate.sh")]
pub struct Args {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,

    /// How long to wait while someone else holds the lock.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s")]
    wait: Duration,

    /// How long the lock holds without renewal, at least 10 s; the servers release it after twice that.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "15s")]
    ttl: Duration,

    /// The command and its arguments; it gets FLEET_LOCK, the variable's path.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// How often to try again while someone else holds the lock.
const TRY: Duration = Duration::from_secs(2);

/// Runs a command under a lock.
///
/// # Errors
/// Refused (7) when somebody else holds it; transport (125) when it was lost.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let space = store::namespace(app)?.to_owned();
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let permission = app.explicit();
    let id = uuid();
    let seconds = |d: Duration| format!("{}s", d.as_secs().max(1));
    let lock =
        LockRequest { id: id.clone(), ttl: Some(seconds(args.ttl)), lock_delay: Some("1s".to_owned()) };
    let until = app.clock().now() + args.wait;
    loop {
        let (mut items, _) = store::read(app, &args.path).await?;
        if items.is_empty() {
            items.insert("purpose".to_owned(), "lock".to_owned());
        }
        // With the same lock id a repeated request acquires the same lock.
        let call = variable::acquire(&space, &args.path, &items, &lock);
        match settle(&nomad, &permission, &call, Patience::OPERATION, async || Ok(None::<()>)).await {
            Ok(_) => break,
            Err(e) if e.problem == Problem::Conflict && app.clock().now() < until => {
                tokio::time::sleep(TRY).await;
            }
            Err(e) if e.problem == Problem::Conflict => {
                return Err(Error::refused(format!("someone else holds the lock of {}", args.path))
                    .hint("--wait waits for it"));
            }
            Err(e) => return Err(e.into()),
        }
    }
    let ended = hold(args, app, &space, &id).await;
    let released = nomad.write(&permission, &variable::release(&space, &args.path, &id)).await;
    if let Err(e) = released
        && !e.text.contains("doesn't hold a lock")
    {
        app.printer
            .warn(&format!("the lock of {} was not released; it expires by itself: {}", args.path, e.text));
    }
    ended
}

/// Runs the command and renews the lock beside it.
async fn hold(args: &Args, app: &App, space: &str, id: &str) -> Result<ExitCode> {
    let mut orderly = app.interrupts.orderly();
    let nomad = app.nomad()?;
    let permission = app.explicit();
    let mut command = tokio::process::Command::new(&args.command[0]);
    command.args(&args.command[1..]).env("FLEET_LOCK", &args.path).kill_on_drop(true);
    let mut child = command.spawn().map_err(|e| {
        Error::new(ExitCode::Transport, format!("could not run {:?}", args.command[0])).because(e.to_string())
    })?;
    let pause = args.ttl.mul_f64(0.5);
    loop {
        tokio::select! {
            status = child.wait() => {
                let status = status.map_err(|e| Error::new(ExitCode::Transport, "could not wait for the command").because(e.to_string()))?;
                return Ok(ExitCode::Of(status.code().and_then(|c| u8::try_from(c).ok()).unwrap_or(1)));
            }
            interrupt = orderly.requested() => {
                // The command gets Ctrl-C itself; the lock is released either way.
                drop(child.kill().await);
                return Err(interrupt.error("interrupted; the command was ended and the lock released"));
            }
            () = tokio::time::sleep(pause) => {
                match nomad.write(&permission, &variable::renew(space, &args.path, id)).await {
                    Err(e) if matches!(e.problem, Problem::Conflict | Problem::NotFound | Problem::Denied) => {
                        drop(child.kill().await);
                        return Err(Error::new(ExitCode::Transport, format!("the lock of {} was lost; the command was ended", args.path)).because(e.text));
                    }
                    // It holds for a while yet; the next renewal may get through.
                    _ => {}
                }
            }
        }
    }
}

/// A random UUID.
fn uuid() -> String {
    let hex = format!("{:032x}", fastrand::u128(..));
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
