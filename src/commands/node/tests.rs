//! What the views of nodes look like.

use super::{list, show};
use crate::api::nomad::allocation::Allocation;
use crate::api::nomad::node::NodeStub;
use crate::fixtures::body;
use crate::ui::Format;
use crate::ui::testing::{formatted, screen};

#[test]
fn a_list_shows_who_takes_work() {
    let views: Vec<list::NodeRow> =
        body::<Vec<NodeStub>>("nodes-draining").into_iter().map(list::NodeRow::from).collect();
    insta::assert_snapshot!(screen(90, |p| p.list(&views, "none")), @"
    ID        NAME  STATUS  ELIGIBILITY  DC   POOL     CLASS  VERSION
    0f042a10  c3    ready   draining     dc1  default  old    2.0.5
    35d5b1e0  c2    ready   draining     dc1  default  old    2.0.5
    4571e7cf  c6    ready   eligible     dc1  default  new    2.0.5
    5dbc51f0  c1    ready   draining     dc1  default  old    2.0.5
    c783f447  c5    ready   eligible     dc1  default  new    2.0.5
    e29af9b9  c4    ready   eligible     dc1  default  new    2.0.5
    ");
    insta::assert_snapshot!(screen(45, |p| p.list(&views, "none")), @"
    ID        NAME  STATUS  ELIGIBILITY  CLASS
    0f042a10  c3    ready   draining     old
    35d5b1e0  c2    ready   draining     old
    4571e7cf  c6    ready   eligible     new
    5dbc51f0  c1    ready   draining     old
    c783f447  c5    ready   eligible     new
    e29af9b9  c4    ready   eligible     new
    ");
    insta::assert_snapshot!(formatted(Format::Json, |p| p.list(&views[..1], "none")), @r#"
    [
      {
        "node_id": "0f042a10-c8cb-7dd0-3411-df9f4122cae8",
        "node_name": "c3",
        "datacenter": "dc1",
        "node_pool": "default",
        "class": "old",
        "status": "ready",
        "eligibility": "ineligible",
        "draining": true,
        "version": "2.0.5",
        "address": "127.22.1.3"
      }
    ]
    "#);
}

#[test]
fn a_node_that_drains_says_what_that_means() {
    let allocs: Vec<Allocation> = body("node-allocations-drained");
    let view = show::view::NodeDetail::new(body("node-draining"), &allocs, false);
    insta::assert_snapshot!(screen(90, |p| p.object(&view)), @"
    name         c1
    id           5dbc51f0-98ee-4b9a-0a8d-c6d4f5880d7f
    address      127.22.1.1:4646
    location     pool default, datacenter dc1, class old
    version      Nomad 2.0.5 on debian 12.11
    status       ready
    since        22m ago (2026-11-21T10:47:48Z)
    eligibility  takes no new work; what runs is moved away

    draining since      22m ago (2026-11-21T10:47:48Z)
    what is left stops  21m ago (2026-11-21T10:48:48Z)
    drain               by token:e35c88f4-2650-63fe-725f-0228e90d7d4c (rotate): services move
                        as their migrate blocks allow, batch work may finish

    cpu      0 of 4000 MHz, 0 %
    memory   0 of 4096 MiB, 0 %
    disk     0 of 258019 MiB, 0 %
    drivers  exec healthy, java healthy, mock_driver healthy, raw_exec healthy

    Events
       WHEN  SUBSYSTEM  MESSAGE
    25m ago  Cluster    Node marked as eligible for scheduling
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    23m ago  Cluster    Node marked as ineligible for scheduling
    23m ago  Cluster    Node marked as eligible for scheduling
    22m ago  Drain      Node drain strategy set
    ");
}

#[test]
fn a_node_that_was_drained_says_how_that_ended() {
    let view = show::view::NodeDetail::new(body("node-drained"), &[], false);
    insta::assert_snapshot!(screen(70, |p| p.object(&view)), @"
    name         c1
    id           5dbc51f0-98ee-4b9a-0a8d-c6d4f5880d7f
    address      127.22.1.1:4646
    location     pool default, datacenter dc1, class old
    version      Nomad 2.0.5 on debian 12.11
    status       ready
    since        21m ago (2026-11-21T10:48:49Z)
    eligibility  ineligible: takes no new work; what runs stays

    last drain  the drain reached its deadline; what still ran was stopped
                after 1m 01s; started by
                token:e35c88f4-2650-63fe-725f-0228e90d7d4c (rotate)
    cpu         0 of 4000 MHz, 0 %
    memory      0 of 4096 MiB, 0 %
    disk        0 of 258019 MiB, 0 %
    drivers     exec healthy, java healthy, mock_driver healthy, raw_exec
                healthy

    Events
       WHEN  SUBSYSTEM  MESSAGE
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    25m ago  Cluster    Node marked as ineligible for scheduling
    25m ago  Cluster    Node marked as eligible for scheduling
    23m ago  Cluster    Node marked as ineligible for scheduling
    23m ago  Cluster    Node marked as eligible for scheduling
    22m ago  Drain      Node drain strategy set
    21m ago  Drain      Node drain complete, forced by its deadline
    ");
    let cancelled = show::view::NodeDetail::new(body("node-drain-cancelled"), &[], false);
    assert!(screen(70, |p| p.object(&cancelled)).contains("last drain  the drain was cancelled"));
    let dead = show::view::NodeDetail::new(body("node-down"), &[], false);
    assert!(screen(70, |p| p.object(&dead)).contains("Node heartbeat missed"));
}

#[test]
fn the_json_of_a_node() {
    let allocs: Vec<Allocation> = body("node-allocations");
    let mut node: crate::api::nomad::node::Node = body("node-full");
    node.attributes.retain(|name, _| name == "kernel.name");
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&show::view::NodeDetail::new(node, &allocs, false))), @r#"
    {
      "node_id": "e29af9b9-5d96-6d36-8e9e-0e9523930c16",
      "node_name": "c4",
      "address": "127.22.1.4:4646",
      "datacenter": "dc1",
      "node_pool": "default",
      "class": "new",
      "version": "",
      "os": "",
      "status": "ready",
      "status_description": "",
      "status_since": "2026-11-21T11:05:58Z",
      "eligibility": "eligible",
      "drain": null,
      "last_drain": null,
      "cpu_mhz_total": 4000,
      "cpu_mhz_used": 100,
      "memory_mib_total": 4096,
      "memory_mib_used": 64,
      "disk_mib_total": 258019,
      "disk_mib_used": 120,
      "jobs": [
        {
          "namespace": "default",
          "job_id": "agent",
          "group": "g",
          "job_type": "system",
          "running": 1,
          "pending": 0,
          "unknown": 0,
          "stopping": 0,
          "ended": 0,
          "cpu_mhz": 100,
          "memory_mib": 64
        }
      ],
      "events": [
        {
          "at": "2026-11-21T11:00:40.352620257Z",
          "subsystem": "Cluster",
          "message": "Node marked as ineligible for scheduling"
        },
        {
          "at": "2026-11-21T11:00:44.045618643Z",
          "subsystem": "Cluster",
          "message": "Node marked as eligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:15.881590402Z",
          "subsystem": "Cluster",
          "message": "Node marked as ineligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:20.151476105Z",
          "subsystem": "Cluster",
          "message": "Node marked as eligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:32.294994506Z",
          "subsystem": "Cluster",
          "message": "Node marked as ineligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:34.536990759Z",
          "subsystem": "Cluster",
          "message": "Node marked as eligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:39.225595813Z",
          "subsystem": "Cluster",
          "message": "Node marked as ineligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:43.49235347Z",
          "subsystem": "Cluster",
          "message": "Node marked as eligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:49.406926836Z",
          "subsystem": "Cluster",
          "message": "Node marked as ineligible for scheduling"
        },
        {
          "at": "2026-11-21T11:04:56.038745433Z",
          "subsystem": "Cluster",
          "message": "Node marked as eligible for scheduling"
        }
      ],
      "drivers": {
        "exec": "healthy",
        "java": "healthy",
        "mock_driver": "healthy",
        "raw_exec": "healthy"
      },
      "host_volumes": [],
      "meta": {
        "connect.gateway_image": "docker.io/envoyproxy/envoy:v${NOMAD_envoy_version}",
        "connect.log_level": "info",
        "connect.proxy_concurrency": "1",
        "connect.sidecar_image": "docker.io/envoyproxy/envoy:v${NOMAD_envoy_version}",
        "connect.transparent_proxy.default_outbound_port": "15001",
        "connect.transparent_proxy.default_uid": "101",
        "rack": "r1"
      },
      "attributes": {
        "kernel.name": "linux"
      }
    }
    "#);
}
