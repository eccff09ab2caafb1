//! Turns: what is waited for where somebody else is at work by fleet on the same nodes or services.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::http::Http;
use crate::api::nomad::job::Job;
use crate::api::nomad::node::NodeStub;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::{JobKey, shell_word};
use crate::ops::migration::lock::{self, Claims, Sightings, is_run_of, waits_for};
use crate::ops::migration::{NodeRef, names};
use crate::ops::rotate::store;
use crate::ui::{Narration, duration};

/// How often it is asked whether the others are done.
pub(super) const EVERY: Duration = Duration::from_secs(2);

/// How long others are waited for.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct TurnArgs {
    /// Wait at most this long for whoever works on the same nodes or services by fleet, and touch nothing before; with 0s nobody is waited
    /// for [default: they take turns service by service, as long as it takes].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) wait_lock: Option<Duration>,
}

impl TurnArgs {
    /// The error once that has lasted too long; none while there is time, or no limit. `waits` says for whom.
    pub(crate) fn in_vain(self, since: Timestamp, now: Timestamp, waits: &[String]) -> Option<Error> {
        let limit = self.wait_lock.filter(|limit| now.duration_since(since).unsigned_abs() >= *limit)?;
        let what = match limit.is_zero() {
            true => "it is somebody else's turn".to_owned(),
            false => format!("it is still somebody else's turn after {} s", limit.as_secs()),
        };
        let error =
            waits.iter().fold(Error::new(ExitCode::TimedOut, what), |e, line| e.because(line.clone()));
        Some(error.hint("who moves what now: fleet rotation lock"))
    }
}

/// Somebody who is waited for.
struct Other {
    /// In a line.
    line: String,
    /// The rotation, where it is one.
    rotation: Option<String>,
}

/// Waits for others before anything is touched.
pub(crate) struct Turn<'a> {
    app: &'a App,
    nomad: &'a Http,
    args: TurnArgs,
    begun: Timestamp,
    sightings: Sightings,
    /// Whether drains of the same nodes are waited for.
    after_drains: bool,
}

impl<'a> Turn<'a> {
    /// Begins to wait now.
    pub(crate) fn new(app: &'a App, nomad: &'a Http, args: TurnArgs) -> Self {
        let (begun, sightings) = (app.clock().now(), Sightings::default());
        Turn { app, nomad, args, begun, sightings, after_drains: false }
    }

    /// The same, where drains of the same nodes by `fleet` are waited for as well, and not joined.
    pub(crate) fn after_drains(self) -> Self {
        Turn { after_drains: true, ..self }
    }

    /// Until no other run of the rotation with this journal is at work. Where no limit was given nobody is waited for: that is refused
    /// where it is taken up.
    ///
    /// # Errors
    /// Timed out (6); any API fault.
    pub(crate) async fn await_same(&mut self, key: &str) -> Result<()> {
        if self.args.wait_lock.is_none() {
            return Ok(());
        }
        let nomad = self.nomad;
        self.until_nobody(async |lives: &BTreeSet<String>| {
            let Some(stored) = store::load(nomad, key).await? else { return Ok(Vec::new()) };
            let name = stored.state.rotation.unwrap_or_default();
            let works = lives.iter().any(|l| is_run_of(l, &name));
            let other = || Other {
                line: format!("waiting for {}, which is the same rotation", stored.holder),
                rotation: Some(name.clone()),
            };
            Ok(works.then(other).into_iter().collect())
        })
        .await
        .map(drop)
    }

