//! Whether an update may take instances of a group away now, while others of it are away already. Pure.
//!
//! The servers replace as many at once as the group's update block says, and count for that only what the new deployment placed:
//! what is away for another reason (a rotation, a restart, a crash) comes on top (`nomad-api.md §3.6`). So whoever updates a job
//! waits for what comes back by itself, does not guess about what nobody sees, and takes nothing of what still serves beside what is
//! broken; where nothing serves, nothing holds up the repair.

mod deployment;
mod standing;

pub use self::standing::{Standing, standing};

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::TaskGroup;
use crate::model::group::is_leaving;
use crate::model::ids::short;
use crate::model::present_health::PresentHealth;
use crate::model::target::alloc_index;
use crate::model::words;

/// How long one that crashed is waited for: it may come back, or crash again.
const RECOVERS_WITHIN: Duration = Duration::from_secs(30);
/// How long it is waited for a node that does not answer: until then it does, or its heartbeat is overdue.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
/// How long it is waited for the servers to place what is missing.
const PLACED_WITHIN: Duration = Duration::from_secs(10);

/// What has the servers replace instances of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FloorAct {
    /// A version is registered.
    #[default]
    Update,
    /// Canaries are promoted.
    Promotion,
    /// A deployment that is paused goes on.
    Resumption,
    /// An earlier version comes back.
    Return,
}

impl std::fmt::Display for FloorAct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FloorAct::Update => "the update",
            FloorAct::Promotion => "the promotion",
            FloorAct::Resumption => "the deployment that goes on",
            FloorAct::Return => "the way back",
        })
    }
}

/// A group that something would take instances away from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdatedGroup {
    /// Its name.
    pub name: String,
    /// What would.
    pub act: FloorAct,
    /// How many it wants before and after the update: the fewer.
    pub base: u64,
    /// How many its update block lets go at once; 0 means all of them.
    pub max_parallel: u64,
    /// How many the servers would replace in their first step.
    pub replaced: u64,
    /// How many of those that are wanted there are; canaries that are to be promoted are among them.
    pub there: u64,
    /// How many are at work.
    pub well: u64,
    /// How many of these are among those that the servers replace first.
    pub taken: u64,
    /// Those that are on their way, each with why.
    pub coming: Vec<String>,
    /// Those that crashed and may come back.
    pub recovering: Vec<String>,
    /// Those that are broken.
    pub broken: Vec<String>,
    /// Those of which nobody knows.
    pub unseen: Vec<String>,
    /// Why what is missing would not be placed after the update either, where the servers plan so.
    pub unplaced: Option<String>,
}

/// What is to be done before a group is updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing: it stays at its floor, or above.
    Go,
    /// The update may go on, since nothing of the group serves. Why, in words.
    Repair(String),
    /// It is waited for this.
    Wait(String),
    /// It takes of what still serves, and leaves less than the floor.
    Refuse(String),
}

/// What the servers plan for a group.
#[derive(Debug, Clone, Copy)]
pub struct PlannedStep<'p> {
    /// For what.
    pub act: FloorAct,
    /// How many they would replace at once.
    pub replaced: u64,
    /// How many they would change in place.
    pub in_place: u64,
    /// Why they would find no place for some.
    pub unplaced: Option<&'p str>,
}

impl UpdatedGroup {
    /// A group as it stands, before and after the update. `allocs` are those of the job, with their task states, and `health` is how
    /// those that run do, by their ids.
    #[must_use]
    pub fn of(
        (before, after): (&TaskGroup, &TaskGroup),
        step: PlannedStep<'_>,
        allocs: &[AllocStub],
        health: &BTreeMap<String, PresentHealth>,
        now: Timestamp,
    ) -> Self {
        let mut group = UpdatedGroup {
            name: after.name.clone(),
            act: step.act,
            base: before.count().min(after.count()),
            // A file may leave it to the servers, which replace one at a time then.
            max_parallel: after.update.as_ref().or(before.update.as_ref()).map_or(1, |u| u.max_parallel),
            replaced: step.replaced,
            unplaced: step.unplaced.map(str::to_owned),
            ..UpdatedGroup::default()
        };
        let own: Vec<&AllocStub> = allocs.iter().filter(|a| a.task_group == before.name).collect();
        let at_work = group.count(&own, before, |a| !a.is_canary(), health, now);
        group.taken = among(&at_work, &replaced_first(own.iter().copied(), step));
        group
    }

