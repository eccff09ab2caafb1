//! Snapshots of what the servers keep, and going back to one (`nomad-api.md §9.4`).
//!
//! Nomad writes its state into the archive; here it holds the number of a state that this cluster keeps in memory, so that
//! only the cluster that saved a snapshot can be brought back to it.

use crate::sandbox::id::Id;
use crate::sandbox::state::{Effect, State};
use crate::sandbox::world::blocked::Blocked;
use crate::sandbox::world::broker::Broker;
use crate::sandbox::world::deployments::Watchers;
use crate::sandbox::world::drainer::Drainer;
use crate::sandbox::world::{Event, NodePower, World};

impl World {
    /// Keeps the state as it is. Its number, for [`World::restore`].
    pub fn save(&mut self) -> usize {
        self.snapshots.push(self.state.clone());
        self.snapshots.len() - 1
    }

    /// Puts a saved state in the place of the present one; whether there is one with this number. Indexes go back. The
    /// servers begin anew with it, as a new leader does, and the clients, who know nothing of it, follow.
    pub fn restore(&mut self, number: usize) -> bool {
        let Some(state) = self.snapshots.get(number).cloned() else { return false };
        self.state = state;
        (self.broker, self.blocked) = (Broker::default(), Blocked::default());
        (self.watchers, self.drainer) = (Watchers::default(), Drainer::default());
        self.restart_locks();
        let all = everything(&self.state);
        let held = self.clients.held().map(Effect::Alloc).collect();
        for effect in [all, held].concat() {
            self.act_on(&effect);
        }
        let nodes: Vec<(Id, u64)> = self
            .clients
            .nodes
            .iter()
            .filter(|(_, client)| client.power == NodePower::On)
            .map(|(id, client)| (*id, client.beat))
            .collect();
        for (node, beat) in nodes {
            self.queue.at(self.now, Event::NodeBack(node, beat));
        }
        self.settle();
        true
    }
}

/// What the parts of the cluster would have learned of while the state came to be.
fn everything(state: &State) -> Vec<Effect> {
    let nodes = state.nodes().map(|node| Effect::Node(node.id));
    let evals = state.evals().by_id().filter(|eval| !eval.terminal()).map(|eval| Effect::Eval(eval.id));
    let deployments = state.deployments().by_id().map(|deployment| Effect::Deployment(deployment.id));
    let allocs = state.allocs().by_id().map(|alloc| Effect::Alloc(alloc.id));
    nodes.chain(evals).chain(deployments).chain(allocs).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::sandbox::moment::Moment;
    use crate::sandbox::scenario::{Scenario, Secrets};
    use crate::sandbox::state::job::JobKey;
    use crate::sandbox::world::requests::Stop;

    #[test]
    fn what_was_stopped_after_a_snapshot_runs_again_after_going_back() {
        let now = Moment::from_nanos(1_795_274_867_000_000_000);
        let nomad = Id::from_bytes([7; 16]);
        let mut world = Scenario::Small.build(now, 7, Secrets { nomad, consul: None });
        let key = JobKey::new("default", "web");
        let running = |world: &World| {
            let of_job = world.state.allocs().of_job(&key);
            of_job.filter(|a| !a.terminal() && a.tasks.iter().any(|(_, t)| t.finished_at.is_none())).count()
        };
        let before = running(&world);
        assert!(before > 0);
        let (number, index) = (world.save(), world.state.indexes.latest());
        let stop = Stop { purge: false, eval_priority: 0, no_shutdown_delay: true };
        world.stop_job(&key, stop).unwrap();
        world.advance_to(now + Duration::from_secs(30));
        assert_eq!(running(&world), 0);
        assert!(!world.restore(number + 1) && world.restore(number));
        assert!(world.state.indexes.latest() >= index, "what follows is written after it");
        world.advance_to(now + Duration::from_secs(90));
        assert_eq!(running(&world), before);
        assert!(world.state.nodes().all(|node| node.schedulable()));
    }
}
