//! What Nomad and Consul say of each other's instances.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::consul::health::{Check, CheckStatus, ServiceRegistration};
use crate::model::doctor::Fault;
use crate::model::ids::short;
use crate::model::words::count;

/// The faults that Consul's checks show, all of them together; `lives` says whether an allocation has not ended.
#[must_use]
pub fn of_checks(checks: &[Check], lives: impl Fn(&str) -> bool) -> Vec<Fault> {
    let mut gone: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut critical: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    let mut instances: BTreeMap<(&str, &str), BTreeSet<(&str, &str)>> = BTreeMap::new();
    for check in checks {
        let Some(alloc) = ServiceRegistration::alloc_in(&check.service_id) else { continue };
        let key = (check.service_name.as_str(), alloc);
        instances.entry((&check.service_name, alloc)).or_default().insert((&check.node, &check.service_id));
        if !lives(alloc) {
            gone.entry(key).or_default().insert(&check.node);
        } else if check.status == CheckStatus::Critical {
            critical.entry(key).or_default().push(&check.name);
        }
    }
    let mut all = Vec::new();
    for ((service, alloc), nodes) in gone {
        let on: Vec<&str> = nodes.into_iter().collect();
        let text = format!("has an instance on {} whose allocation {} is gone", on.join(", "), short(alloc));
        all.push(Fault::new("FD301", format!("service {service}"), text));
    }
    for ((service, alloc), on) in instances {
        let nodes: BTreeSet<&str> = on.iter().map(|(node, _)| *node).collect();
        if nodes.len() > 1 {
            let text = format!("allocation {} is registered on {}", short(alloc), count(nodes.len(), "node"));
            all.push(Fault::new("FD302", format!("service {service}"), text));
        }
    }
    for ((service, alloc), names) in critical {
        let text = format!(
            "{} of allocation {} critical: {}",
            count(names.len(), "check"),
            short(alloc),
            names.join(", ")
        );
        all.push(
            Fault::new("FD303", format!("service {service}"), text)
                .next(format!("fleet why {}", short(alloc))),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
        let gone = alloc(3);
        let told = of_checks(&checks, |id| id != gone);
        let told: Vec<String> =
            told.iter().map(|f| format!("{} {}: {}", f.code, f.subject, f.text)).collect();
        let expected = [
            "FD301 service web: has an instance on c1 whose allocation 00000003 is gone",
            "FD302 service web: allocation 00000004 is registered on 2 nodes",
            "FD303 service web: 1 check of allocation 00000002 critical: http",
        ];
        assert_eq!(told, expected);
    }
}
