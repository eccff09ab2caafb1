//! `fleet wait alloc`

use super::{TermFlags, WaitGoal, WaitResult, WaitSubject, met};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::condition::alloc::AllocCondition;
use crate::model::ids::short;
use crate::ops::wait::AllocSubject;

/// Wait for an allocation: until it runs, is healthy, or has ended.
///
/// running: all its tasks that are to run do. healthy: its checks pass at this moment, too. complete: it has ended, and the exit
/// code is that of its work. ended: it has ended, however.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait alloc c783f447
  fleet wait alloc c783f447 healthy --for 30s
  fleet wait alloc c783f447 complete --timeout 1h")]
pub struct Args {
    /// The allocation, by its id or the beginning of it.
    #[arg(value_name = "ALLOC", add = clap_complete::ArgValueCompleter::new(complete::allocs))]
    alloc: String,

    /// running, healthy, complete or ended.
    #[arg(value_name = "CONDITION", value_parser = AllocCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::alloc::WORDS)), default_value = "running")]
    condition: AllocCondition,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits.
///
/// # Errors
/// Failed (1), not found (3), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let alloc = resolve::alloc(nomad, &args.alloc).await?;
    let wanted = WaitGoal {
        label: format!("allocation {} ({})", short(&alloc.id), alloc.name),
        named: WaitSubject::Alloc {
            alloc_id: alloc.id.clone(),
            job_id: alloc.job_id.clone(),
            namespace: alloc.namespace.clone(),
        },
        condition: args.condition.to_string(),
        hint: Some(format!("fleet alloc show {}", short(&alloc.id))),
    };
    let mut subject = AllocSubject::new(nomad, app.consul()?, &alloc, args.condition);
    let met = met(app, &wanted, &mut subject, args.terms).await?;
    let mut view = WaitResult::new(&wanted, met);
    if args.condition != AllocCondition::Complete {
        app.printer.object(&view)?;
        return Ok(ExitCode::Done);
    }
    let code = subject.code().map_err(|why| wanted.failed(Error::failed(why)))?;
    view.exit_code = Some(code);
    app.printer.object(&view)?;
    Ok(ExitCode::Of(code))
}
