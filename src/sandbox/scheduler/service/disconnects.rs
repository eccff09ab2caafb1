//! Nodes that are disconnected and may come back (`disconnect` blocks).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::scheduler::service::group::{Followups, Sets};
use crate::sandbox::scheduler::service::{Reconciler, because, stop};
use crate::sandbox::scheduler::standing::{Set, lost_after};
use crate::sandbox::state::Stop;
use crate::sandbox::state::alloc::{Alloc, StateChange};
use crate::sandbox::state::eval::Trigger;

impl Reconciler<'_, '_> {
    /// Marks what was just disconnected as unknown, with evaluations for when it counts as lost.
    pub(super) fn disconnect(
        &mut self,
        name: &str,
        sets: &mut Sets,
        waiting: &mut Vec<(Moment, Arc<Alloc>)>,
    ) -> Followups {
        let (later, kept) = self.due(sets.disconnecting.clone(), true, &mut sets.reschedule);
        waiting.extend(later);
        sets.untainted.extend(kept);
        let now = self.cx.now;
        let timeouts =
            sets.disconnecting.values().map(|a| (now + lost_after(a), Arc::clone(a))).collect::<Vec<_>>();
        let words = "created for delayed disconnect timeout";
        let ids = self.followups(timeouts, Trigger::MaxDisconnectTimeout, words);
        for alloc in sets.disconnecting.values() {
            let mut unknown = Alloc::clone(alloc);
            unknown.client = ClientStatus::Unknown;
            unknown.client_description = because::UNKNOWN;
            unknown.states.push(StateChange { status: ClientStatus::Unknown, time: now });
            unknown.followup_eval = ids.get(&alloc.id).copied();
            if let Some(now_elsewhere) = sets.reschedule.get_mut(&alloc.id) {
                *now_elsewhere = Arc::new(unknown.clone());
            }
            self.decision.changed.push(unknown);
        }
        let number = |n: usize| u64::try_from(n).unwrap_or(0);
        let (disconnected, now_elsewhere) = (number(sets.disconnecting.len()), number(sets.reschedule.len()));
        let waiting = number(waiting.len());
        let updates = self.updates(name);
        updates.disconnect = disconnected;
        updates.reschedule_now = now_elsewhere;
        updates.reschedule_later = waiting;
        ids
    }

    /// Decides which of those that came back stay, and which of their replacements.
    pub(super) fn reconnect(&mut self, group: &TaskGroup, sets: &mut Sets) {
        let mut stops: Vec<Stop> = Vec::new();
        for alloc in sets.reconnecting.values() {
            self.settle_return(group, alloc, &sets.all, &mut stops);
        }
        let gone: BTreeSet<Id> = stops.iter().map(|s| s.id).collect();
        for set in [&mut sets.untainted, &mut sets.migrate, &mut sets.lost, &mut sets.disconnecting] {
            set.retain(|id, _| !gone.contains(id));
        }
        let back: Vec<Arc<Alloc>> =
            sets.reconnecting.values().filter(|a| !gone.contains(&a.id)).cloned().collect();
        let mut reconnected = 0;
        for alloc in back {
            if !self.outlived(&alloc) && alloc.client == ClientStatus::Running {
                let mut known = Alloc::clone(&alloc);
                known.states.push(StateChange { status: alloc.client, time: self.cx.now });
                self.decision.changed.push(known);
                reconnected += 1;
            }
            sets.untainted.insert(alloc.id, alloc);
        }
        let updates = self.updates(&group.name);
        updates.reconnect = reconnected;
        updates.stop += u64::try_from(gone.len()).unwrap_or(0);
        self.decision.stops.append(&mut stops);
    }

    /// Whether an allocation that came back is no longer wanted, whatever replaced it.
    fn outlived(&self, alloc: &Alloc) -> bool {
        alloc.desired != DesiredStatus::Run
            || alloc.should_migrate()
            || alloc.should_reschedule()
            || alloc.transition.force_reschedule == Some(true)
            || alloc.job.version < self.job.version
            || alloc.job.create_index < self.job.create_index
    }

    fn settle_return(&self, group: &TaskGroup, alloc: &Arc<Alloc>, all: &Set, stops: &mut Vec<Stop>) {
        if !alloc.server_terminal() && alloc.client == ClientStatus::Failed {
            stops.push(stop(alloc, because::RESCHEDULED, Some(ClientStatus::Failed)));
            return;
        }
        if self.outlived(alloc) {
            stops.push(stop(alloc, because::NOT_NEEDED, None));
            return;
        }
        let mut next = alloc.next;
        while let Some(replacement) = next.and_then(|id| all.get(&id)) {
            next = replacement.next;
            if replacement.server_terminal() {
                continue;
            }
            let (gone, why) = if keeps_replacement(group, alloc, replacement) {
                (alloc, because::NOT_NEEDED)
            } else {
                (replacement, because::RECONNECTED)
            };
            if stops.iter().all(|s| s.id != gone.id) {
                stops.push(stop(gone, why, None));
            }
        }
    }
}

/// When the leader of an allocation started, or the first of its tasks.
fn main_start(alloc: &Alloc) -> Option<Moment> {
    let group = alloc.task_group()?;
    let start =
        |name: &str| alloc.tasks.iter().find(|(task, _)| &**task == name).and_then(|(_, t)| t.started_at);
    match group.tasks.iter().find(|task| task.leader) {
        Some(leader) => start(&leader.name),
        None => group.tasks.iter().filter_map(|task| start(&task.name)).min(),
    }
}

fn scores_better(original: &Alloc, replacement: &Alloc) -> bool {
    let best = |a: &Alloc| a.metric.score_meta_data.first().map(|score| score.norm_score);
    let better = match (best(original), best(replacement)) {
        (None, Some(_)) => true,
        (Some(original), Some(replacement)) => replacement > original,
        _ => false,
    };
    better && (replacement.client == ClientStatus::Running || original.client != ClientStatus::Running)
}

fn keeps_replacement(group: &TaskGroup, original: &Alloc, replacement: &Alloc) -> bool {
    if replacement.job.version > original.job.version
        || replacement.job.create_index > original.job.create_index
    {
        return true;
    }
    match group.disconnect.as_ref().map_or("", |d| d.reconcile.as_str()) {
        "keep_original" => false,
        "keep_replacement" => true,
        "longest_running" => match (main_start(original), main_start(replacement)) {
            (None, None) => scores_better(original, replacement),
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (Some(original), Some(replacement)) => original >= replacement,
        },
        _ => scores_better(original, replacement),
    }
}
