//! `fleet job show`

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, EvalStatus, Evaluation};
use crate::api::nomad::job::{self, Job, JobStub};
use crate::app::App;
use crate::commands::job::children::{Child, MOST_CHILDREN};
use crate::commands::job::effective;
use crate::commands::job::group_counts::Group;
use crate::commands::job::instances::Instances;
use crate::commands::shared::deployment::DeploymentDetail;
use crate::commands::shared::jobfile::Variables;
use crate::commands::shared::unplaced::Unplaced;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::JobType;
use crate::model::present_health::PresentHealth;
use crate::model::present_work;
use crate::model::rollout::per_node::Vacated;
use crate::model::rollout::{JobObservation, Target, per_node};
use crate::model::schedule;
use crate::model::unseen_end::UnseenEnd;
use crate::ops::present_health::Sources;
use crate::ops::{children, running_version, unseen_end, vacated};
use crate::ui::{Cell, Describe, Detail, Tone};

/// Show a job: what runs, what its deployment waits for, and why something cannot be placed.
///
/// With --effective it is the job field by field instead: what it is, whether the job file says so or it stands in for what the
/// file leaves out, and what a change of it would do to what runs. The same is told of a job file before it is run; a name with a
/// slash, or one with the ending hcl, nomad, job or json, is a file where there is one.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job show web
  fleet job show --namespace ops web
  fleet job show web -o json
  fleet job show web --effective
  fleet job show --effective ./web.nomad.hcl --var image=web:2")]
pub struct Args {
    /// The job, by its id or the beginning of it; with --effective also a job file, or `-` for stdin.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Show every field, where its value comes from, and what a change of it would do.
    #[arg(long)]
    effective: bool,

    /// Values of the variables of a job file.
    #[command(flatten)]
    variables: Variables,
}