    /// A group of a job whose deployment goes on, and is promoted with that where it `promotes`.
    #[must_use]
    pub fn of_deployment(
        of: &TaskGroup,
        (deployment, promotes): (&Deployment, bool),
        allocs: &[AllocStub],
        health: &BTreeMap<String, PresentHealth>,
        now: Timestamp,
    ) -> Self {
        let own: Vec<&AllocStub> = allocs.iter().filter(|a| a.task_group == of.name).collect();
        let next = deployment::taken_next(of, deployment.job_version, promotes, &own);
        let mut group = UpdatedGroup {
            name: of.name.clone(),
            act: if promotes { FloorAct::Promotion } else { FloorAct::Resumption },
            base: of.count(),
            max_parallel: of.update.as_ref().map_or(1, |u| u.max_parallel),
            replaced: next.len() as u64,
            ..UpdatedGroup::default()
        };
        let at_work = group.count(&own, of, |a| promotes || !a.is_canary(), health, now);
        group.taken = among(&at_work, &next);
        group
    }

    /// Counts those that are wanted by how they stand; the ids of those that are at work.
    fn count(
        &mut self,
        own: &[&AllocStub],
        of: &TaskGroup,
        counts: impl Fn(&AllocStub) -> bool,
        health: &BTreeMap<String, PresentHealth>,
        now: Timestamp,
    ) -> BTreeSet<String> {
        let failed = |a: &&&AllocStub| a.client_status == ClientStatus::Failed;
        let retries: BTreeSet<&str> = own.iter().filter(failed).map(|a| a.next_allocation.as_str()).collect();
        let mut at_work = BTreeSet::new();
        for alloc in own.iter().filter(|a| a.desired_status == DesiredStatus::Run && counts(a)) {
            self.there += u64::from(!alloc.client_status.is_terminal());
            if failed(&alloc) && alloc.next_allocation.is_empty() {
                self.add(alloc, Standing::Broken, "it failed");
            } else if let Some(health) = health.get(&alloc.id).filter(|_| !alloc.client_status.is_terminal())
            {
                match standing(alloc, of, health, now) {
                    // It came after one that failed: perhaps it does, too.
                    (Standing::Coming, why) if retries.contains(alloc.id.as_str()) => {
                        self.add(alloc, Standing::Recovering, &why);
                    }
                    (standing, why) => {
                        if standing == Standing::Well {
                            at_work.insert(alloc.id.clone());
                        }
                        self.add(alloc, standing, &why);
                    }
                }
            }
        }
        at_work
    }

    /// Adds an instance.
    fn add(&mut self, alloc: &AllocStub, standing: Standing, why: &str) {
        let line = format!("{} ({}, on {}): {why}", short_name(alloc), short(&alloc.id), alloc.node_name);
        match standing {
            Standing::Well => self.well += 1,
            Standing::Coming => self.coming.push(line),
            Standing::Recovering => self.recovering.push(line),
            Standing::Broken => self.broken.push(line),
            Standing::Unseen => self.unseen.push(line),
        }
    }

    /// The fewest that its update block leaves at work.
    #[must_use]
    pub fn floor(&self) -> u64 {
        match self.max_parallel {
            0 => 0,
            most => self.base.saturating_sub(most),
        }
    }

    /// What is to be done, after it was waited for so long.
    #[must_use]
    pub fn answer(&self, waited: Duration) -> Answer {
        let left = self.well.saturating_sub(self.taken);
        if self.replaced == 0 || left >= self.floor() {
            return Answer::Go;
        }
        if self.well == 0 && self.unseen.is_empty() {
            return Answer::Repair(format!(
                "nothing of group {} is at work now, so nothing is lost",
                self.name
            ));
        }
        if let Some(first) = self.coming.first() {
            return Answer::Wait(self.sentence(first));
        }
        if let Some(first) = self.unseen.first() {
            let sentence = self.sentence(first);
            return if waited < ANSWERS_WITHIN { Answer::Wait(sentence) } else { Answer::Refuse(sentence) };
        }
        if let Some(first) = self.recovering.first()
            && waited < RECOVERS_WITHIN
        {
            return Answer::Wait(self.sentence(first));
        }
        if let Some(first) = self.broken.first().or(self.recovering.first()) {
            return Answer::Refuse(self.sentence(first));
        }
        match &self.unplaced {
            _ if waited < PLACED_WITHIN => Answer::Wait(self.sentence("the others are not placed")),
            Some(why) => Answer::Refuse(self.sentence(&format!("the others find no place: {why}"))),
            None => Answer::Refuse(self.sentence("the others are not placed")),
        }
    }

    fn sentence(&self, because: &str) -> String {
        let instances = words::count(self.base.max(self.there), "instance");
        format!(
            "{} of {instances} of group {} at work now, and {} begins with {} of those (floor {}); {because}",
            self.well,
            self.name,
            self.act,
            self.taken,
            self.floor()
        )
    }
}

/// How many of these are at work.
fn among(at_work: &BTreeSet<String>, these: &[&AllocStub]) -> u64 {
    these.iter().filter(|a| at_work.contains(&a.id)).count() as u64
}

