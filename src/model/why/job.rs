//! Why a job is not as it is wanted: the nearest of its reasons.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::JobType;
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::evaluation::{EvalStatus, Evaluation, PlacementMetric};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::ids::{job_words, short};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::why::{Code, Evidence, Explanation, Suggestion};
use crate::model::words::count;

/// Of how many groups beside the first one it is told why something of them is not well.
const MOST: usize = 5;

/// The groups that could not be placed whole, and what the scheduler saw, the worst first: of the evaluation that waits for room,
/// else of the newest one.
#[must_use]
pub fn unplaced(evals: &[Evaluation]) -> Vec<(&str, &PlacementMetric)> {
    let waits = evals.iter().filter(|e| e.status == EvalStatus::Blocked && !e.failed_groups.is_empty());
    let newest = evals.iter().filter(|e| e.status == EvalStatus::Complete).max_by_key(|e| e.modify_index);
    let newest = newest.filter(|e| !e.failed_groups.is_empty());
    let eval = waits.max_by_key(|e| e.modify_index).or(newest);
    let groups = eval.iter().flat_map(|e| &e.failed_groups).map(|(group, m)| (group.as_str(), m));
    let mut groups: Vec<_> = groups.collect();
    groups.sort_by_key(|(_, m)| std::cmp::Reverse(m.unplaced()));
    groups
}

/// The evaluation whose refusal nothing keeps fresh: it was carried out, none waits for room in its place, and none is to come.
#[must_use]
pub fn old_refusal(evals: &[Evaluation]) -> Option<&Evaluation> {
    if evals.iter().any(|e| matches!(e.status, EvalStatus::Blocked | EvalStatus::Pending)) {
        return None;
    }
    let newest = evals.iter().filter(|e| e.status == EvalStatus::Complete).max_by_key(|e| e.modify_index);
    newest.filter(|e| !e.failed_groups.is_empty())
}

/// Whether a job is to run on every node that fits, has nothing to show for it, and does not wait to be looked at: the scheduler
/// notes nothing of such a job where there is no node to look at.
#[must_use]
pub fn may_have_no_node(job: &Job, allocs: &[AllocStub], evals: &[Evaluation]) -> bool {
    let everywhere = matches!(job.job_type, JobType::System | JobType::Sysbatch);
    let by_itself = job.periodic.is_none() && job.parameterized_job.is_none();
    let waits = evals.iter().any(|e| e.status == EvalStatus::Pending);
    everywhere && by_itself && !job.stop && !waits && wanted(allocs).next().is_none()
}

/// Those that the job wants now.
pub fn wanted(allocs: &[AllocStub]) -> impl Iterator<Item = &AllocStub> {
    allocs.iter().filter(|a| a.desired_status == DesiredStatus::Run)
}

/// The allocation that explains best why its job is not well; none when all that are wanted run and are well.
#[must_use]
pub fn suspect<'a>(
    job: &Job,
    allocs: &'a [AllocStub],
    health: &BTreeMap<String, PresentHealth>,
) -> Option<&'a AllocStub> {
    suspect_of(job, allocs, health, |_| true)
}

/// The same of each other group than the suspect's, of a few: each may have a reason of its own.
#[must_use]
pub fn other_suspects<'a>(
    job: &Job,
    allocs: &'a [AllocStub],
    health: &BTreeMap<String, PresentHealth>,
    suspect: &AllocStub,
) -> Vec<&'a AllocStub> {
    let others = job.task_groups.iter().filter(|g| g.name != suspect.task_group);
    others.filter_map(|g| suspect_of(job, allocs, health, |a| a.task_group == g.name)).take(MOST).collect()
}

fn suspect_of<'a>(
    job: &Job,
    allocs: &'a [AllocStub],
    health: &BTreeMap<String, PresentHealth>,
    meant: impl Fn(&AllocStub) -> bool,
) -> Option<&'a AllocStub> {
    let batch = matches!(job.job_type, JobType::Batch | JobType::Sysbatch);
    let bad = |a: &&AllocStub| match a.client_status {
        ClientStatus::Failed | ClientStatus::Lost => a.next_allocation.is_empty(),
        ClientStatus::Unknown | ClientStatus::Pending => true,
        ClientStatus::Running => {
            a.healthy() == Some(false)
                || (a.deployment_status.is_some() && a.healthy().is_none())
                || health.get(&a.id).is_some_and(|h| h.verdict == HealthVerdict::Unhealthy)
        }
        ClientStatus::Complete => !batch && !a.task_states.is_empty(),
    };
    let rank = |a: &&AllocStub| {
        let severity = match a.client_status {
            ClientStatus::Failed => 4,
            ClientStatus::Running if a.healthy() != Some(true) => 1,
            ClientStatus::Running => 3,
            ClientStatus::Pending => 2,
            _ => 3,
        };
        (a.job_version == job.version, severity, a.create_index)
    };
    let found = wanted(allocs).filter(|a| meant(a)).filter(bad).max_by_key(rank)?;
    // One that has only just begun is explained by the one that failed before it.
    let young = matches!(found.client_status, ClientStatus::Pending)
        || (found.client_status == ClientStatus::Running && found.healthy().is_none());
    let before =
        allocs.iter().find(|a| a.next_allocation == found.id && a.client_status == ClientStatus::Failed);
    if young { Some(before.unwrap_or(found)) } else { Some(found) }
}

