//! What stands below the list of what is selected.

use super::Tui;
use super::cells::{Words, dim, plain, tone_of};
use super::picture::{AllocSeen, JobSeen, NodeSeen};
use super::rows::At;
use crate::model::present_health::HealthVerdict;
use crate::model::words;
use crate::ui::Tone;

impl Tui {
    /// What is to be said of what is selected, below the list: in sentences, the first the most telling.
    pub(super) fn detail(&self) -> Vec<Words> {
        let Some(row) = self.selected() else { return Vec::new() };
        match row.at {
            At::Finding(i) => {
                let f = &self.findings()[i];
                let next = f.next.as_ref().map(|next| dim(next.clone()));
                let text = (format!("{}: {}", f.about(), f.text), tone_of(f.severity));
                std::iter::once(text).chain(next).collect()
            }
            At::Unknown(i) => {
                let (part, why) = &self.unknown()[i];
                vec![(format!("{part}: {why}"), Tone::Warn)]
            }
            At::Job(i) | At::Deployment(i) => self.job_detail(&self.jobs()[i]),
            At::Group(i, _) => self.job_detail(&self.jobs()[i]),
            at @ (At::OfJob(..) | At::OfNode(..)) => self.alloc(at).map(alloc_detail).unwrap_or_default(),
            At::Node(i) => node_detail(&self.nodes()[i]),
            at @ (At::JobNote(_) | At::NodeNote(_)) => vec![self.note(at)],
            At::Rotation(i) | At::Board(i, _) => {
                let r = &self.rotations()[i];
                vec![(format!("{}: {}", r.name, r.state), r.tone)]
            }
            At::Namespace(_) => Vec::new(),
        }
    }

    fn job_detail(&self, job: &JobSeen) -> Vec<Words> {
        let of_job = self.findings().iter().filter(|f| {
            !f.is_of_a_node()
                && f.subject == job.key.id
                && f.namespace.as_deref() == Some(job.key.namespace.as_str())
        });
        let mut all: Vec<Words> = of_job.map(|f| (f.text.clone(), tone_of(f.severity))).collect();
        let stopped = if job.stopped { ", stopped" } else { "" };
        all.push(dim(format!("{} job {}, version {}{stopped}", job.job_type, job.key, job.version)));
        all
    }
}

fn alloc_detail(alloc: &AllocSeen) -> Vec<Words> {
    let mut all: Vec<Words> = Vec::new();
    if let Some(health) = &alloc.health {
        let tone = if health.verdict == HealthVerdict::Unhealthy { Tone::Bad } else { Tone::Warn };
        all.extend(health.reasons.iter().map(|reason| (reason.clone(), tone)));
        if health.checks.passing > 0 {
            all.push((format!("{} now", passing(health.checks.passing)), Tone::Good));
        }
    }
    if !alloc.description.is_empty() {
        all.push(plain(&alloc.description));
    }
    all.extend(alloc.tasks.iter().map(|t| {
        let restarts = match t.restarts {
            0 => String::new(),
            n => format!(", {} in all", words::count(n, "restart")),
        };
        let last = if t.last.is_empty() { String::new() } else { format!("; {}", t.last) };
        let tone = if t.failed { Tone::Bad } else { Tone::Plain };
        (format!("task {}: {}{restarts}{last}", t.name, t.state), tone)
    }));
    all.push(dim(format!(
        "{} of job {}, version {}, on {}",
        alloc.id, alloc.job, alloc.version, alloc.node_name
    )));
    all
}

fn passing(n: u64) -> String {
    format!("{} {}", words::count(n, "check"), words::either(n, "passes", "pass"))
}

fn node_detail(node: &NodeSeen) -> Vec<Words> {
    let mut all = Vec::new();
    if !node.description.is_empty() {
        all.push(plain(&node.description));
    }
    if let Some(allocated) = node.allocated {
        all.push(plain(format!(
            "allocated {} of {} MHz, {} of {} MiB",
            allocated.cpu_mhz, node.offered.cpu_mhz, allocated.memory_mib, node.offered.memory_mib
        )));
    }
    let class = if node.class.is_empty() { String::new() } else { format!(", class {}", node.class) };
    all.push(dim(format!(
        "{}, pool {}, datacenter {}{class}, nomad {}",
        node.id, node.pool, node.datacenter, node.version
    )));
    all
}
