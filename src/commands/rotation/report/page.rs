//! The words of a report, the same in every form it is written in.

use std::time::Duration;

use jiff::Timestamp;

use crate::commands::rotation::report::DecisionRow;
use crate::commands::shared::rotation_words::{self, sentence};
use crate::model::words;
use crate::ops::rotate::event::{Event, Outcome, StopEvidence};
use crate::ops::rotate::history::Happening;
use crate::ops::rotate::story::{End, NodeState, NodeStory, Story};
use crate::ui::{Tone, duration_text};

/// So many nodes that took longer than foreseen are named.
const MOST_LATE: usize = 5;

pub(super) fn seconds_text(seconds: f64) -> String {
    duration_text(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// The same, as what it is at most where nobody looked when it ended.
pub(super) fn at_most(seconds: f64, upper_bound: bool) -> String {
    let sign = if upper_bound { "\u{2264} " } else { "" };
    format!("{sign}{}", seconds_text(seconds))
}

/// The time of the day, in UTC.
pub(super) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}

/// Day and time, in UTC.
pub(super) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

pub(super) fn outcome(outcome: Option<Outcome>) -> (&'static str, Tone) {
    outcome.map_or(("on its way", Tone::Warn), rotation_words::outcome)
}

/// What the rotation came to, in a sentence.
pub(super) fn headline(story: &Story) -> String {
    let rotated = story.nodes.iter().filter(|n| n.state == NodeState::Rotated).count();
    let of = format!("{rotated} of {} rotated", words::count(story.nodes.len(), "node"));
    match (story.state, &story.reason) {
        (End::Finished, _) => format!("finished: {of}"),
        (End::Open, _) => format!("no end is told: {of} so far"),
        (End::Stopped, Some(reason)) => format!("stopped: {of}; {reason}"),
        (End::Stopped, None) => format!("stopped: {of}"),
    }
}

/// What was foreseen, and what came.
pub(super) fn comparison(story: &Story) -> impl Iterator<Item = String> {
    let lines = story.forecast.as_ref().map(|f| {
        let mut lines = Vec::new();
        let other = match f.other_moves {
            0 => String::new(),
            n => format!(", {n} went another way"),
        };
        lines.push(format!("moves: {} foreseen, {} arrived well{other}", f.foreseen_moves, f.moves));
        lines.push(match (&f.unknown, f.asked, f.without_place) {
            (Some(why), ..) => format!("room: not known before it began: {why}"),
            (None, 0, _) => "room: nothing had to be placed".to_owned(),
            (None, asked, without) => {
                let placed = asked.saturating_sub(without);
                format!(
                    "room: the cluster's scheduler had a place for {placed} of {}",
                    words::count(asked, "move")
                )
            }
        });
        lines.extend(f.seconds.map(|took| match f.foreseen_seconds {
            Some(foreseen) => {
                let by = deviation(foreseen, took);
                format!("time: {} foreseen, it took {}{by}", seconds_text(foreseen), seconds_text(took))
            }
            None => format!("time: it took {}", seconds_text(took)),
        }));
        lines.extend(late_nodes(story));
        lines
    });
    lines.into_iter().flatten()
}

/// By how much it differs from what was foreseen, in words; nothing where that is no more than a second.
fn deviation(foreseen: f64, took: f64) -> String {
    match took - foreseen {
        more if more >= 1.0 => format!(", {} more", seconds_text(more)),
        less if less <= -1.0 => format!(", {} less", seconds_text(-less)),
        _ => String::new(),
    }
}

/// The nodes that took more than twice as long as was foreseen, the worst first.
fn late_nodes(story: &Story) -> Vec<String> {
    let took = |n: &NodeStory| Some((n.node_name.clone(), n.foreseen_seconds?, n.seconds?));
    let mut late: Vec<(String, f64, f64)> =
        story.nodes.iter().filter_map(took).filter(|(_, foreseen, took)| *took > foreseen * 2.0).collect();
    late.sort_by(|a, b| (b.2 - b.1).total_cmp(&(a.2 - a.1)));
    late.truncate(MOST_LATE);
    let line = |(name, foreseen, took): &(String, f64, f64)| {
        format!("{name}: {} foreseen, it took {}", seconds_text(*foreseen), seconds_text(*took))
    };
    late.iter().map(line).collect()
}

/// What a reader has to know of what he reads.
pub(super) fn summary(story: &Story) -> impl Iterator<Item = String> {
    let left_out = (story.left_out > 0).then(|| {
        format!(
            "{} of what went well are not kept on the cluster; the machine that ran it has them",
            words::count(story.left_out, "event")
        )
    });
    let runs = (story.runs > 1).then(|| format!("it was begun or taken up {} times", story.runs));
    let cut_short = (story.cut_short > 0).then(|| {
        format!("{} of these ended without a word; what was done last may be missing here", story.cut_short)
    });
    let open = (story.state == End::Open)
        .then(|| "it goes on, or the process that ran it died: `fleet rotation list` tells".to_owned());
    let bounds = story.moves.iter().any(|m| m.upper_bound).then(|| {
        "\u{2264}: nobody looked when it ended, and Nomad does not tell; it took no longer than that"
            .to_owned()
    });
    left_out.into_iter().chain(runs).chain(cut_short).chain(bounds).chain(open)
}

/// What happened, with what it was decided by.
pub(super) fn decisions(events: &[Happening]) -> Vec<DecisionRow> {
    events.iter().filter_map(decision).collect()
}

fn decision(happening: &Happening) -> Option<DecisionRow> {
    let (what, why) = match &happening.event {
        Event::AllocStopped { alloc, node, evidence } => {
            let why = evidence.map(|StopEvidence { available, count, floor }| {
                format!(
                    "{available} of {count} available, never below {floor}; the scheduler has a place for it"
                )
            });
            (format!("{} on {} is told to stop", alloc.name, node.name), why)
        }
        Event::Foreseen(f) => {
            let moves: usize = f.nodes.iter().map(|n| n.moves).sum();
            (format!("foreseen: {}", words::count(moves, "move")), f.unknown.clone())
        }
        Event::Stopped { reason, code } => (format!("stopped ({code})"), Some(reason.clone())),
        event => {
            let (text, _) = sentence(event)?;
            (text.trim().to_owned(), why(event))
        }
    };
    Some(DecisionRow { at: happening.time, what, why })
}

fn why(event: &Event) -> Option<String> {
    Some(match event {
        Event::NodeIneligible { was, .. } => format!("it was {was} before"),
        Event::NodeStarted { .. } => "its turn, and everything on it has a place elsewhere".to_owned(),
        Event::AllocMoved(moved) if moved.outcome == Outcome::Healthy => {
            "Nomad found its replacement running and healthy".to_owned()
        }
        Event::DrainStarted { supervised: false, .. } => "nothing that moves is left on it".to_owned(),
        Event::DrainStarted { supervised: true, .. } => "the token may not stop allocations".to_owned(),
        Event::NodeRelieved { .. } => "everything that was to leave it was found well".to_owned(),
        Event::NodeEmptied { .. } => "what is to be done to it comes next".to_owned(),
        Event::NodeRotated { .. } => "it was found empty, and everything that left it well".to_owned(),
        Event::Finished { .. } => "nothing changed any more for as long as it had to settle".to_owned(),
        _ => return None,
    })
}
