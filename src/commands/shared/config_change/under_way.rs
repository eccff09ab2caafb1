//! A change of config entries while it is written: each entry, what proxies made of it, what connections felt, how it ended.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::args::ChangeRequest;
use super::view::{ChangeOutcome, Proxies, WatchedConnections, WrittenEntry};
use super::watch::WatchArgs;
use super::{accepted_back, done, is_not_kept};
use crate::api::consul::config_entry::ConfigEntry;
use crate::api::http::Http;
use crate::api::permission::Permission;
use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::same;
use crate::ops::traffic::entries;
use crate::ops::traffic::history::Recording;
use crate::ops::traffic::load::Load;
use crate::ops::traffic::on_proxies;
use crate::ops::traffic::witness::{WitnessCounters, Witnesses};
use crate::ops::traffic::write;

/// How long proxies may take to say what they made of a write: Consul sends it within 0.2 s (`mesh.md §3`).
const PROXIES_WITHIN: Duration = Duration::from_millis(2500);

/// A change that is under way.
pub(super) struct ChangeRun<'a> {
    pub(super) app: &'a App,
    pub(super) consul: &'a Http,
    pub(super) permission: Permission,
    pub(super) recording: Option<Recording>,
    pub(super) witnesses: Witnesses,
    pub(super) asked: ChangeRequest<'a>,
    /// Whether the entry that could not be written was read again, and is as it was.
    pub(super) untouched: bool,
}

