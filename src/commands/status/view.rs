//! What `fleet status` shows.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::gather::{Seen, Work};
use super::rollouts::{self, JobLine};
use crate::api;
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::job::JobBrief;
use crate::commands::shared::present::{ConsulSeen, Present};
use crate::error::Error;
use crate::model::capacity::{self, Pool, percent};
use crate::model::finding::{self, Finding, Kind, Severity};
use crate::model::ids::JobKey;
use crate::model::job_health::{self, Tally};
use crate::model::node_health;
use crate::model::servers::{self, Server};
use crate::model::{version_skew, words};
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

/// More findings of a kind than this are one line on a screen.
const MOST: usize = 4;
/// How many of them that line names.
const NAMED: usize = 3;
/// A token that ends within this time is told of.
const SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// Data older than this means that the answering server does not hear from a leader.
const FRESH: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize)]
pub(super) struct ClusterStatus {
    nomad: String,
    /// The namespace asked for; `*` for all that the token may read.
    namespace: String,
    /// The namespaces of the allocations that were seen.
    namespaces_seen: Vec<String>,
    pub(super) problems: Vec<Finding>,
    pub(super) under_way: Vec<Finding>,
    pub(super) unknown: Vec<Unknown>,
    /// Jobs with their versions and deployments; of those that are stopped only where something of them still runs.
    jobs: Vec<JobLine>,
    pub(super) capacity: Vec<Pool>,
    pub(super) servers: Servers,
    checks: Asked,
    /// What Consul told of itself.
    consul: ConsulSeen,
    /// When the token that is used ends; none where it never does, or that is not known.
    pub(super) token_expires_at: Option<Timestamp>,
    /// How old the answers may be, in milliseconds.
    pub(super) data_age_ms: u128,
    #[serde(skip)]
    pub(super) counts: Counts,
    #[serde(skip)]
    all: bool,
    #[serde(skip)]
    pub(super) wide: bool,
}

/// Of how many allocations Nomad's checks were asked.
#[derive(Debug, Serialize)]
struct Asked {
    allocations_asked: usize,
    allocations_with_checks: usize,
}

/// A part of the picture that is missing.
#[derive(Debug, Serialize)]
pub(super) struct Unknown {
    pub(super) part: &'static str,
    why: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Servers {
    pub(super) known_leader: Option<bool>,
    pub(super) failure_tolerance: Option<i64>,
    pub(super) members: Vec<Server>,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    nodes: Option<(usize, usize, usize)>,
    pub(super) jobs: Option<usize>,
    pub(super) running: Option<u64>,
}

impl ClusterStatus {
    pub(super) fn new(nomad: &str, namespace: &str, seen: Seen, (now, all): (Timestamp, bool)) -> Self {
        let mut unknown = Vec::new();
        let nodes = known(seen.nodes, "nodes", &mut unknown);
        let jobs = known(seen.jobs, "jobs", &mut unknown);
        let work = known(seen.work, "allocations", &mut unknown);
        let blocked = known(seen.blocked, "blocked evaluations", &mut unknown);
        let members = seen.members.and_then(|part| known(part, "servers in the gossip", &mut unknown));
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
        }
        findings.extend(blocked.iter().flatten().map(job_health::blocked));
        finding::sort(&mut findings);
        let (under_way, problems) = findings.into_iter().partition(|f| f.severity == Severity::Note);
        let lines = match (&jobs, &work) {
            (Some(jobs), Some(work)) => rollouts::lines(jobs, work),
            _ => Vec::new(),
        };
        let counts = Counts {
            nodes: nodes.as_ref().map(|nodes| {
                let ready = nodes.iter().filter(|n| n.status == api::nomad::node::NodeStatus::Ready).count();
                (nodes.len(), ready, nodes.iter().filter(|n| n.is_schedulable()).count())
            }),
            jobs: jobs.as_ref().map(|jobs| jobs.iter().filter(|j| !j.stop).count()),
            running: work.as_ref().map(|w| w.tallies.values().map(|t| t.running + t.canaries).sum()),
        };
        ClusterStatus {
            nomad: nomad.to_owned(),
            namespace: namespace.to_owned(),
            namespaces_seen: work.as_ref().map(|w| w.namespaces().into_iter().collect()).unwrap_or_default(),
            problems,
            under_way,
            unknown,
            jobs: lines,
            capacity: capacity::by_pool(
                &nodes.unwrap_or_default(),
                work.as_ref().map(|w: &Work| (&w.used, &w.disk)),
            ),
            servers: Servers {
                known_leader: seen.leader,
                failure_tolerance: assessment.failure_tolerance,
                members: assessment.servers,
            },
            token_expires_at: seen.token_expires_at,
            consul: present.consul.clone(),
            checks: Asked { allocations_asked: present.asked.0, allocations_with_checks: present.asked.1 },
            data_age_ms: seen.age.as_millis(),
            counts,
            all,
            wide: false,
        }
    }

