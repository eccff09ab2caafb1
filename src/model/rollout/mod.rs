//! How far a version of a job is on its way to running everywhere: judged from the job, its deployments, evaluations and
//! allocations together, because each of them alone misleads (`nomad-api.md §3.6`, §3.7).

pub mod back;
pub mod canary;
pub mod gate;
pub mod look;
mod standing;
#[cfg(test)]
mod tests;

pub use look::{Counts, Later, Nowhere};

use std::collections::BTreeMap;

use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, TaskState};
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::evaluation::{EvalStatus, Evaluation};
use crate::api::nomad::job::Job;
use crate::model::alloc_diagnosis::{self, OutOfMemory};
use crate::model::ids::JobType;
use crate::model::restart::Sightings;
use crate::model::unseen_end::{self, UnseenEnd};
use crate::model::{deployment_health, group, metric};

/// The version that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its namespace.
    pub namespace: String,
    /// The job's id.
    pub job: String,
    /// The version.
    pub version: u64,
    /// Index of its specification: what its deployment names.
    pub spec_index: u64,
    /// Index of the job's creation.
    pub create_index: u64,
}

impl Target {
    /// A job as it is registered now.
    #[must_use]
    pub fn of(job: &Job) -> Self {
        Target {
            namespace: job.namespace.clone(),
            job: job.id.clone(),
            version: job.version,
            spec_index: job.job_modify_index,
            create_index: job.create_index,
        }
    }
}

/// A job and all that belongs to it, as it was seen at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobObservation {
    /// The job; none when there is none.
    pub job: Option<Job>,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
    /// Its allocations.
    pub allocs: Vec<AllocStub>,
    /// Its evaluations.
    pub evals: Vec<Evaluation>,
    /// Since when its allocations have been seen to run.
    pub sighted: Sightings,
    /// What is not to run and may still do, where that was asked for.
    pub unseen: Vec<UnseenEnd>,
}

/// A group of which something found no place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unplaced {
    /// The group.
    pub group: String,
    /// How many.
    pub count: u64,
    /// Why.
    pub why: String,
}

/// How far a rollout is.
#[derive(Debug, Clone, PartialEq)]
pub enum RolloutState {
    /// The job does not exist any more.
    Gone,
    /// Somebody stopped the job.
    Stopped,
    /// Another version took its place.
    Superseded {
        /// The version there is now.
        by: u64,
    },
    /// The scheduler gave up.
    Refused {
        /// Why.
        why: String,
    },
    /// The job makes others by time or by dispatch; itself it runs nothing.
    Launcher,
    /// Under way; what it waits for.
    Progressing {
        /// What, in a sentence.
        waits: String,
    },
    /// What is left to place finds no place, and nothing else moves.
    Blocked {
        /// What finds no place.
        unplaced: Vec<Unplaced>,
    },
    /// By the servers' records all canaries are healthy.
    CanariesReady {
        /// Whether the servers promote them by themselves.
        automatic: bool,
    },
    /// Somebody halted the deployment.
    Paused,
    /// By the servers' records everything of the version runs and is healthy; or it was work that has ended well.
    Healthy,
    /// The job is to have an instance on every node it fits, the scheduler is through, and no node has one.
    Nowhere(Nowhere),
    /// Something is missing, and nothing is under way that could bring it: nobody tries it again.
    Stuck {
        /// What, and why.
        why: String,
    },
    /// Batch work that ended badly, or a version without a deployment that does not run.
    NotRunning {
        /// Why.
        why: String,
    },
    /// The deployment failed.
    Failed {
        /// The servers' words.
        why: String,
        /// What became of the version before.
        rollback: Rollback,
    },
}

/// What becomes of the version before when a deployment has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rollback {
    /// The servers do not roll back; why, if they say.
    None(Option<String>),
    /// They do, and it goes on; what it waits for.
    Progressing(String),
    /// They do, and the canaries of this version, which were found healthy, wait for somebody to promote them.
    WaitsForPromotion(u64),
    /// It runs again, healthy, as this version.
    Done(u64),
    /// It failed too.
    Failed(String),
}

impl JobObservation {
    /// Takes note of what runs at this moment.
    pub fn sight(&mut self, now: jiff::Timestamp) {
        for alloc in self.allocs.iter().filter(|a| a.client_status == ClientStatus::Running) {
            if let Some(started) = standing::started(alloc) {
                self.sighted.up_for(&alloc.id, started, now);
            }
        }
    }

