//! Whether an earlier run of the same rotation is taken up again, or a new one begins.

use std::time::Duration;

use crate::api::http::Http;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::words;
use crate::ops::rotate::count;
use crate::ops::rotate::end_state::EndState;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::given_up::given_up;
use crate::ops::rotate::history::{self, Happening};
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::service_step::ServiceStep;

use super::found::UnfinishedRun;
use super::request::RotationRequest;

/// What was left longer ago than this is not taken up without a word: nobody remembers what was decided then.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// The state of an earlier run that is taken up; of one that was given up, or is to come to another end, only what the nodes were before
/// it, and the counts that it raised and nobody has set since. Of one that was finished elsewhere, nothing.
///
/// # Errors
/// Refused (7) when one rotation is to be gone on with, and it cannot be; usage (2); any API fault.
pub(super) async fn or_taken_up(
    app: &App,
    args: &RotationRequest,
    nomad: &Http,
    selected: &[NodeStub],
    found: &UnfinishedRun,
) -> Result<RecoveredState> {
    let memory = found.memory.clone();
    let finished = finished_elsewhere(nomad, found).await;
    let why = finished.clone().map_or_else(|| why_not(app, args, selected, found), |why| Ok(Some(why)))?;
    if let Some(name) = &args.resume {
        refuse_to_resume(name, &memory, why.as_deref())?;
    }
    let (Some(why), Some(rotation)) = (why, &memory.rotation) else {
        // Whoever goes on says it when it comes to that node.
        let unknown = unknown_ends(&memory, selected).filter(|_| args.dry_run);
        unknown.iter().for_each(|line| app.printer.note(line));
        return Ok(memory);
    };
    app.printer.note(&format!("rotation {rotation} ({}) {why}; a new one begins", found.origin()));
    if !args.yes && found.index > 0 && given_up(&memory, selected).is_none() {
        app.printer.note(&format!("to go on with that one instead: fleet rotation resume {rotation}"));
    }
    if finished.is_some() || is_of_others(selected.iter().map(|n| &*n.id), &memory) {
        return Ok(RecoveredState::default());
    }
    let surged = count::still_raised_by(nomad, &memory).await?;
    for group in surged.keys() {
        app.printer.note(&format!(
            "{} since rotation {}: this one gives it back",
            count::still_raised(group),
            memory.raiser(group)
        ));
    }
    let raised_by = surged.keys().map(|group| (group.clone(), memory.raiser(group).to_owned())).collect();
    // A node that is still marked by it gets back what it was before all that.
    // So does one that only took no work meanwhile.
    let marked = |id: &String| {
        let stub = selected.iter().find(|n| n.id == *id);
        memory.passed_over.contains(id)
            || stub.is_some_and(|n| n.scheduling_eligibility == Eligibility::Ineligible)
    };
    let was = memory.was.iter().filter(|(id, _)| marked(id)).map(|(id, was)| (id.clone(), *was)).collect();
    Ok(RecoveredState {
        was,
        passed_over: memory.passed_over,
        surged,
        raised_by,
        ..RecoveredState::default()
    })
}

/// That an earlier run was gone on with elsewhere to its end, as what has become of it. None where that is not told: the token may not
/// read it, or nobody keeps it any more.
async fn finished_elsewhere(nomad: &Http, found: &UnfinishedRun) -> Option<String> {
    let rotation = found.memory.rotation.as_ref().filter(|_| found.is_forgotten)?;
    let kept = history::load(nomad, rotation).await.ok()??;
    let is_end = |happening: &Happening| matches!(happening.event, Event::Finished { .. });
    let by = kept.holder.map(|h| format!(" by {}@{}", h.user, h.host)).unwrap_or_default();
    kept.events.last().filter(|last| is_end(last)).map(|end| format!("was finished{by} at {:.0}", end.time))
}

fn refuse_to_resume(name: &str, memory: &RecoveredState, why: Option<&str>) -> Result<()> {
    let is_it = memory.rotation.as_deref() == Some(name);
    let why = match why.filter(|_| is_it) {
        None if is_it => return Ok(()),
        Some(why) => format!("it {why}"),
        None => "it has ended, or another one of these nodes was begun since".to_owned(),
    };
    Err(Error::refused(format!("rotation {name} cannot be gone on with; nothing was changed"))
        .because(why)
        .hint("to begin anew, run rotate-nodes itself")
        .hint(format!("to forget it: fleet rotation rollback {name}")))
}

/// With the words in which something else can be decided, where a rotation is gone on with by its name.
pub(super) fn decide_otherwise(error: Error, args: &RotationRequest, memory: &RecoveredState) -> Error {
    if args.resume.is_none() || memory.command_line.is_empty() {
        return error;
    }
    let words = memory.command_line.iter().map(|w| shell_word(w)).collect::<Vec<_>>().join(" ");
    error.hint(format!("that is added to the words it was begun with: fleet {words}"))
}

