use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::nomad::allocation::{AllocStub, ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::{Deployment, DeploymentGroup};
use crate::model::ids::JobType;

const SPEC: u64 = 100;

fn target() -> Target {
    Target { namespace: "default".into(), job: "web".into(), version: 3, spec_index: SPEC, create_index: 10 }
}

fn job(version: u64, count: u64) -> Job {
    serde_json::from_value(json!({
        "ID": "web", "Namespace": "default", "Type": "service", "Version": version, "CreateIndex": 10,
        "JobModifyIndex": SPEC, "TaskGroups": [{"Name": "g", "Count": count, "Update": {"MaxParallel": 1}}]
    }))
    .unwrap()
}

fn deployment(version: u64, status: DeploymentStatus, words: &str) -> Deployment {
    let group = DeploymentGroup { desired_total: 2, ..DeploymentGroup::default() };
    Deployment {
        id: format!("d{version}"),
        namespace: "default".into(),
        job_id: "web".into(),
        job_version: version,
        job_spec_modify_index: SPEC + (version - 3) * 10,
        job_create_index: 10,
        status,
        status_description: words.into(),
        task_groups: BTreeMap::from([("g".to_owned(), group)]),
        create_index: SPEC + 1 + version,
        modify_index: 0,
        create_time: None,
        modify_time: None,
    }
}

fn alloc(id: &str, version: u64, status: &str, healthy: Option<bool>, canary: bool) -> AllocStub {
    serde_json::from_value(json!({
        "ID": id, "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g", "JobVersion": version,
        "DesiredStatus": "run", "ClientStatus": status, "CreateIndex": 50, "ModifyIndex": 60,
        "DeploymentStatus": {"Healthy": healthy, "Canary": canary}
    }))
    .unwrap()
}

fn seen(job: Job, deployments: Vec<Deployment>, allocs: Vec<AllocStub>) -> JobObservation {
    JobObservation { job: Some(job), deployments, allocs, ..JobObservation::default() }
}

fn state(seen: &JobObservation) -> RolloutState {
    look(&target(), seen, Timestamp::UNIX_EPOCH)
}

#[test]
fn an_instance_of_a_job_for_every_node_that_failed_is_not_tried_again() {
    let system = |allocs| {
        let mut job = job(3, 0);
        job.job_type = JobType::System;
        seen(
            job,
            vec![deployment(3, DeploymentStatus::Successful, "Deployment completed successfully")],
            allocs,
        )
    };
    let runs = || AllocStub { node_id: "n1".into(), ..alloc("a", 3, "running", Some(true), false) };
    let failed = || AllocStub { node_id: "n2".into(), ..alloc("b", 3, "failed", Some(true), false) };
    assert_eq!(state(&system(vec![runs()])), RolloutState::Healthy);
    assert!(matches!(
        state(&system(vec![runs(), failed()])),
        RolloutState::Stuck { why } if why.starts_with("web.g[0] has ended (failed) and is not tried again")
    ));
    let again = AllocStub { node_id: "n2".into(), ..alloc("c", 3, "running", Some(true), false) };
    assert_eq!(state(&system(vec![runs(), failed(), again])), RolloutState::Healthy);
}

#[test]
fn a_deployment_that_counts_what_is_disconnected_waits_for_nothing_that_is_not_placed() {
    let group = DeploymentGroup {
        desired_total: 3,
        placed_allocs: 2,
        healthy_allocs: 2,
        ..DeploymentGroup::default()
    };
    let with = |status, words: &str| Deployment {
        task_groups: BTreeMap::from([("g".to_owned(), group.clone())]),
        ..deployment(3, status, words)
    };
    let away = AllocStub { node_name: "c3".into(), ..alloc("away", 2, "unknown", Some(true), false) };
    let allocs = || {
        let well = |id: &str| alloc(id, 3, "running", Some(true), false);
        vec![well("a"), well("b"), away.clone()]
    };
    let beyond = "2 of 2 of g found healthy; the deployment also counts what is out of sight: web.g[0] is on c3, \
                  which is disconnected: it may run there or not";
    let running = state(&seen(job(3, 2), vec![with(DeploymentStatus::Running, "")], allocs()));
    assert_eq!(running, RolloutState::Progressing { waits: beyond.to_owned() });
    let late = "Failed due to progress deadline";
    let failed = state(&seen(job(3, 2), vec![with(DeploymentStatus::Failed, late)], allocs()));
    assert_eq!(
        failed,
        RolloutState::Failed { why: format!("{late}; {beyond}"), rollback: Rollback::None(None) }
    );
}

#[test]
fn what_a_version_leaves_out_may_be_out_of_sight() {
    let stop = |id: &str, version, status: &str| AllocStub {
        desired_status: DesiredStatus::Stop,
        ..alloc(id, version, status, Some(true), false)
    };
    let lost = |modify_index| AllocStub {
        next_allocation: "x".into(),
        modify_index,
        ..stop("replaced-meanwhile", 2, "lost")
    };
    let (meanwhile, index) = (lost(target().spec_index + 1), target().spec_index);
    let replaced = AllocStub { id: "replaced-before".into(), ..lost(index - 1) };
    let all = vec![
        stop("unknown", 2, "unknown"),
        stop("lost", 2, "lost"),
        replaced,
        meanwhile,
        stop("long-lost", 1, "lost"),
        stop("ended", 2, "complete"),
        stop("stops", 2, "running"),
        alloc("away", 3, "unknown", Some(true), false),
    ];
    let all = seen(job(3, 0), Vec::new(), all);
    let told: Vec<&str> = all.out_of_sight(&target()).map(|a| a.id.as_str()).collect();
    assert_eq!(told, ["unknown", "lost", "replaced-meanwhile", "long-lost"]);
}

#[test]
fn a_successful_deployment_is_believed_once_the_allocations_show_it() {
    let good = |id| alloc(id, 3, "running", Some(true), false);
    let d = || vec![deployment(3, DeploymentStatus::Successful, "Deployment completed successfully")];
    assert_eq!(state(&seen(job(3, 2), d(), vec![good("a"), good("b")])), RolloutState::Healthy);
    let starting = alloc("b", 3, "pending", None, false);
    assert!(matches!(
        state(&seen(job(3, 2), d(), vec![good("a"), starting])),
        RolloutState::Progressing { .. }
    ));
    // What failed after it was found healthy, and is not tried again, does not come by waiting.
    let late = alloc("b", 3, "failed", Some(true), false);
    assert!(matches!(
        state(&seen(job(3, 2), d(), vec![good("a"), late.clone()])),
        RolloutState::Stuck { .. }
    ));
    let mut again = seen(job(3, 2), d(), vec![good("a"), late]);
    again.evals = vec![
        serde_json::from_value(json!({"ID": "e", "Namespace": "default", "Status": "pending", "TriggeredBy": "alloc-failure",
            "WaitUntil": "2026-01-01T00:00:00Z", "CreateIndex": 1, "ModifyIndex": 1, "JobID": "web", "Type": "service"}))
        .unwrap(),
    ];
    assert!(matches!(state(&again), RolloutState::Progressing { .. }));
}

#[test]
fn a_job_for_every_node_that_no_node_has_is_not_healthy() {
    let mut system = Job { job_type: JobType::System, ..job(3, 1) };
    system.task_groups[0].update = None;
    let mut none = seen(system, vec![], vec![]);
    assert!(matches!(state(&none), RolloutState::Progressing { .. }), "the scheduler has not looked at it");
    none.evals = vec![
        serde_json::from_value(json!({"ID": "e", "Namespace": "default", "Status": "complete", "CreateIndex": SPEC,
            "ModifyIndex": SPEC, "JobID": "web", "Type": "system", "FailedTGAllocs": {"g": {"NodesEvaluated": 4,
            "ConstraintFiltered": {"${node.class} = nope": 4}}}}))
        .unwrap(),
    ];
    let why = "no node has an instance of it: 4 nodes ruled out by ${node.class} = nope".to_owned();
    assert_eq!(state(&none), RolloutState::Nowhere(Nowhere { why, later: Later::Placed }));
    none.job.as_mut().unwrap().task_groups[0].count = Some(0);
    assert_eq!(state(&none), RolloutState::Healthy, "no instances are wanted");
}

#[test]
fn the_deployment_of_another_version_is_not_taken_for_ours() {
    let old = deployment(3, DeploymentStatus::Successful, "");
    let old = Deployment { job_version: 2, job_spec_modify_index: 90, ..old };
    let allocs =
        vec![alloc("a", 2, "running", Some(true), false), alloc("b", 2, "running", Some(true), false)];
    assert!(matches!(state(&seen(job(3, 2), vec![old], allocs)), RolloutState::Progressing { .. }));
}

#[test]
fn canaries_are_ready_when_they_are_healthy_and_not_when_the_description_says_so() {
    let mut d =
        deployment(3, DeploymentStatus::Running, "Deployment is running but requires manual promotion");
    d.task_groups.get_mut("g").unwrap().desired_canaries = 1;
    let with = |allocs| state(&seen(job(3, 2), vec![d.clone()], allocs));
    assert!(matches!(with(vec![]), RolloutState::Progressing { .. }));
    assert!(matches!(with(vec![alloc("a", 3, "running", None, true)]), RolloutState::Progressing { .. }));
    assert_eq!(
        with(vec![alloc("a", 3, "running", Some(true), true)]),
        RolloutState::CanariesReady { automatic: false }
    );
    assert!(matches!(
        with(vec![alloc("a", 3, "failed", Some(true), true)]),
        RolloutState::Progressing { .. }
    ));
}

#[test]
fn a_failed_deployment_is_followed_into_its_rollback() {
    let words = "Failed due to unhealthy allocations - rolling back to job version 2";
    let failed = deployment(3, DeploymentStatus::Failed, words);
    let rollback = |seen: &JobObservation| match state(seen) {
        RolloutState::Failed { why, rollback } => {
            assert_eq!(why, "Failed due to unhealthy allocations");
            rollback
        }
        other => panic!("{other:?}"),
    };
    let not_yet = seen(job(3, 2), vec![failed.clone()], vec![]);
    assert!(matches!(rollback(&not_yet), Rollback::Progressing(_)));
    let under_way = deployment(4, DeploymentStatus::Running, "");
    assert!(matches!(
        rollback(&seen(job(4, 2), vec![failed.clone(), under_way], vec![])),
        Rollback::Progressing(_)
    ));
    let mut canaries = deployment(4, DeploymentStatus::Running, "");
    canaries.task_groups.get_mut("g").unwrap().desired_canaries = 1;
    let ready = vec![alloc("a", 4, "running", Some(true), true)];
    assert_eq!(
        rollback(&seen(job(4, 2), vec![failed.clone(), canaries], ready)),
        Rollback::WaitsForPromotion(4)
    );
    let good = deployment(4, DeploymentStatus::Successful, "");
    let allocs =
        vec![alloc("a", 4, "running", Some(true), false), alloc("b", 4, "running", Some(true), false)];
    assert_eq!(rollback(&seen(job(4, 2), vec![failed.clone(), good], allocs)), Rollback::Done(4));
    let bad = deployment(4, DeploymentStatus::Failed, "no luck");
    assert_eq!(
        rollback(&seen(job(4, 2), vec![failed.clone(), bad], vec![])),
        Rollback::Failed("no luck".into())
    );
    assert!(matches!(rollback(&seen(job(5, 2), vec![failed], vec![])), Rollback::Failed(_)));
}

#[test]
fn what_others_do_meanwhile_is_told_apart() {
    let running = || vec![deployment(3, DeploymentStatus::Running, "")];
    assert_eq!(state(&JobObservation::default()), RolloutState::Gone);
    assert_eq!(state(&seen(Job { create_index: 99, ..job(0, 2) }, vec![], vec![])), RolloutState::Gone);
    assert_eq!(state(&seen(Job { stop: true, ..job(3, 2) }, running(), vec![])), RolloutState::Stopped);
    assert_eq!(state(&seen(job(4, 2), running(), vec![])), RolloutState::Superseded { by: 4 });
    assert_eq!(
        state(&seen(job(3, 2), vec![deployment(3, DeploymentStatus::Paused, "")], vec![])),
        RolloutState::Paused
    );
}

#[test]
fn crashes_are_counted_and_running_out_of_memory_is_enough() {
    let mut a = alloc("a", 3, "running", None, false);
    let task = |restarts: u64, oom: &str| {
        json!({"State": "running", "Failed": false, "Restarts": restarts, "Events": [
            {"Type": "Started", "Time": 1, "DisplayMessage": "", "Details": {}},
            {"Type": "Terminated", "Time": 2, "DisplayMessage": "", "Details": {"exit_code": "1", "oom_killed": oom}}]})
    };
    a.task_states = serde_json::from_value(json!({"t": task(2, "false")})).unwrap();
    let with =
        |a: &AllocStub| crashes(&target(), &seen(job(3, 1), vec![], vec![a.clone()]), 3, &BTreeMap::new());
    assert_eq!(with(&a), None);
    a.client_status = ClientStatus::Failed;
    assert!(with(&a).unwrap().contains("exit code 1"));
    a.client_status = ClientStatus::Running;
    a.task_states = serde_json::from_value(json!({"t": task(0, "true")})).unwrap();
    assert!(with(&a).unwrap().contains("out of memory"));
}

#[test]
fn what_crashes_most_often_tells_why() {
    let crashing = |id: &str, restarts: u64, code: u64| {
        let mut a = alloc(id, 3, "running", None, false);
        a.task_states = serde_json::from_value(json!({"t": {"State": "running", "Failed": false, "Restarts": restarts, "Events": [
            {"Type": "Started", "Time": 1, "DisplayMessage": "", "Details": {}},
            {"Type": "Terminated", "Time": 2, "DisplayMessage": "", "Details": {"exit_code": code.to_string()}}]}}))
        .unwrap();
        a
    };
    let (rare, often) = (crashing("a", 1, 143), crashing("b", 6, 3));
    for allocs in [vec![rare.clone(), often.clone()], vec![often, rare]] {
        let why = crashes(&target(), &seen(job(3, 2), vec![], allocs), 3, &BTreeMap::new()).unwrap();
        assert!(why.contains("exit code 3"), "{why}");
    }
}

proptest! {
    #[test]
    fn healthy_is_never_said_while_something_is_missing(
        status in 0_usize..5,
        version in 3_u64..5,
        allocs in prop::collection::vec((0_usize..4, prop::option::of(any::<bool>()), any::<bool>(), 2_u64..5), 0..6),
        stop in any::<bool>(),
    ) {
        use DeploymentStatus::{Cancelled, Failed, Paused, Running, Successful};
        let status = [Running, Paused, Failed, Successful, Cancelled][status];
        let allocs: Vec<AllocStub> = allocs
            .iter()
            .enumerate()
            .map(|(i, (client, healthy, canary, version))| {
                alloc(&i.to_string(), *version, ["pending", "running", "failed", "complete"][*client], *healthy, *canary)
            })
            .collect();
        let well = allocs
            .iter()
            .filter(|a| a.job_version == 3 && a.client_status == ClientStatus::Running && a.healthy() == Some(true) && !a.is_canary())
            .count();
        let seen = seen(Job { stop, ..job(version, 2) }, vec![deployment(3, status, "")], allocs);
        if state(&seen) == RolloutState::Healthy {
            prop_assert!(status == Successful && well >= 2 && !stop && version == 3);
        }
    }
}

#[test]
fn what_failed_while_it_was_deployed_is_forgotten_whatever_its_policy_allows() {
    let ended = |seconds: i64| {
        let mut unlimited = job(3, 1);
        unlimited.task_groups[0].reschedule_policy =
            Some(serde_json::from_value(json!({"Unlimited": true})).unwrap());
        let mut failed = alloc("a", 3, "failed", Some(true), false);
        failed.modify_time = Some(Timestamp::from_second(-seconds).unwrap());
        state(&seen(unlimited, vec![deployment(3, DeploymentStatus::Successful, "")], vec![failed]))
    };
    assert!(matches!(ended(5), RolloutState::Progressing { .. }), "its evaluation may not be seen yet");
    assert!(matches!(ended(60), RolloutState::Stuck { .. }));
}

#[test]
fn what_the_servers_try_again_later_is_told_with_the_time() {
    let failed =
        || AllocStub { followup_eval_id: "e1".into(), ..alloc("a", 3, "failed", Some(false), false) };
    let eval = |status: &str, wait: &str| -> Evaluation {
        serde_json::from_value(json!({"ID": "e1", "Namespace": "default", "Status": status, "CreateIndex": SPEC,
            "ModifyIndex": SPEC, "JobID": "web", "Type": "service", "TriggeredBy": "alloc-reschedule", "WaitUntil": wait}))
        .unwrap()
    };
    let told = |evaluation| {
        let d = deployment(3, DeploymentStatus::Failed, "Failed due to unhealthy allocations");
        let mut all = seen(job(3, 1), vec![d], vec![failed()]);
        all.evals = vec![evaluation];
        match state(&all) {
            RolloutState::Failed { why, .. } => why,
            other => panic!("{other:?}"),
        }
    };
    let plain = "Failed due to unhealthy allocations";
    assert_eq!(
        told(eval("pending", "1970-01-01T00:30:00Z")),
        format!("{plain}; web.g[0] is tried again at 1970-01-01T00:30:00Z")
    );
    assert_eq!(told(eval("complete", "1970-01-01T00:30:00Z")), plain, "that try has been");
}
