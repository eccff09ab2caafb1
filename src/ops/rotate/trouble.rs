//! What is said of moves that went wrong, with the evidence that can be had.

use futures_util::future::join_all;

use crate::api::nomad::allocation::{self, AllocStub};
use crate::error::Error;
use crate::model::alloc_diagnosis::task_trouble;
use crate::model::ids::short;
use crate::model::words;
use crate::ops::rotate::empty::Emptying;
use crate::ops::rotate::rotation::Rotation;
use crate::ops::rotate::step::Trouble;

/// Of how many replacements the tasks are looked at; the others went wrong alike.
const LOOKED_AT: usize = 3;

impl Rotation<'_> {
    /// The error of moves that went wrong: which, where, why, and what their tasks say.
    pub(super) async fn trouble(
        &self,
        e: &Emptying,
        allocs: &[AllocStub],
        troubles: &[(String, Trouble)],
    ) -> Error {
        let error = Error::failed(format!(
            "{} of {} off node {} failed",
            troubles.len(),
            words::count(e.tracked.len(), "move"),
            e.node.name
        ));
        let error =
            troubles.iter().fold(error, |error, (id, trouble)| error.because(told(allocs, id, trouble)));
        let unhealthy = troubles.iter().filter_map(|(_, trouble)| match trouble {
            Trouble::Unhealthy { replacement, .. } => Some(replacement.as_str()),
            Trouble::Unplaced(_) => None,
        });
        let evidence = join_all(unhealthy.take(LOOKED_AT).map(|id| self.evidence(id))).await;
        evidence.into_iter().flatten().fold(error, Error::because)
    }

    /// What the tasks of an allocation say; nothing where they cannot be asked, for the failure is told without them.
    async fn evidence(&self, alloc: &str) -> Vec<String> {
        let Ok(reply) = self.nomad.read(&allocation::get(alloc)).await else { return Vec::new() };
        let tasks = reply.value.task_states.iter();
        tasks
            .filter_map(|(name, task)| task_trouble(name, task))
            .map(|t| format!("{}: {t}", short(alloc)))
            .collect()
    }
}

fn told(allocs: &[AllocStub], id: &str, trouble: &Trouble) -> String {
    let name = allocs.iter().find(|a| a.id == id).map_or(id, |a| a.name.as_str());
    match trouble {
        Trouble::Unplaced(why) => format!("the replacement of {name} cannot be placed: {why}"),
        Trouble::Unhealthy { replacement, why } => {
            let node = allocs.iter().find(|a| a.id == *replacement).map_or("?", |a| a.node_name.as_str());
            format!("the replacement of {name} on {node} ({}) is not healthy: {why}", short(replacement))
        }
    }
}