/// How little an allocation is suspected, to begin with the most suspect: one that was found unhealthy, one that was restarted, a
/// canary, and the youngest.
#[must_use]
pub fn calm(alloc: &AllocStub) -> (bool, bool, bool, std::cmp::Reverse<u64>) {
    let restarted = alloc.was_restarted();
    (alloc.healthy() != Some(false), !restarted, !alloc.is_canary(), std::cmp::Reverse(alloc.create_index))
}

/// What a job is explained from, beside the explanations of its parts.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The job.
    pub job: &'a Job,
    /// Its allocations.
    pub allocs: &'a [AllocStub],
    /// Its latest deployment.
    pub deployment: Option<&'a Deployment>,
    /// Who keeps that paused, in words, where that is a run of `fleet`.
    pub keeper: Option<&'a str>,
    /// From which version the current one is the way back, in words.
    pub way_back: Option<&'a str>,
    /// How its allocations do at this moment, by id, as far as they were asked.
    pub health: &'a BTreeMap<String, PresentHealth>,
    /// The ids of the jobs it has started that go on, where it is stopped.
    pub children: &'a [String],
    /// Why something is not placed.
    pub placement: Option<&'a Explanation>,
    /// Why the suspect is in its state.
    pub suspect: Option<&'a Explanation>,
    /// Why those of other groups are.
    pub beside: &'a [Explanation],
    /// The present moment.
    pub now: Timestamp,
}

/// Why a job is as it is.
#[must_use]
pub fn explain(f: &Facts<'_>) -> Explanation {
    let mut explanation = as_it_is(f);
    // What runs is not what was deployed, however well it runs.
    if let Some(back) = f.way_back.filter(|_| !f.job.stop) {
        if explanation.is_fine() {
            explanation.sentence = format!("{}; {back}", explanation.sentence);
        } else {
            explanation.evidence.push(Evidence::new("also", back));
        }
    }
    explanation
}

fn as_it_is(f: &Facts<'_>) -> Explanation {
    let job = f.job;
    if job.stop {
        return stopped(f);
    }
    if job.periodic.is_some() || job.parameterized_job.is_some() {
        let how = if job.periodic.is_some() { "by time" } else { "by dispatch" };
        let text =
            format!("job {} starts its work {how}, in jobs of its own; it runs nothing itself", job.id);
        return Explanation::new(Code::NothingWrong, text);
    }
    let deployment =
        f.deployment.filter(|d| d.job_version == job.version && d.job_create_index == job.create_index);
    let rollout = deployment.map(|d| super::deployment::explain(d, (f.allocs, f.health), f.keeper, f.now));
    let unfinished = rollout.as_ref().filter(|e| !e.is_fine());
    // A rollout that somebody holds explains what it holds back.
    let decided = unfinished.filter(|e| matches!(e.code, Code::WaitsForPromotion | Code::DeploymentPaused));
    let suspect = f.suspect.filter(|e| !e.is_fine());
    let vague = suspect.filter(|e| is_vague(e));
    let unfinished = unfinished.filter(|_| decided.is_none());
    let clear = suspect.filter(|_| vague.is_none());
    // What is left of an older version goes when the promotion comes.
    let is_old = self::suspect(job, f.allocs, f.health).is_some_and(|a| a.job_version < job.version);
    let (first, second) = if is_old && decided.is_some() { (decided, clear) } else { (clear, decided) };
    let ordered = [f.placement, first, second, vague].into_iter().flatten();
    let beside = f.beside.iter().filter(|e| !e.is_fine() && !is_vague(e));
    let mut reasons = ordered.chain(beside).chain(unfinished);
    let Some(first) = reasons.next() else { return standing(f) };
    let mut explanation = first.clone();
    explanation.sentence = format!("job {}: {}", job.id, first.sentence);
    for other in reasons.filter(|o| o.sentence != first.sentence) {
        explanation.evidence.push(Evidence::new("also", other.sentence.clone()));
        if other.code == Code::DeploymentUnderWay {
            explanation.evidence.extend(other.evidence.iter().cloned());
        }
    }
    explanation.evidence.insert(0, Evidence::new(format!("job {}", job.id), counts(f)));
    if f.placement.is_some() {
        explanation.evidence.extend(evicted(f.allocs).map(|(told, _)| told));
        let newest = evicted(f.allocs).map(|(_, a)| a).max_by_key(|a| a.modify_index);
        explanation.suggestions.extend(newest.map(|a| {
            Suggestion::new("see whom it had to make room for", format!("fleet why {}", short(&a.id)))
        }));
    }
    explanation
}

