//! What is wrong with a job, in Nomad's words, and what is merely doubtful (`nomad-api.md §3.3`).
//!
//! All of it looks at the server's form. Whether the namespace and the pool exist is the caller's to say first.

mod connect;
mod group;
mod placement;
mod service;
mod task;
mod warning;

use jiff::tz::TimeZone;
use regex::Regex;
use serde_json::Value as Json;

use crate::api::wire::Nanos;
use crate::model::cron::Cron;

pub use warning::{all_warnings, warnings};

/// Errors of one block, shown as Go's multierror shows them.
#[derive(Debug, Default)]
pub(super) struct Errors(Vec<String>);

impl Errors {
    fn add(&mut self, error: impl Into<String>) {
        self.0.push(error.into());
    }

    fn when(&mut self, wrong: bool, error: impl Into<String>) {
        if wrong {
            self.add(error);
        }
    }

    /// Adds the errors of an inner block as one.
    fn nest(&mut self, what: &str, inner: &Errors) {
        if !inner.0.is_empty() {
            self.add(format!("{what}: {}", all_errors(&inner.0)));
        }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn extend(&mut self, others: Errors) {
        self.0.extend(others.0);
    }

    /// Adds the errors of an inner block without telling where they are.
    fn extend_as_one(&mut self, inner: &Errors) {
        if !inner.0.is_empty() {
            self.add(all_errors(&inner.0));
        }
    }
}

/// A list of errors as one text: what a refused registration answers (500).
#[must_use]
pub fn all_errors(errors: &[String]) -> String {
    let count = if errors.len() == 1 { "1 error".to_owned() } else { format!("{} errors", errors.len()) };
    format!("{count} occurred:\n\t* {}\n\n", errors.join("\n\t* "))
}

/// Why the servers refuse a stored job in words of their own, without the head that lists of errors have.
#[must_use]
pub fn refusal(job: &Json) -> Option<String> {
    connect::refusal(job)
}

/// What is wrong with a stored job. Nothing is wrong when the list is empty.
#[must_use]
pub fn errors(job: &Json) -> Vec<String> {
    let mut errors = Errors::default();
    let tasks = || list(&job["TaskGroups"]).iter().flat_map(|group| list(&group["Tasks"]));
    connect::errors(job, &mut errors);
    if tasks().any(|task| task["Vault"].is_object()) {
        errors.add("Vault \"default\" not enabled but used in the job");
    }
    identity(job, &mut errors);
    for (at, constraint) in (1..).zip(list(&job["Constraints"])) {
        errors.nest(&format!("Constraint {at} validation failed"), &placement::constraint(constraint));
    }
    placement::preferences(job, job, &mut errors);
    let described = text(&job["UI"]["Description"]).len();
    let long = format!("UI description must be under 1000 characters, currently {described}");
    errors.when(described > 1000, long);
    groups(job, &mut errors);
    special_kinds(job, &mut errors);
    let priority = whole(&job["Priority"]);
    errors.when(!(1..=100).contains(&priority), "job priority must be between [1, 100]");
    let payload = !job["Payload"].is_null();
    errors.when(payload, "job can't be submitted with a payload, only dispatched");
    if tasks().any(|task| task["Resources"]["NUMA"].is_object()) {
        errors.add("numa scheduling requires Nomad Enterprise");
    }
    errors.0
}

fn identity(job: &Json, errors: &mut Errors) {
    let (id, name) = (text(&job["ID"]), text(&job["Name"]));
    errors.when(text(&job["Region"]).is_empty(), "Missing job region");
    if id.is_empty() {
        errors.add("Missing job ID");
    } else if id.contains(' ') {
        errors.add("Job ID contains a space");
    } else if id.contains('\0') {
        errors.add("Job ID contains a null character");
    }
    if name.is_empty() {
        errors.add("Missing job name");
    } else if name.contains('\0') {
        errors.add("Job Name contains a null character");
    }
    match text(&job["Type"]) {
        "service" | "batch" | "system" | "sysbatch" => {}
        "" => errors.add("Missing job type"),
        other => errors.add(format!("Invalid job type: {other:?}")),
    }
    let empty = list(&job["Datacenters"]).iter().any(|dc| text(dc).is_empty());
    errors.when(empty, "Job datacenter must be non-empty string");
    errors.when(list(&job["TaskGroups"]).is_empty(), "Missing job task groups");
}

fn groups(job: &Json, errors: &mut Errors) {
    let all = list(&job["TaskGroups"]);
    for (at, group) in all.iter().enumerate() {
        let name = text(&group["Name"]);
        let first = all.iter().position(|other| text(&other["Name"]) == name).unwrap_or(at);
        if name.is_empty() {
            errors.add(format!("Job task group {} missing name", at + 1));
        } else if first < at {
            errors.add(format!("Job task group {} redefines '{name}' from group {}", at + 1, first + 1));
        }
        errors.when(whole(&group["ShutdownDelay"]) < 0, "ShutdownDelay must be a positive value");
        let count = whole(&group["Count"]);
        if job["Type"] == "system" && count > 1 {
            errors.add(format!(
                "Job task group {name} has count {count}. Count cannot exceed 1 with system scheduler"
            ));
        }
    }
    for group in all {
        let what = format!("Task group {} validation failed", text(&group["Name"]));
        errors.nest(&what, &group::errors(job, group));
    }
}

fn special_kinds(job: &Json, errors: &mut Errors) {
    let batch = matches!(text(&job["Type"]), "batch" | "sysbatch");
    let periodic = &job["Periodic"];
    if periodic.is_object() && periodic["Enabled"] == true {
        errors.when(!batch, "Periodic can only be used with \"batch\" or \"sysbatch\" scheduler");
        let mut inner = Errors::default();
        let (one, many) = (!text(&periodic["Spec"]).is_empty(), !list(&periodic["Specs"]).is_empty());
        inner.when(one && many, "Only cron or crons may be used");
        inner.when(!one && !many, "Must specify a spec");
        let zone = text(&periodic["TimeZone"]);
        let known = matches!(zone, "" | "UTC" | "Local") || is_zone(zone);
        inner.when(!known, format!("Invalid time zone {zone:?}: unknown time zone {zone}"));
        let specs = [&periodic["Spec"]].into_iter().filter(|_| one).chain(list(&periodic["Specs"]));
        match text(&periodic["SpecType"]) {
            "cron" => specs.map(text).for_each(|spec| {
                if let Err(why) = Cron::parse(spec) {
                    inner.add(format!("Invalid cron spec {spec:?}: {why}"));
                }
            }),
            "_internal_test" => {}
            other => inner.add(format!("Unknown periodic specification type {other:?}")),
        }
        errors.extend_as_one(&inner);
    }
    let parameterized = &job["ParameterizedJob"];
    if parameterized.is_object() && job["Dispatched"] != true {
        errors.when(!batch, "Parameterized job can only be used with \"batch\" or \"sysbatch\" scheduler");
        let mut inner = Errors::default();
        let payload = text(&parameterized["Payload"]);
        let known = matches!(payload, "optional" | "required" | "forbidden");
        inner.when(!known, format!("Unknown payload requirement: {payload:?}"));
        let optional = list(&parameterized["MetaOptional"]);
        let both: Vec<&str> = list(&parameterized["MetaRequired"])
            .iter()
            .filter(|key| optional.contains(key))
            .map(text)
            .collect();
        let shared = format!(
            "Required and optional meta keys should be disjoint. Following keys exist in both: [{}]",
            both.join(" ")
        );
        inner.when(!both.is_empty(), shared);
        errors.extend_as_one(&inner);
    }
}

/// Whether there is a time zone of that name, whose letters count in their case.
fn is_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
}

fn list(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or("")
}

fn whole(value: &Json) -> i64 {
    value.as_i64().unwrap_or(0)
}

/// A duration field as Go prints it.
fn shown(value: &Json) -> String {
    Nanos(whole(value)).to_string()
}

/// Whether a regular expression compiles.
fn compiles(pattern: &str) -> bool {
    Regex::new(pattern).is_ok()
}
