//! Gates of `deploy` that ask somebody: a Prometheus, Consul.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::e2e::jobs::Job;
use crate::e2e::world::World;

cases! {
    prometheus_lets_canaries_through_holds_them_or_fails_them,
    consul_lets_canaries_through_holds_them_or_fails_them,
}

const GATE: &[&str] = &[
    "--yes",
    "--canary",
    "--promote",
    "--soak",
    "1s",
    "--settle",
    "1s",
    "--force-no-check",
    "--gate-interval",
    "500ms",
];

fn web(version: u32, more: &str) -> Job {
    Job::service("web", 2).with(|j| {
        j.config = format!("run_for = \"{}h\"", 200 + version);
        j.group = more.to_owned();
    })
}

/// A Prometheus that gives one answer to every query, and keeps what it was asked last.
struct Prometheus {
    address: String,
    answer: Arc<Mutex<String>>,
    asked: Arc<Mutex<String>>,
}

impl Prometheus {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (answer, asked) = (Arc::<Mutex<String>>::default(), Arc::<Mutex<String>>::default());
        let (said, heard) = (Arc::clone(&answer), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 4096];
                let length = stream.read(&mut head).unwrap_or(0);
                *heard.lock().unwrap() = String::from_utf8_lossy(&head[..length]).into_owned();
                let body = said.lock().unwrap().clone();
                let response = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(response.as_bytes()));
            }
        });
        Prometheus { address, answer, asked }
    }

    fn says(&self, kind: &str, result: &str) {
        *self.answer.lock().unwrap() =
            format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"{kind}\",\"result\":{result}}}}}");
    }
}

fn prometheus_lets_canaries_through_holds_them_or_fails_them(world: &World) {
    let prometheus = Prometheus::start();
    world.start_on_old(&[web(0, "")]);
    let deploy = |version: u32, more: &[&str]| {
        std::fs::write(world.home().join("web.hcl"), web(version, "").hcl()).unwrap();
        let gate = ["--prometheus", &prometheus.address, "--gate-prometheus", "rate(errors[1m])<=0.1"];
        world.run(&[&["deploy", "web.hcl"], GATE, &gate, more].concat())
    };
    prometheus.says("vector", "[]");
    let held = deploy(1, &["--timeout", "15s"]);
    assert!(held.code == 6 && held.err.contains("not known: the query has no result"), "{held}");
    assert!(
        world.healthy("web").iter().filter(|a| a.job_version == 0).count() == 2,
        "nothing was promoted\n{held}"
    );
    prometheus.says("vector", r#"[{"metric":{},"value":[1,"0.05"]},{"metric":{},"value":[1,"0.2"]}]"#);
    let failed = deploy(2, &["--rollback"]);
    assert!(failed.code == 9 && failed.err.contains("no: 0.2, the limit is 0.1"), "{failed}");
    prometheus.says("scalar", r#"[1,"0.1"]"#);
    let through = deploy(3, &[]);
    assert!(through.code == 0 && through.err.contains("promoted the canaries"), "{through}");
    let asked = prometheus.asked.lock().unwrap().clone();
    assert!(asked.starts_with("GET /api/v1/query?query=rate%28errors%5B1m%5D%29 "), "{asked}");
    let unreachable = ["--prometheus", "http://127.0.0.1:9", "--gate-prometheus", "up>0", "--timeout", "12s"];
    let unknown = world.run(&[&["deploy", "web", "--promote"], &unreachable[..]].concat());
    // Nothing is under way any more: the version runs, and nobody is asked.
    assert_eq!(unknown.code, 0, "{unknown}");
}

/// A service in Consul, with a check that fails where it is not to be well: nobody listens behind its port.
fn in_consul(well: bool) -> String {
    let check = "check {\n type = \"tcp\"\n interval = \"1s\"\n timeout = \"1s\"\n }\n";
    format!(
        "network {{\n port \"http\" {{\n }}\n }}\n service {{\n name = \"web-${{NOMAD_GROUP_NAME}}\"\n provider = \"consul\"\n \
         port = \"http\"\n {} }}\n",
        if well { "" } else { check }
    )
}

fn consul_lets_canaries_through_holds_them_or_fails_them(world: &World) {
    let Some(fleet) = world.fleet_with_consul() else { return };
    world.start_on_old(&[web(0, &in_consul(true))]);
    let write = |version: u32, group: &str| {
        std::fs::write(world.home().join("web.hcl"), web(version, group).hcl()).unwrap();
    };
    let args = [&["deploy", "web.hcl", "--gate-consul"], GATE].concat();
    write(1, &in_consul(true));
    let through = fleet.run(&args);
    assert!(through.code == 0 && through.err.contains("gate consul: yes"), "{through}");
    write(2, &in_consul(false));
    let failed = fleet.run(&[&args[..], &["--rollback"]].concat());
    assert!(failed.code == 9 && failed.err.contains("its canaries are not healthy"), "{failed}");
    assert!(world.healthy("web").len() == 2, "{failed}");
    write(3, "");
    let held = fleet.run(&[&args[..], &["--timeout", "12s"]].concat());
    assert!(held.code == 6 && held.err.contains("the canaries have no service in Consul"), "{held}");
    // Without Consul at hand nobody knows.
    let unasked = world.run(&["deploy", "web", "--promote", "--gate-consul", "--timeout", "12s"]);
    assert!(unasked.code == 6 && unasked.err.contains("CONSUL_HTTP_ADDR"), "{unasked}");
}
