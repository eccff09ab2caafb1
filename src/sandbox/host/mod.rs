//! What simulated clients have of the real world: the directories of their allocations, and processes in them.

pub(super) mod console;
pub(super) mod files;
pub(super) mod logs;
pub(super) mod tasks;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use crate::sandbox::state::alloc::Alloc;

/// The private directory below which every allocation has its own; made when the first is asked for, gone with the sandbox.
#[derive(Debug, Default)]
pub(super) struct Host {
    root: Mutex<Option<TempDir>>,
}

impl Host {
    fn root(&self) -> io::Result<PathBuf> {
        let mut root = self.root.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dir) = &*root {
            return Ok(dir.path().to_owned());
        }
        let dir = tempfile::Builder::new().prefix("fleet-sandbox-").tempdir()?;
        Ok(root.insert(dir).path().to_owned())
    }

    /// The directory of an allocation, laid out as Nomad does (`nomad-api.md §7`).
    ///
    /// # Errors
    /// When the disk is full, or not ours.
    pub(super) fn dir_of(&self, alloc: &Alloc) -> io::Result<PathBuf> {
        let dir = self.root()?.join(alloc.id.to_string());
        if dir.is_dir() {
            return Ok(dir);
        }
        for shared in ["alloc/data", "alloc/logs", "alloc/tmp"] {
            std::fs::create_dir_all(dir.join(shared))?;
        }
        for task in tasks_of(alloc) {
            for own in ["local", "private", "secrets", "tmp"] {
                std::fs::create_dir_all(dir.join(task).join(own))?;
            }
            for stream in ["stdout", "stderr"] {
                std::fs::write(dir.join(format!("alloc/logs/{task}.{stream}.0")), "")?;
            }
            if let Some((file, bytes)) = payload(alloc, task) {
                let path = dir.join(task).join("local").join(file);
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(path, bytes)?;
            }
        }
        Ok(dir)
    }
}

/// The tasks of an allocation by name.
fn tasks_of(alloc: &Alloc) -> impl Iterator<Item = &str> {
    alloc.task_group().into_iter().flat_map(|g| g.tasks.iter().map(|t| t.name.as_str()))
}

/// Where programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The environment of a task.
fn environment(alloc: &Alloc, task: &str, dir: &Path) -> Vec<(String, String)> {
    let path = |below: &str| dir.join(below).display().to_string();
    let key = alloc.job_key();
    let own = [
        ("PATH", PATH.to_owned()),
        ("NOMAD_ALLOC_ID", alloc.id.to_string()),
        ("NOMAD_ALLOC_NAME", alloc.name.to_string()),
        ("NOMAD_ALLOC_INDEX", alloc.index().to_string()),
        ("NOMAD_TASK_NAME", task.to_owned()),
        ("NOMAD_GROUP_NAME", alloc.group.to_string()),
        ("NOMAD_JOB_ID", key.id.to_string()),
        ("NOMAD_JOB_NAME", alloc.job.spec.typed.name.clone()),
        ("NOMAD_NAMESPACE", key.namespace.to_string()),
        ("NOMAD_ALLOC_DIR", path("alloc")),
        ("NOMAD_TASK_DIR", path(&format!("{task}/local"))),
        ("NOMAD_SECRETS_DIR", path(&format!("{task}/secrets"))),
    ];
    let declared = alloc.task_group().and_then(|g| g.tasks.iter().find(|t| t.name == task));
    let declared = declared.into_iter().flat_map(|t| t.env.clone());
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    own.chain(metadata(alloc, task)).chain(declared).collect()
}

/// A task as its job declares it.
fn declaration(alloc: &Alloc, task: &str) -> Value {
    let named = |list: &Value, name: &str| {
        list.as_array().into_iter().flatten().find(|v| v["Name"].as_str() == Some(name)).cloned()
    };
    let groups = alloc.job.spec.canonical.get("TaskGroups").cloned().unwrap_or_default();
    let group = named(&groups, &alloc.group).unwrap_or_default();
    named(&group["Tasks"], task).unwrap_or_default()
}

/// Metadata of the job, the group and the task: of each key the innermost, under its own name and in capitals.
fn metadata(alloc: &Alloc, task: &str) -> Vec<(String, String)> {
    let own = declaration(alloc, task)["Meta"].clone();
    let own: BTreeMap<String, String> = serde_json::from_value(own).unwrap_or_default();
    let mut all = alloc.job.spec.typed.meta.clone();
    all.extend(alloc.task_group().map(|g| g.meta.clone()).unwrap_or_default());
    all.extend(own);
    let plain = |key: &str| key.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
    let both = |(key, value): (String, String)| {
        let key = plain(&key);
        [key.to_ascii_uppercase(), key].map(|key| (format!("NOMAD_META_{key}"), value.clone()))
    };
    all.into_iter().flat_map(both).collect()
}

/// The file a task finds the payload of its dispatch in, and the payload.
fn payload(alloc: &Alloc, task: &str) -> Option<(String, Vec<u8>)> {
    let file =
        declaration(alloc, task)["DispatchPayload"]["File"].as_str().filter(|f| !f.is_empty())?.to_owned();
    let payload = alloc.job.spec.canonical.get("Payload")?.as_str()?;
    Some((file, STANDARD.decode(payload).ok()?))
}
