//! What can be waited for of a job.

mod health;

use jiff::Timestamp;

use self::health::{healthy, over};
use super::{ConditionState, one_of, so_many};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::Job;
use crate::model::deployment_health;
use crate::model::ids::job_words;
use crate::model::rollout::look::HealthLook;
use crate::model::rollout::{self, JobObservation, RolloutState, Target};
use crate::model::{unseen_end, words};

/// A condition of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobCondition {
    /// Its current version runs as often as wanted, and all of it is healthy now.
    Healthy,
    /// As often as wanted it runs, healthy or not.
    Running,
    /// This version is the current one, and healthy.
    Version(u64),
    /// Its canaries are healthy and wait for somebody.
    NeedsPromotion,
    /// Its work has ended.
    Complete,
    /// It is stopped or over, and nothing of it runs.
    Stopped,
    /// It is registered.
    Exists,
    /// It is not registered.
    Gone,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, JobCondition)] = &[
    ("healthy", JobCondition::Healthy),
    ("running", JobCondition::Running),
    ("complete", JobCondition::Complete),
    ("stopped", JobCondition::Stopped),
    ("needs-promotion", JobCondition::NeedsPromotion),
    ("exists", JobCondition::Exists),
    ("gone", JobCondition::Gone),
];

impl JobCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("version=") {
            Some(number) => number.parse().map(JobCondition::Version).map_err(|_| {
                "a version is a number, such as version=4; `fleet job history JOB` shows them".to_owned()
            }),
            None => one_of(text, WORDS, ", version=N"),
        }
    }
}

impl std::fmt::Display for JobCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            JobCondition::Version(version) => write!(f, "version={version}"),
            other => f.write_str(WORDS.iter().find(|(_, c)| c == other).map_or("", |(word, _)| word)),
        }
    }
}

/// Where the current version is by the servers' records; none where there is no job.
#[must_use]
pub fn record(seen: &JobObservation, now: Timestamp) -> Option<(Target, RolloutState)> {
    let target = Target::of(seen.job.as_ref()?);
    let state = rollout::look(&target, seen, now);
    Some((target, state))
}

/// Whether the record is such that a look at the present decides.
#[must_use]
pub fn needs_look(condition: JobCondition, state: &RolloutState) -> bool {
    let healthy = matches!(condition, JobCondition::Healthy | JobCondition::Version(_));
    if matches!(state, RolloutState::CanariesReady { .. }) {
        return healthy || condition == JobCondition::NeedsPromotion;
    }
    healthy
        && !matches!(
            state,
            RolloutState::Gone
                | RolloutState::Stopped
                | RolloutState::Launcher(_)
                | RolloutState::Progressing { .. }
                | RolloutState::Blocked { .. }
                | RolloutState::Paused
        )
}

/// How a condition of a job stands. `present` is what a look showed, where [`needs_look`] asked for one.
#[must_use]
pub fn standing(
    condition: JobCondition,
    seen: &JobObservation,
    present: Option<&HealthLook>,
    now: Timestamp,
) -> ConditionState {
    let Some(job) = &seen.job else {
        return match condition {
            JobCondition::Gone => left(seen, "it is not registered"),
            JobCondition::Stopped => left(seen, "it was purged"),
            JobCondition::Exists => ConditionState::NotYet("it is not registered".to_owned()),
            _ => ConditionState::Never("it is not registered any more: somebody purged it".to_owned()),
        };
    };
    match condition {
        JobCondition::Exists => ConditionState::Met(format!("it is registered, version {}", job.version)),
        JobCondition::Gone => {
            ConditionState::NotYet(format!("it is still registered ({})", state_words(job)))
        }
        JobCondition::Stopped => stopped(job, seen),
        JobCondition::Running => running(job, seen),
        JobCondition::NeedsPromotion => needs_promotion(seen, present, now),
        JobCondition::Version(version) if job.version > version => ConditionState::Never(format!(
            "version {} is the current one, and versions only go up; `fleet job history {}` shows how it came to that",
            job.version,
            job_words(&job.namespace, &job.id)
        )),
        JobCondition::Version(version) if job.version < version => {
            ConditionState::NotYet(format!("version {} is the current one", job.version))
        }
        JobCondition::Healthy | JobCondition::Version(_) => healthy(job, seen, present, now),
        // Followed by whoever follows its output.
        JobCondition::Complete => ConditionState::NotYet(state_words(job)),
    }
}

