//! What can be waited for of an allocation.

use super::{ConditionState, one_of};
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::model::alloc_diagnosis;
use crate::model::ids::short;
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::task_role::{self, AllocEnding, MainTasksState as Tasks};
use crate::model::unseen_end::UnseenEnd;

/// A condition of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllocCondition {
    /// All tasks that are to run do.
    Running,
    /// It runs, its checks pass, it was not restarted again and again.
    Healthy,
    /// It has ended, well or badly; its task's code is returned.
    Complete,
    /// It has ended, however.
    Ended,
}

/// The conditions there are, by their words.
pub const WORDS: &[(&str, AllocCondition)] = &[
    ("running", AllocCondition::Running),
    ("healthy", AllocCondition::Healthy),
    ("complete", AllocCondition::Complete),
    ("ended", AllocCondition::Ended),
];

impl AllocCondition {
    /// Reads one.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        one_of(if text == "stopped" { "ended" } else { text }, WORDS, "")
    }
}

impl std::fmt::Display for AllocCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(WORDS.iter().find(|(_, c)| c == self).map_or("", |(word, _)| word))
    }
}

/// How a condition of an allocation stands; none where it is not there any more. `unseen` is that it may still run although the
/// servers do not want it to.
#[must_use]
pub fn standing(
    condition: AllocCondition,
    alloc: Option<&AllocStub>,
    group: Option<&TaskGroup>,
    health: Option<&PresentHealth>,
    unseen: Option<&UnseenEnd>,
) -> ConditionState {
    let Some(alloc) = alloc else {
        return match condition {
            AllocCondition::Ended => {
                ConditionState::Met("it was collected, and had ended before that".to_owned())
            }
            _ => ConditionState::Never("it is not there any more: it had ended and was collected".to_owned()),
        };
    };
    let on = format!("on {}", alloc.node_name);
    let over = alloc.client_status.is_terminal();
    if let (AllocCondition::Complete | AllocCondition::Ended, Some(unseen)) = (condition, unseen) {
        return ConditionState::NotKnown(format!("it is {}, and {unseen}", alloc.client_status));
    }
    match condition {
        AllocCondition::Complete if over => ConditionState::Met(ended(alloc, group)),
        AllocCondition::Ended if over => ConditionState::Met(ended(alloc, group)),
        AllocCondition::Complete | AllocCondition::Ended => {
            let stops = alloc.desired_status != DesiredStatus::Run;
            let words = if stops { "it was told to stop and has not ended" } else { "it has not ended" };
            ConditionState::NotYet(format!("{words} ({}, {on})", alloc.client_status))
        }
        _ if over => ConditionState::Never(format!("{}{}", ended(alloc, group), successor(alloc))),
        _ if alloc.desired_status != DesiredStatus::Run => {
            ConditionState::Never(format!("it was told to stop{}", successor(alloc)))
        }
        _ if alloc.client_status == ClientStatus::Unknown => ConditionState::NotKnown(format!(
            "node {} is disconnected: it may run there or not",
            alloc.node_name
        )),
        AllocCondition::Running => match task_role::standing(alloc, group) {
            Tasks::Up if alloc.client_status == ClientStatus::Running => {
                ConditionState::Met(format!("it runs {on}"))
            }
            Tasks::Up => ConditionState::NotYet(format!("it is {} {on}", alloc.client_status)),
            Tasks::NotUp { task } => ConditionState::NotYet(not_up(alloc, &task)),
        },
        AllocCondition::Healthy => match health {
            None => ConditionState::NotYet(format!("it is {} {on}", alloc.client_status)),
            Some(h) => match h.verdict {
                HealthVerdict::Healthy => ConditionState::Met(format!("it is healthy, {on}")),
                HealthVerdict::Unhealthy => ConditionState::NotYet(h.reason().to_owned()),
                HealthVerdict::NotKnown => ConditionState::NotKnown(h.reason().to_owned()),
            },
        },
    }
}

fn not_up(alloc: &AllocStub, task: &str) -> String {
    let trouble = alloc.task_states.get(task).and_then(|t| alloc_diagnosis::task_trouble(task, t));
    trouble.unwrap_or_else(|| format!("task {task} does not run yet, on {}", alloc.node_name))
}

