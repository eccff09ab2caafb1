//! The settings in force in a block, inheritance resolved.

use super::client::Client;
use super::nginx::site::Sites;
use super::nginx::tree::Id;
use super::nginx::value;

/// The settings of a route.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// Milliseconds to connect.
    pub connect: Option<u64>,
    /// Milliseconds between two reads.
    pub read: Option<u64>,
    /// The largest body in bytes, where one was named; none for no limit.
    pub body_limit: Option<u64>,
    /// Request headers to set; an empty value removes.
    pub request_headers: Vec<(String, String)>,
    /// The Host the application is to receive.
    pub host: HostSent,
    /// Response headers to add.
    pub response_headers: Vec<(String, String)>,
    /// Response headers to remove.
    pub hidden: Vec<String>,
    /// Networks that may come in, where only some may.
    pub allowed: Option<Vec<String>>,
    /// Networks that may not, each with those that were let in before it.
    pub denied: Vec<(String, Vec<String>)>,
    /// Whose address that is.
    pub client: Client,
    /// The realm and the file of users.
    pub basic: Option<(String, String)>,
    /// The location that is asked whether a request may pass.
    pub asks: Option<String>,
    /// Which headers of its answer go to the application.
    pub handed_on: Vec<String>,
    /// The zone, the burst, and the requests in how many seconds.
    pub rate: Option<Rate>,
    /// Requests at once.
    pub at_once: Option<AtOnce>,
    /// Whether answers are compressed.
    pub compressed: bool,
    /// Tries, and the statuses after which the next server is tried; none where nothing was said.
    pub retry: Option<Retry>,
    /// What `expires` says as Cache-Control.
    pub cache_control: Option<String>,
}

/// The header an answer's variable holds: `$upstream_http_x_user` is `X-User`. A cookie is for the client, not for the application.
#[must_use]
pub fn header_of_answer(variable: &str) -> Option<String> {
    let name = variable.strip_prefix("$upstream_http_").filter(|name| *name != "set_cookie")?;
    Some(header_of_variable(name))
}

/// A header as it is written of a name in a variable: `x_user` is `X-User`.
fn header_of_variable(name: &str) -> String {
    let parts = name.split('_').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    parts.collect::<Vec<_>>().join("-")
}

/// A bound on how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Requests.
    pub average: u32,
    /// In so many seconds.
    pub seconds: u32,
    /// At once, on top.
    pub burst: u32,
    /// What tells those apart that are counted, where it is not the address.
    pub counted_by: Option<Criterion>,
}

/// A bound on how many at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtOnce {
    /// Requests.
    pub amount: u32,
    /// What tells those apart that are counted, where it is not the address.
    pub counted_by: Option<Criterion>,
}

/// What tells those apart whose requests are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Criterion {
    /// The host they ask for.
    Host,
    /// A header.
    Header(String),
}

impl Criterion {
    /// That of a zone's key; none where it is the address, or is none of Traefik's.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        match key.strip_prefix('$')? {
            "server_name" | "host" | "http_host" => Some(Criterion::Host),
            name => Some(Criterion::Header(header_of_variable(name.strip_prefix("http_")?))),
        }
    }
}

/// When another server is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// How often in all; none for all servers once.
    pub tries: Option<u32>,
    /// After which statuses.
    pub statuses: Vec<String>,
    /// Whether requests that change something are sent again.
    pub non_idempotent: bool,
}

/// The Host an application receives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum HostSent {
    /// The client's.
    #[default]
    Public,
    /// This one.
    Fixed(String),
    /// The name of the pool, for a line around this block that sets it is switched off in it.
    Pool,
}