/// Words on what is waited for, with what else may run where nobody sees it.
#[must_use]
pub fn with_unseen(condition: JobCondition, words: String, seen: &JobObservation) -> String {
    match unseen_end::in_words(&seen.unseen) {
        Some(unseen) if condition != JobCondition::Stopped => format!("{words}; {unseen}"),
        _ => words,
    }
}

fn state_words(job: &Job) -> String {
    if job.stop { "stopped".to_owned() } else { job.status.to_string() }
}

fn living(seen: &JobObservation) -> impl Iterator<Item = &AllocStub> {
    seen.allocs.iter().filter(|a| !a.client_status.is_terminal())
}

fn left(seen: &JobObservation, so: &str) -> ConditionState {
    let unseen = |a: &&AllocStub| seen.unseen.iter().any(|u| u.alloc_id == a.id);
    match (living(seen).filter(|a| !unseen(a)).count(), seen.unseen.as_slice()) {
        (0, []) => ConditionState::Met(so.to_owned()),
        (0, away) => {
            let each: Vec<String> = away.iter().map(ToString::to_string).collect();
            ConditionState::NotKnown(format!("{so}, and {}", each.join(", ")))
        }
        (n, _) => ConditionState::NotYet(format!("{so}, and {} still running", still(n))),
    }
}

fn still(n: usize) -> String {
    format!("{} {}", words::count(n, "allocation"), words::either(n, "is", "are"))
}

fn stopped(job: &Job, seen: &JobObservation) -> ConditionState {
    use crate::api::nomad::alloc_status::RunState;
    if job.stop {
        return left(seen, "it is stopped");
    }
    if job.status == RunState::Dead {
        return left(seen, "its work is over");
    }
    ConditionState::NotYet(format!("nobody has stopped it; it is {}", job.status))
}

fn running(job: &Job, seen: &JobObservation) -> ConditionState {
    if job.stop {
        return ConditionState::Never("it is stopped".to_owned());
    }
    if let Some(over) = over(job, &Target::of(job), seen) {
        return over;
    }
    let runs = |a: &&AllocStub| {
        a.client_status == ClientStatus::Running && a.desired_status == DesiredStatus::Run && !a.is_canary()
    };
    let mut told = Vec::new();
    let mut all = (0, 0);
    for group in &job.task_groups {
        let own = || {
            seen.allocs.iter().filter(|a| a.task_group == group.name && a.create_index >= job.create_index)
        };
        let good = own().filter(runs).count() as u64;
        let wanted = if job.job_type.is_per_node() {
            own().filter(|a| a.desired_status == DesiredStatus::Run && a.next_allocation.is_empty()).count()
                as u64
        } else {
            group.count()
        };
        all = (all.0 + good.min(wanted), all.1 + wanted);
        if good < wanted {
            told.push(format!("{} of {}", so_many(good, wanted, "running"), group.name));
        }
    }
    let unplaced = seen.unplaced();
    if let Some(first) = unplaced.first() {
        told.push(format!("{} of {} cannot be placed yet: {}", first.count, first.group, first.why));
    }
    match (told.is_empty(), all.1) {
        (true, 0) if job.job_type.is_per_node() => ConditionState::NotYet("nothing is placed".to_owned()),
        (true, _) => ConditionState::Met(so_many(all.0, all.1, "running")),
        (false, _) => ConditionState::NotYet(told.join("; ")),
    }
}

