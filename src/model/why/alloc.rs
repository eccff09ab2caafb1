//! Why an allocation is in its state.

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus, RunState};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::alloc_diagnosis;
use crate::model::ids::{job_words, shell_word, short};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::redaction::Secrets;
use crate::model::why::task::{self, TaskProblem, seconds};
use crate::model::why::{Code, Evidence, Explanation, Suggestion, span};

/// What an allocation is explained from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The allocation, with its tasks' states.
    pub alloc: &'a AllocStub,
    /// Its job; none when it is gone.
    pub job: Option<&'a Job>,
    /// How it does at this moment, where that was asked.
    pub health: Option<&'a PresentHealth>,
    /// The one it replaced, where that could be read.
    pub previous: Option<&'a AllocStub>,
    /// The one that replaced it, where that could be read.
    pub next: Option<&'a AllocStub>,
    /// Whose work took its room, where that could be read.
    pub preempted_by: Option<&'a AllocStub>,
    /// When it is tried again.
    pub again_at: Option<Timestamp>,
    /// The last lines of the log of the task that is in trouble.
    pub log: &'a [String],
    /// What no message tells.
    pub secrets: &'a Secrets,
    /// The present moment.
    pub now: Timestamp,
}

impl Facts<'_> {
    fn group(&self) -> Option<&TaskGroup> {
        self.job?.group(&self.alloc.task_group)
    }

    fn limit(&self, task: &str) -> Option<u64> {
        let task = self.group()?.tasks.iter().find(|t| t.name == task)?;
        let resources = task.resources.as_ref()?;
        match resources.memory_max_mib {
            Some(most) if most > 0 => u64::try_from(most).ok(),
            Some(most) if most < 0 => None,
            _ => resources.memory_mib,
        }
    }

    /// The task whose trouble explains the state: the one that failed before its siblings.
    fn trouble(&self) -> Option<(&str, TaskProblem)> {
        let found = self.alloc.task_states.iter().filter_map(|(name, state)| {
            let trouble = task::trouble(name, state, self.limit(name), self.secrets)?;
            Some((name.as_str(), state.failed, trouble))
        });
        found
            .max_by_key(|(_, failed, t)| (t.code != Code::SiblingFailed, *failed))
            .map(|(name, _, t)| (name, t))
    }
}

/// The task that is in trouble and whose log may tell more.
#[must_use]
pub fn talkative_task(alloc: &AllocStub) -> Option<&str> {
    let secrets = Secrets::default();
    let troubled = alloc.task_states.iter().filter_map(|(name, state)| {
        let trouble = task::trouble(name, state, None, &secrets)?;
        trouble.log_tells.then_some((name.as_str(), state.failed))
    });
    let troubled = troubled.max_by_key(|(_, failed)| *failed).map(|(name, _)| name);
    troubled.or_else(|| {
        let main = alloc.task_states.iter().find(|(_, s)| s.started_at.is_some());
        main.map(|(name, _)| name.as_str())
    })
}

/// An allocation in words: `web.g[0] (c783f447 on c1)`.
#[must_use]
pub fn words(alloc: &AllocStub) -> String {
    let node = if alloc.node_name.is_empty() { short(&alloc.node_id) } else { &alloc.node_name };
    format!("{} ({} on {node})", alloc.name, short(&alloc.id))
}

/// Why an allocation is in its state.
#[must_use]
pub fn explain(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let told_to_stop = a.desired_status != DesiredStatus::Run;
    let mut explanation = match a.client_status {
        _ if a.desired_status == DesiredStatus::Evict || !a.preempted_by_allocation.is_empty() => {
            preempted(f)
        }
        ClientStatus::Failed => failed(f),
        ClientStatus::Lost => lost(f),
        ClientStatus::Unknown => {
            let text = format!(
                "{} is out of sight: its node is disconnected, and it may run there or not",
                words(a)
            );
            Explanation::new(Code::NodeDisconnected, text).suggest(look_at_node(a))
        }
        _ if told_to_stop => gone(f),
        ClientStatus::Complete => {
            let text = format!("{} has finished its work: every task ended with exit code 0", words(a));
            Explanation::new(Code::NothingWrong, text)
        }
        ClientStatus::Pending => pending(f),
        ClientStatus::Running => running(f),
    };
    tell_more(f, &mut explanation);
    explanation
}

