//! What the checks of the services in hand say now: Nomad's record of an allocation's health does not change when they fail.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::model::group::GroupKey;
use crate::model::ids::JobKey;
use crate::model::{present_health, service_name};
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::Progress;
use crate::ops::present_health::Sources;
use crate::ops::rotate::decide::Decision;
use crate::ops::rotate::rotation::Rotation;

/// How often checks are asked about while nothing is decided by them.
const EVERY: Duration = Duration::from_secs(3);

impl Rotation<'_> {
    /// Reads the checks of everything whose group is in hand, unless that was done just now.
    pub(super) async fn read_checks(&mut self, picture: &ClusterPicture, decision: &Decision, afresh: bool) {
        let now = self.recorder.now();
        let due = self.checked_at.is_none_or(|at| self.since(at) >= EVERY);
        if !due && !afresh {
            return;
        }
        self.checked_at = Some(now);
        let replacements: BTreeSet<&str> =
            decision.progress.values().filter_map(Progress::replacement).collect();
        let mut by_job: BTreeMap<JobKey, Vec<AllocStub>> = BTreeMap::new();
        for alloc in picture.allocs.iter().filter(|a| a.client_status == ClientStatus::Running) {
            let key = GroupKey::of(alloc);
            let Some(group) = picture.jobs.get(&key.job_key()).and_then(|d| d.job.group(&key.group)) else {
                continue;
            };
            // Nomad's checks are asked of each node: only of those that have just come.
            let by_nomad = present_health::checked_by_nomad(group).next().is_some();
            let in_consul = || present_health::checked_by_consul(group);
            // A name that is known only on the node cannot be asked for; that is told when the node is verified.
            let named = in_consul().all(|s| service_name::known(&s.name, alloc).is_some());
            let by_consul = self.consul.is_some() && named && in_consul().next().is_some();
            let new = replacements.contains(alloc.id.as_str());
            let asked = if by_nomad { new } else { by_consul };
            if asked && decision.rules.contains_key(&key) && self.is_in_hand(&key) {
                by_job.entry(key.job_key()).or_default().push(alloc.clone());
            }
        }
        let mut sources = Sources::new(&self.nomad, self.consul.as_ref()).without_nodes();
        if self.consul.is_none() {
            sources = sources.without_consul();
        }
        let (mut failing, mut unseen) = (BTreeMap::new(), BTreeMap::new());
        for (job, allocs) in by_job {
            let Some(document) = picture.jobs.get(&job) else { continue };
            for (id, health) in sources.of_job(&document.job, &allocs, now).await {
                if let Some(why) = health.checks.failing.first() {
                    failing.insert(id, why.clone());
                } else if let Some(why) = health.checks.not_known.first() {
                    unseen.insert(id, why.clone());
                }
            }
        }
        (self.run.failing, self.run.unseen) = (failing, unseen);
    }

    /// Whether something of the group has left or is to leave a node that was begun.
    fn is_in_hand(&self, key: &GroupKey) -> bool {
        let begun = self.recorder.memory.emptied.iter().filter(|(node, _)| self.run.begun.contains(*node));
        begun.flat_map(|(_, all)| all).any(|a| a.group() == *key)
    }
}
