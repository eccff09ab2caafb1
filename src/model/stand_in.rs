//! Whether a node can stand in for another, and how the two differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::api::nomad::node::Node;
use crate::model::capacity::offered_of;

/// More differences of metadata than this are counted, not listed.
const MOST_META: usize = 5;

/// Whether the newcomer has everything that work on the old node may need. The class, the version and most metadata may differ: old
/// and new nodes are often told apart by them.
#[must_use]
pub fn is_alike(old: &Node, new: &Node, needed_meta: &BTreeSet<String>) -> bool {
    old.node_pool == new.node_pool
        && old.datacenter == new.datacenter
        && missing_drivers(old, new).next().is_none()
        && missing_volumes(old, new).next().is_none()
        && missing_devices(old, new).next().is_none()
        && missing_meta(old, new, needed_meta).next().is_none()
}

/// What the newcomer lacks of the node it is to stand in for, in words; empty when it is alike. `needed_meta` are the keys of metadata
/// that the jobs refer to.
#[must_use]
pub fn lacks(old: &Node, new: &Node, needed_meta: &BTreeSet<String>) -> Vec<String> {
    let mut lacks = Vec::new();
    for (what, old, new) in
        [("pool", &old.node_pool, &new.node_pool), ("datacenter", &old.datacenter, &new.datacenter)]
    {
        lacks.extend((old != new).then(|| format!("{what} {new:?} instead of {old:?}")));
    }
    lacks.extend(missing_drivers(old, new).map(|name| format!("no healthy driver {name}")));
    lacks.extend(missing_volumes(old, new));
    lacks.extend(missing_devices(old, new));
    lacks.extend(
        missing_meta(old, new, needed_meta)
            .map(|key| format!("no meta.{key}, which a constraint of a job asks for")),
    );
    lacks
}

/// What is not the same and keeps nothing from moving, in words.
#[must_use]
pub fn differences(old: &Node, new: &Node) -> Vec<String> {
    let mut differs = Vec::new();
    let mut compare = |what: &str, old: &str, new: &str| {
        if old != new {
            differs.push(format!("{what} {new:?} instead of {old:?}"));
        }
    };
    compare("class", &old.node_class, &new.node_class);
    let version = |n: &Node| n.attributes.get("nomad.version").cloned().unwrap_or_default();
    compare("Nomad", &version(old), &version(new));
    let offered = |n: &Node| offered_of(n.node_resources.as_ref(), n.reserved_resources.as_ref());
    let (room, has) = (offered(old), offered(new));
    for (what, unit, old, new) in
        [("CPU", "MHz", room.cpu_mhz, has.cpu_mhz), ("memory", "MiB", room.memory_mib, has.memory_mib)]
    {
        if old != new {
            differs.push(format!("{what} {new} {unit} instead of {old}"));
        }
    }
    let other = |key: &&String| old.meta.get(*key) != new.meta.get(*key);
    let keys: BTreeSet<&String> = old.meta.keys().chain(new.meta.keys()).filter(other).collect();
    let shown = |value: Option<&String>| value.map_or_else(|| "not set".to_owned(), |v| format!("{v:?}"));
    differs.extend(keys.iter().take(MOST_META).map(|key| {
        format!("meta.{key} {} instead of {}", shown(new.meta.get(*key)), shown(old.meta.get(*key)))
    }));
    if keys.len() > MOST_META {
        differs.push(format!("{} more keys of metadata", keys.len() - MOST_META));
    }
    differs
}

fn missing_drivers<'a>(old: &'a Node, new: &'a Node) -> impl Iterator<Item = &'a str> {
    let works = |node: &Node, name: &str| node.drivers.get(name).is_some_and(|d| d.detected && d.healthy);
    old.drivers.keys().filter(move |name| works(old, name) && !works(new, name)).map(String::as_str)
}

fn missing_volumes<'a>(old: &'a Node, new: &'a Node) -> impl Iterator<Item = String> + 'a {
    old.host_volumes.iter().filter_map(|(name, volume)| match new.host_volumes.get(name) {
        None => Some(format!("no host volume {name}")),
        Some(other) if other.read_only && !volume.read_only => {
            Some(format!("host volume {name} is read-only"))
        }
        Some(_) => None,
    })
}

