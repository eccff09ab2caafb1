//! The sign that a run of `fleet` keeps a deployment paused: a claim in the lock on the cluster. By it everybody sees who paused it and
//! why, and another run goes on with it when that one is gone.

use jiff::Timestamp;

use crate::api::nomad::deployment::Deployment;
use crate::model::ids::short;
use crate::ops::migration::lock::{Claim, Claims, Holder};

/// How the names of the claims of those begin who keep this deployment paused.
#[must_use]
pub fn prefix(deployment: &Deployment) -> String {
    format!("pause-of-{}-", deployment.id)
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
    let prefix = prefix(deployment);
    let own = claims.iter().filter(|(name, _)| name.starts_with(&prefix));
    own.max_by_key(|(_, claim)| !claim.jobs.is_empty())
}

/// The same in words, to stand behind "paused".
#[must_use]
pub fn in_words(claim: &Claim) -> String {
    let Holder { user, host, since, .. } = &claim.holder;
    let ended = if claim.has_ended() { ", whose run has ended" } else { "" };
    format!("by fleet for {user}@{host} since {since:.0}, so that it does not go below its floor{ended}")
}
