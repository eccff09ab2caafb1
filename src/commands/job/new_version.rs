//! Verbs that make a new version of a job without a file, and follow it as a deployment is followed: `scale`, `revert`,
//! `start`, `resubmit`.

use serde_json::{Value, json};

use crate::api::http::Patience;
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::{jobspec, registration};
use crate::api::settle::settle;
use crate::app::App;
use crate::commands::job::diff;
use crate::commands::shared::complete;
use crate::commands::shared::jobfile::Variables;
use crate::commands::shared::resolve::current;
use crate::commands::shared::rollout::{Follow, Following};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::ops::deploy::act;

/// Set the count of a group, and wait until that many run.
///
/// Makes a new version of the job. Refused while a deployment is under way (exit code 7). When the count is lowered, the
/// instances with the highest index stop, wherever they run.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job scale web 5
  fleet job scale web api 5
  fleet job scale web 0 --detach")]
pub struct ScaleArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The group (optional when there is only one), and the count.
    #[arg(value_name = "[GROUP] COUNT", required = true, num_args = 1..=2)]
    words: Vec<String>,

    #[command(flatten)]
    follow: Follow,
}

/// Scales a group.
///
/// # Errors
/// Refused (7) while a deployment is under way; how it ended.
pub async fn scale(args: &ScaleArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let job = current(app, &args.job).await?;
    let (group, count) = match args.words.as_slice() {
        [count] => (None, count),
        [group, count] => (Some(group), count),
        _ => return Err(Error::usage("expected [GROUP] COUNT")),
    };
    let count: u64 = count.parse().map_err(|_| Error::usage(format!("{count:?} is not a count")))?;
    let names: Vec<&str> = job.task_groups.iter().map(|g| g.name.as_str()).collect();
    let group = match (group, names.as_slice()) {
        (Some(name), _) => name.as_str(),
        (None, [only]) => only,
        (None, _) => {
            return Err(Error::usage(format!("{} has several groups: {}", job.id, names.join(", ")))
                .hint(format!("fleet job scale {} GROUP {count}", job_words(&job.namespace, &job.id))));
        }
    };
    let known = job.group(group).ok_or_else(|| {
        Error::not_found(format!("{} has no group {group:?}; it has {}", job.id, names.join(", ")))
    })?;
    if job.stop {
        let name = job_words(&job.namespace, &job.id);
        return Err(Error::refused(format!("{} is stopped, so there is nothing to scale", job.id))
            .because("the count is as it was; it could be scaled once the job is started")
            .hint(format!("to start it again: fleet job start {name}")));
    }
    if known.count() == count {
        app.printer.note(&format!("{}: the count of group {group} is already {count}", job.id));
        return Following::new(app, &args.follow).unchanged().follow(&job).await;
    }
    let nomad = app.nomad()?;
    let done = async || {
        let now = nomad.read(&job::get(&job.namespace, &job.id)).await?.value;
        Ok(now.group(group).is_some_and(|g| g.count() == count).then_some(()))
    };
    let call = registration::scale(&job.namespace, &job.id, group, count, "scaled with fleet");
    settle(nomad, &app.explicit(), &call, Patience::OPERATION, done).await.map_err(|e| {
        if e.is_active_deployment() {
            Error::refused(format!("{} cannot be scaled while a deployment is under way", job.id)).hint(
                format!(
                    "fleet deploy {0} follows the deployment, fleet abort {0} rolls it back",
                    job_words(&job.namespace, &job.id)
                ),
            )
        } else {
            e.into()
        }
    })?;
    let now = nomad.read(&job::get(&job.namespace, &job.id)).await?.value;
    Following::new(app, &args.follow).follow(&now).await
}

/// Register an earlier version of a job again, and wait until it is healthy everywhere.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job revert web
  fleet job revert web --to 3
  fleet job revert web --to before-migration")]
pub struct RevertArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The version, by its number or its tag [default: the newest stable one before the current one].
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    #[command(flatten)]
    follow: Follow,
}

