//! What is done to a deployment that is under way: promoted, paused, taken back.

use std::time::Duration;

use jiff::Timestamp;

use super::{Narrator, Report, Tracker, only_looking};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job::{self, Job, TaskGroup};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::deployment::{DeploymentDetail, present};
use crate::commands::shared::resolve;
use crate::commands::shared::update_gate::{self, FloorArgs};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::deployment_health;
use crate::model::ids::{job_words, shell_word};
use crate::model::rollout::Target;
use crate::model::rollout::look::HealthLook;
use crate::ops::deploy::event::{Event, Record};
use crate::ops::deploy::{End, FloorPolicy, MOST_CRASHES, Options, act, pause_claim, way_out};
use crate::ops::migration::lock;
use crate::ops::observe::Observer as _;
use crate::ops::present_health::Sources;
use crate::ui::duration;

/// The active deployment of a job.
///
/// # Errors
/// Not found (3) when there is no such job; refused (7) when nothing is under way.
pub(crate) async fn under_way(app: &App, name: &str) -> Result<(Job, Deployment)> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, name).await?;
    let (job, latest) =
        (job::get(&stub.namespace, &stub.id), deployment::latest_of_job(&stub.namespace, &stub.id));
    let (job, latest) = tokio::try_join!(nomad.read(&job), nomad.read(&latest))?;
    match latest.value {
        Some(d) if d.status.is_active() => Ok((job.value, d)),
        Some(d) => Err(Error::refused(format!("no deployment of {} is under way", stub.id)).because(
            format!("the latest, of version {}, is {}: {}", d.job_version, d.status, d.status_description),
        )),
        None => Err(Error::refused(format!("no deployment of {} is under way", stub.id))
            .because("the job never had one")),
    }
}

/// What is promoted, and how.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Promote {
    /// Promote only this group.
    #[arg(long, value_name = "GROUP", add = clap_complete::ArgValueCompleter::new(complete::groups))]
    group: Vec<String>,

    /// Promote canaries that the servers found healthy even if they are not healthy now, or that is not known.
    #[arg(long)]
    force_unhealthy: bool,

    /// Do not follow.
    #[arg(long)]
    detach: bool,

    /// Stop following after this time; the deployment goes on.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    pub(crate) timeout: Option<Duration>,

    /// How long it has to stay healthy before the last look, without which nothing is called healthy [default: the longest of
    /// 10s and the job's min_healthy_time].
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    settle: Option<Duration>,

    #[command(flatten)]
    floor: FloorArgs,
}

