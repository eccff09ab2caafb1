use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::{Grants, Rules};

#[derive(Deserialize)]
struct Recorded {
    rules: String,
    json: Option<Json>,
    #[serde(default)]
    error: String,
}

#[test]
fn rules_are_read_expanded_and_refused_as_on_a_real_cluster() {
    let recorded = include_str!("../../../tests/fixtures/nomad-2.0.5/policies.json");
    let recorded: Vec<Recorded> = serde_json::from_str(recorded).unwrap();
    let mut wrong = Vec::new();
    for case in &recorded {
        let (got, expected) = match (Rules::parse(&case.rules), &case.json) {
            (Ok(rules), Some(json)) => (rules.to_json().to_string(), json.to_string()),
            (Ok(rules), None) => (rules.to_json().to_string(), case.error.clone()),
            (Err(words), _) => {
                let words = format!("1 error occurred:\n\t* failed to parse rules: {words}\n\n");
                (format!("policy 0 invalid: {words}"), case.error.clone())
            }
        };
        if got != expected {
            wrong.push(format!("{:?}\n  expected {expected:?}\n       got {got:?}", case.rules));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}

#[derive(Deserialize)]
struct Probed {
    policies: Vec<String>,
    may: BTreeMap<String, bool>,
}

/// The question a real cluster asks before it serves each of the probing requests.
fn ask(grants: &Grants, request: &str) -> bool {
    let job = |namespace, any_of: &[&str]| grants.in_namespace(namespace, any_of);
    match request {
        "jobs default" => job("default", &["list-jobs"]),
        "jobs dxt" => job("dxt", &["list-jobs"]),
        "jobs ops" => job("ops", &["list-jobs"]),
        "jobs *" => job("*", &["list-jobs"]),
        "read default" => job("default", &["read-job"]),
        "plan default" => job("default", &["submit-job", "plan-job"]),
        "parse default" => job("default", &["parse-job", "submit-job"]),
        "var read x/y" => grants.variable("default", "x/y", "read"),
        "var read x/z" => grants.variable("default", "x/z", "read"),
        "var write x/y" => grants.variable("default", "x/y", "write"),
        "var destroy x/y" => grants.variable("default", "x/y", "destroy"),
        "var read ops" => grants.variable("ops", "x/y", "read"),
        "nodes" => grants.node(false),
        "node write" => grants.node(true),
        "scheduler" => grants.operator(false),
        "scheduler write" => grants.operator(true),
        "agent" => grants.agent(false),
        "force-leave" => grants.agent(true),
        "pool gpu" => grants.pool("gpu", "read"),
        "pool default" => grants.pool("default", "read"),
        "pool write gpu" => grants.pool("gpu", "write"),
        "pool delete gpu" => grants.pool("gpu", "delete"),
        other => panic!("no question for {other}"),
    }
}

#[test]
fn policies_add_up_to_what_a_real_cluster_allows() {
    let probed = include_str!("../../../tests/fixtures/nomad-2.0.5/grants.json");
    let probed: Vec<Probed> = serde_json::from_str(probed).unwrap();
    let mut wrong = Vec::new();
    for case in &probed {
        let rules: Vec<Rules> = case.policies.iter().map(|text| Rules::parse(text).unwrap()).collect();
        let grants = Grants::of(&rules);
        for (request, expected) in &case.may {
            if ask(&grants, request) != *expected {
                wrong.push(format!("{request}: {expected} under {:?}", case.policies));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// An activity, the smallest policy it needs, and the questions its requests ask.
struct Activity {
    policy: &'static str,
    needs: fn(&Grants) -> bool,
}

fn ns(grants: &Grants, any_of: &[&str]) -> bool {
    grants.in_namespace("ops", any_of)
}

const ACTIVITIES: [Activity; 8] = [
    Activity {
        policy: r#"namespace "*" {
  capabilities = [
    "list-jobs",
    "read-job",
  ]
}
node      { policy = "read" }
node_pool "*" { policy = "read" }
agent     { policy = "read" }
operator  { policy = "read" }"#,
        needs: |g| {
            let jobs = ns(g, &["list-jobs"]) && ns(g, &["read-job"]);
            jobs && g.node(false) && g.pool("default", "read") && g.agent(false) && g.operator(false)
        },
    },
    Activity {
        policy: r#"namespace "*" {
  capabilities = ["read-job"]
  variables {
    path "fleet/*" { capabilities = ["read", "write", "destroy"] }
  }
}
node { policy = "write" }"#,
        needs: |g| {
            let lock = |capability| g.variable("default", "fleet/lock", capability);
            ns(g, &["read-job"]) && lock("read") && lock("write") && lock("destroy") && g.node(true)
        },
    },
    Activity {
        policy: r#"namespace "ops" {
  capabilities = [
    "read-job",
    "parse-job",
    "plan-job",
    "register-job",
    "promote-deployment",
    "fail-deployment",
    "revert-job",
  ]
}"#,
        needs: |g| {
            let either = [
                "parse-job",
                "plan-job",
                "register-job",
                "promote-deployment",
                "fail-deployment",
                "revert-job",
            ];
            ns(g, &["read-job"]) && either.iter().all(|fine| ns(g, &[fine, "submit-job"]))
        },
    },
    Activity {
        policy: r#"namespace "ops" {
  capabilities = [
    "read-job",
    "alloc-exec",
    "alloc-node-exec",
  ]
}"#,
        needs: |g| ns(g, &["read-job"]) && ns(g, &["alloc-exec"]) && ns(g, &["alloc-node-exec"]),
    },
    Activity {
        policy: r#"namespace "ops" { capabilities = [
"read-job",
"read-logs",
] }"#,
        needs: |g| ns(g, &["read-job"]) && ns(g, &["read-logs", "read-fs"]),
    },
    Activity {
        policy: r#"namespace "ops" { capabilities = [
"read-job",
"read-fs",
] }"#,
        needs: |g| ns(g, &["read-job"]) && ns(g, &["read-fs"]) && ns(g, &["read-logs", "read-fs"]),
    },
    Activity {
        policy: r#"namespace "ops" { capabilities = [
"read-job",
"alloc-lifecycle",
] }"#,
        needs: |g| ns(g, &["read-job"]) && ns(g, &["alloc-lifecycle"]),
    },
    Activity { policy: r#"node { policy = "write" }"#, needs: |g| g.node(true) },
];

