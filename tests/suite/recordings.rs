//! Every recorded answer of a real Nomad and a real Consul decodes into the types of the call it belongs to, and every
//! recorded refusal is told for what it is.

use std::collections::BTreeMap;

use regex::Regex;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use fleet::api::Problem;
use fleet::api::http::{Endpoint, Get, Http, Patience};
use fleet::api::nomad::{
    EvalReply, acl, agent, allocation, deployment, evaluation, job, node, operator, plan, service, variable,
};
use fleet::api::{consul, http};

use crate::canned::{Canned, Recording, recordings};

/// Whether a body decodes.
type Decoder = fn(&Value) -> Result<(), String>;

fn into<T: DeserializeOwned>(body: &Value) -> Result<(), String> {
    serde_json::from_value::<T>(body.clone()).map(drop).map_err(|e| e.to_string())
}

/// Several calls may read the same route with types of their own.
type Route = (&'static str, &'static str, &'static [Decoder]);

const NOMAD: &[Route] = &[
    ("GET", "/v1/nodes", &[into::<Vec<node::NodeStub>>]),
    ("GET", "/v1/node/pools", &[into::<Vec<node::NodePool>>]),
    ("GET", "/v1/node/[^/]+", &[into::<node::Node>]),
    ("GET", "/v1/node/[^/]+/allocations", &[into::<Vec<allocation::Allocation>>]),
    ("PUT", "/v1/node/[^/]+/(drain|eligibility)", &[into::<node::NodeUpdate>]),
    ("GET", "/v1/jobs", &[into::<Vec<job::JobStub>>]),
    ("GET|POST", "/v1/jobs/statuses", &[into::<Vec<job::JobStatus>>, into::<Vec<job::JobBrief>>]),
    ("GET", "/v1/job/[^/]+", &[into::<job::Job>]),
    ("GET", "/v1/job/[^/]+/allocations", &[into::<Vec<allocation::AllocStub>>]),
    ("GET", "/v1/job/[^/]+/evaluations", &[into::<Vec<evaluation::Evaluation>>]),
    ("GET", "/v1/job/[^/]+/deployment", &[into::<Option<deployment::Deployment>>]),
    ("GET", "/v1/job/[^/]+/deployments", &[into::<Vec<deployment::Deployment>>]),
    ("PUT", "/v1/job/[^/]+/plan", &[into::<plan::PlanReply>]),
    ("GET", "/v1/allocations", &[into::<Vec<allocation::AllocStub>>, into::<Vec<allocation::AllocUse>>]),
    ("GET", "/v1/allocation/[^/]+", &[into::<allocation::Allocation>]),
    ("PUT", "/v1/allocation/[^/]+/stop", &[into::<EvalReply>]),
    ("GET", "/v1/evaluations", &[into::<Vec<evaluation::Evaluation>>]),
    ("GET", "/v1/evaluation/[^/]+", &[into::<evaluation::Evaluation>]),
    ("GET", "/v1/deployments", &[into::<Vec<deployment::Deployment>>]),
    ("GET", "/v1/deployment/[^/]+", &[into::<deployment::Deployment>]),
    ("GET", "/v1/deployment/allocations/[^/]+", &[into::<Vec<allocation::AllocStub>>]),
    ("GET", "/v1/operator/scheduler/configuration", &[into::<operator::SchedulerReply>]),
    ("GET", "/v1/operator/autopilot/health", &[into::<operator::AutopilotHealth>]),
    ("GET", "/v1/agent/members", &[into::<agent::Members>]),
    ("GET", "/v1/status/leader", &[into::<String>]),
    ("GET", "/v1/acl/token/self", &[into::<acl::Token>]),
    ("GET", "/v1/services", &[into::<Vec<service::NamespaceServices>>]),
    ("GET", "/v1/service/[^/]+", &[into::<Vec<service::ServiceInstance>>]),
    ("GET", "/v1/vars", &[into::<Vec<variable::VariableMeta>>]),
    ("GET|PUT", "/v1/var/.+", &[into::<variable::Variable>]),
    // Recorded for the shapes the embedded fleet answers in.
    ("GET", "/v1/(regions|namespaces|status/peers|agent/(self|health)|acl/policies|client/stats)", &[]),
    ("GET", "/v1/operator/(raft|autopilot)/configuration", &[]),
    ("GET", "/v1/job/[^/]+/(versions|summary|scale)", &[]),
    ("POST", "/v1/jobs/parse", &[]),
    ("PUT", "/v1/(jobs|job/[^/]+/(revert|scale)|deployment/promote/[^/]+|node/[^/]+/purge)", &[]),
    ("PUT", "/v1/(agent/force-leave|operator/raft/transfer-leadership)", &[]),
];

const CONSUL: &[Route] = &[
    ("GET", "/v1/kv/.+", &[into::<Vec<consul::kv::Entry>>]),
    ("PUT", "/v1/kv/.+", &[into::<bool>]),
    ("GET", "/v1/health/service/[^/]+", &[into::<Vec<consul::health::ServiceEntry>>]),
    ("GET", "/v1/health/state/[^/]+", &[into::<Vec<consul::health::Check>>]),
    ("GET", "/v1/status/leader", &[into::<String>]),
    ("GET", "/v1/agent/self", &[into::<consul::agent::AgentSelf>]),
    ("GET", "/v1/catalog/services", &[into::<BTreeMap<String, Vec<String>>>]),
    ("GET", "/v1/catalog/nodes", &[into::<Vec<consul::catalog::CatalogNode>>]),
    ("PUT", "/v1/session/create", &[into::<consul::session::Created>]),
    ("PUT", "/v1/session/renew/.+", &[into::<Vec<consul::session::Session>>]),
    ("PUT", "/v1/session/destroy/.+", &[into::<bool>]),
    ("GET", "/v1/session/info/.+", &[into::<Vec<consul::session::Session>>]),
];

fn decoders(routes: &[Route], r: &Recording) -> Option<&'static [Decoder]> {
    let path = r.path.split('?').next().unwrap_or_default();
    let fits = |(method, pattern, _): &&Route| {
        method.split('|').any(|m| m == r.method)
            && Regex::new(&format!("^{pattern}$")).unwrap().is_match(path)
    };
    routes.iter().find(fits).map(|(_, _, decoders)| *decoders)
}

