//! What was recorded of a real Consul 1.21.4, said again.

use serde_json::{Value as Json, json};

use super::super::Moment;
use super::*;
use crate::sandbox::consul::config::chain::compile;

fn consul() -> Consul {
    Consul::beside("secret", Moment::from_nanos(0), 1)
}

fn put(consul: &mut Consul, entry: &Json) -> Result<bool, Refused> {
    put_at(consul, entry, None)
}

fn put_at(consul: &mut Consul, entry: &Json, index: Option<u64>) -> Result<bool, Refused> {
    let (kind, name, fields) = decode(entry.to_string().as_bytes())?;
    consul.put_config(&kind, &name, fields, index)
}

fn baseline() -> Consul {
    let mut consul = consul();
    for service in ["web", "site", "site-old", "site-new"] {
        put(&mut consul, &json!({"Kind": "service-defaults", "Name": service, "Protocol": "http"})).unwrap();
    }
    put(&mut consul, &json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {
        "v1": {"Filter": "Service.Meta.version == \"v1\""}, "v2": {"Filter": "Service.Meta.version == \"v2\""}}})).unwrap();
    put(
        &mut consul,
        &json!({"Kind": "service-splitter", "Name": "web", "Splits": [
        {"Weight": 100, "ServiceSubset": "v1"}, {"Weight": 0, "ServiceSubset": "v2"}]}),
    )
    .unwrap();
    put(
        &mut consul,
        &json!({"Kind": "service-splitter", "Name": "site", "Splits": [
        {"Weight": 100, "Service": "site-old"}, {"Weight": 0, "Service": "site-new"}]}),
    )
    .unwrap();
    consul
}

#[test]
fn what_is_refused_is_refused_in_consuls_words() {
    let mut consul = baseline();
    for (entry, status, words) in [
        (
            json!({}),
            400,
            "Request decoding failed: Payload does not contain a kind/Kind key at the top level",
        ),
        (json!([]), 400, "Request decoding failed: '' expected a map, got 'slice'"),
        (
            json!({"Kind": "nope", "Name": "x"}),
            400,
            "Request decoding failed: invalid config entry kind: nope",
        ),
        (
            json!({"Kind": "service-defaults", "Name": "x", "Foo": 1}),
            400,
            "Request decoding failed: 1 error occurred:\n\t* invalid config key \"Foo\"\n\n",
        ),
        (
            json!({"Kind": "service-splitter", "Name": "x", "Splits": [{"Wei": 1}]}),
            400,
            "Request decoding failed: 1 error occurred:\n\t* invalid config key \"Splits[0].Wei\"\n\n",
        ),
        (
            json!({"Kind": "service-resolver", "Name": "x", "ConnectTimeout": "5x"}),
            400,
            "Request decoding failed: 1 error(s) decoding:\n\n* error decoding 'ConnectTimeout': time: unknown unit \"x\" in duration \"5x\"",
        ),
        (json!({"Kind": "service-defaults", "Protocol": "http"}), 500, "Name is required"),
        (
            json!({"Kind": "service-defaults", "Name": "x", "Protocol": "htp"}),
            500,
            "1 error occurred:\n\t* invalid value for protocol: htp\n\n",
        ),
        (json!({"Kind": "service-splitter", "Name": "zz"}), 500, "no splits configured"),
        (
            json!({"Kind": "service-splitter", "Name": "zz", "Splits": [{"Weight": 50}]}),
            500,
            "the sum of all split weights must be 100, not 50.000000",
        ),
        (
            json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 100, "ServiceSubset": "q"}]}),
            500,
            "service \"web\" does not have a subset named \"q\"",
        ),
        (
            json!({"Kind": "service-splitter", "Name": "zz", "Splits": [{"Weight": 100, "Service": "zz2"}]}),
            500,
            "discovery chain \"zz\" uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior",
        ),
        (
            json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 50, "ServiceSubset": "v1"}, {"Weight": 50, "ServiceSubset": "v1"}]}),
            500,
            "split destination occurs more than once: service=\"web\", subset=\"v1\", namespace=\"\", partition=\"\"",
        ),
        (
            json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathExact": "/a", "PathPrefix": "/b"}}}]}),
            500,
            "Route[0] should only contain at most one of PathExact, PathPrefix, or PathRegex",
        ),
        (
            json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathPrefix": "b"}}}]}),
            500,
            "Route[0] PathPrefix doesn't start with '/': \"b\"",
        ),
        (
            json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"Methods": ["FETCH"]}}}]}),
            500,
            "Route[0] Methods contains an invalid method \"FETCH\"",
        ),
        (
            json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathPrefix": "/b"}}, "Destination": {"Service": "tcpsvc9"}}]}),
            500,
            "discovery chain \"web\" uses inconsistent protocols; service \"tcpsvc9\" has \"tcp\" which is not \"http\"",
        ),
        (
            json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "q"}),
            500,
            "DefaultSubset \"q\" is not a valid subset",
        ),
        (
            json!({"Kind": "service-resolver", "Name": "web", "Subsets": {"v1": {"Filter": "Service.Meta.version == v1"}}}),
            500,
            "service \"web\" does not have a subset named \"v2\"",
        ),
        (
            json!({"Kind": "http-route", "Name": "web", "Hostnames": ["*.example.com"]}),
            500,
            "host \"*.example.com\" must not be a wildcard",
        ),
        (
            json!({"Kind": "proxy-defaults", "Name": "x"}),
            500,
            "invalid name (\"x\"), only \"global\" is supported",
        ),
    ] {
        assert_eq!(put(&mut consul, &entry), Err((status, words.to_owned())), "{entry}");
    }
    for (kind, name, words) in [
        ("service-resolver", "web", "service \"web\" does not have a subset named \"v1\""),
        (
            "service-defaults",
            "web",
            "discovery chain \"web\" uses a protocol \"tcp\" that does not permit advanced routing or splitting behavior",
        ),
        (
            "service-defaults",
            "site-old",
            "discovery chain \"site\" uses inconsistent protocols; service \"site-new\" has \"http\" which is not \"tcp\"",
        ),
    ] {
        assert_eq!(consul.delete_config(kind, name, None), Err((500, words.to_owned())), "{kind}/{name}");
    }
}

