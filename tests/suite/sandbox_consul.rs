//! The Consul beside the embedded fleet: what a client's services look like there, from their start to their end.

use std::time::Duration;

use fleet::api::consul::health::{self, CheckStatus, ServiceEntry};
use fleet::api::consul::{agent, catalog, kv, session};
use fleet::api::http::{Address, Ask, Endpoint, Get, Http, Product, TlsOptions, Write};
use fleet::api::nomad::allocation;
use fleet::api::permission::{Grant, Permission};
use fleet::api::{Error, Problem};
use fleet::sandbox::consul::Token;
use fleet::sandbox::time::Pace;
use fleet::sandbox::{Options, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A job with a service of its group and one of its task; the checks of `raw_exec` tasks pass.
const JOB: &str = r#"
job "web" {
  group "g" {
    count = 2
    shutdown_delay = "5s"
    network {
      port "http" {}
    }
    service {
      name = "web-${NOMAD_GROUP_NAME}"
      port = "http"
      tags = ["live"]
      meta {
        alloc = "${NOMAD_ALLOC_ID}"
      }
      check {
        type     = "http"
        path     = "/"
        interval = "2s"
        timeout  = "1s"
      }
    }
    task "t" {
      driver = "raw_exec"
      config {
        command = "sleep"
      }
      service {
        name = "own"
        port = "http"
      }
    }
  }
}
"#;

struct Cluster {
    sandbox: Sandbox,
    runtime: Runtime,
}

impl Cluster {
    /// A bare cluster whose time moves only when it is told to, and this job on it.
    fn with(job: &str) -> Cluster {
        let options = Options { pace: Pace::Stepped, consul: true, ..Options::default() };
        let sandbox = Sandbox::start(options).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let cluster = Cluster { sandbox, runtime };
        let parse: Ask<Value> =
            Ask::post("/v1/jobs/parse", "parse").body(&json!({"JobHCL": job, "Canonicalize": true}));
        let parsed = cluster.runtime.block_on(cluster.nomad().ask(&parse)).unwrap().value;
        cluster.change(&Write::put("/v1/jobs", "register").body(&json!({"Job": parsed})));
        cluster
    }

    fn http(product: Product, address: &str, token: &str) -> Http {
        Http::new(Endpoint {
            product,
            address: Address::parse(product, address).unwrap(),
            origin: "the test".to_owned(),
            token: (!token.is_empty()).then(|| SecretString::from(token)),
            basic: None,
            tls: TlsOptions::default(),
            params: Vec::new(),
        })
    }

    fn nomad(&self) -> Http {
        Cluster::http(Product::Nomad, &self.sandbox.nomad_address(), self.sandbox.token())
    }

    fn consul(&self, token: &str) -> Http {
        Cluster::http(Product::Consul, &self.sandbox.consul_address().unwrap(), token)
    }

    fn change(&self, call: &Write<Value>) {
        let permission = Permission::granted(Grant::Explicit);
        self.runtime.block_on(self.nomad().write(&permission, call)).unwrap();
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, token: &str, call: &Get<T>) -> Result<T, Error> {
        self.runtime.block_on(self.consul(token).read(call)).map(|reply| reply.value)
    }

    fn write<T: serde::de::DeserializeOwned>(&self, call: &Write<T>) -> Result<T, Error> {
        let permission = Permission::granted(Grant::Explicit);
        let token = self.sandbox.consul_token().unwrap();
        self.runtime.block_on(self.consul(token).write(&permission, call)).map(|reply| reply.value)
    }

    fn entries(&self, service: &str) -> Vec<ServiceEntry> {
        self.ask(self.sandbox.consul_token().unwrap(), &health::service(service)).unwrap()
    }

    fn after(&self, seconds: f64) {
        self.sandbox.advance(Duration::from_secs_f64(seconds));
    }
}

fn own_checks(entry: &ServiceEntry) -> Vec<CheckStatus> {
    entry.checks.iter().filter(|c| !c.service_id.is_empty()).map(|c| c.status).collect()
}

#[test]
fn a_service_begins_critical_and_passes_at_its_first_check() {
    let cluster = Cluster::with(JOB);
    cluster.after(0.5);
    let entries = cluster.entries("web-g");
    assert_eq!(entries.len(), 2);
    for entry in &entries {
        assert_eq!(own_checks(entry), [CheckStatus::Critical]);
        let alloc = entry.service.alloc_id().unwrap();
        assert_eq!(entry.service.meta["alloc"], alloc);
        assert_eq!(entry.service.meta["external-source"], "nomad");
        assert_eq!(entry.service.tags, ["live"]);
        assert_eq!(entry.service.id, format!("_nomad-task-{alloc}-group-g-web-g-http"));
        assert!(entry.checks.iter().any(|c| c.id == "serfHealth" && c.status == CheckStatus::Passing));
        assert!(entry.checks.iter().any(|c| c.id.starts_with("_nomad-check-") && c.id.len() == 77));
    }
    cluster.after(2.0);
    assert!(cluster.entries("web-g").iter().all(|e| own_checks(e) == [CheckStatus::Passing]));
}

#[test]
fn a_stop_takes_the_groups_service_out_at_once_and_the_tasks_after_the_delay() {
    let cluster = Cluster::with(JOB);
    cluster.after(5.0);
    let counts = || (cluster.entries("web-g").len(), cluster.entries("own").len());
    assert_eq!(counts(), (2, 2));
    cluster.change(&Write::delete("/v1/job/web", "stop"));
    cluster.after(0.5);
    assert_eq!(counts(), (0, 2));
    cluster.after(6.0);
    assert_eq!(counts(), (0, 0));
}

#[test]
fn what_a_dead_client_left_behind_stays_passing_until_it_is_back() {
    let cluster = Cluster::with(JOB);
    cluster.after(5.0);
    let zombie = cluster.entries("web-g").remove(0);
    let node = cluster.sandbox.with(|world| {
        let id = world.state.nodes().find(|n| n.machine.name == zombie.node.node).unwrap().id;
        world.kill_node(id);
        id
    });
    cluster.after(60.0);
    let entries = cluster.entries("web-g");
    let on_dead = |entry: &&ServiceEntry| entry.node.node == zombie.node.node;
    let dead: Vec<_> = entries.iter().filter(on_dead).collect();
    assert!(!dead.is_empty() && dead.iter().all(|e| own_checks(e) == [CheckStatus::Passing]));
    assert!(entries.len() > 2, "the replacements are there as well");
    let lost = cluster.runtime.block_on(cluster.nomad().list(&allocation::list())).unwrap().value;
    let lost = lost.iter().find(|a| Some(a.id.as_str()) == dead[0].service.alloc_id()).unwrap();
    assert_eq!(lost.client_status, allocation::ClientStatus::Lost);
    cluster.sandbox.with(|world| world.revive_node(node));
    cluster.after(30.0);
    let entries = cluster.entries("web-g");
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|e| e.node.node != zombie.node.node));
}