impl ChangeRun<'_> {
    pub(super) async fn write(
        mut self,
        changes: Vec<Change>,
        load: Option<(String, usize, Load)>,
    ) -> Result<ExitCode> {
        let marks = self.witnesses.marks().await;
        let written_at_ms = load.as_ref().map_or(0, |(_, _, load)| load.elapsed_ms());
        let (entries, mut failure) = self.entries(&changes).await;
        let written = Instant::now();
        let proxies = if entries.iter().any(|e| matches!(e.outcome, "written" | "deleted" | "unknown")) {
            self.proxies(&marks, &changes, failure.is_none()).await
        } else {
            None
        };
        if let (None, Some(id)) = (&failure, proxies.as_ref().and_then(|p| p.effect.rejected.first())) {
            failure = Some(Error::failed(format!("{id} rejected what was written, though Consul says true"))
                .because("it goes on with what it had, ignores every later change of that listener, and answers 404 to every host after its next start"));
        }
        if let (None, Some(lack)) = (&failure, proxies.as_ref().and_then(|p| p.lacking.first())) {
            failure = Some(Error::failed(format!("{lack}, though Consul says true"))
                .because("a gateway that rejected a change of a listener ignores every later one of it; the log of Consul's agent says what it rejected"));
        }
        let connections = match load {
            Some((url, connections, load)) => {
                sleep(self.asked.how.watch.after().saturating_sub(written.elapsed())).await;
                let watched_s = written.elapsed().as_secs_f64();
                let tally = WatchArgs::end(load).await;
                let lost = tally.total().lost();
                if lost > 0 && failure.is_none() {
                    failure = Some(Error::failed(format!("requests and connections lost: {lost}")));
                }
                Some(WatchedConnections { url, connections, written_at_ms, watched_s, tally, lost })
            }
            None => None,
        };
        let undo = (!changes.iter().any(is_not_kept)).then(|| accepted_back(&changes));
        self.end(entries, failure, proxies, connections, undo)
    }

    /// Writes one after the other; what stops it.
    async fn entries(&mut self, changes: &[Change]) -> (Vec<WrittenEntry>, Option<Error>) {
        let (mut entries, mut failure, mut at) = (Vec::new(), None, 0);
        for change in changes {
            if failure.is_some() {
                entries.push(done(change, "not-begun", change.old.as_ref()));
                continue;
            }
            if !change.writes() {
                entries.push(done(change, "kept", change.old.as_ref()));
                continue;
            }
            let outcome = write::carry_out(self.consul, &self.permission, change).await;
            let outcome = outcome
                .and_then(|now| self.recording.as_mut().map_or(Ok(()), |r| r.written(at)).map(|()| now));
            at += 1;
            match outcome {
                Ok(now) if change.new.is_some() => entries.push(done(change, "written", now.as_ref())),
                Ok(_) => entries.push(done(change, "deleted", None)),
                Err(e) => {
                    let unknown = matches!(e.code(), ExitCode::Unreachable | ExitCode::TimedOut);
                    self.untouched = !unknown && self.is_as_it_was(change).await;
                    entries.push(done(
                        change,
                        if unknown { "unknown" } else { "failed" },
                        change.old.as_ref(),
                    ));
                    failure = Some(e);
                }
            }
        }
        (entries, failure)
    }

    /// Whether what is stored still is what was there before a change.
    async fn is_as_it_was(&self, change: &Change) -> bool {
        match (entries::read(self.consul, change.kind, &change.name).await, &change.old) {
            (Ok(None), None) => true,
            (Ok(Some(now)), Some(then)) => same(&now, then),
            _ => false,
        }
    }

    /// What proxies made of it: they are asked again until they had the time to say so, and whether they have the routes.
    async fn proxies(&self, marks: &WitnessCounters, changes: &[Change], whole: bool) -> Option<Proxies> {
        let written: Vec<&ConfigEntry> = changes.iter().filter_map(|c| c.new.as_ref()).collect();
        let unmanned = on_proxies::unmanned(&written, &self.witnesses);
        if self.witnesses.heard.is_empty() && self.witnesses.silent.is_empty() && unmanned.is_empty() {
            return None;
        }
        if !self.witnesses.heard.is_empty() {
            sleep(PROXIES_WITHIN).await;
        }
        let effect = self.witnesses.since(marks).await;
        let cut = self.witnesses.longest_drain().filter(|_| !effect.replaced.is_empty());
        let held = whole && effect.rejected.is_empty();
        Some(Proxies {
            asked: self.witnesses.heard.iter().map(|w| w.id.clone()).collect(),
            silent: self.witnesses.silent.iter().map(|(id, _)| id.clone()).collect(),
            unmanned,
            lacking: if held {
                on_proxies::lacking(self.consul, &self.witnesses, &written).await
            } else {
                Vec::new()
            },
            effect,
            cut_after_s: cut.map(|d| d.as_secs()),
        })
    }

    fn end(
        mut self,
        entries: Vec<WrittenEntry>,
        failure: Option<Error>,
        proxies: Option<Proxies>,
        connections: Option<WatchedConnections>,
        undo: Option<String>,
    ) -> Result<ExitCode> {
        // What was refused, for somebody else was quicker or a right is missing, was not written; what failed otherwise may be stored.
        let refused =
            failure.as_ref().is_some_and(|e| matches!(e.code(), ExitCode::Refused | ExitCode::Denied));
        let any = entries.iter().any(|e| match e.outcome {
            "written" | "deleted" | "unknown" => true,
            "failed" => !refused && !self.untouched,
            _ => false,
        });
        let change_id = self.recording.as_ref().map(|r| r.id.clone());
        if let Some(recording) = &mut self.recording {
            recording.end(failure.as_ref().map(ToString::to_string))?;
        }
        let outcome = ChangeOutcome {
            change_id: change_id.filter(|_| any),
            entries,
            failure: failure.as_ref().map(ToString::to_string),
            proxies,
            connections,
            undo,
            verb: self.asked.verb.to_owned(),
        };
        self.app.printer.object(&outcome)?;
        match (failure, outcome.way_back()) {
            (None, _) => Ok(ExitCode::Done),
            (Some(e), Some(command)) => Err(e.hint(format!("`{command}` puts back what was there"))),
            (Some(e), None) => Err(e),
        }
    }
}
