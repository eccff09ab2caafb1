//! Why a node takes no work, and what became of what it held.

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::node::{DrainStatus, Eligibility, Node, NodeStatus, unhealthy_drivers};
use crate::model::ids::shell_word;
use crate::model::node_health::{self, whose};
use crate::model::why::drain::DrainBlocker;
use crate::model::why::task::seconds;
use crate::model::why::{Code, Evidence, Explanation, Suggestion, some_of, span};
use crate::model::words::{count, either};

/// How many allocations are named.
const MOST: usize = 5;

/// Why a node is in its state. `held` is what was placed on it and is still known; `holding` what keeps its drain from ending;
/// `silent` why its agent does not answer, where it was asked in vain.
#[must_use]
pub fn explain(
    node: &Node,
    (held, holding): (&[AllocStub], &[DrainBlocker]),
    silent: Option<&str>,
    now: Timestamp,
) -> Explanation {
    let word = shell_word(&node.name);
    let mut explanation = match node.status {
        NodeStatus::Down => away(node, Code::NodeDown, held, now),
        NodeStatus::Disconnected => away(node, Code::NodeDisconnected, held, now),
        NodeStatus::Initializing => Explanation::new(Code::NodeInitializing, in_words(node, now))
            .suggest(Suggestion::new("see whether its pool exists", "fleet pool list"))
            .suggest(Suggestion::new("read its agent's log", format!("fleet monitor --node {word}"))),
        NodeStatus::Unknown => Explanation::new(Code::NotKnown, in_words(node, now)),
        NodeStatus::Ready if node.drain_strategy.is_some() => draining(node, holding, now),
        NodeStatus::Ready if node.scheduling_eligibility == Eligibility::Ineligible => ineligible(node, now),
        NodeStatus::Ready => drivers(node),
    };
    if let Some(why) = silent {
        explanation = unheard(node, explanation, why, now);
    }
    for event in node.events.iter().rev().take(MOST) {
        let at = event.timestamp.map(|at| format!("{} ", seconds(at))).unwrap_or_default();
        let text = format!("{at}{}: {}", event.subsystem, event.message);
        explanation.evidence.push(Evidence::new(format!("node {}", node.name), text));
    }
    explanation
}

/// What the servers have a node for, in a sentence without a full stop.
#[must_use]
pub fn in_words(node: &Node, now: Timestamp) -> String {
    let name = &node.name;
    match node.status {
        NodeStatus::Down => format!("node {name} is down{}: {SILENT}", since(node, now)),
        NodeStatus::Disconnected => format!("node {name} is disconnected{}: {SILENT}", since(node, now)),
        NodeStatus::Initializing => format!("node {name} is registered and not ready{}", since(node, now)),
        NodeStatus::Ready => {
            format!("the servers have node {name} for ready: no heartbeat of it is overdue yet")
        }
        NodeStatus::Unknown => format!("node {name} is in a status this version of fleet does not know"),
    }
}

/// Why a node is down or disconnected.
const SILENT: &str = "its heartbeats are missed";

fn since(node: &Node, now: Timestamp) -> String {
    match node_health::since(node) {
        Some(at) => {
            format!(" since {} ({} ago)", seconds(at), span((now.as_second() - at.as_second()).max(0)))
        }
        None => String::new(),
    }
}

/// Tells the allocations that are meant.
type AllocFilter = fn(&AllocStub) -> bool;

/// What became of what it held.
fn fates(held: &[AllocStub]) -> Vec<Evidence> {
    let mut all = Vec::new();
    let kinds: [(&str, AllocFilter); 4] = [
        ("replaced elsewhere", |a| !a.next_allocation.is_empty()),
        ("lost and not replaced", |a| a.client_status == ClientStatus::Lost && a.next_allocation.is_empty()),
        ("out of sight, may run or not", |a| {
            a.client_status == ClientStatus::Unknown && a.next_allocation.is_empty()
        }),
        ("still said to run", |a| {
            matches!(a.client_status, ClientStatus::Running | ClientStatus::Pending)
                && a.next_allocation.is_empty()
        }),
    ];
    for (words, wanted) in kinds {
        let names: Vec<String> = held.iter().filter(|a| wanted(a)).map(|a| a.name.clone()).collect();
        if !names.is_empty() {
            all.push(Evidence::new(
                words,
                format!("{}: {}", count(names.len(), "allocation"), some_of(&names, MOST)),
            ));
        }
    }
    all
}

