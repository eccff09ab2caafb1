//! Why something could not be placed, in plain words.

use std::collections::BTreeSet;

use crate::api::nomad::evaluation::PlacementMetric;
use crate::model::words;

/// What the scheduler calls a driver that a node has not.
const MISSING_DRIVERS: &str = "missing drivers";

/// [`explain`], with the drivers of the group by name, which the scheduler leaves out.
#[must_use]
pub fn explain_of<'a>(metric: &PlacementMetric, drivers: impl IntoIterator<Item = &'a str>) -> String {
    let drivers: BTreeSet<&str> = drivers.into_iter().filter(|d| !d.is_empty()).collect();
    let named = drivers.iter().copied().collect::<Vec<_>>().join(", ");
    let told = explain(metric);
    match drivers.len() {
        0 => told,
        1 => told.replace(MISSING_DRIVERS, &format!("the missing driver {named}")),
        _ => told.replace(MISSING_DRIVERS, &format!("{MISSING_DRIVERS} (of {named})")),
    }
}

/// One sentence without a full stop, the most telling reasons first: `no room: memory on 3 nodes; 2 ruled out by
/// ${attr.kernel.name} = linux`.
#[must_use]
pub fn explain(metric: &PlacementMetric) -> String {
    let mut reasons = Vec::new();
    if !metric.dimension_exhausted.is_empty() {
        let lacking = metric
            .dimension_exhausted
            .iter()
            .map(|(what, nodes)| format!("{what} on {}", words::count(*nodes, "node")));
        reasons.push(format!("no room: {}", lacking.collect::<Vec<_>>().join(", ")));
    }
    for (constraint, nodes) in &metric.constraint_filtered {
        reasons.push(format!("{} ruled out by {constraint}", words::count(*nodes, "node")));
    }
    if !metric.quota_exhausted.is_empty() {
        reasons.push(format!("quota exhausted: {}", metric.quota_exhausted.join(", ")));
    }
    if reasons.is_empty() && metric.nodes_evaluated == 0 {
        return "no eligible node in its pool and datacenters".to_owned();
    }
    if reasons.is_empty() {
        return "every node was ruled out".to_owned();
    }
    reasons.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_missing_driver_is_named_where_the_group_is_known() {
        let metric = PlacementMetric {
            nodes_evaluated: 3,
            constraint_filtered: BTreeMap::from([("missing drivers".into(), 3)]),
            ..PlacementMetric::default()
        };
        assert_eq!(explain_of(&metric, []), "3 nodes ruled out by missing drivers");
        let one = explain_of(&metric, ["docker", "docker"]);
        assert_eq!(one, "3 nodes ruled out by the missing driver docker");
        let two = explain_of(&metric, ["exec", "docker"]);
        assert_eq!(two, "3 nodes ruled out by missing drivers (of docker, exec)");
    }

    #[test]
    fn room_comes_before_rules_and_nothing_is_said_of_nothing() {
        let metric = PlacementMetric {
            nodes_evaluated: 6,
            dimension_exhausted: BTreeMap::from([("memory".into(), 3), ("cpu".into(), 1)]),
            constraint_filtered: BTreeMap::from([("${node.class} = gpu".into(), 2)]),
            ..PlacementMetric::default()
        };
        assert_eq!(
            explain(&metric),
            "no room: cpu on 1 node, memory on 3 nodes; 2 nodes ruled out by ${node.class} = gpu"
        );
        assert_eq!(explain(&PlacementMetric::default()), "no eligible node in its pool and datacenters");
        let ruled_out = PlacementMetric { nodes_evaluated: 2, ..PlacementMetric::default() };
        assert_eq!(explain(&ruled_out), "every node was ruled out");
    }
}
