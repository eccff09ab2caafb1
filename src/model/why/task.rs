//! Why a task does not run, or keeps ending.

use jiff::Timestamp;

use crate::api::nomad::allocation::{TaskEvent, TaskState};
use crate::model::alloc_diagnosis::{self, OutOfMemory};
use crate::model::redaction::Secrets;
use crate::model::why::exit_words;
use crate::model::why::template::{self, Missing};
use crate::model::why::{Code, Evidence};
use crate::model::words;

/// What is wrong with a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskProblem {
    /// What kind it is.
    pub code: Code,
    /// What it does or suffers, to follow `task t `.
    pub text: String,
    /// What it stands on.
    pub evidence: Vec<Evidence>,
    /// Whether its log may tell more.
    pub log_tells: bool,
    /// What its template waits for.
    pub missing: Vec<Missing>,
}

/// What is wrong with a task; none when nothing is. `limit_mib` is the memory it may have, `secrets` what no message tells.
#[must_use]
pub fn trouble(
    name: &str,
    task: &TaskState,
    limit_mib: Option<u64>,
    secrets: &Secrets,
) -> Option<TaskProblem> {
    let setback = task.events.iter().rev().find_map(|e| setback(e, secrets).map(|told| (e, told)));
    let ended = ended_at(task);
    // A template that waits is trouble only while the task does.
    let setback = setback.filter(|(e, (code, _))| {
        let waits = *code != Code::Template || task.started_at.is_none() || e.time > task.started_at;
        waits && (ended.is_none() || e.time >= ended)
    });
    let mut found = match setback {
        Some((event, (code, text))) => {
            let missing = missing(event, secrets);
            TaskProblem { code, text, evidence: Vec::new(), log_tells: false, missing }
        }
        None => end(task, limit_mib)?,
    };
    let about = format!("task {name}");
    if task.restarts > 0 {
        let since = task.last_restart.map(|at| format!(", last at {}", seconds(at))).unwrap_or_default();
        let text = format!("restarted {} in all{since}", words::count(task.restarts, "time"));
        found.evidence.push(Evidence::new(&about, text));
    }
    for event in &task.events {
        if let Some(text) = telling(event, secrets) {
            found.evidence.push(Evidence::new(&about, text));
        }
    }
    Some(found)
}

/// A moment to the second.
#[must_use]
pub fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn ended_at(task: &TaskState) -> Option<Timestamp> {
    task.events.iter().rev().find(|e| e.kind == "Terminated").and_then(|e| e.time)
}

/// Events that say why the policy ended it, or what was tried.
fn telling(event: &TaskEvent, secrets: &Secrets) -> Option<String> {
    let key = match event.kind.as_str() {
        "Not Restarting" => "restart_reason",
        "Failed Artifact Download" => "download_error",
        "Driver Failure" => "driver_error",
        "Setup Failure" => "setup_error",
        "Failed Validation" => "validation_error",
        "Alloc Unhealthy" | "Task hook failed" | "Template" | "Plugin became unhealthy" => "message",
        _ => return None,
    };
    let said = event.details.get(key).filter(|t| !t.is_empty()).unwrap_or(&event.display_message);
    (!said.is_empty()).then(|| format!("{}: {}", event.kind, one_line(&secrets.clean_told(said))))
}

/// A text in one line of bounded length.
#[must_use]
pub fn one_line(text: &str) -> String {
    const MOST: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST {
        return line;
    }
    format!("{}…", line.chars().take(MOST).collect::<String>())
}

/// What a template waits for, by an event that says so.
fn missing(event: &TaskEvent, secrets: &Secrets) -> Vec<Missing> {
    if event.kind != "Template" {
        return Vec::new();
    }
    let words = event.details.get("message").filter(|t| !t.is_empty()).unwrap_or(&event.display_message);
    template::missing(&secrets.clean_told(words))
}

