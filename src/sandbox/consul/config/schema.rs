//! The fields of config entries by kind, in Consul's spelling (`consul-api.md §4`).

use serde_json::{Map, Value as Json};

use super::KINDS;
use crate::api::wire::Nanos;

/// What a field holds.
enum Shape {
    /// A value.
    Plain,
    /// A length of time.
    Time,
    /// A number of percent, kept to two decimals.
    Weight,
    /// Anything, under keys of somebody's own.
    Free,
    /// An object.
    Object(&'static [(&'static str, Shape)]),
    /// A list of objects.
    List(&'static [(&'static str, Shape)]),
    /// Objects under keys of somebody's own.
    Map(&'static [(&'static str, Shape)]),
}

use Shape::{Free, List, Map as Keyed, Object, Plain, Time, Weight};

type Fields = &'static [(&'static str, Shape)];

const HEADERS: Fields = &[("Add", Free), ("Set", Free), ("Remove", Plain)];
const ROUTE_MATCH: Fields = &[(
    "HTTP",
    Object(&[
        ("PathExact", Plain),
        ("PathPrefix", Plain),
        ("PathRegex", Plain),
        ("CaseInsensitive", Plain),
        ("Methods", Plain),
        (
            "Header",
            List(&[
                ("Name", Plain),
                ("Present", Plain),
                ("Exact", Plain),
                ("Prefix", Plain),
                ("Suffix", Plain),
                ("Contains", Plain),
                ("IgnoreCase", Plain),
                ("Regex", Plain),
                ("Invert", Plain),
            ]),
        ),
        ("QueryParam", List(&[("Name", Plain), ("Present", Plain), ("Exact", Plain), ("Regex", Plain)])),
    ]),
)];
const DESTINATION: Fields = &[
    ("Service", Plain),
    ("ServiceSubset", Plain),
    ("Namespace", Plain),
    ("Partition", Plain),
    ("PrefixRewrite", Plain),
    ("RequestTimeout", Time),
    ("IdleTimeout", Time),
    ("NumRetries", Plain),
    ("RetryOnConnectFailure", Plain),
    ("RetryOn", Plain),
    ("RetryOnStatusCodes", Plain),
    ("RequestHeaders", Object(HEADERS)),
    ("ResponseHeaders", Object(HEADERS)),
];
const ROUTER: Fields =
    &[("Routes", List(&[("Match", Object(ROUTE_MATCH)), ("Destination", Object(DESTINATION))]))];
