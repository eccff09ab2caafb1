//! What is to be said of what was seen.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::rotations::{self, RotationLine};
use super::{AllocTotals, ClusterObservation};
use crate::api;
use crate::api::nomad::job::JobBrief;
use crate::api::nomad::node::NodeStub;
use crate::commands::shared::present::ObservedHealth;
use crate::error::{Error, Result};
use crate::model::finding::{self, Finding, Kind, Severity};
use crate::model::ids::JobKey;
use crate::model::job_health::{self, Tally};
use crate::model::servers::{self, Server};
use crate::model::unseen_end::may_still_run;
use crate::model::{node_health, version_skew};
use crate::ui::{Cell, Tone, duration_text};

/// A token that ends within this time is told of.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// A part of the picture that is missing.
#[derive(Debug, Serialize)]
pub(crate) struct Unknown {
    pub(crate) part: &'static str,
    pub(crate) why: String,
}

/// How the servers are.
#[derive(Debug, Serialize)]
pub(crate) struct Servers {
    pub(crate) known_leader: Option<bool>,
    pub(crate) failure_tolerance: Option<i64>,
    pub(crate) members: Vec<Server>,
}

/// What was seen, and what is to be said of it. A part that could not be seen is none, and among the unknown ones.
#[derive(Debug)]
pub(crate) struct Assessed {
    pub(crate) nodes: Option<Vec<NodeStub>>,
    pub(crate) jobs: Option<Vec<JobBrief>>,
    pub(crate) work: Option<AllocTotals>,
    pub(crate) present: ObservedHealth,
    pub(crate) servers: Servers,
    /// The worst first.
    pub(crate) problems: Vec<Finding>,
    /// What is only under way, or somebody's decision.
    pub(crate) under_way: Vec<Finding>,
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) token_expires_at: Option<Timestamp>,
    /// The rotations that have not ended; none where they were not asked for.
    pub(crate) rotations: Option<Vec<RotationLine>>,
    /// Age of the oldest part.
    pub(crate) age: Duration,
}

impl Assessed {
    /// Of what was seen now.
    pub(crate) fn of(seen: ClusterObservation, now: Timestamp) -> Self {
        let mut unknown = Vec::new();
        let nodes = known(seen.nodes, "nodes", &mut unknown);
        let jobs = known(seen.jobs, "jobs", &mut unknown);
        let work = known(seen.work, "allocations", &mut unknown);
        let blocked = known(seen.blocked, "blocked evaluations", &mut unknown);
        let members = known(seen.members, "servers in the gossip", &mut unknown);
        let autopilot = seen.autopilot.and_then(|part| known(part, "health of the servers", &mut unknown));
        if autopilot.as_ref().is_some_and(|a| a.servers.is_empty()) {
            let why = "a leader was just elected and does not know the servers yet".to_owned();
            unknown.push(Unknown { part: "health of the servers", why });
        }
        let present = known(seen.present, "restarts and checks", &mut unknown).unwrap_or_default();
        unknown.extend(present.not_known.iter().map(|(part, why)| Unknown { part, why: why.clone() }));
        let assessment = servers::assess(members.as_ref(), autopilot.as_ref(), seen.leader);
        let mut findings = assessment.findings;
        findings.extend(nodes.iter().flatten().filter_map(node_health::finding));
        findings.extend(version_skew::findings(
            assessment
                .servers
                .iter()
                .filter(|s| s.status.as_deref().unwrap_or("alive") == "alive")
                .map(|s| s.version.as_str()),
            nodes.iter().flatten().map(|n| n.version.as_str()),
        ));
        findings.extend(seen.token_expires_at.filter(|at| *at < now + SOON).map(|at| token_ends(at, now)));
        if let (Some(jobs), Some(work)) = (&jobs, &work) {
            findings.extend(of_jobs(jobs, &work.tallies, &present));
            findings.extend(nodes.iter().flat_map(|nodes| unseen_ends(jobs, work, nodes)));
            findings.extend(nodes.iter().flat_map(|nodes| left_nodes(jobs, work, nodes)));
        }
        findings.extend(blocked.iter().flatten().map(job_health::blocked));
        let rotations = known_or_error(seen.rotations, "rotations", &mut unknown).flatten().map(|seen| {
            rotations::say_who_closed(&seen, &mut findings);
            let (lines, of_them) = rotations::assess(seen, nodes.as_deref().unwrap_or_default());
            findings.extend(of_them);
            lines
        });
        finding::sort(&mut findings);
        let (under_way, problems) = findings.into_iter().partition(|f| f.severity == Severity::Note);
        let servers = Servers {
            known_leader: seen.leader,
            failure_tolerance: assessment.failure_tolerance,
            members: assessment.servers,
        };
        let (token_expires_at, age) = (seen.token_expires_at, seen.age);
        Assessed {
            nodes,
            jobs,
            work,
            present,
            servers,
            problems,
            under_way,
            unknown,
            token_expires_at,
            rotations,
            age,
        }
    }
}

