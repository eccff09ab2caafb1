//! `fleet migrate nodes`: `fleet rotate-nodes` where the nodes that take over are named.

use crate::app::App;
use crate::commands::rotate_nodes::{self, RotationRequest};
use crate::error::{Error, Result};
use crate::invocation::Invocation;

/// Move all work from some nodes to others, step by step, without taking any service below its floor.
///
/// This is rotate-nodes with a destination: the same preview, the same forecast by the cluster's own scheduler (asked about the nodes of
/// --to alone), the same floors, pace, gates, journal and lock, and the same `fleet rotation` to watch, pause, resume and give it up. See
/// `fleet rotate-nodes --help` for what the options mean in full.
///
/// Nomad's scheduler decides where an instance goes. So that it goes to the nodes of --to, every other node that could take it takes no
/// new work meanwhile; the preview counts them, and they take work again at the end, whatever the end is. What a job forbids stays
/// forbidden: a job of one node pool or datacenter has to be changed before it moves to another, and the preview says so.
///
/// The nodes that were emptied stay ineligible, ready to be ended. Batch work and system jobs do not move (--batch).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate nodes --class old --to class=new --dry-run
  fleet migrate nodes c1 c2 --to c7 --to c8 --singletons surge --yes
  fleet migrate nodes --meta rack=r1 --to meta.rack=r2 --max-parallel 3 --batch wait --yes
  fleet migrate nodes 'worker-a*' --to 'worker-b*' --window 'Mon-Fri 22:00-05:00 Europe/Berlin' --yes")]
pub struct Args {
    #[command(flatten)]
    wanted: RotationRequest,
}

/// Moves the work.
///
/// # Errors
/// Usage (2) without a destination, and whatever a rotation ends with.
pub async fn run(args: &Args, app: &App, invocation: &Invocation) -> Result<()> {
    if !args.wanted.has_destination() {
        return Err(Error::usage("no destination given")
            .because("--to says which nodes take over, such as --to class=new or --to c7")
            .hint("to empty nodes onto whatever has room: fleet rotate-nodes --help"));
    }
    Box::pin(rotate_nodes::rotate_to(&args.wanted, app, invocation)).await
}