fn successor(alloc: &AllocStub) -> String {
    if alloc.next_allocation.is_empty() {
        return String::new();
    }
    format!("; its replacement is {}", short(&alloc.next_allocation))
}

fn ended(alloc: &AllocStub, group: Option<&TaskGroup>) -> String {
    match task_role::ending(alloc, group) {
        AllocEnding::Ended { task, code } => format!("it has ended: task {task} with exit code {code}"),
        AllocEnding::Stopped => "it was stopped before its work had ended".to_owned(),
        AllocEnding::NeverRan => {
            let mut states = alloc.task_states.iter();
            let trouble = states.find_map(|(name, t)| alloc_diagnosis::task_trouble(name, t));
            let why = trouble.unwrap_or_else(|| alloc.client_description.clone());
            format!("it has ended without running: {why}")
        }
    }
}

/// What waiting for the end of an allocation returns: the code of its work.
///
/// # Errors
/// Why there is none.
pub fn code(alloc: &AllocStub, group: Option<&TaskGroup>) -> Result<u8, String> {
    match task_role::ending(alloc, group) {
        AllocEnding::Ended { task, code } => Ok(AllocEnding::code_of(&task, code, group)),
        AllocEnding::Stopped | AllocEnding::NeverRan => Err(ended(alloc, group)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn alloc(more: &Value) -> AllocStub {
        let mut row = json!({"ID": "a", "Name": "j.g[0]", "Namespace": "default", "JobID": "j", "TaskGroup": "g",
            "NodeName": "c1", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
            "TaskStates": {"t": {"State": "running"}}});
        row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(row).unwrap()
    }

    fn of(condition: AllocCondition, more: &Value) -> ConditionState {
        standing(condition, Some(&alloc(more)), None, None, None)
    }

    #[test]
    fn it_runs_when_its_tasks_do() {
        assert_eq!(of(AllocCondition::Running, &json!({})), ConditionState::Met("it runs on c1".into()));
        let pending = json!({"TaskStates": {"t": {"State": "pending"}}});
        assert_eq!(
            of(AllocCondition::Running, &pending),
            ConditionState::NotYet("task t does not run yet, on c1".into())
        );
        let told = json!({"DesiredStatus": "stop", "NextAllocation": "abcdef12-0000-0000-0000-000000000000"});
        assert_eq!(
            of(AllocCondition::Running, &told),
            ConditionState::Never("it was told to stop; its replacement is abcdef12".into())
        );
        assert!(matches!(
            of(AllocCondition::Running, &json!({"ClientStatus": "unknown"})),
            ConditionState::NotKnown(_)
        ));
    }

    #[test]
    fn the_end_of_it_has_the_code_of_its_work() {
        let dead = json!({"ClientStatus": "failed", "TaskStates": {"t": {"State": "dead", "Failed": true, "Events": [
            {"Type": "Started"}, {"Type": "Terminated", "Details": {"exit_code": "3"}}]}}});
        assert_eq!(
            of(AllocCondition::Complete, &dead),
            ConditionState::Met("it has ended: task t with exit code 3".into())
        );
        assert_eq!(code(&alloc(&dead), None), Ok(3));
        assert!(matches!(of(AllocCondition::Complete, &json!({})), ConditionState::NotYet(_)));
        assert!(matches!(of(AllocCondition::Healthy, &dead), ConditionState::Never(_)));
        assert!(matches!(standing(AllocCondition::Ended, None, None, None, None), ConditionState::Met(_)));
        let lost = alloc(&json!({"ClientStatus": "lost", "DesiredStatus": "stop"}));
        let unseen = UnseenEnd {
            alloc_id: "a".into(),
            node_id: "n".into(),
            node_name: "c1".into(),
            node_status: "down".into(),
        };
        assert_eq!(
            standing(AllocCondition::Ended, Some(&lost), None, None, Some(&unseen)),
            ConditionState::NotKnown("it is lost, and a on c1, which is down, may still run there".into())
        );
        assert!(matches!(
            standing(AllocCondition::Ended, Some(&lost), None, None, None),
            ConditionState::Met(_)
        ));
    }
}
