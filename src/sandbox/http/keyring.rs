//! The servers' keys: `/v1/operator/keyring/…` (`nomad-api.md §9.4`).

use serde_json::json;

use crate::sandbox::go;
use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::keyring::KeyState;
use crate::sandbox::world::requests::Refusal;

pub(super) fn request(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    if path.starts_with("keys") {
        call.only("GET")?;
        list(call)
    } else if path.starts_with("key") {
        // What stands there is the whole path where it is not below `key/`, and no key has that id.
        remove(call, path.strip_prefix("key/").unwrap_or(path))
    } else if path.starts_with("rotate") {
        call.only("PUT")?;
        rotate(call)
    } else {
        Err(Refusal::new(405, WRONG_METHOD))
    }
}

/// The public halves of the keys, for whoever asks (`nomad-api.md §9.4`): what they verify is not simulated, their ids are those of the
/// keyring.
pub(super) fn public(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let keys = call.state().keys().filter(|key| key.state != KeyState::Rekeying);
    let keys: Vec<_> =
        keys.map(|key| json!({"use": "sig", "kty": "RSA", "alg": "RS256", "kid": key.id})).collect();
    Ok(Reply::value(&json!({"keys": keys})))
}

fn may(call: &Call<'_>, operation: &str) -> Result<Rights, Refusal> {
    let rights = call.rights()?;
    if rights.grants.operation(operation) { Ok(rights) } else { Err(denied()) }
}

fn list(call: &Call<'_>) -> HandlerResult {
    call.options()?;
    may(call, "keyring-read")?;
    let keys: Vec<_> = call.state().keys().collect();
    let index = call.state().indexes.table(Table::RootKeys);
    Ok(Reply::value(&keys).read(index, vec![Scope::Table(Table::RootKeys)]))
}

fn rotate(call: &mut Call<'_>) -> HandlerResult {
    let query = &call.request.query;
    let publish_time = match query.get("publish_time") {
        "" => 0,
        text => go::signed(text).map_err(|flaw| Refusal::failed(format!("invalid publish_time: {flaw}")))?,
    };
    let full = query.first("full").is_some();
    may(call, "keyring-rotate")?;
    let (key, index) = call.world.rotate_key(full, publish_time)?;
    Ok(Reply::value(&json!({"Index": index, "Key": key})).written(index))
}

fn remove(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let force = match call.request.query.first("force") {
        None => false,
        Some(text) => go::boolean(text).ok_or_else(|| Refusal::new(422, "invalid force parameter"))?,
    };
    call.only("DELETE")?;
    may(call, "keyring-delete")?;
    let index = call.world.remove_key(id, force)?;
    Ok(Reply::value(&json!({"Index": index})).written(index))
}
