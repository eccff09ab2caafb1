//! What a job is explained from: eight requests, and one for each instance whose checks Nomad runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::api::consul::kv;
use crate::api::nomad::allocation::{self, AllocStub, AllocUse, ClientStatus};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::Job;
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::variable::{self, VariableMeta};
use crate::api::nomad::{deployment, job, plan, registration};
use crate::api::{Error as ApiError, Result as ApiResult};
use crate::error::{Error, Result};
use crate::model::doctor::templates::{self, Name};
use crate::model::ids::JobKey;
use crate::model::present_health::{self, PresentHealth};
use crate::model::redaction::Secrets;
use crate::model::why::placement::{self, Unplaced};
use crate::model::why::room::{Cluster, NodeUsage};
use crate::model::why::{Code, Explanation, alloc as reasons, changes, experiment, job as standing};
use crate::model::words::count;
use crate::ops::present_health::Sources;
use crate::ops::why::{MOST_CHECKED, WhyContext, log_end, reason};

/// Of how many keys of Consul that templates name it is asked whether they are there.
const MOST_KEYS: usize = 3;

/// What was read of a job.
struct JobFacts {
    spec: Value,
    job: Job,
    allocs: Vec<AllocStub>,
    evals: Vec<Evaluation>,
}

/// Explains a job.
pub(super) async fn explain(asked: WhyContext<'_>, key: &JobKey) -> Result<Explanation> {
    let (ns, id) = (key.namespace.as_str(), key.id.as_str());
    let (spec, allocs, evals, latest) = (
        job::get_spec(ns, id),
        allocation::of_job(ns, id),
        evaluation::of_job(ns, id),
        deployment::latest_of_job(ns, id),
    );
    let nomad = asked.nomad;
    let (spec, allocs, evals, latest) =
        tokio::try_join!(nomad.read(&spec), nomad.list(&allocs), nomad.list(&evals), nomad.read(&latest))?;
    let spec = spec.value;
    let job: Job = serde_json::from_value(spec.clone())
        .map_err(|e| Error::failed(format!("could not read job {id}")).because(e.to_string()))?;
    let mut allocs = allocs.value;
    // Allocations of an earlier job of that id tell nothing of this one.
    allocs.retain(|a| a.create_index >= job.create_index);
    let seen = JobFacts { spec, job, allocs, evals: evals.value };
    let deployment = latest.value;
    let secrets = Secrets::default().and_document(&seen.spec);
    let mut not_known = Vec::new();
    let mut looked_at = vec![
        "the job".to_owned(),
        count(seen.allocs.len(), "allocation"),
        count(seen.evals.len(), "evaluation"),
    ];
    if deployment.is_some() {
        looked_at.push("its latest deployment".to_owned());
    }
    let placement = match standing::unplaced(&seen.evals).filter(|_| !seen.job.stop) {
        Some((group, metric)) => {
            unplaced(asked, &seen, group, metric, (&mut looked_at, &mut not_known)).await?
        }
        None => None,
    };
    let (health, unasked) = if placement.is_none() && !seen.job.stop {
        health(asked, &seen, &mut looked_at).await
    } else {
        (BTreeMap::new(), 0)
    };
    let suspect = standing::suspect(&seen.job, &seen.allocs, &health);
    let suspect = match suspect.filter(|_| !seen.job.stop) {
        Some(alloc) => {
            let extra = placement.is_none();
            Some(
                suspicion(
                    asked,
                    &seen,
                    alloc,
                    health.get(&alloc.id),
                    &secrets,
                    (&mut looked_at, &mut not_known),
                    extra,
                )
                .await,
            )
        }
        None => None,
    };
    let nodes = match standing::suspect(&seen.job, &seen.allocs, &health) {
        Some(alloc) if placement.is_none() => changes::of_nodes(alloc, &seen.allocs, &health),
        _ => None,
    };
    let mut explanation = standing::explain(&standing::Facts {
        job: &seen.job,
        allocs: &seen.allocs,
        deployment: deployment.as_ref(),
        health: &health,
        placement: placement.as_ref(),
        suspect: suspect.as_ref(),
        now: asked.now,
    });
    explanation.looked_at = looked_at;
    explanation.not_known.extend(not_known);
    if !explanation.is_fine() {
        explanation.evidence.extend(nodes);
    }
    if unasked > 0 {
        let rest =
            format!("what the checks of {} say: they were not asked", count(unasked, "more allocation"));
        // Unknown is not success.
        if explanation.is_fine() {
            explanation.code = Code::NotKnown;
            explanation.sentence = format!("{}; not known: {rest}", explanation.sentence);
        }
        explanation.not_known.push(rest);
    }
    Ok(explanation)
}

