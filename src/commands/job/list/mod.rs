//! `fleet job list`

mod view;

use std::collections::{BTreeMap, BTreeSet};

use crate::api::error::Problem;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::job::{self, JobStub};
use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::listing::{self, Rows};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, JobType};
use crate::model::selector::Expression;
use crate::model::words;
use crate::ops::unseen_end;

pub(super) use view::JobRow;

/// List jobs, and how many of their allocations run.
///
/// Runs of periodic and parameterized jobs are listed only with --all. How many were found healthy when they were deployed is read
/// with --health, with -o wide and for machines: on a large cluster that transfers a hundred times as much. How they do now is told
/// by `fleet status` and `fleet job show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet job list
  fleet job list 'web-*' --type service
  fleet job list --status dead
  fleet job list --health
  fleet job list --filter 'Meta.team == \"search\"' -o json")]
pub struct Args {
    /// Only jobs with this id; * and ? are wildcards.
    #[arg(value_name = "JOB", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    jobs: Vec<String>,

    /// Only jobs of this type.
    #[arg(long = "type", value_name = "TYPE", value_parser = JobType::NAMES)]
    job_type: Vec<String>,

    /// Only jobs with this status.
    #[arg(long, value_name = "STATUS", value_parser = ["pending", "running", "dead"])]
    status: Vec<String>,

    /// Only jobs of this node pool.
    #[arg(long, value_name = "POOL")]
    pool: Vec<String>,

    /// Read every allocation, and show how many were found healthy when they were deployed.
    #[arg(long)]
    health: bool,

    #[command(flatten)]
    rows: Rows,
}

impl Args {
    fn expression(&self) -> Expression {
        Expression::default()
            .one_of("ID", &self.jobs)
            .one_of("Type", &self.job_type)
            .one_of("Status", &self.status)
            .one_of("NodePool", &self.pool)
            .and_also(self.rows.filter.as_deref())
    }
}

/// Lists jobs.
///
/// # Errors
/// When a job is unknown, the filter makes no sense, or Nomad does not answer.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let printer = &app.printer;
    // The newest few come from the list that has them in that order, and cost little.
    let whole = args.health || printer.is_wide() || printer.is_machine() || args.rows.limit.is_some();
    let mut views = if whole {
        match by_allocations(args, app).await {
            // Whoever may list jobs and not read them gets what the list tells.
            Err(e) if e.code() == ExitCode::Denied && !args.health && args.rows.limit.is_none() => {
                by_counts(args, app).await?
            }
            views => views?,
        }
    } else {
        by_counts(args, app).await?
    };
    note_unseen(app, &mut views).await?;
    views.sort_by(|a, b| (&a.namespace, &a.id).cmp(&(&b.namespace, &b.id)));
    listing::told(app, &views, "no jobs").await
}

/// What is not known to run or to have ended, by the servers: only its node could tell.
const IN_DOUBT: &str = "ClientStatus == \"unknown\" or ClientStatus == \"lost\"";

/// Notes how much of each job is on nodes that are away. One request, and one more where there is such.
async fn note_unseen(app: &App, views: &mut [JobRow]) -> Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    let nomad = app.nomad()?;
    let call = allocation::list().namespace(app.list_namespace()?).filter(Some(IN_DOUBT)).stale();
    let in_doubt = match nomad.list(&call).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() => {
            app.printer.warn(&format!("what runs on nodes that are away is not known: {}", e.why()));
            return Ok(());
        }
        Err(e) => return Err(e.into()),
    };
    let mut counts: BTreeMap<JobKey, u64> = BTreeMap::new();
    // What is to run and is out of sight; and what is not to run, and may.
    let wanted =
        |a: &&AllocStub| a.client_status == ClientStatus::Unknown && a.desired_status == DesiredStatus::Run;
    in_doubt.iter().filter(wanted).for_each(|a| *counts.entry(JobKey::of(a)).or_default() += 1);
    let unseen = unseen_end::among(nomad, &in_doubt).await?;
    let unseen: BTreeSet<&str> = unseen.iter().map(|u| u.alloc_id.as_str()).collect();
    for a in in_doubt.iter().filter(|a| unseen.contains(a.id.as_str())) {
        *counts.entry(JobKey::of(a)).or_default() += 1;
    }
    for view in views {
        let key = JobKey::new(&*view.namespace, &*view.id);
        view.not_seen = Some(counts.get(&key).copied().unwrap_or(0));
    }
    Ok(())
}