/// Registers an earlier version again.
///
/// # Errors
/// Not found (3) when there is no such version; how it ended.
pub async fn revert(args: &RevertArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let job = current(app, &args.job).await?;
    let nomad = app.nomad()?;
    let to = match &args.to {
        Some(text) => {
            let kept = nomad.read(&registration::versions(&job.namespace, &job.id)).await?.value;
            diff::find(&job.id, &kept, text)?
        }
        None => act::stable_before(nomad, &job).await?.ok_or_else(|| {
            Error::not_found(format!("{} has no stable version before {}", job.id, job.version)).hint(
                format!(
                    "fleet job history {} lists its versions; --to takes any of them",
                    job_words(&job.namespace, &job.id)
                ),
            )
        })?,
    };
    if to == job.version {
        return Err(Error::refused(format!("version {to} of {} is the current one", job.id)));
    }
    let now = act::revert(nomad, &app.explicit(), &job, to).await?;
    if now.version == job.version {
        app.printer.note(&format!("{}: nothing to do, version {to} is the same as the current one", job.id));
        return Following::new(app, &args.follow).unchanged().follow(&now).await;
    }
    app.printer.note(&format!("{}: version {to} registered again as version {}", job.id, now.version));
    let mut following = Following::new(app, &args.follow);
    // Its canaries were tried when it was new.
    following.promotes();
    following.follow(&now).await
}

/// Start a stopped job again, as it was, and wait until it is healthy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job start web")]
pub struct StartArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    #[command(flatten)]
    follow: Follow,
}

/// Starts a stopped job.
///
/// # Errors
/// How it ended.
pub async fn start(args: &StartArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let job = current(app, &args.job).await?;
    if !job.stop {
        app.printer.note(&format!("{}: nothing to do, it is not stopped", job.id));
        return Following::new(app, &args.follow).unchanged().follow(&job).await;
    }
    let nomad = app.nomad()?;
    let mut spec = nomad.read(&job::get_spec(&job.namespace, &job.id)).await?.value;
    spec["Stop"] = json!(false);
    let now = register(app, &job, &spec, None).await?;
    Following::new(app, &args.follow).follow(&now).await
}

/// Replace every instance of a job, as its update block allows, from the job file it came from.
///
/// The job is registered again with a mark in its metadata, and rolled out like any new version. Counts stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job resubmit web")]
pub struct ResubmitArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    #[command(flatten)]
    follow: Follow,
}

/// Replaces everything a job runs.
///
/// # Errors
/// How it ended.
pub async fn resubmit(args: &ResubmitArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let job = current(app, &args.job).await?;
    let nomad = app.nomad()?;
    let stored = match nomad.read(&jobspec::submission(&job.namespace, &job.id, job.version)).await {
        Ok(reply) => Some(reply.value),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let mut spec = match &stored {
        Some(stored) if stored.format != "json" && !stored.source.is_empty() => {
            let flags = stored.variable_flags.iter().map(|(n, v)| (n.clone(), v.clone())).collect();
            let variables = Variables { vars: flags, var_files: Vec::new(), no_strict: true };
            variables.parse_stored(app, &job, stored).await?
        }
        // Without its file the job itself is the only source.
        _ => nomad.read(&job::get_spec(&job.namespace, &job.id)).await?.value,
    };
    if !spec["Meta"].is_object() {
        spec["Meta"] = json!({});
    }
    keep_counts(&mut spec, &job);
    spec["Meta"]["fleet.resubmitted"] = json!(format!("{:.0}", app.clock().now()));
    let now = register(app, &job, &spec, stored.as_ref()).await?;
    Following::new(app, &args.follow).follow(&now).await
}

/// Keeps the current counts, which may have been scaled since the file was submitted.
fn keep_counts(spec: &mut Value, job: &Job) {
    for group in spec["TaskGroups"].as_array_mut().into_iter().flatten() {
        let now = group["Name"].as_str().and_then(|name| job.group(name));
        if let Some(now) = now.filter(|_| !job.job_type.is_per_node()) {
            group["Count"] = json!(now.count());
        }
    }
}

async fn register(
    app: &App,
    job: &Job,
    spec: &Value,
    submission: Option<&jobspec::Submission>,
) -> Result<Job> {
    let nomad = app.nomad()?;
    act::register(nomad, &app.explicit(), &job.namespace, spec, job.job_modify_index, submission).await?;
    let now = nomad.read(&job::get(&job.namespace, &job.id)).await?.value;
    app.printer.note(&format!("{}: registered version {}", now.id, now.version));
    Ok(now)
}
