//! Whether an update may take instances of a group away now, while others of it are away already. Pure.
//!
//! The servers replace as many at once as the group's update block says, and count for that only what the new deployment placed:
//! what is away for another reason (a rotation, a restart, a crash) comes on top (`nomad-api.md §3.6`). So whoever updates a job
//! waits for what comes back by itself, does not guess about what nobody sees, and takes nothing of what still serves beside what is
//! broken. An update that begins with what is broken is its repair, and nothing holds it up: the servers go on from one instance to
//! the next only as the new ones become healthy, so that never fewer are at work than after their first step.
//!
//! While a deployment goes on the same is asked before each of its steps: who goes bad in the middle of it was not counted before.

mod decision;
mod deployment;
mod planned;
mod standing;
mod steps;

pub use self::decision::{AtWork, Decision, Hold, UpdateLook};
pub use self::deployment::is_promoted_by_servers;
pub use self::planned::{PlannedStep, is_order_open};
pub use self::standing::{Standing, standing};
pub use self::steps::{StepTerms, Steps};

use self::planned::taken_first;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::TaskGroup;
use crate::model::ids::short;
use crate::model::present_health::PresentHealth;
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
    /// A group gets a lower count.
    Fewer,
    /// A deployment that is under way goes on by itself.
    NextStep,
}

