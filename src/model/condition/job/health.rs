//! Whether the current version of a job is healthy: by its rollout where that decides, else by a look at the present.

use jiff::Timestamp;

use super::super::{ConditionState, so_many};
use super::{canaries_unwell, cannot_be_placed};
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::job::{Job, LaunchedBy};
use crate::model::ids::job_words;
use crate::model::rollout::look::{self, HealthLook};
use crate::model::rollout::{self, JobObservation, Later, Nowhere, Rollback, RolloutState, Target};

pub(super) fn healthy(
    job: &Job,
    seen: &JobObservation,
    present: Option<&HealthLook>,
    now: Timestamp,
) -> ConditionState {
    let target = Target::of(job);
    if let Some(over) = over(job, &target, seen) {
        return over;
    }
    let state = rollout::look(&target, seen, now);
    unsettled(job, &target, &state, present).unwrap_or_else(|| as_it_is(&target, &state, present))
}

/// That work which has an end has come to it: nothing of it runs any more, however well it ended.
pub(super) fn over(job: &Job, target: &Target, seen: &JobObservation) -> Option<ConditionState> {
    let counts = look::finished(target, seen).filter(|_| !job.stop && job.status == RunState::Dead)?;
    Some(ConditionState::Never(format!(
        "its work is over ({}): nothing of it runs any more; its end is waited for with: fleet wait job {} complete",
        so_many(counts.good, counts.wanted, "ended well"),
        job_words(&job.namespace, &job.id)
    )))
}

/// The answer where the rollout itself decides it, whatever its instances are like.
fn unsettled(
    job: &Job,
    target: &Target,
    state: &RolloutState,
    present: Option<&HealthLook>,
) -> Option<ConditionState> {
    let named = job_words(&job.namespace, &job.id);
    Some(match state {
        RolloutState::Gone => ConditionState::Never("it is not registered any more".to_owned()),
        RolloutState::Stopped => {
            ConditionState::Never(format!("it is stopped; to start it: fleet job start {named}"))
        }
        RolloutState::Launcher(by) => {
            let by = if *by == LaunchedBy::Time { "time" } else { "dispatch" };
            ConditionState::Never(format!("it runs nothing itself, it starts others by {by}"))
        }
        RolloutState::Progressing { waits } => ConditionState::NotYet(waits.clone()),
        RolloutState::Blocked { unplaced } => ConditionState::NotYet(cannot_be_placed(unplaced)),
        RolloutState::Paused => {
            ConditionState::NotYet(format!("its deployment is paused; to resume it: fleet resume {named}"))
        }
        RolloutState::CanariesReady { .. } if !present.is_some_and(HealthLook::is_good) => {
            canaries_unwell(present)
        }
        RolloutState::CanariesReady { automatic: true } => {
            ConditionState::NotYet("the canaries are healthy and are promoted automatically".to_owned())
        }
        RolloutState::CanariesReady { automatic: false } => ConditionState::NotYet(format!(
            "the canaries of version {} are healthy and wait for promotion: fleet promote {named}",
            target.version
        )),
        _ => return None,
    })
}

/// The answer by how its instances are at this moment, and else by how its rollout ended.
fn as_it_is(target: &Target, state: &RolloutState, present: Option<&HealthLook>) -> ConditionState {
    let version = target.version;
    match (present, state) {
        (_, RolloutState::Nowhere(Nowhere { why, later: Later::Placed })) => {
            ConditionState::NotYet(why.clone())
        }
        (_, RolloutState::Nowhere(Nowhere { why, later: Later::NotPlaced })) => {
            ConditionState::Never(format!(
                "{why}; it is not placed by itself on a node that fits it later: `fleet job eval {}` has it placed then",
                job_words(&target.namespace, &target.job)
            ))
        }
        (_, RolloutState::Nowhere(Nowhere { why, later: Later::HadEnded })) => {
            ConditionState::Never(why.clone())
        }
        (Some(HealthLook::Good(counts)), _) if counts.wanted == 0 => {
            ConditionState::Met(format!("no instances are wanted, version {version}"))
        }
        (Some(HealthLook::Good(counts)), _) => ConditionState::Met(format!(
            "{}, version {version}",
            so_many(counts.good, counts.wanted, "healthy")
        )),
        (Some(HealthLook::NotKnown { why }), _) => ConditionState::NotKnown(why.clone()),
        (_, RolloutState::Failed { why, rollback: Rollback::Progressing(waits) }) => {
            ConditionState::NotYet(format!(
                "the deployment of version {version} failed ({why}), and the version before comes back: {waits}"
            ))
        }
        (_, RolloutState::Failed { why, rollback: Rollback::WaitsForPromotion(back) }) => {
            ConditionState::NotYet(format!(
                "the deployment of version {version} failed ({why}), and the version before comes back as version {back}, \
                 whose canaries wait for promotion"
            ))
        }
        (_, RolloutState::Failed { why, .. }) => {
            ConditionState::Never(format!("the deployment of version {version} failed: {why}"))
        }
        (
            _,
            RolloutState::Stuck { why } | RolloutState::NotRunning { why } | RolloutState::Refused { why },
        ) => ConditionState::Never(why.clone()),
        (Some(HealthLook::Bad { why }), _) => ConditionState::NotYet(why.clone()),
        (None, _) => ConditionState::NotYet("its instances are asked how they are".to_owned()),
    }
}
