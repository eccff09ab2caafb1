//! Looking at everything the doctor judges: nine requests for the cluster, one for each allocation with checks of Nomad's, of so many at
//! most, and one for each job whose specification is read. What costs more is looked at when it is asked for.

mod deeper;
pub mod fix;

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use serde_json::Value;

use crate::api::consul::health::{self, Check};
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, AllocUse};
use crate::api::nomad::job::{self, Job, JobStub};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::operator::{self, AutopilotHealth, SchedulerConfig};
use crate::api::nomad::{ALL_NAMESPACES, JobType, agent};
use crate::api::{Error as ApiError, Problem};
use crate::model::doctor::consul::Registered;
use crate::model::doctor::jobs::{JobContext, Spread};
use crate::model::doctor::{Fault, cluster, consul, fleet_wide, jobs, sort};
use crate::model::ids::JobKey;
use crate::model::words::count;
use crate::ops::services::blind;

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
    /// The codes that are asked for alone; all where none is named.
    pub only: &'a [String],
    /// The present moment.
    pub now: Timestamp,
}

impl Scope<'_> {
    /// Whether a check is asked for whose code begins so.
    fn wants(&self, codes: &[&str]) -> bool {
        let begins = |named: &String| codes.iter().any(|code| named.to_ascii_uppercase().starts_with(code));
        self.only.is_empty() || self.only.iter().any(begins)
    }
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
    /// The instances in Nomad's registry, and those in Consul that have no check: one request for each service.
    pub every_service: bool,
    /// What the checks say that Nomad's clients run: one request, and one for each allocation with such.
    pub every_check: bool,
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
    /// Why nothing of Nomad could be read; none where something was.
    pub blind: Option<ApiError>,
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

/// The answers to the eight requests; none of what could not be read.
struct Answers {
    jobs: Option<Vec<JobStub>>,
    nodes: Option<Vec<NodeStub>>,
    spread: Option<Spread>,
    restarted: Vec<AllocStub>,
    autopilot: Option<AutopilotHealth>,
    scheduler: Option<SchedulerConfig>,
    own: Option<Value>,
    checks: Option<Vec<Check>>,
}

/// Looks at the cluster.
pub async fn examine(nomad: &Http, consul_http: Option<&Http>, scope: Scope<'_>) -> Examined {
    let mut seen = Examined { consul_asked: consul_http.is_some(), ..Examined::default() };
    let told = Box::pin(ask(nomad, consul_http, scope, &mut seen)).await;
    if seen.blind.is_some() {
        return seen;
    }
    seen.faults.extend(of_cluster(&told));
    seen.faults.extend(jobs::restarted(&told.restarted, scope.now));
    if let Some(stubs) = &told.jobs {
        seen.faults.extend(of_jobs(&told, stubs));
        let around = JobContext {
            nodes: told.nodes.as_deref(),
            oversubscription: told.scheduler.as_ref().map(|s| s.memory_oversubscription_enabled),
        };
        let specs = match scope.wants(&["FD1", "FD306"]) {
            true => specifications(nomad, stubs, around, scope, &mut seen).await,
            false => Vec::new(),
        };
        if let (Some(spread), Some(nodes)) = (&told.spread, &told.nodes) {
            seen.faults.extend(specs.iter().filter_map(|(job, _)| jobs::placed(job, spread, nodes)));
        }
        if scope.wants(&["FD306"]) {
            deeper::templates(nomad, consul_http, &specs, scope.namespace, &mut seen).await;
        }
    }
    let unchecked = Box::pin(deeper::look(nomad, consul_http, told.nodes.as_deref(), scope, &mut seen)).await;
    if let (Some(checks), Some(spread)) = (&told.checks, &told.spread) {
        instances(nomad, checks, unchecked, spread, &mut seen).await;
    }
    sort(&mut seen.faults);
    seen
}

