//! The writes of a rollout. A reply that is lost is settled by reading back.

use std::cell::Cell;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api;
use crate::api::error::Problem;
use crate::api::http::{Http, Patience};
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::jobspec::{self, Submission};
use crate::api::nomad::plan::{self, DiffType};
use crate::api::nomad::registration;
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::model::kept_counts::{self, CountSource};
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::{self, JobObservation, back};

/// How long the answer to a pause, or to its end, is waited for.
const PAUSED_WITHIN: Duration = Duration::from_secs(3);

/// A registration that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// Whether the reply was lost and the job found by reading back.
    pub found: bool,
    /// Index of the specification, where the servers told it.
    pub index: Option<u64>,
}

/// A job as the write made it that the servers answered with this index: somebody else may have made a newer version since, and
/// that is not what this run asked for. As it is now where the index is not known, or nothing was changed.
///
/// # Errors
/// API errors.
pub async fn as_written(nomad: &Http, namespace: &str, id: &str, index: Option<u64>) -> api::Result<Job> {
    let now = nomad.read(&job::get(namespace, id)).await?.value;
    let Some(index) = index.filter(|index| now.job_modify_index > *index) else { return Ok(now) };
    let kept = nomad.read(&registration::versions(namespace, id)).await?.value;
    let own = kept.versions.into_iter().map(|v| v.job).find(|job| job.job_modify_index == index);
    Ok(own.unwrap_or(now))
}

/// Registers a job if it is still as it was planned.
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
) -> Result<Registered> {
    let id = spec["ID"].as_str().unwrap_or_default();
    let call = registration::register(namespace, spec, index, submission);
    let lost = Cell::new(false);
    // With the index enforced it cannot be carried out twice; that it was carried out shows in the job itself.
    let done = async || {
        lost.set(true);
        let now = match nomad.read(&job::get(namespace, id)).await {
            Ok(reply) => reply.value,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(e),
        };
        if now.job_modify_index == index {
            return Ok(None);
        }
        // What it made can only be the next one.
        let kept = nomad.read(&registration::versions(namespace, id)).await?.value;
        let next = kept.versions.into_iter().map(|v| v.job).filter(|v| v.job_modify_index > index);
        let Some(next) = next.min_by_key(|v| v.job_modify_index) else { return Ok(None) };
        let made = Some(next.job_modify_index);
        if next.job_modify_index == now.job_modify_index {
            let reply = nomad.ask(&plan::plan_with_diff(namespace, id, spec)).await?.value;
            return Ok(reply.diff.filter(|d| d.kind == DiffType::None).and(made));
        }
        let Some(file) = submission else { return Ok(None) };
        match nomad.read(&jobspec::submission(namespace, id, next.version)).await {
            Ok(reply) => Ok(made.filter(|_| reply.value == *file)),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    };
    match settle(nomad, permission, &call, Patience::OPERATION, done).await {
        Ok(Settled::Replied(reply)) => {
            Ok(Registered { found: false, index: Some(reply.value.job_modify_index) })
        }
        Ok(Settled::Found(index)) => Ok(Registered { found: true, index: Some(index) }),
        Err(e) if e.problem == Problem::Conflict && lost.get() => Err(perhaps_done(e, namespace, id)),
        Err(e) if e.problem == Problem::Conflict => {
            Err(Error::refused(format!("someone else changed job {id} after it was planned"))
                .because(e.text)
                .hint("nothing was changed here; run the same command again to see the new plan"))
        }
        Err(e) => Err(e.into()),
    }
}

/// The error of a write whose reply was lost and which the servers refused when it was sent again, since the job is another by now:
/// whether it was carried out before that is not seen any more.
fn perhaps_done(e: api::Error, namespace: &str, id: &str) -> Error {
    let text = format!(
        "the answer was lost, and somebody has changed job {id} since; it is not known whether this was done"
    );
    let name = job_words(namespace, id);
    Error::new(ExitCode::Transport, text)
        .because(e.text)
        .hint(format!("to see what became of it: fleet job history {name}"))
}

/// The error of a write that the servers refused because somebody else had changed the job by then; any other as it is.
#[must_use]
pub fn overtaken(e: api::Error, id: &str) -> Error {
    if e.problem != Problem::Conflict {
        return e.into();
    }
    Error::refused(format!("someone else changed job {id} at the same time"))
        .because(e.text)
        .hint("nothing was changed here; run the same command again if it is still wanted")
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
        Err(e) if e.is_deployment_over() => Ok(()),
        Err(e) => Err(e.into()),
    }
}

/// Halts a deployment or lets it go on.
///
/// # Errors
/// API errors.
pub async fn pause(nomad: &Http, permission: &Permission, d: &Deployment, pause: bool) -> Result<()> {
    Ok(set_paused(nomad, permission, d, pause).await?)
}

/// The same of a deployment that goes on meanwhile: whether it was not over by then.
///
/// # Errors
/// API errors.
pub async fn pause_unless_over(
    nomad: &Http,
    permission: &Permission,
    d: &Deployment,
    pause: bool,
) -> Result<bool> {
    match set_paused(nomad, permission, d, pause).await {
        Ok(()) => Ok(true),
        Err(e) if e.is_deployment_over() => Ok(false),
        Err(e) => Err(e.into()),
    }
}