impl Policies {
    /// Those of a block.
    #[must_use]
    pub fn of(sites: &Sites<'_>, level: Id) -> Self {
        let config = sites.config;
        let millis = |name: &str| config.setting(level, name).and_then(|d| value::millis(d.arg(0)));
        let mut policies = Policies {
            connect: millis("proxy_connect_timeout").or_else(|| millis("grpc_connect_timeout")),
            read: millis("proxy_read_timeout").or_else(|| millis("grpc_read_timeout")),
            compressed: config.setting(level, "gzip").is_some_and(|d| d.arg(0) == "on"),
            ..Policies::default()
        };
        let limit = config.setting(level, "client_max_body_size").and_then(|d| value::bytes(d.arg(0)));
        policies.body_limit = limit.filter(|n| *n > 0);
        policies.headers(sites, level);
        policies.guards(sites, level);
        policies.retries(sites, level);
        let expires = config.setting(level, "expires");
        policies.cache_control = expires.and_then(|directive| match directive.arg(0) {
            _ if !is_fixed_expiry(directive) => None,
            "off" => None,
            "epoch" => Some("no-cache".to_owned()),
            "max" => Some("max-age=315360000".to_owned()),
            text if text.starts_with('-') => Some("no-cache".to_owned()),
            text => Some(format!("max-age={}", value::millis(text)? / 1000)),
        });
        policies
    }

    fn headers(&mut self, sites: &Sites<'_>, level: Id) {
        let config = sites.config;
        let lines = config.in_force(level, "proxy_set_header");
        let mut has_host = false;
        for id in &lines {
            let directive = config.get(*id);
            let constant = sites.constant(directive.arg(1));
            let (name, text) = (directive.arg(0), constant.as_deref().unwrap_or(directive.arg(1)));
            let lower = name.to_ascii_lowercase();
            if lower == "host" {
                has_host = true;
                self.host = match text {
                    "$host" | "$http_host" => HostSent::Public,
                    "$proxy_host" => HostSent::Pool,
                    text if !text.contains('$') && !text.is_empty() => HostSent::Fixed(text.to_owned()),
                    _ => HostSent::Public,
                };
                continue;
            }
            // The connection is each proxy's own.
            if matches!(lower.as_str(), "connection" | "upgrade" | "content-length" | "transfer-encoding") {
                continue;
            }
            if !text.contains('$') {
                self.request_headers.push((name.to_owned(), text.to_owned()));
            }
        }
        let set_at = lines.first().and_then(|id| config.get(*id).parent);
        let around = set_at.and_then(|block| config.get(block).parent);
        let is_host = |id: &Id| config.get(*id).arg(0).eq_ignore_ascii_case("host");
        if !has_host && around.is_some_and(|a| config.in_force(a, "proxy_set_header").iter().any(is_host)) {
            self.host = HostSent::Pool;
        }
        for id in config.in_force(level, "add_header") {
            let directive = config.get(id);
            if let Some(value) = sites.constant(directive.arg(1)) {
                self.response_headers.push((directive.arg(0).to_owned(), value));
            }
        }
        let hidden = config.in_force(level, "proxy_hide_header");
        self.hidden = hidden.iter().map(|id| config.get(*id).arg(0).to_owned()).collect();
    }

