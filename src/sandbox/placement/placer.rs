//! One evaluation: machines, what runs on them, and placement after placement, each weighing on the next.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::distinct::{Standing, StandingKind, violated_property};
use super::grant::{Grant, fit};
use super::machine::{Capacity, Machine};
use super::metric::{Metric, NodeScore};
use super::occupancy::{Footprint, Occupancy};
use super::plan::{Ask, Eligibility, GroupPlan, JobPlan, PlacementRequest};
use super::score::{self, Algorithm};
use super::spread::SpreadMemory;
use crate::api::nomad::job::{Job, TaskGroup};

/// How the scheduler is configured, for the job's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// What a good fit is.
    pub algorithm: Algorithm,
    /// Whether tasks may be given more memory than they reserve.
    pub memory_oversubscription: bool,
    /// How many feasible nodes are compared where affinities or spreads decide.
    pub compared_nodes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config { algorithm: Algorithm::Binpack, memory_oversubscription: false, compared_nodes: 100 }
    }
}

/// A machine and what runs on it.
#[derive(Debug, Clone)]
pub struct Seat<'m> {
    /// The machine.
    pub machine: &'m Machine,
    /// What runs there.
    pub occupancy: Cow<'m, Occupancy>,
    /// Whether new work may go there: ready, eligible, not draining, in the job's pool and datacenters.
    pub candidate: bool,
}

/// How many poor options are put aside in the hope of better ones.
const PUT_ASIDE: usize = 3;

/// One evaluation of one job.
///
/// Nomad shuffles the candidates once per evaluation, walks on round them from one placement to the next, and compares
/// only the first few that fit: two for batch, about log2 of their number for services.
#[derive(Debug)]
pub struct Placer<'m> {
    seats: Vec<Seat<'m>>,
    by_id: HashMap<&'m str, usize>,
    /// Indexes of the candidates, in the order they are tried.
    order: Vec<usize>,
    cursor: usize,
    limit: usize,
    available: BTreeMap<String, u64>,
    config: Config,
    standings: Vec<Standing<'m>>,
    /// By job version.
    plans: HashMap<u64, JobPlan>,
    memory: SpreadMemory,
    rng: fastrand::Rng,
}

/// A machine that may run it and has room.
struct RankedMachine {
    grant: Grant,
    score: f64,
}

impl<'m> Placer<'m> {
    /// Begins an evaluation of a job of this type. The seed decides the order of candidates and the dynamic ports.
    #[must_use]
    pub fn new(kind: &str, seats: impl IntoIterator<Item = Seat<'m>>, config: Config, seed: u64) -> Self {
        let seats: Vec<Seat<'m>> = seats.into_iter().collect();
        let by_id = seats.iter().enumerate().map(|(i, seat)| (seat.machine.id.as_str(), i)).collect();
        let mut order: Vec<usize> = (0..seats.len()).filter(|i| seats[*i].candidate).collect();
        let mut rng = fastrand::Rng::with_seed(seed);
        rng.shuffle(&mut order);
        let mut available: BTreeMap<String, u64> = BTreeMap::new();
        for seat in seats.iter().filter(|seat| seat.candidate) {
            *available.entry(seat.machine.datacenter.clone()).or_default() += 1;
        }
        let limit = if kind == "batch" { 2 } else { ceil_log2(order.len()).max(2) };
        Placer {
            seats,
            by_id,
            order,
            cursor: 0,
            limit,
            available,
            config,
            standings: Vec::new(),
            plans: HashMap::new(),
            memory: SpreadMemory::default(),
            rng,
        }
    }

    /// Tells of an allocation of the job that neither ended nor was told to stop: what `distinct_property` and spreads
    /// count.
    pub fn stands(&mut self, group: &str, machine: &'m Machine) {
        self.standings.push(Standing { group: group.to_owned(), machine, kind: StandingKind::Existing });
    }

    /// Plans to stop an allocation: what it takes becomes free.
    pub fn stop(&mut self, node_id: &str, footprint: &Footprint) {
        self.change(node_id, |occupancy| occupancy.remove(footprint));
        self.turn(node_id, footprint, StandingKind::Existing, StandingKind::Stopped);
    }

    /// Takes a planned stop back.
    pub fn unstop(&mut self, node_id: &str, footprint: &Footprint) {
        self.change(node_id, |occupancy| occupancy.add(footprint));
        self.turn(node_id, footprint, StandingKind::Stopped, StandingKind::Existing);
    }

    /// Plans to give an allocation another size where it is.
    pub fn resize(&mut self, node_id: &str, from: &Footprint, to: &Footprint) {
        self.change(node_id, |occupancy| {
            occupancy.remove(from);
            occupancy.add(to);
        });
    }

