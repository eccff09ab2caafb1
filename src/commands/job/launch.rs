//! Verbs that make a job do something once: `periodic force`, `eval`.

use std::collections::BTreeSet;

use clap::Subcommand;

use crate::api;
use crate::api::http::Patience;
use crate::api::nomad::{evaluation, job, registration};
use crate::api::settle::{Settled, settle};
use crate::app::App;
use crate::commands::job::dispatch::Dispatched;
use crate::commands::shared::complete;
use crate::commands::shared::failed_version;
use crate::commands::shared::resolve;
use crate::commands::shared::rollout::Follow;
use crate::commands::shared::rollout::Following;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, job_words};

/// Verbs on periodic jobs.
#[derive(Debug, Subcommand)]
pub enum Periodic {
    #[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
    Force(ForceArgs),
}

/// Start a run of a periodic job now, whatever its schedule says.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job periodic force backup")]
pub struct ForceArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Starts a periodic job.
///
/// # Errors
/// Usage (2) when the job is not periodic; API errors.
pub async fn force(args: &ForceArgs, app: &App) -> Result<()> {
    let (nomad, permission) = (app.nomad()?, app.explicit());
    let key = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    match nomad.read(&job::get(&key.namespace, &key.id)).await {
        Ok(reply) if reply.value.periodic.is_none() => {
            return Err(Error::usage(format!("{} is not periodic", key.id)));
        }
        Ok(_) => {}
        // Who may start it need not be allowed to read it.
        Err(e) if e.is_denied() => {}
        Err(e) => return Err(e.into()),
    }
    let children = async || {
        let prefix = format!("{}/periodic-", key.id);
        let found = nomad.list(&job::list().namespace(&key.namespace).prefix(Some(&prefix))).await?.value;
        Ok::<_, api::Error>(found.into_iter().map(|j| j.id).collect::<BTreeSet<String>>())
    };
    let call = registration::force_periodic(&key.namespace, &key.id);
    // A list of jobs finds the run whose reply was lost. It takes a right that starting does not.
    let settled = match children().await {
        Ok(before) => {
            let more = async || Ok(children().await?.difference(&before).next().cloned());
            settle(nomad, &permission, &call, Patience::OPERATION, more).await?
        }
        Err(e) if e.is_denied() => Settled::Replied(nomad.write(&permission, &call).await?),
        Err(e) => return Err(e.into()),
    };
    let child = match settled {
        Settled::Found(child) => Some(child),
        // The evaluation is that of the run.
        Settled::Replied(reply) => {
            match nomad.read(&evaluation::get(&key.namespace, &reply.value.eval_id)).await {
                Ok(eval) => Some(eval.value.job_id),
                Err(e) if e.is_denied() => None,
                Err(e) => {
                    let started = format!("a run of {} was started, and its id could not be read", key.id);
                    let words = job_words(&key.namespace, &key.id);
                    let error = Error::from(e).context(started);
                    return Err(error.hint(format!("fleet job show {words} lists its runs")));
                }
            }
        }
    };
    app.printer.object(&Dispatched::new(key, child, false))
}

/// Evaluate a job again: the scheduler places what is missing.
///
/// With --reschedule, instances that failed for good are placed again as well.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job eval web
  fleet job eval web --reschedule")]
pub struct EvalArgs {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// Also place instances again that failed for good.
    #[arg(long)]
    reschedule: bool,

    /// Go ahead without asking where the deployment of its version failed.
    #[arg(long, short)]
    yes: bool,

    #[command(flatten)]
    follow: Follow,
}

/// Evaluates a job.
///
/// # Errors
/// API errors; how it ended.
pub async fn eval(args: &EvalArgs, app: &App) -> Result<ExitCode> {
    app.bound(args.follow.timeout)?;
    let nomad = app.nomad()?;
    let key = resolve::job(nomad, app.list_namespace()?, &args.job).await?;
    let job = match nomad.read(&job::get(&key.namespace, &key.id)).await {
        Ok(reply) => Some(reply.value),
        // Nothing has to be read of what is not followed.
        Err(e) if e.is_denied() && args.follow.detach => None,
        Err(e) => return Err(e.into()),
    };
    let call = registration::evaluate(&key.namespace, &key.id, args.reschedule);
    // A second evaluation does no harm, so a lost reply is answered by another one.
    let permission = match &job {
        Some(job) if !job.stop => failed_version::permit(app, job, args.yes, "Evaluate").await?,
        _ => app.explicit(),
    };
    let asked = settle(nomad, &permission, &call, Patience::OPERATION, async || Ok(None::<()>)).await;
    let asked = asked.map_err(|e| of_a_launcher(e, &key))?;
    let Some(job) = job else {
        app.printer.note(&format!("{key}: evaluated again, not followed"));
        return Ok(ExitCode::Done);
    };
    let following = Following::new(app, &args.follow);
    match asked {
        Settled::Replied(reply) => following.since(reply.value.index).follow(&job).await,
        Settled::Found(()) => following.follow(&job).await,
    }
}

/// A job that starts others runs nothing itself: what is meant is one of those.
fn of_a_launcher(error: api::Error, key: &JobKey) -> Error {
    let start = match error.text.as_str() {
        text if text.contains("can't evaluate periodic job") => "fleet job periodic force",
        text if text.contains("can't evaluate parameterized job") => "fleet job dispatch",
        _ => return error.into(),
    };
    let words = job_words(&key.namespace, &key.id);
    Error::from(error).hint(format!("to start a run of it: {start} {words}"))
}
