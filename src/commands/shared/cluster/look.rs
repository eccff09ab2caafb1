//! The requests behind `fleet status` and `fleet ui`, side by side.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::api::http::{Http, Meta, Patience, Reply};
use crate::api::nomad::acl;
use crate::api::nomad::agent::{self, Members};
use crate::api::nomad::allocation::{self, AllocUse, ClientStatus};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::{self, JobBrief};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::operator::{self, AutopilotHealth};
use crate::api::{Problem, Result};
use crate::commands::shared::present::{self, Present};
use crate::model::capacity::{self, Amount};
use crate::model::ids::JobKey;
use crate::model::job_health::{Instance, Tally};

/// How long autopilot may take. It needs the leader; without one the rest of the view is worth more than its answer.
const AUTOPILOT: Patience = Patience(Duration::from_secs(3));

/// Evaluations that wait: for room, or for their time.
const OPEN: &str = "Status matches \"^(blocked|pending)$\"";

/// What was seen of the cluster. Every part may be missing for a reason of its own.
pub(crate) struct Seen {
    pub(crate) nodes: Result<Vec<NodeStub>>,
    pub(crate) jobs: Result<Vec<JobBrief>>,
    pub(crate) work: Result<Work>,
    pub(crate) blocked: Result<Vec<Evaluation>>,
    pub(crate) members: Result<Members>,
    /// None when there is no leader to ask.
    pub(crate) autopilot: Option<Result<AutopilotHealth>>,
    /// Whether the servers know a leader; none when nothing said so.
    pub(crate) leader: Option<bool>,
    /// When the token stops to be good; none where it never does, or that is not known.
    pub(crate) token_expires_at: Option<Timestamp>,
    /// How what runs does at this moment.
    pub(crate) present: Result<Present>,
    /// Age of the oldest part.
    pub(crate) age: Duration,
}

/// What the allocations add up to.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// By node id, what is taken there.
    pub(crate) used: HashMap<String, Amount>,
    /// By job.
    pub(crate) tallies: HashMap<JobKey, Tally>,
    /// Failed allocations that are to be retried, with the evaluation that does it.
    retries: Vec<(JobKey, Instance, String)>,
}

impl Work {
    pub(crate) fn add(&mut self, row: AllocUse) {
        let instance = Instance::from(&row);
        // An allocation that was told to stop takes its room until its client says that it ended.
        if let Some(resources) = row.allocated_resources.as_ref().filter(|_| !row.client_status.is_terminal())
        {
            *self.used.entry(row.node_id).or_default() += capacity::taken(resources);
        }
        let job = JobKey::new(row.namespace, row.job_id);
        if instance.retried && row.client_status == ClientStatus::Failed {
            self.retries.push((job, instance, row.followup_eval_id));
        } else {
            self.tallies.entry(job).or_default().add(instance);
        }
    }

    /// Counts failed allocations as to be retried when their evaluation is still waiting.
    fn settle_retries(&mut self, waits: impl Fn(&str) -> bool) {
        for (job, instance, eval) in std::mem::take(&mut self.retries) {
            self.tallies.entry(job).or_default().add(instance.retried_when(waits(&eval)));
        }
    }

    /// The namespaces of what was seen.
    pub(crate) fn namespaces(&self) -> BTreeSet<String> {
        self.tallies.keys().map(|job| job.namespace.clone()).collect()
    }
}

/// Looks at the cluster: a constant number of requests whatever its size, from any server, with a leader or without.
pub(crate) async fn look(
    nomad: &Http,
    consul: Option<&Http>,
    namespace: &str,
    all: bool,
    now: Timestamp,
) -> Seen {
    let sight = Sight::default();
    let nodes = node::list_with_resources().stale();
    let jobs = job::briefs().namespace(namespace).stale();
    let allocs = allocation::list_resources().namespace(namespace).stale();
    let open = evaluation::list().namespace(namespace).filter(Some(OPEN)).stale();
    let members = agent::members();
    let autopilot = operator::autopilot_health();
    let patient = nomad.with_patience(AUTOPILOT);
    let token = acl::token_self();
    let (nodes, jobs, work, open, members, present, token, autopilot) = tokio::join!(
        async { sight.take(nomad.list(&nodes).await) },
        async { sight.take(nomad.list(&jobs).await) },
        async { sight.take(nomad.fold(&allocs, Work::default, Work::add).await) },
        async { sight.take(nomad.list(&open).await) },
        async { nomad.read(&members).await.map(|reply| reply.value) },
        present::look(nomad, consul, namespace, None, all, now),
        // Where there is no token to ask for, the other parts say what may not be seen.
        async { patient.read(&token).await.ok().and_then(|reply| reply.value.expiration_time) },
        async {
            tokio::select! {
                health = patient.read(&autopilot) => Some(health.map(|reply| reply.value)),
                () = sight.leaderless.notified() => None,
            }
        },
    );
    // A server that could not reach the leader for so long has none, whatever it reports.
    let unreachable = matches!(&autopilot, Some(Err(e)) if e.problem == Problem::NoLeader);
    let (leader, age) = sight.conclude(unreachable);
    let work = work.map(|mut work| {
        work.settle_retries(|id| open.as_ref().map_or(true, |open| open.iter().any(|e| e.id == id)));
        work
    });
    let blocked = open.map(|mut open| {
        open.retain(|e| e.status == EvalStatus::Blocked);
        open
    });
    Seen { nodes, jobs, work, blocked, members, autopilot, leader, token_expires_at: token, present, age }
}

/// Leader and age, from the answers' headers.
#[derive(Default)]
struct Sight {
    leaderless: Notify,
    metas: std::cell::RefCell<Vec<Meta>>,
}

impl Sight {
    fn take<T>(&self, reply: Result<Reply<T>>) -> Result<T> {
        reply.map(|Reply { value, meta }| {
            if meta.known_leader == Some(false) {
                self.leaderless.notify_one();
            }
            self.metas.borrow_mut().push(meta);
            value
        })
    }

    fn conclude(self, unreachable: bool) -> (Option<bool>, Duration) {
        let metas = self.metas.into_inner();
        let said: Vec<bool> = metas.iter().filter_map(|m| m.known_leader).collect();
        let leader = (!said.is_empty()).then(|| !unreachable && said.iter().all(|known| *known));
        let age = metas.iter().filter_map(|m| m.last_contact).max().unwrap_or_default();
        (leader, age)
    }
}
