//! Why an allocation is in the state it is in, told from what its client and the servers noted.

use jiff::Timestamp;

use crate::api::nomad::allocation::{
    AllocStub, Allocation, ClientStatus, DesiredStatus, TaskEvent, TaskState,
};
use crate::model::ids::{JobType, short};
use crate::model::redaction::Secrets;

/// How the last run of a task ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskEnd {
    /// The exit code.
    pub exit_code: i64,
    /// The signal that ended it; 0 for none.
    pub signal: i64,
    /// Whether it ran out of memory.
    pub out_of_memory: OutOfMemory,
    /// Whether it was told to end: stopped, restarted by hand, or taken along by another task of its group.
    pub on_request: bool,
}

impl TaskEnd {
    /// The code as a shell has it: 128 and the signal's number where a signal ended it without a code; never 0 for what
    /// did not end well.
    #[must_use]
    pub fn code(&self) -> u8 {
        let code = if self.signal > 0 && self.exit_code == 0 { 128 + self.signal } else { self.exit_code };
        u8::try_from(code).unwrap_or(1)
    }
}

/// What a client notes when it ends a task that did not end by itself.
const ENDED_BY_OTHERS: &[&str] =
    &["Killing", "Restart Signaled", "Sibling Task Failed", "Leader Task Dead", "Main Tasks Dead"];

/// Whether a task was ended for want of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OutOfMemory {
    /// The driver says so.
    Yes,
    /// It was killed and nobody had asked for it: some drivers cannot tell (`nomad-api.md §5`).
    Possibly,
    /// There is no sign of it.
    No,
}

/// How the last run of a task ended; none while its first run lasts.
#[must_use]
pub fn last_end(task: &TaskState) -> Option<TaskEnd> {
    let at = task.events.iter().rposition(|e| e.kind == "Terminated")?;
    let event = &task.events[at];
    let number = |key: &str| event.details.get(key).and_then(|v| v.parse().ok()).unwrap_or(0);
    let (exit_code, signal) = (number("exit_code"), number("signal"));
    let started = task.events[..at].iter().rposition(|e| e.kind == "Started").unwrap_or(0);
    // Whoever is told to end while the driver begins it has that noted before its start.
    let is_end = |e: &TaskEvent| matches!(e.kind.as_str(), "Terminated" | "Restarting");
    let before = task.events[..at].iter().rposition(is_end);
    let run = before.map_or(0, |end| end + 1).min(started);
    let asked = task.events[run..at].iter().any(|e| matches!(e.kind.as_str(), "Killing" | "Signaling"));
    let out_of_memory = if event.details.get("oom_killed").is_some_and(|v| v == "true") {
        OutOfMemory::Yes
    } else if !asked && (exit_code == 137 || signal == 9) {
        OutOfMemory::Possibly
    } else {
        OutOfMemory::No
    };
    let on_request = task.events[run..at].iter().any(|e| ENDED_BY_OTHERS.contains(&e.kind.as_str()));
    Some(TaskEnd { exit_code, signal, out_of_memory, on_request })
}

/// How often a task was restarted because it had ended by itself. Restarts that somebody asked for, and those after a
/// template changed, are counted by the client too; the newest of them can be told apart by its notes (T32).
#[must_use]
pub fn own_restarts(task: &TaskState) -> u64 {
    let asked = task.events.iter().filter(|e| e.kind == "Restart Signaled").count() as u64;
    task.restarts.saturating_sub(asked)
}

/// Whether an allocation failed, and not only while it was told to stop: a task that runs after the others were ended, or ends
/// with a code of its own when it is told to, says nothing of the work.
#[must_use]
pub fn failed_by_itself(a: &AllocStub) -> bool {
    let ends = || a.task_states.values().filter_map(|task| Some((last_end(task)?, ended_at(task)?)));
    let failed_first =
        || ends().filter(|(end, _)| !end.on_request && end.code() != 0).map(|(_, at)| at).min();
    let told_before = |at| ends().any(|(end, told)| end.on_request && told <= at);
    let was_told = || a.desired_status != DesiredStatus::Run && failed_first().is_some_and(told_before);
    a.client_status == ClientStatus::Failed && !was_told()
}

/// One sentence on a task that failed or keeps failing; none when there is nothing to say.
#[must_use]
pub fn task_trouble(name: &str, task: &TaskState) -> Option<String> {
    task_trouble_within(name, task, None)
}

