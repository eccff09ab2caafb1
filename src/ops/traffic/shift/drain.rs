//! The end of a shift: the giving side is watched until nothing goes there any more, then the pins are taken out.

use std::time::Duration;

use tokio::time::Instant;

use super::event::{Event, ShiftEnd};
use super::record::Phase;
use super::run::Shift;
use crate::api::consul::discovery_chain;
use crate::error::Result;
use crate::model::traffic::shift::Risk;
use crate::model::words;

/// How long the giving side must be idle without a break, where no session is pinned to it.
const IDLE_FOR: Duration = Duration::from_secs(4);

impl Shift<'_> {
    /// Waits until nothing goes to the giving side any more, then takes the pins out.
    pub(super) async fn drain(&mut self) -> Result<ShiftEnd> {
        let shares = self.record.shares;
        self.split_is_ours(&self.consul).await?;
        if shares.from > 0 {
            self.record.phase = Phase::Done;
            self.write_down().await?;
            return Ok(ShiftEnd::Done { shares, drained: None });
        }
        let drained = self.watch_drain().await?;
        match &drained {
            Some(Ok(())) => self.tell(Event::Drained)?,
            Some(Err(why)) => self.tell(Event::NotDrained { why: why.clone() })?,
            None if self.snapshot.by_traefik() => {
                self.tell(Event::NotDrained { why: "Traefik does not tell what is under way".to_owned() })?;
            }
            None => self.tell(Event::NotDrained { why: "no gateway can be asked".to_owned() })?,
        }
        // It took a while, and whoever changed the split meanwhile was not asked.
        self.split_is_ours(&self.consul).await?;
        let moves = self.options.accept.contains(&Risk::SessionsMove);
        if let (Some(Err(why)), false) = (&drained, self.record.pinned && moves) {
            return Ok(ShiftEnd::Pending { shares, why: why.clone() });
        }
        if self.record.pinned {
            if drained.is_none() && !moves {
                return Ok(ShiftEnd::Pending {
                    shares,
                    why: "no gateway tells whether pinned sessions still use the old side".to_owned(),
                });
            }
            self.unpin(false).await?;
            self.tell(Event::Unpinned)?;
        }
        let ways = self.ways_to_the_giving_side().await?;
        if !ways.is_empty() {
            let why =
                format!("{} still leads to {}, whatever the split says", ways.join(", "), self.record.from);
            self.write_down().await?;
            return Ok(ShiftEnd::Pending { shares, why });
        }
        self.record.phase = Phase::Done;
        self.record.why = None;
        self.write_down().await?;
        Ok(ShiftEnd::Done { shares, drained: drained.map(|d| d.is_ok()) })
    }

    /// How requests still get to the giving side past the split: its discovery chain is what proxies use.
    async fn ways_to_the_giving_side(&self) -> Result<Vec<String>> {
        if self.snapshot.entries.route.is_some() {
            return Ok(Vec::new());
        }
        let service = &self.record.service;
        let chain = self.consul.read(&discovery_chain::get(service)).await?.value.chain;
        Ok(chain.ways_to(service, &self.snapshot.from_seen.cluster))
    }

    /// Idle is: no request under way, and no new one, for a while. None when nobody can tell.
    pub(super) async fn watch_drain(&mut self) -> Result<Option<Result<(), String>>> {
        if self.witnesses.gateways().next().is_none() {
            return Ok(None);
        }
        let begun = Instant::now();
        // People who are pinned there think between two requests.
        let idle_for = if self.record.pinned { self.options.session_idle } else { IDLE_FOR };
        let mut quiet: Option<(Instant, u64)> = None;
        loop {
            let both = self.counts().await;
            if both.gateways < self.witnesses.gateways().count() {
                quiet = None;
            }
            // A gateway that never had the side's cluster has no counter of it.
            let from = both.from.unwrap_or_default();
            match quiet {
                Some((since, total)) if from.active == 0 && from.total == total => {
                    if since.elapsed() >= idle_for {
                        return Ok(Some(Ok(())));
                    }
                }
                _ => quiet = (from.active == 0).then(|| (Instant::now(), from.total)),
            }
            // What is quiet when the time is up may stay so: it is watched to the end.
            let lately = quiet.is_none_or(|(since, _)| since.elapsed() < Duration::from_secs(2));
            if begun.elapsed() >= self.options.drain_timeout && lately {
                let what = if from.active > 0 {
                    format!(
                        "{} {} under way on {}, streams and websockets included",
                        words::count(from.active, "request"),
                        words::either(from.active, "is", "are"),
                        self.record.from
                    )
                } else {
                    format!("requests still go to {}", self.record.from)
                };
                return Ok(Some(Err(what)));
            }
            let active = words::count(from.active, "request");
            let are = words::either(from.active, "is", "are");
            self.observer.waiting(&[format!("{}: {active} {are} under way", self.record.from)]);
            self.tell_draining(from.active)?;
            self.wait_a_while(Duration::from_secs(1)).await?;
        }
    }

    pub(super) fn tell_draining(&mut self, active: u64) -> Result<()> {
        // Once is enough for a log; the display is told all the time.
        if self.record.why.is_none() {
            self.record.why = Some(format!("waiting until {} is idle", self.record.from));
            return self.tell(Event::Draining { active: Some(active) });
        }
        Ok(())
    }
}