fn decode_all(product: &str, routes: &[Route]) {
    let all = recordings(product);
    assert!(all.len() > 20, "only {} recordings of {product}", all.len());
    let mut wrong = Vec::new();
    for r in &all {
        // An unhealthy autopilot answers in full (429), and a lock that is held shows the variable (409).
        let answered = r.answer.status < 300 || !r.body.is_string();
        if !answered {
            continue;
        }
        match decoders(routes, r) {
            None => wrong.push(format!("{}: no call is known for {} {}", r.name, r.method, r.path)),
            Some(decoders) => {
                let errors = decoders.iter().filter_map(|decode| decode(&r.body).err());
                wrong.extend(errors.map(|e| format!("{}: {e}", r.name)));
            }
        }
    }
    assert!(wrong.is_empty(), "{product}:\n{}", wrong.join("\n"));
}

#[test]
fn every_recording_of_nomad_decodes() {
    decode_all("nomad-2.0.5", NOMAD);
}

#[test]
fn every_recording_of_consul_decodes() {
    decode_all("consul-1.8.7", CONSUL);
}

/// What each recorded refusal is.
fn expected(name: &str) -> Problem {
    match name {
        "error-bogus-token-alloc"
        | "error-bogus-token-jobs"
        | "acl-permission-denied"
        | "acl-disabled"
        | "acl-token-self-anonymous" => Problem::Denied,
        "status-leader-after-leader-death" => Problem::NoLeader,
        "error-unknown-route" | "route-not-found" | "error-wrong-method" => Problem::Unsupported,
        "job-register-enforce-index-conflict" => Problem::Conflict,
        "error-unknown-region" => Problem::NoRegion,
        name if name.contains("not-found") || name.ends_with("-absent") || name.ends_with("-gone") => {
            Problem::NotFound
        }
        "job-submission-missing" => Problem::NotFound,
        // The text is all there is; nothing is decided by these.
        "deployment-promote-terminal"
        | "deployment-promote-too-early"
        | "plan-invalid"
        | "kv-acquire-dead-session"
        | "session-create-bad-ttl"
        | "health-service-bad-filter" => Problem::Server,
        name if name.starts_with("config-")
            && name != "config-put-unknown-key"
            && name != "config-unknown-kind" =>
        {
            Problem::Server
        }
        _ => Problem::Invalid,
    }
}

#[tokio::test]
async fn every_recorded_refusal_is_told_for_what_it_is() {
    let mut wrong = Vec::new();
    for product in ["nomad-2.0.5", "consul-1.8.7"] {
        for r in recordings(product) {
            if r.answer.status < 400 || !r.body.is_string() {
                continue;
            }
            let answer = r.answer.clone();
            let server = Canned::new(move |_| answer.clone());
            let which =
                if product.starts_with("nomad") { http::Product::Nomad } else { http::Product::Consul };
            let client = Http::new(endpoint(which, &server.url)).with_patience(Patience::NONE);
            let error = client.read(&Get::<IgnoredAny>::new(r.path.clone(), "ask")).await.unwrap_err();
            let as_expected = error.problem == expected(&r.name)
                && error.status == Some(r.answer.status)
                && !error.text.starts_with("rpc error");
            if !as_expected {
                wrong.push(format!("{}: {:?}: {error}", r.name, error.problem));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn endpoint(product: http::Product, url: &str) -> Endpoint {
    Endpoint {
        product,
        address: http::Address::parse(product, url).unwrap(),
        origin: "a test".to_owned(),
        token: None,
        basic: None,
        tls: http::TlsOptions::default(),
        params: Vec::new(),
    }
}
