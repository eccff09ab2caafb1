//! What the tests of looks at a version are about: a job of two instances, at version 2.

use serde_json::json;

use super::{JobObservation, Target};
use crate::api::nomad::allocation::AllocStub;
use crate::model::present_health::{HealthVerdict, PresentHealth};

pub(super) fn target() -> Target {
    Target { namespace: "default".into(), job: "web".into(), version: 2, spec_index: 100, create_index: 10 }
}

pub(super) fn alloc(id: &str, version: u64, more: &serde_json::Value) -> AllocStub {
    let mut row = json!({
        "ID": id, "Name": format!("web.g[{id}]"), "Namespace": "default", "JobID": "web", "TaskGroup": "g",
        "JobVersion": version, "NodeID": "n1", "NodeName": "c1", "DesiredStatus": "run", "ClientStatus": "running",
        "CreateIndex": 110, "ModifyIndex": 120, "DeploymentStatus": {"Healthy": true, "ModifyIndex": 115},
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(row).unwrap()
}

pub(super) fn seen(kind: &str, allocs: Vec<AllocStub>) -> JobObservation {
    let job = json!({"ID": "web", "Namespace": "default", "Type": kind, "Version": 2, "CreateIndex": 10,
        "JobModifyIndex": 100, "TaskGroups": [{"Name": "g", "Count": 2}]});
    JobObservation { job: serde_json::from_value(job).unwrap(), allocs, ..JobObservation::default() }
}

pub(super) fn health(verdict: HealthVerdict) -> PresentHealth {
    let reasons = if verdict == HealthVerdict::Healthy { vec![] } else { vec!["check fails".to_owned()] };
    PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately: 0 }
}
