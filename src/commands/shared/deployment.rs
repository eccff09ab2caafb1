//! Deployments as lists show them, and one in full.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentGroup, DeploymentStatus};
use crate::api::nomad::job;
use crate::app::App;
use crate::commands::shared::alloc::AllocRow;
use crate::error::Result;
use crate::model::deployment_health::{self, Canaries};
use crate::model::ids::job_words;
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::model::rollout::look::HealthLook;
use crate::ops::deploy::pause_claim;
use crate::ops::present_health::Sources;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// How the allocations of a deployment that are to run do at this moment: that it is over, and what it found, tells nothing of
/// that. Where the job is gone nobody is asked.
///
/// # Errors
/// API errors.
pub(crate) async fn present(
    app: &App,
    d: &Deployment,
    allocs: &[AllocStub],
) -> Result<BTreeMap<String, PresentHealth>> {
    let living: Vec<AllocStub> = allocs.iter().filter(|a| !a.is_terminal()).cloned().collect();
    if living.is_empty() {
        return Ok(BTreeMap::new());
    }
    let job = match app.nomad()?.read(&job::get(&d.namespace, &d.job_id)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok(BTreeMap::new()),
        Err(e) => return Err(e.into()),
    };
    Ok(Sources::new(app.nomad()?, app.consul()?).of_job(&job, &living, app.clock().now()).await)
}

/// A row of a list of deployments: what each found while it ran, not how things are now.
#[derive(Debug, Serialize)]
pub(crate) struct DeploymentRow {
    #[serde(rename = "deployment_id")]
    id: String,
    namespace: String,
    job_id: String,
    job_version: u64,
    status: DeploymentStatus,
    status_description: String,
    desired: u64,
    placed: u64,
    found_healthy: u64,
    found_unhealthy: u64,
    unpromoted_canaries: bool,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
}

impl From<Deployment> for DeploymentRow {
    fn from(d: Deployment) -> Self {
        let sum = |of: fn(&DeploymentGroup) -> u64| d.task_groups.values().map(of).sum();
        DeploymentRow {
            desired: sum(|g| g.desired_total),
            placed: sum(|g| g.placed_allocs),
            found_healthy: sum(|g| g.healthy_allocs),
            found_unhealthy: sum(|g| g.unhealthy_allocs),
            unpromoted_canaries: d.has_unpromoted_canaries(),
            id: d.id,
            namespace: d.namespace,
            job_id: d.job_id,
            job_version: d.job_version,
            status: d.status,
            status_description: d.status_description,
            created_at: d.create_time,
            modified_at: d.modify_time,
        }
    }
}

/// The tone of a deployment's state.
#[must_use]
pub fn tone(status: DeploymentStatus) -> Tone {
    match status {
        DeploymentStatus::Running => Tone::Plain,
        DeploymentStatus::Successful => Tone::Good,
        DeploymentStatus::Failed => Tone::Bad,
        DeploymentStatus::Paused | DeploymentStatus::Other => Tone::Warn,
        DeploymentStatus::Cancelled => Tone::Dim,
    }
}

impl Tabular for DeploymentRow {
    const COLUMNS: &'static [Column] = &[
        column("ID").whole(),
        column("JOB"),
        column("NAMESPACE").usual("default").rank(1),
        column("VERSION").right().rank(3),
        column("STATUS").whole(),
        column("FOUND HEALTHY").right().rank(2),
        column("BEGAN").right().rank(4),
        column("SAYS").rank(5),
    ];

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::Id(self.id.clone()),
            Cell::text(&self.job_id),
            Cell::text(&self.namespace),
            Cell::Number(self.job_version),
            Cell::toned(self.status.to_string(), tone(self.status)),
            Cell::text(format!("{}/{}", self.found_healthy, self.desired)),
            Cell::Time(self.created_at),
            Cell::from(&self.status_description),
        ]
    }
}

