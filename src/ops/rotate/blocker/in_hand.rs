//! What stands against a rotation or a drain only as long as somebody else is at work by `fleet`: it is waited for. Pure.

use super::Blocker;
use crate::model::ids::JobKey;
use crate::ops::migration::lock::{Claim, Claims, is_run_of};

/// What is waited for before it moves on.
#[derive(Debug, Clone, PartialEq)]
pub struct Wait {
    /// What stands against it until then.
    pub blocker: Blocker,
    /// Who has that in hand, in words.
    pub by: String,
}

impl Blocker {
    /// The job of which somebody may have taken instances away, or have given it a deployment.
    fn job(&self) -> Option<JobKey> {
        match self {
            Blocker::Unhealthy { group, .. }
            | Blocker::HealthNotKnown { group, .. }
            | Blocker::NothingMayMove { group, .. } => Some(group.job_key()),
            Blocker::ActiveDeployment { job, namespace } => Some(JobKey::new(&**namespace, &**job)),
            _ => None,
        }
    }

    /// Who of those that are at work by `fleet` has in hand what this is about, in words; none where nobody has. `own` is the name of the
    /// rotation that asks.
    #[must_use]
    pub fn in_hand_of(&self, claims: &Claims, own: &str) -> Option<String> {
        let mut others = claims.iter().filter(|(name, claim)| !is_run_of(name, own) && !claim.has_ended());
        if let Blocker::ForeignDrain { node, rotation, .. } = self {
            let drains = |(name, claim): &(&String, &Claim)| match rotation {
                Some(rotation) => is_run_of(name, rotation),
                None => claim.holder.drains(&node.name),
            };
            return others.find(drains).map(|(_, c)| format!("{}, which drains {}", c.holder, node.name));
        }
        let job = self.job()?;
        others.find(|(_, c)| c.moves(&job)).map(|(_, c)| format!("{}, which moves {job}", c.holder))
    }
}

/// Those that nobody of `fleet`'s has in hand, and those that are waited for. The claims are those of before the cluster was looked at and
/// of after: what ends meanwhile, or begins, is in one of them.
#[must_use]
pub fn apart(blockers: Vec<Blocker>, claims: &[&Claims], own: &str) -> (Vec<Blocker>, Vec<Wait>) {
    let (mut standing, mut waits) = (Vec::new(), Vec::new());
    for blocker in blockers {
        match claims.iter().find_map(|claims| blocker.in_hand_of(claims, own)) {
            Some(by) => waits.push(Wait { blocker, by }),
            None => standing.push(blocker),
        }
    }
    (standing, waits)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::*;
    use crate::model::group::GroupKey;
    use crate::ops::migration::NodeRef;
    use crate::ops::migration::lock::Holder;

    fn claims(name: &str, what: &str, job: &str) -> Claims {
        let holder =
            Holder { what: what.into(), host: "h".into(), user: "ann".into(), since: Timestamp::UNIX_EPOCH };
        Claims::from([(name.to_owned(), Claim::new(holder, 1, BTreeSet::from([job.to_owned()]), None))])
    }

    fn unhealthy(job: &str) -> Blocker {
        let group = GroupKey { namespace: "default".into(), job: job.into(), group: "g".into() };
        Blocker::Unhealthy { group, available: 3, count: 4, failing: None }
    }

    #[test]
    fn what_somebody_of_fleet_has_in_hand_is_waited_for_and_nothing_else() {
        let moves = claims("r-1-0a", "rotation r-1", "default/web");
        let nobody = Claims::new();
        let told = |blocker: &Blocker, claims: &Claims, own: &str| {
            let (standing, waits) = apart(vec![blocker.clone()], &[&nobody, claims], own);
            assert_eq!(standing.len() + waits.len(), 1);
            waits.first().map(|wait| wait.by.clone())
        };
        let by = told(&unhealthy("web"), &moves, "").unwrap();
        assert_eq!(by, "rotation r-1 (ann@h, since 1970-01-01T00:00:00Z), which moves web");
        assert_eq!(told(&unhealthy("api"), &moves, ""), None, "another service");
        assert_eq!(told(&unhealthy("web"), &moves, "r-1"), None, "its own claim");
        assert_eq!(told(&Blocker::NothingLeft, &moves, ""), None);
        let drained = |rotation: Option<&str>| Blocker::ForeignDrain {
            node: NodeRef { id: "n2".into(), name: "c2".into() },
            by: "somebody".into(),
            rotation: rotation.map(str::to_owned),
        };
        assert!(told(&drained(Some("r-1")), &moves, "").is_some());
        assert_eq!(told(&drained(Some("r-2")), &moves, ""), None, "nobody is at work on that one");
        let drain = claims("drain-0b", "drain of c1 c2", "default/web");
        assert!(told(&drained(None), &drain, "").is_some());
        assert_eq!(told(&drained(None), &claims("drain-0b", "drain of c22", "a/b"), ""), None);
    }
}