const SPLITTER: Fields = &[(
    "Splits",
    List(&[
        ("Weight", Weight),
        ("Service", Plain),
        ("ServiceSubset", Plain),
        ("Namespace", Plain),
        ("Partition", Plain),
        ("RequestHeaders", Object(HEADERS)),
        ("ResponseHeaders", Object(HEADERS)),
    ]),
)];
const REDIRECT: Fields = &[
    ("Service", Plain),
    ("ServiceSubset", Plain),
    ("Namespace", Plain),
    ("Partition", Plain),
    ("Datacenter", Plain),
    ("Peer", Plain),
    ("SamenessGroup", Plain),
];
const BALANCER: Fields = &[
    ("Policy", Plain),
    ("RingHashConfig", Object(&[("MinimumRingSize", Plain), ("MaximumRingSize", Plain)])),
    ("LeastRequestConfig", Object(&[("ChoiceCount", Plain)])),
    (
        "HashPolicies",
        List(&[
            ("Field", Plain),
            ("FieldValue", Plain),
            ("SourceIP", Plain),
            ("Terminal", Plain),
            ("CookieConfig", Object(&[("Session", Plain), ("TTL", Time), ("Path", Plain)])),
        ]),
    ),
];
const RESOLVER: Fields = &[
    ("DefaultSubset", Plain),
    ("Subsets", Keyed(&[("Filter", Plain), ("OnlyPassing", Plain)])),
    ("Redirect", Object(REDIRECT)),
    (
        "Failover",
        Keyed(&[
            ("Service", Plain),
            ("ServiceSubset", Plain),
            ("Namespace", Plain),
            ("Datacenters", Plain),
            ("SamenessGroup", Plain),
            ("Targets", List(REDIRECT)),
            ("Policy", Object(&[("Mode", Plain), ("Regions", Plain)])),
        ]),
    ),
    ("ConnectTimeout", Time),
    ("RequestTimeout", Time),
    ("LoadBalancer", Object(BALANCER)),
    ("PrioritizeByLocality", Free),
];
const DEFAULTS: Fields = &[
    ("Protocol", Plain),
    ("Mode", Plain),
    ("TransparentProxy", Free),
    ("MeshGateway", Free),
    ("ExternalSNI", Plain),
    ("Expose", Free),
    ("UpstreamConfig", Free),
    ("MaxInboundConnections", Plain),
    ("LocalConnectTimeoutMs", Plain),
    ("LocalRequestTimeoutMs", Plain),
    ("Destination", Free),
    ("BalanceInboundConnections", Plain),
    ("RateLimits", Free),
    ("EnvoyExtensions", Free),
    ("MutualTLSMode", Plain),
];
const PROXY_DEFAULTS: Fields = &[
    ("Config", Free),
    ("Mode", Plain),
    ("TransparentProxy", Free),
    ("MeshGateway", Free),
    ("Expose", Free),
    (
        "AccessLogs",
        Object(&[
            ("Enabled", Plain),
            ("DisableListenerLogs", Plain),
            ("Type", Plain),
            ("Path", Plain),
            ("JSONFormat", Plain),
            ("TextFormat", Plain),
        ]),
    ),
    ("EnvoyExtensions", Free),
    ("FailoverPolicy", Free),
    ("PrioritizeByLocality", Free),
    ("MutualTLSMode", Plain),
];
const TLS: Fields = &[
    ("Enabled", Plain),
    ("SDS", Free),
    ("TLSMinVersion", Plain),
    ("TLSMaxVersion", Plain),
    ("CipherSuites", Plain),
];
const INGRESS: Fields = &[
    ("TLS", Object(TLS)),
    ("Defaults", Free),
    (
        "Listeners",
        List(&[
            ("Port", Plain),
            ("Protocol", Plain),
            ("TLS", Object(TLS)),
            (
                "Services",
                List(&[
                    ("Name", Plain),
                    ("Hosts", Plain),
                    ("Namespace", Plain),
                    ("Partition", Plain),
                    ("TLS", Free),
                    ("RequestHeaders", Object(HEADERS)),
                    ("ResponseHeaders", Object(HEADERS)),
                    ("MaxConnections", Plain),
                    ("MaxPendingRequests", Plain),
                    ("MaxConcurrentRequests", Plain),
                    ("PassiveHealthCheck", Free),
                ]),
            ),
        ]),
    ),
];
const INTENTIONS: Fields = &[
    (
        "Sources",
        List(&[
            ("Name", Plain),
            ("Action", Plain),
            ("Type", Plain),
            ("Description", Plain),
            ("Precedence", Plain),
            ("Namespace", Plain),
            ("Partition", Plain),
            ("Peer", Plain),
            ("SamenessGroup", Plain),
            ("Permissions", Free),
        ]),
    ),
    ("JWT", Free),
];

/// The fields of a kind beside `Kind`, `Name` and `Meta`; none for kinds whose fields are not looked at.
fn fields(kind: &str) -> Option<Fields> {
    Some(match kind {
        "service-defaults" => DEFAULTS,
        "service-resolver" => RESOLVER,
        "service-splitter" => SPLITTER,
        "service-router" => ROUTER,
        "service-intentions" => INTENTIONS,
        "proxy-defaults" => PROXY_DEFAULTS,
        "ingress-gateway" => INGRESS,
        _ => return None,
    })
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// A body as an entry: its kind, and its fields in Consul's spelling.
pub(super) fn decode(body: &[u8]) -> Result<(String, Map<String, Json>), String> {
    let value: Json = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(_) if body.is_empty() => return Err("EOF".to_owned()),
        Err(flaw) if flaw.is_eof() => return Err("unexpected EOF".to_owned()),
        Err(_) => {
            let first = char::from(body[0]);
            return Err(
                format!("invalid character {first:?} looking for beginning of value").replace('"', "'")
            );
        }
    };
    let given = match value {
        Json::Object(given) => given,
        Json::Array(_) => return Err("'' expected a map, got 'slice'".to_owned()),
        _ => return Err("'' expected a map, got 'string'".to_owned()),
    };
    let kind = given.get("Kind").or_else(|| given.get("kind"));
    let Some(kind) = kind else {
        return Err("Payload does not contain a kind/Kind key at the top level".to_owned());
    };
    let kind = kind.as_str().ok_or("Kind value in payload is not a string")?.to_owned();
    if !KINDS.contains(&kind.as_str()) {
        return Err(format!("invalid config entry kind: {kind}"));
    }
    let mut reading = Reading { unknown: Vec::new() };
    let mut whole = Map::new();
    let known = fields(&kind);
    for (key, value) in given {
        match plain(&key).as_str() {
            "kind" => drop(whole.insert("Kind".to_owned(), value)),
            "name" => drop(whole.insert("Name".to_owned(), value)),
            "meta" => drop(whole.insert("Meta".to_owned(), value)),
            // What the API adds itself comes back with what is read and written again.
            "createindex" | "modifyindex" | "hash" | "status" | "raftindex" | "partition" | "namespace" => {}
            _ => match known {
                None => drop(whole.insert(key, value)),
                Some(known) => reading.field(known, "", &key, value, &mut whole)?,
            },
        }
    }
    match reading.unknown.len() {
        0 => Ok((kind, whole)),
        n => {
            let lines = reading.unknown.iter().map(|key| format!("\t* invalid config key {key:?}\n"));
            let errors = if n == 1 { "1 error occurred".to_owned() } else { format!("{n} errors occurred") };
            Err(format!("{errors}:\n{}\n", lines.collect::<String>()))
        }
    }
}

