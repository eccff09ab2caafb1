//! `fleet status`

mod gather;
#[cfg(test)]
mod tests;
mod view;

use crate::app::App;
use crate::commands::shared::resolve;
use crate::commands::status::gather::gather;
use crate::commands::status::view::ClusterStatus;
use crate::error::{Error, Result};

/// Show what is wrong with the cluster, and how much room it has.
///
/// Problems come first: servers, nodes, jobs below their count, deployments that failed or wait for a decision, work that cannot
/// be placed, instances whose checks fail now or that restart again and again. Then, for each node pool, how much of its eligible
/// nodes is in use. It takes nine requests whatever the size of the cluster, and one for each instance with checks that Nomad
/// runs, two hundred at most; with --check every one is asked. It works without a leader. What the token may not see is reported
/// as not known.
///
/// The exit code is 0 when the cluster could be read, whatever was found; --check makes problems count.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet status
  fleet status --check --quiet
  fleet status --namespace ops -o json")]
pub struct Args {
    /// Exit with 1 when there is a problem, or when something is not known. What is only under way, such as a drain or
    /// a deployment, does not count.
    #[arg(long)]
    check: bool,
}

/// Shows the state of the cluster.
///
/// # Errors
/// When neither nodes nor jobs can be read; with `--check` also when there is a problem.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let nomad = app.nomad()?;
    let namespace = app.list_namespace()?;
    let seen = Box::pin(gather(nomad, app.consul()?, namespace, args.check, app.clock().now())).await;
    if let (Err(nodes), Err(_)) = (&seen.nodes, &seen.jobs) {
        return Err(nodes.clone().into());
    }
    if seen.jobs.as_ref().is_ok_and(Vec::is_empty) {
        resolve::namespace(app).await?;
    }
    let view = ClusterStatus::new(nomad.address(), namespace, seen, app.printer.shows_all());
    app.printer.object(&view)?;
    match view.verdict() {
        Some(verdict) if args.check => Err(Error::failed(verdict)),
        _ => Ok(()),
    }
}
