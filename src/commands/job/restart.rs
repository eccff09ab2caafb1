//! `fleet job restart`

mod departures;
mod restarting;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::in_time::in_time;
use crate::commands::shared::resolve::current;
use crate::commands::shared::turn::TurnArgs;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words, short};
use crate::model::present_health::OFTEN;
use crate::model::restart;
use crate::ops::migration::lock::{Guard, Holder};
use crate::ops::present_health::Sources;
use crate::ui::{Cell, Column, Tabular, Tone, column, duration};

use restarting::Restarting;

/// Restart a job's instances in place, a few at a time, each only after those before it are healthy again.
///
/// Healthy means: its tasks run for as long as its update block says, and its checks pass. The restart stops at the first instance that does not come back. Missing instances and those whose checks fail now count as down. A
/// group with a single instance, or with too many down already, is refused unless you allow it with --max-unavailable. When
/// interrupted, it names the command that continues with the remaining ones. While a rotation or a drain of fleet moves the job, it
/// waits, and says for whom. A restart counts against a deployment that is under way: one that is there is refused, one that begins
/// meanwhile is waited for.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job restart web
  fleet job restart web --group api --max-unavailable 2
  fleet job restart web --started-before 2026-11-21T12:00:00Z")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Only instances of this group.
    #[arg(long, value_name = "GROUP", add = clap_complete::ArgValueCompleter::new(complete::groups))]
    group: Vec<String>,

    /// Only these allocations, by id or the beginning of one.
    #[arg(long, value_name = "ID")]
    alloc: Vec<String>,

    /// Allow at most N instances of each group to be down at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_unavailable: Option<u64>,

    /// Only instances started before this time; continues an interrupted restart.
    #[arg(long, value_name = "TIME")]
    started_before: Option<Timestamp>,

    /// Accept this risk.
    #[arg(long, value_name = "RISK", value_enum)]
    accept: Vec<RestartRisk>,

    #[command(flatten)]
    turn: TurnArgs,

    /// Time each instance may take to become healthy again, and a deployment of somebody else to end.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5m")]
    timeout: Duration,
}

/// A risk that stops a restart unless the operator names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum RestartRisk {
    /// A deployment of the job is under way: a restart may make it fail.
    ActiveDeployment,
}

impl Args {
    fn most_away(&self) -> usize {
        usize::try_from(self.max_unavailable.unwrap_or(1)).unwrap_or(usize::MAX)
    }

    /// The options that select instances and bound how many are down, to be repeated in a hint.
    fn words(&self) -> String {
        let groups = self.group.iter().map(|g| format!(" --group {g}"));
        let allocs = self.alloc.iter().map(|a| format!(" --alloc {a}"));
        let most = self.max_unavailable.iter().map(|n| format!(" --max-unavailable {n}"));
        let accepted = self.accepts_deployment().then(|| " --accept active-deployment".to_owned());
        groups.chain(allocs).chain(most).chain(accepted).collect()
    }

    fn accepts_deployment(&self) -> bool {
        self.accept.contains(&RestartRisk::ActiveDeployment)
    }
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(rename = "alloc_id")]
    id: String,
    #[serde(rename = "alloc_name")]
    name: String,
    #[serde(rename = "node_name")]
    node: String,
    restarted: bool,
    /// Somebody else moved it meanwhile: this one took its place.
    replaced: bool,
    /// Why nobody wants it any more; none where it is wanted.
    left: Option<String>,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] =
        &[column("ALLOCATION").whole(), column("NAME").tail(), column("NODE"), column("RESULT")];

    fn cells(&self) -> Vec<Cell> {
        let result = match (&self.left, self.restarted, self.replaced) {
            (Some(why), ..) => Cell::text(format!("left: {why}")),
            (None, true, _) => Cell::toned("restarted", Tone::Good),
            (None, false, true) => Cell::text("replaced meanwhile"),
            (None, false, false) => Cell::text("already restarted"),
        };
        vec![Cell::Id(self.id.clone()), Cell::text(&self.name), Cell::text(&self.node), result]
    }
}

