//! What runs on the big fleet: some hundred jobs, put where they have long been running. No scheduler could place them
//! within the patience of somebody who wants to look at them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::EvalStatus;
use crate::sandbox::id::Id;
use crate::sandbox::jobspec;
use crate::sandbox::placement::{Capacity, Metric, TaskGrant};
use crate::sandbox::scenario::jobs;
use crate::sandbox::scenario::large::fleet::{NAMESPACES, PARTS, Part};
use crate::sandbox::state::alloc::{Alloc, Allotment, Health, Order, alloc_name};
use crate::sandbox::state::deployment::{Deployment, GroupProgress, words};
use crate::sandbox::state::eval::{DesiredUpdates, Eval, Trigger};
use crate::sandbox::state::job::{Job, Kind, Spec};
use crate::sandbox::state::node::Node;
use crate::sandbox::state::task::{EventKind, Phase, TaskEvent, TaskState};
use crate::sandbox::state::{PlanResult, Report, StatusUpdate};
use crate::sandbox::world::World;

/// How many allocations a node has beside that of the system job.
const PER_NODE: usize = 9;
/// How many instances the jobs have, in turns.
const COUNTS: [usize; 4] = [20, 60, 180, 460];
/// What one instance takes, in MHz and MiB, in turns.
const SIZES: [(u64, u64); 5] = [(200, 256), (400, 512), (500, 768), (800, 1024), (600, 2048)];
/// What the jobs are called, in turns.
const NAMES: [&str; 10] =
    ["basket", "billing", "catalog", "checkout", "feed", "images", "login", "mail", "queue", "search"];
/// Every so many jobs one is a batch run.
const BATCH: usize = 8;
/// How long after a job the next one was registered.
const PAUSE: Duration = Duration::from_secs(5);
/// How long a task took to come up, and its allocation to be called healthy.
const STARTED: Duration = Duration::from_millis(80);
const HEALTHY: Duration = Duration::from_millis(10_100);

/// Fills every part of the fleet.
pub(super) fn move_in(world: &mut World) {
    let everywhere: Vec<Arc<Node>> = world.state.nodes().cloned().collect();
    let mut movers = MovingTenants { world, number: 0 };
    movers.settle(jobs::COLLECTOR, "", &everywhere);
    for part in PARTS {
        let here =
            |node: &&Arc<Node>| node.machine.pool == part.pool && node.machine.datacenter == part.datacenter;
        let nodes: Vec<Arc<Node>> = everywhere.iter().filter(here).cloned().collect();
        movers.fill(part, &nodes);
    }
}

/// Fills nodes with the jobs of tenants.
struct MovingTenants<'w> {
    world: &'w mut World,
    /// Of the next job.
    number: usize,
}