#[test]
fn what_no_proxy_takes_is_taken() {
    let mut consul = baseline();
    for entry in [
        json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 101, "ServiceSubset": "v1"}, {"Weight": -1, "ServiceSubset": "v2"}]}),
        json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathRegex": "/a(["}}}]}),
        json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [{"Port": 99999, "Protocol": "http", "Services": [{"Name": "web"}]}]}),
    ] {
        assert_eq!(put(&mut consul, &entry), Ok(true), "{entry}");
    }
}

#[test]
fn check_and_set_and_what_comes_back() {
    let mut consul = baseline();
    let entry = |ms: u64| {
        json!({"kind": "service-resolver", "name": "snake", "connect_timeout": format!("{ms}ms"),
        "subsets": {"v_1": {"only_passing": true, "filter": ""}}, "meta": {"a_b": "c"}})
    };
    assert_eq!(put_at(&mut consul, &entry(10_000), Some(3)), Ok(false));
    assert_eq!(put_at(&mut consul, &entry(10_000), Some(0)), Ok(true));
    let index = consul.indexes.latest();
    // What is stored already is not written, whatever index is named.
    assert_eq!(put_at(&mut consul, &entry(10_000), Some(99)), Ok(true));
    assert_eq!(consul.indexes.latest(), index);
    assert_eq!(put_at(&mut consul, &entry(20_000), Some(index - 1)), Ok(false));
    let stored = consul.configs.get("service-resolver", "snake").unwrap().json();
    assert_eq!(
        (&stored["ConnectTimeout"], &stored["Subsets"]["v_1"]["OnlyPassing"]),
        (&json!("10s"), &json!(true))
    );
    assert_eq!((&stored["Meta"], &stored["ModifyIndex"]), (&json!({"a_b": "c"}), &json!(index)));
    assert_eq!(consul.delete_config("service-resolver", "snake", Some(1)), Ok(false));
    assert_eq!(consul.delete_config("service-resolver", "snake", Some(index)), Ok(true));
    assert_eq!(consul.delete_config("service-resolver", "snake", Some(1)), Ok(true));
}

