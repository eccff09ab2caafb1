//! Why groups of a job are not placed: what the scheduler noted, the room on the nodes, and what would fit.

use std::collections::{BTreeSet, HashMap};

use crate::api::nomad::allocation::{self, AllocStub, AllocUse};
use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::volume::{self, VolumeKind};
use crate::api::nomad::{ALL_NAMESPACES, plan};
use crate::api::{Error as ApiError, Result as ApiResult};
use crate::error::Result;
use crate::model::why::placement::{self, Unplaced};
use crate::model::why::room::{Cluster, NodeUsage};
use crate::model::why::{Evidence, Explanation, Planned, Suggestion, experiment, job as standing};
use crate::model::words::count;
use crate::ops::why::job::{JobFacts, Notes};
use crate::ops::why::{WhyContext, reason};

/// Of how many volumes it is asked who has them.
const MOST_VOLUMES: usize = 3;

/// What the nodes and the scheduler say of the groups that are not placed; none where all are. The worst of them explains the
/// job, the others are told beside it.
pub(super) async fn explain(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    notes: &mut Notes,
) -> Result<Option<Explanation>> {
    let missing = standing::unplaced(&seen.evals);
    let nobody_looked_at = standing::may_have_no_node(&seen.job, &seen.allocs, &seen.evals);
    if missing.is_empty() && !nobody_looked_at {
        return Ok(None);
    }
    let groups: Vec<_> =
        missing.into_iter().filter_map(|(group, metric)| Some((seen.job.group(group)?, metric))).collect();
    let (nodes, taken) = match rooms(asked).await {
        Ok(room) => room,
        Err(e) => {
            notes.not_known.push(format!("how much room the nodes have: {}", reason(&e)));
            let bare = |(group, metric)| Unplaced { job: &seen.job, group, metric, cluster: None };
            return Ok(beside(groups.into_iter().map(bare)));
        }
    };
    notes.looked_at.push(format!("the room on {}", count(nodes.len(), "node")));
    let cluster = Cluster { nodes: &nodes, taken: &taken };
    let nothing = PlacementMetric::default();
    let mut all: Vec<Unplaced<'_>> = groups
        .into_iter()
        .map(|(group, metric)| Unplaced { job: &seen.job, group, metric, cluster: Some(cluster) })
        .collect();
    if all.is_empty() {
        all.extend(placement::nowhere(&seen.job, &nothing, cluster));
    }
    let Some(mut explanation) = beside(all.iter().copied()) else { return Ok(None) };
    if let (Some(refusal), Some(worst)) = (standing::old_refusal(&seen.evals), all.first()) {
        notes.looked_at.push("a plan of the job as it is (nothing was written)".to_owned());
        match places_now(asked, seen).await {
            Ok(0) => {}
            Ok(n) => return Ok(Some(placement::outlived(*worst, refusal.modify_time, n, asked.now))),
            Err(e) => notes.not_known.push(format!("whether it would be placed now: {}", reason(&e))),
        }
    }
    if let Some(worst) = all.first() {
        holders(asked, *worst, &mut explanation, notes).await;
        plan(asked, seen, *worst, &mut explanation, notes).await;
    }
    for other in all.iter().skip(1) {
        let group = &other.group.name;
        let untried = experiment::changes(*other).into_iter().map(|change| {
            let (text, command) = (format!("group {group}: {}", change.words()), change.command(&seen.job));
            Suggestion::new(text, command).planned(Planned::NotKnown)
        });
        explanation.suggestions.extend(untried);
    }
    Ok(Some(explanation))
}

