//! `fleet wait job`

use super::{TermFlags, WaitGoal, WaitResult, WaitSubject, carry_out};
use crate::api::nomad::job::Job;
use crate::api::nomad::{ALL_NAMESPACES, job};
use crate::app::App;
use crate::commands::shared::run_end::{self, RunFate};
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::condition::job::JobCondition;
use crate::model::ids::{JobKey, job_words, shell_word};
use crate::ops::wait::{JobSubject, PresenceSubject, WaitMet};

/// Wait for a job: until it is healthy, complete, stopped, at a version, or waits for promotion.
///
/// healthy: its current version runs as often as wanted, and all of it is healthy at this moment. running: it runs as often as
/// wanted. version=N: version N is the current one, and healthy. needs-promotion: its canaries are healthy and wait for you.
/// complete: its work has ended; the exit code is that of the work. stopped: it is stopped or over, and nothing of it runs.
/// exists and gone: it is registered, or not any more; both take a whole id.
///
/// It ends with 1 when the condition can no longer come true, such as the health of a job that somebody stopped.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait job web
  fleet wait job web healthy --for 30s --timeout 10m
  fleet wait job web version=4
  fleet wait job import complete --logs")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,

    /// healthy, running, complete, stopped, version=N, needs-promotion, exists or gone [default: complete for batch work,
    /// else healthy].
    #[arg(value_name = "CONDITION", value_parser = JobCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::job::WORDS)))]
    condition: Option<JobCondition>,

    /// Print what its tasks write until it is complete.
    #[arg(long)]
    logs: bool,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits.
///
/// # Errors
/// Failed (1), usage (2), not found (3), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let namespace = app.list_namespace()?;
    if let Some(condition @ (JobCondition::Exists | JobCondition::Gone)) = args.condition {
        refuse_logs(args, condition)?;
        // Nothing is in a namespace that does not exist.
        resolve::namespace(app).await?;
        let place = if namespace == ALL_NAMESPACES { "default" } else { namespace };
        let key = JobKey::new(place, &*args.job);
        let mut subject = PresenceSubject::new(nomad, &key, condition);
        return carry_out(app, &wanted(&key, condition), &mut subject, args.terms).await;
    }
    let key = resolve::job(nomad, namespace, &args.job).await?;
    let job = nomad.read(&job::get(&key.namespace, &key.id)).await?.value;
    let usual = if job.job_type.ends() { JobCondition::Complete } else { JobCondition::Healthy };
    let condition = args.condition.unwrap_or(usual);
    if condition == JobCondition::Complete {
        return complete(args, app, &key, &job).await;
    }
    refuse_logs(args, condition)?;
    let runs_itself = !matches!(condition, JobCondition::Stopped);
    if runs_itself && job.is_launcher() {
        return Err(launcher(&key));
    }
    let mut subject = JobSubject::new(nomad, app.consul()?, &key, condition);
    carry_out(app, &wanted(&key, condition), &mut subject, args.terms).await
}

fn wanted(key: &JobKey, condition: JobCondition) -> WaitGoal {
    WaitGoal {
        label: format!("job {key}"),
        named: WaitSubject::Job { job_id: key.id.clone(), namespace: key.namespace.clone() },
        condition: condition.to_string(),
        hint: (condition != JobCondition::Exists)
            .then(|| format!("fleet job show {}", job_words(&key.namespace, &key.id))),
    }
}

fn refuse_logs(args: &Args, condition: JobCondition) -> Result<()> {
    if !args.logs {
        return Ok(());
    }
    Err(Error::usage(format!("--logs is for work that ends, and cannot be used with {condition}"))
        .hint(format!("to follow its logs: fleet logs {} -f", shell_word(&args.job))))
}

fn launcher(key: &JobKey) -> Error {
    Error::usage(format!("job {key} runs nothing itself: it starts others by time or by dispatch"))
        .hint("name one of those it has started; fleet job list --all shows them")
}

/// Waits for the end of work that has one.
async fn complete(args: &Args, app: &App, key: &JobKey, job: &Job) -> Result<ExitCode> {
    if job.is_launcher() {
        return Err(launcher(key));
    }
    if !job.job_type.ends() {
        return Err(Error::usage(format!("job {key} is of type {}, which has no end", job.job_type))
            .hint(format!("fleet wait job {} healthy, or stopped", job_words(&key.namespace, &key.id))));
    }
    if !args.terms.steady.is_zero() {
        return Err(Error::usage("--for has no meaning with complete: what is over stays so"));
    }
    let wanted = wanted(key, JobCondition::Complete);
    let begun = app.clock().now();
    let until = args.terms.until;
    let run = run_end::followed(app, &key.namespace, &key.id, until, args.logs).await?;
    run.tell_unseen(app);
    match RunFate::of(&run.job, &run.last) {
        RunFate::Ended { code, beside } => {
            if let Some(words) = beside {
                app.printer.note(&words);
            }
            let words = format!("its work has ended with exit code {code}");
            let waited = app.clock().now().duration_since(begun).try_into().unwrap_or_default();
            let mut view = WaitResult::new(&wanted, WaitMet { words, waited });
            view.exit_code = Some(code);
            view.may_still_run = run.may_still_run;
            // What the work wrote is the result for people.
            if args.logs && !app.printer.is_machine() {
                app.printer.note(&format!("{}: {}", view.label, view.says));
            } else {
                app.printer.object(&view)?;
            }
            Ok(ExitCode::Of(code))
        }
        other => Err(other.error(app.nomad()?, &run.job, &run.last).await),
    }
}
