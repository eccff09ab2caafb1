use super::*;
use proptest::prelude::*;
use serde_json::json;

fn flaws(value: Value) -> Vec<(&'static str, String)> {
    let entry = ConfigEntry::of(value).unwrap();
    check(&entry, &|_, _| None).into_iter().map(|f| (f.id, f.path)).collect()
}

#[test]
fn what_consul_takes_and_envoy_does_not() {
    let splitter = |a: Value, b: Value| {
        json!({"Kind": "service-splitter", "Name": "web",
        "Splits": [{"Weight": a, "ServiceSubset": "v1"}, {"weight": b, "ServiceSubset": "v2"}]})
    };
    assert_eq!(flaws(splitter(json!(90), json!(10))), []);
    assert_eq!(flaws(splitter(json!(33.333), json!(66.667))), []);
    assert_eq!(flaws(splitter(json!(101), json!(-1))).len(), 2);
    assert_eq!(flaws(splitter(json!(50), json!(49))), [("bad-weights", "Splits".to_owned())]);
    let router = json!({"Kind": "service-router", "Name": "web", "Routes": [
        {"Match": {"HTTP": {"PathRegex": "/a([", "Header": [{"Name": "x", "Regex": "(?!a)"}], "Methods": ["FETCH"]}},
         "Destination": {"RequestTimeout": 15, "RequestHeaders": {"Set": {"x": "%NOPE%", "y": "100 %"}, "Add": {"z": "%REQ(:path):3% 1 %%"}}}}]});
    let mut found = flaws(router);
    found.sort();
    let route = |rest: &str| format!("Routes[0].{rest}");
    assert_eq!(
        found,
        [
            ("bad-duration", route("Destination.RequestTimeout")),
            ("bad-formatter", route("Destination.RequestHeaders.Set.x")),
            ("bad-formatter", route("Destination.RequestHeaders.Set.y")),
            ("bad-method", route("Match.HTTP.Methods")),
            ("bad-regex", route("Match.HTTP.Header[0].Regex")),
            ("bad-regex", route("Match.HTTP.PathRegex")),
        ]
    );
    let gateway =
        |port: Value| json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [{"Port": port}]});
    assert_eq!(flaws(gateway(json!(99_999))), [("bad-port", "Listeners[0].Port".to_owned())]);
    assert_eq!(flaws(gateway(json!(8080))), []);
}

#[test]
fn an_http_route_with_two_services() {
    let route = json!({"Kind": "http-route", "Name": "web", "Rules": [{
        "Matches": [{"Path": {"Match": "regex", "Value": "(?=a)"}, "Headers": [{"Match": "regex", "Name": "c", "Value": "["}]}],
        "Filters": {"TimeoutFilter": {"RequestTimeout": "0s"}, "Headers": [{"Set": {"a": "%X%"}}]},
        "Services": [{"Name": "a", "Weight": 100}, {"Name": "b", "Weight": 0}]}]});
    let mut found: Vec<&str> = flaws(route).into_iter().map(|(id, _)| id).collect();
    found.sort_unstable();
    assert_eq!(found, ["bad-formatter", "bad-regex", "bad-regex", "bad-weights", "short-timeout"]);
}

#[test]
fn a_split_moves_the_sessions_of_a_sticky_resolver() {
    let resolver = ConfigEntry::of(
        json!({"Kind": "service-resolver", "Name": "web", "LoadBalancer": {"Policy": "maglev",
        "HashPolicies": [{"Field": "cookie", "FieldValue": "sess"}]}}),
    )
    .unwrap();
    let router = ConfigEntry::of(
        json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"Header": [
        {"Name": "cookie", "Regex": "a"}]}}, "Destination": {"ServiceSubset": "v1"}}]}),
    )
    .unwrap();
    let splitter = |a: u8| {
        ConfigEntry::of(json!({"Kind": "service-splitter", "Name": "web",
        "Splits": [{"Weight": a, "ServiceSubset": "v1"}, {"Weight": 100 - a, "ServiceSubset": "v2"}]}))
        .unwrap()
    };
    let sticky = |kind: Kind, _: &str| (kind == Kind::ServiceResolver).then_some(&resolver);
    let pinned = |kind: Kind, name: &str| {
        if kind == Kind::ServiceRouter { Some(&router) } else { sticky(kind, name) }
    };
    assert_eq!(check(&splitter(90), &sticky)[0].id, "moved-sessions");
    assert_eq!(check(&splitter(100), &sticky), []);
    assert_eq!(check(&splitter(90), &pinned), []);
}

#[test]
fn the_sidecar_has_a_timeout_of_its_own() {
    let router = ConfigEntry::of(json!({"Kind": "service-router", "Name": "web", "Routes": [
        {"Destination": {"RequestTimeout": "30s"}}]}))
    .unwrap();
    let with = |ms: u64| {
        ConfigEntry::of(json!({"Kind": "service-defaults", "Name": "web", "LocalRequestTimeoutMs": ms}))
            .unwrap()
    };
    let (short, long) = (with(20_000), with(60_000));
    assert_eq!(check(&router, &|_, _| None)[0].id, "short-timeout");
    assert_eq!(check(&router, &|_, _| Some(&short))[0].id, "short-timeout");
    assert_eq!(check(&router, &|_, _| Some(&long)), []);
}

#[test]
fn every_name_is_in_the_list_of_names() {
    assert!(IDS.is_sorted());
    assert!(formatter::FORMATTERS.is_sorted());
}

proptest! {
    #[test]
    fn no_header_makes_it_panic(value in "[%A-Z(): a0é]{0,30}") {
        drop(formatter(&value));
    }
}