    fn change(&mut self, node_id: &str, change: impl FnOnce(&mut Occupancy)) {
        if let Some(seat) = self.by_id.get(node_id).map(|i| &mut self.seats[*i]) {
            change(seat.occupancy.to_mut());
        }
    }

    fn turn(&mut self, node_id: &str, footprint: &Footprint, from: StandingKind, to: StandingKind) {
        let group = &*footprint.tenant.group;
        let same = |s: &&mut Standing<'m>| s.kind == from && s.machine.id == node_id && s.group == group;
        if let Some(standing) = self.standings.iter_mut().find(same) {
            standing.kind = to;
        }
    }

    /// Places an allocation of the group on the best of the candidates looked at, which it weighs on from then on. The
    /// metric tells what was seen, and why when no candidate will do.
    pub fn place(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        wish: &PlacementRequest,
    ) -> (Option<Grant>, Metric) {
        let ask = Ask { job, group, wish };
        let mut plan = self.take_plan(ask);
        if !plan.group(group).affinities.is_empty() || !plan.group(group).spreads.is_empty() {
            // Scoring wants more to compare; Nomad keeps the wider limit for the rest of the evaluation.
            self.limit = usize::try_from(group.count()).unwrap_or(usize::MAX).max(self.config.compared_nodes);
        }
        let mut outcome = (None, Metric::default());
        if let Some(preferred) = wish.preferred_node.as_deref().and_then(|id| self.by_id.get(id).copied()) {
            outcome = self.choose(ask, &mut plan, &[preferred], &mut 0);
            self.cursor = 0;
        }
        if outcome.0.is_none() {
            let order = std::mem::take(&mut self.order);
            let mut cursor = self.cursor;
            outcome = self.choose(ask, &mut plan, &order, &mut cursor);
            self.order = order;
            self.cursor = cursor;
        }
        self.plans.insert(job.version, plan);
        let (found, metric) = outcome;
        let metric = self.finish(ask, metric, found.is_none());
        let grant = found.map(|found| found.grant);
        if let Some(grant) = &grant {
            self.occupy(grant);
        }
        (grant, metric)
    }

    /// Looks at one node only, candidate or not, without taking the place: for system jobs, and for updates in place
    /// (after [`Placer::stop`] of the allocation itself). Of an unknown node the metric is empty.
    pub fn try_on(
        &mut self,
        job: &Job,
        group: &TaskGroup,
        wish: &PlacementRequest,
        node_id: &str,
    ) -> (Option<Grant>, Metric) {
        let Some(seat) = self.by_id.get(node_id).copied() else { return (None, Metric::default()) };
        let ask = Ask { job, group, wish };
        let mut plan = self.take_plan(ask);
        let (found, metric) = self.choose(ask, &mut plan, &[seat], &mut 0);
        self.plans.insert(job.version, plan);
        let metric = self.finish(ask, metric, found.is_none());
        (found.map(|found| found.grant), metric)
    }

    /// Takes a place found by [`Placer::try_on`].
    pub fn occupy(&mut self, grant: &Grant) {
        self.change(&grant.node_id, |occupancy| occupancy.add(&grant.footprint));
        if let Some(seat) = self.by_id.get(grant.node_id.as_str()) {
            let group = (*grant.footprint.tenant.group).to_owned();
            let machine = self.seats[*seat].machine;
            self.standings.push(Standing { group, machine, kind: StandingKind::Placed });
        }
    }

    /// What runs on a node, plans included.
    #[must_use]
    pub fn occupancy(&self, node_id: &str) -> Option<&Occupancy> {
        self.by_id.get(node_id).map(|i| &*self.seats[*i].occupancy)
    }

    /// Which computed classes the job may run on, as far as they were looked at.
    #[must_use]
    pub fn eligibility(&self, job: &Job) -> Eligibility {
        self.plans.get(&job.version).map(|plan| plan.eligibility(job)).unwrap_or_default()
    }

    fn take_plan(&mut self, ask: Ask<'_>) -> JobPlan {
        let mut plan = self.plans.remove(&ask.job.version).unwrap_or_else(|| JobPlan::of(ask.job));
        plan.prepare(ask, &mut self.memory);
        plan
    }

