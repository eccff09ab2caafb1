//! Moving the weights of a service of Traefik: its keys are in the Consul beside the embedded fleet, and a stand-in answers like the
//! API of a Traefik 3.7 that reads them.

use fleet::api::consul::kv;
use fleet::model::traffic::weighted;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use crate::canned::{Answer, Canned};
use crate::mesh::{Mesh, stepped};

/// The keys below the service, as the stand-in reads them.
fn keys(address: &str, token: &str) -> BTreeMap<String, String> {
    let host = address.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(stream, "GET /v1/kv/traefik/http/services/app/?recurse=true HTTP/1.1\r\nHost: {host}\r\nX-Consul-Token: {token}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.find('[').map_or("[]", |at| &answer[at..=answer.rfind(']').unwrap()]);
    let entries: Vec<kv::Entry> = serde_json::from_str(body).unwrap_or_default();
    entries.into_iter().map(|e| (e.key, String::from_utf8_lossy(&e.value).into_owned())).collect()
}

/// A Traefik that runs with the keys, or, deaf, with those it began with.
fn traefik(mesh: &Mesh, deaf: bool) -> Canned {
    let (address, token) =
        (mesh.sandbox.consul_address().unwrap(), mesh.sandbox.consul_token().unwrap().to_owned());
    let first = keys(&address, &token);
    Canned::new(move |request| {
        let servers = |all: &[&str]| {
            json!({"status": "enabled", "loadBalancer": {"servers": []},
            "serverStatus": all.iter().map(|s| ((*s).to_owned(), json!("UP"))).collect::<serde_json::Map<_, _>>()})
        };
        let body = match request.trim_start_matches("GET /") {
            "api/http/services/app%40consul" | "api/http/services/app@consul" => {
                let now = if deaf { first.clone() } else { keys(&address, &token) };
                let entry = weighted::entry("app", &now).unwrap();
                let services = entry.fields["Rules"][0]["Services"].as_array().unwrap();
                let services: Vec<Value> =
                    services.iter().map(|s| json!({"name": s["Name"], "weight": s["Weight"]})).collect();
                json!({"status": "enabled", "weighted": {"services": services}})
            }
            "api/http/services/blue%40consulcatalog" | "api/http/services/blue@consulcatalog" => {
                servers(&["http://10.0.0.1:80", "http://10.0.0.2:80"])
            }
            "api/http/services/green%40consulcatalog" | "api/http/services/green@consulcatalog" => {
                servers(&["http://10.0.1.1:80", "http://10.0.1.2:80"])
            }
            "api/http/services/small%40consulcatalog" | "api/http/services/small@consulcatalog" => {
                servers(&["http://10.0.2.1:80"])
            }
            _ => {
                return Answer::new(
                    404,
                    if request.contains("/api/") {
                        "{\"message\":\"service not found\"}"
                    } else {
                        "404 page not found"
                    },
                );
            }
        };
        Answer::new(200, body.to_string()).header("Content-Type", "application/json")
    })
}

fn set(mesh: &Mesh, key: &str, value: &str) {
    assert!(mesh.write(&kv::put(
        &format!("traefik/http/services/app/weighted/{key}"),
        value.as_bytes(),
        None
    )));
}

fn begun() -> Mesh {
    let mesh = Mesh::new();
    for (key, value) in [
        ("services/0/name", "blue@consulcatalog"),
        ("services/0/weight", "1"),
        ("sticky/cookie/name", "side"),
    ] {
        set(&mesh, key, value);
    }
    mesh
}

/// Name and weight of every service in the keys.
fn weights(mesh: &Mesh) -> Vec<(String, String)> {
    let entries = mesh.read(&kv::tree("traefik/http/services/app/weighted/services/"));
    let mut found: BTreeMap<String, (String, String)> = BTreeMap::new();
    for entry in entries {
        let value = String::from_utf8(entry.value).unwrap();
        let (at, what) = entry.key.rsplit_once('/').unwrap();
        let one = found.entry(at.to_owned()).or_default();
        if what == "name" { one.0 = value } else { one.1 = value }
    }
    found.into_values().collect()
}

const BLUE: &str = "blue@consulcatalog";
const GREEN: &str = "green@consulcatalog";

fn shift<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = [
        "migrate",
        "traffic",
        "traefik/app",
        "--from",
        BLUE,
        "--to",
        GREEN,
        "--steps",
        "25,100",
        "--soak",
        "0s",
        "--gate-interval=300ms",
        "--traefik",
        url,
    ];
    [&args[..], more].concat()
}