impl Args {
    /// To show this one.
    pub(crate) fn of(job: String) -> Self {
        Args { job, effective: false, variables: Variables::default() }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct JobDetail {
    #[serde(rename = "job_id")]
    id: String,
    namespace: String,
    job_type: JobType,
    status: RunState,
    stopped: bool,
    #[serde(rename = "job_version")]
    version: u64,
    stable: bool,
    priority: i64,
    #[serde(rename = "node_pool")]
    pool: String,
    datacenters: Vec<String>,
    parent_id: Option<String>,
    periodic: Option<String>,
    /// When a periodic job starts others.
    schedule: Option<Schedule>,
    parameterized: bool,
    submitted_at: Option<Timestamp>,
    groups: Vec<Group>,
    deployment: Option<DeploymentDetail>,
    unplaced: Vec<Unplaced>,
    /// Why no node has an instance of it, where each that it fits is to have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    runs_nowhere: Option<String>,
    /// The allocations that are not to run and may still do: their nodes are away.
    may_still_run: Vec<UnseenEnd>,
    /// What this version stopped or left as it was and did not replace, where each node it fits is to have an instance.
    not_replaced: Vec<Vacated>,
    /// The jobs it has started, the newest first; none where it starts none.
    children: Option<Vec<Child>>,
    allocations: Instances,
}

/// When a periodic job starts others.
#[derive(Debug, Serialize)]
struct Schedule {
    /// Its cron expressions.
    crons: Vec<String>,
    /// The time zone they are meant in.
    time_zone: String,
    /// Whether none starts while another runs.
    prohibit_overlap: bool,
    /// When the next one starts; none where that could not be worked out, or the job is stopped.
    next_start_at: Option<Timestamp>,
}

/// What `job show` tells beside the job itself: each part may be missing.
#[derive(Default)]
pub(super) struct JobContext {
    /// How its allocations do at this moment, by their ids.
    pub(super) present: BTreeMap<String, PresentHealth>,
    /// The jobs it has started; none where it starts none.
    pub(super) children: Option<Vec<JobStub>>,
    /// When the next one starts.
    pub(super) next_start: Option<Timestamp>,
    /// The allocations that are not to run and may still do.
    pub(super) unseen: Vec<UnseenEnd>,
    /// What nothing took the place of on its node.
    pub(super) vacated: Vec<Vacated>,
    /// Why no node has an instance of it, where each that it fits is to have one.
    pub(super) nowhere: Option<String>,
}

impl JobDetail {
    pub(super) fn new(
        job: Job,
        mut allocs: Vec<AllocStub>,
        deployment: Option<Deployment>,
        evaluations: &[Evaluation],
        around: &JobContext,
        all: bool,
    ) -> Self {
        allocs.sort_by_key(|a| std::cmp::Reverse(a.create_index));
        let blocked = evaluations.iter().find(|e| e.status == EvalStatus::Blocked);
        let unplaced = blocked.map(|e| Unplaced::of(e, Some(&job))).unwrap_or_default();
        let waits = |id: &str| evaluations.iter().any(|e| e.id == id && e.status == EvalStatus::Pending);
        let counted = !job.job_type.is_per_node();
        let mut telling = allocs.clone();
        present_work::leave_out_history(&job, &mut telling);
        let groups = job
            .task_groups
            .iter()
            .map(|g| Group::of(g, &telling, &unplaced, &around.present, counted, waits));
        JobDetail {
            groups: groups.collect(),
            deployment: deployment.map(|d| {
                // Of another incarnation or version there may be canaries too; they are not this deployment's.
                let own: Vec<AllocStub> =
                    allocs.iter().filter(|a| a.job_version == d.job_version).cloned().collect();
                DeploymentDetail::new(d, &own, &around.present, false)
            }),
            unplaced,
            runs_nowhere: around.nowhere.clone(),
            may_still_run: around.unseen.clone(),
            not_replaced: around.vacated.clone(),
            allocations: Instances::new(allocs, &around.present, all),
            children: around.children.as_ref().map(|all| all.iter().map(Child::from).collect()),
            schedule: job.periodic.as_ref().map(|p| Schedule {
                crons: p.crons().into_iter().map(str::to_owned).collect(),
                time_zone: if p.time_zone.is_empty() { "UTC".to_owned() } else { p.time_zone.clone() },
                prohibit_overlap: p.prohibit_overlap,
                next_start_at: around.next_start,
            }),
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
            periodic: job.periodic.filter(|p| p.enabled).map(|p| p.crons().join(" | ")),
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
                ("next start", self.next_start()),
                ("deployment", deployment.map_or(Cell::Empty, DeploymentDetail::status_cell)),
                (
                    "deployed",
                    deployment
                        .and_then(|d| d.of_another_version(self.version))
                        .map_or(Cell::Empty, |words| Cell::toned(words, Tone::Warn)),
                ),
                ("now", deployment.map_or(Cell::Empty, DeploymentDetail::waits_cell)),
            ])
            .table("Groups", &self.groups)
            .lines(Some("Runs nowhere"), self.runs_nowhere.iter().map(|why| (why.clone(), Tone::Bad)))
            .lines(Some("Not replaced"), self.not_replaced.iter().map(|left| (left.sentence(), Tone::Warn)))
            .lines(Some("Not well now"), self.allocations.not_well())
            .lines(
                Some("Not known to have stopped"),
                self.may_still_run.iter().map(|unseen| (unseen.to_string(), Tone::Warn)),
            )
            .table("Not placed", &self.unplaced)
            .table(
                self.children_title(),
                self.children.as_deref().map_or(&[], |all| &all[..all.len().min(MOST_CHILDREN)]),
            )
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

impl JobDetail {
    fn next_start(&self) -> Cell {
        let Some(schedule) = &self.schedule else { return Cell::Empty };
        match schedule.next_start_at {
            Some(_) if schedule.time_zone != "UTC" || schedule.prohibit_overlap => {
                let zone = format!("time zone {}", schedule.time_zone);
                let overlap = if schedule.prohibit_overlap { ", none while another runs" } else { "" };
                let at = schedule.next_start_at.map(|at| format!("{at:.0} ({zone}{overlap})"));
                Cell::text(at.unwrap_or_default())
            }
            Some(at) => Cell::Time(Some(at)),
            None if self.stopped => Cell::text("none: it is stopped"),
            None if self.periodic.is_none() => Cell::text("none: its periodic block is disabled"),
            None => Cell::toned("not known", Tone::Warn),
        }
    }

    fn children_title(&self) -> String {
        let n = self.children.as_ref().map_or(0, Vec::len);
        match n.saturating_sub(MOST_CHILDREN) {
            0 => "Children".to_owned(),
            more => format!("Children ({more} more: fleet job list --all)"),
        }
    }
}

/// Shows a job: five requests whatever its size, one more for the jobs it starts, for the nodes where an end was not seen, and for those
/// that an instance left for good, one
/// for each instance whose checks Nomad runs, and one for each node, of so many at most, of which no check tells.
///
/// # Errors
/// When there is no such job, or several.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if args.effective {
        return Box::pin(effective::run(app, &args.job, None, &args.variables)).await;
    }
    args.variables.refuse("--effective")?;
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
    let (job, mut allocs, now) = (job.value, allocs.value, app.clock().now());
    running_version::correct(nomad, &mut allocs).await;
    let living: Vec<AllocStub> = allocs.iter().filter(|a| !a.is_terminal()).cloned().collect();
    let sources = Sources::new(nomad, app.consul()?);
    let started = async { children::of(nomad, &job).await.map_err(Error::from) };
    let (present, children) = tokio::join!(sources.of_job(&job, &living, now), started);
    let next_start = job.periodic.as_ref().filter(|_| !job.stop).and_then(|p| schedule::next_start(p, now));
    let children = match children {
        Err(e) if e.code() == ExitCode::Denied => {
            app.printer.warn(&format!("the jobs it has started are not known: {e}"));
            None
        }
        children => children?,
    };
    let unseen = Box::pin(unseen_end::among(nomad, &allocs)).await?;
    let evals = evaluations.value;
    let seen = JobObservation {
        job: Some(job.clone()),
        allocs: allocs.clone(),
        evals: evals.clone(),
        ..JobObservation::default()
    };
    let nowhere = per_node::nowhere(&Target::of(&job), &seen).filter(|_| !job.stop && !job.is_launcher());
    let nowhere = nowhere.map(|nowhere| nowhere.why);
    let vacated = if job.stop { Vec::new() } else { vacated::of(nomad, &Target::of(&job), &seen).await };
    let around = JobContext { present, children, next_start, unseen, vacated, nowhere };
    app.printer.object(&JobDetail::new(job, allocs, deployment.value, &evals, &around, all))
}
