//! `fleet wait node`

use std::time::Duration;

use super::{TermFlags, WaitGoal, WaitResult, WaitSubject, carry_out};
use crate::app::App;
use crate::commands::shared::{complete, resolve};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::condition::node::NodeCondition;
use crate::ops::wait::{NodeSubject, WaitMet};

/// Wait for a node: until it is ready, takes work or takes none, is drained, down or gone.
///
/// ready: its heartbeats arrive. eligible: it is ready and takes new work. ineligible: it takes none. drained: its drain is over and
/// nothing but system work is left on it, whatever the servers call complete. down: its heartbeats are missed. gone: it is not
/// registered any more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet wait node c4 ready --timeout 5m
  fleet wait node c1 drained
  fleet wait node c1 gone --for 30s")]
pub struct Args {
    /// The node, by its name or the beginning of its id.
    #[arg(value_name = "NODE", add = clap_complete::ArgValueCompleter::new(complete::nodes))]
    node: String,

    /// ready, eligible, ineligible, drained, down or gone.
    #[arg(value_name = "CONDITION", value_parser = NodeCondition::parse, add = clap_complete::ArgValueCandidates::new(|| complete::words(crate::model::condition::node::WORDS)), default_value = "ready")]
    condition: NodeCondition,

    #[command(flatten)]
    pub(super) terms: TermFlags,
}

/// Waits.
///
/// # Errors
/// Failed (1), not found (3), timed out (6).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let nomad = app.nomad()?;
    let mut wanted = WaitGoal {
        label: format!("node {}", args.node),
        named: WaitSubject::Node { node_id: None, node_name: args.node.clone() },
        condition: args.condition.to_string(),
        hint: None,
    };
    let node = match resolve::node(nomad, &args.node).await {
        Ok(node) => node,
        // Nothing of that name is what is waited for.
        Err(e) if e.code() == ExitCode::NotFound && args.condition == NodeCondition::Gone => {
            let met = WaitMet { words: "it is not registered".to_owned(), waited: Duration::ZERO };
            app.printer.object(&WaitResult::new(&wanted, met))?;
            return Ok(ExitCode::Done);
        }
        Err(e) => return Err(e),
    };
    wanted.label = format!("node {}", node.name);
    wanted.hint = Some(format!("fleet node show {}", node.name));
    wanted.named = WaitSubject::Node { node_id: Some(node.id.clone()), node_name: node.name.clone() };
    let mut subject = NodeSubject::new(nomad, &node.id, args.condition);
    carry_out(app, &wanted, &mut subject, args.terms).await
}
