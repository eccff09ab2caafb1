//! What writing an entry does to open connections, measured on Envoy 1.40 behind Consul 1.21.4 under 204 connections
//! (`mesh.md §2`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::difference::{Difference, between};
use super::fields::{field, items, plain, text};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// How much is lost, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Nothing, measured.
    None,
    /// Nobody measured it.
    Unmeasured,
    /// Requests that found an answer find 404, 403 or 503.
    Errors,
    /// It looks clean, and cuts long requests, streams and websockets when Envoy's drain time is over (600 s unless set).
    CutLater,
    /// Connections are cut or refused within seconds.
    CutNow,
}

impl Loss {
    /// The name by which it is accepted; none where nothing has to be accepted.
    #[must_use]
    pub fn id(self) -> Option<&'static str> {
        match self {
            Loss::None | Loss::Unmeasured => None,
            Loss::Errors => Some("failing-requests"),
            Loss::CutLater | Loss::CutNow => Some("cut-connections"),
        }
    }
}

/// What one change of a config entry does to open connections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// How much is lost.
    pub loss: Loss,
    /// One sentence without a full stop.
    pub text: String,
}

const SIDECAR: &str = "the listener of every sidecar of the service is replaced";
const ALL: &str = "every listener of every gateway and sidecar is replaced";

/// What changing an entry does; what is new has no old one, what is deleted no new one.
#[must_use]
pub fn of(old: Option<&ConfigEntry>, new: Option<&ConfigEntry>) -> Vec<Consequence> {
    let Some(kind) = new.or(old).and_then(ConfigEntry::kind) else { return Vec::new() };
    let differences = between(old, new);
    if differences.is_empty() {
        return Vec::new();
    }
    let mut told = Consequences(Vec::new());
    match kind {
        Kind::IngressGateway | Kind::ApiGateway => told.gateway(kind, old, new),
        Kind::HttpRoute | Kind::TcpRoute => told.route(old, new),
        Kind::ServiceDefaults => told.defaults(old, new, &differences),
        Kind::ProxyDefaults => told.proxy_defaults(&differences),
        Kind::ServiceIntentions => told.intentions(old, new),
        Kind::ServiceResolver => told.resolver(new, &differences),
        Kind::ServiceSplitter if new.is_none() => told.add(
            Loss::None,
            "without a splitter all requests go to the resolver's DefaultSubset, or to every instance where there is none",
        ),
        Kind::ServiceSplitter => told.add(
            Loss::None,
            "keep-alive connections switch with their next request; running requests, streams and websockets end where they began",
        ),
        Kind::TraefikService => told.add(
            Loss::None,
            "Traefik takes new weights with the next request; what runs ends where it began",
        ),
        Kind::ServiceRouter => told.add(Loss::None, "routes change from one request to the next"),
        Kind::InlineCertificate | Kind::FileSystemCertificate if old.is_none() => {
            told.add(Loss::None, "nothing uses it yet");
        }
        Kind::InlineCertificate | Kind::FileSystemCertificate => {
            told.add(Loss::Unmeasured, "the listeners that use it may be replaced");
        }
        Kind::Mesh | Kind::JwtProvider | Kind::TerminatingGateway | Kind::BoundApiGateway | Kind::ExportedServices => {
            told.add(Loss::Unmeasured, "what this does to open connections was not measured");
        }
    }
    told.0
}

/// What the listeners of these gateways lose with a certificate that goes; none where none of them names it. Consul deletes it
/// whoever names it.
#[must_use]
pub fn of_lost_certificate(kind: Kind, name: &str, gateways: &[ConfigEntry]) -> Option<Consequence> {
    let named = |c: &Value| text(c, "Name") == name && ["", kind.name()].contains(&text(c, "Kind"));
    let mut users = Vec::new();
    for gateway in gateways {
        let entry = whole(Some(gateway));
        let using = items(&entry, "Listeners");
        let using = using.filter(|listener| items(field(listener, "TLS"), "Certificates").any(named));
        users
            .extend(using.map(|l| format!("listener {} of api-gateway/{}", text(l, "Name"), gateway.name())));
    }
    (!users.is_empty()).then(|| Consequence {
        loss: Loss::CutNow,
        // Measured: the gateway takes the listener away, and answers 503 on what is open.
        text: format!(
            "{} names it: new connections are refused, and requests on open ones are answered with 503",
            users.join(" and ")
        ),
    })
}

/// The worst of them.
#[must_use]
pub fn worst(consequences: &[Consequence]) -> Loss {
    consequences.iter().map(|c| c.loss).max().unwrap_or(Loss::None)
}

/// Consequences that are collected.
struct Consequences(Vec<Consequence>);

/// A listener of a gateway, by what makes it the same one.
struct Listener<'v> {
    value: &'v Value,
    name: String,
}

impl Consequences {
    fn add(&mut self, loss: Loss, text: impl Into<String>) {
        self.0.push(Consequence { loss, text: text.into() });
    }

