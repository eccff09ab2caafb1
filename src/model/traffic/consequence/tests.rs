use super::*;
use serde_json::json;

fn loss(old: Value, new: Value) -> Loss {
    let (old, new) = (ConfigEntry::of(old), ConfigEntry::of(new));
    worst(&of(old.as_ref(), new.as_ref()))
}

fn ingress(listeners: &Value) -> Value {
    json!({"Kind": "ingress-gateway", "Name": "ingress", "Listeners": listeners})
}

#[test]
fn a_certificate_that_a_listener_names_is_not_unused() {
    let gateway = json!({"Kind": "api-gateway", "Name": "apigw", "Listeners": [{"Name": "http", "Port": 80},
        {"Name": "tls", "Port": 443, "TLS": {"Certificates": [{"Kind": "inline-certificate", "Name": "cert"}]}}]});
    let gateways = [ConfigEntry::of(gateway).unwrap()];
    let lost = |kind, name| of_lost_certificate(kind, name, &gateways).map(|c| (c.loss, c.text));
    assert_eq!(
        lost(Kind::InlineCertificate, "cert"),
        Some((
            Loss::CutNow,
            "listener tls of api-gateway/apigw names it: new connections are refused, and requests on open ones are answered with 503"
                .to_owned()
        ))
    );
    assert_eq!(lost(Kind::InlineCertificate, "other"), None);
    assert_eq!(lost(Kind::FileSystemCertificate, "cert"), None);
}

/// The rows of the measured table, each with what was seen.
#[test]
fn the_measured_table() {
    let web = json!({"Port": 8080, "Protocol": "http", "Services": [{"Name": "web", "Hosts": ["web.example.com"]},
        {"Name": "site", "Hosts": ["site.example.com"]}]});
    let base = ingress(&json!([web]));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut new = base.clone();
        change(&mut new);
        loss(base.clone(), new)
    };
    assert_eq!(
        with(&|e| e["Listeners"][0]["Services"][0]["Hosts"] = json!(["web.example.com", "w2.example.com"])),
        Loss::None
    );
    assert_eq!(with(&|e| e["Listeners"].as_array_mut().unwrap().push(json!({"Port": 8081}))), Loss::None);
    assert_eq!(with(&|e| e["Defaults"] = json!({"MaxConnections": 4096})), Loss::None);
    assert_eq!(
        with(&|e| e["Listeners"][0]["Services"][0]["RequestHeaders"] = json!({"Set": {"a": "b"}})),
        Loss::None
    );
    assert_eq!(with(&|e| e["TLS"] = json!({"Enabled": true})), Loss::CutNow);
    assert_eq!(with(&|e| e["Listeners"] = json!([{"Port": 8081, "Protocol": "http"}])), Loss::CutNow);
    assert_eq!(
        with(&|e| drop(e["Listeners"][0]["Services"].as_array_mut().unwrap().remove(1))),
        Loss::Errors
    );
    assert_eq!(loss(base.clone(), Value::Null), Loss::CutNow);
    assert_eq!(loss(Value::Null, base.clone()), Loss::None);
    assert_eq!(loss(base.clone(), base.clone()), Loss::None);

    let gateway = |name: &str, tls: Value| {
        json!({"Kind": "api-gateway", "Name": "g", "Listeners": [
        {"Name": name, "Port": 8090, "Protocol": "http", "TLS": tls}]})
    };
    assert_eq!(loss(gateway("http", json!({})), gateway("renamed", json!({}))), Loss::CutNow);
    assert_eq!(
        loss(gateway("http", json!({})), gateway("http", json!({"Certificates": [{"Name": "c"}]}))),
        Loss::CutNow
    );

    let defaults = |more: Value| {
        let mut entry = json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http"});
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        entry
    };
    assert_eq!(loss(defaults(json!({})), defaults(json!({"MaxInboundConnections": 2000}))), Loss::CutLater);
    assert_eq!(
        loss(defaults(json!({})), defaults(json!({"local_request_timeout_ms": 60000}))),
        Loss::CutLater
    );
    assert_eq!(loss(defaults(json!({})), defaults(json!({"Protocol": "tcp"}))), Loss::CutNow);
    let logs = json!({"Kind": "proxy-defaults", "Name": "global", "AccessLogs": {"Enabled": true}});
    assert_eq!(loss(Value::Null, logs), Loss::CutLater);
    let intentions =
        json!({"Kind": "service-intentions", "Name": "web", "Sources": [{"Name": "*", "Action": "allow"}]});
    assert_eq!(loss(Value::Null, intentions), Loss::CutLater);

    let splitter = |a: u8| {
        json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": a, "ServiceSubset": "v1"},
        {"Weight": 100 - a, "ServiceSubset": "v2"}]})
    };
    assert_eq!(loss(splitter(100), splitter(0)), Loss::None);
    assert_eq!(loss(splitter(100), Value::Null), Loss::None);
    let resolver = |failover: Value| json!({"Kind": "service-resolver", "Name": "web", "Failover": failover});
    assert_eq!(loss(resolver(json!({})), resolver(json!({"v1": {"ServiceSubset": "v2"}}))), Loss::None);
    let route = |host: &str| json!({"Kind": "http-route", "Name": "web", "Hostnames": [host]});
    assert_eq!(loss(route("a.example.com"), route("b.example.com")), Loss::Errors);
    assert_eq!(loss(route("a.example.com"), Value::Null), Loss::Errors);
}
