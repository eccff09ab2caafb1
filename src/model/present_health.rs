//! How an allocation does at this moment: whether its tasks run, what its checks say, how often it was restarted lately.
//!
//! The health that the servers keep of an allocation is a record: it was decided once, by a deployment or a migration, and
//! does not change when the checks fail afterwards. Whatever has no source is "not known", never "healthy".

mod checks;

pub use self::checks::{CheckReports, Checks, checked_by_consul, checked_by_nomad};

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, RunState, TaskState};
use crate::api::nomad::job::TaskGroup;
use crate::model::alloc_diagnosis;
use crate::model::check_words::failing;
use crate::model::task_role::{self, MainTasksState};

/// What happened within this time happened lately.
pub const LATELY: Duration = Duration::from_secs(600);
/// A task that restarted so often lately is not well, whether it runs at this moment or not.
pub const OFTEN: u64 = 3;

/// How an allocation is at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthVerdict {
    /// It runs, its checks pass, it was not restarted again and again.
    Healthy,
    /// It does not run, a check fails, or it was restarted again and again.
    Unhealthy,
    /// Something of it could not be seen, or is not decided yet.
    NotKnown,
}

/// How an allocation does at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PresentHealth {
    /// How it is.
    pub verdict: HealthVerdict,
    /// Why it is not healthy, or not known, in sentences without full stops, the most telling first.
    pub reasons: Vec<String>,
    /// What its checks say.
    pub checks: Checks,
    /// How often its tasks were restarted lately, not by request; at least, where the client's notes reach no further.
    pub restarts_lately: u64,
}

impl PresentHealth {
    /// As the servers' record has it: none for what is not known.
    #[must_use]
    pub fn healthy(&self) -> Option<bool> {
        match self.verdict {
            HealthVerdict::Healthy => Some(true),
            HealthVerdict::Unhealthy => Some(false),
            HealthVerdict::NotKnown => None,
        }
    }

    /// Whether nobody knows how it is, and it is not only that a check of it is still to run.
    #[must_use]
    pub fn is_unheard_of(&self) -> bool {
        let is_to_run = self.checks.pending > 0 && self.checks.not_known.is_empty();
        self.verdict == HealthVerdict::NotKnown && !is_to_run
    }

    /// Notes a check that fails, heard of by other ways.
    pub fn add_failing_check(&mut self, check: &str, service: &str, how: &str, output: &str) {
        let words = failing(check, service, how, 0, output);
        self.checks.failing.push(words.clone());
        if self.verdict != HealthVerdict::Unhealthy {
            self.reasons.clear();
        }
        self.reasons.push(words);
        self.verdict = HealthVerdict::Unhealthy;
    }

    /// The first reason; empty where there is none.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.reasons.first().map_or("", String::as_str)
    }
}

/// How an allocation does. Its task states have to be read; its group is that of the version it runs, where that is known.
#[must_use]
pub fn of(
    alloc: &AllocStub,
    group: Option<&TaskGroup>,
    heard: &CheckReports<'_>,
    now: Timestamp,
) -> PresentHealth {
    let checks = checks::sum_up(alloc, group, heard);
    let mut bad = not_running(alloc, group);
    bad.extend(flapping_tasks(alloc, now));
    bad.extend(checks.failing.iter().cloned());
    let mut unknown = checks.not_known.clone();
    // That it runs is a record too: what its client told last.
    unknown.extend(heard.unreachable.clone());
    if checks.pending > 0 {
        unknown.push(match checks.pending {
            1 => "a check has not run yet".to_owned(),
            n => format!("{n} checks have not run yet"),
        });
    }
    let (verdict, reasons) = if let Some(why) = out_of_sight(alloc, heard) {
        unknown.retain(|other| *other != why);
        unknown.insert(0, why);
        (HealthVerdict::NotKnown, unknown)
    } else if !bad.is_empty() {
        bad.extend(unknown);
        (HealthVerdict::Unhealthy, bad)
    } else if !unknown.is_empty() {
        (HealthVerdict::NotKnown, unknown)
    } else {
        (HealthVerdict::Healthy, Vec::new())
    };
    let restarts_lately = alloc.task_states.values().map(|task| restarts_lately(task, now)).sum();
    PresentHealth { verdict, reasons, checks, restarts_lately }
}

