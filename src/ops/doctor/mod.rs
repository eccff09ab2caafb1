//! Looking at everything the doctor judges: eight requests for the cluster, and one for each job whose specification is read. What
//! costs more is looked at when it is asked for.

mod deeper;
pub mod fix;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde_json::Value;

use crate::api::Error as ApiError;
use crate::api::consul::health;
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocUse};
use crate::api::nomad::job::{self, Job, JobStub};
use crate::api::nomad::node;
use crate::api::nomad::{ALL_NAMESPACES, JobType, agent, operator};
use crate::model::doctor::jobs::{JobContext, Spread};
use crate::model::doctor::{Fault, cluster, consul, fleet_wide, jobs, sort};
use crate::model::ids::JobKey;
use crate::model::words::count;

/// Up to so many jobs are read by themselves without being asked for.
pub const FEW_JOBS: usize = 32;
/// Asked side by side.
const AT_ONCE: usize = 16;
/// What is to run and has been restarted.
const RESTARTED: &str = "any TaskStates as _, t { t.Restarts != 0 or t.Failed == true }";

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The namespace, or all.
    pub namespace: &'a str,
    /// Whether the specification of every job is read, however many there are.
    pub every_job: bool,
    /// What else is looked at.
    pub deep: Deep,
    /// The present moment.
    pub now: Timestamp,
}

