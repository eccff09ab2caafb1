//! Job files against what a real cluster made of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{all_errors, all_warnings, canonicalize, decode, errors, parse, refusal, stored, warnings};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// A job file and what Nomad answered for it.
struct Recorded {
    name: String,
    hcl: String,
    variables: String,
    answers: Value,
}

fn corpus() -> Vec<Recorded> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(fixtures().join("nomad-2.0.5/parse")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let job = |extension: &str| fixtures().join(format!("jobs/{name}.{extension}"));
        all.push(Recorded {
            hcl: std::fs::read_to_string(job("hcl")).unwrap(),
            variables: std::fs::read_to_string(job("vars")).unwrap_or_default(),
            answers: serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap(),
            name,
        });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(all.len() >= 30, "{}", all.len());
    all
}

/// Every place where two documents differ, by path.
fn differences(ours: &Value, theirs: &Value, path: &str, list: &mut Vec<String>) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let keys: BTreeMap<&String, ()> = ours.keys().chain(theirs.keys()).map(|k| (k, ())).collect();
            for key in keys.keys() {
                let path = format!("{path}.{key}");
                match (ours.get(*key), theirs.get(*key)) {
                    (Some(ours), Some(theirs)) => differences(ours, theirs, &path, list),
                    (ours, theirs) => list.push(format!("{path}: got {ours:?}, expected {theirs:?}")),
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (at, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                differences(ours, theirs, &format!("{path}[{at}]"), list);
            }
        }
        _ if ours == theirs => {}
        _ => list.push(format!("{path}: got {ours}, expected {theirs}")),
    }
}

fn assert_alike(all: impl Iterator<Item = (String, Value, Value)>) {
    let mut wrong = Vec::new();
    for (name, ours, theirs) in all {
        differences(&ours, &theirs, &name, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn job_files_parse_as_on_a_real_cluster() {
    assert_alike(corpus().into_iter().map(|job| {
        let ours = parse(&job.hcl, &job.variables).unwrap_or_else(Value::String);
        (job.name, ours, job.answers["parsed"].clone())
    }));
}

#[test]
fn mistakes_are_told_where_and_as_a_real_cluster_tells_them() {
    let recorded: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/fixtures/nomad-2.0.5/parse-errors.json")).unwrap();
    let mut wrong = Vec::new();
    // Jobs in HCL's JSON syntax are not read here, and an empty request is the route's to refuse. Of broken strings the
    // original tells the follow-up errors too.
    let known = ["json", "empty", "unterminated string"];
    for case in recorded.iter().filter(|case| !known.contains(&case["name"].as_str().unwrap())) {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let theirs = text("error");
        let ours = match parse(text("hcl"), text("variables")) {
            Ok(_) => String::new(),
            Err(error) => format!("Failed to parse job: {error}"),
        };
        if ours != theirs {
            wrong.push(format!("{}\n  expected {theirs}\n       got {ours}", text("name")));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}

#[test]
fn canonical_jobs_are_those_of_a_real_cluster() {
    assert_alike(corpus().into_iter().map(|job| {
        let ours = canonicalize(parse(&job.hcl, &job.variables).unwrap());
        (job.name, ours, job.answers["canonical"].clone())
    }));
}

#[test]
fn stored_jobs_are_those_a_real_cluster_shows() {
    let known = |job: &Recorded| !job.answers["registered"].is_null();
    let registered = corpus().into_iter().filter(known);
    assert_alike(registered.map(|job| {
        let ours = stored(&canonicalize(decode(&job.answers["parsed"]).unwrap()));
        (job.name, ours, job.answers["registered"].clone())
    }));
}

#[test]
fn doubts_are_those_of_a_real_cluster() {
    for job in corpus().iter().filter(|job| !job.answers["warnings"].is_null()) {
        let stored = stored(&canonicalize(decode(&job.answers["parsed"]).unwrap()));
        let ours = all_warnings(&warnings(&stored, false));
        assert_eq!(ours, job.answers["warnings"].as_str().unwrap(), "{}", job.name);
    }
}

#[test]
fn wrong_jobs_are_refused_in_the_words_of_a_real_cluster() {
    let recorded: Vec<Value> =
        serde_json::from_str(include_str!("../../../tests/fixtures/nomad-2.0.5/refusals.json")).unwrap();
    assert!(recorded.len() > 130);
    let mut wrong = Vec::new();
    for case in &recorded {
        let ours = match decode(&case["job"]) {
            Err(error) => error,
            Ok(job) => {
                let job = stored(&canonicalize(job));
                refusal(&job).unwrap_or_else(|| match errors(&job) {
                    errors if errors.is_empty() => String::new(),
                    errors => all_errors(&errors),
                })
            }
        };
        let theirs = case["error"].as_str().unwrap();
        if ours != theirs {
            wrong.push(format!("{}\n  expected {theirs:?}\n       got {ours:?}", case["name"]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}

/// What an expression is worth as metadata, or what Nomad says of it.
fn worth(expression: &str) -> String {
    let job = format!(
        "job \"x\" {{\n meta {{\n a = {expression}\n }}\n group \"g\" {{\n task \"t\" {{\n driver=\"raw_exec\"\n}}\n}}\n}}\n"
    );
    match parse(&job, "") {
        Ok(job) => job["Meta"]["a"].as_str().unwrap_or_default().to_owned(),
        Err(error) => error,
    }
}

#[test]
fn expressions_are_worth_what_a_real_cluster_makes_of_them() {
    let recorded: Vec<(String, String)> =
        serde_json::from_str(include_str!("../../../tests/fixtures/nomad-2.0.5/expressions.json")).unwrap();
    let mut wrong = Vec::new();
    for (expression, theirs) in &recorded {
        let ours = worth(expression);
        let theirs = theirs.trim_start_matches("400 Failed to parse job: ");
        // What follows an error about a call is told of the call again.
        let theirs = theirs.split("\ninput.hcl:3,6-").next().unwrap_or(theirs);
        let first = if theirs.contains("input.hcl:") { ours.split("\ninput.hcl:3,6-").next() } else { None };
        if first.unwrap_or(&ours) != theirs {
            wrong.push(format!("{expression:?}\n  expected {theirs:?}\n       got {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}
