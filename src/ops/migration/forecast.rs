//! Whether what leaves some nodes finds a place, as the cluster's scheduler says: nothing is stored, and the worse answer wins.

mod asking;
mod peaks;
mod portion;
mod shares;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::plan::PreemptedAlloc;
use crate::error::Result;
use crate::model::capacity::Peak;
use crate::model::forecast::{self, ExcludedNodes, ForecastQuestion, LeavingAllocs, Loss, MOST_PLACEMENTS};
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::JobKey;
use crate::ops::migration::snapshot::JobDocument;

use asking::{Asking, PLANS_AT_ONCE, Part};
pub use peaks::{MOST_NODES_FOR_PEAKS, peaks};
use portion::Portion;
use shares::Deck;

/// Groups stand in random order in a plan and take room greedily, so a tight fit shows only in some runs (§12.2).
const RUNS: usize = 3;

/// What the scheduler foresees.
#[derive(Debug, Clone, Default)]
pub struct Forecast {
    /// What would find no place.
    pub losses: Vec<Loss>,
    /// Why it is not known, when it is not.
    pub unknown: Option<String>,
    /// How many of the leaving allocations were asked about: the first so many.
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
    /// Nodes that stay and take work, by id; those of a kind best side by side.
    pub survivors: &'a [String],
    /// Whether the doomed nodes are ineligible already.
    pub marked: bool,
}

/// Asks whether all of these allocations would find a place on the nodes that stay.
///
/// Up to [`MOST_PLACEMENTS`] are one question. More are shared out, each part with nodes of its own and as large as is answered in time;
/// so are fewer where the one question is not.
///
/// # Errors
/// When Nomad cannot be reached; a refusal or a nonsensical plan is an unknown forecast instead.
pub async fn ask(nomad: &Http, input: ForecastInput<'_>, leaving: &[&AllocStub]) -> Result<Forecast> {
    let total = leaving.len() as u64;
    let first = |n: u64| &leaving[..usize::try_from(n).unwrap_or(usize::MAX)];
    let covered = shares::asked_about(total, input.survivors.len());
    let groups = by_group(input, first(covered));
    let mut forecast = Forecast { covered, total, ..Forecast::default() };
    if groups.is_empty() {
        return Ok(forecast);
    }
    if input.survivors.is_empty() {
        forecast.covered = total;
        let all = by_group(input, leaving);
        forecast.losses = all.into_iter().map(|l| nowhere(l.group, l.count)).collect();
        return Ok(forecast);
    }
    let named = ExcludedNodes::of(input.doomed, input.survivors);
    let excluded = if input.marked { ExcludedNodes::Ineligible } else { named.clone() };
    let namespaces = namespaces(&groups);
    let (mut beside, too_large) = real_jobs(&groups, &named);
    beside.extend(volumes(&groups, &namespaces[0], &excluded));
    let mut asking = Asking::new(nomad, namespaces);
    asking.unknown = too_large;
    let mut losses = None;
    if covered <= MOST_PLACEMENTS {
        losses = at_once(&mut asking, (groups.clone(), excluded.clone())).await?;
    }
    if losses.is_none() && (covered > MOST_PLACEMENTS || asking.is_late()) {
        asking.try_again();
        let mut portion = Portion::new();
        // The first plan tells how many of all can be asked about.
        let probe = shares::probe(
            &mut asking,
            Deck::new(groups.clone(), input.doomed, input.survivors),
            &mut portion,
        );
        if probe.await? {
            forecast.covered = covered.min(portion.affordable(PLANS_AT_ONCE));
            let groups =
                if forecast.covered < covered { by_group(input, first(forecast.covered)) } else { groups };
            let deck = Deck::new(groups, input.doomed, input.survivors);
            losses = Some(vec![shares::ask(&mut asking, deck, &mut portion, &excluded).await?]);
        }
    }
    let mut losses = losses.unwrap_or_default();
    losses.extend(asking.put(&beside).await?.unwrap_or_default());
    forecast.losses = losses.into_iter().reduce(forecast::worse).unwrap_or_default();
    forecast.unknown = asking.unknown;
    forecast.preempted = asking.preempted;
    Ok(forecast)
}

/// What finds no place where all are one question, in each of several runs; none when that is not known. Where only the first run is answered
/// in time, that one counts.
async fn at_once(asking: &mut Asking<'_>, all: Part<'_>) -> Result<Option<Vec<Vec<Loss>>>> {
    let Some(mut losses) = asking.place(&[&all]).await? else { return Ok(None) };
    if all.0.len() > 1 {
        match asking.place(&[&all; RUNS - 1]).await? {
            Some(others) => losses.extend(others),
            None if asking.is_late() => asking.try_again(),
            None => return Ok(None),
        }
    }
    Ok(Some(losses))
}

fn nowhere(group: GroupKey, unplaced: u64) -> Loss {
    Loss { group, unplaced, metric: PlacementMetric::default() }
}

