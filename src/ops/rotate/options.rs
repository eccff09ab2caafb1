//! What the operator decided about a rotation.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::ops::migration::floors::{FloorPolicy, MinHealthy};
use serde::{Deserialize, Serialize};

use crate::api::nomad::node::Node;
use crate::model::expectation::Expectation;
use crate::model::node_template::NodeTemplate;
use crate::model::redaction::Secrets;
use crate::ops::rotate::pace::Pace;

/// Every decision that shapes a rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What the output of commands must not tell.
    pub secrets: Secrets,
    /// Where the replacements come from.
    pub replace: Replace,
    /// What is done to each node once it is empty.
    pub service: Option<NodeService>,
    /// What to do about services with one instance.
    pub singletons: Singletons,
    /// What to do about batch work on the nodes.
    pub batch: Option<Batch>,
    /// What to leave behind after a failure.
    pub on_failure: OnFailure,
    /// The fewest available allocations of every group, instead of what its `migrate` block allows.
    pub min_healthy: Option<MinHealthy>,
    /// The same for single jobs, by `job` or `namespace/job`.
    pub floors: BTreeMap<String, MinHealthy>,
    /// How many nodes are emptied at once.
    pub max_parallel: Parallel,
    /// When it may go on.
    pub pace: Pace,
    /// How many nodes may fail before nothing more is begun.
    pub failure_budget: usize,
    /// How long everything must have been well before the end.
    pub settle: Duration,
    /// How long a replacement must have been well before it counts towards its group's floor.
    pub soak: Duration,
    /// Mark nodes again that somebody made eligible meanwhile.
    pub insist: bool,
    /// Risks the operator named on the command line.
    pub accept: BTreeSet<Risk>,
    /// Leave system jobs running on the emptied nodes.
    pub ignore_system: bool,
    /// How long the whole may take.
    pub timeout: Option<Duration>,
    /// How long others are waited for who move the same services; as long as it takes where nothing is said.
    pub wait_lock: Option<Duration>,
    /// The only nodes that what moves may go to, by id; any that stays where nothing is said.
    pub destination: Option<BTreeSet<String>>,
}

impl Options {
    /// What the options say of floors.
    #[must_use]
    pub fn floor_policy(&self) -> FloorPolicy {
        FloorPolicy {
            every: self.min_healthy,
            by_job: self.floors.clone(),
            singletons_may_be_away: self.singletons == Singletons::Gap,
        }
    }
}

/// How many nodes are emptied at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parallel {
    /// So many.
    Nodes(usize),
    /// So many of a hundred of the selected ones, rounded down, and at least one.
    Percent(usize),
}

impl Parallel {
    /// Reads `3` or `10%`.
    ///
    /// # Errors
    /// When it is neither, or nothing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number = |t: &str| {
            t.parse::<usize>().map_err(|_| format!("{text:?} is neither a number nor a percentage"))
        };
        match text.strip_suffix('%').map(number) {
            Some(percent) => match percent? {
                percent @ 1..=100 => Ok(Parallel::Percent(percent)),
                _ => Err("a percentage is from 1% to 100%".to_owned()),
            },
            None => match number(text)? {
                0 => Err("at least one node has to be emptied at a time".to_owned()),
                n => Ok(Parallel::Nodes(n)),
            },
        }
    }

    /// Of so many selected nodes.
    #[must_use]
    pub fn of(self, nodes: usize) -> usize {
        match self {
            Parallel::Nodes(n) => n,
            Parallel::Percent(percent) => (nodes * percent / 100).max(1),
        }
    }
}

/// Where the replacements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replace {
    /// They are there already, or not needed.
    No,
    /// A command starts them.
    Command {
        /// The words of the command, run without a shell.
        argv: Vec<String>,
        /// How many new nodes must join, where all are started at once.
        count: usize,
        /// How many are started at most before as many old nodes are emptied; all at once where nothing is said.
        surge: Option<usize>,
        /// How long command and nodes may take.
        within: Duration,
    },
}

/// What is done to a node once it is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeService {
    /// It is changed in its place, and takes work again as before.
    InPlace {
        /// What changes it.
        command: NodeCommand,
        /// What has to be so when it is back.
        expect: Vec<Expectation>,
        /// How long it may take until it is back.
        within: Duration,
    },
    /// It is ended.
    End {
        /// What ends it; none where somebody else does.
        command: Option<NodeCommand>,
        /// Whether it is taken out of the cluster's memory once its agent is gone.
        purge: bool,
        /// How long it may take until its agent is gone.
        within: Duration,
    },
}

impl NodeService {
    /// The command that is run for each node, when there is one.
    #[must_use]
    pub fn command(&self) -> Option<&NodeCommand> {
        match self {
            NodeService::InPlace { command, .. } => Some(command),
            NodeService::End { command, .. } => command.as_ref(),
        }
    }

