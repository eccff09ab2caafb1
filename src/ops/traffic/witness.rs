//! What proxies made of a write: their own counters before and after it (`mesh.md §2`, `§5`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use serde::Serialize;
use tokio::time::timeout;

use crate::api;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::consul::{catalog, health};
use crate::api::envoy::{Admin, Stats};
use crate::api::http::{Http, Probe};
use crate::ops::traffic::entries;

/// The port on which `consul connect envoy` puts the admin port unless told otherwise.
const USUAL_PORT: u16 = 19000;
/// How long a proxy that may not be there is waited for.
const KNOCK: Duration = Duration::from_millis(1500);
/// How many are knocked at at once, and at most.
const AT_ONCE: usize = 16;
const MOST: usize = 64;
/// The counters that tell of rejected, replaced and taken listeners, clusters and routes.
const TELLING: &str = "update_rejected$|(\\.lds|\\.cds|\\.rds\\..*)\\.update_success$|listener_manager\\.(listener_modified|total_listeners_draining|total_filter_chains_draining)$";

/// What a proxy is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It takes traffic from outside.
    Gateway,
    /// It stands before an instance of a service.
    Sidecar,
}

/// A proxy whose admin port answers.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Its id in Consul.
    pub id: String,
    /// The service it is an instance of: of a gateway, the name of its entry. Empty where only its address is known.
    pub of: String,
    /// What it is there for.
    pub role: Role,
    /// Its admin port.
    pub admin: Admin,
    /// How long a replaced listener lets its connections live.
    pub drain_time: Duration,
}

/// Proxies that answer, and those that do not.
#[derive(Debug, Clone, Default)]
pub struct Witnesses {
    /// Those that answer.
    pub heard: Vec<Witness>,
    /// The ids of those that do not.
    pub silent: Vec<(String, Role)>,
    /// The gateways that have an instance.
    pub instances_of: BTreeSet<String>,
}

/// A proxy that is registered.
#[derive(Debug, Clone)]
struct Registered {
    role: Role,
    of: String,
    host: String,
}

/// The counters of every witness at one moment.
pub type WitnessCounters = BTreeMap<String, Stats>;

/// What a write did to the proxies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Proxies that rejected an update, with the counter that rose.
    pub rejected: Vec<String>,
    /// Proxies that replaced a listener, and cut what is open on the old one when their drain time is over.
    pub replaced: Vec<String>,
    /// Proxies that did not answer any more.
    pub lost: Vec<String>,
    /// Proxies to which nothing new came: they had it already, it does not concern them, or they do not hear Consul.
    pub unmoved: Vec<String>,
}

/// An address somebody named for the admin port of a proxy: `ID=URL`, or a URL alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminAddress {
    /// Its id in Consul; none when it is to say so itself.
    pub id: Option<String>,
    /// Its address.
    pub url: String,
}

impl std::str::FromStr for AdminAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (id, url) = match text.split_once('=') {
            Some((id, url)) if !id.contains(['/', ':']) => (Some(id.to_owned()), url),
            _ => (None, text),
        };
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url);
        if rest.is_empty() || rest.contains("://") || id.as_deref() == Some("") {
            return Err("expected HOST:PORT or ID=HOST:PORT, the admin port of a proxy".to_owned());
        }
        Ok(AdminAddress { id, url: url.to_owned() })
    }
}

/// Looks for the proxies that a change of these services' entries reaches: every gateway, those that have no entry yet and are named
/// among them, and the sidecars of the services themselves. Where nobody named an admin port, the usual one is tried, and believed if it names itself.
///
/// # Errors
/// Any `api::Error` but that of a missing right; a named address that does not answer is an error of its own.
pub async fn find(
    consul: &Http,
    services: &BTreeSet<String>,
    new_gateways: &BTreeSet<String>,
    named: &[AdminAddress],
) -> api::Result<Witnesses> {
    let mut wanted = gateways(consul, new_gateways).await?;
    let asked = join_all(services.iter().map(async |s| consul.read(&health::connect(s, "")).await)).await;
    for answer in asked {
        match answer {
            Ok(reply) => wanted.extend(reply.value.into_iter().map(|e| {
                let proxy =
                    Registered { role: Role::Sidecar, of: e.service.service, host: e.service.address };
                (e.service.id, proxy)
            })),
            Err(e) if e.is_denied() => {}
            Err(e) => return Err(e),
        }
    }
    let mut found = Witnesses::default();
    // Before anybody is knocked at: the time it takes is not theirs.
    let Ok(client) = Admin::client() else {
        found.silent.extend(wanted.into_iter().map(|(id, proxy)| (id, proxy.role)));
        return Ok(found);
    };
    found.instances_of.extend(wanted.values().filter(|r| r.role == Role::Gateway).map(|r| r.of.clone()));
    for one in named {
        let url = one.url.as_str();
        let Some(mut witness) = knock(&client, url, Role::Gateway).await else {
            found.silent.push((one.id.clone().unwrap_or_else(|| url.to_owned()), Role::Gateway));
            continue;
        };
        if let Some((_, proxy)) = wanted.remove_entry(one.id.as_ref().unwrap_or(&witness.id)) {
            (witness.role, witness.of) = (proxy.role, proxy.of);
        }
        found.heard.push(witness);
    }
    let tried = stream::iter(wanted.into_iter().take(MOST)).map(async |(id, proxy)| {
        let url = format!("http://{}:{USUAL_PORT}", bracketed(&proxy.host));
        let there = knock(&client, &url, proxy.role).await;
        let there = there.filter(|witness| witness.id == id);
        (there.map(|witness| Witness { of: proxy.of, ..witness }), id, proxy.role)
    });
    let tried: Vec<_> = tried.buffer_unordered(AT_ONCE).collect().await;
    for (witness, id, role) in tried {
        match witness {
            Some(witness) => found.heard.push(witness),
            None => found.silent.push((id, role)),
        }
    }
    found.heard.sort_by(|a, b| (a.role, &a.id).cmp(&(b.role, &b.id)));
    found.silent.sort();
    Ok(found)
}

