//! The events of a rotation in words, the same for whoever runs it and for whoever follows it from elsewhere.

use std::time::Duration;

use crate::model::ids::short;
use crate::model::words;
use crate::ops::migration::NodeRef;
use crate::ops::migration::agents::Silence;
use crate::ops::rotate::event::{Event, Moved, Outcome, Purpose};
use crate::ui::{Tone, duration_text};

/// The line an event is printed as for people; none for events that need no line.
pub(crate) fn sentence(event: &Event) -> Option<(String, Tone)> {
    match event {
        Event::Foreseen(_) | Event::AllocStopped { .. } | Event::Stopped { .. } => None,
        Event::Started { .. }
        | Event::GateAnswered { .. }
        | Event::Held { .. }
        | Event::HoldEnded { .. }
        | Event::Paused { .. }
        | Event::Unpaused
        | Event::Noticed { .. }
        | Event::PassedOver { .. }
        | Event::PassedOverRestored { .. }
        | Event::Finished { .. } => of_the_whole(event),
        Event::ReplacementsStarted { .. }
        | Event::CommandOutput { .. }
        | Event::ReplacementsJoined { .. }
        | Event::ReplacementPlaced { .. }
        | Event::AllocMoved(_)
        | Event::CountRaised { .. }
        | Event::CountRestored { .. } => of_what_moves(event),
        Event::NodeIneligible { .. }
        | Event::NodeStarted { .. }
        | Event::BatchAwaited { .. }
        | Event::DrainStarted { .. }
        | Event::DrainCancelled { .. }
        | Event::NodeRelieved { .. }
        | Event::NodeEmptied { .. }
        | Event::NodeRotated { .. }
        | Event::NodeSkipped { .. }
        | Event::NodeSilent { .. }
        | Event::NodeAnswers { .. }
        | Event::NodeGone { .. }
        | Event::NodePurged { .. }
        | Event::NodeRestored { .. } => of_a_node(event),
        Event::CommandStarted { .. } | Event::CommandEnded { .. } | Event::NodeBack { .. } => {
            of_a_command(event)
        }
    }
}

/// Their names, the first ones where they are many.
fn first_names(nodes: &[NodeRef]) -> String {
    const SHOWN: usize = 8;
    let names: Vec<&str> = nodes.iter().take(SHOWN).map(|n| n.name.as_str()).collect();
    let more = if nodes.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", names.join(", "))
}

/// What concerns the rotation as a whole.
fn of_the_whole(event: &Event) -> Option<(String, Tone)> {
    let plain = |text: String| Some((text, Tone::Plain));
    match event {
        Event::Started { rotation, nodes, purpose: Purpose::Rebalance, .. } => Some((
            format!("rebalance {rotation}: {} no new work for this step", closed(nodes.len())),
            Tone::Strong,
        )),
        Event::Started { rotation, nodes, resumed, .. } => {
            let verb = if *resumed { "continues" } else { "begins" };
            let nodes = words::count(nodes.len(), "node");
            Some((format!("rotation {rotation} {verb}: {nodes}"), Tone::Strong))
        }
        Event::PassedOver { nodes } => {
            let all = words::count(nodes.len(), "node");
            let (are, take) =
                (words::either(nodes.len(), "is", "are"), words::either(nodes.len(), "takes", "take"));
            plain(format!(
                "until the end {all} that {are} passed over {take} no new work: {}",
                first_names(nodes)
            ))
        }
        Event::PassedOverRestored { nodes } => {
            let take = words::either(nodes.len(), "takes", "take");
            plain(format!("{} {take} work again as before", first_names(nodes)))
        }
        Event::GateAnswered { gate, verdict, why } => Some(match verdict.as_str() {
            "pass" => (format!("gate {gate}: holds"), Tone::Dim),
            "fail" => (format!("gate {gate}: no: {why}"), Tone::Warn),
            _ => (format!("gate {gate}: not known: {why}"), Tone::Warn),
        }),
        Event::Held { reasons } => Some((format!("held: {}", reasons.join("; ")), Tone::Warn)),
        Event::HoldEnded { seconds } => {
            let lasted = lasting(*seconds);
            plain(format!("no longer held, after {lasted}"))
        }
        Event::Paused { by } => Some((by.clone(), Tone::Warn)),
        Event::Unpaused => plain("the pause is over".to_owned()),
        Event::Noticed { text } => Some((text.clone(), Tone::Warn)),
        Event::Finished { purpose: Purpose::Rebalance, .. } => {
            Some(("everything that moved is well".to_owned(), Tone::Good))
        }
        Event::Finished { rotated, skipped: 0, .. } => {
            Some((format!("{rotated} of {} rotated", words::count(*rotated, "node")), Tone::Good))
        }
        Event::Finished { rotated, skipped, .. } => Some((
            format!("{rotated} of {} rotated, {skipped} left out", words::count(rotated + skipped, "node")),
            Tone::Warn,
        )),
        _ => None,
    }
}

