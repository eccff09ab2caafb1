//! How an allocation stands: may it stay, must it move, is it lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::node::NodeStatus;
use crate::api::wire::Nanos;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;
use crate::sandbox::state::State;
use crate::sandbox::state::alloc::Alloc;

/// Allocations by id.
pub(super) type Set = BTreeMap<Id, Arc<Alloc>>;

/// What is wrong with the node of an allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taint {
    /// Nothing.
    None,
    /// It drains, but it is there.
    Draining,
    /// It is down.
    Down,
    /// Its heartbeats are missed, and a group on it may stay disconnected.
    Disconnected,
    /// It was purged.
    Gone,
}

impl Taint {
    pub(super) fn of(state: &State, node: Id) -> Self {
        let Some(node) = state.node(node) else { return Taint::Gone };
        match node.status {
            NodeStatus::Down => Taint::Down,
            NodeStatus::Disconnected => Taint::Disconnected,
            _ if node.drain.is_some() => Taint::Draining,
            _ => Taint::None,
        }
    }
}

/// How an allocation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// It may stay.
    Untainted,
    /// It is to leave its node.
    Migrate,
    /// Its node is gone.
    Lost,
    /// Its node was just disconnected.
    Disconnecting,
    /// Its node came back.
    Reconnecting,
    /// It was disconnected for too long.
    Expiring,
    /// It is over, and nothing follows from it.
    Ignore,
}

/// Whether the last state the servers noted for it is `unknown`: it was disconnected and nobody has reconciled it since.
#[must_use]
pub(crate) fn needs_to_reconnect(alloc: &Alloc) -> bool {
    alloc.states.last().is_some_and(|change| change.status == ClientStatus::Unknown)
}

/// When the present stretch of being unknown began.
pub(super) fn last_unknown(alloc: &Alloc) -> Option<Moment> {
    let unknown =
        |change: &&crate::sandbox::state::alloc::StateChange| change.status == ClientStatus::Unknown;
    let stretch = alloc.states.iter().rev().skip_while(|change| !unknown(change)).take_while(unknown);
    stretch.last().map(|change| change.time)
}

/// How long its group may stay disconnected; zero where it may not.
#[must_use]
pub(crate) fn lost_after(alloc: &Alloc) -> Nanos {
    let disconnect = alloc.task_group().and_then(|g| g.disconnect.as_ref());
    disconnect.and_then(|d| d.lost_after).unwrap_or_default()
}

/// Whether its group wants a replacement while it is disconnected.
pub(super) fn replaced_meanwhile(alloc: &Alloc) -> bool {
    let disconnect = alloc.task_group().and_then(|g| g.disconnect.as_ref());
    disconnect.and_then(|d| d.replace).unwrap_or(true)
}

/// Whether it has been unknown for longer than its group allows.
#[must_use]
pub(crate) fn has_expired(alloc: &Alloc, now: Moment) -> bool {
    alloc.client == ClientStatus::Unknown
        && last_unknown(alloc).is_some_and(|since| since + lost_after(alloc) <= now)
}

/// How an allocation stands on a node like this.
pub(super) fn standing(alloc: &Alloc, taint: Taint, now: Moment) -> Standing {
    let heard_of =
        matches!(alloc.client, ClientStatus::Unknown | ClientStatus::Running | ClientStatus::Failed);
    let reconnect = heard_of && needs_to_reconnect(alloc);
    let failed = alloc.client == ClientStatus::Failed;
    if reconnect && failed && alloc.desired == DesiredStatus::Run {
        return Standing::Reconnecting;
    }
    if alloc.terminal() && !reconnect {
        return if !alloc.server_terminal() {
            // A canary that ended while it was to leave its node is still wanted elsewhere.
            if alloc.is_canary() && alloc.should_migrate() { Standing::Migrate } else { Standing::Untainted }
        } else if alloc.transition.disable_placement == Some(true) {
            Standing::Untainted
        } else {
            Standing::Ignore
        };
    }
    if has_expired(alloc, now) {
        return Standing::Expiring;
    }
    if reconnect && failed && alloc.desired == DesiredStatus::Stop {
        return Standing::Ignore;
    }
    if taint == Taint::Disconnected {
        return match alloc.client {
            ClientStatus::Unknown => Standing::Untainted,
            ClientStatus::Pending => Standing::Lost,
            _ if lost_after(alloc).0 == 0 => Standing::Lost,
            _ => Standing::Disconnecting,
        };
    }
    if alloc.should_migrate() {
        return Standing::Migrate;
    }
    match taint {
        Taint::None | Taint::Draining if reconnect => Standing::Reconnecting,
        Taint::None | Taint::Draining | Taint::Disconnected => Standing::Untainted,
        Taint::Gone => Standing::Lost,
        Taint::Down => match alloc.client {
            ClientStatus::Unknown if !replaced_meanwhile(alloc) => Standing::Untainted,
            ClientStatus::Running if !replaced_meanwhile(alloc) => Standing::Disconnecting,
            _ => Standing::Lost,
        },
    }
}

/// Allocations by how they stand.
pub(super) fn sorted(state: &State, allocs: &Set, now: Moment) -> BTreeMap<Standing, Set> {
    let mut sets: BTreeMap<Standing, Set> = BTreeMap::new();
    for (id, alloc) in allocs {
        let standing = standing(alloc, Taint::of(state, alloc.node_id), now);
        sets.entry(standing).or_default().insert(*id, Arc::clone(alloc));
    }
    sets
}