    /// The deployment of the followed version. What an evaluation names may be an older one (T4).
    #[must_use]
    pub fn deployment(&self, target: &Target) -> Option<&Deployment> {
        let ours = |d: &&Deployment| {
            d.job_version == target.version
                && d.job_spec_modify_index == target.spec_index
                && (d.job_create_index == target.create_index || target.create_index == 0)
        };
        self.deployments.iter().filter(ours).max_by_key(|d| d.create_index)
    }

    /// The allocations of a version of this job, and not of an earlier job of that id.
    pub fn allocs_of(&self, version: u64) -> impl Iterator<Item = &AllocStub> {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        self.allocs.iter().filter(move |a| a.job_version == version && a.create_index >= born)
    }

    /// What blocked evaluations of the version could not place.
    #[must_use]
    pub fn unplaced(&self) -> Vec<Unplaced> {
        let blocked =
            self.evals.iter().filter(|e| e.status == EvalStatus::Blocked).max_by_key(|e| e.create_index);
        let drivers = |group: &str| {
            let group = self.job.as_ref().and_then(|job| job.group(group));
            group.into_iter().flat_map(|g| g.tasks.iter().map(|t| t.driver.as_str()))
        };
        let one = |e: &Evaluation| {
            let rows = e.failed_groups.iter();
            rows.map(|(group, m)| Unplaced {
                group: group.clone(),
                count: m.unplaced(),
                why: metric::explain_of(m, drivers(group)),
            })
            .collect()
        };
        blocked.map(one).unwrap_or_default()
    }

    /// What a task of an allocation suffers from, with the memory it may have as far as the job there is now tells.
    #[must_use]
    pub fn trouble(&self, a: &AllocStub, name: &str, task: &TaskState) -> Option<String> {
        let limit = || {
            let job = self.job.as_ref().filter(|job| job.version == a.job_version)?;
            let task = job.group(&a.task_group)?.tasks.iter().find(|t| t.name == name)?;
            task.resources.as_ref()?.memory_limit()
        };
        alloc_diagnosis::task_trouble_within(name, task, limit())
    }

    /// How many allocations of the job were told to stop and still run, as far as their nodes can be seen.
    #[must_use]
    pub fn stopping(&self) -> u64 {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        let stops = |a: &&AllocStub| {
            a.desired_status != DesiredStatus::Run
                && matches!(a.client_status, ClientStatus::Running | ClientStatus::Pending)
                && a.create_index >= born
        };
        self.allocs.iter().filter(stops).count() as u64
    }

    /// The allocations that are not to run any more with this version, and whose end nobody has seen: those that were told to
    /// stop, and those of a version before that were lost and are not replaced, or were lost while this version took their place. What
    /// a job for every node has lost belonged on that node alone, and is replaced there when the node is back, unless its work had an
    /// end.
    pub fn out_of_sight(&self, target: &Target) -> impl Iterator<Item = &AllocStub> {
        let born = self.job.as_ref().map_or(0, |j| j.create_index);
        let comes_back = self.job.as_ref().is_some_and(|j| j.job_type.is_per_node() && !j.job_type.ends());
        let version = target.version;
        let spec_index = target.spec_index;
        let left_out = move |a: &&AllocStub| {
            let here = a.next_allocation.is_empty() || a.modify_index > spec_index;
            a.job_version < version && !comes_back && here
        };
        self.allocs
            .iter()
            .filter(move |a| a.create_index >= born && unseen_end::is_in_doubt(a))
            .filter(move |a| a.client_status != ClientStatus::Lost || left_out(a))
    }

    /// Whether the scheduler still has something to do for the job.
    fn is_scheduling(&self) -> bool {
        self.evals.iter().any(|e| e.status == EvalStatus::Pending && e.wait_until.is_none())
    }
}

