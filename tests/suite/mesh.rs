//! Config entries and the traffic they steer, on the Consul beside the embedded fleet: the binary as an operator runs it. Proxies
//! are not simulated; what they do was measured on real ones (`mesh.md`).

use std::process::Child;
use std::time::Duration;

use fleet::api::consul::{catalog, config_entry, discovery_chain, health, kv};
use fleet::api::http::{Address, Endpoint, Get, Http, Product, TlsOptions, Write};
use fleet::api::permission::{Grant, Permission};
use fleet::sandbox::consul::Token;
use fleet::sandbox::{Options, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::binary::{Fleet, Ran};
use crate::canned::fixtures;

pub(crate) struct Mesh {
    pub(crate) sandbox: Sandbox,
    home: tempfile::TempDir,
    runtime: Runtime,
}

impl Mesh {
    /// A Consul that knows a service with two versions, two instances each, and an ingress gateway in front without an instance.
    pub(crate) fn new() -> Mesh {
        let sandbox = Sandbox::start(Options { consul: true, ..Options::default() }).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mesh = Mesh { sandbox, home: tempfile::tempdir().unwrap(), runtime };
        for (id, version) in [("web-v1a", "v1"), ("web-v1b", "v1"), ("web-v2a", "v2"), ("web-v2b", "v2")] {
            mesh.register(id, version);
        }
        mesh.entry(&json!({"Kind": "service-defaults", "Name": "web", "Protocol": "http"}));
        mesh.entry(&json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {
            "v1": {"Filter": "Service.Meta.version == \"v1\""}, "v2": {"Filter": "Service.Meta.version == \"v2\""}}}));
        mesh
    }

    fn consul(&self, token: &str) -> Http {
        Http::new(Endpoint {
            product: Product::Consul,
            address: Address::parse(Product::Consul, &self.sandbox.consul_address().unwrap()).unwrap(),
            origin: "the test".to_owned(),
            token: Some(SecretString::from(token)),
            basic: None,
            tls: TlsOptions::default(),
            params: Vec::new(),
        })
    }

    fn master(&self) -> Http {
        self.consul(self.sandbox.consul_token().unwrap())
    }

    fn register(&self, id: &str, version: &str) {
        let call: Write<Value> = Write::put("/v1/agent/service/register", "register").body(&json!({
            "ID": id, "Name": "web", "Address": "127.0.0.1", "Port": 9000, "Meta": {"version": version},
            "Check": {"HTTP": "http://127.0.0.1:9000/", "Status": "passing"},
            "Connect": {"SidecarService": {"Port": 21000, "Checks": [{"TCP": "127.0.0.1:21000", "Status": "passing"}, {"AliasService": id}]}}}));
        self.write(&call);
    }

    fn deregister(&self, id: &str) {
        self.write(&Write::<Value>::put(format!("/v1/agent/service/deregister/{id}"), "deregister"));
    }

    pub(crate) fn write<T: serde::de::DeserializeOwned>(&self, call: &Write<T>) -> T {
        let permission = Permission::granted(Grant::Explicit);
        self.runtime.block_on(self.master().write(&permission, call)).unwrap().value
    }

    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, call: &Get<T>) -> T {
        self.runtime.block_on(self.master().read(call)).unwrap().value
    }

    fn entry(&self, entry: &Value) {
        let call: Write<bool> = Write::put("/v1/config", "write").body(entry);
        assert!(self.write(&call));
    }

    fn fleet(&self) -> Fleet {
        Fleet::new(self.home.path())
            .env("CONSUL_HTTP_ADDR", self.sandbox.consul_address().unwrap())
            .env("CONSUL_HTTP_TOKEN", self.sandbox.consul_token().unwrap())
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.fleet().run(args)
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(name), text).unwrap();
    }

    /// The shares of v1 and v2 as they are stored; none without a splitter.
    fn split(&self) -> Option<(f64, f64)> {
        let call = config_entry::get(config_entry::Kind::ServiceSplitter, "web");
        let entry = self.runtime.block_on(self.master().read(&call)).ok()?.value;
        let weight = |at: usize| entry.fields["Splits"][at]["Weight"].as_f64().unwrap();
        Some((weight(0), weight(1)))
    }
}