/// Why nobody sees how an allocation is that has not ended; none where its node tells. What was heard of it before is a record, whether
/// it says that it ran, that it was starting, or that it was not well.
fn out_of_sight(alloc: &AllocStub, heard: &CheckReports<'_>) -> Option<String> {
    match alloc.client_status {
        ClientStatus::Unknown => Some("its node is disconnected: it may run there or not".to_owned()),
        status if status.is_terminal() => None,
        ClientStatus::Pending => {
            heard.away.as_ref().map(|why| format!("{why}; it was starting, and may run there or not"))
        }
        _ => heard.away.clone(),
    }
}

/// Why an allocation does not do its work, when its tasks tell.
fn not_running(alloc: &AllocStub, group: Option<&TaskGroup>) -> Vec<String> {
    if alloc.client_status.is_terminal() {
        return vec![format!("it has ended: {}", alloc.client_status)];
    }
    if alloc.desired_status != DesiredStatus::Run {
        return vec!["it was told to stop".to_owned()];
    }
    // Lists without the tasks' states tell nothing of them.
    if alloc.client_status == ClientStatus::Running && alloc.task_states.is_empty() {
        return Vec::new();
    }
    match task_role::standing(alloc, group) {
        MainTasksState::Up
            if alloc.client_status == ClientStatus::Pending && alloc.task_states.is_empty() =>
        {
            vec!["its client has not started it yet".to_owned()]
        }
        MainTasksState::Up => Vec::new(),
        MainTasksState::NotUp { task } => {
            let state = alloc.task_states.get(&task);
            let trouble = state.and_then(|s| alloc_diagnosis::task_trouble(&task, s));
            let idle = || {
                format!("task {task} does not run (it is {})", state.map_or(RunState::Pending, |s| s.state))
            };
            vec![trouble.unwrap_or_else(idle)]
        }
    }
}

/// The tasks of an allocation that were restarted so often lately that it is not well, whatever a record says; each in a sentence.
#[must_use]
pub fn flapping_tasks(alloc: &AllocStub, now: Timestamp) -> Vec<String> {
    let restarts = alloc.task_states.iter().map(|(name, task)| (name, restarts_lately(task, now)));
    restarts.filter(|(_, n)| *n >= OFTEN).map(|(name, n)| flapping(alloc, name, n)).collect()
}

fn flapping(alloc: &AllocStub, task: &str, times: u64) -> String {
    let state = &alloc.task_states[task];
    let ended = alloc_diagnosis::last_end(state)
        .map_or(String::new(), |end| format!(", the last time with exit code {}", end.exit_code));
    format!(
        "task {task} was restarted {times} times or more within {} minutes, {} times in all{ended}",
        LATELY.as_secs() / 60,
        state.restarts
    )
}

/// How often a task was restarted lately because it had ended by itself. A client keeps ten notes (T32), three restarts' worth:
/// what it has forgotten is not counted. Notes of a clock that is ahead of ours are from just now.
#[must_use]
pub fn restarts_lately(task: &TaskState, now: Timestamp) -> u64 {
    let mut asked = false;
    let mut count = 0;
    for event in &task.events {
        match event.kind.as_str() {
            "Started" => asked = false,
            "Restart Signaled" => asked = true,
            "Restarting" if !asked => {
                let age = event.time.map(|at| now.duration_since(at));
                let lately = age.is_none_or(|age| age.is_negative() || age.unsigned_abs() <= LATELY);
                count += u64::from(lately);
            }
            _ => {}
        }
    }
    // Of the first note there may be the end only; more restarts than were counted there cannot have been fewer.
    count.min(task.restarts)
}

/// How many of a group's allocations are how, and why those that are not healthy are not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many are healthy.
    pub healthy: u64,
    /// How many are not.
    pub unhealthy: u64,
    /// Of how many it is not known.
    pub not_known: u64,
    /// The first reason of those that are not healthy, else of those not known.
    pub reason: String,
}

