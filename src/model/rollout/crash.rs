//! Versions whose tasks crash: how often, and of what.

use std::collections::BTreeMap;

use super::{JobObservation, Target};
use crate::api::nomad::allocation::AllocStub;
use crate::model::alloc_diagnosis::{self, OutOfMemory, failed_by_itself};

/// How often the tasks of an allocation have crashed: a restart that nobody asked for counts once, an allocation that failed
/// for good twice, unless it was being stopped.
#[must_use]
pub fn crash_count(a: &AllocStub) -> u64 {
    let restarts: u64 = a.task_states.values().map(alloc_diagnosis::own_restarts).sum();
    restarts + 2 * u64::from(failed_by_itself(a))
}

/// Why a version should not go on: its tasks crash, so often beyond what each allocation had `before`; and running out of
/// memory is as often as it takes. With the default of rescheduling for ever the servers notice only when the progress deadline
/// passes.
#[must_use]
pub fn crashes(
    target: &Target,
    seen: &JobObservation,
    most: u64,
    before: &BTreeMap<String, u64>,
) -> Option<String> {
    let mut count = 0;
    // Of what crashes, that which does so most often tells why.
    let mut worst: Option<(u64, String)> = None;
    for a in seen.allocs_of(target.version) {
        let new = crash_count(a).saturating_sub(before.get(&a.id).copied().unwrap_or(0));
        count += new;
        if new == 0 && before.contains_key(&a.id) {
            continue;
        }
        let (starved, story) = crash_story(seen, a);
        if starved {
            return story;
        }
        if let Some(story) = story.filter(|_| worst.as_ref().is_none_or(|(most, _)| new > *most)) {
            worst = Some((new, story));
        }
    }
    (count >= most).then(|| worst.map_or_else(|| "its tasks keep crashing".to_owned(), |(_, story)| story))
}

/// What the tasks of an allocation crash of, that which does so most often; and whether one of them ran out of memory, which is
/// the story then.
fn crash_story(seen: &JobObservation, a: &AllocStub) -> (bool, Option<String>) {
    let mut worst: Option<(u64, String)> = None;
    for (name, task) in &a.task_states {
        let trouble = seen.trouble(a, name, task).map(|t| format!("{}: {t}", a.name));
        if alloc_diagnosis::last_end(task).is_some_and(|end| end.out_of_memory == OutOfMemory::Yes) {
            return (true, trouble.or_else(|| Some(format!("{}: task {name} ran out of memory", a.name))));
        }
        let times = alloc_diagnosis::own_restarts(task) + 2 * u64::from(task.failed);
        if let Some(told) =
            trouble.filter(|_| times > 0 && worst.as_ref().is_none_or(|(most, _)| times > *most))
        {
            worst = Some((times, told));
        }
    }
    let failed = || format!("{} failed: {}", a.name, a.client_description);
    let story = worst.map(|(_, told)| told);
    (false, story.or_else(|| failed_by_itself(a).then(failed)))
}
