//! TCP connections into a task, carried by a program that is already there (`nomad-api.md §6.1`), or is brought there.

mod carry;
mod forward_error;
mod multiplexer;
mod own_network;
mod push_relay;
mod relay_per_connection;
mod relay_server;
mod shared_relay;
mod start;
mod watchdog;

use tokio::net::TcpStream;
use tokio::sync::watch;

pub use forward_error::{BrokenAt, ForwardError};
pub use own_network::is_own;
pub use push_relay::push;
pub use relay_per_connection::RelayPerConnection;
pub use relay_server::serve;
pub use shared_relay::SharedRelay;
pub use start::start;

/// What was carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Carried {
    /// Bytes to the task.
    pub sent: u64,
    /// Bytes from it.
    pub received: u64,
}

/// The address a connection leads to, as the task sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The port.
    pub port: u16,
    /// The addresses to try, in this order.
    pub hosts: Vec<String>,
}

/// What carries connections in a task.
#[derive(Debug)]
pub struct Relay {
    sessions: Sessions,
    /// Whether what it connects to is seen from this machine's own network.
    shares_network: bool,
}

/// In how many sessions.
#[derive(Debug)]
enum Sessions {
    /// One for all connections.
    Shared(SharedRelay),
    /// One for each.
    Single(RelayPerConnection),
}

impl Relay {
    fn shared(relay: SharedRelay, shares_network: bool) -> Self {
        Relay { sessions: Sessions::Shared(relay), shares_network }
    }

    fn per_connection(relay: RelayPerConnection, shares_network: bool) -> Self {
        Relay { sessions: Sessions::Single(relay), shares_network }
    }

    /// Whether it is in this machine's own network, where the listeners of this process are.
    #[must_use]
    pub fn shares_network(&self) -> bool {
        self.shares_network
    }

    /// The program that does it.
    #[must_use]
    pub fn program(&self) -> &str {
        match &self.sessions {
            Sessions::Shared(shared) => shared.program(),
            Sessions::Single(single) => single.tool.program(),
        }
    }

    /// Whether the end of what a client sends leaves the answer open.
    #[must_use]
    pub fn half_closes(&self) -> bool {
        match &self.sessions {
            Sessions::Shared(_) => true,
            Sessions::Single(single) => single.tool.half_closes(),
        }
    }

    /// Why it carries nothing any more.
    #[must_use]
    pub fn over(&self) -> Option<ForwardError> {
        match &self.sessions {
            Sessions::Shared(shared) => shared.over(),
            Sessions::Single(single) => single.watchdog.over(),
        }
    }

    /// Whether the port is listened on in the task; none when that cannot be told without a connection.
    pub async fn listens(&self, destination: &Destination) -> Option<Result<(), ForwardError>> {
        match &self.sessions {
            Sessions::Shared(shared) => Some(shared.try_out(destination).await),
            Sessions::Single(_) => None,
        }
    }

    /// Carries a connection until both sides have ended, or `closing` turns true.
    ///
    /// # Errors
    /// Where it broke. No other connection is touched.
    pub async fn carry(
        &self,
        destination: &Destination,
        local: TcpStream,
        closing: watch::Receiver<bool>,
    ) -> Result<Carried, ForwardError> {
        match &self.sessions {
            Sessions::Shared(shared) => shared.carry(destination, local, closing).await,
            Sessions::Single(single) => single.carry(destination, local, closing).await,
        }
    }

    /// Tells the relay to leave, and waits until it has.
    pub async fn close(&self) {
        match &self.sessions {
            Sessions::Shared(shared) => shared.close().await,
            Sessions::Single(single) => single.watchdog.close().await,
        }
    }
}
