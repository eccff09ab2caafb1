//! The run of a shift: look, write down, write, prove, wait; and take it back when a gate says no.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep, timeout};

use super::event::{Event, ShiftEnd};
use super::gates::{self, SideCounters};
use super::lock::Held;
use super::on_traefiks;
use super::options::Options;
use super::record::{Phase, Record};
use super::sessions::Sessions;
use super::snapshot::ShiftSnapshot;
use crate::api::consul::config_entry::ConfigEntry;
use crate::api::http::Http;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::same;
use crate::ops::observe::{self, Observer};
use crate::ops::traffic::entries;
use crate::ops::traffic::witness::Witnesses;
use crate::ops::traffic::write;

/// A step is judged no sooner than this.
pub(super) const SETTLED: Duration = Duration::from_secs(2);
/// How often gateways are asked whether they have it.
pub(super) const PAUSE: Duration = Duration::from_millis(250);
/// A shift under way.
pub struct Shift<'a> {
    /// The client of Consul.
    pub consul: Http,
    /// What was decided.
    pub options: Options,
    /// What is written down.
    pub record: Record,
    /// The lock.
    pub lock: Held,
    /// What was looked at.
    pub snapshot: ShiftSnapshot,
    /// The proxies that can be asked.
    pub witnesses: Witnesses,
    /// Who hears of it.
    pub observer: &'a mut dyn Observer<observe::Record<Event>>,
    /// The clock.
    pub clock: SharedClock,
    /// Ctrl-C.
    pub orderly: Orderly,
    /// When the whole must be done.
    pub deadline: Option<Timestamp>,
    /// The sessions that are open to see whether they stay.
    pub sessions: Option<Sessions>,
}

/// Why a step did not hold.
pub(super) enum StepFailure {
    /// A gate or a proof said no.
    No(String),
    /// Something else; the shares stay.
    Error(Error),
}

impl From<Error> for StepFailure {
    fn from(error: Error) -> Self {
        StepFailure::Error(error)
    }
}

