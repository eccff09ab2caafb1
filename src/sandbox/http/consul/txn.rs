//! `/v1/txn`

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::ConsulRequest;
use crate::sandbox::consul::kv::Draft;
use crate::sandbox::consul::txn::{Op, Verb};
use crate::sandbox::go;
use crate::sandbox::http::reply::Reply;
use crate::sandbox::http::request::Input;
use crate::sandbox::world::requests::Refusal;

/// How many operations there may be.
const MOST: usize = 64;

/// The operations of a body.
fn operations(body: &[u8]) -> Result<Vec<Op>, String> {
    if body.is_empty() {
        return Err("EOF".to_owned());
    }
    let list = match serde_json::from_slice(body) {
        Ok(Json::Array(list)) => list,
        Ok(other) => {
            let kind = go::kind(&other);
            return Err(format!("json: cannot unmarshal {kind} into Go value of type api.TxnOps"));
        }
        Err(_) => {
            let first = char::from(body[0]);
            return Err(format!("invalid character {first:?} looking for beginning of value"));
        }
    };
    let mut ops = Vec::new();
    for (name, fields) in list.iter().filter_map(Json::as_object).flatten().filter(|(_, op)| !op.is_null()) {
        match name.to_ascii_lowercase().as_str() {
            "kv" => ops.push(operation(fields)?),
            "node" | "service" | "check" => {
                return Err(format!("the sandbox has no transactions on {name}, only on KV"));
            }
            _ => return Err(format!("json: unknown field {name:?}")),
        }
    }
    Ok(ops)
}

/// The fields of an operation on a key.
const FIELDS: [&str; 7] = ["Verb", "Key", "Value", "Flags", "Index", "Session", "Namespace"];

fn operation(fields: &Json) -> Result<Op, String> {
    let known = |name: &str| FIELDS.iter().any(|field| field.eq_ignore_ascii_case(name));
    if let Some(name) =
        fields.as_object().into_iter().flatten().map(|(name, _)| name).find(|name| !known(name))
    {
        return Err(format!("json: unknown field {name:?}"));
    }
    let fields = Input(fields.clone());
    let value = STANDARD.decode(fields.text("Value")).map_err(|flaw| match flaw {
        base64::DecodeError::InvalidByte(at, _) => format!("illegal base64 data at input byte {at}"),
        _ => "illegal base64 data at input byte 0".to_owned(),
    })?;
    Ok(Op {
        verb: Verb::named(fields.text("Verb")),
        draft: Draft { key: fields.text("Key").to_owned(), value, flags: fields.index("Flags") },
        index: fields.index("Index"),
        session: fields.text("Session").to_owned(),
    })
}

pub(super) fn apply(ask: &mut ConsulRequest<'_>) -> Result<Reply, Refusal> {
    let ops = operations(&ask.request.body)
        .map_err(|flaw| Refusal::new(400, format!("Failed to parse body: {flaw}")))?;
    if ops.len() > MOST {
        let words = format!("Transaction contains too many operations ({} > {MOST})", ops.len());
        return Err(Refusal::new(413, words));
    }
    let rights = ask.rights()?;
    let outcome = ask.consul.transact(&ops, &rights);
    let status = if outcome.is_ok() { 200 } else { 409 };
    let mut answer = match outcome {
        Ok(results) => json!({"Results": results, "Errors": null}),
        Err(flaws) => {
            let flaws: Vec<Json> =
                flaws.into_iter().map(|(at, what)| json!({"OpIndex": at, "What": what})).collect();
            json!({"Results": null, "Errors": flaws})
        }
    };
    if let (false, Some(fields)) = (ops.iter().any(|op| op.verb.writes()), answer.as_object_mut()) {
        let read = [("Index", json!(0)), ("LastContact", json!(0)), ("KnownLeader", json!(true))];
        fields.extend(read.map(|(name, value)| (name.to_owned(), value)));
        fields.insert("ConsistencyLevel".to_owned(), json!(""));
    }
    let mut reply = Reply::value(&answer);
    reply.status = status;
    reply.leader = (!ops.iter().any(|op| op.verb.writes())).then_some(true);
    Ok(reply)
}