fn missing_devices<'a>(old: &'a Node, new: &'a Node) -> impl Iterator<Item = String> + 'a {
    let has = devices(new);
    devices(old).into_iter().filter_map(move |(name, wanted)| {
        let there = has.get(&name).copied().unwrap_or(0);
        (there < wanted).then(|| format!("{there} of device {name} instead of {wanted}"))
    })
}

/// How many healthy instances of each device, as `vendor/type/name`.
fn devices(node: &Node) -> BTreeMap<String, usize> {
    let mut devices = BTreeMap::new();
    for device in node.node_resources.iter().flat_map(|r| &r.devices) {
        let healthy = device.instances.iter().filter(|i| i.healthy).count();
        *devices.entry(format!("{}/{}/{}", device.vendor, device.kind, device.name)).or_default() += healthy;
    }
    devices
}

fn missing_meta<'a>(
    old: &'a Node,
    new: &'a Node,
    needed: &'a BTreeSet<String>,
) -> impl Iterator<Item = &'a String> {
    needed.iter().filter(|key| old.meta.contains_key(*key) && !new.meta.contains_key(*key))
}

/// The keys of node metadata that constraints of a job refer to, wherever they stand in it.
#[must_use]
pub fn needed_meta(spec: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    collect_meta(spec, &mut keys);
    keys
}

fn collect_meta(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for constraint in fields.get("Constraints").and_then(Value::as_array).into_iter().flatten() {
                let optional = constraint["Operand"] == "is_not_set";
                let target = constraint["LTarget"].as_str().filter(|_| !optional).unwrap_or_default();
                let key = target.strip_prefix("${meta.").and_then(|rest| rest.strip_suffix('}'));
                keys.extend(key.map(str::to_owned));
            }
            for field in ["TaskGroups", "Tasks"] {
                fields.get(field).into_iter().for_each(|all| collect_meta(all, keys));
            }
        }
        Value::Array(all) => all.iter().for_each(|one| collect_meta(one, keys)),
        _ => {}
    }
}