    fn gateway(&mut self, kind: Kind, old: Option<&ConfigEntry>, new: Option<&ConfigEntry>) {
        let Some(old) = old else { return self.add(Loss::None, "the gateway is new") };
        let name = old.name();
        let (before, after) = (whole(Some(old)), whole(new));
        if new.is_none() {
            return self.add(
                Loss::CutNow,
                format!("gateway {name} loses its listeners: new connections are refused, open ones cut"),
            );
        }
        if !same(field(&before, "TLS"), field(&after, "TLS")) {
            self.add(Loss::CutNow, "clients that do not speak TLS as the listener now does lose every new connection from about 3 s on, open ones when the drain time is over");
        }
        let (had, has) = (listeners(kind, &before), listeners(kind, &after));
        for (key, listener) in &had {
            match has.get(key) {
                None => self.add(Loss::CutNow, format!(
                    "listener {} goes: new connections to it are refused, open ones answer 503 and are cut", listener.name)),
                Some(now) => self.listener(kind, listener, now.value),
            }
        }
        for listener in has.iter().filter(|(key, _)| !had.contains_key(*key)).map(|(_, l)| l) {
            self.add(Loss::None, format!("listener {} is new", listener.name));
        }
        if self.0.is_empty() {
            self.add(Loss::None, "hosts, services, headers and limits change without touching a listener");
        }
    }

    fn listener(&mut self, kind: Kind, old: &Listener<'_>, new: &Value) {
        let name = &old.name;
        for (what, loss) in [("TLS", Loss::CutNow), ("Protocol", Loss::CutNow), ("Port", Loss::CutNow)] {
            if !same(field(old.value, what), field(new, what)) {
                self.add(loss, format!("{what} of listener {name} is changed: its connections are cut, and clients that do not follow are refused"));
            }
        }
        if kind == Kind::ApiGateway {
            if !same(field(old.value, "Hostname"), field(new, "Hostname")) {
                self.add(
                    Loss::Unmeasured,
                    format!(
                        "listener {name} answers to other hosts; routes whose hosts do not fit are unbound"
                    ),
                );
            }
            return;
        }
        for (service, hosts) in hosts(old.value) {
            let now = hosts_of(new, &service);
            match now {
                None => {
                    self.add(Loss::Errors, format!("{service} leaves listener {name}: its hosts answer 404"));
                }
                Some(now) => {
                    let gone: Vec<&str> =
                        hosts.iter().filter(|h| !now.contains(*h)).map(String::as_str).collect();
                    if !gone.is_empty() {
                        self.add(
                            Loss::Errors,
                            format!("{} of {service} on listener {name} answers 404", gone.join(", ")),
                        );
                    }
                }
            }
        }
    }

