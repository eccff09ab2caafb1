//! Time limits of exec sessions, the same for commands and for relays.

use std::time::Duration;

/// How often a ping is sent: a relay leaves after 30 s without one.
pub(in crate::ops) const PING_INTERVAL: Duration = Duration::from_secs(10);
/// How long nothing may be received, pongs included, before the connection counts as dead.
pub(in crate::ops) const SILENCE_LIMIT: Duration = Duration::from_secs(45);
/// How long a started program may take to say that it runs: a container on a busy node takes seconds.
pub(in crate::ops) const START_LIMIT: Duration = Duration::from_secs(30);
