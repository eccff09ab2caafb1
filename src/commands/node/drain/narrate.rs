//! Drains told to whoever watches.

use std::time::Duration;

use crate::model::drain_end::DrainEnd;
use crate::model::ids::short;
use crate::ops::drain::event::Event;
use crate::ops::drain::fate::AllocFate;
use crate::ops::migration::agents::Silence;
use crate::ui::{Tone, duration_text};

/// The line an event is printed as for people; none for events that need no line.
pub(super) fn sentence(event: &Event) -> Option<(String, Tone)> {
    Some(match event {
        Event::DrainStarted { node } => (format!("{}: draining", node.name), Tone::Strong),
        Event::DrainNotStarted { node, reason } => {
            (format!("{}: not drained: {reason}", node.name), Tone::Bad)
        }
        Event::Alloc { alloc, fate, .. } => {
            let (text, tone) = fate_sentence(fate)?;
            (format!("  {} {text}", alloc.name), tone)
        }
        Event::NodeSilent { node, silent_since, status, status_since } => {
            let silence = Silence { since: *silent_since, status: *status, status_since: *status_since };
            (format!("{}: {}", node.name, silence.words()), Tone::Warn)
        }
        Event::NodeAnswers { node, seconds } => {
            let after = duration_text(Duration::try_from_secs_f64(*seconds).unwrap_or_default());
            (format!("{}: its agent answers again, after {after}", node.name), Tone::Plain)
        }
        Event::Held { reasons } => {
            (format!("the next nodes are not drained yet: {}", reasons.join("; ")), Tone::Warn)
        }
        Event::DrainEnded { node, end } => {
            let (text, tone) = end_words(end);
            (format!("{}: {text}", node.name), tone)
        }
    })
}

/// How a drain ended, in words.
pub(super) fn end_words(end: &DrainEnd) -> (String, Tone) {
    (end.to_string(), if *end == DrainEnd::Complete { Tone::Good } else { Tone::Bad })
}

fn fate_sentence(fate: &AllocFate) -> Option<(String, Tone)> {
    Some(match fate {
        AllocFate::Waiting | AllocFate::Leaving | AllocFate::Ended | AllocFate::Stays => return None,
        AllocFate::Settling { replacement, to } => {
            (format!("goes to {} ({})", to.name, short(replacement)), Tone::Plain)
        }
        _ => fate_words(fate),
    })
}

/// What became of an allocation, in words.
pub(super) fn fate_words(fate: &AllocFate) -> (String, Tone) {
    match fate {
        AllocFate::Waiting => ("is still running".to_owned(), Tone::Warn),
        AllocFate::Leaving => ("is stopping, without a replacement yet".to_owned(), Tone::Warn),
        AllocFate::Settling { to, .. } => (format!("started on {}, not healthy yet", to.name), Tone::Warn),
        AllocFate::Healthy { to, .. } => (format!("is healthy on {}", to.name), Tone::Good),
        AllocFate::Restarted { to, .. } => (format!("was started again on {}", to.name), Tone::Plain),
        AllocFate::NotWanted { reason } => (format!("left: {reason}"), Tone::Plain),
        AllocFate::Finished => ("has finished".to_owned(), Tone::Plain),
        AllocFate::Killed => ("was stopped; its work is not restarted".to_owned(), Tone::Warn),
        AllocFate::Ended => ("ended with its node".to_owned(), Tone::Plain),
        AllocFate::Stays => ("stays".to_owned(), Tone::Plain),
        AllocFate::Unplaced { why } => (format!("cannot be placed: {why}"), Tone::Bad),
        AllocFate::Unhealthy { to, why, .. } => (format!("is not healthy on {}: {why}", to.name), Tone::Bad),
    }
}
