//! What stands in the way of a write that has the servers replace instances of a service: registering a version, promoting canaries,
//! letting a deployment go on, going back.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, DesiredStatus};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{self, Job, TaskGroup};
use crate::api::nomad::node;
use crate::api::nomad::plan::{self, PlanReply};
use crate::error::{Error, Result};
use crate::model::group::is_leaving;
use crate::model::metric;
use crate::model::present_health::{PresentHealth, checked_by_consul};
use crate::model::update_floor::{
    Answer, AtWork, FloorAct, PlannedStep, StepTerms, UpdateLook, UpdatedGroup, is_order_open,
    is_promoted_by_servers,
};
use crate::ops::present_health::{NO_CONSUL, Sources};

/// A version that is to be registered.
#[derive(Debug, Clone, Copy)]
pub struct Update<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// The job's id.
    pub id: &'a str,
    /// The whole job as it will be.
    pub spec: &'a Value,
}

/// A running service before the servers replace instances of it.
#[derive(Debug)]
pub struct UpdateGate {
    nomad: Http,
    consul: Option<Http>,
    /// As it runs.
    job: Job,
    step: NextStep,
}

/// What the servers do first.
#[derive(Debug)]
enum NextStep {
    /// What they plan on the way to this job.
    Planned {
        act: FloorAct,
        after: Box<Job>,
        spec: Box<Value>,
        groups: PlannedGroups,
        in_all: OnceCell<InAll>,
    },
    /// What they take of these groups once their deployment goes on, or is promoted.
    OfDeployment { deployment: Box<Deployment>, groups: Vec<String>, promotes: bool },
    /// They stop what is too many of this group, which is to have as many as it has in `after`.
    Fewer { after: Box<TaskGroup> },
    /// What they take next of these groups while their deployment is under way.
    Following { deployment: Box<Deployment>, groups: Vec<String>, terms: StepTerms },
}

/// Whoever takes longer to tell while a deployment is under way does not tell: its next step does not wait.
const STEP_WITHIN: Duration = Duration::from_secs(2);

/// How many the servers would replace of each group in the end.
type InAll = BTreeMap<String, u64>;

/// What the servers plan for each group of which something is replaced.
#[derive(Debug, Clone, Default)]
pub struct PlannedGroups(BTreeMap<String, PlannedUpdate>);

/// What the servers plan for a group.
#[derive(Debug, Clone)]
struct PlannedUpdate {
    replaced: u64,
    in_place: u64,
    /// Why some find no place.
    unplaced: Option<String>,
}

impl UpdateGate {
    /// Before a version is registered; none where nothing that has a floor is replaced. `fresh` is the job as it runs, and what was
    /// planned, where either was asked for a moment ago.
    ///
    /// # Errors
    /// API errors.
    pub async fn before_registering(
        (nomad, consul): (&Http, Option<&Http>),
        act: FloorAct,
        update: Update<'_>,
        fresh: (Option<Job>, Option<PlannedGroups>),
    ) -> Result<Option<Self>> {
        let nomad = nomad.with_patience(Patience::OPERATION);
        let (job, planned) = fresh;
        let job = match job {
            Some(job) => job,
            None => match nomad.read(&job::get(update.namespace, update.id)).await {
                Ok(reply) => reply.value,
                // Nothing is replaced of a new job.
                Err(e) if e.is_not_found() => return Ok(None),
                Err(e) => return Err(e.into()),
            },
        };
        if !has_floor(&job) {
            return Ok(None);
        }
        let groups = match planned {
            Some(planned) => planned,
            None => {
                let planned = nomad.ask(&plan::plan(update.namespace, update.id, update.spec)).await?;
                PlannedGroups::of(&planned.value)
            }
        };
        if groups.0.is_empty() {
            return Ok(None);
        }
        let after: Job = serde_json::from_value(update.spec.clone())
            .map_err(|e| Error::failed("could not read the job").because(e.to_string()))?;
        let spec = Box::new(update.spec.clone());
        let step = NextStep::Planned { act, after: Box::new(after), spec, groups, in_all: OnceCell::new() };
        Ok(Some(UpdateGate { nomad, consul: consul.cloned(), job, step }))
    }