fn look_at_node(a: &AllocStub) -> Suggestion {
    Suggestion::new("look at its node", format!("fleet why {}", node_word(a)))
}

/// A node as a command names it.
fn node_word(a: &AllocStub) -> String {
    shell_word(if a.node_name.is_empty() { &a.node_id } else { &a.node_name })
}

fn tell_more(f: &Facts<'_>, explanation: &mut Explanation) {
    let a = f.alloc;
    let at = a.modify_time.map(|at| format!(" at {}", seconds(at))).unwrap_or_default();
    let said = [&a.client_description, &a.desired_description];
    let said: Vec<&str> = said.into_iter().map(String::as_str).filter(|t| !t.is_empty()).collect();
    let said = if said.is_empty() { String::new() } else { format!(": {}", said.join("; ")) };
    let text = format!("version {} is {}{at}{said}", a.job_version, a.client_status);
    explanation.evidence.insert(0, Evidence::new(format!("allocation {}", short(&a.id)), text));
    let task = talkative_task(a).unwrap_or("its task");
    for line in f.log {
        explanation.evidence.push(Evidence::new(format!("log of {task}"), f.secrets.clean(line)));
    }
}

/// What helps against a trouble.
fn remedies(f: &Facts<'_>, task: &str, code: Code) -> Vec<Suggestion> {
    let (id, group) = (short(&f.alloc.id), &f.alloc.task_group);
    let job = job_words(&f.alloc.namespace, &f.alloc.job_id);
    let logs = || Suggestion::new("read its log", format!("fleet logs {id}"));
    let edit = |text: String| Suggestion::new(text, format!("fleet job inspect {job}"));
    let mut all = vec![match code {
        Code::OutOfMemory | Code::PossiblyOutOfMemory => {
            let more =
                f.limit(task).map(|mib| format!(" (it has {mib} MiB, try {})", mib.saturating_mul(3) / 2));
            edit(format!("give task {task} more memory{}", more.unwrap_or_default()))
        }
        Code::Artifact => {
            edit(format!("correct the artifact of task {task}, or make its source reachable from the node"))
        }
        Code::Template => Suggestion::new(
            format!("write the key or variable that the template of task {task} reads"),
            format!("fleet var list nomad/jobs/{}", shell_word(&f.alloc.job_id)),
        ),
        Code::Image => {
            edit(format!("correct the image of task {task}, or the node's access to its registry"))
        }
        Code::ProgramNotFound => {
            edit(format!("correct the command of task {task}: it is not in its image or on its node"))
        }
        Code::Volume => edit(format!("correct the volume of group {group}")),
        Code::Disk => edit(format!("raise the size of ephemeral_disk of group {group}")),
        _ => logs(),
    }];
    if matches!(code, Code::OutOfMemory | Code::PossiblyOutOfMemory) {
        all.push(logs());
    }
    if let Some(version) = f.alloc.job_version.checked_sub(1) {
        let text = format!("go back to version {version}, if that one ran");
        all.push(Suggestion::new(text, format!("fleet job revert {job} {version}")));
    }
    all
}

fn failed(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let (outlook, ends) = outlook(f);
    let Some((task, trouble)) = f.trouble() else {
        let silent = a.client_description.is_empty();
        let said = if silent { "its client does not say why" } else { &a.client_description };
        let code = if silent { Code::NotKnown } else { Code::Setup };
        return Explanation::new(code, format!("{} failed: {}{outlook}", words(a), f.secrets.clean(said)))
            .suggest(Suggestion::new(
                "see all that its client noted",
                format!("fleet alloc show {}", short(&a.id)),
            ));
    };
    let sentence = format!("{} failed: task {task} {}{outlook}", words(a), trouble.text);
    let mut explanation = Explanation::new(trouble.code, sentence);
    explanation.evidence = trouble.evidence;
    let mut remedies = remedies(f, task, trouble.code);
    if ends {
        let job = job_words(&a.namespace, &a.job_id);
        remedies.push(Suggestion::new("have it tried again", format!("fleet job resubmit {job}")));
    }
    explanation.suggests(remedies)
}