/// Promotes a deployment and follows it.
pub(crate) async fn promote(
    app: &App,
    job: &Job,
    deployment: &Deployment,
    args: &Promote,
) -> Result<ExitCode> {
    let groups = &args.group;
    if let Some(unknown) = groups.iter().find(|g| !deployment.task_groups.contains_key(*g)) {
        let known: Vec<&str> = deployment.task_groups.keys().map(String::as_str).collect();
        return Err(Error::not_found(format!("the deployment of {} has no group {unknown:?}", job.id))
            .hint(format!("it has: {}", known.join(", "))));
    }
    if !deployment.has_unpromoted_canaries() {
        let name = job_words(&job.namespace, &job.id);
        return Err(Error::refused(format!("no canaries of {} wait for promotion", job.id))
            .hint(format!("to follow its deployment: fleet deploy {name}")));
    }
    let until = args.timeout.map(|t| app.clock().now() + t);
    may_be_promoted(app, job, deployment, args).await?;
    let permission = app.explicit();
    let (begun, of) = (app.clock().now(), (job, deployment, groups.as_slice()));
    let passed = update_gate::pass_promotion(app, &permission, args.floor, of, until).await?;
    // What was so before it waited is no news of the canaries.
    let waited = app.clock().now().duration_since(begun) > jiff::SignedDuration::from_secs(2);
    let still = if waited { may_be_promoted(app, job, deployment, args).await } else { Ok(()) };
    let promoted = match still {
        Ok(()) => act::promote(app.nomad()?, &permission, deployment, groups).await,
        Err(e) => Err(e),
    };
    let repairs = update_gate::release(app, passed).await;
    if promoted? == act::Promotion::TooEarly {
        return Err(Error::refused(format!("the canaries of {} are not healthy yet", job.id)).hint(format!(
            "fleet deploy status {} shows their progress",
            job_words(&job.namespace, &job.id)
        )));
    }
    let mut narrator = Narrator::new(app);
    let event = Event::Promoted { version: deployment.job_version };
    narrator.record(&Record { time: app.clock().now(), job: job.id.clone(), event })?;
    let mut report = Report::default();
    if args.detach {
        report.detached(job);
        return report.finish(app, narrator.end(), true);
    }
    let (settle, floor) = (args.settle, FloorPolicy { repairs, ..args.floor.policy() });
    let most_crashes = Some(MOST_CRASHES);
    let options = Options { until, settle, floor, most_crashes, holds: true, ..only_looking() };
    let mut tracker = Tracker::of(app, &permission, options, job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let told = narrator.end();
    report.add(job, end?);
    report.finish(app, told, false)
}

/// Refuses to promote canaries where that would be in vain, or is wrong now.
async fn may_be_promoted(app: &App, job: &Job, deployment: &Deployment, args: &Promote) -> Result<()> {
    let allocs = app.nomad()?.list(&allocation::of_deployment(&deployment.id)).await?.value;
    refuse_in_vain(job, deployment, &allocs)?;
    refuse_unhealthy(app, job, deployment, &allocs, args).await?;
    refuse_to_leave_behind(app, job, deployment, &allocs, &args.group)
}

/// Refuses to promote canaries that the servers would not promote, whoever wants it.
fn refuse_in_vain(job: &Job, deployment: &Deployment, allocs: &[AllocStub]) -> Result<()> {
    let Some(why) = deployment_health::beyond_promotion(deployment, allocs) else { return Ok(()) };
    let name = job_words(&job.namespace, &job.id);
    Err(Error::refused(format!("the canaries of {} cannot be promoted", job.id))
        .because(why)
        .hint(way_out(deployment.job_version, &name))
        .hint(format!("to try the same version again: fleet job resubmit {name}")))
}

/// Refuses to promote canaries that are not healthy at this moment: the servers promote what they once found healthy, and stop
/// what it replaces.
async fn refuse_unhealthy(
    app: &App,
    job: &Job,
    deployment: &Deployment,
    allocs: &[AllocStub],
    args: &Promote,
) -> Result<()> {
    let sources = Sources::new(app.nomad()?, app.consul()?);
    let look = sources.look_at_canaries(job, deployment, allocs, &args.group, app.clock().now()).await;
    let (is, why) = match look {
        HealthLook::Good(_) => return Ok(()),
        HealthLook::Bad { why } => (format!("the canaries of {} are not healthy now", job.id), why),
        HealthLook::NotKnown { why } => {
            (format!("whether the canaries of {} are healthy now is not known", job.id), why)
        }
    };
    if args.force_unhealthy {
        app.printer.warn(&format!("{is}: {why}"));
        return Ok(());
    }
    let name = job_words(&job.namespace, &job.id);
    let only: String = args.group.iter().map(|group| format!(" --group {}", shell_word(group))).collect();
    Err(Error::refused(is)
        .because(why)
        .hint(format!("to see how they do: fleet deploy status {name}"))
        .hint(format!("to roll it back: fleet abort {name}"))
        .hint(format!("to promote them all the same: fleet promote {name}{only} --force-unhealthy")))
}

/// Refuses to promote some groups where the servers would fail the deployment for the others: the deadlines of those count
/// again as soon as anything of it moves.
fn refuse_to_leave_behind(
    app: &App,
    job: &Job,
    deployment: &Deployment,
    allocs: &[AllocStub],
    groups: &[String],
) -> Result<()> {
    if groups.is_empty() {
        return Ok(());
    }
    let canaries = deployment_health::canaries(deployment, allocs);
    let now = app.clock().now();
    let behind = deployment_health::left_behind(deployment, &canaries, groups);
    let Some((group, at)) = behind.first() else { return Ok(()) };
    let needed = groups.iter().filter_map(|name| job.group(name)).map(least_time).max().unwrap_or_default();
    let left = at.duration_since(now);
    let name = job_words(&job.namespace, &job.id);
    if left.is_negative() || left.unsigned_abs() < needed {
        let when =
            if left.is_negative() { "has passed".to_owned() } else { format!("is in {} s", left.as_secs()) };
        return Err(Error::refused(format!(
            "promoting only {} of {} would fail its deployment",
            groups.join(", "),
            job.id
        ))
        .because(format!(
            "the progress deadline of group {group}, whose canaries stay, {when}: the servers look at it again as soon as \
             the others go on, which takes {} s at least",
            needed.as_secs()
        ))
        .hint(format!("to promote all groups: fleet promote {name}"))
        .hint(format!("to roll it back: fleet abort {name}")));
    }
    app.printer.warn(&format!(
        "group {group} has to be promoted within {} s, or its progress deadline fails the whole deployment",
        left.as_secs()
    ));
    Ok(())
}

/// The least time it takes to replace what is left of a group once its canaries are promoted.
fn least_time(group: &TaskGroup) -> Duration {
    let Some(update) = &group.update else { return Duration::ZERO };
    let left = group.count().saturating_sub(update.canary);
    let rounds = left.div_ceil(update.max_parallel.max(1));
    update.min_healthy_time.duration() * u32::try_from(rounds).unwrap_or(u32::MAX)
}

/// Pauses a deployment, and shows it as it is then.
pub(crate) async fn pause(app: &App, deployment: &Deployment) -> Result<()> {
    match deployment.status {
        DeploymentStatus::Paused => pause_for_good(app, deployment).await?,
        _ => act::pause(app.nomad()?, &app.explicit(), deployment, true).await?,
    }
    show(app, deployment).await.map(drop)
}

/// Makes a pause the operator's own: one that a run of `fleet` keeps would end by itself.
async fn pause_for_good(app: &App, deployment: &Deployment) -> Result<()> {
    let (nomad, permission) = (app.nomad()?, app.explicit());
    let claims = lock::read_visible(nomad).await?;
    let Some((_, claim)) = pause_claim::keeper(&claims, deployment) else {
        nothing_to_do(app, deployment, "is paused already");
        return Ok(());
    };
    // By this a run that is at work sees that somebody wants it paused.
    act::pause(nomad, &permission, deployment, true).await?;
    let what = pause_claim::name(deployment);
    for name in claims.keys().filter(|name| lock::is_run_of(name, &what)) {
        lock::take_away(nomad, &permission, name).await?;
    }
    let (job, was) = (&deployment.job_id, pause_claim::in_words(claim));
    let words = job_words(&deployment.namespace, job);
    app.printer.note(&format!("{job}: it was paused {was}; now it stays so until: fleet resume {words}"));
    Ok(())
}

/// Lets a paused deployment go on where that leaves every group at its floor, and shows it as it is then.
pub(crate) async fn resume(app: &App, job: &Job, deployment: &Deployment, floor: FloorArgs) -> Result<()> {
    if deployment.status != DeploymentStatus::Paused {
        nothing_to_do(app, deployment, "is not paused");
        let (now, allocs) = show(app, deployment).await?;
        return goes_on(app, job, &now, &allocs).await;
    }
    let permission = app.explicit();
    let passed = update_gate::pass_resumption(app, &permission, floor, (job, deployment)).await?;
    let resumed = act::pause(app.nomad()?, &permission, deployment, false).await;
    update_gate::release(app, passed).await;
    resumed?;
    let (now, allocs) = show(app, deployment).await?;
    goes_on(app, job, &now, &allocs).await
}

/// Fails where a deployment that was resumed does not go on, or is not well: what keeps it, and what helps.
async fn goes_on(app: &App, job: &Job, deployment: &Deployment, allocs: &[AllocStub]) -> Result<()> {
    let now = app.clock().now();
    let present = present(app, deployment, allocs).await?;
    let stuck = deployment_health::kept(job, deployment, allocs, &present, now);
    if stuck.is_empty() {
        return Ok(());
    }
    let name = job_words(&job.namespace, &job.id);
    let stands = stuck.iter().any(|kept| kept.by_record);
    let how = if stands { "and replaces nothing more" } else { "and is not well" };
    let error = Error::failed(format!("the deployment of {} is resumed, {how}", job.id));
    let error = stuck.into_iter().map(|kept| kept.why).fold(error, Error::because);
    let canaries = deployment_health::canaries(deployment, allocs);
    let until = deployment_health::deadlines(deployment, &canaries).into_values().min().filter(|_| stands);
    let fails = |at: Timestamp| {
        format!("the servers fail it at {} unless something is done", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    };
    let error = until.map(fails).into_iter().fold(error, Error::because);
    Err(error
        .hint(format!("to take it back: fleet abort {name}"))
        .hint(format!("to try the same version again: fleet job resubmit {name}"))
        .hint(format!("to see how it goes on: fleet deploy status {name}")))
}

fn nothing_to_do(app: &App, deployment: &Deployment, is: &str) {
    app.printer.note(&format!("{}: nothing to do, its deployment {is}", deployment.job_id));
}

async fn show(app: &App, deployment: &Deployment) -> Result<(Deployment, Vec<AllocStub>)> {
    let nomad = app.nomad()?;
    let (now, allocs) = (deployment::get(&deployment.id), allocation::of_deployment(&deployment.id));
    let (now, allocs) = tokio::try_join!(nomad.read(&now), nomad.list(&allocs))?;
    let present = present(app, &now.value, &allocs.value).await?;
    let all = app.printer.shows_all();
    app.printer.object(&DeploymentDetail::new(now.value.clone(), &allocs.value, &present, all))?;
    Ok((now.value, allocs.value))
}

/// Fails the deployment if it is under way, or comes to be, and follows until the version before runs again.
///
/// # Errors
/// How it ended.
pub(crate) async fn take_back(
    app: &App,
    job: &Job,
    timeout: Option<Duration>,
    floor: FloorArgs,
) -> Result<ExitCode> {
    let permission = app.explicit();
    let mut narrator = Narrator::new(app);
    let until = timeout.map(|t| app.clock().now() + t);
    // What was deployed to its end is no deployment to take back, however it does now.
    let latest = app.nomad()?.read(&deployment::latest_of_job(&job.namespace, &job.id)).await?.value;
    let done =
        latest.is_some_and(|d| d.job_version == job.version && d.status == DeploymentStatus::Successful);
    let back = !done;
    let floor = floor.policy();
    let options = Options { rollback: back, take_back: back, until, floor, holds: back, ..only_looking() };
    let mut tracker = Tracker::of(app, &permission, options, job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let told = narrator.end();
    let end = end?;
    let mut report = Report::default();
    // Here going back is what was asked for.
    let end = match end {
        End::RolledBack { version, .. } => End::Healthy { version, unchanged: None },
        other => other,
    };
    if matches!(
        end,
        End::Healthy { version, .. } | End::Finished { version, .. } | End::Idle { version }
            if version == job.version
    ) {
        let name = job_words(&job.namespace, &job.id);
        app.printer.note(&format!(
            "no deployment of {} is under way, so nothing was rolled back; to go back to an earlier version: fleet job revert {name}",
            job.id
        ));
    }
    report.add(job, end);
    report.finish(app, told, false)
}
