//! How many allocations each group wants, and how few of them may be available while its nodes are emptied. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{Task, TaskGroup, Update};
use crate::api::wire::Nanos;
use crate::model::group::{self, GroupKey};
use crate::model::ids::JobKey;
use crate::ops::migration::snapshot::JobDocument;

/// The fewest available allocations of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinHealthy {
    /// So many.
    Count(u64),
    /// So many of a hundred, rounded up.
    Percent(u64),
}

impl MinHealthy {
    /// Reads `3` or `80%`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number =
            |t: &str| t.parse::<u64>().map_err(|_| format!("{text:?} is neither a number nor a percentage"));
        match text.strip_suffix('%') {
            Some(percent) => match number(percent)? {
                percent @ 0..=100 => Ok(MinHealthy::Percent(percent)),
                _ => Err("a percentage is at most 100%".to_owned()),
            },
            None => number(text).map(MinHealthy::Count),
        }
    }

    /// The floor of a group that wants `count`; never more than that.
    #[must_use]
    pub fn floor(self, count: u64) -> u64 {
        match self {
            MinHealthy::Count(n) => n.min(count),
            MinHealthy::Percent(percent) => (count * percent).div_ceil(100),
        }
    }
}

/// What the operator decided about floors; where nothing was said, each group's own `migrate` block decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FloorPolicy {
    /// The floor of every group.
    pub every: Option<MinHealthy>,
    /// Floors of single jobs, by `job` or `namespace/job`; they win over `every`.
    pub by_job: BTreeMap<String, MinHealthy>,
    /// Whether a group of one may be away while it moves.
    pub singletons_may_be_away: bool,
}

impl FloorPolicy {
    fn of_job(&self, key: &GroupKey) -> Option<MinHealthy> {
        let full = format!("{}/{}", key.namespace, key.job);
        self.by_job.get(&full).or_else(|| self.by_job.get(&key.job)).copied().or(self.every)
    }

    /// The floor of a group as its job stands now.
    #[must_use]
    pub fn floor(&self, key: &GroupKey, group: &TaskGroup) -> u64 {
        let count = group.count();
        if count == 1 && self.singletons_may_be_away {
            return 0;
        }
        self.of_job(key).map_or_else(|| group::default_floor(group), |m| m.floor(count))
    }

    /// Names in `by_job` that fit none of these jobs: a floor that holds nothing is a mistake.
    #[must_use]
    pub fn unused<'j>(&self, jobs: impl IntoIterator<Item = &'j JobKey>) -> Vec<String> {
        let known: BTreeSet<String> =
            jobs.into_iter().flat_map(|j| [j.id.clone(), format!("{}/{}", j.namespace, j.id)]).collect();
        self.by_job.keys().filter(|name| !known.contains(*name)).cloned().collect()
    }
}

/// Why nobody wants a replacement any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwanted {
    /// The job was stopped.
    JobStopped,
    /// The job is gone.
    JobGone,
    /// The job was removed and registered again: what runs now is none of what left.
    JobAnew,
    /// The job has no such group any more.
    GroupGone,
    /// The group wants none.
    ScaledToZero,
    /// The group is complete without it.
    Complete,
    /// Nobody wants a canary any more: its deployment is over.
    DeploymentOver,
}

impl std::fmt::Display for Unwanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Unwanted::JobStopped => "its job was stopped",
            Unwanted::JobGone => "its job is gone",
            Unwanted::JobAnew => "its job was registered anew",
            Unwanted::GroupGone => "its job has no such group any more",
            Unwanted::ScaledToZero => "its group was scaled to 0",
            Unwanted::Complete => "its group is complete without it",
            Unwanted::DeploymentOver => "the deployment that wanted the canary is over",
        })
    }
}

/// What holds for a group now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// How many allocations it wants.
    pub count: u64,
    /// The fewest that are available at any moment.
    pub floor: u64,
    /// Canaries that an unpromoted deployment wants beside them.
    pub canaries: u64,
    /// Why it wants none, when it does not.
    pub unwanted: Option<Unwanted>,
    /// How long the move of one allocation takes when all goes well, as far as its job says.
    pub usual: Duration,
    /// How long the move of one allocation may take before something is wrong.
    pub patience: Duration,
    /// Whether somebody has to set the health of what a deployment places.
    pub manual_health: bool,
    /// Index at which its job was registered; 0 where there is none, or where that is not told.
    pub born: u64,
}

impl Rule {
    /// Whether an allocation is of an earlier job of the same name, which was removed before this one was registered.
    #[must_use]
    pub fn is_younger_than(&self, alloc: &AllocStub) -> bool {
        alloc.create_index < self.born
    }

    /// Of a group whose job is not there, or wants nothing of it.
    #[must_use]
    pub fn nothing(why: Unwanted) -> Self {
        Rule {
            count: 0,
            floor: 0,
            canaries: 0,
            unwanted: Some(why),
            usual: Duration::ZERO,
            patience: Duration::from_secs(300),
            manual_health: false,
            born: 0,
        }
    }

    /// Of a group as its job and its deployments are now; no document means that there is no such job.
    #[must_use]
    pub fn of(
        key: &GroupKey,
        document: Option<&JobDocument>,
        deployments: &[Deployment],
        policy: &FloorPolicy,
    ) -> Self {
        let Some(document) = document else { return Rule::nothing(Unwanted::JobGone) };
        let Some(group) = document.job.group(&key.group) else { return Rule::nothing(Unwanted::GroupGone) };
        if document.job.stop {
            return Rule { patience: patience(group), ..Rule::nothing(Unwanted::JobStopped) };
        }
        let count = group.count();
        let active = deployments
            .iter()
            .filter(|d| d.namespace == key.namespace && d.job_id == key.job && d.status.is_active())
            .filter_map(|d| d.task_groups.get(&key.group));
        let canaries = active.filter(|g| !g.promoted).map(|g| g.desired_canaries).max().unwrap_or(0);
        Rule {
            count,
            floor: policy.floor(key, group),
            canaries,
            unwanted: (count == 0).then_some(Unwanted::ScaledToZero),
            usual: usual(group),
            patience: patience(group),
            manual_health: group.update.as_ref().is_some_and(Update::is_manual),
            born: document.job.create_index,
        }
    }
}

