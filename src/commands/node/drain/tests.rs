//! What a drain tells, and what it ends with.

use std::collections::BTreeMap;

use super::report::Report;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::NodeStub;
use crate::error::Error;
use crate::exit_code::ExitCode;
use crate::fixtures::body;
use crate::model::drain_end::DrainEnd;
use crate::ops::drain::Followed;
use crate::ops::drain::fate::AllocFate;
use crate::ops::drain::options::{Deadline, Options};
use crate::ops::drain::target::Target;
use crate::ops::migration::NodeRef;
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

const PLAIN: Options = Options { deadline: Deadline::Never, ignore_system: false, explicit: false };

fn target(name: &str) -> Target {
    let nodes: Vec<NodeStub> = body("nodes-list");
    Target::new(nodes.iter().find(|n| n.name == name).unwrap(), Vec::new(), PLAIN)
}

fn to() -> NodeRef {
    NodeRef { id: "e29af9b9-5d96-6d36-8e9e-0e9523930c16".to_owned(), name: "c4".to_owned() }
}

fn followed(target: &Target, end: Option<DrainEnd>, fates: Vec<AllocFate>) -> Followed {
    let alloc: AllocStub = body::<Vec<AllocStub>>("job-allocations").remove(0);
    let ids: Vec<String> =
        (0..fates.len()).map(|i| format!("0000000{i}-0000-0000-0000-000000000000")).collect();
    let named = |(i, id): (usize, &String)| {
        (id.clone(), AllocStub { id: id.clone(), name: format!("web.g[{i}]"), ..alloc.clone() })
    };
    Followed {
        node: target.node.clone(),
        since: None,
        force_at: None,
        ignore_system: false,
        tracked: ids.iter().enumerate().map(named).collect(),
        fates: ids.into_iter().zip(fates).collect::<BTreeMap<_, _>>(),
        end,
    }
}

fn healthy() -> AllocFate {
    AllocFate::Healthy { replacement: "4571e7cf-bd78-571a-7060-cafb9bd2d1a0".to_owned(), to: to() }
}

fn verdict(end: DrainEnd, fates: Vec<AllocFate>, forced: bool) -> Result<(), Error> {
    let target = target("c1");
    let seen = followed(&target, Some(end), fates);
    Report::new(&[target], &[], &[seen], forced).verdict(false)
}

#[test]
fn only_a_complete_drain_with_everything_well_is_a_success() {
    assert!(
        verdict(
            DrainEnd::Complete,
            vec![
                healthy(),
                AllocFate::Ended,
                AllocFate::NotWanted { reason: "x".into() },
                AllocFate::Finished
            ],
            false
        )
        .is_ok()
    );
    for end in [
        DrainEnd::Forced,
        DrainEnd::Cancelled { by: "x".into() },
        DrainEnd::Lost { why: "y".into() },
        DrainEnd::Gone,
    ] {
        assert_eq!(verdict(end, vec![healthy()], false).unwrap_err().code(), ExitCode::Failed);
    }
    let bad = [
        AllocFate::Waiting,
        AllocFate::Leaving,
        AllocFate::Settling { replacement: String::new(), to: to() },
        AllocFate::Unplaced { why: "no room".into() },
        AllocFate::Unhealthy { replacement: String::new(), to: to(), why: "failed".into() },
        AllocFate::Killed,
    ];
    for fate in bad {
        let error = verdict(DrainEnd::Complete, vec![healthy(), fate.clone()], false);
        assert_eq!(error.unwrap_err().code(), ExitCode::Failed, "{fate:?}");
    }
}

#[test]
fn whoever_forces_gave_up_batch_work_and_not_services() {
    assert!(verdict(DrainEnd::Forced, vec![healthy(), AllocFate::Killed], true).is_ok());
    assert!(verdict(DrainEnd::Forced, vec![AllocFate::Unplaced { why: "no room".into() }], true).is_err());
}

