//! When a rotation may go on: windows of time, gates between nodes, how the first node is treated, how long batch work is
//! waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::window::Window;
use crate::ops::deploy::gates::Gate;

/// What the operator decided about the pace, beside how many nodes are emptied at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    /// How long what moved off the first node must have been well before another one with work is begun; none where all are
    /// alike.
    pub first_soak: Option<Duration>,
    /// When something may be touched; always, where there are none.
    pub windows: Vec<Window>,
    /// What has to hold before a node is begun.
    pub gates: Gates,
    /// How long batch work is waited for before it is stopped; for as long as it takes where there is none.
    pub batch_limit: Option<Duration>,
}

/// What has to hold before a node is begun.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gates {
    /// What the cluster itself is asked.
    pub own: BTreeSet<OwnGate>,
    /// Whom else to ask.
    pub others: Vec<Gate>,
    /// How often in a row every gate must say yes.
    pub passes: u32,
    /// How often they are asked.
    pub every: Duration,
}

impl Gates {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }
}

/// A gate that the cluster itself answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum OwnGate {
    /// No evaluation of a job that moves waits for room that did not wait before.
    Blocked,
    /// The servers are healthy, and one of them may be lost.
    Autopilot,
    /// No deployment of a job that moves failed since the rotation began.
    Deployments,
    /// Every check of what moved passes now, Nomad's and Consul's.
    Checks,
}

impl std::fmt::Display for OwnGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            OwnGate::Blocked => "blocked",
            OwnGate::Autopilot => "autopilot",
            OwnGate::Deployments => "deployments",
            OwnGate::Checks => "checks",
        })
    }
}
