//! The weights of a service of Traefik, read and written as one entry: its keys in Consul, or its place in a file.

use std::collections::BTreeMap;

use crate::api;
use crate::api::consul::config_entry::ConfigEntry;
use crate::api::consul::kv::{self, Change as KeyChange, Entry};
use crate::api::http::{Http, Patience};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::error::{Error, Result};
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::same;
use crate::model::traffic::weighted;
use crate::ops::traffic::conflict::changed_meanwhile;
use crate::ops::traffic::traefik_file;

/// A service's keys at one moment.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// Their values.
    pub values: BTreeMap<String, String>,
    indexes: BTreeMap<String, u64>,
}

/// The keys of a service; none where there are none.
///
/// # Errors
/// Any `api::Error`.
pub async fn keys(consul: &Http, name: &str) -> api::Result<Option<Keys>> {
    let listed: Vec<Entry> = match consul.read(&kv::tree(&weighted::prefix(name))).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut keys = Keys::default();
    for entry in listed {
        keys.indexes.insert(entry.key.clone(), entry.modify_index);
        keys.values.insert(entry.key, String::from_utf8_lossy(&entry.value).into_owned());
    }
    Ok(Some(keys))
}

/// Its weights as an entry; none where there are no keys, or no file, that say some.
///
/// # Errors
/// Any `api::Error`.
pub async fn read(consul: &Http, name: &str) -> api::Result<Option<ConfigEntry>> {
    if weighted::file(name).is_some() {
        return Ok(traefik_file::open(name).ok().map(|file| file.service.entry(name)));
    }
    let Some(keys) = keys(consul, name).await? else { return Ok(None) };
    let Ok(mut entry) = weighted::entry(name, &keys.values) else { return Ok(None) };
    let index = keys.indexes.values().copied().max().unwrap_or(0);
    entry.fields.insert("ModifyIndex".to_owned(), index.into());
    Ok(Some(entry))
}

/// Writes the weights, all of them or none, if nobody changed them since they were read.
///
/// # Errors
/// Refused (7) when somebody did, or the weights would go altogether; failed (1) when a file cannot be written; any error of a call.
pub(super) async fn write(consul: &Http, permission: &Permission, change: &Change) -> Result<()> {
    if weighted::file(&change.name).is_some() {
        return traefik_file::write(permission, change);
    }
    let Some(new) = &change.new else {
        return Err(Error::refused(format!(
            "{} is Traefik's own, and is not deleted by fleet",
            change.subject()
        )));
    };
    let now = keys(consul, &change.name).await?.unwrap_or_default();
    let stored = weighted::entry(&change.name, &now.values).ok();
    let unchanged = match (&stored, &change.old) {
        (None, None) => true,
        (Some(now), Some(then)) => same(now, then),
        _ => false,
    };
    if !unchanged {
        return Err(changed_meanwhile(change));
    }
    let mut wanted = weighted::changes(new, &now.values);
    if wanted.is_empty() {
        return Ok(());
    }
    let mut set = Vec::new();
    for (key, index) in &now.indexes {
        let what = match wanted.remove(key) {
            Some(Some(value)) => KeyChange::Set(value),
            Some(None) => KeyChange::Delete,
            None => KeyChange::Keep,
        };
        set.push((key.clone(), *index, what));
    }
    set.extend(wanted.into_iter().filter_map(|(key, value)| Some((key, 0, KeyChange::Set(value?)))));
    let there = async || -> api::Result<Option<ConfigEntry>> {
        Ok(read(consul, &change.name).await?.filter(|now| same(now, new)))
    };
    let call = kv::together(&weighted::prefix(&change.name), &set);
    match settle(consul, permission, &call, Patience::OPERATION, there).await {
        Ok(_) => Ok(()),
        // A lost reply may have been followed by the same write again: then it is there.
        Err(e) if e.status == Some(409) => match there().await? {
            Some(_) => Ok(()),
            None => Err(changed_meanwhile(change)),
        },
        Err(e) => Err(e.into()),
    }
}
