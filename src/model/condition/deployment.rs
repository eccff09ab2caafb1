//! What can be waited for of a deployment.

use super::{Standing, one_of};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::model::deployment_health;
use crate::model::ids::{job_words, short};

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

/// How a condition of a deployment stands, with the allocations of its job.
#[must_use]
pub fn standing(
    condition: DeploymentCondition,
    deployment: Option<&Deployment>,
    allocs: &[AllocStub],
) -> Standing {
    let Some(d) = deployment else {
        return Standing::Never("it is not there any more: it was collected".to_owned());
    };
    let version = d.job_version;
    let over = || {
        let says = match d.status_description.as_str() {
            "" => String::new(),
            text => format!(" ({text})"),
        };
        format!("version {version}: {}{says}", d.status)
    };
    let own: Vec<AllocStub> = allocs.iter().filter(|a| a.job_version == version).cloned().collect();
    let canaries = deployment_health::canaries(d, &own);
    let waits = || deployment_health::waits_for(d, &canaries).unwrap_or_default();
    let active = d.status.is_active();
    match condition {
        DeploymentCondition::Successful if d.status == DeploymentStatus::Successful => Standing::Met(over()),
        DeploymentCondition::Failed if d.status == DeploymentStatus::Failed => Standing::Met(over()),
        DeploymentCondition::Ended if !active => Standing::Met(over()),
        _ if !active => Standing::Never(over()),
        DeploymentCondition::NeedsPromotion => {
            let manual = d.task_groups.iter().any(|(name, g)| canaries.contains_key(name) && !g.auto_promote);
            let ready = !canaries.is_empty() && canaries.values().all(|c| c.ready());
            if ready && manual && d.status == DeploymentStatus::Running {
                return Standing::Met(format!(
                    "the canaries of version {version} are healthy and wait for promotion"
                ));
            }
            if canaries.is_empty() && d.status != DeploymentStatus::Paused {
                return Standing::Never(format!("version {version} has no canaries that wait for promotion"));
            }
            Standing::NotYet(waits())
        }
        _ => {
            let manual = !canaries.is_empty() && canaries.values().all(|c| c.ready());
            let how = if manual {
                format!(": fleet promote {}", job_words(&d.namespace, &d.job_id))
            } else {
                String::new()
            };
            Standing::NotYet(format!("{}{how}", waits()))
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
        let of = |condition, allocs: &[AllocStub]| standing(condition, Some(&d), allocs);
        assert!(matches!(of(DeploymentCondition::NeedsPromotion, &allocs), Standing::Met(_)));
        assert_eq!(
            of(DeploymentCondition::NeedsPromotion, &[]),
            Standing::NotYet("waiting for canaries: g 0/1 healthy".into())
        );
        let Standing::NotYet(words) = of(DeploymentCondition::Successful, &allocs) else { panic!() };
        assert!(
            words.starts_with("the canaries are healthy: ready to be promoted: fleet promote "),
            "{words}"
        );
        let mut failed = d.clone();
        failed.status = DeploymentStatus::Failed;
        let of = |condition| standing(condition, Some(&failed), &allocs);
        assert!(matches!(of(DeploymentCondition::Successful), Standing::Never(_)));
        assert!(matches!(of(DeploymentCondition::NeedsPromotion), Standing::Never(_)));
        assert!(matches!(of(DeploymentCondition::Failed), Standing::Met(_)));
        assert!(matches!(of(DeploymentCondition::Ended), Standing::Met(_)));
        assert!(matches!(standing(DeploymentCondition::Ended, None, &[]), Standing::Never(_)));
    }
}
