//! Whose address `$remote_addr` is: that of whoever connected, or another that nginx takes from the request (`set_real_ip_from`,
//! `ingress.md §C`).

use serde_json::{Value, json};

use super::nginx::tree::{Config, Directive, Id};
use super::nginx::value;

/// Where nginx takes the client's address from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Client {
    /// Whoever connected, behind a load balancer that one.
    #[default]
    Peer,
    /// The last address in X-Forwarded-For, where the peer is of these networks; with `recursive` the last that is not of them.
    Forwarded {
        /// The networks whose word is taken.
        trusted: Vec<String>,
        /// Whether addresses of these networks are passed over.
        recursive: bool,
    },
    /// What a load balancer says by the PROXY protocol.
    ProxyProtocol,
    /// Something else, as the configuration says it.
    Other(String),
}

impl Client {
    /// Where it is taken from in a block.
    #[must_use]
    pub fn at(config: &Config, level: Id) -> Self {
        let trusted: Vec<String> = config
            .in_force(level, "set_real_ip_from")
            .into_iter()
            .map(|id| config.get(id).arg(0).to_owned())
            .collect();
        if trusted.is_empty() {
            return Client::Peer;
        }
        let header = config.setting(level, "real_ip_header").map_or("X-Real-IP", |d| d.arg(0));
        let recursive = config.setting(level, "real_ip_recursive").is_some_and(|d| d.arg(0) == "on");
        match header.to_ascii_lowercase().as_str() {
            "x-forwarded-for" if !recursive || trusted.iter().all(|net| is_network(net)) => {
                Client::Forwarded { trusted, recursive }
            }
            "x-forwarded-for" => {
                Client::Other("X-Forwarded-For past networks that are no addresses".to_owned())
            }
            "proxy_protocol" => Client::ProxyProtocol,
            _ => Client::Other(header.to_owned()),
        }
    }

    /// How a middleware of Traefik finds the address; none for the peer's, which it looks at by itself.
    #[must_use]
    pub fn strategy(&self) -> Option<Value> {
        match self {
            Client::Forwarded { trusted, recursive: true } => Some(json!({"excludedIPs": trusted})),
            Client::Forwarded { .. } => Some(json!({"depth": 1})),
            Client::Peer | Client::ProxyProtocol | Client::Other(_) => None,
        }
    }

    /// Whether a router of Traefik can ask for it: `ClientIP` looks at the peer, whatever the request says.
    #[must_use]
    pub fn is_peer(&self) -> bool {
        matches!(self, Client::Peer | Client::ProxyProtocol)
    }
}

/// The networks whose word is taken anywhere, in the order of the configuration.
#[must_use]
pub fn trusted(config: &Config) -> Vec<String> {
    let all = config.all.iter().filter(|d| d.name == "set_real_ip_from").map(|d| d.arg(0).to_owned());
    let mut networks: Vec<String> = Vec::new();
    for network in all.filter(|net| is_network(net)) {
        if !networks.contains(&network) {
            networks.push(network);
        }
    }
    networks
}

/// Where the address comes from that a variable depends on; none where it depends on none.
#[must_use]
pub fn behind(config: &Config, at: Id, variable: &str) -> Option<Client> {
    behind_of(config, at, variable, 0)
}

fn behind_of(config: &Config, at: Id, variable: &str, depth: u8) -> Option<Client> {
    match variable {
        "remote_addr" | "binary_remote_addr" => return Some(Client::at(config, at)),
        "realip_remote_addr" => return Some(Client::Peer),
        _ if depth > 5 => return None,
        _ => {}
    }
    let mut tables = config.all.iter().enumerate().filter(|(_, d)| {
        let set = match d.name.as_str() {
            "geo" => d.args.last().map(|word| word.text.as_str()),
            "map" | "split_clients" => Some(d.arg(1)),
            _ => None,
        };
        set.and_then(|name| name.strip_prefix('$')) == Some(variable)
    });
    let (id, table) = tables.next()?;
    if table.name != "geo" {
        return value::variables(table.arg(0)).find_map(|name| behind_of(config, at, &name, depth + 1));
    }
    let by_proxies = |line: &Id| matches!(config.get(*line).name.as_str(), "proxy" | "proxy_recursive");
    if config.inside(Some(Id(id))).iter().any(by_proxies) {
        return Some(Client::Other("X-Forwarded-For".to_owned()));
    }
    let source = geo_source(table);
    let name = source.trim_start_matches('$');
    Some(behind_of(config, at, name, depth + 1).unwrap_or_else(|| Client::Other(source.to_owned())))
}

