//! What operators ask of the servers: the writes of the API, with the refusals of Nomad's RPC layer.

mod admission;
mod allocs;
mod annotate;
mod deployments;
mod dispatch;
mod jobs;
mod keyring;
mod nodes;
mod operator;
mod plan;
mod scale;
mod variables;

use std::fmt;

pub use allocs::{AllocStop, Stopped};
pub(in crate::sandbox) use annotate::difference;
pub use deployments::{DeploymentChange, HealthDecision};
pub use dispatch::{Dispatch, Dispatched};
pub use jobs::{Registered, Registration, Stop, TagChange};
pub use nodes::NodeChange;
pub use plan::Planned;
pub use scale::Scaling;
pub use variables::{Applied, VariableDraft, VariableWrite};

/// A request that was refused, as the reply says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The words.
    pub text: String,
}

impl Refusal {
    /// A refusal with a status of its own.
    pub fn new(status: u16, text: impl Into<String>) -> Self {
        Refusal { status, text: text.into() }
    }

    /// An error of the RPC layer: 500, whatever it is about.
    pub fn failed(text: impl Into<String>) -> Self {
        Refusal::new(500, text)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.text)
    }
}

/// Several complaints as Nomad's multi-error words them.
#[must_use]
pub fn many_errors(errors: &[String]) -> String {
    let lines: String = errors.iter().map(|e| format!("\t* {e}\n")).collect();
    match errors.len() {
        1 => format!("1 error occurred:\n{lines}\n"),
        n => format!("{n} errors occurred:\n{lines}\n"),
    }
}
