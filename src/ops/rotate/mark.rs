//! Taking nodes out of service and giving them back.

use std::collections::BTreeSet;

use crate::api::nomad::node::{self, Eligibility};
use crate::api::settle::settle;
use crate::error::Result;
use crate::ops::rotate::event::{Event, NodeRef};
use crate::ops::rotate::plan::NodePlan;
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{PATIENCE, Rotation};

impl Rotation<'_> {
    /// Marks every node ineligible before the first one is touched, so that nothing moves twice. What each was is on disk
    /// before it changes.
    pub(super) async fn mark_all(&mut self, nodes: &[NodePlan]) -> Result<()> {
        for n in nodes {
            self.recorder.intend(Intent::Mark { node: n.node.id.clone(), was: n.was })?;
            if n.was == Eligibility::Ineligible {
                continue;
            }
            self.set(&n.node, Eligibility::Ineligible).await?;
            self.recorder.emit(Event::NodeIneligible { node: n.node.clone(), was: n.was })?;
        }
        Ok(())
    }

    /// Gives nodes that were not rotated the eligibility they had; those that were ineligible before stay so.
    pub(super) async fn restore(&mut self, nodes: &[NodePlan]) -> Result<()> {
        let rotated: BTreeSet<String> = self.recorder.memory.rotated.keys().cloned().collect();
        for n in nodes.iter().filter(|n| !n.done && !rotated.contains(&n.node.id)) {
            if self.recorder.memory.was.get(&n.node.id) != Some(&Eligibility::Eligible) {
                continue;
            }
            self.cancel_drain(&n.node).await?;
            self.set(&n.node, Eligibility::Eligible).await?;
            self.recorder
                .emit(Event::NodeRestored { node: n.node.clone(), eligibility: Eligibility::Eligible })?;
        }
        Ok(())
    }

    async fn set(&self, node: &NodeRef, eligibility: Eligibility) -> Result<()> {
        let read_back = async || {
            let now = self.nomad.read(&node::get(&node.id)).await?.value;
            Ok((now.scheduling_eligibility == eligibility).then_some(()))
        };
        settle(
            &self.nomad,
            &self.permission,
            &node::set_eligibility(&node.id, eligibility),
            PATIENCE,
            read_back,
        )
        .await?;
        Ok(())
    }
}
