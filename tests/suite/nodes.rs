//! The verbs that change nodes, in front of a server that keeps what it is told and sometimes loses its replies.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::binary::{Fleet, Ran};
use crate::canned::{Answer, Canned, HUNG_UP, recorded};

/// Six nodes whose eligibility can be written; how the next writes fail is said in advance.
#[derive(Clone)]
struct Nodes {
    eligibility: Arc<Mutex<BTreeMap<String, String>>>,
    faults: Arc<Mutex<Vec<Fault>>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fault {
    /// The write is carried out, and its reply is lost.
    ReplyLost,
    /// There is no leader; nothing is carried out.
    NoLeader,
    /// The token may not.
    Denied,
}

impl Nodes {
    fn new(faults: &[Fault]) -> Self {
        Nodes { eligibility: Arc::default(), faults: Arc::new(Mutex::new(faults.to_vec())) }
    }

    fn list(&self) -> Vec<Value> {
        let mut nodes: Vec<Value> =
            serde_json::from_str(&recorded("nomad-2.0.5", "nodes-list").body).unwrap();
        let told = self.eligibility.lock().unwrap();
        for node in &mut nodes {
            node["SchedulingEligibility"] = json!("eligible");
            if let Some(eligibility) = told.get(node["ID"].as_str().unwrap()) {
                node["SchedulingEligibility"] = json!(eligibility);
            }
        }
        nodes
    }

    fn answer(&self, request: &str) -> Answer {
        let (method, path) = request.split_once(' ').unwrap();
        let id = path.strip_prefix("/v1/node/").and_then(|p| p.split('/').next());
        match (method, id) {
            ("GET", Some(id)) => {
                let node = self.list().into_iter().find(|n| n["ID"] == id);
                Answer::new(200, node.unwrap_or_default().to_string())
            }
            ("GET", None) => Answer::new(200, Value::from(self.list()).to_string()),
            ("PUT", Some(id)) if path.ends_with("/eligibility") => self.write(id),
            _ => Answer::new(404, ""),
        }
    }

