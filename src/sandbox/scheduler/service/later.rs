//! What goes on elsewhere now, and what waits for its time.

use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::job::TaskGroup;
use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::scheduler::reschedule;
use crate::sandbox::scheduler::service::Reconciler;
use crate::sandbox::scheduler::service::group::{Followups, Sets};
use crate::sandbox::scheduler::standing::{Set, last_unknown, replaced_meanwhile};
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::eval::{Eval, Trigger};

/// Allocations whose times are this near share an evaluation.
const TOGETHER: Duration = Duration::from_secs(5);
/// What is due this soon is done now.
const SOON: Duration = Duration::from_secs(1);
/// The least time a client is given to kill a task.
const KILL_TIMEOUT: Nanos = Nanos::from_secs(5);

/// What is replaced only later.
#[derive(Debug, Default)]
pub(super) struct DelayedReplacements {
    /// Which evaluations go on with lost allocations.
    pub(super) of_lost: Followups,
    /// Whether some lost allocations are replaced only later: nothing is placed until then.
    pub(super) holds_placements: bool,
    /// Whether failed allocations wait.
    pub(super) reschedules: bool,
}

/// An allocation and when its time comes.
type Due = (Moment, Arc<Alloc>);

/// When a failed allocation may go on elsewhere.
enum FailedAllocFate {
    Untainted,
    Ignored,
    Now,
    At(Moment),
}

impl Reconciler<'_, '_> {
    /// Splits off what failed and goes on elsewhere, settles what was disconnected or came back, and makes the
    /// evaluations for what waits.
    pub(super) fn split_by_time(
        &mut self,
        name: &str,
        group: &TaskGroup,
        sets: &mut Sets,
    ) -> DelayedReplacements {
        let untainted = std::mem::take(&mut sets.untainted);
        let (mut waiting, kept) = self.due(untainted, false, &mut sets.reschedule);
        sets.untainted = kept;
        let (more, _) = self.due(sets.migrate.clone(), false, &mut sets.reschedule);
        waiting.extend(more);
        if !sets.reconnecting.is_empty() {
            self.reconnect(group, sets);
        }
        let mut later = DelayedReplacements::default();
        if !sets.disconnecting.is_empty() {
            later.of_lost = self.disconnect(name, sets, &mut waiting);
        }
        let stop_later = self.stopped_by_their_client(&sets.lost);
        if !stop_later.is_empty() {
            later.holds_placements = true;
            let words = "created for delayed rescheduling";
            later.of_lost.extend(self.followups(stop_later, Trigger::AllocFailure, words));
        }
        if !waiting.is_empty() {
            later.reschedules = true;
            self.wait(name, waiting, sets);
        }
        later
    }

    /// Which allocations of a set go on now (moved to `now`), which later, and which stay.
    pub(super) fn due(&self, set: Set, disconnecting: bool, now: &mut Set) -> (Vec<Due>, Set) {
        let (mut later, mut kept) = (Vec::new(), Set::new());
        for (id, alloc) in set {
            match self.fate(&alloc, disconnecting) {
                FailedAllocFate::Ignored => {}
                FailedAllocFate::Untainted => {
                    kept.insert(id, alloc);
                }
                FailedAllocFate::Now => {
                    now.insert(id, alloc);
                }
                FailedAllocFate::At(time) => {
                    later.push((time, Arc::clone(&alloc)));
                    kept.insert(id, alloc);
                }
            }
        }
        (later, kept)
    }

    fn fate(&self, alloc: &Alloc, disconnecting: bool) -> FailedAllocFate {
        if disconnecting && alloc.client == ClientStatus::Unknown {
            return FailedAllocFate::Ignored;
        }
        if alloc.next.is_some() && alloc.terminal() {
            return FailedAllocFate::Ignored;
        }
        if let Some(settled) = self.settled(alloc) {
            return match settled {
                FailedAllocFate::Untainted if disconnecting => self.reschedulable(alloc, disconnecting),
                settled => settled,
            };
        }
        self.reschedulable(alloc, disconnecting)
    }

    /// Whether an allocation is past all rescheduling by its mere state.
    fn settled(&self, alloc: &Alloc) -> Option<FailedAllocFate> {
        let stopped = alloc.desired != DesiredStatus::Run;
        if self.batch {
            if alloc.transition.disable_placement == Some(true) {
                return Some(FailedAllocFate::Untainted);
            }
            if alloc.should_reschedule() {
                return None;
            }
            return match alloc.desired {
                DesiredStatus::Stop if alloc.ran_successfully() => Some(FailedAllocFate::Untainted),
                DesiredStatus::Stop if reschedule::last_try_failed(alloc) => None,
                DesiredStatus::Stop | DesiredStatus::Evict => Some(FailedAllocFate::Ignored),
                DesiredStatus::Run if alloc.client == ClientStatus::Failed => None,
                DesiredStatus::Run => Some(FailedAllocFate::Untainted),
            };
        }
        if stopped {
            return (!reschedule::last_try_failed(alloc)).then_some(FailedAllocFate::Ignored);
        }
        matches!(alloc.client, ClientStatus::Complete | ClientStatus::Lost)
            .then_some(FailedAllocFate::Ignored)
    }

