//! What can be waited for of a deployment.

use std::collections::BTreeMap;

use super::{ConditionState, one_of};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::model::deployment_health::{self, Canaries};
use crate::model::ids::{job_words, short};
use crate::model::rollout::look::HealthLook;

/// A condition of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeploymentCondition {
    /// All of it became healthy.
    Successful,
    /// Its canaries are healthy and wait for somebody.
    NeedsPromotion,
    /// It failed.
    Failed,
    /// It is over, however.
    Ended,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, DeploymentCondition)] = &[
    ("successful", DeploymentCondition::Successful),
    ("needs-promotion", DeploymentCondition::NeedsPromotion),
    ("failed", DeploymentCondition::Failed),
    ("ended", DeploymentCondition::Ended),
];

impl DeploymentCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_of(text, WORDS, "")
    }
}

impl std::fmt::Display for DeploymentCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(WORDS.iter().find(|(_, c)| c == self).map_or("", |(word, _)| word))
    }
}

/// Whether the record is such that a look decides: at the canaries of one under way, at what runs of one that was successful.
#[must_use]
pub fn needs_look(
    condition: DeploymentCondition,
    deployment: Option<&Deployment>,
    allocs: &[AllocStub],
) -> bool {
    let waits = matches!(condition, DeploymentCondition::NeedsPromotion | DeploymentCondition::Successful);
    deployment.is_some_and(|d| match d.status {
        DeploymentStatus::Running => waits && deployment_health::all_ready(&canaries(d, allocs)),
        DeploymentStatus::Successful => condition == DeploymentCondition::Successful,
        _ => false,
    })
}

fn canaries(d: &Deployment, allocs: &[AllocStub]) -> BTreeMap<String, Canaries> {
    let own: Vec<AllocStub> = allocs.iter().filter(|a| a.job_version == d.job_version).cloned().collect();
    deployment_health::canaries(d, &own)
}

/// How a condition of a deployment stands, with the allocations of its job. `present` is what a look showed, where
/// [`needs_look`] asked for one: that it was successful is a record, and says nothing of how its version does now.
#[must_use]
pub fn standing(
    condition: DeploymentCondition,
    deployment: Option<&Deployment>,
    allocs: &[AllocStub],
    present: Option<&HealthLook>,
) -> ConditionState {
    let Some(d) = deployment else {
        return ConditionState::Never("it is not there any more: it was collected".to_owned());
    };
    let version = d.job_version;
    let over = || {
        let says = match d.status_description.as_str() {
            "" => String::new(),
            text => format!(" ({text})"),
        };
        format!("version {version}: {}{says}", d.status)
    };
    let canaries = canaries(d, allocs);
    let waits = || deployment_health::prospect(d, allocs, &canaries, present).unwrap_or_default();
    let active = d.status.is_active();
    match condition {
        DeploymentCondition::Successful if d.status == DeploymentStatus::Successful => match present {
            Some(HealthLook::Good(_)) => ConditionState::Met(over()),
            Some(HealthLook::Bad { why }) => {
                ConditionState::NotYet(format!("{}; it is not healthy now: {why}", over()))
            }
            Some(HealthLook::NotKnown { why }) => {
                ConditionState::NotKnown(format!("{}; whether it is healthy now is not known: {why}", over()))
            }
            None => ConditionState::NotKnown(format!("{}; it was not looked at since", over())),
        },
        DeploymentCondition::Failed if d.status == DeploymentStatus::Failed => ConditionState::Met(over()),
        DeploymentCondition::Ended if !active => ConditionState::Met(over()),
        _ if !active => ConditionState::Never(over()),
        DeploymentCondition::NeedsPromotion | DeploymentCondition::Successful
            if d.status == DeploymentStatus::Running
                && deployment_health::beyond_promotion(d, allocs).is_some() =>
        {
            ConditionState::Never(waits())
        }
        DeploymentCondition::NeedsPromotion => {
            let manual = d.task_groups.iter().any(|(name, g)| canaries.contains_key(name) && !g.auto_promote);
            let ready = deployment_health::all_ready(&canaries) && present.is_some_and(HealthLook::is_good);
            if ready && manual && d.status == DeploymentStatus::Running {
                return ConditionState::Met(format!(
                    "the canaries of version {version} are healthy and wait for promotion"
                ));
            }
            if canaries.is_empty() && d.status != DeploymentStatus::Paused {
                return ConditionState::Never(format!(
                    "version {version} has no canaries that wait for promotion"
                ));
            }
            ConditionState::NotYet(waits())
        }
        _ => {
            let manual = deployment_health::all_ready(&canaries) && present.is_some_and(HealthLook::is_good);
            let how = if manual {
                format!(": fleet promote {}", job_words(&d.namespace, &d.job_id))
            } else {
                String::new()
            };
            ConditionState::NotYet(format!("{}{how}", waits()))
        }
    }
}

