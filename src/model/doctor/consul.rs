//! What Nomad and Consul say of each other's instances.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::consul::health::{Check, CheckStatus, ServiceEntry, ServiceRegistration};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::service::CheckResult;
use crate::model::check_words::called;
use crate::model::doctor::{Fault, Object};
use crate::model::ids::{shell_word, short};
use crate::model::words::{count, either};

const FIX_GONE: &str = "fleet doctor --fix FD301";
const FIX_TWICE: &str = "fleet doctor --fix FD302";

fn of(service: &str, alloc_id: &str) -> Object {
    Object::Instance { service: service.to_owned(), alloc_id: alloc_id.to_owned() }
}

/// The kinds of config entries that name services, in the order in which they are read.
pub const NAMING: [Kind; 8] = [
    Kind::ServiceResolver,
    Kind::ServiceSplitter,
    Kind::ServiceRouter,
    Kind::ServiceIntentions,
    Kind::TerminatingGateway,
    Kind::IngressGateway,
    Kind::HttpRoute,
    Kind::TcpRoute,
];

/// The entries that name services of which there are no instances, and that no other entry makes of others.
#[must_use]
pub fn of_entries(entries: &[ConfigEntry], services: &BTreeSet<String>) -> Vec<Fault> {
    let makes = |e: &&ConfigEntry| {
        matches!(e.kind(), Some(Kind::ServiceResolver | Kind::ServiceSplitter | Kind::ServiceRouter))
    };
    let made: BTreeSet<&str> = entries.iter().filter(makes).map(ConfigEntry::name).collect();
    let mut all = Vec::new();
    for entry in entries {
        let mut missing = named(entry);
        missing.retain(|name| {
            let other = name.as_str() != entry.name() || entry.kind() == Some(Kind::ServiceIntentions);
            let known = services.contains(name) || (other && made.contains(name.as_str()));
            !name.is_empty() && name != "*" && !known
        });
        if missing.is_empty() {
            continue;
        }
        let names: Vec<String> = missing.into_iter().collect();
        let text = format!("names {}, and there is no instance of it", names.join(", "));
        let kind = entry.kind_name();
        all.push(
            Fault::new("FD304", format!("{kind}/{}", entry.name()), text)
                .next(format!("fleet config show {}", shell_word(&format!("{kind}/{}", entry.name())))),
        );
    }
    all
}

/// The services that an entry leads to.
fn named(entry: &ConfigEntry) -> BTreeSet<String> {
    let fields = Value::Object(entry.fields.clone());
    let mut all = BTreeSet::new();
    let mut add = |value: &Value| {
        all.extend(value.as_str().map(str::to_owned));
    };
    let each = |value: &Value| -> Vec<Value> { value.as_array().cloned().unwrap_or_default() };
    match entry.kind() {
        Some(Kind::ServiceIntentions) => {
            add(&fields["Name"]);
            each(&fields["Sources"])
                .iter()
                .filter(|s| s["Peer"].as_str().is_none_or(str::is_empty))
                .for_each(|s| add(&s["Name"]));
        }
        Some(Kind::ServiceRouter) => {
            each(&fields["Routes"]).iter().for_each(|r| add(&r["Destination"]["Service"]));
        }
        Some(Kind::ServiceSplitter) => each(&fields["Splits"]).iter().for_each(|s| add(&s["Service"])),
        Some(Kind::ServiceResolver) => {
            add(&fields["Redirect"]["Service"]);
            for failover in fields["Failover"].as_object().into_iter().flat_map(|f| f.values()) {
                add(&failover["Service"]);
                each(&failover["Targets"]).iter().for_each(|t| add(&t["Service"]));
            }
        }
        Some(Kind::TerminatingGateway | Kind::TcpRoute) => {
            each(&fields["Services"]).iter().for_each(|s| add(&s["Name"]));
        }
        Some(Kind::IngressGateway) => {
            each(&fields["Listeners"])
                .iter()
                .flat_map(|l| each(&l["Services"]))
                .for_each(|s| add(&s["Name"]));
        }
        Some(Kind::HttpRoute) => {
            each(&fields["Rules"]).iter().flat_map(|r| each(&r["Services"])).for_each(|s| add(&s["Name"]));
        }
        _ => {}
    }
    all
}

