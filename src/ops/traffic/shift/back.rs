//! Taking a shift back, and taking its pins out.

use super::event::{Event, ShiftEnd};
use super::record::Phase;
use super::run::{Shift, StepFailure};
use super::snapshot::{self, ShiftSnapshot};
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::error::{Error, Result};
use crate::model::traffic::change::{Stored, change};
use crate::model::traffic::difference::same;
use crate::model::traffic::shift::{Entries, percent, split_subject};
use crate::model::traffic::shift_pin;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::Saved;
use crate::ops::traffic::witness::Witnesses;

/// The gateways that cannot be asked, where gateways lead to the service at all.
#[must_use]
pub fn silent_in_front(snapshot: &ShiftSnapshot, witnesses: &Witnesses) -> Vec<String> {
    if snapshot.is_blind() {
        return vec!["Traefik".to_owned()];
    }
    let none = snapshot.in_front.ingress.is_empty() && snapshot.in_front.api.is_empty();
    if none { Vec::new() } else { witnesses.silent_gateways().map(str::to_owned).collect() }
}

impl Shift<'_> {
    /// Takes the pins out. `back` also puts back what the pins changed beside.
    pub(super) async fn unpin(&mut self, back: bool) -> Result<()> {
        let Some(pin) = self.record.pin.clone() else { return Ok(()) };
        let service = self.record.service.clone();
        let now = snapshot::read_entries(&self.consul, &service).await?;
        for (kind, name, new) in shift_pin::without(&service, &now, &pin) {
            let old = entries::read(&self.consul, kind, &name).await?;
            if old.is_none() {
                continue;
            }
            let planned = change(kind, old, new, &Stored::new());
            if planned.writes() {
                self.write_entry(&planned).await?;
            }
        }
        let before: Vec<Saved> = self.record.before.clone();
        for saved in before.iter().rev() {
            let created = saved.old.is_none()
                && saved.kind != Kind::ServiceSplitter
                && saved.kind != Kind::ServiceRouter;
            let resolver = back && saved.kind == Kind::ServiceResolver;
            if !created && !resolver {
                continue;
            }
            let stored = entries::read(&self.consul, saved.kind, &saved.name).await?;
            let ours = match (&stored, &saved.new) {
                (Some(stored), Some(new)) => same(stored, new),
                _ => false,
            };
            if ours {
                let planned = change(saved.kind, stored, saved.old.clone(), &Stored::new());
                if planned.writes() {
                    self.write_entry(&planned).await?;
                }
            }
        }
        self.record.pinned = false;
        Ok(())
    }

    /// The shares back to what they were before, proven, then the pins out.
    pub(super) async fn back(&mut self, why: &str) -> Result<ShiftEnd> {
        self.tell(Event::RollingBack { why: why.to_owned() })?;
        let shares = self.record.before_shares;
        let own = &self.record;
        let now = snapshot::read_entries(&self.consul, &own.service).await?;
        let has = now.shares(&own.service, &own.from, &own.to).map_err(|why| {
            Error::refused(format!("the traffic of {} cannot be taken back", own.service)).because(why)
        })?;
        if has.pool() != shares.pool() {
            return Err(Error::refused(format!(
                "somebody else changed the split of {}; it was not taken back",
                own.service
            ))
            .because(format!(
                "{} and {} have {} % together, and had {} % before",
                own.from,
                own.to,
                percent(has.pool()),
                percent(shares.pool())
            )));
        }
        // Whoever changed the shares between the two meanwhile: back is back.
        self.record.shares = has;
        self.record.phase = Phase::RollingBack;
        self.record.why = Some(why.to_owned());
        self.write_down().await?;
        self.write_shares(shares).await?;
        let asked = match self.have_shares(shares).await {
            Ok(gateways) => gateways,
            Err(StepFailure::No(why)) => {
                return Err(Error::failed(format!(
                    "the split of {} is {shares} again, and not every gateway has it",
                    self.record.service
                ))
                .because(why));
            }
            Err(StepFailure::Error(e)) => return Err(e),
        };
        if self.record.pin.is_some() {
            self.unpin(true).await?;
        }
        self.forget_split().await?;
        self.record.phase = Phase::RolledBack;
        self.record.steps_done = 0;
        self.write_down().await?;
        self.tell(Event::RolledBack { shares })?;
        let silent = silent_in_front(&self.snapshot, &self.witnesses);
        Ok(ShiftEnd::RolledBack { shares, why: why.to_owned(), asked, silent })
    }

    /// Where there was no splitter before there is none after, once all traffic goes where it would go without; and a route's
    /// weights are written as they were, where they say the same.
    async fn forget_split(&mut self) -> Result<()> {
        let r = &self.record;
        let own = split_subject(&r.service);
        let Some(saved) = r.before.iter().find(|s| format!("{}/{}", s.kind, s.name) == own).cloned() else {
            return Ok(());
        };
        let stored = entries::read(&self.consul, saved.kind, &saved.name).await?;
        let Some(now) = &stored else { return Ok(()) };
        let says_the_same = |old: &ConfigEntry| {
            let entries = Entries { route: Some(old.clone()), ..Entries::default() };
            same(&entries.split_at(&r.service, &r.from, &r.to, r.before_shares), now)
        };
        let back = match (&saved.old, saved.kind) {
            (None, Kind::ServiceSplitter) => true,
            (Some(old), Kind::HttpRoute | Kind::TraefikService) => says_the_same(old),
            _ => false,
        };
        let planned = change(saved.kind, stored.clone(), saved.old, &Stored::new());
        if back && planned.writes() {
            self.write_entry(&planned).await?;
        }
        Ok(())
    }
}
