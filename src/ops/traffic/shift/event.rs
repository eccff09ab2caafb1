//! What happens during a shift of traffic.

use serde::{Deserialize, Serialize};

use super::sessions::MovedSessions;
use crate::model::rollout::gate::GateAnswer;
use crate::model::traffic::shift::Shares;

/// An event of a shift.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields are named for what they are")]
pub enum Event {
    /// The lock is held, and it begins, or goes on where another run stopped.
    Begun { shift_id: String, service: String, from: String, to: String, shares: Shares, resumed: bool },
    /// An entry was written and read back.
    EntryWritten { entry: String, modify_index: Option<u64> },
    /// Sessions are pinned from here on.
    Pinned {
        #[serde(rename = "soak_seconds")]
        soak_s: u64,
    },
    /// The shares of a step were written, and every gateway that can be asked has them.
    Stepped { step: usize, steps: usize, shares: Shares, modify_index: Option<u64>, gateways: Vec<String> },
    /// A gate says something else than before.
    Gate { gate: String, answer: GateAnswer },
    /// What became of the sessions that were opened before the step.
    Sessions { step: usize, moved: MovedSessions },
    /// Every gate held for the whole soak.
    Soaked { step: usize, shares: Shares },
    /// The giving side is waited for.
    Draining { active: Option<u64> },
    /// It is idle.
    Drained,
    /// It was not seen to become idle.
    NotDrained { why: String },
    /// The shares are taken back.
    RollingBack { why: String },
    /// They were.
    RolledBack { shares: Shares },
    /// The pins were taken out.
    Unpinned,
    /// It is over.
    Ended { end: ShiftEnd },
}

/// How a shift ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum ShiftEnd {
    /// The taking side has its last share, verified.
    Done {
        /// The shares.
        shares: Shares,
        /// Whether the giving side was seen to become idle; none when nobody could tell.
        drained: Option<bool>,
    },
    /// The shares are moved, and something is still to be waited for.
    Pending {
        /// The shares.
        shares: Shares,
        /// What is waited for.
        why: String,
    },
    /// A gate said no, and the shares were left as they are.
    Held {
        /// The shares.
        shares: Shares,
        /// The gate and its words.
        why: String,
    },
    /// It was taken back, and every gateway that was asked has it.
    RolledBack {
        /// The shares.
        shares: Shares,
        /// Why.
        why: String,
        /// The gateways that were asked.
        asked: Vec<String>,
        /// The gateways that could not be asked.
        silent: Vec<String>,
    },
}

/// How many proxies can be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxyCounts {
    /// Those that can be asked.
    pub asked: usize,
}
