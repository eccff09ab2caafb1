//! Asking the cluster's own scheduler whether what leaves some nodes finds room on the others (`nomad-api.md §12`).
//!
//! Here the question is composed and the answer read; a plan carries it to the scheduler and stores nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::plan::PlanReply;
use crate::model::group::GroupKey;
use crate::model::id_pattern;

/// The most placements one plan may be asked for: it runs inside the leader, and its cost grows with them (§12.1).
pub const MOST_PLACEMENTS: u64 = 500;

/// As many of these are left free in a question about a part, for what found no place in another part.
pub const SPARE_PLACEMENTS: u64 = 100;
/// More nodes than this are not compared one by one: the scheduler does so for every placement on every node it looks at.
const MOST_NAMED: usize = 10;

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

/// The nodes where what leaves must not land.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExcludedNodes {
    /// The scheduler knows by itself: the nodes are ineligible.
    Ineligible,
    /// These nodes, by id.
    Nodes(Vec<String>),
    /// All but those whose ids this regular expression matches.
    AllBut(String),
}

impl ExcludedNodes {
    /// These nodes, where the others are to be told from them.
    #[must_use]
    pub fn of(doomed: &BTreeSet<String>, survivors: &[String]) -> Self {
        if doomed.len() <= MOST_NAMED {
            return ExcludedNodes::Nodes(doomed.iter().cloned().collect());
        }
        Self::all_but(survivors, doomed)
    }

    /// Every node but these, which are told from the others.
    #[must_use]
    pub fn all_but<'a>(nodes: &[String], others: impl IntoIterator<Item = &'a String>) -> Self {
        let pattern =
            id_pattern::matching(nodes.iter().map(String::as_str), others.into_iter().map(String::as_str));
        // An id is never empty: this matches none.
        ExcludedNodes::AllBut(pattern.unwrap_or_else(|| "^$".to_owned()))
    }

    fn constraints(&self) -> Vec<Value> {
        match self {
            ExcludedNodes::Ineligible => Vec::new(),
            ExcludedNodes::Nodes(ids) => ids.iter().map(|id| constraint(NODE_ID, "!=", id)).collect(),
            ExcludedNodes::AllBut(pattern) => vec![constraint(NODE_ID, "regexp", pattern)],
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
/// constraints of each group, so that groups of any pool can stand side by side. Volumes belong to a namespace: those of other
/// namespaces are left out, and are asked about there.
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
        if let Some(mut group) = copy_group(&name, one) {
            if one.group.namespace != namespace {
                without_volumes(&mut group);
            }
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

fn without_volumes(group: &mut Value) {
    group["Volumes"] = Value::Null;
    for task in group["Tasks"].as_array_mut().into_iter().flatten() {
        task["VolumeMounts"] = Value::Null;
    }
}

/// Whether the group asks for volumes, which only its own namespace has.
#[must_use]
pub fn has_volumes(leaving: &LeavingAllocs<'_>) -> bool {
    let groups = leaving.spec["TaskGroups"].as_array().into_iter().flatten();
    let mut own = groups.filter(|g| g["Name"] == leaving.group.group.as_str());
    own.any(|g| g["Volumes"].as_object().is_some_and(|volumes| !volumes.is_empty()))
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

/// Whether allocations of the job must keep apart from each other.
#[must_use]
pub fn keeps_apart(spec: &Value) -> bool {
    operands(spec, true).any(|operand| matches!(operand, "distinct_hosts" | "distinct_property"))
}

/// Whether only the real job's plan is exact: a copied group keeps apart from its own kind and from the nodes that are named to it, but
/// neither from another group of its job nor by a property (§12.3).
#[must_use]
pub fn needs_real_plan(spec: &Value) -> bool {
    let groups = spec["TaskGroups"].as_array().map_or(0, Vec::len);
    operands(spec, true).any(|operand| operand == "distinct_property")
        || (groups > 1 && operands(spec, false).any(|operand| operand == "distinct_hosts"))
}

/// The operands of the job's own constraints, and of its groups' where those are wanted.
fn operands(spec: &Value, of_groups: bool) -> impl Iterator<Item = &str> {
    let groups = spec["TaskGroups"].as_array().into_iter().flatten().filter(move |_| of_groups);
    let constraints = std::iter::once(&spec["Constraints"]).chain(groups.map(|g| &g["Constraints"]));
    constraints.filter_map(Value::as_array).flatten().filter_map(|c| c["Operand"].as_str())
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

/// The losses of questions about different allocations: what finds no place in one comes on top of what finds none in another.
#[must_use]
pub fn sum(losses: impl IntoIterator<Item = Loss>) -> Vec<Loss> {
    let mut all: BTreeMap<GroupKey, Loss> = BTreeMap::new();
    for loss in losses {
        match all.get_mut(&loss.group) {
            Some(known) => known.unplaced += loss.unplaced,
            None => drop(all.insert(loss.group.clone(), loss)),
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
    fn many_nodes_are_told_from_the_others_by_one_comparison() {
        let ids = |nodes: std::ops::Range<usize>| nodes.map(|i| format!("{i:02}-node")).collect::<Vec<_>>();
        let of = |doomed: std::ops::Range<usize>| {
            ExcludedNodes::of(&ids(doomed).into_iter().collect(), &ids(30..40)).constraints()
        };
        assert_eq!(of(0..3).len(), 3);
        assert_eq!(texts(&of(0..30).into()), ["${node.unique.id} regexp ^3"]);
        assert_eq!(
            texts(&ExcludedNodes::all_but(&ids(4..6), &ids(0..4)).constraints().into()),
            ["${node.unique.id} regexp ^0[45]"]
        );
    }

    #[test]
    fn volumes_are_asked_about_in_their_own_namespace() {
        let mut spec = spec(Value::Null);
        spec["TaskGroups"][0]["Volumes"] = json!({"data": {"Type": "csi", "Source": "data"}});
        spec["TaskGroups"][0]["Tasks"] = json!([{"Name": "t", "VolumeMounts": [{"Volume": "data"}]}]);
        let leaving = leaving(&spec);
        assert!(has_volumes(&leaving));
        let group = |namespace: &str| {
            let question =
                compose("f", namespace, std::slice::from_ref(&leaving), &ExcludedNodes::Ineligible);
            question.job["TaskGroups"][0].clone()
        };
        let (own, other) = (group("default"), group("shop"));
        assert!(own["Volumes"].is_object() && own["Tasks"][0]["VolumeMounts"].is_array());
        assert!(other["Volumes"].is_null() && other["Tasks"][0]["VolumeMounts"].is_null());
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
    fn only_some_ways_of_keeping_apart_need_the_real_plan() {
        let apart = |operand: &str, groups: usize| {
            let mut spec = spec(json!([{"Operand": operand, "LTarget": "${meta.rack}"}]));
            let group = spec["TaskGroups"][0].clone();
            spec["TaskGroups"] = vec![group; groups].into();
            (keeps_apart(&spec), needs_real_plan(&spec))
        };
        assert_eq!(apart("=", 2), (false, false));
        assert_eq!(apart("distinct_property", 1), (true, true));
        assert_eq!(apart("distinct_hosts", 1), (true, false));
        assert_eq!(apart("distinct_hosts", 2), (true, true));
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
