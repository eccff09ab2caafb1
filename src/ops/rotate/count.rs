//! The count of a group that was raised for a second copy of its only instance, and how it is given back.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::job::TaskGroup;
use crate::api::nomad::{deployment, job, registration, scaling};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::error::{Error, Result};
use crate::model::group::{GroupKey, is_leaving};
use crate::model::ids::{job_words, shell_word};
use crate::model::second_copy::{self, RAISED_BY};
use crate::model::target::alloc_index;
use crate::ops::migration::snapshot;
use crate::ops::rotate::recorder::RecoveredState;

/// Changes the counts that a rotation raised.
#[derive(Debug, Clone, Copy)]
pub struct Counts<'a> {
    /// The client of Nomad.
    pub nomad: &'a Http,
    /// The permission to change them.
    pub permission: &'a Permission,
    /// The name of the rotation that raised them.
    pub rotation: &'a str,
}

/// The count of a group now; none where its job is stopped, or does not have it any more.
///
/// # Errors
/// Any API fault.
pub async fn now(nomad: &Http, key: &GroupKey) -> Result<Option<u64>> {
    match nomad.read(&job::get(&key.namespace, &key.job)).await {
        Ok(reply) if reply.value.stop => Ok(None),
        Ok(reply) => Ok(reply.value.group(&key.group).map(TaskGroup::count)),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// That the count of a group was raised and is so still, in words.
#[must_use]
pub fn still_raised(key: &GroupKey) -> String {
    format!("the count of {key} is still one more than its own")
}

/// The command that gives a group its own count again.
#[must_use]
pub fn to_give_back(key: &GroupKey, own: u64) -> String {
    format!("fleet job scale {} {} {own}", job_words(&key.namespace, &key.job), shell_word(&key.group))
}

/// Both in a line.
#[must_use]
pub fn words_of_raise((key, own): (&GroupKey, &u64)) -> String {
    format!("{}; to give it back: {}", still_raised(key), to_give_back(key, *own))
}

/// The count of a group that was raised, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountNow {
    /// It is still what the rotation made of it, one more than its own.
    Raised,
    /// It is this, by whoever set it.
    Is(u64),
    /// The job is stopped, or does not have the group any more.
    Gone,
}

/// How the count of a group stands that the rotation of that name raised from `own` by one. Three requests, one where the number tells
/// already.
///
/// # Errors
/// Any API fault.
pub async fn of_raised(nomad: &Http, key: &GroupKey, own: u64, rotation: &str) -> Result<CountNow> {
    match now(nomad, key).await? {
        None => return Ok(CountNow::Gone),
        Some(count) if count != own + 1 => return Ok(CountNow::Is(count)),
        Some(_) => {}
    }
    let (scale, versions) =
        (scaling::of_job(&key.namespace, &key.job), registration::versions(&key.namespace, &key.job));
    let (scale, versions) = tokio::try_join!(nomad.read(&scale), nomad.read(&versions))?;
    let registrations: Vec<u64> = versions.value.versions.iter().map(|v| v.job.job_modify_index).collect();
    let is_own = second_copy::is_own_raise(&scale.value, (&key.group, own + 1), rotation, &registrations);
    Ok(if is_own { CountNow::Raised } else { CountNow::Is(own + 1) })
}

/// The counts that this rotation raised and nobody has given back or set since, with the one that each gets back.
///
/// # Errors
/// Any API fault.
pub async fn still_raised_by(nomad: &Http, state: &RecoveredState) -> Result<BTreeMap<GroupKey, u64>> {
    let mut raised = BTreeMap::new();
    for (group, own) in &state.surged {
        if of_raised(nomad, group, *own, state.raiser(group)).await? == CountNow::Raised {
            raised.insert(group.clone(), *own);
        }
    }
    Ok(raised)
}

impl Counts<'_> {
    /// Sets it; `false` while a deployment keeps the servers from it.
    ///
    /// # Errors
    /// Any other API fault.
    pub async fn set(&self, key: &GroupKey, to: u64) -> Result<bool> {
        let read_back = async || {
            let now = self.nomad.read(&job::get(&key.namespace, &key.job)).await?.value;
            Ok((now.group(&key.group).map(TaskGroup::count) == Some(to)).then_some(()))
        };
        let message = format!("{RAISED_BY}{}", self.rotation);
        let call = registration::scale(&key.namespace, &key.job, &key.group, to, &message);
        match settle(self.nomad, self.permission, &call, Patience::OPERATION, read_back).await {
            Ok(_) => Ok(true),
            Err(e) if e.is_active_deployment() => Ok(false),
            Err(e) => Err(Error::from(e).context(format!("the count of {key} could not be set to {to}"))),
        }
    }

    /// Fails the deployment that the second copy is part of: the servers let no count be changed before.
    ///
    /// # Errors
    /// Any API fault.
    pub async fn end_deployment(&self, key: &GroupKey) -> Result<()> {
        let active = snapshot::active_deployments(self.nomad).await?;
        let own = active.iter().find(|d| d.namespace == key.namespace && d.job_id == key.job);
        let Some(own) = own else { return Ok(()) };
        let read_back = async || {
            let now = self.nomad.read(&deployment::get(&own.id)).await?.value;
            Ok((!now.status.is_active()).then_some(()))
        };
        settle(self.nomad, self.permission, &deployment::fail(own), Patience::OPERATION, read_back).await?;
        Ok(())
    }

    /// Gives a group its own count again where nothing is lost by it; how the count is now, and `None` while it has to wait. Where
    /// somebody else has changed it, theirs stays. `allocs` are those of its job, `doomed` the nodes that were to be emptied, by id;
    /// `is_well` says which allocation serves.
    ///
    /// # Errors
    /// Any API fault.
    pub async fn give_back(
        &self,
        (key, own): (&GroupKey, u64),
        allocs: &[AllocStub],
        doomed: &BTreeSet<String>,
        is_well: impl Fn(&AllocStub) -> bool,
    ) -> Result<Option<CountNow>> {
        match of_raised(self.nomad, key, own, self.rotation).await? {
            CountNow::Raised => {}
            now => return Ok(Some(now)),
        }
        if !stays_without_the_last(allocs, key, doomed, is_well) {
            return Ok(None);
        }
        self.end_deployment(key).await?;
        Ok(self.set(key, own).await?.then_some(CountNow::Is(own)))
    }
}