const SPLIT: &str = "Kind = \"service-splitter\"\nName = \"web\"\nSplits = [\n  { Weight = 90, ServiceSubset = \"v1\" },\n  { Weight = 10, ServiceSubset = \"v2\" },\n]\n";

fn recorded(name: &str) -> Value {
    let text = std::fs::read_to_string(fixtures("consul-1.21.4").join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn recordings_of_consul_1_21_decode() {
    let entries = [
        "config-service-splitter",
        "config-service-resolver",
        "config-http-route",
        "config-api-gateway",
        "config-ingress-gateway",
    ];
    for name in entries {
        let list: Vec<config_entry::ConfigEntry> = serde_json::from_value(recorded(name)).unwrap();
        assert!(list.iter().all(|e| e.kind().is_some() && e.modify_index() > 0), "{name}");
    }
    let routes: Vec<config_entry::ConfigEntry> =
        serde_json::from_value(recorded("config-http-route")).unwrap();
    assert!(routes.iter().any(|r| !r.conditions().is_empty()));
    for name in ["discovery-chain-web", "discovery-chain-site", "discovery-chain-pinned"] {
        let compiled: discovery_chain::Compiled = serde_json::from_value(recorded(name)).unwrap();
        assert_eq!(compiled.chain.protocol, "http", "{name}");
        assert!(compiled.chain.targets.values().all(|t| t.name.ends_with(".consul")), "{name}");
    }
    let services: Vec<catalog::GatewayService> =
        serde_json::from_value(recorded("gateway-services-ingress")).unwrap();
    assert_eq!(services[1].hosts, ["web.example.com"]);
    let entries: Vec<health::ServiceEntry> = serde_json::from_value(recorded("health-connect-web")).unwrap();
    assert!(entries.iter().all(health::ServiceEntry::is_passing));
}

#[test]
fn the_embedded_consul_keeps_config_entries_as_a_real_one() {
    let mesh = Mesh::new();
    mesh.entry(
        &json!({"Kind": "ingress-gateway", "Name": "ingress", "Listeners": [{"Port": 8080, "Protocol": "http",
        "Services": [{"Name": "web", "Hosts": ["web.example.com"]}]}]}),
    );
    let services = mesh.read(&catalog::gateway_services("ingress"));
    assert_eq!((services[0].service.name.as_str(), services[0].port), ("web", 8080));
    assert_eq!(mesh.read(&health::connect("web", "")).len(), 4);
    let v2 = mesh.read(&health::connect("web", "Service.Meta.version == \"v2\""));
    assert_eq!(
        v2.iter().map(|e| e.service.id.as_str()).collect::<Vec<_>>(),
        ["web-v2a-sidecar-proxy", "web-v2b-sidecar-proxy"]
    );
    let chain = mesh.read(&discovery_chain::get("web")).chain;
    assert_eq!(chain.target("web", "v1").unwrap().subset.filter, "Service.Meta.version == \"v1\"");
    let nonsense = mesh
        .runtime
        .block_on(mesh.master().read(&health::connect("web", "Service.Nope == \"x\"")))
        .unwrap_err();
    assert_eq!(
        (nonsense.status, nonsense.text.contains("Selector \"Service.Nope\" is not valid")),
        (Some(500), true)
    );
    mesh.deregister("web-v2b");
    assert_eq!(mesh.read(&health::connect("web", "")).len(), 3);
}

#[test]
fn entries_are_applied_compared_and_put_back() {
    let mesh = Mesh::new();
    mesh.file("split.hcl", SPLIT);
    let ran = mesh.run(&["config", "diff", "split.hcl"]);
    assert_eq!((ran.code, ran.out.contains("Splits[0].Weight")), (8, true), "{ran}");
    let ran = mesh.run(&["config", "diff", "split.hcl", "-o", "json"]);
    assert_eq!((ran.code, ran.out.contains("Splits[0].Weight")), (8, true), "{ran}");
    let ran = mesh.run(&["config", "apply", "split.hcl", "--dry-run", "-o", "json"]);
    assert_eq!((ran.code, mesh.split()), (8, None), "{ran}");
    let ran = mesh.run(&["config", "apply", "split.hcl"]);
    assert_eq!((ran.code, mesh.split()), (7, None), "nobody said yes: {ran}");
    let ran = mesh.run(&["config", "apply", "split.hcl", "--yes", "-o", "json"]);
    assert_eq!((ran.code, mesh.split()), (0, Some((90.0, 10.0))), "{ran}");
    assert_eq!(mesh.run(&["config", "diff", "split.hcl"]).code, 0);
    let again = mesh.run(&["config", "apply", "split.hcl", "--yes"]);
    assert_eq!((again.code, again.err.contains("nothing to do")), (0, true), "{again}");
    let shown = mesh.run(&["config", "show", "service-splitter/web", "-o", "json"]);
    mesh.file("shown.json", &shown.out);
    assert_eq!(mesh.run(&["config", "diff", "shown.json"]).code, 0, "{shown}");
    let list = mesh.run(&["config", "list", "service-splitter"]);
    assert!(list.out.contains("v1 90 %, v2 10 %"), "{list}");
    let history: Value = serde_json::from_str(&mesh.run(&["config", "history", "-o", "json"]).out).unwrap();
    assert_eq!(
        (&history[0]["outcome"], &history[0]["entries"][0]),
        (&json!("written"), &json!("service-splitter/web"))
    );
    let undone = mesh.run(&["config", "apply", "--undo", "--yes"]);
    assert_eq!((undone.code, mesh.split()), (0, None), "{undone}");
    assert_eq!(
        mesh.run(&["config", "apply", "--undo", "--yes"]).code,
        3,
        "what was taken back is not taken back again"
    );
    let ran = mesh.run(&["config", "apply", "split.hcl", "--yes"]);
    assert_eq!((ran.code, mesh.split()), (0, Some((90.0, 10.0))), "{ran}");
    let ran = mesh.run(&["config", "delete", "service-splitter/web", "--yes", "-o", "json"]);
    assert_eq!((ran.code, mesh.split()), (0, None), "{ran}");
}

#[test]
fn what_is_carried_over_from_nginx_is_applied_and_put_back() {
    let mesh = Mesh::new();
    mesh.file(
        "nginx.conf",
        "events {}\nhttp { upstream app { server 10.0.0.1:80; } server { listen 8081; location /x/ { proxy_pass http://app; } } }\n",
    );
    let kinds = [config_entry::Kind::IngressGateway, config_entry::Kind::ServiceRouter];
    let there = || -> usize { kinds.iter().map(|kind| mesh.read(&config_entry::list(*kind)).len()).sum() };
    let args = ["migrate", "nginx", "nginx.conf", "--map", "10.0.0.1:80=web"];
    let run = |more: &[&str]| mesh.run(&[&args[..], more].concat());
    for more in [&["--apply"][..], &["--to", "traefik", "--apply"], &["--to", "ingress-gateway", "--dry-run"]]
    {
        assert_eq!(run(more).code, 2, "{more:?}");
    }
    let apply = ["--to", "ingress-gateway", "--apply"];
    // A path that ends with a slash differs on Consul, and nothing stands in the way of that.
    let preview = run(&[&apply[..], &["--dry-run", "--out", "gateway"]].concat());
    assert_eq!((preview.code, there()), (8, 0), "{preview}");
    assert!(!mesh.home.path().join("gateway").exists(), "a preview writes no file either");
    let unsaid = run(&apply);
    assert_eq!((unsaid.code, there()), (7, 0), "{unsaid}");
    let applied = run(&[&apply[..], &["--yes", "-o", "json"]].concat());
    assert_eq!((applied.code, there()), (0, 2), "{applied}");
    let outcome: Value = serde_json::from_str(&applied.out).unwrap();
    assert_eq!(outcome["proxies"]["unmanned"], json!(["gateway"]), "{applied}");
    assert_eq!(outcome["proxies"]["lacking"], json!([]), "{applied}");
    // Another change meanwhile is not what is taken back.
    mesh.file("split.hcl", SPLIT);
    assert_eq!(mesh.run(&["config", "apply", "split.hcl", "--yes"]).code, 0);
    let cut = mesh.run(&["migrate", "nginx", "--undo", "--yes"]);
    assert_eq!((cut.code, cut.err.contains("cut-connections"), there()), (7, true, 2), "{cut}");
    let undone = mesh.run(&["migrate", "nginx", "--undo", "--yes", "--accept", "cut-connections"]);
    assert_eq!((undone.code, there(), mesh.split()), (0, 0, Some((90.0, 10.0))), "{undone}");
    let history: Value = serde_json::from_str(&mesh.run(&["config", "history", "-o", "json"]).out).unwrap();
    let verbs: Vec<&str> = history.as_array().unwrap().iter().map(|c| c["verb"].as_str().unwrap()).collect();
    assert_eq!(verbs, ["migrate nginx", "config apply", "migrate nginx"]);
    assert_eq!(mesh.run(&["migrate", "nginx", "--undo", "--yes"]).code, 3);
}

#[test]
fn an_api_gateway_is_carried_over_accepted_and_put_back() {
    let mesh = Mesh::new();
    mesh.file(
        "nginx.conf",
        "events {}\nhttp { upstream app { server 10.0.0.1:80; } server { listen 8081; location / { proxy_pass http://app; } } }\n",
    );
    let kinds =
        [config_entry::Kind::ApiGateway, config_entry::Kind::HttpRoute, config_entry::Kind::BoundApiGateway];
    let there = || -> usize { kinds.iter().map(|kind| mesh.read(&config_entry::list(*kind)).len()).sum() };
    let apply = [
        "migrate",
        "nginx",
        "nginx.conf",
        "--map",
        "10.0.0.1:80=web",
        "--to",
        "api-gateway",
        "--apply",
        "--yes",
    ];
    let applied = mesh.run(&apply);
    assert_eq!((applied.code, there()), (0, 3), "{applied}");
    let again = mesh.run(&apply);
    assert_eq!((again.code, again.err.contains("nothing to do")), (0, true), "{again}");
    // Both objections are lifted by one line that can be pasted.
    let refused = mesh.run(&["migrate", "nginx", "--undo", "--yes"]);
    let flags = "--accept cut-connections --accept failing-requests";
    assert_eq!((refused.code, refused.err.contains(flags), there()), (7, true, 3), "{refused}");
    let undo = [
        "migrate",
        "nginx",
        "--undo",
        "--yes",
        "--accept",
        "cut-connections",
        "--accept",
        "failing-requests",
    ];
    let undone = mesh.run(&undo);
    assert_eq!((undone.code, there()), (0, 0), "{undone}");

    // What somebody else took away already is nothing to be taken back, and not the next time either.
    assert_eq!(mesh.run(&apply).code, 0);
    for gone in ["http-route/site-8081", "api-gateway/gateway"] {
        let args = [
            "config",
            "delete",
            gone,
            "--yes",
            "--accept",
            "cut-connections",
            "--accept",
            "failing-requests",
        ];
        assert_eq!(mesh.run(&args).code, 0, "{gone}");
    }
    let nothing = mesh.run(&undo);
    assert_eq!((nothing.code, nothing.err.contains("nothing to do")), (0, true), "{nothing}");
    assert_eq!(mesh.run(&undo).code, 3);

    // The last service of a route has the last word with Consul; every one of them counts here.
    let route = |services: Value| {
        json!({"Kind": "http-route", "Name": "r", "Parents": [{"Kind": "api-gateway", "Name": "gateway", "SectionName": "l8081"}],
            "Rules": [{"Services": services}]})
    };
    assert_eq!(mesh.run(&apply).code, 0);
    mesh.file("route.json", &route(json!([{"Name": "tcponly"}, {"Name": "web"}])).to_string());
    let wrong = mesh.run(&["config", "apply", "route.json", "--yes"]);
    assert_eq!((wrong.code, wrong.err.contains("--accept wrong-protocol")), (7, true), "{wrong}");
    assert!(wrong.err.contains("Rules[0].Services[0].Name: tcponly speaks tcp"), "{wrong}");
    mesh.file("route.json", &route(json!([{"Name": "web"}, {"Name": "tcponly"}])).to_string());
    let wrong = mesh.run(&["config", "apply", "route.json", "--yes", "--accept", "wrong-protocol"]);
    assert_eq!((wrong.code, wrong.err.contains("is stored, and does not work")), (1, true), "{wrong}");
}

#[test]
fn what_consul_takes_and_no_proxy_does_is_refused_before_it_is_written() {
    let mesh = Mesh::new();
    let route = |regex: &str| {
        json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathRegex": regex}},
        "Destination": {"ServiceSubset": "v2"}}]})
    };
    let weights = json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 101, "ServiceSubset": "v1"}, {"Weight": -1, "ServiceSubset": "v2"}]});
    let empty = json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {"v1": {"Filter": "Service.Meta.version == \"nope\""}}});
    let filter = json!({"Kind": "service-resolver", "Name": "web", "Subsets": {"v1": {"Filter": "Service.Nope == \"x\""}, "v2": {}}});
    for (id, entry) in [
        ("bad-regex", route("(?!a)")),
        ("bad-regex", route("/a([")),
        ("bad-weights", weights),
        ("empty-subset", empty),
        ("bad-filter", filter),
    ] {
        mesh.file("bad.json", &entry.to_string());
        for preview in [true, false] {
            let ran = mesh.run(&["config", "apply", "bad.json", if preview { "--dry-run" } else { "--yes" }]);
            assert_eq!((ran.code, ran.err.contains(&format!("--accept {id}"))), (7, true), "{id}: {ran}");
        }
    }
    let listener = json!({"Kind": "ingress-gateway", "Name": "ingress", "Listeners": [{"Port": 8080, "Protocol": "http",
        "Services": [{"Name": "web", "Hosts": ["web.example.com"]}]}]});
    mesh.entry(&listener);
    let mut tls = listener.clone();
    tls["TLS"] = json!({"Enabled": true});
    mesh.file("tls.json", &tls.to_string());
    let ran = mesh.run(&["config", "apply", "tls.json", "--yes"]);
    assert_eq!((ran.code, ran.err.contains("--accept cut-connections")), (7, true), "{ran}");
    let ran = mesh.run(&["config", "delete", "ingress-gateway/ingress", "--yes"]);
    assert_eq!((ran.code, ran.err.contains("--accept cut-connections")), (7, true), "{ran}");
    mesh.file("route.json", &route("/a.*").to_string());
    assert_eq!(mesh.run(&["config", "apply", "route.json", "--yes"]).code, 0);
}