/// The rules of the groups of these allocations.
#[must_use]
pub fn rules<'a>(
    groups: impl IntoIterator<Item = &'a GroupKey>,
    jobs: &BTreeMap<JobKey, JobDocument>,
    deployments: &[Deployment],
    policy: &FloorPolicy,
) -> BTreeMap<GroupKey, Rule> {
    let rule = |key: &GroupKey| {
        let document = jobs.get(&key.job_key());
        (key.clone(), Rule::of(key, document, deployments, policy))
    };
    groups.into_iter().map(rule).collect()
}

/// Time to stop at the worst, to start, and to be found healthy, when nothing is slow.
#[must_use]
pub fn usual(group: &TaskGroup) -> Duration {
    /// Placing it, and starting a task whose image is there.
    const START: Duration = Duration::from_secs(5);
    let longest = |ns: &dyn Fn(&Task) -> Option<Nanos>| {
        group.tasks.iter().filter_map(ns).map(Nanos::duration).max().unwrap_or_default()
    };
    let healthy = group.migrate.as_ref().map_or(Duration::from_secs(10), |m| m.min_healthy_time.duration());
    let delays = longest(&|t| t.shutdown_delay) + group.shutdown_delay.unwrap_or_default().duration();
    // Most tasks end long before they are killed.
    delays + longest(&|t| t.kill_timeout) / 2 + START + healthy
}

/// Time to stop, to start, to be found healthy, and a minute for the scheduler and slow images.
#[must_use]
pub fn patience(group: &TaskGroup) -> Duration {
    let longest = |ns: &dyn Fn(&Task) -> Option<Nanos>| {
        group.tasks.iter().filter_map(ns).map(Nanos::duration).max().unwrap_or_default()
    };
    let stop = longest(&|t| t.kill_timeout)
        + longest(&|t| t.shutdown_delay)
        + group.shutdown_delay.unwrap_or_default().duration();
    let healthy = [
        group.migrate.as_ref().map(|m| m.healthy_deadline),
        group.update.as_ref().map(|u| u.healthy_deadline),
    ];
    let healthy =
        healthy.into_iter().flatten().map(Nanos::duration).max().unwrap_or(Duration::from_secs(300));
    stop + healthy + Duration::from_secs(60)
}

/// What the time a group takes depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// How many may be away at once.
    pub at_once: u64,
    /// How long one move takes when all goes well.
    pub usual: Duration,
}

/// How long emptying a node of these is expected to take: groups side by side, of each as many at once as may be, and the seal.
/// Batch work that is waited for takes as long as it takes.
pub fn expected<'a>(
    services: impl IntoIterator<Item = &'a AllocStub>,
    speed: impl Fn(&GroupKey) -> Option<Speed>,
) -> Duration {
    /// Sealing a node and looking at it once more.
    const SEAL: Duration = Duration::from_secs(10);
    let mut groups: BTreeMap<GroupKey, u64> = BTreeMap::new();
    for alloc in services {
        *groups.entry(GroupKey::of(alloc)).or_default() += 1;
    }
    let takes = |(key, n): (GroupKey, u64)| {
        let speed = speed(&key)?;
        let waves = u32::try_from(n.div_ceil(speed.at_once.max(1))).unwrap_or(u32::MAX);
        Some(speed.usual.saturating_mul(waves))
    };
    groups.into_iter().filter_map(takes).max().unwrap_or_default() + SEAL
}

/// The groups these allocations belong to.
pub fn groups_of<'a>(allocs: impl IntoIterator<Item = &'a AllocStub>) -> BTreeSet<GroupKey> {
    allocs.into_iter().map(GroupKey::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_is_a_number_or_a_share_rounded_up() {
        assert_eq!(MinHealthy::parse("80%").unwrap().floor(3), 3);
        assert_eq!(MinHealthy::parse("50%").unwrap().floor(3), 2);
        assert_eq!(MinHealthy::parse("5").unwrap().floor(3), 3);
        assert_eq!(MinHealthy::parse("0").unwrap().floor(3), 0);
        for bad in ["", "x", "101%", "-1", "%"] {
            assert!(MinHealthy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_floor_of_a_job_wins_and_one_that_fits_nothing_is_named() {
        let key = GroupKey { namespace: "ops".into(), job: "web".into(), group: "g".into() };
        let group = TaskGroup { count: Some(10), ..TaskGroup::default() };
        let policy = FloorPolicy {
            every: Some(MinHealthy::Percent(50)),
            by_job: [("ops/web".to_owned(), MinHealthy::Count(9)), ("typo".to_owned(), MinHealthy::Count(1))]
                .into(),
            singletons_may_be_away: true,
        };
        assert_eq!(policy.floor(&key, &group), 9);
        assert_eq!(policy.floor(&GroupKey { job: "api".into(), ..key.clone() }, &group), 5);
        assert_eq!(policy.unused([&JobKey::new("ops", "web")]), ["typo"]);
        assert_eq!(policy.floor(&key, &TaskGroup { count: Some(1), ..TaskGroup::default() }), 0);
    }
}
