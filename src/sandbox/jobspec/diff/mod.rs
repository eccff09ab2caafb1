//! What differs between two versions of a job, as plans and `versions?diffs=true` show it (`nomad-api.md §3.4`).
//!
//! Jobs are compared in the form the servers keep. Nothing but the shape of a block says which of its fields are
//! compared: texts, numbers, flags and maps of texts are, inner blocks are objects of their own, and what may be
//! missing altogether (a `null` number) is not compared unless it is listed here.

mod fields;
mod group;
mod object;
mod service;
mod task;

use serde_json::{Value as Json, json};

use self::fields::{Change, FieldDiff};
use self::object::{Depth, ObjectDiff};
use super::schema::job::{
    AFFINITY, CONSTRAINT, JOB, JOB_UI_CONFIG, JOB_UI_LINK, PARAMETERIZED_JOB_CONFIG, PERIODIC_CONFIG,
};

/// Two states of one thing; at most one of them is missing.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    old: Option<&'a Json>,
    new: Option<&'a Json>,
}

impl<'a> Pair<'a> {
    fn new(old: Option<&'a Json>, new: Option<&'a Json>) -> Pair<'a> {
        Pair { old, new }
    }

    /// A block of both.
    fn at(&self, field: &str) -> Pair<'a> {
        let at = |side: Option<&'a Json>| side.and_then(|v| v.get(field)).filter(|v| !v.is_null());
        Pair { old: at(self.old), new: at(self.new) }
    }

    /// The items of both lists.
    fn lists(&self, field: &str) -> (&'a [Json], &'a [Json]) {
        let list = |side: Option<&'a Json>| {
            side.and_then(|v| v.get(field)).and_then(Json::as_array).map_or(&[][..], Vec::as_slice)
        };
        (list(self.old), list(self.new))
    }

    fn change(&self) -> Change {
        match (self.old, self.new) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Deleted,
            (old, new) if old == new => Change::None,
            _ => Change::Edited,
        }
    }
}

/// Fields of a job that every registration changes or that are compared as objects.
const NOT_OF_A_JOB: [&str; 10] = [
    "ID",
    "Status",
    "StatusDescription",
    "Version",
    "Stable",
    "CreateIndex",
    "ModifyIndex",
    "JobModifyIndex",
    "SubmitTime",
    "NomadTokenID",
];

/// The differences between two stored jobs of one id.
#[must_use]
pub fn diff(old: Option<&Json>, new: Option<&Json>) -> Json {
    let pair = Pair::new(old, new);
    let fields = FieldDiff::changed(&pair, &JOB, &NOT_OF_A_JOB);
    let mut objects = Vec::new();
    objects.extend(ObjectDiff::set(&pair, "Datacenters").filter(|set| set.change != Change::None));
    objects.extend(ObjectDiff::distinct(&pair, "Constraints", "Constraint", &CONSTRAINT, object::whole));
    objects.extend(ObjectDiff::distinct(&pair, "Affinities", "Affinity", &AFFINITY, object::whole));
    let groups = named(&pair, "TaskGroups", group::diff);
    objects.extend(periodic(&pair.at("Periodic")));
    objects.extend(parameterized(&pair.at("ParameterizedJob")));
    objects.extend(ui(&pair.at("UI")));
    let edited = !fields.is_empty()
        || objects.iter().any(|object| object.change != Change::None)
        || groups.iter().any(|group| group["Type"] != "None");
    let change = match pair.change() {
        Change::Edited | Change::None if edited => Change::Edited,
        Change::Edited => Change::None,
        change => change,
    };
    let id = new.or(old).map_or(Json::Null, |job| job["ID"].clone());
    json!({"Type": change, "ID": id, "Fields": or_null(&fields), "Objects": or_null(&objects),
        "TaskGroups": or_null(&groups)})
}

/// Nomad shows a list without items as `null`.
fn or_null<T: serde::Serialize>(list: &[T]) -> Json {
    if list.is_empty() { Json::Null } else { json!(list) }
}

/// The differences of groups or tasks, which their names match, in the order of the names.
fn named(pair: &Pair<'_>, field: &str, diff: fn(&Pair<'_>, &str) -> Json) -> Vec<Json> {
    let (old, new) = pair.lists(field);
    let name = |item: &Json| item["Name"].as_str().unwrap_or("").to_owned();
    let find = |list: &'_ [Json], wanted: &str| list.iter().position(|item| item["Name"] == wanted);
    let mut names: Vec<String> = old.iter().chain(new).map(name).collect();
    names.sort();
    names.dedup();
    let each = names.iter().map(|name| {
        let (old, new) = (find(old, name).map(|at| &old[at]), find(new, name).map(|at| &new[at]));
        diff(&Pair::new(old, new), name)
    });
    each.collect()
}

