//! What would fit: changes of a group, put to the cluster's own scheduler in one plan that stores nothing (`nomad-api.md §12`).
//!
//! Every change is a group of one synthetic job. They compete for the same room, so "fits" holds for each of them alone as well,
//! and "does not fit" says nothing until that change is planned alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::nomad::evaluation::PlacementMetric;
use crate::api::nomad::job::{Constraint, Job};
use crate::api::nomad::plan::PlanReply;
use crate::model::forecast::{self, LeavingAllocs};
use crate::model::ids::job_words;
use crate::model::why::placement::{self, Unplaced};
use crate::model::why::room::{self, Candidate, NodeShortage};
use crate::model::why::{Planned, Suggestion};
use crate::model::words::{count, either};

/// The most changes that are tried.
const MOST: usize = 6;
/// Of how many allocations a change is tried.
const MOST_PLACED: u64 = 20;
/// The rule that no two run on one node.
const HOSTS: &str = "distinct_hosts";
/// The rule that only so many run where a property has one value.
const PROPERTY: &str = "distinct_property";
/// The least MiB a task may ask for.
const LEAST_MEMORY: u64 = 10;

/// A change of a group that may make it fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Less memory for a task, in MiB.
    Memory {
        /// The task.
        task: String,
        /// What it asks for.
        from: u64,
        /// What it would ask for.
        to: u64,
    },
    /// Less processor for a task, in MHz.
    Cpu {
        /// The task.
        task: String,
        /// What it asks for.
        from: u64,
        /// What it would ask for.
        to: u64,
    },
    /// Less disk, in MiB.
    Disk {
        /// What the group asks for.
        from: u64,
        /// What it would ask for.
        to: u64,
    },
    /// Without a constraint.
    Without {
        /// The constraint as the scheduler names it.
        constraint: String,
    },
    /// Without the rule that its allocations keep apart.
    Together {
        /// `distinct_hosts` or `distinct_property`.
        rule: &'static str,
    },
    /// In any datacenter.
    AnyDatacenter,
    /// In any node pool.
    AnyPool,
    /// With ports that the scheduler chooses.
    DynamicPorts,
}

impl Change {
    /// The command that leads to where it is made.
    #[must_use]
    pub fn command(&self, job: &Job) -> String {
        format!("fleet job inspect {}", job_words(&job.namespace, &job.id))
    }

    /// The change in words, as an advice.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Change::Memory { task, from, to } => {
                format!("give task {task} {to} MiB of memory instead of {from}")
            }
            Change::Cpu { task, from, to } => format!("give task {task} {to} MHz of cpu instead of {from}"),
            Change::Disk { from, to } => format!("ask for {to} MiB of ephemeral disk instead of {from}"),
            Change::Without { constraint } => format!("take out the constraint {constraint}"),
            Change::Together { rule } => format!("take out {rule}"),
            Change::AnyDatacenter => "allow every datacenter (datacenters = [\"*\"])".to_owned(),
            Change::AnyPool => "allow every node pool (node_pool = \"all\")".to_owned(),
            Change::DynamicPorts => "let the scheduler choose the port instead of a static one".to_owned(),
        }
    }

    fn apply(&self, group: &mut Value) {
        match self {
            Change::Memory { task, to, .. } => set(group, task, "MemoryMB", *to),
            Change::Cpu { task, to, .. } => set(group, task, "CPU", *to),
            Change::Disk { to, .. } => group["EphemeralDisk"]["SizeMB"] = (*to).into(),
            Change::Without { constraint } => retain(group, |c| named(c) != *constraint),
            Change::Together { rule } => retain(group, |c| c["Operand"].as_str() != Some(rule)),
            Change::AnyDatacenter => retain(group, |c| c["LTarget"] != "${node.datacenter}"),
            Change::AnyPool => retain(group, |c| c["LTarget"] != "${node.pool}"),
            Change::DynamicPorts => {
                for network in group["Networks"].as_array_mut().into_iter().flatten() {
                    let mut ports = network["ReservedPorts"].take();
                    for port in ports.as_array_mut().into_iter().flatten() {
                        port["Value"] = 0.into();
                    }
                    let all = [network["DynamicPorts"].take(), ports];
                    let all: Vec<Value> =
                        all.into_iter().filter_map(|p| p.as_array().cloned()).flatten().collect();
                    network["DynamicPorts"] = all.into();
                }
            }
        }
    }
}

