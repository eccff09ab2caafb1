//! The logs of tasks, byte for byte: over rotations, broken connections and restarts (`nomad-api.md §7`).

mod file_reader;
mod lines;
mod log_files;
mod reader;
mod readers;
mod server_stream;

pub use lines::{Line, Lines};
pub use log_files::LostBytes;
pub use reader::{LogEnd, LogEvent, LogStart};
pub use readers::{LogReaders, ReaderEvent};

use crate::model::ids::short;

/// How many logs are read at the same time: some connections are left for everything else.
pub const MOST_LOGS: usize = 24;

/// One of the two logs of a task.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId {
    /// The allocation's full id.
    pub alloc_id: String,
    /// The task.
    pub task: String,
    /// Which of its streams.
    pub stream: Stream,
}

/// Which stream of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Its stdout.
    Stdout,
    /// Its stderr.
    Stderr,
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        })
    }
}

impl std::fmt::Display for LogId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}/{}", self.stream, short(&self.alloc_id), self.task)
    }
}
