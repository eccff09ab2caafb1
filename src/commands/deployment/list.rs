//! `fleet deployment list`

use crate::api::nomad::deployment;
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::deployment::DeploymentRow;
use crate::commands::shared::listing::Rows;
use crate::error::Result;
use crate::model::selector::Expression;

/// List deployments, the newest first.
///
/// Without --all or --status: those that are running or paused. How many instances each found healthy is what it noted while it ran:
/// `fleet deployment show` looks how they are now.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet deployment list
  fleet deployment list --job web --all --limit 5
  fleet deployment list --status failed -o json")]
pub struct Args {
    /// Only deployments of this job; * and ? are wildcards.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Vec<String>,

    /// Only deployments with this status.
    #[arg(long, value_name = "STATUS", value_parser = ["running", "paused", "failed", "successful", "cancelled"])]
    status: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

impl Args {
    fn expression(&self) -> Option<String> {
        let active = self.status.is_empty() && !self.rows.all;
        let active = active.then(|| "Status not matches \"^(failed|successful|cancelled)$\"".to_owned());
        Expression::default()
            .one_of("JobID", &self.job)
            .one_of("Status", &self.status)
            .and(active)
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

/// Lists deployments.
///
/// # Errors
/// When a job is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let expression = args.expression();
    let none = if expression.is_some() {
        "no deployments under way; --all includes finished ones"
    } else {
        "no deployments"
    };
    args.rows
        .show::<_, DeploymentRow>(app, deployment::list(), expression.as_deref(), (&args.job, &[]), none)
        .await
}
