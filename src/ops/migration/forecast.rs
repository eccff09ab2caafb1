//! Carries the forecast's questions to the cluster's scheduler: nothing is stored, and the worse answer wins.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::allocation::{AllocResources, AllocStub};
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::node;
use crate::api::nomad::plan::{self, PreemptedAlloc};
use crate::api::nomad::{ALL_NAMESPACES, allocation};
use crate::api::{Error as ApiError, Problem};
use crate::error::Result;
use crate::model::capacity::{self, Amount, Peak};
use crate::model::forecast::{self, ExcludedNodes, ForecastQuestion, LeavingAllocs, Loss, MOST_PLACEMENTS};
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::JobKey;
use crate::ops::migration::snapshot::JobDocument;

/// Groups stand in random order in a plan and take room greedily, so a tight fit shows only in some runs (§12.2).
const RUNS: usize = 3;

/// On more nodes than this the use of each pool is not added up.
const MOST_NODES_FOR_PEAKS: usize = 1000;

/// What the scheduler foresees.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// What would find no place.
    pub losses: Vec<Loss>,
    /// Why it is not known, when it is not.
    pub unknown: Option<String>,
    /// How many of the leaving allocations were asked about.
    pub covered: u64,
    /// How many there are.
    pub total: u64,
    /// Other allocations that would have to make room, by id.
    pub preempted: BTreeMap<String, PreemptedAlloc>,
    /// How full the nodes that stay get, by pool; none where that was not looked at.
    pub peaks: Option<Vec<Peak>>,
}

/// The part of the cluster a forecast reasons about.
#[derive(Debug, Clone, Copy)]
pub struct ForecastInput<'a> {
    /// The jobs concerned.
    pub jobs: &'a BTreeMap<JobKey, JobDocument>,
    /// Their allocations, wherever they are.
    pub allocs: &'a [AllocStub],
    /// Nodes that are given up, by id.
    pub doomed: &'a BTreeSet<String>,
    /// Nodes that stay and take work, by id.
    pub survivors: &'a [String],
    /// Whether the doomed nodes are ineligible already.
    pub marked: bool,
}

/// Asks whether all of these allocations would find a place on the nodes that stay.
///
/// # Errors
/// When Nomad cannot be reached; a refusal or a nonsensical plan is an unknown forecast instead.
pub async fn ask(nomad: &Http, input: ForecastInput<'_>, leaving: &[&AllocStub]) -> Result<Forecast> {
    let total = leaving.len() as u64;
    let asked = &leaving[..leaving.len().min(usize::try_from(MOST_PLACEMENTS).unwrap_or(usize::MAX))];
    let groups = by_group(input, asked);
    let mut forecast = Forecast { covered: asked.len() as u64, total, ..Forecast::default() };
    if groups.is_empty() {
        return Ok(forecast);
    }
    if input.survivors.is_empty() {
        forecast.losses = groups.into_iter().map(|l| nowhere(l.group, l.count)).collect();
        return Ok(forecast);
    }
    let (questions, too_large) = questions(input, &groups);
    forecast.unknown = too_large;
    for (question, runs) in questions {
        for _ in 0..runs {
            let answer = match nomad.ask(&plan::plan(&question.namespace, &question.id, &question.job)).await
            {
                Ok(reply) => reply.value,
                Err(e) => {
                    forecast.unknown = Some(why_unknown(e)?);
                    return Ok(forecast);
                }
            };
            let preempted = answer.annotations.preempted_allocs.iter();
            forecast.preempted.extend(preempted.map(|a| (a.id.clone(), a.clone())));
            forecast.losses = forecast::worse(std::mem::take(&mut forecast.losses), question.losses(&answer));
        }
    }
    Ok(forecast)
}