    fn reschedulable(&self, alloc: &Alloc, disconnecting: bool) -> FailedAllocFate {
        let now = self.cx.now;
        let current = self.deployments.current.as_ref().filter(|d| d.active());
        if current.is_some_and(|d| alloc.deployment_id == Some(d.id)) && !alloc.should_reschedule() {
            return FailedAllocFate::Untainted;
        }
        let forced = alloc.transition.force_reschedule == Some(true);
        if disconnecting && !replaced_meanwhile(alloc) {
            return if forced { FailedAllocFate::Now } else { FailedAllocFate::Untainted };
        }
        let own_eval = alloc.followup_eval == Some(self.eval.id);
        let due = if disconnecting {
            reschedule::due_after(alloc, now)
        } else if alloc.client == ClientStatus::Unknown && own_eval {
            last_unknown(alloc).and_then(|since| reschedule::due_after(alloc, since))
        } else {
            reschedule::due(alloc)
        };
        match due {
            Some(due) if own_eval || due.nanos() - now.nanos() <= Nanos::from(SOON).0 => FailedAllocFate::Now,
            _ if forced => FailedAllocFate::Now,
            Some(due) if alloc.followup_eval.is_none() => FailedAllocFate::At(due),
            _ => FailedAllocFate::Untainted,
        }
    }

    /// Lost allocations whose own client stops them after a while: they are replaced only then.
    fn stopped_by_their_client(&self, lost: &Set) -> Vec<Due> {
        let mut due = Vec::new();
        for alloc in lost.values() {
            let Some(group) = alloc.task_group() else { continue };
            let Some(after) = group.disconnect.as_ref().and_then(|d| d.stop_on_client_after) else {
                continue;
            };
            let lost_at = alloc.states.iter().find(|s| s.status == ClientStatus::Lost).map(|s| s.time);
            let kill = group.tasks.iter().filter_map(|t| t.kill_timeout).fold(KILL_TIMEOUT, Nanos::max);
            let at = lost_at.unwrap_or(self.cx.now) + after + kill;
            if after.0 != 0 && at > self.cx.now {
                due.push((at, Arc::clone(alloc)));
            }
        }
        due
    }

    /// Makes the evaluations that go on at these times, near ones together.
    pub(super) fn followups(&mut self, mut due: Vec<Due>, trigger: Trigger, words: &str) -> Followups {
        due.sort_by_key(|(time, _)| *time);
        let mut ids = Followups::new();
        let mut last: Option<(Moment, Id)> = None;
        for (time, alloc) in due {
            let shared = last.filter(|(begin, _)| time.since(*begin) < TOGETHER);
            let (begin, id) = shared.unwrap_or_else(|| {
                let id = Id::random(self.cx.rng);
                let job = &self.job;
                let mut eval = Eval::pending(
                    id,
                    job.key().clone(),
                    job.kind(),
                    self.eval.priority,
                    trigger,
                    self.cx.now,
                );
                eval.job_modify_index = job.modify_index;
                words.clone_into(&mut eval.status_description);
                eval.wait_until = Some(time);
                self.decision.followups.push(eval);
                (time, id)
            });
            last = Some((begin, id));
            ids.insert(alloc.id, id);
        }
        ids
    }

    /// Notes at failed allocations which evaluation goes on with them.
    fn wait(&mut self, name: &str, waiting: Vec<Due>, sets: &Sets) {
        let n = u64::try_from(waiting.len()).unwrap_or(0);
        let allocs: Vec<Arc<Alloc>> = waiting.iter().map(|(_, a)| Arc::clone(a)).collect();
        let ids = self.followups(waiting, Trigger::AllocReschedule, "created for delayed rescheduling");
        for alloc in allocs {
            let followup = ids.get(&alloc.id).copied();
            let known = self.decision.changed.iter_mut().find(|changed| changed.id == alloc.id);
            match known {
                Some(disconnected) => disconnected.followup_eval = followup,
                None if sets.migrate.contains_key(&alloc.id) => {}
                None => self.decision.changed.push(Alloc { followup_eval: followup, ..Alloc::clone(&alloc) }),
            }
        }
        self.updates(name).reschedule_later = n;
    }
}
