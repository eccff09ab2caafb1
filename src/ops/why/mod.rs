//! Gathering what `model::why` reasons about: a few requests, nothing written.

mod alloc;
mod job;
mod node;
mod placement;
mod templates;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::evaluation::Evaluation;
use crate::api::nomad::fs;
use crate::error::Result;
use crate::model::ids::JobKey;
use crate::model::present_health::HealthVerdict;
use crate::model::unseen_end::UnseenEnd;
use crate::model::why::{Explanation, alloc as reasons, deployment, evaluation};
use crate::ops::deploy::pause_claim;
use crate::ops::present_health::Sources;

/// Of how many allocations the checks, and of how many nodes a sign of life, are asked where not all are wanted.
const FEW: usize = 2;

/// Of how many allocations more the checks are asked where all of the few are well, and the verdict hangs on the others.
const DECIDING: usize = 64;

/// How long a client may take to hand out the end of a log.
const LOG_WITHIN: Duration = Duration::from_secs(3);
/// How many bytes of a log are read.
const LOG_BYTES: u32 = 4096;
/// How many lines of a log are told.
const LOG_LINES: usize = 5;

/// What is to be explained.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A job.
    Job(JobKey),
    /// An allocation, by its full id.
    Alloc(String),
    /// A node, by its full id.
    Node(String),
    /// An evaluation.
    Evaluation(Box<Evaluation>),
    /// A deployment.
    Deployment(Box<Deployment>),
}

/// The clients an explanation asks, and the present moment.
#[derive(Debug, Clone, Copy)]
pub struct WhyContext<'a> {
    /// Nomad.
    pub nomad: &'a Http,
    /// Consul, where there is one.
    pub consul: Option<&'a Http>,
    /// The present moment.
    pub now: Timestamp,
    /// Whether every instance is asked for its checks, and not only a few.
    pub all: bool,
}

impl WhyContext<'_> {
    /// Of how many allocations the checks, and of how many nodes a sign of life, are asked.
    fn most(&self) -> usize {
        if self.all { usize::MAX } else { FEW }
    }

    /// Who is asked how allocations do.
    fn sources(&self) -> Sources {
        Sources::new(self.nomad, self.consul).of_nodes(self.most()).once()
    }
}

/// Explains it.
///
/// # Errors
/// When it cannot be read; what else cannot be read is told as not known.
pub async fn explain(asked: WhyContext<'_>, subject: &Subject) -> Result<Explanation> {
    match subject {
        Subject::Job(key) => Box::pin(job::explain(asked, key)).await,
        Subject::Alloc(id) => Box::pin(alloc::explain(asked, id)).await,
        Subject::Node(id) => node::explain(asked, id).await,
        Subject::Evaluation(e) => {
            let mut explanation = evaluation::explain(e, asked.now);
            explanation.looked_at.push("the evaluation".to_owned());
            Ok(explanation)
        }
        Subject::Deployment(d) => of_deployment(asked, d).await,
    }
}

/// Why something could not be read, with the right that it takes.
fn reason(e: &crate::api::Error) -> String {
    if e.is_denied() && !e.needs.is_empty() {
        return format!("{}; the token needs: {}", e.brief(), e.needs);
    }
    e.brief().into_owned()
}

/// Whether an allocation that is not to run may still do; an error says why that is not known. One request, where its end was not
/// seen.
async fn unseen_end(
    asked: WhyContext<'_>,
    alloc: &AllocStub,
) -> std::result::Result<Option<UnseenEnd>, String> {
    let found = crate::ops::unseen_end::among(asked.nomad, std::slice::from_ref(alloc)).await;
    let unread = |e: crate::api::Error| format!("whether it may still run on its node: {}", reason(&e));
    found.map(|all| all.into_iter().next()).map_err(unread)
}

/// A deployment, and the allocation that holds it up.
async fn of_deployment(asked: WhyContext<'_>, d: &Deployment) -> Result<Explanation> {
    let allocs = asked.nomad.list(&allocation::of_deployment(&d.id).namespace(&d.namespace)).await?.value;
    let mut looked_at = vec![
        "the deployment".to_owned(),
        format!("its {}", crate::model::words::count(allocs.len(), "allocation")),
    ];
    let mut job = None;
    let mut health = BTreeMap::new();
    if d.status.is_active() {
        let call = crate::api::nomad::job::get(&d.namespace, &d.job_id);
        let read = asked.nomad.read(&call).await?.value;
        let living: Vec<AllocStub> =
            allocs.iter().filter(|a| !a.is_terminal()).take(asked.most()).cloned().collect();
        health = asked.sources().of_job(&read, &living, asked.now).await;
        looked_at.push(format!(
            "restarts and checks of {}",
            crate::model::words::count(living.len(), "allocation")
        ));
        job = Some(read);
    }
    let keeper = pause_claim::keeper_now(asked.nomad, d).await?;
    let mut explanation = deployment::explain(d, (&allocs, &health), keeper.as_deref(), asked.now);
    let is_bad = |a: &&AllocStub| {
        a.healthy() == Some(false) || health.get(&a.id).is_some_and(|h| h.verdict == HealthVerdict::Unhealthy)
    };
    let bad = allocs.iter().filter(is_bad).max_by_key(|a| a.create_index);
    if let Some(bad) = bad.filter(|_| !explanation.is_fine()) {
        let secrets = crate::model::redaction::Secrets::default();
        let reason = reasons::explain(&reasons::Facts {
            alloc: bad,
            job: job.as_ref(),
            health: health.get(&bad.id),
            previous: None,
            next: None,
            preempted_by: None,
            unseen: None,
            away: None,
            drained: None,
            again_at: None,
            log: &[],
            secrets: &secrets,
            now: asked.now,
        });
        explanation.evidence.insert(0, crate::model::why::Evidence::new("allocation", reason.sentence));
        explanation.suggestions.extend(reason.suggestions.into_iter().take(1));
    }
    explanation.looked_at = looked_at;
    Ok(explanation)
}

/// The last lines of the log of the task in trouble: of stderr, or of stdout where that is empty. An error says why there are none.
async fn log_end(asked: WhyContext<'_>, alloc: &AllocStub) -> std::result::Result<Vec<String>, String> {
    let Some(task) = reasons::talkative_task(alloc) else { return Ok(Vec::new()) };
    let nomad = asked.nomad.with_patience(Patience(LOG_WITHIN));
    let read = async |kind: &str| nomad.read_text(&fs::log_end(&alloc.id, task, kind, LOG_BYTES)).await;
    let both = async {
        let text = read("stderr").await?.value;
        if text.trim().is_empty() { Ok(read("stdout").await?.value) } else { Ok(text) }
    };
    let told: std::result::Result<String, crate::api::Error> =
        match tokio::time::timeout(LOG_WITHIN, both).await {
            Ok(told) => told,
            Err(_) => {
                return Err(format!(
                    "the log of task {task}: its client does not answer within {} s",
                    LOG_WITHIN.as_secs()
                ));
            }
        };
    let text = told.map_err(|e| format!("the log of task {task}: {}", reason(&e)))?;
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect();
    // The first line of a piece may be cut.
    let cut = usize::from(text.len() >= LOG_BYTES as usize && lines.len() > 1);
    let from = lines.len().saturating_sub(LOG_LINES).max(cut);
    Ok(lines[from..].iter().map(|l| crate::model::why::task::one_line(l)).collect())
}