fn set(group: &mut Value, task: &str, field: &str, to: u64) {
    for one in group["Tasks"].as_array_mut().into_iter().flatten().filter(|t| t["Name"] == task) {
        one["Resources"][field] = to.into();
    }
}

/// A constraint as the scheduler names it.
fn named(constraint: &Value) -> String {
    let text = |field: &str| constraint[field].as_str().unwrap_or_default();
    let operand = if text("Operand").is_empty() { "=" } else { text("Operand") };
    format!("{} {operand} {}", text("LTarget"), text("RTarget"))
}

fn retain(group: &mut Value, keep: impl Fn(&Value) -> bool) {
    let filter = |list: &mut Value| {
        if let Some(all) = list.as_array_mut() {
            all.retain(&keep);
        }
    };
    filter(&mut group["Constraints"]);
    for task in group["Tasks"].as_array_mut().into_iter().flatten() {
        filter(&mut task["Constraints"]);
    }
}

/// The changes that are worth a plan, the smallest first.
#[must_use]
pub fn changes(u: Unplaced<'_>) -> Vec<Change> {
    let candidates = u.cluster.map(|c| room::nearest(c, u.job, u.group, true)).unwrap_or_default();
    let mut all = Vec::new();
    if let Some(c) = candidates.iter().find(|c| !c.lacks.is_empty()) {
        all.extend(less(u, c));
    }
    if u.metric.dimension_exhausted.keys().any(|key| key.contains("port")) {
        all.push(Change::DynamicPorts);
    }
    for key in u.metric.constraint_filtered.keys() {
        let rule = [HOSTS, PROPERTY].into_iter().find(|rule| key.contains(rule));
        if let Some(rule) = rule {
            let together = Change::Together { rule };
            if !all.contains(&together) {
                all.push(together);
            }
        } else if room::constraints(u.job, u.group).any(|c| room::text(c) == *key) {
            all.push(Change::Without { constraint: key.clone() });
        }
    }
    if placement::is_silent(u.metric) {
        // Which rule it is shows a plan without each.
        let named = |c: &Constraint| !c.operand.starts_with("distinct_");
        let rules = room::constraints(u.job, u.group).filter(|c| named(c)).map(room::text);
        all.extend(rules.map(|constraint| Change::Without { constraint }));
    }
    if u.metric.nodes_evaluated == 0 {
        if !u.job.datacenters.iter().any(|dc| dc == "*") {
            all.push(Change::AnyDatacenter);
        }
        if u.job.node_pool != "all" {
            all.push(Change::AnyPool);
        }
    }
    // A plan under another id counts nothing of what is there against a property.
    if room::constraints(u.job, u.group).any(|c| c.operand == PROPERTY) {
        all.retain(|change| *change == Change::Together { rule: PROPERTY });
    }
    all.truncate(MOST);
    all
}

/// What the nearest node lacks, taken from the task that asks for most of it.
fn less(u: Unplaced<'_>, c: &Candidate<'_>) -> Vec<Change> {
    let ask = |of: fn(&crate::api::nomad::job::Resources) -> Option<u64>| {
        let asks = u.group.tasks.iter().filter_map(|t| Some((t, of(t.resources.as_ref()?)?)));
        asks.max_by_key(|(_, n)| *n).map(|(t, n)| (t.name.clone(), n))
    };
    let one = |lack: &NodeShortage| match lack {
        NodeShortage::Memory(mib) => {
            let (task, from) = ask(|r| r.memory_mib)?;
            let to = from.checked_sub(*mib).filter(|to| *to >= LEAST_MEMORY)?;
            Some(Change::Memory { task, from, to })
        }
        NodeShortage::Cpu(mhz) => {
            let (task, from) = ask(|r| r.cpu)?;
            let to = from.checked_sub(*mhz).filter(|to| *to > 0)?;
            Some(Change::Cpu { task, from, to })
        }
        NodeShortage::Disk(mib) => {
            let from = u.group.ephemeral_disk.as_ref()?.size_mib?;
            let to = from.checked_sub(*mib).filter(|to| *to >= LEAST_MEMORY)?;
            Some(Change::Disk { from, to })
        }
        NodeShortage::Port(..) => None,
    };
    // A node that lacks two things is not helped by one of them.
    if c.lacks.len() > 1 { Vec::new() } else { c.lacks.iter().filter_map(one).collect() }
}