/// A deployment and its groups.
#[derive(Debug, Serialize)]
pub(crate) struct DeploymentDetail {
    #[serde(rename = "deployment_id")]
    id: String,
    namespace: String,
    job_id: String,
    job_version: u64,
    status: DeploymentStatus,
    status_description: String,
    waits_for: Option<String>,
    ready_for_promotion: bool,
    fails_at: Option<Timestamp>,
    groups: Vec<Group>,
    created_at: Option<Timestamp>,
    modified_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allocations: Vec<AllocRow>,
}

#[derive(Debug, Serialize)]
struct Group {
    group: String,
    desired: u64,
    placed: u64,
    /// Found healthy; of those that still run, and healthy now.
    healthy: u64,
    /// Found unhealthy, and those that were found healthy and are unhealthy now.
    unhealthy: u64,
    /// Found healthy, and still running, but not known to be healthy now.
    not_known: u64,
    desired_canaries: u64,
    healthy_canaries: Option<u64>,
    promoted: bool,
    auto_promote: bool,
    auto_revert: bool,
    fails_at: Option<Timestamp>,
}

impl Tabular for Group {
    const COLUMNS: &'static [Column] = &[
        column("GROUP"),
        column("DESIRED").right(),
        column("PLACED").right(),
        column("HEALTHY").right(),
        column("UNHEALTHY").right(),
        column("NOT KNOWN").right().usual("0"),
        column("CANARIES").right(),
        column("ON FAILURE").rank(2),
        column("PROGRESS BY").right().rank(1),
    ];

    fn cells(&self) -> Vec<Cell> {
        let canaries = match (self.desired_canaries, self.healthy_canaries) {
            (0, _) => Cell::Empty,
            (_, None) => Cell::toned("promoted", Tone::Good),
            (wanted, Some(healthy)) => {
                let tone = if healthy >= wanted { Tone::Good } else { Tone::Warn };
                Cell::toned(format!("{healthy}/{wanted}"), tone)
            }
        };
        let unhealthy = if self.unhealthy > 0 { Tone::Bad } else { Tone::Plain };
        vec![
            Cell::text(&self.group),
            Cell::Number(self.desired),
            Cell::Number(self.placed),
            Cell::Number(self.healthy),
            Cell::toned(self.unhealthy.to_string(), unhealthy),
            Cell::toned(
                self.not_known.to_string(),
                if self.not_known > 0 { Tone::Warn } else { Tone::Plain },
            ),
            canaries,
            Cell::text(if self.auto_revert { "reverts" } else { "stays" }),
            self.fails_at.map_or(Cell::Empty, |at| Cell::Time(Some(at))),
        ]
    }
}

/// Of these, how many were found healthy and are not so now, and how many of which that is not known.
fn fallen<'a>(
    allocs: impl Iterator<Item = &'a AllocStub>,
    present: &BTreeMap<String, PresentHealth>,
) -> (u64, u64) {
    let found_healthy = allocs.filter(|a| a.healthy() == Some(true) && !a.is_terminal());
    let now = found_healthy.filter_map(|a| present.get(&a.id));
    now.fold((0, 0), |(bad, unknown), health| match health.verdict {
        HealthVerdict::Healthy => (bad, unknown),
        HealthVerdict::Unhealthy => (bad + 1, unknown),
        HealthVerdict::NotKnown => (bad, unknown + 1),
    })
}

/// Who keeps a deployment paused, and how it goes on, where that is a run of `fleet`.
///
/// # Errors
/// Any API fault but a missing right.
pub(crate) async fn keeper(nomad: &Http, d: &Deployment) -> Result<Option<String>> {
    let job = job_words(&d.namespace, &d.job_id);
    let words = |keeper| format!("paused {keeper}; fleet deploy {job} goes on with it");
    Ok(pause_claim::keeper_now(nomad, d).await?.map(words))
}

