//! What can be waited for of a service.

use super::{ConditionState, one_of, so_many};
use crate::model::services::{Health, Instance};

/// A condition of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceCondition {
    /// So many instances pass, and stand for something that runs.
    Healthy,
    /// None is registered.
    Gone,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, ServiceCondition)] =
    &[("healthy", ServiceCondition::Healthy), ("gone", ServiceCondition::Gone)];

impl ServiceCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_of(text, WORDS, "")
    }
}

impl std::fmt::Display for ServiceCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(WORDS.iter().find(|(_, c)| c == self).map_or("", |(word, _)| word))
    }
}

/// How a condition of a service stands. `blind` says why some registrations may not have been seen.
#[must_use]
pub fn standing(
    condition: ServiceCondition,
    wanted: u64,
    instances: &[Instance],
    blind: Option<&str>,
) -> ConditionState {
    let passing = instances.iter().filter(|i| i.health == Health::Passing).count() as u64;
    match condition {
        ServiceCondition::Gone => match (instances.len(), blind) {
            (0, None) => ConditionState::Met("it is not registered".to_owned()),
            (0, Some(why)) => ConditionState::NotKnown(why.to_owned()),
            (n, _) => ConditionState::NotYet(format!("{n} registered")),
        },
        ServiceCondition::Healthy if passing > wanted => {
            ConditionState::Met(format!("{passing} passing, {wanted} wanted"))
        }
        ServiceCondition::Healthy if passing >= wanted => {
            ConditionState::Met(so_many(passing, wanted, "passing"))
        }
        ServiceCondition::Healthy => {
            let worst = instances.iter().filter(|i| i.health != Health::Passing);
            let worst = worst.min_by_key(|i| (i.stale.is_some(), i.health)).and_then(|i| i.reason.as_deref());
            let why = match (instances.is_empty(), worst, blind) {
                (_, _, Some(why)) => format!("; {why}"),
                (true, ..) => ", none is registered".to_owned(),
                (false, Some(reason), _) => format!(": {reason}"),
                (false, None, _) => String::new(),
            };
            let words = format!("{}{why}", so_many(passing, wanted, "passing"));
            if blind.is_some() { ConditionState::NotKnown(words) } else { ConditionState::NotYet(words) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::services::Registry;

    fn instance(health: Health) -> Instance {
        Instance {
            service: "web".into(),
            registry: Registry::Nomad,
            namespace: None,
            registration_id: "r".into(),
            alloc_id: None,
            job_id: None,
            node_id: None,
            node_name: None,
            consul_node: None,
            address: String::new(),
            port: 0,
            tags: vec![],
            health,
            reason: (health != Health::Passing).then(|| "check \"c\": boom".into()),
            stale: None,
            checks: vec![],
        }
    }

    #[test]
    fn so_many_have_to_pass() {
        let all = [instance(Health::Passing), instance(Health::Critical), instance(Health::Passing)];
        let of = |wanted| standing(ServiceCondition::Healthy, wanted, &all, None);
        assert_eq!(of(1), ConditionState::Met("2 passing, 1 wanted".into()));
        assert_eq!(of(2), ConditionState::Met("2 of 2 passing".into()));
        assert_eq!(of(3), ConditionState::NotYet("2 of 3 passing: check \"c\": boom".into()));
        let none = standing(ServiceCondition::Healthy, 1, &[], None);
        assert_eq!(none, ConditionState::NotYet("0 of 1 passing, none is registered".into()));
        let blind = Some("Consul does not answer");
        assert!(matches!(standing(ServiceCondition::Healthy, 3, &all, blind), ConditionState::NotKnown(_)));
        assert!(matches!(standing(ServiceCondition::Gone, 1, &[], blind), ConditionState::NotKnown(_)));
        assert!(matches!(standing(ServiceCondition::Gone, 1, &[], None), ConditionState::Met(_)));
        assert!(matches!(standing(ServiceCondition::Gone, 1, &all, None), ConditionState::NotYet(_)));
    }
}
