//! Allocations: the rows of lists, and in full (`nomad-api.md §5`).

mod resources;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::sandbox::go::null_if_empty;
use crate::sandbox::id::{Id, or_empty};
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Metric;
use crate::sandbox::state::alloc::{Alloc, Health, LastReschedule, RescheduleTracker, Transition};
use crate::sandbox::state::job::Job;
use crate::sandbox::wire::task::Tasks;
use resources::{AllocatedResources, OldResources};

/// What is wanted of an allocation.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DesiredTransition {
    force_reschedule: Option<bool>,
    migrate: Option<bool>,
    migrate_disable_placement: Option<bool>,
    no_shutdown_delay: Option<bool>,
    reschedule: Option<bool>,
}

impl From<Transition> for DesiredTransition {
    fn from(t: Transition) -> Self {
        DesiredTransition {
            force_reschedule: t.force_reschedule,
            migrate: t.migrate,
            migrate_disable_placement: t.disable_placement,
            no_shutdown_delay: t.no_shutdown_delay,
            reschedule: t.reschedule,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DeploymentStatus {
    canary: bool,
    healthy: Option<bool>,
    modify_index: u64,
    timestamp: Option<Moment>,
}

impl From<Health> for DeploymentStatus {
    fn from(h: Health) -> Self {
        let Health { healthy, timestamp, canary, modify_index } = h;
        DeploymentStatus { canary, healthy, modify_index, timestamp }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tracker {
    events: Vec<TrackerEvent>,
    last_reschedule: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrackerEvent {
    delay: i64,
    #[serde(rename = "PrevAllocID")]
    prev_alloc_id: Id,
    #[serde(rename = "PrevNodeID")]
    prev_node_id: Id,
    reschedule_time: i64,
}

impl From<&RescheduleTracker> for Tracker {
    fn from(tracker: &RescheduleTracker) -> Self {
        let events = tracker.events.iter().map(|e| TrackerEvent {
            delay: e.delay.0,
            prev_alloc_id: e.previous_alloc,
            prev_node_id: e.previous_node,
            reschedule_time: e.time.nanos(),
        });
        let last_reschedule = match tracker.last {
            LastReschedule::None => "",
            LastReschedule::Placed => "ok",
            LastReschedule::NoPlacement => "no placement",
        };
        Tracker { events: events.collect(), last_reschedule }
    }
}

/// Which parts a row of a list has beside the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The tasks' states.
    pub task_states: bool,
    /// What it was given.
    pub resources: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Parts { task_states: true, resources: false }
    }
}

/// A row of an allocation list.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Stub<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated_resources: Option<AllocatedResources<'a>>,
    client_description: &'a str,
    client_status: crate::api::nomad::allocation::ClientStatus,
    create_index: u64,
    create_time: i64,
    deployment_status: Option<DeploymentStatus>,
    desired_description: &'a str,
    desired_status: crate::api::nomad::allocation::DesiredStatus,
    desired_transition: DesiredTransition,
    #[serde(rename = "EvalID")]
    eval_id: Id,
    #[serde(rename = "FollowupEvalID", serialize_with = "or_empty")]
    followup_eval_id: Option<Id>,
    #[serde(rename = "ID")]
    id: Id,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    job_type: &'static str,
    job_version: u64,
    modify_index: u64,
    modify_time: i64,
    name: &'a str,
    namespace: &'a str,
    #[serde(serialize_with = "or_empty")]
    next_allocation: Option<Id>,
    #[serde(rename = "NodeID")]
    node_id: Id,
    node_name: &'a str,
    #[serde(serialize_with = "null_if_empty")]
    preempted_allocations: &'a [Id],
    #[serde(serialize_with = "or_empty")]
    preempted_by_allocation: Option<Id>,
    reschedule_tracker: Option<Tracker>,
    task_group: &'a str,
    task_states: Option<Tasks<'a>>,
}

impl<'a> Stub<'a> {
    /// The row of an allocation.
    #[must_use]
    pub fn of(alloc: &'a Alloc, parts: Parts) -> Self {
        let key = alloc.job_key();
        Stub {
            allocated_resources: parts.resources.then(|| AllocatedResources::of(alloc)),
            client_description: alloc.client_description,
            client_status: alloc.client,
            create_index: alloc.create_index,
            create_time: alloc.create_time.nanos(),
            deployment_status: alloc.health.map(Into::into),
            desired_description: &alloc.desired_description,
            desired_status: alloc.desired,
            desired_transition: alloc.transition.into(),
            eval_id: alloc.eval_id,
            followup_eval_id: alloc.followup_eval,
            id: alloc.id,
            job_id: &key.id,
            job_type: alloc.job.kind().as_str(),
            job_version: alloc.job.version,
            modify_index: alloc.modify_index,
            modify_time: alloc.modify_time.nanos(),
            name: &alloc.name,
            namespace: &key.namespace,
            next_allocation: alloc.next,
            node_id: alloc.node_id,
            node_name: &alloc.node_name,
            preempted_allocations: &alloc.preempted,
            preempted_by_allocation: alloc.preempted_by,
            reschedule_tracker: alloc.reschedules.as_deref().map(Into::into),
            task_group: &alloc.group,
            task_states: (parts.task_states && !alloc.tasks.is_empty()).then_some(Tasks(&alloc.tasks)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkStatus {
    address: &'static str,
    #[serde(rename = "AddressIPv6")]
    address_ipv6: &'static str,
    #[serde(rename = "DNS")]
    dns: Option<()>,
    interface_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct StateChange {
    field: u8,
    time: Moment,
    value: crate::api::nomad::allocation::ClientStatus,
}

/// An allocation in full; serialise it as `OmitEmpty`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Full<'a> {
    alloc_modify_index: u64,
    alloc_states: Vec<StateChange>,
    allocated_resources: Option<AllocatedResources<'a>>,
    client_description: &'a str,
    client_status: crate::api::nomad::allocation::ClientStatus,
    create_index: u64,
    create_time: i64,
    #[serde(rename = "DeploymentID", serialize_with = "or_empty")]
    deployment_id: Option<Id>,
    deployment_status: Option<DeploymentStatus>,
    desired_description: &'a str,
    desired_status: crate::api::nomad::allocation::DesiredStatus,
    desired_transition: DesiredTransition,
    #[serde(rename = "EvalID")]
    eval_id: Id,
    #[serde(rename = "FollowupEvalID", serialize_with = "or_empty")]
    followup_eval_id: Option<Id>,
    #[serde(rename = "ID")]
    id: Id,
    job: Option<&'a Job>,
    #[serde(rename = "JobID")]
    job_id: &'a str,
    metrics: Option<&'a Metric>,
    modify_index: u64,
    modify_time: i64,
    name: &'a str,
    namespace: &'a str,
    network_status: Option<NetworkStatus>,
    #[serde(serialize_with = "or_empty")]
    next_allocation: Option<Id>,
    #[serde(rename = "NodeID")]
    node_id: Id,
    node_name: &'a str,
    preempted_allocations: &'a [Id],
    #[serde(serialize_with = "or_empty")]
    preempted_by_allocation: Option<Id>,
    #[serde(serialize_with = "or_empty")]
    previous_allocation: Option<Id>,
    reschedule_tracker: Option<Tracker>,
    resources: Option<OldResources<'a>>,
    shared_resources: Option<OldResources<'a>>,
    #[serde(rename = "SigningKeyID")]
    signing_key_id: Id,
    task_group: &'a str,
    task_resources: BTreeMap<&'a str, OldResources<'a>>,
    task_states: Option<Tasks<'a>>,
}

impl<'a> Full<'a> {
    /// An allocation in full.
    #[must_use]
    pub fn of(alloc: &'a Alloc) -> Self {
        let key = alloc.job_key();
        let network = NetworkStatus { address: "", address_ipv6: "", dns: None, interface_name: "" };
        let states = alloc.states.iter().map(|change| StateChange {
            field: 0,
            time: change.time,
            value: change.status,
        });
        Full {
            alloc_modify_index: alloc.alloc_modify_index,
            alloc_states: states.collect(),
            allocated_resources: Some(AllocatedResources::of(alloc)),
            client_description: alloc.client_description,
            client_status: alloc.client,
            create_index: alloc.create_index,
            create_time: alloc.create_time.nanos(),
            deployment_id: alloc.deployment_id,
            deployment_status: alloc.health.map(Into::into),
            desired_description: &alloc.desired_description,
            desired_status: alloc.desired,
            desired_transition: alloc.transition.into(),
            eval_id: alloc.eval_id,
            followup_eval_id: alloc.followup_eval,
            id: alloc.id,
            job: Some(&alloc.job),
            job_id: &key.id,
            metrics: Some(&alloc.metric),
            modify_index: alloc.modify_index,
            modify_time: alloc.modify_time.nanos(),
            name: &alloc.name,
            namespace: &key.namespace,
            network_status: alloc.reported.then_some(network),
            next_allocation: alloc.next,
            node_id: alloc.node_id,
            node_name: &alloc.node_name,
            preempted_allocations: &alloc.preempted,
            preempted_by_allocation: alloc.preempted_by,
            previous_allocation: alloc.previous,
            reschedule_tracker: alloc.reschedules.as_deref().map(Into::into),
            resources: Some(OldResources::sum(alloc)),
            shared_resources: Some(OldResources::shared(alloc)),
            signing_key_id: alloc.signing_key,
            task_group: &alloc.group,
            task_resources: alloc
                .allotment
                .tasks
                .iter()
                .map(|(name, grant)| (&**name, OldResources::of(grant)))
                .collect(),
            task_states: (!alloc.tasks.is_empty()).then_some(Tasks(&alloc.tasks)),
        }
    }
}