/// Every instance of every gateway that has an entry or is about to have one, by its id.
async fn gateways(consul: &Http, new: &BTreeSet<String>) -> api::Result<BTreeMap<String, Registered>> {
    let kinds = [Kind::IngressGateway, Kind::ApiGateway];
    let listing = match entries::list(consul, &kinds).await {
        Ok(listing) => listing,
        Err(e) if e.is_denied() => return Ok(BTreeMap::new()),
        Err(e) => return Err(e),
    };
    let known = listing.entries.iter().map(ConfigEntry::name);
    let names: BTreeSet<&str> = known.chain(new.iter().map(String::as_str)).collect();
    let asked =
        join_all(names.into_iter().map(async |name| consul.read(&catalog::service(name)).await)).await;
    let mut found = BTreeMap::new();
    for answer in asked {
        let instances = match answer {
            Ok(reply) => reply.value,
            Err(e) if e.is_denied() => continue,
            Err(e) => return Err(e),
        };
        found.extend(instances.into_iter().map(|i| {
            let host = i.host().to_owned();
            (i.service_id, Registered { role: Role::Gateway, of: i.service_name, host })
        }));
    }
    Ok(found)
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

async fn knock(client: &Probe, url: &str, role: Role) -> Option<Witness> {
    let admin = Admin::at(url, client);
    let info = timeout(KNOCK, admin.info()).await.ok()?.ok()?;
    Some(Witness { id: info.node_id, of: String::new(), role, admin, drain_time: info.drain_time })
}

impl Witnesses {
    /// The gateways among those that answer.
    pub fn gateways(&self) -> impl Iterator<Item = &Witness> {
        self.heard.iter().filter(|w| w.role == Role::Gateway)
    }

    /// The gateways that do not answer.
    pub fn silent_gateways(&self) -> impl Iterator<Item = &str> {
        self.silent.iter().filter(|(_, role)| *role == Role::Gateway).map(|(id, _)| id.as_str())
    }

    /// Their counters now.
    pub async fn marks(&self) -> WitnessCounters {
        let asked = self.heard.iter().map(async |w| Some((w.id.clone(), w.admin.stats(TELLING).await.ok()?)));
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// What happened since the marks were taken.
    pub async fn since(&self, before: &WitnessCounters) -> Effect {
        let after = self.marks().await;
        compare(before, &after)
    }

    /// The longest time after which a replaced listener cuts what is open on it.
    #[must_use]
    pub fn longest_drain(&self) -> Option<Duration> {
        self.heard.iter().map(|w| w.drain_time).max()
    }
}

fn compare(before: &WitnessCounters, after: &WitnessCounters) -> Effect {
    let mut effect = Effect::default();
    for (id, before) in before {
        let Some(after) = after.get(id) else {
            effect.lost.push(id.clone());
            continue;
        };
        let rose =
            |name: &str| after.get(name).copied().unwrap_or(0) > before.get(name).copied().unwrap_or(0);
        if let Some(counter) = after.keys().find(|name| name.ends_with("update_rejected") && rose(name)) {
            effect.rejected.push(format!("{id} ({counter})"));
        }
        let about_updates =
            |name: &str| name.ends_with("update_rejected") || name.ends_with("update_success");
        if after.keys().any(|name| !about_updates(name) && rose(name)) {
            effect.replaced.push(id.clone());
        }
        if !after.keys().any(|name| rose(name)) {
            effect.unmoved.push(id.clone());
        }
    }
    effect
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rose_is_told_and_a_counter_that_is_new_counts_from_zero() {
        let stats =
            |pairs: &[(&str, u64)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), *v)).collect::<Stats>();
        let before = WitnessCounters::from([
            (
                "a".to_owned(),
                stats(&[
                    ("listener_manager.lds.update_rejected", 2),
                    ("listener_manager.listener_modified", 1),
                ]),
            ),
            ("b".to_owned(), stats(&[])),
            ("c".to_owned(), stats(&[])),
            ("d".to_owned(), stats(&[("listener_manager.total_listeners_draining", 1)])),
        ]);
        let after = WitnessCounters::from([
            (
                "a".to_owned(),
                stats(&[
                    ("listener_manager.lds.update_rejected", 3),
                    ("listener_manager.listener_modified", 1),
                ]),
            ),
            ("b".to_owned(), stats(&[("listener_manager.total_filter_chains_draining", 1)])),
            ("d".to_owned(), stats(&[("listener_manager.total_listeners_draining", 0)])),
        ]);
        let effect = compare(&before, &after);
        assert_eq!(effect.rejected, ["a (listener_manager.lds.update_rejected)"]);
        assert_eq!(effect.replaced, ["b"]);
        assert_eq!(effect.lost, ["c"]);
    }

    #[test]
    fn admin_ports_are_named_with_or_without_an_id() {
        let named = |text: &str| text.parse::<AdminAddress>().map(|n| (n.id, n.url));
        assert_eq!(named("127.0.0.1:19000"), Ok((None, "127.0.0.1:19000".to_owned())));
        assert_eq!(named("ingress=http://h:1"), Ok((Some("ingress".to_owned()), "http://h:1".to_owned())));
        assert!(named("").is_err() && named("=h:1").is_err() && named("tcp://h:1").is_err());
    }
}
