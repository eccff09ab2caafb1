//! Deleting objects by their names, each until it is seen to be gone.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::api::Permission;
use crate::api::http::{Get, Http, Patience, Write};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};

/// How many of the things in the way are named.
const MOST_NAMED: usize = 10;

/// Asks, then deletes these objects one after the other. `noun` is what messages call them; `get` reads one, `delete` deletes it.
///
/// # Errors
/// Failed (1) where one is still there; what was deleted before is said.
pub(crate) async fn delete_all<T: DeserializeOwned>(
    app: &App,
    yes: bool,
    (noun, names): (&str, &[String]),
    get: impl Fn(&str) -> Get<T>,
    delete: impl Fn(&str) -> Write<IgnoredAny>,
) -> Result<()> {
    let permission = app.confirm(yes, &format!("Delete {}?", names.join(", "))).await?;
    let nomad = app.nomad()?;
    for (at, name) in names.iter().enumerate() {
        let what = format!("{noun} {name}");
        let gone = delete_one(nomad, &permission, &what, &get(name), &delete(name)).await;
        gone.map_err(|error| match &names[..at] {
            [] => error,
            deleted => error.because(format!("deleted before it: {}", deleted.join(", "))),
        })?;
    }
    Ok(())
}

/// Deletes an object, and looks that it is gone. `what` is the object in messages.
///
/// # Errors
/// The write's own; failed (1) where it is still there.
pub(crate) async fn delete_one<T: DeserializeOwned>(
    nomad: &Http,
    permission: &Permission,
    what: &str,
    get: &Get<T>,
    delete: &Write<IgnoredAny>,
) -> Result<()> {
    let gone = async || match nomad.read(get).await {
        Ok(_) => Ok(None),
        Err(e) if e.is_not_found() => Ok(Some(())),
        Err(e) => Err(e),
    };
    settle(nomad, permission, delete, Patience::OPERATION, &gone).await?;
    match gone().await? {
        Some(()) => Ok(()),
        None => Err(Error::failed(format!("{what} is still there, although the servers took its deletion"))),
    }
}

/// The refusal to delete what is not empty.
pub(crate) fn not_empty(what: &str, in_the_way: Vec<String>) -> Error {
    let more = in_the_way.len().saturating_sub(MOST_NAMED);
    let error = Error::refused(format!("{what} is not empty"));
    let error = in_the_way.into_iter().take(MOST_NAMED).fold(error, Error::because);
    if more > 0 { error.because(format!("and {more} more")) } else { error }
}
