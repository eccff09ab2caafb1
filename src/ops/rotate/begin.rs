//! Beginning nodes: all whose turn it is, by one look at them and one forecast of what leaves them together.

use std::collections::BTreeSet;

use crate::api::nomad::allocation::AllocStub;
use crate::error::Result;
use crate::model::forecast::MOST_PLACEMENTS;
use crate::model::ids::{JobKey, JobType};
use crate::ops::migration::NodeRef;
use crate::ops::migration::live::{ClusterPicture, Live, Part};
use crate::ops::rotate::decide::{self, Act, Phase, is_there};
use crate::ops::rotate::event::{Event, Purpose};
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Begins nodes, as many of them as everything that has to leave them is known to find a place for; whether there was one.
    pub(super) async fn begin_nodes(&mut self, live: &mut Live, nodes: &[NodeRef]) -> Result<bool> {
        let jobs = live.picture().map(|p| jobs_on(p, nodes)).unwrap_or_default();
        let ids = nodes.iter().map(|n| n.id.clone()).collect();
        live.refresh_part(Part { nodes: ids, jobs, ..Part::default() }).await?;
        let Some(picture) = live.picture() else { return Ok(false) };
        let again = decide::decide(self.input(picture));
        let nodes: Vec<&NodeRef> =
            nodes.iter().filter(|n| again.acts.contains(&Act::Begin((*n).clone()))).collect();
        let nodes = self.those_that_fit(picture, &nodes).await?;
        if !nodes.is_empty() && self.before.is_none() {
            self.before = Some(self.look_before(picture).await?);
        }
        for node in &nodes {
            self.begin_node(picture, node)?;
        }
        Ok(!nodes.is_empty())
    }

    fn begin_node(&mut self, picture: &ClusterPicture, node: &NodeRef) -> Result<()> {
        let left_out = |p: &Phase| matches!(p, Phase::Skipped(_) | Phase::Down | Phase::Gone);
        let of = self.phases.iter().filter(|(_, p)| !left_out(p)).count();
        let rotated =
            self.phases.iter().filter(|(n, p)| *p == Phase::Rotated && !self.run.begun.contains(&n.id));
        let position = rotated.count() + self.run.begun.len() + 1;
        let (position, of) = match self.goal.purpose {
            Purpose::Rotation => (position, of),
            Purpose::Rebalance => (self.run.begun.len() + 1, self.giving()),
        };
        let (position, of) = self.place.map_or((position, of), |(before, all)| (before + position, all));
        let (now, moves) = (self.recorder.now(), self.leaving(picture, node).count());
        self.recorder.emit(Event::NodeStarted { node: node.clone(), position, of, moves })?;
        self.run.marked.insert(node.id.clone());
        self.run.begun.insert(node.id.clone());
        self.run.verified.remove(&node.id);
        self.begun_at.insert(node.id.clone(), now);
        self.close_gates();
        let takes = decide::expected(self.input(picture), &node.id);
        self.expected.insert(node.id.clone(), takes);
        self.last_progress = now;
        Ok(())
    }

    /// The first of these nodes, as many as are known to find places together for what leaves them, and as one forecast can be about.
    ///
    /// # Errors
    /// Refused (7) when what leaves the first one does not find a place, or when that is not known.
    async fn those_that_fit<'n>(
        &self,
        picture: &ClusterPicture,
        nodes: &[&'n NodeRef],
    ) -> Result<Vec<&'n NodeRef>> {
        let sizes = nodes.iter().map(|node| self.leaving(picture, node).count() as u64);
        let mut some = &nodes[..first_within(sizes, MOST_PLACEMENTS)];
        while let Some(first) = some.first() {
            let leaving: Vec<&AllocStub> = some.iter().flat_map(|n| self.leaving(picture, n)).collect();
            let forecast = self.forecast(picture, &leaving).await?;
            match self.judge(&forecast, &format!("when node {} is emptied", first.name)) {
                Ok(()) => break,
                Err(error) if some.len() == 1 => return Err(error),
                // The others have their turn when these have begun.
                Err(_) => some = &some[..some.len() / 2],
            }
        }
        Ok(some.to_vec())
    }

    /// The services that have to leave a node.
    fn leaving<'p>(
        &self,
        picture: &'p ClusterPicture,
        node: &NodeRef,
    ) -> impl Iterator<Item = &'p AllocStub> {
        let goal = self.goal.nodes.iter().find(|n| n.node.id == node.id).cloned();
        let gives = move |a: &&AllocStub| goal.as_ref().is_some_and(|n| n.gives(a));
        picture.allocs.iter().filter(gives).filter(|a| is_there(a) && a.job_type == JobType::Service)
    }

    /// How many nodes give something away.
    fn giving(&self) -> usize {
        self.goal.nodes.iter().filter(|n| n.share.as_ref().is_none_or(|share| !share.is_empty())).count()
    }
}

/// How many of the first ones are no more than `most` together; the first one in any case.
fn first_within(sizes: impl Iterator<Item = u64>, most: u64) -> usize {
    let together = sizes.scan(0_u64, |sum, size| {
        *sum += size;
        Some(*sum)
    });
    together.enumerate().take_while(|(at, sum)| *at == 0 || *sum <= most).count()
}

/// The jobs of the services on these nodes.
pub(super) fn jobs_on(picture: &ClusterPicture, nodes: &[NodeRef]) -> BTreeSet<JobKey> {
    let ids: BTreeSet<&str> = nodes.iter().map(|n| n.id.as_str()).collect();
    let here = picture.allocs.iter().filter(|a| ids.contains(a.node_id.as_str()) && is_there(a));
    here.filter(|a| a.job_type == JobType::Service).map(JobKey::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_forecast_is_about_as_many_nodes_as_it_can_be_and_one_at_least() {
        let of = |sizes: &[u64]| first_within(sizes.iter().copied(), 500);
        assert_eq!(of(&[]), 0);
        assert_eq!(of(&[900, 1]), 1);
        assert_eq!(of(&[100, 0, 400, 0, 1, 0]), 4);
    }
}
