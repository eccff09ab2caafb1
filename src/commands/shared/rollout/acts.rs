//! What is done to a deployment that is under way: promoted, paused, taken back.

use std::time::Duration;

use super::{Narrator, Report, Tracker, only_looking};
use crate::api::nomad::allocation;
use crate::api::nomad::deployment::{self, Deployment, DeploymentStatus};
use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::deployment::DeploymentDetail;
use crate::commands::shared::resolve;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::model::rollout::Target;
use crate::ops::deploy::event::{Event, Record};
use crate::ops::deploy::{End, Options, act};
use crate::ops::observe::Observer as _;

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

/// Promotes a deployment and follows it.
pub(crate) async fn promote(
    app: &App,
    job: &Job,
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
        return Err(Error::refused(format!("no canaries of {} wait for promotion", job.id)));
    }
    let permission = app.explicit();
    if act::promote(app.nomad()?, &permission, deployment, groups).await? == act::Promotion::TooEarly {
        return Err(Error::refused(format!("the canaries of {} are not healthy yet", job.id)).hint(format!(
            "fleet deploy status {} shows their progress",
            job_words(&job.namespace, &job.id)
        )));
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

/// Pauses or resumes a deployment, and shows it as it is then.
pub(crate) async fn set_paused(app: &App, deployment: &Deployment, pause: bool) -> Result<()> {
    let nomad = app.nomad()?;
    let already = (deployment.status == DeploymentStatus::Paused) == pause;
    if !already {
        act::pause(nomad, &app.explicit(), deployment, pause).await?;
    }
    let (now, allocs) = (deployment::get(&deployment.id), allocation::of_deployment(&deployment.id));
    let (now, allocs) = tokio::try_join!(nomad.read(&now), nomad.list(&allocs))?;
    app.printer.object(&DeploymentDetail::new(now.value, &allocs.value, app.printer.shows_all()))
}

/// Fails the deployment if it is under way, or comes to be, and follows until the version before runs again.
pub(crate) async fn take_back(app: &App, job: &Job, timeout: Option<Duration>) -> Result<ExitCode> {
    let permission = app.explicit();
    let mut narrator = Narrator::new(app);
    let until = timeout.map(|t| app.clock().now() + t);
    let options = Options { rollback: true, take_back: true, until, ..only_looking() };
    let mut tracker = Tracker::of(app, &permission, options, job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let evidence = narrator.end();
    let end = end?;
    let mut report = Report::default();
    // Here going back is what was asked for.
    let end = match end {
        End::RolledBack { version, .. } => End::Healthy { version },
        other => other,
    };
    if end == (End::Healthy { version: job.version }) {
        let name = job_words(&job.namespace, &job.id);
        app.printer.note(&format!(
            "no deployment of {} is under way, so nothing was rolled back; to go back to an earlier version: fleet job revert {name}",
            job.id
        ));
    }
    report.add(job, end);
    report.finish(app, evidence, false)
}
