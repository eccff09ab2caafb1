//! How the allocations of a system job stand, node by node.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::sandbox::id::Id;
use crate::sandbox::scheduler::Context;
use crate::sandbox::scheduler::seats::reaches;
use crate::sandbox::scheduler::standing::{Taint, has_expired, needs_to_reconnect};
use crate::sandbox::state::alloc::{Alloc, alloc_name};
use crate::sandbox::state::job::{Job, Kind};

/// An allocation of a system job that exists or is wanted.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) group: String,
    pub(super) node: Id,
    /// What is there, or was there last.
    pub(super) alloc: Option<Arc<Alloc>>,
    pub(super) canary: bool,
}

/// Slots by what becomes of them.
#[derive(Debug, Default)]
pub(super) struct Slots {
    pub(super) place: Vec<Slot>,
    pub(super) update: Vec<Slot>,
    pub(super) migrate: Vec<Slot>,
    pub(super) stop: Vec<Slot>,
    pub(super) ignore: Vec<Slot>,
    pub(super) lost: Vec<Slot>,
    pub(super) disconnecting: Vec<Slot>,
    pub(super) reconnecting: Vec<Slot>,
}

/// The nodes of a system job, and what runs and ran there.
pub(super) struct Field<'a> {
    job: &'a Job,
    /// Ready nodes of the job's pool and datacenters.
    pub(super) eligible: BTreeSet<Id>,
    /// Nodes of the pool that are not ready.
    pub(super) not_ready: BTreeSet<Id>,
    pub(super) live: BTreeMap<Id, Vec<Arc<Alloc>>>,
    /// The latest ended allocation by name.
    pub(super) ended: BTreeMap<Id, BTreeMap<Arc<str>, Arc<Alloc>>>,
    required: BTreeMap<String, String>,
}

impl<'a> Field<'a> {
    pub(super) fn new(cx: &Context<'_>, job: &'a Job) -> Self {
        let mut field = Field {
            job,
            eligible: BTreeSet::new(),
            not_ready: BTreeSet::new(),
            live: BTreeMap::new(),
            ended: BTreeMap::new(),
            required: BTreeMap::new(),
        };
        for node in cx.state.nodes().filter(|node| !job.stop && reaches(job, node)) {
            let set = if node.schedulable() { &mut field.eligible } else { &mut field.not_ready };
            set.insert(node.id);
        }
        for id in &field.eligible {
            field.live.insert(*id, Vec::new());
        }
        for alloc in cx.state.allocs().of_job(job.key()) {
            if !alloc.terminal() {
                field.live.entry(alloc.node_id).or_default().push(Arc::clone(alloc));
                continue;
            }
            let named = field.ended.entry(alloc.node_id).or_default();
            let newer = named.get(&alloc.name).is_none_or(|known| known.create_index < alloc.create_index);
            if newer {
                named.insert(Arc::clone(&alloc.name), Arc::clone(alloc));
            }
        }
        if !job.stop {
            for group in &job.spec.typed.task_groups {
                for index in 0..group.count() {
                    let name = alloc_name(&job.spec.typed.name, &group.name, index);
                    field.required.insert(name, group.name.clone());
                }
            }
        }
        field
    }

    /// Sorts what is on one node, and what is missing there. `unpromoted` says whether a group's canaries wait.
    pub(super) fn sort(
        &self,
        cx: &Context<'_>,
        node: Id,
        unpromoted: impl Fn(&str) -> bool,
        slots: &mut Slots,
    ) {
        let taint = Taint::of(cx.state, node);
        let live = self.live.get(&node).map_or(&[][..], Vec::as_slice);
        let mut existing: BTreeSet<&str> = BTreeSet::new();
        for alloc in live {
            existing.insert(&alloc.name);
            let Some(group) = self.required.get(&*alloc.name) else {
                slots.stop.push(slot(alloc, &alloc.group));
                continue;
            };
            self.sort_live(cx, taint, alloc, slot(alloc, group), &unpromoted, slots);
        }
        for (name, group) in self.required.iter().filter(|(name, _)| !existing.contains(name.as_str())) {
            self.sort_missing(taint, node, name, group, slots);
        }
    }

    fn sort_live(
        &self,
        cx: &Context<'_>,
        taint: Taint,
        alloc: &Alloc,
        mut slot: Slot,
        unpromoted: &impl Fn(&str) -> bool,
        slots: &mut Slots,
    ) {
        let node = alloc.node_id;
        let heard_of = matches!(alloc.client, ClientStatus::Unknown | ClientStatus::Running);
        let reconnect = heard_of && needs_to_reconnect(alloc);
        let changed = self.job.job_modify_index != alloc.job.job_modify_index;
        let unknown = alloc.client == ClientStatus::Unknown && alloc.desired == DesiredStatus::Run;
        let into = if alloc.should_migrate() {
            &mut slots.migrate
        } else if reconnect && has_expired(alloc, cx.now) {
            &mut slots.lost
        } else if unknown {
            &mut slots.ignore
        } else if taint == Taint::None && reconnect {
            &mut slots.reconnecting
        } else if taint != Taint::None {
            match taint {
                _ if alloc.job.kind() == Kind::Sysbatch && alloc.ran_successfully() => &mut slots.ignore,
                Taint::Disconnected if alloc.client == ClientStatus::Running => &mut slots.disconnecting,
                Taint::Gone | Taint::Down => &mut slots.lost,
                _ => &mut slots.ignore,
            }
        } else if self.not_ready.contains(&node) {
            if changed { &mut slots.stop } else { &mut slots.ignore }
        } else if !self.eligible.contains(&node) {
            &mut slots.stop
        } else if changed {
            let update = self.job.group(&slot.group).and_then(|g| g.update.as_ref());
            let canaries = update.is_some_and(|u| u.max_parallel > 0 && u.canary > 0);
            slot.canary = canaries && unpromoted(&slot.group);
            &mut slots.update
        } else {
            &mut slots.ignore
        };
        into.push(slot);
    }

    fn sort_missing(&self, taint: Taint, node: Id, name: &str, group: &str, slots: &mut Slots) {
        let ended = self.ended.get(&node).and_then(|named| named.get(name));
        let slot = Slot {
            name: name.to_owned(),
            group: group.to_owned(),
            node,
            alloc: ended.cloned(),
            canary: false,
        };
        if self.job.kind() == Kind::Sysbatch
            && let Some(ended) = ended
        {
            let changed = self.job.job_modify_index != ended.job.job_modify_index;
            if changed { slots.update.push(slot) } else { slots.ignore.push(slot) }
        } else if taint == Taint::None && self.eligible.contains(&node) {
            slots.place.push(slot);
        }
    }
}

fn slot(alloc: &Arc<Alloc>, group: &str) -> Slot {
    Slot {
        name: alloc.name.to_string(),
        group: group.to_owned(),
        node: alloc.node_id,
        alloc: Some(Arc::clone(alloc)),
        canary: false,
    }
}