    /// What `--check` fails with.
    pub(super) fn verdict(&self) -> Option<String> {
        let counted = |n: usize, what: &str| (n > 0).then(|| words::count(n, what));
        let parts = [counted(self.problems.len(), "problem"), counted(self.unknown.len(), "unknown part")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" and "))
    }

    fn servers_text(&self) -> Option<Cell> {
        let members = &self.servers.members;
        if members.is_empty() {
            return None;
        }
        let alive = members.iter().filter(|m| m.status.as_deref().unwrap_or("alive") == "alive").count();
        let mut text = format!("{alive} of {} alive", members.len());
        let mut tone = if alive < members.len() { Tone::Warn } else { Tone::Plain };
        if self.servers.known_leader == Some(false) {
            (text, tone) = (format!("no leader, {text}"), Tone::Bad);
        } else if let Some(leader) = members.iter().find(|m| m.leader == Some(true)) {
            text.push_str(&format!(", {} leads", leader.name));
        }
        if let Some(tolerance) = self.servers.failure_tolerance {
            text.push_str(&format!(", {tolerance} may fail"));
        }
        Some(Cell::toned(text, tone))
    }

    fn checks_text(&self) -> Cell {
        let Asked { allocations_asked: asked, allocations_with_checks: all } = self.checks;
        if asked == all {
            return Cell::Empty;
        }
        let all = words::count(all, "allocation");
        let text = format!("of {asked} of {all} with checks; --check asks all of them");
        Cell::toned(text, Tone::Warn)
    }

    /// Consul beside Nomad: its own nodes, and every check it has.
    fn consul_text(&self) -> Cell {
        let seen = &self.consul;
        if !seen.asked {
            let failed = self.unknown.iter().any(|u| u.part == "checks in Consul");
            return if failed {
                Cell::Empty
            } else {
                Cell::toned("not asked: CONSUL_HTTP_ADDR is not set", Tone::Dim)
            };
        }
        let critical = words::count(seen.critical_checks, "critical check");
        match seen.critical_nodes.as_slice() {
            [] if seen.critical_checks == 0 => Cell::text("no critical check"),
            [] => Cell::toned(critical, Tone::Warn),
            nodes => {
                let named = nodes.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
                let more = nodes.len().saturating_sub(NAMED);
                let more = if more == 0 { String::new() } else { format!(", … {more} more") };
                Cell::toned(format!("{critical}; its own nodes: {named}{more}"), Tone::Bad)
            }
        }
    }

    /// The jobs whose versions or deployments are not settled; all of them where everything was asked for.
    fn rollouts(&self) -> Vec<&JobLine> {
        self.jobs.iter().filter(|line| self.wide || line.is_unsettled()).collect()
    }

    fn age_text(&self) -> Option<Cell> {
        let age = Duration::from_millis(u64::try_from(self.data_age_ms).unwrap_or(u64::MAX));
        let leaderless = self.servers.known_leader == Some(false);
        (leaderless || age > FRESH).then(|| {
            let text = format!("up to {} old: the server that answered has no leader", duration_text(age));
            Cell::toned(text, Tone::Warn)
        })
    }

    pub(super) fn rows<'a>(&self, findings: &'a [Finding]) -> Vec<Row<'a>> {
        if self.all {
            return findings.iter().map(Row::One).collect();
        }
        // Sorted as they are, those of a severity and kind stand together.
        let groups = findings.chunk_by(|a, b| (a.severity, a.kind) == (b.severity, b.kind));
        let row = |group: &'a [Finding]| -> Vec<Row<'a>> {
            if group.len() > MOST { vec![Row::Many(group)] } else { group.iter().map(Row::One).collect() }
        };
        groups.flat_map(row).collect()
    }
}

