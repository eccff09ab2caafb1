//! A story that brings the embedded fleet into the states the recordings were made in, and what it answered on the way.

use std::time::Duration;

use fleet::sandbox::scenario::Scenario;
use fleet::sandbox::time::Pace;
use fleet::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::raw::{Answered, Raw};

/// An answer of the embedded fleet.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

struct Teller {
    sandbox: Sandbox,
    raw: Raw,
    told: Vec<Told>,
}

/// Tells the whole story.
pub(super) fn tell() -> Vec<Told> {
    let options = Options { scenario: Scenario::Small, pace: Pace::Stepped, ..Options::default() };
    let mut teller = Teller { sandbox: Sandbox::start(options).unwrap(), raw: Raw::new(), told: Vec::new() };
    teller.at_rest();
    teller.deploys();
    teller.fails();
    teller.finds_no_room();
    teller.moves();
    teller.loses_a_node();
    teller.remembers();
    teller.told
}

/// A job of one group; what is said of it goes into the group and the task's configuration.
fn job(name: &str, count: u32, group: &Value, config: &Value, memory: u32) -> Value {
    let mut spec = json!({"Name": "g", "Count": count, "Tasks": [{"Name": "t", "Driver": "mock_driver",
        "Config": config, "Resources": {"CPU": 50, "MemoryMB": memory}}]});
    for (field, value) in group.as_object().into_iter().flatten() {
        spec[field] = value.clone();
    }
    json!({"ID": name, "Name": name, "Type": "service", "Datacenters": ["*"], "TaskGroups": [spec]})
}

const SECOND: u64 = 1_000_000_000;

/// A rollout of some speed.
fn update(canaries: u32, reverts: bool) -> Value {
    json!({"Update": {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": SECOND,
        "HealthyDeadline": 10 * SECOND, "ProgressDeadline": 20 * SECOND, "Canary": canaries, "AutoRevert": reverts},
        "RestartPolicy": {"Attempts": 0, "Mode": "fail", "Interval": 5 * SECOND, "Delay": SECOND},
        "Networks": [{"DynamicPorts": [{"Label": "http"}]}],
        "Services": [{"Name": "svc", "Provider": "nomad", "PortLabel": "http", "Tags": ["a"]}]})
}

impl Teller {
    fn ask(&mut self, method: &'static str, path: &str, body: Option<&Value>) -> Value {
        let body = body.map(Value::to_string);
        let Answered { status, headers, body } = self.raw.ask(&self.sandbox, method, path, body.as_deref());
        self.told.push(Told { method, path: path.to_owned(), status, headers, body: body.clone() });
        body
    }

    fn get(&mut self, path: &str) -> Value {
        self.ask("GET", path, None)
    }

    fn put(&mut self, path: &str, body: &Value) -> Value {
        self.ask("PUT", path, Some(body))
    }

