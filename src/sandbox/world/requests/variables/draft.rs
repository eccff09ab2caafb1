//! Variables as clients send them: read, and checked.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::api::wire::Nanos;
use crate::sandbox::go;
use crate::sandbox::state::variables::{Lock, VariableKey};
use crate::sandbox::world::requests::many_errors;

const MAX_SIZE: usize = 65_536;
const MIN_TTL: Nanos = Nanos::from_secs(10);
const MAX_TTL: Nanos = Nanos::from_secs(24 * 3600);

/// A variable as a client sends it.
#[derive(Debug, Clone, Default)]
pub struct VariableDraft {
    /// Its namespace.
    pub namespace: String,
    /// Its path.
    pub path: String,
    /// Its items; none when the body has none.
    pub items: Option<BTreeMap<String, String>>,
    /// The lock it mentions.
    pub lock: Option<Lock>,
}

impl VariableDraft {
    /// Reads a body. Its path does not count, and its namespace only where it names one.
    ///
    /// # Errors
    /// In the words of Go's decoder.
    pub fn read(body: &Json, namespace: &str, path: &str) -> Result<Self, String> {
        let Some(fields) = body.as_object() else {
            let kind = if body.is_array() { "array" } else { "string" };
            return Err(format!(
                "json: cannot unmarshal {kind} into Go value of type structs.VariableDecrypted"
            ));
        };
        let field = |name: &str| {
            let found = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value).filter(|value| !value.is_null())
        };
        let own = field("Namespace").and_then(Json::as_str).filter(|name| !name.is_empty());
        Ok(VariableDraft {
            namespace: own.unwrap_or(namespace).to_owned(),
            path: path.to_owned(),
            items: field("Items").map(items).transpose()?,
            lock: field("Lock").map(lock).transpose()?,
        })
    }

    pub(super) fn key(&self) -> VariableKey {
        VariableKey { namespace: self.namespace.clone(), path: self.path.clone() }
    }

    fn size(&self) -> usize {
        self.items.iter().flatten().map(|(key, value)| key.len() + value.len()).sum()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        if self.namespace == "*" {
            return Err("can not target wildcard (\"*\")namespace".to_owned());
        }
        if self.size() > MAX_SIZE {
            return Err("variables are limited to 64KiB in total size".to_owned());
        }
        check_path(&self.path)?;
        self.lock.as_ref().map_or(Ok(()), check_lock)
    }
}

fn items(value: &Json) -> Result<BTreeMap<String, String>, String> {
    let wrong = |value: &Json, wanted: &str| {
        let found = match value {
            Json::Bool(_) => "bool",
            Json::Number(_) => "number",
            Json::String(_) => "string",
            Json::Array(_) => "array",
            _ => "object",
        };
        format!(
            "json: cannot unmarshal {found} into Go struct field VariableDecrypted.Items of type {wanted}"
        )
    };
    let map = value.as_object().ok_or_else(|| wrong(value, "structs.VariableItems"))?;
    let each = map.iter().map(|(key, value)| match value {
        Json::String(text) => Ok((key.clone(), text.clone())),
        Json::Null => Ok((key.clone(), String::new())),
        other => Err(wrong(other, "string")),
    });
    each.collect()
}

/// A lock: its durations may be texts or numbers of nanoseconds, and anything else counts as none.
fn lock(value: &Json) -> Result<Lock, String> {
    let field = |name: &str| {
        let found = value.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    };
    let duration = |name: &str| match field(name) {
        Some(Json::String(text)) if !text.is_empty() => go::duration(text),
        Some(Json::Number(number)) => Ok(Nanos(number.as_i64().unwrap_or(0))),
        _ => Ok(Nanos(0)),
    };
    let id = field("ID").and_then(Json::as_str).unwrap_or("").to_owned();
    Ok(Lock { id, ttl: duration("TTL")?, delay: duration("LockDelay")? })
}

pub(super) fn check_path(path: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '~' | '/');
    if !(1..=128).contains(&path.len()) || !path.chars().all(fits) {
        return Err(format!("invalid path {path:?}"));
    }
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["nomad"] => Err("\"nomad\" is a reserved top-level directory path, but you may write variables to \
                          \"nomad/jobs\", \"nomad/job-templates\", \"nomad/sentinel\", or below"
            .to_owned()),
        ["nomad", "jobs" | "sentinel", ..] | ["nomad", "job-templates", _] => Ok(()),
        ["nomad", "job-templates", ..] => {
            Err("\"nomad/job-templates\" is a reserved directory path, but you may write \
             variables at the level below it, for example, \"nomad/job-templates/template-name\""
                .to_owned())
        }
        ["nomad", ..] => {
            Err("only paths at \"nomad/jobs\" or \"nomad/job-templates\" and below are valid paths \
                              under the top-level \"nomad\" directory"
                .to_owned())
        }
        _ => Ok(()),
    }
}

fn check_lock(lock: &Lock) -> Result<(), String> {
    let mut errors = Vec::new();
    if lock.delay.0 < 0 || lock.ttl.0 < 0 {
        errors.push("Lock delay and TTL must be positive".to_owned());
    }
    if lock.ttl > MAX_TTL || lock.ttl < MIN_TTL {
        errors.push("TTL must be between 10 seconds and 24 hours".to_owned());
    }
    if errors.is_empty() { Ok(()) } else { Err(many_errors(&errors)) }
}
