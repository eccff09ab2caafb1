//! What Consul's controllers say of gateways and routes once they are stored (`mesh.md §5`): conditions, and what is bound to which
//! listener. They stand a few hundredths of a second after a write on a real Consul, and at once here.
//!
//! Consul looks at the services of a route one after the other, and the last one's word stands: a route is accepted though an earlier
//! service is unknown, and one that is not accepted is taken off its listeners, which vanish when nothing else is on them.

use serde_json::{Map, Value as Json, json};

use super::chain::compile;
use super::{Entries, Table};
use crate::sandbox::consul::Consul;

/// The kinds on which a controller writes conditions, and the gateways' own.
const ROUTES: [&str; 2] = ["http-route", "tcp-route"];
const GATEWAY: &str = "api-gateway";
const BOUND: &str = "bound-api-gateway";

/// One thing that is said of an entry, without the time.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    kind: &'static str,
    status: bool,
    reason: &'static str,
    message: String,
    /// The gateway and the listener it is about; none for the entry as a whole.
    about: Option<(String, String)>,
}

/// A reference of a route to a gateway, and what comes of it.
struct Binding {
    gateway: String,
    section: String,
    /// The listeners it is on, or why it is on none.
    outcome: Result<Vec<String>, (&'static str, String)>,
}

fn text<'v>(value: &'v Json, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn list<'v>(fields: &'v Map<String, Json>, name: &str) -> &'v [Json] {
    fields.get(name).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn said(kind: &'static str, status: bool, reason: &'static str, message: impl Into<String>) -> Said {
    Said { kind, status, reason, message: message.into(), about: None }
}

impl Said {
    fn about(mut self, gateway: &str, section: &str) -> Said {
        self.about = Some((gateway.to_owned(), section.to_owned()));
        self
    }

    /// Whether this is what was said before.
    fn is(&self, before: &Json) -> bool {
        let (mut now, mut before) = (self.json(""), before.clone());
        for one in [&mut now, &mut before] {
            one.as_object_mut().into_iter().for_each(|o| drop(o.remove("LastTransitionTime")));
        }
        now == before
    }

    fn json(&self, time: &str) -> Json {
        let (kind, name, section) = match &self.about {
            Some((gateway, section)) => (GATEWAY, gateway.as_str(), section.as_str()),
            None => ("", "", ""),
        };
        json!({"Type": self.kind, "Status": if self.status { "True" } else { "False" }, "Reason": self.reason,
            "Message": self.message, "Resource": {"Kind": kind, "Name": name, "SectionName": section},
            "LastTransitionTime": time})
    }
}

