//! `fleet status` and the requests it makes.

use std::time::Duration;

use crate::binary::{Fleet, Ran};
use crate::canned::{Answer, Canned, recorded};

const NOMAD: &str = "nomad-2.0.5";

/// A cluster that is well, put together from recordings: nothing in it was restarted or has checks.
fn cluster(request: &str) -> Answer {
    let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
    if path == "/v1/allocations" && request.contains("&filter=") {
        return Answer::new(200, "[]");
    }
    let name = match path {
        "/v1/nodes" => "nodes-list-resources",
        "/v1/jobs/statuses" => "jobs-statuses",
        "/v1/allocations" => "allocations-list-resources",
        "/v1/evaluations" => "evaluations-blocked",
        "/v1/agent/members" => "agent-members",
        "/v1/operator/autopilot/health" => "autopilot-health",
        _ => return Answer::new(404, ""),
    };
    recorded(NOMAD, name)
}

fn status(server: &Canned, args: &[&str]) -> Ran {
    let home = tempfile::tempdir().unwrap();
    let words: Vec<&str> = [&["status"], args].concat();
    Fleet::new(home.path()).env("NOMAD_ADDR", &server.url).run(&words)
}

#[test]
fn it_takes_as_many_requests_whatever_the_cluster_is_like() {
    let server = Canned::new(cluster);
    let ran = status(&server, &["-o", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    insta::assert_snapshot!(server.asked().join("\n"), @"
    GET /v1/agent/members
    GET /v1/allocations?namespace=*&stale=&filter=%28%28DesiredStatus+%3D%3D+%22run%22+and+%28ClientStatus+%3D%3D+%22running%22+or+ClientStatus+%3D%3D+%22pending%22%29+and+%28any+TaskStates+as+_%2C+t+%7B+t.Restarts+%21%3D+0+%7D%29%29+or+%28DesiredStatus+%3D%3D+%22run%22+and+ClientStatus+%3D%3D+%22running%22+and+%28any+Job.TaskGroups+as+g+%7B+%28any+g.Services+as+s+%7B+s.Provider+%3D%3D+%22nomad%22+and+s.Checks+is+not+empty+%7D%29+or+any+g.Tasks+as+t+%7B+any+t.Services+as+s+%7B+s.Provider+%3D%3D+%22nomad%22+and+s.Checks+is+not+empty+%7D+%7D+%7D%29%29%29
    GET /v1/allocations?task_states=false&resources=true&namespace=*&stale=
    GET /v1/evaluations?namespace=*&filter=Status+matches+%22%5E%28blocked%7Cpending%29%24%22&stale=
    GET /v1/jobs/statuses?namespace=*&stale=
    GET /v1/nodes?resources=true&stale=
    GET /v1/operator/autopilot/health
    GET /v1/vars?prefix=fleet%2Frotations&namespace=default
    ");
    // A hundred times the cluster is not one request more.
    let rows = |name: &str, times: usize| {
        let one = recorded(NOMAD, name).body;
        let inner = one.trim().trim_start_matches('[').trim_end_matches(']').to_owned();
        format!("[{}]", vec![inner; times].join(","))
    };
    let (jobs, allocs) = (rows("jobs-statuses", 100), rows("allocations-list-resources", 100));
    let large = Canned::new(move |request| match request {
        r if r.starts_with("GET /v1/jobs/statuses") => Answer::new(200, jobs.clone()),
        r if r.starts_with("GET /v1/allocations") && !r.contains("&filter=") => {
            Answer::new(200, allocs.clone())
        }
        r => cluster(r),
    });
    assert_eq!(status(&large, &[]).code, 0);
    assert_eq!(large.asked().len(), 8);
    // A token is asked when it ends; with --check, whether Consul's checks matter.
    let server = Canned::new(cluster);
    let home = tempfile::tempdir().unwrap();
    let fleet = || Fleet::new(home.path()).env("NOMAD_ADDR", &server.url).env("NOMAD_TOKEN", "t");
    drop(fleet().run(&["status", "--check"]));
    assert_eq!(server.asked().len(), 10, "{:#?}", server.asked());
}

#[test]
fn the_checks_of_two_hundred_instances_are_asked_for_at_most_and_all_with_check() {
    let one = recorded(NOMAD, "allocations-list-resources").body;
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    let many: Vec<serde_json::Value> = (0..250)
        .map(|at| {
            let mut alloc = one[0].clone();
            alloc["ID"] = format!("{at:08x}-0000-0000-0000-000000000000").into();
            (alloc["ClientStatus"], alloc["DesiredStatus"]) = ("running".into(), "run".into());
            alloc
        })
        .collect();
    let many = serde_json::Value::from(many).to_string();
    let server = Canned::new(move |request| match request {
        r if r.contains("/checks") => Answer::new(200, "{}"),
        r if r.starts_with("GET /v1/allocations") && r.contains("nomad%22+and+s.Checks") => {
            Answer::new(200, many.clone())
        }
        r => cluster(r),
    });
    let checks = || server.asked().iter().filter(|r| r.contains("/checks")).count();
    let ran = status(&server, &[]);
    assert_eq!((ran.code, checks()), (0, 200), "{ran}");
    assert!(ran.out.contains("of 200 of 250 allocations"), "{ran}");
    let all = status(&server, &["--check"]);
    assert_eq!(checks(), 450, "{all}");
    assert!(!all.out.contains("of 250 allocations"), "{all}");
}

#[test]
fn a_namespace_that_was_named_is_the_only_one_asked_for() {
    let server = Canned::new(cluster);
    let ran = status(&server, &["--namespace", "ops"]);
    assert!(ran.out.contains("only ops"), "{ran}");
    assert!(server.asked().iter().all(|r| !r.contains("namespace=*") && !r.contains("namespace=%2A")));
}

#[test]
fn what_the_token_may_not_see_is_unknown_and_check_fails() {
    let server = Canned::new(|request| match request {
        r if r.starts_with("GET /v1/nodes")
            || r.starts_with("GET /v1/agent/members")
            || r.starts_with("GET /v1/operator/autopilot") =>
        {
            Answer::new(403, "Permission denied")
        }
        r => cluster(r),
    });
    let ran = status(&server, &[]);
    assert_eq!(ran.code, 4, "{ran}");
    assert!(ran.err.contains("not known: nodes, servers"), "{ran}");
    assert!(ran.out.contains("nodes\tnot known"), "{ran}");
    assert!(ran.out.contains("node { policy = \"read\" }"), "{ran}");
    let checked = status(&server, &["--check"]);
    assert_eq!(checked.code, 1, "{checked}");
    assert!(checked.err.contains("3 unknown parts"), "{checked}");
}

#[test]
fn a_token_that_may_see_nothing_is_refused() {
    let server = Canned::new(|_| Answer::new(403, "Permission denied"));
    let ran = status(&server, &[]);
    assert_eq!(ran.code, 4, "{ran}");
    assert_eq!(ran.out, "");
}

#[test]
fn without_a_leader_it_answers_at_once_and_says_so() {
    let server = Canned::new(|request| match request {
        // The servers hold what needs a leader; who waits for it is told what nobody knew before.
        r if r.contains("autopilot") => recorded(NOMAD, "autopilot-health").after(Duration::from_secs(30)),
        r => cluster(r).header("X-Nomad-Knownleader", "false").header("X-Nomad-Lastcontact", "75000"),
    });
    let ran = status(&server, &["-o", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(view["problems"][0]["kind"], "no-leader");
    assert!(view["data_age_ms"].as_u64().is_some_and(|age| age >= 75_000), "{ran}");
    assert_eq!(view["servers"]["known_leader"], false);
    assert!(view["servers"]["failure_tolerance"].is_null(), "{ran}");
}

#[test]
fn an_unhealthy_autopilot_is_an_answer_and_no_error() {
    let server = Canned::new(|request| match request {
        r if r.contains("autopilot") => recorded(NOMAD, "autopilot-health-server-dead"),
        r => cluster(r),
    });
    let ran = status(&server, &["-o", "json"]);
    let view: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let kinds: Vec<&str> =
        view["problems"].as_array().unwrap().iter().map(|p| p["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"server-unhealthy") && kinds.contains(&"no-failure-tolerance"), "{kinds:?}");
    assert_eq!(view["unknown"].as_array().unwrap().len(), 0);
}

#[test]
fn servers_too_old_for_a_list_leave_that_part_unknown() {
    let server = Canned::new(|request| match request {
        r if r.starts_with("GET /v1/jobs/statuses") => Answer::new(404, ""),
        r => cluster(r),
    });
    let ran = status(&server, &[]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.out.contains("jobs: 404"), "{ran}");
    assert!(ran.out.contains("older"), "{ran}");
}