fn away(node: &Node, code: Code, held: &[AllocStub], now: Timestamp) -> Explanation {
    let fates = fates(held);
    let unreplaced =
        held.iter().filter(|a| a.client_status == ClientStatus::Lost && a.next_allocation.is_empty()).count();
    let after = match (held.len(), unreplaced) {
        (0, _) => "; it held nothing".to_owned(),
        (n, 0) => {
            format!("; it held {}, none of which is lost without a replacement", count(n, "allocation"))
        }
        (n, lost) => format!(
            "; it held {}, of which {lost} {} lost and not replaced",
            count(n, "allocation"),
            either(lost, "is", "are")
        ),
    };
    let mut explanation = Explanation::new(code, format!("{}{after}", in_words(node, now)));
    explanation.evidence = fates;
    tells_nothing(node, explanation)
}

/// What is not known of a node that nothing is heard of, and where to look.
fn tells_nothing(node: &Node, mut explanation: Explanation) -> Explanation {
    explanation
        .not_known
        .push("whether the machine, its agent or the network failed: a silent node tells nothing".to_owned());
    explanation
        .suggest(Suggestion::words(format!("look at the machine and its agent at {}", node.http_addr)))
        .suggest(Suggestion::new("see what is wrong besides", "fleet status"))
}

/// A node that the servers have for ready, and that does not answer: whatever else is to be said of it.
fn unheard(node: &Node, ready: Explanation, why: &str, now: Timestamp) -> Explanation {
    let silent = format!("its agent does not answer: {why}");
    if matches!(ready.code, Code::NothingWrong | Code::Driver) {
        let text = format!("{}, and {silent}", in_words(node, now));
        return tells_nothing(node, Explanation::new(Code::NodeSilent, text));
    }
    let sentence = format!("{}; {silent}", ready.sentence);
    tells_nothing(node, Explanation { sentence, ..ready })
}

/// That nobody could ask its agent for a sign of life: unknown is not well.
pub fn doubt(explanation: &mut Explanation, why: &str) {
    let rest = format!("whether its agent answers: {why}");
    if explanation.is_fine() {
        explanation.code = Code::NotKnown;
        explanation.sentence = format!("{}; not known: {rest}", explanation.sentence);
    }
    explanation.not_known.push(rest);
}

fn draining(node: &Node, holding: &[DrainBlocker], now: Timestamp) -> Explanation {
    let word = shell_word(&node.name);
    let by = node.last_drain.as_ref().map(|d| format!(" by {}", whose(d))).unwrap_or_default();
    let began = node.drain_strategy.as_ref().and_then(|d| d.started_at);
    let began = began
        .map(|at| format!(" for {}", span((now.as_second() - at.as_second()).max(0))))
        .unwrap_or_default();
    let (code, after) = match holding.first() {
        Some(first) if first.stalls => (Code::DrainHeld, format!(", and it stalls: {}", first.text)),
        Some(first) => (Code::NodeDraining, format!("; {}", first.text)),
        None => (Code::NodeDraining, "; nothing is left on it".to_owned()),
    };
    let mut explanation =
        Explanation::new(code, format!("node {} is being drained{by}{began}{after}", node.name));
    explanation.evidence.extend(holding.iter().map(|h| Evidence::new("on the node", h.text.clone())));
    if let Some(at) = node.drain_strategy.as_ref().and_then(|d| d.force_deadline) {
        let left = (at.as_second() - now.as_second()).max(0);
        explanation.evidence.push(Evidence::new(
            "drain",
            format!("at {}, in {}, what is left is stopped, replaced or not", seconds(at), span(left)),
        ));
    }
    explanation.suggest(Suggestion::new("end the drain", format!("fleet node undrain {word}")))
}

fn ineligible(node: &Node, now: Timestamp) -> Explanation {
    let word = shell_word(&node.name);
    let event = node.events.iter().rev().find(|e| e.message.contains("ineligible"));
    // A drain makes it so when it begins.
    let drained = node.last_drain.as_ref().filter(|d| d.status == DrainStatus::Complete);
    let age = event.and_then(|e| e.timestamp).max(drained.and_then(|d| d.started_at));
    let age = age.map(|at| {
        format!(" since {} ({} ago)", seconds(at), span((now.as_second() - at.as_second()).max(0)))
    });
    let why = match &node.last_drain {
        Some(d) if d.status == DrainStatus::Complete => {
            format!(": a drain by {} ended, and left it so", whose(d))
        }
        Some(d) if d.status == DrainStatus::Canceled => format!(": a drain was cancelled by {}", whose(d)),
        _ => ": somebody marked it so".to_owned(),
    };
    let text = format!(
        "node {} takes no new work{}{why}; what runs there runs on",
        node.name,
        age.unwrap_or_default()
    );
    Explanation::new(Code::NodeIneligible, text)
        .suggest(Suggestion::new("let it take work again", format!("fleet node eligible {word}")))
}