#[test]
fn a_colleague_in_between_a_missing_right_and_bad_words() {
    let mesh = Mesh::new();
    mesh.file("split.hcl", SPLIT);
    assert_eq!(mesh.run(&["config", "apply", "split.hcl", "--yes"]).code, 0);
    mesh.entry(&json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 50, "ServiceSubset": "v1"}, {"Weight": 50, "ServiceSubset": "v2"}]}));
    let ran = mesh.run(&["config", "apply", "--undo", "--yes"]);
    assert_eq!(
        (ran.code, ran.err.contains("somebody changed service-splitter/web since")),
        (7, true),
        "{ran}"
    );

    let rules = "service_prefix \"\" { policy = \"read\" }\nnode_prefix \"\" { policy = \"read\" }";
    let reader = Token::client("33333333-2222-3333-4444-555555555555", "acc", "r", rules).unwrap();
    mesh.sandbox.with(|world| world.consul.as_mut().unwrap().add_token(reader.clone()));
    let fleet = mesh.fleet().env("CONSUL_HTTP_TOKEN", "33333333-2222-3333-4444-555555555555");
    let ran = fleet.run(&["config", "apply", "split.hcl", "--yes"]);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(
        ran.err.contains("lacks permission 'service:write' on \"web\"")
            && ran.err.contains("service \"web\" { policy = \"write\" }"),
        "{ran}"
    );

    for (args, code) in [
        (&["config", "show", "service-spliter/web"][..], 2),
        (&["config", "show", "service-splitter/none"], 3),
        (&["config", "delete", "service-splitter/none", "--yes"], 3),
        (&["config", "apply", "none.hcl"], 2),
        (&["config", "list", "nope"], 2),
    ] {
        assert_eq!(mesh.run(args).code, code, "{args:?}");
    }
    let nowhere = Fleet::new(mesh.home.path()).run(&["config", "list"]);
    assert_eq!((nowhere.code, nowhere.err.contains("CONSUL_HTTP_ADDR")), (2, true), "{nowhere}");
}

