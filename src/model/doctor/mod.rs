//! What is wrong, or will be, with jobs, the cluster, and what Nomad and Consul say of each other. Pure.
//!
//! Every check has a code that stays, and a page in `docs/doctor/`.

pub mod cluster;
pub mod consul;
pub mod fleet_wide;
pub mod jobs;
pub mod templates;
pub mod waivers;

use serde::Serialize;

pub use crate::model::finding::Severity;

/// A check: its code, what it finds, and how bad that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The code, such as `FD101`.
    pub code: &'static str,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What `fleet doctor --fix` does about it; none where the decision is somebody's, and is made by hand.
    pub fix: Option<&'static str>,
}

const fn check(code: &'static str, title: &'static str, severity: Severity) -> Check {
    Check { code, title, severity, fix: None }
}

impl Check {
    const fn mended(self, fix: &'static str) -> Self {
        Check { fix: Some(fix), ..self }
    }
}

/// Every check. FD1 are of jobs, FD2 of the cluster, FD3 of Nomad and Consul together.
pub const CHECKS: &[Check] = &[
    check("FD101", "no check tells whether a service is healthy", Severity::Warning),
    check("FD102", "a task has no limit of memory", Severity::Warning),
    check("FD103", "a service has a single instance", Severity::Warning),
    check("FD104", "updates do not roll: max_parallel is 0", Severity::Warning),
    check("FD105", "max_parallel takes every instance at once", Severity::Warning),
    check("FD106", "a failed deployment is not rolled back", Severity::Note),
    check("FD107", "a host volume pins the group to some nodes", Severity::Note),
    check("FD108", "a static port keeps instances apart", Severity::Note),
    check("FD109", "distinct_hosts leaves no node to move to", Severity::Warning),
    check("FD110", "kill_timeout is longer than clients allow by default", Severity::Warning),
    check("FD111", "an image is not pinned to a version", Severity::Warning),
    check("FD112", "a secret stands in the environment of a task", Severity::Warning),
    check("FD113", "memory_max has no effect", Severity::Warning),
    check("FD114", "a task ran out of memory in the last day", Severity::Critical),
    check("FD115", "a task is restarted again and again", Severity::Critical),
    check("FD116", "a deprecated field is used", Severity::Note),
    check("FD117", "all instances run on one node", Severity::Warning),
    check("FD118", "a host volume is on one node only", Severity::Warning),
    check("FD119", "all instances run in one datacenter", Severity::Note),
    check("FD120", "many finished runs of a job are kept", Severity::Note),
    check("FD121", "a job for every node has no instance on any", Severity::Warning),
    check("FD201", "a single server, or an even number of them", Severity::Warning),
    check("FD202", "the loss of one more server is the loss of the cluster", Severity::Critical),
    check("FD203", "agents run several versions", Severity::Warning),
    check("FD204", "ACLs are off", Severity::Critical),
    check("FD205", "TLS is off", Severity::Critical),
    check("FD206", "the gossip is not encrypted", Severity::Warning),
    check("FD207", "whoever has no token has rights", Severity::Warning),
    check("FD208", "tokens never expire", Severity::Note),
    check("FD209", "the scheduler rests or refuses jobs", Severity::Critical)
        .mended("lets the scheduler work and takes jobs again"),
    check("FD210", "services may evict each other", Severity::Note),
    check("FD211", "a server does not vote", Severity::Warning),
    check("FD212", "a node does not answer", Severity::Critical),
    check("FD213", "a driver of a node is not healthy", Severity::Warning),
    check("FD214", "a node that is well takes no new work", Severity::Note)
        .mended("makes the node eligible, if its agent answers and nobody moves work"),
    check("FD215", "preemption is on, and no job is of a lower priority", Severity::Note),
    check("FD216", "dead servers are not cleaned up", Severity::Warning)
        .mended("has autopilot remove dead servers"),
    check("FD217", "raft knows a server that the gossip does not", Severity::Warning),
    check("FD218", "what is over is kept for very long", Severity::Note),
    check("FD219", "the clock of a node is wrong", Severity::Warning),
    check("FD220", "the agent of a ready node does not answer", Severity::Critical),
    check("FD221", "the disk of a node is nearly full", Severity::Warning),
    check("FD222", "the servers have no leader", Severity::Critical),
    check("FD301", "Consul has an instance whose allocation is gone", Severity::Warning)
        .mended("deregisters the instance, if its allocation is still gone"),
    check("FD302", "Consul has an instance twice", Severity::Warning)
        .mended("deregisters the instance where its allocation does not run"),
    check("FD303", "a check of an allocation fails", Severity::Critical),
    check("FD304", "Consul is told of a service that has no instances", Severity::Note),
    check("FD305", "Nomad has an instance whose allocation is gone", Severity::Warning)
        .mended("deregisters the instance, if its allocation is still gone"),
    check("FD306", "a template waits for what nobody wrote", Severity::Warning),
];

/// The check of a code.
#[must_use]
pub fn of(code: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}

/// The object of a finding that can be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A node, by its id.
    Node(String),
    /// A setting of the scheduler that has to be off, as the servers call it.
    SchedulerSwitch(&'static str),
    /// Autopilot's settings.
    Autopilot,
    /// The registrations of an allocation with a service.
    Instance {
        /// The service's name.
        service: String,
        /// The allocation's id.
        alloc_id: String,
    },
}

/// A fault that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The check's code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: `job web`, `node c4`, `cluster`.
    pub subject: String,
    /// Its namespace, where it has one.
    pub namespace: Option<String>,
    /// What was found, in one sentence without a full stop.
    pub text: String,
    /// The command that helps or leads there.
    pub next: Option<String>,
    /// What would be mended.
    #[serde(skip)]
    pub object: Option<Object>,
}

impl Fault {
    /// A fault of this code.
    #[must_use]
    pub fn new(code: &'static str, subject: impl Into<String>, text: impl Into<String>) -> Self {
        let severity = of(code).map_or(Severity::Warning, |c| c.severity);
        let (subject, text) = (subject.into(), text.into());
        Fault { code, severity, subject, namespace: None, text, next: None, object: None }
    }

    /// The same, with what would be mended.
    #[must_use]
    pub fn object(mut self, object: Object) -> Self {
        self.object = Some(object);
        self
    }

    /// The same, in a namespace.
    #[must_use]
    pub fn within(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// The same, with the command that helps or leads there.
    #[must_use]
    pub fn next(mut self, command: impl Into<String>) -> Self {
        self.next = Some(command.into());
        self
    }
}

/// The worst first, codes together, subjects in order.
pub fn sort(faults: &mut [Fault]) {
    faults.sort_by(|a, b| {
        (a.severity, a.code, &a.namespace, &a.subject, &a.text).cmp(&(
            b.severity,
            b.code,
            &b.namespace,
            &b.subject,
            &b.text,
        ))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_each_stands_once() {
        assert!(CHECKS.windows(2).all(|w| w[0].code < w[1].code));
        assert_eq!(of("fd103").unwrap().code, "FD103");
        assert!(of("FD999").is_none());
    }
}
