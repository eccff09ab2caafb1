//! Nodes that are drained so many at a time, the next ones only after a fresh look at what they would take away.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::sleep;

use super::kept::{Journal, Kept, at_once};
use super::preview::Preview;
use super::report::Report;
use super::{Args, Ended, NotTold, follow, look, write};
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::api::permission::Permission;
use crate::app::App;
use crate::commands::shared::narrator::Narrator;
use crate::error::{Error, Result};
use crate::ops::drain::event::Event;
use crate::ops::drain::options::Options;
use crate::ops::drain::target::{Action, Target};
use crate::ops::migration::lock::Guard;
use crate::ops::migration::{NodeRef, eligibility, names};
use crate::ops::observe::{Observer as _, Record};

/// How long the services on the nodes that come next may take to get well.
const HOLD: Duration = Duration::from_secs(5 * 60);
/// How often they are looked at.
const LOOK: Duration = Duration::from_secs(3);

/// Nodes that are drained so many at a time.
pub(super) struct Waves<'a> {
    pub(super) args: &'a Args,
    pub(super) app: &'a App,
    pub(super) permission: &'a Permission,
    pub(super) options: Options,
    pub(super) targets: &'a [Target],
    /// The nodes as they were looked at last.
    pub(super) nodes: &'a [NodeStub],
    /// Services with a single instance that somebody said yes to.
    pub(super) agreed: BTreeSet<String>,
    /// Whether nothing was waited for since that look.
    pub(super) is_fresh: bool,
}

