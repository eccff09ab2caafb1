//! What `fleet status` looks like.

use std::time::Duration;

use super::view::ClusterStatus;
use crate::api;
use crate::api::Problem;
use crate::api::http::{Get, Product};
use crate::api::nomad::allocation::AllocUse;
use crate::api::nomad::job::JobBrief;
use crate::api::nomad::node::{NodeStatus, NodeStub};
use crate::commands::shared::cluster::{AllocTotals, ClusterObservation};
use crate::exit_code::ExitCode;
use crate::fixtures::body;
use crate::ui::Format;
use crate::ui::testing::{formatted, now, screen};

fn work(rows: &str) -> AllocTotals {
    let mut work = AllocTotals::default();
    body::<Vec<AllocUse>>(rows).into_iter().for_each(|row| work.add(row));
    work
}

/// A cluster put together from recordings: nodes that drain, work that finds no place, a server that failed.
fn seen() -> ClusterObservation {
    ClusterObservation {
        nodes: Ok(body("nodes-list-resources")),
        jobs: Ok(body("jobs-statuses")),
        work: Ok(work("allocations-list-resources")),
        blocked: Ok(body("evaluations-blocked")),
        members: Ok(body("agent-members-one-failed")),
        autopilot: Some(Ok(body("autopilot-health-dead-server-removed"))),
        leader: Some(true),
        token_expires_at: None,
        present: Ok(Default::default()),
        rotations: Ok(Some(Default::default())),
        age: Duration::from_millis(40),
    }
}

fn refused<T>() -> api::Result<T> {
    Err(api::Error {
        change: None,
        anonymous: false,
        asked_node: None,
        product: Product::Nomad,
        purpose: "list the nodes".into(),
        address: "http://127.0.0.1:4646".into(),
        address_origin: "NOMAD_ADDR".into(),
        problem: Problem::Denied,
        status: Some(403),
        text: "Permission denied".into(),
        needs: Get::<()>::new("", "").needs("node { policy = \"read\" }").spec().needs.clone(),
        hints: Vec::new(),
    })
}

fn view(seen: ClusterObservation) -> ClusterStatus {
    ClusterStatus::new("http://127.0.0.1:4646", "*", seen, (now(), false))
}

