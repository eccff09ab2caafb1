//! Scenarios: clusters with a story.

mod founding;
mod jobs;
mod large;
mod machines;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::sandbox::consul::Consul;
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
    /// The new nodes have no room for what is on the old ones.
    Full,
    /// Jobs that may not go everywhere.
    Pinned,
    /// A job whose replacements fall over on the new nodes.
    Flaky,
    /// 5,000 nodes and 50,000 allocations.
    Large,
}

/// The name, the story and the jobs of a scenario.
struct ScenarioPlan {
    name: &'static str,
    story: &'static str,
    jobs: Jobs,
}

/// The jobs of a scenario, as job files that run on any cluster with nodes of class old and new.
#[derive(Debug, Clone, Copy, Default)]
pub struct Jobs {
    /// Registered while there are only old nodes.
    pub first: &'static [&'static str],
    /// Registered when the new nodes have joined.
    pub then: &'static [&'static str],
}

/// How long before the present the clusters began.
const PAST: Duration = Duration::from_secs(3600);
/// How long the new nodes have been there.
const JOINED: Duration = Duration::from_secs(300);
/// How long after a job the next one is registered.
const PAUSE: Duration = Duration::from_secs(60);

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 6] =
        [Scenario::Bare, Scenario::Small, Scenario::Full, Scenario::Pinned, Scenario::Flaky, Scenario::Large];

    fn plot(self) -> ScenarioPlan {
        use jobs::{
            API, CACHE, GATEWAY, LEDGER, LICENCE, QUORUM, REPORT, SCANNER, SEARCH, SHIPPER, WEB, WORKER,
        };
        match self {
            Scenario::Bare => ScenarioPlan {
                name: "bare",
                story: "six nodes, three of class old and three of class new, and no jobs",
                jobs: Jobs::default(),
            },
            Scenario::Small => ScenarioPlan {
                name: "small",
                story: "a shop of five jobs on three old nodes, and three new ones that wait to take over",
                jobs: Jobs { first: &[SHIPPER, LEDGER, WEB, API, REPORT], then: &[] },
            },
            Scenario::Full => ScenarioPlan {
                name: "full",
                story: "six heavy instances on the old nodes, and new nodes so busy that only one of them fits",
                jobs: Jobs { first: &[SHIPPER, SEARCH], then: &[CACHE] },
            },
            Scenario::Pinned => ScenarioPlan {
                name: "pinned",
                story: "jobs bound to a class, a node, a port or hosts of their own; not all may leave the old nodes",
                jobs: Jobs { first: &[LICENCE, SCANNER, GATEWAY], then: &[QUORUM] },
            },
            Scenario::Flaky => ScenarioPlan {
                name: "flaky",
                story: "a job that is well on the old nodes and whose replacements never turn healthy on the new ones",
                jobs: Jobs { first: &[SHIPPER, WEB, WORKER], then: &[] },
            },
            Scenario::Large => ScenarioPlan {
                name: "large",
                story: "5,000 nodes in three datacenters, 50,000 allocations in four namespaces, and a bad half hour",
                jobs: Jobs::default(),
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

    /// Its jobs.
    #[must_use]
    pub fn jobs(self) -> Jobs {
        self.plot().jobs
    }

    /// The cluster at a moment.
    #[must_use]
    pub fn build(self, now: Moment, seed: u64, secrets: Secrets<'_>) -> World {
        let past = if self == Scenario::Large { large::PAST } else { PAST };
        let mut world = World::new(now - past, seed);
        world.consul = secrets.consul.map(|secret| Consul::beside(secret, world.now(), seed));
        founding::found(&mut world, secrets.nomad);
        if self == Scenario::Large {
            large::events(&mut world, now);
            return world;
        }
        let jobs = self.jobs();
        machines::join(&mut world, 1..=3);
        jobs::register_each(&mut world, jobs.first, PAUSE);
        world.advance_to(now - JOINED);
        machines::join(&mut world, 4..=6);
        jobs::register_each(&mut world, jobs.then, PAUSE);
        world.advance_to(now);
        world
    }
}

/// The secrets of the tokens that may do everything.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'s> {
    /// Nomad's.
    pub nomad: Id,
    /// Consul's, where there is to be a Consul.
    pub consul: Option<&'s str>,
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