/// Where the rollout of a version is.
#[must_use]
pub fn look(target: &Target, seen: &JobObservation, now: jiff::Timestamp) -> RolloutState {
    let Some(job) = &seen.job else { return RolloutState::Gone };
    if target.create_index > 0 && job.create_index != target.create_index {
        return RolloutState::Gone;
    }
    let deployment = seen.deployment(target);
    // A rollback is a newer version too, and no stranger.
    if let Some(d) = deployment.filter(|d| d.status == DeploymentStatus::Failed) {
        return failed(target, seen, job, d, now);
    }
    // Stopping a job makes a version of its own.
    if job.stop {
        return RolloutState::Stopped;
    }
    if job.version > target.version {
        return RolloutState::Superseded { by: job.version };
    }
    if job.periodic.as_ref().is_some_and(|p| p.enabled)
        || job.parameterized_job.as_ref().is_some_and(|p| !p.is_null())
    {
        return RolloutState::Launcher;
    }
    let state = match deployment {
        Some(d) => under_way(target, seen, job, d, now),
        None if seen.is_scheduling() => {
            RolloutState::Progressing { waits: "waiting for the scheduler".to_owned() }
        }
        None if makes_deployments(job) && !seen.evals.iter().any(|e| is_done(e, target)) => {
            RolloutState::Progressing { waits: "waiting for its deployment".to_owned() }
        }
        None => standing::of(target, seen, job, now),
    };
    match look::nowhere(target, seen) {
        Some(nowhere) if state == RolloutState::Healthy => {
            // The evaluation of what was registered long ago may have been collected.
            let is_old = job.submit_time.is_some_and(|at| now.duration_since(at).as_secs() > LONG_AGO);
            match seen.evals.iter().any(|e| is_done(e, target)) || is_old {
                true => RolloutState::Nowhere(nowhere),
                false => RolloutState::Progressing { waits: "waiting for the scheduler".to_owned() },
            }
        }
        _ => state,
    }
}

/// What was registered so many seconds ago, and is not being scheduled, the scheduler is through with.
const LONG_AGO: i64 = 60;

/// What failed so many seconds ago, and of which no evaluation is left to do, is not tried again.
const FORGOTTEN_AFTER: i64 = 30;

/// Whether registering a version of the job makes a deployment: not for batch work, and not with `max_parallel = 0`.
fn makes_deployments(job: &Job) -> bool {
    let rolls = |u: &crate::api::nomad::job::Update| u.max_parallel > 0;
    job.job_type.has_deployments() && job.task_groups.iter().any(|g| g.update.as_ref().is_some_and(rolls))
}

/// Whether the scheduler is through with the registration.
fn is_done(e: &Evaluation, target: &Target) -> bool {
    e.create_index >= target.spec_index && !matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked)
}

fn under_way(
    target: &Target,
    seen: &JobObservation,
    job: &Job,
    d: &Deployment,
    now: jiff::Timestamp,
) -> RolloutState {
    let allocs: Vec<AllocStub> = seen.allocs_of(target.version).cloned().collect();
    match d.status {
        DeploymentStatus::Paused => return RolloutState::Paused,
        DeploymentStatus::Cancelled if job.stop => return RolloutState::Stopped,
        DeploymentStatus::Cancelled => return RolloutState::Superseded { by: job.version },
        DeploymentStatus::Successful => {
            return match short_of_health(seen, job, target.version) {
                None => RolloutState::Healthy,
                Some(short) if can_change(seen, job, target.version, now) => {
                    RolloutState::Progressing { waits: short }
                }
                Some(short) => RolloutState::Stuck { why: why_stuck(target, seen).unwrap_or(short) },
            };
        }
        _ => {}
    }
    let may_be_placed =
        seen.evals.iter().any(|e| matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked));
    if let Some(why) = deployment_health::beyond_promotion(d, &allocs).filter(|_| !may_be_placed) {
        return RolloutState::Stuck { why };
    }
    let canaries = deployment_health::canaries(d, &allocs);
    if deployment_health::all_ready(&canaries) {
        let waiting = d.task_groups.iter().filter(|(name, _)| canaries.contains_key(*name));
        return RolloutState::CanariesReady { automatic: waiting.clone().all(|(_, g)| g.auto_promote) };
    }
    let unplaced = seen.unplaced();
    let moving = allocs.iter().any(|a| !a.is_terminal() && a.healthy().is_none()) || seen.is_scheduling();
    if !unplaced.is_empty() && !moving {
        return RolloutState::Blocked { unplaced };
    }
    let mut waits = deployment_health::waits_for(d, &canaries, None).unwrap_or_default();
    if let Some(group) = set_by_hand(job, d) {
        waits.push_str(&format!("; somebody sets the health of {group}: its health_check is \"manual\""));
    }
    if let Some(away) = allocs.iter().find_map(look::away) {
        waits.push_str(&format!("; {away}"));
    }
    RolloutState::Progressing { waits }
}

/// A group of which something is placed and not healthy yet, and nobody but a person says when it is.
fn set_by_hand<'d>(job: &Job, d: &'d Deployment) -> Option<&'d str> {
    let waiting =
        d.task_groups.iter().filter(|(_, g)| g.placed_allocs > g.healthy_allocs + g.unhealthy_allocs);
    let by_hand = |name: &String| job.group(name)?.update.as_ref().filter(|u| u.is_manual());
    waiting.map(|(name, _)| name).find(|name| by_hand(name).is_some()).map(String::as_str)
}

