//! What keeps a deployment from going on, or from being well.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::Job;
use crate::model::ids::short;
use crate::model::present_health::PresentHealth;
use crate::model::rollout::look;
use crate::model::update_floor::{Standing, standing};

/// An instance of a deployment that is not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBy {
    /// Which, and how it is, in words.
    pub why: String,
    /// Whether the servers have it for unhealthy: as long as they do, they replace nothing more (`nomad-api.md §3.6`).
    pub by_record: bool,
}

/// What keeps a deployment: instances that the servers found unhealthy, for they never look at one again, and those that are broken
/// at this moment. One that has failed and is to be tried again is on its way. `present` is how those that run do, by their ids.
#[must_use]
pub fn kept(
    job: &Job,
    deployment: &Deployment,
    allocs: &[AllocStub],
    present: &BTreeMap<String, PresentHealth>,
    now: Timestamp,
) -> Vec<KeptBy> {
    let tried_again = |a: &AllocStub| a.client_status.is_terminal() && !a.followup_eval_id.is_empty();
    let mut kept = Vec::new();
    for alloc in look::of_deployed(deployment, allocs).filter(|a| !tried_again(a)) {
        let which = format!("{} ({}, on {})", alloc.name, short(&alloc.id), alloc.node_name);
        let running = present.get(&alloc.id).filter(|_| !alloc.client_status.is_terminal());
        let broken = running.zip(job.group(&alloc.task_group)).and_then(|(health, group)| {
            match standing(alloc, group, health, now) {
                (Standing::Broken, why) => Some(why),
                _ => None,
            }
        });
        let broken = match running {
            None if alloc.client_status.is_terminal() => Some(format!("it is {}", alloc.client_status)),
            _ => broken,
        };
        let by_record = alloc.healthy() == Some(false);
        match (by_record, broken) {
            (true, Some(now)) => {
                let why = format!(
                    "the servers found {which} unhealthy, and replace nothing more while it stands; now: {now}"
                );
                kept.push(KeptBy { why, by_record });
            }
            (true, None) => {
                let why = format!(
                    "the servers found {which} unhealthy, and replace nothing more while it stands: they do not look again"
                );
                kept.push(KeptBy { why, by_record });
            }
            (false, Some(now)) => kept.push(KeptBy { why: format!("{which}: {now}"), by_record }),
            (false, None) => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::present_health::HealthVerdict;
    use serde_json::json;

    fn said(status: &str, healthy: Option<bool>, verdict: HealthVerdict, followup: &str) -> Vec<KeptBy> {
        let job: Job = serde_json::from_value(
            json!({"ID": "web", "Namespace": "default", "Type": "service", "Version": 1,
            "CreateIndex": 1, "JobModifyIndex": 9, "TaskGroups": [{"Name": "g", "Count": 1}]}),
        )
        .unwrap();
        let deployment: Deployment = serde_json::from_value(json!({"ID": "d", "Namespace": "default", "JobID": "web",
            "JobVersion": 1, "JobCreateIndex": 1, "Status": "running", "TaskGroups": {"g": {}}, "CreateIndex": 9, "ModifyIndex": 9}))
        .unwrap();
        let alloc: AllocStub = serde_json::from_value(json!({"ID": "c783f447-8011", "Name": "web.g[0]", "Namespace": "default",
            "JobID": "web", "TaskGroup": "g", "JobVersion": 1, "NodeID": "n", "NodeName": "c1", "DesiredStatus": "run",
            "ClientStatus": status, "CreateIndex": 9, "ModifyIndex": 9, "FollowupEvalID": followup,
            "CreateTime": 1_000_000_000_000_i64,
            "DeploymentStatus": {"Healthy": healthy}, "TaskStates": {"t": {"State": "running", "StartedAt": "1970-01-01T00:20:00Z"}}}))
        .unwrap();
        let reasons =
            if verdict == HealthVerdict::Healthy { vec![] } else { vec!["check http fails".to_owned()] };
        let health = PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately: 0 };
        let present = BTreeMap::from([(alloc.id.clone(), health)]);
        kept(&job, &deployment, &[alloc], &present, Timestamp::from_second(100_000).unwrap())
    }

    #[test]
    fn what_the_servers_found_unhealthy_keeps_it_and_what_is_broken_now_is_told() {
        let (good, bad) = (HealthVerdict::Healthy, HealthVerdict::Unhealthy);
        assert!(said("running", Some(true), good, "").is_empty());
        let both = said("running", Some(false), bad, "");
        assert_eq!(
            both[0].why,
            "the servers found web.g[0] (c783f447, on c1) unhealthy, and replace nothing more while it stands; now: check \
             http fails"
        );
        assert!(both[0].by_record);
        assert!(said("running", Some(false), good, "")[0].by_record, "they do not look again");
        let now = said("running", Some(true), bad, "");
        assert_eq!(
            now,
            [KeptBy { why: "web.g[0] (c783f447, on c1): check http fails".into(), by_record: false }]
        );
        assert!(said("failed", Some(false), bad, "e").is_empty(), "it is tried again");
        assert_eq!(said("failed", None, bad, "").len(), 1);
    }
}
