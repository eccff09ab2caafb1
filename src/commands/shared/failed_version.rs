//! Whether what would start is of a version whose deployment failed.

use crate::api::Permission;
use crate::api::http::Http;
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job::Job;
use crate::api::nomad::registration;
use crate::app::App;
use crate::error::Result;
use crate::model::ids::job_words;
use crate::model::rollout::back;

/// Asks where what `doing` starts is of a version whose deployment failed: whoever wants more of what serves does not mean that.
///
/// # Errors
/// Refused (7) without a yes; API errors.
pub(crate) async fn permit(app: &App, job: &Job, yes: bool, doing: &str) -> Result<Permission> {
    let Some(failed) = failed(app.nomad()?, job).await? else { return Ok(app.explicit()) };
    let words = job_words(&job.namespace, &job.id);
    app.printer.warn(&format!(
        "version {} of {} is what would start, and its deployment failed: {}",
        job.version, job.id, failed.status_description
    ));
    let way = match job.stop {
        true => format!("to start an earlier version: fleet job revert {words}"),
        false => format!("to go back to the last good version: fleet abort {words}"),
    };
    let question = format!("{doing} {} all the same?", job.id);
    app.confirm(yes, &question).await.map_err(|e| e.hint(way))
}

/// The deployment of the current version, or of one that differs by its counts only, where it failed.
async fn failed(nomad: &Http, job: &Job) -> Result<Option<Deployment>> {
    let latest = match nomad.read(&deployment::latest_of_job(&job.namespace, &job.id)).await {
        Ok(reply) => reply.value,
        // Whoever may start it need not be allowed to read it.
        Err(e) if e.is_denied() => None,
        Err(e) => return Err(e.into()),
    };
    let of_this =
        |d: &Deployment| d.status == DeploymentStatus::Failed && d.job_create_index == job.create_index;
    let Some(latest) = latest.filter(of_this) else { return Ok(None) };
    if latest.job_version == job.version {
        return Ok(Some(latest));
    }
    let kept = nomad.read(&registration::versions_raw(&job.namespace, &job.id)).await?.value;
    let both = (back::version(&kept, latest.job_version), back::version(&kept, job.version));
    let same = matches!(both, (Some(old), Some(new)) if back::same_but_counts(old, new));
    Ok(same.then_some(latest))
}