/// One plan: which changes, and the job that asks for all of them.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// The namespace to ask in.
    pub namespace: String,
    /// The id the job is planned under; it is never registered.
    pub id: String,
    /// The job to plan.
    pub job: Value,
    placed: u64,
    names: BTreeMap<String, Change>,
}

/// A plan of these changes. `spec` is the job as the server holds it; `group_on` and `job_on` are the nodes that run
/// allocations of the group and of the job already.
#[must_use]
pub fn compose(
    u: Unplaced<'_>,
    changes: &[Change],
    spec: &Value,
    group_on: &BTreeSet<String>,
    job_on: &BTreeSet<String>,
) -> Option<Experiment> {
    let placed = u.missing().min(MOST_PLACED);
    let (mut names, mut groups) = (BTreeMap::new(), Vec::new());
    for (at, change) in changes.iter().enumerate() {
        let apart = *change != Change::Together { rule: HOSTS };
        let leaving = LeavingAllocs {
            group: crate::model::group::GroupKey {
                namespace: u.job.namespace.clone(),
                job: u.job.id.clone(),
                group: u.group.name.clone(),
            },
            count: placed,
            spec,
            group_on: if apart { group_on.clone() } else { BTreeSet::new() },
            job_on: if apart { job_on.clone() } else { BTreeSet::new() },
        };
        let name = format!("change-{at}");
        let mut group = forecast::copy_group(&name, &leaving)?;
        change.apply(&mut group);
        groups.push(group);
        names.insert(name, change.clone());
    }
    if groups.is_empty() {
        return None;
    }
    let id = "fleet-why".to_owned();
    let job = json!({
        "ID": id, "Name": id, "Type": "service", "Namespace": u.job.namespace, "Region": spec["Region"],
        "NodePool": "all", "Datacenters": ["*"], "Priority": spec["Priority"], "TaskGroups": groups,
    });
    Some(Experiment { namespace: u.job.namespace.clone(), id, job, placed, names })
}

/// Whether a change helps, as a plan showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeVerdict {
    /// The change.
    pub change: Change,
    /// How many of how many would be placed.
    pub placed: (u64, u64),
}

impl ChangeVerdict {
    /// Whether all are placed.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.placed.0 == self.placed.1
    }
}

impl Experiment {
    /// Reads the scheduler's answer. Room that is only made by evicting others is none.
    #[must_use]
    pub fn verdicts(&self, answer: &PlanReply) -> Vec<ChangeVerdict> {
        let one = |(name, change): (&String, &Change)| {
            let missing = answer.failed_groups.get(name).map_or(0, PlacementMetric::unplaced);
            let evicts = answer.annotations.updates.get(name).map_or(0, |u| u.preemptions);
            let placed = self.placed.saturating_sub(missing + evicts);
            ChangeVerdict { change: change.clone(), placed: (placed, self.placed) }
        };
        self.names.iter().map(one).collect()
    }
}

