//! How the gateways themselves split a service, by the routes their Envoys tell.

use serde_json::Value;

use super::snapshot::ShiftSnapshot;
use crate::model::traffic::fields::{field, items, text, walk};
use crate::model::traffic::shift::Shares;
use crate::ops::traffic::witness::Witnesses;

/// How every gateway that can be asked splits the service: none where it has these shares, else what it has. A gateway that has no
/// such split does not lead to the service.
pub(super) async fn on_gateways(
    witnesses: &Witnesses,
    snapshot: &ShiftSnapshot,
    shares: Shares,
) -> Vec<(String, Option<String>)> {
    let mut told = Vec::new();
    for gateway in witnesses.gateways() {
        let Ok(routes) = gateway.admin.routes().await else {
            told.push((gateway.id.clone(), Some("unknown, it does not answer".to_owned())));
            continue;
        };
        let found = splits(&routes, &snapshot.from_seen.cluster, &snapshot.to_seen.cluster);
        // A rule that shares requests out is there, on every gateway its route is bound to.
        let bound = snapshot.entries.route.is_some() && snapshot.in_front.api.contains(&gateway.of);
        if bound && found.is_empty() && shares.from > 0 && shares.to > 0 {
            told.push((gateway.id.clone(), Some("nothing between them".to_owned())));
            continue;
        }
        let wrong = found.into_iter().find(|has| !alike(*has, shares));
        told.push((gateway.id.clone(), wrong.map(|(from, to)| Shares { from, to }.to_string())));
    }
    told
}

/// Whether a split is the wanted one: Envoy's weights are parts of 10,000, which a route with more services scales down.
fn alike((from, to): (i64, i64), shares: Shares) -> bool {
    let (has, wants) = (from + to, shares.pool());
    if has == 0 || wants == 0 {
        return has == wants;
    }
    (from * wants - shares.from * has).abs() <= 2 * wants.max(has)
}

/// The weights of two clusters in every split that names one of them.
fn splits(routes: &Value, from: &str, to: &str) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    walk(routes, &mut |value| {
        let clusters = field(value, "weighted_clusters");
        if clusters.is_null() {
            return;
        }
        let weight = |name: &str| -> Option<i64> {
            let of: Vec<i64> = items(clusters, "clusters")
                .filter(|c| text(c, "name") == name)
                .map(|c| field(c, "weight").as_i64().unwrap_or(0))
                .collect();
            (!of.is_empty()).then(|| of.iter().sum())
        };
        if let (Some(from), Some(to)) = (weight(from), weight(to)) {
            found.push((from, to));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_gateway_splits_is_read_from_its_routes() {
        let dump = json!({"configs": [{"route_config": {"virtual_hosts": [
            {"routes": [{"match": {"prefix": "/pinned"}, "route": {"cluster": "v1.web"}},
                {"route": {"weighted_clusters": {"clusters": [{"name": "v1.web", "weight": 9000}, {"name": "v2.web", "weight": 1000}]}}}]},
            {"routes": [{"route": {"weighted_clusters": {"clusters": [{"name": "site-old", "weight": 10000}]}}}]}]}}]});
        let found = splits(&dump, "v1.web", "v2.web");
        assert_eq!(found, [(9000, 1000)]);
        let is = |from, to| alike(found[0], Shares { from, to });
        assert!(is(9000, 1000) && is(4500, 500) && !is(9500, 500) && !is(10_000, 0));
    }
}
