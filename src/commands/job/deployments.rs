//! `fleet job deployments`

use crate::api::nomad::deployment;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::deployment::DeploymentRow;
use crate::commands::shared::resolve::current;
use crate::error::Result;

/// List the deployments of a job, the newest first.
///
/// How many instances each found healthy is what it noted while it ran: `fleet deployment show` looks how they are now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job deployments web")]
pub struct Args {
    /// The job, by its id or the beginning of it.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: String,
}

/// Lists the deployments of a job.
///
/// # Errors
/// When there is no such job.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let job = current(app, &args.job).await?;
    let mut found = app.nomad()?.list(&deployment::of_job(&job.namespace, &job.id)).await?.value;
    found.sort_by_key(|d| std::cmp::Reverse(d.create_index));
    let rows: Vec<DeploymentRow> = found.into_iter().map(DeploymentRow::from).collect();
    app.printer.list(&rows, "no deployments")
}