/// Sums up how allocations do.
pub fn summary<'a>(all: impl IntoIterator<Item = &'a PresentHealth>) -> Summary {
    let mut sum = Summary::default();
    let mut doubt = String::new();
    for health in all {
        match health.verdict {
            HealthVerdict::Healthy => sum.healthy += 1,
            HealthVerdict::Unhealthy => {
                sum.unhealthy += 1;
                if sum.reason.is_empty() {
                    sum.reason = health.reason().to_owned();
                }
            }
            HealthVerdict::NotKnown => {
                sum.not_known += 1;
                if doubt.is_empty() {
                    doubt = health.reason().to_owned();
                }
            }
        }
    }
    if sum.reason.is_empty() {
        sum.reason = doubt;
    }
    sum
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::api::consul::health::ServiceEntry;
    use crate::api::nomad::service::CheckResult;
    use serde_json::{Value, json};

    const ID: &str = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";

    fn now() -> Timestamp {
        "2026-01-01T00:10:00Z".parse().unwrap()
    }

    fn alloc(client: &str, states: &Value) -> AllocStub {
        serde_json::from_value(json!({
            "ID": ID, "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g", "DesiredStatus": "run",
            "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1, "TaskStates": states,
            "DeploymentStatus": {"Healthy": true},
        }))
        .unwrap()
    }

    fn running() -> Value {
        json!({"t": {"State": "running"}})
    }

    fn group(provider: &str) -> TaskGroup {
        serde_json::from_value(json!({"Name": "g", "Tasks": [{"Name": "t"}],
            "Services": [{"Name": "web", "Provider": provider, "Checks": [{"Name": "http", "OnUpdate": "require_healthy"}]}]}))
        .unwrap()
    }

    fn result(status: &str, mode: &str) -> CheckResult {
        serde_json::from_value(
            json!({"Check": "http", "Service": "web", "Status": status, "Mode": mode, "Output": "500 boom"}),
        )
        .unwrap()
    }

    fn with_nomad(results: &[CheckResult]) -> PresentHealth {
        let heard = CheckReports { nomad: Some(Ok(results.iter().collect())), ..CheckReports::default() };
        of(&alloc("running", &running()), Some(&group("nomad")), &heard, now())
    }

    #[test]
    fn a_check_that_fails_now_outweighs_the_record() {
        assert_eq!(with_nomad(&[result("success", "healthiness")]).verdict, HealthVerdict::Healthy);
        let failing = with_nomad(&[result("failure", "healthiness")]);
        assert_eq!(
            (failing.verdict, failing.reason()),
            (HealthVerdict::Unhealthy, "check \"http\" of web fails: 500 boom")
        );
        let ignored = with_nomad(&[result("failure", "readiness")]);
        assert_eq!((ignored.verdict, ignored.checks.ignored), (HealthVerdict::Healthy, 1));
    }

    #[test]
    fn what_was_not_seen_is_not_known() {
        assert_eq!(with_nomad(&[]).reason(), "a check has not run yet");
        assert_eq!(with_nomad(&[result("pending", "healthiness")]).verdict, HealthVerdict::NotKnown);
        let unheard =
            CheckReports { nomad: Some(Err("the client does not answer".into())), ..CheckReports::default() };
        let told = of(&alloc("running", &running()), Some(&group("nomad")), &unheard, now());
        assert_eq!((told.verdict, told.reason()), (HealthVerdict::NotKnown, "the client does not answer"));
        let silent = CheckReports {
            unreachable: Some("its client does not answer".into()),
            ..CheckReports::default()
        };
        let told = of(&alloc("running", &running()), None, &silent, now());
        assert_eq!((told.verdict, told.reason()), (HealthVerdict::NotKnown, "its client does not answer"));
        assert_eq!(
            of(&alloc("unknown", &running()), None, &CheckReports::default(), now()).verdict,
            HealthVerdict::NotKnown
        );
    }

    #[test]
    fn of_what_is_on_a_node_that_is_away_the_last_word_is_no_news() {
        let away =
            CheckReports { away: Some("its client does not answer".into()), ..CheckReports::default() };
        let told = |status: &str| of(&alloc(status, &json!({"t": {"State": "pending"}})), None, &away, now());
        for status in ["pending", "running"] {
            assert_eq!(told(status).verdict, HealthVerdict::NotKnown, "{status}");
        }
        let words = "its client does not answer; it was starting, and may run there or not";
        assert_eq!(told("pending").reason(), words);
        assert!(told("pending").is_unheard_of());
        assert_eq!(told("failed").verdict, HealthVerdict::Unhealthy, "it has ended");
        // A client that answers tells the truth.
        let here = of(&alloc("pending", &json!({})), None, &CheckReports::default(), now());
        assert_eq!(here.verdict, HealthVerdict::Unhealthy);
    }

    #[test]
    fn consuls_checks_are_found_by_the_allocation() {
        let entries: Vec<ServiceEntry> = serde_json::from_value(json!([{
            "Node": {"Node": "n"},
            "Service": {"ID": format!("_nomad-task-{ID}-group-g-web-http"), "Service": "web"},
            "Checks": [{"CheckID": "serfHealth", "Status": "passing"},
                {"CheckID": "x", "Name": "http", "Status": "critical", "Output": "\nrefused\nmore"}],
        }]))
        .unwrap();
        let told = |entries: &[ServiceEntry]| {
            let consul = Some(Ok(BTreeMap::from([("web".to_owned(), entries)])));
            let heard = CheckReports { consul, ..CheckReports::default() };
            of(&alloc("running", &running()), Some(&group("consul")), &heard, now())
        };
        assert_eq!(told(&entries).reasons, ["check \"http\" of web is critical: refused"]);
        assert_eq!(told(&[]).verdict, HealthVerdict::NotKnown);
    }

    fn crashed(times: usize, at: &str, asked: bool) -> TaskState {
        let mut events = vec![];
        for _ in 0..times {
            events.push(json!({"Type": "Started"}));
            if asked {
                events.push(json!({"Type": "Restart Signaled"}));
            }
            events.push(json!({"Type": "Terminated", "Details": {"exit_code": "1"}}));
            let time: Timestamp = at.parse().unwrap();
            events.push(json!({"Type": "Restarting", "Time": i64::try_from(time.as_nanosecond()).unwrap()}));
        }
        serde_json::from_value(json!({"State": "running", "Restarts": 109, "Events": events})).unwrap()
    }

    #[test]
    fn restarts_count_when_they_were_lately_and_nobody_asked_for_them() {
        let lately = "2026-01-01T00:09:00Z";
        assert_eq!(restarts_lately(&crashed(3, lately, false), now()), 3);
        assert_eq!(restarts_lately(&crashed(3, lately, true), now()), 0);
        assert_eq!(restarts_lately(&crashed(3, "2025-12-31T23:00:00Z", false), now()), 0);
        assert_eq!(restarts_lately(&crashed(2, "2026-01-01T09:00:00Z", false), now()), 2);
        let mut flapping = alloc("running", &json!({}));
        flapping.task_states = BTreeMap::from([("t".to_owned(), crashed(3, lately, false))]);
        let told = of(&flapping, None, &CheckReports::default(), now());
        assert_eq!(told.verdict, HealthVerdict::Unhealthy);
        assert_eq!(
            told.reason(),
            "task t was restarted 3 times or more within 10 minutes, 109 times in all, the last time with exit code 1"
        );
    }

    #[test]
    fn what_does_not_run_is_not_healthy() {
        let waits = json!({"t": {"State": "pending", "Restarts": 1,
            "Events": [{"Type": "Started"}, {"Type": "Terminated", "Details": {"exit_code": "3"}}, {"Type": "Restarting"}]}});
        let told = of(&alloc("pending", &waits), None, &CheckReports::default(), now());
        assert_eq!(told.reason(), "task t ended with exit code 3; restarted once so far");
        assert_eq!(
            of(&alloc("failed", &json!({})), None, &CheckReports::default(), now()).reason(),
            "it has ended: failed"
        );
        assert_eq!(
            of(&alloc("running", &json!({})), None, &CheckReports::default(), now()).verdict,
            HealthVerdict::Healthy
        );
    }
}