/// Takes a part that was seen, or notes why it was not.
fn known<T>(part: api::Result<T>, name: &'static str, unknown: &mut Vec<Unknown>) -> Option<T> {
    part.map_err(|e| {
        let error = Error::from(e);
        let words: Vec<&str> =
            error.causes().iter().chain(error.hints().first()).map(String::as_str).collect();
        unknown.push(Unknown { part: name, why: words.join("; ") });
    })
    .ok()
}

fn of_jobs(jobs: &[JobBrief], tallies: &HashMap<JobKey, Tally>, present: &Present) -> Vec<Finding> {
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

impl Describe for ClusterStatus {
    fn describe(&self) -> Detail {
        let counts = &self.counts;
        let nodes = counts.nodes.map(|(all, ready, eligible)| {
            let tone = if ready < all { Tone::Warn } else { Tone::Plain };
            Cell::toned(format!("{all}, {ready} ready, {eligible} eligible"), tone)
        });
        let jobs = counts.jobs.map(|jobs| match counts.running {
            Some(running) => format!("{jobs}, {} running", words::count(running, "allocation")),
            None => jobs.to_string(),
        });
        let or_unknown = |cell: Option<Cell>| cell.unwrap_or_else(|| Cell::toned("not known", Tone::Warn));
        let detail = Detail::new().fields([
            ("nomad", Cell::text(&self.nomad)),
            ("servers", or_unknown(self.servers_text())),
            ("nodes", or_unknown(nodes)),
            ("jobs", or_unknown(jobs.map(Cell::text))),
            ("namespaces", self.namespaces_text()),
            ("checks", self.checks_text()),
            ("consul", self.consul_text()),
            ("data", self.age_text().unwrap_or(Cell::Empty)),
        ]);
        let unknown = self.unknown.iter().map(|u| (format!("{}: {}", u.part, u.why), Tone::Warn));
        let fine = self.problems.is_empty() && self.unknown.is_empty();
        detail
            .lines(None, fine.then(|| ("no problems".to_owned(), Tone::Good)))
            .table("Problems", &self.rows(&self.problems))
            .lines(Some("Not known"), unknown)
            .table("Under way", &self.rows(&self.under_way))
            .table("Rollouts", &self.rollouts())
            .table("Room on eligible nodes", &self.capacity)
    }
}

impl ClusterStatus {
    fn namespaces_text(&self) -> Cell {
        if self.namespace != ALL_NAMESPACES {
            return Cell::toned(format!("only {}", self.namespace), Tone::Warn);
        }
        match self.namespaces_seen.len() {
            0 => Cell::Empty,
            1..=6 => Cell::text(self.namespaces_seen.join(", ")),
            n => Cell::text(format!("{n}: {}, …", self.namespaces_seen[..5].join(", "))),
        }
    }
}

/// A line of a list of findings.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Row<'a> {
    One(&'a Finding),
    /// Many of a severity and kind.
    Many(&'a [Finding]),
}

impl Tabular for Row<'_> {
    const COLUMNS: &'static [Column] = &[
        column("SEVERITY").whole(),
        column("WHAT").wraps(),
        column("MESSAGE").wraps(),
        column("NEXT").wide(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let f = match self {
            Row::One(f) => *f,
            Row::Many(all) => &all[0],
        };
        let tone = match f.severity {
            Severity::Critical => Tone::Bad,
            Severity::Warning => Tone::Warn,
            Severity::Note => Tone::Dim,
        };
        let (what, says) = match self {
            Row::One(f) => (what(f), f.text.clone()),
            Row::Many(all) => many(all),
        };
        let next = f.next.as_deref().map_or(Cell::Empty, Cell::text);
        vec![Cell::toned(f.severity.to_string(), tone), Cell::text(what), Cell::text(says), next]
    }
}

/// Many findings of a kind in one line: how many of what, what is to be said of them, and the first of them.
fn many(all: &[Finding]) -> (String, String) {
    let (noun, says) = all[0].kind.together();
    let subjects: std::collections::BTreeSet<(&Option<String>, &str)> =
        all.iter().map(|f| (&f.namespace, f.subject.as_str())).collect();
    let names: Vec<&str> = subjects.iter().take(NAMED).map(|(_, name)| *name).collect();
    let more = subjects.len().saturating_sub(names.len());
    let more = if more == 0 { String::new() } else { format!(", … {more} more") };
    let first = match all[0].kind {
        Kind::EvaluationBlocked => format!(" ({})", all[0].text),
        _ => String::new(),
    };
    (words::count(subjects.len(), noun), format!("{says}: {}{more}{first}", names.join(", ")))
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

/// What a finding is about.
pub(super) fn what(f: &Finding) -> String {
    let kind = match f.kind {
        Kind::NoLeader | Kind::NoFailureTolerance | Kind::VersionSkew | Kind::TokenExpires => "",
        Kind::ServerFailed | Kind::ServerUnhealthy => "server ",
        Kind::NodeDown
        | Kind::NodeDisconnected
        | Kind::NodeInitializing
        | Kind::NodeDraining
        | Kind::NodeIneligible => "node ",
        _ => "job ",
    };
    match f.namespace.as_deref() {
        None | Some("default") => format!("{kind}{}", f.subject),
        Some(namespace) => format!("{kind}{} ({namespace})", f.subject),
    }
}

impl Tabular for Pool {
    const COLUMNS: &'static [Column] = &[
        column("POOL"),
        column("NODES").right(),
        column("READY").right().rank(3),
        column("ELIGIBLE").right(),
        column("CPU MHZ").right().rank(2),
        column("IN USE").right().rank(4),
        column("CPU %").right().whole(),
        column("MEMORY").right().rank(1),
        column("IN USE").right().rank(4),
        column("MEM %").right().whole(),
        column("DISK").right().rank(5),
        column("DISK %").right().whole(),
    ];

    fn cells(&self) -> Vec<Cell> {
        let share = |used, total| match percent(used, total) {
            Some(n @ 90..) => Cell::Share(n, Tone::Bad),
            Some(n @ 75..) => Cell::Share(n, Tone::Warn),
            Some(n) => Cell::Share(n, Tone::Plain),
            None => Cell::Empty,
        };
        vec![
            Cell::from(&self.pool),
            Cell::Number(self.nodes),
            Cell::Number(self.ready),
            Cell::Number(self.eligible),
            Cell::Number(self.cpu_mhz_total),
            self.cpu_mhz_used.map_or(Cell::Empty, Cell::Number),
            share(self.cpu_mhz_used, self.cpu_mhz_total),
            Cell::Mebibytes(self.memory_mib_total),
            self.memory_mib_used.map_or(Cell::Empty, Cell::Mebibytes),
            share(self.memory_mib_used, self.memory_mib_total),
            Cell::Mebibytes(self.disk_mib_total),
            share(self.disk_mib_used, self.disk_mib_total),
        ]
    }
}