const STEPS: [&str; 12] = [
    "migrate",
    "traffic",
    "web",
    "--from",
    "v1",
    "--to",
    "v2",
    "--steps",
    "10,50,100",
    "--soak",
    "1s",
    "--gate-interval=300ms",
];

fn shift(more: &[&'static str]) -> Vec<&'static str> {
    [&STEPS[..], more].concat()
}

/// The shares of both sides after each step, in hundredths of a percent, by the events of a run.
pub(crate) fn stepped(ran: &Ran) -> Vec<(i64, i64)> {
    let events = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let share = |event: &Value, side: &str| event["shares"][side].as_i64().unwrap();
    events.filter(|e| e["event"] == "stepped").map(|e| (share(&e, "from"), share(&e, "to"))).collect()
}

#[test]
fn traffic_is_moved_step_by_step_and_taken_back() {
    let mesh = Mesh::new();
    let ran = mesh.run(&shift(&["--dry-run"]));
    assert_eq!((ran.code, mesh.split()), (8, None), "{ran}");
    let ran = mesh.run(&shift(&["--yes", "-o", "json-lines"]));
    assert_eq!((ran.code, mesh.split()), (0, Some((0.0, 100.0))), "{ran}");
    assert_eq!(stepped(&ran), [(9000, 1000), (5000, 5000), (0, 10_000)], "{ran}");
    let status = mesh.run(&["migrate", "traffic", "status", "web", "-o", "json"]);
    let told: Value = serde_json::from_str(&status.out).unwrap();
    assert_eq!(
        (status.code, &told["phase"], &told["held_by"]),
        (0, &json!("done"), &Value::Null),
        "{status}"
    );
    let ran = mesh.run(&shift(&["--yes"]));
    assert_eq!((ran.code, ran.err.contains("nothing to do")), (0, true), "{ran}");
    // There was no splitter before, so there is none after.
    let back = mesh.run(&["migrate", "traffic", "rollback", "web", "--yes", "-o", "json"]);
    assert_eq!((back.code, mesh.split()), (0, None), "{back}");
    assert_eq!(mesh.run(&["migrate", "traffic", "rollback", "web", "--yes"]).code, 0, "twice is once");
}

#[test]
fn a_gate_that_says_no_takes_it_back_and_one_that_does_not_know_holds() {
    let mesh = Mesh::new();
    mesh.entry(&json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 100, "ServiceSubset": "v1"}, {"Weight": 0, "ServiceSubset": "v2"}]}));
    let gate = "test \"$FLEET_SHARE\" -lt 50";
    let ran = mesh.run(&shift(&["--yes", "--gate-cmd", gate]));
    assert_eq!((ran.code, mesh.split()), (9, Some((100.0, 0.0))), "{ran}");
    assert!(ran.out.contains("taken back"), "{ran}");
    let ran = mesh.run(&shift(&["--yes", "--gate-cmd", "exit 75", "--timeout", "2s"]));
    assert_eq!((ran.code, mesh.split()), (6, Some((90.0, 10.0))), "{ran}");
    assert!(ran.err.contains("migrate traffic rollback web"), "{ran}");
    // One that hangs does not outlast the time there is.
    let ran = mesh.run(&shift(&["--yes", "--gate-cmd", "sleep 6000", "--timeout", "2s"]));
    assert_eq!((ran.code, mesh.split()), (6, Some((90.0, 10.0))), "{ran}");
    let ran = mesh.run(&["migrate", "traffic", "status", "web"]);
    assert_eq!((ran.code, ran.out.contains("nobody now")), (8, true), "{ran}");
    // What was begun from one side is not begun from the other.
    let other = mesh.run(&["migrate", "traffic", "web", "--from", "v2", "--to", "v1", "--yes"]);
    assert_eq!((other.code, other.err.contains("not finished")), (7, true), "{other}");
    let ran = mesh.run(&shift(&["--yes", "-o", "json"]));
    assert_eq!((ran.code, mesh.split()), (0, Some((0.0, 100.0))), "{ran}");
}

