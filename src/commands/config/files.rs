//! Files of config entries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::api::consul::config_entry::ConfigEntry;
use crate::error::{Error, Result};
use crate::model::traffic::document;
use crate::ops::jobfile;

/// Reads the entries of files, of the `*.hcl` and `*.json` files of folders, and of stdin (`-`).
///
/// # Errors
/// Usage (2) for what cannot be read, or an entry that is there twice.
pub(super) async fn read(names: &[String]) -> Result<Vec<ConfigEntry>> {
    let mut entries = Vec::new();
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for file in spread(names)? {
        let text = jobfile::read(&file).await?;
        let found = document::read(&text).map_err(|why| {
            Error::usage(format!("{file} holds no config entry that can be written")).because(why)
        })?;
        for entry in found {
            let key = (entry.kind_name().to_owned(), entry.name().to_owned());
            if let Some(other) = seen.insert(key, file.clone()) {
                return Err(Error::usage(format!("{}/{} is there twice", entry.kind_name(), entry.name()))
                    .because(format!("in {other} and in {file}")));
            }
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// The files themselves, those of folders in the order of their names.
fn spread(names: &[String]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for name in names {
        if name == "-" || !Path::new(name).is_dir() {
            files.push(name.clone());
            continue;
        }
        let failed =
            |e: std::io::Error| Error::failed(format!("could not list {name}")).because(e.to_string());
        let mut inside: Vec<PathBuf> = Vec::new();
        for file in std::fs::read_dir(name).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            if path.extension().is_some_and(|e| e == "hcl" || e == "json") {
                inside.push(path);
            }
        }
        if inside.is_empty() {
            return Err(Error::not_found(format!("{name} holds no *.hcl and no *.json file")));
        }
        inside.sort();
        files.extend(inside.into_iter().map(|path| path.display().to_string()));
    }
    Ok(files)
}