/// What kept a task from running.
fn setback(event: &TaskEvent, secrets: &Secrets) -> Option<(Code, String)> {
    let said = |key: &str| {
        let words = event.details.get(key).filter(|t| !t.is_empty()).unwrap_or(&event.display_message);
        one_line(&secrets.clean_told(words))
    };
    Some(match event.kind.as_str() {
        "Failed Artifact Download" => {
            (Code::Artifact, format!("cannot download an artifact: {}", said("download_error")))
        }
        "Template" => {
            let missing: Vec<String> = missing(event, secrets).iter().map(ToString::to_string).collect();
            let text = if missing.is_empty() {
                format!("cannot render its template: {}", said("message"))
            } else {
                let all = one_line(&missing.join(", "));
                format!("waits for what its template reads and is not there: {all}")
            };
            (Code::Template, text)
        }
        "Driver Failure" => {
            let words = said("driver_error");
            (driver_code(&words), format!("cannot be started by its driver: {words}"))
        }
        "Setup Failure" => {
            let words = said("setup_error");
            (setup_code(&words), format!("cannot be set up: {words}"))
        }
        "Task hook failed" => {
            let words = said("message");
            (setup_code(&words), format!("cannot be set up: {words}"))
        }
        // What keeps a task from being started makes its client end it, and is told with that.
        "Killing" if event.details.get("fails_task").is_some_and(|fails| fails == "true") => {
            let words = one_line(&secrets.clean_told(&event.display_message));
            match words.strip_prefix("Template failed: ") {
                Some(why) => (Code::Template, format!("cannot render its template: {why}")),
                None => (setup_code(&words), format!("cannot be set up: {words}")),
            }
        }
        "Vault" => (Code::Vault, format!("gets nothing from Vault: {}", said("message"))),
        "Failed Validation" => {
            (Code::Setup, format!("is refused by its client: {}", said("validation_error")))
        }
        "Disk Resources Exceeded" => (Code::Disk, "uses more disk than its group may have".to_owned()),
        "Sibling Task Failed" => {
            let sibling = said("failed_sibling");
            (Code::SiblingFailed, format!("was stopped because task {sibling} of its group failed"))
        }
        _ => return None,
    })
}

fn contains(text: &str, any: &[&str]) -> bool {
    let text = text.to_lowercase();
    any.iter().any(|word| text.contains(word))
}

fn driver_code(words: &str) -> Code {
    if contains(
        words,
        &["executable file not found", "no such file or directory", "permission denied", "exec format error"],
    ) && !contains(words, &["mount", "volume"])
    {
        Code::ProgramNotFound
    } else if contains(words, &["pull", "image", "manifest", "registry"]) {
        Code::Image
    } else if contains(words, &["mount", "volume"]) {
        Code::Volume
    } else {
        Code::Driver
    }
}

fn setup_code(words: &str) -> Code {
    let kinds: [(&[&str], Code); 6] = [
        (&["csi", "volume", "mount"], Code::Volume),
        (&["vault"], Code::Vault),
        (&["template"], Code::Template),
        (&["consul", "envoy"], Code::Consul),
        (&["artifact"], Code::Artifact),
        (&["image"], Code::Image),
    ];
    kinds.into_iter().find(|(any, _)| contains(words, any)).map_or(Code::Setup, |(_, code)| code)
}