    /// Before a group gets a lower count; none where nothing has a floor.
    #[must_use]
    pub fn before_fewer(
        (nomad, consul): (&Http, Option<&Http>),
        job: &Job,
        group: &TaskGroup,
        count: u64,
    ) -> Option<Self> {
        if !has_floor(job) {
            return None;
        }
        let after = Box::new(TaskGroup { count: Some(count), ..group.clone() });
        let nomad = nomad.with_patience(Patience::OPERATION);
        Some(UpdateGate { nomad, consul: consul.cloned(), job: job.clone(), step: NextStep::Fewer { after } })
    }

    /// Before the canaries of these groups are promoted, of all where none is named; none where nothing has a floor.
    #[must_use]
    pub fn before_promotion(
        (nomad, consul): (&Http, Option<&Http>),
        job: &Job,
        deployment: &Deployment,
        groups: &[String],
    ) -> Option<Self> {
        let waiting = deployment.task_groups.iter().filter(|(name, g)| {
            g.desired_canaries > 0 && !g.promoted && (groups.is_empty() || groups.contains(name))
        });
        let groups = waiting.map(|(name, _)| name.clone()).collect();
        let deployment = Box::new(deployment.clone());
        Self::of_groups((&nomad.with_patience(Patience::OPERATION), consul), job, groups, |groups| {
            NextStep::OfDeployment { deployment, groups, promotes: true }
        })
    }

    /// Before a paused deployment goes on; none where nothing has a floor. What waits for a promotion goes on waiting.
    #[must_use]
    pub fn before_resumption(
        (nomad, consul): (&Http, Option<&Http>),
        job: &Job,
        deployment: &Deployment,
    ) -> Option<Self> {
        let going = deployment.task_groups.iter().filter(|(_, g)| g.desired_canaries == 0 || g.promoted);
        let groups = going.map(|(name, _)| name.clone()).collect();
        let deployment = Box::new(deployment.clone());
        Self::of_groups((&nomad.with_patience(Patience::OPERATION), consul), job, groups, |groups| {
            NextStep::OfDeployment { deployment, groups, promotes: false }
        })
    }

    /// Before the next step of a deployment that is under way; none where nothing has a floor. Of canaries that wait for somebody to
    /// promote them the servers take nothing.
    #[must_use]
    pub fn before_next_step(
        clients: (&Http, Option<&Http>),
        job: &Job,
        deployment: &Deployment,
        terms: StepTerms,
    ) -> Option<Self> {
        let promoted = is_promoted_by_servers(deployment);
        let of_itself =
            deployment.task_groups.iter().filter(|(_, g)| g.desired_canaries == 0 || g.promoted || promoted);
        let groups = of_itself.map(|(name, _)| name.clone()).collect();
        let deployment = Box::new(deployment.clone());
        Self::of_groups(clients, job, groups, |groups| NextStep::Following { deployment, groups, terms })
    }

    /// Before a step of the deployment of these groups; none where there are none, or nothing has a floor.
    fn of_groups(
        (nomad, consul): (&Http, Option<&Http>),
        job: &Job,
        groups: Vec<String>,
        step: impl FnOnce(Vec<String>) -> NextStep,
    ) -> Option<Self> {
        if !has_floor(job) || groups.is_empty() {
            return None;
        }
        Some(UpdateGate {
            nomad: nomad.clone(),
            consul: consul.cloned(),
            job: job.clone(),
            step: step(groups),
        })
    }

    /// The job, as it runs.
    #[must_use]
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// What would take it below its floor, in words.
    #[must_use]
    pub fn act(&self) -> FloorAct {
        match &self.step {
            NextStep::Planned { act, .. } => *act,
            NextStep::Fewer { .. } => FloorAct::Fewer,
            NextStep::OfDeployment { promotes: true, .. } => FloorAct::Promotion,
            NextStep::OfDeployment { promotes: false, .. } => FloorAct::Resumption,
            NextStep::Following { .. } => FloorAct::NextStep,
        }
    }

    /// What of the instances nobody can look at, where that is so: then the servers' record of them counts.
    #[must_use]
    pub fn unseen(&self) -> Option<String> {
        let in_consul = |g: &TaskGroup| self.concerns(&g.name) && checked_by_consul(g).next().is_some();
        (self.consul.is_none() && self.job.task_groups.iter().any(in_consul)).then(|| {
            format!("how its instances are now is not known: {NO_CONSUL}; the servers' record counts")
        })
    }

