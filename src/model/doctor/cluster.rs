//! What may go wrong with the servers, the nodes and the rights of a cluster.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::api::nomad::node::{Eligibility, NodeStatus, NodeStub, unhealthy_drivers};
use crate::api::nomad::operator::{AutopilotHealth, SchedulerConfig};
use crate::model::doctor::{Fault, Object};
use crate::model::ids::shell_word;
use crate::model::why::some_of;
use crate::model::words::{count, either};

/// How many names are told.
const MOST: usize = 5;

/// The faults of the servers as autopilot sees them.
#[must_use]
pub fn of_servers(health: &AutopilotHealth) -> Vec<Fault> {
    let mut all = Vec::new();
    let n = health.servers.len();
    let list = |fault: Fault| fault.next("fleet server list");
    if n == 1 {
        all.push(list(Fault::new(
            "FD201",
            "cluster",
            "there is one server: its loss is the loss of the cluster's state",
        )));
    } else if n > 0 && n.is_multiple_of(2) {
        let text = format!("there are {}: they bear no more losses than {} would", count(n, "server"), n - 1);
        all.push(list(Fault::new("FD201", "cluster", text)));
    }
    if n > 1 && health.failure_tolerance < 1 {
        all.push(list(Fault::new(
            "FD202",
            "cluster",
            "no server may fail: the loss of one more is the loss of the quorum",
        )));
    }
    for server in health.servers.iter().filter(|s| !s.voter) {
        all.push(list(Fault::new(
            "FD211",
            format!("server {}", server.name),
            "does not vote: it does not count for the quorum",
        )));
    }
    all.extend(versions("server", health.servers.iter().map(|s| (s.name.as_str(), s.version.as_str()))));
    all
}

/// The faults of the nodes.
#[must_use]
pub fn of_nodes(nodes: &[NodeStub]) -> Vec<Fault> {
    let mut all = Vec::new();
    for node in nodes {
        let subject = format!("node {}", node.name);
        let command = format!("fleet why {} --kind node", shell_word(&node.name));
        if matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected) {
            all.push(
                Fault::new("FD212", &subject, format!("is {}: its heartbeats are missed", node.status))
                    .next(command),
            );
            continue;
        }
        let sick = unhealthy_drivers(&node.drivers);
        if !sick.is_empty() {
            let verb = either(sick.len(), "is", "are");
            all.push(
                Fault::new("FD213", &subject, format!("{} {verb} not healthy", sick.join(", ")))
                    .next(command),
            );
        }
        let idle = node.status == NodeStatus::Ready
            && node.scheduling_eligibility == Eligibility::Ineligible
            && !node.drain;
        if idle {
            let text = "is ready and ineligible, and no drain goes on: it takes no new work";
            all.push(
                Fault::new("FD214", subject, text)
                    .next("fleet doctor --fix FD214")
                    .object(Object::Node(node.id.clone())),
            );
        }
    }
    let alive = nodes.iter().filter(|n| n.status == NodeStatus::Ready);
    all.extend(versions("node", alive.map(|n| (n.name.as_str(), n.version.as_str()))));
    all
}

/// Agents of several versions.
fn versions<'a>(kind: &str, agents: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Fault> {
    let mut by_version: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, version) in agents.filter(|(_, v)| !v.is_empty()) {
        by_version.entry(version).or_default().push(name.to_owned());
    }
    if by_version.len() < 2 {
        return None;
    }
    let told = by_version.iter().map(|(version, names)| format!("{version} ({})", some_of(names, MOST)));
    let text = format!("{kind}s run several versions: {}", told.collect::<Vec<_>>().join(", "));
    Some(Fault::new("FD203", "cluster", text).next(if kind == "node" {
        "fleet node list"
    } else {
        "fleet server list"
    }))
}

/// The faults of the scheduler's configuration.
#[must_use]
pub fn of_scheduler(config: &SchedulerConfig) -> Vec<Fault> {
    let mut all = Vec::new();
    let show = |fault: Fault| fault.next("fleet operator scheduler show");
    let mend = |text: &str, switch: &'static str| {
        let fault = Fault::new("FD209", "cluster", text).next("fleet doctor --fix FD209");
        fault.object(Object::SchedulerSwitch(switch))
    };
    if config.pause_eval_broker {
        all.push(mend("the evaluation broker is paused: nothing is placed", "PauseEvalBroker"));
    }
    if config.reject_job_registration {
        all.push(mend("registrations of jobs are refused", "RejectJobRegistration"));
    }
    if config.preemption_config.service_scheduler_enabled {
        all.push(show(Fault::new("FD210", "cluster", "service jobs may evict others of a lower priority")));
    }
    all
}

/// The faults of the configuration of the agent that answers. What stays on one machine needs no encryption.
#[must_use]
pub fn of_agent(own: &Value) -> Vec<Fault> {
    let (config, mut all) = (&own["config"], Vec::new());
    if config["ACL"]["Enabled"] == false {
        let text = "ACLs are off: whoever reaches an agent may do everything";
        all.push(Fault::new("FD204", "cluster", text).next("fleet doctor --explain FD204"));
    }
    let bound = config["BindAddr"].as_str().unwrap_or_default();
    if bound.starts_with("127.") || bound == "::1" {
        return all;
    }
    let tls = config.get("TLSConfig").filter(|t| t.is_object());
    let off = |what: &str| tls.is_none_or(|t| t[what] != true);
    let plain: Vec<&str> = [("EnableHTTP", "HTTP"), ("EnableRPC", "RPC")]
        .into_iter()
        .filter(|(key, _)| off(key))
        .map(|(_, name)| name)
        .collect();
    if !plain.is_empty() {
        let text = format!("TLS is off for {}: tokens and secrets travel in the clear", plain.join(" and "));
        all.push(Fault::new("FD205", "cluster", text).next("fleet doctor --explain FD205"));
    }
    if own["stats"]["serf"]["encrypted"] == "false" {
        all.push(Fault::new("FD206", "cluster", "the gossip between the servers is not encrypted"));
    }
    all
}