    fn write(&self, id: &str) -> Answer {
        let fault = self.faults.lock().unwrap().pop();
        if !matches!(fault, Some(Fault::NoLeader | Fault::Denied)) {
            self.eligibility.lock().unwrap().insert(id.to_owned(), "ineligible".to_owned());
        }
        match fault {
            None => recorded("nomad-2.0.5", "node-eligibility-write"),
            Some(Fault::ReplyLost) => Answer::new(HUNG_UP, ""),
            Some(Fault::NoLeader) => Answer::new(500, "No cluster leader"),
            Some(Fault::Denied) => Answer::new(403, "Permission denied"),
        }
    }
}

fn run(nodes: &Nodes, args: &[&str]) -> (Ran, Vec<String>) {
    let home = tempfile::tempdir().unwrap();
    let nodes = nodes.clone();
    let server = Canned::new(move |request| nodes.answer(request));
    let ran = Fleet::new(home.path()).env("NOMAD_ADDR", &server.url).run(args);
    let writes = server.asked().into_iter().filter(|r| !r.starts_with("GET")).collect();
    (ran, writes)
}

#[test]
fn a_write_whose_reply_was_lost_is_read_back_and_not_repeated() {
    let (ran, writes) = run(&Nodes::new(&[Fault::ReplyLost]), &["node", "ineligible", "c6"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.out, "NODE\tWAS\tIS\tNOTE\nc6\teligible\tineligible\t\n");
    assert_eq!(writes.len(), 1, "{writes:?}");
}

#[test]
fn a_write_that_met_no_leader_is_repeated_once_it_is_known_not_to_be_done() {
    let (ran, writes) = run(&Nodes::new(&[Fault::NoLeader]), &["node", "ineligible", "c6"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(writes.len(), 2, "{writes:?}");
}

#[test]
fn what_is_so_already_is_told_and_not_written() {
    let nodes = Nodes::new(&[]);
    assert_eq!(run(&nodes, &["node", "ineligible", "c6"]).1.len(), 1);
    let (ran, writes) = run(&nodes, &["node", "ineligible", "c6", "c5", "-o", "json"]);
    assert_eq!((ran.code, writes.len()), (0, 1), "{ran}");
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let said: Vec<_> =
        rows.iter().map(|r| (r["node_name"].as_str().unwrap(), r["changed"].as_bool().unwrap())).collect();
    assert_eq!(said, [("c5", true), ("c6", false)]);
}

#[test]
fn a_token_that_may_not_write_is_told_the_right_it_lacks() {
    let (ran, writes) = run(&Nodes::new(&[Fault::Denied]), &["node", "ineligible", "c6"]);
    assert_eq!((ran.code, writes.len()), (4, 1), "{ran}");
    assert!(ran.err.contains("node { policy = \"write\" }"), "{ran}");
}

#[test]
fn one_failure_of_many_does_not_keep_the_others_and_is_told() {
    let (ran, writes) = run(&Nodes::new(&[Fault::Denied]), &["node", "ineligible", "c4", "c5", "c6"]);
    assert_eq!((ran.code, writes.len()), (4, 3), "{ran}");
    assert!(ran.err.contains("1 of 3 nodes not changed"), "{ran}");
    assert_eq!(ran.out.matches("\tineligible\t").count(), 2, "{ran}");
}

#[test]
fn nothing_is_written_by_a_dry_run_or_without_a_selection() {
    let nodes = Nodes::new(&[]);
    for verb in ["ineligible", "eligible", "undrain", "drain"] {
        let (ran, writes) = run(&nodes, &["node", verb]);
        assert_eq!((ran.code, writes.len()), (2, 0), "{ran}");
        let (ran, writes) = run(&nodes, &["node", verb, "--class", "nobody-has-it", "--dry-run"]);
        assert!(writes.is_empty(), "{ran}");
    }
    let (ran, writes) = run(&nodes, &["node", "ineligible", "c*", "--dry-run"]);
    assert_eq!((ran.code, ran.out.lines().count(), writes.len()), (0, 7, 0), "{ran}");
}

/// A node with work on it, put together from recordings.
fn cluster(request: &str) -> Answer {
    let path = request.split(['?', ' ']).nth(1).unwrap_or_default();
    match path {
        "/v1/nodes" => recorded("nomad-2.0.5", "nodes-list"),
        "/v1/allocations" => recorded("nomad-2.0.5", "job-allocations"),
        "/v1/job/t28" => recorded("nomad-2.0.5", "job-full"),
        "/v1/job/fleet-forecast/plan" => recorded("nomad-2.0.5", "plan-forecast-fits"),
        "/v1/deployments" => Answer::new(200, "[]"),
        "/v1/acl/token/self" => Answer::new(400, "ACL support disabled"),
        // A sign of life: its client runs no check of it.
        path if path.starts_with("/v1/client/allocation/") => Answer::new(200, "{}"),
        _ => Answer::new(404, ""),
    }
}

#[test]
fn a_drain_is_previewed_without_a_write_and_refused_where_it_would_take_a_service_down() {
    let home = tempfile::tempdir().unwrap();
    let server = Canned::new(cluster);
    let fleet = Fleet::new(home.path()).env("NOMAD_ADDR", &server.url);
    let preview = fleet.run(&["node", "drain", "c5", "--dry-run", "-o", "table"]);
    insta::assert_snapshot!(preview, @"
    exit code 7
    --- stdout
    deadline  1h 00m; whatever still runs then is stopped, even without a replacement. Batch work is not restarted

    Nodes
    NODE  CLASS  SERVICES  BATCH  SYSTEM  WHAT
    c5    new           1      0       0  drains

    Risks
    RISK                                               ACCEPTED  OPTION
    t28/g has one instance and is down while it moves  no        --singletons gap, or --singletons skip
    --- stderr
    error: the drain was not started; nothing was changed
      because: t28/g has one instance and is down while it moves
      hint: --singletons gap, or --singletons skip
      hint: to move services without going below their floor: fleet rotate-nodes c5
    ");
    let refused = fleet.run(&["node", "drain", "c5", "--yes"]);
    insta::assert_snapshot!(refused, @"
    exit code 7
    --- stdout
    --- stderr
    deadline  1h 00m; whatever still runs then is stopped, even without a replacement. Batch work is not restarted

    Nodes
    NODE  CLASS  SERVICES  BATCH  SYSTEM  WHAT
    c5    new           1      0       0  drains

    Risks
    RISK                                               ACCEPTED  OPTION
    t28/g has one instance and is down while it moves  no        --singletons gap, or --singletons skip
    error: the drain was not started; nothing was changed
      because: t28/g has one instance and is down while it moves
      hint: --singletons gap, or --singletons skip
      hint: to move services without going below their floor: fleet rotate-nodes c5
    ");
    // A plan stores nothing.
    let writes = |r: &&String| !r.starts_with("GET") && !r.contains("/fleet-forecast/plan");
    assert_eq!(server.asked().iter().filter(writes).count(), 0);
}

#[test]
fn an_address_that_sends_on_says_where_to() {
    let server =
        Canned::new(|_| Answer::new(307, "").header("Location", "https://login.example.com/?token=s3same"));
    let home = tempfile::tempdir().unwrap();
    let ran = Fleet::new(home.path()).env("NOMAD_ADDR", &server.url).run(&["node", "list"]);
    assert_eq!(ran.code, 5, "{ran}");
    assert!(ran.err.contains("https://login.example.com/?…"), "{ran}");
    assert!(!ran.err.contains("s3same"), "{ran}");
    assert!(ran.err.contains("the address came from NOMAD_ADDR"), "{ran}");
}

#[test]
fn commands_that_are_told_mean_the_cluster_that_was_asked() {
    let server = Canned::new(|_| recorded("nomad-2.0.5", "nodes-draining"));
    let home = tempfile::tempdir().unwrap();
    let ran = Fleet::new(home.path()).run(&["--address", &server.url, "node", "show", "nobody"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.err.contains(&format!("fleet --address {} node list", server.url)), "{ran}");
}
