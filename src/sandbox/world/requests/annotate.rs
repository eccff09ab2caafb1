//! The differences between two versions of a job, with what each of them leads to.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sandbox::jobspec;
use crate::sandbox::state::eval::DesiredUpdates;
use crate::sandbox::state::job::Job;

const CREATES: &str = "forces create";
const DESTROYS: &str = "forces destroy";
const UPDATES: &str = "forces in-place update";
const REPLACES: &str = "forces create/destroy update";

/// The differences from the version before, as a dry run shows them.
pub(super) fn annotated(old: Option<&Job>, new: &Job, updates: &BTreeMap<String, DesiredUpdates>) -> Value {
    let mut diff = difference(old, new);
    for group in each(&mut diff["TaskGroups"]) {
        annotate_group(group, updates);
    }
    diff
}

/// The differences between two versions.
pub(in crate::sandbox) fn difference(old: Option<&Job>, new: &Job) -> Value {
    jobspec::diff(old.map(Job::whole), Some(new.whole()))
}

fn each(list: &mut Value) -> impl Iterator<Item = &mut Value> {
    list.as_array_mut().into_iter().flatten()
}

fn annotate(diff: &mut Value, words: &str) {
    match diff["Annotations"].as_array_mut() {
        Some(list) => list.push(words.into()),
        None => diff["Annotations"] = json!([words]),
    }
}

fn annotate_group(diff: &mut Value, updates: &BTreeMap<String, DesiredUpdates>) {
    if let Some(wanted) = diff["Name"].as_str().and_then(|name| updates.get(name)) {
        let counts = [
            ("ignore", wanted.ignore),
            ("create", wanted.place),
            ("migrate", wanted.migrate),
            ("destroy", wanted.stop),
            ("canary", wanted.canary),
            ("in-place update", wanted.in_place_update),
            ("create/destroy update", wanted.destructive_update),
        ];
        let counts = counts.into_iter().filter(|(_, n)| *n != 0).map(|(what, n)| (what.to_owned(), n.into()));
        diff["Updates"] = Value::Object(counts.collect::<Map<_, _>>());
    }
    for field in each(&mut diff["Fields"]).filter(|f| f["Name"] == "Count").take(1) {
        let number = |side: &str| field[side].as_str().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0);
        let (old, new) = (number("Old"), number("New"));
        if old != new {
            annotate(field, if old < new { CREATES } else { DESTROYS });
        }
    }
    let whole = diff["Type"].as_str().unwrap_or("").to_owned();
    for task in each(&mut diff["Tasks"]) {
        if let Some(words) = consequence(task, &whole) {
            annotate(task, words);
        }
    }
}

/// What the differences of a task lead to.
fn consequence(task: &Value, whole: &str) -> Option<&'static str> {
    let kind = task["Type"].as_str().unwrap_or("");
    match (whole, kind) {
        (_, "None") => return None,
        ("Added" | "Deleted", "Added") => return Some(CREATES),
        ("Added" | "Deleted", "Deleted") => return Some(DESTROYS),
        _ => {}
    }
    let list = |field: &str| task[field].as_array().map_or(&[][..], Vec::as_slice);
    let fields = list("Fields").iter().any(|f| f["Name"] != "KillTimeout");
    let objects = list("Objects").iter().any(|object| match object["Name"].as_str().unwrap_or("") {
        "Service" | "Constraint" | "Affinity" | "Spread" => false,
        "LogConfig" => object["Fields"].as_array().into_iter().flatten().any(|f| f["Name"] == "Disabled"),
        _ => true,
    });
    Some(if fields || objects { REPLACES } else { UPDATES })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_count_and_a_changed_task_say_what_they_lead_to() {
        let mut group = json!({"Name": "g", "Type": "Edited", "Updates": null,
            "Fields": [{"Name": "Count", "Old": "1", "New": "3", "Annotations": null}],
            "Tasks": [{"Name": "a", "Type": "Edited", "Annotations": null, "Fields": [{"Name": "KillTimeout"}], "Objects": null},
                {"Name": "b", "Type": "Edited", "Annotations": null, "Fields": null, "Objects": [{"Name": "Config"}]},
                {"Name": "c", "Type": "None", "Annotations": null, "Fields": null, "Objects": null}]});
        let wanted = DesiredUpdates { place: 2, in_place_update: 1, ..DesiredUpdates::default() };
        annotate_group(&mut group, &BTreeMap::from([("g".to_owned(), wanted)]));
        assert_eq!(group["Updates"], json!({"create": 2, "in-place update": 1}));
        assert_eq!(group["Fields"][0]["Annotations"], json!([CREATES]));
        let tasks: Vec<&Value> =
            group["Tasks"].as_array().unwrap().iter().map(|t| &t["Annotations"]).collect();
        assert_eq!(tasks, [&json!([UPDATES]), &json!([REPLACES]), &Value::Null]);
    }
}