/// The eight requests, side by side.
async fn ask(nomad: &Http, consul_http: Option<&Http>, scope: Scope<'_>, seen: &mut Examined) -> Answers {
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
    let refusals = [
        jobs.as_ref().err(),
        nodes.as_ref().err(),
        spread.as_ref().err(),
        restarted.as_ref().err(),
        autopilot.as_ref().err(),
        scheduler.as_ref().err(),
        own.as_ref().err(),
    ];
    let leaderless = refusals.iter().flatten().any(|e| e.problem == Problem::NoLeader);
    if leaderless {
        seen.faults.push(cluster::no_leader());
    } else if refusals.iter().all(Option::is_some) {
        seen.blind = refusals[0].cloned();
    }
    let mut of = Taken { scope, seen };
    Answers {
        jobs: of.take(&["FD1", "FD215", "FD306"], "the jobs", jobs.map(|r| r.value)),
        nodes: of.take(OF_NODES, "the nodes", nodes.map(|r| r.value)),
        spread: of.take(&["FD1", "FD3"], "the allocations", spread.map(|r| r.value)),
        restarted: of.take(&["FD114", "FD115"], "restarts", restarted.map(|r| r.value)).unwrap_or_default(),
        scheduler: of.take(
            &["FD113", "FD209", "FD210", "FD215"],
            "the scheduler's configuration",
            scheduler.map(|r| r.value.scheduler_config),
        ),
        autopilot: of.take(&["FD201", "FD202", "FD203", "FD211"], "the servers", autopilot.map(|r| r.value)),
        own: of
            .take(OF_AGENT, "the agent's configuration", own.map(|r| r.value))
            .filter(|own| of.whole(OF_AGENT, own)),
        checks: checks.and_then(|checks| of.take(&["FD3"], "Consul's checks", checks.map(|r| r.value))),
    }
}

/// What is judged by the list of the nodes.
const OF_NODES: &[&str] = &["FD1", "FD203", "FD212", "FD213", "FD214", "FD219", "FD220", "FD221"];
/// What is judged by the configuration of the agent that answers.
const OF_AGENT: &[&str] = &["FD204", "FD205", "FD206", "FD218"];

/// Takes answers, and notes what is missing where something that was asked for is judged by it.
struct Taken<'s> {
    scope: Scope<'s>,
    seen: &'s mut Examined,
}

impl Taken<'_> {
    fn take<T>(&mut self, codes: &[&str], what: &str, answer: Result<T, ApiError>) -> Option<T> {
        if self.scope.wants(codes) { self.seen.take(what, answer) } else { answer.ok() }
    }

    /// Whether an agent told its configuration: an answer without one tells nothing of it.
    fn whole(&mut self, codes: &[&str], own: &Value) -> bool {
        let told = own["config"].is_object();
        if !told && self.scope.wants(codes) {
            self.seen.failed.push("the agent's configuration: the answer has none".to_owned());
        }
        told
    }
}

/// The faults of the servers, the nodes and their settings.
fn of_cluster(told: &Answers) -> Vec<Fault> {
    let mut faults: Vec<Fault> = told.autopilot.iter().flat_map(cluster::of_servers).collect();
    faults.extend(told.own.iter().flat_map(cluster::of_agent));
    faults.extend(told.own.iter().flat_map(fleet_wide::of_thresholds));
    faults.extend(told.scheduler.iter().flat_map(cluster::of_scheduler));
    faults.extend(told.nodes.iter().flat_map(|nodes| cluster::of_nodes(nodes)));
    faults
}

/// The faults that the list of all jobs shows.
fn of_jobs(told: &Answers, stubs: &[JobStub]) -> Vec<Fault> {
    let of_service = |key: &JobKey| {
        stubs.iter().any(|j| j.job_type == JobType::Service && j.id == key.id && j.namespace == key.namespace)
    };
    let alive = told.nodes.as_ref().map_or(0, |nodes| nodes.iter().filter(|n| n.is_schedulable()).count());
    let mut faults: Vec<Fault> = told.spread.iter().flat_map(|s| s.faults(of_service, alive)).collect();
    faults.extend(fleet_wide::finished_runs(stubs));
    faults.extend(fleet_wide::nowhere(stubs));
    faults.extend(told.scheduler.as_ref().and_then(|s| fleet_wide::priorities(s, stubs)));
    faults
}

/// The faults of Nomad's instances in Consul: of those that have a check, and of `unchecked` ones where they were read. An
/// allocation that the token may not see is not taken for one that is gone: only where some are missing that costs a request.
async fn instances(
    nomad: &Http,
    checks: &[Check],
    unchecked: BTreeSet<Registered>,
    spread: &Spread,
    seen: &mut Examined,
) {
    let mut all = unchecked;
    all.extend(checks.iter().filter_map(Registered::of_check));
    let lives = |id: &str| spread.lives(id);
    let mut faults = consul::of_registered(&all, lives);
    if faults.iter().any(|f| f.code == "FD301")
        && let Some(why) = blind(nomad).await
    {
        faults.retain(|f| f.code != "FD301");
        seen.failed.push(format!("an instance in Consul: {why}"));
    }
    seen.faults.extend(faults);
    seen.faults.extend(consul::critical(checks, lives));
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
