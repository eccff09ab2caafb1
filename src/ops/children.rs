//! The jobs that a job has started, by time or by dispatch.

use crate::api;
use crate::api::http::Http;
use crate::api::nomad::job::{self, Job, JobStub};

/// Those that are kept, the newest first; none where the job starts none. One request, where it does.
///
/// # Errors
/// Any API fault.
pub async fn of(nomad: &Http, job: &Job) -> api::Result<Option<Vec<JobStub>>> {
    if job.periodic.is_none() && job.parameterized_job.as_ref().is_none_or(serde_json::Value::is_null) {
        return Ok(None);
    }
    let prefix = format!("{}/", job.id);
    let mut all = nomad.list(&job::list().namespace(&job.namespace).prefix(Some(&prefix))).await?.value;
    all.retain(|child| child.parent_id == job.id);
    all.sort_by_key(|child| std::cmp::Reverse((child.submit_time, child.id.clone())));
    Ok(Some(all))
}
