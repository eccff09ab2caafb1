//! What is read of the cluster before work is moved: a constant number of requests, and one per job that moves.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use jiff::Timestamp;
use serde_json::Value;

use crate::api::Problem;
use crate::api::http::{Http, Reply};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::job::{self, Job, JobStub};
use crate::api::nomad::node::{self, AllocOnNode, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, MOST_IN_A_FILTER, acl, agent, evaluation, one_of, one_of_few};
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
use crate::model::ids::{JobKey, JobType};
use crate::model::rights::Rights;
use crate::ops::migration::checks::{self, ChecksNow};

/// Of a cluster with more nodes than this what is on some and what belongs to it is read node by node and job by job, where these are
/// few: a filter looks at every allocation there is (of 50,000: 1.2 s against 0.07 s for a node and 0.01 s for a job).
const LARGE: usize = 1_000;
/// So many nodes are few.
const FEW_NODES: usize = 8;
/// So many jobs are.
const FEW_JOBS_OF_ALL: usize = 16;
/// Jobs read side by side.
const READS_AT_ONCE: usize = 16;
/// So many are read without looking first which have changed.
const FEW_JOBS: usize = 4;

/// A job as the server holds it, typed and raw.
#[derive(Debug, Clone)]
pub struct JobDocument {
    /// What is reasoned about.
    pub job: Job,
    /// What plans are made from.
    pub spec: Value,
}

/// The part of the cluster that matters when some nodes are emptied.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Every node of the cluster.
    pub nodes: Vec<NodeStub>,
    /// The allocations of every job that runs on the selected nodes, wherever they are, and everything on those nodes.
    pub allocs: Vec<AllocStub>,
    /// The jobs that run on the selected nodes.
    pub jobs: BTreeMap<JobKey, JobDocument>,
    /// Their deployments under way.
    pub deployments: Vec<Deployment>,
    /// What the token may do.
    pub rights: Rights,
    /// The node of the agent that answers, where that is a client.
    pub own_node: Option<String>,
    /// Index at which the nodes were read: who registers later is a newcomer.
    pub index: u64,
    /// What checks say now of what moves, where that was asked.
    pub checks: ChecksNow,
}

/// Every node of the cluster, as one list has them.
#[derive(Debug)]
pub struct AllNodes {
    /// The nodes.
    pub nodes: Vec<NodeStub>,
    /// Index at which they were read.
    pub index: u64,
}

impl AllNodes {
    async fn read(nomad: &Http) -> Result<Self> {
        let Reply { value: nodes, meta } = nomad.list(&node::list()).await?;
        Ok(AllNodes { nodes, index: meta.index.unwrap_or(0) })
    }
}

/// Reads the state around the selected nodes, and of the jobs an earlier run was moving.
///
/// # Errors
/// Any API error; a job that was purged meanwhile is left out.
pub async fn observe(
    nomad: &Http,
    selected: &BTreeSet<String>,
    known: &BTreeSet<JobKey>,
) -> Result<Snapshot> {
    Box::pin(observe_around(nomad, None, selected, known)).await
}

/// The same, of nodes that were read just now where they were.
///
/// # Errors
/// As `observe`.
pub async fn observe_around(
    nomad: &Http,
    nodes: Option<AllNodes>,
    selected: &BTreeSet<String>,
    known: &BTreeSet<JobKey>,
) -> Result<Snapshot> {
    let ((AllNodes { nodes, index }, around), deployments, rights, own_node) = tokio::try_join!(
        async {
            let all = match nodes {
                Some(all) => all,
                None => AllNodes::read(nomad).await?,
            };
            let is_large = all.nodes.len() > LARGE;
            Ok((all, observe_allocs(nomad, selected, known, is_large).await?))
        },
        active_deployments(nomad),
        rights(nomad),
        own_node(nomad),
    )?;
    let Around { keys, read, jobs, elsewhere } = around;
    let concerned = |a: &AllocStub| selected.contains(&a.node_id) || keys.contains(&JobKey::of(a));
    let mut allocs: BTreeMap<String, AllocStub> =
        read.into_iter().filter(concerned).map(|a| (a.id.clone(), a)).collect();
    allocs.extend(elsewhere.into_iter().map(|a| (a.id.clone(), a)));
    let deployments =
        deployments.into_iter().filter(|d| keys.contains(&JobKey::new(&*d.namespace, &*d.job_id))).collect();
    Ok(Snapshot {
        nodes,
        allocs: allocs.into_values().collect(),
        jobs,
        deployments,
        rights,
        own_node,
        index,
        checks: ChecksNow::default(),
    })
}

