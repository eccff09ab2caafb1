//! Every fault the embedded fleet can be told to have, as a client meets it.

use std::time::Duration;

use fleet::sandbox::scenario::Scenario;
use fleet::sandbox::time::Pace;
use fleet::sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::raw::{Answered, Raw};

struct Faulty {
    sandbox: Sandbox,
    raw: Raw,
}

impl Faulty {
    fn new(pace: Pace, scenario: Scenario) -> Self {
        let options = Options { scenario, pace, ..Options::default() };
        Faulty { sandbox: Sandbox::start(options).unwrap(), raw: Raw::new() }
    }

    /// An embedded fleet without jobs whose time stands still.
    fn still() -> Self {
        Faulty::new(Pace::Stepped, Scenario::Bare)
    }

    fn rule(&self, text: &str) {
        self.sandbox.fault(text.parse().unwrap());
    }

    fn get(&self, path: &str) -> Answered {
        self.raw.ask(&self.sandbox, "GET", path, None)
    }

    fn try_get(&self, path: &str) -> Result<Answered, reqwest::Error> {
        self.raw.try_ask(&self.sandbox, "GET", path, None)
    }

    fn node(&self, name: &str) -> Value {
        let nodes = self.get("/v1/nodes").body;
        nodes.as_array().unwrap().iter().find(|n| n["Name"] == name).unwrap().clone()
    }

    /// Marks c1 ineligible, whatever comes back.
    fn mark(&self, id: &str) -> Result<Answered, reqwest::Error> {
        let path = format!("/v1/node/{id}/eligibility");
        self.raw.try_ask(&self.sandbox, "PUT", &path, Some(r#"{"Eligibility":"ineligible"}"#))
    }

    fn pass(&self, seconds: u64) {
        self.sandbox.advance(Duration::from_secs(seconds));
    }
}

#[test]
fn an_answer_can_be_another_one_for_so_many_requests() {
    let faulty = Faulty::still();
    faulty.rule("GET /v1/jobs times=2 status=503 body=out of order");
    let statuses = [(); 3].map(|()| faulty.get("/v1/jobs").status);
    assert_eq!(statuses, [503, 503, 200]);
    faulty.rule("GET /v1/nodes too-many");
    let answered = faulty.get("/v1/nodes");
    assert_eq!(answered.status, 429);
    assert!(answered.words().contains("too many concurrent connections"));
    faulty.sandbox.clear_faults();
    assert_eq!(faulty.get("/v1/nodes").status, 200);
}

#[test]
fn a_connection_can_be_reset_before_a_write_is_carried_out_or_after() {
    for (effect, carried_out) in [("reset", false), ("drop-reply", true)] {
        let faulty = Faulty::still();
        let id = faulty.node("c1")["ID"].as_str().unwrap().to_owned();
        faulty.rule(&format!("PUT /v1/node/*/eligibility nth=1 {effect}"));
        let error = faulty.mark(&id).unwrap_err();
        assert!(!error.is_timeout(), "{error:?}");
        assert_eq!(faulty.node("c1")["SchedulingEligibility"] == "ineligible", carried_out, "{effect}");
    }
}

#[test]
fn an_answer_can_stay_away_for_ever_with_or_without_the_write() {
    for (effect, carried_out) in [("hang", false), ("no-reply", true)] {
        let faulty = Faulty::still();
        let id = faulty.node("c1")["ID"].as_str().unwrap().to_owned();
        faulty.rule(&format!("PUT /v1/node/*/eligibility nth=1 {effect}"));
        assert!(faulty.mark(&id).unwrap_err().is_timeout(), "{effect}");
        assert_eq!(faulty.node("c1")["SchedulingEligibility"] == "ineligible", carried_out, "{effect}");
    }
}

#[test]
fn a_body_can_break_off_and_an_index_can_lag() {
    let faulty = Faulty::still();
    let whole = faulty.get("/v1/nodes");
    faulty.rule("GET /v1/nodes nth=1 truncate=100");
    faulty.rule("GET /v1/nodes nth=2 stale-index=5");
    let error = faulty.try_get("/v1/nodes").unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(faulty.get("/v1/nodes").index(), whole.index() - 5);
    assert_eq!(faulty.get("/v1/nodes").index(), whole.index());
}

#[test]
fn an_answer_can_come_late_by_the_clusters_clock() {
    // A hundred seconds there are one of ours.
    let faulty = Faulty::new(Pace::Real { speed: 100.0 }, Scenario::Bare);
    faulty.rule("GET /v1/jobs delay=100s");
    let begun = tokio::time::Instant::now();
    assert_eq!(faulty.get("/v1/jobs").status, 200);
    // Not by our clock, however busy this machine is.
    assert!((0.9..50.0).contains(&begun.elapsed().as_secs_f64()), "{:?}", begun.elapsed());
}

#[test]
fn servers_can_lose_their_leader_and_find_one_again() {
    let faulty = Faulty::new(Pace::Real { speed: 20.0 }, Scenario::Bare);
    let before = faulty.get("/v1/status/leader").body;
    faulty.rule("GET /v1/regions nth=1 no-leader=40s");
    faulty.rule("GET /v1/regions nth=2 kill-leader");
    faulty.get("/v1/regions");
    let refused = faulty.get("/v1/jobs");
    assert_eq!((refused.status, refused.words()), (500, "No cluster leader"));
    let stale = faulty.get("/v1/jobs?stale");
    assert!(stale.status == 200 && stale.has_header("x-nomad-knownleader", "false"), "{stale:?}");
    let found = || {
        (0..400).any(|_| {
            faulty.raw.pause();
            faulty.get("/v1/jobs").status == 200
        })
    };
    assert!(found(), "no leader came back");
    faulty.get("/v1/regions");
    assert_eq!(faulty.get("/v1/jobs").status, 500);
    assert!(found(), "no other leader was found");
    assert_ne!(faulty.get("/v1/status/leader").body, before);
}

#[test]
fn the_node_of_a_request_can_die_or_stand_still_for_a_while() {
    for (effect, comes_back) in [("kill-node=3s", false), ("pause-node=1m", true)] {
        let faulty = Faulty::still();
        let id = faulty.node("c1")["ID"].as_str().unwrap().to_owned();
        faulty.rule(&format!("PUT /v1/node/*/eligibility nth=1 {effect}"));
        faulty.mark(&id).unwrap();
        assert_eq!(faulty.node("c1")["Status"], "ready", "its heartbeat is not missed yet");
        faulty.pass(40);
        assert_eq!(faulty.node("c1")["Status"], "down", "{effect}");
        faulty.pass(60);
        assert_eq!(faulty.node("c1")["Status"] == "ready", comes_back, "{effect}");
    }
}

#[test]
fn what_replaces_the_work_of_a_node_can_stay_unhealthy() {
    let faulty = Faulty::new(Pace::Stepped, Scenario::Small);
    faulty.rule("PUT /v1/node/*/drain never-healthy");
    let id = faulty.node("c1")["ID"].as_str().unwrap().to_owned();
    let drain = r#"{"DrainSpec":{"Deadline":3600000000000}}"#;
    faulty.raw.ask(&faulty.sandbox, "PUT", &format!("/v1/node/{id}/drain"), Some(drain));
    faulty.pass(60);
    let allocs = faulty.get("/v1/job/ledger/allocations").body;
    let moved = allocs.as_array().unwrap().iter().find(|a| a["NodeID"] != id.as_str()).unwrap();
    assert_eq!(moved["DeploymentStatus"]["Healthy"], false, "{moved}");
}
