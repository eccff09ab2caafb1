//! What happens to a version, told once: its deployment, its allocations, its failure, and what of its end nobody would see.

use std::collections::BTreeMap;

use super::Follow;
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::error::Result;
use crate::model::rollout::per_node::Vacated;
use crate::model::rollout::{self, look};
use crate::model::unseen_end::UnseenEnd;
use crate::model::{alloc_diagnosis, present_health, words};
use crate::ops::deploy::event::{Event, Record};
use crate::ops::deploy::evidence;
use crate::ops::deploy::step::StepNews;
use crate::ops::deploy::watch::JobWatch;
use crate::ops::migration::{AllocRef, alloc_ref};
use crate::ops::present_health::MOST_NODES;
use crate::ops::{unseen_end, vacated};

/// The allocations that were told of, so that only what is new is told.
#[derive(Default)]
pub(super) struct ToldAllocs {
    begun: bool,
    /// Whether this run joined when no deployment was under way: what the servers found may be long ago.
    pub(super) found_over: bool,
    deployment: Option<String>,
    /// By id: its health, and whether it had failed.
    allocs: BTreeMap<String, (Option<bool>, bool)>,
    /// How often each had crashed when this run began with it, by its id.
    pub(super) crashes_before: BTreeMap<String, u64>,
    /// Whether any of them has run since this run began.
    pub(super) ran: bool,
}

impl ToldAllocs {
    /// Of a version that this run registered: all that happens to it happens now.
    pub(super) fn from_its_begin() -> Self {
        ToldAllocs { begun: true, ..ToldAllocs::default() }
    }
}

