//! `/v1/jobs/statuses`: jobs with their allocations and latest deployments (`nomad-api.md §3.1`).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::sandbox::http::call::Call;
use crate::sandbox::http::paging::{Token, page};
use crate::sandbox::http::reply::{HandlerResult, Reply, json};
use crate::sandbox::http::request::{Input, Options};
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::state::State;
use crate::sandbox::state::alloc::Alloc;
use crate::sandbox::state::deployment::Deployment;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::state::job::{Job, JobKey, JobStatus};
use crate::sandbox::wire::job::Status;
use crate::sandbox::world::requests::Refusal;

static NAMED: Shape =
    Shape { go: "api.NamespacedID", fields: &[("Namespace", FieldKind::Text), ("ID", FieldKind::Text)] };
static STATUSES: Shape = Shape {
    go: "api.JobStatusesRequest",
    fields: &[("Jobs", FieldKind::Many(&NAMED)), ("IncludeChildren", FieldKind::Flag)],
};

/// What is shown of a job, held while it is written.
struct Shown {
    job: Arc<Job>,
    allocs: Vec<Arc<Alloc>>,
    children: Option<Vec<JobStatus>>,
    deployment: Option<Arc<Deployment>>,
}

impl Shown {
    /// A job with all that is shown of it, and the highest index among them.
    fn of(state: &State, job: &Arc<Job>) -> (Self, u64) {
        let key = job.key();
        let mut shown = Shown { job: Arc::clone(job), allocs: Vec::new(), children: None, deployment: None };
        let mut index = job.modify_index;
        if job.spec.is_parent() {
            let is_child = |other: &&Arc<Job>| {
                other.key().namespace == key.namespace && *other.spec.typed.parent_id == *key.id
            };
            let children: Vec<_> = state.jobs().filter(is_child).collect();
            index = children.iter().map(|child| child.modify_index).fold(index, u64::max);
            shown.children = Some(children.iter().map(|child| child.status).collect());
            return (shown, index);
        }
        shown.allocs = state.allocs().of_job(key).cloned().collect();
        shown.deployment = state.latest_deployment(key).cloned();
        index = shown.allocs.iter().map(|a| a.modify_index).fold(index, u64::max);
        index = index.max(shown.deployment.as_ref().map_or(0, |d| d.modify_index));
        (shown, index)
    }
}

/// The jobs a request names.
fn named(input: &Input) -> Result<Vec<JobKey>, Refusal> {
    let jobs = input.get("Jobs").as_array().map_or(&[][..], Vec::as_slice);
    if jobs.is_empty() {
        return Err(Refusal::new(400, "no jobs in request"));
    }
    let key = |job: &Value| {
        let job = Input(job.clone());
        let namespace = job.text("Namespace");
        JobKey::new(if namespace.is_empty() { "default" } else { namespace }, job.text("ID"))
    };
    Ok(jobs.iter().map(key).collect())
}

fn bad(words: String) -> Refusal {
    Refusal::new(400, words)
}

/// A request for a page of jobs, or for those that were named.
struct StatusesRequest {
    options: Options,
    namespace: String,
    children: bool,
    jobs: Option<BTreeSet<JobKey>>,
}

fn wish(call: &Call<'_>) -> Result<StatusesRequest, Refusal> {
    let mut options = call.options()?;
    if !(call.request.is_get() || call.request.method == "POST") {
        call.only("GET")?;
    }
    let children = call.request.query.flag("include_children").map_err(|r| bad(r.text))?;
    let mut wish = StatusesRequest {
        namespace: options.namespace.clone(),
        children: children.unwrap_or(false),
        jobs: None,
        options: Options::default(),
    };
    if !call.request.body.is_empty() {
        let input = call
            .request
            .shaped(&STATUSES)
            .map_err(|words| bad(format!("error decoding request: {words}")))?;
        let jobs: BTreeSet<JobKey> = named(&input)?.into_iter().collect();
        if wish.namespace == "default" {
            "*".clone_into(&mut wish.namespace);
        }
        let namespaces: BTreeSet<_> = jobs.iter().map(|key| Arc::clone(&key.namespace)).collect();
        if let (1, Some(only)) = (namespaces.len(), namespaces.first()) {
            only.to_string().clone_into(&mut wish.namespace);
        }
        wish.children |= input.flag("IncludeChildren");
        options.per_page = i32::try_from(jobs.len()).unwrap_or(i32::MAX);
        wish.jobs = Some(jobs);
    }
    options.reverse = !options.reverse;
    wish.options = options;
    Ok(wish)
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    let StatusesRequest { options, namespace, children, jobs } = wish(call)?;
    let rights = call.may(&namespace, &["read-job"])?;
    let state = call.state();
    let mut by_change: Vec<&Arc<Job>> = state.jobs().collect();
    by_change.sort_by_key(|job| (job.modify_index, job.key().clone()));
    if options.reverse {
        by_change.reverse();
    }
    let chosen = |job: &Job| {
        let key = job.key();
        (namespace == "*" || *key.namespace == *namespace)
            && rights.in_namespace(&key.namespace, &["read-job"])
            && (children || job.spec.typed.parent_id.is_empty())
            && jobs.as_ref().is_none_or(|jobs| jobs.contains(key))
    };
    // A filter that fails is an error of the server's own here (500), not of the request.
    let failed = |r: Refusal| Refusal::failed(r.text);
    let page = page(by_change.into_iter(), &options, Token::Modification, chosen).map_err(failed)?;
    let (shown, indexes): (Vec<Shown>, Vec<u64>) = page.rows.iter().map(|job| Shown::of(state, job)).unzip();
    let index = indexes.into_iter().max().unwrap_or(0);
    let watch =
        vec![Scope::Table(Table::Jobs), Scope::Table(Table::Allocs), Scope::Table(Table::Deployments)];
    let write = |shown: &Shown, out: &mut Vec<u8>| {
        let allocs = shown.allocs.iter().map(|a| &**a);
        let row = Status::of(&shown.job, allocs, shown.children.clone(), shown.deployment.as_deref());
        out.extend(json(&row));
    };
    Ok(Reply::rows(shown, write).followed_by(page.next).read(index, watch))
}