/// How it ended last, where that is its trouble.
fn end(task: &TaskState, limit_mib: Option<u64>) -> Option<TaskProblem> {
    let end = alloc_diagnosis::last_end(task)?;
    if end.on_request && !task.failed {
        return None;
    }
    let troubled = task.failed || task.restarts > 0 || end.out_of_memory == OutOfMemory::Yes;
    if !troubled {
        return None;
    }
    let limit = limit_mib.map(|mib| format!(" (its limit is {mib} MiB)")).unwrap_or_default();
    let how = exit_words::end(end.exit_code, end.signal);
    let (code, text) = match end.out_of_memory {
        OutOfMemory::Yes => (Code::OutOfMemory, format!("runs out of memory{limit}: {how}")),
        OutOfMemory::Possibly => (
            Code::PossiblyOutOfMemory,
            format!("is killed, and nobody asked for that: it is possibly out of memory{limit}; {how}"),
        ),
        OutOfMemory::No if matches!(end.exit_code, 126 | 127) => {
            (Code::ProgramNotFound, format!("ends with {how}"))
        }
        OutOfMemory::No if exit_words::signal_of(end.exit_code, end.signal).is_some() => {
            (Code::Signal, format!("ends with {how}"))
        }
        OutOfMemory::No => (Code::Exits, format!("ends with {how}")),
    };
    Some(TaskProblem { code, text, evidence: Vec::new(), log_tells: true, missing: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(failed: bool, restarts: u64, events: &Value) -> String {
        let task: TaskState = serde_json::from_value(
            json!({"State": "dead", "Failed": failed, "Restarts": restarts, "Events": events}),
        )
        .unwrap();
        match trouble("t", &task, Some(64), &Secrets::default()) {
            Some(t) => {
                format!("{}: task t {}", serde_json::to_value(t.code).unwrap().as_str().unwrap(), t.text)
            }
            None => "nothing".to_owned(),
        }
    }

    fn ended(code: &str, signal: &str, oom: &str) -> Value {
        json!([{"Type": "Started", "Time": 1}, {"Type": "Terminated", "Time": 2,
            "Details": {"exit_code": code, "signal": signal, "oom_killed": oom}}])
    }

    #[test]
    fn every_way_to_end_has_its_own_words() {
        let all = [
            told(true, 0, &ended("1", "0", "false")),
            told(true, 0, &ended("127", "0", "false")),
            told(true, 2, &ended("0", "0", "false")),
            told(true, 0, &ended("139", "11", "false")),
            told(false, 0, &ended("137", "9", "true")),
            told(true, 0, &ended("137", "0", "false")),
            told(false, 0, &ended("0", "0", "false")),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        exits: task t ends with exit code 1: an error of the program's own
        program-not-found: task t ends with exit code 127: the program or its interpreter was not found
        exits: task t ends with exit code 0: it ended by itself, and well
        signal: task t ends with exit code 139: a segmentation fault (SIGSEGV)
        out-of-memory: task t runs out of memory (its limit is 64 MiB): exit code 137: killed (SIGKILL)
        possibly-out-of-memory: task t is killed, and nobody asked for that: it is possibly out of memory (its limit is 64 MiB); exit code 137: killed (SIGKILL)
        nothing
        ");
    }

    #[test]
    fn what_kept_it_from_running_is_told_by_kind() {
        let one = |kind: &str, key: &str, words: &str| {
            told(
                false,
                0,
                &json!([{"Type": "Received", "Time": 1}, {"Type": kind, "Time": 2, "Details": {key: words}}]),
            )
        };
        let killing = |words: &str| json!([{"Type": "Killing", "Time": 2, "DisplayMessage": words, "Details": {"fails_task": "true"}}]);
        let template = json!([{"Type": "Template", "Time": 2, "DisplayMessage": "Missing: nomad.var.block(nomad/jobs/web@default.global)"}]);
        let all = [
            one("Failed Artifact Download", "download_error", "404 not found"),
            one("Driver Failure", "driver_error", "Failed to pull `nope:1`: manifest unknown"),
            one("Driver Failure", "driver_error", "exec: \"nope\": executable file not found in $PATH"),
            one("Driver Failure", "driver_error", "mount denied: no such volume"),
            one("Driver Failure", "driver_error", "out of luck"),
            one("Setup Failure", "setup_error", "failed to setup alloc: pre-run hook \"csi_hook\" failed"),
            one("Task hook failed", "message", "vault_hook: permission denied"),
            one("Task hook failed", "message", "consul_hook: no token"),
            one("Disk Resources Exceeded", "message", ""),
            one("Sibling Task Failed", "failed_sibling", "db"),
            told(false, 0, &template),
            told(true, 0, &killing("Template failed: parse: function \"nonsense\" not defined")),
            told(true, 0, &killing("Vault: failed to derive token")),
        ];
        insta::assert_snapshot!(all.join("\n"), @r#"
        artifact: task t cannot download an artifact: 404 not found
        image: task t cannot be started by its driver: Failed to pull `nope:1`: manifest unknown
        program-not-found: task t cannot be started by its driver: exec: "nope": executable file not found in $PATH
        volume: task t cannot be started by its driver: mount denied: no such volume
        driver: task t cannot be started by its driver: out of luck
        volume: task t cannot be set up: failed to setup alloc: pre-run hook "csi_hook" failed
        vault: task t cannot be set up: vault_hook: permission denied
        consul: task t cannot be set up: consul_hook: no token
        disk: task t uses more disk than its group may have
        sibling-failed: task t was stopped because task db of its group failed
        template: task t waits for what its template reads and is not there: variable nomad/jobs/web
        template: task t cannot render its template: parse: function "nonsense" not defined
        vault: task t cannot be set up: Vault: failed to derive token
        "#);
    }

    #[test]
    fn a_restart_by_hand_is_no_trouble() {
        let events = json!([{"Type": "Started"}, {"Type": "Restart Signaled"},
            {"Type": "Terminated", "Details": {"exit_code": "143", "signal": "15"}}, {"Type": "Started"}]);
        assert_eq!(told(false, 1, &events), "nothing");
    }
}
