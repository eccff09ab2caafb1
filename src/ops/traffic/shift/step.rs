//! One step of a shift: the instances it needs, the write, its proof on every gateway, and the sessions that must stay.

use std::time::Duration;

use tokio::time::sleep;

use super::event::Event;
use super::on_gateways::on_gateways;
use super::run::{PAUSE, SETTLED, Shift, StepFailure};
use super::sessions::Sessions;
use super::snapshot;
use crate::api::consul::config_entry::ConfigEntry;
use crate::api::http::Http;
use crate::error::{Error, Result};
use crate::model::traffic::change::{Stored, change};
use crate::model::traffic::shift::{Entries, Pin, Risk, Shares, needed, percent};
use crate::model::words;
use crate::ops::ticker::look_until;
use crate::ops::traffic::witness::WitnessCounters;

/// How long gateways may take to have a write: Consul sends it within 0.2 s (`mesh.md §3`).
const ON_GATEWAYS: Duration = Duration::from_secs(10);

impl Shift<'_> {
    /// One step: instances first, then the write, then its proof, then the soak.
    pub(super) async fn step(&mut self, step: usize) -> Result<(), StepFailure> {
        self.go_on()?;
        let shares = self.record.before_shares.at(self.record.steps[step]);
        self.have_instances(shares).await?;
        self.open_sessions().await?;
        let marks = self.witnesses.marks().await;
        let before = self.counts().await;
        let modify_index = self.write_shares(shares).await?;
        let gateways = self.have_shares(shares).await?;
        sleep(SETTLED).await;
        self.proxies_took(&marks).await?;
        let steps = self.record.steps.len();
        self.tell(Event::Stepped { step: step + 1, steps, shares, modify_index, gateways })?;
        if let Some(mut sessions) = self.sessions.take() {
            let stayed = self.sessions_stay(step, &mut sessions).await;
            self.sessions = Some(sessions);
            stayed?;
        }
        self.soak(&before).await?;
        self.record.steps_done = step + 1;
        self.write_down().await?;
        self.tell(Event::Soaked { step: step + 1, shares })?;
        Ok(())
    }

    pub(super) async fn have_instances(&mut self, shares: Shares) -> Result<(), StepFailure> {
        if self.snapshot.is_blind() {
            return Ok(());
        }
        let seen = self.snapshot.to_instances_now(&self.consul).await?;
        let pool = self.record.before_shares.pool().max(1);
        let wanted = needed(shares.to * 10_000 / pool, self.record.baseline);
        let wanted = if self.options.accept.contains(&Risk::UnderCapacity) { wanted.min(1) } else { wanted };
        if seen.usable.len() >= wanted {
            return Ok(());
        }
        Err(StepFailure::No(format!(
            "{} of {} {} traffic, and {} % of it need {wanted}",
            words::count(seen.usable.len(), "instance"),
            self.record.to,
            words::either(seen.usable.len(), "takes", "take"),
            percent(shares.to)
        )))
    }

    /// Writes the shares down first, then into the entry that shares it out, if it still says what it said.
    pub(super) async fn write_shares(&mut self, shares: Shares) -> Result<Option<u64>> {
        let (service, from, to) =
            (self.record.service.clone(), self.record.from.clone(), self.record.to.clone());
        let (now, has) = self.split_now(&self.consul).await?;
        if has != self.record.shares && has != shares {
            return Err(self.changed_by_another(has));
        }
        self.record.shares = shares;
        self.write_down().await?;
        let new = now.split_at(&service, &from, &to, shares);
        let planned = change(now.split_kind(), now.split().cloned(), Some(new), &Stored::new());
        let stored = if planned.writes() { self.write_entry(&planned).await? } else { now.split().cloned() };
        self.snapshot.entries.set_split(stored.clone());
        self.snapshot.shares = shares;
        Ok(stored.as_ref().map(ConfigEntry::modify_index))
    }

    /// The entries as they are, and how they share the traffic out.
    async fn split_now(&self, consul: &Http) -> Result<(Entries, Shares)> {
        let r = &self.record;
        let now = snapshot::read_entries(consul, &r.service).await?;
        let has = now.shares(&r.service, &r.from, &r.to).map_err(|why| {
            Error::refused(format!("somebody else changed where the traffic of {} goes", r.service))
                .because(why)
        })?;
        Ok((now, has))
    }

    /// Refuses where the split no longer is what was written last.
    pub(super) async fn split_is_ours(&self, consul: &Http) -> Result<()> {
        let (_, has) = self.split_now(consul).await?;
        if has == self.record.shares { Ok(()) } else { Err(self.changed_by_another(has)) }
    }

    fn changed_by_another(&self, has: Shares) -> Error {
        let service = &self.record.service;
        Error::refused(format!("somebody else changed the split of {service}; nothing more is written"))
            .because(format!("it is {has}, and was {}", self.record.shares))
            .hint(format!("`fleet migrate traffic rollback {service}` puts back what was there before"))
    }

    /// Every gateway that leads to the service and can be asked has the shares: which these are.
    pub(super) async fn have_shares(&mut self, shares: Shares) -> Result<Vec<String>, StepFailure> {
        let taken = look_until(PAUSE, ON_GATEWAYS, async || {
            let told = on_gateways(&self.witnesses, &self.snapshot, shares).await;
            let behind = told.iter().find_map(|(gateway, has)| Some((gateway.clone(), has.clone()?)));
            let has_it = told.into_iter().map(|(gateway, _)| gateway).collect::<Vec<_>>();
            Ok::<_, StepFailure>(behind.map_or(Ok(has_it), Err))
        });
        taken.await?.map_err(|(gateway, has)| {
            let deaf = match has.starts_with("splits") {
                true if self.snapshot.is_in_file() => {
                    ": it does not take updates of that file (where only the file is mounted into a container, and not its folder, it never sees one that is renamed into its place)"
                }
                true => ": it does not take updates",
                false => "",
            };
            StepFailure::No(format!(
                "gateway {gateway} {has} {} s after {shares} was written{deaf}",
                ON_GATEWAYS.as_secs()
            ))
        })
    }

    /// No proxy rejected what was written, and none replaced a listener over it.
    pub(super) async fn proxies_took(&mut self, marks: &WitnessCounters) -> Result<(), StepFailure> {
        let effect = self.witnesses.since(marks).await;
        if let Some(id) = effect.rejected.first() {
            return Err(StepFailure::No(format!("{id} rejected what was written, though Consul says true")));
        }
        if let Some(id) = effect.replaced.first()
            && !self.options.accept.contains(&Risk::CutConnections)
        {
            return Err(StepFailure::No(format!(
                "{id} replaced a listener: what is open on it is cut when its drain time is over"
            )));
        }
        Ok(())
    }

    /// Opens sessions beside those that are open from the steps before.
    pub(super) async fn open_sessions(&mut self) -> Result<()> {
        let Some(probes) = &self.options.probes else { return Ok(()) };
        let failed =
            |why| Error::failed("sessions could not be probed; nothing more was written").because(why);
        match &mut self.sessions {
            Some(sessions) => sessions.more().await.map_err(failed),
            None => {
                let pin = self.options.pin.as_ref().map(|Pin::Cookie { name }| name.clone());
                self.sessions = Some(Sessions::open(probes, pin).await.map_err(failed)?);
                Ok(())
            }
        }
    }

    pub(super) async fn sessions_stay(
        &mut self,
        step: usize,
        sessions: &mut Sessions,
    ) -> Result<(), StepFailure> {
        let moved = sessions.moved().await;
        self.tell(Event::Sessions { step: step + 1, moved: moved.clone() })?;
        if moved.failed > 0 {
            return Err(StepFailure::No(format!(
                "{} of {} sessions got no good answer",
                moved.failed, moved.sessions
            )));
        }
        let lost = moved.moved.max(moved.split);
        if lost > 0 && !self.options.accept.contains(&Risk::SessionsMove) {
            return Err(StepFailure::No(format!("{lost} of {} sessions changed side", moved.sessions)));
        }
        Ok(())
    }
}