    /// Until no other rotation has any of these nodes before it; and, where a limit was given, until nobody moves any of these jobs. Whether
    /// anybody was waited for. `own` is the name of the rotation that asks.
    ///
    /// # Errors
    /// Timed out (6); any API fault.
    pub(crate) async fn await_others(
        &mut self,
        own: &str,
        nodes: &[NodeStub],
        jobs: &BTreeSet<JobKey>,
    ) -> Result<bool> {
        let (nomad, limited, after_drains) = (self.nomad, self.args.wait_lock.is_some(), self.after_drains);
        self.until_nobody(async |lives: &BTreeSet<String>| {
            let rotations = store::others_at_work(nomad, own).await?;
            let alive = rotations.iter().filter(|r| lives.iter().any(|l| is_run_of(l, &r.name)));
            let overlap = |r: &store::OtherRotation| {
                let line = format!("waiting for {}", work_on(r, nodes)?);
                Some(Other { line, rotation: Some(r.name.clone()) })
            };
            let mut others: Vec<Other> = alive.filter_map(overlap).collect();
            let claims = match limited || after_drains {
                true => lock::read_visible(nomad).await?,
                false => Claims::new(),
            };
            let foreign = || claims.iter().filter(|(name, _)| lives.contains(*name) && !is_run_of(name, own));
            if after_drains {
                let drains = |(_, claim): (&String, &lock::Claim)| {
                    let node = nodes.iter().find(|n| claim.holder.drains(&n.name))?;
                    let line = format!("waiting for {}, which drains {}", claim.holder, node.name);
                    Some(Other { line, rotation: None })
                };
                others.extend(foreign().filter_map(drains));
            }
            if limited {
                let moves = |(_, claim): (&String, &lock::Claim)| {
                    let job = jobs.iter().find(|job| claim.moves(job))?;
                    let line = waits_for(&claim.holder, job);
                    Some(Other { line, rotation: None })
                };
                others.extend(foreign().filter_map(moves));
            }
            Ok(others)
        })
        .await
    }

    /// Asks again and again for whom there is to wait. It is told who of the holders lives.
    async fn until_nobody(
        &mut self,
        others: impl AsyncFn(&BTreeSet<String>) -> Result<Vec<Other>>,
    ) -> Result<bool> {
        let mut story: Option<Narration> = None;
        loop {
            let found = others(&self.living().await?).await?;
            if found.is_empty() {
                return Ok(story.is_some());
            }
            let lines: Vec<String> = found.iter().map(|o| o.line.clone()).collect();
            let watch = found.iter().find_map(|o| o.rotation.as_deref());
            let watch = watch.map(|name| format!("to watch it: fleet rotation watch {}", shell_word(name)));
            let now = self.app.clock().now();
            if let Some(error) = self.args.in_vain(self.begun, now, &lines) {
                let error = error.because("nothing was changed");
                return Err(watch.into_iter().fold(error, Error::hint));
            }
            if story.is_none() {
                lines.iter().chain(&watch).for_each(|line| self.app.printer.note(line));
            }
            story.get_or_insert_with(|| Narration::new(&self.app.printer)).waiting(&lines);
            let left = self
                .args
                .wait_lock
                .map_or(EVERY, |limit| limit.saturating_sub(now.duration_since(self.begun).unsigned_abs()));
            sleep(EVERY.min(left)).await;
        }
    }

    /// The names of those that hold something and are not known to be dead.
    async fn living(&mut self) -> Result<BTreeSet<String>> {
        let claims = lock::read_visible(self.nomad).await?;
        let silent = self.sightings.silent(&claims, self.app.clock().now());
        Ok(claims.into_keys().filter(|name| !silent.contains(name)).collect())
    }
}

