//! What every cluster begins with.

use crate::sandbox::id::FOUNDING_KEY;
use crate::sandbox::id::Id;
use crate::sandbox::state::acl::{Token, digest};
use crate::sandbox::state::catalog::{Namespace, NodePool, SchedulerConfig};
use crate::sandbox::state::keyring::RootKey;
use crate::sandbox::world::World;

/// Founds the cluster: namespace, pools, configuration, a token that may do everything.
pub(super) fn found(world: &mut World, secret: Id) {
    let accessor = world.new_id();
    let now = world.now();
    let mut write = world.write();
    for (name, description) in
        [("all", "Node pool with all nodes in the cluster."), ("default", "Default node pool.")]
    {
        write.put_pool(NodePool { hash: None, ..pool(name, description) });
    }
    write.put_namespace(namespace("default", "Default shared namespace"));
    // The servers' own writes: the raft configuration, the key ring, the configuration of autopilot.
    world.write();
    world.write().put_key(RootKey::new(FOUNDING_KEY, 0, now), false);
    world.write();
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

/// A namespace with nothing special about it.
pub(super) fn namespace(name: &str, description: &str) -> Namespace {
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

/// A pool with nothing special about it.
pub(super) fn pool(name: &str, description: &str) -> NodePool {
    NodePool {
        create_index: 0,
        description: description.to_owned(),
        hash: Some(digest(&[name, description])),
        meta: None,
        modify_index: 0,
        name: name.to_owned(),
        node_identity_ttl: 86_400_000_000_000,
        scheduler_configuration: None,
    }
}