/// An instance of Nomad's in Consul: of which service, by which allocation, at which of Consul's nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Registered {
    /// The service's name.
    pub service: String,
    /// The allocation's id, as the id of the registration has it.
    pub alloc_id: String,
    /// The node, by its name in Consul.
    pub node: String,
}

impl Registered {
    /// The instance that a check belongs to; none where it is not Nomad's.
    #[must_use]
    pub fn of_check(check: &Check) -> Option<Self> {
        let alloc_id = ServiceRegistration::alloc_in(&check.service_id)?.to_owned();
        Some(Registered { service: check.service_name.clone(), alloc_id, node: check.node.clone() })
    }

    /// An instance; none where it is not Nomad's.
    #[must_use]
    pub fn of_entry(entry: &ServiceEntry) -> Option<Self> {
        let alloc_id = entry.service.alloc_id()?.to_owned();
        Some(Registered { service: entry.service.service.clone(), alloc_id, node: entry.node.node.clone() })
    }
}

/// The faults of what is registered; `lives` says whether an allocation has not ended.
#[must_use]
pub fn of_registered(all: &BTreeSet<Registered>, lives: impl Fn(&str) -> bool) -> Vec<Fault> {
    let mut by_alloc: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for r in all {
        by_alloc.entry((&r.service, &r.alloc_id)).or_default().push(&r.node);
    }
    let mut faults = Vec::new();
    for ((service, alloc), nodes) in by_alloc {
        let fault = |code, text: String, fix| {
            Fault::new(code, format!("service {service}"), text).next(fix).object(of(service, alloc))
        };
        if !lives(alloc) {
            let text =
                format!("has an instance on {} whose allocation {} is gone", nodes.join(", "), short(alloc));
            faults.push(fault("FD301", text, FIX_GONE));
        }
        if nodes.len() > 1 {
            let text = format!("allocation {} is registered on {}", short(alloc), count(nodes.len(), "node"));
            faults.push(fault("FD302", text, FIX_TWICE));
        }
    }
    faults
}

/// The checks that are critical of allocations that have not ended. Those of a node count for every service with checks there.
#[must_use]
pub fn critical(checks: &[Check], lives: impl Fn(&str) -> bool) -> Vec<Fault> {
    let mut of_nodes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let fails = |c: &&Check| c.status == CheckStatus::Critical;
    for check in checks.iter().filter(fails).filter(|c| c.service_id.is_empty()) {
        of_nodes.entry(&check.node).or_default().insert(&check.name);
    }
    let mut by_alloc: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for check in checks {
        let Some(alloc) = ServiceRegistration::alloc_in(&check.service_id).filter(|id| lives(id)) else {
            continue;
        };
        let mut names: BTreeSet<&str> = of_nodes.get(check.node.as_str()).cloned().unwrap_or_default();
        names.extend(fails(&check).then_some(check.name.as_str()));
        if !names.is_empty() {
            by_alloc.entry((&check.service_name, alloc)).or_default().extend(names);
        }
    }
    let one = |((service, alloc), names): ((&str, &str), BTreeSet<&str>)| {
        let names: Vec<&str> = names.into_iter().collect();
        let what = count(names.len(), "check");
        let text = format!("{what} of allocation {} critical: {}", short(alloc), names.join(", "));
        Fault::new("FD303", format!("service {service}"), text).next(format!("fleet why {}", short(alloc)))
    };
    by_alloc.into_iter().map(one).collect()
}