impl Waves<'_> {
    /// Drains them, one wave after the other; what could not be drained, and what was followed. Nodes that wait their turn take no new
    /// work, so that nothing moves twice; those that are not begun get back what they were.
    pub(super) async fn run(
        &self,
        kept: Option<Kept>,
        mut guard: Option<&mut Guard<'_>>,
        narrator: &mut Narrator<Event>,
    ) -> Result<(Vec<NotTold>, Ended)> {
        let Waves { args, app, permission, targets, .. } = *self;
        let at_once = at_once(args, targets);
        let waiting: Vec<&NodeRef> = open(targets.iter().skip(at_once)).collect();
        let mut journal = match kept {
            Some(kept) => Some(kept.begin(app, app.nomad()?, permission, (targets, &waiting)).await?),
            None => None,
        };
        let marks = journal.as_ref().map(Journal::marks).unwrap_or_default();
        if let Err(error) = self.close(&waiting).await {
            end(journal).await;
            return Err(error);
        }
        let (mut failed, mut followed, mut begun) = (Vec::new(), Vec::new(), 0);
        let mut cut = None;
        for wave in targets.chunks(at_once) {
            let looked_at = begun == 0 && self.is_fresh;
            if !looked_at && let Err(error) = self.await_well(wave, guard.as_deref_mut(), narrator).await {
                cut = Some(error);
                break;
            }
            begun += wave.len();
            failed.extend(write(args, app, permission, wave, &marks, narrator).await?);
            if args.detach {
                continue;
            }
            let ended = Box::pin(follow(args, app, wave, &failed, guard.as_deref_mut(), narrator)).await;
            let (seen, error) = match ended {
                Ok(seen) => (seen, None),
                Err((seen, error)) => (seen, Some(error)),
            };
            let is_well = Report::new(wave, &failed, &seen, self.is_forced()).verdict(false).is_ok();
            followed.extend(seen);
            if error.is_some() || !is_well {
                cut = error;
                break;
            }
            if let Some(journal) = &mut journal
                && let Err(error) = journal.note_drained(app, wave.iter().map(|t| &t.node)).await
            {
                cut = Some(error);
                break;
            }
        }
        let (rest, not_begun) = (&targets[begun..], "it was not begun, because of what went wrong before it");
        let back: Vec<&NodeRef> = open(rest.iter()).filter(|n| waiting.contains(n)).collect();
        let given_back = self.give_back(&back).await;
        if given_back.is_ok() {
            end(journal).await;
        }
        if let Err(error) = given_back {
            cut = Some(match cut {
                Some(first) => {
                    error.hints().iter().fold(first.because(error.to_string()), |e, h| e.hint(h.clone()))
                }
                None => error,
            });
        }
        failed.extend(rest.iter().map(|t| (t.node.clone(), Error::failed(not_begun))));
        Ok((failed, cut.map_or(Ok(followed.clone()), |error| Err((followed, error)))))
    }

    fn is_forced(&self) -> bool {
        self.options.deadline == super::Deadline::Now
    }

    /// Waits until what these nodes would take away can be taken away: the checks of the services are read again each time.
    async fn await_well(
        &self,
        wave: &[Target],
        mut guard: Option<&mut Guard<'_>>,
        narrator: &mut Narrator<Event>,
    ) -> Result<()> {
        let Waves { args, app, options, .. } = *self;
        if self.is_forced() || !wave.iter().any(Target::is_written) {
            return Ok(());
        }
        let is_of_wave = |n: &&NodeStub| wave.iter().any(|t| t.node.id == n.id);
        let stubs: Vec<NodeStub> = self.nodes.iter().filter(is_of_wave).cloned().collect();
        let (begun, mut orderly, mut told) = (app.clock().now(), app.interrupts.orderly(), None);
        loop {
            if let Some(guard) = guard.as_deref_mut() {
                guard.keep(app.clock().now()).await?;
            }
            let snapshot = look(app, app.nomad()?, &stubs).await?;
            let now = |n: &NodeStub| snapshot.nodes.iter().find(|s| s.id == n.id).unwrap_or(n).clone();
            let now: Vec<NodeStub> = stubs.iter().map(now).collect();
            let preview = Preview::make(args, app, &snapshot, &now, options).await?;
            let Some(hold) = preview.hold(&self.agreed) else { return Ok(()) };
            let held = app.clock().now().duration_since(begun).unsigned_abs();
            if hold.is_final || held >= HOLD {
                let error = Error::refused("the next nodes were not drained");
                let error = hold.lines.into_iter().fold(error, Error::because);
                return Err(error.hint("to go on, once that is over, give the same command again"));
            }
            if told.as_ref() != Some(&hold.lines) {
                let event = Event::Held { reasons: hold.lines.clone() };
                narrator.record(&Record { time: app.clock().now(), event })?;
                told = Some(hold.lines.clone());
            }
            narrator.waiting(&hold.lines);
            tokio::select! {
                () = sleep(LOOK) => {}
                interrupt = orderly.requested() => {
                    let error = interrupt.error("interrupted before the next nodes were drained");
                    return Err(hold.lines.into_iter().fold(error, Error::because));
                }
            }
        }
    }

    /// Lets nodes take no new work until it is their turn. Where that fails, those that are closed by then are opened again.
    async fn close(&self, nodes: &[&NodeRef]) -> Result<()> {
        let (nomad, none) = (self.app.nomad()?, Eligibility::Ineligible);
        let done = eligibility::set_each(nomad, self.permission, nodes.iter().copied(), none).await;
        let closed: Vec<&NodeRef> = done.iter().filter(|(_, d)| d.is_ok()).map(|(n, _)| *n).collect();
        let Some(error) = done.into_iter().find_map(|(_, d)| d.err()) else { return Ok(()) };
        let error = Error::from(error).context("no node was drained");
        match self.give_back(&closed).await {
            Ok(()) => Err(error),
            Err(e) => {
                Err(e.hints().iter().fold(error.because(e.to_string()), |error, h| error.hint(h.clone())))
            }
        }
    }

    /// Lets nodes take work again that were not begun.
    async fn give_back(&self, nodes: &[&NodeRef]) -> Result<()> {
        let (nomad, open) = (self.app.nomad()?, Eligibility::Eligible);
        let done = eligibility::set_each(nomad, self.permission, nodes.iter().copied(), open).await;
        let is_open = |n: &&&NodeRef| done.iter().any(|(node, d)| node.id == n.id && d.is_ok());
        let closed: Vec<&NodeRef> = nodes.iter().filter(|n| !is_open(n)).copied().collect();
        let Some(error) = done.into_iter().find_map(|(_, d)| d.err()) else { return Ok(()) };
        let names = names(closed, self.nodes);
        Err(Error::from(error).hint(format!(
            "still ineligible: {names}; to let them take work again: fleet node eligible {names}"
        )))
    }
}

async fn end(journal: Option<Journal<'_>>) {
    if let Some(journal) = journal {
        journal.end().await;
    }
}

/// Those that are to be drained and took work when they were looked at, or before somebody closed them who was ended in the middle.
fn open<'t>(targets: impl Iterator<Item = &'t Target>) -> impl Iterator<Item = &'t NodeRef> {
    targets.filter(|t| t.action == Action::Drain && !t.was_ineligible).map(|t| &t.node)
}
