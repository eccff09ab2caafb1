//! `/v1/kv/…`

use serde_json::{Value as Json, json};

use super::{ConsulRequest, denied, read};
use crate::sandbox::consul::Table;
use crate::sandbox::consul::kv::{Draft, Entry};
use crate::sandbox::go;
use crate::sandbox::http::reply::{Content, HandlerResult, Reply};
use crate::sandbox::world::requests::Refusal;

/// How large a value may be.
const LARGEST: usize = 512 * 1024;

pub(super) fn any(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    match ask.request.method.as_str() {
        "GET" => get(ask),
        "PUT" => put(ask),
        _ => delete(ask),
    }
}

fn get(ask: &ConsulRequest<'_>) -> HandlerResult {
    let query = &ask.request.query;
    if query.first("keys").is_some() {
        return names(ask);
    }
    let key = ask.rest;
    if query.first("recurse").is_some_and(|_| key.is_empty() || query.get("recurse") != "false") {
        return below(ask);
    }
    let key = ask.named("key name")?;
    if !ask.rights()?.read("key", key) {
        return Err(denied());
    }
    let Some(entry) = ask.consul.keys.get(key) else {
        return Ok(absent(ask.consul.indexes.of(&[Table::Keys])));
    };
    if query.first("raw").is_some() {
        let mut reply = Reply::empty().read(entry.modified, Vec::new());
        reply.content = Content::Other("text/plain", entry.value.clone());
        let reply = reply.header("x-content-type-options", "nosniff");
        return Ok(reply.header("content-security-policy", "sandbox"));
    }
    Ok(read(&json!([entry.json(true)]), entry.modified))
}

/// What is not there can be waited for as well.
fn absent(index: u64) -> Reply {
    let mut reply = Reply::empty().read(index.max(1), Vec::new());
    reply.status = 404;
    reply
}

fn index_under(ask: &ConsulRequest<'_>) -> u64 {
    match ask.consul.keys.index_under(ask.rest) {
        0 => ask.consul.indexes.of(&[Table::Keys]),
        index => index,
    }
}

fn below(ask: &ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let entries = ask.consul.keys.under(ask.rest).filter(|entry| rights.read("key", &entry.key));
    let rows: Vec<Json> = entries.map(|entry| entry.json(true)).collect();
    let index = index_under(ask);
    if rows.is_empty() { Ok(absent(index)) } else { Ok(read(&rows.into(), index)) }
}

/// Keys without their values; with a separator, only up to it.
fn names(ask: &ConsulRequest<'_>) -> HandlerResult {
    let rights = ask.rights()?;
    let (prefix, separator) = (ask.rest, ask.request.query.get("separator"));
    let mut names: Vec<&str> = Vec::new();
    let entries = ask.consul.keys.under(prefix).filter(|entry| rights.read("key", &entry.key));
    for key in entries.map(|entry| entry.key.as_str()) {
        let below = &key[prefix.len()..];
        let cut = below.find(separator).filter(|_| !separator.is_empty());
        let name = cut.map_or(key, |at| &key[..prefix.len() + at + separator.len()]);
        if names.last() != Some(&name) {
            names.push(name);
        }
    }
    let index = index_under(ask);
    // There is always a root.
    let absent_one = names.is_empty() && !prefix.is_empty();
    if absent_one { Ok(absent(index)) } else { Ok(read(&json!(names), index)) }
}

/// Refuses parameters that exclude one another.
fn exclusive(ask: &ConsulRequest<'_>, names: &[&str]) -> Result<(), Refusal> {
    let given = names.iter().filter(|name| ask.request.query.first(name).is_some()).count();
    if given < 2 {
        return Ok(());
    }
    let mut all: Vec<String> = ask.request.raw_query.split('&').map(str::to_owned).collect();
    all.iter_mut().filter(|pair| !pair.contains('=')).for_each(|pair| pair.push('='));
    all.sort();
    Err(Refusal::new(400, format!("Conflicting flags: {}", all.join("&"))))
}

/// A parameter that is a number.
fn number(ask: &ConsulRequest<'_>, name: &str) -> Result<Option<u64>, Refusal> {
    let parse = |text: &str| go::unsigned(text).map_err(Refusal::failed);
    ask.request.query.first(name).map(parse).transpose()
}

fn put(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    let key = ask.named("key name")?.to_owned();
    exclusive(ask, &["cas", "acquire", "release"])?;
    let body = &ask.request.body;
    if body.len() > LARGEST {
        let words = format!(
            "Request body({} bytes) too large, max size: {LARGEST} bytes. See \
             https://www.consul.io/docs/agent/options.html#kv_max_value_size.",
            body.len()
        );
        return Err(Refusal::new(413, words));
    }
    let flags = number(ask, "flags")?.unwrap_or(0);
    let draft = Draft { key: key.clone(), value: body.to_vec(), flags };
    let cas = number(ask, "cas")?;
    if !ask.rights()?.write("key", &key) {
        return Err(denied());
    }
    let query = &ask.request.query;
    let (acquire, release) = (query.first("acquire"), query.first("release"));
    let (now, consul) = (ask.consul.now(), &mut *ask.consul);
    if let Some(session) = acquire {
        if consul.keys.is_delayed(&key, now) {
            return Ok(told(false));
        }
        let lives = consul.lives(session);
        return consul.write_keys(|keys, index| match lives {
            Err(words) => (Err(Refusal::failed(words)), false),
            Ok(()) => {
                let locked = keys.lock(draft, session, index).is_some();
                (Ok(told(locked)), locked)
            }
        });
    }
    if let Some(session) = release {
        return consul.write_keys(|keys, index| {
            if session.is_empty() {
                return (Err(Refusal::failed("missing session")), false);
            }
            let freed = keys.unlock(draft, session, index).is_some();
            (Ok(told(freed)), freed)
        });
    }
    Ok(consul.write_keys(|keys, index| {
        let known = keys.get(&key).map_or(0, |entry: &Entry| entry.modified);
        let fits = cas.is_none_or(|wanted| wanted == known);
        if fits {
            keys.set(draft, index);
        }
        (told(fits), fits)
    }))
}

fn told(done: bool) -> Reply {
    Reply::value(&done)
}

fn delete(ask: &mut ConsulRequest<'_>) -> HandlerResult {
    exclusive(ask, &["recurse", "cas"])?;
    let recurse = ask.request.query.first("recurse").is_some();
    let key = if recurse { ask.rest.to_owned() } else { ask.named("key name")?.to_owned() };
    let cas = number(ask, "cas")?;
    let rights = ask.rights()?;
    let may = if recurse { rights.write_under(&key) } else { rights.write("key", &key) };
    if !may {
        return Err(denied());
    }
    Ok(ask.consul.write_keys(|keys, index| {
        if recurse {
            return (told(true), keys.delete_under(&key, index));
        }
        let known = keys.get(&key).map(|entry| entry.modified);
        match (known, cas) {
            (Some(known), Some(wanted)) if known != wanted => (told(false), false),
            _ => (told(true), keys.delete(&key, index)),
        }
    }))
}