#[test]
fn what_cannot_hold_is_refused_before_any_write() {
    let mesh = Mesh::new();
    let refused = |args: &[&'static str], words: &str| {
        let before = mesh.split();
        let ran = mesh.run(&shift(args));
        assert_eq!((ran.code, ran.err.contains(words), mesh.split()), (7, true, before), "{words}: {ran}");
    };
    mesh.deregister("web-v2b");
    refused(&["--yes"], "--accept under-capacity");
    mesh.deregister("web-v2a");
    refused(&["--yes", "--accept", "under-capacity"], "no instance that takes traffic");
    mesh.register("web-v2a", "v2");
    mesh.register("web-v2b", "v2");
    let sticky = json!({"Kind": "service-resolver", "Name": "web", "DefaultSubset": "v1", "Subsets": {
        "v1": {"Filter": "Service.Meta.version == \"v1\""}, "v2": {"Filter": "Service.Meta.version == \"v2\""}},
        "LoadBalancer": {"Policy": "maglev", "HashPolicies": [{"Field": "cookie", "FieldValue": "sess", "CookieConfig": {"Session": true, "Path": "/"}}]}});
    mesh.entry(&sticky);
    refused(&["--yes"], "--accept sessions-move");
    mesh.entry(&json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathRegex": "/a(["}}}]}));
    refused(&["--yes", "--accept", "sessions-move"], "as it is stored");
    mesh.entry(&json!({"Kind": "service-router", "Name": "web", "Routes": [{"Match": {"HTTP": {"PathPrefix": "/a"}}, "Destination": {"PrefixRewrite": "/"}}]}));
    mesh.entry(&json!({"Kind": "ingress-gateway", "Name": "ingress", "Listeners": [{"Port": 8080, "Protocol": "http", "Services": [{"Name": "web"}]}]}));
    refused(&["--yes", "--pin"], "a session that is pinned would lose what the route does");
    refused(&["--yes", "--pin", "--accept", "sessions-move"], "--accept unwitnessed");
    for (args, code) in [
        (&["migrate", "traffic", "web", "--from", "v1", "--to", "v9", "--yes"][..], 3),
        (&["migrate", "traffic", "web", "--from", "v1", "--to", "v1", "--yes"], 2),
        (&["migrate", "traffic", "web", "--from", "v1", "--to", "v2", "--steps", "50,10"], 2),
        (&["migrate", "traffic", "status", "none"], 3),
        (&["migrate", "traffic", "rollback", "none"], 3),
    ] {
        assert_eq!(mesh.run(args).code, code, "{args:?}");
    }
}

#[test]
fn pins_are_written_first_and_taken_out_again() {
    let mesh = Mesh::new();
    let ran = mesh.run(&shift(&["--yes", "--pin", "--pin-soak", "0s", "--steps", "50,100"]));
    // Nobody can tell whether pinned sessions still use the old side.
    assert_eq!((ran.code, mesh.split()), (8, Some((0.0, 100.0))), "{ran}");
    let router = config_entry::get(config_entry::Kind::ServiceRouter, "web");
    assert!(
        mesh.read(&router).fields["Routes"][0]["Match"]["HTTP"]["Header"][0]["Regex"]
            .as_str()
            .unwrap()
            .contains("fleet-ver=v1")
    );
    let ran = mesh.run(&shift(&["--yes", "--pin", "--steps", "50,100", "--accept", "sessions-move"]));
    assert_eq!(ran.code, 0, "{ran}");
    assert!(mesh.runtime.block_on(mesh.master().read(&router)).unwrap_err().is_not_found());
    let splitter = mesh.read(&config_entry::get(config_entry::Kind::ServiceSplitter, "web"));
    assert!(!serde_json::to_string(&splitter).unwrap().contains("fleet-ver"), "{splitter:?}");
}

#[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
fn pause() {
    std::thread::sleep(Duration::from_millis(20));
}

/// Runs it until its standing is what is waited for, and kills it there.
fn killed_when(mesh: &Mesh, args: &[&str], reached: impl Fn(&Value) -> bool) {
    let mut child: Child = mesh.fleet().command(args).spawn().unwrap();
    loop {
        let entry = mesh.runtime.block_on(mesh.master().read(&kv::get("fleet/traffic/web")));
        let record = entry.ok().and_then(|reply| serde_json::from_slice(&reply.value[0].value).ok());
        if record.is_some_and(|record| reached(&record)) {
            break;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
        pause();
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn killed_at_every_step_it_goes_on_where_it_was() {
    let mesh = Mesh::new();
    let args = shift(&["--yes"]);
    for done in 0..3_u64 {
        killed_when(&mesh, &args, |record| {
            record["shares"]["to"].as_u64() == Some([1000, 5000, 10_000][done as usize])
        });
        let (from, to) = mesh.split().unwrap_or((100.0, 0.0));
        assert!((from + to - 100.0).abs() < 0.001, "{from}/{to}");
    }
    let ran = mesh.run(&args);
    assert_eq!((ran.code, mesh.split()), (0, Some((0.0, 100.0))), "{ran}");
    assert!(ran.err.contains("goes on"), "{ran}");
}

#[test]
fn somebody_else_who_changes_the_split_stops_it() {
    let mesh = Mesh::new();
    let mut child = mesh.fleet().command(&shift(&["--yes", "--soak", "60s"])).spawn().unwrap();
    while mesh.split() != Some((90.0, 10.0)) {
        assert!(child.try_wait().unwrap().is_none());
        pause();
    }
    // While it runs nobody else can.
    let second = mesh.run(&shift(&["--yes"]));
    assert_eq!(
        (second.code, second.err.contains("another run moves the traffic of web")),
        (7, true),
        "{second}"
    );
    mesh.entry(&json!({"Kind": "service-splitter", "Name": "web", "Splits": [{"Weight": 70, "ServiceSubset": "v1"}, {"Weight": 30, "ServiceSubset": "v2"}]}));
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!((ran.code, mesh.split()), (7, Some((70.0, 30.0))), "what somebody else wrote stays: {ran}");
    assert!(ran.err.contains("it is 70/30, and was 90/10"), "{ran}");
}

#[test]
fn a_split_that_was_put_back_while_sessions_ended_is_not_called_done() {
    let mesh = Mesh::new();
    let args = shift(&["--yes", "--pin", "--pin-soak", "0s"]);
    let ran = mesh.run(&args);
    assert_eq!((ran.code, mesh.split()), (8, Some((0.0, 100.0))), "nobody tells whether v1 is idle: {ran}");
    let mut back = mesh.read(&config_entry::get(config_entry::Kind::ServiceSplitter, "web"));
    for (at, weight) in [100, 0].into_iter().enumerate() {
        back.fields["Splits"][at]["Weight"] = weight.into();
    }
    mesh.entry(&json!(back.content()));
    let again = mesh.run(&args);
    assert_eq!((again.code, mesh.split()), (7, Some((100.0, 0.0))), "{again}");
    assert!(again.err.contains("it is 100/0, and was 0/100"), "{again}");
    let back = mesh.run(&["migrate", "traffic", "rollback", "web", "--yes"]);
    assert_eq!((back.code, mesh.split()), (0, None), "{back}");
}