/// The same, where it is known how many MiB of memory the task may have.
#[must_use]
pub fn task_trouble_within(name: &str, task: &TaskState, mib: Option<u64>) -> Option<String> {
    // The latest trouble that is not its own consequence.
    let told = task.events.iter().rev().find_map(|e| setback(e).map(|words| (e, words)));
    let end = last_end(task);
    let mut text = match (told, end) {
        (Some((event, words)), None) => format!("task {name}: {}{words}", noticed(event)),
        (Some((event, words)), Some(_)) if event.time > ended_at(task) => {
            format!("task {name}: {}{words}", noticed(event))
        }
        // The end is noted before the task counts as failed.
        // What was told to end, or to begin anew, suffers from nothing.
        (None, Some(end)) if end.on_request && !task.failed => return None,
        (_, Some(end)) if task.failed || task.restarts > 0 || end.out_of_memory == OutOfMemory::Yes => {
            let memory = match end.out_of_memory {
                OutOfMemory::Yes => ": it ran out of memory",
                OutOfMemory::Possibly => ": killed, possibly out of memory",
                OutOfMemory::No => "",
            };
            let limit = mib.filter(|_| end.out_of_memory != OutOfMemory::No);
            let limit = limit.map(|mib| format!(" (limit {mib} MiB)")).unwrap_or_default();
            let signal = if end.signal > 0 { format!(", signal {}", end.signal) } else { String::new() };
            format!("task {name} ended with exit code {}{signal}{memory}{limit}", end.exit_code)
        }
        _ => return None,
    };
    if task.restarts > 0 {
        text.push_str(&format!("; restarted {} so far", times(task.restarts)));
    }
    let gave_up = task.events.iter().rev().find(|e| e.kind == "Not Restarting");
    if let Some(reason) = gave_up.and_then(|e| e.details.get("restart_reason")).filter(|_| task.failed) {
        text.push_str(&format!("; not restarted: {reason}"));
    }
    Some(text)
}

fn ended_at(task: &TaskState) -> Option<Timestamp> {
    task.events.iter().rev().find(|e| e.kind == "Terminated").and_then(|e| e.time)
}

/// The kind of an event before its words; nothing where these tell by themselves what went wrong.
fn noticed(event: &TaskEvent) -> String {
    if event.kind == "Killing" { String::new() } else { format!("{}: ", event.kind.to_lowercase()) }
}

/// What kept a task from running, in the words of whoever noticed.
fn setback(event: &TaskEvent) -> Option<String> {
    let key = match event.kind.as_str() {
        // What keeps a task from being started makes its client end it, and is told with that.
        "Killing" if event.details.get("fails_task").is_some_and(|fails| fails == "true") => "message",
        "Driver Failure" => "driver_error",
        "Setup Failure" => "setup_error",
        "Failed Artifact Download" => "download_error",
        "Failed Validation" => "validation_error",
        "Task hook failed" | "Disk Resources Exceeded" => "message",
        "Sibling Task Failed" => "failed_sibling",
        _ => return None,
    };
    let words = event.details.get(key).map_or(event.display_message.as_str(), String::as_str);
    // A download names the address it was tried at, and who may read it.
    Some(Secrets::default().clean(words))
}

fn times(n: u64) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

/// Another allocation of the group, as far as the diagnosis needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelatedAlloc<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its node's name.
    pub node: &'a str,
    /// What its client says.
    pub status: ClientStatus,
    /// Its health, when decided.
    pub healthy: Option<bool>,
}

impl RelatedAlloc<'_> {
    fn text(&self) -> String {
        let health = match self.healthy {
            Some(true) if self.status == ClientStatus::Running => ", healthy",
            Some(false) if self.status == ClientStatus::Running => ", unhealthy",
            _ => "",
        };
        format!("{} on {} ({}{health})", short(self.id), self.node, self.status)
    }
}

/// What a diagnosis is made from besides the allocation itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllocContext<'a> {
    /// The one it replaced, when it could be read.
    pub previous: Option<RelatedAlloc<'a>>,
    /// Its replacement, when it could be read.
    pub next: Option<RelatedAlloc<'a>>,
    /// In how many seconds it is tried again, when an evaluation waits to do that.
    pub again_in: Option<i64>,
}

/// Why it is in its state: sentences without full stops, the nearest reason first.
#[must_use]
pub fn why(a: &Allocation, around: AllocContext<'_>) -> Vec<String> {
    let mut said = vec![state(a, around.previous)];
    let limit = |name: &str| a.allocated_resources.as_ref()?.tasks.get(name)?.memory.limit();
    let trouble = |(name, task): (&String, &TaskState)| task_trouble_within(name, task, limit(name));
    said.extend(a.task_states.iter().filter_map(trouble));
    said.extend(outlook(a, around));
    said
}