/// Tells who has the host volumes that it may not have: one request for the list, and one for each of a few.
async fn holders(asked: WhyContext<'_>, u: Unplaced<'_>, explanation: &mut Explanation, notes: &mut Notes) {
    let refused = placement::refused_volumes(u);
    if refused.is_empty() {
        return;
    }
    let namespace = &u.job.namespace;
    let found: ApiResult<Vec<Evidence>> = async {
        let all = asked.nomad.list(&volume::list(VolumeKind::Host).namespace(namespace)).await?.value;
        let mut told = Vec::new();
        for one in all.iter().filter(|v| refused.contains(&v.name)).take(MOST_VOLUMES) {
            let whole = asked.nomad.read(&volume::get(VolumeKind::Host, namespace, &one.id)).await?.value;
            told.push(placement::holders(&whole));
        }
        Ok(told)
    }
    .await;
    match found {
        Ok(told) => {
            // One that a node's own configuration names is not in the list, and nobody has it for himself.
            notes.looked_at.push("who has its host volumes".to_owned());
            let sentence = told.iter().map(|e| e.text.clone()).collect::<Vec<_>>().join("; ");
            if !sentence.is_empty() {
                explanation.sentence = format!("{}: {sentence}", explanation.sentence);
            }
            explanation.evidence.extend(told);
        }
        Err(e) => notes.not_known.push(format!("who has its host volumes: {}", reason(&e))),
    }
}

/// The explanation of the first, with what is to be said of the others.
fn beside<'a>(mut all: impl Iterator<Item = Unplaced<'a>>) -> Option<Explanation> {
    let mut explanation = placement::explain(all.next()?);
    for other in all {
        explanation.evidence.push(Evidence::new("also", placement::explain(other).sentence));
    }
    Some(explanation)
}

/// How many allocations of the job as it is the scheduler would place now: one plan, and nothing is written.
async fn places_now(asked: WhyContext<'_>, seen: &JobFacts) -> ApiResult<u64> {
    let call = plan::plan(&seen.job.namespace, &seen.job.id, &seen.spec);
    let told = asked.nomad.ask(&call).await?.value;
    let wished = told.annotations.updates.values().map(|u| u.place).sum::<u64>();
    let refused = told.failed_groups.values().map(PlacementMetric::unplaced).sum::<u64>();
    Ok(wished.saturating_sub(refused))
}

/// Asks the scheduler what would fit: one plan, and nothing is written.
async fn plan(
    asked: WhyContext<'_>,
    seen: &JobFacts,
    u: Unplaced<'_>,
    explanation: &mut Explanation,
    notes: &mut Notes,
) {
    let changes = experiment::changes(u);
    let live = |a: &&AllocStub| !a.client_status.is_terminal();
    let on = |wanted: &dyn Fn(&AllocStub) -> bool| -> BTreeSet<String> {
        seen.allocs.iter().filter(live).filter(|a| wanted(a)).map(|a| a.node_id.clone()).collect()
    };
    let (group_on, job_on) = (on(&|a| a.task_group == u.group.name), on(&|_| true));
    let Some(e) = experiment::compose(u, &changes, &seen.spec, &group_on, &job_on) else { return };
    match asked.nomad.ask(&plan::plan(&e.namespace, &e.id, &e.job)).await {
        Ok(answer) => {
            notes
                .looked_at
                .push(format!("a plan of {} (nothing was written)", count(changes.len(), "change")));
            let alone = changes.len() == 1;
            let verdicts = e.verdicts(&answer.value);
            let told = verdicts.iter().map(|v| experiment::suggestion(v, alone, &seen.job));
            let mut told: Vec<Suggestion> = told.collect();
            told.append(&mut explanation.suggestions);
            told.sort_by_key(|s| s.planned != Some(Planned::Fits));
            explanation.suggestions = told;
        }
        Err(e) => notes.not_known.push(format!("what would fit: {}", reason(&e))),
    }
}

/// The nodes with what they offer, and what is taken of them.
async fn rooms(asked: WhyContext<'_>) -> ApiResult<(Vec<NodeStub>, HashMap<String, NodeUsage>)> {
    let nodes = node::list_with_resources();
    let uses = allocation::list_resources().namespace(ALL_NAMESPACES);
    let add = |taken: &mut HashMap<String, NodeUsage>, row: AllocUse| {
        if let Some(resources) = row.allocated_resources.filter(|_| !row.client_status.is_terminal()) {
            taken.entry(row.node_id).or_default().add(&resources);
        }
    };
    let nomad = asked.nomad;
    let (nodes, taken) = tokio::try_join!(nomad.list(&nodes), nomad.fold(&uses, HashMap::new, add))?;
    Ok::<_, ApiError>((nodes.value, taken.value))
}
