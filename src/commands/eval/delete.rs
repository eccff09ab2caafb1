//! `fleet eval delete`

use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::{ALL_NAMESPACES, one_of, operator};
use crate::app::App;
use crate::commands::eval::list::EvalRow;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::model::words;

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
    let ids: Vec<String> = found.iter().map(|e| e.id.clone()).collect();
    let count = words::count(ids.len(), "evaluation");
    if args.dry_run {
        let rows: Vec<EvalRow> = found.into_iter().map(EvalRow::from).collect();
        return app.printer.list(&rows, "nothing to delete");
    }
    let paused = is_paused(app).await?;
    let told = |e: Error| if paused { e.hint(STILL_PAUSED) } else { e };
    let shown: Vec<EvalRow> = found.into_iter().take(MOST_SHOWN).map(EvalRow::from).collect();
    app.printer.list_aside(&shown);
    let permission = app.confirm(args.yes, &format!("Delete {count}?")).await?;
    for some in ids.chunks(MOST_AT_ONCE) {
        let some: Vec<&str> = some.iter().map(String::as_str).collect();
        // What was deleted before is no error to the servers; the look after it has the last word.
        match nomad.write(&permission, &evaluation::delete(&some)).await {
            Err(e) if !e.is_ambiguous() => return Err(told(e.into())),
            _ => {}
        }
        let filter = one_of("ID", some.iter().copied());
        let left = evaluation::list().namespace(ALL_NAMESPACES).filter(Some(&filter));
        let left = nomad.list(&left).await?.value;
        if let Some(first) = left.first() {
            let error = Error::failed(format!("{} still there", words::count(left.len(), "evaluation")));
            return Err(told(error.because(format!("among them {}, {}", first.id, first.status))));
        }
    }
    app.printer.note(&format!("deleted {count}"));
    app.printer.note(STILL_PAUSED);
    Ok(())
}

/// What is not to be forgotten afterwards, whatever came of it.
const STILL_PAUSED: &str =
    "the broker is still paused: `fleet operator scheduler set --pause-eval-broker false` lets it work again";

/// Refuses while the servers hand evaluations to schedulers; whether it is known that they do not.
async fn is_paused(app: &App) -> Result<bool> {
    let settings = match app.nomad()?.read(&operator::scheduler_configuration_spec()).await {
        Ok(reply) => reply.value,
        // The servers refuse by themselves.
        Err(e) if e.is_denied() => return Ok(false),
        Err(e) => return Err(e.into()),
    };
    if settings["SchedulerConfig"]["PauseEvalBroker"] == true || settings["PauseEvalBroker"] == true {
        return Ok(true);
    }
    Err(Error::refused("the evaluation broker is not paused; nothing was deleted")
        .because("a scheduler may be at work on what would be deleted")
        .hint("fleet operator scheduler set --pause-eval-broker true"))
}