/// How messages call it.
#[must_use]
pub fn label(d: &Deployment) -> String {
    format!("deployment {} of {}", short(&d.id), job_words(&d.namespace, &d.job_id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;

    #[test]
    fn it_needs_promotion_when_its_canaries_are_healthy_and_not_before() {
        let d: Deployment = body("deployment-needs-promotion");
        let allocs: Vec<AllocStub> = body("deployment-allocations-canary");
        let good = HealthLook::Good(Default::default());
        let of = |condition, allocs: &[AllocStub]| standing(condition, Some(&d), allocs, Some(&good));
        let red = HealthLook::Bad { why: "w.g[0]: check fails".into() };
        let told = standing(DeploymentCondition::NeedsPromotion, Some(&d), &allocs, Some(&red));
        assert!(
            matches!(told, ConditionState::NotYet(why) if why.ends_with("are not now: w.g[0]: check fails"))
        );
        let unseen = standing(DeploymentCondition::NeedsPromotion, Some(&d), &allocs, None);
        assert!(matches!(unseen, ConditionState::NotYet(_)), "nobody has looked");
        assert!(needs_look(DeploymentCondition::NeedsPromotion, Some(&d), &allocs));
        assert!(matches!(of(DeploymentCondition::NeedsPromotion, &allocs), ConditionState::Met(_)));
        assert_eq!(
            of(DeploymentCondition::NeedsPromotion, &[]),
            ConditionState::NotYet("waiting for canaries: g 0/1 healthy".into())
        );
        let ConditionState::NotYet(words) = of(DeploymentCondition::Successful, &allocs) else { panic!() };
        assert!(
            words.starts_with("the canaries are healthy: ready to be promoted: fleet promote "),
            "{words}"
        );
        let mut successful = d.clone();
        successful.status = DeploymentStatus::Successful;
        assert!(needs_look(DeploymentCondition::Successful, Some(&successful), &allocs));
        let now = |look: Option<&HealthLook>| {
            standing(DeploymentCondition::Successful, Some(&successful), &allocs, look)
        };
        assert!(matches!(now(Some(&good)), ConditionState::Met(_)));
        assert!(
            matches!(now(Some(&red)), ConditionState::NotYet(why) if why.ends_with("not healthy now: w.g[0]: check fails"))
        );
        assert!(matches!(now(None), ConditionState::NotKnown(_)), "the record alone is not enough");
        let mut failed = d.clone();
        failed.status = DeploymentStatus::Failed;
        let of = |condition| standing(condition, Some(&failed), &allocs, None);
        assert!(matches!(of(DeploymentCondition::Successful), ConditionState::Never(_)));
        assert!(matches!(of(DeploymentCondition::NeedsPromotion), ConditionState::Never(_)));
        assert!(matches!(of(DeploymentCondition::Failed), ConditionState::Met(_)));
        assert!(matches!(of(DeploymentCondition::Ended), ConditionState::Met(_)));
        assert!(matches!(standing(DeploymentCondition::Ended, None, &[], None), ConditionState::Never(_)));
    }
}
