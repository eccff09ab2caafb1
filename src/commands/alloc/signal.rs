//! `fleet alloc signal`

use std::time::Duration;

use serde::Serialize;

use crate::api::nomad::alloc_client;
use crate::api::nomad::allocation::{self, Allocation, RunState};
use crate::app::App;
use crate::commands::alloc::acting::{AllocAction, refuse_out_of_sight};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::suggest;
use crate::ops::ticker::look_until;
use crate::ui::{Cell, Describe, Detail, Tone};

/// Send a signal to the tasks of an allocation.
///
/// 0 means that the client noted that it sent the signal. What the tasks make of it is theirs: a signal that ends them has them
/// restarted as their restart block says. One that ends or halts what does not handle it, such as KILL, TERM or STOP, does not take a
/// service below its floor unless you say how many instances may be away.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc signal c783f447 SIGHUP
  fleet alloc signal c783f447 USR1 --task web
  fleet alloc signal c783f447 KILL --max-unavailable 1")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,

    /// The signal, such as SIGHUP or HUP.
    #[arg(value_name = "SIGNAL")]
    signal: String,

    /// Only to this task.
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// How many of its group may be away, where the signal ends or halts its tasks.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,
}

/// What was sent.
#[derive(Debug, Serialize)]
struct Signalled {
    alloc_id: String,
    node_id: String,
    node_name: String,
    signal: String,
    tasks: Vec<String>,
}

impl Describe for Signalled {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("Allocation", Cell::Id(self.alloc_id.clone())),
            ("Signal", Cell::toned(format!("{} was sent", self.signal), Tone::Good)),
            ("Tasks", Cell::text(self.tasks.join(", "))),
        ])
    }
}

/// The signals that clients know. One that they do not know they note all the same as sent.
const SIGNALS: [&str; 28] = [
    "SIGABRT", "SIGALRM", "SIGBUS", "SIGCONT", "SIGFPE", "SIGHUP", "SIGILL", "SIGINT", "SIGIO", "SIGIOT",
    "SIGKILL", "SIGNULL", "SIGPIPE", "SIGPROF", "SIGQUIT", "SIGSEGV", "SIGSTOP", "SIGSYS", "SIGTERM",
    "SIGTRAP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGXCPU", "SIGXFSZ",
];

/// Those by which programs are told something by custom, or that nobody minds. Any other ends or halts what does not handle it.
const TELLING: [&str; 6] = ["SIGCONT", "SIGHUP", "SIGNULL", "SIGUSR1", "SIGUSR2", "SIGWINCH"];

/// Whether a signal takes what runs away.
fn takes_away(signal: &str) -> bool {
    !TELLING.contains(&signal)
}

/// The signal of that name, with or without SIG before it.
fn known(name: &str) -> Result<String> {
    let upper = name.to_uppercase();
    let name = if upper.starts_with("SIG") { upper } else { format!("SIG{upper}") };
    if SIGNALS.contains(&name.as_str()) {
        return Ok(name);
    }
    let error = Error::usage(format!("there is no signal {name}"));
    // What all of them begin with makes none of them alike.
    let own = |signal: &'static str| signal.trim_start_matches("SIG");
    Err(match suggest::nearest(name.trim_start_matches("SIG"), SIGNALS.iter().copied().map(own)) {
        Some(near) => error.hint(format!("did you mean SIG{near}?")),
        None => error.hint(format!("the signals: {}", SIGNALS.join(", "))),
    })
}

/// How often the client is asked whether it has noted what it did.
const LOOK: Duration = Duration::from_millis(250);
/// How long it may take to.
const NOTED_WITHIN: Duration = Duration::from_secs(10);

/// Sends a signal.
///
/// # Errors
/// Usage (2) when there is no such signal; refused (7) below the floor; failed (1) when nothing of it runs, or the client did not note
/// that it was sent.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let signal = known(&args.signal)?;
    let nomad = app.nomad()?;
    let stub = resolve::alloc_to_act_on(nomad, &args.alloc).await?;
    refuse_out_of_sight(app, &stub).await?;
    let before = nomad.read(&allocation::get(&stub.id)).await?.value;
    let meant = |name: &str| args.task.as_ref().is_none_or(|task| task == name);
    let tasks: Vec<String> = before
        .task_states
        .iter()
        .filter(|(name, state)| state.state == RunState::Running && meant(name))
        .map(|(name, _)| name.clone())
        .collect();
    if tasks.is_empty() {
        let names: Vec<&str> = before.task_states.keys().map(String::as_str).collect();
        return Err(Error::failed(format!("no task of {} that is meant runs", short(&stub.id)))
            .hint(format!("its tasks: {}", names.join(", "))));
    }
    let permission = app.explicit();
    let turn = match takes_away(&signal) {
        true => {
            let acting = AllocAction::of(app, stub.clone()).await?;
            Some(acting.in_turn(&permission, "signal to an instance", args.max_unavailable).await?)
        }
        false => None,
    };
    let call = alloc_client::signal(&stub.id, args.task.as_deref(), &signal);
    let sent = nomad.write(&permission, &call).await;
    if let Some(mut turn) = turn {
        turn.release(app.clock().now()).await;
    }
    sent?;
    let passed_on = look_until(LOOK, NOTED_WITHIN, async || {
        let now = nomad.read(&allocation::get(&stub.id)).await?.value;
        let unnoted =
            tasks.iter().map(String::as_str).filter(|task| noted(&now, task) <= noted(&before, task));
        let unnoted: Vec<&str> = unnoted.collect();
        Ok::<_, Error>(if unnoted.is_empty() { Ok(()) } else { Err(unnoted) })
    });
    if let Err(unnoted) = passed_on.await? {
        return Err(Error::failed(format!("{signal} was sent to {}", short(&stub.id)))
            .because(format!("its client has not noted that it passed it on to {}", unnoted.join(", "))));
    }
    let (alloc_id, node_id, node_name) = (stub.id, stub.node_id, stub.node_name);
    app.printer.object(&Signalled { alloc_id, node_id, node_name, signal, tasks })
}

/// When the client last noted that it passed a signal on to a task.
fn noted(alloc: &Allocation, task: &str) -> Option<jiff::Timestamp> {
    let events = &alloc.task_states.get(task)?.events;
    events.iter().filter(|e| e.kind == "Signaling").filter_map(|e| e.time).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_or_halts_a_task_takes_it_away() {
        let ends = ["KILL", "term", "SIGINT", "QUIT", "ABRT", "STOP", "SEGV"];
        assert!(ends.iter().all(|name| takes_away(&known(name).unwrap())));
        assert!(
            ["HUP", "usr1", "SIGUSR2", "WINCH", "CONT"].iter().all(|name| !takes_away(&known(name).unwrap()))
        );
    }
}
