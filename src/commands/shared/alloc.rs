//! Allocations as lists show them, and why one is in its state.

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, Allocation, ClientStatus, DesiredStatus};
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::model::alloc_diagnosis::{AllocContext, RelatedAlloc, why};
use crate::model::ids::JobType;
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::ui::{Cell, Column, Tabular, Tone, column};

/// A row of a list of allocations.
#[derive(Debug, Serialize)]
pub struct AllocRow {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    namespace: String,
    job_id: String,
    job_type: JobType,
    job_version: u64,
    group: String,
    node_id: String,
    node_name: String,
    status: ClientStatus,
    desired_status: DesiredStatus,
    desired_description: String,
    /// What was found when it was deployed or moved.
    healthy: Option<bool>,
    /// How it does at this moment, where that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<PresentHealth>,
    canary: bool,
    #[serde(rename = "replacement_alloc_id")]
    replacement_id: Option<String>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<AllocStub> for AllocRow {
    fn from(a: AllocStub) -> Self {
        AllocRow {
            healthy: a.healthy(),
            now: None,
            canary: a.is_canary(),
            id: a.id,
            name: a.name,
            namespace: a.namespace,
            job_id: a.job_id,
            job_type: a.job_type,
            job_version: a.job_version,
            group: a.task_group,
            node_id: a.node_id,
            node_name: a.node_name,
            status: a.client_status,
            desired_status: a.desired_status,
            desired_description: a.desired_description,
            replacement_id: Some(a.next_allocation).filter(|id| !id.is_empty()),
            created_at: a.create_time,
            modified_at: a.modify_time,
        }
    }
}

impl AllocRow {
    /// The same with how it does at this moment.
    #[must_use]
    pub fn with(self, now: Option<PresentHealth>) -> Self {
        AllocRow { now, ..self }
    }
}

/// The state of an allocation in a word or two, with its tone.
#[must_use]
pub fn state(client: ClientStatus, desired: DesiredStatus) -> Cell {
    let stopping = desired != DesiredStatus::Run && !client.is_terminal();
    let (word, tone) = match client {
        _ if stopping => (format!("{client}, stopping"), Tone::Warn),
        ClientStatus::Running => (client.to_string(), Tone::Good),
        ClientStatus::Pending | ClientStatus::Unknown => (client.to_string(), Tone::Warn),
        ClientStatus::Failed | ClientStatus::Lost => (client.to_string(), Tone::Bad),
        ClientStatus::Complete => (client.to_string(), Tone::Dim),
    };
    Cell::toned(word, tone)
}

/// Health in a word, with its tone; nothing while undecided.
#[must_use]
pub fn health(healthy: Option<bool>, canary: bool) -> Cell {
    let (word, tone) = match healthy {
        Some(true) => ("healthy", Tone::Good),
        Some(false) => ("unhealthy", Tone::Bad),
        None if canary => ("canary", Tone::Plain),
        None => return Cell::Empty,
    };
    Cell::toned(if canary && healthy.is_some() { format!("canary, {word}") } else { word.to_owned() }, tone)
}

/// Health at this moment in a word; of what is to run and was not looked at, what was found when it was deployed.
#[must_use]
pub fn health_now(
    now: Option<&PresentHealth>,
    (record, canary): (Option<bool>, bool),
    client: ClientStatus,
    desired: DesiredStatus,
) -> Cell {
    let not_known = || Cell::toned("not known", Tone::Warn);
    match now {
        _ if client.is_terminal() => Cell::Empty,
        Some(now) if now.verdict == HealthVerdict::NotKnown => not_known(),
        Some(now) => health(now.healthy(), canary),
        None if client == ClientStatus::Unknown => not_known(),
        None if desired != DesiredStatus::Run => Cell::Empty,
        None => health(record, canary),
    }
}

impl Tabular for AllocRow {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("NAME").tail(),
        column("NAMESPACE").usual("default").rank(1),
        column("NODE"),
        column("STATUS").whole(),
        column("HEALTH").whole().rank(2),
        column("VERSION").right().rank(4),
        column("PLACED").right().rank(3),
        column("REPLACED BY").wide(),
        column("DESIRED").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let record = (self.healthy, self.canary);
        let health = health_now(self.now.as_ref(), record, self.status, self.desired_status);
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.name),
            Cell::text(&self.namespace),
            Cell::text(&self.node_name),
            state(self.status, self.desired_status),
            health,
            Cell::Number(self.job_version),
            Cell::Time(self.created_at),
            self.replacement_id.clone().map_or(Cell::Empty, Cell::Id),
            Cell::from(&self.desired_description),
        ]
    }
}

/// Why an allocation is in its state, and when it is retried.
pub async fn diagnosis(nomad: &Http, alloc: &Allocation, now: Timestamp) -> (Vec<String>, Option<Timestamp>) {
    let (previous, next, again) = tokio::join!(
        neighbour(nomad, &alloc.previous_allocation),
        neighbour(nomad, &alloc.next_allocation),
        tried_again(nomad, alloc),
    );
    let around = AllocContext {
        previous: previous.as_ref().map(relative),
        next: next.as_ref().map(relative),
        again_in: again.map(|at| at.as_second() - now.as_second()),
    };
    (why(alloc, around), again)
}

/// A predecessor or replacement; none when it was collected, or cannot be read: the reasons then name its id only.
async fn neighbour(nomad: &Http, id: &str) -> Option<Allocation> {
    if id.is_empty() {
        return None;
    }
    nomad.read(&allocation::get(id)).await.ok().map(|reply| reply.value)
}

/// When a failed allocation is retried.
async fn tried_again(nomad: &Http, alloc: &Allocation) -> Option<Timestamp> {
    if alloc.followup_eval_id.is_empty() || !alloc.next_allocation.is_empty() {
        return None;
    }
    let call = evaluation::get(&alloc.namespace, &alloc.followup_eval_id);
    let waits = nomad.read(&call).await.ok()?.value;
    waits.wait_until.filter(|_| waits.status == EvalStatus::Pending)
}

fn relative(a: &Allocation) -> RelatedAlloc<'_> {
    RelatedAlloc {
        id: &a.id,
        node: &a.node_name,
        status: a.client_status,
        healthy: a.deployment_status.as_ref().and_then(|s| s.healthy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_once_is_not_the_health_of_what_is_to_stop() {
        let shown = |client, desired| health_now(None, (Some(true), false), client, desired);
        assert_eq!(shown(ClientStatus::Unknown, DesiredStatus::Stop), Cell::toned("not known", Tone::Warn));
        assert_eq!(shown(ClientStatus::Running, DesiredStatus::Stop), Cell::Empty);
        assert_eq!(shown(ClientStatus::Lost, DesiredStatus::Stop), Cell::Empty);
        assert_eq!(shown(ClientStatus::Running, DesiredStatus::Run), Cell::toned("healthy", Tone::Good));
    }
}