/// Whether nothing more is told than that it is not there yet.
fn is_vague(e: &Explanation) -> bool {
    matches!(e.code, Code::HealthPending | Code::Starting)
}

/// The allocations that had to make room and that nothing replaced: no other one of their name lives. The servers note no
/// successor of what was evicted.
fn evicted(allocs: &[AllocStub]) -> impl Iterator<Item = (Evidence, &AllocStub)> {
    let replaced = |a: &AllocStub| {
        !a.next_allocation.is_empty()
            || allocs.iter().any(|other| other.name == a.name && !other.client_status.is_terminal())
    };
    let gone = move |a: &&AllocStub| !a.preempted_by_allocation.is_empty() && !replaced(a);
    allocs.iter().filter(gone).map(|a| {
        let text = format!(
            "{} ({} on {}) was evicted: it had to make room for allocation {}, and nothing replaced it",
            a.name,
            short(&a.id),
            a.node_name,
            short(&a.preempted_by_allocation)
        );
        (Evidence::new("also", text), a)
    })
}

/// How many run, and beside them how many canaries that wait for promotion.
fn running(f: &Facts<'_>) -> (u64, u64) {
    let runs = wanted(f.allocs).filter(|a| a.client_status == ClientStatus::Running);
    runs.fold((0, 0), |(n, canaries), a| if a.is_canary() { (n, canaries + 1) } else { (n + 1, canaries) })
}

fn counts(f: &Facts<'_>) -> String {
    let wanted: u64 = f.job.task_groups.iter().map(TaskGroup::count).sum();
    let (running, canaries) = running(f);
    let beside = if canaries > 0 { format!(", and {}", count(canaries, "canary")) } else { String::new() };
    match f.job.job_type {
        JobType::Service | JobType::Batch => {
            format!("version {}, {running} of {wanted} running{beside}", f.job.version)
        }
        _ => format!("version {}, {running} running{beside}", f.job.version),
    }
}

fn stopped(f: &Facts<'_>) -> Explanation {
    let job = f.job;
    let left = f.allocs.iter().filter(|a| !a.client_status.is_terminal()).count();
    let still =
        if left > 0 { format!("; {} still ending", count(left, "allocation")) } else { String::new() };
    let goes_on = match f.children {
        [] => String::new(),
        [one] => format!("; its run {one} goes on"),
        [first, ..] => format!("; {} of its runs go on, such as {first}", f.children.len()),
    };
    let text = format!("job {} was stopped (version {}){still}{goes_on}", job.id, job.version);
    let mut explanation = Explanation::new(Code::JobStopped, text);
    explanation.not_known.push("whose token stopped it: Nomad does not record it".to_owned());
    let words = job_words(&job.namespace, &job.id);
    if !f.children.is_empty() {
        let stop = format!("fleet job stop --children {words}");
        explanation = explanation.suggest(Suggestion::new("stop what goes on, too", stop));
    }
    explanation.suggest(Suggestion::new("start it again", format!("fleet job start {words}")))
}