/// Those that the servers replace in their first step: the lowest indices of what is to be replaced (`nomad-api.md §3.6`). What is
/// changed in place is told apart by its version, where one version has as many; else any may be among them.
fn replaced_first<'a>(own: impl Iterator<Item = &'a AllocStub>, step: PlannedStep<'_>) -> Vec<&'a AllocStub> {
    let runs = |a: &&AllocStub| {
        let there = !a.client_status.is_terminal() && a.client_status != ClientStatus::Unknown;
        a.desired_status == DesiredStatus::Run && !a.is_canary() && there && !is_leaving(a)
    };
    let mut all: Vec<&AllocStub> = own.filter(runs).collect();
    let mut by_version: BTreeMap<u64, u64> = BTreeMap::new();
    for alloc in &all {
        *by_version.entry(alloc.job_version).or_default() += 1;
    }
    let mut stays = by_version.iter().filter(|(_, count)| step.in_place > 0 && **count == step.in_place);
    if let (Some((version, _)), None) = (stays.next(), stays.next()) {
        all.retain(|a| a.job_version != *version);
    }
    all.sort_by_key(|a| alloc_index(&a.name).unwrap_or(u64::MAX));
    all.truncate(usize::try_from(step.replaced).unwrap_or(usize::MAX));
    all
}

