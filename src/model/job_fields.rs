//! A job field by field: the words of job files for the API's names, where each value comes from, and what a change of it does to
//! what runs.

mod effects;
mod names;

use serde::Serialize;
use serde_json::{Map, Value};

pub use effects::Effect;
pub use names::is_time;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The job file says so.
    Written,
    /// The job file says nothing, and this is what it is then.
    Default,
    /// The job file says something else: the job was scaled or changed otherwise since.
    Changed,
    /// The job file says nothing, and the servers or somebody added it.
    Added,
    /// Nothing is set, and nothing stands in for it.
    Unset,
    /// There is no job file to compare it with.
    NotKnown,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Origin::Written => "written",
            Origin::Default => "default",
            Origin::Changed => "changed",
            Origin::Added => "added",
            Origin::Unset => "unset",
            Origin::NotKnown => "not known",
        })
    }
}

/// A field of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobField {
    /// The group it is in; none for the job's own.
    pub group: Option<String>,
    /// The task it is in; none for the group's own.
    pub task: Option<String>,
    /// Its name in a job file, with the blocks it is in: `restart.attempts`.
    pub field: String,
    /// Its name in the API, with everything it is in: `TaskGroups[g].RestartPolicy.Attempts`.
    pub path: String,
    /// What it is; durations are text.
    pub value: Value,
    /// Where that comes from.
    pub origin: Origin,
    /// What the job file says, where that is something else.
    pub written: Option<Value>,
    /// What a change does to what runs.
    pub effect: Effect,
}

/// The documents a job is compared by.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The job as it is held, or as it would be.
    pub held: &'a Value,
    /// The same, with what may be shown.
    pub shown: &'a Value,
    /// What the job file says, and nothing else; none where there is no file.
    pub written: Option<&'a Value>,
    /// What the job file makes, defaults included; none where that is not known.
    pub made: Option<&'a Value>,
}

/// What the servers keep beside a job, and the names of things, which stand in the places of fields.
const NOT_FIELDS: [&str; 23] = [
    "Status",
    "StatusDescription",
    "Version",
    "Stable",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "SubmitTime",
    "NomadTokenID",
    "ConsulToken",
    "VaultToken",
    "ConsulNamespace",
    "VaultNamespace",
    "Dispatched",
    "Payload",
    "VersionTag",
    "DispatchIdempotencyToken",
    "ParentID",
    "Stop",
    "ID",
    "TaskGroups",
    "Tasks",
    "Submission",
];

/// Every field of a job, in the order of the job: its own, then group by group, task by task.
#[must_use]
pub fn fields(sources: Sources<'_>) -> Vec<JobField> {
    let mut all = Vec::new();
    let compared = (sources.written.is_some(), sources.made.is_some());
    let top = Docs {
        held: sources.held,
        shown: sources.shown,
        written: sources.written,
        made: sources.made,
        compared,
    };
    let place = Place { group: None, task: None, path: String::new() };
    top.block(&place, &mut all);
    for group in top.list("TaskGroups") {
        let name = group.held["Name"].as_str().unwrap_or_default().to_owned();
        let path = format!("TaskGroups[{name}].");
        let place = Place { group: Some(name.clone()), task: None, path: path.clone() };
        let begin = all.len();
        group.block(&place, &mut all);
        // What the job says of updates, migration and rescheduling is said for its groups.
        if let Some(written) = sources.written {
            inherited(&mut all[begin..], written);
        }
        for task in group.list("Tasks") {
            let own = task.held["Name"].as_str().unwrap_or_default().to_owned();
            let path = format!("{path}Tasks[{own}].");
            task.block(&Place { group: Some(name.clone()), task: Some(own), path }, &mut all);
        }
    }
    all
}

/// Marks what a group has from a block of the job itself.
fn inherited(fields: &mut [JobField], job: &Value) {
    for field in fields.iter_mut().filter(|f| matches!(f.origin, Origin::Default | Origin::Added)) {
        let own = field.path.split_once("].").map_or("", |(_, own)| own);
        let found = own.split('.').try_fold(job, |at, key| at.get(key)).filter(|v| !v.is_null());
        let first = own.split('.').next().unwrap_or_default();
        if found.is_some() && matches!(first, "Update" | "Migrate" | "Reschedule" | "ReschedulePolicy") {
            field.origin = Origin::Written;
        }
    }
}

