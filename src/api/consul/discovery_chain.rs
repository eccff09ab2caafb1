//! What Consul makes of a service's config entries: its discovery chain (`mesh.md §5`).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::http::{Get, segment};
use crate::api::wire::nullable;

/// The compiled chain of a service.
#[must_use]
pub fn get(service: &str) -> Get<Compiled> {
    Get::new(
        format!("/v1/discovery-chain/{}", segment(service)),
        format!("read the discovery chain of {service}"),
    )
    .needs(format!("service {service:?} {{ policy = \"read\" }}"))
}

/// A compiled chain in its envelope.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Compiled {
    /// The chain.
    pub chain: Chain,
}

/// A compiled chain.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Chain {
    /// `tcp`, `http`, `http2` or `grpc`.
    pub protocol: String,
    /// Name of the node that a request meets first.
    pub start_node: String,
    /// By name.
    #[serde(deserialize_with = "nullable")]
    pub nodes: BTreeMap<String, Node>,
    /// What instances there are to reach, by id such as `v1.web.default.default.dc1`.
    #[serde(deserialize_with = "nullable")]
    pub targets: BTreeMap<String, Target>,
}

/// A node of a chain.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Node {
    /// `router`, `splitter` or `resolver`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The splits of a splitter.
    #[serde(deserialize_with = "nullable")]
    pub splits: Vec<Split>,
    /// The routes of a router, those of its entry first; the last one takes what no other matches.
    #[serde(deserialize_with = "nullable")]
    pub routes: Vec<Route>,
    /// What a resolver resolves to.
    #[serde(deserialize_with = "nullable")]
    pub resolver: Resolver,
}

/// A route of a router.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Route {
    /// Name of the node that it goes to.
    pub next_node: String,
}

/// What a resolver resolves to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Resolver {
    /// Id of the target; where it fails over to is not part of it.
    pub target: String,
}

/// A share of the requests.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Split {
    /// Percent, to two decimals; 0 is left out by Consul.
    pub weight: f64,
    /// Name of the node that it goes to.
    pub next_node: String,
}

/// A set of instances.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Target {
    /// The service.
    pub service: String,
    /// The subset of its instances; empty for all.
    pub service_subset: String,
    /// The filter that makes the subset.
    pub subset: Subset,
    /// What Envoy calls the cluster, `v1.web.default.dc1.internal.<trust domain>.consul`.
    pub name: String,
}

/// What makes a subset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Subset {
    /// Over the entries of `/v1/health/connect`.
    pub filter: String,
    /// Whether instances with a warning are left out.
    pub only_passing: bool,
}

impl Chain {
    /// The target of a service's subset, the empty one for all instances.
    #[must_use]
    pub fn target(&self, service: &str, subset: &str) -> Option<&Target> {
        self.targets.values().find(|t| t.service == service && t.service_subset == subset)
    }

    /// The routes of a service's router by which requests get to a cluster, named as Envoy names it, without a look at the split of
    /// that service; one description each.
    #[must_use]
    pub fn ways_round(&self, service: &str, cluster: &str) -> Vec<String> {
        let Some((last, routes)) = self.start().and_then(|start| start.routes.split_last()) else {
            return Vec::new();
        };
        let round = routes.iter().enumerate().filter(|(_, route)| {
            route.next_node != last.next_node && self.reaches(&route.next_node, cluster, self.nodes.len())
        });
        round.map(|(at, _)| format!("Routes[{at}] of service-router/{service}")).collect()
    }

    /// All ways by which requests get to a cluster: none where nothing goes there. A split of 0 % leads nowhere, and a failover is no
    /// way.
    #[must_use]
    pub fn ways_to(&self, service: &str, cluster: &str) -> Vec<String> {
        let mut ways = self.ways_round(service, cluster);
        let rest = self.start().and_then(|start| start.routes.last()).map(|route| &route.next_node);
        if self.reaches(rest.unwrap_or(&self.start_node), cluster, self.nodes.len()) {
            ways.push(format!("the split of {service}"));
        }
        ways
    }

    fn start(&self) -> Option<&Node> {
        self.nodes.get(&self.start_node)
    }

    /// Whether requests that come to a node get to a cluster, so many nodes away at most.
    fn reaches(&self, node: &str, cluster: &str, most: usize) -> bool {
        let (Some(node), Some(most)) = (self.nodes.get(node), most.checked_sub(1)) else {
            return false;
        };
        self.targets.get(&node.resolver.target).is_some_and(|target| target.name == cluster)
            || node.routes.iter().any(|route| self.reaches(&route.next_node, cluster, most))
            || node
                .splits
                .iter()
                .any(|split| split.weight > 0.0 && self.reaches(&split.next_node, cluster, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As Consul 1.21 tells it, for a router whose first route names a subset.
    fn chain(v1: f64, first: &str) -> Chain {
        let resolver =
            |subset: &str| json!({"Type": "resolver", "Resolver": {"Target": format!("{subset}.web.dc1")}});
        let target = |subset: &str| json!({"Service": "web", "ServiceSubset": subset, "Name": format!("{subset}.web.consul")});
        serde_json::from_value(json!({"Protocol": "http", "StartNode": "router:web",
            "Nodes": {
                "router:web": {"Type": "router", "Routes": [{"NextNode": first}, {"NextNode": "splitter:web"}, {"NextNode": "splitter:web"}]},
                "splitter:web": {"Type": "splitter", "Splits": [
                    {"Weight": v1, "NextNode": "resolver:v1"}, {"Weight": 100.0 - v1, "NextNode": "resolver:v2"}]},
                "resolver:v1": resolver("v1"), "resolver:v2": resolver("v2")},
            "Targets": {"v1.web.dc1": target("v1"), "v2.web.dc1": target("v2")}}))
        .unwrap()
    }

    #[test]
    fn a_route_past_the_split_is_a_way_to_a_side_that_has_no_share() {
        let ways =
            |chain: &Chain| (chain.ways_to("web", "v1.web.consul"), chain.ways_round("web", "v1.web.consul"));
        let route = || vec!["Routes[0] of service-router/web".to_owned()];
        assert_eq!(ways(&chain(0.0, "resolver:v1")), (route(), route()));
        assert_eq!(ways(&chain(0.0, "resolver:v2")), (vec![], vec![]));
        assert_eq!(ways(&chain(10.0, "splitter:web")), (vec!["the split of web".to_owned()], vec![]));
        let bare = Chain { start_node: "resolver:v1".to_owned(), ..chain(0.0, "splitter:web") };
        assert_eq!(ways(&bare), (vec!["the split of web".to_owned()], vec![]));
        assert_eq!(ways(&Chain::default()), (vec![], vec![]));
    }
}
