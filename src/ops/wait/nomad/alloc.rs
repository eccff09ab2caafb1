//! Waiting for an allocation.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Pair;
use crate::api::http::Http;
use crate::api::nomad::allocation::{self, AllocStub, Allocation};
use crate::api::nomad::job::Job;
use crate::error::Result;
use crate::model::condition::ConditionState;
use crate::model::condition::alloc::{AllocCondition, code, standing};
use crate::ops::present_health::Sources;
use crate::ops::unseen_end;
use crate::ops::wait::Subject;

/// An allocation.
pub struct AllocSubject {
    nomad: Http,
    both: Pair<Vec<AllocStub>, Allocation>,
    sources: Sources,
    id: String,
    condition: AllocCondition,
}

impl AllocSubject {
    /// A condition of this allocation.
    #[must_use]
    pub fn new(nomad: &Http, consul: Option<&Http>, alloc: &AllocStub, condition: AllocCondition) -> Self {
        AllocSubject {
            nomad: nomad.clone(),
            both: Pair::new(
                nomad,
                allocation::of_job(&alloc.namespace, &alloc.job_id),
                allocation::get(&alloc.id).namespace(&alloc.namespace),
            ),
            sources: Sources::new(nomad, consul),
            id: alloc.id.clone(),
            condition,
        }
    }

    fn alloc(&self) -> Option<&AllocStub> {
        self.both.first()?.iter().find(|a| a.id == self.id)
    }

    /// The job as it was when the allocation was placed.
    fn job(&self) -> Option<&Job> {
        self.both.second()?.job.as_ref()
    }

    /// The code of its work, once it has ended.
    ///
    /// # Errors
    /// Why there is none.
    pub fn code(&self) -> std::result::Result<u8, String> {
        let Some(alloc) = self.alloc() else {
            return Err("it was collected before its code was read".to_owned());
        };
        code(alloc, self.job().and_then(|job| job.group(&alloc.task_group)))
    }
}

impl Subject for AllocSubject {
    async fn changed(&mut self) -> Result<()> {
        self.both.changed().await
    }

    fn on_record(&self, _now: Timestamp) -> Option<ConditionState> {
        let alloc = self.alloc();
        let group = alloc.and_then(|a| self.job()?.group(&a.task_group));
        Some(standing(self.condition, alloc, group, None, None))
    }

    async fn standing(&mut self, now: Timestamp) -> Result<ConditionState> {
        let alloc = self.alloc();
        let group = alloc.and_then(|a| self.job()?.group(&a.task_group));
        let mut health = BTreeMap::new();
        if let (AllocCondition::Healthy, Some(alloc)) = (self.condition, alloc)
            && !alloc.is_terminal()
        {
            health = self.sources.of(|_| group, std::slice::from_ref(alloc), now).await;
        }
        let unseen = match alloc {
            Some(alloc) => unseen_end::among(&self.nomad, std::slice::from_ref(alloc)).await?,
            None => Vec::new(),
        };
        Ok(standing(self.condition, alloc, group, health.get(&self.id), unseen.first()))
    }
}
