//! The sign that a run of `fleet` keeps a deployment paused: a claim in the lock on the cluster. By it everybody sees who paused it and
//! why, and another run goes on with it when that one is gone.

use jiff::Timestamp;

use crate::api::http::Http;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::error::Result;
use crate::model::ids::short;
use crate::ops::migration::lock::{self, Claim, Claims, Holder, is_run_of};

/// What keeps this deployment paused: its runs have claims.
#[must_use]
pub fn name(deployment: &Deployment) -> String {
    format!("pause-of-{}", deployment.id)
}

/// Whoever keeps a deployment paused, here.
#[must_use]
pub fn holder(deployment: &Deployment, user: String, since: Timestamp) -> Holder {
    let what = format!(
        "deployment {} of job {}, kept paused at its floor",
        short(&deployment.id),
        deployment.job_id
    );
    Holder::here(what, user, since)
}

/// Who keeps this deployment paused, as the claims tell: of several, whoever holds its job.
#[must_use]
pub fn keeper<'c>(claims: &'c Claims, deployment: &Deployment) -> Option<(&'c String, &'c Claim)> {
    let what = name(deployment);
    let runs = claims.iter().filter(|(name, _)| is_run_of(name, &what));
    runs.max_by_key(|(_, claim)| !claim.jobs.is_empty())
}

/// The same as it is now, in words; none of one that is not paused, or by nobody of `fleet`'s.
///
/// # Errors
/// Any API fault but a missing right.
pub async fn keeper_now(nomad: &Http, deployment: &Deployment) -> Result<Option<String>> {
    if deployment.status != DeploymentStatus::Paused {
        return Ok(None);
    }
    let claims = lock::read_visible(nomad).await?;
    Ok(keeper(&claims, deployment).map(|(_, claim)| in_words(claim)))
}

/// The same in words, to stand behind "paused".
#[must_use]
pub fn in_words(claim: &Claim) -> String {
    let Holder { user, host, since, .. } = &claim.holder;
    let ended = if claim.has_ended() { ", whose run has ended" } else { "" };
    format!("by fleet for {user}@{host} since {since:.0}, so that it does not go below its floor{ended}")
}
