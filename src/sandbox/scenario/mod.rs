//! Scenarios: clusters with a story.

mod machines;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::acl::{Token, digest};
use crate::sandbox::state::catalog::{Namespace, NodePool, SchedulerConfig};
use crate::sandbox::world::World;

use machines::Blueprint;

/// A cluster with a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// Six nodes and nothing on them.
    Bare,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Scenario; 1] = [Scenario::Bare];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scenario::Bare => "bare",
        }
    }

    /// Its story, in one line.
    #[must_use]
    pub fn story(self) -> &'static str {
        match self {
            Scenario::Bare => "six nodes, three of class old and three of class new, and no jobs",
        }
    }

    /// Its jobs, as job files.
    #[must_use]
    pub fn jobs(self) -> &'static [&'static str] {
        match self {
            Scenario::Bare => &[],
        }
    }

    /// How long before the present the cluster began, so that all of it is at rest when somebody looks.
    fn past(self) -> Duration {
        match self {
            Scenario::Bare => Duration::from_secs(60),
        }
    }

    /// The cluster at a moment.
    #[must_use]
    pub fn build(self, now: Moment, seed: u64, secret: Id) -> World {
        let mut world = World::new(now - self.past(), seed);
        found(&mut world, secret);
        match self {
            Scenario::Bare => bare(&mut world),
        }
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

/// What every cluster begins with: namespace, pools, configuration, a token that may do everything.
fn found(world: &mut World, secret: Id) {
    let accessor = world.new_id();
    let now = world.now();
    let mut write = world.write();
    for (name, description) in
        [("all", "Node pool with all nodes in the cluster."), ("default", "Default node pool.")]
    {
        write.put_pool(NodePool {
            create_index: 0,
            description: description.to_owned(),
            hash: None,
            meta: None,
            modify_index: 0,
            name: name.to_owned(),
            node_identity_ttl: 86_400_000_000_000,
            scheduler_configuration: None,
        });
    }
    write.put_namespace(namespace("default", "Default shared namespace"));
    // The servers' own writes: the raft configuration, the key ring, the configuration of autopilot.
    for _ in 0..3 {
        world.write();
    }
    world.write().set_scheduler(SchedulerConfig::default());
    for _ in 0..6 {
        world.write();
    }
    world.write().put_token(Token {
        expiration_ttl: String::new(),
        accessor,
        secret,
        name: "Bootstrap Token".to_owned(),
        kind: "management".to_owned(),
        policies: None,
        roles: None,
        global: true,
        hash: digest(&["Bootstrap Token", "management"]),
        create_time: now,
        expiration_time: None,
        create_index: 0,
        modify_index: 0,
    });
}

fn namespace(name: &str, description: &str) -> Namespace {
    Namespace {
        capabilities: None,
        consul_configuration: None,
        create_index: 0,
        description: description.to_owned(),
        hash: digest(&[name, description]),
        meta: None,
        modify_index: 0,
        name: name.to_owned(),
        node_pool_configuration: None,
        optional_extra_claims: None,
        quota: String::new(),
        required_extra_claims: None,
        vault_configuration: None,
    }
}

/// Six nodes c1 to c6: the first three of class old, the others of class new.
fn six_nodes(world: &mut World, docker: bool) {
    for number in 1..=6 {
        let class = if number <= 3 { "old" } else { "new" };
        add(world, &format!("c{number}"), number, class, docker);
    }
}

/// A node of class new joins, alike to those of class new that are there: its name ends with its number, as in c7.
pub fn join(world: &mut World, name: &str) {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let number = digits.parse().unwrap_or_else(|_| world.state.nodes().count() + 1);
    add(world, name, number, "new", false);
}

fn add(world: &mut World, name: &str, number: usize, class: &str, docker: bool) {
    let rack = format!("r{}", number % 3);
    let blueprint = Blueprint { name: name.to_owned(), class, rack, number, docker, ..Blueprint::default() };
    let (id, now) = (world.new_id(), world.now());
    world.add_node(blueprint.build(id, now));
}

fn bare(world: &mut World) {
    six_nodes(world, false);
}
