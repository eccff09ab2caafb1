//! Whether the agents of nodes answer while work leaves them. Until the servers miss its heartbeat they count a node that froze or
//! died as ready, and what is to take the place of its work waits all that time (`nomad-api.md` T33): so its agent is asked.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::api::error::Problem;
use crate::api::http::Http;
use crate::api::nomad::node::{self, Node, NodeStatus};
use crate::api::nomad::node_client;
use crate::model::node_health;

/// Work that leaves is given so long before the agent of its node is asked.
pub const QUIET: Duration = Duration::from_secs(3);
/// How often an agent is asked.
const PAUSE: Duration = Duration::from_secs(4);
/// An agent that needs longer for its answer does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// What is known of a node that does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// When its agent answered last, or was first asked in vain.
    pub since: Timestamp,
    /// What the servers count it as.
    pub status: NodeStatus,
    /// Since when, by their clock; none while they count it as ready.
    pub status_since: Option<Timestamp>,
}

impl Silence {
    /// In words, after the name of the node.
    #[must_use]
    pub fn words(&self) -> String {
        let servers = match (self.status, self.status_since) {
            (NodeStatus::Ready | NodeStatus::Initializing, _) => {
                format!("the servers still count it as {}, until they miss its heartbeat", self.status)
            }
            (status, Some(since)) => format!("the servers count it as {status} since {since:.0}"),
            (status, None) => format!("the servers count it as {status}"),
        };
        format!("its agent has not answered since {:.0}; {servers}", self.since)
    }
}

/// A node that fell silent, or whose silence is counted as something else by the servers; or one that answers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It does not answer.
    Silent(Silence),
    /// It answers again, after so long.
    Again(Duration),
}

/// What came of asking.
#[derive(Debug)]
enum Answer {
    Answers,
    Silent(Box<Node>),
    /// Nothing is known of it: the fault is another one.
    Unclear,
    /// It may not be asked.
    Refused,
}

/// Whose answer it is, when that one was asked, and what came of it.
type Answered = (String, Timestamp, Answer);

/// The agents that are asked.
#[derive(Debug)]
pub struct Agents {
    nomad: Http,
    /// They go on whatever the operation waits for meanwhile.
    asking: JoinSet<Answered>,
    answers: Vec<Answered>,
    asked_at: BTreeMap<String, Timestamp>,
    heard_at: BTreeMap<String, Timestamp>,
    silent: BTreeMap<String, Silence>,
    /// Whether the token may not ask.
    refused: bool,
}

impl Agents {
    /// Nobody was asked yet.
    #[must_use]
    pub fn new(nomad: &Http) -> Self {
        Agents {
            nomad: nomad.quietly(),
            asking: JoinSet::new(),
            answers: Vec::new(),
            asked_at: BTreeMap::new(),
            heard_at: BTreeMap::new(),
            silent: BTreeMap::new(),
            refused: false,
        }
    }

    /// What is known of a node that does not answer; nothing of one that does, or was not asked.
    #[must_use]
    pub fn silence(&self, node: &str) -> Option<&Silence> {
        self.silent.get(node)
    }

    /// Ends when an answer has come; never where nobody was asked. Dropping the future loses nothing.
    pub async fn answered(&mut self) {
        match self.asking.join_next().await {
            Some(answer) => self.answers.extend(answer),
            None => std::future::pending().await,
        }
    }

    /// Asks these nodes, by id with what the servers count them as, where it is time, and takes in the answers that have come; never
    /// waits for one. Whoever is not named any more is forgotten. What changed is returned.
    pub fn ask(&mut self, nodes: &BTreeMap<String, NodeStatus>, now: Timestamp) -> Vec<(String, Heard)> {
        let news = self.take(nodes, now);
        self.asked_at.retain(|id, _| nodes.contains_key(id));
        self.heard_at.retain(|id, _| nodes.contains_key(id));
        self.silent.retain(|id, _| nodes.contains_key(id));
        if self.refused {
            return news;
        }
        for (id, status) in nodes {
            let turned = self.silent.get(id).is_some_and(|known| known.status != *status);
            let pause = if turned { Duration::from_secs(1) } else { PAUSE };
            if self.asked_at.get(id).is_some_and(|at| now.duration_since(*at).unsigned_abs() < pause) {
                continue;
            }
            self.asked_at.insert(id.clone(), now);
            self.asking.spawn(ask(self.nomad.clone(), id.clone(), now));
        }
        news
    }

    fn take(&mut self, nodes: &BTreeMap<String, NodeStatus>, now: Timestamp) -> Vec<(String, Heard)> {
        let mut news = Vec::new();
        while let Some(answer) = self.asking.try_join_next() {
            self.answers.extend(answer);
        }
        for (id, asked_at, answer) in std::mem::take(&mut self.answers) {
            if !nodes.contains_key(&id) {
                continue;
            }
            match answer {
                Answer::Answers => {
                    self.heard_at.insert(id.clone(), now);
                    if let Some(was) = self.silent.remove(&id) {
                        let lasted = Duration::try_from(now.duration_since(was.since)).unwrap_or_default();
                        news.push((id, Heard::Again(lasted)));
                    }
                }
                Answer::Silent(node) => {
                    let heard_at = self.heard_at.get(&id).copied().unwrap_or(asked_at);
                    let first = self.silent.get(&id).map_or(heard_at, |known| known.since);
                    let counted = matches!(node.status, NodeStatus::Ready | NodeStatus::Initializing);
                    let status_since = node_health::since(&node).filter(|_| !counted);
                    // Whoever asks for the first time is not the first to hear nothing.
                    let since = status_since.map_or(first, |at| at.min(first));
                    let silence = Silence { since, status: node.status, status_since };
                    if self.silent.insert(id.clone(), silence) != Some(silence) {
                        news.push((id, Heard::Silent(silence)));
                    }
                }
                Answer::Refused => self.refused = true,
                Answer::Unclear => {}
            }
        }
        news
    }
}

/// Asks an agent through the servers. Where it does not answer the servers are asked of it: when these do not answer either, nothing
/// is known of the agent.
async fn ask(nomad: Http, id: String, at: Timestamp) -> Answered {
    let (of_agent, of_servers) = (node_client::stats(&id), node::get(&id));
    let answer = match timeout(ANSWERS_WITHIN, nomad.read_once(&of_agent)).await {
        Ok(Ok(_)) => Answer::Answers,
        Ok(Err(e)) if matches!(e.problem, Problem::Denied | Problem::Unsupported) => Answer::Refused,
        Ok(Err(e)) if !matches!(e.problem, Problem::NoPathToNode | Problem::NodeLost) => Answer::Unclear,
        Ok(Err(_)) | Err(_) => match timeout(ANSWERS_WITHIN, nomad.read_once(&of_servers)).await {
            Ok(Ok(reply)) => Answer::Silent(Box::new(reply.value)),
            Ok(Err(_)) | Err(_) => Answer::Unclear,
        },
    };
    (id, at, answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_servers_say_is_told_beside_the_silence() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let silence = |status, status_since| Silence { since: at(0), status, status_since }.words();
        assert_eq!(
            silence(NodeStatus::Ready, None),
            "its agent has not answered since 1970-01-01T00:00:00Z; the servers still count it as ready, until they miss its heartbeat"
        );
        assert_eq!(
            silence(NodeStatus::Disconnected, Some(at(21))),
            "its agent has not answered since 1970-01-01T00:00:00Z; the servers count it as disconnected since 1970-01-01T00:00:21Z"
        );
    }
}
