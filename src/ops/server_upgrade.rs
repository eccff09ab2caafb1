//! Watching servers one by one while they are upgraded: each at its own address, and all of them together.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::api::http::{Address, Http, Patience, Product};
use crate::api::nomad::{agent, operator};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::server_upgrade::{ServerState, ServersObservation, not_yet};

/// How often all of them are looked at.
const TICK: Duration = Duration::from_millis(500);
/// How long a server may take to answer at its own address.
const ANSWER: Duration = Duration::from_secs(3);

/// A server and a client straight to it.
#[derive(Debug, Clone)]
pub struct ServerEndpoint {
    /// `<name>.<region>`.
    pub name: String,
    /// Its id in raft.
    pub raft_id: String,
    /// A client of its own address.
    pub http: Http,
}

/// The servers of a region, each at its own address.
#[derive(Debug, Clone)]
pub struct Servers {
    /// By name.
    pub all: Vec<ServerEndpoint>,
}

/// How a proof goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// What it waits for now.
    Waits(String),
    /// All is well since now; it has to stay so for the soak.
    Soaks,
}

impl Servers {
    /// The servers that vote, by the addresses they gossip and the scheme and port of `nomad`, or as `given` says by name.
    ///
    /// # Errors
    /// When one does not answer at its own address, or another server does there.
    pub async fn find(nomad: &Http, given: &[(String, String)]) -> Result<Self> {
        let members = nomad.read(&agent::members()).await?.value;
        let raft = nomad.read(&operator::raft_configuration()).await?.value;
        let base = nomad.address().trim_end_matches('/').to_owned();
        let mut all = Vec::new();
        for server in raft.servers {
            let own = |name: &str| {
                server.node == name || server.node.rsplit_once('.').is_some_and(|(n, _)| n == name)
            };
            let url = match given.iter().find(|(name, _)| own(name)) {
                Some((_, url)) => url.clone(),
                None => {
                    let member = members.members.iter().find(|m| m.name == server.node).ok_or_else(|| {
                        Error::refused(format!(
                            "server {} is in raft, but the gossip does not know it",
                            server.node
                        ))
                        .hint("fleet server list shows what is wrong with it")
                    })?;
                    beside(&base, &member.addr)
                }
            };
            let address = Address::parse(Product::Nomad, &url).map_err(Error::from)?;
            let name = (address.url.scheme() == "https").then(|| {
                let region = server.node.rsplit_once('.').map_or("global", |(_, region)| region);
                format!("server.{region}.nomad")
            });
            let http = nomad.at(address, "the server's own address", name).with_patience(Patience::NONE);
            if nomad.is_private() && !http.is_private() {
                return Err(Error::refused(format!(
                    "server {} would be asked without TLS at {url}",
                    server.node
                ))
                .because("the token would be readable on the way"));
            }
            all.push(ServerEndpoint { name: server.node, raft_id: server.id, http });
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        let servers = Servers { all };
        for own in &servers.all {
            if let Err(why) = version_of(own).await {
                return Err(Error::refused(format!("server {} cannot be watched at its own address", own.name))
                    .because(why)
                    .because("whether it is back after its restart is seen nowhere else: neither gossip nor autopilot notice a quick one")
                    .hint(format!("--http {}=URL says where it answers", own.name)));
            }
        }
        Ok(servers)
    }

    /// The servers as they are now, as one that answers sees them; `not` is asked last.
    ///
    /// # Errors
    /// When none of them answers.
    pub async fn look(&self, not: Option<&str>) -> Result<ServersObservation> {
        let mut asked: Vec<&ServerEndpoint> = self.all.iter().collect();
        asked.sort_by_key(|own| Some(own.name.as_str()) == not);
        let mut last = Error::failed("there is no server to ask");
        for own in asked {
            match timeout(ANSWER, seen_by(&own.http)).await {
                Ok(Ok(mut look)) => {
                    let versions =
                        self.all.iter().map(async |own| (own.name.clone(), version_of(own).await.ok()));
                    for (name, version) in futures_util::future::join_all(versions).await {
                        if let Some(stand) = look.servers.iter_mut().find(|s| s.name == name) {
                            stand.version = version;
                        }
                    }
                    return Ok(look);
                }
                Ok(Err(error)) => last = error.into(),
                Err(_) => last = Error::transport(format!("server {} does not answer", own.name)),
            }
        }
        Err(last)
    }

    /// Waits until all is as it was before, and stays so for the soak; `upgraded` is the server that was just restarted, and the
    /// version it must tell.
    ///
    /// # Errors
    /// Timed out (6), with what it waits for.
    pub async fn prove(
        &self,
        before: &ServersObservation,
        upgraded: Option<(&str, Option<&str>)>,
        soak: Duration,
        within: Duration,
        tell: &mut dyn FnMut(Progress),
    ) -> Result<()> {
        let begun = Instant::now();
        let mut well_since: Option<Instant> = None;
        let mut told = None;
        loop {
            let missing = match self.look(upgraded.map(|(name, _)| name)).await {
                Ok(now) => not_yet(&now, before, upgraded),
                Err(error) => Some(error.to_string()),
            };
            let progress = match missing {
                None => {
                    let since = *well_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= soak {
                        return Ok(());
                    }
                    Progress::Soaks
                }
                Some(why) => {
                    well_since = None;
                    Progress::Waits(why)
                }
            };
            if told.as_ref() != Some(&progress) {
                tell(progress.clone());
                told = Some(progress.clone());
            }
            if let Progress::Waits(why) = progress
                && begun.elapsed() >= within
            {
                return Err(Error::new(ExitCode::TimedOut, "the servers are not as they were before")
                    .because(why)
                    .hint("fleet server list shows them; no further server is touched"));
            }
            sleep(TICK).await;
        }
    }
}

/// The same URL with another host.
fn beside(base: &str, host: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("http", base));
    let authority = rest.split('/').next().unwrap_or(rest);
    let port = authority.rsplit_once(':').map_or("4646", |(_, port)| port);
    let port = if port.chars().all(|c| c.is_ascii_digit()) { port } else { "4646" };
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    format!("{scheme}://{host}:{port}")
}

