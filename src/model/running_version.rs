//! Which version of its job an allocation runs.
//!
//! A node that was away comes back with what it ran, and the servers give its allocations the number of the job there is by
//! then; nobody has told the node of it. What is updated in place is looked at anew, and so has its health judged later than
//! the version was registered.

use crate::api::nomad::allocation::{AllocStub, AllocUse, ClientStatus};
use crate::model::ids::JobKey;

/// What the servers have noted of an allocation that may run an older version than its number says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// Its job.
    pub job: JobKey,
    /// The number the servers give it.
    pub version: u64,
    create_index: u64,
    judged: u64,
}

/// Whether what was made and judged at these indexes runs something older than what was registered at another.
fn predates(create_index: u64, judged: u64, spec_index: u64) -> bool {
    create_index < spec_index && judged > 0 && judged < spec_index
}

/// Whether an allocation is of a version by the servers' record only: it was placed, and found healthy or not, before that
/// version was registered.
#[must_use]
pub fn is_old_code(a: &AllocStub, spec_index: u64) -> bool {
    judged(a).is_some_and(|judged| predates(a.create_index, judged, spec_index))
}

/// When its health was judged; none while it is not.
fn judged(a: &AllocStub) -> Option<u64> {
    a.deployment_status.as_ref().filter(|s| s.healthy.is_some()).map(|s| s.modify_index)
}

impl VersionRecord {
    /// Of an allocation whose number may be wrong: it lives, is not of the first version, and the servers have changed it since
    /// its health was judged. None where there is no doubt.
    #[must_use]
    pub fn of(a: &AllocStub) -> Option<Self> {
        let judged = judged(a).filter(|judged| *judged > 0 && *judged < a.modify_index)?;
        Self::in_doubt(a.client_status, a.job_version).then(|| VersionRecord {
            job: JobKey::of(a),
            version: a.job_version,
            create_index: a.create_index,
            judged,
        })
    }

    /// The same of a row of a list with fewer fields.
    #[must_use]
    pub fn of_use(a: &AllocUse) -> Option<Self> {
        let status = &a.deployment_status;
        let judged = status.healthy.map(|_| status.modify_index);
        let judged = judged.filter(|judged| *judged > 0 && *judged < a.modify_index)?;
        Self::in_doubt(a.client_status, a.job_version).then(|| VersionRecord {
            job: JobKey::new(&*a.namespace, &*a.job_id),
            version: a.job_version,
            create_index: a.create_index,
            judged,
        })
    }

    fn in_doubt(client: ClientStatus, version: u64) -> bool {
        !client.is_terminal() && version > 0
    }

    /// Whether it runs something older than what was registered at this index.
    #[must_use]
    pub fn predates(&self, spec_index: u64) -> bool {
        predates(self.create_index, self.judged, spec_index)
    }

    /// The version it runs, of those that are kept, each with the index of its registration; the number that the servers give
    /// it where they keep none that is as old.
    #[must_use]
    pub fn among(&self, kept: &[(u64, u64)]) -> u64 {
        let older = kept.iter().filter(|(_, index)| *index <= self.judged.max(self.create_index));
        older.map(|(version, _)| *version).max().map_or(self.version, |running| running.min(self.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloc(client: &str, created: u64, judged: u64, changed: u64) -> AllocStub {
        serde_json::from_value(json!({
            "ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g", "JobVersion": 2,
            "DesiredStatus": "run", "ClientStatus": client, "CreateIndex": created, "ModifyIndex": changed,
            "DeploymentStatus": {"Healthy": true, "ModifyIndex": judged},
        }))
        .unwrap()
    }

    const KEPT: [(u64, u64); 3] = [(2, 100), (1, 50), (0, 10)];

    #[test]
    fn what_comes_back_has_the_number_of_what_it_did_not_hear_of() {
        let back = VersionRecord::of(&alloc("running", 12, 20, 120)).unwrap();
        assert!(back.predates(100));
        assert_eq!(back.among(&KEPT), 0);
        assert_eq!(VersionRecord::of(&alloc("running", 52, 60, 120)).unwrap().among(&KEPT), 1);
        // Those that are as old are not kept any more.
        assert_eq!(VersionRecord::of(&alloc("running", 12, 20, 120)).unwrap().among(&[(2, 100)]), 2);
    }

    #[test]
    fn what_was_placed_or_judged_since_has_its_own_number() {
        // Updated in place: it was judged anew.
        let in_place = VersionRecord::of(&alloc("running", 12, 110, 120)).unwrap();
        assert!(!in_place.predates(100));
        assert_eq!(in_place.among(&KEPT), 2);
        assert_eq!(VersionRecord::of(&alloc("running", 105, 110, 110)), None);
        assert_eq!(VersionRecord::of(&alloc("complete", 12, 20, 120)), None);
    }
}
