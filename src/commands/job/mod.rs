//! `fleet job …`

pub mod deployments;
pub mod diff;
pub mod history;
pub mod inspect;
mod instances;
pub mod launch;
pub mod list;
pub mod plan;
pub mod run;
pub mod shift;
pub mod show;
pub mod stop;
#[cfg(test)]
mod tests;
pub mod urls;
pub mod validate;

use clap::Subcommand;

use crate::app::App;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on jobs.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    Deployments(deployments::Args),
    Diff(diff::Args),
    Dispatch(launch::DispatchArgs),
    Eval(launch::EvalArgs),
    History(history::Args),
    Inspect(inspect::Args),
    List(list::Args),
    PeriodicForce(launch::ForceArgs),
    Plan(plan::Args),
    Resubmit(shift::ResubmitArgs),
    Revert(shift::RevertArgs),
    Run(run::Args),
    Scale(shift::ScaleArgs),
    Show(show::Args),
    Start(shift::StartArgs),
    Stop(stop::Args),
    Urls(urls::Args),
    Validate(validate::Args),
}

impl Command {
    /// Runs the verb.
    ///
    /// # Errors
    /// Whatever made the verb fail.
    pub async fn run(self, app: &App) -> Result<ExitCode> {
        match self {
            Command::Deployments(args) => deployments::run(&args, app).await?,
            Command::Dispatch(args) => return launch::dispatch(&args, app).await,
            Command::Eval(args) => return launch::eval(&args, app).await,
            Command::PeriodicForce(args) => launch::force(&args, app).await?,
            Command::Resubmit(args) => return shift::resubmit(&args, app).await,
            Command::Revert(args) => return shift::revert(&args, app).await,
            Command::Run(args) => return run::run(&args, app).await,
            Command::Scale(args) => return shift::scale(&args, app).await,
            Command::Start(args) => return shift::start(&args, app).await,
            Command::Stop(args) => return stop::run(&args, app).await,
            Command::Urls(args) => urls::run(&args, app).await?,
            Command::Diff(args) => return diff::run(&args, app).await,
            Command::History(args) => history::run(&args, app).await?,
            Command::Inspect(args) => inspect::run(&args, app).await?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Plan(args) => return plan::run(&args, app).await,
            Command::Show(args) => show::run(&args, app).await?,
            Command::Validate(args) => validate::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