impl DeploymentDetail {
    /// The deployment, with its own allocations where they are to be shown, and how they do at this moment as far as that was
    /// asked: the record alone tells what was once.
    pub(crate) fn new(
        d: Deployment,
        allocs: &[AllocStub],
        present: &BTreeMap<String, PresentHealth>,
        show_allocs: bool,
    ) -> Self {
        let canaries: BTreeMap<String, Canaries> = deployment_health::canaries(&d, allocs);
        let active = d.status.is_active();
        let look = (active && deployment_health::all_ready(&canaries) && !present.is_empty())
            .then(|| deployment_health::canaries_now(&d, allocs, &[], present));
        let waits_for = deployment_health::prospect(&d, allocs, &canaries, look.as_ref());
        let deadlines = deployment_health::deadlines(&d, &canaries);
        let groups = d.task_groups.iter().map(|(name, g)| {
            let own = || allocs.iter().filter(|a| a.task_group == *name);
            let (bad, unknown) = fallen(own(), present);
            let (bad_canaries, unknown_canaries) = fallen(own().filter(|a| a.is_canary()), present);
            let healthy_now = |c: &Canaries| c.healthy.saturating_sub(bad_canaries + unknown_canaries);
            Group {
                group: name.clone(),
                desired: g.desired_total,
                placed: g.placed_allocs,
                healthy: g.healthy_allocs.saturating_sub(bad + unknown),
                unhealthy: g.unhealthy_allocs + bad,
                not_known: unknown,
                desired_canaries: g.desired_canaries,
                healthy_canaries: canaries.get(name).map(healthy_now),
                promoted: g.promoted,
                auto_promote: g.auto_promote,
                auto_revert: g.auto_revert,
                fails_at: deadlines.get(name).copied(),
            }
        });
        DeploymentDetail {
            ready_for_promotion: look.as_ref().is_some_and(HealthLook::is_good),
            fails_at: deadlines.values().min().copied(),
            groups: groups.collect(),
            waits_for,
            id: d.id,
            namespace: d.namespace,
            job_id: d.job_id,
            job_version: d.job_version,
            status: d.status,
            status_description: d.status_description,
            created_at: d.create_time,
            modified_at: d.modify_time,
            allocations: if show_allocs {
                let row = |a: &AllocStub| AllocRow::from(a.clone()).with(present.get(&a.id).cloned());
                allocs.iter().map(row).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// The same where it is known who keeps it paused, and for what it waits therefore.
    pub(crate) fn kept_by(self, keeper: Option<String>) -> Self {
        DeploymentDetail { waits_for: keeper.or(self.waits_for), ..self }
    }

    /// The state in words.
    pub(crate) fn status_cell(&self) -> Cell {
        let says = match self.status_description.as_str() {
            // Nomad's words for nothing in particular.
            "Deployment is running" | "Deployment completed successfully" | "Deployment is paused" | "" => {
                String::new()
            }
            words => format!(": {words}"),
        };
        Cell::toned(format!("{}{says}", self.status), tone(self.status))
    }

    /// That it says nothing of the version that is the current one, which has no deployment; none where it is of that. The servers
    /// make none for a system job whose last one has failed (`nomad-api.md §3.6`), nor for what `max_parallel = 0` replaces at once.
    pub(crate) fn of_another_version(&self, current: u64) -> Option<String> {
        let of = self.job_version;
        (of != current).then(|| {
            format!("that is of version {of}; version {current}, which is the current one, has no deployment of its own")
        })
    }

    /// What it waits for, and until when.
    pub(crate) fn waits_cell(&self) -> Cell {
        self.waits_for.as_ref().map_or(Cell::Empty, |text| {
            Cell::toned(text, if self.ready_for_promotion { Tone::Warn } else { Tone::Plain })
        })
    }
}

impl Describe for DeploymentDetail {
    fn describe(&self) -> Detail {
        Detail::new()
            .fields([
                ("id", Cell::Id(self.id.clone())),
                ("job", Cell::text(format!("{}, version {}", self.job_id, self.job_version))),
                ("namespace", Cell::text(&self.namespace)),
                ("status", self.status_cell()),
                ("now", self.waits_cell()),
                ("fails", self.fails_at.map_or(Cell::Empty, |at| Cell::Time(Some(at)))),
                ("began", Cell::Time(self.created_at)),
                ("changed", Cell::Time(self.modified_at)),
            ])
            .table("Groups", &self.groups)
            .table("Allocations", &self.allocations)
    }
}