type Notes<'n> = (&'n mut Vec<String>, &'n mut Vec<String>);

/// Why one allocation is in its state, with its log and what changed with its version, where there are requests left for that.
async fn suspicion(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    alloc: &AllocStub,
    health: Option<&PresentHealth>,
    secrets: &Secrets,
    (looked_at, not_known): Notes<'_>,
    extra: bool,
) -> Explanation {
    let follow =
        seen.evals.iter().find(|e| e.id == alloc.followup_eval_id && !alloc.followup_eval_id.is_empty());
    let by_id = |id: &str| seen.allocs.iter().find(|a| a.id == id && !id.is_empty());
    let log = match extra && has_log(alloc) {
        true => match log_end(asked, alloc).await {
            Ok(lines) => {
                looked_at.push("the end of a log".to_owned());
                lines
            }
            Err(why) => {
                not_known.push(why);
                Vec::new()
            }
        },
        false => Vec::new(),
    };
    let mut explanation = reasons::explain(&reasons::Facts {
        alloc,
        job: Some(&seen.job),
        health,
        previous: seen.allocs.iter().find(|a| a.next_allocation == alloc.id),
        next: by_id(&alloc.next_allocation),
        preempted_by: by_id(&alloc.preempted_by_allocation),
        // One that was carried out has placed nothing, or it would be known.
        again_at: follow.filter(|e| e.status == EvalStatus::Pending).and_then(|e| e.wait_until),
        log: &log,
        secrets,
        now: asked.now,
    });
    if extra && !explanation.is_fine() && seen.job.version > 0 {
        let call = registration::versions_with_diffs(&seen.job.namespace, &seen.job.id, None);
        match asked.nomad.read(&call).await {
            Ok(versions) => {
                looked_at.push("its versions".to_owned());
                explanation.evidence.extend(changes::of_job(&versions.value, secrets));
            }
            Err(e) => not_known.push(format!("what changed: {}", reason(&e))),
        }
    }
    if extra && !explanation.is_fine() {
        let group = seen.job.group(&alloc.task_group);
        explanation.evidence.extend(group.into_iter().flat_map(changes::of_images));
        let (variables, keys) = read_by_templates(asked, seen, alloc, (looked_at, not_known)).await;
        explanation.evidence.extend(changes::of_variables(&seen.job, &variables));
        explanation.evidence.extend(keys.iter().map(|(key, index)| changes::of_key(key, *index)));
    }
    explanation
}