    fn route(&mut self, old: Option<&ConfigEntry>, new: Option<&ConfigEntry>) {
        let (before, after) = (whole(old), whole(new));
        // A route of TCP has neither hosts nor answers: it has its listener or none.
        let tcp = old.or(new).and_then(ConfigEntry::kind) == Some(Kind::TcpRoute);
        if old.is_some() && new.is_none() {
            return self.add(
                Loss::Errors,
                if tcp {
                    "its listener has no service any more: new connections are refused, open ones may be cut"
                } else {
                    "its hosts answer 404, unless another route has them"
                },
            );
        }
        let texts = |v: &Value| -> Vec<String> {
            items(v, "Hostnames").filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let now = texts(&after);
        let gone: Vec<String> = texts(&before).into_iter().filter(|h| !now.contains(h)).collect();
        if !gone.is_empty() {
            self.add(Loss::Errors, format!("{} answers 404, unless another route has it", gone.join(", ")));
        }
        if old.is_some() && !same(field(&before, "Parents"), field(&after, "Parents")) {
            self.add(
                Loss::Errors,
                if tcp {
                    "it leaves a listener, or joins one: where it is not bound connections are refused"
                } else {
                    "it leaves a listener, or joins one: where it is not bound its hosts answer 404"
                },
            );
        }
        if self.0.is_empty() && tcp && old.is_some() {
            self.add(
                Loss::Unmeasured,
                "new connections go where it says now; what becomes of open ones was not measured",
            );
        } else if self.0.is_empty() && tcp {
            self.add(Loss::None, "connections go there as soon as it is bound to its listener");
        } else if self.0.is_empty() {
            self.add(Loss::None, "routes change from one request to the next");
        }
    }

    fn defaults(&mut self, old: Option<&ConfigEntry>, new: Option<&ConfigEntry>, differences: &[Difference]) {
        let protocol = |e: Option<&ConfigEntry>| text(&whole(e), "Protocol").to_lowercase();
        let tcp = |p: String| if p.is_empty() { "tcp".to_owned() } else { p };
        if tcp(protocol(old)) != tcp(protocol(new)) && old.is_some() {
            self.add(
                Loss::CutNow,
                format!("{SIDECAR} by one of another protocol; requests fail until both ends have it"),
            );
        } else if tcp(protocol(old)) != tcp(protocol(new)) {
            self.add(Loss::Unmeasured, "where the service runs already its sidecars' listeners are replaced by ones of another protocol");
        }
        for d in differences {
            let top = plain(d.path.split(['.', '[']).next().unwrap_or_default());
            match top.as_str() {
                "maxinboundconnections"
                | "localrequesttimeoutms"
                | "localconnecttimeoutms"
                | "envoyextensions"
                | "mutualtlsmode"
                | "balanceinboundconnections"
                | "ratelimits" => {
                    self.add(Loss::CutLater, format!("{SIDECAR} ({}): it looks clean, and when the drain time is over (600 s unless Envoy runs with --drain-time-s) every running request, stream and websocket on it is cut", d.path));
                }
                "protocol" | "meta" | "kind" | "name" => {}
                _ => self.add(
                    Loss::Unmeasured,
                    format!("what {} does to open connections was not measured", d.path),
                ),
            }
        }
        if self.0.is_empty() {
            self.add(Loss::None, "nothing that a proxy knows changes");
        }
    }

    fn proxy_defaults(&mut self, differences: &[Difference]) {
        for d in differences {
            let top = plain(d.path.split(['.', '[']).next().unwrap_or_default());
            match top.as_str() {
                "accesslogs" | "envoyextensions" => {
                    self.add(Loss::CutLater, format!("{ALL} ({}): it looks clean, and when the drain time is over (600 s unless Envoy runs with --drain-time-s) every running request, stream and websocket is cut", d.path));
                }
                "config" if plain(&d.path).ends_with("protocol") => {
                    self.add(
                        Loss::CutNow,
                        "the protocol of every service that has none of its own changes at once".to_owned(),
                    );
                }
                "kind" | "name" | "meta" => {}
                _ => self.add(
                    Loss::Unmeasured,
                    format!(
                        "{} concerns every proxy, and what it does to open connections was not measured",
                        d.path
                    ),
                ),
            }
        }
    }

    fn intentions(&mut self, old: Option<&ConfigEntry>, new: Option<&ConfigEntry>) {
        self.add(Loss::CutLater, format!("{SIDECAR}, whatever the intention says: running requests, streams and websockets on it are cut when the drain time is over (600 s unless Envoy runs with --drain-time-s)"));
        let denies = |e: Option<&ConfigEntry>| {
            items(&whole(e), "Sources")
                .filter(|s| text(s, "Action") == "deny" || field(s, "Action").is_null())
                .map(|s| text(s, "Name").to_owned())
                .collect::<Vec<_>>()
        };
        let before = denies(old);
        let denied: Vec<String> = denies(new).into_iter().filter(|name| !before.contains(name)).collect();
        if !denied.is_empty() {
            self.add(Loss::Errors, format!("requests from {} answer 403 from about 3 s on; connections that are open keep the old rules until they are drained", denied.join(", ")));
        }
        if new.is_none() {
            self.add(Loss::Errors, "what the default policy denies answers 403");
        }
    }

    fn resolver(&mut self, new: Option<&ConfigEntry>, differences: &[Difference]) {
        let touched = |name: &str| differences.iter().any(|d| plain(&d.path).starts_with(name));
        if new.is_none() {
            return self.add(Loss::None, "without a resolver requests go to every instance; Consul refuses it while a subset is named somewhere");
        }
        if touched("failover") {
            self.add(Loss::None, "one of 36,700 requests answered 503 when a failover was added");
        }
        if touched("loadbalancer") {
            self.add(Loss::None, "sessions are laid out anew over the instances");
        }
        if self.0.is_empty() {
            self.add(Loss::None, "subsets, filters and redirects change from one request to the next; an empty subset answers 503");
        }
    }
}

fn whole(entry: Option<&ConfigEntry>) -> Value {
    entry.map_or(Value::Null, |entry| Value::Object(entry.content().fields))
}

/// Whether two values say the same to Consul.
fn same(one: &Value, other: &Value) -> bool {
    let wrap = |v: &Value| ConfigEntry::of(serde_json::json!({ "V": v }));
    between(wrap(one).as_ref(), wrap(other).as_ref()).is_empty()
}

/// An API gateway's listeners by name, as its routes know them; an ingress gateway's by port.
fn listeners(kind: Kind, whole: &Value) -> BTreeMap<String, Listener<'_>> {
    let key = |value: &Value| match kind {
        Kind::ApiGateway => text(value, "Name").to_owned(),
        _ => field(value, "Port").to_string(),
    };
    items(whole, "Listeners").map(|value| (key(value), Listener { value, name: key(value) })).collect()
}

fn hosts(listener: &Value) -> Vec<(String, Vec<String>)> {
    let texts = |v: &Value| items(v, "Hosts").filter_map(Value::as_str).map(str::to_owned).collect();
    items(listener, "Services").map(|s| (text(s, "Name").to_owned(), texts(s))).collect()
}

fn hosts_of(listener: &Value, service: &str) -> Option<Vec<String>> {
    hosts(listener).into_iter().find(|(name, _)| name == service).map(|(_, hosts)| hosts)
}

#[cfg(test)]
mod tests;
