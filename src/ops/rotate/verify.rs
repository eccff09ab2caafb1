//! After each node: was everything that left it found well, by Nomad and by Consul?

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::sleep;

use crate::api::consul::health::{self, CheckStatus, ServiceEntry};
use crate::api::http::Http;
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::deployment::{self, DeploymentStatus};
use crate::api::nomad::job::{Service, TaskGroup};
use crate::api::watch::Watch;
use crate::error::{Error, Result};
use crate::model::service_name;
use crate::ops::rotate::empty::Emptying;
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};
use crate::ops::rotate::scene::{self, JobKey};
use crate::ops::rotate::step::{self, Next, Progress};

/// How long Consul may need to see what Nomad found healthy, beside two rounds of the service's slowest check.
const CONSUL_SLACK: Duration = Duration::from_secs(10);

/// What was amiss before a node was begun, so that only what is new counts against it.
#[derive(Debug, Clone, Default)]
pub(super) struct Before {
    blocked: BTreeSet<String>,
    failed: BTreeSet<String>,
}

impl Rotation<'_> {
    /// Notes what is amiss already.
    pub(super) async fn before(&self, jobs: &BTreeSet<JobKey>) -> Result<Before> {
        let (blocked, failed) = tokio::try_join!(
            scene::blocked_evaluations(&self.nomad, jobs),
            failed_deployments(&self.nomad, jobs)
        )?;
        Ok(Before { blocked: blocked.into_keys().collect(), failed: failed.into_keys().collect() })
    }

    /// Verifies a node that was emptied and sealed: every replacement runs healthy, nothing waits for room, no deployment
    /// failed, and Consul agrees where it is asked.
    pub(super) async fn verify(
        &mut self,
        e: &mut Emptying,
        jobs: &BTreeSet<JobKey>,
        before: &Before,
    ) -> Result<()> {
        let allocs = scene::allocs_of(&self.nomad, jobs).await?;
        let rules = self.rules(&allocs);
        self.tell_progress(e, &allocs, &rules)?;
        if let Next::Trouble(troubles) = step::next(e.situation(&allocs, &rules)) {
            return Err(self.trouble(e, &allocs, &troubles).await);
        }
        let progress = step::progress(e.situation(&allocs, &rules));
        if let Some((id, p)) =
            progress.iter().find(|(_, p)| !matches!(p, Progress::Moved { .. } | Progress::NotWanted))
        {
            let name = allocs.iter().find(|a| a.id == *id).map_or(id.as_str(), |a| a.name.as_str());
            return Err(
                Error::failed(format!("{name} has no healthy replacement any more")).because(p.to_string())
            );
        }
        self.verify_nothing_new(jobs, before).await?;
        let moved: Vec<&AllocStub> = progress
            .values()
            .filter_map(|p| match p {
                Progress::Moved { replacement } => allocs.iter().find(|a| a.id == *replacement),
                _ => None,
            })
            .collect();
        self.verify_consul(&moved).await
    }

    async fn verify_nothing_new(&self, jobs: &BTreeSet<JobKey>, before: &Before) -> Result<()> {
        let (blocked, failed) = tokio::try_join!(
            scene::blocked_evaluations(&self.nomad, jobs),
            failed_deployments(&self.nomad, jobs)
        )?;
        if let Some((_, (_, job))) = blocked.iter().find(|(id, _)| !before.blocked.contains(*id)) {
            return Err(Error::failed(format!("job {job} waits for room since this node was emptied"))
                .hint("`fleet eval list --status blocked` says for what"));
        }
        if let Some((_, (_, job))) = failed.iter().find(|(id, _)| !before.failed.contains(*id)) {
            return Err(Error::failed(format!(
                "a deployment of job {job} failed while this node was emptied"
            )));
        }
        Ok(())
    }

    /// Nomad's verdict is debounced and final; after it only Consul sees a failure (`consul-api.md`, gate timings).
    async fn verify_consul(&mut self, moved: &[&AllocStub]) -> Result<()> {
        let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
        let mut unknown: BTreeSet<String> = BTreeSet::new();
        for alloc in moved {
            for service in self.consul_services(alloc) {
                match service_name::known(&service.name, alloc) {
                    Some(name) => expected.entry(name).or_default().add(alloc, &service),
                    None => drop(unknown.insert(service.name.clone())),
                }
            }
        }
        if expected.is_empty() && unknown.is_empty() {
            return Ok(());
        }
        let Some(consul) = self.consul.clone() else {
            return self
                .notice_once("Consul was not asked about the moved services: CONSUL_HTTP_ADDR is not set");
        };
        for name in unknown {
            self.notice_once(&format!(
                "Consul was not asked about service {name}: its name is only known on the node"
            ))?;
        }
        for (name, expected) in expected {
            self.await_passing(&consul, &name, &expected).await?;
        }
        Ok(())
    }

    fn consul_services(&self, alloc: &AllocStub) -> Vec<Service> {
        let document = self.jobs.get(&(alloc.namespace.clone(), alloc.job_id.clone()));
        let group = document.and_then(|d| d.job.group(&alloc.task_group));
        let services = group.into_iter().flat_map(TaskGroup::all_services);
        services.filter(|s| s.provider != "nomad" && !s.name.is_empty()).cloned().collect()
    }

    async fn await_passing(&mut self, consul: &Http, name: &str, expected: &Expected) -> Result<()> {
        let allocs = &expected.allocs;
        let mut watch = Watch::new(consul, health::service(name), PATIENCE);
        let begun = self.recorder.now();
        let mut entries: Option<Vec<ServiceEntry>> = None;
        loop {
            tokio::select! {
                reply = watch.next() => entries = Some(reply?.value),
                () = sleep(TICK) => {}
            }
            let Some(entries) = &entries else { continue };
            let missing = not_passing(entries, allocs);
            if missing.is_empty() {
                return Ok(());
            }
            self.recorder.waiting(&[format!(
                "Consul: {} of {} of {name} are not passing yet",
                missing.len(),
                allocs.len()
            )]);
            if self.recorder.now().duration_since(begun).unsigned_abs() > CONSUL_SLACK + expected.slowest * 2
            {
                let error = Error::failed(format!("Consul does not find service {name} well after its move"));
                let error = missing.into_iter().fold(error, Error::because);
                // No entry at all may be a missing right, which is not the same as no instance.
                return Err(if entries.is_empty() {
                    error.hint("an empty answer may be a missing right: service_prefix \"\" and node_prefix \"\" read")
                } else {
                    error
                });
            }
        }
    }

    fn notice_once(&mut self, text: &str) -> Result<()> {
        if self.noticed.insert(text.to_owned()) { self.notice(text) } else { Ok(()) }
    }
}

