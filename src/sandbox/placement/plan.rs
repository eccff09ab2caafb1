//! What is asked of the nodes once for a whole evaluation, and remembered.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::distinct::DistinctHosts;
use super::feasible::{GroupRules, JobRules};
use super::machine::Machine;
use super::occupancy::Tenant;
use super::score::Affinities;
use super::spread::{SpreadMemory, Spreads};
use crate::api::nomad::job::{Job, TaskGroup};

/// Which computed classes may run a job: what a blocked evaluation remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Eligibility {
    /// By computed class.
    pub classes: BTreeMap<String, bool>,
    /// Whether the class does not decide: any change of a node may help.
    pub escaped: bool,
}

/// What to mind with one placement.
#[derive(Debug, Clone, Default)]
pub struct PlacementRequest {
    /// The allocation's name, `job.group[0]`: volumes of single allocations carry its index.
    pub alloc_name: String,
    /// Nodes where predecessors failed.
    pub penalty_nodes: Vec<String>,
    /// The node of a sticky predecessor, tried alone first.
    pub preferred_node: Option<String>,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) job: &'a Job,
    pub(super) group: &'a TaskGroup,
    pub(super) wish: &'a PlacementRequest,
}

impl Ask<'_> {
    /// System jobs look at every node for itself: no company, no memory of classes.
    pub(super) fn node_by_node(&self) -> bool {
        self.job.job_type.is_per_node()
    }
}

/// What was worked out for one job version.
#[derive(Debug)]
pub(super) struct JobPlan {
    rules: JobRules,
    groups: BTreeMap<String, GroupPlan>,
    /// By computed class, whether the job may run there.
    classes: HashMap<String, bool>,
}

/// What was worked out for one group of it.
#[derive(Debug)]
pub(super) struct GroupPlan {
    pub(super) tenant: Tenant,
    rules: GroupRules,
    pub(super) hosts: DistinctHosts,
    pub(super) affinities: Affinities,
    pub(super) spreads: Spreads,
    /// By computed class, whether the group may run there.
    classes: HashMap<String, bool>,
}

impl JobPlan {
    /// Of a job of which no group was asked for yet.
    pub(super) fn of(job: &Job) -> Self {
        JobPlan { rules: JobRules::new(job), groups: BTreeMap::new(), classes: HashMap::new() }
    }

    /// Works out what the group that is asked for needs, unless it is known.
    pub(super) fn prepare(&mut self, ask: Ask<'_>, memory: &mut SpreadMemory) {
        let Ask { job, group, .. } = ask;
        let plan = self.groups.entry(group.name.clone()).or_insert_with(|| GroupPlan {
            tenant: Tenant {
                namespace: job.namespace.as_str().into(),
                job: job.id.as_str().into(),
                group: group.name.as_str().into(),
            },
            rules: GroupRules::new(group),
            hosts: DistinctHosts::new(job, group),
            affinities: Affinities::new(job, group),
            spreads: Spreads::new(job, group, memory),
            classes: HashMap::new(),
        });
        if ask.node_by_node() {
            plan.classes.clear();
            self.classes.clear();
        }
    }

    /// Which computed classes the job may run on, as far as they were looked at.
    pub(super) fn eligibility(&self, job: &Job) -> Eligibility {
        let mut classes: BTreeMap<String, bool> = BTreeMap::new();
        for (class, eligible) in self.groups.values().flat_map(|group| &group.classes) {
            let known = classes.entry(class.clone()).or_insert(*eligible);
            *known |= eligible;
        }
        for (class, eligible) in &self.classes {
            let known = classes.entry(class.clone()).or_insert(*eligible);
            *known &= eligible;
        }
        let escaped = self.rules.escaped || job.task_groups.iter().any(|g| GroupRules::new(g).escaped);
        Eligibility { classes, escaped }
    }

    pub(super) fn group(&self, group: &TaskGroup) -> &GroupPlan {
        &self.groups[&group.name]
    }

    /// Why the job and the group may not run there. What a computed class decides is asked once per class; the nodes
    /// of a class that was ruled out are counted under another reason, as Nomad does.
    pub(super) fn unmet(&mut self, ask: Ask<'_>, machine: &Machine) -> Option<Cow<'_, str>> {
        let class = machine.computed_class.as_str();
        let group = self.groups.get_mut(&ask.group.name)?;
        let job_known = (&mut self.classes, self.rules.escaped);
        let group_known = (&mut group.classes, group.rules.escaped);
        let job = once_per_class(job_known, class, || self.rules.unmet(machine));
        match job.and_then(|()| once_per_class(group_known, class, || group.rules.unmet(machine))) {
            Ok(()) => group.rules.unavailable(machine, &ask.wish.alloc_name),
            Err(reason) => Some(reason),
        }
    }
}

/// Why a node does not do, asked of the first node of its class alone where the class decides.
fn once_per_class<'r>(
    (known, escaped): (&mut HashMap<String, bool>, bool),
    class: &str,
    unmet: impl FnOnce() -> Option<Cow<'r, str>>,
) -> Result<(), Cow<'r, str>> {
    match known.get(class).filter(|_| !escaped) {
        Some(true) => return Ok(()),
        Some(false) => return Err(Cow::Borrowed("computed class ineligible")),
        None => {}
    }
    let reason = unmet();
    if !escaped {
        known.insert(class.to_owned(), reason.is_none());
    }
    reason.map_or(Ok(()), Err)
}