/// What joins, what moves, and where to.
fn of_what_moves(event: &Event) -> Option<(String, Tone)> {
    let plain = |text: String| Some((text, Tone::Plain));
    match event {
        Event::ReplacementsStarted { command } => {
            plain(format!("starting replacements: {}", command.join(" ")))
        }
        Event::CommandOutput { line } => Some((format!("  | {line}"), Tone::Dim)),
        Event::ReplacementsJoined { ready, wanted, unlike, differences } => {
            let strangers = if unlike.is_empty() {
                String::new()
            } else {
                format!("; not matching: {}", unlike.join("; "))
            };
            let differences = match differences.is_empty() {
                true => String::new(),
                false => format!("; they differ: {}", differences.join("; ")),
            };
            plain(format!(
                "{ready} of {} ready{strangers}{differences}",
                words::count(*wanted, "replacement")
            ))
        }
        Event::ReplacementPlaced { alloc, replacement, node } => {
            plain(format!("  {} goes to {} ({})", alloc.name, node.name, short(replacement)))
        }
        Event::AllocMoved(moved) => Some(moved_sentence(moved)),
        Event::CountRaised { group, to, .. } => {
            plain(format!("  {group}: a second copy first; its count is {to} until the move is over"))
        }
        Event::CountRestored { group, count, by_others: true } => {
            Some((format!("  {group}: somebody else set its count to {count}; it stays so"), Tone::Warn))
        }
        Event::CountRestored { group, count, .. } => plain(format!("  {group}: its count is {count} again")),
        _ => None,
    }
}

/// What becomes of a node.
fn of_a_node(event: &Event) -> Option<(String, Tone)> {
    let plain = |text: String| Some((text, Tone::Plain));
    match event {
        Event::NodeIneligible { node, .. } => plain(format!("{}: marked ineligible", node.name)),
        Event::NodeStarted { node, position, of, moves } => Some((
            format!("{}: node {position} of {of}, {} to move", node.name, words::count(*moves, "allocation")),
            Tone::Strong,
        )),
        Event::BatchAwaited { node, allocs } => {
            let names: Vec<&str> = allocs.iter().map(|a| a.name.as_str()).collect();
            Some((
                format!("{}: waiting for batch work to finish: {}", node.name, names.join(", ")),
                Tone::Warn,
            ))
        }
        Event::DrainStarted { node, supervised: true } => {
            plain(format!("{}: drained by the server, every replacement watched", node.name))
        }
        Event::DrainStarted { node, supervised: false } => {
            plain(format!("{}: sealing with a drain", node.name))
        }
        Event::DrainCancelled { node } => Some((format!("{}: drain cancelled", node.name), Tone::Warn)),
        Event::NodeRelieved { node, seconds } => {
            let took = lasting(*seconds);
            Some((format!("{}: what was to leave it is well elsewhere, after {took}", node.name), Tone::Good))
        }
        Event::NodeEmptied { node, seconds } => {
            let took = lasting(*seconds);
            plain(format!("{}: empty, and what left it is well, after {took}", node.name))
        }
        Event::NodeRotated { node, seconds } => {
            let took = lasting(*seconds);
            Some((format!("{}: rotated and verified in {took}", node.name), Tone::Good))
        }
        Event::NodeSkipped { node, reason } => {
            Some((format!("{}: left out: {reason}", node.name), Tone::Warn))
        }
        Event::NodeSilent { node, silent_since, status, status_since, waited_until, .. } => {
            let silence = Silence { since: *silent_since, status: *status, status_since: *status_since };
            let until = waited_until.map(|at| format!("; waited for until {at:.0}")).unwrap_or_default();
            Some((format!("{}: {}{until}", node.name, silence.words()), Tone::Warn))
        }
        Event::NodeAnswers { node, seconds } => {
            plain(format!("{}: its agent answers again, after {}", node.name, lasting(*seconds)))
        }
        Event::NodeGone { node, seconds } => {
            plain(format!("{}: its agent is gone after {}", node.name, lasting(*seconds)))
        }
        Event::NodePurged { node } => plain(format!("{}: purged", node.name)),
        Event::NodeRestored { node, eligibility } => plain(format!("{}: {eligibility} again", node.name)),
        _ => None,
    }
}