/// The checks of an allocation that Nomad's client runs and that fail. Those whose failure holds no update do not count.
#[must_use]
pub fn failing(alloc: &AllocStub, results: &[CheckResult]) -> Vec<Fault> {
    let mut by_service: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for result in results.iter().filter(|r| r.status == "failure" && r.mode != "readiness") {
        by_service.entry(&result.service).or_default().insert(&result.check);
    }
    let one = |(service, names): (&str, BTreeSet<&str>)| {
        let (what, fails) = (count(names.len(), "check"), either(names.len(), "fails", "fail"));
        let names: Vec<String> = names.into_iter().map(|name| called(name, service)).collect();
        let text = format!("{what} of allocation {} {fails}: {}", short(&alloc.id), names.join(", "));
        Fault::new("FD303", format!("service {service}"), text)
            .within(&alloc.namespace)
            .next(format!("fleet why {}", short(&alloc.id)))
    };
    by_service.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn checks_that_nomad_runs_are_told_as_those_in_consul_are() {
        let alloc: AllocStub = serde_json::from_value(json!({
            "ID": "00000002-e1ab-33a3-bbea-1ddbafe8a05a", "Name": "web.g[0]", "Namespace": "shop", "JobID": "web",
            "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap();
        let result = |check: &str, status: &str, mode: &str| -> CheckResult {
            serde_json::from_value(json!({"Check": check, "Service": "web", "Status": status, "Mode": mode}))
                .unwrap()
        };
        let results = [
            result("service: \"web\" check", "failure", "healthiness"),
            result("slow", "failure", "readiness"),
            result("alive", "success", "healthiness"),
        ];
        let told = failing(&alloc, &results);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].code, told[0].subject.as_str()), ("FD303", "service web"));
        assert_eq!(told[0].namespace.as_deref(), Some("shop"));
        assert_eq!(told[0].text, "1 check of allocation 00000002 fails: the check of web");
        assert!(failing(&alloc, &results[1..]).is_empty());
    }

    #[test]
    fn what_is_gone_doubled_or_critical_is_told_of_the_service() {
        let alloc = |n: u8| format!("{n:08}-e1ab-33a3-bbea-1ddbafe8a05a");
        let check = |n: u8, node: &str, status: &str| -> Check {
            serde_json::from_value(
                json!({"CheckID": "c", "Name": "http", "Node": node, "Status": status, "ServiceName": "web",
                "ServiceID": format!("_nomad-task-{}-group-g-web-http", alloc(n))}),
            )
            .unwrap()
        };
        let checks = [
            check(1, "c1", "passing"),
            check(2, "c1", "critical"),
            check(3, "c1", "passing"),
            check(4, "c1", "passing"),
            check(4, "c2", "passing"),
        ];
        let agent: Check = serde_json::from_value(
            json!({"CheckID": "serfHealth", "Name": "Serf Health Status", "Node": "c2", "Status": "critical"}),
        )
        .unwrap();
        let checks: Vec<Check> = checks.into_iter().chain([agent]).collect();
        let gone = alloc(3);
        let lives = |id: &str| id != gone;
        let registered = checks.iter().filter_map(Registered::of_check).collect();
        let mut told = of_registered(&registered, lives);
        told.extend(critical(&checks, lives));
        let told: Vec<String> =
            told.iter().map(|f| format!("{} {}: {}", f.code, f.subject, f.text)).collect();
        let expected = [
            "FD301 service web: has an instance on c1 whose allocation 00000003 is gone",
            "FD302 service web: allocation 00000004 is registered on 2 nodes",
            "FD303 service web: 1 check of allocation 00000002 critical: http",
            "FD303 service web: 1 check of allocation 00000004 critical: Serf Health Status",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn an_entry_that_names_what_nothing_stands_for_is_told() {
        let entry = |value: Value| ConfigEntry::of(value).unwrap();
        let entries = [
            entry(
                json!({"Kind": "service-intentions", "Name": "web", "Sources": [{"Name": "*"}, {"Name": "old"}]}),
            ),
            entry(
                json!({"Kind": "service-router", "Name": "front", "Routes": [{"Destination": {"Service": "api"}}, {"Match": {}}]}),
            ),
            entry(
                json!({"Kind": "service-splitter", "Name": "api", "Splits": [{"Weight": 50}, {"Weight": 50, "Service": "api-v2"}]}),
            ),
            entry(
                json!({"Kind": "service-resolver", "Name": "db", "Redirect": {"Service": "web"}, "Failover": {"*": {"Targets": [{"Service": "db-eu"}]}}}),
            ),
            entry(
                json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [{"Services": [{"Name": "front"}, {"Name": "gone"}]}]}),
            ),
            entry(json!({"Kind": "http-route", "Name": "r", "Rules": [{"Services": [{"Name": "web"}]}]})),
        ];
        let told = of_entries(&entries, &BTreeSet::from(["web".to_owned()]));
        let told: Vec<String> = told.iter().map(|f| format!("{} {}", f.subject, f.text)).collect();
        assert_eq!(
            told,
            [
                "service-intentions/web names old, and there is no instance of it",
                "service-splitter/api names api-v2, and there is no instance of it",
                "service-resolver/db names db-eu, and there is no instance of it",
                "ingress-gateway/in names gone, and there is no instance of it",
            ]
        );
    }
}
