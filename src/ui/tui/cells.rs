//! What stands in a line, and below the list of what is selected.

use jiff::Timestamp;

use super::picture::{AllocSeen, JobSeen, NodeSeen};
use super::rows::{At, Row, waits};
use super::{Tui, View};
use crate::api::nomad::allocation::ClientStatus;
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::node::NodeStatus;
use crate::model::capacity::percent;
use crate::model::finding::Severity;
use crate::model::ids::short;
use crate::model::present_health::HealthVerdict;
use crate::model::words;
use crate::ui::Tone;
use crate::ui::size::bytes_text;
use crate::ui::time::relative_text;

/// A column of a view.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    /// Columns of the screen, at least.
    pub(super) width: u16,
    /// Its share of what is left over; 0 for none.
    pub(super) grows: u16,
    /// Whether it is aligned to the right.
    pub(super) right: bool,
    /// Shown on screens that have so many columns.
    pub(super) from: u16,
}

const fn column(title: &'static str, width: u16, grows: u16) -> Column {
    Column { title, width, grows, right: false, from: 0 }
}

const fn from(column: Column, from: u16) -> Column {
    Column { from, ..column }
}

const fn right(column: Column) -> Column {
    Column { right: true, ..column }
}

const PROBLEMS: &[Column] = &[column("SEVERITY", 8, 0), column("WHAT", 16, 1), column("MESSAGE", 20, 3)];
const JOBS: &[Column] = &[
    column("JOB", 20, 2),
    right(column("RUNNING", 7, 0)),
    column("STATE", 18, 3),
    from(column("NODE", 14, 1), 90),
    from(right(column("VERSION", 7, 0)), 100),
    from(right(column("AGE", 5, 0)), 80),
    from(right(column("CPU", 9, 0)), 118),
    from(right(column("MEMORY", 9, 0)), 118),
];
const NODES: &[Column] = &[
    column("NODE", 18, 2),
    column("STATE", 16, 2),
    from(column("POOL", 10, 1), 72),
    right(column("CPU %", 5, 0)),
    right(column("MEM %", 5, 0)),
    from(right(column("CPU USED", 9, 0)), 110),
    from(right(column("MEM USED", 9, 0)), 110),
    from(column("DATACENTER", 10, 1), 90),
    from(column("CLASS", 10, 1), 120),
    from(column("VERSION", 8, 0), 100),
];
const DEPLOYMENTS: &[Column] = &[
    column("JOB", 20, 2),
    right(column("VERSION", 7, 0)),
    column("STATE", 20, 3),
    from(column("DEPLOYMENT", 10, 0), 80),
];
const ROTATIONS: &[Column] =
    &[column("ROTATION", 12, 1), column("STATE", 24, 3), right(column("LAST", 9, 0))];

/// The columns of a view on a screen that has so many.
pub(super) fn columns(view: View, width: u16) -> Vec<(usize, Column)> {
    let all = match view {
        View::Problems => PROBLEMS,
        View::Jobs => JOBS,
        View::Nodes => NODES,
        View::Deployments => DEPLOYMENTS,
        View::Rotations => ROTATIONS,
    };
    all.iter().copied().enumerate().filter(|(_, c)| c.from <= width).collect()
}

/// Whether a screen that has so many columns shows what is used.
pub(super) fn shows_use(view: View, width: u16) -> bool {
    columns(view, width).iter().any(|(_, c)| matches!(c.title, "CPU" | "CPU USED"))
}

/// Words and what is to be thought of them.
pub(super) type Words = (String, Tone);

pub(super) fn plain(text: impl Into<String>) -> Words {
    (text.into(), Tone::Plain)
}

pub(super) fn dim(text: impl Into<String>) -> Words {
    (text.into(), Tone::Dim)
}

fn none() -> Words {
    Words::default()
}

pub(super) fn tone_of(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Note => Tone::Plain,
    }
}