/// What is missing of the health a version should have; none when each group has as many as it wants. The deployment may
/// be seen before the allocations it speaks of.
fn short_of_health(seen: &JobObservation, job: &Job, version: u64) -> Option<String> {
    if job.job_type.is_per_node() {
        let failed = failed_for_good(seen, version)?;
        return Some(format!("{} on {} has failed", failed.name, failed.node_name));
    }
    if job.job_type != JobType::Service {
        return None;
    }
    let spec_index = job.job_modify_index;
    let short = job.task_groups.iter().find_map(|g| {
        let own = || seen.allocs_of(version).filter(|a| a.task_group == g.name);
        let healthy = group::available(own().filter(|a| !look::is_old_code(a, spec_index)));
        if healthy >= g.count() {
            return None;
        }
        let away = own().find_map(look::away).map(|away| format!(": {away}"));
        let old = own().find(|a| !a.is_terminal() && look::is_old_code(a, spec_index));
        let old = old.filter(|_| away.is_none()).map(|a| {
            format!(
                ": {} on {} still runs what was started before version {version}; fleet alloc stop {} replaces it",
                a.name,
                a.node_name,
                crate::model::ids::short(&a.id)
            )
        });
        let why = away.or(old).unwrap_or_default();
        Some(format!("{} {healthy}/{} healthy{why}", g.name, g.count()))
    });
    short.map(|s| format!("waiting for health: {s}"))
}

/// Of a job for every node, an instance that failed where nothing took its place: nobody tries it again.
fn failed_for_good(seen: &JobObservation, version: u64) -> Option<&AllocStub> {
    let wanted = |a: &&AllocStub| a.desired_status == DesiredStatus::Run && a.next_allocation.is_empty();
    let in_place = |a: &AllocStub| {
        let same = |b: &&AllocStub| b.node_id == a.node_id && b.task_group == a.task_group;
        seen.allocs.iter().filter(same).any(|b| !b.is_terminal())
    };
    seen.allocs_of(version).filter(wanted).find(|a| a.client_status == ClientStatus::Failed && !in_place(a))
}

/// Whether anything is under way that could change what runs of a version: the scheduler has something to do, now or at a
/// later time, or an allocation has not come to its state yet.
fn can_change(seen: &JobObservation, job: &Job, version: u64, now: jiff::Timestamp) -> bool {
    let evaluated = seen.evals.iter().any(|e| matches!(e.status, EvalStatus::Pending | EvalStatus::Blocked));
    let unlimited = |name: &str| {
        let policy = job.group(name).and_then(|g| g.reschedule_policy.as_ref());
        policy.is_some_and(|p| p.unlimited)
    };
    let moves = |a: &AllocStub| match (a.desired_status, a.client_status) {
        (DesiredStatus::Run, ClientStatus::Running) => a.healthy().is_none(),
        (DesiredStatus::Run, ClientStatus::Failed) => {
            // The servers forget what failed while its deployment was under way, whatever its policy allows.
            let is_forgotten =
                a.modify_time.is_some_and(|at| now.duration_since(at).as_secs() > FORGOTTEN_AFTER);
            a.next_allocation.is_empty()
                && unlimited(&a.task_group)
                && !job.job_type.is_per_node()
                && !is_forgotten
        }
        // What waits, or is out of sight, may come; what was told to stop makes room when it has.
        (_, status) => !status.is_terminal(),
    };
    evaluated || seen.allocs_of(version).any(moves)
}

/// What became of an allocation that is missing and that nobody tries again.
fn why_stuck(target: &Target, seen: &JobObservation) -> Option<String> {
    let over = |a: &&AllocStub| a.client_status.is_terminal() && a.next_allocation.is_empty();
    let failed = |a: &AllocStub| a.client_status == ClientStatus::Failed;
    let lost = seen.allocs_of(target.version).filter(over).max_by_key(|a| (failed(a), a.modify_index))?;
    let trouble = lost.task_states.iter().find_map(|(name, task)| seen.trouble(lost, name, task));
    let why = trouble.unwrap_or_else(|| lost.client_description.clone());
    Some(format!("{} has ended ({}) and is not tried again: {why}", lost.name, lost.client_status))
}

fn failed(
    target: &Target,
    seen: &JobObservation,
    job: &Job,
    d: &Deployment,
    now: jiff::Timestamp,
) -> RolloutState {
    let why = d.status_description.clone();
    let rollback = if why.contains(" - rolling back to job version ") {
        rollback(target.version + 1, seen, job, d, now)
    } else if job.stop {
        return RolloutState::Stopped;
    } else if job.version > target.version {
        return RolloutState::Superseded { by: job.version };
    } else {
        Rollback::None(why.split_once(" - ").map(|(_, reason)| reason.to_owned()))
    };
    let why = why.split(" - ").next().unwrap_or_default().to_owned();
    RolloutState::Failed { why, rollback }
}

