//! What simulated clients have of the real world: the directories of their allocations, and processes in them.

pub(super) mod console;
pub(super) mod files;
pub(super) mod logs;
pub(super) mod tasks;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
    own.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(declared).collect()
}
