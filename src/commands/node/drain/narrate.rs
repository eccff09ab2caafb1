//! Drains told to whoever watches.

use crate::model::drain_end::End;
use crate::model::ids::short;
use crate::ops::drain::event::Event;
use crate::ops::drain::fate::Fate;
use crate::ui::Tone;

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
        Event::DrainEnded { node, end } => {
            let (text, tone) = end_words(end);
            (format!("{}: {text}", node.name), tone)
        }
    })
}

/// How a drain ended, in words.
pub(super) fn end_words(end: &End) -> (String, Tone) {
    (end.to_string(), if *end == End::Complete { Tone::Good } else { Tone::Bad })
}

fn fate_sentence(fate: &Fate) -> Option<(String, Tone)> {
    Some(match fate {
        Fate::Waiting | Fate::Leaving | Fate::Ended | Fate::Stays => return None,
        Fate::Settling { replacement, to } => {
            (format!("goes to {} ({})", to.name, short(replacement)), Tone::Plain)
        }
        _ => fate_words(fate),
    })
}

/// What became of an allocation, in words.
pub(super) fn fate_words(fate: &Fate) -> (String, Tone) {
    match fate {
        Fate::Waiting => ("is still running".to_owned(), Tone::Warn),
        Fate::Leaving => ("is stopping, without a replacement yet".to_owned(), Tone::Warn),
        Fate::Settling { to, .. } => (format!("started on {}, not healthy yet", to.name), Tone::Warn),
        Fate::Healthy { to, .. } => (format!("is healthy on {}", to.name), Tone::Good),
        Fate::Restarted { to, .. } => (format!("was started again on {}", to.name), Tone::Plain),
        Fate::NotWanted { reason } => (format!("left: {reason}"), Tone::Plain),
        Fate::Finished => ("has finished".to_owned(), Tone::Plain),
        Fate::Killed => ("was stopped; its work is not restarted".to_owned(), Tone::Warn),
        Fate::Ended => ("ended with its node".to_owned(), Tone::Plain),
        Fate::Stays => ("stays".to_owned(), Tone::Plain),
        Fate::Unplaced { why } => (format!("cannot be placed: {why}"), Tone::Bad),
        Fate::Unhealthy { to, why, .. } => (format!("is not healthy on {}: {why}", to.name), Tone::Bad),
    }
}