/// The variables and the keys of Consul that the templates of its group name, as they are now: the keys with the index of their
/// last change, none for one that is not there. One request for the variables, and one for each key.
async fn read_by_templates(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    alloc: &AllocStub,
    (looked_at, not_known): Notes<'_>,
) -> (Vec<VariableMeta>, Vec<(String, Option<u64>)>) {
    let of_group = format!("of group {}", alloc.task_group);
    let (mut paths, mut keys) = (BTreeSet::new(), BTreeSet::new());
    for used in templates::uses(&seen.spec).into_iter().filter(|u| u.at.ends_with(&of_group)) {
        match used.name {
            Name::Variable(path) => paths.insert(path),
            Name::Key(key) => keys.insert(key),
        };
    }
    let variables = async {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        // Nomad 2.0.5 answers 400 to a filter by `Path` here.
        let call = variable::list(common_prefix(&paths)).namespace(&seen.job.namespace);
        let add = |named: &mut Vec<VariableMeta>, v: VariableMeta| {
            if paths.contains(&v.path) {
                named.push(v);
            }
        };
        asked.nomad.fold(&call, Vec::new, add).await.map(|reply| reply.value)
    };
    let (variables, told) = tokio::join!(variables, keys_in_consul(asked, &keys));
    if !paths.is_empty() {
        looked_at.push(count(paths.len(), "variable"));
    }
    let variables = variables.unwrap_or_else(|e| {
        not_known.push(format!("when the variables of its templates were changed: {}", reason(&e)));
        Vec::new()
    });
    let mut known = Vec::new();
    for (key, answer) in told {
        match answer {
            Ok(index) => known.push((key, index)),
            Err(why) => not_known.push(format!("what became of key {key} of Consul: {why}")),
        }
    }
    if !known.is_empty() {
        looked_at.push(format!("{} of Consul", count(known.len(), "key")));
    }
    let rest = keys.len().saturating_sub(MOST_KEYS);
    if rest > 0 {
        not_known.push(format!("what became of {} of Consul: they were not asked", count(rest, "more key")));
    }
    (variables, known)
}

/// What each of the first keys was changed at last.
async fn keys_in_consul(
    asked: WhyContext<'_>,
    keys: &BTreeSet<String>,
) -> Vec<(String, std::result::Result<Option<u64>, String>)> {
    let ask = |key: &String| {
        let key = key.clone();
        async move {
            let Some(consul) = asked.consul else {
                return (key, Err("CONSUL_HTTP_ADDR is not set".to_owned()));
            };
            let told = match consul.read(&kv::get(&key)).await {
                Ok(reply) => Ok(reply.value.first().map(|entry| entry.modify_index)),
                Err(e) if e.is_not_found() => Ok(None),
                Err(e) => Err(reason(&e)),
            };
            (key, told)
        }
    };
    futures_util::future::join_all(keys.iter().take(MOST_KEYS).map(ask)).await
}

/// What all of them begin with.
fn common_prefix(all: &BTreeSet<String>) -> &str {
    let (Some(first), Some(last)) = (all.first(), all.last()) else { return "" };
    // They are sorted: what the outer two share, all share.
    let same = first.char_indices().zip(last.chars()).find(|((_, a), b)| a != b);
    same.map_or(if first.len() < last.len() { first } else { last }, |((at, _), _)| &first[..at])
}

/// Whether its tasks ran, so that there may be a log.
fn has_log(alloc: &AllocStub) -> bool {
    alloc.client_status != ClientStatus::Lost
        && alloc.client_status != ClientStatus::Unknown
        && alloc.task_states.values().any(|t| t.started_at.is_some())
}

/// How the allocations do at this moment, and of how many the checks were not asked.
async fn health(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    looked_at: &mut Vec<String>,
) -> (BTreeMap<String, PresentHealth>, usize) {
    let running = standing::wanted(&seen.allocs).filter(|a| a.client_status == ClientStatus::Running);
    let checked = |a: &AllocStub| {
        let group = seen.job.group(&a.task_group);
        group.is_some_and(|g| present_health::checked_by_nomad(g).next().is_some())
    };
    // Those without checks of Nomad's are judged without a request.
    let (mut asking, mut all): (Vec<AllocStub>, Vec<AllocStub>) = running.cloned().partition(checked);
    asking.sort_by_key(|a| (!a.is_canary(), a.healthy() != Some(false)));
    let unasked = asking.len().saturating_sub(MOST_CHECKED);
    asking.truncate(MOST_CHECKED);
    all.append(&mut asking);
    if all.is_empty() {
        return (BTreeMap::new(), unasked);
    }
    looked_at.push(format!("restarts and checks of {}", count(all.len(), "allocation")));
    let health = Sources::new(asked.nomad, asked.consul).of_job(&seen.job, &all, asked.now).await;
    (health, unasked)
}

