//! Whether the agent of a node answers: the servers have a dead one for ready until its heartbeat is overdue.

use std::time::Duration;

use tokio::time::timeout;

use crate::api::http::Http;
use crate::api::nomad::node_client::{self, HostStats};

/// An agent that takes longer does not answer.
pub(crate) const WITHIN: Duration = Duration::from_secs(5);

/// Why the agent of a node told nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unheard {
    /// It does not answer: why.
    Silent(String),
    /// It was not asked, since the token may not: the right that it takes.
    Refused(String),
}

/// What the agent of a node measures at this moment: one request (`nomad-api.md §2.1`).
///
/// # Errors
/// Why nothing is heard of it.
pub(crate) async fn ask(nomad: &Http, node_id: &str) -> Result<HostStats, Unheard> {
    match timeout(WITHIN, nomad.read(&node_client::stats(node_id))).await {
        Ok(Ok(reply)) => Ok(reply.value),
        Ok(Err(e)) if e.is_denied() => {
            Err(Unheard::Refused(format!("{}; the token needs: {}", e.brief(), e.needs)))
        }
        Ok(Err(e)) => Err(Unheard::Silent(e.text)),
        Err(_) => Err(Unheard::Silent(format!("nothing within {} s", WITHIN.as_secs()))),
    }
}
