//! What a node is explained from: itself, what it held, and where it drains the jobs of that.

use std::collections::BTreeMap;

use crate::api::http::Patience;
use crate::api::nomad::allocation::{self, AllocStub, Allocation};
use crate::api::nomad::evaluation;
use crate::api::nomad::node::{self, Node, NodeStatus};
use crate::api::nomad::{ALL_NAMESPACES, MOST_IN_A_FILTER, quoted};
use crate::error::Result;
use crate::model::ids::JobKey;
use crate::model::why::drain::{self, DrainBlocker};
use crate::model::why::{Explanation, node as reasons};
use crate::model::words::count;
use crate::ops::sight;
use crate::ops::sign_of_life::{self, Unheard, WITHIN};
use crate::ops::why::{WhyContext, reason};

/// Explains a node.
pub(super) async fn explain(asked: WhyContext<'_>, id: &str) -> Result<Explanation> {
    let (own, placed) = (node::get(id), node::allocations_raw(id));
    let (own, placed) = tokio::join!(asked.nomad.read(&own), asked.nomad.list(&placed));
    let node = own?.value;
    let (rows, unseen) = match placed {
        Ok(rows) => (rows.value, None),
        Err(e) => (Vec::new(), Some(format!("what it held: {}", reason(&e)))),
    };
    let mut jobs = BTreeMap::new();
    let mut held: Vec<AllocStub> = Vec::new();
    for row in rows {
        let full: Option<Allocation> = serde_json::from_value(row.clone()).ok();
        let Ok(mut alloc) = serde_json::from_value::<AllocStub>(row) else { continue };
        if let Some(job) = full.and_then(|f| f.job) {
            (alloc.job_version, alloc.job_type) = (job.version, job.job_type);
            jobs.insert(JobKey::of(&alloc), job);
        }
        held.push(alloc);
    }
    let mut looked_at =
        vec!["the node".to_owned(), format!("{} placed on it", count(held.len(), "allocation"))];
    let mut not_known: Vec<String> = unseen.into_iter().collect();
    if held.is_empty()
        && not_known.is_empty()
        && let Some(why) = sight::hidden(asked.nomad, &["read-job"]).await
    {
        not_known.push(format!("whether it holds something: {why}"));
    }
    let ask = sign_of_life(asked, &node);
    let hold = holding(asked, &node, &held, &jobs, (&mut looked_at, &mut not_known));
    let (heard, holding) = tokio::join!(ask, hold);
    if heard.is_some() {
        looked_at.push("a sign of life of its agent".to_owned());
    }
    let unheard = heard.and_then(Result::err);
    let silent = match &unheard {
        Some(Unheard::Silent(why)) => Some(why.as_str()),
        _ => None,
    };
    let mut explanation = reasons::explain(&node, (&held, &holding), silent, asked.now);
    if let Some(Unheard::Refused(why)) = unheard {
        reasons::doubt(&mut explanation, &why);
    }
    explanation.looked_at = looked_at;
    explanation.not_known.extend(not_known);
    Ok(explanation)
}

/// What the agent of a node answers, where the servers have that for ready; none where they know that it is away.
async fn sign_of_life(asked: WhyContext<'_>, node: &Node) -> Option<std::result::Result<(), Unheard>> {
    if node.status != NodeStatus::Ready {
        return None;
    }
    let nomad = asked.nomad.with_patience(Patience(WITHIN)).taking_no_path();
    Some(sign_of_life::ask(&nomad, &node.id).await.map(drop))
}

/// What keeps the drain of a node from ending.
async fn holding(
    asked: WhyContext<'_>,
    node: &Node,
    held: &[AllocStub],
    jobs: &BTreeMap<JobKey, crate::api::nomad::job::Job>,
    (looked_at, not_known): (&mut Vec<String>, &mut Vec<String>),
) -> Vec<DrainBlocker> {
    let Some(strategy) = &node.drain_strategy else { return Vec::new() };
    let left: std::collections::BTreeSet<&str> =
        held.iter().filter(|a| !a.client_status.is_terminal()).map(|a| a.job_id.as_str()).collect();
    if left.is_empty() {
        return Vec::new();
    }
    let named: Vec<String> = left.iter().map(|id| format!("JobID == {}", quoted(id))).collect();
    let filter = (named.len() <= MOST_IN_A_FILTER).then(|| named.join(" or "));
    let all = allocation::list().namespace(ALL_NAMESPACES).filter(filter.as_deref());
    let blocked = evaluation::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"blocked\""));
    let (all, blocked) = tokio::join!(asked.nomad.list(&all), asked.nomad.list(&blocked));
    let mut take = |e: crate::api::Error| not_known.push(format!("what holds the drain: {}", reason(&e)));
    let of_jobs = all.map_err(&mut take).map(|r| r.value).unwrap_or_default();
    let blocked = blocked.map_err(&mut take).map(|r| r.value).unwrap_or_default();
    looked_at
        .push(format!("the allocations of {}, and evaluations that wait for room", count(left.len(), "job")));
    drain::holding(&drain::Facts {
        strategy,
        here: held,
        of_jobs: &of_jobs,
        jobs,
        blocked: &blocked,
        now: asked.now,
    })
}