struct Place {
    group: Option<String>,
    task: Option<String>,
    path: String,
}

/// One place in every document.
#[derive(Clone, Copy)]
struct Docs<'a> {
    held: &'a Value,
    shown: &'a Value,
    written: Option<&'a Value>,
    made: Option<&'a Value>,
    /// Whether there is a job file at all, and whether it is known what it makes.
    compared: (bool, bool),
}

/// A part of a document by the name of a field, whatever the letter case.
fn part<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let found = value
        .get(key)
        .or_else(|| value.as_object()?.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, v)| v));
    found.filter(|v| !v.is_null())
}

impl<'a> Docs<'a> {
    fn key(self, key: &str) -> Self {
        static NULL: Value = Value::Null;
        Docs {
            held: part(self.held, key).unwrap_or(&NULL),
            shown: part(self.shown, key).unwrap_or(&NULL),
            written: self.written.and_then(|v| part(v, key)),
            made: self.made.and_then(|v| part(v, key)),
            compared: self.compared,
        }
    }

    /// The elements of a list: those with names are found by them, others by their place.
    fn list(self, key: &str) -> Vec<Docs<'a>> {
        let list = self.key(key);
        let held = list.held.as_array().map_or(&[][..], Vec::as_slice);
        held.iter().enumerate().map(|(i, element)| list.element(i, element)).collect()
    }

    fn element(self, i: usize, element: &'a Value) -> Self {
        static NULL: Value = Value::Null;
        let same = |other: Option<&'a Value>| -> Option<&'a Value> {
            let all = other?.as_array()?;
            let name = ["Name", "Label"].into_iter().find_map(|k| element.get(k)?.as_str().map(|n| (k, n)));
            match name.filter(|(_, name)| !name.is_empty()) {
                Some((key, name)) => {
                    let named = all.iter().find(|e| part(e, key).and_then(Value::as_str) == Some(name));
                    // A service or check without a name of its own gets one from what it is in.
                    named.or_else(|| all.get(i).filter(|e| part(e, key).is_none_or(|v| v == "")))
                }
                None => all.get(i),
            }
        };
        Docs {
            held: element,
            shown: self.shown.get(i).unwrap_or(&NULL),
            written: same(self.written),
            made: same(self.made),
            compared: self.compared,
        }
    }

    /// The fields of a job, group or task, without those of what is in it.
    fn block(self, place: &Place, into: &mut Vec<JobField>) {
        for key in self
            .held
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .filter(|key| !NOT_FIELDS.contains(&key.as_str()))
        {
            if key == "Name" && place.group.is_some() {
                continue;
            }
            self.key(key).walk(place, &mut vec![key.clone()], into);
        }
    }

    /// Down to the values. What a driver or a policy is configured with is the writer's own: it is told as a whole field by field.
    fn walk(self, place: &Place, keys: &mut Vec<String>, into: &mut Vec<JobField>) {
        match self.held {
            Value::Object(fields) if !fields.is_empty() => {
                for key in fields.keys() {
                    keys.push(key.clone());
                    self.key(key).walk(place, keys, into);
                    keys.pop();
                }
            }
            Value::Array(all) if all.iter().any(Value::is_object) => {
                for (i, element) in all.iter().enumerate() {
                    let label =
                        ["Name", "Label", "PortLabel"].into_iter().find_map(|k| element.get(k)?.as_str());
                    let label = label.filter(|l| !l.is_empty()).map_or_else(|| i.to_string(), str::to_owned);
                    keys.push(format!("[{label}]"));
                    self.element(i, element).walk(place, keys, into);
                    keys.pop();
                }
            }
            _ => into.push(self.field(place, keys)),
        }
    }

    fn field(self, place: &Place, keys: &[String]) -> JobField {
        let value = names::readable(keys, self.shown);
        let origin = self.origin();
        let written =
            (origin == Origin::Changed).then(|| names::readable(keys, self.written.unwrap_or(&Value::Null)));
        let path = keys.join(".").replace(".[", "[");
        JobField {
            group: place.group.clone(),
            task: place.task.clone(),
            field: names::in_a_file(keys),
            path: format!("{}{path}", place.path),
            value,
            origin,
            // What may not be shown of the one is not shown of the other.
            written: written.filter(|_| self.shown == self.held),
            effect: effects::of(place.group.is_some(), place.task.is_some(), keys),
        }
    }

    fn origin(self) -> Origin {
        if is_nothing(self.held) {
            return match self.written.filter(|w| !is_nothing(w)) {
                Some(_) => Origin::Changed,
                None => Origin::Unset,
            };
        }
        match (self.written.filter(|w| !w.is_null()), self.made) {
            (Some(written), made) => {
                if same(written, self.held) || made.is_some_and(|m| same(m, self.held)) {
                    Origin::Written
                } else {
                    Origin::Changed
                }
            }
            (None, Some(made)) if same(made, self.held) => Origin::Default,
            (None, Some(_)) => Origin::Added,
            (None, None) => match self.compared {
                (_, true) => Origin::Added,
                // JSON of the API says what it says; the servers fill in the rest.
                (true, false) => Origin::Default,
                (false, false) => Origin::NotKnown,
            },
        }
    }
}

