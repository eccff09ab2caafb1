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

pub use machines::newcomer;

/// A cluster with a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// Six nodes and nothing on them.
    Bare,
    /// Jobs of every kind on the old nodes, and new nodes to move them to.
    Small,
}

/// How a scenario is told.
struct Plot {
    name: &'static str,
    story: &'static str,
    /// How long before the present the cluster began.
    past: Duration,
    /// The job files, for clusters that know nothing of scenarios.
    jobs: &'static [&'static str],
    /// What happened since then; the present may come later than where this ends.
    events: fn(&mut World),
}

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 2] = [Scenario::Bare, Scenario::Small];

    fn plot(self) -> Plot {
        match self {
            Scenario::Bare => Plot {
                name: "bare",
                story: "six nodes, three of class old and three of class new, and no jobs",
                past: Duration::from_secs(60),
                jobs: &[],
                events: |world| machines::six(world),
            },
            Scenario::Small => Plot {
                name: "small",
                story: "a shop of five jobs on three old nodes, and three new ones that wait to take over",
                past: small::PAST,
                jobs: small::JOBS,
                events: small::events,
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

    /// Its jobs, as job files that run on any cluster.
    #[must_use]
    pub fn jobs(self) -> &'static [&'static str] {
        self.plot().jobs
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
