//! Writes to allocations: what the servers decide and what the clients report.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::api::nomad::allocation::ClientStatus;
use crate::sandbox::id::Id;
use crate::sandbox::state::alloc::{Alloc, Health, Transition};
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::{JobKey, JobStatus};
use crate::sandbox::state::node::Node;
use crate::sandbox::state::task::TaskStates;
use crate::sandbox::state::{Effect, Write};

/// What a client says of an allocation.
#[derive(Debug, Clone)]
pub struct Report {
    /// The allocation.
    pub id: Id,
    /// Its state.
    pub status: ClientStatus,
    /// In words.
    pub description: &'static str,
    /// Its tasks.
    pub tasks: TaskStates,
    /// Its health, where the client decided on it.
    pub health: Option<Health>,
}

impl Write<'_> {
    /// Stores an allocation with what its node, its deployment and its job's counts make of it.
    fn put_alloc(&mut self, mut alloc: Alloc) {
        let old = self.state.alloc(alloc.id).cloned();
        self.count_in_deployment(&mut alloc, old.as_deref());
        self.count_in_summary(&alloc, old.as_deref());
        if alloc.terminal() {
            self.deregister_services(alloc.id);
        }
        self.occupy(&alloc, old.as_deref());
        self.store_alloc(alloc);
    }

    /// Stores an allocation whose room, counts and services stay as they are.
    pub(super) fn store_alloc(&mut self, alloc: Alloc) {
        let key = alloc.job_key().clone();
        self.touch_row(Table::Allocs, alloc.id, &key);
        self.touch(Scope::Node(Table::Allocs, alloc.node_id));
        self.touch(Scope::Owner(Table::Allocs, alloc.eval_id));
        if let Some(deployment) = alloc.deployment_id {
            self.touch(Scope::Owner(Table::Allocs, deployment));
        }
        self.state.node_allocs.entry(alloc.node_id).or_default().insert(alloc.id);
        self.state.allocs.put(Arc::new(alloc));
    }

    /// Keeps account of what runs on the node.
    fn occupy(&mut self, alloc: &Alloc, old: Option<&Alloc>) {
        let occupancy = self.state.occupancy.entry(alloc.node_id).or_default();
        if let Some(old) = old.filter(|a| !a.client_terminal()) {
            occupancy.remove(&old.footprint());
        }
        if !alloc.client_terminal() {
            occupancy.add(&alloc.footprint());
        }
    }

    /// Puts in what the servers decided of allocations, new and old.
    pub(super) fn put_server_allocs(&mut self, allocs: Vec<Alloc>) {
        let mut jobs: Vec<(JobKey, Option<JobStatus>)> = Vec::new();
        for mut alloc in allocs {
            match self.state.alloc(alloc.id) {
                None => {
                    // A job may have been stopped or purged since the scheduler saw it.
                    if self.state.job(alloc.job_key()).is_none_or(|job| job.stop) {
                        continue;
                    }
                    alloc.create_index = self.index;
                    alloc.signing_key = self.state.active_key();
                    if let Some(health) = &mut alloc.health {
                        health.modify_index = self.index;
                    }
                }
                Some(old) => {
                    alloc.create_index = old.create_index;
                    alloc.next = old.next.or(alloc.next);
                    alloc.tasks.clone_from(&old.tasks);
                    if !matches!(alloc.client, ClientStatus::Lost | ClientStatus::Unknown) {
                        alloc.client = old.client;
                        alloc.client_description = old.client_description;
                    }
                }
            }
            alloc.modify_index = self.index;
            alloc.alloc_modify_index = self.index;
            let (id, previous) = (alloc.id, alloc.previous);
            let forced = (!alloc.terminal()).then_some(JobStatus::Running);
            jobs.push((alloc.job_key().clone(), forced));
            self.put_alloc(alloc);
            self.effect(Effect::Alloc(id));
            if let Some(previous) = previous {
                self.link(previous, id);
            }
        }
        for (job, forced) in jobs {
            self.refresh_status(&job, forced);
        }
    }

    /// Notes at an allocation what replaces it.
    fn link(&mut self, previous: Id, next: Id) {
        if let Some(alloc) = self.state.alloc(previous).filter(|a| a.next != Some(next)) {
            let mut alloc = Alloc::clone(alloc);
            alloc.next = Some(next);
            alloc.modify_index = self.index;
            self.store_alloc(alloc);
        }
    }

    /// Takes in what a node's client reports, with the evaluations that makes necessary.
    pub fn report(&mut self, node: Id, reports: Vec<Report>, evals: Vec<Eval>) {
        let mut jobs = BTreeSet::new();
        let mut freed = false;
        for report in reports {
            freed |= matches!(report.status, ClientStatus::Complete | ClientStatus::Failed);
            let id = report.id;
            let Some(old) = self.state.alloc(id).cloned() else { continue };
            jobs.insert(old.job_key().clone());
            let alloc = self.reported(&old, report);
            self.put_alloc(alloc);
            self.effect(Effect::Report(id));
        }
        for eval in evals {
            self.put_eval(eval);
        }
        for job in jobs {
            self.refresh_status(&job, None);
        }
        self.touch(Scope::Table(Table::Allocs));
        if let Some(known) = self.state.nodes.get_mut(&node) {
            Arc::<Node>::make_mut(known).last_alloc_update_index = self.index;
            self.touch(Scope::Table(Table::Nodes));
            self.touch(Scope::Row(Table::Nodes, node));
        }
        if freed {
            self.effect(Effect::Room(node));
        }
    }

    fn reported(&self, old: &Alloc, report: Report) -> Alloc {
        let mut alloc = Alloc::clone(old);
        alloc.client = report.status;
        alloc.client_description = report.description;
        alloc.tasks = report.tasks;
        alloc.reported = true;
        if let Some(news) = report.health {
            match &mut alloc.health {
                Some(health) if news.healthy.is_some() && health.healthy != news.healthy => {
                    health.healthy = news.healthy;
                    health.timestamp = news.timestamp;
                    health.modify_index = self.index;
                }
                Some(_) => {}
                none => *none = Some(Health { modify_index: self.index, ..news }),
            }
        }
        alloc.modify_index = self.index;
        alloc.modify_time = self.now;
        alloc
    }

    /// Marks what is to become of an allocation.
    pub fn transition(&mut self, id: Id, transition: Transition) {
        let Some(alloc) = self.state.alloc(id) else { return };
        let mut alloc = Alloc::clone(alloc);
        alloc.transition.merge(transition);
        alloc.modify_index = self.index;
        alloc.modify_time = self.now;
        alloc.alloc_modify_index = self.index;
        self.store_alloc(alloc);
        self.effect(Effect::Alloc(id));
    }

    /// Takes the allocations of a purged job out; what they took of their nodes is free at once.
    pub(super) fn forget_allocs(&mut self, key: &JobKey) {
        let gone: Vec<Id> = self.state.allocs.of_job(key).map(|a| a.id).collect();
        for id in gone {
            let Some(alloc) = self.state.allocs.remove(id) else { continue };
            if !alloc.client_terminal()
                && let Some(occupancy) = self.state.occupancy.get_mut(&alloc.node_id)
            {
                occupancy.remove(&alloc.footprint());
            }
            if let Some(ids) = self.state.node_allocs.get_mut(&alloc.node_id) {
                ids.remove(&id);
            }
            self.deregister_services(id);
            self.touch_row(Table::Allocs, id, key);
            self.touch(Scope::Node(Table::Allocs, alloc.node_id));
            self.effect(Effect::Alloc(id));
        }
        self.touch(Scope::Table(Table::Allocs));
    }

    fn count_in_summary(&mut self, alloc: &Alloc, old: Option<&Alloc>) {
        let (from, to) = (old.map(|a| a.client), alloc.client);
        if from == Some(to) || (from.is_none() && to != ClientStatus::Pending) {
            return;
        }
        let key = alloc.job_key().clone();
        let Some(summary) = self.state.summaries.get_mut(&key) else { return };
        if summary.create_index != alloc.job.create_index || !summary.summary.contains_key(&*alloc.group) {
            return;
        }
        let summary = Arc::make_mut(summary);
        if let Some(counts) = summary.summary.get_mut(&*alloc.group) {
            counts.moved(from, to);
        }
        summary.modify_index = self.index;
        self.touch_summary(&key);
    }
}
