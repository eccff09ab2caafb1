//! What earlier runs on this machine have written down.

use std::path::Path;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::ops::journal::Journal;
use crate::ops::rotate::recorder::{Entry, RecoveredState};

use super::request::RotationRequest;

/// The journal and what it says. A preview only reads it. Without a state directory only what the cluster shows is known.
pub(super) fn of_this_machine(
    args: &RotationRequest,
    app: &App,
    key: &str,
) -> Result<(Option<Journal>, RecoveredState)> {
    let Some(dir) = app.env.state_dir().map(|d| d.join("rotations")) else {
        return Ok((None, RecoveredState::default()));
    };
    if args.dry_run {
        return Ok((None, RecoveredState::of(Journal::peek::<Entry>(&dir, key)?)));
    }
    match open(&dir, key) {
        Ok((journal, memory)) => Ok((Some(journal), memory)),
        Err(e) if e.code() == ExitCode::Refused => Err(e),
        Err(e) => {
            app.printer.warn(&format!(
                "{e}: if this run is killed, the nodes' earlier eligibility cannot be restored"
            ));
            Ok((None, RecoveredState::default()))
        }
    }
}

fn open(dir: &Path, key: &str) -> Result<(Journal, RecoveredState)> {
    let (mut journal, entries) = Journal::open::<Entry>(dir, key)?;
    let memory = RecoveredState::of(entries);
    if memory.rotation.is_none() {
        journal.clear()?;
    }
    Ok((journal, memory))
}