impl Tui {
    /// What stands in the columns of a line, all of them; one that spans the rest of the line is the last.
    pub(super) fn cells(&self, row: Row) -> Vec<Words> {
        match row.at {
            At::Finding(i) => {
                let f = &self.findings()[i];
                vec![(f.severity.to_string(), tone_of(f.severity)), plain(f.about()), plain(&f.text)]
            }
            At::Unknown(i) => {
                let (part, why) = &self.unknown()[i];
                vec![("unknown".to_owned(), Tone::Warn), plain(part), plain(why)]
            }
            At::Namespace(i) => {
                let namespace = &self.jobs()[i].key.namespace;
                let of = self.jobs()[i..].iter().take_while(|j| j.key.namespace == *namespace).count();
                vec![(namespace.clone(), Tone::Strong), none(), dim(words::count(of, "job"))]
            }
            At::Job(i) => job_cells(&self.jobs()[i]),
            At::Group(i, g) => self.group_cells(i, g),
            At::OfJob(i, a) => self.alloc_of_job(i, a).map_or_else(Vec::new, |a| self.alloc_cells(a)),
            At::OfNode(i, a) => {
                let Some(alloc) = self.alloc_of_node(i, a) else { return Vec::new() };
                let used = self.used.get(&alloc.id);
                let cpu = used.map_or_else(none, |u| plain(format!("{:.0} MHz", u.cpu_mhz)));
                let memory = used.map_or_else(none, |u| plain(bytes_text(u.memory_bytes)));
                let name = plain(format!("{} {}", short(&alloc.id), alloc.name));
                vec![name, alloc_state(alloc), none(), none(), none(), cpu, memory]
            }
            At::Node(i) => self.node_cells(&self.nodes()[i]),
            At::JobNote(_) | At::NodeNote(_) => vec![self.note(row.at)],
            At::Deployment(i) => deployment_cells(&self.jobs()[i]),
            At::Rotation(i) => {
                let r = &self.rotations()[i];
                let last = r.last_at.map_or_else(none, |at| dim(relative_text(at, self.now)));
                vec![(r.name.clone(), Tone::Strong), (r.state.clone(), r.tone), last]
            }
            At::Board(i, line) => vec![plain(&self.rotations()[i].board[line])],
        }
    }

    pub(super) fn note(&self, at: At) -> Words {
        let super::rows::Key::Note(opened) = self.key(at) else { return none() };
        match self.contents(&opened) {
            Some(Some(contents)) => match &contents.not_known {
                Some(why) => (format!("not known: {why}"), Tone::Warn),
                None => dim("nothing was placed"),
            },
            _ => dim("asking..."),
        }
    }

    fn group_cells(&self, job: usize, group: usize) -> Vec<Words> {
        let (name, count) = self.group(job, group);
        let opened = super::Opened::Job(self.jobs()[job].key.clone());
        let contents = self.contents(&opened).and_then(Option::as_ref);
        let allocs = contents.map_or(&[][..], |c| &c.allocs);
        let of_group = || allocs.iter().filter(|a| a.group == name && a.wanted);
        let running = of_group().filter(|a| a.status == ClientStatus::Running && !a.canary).count();
        let unwell = of_group().filter(|a| verdict(a) == Some(HealthVerdict::Unhealthy)).count();
        let per_node = self.jobs()[job].job_type.is_per_node();
        let ratio = if per_node { running.to_string() } else { format!("{running}/{count}") };
        let short_of = !per_node && !self.jobs()[job].stopped && (running as u64) < count;
        let left_out = contents.map_or(0, |c| c.left_out.get(&name).copied().unwrap_or_default());
        let state = match (unwell, left_out) {
            (0, 0) => none(),
            (0, n) => dim(format!("{n} more ended, not shown")),
            (n, _) => (format!("{n} not healthy now"), Tone::Bad),
        };
        let tone = if short_of { Tone::Warn } else { Tone::Plain };
        vec![dim(format!("group {name}")), (ratio, tone), state]
    }

