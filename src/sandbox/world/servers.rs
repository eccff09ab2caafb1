//! The servers: who leads, who is gone, and which one answers (`nomad-api.md §1.6a`).

use std::time::Duration;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::world::{Event, World};

/// How long a new leader takes to be found.
const ELECTION: Duration = Duration::from_millis(3_500);
/// How long a server that came back does not vote.
const STABILIZATION: Duration = Duration::from_secs(10);

/// One server.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its id among the raft peers.
    pub id: Id,
    /// Its name without the region.
    pub name: String,
    /// Its address without a port.
    pub address: String,
    /// Since when it is as it is.
    pub since: Moment,
    /// Whether it is up.
    pub alive: bool,
}

/// Who leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leadership {
    /// The server with this number.
    By(usize),
    /// The server with this number is gone, and nobody has noticed until this moment.
    Lost(usize, Moment),
    /// Nobody, and nobody will: too few servers are left.
    None(Moment),
}

/// The servers.
#[derive(Debug)]
pub struct Servers {
    /// All of them; the first is the one that answers.
    pub list: Vec<Server>,
    /// Who leads.
    pub leadership: Leadership,
    /// The raft term.
    pub term: u64,
    /// Grows when leadership is lost: what waited for the leader breaks off.
    pub epoch: u64,
}

/// What a server says that cannot reach the leader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerOutage {
    /// At once: the connection is refused.
    Refused(String),
    /// After a while: there is none.
    Leaderless,
}

impl Servers {
    /// Three servers, the first leading.
    #[must_use]
    pub fn new(rng: &mut fastrand::Rng, now: Moment) -> Self {
        let server = |n: usize, id: Id| Server {
            id,
            name: format!("s{n}"),
            address: format!("127.77.0.{n}"),
            since: now,
            alive: true,
        };
        let list = (1..=3).map(|n| server(n, Id::random(rng))).collect();
        Servers { list, leadership: Leadership::By(0), term: 2, epoch: 0 }
    }

    /// The leader.
    #[must_use]
    pub fn leader(&self) -> Option<&Server> {
        match self.leadership {
            Leadership::By(n) => self.list.get(n),
            _ => None,
        }
    }

    /// Whether the server that answers leads itself.
    #[must_use]
    pub fn answers_itself(&self) -> bool {
        self.leadership == Leadership::By(0)
    }

    /// What is in the way of a request that needs the leader.
    #[must_use]
    pub fn trouble(&self) -> Option<ServerOutage> {
        match self.leadership {
            Leadership::By(_) => None,
            Leadership::Lost(n, _) => {
                let address = self.list.get(n).map(|s| s.address.clone()).unwrap_or_default();
                Some(ServerOutage::Refused(format!(
                    "failed to get conn: dial tcp {address}:4647: connect: connection refused"
                )))
            }
            Leadership::None(_) => Some(ServerOutage::Leaderless),
        }
    }

    /// Whether a leader is known, and how many milliseconds ago it was heard of.
    #[must_use]
    pub fn contact(&self, now: Moment) -> (bool, u64) {
        let since = |at: Moment| u64::try_from(now.since(at).as_millis()).unwrap_or(u64::MAX);
        match self.leadership {
            Leadership::By(_) => (true, 0),
            Leadership::Lost(_, until) => (true, since(until - ELECTION)),
            Leadership::None(at) => (false, since(at)),
        }
    }
}

impl World {
    /// The leader dies; another one follows after a while.
    pub fn kill_leader(&mut self) {
        let now = self.now;
        let servers = &mut self.servers;
        // The one that answers stays: it is a follower then.
        let leader = match servers.leadership {
            Leadership::By(0) | Leadership::None(_) => 1,
            Leadership::By(n) | Leadership::Lost(n, _) => n,
        };
        if let Some(server) = servers.list.get_mut(leader) {
            (server.alive, server.since) = (false, now);
        }
        servers.epoch += 1;
        servers.leadership = Leadership::Lost(leader, now + ELECTION);
        self.after(ELECTION, Event::Election);
    }

    /// Too few servers are left: nobody leads, for a while or until [`World::restore_leader`].
    pub fn lose_quorum(&mut self, wait: Option<Duration>) {
        let now = self.now;
        if let Some(wait) = wait {
            self.after(wait, Event::Quorum);
        }
        for server in self.servers.list.iter_mut().skip(1) {
            (server.alive, server.since) = (false, now);
        }
        self.servers.epoch += 1;
        self.servers.leadership = Leadership::None(now);
    }

    /// All servers are up again, and the first one leads.
    pub fn restore_leader(&mut self) {
        let now = self.now;
        for server in self.servers.list.iter_mut().filter(|s| !s.alive) {
            (server.alive, server.since) = (true, now);
        }
        self.servers.term += 1;
        self.servers.leadership = Leadership::By(0);
        self.restart_locks();
    }

    /// Hands leadership over to another server.
    pub fn transfer_leadership(&mut self, to: usize) {
        self.servers.term += 1;
        self.servers.leadership = Leadership::By(to);
        self.restart_locks();
    }

    /// A server goes down; when it leads, another one follows.
    pub fn kill_server(&mut self, name: &str) {
        let now = self.now;
        let Some(at) = self.servers.list.iter().position(|s| s.name == name) else { return };
        if self.servers.leadership == Leadership::By(at) {
            self.kill_leader();
        } else if let Some(server) = self.servers.list.get_mut(at) {
            (server.alive, server.since) = (false, now);
        }
    }

    /// A server comes back after it was down.
    pub fn revive_server(&mut self, name: &str) {
        let now = self.now;
        if let Some(server) = self.servers.list.iter_mut().find(|s| s.name == name && !s.alive) {
            (server.alive, server.since) = (true, now);
        }
    }

    pub(super) fn elect(&mut self) {
        if !matches!(self.servers.leadership, Leadership::Lost(_, until) if until <= self.now) {
            return;
        }
        let alive = self.servers.list.iter().skip(1).position(|s| s.alive).map_or(0, |n| n + 1);
        self.servers.term += 1;
        self.servers.leadership = Leadership::By(alive);
        self.restart_locks();
    }
}

impl Server {
    /// Whether it votes: not right after it came back.
    #[must_use]
    pub fn votes(&self, now: Moment, began: Moment) -> bool {
        self.alive && (self.since == began || now.since(self.since) >= STABILIZATION)
    }
}
