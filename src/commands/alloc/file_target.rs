//! Which file of an allocation is meant, the same in the verbs that look at its files.

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags, TaskPlace};
use crate::error::{Error, Result};
use crate::ops::alloc_files::AllocFile;

/// An allocation and a path in its directory.
#[derive(Debug, clap::Args)]
pub(super) struct FileArgs {
    /// Which allocation, as for `fleet exec`; one that has ended too.
    #[arg(value_name = "TARGET", add = clap_complete::ArgValueCompleter::new(complete::targets))]
    target: String,

    /// The path in the task's part of the allocation's directory: local/…, tmp/…, secrets/…; or alloc/… of all tasks.
    #[arg(value_name = "PATH")]
    path: Option<String>,

    /// The path is from the top of the allocation's directory.
    #[arg(long)]
    alloc_dir: bool,

    #[command(flatten)]
    which: TargetFlags,
}

/// A file of an allocation.
pub(super) struct AllocPath {
    pub(super) place: TaskPlace,
    /// As the fs API takes it.
    pub(super) path: String,
}

impl FileArgs {
    /// Finds the allocation.
    ///
    /// # Errors
    /// Usage (2) for a path that is not in its directory; not found (3).
    pub(super) async fn find(&self, app: &App) -> Result<AllocPath> {
        let place = target::one(app, &self.target, &self.which, AllocRequirement::Any).await?;
        let path = self.path(&place.task)?;
        Ok(AllocPath { place, path })
    }

    fn path(&self, task: &str) -> Result<String> {
        let path = self.path.as_deref().unwrap_or("");
        let inside = path.trim_start_matches('/').trim_end_matches('/');
        let first = inside.split('/').next().unwrap_or_default();
        if self.alloc_dir {
            return Ok(format!("/{inside}"));
        }
        if path.starts_with('/') {
            return Err(Error::usage(format!("{path:?} is not in the allocation's directory")).hint(
                "--alloc-dir means paths from its top; `fleet cp` and `fleet exec` reach all the task sees",
            ));
        }
        Ok(if first == "alloc" { inside.to_owned() } else { format!("{task}/{inside}") })
    }
}

impl AllocPath {
    pub(super) fn file(&self) -> AllocFile<'_> {
        AllocFile { http: &self.place.nomad, alloc_id: &self.place.alloc.id, path: &self.path }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_tasks_own_unless_said_otherwise() {
        let args = |path: &str, alloc_dir| FileArgs {
            target: "web".to_owned(),
            path: Some(path.to_owned()),
            alloc_dir,
            which: TargetFlags::default(),
        };
        let path = |text: &str, alloc_dir| args(text, alloc_dir).path("t").ok();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(path("local/a", false), some("t/local/a"));
        assert_eq!(path("alloc/logs/", false), some("alloc/logs"));
        assert_eq!((path("", false), path("", true)), (some("t/"), some("/")));
        assert_eq!((path("/etc", false), path("/t/local", true)), (None, some("/t/local")));
    }
}
