//! What the views of deployments look like.

use std::collections::BTreeMap;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::Deployment;
use crate::commands::shared::deployment::{DeploymentDetail, DeploymentRow};
use crate::fixtures::body;
use crate::model::present_health::{HealthVerdict, PresentHealth};
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

#[test]
fn a_list_shows_how_far_they_are() {
    let views: Vec<DeploymentRow> =
        body::<Vec<Deployment>>("deployments-list").into_iter().take(4).map(DeploymentRow::from).collect();
    insta::assert_snapshot!(screen(100, |p| p.list(&views, "none")), @"
    ID        JOB  VERSION  STATUS      FOUND HEALTHY   BEGAN  SAYS
    5972579b  t28        0  successful            1/1  5m ago  Deployment completed successfully
    7c5e8295  t28        1  cancelled             0/1  5m ago  Cancelled due to newer version of job
    624507ef  t28        2  cancelled             1/1  5m ago  Cancelled due to newer version of job
    eebbe33b  t28        3  successful            1/1  4m ago  Deployment completed successfully
    ");
    insta::assert_snapshot!(formatted(Format::JsonLines, |p| p.list(&views[..1], "none")), @r#"{"deployment_id":"5972579b-ccd6-4f8b-671e-b0f0f71c6ca5","namespace":"default","job_id":"t28","job_version":0,"status":"successful","status_description":"Deployment completed successfully","desired":1,"placed":1,"found_healthy":1,"found_unhealthy":0,"unpromoted_canaries":false,"created_at":"2026-11-21T11:04:56.073747647Z","modified_at":"2026-11-21T11:05:00.013306996Z"}"#);
}

/// How they do, when each does as its verdict says.
fn verdicts(allocs: &[AllocStub], verdict: HealthVerdict) -> BTreeMap<String, PresentHealth> {
    let reasons = if verdict == HealthVerdict::Healthy { vec![] } else { vec!["check fails".to_owned()] };
    let now = PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately: 0 };
    allocs.iter().map(|a| (a.id.clone(), now.clone())).collect()
}

fn now(allocs: &[AllocStub]) -> BTreeMap<String, PresentHealth> {
    verdicts(allocs, HealthVerdict::Healthy)
}

#[test]
fn a_canary_that_was_found_healthy_and_is_not_now() {
    let allocs: Vec<AllocStub> = body("deployment-allocations-canary");
    let shown = |verdict| {
        let present = verdicts(&allocs, verdict);
        let view = DeploymentDetail::new(body("deployment-needs-promotion"), &allocs, &present, true);
        let text = screen(100, |p| p.object(&view));
        text.lines()
            .filter(|l| ["now", "GROUP", "g ", "1f4d"].iter().any(|w| l.starts_with(w)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(shown(HealthVerdict::Unhealthy), @r"
    now        the canaries were found healthy and are not now: w.g[0]: check fails
    GROUP  DESIRED  PLACED  HEALTHY  UNHEALTHY  CANARIES  ON FAILURE  PROGRESS BY
    g            3       1        0          1       0/1  reverts               -
    1f4d042f  w.g[0]  c2    running  canary, unhealthy        1  19m ago
    ");
    insta::assert_snapshot!(shown(HealthVerdict::NotKnown), @r"
    now        whether the canaries are healthy now is not known: w.g[0]: check fails
    GROUP  DESIRED  PLACED  HEALTHY  UNHEALTHY  NOT KNOWN  CANARIES  ON FAILURE  PROGRESS BY
    g            3       1        0          0          1       0/1  reverts               -
    1f4d042f  w.g[0]  c2    running  not known        1  19m ago
    ");
}

#[test]
fn a_canary_that_waits_for_promotion() {
    let allocs: Vec<AllocStub> = body("deployment-allocations-canary");
    let view = DeploymentDetail::new(body("deployment-needs-promotion"), &allocs, &now(&allocs), true);
    insta::assert_snapshot!(screen(100, |p| p.object(&view)), @"
    id         ebda0f29-8f22-f229-2471-31a7b941c739
    job        w, version 1
    namespace  default
    status     running: Deployment is running but requires manual promotion
    now        the canaries are healthy: ready to be promoted
    began      19m ago (2026-11-21T10:50:46Z)
    changed    19m ago (2026-11-21T10:50:47Z)

    Groups
    GROUP  DESIRED  PLACED  HEALTHY  UNHEALTHY  CANARIES  ON FAILURE  PROGRESS BY
    g            3       1        1          0       1/1  reverts               -

    Allocations
    ID        NAME    NODE  STATUS   HEALTH           VERSION   PLACED
    1f4d042f  w.g[0]  c2    running  canary, healthy        1  19m ago
    ");
    let view = DeploymentDetail::new(body("deployment-needs-promotion"), &allocs, &now(&allocs), false);
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view)), @r#"
    {
      "deployment_id": "ebda0f29-8f22-f229-2471-31a7b941c739",
      "namespace": "default",
      "job_id": "w",
      "job_version": 1,
      "status": "running",
      "status_description": "Deployment is running but requires manual promotion",
      "waits_for": "the canaries are healthy: ready to be promoted",
      "ready_for_promotion": true,
      "fails_at": null,
      "groups": [
        {
          "group": "g",
          "desired": 3,
          "placed": 1,
          "healthy": 1,
          "unhealthy": 0,
          "not_known": 0,
          "desired_canaries": 1,
          "healthy_canaries": 1,
          "promoted": false,
          "auto_promote": false,
          "auto_revert": true,
          "fails_at": null
        }
      ],
      "created_at": "2026-11-21T10:50:46.263300411Z",
      "modified_at": "2026-11-21T10:50:47.775289221Z"
    }
    "#);
}

#[test]
fn a_failure_says_why() {
    let view = DeploymentDetail::new(body("deployment-failed-reverting"), &[], &BTreeMap::new(), true);
    insta::assert_snapshot!(screen(120, |p| p.object(&view)), @"
    id         66120fcd-cd1a-e8ba-2805-32630fe46c0b
    job        w, version 3
    namespace  default
    status     failed: Failed due to progress deadline - rolling back to job version 2
    began      18m ago (2026-11-21T10:51:16Z)
    changed    18m ago (2026-11-21T10:51:28Z)

    Groups
    GROUP  DESIRED  PLACED  HEALTHY  UNHEALTHY  CANARIES  ON FAILURE  PROGRESS BY
    g            3       3        0          3       0/1  reverts               -
    ");
}