/// Restarts a job's instances.
///
/// # Errors
/// Refused (7), failed (1) when one does not come back, interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?.with_patience(Patience::OPERATION);
    let (job, chosen) = in_time(Some(args.timeout), Box::pin(to_restart(args, app, &nomad))).await?;
    // By the nodes' clocks, which need not agree with ours.
    let permission = app.explicit();
    let what = format!("restart of job {}", job.id);
    let holder = Holder::here(what, app.env.user(), app.clock().now());
    let guard =
        Guard::new(&nomad, &permission, holder, BTreeSet::from([JobKey::new(&*job.namespace, &*job.id)]));
    let before =
        args.started_before.or_else(|| restart::cutoff(&chosen)).unwrap_or_else(|| app.clock().now());
    let mut restarting = Restarting::new((args, app), nomad, job, (chosen, before), guard);
    let ended = restarting.follow().await;
    restarting.guard.release(app.clock().now()).await;
    ended?;
    restarting.show()?;
    restarting.ended_meanwhile()?;
    restarting.is_known()?;
    Ok(ExitCode::Done)
}

/// The job, and what of it is to be restarted, where nothing speaks against that.
async fn to_restart(args: &Args, app: &App, nomad: &Http) -> Result<(Job, Vec<AllocStub>)> {
    let job = current(app, &args.job).await?;
    let all = nomad.list(&allocation::of_job(&job.namespace, &job.id)).await?.value;
    let chosen = choose(args, &job, &all)?;
    refuse_singletons(args, &job, &chosen, &all)?;
    if let Some(deployment) = in_the_way(args, nomad, &job).await? {
        return Err(counts_against(&deployment, "is under way"));
    }
    let doubts = doubts(app, nomad, &job, &all).await;
    refuse_ill(args, &job, &chosen, &all, &doubts.ill)?;
    refuse_unseen(args, &job, &chosen, &all, &doubts.unseen)?;
    Ok((job, chosen))
}

/// The deployment of the job that is under way, where that is no accepted risk.
async fn in_the_way(args: &Args, nomad: &Http, job: &Job) -> Result<Option<Deployment>> {
    if args.accepts_deployment() {
        return Ok(None);
    }
    let latest = nomad.read(&deployment::latest_of_job(&job.namespace, &job.id)).await?.value;
    Ok(latest.filter(|d| d.status.is_active()))
}

fn counts_against(deployment: &Deployment, how: &str) -> Error {
    let job = &deployment.job_id;
    Error::refused(format!("a deployment of job {job} {how}, and a restart counts against it"))
        .hint(format!("`fleet wait deployment {} ended` waits for its end", short(&deployment.id)))
        .hint("--accept active-deployment restarts all the same")
}

/// What speaks against instances at this moment, by their ids.
#[derive(Default)]
struct Doubts {
    /// Their checks fail, or they crash again and again: what shows it.
    ill: BTreeMap<String, String>,
    /// Nobody knows how they are: why.
    unseen: BTreeMap<String, String>,
}

/// Asks the instances that run how they are.
async fn doubts(app: &App, nomad: &Http, job: &Job, all: &[AllocStub]) -> Doubts {
    // What nobody can look at is not known: nothing but these checks tells how an instance is that is restarted in place.
    let sources = Sources::new(nomad, app.consul().ok().flatten());
    let wanted: Vec<AllocStub> = all.iter().filter(|a| runs(a)).cloned().collect();
    let mut doubts = Doubts::default();
    for (id, health) in sources.of_job(job, &wanted, app.clock().now()).await {
        let reason = health.reason().to_owned();
        if !health.checks.failing.is_empty() || health.restarts_lately >= OFTEN {
            doubts.ill.insert(id, reason);
        } else if health.is_unheard_of() {
            doubts.unseen.insert(id, reason);
        }
    }
    doubts
}

/// Whether it is to run, and does.
fn runs(alloc: &AllocStub) -> bool {
    alloc.client_status == ClientStatus::Running && alloc.desired_status == DesiredStatus::Run
}

