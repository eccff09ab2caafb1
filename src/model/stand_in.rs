//! Whether a node can stand in for another.

use crate::api::nomad::node::NodeStub;

/// What the newcomer lacks of the node it is to stand in for; empty when it is alike. The class may differ: old and
/// new nodes are often told apart by it.
#[must_use]
pub fn differences(old: &NodeStub, new: &NodeStub) -> Vec<String> {
    let mut lacks = Vec::new();
    let mut same = |what: &str, old: &str, new: &str| {
        if old != new {
            lacks.push(format!("{what} {new:?} instead of {old:?}"));
        }
    };
    same("pool", &old.node_pool, &new.node_pool);
    same("datacenter", &old.datacenter, &new.datacenter);
    for (name, driver) in &old.drivers {
        let works = new.drivers.get(name).is_some_and(|d| d.detected && d.healthy);
        if driver.detected && driver.healthy && !works {
            lacks.push(format!("no healthy driver {name}"));
        }
    }
    lacks
}

/// How many of the old nodes have a stand-in among the newcomers, each newcomer standing in once.
#[must_use]
pub fn stand_ins(old: &[NodeStub], new: &[NodeStub]) -> usize {
    // Maximum matching by augmenting paths: the sets are a wave of nodes, a few dozen at most.
    let alike: Vec<Vec<usize>> = old
        .iter()
        .map(|o| (0..new.len()).filter(|&i| differences(o, &new[i]).is_empty()).collect())
        .collect();
    let mut taken: Vec<Option<usize>> = vec![None; new.len()];
    (0..old.len()).filter(|&o| augment(o, &alike, &mut taken, &mut vec![false; new.len()])).count()
}

fn augment(old: usize, alike: &[Vec<usize>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    for &new in &alike[old] {
        if std::mem::replace(&mut seen[new], true) {
            continue;
        }
        let free = match taken[new] {
            None => true,
            Some(other) => augment(other, alike, taken, seen),
        };
        if free {
            taken[new] = Some(old);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(pool: &str, datacenter: &str, drivers: &[&str]) -> NodeStub {
        let drivers: serde_json::Map<String, serde_json::Value> = drivers
            .iter()
            .map(|d| ((*d).to_owned(), serde_json::json!({"Detected": true, "Healthy": true})))
            .collect();
        serde_json::from_value(serde_json::json!({
            "ID": "x", "Name": "x", "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 1,
            "NodePool": pool, "Datacenter": datacenter, "Drivers": drivers,
        }))
        .unwrap()
    }

    #[test]
    fn pool_datacenter_and_drivers_must_be_there() {
        let old = node("default", "dc1", &["docker"]);
        assert!(differences(&old, &node("default", "dc1", &["docker", "exec"])).is_empty());
        assert_eq!(
            differences(&old, &node("gpu", "dc1", &["docker"])),
            ["pool \"gpu\" instead of \"default\""]
        );
        assert_eq!(differences(&old, &node("default", "dc1", &["exec"])), ["no healthy driver docker"]);
    }

    #[test]
    fn each_newcomer_stands_in_once_and_the_choice_is_the_best_one() {
        let docker = node("default", "dc1", &["docker"]);
        let exec = node("default", "dc1", &["exec"]);
        let both = node("default", "dc1", &["docker", "exec"]);
        let old = [docker.clone(), exec.clone()];
        assert_eq!(stand_ins(&old, std::slice::from_ref(&both)), 1);
        // Whichever takes `both` first, the other must find its own.
        assert_eq!(stand_ins(&old, &[both.clone(), docker]), 2);
        assert_eq!(stand_ins(&old, &[both, exec]), 2);
        assert_eq!(stand_ins(&old, &[]), 0);
    }
}
