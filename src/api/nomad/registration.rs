//! Writes on jobs (`nomad-api.md §3.1`, §3.3): registering, going back to a version, scaling, stopping, and what makes them
//! run once more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::http::{Get, Write, segment};
use crate::api::nomad::EvalReply;
use crate::api::nomad::job::Job;
use crate::api::nomad::jobspec::Submission;
use crate::api::nomad::plan::JobDiff;
use crate::api::wire::nullable;

const READ: &str = "namespace capability \"read-job\"";

fn route(id: &str, verb: &str) -> String {
    format!("/v1/job/{}/{verb}", segment(id))
}

/// The reply of a registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RegisterReply {
    /// The evaluation to follow; empty for periodic and parameterized jobs.
    #[serde(rename = "EvalID", deserialize_with = "nullable")]
    pub eval_id: String,
    /// Index of the specification; of an unchanged one the index of the job's last change of any kind.
    pub job_modify_index: u64,
    /// Warnings of the validation.
    #[serde(deserialize_with = "nullable")]
    pub warnings: String,
}

/// Registers a job if its index is still the one given: 0 demands that it does not exist.
#[must_use]
pub fn register(
    namespace: &str,
    job: &Value,
    index: u64,
    submission: Option<&Submission>,
) -> Write<RegisterReply> {
    let id = job["ID"].as_str().unwrap_or_default();
    let body = json!({"Job": job, "EnforceIndex": true, "JobModifyIndex": index, "Submission": submission});
    Write::put("/v1/jobs", format!("register job {id}"))
        .needs("namespace capability \"register-job\" (or \"submit-job\")")
        .namespace(namespace)
        .body(&body)
}

/// Makes an earlier version the newest one again, if the current version is the one given.
#[must_use]
pub fn revert(namespace: &str, id: &str, to: u64, from: u64) -> Write<RegisterReply> {
    let body = json!({"JobID": id, "JobVersion": to, "EnforcePriorVersion": from});
    Write::put(route(id, "revert"), format!("revert job {id}"))
        .needs("namespace capability \"revert-job\" (or \"submit-job\")")
        .namespace(namespace)
        .body(&body)
}

/// Sets the count of a group; refused while a deployment is under way.
#[must_use]
pub fn scale(namespace: &str, id: &str, group: &str, count: u64, message: &str) -> Write<RegisterReply> {
    let body = json!({"Count": count, "Target": {"Group": group, "Job": id, "Namespace": namespace}, "Message": message});
    Write::put(route(id, "scale"), format!("scale group {group} of job {id}"))
        .needs("namespace capability \"scale-job\" (or \"submit-job\")")
        .namespace(namespace)
        .body(&body)
}

/// Stops a job; with `purge` it is forgotten at once.
#[must_use]
pub fn deregister(namespace: &str, id: &str, purge: bool) -> Write<EvalReply> {
    Write::delete(format!("/v1/job/{}", segment(id)), format!("stop job {id}"))
        .needs(if purge {
            "namespace capability \"purge-job\" (or \"submit-job\")"
        } else {
            "namespace capability \"deregister-job\" (or \"submit-job\")"
        })
        .namespace(namespace)
        .query_opt("purge", purge.then_some("true"))
}

/// Has the scheduler look at a job once more; with `reschedule` allocations that failed for good are placed again.
#[must_use]
pub fn evaluate(namespace: &str, id: &str, reschedule: bool) -> Write<EvalReply> {
    let body = json!({"JobID": id, "EvalOptions": {"ForceReschedule": reschedule}});
    Write::put(route(id, "evaluate"), format!("evaluate job {id}"))
        .needs("namespace capability \"evaluate-job\" (or \"submit-job\")")
        .namespace(namespace)
        .body(&body)
}

/// Starts a child of a periodic job now.
#[must_use]
pub fn force_periodic(namespace: &str, id: &str) -> Write<EvalReply> {
    Write::put(route(id, "periodic/force"), format!("start periodic job {id} now"))
        .needs("namespace capability \"force-periodic-job\" (or \"dispatch-job\")")
        .namespace(namespace)
        .body(&json!({}))
}