/// What became or becomes of the work, and whether that is the end of it.
fn outlook(f: &Facts<'_>) -> (String, bool) {
    let a = f.alloc;
    if let Some(next) = replaced_by(f) {
        return (next, false);
    }
    if let Some(at) = f.again_at {
        let wait = at.as_second() - f.now.as_second();
        let when = if wait > 0 { format!("in {}", span(wait)) } else { "now".to_owned() };
        return (format!("; it is tried again {when}"), false);
    }
    if a.desired_status != DesiredStatus::Run || f.job.is_some_and(|j| j.stop) {
        return (String::new(), false);
    }
    if a.followup_eval_id.is_empty() {
        let why = alloc_diagnosis::no_more_tries(Some(a.job_type));
        return (format!("; it is not tried again: {why}"), true);
    }
    ("; its retry was due, and nothing was placed for it".to_owned(), false)
}

fn replaced_by(f: &Facts<'_>) -> Option<String> {
    match f.next {
        Some(next) => Some(format!("; {} replaced it ({})", words(next), next.client_status)),
        None if f.alloc.next_allocation.is_empty() => None,
        None => Some(format!("; {} replaced it", short(&f.alloc.next_allocation))),
    }
}

fn lost(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let after = replaced_by(f).unwrap_or_else(|| "; nothing replaced it".to_owned());
    let node = if a.node_name.is_empty() { short(&a.node_id) } else { &a.node_name };
    let text = format!("{} was lost with its node {node}, which missed its heartbeats{after}", words(a));
    Explanation::new(Code::Lost, text).suggest(look_at_node(a)).suggest(Suggestion::new(
        "look at the job",
        format!("fleet why {}", job_words(&a.namespace, &a.job_id)),
    ))
}

fn preempted(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let by = match (f.preempted_by, a.preempted_by_allocation.as_str()) {
        (Some(by), _) => format!("{} of job {}", words(by), by.job_id),
        (None, "") => "an allocation the servers do not name".to_owned(),
        (None, id) => format!("allocation {}", short(id)),
    };
    let after = replaced_by(f).unwrap_or_default();
    let text =
        format!("{} was evicted: it had to make room for {by}, which has a higher priority{after}", words(a));
    Explanation::new(Code::Preempted, text)
        .suggest(Suggestion::new("see whether the scheduler may evict", "fleet operator scheduler show"))
        .suggest(Suggestion::new(
            "look at the job",
            format!("fleet why {}", job_words(&a.namespace, &a.job_id)),
        ))
}

/// Why the servers told it to stop.
fn reason_to_stop(f: &Facts<'_>) -> (Code, String) {
    let a = f.alloc;
    let said = a.desired_description.as_str();
    let failed = a.task_states.values().any(|t| t.failed);
    if f.job.is_some_and(|j| j.stop) {
        return (Code::JobStopped, format!("its job {} was stopped", a.job_id));
    }
    if said.contains("rescheduled") || (said.is_empty() && !a.next_allocation.is_empty() && failed) {
        return (Code::WillBeRetried, "it had failed, and was placed anew".to_owned());
    }
    if a.desired_transition.migrate == Some(true) || said.contains("migrated") {
        return (
            Code::Moved,
            "its node was drained, or somebody stopped it: its work had to move".to_owned(),
        );
    }
    if said.contains("job update") {
        return (Code::Replaced, "the job was changed: another version, or a smaller count".to_owned());
    }
    if said.contains("reconnect") {
        return (Code::Replaced, "its node came back, and another instance was kept".to_owned());
    }
    if said.contains("lost") {
        return (Code::Lost, "its node missed its heartbeats".to_owned());
    }
    let said = if said.is_empty() { "the servers do not say why" } else { said };
    (Code::Stopped, said.to_owned())
}