fn needs_promotion(seen: &JobObservation, present: Option<&HealthLook>, now: Timestamp) -> ConditionState {
    let Some((target, state)) = record(seen, now) else {
        return ConditionState::Never("it is not registered any more".to_owned());
    };
    let version = target.version;
    match state {
        RolloutState::CanariesReady { .. } if !present.is_some_and(HealthLook::is_good) => {
            canaries_unwell(present)
        }
        RolloutState::CanariesReady { automatic: false } => {
            let behind = seen.deployment(&target).map(deployment_health::behind).unwrap_or_default();
            let of = deployment_health::of_groups(&behind);
            ConditionState::Met(format!(
                "the canaries of {of}version {version} are healthy and wait for promotion"
            ))
        }
        RolloutState::CanariesReady { automatic: true } => {
            ConditionState::NotYet("the canaries are healthy, and are promoted automatically".to_owned())
        }
        RolloutState::Progressing { waits } => ConditionState::NotYet(waits),
        RolloutState::Blocked { unplaced } => ConditionState::NotYet(cannot_be_placed(&unplaced)),
        RolloutState::Paused => ConditionState::NotYet("its deployment is paused".to_owned()),
        RolloutState::Failed { why, .. } => {
            ConditionState::Never(format!("the deployment of version {version} failed: {why}"))
        }
        RolloutState::Stopped => ConditionState::Never("it is stopped".to_owned()),
        RolloutState::Stuck { why } => ConditionState::Never(why),
        _ => ConditionState::Never(format!("version {version} has no canaries that wait for promotion")),
    }
}

/// That the record calls the canaries healthy, and the present does not.
fn canaries_unwell(present: Option<&HealthLook>) -> ConditionState {
    let unwell = present.and_then(deployment_health::unwell);
    ConditionState::NotYet(
        unwell.unwrap_or_else(|| "the canaries were found healthy; they are looked at".to_owned()),
    )
}