/// Whether an earlier run had none of these nodes: the cluster was set up anew under the same address and names.
fn is_of_others<'n>(mut selected: impl Iterator<Item = &'n str>, memory: &RecoveredState) -> bool {
    !memory.was.is_empty() && !selected.any(|id| memory.was.contains_key(id))
}

/// Why an earlier run is not taken up, as what it was or what has become of it; none where it is, or where there is none.
fn why_not(
    app: &App,
    args: &RotationRequest,
    selected: &[NodeStub],
    found: &UnfinishedRun,
) -> Result<Option<String>> {
    let memory = &found.memory;
    if memory.rotation.is_none() {
        return Ok(None);
    }
    if is_of_others(selected.iter().map(|n| &*n.id), memory) {
        return Ok(Some("was of nodes that are gone".to_owned()));
    }
    if found.is_forgotten {
        return Ok(Some("was given up: its journal on the cluster is gone".to_owned()));
    }
    if let Some(why) = given_up(memory, selected) {
        return Ok(Some(why));
    }
    if let Some(differs) = difference(memory, &args.end_state()?) {
        return Ok(Some(format!("{differs}, and is left as it is{}", what_it_did(memory, selected))));
    }
    // Whoever names it remembers it.
    let here = |last| Duration::try_from(app.clock().now().duration_since(last)).unwrap_or_default();
    let age = memory.unwritten_for.or_else(|| memory.last.or(memory.begun).map(here));
    Ok(age
        .filter(|_| args.resume.is_none())
        .filter(|age| *age > STALE)
        .map(|age| format!("was left {} h ago", age.as_secs() / 3600)))
}

/// What was to become of each node, where that is something else now.
fn difference(memory: &RecoveredState, wanted: &EndState) -> Option<String> {
    match &memory.end_state {
        Some(begun) => begun.difference(wanted),
        None if memory.serviced.is_empty() && *wanted == EndState::default() => None,
        None => Some(
            "does not tell what it was to do to each node, as another version of fleet began it".to_owned(),
        ),
    }
}

/// What an earlier run did to nodes, and what it may still do, in words to follow.
fn what_it_did(memory: &RecoveredState, selected: &[NodeStub]) -> String {
    let done =
        at_step(memory, selected, |step| matches!(step, ServiceStep::Done | ServiceStep::Ended { .. }));
    let done = done.map(|done| format!(" (it was done on {done})"));
    let begun = unknown_ends(memory, selected).map(|line| format!(" ({line})"));
    done.into_iter().chain(begun).collect()
}

/// The nodes for which an earlier run came to such a step, in words; none where there is none.
fn at_step(
    memory: &RecoveredState,
    selected: &[NodeStub],
    is: impl Fn(&ServiceStep) -> bool,
) -> Option<String> {
    let of = selected.iter().filter(|n| memory.serviced.get(&n.id).is_some_and(&is));
    let names: Vec<&str> = of.map(|n| n.name.as_str()).collect();
    (!names.is_empty()).then(|| words::first_few(&names, ", "))
}

/// That nobody knows how the command ended for some nodes, in words.
fn unknown_ends(memory: &RecoveredState, selected: &[NodeStub]) -> Option<String> {
    let begun = at_step(memory, selected, |step| matches!(step, ServiceStep::Begun { .. }))?;
    Some(format!("how its command ended for {begun} is not known: it may still run"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_that_was_set_up_anew_is_another_one() {
        let memory = RecoveredState {
            was: [("a".to_owned(), Eligibility::Eligible)].into(),
            ..RecoveredState::default()
        };
        assert!(is_of_others(["b"].into_iter(), &memory));
        assert!(!is_of_others(["b", "a"].into_iter(), &memory));
        assert!(!is_of_others(["b"].into_iter(), &RecoveredState::default()));
    }

    #[test]
    fn what_does_not_tell_its_end_is_taken_up_only_where_nothing_but_emptying_is_meant() {
        let plain = EndState::default();
        let unknown = RecoveredState { rotation: Some("r-1".into()), ..RecoveredState::default() };
        assert_eq!(difference(&unknown, &plain), None);
        let serviced = [("a".to_owned(), ServiceStep::Done)].into();
        assert!(difference(&RecoveredState { serviced, ..unknown.clone() }, &plain).is_some());
        let known = RecoveredState { end_state: Some(plain.clone()), ..unknown };
        assert_eq!(difference(&known, &plain), None);
    }

    #[test]
    fn a_rotation_that_is_named_is_gone_on_with_or_none_is() {
        let memory = RecoveredState { rotation: Some("r-1".into()), ..RecoveredState::default() };
        assert!(refuse_to_resume("r-1", &memory, None).is_ok());
        let given_up = refuse_to_resume("r-1", &memory, Some("was given up: c1 takes new work again"));
        assert!(given_up.unwrap_err().to_string().contains("it was given up: c1"));
        for found in [memory, RecoveredState::default()] {
            assert!(refuse_to_resume("r-2", &found, None).unwrap_err().to_string().contains("r-2"));
        }
    }
}