/// It was told to stop: by a drain, a newer version, a smaller count, or somebody.
fn gone(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let still = if a.client_status.is_terminal() { "" } else { ", and is still ending" };
    let next = replaced_by(f).unwrap_or_default();
    let (code, why) = reason_to_stop(f);
    let mut explanation =
        Explanation::new(code, format!("{} was told to stop{still}: {why}{next}", words(a)));
    explanation.not_known.push(
        "whose token it was: Nomad records that of drains and of job versions, not of stops".to_owned(),
    );
    let job = job_words(&a.namespace, &a.job_id);
    explanation.suggest(match code {
        Code::JobStopped => Suggestion::new("start the job again", format!("fleet job start {job}")),
        Code::Moved => {
            Suggestion::new("see who drained its node", format!("fleet node show {}", node_word(a)))
        }
        _ => Suggestion::new("see the versions of the job", format!("fleet job history {job}")),
    })
}

fn pending(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    if let Some((task, trouble)) = f.trouble() {
        let text = format!("{} does not start: task {task} {}", words(a), trouble.text);
        let mut explanation = Explanation::new(trouble.code, text);
        explanation.evidence = trouble.evidence;
        return explanation.suggests(remedies(f, task, trouble.code));
    }
    if let Some(previous) = f.previous.filter(|p| !p.client_status.is_terminal()) {
        let (own, other) = (words(a), words(previous));
        let text = format!(
            "{own} waits for the allocation it replaces to end: {other} is still {}",
            previous.client_status
        );
        return Explanation::new(Code::WaitsForPredecessor, text).suggest(Suggestion::new(
            "look at the one it replaces",
            format!("fleet why {}", short(&previous.id)),
        ));
    }
    let age = a.create_time.map(|at| f.now.as_second() - at.as_second()).filter(|age| *age > 0);
    let age = age.map(|age| format!(" for {}", span(age))).unwrap_or_default();
    let last = a.task_states.values().flat_map(|t| &t.events).max_by_key(|e| e.time);
    let doing = match last {
        Some(e) if e.display_message.is_empty() => format!("its client says: {}", e.kind),
        Some(e) => {
            format!("its client says: {}: {}", e.kind, task::one_line(&f.secrets.clean(&e.display_message)))
        }
        None => "its client has not taken it up yet".to_owned(),
    };
    Explanation::new(Code::Starting, format!("{} is starting{age}; {doing}", words(a)))
        .suggest(look_at_node(a))
}

fn running(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    if let Some(failing) = f.health.and_then(|h| h.checks.failing.first()) {
        return check(f, failing);
    }
    let restarts = f.health.map_or(0, |h| h.restarts_lately);
    let troubled = f.trouble().filter(|(task, trouble)| {
        let state = &a.task_states[*task];
        restarts > 0 || state.state != RunState::Running || trouble.code == Code::Template
    });
    if let Some((task, trouble)) = troubled {
        let does = if a.task_states[task].restarts > 0 {
            "keeps being restarted"
        } else {
            "does not run as it should"
        };
        let mut explanation =
            Explanation::new(trouble.code, format!("{} {does}: task {task} {}", words(a), trouble.text));
        explanation.evidence = trouble.evidence;
        return explanation.suggests(remedies(f, task, trouble.code));
    }
    if a.healthy() == Some(false) {
        return late(f);
    }
    let undecided = a.deployment_status.is_some() && a.healthy().is_none();
    if let Some(health) = f.health.filter(|h| h.verdict != HealthVerdict::Healthy) {
        return doubtful(f, health);
    }
    if undecided {
        let needs = f.group().and_then(|g| g.update.as_ref()).map(|u| {
            format!(": it has to be well for {}, and has {} for that", u.min_healthy_time, u.healthy_deadline)
        });
        let text =
            format!("{} runs, and its health is not decided yet{}", words(a), needs.unwrap_or_default());
        let job = job_words(&a.namespace, &a.job_id);
        return Explanation::new(Code::HealthPending, text)
            .suggest(Suggestion::new("follow its deployment", format!("fleet deploy status {job} --watch")));
    }
    Explanation::new(Code::NothingWrong, format!("{} runs, and nothing is wrong with it", words(a)))
}