    /// Asks how the instances do at this moment; it has been waited for so long.
    ///
    /// # Errors
    /// API errors.
    pub async fn look(&self, waited: Duration, now: Timestamp) -> Result<UpdateLook> {
        let allocs = allocation::of_job(&self.job.namespace, &self.job.id);
        let allocs = self.nomad.list(&allocs).await?.value;
        let in_all = self.in_all(&allocs).await?;
        let sources = Sources::at_hand(&self.nomad, self.consul.as_ref());
        Ok(self.judge(&sources, (&allocs, in_all), waited, now).await)
    }

    /// The same of allocations that were read a moment ago, of a deployment that does not wait for the answers.
    pub async fn glance(&self, allocs: &[AllocStub], waited: Duration, now: Timestamp) -> UpdateLook {
        let sources = Sources::at_hand(&self.nomad, self.consul.as_ref()).once().within(STEP_WITHIN);
        self.judge(&sources, (allocs, &InAll::new()), waited, now).await
    }

    /// Whether nothing is taken, however the instances do.
    #[must_use]
    pub fn takes_nothing(&self, allocs: &[AllocStub], now: Timestamp) -> bool {
        !self.groups(allocs, (&BTreeMap::new(), &InAll::new()), now).iter().any(UpdatedGroup::takes)
    }

    async fn judge(
        &self,
        sources: &Sources,
        (allocs, in_all): (&[AllocStub], &InAll),
        waited: Duration,
        now: Timestamp,
    ) -> UpdateLook {
        let concerned: Vec<AllocStub> =
            allocs.iter().filter(|a| self.concerns(&a.task_group) && !a.is_terminal()).cloned().collect();
        let (health, drained) = tokio::join!(sources.of_job(&self.job, &concerned, now), self.drained());
        let mut allocs = allocs.to_vec();
        for alloc in allocs.iter_mut().filter(|a| drained.contains(&a.node_id) && !a.is_terminal()) {
            // The servers tell it at any moment, each in its turn.
            alloc.desired_transition.migrate = Some(true);
        }
        let mut look = UpdateLook::default();
        for group in self.groups(&allocs, (&health, in_all), now) {
            let (left, floor) = (group.left(), group.floor());
            // What is to leave serves until it does.
            let serves = |a: &&AllocStub| {
                let how = health.get(&a.id).and_then(PresentHealth::healthy);
                a.task_group == group.name && is_leaving(a) && how == Some(true)
            };
            let well = group.well + that_are_to_run(&allocs).filter(serves).count() as u64;
            look.groups.push(AtWork { name: group.name.clone(), well, of: group.base, floor, left });
            match group.answer(waited) {
                Answer::Go => {}
                Answer::Repair(why) => look.repaired.push(why),
                Answer::Wait(why) => look.waits.push(why),
                Answer::Refuse(why) => look.refused.push(why),
            }
        }
        look
    }

    /// The nodes that are being drained. Of whoever may not see nodes what is told to leave counts, once it is.
    async fn drained(&self) -> BTreeSet<String> {
        // What is drained takes no new work; of the drain itself no filter tells.
        let draining = node::list().filter(Some("SchedulingEligibility == \"ineligible\""));
        let nodes = self.nomad.list(&draining).await.map(|reply| reply.value).unwrap_or_default();
        nodes.into_iter().filter(|n| n.drain).map(|n| n.id).collect()
    }

    fn concerns(&self, group: &str) -> bool {
        match &self.step {
            NextStep::Planned { groups, .. } => groups.0.contains_key(group),
            NextStep::Fewer { after } => after.name == group,
            NextStep::OfDeployment { groups, .. } | NextStep::Following { groups, .. } => {
                groups.iter().any(|name| name == group)
            }
        }
    }

