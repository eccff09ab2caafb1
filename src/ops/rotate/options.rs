//! What the operator decided about a rotation.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Every decision that shapes a rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Where the replacements come from.
    pub replace: Replace,
    /// What to do about services with one instance.
    pub singletons: Singletons,
    /// What to do about batch work on the nodes.
    pub batch: Option<Batch>,
    /// What to leave behind after a failure.
    pub on_failure: OnFailure,
    /// The fewest available allocations of every group, instead of what its `migrate` block allows.
    pub min_healthy: Option<MinHealthy>,
    /// Risks the operator named on the command line.
    pub accept: BTreeSet<Risk>,
    /// Leave system jobs running on the emptied nodes.
    pub ignore_system: bool,
    /// How long the whole may take.
    pub timeout: Option<Duration>,
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
        /// How many new nodes must join.
        count: usize,
        /// How long command and nodes may take.
        within: Duration,
    },
}

/// What to do about services with one instance, which are away while they move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Singletons {
    /// Move them: they are away until the replacement is healthy.
    Gap,
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
    /// Stop it; its work is lost and not started again (`nomad-api.md §2.4`, 4.).
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

/// The fewest available allocations of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinHealthy {
    /// So many.
    Count(u64),
    /// So many of a hundred, rounded up.
    Percent(u64),
}

impl MinHealthy {
    /// Reads `3` or `80%`.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let number =
            |t: &str| t.parse::<u64>().map_err(|_| format!("{text:?} is neither a number nor a percentage"));
        match text.strip_suffix('%') {
            Some(percent) => match number(percent)? {
                percent @ 0..=100 => Ok(MinHealthy::Percent(percent)),
                _ => Err("a percentage is at most 100%".to_owned()),
            },
            None => number(text).map(MinHealthy::Count),
        }
    }

    /// The floor of a group that wants `count`; never more than that.
    #[must_use]
    pub fn floor(self, count: u64) -> u64 {
        match self {
            MinHealthy::Count(n) => n.min(count),
            MinHealthy::Percent(percent) => (count * percent).div_ceil(100),
        }
    }
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
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn a_floor_is_a_number_or_a_share_rounded_up() {
        assert_eq!(MinHealthy::parse("80%").unwrap().floor(3), 3);
        assert_eq!(MinHealthy::parse("50%").unwrap().floor(3), 2);
        assert_eq!(MinHealthy::parse("5").unwrap().floor(3), 3);
        assert_eq!(MinHealthy::parse("0").unwrap().floor(3), 0);
        for bad in ["", "x", "101%", "-1", "%"] {
            assert!(MinHealthy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn risks_are_named_as_the_command_line_reads_them() {
        for risk in Risk::value_variants() {
            assert_eq!(Risk::from_str(&risk.to_string(), false).as_ref(), Ok(risk));
        }
    }
}
