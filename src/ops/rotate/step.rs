//! How one node is emptied: from what is seen to what is done next. Pure; property-tested against the floor.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::model::group::{self, GroupKey, is_leaving};

/// What the step of a node is decided from.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The node that is emptied.
    pub node: &'a str,
    /// Allocations that have to leave it, by id: those found when it was begun.
    pub tracked: &'a BTreeSet<String>,
    /// Every allocation of the groups concerned, wherever it is.
    pub allocs: &'a [AllocStub],
    /// The rules of the groups concerned.
    pub rules: &'a BTreeMap<GroupKey, Rule>,
    /// Allocations that were told to stop, whether the list shows it yet or not.
    pub asked: &'a BTreeSet<String>,
    /// Of those, the ones whose evaluation found no place for a replacement, and why.
    pub unplaced: &'a BTreeMap<String, String>,
}

/// What holds for a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How many allocations it wants.
    pub count: u64,
    /// The fewest that are available at any moment.
    pub floor: u64,
}

/// Where an allocation is on its way off the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Still there, not told to stop.
    Waiting,
    /// Told to stop; it has not ended, or its replacement is not placed yet.
    Stopping,
    /// Its replacement is placed and not healthy yet.
    Settling {
        /// The replacement.
        replacement: String,
    },
    /// Its replacement is healthy on another node.
    Moved {
        /// The replacement.
        replacement: String,
    },
    /// It ended and its group is complete without it.
    NotWanted,
    /// It will not get well by waiting.
    Trouble(Trouble),
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Progress::Waiting => f.write_str("not told to stop"),
            Progress::Stopping => f.write_str("stopping, or its replacement is not placed yet"),
            Progress::Settling { replacement } => {
                write!(f, "its replacement {replacement} is not healthy yet")
            }
            Progress::Moved { replacement } => write!(f, "its replacement {replacement} is healthy"),
            Progress::NotWanted => f.write_str("its group is complete without it"),
            Progress::Trouble(Trouble::Unplaced(why)) => write!(f, "its replacement cannot be placed: {why}"),
            Progress::Trouble(Trouble::Unhealthy { replacement, why }) => {
                write!(f, "its replacement {replacement} is not healthy: {why}")
            }
        }
    }
}

/// What went wrong with a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// No room for the replacement.
    Unplaced(String),
    /// The replacement is unhealthy or has failed.
    Unhealthy {
        /// The replacement.
        replacement: String,
        /// What is known of why.
        why: String,
    },
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Stop these now, each of them leaves its group at or above its floor.
    Stop(Vec<String>),
    /// Wait for what is on its way, or for a group to get well.
    Wait,
    /// Everything that was to leave has left well.
    Emptied,
    /// Something went wrong; nothing more is stopped.
    Trouble(Vec<(String, Trouble)>),
}

/// Allocations by id.
type ById<'a> = HashMap<&'a str, &'a AllocStub>;

/// Where each tracked allocation is.
#[must_use]
pub fn progress(s: Situation<'_>) -> BTreeMap<String, Progress> {
    let by_id: ById<'_> = s.allocs.iter().map(|a| (a.id.as_str(), a)).collect();
    s.tracked.iter().map(|id| (id.clone(), progress_of(s, &by_id, id))).collect()
}

fn progress_of(s: Situation<'_>, by_id: &ById<'_>, id: &str) -> Progress {
    // Collected meanwhile: then it ended long ago, and so did whatever replaced it become part of its group.
    let Some(&alloc) = by_id.get(id) else { return Progress::NotWanted };
    let chain = replacements(by_id, alloc);
    let Some(&last) = chain.last() else { return without_replacement(s, alloc) };
    // It moved if the end of the chain is well, whatever happened in between. A canary's replacement is a canary.
    if is_well(last) && last.node_id != s.node {
        return Progress::Moved { replacement: last.id.clone() };
    }
    if let Some(bad) = chain.iter().find(|a| has_failed(a)) {
        return Progress::Trouble(Trouble::Unhealthy {
            replacement: bad.id.clone(),
            why: why_unhealthy(bad),
        });
    }
    // Told to stop itself: its own replacement will appear, or its group wants it no more.
    if is_leaving(last) && last.client_status.is_terminal() && is_complete(s, &GroupKey::of(alloc)) {
        return Progress::NotWanted;
    }
    Progress::Settling { replacement: last.id.clone() }
}

fn without_replacement(s: Situation<'_>, alloc: &AllocStub) -> Progress {
    if let Some(why) = s.unplaced.get(&alloc.id) {
        return Progress::Trouble(Trouble::Unplaced(why.clone()));
    }
    let told = is_leaving(alloc) || s.asked.contains(&alloc.id);
    if !told && !alloc.client_status.is_terminal() {
        return Progress::Waiting;
    }
    // A job that was stopped or shrunk wants no replacement; one that is complete needs none.
    let ended = alloc.client_status.is_terminal();
    if ended && is_complete(s, &GroupKey::of(alloc)) { Progress::NotWanted } else { Progress::Stopping }
}

