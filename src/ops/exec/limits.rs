//! How long the other end of a session is waited for, whoever holds it open.

use std::time::Duration;

/// How often a sign of life is asked for: a relay leaves after 30 s without one.
pub(in crate::ops) const PING_INTERVAL: Duration = Duration::from_secs(10);
/// How long no sign of life may come.
pub(in crate::ops) const SILENCE_LIMIT: Duration = Duration::from_secs(45);
/// How long it may take to say that it is there: a container on a busy node takes seconds.
pub(in crate::ops) const START_LIMIT: Duration = Duration::from_secs(30);
