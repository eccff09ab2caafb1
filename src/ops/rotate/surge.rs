//! The second copy of a single instance: raising the count of its group, and giving it back whatever happens in between.

use std::collections::BTreeSet;

use crate::api::nomad::allocation::AllocStub;
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
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
        self.recorder.intend(Intent::Raise { group: key.clone(), count: 1, by: None })?;
        self.save().await?;
        self.run.surged.insert(key.clone(), 1);
        // Whoever ends the run at once is told of it, also before the next look.
        self.orderly.last_words(self.parting_words());
        if !self.counts(key).set(key, 2).await? {
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
        let now = match self.stand_of(key, own).await? {
            CountNow::Raised => {
                if given_up.is_some() {
                    self.counts(key).end_deployment(key).await?;
                }
                if !self.counts(key).set(key, own).await? {
                    return Ok(false);
                }
                CountNow::Is(own)
            }
            now => now,
        };
        if let Some(why) = given_up.filter(|_| now == CountNow::Is(own)) {
            self.run.unsurgeable.insert(key.clone(), why);
        }
        self.forget_raise(key, own, now)?;
        self.save().await?;
        self.last_progress = self.recorder.now();
        live.refresh_part(of_job(key)).await?;
        Ok(true)
    }

    fn counts(&self, key: &GroupKey) -> Counts<'_> {
        let rotation = self.recorder.memory.raiser(key);
        Counts { nomad: &self.nomad, permission: &self.permission, rotation }
    }

    async fn stand_of(&self, key: &GroupKey, own: u64) -> Result<CountNow> {
        count::of_raised(&self.nomad, key, own, self.recorder.memory.raiser(key)).await
    }

    /// Finds out whose the counts are that were raised here, wherever their jobs were registered since that was asked: the same number
    /// may be somebody else's by now.
    pub(super) async fn judge_raises(&mut self, picture: &ClusterPicture) -> Result<()> {
        for (key, own) in self.run.surged.clone() {
            let Some(document) = picture.jobs.get(&key.job_key()) else { continue };
            let at = document.job.job_modify_index;
            if self.judged.get(&key) == Some(&at) {
                continue;
            }
            match self.stand_of(&key, own).await? {
                CountNow::Is(_) => self.run.overruled.insert(key.clone()),
                CountNow::Raised | CountNow::Gone => self.run.overruled.remove(&key),
            };
            self.judged.insert(key, at);
        }
        Ok(())
    }

    /// The counts that are raised now, in lines that say how each is given back by hand.
    pub(super) fn words_of_raises(&self) -> Vec<String> {
        let raised = self.run.surged.iter().filter(|(key, _)| !self.run.overruled.contains(*key));
        raised.map(count::words_of_raise).collect()
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
            error = match restored {
                true => error,
                false => error.because(count::still_raised(&key)).hint(count::to_give_back(&key, own)),
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
        let now = self.counts(key).give_back((key, own), allocs, &self.doomed, is_well).await?;
        let Some(now) = now else { return Ok(false) };
        self.forget_raise(key, own, now)?;
        Ok(true)
    }

    /// Tells how a count is that was raised from `own`, and is not any more.
    fn forget_raise(&mut self, key: &GroupKey, own: u64, now: CountNow) -> Result<()> {
        self.run.surged.remove(key);
        self.run.overruled.remove(key);
        let (count, by_others) = match now {
            CountNow::Is(count) => (count, count != own),
            // Nothing of it is wanted any more.
            CountNow::Raised | CountNow::Gone => (0, false),
        };
        // Whoever ends the run at once is not told of it any more.
        self.orderly.last_words(self.parting_words());
        self.recorder.emit(Event::CountRestored { group: key.clone(), count, by_others })
    }
}

fn of_job(key: &GroupKey) -> Part {
    Part { jobs: BTreeSet::from([key.job_key()]), ..Part::default() }
}