#[test]
fn every_node_and_every_allocation_is_accounted_for() {
    let targets = [target("c1"), target("c2"), target("c3")];
    let seen = [
        followed(
            &targets[0],
            Some(DrainEnd::Complete),
            vec![healthy(), AllocFate::Unplaced { why: "no room: memory on 5 nodes".into() }],
        ),
        followed(
            &targets[1],
            Some(DrainEnd::Lost { why: "Node heartbeat missed".into() }),
            vec![AllocFate::Ended],
        ),
    ];
    let refused = (targets[2].node.clone(), Error::new(ExitCode::Denied, "could not drain node c3"));
    let report = Report::new(&targets, &[refused], &seen, false);
    insta::assert_snapshot!(screen(90, |p| p.object(&report)), @"
    Nodes
    NODE  ALLOCATIONS  HEALTHY  HOW
    c1              2        1  the drain is complete
    c2              1        1  the node was lost: Node heartbeat missed
    c3              0        -  not drained: could not drain node c3

    Allocations
    ALLOCATION  FROM  RESULT                                        REPLACEMENT
    web.g[0]    c1    is healthy on c4                              4571e7cf
    web.g[1]    c1    cannot be placed: no room: memory on 5 nodes  -
    web.g[0]    c2    ended with its node                           -
    ");
    insta::assert_snapshot!(screen(50, |p| p.object(&report)), @"
    Nodes
    NODE  ALLOCATIONS  HEALTHY  HOW
    c1              2        1  the drain is
                                complete
    c2              1        1  the node was lost:
                                Node heartbeat
                                missed
    c3              0        -  not drained: could
                                not drain node c3

    Allocations
    ALLOCATION  FROM  RESULT             REPLACEMENT
    web.g[0]    c1    is healthy on c4   4571e7cf
    web.g[1]    c1    cannot be placed:  -
                      no room: memory
                      on 5 nodes
    web.g[0]    c2    ended with its     -
                      node
    ");
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&report)), @r#"
    {
      "nodes": [
        {
          "node_id": "5dbc51f0-98ee-4b9a-0a8d-c6d4f5880d7f",
          "node_name": "c1",
          "action": "drain",
          "error": null,
          "end": "complete",
          "allocations_on_it": 2,
          "allocations_well": 1
        },
        {
          "node_id": "35d5b1e0-15ba-11f4-17d5-0faa83cc569f",
          "node_name": "c2",
          "action": "drain",
          "error": null,
          "end": "lost",
          "why": "Node heartbeat missed",
          "allocations_on_it": 1,
          "allocations_well": 1
        },
        {
          "node_id": "0f042a10-c8cb-7dd0-3411-df9f4122cae8",
          "node_name": "c3",
          "action": "drain",
          "error": "could not drain node c3",
          "allocations_on_it": 0,
          "allocations_well": null
        }
      ],
      "allocations": [
        {
          "alloc_id": "00000000-0000-0000-0000-000000000000",
          "alloc_name": "web.g[0]",
          "namespace": "default",
          "job_id": "t28",
          "job_type": "service",
          "node_name": "c1",
          "fate": "healthy",
          "replacement": "4571e7cf-bd78-571a-7060-cafb9bd2d1a0",
          "to": {
            "node_id": "e29af9b9-5d96-6d36-8e9e-0e9523930c16",
            "node_name": "c4"
          }
        },
        {
          "alloc_id": "00000001-0000-0000-0000-000000000000",
          "alloc_name": "web.g[1]",
          "namespace": "default",
          "job_id": "t28",
          "job_type": "service",
          "node_name": "c1",
          "fate": "unplaced",
          "why": "no room: memory on 5 nodes"
        },
        {
          "alloc_id": "00000000-0000-0000-0000-000000000000",
          "alloc_name": "web.g[0]",
          "namespace": "default",
          "job_id": "t28",
          "job_type": "service",
          "node_name": "c2",
          "fate": "ended"
        }
      ]
    }
    "#);
    insta::assert_snapshot!(report.verdict(false).unwrap_err(), @"not everything that left is healthy: c2: the node was lost: Node heartbeat missed: c3: could not drain node c3: web.g[1] of c1: cannot be placed: no room: memory on 5 nodes");
}

#[test]
fn a_refusal_of_everything_keeps_its_code() {
    let target = target("c1");
    let refused = (target.node.clone(), Error::new(ExitCode::Denied, "could not drain node c1"));
    let report = Report::new(&[target], &[refused], &[], false);
    assert_eq!(report.verdict(true).unwrap_err().code(), ExitCode::Denied);
}