/// How full the nodes that stay get, pool by pool; none on a cluster so large that asking would take longer than all the rest.
///
/// # Errors
/// Any API fault.
pub async fn peaks(
    nomad: &Http,
    size: usize,
    survivors: &[String],
    leaving: &[&AllocStub],
) -> Result<Option<Vec<Peak>>> {
    if size > MOST_NODES_FOR_PEAKS {
        return Ok(None);
    }
    type Taken = (HashMap<String, Amount>, HashMap<String, Amount>);
    let (with_resources, running) =
        (node::list_with_resources(), allocation::running_with_resources().namespace(ALL_NAMESPACES));
    let ids: BTreeSet<&str> = leaving.iter().map(|a| a.id.as_str()).collect();
    let (nodes, taken) = tokio::try_join!(
        nomad.list(&with_resources),
        nomad.fold(&running, Taken::default, |(by_node, by_alloc), alloc: AllocResources| {
            let taken = alloc.allocated_resources.as_ref().map(capacity::taken).unwrap_or_default();
            *by_node.entry(alloc.node_id).or_default() += taken;
            if ids.contains(alloc.id.as_str()) {
                by_alloc.insert(alloc.id, taken);
            }
        }),
    )?;
    let (by_node, by_alloc) = taken.value;
    let moves: Vec<(String, Amount)> = leaving
        .iter()
        .map(|a| (a.node_id.clone(), by_alloc.get(&a.id).copied().unwrap_or_default()))
        .collect();
    let survivors: BTreeSet<&str> = survivors.iter().map(String::as_str).collect();
    Ok(Some(capacity::peaks(&nodes.value, &survivors, &by_node, &moves)))
}

fn nowhere(group: GroupKey, unplaced: u64) -> Loss {
    Loss { group, unplaced, metric: PlacementMetric::default() }
}

/// What cannot be known because of this error; or the error, when nothing can be known at all.
fn why_unknown(e: ApiError) -> Result<String> {
    match e.problem {
        Problem::Denied => Ok(format!("the token may not plan jobs; it needs {}", e.needs)),
        Problem::Invalid | Problem::Server | Problem::Conflict | Problem::Unsupported => {
            Ok(format!("the scheduler refused the question: {}", e.text))
        }
        _ => Err(e.into()),
    }
}

fn by_group<'a>(input: ForecastInput<'a>, leaving: &[&AllocStub]) -> Vec<LeavingAllocs<'a>> {
    let mut counts: BTreeMap<GroupKey, u64> = BTreeMap::new();
    for alloc in leaving {
        *counts.entry(GroupKey::of(alloc)).or_default() += 1;
    }
    let stays = |a: &&AllocStub| {
        !a.client_status.is_terminal() && !is_leaving(a) && !input.doomed.contains(&a.node_id)
    };
    let leaving = |(group, count): (GroupKey, u64)| {
        let spec = &input.jobs.get(&group.job_key())?.spec;
        let staying = input.allocs.iter().filter(stays);
        let of_job = staying.filter(|a| a.job_id == group.job && a.namespace == group.namespace);
        let job_on = of_job.clone().map(|a| a.node_id.clone()).collect();
        let group_on = of_job.filter(|a| a.task_group == group.group).map(|a| a.node_id.clone()).collect();
        Some(LeavingAllocs { group, count, spec, group_on, job_on })
    };
    counts.into_iter().filter_map(leaving).collect()
}

