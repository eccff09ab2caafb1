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
fn what_is_empty_is_told_apart_from_what_is_not_there() {
    let corner = Corner::new();
    for (path, status) in [("/v1/plugins", 200), ("/v1/nope", 404)] {
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

#[test]
fn the_servers_keys_are_listed_rotated_and_taken_out() {
    let corner = Corner::new();
    let (path, keys) = ("/v1/operator/keyring", "/v1/operator/keyring/keys");
    let first = corner.ask("GET", keys, "");
    assert_eq!((first.body[0]["State"].as_str(), first.body.as_array().unwrap().len()), (Some("active"), 1));
    assert_eq!(
        (&first.body[0]["Algorithm"], &first.body[0]["PublishTime"]),
        (&json!("aes256-gcm"), &json!(0))
    );
    let old = first.body[0]["KeyID"].as_str().unwrap();
    let rotated = corner.ask("PUT", &format!("{path}/rotate"), "");
    assert_eq!(
        (rotated.body["Index"].as_u64(), rotated.index() > first.index()),
        (Some(rotated.index()), true)
    );
    assert_eq!(rotated.body["Key"]["CreateIndex"], 0, "as it was before it was put in");
    let states = |body: &Value| -> Vec<String> {
        let mut states: Vec<_> = body.as_array().unwrap().iter().map(|k| k["State"].to_string()).collect();
        states.sort();
        states
    };
    assert_eq!(states(&corner.get(keys)), ["\"active\"", "\"inactive\""]);
    let later = corner.ask("PUT", &format!("{path}/rotate?publish_time=5"), "");
    assert_eq!(later.body["Key"]["State"], "prepublished");
    for (method, path, status, words) in [
        ("DELETE", format!("{path}/key/{old}"), 500, "root key in use, cannot delete"),
        ("DELETE", format!("{path}/key/{old}?force=zz"), 422, "invalid force parameter"),
        ("DELETE", format!("{path}/key/"), 500, "root key ID is required"),
        ("DELETE", format!("{path}/key/{NOBODY}"), 500, "root key not found"),
        ("DELETE", format!("{path}/keyring"), 500, "root key not found"),
        ("GET", format!("{path}/key/{old}"), 405, "Invalid method"),
        ("GET", format!("{path}/rotate"), 405, "Invalid method"),
        ("PUT", format!("{path}/keys"), 405, "Invalid method"),
        ("PUT", format!("{path}/zz"), 405, "Invalid method"),
        (
            "PUT",
            format!("{path}/rotate?full&publish_time=5"),
            500,
            "keyring cannot be prepublished and full rotated at the same time",
        ),
        (
            "PUT",
            format!("{path}/rotate?publish_time=x"),
            500,
            "invalid publish_time: strconv.ParseInt: parsing \"x\": invalid syntax",
        ),
    ] {
        let answer = corner.ask(method, &path, "");
        assert_eq!((answer.status, answer.words()), (status, words), "{method} {path}");
    }
    let forced = corner.ask("DELETE", &format!("{path}/key/{old}?force=true"), "");
    assert_eq!(forced.body, json!({"Index": forced.index()}));
    let nobody = corner.raw.ask_as(&corner.sandbox, "", "GET", keys, None);
    assert_eq!((nobody.status, nobody.words()), (403, "Permission denied"));
}

#[test]
fn a_snapshot_brings_back_what_was_there_and_nothing_else_is_one() {
    let corner = Corner::new();
    let path = "/v1/operator/snapshot";
    let put = |name: &str| corner.put("/v1/namespace", &json!({"Name": name})).status;
    let there = |name: &str| corner.ask("GET", &format!("/v1/namespace/{name}"), "").status;
    assert_eq!(put("before"), 200);
    let (headers, archive) = corner.raw.bytes_of(&corner.sandbox, path);
    assert_eq!(headers.get("content-type").unwrap(), "application/x-gzip");
    assert!(headers.get("digest").unwrap().to_str().unwrap().starts_with("sha-256="));
    assert_eq!(put("after"), 200);
    let words = |body: &[u8]| {
        let answer = corner.raw.send(&corner.sandbox, path, body);
        (answer.status, answer.words().trim_start_matches("failed to restore from snapshot: ").to_owned())
    };
    let refused = |words: &str| (500, words.to_owned());
    assert_eq!(words(b""), refused("failed to decompress snapshot: EOF"));
    assert_eq!(words(b"garbage"), refused("failed to decompress snapshot: unexpected EOF"));
    let cut = words(&archive[..archive.len() / 2]);
    assert!(cut.0 == 500 && cut.1.ends_with("unexpected EOF"), "{cut:?}");
    assert_eq!((there("before"), there("after")), (200, 200), "what is no snapshot changes nothing");
    assert_eq!(words(&archive), (200, String::new()));
    assert_eq!((there("before"), there("after")), (200, 404));
    assert_eq!(corner.ask("DELETE", path, "").status, 405);
    let nobody = corner.raw.ask_as(&corner.sandbox, "", "PUT", path, None);
    assert_eq!((nobody.status, nobody.words()), (403, "Permission denied"));
}

#[test]
fn odd_questions_are_answered_in_nomads_words() {
    let corner = Corner::new();
    corner.service("web", 1, 32, 0, "1h");
    let alloc = corner.alloc("web");
    let on = |path: &str| format!("/v1/client/{}", path.replace("ALLOC", &alloc));
    let no_bool = "strconv.ParseBool: parsing \"zz\": invalid syntax";
    let no_number = "strconv.ParseInt: parsing \"x\": invalid syntax";
    for (method, path, status, words) in [
        ("GET", on("fs/"), 404, "Invalid method".to_owned()),
        ("GET", on("fs/zz/ALLOC"), 404, "Invalid method".to_owned()),
        ("GET", on("fs/ls/"), 400, "must provide a valid alloc id".to_owned()),
        ("GET", on("fs/stat/ALLOC"), 400, "must provide a file name".to_owned()),
        ("GET", on("fs/cat/ALLOC"), 200, "must provide a file name".to_owned()),
        ("GET", on("fs/readat/ALLOC?path=a&offset=x"), 200, format!("error parsing offset: {no_number}")),
        (
            "GET",
            on("fs/readat/ALLOC?path=a&offset=0&limit=x"),
            200,
            format!("error parsing limit: {no_number}"),
        ),
        ("GET", on("fs/stream/ALLOC?path=a&offset=x"), 500, format!("error parsing offset: {no_number}")),
        ("GET", on("fs/stream/ALLOC?path=a&origin=zz"), 400, "origin must be start or end".to_owned()),
        ("GET", on("fs/logs/ALLOC"), 400, "must provide task name".to_owned()),
        (
            "GET",
            on("fs/logs/ALLOC?task=t&follow=zz"),
            400,
            format!("failed to parse follow field to boolean: {no_bool}"),
        ),
        (
            "GET",
            on("fs/logs/ALLOC?task=t&type=stdout&offset=x"),
            400,
            format!("error parsing offset: {no_number}"),
        ),
        (
            "GET",
            on("allocation/ALLOC/exec"),
            500,
            "failed to marshal command into json: unexpected end of JSON input".to_owned(),
        ),
        (
            "GET",
            on("allocation/ALLOC/exec?command=[]&tty=zz"),
            500,
            format!("tty value is not a boolean: {no_bool}"),
        ),
        ("GET", on("allocation/ALLOC/pause"), 500, "Enterprise only".to_owned()),
        (
            "DELETE",
            "/v1/job/web?no_shutdown_delay=zz".to_owned(),
            500,
            format!("Failed to parse value of \"no_shutdown_delay\"q (zz) as a bool: {no_bool}"),
        ),
        ("GET", format!("/v1/allocation/{NOBODY}/checks"), 404, format!("Unknown allocation \"{NOBODY}\"")),
        (
            "GET",
            "/v1/acl/token/zz".to_owned(),
            500,
            "acl token lookup failed: index error: UUID must be 36 characters".to_owned(),
        ),
        ("GET", "/v1/acl/role/zz".to_owned(), 404, "ACL role not found".to_owned()),
        ("GET", "/v1/volumes?type=zz".to_owned(), 404, "resource not found".to_owned()),
        ("GET", "/v1/plugin/csi/zz".to_owned(), 404, "plugin not found".to_owned()),
        ("PUT", "/v1/agent/join".to_owned(), 400, "missing address to join".to_owned()),
        ("GET", "/v1/agent/servers".to_owned(), 501, "Invalid method".to_owned()),
    ] {
        let answer = corner.ask(method, &path, "");
        assert_eq!((answer.status, answer.words()), (status, &*words), "{method} {path}");
    }
    let sent_on = corner.ask("GET", "/v1/job//versions?diffs=true", "");
    assert!(sent_on.has_header("location", "/v1/job/versions?diffs=true"), "{sent_on:?}");
}