/// What Consul must show of a service.
#[derive(Debug, Default)]
struct Expected {
    allocs: BTreeSet<String>,
    /// The longest pause between two runs of one of its checks.
    slowest: Duration,
}

impl Expected {
    fn add(&mut self, alloc: &AllocStub, service: &Service) {
        self.allocs.insert(alloc.id.clone());
        let slowest = service.checks.iter().map(|c| c.interval.duration()).max().unwrap_or_default();
        self.slowest = self.slowest.max(slowest);
    }
}

/// What Consul says against these allocations: each must have an entry, and all checks of it must pass.
fn not_passing(entries: &[ServiceEntry], allocs: &BTreeSet<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for alloc in allocs {
        let short = crate::model::ids::short(alloc);
        let mut own = entries.iter().filter(|e| e.service.alloc_id() == Some(alloc)).peekable();
        if own.peek().is_none() {
            missing.push(format!("allocation {short} is not registered"));
        }
        for entry in own {
            let failing = entry.checks.iter().filter(|c| c.status != CheckStatus::Passing);
            missing.extend(failing.map(|c| {
                format!("allocation {short}: check {:?} is not passing: {}", c.name, c.output.trim())
            }));
        }
    }
    missing
}

async fn failed_deployments(nomad: &Http, jobs: &BTreeSet<JobKey>) -> Result<BTreeMap<String, JobKey>> {
    let call = deployment::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"failed\""));
    let found = nomad.list(&call).await?.value;
    let failed = found
        .into_iter()
        .filter(|d| d.status == DeploymentStatus::Failed)
        .map(|d| (d.id, (d.namespace, d.job_id)));
    Ok(failed.filter(|(_, job)| jobs.contains(job)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALLOC: &str = "ce002575-e1ab-33a3-bbea-1ddbafe8a05a";

    fn entry(statuses: &[&str]) -> ServiceEntry {
        let checks: Vec<_> = statuses
            .iter()
            .map(|s| serde_json::json!({"CheckID": "c", "Name": "alive", "Status": s, "Output": "no\n"}))
            .collect();
        serde_json::from_value(serde_json::json!({
            "Node": {"Node": "n"},
            "Service": {"ID": format!("_nomad-task-{ALLOC}-group-g-web-http"), "Service": "web"},
            "Checks": checks,
        }))
        .unwrap()
    }

    #[test]
    fn every_allocation_must_be_there_with_all_checks_passing() {
        let allocs = BTreeSet::from([ALLOC.to_owned()]);
        assert!(not_passing(&[entry(&["passing", "passing"])], &allocs).is_empty());
        assert_eq!(not_passing(&[], &allocs), ["allocation ce002575 is not registered"]);
        let bad = not_passing(&[entry(&["passing", "critical"])], &allocs);
        assert_eq!(bad, ["allocation ce002575: check \"alive\" is not passing: no"]);
    }
}