/// Waits as long as another operation of `fleet` moves instances of the job: both at once would take it below its floor. For a write
/// that has whoever moves the job wait from then on, since it makes a deployment. Each is told once. One request where nobody does; a
/// token that may not read the claims waits for nobody, and is told so.
///
/// # Errors
/// Timed out (6), interrupted (130, 143); nothing was changed then.
pub(crate) async fn await_job(app: &App, job: &Job, timeout: Option<Duration>) -> Result<()> {
    let (nomad, key) = (app.nomad()?, JobKey::new(&*job.namespace, &*job.id));
    let until = timeout.map(|limit| app.clock().now() + limit);
    let (mut orderly, mut sightings) = (app.interrupts.orderly(), Sightings::default());
    let mut told = String::new();
    loop {
        let claims = match lock::read(nomad).await {
            Ok((claims, _)) => claims,
            Err(e) => {
                app.printer.note(&unseen_movers(&key, &e.in_a_line()));
                return Ok(());
            }
        };
        let now = app.clock().now();
        let silent = sightings.silent(&claims, now);
        let other = claims.iter().find(|(name, claim)| claim.moves(&key) && !silent.contains(*name));
        let Some((_, claim)) = other else { return Ok(()) };
        let line = waits_for(&claim.holder, &key);
        if line != told {
            app.printer.note(&line);
            told.clone_from(&line);
        }
        if until.is_some_and(|until| now >= until) {
            return Err(Error::new(ExitCode::TimedOut, "timed out; nothing was changed").because(line));
        }
        tokio::select! {
            by = orderly.requested() => return Err(by.error("interrupted; nothing was changed").because(line)),
            () = sleep(EVERY) => {}
        }
    }
}

/// That nobody sees who moves the job, in words; `why` says what could not be read.
pub(crate) fn unseen_movers(job: &JobKey, why: &str) -> String {
    format!("who else moves {job} by fleet is not seen: {why}")
}

/// Says in a preview which rotations are at work on these nodes now. `own` is the name of the rotation that asks.
///
/// # Errors
/// Any API fault.
pub(crate) async fn say_others(app: &App, nomad: &Http, own: &str, nodes: &[NodeStub]) -> Result<()> {
    let others = store::others_at_work(nomad, own).await?;
    for work in others.iter().filter_map(|r| work_on(r, nodes)) {
        app.printer.note(&format!("this would wait now for {work}"));
    }
    Ok(())
}

/// Warns of the rotations that are at work on nodes which are to take new work: they stop there. Best effort, and nothing where they are
/// not seen: the act does not hang on it.
pub(crate) async fn warn_whom_it_stops(app: &App, nomad: &Http, nodes: &[NodeStub]) {
    let Ok(others) = store::others_at_work(nomad, "").await else { return };
    for rotation in &others {
        if let Some(work) = work_on(rotation, nodes) {
            let name = shell_word(&rotation.name);
            app.printer.warn(&format!(
                "{work}, stops when a node of it takes new work; to end it: fleet rotation rollback {name}"
            ));
        }
    }
}

/// Who empties which of these nodes, in words; none where it has none of them before it.
fn work_on(rotation: &store::OtherRotation, nodes: &[NodeStub]) -> Option<String> {
    let shared = nodes.iter().filter(|n| rotation.open.contains(&n.id));
    let shared = shared.map(|n| NodeRef { id: n.id.clone(), name: n.name.clone() });
    let shared: Vec<NodeRef> = shared.collect();
    (!shared.is_empty()).then(|| format!("{}, which empties {}", rotation.holder, names(&shared, nodes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_waited_for_as_long_as_was_said_and_without_a_limit_for_ever() {
        let at = |s: i64| Timestamp::from_second(s).unwrap();
        let waits = ["waiting for rotation r-1 (ann@laptop), which moves default/web".to_owned()];
        assert!(TurnArgs { wait_lock: None }.in_vain(at(0), at(9_999), &waits).is_none());
        let five = TurnArgs { wait_lock: Some(Duration::from_secs(5)) };
        assert!(five.in_vain(at(0), at(4), &waits).is_none());
        let error = five.in_vain(at(0), at(5), &waits).unwrap();
        assert_eq!(error.code(), ExitCode::TimedOut);
        assert_eq!(error.message(), "it is still somebody else's turn after 5 s");
        assert!(error.to_string().contains("ann@laptop"), "{error}");
        let at_once = TurnArgs { wait_lock: Some(Duration::ZERO) };
        assert_eq!(at_once.in_vain(at(7), at(7), &waits).unwrap().message(), "it is somebody else's turn");
    }
}
