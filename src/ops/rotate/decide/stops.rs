//! Which allocations are stopped now, and what keeps the others where they are.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{Deployment, DeploymentStatus};
use crate::api::nomad::node::Eligibility;
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::JobType;
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::Progress;
use crate::ops::rotate::decide::view::StepFacts;
use crate::ops::rotate::decide::{Decision, Phase, Problem, is_there};
use crate::ops::rotate::options::{Risk, Singletons};

/// How long nothing may move on a node whose turn it is before the next one has it.
const NO_TURN: Duration = Duration::from_secs(60);

/// The node with the lowest id that takes no work and still has something of the group.
pub(in crate::ops::rotate) fn first_to_leave<'a>(
    picture: &'a ClusterPicture,
    group: impl Iterator<Item = &'a AllocStub>,
) -> Option<&'a str> {
    let closed =
        |id: &str| picture.node(id).is_some_and(|n| n.scheduling_eligibility == Eligibility::Ineligible);
    let there = group.filter(|a| is_there(a) && !is_leaving(a) && closed(&a.node_id));
    there.map(|a| a.node_id.as_str()).min()
}

impl StepFacts<'_> {
    /// Which allocations are stopped now: groups side by side, and of each as many as its floor leaves free.
    pub(super) fn stops(&self, decision: &mut Decision) -> Vec<String> {
        let frozen: BTreeSet<GroupKey> = decision
            .problems()
            .flat_map(|(_, problems)| problems)
            .filter_map(|p| match p {
                Problem::Move(alloc, _) => Some(alloc.group()),
                _ => None,
            })
            .collect();
        let mut waiting: BTreeMap<GroupKey, Vec<&AllocStub>> = BTreeMap::new();
        for (node, phase) in &decision.phases {
            if *phase != Phase::Emptying {
                continue;
            }
            for (alloc, _) in self.tracked(&node.id).filter(|(_, p)| **p == Progress::Waiting) {
                let Some(stub) = self.index.get(&alloc.id) else { continue };
                waiting.entry(GroupKey::of(stub)).or_default().push(stub);
            }
        }
        let mut stops = Vec::new();
        for (key, allocs) in waiting {
            if frozen.contains(&key) {
                continue;
            }
            if let Some(step) = self.second_copy_under_way(&key) {
                decision.steps.insert(step);
                continue;
            }
            match self.stops_of_group(&key, allocs) {
                Ok(ids) => stops.extend(ids),
                Err(hold) => drop(decision.holds.insert(hold)),
            }
        }
        stops
    }

    /// Of one group; or what keeps all of it where it is.
    fn stops_of_group(&self, key: &GroupKey, mut allocs: Vec<&AllocStub>) -> Result<Vec<String>, String> {
        let Some(rule) = self.rules.get(key) else { return Ok(Vec::new()) };
        if let Some(why) = self.kept_by_others(key) {
            return Err(why);
        }
        let group: Vec<&AllocStub> = self.index.of_group(key).collect();
        if rule.count == 1 && self.input.options.singletons == Singletons::Surge {
            // Its second copy comes first.
            return Ok(Vec::new());
        }
        let unseen = group.iter().find_map(|a| Some((a, self.input.run.unseen.get(&a.id)?)));
        // Whoever accepts that something is not well goes on with what is seen to be well.
        let accepted = self.input.options.accept.contains(&Risk::Unhealthy);
        if let Some((alloc, why)) = unseen.filter(|_| !accepted) {
            return Err(format!("not known how {} is: {why}", alloc.name));
        }
        if self.input.run.unprotected {
            allocs = self.of_first_node(key, &group, allocs)?;
        }
        let mut free = self.available(&group).saturating_sub(rule.floor);
        // Those that are not available anyway go first and take nothing from the group.
        allocs.sort_by_key(|a| (self.is_available(a), a.name.clone()));
        // Whatever leaves is followed until it is replaced: no more at once than the floor leaves in a whole group.
        let mut places = rule.count.saturating_sub(rule.floor).saturating_sub(self.on_their_way(key));
        let mut stops = Vec::new();
        for alloc in allocs {
            let costs = u64::from(self.is_available(alloc));
            if places == 0 || costs > free {
                break;
            }
            (free, places) = (free - costs, places - 1);
            stops.push(alloc.id.clone());
        }
        if stops.is_empty() && self.on_their_way(key) == 0 {
            return Err(self.too_few(key, &group, rule.floor));
        }
        Ok(stops)
    }

    /// Without a lock everybody who empties nodes by fleet takes turns by one rule that all can see: the group leaves the node with
    /// the lowest id first. A node on which nothing moves for long is somebody's cordon, and has no turn.
    fn of_first_node<'x>(
        &self,
        key: &GroupKey,
        group: &[&AllocStub],
        allocs: Vec<&'x AllocStub>,
    ) -> Result<Vec<&'x AllocStub>, String> {
        let first = first_to_leave(self.input.picture, group.iter().copied());
        let own = |id: &str| allocs.iter().any(|a| a.node_id == id);
        let Some(first) = first.filter(|id| !own(id)) else {
            let first = first.unwrap_or_default();
            return Ok(allocs.into_iter().filter(|a| a.node_id == first).collect());
        };
        let idle = self.input.run.turns.get(key).filter(|(node, _)| node == first);
        if idle.is_some_and(|(_, since)| self.since(*since) >= NO_TURN) {
            let lowest = allocs.iter().map(|a| a.node_id.clone()).min().unwrap_or_default();
            return Ok(allocs.into_iter().filter(|a| a.node_id == lowest).collect());
        }
        let name = self.node(first).map_or(first, |n| n.name.as_str());
        Err(format!("no lock keeps others away from {key}: it leaves {name} first, whoever empties that"))
    }

    /// Why the servers are not told to drain the node: they go by their own record and by no floor, so that every group they would take
    /// something of has to have one to spare now.
    pub(super) fn kept_from_the_servers(&self, node: &str) -> Option<String> {
        let services =
            self.residents(node).iter().filter(|a| a.job_type == JobType::Service && !is_leaving(a));
        let mut groups: BTreeMap<GroupKey, bool> = BTreeMap::new();
        for alloc in services {
            *groups.entry(GroupKey::of(alloc)).or_default() |= self.is_available(alloc);
        }
        groups.iter().find_map(|(key, costs)| {
            let rule = self.rules.get(key)?;
            if let Some(why) = self.kept_by_others(key) {
                return Some(why);
            }
            // Whoever accepts that something is not well lets the servers go on with what there is.
            if self.input.options.accept.contains(&Risk::Unhealthy) {
                return None;
            }
            let group: Vec<&AllocStub> = self.index.of_group(key).collect();
            let unseen = group.iter().find_map(|a| Some((a, self.input.run.unseen.get(&a.id)?)));
            if let Some((alloc, why)) = unseen {
                return Some(format!("not known how {} is: {why}", alloc.name));
            }
            let spare = self.available(&group).saturating_sub(rule.floor);
            (*costs && spare == 0).then(|| self.too_few(key, &group, rule.floor))
        })
    }

    fn too_few(&self, key: &GroupKey, group: &[&AllocStub], floor: u64) -> String {
        let available = self.available(group);
        format!(
            "too few healthy allocations to take one more away: {key} has {available}, and its floor is {floor}"
        )
    }

    /// The second copy that this rotation has started itself, while the servers deploy it, in words.
    pub(super) fn second_copy_under_way(&self, key: &GroupKey) -> Option<String> {
        let goes_on = |d: &Deployment| !d.has_unpromoted_canaries() && d.status != DeploymentStatus::Paused;
        let deploying = self.deployment_of(key).is_some_and(goes_on);
        (self.is_raised(key) && deploying && !self.deployments_are_accepted())
            .then(|| format!("the second copy of {key} is getting well"))
    }

    fn deployment_of(&self, key: &GroupKey) -> Option<&Deployment> {
        let of_job =
            |d: &&Deployment| d.status.is_active() && d.namespace == key.namespace && d.job_id == key.job;
        self.input.picture.deployments.iter().find(of_job)
    }

    fn deployments_are_accepted(&self) -> bool {
        let risks = [Risk::ActiveDeployment, Risk::PausedDeployment, Risk::UnpromotedCanary];
        risks.iter().any(|r| self.input.options.accept.contains(r))
    }

    /// Why nothing of the group may be stopped, whatever its floor: somebody else decides about it just now.
    pub(super) fn kept_by_others(&self, key: &GroupKey) -> Option<String> {
        if self.deployment_of(key).is_some() && !self.deployments_are_accepted() {
            return Some(format!("waiting for the deployment of {}", key.job));
        }
        let job = key.job_key();
        if let Some(holder) = self.input.run.foreign.get(&job) {
            return Some(format!("waiting for {holder}, which moves {}", key.job));
        }
        let until = self.input.run.alarmed.get(key).filter(|until| **until > self.input.now)?;
        Some(format!(
            "allocations of {key} went away by other hands; nothing of it is stopped for {} s",
            until.duration_since(self.input.now).as_secs().max(1)
        ))
    }
}
