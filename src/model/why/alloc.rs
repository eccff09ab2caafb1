//! Why an allocation is in its state.

mod ended;
mod running;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::model::alloc_diagnosis;
use crate::model::ids::{job_words, shell_word, short};
use crate::model::present_health::PresentHealth;
use crate::model::redaction::Secrets;
use crate::model::unseen_end::UnseenEnd;
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
    /// Whether it may still run though it is lost: its node is away.
    pub unseen: Option<&'a UnseenEnd>,
    /// Of one that is to start, its node in words where nothing is heard of that.
    pub away: Option<&'a str>,
    /// Of one that was told to move, whether its node was drained while it was there; none where that was not read.
    pub drained: Option<bool>,
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
            ended::preempted(f)
        }
        ClientStatus::Failed => failed(f),
        ClientStatus::Lost => ended::lost(f),
        ClientStatus::Unknown => {
            let text = format!(
                "{} is out of sight: its node is disconnected, and it may run there or not",
                words(a)
            );
            Explanation::new(Code::NodeDisconnected, text).suggest(look_at_node(a))
        }
        _ if told_to_stop => ended::gone(f),
        ClientStatus::Complete => {
            let text = format!("{} has finished its work: every task ended with exit code 0", words(a));
            Explanation::new(Code::NothingWrong, text)
        }
        ClientStatus::Pending => match f.away {
            Some(node) => {
                let text = format!(
                    "{} is out of sight: it was starting on {node}, and may run there or not",
                    words(a)
                );
                Explanation::new(Code::NodeDisconnected, text).suggest(look_at_node(a))
            }
            None => pending(f),
        },
        ClientStatus::Running => running::running(f),
    };
    if let Some(unseen) = f.unseen.filter(|_| a.client_status == ClientStatus::Lost) {
        explanation.sentence = format!("{}; {unseen}", explanation.sentence);
    }
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
        explanation.evidence.push(Evidence::new(format!("log of {task}"), f.secrets.clean_told(line)));
    }
}

/// What helps against a trouble.
fn remedies(f: &Facts<'_>, task: &str, trouble: &TaskProblem) -> Vec<Suggestion> {
    let code = trouble.code;
    let (id, group) = (short(&f.alloc.id), &f.alloc.task_group);
    let job = job_words(&f.alloc.namespace, &f.alloc.job_id);
    let logs = || Suggestion::new("read its log", format!("fleet logs {id}"));
    let edit = |text: String| Suggestion::new(text, format!("fleet job inspect {job}"));
    let mut all: Vec<Suggestion> = trouble.missing.iter().map(|m| m.remedy(task)).collect();
    let one = match code {
        Code::OutOfMemory | Code::PossiblyOutOfMemory => {
            let more =
                f.limit(task).map(|mib| format!(" (it has {mib} MiB, try {})", mib.saturating_mul(3) / 2));
            edit(format!("give task {task} more memory{}", more.unwrap_or_default()))
        }
        Code::Artifact => {
            edit(format!("correct the artifact of task {task}, or make its source reachable from the node"))
        }
        Code::Template => edit(format!("correct the template of task {task}")),
        Code::Image => {
            edit(format!("correct the image of task {task}, or the node's access to its registry"))
        }
        Code::ProgramNotFound => {
            edit(format!("correct the command of task {task}: it is not in its image or on its node"))
        }
        Code::Volume => edit(format!("correct the volume of group {group}")),
        Code::Disk => edit(format!("raise the size of ephemeral_disk of group {group}")),
        _ if trouble.log_tells => logs(),
        _ => edit(format!("correct what task {task} asks of its node")),
    };
    if all.is_empty() {
        all.push(one);
    }
    if matches!(code, Code::OutOfMemory | Code::PossiblyOutOfMemory) {
        all.push(logs());
    }
    if f.alloc.job_version > 0 {
        let text = "go back to the newest other version that was stable, if there is one";
        all.push(Suggestion::new(text, revert(&job)));
    }
    all
}

/// The command that goes back to a version: without a number it takes none but a stable one.
fn revert(job: &str) -> String {
    format!("fleet job revert {job}")
}

/// Says of the suggestion to go back which version that is, once the versions were read, or takes it out where none was stable.
pub fn way_back(explanation: &mut Explanation, job: &Job, stable: Option<u64>) {
    let command = revert(&job_words(&job.namespace, &job.id));
    explanation.suggestions.retain_mut(|s| {
        let is_that = s.command.as_deref() == Some(command.as_str());
        if let Some(version) = stable.filter(|_| is_that) {
            s.text = format!("go back to version {version}, which was stable");
        }
        !is_that || stable.is_some()
    });
}

fn failed(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let (outlook, ends) = outlook(f);
    let Some((task, trouble)) = f.trouble() else {
        let silent = a.client_description.is_empty();
        let said = if silent { "its client does not say why" } else { &a.client_description };
        let code = if silent { Code::NotKnown } else { Code::Setup };
        return Explanation::new(
            code,
            format!("{} failed: {}{outlook}", words(a), f.secrets.clean_told(said)),
        )
        .suggest(Suggestion::new(
            "see all that its client noted",
            format!("fleet alloc show {}", short(&a.id)),
        ));
    };
    let sentence = format!("{} failed: task {task} {}{outlook}", words(a), trouble.text);
    let mut explanation = Explanation::new(trouble.code, sentence);
    let mut remedies = remedies(f, task, &trouble);
    explanation.evidence = trouble.evidence;
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

fn pending(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    if let Some((task, trouble)) = f.trouble() {
        let again = a.task_states.get(task).is_some_and(|state| state.restarts > 0);
        let does = if again { "keeps being restarted" } else { "does not start" };
        let mut explanation =
            Explanation::new(trouble.code, format!("{} {does}: task {task} {}", words(a), trouble.text))
                .suggests(remedies(f, task, &trouble));
        explanation.evidence = trouble.evidence;
        return explanation;
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
            format!(
                "its client says: {}: {}",
                e.kind,
                task::one_line(&f.secrets.clean_told(&e.display_message))
            )
        }
        None => "its client has not taken it up yet".to_owned(),
    };
    Explanation::new(Code::Starting, format!("{} is starting{age}; {doing}", words(a)))
        .suggest(look_at_node(a))
}

#[cfg(test)]
mod tests;
