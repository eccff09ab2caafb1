//! `fleet job show`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::job::instances::Instances;
use crate::commands::shared::deployment::DeploymentDetail;
use crate::commands::shared::unplaced::Unplaced;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::job_health::{Instance, Tally};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column};

/// Show a job: what runs, what its deployment waits for, and why something cannot be placed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job show web
  fleet job show --namespace ops web
  fleet job show web -o json")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

#[derive(Debug, Serialize)]
pub(super) struct JobDetail {
    id: String,
    namespace: String,
    #[serde(rename = "type")]
    job_type: JobType,
    status: RunState,
    stopped: bool,
    version: u64,
    stable: bool,
    priority: i64,
    pool: String,
    datacenters: Vec<String>,
    parent_id: Option<String>,
    periodic: Option<String>,
    parameterized: bool,
    submitted_at: Option<Timestamp>,
    groups: Vec<Group>,
    deployment: Option<DeploymentDetail>,
    unplaced: Vec<Unplaced>,
    allocations: Instances,
}

#[derive(Debug, Serialize)]
struct Group {
    group: String,
    /// How many it wants; of a system job how many an eligible node gets.
    wanted: u64,
    #[serde(flatten)]
    tally: Tally,
    unplaced: u64,
    #[serde(skip)]
    counted: bool,
}

impl Tabular for Group {
    const COLUMNS: &'static [Column] = &[
        column("GROUP"),
        column("WANTED").right(),
        column("RUNNING").right(),
        column("HEALTHY").right(),
        column("UNHEALTHY").right().rank(2),
        column("PENDING").right(),
        column("FAILED").right(),
        column("UNPLACED").right(),
        column("STOPPING").right().rank(3),
        column("CANARIES").right().rank(1),
        column("COMPLETE").right().rank(4),
    ];

    fn cells(&self) -> Vec<Cell> {
        let t = &self.tally;
        let bad = |n: u64, tone: Tone| Cell::toned(n.to_string(), if n > 0 { tone } else { Tone::Plain });
        let short = self.counted && t.running < self.wanted;
        vec![
            Cell::text(&self.group),
            if self.counted { Cell::Number(self.wanted) } else { Cell::text("per node") },
            Cell::toned(t.running.to_string(), if short { Tone::Warn } else { Tone::Plain }),
            Cell::Number(t.healthy),
            bad(t.unhealthy, Tone::Bad),
            bad(t.pending + t.disconnected, Tone::Warn),
            bad(t.failed + t.retrying + t.lost, Tone::Bad),
            bad(self.unplaced, Tone::Bad),
            bad(t.stopping, Tone::Warn),
            Cell::Number(t.canaries),
            Cell::Number(t.complete),
        ]
    }
}

impl JobDetail {
    pub(super) fn new(
        job: Job,
        mut allocs: Vec<AllocStub>,
        deployment: Option<Deployment>,
        evaluations: &[Evaluation],
        all: bool,
    ) -> Self {
        allocs.sort_by_key(|a| std::cmp::Reverse(a.create_index));
        let blocked = evaluations.iter().find(|e| e.status == EvalStatus::Blocked);
        let unplaced = blocked.map(Unplaced::of).unwrap_or_default();
        let waits = |id: &str| evaluations.iter().any(|e| e.id == id && e.status == EvalStatus::Pending);
        let instance = |a: &AllocStub| Instance::from(a).retried_when(waits(&a.followup_eval_id));
        let groups = job.task_groups.iter().map(|g| Group {
            group: g.name.clone(),
            wanted: g.count(),
            tally: Tally::of(allocs.iter().filter(|a| a.task_group == g.name).map(instance)),
            unplaced: unplaced.iter().filter(|u| u.group == g.name).map(|u| u.count).sum(),
            counted: !job.job_type.is_per_node(),
        });
        JobDetail {
            groups: groups.collect(),
            deployment: deployment.map(|d| {
                // Of another incarnation or version there may be canaries too; they are not this deployment's.
                let own: Vec<AllocStub> =
                    allocs.iter().filter(|a| a.job_version == d.job_version).cloned().collect();
                DeploymentDetail::new(d, &own, false)
            }),
            unplaced,
            allocations: Instances::new(allocs, all),
            id: job.id,
            namespace: job.namespace,
            job_type: job.job_type,
            status: job.status,
            stopped: job.stop,
            version: job.version,
            stable: job.stable,
            priority: job.priority,
            pool: job.node_pool,
            datacenters: job.datacenters,
            parent_id: Some(job.parent_id).filter(|id| !id.is_empty()),
            periodic: job.periodic.filter(|p| p.enabled).map(|p| p.spec),
            parameterized: job.parameterized_job.is_some_and(|p| !p.is_null()),
            submitted_at: job.submit_time,
        }
    }
}

impl Describe for JobDetail {
    fn describe(&self) -> Detail {
        let kind = match (&self.periodic, self.parameterized) {
            (Some(spec), _) => format!("{}, periodic: {spec}", self.job_type),
            (None, true) => format!("{}, parameterized", self.job_type),
            (None, false) => self.job_type.to_string(),
        };
        let status = if self.stopped { format!("{}, stopped", self.status) } else { self.status.to_string() };
        let deployment = self.deployment.as_ref();
        Detail::new()
            .fields([
                ("id", Cell::text(&self.id)),
                ("namespace", Cell::text(&self.namespace)),
                ("type", Cell::text(kind)),
                ("status", Cell::text(status)),
                ("version", Cell::Number(self.version)),
                ("submitted", Cell::Time(self.submitted_at)),
                ("placed in", Cell::text(format!("pool {}, {}", self.pool, datacenters(&self.datacenters)))),
                ("priority", Cell::text(self.priority.to_string())),
                ("parent", self.parent_id.as_ref().map_or(Cell::Empty, Cell::from)),
                ("deployment", deployment.map_or(Cell::Empty, DeploymentDetail::status_cell)),
                ("now", deployment.map_or(Cell::Empty, DeploymentDetail::waits_cell)),
            ])
            .table("Groups", &self.groups)
            .table("Not placed", &self.unplaced)
            .table(self.allocations.title(), self.allocations.shown())
    }
}

/// The datacenters a job may be placed in, in words; a lone `*` is any.
fn datacenters(names: &[String]) -> String {
    match names {
        [] => "any datacenter".to_owned(),
        [any] if any == "*" => "any datacenter".to_owned(),
        [one] => format!("datacenter {one}"),
        several => format!("datacenters {}", several.join(", ")),
    }
}

/// Shows a job: five requests whatever its size.
///
/// # Errors
/// When there is no such job, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let (namespace, id) = (stub.namespace.as_str(), stub.id.as_str());
    let (job, allocs) = (job::get(namespace, id), allocation::of_job(namespace, id));
    let (deployment, evaluations) =
        (deployment::latest_of_job(namespace, id), evaluation::of_job(namespace, id));
    let (job, allocs, deployment, evaluations) = tokio::try_join!(
        nomad.read(&job),
        nomad.list(&allocs),
        nomad.read(&deployment),
        nomad.list(&evaluations),
    )?;
    let all = app.printer.shows_all();
    let view = JobDetail::new(job.value, allocs.value, deployment.value, &evaluations.value, all);
    app.printer.object(&view)
}
