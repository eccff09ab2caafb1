//! A command of fleet that is run on the lent terminal: the same program with the same cluster, so it asks, refuses and ends as
//! always, and nothing of it outlives it here.

use tokio::process::{Child, Command};

use crate::app::App;
use crate::invocation::Invocation;

/// The flags that say which cluster is meant and how to write. The namespace is left out: what is selected knows its own.
pub(super) fn flags(invocation: &Invocation) -> Vec<String> {
    let (_, global) = invocation.words_apart();
    let mut kept = Vec::new();
    let mut words = global.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--namespace" | "-n" => drop(words.next()),
            w if w.starts_with("--namespace=") || (w.starts_with("-n") && !w.starts_with("--")) => {}
            _ => kept.push(word),
        }
    }
    kept
}

/// Runs it to its exit code; 128 and its number where a signal ended it.
pub(super) async fn run(app: &App, flags: &[String], words: &[String]) -> Result<u8, String> {
    let program = std::env::current_exe().map_err(|e| format!("fleet's own program was not found: {e}"))?;
    let mut command = Command::new(program);
    command.args(flags).args(words).env_clear().envs(app.env.iter());
    let child = command.spawn().map_err(|e| format!("it could not be started: {e}"))?;
    let mut running = Running(child);
    let status = running.0.wait().await.map_err(|e| format!("it was lost: {e}"))?;
    Ok(code(status))
}

#[cfg(unix)]
fn code(status: std::process::ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let by_signal = status.signal().map(|signal| 128 + signal);
    status.code().or(by_signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

#[cfg(not(unix))]
fn code(status: std::process::ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}

/// A command that runs. Where this run ends before it, it is asked to end in its orderly way, as a terminal that goes away asks.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(pid) = self.0.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?))
        {
            // It may have ended this moment.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
    }
}
