//! What `fleet status` shows.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::rollouts::{self, JobLine};
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::node::NodeStatus;
use crate::commands::shared::cluster::{
    AllocTotals, Assessed, ClusterObservation, RotationLine, Servers, Unknown,
};
use crate::commands::shared::present::ConsulSeen;
use crate::model::capacity::{self, Pool, percent};
use crate::model::finding::{Finding, Kind, Severity};
use crate::model::words;
use crate::ui::{Cell, Column, Describe, Detail, Tabular, Tone, column, duration_text};

/// More findings of a kind than this are one line on a screen.
const MOST: usize = 4;
/// How many of them that line names.
const NAMED: usize = 3;
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
    checks: ChecksAsked,
    /// What Consul told of itself.
    consul: ConsulSeen,
    /// Whether the token may see the rotations on the cluster.
    rotations_asked: bool,
    /// The rotations that have not ended, eight at most.
    rotations: Vec<RotationLine>,
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
struct ChecksAsked {
    allocations_asked: usize,
    allocations_with_checks: usize,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    nodes: Option<(usize, usize, usize)>,
    pub(super) jobs: Option<usize>,
    pub(super) running: Option<u64>,
}

impl ClusterStatus {
    pub(super) fn new(
        nomad: &str,
        namespace: &str,
        seen: ClusterObservation,
        (now, all): (Timestamp, bool),
    ) -> Self {
        let Assessed {
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
        } = Assessed::of(seen, now);
        let lines = match (&jobs, &work) {
            (Some(jobs), Some(work)) => rollouts::lines(jobs, work),
            _ => Vec::new(),
        };
        let counts = Counts {
            nodes: nodes.as_ref().map(|nodes| {
                let ready = nodes.iter().filter(|n| n.status == NodeStatus::Ready).count();
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
                work.as_ref().map(|w: &AllocTotals| (&w.used, &w.disk)),
            ),
            servers,
            token_expires_at,
            rotations_asked: rotations.is_some(),
            rotations: rotations.unwrap_or_default(),
            consul: present.consul.clone(),
            checks: ChecksAsked {
                allocations_asked: present.asked.0,
                allocations_with_checks: present.asked.1,
            },
            data_age_ms: age.as_millis(),
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

    fn checks_text(&self) -> Cell {
        let ChecksAsked { allocations_asked: asked, allocations_with_checks: all } = self.checks;
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
            let unknown = |part: &str| self.unknown.iter().any(|u| u.part == part);
            return if unknown("checks in Consul") {
                Cell::Empty
            } else if unknown("restarts and checks") {
                // Whether it was asked or not, what it said belongs to allocations that could not be read.
                Cell::toned("not known", Tone::Warn)
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

    /// What is told of rotations where none can be seen; the others are findings.
    fn rotations_text(&self) -> Cell {
        if self.rotations_asked || self.unknown.iter().any(|u| u.part == "rotations") {
            return Cell::Empty;
        }
        Cell::toned(
            "not asked: the token may not read the variables fleet/* of namespace default, or Nomad is older than 1.4",
            Tone::Dim,
        )
    }

    /// The jobs whose versions or deployments are not settled; all of them where everything was asked for.
    fn rollouts(&self) -> Vec<&JobLine> {
        self.jobs.iter().filter(|line| self.wide || line.is_unsettled()).collect()
    }

    fn age_text(&self) -> Option<Cell> {
        let age = Duration::from_millis(u64::try_from(self.data_age_ms).unwrap_or(u64::MAX));
        let leaderless = self.servers.known_leader == Some(false);
        (leaderless || age > FRESH).then(|| {
            let why = if leaderless { ": the server that answered has no leader" } else { "" };
            let text = format!("up to {} old{why}", duration_text(age));
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
            ("servers", or_unknown(self.servers.text())),
            ("nodes", or_unknown(nodes)),
            ("jobs", or_unknown(jobs.map(Cell::text))),
            ("namespaces", self.namespaces_text()),
            ("checks", self.checks_text()),
            ("consul", self.consul_text()),
            ("rotations", self.rotations_text()),
            ("data", self.age_text().unwrap_or(Cell::Empty)),
        ]);
        let unknown = self.unknown.iter().map(|u| (format!("{}: {}", u.part, u.why), Tone::Warn));
        let fine = self.problems.is_empty() && self.unknown.is_empty();
        detail
            .lines(None, fine.then(|| ("no problems".to_owned(), Tone::Good)))
            .table("Problems", &self.rows(&self.problems))
            .lines(Some("Not known"), unknown)
            .table("Notes", &self.rows(&self.under_way))
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
        column("NEXT").drops(),
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
            Row::One(f) => (f.about(), f.text.clone()),
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

impl Tabular for Pool {
    const COLUMNS: &'static [Column] = &[
        column("POOL"),
        column("NODES").right(),
        column("READY").right().rank(3),
        column("ELIGIBLE").right(),
        column("CPU MHZ").right().rank(2),
        column("IN USE").right().rank(4).unit("MHZ"),
        column("CPU %").right().whole(),
        column("MEMORY").right().rank(1).unit("MIB"),
        column("IN USE").right().rank(4).unit("MIB"),
        column("MEM %").right().whole(),
        column("DISK").right().rank(5).unit("MIB"),
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
