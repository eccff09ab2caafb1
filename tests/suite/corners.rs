//! Corners of the API as a real Nomad 2.0.5 was seen to answer them.

use std::time::Duration;

use fleet::sandbox::scenario::Scenario;
use fleet::sandbox::time::Pace;
use fleet::sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::raw::{Answered, Raw};

const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

struct Corner {
    sandbox: Sandbox,
    raw: Raw,
}

impl Corner {
    fn new() -> Self {
        let options = Options { scenario: Scenario::Bare, pace: Pace::Stepped, ..Options::default() };
        Corner { sandbox: Sandbox::start(options).unwrap(), raw: Raw::new() }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Answered {
        self.raw.ask(&self.sandbox, method, path, (!body.is_empty()).then_some(body))
    }

    fn get(&self, path: &str) -> Value {
        self.ask("GET", path, "").body
    }

    fn put(&self, path: &str, body: &Value) -> Answered {
        self.ask("PUT", path, &body.to_string())
    }

    fn pass(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }

    fn node(&self, name: &str) -> String {
        let nodes = self.get("/v1/nodes");
        let node = nodes.as_array().unwrap().iter().find(|n| n["Name"] == name).unwrap().clone();
        node["ID"].as_str().unwrap().to_owned()
    }

    /// Registers a service of mock tasks and waits until it is deployed.
    fn service(&self, name: &str, count: u32, memory: u32, canaries: u32, run_for: &str) {
        let second = 1_000_000_000_u64;
        let job = json!({"ID": name, "Name": name, "Type": "service", "Datacenters": ["*"], "TaskGroups": [{
            "Name": "g", "Count": count,
            "Update": {"MaxParallel": 1, "HealthCheck": "task_states", "MinHealthyTime": second,
                "HealthyDeadline": 10 * second, "ProgressDeadline": 20 * second, "Canary": canaries},
            "Tasks": [{"Name": "t", "Driver": "mock_driver", "Config": {"run_for": run_for},
                "Resources": {"CPU": 50, "MemoryMB": memory}}]}]});
        assert_eq!(self.put("/v1/jobs", &json!({"Job": job})).status, 200);
        self.pass(10);
    }

    fn alloc(&self, job: &str) -> String {
        self.get(&format!("/v1/job/{job}/allocations"))[0]["ID"].as_str().unwrap().to_owned()
    }
}

#[test]
fn a_body_of_the_wrong_types_is_refused_in_gos_words() {
    let corner = Corner::new();
    let node = corner.node("c1");
    let (drain, eligibility) = (format!("/v1/node/{node}/drain"), format!("/v1/node/{node}/eligibility"));
    let field = |kind: &str, place: &str, of: &str| {
        format!("json: cannot unmarshal {kind} into Go struct field {place} of type {of}")
    };
    let value = |kind: &str, of: &str| format!("json: cannot unmarshal {kind} into Go value of type {of}");
    for (method, path, body, words) in [
        ("PUT", &*drain, "[]", value("array", "api.NodeUpdateDrainRequest")),
        (
            "PUT",
            &drain,
            r#"{"DrainSpec":5}"#,
            field("number", "NodeUpdateDrainRequest.DrainSpec", "api.DrainSpec"),
        ),
        (
            "PUT",
            &drain,
            r#"{"DrainSpec":{"Deadline":"1h"}}"#,
            field("string", "DrainSpec.DrainSpec.Deadline", "time.Duration"),
        ),
        ("PUT", &drain, r#"{"Meta":{"a":1}}"#, field("number", "NodeUpdateDrainRequest.Meta", "string")),
        (
            "PUT",
            &eligibility,
            r#"{"Eligibility":1}"#,
            field("number", "NodeUpdateEligibilityRequest.Eligibility", "string"),
        ),
        ("PUT", "/v1/jobs", r#"{"Job":5}"#, field("number", "JobRegisterRequest.Job", "api.Job")),
        (
            "PUT",
            "/v1/jobs",
            r#"{"Submission":{"Source":5}}"#,
            field("number", "JobSubmission.Submission.Source", "string"),
        ),
        ("PUT", "/v1/job/x/scale", r#"{"Count":1.5}"#, field("number 1.5", "ScalingRequest.Count", "int64")),
        (
            "PUT",
            "/v1/job/x/scale",
            r#"{"JobModifyIndex":-1}"#,
            field("number -1", "ScalingRequest.JobModifyIndex", "uint64"),
        ),
        (
            "PUT",
            "/v1/job/x/evaluate",
            r#"{"EvalOptions":{"ForceReschedule":5}}"#,
            field("number", "EvalOptions.EvalOptions.ForceReschedule", "bool"),
        ),
        (
            "PUT",
            &format!("/v1/deployment/promote/{NOBODY}"),
            r#"{"Groups":[5]}"#,
            field("number", "DeploymentPromoteRequest.Groups", "string"),
        ),
        ("PUT", "/v1/acl/token", r#"{"Name":5}"#, field("number", ".Alias.Name", "string")),
        (
            "PUT",
            "/v1/operator/scheduler/configuration",
            r#"{"SchedulerAlgorithm":5}"#,
            format!(
                "Error parsing scheduler config: {}",
                field("number", "SchedulerConfiguration.SchedulerAlgorithm", "api.SchedulerAlgorithm")
            ),
        ),
        (
            "POST",
            "/v1/jobs/statuses",
            r#"{"Jobs":[5]}"#,
            format!(
                "error decoding request: {}",
                field("number", "JobStatusesRequest.Jobs", "api.NamespacedID")
            ),
        ),
        ("POST", "/v1/search", r#"{"Prefix":5}"#, field("number", "SearchRequest.Prefix", "string")),
    ] {
        let answered = corner.ask(method, path, body);
        assert_eq!((answered.status, answered.words()), (400, &*words), "{path} {body}");
    }
    assert!(corner.get(&format!("/v1/node/{node}"))["DrainStrategy"].is_null(), "nothing was done");
}

#[test]
fn an_eligibility_that_is_none_is_refused_before_anybody_looks_for_the_node() {
    let answered = Corner::new().ask("PUT", "/v1/node/abc/eligibility", "{}");
    assert_eq!((answered.status, answered.words()), (500, "invalid scheduling eligibility \"\""));
}

#[test]
fn a_forced_drain_of_an_empty_node_completes_twice_and_only_the_second_names_the_deadline() {
    let corner = Corner::new();
    let node = corner.node("c6");
    corner.put(&format!("/v1/node/{node}/drain"), &json!({"DrainSpec": {"Deadline": -1}}));
    corner.pass(3);
    let events = corner.get(&format!("/v1/node/{node}"))["Events"].as_array().unwrap().clone();
    let last: Vec<(&str, &Value)> =
        events.iter().rev().take(2).rev().map(|e| (e["Message"].as_str().unwrap(), &e["Details"])).collect();
    let reached = json!({"deadline_reached": "true"});
    assert_eq!(last, [("Node drain complete", &Value::Null), ("Node drain complete", &reached)]);
}

#[test]
fn a_promotion_leaves_no_time_at_its_deployment() {
    let corner = Corner::new();
    corner.service("web", 1, 64, 1, "240h");
    corner.service("web", 1, 64, 1, "241h");
    let deployment = corner.get("/v1/job/web/deployment");
    let id = deployment["ID"].as_str().unwrap();
    assert_ne!(deployment["ModifyTime"], 0);
    corner.put(&format!("/v1/deployment/promote/{id}"), &json!({"DeploymentID": id, "Groups": ["none"]}));
    assert_eq!(corner.get(&format!("/v1/deployment/{id}"))["ModifyTime"], 0);
}

#[test]
fn a_failed_placement_tells_how_long_the_scheduler_looked() {
    let corner = Corner::new();
    corner.service("big", 1, 9000, 0, "240h");
    let evals = corner.get("/v1/job/big/evaluations");
    let blocked = evals.as_array().unwrap().iter().find(|e| e["Status"] == "blocked").unwrap();
    assert!(blocked["FailedTGAllocs"]["g"]["AllocationTime"].as_i64().unwrap() > 0);
}

#[test]
fn what_a_client_refuses_comes_with_the_servers_prefix() {
    let corner = Corner::new();
    corner.service("web", 1, 64, 0, "240h");
    let alloc = corner.alloc("web");
    let on =
        |what: &str, body: &str| corner.ask("PUT", &format!("/v1/client/allocation/{alloc}/{what}"), body);
    for (what, body, words) in [
        ("restart", r#"{"TaskName":"zz"}"#, "rpc error: Could not find task runner for task: zz"),
        ("signal", r#"{"Task":"zz","Signal":"SIGHUP"}"#, "rpc error: Task not found"),
    ] {
        let answered = on(what, body);
        assert_eq!((answered.status, answered.words()), (500, words));
        assert!(answered.has_header("vary", "Origin"), "{answered:?}");
    }
    assert_eq!(
        corner.get(&format!("/v1/client/allocation/{alloc}/checks")),
        Value::Null,
        "there are no checks"
    );
    corner.put(&format!("/v1/allocation/{alloc}/stop"), &json!({}));
    corner.pass(10);
    let restarted = on("restart", "{}");
    assert_eq!(restarted.words(), "rpc error: restart of an alloc that should not run");
    let signalled = on("signal", r#"{"Signal":"SIGHUP"}"#);
    let words = "rpc error: 1 error occurred:\n\t* Failed to signal task: t, err: Task not running\n\n";
    assert_eq!((signalled.status, signalled.words()), (500, words));
}

#[test]
fn tokens_and_policies_are_refused_in_the_servers_words() {
    let corner = Corner::new();
    let policy = |rules: &str| {
        let body = json!({"Name": "p", "Rules": rules});
        corner.put("/v1/acl/policy/p", &body).words().to_owned()
    };
    assert!(policy("x").starts_with("policy 0 invalid: 1 error occurred:\n\t* failed to parse rules: "));
    assert_eq!(policy("namespace \"default\" { policy = \"read\" }"), "");
    assert_eq!(corner.ask("DELETE", "/v1/acl/policy/none", "").status, 200);
    let token = |ttl: &str| {
        corner.put("/v1/acl/token", &json!({"Type": "client", "Policies": ["p"], "ExpirationTTL": ttl}))
    };
    let words = "token 0 invalid: 1 error occurred:\n\t* expiration time cannot be less than 1m0s in the future (was 1s)\n\n";
    assert_eq!(token("1s").words(), words);
    assert_eq!(token("x").words(), "time: invalid duration \"x\"");
    assert_eq!(token("5m").body["ExpirationTTL"], "5m0s");
    let own = |token: &str| corner.raw.ask_as(&corner.sandbox, token, "GET", "/v1/acl/token/self", None);
    assert_eq!(own("").body["Name"], "Anonymous Token");
    assert_eq!(own("x").status, 500);
    assert_eq!(own(NOBODY).status, 403);
}

#[test]
fn searches_of_an_unknown_kind_are_refused_with_the_known_ones() {
    let corner = Corner::new();
    for path in ["/v1/search", "/v1/search/fuzzy"] {
        let answered = corner.put(path, &json!({"Prefix": "a", "Text": "ab", "Context": "zz"}));
        assert_eq!(answered.status, 500);
        let words = "context must be one of [allocs jobs nodes ";
        assert!(
            answered.words().starts_with(words) && answered.words().ends_with("; got \"zz\""),
            "{answered:?}"
        );
    }
}

#[test]
fn what_another_edition_answers_is_told_apart_from_what_nobody_does() {
    let corner = Corner::new();
    for (path, status) in
        [("/v1/quotas", 501), ("/v1/sentinel/policies", 501), ("/v1/plugins", 200), ("/v1/nope", 404)]
    {
        assert_eq!(corner.ask("GET", path, "").status, status, "{path}");
    }
    assert_eq!(corner.get("/v1/volume/csi/none"), "volume not found");
    assert_eq!(corner.ask("GET", "/v1/agent/health?type=client", "").status, 500);
    assert_eq!(corner.ask("PUT", "/v1/node//drain", "{}").body, "");
}

#[test]
fn variables_are_filtered_by_their_metadata_as_a_part_of_its_own() {
    let corner = Corner::new();
    corner.put("/v1/var/a/b", &json!({"Path": "a/b", "Items": {"k": "v"}}));
    let listed = |filter: &str| corner.ask("GET", &format!("/v1/vars?filter={filter}"), "");
    assert_eq!(listed("VariableMetadata.Path%20==%20%22a/b%22").body.as_array().unwrap().len(), 1);
    assert_eq!(listed("Path%20==%20%22a/b%22").status, 400);
    assert!(listed("Path%20==%20%22a/b%22").has_header("vary", "Origin"));
}

#[test]
fn metadata_set_by_the_api_is_told_apart_from_the_nodes_own() {
    let corner = Corner::new();
    let path = format!("/v1/client/metadata?node_id={}", corner.node("c1"));
    assert_eq!(corner.get(&path)["Dynamic"], json!({}));
    corner.ask("POST", &path, r#"{"Meta":{"zone":"a","rack":null}}"#);
    let shown = corner.get(&path);
    assert_eq!(shown["Dynamic"], json!({"zone": "a", "rack": null}));
    assert_eq!((&shown["Meta"]["zone"], &shown["Meta"]["rack"]), (&json!("a"), &Value::Null));
    assert_eq!(shown["Static"]["rack"], "r1");
    assert_eq!(shown["Static"]["connect.log_level"], "info");
}
