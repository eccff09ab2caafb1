//! `fleet promote`

use std::time::Duration;

use super::narrate::Narrator;
use super::report::Report;
use super::status::only_looking;
use super::track::Tracker;
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::job;
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::rollout::Target;
use crate::ops::deploy::event::{Event, Record};
use crate::ops::deploy::{Options, act};
use crate::ops::observe::Observer as _;
use crate::ui::duration;

/// Promote the healthy canaries of a job's deployment, and follow it to its end.
///
/// It is read back that every group is promoted. Canaries that are not healthy are refused (exit code 7).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet promote web
  fleet promote web --group api
  fleet promote web --detach")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Promote this group only.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,

    /// Do not follow.
    #[arg(long)]
    detach: bool,

    /// How long to follow; the deployment goes on when it has passed.
    #[arg(long, value_name = "DURATION", value_parser = duration, conflicts_with = "detach")]
    timeout: Option<Duration>,
}

/// The deployment of a job that is under way.
///
/// # Errors
/// Not found (3) when there is no such job; refused (7) when nothing is under way.
pub(crate) async fn under_way(app: &App, name: &str) -> Result<(job::Job, Deployment)> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, name).await?;
    let (job, latest) = (job::get(&stub.namespace, &stub.id), deployment::latest_of_job(&stub.namespace, &stub.id));
    let (job, latest) = tokio::try_join!(nomad.read(&job), nomad.read(&latest))?;
    match latest.value {
        Some(d) if d.status.is_active() => Ok((job.value, d)),
        Some(d) => Err(Error::refused(format!("no deployment of {} is under way", stub.id)).because(
            format!("the latest, of version {}, is {}: {}", d.job_version, d.status, d.status_description),
        )),
        None => {
            Err(Error::refused(format!("no deployment of {} is under way", stub.id))
                .because("it never had one"))
        }
    }
}

/// Promotes.
///
/// # Errors
/// Refused (7) when there is nothing to promote; how the deployment ended.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let (job, deployment) = under_way(app, &args.job).await?;
    promote(app, &job, &deployment, &args.group, (args.detach, args.timeout)).await
}

/// Promotes a deployment and follows it.
pub(crate) async fn promote(
    app: &App,
    job: &job::Job,
    deployment: &Deployment,
    groups: &[String],
    (detach, timeout): (bool, Option<Duration>),
) -> Result<ExitCode> {
    if let Some(unknown) = groups.iter().find(|g| !deployment.task_groups.contains_key(*g)) {
        let known: Vec<&str> = deployment.task_groups.keys().map(String::as_str).collect();
        return Err(Error::not_found(format!("the deployment of {} has no group {unknown:?}", job.id))
            .hint(format!("it has: {}", known.join(", "))));
    }
    if !deployment.has_unpromoted_canaries() {
        return Err(Error::refused(format!(
            "the deployment of {} has no canaries that wait for promotion",
            job.id
        )));
    }
    let permission = app.explicit();
    if act::promote(app.nomad()?, &permission, deployment, groups).await? == act::Promotion::TooEarly {
        return Err(Error::refused(format!("the canaries of {} are not healthy (yet)", job.id))
            .hint(format!("fleet deploy status {} shows how far they are", job.id)));
    }
    let mut narrator = Narrator::new(app);
    let event = Event::Promoted { version: deployment.job_version };
    narrator.record(&Record { time: app.clock().now(), job: job.id.clone(), event })?;
    let mut report = Report::default();
    if detach {
        report.detached(job);
        return report.finish(app, narrator.end(), true);
    }
    let options = Options { until: timeout.map(|t| app.clock().now() + t), ..only_looking() };
    let mut tracker = Tracker::of(app, &permission, options, job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let evidence = narrator.end();
    report.add(job, end?);
    report.finish(app, evidence, false)
}