/// What runs on some nodes, and what belongs to it.
struct Around {
    /// The jobs concerned.
    keys: BTreeSet<JobKey>,
    /// What is on the nodes, and perhaps more.
    read: Vec<AllocStub>,
    jobs: BTreeMap<JobKey, JobDocument>,
    /// Allocations of the jobs wherever they are, unless `read` has them.
    elsewhere: Vec<AllocStub>,
}

async fn observe_allocs(
    nomad: &Http,
    selected: &BTreeSet<String>,
    known: &BTreeSet<JobKey>,
    is_large: bool,
) -> Result<Around> {
    // Of so many nodes nearly every job is concerned: all allocations are read once, not those of the nodes and then those of the jobs.
    let all_at_once = selected.len() > MOST_IN_A_FILTER;
    let read = match all_at_once {
        true => nomad.list(&allocation::list().namespace(ALL_NAMESPACES)).await?.value,
        false if is_large && selected.len() <= FEW_NODES => allocs_on_each(nomad, selected).await?,
        false => allocs_on(nomad, selected).await?,
    };
    let matters =
        |a: &&AllocStub| !a.client_status.is_terminal() || (a.job_type == JobType::Service && was_moved(a));
    let there = |a: &&AllocStub| selected.contains(&a.node_id);
    let mut keys: BTreeSet<JobKey> = read.iter().filter(there).filter(matters).map(JobKey::of).collect();
    keys.extend(known.iter().cloned());
    let elsewhere = async {
        match all_at_once {
            true => Ok(Vec::new()),
            false if is_large && keys.len() <= FEW_JOBS_OF_ALL => allocs_of_each(nomad, &keys).await,
            false => allocs_of(nomad, &keys).await,
        }
    };
    let (jobs, elsewhere) = tokio::try_join!(read_jobs(nomad, &keys), elsewhere)?;
    Ok(Around { keys, read, jobs, elsewhere })
}

/// The same with what checks say now of the services on the selected nodes: `checks::read` says what is asked.
///
/// # Errors
/// Any API error of Nomad's lists; a check that cannot be read is told as that.
pub async fn observe_with_checks(
    nomad: &Http,
    consul: Option<&Http>,
    selected: &BTreeSet<String>,
    known: &BTreeSet<JobKey>,
    now: Timestamp,
) -> Result<Snapshot> {
    let snapshot = Box::pin(observe(nomad, selected, known)).await?;
    let checks = read_checks(nomad, consul, &snapshot, selected, now).await;
    Ok(Snapshot { checks, ..snapshot })
}

/// What checks say now of the services on the selected nodes.
pub async fn read_checks(
    nomad: &Http,
    consul: Option<&Http>,
    snapshot: &Snapshot,
    selected: &BTreeSet<String>,
    now: Timestamp,
) -> ChecksNow {
    let is_here = |a: &&AllocStub| selected.contains(&a.node_id) && a.job_type == JobType::Service;
    let here: BTreeSet<GroupKey> = snapshot.allocs.iter().filter(is_here).map(GroupKey::of).collect();
    let concerned = snapshot.allocs.iter().filter(|a| here.contains(&GroupKey::of(a)));
    checks::read(nomad, consul, &snapshot.jobs, concerned, (checks::MOST, now)).await
}

/// The node of the agent that is asked; none where that is a server, or does not tell.
async fn own_node(nomad: &Http) -> Result<Option<String>> {
    match nomad.read(&agent::own_node()).await {
        Ok(reply) => Ok(reply.value.node_id().map(str::to_owned)),
        Err(e) if e.is_denied() || e.is_not_found() || e.problem == Problem::Unsupported => Ok(None),
        Err(e) => Err(e.into()),
    }
}