/// The reply of a dispatch: the child that was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DispatchReply {
    /// The child's id.
    #[serde(rename = "DispatchedJobID", deserialize_with = "nullable")]
    pub job_id: String,
    /// The evaluation to follow; empty when the same dispatch was asked for before.
    #[serde(rename = "EvalID", deserialize_with = "nullable")]
    pub eval_id: String,
}

/// Starts a child of a parameterized job. With the same idempotency token a second one is not started.
#[must_use]
pub fn dispatch(
    namespace: &str,
    id: &str,
    payload: &[u8],
    meta: &BTreeMap<String, String>,
    prefix: Option<&str>,
    idempotency: &str,
) -> Write<DispatchReply> {
    use base64::Engine as _;
    let payload = base64::engine::general_purpose::STANDARD.encode(payload);
    let body = json!({"Payload": payload, "Meta": meta, "IdPrefixTemplate": prefix.unwrap_or_default()});
    Write::put(route(id, "dispatch"), format!("dispatch job {id}"))
        .needs("namespace capability \"dispatch-job\"")
        .namespace(namespace)
        .query("idempotency_token", idempotency)
        .body(&body)
}

/// The kept versions of a job, the newest first, each with what differs from the one before it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Versions {
    /// The versions.
    #[serde(deserialize_with = "nullable")]
    pub versions: Vec<Version>,
    /// For each version but the oldest, what differs from the one before it.
    #[serde(deserialize_with = "nullable")]
    pub diffs: Vec<JobDiff>,
}

/// A version of a job.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Version {
    /// The job.
    #[serde(flatten)]
    pub job: Job,
    /// Its name, if it was given one.
    #[serde(rename = "VersionTag", default)]
    pub tag: Option<VersionTag>,
    /// Accessor of the token that submitted it.
    #[serde(rename = "NomadTokenID", default, deserialize_with = "nullable")]
    pub token_id: String,
}

/// A name that was given to a version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VersionTag {
    /// The name.
    pub name: String,
    /// What it was given for.
    #[serde(deserialize_with = "nullable")]
    pub description: String,
    /// When it was given, in nanoseconds since 1970.
    pub tagged_time: i64,
}

impl VersionTag {
    /// When it was given.
    #[must_use]
    pub fn tagged_at(&self) -> Option<jiff::Timestamp> {
        let at = jiff::Timestamp::from_nanosecond(i128::from(self.tagged_time)).ok();
        at.filter(|_| self.tagged_time > 0)
    }
}

const TAG: &str = "namespace capability \"tag-job-version\" (or \"submit-job\")";

/// Gives a version a name (Nomad 1.9). Its name before is replaced without a word; that of another version is refused.
#[must_use]
pub fn tag_version(
    namespace: &str,
    id: &str,
    version: u64,
    name: &str,
    description: &str,
) -> Write<serde::de::IgnoredAny> {
    Write::put(
        route(id, &format!("versions/{}/tag", segment(name))),
        format!("tag version {version} of job {id}"),
    )
    .needs(TAG)
    .namespace(namespace)
    .body(&json!({"Version": version, "Description": description}))
}

/// Takes a name from the version that has it (Nomad 1.9).
#[must_use]
pub fn untag_version(namespace: &str, id: &str, name: &str) -> Write<serde::de::IgnoredAny> {
    Write::delete(
        route(id, &format!("versions/{}/tag", segment(name))),
        format!("take tag {name} from job {id}"),
    )
    .needs(TAG)
    .namespace(namespace)
}

/// The versions of a job that were kept: six and those with a name.
#[must_use]
pub fn versions(namespace: &str, id: &str) -> Get<Versions> {
    Get::new(route(id, "versions"), format!("read the versions of job {id}")).needs(READ).namespace(namespace)
}

/// The same with what differs from each version to the one before it, or from each to the one given.
#[must_use]
pub fn versions_with_diffs(namespace: &str, id: &str, against: Option<u64>) -> Get<Versions> {
    versions(namespace, id).query("diffs", "true").query_opt("diff_version", against.map(|v| v.to_string()))
}

/// The versions of a job as the server holds them, every field.
#[must_use]
pub fn versions_raw(namespace: &str, id: &str) -> Get<Value> {
    Get::new(route(id, "versions"), format!("read the versions of job {id}")).needs(READ).namespace(namespace)
}
