//! What is told of nodes in hand whose agents do not answer, long before the servers miss their heartbeats.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::node::NodeStatus;
use crate::error::Result;
use crate::model::words;
use crate::ops::migration::NodeRef;
use crate::ops::migration::agents::{Heard, QUIET};
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::Progress;
use crate::ops::rotate::decide::{Decision, Phase};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Asks the agents of the nodes that something is on its way off, once nothing has moved for a moment, and tells who does not
    /// answer.
    pub(super) fn tell_silence(&mut self, picture: &ClusterPicture, decision: &Decision) -> Result<()> {
        let now = self.recorder.now();
        let mut waits = self.waited_for(picture, decision);
        if self.since(self.last_progress) < QUIET {
            // What moves elsewhere says nothing of one that fell silent.
            waits.retain(|id, _| self.agents.silence(id).is_some());
        }
        for (id, heard) in self.agents.ask(&waits, now) {
            let Some((node, _)) = decision.phases.iter().find(|(node, _)| node.id == id) else { continue };
            let node = node.clone();
            self.recorder.emit(match heard {
                Heard::Silent(silence) => Event::NodeSilent {
                    node,
                    silent_since: silence.since,
                    status: silence.status,
                    status_since: silence.status_since,
                    last_progress_at: self.last_progress,
                    waited_until: self.waited_until(decision),
                },
                Heard::Again(lasted) => Event::NodeAnswers { node, seconds: lasted.as_secs_f64() },
            })?;
        }
        Ok(())
    }

    /// The nodes that something is on its way off, by id, and what the servers count them as.
    fn waited_for(&self, picture: &ClusterPicture, decision: &Decision) -> BTreeMap<String, NodeStatus> {
        let leaves = |(node, phase): &&(NodeRef, Phase)| match phase {
            Phase::Emptying | Phase::Failed(_) => {
                let tracked = self.recorder.memory.emptied.get(&node.id).into_iter().flatten();
                let mut progress = tracked.filter_map(|a| decision.progress.get(&a.id));
                progress.any(Progress::is_under_way)
            }
            Phase::Sealing(_) | Phase::AwaitingBatch(_) => true,
            _ => false,
        };
        let waits: Vec<&str> = decision.phases.iter().filter(leaves).map(|(n, _)| n.id.as_str()).collect();
        let nodes = picture.nodes.iter().filter(|n| waits.contains(&n.id.as_str()));
        nodes.map(|n| (n.id.clone(), n.status)).collect()
    }

    /// Until when it is waited, unless something moves on before.
    fn waited_until(&self, decision: &Decision) -> Option<Timestamp> {
        let (_, limit) = self.quiet_limit(decision)?;
        self.last_progress.checked_add(limit).ok()
    }

    /// What is known of a node in hand that does not answer.
    pub(super) fn silence_line(&self, node: &NodeRef, decision: &Decision) -> Option<String> {
        let silence = self.agents.silence(&node.id)?;
        let until = self.waited_until(decision);
        let until = until.map(|at| format!("; waited for until {at:.0}")).unwrap_or_default();
        Some(format!("  {}: {}{until}", node.name, silence.words()))
    }

    /// For how long nothing has moved, where that is worth a word.
    pub(super) fn quiet_words(&self) -> String {
        let quiet = self.since(self.last_progress);
        if quiet < QUIET { String::new() } else { format!("; nothing has moved for {}", words::span(quiet)) }
    }
}
