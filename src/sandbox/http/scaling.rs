//! `/v1/scaling/policies` and `/v1/scaling/policy/…`.

use serde_json::{Value, json};

use crate::sandbox::http::access::denied;
use crate::sandbox::http::call::Call;
use crate::sandbox::http::reply::{HandlerResult, Reply};
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::Job;

/// The scaling policies of a job, as the servers keep them.
fn policies(job: &Job) -> Vec<Value> {
    let groups = job.spec.canonical.get("TaskGroups").and_then(Value::as_array);
    groups.into_iter().flatten().map(|g| &g["Scaling"]).filter(|s| s.is_object()).cloned().collect()
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.rights()?;
    let reads = ["list-scaling-policies", "list-jobs"];
    if !rights.in_namespace(&options.namespace, &reads) {
        return Err(denied());
    }
    let (job_id, kind) = (call.request.query.get("job"), call.request.query.get("type"));
    let state = call.state();
    let here = |job: &&std::sync::Arc<Job>| {
        (options.namespace == "*" || *job.key().namespace == *options.namespace)
            && rights.in_namespace(&job.key().namespace, &reads)
            && (job_id.is_empty() || *job.key().id == *job_id)
            && !job.stop
    };
    let mut rows: Vec<Value> = Vec::new();
    for job in state.jobs().filter(here) {
        for policy in policies(job).into_iter().filter(|p| kind.is_empty() || p["Type"] == kind) {
            rows.push(
                json!({"CreateIndex": job.create_index, "Enabled": policy["Enabled"], "ID": policy["ID"],
                "ModifyIndex": job.job_modify_index, "Target": policy["Target"], "Type": policy["Type"]}),
            );
        }
    }
    rows.retain(|row| row["ID"].as_str().is_some_and(|id| id.starts_with(&options.prefix)));
    let index = state.indexes.table(Table::Jobs);
    Ok(Reply::value(&rows).read(index, vec![Scope::Table(Table::Jobs)]))
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    call.only("GET")?;
    call.options()?;
    let rights = call.rights()?;
    let state = call.state();
    let index = state.indexes.table(Table::Jobs);
    let watch = vec![Scope::Table(Table::Jobs)];
    for job in state.jobs() {
        if let Some(mut policy) = policies(job).into_iter().find(|p| p["ID"] == call.rest) {
            if !rights.in_namespace(&job.key().namespace, &["read-scaling-policy", "read-job"]) {
                return Err(denied());
            }
            policy["CreateIndex"] = job.create_index.into();
            policy["ModifyIndex"] = job.job_modify_index.into();
            return Ok(Reply::value(&policy).read(job.job_modify_index, watch));
        }
    }
    Ok(Reply::text(404, "policy not found").read(index, watch))
}