/// A node that is ready may lack a driver all the same.
fn drivers(node: &Node) -> Explanation {
    let sick = unhealthy_drivers(&node.drivers);
    if sick.is_empty() {
        return Explanation::new(Code::NothingWrong, format!("node {} is ready and takes work", node.name));
    }
    let text = format!("node {} is ready, and its driver {} is not healthy", node.name, sick.join(", "));
    Explanation::new(Code::Driver, text).suggest(Suggestion::new(
        "read its agent's log",
        format!("fleet monitor --node {}", shell_word(&node.name)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(more: &Value, held: &[AllocStub], holding: &[DrainBlocker]) -> String {
        let mut all = json!({"ID": "n1", "Name": "c1", "HTTPAddr": "10.0.0.1:4646", "Status": "ready",
            "SchedulingEligibility": "eligible", "ModifyIndex": 1, "StatusUpdatedAt": 1_767_225_600,
            "Drivers": {"docker": {"Detected": true, "Healthy": true}}});
        for (key, value) in more.as_object().unwrap() {
            all[key] = value.clone();
        }
        let node: Node = serde_json::from_value(all).unwrap();
        let silent = more["Name"].as_str().map(|_| "nothing within 5 s");
        let e = explain(&node, (held, holding), silent, "2026-01-01T00:10:00Z".parse().unwrap());
        format!("{}: {}", serde_json::to_value(e.code).unwrap().as_str().unwrap(), e.sentence)
    }

    fn alloc(status: &str, next: &str) -> AllocStub {
        serde_json::from_value(json!({"ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "DesiredStatus": "stop", "ClientStatus": status, "NextAllocation": next, "CreateIndex": 1, "ModifyIndex": 1}))
        .unwrap()
    }

    #[test]
    fn every_state_of_a_node_has_its_sentence() {
        let drain = json!({"DrainStrategy": {"Deadline": 0, "IgnoreSystemJobs": false, "StartedAt": "2026-01-01T00:05:00Z"},
            "LastDrain": {"Status": "draining", "AccessorID": "token:abc"}, "SchedulingEligibility": "ineligible"});
        let hold = |stalls| [DrainBlocker { text: "web.g[0] (a on c1) stays".to_owned(), stalls }];
        let all = [
            told(&json!({"Status": "down"}), &[alloc("lost", ""), alloc("lost", "b")], &[]),
            told(&json!({"Status": "down"}), &[], &[]),
            told(&json!({"Status": "disconnected"}), &[alloc("unknown", "")], &[]),
            told(&json!({"Status": "initializing"}), &[], &[]),
            told(&drain, &[], &hold(true)),
            told(&drain, &[], &hold(false)),
            told(&drain, &[], &[]),
            told(&json!({"SchedulingEligibility": "ineligible"}), &[], &[]),
            told(
                &json!({"SchedulingEligibility": "ineligible", "LastDrain": {"Status": "complete", "AccessorID": "token:abc"}}),
                &[],
                &[],
            ),
            told(&json!({"Drivers": {"docker": {"Detected": true, "Healthy": false}}}), &[], &[]),
            told(&json!({}), &[], &[]),
            told(&json!({"Name": "c9"}), &[], &[]),
            told(&json!({"Name": "c9", "SchedulingEligibility": "ineligible"}), &[], &[]),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        node-down: node c1 is down since 2026-01-01T00:00:00Z (10m ago): its heartbeats are missed; it held 2 allocations, of which 1 is lost and not replaced
        node-down: node c1 is down since 2026-01-01T00:00:00Z (10m ago): its heartbeats are missed; it held nothing
        node-disconnected: node c1 is disconnected since 2026-01-01T00:00:00Z (10m ago): its heartbeats are missed; it held 1 allocation, none of which is lost without a replacement
        node-initializing: node c1 is registered and not ready since 2026-01-01T00:00:00Z (10m ago)
        drain-held: node c1 is being drained by token:abc for 5m, and it stalls: web.g[0] (a on c1) stays
        node-draining: node c1 is being drained by token:abc for 5m; web.g[0] (a on c1) stays
        node-draining: node c1 is being drained by token:abc for 5m; nothing is left on it
        node-ineligible: node c1 takes no new work: somebody marked it so; what runs there runs on
        node-ineligible: node c1 takes no new work: a drain by token:abc ended, and left it so; what runs there runs on
        driver: node c1 is ready, and its driver docker is not healthy
        nothing-wrong: node c1 is ready and takes work
        node-silent: the servers have node c9 for ready: no heartbeat of it is overdue yet, and its agent does not answer: nothing within 5 s
        node-ineligible: node c9 takes no new work: somebody marked it so; what runs there runs on; its agent does not answer: nothing within 5 s
        ");
    }
}
