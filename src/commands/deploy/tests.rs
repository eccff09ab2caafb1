//! How deployments are shown, to people and to machines.

use serde_json::json;

use crate::api::nomad::job::{Job, LaunchedBy};
use crate::commands::shared::jobfile::Spec;
use crate::commands::shared::plan::Plan;
use crate::commands::shared::rollout::Report;
use crate::model::kept_counts::KeptCounts;
use crate::model::rollout::{Counts, Later, Unplaced};
use crate::model::unseen_end::UnseenEnd;
use crate::ops::deploy::{After, End, Meanwhile};
use crate::ops::jobfile::Parsed;
use crate::ui::testing::printed;
use crate::ui::{Format, OutputFlags};

fn job(id: &str) -> Job {
    serde_json::from_value(json!({"ID": id, "Namespace": "default", "Version": 4})).unwrap()
}

fn every_end() -> Vec<End> {
    let unplaced = vec![Unplaced { group: "g".into(), count: 2, why: "no room: memory on 3 nodes".into() }];
    vec![
        End::Healthy { version: 4, unchanged: None },
        End::Healthy { version: 4, unchanged: Some(Counts { good: 6, wanted: 6 }) },
        End::Finished { version: 4, counts: Counts { good: 1, wanted: 1 }, unchanged: false },
        End::Finished { version: 4, counts: Counts { good: 1, wanted: 1 }, unchanged: true },
        End::Idle { version: 4 },
        End::NotKnown { version: 4, why: "its client does not answer".into() },
        End::NotSeenToStop {
            version: 4,
            not_seen: vec![UnseenEnd {
                alloc_id: "01f00326".into(),
                node_id: "n4".into(),
                node_name: "c4".into(),
                node_status: "down".into(),
            }],
        },
        End::Registered { version: 4, by: LaunchedBy::Time },
        End::Registered { version: 4, by: LaunchedBy::Dispatch },
        End::Pending { version: 4, unseen: None, groups: Vec::new() },
        End::Pending { version: 4, unseen: None, groups: vec!["api".into()] },
        End::Pending { version: 4, unseen: Some("its client does not answer".into()), groups: Vec::new() },
        End::CanariesUnwell { version: 4, why: "web.g[0]: check fails".into() },
        End::CanariesNotKnown { version: 4, why: "its client does not answer".into() },
        End::Paused { version: 4 },
        End::RolledBack { why: "Failed due to unhealthy allocations".into(), version: 5 },
        End::Failed {
            version: 4,
            deployment_failed: false,
            why: "it was found healthy and is not now".into(),
            after: After::NotBroughtBack(3),
            back_to: Some(3),
        },
        End::Failed {
            version: 4,
            deployment_failed: true,
            why: "Failed due to progress deadline".into(),
            after: After::NotBroughtBack(3),
            back_to: Some(3),
        },
        End::Nowhere {
            version: 4,
            why: "no node has an instance of it: 3 nodes ruled out by ${node.class} = big".into(),
            later: Later::Placed,
            back_to: None,
        },
        End::Blocked { version: 4, unplaced },
        End::Stopped,
        End::Gone,
        End::Superseded { by: 5 },
        End::TimedOut {
            version: 4,
            waits: "it waits for health: 1 of 2 of g are healthy".into(),
            meanwhile: Meanwhile::GoesOn,
        },
        End::BelowFloor {
            version: 4,
            promotes: true,
            why: "1 of 2 instances of group g at work now".into(),
            meanwhile: Meanwhile::GoesOn,
        },
    ]
}

