//! `/v1/jobs` and the reads of `/v1/job/…` (`nomad-api.md §3.1`).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sandbox::go;
use crate::sandbox::http::access::Rights;
use crate::sandbox::http::allocs::{self, service_rows, watch};
use crate::sandbox::http::call::Call;
use crate::sandbox::http::paging::{Page, Token, directed, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::http::{client, deployments, evals, job_writes};
use crate::sandbox::state::State;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::{Job, JobKey};
use crate::sandbox::state::summary::Summary;
use crate::sandbox::wire::alloc::Parts;
use crate::sandbox::wire::deployment::Deployment as ShownDeployment;
use crate::sandbox::wire::job::{GroupScale, Scale, Stub, Versions};
use crate::sandbox::world::requests::{Refusal, difference};

/// Whether the list is to show metadata.
pub(super) fn with_meta(call: &Call<'_>) -> Result<bool, Refusal> {
    call.request.query.flag("meta").map(|flag| flag.unwrap_or(false))
}

/// A page of jobs as a list.
pub(super) fn job_rows(state: &State, page: Page<Job>, meta: bool) -> Reply {
    let with_summary = |job: Arc<Job>| {
        let summary = state.summary(job.key()).cloned();
        (job, summary)
    };
    let rows: Vec<(Arc<Job>, Option<Arc<Summary>>)> = page.rows.into_iter().map(with_summary).collect();
    let write = move |(job, summary): &(Arc<Job>, Option<Arc<Summary>>), out: &mut Vec<u8>| {
        out.extend(json(&Stub::of(job, summary.as_deref(), meta)));
    };
    Reply::rows(rows, write).followed_by(page.next)
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    if call.request.is_put() {
        return job_writes::register(call, "");
    }
    call.only("GET")?;
    let options = call.options()?;
    let meta = with_meta(call)?;
    let rights = call.may(&options.namespace, &["list-jobs"])?;
    let state = call.state();
    let here = |job: &&Arc<Job>| {
        (options.namespace == "*" || *job.key().namespace == *options.namespace)
            && job.key().id.starts_with(&options.prefix)
    };
    let readable = |job: &Job| rights.in_namespace(&job.key().namespace, &["list-jobs"]);
    let rows = directed(state.jobs().filter(here), &options);
    let page = page(rows, &options, Token::NamespaceAndId, readable)?;
    let index = state.indexes.table(Table::Jobs).max(state.indexes.table(Table::JobSummaries));
    let mut watches = watch(Table::Jobs, &options.namespace);
    watches.push(Scope::Table(Table::JobSummaries));
    Ok(job_rows(state, page, meta).read(index, watches))
}

type SubRoute = fn(&mut Call<'_>, &str) -> HandlerResult;

/// What may follow the id of a job, in the order the agent looks for it.
const SUB_ROUTES: [(&str, SubRoute); 19] = [
    ("/evaluate", job_writes::evaluate),
    ("/allocations", allocations),
    ("/evaluations", evaluations),
    ("/periodic/force", job_writes::force_periodic),
    ("/plan", job_writes::plan),
    ("/summary", summary),
    ("/dispatch", job_writes::dispatch),
    ("/dispatch/payload", job_writes::dispatch_payload),
    ("/versions", versions),
    ("/revert", job_writes::revert),
    ("/deployments", deployments),
    ("/deployment", latest_deployment),
    ("/stable", job_writes::stable),
    ("/scale", scale),
    ("/services", services),
    ("/submission", submission),
    ("/actions", actions),
    ("/action", |call, _| Err(client::no_socket(call))),
    ("/tag", tag),
];

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    let path = call.rest;
    for (suffix, handler) in SUB_ROUTES {
        if let Some(id) = path.strip_suffix(suffix) {
            return handler(call, id);
        }
    }
    match call.request.method.as_str() {
        "PUT" | "POST" => job_writes::register(call, path),
        "DELETE" => job_writes::deregister(call, path),
        _ => query(call, path),
    }
}

/// A job in the namespace of a read, and the rights to it.
fn read(call: &Call<'_>, id: &str) -> Result<(JobKey, Rights), Refusal> {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    Ok((JobKey::new(&options.namespace, id), rights))
}

fn of_job(table: Table, key: &JobKey) -> Vec<Scope> {
    vec![Scope::Job(table, key.clone())]
}

fn query(call: &Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    let state = call.state();
    let watch = of_job(Table::Jobs, &key);
    Ok(match state.job(&key) {
        Some(job) => Reply::value(&**job).read(job.modify_index, watch),
        None => Reply::text(404, "job not found").read(state.indexes.table(Table::Jobs), watch),
    })
}

fn all(call: &Call<'_>) -> bool {
    go::boolean(call.request.query.get("all")).unwrap_or(false)
}

fn allocations(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    if id.is_empty() {
        return Err(Refusal::failed("missing job ID"));
    }
    let state = call.state();
    let found = if all(call) {
        state.allocs().of_job(&key).cloned().collect()
    } else {
        state.allocs_of(&key).cloned().collect()
    };
    let index = state.indexes.table(Table::Allocs);
    Ok(allocs::rows(found, Parts::default()).read(index, of_job(Table::Allocs, &key)))
}

fn evaluations(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    let state = call.state();
    let found = state.evals().of_job(&key).cloned().collect();
    Ok(evals::rows(found).read(state.indexes.table(Table::Evals), of_job(Table::Evals, &key)))
}

fn deployments(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    let state = call.state();
    let created = state.job(&key).map(|job| job.create_index).filter(|_| !all(call));
    let present = |index: u64| created.is_none_or(|created| created == index);
    let found = state.deployments().of_job(&key).filter(|d| present(d.job_create_index)).cloned().collect();
    let index = state.indexes.table(Table::Deployments);
    Ok(deployments::rows(found).read(index, of_job(Table::Deployments, &key)))
}

fn latest_deployment(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    let state = call.state();
    let created = state.job(&key).map(|job| job.create_index);
    let present = |index: u64| created.is_none_or(|created| created == index);
    let mine = state.deployments().of_job(&key).filter(|d| present(d.job_create_index));
    let latest = mine.max_by_key(|d| d.create_index);
    let reply = Reply::value(&latest.map(|d| ShownDeployment::of(d)));
    Ok(reply.read(state.indexes.table(Table::Deployments), of_job(Table::Deployments, &key)))
}

fn summary(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let options = call.options()?;
    call.may(&options.namespace, &["read-job"])?;
    let key = JobKey::new(&options.namespace, id);
    let state = call.state();
    let watch = of_job(Table::JobSummaries, &key);
    Ok(match state.summary(&key) {
        Some(summary) => Reply::value(&**summary).read(summary.modify_index, watch),
        None => {
            let index = state.indexes.table(Table::JobSummaries);
            Reply::text(404, "job not found").read(index, watch)
        }
    })
}

fn versions(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let query = &call.request.query;
    let diffs = query.flag("diffs")?.unwrap_or(false);
    let wanted = match query.get("diff_version") {
        "" => None,
        text => Some(go::unsigned(text).map_err(|flaw| {
            Refusal::failed(format!("Failed to parse value of \"diff_version\" ({text}) as a uint64: {flaw}"))
        })?),
    };
    let options = call.options()?;
    call.may(&options.namespace, &["read-job"])?;
    let key = JobKey::new(&options.namespace, id);
    let state = call.state();
    let all = state.versions(&key);
    let watch = of_job(Table::JobVersions, &key);
    let Some(index) = all.iter().map(|job| job.modify_index).max() else {
        let index = state.indexes.table(Table::JobVersions);
        return Ok(Reply::text(404, "job versions not found").read(index, watch));
    };
    let name = query.get("diff_tag");
    let base = if !diffs {
        None
    } else if !name.is_empty() {
        let found = all.iter().find(|job| job.tag.as_ref().is_some_and(|tag| tag.name == name));
        Some(found.ok_or_else(|| Refusal::failed(format!("tag {name:?} not found")))?)
    } else if let Some(wanted) = wanted {
        let found = all.iter().find(|job| job.version == wanted);
        Some(found.ok_or_else(|| Refusal::failed(format!("version {wanted} not found")))?)
    } else {
        None
    };
    let diffs = diffs.then(|| match base {
        Some(base) => all.iter().map(|job| difference(Some(base), job)).collect(),
        None => all.windows(2).map(|pair| difference(Some(&pair[1]), &pair[0])).collect::<Vec<_>>(),
    });
    let reply = Versions {
        diffs: diffs.filter(|diffs| !diffs.is_empty()),
        index,
        known_leader: true,
        last_contact: 0,
        next_token: "",
        versions: all.iter().map(|job| &**job).collect(),
    };
    Ok(Reply::value(&reply).read(index, watch))
}

fn scale(call: &mut Call<'_>, id: &str) -> HandlerResult {
    if call.request.is_put() {
        return job_writes::scale(call, id);
    }
    call.only("GET")?;
    let options = call.options()?;
    call.may(&options.namespace, &["read-job", "read-job-scaling"])?;
    let key = JobKey::new(&options.namespace, id);
    let state = call.state();
    let mut watch = of_job(Table::Jobs, &key);
    watch.extend([Scope::Job(Table::Allocs, key.clone()), Scope::Job(Table::ScalingEvents, key.clone())]);
    let Some(job) = state.job(&key) else {
        return Ok(Reply::text(404, "job not found").read(state.indexes.latest(), watch));
    };
    let events = state.catalog.scalings(&key);
    let mut groups: BTreeMap<&str, GroupScale<'_>> = BTreeMap::new();
    for group in &job.spec.typed.task_groups {
        let events = events.and_then(|e| e.get(&group.name)).map(Vec::as_slice);
        groups.insert(&group.name, GroupScale { desired: group.count(), events, ..GroupScale::default() });
    }
    let mut index = job.modify_index;
    index = events.into_iter().flatten().flat_map(|(_, e)| e).map(|e| e.create_index).fold(index, u64::max);
    for alloc in state.allocs_of(&key).filter(|a| !a.is_canary() && !a.terminal()) {
        let Some(group) = groups.get_mut(&*alloc.group) else { continue };
        group.placed += 1;
        group.running += u64::from(alloc.client == crate::api::nomad::allocation::ClientStatus::Running);
        group.healthy += u64::from(alloc.healthy() == Some(true));
        group.unhealthy += u64::from(alloc.healthy() == Some(false));
        index = index.max(alloc.modify_index);
    }
    let reply = Scale {
        job_create_index: job.create_index,
        job_id: &key.id,
        job_modify_index: job.modify_index,
        job_stopped: job.stop,
        namespace: &key.namespace,
        task_groups: groups,
    };
    Ok(Reply::value(&reply).read(index, watch))
}

fn services(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    let state = call.state();
    let watch = watch(Table::Services, &key.namespace);
    if state.job(&key).is_none() {
        return Ok(Reply::text(404, "job not found").read(0, watch));
    }
    let mine =
        |s: &crate::sandbox::state::catalog::Service| s.namespace == *key.namespace && s.job_id == *key.id;
    let found = state.catalog.services.values().filter(|s| mine(s)).cloned().collect();
    Ok(service_rows(found).read(state.indexes.table(Table::Services), watch))
}

fn submission(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let version = call.request.query.get("version").parse();
    let version: u64 =
        version.map_err(|_| Refusal::new(400, "Unable to parse job submission version parameter"))?;
    let (key, _) = read(call, id)?;
    let watch = of_job(Table::JobVersions, &key);
    Ok(match call.state().catalog.submission(&key, version) {
        Some(submission) => Reply::value(submission).read(submission.job_modify_index, watch),
        None => Reply::text(404, "job source not found").read(0, watch),
    })
}

fn actions(call: &mut Call<'_>, id: &str) -> HandlerResult {
    let (key, _) = read(call, id)?;
    if id.is_empty() {
        return Err(Refusal::failed("JobID required for actions"));
    }
    let Some(job) = call.state().job(&key) else {
        return Err(Refusal::failed(format!("Unknown job {id:?}")));
    };
    let list =
        |value: &'_ serde_json::Value, field: &str| value[field].as_array().cloned().unwrap_or_default();
    let mut actions = Vec::new();
    for group in list(job.whole(), "TaskGroups") {
        for task in list(&group, "Tasks") {
            for mut action in list(&task, "Actions") {
                action["TaskName"] = task["Name"].clone();
                action["TaskGroupName"] = group["Name"].clone();
                actions.push(action);
            }
        }
    }
    let mut reply = Reply::value(&actions);
    (reply.index, reply.leader) = (Some(0), Some(false));
    Ok(reply)
}

/// `/v1/job/:id/versions/:name/tag`.
fn tag(call: &mut Call<'_>, _: &str) -> HandlerResult {
    let parts: Vec<&str> = call.rest.split('/').collect();
    let [id, _, name, _] = parts[..] else {
        return Err(Refusal::new(404, "invalid job tag endpoint"));
    };
    job_writes::tag(call, id, name)
}
