//! Contexts that ask for more than to be used: which address answers, whether it is the right cluster, and whether something may be
//! changed there.

use std::ffi::OsString;

use crate::app::App;
use crate::cli::effect::{self, Effect};
use crate::error::Result;

/// Makes sure of the cluster, and of the operator where the context is protected.
///
/// # Errors
/// Refused (7), or unreachable (5).
pub(super) async fn check(verb: &[String], args: &[OsString], app: &App) -> Result<()> {
    let verb: Vec<&str> = verb.iter().map(String::as_str).collect();
    // Whatever is wrong with the settings is told by the verb that needs them.
    if effect::of(&verb) == Effect::Local
        || !app.contexts().is_ok_and(|file| file.is_guarded())
        || app.settings().is_err()
    {
        return Ok(());
    }
    app.reach().await?;
    if !app.settings()?.protected
        || effect::changes_nothing(&verb, args.iter().filter_map(|arg| arg.to_str()))
    {
        return Ok(());
    }
    app.confirm_protected(&format!("fleet {}", verb.join(" "))).await
}
