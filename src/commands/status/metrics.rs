//! What `fleet status -o prometheus` tells. The names are documented in `docs/prometheus.md`.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::view::ClusterStatus;
use crate::model::exposition::Family;
use crate::model::usage::number;

/// One MHz in hertz.
const MHZ: f64 = 1e6;
/// One MiB in bytes.
const MIB: f64 = 1024.0 * 1024.0;

fn seconds(at: Timestamp) -> f64 {
    at.as_second() as f64
}

impl ClusterStatus {
    /// All that is measured, in base units.
    pub(super) fn families(&self, now: Timestamp) -> Vec<Family> {
        let mut kinds: BTreeMap<(String, String), u64> = BTreeMap::new();
        for finding in self.problems.iter().chain(&self.under_way) {
            *kinds.entry((finding.severity.to_string(), kind_name(finding.kind))).or_default() += 1;
        }
        let findings = kinds
            .into_iter()
            .map(|((severity, kind), n)| (vec![("severity", severity), ("kind", kind)], number(n)));
        let problems = number(self.problems.len() as u64);
        let unknown = self.unknown.iter().map(|u| (vec![("part", u.part.to_owned())], 1.0));
        let members = &self.servers.members;
        let alive =
            members.iter().filter(|m| m.status.as_deref().unwrap_or("alive") == "alive").count() as u64;
        let counted = |n: u64| (!members.is_empty()).then(|| number(n));
        let tolerance = self.servers.failure_tolerance.and_then(|n| u64::try_from(n).ok()).map(number);
        let mut families = vec![
            Family::new(
                "fleet_status_timestamp_seconds",
                "When the cluster was looked at, in seconds since 1970.",
            )
            .value(Some(seconds(now))),
            Family::new("fleet_problems", "Findings that are problems: critical ones and warnings.")
                .value(Some(problems)),
            Family::new("fleet_findings", "Findings by severity (critical, warning, note) and kind.")
                .values(findings),
            Family::new("fleet_unknown_parts", "Parts of the picture that could not be read.")
                .value(Some(number(self.unknown.len() as u64))),
            Family::new("fleet_unknown_part", "1 for each part of the picture that could not be read.")
                .values(unknown),
            Family::new("fleet_leader_known", "Whether the servers have a leader: 1 or 0.")
                .value(self.servers.known_leader.map(|known| f64::from(u8::from(known)))),
            Family::new("fleet_servers", "Servers of the region that the gossip knows.")
                .value(counted(members.len() as u64)),
            Family::new("fleet_servers_alive", "Servers of the region that are alive.").value(counted(alive)),
            Family::new(
                "fleet_servers_failure_tolerance",
                "Servers that may fail before the quorum is lost.",
            )
            .value(tolerance),
            Family::new("fleet_jobs", "Jobs that are not stopped.")
                .value(self.counts.jobs.map(|n| number(n as u64))),
            Family::new("fleet_allocations_running", "Allocations that run and are wanted.")
                .value(self.counts.running.map(number)),
            Family::new(
                "fleet_token_expiration_timestamp_seconds",
                "When the token that was used stops to be good.",
            )
            .value(self.token_expires_at.map(seconds)),
            Family::new("fleet_data_age_seconds", "Age of the oldest answer that was read.").value(Some(
                std::time::Duration::from_millis(u64::try_from(self.data_age_ms).unwrap_or(u64::MAX))
                    .as_secs_f64(),
            )),
        ];
        families.extend(self.pools());
        families
    }

    fn pools(&self) -> Vec<Family> {
        type Of = fn(&crate::model::capacity::Pool) -> Option<f64>;
        let measures: [(&str, &str, Of); 7] = [
            ("fleet_pool_nodes", "Nodes of the pool.", |p| Some(number(p.nodes))),
            ("fleet_pool_nodes_ready", "Nodes of the pool whose heartbeats arrive.", |p| {
                Some(number(p.ready))
            }),
            ("fleet_pool_nodes_eligible", "Ready nodes of the pool that take new work.", |p| {
                Some(number(p.eligible))
            }),
            ("fleet_pool_cpu_capacity_hertz", "What the eligible nodes of the pool offer.", |p| {
                Some(number(p.cpu_mhz_total) * MHZ)
            }),
            ("fleet_pool_cpu_allocated_hertz", "What is allocated on the eligible nodes of the pool.", |p| {
                p.cpu_mhz_used.map(|n| number(n) * MHZ)
            }),
            ("fleet_pool_memory_capacity_bytes", "What the eligible nodes of the pool offer.", |p| {
                Some(number(p.memory_mib_total) * MIB)
            }),
            (
                "fleet_pool_memory_allocated_bytes",
                "What is allocated on the eligible nodes of the pool.",
                |p| p.memory_mib_used.map(|n| number(n) * MIB),
            ),
        ];
        let family = |(name, help, of): (&'static str, &'static str, Of)| {
            let pools = self.capacity.iter();
            Family::new(name, help)
                .values(pools.filter_map(|p| Some((vec![("pool", p.pool.clone())], of(p)?))))
        };
        measures.into_iter().map(family).collect()
    }
}

/// A kind as JSON names it.
fn kind_name(kind: crate::model::finding::Kind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
