//! The writes of a rollout. A reply that is lost is settled by reading back.

use serde_json::Value;

use crate::api::error::Problem;
use crate::api::http::{Http, Patience};
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::jobspec::Submission;
use crate::api::nomad::plan::{self, DiffType};
use crate::api::nomad::registration;
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::error::{Error, Result};
use crate::model::rollout::{self, JobObservation};

/// Registers a job if it is still as it was planned; whether the reply was lost and the job found by reading back.
///
/// # Errors
/// Refused (7) when somebody else changed the job meanwhile; API errors.
pub async fn register(
    nomad: &Http,
    permission: &Permission,
    namespace: &str,
    spec: &Value,
    index: u64,
    submission: Option<&Submission>,
) -> Result<bool> {
    let id = spec["ID"].as_str().unwrap_or_default();
    let call = registration::register(namespace, spec, index, submission);
    // With the index enforced it cannot be carried out twice; that it was carried out shows in the job itself.
    let done = async || {
        let now = match nomad.read(&job::get(namespace, id)).await {
            Ok(reply) => reply.value.job_modify_index,
            Err(e) if e.is_not_found() => 0,
            Err(e) => return Err(e),
        };
        if now == index {
            return Ok(None);
        }
        let reply = nomad.ask(&plan::plan_with_diff(namespace, id, spec)).await?.value;
        Ok(reply.diff.filter(|d| d.kind == DiffType::None).map(|_| ()))
    };
    match settle(nomad, permission, &call, Patience::OPERATION, done).await {
        Ok(Settled::Replied(_)) => Ok(false),
        Ok(Settled::Found(())) => Ok(true),
        Err(e) if e.problem == Problem::Conflict => {
            Err(Error::refused(format!("someone else changed job {id} after it was planned"))
                .because(e.text)
                .hint("nothing was changed here; run the same command again to see the new plan"))
        }
        Err(e) => Err(e.into()),
    }
}

/// Stops a job, or has it forgotten too, and finds out whether that was heard.
///
/// # Errors
/// API errors.
pub async fn deregister(
    nomad: &Http,
    permission: &Permission,
    namespace: &str,
    id: &str,
    purge: bool,
) -> Result<()> {
    let call = registration::deregister(namespace, id, purge);
    let gone = async || match nomad.read(&job::get(namespace, id)).await {
        Ok(job) => Ok((!purge && job.value.stop).then_some(())),
        Err(e) if e.is_not_found() => Ok(Some(())),
        Err(e) => Err(e),
    };
    settle(nomad, permission, &call, Patience::OPERATION, gone).await?;
    Ok(())
}

/// What became of an attempt to promote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promotion {
    /// Every group that has canaries is promoted.
    Done,
    /// The servers do not find enough healthy canaries (yet).
    TooEarly,
}

/// Promotes canaries and reads back that they are: promoting an unknown group succeeds without doing anything.
///
/// # Errors
/// API errors; failed (1) when the servers say yes and do nothing.
pub async fn promote(
    nomad: &Http,
    permission: &Permission,
    d: &Deployment,
    groups: &[String],
) -> Result<Promotion> {
    let promoted = |d: &Deployment| {
        let wanted = |name: &String| groups.is_empty() || groups.contains(name);
        d.task_groups.iter().all(|(name, g)| g.desired_canaries == 0 || g.promoted || !wanted(name))
    };
    let done = async || Ok(promoted(&nomad.read(&deployment::get(&d.id)).await?.value).then_some(()));
    match settle(nomad, permission, &deployment::promote(d, groups), Patience::OPERATION, done).await {
        Ok(_) => {}
        Err(e) if e.text.contains("healthy allocations") => return Ok(Promotion::TooEarly),
        Err(e) => return Err(e.into()),
    }
    if promoted(&nomad.read(&deployment::get(&d.id)).await?.value) {
        return Ok(Promotion::Done);
    }
    Err(Error::failed(format!(
        "the servers accepted the promotion of job {} but did not promote it",
        d.job_id
    )))
}

/// Fails a deployment; one that is over already stays as it is.
///
/// # Errors
/// API errors.
pub async fn fail(nomad: &Http, permission: &Permission, d: &Deployment) -> Result<()> {
    let over =
        async || Ok((!nomad.read(&deployment::get(&d.id)).await?.value.status.is_active()).then_some(()));
    match settle(nomad, permission, &deployment::fail(d), Patience::OPERATION, over).await {
        Ok(_) => Ok(()),
        Err(e) if e.text.contains("terminal deployment") => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Halts a deployment or lets it go on.
///
/// # Errors
/// API errors.
pub async fn pause(nomad: &Http, permission: &Permission, d: &Deployment, pause: bool) -> Result<()> {
    let wanted = if pause { DeploymentStatus::Paused } else { DeploymentStatus::Running };
    let done = async || Ok((nomad.read(&deployment::get(&d.id)).await?.value.status == wanted).then_some(()));
    settle(nomad, permission, &deployment::pause(d, pause), Patience::OPERATION, done).await?;
    Ok(())
}

/// The newest version before the current one that a deployment of it showed to be good; none when there is none.
///
/// # Errors
/// API errors.
pub async fn stable_before(nomad: &Http, job: &Job) -> Result<Option<u64>> {
    let kept = nomad.read(&registration::versions(&job.namespace, &job.id)).await?.value;
    let stable = kept.versions.iter().filter(|v| v.job.stable && v.job.version < job.version && !v.job.stop);
    Ok(stable.map(|v| v.job.version).max())
}

/// The newest version before the current one that is worth going back to: a deployment showed it to be good, and, where what runs
/// crashes, it is other work than the current version, and no instance of it is seen to crash.
///
/// # Errors
/// API errors.
pub async fn good_before(nomad: &Http, job: &Job, seen: &JobObservation) -> Result<Option<u64>> {
    if !seen.allocs_of(job.version).any(|a| rollout::crash_count(a) > 0) {
        return stable_before(nomad, job).await;
    }
    let kept = nomad.read(&registration::versions_raw(&job.namespace, &job.id)).await?.value;
    Ok(rollout::back::other_good(&kept, job.version, seen))
}

/// Makes an earlier version the newest one again; the job as it is then.
///
/// # Errors
/// API errors.
pub async fn revert(nomad: &Http, permission: &Permission, from: &Job, to: u64) -> Result<Job> {
    let read = async || nomad.read(&job::get(&from.namespace, &from.id)).await.map(|r| r.value);
    let done = async || read().await.map(|job| (job.version > from.version).then_some(()));
    let call = registration::revert(&from.namespace, &from.id, to, from.version);
    settle(nomad, permission, &call, Patience::OPERATION, done).await?;
    Ok(read().await?)
}
