//! The nodes of the big fleet, with its pools and namespaces.

use crate::sandbox::scenario::founding::{namespace, pool};
use crate::sandbox::scenario::machines::Blueprint;
use crate::sandbox::world::World;

/// Nodes of one pool in one datacenter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) pool: &'static str,
    pub(super) datacenter: &'static str,
    pub(super) nodes: usize,
}

/// 5,000 nodes.
pub(super) const PARTS: [Part; 5] = [
    Part { pool: "default", datacenter: "dc1", nodes: 1600 },
    Part { pool: "default", datacenter: "dc2", nodes: 1200 },
    Part { pool: "default", datacenter: "dc3", nodes: 700 },
    Part { pool: "edge", datacenter: "dc3", nodes: 1000 },
    Part { pool: "gpu", datacenter: "dc1", nodes: 500 },
];

/// Beside `default`.
pub(super) const NAMESPACES: [(&str, &str); 3] = [
    ("data", "Pipelines and reports"),
    ("platform", "What the others stand on"),
    ("shop", "What customers see"),
];

/// Pools, namespaces and nodes. Every fifth node is of class old and runs an older Nomad.
pub(super) fn found(world: &mut World) {
    for (name, description) in [("edge", "Near the customers"), ("gpu", "With accelerators")] {
        world.write().put_pool(pool(name, description));
    }
    for (name, description) in NAMESPACES {
        world.write().put_namespace(namespace(name, description));
    }
    let mut number = 0;
    for part in PARTS {
        for place in 1..=part.nodes {
            number += 1;
            let (class, version) = if place % 5 == 0 { ("old", "1.10.5") } else { ("new", "2.0.5") };
            let blueprint = Blueprint {
                name: format!("{}-{}-{place:04}", part.datacenter, part.pool),
                class,
                pool: part.pool,
                datacenter: part.datacenter,
                rack: format!("r{:02}", place / 40),
                cpu: 16_000,
                memory: 32_768,
                number,
                version,
                ..Blueprint::default()
            };
            let (id, now) = (world.new_id(), world.now());
            world.add_node(blueprint.build(id, now));
        }
    }
}
