//! Storing what a specification says: namespaces and node pools. What is not named stays as it is.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::api::http::{Get, Patience, Write};
use crate::api::settle::settle;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::spec_file::{self, KeySpelling};
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// The specification to be stored, as far as all such verbs take it.
#[derive(Debug, clap::Args)]
pub struct SpecFlags {
    /// A specification in HCL or JSON; `-` for stdin.
    #[arg(long, short, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: Option<String>,

    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,

    /// Set a key of the metadata; an empty value removes it.
    #[arg(long, value_name = "KEY=VALUE")]
    meta: Vec<String>,

    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A kind of object that is stored from a specification.
#[derive(Debug)]
pub struct SpecKind {
    /// What it is called.
    pub noun: &'static str,
    /// The key of its name in documents.
    pub key: &'static str,
    /// What its specification may say.
    pub spelling: &'static KeySpelling,
    /// Reads one, every field.
    pub read: fn(&str) -> Get<Value>,
    /// Replaces one whole.
    pub store: fn(&str, &Value) -> Write<IgnoredAny>,
}

/// A field that a change touches.
#[derive(Debug, Serialize)]
struct FieldChange {
    field: String,
    old: Value,
    new: Value,
}

impl Tabular for FieldChange {
    const COLUMNS: &'static [Column] =
        &[column("FIELD").whole(), column("OLD").wraps(), column("NEW").wraps()];