#[test]
fn the_weights_of_a_service_of_traefik_are_moved_and_taken_back() {
    let mesh = begun();
    let traefik = traefik(&mesh, false);
    let pair = |name: &str, weight: &str| (name.to_owned(), weight.to_owned());
    let refused = mesh.run(&shift(&traefik.url, &["--yes"]));
    assert_eq!((refused.code, refused.err.contains("--accept sessions-move")), (7, true), "{refused}");
    let preview = mesh.run(&shift(&traefik.url, &["--accept", "sessions-move", "--dry-run"]));
    assert_eq!((preview.code, weights(&mesh)), (8, vec![pair(BLUE, "1")]), "{preview}");
    let moved = mesh.run(&shift(&traefik.url, &["--accept", "sessions-move", "--yes", "-o", "json-lines"]));
    assert_eq!((moved.code, weights(&mesh)), (0, vec![pair(BLUE, "0"), pair(GREEN, "1")]), "{moved}");
    let shares: Vec<i64> = stepped(&moved).into_iter().map(|(_, to)| to).collect();
    assert_eq!(shares, [2500, 10_000]);
    let status = mesh.run(&["migrate", "traffic", "status", "traefik/app"]);
    assert_eq!(status.code, 0, "{status}");
    // It knows its Traefiks, and puts back what was there: the key that was added goes.
    let back = mesh.run(&["migrate", "traffic", "rollback", "traefik/app", "--yes"]);
    assert_eq!((back.code, weights(&mesh)), (0, vec![pair(BLUE, "1")]), "{back}");
    let shown = mesh.run(&["config", "show", "traefik-service/app"]);
    assert_eq!((shown.code, shown.out.contains(BLUE)), (0, true), "{shown}");
}

#[test]
fn a_traefik_that_does_not_take_it_has_it_taken_back() {
    let mesh = begun();
    let deaf = traefik(&mesh, true);
    let ran = mesh.run(&shift(&deaf.url, &["--accept", "sessions-move", "--yes"]));
    // What was written is taken back, and the deaf one has what there is again.
    assert_eq!((ran.code, weights(&mesh).len()), (9, 1), "{ran}");
    assert!(ran.out.contains("does not take updates") || ran.err.contains("does not take updates"), "{ran}");
}

#[test]
fn what_cannot_be_moved_in_traefik_is_said_before_any_write() {
    let mesh = begun();
    let traefik = traefik(&mesh, false);
    let url = traefik.url.as_str();
    let at = |service: &'static str, to: &'static str, more: &[&str]| {
        let args = ["migrate", "traffic", service, "--from", BLUE, "--to", to, "--yes"];
        mesh.run(&[&args[..], more].concat())
    };
    for (ran, code, words) in [
        (at("traefik/app", GREEN, &[]), 2, "no Traefik is named"),
        (at("web", GREEN, &["--traefik", url]), 2, "is none"),
        (at("traefik/app", GREEN, &["--traefik", url, "--gate-latency", "50"]), 2, "--gate-prometheus"),
        (at("traefik/app", "nobody@file", &["--traefik", url]), 3, "runs no service nobody@file"),
        (at("traefik/nope", GREEN, &["--traefik", url]), 3, "traefik/http/services/nope/"),
        (at("traefik/app", GREEN, &["--traefik", "127.0.0.1:9"]), 5, "cannot be asked"),
        (at("traefik/app", GREEN, &["--traefik", url, "--pin"]), 7, "weighted/sticky/cookie/name"),
        (
            at("traefik/app", "small@consulcatalog", &["--traefik", url, "--accept", "sessions-move"]),
            7,
            "--accept under-capacity",
        ),
    ] {
        assert_eq!((ran.code, ran.err.contains(words)), (code, true), "{words}: {ran}");
        assert_eq!(weights(&mesh).len(), 1, "{words}");
    }
    set(&mesh, "services/0/weight", "many");
    let ran = at("traefik/app", GREEN, &["--traefik", url]);
    assert_eq!((ran.code, ran.err.contains("no whole number")), (7, true), "{ran}");
}