/// The questions and how often each is put: one per namespace, one over all namespaces, and the real jobs where
/// allocations must keep apart; and what cannot be asked, because one plan must not ask for so many.
fn questions(
    input: ForecastInput<'_>,
    groups: &[LeavingAllocs<'_>],
) -> (Vec<(ForecastQuestion, usize)>, Option<String>) {
    let explicit = || ExcludedNodes::of(input.doomed.iter().cloned().collect(), input.survivors.to_vec());
    let doomed = if input.marked { ExcludedNodes::Ineligible } else { explicit() };
    let namespaces: BTreeSet<&str> = groups.iter().map(|l| l.group.namespace.as_str()).collect();
    let mut questions = Vec::new();
    let mut put = |namespace: &str, part: &[LeavingAllocs<'_>]| {
        let runs = if part.len() > 1 { RUNS } else { 1 };
        questions.push((forecast::compose("fleet-forecast", namespace, part, &doomed), runs));
    };
    if namespaces.len() == 1 {
        put(&groups[0].group.namespace, groups);
    } else {
        // Everything competes for the same room; but a namespace may forbid drivers, so each is asked on its own too.
        put(&groups[0].group.namespace, groups);
        for namespace in namespaces {
            let part: Vec<LeavingAllocs<'_>> =
                groups.iter().filter(|l| l.group.namespace == namespace).cloned().collect();
            put(namespace, &part);
        }
    }
    let mut jobs: BTreeMap<(&str, &str), &LeavingAllocs<'_>> = BTreeMap::new();
    for leaving in groups.iter().filter(|l| forecast::needs_real_plan(l.spec)) {
        jobs.entry((&leaving.group.namespace, &leaving.group.job)).or_insert(leaving);
    }
    let mut too_large = None;
    for (key, leaving) in jobs {
        // Under its own id the whole job is placed anew.
        let size = size(leaving.spec);
        if size > MOST_PLACEMENTS {
            let why = format!(
                "job {} keeps its instances apart and wants {size}, and no plan asks for more than {MOST_PLACEMENTS}",
                key.1
            );
            too_large.get_or_insert(why);
            continue;
        }
        questions.push((forecast::compose_real(key, leaving.spec, &explicit()), 1));
    }
    (questions, too_large)
}

/// How many allocations a job wants.
fn size(spec: &Value) -> u64 {
    let groups = spec["TaskGroups"].as_array().into_iter().flatten();
    groups.map(|g| g["Count"].as_u64().unwrap_or(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(job: &str, count: u64, apart: bool) -> (JobKey, JobDocument) {
        let constraints =
            if apart { json!([{"Operand": "distinct_hosts", "RTarget": "true"}]) } else { json!(null) };
        let spec = json!({"ID": job, "Namespace": "default", "Type": "service", "Constraints": constraints,
            "TaskGroups": [{"Name": "g", "Count": count}]});
        let document = JobDocument { job: serde_json::from_value(spec.clone()).unwrap(), spec };
        (JobKey::new("default", job), document)
    }

    fn alloc(job: &str, index: usize) -> AllocStub {
        serde_json::from_value(json!({
            "ID": format!("{job}-{index}"), "Name": format!("{job}.g[{index}]"), "Namespace": "default", "NodeID": "old", "JobID": job,
            "JobType": "service", "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap()
    }

    #[test]
    fn no_plan_asks_for_more_than_so_many_whatever_leaves() {
        for (count, apart, known) in [(2_000, false, true), (2_000, true, false), (40, true, true)] {
            let jobs = BTreeMap::from([document("web", count, apart), document("api", 900, false)]);
            let allocs: Vec<AllocStub> = (0..900).flat_map(|i| [alloc("web", i), alloc("api", i)]).collect();
            let leaving: Vec<&AllocStub> = allocs.iter().take(MOST_PLACEMENTS as usize).collect();
            let (doomed, survivors) = (BTreeSet::from(["old".to_owned()]), ["new".to_owned()]);
            let input = ForecastInput {
                jobs: &jobs,
                allocs: &allocs,
                doomed: &doomed,
                survivors: &survivors,
                marked: false,
            };
            let (questions, too_large) = questions(input, &by_group(input, &leaving));
            assert_eq!(too_large.is_none(), known, "{too_large:?}");
            for (question, _) in &questions {
                assert!(size(&question.job) <= MOST_PLACEMENTS, "{}", size(&question.job));
            }
            assert!(questions.len() <= 2, "a constant number of questions");
        }
    }
}
