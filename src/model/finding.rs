//! Something an operator should know of, found by looking at the cluster.

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something is down.
    Critical,
    /// Something is wrong, or somebody must act.
    Warning,
    /// Under way, or somebody's decision.
    Note,
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Severity::Critical => "critical",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

/// What kind of thing it is. The order is the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The servers have no leader.
    NoLeader,
    /// A server is gone.
    ServerFailed,
    /// A server is there and not well, or does not vote.
    ServerUnhealthy,
    /// The loss of one more server is the loss of the cluster.
    NoFailureTolerance,
    /// Different versions of Nomad run side by side.
    VersionSkew,
    /// The token that is used ends soon.
    TokenExpires,
    /// A node misses its heartbeats.
    NodeDown,
    /// A node misses its heartbeats, and what runs there is waited for.
    NodeDisconnected,
    /// A node is registered and not ready.
    NodeInitializing,
    /// Nothing of a job runs.
    JobDown,
    /// Fewer allocations of a job run than it wants.
    JobBelowCount,
    /// Allocations of a job run and were found unhealthy.
    JobUnhealthy,
    /// Work of a batch job failed and is not tried again.
    BatchFailed,
    /// The latest deployment of a job failed.
    DeploymentFailed,
    /// Canaries wait for somebody to promote them.
    DeploymentAwaitsPromotion,
    /// Somebody paused a deployment.
    DeploymentPaused,
    /// Allocations could not be placed.
    EvaluationBlocked,
    /// Allocations that are not to run may still do, on nodes that are away.
    NotSeenToStop,
    /// A rotation was left unfinished, and nobody is at work on it.
    RotationLeft,
    /// A deployment is under way.
    DeploymentRunning,
    /// Runs of a job go on though the job is stopped.
    ChildrenLeft,
    /// A node is being drained.
    NodeDraining,
    /// A node takes no new work.
    NodeIneligible,
    /// A rotation is under way, or was given up.
    RotationUnderWay,
}

impl Kind {
    /// What several of a kind are, and what is to be said of them together.
    #[must_use]
    pub fn together(self) -> (&'static str, &'static str) {
        match self {
            Kind::NoLeader | Kind::NoFailureTolerance | Kind::VersionSkew | Kind::TokenExpires => {
                ("finding", "are much alike")
            }
            Kind::ServerFailed => ("server", "are gone, as the others see it"),
            Kind::ServerUnhealthy => ("server", "are unhealthy or do not vote"),
            Kind::NodeDown => ("node", "are down: heartbeats missed"),
            Kind::NodeDisconnected => ("node", "are disconnected: their allocations are waited for"),
            Kind::NodeInitializing => ("node", "are registered, not ready yet"),
            Kind::JobDown => ("job", "have nothing running"),
            Kind::JobBelowCount => ("job", "run below their count"),
            Kind::JobUnhealthy => ("job", "have instances that are not healthy"),
            Kind::BatchFailed => ("job", "have failed work that is not retried"),
            Kind::DeploymentFailed => ("job", "have a failed deployment"),
            Kind::DeploymentAwaitsPromotion => ("job", "wait for promotion"),
            Kind::DeploymentPaused => ("job", "have a paused deployment"),
            Kind::EvaluationBlocked => ("job", "have work that finds no place"),
            Kind::NotSeenToStop => ("job", "may still run, where they are not to, on nodes that are away"),
            Kind::DeploymentRunning => ("job", "are being deployed"),
            Kind::ChildrenLeft => ("job", "are stopped while runs of them go on"),
            Kind::NodeDraining => ("node", "are being drained"),
            Kind::NodeIneligible => ("node", "take no new work"),
            Kind::RotationLeft => ("rotation", "were left unfinished"),
            Kind::RotationUnderWay => ("rotation", "have not ended"),
        }
    }
}

/// Something an operator should know of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Namespace of the subject, where it has one.
    pub namespace: Option<String>,
    /// Name of the server, node or job.
    pub subject: String,
    /// Full id of the node, deployment or evaluation it is about.
    pub id: Option<String>,
    /// One sentence without a full stop.
    pub text: String,
    /// The command that shows more.
    pub next: Option<String>,
}

impl Finding {
    /// What it is about: `job web`, with its namespace where that is not the usual one.
    #[must_use]
    pub fn about(&self) -> String {
        let kind = match self.kind {
            Kind::NoLeader | Kind::NoFailureTolerance | Kind::VersionSkew | Kind::TokenExpires => "",
            Kind::ServerFailed | Kind::ServerUnhealthy => "server ",
            Kind::RotationLeft | Kind::RotationUnderWay => "rotation ",
            _ if self.is_of_a_node() => "node ",
            _ => "job ",
        };
        match self.namespace.as_deref() {
            None | Some("default") => format!("{kind}{}", self.subject),
            Some(namespace) => format!("{kind}{} ({namespace})", self.subject),
        }
    }

    /// Whether it is about a node.
    #[must_use]
    pub fn is_of_a_node(&self) -> bool {
        matches!(
            self.kind,
            Kind::NodeDown
                | Kind::NodeDisconnected
                | Kind::NodeInitializing
                | Kind::NodeDraining
                | Kind::NodeIneligible
        )
    }
}

/// The worst first, kinds together, names in order.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (a.severity, a.kind, &a.namespace, &a.subject).cmp(&(b.severity, b.kind, &b.namespace, &b.subject))
    });
}

/// Whether something is wrong, or somebody must act.
#[must_use]
pub fn any_problem(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity != Severity::Note)
}