struct Reading {
    unknown: Vec<String>,
}

impl Reading {
    fn object(&mut self, known: Fields, path: &str, value: Json) -> Result<Json, String> {
        let Json::Object(given) = value else { return Ok(value) };
        let mut out = Map::new();
        for (key, value) in given {
            self.field(known, path, &key, value, &mut out)?;
        }
        Ok(Json::Object(out))
    }

    fn field(
        &mut self,
        known: Fields,
        path: &str,
        key: &str,
        value: Json,
        out: &mut Map<String, Json>,
    ) -> Result<(), String> {
        let wanted = plain(key);
        let place = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        let Some((name, shape)) = known.iter().find(|(name, _)| plain(name) == wanted) else {
            self.unknown.push(place);
            return Ok(());
        };
        let value = match shape {
            Free | Plain => value,
            Weight => value.as_f64().map_or(value.clone(), |w| number((w * 100.0).round() / 100.0)),
            Time => time(name, &value)?,
            Object(fields) => self.object(fields, &place, value)?,
            List(fields) => match value {
                Json::Array(list) => {
                    let one = |(at, value)| self.object(fields, &format!("{place}[{at}]"), value);
                    Json::Array(list.into_iter().enumerate().map(one).collect::<Result<_, _>>()?)
                }
                // One object stands for a list of one.
                Json::Object(_) => Json::Array(vec![self.object(fields, &format!("{place}[0]"), value)?]),
                other => other,
            },
            Keyed(fields) => match value {
                Json::Object(keyed) => {
                    let one = |(key, value)| {
                        let below = format!("{place}[{key}]");
                        Ok::<_, String>((key, self.object(fields, &below, value)?))
                    };
                    Json::Object(keyed.into_iter().map(one).collect::<Result<_, _>>()?)
                }
                other => other,
            },
        };
        if !is_nothing(&value) || matches!(shape, Weight) {
            out.insert((*name).to_owned(), value);
        }
        Ok(())
    }
}

/// What Consul leaves out of its answers.
fn is_nothing(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Bool(b) => !b,
        Json::String(text) => text.is_empty(),
        Json::Number(n) => n.as_f64() == Some(0.0),
        Json::Array(list) => list.is_empty(),
        Json::Object(_) => false,
    }
}

fn number(value: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "percentages")]
    if value.fract() == 0.0 { Json::from(value as i64) } else { Json::from(value) }
}

/// Go's durations; a bare number is nanoseconds.
fn time(name: &str, value: &Json) -> Result<Json, String> {
    let nanos = match value {
        Json::String(text) => crate::sandbox::go::duration(text)
            .map_err(|flaw| format!("1 error(s) decoding:\n\n* error decoding '{name}': {flaw}"))?,
        Json::Number(number) => Nanos(number.as_i64().unwrap_or(0)),
        other => return Ok(other.clone()),
    };
    Ok(if nanos.0 == 0 { Json::Null } else { Json::String(nanos.to_string()) })
}
