use super::*;
use crate::model::present_health::{CheckReports, of};
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2026-01-01T00:10:00Z".parse().unwrap()
}

fn alloc(more: &Value) -> AllocStub {
    let mut all = json!({"ID": "ce002575-e1ab-33a3-bbea-1ddbafe8a05a", "Name": "web.g[0]", "Namespace": "default",
        "NodeName": "c1", "NodeID": "n1", "JobID": "web", "JobVersion": 2, "TaskGroup": "g", "DesiredStatus": "run",
        "ClientStatus": "running", "CreateIndex": 1, "ModifyIndex": 1});
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn job() -> Job {
    serde_json::from_value(json!({"ID": "web", "TaskGroups": [{"Name": "g",
        "Update": {"HealthyDeadline": 20_000_000_000_u64, "MinHealthyTime": 1_000_000_000},
        "Tasks": [{"Name": "t", "Resources": {"MemoryMB": 64}}]}]}))
    .unwrap()
}

/// What is told of an allocation with these fields, another one in these roles beside it.
fn told(more: &Value, roles: &[&str]) -> String {
    let (alloc, job, secrets) = (alloc(more), job(), Secrets::default());
    let other = self::alloc(
        &json!({"ID": "aaaaaaaa-e1ab-33a3-bbea-1ddbafe8a05a", "NodeName": "c2", "JobID": "big", "Name": "big.g[0]"}),
    );
    let given = |role: &str| roles.contains(&role).then_some(&other);
    let away = UnseenEnd {
        alloc_id: alloc.id.clone(),
        node_id: alloc.node_id.clone(),
        node_name: "c1".to_owned(),
        node_status: "down".to_owned(),
    };
    let e = explain(&Facts {
        alloc: &alloc,
        job: Some(&job),
        health: None,
        previous: given("previous"),
        next: given("next"),
        preempted_by: given("preempted by"),
        unseen: roles.contains(&"away").then_some(&away),
        away: roles.contains(&"silent").then_some("c3, which is disconnected"),
        drained: roles.contains(&"not drained").then_some(false),
        again_at: roles.contains(&"again").then(|| "2026-01-01T00:10:30Z".parse().unwrap()),
        log: &[],
        secrets: &secrets,
        now: now(),
    });
    let code = serde_json::to_value(e.code).unwrap();
    let next: Vec<&str> = e.suggestions.iter().filter_map(|s| s.command.as_deref()).collect();
    let text = format!("{}: {}\n  next: {}", code.as_str().unwrap(), e.sentence, next.join(" | "));
    text.trim_end().to_owned()
}

#[test]
fn what_was_starting_on_a_node_that_is_away_may_run_there() {
    let told = told(&json!({"ClientStatus": "pending", "DesiredStatus": "run"}), &["silent"]);
    assert!(
        told.contains("out of sight: it was starting on c3, which is disconnected, and may run there or not"),
        "{told}"
    );
}

fn ended(code: &str) -> Value {
    json!({"t": {"State": "dead", "Failed": true, "Events": [{"Type": "Started", "Time": 1},
        {"Type": "Terminated", "Time": 2, "Details": {"exit_code": code, "signal": "0"}}]}})
}

#[test]
fn every_state_has_its_sentence_and_what_to_do_next() {
    let all = [
        told(&json!({"ClientStatus": "failed", "TaskStates": ended("1")}), &[]),
        told(
            &json!({"ClientStatus": "failed", "FollowupEvalID": "e", "TaskStates": ended("137")}),
            &["again"],
        ),
        told(&json!({"ClientStatus": "failed", "ClientDescription": "failed to setup alloc"}), &["next"]),
        told(&json!({"ClientStatus": "lost"}), &[]),
        told(&json!({"ClientStatus": "lost"}), &["away"]),
        told(&json!({"ClientStatus": "unknown"}), &[]),
        told(&json!({"DesiredStatus": "evict", "ClientStatus": "complete"}), &["preempted by"]),
        told(&json!({"ClientStatus": "complete"}), &[]),
        told(
            &json!({"ClientStatus": "complete", "DesiredStatus": "stop", "DesiredDescription": "alloc is being migrated"}),
            &["next"],
        ),
        told(
            &json!({"DesiredStatus": "stop", "DesiredDescription": "alloc not needed due to job update"}),
            &[],
        ),
        told(&json!({"ClientStatus": "complete", "DesiredStatus": "stop"}), &[]),
        told(&json!({"ClientStatus": "pending"}), &["previous"]),
        told(&json!({"ClientStatus": "pending", "CreateTime": 1_767_225_600_000_000_000_u64}), &[]),
        told(&json!({"DeploymentStatus": {"Healthy": false}}), &[]),
        told(&json!({"DeploymentStatus": {}}), &[]),
        told(&json!({"DeploymentStatus": {"Healthy": true}}), &[]),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    exits: web.g[0] (ce002575 on c1) failed: task t ends with exit code 1: an error of the program's own; it is not tried again: the job's reschedule block allows no more attempts
      next: fleet logs ce002575 | fleet job revert web | fleet job resubmit web
    possibly-out-of-memory: web.g[0] (ce002575 on c1) failed: task t is killed, and nobody asked for that: it is possibly out of memory (its limit is 64 MiB); exit code 137: killed (SIGKILL); it is tried again in 30s
      next: fleet job inspect web | fleet logs ce002575 | fleet job revert web
    setup: web.g[0] (ce002575 on c1) failed: failed to setup alloc; big.g[0] (aaaaaaaa on c2) replaced it (running)
      next: fleet alloc show ce002575
    lost: web.g[0] (ce002575 on c1) was lost with its node c1, which missed its heartbeats; nothing replaced it
      next: fleet why c1 | fleet why web
    lost: web.g[0] (ce002575 on c1) was lost with its node c1, which missed its heartbeats; nothing replaced it; ce002575 on c1, which is down, may still run there
      next: fleet why c1 | fleet why web
    node-disconnected: web.g[0] (ce002575 on c1) is out of sight: its node is disconnected, and it may run there or not
      next: fleet why c1
    preempted: web.g[0] (ce002575 on c1) was evicted: it had to make room for big.g[0] (aaaaaaaa on c2) of job big, which has a higher priority
      next: fleet operator scheduler show | fleet why web
    nothing-wrong: web.g[0] (ce002575 on c1) has finished its work: every task ended with exit code 0
      next:
    moved: web.g[0] (ce002575 on c1) was told to stop: its node was drained, or somebody stopped it: its work had to move; big.g[0] (aaaaaaaa on c2) replaced it (running)
      next: fleet node show c1
    replaced: web.g[0] (ce002575 on c1) was told to stop, and is still ending: the job was changed: another version, or a smaller count
      next: fleet job history web
    stopped: web.g[0] (ce002575 on c1) was told to stop: the servers do not say why
      next: fleet job history web
    waits-for-predecessor: web.g[0] (ce002575 on c1) waits for the allocation it replaces to end: big.g[0] (aaaaaaaa on c2) is still running
      next: fleet why aaaaaaaa
    starting: web.g[0] (ce002575 on c1) is starting for 10m; its client has not taken it up yet
      next: fleet why c1
    healthy-deadline: web.g[0] (ce002575 on c1) runs, and was found unhealthy: it was not healthy in time (healthy_deadline is 20s)
      next: fleet job inspect web | fleet logs ce002575
    health-pending: web.g[0] (ce002575 on c1) runs, and its health is not decided yet: it has to be well for 1s, and has 20s for that
      next: fleet deploy status web --watch
    nothing-wrong: web.g[0] (ce002575 on c1) runs, and nothing is wrong with it
      next:
    ");
}

#[test]
fn a_check_that_is_refused_says_that_nothing_listens_there() {
    let (job, secrets) = (job(), Secrets::default());
    let alloc = alloc(&json!({"DeploymentStatus": {"Healthy": true}}));
    let explained = |output: &str| {
        let mut health = of(&alloc, None, &CheckReports::default(), now());
        health.add_failing_check("http", "web", "fails", output);
        explain(&Facts {
            alloc: &alloc,
            job: Some(&job),
            health: Some(&health),
            previous: None,
            next: None,
            preempted_by: None,
            unseen: None,
            away: None,
            drained: None,
            again_at: None,
            log: &[],
            secrets: &secrets,
            now: now(),
        })
    };
    let refused = explained(
        "nomad: Get \"http://127.0.0.1:23123/\": dial tcp 127.0.0.1:23123: connect: connection refused",
    );
    assert_eq!(refused.code, Code::PortNotListening);
    assert!(
        refused
            .sentence
            .contains("is not healthy: nothing listens at 127.0.0.1:23123: check \"http\" of web fails"),
        "{}",
        refused.sentence
    );
    assert_eq!(explained("500 boom").code, Code::CheckFails);
}
