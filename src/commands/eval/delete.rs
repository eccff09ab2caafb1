//! `fleet eval delete`

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::api::Permission;
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::{ALL_NAMESPACES, one_of, operator};
use crate::app::App;
use crate::commands::eval::list::EvalRow;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::words;
use crate::ui::{Cell, Describe, Detail, Tone};

/// The most evaluations that are named in one request.
const MOST_AT_ONCE: usize = 500;
/// How many are shown before the question.
const MOST_SHOWN: usize = 20;

/// Delete evaluations that the servers cannot cope with: for an outage with a backlog, not for every day.
///
/// The servers' evaluation broker has to be paused before, so that nothing is deleted that a scheduler works on: see
/// `fleet operator scheduler set --pause-eval-broker`. What a deleted evaluation was to bring about does not happen until its
/// job is evaluated again. Needs a management token.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet eval delete 26a37eb4
  fleet eval delete --filter 'JobID == \"web\" and Status == \"pending\"' --dry-run
  fleet eval delete --filter 'Status == \"pending\"' --yes")]
#[command(group(clap::ArgGroup::new("which").required(true)))]
pub struct DeleteArgs {
    /// Evaluations, by their ids or the beginnings of them.
    #[arg(value_name = "EVAL", group = "which", add = clap_complete::ArgValueCompleter::new(complete::evals))]
    evals: Vec<String>,

    /// Those selected by this Nomad filter expression, in the namespace, or in all.
    #[arg(long, value_name = "EXPRESSION", group = "which")]
    filter: Option<String>,

    /// Show which would be deleted; change nothing.
    #[arg(long)]
    dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,
}

/// An evaluation, and whether it was read back and is not there any more.
#[derive(Debug, Serialize)]
struct DeletedEval {
    #[serde(flatten)]
    eval: EvalRow,
    deleted: bool,
}

/// The evaluations that were deleted, or would be.
#[derive(Debug, Serialize)]
struct Deleted {
    dry_run: bool,
    /// Whether the servers' broker hands out no evaluations; none where the token may not see it.
    broker_paused: Option<bool>,
    evaluations: Vec<DeletedEval>,
}

impl Deleted {
    fn gone(&self) -> usize {
        self.evaluations.iter().filter(|e| e.deleted).count()
    }
}

impl Describe for Deleted {
    fn describe(&self) -> Detail {
        let all = words::count(self.evaluations.len(), "evaluation");
        let (field, tone) = match (self.dry_run, self.gone() == self.evaluations.len()) {
            (true, _) => ("would be deleted", Tone::Plain),
            (false, true) => ("deleted", Tone::Good),
            (false, false) => ("deleted", Tone::Bad),
        };
        let text = if tone == Tone::Bad { format!("{} of {all}", self.gone()) } else { all };
        let broker = match self.broker_paused {
            Some(true) => Cell::text("paused"),
            Some(false) => Cell::toned("not paused: nothing can be deleted", Tone::Warn),
            None => Cell::toned("not known", Tone::Warn),
        };
        let shown = self.evaluations.iter().filter(|_| self.dry_run).map(|e| &e.eval);
        Detail::new()
            .fields([(field, Cell::toned(text, tone)), ("broker", broker)])
            .table("Evaluations", &shown.collect::<Vec<_>>())
    }
}

/// Deletes evaluations, and looks that they are gone.
///
/// # Errors
/// Not found (3); refused (7) while the broker is not paused.
pub async fn run(args: &DeleteArgs, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let mut found: Vec<Evaluation> = Vec::new();
    for text in &args.evals {
        found.push(resolve::evaluation(nomad, text).await?);
    }
    if let Some(filter) = &args.filter {
        let call = evaluation::list().namespace(app.list_namespace()?).filter(Some(filter));
        found = nomad.list(&call).await?.value;
        if found.is_empty() {
            return Err(Error::not_found("no evaluation matches the filter"));
        }
    }
    let broker_paused = is_paused(app).await?;
    let rows = |deleted: &dyn Fn(&str) -> bool| {
        let row = |e: &Evaluation| DeletedEval { deleted: deleted(&e.id), eval: EvalRow::from(e.clone()) };
        Deleted { dry_run: args.dry_run, broker_paused, evaluations: found.iter().map(row).collect() }
    };
    if args.dry_run {
        return app.printer.object(&rows(&|_| false));
    }
    if broker_paused == Some(false) {
        return Err(Error::refused("the evaluation broker is not paused; nothing was deleted")
            .because("a scheduler may be at work on what would be deleted")
            .hint("fleet operator scheduler set --pause-eval-broker true"));
    }
    let shown: Vec<EvalRow> = found.iter().take(MOST_SHOWN).cloned().map(EvalRow::from).collect();
    app.printer.list_aside(&shown);
    let count = words::count(found.len(), "evaluation");
    let permission = app.confirm(args.yes, &format!("Delete {count}?")).await?;
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    let mut failed = None;
    for some in found.chunks(MOST_AT_ONCE) {
        let some: Vec<&str> = some.iter().map(|e| e.id.as_str()).collect();
        match delete_some(app, &permission, &some).await {
            Ok(()) => gone.extend(some),
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    let told = |e: Error| if broker_paused == Some(true) { e.hint(STILL_PAUSED) } else { e };
    if let Some(error) = failed {
        if gone.is_empty() {
            return Err(told(error));
        }
        app.printer.object(&rows(&|id| gone.contains(id)))?;
        return Err(told(error.because(format!("{} of {count} were deleted before", gone.len()))));
    }
    app.printer.object(&rows(&|id| gone.contains(id)))?;
    app.printer.note(STILL_PAUSED);
    Ok(())
}

/// Deletes so many, and looks that they are gone.
async fn delete_some(app: &App, permission: &Permission, ids: &[&str]) -> Result<()> {
    let nomad = app.nomad()?;
    // What was deleted before is no error to the servers; the look after it has the last word.
    match nomad.write(permission, &evaluation::delete(ids)).await {
        Err(e) if !e.is_ambiguous() => return Err(e.into()),
        _ => {}
    }
    let filter = one_of("ID", ids.iter().copied());
    let left = evaluation::list().namespace(ALL_NAMESPACES).filter(Some(&filter));
    let left = nomad.list(&left).await?.value;
    let Some(first) = left.first() else { return Ok(()) };
    let error = Error::failed(format!("{} still there", words::count(left.len(), "evaluation")));
    Err(error.because(format!("among them {}, {}", first.id, first.status)))
}

/// What is not to be forgotten afterwards, whatever came of it.
const STILL_PAUSED: &str =
    "the broker is still paused: `fleet operator scheduler set --pause-eval-broker false` lets it work again";

/// Whether the servers hand no evaluations to schedulers; none where the token may not see it, and then the servers refuse by
/// themselves.
async fn is_paused(app: &App) -> Result<Option<bool>> {
    match app.nomad()?.read(&operator::scheduler_configuration_spec()).await {
        Ok(reply) => {
            let settings = reply.value;
            let is_set = |at: &Value| at["PauseEvalBroker"] == true;
            Ok(Some(is_set(&settings["SchedulerConfig"]) || is_set(&settings)))
        }
        Err(e) if e.is_denied() => Ok(None),
        Err(e) => Err(e.into()),
    }
}
