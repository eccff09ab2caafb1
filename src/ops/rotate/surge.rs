//! The second copy of a single instance: raising the count of its group, and giving it back whatever happens in between.

use std::collections::BTreeSet;

use crate::api::nomad::allocation::AllocStub;
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
use crate::model::ids::job_words;
use crate::ops::migration::live::{ClusterPicture, Live, Part};
use crate::ops::rotate::count::{self, CountNow, Counts};
use crate::ops::rotate::decide::{self, Act};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Starts the second copy. Whether it gets well is seen like everything else.
    pub(super) async fn raise(&mut self, live: &mut Live, key: &GroupKey) -> Result<bool> {
        let now = count::now(&self.nomad, key).await?;
        let moment = self.recorder.now();
        if now != Some(1) || !self.lock.holds(&key.job_key(), moment) {
            live.refresh_part(of_job(key)).await?;
            return Ok(false);
        }
        self.recorder.intend(Intent::Raise { group: key.clone(), count: 1 })?;
        self.save().await?;
        self.run.surged.insert(key.clone(), 1);
        if !self.counts().set(key, 2).await? {
            return Ok(false);
        }
        self.recorder.emit(Event::CountRaised { group: key.clone(), from: 1, to: 2 })?;
        self.last_progress = self.recorder.now();
        live.refresh_part(of_job(key)).await?;
        Ok(true)
    }

    /// Gives the group its own count again; where somebody else has changed it, theirs stays.
    pub(super) async fn lower(&mut self, live: &mut Live, key: &GroupKey) -> Result<bool> {
        let Some(own) = self.run.surged.get(key).copied() else { return Ok(false) };
        // To lower a count is to stop an instance: how the others are is asked right before.
        live.refresh_part(of_job(key)).await?;
        let Some(picture) = live.picture() else { return Ok(false) };
        let again = decide::decide(self.input(picture));
        self.read_checks(picture, &again, true).await;
        if !decide::decide(self.input(picture)).acts.contains(&Act::Lower(key.clone())) {
            return Ok(false);
        }
        let given_up = self.phases.iter().find_map(|(_, p)| p.failed_surge_of(key));
        if given_up.is_some() {
            self.counts().end_deployment(key).await?;
        }
        let now = match count::of_raised(&self.nomad, key, own).await? {
            CountNow::Raised => {
                if !self.counts().set(key, own).await? {
                    return Ok(false);
                }
                CountNow::Is(own)
            }
            now => now,
        };
        if let Some(why) = given_up {
            self.run.unsurgeable.insert(key.clone(), why);
        }
        self.forget_raise(key, own, now)?;
        self.save().await?;
        self.last_progress = self.recorder.now();
        live.refresh_part(of_job(key)).await?;
        Ok(true)
    }

    fn counts(&self) -> Counts<'_> {
        Counts { nomad: &self.nomad, permission: &self.permission, rotation: &self.goal.name }
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
        // What cannot be seen cannot be said to stay.
        let allocs = picture.map_or(&[][..], |p| &p.allocs);
        if let Some(picture) = picture {
            let own_ones = allocs.iter().filter(|a| key.owns(a));
            let ids: BTreeSet<String> = own_ones.map(|a| a.id.clone()).collect();
            self.read_checks_of(picture, &ids).await;
        }
        let is_well = |a: &AllocStub| self.run.is_available(a);
        let now = self.counts().give_back((key, own), allocs, &self.doomed, is_well).await?;
        let Some(now) = now else { return Ok(false) };
        self.forget_raise(key, own, now)?;
        Ok(true)
    }

    /// Tells how a count is that was raised from `own`, and is not any more.
    fn forget_raise(&mut self, key: &GroupKey, own: u64, now: CountNow) -> Result<()> {
        self.run.surged.remove(key);
        let (count, by_others) = match now {
            CountNow::Is(count) => (count, count != own),
            // Nothing of it is wanted any more.
            CountNow::Raised | CountNow::Gone => (0, false),
        };
        self.recorder.emit(Event::CountRestored { group: key.clone(), count, by_others })
    }
}

fn of_job(key: &GroupKey) -> Part {
    Part { jobs: BTreeSet::from([key.job_key()]), ..Part::default() }
}