/// What a verdict comes to for whoever has to change something. `alone` says whether the change had all the room for itself.
#[must_use]
pub fn suggestion(verdict: &ChangeVerdict, alone: bool, job: &Job) -> Suggestion {
    let (placed, asked) = verdict.placed;
    let words = verdict.change.words();
    let (text, planned) = match (verdict.fits(), placed, alone) {
        (true, _, _) => (format!("{words}: planned, fits"), Planned::Fits),
        (false, 1.., _) => {
            let verb = either(placed, "fits", "fit");
            (
                format!("{words}: planned, {placed} of {} {verb}", count(asked, "allocation")),
                Planned::DoesNotFit,
            )
        }
        (false, 0, true) => (format!("{words}: planned, does not fit"), Planned::DoesNotFit),
        (false, 0, false) => (format!("{words}: not known"), Planned::NotKnown),
    };
    Suggestion::new(text, verdict.change.command(job)).planned(planned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Value {
        json!({"ID": "web", "Namespace": "default", "Type": "service", "Datacenters": ["dc1"], "NodePool": "default", "Priority": 50,
            "Constraints": [{"LTarget": "${node.class}", "RTarget": "gpu", "Operand": "="}],
            "TaskGroups": [{"Name": "g", "Count": 3, "Constraints": [{"Operand": "distinct_hosts", "RTarget": "true"}],
            "EphemeralDisk": {"SizeMB": 300},
            "Networks": [{"ReservedPorts": [{"Label": "http", "Value": 80}], "DynamicPorts": null}],
            "Tasks": [{"Name": "t", "Driver": "docker", "Resources": {"CPU": 100, "MemoryMB": 512}}]}]})
    }

    fn metric() -> PlacementMetric {
        serde_json::from_value(json!({"NodesEvaluated": 6, "CoalescedFailures": 1,
            "ConstraintFiltered": {"${node.class} = gpu": 4, "distinct_hosts": 2},
            "DimensionExhausted": {"network: reserved port collision http=80": 1}}))
        .unwrap()
    }

    #[test]
    fn each_change_is_a_group_of_one_plan_and_fits_or_is_not_known() {
        let (job, metric): (Job, _) = (serde_json::from_value(spec()).unwrap(), metric());
        let u = Unplaced { job: &job, group: &job.task_groups[0], metric: &metric, cluster: None };
        let changes = changes(u);
        assert_eq!(
            changes,
            [
                Change::DynamicPorts,
                Change::Without { constraint: "${node.class} = gpu".into() },
                Change::Together { rule: HOSTS }
            ]
        );
        let on = BTreeSet::from(["n1".to_owned()]);
        let e = compose(u, &changes, &spec(), &on, &on).unwrap();
        let group = |at: usize| &e.job["TaskGroups"][at];
        assert_eq!(group(0)["Networks"][0]["DynamicPorts"][0], json!({"Label": "http", "Value": 0}));
        assert!(group(0)["Networks"][0]["ReservedPorts"].is_null());
        let operands = |at: usize| -> Vec<String> {
            group(at)["Constraints"].as_array().unwrap().iter().map(named).collect()
        };
        assert!(operands(0).contains(&"${node.class} = gpu".to_owned()));
        assert!(!operands(1).contains(&"${node.class} = gpu".to_owned()));
        assert!(operands(1).contains(&"${node.unique.id} != n1".to_owned()));
        assert!(!operands(2).iter().any(|c| c.contains("n1") || c.contains("distinct")));
        assert_eq!(group(2)["Count"], 2);
        let answer: PlanReply = serde_json::from_value(json!({"FailedTGAllocs": {
            "change-0": {"CoalescedFailures": 1}, "change-1": {"CoalescedFailures": 0}}}))
        .unwrap();
        let told: Vec<String> = e.verdicts(&answer).iter().map(|v| suggestion(v, false, &job).text).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        let the scheduler choose the port instead of a static one: not known
        take out the constraint ${node.class} = gpu: planned, 1 of 2 allocations fits
        take out distinct_hosts: planned, fits
        ");
        // Of what the scheduler does not name every constraint is tried.
        let silent: PlacementMetric = serde_json::from_value(
            json!({"NodesEvaluated": 3, "NodesFiltered": 3, "ConstraintFiltered": {"computed class ineligible": 3}}),
        )
        .unwrap();
        let tried = self::changes(Unplaced { metric: &silent, ..u });
        assert_eq!(tried, [Change::Without { constraint: "${node.class} = gpu".into() }]);
        let alone = suggestion(&e.verdicts(&answer)[0], true, &job);
        assert_eq!(alone.planned, Some(Planned::DoesNotFit));
    }
}