    /// What has to be so when the node is back.
    #[must_use]
    pub fn expectations(&self) -> &[Expectation] {
        match self {
            NodeService::InPlace { expect, .. } => expect,
            NodeService::End { .. } => &[],
        }
    }

    /// What is done, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |all: &[Expectation]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self {
            NodeService::InPlace { command, expect, .. } => {
                format!(
                    "each node, once it is empty: {}; then it takes work again as before, when it is back as expected ({})",
                    command.words(),
                    list(expect)
                )
            }
            NodeService::End { command, purge, .. } => {
                let command = command.as_ref().map(NodeCommand::words);
                let purge = purge.then(|| "it is purged once its agent is gone".to_owned());
                let what: Vec<String> = command.into_iter().chain(purge).collect();
                format!("each node, once it is empty: {}", what.join("; "))
            }
        }
    }
}

/// From where a command is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// From here.
    Here,
    /// On the node, by `ssh`.
    Ssh {
        /// The host that `ssh` is told, with the user where one is meant.
        host: NodeTemplate,
    },
}

/// A command that is run for a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCommand {
    /// From where.
    pub reach: Reach,
    /// Its words; for `ssh` one, which the shell of the node reads.
    pub words: Vec<String>,
    /// Options of `ssh`.
    pub ssh_options: Vec<String>,
    /// How long it may take.
    pub within: Duration,
    /// How often it is tried.
    pub tries: u32,
}

impl NodeCommand {
    /// The words of the process that is started here for a node.
    ///
    /// # Errors
    /// What is not known of the node and has to be.
    pub fn argv(&self, node: &Node) -> Result<Vec<String>, String> {
        let Reach::Ssh { host } = &self.reach else { return Ok(self.words.clone()) };
        let mut argv = vec!["ssh".to_owned()];
        argv.extend(self.ssh_options.iter().cloned());
        argv.extend(["--".to_owned(), host.fill(node)?]);
        argv.extend(self.words.iter().cloned());
        Ok(argv)
    }

    /// What is run, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.reach {
            Reach::Here => format!("`{}`", self.words.join(" ")),
            Reach::Ssh { host } => format!("`{}` by ssh at {host}", self.words.join(" ")),
        }
    }
}

/// What to do about services with one instance, which are away while they move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Singletons {
    /// Move them: they are away until the replacement is healthy.
    Gap,
    /// Start a second copy first, and take it away when the move is over: never away.
    Surge,
    /// Leave nodes that run one as they are, without new work.
    Skip,
    /// Do not begin.
    Refuse,
}

/// What to do about batch work, which Nomad does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Batch {
    /// Wait until it has finished.
    Wait,
    // `nomad-api.md §2.4`, 4.
    /// Stop it; its work is lost and not started again.
    Kill,
    /// Leave nodes that run some as they are, without new work.
    Skip,
}

/// What to leave behind after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum OnFailure {
    /// Stop where it stands; the nodes stay without new work.
    Stop,
    /// Give the nodes that were not rotated the eligibility they had.
    Restore,
}

/// A risk that stops a rotation unless the operator names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Canaries that were not promoted run on or beside the nodes.
    UnpromotedCanary,
    /// A deployment is under way.
    ActiveDeployment,
    /// A deployment is paused.
    PausedDeployment,
    /// Some allocations are unhealthy already.
    Unhealthy,
    /// The cluster's scheduler could not be asked whether everything fits.
    NoForecast,
    /// The server's own drain would take every allocation of a group at once.
    MaxParallel,
    /// A node is disconnected; its allocations may still run.
    Disconnected,
    /// Jobs of namespaces that the token cannot read may run on the nodes.
    UnseenNamespaces,
    /// How the command for a node ended when an earlier run was ended is not known: it is taken as done.
    UnknownCommandEnd,
}

impl std::fmt::Display for Risk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Risk::UnpromotedCanary => "unpromoted-canary",
            Risk::ActiveDeployment => "active-deployment",
            Risk::PausedDeployment => "paused-deployment",
            Risk::Unhealthy => "unhealthy",
            Risk::NoForecast => "no-forecast",
            Risk::MaxParallel => "max-parallel",
            Risk::Disconnected => "disconnected",
            Risk::UnseenNamespaces => "unseen-namespaces",
            Risk::UnknownCommandEnd => "unknown-command-end",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn so_many_at_once_is_a_number_or_a_share_and_never_none() {
        assert_eq!(Parallel::parse("3").unwrap().of(10), 3);
        assert_eq!(Parallel::parse("25%").unwrap().of(10), 2);
        assert_eq!(Parallel::parse("1%").unwrap().of(10), 1);
        for bad in ["", "0", "0%", "101%", "x", "-1"] {
            assert!(Parallel::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn risks_are_named_as_the_command_line_reads_them() {
        for risk in Risk::value_variants() {
            assert_eq!(Risk::from_str(&risk.to_string(), false).as_ref(), Ok(risk));
        }
    }
}