    /// How many the servers would replace of each group in the end, where that tells which they begin with: a plan of the same with
    /// all at once, which registers nothing.
    async fn in_all(&self, allocs: &[AllocStub]) -> Result<&InAll> {
        static NOT_ASKED: InAll = InAll::new();
        let NextStep::Planned { spec, groups, in_all, .. } = &self.step else { return Ok(&NOT_ASKED) };
        if !groups.0.keys().any(|group| is_order_open(allocs, group)) {
            return Ok(&NOT_ASKED);
        }
        let ask = async || {
            let spec = all_at_once(spec);
            let planned = self.nomad.ask(&plan::plan(&self.job.namespace, &self.job.id, &spec)).await?.value;
            let updates = planned.annotations.updates.into_iter();
            Ok::<_, Error>(updates.map(|(group, u)| (group, u.destructive_update)).collect())
        };
        in_all.get_or_try_init(ask).await
    }

    /// The groups of which something is taken. One that an update brings or takes has none.
    fn groups(
        &self,
        allocs: &[AllocStub],
        (health, in_all): (&BTreeMap<String, PresentHealth>, &InAll),
        now: Timestamp,
    ) -> Vec<UpdatedGroup> {
        let of_planned = |name: &str, planned: &PlannedUpdate, act: FloorAct, after: &Job| {
            let PlannedUpdate { replaced, in_place, ref unplaced } = *planned;
            let in_all = in_all.get(name).copied();
            let step = PlannedStep { act, replaced, in_place, in_all, unplaced: unplaced.as_deref() };
            let both = (self.job.group(name)?, after.group(name)?);
            Some(UpdatedGroup::of(both, step, allocs, health, now))
        };
        match &self.step {
            NextStep::Planned { act, after, groups, .. } => {
                groups.0.iter().filter_map(|(name, step)| of_planned(name, step, *act, after)).collect()
            }
            NextStep::Fewer { after } => {
                let step = PlannedStep { act: FloorAct::Fewer, ..PlannedStep::default() };
                let before = self.job.group(&after.name);
                let of = |before| UpdatedGroup::of((before, &**after), step, allocs, health, now);
                before.map(of).into_iter().collect()
            }
            NextStep::OfDeployment { deployment, groups, promotes } => {
                let known = groups.iter().filter_map(|name| self.job.group(name));
                known
                    .map(|g| UpdatedGroup::of_deployment(g, (deployment, *promotes), allocs, health, now))
                    .collect()
            }
            NextStep::Following { deployment, groups, terms } => {
                let known = groups.iter().filter_map(|name| self.job.group(name));
                known
                    .map(|g| UpdatedGroup::of_next_step(g, (deployment, terms), allocs, health, now))
                    .collect()
            }
        }
    }
}

/// Those that are to run.
fn that_are_to_run(allocs: &[AllocStub]) -> impl Iterator<Item = &AllocStub> {
    allocs.iter().filter(|a| a.desired_status == DesiredStatus::Run && !a.is_terminal())
}

/// The same job, whose groups are replaced all at once.
fn all_at_once(spec: &Value) -> Value {
    let mut spec = spec.clone();
    let groups = spec.get_mut("TaskGroups").and_then(Value::as_array_mut);
    for group in groups.into_iter().flatten().filter_map(Value::as_object_mut) {
        let update = group.entry("Update").or_insert(Value::Null);
        if !update.is_object() {
            *update = json!({});
        }
        update["MaxParallel"] = json!(MOST_AT_ONCE);
    }
    spec
}

/// More than any group has.
const MOST_AT_ONCE: u64 = 1_000_000;

/// Whether there is something that an update must not take it below.
fn has_floor(job: &Job) -> bool {
    !(job.stop || job.job_type.ends() || job.job_type.is_per_node())
}

impl PlannedGroups {
    /// Whether nothing is replaced.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Out of what the servers answer.
    #[must_use]
    pub fn of(planned: &PlanReply) -> Self {
        let updates = planned.annotations.updates.iter().filter(|(_, u)| u.destructive_update + u.stop > 0);
        let step = |(name, u): (&String, &plan::DesiredUpdates)| {
            let unplaced = planned.failed_groups.get(name).map(metric::explain);
            let (replaced, in_place) = (u.destructive_update, u.in_place_update);
            (name.clone(), PlannedUpdate { replaced, in_place, unplaced })
        };
        PlannedGroups(updates.map(step).collect())
    }
}