impl Consul {
    /// Lets the controllers look at everything that is stored.
    pub(super) fn reconcile(&mut self) {
        let entries = self.configs.entries();
        let mut bindings: Vec<(&'static str, String, Vec<Binding>)> = Vec::new();
        for kind in ROUTES {
            let names: Vec<String> = entries.names(kind).map(str::to_owned).collect();
            for name in names {
                let Some(route) = entries.get(kind, &name) else { continue };
                let accepted = accepted(kind, route, &entries);
                let bound = bindings_of(kind, &name, route, accepted.status, &entries);
                let mut all = vec![accepted];
                all.extend(bound.iter().map(Binding::said));
                self.say(kind, &name, all);
                bindings.push((kind, name, bound));
            }
        }
        let gateways: Vec<String> = entries.names(GATEWAY).map(str::to_owned).collect();
        for name in &gateways {
            let Some(gateway) = entries.get(GATEWAY, name) else { continue };
            self.say(GATEWAY, name, of_gateway(name, gateway, &entries, &bindings));
            self.bind(name, gateway, &entries, &bindings);
        }
        let gone: Vec<String> = self.configs.of_kind(BOUND).map(|((_, name), _)| name.clone()).collect();
        for name in gone.into_iter().filter(|name| !gateways.contains(name)) {
            self.configs.stored.remove(&(BOUND.to_owned(), name));
            self.indexes.advance();
            self.indexes.touch(&[Table::Configs]);
        }
    }

    /// Stores what is said of an entry, if it is not what was said before.
    fn say(&mut self, kind: &str, name: &str, mut all: Vec<Said>) {
        all.sort_by(|a, b| (a.kind, &a.about).cmp(&(b.kind, &b.about)));
        let time = self.now.timestamp().to_string();
        let key = (kind.to_owned(), name.to_owned());
        let Some(stored) = self.configs.stored.get_mut(&key) else { return };
        let same = stored.conditions.len() == all.len()
            && all.iter().zip(&stored.conditions).all(|(now, before)| now.is(before));
        if same {
            return;
        }
        stored.conditions = all.iter().map(|one| one.json(&time)).collect();
        stored.modified = self.indexes.advance();
        self.indexes.touch(&[Table::Configs]);
    }

    /// Writes down which routes are on a gateway's listeners.
    fn bind(
        &mut self,
        name: &str,
        gateway: &Map<String, Json>,
        entries: &Entries,
        bindings: &[(&'static str, String, Vec<Binding>)],
    ) {
        let mut services: Map<String, Json> = Map::new();
        let mut listeners = Vec::new();
        for listener in list(gateway, "Listeners") {
            let mut routes = Vec::new();
            for (kind, route, _) in on(bindings, name, text(listener, "Name")) {
                let reference = json!({"Kind": kind, "Name": route, "SectionName": ""});
                for service in entries.get(kind, route).into_iter().flat_map(|r| services_of(kind, r)) {
                    let of = services.entry(service).or_insert_with(|| json!([]));
                    if let Some(of) = of.as_array_mut().filter(|of| !of.contains(&reference)) {
                        of.push(reference.clone());
                    }
                }
                routes.push(reference);
            }
            let routes = if routes.is_empty() { Json::Null } else { Json::Array(routes) };
            let certificates = listener["TLS"]["Certificates"].clone();
            listeners.push(
                json!({"Name": text(listener, "Name"), "Routes": routes, "Certificates": certificates}),
            );
        }
        let bound = json!({"Kind": BOUND, "Name": name, "Listeners": listeners, "Services": services});
        let Json::Object(fields) = bound else { return };
        self.configs.keep(BOUND, name, fields, &mut self.indexes);
    }
}

/// The routes on a listener.
fn on<'b>(
    bindings: &'b [(&'static str, String, Vec<Binding>)],
    gateway: &'b str,
    listener: &'b str,
) -> impl Iterator<Item = &'b (&'static str, String, Vec<Binding>)> {
    bindings.iter().filter(move |(_, _, of_route)| {
        of_route
            .iter()
            .filter(|b| b.gateway == gateway)
            .any(|b| b.outcome.as_ref().is_ok_and(|listeners| listeners.iter().any(|l| l == listener)))
    })
}

fn services_of(kind: &str, route: &Map<String, Json>) -> Vec<String> {
    let named = |services: &Json| -> Vec<String> {
        services.as_array().into_iter().flatten().map(|s| text(s, "Name").to_owned()).collect()
    };
    match kind {
        "http-route" => list(route, "Rules").iter().flat_map(|rule| named(&rule["Services"])).collect(),
        _ => route.get("Services").map(named).unwrap_or_default(),
    }
}

/// Whether a route is valid. The last service that it names has the last word.
fn accepted(kind: &str, route: &Map<String, Json>, entries: &Entries) -> Said {
    const WRONG: &str = "InvalidDiscoveryChain";
    let wanted = if kind == "http-route" { "http" } else { "tcp" };
    let mut last = said(
        "Accepted",
        false,
        "NoUpstreamServicesTargeted",
        "route must target at least one upstream service",
    );
    for service in services_of(kind, route) {
        last = match compile(&service, entries) {
            Err(words) => said("Accepted", false, WRONG, words),
            Ok(chain) if chain.protocol != wanted => {
                said("Accepted", false, WRONG, "route protocol does not match targeted service protocol")
            }
            Ok(_) => said("Accepted", true, "Accepted", "route is valid"),
        };
    }
    last
}

