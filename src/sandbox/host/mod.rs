//! What simulated clients have of the real world: the directories of their allocations, and processes in them.

pub(super) mod console;
pub(super) mod environment;
pub(super) mod files;
pub(super) mod logs;
pub(super) mod tasks;

use std::io;
use std::path::PathBuf;
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

/// A task as its job declares it.
fn declaration(alloc: &Alloc, task: &str) -> Value {
    let named = |list: &Value, name: &str| {
        list.as_array().into_iter().flatten().find(|v| v["Name"].as_str() == Some(name)).cloned()
    };
    let groups = alloc.job.spec.canonical.get("TaskGroups").cloned().unwrap_or_default();
    let group = named(&groups, &alloc.group).unwrap_or_default();
    named(&group["Tasks"], task).unwrap_or_default()
}

/// The file a task finds the payload of its dispatch in, and the payload.
fn payload(alloc: &Alloc, task: &str) -> Option<(String, Vec<u8>)> {
    let file =
        declaration(alloc, task)["DispatchPayload"]["File"].as_str().filter(|f| !f.is_empty())?.to_owned();
    let payload = alloc.job.spec.canonical.get("Payload")?.as_str()?;
    Some((file, STANDARD.decode(payload).ok()?))
}