/// What is not set: nothing, an empty text, an empty list or block.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// Whether two values are one: numbers by what they are worth.
fn same(a: &Value, b: &Value) -> bool {
    a == b || matches!((a.as_f64(), b.as_f64()), (Some(a), Some(b)) if (a - b).abs() < f64::EPSILON)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_value_is_told_with_where_it_comes_from_and_what_its_change_does() {
        let written = json!({"ID": "web", "Update": {"MaxParallel": 2}, "TaskGroups": [{"Name": "g", "Count": 3,
            "Tasks": [{"Name": "t", "Driver": "docker", "Config": {"image": "web:1"}, "Env": {"A": "b"}, "KillTimeout": null}]}]});
        let made = json!({"ID": "web", "Priority": 50, "TaskGroups": [{"Name": "g", "Count": 3, "Update": {"MaxParallel": 2, "AutoRevert": false},
            "Tasks": [{"Name": "t", "Driver": "docker", "Config": {"image": "web:1"}, "Env": {"A": "b"}, "KillTimeout": 5_000_000_000_u64}]}]});
        let held = json!({"ID": "web", "Priority": 50, "Version": 4, "Region": "global", "Meta": null, "TaskGroups": [{"Name": "g", "Count": 5, "Update": {"MaxParallel": 2, "AutoRevert": false},
            "Tasks": [{"Name": "t", "Driver": "docker", "Config": {"image": "web:1"}, "Env": {"A": "b"}, "KillTimeout": 5_000_000_000_u64}]}]});
        let all = fields(Sources { held: &held, shown: &held, written: Some(&written), made: Some(&made) });
        let told: Vec<String> = all
            .iter()
            .map(|f| {
                let place = [f.group.as_deref(), f.task.as_deref()]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("/");
                let place = if place.is_empty() { "job".to_owned() } else { place };
                let written = f.written.as_ref().map(|w| format!(" (file: {w})")).unwrap_or_default();
                format!("{place} {} = {}: {}{written}; {}", f.field, f.value, f.origin, f.effect)
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"), @r#"
        job meta = null: unset; new allocations
        job priority = 50: default; in place
        job region = "global": added; another job
        g count = 5: changed (file: 3); more or fewer allocations
        g update.auto_revert = false: default; in place
        g update.max_parallel = 2: written; in place
        g/t config.image = "web:1": written; new allocations
        g/t driver = "docker": written; new allocations
        g/t env.A = "b": written; new allocations
        g/t kill_timeout = "5s": default; in place
        "#);
        let unknown = fields(Sources { held: &held, shown: &held, written: None, made: None });
        assert!(unknown.iter().all(|f| matches!(f.origin, Origin::NotKnown | Origin::Unset)));
    }

    #[test]
    fn what_may_not_be_shown_is_not_told_of_the_file_either() {
        let held =
            json!({"TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Env": {"DB_PASSWORD": "new"}}]}]});
        let shown = json!({"TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Env": {"DB_PASSWORD": "(not shown)"}}]}]});
        let written =
            json!({"TaskGroups": [{"Name": "g", "Tasks": [{"Name": "t", "Env": {"DB_PASSWORD": "old"}}]}]});
        let all =
            fields(Sources { held: &held, shown: &shown, written: Some(&written), made: Some(&written) });
        let field = all.iter().find(|f| f.field == "env.DB_PASSWORD").unwrap();
        assert_eq!(
            (&field.value, field.origin, &field.written),
            (&json!("(not shown)"), Origin::Changed, &None)
        );
    }
}
