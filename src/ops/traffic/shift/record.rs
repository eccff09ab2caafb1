//! What a shift writes down of itself, in Consul: enough for any machine to go on with it, or to take it back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::traffic::shift::{Pin, Shares, Side};
use crate::model::traffic::weighted;
use crate::ops::traffic::history::Saved;

/// The key under which the shift of a service is written down, and which is its lock. A file belongs to one machine, and another has
/// another one at the same place.
#[must_use]
pub fn key(service: &str) -> String {
    let in_file = service.strip_prefix(weighted::PREFIX).and_then(weighted::file);
    match in_file {
        Some(_) => {
            format!("fleet/traffic/{service}@{}", rustix::system::uname().nodename().to_string_lossy())
        }
        None => format!("fleet/traffic/{service}"),
    }
}

/// How far a shift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing was written yet, or the pins are being written.
    Preparing,
    /// The steps are taken one after the other.
    Stepping,
    /// The taking side has everything; the giving side becomes idle.
    Draining,
    /// It is over, and verified.
    Done,
    /// The shares are taken back.
    RollingBack,
    /// They were taken back, and verified.
    RolledBack,
}

impl Phase {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Phase::Done | Phase::RolledBack)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::Preparing => "preparing",
            Phase::Stepping => "stepping",
            Phase::Draining => "draining",
            Phase::Done => "done",
            Phase::RollingBack => "rolling-back",
            Phase::RolledBack => "rolled-back",
        }
    }
}

/// The person and machine that run a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user and machine, as people say it.
    pub who: String,
    /// What tells this machine and this space of process ids from every other; empty where the system does not say.
    pub machine: String,
    /// The process.
    pub pid: u32,
    /// The session that holds the lock.
    pub session: String,
}

/// A shift of traffic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it is called.
    pub id: String,
    /// The service.
    pub service: String,
    /// The side that gives.
    pub from: Side,
    /// The side that takes.
    pub to: Side,
    /// The shares of the taking side, in hundredths of a percent.
    pub steps: Vec<i64>,
    /// The addresses of the APIs of the Traefiks that share it out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traefiks: Vec<String>,
    /// How sessions are kept.
    pub pin: Option<Pin>,
    /// When it was begun.
    pub started: Timestamp,
    /// When this was written down.
    pub updated: Timestamp,
    /// How far it is.
    pub phase: Phase,
    /// How many steps are taken, verified and soaked.
    pub steps_done: usize,
    /// The shares before it began.
    pub before_shares: Shares,
    /// The shares it wrote last, or is about to write.
    pub shares: Shares,
    /// How many instances of the giving side carried its share before.
    pub baseline: usize,
    /// The entries it writes, as they were before.
    pub before: Vec<Saved>,
    /// Whether the pins were written.
    #[serde(default)]
    pub pinned: bool,
    /// Why it stopped, when it did.
    #[serde(default)]
    pub why: Option<String>,
    /// Who runs it, or ran it last.
    pub holder: Holder,
}

impl Record {
    /// Whether a command with these sides goes on with it.
    #[must_use]
    pub fn is_of(&self, from: &Side, to: &Side) -> bool {
        self.from == *from && self.to == *to
    }
}