#[test]
fn the_smallest_policies_allow_their_activities_and_nothing_in_them_is_spare() {
    for activity in &ACTIVITIES {
        let granted = |text: &str| Rules::parse(text).map(|rules| (activity.needs)(&Grants::of([&rules])));
        assert_eq!(granted(activity.policy), Ok(true), "{}", activity.policy);
        let lines: Vec<&str> = activity.policy.lines().collect();
        for at in 0..lines.len() {
            let rest: Vec<&str> =
                lines.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, l)| *l).collect();
            // Without a brace it is no policy at all.
            if let Ok(granted) = granted(&rest.join("\n")) {
                assert!(!granted, "{:?} is spare in\n{}", lines[at], activity.policy);
            }
        }
    }
}

#[test]
fn the_rule_for_a_namespace_hides_the_rule_for_all() {
    let wide = Rules::parse(r#"namespace "*" { policy = "write" }"#).unwrap();
    let narrow = r#"namespace "ops" { variables { path "fleet/*" { capabilities = ["read"] } } }"#;
    let narrow = Rules::parse(narrow).unwrap();
    let both = Grants::of([&wide, &narrow]);
    assert!(both.in_namespace("default", &["submit-job"]) && !both.in_namespace("ops", &["read-job"]));
    assert!(both.in_namespace("*", &["read-job"]) && both.variable("ops", "fleet/lock", "read"));
    assert!(!both.any_in_namespace("ops") && both.any_in_namespace("other"));
    assert!(Grants::everything().operation("snapshot-save") && !both.operation("snapshot-save"));
}