    fn alloc_cells(&self, alloc: &AllocSeen) -> Vec<Words> {
        let index = alloc.name.rfind('[').map_or("", |at| &alloc.name[at..]);
        let used = self.used.get(&alloc.id);
        // On a small screen there is no column for the node.
        let has_node = columns(self.view, self.size.0).iter().any(|(_, c)| c.title == "NODE");
        let node = if has_node { String::new() } else { format!(" {}", alloc.node_name) };
        vec![
            plain(format!("{} {index}{node}", short(&alloc.id))),
            none(),
            alloc_state(alloc),
            plain(&alloc.node_name),
            dim(alloc.version.to_string()),
            dim(age(alloc.created_at, self.now)),
            used.map_or_else(none, |u| plain(format!("{:.0} MHz", u.cpu_mhz))),
            used.map_or_else(none, |u| plain(bytes_text(u.memory_bytes))),
        ]
    }

    fn node_cells(&self, node: &NodeSeen) -> Vec<Words> {
        let share = |used: Option<u64>, total: u64| match percent(used, total) {
            None => none(),
            Some(n @ 90..) => (n.to_string(), Tone::Bad),
            Some(n @ 75..) => (n.to_string(), Tone::Warn),
            Some(n) => plain(n.to_string()),
        };
        let used = self.used.get(&node.id);
        vec![
            plain(&node.name),
            node_state(node),
            plain(&node.pool),
            share(node.allocated.map(|a| a.cpu_mhz), node.offered.cpu_mhz),
            share(node.allocated.map(|a| a.memory_mib), node.offered.memory_mib),
            used.map_or_else(none, |u| plain(format!("{:.0} MHz", u.cpu_mhz))),
            used.map_or_else(none, |u| plain(bytes_text(u.memory_bytes))),
            plain(&node.datacenter),
            plain(&node.class),
            dim(&node.version),
        ]
    }

    /// What is said where the list is empty.
    pub(super) fn empty(&self) -> Words {
        if self.picture.is_none() && self.view != View::Rotations {
            return match &self.lost {
                Some(why) => (format!("not known: {why}"), Tone::Bad),
                None => dim("looking..."),
            };
        }
        if !self.filter().is_empty() {
            return dim(format!("nothing fits {:?}; Esc shows all", self.filter()));
        }
        let picture = self.picture.as_ref();
        match self.view {
            View::Problems => ("no problems".to_owned(), Tone::Good),
            View::Jobs | View::Deployments if picture.is_some_and(|p| p.jobs.is_none()) => {
                self.unseen("jobs")
            }
            View::Nodes if picture.is_some_and(|p| p.nodes.is_none()) => self.unseen("nodes"),
            View::Jobs => dim("no jobs"),
            View::Nodes => dim("no nodes"),
            View::Deployments => dim("no deployment is under way, and none failed"),
            View::Rotations => match &self.rotations {
                None => dim("looking..."),
                Some(Err(why)) => (format!("not known: {why}"), Tone::Warn),
                Some(Ok(_)) => dim("no rotation is told of; `fleet rotate-nodes` begins one"),
            },
        }
    }

    fn unseen(&self, part: &str) -> Words {
        let why = self.unknown().iter().find(|(unknown, _)| unknown == part);
        (format!("not known: {}", why.map_or("they could not be read", |(_, why)| why)), Tone::Warn)
    }

    /// How many lines a view has for somebody to look at; none where that is not known.
    pub(super) fn count(&self, view: View) -> Option<(usize, Tone)> {
        let picture = self.picture.as_ref()?;
        Some(match view {
            View::Problems => {
                let problems = picture.findings.iter().filter(|f| f.severity != Severity::Note);
                let worst = picture.findings.first().map_or(Tone::Plain, |f| tone_of(f.severity));
                (problems.count() + picture.unknown.len(), worst)
            }
            View::Jobs => (picture.jobs.as_ref()?.iter().filter(|j| !j.stopped).count(), Tone::Plain),
            View::Nodes => (picture.nodes.as_ref()?.len(), Tone::Plain),
            View::Deployments => {
                let jobs = picture.jobs.as_ref()?;
                let shown = jobs.iter().filter(|j| super::rows::is_shown_deployment(j)).count();
                (shown, if jobs.iter().any(waits) { Tone::Warn } else { Tone::Plain })
            }
            View::Rotations => {
                let open = self.rotations().iter().filter(|r| !r.finished).count();
                (open, if open > 0 { Tone::Warn } else { Tone::Plain })
            }
        })
    }
}

