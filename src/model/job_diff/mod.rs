//! What a change of a job means, told without what stays and without secrets.

pub mod lines;

use serde::Serialize;

use crate::api::nomad::plan::{DiffType, FieldDiff, JobDiff, ObjectDiff};
use crate::model::redaction::{Words, is_secret_text};

pub use crate::model::redaction::Secrets;

/// Whether a field or block is new, changed or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is new.
    Added,
    /// It goes.
    Deleted,
    /// It changes.
    Edited,
}

impl Change {
    fn of(kind: DiffType) -> Option<Self> {
        Some(match kind {
            DiffType::None => return None,
            DiffType::Added => Change::Added,
            DiffType::Deleted => Change::Deleted,
            DiffType::Edited => Change::Edited,
        })
    }

    /// The sign of it at the beginning of a line.
    #[must_use]
    pub fn sign(self) -> char {
        match self {
            Change::Added => '+',
            Change::Deleted => '-',
            Change::Edited => '~',
        }
    }
}

/// One difference: a field, or a whole group, task or block that is new or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// How it differs.
    pub change: Change,
    /// The group it is in; none for the job's own.
    pub group: Option<String>,
    /// The task it is in; none for the group's own.
    pub task: Option<String>,
    /// The blocks it is in, and the field's name: `Config[image]`, `Update.MaxParallel`; empty for a whole group or task.
    pub field: String,
    /// The value before; none where it is new, and where it is secret. Secrets within it are left out.
    pub old: Option<String>,
    /// The value after; none where it goes, and where it is secret. Secrets within it are left out.
    pub new: Option<String>,
    /// Whether the values, or secrets within them, are left out.
    pub redacted: bool,
    /// What the server says the change does to a task, such as `forces create/destroy update`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// The differences of a job, in the order of the job: its own, then group by group, task by task.
#[must_use]
pub fn differences(diff: &JobDiff, secrets: &Secrets) -> Vec<Difference> {
    let secrets = &secrets.and_fields(telling(diff));
    let mut found = Found { secrets, all: Vec::new(), group: None, task: None };
    found.inside("", &diff.fields, &diff.objects);
    for group in &diff.task_groups {
        found.group = Some(group.name.clone());
        if let Some(change @ (Change::Added | Change::Deleted)) = Change::of(group.kind) {
            found.whole(change, String::new(), None);
        }
        found.inside("", &group.fields, &group.objects);
        for task in &group.tasks {
            found.task = Some(task.name.clone());
            let effect = Some(task.annotations.join(", ")).filter(|a| !a.is_empty());
            if let Some(change) = Change::of(task.kind).filter(|c| *c != Change::Edited || effect.is_some()) {
                found.whole(change, String::new(), effect);
            }
            found.inside("", &task.fields, &task.objects);
            found.task = None;
        }
    }
    found.all
}

/// Every field of a diff with its values.
fn telling(diff: &JobDiff) -> Vec<(&str, &str)> {
    fn within<'a>(fields: &'a [FieldDiff], objects: &'a [ObjectDiff], into: &mut Vec<(&'a str, &'a str)>) {
        into.extend(
            fields
                .iter()
                .flat_map(|f| [(f.name.as_str(), f.old.as_str()), (f.name.as_str(), f.new.as_str())]),
        );
        objects.iter().for_each(|o| within(&o.fields, &o.objects, into));
    }
    let mut found = Vec::new();
    within(&diff.fields, &diff.objects, &mut found);
    for group in &diff.task_groups {
        within(&group.fields, &group.objects, &mut found);
        group.tasks.iter().for_each(|task| within(&task.fields, &task.objects, &mut found));
    }
    found
}

/// The fields of an object as they were, or as they are to be.
#[derive(Clone, Copy)]
struct Side<'a> {
    fields: &'a [FieldDiff],
    of: fn(&FieldDiff) -> &String,
}

impl<'a> Side<'a> {
    fn both(fields: &'a [FieldDiff]) -> [Self; 2] {
        [Side { fields, of: |field| &field.old }, Side { fields, of: |field| &field.new }]
    }