impl Shift<'_> {
    /// Runs it to its end. What is written down stays, and the lock is given up, whatever the end.
    ///
    /// # Errors
    /// Interrupted (130), timed out (6), refused (7) when somebody else changed the split or the lock was lost; any error of a call.
    pub async fn run(mut self, preparation: &[Change], resumed: bool) -> Result<ShiftEnd> {
        let ended = self.phases(preparation, resumed).await;
        self.close(ended).await
    }

    /// Takes it back.
    ///
    /// # Errors
    /// As [`Shift::run`].
    pub async fn roll_back(mut self, why: &str) -> Result<ShiftEnd> {
        let ended = self.back(why).await;
        self.close(ended).await
    }

    async fn close(mut self, ended: Result<ShiftEnd>) -> Result<ShiftEnd> {
        if let Err(e) = &ended {
            self.record.why = Some(e.to_string());
        }
        if let Ok(end) = &ended {
            let end = end.clone();
            self.tell(Event::Ended { end })?;
        }
        self.record.updated = self.clock.now();
        self.lock.release(&self.record).await;
        let service = &self.record.service;
        ended.map_err(|e| match e.code() {
            ExitCode::Interrupted | ExitCode::Terminated | ExitCode::TimedOut => e
                .hint(format!("the shares stay at {}; the same command goes on", self.record.shares))
                .hint(format!("`fleet migrate traffic rollback {service}` takes it back")),
            ExitCode::Unreachable => e
                .hint("nothing more is written; whether the last write was done the same command looks first, and goes on from there")
                .hint(format!("`fleet migrate traffic rollback {service}` takes it back")),
            _ => e.hint(format!("`fleet migrate traffic status {service}` shows how far it is")),
        })
    }

    async fn phases(&mut self, preparation: &[Change], resumed: bool) -> Result<ShiftEnd> {
        let r = &self.record;
        let begun = Event::Begun {
            shift_id: r.id.clone(),
            service: r.service.clone(),
            from: r.from.to_string(),
            to: r.to.to_string(),
            shares: self.snapshot.shares,
            resumed,
        };
        self.tell(begun)?;
        if self.record.phase == Phase::Preparing {
            match self.prepare(preparation).await {
                Ok(()) => {}
                Err(StepFailure::No(why)) => return self.stop(why).await,
                Err(StepFailure::Error(e)) => return Err(e),
            }
        }
        if self.record.phase == Phase::Stepping {
            for step in self.record.steps_done..self.record.steps.len() {
                match self.step(step).await {
                    Ok(()) => {}
                    Err(StepFailure::No(why)) => return self.stop(why).await,
                    Err(StepFailure::Error(e)) => return Err(e),
                }
            }
            self.record.phase = Phase::Draining;
            self.write_down().await?;
        }
        self.drain().await
    }

    /// A gate said no: back, or stay, as was decided.
    pub(super) async fn stop(&mut self, why: String) -> Result<ShiftEnd> {
        if self.options.hold_on_failure {
            self.record.why = Some(why.clone());
            return Ok(ShiftEnd::Held { shares: self.record.shares, why });
        }
        self.back(&why).await
    }

    /// Pins sessions, where that was asked for, and lets them take.
    async fn prepare(&mut self, preparation: &[Change]) -> Result<(), StepFailure> {
        let marks = self.witnesses.marks().await;
        for change in preparation {
            self.write_entry(change).await?;
        }
        self.record.phase = Phase::Stepping;
        self.record.pinned = self.options.pin.is_some();
        self.write_down().await?;
        if !preparation.is_empty() {
            sleep(SETTLED).await;
            self.proxies_took(&marks).await?;
        }
        if self.options.pin.is_some() {
            let soak = self.options.pin_soak;
            self.tell(Event::Pinned { soak_s: soak.as_secs() })?;
            self.wait(soak, "sessions take their pins").await?;
        }
        Ok(())
    }

    /// Writes one entry under the lock, and reads it back.
    pub(super) async fn write_entry(&mut self, planned: &Change) -> Result<Option<ConfigEntry>> {
        self.lock.check().await?;
        let now = entries::read(&self.consul, planned.kind, &planned.name).await?;
        if let (Some(now), Some(new)) = (&now, &planned.new)
            && same(now, new)
        {
            return Ok(Some(now.clone()));
        }
        let unchanged = match (&now, &planned.old) {
            (None, None) => true,
            (Some(now), Some(then)) => same(now, then),
            _ => false,
        };
        if !unchanged {
            return Err(Error::refused(format!(
                "somebody else changed {} meanwhile; it was not written",
                planned.subject()
            ))
            .hint(format!("`fleet config show {}` shows what it says now", planned.subject())));
        }
        let change = Change { old: now, ..planned.clone() };
        let stored = write::carry_out(&self.consul, self.lock.permission(), &change).await?;
        let modify_index = stored.as_ref().map(ConfigEntry::modify_index);
        self.tell(Event::EntryWritten { entry: change.subject(), modify_index })?;
        Ok(stored)
    }

    pub(super) async fn counts(&self) -> SideCounters {
        if self.snapshot.by_traefik() {
            return on_traefiks::count(&self.snapshot).await;
        }
        gates::count(&self.witnesses, &self.snapshot.from_seen, &self.snapshot.to_seen).await
    }

    pub(super) fn tell(&mut self, event: Event) -> Result<()> {
        self.observer.record(&observe::Record { time: self.clock.now(), event })
    }

    pub(super) async fn write_down(&mut self) -> Result<()> {
        self.record.updated = self.clock.now();
        self.lock.write(&self.record).await
    }

    /// Stops here when it should stop.
    pub(super) fn go_on(&self) -> Result<()> {
        if let Some(interrupt) = self.orderly.now() {
            return Err(interrupt.error("interrupted; nothing is half written"));
        }
        match self.deadline {
            Some(at) if self.clock.now() >= at => {
                Err(Error::new(ExitCode::TimedOut, "--timeout passed; nothing is half written"))
            }
            _ => Ok(()),
        }
    }

    /// Waits, but hears Ctrl-C at once.
    pub(super) async fn wait_a_while(&mut self, time: Duration) -> Result<()> {
        drop(timeout(time, self.orderly.requested()).await);
        self.go_on()
    }

    async fn wait(&mut self, time: Duration, what: &str) -> Result<()> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.observer.waiting(&[what.to_owned()]);
            let left = until.saturating_duration_since(Instant::now());
            self.wait_a_while(left.min(Duration::from_secs(1))).await?;
        }
        self.go_on()
    }
}