/// The version a server tells at its own address; why not, where it does not, or another one answers there.
async fn version_of(own: &ServerEndpoint) -> Result<String, String> {
    let answer = timeout(ANSWER, own.http.read(&agent::own())).await;
    let member = match answer {
        Ok(Ok(reply)) => reply.value.member,
        Ok(Err(error)) => return Err(error.to_string()),
        Err(_) => return Err(format!("{} does not answer", own.http.address())),
    };
    // An agent's own name stands without its region.
    let short = own.name.rsplit_once('.').map_or(own.name.as_str(), |(name, _)| name);
    if member.name != own.name && member.name != short {
        return Err(format!("at {} answers {}, not {}", own.http.address(), member.name, own.name));
    }
    Ok(member.tags.get("build").cloned().unwrap_or_default())
}

/// What a server sees of all of them.
async fn seen_by(http: &Http) -> crate::api::Result<ServersObservation> {
    let (raft, health) = (operator::raft_configuration(), operator::autopilot_health());
    let (raft, health) = tokio::try_join!(http.read(&raft), http.read(&health))?;
    let health = health.value;
    let stand = |server: operator::RaftServer| {
        let known = health.servers.iter().find(|h| h.id == server.id);
        ServerState {
            leader: server.leader,
            voter: server.voter && known.is_some_and(|h| h.voter),
            healthy: known.is_some_and(|h| h.healthy && h.serf_status == "alive"),
            version: None,
            name: server.node,
        }
    };
    let servers = raft.value.servers.into_iter().map(stand).collect();
    Ok(ServersObservation { servers, tolerance: health.failure_tolerance, healthy: health.healthy })
}

#[cfg(test)]
mod tests {
    #[test]
    fn another_server_answers_at_the_same_port() {
        for (base, host, url) in [
            ("https://nomad.example:4646", "10.0.0.2", "https://10.0.0.2:4646"),
            ("http://127.0.0.1:14646", "fd00::1", "http://[fd00::1]:14646"),
            ("http://nomad.example", "10.0.0.2", "http://10.0.0.2:4646"),
        ] {
            assert_eq!(super::beside(base, host), url);
        }
    }
}