/// Every job by its allocations.
async fn by_allocations(args: &Args, app: &App) -> Result<Vec<JobRow>> {
    let list = job::statuses();
    let list = if args.rows.all { list.query("include_children", "true") } else { list };
    args.rows.fetch(app, list, args.expression().text().as_deref(), (&args.jobs, &[])).await
}

/// Every job by the counts that the servers keep, and by its allocations only where these do not tell what is missing.
async fn by_counts(args: &Args, app: &App) -> Result<Vec<JobRow>> {
    let nomad = app.nomad()?;
    let expression = args.expression().and((!args.rows.all).then(|| "ParentID is empty".to_owned()));
    let expression = expression.text();
    let deployments = deployment::list().namespace(app.list_namespace()?);
    let (stubs, deployments) = tokio::join!(
        args.rows.fetch::<JobStub, JobStub>(app, job::list(), expression.as_deref(), (&args.jobs, &[])),
        nomad.list(&deployments),
    );
    let stubs = stubs?;
    let mut latest: BTreeMap<(&str, &str), &Deployment> = BTreeMap::new();
    let deployments = match deployments {
        Ok(reply) => reply.value,
        Err(e) if e.is_denied() => {
            app.printer.warn(&format!("the jobs' deployments are not known: {}", e.why()));
            Vec::new()
        }
        Err(e) => return Err(e.into()),
    };
    for d in &deployments {
        let newest = latest.entry((&d.namespace, &d.job_id)).or_insert(d);
        if newest.create_index < d.create_index {
            *newest = d;
        }
    }
    let views = stubs.iter().map(|stub| {
        JobRow::of_counts(stub, latest.get(&(stub.namespace.as_str(), stub.id.as_str())).copied())
    });
    let (mut known, unclear): (Vec<JobRow>, Vec<JobRow>) = views.partition(JobRow::is_clear);
    if unclear.is_empty() {
        return Ok(known);
    }
    let names = unclear.iter().map(|v| (v.namespace.as_str(), v.id.as_str()));
    let told: Vec<JobRow> = match nomad.ask(&job::statuses_of(names)).await {
        Ok(reply) => reply.value.into_iter().map(JobRow::from).collect(),
        // Servers before 1.8 do not tell: what is wanted stays open.
        Err(e) if e.problem == Problem::Unsupported || e.is_not_found() || e.is_denied() => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    known.extend(or_as_listed(unclear, told));
    let open = known.iter().filter(|row| !row.is_clear()).count();
    if open > 0 {
        app.printer.warn(&format!(
            "how many instances are wanted is not known of {}: the servers did not tell",
            words::count(open, "job")
        ));
    }
    Ok(known)
}

/// The rows that were asked for once more; as the list has them where the answer leaves them out, which it does, without a word, with
/// what the token may list and not read.
fn or_as_listed(asked: Vec<JobRow>, mut told: Vec<JobRow>) -> Vec<JobRow> {
    let known: BTreeSet<(String, String)> =
        told.iter().map(|row| (row.namespace.clone(), row.id.clone())).collect();
    told.extend(asked.into_iter().filter(|row| !known.contains(&(row.namespace.clone(), row.id.clone()))));
    told
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_job_that_the_token_may_not_read_stays_in_the_list() {
        let row = |id: &str, running: u64| {
            let stub = json!({"ID": id, "Name": id, "Namespace": "default", "Type": "service", "Status": "running",
                "JobModifyIndex": 7, "JobSummary": {"Summary": {"g": {"Running": running}}, "Children": {"Running": 0}}});
            JobRow::of_counts(&serde_json::from_value(stub).unwrap(), None)
        };
        let rows = or_as_listed(vec![row("a", 1), row("b", 1)], vec![row("b", 2)]);
        let shown: Vec<(&str, u64)> = rows.iter().map(|row| (row.id.as_str(), row.running)).collect();
        assert_eq!(shown, [("b", 2), ("a", 1)]);
    }
}