/// The variable of a `geo` that holds the address it looks up: `$remote_addr` unless it names another.
fn geo_source(geo: &Directive) -> &str {
    if geo.args.len() > 1 { geo.arg(0) } else { "$remote_addr" }
}

/// Whether a word is an address or a network, and neither a name nor a socket.
fn is_network(word: &str) -> bool {
    let (address, bits) = word.split_once('/').map_or((word, None), |(a, b)| (a, Some(b)));
    let most = match address.parse::<core::net::IpAddr>() {
        Ok(core::net::IpAddr::V4(_)) => 32,
        Ok(core::net::IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(http: &str) -> (Config, Id) {
        let text =
            format!("events {{}}\nhttp {{ {http} server {{ listen 80; location / {{ return 204; }} }} }}\n");
        let config = Config::of_text("nginx.conf", &text).unwrap();
        let location = config.all.iter().position(|d| d.name == "location").map(Id).unwrap();
        (config, location)
    }

    fn at(http: &str) -> Client {
        let (config, location) = config(http);
        Client::at(&config, location)
    }

    #[test]
    fn whose_address_nginx_takes_decides_what_traefik_can_look_at() {
        let trusted = vec!["10.0.0.0/8".to_owned()];
        assert_eq!(at("real_ip_header X-Forwarded-For;"), Client::Peer);
        assert_eq!(at("set_real_ip_from 10.0.0.0/8;"), Client::Other("X-Real-IP".to_owned()));
        let last = at("set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For;");
        assert_eq!(last, Client::Forwarded { trusted: trusted.clone(), recursive: false });
        assert_eq!(last.strategy(), Some(json!({"depth": 1})));
        let past = at("set_real_ip_from 10.0.0.0/8; real_ip_header x-forwarded-for; real_ip_recursive on;");
        assert_eq!(past, Client::Forwarded { trusted, recursive: true });
        assert_eq!(past.strategy(), Some(json!({"excludedIPs": ["10.0.0.0/8"]})));
        // A name among them cannot be said to Traefik.
        let named = "set_real_ip_from lb.internal; real_ip_header X-Forwarded-For; real_ip_recursive on;";
        assert!(matches!(at(named), Client::Other(_)));
        let proxy = at("set_real_ip_from 10.0.0.0/8; real_ip_header proxy_protocol;");
        assert!(proxy == Client::ProxyProtocol && proxy.is_peer() && proxy.strategy().is_none());
    }

    #[test]
    fn a_table_is_followed_to_the_address_it_looks_up() {
        let real = "set_real_ip_from 10.0.0.0/8; real_ip_header X-Forwarded-For;";
        let behind = |http: &str, name: &str| {
            let (config, location) = config(http);
            behind(&config, location, name)
        };
        assert_eq!(behind("geo $g { default 0; }", "g"), Some(Client::Peer));
        assert!(matches!(
            behind(&format!("{real} geo $g {{ default 0; }}"), "g"),
            Some(Client::Forwarded { .. })
        ));
        assert_eq!(
            behind(&format!("{real} geo $realip_remote_addr $g {{ default 0; }}"), "g"),
            Some(Client::Peer)
        );
        assert_eq!(behind("geo $arg_ip $g { default 0; }", "g"), Some(Client::Other("$arg_ip".to_owned())));
        assert_eq!(
            behind("geo $g { proxy 10.0.0.0/8; }", "g"),
            Some(Client::Other("X-Forwarded-For".to_owned()))
        );
        assert_eq!(
            behind("map $remote_addr $a { default 0; } map $a $b { default 1; }", "b"),
            Some(Client::Peer)
        );
        assert_eq!(behind("map $host $a { default 0; }", "a"), None);
        assert_eq!(
            trusted(&config(&format!("{real} server {{ set_real_ip_from 10.0.0.0/8; }}")).0),
            ["10.0.0.0/8"]
        );
    }
}