/// Which newcomer stands in for which of the old nodes, by their places in the lists; each newcomer once, and as many as can be.
#[must_use]
pub fn stand_ins(old: &[&Node], new: &[&Node], needed_meta: &BTreeSet<String>) -> Vec<(usize, usize)> {
    // Maximum matching by augmenting paths.
    let alike: Vec<Vec<usize>> =
        old.iter().map(|o| (0..new.len()).filter(|&i| is_alike(o, new[i], needed_meta)).collect()).collect();
    let mut taken: Vec<Option<usize>> = vec![None; new.len()];
    for place in 0..old.len() {
        augment(place, &alike, &mut taken, &mut vec![false; new.len()]);
    }
    taken.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new))).collect()
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
    use serde_json::json;

    #[expect(clippy::needless_pass_by_value, reason = "what json! makes is given away")]
    fn node(pool: &str, datacenter: &str, drivers: &[&str], more: Value) -> Node {
        let drivers: serde_json::Map<String, Value> =
            drivers.iter().map(|d| ((*d).to_owned(), json!({"Detected": true, "Healthy": true}))).collect();
        let mut node = json!({
            "ID": "x", "Name": "x", "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 1,
            "NodePool": pool, "Datacenter": datacenter, "Drivers": drivers,
        });
        node.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
        serde_json::from_value(node).unwrap()
    }

    fn plain(drivers: &[&str]) -> Node {
        node("default", "dc1", drivers, json!({}))
    }

    fn gpus(healthy: &[bool]) -> Value {
        let instances: Vec<Value> = healthy.iter().map(|h| json!({"ID": "i", "Healthy": h})).collect();
        json!({"NodeResources": {"Devices": [{"Vendor": "nvidia", "Type": "gpu", "Name": "A100", "Instances": instances}]}})
    }

    #[test]
    fn what_work_may_need_must_be_there() {
        let old = plain(&["docker"]);
        let needed = BTreeSet::from(["disk".to_owned()]);
        let lacks = |old: &Node, new: &Node| {
            let lacks = lacks(old, new, &needed);
            assert_eq!(lacks.is_empty(), is_alike(old, new, &needed), "{lacks:?}");
            lacks
        };
        assert!(lacks(&old, &plain(&["docker", "exec"])).is_empty());
        let other = node("gpu", "dc1", &["docker"], json!({}));
        assert_eq!(lacks(&old, &other), ["pool \"gpu\" instead of \"default\""]);
        assert_eq!(lacks(&old, &plain(&["exec"])), ["no healthy driver docker"]);
        let volume = |read_only: bool| {
            node(
                "default",
                "dc1",
                &[],
                json!({"HostVolumes": {"data": {"Path": "/d", "ReadOnly": read_only}}}),
            )
        };
        assert_eq!(lacks(&volume(false), &plain(&[])), ["no host volume data"]);
        assert_eq!(lacks(&volume(false), &volume(true)), ["host volume data is read-only"]);
        assert!(lacks(&volume(true), &volume(false)).is_empty());
        let two = node("default", "dc1", &[], gpus(&[true, true]));
        let one = node("default", "dc1", &[], gpus(&[true, false]));
        assert_eq!(lacks(&two, &one), ["1 of device nvidia/gpu/A100 instead of 2"]);
        assert!(lacks(&one, &two).is_empty());
        let meta = |meta: Value| node("default", "dc1", &[], json!({"Meta": meta}));
        assert_eq!(
            lacks(&meta(json!({"disk": "ssd"})), &meta(json!({"x": "y"}))),
            ["no meta.disk, which a constraint of a job asks for"]
        );
        assert!(lacks(&meta(json!({"rack": "1"})), &meta(json!({}))).is_empty(), "nobody asks for it");
    }

    #[test]
    fn the_other_differences_are_told() {
        let of = |class: &str, version: &str, mib: u64, meta: Value| {
            let more = json!({"NodeClass": class, "Attributes": {"nomad.version": version}, "Meta": meta,
                "NodeResources": {"Memory": {"MemoryMB": mib}}});
            node("default", "dc1", &[], more)
        };
        let old = of("old", "1.9.0", 4096, json!({"rack": "1", "same": "s"}));
        assert!(differences(&old, &old).is_empty());
        assert_eq!(
            differences(&old, &of("new", "2.0.5", 2048, json!({"same": "s", "az": "b"}))),
            [
                "class \"new\" instead of \"old\"",
                "Nomad \"2.0.5\" instead of \"1.9.0\"",
                "memory 2048 MiB instead of 4096",
                "meta.az \"b\" instead of not set",
                "meta.rack not set instead of \"1\"",
            ]
        );
    }

    #[test]
    fn the_metadata_that_a_job_asks_for_is_found_wherever_it_stands() {
        let of =
            |key: &str, operand: &str| json!({"LTarget": format!("${{meta.{key}}}"), "Operand": operand});
        let spec = json!({
            "Constraints": [of("a", "="), {"LTarget": "${attr.kernel.name}", "Operand": "="}],
            "TaskGroups": [{"Constraints": [of("b", "set_contains")], "Tasks": [{"Constraints": [of("c", "=")]}]},
                {"Constraints": [of("d", "is_not_set")], "Tasks": null}],
        });
        assert_eq!(needed_meta(&spec), ["a", "b", "c"].map(str::to_owned).into());
    }

    #[test]
    fn each_newcomer_stands_in_once_and_the_choice_is_the_best_one() {
        let (docker, exec, both) = (plain(&["docker"]), plain(&["exec"]), plain(&["docker", "exec"]));
        let old = [&docker, &exec];
        let count = |new: &[&Node]| stand_ins(&old, new, &BTreeSet::new()).len();
        assert_eq!(count(&[&both]), 1);
        // Whichever takes `both` first, the other must find its own.
        assert_eq!(stand_ins(&old, &[&both, &docker], &BTreeSet::new()), [(1, 0), (0, 1)]);
        assert_eq!(count(&[&both, &exec]), 2);
        assert_eq!(count(&[]), 0);
    }
}
