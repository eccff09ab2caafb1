//! What is open when everything else is done: nodes that are down, and nodes that were left out.

use std::collections::BTreeSet;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::NodeStub;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::unseen_end::in_words;
use crate::model::words;
use crate::ops::unseen_end;

/// Whether nothing is open: on a node that is down what ran may still run, and what was left out is as it was.
///
/// # Errors
/// Pending (8) when something is; any API fault.
pub(super) async fn every_end_was_seen(
    nomad: &Http,
    selected: &[NodeStub],
    allocs: &[AllocStub],
    left_out: &[String],
) -> Result<()> {
    let ids: BTreeSet<&String> = selected.iter().map(|n| &n.id).collect();
    let here: Vec<AllocStub> = allocs.iter().filter(|a| ids.contains(&a.node_id)).cloned().collect();
    let unseen = unseen_end::among(nomad, &here).await?;
    let left =
        |error: Error| left_out.iter().fold(error, |error, line| error.because(format!("left out: {line}")));
    if let Some(why) = in_words(&unseen) {
        let nodes: BTreeSet<&str> = unseen.iter().map(|u| u.node_name.as_str()).collect();
        let nodes = nodes.into_iter().collect::<Vec<_>>().join(" ");
        let error = Error::new(ExitCode::Pending, "whether everything on the nodes has ended is not known");
        return Err(left(error.because(why))
            .hint("when the node answers again, run the same command again")
            .hint(format!("when its machine is known to be gone: fleet node purge {nodes}")));
    }
    match left_out.len() {
        0 => Ok(()),
        n => Err(left(Error::new(ExitCode::Pending, format!("{} left out", words::count(n, "node"))))
            .hint("run it again with --singletons gap to drain them")),
    }
}
