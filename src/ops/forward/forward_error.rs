//! Where a connection broke.

use crate::api::Problem;
use crate::api::error::Error as ApiError;

/// Which part of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BrokenAt {
    /// On this side.
    Local,
    /// Between here and the servers.
    Api,
    /// Between the servers and the node.
    Client,
    /// In the task: it ended, or has nothing that carries connections.
    Task,
    /// At the port of the task.
    Port,
}

/// Where a connection broke, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ForwardError {
    /// Where.
    pub at: BrokenAt,
    /// In words.
    pub why: String,
}

impl ForwardError {
    pub(super) fn new(at: BrokenAt, why: impl Into<String>) -> Self {
        ForwardError { at, why: why.into() }
    }

    pub(super) fn local(error: &std::io::Error) -> Self {
        ForwardError::new(BrokenAt::Local, format!("the connection here broke: {error}"))
    }

    pub(super) fn own_listener(port: u16) -> Self {
        let why = format!("port {port} is fleet's own listener: the task shares this machine's network");
        ForwardError::new(BrokenAt::Local, why)
    }

    pub(super) fn not_listening(port: u16, said: &str) -> Self {
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        ForwardError::new(BrokenAt::Port, format!("nothing listens on port {port} in the task{said}"))
    }
}

impl From<&ApiError> for ForwardError {
    fn from(error: &ApiError) -> Self {
        let at = match error.problem {
            Problem::NoPathToNode | Problem::NodeLost => BrokenAt::Client,
            Problem::NotFound | Problem::Server | Problem::Invalid => BrokenAt::Task,
            _ => BrokenAt::Api,
        };
        ForwardError::new(at, error.to_string())
    }
}