fn state(a: &Allocation, previous: Option<RelatedAlloc<'_>>) -> String {
    let asked = match a.desired_description.as_str() {
        "" => String::new(),
        words => format!(": {words}"),
    };
    let stopped = a.desired_status != DesiredStatus::Run;
    match a.client_status {
        ClientStatus::Complete if stopped => format!("stopped as requested{asked}"),
        ClientStatus::Complete => "its tasks finished successfully".to_owned(),
        ClientStatus::Failed => "it failed".to_owned(),
        ClientStatus::Lost => format!("it was lost{asked}"),
        ClientStatus::Unknown => "its node is disconnected: it may or may not be running there".to_owned(),
        status if stopped => format!("stopping, still {status}{asked}"),
        ClientStatus::Pending => match previous.filter(|p| !p.status.is_terminal()) {
            Some(previous) => format!("waiting for the allocation it replaces to end: {}", previous.text()),
            None => "not started by its client yet".to_owned(),
        },
        ClientStatus::Running => match a.deployment_status.as_ref().and_then(|s| s.healthy) {
            Some(true) => "running and healthy".to_owned(),
            Some(false) => "running and unhealthy".to_owned(),
            None if a.deployment_status.is_some() || !a.deployment_id.is_empty() => {
                "running, health pending".to_owned()
            }
            None => "running; its health is not tracked".to_owned(),
        },
    }
}

/// Why what failed is not tried again, where nothing waits to do so. Jobs for every node have no reschedule block.
#[must_use]
pub fn no_more_tries(job_type: Option<JobType>) -> String {
    match job_type.filter(|t| t.is_per_node()) {
        Some(per_node) => format!("failed instances of a {per_node} job are not tried again by themselves"),
        None => "the job's reschedule block allows no more attempts".to_owned(),
    }
}