fn bindings_of(
    kind: &str,
    name: &str,
    route: &Map<String, Json>,
    accepted: bool,
    entries: &Entries,
) -> Vec<Binding> {
    let wanted = if kind == "http-route" { "http" } else { "tcp" };
    let hosts: Vec<&str> = list(route, "Hostnames").iter().filter_map(Json::as_str).collect();
    let one = |parent: &Json| {
        let (gateway, section) = (text(parent, "Name").to_owned(), text(parent, "SectionName").to_owned());
        let failed = |why: String| Err(("FailedToBind", why));
        let outcome = match entries.get(GATEWAY, &gateway) {
            None => Err(("GatewayNotFound", "gateway was not found".to_owned())),
            Some(_) if !accepted => {
                failed(format!("failed to bind route to gateway {gateway}: route has not been accepted"))
            }
            Some(entry) => {
                let (mut on, mut why) = (Vec::new(), None);
                let fitting = |l: &&Json| section.is_empty() || text(l, "Name") == section;
                for listener in list(entry, "Listeners").iter().filter(fitting) {
                    let its = text(listener, "Name");
                    if !text(listener, "Protocol").eq_ignore_ascii_case(wanted) {
                        why = Some(format!(
                            "failed to bind route {name} to gateway {gateway}: listener {its} is not a {wanted} listener"
                        ));
                    } else if !hosts_meet(text(listener, "Hostname"), &hosts) {
                        why = Some(format!(
                            "failed to bind route to gateway {gateway}: listener {its} is does not have any hostnames that match the route"
                        ));
                    } else {
                        on.push(its.to_owned());
                    }
                }
                match why.filter(|_| !section.is_empty()) {
                    _ if !on.is_empty() => Ok(on),
                    Some(why) => failed(why),
                    None => failed(format!(
                        "failed to bind route {name} to gateway {gateway} with listener '{section}'"
                    )),
                }
            }
        };
        Binding { gateway, section, outcome }
    };
    list(route, "Parents").iter().map(one).collect()
}

/// Whether a listener serves any of these hosts; it serves all of them without a host of its own, and a route without hosts has any.
fn hosts_meet(listener: &str, hosts: &[&str]) -> bool {
    if matches!(listener, "" | "*") || hosts.is_empty() {
        return true;
    }
    hosts.iter().any(|host| match listener.strip_prefix('*') {
        Some(end) => host.ends_with(end),
        None => *host == listener,
    })
}

impl Binding {
    fn said(&self) -> Said {
        let one = match &self.outcome {
            Ok(_) => said("Bound", true, "Bound", "successfully bound route"),
            Err((reason, why)) => said("Bound", false, reason, why.clone()),
        };
        one.about(&self.gateway, &self.section)
    }
}

fn of_gateway(
    name: &str,
    gateway: &Map<String, Json>,
    entries: &Entries,
    bindings: &[(&'static str, String, Vec<Binding>)],
) -> Vec<Said> {
    let mut all = Vec::new();
    let mut missing = false;
    for listener in list(gateway, "Listeners") {
        let its = text(listener, "Name");
        let many = text(listener, "Protocol") == "tcp" && on(bindings, name, its).count() > 1;
        all.push(
            match many {
                true => said(
                    "Conflicted",
                    true,
                    "RouteConflict",
                    "TCP-based listeners currently only support binding a single route",
                ),
                false => said("Conflicted", false, "NoConflict", "listener has no route conflicts"),
            }
            .about(name, its),
        );
        let certificates = listener["TLS"]["Certificates"].as_array().into_iter().flatten();
        let unknown = certificates.filter(|c| entries.get(text(c, "Kind"), text(c, "Name")).is_none());
        let mut unknown = unknown.peekable();
        if unknown.peek().is_none() {
            all.push(said("ResolvedRefs", true, "ResolvedRefs", "resolved refs").about(name, its));
        }
        for certificate in unknown {
            missing = true;
            let why = format!("certificate {:?} not found", text(certificate, "Name"));
            all.push(said("ResolvedRefs", false, "InvalidCertificateRef", why).about(name, its));
        }
    }
    all.push(match missing {
        true => said("Accepted", false, "InvalidCertificates", "gateway references invalid certificates"),
        false => said("Accepted", true, "Accepted", "gateway is valid"),
    });
    all
}