    fn cells(&self) -> Vec<Cell> {
        let cell = |value: &Value, tone| match value {
            Value::Null => Cell::Empty,
            Value::String(text) if text.is_empty() => Cell::Empty,
            Value::String(text) => Cell::toned(text, tone),
            other => Cell::toned(other.to_string(), tone),
        };
        vec![Cell::text(&self.field), cell(&self.old, Tone::Dim), cell(&self.new, Tone::Good)]
    }
}

/// What an `apply` did, or would do.
#[derive(Debug, Serialize)]
struct Applied {
    /// Its name, under the key that it has in every document.
    #[serde(flatten)]
    name: BTreeMap<&'static str, String>,
    /// Whether it was not there before.
    created: bool,
    /// Whether this is a preview.
    dry_run: bool,
    changes: Vec<FieldChange>,
}

impl Describe for Applied {
    fn describe(&self) -> Detail {
        let result = match (self.created, self.changes.is_empty(), self.dry_run) {
            (true, _, false) => "created",
            (true, _, true) => "would be created",
            (false, true, _) => "nothing to change",
            (false, false, false) => "changed",
            (false, false, true) => "would be changed",
        };
        let name = self.name.values().map(|name| ("name", Cell::text(name)));
        let fields = name.chain([("result", Cell::text(result))]);
        Detail::new().fields(fields).table("Changes", &self.changes)
    }
}

/// Stores what the file, the flags and the verb's `own` fields say over what is there, and reads it back.
///
/// # Errors
/// Usage (2); refused (7) when somebody else changed it at the same moment; API errors.
pub async fn apply(
    app: &App,
    kind: &SpecKind,
    name: Option<&str>,
    flags: &SpecFlags,
    own: impl IntoIterator<Item = (&'static str, Value)>,
) -> Result<()> {
    let mut wanted = match &flags.file {
        Some(path) => from_file(path, kind.spelling).await?,
        None => Map::new(),
    };
    let name = chosen_name(kind, name, wanted.get("Name").and_then(Value::as_str))?;
    let nomad = app.nomad()?;
    let now = match nomad.read(&(kind.read)(&name)).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    wanted.extend(own.into_iter().map(|(field, value)| (field.to_owned(), value)));
    if let Some(text) = &flags.description {
        wanted.insert("Description".to_owned(), Value::String(text.clone()));
    }
    if !flags.meta.is_empty() {
        let before = wanted.get("Meta").or_else(|| now.as_ref().and_then(|now| now.get("Meta")));
        let meta = with_pairs(before, &flags.meta)?;
        wanted.insert("Meta".to_owned(), meta);
    }
    let changes = changes(now.as_ref(), &wanted);
    let applied = Applied {
        name: [(kind.key, name.clone())].into(),
        created: now.is_none(),
        dry_run: flags.dry_run,
        changes,
    };
    if flags.dry_run || (now.is_some() && applied.changes.is_empty()) {
        return app.printer.object(&applied);
    }
    let mut body = now.unwrap_or_else(|| Value::Object(Map::new()));
    for (field, value) in &wanted {
        body[field] = value.clone();
    }
    body["Name"] = Value::String(name.clone());
    let stored = async || match nomad.read(&(kind.read)(&name)).await {
        Ok(reply) => Ok(self::changes(Some(&reply.value), &wanted).is_empty().then_some(())),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e),
    };
    settle(nomad, &app.explicit(), &(kind.store)(&name, &body), Patience::OPERATION, stored).await?;
    if stored().await?.is_none() {
        return Err(Error::refused(format!("{} {name} is not as it was to be", kind.noun))
            .because("the servers took the change, and somebody else made another at the same moment"));
    }
    app.printer.object(&applied)
}

async fn from_file(path: &str, spelling: &'static KeySpelling) -> Result<Map<String, Value>> {
    let text = jobfile::read(path).await?;
    let file = if path == "-" { "stdin" } else { path };
    spec_file::read(&text, spelling)
        .map_err(|why| Error::usage(format!("{file} is not a valid {}", spelling.noun)).because(why))
}

fn chosen_name(kind: &SpecKind, given: Option<&str>, in_file: Option<&str>) -> Result<String> {
    match (given, in_file) {
        (Some(given), Some(other)) if given != other => {
            Err(Error::usage(format!("the command line names {} {given}, the file {other}", kind.noun)))
        }
        (Some(name), _) | (None, Some(name)) => Ok(name.to_owned()),
        (None, None) => Err(Error::usage(format!("the file does not name the {}", kind.noun))
            .hint("add name = \"…\" to it, or give the name on the command line")),
    }
}

fn with_pairs(before: Option<&Value>, pairs: &[String]) -> Result<Value> {
    let mut meta = before.and_then(Value::as_object).cloned().unwrap_or_default();
    for pair in pairs {
        match pair.split_once('=') {
            Some((key, "")) => drop(meta.remove(key)),
            Some((key, value)) => drop(meta.insert(key.to_owned(), Value::String(value.to_owned()))),
            None => return Err(Error::usage(format!("--meta {pair:?} is not KEY=VALUE"))),
        }
    }
    Ok(Value::Object(meta))
}

/// The fields in which `wanted` differs from what is there; an absent field and an empty one are the same.
fn changes(now: Option<&Value>, wanted: &Map<String, Value>) -> Vec<FieldChange> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(all) => all.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    };
    let change = |(field, value): (&String, &Value)| {
        let was = now.and_then(|now| now.get(field)).cloned().unwrap_or_default();
        let same = was == *value || (is_empty(&was) && is_empty(value));
        (!same && field != "Name").then(|| FieldChange { field: field.clone(), old: was, new: value.clone() })
    };
    wanted.iter().filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_differs_is_a_change() {
        let now = json!({"Name": "a", "Description": "x", "Meta": null, "Quota": ""});
        let wanted = json!({"Name": "a", "Description": "y", "Meta": {}, "Quota": ""});
        let wanted = wanted.as_object().unwrap();
        let found = changes(Some(&now), wanted);
        assert_eq!((found.len(), found[0].field.as_str()), (1, "Description"));
        assert_eq!(changes(None, wanted).len(), 1);
    }

    #[test]
    fn an_empty_value_removes_a_key() {
        let before = json!({"a": "1", "b": "2"});
        let pairs = ["a=".to_owned(), "c=3".to_owned()];
        assert_eq!(with_pairs(Some(&before), &pairs), Ok(json!({"b": "2", "c": "3"})));
        assert!(with_pairs(None, &["x".to_owned()]).is_err());
    }
}
