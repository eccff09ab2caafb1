//! Contexts that ask for more than to be used: which address answers, whether it is the right cluster, and whether something may be
//! changed there.

use std::ffi::OsString;

use crate::app::App;
use crate::commands::Command;
use crate::error::Result;
use crate::model::reading::changes_nothing;

/// Makes sure of the cluster, and of the operator where the context is protected.
///
/// # Errors
/// Refused (7), or unreachable (5).
pub(super) async fn check(command: &Command, args: &[OsString], app: &App) -> Result<()> {
    let local = match command {
        Command::Context(_) | Command::Fmt(_) | Command::Help(_) | Command::Util(_) => true,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(_) => true,
        _ => false,
    };
    // Whatever is wrong with the settings is told by the verb that needs them.
    if local || !app.contexts().is_ok_and(|file| file.is_guarded()) || app.settings().is_err() {
        return Ok(());
    }
    app.reach().await?;
    if !app.settings()?.protected {
        return Ok(());
    }
    let preview =
        args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--dry-run" || arg == "--check");
    let verb = super::verb_of(args);
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    if preview || changes_nothing(&verb) {
        return Ok(());
    }
    app.confirm_protected(&format!("fleet {}", verb.join(" "))).await
}
