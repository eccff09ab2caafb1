//! Whether a changed specification needs new allocations or can be brought to the old ones.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::sandbox::state::job::Spec;

/// Fields of a task that its running process depends on.
const TASK_FIELDS: [&str; 12] = [
    "Driver",
    "User",
    "Config",
    "Env",
    "Artifacts",
    "Vault",
    "Secrets",
    "Templates",
    "CSIPluginConfig",
    "VolumeMounts",
    "Identity",
    "Identities",
];

/// Fields of a task's resources that its running process depends on.
const RESOURCE_FIELDS: [&str; 7] =
    ["CPU", "Cores", "MemoryMB", "MemoryMaxMB", "Devices", "NUMA", "SecretsMB"];

/// Fields of a network that an allocation depends on; its ports are compared apart.
const NETWORK_FIELDS: [&str; 5] = ["Mode", "MBits", "Hostname", "DNS", "CNI"];

/// Whether allocations of the old specification's group cannot go on under the new one (`nomad-api.md §3.4`:
/// destructive updates).
pub(super) fn needs_new_allocs(old: &Spec, new: &Spec, group: &str) -> bool {
    let (Some(a), Some(b)) =
        (find(&old.canonical, "TaskGroups", group), find(&new.canonical, "TaskGroups", group))
    else {
        return true;
    };
    let (tasks_a, tasks_b) = (list(a, "Tasks"), list(b, "Tasks"));
    tasks_a.len() != tasks_b.len()
        || differ(a, b, &["EphemeralDisk", "Volumes"])
        || networks_differ(list(a, "Networks"), list(b, "Networks"))
        || consul_differs(a, b)
        || connect_differs(a, b)
        || renders_differ(a, b)
        || tasks_a.iter().any(|task| {
            let twin = tasks_b.iter().find(|other| other["Name"] == task["Name"]);
            twin.is_none_or(|twin| task_differs(task, twin) || meta(old, a, task) != meta(new, b, twin))
        })
}

fn find<'v>(parent: &'v Map<String, Value>, field: &str, name: &str) -> Option<&'v Value> {
    parent.get(field)?.as_array()?.iter().find(|v| v["Name"] == name)
}

fn list<'v>(parent: &'v Value, field: &str) -> &'v [Value] {
    parent[field].as_array().map_or(&[], Vec::as_slice)
}

/// Compares fields, an empty list or map being as good as none.
fn differ(a: &Value, b: &Value, fields: &[&str]) -> bool {
    fields.iter().any(|field| !same(&a[*field], &b[*field]))
}

