//! Actions: commands that a job names. Nomad starts them itself, without the shell that proves a start (`nomad-api.md §6`).

use bytes::Bytes;

use crate::error::{Error, Result};
use crate::ops::exec::launch::SHELL;
use crate::ops::exec::session::{Session, failed};
use crate::ops::exec::{Launch, Starter, capture, shell, starter};

/// Asks a shell about a program, which is no word of the shell's own: 0 when it is there, 1 when not, 2 when it is no program.
const LOOK: &str = "case $0 in */*) [ -f \"$0\" ] || exit 1; [ -x \"$0\" ] || exit 2; exit 0 ;; esac
IFS=:; for dir in $PATH; do [ -f \"$dir/$0\" ] && [ -x \"$dir/$0\" ] && exit 0; done; exit 1";

/// The code a shell would give because the action's program cannot be started; none when it can be tried. A start that fails
/// would wedge a task of some drivers for good, and of others its reason may be too long to be told.
///
/// # Errors
/// 125, when it cannot be told and a failed start would do harm.
pub(super) async fn unstartable(session: &Session<'_>) -> Result<Option<u8>> {
    let Session { http, permission, spot, launch } = *session;
    let program = &launch.words[0];
    if starter(http, permission, spot).await.map_err(failed)? == Starter::Shell {
        let look = Launch::of([SHELL, "-c", LOOK, program]);
        let looking = Session { launch: &look, ..*session };
        match Box::pin(capture::run(&looking, Bytes::new())).await?.code {
            0 => return Ok(None),
            1 => return Ok(Some(127)),
            2 => return Ok(Some(126)),
            // There is no shell after all.
            _ => {}
        }
    }
    // A start in a terminal never wedges.
    if launch.tty || !shell::wedges(&spot.driver) {
        return Ok(None);
    }
    Err(Error::transport(format!("{spot} has no shell to tell whether {program} is there"))
        .because("starting a program that is not there wedges such a task for good")
        .hint("-t starts it in a terminal, where that does no harm"))
}