async fn allocs_on(nomad: &Http, nodes: &BTreeSet<String>) -> Result<Vec<AllocStub>> {
    let filter = one_of("NodeID", nodes.iter().map(String::as_str));
    let call = allocation::list().namespace(ALL_NAMESPACES).filter(Some(&filter));
    let keep = |all: &mut Vec<AllocStub>, a: AllocStub| {
        if nodes.contains(&a.node_id) {
            all.push(a);
        }
    };
    Ok(nomad.fold(&call, Vec::new, keep).await?.value)
}

/// What is on each of these nodes, read node by node. A node that is gone has nothing.
async fn allocs_on_each(nomad: &Http, nodes: &BTreeSet<String>) -> Result<Vec<AllocStub>> {
    let reads = stream::iter(nodes.iter()).map(|id| async move {
        let keep = |all: &mut Vec<AllocStub>, a: AllocOnNode| all.push(a.into_row());
        match nomad.fold(&node::alloc_rows(id), Vec::new, keep).await {
            Ok(reply) => Ok(reply.value),
            Err(e) if e.is_not_found() => Ok(Vec::new()),
            Err(e) => Err(Error::from(e)),
        }
    });
    reads.buffered(READS_AT_ONCE).try_concat().await
}

/// The allocations of these jobs, and of earlier ones of the same names, read job by job. What the token may not see is left out, as
/// from the list of all.
async fn allocs_of_each(nomad: &Http, jobs: &BTreeSet<JobKey>) -> Result<Vec<AllocStub>> {
    let reads = stream::iter(jobs.iter()).map(|job| async move {
        let call = allocation::of_job(&job.namespace, &job.id).query("all", "true");
        let keep = |all: &mut Vec<AllocStub>, a: AllocStub| {
            all.push(AllocStub { task_states: BTreeMap::new(), ..a });
        };
        match nomad.fold(&call, Vec::new, keep).await {
            Ok(reply) => Ok(reply.value),
            Err(e) if e.is_not_found() || e.is_denied() => Ok(Vec::new()),
            Err(e) => Err(Error::from(e)),
        }
    });
    reads.buffered(READS_AT_ONCE).try_concat().await
}

/// Whether an allocation was told to go elsewhere.
#[must_use]
pub fn was_moved(alloc: &AllocStub) -> bool {
    alloc.desired_transition.migrate == Some(true)
}

/// The allocations of these jobs, wherever they are.
///
/// # Errors
/// Any API error.
pub async fn allocs_of(nomad: &Http, jobs: &BTreeSet<JobKey>) -> Result<Vec<AllocStub>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let keep = |all: &mut Vec<AllocStub>, a: AllocStub| {
        if jobs.contains(&JobKey::of(&a)) {
            all.push(a);
        }
    };
    Ok(nomad.fold(&allocs_of_call(jobs), Vec::new, keep).await?.value)
}

/// The call that lists the allocations of these jobs, and perhaps more: of jobs of the same name elsewhere.
#[must_use]
pub fn allocs_of_call(jobs: &BTreeSet<JobKey>) -> crate::api::http::Get<Vec<AllocStub>> {
    let names: BTreeSet<&str> = jobs.iter().map(|job| job.id.as_str()).collect();
    let filter = one_of_few("JobID", names);
    allocation::list().namespace(ALL_NAMESPACES).filter(filter.as_deref())
}

/// Deployments under way, of all jobs.
///
/// # Errors
/// Any API error.
pub async fn active_deployments(nomad: &Http) -> Result<Vec<Deployment>> {
    let call = deployment::list().namespace(ALL_NAMESPACES);
    let keep = |all: &mut Vec<Deployment>, d: Deployment| {
        if d.status.is_active() {
            all.push(d);
        }
    };
    Ok(nomad.fold(&call, Vec::new, keep).await?.value)
}

/// Ids of the evaluations of these jobs that wait for room.
///
/// # Errors
/// Any API error.
pub async fn blocked_evaluations(nomad: &Http, jobs: &BTreeSet<JobKey>) -> Result<BTreeMap<String, JobKey>> {
    let call = evaluation::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"blocked\""));
    let found = nomad.list(&call).await?.value;
    let keyed = found.into_iter().map(|e| (e.id, JobKey::new(e.namespace, e.job_id)));
    Ok(keyed.filter(|(_, job)| jobs.contains(job)).collect())
}

