//! What the views of allocations look like.

use super::show;
use crate::api::nomad::allocation::{AllocStub, Allocation};
use crate::commands::shared::alloc::AllocRow;
use crate::fixtures::body;
use crate::model::alloc_diagnosis::{AllocContext, why};
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

fn views(recording: &str) -> Vec<AllocRow> {
    body::<Vec<AllocStub>>(recording).into_iter().map(AllocRow::from).collect()
}

#[test]
fn a_list_shows_state_and_health() {
    let views = views("job-allocations-migrating");
    insta::assert_snapshot!(screen(100, |p| p.list(&views, "none")), @"
    ID        NAME     NODE  STATUS    HEALTH   VERSION   PLACED
    2c845f96  s7.g[0]  c1    complete  -              0  14m ago
    76606830  s7.g[0]  c2    running   healthy        0  14m ago
    ");
    insta::assert_snapshot!(screen(50, |p| p.list(&views, "none")), @"
    ID        NAME     NODE  STATUS    HEALTH
    2c845f96  s7.g[0]  c1    complete  -
    76606830  s7.g[0]  c2    running   healthy
    ");
}

#[test]
fn a_pipe_gets_every_column_with_exact_values() {
    insta::assert_snapshot!(formatted(Format::Wide, |p| p.list(&views("job-allocations-lost")[..2], "none")), @"
    ID                                    NAME       NAMESPACE  NODE  STATUS   HEALTH   VERSION                PLACED  REPLACED BY                           DESIRED
    22e1edcb-af1b-76f4-0d74-cb550afeded1  web4.g[2]  default    c6    running  healthy        0  2026-11-21T10:58:12Z  -                                     -
    415f3c4b-fd25-1d19-9fdd-013b6c304003  web4.g[1]  default    c2    lost     -              0  2026-11-21T10:57:47Z  b9a1d866-935e-ee90-c378-081f903b763c  alloc is lost since its node is down
    ");
}

#[test]
fn the_json_of_a_row() {
    let one = &views("job-allocations-rescheduled")[..1];
    insta::assert_snapshot!(formatted(Format::Json, |p| p.list(one, "none")), @r#"
    [
      {
        "alloc_id": "04df7299-d19b-6e47-81fc-0b7b5f7bfea5",
        "alloc_name": "flaky.g[0]",
        "namespace": "default",
        "job_id": "flaky",
        "job_type": "service",
        "job_version": 0,
        "group": "g",
        "node_id": "c783f447-8011-8bb4-af07-9ae8eb83dde7",
        "node_name": "c5",
        "status": "failed",
        "desired_status": "stop",
        "desired_description": "",
        "healthy": false,
        "canary": false,
        "replacement_alloc_id": "067047bf-87d4-37be-bf9b-927661cda8de",
        "created_at": "2026-11-21T10:57:04.038898667Z",
        "modified_at": "2026-11-21T10:57:09.189571341Z"
      }
    ]
    "#);
}

#[test]
fn a_failed_allocation_is_explained() {
    let failed: Allocation = body("allocation-failed");
    let reasons = why(&failed, AllocContext::default());
    let view = show::AllocDetail::new(failed, reasons, None);
    insta::assert_snapshot!(screen(80, |p| p.object(&view)), @r#"
    id          50f96bb9-5a9f-ca62-3acf-2243bd61d26a
    name        oomish.g[0]
    namespace   default
    job         oomish, version 0
    node        c4 (e29af9b9-5d96-6d36-8e9e-0e9523930c16)
    status      failed
    health      unhealthy
    resources   100 MHz, 64 MiB
    placed      4m ago (2026-11-21T11:05:10Z)
    changed     4m ago (2026-11-21T11:05:11Z)
    deployment  223300e3-b30f-bdcd-be98-0c0fa698a91a

    Why
    it failed
    task t ended with exit code 3; restarted once so far; not restarted: Exceeded
    allowed attempts 1 in interval 5m0s and mode is "fail"
    not retried: the job's reschedule block allows no more attempts

    Tasks
    TASK  STATE   RESTARTS  LAST EXIT  STARTED   ENDED
    t     failed         1          3   4m ago  4m ago

    Events
      WHEN  TASK  EVENT            MESSAGE
    4m ago  t     Received         Task received by client
    4m ago  t     Task Setup       Building Task Directory
    4m ago  t     Started          Task started by client
    4m ago  t     Terminated       Exit Code: 3
    4m ago  t     Restarting       Task restarting in 1.156064407s
    4m ago  t     Started          Task started by client
    4m ago  t     Terminated       Exit Code: 3
    4m ago  t     Not Restarting   Exceeded allowed attempts 1 in interval 5m0s
                                   and mode is "fail"
    4m ago  t     Alloc Unhealthy  Unhealthy because of failed task
    "#);
}

#[test]
fn the_json_of_an_allocation() {
    let mut alloc: Allocation = body("allocation-full");
    alloc.task_states.values_mut().for_each(|t| t.events.truncate(1));
    let reasons = why(&alloc, AllocContext::default());
    let view = show::AllocDetail::new(alloc, reasons, None);
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view)), @r#"
    {
      "alloc_id": "ce002575-e1ab-33a3-bbea-1ddbafe8a05a",
      "alloc_name": "t28.g[0]",
      "namespace": "default",
      "job_id": "t28",
      "job_type": "service",
      "job_version": 3,
      "group": "g",
      "node_id": "c783f447-8011-8bb4-af07-9ae8eb83dde7",
      "node_name": "c5",
      "status": "running",
      "desired_status": "run",
      "healthy": true,
      "now": null,
      "canary": false,
      "why": [
        "running and healthy"
      ],
      "cpu_mhz": 100,
      "memory_mib": 64,
      "ports": [],
      "tasks": [
        {
          "task": "t",
          "state": "running",
          "failed": false,
          "restarts": 0,
          "exit_code": null,
          "signal": null,
          "out_of_memory": null,
          "started_at": "2026-11-21T11:04:56.170086974Z",
          "finished_at": null
        }
      ],
      "events": [
        {
          "at": "2026-11-21T11:04:56.105463163Z",
          "task": "t",
          "event": "Received",
          "message": "Task received by client"
        }
      ],
      "reschedules": [],
      "previous_alloc_id": null,
      "replacement_alloc_id": null,
      "deployment_id": "eebbe33b-9ef4-b545-004d-50780fe1c184",
      "eval_id": "a96c14fd-49af-a9f4-08d3-6ddf430a91fa",
      "tried_again_at": null,
      "created_at": "2026-11-21T11:04:56.07431553Z",
      "modified_at": "2026-11-21T11:05:06.764880568Z"
    }
    "#);
}