impl Servers {
    /// How many are alive, who leads, how many may fail; none where no server is known.
    pub(crate) fn text(&self) -> Option<Cell> {
        let members = &self.members;
        if members.is_empty() {
            return None;
        }
        let alive = members.iter().filter(|m| m.status.as_deref().unwrap_or("alive") == "alive").count();
        let mut text = format!("{alive} of {} alive", members.len());
        let mut tone = if alive < members.len() { Tone::Warn } else { Tone::Plain };
        if self.known_leader == Some(false) {
            (text, tone) = (format!("no leader, {text}"), Tone::Bad);
        } else if let Some(leader) = members.iter().find(|m| m.leader == Some(true)) {
            text.push_str(&format!(", {} leads", leader.name));
        }
        if let Some(tolerance) = self.failure_tolerance {
            text.push_str(&format!(", {tolerance} may fail"));
        }
        Some(Cell::toned(text, tone))
    }
}

/// Takes a part that was seen, or notes why it was not.
fn known<T>(part: api::Result<T>, name: &'static str, unknown: &mut Vec<Unknown>) -> Option<T> {
    known_or_error(part.map_err(Error::from), name, unknown)
}

/// The same for a part of which more than an answer of the API can be missing.
fn known_or_error<T>(part: Result<T>, name: &'static str, unknown: &mut Vec<Unknown>) -> Option<T> {
    part.map_err(|error| {
        let words: Vec<&str> =
            error.causes().iter().chain(error.hints().first()).map(String::as_str).collect();
        unknown.push(Unknown { part: name, why: words.join("; ") });
    })
    .ok()
}

fn of_jobs(jobs: &[JobBrief], tallies: &HashMap<JobKey, Tally>, present: &ObservedHealth) -> Vec<Finding> {
    let none = Tally::default();
    let tally = |j: &JobBrief| tallies.get(&JobKey::new(&*j.namespace, &*j.id)).unwrap_or(&none);
    let mut findings: Vec<Finding> = jobs.iter().flat_map(|j| job_health::findings(j, tally(j))).collect();
    findings.extend(job_health::of_children(tallies));
    findings.extend(job_health::left_children(jobs, tallies));
    let brief = |key: &JobKey| jobs.iter().find(|j| j.id == key.id && j.namespace == key.namespace);
    findings.extend(present.jobs.iter().filter_map(|(key, sum)| {
        let running = tallies.get(key).map_or(0, |t| t.running + t.canaries);
        job_health::unhealthy_now(key, brief(key), running, sum)
    }));
    findings
}

/// Jobs whose allocations are not to run and may still do, on nodes that are away. Of a job that is not stopped those count that
/// nothing replaced: of the others the node's own finding tells. What a job for every node has lost goes on there when the node is
/// back, unless its work has an end.
fn unseen_ends(jobs: &[JobBrief], work: &AllocTotals, nodes: &[NodeStub]) -> Vec<Finding> {
    let status = |id: &str| nodes.iter().find(|n| n.id == id).map(|n| n.status);
    let of_one = |j: &JobBrief| {
        let in_doubt = work.in_doubt.get(&JobKey::new(&*j.namespace, &*j.id))?;
        let may_run = in_doubt
            .iter()
            .filter(|(node, i)| (j.stop || !i.replaced) && may_still_run(i.client, i.desired, status(node)));
        job_health::left_on_nodes(j, may_run.count())
    };
    let comes_back = |j: &&JobBrief| !j.stop && j.job_type.is_per_node() && !j.job_type.ends();
    jobs.iter().filter(|j| !comes_back(j)).filter_map(of_one).collect()
}

/// Jobs for every node whose last update stopped them on nodes that take no new work: nothing else tells of what is not there.
fn left_nodes(jobs: &[JobBrief], work: &AllocTotals, nodes: &[NodeStub]) -> Vec<Finding> {
    let of_one = |j: &JobBrief| {
        let places = work.places.get(&JobKey::new(&*j.namespace, &*j.id))?;
        let registered_at = j.submit_time?;
        let left = |n: &NodeStub| places.get(&n.id).is_some_and(|p| p.was_left(j.version, registered_at));
        let left: Vec<(&str, String)> = nodes
            .iter()
            .filter(|n| left(n))
            .filter_map(|n| Some((n.name.as_str(), n.why_no_new_work()?)))
            .collect();
        job_health::left_nodes(j, &left)
    };
    jobs.iter().filter(|j| !j.stop).filter_map(of_one).collect()
}

fn token_ends(at: Timestamp, now: Timestamp) -> Finding {
    let left = at.duration_since(now);
    let text = match Duration::try_from(left) {
        Ok(left) => format!("the token that is used ends in {}", duration_text(left)),
        Err(_) => "the token that is used has ended".to_owned(),
    };
    Finding {
        severity: Severity::Warning,
        kind: Kind::TokenExpires,
        namespace: None,
        subject: "token".to_owned(),
        id: None,
        text,
        next: Some("fleet acl whoami".to_owned()),
    }
}
