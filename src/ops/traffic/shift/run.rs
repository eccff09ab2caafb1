//! The run of a shift: look, write down, write, prove, wait; and take it back when a gate says no.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::event::Event;
use super::gates::{self, Both};
use super::lock::Held;
use super::options::Options;
use super::record::{Phase, Record};
use super::scene::{self, Scene, instances};
use super::sessions::Sessions;
use crate::api::consul::config_entry::{ConfigEntry, Kind};
use crate::api::http::Http;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::rollout::gate::{Answer, Verdict, Watchman};
use crate::model::traffic::change::{Change, Stored, change};
use crate::model::traffic::difference::same;
use crate::model::traffic::fields::{field, items, text};
use crate::model::traffic::shift::{Pin, Risk, Shares, needed};
use crate::model::traffic::shift_pin;
use crate::model::words;
use crate::ops::observe::{self, Observer};
use crate::ops::traffic::entries;
use crate::ops::traffic::history::Saved;
use crate::ops::traffic::witness::{Marks, Witnesses};
use crate::ops::traffic::write;

/// How long gateways may take to have a write: Consul sends it within 0.2 s (`mesh.md §3`).
const ON_GATEWAYS: Duration = Duration::from_secs(10);
/// A step is judged no sooner than this.
const SETTLED: Duration = Duration::from_secs(2);
/// How often gateways are asked whether they have it.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the giving side must be idle without a break, where no session is pinned to it.
const IDLE_FOR: Duration = Duration::from_secs(4);

/// How a shift ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "end", rename_all = "kebab-case")]
pub enum End {
    /// The taking side has its last share, verified.
    Done {
        /// The shares.
        shares: Shares,
        /// Whether the giving side was seen to become idle; none when nobody could tell.
        drained: Option<bool>,
    },
    /// The shares are moved, and something is still to be waited for.
    Pending {
        /// The shares.
        shares: Shares,
        /// What is waited for.
        why: String,
    },
    /// A gate said no, and the shares were left as they are.
    Held {
        /// The shares.
        shares: Shares,
        /// The gate and its words.
        why: String,
    },
    /// It was taken back, verified.
    RolledBack {
        /// The shares.
        shares: Shares,
        /// Why.
        why: String,
    },
}

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
    pub scene: Scene,
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
enum Trouble {
    /// A gate or a proof said no.
    No(String),
    /// Something else; the shares stay.
    Error(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Error(error)
    }
}

