//! What a job is explained from: so many requests at most, however many instances it has.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::registration;
use crate::error::{Error, Result};
use crate::model::ids::JobKey;
use crate::model::present_health::{self, PresentHealth};
use crate::model::present_work;
use crate::model::redaction::Secrets;
use crate::model::rollout::back;
use crate::model::why::{
    Code, Explanation, alloc as reasons, changes, deployment as explained, job as standing,
};
use crate::model::words::{count, either};
use crate::ops::children;
use crate::ops::deploy::pause_claim;
use crate::ops::why::{DECIDING, WhyContext, log_end, placement, reason, templates, unseen_end};

/// What was read of a job.
pub(super) struct JobFacts {
    pub(super) spec: Value,
    pub(super) job: Job,
    pub(super) allocs: Vec<AllocStub>,
    pub(super) evals: Vec<Evaluation>,
    deployment: Option<Deployment>,
    keeper: Option<String>,
    way_back: Option<String>,
}

/// What was looked at so far, and what of it could not be seen.
pub(super) struct Notes {
    pub(super) looked_at: Vec<String>,
    pub(super) not_known: Vec<String>,
}

/// Explains a job.
pub(super) async fn explain(asked: WhyContext<'_>, key: &JobKey) -> Result<Explanation> {
    let seen = read(asked, key).await?;
    let mut notes = notes(&seen);
    let stopped = seen.job.stop;
    let placement = if stopped { None } else { placement::explain(asked, &seen, &mut notes).await? };
    let (mut health, mut unasked) = match &placement {
        None if !stopped => health(asked, &seen, &mut notes).await,
        _ => (BTreeMap::new(), Vec::new()),
    };
    if !unasked.is_empty() && is_well(asked, &seen, &health) {
        let more: Vec<AllocStub> = unasked.drain(..unasked.len().min(DECIDING)).collect();
        notes.looked_at.push(format!("checks of {}", count(more.len(), "more allocation")));
        health.extend(asked.sources().of_job(&seen.job, &more, asked.now).await);
    }
    let suspect = standing::suspect(&seen.job, &seen.allocs, &health).filter(|_| !stopped);
    let (mut told, mut beside) = (None, Vec::new());
    if let Some(alloc) = suspect {
        let extra = placement.is_none();
        told = Some(suspicion(asked, &seen, alloc, health.get(&alloc.id), extra, &mut notes).await);
        for other in standing::other_suspects(&seen.job, &seen.allocs, &health, alloc) {
            beside.push(suspicion(asked, &seen, other, health.get(&other.id), false, &mut notes).await);
        }
    }
    let children = if stopped { runs_going_on(asked, &seen.job, &mut notes).await } else { Vec::new() };
    let mut explanation = standing::explain(&standing::Facts {
        job: &seen.job,
        allocs: &seen.allocs,
        children: &children,
        deployment: seen.deployment.as_ref(),
        keeper: seen.keeper.as_deref(),
        way_back: seen.way_back.as_deref(),
        health: &health,
        placement: placement.as_ref(),
        suspect: told.as_ref(),
        beside: &beside,
        now: asked.now,
    });
    explanation.looked_at = notes.looked_at;
    explanation.not_known.extend(notes.not_known);
    if let Some(alloc) = suspect.filter(|_| placement.is_none() && !explanation.is_fine()) {
        explanation.evidence.extend(changes::of_nodes(alloc, &seen.allocs, &health));
    }
    doubt(&mut explanation, unasked.len());
    Ok(explanation)
}

/// Whether nothing is wrong with it by what was asked so far.
fn is_well(asked: WhyContext<'_>, seen: &JobFacts, health: &BTreeMap<String, PresentHealth>) -> bool {
    let nobody = standing::suspect(&seen.job, &seen.allocs, health).is_none();
    let facts = standing::Facts {
        job: &seen.job,
        allocs: &seen.allocs,
        children: &[],
        deployment: seen.deployment.as_ref(),
        keeper: seen.keeper.as_deref(),
        way_back: seen.way_back.as_deref(),
        health,
        placement: None,
        suspect: None,
        beside: &[],
        now: asked.now,
    };
    nobody && standing::explain(&facts).is_fine()
}