    fn pass(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    fn node(&mut self, name: &str) -> String {
        let nodes = self.get("/v1/nodes");
        let node = nodes.as_array().unwrap().iter().find(|n| n["Name"] == name).unwrap().clone();
        node["ID"].as_str().unwrap().to_owned()
    }

    /// Everything a job can be asked for.
    fn ask_of(&mut self, job: &str) {
        for what in
            ["", "/allocations", "/evaluations", "/deployments", "/deployment", "/versions?diffs=true"]
        {
            self.get(&format!("/v1/job/{job}{what}"));
        }
        for what in ["/summary", "/scale"] {
            self.get(&format!("/v1/job/{job}{what}"));
        }
        for (list, one) in
            [("allocations", "allocation"), ("evaluations", "evaluation"), ("deployments", "deployment")]
        {
            let rows = self.get(&format!("/v1/job/{job}/{list}"));
            for row in rows.as_array().unwrap() {
                let id = row["ID"].as_str().unwrap();
                self.get(&format!("/v1/{one}/{id}"));
                if one == "deployment" {
                    self.get(&format!("/v1/deployment/allocations/{id}"));
                } else if one == "evaluation" {
                    self.get(&format!("/v1/evaluation/{id}?related=true"));
                }
            }
        }
    }

    fn ask_of_all(&mut self) {
        for path in [
            "/v1/nodes",
            "/v1/nodes?resources=true&os=true",
            "/v1/jobs?namespace=*&meta=true",
            "/v1/jobs",
            "/v1/jobs/statuses",
            "/v1/allocations?namespace=*",
            "/v1/allocations?resources=true&task_states=false",
            "/v1/evaluations",
            "/v1/deployments",
            "/v1/services",
            "/v1/service/web",
        ] {
            self.get(path);
        }
        let nodes = self.get("/v1/nodes");
        for node in nodes.as_array().unwrap() {
            let id = node["ID"].as_str().unwrap();
            self.get(&format!("/v1/node/{id}"));
            self.get(&format!("/v1/node/{id}/allocations"));
        }
    }

    fn register(&mut self, job: &Value) {
        self.put("/v1/jobs", &json!({"Job": job}));
    }

    fn plan(&mut self, job: &Value) {
        let path = format!("/v1/job/{}/plan", job["ID"].as_str().unwrap());
        self.put(&path, &json!({"Job": job, "Diff": true}));
    }

    fn at_rest(&mut self) {
        for path in [
            "/v1/node/pools",
            "/v1/operator/scheduler/configuration",
            "/v1/operator/autopilot/health",
            "/v1/operator/autopilot/configuration",
            "/v1/operator/raft/configuration",
            "/v1/agent/members",
            "/v1/agent/self",
            "/v1/agent/health",
            "/v1/status/leader",
            "/v1/status/peers",
            "/v1/regions",
            "/v1/acl/token/self",
            "/v1/namespaces",
        ] {
            self.get(path);
        }
        let node = self.node("c1");
        self.get(&format!("/v1/client/stats?node_id={node}"));
        let policy = json!({"Name": "view", "Description": "looks", "Rules": "node { policy = \"read\" }"});
        self.raw.ask(&self.sandbox, "PUT", "/v1/acl/policy/view", Some(&policy.to_string()));
        self.get("/v1/acl/policies");
        self.ask_of_all();
        for job in ["web", "report", "shipper"] {
            self.ask_of(job);
        }
        let statuses = json!({"Jobs": [{"ID": "web", "Namespace": "default"}]});
        self.ask("POST", "/v1/jobs/statuses", Some(&statuses));
        let hcl = "job \"p\" {\n group \"g\" {\n network {\n port \"x\" {}\n }\n service {\n name = \"s\"\n port = \"x\"\n \
                   provider = \"nomad\"\n check {\n type = \"tcp\"\n interval = \"5s\"\n timeout = \"1s\"\n }\n }\n task \"t\" {\n \
                   driver = \"raw_exec\"\n config {\n command = \"x\"\n }\n }\n }\n}\n";
        self.ask("POST", "/v1/jobs/parse", Some(&json!({"JobHCL": hcl, "Canonicalize": true})));
    }

    /// A canary that is promoted, a version that goes back, a scaling.
    fn deploys(&mut self) {
        let first = job("w", 2, &update(1, false), &json!({"run_for": "240h"}), 64);
        self.plan(&first);
        self.register(&first);
        self.pass(10);
        self.plan(&first);
        let second = job("w", 2, &update(1, false), &json!({"run_for": "241h"}), 64);
        self.plan(&second);
        self.register(&second);
        self.pass(5);
        self.ask_of("w");
        self.get("/v1/jobs/statuses");
        let deployment = self.get("/v1/job/w/deployment")["ID"].as_str().unwrap().to_owned();
        self.put(
            &format!("/v1/deployment/promote/{deployment}"),
            &json!({"DeploymentID": deployment, "All": true}),
        );
        self.pass(10);
        self.ask_of("w");
        self.put("/v1/job/w/revert", &json!({"JobID": "w", "JobVersion": 0}));
        self.pass(20);
        self.ask_of("w");
        let deployment = self.get("/v1/job/w/deployment")["ID"].as_str().unwrap().to_owned();
        self.put(
            &format!("/v1/deployment/promote/{deployment}"),
            &json!({"DeploymentID": deployment, "All": true}),
        );
        self.pass(20);
        self.put("/v1/job/w/scale", &json!({"Count": 3, "Target": {"Group": "g"}, "Message": "more"}));
        self.pass(20);
        self.ask_of("w");
        self.get("/v1/service/svc");
    }

    /// A version that never turns healthy and goes back, and a job that fails and is placed elsewhere.
    fn fails(&mut self) {
        self.register(&job("bad", 1, &update(0, true), &json!({"run_for": "240h"}), 64));
        self.pass(10);
        self.register(&job("bad", 1, &update(0, true), &json!({"run_for": "100ms", "exit_code": 3}), 64));
        self.pass(4);
        self.ask_of("bad");
        self.pass(60);
        self.ask_of("bad");
        let mut group = update(0, false);
        group["ReschedulePolicy"] =
            json!({"Unlimited": true, "Delay": 5 * SECOND, "DelayFunction": "constant"});
        self.register(&job("flaky", 1, &group, &json!({"run_for": "1s", "exit_code": 1}), 64));
        for _ in 0..8 {
            self.pass(3);
            self.ask_of("flaky");
        }
    }

    fn finds_no_room(&mut self) {
        let big = job("big", 2, &update(0, false), &json!({"run_for": "240h"}), 40_000);
        self.plan(&big);
        self.register(&big);
        self.pass(3);
        self.ask_of("big");
        self.get("/v1/evaluations?filter=Status%20%3D%3D%20%22blocked%22");
        self.get("/v1/jobs?namespace=*");
    }

    /// Drains, eligibility, and an allocation that is stopped.
    fn moves(&mut self) {
        let (first, second) = (self.node("c1"), self.node("c2"));
        self.put(&format!("/v1/node/{first}/eligibility"), &json!({"Eligibility": "ineligible"}));
        self.put(&format!("/v1/node/{first}/eligibility"), &json!({"Eligibility": "ineligible"}));
        self.put(&format!("/v1/node/{first}/eligibility"), &json!({"Eligibility": "eligible"}));
        let spec = json!({"DrainSpec": {"Deadline": 3600 * SECOND, "IgnoreSystemJobs": false}, "Meta": {"message": "x"}});
        self.put(&format!("/v1/node/{first}/drain"), &spec);
        self.pass(2);
        self.ask_of_all();
        self.pass(60);
        self.ask_of_all();
        self.put(&format!("/v1/node/{second}/drain"), &spec);
        self.pass(1);
        self.put(&format!("/v1/node/{second}/drain"), &json!({"DrainSpec": null, "MarkEligible": true}));
        self.pass(20);
        self.ask_of_all();
        let allocs = self.get("/v1/job/api/allocations");
        let running = allocs.as_array().unwrap().iter().find(|a| a["ClientStatus"] == "running").unwrap();
        let stop = format!("/v1/allocation/{}/stop", running["ID"].as_str().unwrap());
        self.put(&stop, &json!({}));
        self.pass(1);
        self.ask_of("api");
        self.pass(20);
        self.ask_of("api");
    }

    fn loses_a_node(&mut self) {
        let node = self.node("c5");
        self.sandbox.with(|world| {
            let id = world.state.nodes().find(|n| *n.name == *"c5").unwrap().id;
            world.kill_node(id);
        });
        self.pass(40);
        self.ask_of_all();
        self.ask_of("web");
        self.put(&format!("/v1/node/{node}/purge"), &json!({}));
        self.pass(5);
        self.ask_of_all();
        let leader = self.sandbox.with(|world| world.servers.list[1].id.to_string());
        self.put(&format!("/v1/operator/raft/transfer-leadership?id={leader}"), &json!({}));
    }

    /// Variables and their locks.
    fn remembers(&mut self) {
        let path = "/v1/var/fleet/lock/x";
        self.put(&format!("{path}?cas=0"), &json!({"Path": "fleet/lock/x", "Items": {"holder": "a"}}));
        self.put(&format!("{path}?cas=0"), &json!({"Path": "fleet/lock/x", "Items": {"holder": "b"}}));
        self.get("/v1/vars?prefix=fleet");
        let lock = json!({"Path": "fleet/lock/x", "Items": {"holder": "a"}, "Lock": {"TTL": "15s", "LockDelay": "1s"}});
        let held = self.put(&format!("{path}?lock-acquire"), &lock);
        self.put(&format!("{path}?lock-acquire"), &lock);
        self.get(path);
        let mine = json!({"Path": "fleet/lock/x", "Lock": {"ID": held["Lock"]["ID"]}});
        self.put(&format!("{path}?lock-renew"), &mine);
        self.put(&format!("{path}?lock-release"), &mine);
        self.get(path);
    }
}
