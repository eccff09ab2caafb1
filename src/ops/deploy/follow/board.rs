//! The live picture of a rollout: its groups, their allocations, and what is waited for.

use super::Follow;
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::deployment::Deployment;
use crate::model::ids::short;
use crate::model::rollout::look;
use crate::model::{deployment_health, words};
use crate::ops::deploy::watch::JobWatch;

impl Follow<'_> {
    /// The tree of the version: its groups, their allocations, and what is waited for.
    pub(super) fn lines(&self, watch: &JobWatch, waits: &str) -> Vec<String> {
        let mut lines = vec![format!("{} version {}: {waits}", self.target.job, self.target.version)];
        let Some(d) = watch.seen.deployment(&self.target) else { return lines };
        let allocs: Vec<AllocStub> = watch.seen.allocs_of(self.target.version).cloned().collect();
        lines.extend(self.group_lines(d, &allocs));
        lines
    }

    fn group_lines(&self, d: &Deployment, allocs: &[AllocStub]) -> Vec<String> {
        let mut lines = Vec::new();
        let deadlines = deployment_health::deadlines(d, &deployment_health::canaries(d, allocs));
        // The deployment's own number keeps counting what has ended, or is out of sight, since.
        let stands = |a: &AllocStub| {
            a.client_status == ClientStatus::Running
                && !a.is_terminal()
                && a.healthy() == Some(true)
                && !look::is_old_code(a, self.target.spec_index)
        };
        for (name, g) in &d.task_groups {
            let left = deadlines.get(name).map(|at| {
                let seconds = at.duration_since(self.clock.now()).as_secs().max(0);
                format!("; fails after {seconds} s without progress")
            });
            let own = allocs.iter().filter(|a| a.task_group == *name);
            let (healthy, wanted) = (own.filter(|a| stands(a)).count() as u64, g.desired_total);
            let healthy = healthy.min(wanted);
            lines.push(format!("  {name}: {healthy} of {wanted} found healthy{}", left.unwrap_or_default()));
            let living = allocs.iter().filter(|a| a.task_group == *name && !a.is_terminal());
            lines.extend(living.take(6).map(alloc_line));
        }
        lines
    }
}

fn alloc_line(a: &AllocStub) -> String {
    let restarts: u64 = a.task_states.values().map(|t| t.restarts).sum();
    let health = match a.healthy() {
        _ if a.client_status == ClientStatus::Unknown => "health not known",
        Some(true) => "found healthy",
        Some(false) => "found unhealthy",
        None => "health pending",
    };
    let canary = if a.is_canary() { ", canary" } else { "" };
    let again = if restarts > 0 { format!(", {}", words::count(restarts, "restart")) } else { String::new() };
    format!("    {} on {}: {}, {health}{canary}{again}", short(&a.id), a.node_name, a.client_status)
}