async fn set_paused(nomad: &Http, permission: &Permission, d: &Deployment, pause: bool) -> api::Result<()> {
    let wanted = if pause { DeploymentStatus::Paused } else { DeploymentStatus::Running };
    let done = async || Ok((nomad.read(&deployment::get(&d.id)).await?.value.status == wanted).then_some(()));
    // Much may happen while an answer is waited for that never comes: whether it was done is soon seen.
    let impatient = nomad.answering_within(PAUSED_WITHIN);
    settle(&impatient, permission, &deployment::pause(d, pause), Patience::OPERATION, done).await?;
    Ok(())
}

/// The newest version before the current one that is worth going back to: a deployment showed it to be good, and, where what runs
/// crashes, it is other work than the current version, and no instance of it is seen to crash.
///
/// # Errors
/// API errors.
pub async fn good_before(nomad: &Http, job: &Job, seen: &JobObservation) -> Result<GoodBefore> {
    let kept = nomad.read(&registration::versions_raw(&job.namespace, &job.id)).await?.value;
    let to = match seen.allocs_of(job.version).any(|a| rollout::crash_count(a) > 0) {
        true => back::other_good(&kept, job.version, seen),
        false => back::newest_good(&kept, job.version),
    };
    Ok(GoodBefore::of(&kept, job.version, to))
}

/// Makes an earlier version the newest one again, with its own counts; the job as this made it.
///
/// # Errors
/// API errors.
pub async fn revert(nomad: &Http, permission: &Permission, from: &Job, to: u64) -> Result<Job> {
    let (namespace, id) = (from.namespace.as_str(), from.id.as_str());
    // With the version enforced what it made can only be the next one: another job there is somebody else's.
    let done = async || {
        let kept = nomad.read(&registration::versions_raw(namespace, id)).await?.value;
        Ok(back::brought_back(&kept, to, from.version))
    };
    let call = registration::revert(namespace, id, to, from.version);
    match settle(nomad, permission, &call, Patience::OPERATION, done).await {
        Ok(Settled::Replied(reply)) => {
            Ok(as_written(nomad, namespace, id, Some(reply.value.job_modify_index)).await?)
        }
        Ok(Settled::Found(index)) => Ok(as_written(nomad, namespace, id, Some(index)).await?),
        Err(e) => Err(overtaken(e, id)),
    }
}

/// Registers an earlier version, of which some counts were changed, as the newest one; the job as this made it.
///
/// # Errors
/// Refused (7) when somebody else changed the job meanwhile; API errors.
pub async fn revert_changed(
    nomad: &Http,
    permission: &Permission,
    from: &Job,
    to: u64,
    spec: Value,
) -> Result<Job> {
    let (namespace, id) = (from.namespace.as_str(), from.id.as_str());
    // Its file goes with it, as with a version that is brought back as it was.
    let file = match nomad.read(&jobspec::submission(namespace, id, to)).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let spec = as_registered(&spec);
    let done = register(nomad, permission, namespace, &spec, from.job_modify_index, file.as_ref()).await?;
    Ok(as_written(nomad, namespace, id, done.index).await?)
}

/// Takes the current version back: makes an earlier one the newest again, in which what is scaled runs no fewer than now, unless
/// its count is all that differs. The job as this made it, and the groups that keep their counts, in words.
///
/// # Errors
/// API errors.
pub async fn roll_back(
    nomad: &Http,
    permission: &Permission,
    from: &Job,
    to: u64,
) -> Result<(Job, Vec<String>)> {
    let kept = nomad.read(&registration::versions_raw(&from.namespace, &from.id)).await?.value;
    match with_counts(&kept, from, to) {
        Some((spec, kept)) => Ok((revert_changed(nomad, permission, from, to, spec).await?, kept)),
        None => Ok((revert(nomad, permission, from, to).await?, Vec::new())),
    }
}

/// The whole job that [`roll_back`] registers; none where that version is not kept.
#[must_use]
pub fn returning(kept: &Value, from: &Job, to: u64) -> Option<Value> {
    let spec = with_counts(kept, from, to).map(|(spec, _)| spec);
    spec.or_else(|| back::version(kept, to).cloned()).as_ref().map(as_registered)
}

/// An earlier version as it is registered again: it runs, and its name stays with the version that was given it.
#[must_use]
pub fn as_registered(version: &Value) -> Value {
    let mut spec = version.clone();
    spec["Stop"] = json!(false);
    spec["VersionTag"] = Value::Null;
    spec
}

/// An earlier version in which what is scaled runs no fewer than now, and the groups for which that is so, in words; none where it
/// comes back as it was.
fn with_counts(kept: &Value, from: &Job, to: u64) -> Option<(Value, Vec<String>)> {
    let (old, current) = (back::version(kept, to)?, back::version(kept, from.version)?);
    if from.stop || from.job_type.is_per_node() || back::same_but_counts(old, current) {
        return None;
    }
    let mut spec = old.clone();
    let counts = kept_counts::apply(&mut spec, from, CountSource::Higher, &format!("version {to}"));
    (spec != *old).then_some((spec, counts.kept))
}
