//! What the views of jobs look like.

use serde_json::{Value, json};

use super::{list, show};
use crate::api::nomad::deployment::Deployment;
use crate::api::nomad::job::{JobStatus, JobStub};
use crate::fixtures::body;
use crate::model::ids::JobType;
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

fn views(recording: &str) -> Vec<list::JobRow> {
    body::<Vec<JobStatus>>(recording).into_iter().map(list::JobRow::from).collect()
}

#[test]
fn a_list_shows_what_runs_of_what_is_wanted() {
    insta::assert_snapshot!(screen(100, |p| p.list(&views("jobs-statuses"), "none")), @"
    JOB      TYPE     STATUS   RUNNING  FOUND HEALTHY  DEPLOYMENT  VERSION  SUBMITTED
    web      service  running      3/3              3  successful        0     4m ago
    toobig   service  running      0/1              0  running           0     4m ago
    nightly  batch    running      1/1              -  -                 0     4m ago
    agent    system   running        6              0  running           0     4m ago
    t28      service  running      1/1              1  successful        3     4m ago
    ");
    insta::assert_snapshot!(screen(60, |p| p.list(&views("jobs-statuses-canary"), "none")), @"
    JOB  STATUS   RUNNING  FOUND HEALTHY  DEPLOYMENT
    w    running      3/3              3  awaits promotion
    ");
}

/// The list by counts: which jobs it leaves open, and what it shows of the others.
#[test]
fn counts_tell_what_is_missing_only_with_a_deployment_of_the_same_specification() {
    let stub: JobStub = serde_json::from_value(json!({
        "ID": "web", "Name": "web", "Namespace": "default", "Type": "service", "Status": "running", "JobModifyIndex": 7,
        "JobSummary": {"Summary": {"g": {"Running": 2, "Failed": 1}, "h": {"Running": 1}}, "Children": {"Running": 0}}
    }))
    .unwrap();
    let deployment = |index: u64, status: &str, groups: Value| -> Deployment {
        serde_json::from_value(json!({
            "ID": "d", "Namespace": "default", "JobID": "web", "JobVersion": 4, "JobSpecModifyIndex": index, "Status": status,
            "TaskGroups": groups
        }))
        .unwrap()
    };
    let both = json!({"g": {"DesiredTotal": 3}, "h": {"DesiredTotal": 1}});
    let known = list::JobRow::of_counts(&stub, Some(&deployment(7, "successful", both.clone())));
    assert!(known.is_clear());
    let shown = screen(60, |p| p.list(&[&known], "none"));
    assert!(shown.contains("3/4") && shown.contains("successful") && !shown.contains("HEALTHY"), "{shown}");
    for open in [
        None,
        Some(deployment(6, "successful", both.clone())),
        Some(deployment(7, "running", both)),
        Some(deployment(7, "successful", json!({"g": {"DesiredTotal": 3}}))),
    ] {
        assert!(!list::JobRow::of_counts(&stub, open.as_ref()).is_clear(), "{open:?}");
    }
    let batch = JobStub { job_type: JobType::Batch, ..stub };
    assert!(list::JobRow::of_counts(&batch, None).is_clear());
}

#[test]
fn the_json_of_a_row() {
    insta::assert_snapshot!(formatted(Format::Json, |p| p.list(&views("jobs-statuses-canary")[..1], "none")), @r#"
    [
      {
        "job_id": "w",
        "namespace": "default",
        "job_type": "service",
        "node_pool": "default",
        "priority": 50,
        "status": "running",
        "stopped": false,
        "job_version": 1,
        "wanted": 3,
        "running": 3,
        "found_healthy": 3,
        "pending": 0,
        "not_seen": null,
        "children": null,
        "deployment_status": "running",
        "unpromoted_canaries": true,
        "submitted_at": "2026-11-21T10:50:46.178653322Z"
      }
    ]
    "#);
}

#[test]
fn a_job_shows_its_groups_its_deployment_and_what_it_lacks() {
    let view = show::JobDetail::new(
        body("job-full"),
        body("job-allocations"),
        Some(body("job-deployment-latest")),
        &body::<Vec<_>>("evaluations-blocked"),
        &show::JobContext::default(),
        false,
    );
    insta::assert_snapshot!(screen(100, |p| p.object(&view)), @"
    id          t28
    namespace   default
    type        service
    status      running
    version     3
    submitted   4m ago (2026-11-21T11:05:04Z)
    placed in   pool default, datacenter dc1
    priority    50
    deployment  successful

    Groups
    GROUP  WANTED  RUNNING  HEALTHY  UNHEALTHY  PENDING  FAILED  UNPLACED  STOPPING  CANARIES  COMPLETE
    g           1        1        1          0        0       0         1         0         0         0

    Not placed
    GROUP  NOT PLACED  WHY
    g               1  no room: memory on 3 nodes

    Allocations
    ID        NAME      NODE  STATUS   HEALTH   VERSION  PLACED  LAST EVENT
    ce002575  t28.g[0]  c5    running  healthy        3  5m ago  Started: Task started by client
    ");
    insta::assert_snapshot!(screen(60, |p| p.object(&view)), @"
    id          t28
    namespace   default
    type        service
    status      running
    version     3
    submitted   4m ago (2026-11-21T11:05:04Z)
    placed in   pool default, datacenter dc1
    priority    50
    deployment  successful

    Groups
    GROUP  WANTED  RUNNING  HEALTHY  PENDING  FAILED  UNPLACED
    g           1        1        1        0       0         1

    Not placed
    GROUP  NOT PLACED  WHY
    g               1  no room: memory on 3 nodes

    Allocations
    ID        NAME      NODE  STATUS   HEALTH   VERSION
    ce002575  t28.g[0]  c5    running  healthy        3
    ");
}

#[test]
fn the_json_of_a_job() {
    let view =
        show::JobDetail::new(body("job-full"), Vec::new(), None, &[], &show::JobContext::default(), true);
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view)), @r#"
    {
      "job_id": "t28",
      "namespace": "default",
      "job_type": "service",
      "status": "running",
      "stopped": false,
      "job_version": 3,
      "stable": true,
      "priority": 50,
      "node_pool": "default",
      "datacenters": [
        "dc1"
      ],
      "parent_id": null,
      "periodic": null,
      "schedule": null,
      "parameterized": false,
      "submitted_at": "2026-11-21T11:05:04.629531914Z",
      "groups": [
        {
          "group": "g",
          "wanted": 1,
          "running": 0,
          "healthy": 0,
          "unhealthy": 0,
          "pending": 0,
          "disconnected": 0,
          "stopping": 0,
          "failed": 0,
          "retrying": 0,
          "lost": 0,
          "complete": 0,
          "canaries": 0,
          "healthy_canaries": 0,
          "unhealthy_canaries": 0,
          "not_known": 0,
          "unplaced": 0
        }
      ],
      "deployment": null,
      "unplaced": [],
      "may_still_run": [],
      "not_replaced": [],
      "children": null,
      "allocations": []
    }
    "#);
}

#[test]
fn a_screen_shows_the_newest_and_a_pipe_all() {
    let many: Vec<crate::api::nomad::allocation::AllocStub> = body("job-allocations-failed-canary-norevert");
    let many: Vec<_> = many.iter().cycle().take(40).cloned().collect();
    let bounded =
        show::JobDetail::new(body("job-full"), many.clone(), None, &[], &show::JobContext::default(), false);
    assert!(screen(100, |p| p.object(&bounded)).contains("Allocations (25 more"));
    let all = show::JobDetail::new(body("job-full"), many, None, &[], &show::JobContext::default(), true);
    let lines = formatted(Format::Wide, |p| p.object(&all));
    assert_eq!(lines.lines().filter(|l| l.contains("w.g[")).count(), 40);
}