fn periodic(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "Periodic", &PERIODIC_CONFIG, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::set(pair, "Specs").filter(|set| set.change != Change::None));
    Some(diff)
}

fn parameterized(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "ParameterizedJob", &PARAMETERIZED_JOB_CONFIG, Depth::Flat)?;
    diff.objects.extend(ObjectDiff::set(pair, "MetaOptional"));
    diff.objects.extend(ObjectDiff::set(pair, "MetaRequired"));
    Some(diff)
}

fn ui(pair: &Pair<'_>) -> Option<ObjectDiff> {
    let mut diff = ObjectDiff::block(pair, "UI", &JOB_UI_CONFIG, Depth::Flat)?;
    diff.objects = ObjectDiff::in_order(pair, "Links", |link| {
        ObjectDiff::block(link, "Link", &JOB_UI_LINK, Depth::Flat)
    });
    Some(diff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::jobspec::{canonicalize, decode, stored};

    fn kept(job: &Json) -> Json {
        stored(&canonicalize(decode(job).unwrap()))
    }

    /// Nomad leaves the order of changes of one kind and size to chance.
    fn ordered(mut diff: Json) -> Json {
        for field in ["TaskGroups", "Tasks"] {
            let list = diff[field].as_array_mut().into_iter().flatten();
            list.for_each(|item| *item = ordered(item.take()));
        }
        if let Some(objects) = diff["Objects"].as_array_mut() {
            objects.iter_mut().for_each(|object| *object = ordered(object.take()));
            let size = |list: &Json| list.as_array().map_or(0, Vec::len);
            let alike = |a: &Json, b: &Json| {
                a["Name"] == b["Name"]
                    && a["Type"] == b["Type"]
                    && size(&a["Fields"]) == size(&b["Fields"])
                    && size(&a["Objects"]) == size(&b["Objects"])
            };
            for run in objects.chunk_by_mut(alike) {
                run.sort_by_key(Json::to_string);
            }
        }
        diff
    }

    /// What the scheduler writes into a plan's differences is not compared here.
    fn unannotated(mut diff: Json) -> Json {
        fn clear(list: &mut Json, field: &str) {
            for item in list.as_array_mut().into_iter().flatten() {
                item[field] = Json::Null;
            }
        }
        clear(&mut diff["TaskGroups"], "Updates");
        for group in diff["TaskGroups"].as_array_mut().into_iter().flatten() {
            clear(&mut group["Fields"], "Annotations");
            clear(&mut group["Tasks"], "Annotations");
        }
        diff
    }

    #[test]
    fn plans_and_versions_show_the_differences_a_real_cluster_shows() {
        let recorded = include_str!("../../../../tests/fixtures/nomad-2.0.5/diffs.json");
        let recorded: Json = serde_json::from_str(recorded).unwrap();
        let base = kept(&recorded["base"]);
        let mut wrong = Vec::new();
        let mut check = |name: &str, got: Json, expected: &Json| {
            let (expected, got) = (ordered(unannotated(expected.clone())), ordered(got));
            if got != expected {
                let (expected, got) = (expected.to_string(), got.to_string());
                let same = expected.bytes().zip(got.bytes()).take_while(|(a, b)| a == b).count();
                let excerpt =
                    |text: &str| text.chars().skip(same.saturating_sub(90)).take(240).collect::<String>();
                wrong.push(format!(
                    "{name}\n  expected …{}\n       got …{}",
                    excerpt(&expected),
                    excerpt(&got)
                ));
            }
        };
        for case in recorded["cases"].as_array().unwrap() {
            let name = case["name"].as_str().unwrap();
            let new = kept(&case["new"]);
            check(name, diff(Some(&base), Some(&new)), &case["plan"]);
            if !case["versions"].is_null() {
                let mut expected = case["versions"].clone();
                expected["ID"] = base["ID"].clone();
                check(&format!("{name}, versions"), diff(Some(&base), Some(&new)), &expected);
            }
        }
        let fresh = kept(&recorded["fresh"]["new"]);
        check("fresh", diff(None, Some(&fresh)), &recorded["fresh"]["plan"]);
        assert!(wrong.is_empty(), "{} differ\n{}", wrong.len(), wrong.join("\n"));
    }
}