fn cannot_be_placed(unplaced: &[rollout::Unplaced]) -> String {
    let each = unplaced.iter().map(|u| format!("{} of {}: {}", u.count, u.group, u.why));
    format!("cannot be placed yet: {}", each.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::rollout::Counts;
    use crate::model::unseen_end::UnseenEnd;
    use serde_json::{Value, json};

    fn seen(job: &Value, allocs: &[Value]) -> JobObservation {
        let mut base = json!({"ID": "web", "Namespace": "default", "Type": "service", "Version": 2, "Status": "running",
            "CreateIndex": 10, "JobModifyIndex": 100, "TaskGroups": [{"Name": "g", "Count": 2}]});
        base.as_object_mut().unwrap().extend(job.as_object().unwrap().clone());
        let alloc = |more: &Value| {
            let mut row = json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
                "JobVersion": 2, "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 110, "ModifyIndex": 120,
                "DeploymentStatus": {"Healthy": true, "ModifyIndex": 115}});
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            serde_json::from_value(row).unwrap()
        };
        JobObservation {
            job: serde_json::from_value(base).unwrap(),
            allocs: allocs.iter().map(alloc).collect(),
            ..JobObservation::default()
        }
    }

    fn of(condition: &str, seen: &JobObservation, look: Option<&HealthLook>) -> ConditionState {
        standing(JobCondition::parse(condition).unwrap(), seen, look, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn words_are_read_and_a_slip_is_recognised() {
        for (word, condition) in WORDS {
            assert_eq!(
                (JobCondition::parse(word), condition.to_string()),
                (Ok(*condition), (*word).to_owned())
            );
        }
        assert_eq!(JobCondition::parse("version=4").unwrap().to_string(), "version=4");
        assert!(JobCondition::parse("healty").unwrap_err().ends_with("did you mean \"healthy\"?"));
        assert!(JobCondition::parse("version=x").unwrap_err().contains("a version is a number"));
    }

    #[test]
    fn what_is_not_placed_by_itself_is_not_waited_for() {
        let evals = json!([{"ID": "e", "Namespace": "default", "Status": "complete", "CreateIndex": 100, "ModifyIndex": 100,
            "JobID": "web", "Type": "system"}]);
        let none = |kind: &str| JobObservation {
            evals: serde_json::from_value(evals.clone()).unwrap(),
            ..seen(&json!({"Type": kind}), &[])
        };
        let bad = HealthLook::Bad { why: "no node has an instance of it".into() };
        assert!(matches!(of("healthy", &none("sysbatch"), Some(&bad)), ConditionState::Never(_)));
        assert!(matches!(of("healthy", &none("system"), Some(&bad)), ConditionState::NotYet(_)));
    }

    #[test]
    fn healthy_is_what_a_look_at_the_present_shows() {
        let two = seen(&json!({}), &[json!({}), json!({"ID": "b", "Name": "web.g[1]"})]);
        let good = HealthLook::Good(Counts { good: 2, wanted: 2 });
        assert_eq!(of("healthy", &two, Some(&good)), ConditionState::Met("2 of 2 healthy, version 2".into()));
        let bad = HealthLook::Bad { why: "web.g[1]: check fails".into() };
        assert_eq!(of("healthy", &two, Some(&bad)), ConditionState::NotYet("web.g[1]: check fails".into()));
        assert_eq!(
            of("version=2", &two, Some(&good)),
            ConditionState::Met("2 of 2 healthy, version 2".into())
        );
        assert_eq!(
            of("version=3", &two, Some(&good)),
            ConditionState::NotYet("version 2 is the current one".into())
        );
        assert!(matches!(of("version=1", &two, Some(&good)), ConditionState::Never(_)));
        let stopped = seen(&json!({"Stop": true}), &[]);
        assert!(
            matches!(of("healthy", &stopped, None), ConditionState::Never(why) if why.contains("fleet job start web"))
        );
        assert!(
            matches!(of("healthy", &JobObservation::default(), None), ConditionState::Never(why) if why.contains("purged"))
        );
    }

    #[test]
    fn stopped_means_that_nothing_runs_any_more() {
        let runs = seen(&json!({"Stop": true}), &[json!({"DesiredStatus": "stop"})]);
        assert_eq!(
            of("stopped", &runs, None),
            ConditionState::NotYet("it is stopped, and 1 allocation is still running".into())
        );
        let over =
            seen(&json!({"Stop": true}), &[json!({"DesiredStatus": "stop", "ClientStatus": "complete"})]);
        assert_eq!(of("stopped", &over, None), ConditionState::Met("it is stopped".into()));
        assert!(matches!(of("stopped", &seen(&json!({}), &[]), None), ConditionState::NotYet(_)));
        let mut away =
            seen(&json!({"Stop": true}), &[json!({"DesiredStatus": "stop", "ClientStatus": "lost"})]);
        away.unseen = vec![UnseenEnd {
            alloc_id: "a".into(),
            node_id: "n".into(),
            node_name: "c4".into(),
            node_status: "down".into(),
        }];
        assert_eq!(
            of("stopped", &away, None),
            ConditionState::NotKnown("it is stopped, and a on c4, which is down, may still run there".into())
        );
        away.job = None;
        assert!(matches!(of("gone", &away, None), ConditionState::NotKnown(_)));
        assert_eq!(
            of("gone", &JobObservation::default(), None),
            ConditionState::Met("it is not registered".into())
        );
        assert!(matches!(of("exists", &JobObservation::default(), None), ConditionState::NotYet(_)));
    }

    #[test]
    fn running_counts_what_runs_of_what_is_wanted() {
        let one = seen(&json!({}), &[json!({})]);
        assert_eq!(of("running", &one, None), ConditionState::NotYet("1 of 2 running of g".into()));
        let two = seen(&json!({}), &[json!({}), json!({"ID": "b", "DeploymentStatus": {"Healthy": false}})]);
        assert_eq!(of("running", &two, None), ConditionState::Met("2 of 2 running".into()));
        let canary = seen(&json!({}), &[json!({}), json!({"DeploymentStatus": {"Canary": true}})]);
        assert!(matches!(of("running", &canary, None), ConditionState::NotYet(_)));
    }
}
