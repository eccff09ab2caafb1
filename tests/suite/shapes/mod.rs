//! The embedded fleet answers in the shapes of a real Nomad: the fields, their types, what is left out when empty, and the
//! headers of every recorded answer.

mod schema;
mod story;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

use crate::canned::{Recording, recordings};
use schema::Schema;
use story::Told;

/// A kind of answer: which recordings and which answers of the embedded fleet are compared with each other.
struct Kind {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    /// The status of the answer.
    status: u16,
}

const fn kind(name: &'static str, method: &'static str, path: &'static str) -> Kind {
    Kind { name, method, path, status: 200 }
}

/// Kinds of the same name show the same type.
const KINDS: &[Kind] = &[
    kind("node stub", "GET", "/v1/nodes"),
    kind("node pool", "GET", "/v1/node/pools"),
    kind("node", "GET", "/v1/node/[^/]+"),
    kind("allocation", "GET", "/v1/node/[^/]+/allocations"),
    kind("node update", "PUT", "/v1/node/[^/]+/(drain|eligibility)"),
    kind("node purge", "PUT", "/v1/node/[^/]+/purge"),
    kind("job stub", "GET", "/v1/jobs"),
    kind("job status", "GET|POST", "/v1/jobs/statuses"),
    kind("parsed job", "POST", "/v1/jobs/parse"),
    kind("registration", "PUT", "/v1/jobs"),
    kind("registration", "PUT", "/v1/job/[^/]+/(revert|scale)"),
    kind("job", "GET", "/v1/job/[^/]+"),
    kind("allocation stub", "GET", "/v1/job/[^/]+/allocations"),
    kind("evaluation", "GET", "/v1/job/[^/]+/evaluations"),
    kind("deployment", "GET", "/v1/job/[^/]+/deployments?"),
    kind("job versions", "GET", "/v1/job/[^/]+/versions"),
    kind("job summary", "GET", "/v1/job/[^/]+/summary"),
    kind("scale status", "GET", "/v1/job/[^/]+/scale"),
    kind("plan", "PUT", "/v1/job/[^/]+/plan"),
    kind("allocation stub", "GET", "/v1/allocations"),
    kind("allocation", "GET", "/v1/allocation/[^/]+"),
    kind("allocation stop", "PUT", "/v1/allocation/[^/]+/stop"),
    kind("evaluation", "GET", "/v1/evaluations"),
    kind("evaluation", "GET", "/v1/evaluation/[^/]+"),
    kind("deployment", "GET", "/v1/deployments"),
    kind("deployment", "GET", "/v1/deployment/[^/]+"),
    kind("allocation stub", "GET", "/v1/deployment/allocations/[^/]+"),
    kind("deployment update", "PUT", "/v1/deployment/promote/[^/]+"),
    kind("scheduler configuration", "GET", "/v1/operator/scheduler/configuration"),
    kind("autopilot health", "GET", "/v1/operator/autopilot/health"),
    kind("autopilot configuration", "GET", "/v1/operator/autopilot/configuration"),
    kind("raft configuration", "GET", "/v1/operator/raft/configuration"),
    kind("raft transfer", "PUT", "/v1/operator/raft/transfer-leadership"),
    kind("members", "GET", "/v1/agent/members"),
    kind("agent", "GET", "/v1/agent/self"),
    kind("agent health", "GET", "/v1/agent/health"),
    kind("status", "GET", "/v1/status/(leader|peers)"),
    kind("regions", "GET", "/v1/regions"),
    kind("token", "GET", "/v1/acl/token/self"),
    kind("policy stub", "GET", "/v1/acl/policies"),
    kind("namespace", "GET", "/v1/namespaces"),
    kind("services", "GET", "/v1/services"),
    kind("service", "GET", "/v1/service/[^/]+"),
    kind("variable stub", "GET", "/v1/vars"),
    kind("variable", "GET|PUT", "/v1/var/.+"),
    Kind { name: "variable conflict", method: "PUT", path: "/v1/var/.+", status: 409 },
    kind("host stats", "GET", "/v1/client/stats"),
];

fn kind_of(method: &str, path: &str, status: u16) -> Option<&'static Kind> {
    let path = path.split('?').next().unwrap_or_default();
    KINDS.iter().find(|kind| {
        kind.method.split('|').any(|m| m == method)
            && kind.status == status
            && Regex::new(&format!("^{}$", kind.path)).unwrap().is_match(path)
    })
}

/// Headers that say something of the answer and not of the connection.
fn headers(names: impl Iterator<Item = (String, String)>) -> BTreeMap<String, String> {
    names
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        // There is a next page or not: that depends on what was asked for.
        .filter(|(name, _)| name != "x-nomad-nexttoken")
        .filter(|(name, _)| name.starts_with("x-") || matches!(name.as_str(), "content-type" | "vary"))
        // Indexes and the like differ, their presence does not.
        .map(|(name, value)| if name.starts_with("x-nomad") { (name, "…".to_owned()) } else { (name, value) })
        .collect()
}

/// What the recordings of one kind have in common.
#[derive(Default)]
struct Known {
    schema: Schema,
    /// By path without parameters, ids aside.
    headers: BTreeMap<&'static str, BTreeSet<BTreeMap<String, String>>>,
}

fn learn(all: &[Recording]) -> BTreeMap<&'static str, Known> {
    let mut known: BTreeMap<&str, Known> = BTreeMap::new();
    for recording in all {
        let Some(kind) = kind_of(&recording.method, &recording.path, recording.answer.status) else {
            continue;
        };
        let known = known.entry(kind.name).or_default();
        known.schema.learn(&recording.body);
        let headers = headers(recording.answer.headers.clone().into_iter());
        known.headers.entry(kind.path).or_default().insert(headers);
    }
    known
}

#[test]
fn the_embedded_fleet_answers_in_the_shapes_of_a_real_nomad() {
    let known = learn(&recordings("nomad-2.0.5"));
    let mut wrong = BTreeSet::new();
    let mut told = BTreeSet::new();
    for Told { method, path, status, headers: names, body } in story::tell() {
        let Some(kind) = kind_of(method, &path, status) else {
            wrong.insert(format!("{method} {path} answers {status}: {body}"));
            continue;
        };
        told.insert((kind.name, kind.path));
        let Some(known) = known.get(kind.name) else { continue };
        let mut complaints = Vec::new();
        known.schema.check(&body, kind.name, &mut complaints);
        wrong.extend(complaints);
        if let Some(recorded) = known.headers.get(kind.path) {
            let headers = headers(names.into_iter());
            if !recorded.contains(&headers) {
                wrong.insert(format!("{method} {}: headers {headers:?}, recorded {recorded:?}", kind.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), Vec::from_iter(wrong).join("\n"));
    let untold: Vec<_> = KINDS.iter().filter(|k| !told.contains(&(k.name, k.path))).map(|k| k.path).collect();
    assert!(untold.is_empty(), "the story asks nothing of {untold:?}");
    let unrecorded: Vec<_> = KINDS.iter().filter(|k| !known.contains_key(k.name)).map(|k| k.name).collect();
    assert!(unrecorded.is_empty(), "nothing was recorded of {unrecorded:?}");
}
