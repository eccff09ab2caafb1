//! Which tasks of a group count, and how an allocation ended: the one place that knows leaders and lifecycles
//! (`nomad-api.md §5`).

use crate::api::nomad::allocation::{AllocStub, DesiredStatus, RunState, TaskState};
use crate::api::nomad::job::{Task, TaskGroup};
use crate::model::alloc_diagnosis::{self, TaskEnd};

/// What a task is for in its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The group ends when it does.
    Leader,
    /// It is the work itself.
    Main,
    /// It runs as long as the main tasks do.
    Sidecar,
    /// It runs before the main tasks, once.
    Prestart,
    /// It runs when the main tasks have started, once.
    Poststart,
    /// It runs when the main tasks have ended, once.
    Poststop,
}

impl Role {
    /// What a task is for.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        let hook = task.lifecycle.as_ref().map(|l| (l.hook.as_str(), l.sidecar));
        match hook {
            _ if task.leader => Role::Leader,
            Some(("poststop", _)) => Role::Poststop,
            Some(("prestart" | "poststart", true)) => Role::Sidecar,
            Some(("prestart", false)) => Role::Prestart,
            Some(("poststart", false)) => Role::Poststart,
            _ => Role::Main,
        }
    }

    /// What the task of that name is for; a main task where the group is not known or has no such task.
    #[must_use]
    pub fn in_group(group: Option<&TaskGroup>, task: &str) -> Self {
        group.and_then(|g| g.tasks.iter().find(|t| t.name == task)).map_or(Role::Main, Role::of)
    }

    /// Whether it is to run as long as its allocation does.
    #[must_use]
    pub fn stays(self) -> bool {
        matches!(self, Role::Leader | Role::Main | Role::Sidecar)
    }

    /// Whether its exit code is the allocation's.
    #[must_use]
    pub fn is_the_work(self) -> bool {
        matches!(self, Role::Leader | Role::Main)
    }
}

/// Whether the tasks of an allocation that are to run all the time do run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MainTasksState {
    /// All of them run.
    Up,
    /// One of them does not run (yet, or again).
    NotUp {
        /// Its name.
        task: String,
    },
}

/// Whether every task of an allocation runs that should as long as the allocation does. What ran before the others and ended
/// well, and what waits for their end, is no part of it.
#[must_use]
pub fn standing(alloc: &AllocStub, group: Option<&TaskGroup>) -> MainTasksState {
    let down = alloc.task_states.iter().find(|(name, task)| is_down(Role::in_group(group, name), task));
    let task = down.map(|(name, _)| name.clone());
    // A group that is known has states of all its tasks as soon as its client has begun with it.
    let absent = || {
        let tasks = group.into_iter().flat_map(|g| &g.tasks);
        let mut stay = tasks.filter(|t| Role::of(t).stays() && !alloc.task_states.contains_key(&t.name));
        stay.next().map(|t| t.name.clone())
    };
    task.or_else(absent).map_or(MainTasksState::Up, |task| MainTasksState::NotUp { task })
}

fn is_down(role: Role, task: &TaskState) -> bool {
    if task.state == RunState::Running || role == Role::Poststop {
        return false;
    }
    // What a main task without lifecycle has done is done: of several the others may go on.
    let over = task.state == RunState::Dead && !task.failed;
    if role == Role::Sidecar { true } else { !over }
}

/// How an allocation that is over came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllocEnding {
    /// A task ended by itself.
    Ended {
        /// Its name.
        task: String,
        /// 0 to 255; 128 and the signal's number where a signal ended it.
        code: u8,
    },
    /// It was told to stop before its work had ended.
    Stopped,
    /// None of its tasks has run.
    NeverRan,
}

/// The code of an allocation that failed though its work did not: what ran beside the work has codes of its own meaning.
pub const FAILED_BESIDE: u8 = 1;

impl AllocEnding {
    /// The code of a task as that of its allocation: its own where it is the work, or ended well.
    #[must_use]
    pub fn code_of(task: &str, code: u8, group: Option<&TaskGroup>) -> u8 {
        if code == 0 || Role::in_group(group, task).is_the_work() { code } else { FAILED_BESIDE }
    }
}