    fn guards(&mut self, sites: &Sites<'_>, level: Id) {
        let config = sites.config;
        let access = |block: &Id| {
            let inside = config.inside(Some(*block)).iter().copied();
            inside.filter(|id| matches!(config.get(*id).name.as_str(), "allow" | "deny")).collect::<Vec<_>>()
        };
        self.client = Client::at(config, level);
        let rules =
            config.levels(level).map(|block| access(&block)).find(|r| !r.is_empty()).unwrap_or_default();
        let denies_rest =
            rules.iter().any(|id| config.get(*id).name == "deny" && config.get(*id).arg(0) == "all");
        let of = |name: &str| {
            let own = rules.iter().map(|id| config.get(*id)).filter(|d| d.name == name && d.arg(0) != "all");
            own.map(|d| d.arg(0).to_owned()).collect::<Vec<_>>()
        };
        if denies_rest {
            self.allowed = Some(of("allow"));
        }
        let mut before = Vec::new();
        for directive in rules.iter().map(|id| config.get(*id)).filter(|d| d.arg(0) != "all") {
            match directive.name.as_str() {
                "allow" => before.push(directive.arg(0).to_owned()),
                _ => self.denied.push((directive.arg(0).to_owned(), before.clone())),
            }
        }
        let realm = config.setting(level, "auth_basic").map(|d| d.arg(0)).filter(|r| *r != "off");
        let users = config.setting(level, "auth_basic_user_file").map(|d| d.arg(0).to_owned());
        self.basic = realm.map(|r| (r.to_owned(), users.unwrap_or_default()));
        let asks = config.setting(level, "auth_request").map(|d| d.arg(0)).filter(|u| *u != "off");
        self.asks = asks.map(str::to_owned);
        let set = config.in_force(level, "auth_request_set");
        self.handed_on = set.iter().filter_map(|id| header_of_answer(config.get(*id).arg(1))).collect();
        let option = |d: &super::nginx::tree::Directive, name: &str| {
            d.texts().find_map(|w| w.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        let tried = |name: &str| config.setting(level, name).is_some_and(|d| d.arg(0) == "on");
        if let Some(limit) = config.setting(level, "limit_req").filter(|_| !tried("limit_req_dry_run")) {
            let zone = option(limit, "zone").unwrap_or_default();
            let burst = option(limit, "burst").and_then(|b| b.parse().ok()).unwrap_or(0);
            let zone = zone_of(config, "limit_req_zone", &zone);
            let rate = zone.and_then(|d| option(d, "rate")).unwrap_or_default();
            let (count, per) = rate.split_once("r/").unwrap_or((&rate, "s"));
            self.rate = count.parse().ok().map(|average| Rate {
                average,
                seconds: if per == "m" { 60 } else { 1 },
                burst,
                counted_by: zone.and_then(|d| Criterion::of(d.arg(0))),
            });
        }
        let at_once = config.setting(level, "limit_conn").filter(|_| !tried("limit_conn_dry_run"));
        self.at_once = at_once.and_then(|d| {
            let counted_by =
                zone_of(config, "limit_conn_zone", d.arg(0)).and_then(|zone| Criterion::of(zone.arg(0)));
            Some(AtOnce { amount: d.arg(1).parse().ok()?, counted_by })
        });
    }

    fn retries(&mut self, sites: &Sites<'_>, level: Id) {
        let config = sites.config;
        let Some(next) = config.setting(level, "proxy_next_upstream") else { return };
        let words: Vec<&str> = next.texts().collect();
        if words.contains(&"off") {
            return;
        }
        let mut statuses: Vec<String> =
            words.iter().filter_map(|w| Some(w.strip_prefix("http_")?.to_owned())).collect();
        // What the proxies themselves answer when the server closes the connection or does not answer in time.
        if words.contains(&"error") {
            statuses.push("502".to_owned());
        }
        if words.contains(&"timeout") {
            statuses.push("504".to_owned());
        }
        statuses.sort();
        statuses.dedup();
        let tries = config.setting(level, "proxy_next_upstream_tries").and_then(|d| d.arg(0).parse().ok());
        self.retry = Some(Retry {
            tries: tries.filter(|n| *n > 0),
            statuses,
            non_idempotent: words.contains(&"non_idempotent"),
        });
    }
}

/// Whether an `expires` says the same of every answer.
#[must_use]
pub fn is_fixed_expiry(directive: &super::nginx::tree::Directive) -> bool {
    let text = directive.arg(0);
    let said =
        matches!(text, "off" | "epoch" | "max") || value::millis(text.trim_start_matches('-')).is_some();
    said && directive.args.len() == 1
}

/// The zone of a name.
fn zone_of<'c>(
    config: &'c super::nginx::tree::Config,
    kind: &str,
    name: &str,
) -> Option<&'c super::nginx::tree::Directive> {
    let mut zones = config.all.iter().filter(|d| d.name == kind);
    zones.find(|d| {
        let mut words = d.texts().filter_map(|w| w.strip_prefix("zone="));
        words.any(|zone| zone.split(':').next() == Some(name))
    })
}
