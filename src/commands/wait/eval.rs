//! `fleet wait eval`

use super::{TermFlags, WaitGoal, WaitSubject, carry_out};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::condition::eval::EvalCondition;
use crate::model::ids::{job_words, short};
use crate::ops::wait::EvalSubject;

/// Wait for an evaluation: until the scheduler has run it, or until everything it was to place has a place.
///
/// placed follows the evaluations that take over from it, such as the blocked one that waits for room.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait eval 26a37eb4
  fleet wait eval 26a37eb4 placed --timeout 5m")]
pub struct Args {
    /// The evaluation, by its id or the beginning of it.
    #[arg(value_name = "EVAL", add = clap_complete::ArgValueCompleter::new(complete::evals))]
    eval: String,

    /// complete or placed.
    #[arg(value_name = "CONDITION", value_parser = EvalCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::eval::WORDS)), default_value = "complete")]
    condition: EvalCondition,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits.
///
/// # Errors
/// Failed (1), not found (3), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let eval = resolve::evaluation(nomad, &args.eval).await?;
    let wanted = WaitGoal {
        label: format!("evaluation {} of {}", short(&eval.id), job_words(&eval.namespace, &eval.job_id)),
        named: WaitSubject::Eval {
            eval_id: eval.id.clone(),
            job_id: eval.job_id.clone(),
            namespace: eval.namespace.clone(),
        },
        condition: args.condition.to_string(),
        hint: Some(format!("fleet eval show {}", short(&eval.id))),
    };
    let mut subject = EvalSubject::new(nomad, &eval, args.condition);
    carry_out(app, &wanted, &mut subject, args.terms).await
}
