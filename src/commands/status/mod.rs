//! `fleet status`

mod changes;
mod metrics;
mod named;
mod rollouts;
#[cfg(test)]
mod tests;
mod view;
mod watch;

use crate::app::App;
use crate::commands::shared::{cluster, complete, resolve};
use crate::commands::status::view::ClusterStatus;
use crate::error::{Error, Result};
use crate::model::exposition;

/// Show what is wrong with the cluster, and how much room it has.
///
/// Problems come first: servers, nodes, jobs below their count, deployments that failed or wait for a decision, work that cannot
/// be placed, instances whose checks fail now or that restart again and again. Then the jobs whose versions or deployments are not
/// settled, and what waits for whom since when; rotations that are under way or were left unfinished, with the command that follows
/// them or goes on with them; then, for each node pool, how much of its eligible nodes is in use. Many like
/// problems are one line; -o wide and JSON have each, and every job. It takes seven requests whatever the size of the cluster, one
/// more where there are several servers, for a token, for whoever is not a manager and sees no rotation, for Consul, for each node of
/// Consul with a critical check of its own, for instances that were restarted while no other of their group was not, and for canaries whose checks in Consul could not be read, one for instances that were found unhealthy once, and one for each instance with
/// checks that Nomad runs, two hundred at most; with --check every one is asked. It works without a leader. What the token may not see is reported as not known.
///
/// With --watch it stays on the screen: what changed is marked, and the age of the data and a lost connection are said. With -o
/// json-lines each change is an event.
///
/// With a name it looks one level down: at the job, node, service or allocation of that name. -o prometheus tells measurements for a
/// textfile collector.
///
/// The exit code is 0 when the cluster could be read, whatever was found; --check makes problems count. Where a list of it could not
/// be read, such as that of the nodes, what was seen is shown, and the code says why: 4 when the token was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet status
  fleet status web
  fleet status --watch
  fleet status --check --quiet
  fleet status -o prometheus
  fleet status --namespace ops -o json")]
pub struct Args {
    /// A job, node, service or allocation to show instead, whatever the name is.
    #[arg(value_name = "NAME", conflicts_with = "check", add = clap_complete::ArgValueCompleter::new(complete::jobs))]
    name: Option<String>,

    /// Go on looking until `q` or Ctrl-C: the event stream says when. In a pipe each change is a line.
    #[arg(long, short, conflicts_with_all = ["name", "check"])]
    watch: bool,

    /// Exit with 1 when there is a problem, or when something is not known. What is only under way, such as a drain or
    /// a deployment, does not count.
    #[arg(long)]
    check: bool,
}

/// Shows the state of the cluster.
///
/// # Errors
/// When a list of the cluster cannot be read; with `--check` also when there is a problem.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if let Some(name) = &args.name {
        if app.printer.is_prometheus() {
            return Err(Error::usage("-o prometheus tells of the whole cluster, not of one name"));
        }
        return Box::pin(named::run(app, name)).await;
    }
    if args.watch {
        if app.printer.is_prometheus() {
            return Err(Error::usage("-o prometheus tells of one moment, and cannot be used with --watch"));
        }
        return Box::pin(watch::run(app)).await;
    }
    let nomad = app.nomad()?;
    let namespace = app.list_namespace()?;
    let seen = Box::pin(cluster::look(nomad, app.consul()?, namespace, args.check, app.clock().now())).await;
    if let (Err(nodes), Err(_)) = (&seen.nodes, &seen.jobs) {
        return Err(nodes.clone().into());
    }
    if seen.jobs.as_ref().is_ok_and(Vec::is_empty) {
        resolve::namespace(app).await?;
    }
    let unread = seen.unread();
    let now = app.clock().now();
    let mut view = ClusterStatus::new(nomad.address(), namespace, seen, (now, app.printer.shows_all()));
    view.wide = app.printer.is_wide();
    if app.printer.is_prometheus() {
        app.printer.text(&exposition::render(&view.families(now)))?;
    } else {
        app.printer.object(&view)?;
    }
    match view.verdict() {
        Some(verdict) if args.check => Err(Error::failed(verdict)),
        // Unknown is not success.
        _ => unread.map_or(Ok(()), Err),
    }
}
