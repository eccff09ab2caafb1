//! Short commands of fleet's own: what they print is kept.

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::ops::exec::session::failed;
use crate::ops::exec::{Access, ExecEvent, InputStreams, Launch, Session, Starter, starter};

/// The output of a command and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Captured {
    /// Its exit code.
    pub code: u8,
    /// Its stdout.
    pub stdout: Vec<u8>,
    /// Its stderr.
    pub stderr: Vec<u8>,
}

/// More than this is not what was asked for.
const MOST: usize = 16 * 1024 * 1024;

/// Runs a command of a shell with these bytes as its stdin: 127 where there is no shell.
///
/// # Errors
/// As [`Session::run`], and when it prints more than 16 MiB.
pub async fn run(access: &Access, launch: &Launch, stdin: Bytes) -> Result<Captured> {
    let by = starter(&access.http, &access.permission, &access.task_ref).await.map_err(failed)?;
    if by == Starter::Nomad {
        // Found out without a start, which would do harm.
        return Ok(Captured { code: 127, ..Captured::default() });
    }
    let mut captured = Captured::default();
    let mut on_event = |event: ExecEvent| {
        match event {
            ExecEvent::Stdout(bytes) => captured.stdout.extend_from_slice(&bytes),
            ExecEvent::Stderr(bytes) => captured.stderr.extend_from_slice(&bytes),
            ExecEvent::Opened | ExecEvent::Retrying(_) | ExecEvent::SignalNotSent(_) => {}
        }
        if captured.stdout.len() + captured.stderr.len() > MOST {
            return Err(Error::transport(format!("{} prints too much", access.task_ref)));
        }
        Ok(())
    };
    let code =
        Session { access, launch }.run_by(by, &mut InputStreams::of_bytes(stdin), &mut on_event).await?;
    Ok(Captured { code, ..captured })
}
