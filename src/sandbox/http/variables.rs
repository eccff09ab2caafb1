//! `/v1/vars` and `/v1/var/…` (`nomad-api.md §9.2`).

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::sandbox::filter::Row;
use crate::sandbox::go;
use crate::sandbox::http::access::denied;
use crate::sandbox::http::allocs::watch;
use crate::sandbox::http::call::{Call, WRONG_METHOD};
use crate::sandbox::http::paging::{Keyed, Token, page};
use crate::sandbox::http::reply::{Content, HandlerResult, Reply, json};
use crate::sandbox::state::index::Table;
use crate::sandbox::state::variables::{Variable, VariableKey};
use crate::sandbox::world::requests::{Applied, Refusal, VariableDraft, VariableWrite};

/// The operations on a lock, by their parameters.
const LOCKS: [&str; 3] = ["lock-renew", "lock-acquire", "lock-release"];

fn bad(words: impl Into<String>) -> Refusal {
    Refusal::new(400, words)
}

impl Keyed for Variable {
    fn namespace(&self) -> &str {
        &self.namespace
    }
    fn id(&self) -> String {
        self.path.clone()
    }
    fn create_index(&self) -> u64 {
        self.create_index
    }
    fn modify_index(&self) -> u64 {
        self.modify_index
    }
}

impl Row for Variable {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        // The servers keep the items encrypted and everything else in a part of its own (`nomad-api.md §1.4`).
        (name == "VariableMetadata").then(|| {
            let mut metadata = serde_json::to_value(self).unwrap_or_default();
            if let Some(fields) = metadata.as_object_mut() {
                fields.remove("Items");
            }
            Cow::Owned(metadata)
        })
    }
}

/// What both reads say to bad parameters: the agent complains twice.
fn twice(refusal: &Refusal) -> Refusal {
    bad(format!("{}failed to parse parameters", refusal.text))
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    Ok(unnegotiated(listed(call)))
}

/// An answer or a refusal that says nothing of encodings, as all of this endpoint.
fn unnegotiated(answer: HandlerResult) -> Reply {
    let reply = answer.unwrap_or_else(|refusal| Reply::text(refusal.status, refusal.text));
    reply.header("Vary", "Origin")
}

fn listed(call: &Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options().map_err(|refusal| twice(&refusal))?;
    let rights = call.rights()?;
    let state = call.state();
    let here = |v: &&Arc<Variable>| {
        (options.namespace == "*" || v.namespace == options.namespace) && v.path.starts_with(&options.prefix)
    };
    let listed = |v: &Variable| rights.grants.variable(&v.namespace, &v.path, "list");
    let page = page(state.variables().filter(here), &options, Token::NamespaceAndId, listed)?;
    let all = rights.is_management();
    let write = move |variable: &Arc<Variable>, out: &mut Vec<u8>| {
        let lock = variable.lock.clone().filter(|_| all);
        out.extend(json(&Variable { items: BTreeMap::new(), lock, ..Variable::clone(variable) }));
    };
    let index = state.indexes.table(Table::Variables);
    let reply = Reply::rows(page.rows, write).followed_by(page.next);
    Ok(reply.read(index, watch(Table::Variables, &options.namespace)))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let answer = answer_one(call);
    Ok(unnegotiated(answer))
}

fn answer_one(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    if path.is_empty() {
        return Err(bad("missing variable path"));
    }
    match call.request.method.as_str() {
        "GET" => query(call, path),
        "PUT" | "POST" => put(call, path),
        "DELETE" => {
            let what = VariableWrite::Delete(cas(call)?);
            let draft = VariableDraft {
                namespace: call.request.namespace().to_owned(),
                path: path.to_owned(),
                ..VariableDraft::default()
            };
            write(call, what, draft)
        }
        _ => Err(bad(WRONG_METHOD)),
    }
}

fn query(call: &Call<'_>, path: &str) -> HandlerResult {
    let options = call.options().map_err(|refusal| twice(&refusal))?;
    let rights = call.rights()?;
    if !rights.grants.variable(&options.namespace, path, "read") {
        return Err(denied());
    }
    let key = VariableKey { namespace: options.namespace, path: path.to_owned() };
    let state = call.state();
    let watch = vec![key.scope()];
    Ok(match state.variable(&key) {
        Some(variable) => {
            let lock = variable.lock.clone().filter(|_| rights.is_management());
            let shown = Variable { lock, ..Variable::clone(variable) };
            Reply::value(&shown).read(variable.modify_index, watch)
        }
        None => Reply::text(404, "variable not found").read(state.indexes.table(Table::Variables), watch),
    })
}

/// The index a write demands, if any.
fn cas(call: &Call<'_>) -> Result<Option<u64>, Refusal> {
    match call.request.query.get("cas") {
        "" => Ok(None),
        text => go::unsigned(text).map(Some).map_err(|flaw| bad(format!("can not parse cas: {flaw}"))),
    }
}

fn put(call: &mut Call<'_>, path: &str) -> HandlerResult {
    let query = &call.request.query;
    let given: Vec<&str> = LOCKS.into_iter().filter(|name| query.first(name).is_some()).collect();
    let operation = match given[..] {
        [] => None,
        [one] => Some(one),
        _ => return Err(bad("multiple lock operations")),
    };
    if operation.is_some() && !query.get("cas").is_empty() {
        return Err(bad("CAS can't be used with lock operations"));
    }
    let body = call.request.decode().map_err(bad)?;
    let draft = VariableDraft::read(&body.0, call.request.namespace(), path).map_err(bad)?;
    let what = match operation {
        Some("lock-renew") => return renew(call, &draft),
        Some("lock-acquire") => VariableWrite::Acquire,
        Some(_) => VariableWrite::Release,
        None if draft.items.as_ref().is_none_or(BTreeMap::is_empty) => {
            return Err(bad("variable missing required Items object"));
        }
        None => VariableWrite::Set(cas(call)?),
    };
    write(call, what, draft)
}

fn renew(call: &mut Call<'_>, draft: &VariableDraft) -> HandlerResult {
    let rights = call.rights()?;
    let key = VariableKey { namespace: call.request.namespace().to_owned(), path: draft.path.clone() };
    let lock = draft.lock.as_ref().map_or("", |lock| lock.id.as_str());
    let renewed = call.world.renew_lock(&key, lock, &rights.grants)?;
    Ok(Reply::value(&renewed))
}

fn write(call: &mut Call<'_>, what: VariableWrite, draft: VariableDraft) -> HandlerResult {
    let rights = call.rights()?;
    match call.world.write_variable(what, draft, &rights.grants) {
        Ok(Applied::Written(variable, index)) => Ok(Reply::value(&variable).written(index)),
        Ok(Applied::Deleted(index)) => {
            let mut reply = Reply::empty().written(index);
            reply.status = 204;
            Ok(reply)
        }
        Ok(Applied::Conflict(variable)) => {
            // The status goes out before the agent names the type; a lock's conflict goes out without its index too.
            let mut reply = Reply::text(409, "");
            reply.content = Content::Other("text/plain; charset=utf-8", json(&variable));
            let by_index = matches!(what, VariableWrite::Set(_) | VariableWrite::Delete(_));
            reply.index = by_index.then_some(variable.modify_index);
            Ok(reply)
        }
        // The index of a write that was not made goes out with its refusal.
        Err(refusal) if refusal.status < 500 => Ok(Reply::text(refusal.status, refusal.text).written(0)),
        Err(refusal) => Err(refusal),
    }
}
