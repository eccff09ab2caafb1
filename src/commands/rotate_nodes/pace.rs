//! When a rotation may go on, as the command line says it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::commands::shared::gate_args::GateArgs;
use crate::error::{Error, Result};
use crate::model::window::Window;
use crate::ops::rotate::options::{Batch, Parallel};
use crate::ops::rotate::pace::{Gates, OwnGate, Pace};
use crate::ui::duration;

/// How long what moved off the first node must be well where several are emptied at once and nothing else is said.
const FIRST_SOAK: Duration = Duration::from_secs(10);

/// Windows, the first node, gates, and how long batch work is waited for.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Pace")]
pub(super) struct PaceArgs {
    /// Touch something only within this window, such as 'Mon-Fri 22:00-05:00 Europe/Berlin' (UTC unless said otherwise); may be
    /// repeated. A node is begun only if its expected end lies within.
    #[arg(long, value_name = "WINDOW", value_parser = Window::parse)]
    window: Vec<Window>,

    /// Empty the first node with work alone, and begin the others only when everything that moved off it has been well for this
    /// long [default: 10s where several are emptied at once].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    first_soak: Option<Duration>,

    /// With --batch wait: wait this long and no longer, then stop what still runs; its work is lost.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    batch_limit: Option<Duration>,

    #[command(flatten)]
    outside: GateArgs,

    /// Before each node, all servers must be healthy, and one of them may be lost.
    #[arg(long, help_heading = "Gates")]
    gate_autopilot: bool,

    /// Do not ask this gate of the cluster before each node.
    #[arg(long, value_name = "GATE", value_enum, help_heading = "Gates")]
    ignore_gate: Vec<OwnGate>,

    /// How often in a row every gate must hold before a node is begun.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Gates")]
    gate_passes: u32,

    /// How often the gates are asked.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "5s", help_heading = "Gates")]
    gate_interval: Duration,
}

impl PaceArgs {
    /// # Errors
    /// Usage (2) for what contradicts itself.
    pub(super) fn pace(&self, parallel: Parallel, batch: Option<Batch>) -> Result<Pace> {
        if self.batch_limit.is_some() && batch != Some(Batch::Wait) {
            return Err(
                Error::usage("--batch-limit says how long batch work is waited for").hint("add --batch wait")
            );
        }
        let mut own = BTreeSet::from([OwnGate::Blocked, OwnGate::Deployments, OwnGate::Checks]);
        own.extend(self.gate_autopilot.then_some(OwnGate::Autopilot));
        own.retain(|gate| !self.ignore_gate.contains(gate));
        let several = parallel != Parallel::Nodes(1);
        Ok(Pace {
            first_soak: self.first_soak.or(several.then_some(FIRST_SOAK)),
            windows: self.window.clone(),
            gates: Gates {
                own,
                others: self.outside.gates(),
                passes: self.gate_passes,
                every: self.gate_interval.max(Duration::from_millis(100)),
            },
            batch_limit: self.batch_limit,
        })
    }
}
