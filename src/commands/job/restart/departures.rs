//! What other hands do to the instances meanwhile: what they moved has just started, and what nobody wants needs no restart.

use std::collections::BTreeSet;

use super::restarting::Restarting;
use super::runs;
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::error::Result;
use crate::model::group::GroupKey;
use crate::model::ids::short;
use crate::ops::migration::floors::{FloorPolicy, Rule, Unwanted};
use crate::ops::migration::snapshot::{self, JobDocument};

impl Restarting<'_> {
    /// What somebody else moves meanwhile needs no restart any more: what takes its place has just started, and stands for it. One that
    /// failed when it was restarted is not moved, but did not come back. What was seen, in words.
    pub(super) fn see_replaced(&mut self, latest: &[AllocStub]) -> Vec<String> {
        let now = self.app.clock().now();
        let Restarting { chosen, asked, replaced, .. } = self;
        let moved = |l: &AllocStub, asked: bool| {
            l.desired_status != DesiredStatus::Run && !(asked && l.client_status == ClientStatus::Failed)
        };
        let mut lines = Vec::new();
        for alloc in chosen.iter_mut() {
            let asked = asked.contains_key(&alloc.id);
            let seen = latest.iter().find(|l| l.id == alloc.id && moved(l, asked));
            let Some(seen) = seen else { continue };
            if let Some(next) = latest.iter().find(|l| l.id == seen.next_allocation) {
                let how = match seen.client_status {
                    ClientStatus::Lost => "was lost",
                    ClientStatus::Failed => "failed",
                    _ => "was stopped by somebody",
                };
                lines.push(format!(
                    "{} ({}) {how}; its replacement is {} on {}",
                    alloc.name,
                    short(&alloc.id),
                    short(&next.id),
                    next.node_name
                ));
                replaced.insert(next.id.clone(), now);
                *alloc = next.clone();
            }
        }
        lines
    }

    /// Looks whether anybody still wants what was told to stop and has no replacement.
    pub(super) async fn see_left(&mut self, latest: &[AllocStub]) -> Result<()> {
        let stopped = |alloc: &AllocStub| match latest.iter().find(|l| l.id == alloc.id) {
            Some(seen) => {
                seen.desired_status != DesiredStatus::Run && seen.client_status != ClientStatus::Failed
            }
            None => true,
        };
        let gone = |a: &&AllocStub| !self.left.contains_key(&a.id) && stopped(a);
        let gone: Vec<AllocStub> = self.chosen.iter().filter(gone).cloned().collect();
        let Some(first) = gone.first() else { return Ok(()) };
        let key = GroupKey::of(first).job_key();
        let jobs = snapshot::read_jobs(&self.nomad, &BTreeSet::from([key.clone()])).await?;
        let document = jobs.get(&key);
        for alloc in gone {
            if let Some(why) = unwanted(&alloc, document, latest) {
                self.left.insert(alloc.id, why);
            }
        }
        Ok(())
    }
}

/// Why nobody wants the allocation any more, by the rules a rotation goes by; none when somebody does.
fn unwanted(alloc: &AllocStub, document: Option<&JobDocument>, latest: &[AllocStub]) -> Option<Unwanted> {
    let key = GroupKey::of(alloc);
    let rule = Rule::of(&key, document, &[], &FloorPolicy::default());
    let there = latest.iter().filter(|a| key.owns(a) && runs(a) && !a.is_canary()).count() as u64;
    let complete = !alloc.job_type.is_per_node() && there >= rule.count;
    if rule.is_younger_than(alloc) {
        return Some(Unwanted::JobAnew);
    }
    rule.unwanted.or_else(|| complete.then_some(Unwanted::Complete))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn alloc(id: &str, desired: &str, client: &str) -> AllocStub {
        serde_json::from_value(json!({
            "ID": id, "Name": id, "Namespace": "default", "JobID": "web", "JobType": "service", "TaskGroup": "g", "NodeID": "n",
            "DesiredStatus": desired, "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap()
    }

    fn document(count: u64, stop: bool) -> JobDocument {
        let spec = json!({"ID": "web", "Namespace": "default", "Type": "service", "Stop": stop,
            "TaskGroups": [{"Name": "g", "Count": count}]});
        JobDocument { job: serde_json::from_value(spec.clone()).unwrap(), spec }
    }

    #[test]
    fn what_nobody_wants_any_more_is_told_from_what_is_missing() {
        let gone = alloc("a", "stop", "complete");
        let latest = [gone.clone(), alloc("b", "run", "running")];
        let why = |document: Option<&JobDocument>| unwanted(&gone, document, &latest);
        assert_eq!(why(Some(&document(2, false))), None);
        assert_eq!(why(Some(&document(1, false))), Some(Unwanted::Complete));
        assert_eq!(why(Some(&document(0, false))), Some(Unwanted::ScaledToZero));
        assert_eq!(why(Some(&document(2, true))), Some(Unwanted::JobStopped));
        assert_eq!(why(None), Some(Unwanted::JobGone));
    }
}