impl Follow<'_> {
    pub(super) fn tell(&mut self, event: Event) -> Result<()> {
        let record = Record { time: self.clock.now(), job: self.target.job.clone(), event };
        self.observer.record(&record)
    }

    pub(super) async fn tell_news(&mut self, news: StepNews, watch: &JobWatch) -> Result<()> {
        let version = self.target.version;
        let event = match news {
            StepNews::Unplaced(groups) => Event::Unplaced { groups },
            StepNews::CanariesReady => Event::CanariesHealthy { version },
            StepNews::CanariesUnwell(why) => {
                Event::CanariesUnhealthy { version, why: self.secrets.clean_told(&why) }
            }
            StepNews::RollingBack => {
                Event::RollingBack { version: Some(version + 1), kept_counts: Vec::new() }
            }
            StepNews::Failed { why, deployment_failed } => {
                let why = self.secrets.clean_told(&why);
                let evidence = evidence::gather(&self.nomad, &self.target, &watch.seen, &self.secrets).await;
                match deployment_failed {
                    true => Event::DeploymentFailed { why, evidence },
                    false => Event::VersionFailed { version, why, evidence },
                }
            }
        };
        self.tell(event)
    }

    /// Tells what happened to deployments and allocations since the last look.
    pub(super) fn tell_allocs(&mut self, watch: &JobWatch, told: &mut ToldAllocs) -> Result<()> {
        let version = self.target.version;
        // What a run finds when it joins has not happened now.
        let history = self.options.joined && !std::mem::replace(&mut told.begun, true);
        if history {
            let deployment = watch.seen.deployment(&self.target);
            told.found_over = deployment.is_none_or(|d| !d.status.is_active());
        }
        if let Some(d) = watch.seen.deployment(&self.target)
            && told.deployment.as_ref() != Some(&d.id)
        {
            told.deployment = Some(d.id.clone());
            if d.status.is_active() || !history {
                self.tell(Event::DeploymentStarted { deployment: d.id.clone(), version })?;
            }
        }
        let spec_index = self.target.spec_index;
        let own: Vec<AllocStub> = watch.seen.allocs_of(version).cloned().collect();
        for a in own {
            // What was there before this run did anything has not been placed now.
            let old = match (history, self.options.since) {
                (true, None) => true,
                (true, Some(since)) => a.create_index <= since,
                (false, _) => a.create_index < spec_index,
            };
            let is_first = !told.allocs.contains_key(&a.id);
            told.ran |= (is_first && !old) || !a.client_status.is_terminal();
            if is_first && old {
                told.crashes_before.entry(a.id.clone()).or_insert_with(|| rollout::crash_count(&a));
            }
            // Of what is out of sight, or runs what was started before the version, nothing new is known.
            if a.client_status == ClientStatus::Unknown || look::is_old_code(&a, spec_index) {
                continue;
            }
            let crashed = alloc_diagnosis::failed_by_itself(&a);
            let known = told.allocs.insert(a.id.clone(), (a.healthy(), crashed));
            if is_first && old && history {
                continue;
            }
            self.tell_alloc(watch, &a, known, is_first && old)?;
        }
        Ok(())
    }

    /// Tells what is new of an allocation; of one that `is_old` and was not `known` only that its health was decided anew.
    fn tell_alloc(
        &mut self,
        watch: &JobWatch,
        a: &AllocStub,
        known: Option<(Option<bool>, bool)>,
        is_old: bool,
    ) -> Result<()> {
        if known.is_none() && !is_old {
            let (node, canary) = (a.node_name.clone(), a.is_canary());
            self.tell(Event::Placed { alloc: alloc_ref(a), node, canary })?;
        }
        let (was_healthy, was_crashed) = known.unwrap_or_default();
        // The servers' verdict is a moment's: what is restarted again and again is not healthy.
        let flaps = || !present_health::flapping_tasks(a, self.clock.now()).is_empty();
        let news = a.healthy().filter(|healthy| a.healthy() != was_healthy && !(*healthy && flaps()));
        if let Some(healthy) = news {
            self.tell(Event::Health { alloc: alloc_ref(a), healthy })?;
        }
        if alloc_diagnosis::failed_by_itself(a) && !was_crashed && !is_old {
            let why = a.task_states.iter().find_map(|(name, task)| watch.seen.trouble(a, name, task));
            let why = self.secrets.clean_told(&why.unwrap_or_else(|| a.client_description.clone()));
            self.tell(Event::Crashed { alloc: alloc_ref(a), why })?;
        }
        Ok(())
    }

    /// Instances of a job for every node that were not replaced on their node by this version.
    pub(super) async fn tell_vacated(&mut self, watch: &JobWatch) -> Result<()> {
        for left in vacated::of(&self.nomad, &self.target, &watch.seen).await {
            let Vacated { alloc_id, alloc_name, node_name: node, goes_on, why, .. } = left;
            let (namespace, job) = (self.target.namespace.clone(), self.target.job.clone());
            let alloc = AllocRef { id: alloc_id, name: alloc_name, namespace, job };
            self.tell(Event::Vacated { alloc, node, goes_on, why })?;
        }
        Ok(())
    }

    /// All of the job that is not to run and may still do.
    pub(super) async fn may_still_run(&self, watch: &JobWatch) -> Result<Vec<UnseenEnd>> {
        let born = watch.seen.job.as_ref().map_or(0, |job| job.create_index);
        let own: Vec<AllocStub> =
            watch.seen.allocs.iter().filter(|a| a.create_index >= born).cloned().collect();
        Ok(unseen_end::among(&self.nomad, &own).await?)
    }

    /// What of the present nobody has looked at.
    pub(super) fn tell_unseen(&mut self, watch: &JobWatch) -> Result<()> {
        let Some(job) = &watch.seen.job else { return Ok(()) };
        let own: Vec<AllocStub> = look::that_count(&self.target, &watch.seen).cloned().collect();
        if own.is_empty() {
            return Ok(());
        }
        if self.is_blind(watch) {
            self.tell(Event::Unseen {
                what: "its checks in Consul: CONSUL_HTTP_ADDR is not set".to_owned(),
            })?;
        }
        let silent = self.sources(false).silent_nodes(|a| job.group(&a.task_group), &own);
        if let Some(more) = silent.len().checked_sub(MOST_NODES).filter(|more| *more > 0) {
            let what = format!(
                "{} without checks to tell: {MOST_NODES} others were asked",
                words::count(more, "node")
            );
            self.tell(Event::Unseen { what })?;
        }
        Ok(())
    }
}