/// How an allocation that is over came to its end: the leader's code, else that of the main task that failed, else of whatever
/// else failed the allocation. A task that was told to end has no code of its own.
#[must_use]
pub fn ending(alloc: &AllocStub, group: Option<&TaskGroup>) -> AllocEnding {
    let ends: Vec<(&str, Role, TaskEnd)> = alloc
        .task_states
        .iter()
        .filter_map(|(name, task)| {
            Some((name.as_str(), Role::in_group(group, name), alloc_diagnosis::last_end(task)?))
        })
        .collect();
    let own = || ends.iter().filter(|(_, _, end)| !end.on_request);
    let with = |(task, _, end): &(&str, Role, TaskEnd)| AllocEnding::Ended {
        task: (*task).to_owned(),
        code: end.code(),
    };
    let by_role = |role: Role| own().filter(move |(_, r, _)| *r == role);
    let bad = |(_, _, end): &&(&str, Role, TaskEnd)| end.code() != 0;
    let failed = [Role::Leader, Role::Main, Role::Prestart, Role::Sidecar, Role::Poststart, Role::Poststop]
        .into_iter()
        .find_map(|role| by_role(role).find(bad));
    if let Some(end) = failed {
        return with(end);
    }
    if let Some(end) = [Role::Leader, Role::Main].into_iter().find_map(|role| by_role(role).next()) {
        return with(end);
    }
    let stopped = alloc.desired_status != DesiredStatus::Run || ends.iter().any(|(_, _, end)| end.on_request);
    if stopped { AllocEnding::Stopped } else { AllocEnding::NeverRan }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Of each task its name, and its hook where it has one; `+` marks a sidecar, `leader` is no hook.
    fn group(tasks: &[(&str, &str)]) -> TaskGroup {
        let task = |(name, kind): &(&str, &str)| {
            let hook = (!matches!(*kind, "" | "leader"))
                .then(|| json!({"Hook": kind.trim_end_matches('+'), "Sidecar": kind.ends_with('+')}));
            json!({"Name": name, "Leader": *kind == "leader", "Lifecycle": hook})
        };
        serde_json::from_value(json!({"Name": "g", "Tasks": tasks.iter().map(task).collect::<Vec<_>>()}))
            .unwrap()
    }

    fn ran(code: u8, asked: bool) -> Value {
        let mut events = vec![json!({"Type": "Started"})];
        if asked {
            events.push(json!({"Type": "Killing"}));
        }
        events.push(json!({"Type": "Terminated", "Details": {"exit_code": code.to_string()}}));
        json!({"State": "dead", "Failed": code != 0 && !asked, "Events": events})
    }

    fn alloc(desired: &str, states: &Value) -> AllocStub {
        serde_json::from_value(json!({
            "ID": "a", "Name": "j.g[0]", "Namespace": "default", "JobID": "j", "TaskGroup": "g", "DesiredStatus": desired,
            "ClientStatus": "complete", "CreateIndex": 1, "ModifyIndex": 1, "TaskStates": states,
        }))
        .unwrap()
    }

    fn ended(task: &str, code: u8) -> AllocEnding {
        AllocEnding::Ended { task: task.to_owned(), code }
    }

    #[test]
    fn the_code_is_the_works_whatever_ran_beside_it() {
        let beside = group(&[("main", ""), ("log", "prestart+"), ("end", "poststop")]);
        let of = |main: Value, log: Value, end: Value| {
            ending(&alloc("run", &json!({"main": main, "log": log, "end": end})), Some(&beside))
        };
        assert_eq!(of(ran(0, false), ran(130, true), ran(0, false)), ended("main", 0));
        assert_eq!(of(ran(7, false), ran(130, true), ran(3, false)), ended("main", 7));
        // Nomad calls it failed, and so do we.
        assert_eq!(of(ran(0, false), ran(130, true), ran(3, false)), ended("end", 3));
        // A sidecar that fails takes the main task with it.
        assert_eq!(of(ran(143, true), ran(9, false), ran(0, false)), ended("log", 9));
    }

    #[test]
    fn a_leaders_code_comes_before_all_others() {
        let led = group(&[("a", ""), ("b", "leader")]);
        let both = |a: Value, b: Value| ending(&alloc("run", &json!({"a": a, "b": b})), Some(&led));
        assert_eq!(both(ran(137, true), ran(4, false)), ended("b", 4));
        assert_eq!(both(ran(0, false), ran(0, false)), ended("b", 0));
        assert_eq!(both(ran(5, false), ran(4, false)), ended("b", 4));
    }

    #[test]
    fn what_was_stopped_has_no_code_and_what_never_ran_has_none_either() {
        let one = group(&[("main", "")]);
        assert_eq!(
            ending(&alloc("stop", &json!({"main": ran(130, true)})), Some(&one)),
            AllocEnding::Stopped
        );
        assert_eq!(ending(&alloc("stop", &json!({})), Some(&one)), AllocEnding::Stopped);
        // Told to end while it was begun.
        let begun = json!([{"Type": "Killing"}, {"Type": "Started"},
            {"Type": "Terminated", "Details": {"exit_code": "137"}}]);
        let begun = json!({"main": {"State": "dead", "Failed": false, "Events": begun}});
        assert_eq!(ending(&alloc("stop", &begun), Some(&one)), AllocEnding::Stopped);
        let never =
            json!({"main": {"State": "dead", "Failed": true, "Events": [{"Type": "Driver Failure"}]}});
        assert_eq!(ending(&alloc("run", &never), Some(&one)), AllocEnding::NeverRan);
        // It had ended by itself before somebody stopped it.
        assert_eq!(ending(&alloc("stop", &json!({"main": ran(2, false)})), Some(&one)), ended("main", 2));
    }

    #[test]
    fn a_poststop_task_that_waits_and_a_prestart_task_that_is_done_do_not_count() {
        let g = group(&[("main", ""), ("init", "prestart"), ("side", "poststart+"), ("end", "poststop")]);
        let states = |main: &str, side: &str| json!({"main": {"State": main}, "init": {"State": "dead"}, "side": {"State": side}, "end": {"State": "pending"}});
        let of = |main: &str, side: &str| standing(&alloc("run", &states(main, side)), Some(&g));
        let not_up = |task: &str| MainTasksState::NotUp { task: task.to_owned() };
        assert_eq!(of("running", "running"), MainTasksState::Up);
        assert_eq!(of("pending", "running"), not_up("main"));
        assert_eq!(of("running", "dead"), not_up("side"));
        assert_eq!(standing(&alloc("run", &json!({})), Some(&g)), not_up("main"));
    }
}