/// `group[index]`.
fn short_name(alloc: &AllocStub) -> &str {
    alloc.name.strip_prefix(&*alloc.job_id).map_or(&*alloc.name, |rest| rest.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::present_health::{HealthVerdict, OFTEN};
    use proptest::prelude::*;

    const LONG: Duration = Duration::from_secs(3_600);

    fn group(base: u64, well: u64) -> UpdatedGroup {
        let taken = well.min(1);
        UpdatedGroup {
            name: "g".into(),
            base,
            max_parallel: 1,
            replaced: 1,
            well,
            taken,
            ..UpdatedGroup::default()
        }
    }

    #[test]
    fn what_is_on_its_way_is_waited_for_and_of_what_serves_beside_what_is_broken_nothing_is_taken() {
        assert_eq!(group(3, 3).answer(Duration::ZERO), Answer::Go);
        let moved = UpdatedGroup { coming: vec!["g[1] (f2d6c09d, on c1): it starts".into()], ..group(3, 2) };
        assert_eq!(
            moved.answer(Duration::ZERO),
            Answer::Wait(
                "2 of 3 instances of group g at work now, and the update begins with 1 of those (floor 2); \
                 g[1] (f2d6c09d, on c1): it starts"
                    .into()
            )
        );
        let broken = UpdatedGroup { broken: vec!["g[1]: it crashes".into()], ..group(3, 2) };
        assert!(matches!(broken.answer(Duration::ZERO), Answer::Refuse(_)));
        // The broken one is what it begins with.
        assert_eq!(UpdatedGroup { taken: 0, ..broken }.answer(Duration::ZERO), Answer::Go);
        assert!(matches!(group(3, 0).answer(Duration::ZERO), Answer::Repair(_)));
        // Canaries, and what is changed in place, take nothing.
        assert_eq!(UpdatedGroup { replaced: 0, ..moved }.answer(Duration::ZERO), Answer::Go);
        // The file lets all go at once.
        let all = UpdatedGroup { max_parallel: 0, replaced: 3, coming: vec!["x".into()], ..group(3, 2) };
        assert_eq!(all.answer(Duration::ZERO), Answer::Go);
    }

    #[test]
    fn what_has_just_started_is_on_its_way_and_what_crashes_is_not() {
        let now = Timestamp::from_second(10_000).unwrap();
        let group = TaskGroup { name: "g".into(), count: Some(3), ..TaskGroup::default() };
        let how = |client: &str, started: i64, health: serde_json::Value, verdict, restarts_lately| {
            let at = Timestamp::from_second(10_000 - started).unwrap();
            let alloc: AllocStub = serde_json::from_value(serde_json::json!({
                "ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "DesiredStatus": "run", "ClientStatus": client, "DeploymentStatus": health, "CreateIndex": 1, "ModifyIndex": 1,
                "CreateTime": 1_000_000_000_000_i64, "TaskStates": {"t": {"State": "running", "StartedAt": at.to_string()}}
            }))
            .unwrap();
            let reasons = vec!["why".to_owned()];
            let health = PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately };
            standing(&alloc, &group, &health, now).0
        };
        let (good, bad) = (HealthVerdict::Healthy, HealthVerdict::Unhealthy);
        let none = || serde_json::Value::Null;
        assert_eq!(how("running", 60, none(), good, 0), Standing::Well);
        assert_eq!(how("running", 3, none(), good, 0), Standing::Coming);
        // Its client found it healthy after that start, or before it.
        let found = |second: i64| serde_json::json!({"Healthy": true, "Timestamp": Timestamp::from_second(second).unwrap().to_string()});
        assert_eq!(how("running", 3, found(9_999), good, 0), Standing::Well);
        assert_eq!(how("running", -30, found(10_040), good, 0), Standing::Well);
        assert_eq!(how("running", 3, found(9_000), good, 0), Standing::Coming);
        assert_eq!(how("running", 3, none(), bad, 0), Standing::Coming);
        assert_eq!(how("running", 600, none(), bad, 0), Standing::Broken);
        assert_eq!(how("running", 3, none(), bad, 1), Standing::Recovering);
        assert_eq!(how("running", 3, none(), bad, OFTEN), Standing::Broken);
        assert_eq!(how("running", 3, serde_json::json!({"Healthy": false}), bad, 0), Standing::Broken);
        assert_eq!(how("unknown", 600, none(), HealthVerdict::NotKnown, 0), Standing::Unseen);
    }

    #[test]
    fn what_crashed_once_and_what_nobody_sees_have_their_time() {
        let crashed = UpdatedGroup { recovering: vec!["g[1]: it crashed".into()], ..group(3, 2) };
        assert!(matches!(crashed.answer(Duration::ZERO), Answer::Wait(_)));
        assert!(matches!(crashed.answer(RECOVERS_WITHIN), Answer::Refuse(_)));
        let unseen = UpdatedGroup { unseen: vec!["g[1]: its client does not answer".into()], ..group(3, 2) };
        assert!(matches!(unseen.answer(Duration::ZERO), Answer::Wait(_)));
        assert!(matches!(unseen.answer(ANSWERS_WITHIN), Answer::Refuse(_)));
        let short = UpdatedGroup { unplaced: Some("no room".into()), ..group(3, 2) };
        assert!(matches!(short.answer(LONG), Answer::Refuse(_)));
        assert!(matches!(group(3, 2).answer(LONG), Answer::Refuse(_)));
    }

    #[test]
    fn the_servers_begin_with_the_lowest_index_of_what_is_replaced() {
        let alloc = |index: u64, version: u64, status: &str| -> AllocStub {
            serde_json::from_value(serde_json::json!({
                "ID": format!("a{index}"), "Name": format!("web.g[{index}]"), "Namespace": "default", "JobID": "web",
                "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": status, "JobVersion": version,
                "CreateIndex": 1, "ModifyIndex": 1
            }))
            .unwrap()
        };
        let all =
            [alloc(10, 0, "running"), alloc(2, 0, "running"), alloc(1, 1, "running"), alloc(0, 0, "failed")];
        let first = |replaced, in_place| -> Vec<&str> {
            let step = PlannedStep { act: FloorAct::Update, replaced, in_place, unplaced: None };
            replaced_first(all.iter(), step).iter().map(|a| a.id.as_str()).collect()
        };
        assert_eq!(first(2, 0), ["a1", "a2"]);
        assert_eq!(first(1, 2), ["a1"], "the two of version 0 are changed in place");
        assert_eq!(first(1, 1), ["a2"], "the one of version 1 is");
    }

    proptest! {
        /// It goes on without a word only where the floor holds after the first step, or the file has none.
        #[test]
        fn nobody_goes_below_the_floor_unsaid(
            (base, max_parallel, replaced, well) in (0_u64..8, 0_u64..4, 0_u64..8, 0_u64..8),
            (coming, recovering, broken, unseen) in (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3),
            taken in 0_u64..8,
            (waited, placed) in (0_u64..100, any::<bool>()),
        ) {
            let lines = |n: usize| vec!["x".to_owned(); n];
            let group = UpdatedGroup {
                name: "g".into(), base, max_parallel, replaced, well, taken: taken.min(replaced).min(well),
                coming: lines(coming), recovering: lines(recovering), broken: lines(broken), unseen: lines(unseen),
                unplaced: (!placed).then(|| "no room".to_owned()),
                ..UpdatedGroup::default()
            };
            match group.answer(Duration::from_secs(waited)) {
                Answer::Go => prop_assert!(replaced == 0 || well - group.taken >= group.floor()),
                Answer::Repair(_) => prop_assert!(well == 0),
                Answer::Wait(_) | Answer::Refuse(_) => prop_assert!(well > 0 || unseen > 0),
            }
        }

        /// Waiting for what is not on its way ends, and where nothing serves the repair is not refused.
        #[test]
        fn a_repair_is_never_refused(broken in 0_usize..3, recovering in 0_usize..3, placed in any::<bool>()) {
            let lines = |n: usize| vec!["x".to_owned(); n];
            let group = UpdatedGroup {
                broken: lines(broken), recovering: lines(recovering),
                unplaced: (!placed).then(|| "no room".to_owned()), ..group(8, 0)
            };
            prop_assert!(matches!(group.answer(Duration::ZERO), Answer::Go | Answer::Repair(_)));
        }
    }
}
