//! Task groups: who they are, how many of them are well, and how few may be.

use serde::{Deserialize, Serialize};

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::model::ids::JobKey;

/// A task group of a job of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GroupKey {
    /// The namespace.
    pub namespace: String,
    /// The job's id.
    #[serde(rename = "job_id", alias = "job")]
    pub job: String,
    /// The group's name.
    pub group: String,
}

impl GroupKey {
    /// The group an allocation belongs to.
    #[must_use]
    pub fn of(alloc: &AllocStub) -> Self {
        GroupKey {
            namespace: alloc.namespace.clone(),
            job: alloc.job_id.clone(),
            group: alloc.task_group.clone(),
        }
    }

    /// Its job.
    #[must_use]
    pub fn job_key(&self) -> JobKey {
        JobKey::new(&*self.namespace, &*self.job)
    }

    /// Whether an allocation belongs to it.
    #[must_use]
    pub fn owns(&self, alloc: &AllocStub) -> bool {
        self.job == alloc.job_id && self.group == alloc.task_group && self.namespace == alloc.namespace
    }
}

impl std::fmt::Display for GroupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace != "default" {
            write!(f, "{}/", self.namespace)?;
        }
        write!(f, "{}/{}", self.job, self.group)
    }
}

/// Whether an allocation is on its way out: marked to move, or no longer wanted.
#[must_use]
pub fn is_leaving(alloc: &AllocStub) -> bool {
    alloc.desired_status != DesiredStatus::Run || alloc.desired_transition.migrate == Some(true)
}

/// Whether an allocation counts towards its group's availability: it runs, is wanted, stays, was found healthy, and is
/// not a canary that may yet be thrown away. Undecided and decided-unhealthy ones do not count, unlike in Nomad's own
/// drainer (`nomad-api.md` T15).
#[must_use]
pub fn is_available(alloc: &AllocStub) -> bool {
    is_available_now(alloc, false)
}

/// The same where checks were asked: what was found unhealthy once is available when every check of it passes now, since
/// Nomad's record does not change afterwards. What is undecided is not.
#[must_use]
pub fn is_available_now(alloc: &AllocStub, every_check_passes: bool) -> bool {
    let well = match alloc.healthy() {
        Some(true) => true,
        Some(false) => every_check_passes,
        None => false,
    };
    well && alloc.client_status == ClientStatus::Running && !is_leaving(alloc) && !alloc.is_canary()
}

/// How many of a group's allocations are available.
pub fn available<'a>(allocs: impl IntoIterator<Item = &'a AllocStub>) -> u64 {
    allocs.into_iter().filter(|a| is_available(a)).count() as u64
}

/// The fewest available allocations a group may have while its nodes are emptied: what its own `migrate` block allows to
/// be away, and never none.
#[must_use]
pub fn default_floor(group: &TaskGroup) -> u64 {
    let count = group.count();
    count.saturating_sub(group.migrate_max_parallel()).max(1).min(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::job::Migrate;
    use proptest::prelude::*;

    fn group(count: u64, max_parallel: u64) -> TaskGroup {
        let migrate = Some(Migrate { max_parallel, ..Migrate::default() });
        TaskGroup { count: Some(count), migrate, ..TaskGroup::default() }
    }

    #[test]
    fn the_floor_follows_max_parallel_and_is_never_zero_while_something_is_wanted() {
        let cases = [(3, 1, 2), (3, 2, 1), (3, 3, 1), (3, 9, 1), (1, 1, 1), (0, 1, 0), (5, 0, 5)];
        for (count, max_parallel, floor) in cases {
            assert_eq!(default_floor(&group(count, max_parallel)), floor, "{count} {max_parallel}");
        }
    }

    #[test]
    fn what_was_found_unhealthy_once_is_available_when_its_checks_pass_now() {
        let alloc = |healthy: Option<bool>| -> AllocStub {
            serde_json::from_value(serde_json::json!({
                "ID": "a", "Name": "web.g[0]", "Namespace": "default", "NodeID": "n", "JobID": "web", "JobType": "service",
                "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
                "DeploymentStatus": {"Healthy": healthy},
            }))
            .unwrap()
        };
        for (healthy, by_record, when_checks_pass) in
            [(Some(true), true, true), (Some(false), false, true), (None, false, false)]
        {
            assert_eq!(is_available(&alloc(healthy)), by_record, "{healthy:?}");
            assert_eq!(is_available_now(&alloc(healthy), true), when_checks_pass, "{healthy:?}");
        }
    }

    proptest! {
        #[test]
        fn the_floor_lies_between_one_and_the_count(count in 1_u64..1000, max_parallel in 0_u64..1000) {
            let floor = default_floor(&group(count, max_parallel));
            prop_assert!(floor >= 1 && floor <= count);
        }
    }
}
