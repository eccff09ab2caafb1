//! Commands inside running tasks: started so that nothing wedges, watched so that their end is known (`nomad-api.md §6`).

use crate::api::http::Http;
use crate::api::permission::Permission;

pub mod capture;
pub(in crate::ops) mod chunk;
pub mod escape;
pub mod launch;
pub(in crate::ops) mod limits;
mod liveness;
mod program;
pub(in crate::ops) mod script;
mod session;
pub mod shell_session;
mod starter;
pub(in crate::ops) mod task_end;

pub use launch::Launch;
pub use session::{EventSink, ExecEvent, Input, InputStreams, Session};
pub use starter::{Starter, starter};

/// A way into a task.
#[derive(Debug)]
pub struct Access {
    /// Who is asked: the servers, or the node itself.
    pub http: Http,
    /// Whoever may run commands there.
    pub permission: Permission,
    /// Where.
    pub task_ref: TaskRef,
}

/// A task of an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRef {
    /// The allocation's full id.
    pub alloc_id: String,
    /// The task.
    pub task: String,
    /// The driver that runs it.
    pub driver: String,
}

impl std::fmt::Display for TaskRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "task {} of allocation {}", self.task, crate::model::ids::short(&self.alloc_id))
    }
}