fn same(a: &Value, b: &Value) -> bool {
    let empty = |v: &Value| match v {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    a == b || (empty(a) && empty(b))
}

fn task_differs(a: &Value, b: &Value) -> bool {
    let networks = |task: &Value| list(&task["Resources"], "Networks").to_vec();
    differ(a, b, &TASK_FIELDS)
        || differ(&a["Resources"], &b["Resources"], &RESOURCE_FIELDS)
        || networks_differ(&networks(a), &networks(b))
        || consul_differs(a, b)
        || a["LogConfig"]["Disabled"] != b["LogConfig"]["Disabled"]
        || renders_differ(a, b)
}

fn renders_differ(a: &Value, b: &Value) -> bool {
    let renders = |v: &Value| v["RestartPolicy"]["RenderTemplates"].as_bool().unwrap_or(false);
    renders(a) != renders(b)
}

fn consul_differs(a: &Value, b: &Value) -> bool {
    let (a, b) = (&a["Consul"], &b["Consul"]);
    let namespace = |v: &Value| v["Namespace"].as_str().unwrap_or("").to_owned();
    namespace(a) != namespace(b) || (!a.is_null() && !b.is_null() && differ(a, b, &["Cluster", "Partition"]))
}

/// Services of the mesh bind their sidecar's ports; other services may change under a running task.
fn connect_differs(a: &Value, b: &Value) -> bool {
    list(a, "Services").iter().filter(|s| !s["Connect"].is_null()).any(|service| {
        let twin = list(b, "Services").iter().find(|other| other["Name"] == service["Name"]);
        twin.is_some_and(|twin| differ(service, twin, &["Connect", "PortLabel", "Cluster"]))
    })
}

fn networks_differ(a: &[Value], b: &[Value]) -> bool {
    // Dynamic ports are the same whatever number they were given.
    let ports = |network: &Value| -> Vec<[Value; 4]> {
        let port =
            |p: &Value, value: Value| [p["Label"].clone(), value, p["To"].clone(), p["HostNetwork"].clone()];
        let fixed = list(network, "ReservedPorts").iter().map(|p| port(p, p["Value"].clone()));
        fixed.chain(list(network, "DynamicPorts").iter().map(|p| port(p, Value::Null))).collect()
    };
    a.len() != b.len() || a.iter().zip(b).any(|(a, b)| differ(a, b, &NETWORK_FIELDS) || ports(a) != ports(b))
}

/// The metadata a task sees: its own over its group's over the job's.
fn meta(spec: &Spec, group: &Value, task: &Value) -> BTreeMap<String, Value> {
    let layers = [spec.canonical.get("Meta"), group.get("Meta"), task.get("Meta")];
    let maps = layers.into_iter().flatten().filter_map(Value::as_object);
    maps.flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(edit: impl FnOnce(&mut Value)) -> Spec {
        let mut job = json!({"ID": "web", "Name": "web", "Namespace": "default", "Type": "service", "Meta": null,
            "TaskGroups": [{"Name": "g", "Count": 1, "EphemeralDisk": {"SizeMB": 300}, "Networks": null, "Meta": null,
                "Tasks": [{"Name": "t", "Driver": "mock_driver", "Config": {"run_for": "1h"}, "Env": null, "KillTimeout": 5,
                    "Resources": {"CPU": 100, "MemoryMB": 64}, "Services": null, "Meta": null,
                    "LogConfig": {"MaxFiles": 1, "Disabled": false}}]}]});
        edit(&mut job);
        let Value::Object(map) = job else { panic!("a map") };
        Spec::new(map).unwrap()
    }

    #[test]
    fn what_the_process_sees_needs_a_new_allocation() {
        let task = "/TaskGroups/0/Tasks/0";
        let changes: [(&str, Value, bool); 10] = [
            ("/Resources/MemoryMB", json!(65), true),
            ("/Config/run_for", json!("2h"), true),
            ("/Env", json!({"A": "1"}), true),
            ("/Env", json!({}), false),
            ("/Driver", json!("raw_exec"), true),
            ("/Meta", json!({"a": "1"}), true),
            ("/LogConfig/Disabled", json!(true), true),
            ("/LogConfig/MaxFiles", json!(2), false),
            ("/KillTimeout", json!(6), false),
            ("/Services", json!([{"Name": "s"}]), false),
        ];
        for (path, value, destructive) in changes {
            let new = spec(|job| *job.pointer_mut(&format!("{task}{path}")).unwrap() = value.clone());
            assert_eq!(needs_new_allocs(&spec(|_| {}), &new, "g"), destructive, "{path} = {value}");
        }
    }

    #[test]
    fn a_new_count_or_constraint_does_not_but_the_jobs_metadata_does() {
        let changed = |edit: &dyn Fn(&mut Value)| needs_new_allocs(&spec(|_| {}), &spec(edit), "g");
        assert!(!changed(&|job| job["TaskGroups"][0]["Count"] = json!(3)));
        assert!(!changed(&|job| job["Constraints"] = json!([{"LTarget": "${node.class}"}])));
        assert!(changed(&|job| job["Meta"] = json!({"a": "1"})));
        assert!(changed(&|job| job["TaskGroups"][0]["Networks"] = json!([{"Mode": "host"}])));
    }
}
