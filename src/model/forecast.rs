//! Asking the cluster's own scheduler whether what leaves some nodes finds room on the others (`nomad-api.md §12`).
//!
//! Here the question is composed and the answer read; a plan carries it to the scheduler and stores nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::plan::PlanReply;
use crate::model::group::GroupKey;

/// The most placements one plan may be asked for: it runs inside the leader, and its cost grows with them (§12.1).
pub const MOST_PLACEMENTS: u64 = 500;

/// Allocations of one group that leave.
#[derive(Debug, Clone)]
pub struct LeavingAllocs<'a> {
    /// Whose they are.
    pub group: GroupKey,
    /// How many.
    pub count: u64,
    /// The job as the server holds it.
    pub spec: &'a Value,
    /// Nodes that stay and already run an allocation of the group.
    pub group_on: BTreeSet<String>,
    /// Nodes that stay and already run an allocation of the job.
    pub job_on: BTreeSet<String>,
}

/// The nodes where what leaves must not land again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExcludedNodes {
    /// The scheduler knows by itself: the nodes are ineligible.
    Ineligible,
    /// These nodes, by id.
    Nodes(Vec<String>),
    /// All but these nodes, by id; shorter when few stay.
    AllBut(Vec<String>),
}

impl ExcludedNodes {
    /// The shorter of the two ways to say it.
    #[must_use]
    pub fn of(doomed: Vec<String>, survivors: Vec<String>) -> Self {
        if survivors.len() <= doomed.len() {
            ExcludedNodes::AllBut(survivors)
        } else {
            ExcludedNodes::Nodes(doomed)
        }
    }

    fn constraints(&self) -> Vec<Value> {
        match self {
            ExcludedNodes::Ineligible => Vec::new(),
            ExcludedNodes::Nodes(ids) => ids.iter().map(|id| constraint(NODE_ID, "!=", id)).collect(),
            ExcludedNodes::AllBut(ids) => vec![constraint(NODE_ID, "set_contains_any", &ids.join(","))],
        }
    }
}

const NODE_ID: &str = "${node.unique.id}";
const POOL: &str = "${node.pool}";
const DATACENTER: &str = "${node.datacenter}";

/// Allocations that would find no place.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// Whose they are.
    pub group: GroupKey,
    /// How many.
    pub unplaced: u64,
    /// What the scheduler saw, without what the question itself put there.
    pub metric: PlacementMetric,
}

/// A question to the scheduler: everything in it competes for the same room.
#[derive(Debug, Clone)]
pub struct ForecastQuestion {
    /// The namespace to ask in.
    pub namespace: String,
    /// The id the job is planned under; it is never registered.
    pub id: String,
    /// The job to plan.
    pub job: Value,
    names: BTreeMap<String, GroupKey>,
}