/// Reads these jobs side by side.
///
/// # Errors
/// Any API error but "not found": a job may be purged meanwhile.
pub async fn read_jobs(nomad: &Http, keys: &BTreeSet<JobKey>) -> Result<BTreeMap<JobKey, JobDocument>> {
    let reads = stream::iter(keys.iter().cloned()).map(|key| async move {
        let spec = match nomad.read(&job::get_spec(&key.namespace, &key.id)).await {
            Ok(reply) => reply.value,
            Err(e) if e.is_not_found() => return Ok(None),
            Err(e) => return Err(Error::from(e)),
        };
        let job = serde_json::from_value(spec.clone())
            .map_err(|e| Error::failed(format!("job {key} makes no sense")).because(e.to_string()))?;
        Ok(Some((key, JobDocument { job, spec })))
    });
    let documents: Vec<Option<(JobKey, JobDocument)>> =
        reads.buffer_unordered(READS_AT_ONCE).try_collect().await?;
    Ok(documents.into_iter().flatten().collect())
}

/// Jobs that were read once more.
#[derive(Debug, Default)]
pub struct JobsAgain {
    /// Those that are not as they were known, or were not known, as they are now.
    pub changed: BTreeMap<JobKey, JobDocument>,
    /// Those that are as they were known.
    pub unchanged: BTreeSet<JobKey>,
}

/// Reads these jobs as [`read_jobs`] does; of more than a few one list says first which have changed since they were read.
///
/// # Errors
/// As [`read_jobs`].
pub async fn read_jobs_again(
    nomad: &Http,
    keys: &BTreeSet<JobKey>,
    known: &BTreeMap<JobKey, JobDocument>,
) -> Result<JobsAgain> {
    let mut unchanged = BTreeSet::new();
    if keys.iter().filter(|key| known.contains_key(key)).count() > FEW_JOBS {
        let names: BTreeSet<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        let filter = one_of_few("ID", names);
        let is_as_known = |job: &JobStub| {
            let document = known.get(&JobKey::new(&*job.namespace, &*job.id));
            document.is_some_and(|d| d.spec["ModifyIndex"].as_u64() == Some(job.modify_index))
        };
        let keep = |all: &mut BTreeSet<JobKey>, job: JobStub| {
            if is_as_known(&job) {
                all.insert(JobKey::new(job.namespace, job.id));
            }
        };
        let list = job::list().namespace(ALL_NAMESPACES).filter(filter.as_deref());
        unchanged = match nomad.fold(&list, BTreeSet::new, keep).await {
            Ok(reply) => reply.value.into_iter().filter(|key| keys.contains(key)).collect(),
            // Whoever may not list jobs may read them all the same.
            Err(e) if e.is_denied() => unchanged,
            Err(e) => return Err(e.into()),
        };
    }
    let changed = read_jobs(nomad, &keys.difference(&unchanged).cloned().collect()).await?;
    Ok(JobsAgain { changed, unchanged })
}

/// What the token may do, as far as it can see that itself.
///
/// # Errors
/// When the cluster cannot be asked.
pub async fn rights(nomad: &Http) -> Result<Rights> {
    let token = match nomad.read(&acl::token_self()).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_acl_disabled() => return Ok(Rights::unlimited()),
        // A workload identity has no token to read; other calls will tell what it may not do.
        Err(e) if e.is_not_found() => return Ok(Rights::unknown()),
        Err(e) => return Err(e.into()),
    };
    if token.accessor_id == "acls-disabled" {
        return Ok(Rights::unlimited());
    }
    let policies = stream::iter(token.policies.iter()).map(|name| async move {
        match nomad.read(&acl::policy(name)).await {
            Ok(reply) => Ok(Some(reply.value)),
            Err(e) if e.is_denied() || e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        }
    });
    let policies: Vec<_> = policies.buffered(READS_AT_ONCE).try_collect::<Vec<_>>().await?;
    Ok(Rights::of(&token, &policies.into_iter().flatten().collect::<Vec<_>>()))
}
