//! Why an allocation is not there any more: lost with its node, evicted, or told to stop.

use super::{Facts, look_at_node, node_word, replaced_by, words};
use crate::model::ids::{job_words, short};
use crate::model::why::{Code, Explanation, Suggestion};

pub(super) fn lost(f: &Facts<'_>) -> Explanation {
    let a = f.alloc;
    let after = replaced_by(f).unwrap_or_else(|| "; nothing replaced it".to_owned());
    let node = if a.node_name.is_empty() { short(&a.node_id) } else { &a.node_name };
    let text = format!("{} was lost with its node {node}, which missed its heartbeats{after}", words(a));
    Explanation::new(Code::Lost, text).suggest(look_at_node(a)).suggest(Suggestion::new(
        "look at the job",
        format!("fleet why {}", job_words(&a.namespace, &a.job_id)),
    ))
}

pub(super) fn preempted(f: &Facts<'_>) -> Explanation {
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
        return match f.drained {
            Some(false) => (Code::Stopped, "somebody stopped it: its node was not drained".to_owned()),
            Some(true) => (Code::Moved, "its node was drained: its work had to move".to_owned()),
            None => {
                (Code::Moved, "its node was drained, or somebody stopped it: its work had to move".to_owned())
            }
        };
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
pub(super) fn gone(f: &Facts<'_>) -> Explanation {
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
        Code::Stopped if f.drained == Some(false) => {
            Suggestion::new("see how its job does", format!("fleet why {job}"))
        }
        Code::Moved => {
            Suggestion::new("see who drained its node", format!("fleet node show {}", node_word(a)))
        }
        _ => Suggestion::new("see the versions of the job", format!("fleet job history {job}")),
    })
}
