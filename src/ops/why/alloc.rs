//! What an allocation is explained from: itself, its neighbours, its checks and its log.

use crate::api::nomad::allocation::{self, AllocStub, Allocation, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::api::nomad::job;
use crate::api::nomad::node::{self, NodeStatus};
use crate::error::{Error, Result};
use crate::model::node_health;
use crate::model::redaction::Secrets;
use crate::model::why::{Explanation, alloc as reasons};
use crate::ops::why::{WhyContext, log_end, unseen_end};

/// Explains an allocation.
pub(super) async fn explain(asked: WhyContext<'_>, id: &str) -> Result<Explanation> {
    let raw = asked.nomad.read(&allocation::get_raw(id)).await?.value;
    let unreadable = |e: serde_json::Error| {
        Error::failed(format!("could not read allocation {id}")).because(e.to_string())
    };
    let secrets = Secrets::default().and_document(&raw["Job"]);
    let mut full: Allocation = serde_json::from_value(raw.clone()).map_err(unreadable)?;
    mark_stopped(asked, &mut full).await;
    let mut alloc: AllocStub = serde_json::from_value(raw).map_err(unreadable)?;
    if let Some(job) = &full.job {
        alloc.job_version = job.version;
        alloc.job_type = job.job_type;
    }
    let sources = asked.sources();
    let health = async {
        let job = full.job.as_ref().filter(|_| alloc.client_status == ClientStatus::Running)?;
        sources.of_job(job, std::slice::from_ref(&alloc), asked.now).await.remove(&alloc.id)
    };
    let ran = alloc.task_states.values().any(|t| t.started_at.is_some())
        && !matches!(alloc.client_status, ClientStatus::Lost | ClientStatus::Unknown);
    let log = async { if ran { log_end(asked, &alloc).await } else { Ok(Vec::new()) } };
    let (previous, next, preempted_by, again_at, health, log, unseen, away, drained) = tokio::join!(
        neighbour(asked, &full.previous_allocation),
        neighbour(asked, &full.next_allocation),
        neighbour(asked, &full.preempted_by_allocation),
        again_at(asked, &alloc),
        health,
        log,
        unseen_end(asked, &alloc),
        away(asked, &alloc),
        drained(asked, &alloc),
    );
    let (log, silent) = match log {
        Ok(lines) => (lines, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let facts = reasons::Facts {
        alloc: &alloc,
        job: full.job.as_ref(),
        health: health.as_ref(),
        previous: previous.as_ref(),
        next: next.as_ref(),
        preempted_by: preempted_by.as_ref(),
        unseen: unseen.as_ref().ok().and_then(Option::as_ref),
        away: away.as_deref(),
        drained,
        again_at,
        log: &log,
        secrets: &secrets,
        now: asked.now,
    };
    let mut explanation = reasons::explain(&facts);
    if explanation.is_fine() {
        // What it wrote is no evidence of anything.
        explanation = reasons::explain(&reasons::Facts { log: &[], ..facts });
    } else {
        explanation.not_known.extend(silent);
    }
    explanation.not_known.extend(unseen.err());
    explanation.looked_at.push("the allocation and its tasks' states".to_owned());
    if health.is_some() {
        explanation.looked_at.push("its restarts and checks".to_owned());
    }
    if !log.is_empty() {
        explanation.looked_at.push("the end of a log".to_owned());
    }
    Ok(explanation)
}

/// The node on which an allocation is to start, in words, where nothing is heard of it: what it told last says little then.
pub(super) async fn away(asked: WhyContext<'_>, alloc: &AllocStub) -> Option<String> {
    if alloc.client_status != ClientStatus::Pending || alloc.desired_status != DesiredStatus::Run {
        return None;
    }
    let node = asked.nomad.read(&node::get(&alloc.node_id)).await.ok()?.value;
    matches!(node.status, NodeStatus::Down | NodeStatus::Disconnected)
        .then(|| format!("{}, which is {}", node.name, node.status))
}

/// Whether the node of an allocation that was told to move was drained while it was there: else somebody told it so. None where that is
/// not to be known.
async fn drained(asked: WhyContext<'_>, alloc: &AllocStub) -> Option<bool> {
    if alloc.desired_transition.migrate != Some(true) || alloc.desired_status == DesiredStatus::Run {
        return None;
    }
    let node = asked.nomad.read(&node::get(&alloc.node_id)).await.ok()?.value;
    Some(node_health::may_have_drained(&node, alloc.create_time, alloc.modify_time))
}

/// The job in an allocation is as it was when that was placed: whether it was stopped since is the job's own to tell.
async fn mark_stopped(asked: WhyContext<'_>, alloc: &mut Allocation) {
    if alloc.desired_status == DesiredStatus::Run {
        return;
    }
    let current = asked.nomad.read(&job::get(&alloc.namespace, &alloc.job_id)).await;
    // A job that is gone was stopped before.
    let stopped = current.map_or_else(|e| e.is_not_found(), |reply| reply.value.stop);
    if let Some(job) = alloc.job.as_mut() {
        job.stop = stopped;
    }
}

/// Another allocation; none when it was collected, or cannot be read.
async fn neighbour(asked: WhyContext<'_>, id: &str) -> Option<AllocStub> {
    if id.is_empty() {
        return None;
    }
    let raw = asked.nomad.read(&allocation::get_raw(id)).await.ok()?.value;
    serde_json::from_value(raw).ok()
}

/// When a failed allocation is tried again.
async fn again_at(asked: WhyContext<'_>, alloc: &AllocStub) -> Option<jiff::Timestamp> {
    if alloc.followup_eval_id.is_empty() || !alloc.next_allocation.is_empty() {
        return None;
    }
    let call = evaluation::get(&alloc.namespace, &alloc.followup_eval_id);
    let waits = asked.nomad.read(&call).await.ok()?.value;
    waits.wait_until.filter(|_| waits.status == EvalStatus::Pending)
}