#[test]
fn every_end_has_a_code_and_a_sentence_of_its_own() {
    let told: Vec<String> =
        every_end().iter().map(|e| format!("{} {}", e.code().number(), e.sentence("web"))).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    0 web: version 4 runs and is healthy
    0 web: nothing to do: 6 of 6 healthy
    0 web: version 4 has ended well, 1 of 1
    0 web: nothing to do, and nothing ran: version 4 had ended well before, 1 of 1
    0 web: version 4 is registered; no instances are wanted
    6 web: whether version 4 is healthy now is not known
    6 web: version 4 is in place; not everything that is not to run with it is known to have stopped
    0 web: version 4 is registered; its runs start by time
    0 web: version 4 is registered; its runs start when it is dispatched
    8 web: the canaries of version 4 are healthy and wait for promotion
    8 web: the canaries of group api of version 4 are healthy and wait for promotion
    8 web: the canaries of version 4 wait for promotion; whether they are healthy now is not known: its client does not answer
    1 web: the canaries of version 4 were found healthy and are not now
    6 web: the canaries of version 4 were not promoted: whether they are healthy now is not known
    8 web: the deployment of version 4 is paused
    9 web: failed and rolled back: the last good version runs again and is healthy, as version 5
    1 web: version 4 failed
    1 web: the deployment failed
    1 web: version 4 is registered and runs nowhere
    6 web: not everything can be placed
    1 web: the job is stopped, so nothing is deployed
    1 web: the job was purged while it was deployed
    1 web: replaced by version 5 before it was finished
    6 web: timed out; the deployment goes on
    7 web: the canaries of version 4 were not promoted: that would take it below its floor
    ");
    let sentences: std::collections::BTreeSet<String> =
        every_end().iter().map(|e| e.sentence("web")).collect();
    assert_eq!(sentences.len(), every_end().len());
}

#[test]
fn a_report_is_a_table_for_people_and_names_the_end_for_machines() {
    let report = || {
        let mut report = Report::default();
        report.add(&job("db"), End::Healthy { version: 4, unchanged: None });
        report.add(&job("web"), End::RolledBack { why: "it crashed".into(), version: 5 });
        report
    };
    let (table, _) = printed(Some(100), &OutputFlags::default(), |p| p.object(&report()));
    insta::assert_snapshot!(table, @r"
    Deployments
    JOB  VERSION  RESULT
    db         4  version 4 runs and is healthy
    web        5  failed and rolled back: the last good version runs again and is healthy, as version
                  5
    ");
    let flags = OutputFlags { output: Some(Format::JsonLines), ..OutputFlags::default() };
    let (json, _) = printed(None, &flags, |p| p.object(&report()));
    insta::assert_snapshot!(json, @r#"{"jobs":[{"job_id":"db","namespace":"default","end":"healthy","job_version":4,"exit_code":0},{"job_id":"web","namespace":"default","end":"rolled-back","why":"it crashed","job_version":5,"exit_code":9}],"evidence":[]}"#);
}

#[test]
fn a_plan_names_what_changes_what_happens_and_what_finds_no_place() {
    let parsed = Parsed {
        path: "web.hcl".into(),
        job: json!({"ID": "web"}),
        submission: Default::default(),
        values: Vec::new(),
    };
    let spec = Spec { parsed, namespace: "default".into(), secrets: Default::default(), elsewhere: None };
    let reply = serde_json::from_value(json!({
        "JobModifyIndex": 12,
        "Warnings": "1 warning:\n\n* group g is odd",
        "Annotations": {"DesiredTGUpdates": {"g": {"Ignore": 1, "DestructiveUpdate": 2, "Place": 1}}},
        "FailedTGAllocs": {"g": {"NodesEvaluated": 3, "DimensionExhausted": {"memory": 3}}},
        "Diff": {"Type": "Edited", "TaskGroups": [{"Type": "Edited", "Name": "g", "Tasks": [{"Type": "Edited", "Name": "t",
            "Annotations": ["forces create/destroy update"], "Fields": [
                {"Type": "Edited", "Name": "Env[TOKEN]", "Old": "a", "New": "b"}],
            "Objects": [{"Type": "Edited", "Name": "Config", "Fields": [
                {"Type": "Edited", "Name": "image", "Old": "web:1", "New": "web:2"}]}]}]}]}
    }))
    .unwrap();
    let (text, _) = printed(Some(100), &OutputFlags::default(), |p| {
        p.object(&Plan::new(&spec, &reply, &KeptCounts::default()))
    });
    insta::assert_snapshot!(text, @r"
    job   web (namespace default)
    plan  the job changes

    Changes
    group g
      ~ task t: forces create/destroy update
        ~ Env[TOKEN]: changed (not shown)
        ~ Config.image: web:1 → web:2

    Effects
    GROUP  STAY  IN PLACE  REPLACED  CANARIES  STARTED  STOPPED  MOVED  PREEMPTED
    g         1         0         2         0        1        0      0          0

    After this first step the other instance of g is replaced too.

    Cannot be placed
    GROUP  UNPLACED  WHY
    g             1  no room: memory on 3 nodes

    Warnings
    group g is odd
    ");
}