/// What became or becomes of its work.
fn outlook(a: &Allocation, around: AllocContext<'_>) -> Option<String> {
    if let Some(next) = around.next {
        return Some(format!("replaced by {}", next.text()));
    }
    if !a.next_allocation.is_empty() {
        return Some(format!("replaced by {}", short(&a.next_allocation)));
    }
    let unwanted = a.desired_status != DesiredStatus::Run;
    match (a.client_status, around.again_in) {
        (ClientStatus::Failed, Some(s @ 0..)) => Some(format!("retried in {s} s")),
        (ClientStatus::Failed, Some(_)) => Some("due to be retried now".to_owned()),
        (ClientStatus::Failed, None) if unwanted => None,
        (ClientStatus::Failed, None) if a.followup_eval_id.is_empty() => {
            Some(format!("not retried: {}", no_more_tries(a.job.as_ref().map(|job| job.job_type))))
        }
        (ClientStatus::Failed, None) => Some("its retry was due, but nothing was placed for it".to_owned()),
        (ClientStatus::Lost, _) => Some("nothing replaced it".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::body;
    use serde_json::{Value, json};

    fn task(events: &Value) -> TaskState {
        serde_json::from_value(json!({"State": "dead", "Failed": true, "Restarts": 0, "Events": events}))
            .unwrap()
    }

    #[test]
    fn a_reschedule_block_is_named_where_there_is_one() {
        assert!(no_more_tries(Some(JobType::Service)).contains("reschedule block"));
        let system = no_more_tries(Some(JobType::System));
        assert_eq!(system, "failed instances of a system job are not tried again by themselves");
    }

    #[test]
    fn a_failed_allocation_tells_its_exit_code_and_its_restarts() {
        let failed: Allocation = body("allocation-failed");
        let said = why(&failed, AllocContext::default());
        insta::assert_snapshot!(said.join("\n"), @r#"
        it failed
        task t ended with exit code 3; restarted once so far; not restarted: Exceeded allowed attempts 1 in interval 5m0s and mode is "fail"
        not retried: the job's reschedule block allows no more attempts
        "#);
        let again = why(&failed, AllocContext { again_in: Some(29), ..AllocContext::default() });
        assert_eq!(again.last().unwrap(), "retried in 29 s");
    }

    #[test]
    fn a_kill_nobody_asked_for_is_possibly_a_want_of_memory() {
        let events = |asked: bool, oom: &str| {
            let mut events = vec![json!({"Type": "Started"})];
            if asked {
                events.push(json!({"Type": "Killing"}));
            }
            events.push(json!({"Type": "Terminated", "Details": {"exit_code": "137", "signal": "9", "oom_killed": oom}}));
            last_end(&task(&events.into())).unwrap().out_of_memory
        };
        assert_eq!(events(false, "false"), OutOfMemory::Possibly);
        assert_eq!(events(true, "false"), OutOfMemory::No);
        assert_eq!(events(false, "true"), OutOfMemory::Yes);
        // The one who asked in an earlier run does not explain this one.
        let earlier = json!([
            {"Type": "Started"}, {"Type": "Killing"},
            {"Type": "Terminated", "Details": {"exit_code": "143", "signal": "0", "oom_killed": "false"}},
            {"Type": "Restarting"}, {"Type": "Started"},
            {"Type": "Terminated", "Details": {"exit_code": "137", "signal": "0", "oom_killed": "false"}},
        ]);
        assert_eq!(last_end(&task(&earlier)).unwrap().out_of_memory, OutOfMemory::Possibly);
    }

    #[test]
    fn what_fails_while_it_is_stopped_has_not_failed_by_itself() {
        let ended = |code: &str, at: &str, killed: bool| {
            let killing = json!({"Type": "Killing", "Time": 1});
            let end = json!({"Type": "Terminated", "Time": at.parse::<u64>().unwrap(),
                "Details": {"exit_code": code, "signal": "0", "oom_killed": "false"}});
            let started = json!({"Type": "Started"});
            json!({"State": "dead", "Failed": code != "0" && !killed,
                "Events": if killed { json!([started, killing, end]) } else { json!([started, end]) }})
        };
        let alloc = |desired: &str, main: Value, after: Value| -> AllocStub {
            serde_json::from_value(json!({"ID": "a", "Name": "j.g[0]", "Namespace": "default", "JobID": "j",
                "TaskGroup": "g", "DesiredStatus": desired, "ClientStatus": "failed", "CreateIndex": 1, "ModifyIndex": 1,
                "TaskStates": {"main": main, "after": after}}))
            .unwrap()
        };
        // Stopped by somebody; the task that cleans up ends badly.
        assert!(!failed_by_itself(&alloc("stop", ended("143", "2", true), ended("1", "3", false))));
        // It failed, was rescheduled, and its sidecar was ended with it.
        assert!(failed_by_itself(&alloc("stop", ended("1", "2", false), ended("0", "3", true))));
        assert!(failed_by_itself(&alloc("run", ended("143", "2", true), ended("1", "3", false))));
    }

    #[test]
    fn a_want_of_memory_is_told_with_the_limit_before_the_task_counts_as_failed() {
        let events = json!([{"Type": "Started"},
            {"Type": "Terminated", "Details": {"exit_code": "137", "signal": "9", "oom_killed": "true"}}]);
        let ended = TaskState { failed: false, ..task(&events) };
        assert_eq!(
            task_trouble_within("web", &ended, Some(48)).unwrap(),
            "task web ended with exit code 137, signal 9: it ran out of memory (limit 48 MiB)"
        );
    }

    #[test]
    fn what_kept_a_task_from_starting_is_told_in_the_drivers_words() {
        let failure = task(&json!([
            {"Type": "Received", "Time": 1},
            {"Type": "Driver Failure", "Time": 2, "Details": {"driver_error": "no such image"}},
            {"Type": "Not Restarting", "Time": 3, "Details": {"restart_reason": "Error was unrecoverable"}},
        ]));
        assert_eq!(
            task_trouble("web", &failure).unwrap(),
            "task web: driver failure: no such image; not restarted: Error was unrecoverable"
        );
    }

    #[test]
    fn a_pending_replacement_waits_for_its_predecessor() {
        let mut alloc: Allocation = body("allocation-full");
        alloc.client_status = ClientStatus::Pending;
        let previous = RelatedAlloc {
            id: "c783f447-8011-8bb4-af07-9ae8eb83dde7",
            node: "c1",
            status: ClientStatus::Running,
            healthy: Some(true),
        };
        let around = AllocContext { previous: Some(previous), ..AllocContext::default() };
        assert_eq!(
            why(&alloc, around)[0],
            "waiting for the allocation it replaces to end: c783f447 on c1 (running, healthy)"
        );
        assert_eq!(why(&alloc, AllocContext::default())[0], "not started by its client yet");
    }
}
