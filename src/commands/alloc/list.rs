//! `fleet alloc list`

use jiff::Timestamp;

use crate::api::nomad::allocation::{self, AllocStub};
use crate::app::App;
use crate::commands::shared::alloc::AllocRow;
use crate::commands::shared::complete;
use crate::commands::shared::listing::{self, Rows};
use crate::commands::shared::present::{self, ObservedHealth};
use crate::error::Result;
use crate::model::ids::JobType;
use crate::model::selector::Expression;
use crate::ops::running_version;

/// List allocations, the newest first.
///
/// HEALTH is how they do at this moment: whether they run, their checks, and restarts. Without --all or --status: those that run or should run, and those that failed or were lost and have no replacement.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc list
  fleet alloc list --job web --node c1
  fleet alloc list --status failed --limit 20
  fleet alloc list --type batch --all -o json
  fleet alloc list --filter 'TaskStates.main.Restarts != 0'")]
pub struct Args {
    /// Only allocations of this job; * and ? are wildcards.
    #[arg(long, value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    job: Vec<String>,

    /// Only allocations of this group.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,

    /// Only allocations on this node: a name, a pattern with * and ?, or the beginning of an id.
    #[arg(long, value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: Vec<String>,

    /// Only allocations with this client status.
    #[arg(long, value_name = "STATUS", value_parser = ["pending", "running", "complete", "failed", "lost", "unknown"])]
    status: Vec<String>,

    /// Only allocations of jobs of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = JobType::NAMES)]
    job_type: Vec<String>,

    #[command(flatten)]
    rows: Rows,
}

/// Filter for what `--all` is not needed for: alive, or failed or lost without a replacement.
const PRESENT: &str = "(ClientStatus matches \"^(pending|running|unknown)$\" or \
     (ClientStatus == \"failed\" and DesiredStatus == \"run\" and NextAllocation == \"\") or \
     (ClientStatus == \"lost\" and NextAllocation == \"\"))";

impl Args {
    fn expression(&self) -> Option<String> {
        let present = self.status.is_empty() && !self.rows.all;
        Expression::default()
            .one_of("JobID", &self.job)
            .one_of("TaskGroup", &self.group)
            .one_of("ClientStatus", &self.status)
            .one_of("Job.Type", &self.job_type)
            .on_nodes(&self.node)
            .and(present.then(|| PRESENT.to_owned()))
            .and_also(self.rows.filter.as_deref())
            .text()
    }
}

/// Lists allocations.
///
/// # Errors
/// When a name is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let expression = args.expression();
    let call = allocation::list().query("reverse", "true");
    let mut found: Vec<AllocStub> =
        args.rows.fetch(app, call, expression.as_deref(), (&args.job, &args.node)).await?;
    let now = app.clock().now();
    running_version::correct(app.nomad()?, &mut found).await;
    let alive = found.iter().any(|a| !a.client_status.is_terminal());
    let present =
        if alive { look(app, expression.as_deref(), now).await? } else { ObservedHealth::default() };
    let rows: Vec<AllocRow> = found
        .into_iter()
        .map(|a| {
            let health = present.of(&a, now);
            AllocRow::from(a).with(health)
        })
        .collect();
    listing::told(app, &rows, "no allocations").await?;
    present.not_known.iter().for_each(|(what, why)| app.printer.warn(&format!("not known: {what}: {why}")));
    Ok(())
}

/// How they do at this moment: the servers have noted only how they did when they were deployed.
async fn look(app: &App, only: Option<&str>, now: Timestamp) -> Result<ObservedHealth> {
    Ok(present::look(app.nomad()?, app.consul()?, app.list_namespace()?, only, false, now).await?)
}