fn by_group<'a>(input: ForecastInput<'a>, leaving: &[&AllocStub]) -> Vec<LeavingAllocs<'a>> {
    let mut counts: BTreeMap<GroupKey, u64> = BTreeMap::new();
    for alloc in leaving {
        *counts.entry(GroupKey::of(alloc)).or_default() += 1;
    }
    // Only what keeps apart is kept off the nodes of those that stay.
    let apart: BTreeSet<JobKey> = counts
        .keys()
        .map(GroupKey::job_key)
        .filter(|job| input.jobs.get(job).is_some_and(|d| forecast::keeps_apart(&d.spec)))
        .collect();
    let mut staying: BTreeMap<JobKey, Vec<&AllocStub>> = BTreeMap::new();
    let stays = |a: &&AllocStub| {
        !a.client_status.is_terminal() && !is_leaving(a) && !input.doomed.contains(&a.node_id)
    };
    if !apart.is_empty() {
        for alloc in input.allocs.iter().filter(stays) {
            let job = JobKey::of(alloc);
            if apart.contains(&job) {
                staying.entry(job).or_default().push(alloc);
            }
        }
    }
    let leaving = |(group, count): (GroupKey, u64)| {
        let spec = &input.jobs.get(&group.job_key())?.spec;
        let of_job = || staying.get(&group.job_key()).into_iter().flatten();
        let job_on = of_job().map(|a| a.node_id.clone()).collect();
        let group_on = of_job().filter(|a| a.task_group == group.group).map(|a| a.node_id.clone()).collect();
        Some(LeavingAllocs { group, count, spec, group_on, job_on })
    };
    counts.into_iter().filter_map(leaving).collect()
}

/// The namespaces of these groups; one with volumes first, since a question about everything sees only the volumes of its own.
fn namespaces(groups: &[LeavingAllocs<'_>]) -> Vec<String> {
    let mut all: BTreeMap<&str, bool> = BTreeMap::new();
    for leaving in groups {
        *all.entry(&leaving.group.namespace).or_default() |= forecast::has_volumes(leaving);
    }
    let (with, without): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, volumes)| *volumes);
    with.into_iter().chain(without).map(|(namespace, _)| namespace.to_owned()).collect()
}

/// Questions about volumes that stand in another namespace than the one where everything is asked about.
fn volumes(groups: &[LeavingAllocs<'_>], asked_in: &str, excluded: &ExcludedNodes) -> Vec<ForecastQuestion> {
    let mut by_namespace: BTreeMap<&str, Vec<LeavingAllocs<'_>>> = BTreeMap::new();
    for leaving in groups.iter().filter(|l| l.group.namespace != asked_in && forecast::has_volumes(l)) {
        by_namespace.entry(&leaving.group.namespace).or_default().push(leaving.clone());
    }
    let question = |(namespace, all): (&str, Vec<LeavingAllocs<'_>>)| {
        shares::portions(&all)
            .iter()
            .map(|some| forecast::compose("fleet-forecast", namespace, some, excluded))
            .collect::<Vec<_>>()
    };
    by_namespace.into_iter().flat_map(question).collect()
}

/// The questions about real jobs whose allocations must keep apart in a way that no copy is exact about; and what cannot be asked, because
/// one plan must not ask for so many.
fn real_jobs(
    groups: &[LeavingAllocs<'_>],
    excluded: &ExcludedNodes,
) -> (Vec<ForecastQuestion>, Option<String>) {
    let mut jobs: BTreeMap<(&str, &str), &LeavingAllocs<'_>> = BTreeMap::new();
    for leaving in groups.iter().filter(|l| forecast::needs_real_plan(l.spec)) {
        jobs.entry((&leaving.group.namespace, &leaving.group.job)).or_insert(leaving);
    }
    let (mut questions, mut too_large) = (Vec::new(), None);
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
        questions.push(forecast::compose_real(key, leaving.spec, excluded));
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
        let constraints = if apart {
            json!([{"Operand": "distinct_property", "LTarget": "${meta.rack}"}])
        } else {
            json!(null)
        };
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
    fn no_plan_of_a_job_asks_for_more_than_so_many() {
        for (count, apart, known, questions) in
            [(2_000, false, true, 0), (2_000, true, false, 0), (40, true, true, 1)]
        {
            let jobs = BTreeMap::from([document("web", count, apart), document("api", 900, false)]);
            let allocs: Vec<AllocStub> = (0..900).flat_map(|i| [alloc("web", i), alloc("api", i)]).collect();
            let leaving: Vec<&AllocStub> = allocs.iter().collect();
            let (doomed, survivors) = (BTreeSet::from(["old".to_owned()]), ["new".to_owned()]);
            let input = ForecastInput {
                jobs: &jobs,
                allocs: &allocs,
                doomed: &doomed,
                survivors: &survivors,
                marked: false,
            };
            let groups = by_group(input, &leaving);
            let (real, too_large) = real_jobs(&groups, &ExcludedNodes::Ineligible);
            assert_eq!((real.len(), too_large.is_none()), (questions, known), "{too_large:?}");
            assert!(real.iter().all(|question| size(&question.job) <= MOST_PLACEMENTS));
        }
    }

    #[test]
    fn nodes_of_those_that_stay_are_named_only_where_instances_keep_apart() {
        for (apart, named) in [(true, 2), (false, 0)] {
            let jobs = BTreeMap::from([document("web", 5, apart)]);
            let mut allocs: Vec<AllocStub> = (0..3).map(|i| alloc("web", i)).collect();
            for (i, node) in ["b", "c"].into_iter().enumerate() {
                allocs[i + 1].node_id = node.to_owned();
            }
            let (doomed, survivors) = (BTreeSet::from(["old".to_owned()]), ["b".to_owned(), "c".to_owned()]);
            let input = ForecastInput {
                jobs: &jobs,
                allocs: &allocs,
                doomed: &doomed,
                survivors: &survivors,
                marked: false,
            };
            let groups = by_group(input, &[&allocs[0]]);
            assert_eq!((groups.len(), groups[0].count, groups[0].job_on.len()), (1, 1, named));
            assert_eq!(groups[0].group_on.len(), named);
        }
    }
}
