//! Verbs that make a new version of a job without a file, and follow it as a deployment is followed: `scale`, `revert`,
//! `start`, `resubmit`.

use serde_json::{Value, json};

use crate::api::http::Patience;
use crate::api::nomad::job::{self, Job};
use crate::api::nomad::{jobspec, registration};
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::commands::job::diff;
use crate::commands::shared::complete;
use crate::commands::shared::failed_version;
use crate::commands::shared::jobfile::Variables;
use crate::commands::shared::resolve::{current, no_version};
use crate::commands::shared::rollout::{Follow, Following};
use crate::commands::shared::turn;
use crate::commands::shared::update_gate::{self, FloorArgs, Passed, Update};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::job_words;
use crate::model::kept_counts::{self, CountSource};
use crate::model::rollout::back;
use crate::ops::deploy::act;

/// Set the count of a group, and wait until that many run.
///
/// Makes a new version of the job. Refused while a deployment is under way (exit code 7). When the count is lowered, the
/// instances with the highest index stop, wherever they run; where those are what is at work, and the others are not, it waits or is
/// refused (7). Asks first where the deployment of the current version failed, and more
/// of it would start.
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

    /// Go ahead without asking where more of a version would start whose deployment failed.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    floor: FloorArgs,

    #[command(flatten)]
    follow: Follow,
}

/// Scales a group.
///
/// # Errors
/// Refused (7) below the floor and while a deployment is under way; how it ended.
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
    let permission = match count > known.count() {
        true => failed_version::permit(app, &job, args.yes, "Scale").await?,
        false => app.explicit(),
    };
    let until = args.follow.timeout.map(|t| app.clock().now() + t);
    let passed = match count > known.count() {
        true => {
            turn::await_job(app, &job, args.follow.timeout).await?;
            Passed::default()
        }
        false => update_gate::pass_fewer(app, &permission, args.floor, (&job, known, count), until).await?,
    };
    let nomad = app.nomad()?;
    // Somebody may have made a newer version since: that is not the one this asked for.
    let done = async || {
        let kept = nomad.read(&registration::versions(&job.namespace, &job.id)).await?.value;
        let newer = kept.versions.into_iter().map(|v| v.job).filter(|v| v.version > job.version);
        let scaled = newer.filter(|v| v.group(group).is_some_and(|g| g.count() == count));
        Ok(scaled.min_by_key(|v| v.version))
    };
    let call = registration::scale(&job.namespace, &job.id, group, count, "scaled with fleet");
    let settled = settle(nomad, &permission, &call, Patience::OPERATION, done).await;
    let repairs = update_gate::release(app, passed).await;
    let settled = settled.map_err(|e| {
        if e.is_active_deployment() {
            Error::refused(format!("{} cannot be scaled while a deployment is under way", job.id)).hint(
                format!(
                    "fleet deploy {0} follows the deployment, fleet abort {0} rolls it back",
                    job_words(&job.namespace, &job.id)
                ),
            )
        } else {
            act::overtaken(e, &job.id)
        }
    })?;
    let now = match settled {
        Settled::Replied(reply) => {
            act::as_written(nomad, &job.namespace, &job.id, Some(reply.value.job_modify_index)).await?
        }
        Settled::Found(now) => now,
    };
    Following::new(app, &args.follow).through(args.floor, repairs).follow(&now).await
}

/// Register an earlier version of a job again, and wait until it is healthy everywhere.
///
/// A group with a scaling block keeps the count it has now, unless counts are all that differs. Asks first where fewer would run
/// than now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job revert web
  fleet job revert web --to 3
  fleet job revert web --to before-migration")]
pub struct RevertArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// The version, by its number or its tag [default: the newest stable one that differs by more than counts].
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,

    /// Keep the counts that groups have now, whatever the version says.
    #[arg(long, conflicts_with = "no_preserve_counts")]
    preserve_counts: bool,

    /// Take the version's counts, also of groups that have a scaling block.
    #[arg(long)]
    no_preserve_counts: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    floor: FloorArgs,

    #[command(flatten)]
    follow: Follow,
}