    fn value(self, name: &str) -> Option<&'a str> {
        self.fields.iter().find(|f| f.name == name).map(|f| (self.of)(f).as_str()).filter(|v| !v.is_empty())
    }

    /// Whether a field is one of the words of a command and those before it hand it over as a secret, or it is the text of a file
    /// that is one.
    fn hands_over(self, field: &FieldDiff) -> bool {
        let value = (self.of)(field).as_str();
        if field.name == "EmbeddedTmpl" {
            return self.value("DestPath").is_some_and(|path| is_secret_text(path, value));
        }
        let Some((list, index)) = field.name.strip_suffix(']').and_then(|name| name.rsplit_once('[')) else {
            return false;
        };
        let Ok(index) = index.parse::<usize>() else { return false };
        let mut words = Words::of(self.value("command"));
        for before in 0..index {
            words.next(self.value(&format!("{list}[{before}]")).map(str::to_owned));
        }
        words.hand_over(value)
    }
}

struct Found<'a> {
    secrets: &'a Secrets,
    all: Vec<Difference>,
    group: Option<String>,
    task: Option<String>,
}

impl Found<'_> {
    fn whole(&mut self, change: Change, field: String, effect: Option<String>) {
        let (group, task) = (self.group.clone(), self.task.clone());
        self.all.push(Difference {
            change,
            group,
            task,
            field,
            old: None,
            new: None,
            redacted: false,
            effect,
        });
    }

    fn inside(&mut self, path: &str, fields: &[FieldDiff], objects: &[ObjectDiff]) {
        for field in fields {
            let handed = Side::both(fields).map(|side| side.hands_over(field));
            self.field(path, field, handed);
        }
        for object in objects {
            let inner = if path.is_empty() { object.name.clone() } else { format!("{path}.{}", object.name) };
            let before = self.all.len();
            self.inside(&inner, &object.fields, &object.objects);
            // A scaling policy differs by the id the servers gave it, which no file has and no diff tells.
            let by_id = |change: &Change| *change == Change::Edited && object.name == "Scaling";
            // A block may be new without a field that differs from its default.
            let told = self.all.len() > before;
            if let Some(change) = Change::of(object.kind).filter(|c| !told && !by_id(c)) {
                self.whole(change, inner, None);
            }
        }
    }

    /// A field, and whether what stands around it makes a secret of it, before and after.
    fn field(&mut self, path: &str, field: &FieldDiff, handed: [bool; 2]) {
        let Some(change) = Change::of(field.kind) else { return };
        let name = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
        let old = (change != Change::Added).then(|| field.old.clone());
        let new = (change != Change::Deleted).then(|| field.new.clone());
        let shown = |value: &Option<String>, handed: bool| {
            value.as_ref().and_then(|v| self.secrets.shown(&name, v).filter(|_| !handed))
        };
        let (mut shown_old, mut shown_new) = (shown(&old, handed[0]), shown(&new, handed[1]));
        // Of two values neither is shown when one must not be.
        let hidden = (old.is_some() && shown_old.is_none()) || (new.is_some() && shown_new.is_none());
        if hidden {
            (shown_old, shown_new) = (None, None);
        }
        let redacted = hidden || shown_old != old || shown_new != new;
        self.all.push(Difference {
            change,
            group: self.group.clone(),
            task: self.task.clone(),
            field: name,
            old: shown_old,
            new: shown_new,
            redacted,
            effect: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn diff(value: serde_json::Value) -> JobDiff {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_id_of_a_scaling_policy_is_no_difference() {
        let scaling = |fields: serde_json::Value| {
            diff(json!({"Type": "Edited", "Fields": null, "Objects": null, "TaskGroups": [
                {"Type": "Edited", "Name": "g", "Fields": null, "Tasks": null, "Objects": [
                    {"Type": "Edited", "Name": "Scaling", "Fields": fields, "Objects": null}]}]}))
        };
        assert_eq!(differences(&scaling(json!(null)), &Secrets::default()), []);
        let max = json!([{"Type": "Edited", "Name": "Max", "Old": "5", "New": "9"}]);
        let found = differences(&scaling(max), &Secrets::default());
        assert_eq!(found.iter().map(lines::one).collect::<Vec<_>>(), ["~ Scaling.Max: 5 → 9"]);
    }

    #[test]
    fn each_side_is_judged_by_what_stands_around_it_there() {
        let field = |kind: &str, name: &str, old: &str, new: &str| json!({"Type": kind, "Name": name, "Old": old, "New": new});
        let diff = diff(json!({"Type": "Edited", "Fields": null, "Objects": [
            {"Type": "Edited", "Name": "Config", "Objects": null, "Fields": [
                field("None", "command", "/usr/bin/redis-cli", "/usr/bin/redis-cli"),
                field("Edited", "args[0]", "-u", "-v"), field("Edited", "args[1]", "admin:pw", "x"),
                field("Edited", "args[2]", "-h", "-a"), field("Edited", "args[3]", "db", "weak")]},
            {"Type": "Edited", "Name": "Template", "Objects": null, "Fields": [
                field("None", "DestPath", "secrets/id_rsa", "secrets/id_rsa"), field("Edited", "EmbeddedTmpl", "one", "two")]}],
            "TaskGroups": null}));
        let found = differences(&diff, &Secrets::default());
        let told: Vec<String> = found.iter().map(lines::one).collect();
        assert_eq!(
            told,
            [
                "~ Config.args[0]: -u → -v",
                "~ Config.args[1]: changed (not shown)",
                "~ Config.args[2]: -h → -a",
                "~ Config.args[3]: changed (not shown)",
                "~ Template.EmbeddedTmpl: changed (not shown)",
            ]
        );
    }

    #[test]
    fn only_what_changes_is_told_and_where_it_is() {
        let field = |kind: &str, name: &str, old: &str, new: &str| json!({"Type": kind, "Name": name, "Old": old, "New": new});
        let diff = diff(json!({
            "Type": "Edited",
            "Fields": [field("None", "Region", "global", "global"), field("Edited", "Priority", "50", "60")],
            "Objects": null,
            "TaskGroups": [
                {"Type": "Edited", "Name": "g", "Fields": [field("Edited", "Count", "2", "3")], "Objects": [
                    {"Type": "Edited", "Name": "Update", "Fields": [field("Edited", "MaxParallel", "1", "2"),
                        field("Edited", "MinHealthyTime", "10000000000", "90000000000")], "Objects": null},
                    {"Type": "Deleted", "Name": "Empty", "Fields": null, "Objects": null}],
                 "Tasks": [{"Type": "Edited", "Name": "t", "Annotations": ["forces create/destroy update"], "Fields": [
                    field("Edited", "Env[DB_PASSWORD]", "old", "sesame99"), field("Added", "Env[NEW]", "", "x"),
                    field("Added", "Env[URL]", "", "db://u:sesame99@h")], "Objects": null}]},
                {"Type": "Deleted", "Name": "gone", "Fields": [field("Deleted", "Count", "1", "")], "Objects": null, "Tasks": null}]
        }));
        let found = differences(&diff, &Secrets::default());
        let told: Vec<String> = found.iter().map(lines::one).collect();
        assert_eq!(
            told,
            [
                "~ Priority: 50 → 60",
                "~ Count: 2 → 3",
                "~ Update.MaxParallel: 1 → 2",
                "~ Update.MinHealthyTime: 10s → 1m30s",
                "- Empty",
                "~ task t: forces create/destroy update",
                "~ Env[DB_PASSWORD]: changed (not shown)",
                "+ Env[NEW]: x",
                "+ Env[URL]: set (not shown)",
                "- group gone",
                "- Count: 1",
            ]
        );
        assert!(found[6].old.is_none() && found[6].new.is_none() && found[6].redacted);
    }
}