#[test]
fn without_its_agent_a_node_is_critical_and_its_services_stay_as_they_were() {
    let cluster = Cluster::with(JOB);
    cluster.after(5.0);
    let name = cluster.entries("web-g").remove(0).node.node;
    let node = cluster.sandbox.with(|world| {
        let id = world.state.nodes().find(|n| n.machine.name == name).unwrap().id;
        world.set_consul_agent(id, false);
        id
    });
    cluster.change(&Write::delete("/v1/job/web", "stop"));
    cluster.after(10.0);
    let left = cluster.entries("web-g");
    assert!(!left.is_empty() && left.iter().all(|e| e.node.node == name));
    let serf = left[0].checks.iter().find(|c| c.id == "serfHealth").unwrap();
    assert_eq!((serf.status, own_checks(&left[0])), (CheckStatus::Critical, vec![CheckStatus::Passing]));
    cluster.sandbox.with(|world| world.set_consul_agent(node, true));
    assert_eq!(cluster.entries("web-g").len(), 0);
}

#[test]
fn a_missing_right_is_an_empty_list_or_a_refusal() {
    let cluster = Cluster::with(JOB);
    cluster.after(5.0);
    let services = r#"service_prefix "" { policy = "read" }"#;
    let secret = "22222222-2222-3333-4444-555555555555";
    cluster.sandbox.with(|world| {
        let token = Token::client(secret, "33333333-2222-3333-4444-555555555555", "p", services).unwrap();
        world.consul.as_mut().unwrap().add_token(token);
    });
    // It sees the services, but not the nodes they are on.
    assert!(cluster.ask(secret, &catalog::services()).unwrap().contains_key("web-g"));
    assert_eq!(cluster.ask(secret, &health::service("web-g")).unwrap(), []);
    assert_eq!(cluster.ask("", &catalog::nodes()).unwrap(), []);
    for (token, words) in
        [("", "Permission denied"), ("44444444-2222-3333-4444-555555555555", "ACL not found")]
    {
        let refused = cluster.ask(token, &agent::self_()).unwrap_err();
        assert_eq!(
            (refused.problem, refused.text.contains(words)),
            (Problem::Denied, true),
            "{}",
            refused.text
        );
    }
}

#[test]
fn a_lock_is_held_lost_and_held_again_in_the_sandboxs_time() {
    let cluster = Cluster::with(JOB);
    let made = |name: &str| cluster.write(&session::create(name, 10, 15)).unwrap().id;
    let (first, second) = (made("first"), made("second"));
    assert!(cluster.write(&kv::acquire("fleet/lock", b"first", &first)).unwrap());
    assert!(!cluster.write(&kv::acquire("fleet/lock", b"second", &second)).unwrap());
    cluster.after(15.0);
    cluster.write(&session::renew(&second)).unwrap();
    // The first was never renewed: it ends after twice its TTL, and the lock is nobody's for its delay.
    cluster.after(6.0);
    assert_eq!(cluster.write(&session::renew(&first)).unwrap_err().problem, Problem::NotFound);
    assert!(!cluster.write(&kv::acquire("fleet/lock", b"second", &second)).unwrap());
    cluster.after(13.0);
    assert!(!cluster.write(&kv::acquire("fleet/lock", b"second", &second)).unwrap());
    cluster.write(&session::renew(&second)).unwrap();
    cluster.after(2.0);
    assert!(cluster.write(&kv::acquire("fleet/lock", b"second", &second)).unwrap());
    let held = cluster.ask(cluster.sandbox.consul_token().unwrap(), &kv::get("fleet/lock")).unwrap();
    assert_eq!((held[0].value.as_slice(), held[0].session.as_str()), (b"second".as_slice(), second.as_str()));
}