/// How the rollback is, which is a version of its own with a deployment of its own.
fn rollback(
    version: u64,
    seen: &JobObservation,
    job: &Job,
    failed: &Deployment,
    now: jiff::Timestamp,
) -> Rollback {
    if job.stop {
        return Rollback::Failed("the job was stopped".to_owned());
    }
    if job.version > version {
        return Rollback::Failed(format!("version {} replaced the rollback", job.version));
    }
    let own =
        seen.deployments.iter().find(|d| d.job_version == version && d.create_index > failed.create_index);
    let Some(d) = own.filter(|_| job.version == version) else {
        return Rollback::Progressing("the last good version is registered again".to_owned());
    };
    match d.status {
        DeploymentStatus::Successful => match short_of_health(seen, job, version) {
            None => Rollback::Done(version),
            Some(short) if can_change(seen, job, version, now) => Rollback::Progressing(short),
            Some(short) => Rollback::Failed(short),
        },
        DeploymentStatus::Failed | DeploymentStatus::Cancelled => {
            Rollback::Failed(d.status_description.clone())
        }
        _ => {
            let allocs: Vec<AllocStub> = seen.allocs_of(version).cloned().collect();
            let canaries = deployment_health::canaries(d, &allocs);
            let mut waiting = d.task_groups.iter().filter(|(name, _)| canaries.contains_key(*name));
            if d.status == DeploymentStatus::Running
                && deployment_health::all_ready(&canaries)
                && waiting.any(|(_, g)| !g.auto_promote)
            {
                return Rollback::WaitsForPromotion(version);
            }
            Rollback::Progressing(deployment_health::waits_for(d, &canaries, None).unwrap_or_default())
        }
    }
}

/// How often the tasks of an allocation have crashed: a restart that nobody asked for counts once, an allocation that failed
/// for good twice.
#[must_use]
pub fn crash_count(a: &AllocStub) -> u64 {
    let restarts: u64 = a.task_states.values().map(alloc_diagnosis::own_restarts).sum();
    restarts + 2 * u64::from(a.client_status == ClientStatus::Failed)
}

/// Why a version should not go on: its tasks crash, so often beyond what each allocation had `before`; and running out of
/// memory is as often as it takes. With the default of rescheduling for ever the servers notice only when the progress deadline
/// passes.
#[must_use]
pub fn crashes(
    target: &Target,
    seen: &JobObservation,
    most: u64,
    before: &BTreeMap<String, u64>,
) -> Option<String> {
    let mut count = 0;
    // Of what crashes, that which does so most often tells why.
    let mut worst: Option<(u64, String)> = None;
    for a in seen.allocs_of(target.version) {
        let new = crash_count(a).saturating_sub(before.get(&a.id).copied().unwrap_or(0));
        count += new;
        if new == 0 && before.contains_key(&a.id) {
            continue;
        }
        let (starved, story) = crash_story(seen, a);
        if starved {
            return story;
        }
        if let Some(story) = story.filter(|_| worst.as_ref().is_none_or(|(most, _)| new > *most)) {
            worst = Some((new, story));
        }
    }
    (count >= most).then(|| worst.map_or_else(|| "its tasks keep crashing".to_owned(), |(_, story)| story))
}

/// What the tasks of an allocation crash of, that which does so most often; and whether one of them ran out of memory, which is
/// the story then.
fn crash_story(seen: &JobObservation, a: &AllocStub) -> (bool, Option<String>) {
    let mut worst: Option<(u64, String)> = None;
    for (name, task) in &a.task_states {
        let trouble = seen.trouble(a, name, task).map(|t| format!("{}: {t}", a.name));
        if alloc_diagnosis::last_end(task).is_some_and(|end| end.out_of_memory == OutOfMemory::Yes) {
            return (true, trouble.or_else(|| Some(format!("{}: task {name} ran out of memory", a.name))));
        }
        let times = alloc_diagnosis::own_restarts(task) + 2 * u64::from(task.failed);
        if let Some(told) =
            trouble.filter(|_| times > 0 && worst.as_ref().is_none_or(|(most, _)| times > *most))
        {
            worst = Some((times, told));
        }
    }
    let failed = || format!("{} failed: {}", a.name, a.client_description);
    let story = worst.map(|(_, told)| told);
    (false, story.or_else(|| (a.client_status == ClientStatus::Failed).then(failed)))
}
