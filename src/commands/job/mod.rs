//! `fleet job …`

pub mod action;
mod children;
pub mod deployments;
pub mod diff;
pub mod dispatch;
mod effective;
pub mod export;
mod group_counts;
pub mod history;
pub mod init;
pub mod inspect;
mod instances;
pub mod launch;
pub mod list;
pub mod new_version;
pub mod plan;
pub mod restart;
pub mod run;
pub mod scaling_events;
pub mod show;
pub mod stop;
pub mod tag;
#[cfg(test)]
mod tests;
pub mod urls;
pub mod validate;

use clap::Subcommand;

use crate::app::App;
use crate::commands::deploy;
use crate::error::Result;
use crate::exit_code::ExitCode;

/// Verbs on jobs.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a verb's help is the doc comment of its arguments")]
pub enum Command {
    #[command(after_help = "Examples:\n  fleet job abort web")]
    Abort(deploy::abort::Args),
    /// List and run the actions of jobs.
    #[command(subcommand)]
    Action(action::Command),
    Deployments(deployments::Args),
    Diff(diff::Args),
    Dispatch(dispatch::Args),
    Eval(launch::EvalArgs),
    Export(export::Args),
    History(history::Args),
    Init(init::Args),
    Inspect(inspect::Args),
    List(list::Args),
    #[command(after_help = "Examples:\n  fleet job pause web")]
    Pause(deploy::pause::PauseArgs),
    /// Start periodic jobs now.
    #[command(subcommand)]
    Periodic(launch::Periodic),
    Plan(plan::Args),
    #[command(after_help = "Examples:\n  fleet job promote web --group api")]
    Promote(deploy::promote::Args),
    Restart(restart::Args),
    Resubmit(new_version::ResubmitArgs),
    #[command(after_help = "Examples:\n  fleet job resume web")]
    Resume(deploy::pause::ResumeArgs),
    Revert(new_version::RevertArgs),
    Run(run::Args),
    Scale(new_version::ScaleArgs),
    ScalingEvents(scaling_events::Args),
    Show(show::Args),
    Start(new_version::StartArgs),
    Stop(stop::Args),
    /// Give versions of jobs names, so that they are kept.
    #[command(subcommand)]
    Tag(tag::Command),
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
            Command::Dispatch(args) => return dispatch::run(&args, app).await,
            Command::Eval(args) => return launch::eval(&args, app).await,
            Command::Abort(args) => return deploy::abort::run(&args, app).await,
            Command::Action(command) => return command.run(app).await,
            Command::Pause(args) => deploy::pause::pause(&args, app).await?,
            Command::Periodic(launch::Periodic::Force(args)) => launch::force(&args, app).await?,
            Command::Promote(args) => return deploy::promote::run(&args, app).await,
            Command::Resume(args) => deploy::pause::resume(&args, app).await?,
            Command::Restart(args) => return restart::run(&args, app).await,
            Command::Resubmit(args) => return new_version::resubmit(&args, app).await,
            Command::Revert(args) => return new_version::revert(&args, app).await,
            Command::Run(args) => return run::run(&args, app).await,
            Command::Scale(args) => return new_version::scale(&args, app).await,
            Command::Start(args) => return new_version::start(&args, app).await,
            Command::Stop(args) => return stop::run(&args, app).await,
            Command::Tag(command) => command.run(app).await?,
            Command::Urls(args) => urls::run(&args, app).await?,
            Command::Diff(args) => return diff::run(&args, app).await,
            Command::Export(args) => export::run(&args, app).await?,
            Command::ScalingEvents(args) => scaling_events::run(&args, app).await?,
            Command::History(args) => history::run(&args, app).await?,
            Command::Init(args) => init::run(&args, app)?,
            Command::Inspect(args) => inspect::run(&args, app).await?,
            Command::List(args) => list::run(&args, app).await?,
            Command::Plan(args) => return plan::run(&args, app).await,
            Command::Show(args) => Box::pin(show::run(&args, app)).await?,
            Command::Validate(args) => validate::run(&args, app).await?,
        }
        Ok(ExitCode::Done)
    }
}