/// No reason was found: it is well, has ended, or it is not known.
fn standing(f: &Facts<'_>) -> Explanation {
    let (job, counted) = (f.job, counts(f));
    let wanted: u64 = job.task_groups.iter().map(TaskGroup::count).sum();
    let (running, canaries) = running(f);
    let unseen = f.health.values().filter(|h| h.verdict == HealthVerdict::NotKnown).count();
    match job.job_type {
        JobType::Batch | JobType::Sysbatch => {
            let done = self::wanted(f.allocs).any(|a| a.client_status == ClientStatus::Complete);
            let text = match (running, done) {
                (0, true) => "has finished its work",
                (0, false) => return nothing_there(f),
                _ => "runs, and nothing is wrong with it",
            };
            Explanation::new(Code::NothingWrong, format!("job {} {text} ({counted})", job.id))
        }
        JobType::Service if wanted == 0 => Explanation::new(
            Code::NothingWrong,
            format!("job {} wants no allocation: its count is 0", job.id),
        ),
        JobType::Service if running < wanted => nothing_there(f),
        JobType::System if wanted > 0 && running + canaries == 0 && unseen == 0 => nothing_there(f),
        _ if unseen > 0 => {
            let why =
                f.health.values().find(|h| h.verdict == HealthVerdict::NotKnown).map_or("", |h| h.reason());
            let text = format!(
                "job {} runs ({counted}); whether {} {} healthy is not known: {why}",
                job.id,
                count(unseen, "allocation"),
                if unseen == 1 { "is" } else { "are" }
            );
            Explanation::new(Code::NotKnown, text)
        }
        _ => {
            let done = f.deployment.is_some_and(|d| d.status == DeploymentStatus::Successful);
            let after = if done { "; its deployment succeeded" } else { "" };
            Explanation::new(
                Code::NothingWrong,
                format!(
                    "job {} runs as it is wanted, and nothing is wrong with it ({counted}){after}",
                    job.id
                ),
            )
        }
    }
}

