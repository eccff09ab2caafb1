//! `fleet deploy status`

use crate::api::http::Http;
use crate::api::nomad::allocation;
use crate::api::nomad::deployment as api;
use crate::api::nomad::evaluation;
use crate::api::nomad::job::{self, Job};
use crate::app::App;
use crate::commands::shared::deployment::{self, DeploymentDetail};
use crate::commands::shared::rollout::{Narrator, Report, Tracker, only_looking};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::deployment_health;
use crate::model::ids::job_words;
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::look::{self, HealthLook};
use crate::model::rollout::{self, Counts, JobObservation, Nowhere, Rollback, RolloutState, Target};
use crate::ops::deploy::{After, End, act, way_out};
use crate::ops::present_health::Sources;

/// Show the progress of a job's deployment, or follow it. Changes nothing.
///
/// The exit code is 0 when it succeeded and is healthy, 8 when it is under way or waits for a decision, 1 when it failed or canaries
/// that wait for promotion are not healthy now, 6 when whether it is healthy now is not known.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet deploy status web
  fleet deploy status web --watch")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Follow it to its end.
    #[arg(long, short)]
    watch: bool,
}

/// Notes below the deployment, with the commands that come next.
/// `under_way` is whether its deployment is; `good_before` is the version that could be brought back, of one that failed.
fn next(state: &RolloutState, target: &Target, under_way: bool, good_before: GoodBefore) -> Vec<String> {
    let (version, name) = (target.version, job_words(&target.namespace, &target.job));
    let end = match state {
        RolloutState::Paused => End::Paused { version },
        RolloutState::Blocked { unplaced } => End::Blocked { version, unplaced: unplaced.clone() },
        RolloutState::Stopped => End::Stopped,
        RolloutState::Stuck { why } => {
            let next = match under_way {
                true => way_out(version, &name),
                false => format!("to run it again: fleet job resubmit {name}"),
            };
            return vec![why.clone(), next];
        }
        RolloutState::Nowhere(Nowhere { why, later }) => {
            End::Nowhere { version, why: why.clone(), later: *later, back_to: good_before.version() }
        }
        RolloutState::Progressing { .. } => {
            return vec![format!("to follow it: fleet deploy status {name} --watch")];
        }
        RolloutState::Failed { rollback: Rollback::None(_), .. } => {
            return match good_before {
                GoodBefore::Version(good) => {
                    vec![format!("to roll back to version {good}: fleet abort {name}")]
                }
                GoodBefore::SameAs(good) => vec![
                    After::SameAs(good).to_string(),
                    format!("to try the same version again: fleet job resubmit {name}"),
                ],
                GoodBefore::None => {
                    vec![After::NothingBefore.to_string(), format!("to stop it: fleet job stop {name}")]
                }
            };
        }
        _ => return Vec::new(),
    };
    let error = end.error(&target.namespace, &target.job);
    let told = error.iter().flat_map(|e| e.causes().iter().chain(e.hints()).cloned());
    told.chain(end.next(&target.namespace, &target.job)).collect()
}

/// Notes below a deployment whose canaries wait for promotion, by how they do at this moment.
fn waiting(look: HealthLook, target: &Target) -> Vec<String> {
    let version = target.version;
    let end = match look {
        HealthLook::Good(_) => End::Pending { version, unseen: None, groups: Vec::new() },
        HealthLook::Bad { why } => End::CanariesUnwell { version, why },
        HealthLook::NotKnown { why } => End::CanariesNotKnown { version, why },
    };
    let hints = end.error(&target.namespace, &target.job);
    let hints = hints.iter().flat_map(|e| e.hints().iter().cloned());
    hints.chain(end.next(&target.namespace, &target.job)).collect()
}

/// Says how a version that is through does at this moment.
async fn present(app: &App, target: &Target, seen: &JobObservation) -> Result<ExitCode> {
    if look::finished(target, seen).is_some() {
        return Ok(ExitCode::Done);
    }
    let sources = Sources::new(app.nomad()?, app.consul()?);
    let (says, code) = match sources.look_at(target, seen, app.clock().now()).await {
        HealthLook::Good(Counts { wanted: 0, .. }) => ("no instances are wanted".to_owned(), ExitCode::Done),
        HealthLook::Good(Counts { good, wanted }) => {
            (format!("now: {good} of {wanted} healthy"), ExitCode::Done)
        }
        HealthLook::Bad { why } => (format!("not healthy now: {why}"), ExitCode::Failed),
        HealthLook::NotKnown { why } => {
            (format!("whether it is healthy now is not known: {why}"), ExitCode::TimedOut)
        }
    };
    app.printer.note(&says);
    Ok(code)
}

