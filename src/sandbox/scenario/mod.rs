//! Scenarios: clusters with a story.

mod founding;
mod jobs;
mod machines;
mod small;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::world::World;

/// A cluster with a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// Six nodes and nothing on them.
    Bare,
    /// Jobs of every kind on the old nodes, and new nodes to move them to.
    Small,
    /// The new nodes have no room for what is on the old ones.
    Full,
    /// Jobs that may not go everywhere.
    Pinned,
    /// A job whose replacements fall over on the new nodes.
    Flaky,
}

const HOUR: Duration = Duration::from_secs(3600);

/// How a scenario is told.
struct Plot {
    name: &'static str,
    story: &'static str,
    /// How long before the present the cluster began.
    past: Duration,
    /// What happened since then; the present may come later than where this ends.
    events: fn(&mut World),
}

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 5] =
        [Scenario::Bare, Scenario::Small, Scenario::Full, Scenario::Pinned, Scenario::Flaky];

    fn plot(self) -> Plot {
        match self {
            Scenario::Bare => Plot {
                name: "bare",
                story: "six nodes, three of class old and three of class new, and no jobs",
                past: Duration::from_secs(60),
                events: |world| machines::join(world, 1..=6),
            },
            Scenario::Small => Plot {
                name: "small",
                story: "a shop of five jobs on three old nodes, and three new ones that wait to take over",
                past: small::PAST,
                events: small::events,
            },
            Scenario::Full => Plot {
                name: "full",
                story: "six heavy instances on the old nodes, and new nodes so busy that only one of them fits",
                past: HOUR,
                events: |world| moved_in(world, &[jobs::SHIPPER, jobs::SEARCH], &[jobs::CACHE]),
            },
            Scenario::Pinned => Plot {
                name: "pinned",
                story: "jobs bound to a class, a node, a port and hosts of their own; not all may leave the old nodes",
                past: HOUR,
                events: |world| {
                    let first = [jobs::LICENCE, jobs::SCANNER, jobs::GATEWAY];
                    moved_in(world, &first, &[jobs::QUORUM]);
                },
            },
            Scenario::Flaky => Plot {
                name: "flaky",
                story: "a job that is well on the old nodes and whose replacements never turn healthy on the new ones",
                past: HOUR,
                events: |world| moved_in(world, &[jobs::SHIPPER, jobs::WEB, jobs::WORKER], &[]),
            },
        }
    }

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.plot().name
    }

    /// Its story, in one line.
    #[must_use]
    pub fn story(self) -> &'static str {
        self.plot().story
    }

    /// The cluster at a moment.
    #[must_use]
    pub fn build(self, now: Moment, seed: u64, secret: Id) -> World {
        let plot = self.plot();
        let mut world = World::new(now - plot.past, seed);
        founding::found(&mut world, secret);
        (plot.events)(&mut world);
        world.advance_to(now);
        world
    }
}

/// The old nodes join and get jobs, then the new ones, and further jobs.
fn moved_in(world: &mut World, first: &[&str], then: &[&str]) {
    machines::join(world, 1..=3);
    jobs::register_each(world, first);
    machines::join(world, 4..=6);
    jobs::register_each(world, then);
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no such scenario.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no scenario {0:?}; there are {names}", names = Scenario::ALL.map(Scenario::name).join(", "))]
pub struct UnknownScenario(String);

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        Scenario::ALL.into_iter().find(|s| s.name() == name).ok_or_else(|| UnknownScenario(name.to_owned()))
    }
}
