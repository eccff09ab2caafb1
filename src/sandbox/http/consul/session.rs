//! `/v1/session/…`

use serde_json::{Value as Json, json};

use super::{ConsulRequest, denied, read};
use crate::sandbox::consul::Table;
use crate::sandbox::consul::session::{Session, SessionRequest, check_id, lock_delay};
use crate::sandbox::go;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::http::request::{Input, field};
use crate::sandbox::world::requests::Refusal;

/// What a body says a session is to be.
fn wish(body: &Input) -> Result<SessionRequest, String> {
    let text = |name: &str| match body.get(name) {
        Json::Null => Ok(String::new()),
        Json::String(text) => Ok(text.clone()),
        other => {
            let kind = go::kind(other);
            Err(format!("json: cannot unmarshal {kind} into Go struct field .{name} of type string"))
        }
    };
    let field_name = if body.get("NodeChecks").is_null() { "Checks" } else { "NodeChecks" };
    let node_checks = match body.get(field_name) {
        Json::Array(_) => body.texts(field_name),
        Json::Null => vec!["serfHealth".to_owned()],
        other => {
            let kind = go::kind(other);
            return Err(format!(
                "json: cannot unmarshal {kind} into Go struct field .{field_name} of type []string"
            ));
        }
    };
    let services = body.get("ServiceChecks").as_array().into_iter().flatten();
    let id = |check: &Json| field(check, "ID").as_str().map(str::to_owned);
    Ok(SessionRequest {
        name: text("Name")?,
        node: text("Node")?,
        ttl: text("TTL")?,
        behavior: text("Behavior")?,
        lock_delay: lock_delay(body.get("LockDelay"))?,
        node_checks,
        service_checks: services.filter_map(id).collect(),
    })
}

pub(super) fn create(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let wish = wish(&ask.body("struct { LockDelay interface {}; *structs.Alias }")?);
    let wish = wish.map_err(|flaw| Refusal::new(400, format!("Request decode failed: {flaw}")))?;
    let node = if wish.node.is_empty() { &ask.consul.agent } else { &wish.node };
    if !ask.rights()?.write("session", node) {
        return Err(denied());
    }
    let id = ask.consul.create_session(wish).map_err(Refusal::failed)?;
    Ok(Reply::value(&json!({"ID": id})))
}

/// The id of the path, which must be one.
fn id(ask: &ConsulRequest<'_>, before: &str) -> Result<String, Refusal> {
    let id = ask.named("session")?;
    check_id(id).map_err(|words| Refusal::failed(format!("{before}{words}")))?;
    Ok(id.to_owned())
}

pub(super) fn destroy(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    ask.named("session")?;
    let rights = ask.rights()?;
    let id = id(ask, "Session lookup failed: ")?;
    let Some(session) = ask.consul.sessions.get(&id) else { return Ok(Reply::value(&true)) };
    if !rights.write("session", &session.node) {
        return Err(denied());
    }
    ask.consul.end_session(&id);
    Ok(Reply::value(&true))
}

pub(super) fn renew(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    ask.named("session")?;
    let rights = ask.rights()?;
    let id = id(ask, "")?;
    let Some(session) = ask.consul.sessions.get(&id) else {
        return Ok(Reply::text(404, format!("Session id '{id}' not found")));
    };
    if !rights.write("session", &session.node) {
        return Err(denied());
    }
    let renewed = ask.consul.renew_session(&id).map(Session::json);
    Ok(Reply::value(&json!([renewed])))
}

pub(super) fn info(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let id = id(ask, "")?;
    let rights = ask.rights()?;
    let found = ask.consul.sessions.get(&id).filter(|session| rights.read("session", &session.node));
    let index = found.map_or_else(|| ask.consul.indexes.of(&[Table::Sessions]), Session::created);
    let rows: Vec<Json> = found.into_iter().map(Session::json).collect();
    Ok(read(&rows.into(), index))
}