/// Shows how far a deployment is.
///
/// # Errors
/// Not found (3) when there is no such job, or it never had a deployment.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let stub = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let (namespace, id) = (stub.namespace.as_str(), stub.id.as_str());
    let job = nomad.read(&job::get(namespace, id)).await?.value;
    if args.watch {
        return watch(app, &job).await;
    }
    let target = Target::of(&job);
    let seen = observe(nomad, job).await?;
    let latest = seen.deployments.iter().max_by_key(|d| d.create_index).cloned();
    let latest = latest.ok_or_else(|| {
        Error::not_found(format!("job {id} never had a deployment"))
            .hint(format!("fleet job show {} shows what runs", job_words(namespace, id)))
    })?;
    let own: Vec<_> = seen.allocs_of(latest.job_version).cloned().collect();
    let state = rollout::look(&target, &seen, app.clock().now());
    let health = deployment::present(app, &latest, &own).await?;
    let canaries = deployment_health::canaries_now(&latest, &own, &[], &health);
    let keeper = deployment::keeper(nomad, &latest).await?;
    let detail = DeploymentDetail::new(latest, &own, &health, app.printer.shows_all()).kept_by(keeper);
    app.printer.object(&detail)?;
    if let Some(words) = detail.of_another_version(target.version) {
        app.printer.note(&words);
    }
    if let RolloutState::CanariesReady { automatic: false } = state {
        let code = match canaries {
            HealthLook::Good(_) => ExitCode::Pending,
            HealthLook::Bad { .. } => ExitCode::Failed,
            HealthLook::NotKnown { .. } => ExitCode::TimedOut,
        };
        waiting(canaries, &target).iter().for_each(|line| app.printer.note(line));
        return Ok(code);
    }
    if state == RolloutState::Healthy {
        return present(app, &target, &seen).await;
    }
    let good_before = match (&state, &seen.job) {
        (RolloutState::Failed { rollback: Rollback::None(_), .. } | RolloutState::Nowhere(_), Some(job)) => {
            act::good_before(nomad, job, &seen).await?
        }
        _ => GoodBefore::None,
    };
    let under_way = seen.deployment(&target).is_some_and(|d| d.status.is_active());
    for line in next(&state, &target, under_way, good_before) {
        app.printer.note(&line);
    }
    Ok(code(&state))
}

/// Follows the rollout to its end.
async fn watch(app: &App, job: &Job) -> Result<ExitCode> {
    let permission = app.explicit();
    let mut narrator = Narrator::new(app);
    let mut tracker = Tracker::of(app, &permission, only_looking(), job).await?;
    let end = tracker.follow(Target::of(job), &mut narrator).await;
    let told = narrator.end();
    let mut report = Report::default();
    report.add(job, end?);
    report.finish(app, told, false)
}

/// Everything that is to be seen of a job.
async fn observe(nomad: &Http, job: Job) -> Result<JobObservation> {
    let (namespace, id) = (job.namespace.as_str(), job.id.as_str());
    let (deployments, allocs, evals) =
        (api::of_job(namespace, id), allocation::of_job(namespace, id), evaluation::of_job(namespace, id));
    let (deployments, allocs, evals) =
        tokio::try_join!(nomad.list(&deployments), nomad.list(&allocs), nomad.list(&evals))?;
    Ok(JobObservation {
        job: Some(job),
        deployments: deployments.value,
        allocs: allocs.value,
        evals: evals.value,
        ..JobObservation::default()
    })
}

/// The exit code for a rollout that is not to be looked at more closely.
fn code(state: &RolloutState) -> ExitCode {
    match state {
        RolloutState::Healthy | RolloutState::Launcher(_) => ExitCode::Done,
        RolloutState::Failed { .. }
        | RolloutState::NotRunning { .. }
        | RolloutState::Stuck { .. }
        | RolloutState::Nowhere(_)
        | RolloutState::Refused { .. }
        | RolloutState::Stopped
        | RolloutState::Gone => ExitCode::Failed,
        RolloutState::Superseded { .. }
        | RolloutState::Progressing { .. }
        | RolloutState::Blocked { .. }
        | RolloutState::CanariesReady { .. }
        | RolloutState::Paused => ExitCode::Pending,
    }
}
