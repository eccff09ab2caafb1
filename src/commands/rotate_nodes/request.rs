//! What a rotation is asked for.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::app::App;
use crate::commands::shared::node_selection::NodeSelection;
use crate::commands::shared::turn::TurnArgs;
use crate::error::Result;
use crate::model::redaction::Secrets;
use crate::ops::journal;
use crate::ops::migration::floors::MinHealthy;
use crate::ops::notify::Notifier;
use crate::ops::rotate::end_state::EndState;
use crate::ops::rotate::options::{Batch, OnFailure, Options, Parallel, Replace, Risk, Singletons};
use crate::ui::duration;

use super::destination::Destination;
use super::domain::Domain;
use super::pace;
use super::service::{ServiceArgs, words_of};

/// The nodes that were asked for, and every decision about them.
#[derive(Debug, clap::Args)]
pub(crate) struct RotationRequest {
    #[command(flatten)]
    pub(super) selection: NodeSelection,

    /// The nodes that take over, by name or as class=, pool=, datacenter=, meta.KEY= or attr.KEY=VALUE; may be repeated. Every other node
    /// takes no new work meanwhile.
    #[arg(
        long,
        value_name = "NODES",
        value_parser = Destination::parse,
        conflicts_with_all = ["replace_with_cmd", "in_place"],
        help_heading = "Node selection"
    )]
    pub(super) to: Vec<Destination>,

    /// Show what would happen; change nothing.
    #[arg(long)]
    pub(super) dry_run: bool,

    /// Go ahead without asking.
    #[arg(long, short)]
    pub(super) yes: bool,

    /// Command that starts replacement nodes; fleet waits until as many matching nodes are ready.
    #[arg(long, value_name = "CMD", help_heading = "Replacements")]
    pub(super) replace_with_cmd: Option<String>,

    /// Run the commands that are given with `sh -c`.
    #[arg(long, help_heading = "Replacements")]
    pub(super) shell: bool,

    /// How many nodes must join [default: one for each node rotated].
    #[arg(long, value_name = "N", requires = "replace_with_cmd", help_heading = "Replacements")]
    pub(super) replacements: Option<usize>,

    /// Start at most N replacements ahead: the command is run for N nodes, these are emptied when their replacements have joined, and so
    /// on [default: all at once].
    #[arg(
        long,
        value_name = "N",
        requires = "replace_with_cmd",
        conflicts_with = "replacements",
        help_heading = "Replacements"
    )]
    pub(super) surge: Option<NonZeroUsize>,

    /// Time the command and its nodes may take.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30m", help_heading = "Replacements")]
    pub(super) replace_timeout: Duration,

    /// Start no replacement nodes: the remaining nodes have room (the default).
    #[arg(long, conflicts_with = "replace_with_cmd", help_heading = "Replacements")]
    pub(super) no_replace: bool,

    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// What to do with services that have one instance: accept that they are down while they move, start a second
    /// copy first so that they never are, leave their nodes out, or refuse.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    pub(super) singletons: Option<Singletons>,

    /// What to do with batch work, which Nomad does not move.
    #[arg(long, value_name = "HOW", value_enum, help_heading = "Decisions")]
    pub(super) batch: Option<Batch>,

    /// Keep at least N (or N%) instances of every group healthy, instead of what its migrate block allows.
    #[arg(long, value_name = "N|N%", value_parser = MinHealthy::parse, help_heading = "Decisions")]
    pub(super) min_healthy: Option<MinHealthy>,

    /// The same for one job, by its name or NAMESPACE/JOB; may be repeated.
    #[arg(long, value_name = "JOB=N|N%", value_parser = floor, help_heading = "Decisions")]
    pub(super) floor: Vec<(String, MinHealthy)>,

    /// Accept this risk.
    #[arg(long, value_name = "RISK", value_enum, help_heading = "Decisions")]
    pub(super) accept: Vec<Risk>,

    /// Mark nodes again that somebody made eligible while they were to be emptied, and move what came.
    #[arg(long, help_heading = "Decisions")]
    pub(super) insist: bool,

    /// How many nodes are emptied at once, as a number or a share of the selected ones; floors hold all the same.
    #[arg(long, value_name = "N|N%", value_parser = Parallel::parse, default_value = "1", help_heading = "Pace")]
    pub(super) max_parallel: Parallel,

    /// Empty nodes at once only where they agree in this: meta.KEY, attr.KEY, datacenter, class or pool.
    #[arg(long, value_name = "WHAT", value_parser = Domain::parse, help_heading = "Pace")]
    pub(super) by: Option<Domain>,

    /// How many nodes may fail before nothing more is begun; a node that failed is left alone.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Pace")]
    pub(super) failure_budget: usize,

    /// How long a replacement must have been healthy before it counts towards its group's floor.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "0s", help_heading = "Pace")]
    pub(super) soak: Duration,

    /// How long everything that moved must have been well, without a restart, before the end.
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", help_heading = "Pace")]
    pub(super) settle: Duration,

    #[command(flatten)]
    pub(super) pace: pace::PaceArgs,

    /// Leave system jobs running on emptied nodes.
    #[arg(long, help_heading = "Decisions")]
    pub(super) ignore_system: bool,

    /// What to do after a failure: leave everything as it stands, or restore the nodes' eligibility.
    #[arg(long, value_name = "HOW", value_enum, default_value = "stop", help_heading = "Decisions")]
    pub(super) on_failure: OnFailure,

    /// Run this command at the start, a hold, a failure and the end: it gets a JSON document on its stdin, and FLEET_EVENT,
    /// FLEET_ROTATION and FLEET_TEXT.
    #[arg(long, value_name = "CMD", help_heading = "Notices")]
    pub(super) notify_cmd: Option<String>,

    /// Post such a document to this address; may be repeated. It is never written down: to resume, give it again.
    #[arg(long, value_name = "URL", help_heading = "Notices")]
    pub(super) notify_url: Vec<String>,

    #[command(flatten)]
    pub(super) turn: TurnArgs,

    /// Go on with this unfinished rotation, and begin no other.
    #[arg(long, value_name = "ROTATION", hide = true)]
    pub(super) resume: Option<String>,

    /// Time the whole rotation may take.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(super) timeout: Option<Duration>,
}