fn doubtful(f: &Facts<'_>, health: &PresentHealth) -> Explanation {
    let a = f.alloc;
    let code = match health.verdict {
        _ if health.checks.pending > 0 => Code::CheckPending,
        HealthVerdict::Unhealthy => Code::Flapping,
        _ => Code::NotKnown,
    };
    let state = if health.verdict == HealthVerdict::Unhealthy {
        "is not healthy"
    } else {
        "runs; whether it is healthy is not known"
    };
    let mut explanation = Explanation::new(code, format!("{} {state}: {}", words(a), health.reason()));
    explanation.not_known.extend(health.checks.not_known.iter().cloned());
    explanation.suggest(Suggestion::new("see its checks", format!("fleet alloc checks {}", short(&a.id))))
}

/// A check that fails.
fn check(f: &Facts<'_>, failing: &str) -> Explanation {
    let a = f.alloc;
    let failing = f.secrets.clean(failing);
    let refused = failing.to_lowercase().contains("connection refused");
    let (code, text) = if refused {
        let at = address(&failing).map(|at| format!(" at {at}")).unwrap_or_default();
        (Code::PortNotListening, format!("{} is not healthy: nothing listens{at}: {failing}", words(a)))
    } else {
        (Code::CheckFails, format!("{} is not healthy: {failing}", words(a)))
    };
    let mut explanation = Explanation::new(code, text);
    for more in f.health.iter().flat_map(|h| h.checks.failing.iter().skip(1)) {
        explanation.evidence.push(Evidence::new("check", f.secrets.clean(more)));
    }
    let ports = f.group().into_iter().flat_map(|g| &g.networks);
    let ports: Vec<String> = ports
        .flat_map(|n| n.reserved_ports.iter().chain(&n.dynamic_ports))
        .map(|p| if p.to > 0 { format!("{} (to {})", p.label, p.to) } else { p.label.clone() })
        .collect();
    if !ports.is_empty() {
        let text = format!("its ports are {}", ports.join(", "));
        explanation.evidence.push(Evidence::new(format!("group {}", a.task_group), text));
    }
    let id = short(&a.id);
    explanation.suggest(if refused {
        Suggestion::new(
            "see whether its program listens on the port it was given (NOMAD_PORT_…)",
            format!("fleet logs {id}"),
        )
    } else {
        Suggestion::new("see all its checks", format!("fleet alloc checks {id}"))
    })
}

/// The address in the words of a failed dial.
fn address(text: &str) -> Option<&str> {
    let bare = |word: &'_ str| -> bool {
        word.rsplit_once(':').is_some_and(|(host, port)| {
            port.parse::<u16>().is_ok() && host.contains(['.', ':']) && !host.contains('/')
        })
    };
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '[' && c != ']'))
        .find(|word| bare(word))
}

/// It runs, and was not healthy in time.
fn late(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let events = a.task_states.values().flat_map(|t| &t.events);
    let said = events.filter(|e| e.kind == "Alloc Unhealthy").max_by_key(|e| e.time);
    let said = said.map(|e| e.details.get("message").filter(|t| !t.is_empty()).unwrap_or(&e.display_message));
    let said = said.map_or_else(|| "it was not healthy in time".to_owned(), |t| f.secrets.clean(t));
    let update = f.group().and_then(|g| g.update.as_ref());
    let deadline =
        update.map(|u| format!(" (healthy_deadline is {})", u.healthy_deadline)).unwrap_or_default();
    let now = match f.health.map(|h| h.verdict) {
        Some(HealthVerdict::Healthy) => "; now its tasks run and its checks pass",
        _ => "",
    };
    let text = format!("{} runs, and was found unhealthy: {said}{deadline}{now}", words(a));
    let job = job_words(&a.namespace, &a.job_id);
    Explanation::new(Code::HealthyDeadline, text)
        .suggest(Suggestion::new(
            "raise healthy_deadline above the time it takes to start",
            format!("fleet job inspect {job}"),
        ))
        .suggest(Suggestion::new("read its log", format!("fleet logs {}", short(&a.id))))
}

#[cfg(test)]
mod tests;