/// The question whether all of these find room together, in one namespace whose rules apply to all.
///
/// Everything is in one plan, because two plans know nothing of each other (§12.2): pool and datacenters become
/// constraints of each group, so that groups of any pool can stand side by side.
#[must_use]
pub fn compose(
    id: &str,
    namespace: &str,
    leaving: &[LeavingAllocs<'_>],
    doomed: &ExcludedNodes,
) -> ForecastQuestion {
    let mut names = BTreeMap::new();
    let mut groups = Vec::new();
    for one in leaving {
        let name = format!("{}/{}/{}", one.group.namespace, one.group.job, one.group.group);
        if let Some(group) = copy_group(&name, one) {
            groups.push(group);
            names.insert(name, one.group.clone());
        }
    }
    let priority = leaving.iter().filter_map(|l| l.spec["Priority"].as_i64()).min().unwrap_or(50);
    let region = leaving.first().map_or(Value::Null, |l| l.spec["Region"].clone());
    let job = json!({
        "ID": id, "Name": id, "Type": "service", "Namespace": namespace, "Region": region,
        "NodePool": "all", "Datacenters": ["*"], "Priority": priority,
        "Constraints": doomed.constraints(), "TaskGroups": groups,
    });
    ForecastQuestion { namespace: namespace.to_owned(), id: id.to_owned(), job, names }
}

/// A copy of the group as it is registered, with what stood at its job pushed down into it.
#[must_use]
pub fn copy_group(name: &str, leaving: &LeavingAllocs<'_>) -> Option<Value> {
    let job = leaving.spec;
    let mut group =
        job["TaskGroups"].as_array()?.iter().find(|g| g["Name"] == leaving.group.group.as_str())?.clone();
    let own = group["Constraints"].as_array().cloned().unwrap_or_default();
    let jobs = job["Constraints"].as_array().cloned().unwrap_or_default();
    let mut constraints = where_the_job_may_run(job);
    // A synthetic job cannot see the allocations that stay, so their nodes are named.
    let taken = if jobs.iter().any(is_distinct_hosts) {
        Some(&leaving.job_on)
    } else if own.iter().any(is_distinct_hosts) {
        Some(&leaving.group_on)
    } else {
        None
    };
    constraints.extend(taken.into_iter().flatten().map(|id| constraint(NODE_ID, "!=", id)));
    constraints.extend(own.into_iter().chain(jobs));
    group["Name"] = name.into();
    group["Count"] = leaving.count.into();
    group["Constraints"] = constraints.into();
    for field in ["Affinities", "Spreads"] {
        let all: Vec<Value> =
            [&job[field], &group[field]].into_iter().filter_map(Value::as_array).flatten().cloned().collect();
        group[field] = all.into();
    }
    // Bounds of the count do not fit the count asked for.
    group["Scaling"] = Value::Null;
    Some(group)
}

fn where_the_job_may_run(job: &Value) -> Vec<Value> {
    let mut constraints = Vec::new();
    if let Some(pool) = job["NodePool"].as_str().filter(|p| !p.is_empty() && *p != "all") {
        constraints.push(constraint(POOL, "=", pool));
    }
    let datacenters: Vec<&str> =
        job["Datacenters"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !datacenters.is_empty() && !datacenters.contains(&"*") {
        let patterns: Vec<String> =
            datacenters.iter().map(|dc| regex::escape(dc).replace("\\*", ".*").replace("\\?", ".")).collect();
        constraints.push(constraint(DATACENTER, "regexp", &format!("^({})$", patterns.join("|"))));
    }
    constraints
}

/// The question about one job under its own id, exact where its allocations must keep apart from each other (§12.3);
/// none when its spec cannot be asked so.
#[must_use]
pub fn compose_real(key: (&str, &str), spec: &Value, doomed: &ExcludedNodes) -> ForecastQuestion {
    let (namespace, id) = key;
    let mut job = spec.clone();
    let mut constraints = job["Constraints"].as_array().cloned().unwrap_or_default();
    constraints.extend(doomed.constraints());
    job["Constraints"] = constraints.into();
    // Otherwise only max_parallel allocations are looked at.
    if job["Update"].is_object() {
        job["Update"]["MaxParallel"] = 0.into();
    }
    let mut names = BTreeMap::new();
    for group in job["TaskGroups"].as_array_mut().into_iter().flatten() {
        if group["Update"].is_object() {
            group["Update"]["MaxParallel"] = 0.into();
            group["Update"]["Canary"] = 0.into();
        }
        if let Some(name) = group["Name"].as_str() {
            let key = GroupKey { namespace: namespace.into(), job: id.into(), group: name.into() };
            names.insert(name.to_owned(), key);
        }
    }
    ForecastQuestion { namespace: namespace.to_owned(), id: id.to_owned(), job, names }
}

/// Whether allocations of the job must keep apart from each other, so that only the real job's plan is exact.
#[must_use]
pub fn needs_real_plan(spec: &Value) -> bool {
    let groups = spec["TaskGroups"].as_array().into_iter().flatten();
    let constraints = std::iter::once(&spec["Constraints"]).chain(groups.map(|g| &g["Constraints"]));
    constraints
        .filter_map(Value::as_array)
        .flatten()
        .any(|c| matches!(c["Operand"].as_str(), Some("distinct_hosts" | "distinct_property")))
}

impl ForecastQuestion {
    /// Reads the scheduler's answer.
    #[must_use]
    pub fn losses(&self, answer: &PlanReply) -> Vec<Loss> {
        let mut losses: BTreeMap<&GroupKey, Loss> = BTreeMap::new();
        for (name, metric) in &answer.failed_groups {
            let Some(group) = self.names.get(name) else { continue };
            let loss =
                Loss { group: group.clone(), unplaced: metric.unplaced(), metric: without_our_own(metric) };
            losses.insert(group, loss);
        }
        // Room that is only made by evicting others is no room.
        for (name, updates) in &answer.annotations.updates {
            let Some(group) = self.names.get(name).filter(|_| updates.preemptions > 0) else { continue };
            let evicting = || Loss {
                group: group.clone(),
                unplaced: 0,
                metric: PlacementMetric {
                    dimension_exhausted: BTreeMap::from([(
                        "room only by preemption".to_owned(),
                        updates.preemptions,
                    )]),
                    ..PlacementMetric::default()
                },
            };
            losses.entry(group).or_insert_with(evicting).unplaced += updates.preemptions;
        }
        losses.into_values().collect()
    }
}

/// The metric without the constraints the question added.
fn without_our_own(metric: &PlacementMetric) -> PlacementMetric {
    let mut metric = metric.clone();
    metric
        .constraint_filtered
        .retain(|text, _| ![NODE_ID, POOL, DATACENTER].iter().any(|ours| text.starts_with(ours)));
    metric
}

/// The worse of two forecasts, group by group: a loss in any of them is a loss.
#[must_use]
pub fn worse(a: Vec<Loss>, b: Vec<Loss>) -> Vec<Loss> {
    let mut all: BTreeMap<GroupKey, Loss> = BTreeMap::new();
    for loss in a.into_iter().chain(b) {
        match all.get(&loss.group) {
            Some(known) if known.unplaced >= loss.unplaced => {}
            _ => drop(all.insert(loss.group.clone(), loss)),
        }
    }
    all.into_values().collect()
}

fn is_distinct_hosts(c: &Value) -> bool {
    c["Operand"] == "distinct_hosts" && c["RTarget"] != "false"
}

fn constraint(left: &str, operand: &str, right: &str) -> Value {
    json!({"LTarget": left, "Operand": operand, "RTarget": right})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(job: &str) -> GroupKey {
        GroupKey { namespace: "default".into(), job: job.into(), group: "g".into() }
    }

    fn spec(constraints: impl Into<Value>) -> Value {
        let constraints: Value = constraints.into();
        json!({
            "ID": "web", "Priority": 70, "Region": "global", "NodePool": "gpu", "Datacenters": ["dc1", "eu-*"],
            "Constraints": constraints, "Update": {"MaxParallel": 1}, "Meta": {"a": "b"},
            "TaskGroups": [{
                "Name": "g", "Count": 9, "Scaling": {"Min": 3}, "Spreads": null,
                "Constraints": [{"LTarget": "${attr.x}", "Operand": "=", "RTarget": "y"}],
                "Update": {"MaxParallel": 2, "Canary": 1},
            }],
        })
    }

    fn leaving(spec: &Value) -> LeavingAllocs<'_> {
        LeavingAllocs {
            group: key("web"),
            count: 2,
            spec,
            group_on: BTreeSet::from(["g-node".to_owned()]),
            job_on: BTreeSet::from(["j-node".to_owned()]),
        }
    }

    fn texts(constraints: &Value) -> Vec<String> {
        let text = |c: &Value| {
            format!(
                "{} {} {}",
                c["LTarget"].as_str().unwrap(),
                c["Operand"].as_str().unwrap(),
                c["RTarget"].as_str().unwrap()
            )
        };
        constraints.as_array().unwrap().iter().map(text).collect()
    }

    #[test]
    fn a_group_is_copied_with_its_jobs_demands_and_without_its_bounds() {
        let spec = spec(json!([{"LTarget": "", "Operand": "distinct_hosts", "RTarget": "true"}]));
        let doomed = ExcludedNodes::Nodes(vec!["old-1".into()]);
        let q = compose("fleet-forecast", "default", &[leaving(&spec)], &doomed);
        let group = &q.job["TaskGroups"][0];
        assert_eq!(
            (&group["Name"], &group["Count"], &group["Scaling"]),
            (&json!("default/web/g"), &json!(2), &Value::Null)
        );
        assert_eq!(
            texts(&group["Constraints"]),
            [
                "${node.pool} = gpu",
                "${node.datacenter} regexp ^(dc1|eu\\-.*)$",
                "${node.unique.id} != j-node",
                "${attr.x} = y",
                " distinct_hosts true"
            ]
        );
        assert_eq!(texts(&q.job["Constraints"]), ["${node.unique.id} != old-1"]);
        assert_eq!(
            (&q.job["NodePool"], &q.job["Priority"], q.job.get("Meta")),
            (&json!("all"), &json!(70), None)
        );
    }

    #[test]
    fn the_shorter_list_of_nodes_is_sent() {
        let ids = |n: usize| (0..n).map(|i| i.to_string()).collect::<Vec<_>>();
        assert!(matches!(ExcludedNodes::of(ids(3), ids(2)), ExcludedNodes::AllBut(_)));
        assert!(matches!(ExcludedNodes::of(ids(3), ids(9)), ExcludedNodes::Nodes(_)));
    }

    #[test]
    fn the_real_job_is_asked_about_all_its_allocations() {
        let spec = spec(Value::Null);
        let q = compose_real(("default", "web"), &spec, &ExcludedNodes::Nodes(vec!["old-1".into()]));
        assert_eq!(q.job["Update"]["MaxParallel"], 0);
        assert_eq!(q.job["TaskGroups"][0]["Update"], json!({"MaxParallel": 0, "Canary": 0}));
        assert_eq!(texts(&q.job["Constraints"]), ["${node.unique.id} != old-1"]);
        assert_eq!(q.names["g"], key("web"));
    }

    #[test]
    fn keeping_apart_needs_the_real_plan() {
        assert!(!needs_real_plan(&spec(Value::Null)));
        assert!(needs_real_plan(&spec(json!([{"Operand": "distinct_property", "LTarget": "${meta.rack}"}]))));
    }

    #[test]
    fn losses_are_counted_and_our_own_constraints_are_no_reason() {
        let spec = spec(Value::Null);
        let q = compose("f", "default", &[leaving(&spec)], &ExcludedNodes::Ineligible);
        let answer: PlanReply = serde_json::from_value(json!({
            "FailedTGAllocs": {"default/web/g": {
                "CoalescedFailures": 1,
                "ConstraintFiltered": {"${node.unique.id} != a": 1, "${node.pool} = gpu": 3, "missing drivers": 2},
                "DimensionExhausted": {"memory": 2},
            }},
        }))
        .unwrap();
        let losses = q.losses(&answer);
        assert_eq!((losses.len(), losses[0].unplaced), (1, 2));
        assert_eq!(losses[0].metric.constraint_filtered, BTreeMap::from([("missing drivers".to_owned(), 2)]));
        let preempting: PlanReply = serde_json::from_value(json!({
            "Annotations": {"DesiredTGUpdates": {"default/web/g": {"Place": 2, "Preemptions": 2}}},
        }))
        .unwrap();
        assert_eq!(q.losses(&preempting)[0].unplaced, 2);
        assert!(q.losses(&PlanReply::default()).is_empty());
    }

    #[test]
    fn the_worse_answer_wins() {
        let loss =
            |job: &str, unplaced| Loss { group: key(job), unplaced, metric: PlacementMetric::default() };
        let merged = worse(vec![loss("a", 1), loss("b", 5)], vec![loss("a", 3), loss("c", 1)]);
        let counts: Vec<(String, u64)> = merged.into_iter().map(|l| (l.group.job, l.unplaced)).collect();
        assert_eq!(counts, [("a".to_owned(), 3), ("b".to_owned(), 5), ("c".to_owned(), 1)]);
    }
}