fn job_cells(job: &JobSeen) -> Vec<Words> {
    let running = match (job.running, job.job_type.is_per_node() || job.job_type.ends()) {
        _ if job.children.is_some() => none(),
        (Some(running), true) => plain(running.to_string()),
        (Some(running), false) if !job.stopped => {
            let tone = if running < job.wanted { Tone::Warn } else { Tone::Plain };
            (format!("{running}/{}", job.wanted), tone)
        }
        (Some(running), false) => plain(running.to_string()),
        (None, _) => ("?".to_owned(), Tone::Warn),
    };
    let state = match &job.says {
        Some((severity, text)) => (text.clone(), tone_of(*severity)),
        None if job.stopped => dim("stopped"),
        None => match (job.children, job.running) {
            (Some(n), _) => dim(format!("{}, started {}", job.job_type, words::count(n, "run"))),
            (None, Some(1..)) => ("running".to_owned(), Tone::Good),
            (None, Some(0)) if job.job_type.ends() => dim("not running"),
            (None, Some(0)) => dim("nothing to run"),
            (None, None) => ("not known".to_owned(), Tone::Warn),
        },
    };
    vec![plain(&job.key.id), running, state, none(), dim(job.version.to_string())]
}

fn verdict(alloc: &AllocSeen) -> Option<HealthVerdict> {
    alloc.health.as_ref().map(|h| h.verdict)
}

fn age(at: Option<Timestamp>, now: Timestamp) -> String {
    at.map_or_else(String::new, |at| relative_text(at, now).trim_end_matches(" ago").to_owned())
}

/// How an allocation does now, not what was once written down of it.
fn alloc_state(alloc: &AllocSeen) -> Words {
    let canary = if alloc.canary { "canary, " } else { "" };
    let stopping = !alloc.wanted && !alloc.status.is_terminal();
    match (&alloc.health, alloc.status) {
        _ if stopping => dim(format!("{canary}stopping")),
        (_, ClientStatus::Failed) => ("failed".to_owned(), if alloc.wanted { Tone::Bad } else { Tone::Dim }),
        (_, ClientStatus::Lost) => ("lost".to_owned(), Tone::Dim),
        (_, ClientStatus::Complete) => dim("complete"),
        (Some(health), status) => match health.verdict {
            HealthVerdict::Healthy => (format!("{canary}{status}, healthy"), Tone::Good),
            HealthVerdict::Unhealthy => (format!("{canary}{}", health.reason()), Tone::Bad),
            HealthVerdict::NotKnown => (format!("{canary}{status}, health not known"), Tone::Warn),
        },
        (None, status) => (format!("{canary}{status}"), Tone::Warn),
    }
}

fn node_state(node: &NodeSeen) -> Words {
    match node.status {
        NodeStatus::Ready if node.draining => ("draining".to_owned(), Tone::Warn),
        NodeStatus::Ready if !node.eligible => ("ready, ineligible".to_owned(), Tone::Warn),
        NodeStatus::Ready => ("ready".to_owned(), Tone::Good),
        NodeStatus::Down | NodeStatus::Unknown => (node.status.to_string(), Tone::Bad),
        NodeStatus::Disconnected | NodeStatus::Initializing => (node.status.to_string(), Tone::Warn),
    }
}

fn deployment_cells(job: &JobSeen) -> Vec<Words> {
    let Some(deployment) = &job.deployment else { return Vec::new() };
    let state = match (&job.says, deployment.status) {
        (_, DeploymentStatus::Paused) => ("paused".to_owned(), Tone::Warn),
        _ if waits(job) => {
            let says = job.says.as_ref().map(|(_, text)| text.clone()).filter(|t| t.contains("promotion"));
            (says.unwrap_or_else(|| "waits for promotion".to_owned()), Tone::Warn)
        }
        (_, DeploymentStatus::Failed) => (format!("failed: {}", deployment.status_description), Tone::Bad),
        _ => plain(deployment.status_description.clone()),
    };
    let version = plain(deployment.job_version.to_string());
    vec![plain(job.key.to_string()), version, state, dim(short(&deployment.id))]
}
