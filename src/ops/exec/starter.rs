//! Whether a task has a shell that can start commands.

use std::time::Duration;

use tokio::time::timeout;

use crate::api::Problem;
use crate::api::error::Result;
use crate::api::http::Http;
use crate::api::nomad::exec::{self, ExecMessage, start_failure};
use crate::api::nomad::fs;
use crate::api::permission::Permission;
use crate::ops::exec::TaskRef;
use crate::ops::exec::launch::SHELL;

/// Who starts the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starter {
    /// The task's shell.
    Shell,
    /// Nomad itself: there is no shell.
    Nomad,
}

/// How long a shell may take to begin and end in a terminal of its own.
const PROBE: Duration = Duration::from_secs(15);

/// Drivers whose task is wedged for good by a program that is not there (`nomad-api.md §6`).
pub(super) fn wedges(driver: &str) -> bool {
    matches!(driver, "exec" | "exec2" | "java")
}

/// Who can start commands in this task, found out without risk. Where a missing shell does no harm, it is simply tried.
///
/// # Errors
/// Any `api::Error` of the probe.
pub async fn starter(http: &Http, permission: &Permission, task_ref: &TaskRef) -> Result<Starter> {
    if !wedges(&task_ref.driver) {
        return Ok(Starter::Shell);
    }
    // The file system of such a task lies below the allocation's directory.
    match http.read(&fs::stat(&task_ref.alloc_id, &format!("{}{SHELL}", task_ref.task))).await {
        Ok(_) => return Ok(Starter::Shell),
        Err(e) if e.problem == Problem::NotFound => return Ok(Starter::Nomad),
        Err(_) => {}
    }
    probe(http, permission, task_ref).await
}

/// A session with a terminal never wedges.
async fn probe(http: &Http, permission: &Permission, task_ref: &TaskRef) -> Result<Starter> {
    let words = [SHELL, "-c", "exit 0"].map(str::to_owned);
    let call = exec::command(&task_ref.alloc_id, &task_ref.task, true, &words);
    let (_input, mut output) = exec::open(http, permission, &call).await?;
    let ended = timeout(PROBE, async {
        loop {
            match output.next().await {
                Ok(ExecMessage::Exited(0)) => return Ok(Starter::Shell),
                Ok(ExecMessage::Exited(_)) => return Ok(Starter::Nomad),
                Ok(_) => {}
                Err(e) if start_failure(&e.text).is_some() => return Ok(Starter::Nomad),
                Err(e) => return Err(e),
            }
        }
    });
    ended.await.unwrap_or_else(|_| Err(output.broken("a shell did not begin within 15 s")))
}