/// What the nodes and the scheduler say of a group that is not placed.
async fn unplaced(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    group: &str,
    metric: &evaluation::PlacementMetric,
    (looked_at, not_known): Notes<'_>,
) -> Result<Option<Explanation>> {
    let Some(group) = seen.job.group(group) else { return Ok(None) };
    let room = rooms(asked).await;
    let (nodes, taken) = match room {
        Ok(room) => room,
        Err(e) => {
            not_known.push(format!("how much room the nodes have: {}", reason(&e)));
            let bare = Unplaced { job: &seen.job, group, metric, cluster: None };
            return Ok(Some(placement::explain(bare)));
        }
    };
    looked_at.push(format!("the room on {}", count(nodes.len(), "node")));
    let cluster = Some(Cluster { nodes: &nodes, taken: &taken });
    let u = Unplaced { job: &seen.job, group, metric, cluster };
    let mut explanation = placement::explain(u);
    let changes = experiment::changes(u);
    let live = |a: &&AllocStub| !a.client_status.is_terminal();
    let on = |wanted: &dyn Fn(&AllocStub) -> bool| -> BTreeSet<String> {
        seen.allocs.iter().filter(live).filter(|a| wanted(a)).map(|a| a.node_id.clone()).collect()
    };
    let (group_on, job_on) = (on(&|a| a.task_group == group.name), on(&|_| true));
    if let Some(e) = experiment::compose(u, &changes, &seen.spec, &group_on, &job_on) {
        match asked.nomad.ask(&plan::plan(&e.namespace, &e.id, &e.job)).await {
            Ok(answer) => {
                looked_at.push(format!("a plan of {} (nothing was written)", count(changes.len(), "change")));
                let alone = changes.len() == 1;
                let verdicts = e.verdicts(&answer.value);
                let told = verdicts
                    .iter()
                    .map(|v| experiment::suggestion(v, alone, &seen.job.namespace, &seen.job.id));
                let mut told: Vec<_> = told.collect();
                told.append(&mut explanation.suggestions);
                told.sort_by_key(|s| s.planned != Some(crate::model::why::Planned::Fits));
                explanation.suggestions = told;
            }
            Err(e) => not_known.push(format!("what would fit: {}", reason(&e))),
        }
    }
    Ok(Some(explanation))
}

/// The nodes with what they offer, and what is taken of them.
async fn rooms(asked: WhyContext<'_>) -> ApiResult<(Vec<NodeStub>, HashMap<String, NodeUsage>)> {
    let nodes = node::list_with_resources();
    let uses = allocation::list_resources().namespace(crate::api::nomad::ALL_NAMESPACES);
    let add = |taken: &mut HashMap<String, NodeUsage>, row: AllocUse| {
        if let Some(resources) = row.allocated_resources.filter(|_| !row.client_status.is_terminal()) {
            taken.entry(row.node_id).or_default().add(&resources);
        }
    };
    let nomad = asked.nomad;
    let (nodes, taken) = tokio::try_join!(nomad.list(&nodes), nomad.fold(&uses, HashMap::new, add))?;
    Ok::<_, ApiError>((nodes.value, taken.value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_paths_begin_with() {
        let of = |all: &[&str]| common_prefix(&all.iter().map(|s| (*s).to_owned()).collect()).to_owned();
        assert_eq!(of(&["nomad/jobs/web", "nomad/jobs/api"]), "nomad/jobs/");
        assert_eq!(of(&["nomad/jobs", "nomad/jobs/web"]), "nomad/jobs");
        assert_eq!(of(&["one"]), "one");
        assert_eq!(of(&["é/a", "è/a"]), "");
        assert_eq!(of(&[]), "");
    }
}