/// Whether something of the group still serves when the servers stop the one with the highest index, which is what they do when a
/// count is lowered (`nomad-api.md §12.4`, rule 4).
fn stays_without_the_last(
    allocs: &[AllocStub],
    key: &GroupKey,
    doomed: &BTreeSet<String>,
    is_well: impl Fn(&AllocStub) -> bool,
) -> bool {
    let index = |a: &AllocStub| alloc_index(&a.name).unwrap_or(0);
    let live = || allocs.iter().filter(|a| key.owns(a) && !a.client_status.is_terminal() && !is_leaving(a));
    let Some(last) = live().map(index).max() else { return false };
    // Where only one is left, that one is the last.
    live().any(|a| index(a) < last && (is_well(a) || serves_still(a, doomed)))
}

/// What has not left yet runs on while its health is looked at again for the new version.
fn serves_still(alloc: &AllocStub, doomed: &BTreeSet<String>) -> bool {
    let undecided = alloc.client_status == ClientStatus::Running && alloc.healthy().is_none();
    undecided && doomed.contains(&alloc.node_id) && !alloc.is_canary()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::group;
    use serde_json::json;

    fn alloc(index: u64, client: &str, healthy: Option<bool>, desired: &str, node: &str) -> AllocStub {
        serde_json::from_value(json!({
            "ID": format!("{index}-{node}"), "Name": format!("one.g[{index}]"), "Namespace": "default", "NodeID": node,
            "JobID": "one", "JobType": "service", "TaskGroup": "g", "DesiredStatus": desired, "ClientStatus": client,
            "DeploymentStatus": healthy.map(|h| json!({"Healthy": h})), "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap()
    }

    #[test]
    fn a_count_is_lowered_only_where_what_stays_serves() {
        let key = GroupKey { namespace: "default".into(), job: "one".into(), group: "g".into() };
        let doomed = BTreeSet::from(["old".to_owned()]);
        let safe = |allocs: &[AllocStub]| stays_without_the_last(allocs, &key, &doomed, group::is_available);
        let copy = || alloc(1, "running", Some(true), "run", "new");
        assert!(safe(&[alloc(0, "running", Some(true), "run", "old"), copy()]));
        assert!(
            safe(&[alloc(0, "running", None, "run", "old"), copy()]),
            "it serves while it is looked at again"
        );
        assert!(!safe(&[alloc(0, "running", None, "run", "new"), copy()]), "nobody knows how it is");
        assert!(!safe(&[alloc(0, "running", Some(true), "stop", "old"), copy()]), "it leaves");
        assert!(!safe(&[alloc(0, "pending", None, "run", "new"), copy()]));
        assert!(!safe(&[copy()]) && !safe(&[]));
    }
}
