//! Job specifications before they run: parsed, validated, and stored with what they were made from (`nomad-api.md §3.2`,
//! §3.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::http::{Ask, Get, segment};
use crate::api::wire::nullable;

/// Parses a job file in HCL with the values of its variables, given as the text of a variable file. Functions that look
/// at the file system are refused.
#[must_use]
pub fn parse(namespace: &str, hcl: &str, variables: &str) -> Ask<Value> {
    parsing(namespace, hcl, variables, false)
}

/// The same, with what stands in for what the file leaves out.
#[must_use]
pub fn parse_whole(namespace: &str, hcl: &str, variables: &str) -> Ask<Value> {
    parsing(namespace, hcl, variables, true)
}

fn parsing(namespace: &str, hcl: &str, variables: &str, defaults: bool) -> Ask<Value> {
    Ask::post("/v1/jobs/parse", "have the job file parsed")
        .needs("namespace capability \"parse-job\" (or \"submit-job\")")
        .query("namespace", namespace)
        .body(&json!({"JobHCL": hcl, "Variables": variables, "Canonicalize": defaults}))
}

/// Validates a job: its drivers' settings are not looked at.
#[must_use]
pub fn validate(namespace: &str, job: &Value) -> Ask<Validation> {
    Ask::post("/v1/validate/job", "validate the job")
        .needs("namespace capability \"read-job\"")
        .query("namespace", namespace)
        .body(&json!({"Job": job}))
}

/// What a job version was made from; not found where it was not stored.
#[must_use]
pub fn submission(namespace: &str, id: &str, version: u64) -> Get<Submission> {
    Get::new(format!("/v1/job/{}/submission", segment(id)), format!("read the source of job {id}"))
        .needs("namespace capability \"read-job\"")
        .namespace(namespace)
        .query("version", version.to_string())
}

/// What is wrong with a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Validation {
    /// Errors, one by one.
    #[serde(deserialize_with = "nullable")]
    pub validation_errors: Vec<String>,
    /// The errors as one text.
    #[serde(deserialize_with = "nullable")]
    pub error: String,
    /// Warnings as one text.
    #[serde(deserialize_with = "nullable")]
    pub warnings: String,
}

/// What a job was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Submission {
    /// The text.
    #[serde(deserialize_with = "nullable")]
    pub source: String,
    /// `hcl2` or `json`.
    #[serde(deserialize_with = "nullable")]
    pub format: String,
    /// Values of variables as texts, by name.
    #[serde(deserialize_with = "nullable")]
    pub variable_flags: BTreeMap<String, String>,
    /// Values of variables as the text of a variable file.
    #[serde(deserialize_with = "nullable")]
    pub variables: String,
}

impl Submission {
    /// Of a job file and the values of its variables.
    #[must_use]
    pub fn hcl(source: String, variables: String) -> Self {
        Submission { source, format: "hcl2".to_owned(), variable_flags: BTreeMap::new(), variables }
    }

    /// Of a job in JSON.
    #[must_use]
    pub fn json(source: String) -> Self {
        Submission { source, format: "json".to_owned(), ..Submission::default() }
    }
}