/// Registers an earlier version again.
///
/// # Errors
/// Not found (3) when there is no such version; refused (7) when fewer would run and nobody said yes; how it ended.
pub async fn revert(args: &RevertArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let job = current(app, &args.job).await?;
    let nomad = app.nomad()?;
    let all = nomad.read(&registration::versions_raw(&job.namespace, &job.id)).await?.value;
    let to = match &args.to {
        Some(text) => {
            let kept = nomad.read(&registration::versions(&job.namespace, &job.id)).await?.value;
            diff::find(&job.id, &kept, text)?
        }
        None => back::other_stable(&all, job.version).ok_or_else(|| {
            let name = job_words(&job.namespace, &job.id);
            Error::not_found(format!("{} has no stable version before {} to go back to", job.id, job.version))
                .because(back::why_no_other(&all, job.version))
                .hint(format!("fleet job history {name} lists its versions; --to takes any of them"))
        })?,
    };
    if to == job.version {
        return Err(Error::refused(format!("version {to} of {} is the current one", job.id)));
    }
    let whose = CountSource::of(args.preserve_counts, args.no_preserve_counts);
    let spec = with_counts(app, &job, &all, to, whose)?;
    let permission = match &spec.question {
        Some(question) => app.confirm(args.yes, question).await?,
        None => app.explicit(),
    };
    let earlier = spec.changed.as_ref().or_else(|| back::version(&all, to));
    let passed = match earlier {
        Some(earlier) => {
            let update = update_to(&job, earlier, app, &args.follow);
            update_gate::pass(app, &permission, args.floor, &update).await?
        }
        None => Passed::default(),
    };
    let now = match spec.changed {
        Some(changed) => act::revert_changed(nomad, &permission, &job, to, changed).await,
        None => act::revert(nomad, &permission, &job, to).await,
    };
    let repairs = update_gate::release(app, passed).await;
    let now = now?;
    if now.version == job.version {
        app.printer.note(&format!("{}: nothing to do, version {to} is the same as the current one", job.id));
        return Following::new(app, &args.follow).unchanged().follow(&now).await;
    }
    app.printer.note(&format!("{}: version {to} registered again as version {}", job.id, now.version));
    let mut following = Following::new(app, &args.follow).through(args.floor, repairs);
    // Its canaries were tried when it was new.
    following.promotes();
    following.follow(&now).await
}

/// An earlier version, as it is to be registered.
#[derive(Default)]
struct Earlier {
    /// The version with other counts than its own; none where it is taken as it is.
    changed: Option<Value>,
    /// What is asked first: fewer would run than now.
    question: Option<String>,
}

/// Puts the counts of what runs into an earlier version where they hold, and says so. Where counts are all that differs they are
/// what is asked for.
fn with_counts(app: &App, job: &Job, kept: &Value, to: u64, whose: CountSource) -> Result<Earlier> {
    let old = back::version(kept, to).ok_or_else(|| no_version(&job.id, to))?;
    let current = back::version(kept, job.version);
    // What does not run, or runs on each node, has no counts.
    if job.stop || job.job_type.is_per_node() {
        return Ok(Earlier::default());
    }
    let mut spec = old.clone();
    if whose == CountSource::Scaled && current.is_some_and(|current| back::same_but_counts(old, current)) {
        for group in spec["TaskGroups"].as_array_mut().into_iter().flatten() {
            group["Scaling"] = Value::Null;
        }
    }
    let before = spec.clone();
    let counts = kept_counts::apply(&mut spec, job, whose, &format!("version {to}"));
    counts.notes.iter().for_each(|note| app.printer.note(note));
    let fewer = counts.doubtful.join(", ");
    let question = (!counts.doubtful.is_empty())
        .then(|| format!("Go back to version {to} of {} with fewer instances ({fewer})?", job.id));
    Ok(Earlier { changed: (spec != before).then_some(spec), question })
}

/// Start a stopped job again, as it was, and wait until it is healthy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job start web")]
pub struct StartArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Go ahead without asking where the deployment of its version failed.
    #[arg(long, short)]
    yes: bool,

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
    let permission = failed_version::permit(app, &job, args.yes, "Start").await?;
    let now = register(app, &permission, &job, &spec, None).await?;
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
    floor: FloorArgs,

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
    spec["Meta"][back::RESUBMITTED] = json!(format!("{:.0}", app.clock().now()));
    let permission = app.explicit();
    let update = update_to(&job, &spec, app, &args.follow);
    let passed = update_gate::pass(app, &permission, args.floor, &update).await?;
    let now = register(app, &permission, &job, &spec, stored.as_ref()).await;
    let repairs = update_gate::release(app, passed).await;
    Following::new(app, &args.follow).through(args.floor, repairs).follow(&now?).await
}

/// What is about to be registered in a job's stead.
fn update_to<'a>(job: &'a Job, spec: &'a Value, app: &App, follow: &Follow) -> Update<'a> {
    let until = follow.timeout.map(|t| app.clock().now() + t);
    Update {
        namespace: &job.namespace,
        id: &job.id,
        spec,
        until,
        is_followed: true,
        replaces: true,
        is_foreseen: false,
    }
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
    permission: &Permission,
    job: &Job,
    spec: &Value,
    submission: Option<&jobspec::Submission>,
) -> Result<Job> {
    let nomad = app.nomad()?;
    let index = job.job_modify_index;
    let done = act::register(nomad, permission, &job.namespace, spec, index, submission).await?;
    let now = act::as_written(nomad, &job.namespace, &job.id, done.index).await?;
    app.printer.note(&format!("{}: registered version {}", now.id, now.version));
    Ok(now)
}
