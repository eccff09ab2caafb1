//! A shift told to whoever watches.

use crate::model::rollout::gate::GateAnswer;
use crate::model::traffic::shift::percent;
use crate::model::words;
use crate::ops::traffic::shift::{Event, ShiftEnd};
use crate::ui::Tone;

/// An event in a sentence.
pub(super) fn sentence(event: &Event) -> Option<(String, Tone)> {
    Some(sentence_of(event)).filter(|(text, _)| !text.is_empty())
}

fn sentence_of(event: &Event) -> (String, Tone) {
    match event {
        Event::Begun { shift_id, service, from, to, shares, resumed } => {
            let how = if *resumed { "goes on" } else { "begins" };
            (format!("{service}: shift {shift_id} from {from} to {to} {how} at {shares}"), Tone::Strong)
        }
        Event::EntryWritten { entry, modify_index } => {
            let done = match modify_index {
                // A file has none.
                Some(0) => format!("  wrote {entry}"),
                Some(index) => format!("  wrote {entry} (index {index})"),
                None => format!("  deleted {entry}"),
            };
            (done, Tone::Plain)
        }
        Event::Pinned { soak_s } => {
            (format!("sessions are pinned; they have {soak_s} s to take their pins"), Tone::Good)
        }
        Event::Stepped { step, steps, shares, gateways, .. } => {
            let seen = match gateways.len() {
                0 => "no gateway tells of it".to_owned(),
                1 => format!("gateway {} has it", gateways[0]),
                n => format!("{n} gateways have it"),
            };
            (format!("step {step} of {steps}: {shares}; {seen}"), Tone::Strong)
        }
        Event::Gate { gate, answer } => match answer {
            GateAnswer::Pass => (format!("  gate {gate}: yes"), Tone::Good),
            GateAnswer::Fail(why) => (format!("  gate {gate}: no: {why}"), Tone::Bad),
            GateAnswer::Unknown(why) => (format!("  gate {gate}: does not know: {why}"), Tone::Warn),
        },
        Event::Sessions { moved, .. } => {
            let sides: Vec<String> = moved.sides.iter().map(|(side, n)| format!("{side} {n}")).collect();
            let tone = if moved.moved + moved.split + moved.failed == 0 { Tone::Good } else { Tone::Bad };
            (
                format!(
                    "  sessions: {} of {} changed side, {} saw both, {} failed ({})",
                    moved.moved,
                    moved.sessions,
                    moved.split,
                    moved.failed,
                    sides.join(", ")
                ),
                tone,
            )
        }
        Event::Soaked { step, shares } => {
            (format!("step {step} held at {} %", percent(shares.to)), Tone::Good)
        }
        Event::Draining { active } => {
            let active = active
                .map(|n| {
                    format!(", {} {} under way", words::count(n, "request"), words::either(n, "is", "are"))
                })
                .unwrap_or_default();
            (format!("waiting until the old side is idle{active}"), Tone::Plain)
        }
        Event::Drained => ("the old side is idle".to_owned(), Tone::Good),
        Event::NotDrained { why } => (format!("the old side was not seen to become idle: {why}"), Tone::Warn),
        Event::RollingBack { why } => (format!("taking it back: {why}"), Tone::Bad),
        Event::RolledBack { shares } => (format!("taken back to {shares}"), Tone::Warn),
        Event::Unpinned => ("the pins are taken out".to_owned(), Tone::Good),
        // The result, or the error at the end, says it.
        Event::Ended {
            end:
                ShiftEnd::Done { .. }
                | ShiftEnd::Pending { .. }
                | ShiftEnd::Held { .. }
                | ShiftEnd::RolledBack { .. },
        } => (String::new(), Tone::Plain),
    }
}