#[test]
fn problems_come_first_then_room() {
    insta::assert_snapshot!(screen(80, |p| p.object(&view(seen()))), @"
    nomad       http://127.0.0.1:4646
    servers     2 of 3 alive, s2.global leads, 0 may fail
    nodes       6, 6 ready, 6 eligible
    jobs        5, 8 allocations running
    namespaces  default
    consul      not asked: CONSUL_HTTP_ADDR is not set

    Problems
    SEVERITY  WHAT              MESSAGE
    critical  server s3.global  the other servers see this server as failed
      fleet server show s3.global
    critical  job toobig        0 of 1 running
      fleet why toobig
    warning   servers           no failure is tolerated: if one more server fails,
                                there is no leader
      fleet server list
    warning   job bigm          1 of g not placed: no room: memory on 3 nodes
      fleet why bigm
    warning   job dh            3 of g not placed: 3 nodes ruled out by
                                distinct_hosts
      fleet why dh
    warning   job pinold        2 of g not placed: 3 nodes ruled out by
                                ${node.class} = old
      fleet why pinold

    Notes
    SEVERITY  WHAT        MESSAGE
    note      job agent   version 0 is being deployed
      fleet deployment show 83e95d1c
    note      job toobig  version 0 is being deployed
      fleet deployment show e518649d

    Rollouts
    JOB     VERSION  RUNNING       DEPLOYMENT  WAITS FOR  SINCE
    agent         0  3             v0 running  health     4m ago
    toobig        0  0 (1 wanted)  v0 running  health     4m ago

    Room on eligible nodes
    POOL     NODES  ELIGIBLE  CPU MHZ      CPU %    MEMORY      MEM %     DISK %
    default      6         6    24000  .....   3  24.0 GiB  .....   2  .....   0
    ");
    insta::assert_snapshot!(screen(60, |p| p.object(&view(seen()))), @"
    nomad       http://127.0.0.1:4646
    servers     2 of 3 alive, s2.global leads, 0 may fail
    nodes       6, 6 ready, 6 eligible
    jobs        5, 8 allocations running
    namespaces  default
    consul      not asked: CONSUL_HTTP_ADDR is not set

    Problems
    SEVERITY  WHAT              MESSAGE
    critical  server s3.global  the other servers see this
                                server as failed
      fleet server show s3.global
    critical  job toobig        0 of 1 running
      fleet why toobig
    warning   servers           no failure is tolerated: if
                                one more server fails, there
                                is no leader
      fleet server list
    warning   job bigm          1 of g not placed: no room:
                                memory on 3 nodes
      fleet why bigm
    warning   job dh            3 of g not placed: 3 nodes
                                ruled out by distinct_hosts
      fleet why dh
    warning   job pinold        2 of g not placed: 3 nodes
                                ruled out by ${node.class} =
                                old
      fleet why pinold

    Notes
    SEVERITY  WHAT        MESSAGE
    note      job agent   version 0 is being deployed
      fleet deployment show 83e95d1c
    note      job toobig  version 0 is being deployed
      fleet deployment show e518649d

    Rollouts
    JOB     VERSION  RUNNING       DEPLOYMENT  WAITS FOR  SINCE
    agent         0  3             v0 running  health     4m ago
    toobig        0  0 (1 wanted)  v0 running  health     4m ago

    Room on eligible nodes
    POOL     NODES  ELIGIBLE      CPU %      MEM %     DISK %
    default      6         6  .....   3  .....   2  .....   0
    ");
}

#[test]
fn the_json_is_one_object_with_everything() {
    let mut seen = seen();
    seen.nodes = seen.nodes.map(|nodes| nodes.into_iter().take(2).collect());
    insta::assert_snapshot!(formatted(Format::Json, |p| p.object(&view(seen))), @r#"
    {
      "nomad": "http://127.0.0.1:4646",
      "namespace": "*",
      "namespaces_seen": [
        "default"
      ],
      "problems": [
        {
          "severity": "critical",
          "kind": "server-failed",
          "namespace": null,
          "subject": "s3.global",
          "id": null,
          "text": "the other servers see this server as failed",
          "next": "fleet server show s3.global"
        },
        {
          "severity": "critical",
          "kind": "job-down",
          "namespace": "default",
          "subject": "toobig",
          "id": null,
          "text": "0 of 1 running",
          "next": "fleet why toobig"
        },
        {
          "severity": "warning",
          "kind": "no-failure-tolerance",
          "namespace": null,
          "subject": "servers",
          "id": null,
          "text": "no failure is tolerated: if one more server fails, there is no leader",
          "next": "fleet server list"
        },
        {
          "severity": "warning",
          "kind": "evaluation-blocked",
          "namespace": "default",
          "subject": "bigm",
          "id": "e2cd58ad-2c98-fac2-b9b6-48e3614846f9",
          "text": "1 of g not placed: no room: memory on 3 nodes",
          "next": "fleet why bigm"
        },
        {
          "severity": "warning",
          "kind": "evaluation-blocked",
          "namespace": "default",
          "subject": "dh",
          "id": "a293412e-2217-7864-90ef-f08f46f22d6f",
          "text": "3 of g not placed: 3 nodes ruled out by distinct_hosts",
          "next": "fleet why dh"
        },
        {
          "severity": "warning",
          "kind": "evaluation-blocked",
          "namespace": "default",
          "subject": "pinold",
          "id": "26a37eb4-4bc2-79b4-9895-9f73c4ce74cd",
          "text": "2 of g not placed: 3 nodes ruled out by ${node.class} = old",
          "next": "fleet why pinold"
        }
      ],
      "under_way": [
        {
          "severity": "note",
          "kind": "deployment-running",
          "namespace": "default",
          "subject": "agent",
          "id": "83e95d1c-975b-93df-82d0-8ffeb8d5a2b0",
          "text": "version 0 is being deployed",
          "next": "fleet deployment show 83e95d1c"
        },
        {
          "severity": "note",
          "kind": "deployment-running",
          "namespace": "default",
          "subject": "toobig",
          "id": "e518649d-19c4-9917-574d-30a795549ad7",
          "text": "version 0 is being deployed",
          "next": "fleet deployment show e518649d"
        }
      ],
      "unknown": [],
      "jobs": [
        {
          "job_id": "agent",
          "namespace": "default",
          "job_type": "system",
          "job_version": 0,
          "submitted_at": "2026-11-21T11:05:58.071980688Z",
          "wanted": null,
          "running": 3,
          "versions": [
            {
              "job_version": 0,
              "running": 3
            }
          ],
          "deployment": {
            "deployment_id": "83e95d1c-975b-93df-82d0-8ffeb8d5a2b0",
            "job_version": 0,
            "status": "running",
            "waits_for": "health",
            "waits_since": "2026-11-21T11:05:58.071980688Z"
          }
        },
        {
          "job_id": "nightly",
          "namespace": "default",
          "job_type": "batch",
          "job_version": 0,
          "submitted_at": "2026-11-21T11:05:58.056044337Z",
          "wanted": 1,
          "running": 1,
          "versions": [
            {
              "job_version": 0,
              "running": 1
            }
          ],
          "deployment": null
        },
        {
          "job_id": "t28",
          "namespace": "default",
          "job_type": "service",
          "job_version": 3,
          "submitted_at": "2026-11-21T11:05:04.629531914Z",
          "wanted": 1,
          "running": 1,
          "versions": [
            {
              "job_version": 3,
              "running": 1
            }
          ],
          "deployment": {
            "deployment_id": "eebbe33b-9ef4-b545-004d-50780fe1c184",
            "job_version": 3,
            "status": "successful",
            "waits_for": null,
            "waits_since": null
          }
        },
        {
          "job_id": "toobig",
          "namespace": "default",
          "job_type": "service",
          "job_version": 0,
          "submitted_at": "2026-11-21T11:05:58.078193989Z",
          "wanted": 1,
          "running": 0,
          "versions": [],
          "deployment": {
            "deployment_id": "e518649d-19c4-9917-574d-30a795549ad7",
            "job_version": 0,
            "status": "running",
            "waits_for": "health",
            "waits_since": "2026-11-21T11:05:58.078193989Z"
          }
        },
        {
          "job_id": "web",
          "namespace": "default",
          "job_type": "service",
          "job_version": 0,
          "submitted_at": "2026-11-21T11:05:58.044108781Z",
          "wanted": 3,
          "running": 3,
          "versions": [
            {
              "job_version": 0,
              "running": 3
            }
          ],
          "deployment": {
            "deployment_id": "e98f693c-292e-dc1a-ca10-423dc384141f",
            "job_version": 0,
            "status": "successful",
            "waits_for": null,
            "waits_since": null
          }
        }
      ],
      "capacity": [
        {
          "node_pool": "default",
          "nodes": 2,
          "ready": 2,
          "eligible": 2,
          "cpu_mhz_total": 8000,
          "cpu_mhz_used": 200,
          "memory_mib_total": 8192,
          "memory_mib_used": 128,
          "disk_mib_total": 516038,
          "disk_mib_used": 240
        }
      ],
      "servers": {
        "known_leader": true,
        "failure_tolerance": 0,
        "members": [
          {
            "name": "s1.global",
            "address": "127.24.0.1",
            "status": "alive",
            "version": "2.0.5",
            "leader": false,
            "voter": true,
            "healthy": true
          },
          {
            "name": "s2.global",
            "address": "127.24.0.2",
            "status": "alive",
            "version": "2.0.5",
            "leader": true,
            "voter": true,
            "healthy": true
          },
          {
            "name": "s3.global",
            "address": "127.24.0.3",
            "status": "failed",
            "version": "2.0.5",
            "leader": false,
            "voter": false,
            "healthy": null
          }
        ]
      },
      "checks": {
        "allocations_asked": 0,
        "allocations_with_checks": 0
      },
      "consul": {
        "asked": false,
        "critical_checks": 0,
        "critical_nodes": []
      },
      "rotations_asked": true,
      "rotations": [],
      "token_expires_at": null,
      "data_age_ms": 40
    }
    "#);
}

#[test]
fn what_may_not_be_seen_is_unknown_and_not_fine() {
    let view = view(ClusterObservation {
        nodes: refused(),
        members: refused(),
        autopilot: Some(refused()),
        blocked: Ok(Vec::new()),
        jobs: Ok(Vec::new()),
        ..seen()
    });
    assert_eq!(view.verdict().unwrap(), "3 unknown parts");
    insta::assert_snapshot!(screen(80, |p| p.object(&view)), @r#"
    nomad       http://127.0.0.1:4646
    servers     not known
    nodes       not known
    jobs        0, 8 allocations running
    namespaces  default
    consul      not asked: CONSUL_HTTP_ADDR is not set

    Not known
    nodes: 403 Permission denied; the token needs: node { policy = "read" }
    servers in the gossip: 403 Permission denied; the token needs: node { policy =
    "read" }
    health of the servers: 403 Permission denied; the token needs: node { policy =
    "read" }
    "#);
}

#[test]
fn without_a_leader_the_age_of_the_data_is_told() {
    let view = view(ClusterObservation {
        autopilot: None,
        leader: Some(false),
        age: Duration::from_secs(75),
        blocked: Ok(Vec::new()),
        jobs: Ok(Vec::new()),
        ..seen()
    });
    insta::assert_snapshot!(screen(100, |p| p.object(&view)), @"
    nomad       http://127.0.0.1:4646
    servers     no leader, 2 of 3 alive
    nodes       6, 6 ready, 6 eligible
    jobs        0, 8 allocations running
    namespaces  default
    consul      not asked: CONSUL_HTTP_ADDR is not set
    data        up to 1m 15s old: the server that answered has no leader

    Problems
    SEVERITY  WHAT              MESSAGE
    critical  servers           the servers have no leader: nothing is scheduled and no change is
                                accepted
      fleet server list
    critical  server s3.global  the other servers see this server as failed
      fleet server show s3.global

    Room on eligible nodes
    POOL     NODES  READY  ELIGIBLE  CPU MHZ  IN USE      CPU %    MEMORY   IN USE      MEM %     DISK %
    default      6      6         6    24000     800  .....   3  24.0 GiB  512 MiB  .....   2  .....   0
    ");
}

#[test]
fn many_of_a_kind_are_one_line_on_a_screen_and_all_in_a_pipe() {
    let nodes: Vec<NodeStub> = body("nodes-list");
    let down = |i: usize| NodeStub { name: format!("n{i:03}"), status: NodeStatus::Down, ..nodes[0].clone() };
    let many = || ClusterObservation { nodes: Ok((0..50).map(down).collect()), ..seen() };
    let shown = screen(80, |p| p.object(&view(many())));
    assert_eq!(shown.matches("heartbeats missed").count(), 1);
    assert!(shown.contains("50 nodes"), "{shown}");
    let line = screen(200, |p| p.object(&view(many())));
    assert!(line.contains("are down: heartbeats missed: n000, n001, n002, … 47 more"), "{line}");
    let piped = ClusterStatus::new("", "*", many(), (now(), true));
    assert_eq!(piped.rows(&piped.problems).len(), piped.problems.len());
}

#[test]
fn a_token_that_ends_soon_and_versions_that_differ_are_told() {
    let hour = |n: i64| Some(now() + jiff::SignedDuration::from_hours(n));
    let with = |at| view(ClusterObservation { token_expires_at: at, ..seen() });
    let texts = |v: &ClusterStatus| v.problems.iter().map(|f| f.text.clone()).collect::<Vec<_>>();
    assert!(texts(&with(hour(3))).contains(&"the token that is used ends in 3h 00m".to_owned()));
    assert!(!texts(&with(hour(30))).iter().any(|t| t.contains("token")));
    let mut nodes: Vec<NodeStub> = body("nodes-list-resources");
    nodes[0].version = "9.0.0".to_owned();
    let skewed = view(ClusterObservation { nodes: Ok(nodes), ..seen() });
    assert!(texts(&skewed).iter().any(|t| t.contains("a newer Nomad than a server")), "{:?}", texts(&skewed));
}

/// The words of a text that begin so.
fn names(text: &str, beginning: &str) -> std::collections::BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|w| w.starts_with(beginning)).map(str::to_owned).collect()
}

#[test]
fn measurements_are_documented_and_alerts_use_nothing_else() {
    let view = view(ClusterObservation { token_expires_at: Some(now()), nodes: refused(), ..seen() });
    let all = view.families(now());
    let text = crate::model::exposition::render(&all);
    let read = crate::model::exposition::parse(&text);
    let value = |name: &str| read.iter().find(|(n, ..)| n == name).map(|(.., value)| *value);
    assert_eq!((value("fleet_servers"), value("fleet_servers_alive")), (Some(3.0), Some(2.0)), "{text}");
    assert_eq!(value("fleet_unknown_parts"), Some(1.0), "{text}");
    // What is not known has no value, and no zero.
    assert_eq!(value("fleet_pool_nodes"), None, "{text}");
    let there: std::collections::BTreeSet<String> = all.iter().map(|f| f.name.to_owned()).collect();
    let of = |path: &str| {
        std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
    };
    let documented = names(&of("docs/prometheus.md"), "fleet_");
    assert_eq!(documented, there, "docs/prometheus.md names what is told, and nothing else");
    let rules = of("contrib/prometheus/fleet.rules.yml");
    let used = names(&rules, "fleet_");
    assert!(!used.is_empty() && used.is_subset(&there), "{used:?}");
    // Nomad's own, as `/v1/metrics` of 2.0.5 tells it.
    let own = "nomad_nomad_blocked_evals_total_blocked";
    assert!(names(&rules, "nomad_").iter().all(|name| name == own), "{rules}");
}

#[test]
fn a_cluster_that_is_well_says_so() {
    let mut nodes: Vec<NodeStub> = body("nodes-list-resources");
    nodes.retain(NodeStub::is_schedulable);
    let view = view(ClusterObservation {
        nodes: Ok(nodes),
        jobs: Ok(Vec::new()),
        blocked: Ok(Vec::new()),
        members: Ok(body("agent-members")),
        autopilot: Some(Ok(body("autopilot-health"))),
        ..seen()
    });
    assert_eq!(view.verdict(), None);
    assert!(screen(80, |p| p.object(&view)).contains("\nno problems\n"));
}

#[test]
fn a_canary_that_waits_is_told_with_the_time_since_it_is_healthy() {
    let jobs: Vec<JobBrief> = serde_json::from_value(serde_json::json!([
        {"ID": "web", "Namespace": "default", "Type": "service", "Status": "running", "Version": 3, "GroupCountSum": 2,
            "LatestDeployment": {"ID": "d1", "IsActive": true, "JobVersion": 3, "Status": "running", "RequiresPromotion": true}},
        {"ID": "calm", "Namespace": "default", "Type": "service", "Status": "running", "Version": 1, "GroupCountSum": 1,
            "LatestDeployment": {"ID": "d2", "IsActive": false, "JobVersion": 1, "Status": "successful"}},
        {"ID": "held", "Namespace": "ops", "Type": "service", "Status": "running", "Version": 1, "GroupCountSum": 1,
            "LatestDeployment": {"ID": "d3", "IsActive": true, "JobVersion": 1, "Status": "paused"}},
    ]))
    .unwrap();
    let mut work = AllocTotals::default();
    let mut add = |job: &str, namespace: &str, version: u64, health: serde_json::Value| {
        let row = serde_json::json!({"ID": "a", "JobID": job, "Namespace": namespace, "JobVersion": version, "NodeID": "n",
            "DesiredStatus": "run", "ClientStatus": "running", "DeploymentStatus": health});
        work.add(serde_json::from_value(row).unwrap());
    };
    let healthy = |canary: bool| {
        let at = (now() - jiff::SignedDuration::from_mins(12)).to_string();
        serde_json::json!({"Healthy": true, "Canary": canary, "Timestamp": at})
    };
    add("web", "default", 2, healthy(false));
    add("web", "default", 2, healthy(false));
    add("web", "default", 3, healthy(true));
    add("calm", "default", 1, healthy(false));
    add("held", "ops", 0, healthy(false));
    let mut view =
        view(ClusterObservation { jobs: Ok(jobs), work: Ok(work), blocked: Ok(Vec::new()), ..seen() });
    let shown = screen(100, |p| p.object(&view));
    let table =
        |shown: &str| shown.split("Rollouts\n").nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    insta::assert_snapshot!(table(&shown), @"
    JOB   NAMESPACE  VERSION  RUNNING             DEPLOYMENT  WAITS FOR   SINCE
    web   default          3  2 of v2, 1 of v3    v3 running  promotion   12m ago
    held  ops              1  1 of v0 (1 wanted)  v1 paused   resumption  -
    ");
    assert!(!shown.contains("calm"));
    view.wide = true;
    assert!(table(&screen(200, |p| p.object(&view))).contains("calm"));
}

#[test]
fn a_list_that_could_not_be_read_is_no_success() {
    assert!(seen().unread().is_none());
    let error = ClusterObservation { nodes: refused(), blocked: refused(), ..seen() }.unread().unwrap();
    assert_eq!(error.code(), ExitCode::Denied);
    assert_eq!(error.message(), "not known: nodes, blocked evaluations");
    assert!(error.causes()[0].contains("the token needs: node { policy = \"read\" }"), "{error}");
    // Autopilot tells nothing that the gossip does not tell of what there is.
    assert!(ClusterObservation { autopilot: Some(refused()), ..seen() }.unread().is_none());
    let error = ClusterObservation { members: refused(), ..seen() }.unread().unwrap();
    assert_eq!(error.message(), "not known: servers");
}