    /// Walks round the order from the cursor on until enough options were compared or all nodes were seen.
    fn choose(
        &mut self,
        ask: Ask<'_>,
        plan: &mut JobPlan,
        order: &[usize],
        cursor: &mut usize,
    ) -> (Option<RankedMachine>, Metric) {
        let mut metric = Metric::default();
        let mut best: Option<RankedMachine> = None;
        let mut compared = 0;
        let mut aside: Vec<RankedMachine> = Vec::new();
        let better = |best: &Option<RankedMachine>, found: &RankedMachine| {
            best.as_ref().is_none_or(|b| found.score > b.score)
        };
        for _ in 0..order.len() {
            if compared == self.limit {
                break;
            }
            if *cursor == order.len() {
                *cursor = 0;
            }
            let seat = order[*cursor];
            *cursor += 1;
            metric.nodes_evaluated += 1;
            let Some(found) = self.look(ask, plan, seat, &mut metric) else { continue };
            if found.score <= 0.0 && aside.len() < PUT_ASIDE {
                aside.push(found);
                continue;
            }
            compared += 1;
            if better(&best, &found) {
                best = Some(found);
            }
        }
        for found in aside.into_iter().take(self.limit - compared) {
            if better(&best, &found) {
                best = Some(found);
            }
        }
        (best, metric)
    }

    /// Looks at one node: filtered, exhausted, or an option with its score.
    fn look(
        &mut self,
        ask: Ask<'_>,
        plan: &mut JobPlan,
        seat: usize,
        metric: &mut Metric,
    ) -> Option<RankedMachine> {
        let Seat { machine, occupancy, .. } = &self.seats[seat];
        let machine: &'m Machine = machine;
        if let Some(reason) = plan.unmet(ask, machine) {
            metric.filter(machine, &reason);
            return None;
        }
        let group = plan.group(ask.group);
        let apart = if !ask.node_by_node() && group.hosts.violated(ask.job, ask.group, occupancy) {
            Some("distinct_hosts".to_owned())
        } else {
            violated_property(ask.job, ask.group, &self.standings, machine)
        };
        if let Some(reason) = apart {
            metric.filter(machine, &reason);
            return None;
        }
        let oversubscription = self.config.memory_oversubscription;
        match fit(machine, occupancy, ask.group, &group.tenant, oversubscription, &mut self.rng) {
            Err(dimension) => {
                metric.exhaust(machine, &dimension);
                None
            }
            Ok(grant) => {
                let score = self.score(ask, group, seat, &grant);
                let norm_score = score.norm_score;
                metric.score(score);
                Some(RankedMachine { grant, score: norm_score })
            }
        }
    }

    fn score(&mut self, ask: Ask<'_>, plan: &GroupPlan, seat: usize, grant: &Grant) -> NodeScore {
        let Seat { machine, occupancy, .. } = &self.seats[seat];
        let (used, more) = (occupancy.used(), grant.footprint.size);
        let used = Capacity {
            cpu: used.cpu + more.cpu,
            memory: used.memory + more.memory,
            disk: used.disk + more.disk,
        };
        let mut scores = BTreeMap::from([("binpack", score::fit(machine, used, self.config.algorithm))]);
        // Scorers without an opinion are shown as 0 but do not weigh down the mean.
        let mut opinions = vec![scores["binpack"]];
        if !ask.node_by_node() {
            let namesakes = occupancy.namesakes(&ask.job.id, &ask.group.name);
            let penalized = ask.wish.penalty_nodes.contains(&machine.id);
            let affinity = (!plan.affinities.is_empty()).then(|| plan.affinities.score(machine));
            for (name, opinion) in [
                ("job-anti-affinity", score::company(namesakes, ask.group.count())),
                ("node-reschedule-penalty", penalized.then_some(-1.0)),
                ("node-affinity", affinity),
            ] {
                scores.insert(name, opinion.unwrap_or(0.0));
                opinions.extend(opinion);
            }
            let spread = plan.spreads.score(machine, ask.group, &self.standings, &mut self.memory);
            if spread != 0.0 {
                scores.insert("allocation-spread", spread);
                opinions.push(spread);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "at most five")]
        let norm_score = opinions.iter().sum::<f64>() / opinions.len() as f64;
        NodeScore { node_id: machine.id.clone(), scores, norm_score }
    }

    fn finish(&self, ask: Ask<'_>, mut metric: Metric, failed: bool) -> Metric {
        metric.nodes_available = Some(self.available.clone());
        metric.nodes_in_pool = u64::try_from(self.order.len()).unwrap_or(u64::MAX);
        metric.node_pool.clone_from(&ask.job.node_pool);
        if failed {
            metric.exhaust_resources(ask.group);
        }
        metric
    }
}

/// The base-2 logarithm rounded up.
fn ceil_log2(n: usize) -> usize {
    if n < 2 { 0 } else { usize::try_from(usize::BITS - (n - 1).leading_zeros()).unwrap_or(0) }
}
