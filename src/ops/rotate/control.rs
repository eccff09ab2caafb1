//! What others ask of a rotation that runs somewhere: to pause. It stands in a variable of its own, which the run watches.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::http::{Get, Http};
use crate::api::nomad::variable::{self, VariableMeta};
use crate::api::{Error as ApiError, Permission};
use crate::error::{Error, Result};
use crate::ops::migration::lock::{Holder, NAMESPACE};

/// Below this path stands what is asked of rotations, each under its name.
pub const PREFIX: &str = "fleet/rotation-control";
const ITEM: &str = "pause";

/// A pause of a rotation: it begins nothing new.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who wants it, and since when.
    pub by: Holder,
    /// Why.
    pub reason: Option<String>,
}

impl std::fmt::Display for Pause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "paused by {}@{}", self.by.user, self.by.host)?;
        self.reason.as_ref().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

fn path(rotation: &str) -> String {
    format!("{PREFIX}/{rotation}")
}

/// What changes when something is asked of this rotation.
#[must_use]
pub fn sign(rotation: &str) -> Get<Vec<VariableMeta>> {
    variable::list(&path(rotation)).namespace(NAMESPACE)
}

/// Reads it; none when nobody wants a pause.
///
/// # Errors
/// Any API fault; refused (7) when it cannot be made sense of.
pub async fn read(nomad: &Http, rotation: &str) -> Result<Option<Pause>> {
    let found = match nomad.read(&variable::get(NAMESPACE, &path(rotation))).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    match found.items.get(ITEM).map(|text| serde_json::from_str(text)) {
        None => Ok(None),
        Some(Ok(pause)) => Ok(Some(pause)),
        Some(Err(e)) => Err(Error::refused(format!("what is asked of rotation {rotation} cannot be read"))
            .because(e.to_string())
            .hint(format!("look at it: fleet var get {}", path(rotation)))),
    }
}

/// Asks for a pause; another's wish is replaced.
///
/// # Errors
/// Any API fault.
pub async fn ask(
    nomad: &Http,
    permission: &Permission,
    rotation: &str,
    pause: &Pause,
) -> Result<(), ApiError> {
    let text = serde_json::to_string(pause).unwrap_or_default();
    let items = BTreeMap::from([(ITEM.to_owned(), text)]);
    nomad.write(permission, &variable::put(NAMESPACE, &path(rotation), &items, None)).await.map(drop)
}

/// Takes every wish back.
///
/// # Errors
/// Any API fault.
pub async fn clear(nomad: &Http, permission: &Permission, rotation: &str) -> Result<(), ApiError> {
    nomad.write(permission, &variable::delete(NAMESPACE, &path(rotation), None)).await.map(drop)
}