/// Refuses to restart instances of a group of which more are down than may be.
fn refuse_ill(
    args: &Args,
    job: &Job,
    chosen: &[AllocStub],
    all: &[AllocStub],
    ill: &BTreeMap<String, String>,
) -> Result<()> {
    if job.job_type.ends() {
        return Ok(());
    }
    for group in &job.task_groups {
        if own(group, chosen).is_empty() {
            continue;
        }
        let of_group: Vec<AllocStub> = all.iter().filter(|a| a.task_group == group.name).cloned().collect();
        let why: Vec<&String> = of_group.iter().filter_map(|a| ill.get(&a.id)).collect();
        if why.len() <= args.most_away() {
            continue;
        }
        let placed = of_group.iter().filter(|a| runs(a)).count();
        return Err(Error::refused(format!(
            "{} of the {placed} running instances of group {} of {} are not well now, and a restart takes down more",
            why.len(),
            group.name,
            job.id
        ))
        .because(why[0].clone())
        .hint(format!("to find out why: fleet why {}", job_words(&job.namespace, &job.id)))
        .hint(format!("--max-unavailable {} allows that", why.len())));
    }
    Ok(())
}

/// Refuses to restart instances of a group of which so many are not known to be at work that no more may be away.
fn refuse_unseen(
    args: &Args,
    job: &Job,
    chosen: &[AllocStub],
    all: &[AllocStub],
    unseen: &BTreeMap<String, String>,
) -> Result<()> {
    for group in job.task_groups.iter().filter(|g| !job.job_type.ends() && !own(g, chosen).is_empty()) {
        let of_group = all.iter().filter(|a| a.task_group == group.name);
        let why: Vec<(&AllocStub, &String)> =
            of_group.filter_map(|a| Some((a, unseen.get(&a.id)?))).collect();
        let Some((alloc, reason)) = why.first().filter(|_| why.len() >= args.most_away()) else { continue };
        return Err(Error::refused(format!("how group {} of {} is now is not known", group.name, job.id))
            .because(format!("{} on {}: {reason}", alloc.name, alloc.node_name))
            .hint(format!("--max-unavailable {} takes it for down, and restarts one more", why.len() + 1)));
    }
    Ok(())
}

fn refuse_singletons(args: &Args, job: &Job, chosen: &[AllocStub], all: &[AllocStub]) -> Result<()> {
    let concerned = |group: &&TaskGroup| chosen.iter().any(|a| a.task_group == group.name);
    let accepted = args.max_unavailable.is_some() || job.job_type.ends();
    let is_single = |group: &&TaskGroup| match by_node(job) {
        true => all.iter().filter(|a| runs(a) && a.task_group == group.name).count() <= 1,
        false => group.count() <= 1,
    };
    match job.task_groups.iter().filter(concerned).find(is_single) {
        Some(group) if !accepted => Err(Error::refused(format!(
            "group {} of {} has a single instance, which is down while it restarts",
            group.name, job.id
        ))
        .hint("--max-unavailable 1 allows that")),
        _ => Ok(()),
    }
}

/// Whether a job has one instance per node (system, sysbatch).
fn by_node(job: &Job) -> bool {
    job.job_type.is_per_node()
}

fn own(group: &TaskGroup, chosen: &[AllocStub]) -> Vec<AllocStub> {
    chosen.iter().filter(|a| a.task_group == group.name).cloned().collect()
}

/// The allocations selected by the options.
fn choose(args: &Args, job: &Job, all: &[AllocStub]) -> Result<Vec<AllocStub>> {
    if let Some(unknown) = args.group.iter().find(|g| job.group(g).is_none()) {
        return Err(Error::not_found(format!("{} has no group {unknown:?}", job.id)));
    }
    let running: Vec<AllocStub> = all.iter().filter(|a| runs(a)).cloned().collect();
    if let Some(unknown) = args.alloc.iter().find(|id| !running.iter().any(|a| a.id.starts_with(id.as_str())))
    {
        return Err(Error::not_found(format!("no running allocation of {} begins with {unknown}", job.id)));
    }
    let chosen: Vec<AllocStub> = running
        .into_iter()
        .filter(|a| args.group.is_empty() || args.group.contains(&a.task_group))
        .filter(|a| args.alloc.is_empty() || args.alloc.iter().any(|id| a.id.starts_with(id.as_str())))
        .collect();
    if chosen.is_empty() {
        return Err(Error::not_found(format!("nothing to restart: no instance of {} is running", job.id)));
    }
    Ok(chosen)
}
