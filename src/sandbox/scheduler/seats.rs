//! The nodes an evaluation chooses among, with what runs on them.

use std::borrow::Cow;
use std::sync::Arc;

use crate::api::nomad::job::TaskGroup;
use crate::sandbox::id::Id;
use crate::sandbox::placement::{
    Algorithm, Config, Eligibility, Grant, Metric, Occupancy, PlacementRequest, Placer, Seat,
    in_any_datacenter, in_pool,
};
use crate::sandbox::scheduler::Context;
use crate::sandbox::state::State;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::job::Job;
use crate::sandbox::state::node::Node;

/// The nodes an evaluation of one job chooses among.
pub(super) struct Seats<'s> {
    state: &'s State,
    placer: Placer<'s>,
}

/// Whether a job may use a node by its pool and datacenter.
#[must_use]
pub(crate) fn reaches(job: &Job, node: &Node) -> bool {
    let typed = &job.spec.typed;
    in_pool(&typed.node_pool, &node.machine.pool)
        && in_any_datacenter(&typed.datacenters, &node.machine.datacenter)
}

/// With the time a look takes on a real server, which here would be that of the machine.
fn timed(metric: Metric) -> Metric {
    let nodes = i64::try_from(metric.nodes_evaluated).unwrap_or(i64::MAX);
    Metric { allocation_time: 30_000_i64.saturating_add(nodes.saturating_mul(8_000)), ..metric }
}

impl<'s> Seats<'s> {
    pub(super) fn new(state: &'s State, job: &Job, rng: &mut fastrand::Rng) -> Self {
        static EMPTY: std::sync::LazyLock<Occupancy> = std::sync::LazyLock::new(Occupancy::default);
        let seats: Vec<Seat<'s>> = state
            .nodes()
            .map(|node| {
                let candidate = node.schedulable() && reaches(job, node);
                let occupancy = state.occupancy(node.id).unwrap_or(&EMPTY);
                Seat { machine: &node.machine, occupancy: Cow::Borrowed(occupancy), candidate }
            })
            .collect();
        let mut placer = Placer::new(job.kind().as_str(), seats, config(state, job), rng.u64(..));
        for alloc in state.allocs().of_job(job.key()).filter(|a| !a.terminal()) {
            if let Some(node) = state.node(alloc.node_id) {
                placer.stands(&alloc.group, &node.machine);
            }
        }
        Seats { state, placer }
    }

    /// Frees what an allocation takes, which is to stop.
    pub(super) fn stop(&mut self, alloc: &Alloc) {
        if !alloc.client_terminal() {
            self.placer.stop(&alloc.node_id.to_string(), &alloc.footprint());
        }
    }

    /// Takes a planned stop back.
    pub(super) fn unstop(&mut self, alloc: &Alloc) {
        if !alloc.client_terminal() {
            self.placer.unstop(&alloc.node_id.to_string(), &alloc.footprint());
        }
    }

    pub(super) fn place(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        wish: &PlacementRequest,
    ) -> (Option<Grant>, Metric) {
        let (grant, metric) = self.placer.place(&job.spec.typed, group, wish);
        (grant, timed(metric))
    }

    /// Looks at one node only, and takes the place if there is one.
    pub(super) fn place_on(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        name: &str,
        node: Id,
    ) -> (Option<Grant>, Metric) {
        let wish = PlacementRequest { alloc_name: name.to_owned(), ..PlacementRequest::default() };
        let (grant, metric) = self.placer.try_on(&job.spec.typed, group, &wish, &node.to_string());
        if let Some(grant) = &grant {
            self.placer.occupy(grant);
        }
        (grant, timed(metric))
    }

    /// Whether an allocation can go on where it is under a changed specification.
    pub(super) fn stays(&mut self, job: &Job, group: &TaskGroup, alloc: &Alloc) -> bool {
        let Some(node) = self.state.node(alloc.node_id).map(Arc::clone) else { return false };
        if !reaches(job, &node) {
            return false;
        }
        self.stop(alloc);
        let wish = PlacementRequest { alloc_name: alloc.name.to_string(), ..PlacementRequest::default() };
        let (grant, _) = self.placer.try_on(&job.spec.typed, group, &wish, &alloc.node_id.to_string());
        self.unstop(alloc);
        grant.is_some()
    }

    pub(super) fn eligibility(&self, job: &Job) -> Eligibility {
        self.placer.eligibility(&job.spec.typed)
    }
}

/// How the scheduler is configured for the job's pool.
fn config(state: &State, job: &Job) -> Config {
    let global = &state.catalog.scheduler;
    let pool = state.catalog.pools.get(&job.spec.typed.node_pool);
    let own = pool.and_then(|p| p.scheduler_configuration.as_ref());
    let algorithm = own.and_then(|c| c["SchedulerAlgorithm"].as_str()).filter(|a| !a.is_empty());
    let oversubscription = own.and_then(|c| c["MemoryOversubscriptionEnabled"].as_bool());
    let compared = usize::try_from(global.node_limit_for_feasibility_checks).unwrap_or(0);
    Config {
        algorithm: match algorithm.unwrap_or(&global.scheduler_algorithm) {
            "spread" => Algorithm::Spread,
            _ => Algorithm::Binpack,
        },
        memory_oversubscription: oversubscription.unwrap_or(global.memory_oversubscription_enabled),
        compared_nodes: if compared == 0 { Config::default().compared_nodes } else { compared },
    }
}

/// The seats of an evaluation; see [`Seats::new`].
pub(super) fn seats<'s>(cx: &mut Context<'s>, job: &Job) -> Seats<'s> {
    Seats::new(cx.state, job, cx.rng)
}
