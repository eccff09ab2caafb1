//! What the views of evaluations look like.

use super::{list, show};
use crate::api::nomad::evaluation::Evaluation;
use crate::fixtures::body;
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

#[test]
fn a_list_shows_what_is_not_placed() {
    let views: Vec<list::EvalRow> =
        body::<Vec<Evaluation>>("evaluations-blocked").into_iter().map(list::EvalRow::from).collect();
    insta::assert_snapshot!(screen(90, |p| p.list(&views, "none")), @"
    ID        JOB     TYPE     TRIGGERED BY   STATUS   UNPLACED     MADE
    e2cd58ad  bigm    service  queued-allocs  blocked         1  22m ago
    26a37eb4  pinold  service  queued-allocs  blocked         2  21m ago
    a293412e  dh      service  queued-allocs  blocked         3  21m ago
    ");
}

#[test]
fn an_evaluation_explains_what_it_could_not_place() {
    let view = show::EvalDetail::from(body::<Evaluation>("evaluation-complete-failed-placements"));
    insta::assert_snapshot!(screen(80, |p| p.object(&view)), @"
    id                  130ead04-92ba-f650-86dc-87ca8bcfb4a5
    job                 blk
    namespace           default
    type                service
    triggered by        job-register
    status              complete: the scheduler ran, but could not place everything
    deployment          c8e68466-e481-f92c-da60-c6a29638036c
    blocked evaluation  d107c4ff-e97e-dc2c-1d77-2bf250f6de3c
    created             17m ago (2026-11-21T10:52:52Z)
    changed             17m ago (2026-11-21T10:52:52Z)
    more                fleet job show -n default blk

    Not placed
    GROUP  NOT PLACED  WHY
    g               1  no room: memory on 3 nodes
    ");
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view)), @r#"
    {
      "eval_id": "130ead04-92ba-f650-86dc-87ca8bcfb4a5",
      "namespace": "default",
      "job_id": "blk",
      "job_type": "service",
      "triggered_by": "job-register",
      "priority": 50,
      "status": "complete",
      "status_description": "",
      "why": "the scheduler ran, but could not place everything",
      "unplaced": [
        {
          "group": "g",
          "count": 1,
          "why": "no room: memory on 3 nodes",
          "nodes_evaluated": 3,
          "nodes_filtered": 0,
          "nodes_exhausted": 3
        }
      ],
      "node_id": null,
      "deployment_id": "c8e68466-e481-f92c-da60-c6a29638036c",
      "previous_eval_id": null,
      "next_eval_id": null,
      "blocked_eval_id": "d107c4ff-e97e-dc2c-1d77-2bf250f6de3c",
      "wait_until": null,
      "created_at": "2026-11-21T10:52:52.581488039Z",
      "modified_at": "2026-11-21T10:52:52.678472343Z"
    }
    "#);
}
