//! Why an allocation that runs is not well, or not known to be.

use super::{Facts, remedies, words};
use crate::api::nomad::allocation::RunState;
use crate::model::ids::{job_words, short};
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::why::task::seconds;
use crate::model::why::{Code, Evidence, Explanation, Suggestion};

pub(super) fn running(f: &Facts<'_>) -> Explanation {
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
            Explanation::new(trouble.code, format!("{} {does}: task {task} {}", words(a), trouble.text))
                .suggests(remedies(f, task, &trouble));
        explanation.evidence = trouble.evidence;
        return explanation;
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
    let mut explanation =
        Explanation::new(Code::NothingWrong, format!("{} runs, and nothing is wrong with it", words(a)));
    explanation.evidence.extend(came_back(f));
    explanation
}

/// That its node was away, and when it came back.
fn came_back(f: &Facts<'_>) -> Option<Evidence> {
    let events = f.alloc.task_states.values().flat_map(|t| &t.events);
    let last = events.filter(|e| e.kind == "Reconnected").filter_map(|e| e.time).max()?;
    let text = format!("was disconnected, and came back at {}", seconds(last));
    Some(Evidence::new(format!("node {}", f.alloc.node_name), text))
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
    let failing = f.secrets.clean_told(failing);
    let refused = failing.to_lowercase().contains("connection refused");
    let (code, text) = if refused {
        let at = address(&failing).map(|at| format!(" at {at}")).unwrap_or_default();
        (Code::PortNotListening, format!("{} is not healthy: nothing listens{at}: {failing}", words(a)))
    } else {
        (Code::CheckFails, format!("{} is not healthy: {failing}", words(a)))
    };
    let mut explanation = Explanation::new(code, text);
    for more in f.health.iter().flat_map(|h| h.checks.failing.iter().skip(1)) {
        explanation.evidence.push(Evidence::new("check", f.secrets.clean_told(more)));
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
    let said = said.map_or_else(|| "it was not healthy in time".to_owned(), |t| f.secrets.clean_told(t));
    let update = f.group().and_then(|g| g.update.as_ref());
    let deadline =
        update.map(|u| format!(" (healthy_deadline is {})", u.healthy_deadline)).unwrap_or_default();
    // What is wrong now says more than the time it was given.
    let ill = f.health.filter(|h| h.verdict != HealthVerdict::Healthy);
    let now = match (ill, f.health) {
        (Some(ill), _) => format!("; at this moment: {}", ill.reason()),
        (None, Some(well)) if well.checks.passing > 0 => "; now its tasks run and its checks pass".to_owned(),
        (None, Some(_)) => "; now its tasks run".to_owned(),
        (None, None) => String::new(),
    };
    let text = format!("{} runs, and was found unhealthy: {said}{deadline}{now}", words(a));
    let (job, id) = (job_words(&a.namespace, &a.job_id), short(&a.id));
    let mut explanation = Explanation::new(Code::HealthyDeadline, text);
    explanation.not_known.extend(ill.into_iter().flat_map(|h| h.checks.not_known.iter().cloned()));
    explanation
        .suggest(match ill {
            Some(_) => Suggestion::new("see its checks", format!("fleet alloc checks {id}")),
            None => Suggestion::new(
                "raise healthy_deadline above the time it takes to start",
                format!("fleet job inspect {job}"),
            ),
        })
        .suggest(Suggestion::new("read its log", format!("fleet logs {id}")))
}