impl RotationRequest {
    /// Whether it says which nodes take over.
    pub(crate) fn has_destination(&self) -> bool {
        !self.to.is_empty()
    }

    /// The same cluster, the same selection and the same destination share a journal; what it was begun for stands in it.
    pub(super) fn key(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        Ok(journal::key(&["rotate-nodes", &settings.nomad.address.value, region, &self.selected()]))
    }

    /// The same for a machine that reaches the cluster by another address.
    pub(super) fn key_on_the_cluster(&self, app: &App) -> Result<String> {
        let settings = app.settings()?;
        let region = settings.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        Ok(journal::key(&["rotate-nodes", region, &self.selected()]))
    }

    /// Which nodes, and where their work goes, in a word.
    fn selected(&self) -> String {
        match self.to.is_empty() {
            true => format!("{:?}", self.selection),
            false => format!("{:?} {:?}", self.selection, self.to),
        }
    }

    /// What it is to make of each node.
    pub(super) fn end_state(&self) -> Result<EndState> {
        Ok(EndState::of(self.service.service(self.shell)?.as_ref()))
    }

    /// Who is told of the turns it takes.
    pub(super) fn notifier(&self) -> Result<Notifier> {
        let command = self.notify_cmd.as_ref().map(|text| words_of("--notify-cmd", text, self.shell));
        Notifier::new(command.transpose()?, &self.notify_url)
    }

    pub(super) fn options(&self, app: &App, nodes: usize) -> Result<Options> {
        let replace = match &self.replace_with_cmd {
            None => Replace::No,
            Some(command) => {
                let argv = words_of("--replace-with-cmd", command, self.shell)?;
                let count = self.replacements.unwrap_or(nodes);
                let surge = self.surge.map(NonZeroUsize::get);
                Replace::Command { argv, count, surge, within: self.replace_timeout }
            }
        };
        Ok(Options {
            secrets: Secrets::of_environment(app.env.iter()),
            replace,
            service: self.service.service(self.shell)?,
            singletons: self.singletons.unwrap_or(Singletons::Refuse),
            batch: self.batch,
            on_failure: self.on_failure,
            min_healthy: self.min_healthy,
            floors: self.floor.iter().cloned().collect(),
            max_parallel: self.max_parallel,
            pace: self.pace.pace(self.max_parallel, self.batch)?,
            failure_budget: self.failure_budget,
            settle: self.settle,
            soak: self.soak,
            insist: self.insist,
            accept: self.accept.iter().copied().collect(),
            ignore_system: self.ignore_system,
            timeout: self.timeout,
            wait_lock: self.turn.wait_lock,
            destination: None,
        })
    }
}

fn floor(text: &str) -> Result<(String, MinHealthy), String> {
    match text.rsplit_once('=') {
        Some((job, floor)) if !job.is_empty() => Ok((job.to_owned(), MinHealthy::parse(floor)?)),
        _ => Err("expected JOB=N or JOB=N%".to_owned()),
    }
}
