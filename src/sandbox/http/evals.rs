//! `/v1/evaluations` and `/v1/evaluation/…` (`nomad-api.md §4`).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;

use crate::sandbox::filter::Filter;
use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::allocs::{self, watch};
use crate::sandbox::http::call::Call;
use crate::sandbox::http::ids;
use crate::sandbox::http::paging::shelf_page;
use crate::sandbox::http::reply::{HandlerResult, Reply, json as to_json};
use crate::sandbox::http::shape::{FieldKind, Shape};
use crate::sandbox::id::Id;
use crate::sandbox::state::State;
use crate::sandbox::state::eval::Eval;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::wire::alloc::Parts;
use crate::sandbox::wire::eval::{Evaluation, Related};
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::world::requests::Refusal;

/// What is put before the words on a bad id of an evaluation.
const LOOKUP: &str = "eval lookup failed: ";
/// How many evaluations may be deleted at once.
const MAX_IDS: usize = 7281;

static DELETION: Shape = Shape {
    go: "structs.EvalDeleteRequest",
    fields: &[("EvalIDs", FieldKind::Texts), ("Filter", FieldKind::Text)],
};

/// Evaluations as a list.
pub(super) fn rows(evals: Vec<Arc<Eval>>) -> Reply {
    Reply::rows(evals, |eval: &Arc<Eval>, out| out.extend(to_json(&OmitEmpty(Evaluation::of(eval)))))
}

pub(super) fn list(call: &mut Call<'_>) -> HandlerResult {
    if call.request.method == "DELETE" {
        return remove(call);
    }
    call.only("GET")?;
    let options = call.options()?;
    let query = &call.request.query;
    let (status, job) = (query.get("status"), query.get("job"));
    let rights = call.may(&options.namespace, &["read-job"])?;
    if !options.filter.is_empty() && (!status.is_empty() || !job.is_empty()) {
        return Err(Refusal::new(400, "Filter expression cannot be used with other filter parameters"));
    }
    let state = call.state();
    let meant = |e: &Eval| {
        (status.is_empty() || e.status.to_string() == status) && (job.is_empty() || *e.job.id == *job)
    };
    let page = shelf_page(state.evals(), &options, &rights, LOOKUP, meant)?;
    let index = state.indexes.table(Table::Evals);
    Ok(rows(page.rows).followed_by(page.next).read(index, watch(Table::Evals, &options.namespace)))
}

fn reads(rights: &Rights, eval: &Eval) -> bool {
    rights.in_namespace(&eval.job.namespace, &["read-job"])
}

pub(super) fn one(call: &mut Call<'_>) -> HandlerResult {
    match call.rest.strip_suffix("/allocations") {
        Some(id) => allocations(call, id),
        None => query(call, call.rest),
    }
}

fn query(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    let id = ids::full(id, "failed to lookup eval: eval lookup failed: ")?;
    let state = call.state();
    let Some(eval) = id.and_then(|id| state.eval(id)) else {
        let watch = vec![Scope::Table(Table::Evals)];
        return Ok(Reply::text(404, "eval not found").read(state.indexes.table(Table::Evals), watch));
    };
    if !reads(&rights, eval) {
        return Err(denied());
    }
    let mut shown = Evaluation::of(eval);
    let related = related(state, eval);
    if call.request.query.get("related") == "true" {
        shown.related_evals = related.iter().map(|e| Related::of(e)).collect();
    }
    Ok(Reply::value(&OmitEmpty(shown)).read(eval.modify_index, vec![Scope::Row(Table::Evals, eval.id)]))
}

/// Everything an evaluation leads to or comes from, however far.
fn related(state: &State, eval: &Eval) -> Vec<Arc<Eval>> {
    let neighbours = |e: &Eval| [e.next, e.previous, e.blocked].into_iter().flatten();
    let mut seen = BTreeSet::from([eval.id]);
    let mut open: Vec<Id> = neighbours(eval).collect();
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Some(other) = state.eval(id) {
            open.extend(neighbours(other));
            found.push(Arc::clone(other));
        }
    }
    found
}

fn allocations(call: &Call<'_>, id: &str) -> HandlerResult {
    call.only("GET")?;
    let options = call.options()?;
    let rights = call.may(&options.namespace, &["read-job"])?;
    let id = ids::full(id, "")?;
    let state = call.state();
    let all: Vec<_> = match id.and_then(|id| state.eval(id)) {
        Some(eval) => state.allocs().of_job(&eval.job).filter(|a| a.eval_id == eval.id).cloned().collect(),
        None => state.allocs().by_id().filter(|a| Some(a.eval_id) == id).cloned().collect(),
    };
    if all.iter().any(|a| !rights.in_namespace(&a.job_key().namespace, &["read-job"])) {
        return Err(denied());
    }
    let watch = id.map_or(Scope::Table(Table::Allocs), |id| Scope::Owner(Table::Allocs, id));
    Ok(allocs::rows(all, Parts::default()).read(state.indexes.table(Table::Allocs), vec![watch]))
}

fn remove(call: &mut Call<'_>) -> HandlerResult {
    let input = call.request.json(&DELETION)?;
    let (given, filter) = (input.texts("EvalIDs"), input.text("Filter"));
    let bad = |words: &str| Err(Refusal::new(400, words));
    match (given.is_empty(), filter.is_empty()) {
        (false, false) => return bad("evals cannot be deleted by both ID and filter"),
        (true, true) => return bad("evals must be deleted by either ID or filter"),
        _ if given.len() > MAX_IDS => {
            return bad(&format!(
                "request includes {} evaluation IDs, must be {MAX_IDS} or fewer",
                given.len()
            ));
        }
        _ => {}
    }
    call.manages()?;
    if !call.state().catalog.scheduler.pause_eval_broker {
        let words = "eval broker is enabled; eval broker must be paused to delete evals";
        return Err(Refusal::failed(words));
    }
    let ids = if filter.is_empty() {
        let mut ids = Vec::new();
        for text in &given {
            let missing = || Refusal::failed(format!("eval {text} not found"));
            ids.push(ids::full(text, LOOKUP)?.ok_or_else(missing)?);
        }
        ids
    } else {
        let filter = Filter::parse(filter).map_err(|words| Refusal::new(400, words))?;
        let passes = |e: &&Arc<Eval>| filter.passes(&***e).unwrap_or(false);
        call.state().evals().by_id().filter(passes).map(|e| e.id).collect()
    };
    let (count, index) = call.world.remove_evals(&ids)?;
    Ok(Reply::value(&json!({"Count": count, "Index": index})).written(index))
}