/// The jobs that a stopped one has started and that go on, the newest first. One request where it starts others.
async fn runs_going_on(asked: WhyContext<'_>, job: &Job, notes: &mut Notes) -> Vec<String> {
    let mut all = match children::of(asked.nomad, job).await {
        Ok(Some(all)) => all,
        Ok(None) => return Vec::new(),
        Err(e) => {
            notes.not_known.push(format!("whether runs of it go on: {}", e.why()));
            return Vec::new();
        }
    };
    notes.looked_at.push("the jobs it has started".to_owned());
    all.retain(|j| !j.stop && j.status != RunState::Dead);
    all.into_iter().map(|j| j.id).collect()
}

/// Reads the job, its allocations, evaluations and latest deployment.
async fn read(asked: WhyContext<'_>, key: &JobKey) -> Result<JobFacts> {
    let (ns, id) = (key.namespace.as_str(), key.id.as_str());
    let (spec, allocs, evals, latest) = (
        job::get_spec(ns, id),
        allocation::of_job(ns, id),
        evaluation::of_job(ns, id),
        deployment::of_job(ns, id),
    );
    let nomad = asked.nomad;
    let (spec, allocs, evals, deployments) =
        tokio::try_join!(nomad.read(&spec), nomad.list(&allocs), nomad.list(&evals), nomad.list(&latest))?;
    let deployments = deployments.value;
    let way_back = explained::way_back(&deployments);
    let latest = deployments.into_iter().max_by_key(|d| (d.job_create_index, d.job_version, d.modify_index));
    let spec = spec.value;
    let job: Job = serde_json::from_value(spec.clone())
        .map_err(|e| Error::failed(format!("could not read job {id}")).because(e.to_string()))?;
    let mut allocs = allocs.value;
    present_work::leave_out_history(&job, &mut allocs);
    let keeper = match &latest {
        Some(deployment) => pause_claim::keeper_now(asked.nomad, deployment).await?,
        None => None,
    };
    Ok(JobFacts { spec, job, allocs, evals: evals.value, deployment: latest, keeper, way_back })
}

fn notes(seen: &JobFacts) -> Notes {
    let mut looked_at = vec![
        "the job".to_owned(),
        count(seen.allocs.len(), "allocation"),
        count(seen.evals.len(), "evaluation"),
    ];
    if seen.deployment.is_some() {
        looked_at.push("its latest deployment".to_owned());
    }
    Notes { looked_at, not_known: Vec::new() }
}

/// Unknown is not success: where checks were not asked, nothing is said to be well.
fn doubt(explanation: &mut Explanation, unasked: usize) {
    if unasked == 0 {
        return;
    }
    let rest = format!(
        "what the checks of {} say: they were not asked, and --all asks them",
        count(unasked, "more allocation")
    );
    if explanation.is_fine() {
        explanation.code = Code::NotKnown;
        explanation.sentence = format!("{}; not known: {rest}", explanation.sentence);
    }
    explanation.not_known.push(rest);
}