/// What is looked at only where it is asked for, since it costs more requests.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the verb")]
pub struct Deep {
    /// Tokens and the rights of whoever has none: two requests.
    pub rights: bool,
    /// Autopilot's settings, raft and the gossip: three requests.
    pub servers: bool,
    /// The agent of every ready node: one request for each.
    pub every_node: bool,
    /// The instances in Nomad's registry: one request for each service.
    pub every_service: bool,
    /// What Consul's config entries name: nine requests.
    pub entries: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Examined {
    /// The faults, the worst first.
    pub faults: Vec<Fault>,
    /// What could not be looked at, and why.
    pub failed: Vec<String>,
    /// What was left out by choice, and how to have it.
    pub left_out: Vec<String>,
    /// Whether Consul was asked: not where nobody said where it is.
    pub consul_asked: bool,
    /// How many jobs were read whole.
    pub jobs_read: usize,
}

impl Examined {
    fn take<T>(&mut self, what: &str, answer: Result<T, ApiError>) -> Option<T> {
        match answer {
            Ok(value) => Some(value),
            Err(e) => {
                let needs =
                    if e.is_denied() { format!("; the token needs: {}", e.needs) } else { String::new() };
                self.failed.push(format!("{what}: {}{needs}", e.brief()));
                None
            }
        }
    }
}

/// Looks at the cluster.
pub async fn examine(nomad: &Http, consul_http: Option<&Http>, scope: Scope<'_>) -> Examined {
    let mut seen = Examined { consul_asked: consul_http.is_some(), ..Examined::default() };
    let (jobs, nodes, uses) = (
        job::list().namespace(scope.namespace),
        node::list_with_resources(),
        allocation::list_resources().namespace(ALL_NAMESPACES),
    );
    let restarted = allocation::list_with_tasks().namespace(scope.namespace).filter(Some(RESTARTED));
    let (autopilot, scheduler, own) =
        (operator::autopilot_health(), operator::scheduler_configuration(), agent::configuration());
    let checks = health::state("any");
    let add = |spread: &mut Spread, row: AllocUse| spread.add(row);
    let (jobs, nodes, spread, restarted, autopilot, scheduler, own, checks) = tokio::join!(
        nomad.list(&jobs),
        nomad.list(&nodes),
        nomad.fold(&uses, Spread::default, add),
        nomad.list(&restarted),
        nomad.read(&autopilot),
        nomad.read(&scheduler),
        nomad.read(&own),
        async {
            match consul_http {
                Some(consul) => Some(consul.read(&checks).await),
                None => None,
            }
        },
    );
    let jobs = seen.take("the jobs", jobs.map(|r| r.value));
    let nodes = seen.take("the nodes", nodes.map(|r| r.value));
    let spread = seen.take("the allocations", spread.map(|r| r.value));
    let restarted = seen.take("restarts", restarted.map(|r| r.value)).unwrap_or_default();
    let scheduler = seen.take("the scheduler's configuration", scheduler.map(|r| r.value.scheduler_config));
    if let Some(health) = seen.take("the servers", autopilot.map(|r| r.value)) {
        seen.faults.extend(cluster::of_servers(&health));
    }
    if let Some(own) = seen.take("the agent's configuration", own.map(|r| r.value)) {
        seen.faults.extend(cluster::of_agent(&own));
        seen.faults.extend(fleet_wide::of_thresholds(&own));
    }
    seen.faults.extend(scheduler.iter().flat_map(cluster::of_scheduler));
    seen.faults.extend(nodes.iter().flat_map(|nodes| cluster::of_nodes(nodes)));
    seen.faults.extend(jobs::restarted(&restarted, scope.now));
    if let (Some(checks), Some(spread)) = (checks, &spread)
        && let Some(checks) = seen.take("Consul's checks", checks.map(|r| r.value))
    {
        seen.faults.extend(consul::of_checks(&checks, |id| spread.lives(id)));
    }
    if let Some(jobs) = &jobs {
        let of_service = |key: &JobKey| {
            jobs.iter()
                .any(|j| j.job_type == JobType::Service && j.id == key.id && j.namespace == key.namespace)
        };
        let alive = nodes.as_ref().map_or(0, |nodes| nodes.iter().filter(|n| n.is_schedulable()).count());
        seen.faults.extend(spread.iter().flat_map(|s| s.faults(of_service, alive)));
        seen.faults.extend(fleet_wide::finished_runs(jobs));
        seen.faults.extend(scheduler.as_ref().and_then(|s| fleet_wide::priorities(s, jobs)));
        let around = JobContext {
            nodes: nodes.as_deref(),
            oversubscription: scheduler.as_ref().map(|s| s.memory_oversubscription_enabled),
        };
        let specs = specifications(nomad, jobs, around, scope, &mut seen).await;
        if let (Some(spread), Some(nodes)) = (&spread, &nodes) {
            seen.faults.extend(specs.iter().filter_map(|(job, _)| jobs::placed(job, spread, nodes)));
        }
        deeper::templates(nomad, consul_http, &specs, scope.namespace, &mut seen).await;
    }
    Box::pin(deeper::look(nomad, consul_http, nodes.as_deref(), scope, &mut seen)).await;
    sort(&mut seen.faults);
    seen
}

/// The jobs themselves. Children are as their parents are, and are left out.
async fn specifications(
    nomad: &Http,
    stubs: &[JobStub],
    around: JobContext<'_>,
    scope: Scope<'_>,
    seen: &mut Examined,
) -> Vec<(Job, Value)> {
    let parents: Vec<&JobStub> = stubs.iter().filter(|j| j.parent_id.is_empty() && !j.stop).collect();
    if parents.len() > FEW_JOBS && !scope.every_job {
        seen.left_out.push(format!(
            "what the specifications of {} say: `fleet doctor --every-job`, one request for each",
            count(parents.len(), "job")
        ));
        return Vec::new();
    }
    let read = |stub: &JobStub| {
        let (namespace, id) = (stub.namespace.clone(), stub.id.clone());
        async move { (id.clone(), nomad.read(&job::get_spec(&namespace, &id)).await) }
    };
    let all: Vec<(String, _)> =
        stream::iter(parents.into_iter().map(read)).buffer_unordered(AT_ONCE).collect().await;
    let mut specs = Vec::new();
    for (id, answer) in all {
        let Some(spec) = seen.take(&format!("job {id}"), answer.map(|r| r.value)) else { continue };
        match serde_json::from_value::<Job>(spec.clone()) {
            Ok(job) => {
                seen.jobs_read += 1;
                seen.faults.extend(jobs::written(&job, &spec, around));
                specs.push((job, spec));
            }
            Err(e) => seen.failed.push(format!("job {id}: {e}")),
        }
    }
    specs
}