/// What is done to a node once it is empty.
fn of_a_command(event: &Event) -> Option<(String, Tone)> {
    let plain = |text: String| Some((text, Tone::Plain));
    match event {
        Event::CommandStarted { node, command, attempt } => {
            let again = if *attempt > 1 { format!(" (try {attempt})") } else { String::new() };
            plain(format!("{}: running {}{again}", node.name, command.join(" ")))
        }
        Event::CommandEnded { node, seconds, failed, .. } => {
            let took = lasting(*seconds);
            match failed {
                None => plain(format!("{}: the command ended well after {took}", node.name)),
                Some(why) => {
                    Some((format!("{}: the command failed after {took}: {why}", node.name), Tone::Bad))
                }
            }
        }
        Event::NodeBack { node, seconds, changes } => {
            let took = lasting(*seconds);
            let changes =
                if changes.is_empty() { String::new() } else { format!(": {}", changes.join("; ")) };
            Some((format!("{}: back after {took}{changes}", node.name), Tone::Good))
        }
        _ => None,
    }
}

fn lasting(seconds: f64) -> String {
    duration_text(Duration::from_secs_f64(seconds.max(0.0)))
}

/// So many nodes take what follows.
fn closed(nodes: usize) -> String {
    format!("{} {}", words::count(nodes, "node"), words::either(nodes, "takes", "take"))
}

/// What became of an allocation, in a word.
pub(crate) fn outcome(outcome: Outcome) -> (&'static str, Tone) {
    match outcome {
        Outcome::Healthy => ("healthy", Tone::Good),
        Outcome::NotWanted => ("not wanted", Tone::Plain),
        Outcome::Finished => ("finished", Tone::Plain),
        Outcome::Killed => ("killed", Tone::Warn),
        Outcome::Lost => ("lost", Tone::Bad),
        Outcome::Unfinished => ("not seen healthy", Tone::Bad),
    }
}

/// How long it took; what it took at most, where nobody looked when it ended.
pub(crate) fn took(moved: &Moved) -> String {
    let sign = if moved.upper_bound { "\u{2264} " } else { "" };
    format!("{sign}{}", duration_text(Duration::try_from_secs_f64(moved.seconds).unwrap_or_default()))
}

fn moved_sentence(moved: &Moved) -> (String, Tone) {
    let (name, took) = (&moved.alloc.name, took(moved));
    let place = moved.to.as_ref().map_or("?", |n| n.name.as_str());
    match moved.outcome {
        Outcome::Healthy => {
            let gap = match moved.gap_seconds {
                Some(seconds) if seconds > 0.0 => {
                    format!("; the service was away for {}", duration_text(Duration::from_secs_f64(seconds)))
                }
                Some(_) => "; the service was never away".to_owned(),
                None => String::new(),
            };
            let after = if moved.seconds > 0.0 { format!(" after {took}") } else { String::new() };
            (format!("  {name} is healthy on {place}{after}{gap}"), Tone::Good)
        }
        Outcome::NotWanted => (
            format!("  {name} left: {}", moved.reason.as_deref().unwrap_or("nobody wants a replacement")),
            Tone::Plain,
        ),
        Outcome::Finished => (format!("  {name} has finished"), Tone::Plain),
        Outcome::Killed => (format!("  {name} was stopped; its work is lost"), Tone::Warn),
        Outcome::Unfinished => (
            format!(
                "  {name} was replaced well, and is not any more: {}",
                moved.reason.as_deref().unwrap_or("its replacement is not healthy")
            ),
            Tone::Bad,
        ),
        Outcome::Lost => {
            (format!("  {name} was lost with its node; its replacement is healthy on {place}"), Tone::Bad)
        }
    }
}
