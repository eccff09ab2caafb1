//! The second copy of a single instance: raising the count of its group, and giving it back whatever happens in between.

use std::collections::BTreeSet;

use crate::api::error::Problem;
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::job::{Job, TaskGroup};
use crate::api::nomad::{deployment, job, registration};
use crate::api::settle::settle;
use crate::error::{Error, Result};
use crate::model::group::{self, GroupKey, is_leaving};
use crate::model::ids::job_words;
use crate::ops::migration::live::{ClusterPicture, Live};
use crate::ops::migration::snapshot;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{PATIENCE, Rotation};

impl Rotation<'_> {
    /// Starts the second copy. Whether it gets well is seen like everything else.
    pub(super) async fn raise(&mut self, live: &mut Live, key: &GroupKey) -> Result<bool> {
        let now = self.nomad.read(&job::get(&key.namespace, &key.job)).await?.value;
        let moment = self.recorder.now();
        if count(&now, key) != Some(1) || !self.lock.holds(&key.job_key(), moment) {
            live.refresh(&BTreeSet::from([key.job_key()])).await?;
            return Ok(false);
        }
        self.recorder.intend(Intent::Raise { group: key.clone(), count: 1 })?;
        self.save().await?;
        self.run.surged.insert(key.clone(), 1);
        if !self.set_count(key, 2).await? {
            return Ok(false);
        }
        self.recorder.emit(Event::CountRaised { group: key.clone(), from: 1, to: 2 })?;
        self.last_progress = self.recorder.now();
        live.refresh(&BTreeSet::from([key.job_key()])).await?;
        Ok(true)
    }

    /// Gives the group its own count again; where somebody else has changed it, theirs stays.
    pub(super) async fn lower(&mut self, live: &mut Live, key: &GroupKey) -> Result<bool> {
        let Some(own) = self.run.surged.get(key).copied() else { return Ok(false) };
        let given_up = self.phases.iter().find_map(|(_, p)| p.failed_surge_of(key));
        if given_up.is_some() && !self.end_deployment(key).await? {
            return Ok(false);
        }
        let now = match self.nomad.read(&job::get(&key.namespace, &key.job)).await {
            Ok(reply) => count(&reply.value, key).filter(|_| !reply.value.stop),
            Err(e) if e.is_not_found() => None,
            Err(e) => return Err(e.into()),
        };
        let count = match now {
            Some(n) if n == own + 1 => {
                if !self.set_count(key, own).await? {
                    return Ok(false);
                }
                own
            }
            Some(n) if n == own => own,
            Some(n) => {
                self.notice(format!("somebody set the count of {key} to {n}; it stays so"))?;
                n
            }
            None => 0,
        };
        if let Some(why) = given_up {
            self.run.unsurgeable.insert(key.clone(), why);
        }
        self.run.surged.remove(key);
        self.recorder.emit(Event::CountRestored { group: key.clone(), count })?;
        self.save().await?;
        self.last_progress = self.recorder.now();
        live.refresh(&BTreeSet::from([key.job_key()])).await?;
        Ok(true)
    }

    /// Sets the count; `false` while a deployment keeps the servers from it.
    async fn set_count(&self, key: &GroupKey, to: u64) -> Result<bool> {
        let read_back = async || {
            let now = self.nomad.read(&job::get(&key.namespace, &key.job)).await?.value;
            Ok((count(&now, key) == Some(to)).then_some(()))
        };
        let message = format!("fleet rotate-nodes, rotation {}", self.goal.name);
        let call = registration::scale(&key.namespace, &key.job, &key.group, to, &message);
        match settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await {
            Ok(_) => Ok(true),
            Err(e) if e.problem == Problem::Invalid && e.text.contains("active deployment") => Ok(false),
            Err(e) => Err(Error::from(e).context(format!("the count of {key} could not be set to {to}"))),
        }
    }

    /// Fails the deployment that the second copy is part of: the servers let no count be changed before. Whether none is under
    /// way any more.
    async fn end_deployment(&self, key: &GroupKey) -> Result<bool> {
        let active = snapshot::active_deployments(&self.nomad).await?;
        let Some(own) = active.iter().find(|d| d.namespace == key.namespace && d.job_id == key.job) else {
            return Ok(true);
        };
        let read_back = async || {
            let now = self.nomad.read(&deployment::get(&own.id)).await?.value;
            Ok((!now.status.is_active()).then_some(()))
        };
        settle(&self.nomad, &self.permission, &deployment::fail(own), PATIENCE, read_back).await?;
        Ok(true)
    }

    /// When the rotation stops early: the counts are given back where nothing is lost by it, and what is left is said.
    pub(super) async fn give_counts_back(&mut self, picture: Option<&ClusterPicture>, error: Error) -> Error {
        let mut error = error;
        for (key, own) in self.run.surged.clone() {
            let restored = match self.restore_count(picture, &key, own).await {
                Ok(restored) => restored,
                Err(e) => {
                    error = error.because(e.to_string());
                    false
                }
            };
            let job = job_words(&key.namespace, &key.job);
            error = match restored {
                true => error,
                false => error
                    .because(format!("the count of {key} is still one more than its own"))
                    .hint(format!("fleet job scale {job} {} {own}", key.group)),
            };
        }
        error
    }

    async fn restore_count(
        &mut self,
        picture: Option<&ClusterPicture>,
        key: &GroupKey,
        own: u64,
    ) -> Result<bool> {
        let now = self.nomad.read(&job::get(&key.namespace, &key.job)).await?.value;
        if count(&now, key) == Some(own + 1) {
            let safe = picture.is_some_and(|p| stays_without_the_last(p, key, &self.doomed));
            if !safe || !self.end_deployment(key).await? || !self.set_count(key, own).await? {
                return Ok(false);
            }
        }
        self.run.surged.remove(key);
        self.recorder.emit(Event::CountRestored { group: key.clone(), count: own })?;
        Ok(true)
    }
}

fn count(job: &Job, key: &GroupKey) -> Option<u64> {
    job.group(&key.group).map(TaskGroup::count)
}

/// Whether something of the group still serves when the servers stop the one with the highest index, which is what they do when a
/// count is lowered (`nomad-api.md §12.4`, rule 4).
fn stays_without_the_last(picture: &ClusterPicture, key: &GroupKey, doomed: &BTreeSet<String>) -> bool {
    let index = |name: &str| -> u64 {
        let digits = name.rsplit_once('[').map_or("", |(_, rest)| rest.trim_end_matches(']'));
        digits.parse().unwrap_or(0)
    };
    let live =
        || picture.allocs.iter().filter(|a| key.owns(a) && !a.client_status.is_terminal() && !is_leaving(a));
    let Some(last) = live().map(|a| index(&a.name)).max() else { return false };
    // Where only one is left, that one is the last.
    live().any(|a| index(&a.name) < last && (group::is_available(a) || serves_still(a, doomed)))
}

/// What has not left yet runs on while its health is looked at again for the new version.
fn serves_still(alloc: &AllocStub, doomed: &BTreeSet<String>) -> bool {
    let undecided = alloc.client_status == ClientStatus::Running && alloc.healthy().is_none();
    undecided && doomed.contains(&alloc.node_id) && !alloc.is_canary()
}