/// The recorded chains, from the recorded entries.
#[test]
fn chains_are_compiled_as_recorded() {
    let read = |name: &str| -> Json {
        let path = format!("{}/tests/fixtures/consul-1.21.4/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let domain = "7b9cabd9-7ebc-87d0-7b2f-c6886eedb1d4";
    let compiled = |consul: &Consul, service: &str| {
        compile(service, &consul.configs.entries()).unwrap().json(service, "dc1", domain)
    };
    let without_addresses = |mut chain: Json| {
        for key in ["AutoVirtualIPs", "ManualVirtualIPs"] {
            chain["Chain"][key] = Json::Null;
        }
        chain
    };
    let mut consul = baseline();
    assert_eq!(compiled(&consul, "web"), without_addresses(read("discovery-chain-web")));
    assert_eq!(compiled(&consul, "site"), without_addresses(read("discovery-chain-site")));
    let mut pinned = read("pinned-entries");
    // The chain was recorded at 100/0 and without the failover.
    pinned["splitter"]["Splits"][0]["Weight"] = json!(100);
    pinned["splitter"]["Splits"][1]["Weight"] = json!(0);
    pinned["resolver"].as_object_mut().unwrap().remove("Failover");
    for entry in ["resolver", "splitter", "router"] {
        assert_eq!(put(&mut consul, &pinned[entry]), Ok(true));
    }
    assert_eq!(compiled(&consul, "web"), without_addresses(read("discovery-chain-pinned")));
}

fn recorded(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/consul-1.21.4/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The conditions of an entry as the recordings have them: type, status, reason, message, listener.
fn conditions(consul: &Consul, kind: &str, name: &str) -> Vec<[String; 5]> {
    let entry = consul.configs.get(kind, name).unwrap().json();
    let all = entry["Status"]["Conditions"].as_array().cloned().unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let one = |c: &Json| -> [String; 5] {
        ["Type", "Status", "Reason", "Message"]
            .map(|field| text(&c[field]))
            .into_iter()
            .chain([text(&c["Resource"]["SectionName"])])
            .collect::<Vec<_>>()
            .try_into()
            .unwrap()
    };
    all.iter().map(one).collect()
}

fn gateway(listeners: &[(&str, u16, &str, &str)]) -> Json {
    let one = |(name, port, protocol, host): &(&str, u16, &str, &str)| json!({"Name": name, "Port": port, "Protocol": protocol, "Hostname": host});
    json!({"Kind": "api-gateway", "Name": "apigw", "Listeners": listeners.iter().map(one).collect::<Vec<_>>()})
}

fn route(name: &str, section: &str, rules: &[&[&str]]) -> Json {
    let rule = |services: &&[&str]| json!({"Services": services.iter().map(|s| json!({"Name": s})).collect::<Vec<_>>()});
    json!({"Kind": "http-route", "Name": name, "Parents": [{"Kind": "api-gateway", "Name": "apigw", "SectionName": section}],
        "Rules": rules.iter().map(rule).collect::<Vec<_>>()})
}

#[test]
fn controllers_say_of_every_wrong_route_and_gateway_what_was_recorded() {
    let mut consul = baseline();
    put(&mut consul, &json!({"Kind": "service-defaults", "Name": "tcpweb", "Protocol": "tcp"})).unwrap();
    put(&mut consul, &gateway(&[("http", 8090, "http", ""), ("tcp", 8455, "tcp", "")])).unwrap();
    for (problem, recorded) in recorded("http-route-problems").as_object().unwrap() {
        let request = &recorded["request"];
        let answer = put(&mut consul, request);
        if recorded["put"][0] == 500 {
            assert_eq!(answer, Err((500, recorded["put"][1].as_str().unwrap().to_owned())), "{problem}");
            continue;
        }
        assert_eq!(answer, Ok(true), "{problem}");
        let text = |key: &str| request[key].as_str().unwrap();
        let wanted: Vec<[String; 5]> = serde_json::from_value(recorded["conditions"].clone()).unwrap();
        assert_eq!(conditions(&consul, text("Kind"), text("Name")), wanted, "{problem}");
    }
}

/// Seen on a real 1.21.4: the last service has the last word, a rewrite leaves what was said until it is looked at again, a listener
/// that is renamed loses its routes, and a gateway that goes takes what is bound with it.
#[test]
fn what_is_said_follows_every_write() {
    let mut consul = baseline();
    put(&mut consul, &gateway(&[("http", 8090, "http", ""), ("own", 8091, "http", "*.a.example")])).unwrap();
    let bound = |consul: &Consul| {
        conditions(consul, "http-route", "r")
            .into_iter()
            .map(|c| c[1].clone() + " " + &c[3])
            .collect::<Vec<_>>()
    };
    let ok = ["True route is valid", "True successfully bound route"];
    put(&mut consul, &route("r", "http", &[&["nosuch"], &["site-old"]])).unwrap();
    assert_eq!(bound(&consul), ok);
    let index = consul.configs.get("http-route", "r").unwrap().json()["ModifyIndex"].clone();
    put(&mut consul, &route("r", "http", &[&["site-old"], &["nosuch"]])).unwrap();
    assert_eq!(
        bound(&consul),
        [
            "False route protocol does not match targeted service protocol",
            "False failed to bind route to gateway apigw: route has not been accepted"
        ]
    );
    assert_ne!(consul.configs.get("http-route", "r").unwrap().json()["ModifyIndex"], index);
    put(&mut consul, &route("r", "http", &[&["site-old"]])).unwrap();
    let of_gateway = consul.configs.get("bound-api-gateway", "apigw").unwrap().json();
    assert_eq!(
        of_gateway["Listeners"][0]["Routes"],
        json!([{"Kind": "http-route", "Name": "r", "SectionName": ""}])
    );
    assert_eq!(
        of_gateway["Services"],
        json!({"site-old": [{"Kind": "http-route", "Name": "r", "SectionName": ""}]})
    );
    put(&mut consul, &gateway(&[("renamed", 8090, "http", ""), ("own", 8091, "http", "*.a.example")]))
        .unwrap();
    assert_eq!(bound(&consul)[1], "False failed to bind route r to gateway apigw with listener 'http'");
    let mut off = route("r", "own", &[&["site-old"]]);
    off["Hostnames"] = json!(["b.example"]);
    put(&mut consul, &off).unwrap();
    assert_eq!(
        bound(&consul)[1],
        "False failed to bind route to gateway apigw: listener own is does not have any hostnames that match the route"
    );
    off["Hostnames"] = json!(["x.a.example", "b.example"]);
    put(&mut consul, &off).unwrap();
    assert_eq!(bound(&consul), ok);
    put(&mut consul, &route("r", "", &[&["site-old"]])).unwrap();
    assert_eq!(bound(&consul), ok);
    assert!(consul.delete_config("api-gateway", "apigw", None).unwrap());
    assert_eq!(bound(&consul)[1], "False gateway was not found");
    assert!(consul.configs.get("bound-api-gateway", "apigw").is_none());
}

#[test]
fn a_tcp_listener_with_two_routes_is_in_conflict() {
    let mut consul = baseline();
    put(&mut consul, &json!({"Kind": "service-defaults", "Name": "tcpweb", "Protocol": "tcp"})).unwrap();
    put(&mut consul, &gateway(&[("tcp", 8085, "tcp", ""), ("http", 8090, "http", "")])).unwrap();
    let tcp = |name: &str, section: &str| {
        json!({"Kind": "tcp-route", "Name": name, "Services": [{"Name": "tcpweb"}],
        "Parents": [{"Kind": "api-gateway", "Name": "apigw", "SectionName": section}]})
    };
    put(&mut consul, &tcp("a", "http")).unwrap();
    assert_eq!(
        conditions(&consul, "tcp-route", "a")[1][3],
        "failed to bind route a to gateway apigw: listener http is not a tcp listener"
    );
    put(&mut consul, &tcp("a", "tcp")).unwrap();
    put(&mut consul, &tcp("b", "tcp")).unwrap();
    let of_gateway = conditions(&consul, "api-gateway", "apigw");
    assert_eq!(
        of_gateway[2],
        [
            "Conflicted",
            "True",
            "RouteConflict",
            "TCP-based listeners currently only support binding a single route",
            "tcp"
        ]
    );
}
