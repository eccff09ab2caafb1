//! Whether canaries can do what they are for, and what promoting them does.

use serde::Serialize;

use crate::api::nomad::job::{Job, TaskGroup};

/// How many canaries a group gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanaryCount {
    /// As the file says; one where it says none.
    AsWritten,
    /// So many of each group.
    Count(u64),
    /// So many per cent of each group, one at least.
    Percent(u64),
}

impl std::str::FromStr for CanaryCount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("{text:?} is not a number of canaries such as 1, or a share such as 25%");
        let (number, percent) = text.strip_suffix('%').map_or((text, false), |n| (n, true));
        match (number.parse::<u64>().map_err(|_| bad())?, percent) {
            (0, _) => Err(bad()),
            (n, false) => Ok(CanaryCount::Count(n)),
            (n @ 1..=100, true) => Ok(CanaryCount::Percent(n)),
            _ => Err(bad()),
        }
    }
}

impl CanaryCount {
    /// How many of a group that wants `count` and has `written` in its file.
    #[must_use]
    pub fn of(self, count: u64, written: u64) -> u64 {
        match self {
            CanaryCount::AsWritten if written > 0 => written,
            CanaryCount::AsWritten => 1,
            CanaryCount::Count(n) => n,
            CanaryCount::Percent(p) => (count * p).div_ceil(100).max(1),
        }
    }
}

/// Why a canary of a group would tell nothing, or not start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "risk", rename_all = "kebab-case")]
pub enum CanaryRisk {
    /// Nothing checks it: it counts as healthy once its tasks run.
    NoCheck {
        /// The group.
        group: String,
    },
    /// A port that only one allocation of a node can have, and no node is free of it.
    StaticPort {
        /// The group.
        group: String,
        /// The port.
        port: u16,
    },
    /// A volume that one allocation writes at a time.
    Volume {
        /// The group.
        group: String,
        /// The volume.
        volume: String,
    },
    /// The group wants no more than its canaries: they would be all there is.
    CountTooSmall {
        /// The group.
        group: String,
        /// How many it wants.
        count: u64,
    },
}

impl CanaryRisk {
    /// The flag that names the risk.
    #[must_use]
    pub fn flag(&self) -> &'static str {
        match self {
            CanaryRisk::NoCheck { .. } => "--force-no-check",
            CanaryRisk::StaticPort { .. } => "--force-static-port",
            CanaryRisk::Volume { .. } => "--force-volume",
            CanaryRisk::CountTooSmall { .. } => "--force-small-count",
        }
    }
}

impl std::fmt::Display for CanaryRisk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CanaryRisk::NoCheck { group } => {
                write!(f, "group {group} has no check, so a canary counts as healthy as soon as it runs")
            }
            CanaryRisk::StaticPort { group, port } => {
                write!(
                    f,
                    "group {group} has the static port {port}, so a canary cannot run on a node with the old version"
                )
            }
            CanaryRisk::Volume { group, volume } => {
                write!(
                    f,
                    "group {group} writes volume {volume}, which a canary would write at the same time, or could not get"
                )
            }
            CanaryRisk::CountTooSmall { group, count } => {
                write!(
                    f,
                    "group {group} has a count of {count}: a canary doubles it, and shows no more than a replacement would"
                )
            }
        }
    }
}

/// What speaks against canaries of a job. `nodes` is how many nodes take new work.
#[must_use]
pub fn doubts(job: &Job, nodes: u64) -> Vec<CanaryRisk> {
    job.task_groups.iter().flat_map(|g| of_group(g, nodes)).collect()
}

fn of_group(g: &TaskGroup, nodes: u64) -> Vec<CanaryRisk> {
    let canaries = g.update.as_ref().map_or(0, |u| u.canary);
    if canaries == 0 {
        return Vec::new();
    }
    let (group, count) = (g.name.clone(), g.count());
    let mut found = Vec::new();
    if !g.all_services().any(|s| !s.checks.is_empty()) {
        found.push(CanaryRisk::NoCheck { group: group.clone() });
    }
    let networks = g
        .networks
        .iter()
        .chain(g.tasks.iter().filter_map(|t| t.resources.as_ref()).flat_map(|r| &r.networks));
    let fixed = networks.flat_map(|n| &n.reserved_ports).find(|p| !p.ignore_collision);
    if let Some(port) = fixed.filter(|_| count + canaries > nodes) {
        found.push(CanaryRisk::StaticPort { group: group.clone(), port: port.value });
    }
    let written = g
        .volumes
        .iter()
        .find(|(_, v)| !v.read_only && (v.kind == "csi" || v.per_alloc || v.sticky || v.kind == "host"));
    if let Some((name, _)) = written {
        found.push(CanaryRisk::Volume { group: group.clone(), volume: name.clone() });
    }
    if count < 2 {
        found.push(CanaryRisk::CountTooSmall { group, count });
    }
    found
}

/// The fewest old or new allocations that are left for a moment when the canaries of a group are promoted: as many old
/// ones as there are canaries are stopped, and `max_parallel` more are replaced at the same time.
#[must_use]
pub fn left_at_promotion(count: u64, canaries: u64, max_parallel: u64) -> u64 {
    let canaries = canaries.min(count);
    let old_left = count.saturating_sub(canaries).saturating_sub(max_parallel);
    old_left + canaries
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_rounded_up_and_never_none() {
        for (wanted, count, written, canaries) in
            [("2", 10, 0, 2), ("25%", 10, 0, 3), ("1%", 10, 0, 1), ("100%", 4, 0, 4)]
        {
            assert_eq!(wanted.parse::<CanaryCount>().unwrap().of(count, written), canaries, "{wanted}");
        }
        assert_eq!((CanaryCount::AsWritten.of(5, 2), CanaryCount::AsWritten.of(5, 0)), (2, 1));
        assert!(["0", "101%", "x", "", "-1"].iter().all(|bad| bad.parse::<CanaryCount>().is_err()));
    }

    #[test]
    fn promoting_one_of_two_leaves_the_canary_alone() {
        assert_eq!(left_at_promotion(2, 1, 1), 1);
        assert_eq!(left_at_promotion(4, 1, 1), 3);
        assert_eq!(left_at_promotion(3, 3, 1), 3);
        assert_eq!(left_at_promotion(2, 1, 5), 1);
    }

    proptest! {
        #[test]
        fn promotion_never_leaves_more_than_are_wanted(count in 0_u64..50, canaries in 0_u64..60, parallel in 0_u64..60) {
            let left = left_at_promotion(count, canaries, parallel);
            prop_assert!(left <= count && left >= canaries.min(count));
        }
    }
}