fn is_complete(s: Situation<'_>, key: &GroupKey) -> bool {
    let wanted = s.rules.get(key).map_or(0, |r| r.count);
    let live =
        s.allocs.iter().filter(|a| key.owns(a) && !is_leaving(a) && !a.client_status.is_terminal()).count();
    live as u64 >= wanted
}

/// The allocation's replacement, that one's replacement, and so on.
fn replacements<'a>(by_id: &ById<'a>, alloc: &'a AllocStub) -> Vec<&'a AllocStub> {
    let mut chain: Vec<&AllocStub> = Vec::new();
    let mut at = alloc;
    while let Some(&next) = by_id.get(at.next_allocation.as_str()) {
        // A chain cannot be longer than the list it is made of.
        if chain.len() > by_id.len() {
            break;
        }
        chain.push(next);
        at = next;
    }
    chain
}

fn is_well(a: &AllocStub) -> bool {
    a.client_status == ClientStatus::Running && !is_leaving(a) && a.healthy() == Some(true)
}

fn has_failed(a: &AllocStub) -> bool {
    a.healthy() == Some(false) || a.client_status == ClientStatus::Failed
}

fn why_unhealthy(a: &AllocStub) -> String {
    let words = if a.client_description.is_empty() { &a.desired_description } else { &a.client_description };
    match (a.client_status, words.is_empty()) {
        (status, true) => status.to_string(),
        (status, false) => format!("{status}: {words}"),
    }
}

/// What to do next on the node.
#[must_use]
pub fn next(s: Situation<'_>) -> Next {
    let progress = progress(s);
    let troubles: Vec<(String, Trouble)> = progress
        .iter()
        .filter_map(|(id, p)| match p {
            Progress::Trouble(trouble) => Some((id.clone(), trouble.clone())),
            _ => None,
        })
        .collect();
    if !troubles.is_empty() {
        return Next::Trouble(troubles);
    }
    if progress.values().all(|p| matches!(p, Progress::Moved { .. } | Progress::NotWanted)) {
        return Next::Emptied;
    }
    let stops = stops(s, &progress);
    if stops.is_empty() { Next::Wait } else { Next::Stop(stops) }
}

/// Groups side by side, and of each as many as its floor leaves free.
fn stops(s: Situation<'_>, progress: &BTreeMap<String, Progress>) -> Vec<String> {
    let mut waiting: BTreeMap<GroupKey, Vec<&AllocStub>> = BTreeMap::new();
    for alloc in s.allocs.iter().filter(|a| progress.get(&a.id) == Some(&Progress::Waiting)) {
        waiting.entry(GroupKey::of(alloc)).or_default().push(alloc);
    }
    let mut stops = Vec::new();
    for (key, mut allocs) in waiting {
        let Some(rule) = s.rules.get(&key) else { continue };
        let group: Vec<&AllocStub> = s.allocs.iter().filter(|a| key.owns(a)).collect();
        let away = |a: &&&AllocStub| is_leaving(a) || s.asked.contains(&a.id);
        let available = group.iter().filter(|a| !away(a) && group::is_available(a)).count() as u64;
        let mut free = available.saturating_sub(rule.floor);
        // Those that are not available anyway go first and take nothing from the group.
        allocs.sort_by_key(|a| (group::is_available(a), a.name.clone()));
        // Whatever leaves is followed until it is replaced: no more at once than the floor leaves in a whole group.
        let mut places = rule.count.saturating_sub(rule.floor).saturating_sub(on_their_way(s, &group));
        for alloc in allocs {
            let costs = u64::from(group::is_available(alloc));
            if places == 0 || costs > free {
                break;
            }
            (free, places) = (free - costs, places - 1);
            stops.push(alloc.id.clone());
        }
    }
    stops
}

/// How many of a group have left or are leaving and are not replaced by a healthy one yet.
fn on_their_way(s: Situation<'_>, group: &[&AllocStub]) -> u64 {
    let by_id: ById<'_> = s.allocs.iter().map(|a| (a.id.as_str(), a)).collect();
    let unsettled = |a: &&&AllocStub| {
        let told = a.desired_status != DesiredStatus::Run || is_leaving(a) || s.asked.contains(&a.id);
        let tracked = s.tracked.contains(&a.id);
        told && tracked
            && !matches!(progress_of(s, &by_id, &a.id), Progress::Moved { .. } | Progress::NotWanted)
    };
    group.iter().filter(unsettled).count() as u64
}

#[cfg(test)]
mod tests;