/// That nobody leads the servers: what has to be asked of a leader was answered so (`nomad-api.md §1.6a`).
#[must_use]
pub fn no_leader() -> Fault {
    let text = "the servers have no leader: nothing is placed, moved or replaced, and nothing can be written";
    Fault::new("FD222", "cluster", text).next("fleet server list")
}

/// What whoever has no token may do, by the rules of the policy `anonymous`.
#[must_use]
pub fn of_anonymous(rules: &str) -> Option<Fault> {
    let writes = ["\"write\"", "submit-job", "alloc-exec", "alloc-lifecycle", "\"deny\""];
    let writes = writes.iter().take(4).any(|word| rules.contains(word));
    let text = if writes { "may change things" } else { "may read things" };
    (!rules.trim().is_empty()).then(|| {
        Fault::new("FD207", "policy anonymous", format!("whoever has no token {text}"))
            .next("fleet acl policy show anonymous")
    })
}

/// Tokens that never expire, as their names and when they expire; the one the cluster began with cannot.
#[must_use]
pub fn of_tokens<'a>(tokens: impl Iterator<Item = (&'a str, Option<Timestamp>)>) -> Option<Fault> {
    let names: Vec<String> = tokens
        .filter(|(name, expires)| expires.is_none() && *name != "Bootstrap Token")
        .map(|(name, _)| name.to_owned())
        .collect();
    (!names.is_empty()).then(|| {
        let verb = either(names.len(), "never expires", "never expire");
        let text = format!("{} {verb}: {}", count(names.len(), "token"), some_of(&names, MOST));
        Fault::new("FD208", "cluster", text).next("fleet acl token list")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(faults: impl IntoIterator<Item = Fault>) -> Vec<String> {
        faults.into_iter().map(|f| format!("{} {}: {}", f.code, f.subject, f.text)).collect()
    }

    fn servers(n: usize, tolerance: i64) -> AutopilotHealth {
        let all: Vec<Value> = (0..n)
            .map(|i| json!({"ID": i.to_string(), "Name": format!("s{i}"), "Voter": true, "Version": "2.0.5"}))
            .collect();
        serde_json::from_value(json!({"FailureTolerance": tolerance, "Servers": all})).unwrap()
    }

    #[test]
    fn a_cluster_as_it_should_be_has_no_fault() {
        assert!(told(of_servers(&servers(3, 1))).is_empty());
        assert!(told(of_scheduler(&SchedulerConfig::default())).is_empty());
        let secure = json!({"config": {"BindAddr": "10.0.0.1", "ACL": {"Enabled": true},
            "TLSConfig": {"EnableHTTP": true, "EnableRPC": true}}, "stats": {"serf": {"encrypted": "true"}}});
        assert!(told(of_agent(&secure)).is_empty());
        let loopback = json!({"config": {"BindAddr": "127.0.0.1", "ACL": {"Enabled": true}}, "stats": {"serf": {"encrypted": "false"}}});
        assert!(told(of_agent(&loopback)).is_empty());
        assert!(of_anonymous("").is_none());
        assert!(of_tokens([("Bootstrap Token", None)].into_iter()).is_none());
    }

    #[test]
    fn every_fault_of_a_cluster_is_found_by_its_own_code() {
        let mut mixed = servers(4, 0);
        mixed.servers[0].version = "1.9.0".into();
        mixed.servers[1].voter = false;
        let node = |name: &str, status: &str, healthy: bool| -> NodeStub {
            serde_json::from_value(json!({"ID": name, "Name": name, "Status": status, "SchedulingEligibility": "eligible",
                "Version": "2.0.5", "ModifyIndex": 1, "Drivers": {"docker": {"Detected": true, "Healthy": healthy}}}))
            .unwrap()
        };
        let scheduler: SchedulerConfig =
            serde_json::from_value(json!({"PauseEvalBroker": true, "RejectJobRegistration": true,
            "PreemptionConfig": {"ServiceSchedulerEnabled": true}}))
            .unwrap();
        let open = json!({"config": {"BindAddr": "0.0.0.0", "ACL": {"Enabled": false}}, "stats": {"serf": {"encrypted": "false"}}});
        let mut all = told(of_servers(&mixed));
        all.extend(told(of_servers(&servers(1, 0))));
        all.extend(told(of_nodes(&[node("c1", "down", true), node("c2", "ready", false)])));
        all.extend(told(of_scheduler(&scheduler)));
        all.extend(told(of_agent(&open)));
        all.extend(told(of_anonymous("namespace \"*\" { policy = \"write\" }")));
        all.extend(told(of_tokens([("ci", None), ("a", "2027-01-01T00:00:00Z".parse().ok())].into_iter())));
        let codes: Vec<&str> = all.iter().map(|text| &text[..5]).collect();
        let expected = [
            "FD201", "FD202", "FD211", "FD203", "FD201", "FD212", "FD213", "FD209", "FD209", "FD210",
            "FD204", "FD205", "FD206", "FD207", "FD208",
        ];
        assert_eq!(codes, expected, "{all:#?}");
    }
}