fn nothing_there(f: &Facts<'_>) -> Explanation {
    let text = format!(
        "I do not know why job {} is short ({}): no evaluation, allocation or deployment tells",
        f.job.id,
        counts(f)
    );
    Explanation::new(Code::NotKnown, text).suggest(Suggestion::new(
        "have the scheduler look at it again",
        format!("fleet job eval {}", job_words(&f.job.namespace, &f.job.id)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn job(more: &Value) -> Job {
        let mut all = json!({"ID": "web", "Namespace": "default", "Type": "service", "Version": 1,
            "TaskGroups": [{"Name": "g", "Count": 1}]});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn alloc(id: &str, status: &str, next: &str) -> AllocStub {
        serde_json::from_value(json!({"ID": id, "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "JobVersion": 1, "DesiredStatus": if next.is_empty() { "run" } else { "stop" }, "ClientStatus": status,
            "NextAllocation": next, "CreateIndex": 1, "ModifyIndex": 1}))
        .unwrap()
    }

    fn told(job: &Job, allocs: &[AllocStub], parts: [Option<&Explanation>; 2]) -> String {
        let e = explain(&Facts {
            children: &[],
            job,
            allocs,
            deployment: None,
            keeper: None,
            way_back: None,
            health: &BTreeMap::new(),
            placement: parts[0],
            suspect: parts[1],
            beside: &[],
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        format!("{}: {}", serde_json::to_value(e.code).unwrap().as_str().unwrap(), e.sentence)
    }

    #[test]
    fn the_nearest_reason_comes_first_and_nothing_is_a_reason_too() {
        let placement = Explanation::new(Code::NoRoom, "no room");
        let suspect = Explanation::new(Code::Exits, "it exits");
        let all = [
            told(&job(&json!({"Stop": true})), &[], [None, None]),
            told(&job(&json!({"Periodic": {"Enabled": true}})), &[], [None, None]),
            told(&job(&json!({})), &[], [Some(&placement), Some(&suspect)]),
            told(&job(&json!({})), &[], [None, Some(&suspect)]),
            told(&job(&json!({})), &[alloc("a", "running", "")], [None, None]),
            told(&job(&json!({})), &[], [None, None]),
            told(&job(&json!({"Type": "batch"})), &[alloc("a", "complete", "")], [None, None]),
            told(&job(&json!({"TaskGroups": [{"Name": "g", "Count": 0}]})), &[], [None, None]),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        job-stopped: job web was stopped (version 1)
        nothing-wrong: job web starts its work by time, in jobs of its own; it runs nothing itself
        no-room: job web: no room
        exits: job web: it exits
        nothing-wrong: job web runs as it is wanted, and nothing is wrong with it (version 1, 1 of 1 running)
        not-known: I do not know why job web is short (version 1, 0 of 1 running): no evaluation, allocation or deployment tells
        nothing-wrong: job web has finished its work (version 1, 0 of 1 running)
        nothing-wrong: job web wants no allocation: its count is 0
        ");
    }

    #[test]
    fn what_was_evicted_and_not_replaced_is_told_beside_why_it_is_not_placed() {
        let mut gone = alloc("c3e03bcf", "complete", "");
        gone.preempted_by_allocation = "1cef03f5".to_owned();
        gone.node_name = "c3".to_owned();
        let mut replaced = alloc("b", "complete", "");
        replaced.preempted_by_allocation = "1cef03f5".to_owned();
        replaced.name = "web.g[1]".to_owned();
        let mut successor = alloc("c", "running", "");
        successor.name = "web.g[1]".to_owned();
        let placement = Explanation::new(Code::NoRoom, "no room");
        let e = explain(&Facts {
            children: &[],
            job: &job(&json!({})),
            allocs: &[gone, replaced, successor],
            deployment: None,
            keeper: None,
            way_back: None,
            health: &BTreeMap::new(),
            placement: Some(&placement),
            suspect: None,
            beside: &[],
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        let also: Vec<&str> = e.evidence.iter().skip(1).map(|e| e.text.as_str()).collect();
        assert_eq!(
            also,
            [
                "web.g[0] (c3e03bcf on c3) was evicted: it had to make room for allocation 1cef03f5, and nothing replaced it"
            ]
        );
        assert_eq!(e.suggestions[0].command.as_deref(), Some("fleet why c3e03bcf"));
    }

    #[test]
    fn each_group_has_a_suspect_and_a_reason_of_its_own() {
        let two = job(&json!({"TaskGroups": [{"Name": "g", "Count": 1}, {"Name": "h", "Count": 1}]}));
        let mut other = alloc("b", "failed", "");
        other.task_group = "h".to_owned();
        let allocs = [alloc("a", "failed", ""), other];
        let first = suspect(&two, &allocs, &BTreeMap::new()).unwrap();
        let others = other_suspects(&two, &allocs, &BTreeMap::new(), first);
        let groups: Vec<&str> = [first].into_iter().chain(others).map(|a| a.task_group.as_str()).collect();
        assert_eq!(groups, ["h", "g"]);
        let e = explain(&Facts {
            job: &two,
            allocs: &allocs,
            deployment: None,
            keeper: None,
            children: &[],
            way_back: None,
            health: &BTreeMap::new(),
            placement: None,
            suspect: Some(&Explanation::new(Code::Driver, "its user is not there")),
            beside: &[
                Explanation::new(Code::Exits, "it exits"),
                Explanation::new(Code::Starting, "it starts"),
            ],
            now: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        let also: Vec<&str> =
            e.evidence.iter().filter(|e| e.about == "also").map(|e| e.text.as_str()).collect();
        assert_eq!((e.code, also), (Code::Driver, vec!["it exits"]));
    }

    #[test]
    fn one_that_has_just_begun_is_explained_by_the_one_that_failed_before() {
        let allocs = [alloc("old", "failed", "new"), alloc("new", "pending", "")];
        assert_eq!(suspect(&job(&json!({})), &allocs, &BTreeMap::new()).unwrap().id, "old");
        assert!(suspect(&job(&json!({})), &[alloc("a", "running", "")], &BTreeMap::new()).is_none());
    }

    #[test]
    fn canaries_are_counted_apart() {
        let mut canary = alloc("b", "running", "");
        canary.deployment_status =
            Some(serde_json::from_value(json!({"Healthy": true, "Canary": true})).unwrap());
        let said = told(&job(&json!({})), &[alloc("a", "running", ""), canary], [None, None]);
        assert!(said.ends_with("(version 1, 1 of 1 running, and 1 canary)"), "{said}");
    }

    #[test]
    fn what_waits_for_room_is_taken_before_what_was_tried_last() {
        let eval = |status: &str, at: u64, group: &str| -> Evaluation {
            serde_json::from_value(
                json!({"ID": "e", "Status": status, "ModifyIndex": at, "FailedTGAllocs": {group: {}}}),
            )
            .unwrap()
        };
        let evals = [eval("blocked", 1, "a"), eval("complete", 2, "b"), eval("canceled", 3, "c")];
        let groups = |evals: &[Evaluation]| -> Vec<String> {
            unplaced(evals).into_iter().map(|(group, _)| group.to_owned()).collect()
        };
        assert_eq!(groups(&evals), ["a"]);
        assert!(old_refusal(&evals).is_none(), "one waits for room");
        assert!(old_refusal(&evals[1..]).is_some_and(|e| e.failed_groups.contains_key("b")));
        assert_eq!(groups(&evals[1..]), ["b"]);
        assert!(groups(&evals[2..]).is_empty());
        let two: Evaluation =
            serde_json::from_value(json!({"ID": "e", "Status": "blocked", "ModifyIndex": 4,
            "FailedTGAllocs": {"one": {}, "three": {"CoalescedFailures": 2}}}))
            .unwrap();
        assert_eq!(groups(&[two]), ["three", "one"]);
    }
}