impl std::fmt::Display for FloorAct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            FloorAct::Update => "the update",
            FloorAct::Promotion => "the promotion",
            FloorAct::Resumption => "the deployment that goes on",
            FloorAct::Return => "the way back",
            FloorAct::Fewer => "the lower count",
            FloorAct::NextStep => "the next step of the deployment",
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
    /// Whether fewer are wanted than before: those of the highest indices are stopped at once, well or not.
    pub fewer: bool,
    /// How many it wants now.
    pub wanted: u64,
    /// How many are at work.
    pub well: u64,
    /// How many more are at work once the servers go on: they do so as those that a deployment has started are found healthy.
    pub becoming: u64,
    /// How many that are broken count for nothing: the deployment takes their version back, and so repairs them.
    pub given_up: u64,
    /// How many are enough where it began with fewer than the update block leaves.
    pub enough: Option<u64>,
    /// How many of these are among those that the servers take first.
    pub taken: u64,
    /// The first of these.
    pub first_taken: Option<String>,
    /// Whether one of which nobody knows is among those that the servers take first.
    pub takes_unseen: bool,
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
    /// The update may go on, since it takes nothing that serves. Why, in words.
    Repair(String),
    /// It is waited for this.
    Wait(String),
    /// It takes of what still serves, and leaves less than the floor.
    Refuse(String),
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
            wanted: before.count(),
            // A file may leave it to the servers, which replace one at a time then.
            max_parallel: after.update.as_ref().or(before.update.as_ref()).map_or(1, |u| u.max_parallel),
            replaced: step.replaced,
            fewer: after.count() < before.count(),
            unplaced: step.unplaced.map(str::to_owned),
            ..UpdatedGroup::default()
        };
        let own: Vec<&AllocStub> = allocs.iter().filter(|a| a.task_group == before.name).collect();
        let standings = group.count(&own, before, |a| !a.is_canary(), health, now);
        group.take(&standings, &taken_first(&own, after.count(), step));
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
            wanted: of.count(),
            max_parallel: of.update.as_ref().map_or(1, |u| u.max_parallel),
            replaced: next.len() as u64,
            ..UpdatedGroup::default()
        };
        let standings = group.count(&own, of, |a| promotes || !a.is_canary(), health, now);
        group.take(&standings, &next);
        group
    }

    /// A group of a job whose deployment is under way, before the servers take what comes next.
    #[must_use]
    pub fn of_next_step(
        of: &TaskGroup,
        (deployment, terms): (&Deployment, &StepTerms),
        allocs: &[AllocStub],
        health: &BTreeMap<String, PresentHealth>,
        now: Timestamp,
    ) -> Self {
        let version = deployment.job_version;
        let own: Vec<&AllocStub> = allocs.iter().filter(|a| a.task_group == of.name).collect();
        let promotes = deployment::waits_for_promotion(deployment, &of.name);
        let next = deployment::taken_in_next_step(of, version, promotes, &own);
        let base = terms.counts_before.get(&of.name).map_or(of.count(), |before| of.count().min(*before));
        let mut group = UpdatedGroup {
            name: of.name.clone(),
            act: FloorAct::NextStep,
            base,
            wanted: of.count(),
            max_parallel: of.update.as_ref().map_or(1, |u| u.max_parallel),
            replaced: next.taken.len() as u64,
            becoming: next.becoming,
            enough: terms.enough.get(&of.name).copied(),
            ..UpdatedGroup::default()
        };
        // Those of which the servers do not know yet are what they wait for.
        let counts = |a: &AllocStub| (promotes || !a.is_canary()) && !deployment::is_undecided(a, version);
        let standings = group.count(&own, of, counts, health, now);
        group.take(&standings, &next.taken);
        if terms.takes_back {
            let is_bad = |a: &&&AllocStub| {
                let how = standings.get(&a.id);
                a.job_version != version && matches!(how, Some(Standing::Broken | Standing::Recovering))
            };
            group.given_up = own.iter().filter(is_bad).count() as u64;
        }
        group
    }

    /// Counts those that are wanted by how they stand; how each does, by its id.
    fn count(
        &mut self,
        own: &[&AllocStub],
        of: &TaskGroup,
        counts: impl Fn(&AllocStub) -> bool,
        health: &BTreeMap<String, PresentHealth>,
        now: Timestamp,
    ) -> BTreeMap<String, Standing> {
        let failed = |a: &&&AllocStub| a.client_status == ClientStatus::Failed;
        let retries: BTreeSet<&str> = own.iter().filter(failed).map(|a| a.next_allocation.as_str()).collect();
        let mut standings = BTreeMap::new();
        for alloc in own.iter().filter(|a| a.desired_status == DesiredStatus::Run && counts(a)) {
            let (standing, why) = if failed(&alloc) && alloc.next_allocation.is_empty() {
                (Standing::Broken, "it failed".to_owned())
            } else if let Some(health) = health.get(&alloc.id).filter(|_| !alloc.client_status.is_terminal())
            {
                match standing(alloc, of, health, now) {
                    // It came after one that failed: perhaps it does, too.
                    (Standing::Coming, why) if retries.contains(alloc.id.as_str()) => {
                        (Standing::Recovering, why)
                    }
                    stands => stands,
                }
            } else {
                continue;
            };
            self.add(alloc, standing, &why);
            standings.insert(alloc.id.clone(), standing);
        }
        standings
    }

    /// Notes what the servers take first.
    fn take(&mut self, standings: &BTreeMap<String, Standing>, these: &[&AllocStub]) {
        let stands = |a: &&&AllocStub, how: Standing| standings.get(&a.id) == Some(&how);
        let mut at_work = these.iter().filter(|a| stands(a, Standing::Well));
        self.first_taken = at_work.next().map(|a| label(a));
        self.taken = u64::from(self.first_taken.is_some()) + at_work.count() as u64;
        self.takes_unseen = these.iter().any(|a| stands(&a, Standing::Unseen));
    }

    /// Adds an instance.
    fn add(&mut self, alloc: &AllocStub, standing: Standing, why: &str) {
        let line = format!("{}: {why}", label(alloc));
        match standing {
            Standing::Well => self.well += 1,
            Standing::Coming => self.coming.push(line),
            Standing::Recovering => self.recovering.push(line),
            Standing::Broken => self.broken.push(line),
            Standing::Unseen => self.unseen.push(line),
        }
    }

    /// The fewest that its update block leaves at work, or that are enough.
    #[must_use]
    pub fn floor(&self) -> u64 {
        let floor = match self.max_parallel {
            0 => 0,
            most => self.base.saturating_sub(most),
        };
        // What is replaced comes back, what is stopped does not.
        let floor = if self.fewer { floor.max(self.base.min(1)) } else { floor };
        floor.saturating_sub(self.given_up).min(self.enough.unwrap_or(u64::MAX))
    }

    /// How many are at work once it is taken what is taken first.
    #[must_use]
    pub fn left(&self) -> u64 {
        (self.well + self.becoming).saturating_sub(self.taken)
    }

    /// Whether anything is taken at all.
    #[must_use]
    pub fn takes(&self) -> bool {
        self.replaced > 0 || self.fewer
    }

    /// What is to be done, after it was waited for so long.
    #[must_use]
    pub fn answer(&self, waited: Duration) -> Answer {
        if !self.takes() || self.left() >= self.floor() {
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
        if self.taken == 0 && !self.takes_unseen {
            return Answer::Repair(self.mended());
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
        let first = match &self.first_taken {
            Some(first) => format!(", {first} first"),
            None => String::new(),
        };
        format!(
            "{}, and {} begins with {} of those{first} (floor {}); {because}",
            self.at_work(),
            self.act,
            self.taken,
            self.floor()
        )
    }

    fn mended(&self) -> String {
        let broken = self.broken.first().or(self.recovering.first());
        let broken = broken.map(|line| format!("; {line}")).unwrap_or_default();
        format!(
            "{}, below its floor of {}, and {} begins with what is not{broken}",
            self.at_work(),
            self.floor(),
            self.act
        )
    }

    fn at_work(&self) -> String {
        let well = self.well + self.becoming;
        // What takes the place of one out of sight, and canaries, are no more that are wanted.
        let instances = words::count(self.wanted.max(self.base).max(well), "instance");
        let when = if self.becoming > 0 { "once what starts is healthy" } else { "now" };
        format!("{well} of {instances} of group {} at work {when}", self.name)
    }
}

/// `group[index] (id, on node)`.
fn label(alloc: &AllocStub) -> String {
    format!("{} ({}, on {})", short_name(alloc), short(&alloc.id), alloc.node_name)
}

/// `group[index]`.
fn short_name(alloc: &AllocStub) -> &str {
    alloc.name.strip_prefix(&*alloc.job_id).map_or(&*alloc.name, |rest| rest.trim_start_matches('.'))
}

#[cfg(test)]
mod tests;