impl Shift<'_> {
    /// Runs it to its end. What is written down stays, and the lock is given up, whatever the end.
    ///
    /// # Errors
    /// Interrupted (130), timed out (6), refused (7) when somebody else changed the split or the lock was lost; any error of a call.
    pub async fn run(mut self, preparation: &[Change], resumed: bool) -> Result<End> {
        let ended = self.phases(preparation, resumed).await;
        self.close(ended).await
    }

    /// Takes it back.
    ///
    /// # Errors
    /// As [`Shift::run`].
    pub async fn roll_back(mut self, why: &str) -> Result<End> {
        let ended = self.back(why).await;
        self.close(ended).await
    }

    async fn close(mut self, ended: Result<End>) -> Result<End> {
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
            _ => e.hint(format!("`fleet migrate traffic status {service}` shows how far it is")),
        })
    }

    async fn phases(&mut self, preparation: &[Change], resumed: bool) -> Result<End> {
        let r = &self.record;
        let begun = Event::Begun {
            shift_id: r.id.clone(),
            service: r.service.clone(),
            from: r.from.to_string(),
            to: r.to.to_string(),
            shares: self.scene.shares,
            resumed,
        };
        self.tell(begun)?;
        if self.record.phase == Phase::Preparing {
            match self.prepare(preparation).await {
                Ok(()) => {}
                Err(Trouble::No(why)) => return self.stop(why).await,
                Err(Trouble::Error(e)) => return Err(e),
            }
        }
        if self.record.phase == Phase::Stepping {
            for step in self.record.steps_done..self.record.steps.len() {
                match self.step(step).await {
                    Ok(()) => {}
                    Err(Trouble::No(why)) => return self.stop(why).await,
                    Err(Trouble::Error(e)) => return Err(e),
                }
            }
            self.record.phase = Phase::Draining;
            self.write_down().await?;
        }
        self.drain().await
    }

    /// A gate said no: back, or stay, as was decided.
    async fn stop(&mut self, why: String) -> Result<End> {
        if self.options.hold_on_failure {
            self.record.why = Some(why.clone());
            return Ok(End::Held { shares: self.record.shares, why });
        }
        self.back(&why).await
    }

    /// Pins sessions, where that was asked for, and lets them take.
    async fn prepare(&mut self, preparation: &[Change]) -> Result<(), Trouble> {
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
    async fn write_entry(&mut self, planned: &Change) -> Result<Option<ConfigEntry>> {
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

    /// One step: instances first, then the write, then its proof, then the soak.
    async fn step(&mut self, step: usize) -> Result<(), Trouble> {
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

    async fn have_instances(&mut self, shares: Shares) -> Result<(), Trouble> {
        let seen = instances(&self.consul, &self.scene.to_seen).await?;
        let pool = self.record.before_shares.pool().max(1);
        let wanted = needed(shares.to * 10_000 / pool, self.record.baseline);
        let wanted = if self.options.accept.contains(&Risk::UnderCapacity) { wanted.min(1) } else { wanted };
        if seen.usable.len() >= wanted {
            return Ok(());
        }
        Err(Trouble::No(format!(
            "{} of {} {} traffic, and {} % of it need {wanted}",
            words::count(seen.usable.len(), "instance"),
            self.record.to,
            words::either(seen.usable.len(), "takes", "take"),
            crate::model::traffic::shift::percent(shares.to)
        )))
    }

    /// Writes the shares down first, then into the splitter, if it still says what it said.
    async fn write_shares(&mut self, shares: Shares) -> Result<Option<u64>> {
        let (service, from, to) =
            (self.record.service.clone(), self.record.from.clone(), self.record.to.clone());
        let now = scene::read_entries(&self.consul, &service).await?;
        let has = now.shares(&service, &from, &to).map_err(|why| {
            Error::refused(format!("somebody else changed where the traffic of {service} goes")).because(why)
        })?;
        if has != self.record.shares && has != shares {
            return Err(Error::refused(format!(
                "somebody else changed the split of {service}; nothing more is written"
            ))
            .because(format!("it is {has}, and was {}", self.record.shares))
            .hint(format!("`fleet migrate traffic rollback {service}` puts back what was there before")));
        }
        self.record.shares = shares;
        self.write_down().await?;
        let new = now.splitter_at(&service, &from, &to, shares);
        let planned = change(Kind::ServiceSplitter, now.splitter.clone(), Some(new), &Stored::new());
        let stored = if planned.writes() { self.write_entry(&planned).await? } else { now.splitter };
        self.scene.entries.splitter.clone_from(&stored);
        self.scene.shares = shares;
        Ok(stored.as_ref().map(ConfigEntry::modify_index))
    }

    /// Every gateway that can be asked has the shares.
    async fn have_shares(&mut self, shares: Shares) -> Result<Vec<String>, Trouble> {
        let begun = Instant::now();
        loop {
            let behind: Vec<(String, String)> = on_gateways(&self.witnesses, &self.scene, shares)
                .await
                .into_iter()
                .filter_map(|(gateway, has)| Some((gateway, has?)))
                .collect();
            let Some((gateway, has)) = behind.first() else {
                return Ok(self.witnesses.gateways().map(|w| w.id.clone()).collect());
            };
            if begun.elapsed() > ON_GATEWAYS {
                return Err(Trouble::No(format!(
                    "gateway {gateway} splits {has} {} s after {shares} was written: it does not take updates",
                    ON_GATEWAYS.as_secs()
                )));
            }
            sleep(PAUSE).await;
        }
    }

    /// No proxy rejected what was written, and none replaced a listener over it.
    async fn proxies_took(&mut self, marks: &Marks) -> Result<(), Trouble> {
        let effect = self.witnesses.since(marks).await;
        if let Some(id) = effect.rejected.first() {
            return Err(Trouble::No(format!("{id} rejected what was written, though Consul says true")));
        }
        if let Some(id) = effect.replaced.first()
            && !self.options.accept.contains(&Risk::CutConnections)
        {
            return Err(Trouble::No(format!(
                "{id} replaced a listener: what is open on it is cut when its drain time is over"
            )));
        }
        Ok(())
    }

    /// Opens sessions beside those that are open from the steps before.
    async fn open_sessions(&mut self) -> Result<()> {
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

    async fn sessions_stay(&mut self, step: usize, sessions: &mut Sessions) -> Result<(), Trouble> {
        let moved = sessions.moved().await;
        self.tell(Event::Sessions { step: step + 1, moved: moved.clone() })?;
        if moved.failed > 0 {
            return Err(Trouble::No(format!(
                "{} of {} sessions got no good answer",
                moved.failed, moved.sessions
            )));
        }
        let lost = moved.moved.max(moved.split);
        if lost > 0 && !self.options.accept.contains(&Risk::SessionsMove) {
            return Err(Trouble::No(format!("{lost} of {} sessions changed side", moved.sessions)));
        }
        Ok(())
    }

    /// Waits until every gate held for the whole soak.
    async fn soak(&mut self, before: &Both) -> Result<(), Trouble> {
        let mut watchman = Watchman::default();
        let mut said: Vec<(String, Answer)> = Vec::new();
        loop {
            self.go_on()?;
            let answers = self.ask_gates(before).await?;
            for (gate, answer) in answers.iter().filter(|a| !said.contains(a)) {
                self.tell(Event::Gate { gate: gate.clone(), answer: answer.clone() })?;
            }
            said.clone_from(&answers);
            let at = self.record.shares;
            match watchman.judge(self.clock.now(), self.options.soak, &answers) {
                Verdict::Promote => return Ok(()),
                Verdict::Abort(why) => return Err(Trouble::No(why)),
                Verdict::Hold(why) => {
                    let all = answers.iter().all(|(_, a)| *a == Answer::Pass);
                    let why = if all { "every gate holds, soaking".to_owned() } else { why };
                    self.observer.waiting(&[format!("{at}: {why}")]);
                }
            }
            self.wait_a_while(self.options.every.min(self.options.soak.max(PAUSE))).await?;
        }
    }

    async fn ask_gates(&mut self, before: &Both) -> Result<Vec<(String, Answer)>> {
        let mut answers = Vec::new();
        let seen = instances(&self.consul, &self.scene.to_seen).await;
        answers.push((
            "instances".to_owned(),
            match seen {
                Ok(seen) => gates::instances(&self.record, &self.options, &seen),
                Err(e) => Answer::Unknown(e.to_string()),
            },
        ));
        let now = self.counts().await;
        answers.extend(gates::errors(&self.options, before, &now).map(|a| ("errors".to_owned(), a)));
        let latency = gates::latency(&self.options, &self.witnesses, &self.scene.to_seen).await;
        answers.extend(latency.map(|a| ("latency".to_owned(), a)));
        answers.push(("split".to_owned(), self.split_stands().await?));
        let variables = self.variables();
        for gate in &self.options.gates {
            answers.push((gate.name(), gate.ask_with(&variables).await));
        }
        Ok(answers)
    }

    /// The split still is what was written. Where somebody else wrote another one, that is no bad share to be taken back but their
    /// decision: nothing more is written.
    async fn split_stands(&self) -> Result<Answer> {
        let r = &self.record;
        let entries = match scene::read_entries(&self.consul, &r.service).await {
            Ok(entries) => entries,
            Err(e) => return Ok(Answer::Unknown(e.to_string())),
        };
        let why = match entries.shares(&r.service, &r.from, &r.to) {
            Ok(has) if has == r.shares => return Ok(Answer::Pass),
            Ok(has) => format!("it is {has}, and was {}", r.shares),
            Err(why) => why,
        };
        Err(Error::refused(format!(
            "somebody else changed the split of {}; nothing more is written",
            r.service
        ))
        .because(why)
        .hint(format!("`fleet migrate traffic rollback {}` puts back what was there before", r.service)))
    }

    /// What a gate's command finds in its environment.
    fn variables(&self) -> Vec<(&'static str, String)> {
        let r = &self.record;
        vec![
            ("FLEET_SERVICE", r.service.clone()),
            ("FLEET_FROM", r.from.to_string()),
            ("FLEET_TO", r.to.to_string()),
            ("FLEET_SHARE", crate::model::traffic::shift::percent(r.shares.to).to_string()),
        ]
    }

    async fn counts(&self) -> Both {
        gates::count(&self.witnesses, &self.scene.from_seen, &self.scene.to_seen).await
    }

    /// Waits until nothing goes to the giving side any more, then takes the pins out.
    async fn drain(&mut self) -> Result<End> {
        let shares = self.record.shares;
        if shares.from > 0 {
            self.record.phase = Phase::Done;
            self.write_down().await?;
            return Ok(End::Done { shares, drained: None });
        }
        let drained = self.watch_drain().await?;
        match &drained {
            Some(Ok(())) => self.tell(Event::Drained)?,
            Some(Err(why)) => self.tell(Event::NotDrained { why: why.clone() })?,
            None => self.tell(Event::NotDrained { why: "no gateway can be asked".to_owned() })?,
        }
        let moves = self.options.accept.contains(&Risk::SessionsMove);
        if let (Some(Err(why)), false) = (&drained, self.record.pinned && moves) {
            return Ok(End::Pending { shares, why: why.clone() });
        }
        if self.record.pinned {
            if drained.is_none() && !moves {
                return Ok(End::Pending {
                    shares,
                    why: "no gateway tells whether pinned sessions still use the old side".to_owned(),
                });
            }
            self.unpin(false).await?;
            self.tell(Event::Unpinned)?;
        }
        self.record.phase = Phase::Done;
        self.record.why = None;
        self.write_down().await?;
        Ok(End::Done { shares, drained: drained.map(|d| d.is_ok()) })
    }

    /// Idle is: no request under way, and no new one, for a while. None when nobody can tell.
    async fn watch_drain(&mut self) -> Result<Option<Result<(), String>>> {
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

    fn tell_draining(&mut self, active: u64) -> Result<()> {
        // Once is enough for a log; the display is told all the time.
        if self.record.why.is_none() {
            self.record.why = Some(format!("waiting until {} is idle", self.record.from));
            return self.tell(Event::Draining { active: Some(active) });
        }
        Ok(())
    }

    /// Takes the pins out. `back` also puts back what the pins changed beside.
    async fn unpin(&mut self, back: bool) -> Result<()> {
        let Some(pin) = self.record.pin.clone() else { return Ok(()) };
        let service = self.record.service.clone();
        let now = scene::read_entries(&self.consul, &service).await?;
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
    async fn back(&mut self, why: &str) -> Result<End> {
        self.tell(Event::RollingBack { why: why.to_owned() })?;
        let shares = self.record.before_shares;
        let own = &self.record;
        let now = scene::read_entries(&self.consul, &own.service).await?;
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
                crate::model::traffic::shift::percent(has.pool()),
                crate::model::traffic::shift::percent(shares.pool())
            )));
        }
        // Whoever changed the shares between the two meanwhile: back is back.
        self.record.shares = has;
        self.record.phase = Phase::RollingBack;
        self.record.why = Some(why.to_owned());
        self.write_down().await?;
        self.write_shares(shares).await?;
        match self.have_shares(shares).await {
            Ok(_) => {}
            Err(Trouble::No(why)) => {
                return Err(Error::failed(format!(
                    "the split of {} is {shares} again, and not every gateway has it",
                    self.record.service
                ))
                .because(why));
            }
            Err(Trouble::Error(e)) => return Err(e),
        }
        if self.record.pin.is_some() {
            self.unpin(true).await?;
        }
        self.forget_splitter().await?;
        self.record.phase = Phase::RolledBack;
        self.record.steps_done = 0;
        self.write_down().await?;
        self.tell(Event::RolledBack { shares })?;
        Ok(End::RolledBack { shares, why: why.to_owned() })
    }

    /// Where there was no splitter before there is none after, once all traffic goes where it would go without.
    async fn forget_splitter(&mut self) -> Result<()> {
        let r = &self.record;
        let made = r
            .before
            .iter()
            .any(|s| s.kind == Kind::ServiceSplitter && s.name == r.service && s.old.is_none());
        if !made {
            return Ok(());
        }
        let service = r.service.clone();
        let stored = entries::read(&self.consul, Kind::ServiceSplitter, &service).await?;
        if stored.is_some() {
            let planned = change(Kind::ServiceSplitter, stored, None, &Stored::new());
            self.write_entry(&planned).await?;
        }
        Ok(())
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        self.observer.record(&observe::Record { time: self.clock.now(), event })
    }

    async fn write_down(&mut self) -> Result<()> {
        self.record.updated = self.clock.now();
        self.lock.write(&self.record).await
    }

    /// Stops here when it should stop.
    fn go_on(&self) -> Result<()> {
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
    async fn wait_a_while(&mut self, time: Duration) -> Result<()> {
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

/// How every gateway that can be asked splits the service: none where it has these shares, else what it has. A gateway that has no
/// such split does not lead to the service.
pub(super) async fn on_gateways(
    witnesses: &Witnesses,
    scene: &Scene,
    shares: Shares,
) -> Vec<(String, Option<String>)> {
    let mut told = Vec::new();
    for gateway in witnesses.gateways() {
        let Ok(routes) = gateway.admin.routes().await else {
            told.push((gateway.id.clone(), Some("unknown, it does not answer".to_owned())));
            continue;
        };
        let wrong = splits(&routes, &scene.from_seen.cluster, &scene.to_seen.cluster)
            .into_iter()
            .find(|has| !alike(*has, shares));
        told.push((gateway.id.clone(), wrong.map(|(from, to)| Shares { from, to }.to_string())));
    }
    told
}

/// Whether a split is the wanted one: Envoy's weights are parts of 10,000, which a route with more services scales down.
fn alike((from, to): (i64, i64), shares: Shares) -> bool {
    let (has, wants) = (from + to, shares.pool());
    if has == 0 || wants == 0 {
        return has == wants;
    }
    (from * wants - shares.from * has).abs() <= 2 * wants.max(has)
}

/// The weights of two clusters in every split that names one of them.
fn splits(routes: &Value, from: &str, to: &str) -> Vec<(i64, i64)> {
    let mut found = Vec::new();
    walk(routes, &mut |value| {
        let clusters = field(value, "weighted_clusters");
        if clusters.is_null() {
            return;
        }
        let weight = |name: &str| -> Option<i64> {
            let of: Vec<i64> = items(clusters, "clusters")
                .filter(|c| text(c, "name") == name)
                .map(|c| field(c, "weight").as_i64().unwrap_or(0))
                .collect();
            (!of.is_empty()).then(|| of.iter().sum())
        };
        if let (Some(from), Some(to)) = (weight(from), weight(to)) {
            found.push((from, to));
        }
    });
    found
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    match value {
        Value::Object(fields) => {
            visit(value);
            fields.values().for_each(|v| walk(v, visit));
        }
        Value::Array(list) => list.iter().for_each(|v| walk(v, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_gateway_splits_is_read_from_its_routes() {
        let dump = json!({"configs": [{"route_config": {"virtual_hosts": [
            {"routes": [{"match": {"prefix": "/pinned"}, "route": {"cluster": "v1.web"}},
                {"route": {"weighted_clusters": {"clusters": [{"name": "v1.web", "weight": 9000}, {"name": "v2.web", "weight": 1000}]}}}]},
            {"routes": [{"route": {"weighted_clusters": {"clusters": [{"name": "site-old", "weight": 10000}]}}}]}]}}]});
        let found = splits(&dump, "v1.web", "v2.web");
        assert_eq!(found, [(9000, 1000)]);
        let is = |from, to| alike(found[0], Shares { from, to });
        assert!(is(9000, 1000) && is(4500, 500) && !is(9500, 500) && !is(10_000, 0));
    }
}