impl MovingTenants<'_> {
    /// Jobs for a part of the fleet, until its nodes have their share. They follow each other round its nodes.
    fn fill(&mut self, part: Part, nodes: &[Arc<Node>]) {
        let mut left = PER_NODE * nodes.len();
        let mut round = nodes.iter().cycle();
        while left > 0 {
            let number = self.number;
            self.number += 1;
            let count = COUNTS[number % COUNTS.len()].min(left).min(nodes.len());
            left -= count;
            let (cpu, memory) = SIZES[number % SIZES.len()];
            let namespaces = ["default"].into_iter().chain(NAMESPACES.map(|(name, _)| name));
            let namespace = namespaces.cycle().nth(number).unwrap_or("default");
            let variables = format!(
                "name = \"{}-{number:03}\"\nnamespace = \"{namespace}\"\npool = \"{}\"\ndatacenter = \"{}\"\n\
                 count = {count}\ncpu = {cpu}\nmemory = {memory}\n",
                NAMES[number % NAMES.len()],
                part.pool,
                part.datacenter
            );
            let file = if number % BATCH == BATCH - 1 { jobs::NIGHTLY } else { jobs::TENANT };
            let places: Vec<Arc<Node>> = round.by_ref().take(count).cloned().collect();
            self.settle(file, &variables, &places);
        }
    }

    /// Registers a job as if long ago: placed, started and healthy on these nodes.
    fn settle(&mut self, file: &str, variables: &str, places: &[Arc<Node>]) {
        let (job, submission) = jobs::submitted(file, variables);
        let stored = jobspec::decode(&job).map(|job| jobspec::stored(&jobspec::canonicalize(job)));
        let Ok(serde_json::Value::Object(stored)) = stored else { return };
        let Ok(spec) = Spec::new(stored) else { return };
        let job = Job::submitted(Arc::new(spec), "", self.world.now());
        let job = self.world.write().register(job, Some(submission));
        let deployment = self.place(&job, places);
        self.come_up(&job);
        if let Some(id) = deployment {
            let (status, description) = (DeploymentStatus::Successful, words::SUCCESSFUL.into());
            self.world.write().update_deployment(&StatusUpdate { id, status, description });
        }
        self.pass(PAUSE);
    }

    /// Lets time go by without anybody acting on what was written: it is as it has long been.
    fn pass(&mut self, time: Duration) {
        drop(self.world.state.take_effects());
        self.world.advance_to(self.world.now() + time);
    }

    /// One evaluation that placed every instance; the deployment it began.
    fn place(&mut self, job: &Arc<Job>, places: &[Arc<Node>]) -> Option<Id> {
        let now = self.world.now();
        let typed = &job.spec.typed;
        let group = &typed.task_groups[0];
        let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
        let deployment = matches!(job.kind(), Kind::Service | Kind::System).then(|| {
            let mut deployment = Deployment::new(self.world.new_id(), job, typed.priority, now);
            let update = group.update.clone().unwrap_or_default();
            let progress = GroupProgress {
                desired_total: count,
                progress_deadline: update.progress_deadline,
                ..GroupProgress::default()
            };
            deployment.groups.insert(group.name.clone(), progress);
            deployment
        });
        let id = deployment.as_ref().map(|d| d.id);
        let trigger = Trigger::JobRegister;
        let mut eval =
            Eval::pending(self.world.new_id(), job.key().clone(), job.kind(), typed.priority, trigger, now);
        eval.status = EvalStatus::Complete;
        eval.job_modify_index = job.modify_index;
        eval.deployment_id = id;
        eval.queued = BTreeMap::from([(group.name.clone(), 0)]);
        let updates = DesiredUpdates { place: count, ..DesiredUpdates::default() };
        eval.annotations = Some(BTreeMap::from([(group.name.clone(), updates)]));
        let order = self.order(job, eval.id);
        let placements = places.iter().enumerate().map(|(index, node)| {
            let index = if job.kind() == Kind::System { 0 } else { u64::try_from(index).unwrap_or(u64::MAX) };
            let name = alloc_name(&job.key().id, &group.name, index);
            let alloc = Alloc::placed(self.world.new_id(), order.clone(), name.into(), node, now);
            Alloc { deployment_id: id, ..alloc }
        });
        let plan = PlanResult { placements: placements.collect(), deployment, ..PlanResult::default() };
        let eval_id = eval.id;
        let mut write = self.world.write();
        write.put_eval(eval);
        write.apply_plan(eval_id, plan);
        id
    }

    /// What the scheduler would have granted to each instance.
    fn order(&self, job: &Arc<Job>, eval_id: Id) -> Order {
        let typed = &job.spec.typed;
        let group = &typed.task_groups[0];
        let grant = |task: &crate::api::nomad::job::Task| {
            let resources = task.resources.clone().unwrap_or_default();
            let (cpu, memory) = (resources.cpu.unwrap_or(0), resources.memory_mib.unwrap_or(0));
            (task.name.as_str().into(), TaskGrant { cpu, memory, ..TaskGrant::default() })
        };
        let tasks: Vec<(Arc<str>, TaskGrant)> = group.tasks.iter().map(grant).collect();
        let disk = group.ephemeral_disk.as_ref().and_then(|d| d.size_mib).unwrap_or(300);
        let (cpu, memory) = (tasks.iter().map(|t| t.1.cpu).sum(), tasks.iter().map(|t| t.1.memory).sum());
        let size = Capacity { cpu, memory, disk };
        let candidates = self.world.state.nodes().filter(|node| {
            matches!(typed.node_pool.as_str(), "all" | "") || node.machine.pool == typed.node_pool
        });
        let mut by_datacenter: BTreeMap<String, u64> = BTreeMap::new();
        for node in candidates {
            *by_datacenter.entry(node.machine.datacenter.clone()).or_default() += 1;
        }
        let metric = Metric {
            nodes_evaluated: 1,
            nodes_in_pool: by_datacenter.values().sum(),
            node_pool: typed.node_pool.clone(),
            nodes_available: Some(by_datacenter),
            ..Metric::default()
        };
        Order {
            eval_id,
            job: Arc::clone(job),
            group: group.name.as_str().into(),
            allotment: Arc::new(Allotment { tasks, disk, ports: Vec::new(), size }),
            metric: Arc::new(metric),
        }
    }

    /// The clients report that every instance runs.
    fn come_up(&mut self, job: &Job) {
        let tracked = job.kind() != Kind::Batch;
        let placed = self.world.now();
        self.pass(if tracked { HEALTHY } else { STARTED });
        let started = placed + STARTED;
        let task = TaskState {
            phase: Phase::Running,
            started_at: Some(started),
            events: vec![
                TaskEvent::new(EventKind::Received, placed),
                TaskEvent::new(EventKind::Setup, placed).with("message", "Building Task Directory"),
                TaskEvent::new(EventKind::Started, started),
            ],
            ..TaskState::default()
        };
        let health = Health { healthy: Some(true), timestamp: Some(self.world.now()), ..Health::default() };
        let reports: Vec<(Id, Report)> = self
            .world
            .state
            .allocs_of(job.key())
            .map(|alloc| {
                let tasks = alloc.allotment.tasks.iter().map(|(name, _)| (Arc::clone(name), task.clone()));
                let report = Report {
                    id: alloc.id,
                    status: ClientStatus::Running,
                    description: "Tasks are running",
                    tasks: tasks.collect(),
                    health: tracked.then_some(health),
                };
                (alloc.node_id, report)
            })
            .collect();
        for (node, report) in reports {
            self.world.write().report(node, vec![report], Vec::new());
        }
    }
}