/// Why one allocation is in its state, with its log and what changed with its version, where there are requests left for that.
async fn suspicion(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    alloc: &AllocStub,
    health: Option<&PresentHealth>,
    extra: bool,
    notes: &mut Notes,
) -> Explanation {
    let secrets = Secrets::default().and_document(&seen.spec);
    let follow =
        seen.evals.iter().find(|e| e.id == alloc.followup_eval_id && !alloc.followup_eval_id.is_empty());
    let by_id = |id: &str| seen.allocs.iter().find(|a| a.id == id && !id.is_empty());
    let log = match extra && has_log(alloc) {
        true => log_end(asked, alloc).await.inspect(|_| {
            notes.looked_at.push("the end of a log".to_owned());
        }),
        false => Ok(Vec::new()),
    };
    let log = log.unwrap_or_else(|why| {
        notes.not_known.push(why);
        Vec::new()
    });
    let unseen = unseen_end(asked, alloc).await.unwrap_or_else(|why| {
        notes.not_known.push(why);
        None
    });
    let away = super::alloc::away(asked, alloc).await;
    let mut explanation = reasons::explain(&reasons::Facts {
        alloc,
        job: Some(&seen.job),
        health,
        previous: seen.allocs.iter().find(|a| a.next_allocation == alloc.id),
        next: by_id(&alloc.next_allocation),
        preempted_by: by_id(&alloc.preempted_by_allocation),
        unseen: unseen.as_ref(),
        away: away.as_deref(),
        drained: None,
        // One that was carried out has placed nothing, or it would be known.
        again_at: follow.filter(|e| e.status == EvalStatus::Pending).and_then(|e| e.wait_until),
        log: &log,
        secrets: &secrets,
        now: asked.now,
    });
    if extra && !explanation.is_fine() {
        what_changed(asked, seen, alloc, &secrets, (&mut explanation, notes)).await;
    }
    explanation
}

/// What changed before it went wrong: the job's version, its images, and what its templates read.
async fn what_changed(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    alloc: &AllocStub,
    secrets: &Secrets,
    (explanation, notes): (&mut Explanation, &mut Notes),
) {
    if seen.job.version > 0 {
        let call = registration::versions_raw(&seen.job.namespace, &seen.job.id).query("diffs", "true");
        match asked.nomad.read(&call).await {
            Ok(raw) => {
                notes.looked_at.push("its versions".to_owned());
                let versions = serde_json::from_value(raw.value.clone()).unwrap_or_default();
                explanation.evidence.extend(changes::of_job(&versions, secrets));
                reasons::way_back(explanation, &seen.job, back::other_stable(&raw.value, seen.job.version));
            }
            Err(e) => notes.not_known.push(format!("what changed: {}", reason(&e))),
        }
    }
    let (variables, keys) = templates::read(asked, seen, alloc, notes).await;
    let images = seen.job.group(&alloc.task_group).into_iter().flat_map(changes::of_images);
    let evidence = &mut explanation.evidence;
    evidence.extend(images);
    evidence.extend(changes::of_variables(&seen.job, &variables));
    evidence.extend(keys.iter().map(|(key, index)| changes::of_key(key, *index)));
}

/// Whether its tasks ran, so that there may be a log.
fn has_log(alloc: &AllocStub) -> bool {
    alloc.client_status != ClientStatus::Lost
        && alloc.client_status != ClientStatus::Unknown
        && alloc.task_states.values().any(|t| t.started_at.is_some())
}

/// How the allocations do at this moment, and of which the checks were not asked.
async fn health(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    notes: &mut Notes,
) -> (BTreeMap<String, PresentHealth>, Vec<AllocStub>) {
    let running = standing::wanted(&seen.allocs).filter(|a| a.client_status == ClientStatus::Running);
    let checked = |a: &AllocStub| {
        let group = seen.job.group(&a.task_group);
        group.is_some_and(|g| present_health::checked_by_nomad(g).next().is_some())
    };
    // Those without checks of Nomad's are judged without a request.
    let (mut asking, mut all): (Vec<AllocStub>, Vec<AllocStub>) = running.cloned().partition(checked);
    asking.sort_by_cached_key(standing::calm);
    let unasked = asking.split_off(asking.len().min(asked.most()));
    all.append(&mut asking);
    if all.is_empty() {
        return (BTreeMap::new(), unasked);
    }
    notes.looked_at.push(format!("restarts and checks of {}", count(all.len(), "allocation")));
    let sources = asked.sources();
    let silent = sources.silent_nodes(|a| seen.job.group(&a.task_group), &all).len();
    if silent > 0 {
        let some = silent.min(asked.most());
        let of = if some < silent { format!(" of {silent}") } else { String::new() };
        notes.looked_at.push(format!("a sign of life of {some}{of} {}", either(silent, "node", "nodes")));
    }
    let health = sources.of_job(&seen.job, &all, asked.now).await;
    (health, unasked)
}
