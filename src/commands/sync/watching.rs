//! `fleet sync --watch`: for as long as it is wanted, and over what happens to the allocation meanwhile.

use std::time::Duration;

use serde::Serialize;
use tokio::time::{Instant, sleep};

use crate::api::http::Backoff;
use crate::commands::shared::target::{self, AllocRequirement, TaskPlace};
use crate::commands::sync::view::SyncReport;
use crate::commands::sync::{Sync, SyncRound};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::IdPrefix;
use crate::ops::exec::shell_session::ShellSession;
use crate::ops::sync::{Interrupted, RemoteDir, Scanner, Watcher};
use crate::ui::{Narration, Tone};

/// How long to wait for a task that is gone before giving up.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Event<'a> {
    /// A session is open; the first comparison follows.
    Connected { alloc_id: &'a str, task: &'a str },
    /// A comparison that led to something.
    Synced(&'a SyncReport),
    /// It could not be done; it is tried again.
    Failed { error: String },
}

/// A directory that is watched.
pub(super) struct Watching<'a> {
    sync: Sync<'a>,
    scanner: Scanner,
    narration: Narration,
    /// Since when every attempt has failed.
    lost: Option<Instant>,
    /// The staging directory that the session before left.
    left: Interrupted,
}

impl<'a> Watching<'a> {
    pub(super) fn of(sync: Sync<'a>, scanner: Scanner) -> Self {
        let narration = Narration::new(&sync.app.printer);
        Watching { sync, scanner, narration, lost: None, left: Interrupted::default() }
    }

    /// Runs until it is interrupted, or until every attempt has failed for too long.
    pub(super) async fn run(mut self) -> Result<ExitCode> {
        let (watcher, why) = Watcher::new(self.scanner.root());
        if let Some(why) = why {
            let printer = &self.sync.app.printer;
            printer.warn(&format!(
                "looking for changes every second, because the system does not report them: {why}"
            ));
        }
        let mut backoff = Backoff::default();
        let mut place = self.find().await?;
        loop {
            let Err(error) = self.stay(&place, &watcher).await;
            if self.lost.is_none() {
                backoff = Backoff::default();
            }
            self.unless_over(error)?;
            sleep(backoff.pause()).await;
            place = loop {
                match self.find().await {
                    Ok(place) => break place,
                    Err(error) => self.unless_over(error)?,
                }
                sleep(backoff.pause()).await;
            };
        }
    }

    async fn find(&self) -> Result<TaskPlace> {
        target::one(self.sync.app, &self.sync.to.target, &self.sync.args.which, AllocRequirement::Running)
            .await
    }

    /// Reports why an attempt failed; returns the error when retrying is pointless.
    fn unless_over(&mut self, error: Error) -> Result<()> {
        let for_good = matches!(
            error.code(),
            ExitCode::Usage
                | ExitCode::Denied
                | ExitCode::Refused
                | ExitCode::Interrupted
                | ExitCode::Terminated
        );
        // An allocation that was named by its id has no successor.
        let target = &self.sync.to.target;
        let by_id = target.len() >= 8 && IdPrefix::parse(target).is_some();
        let lost = *self.lost.get_or_insert_with(Instant::now);
        if for_good || (by_id && error.code() != ExitCode::Transport) || lost.elapsed() > PATIENCE {
            return Err(error);
        }
        self.tell(&Event::Failed { error: error.to_string() }, &format!("{error}; trying again"), Tone::Warn)
    }

    fn tell(&mut self, event: &Event<'_>, line: &str, tone: Tone) -> Result<()> {
        let app = self.sync.app;
        if app.printer.wants_events() {
            return app.printer.event(event);
        }
        self.narration.line(app.clock().now(), line, tone);
        Ok(())
    }

    /// Keeps the copy in one place up to date for as long as its session lasts.
    async fn stay(&mut self, place: &TaskPlace, watcher: &Watcher) -> Result<std::convert::Infallible> {
        let event = Event::Connected { alloc_id: &place.alloc.id, task: &place.task };
        let line = format!("{} on {}; comparing", place.label(), place.alloc.node_name);
        self.tell(&event, &line, Tone::Plain)?;
        let mut orderly = self.sync.app.interrupts.orderly();
        // The session is this struct's for as long as it lasts.
        let (app, args) = (self.sync.app, self.sync.args);
        let sync = Sync { app, args, to: self.sync.to.clone() };
        sync.in_session(place, async |shell| {
            tokio::select! {
                never = self.rounds(shell, watcher) => never,
                by = orderly.requested() => Err(by.error("stopped; later changes are not copied")),
            }
        })
        .await
    }

    async fn rounds(
        &mut self,
        shell: &mut ShellSession,
        watcher: &Watcher,
    ) -> Result<std::convert::Infallible> {
        let mut copy = RemoteDir::look(shell, &self.sync.to.place, true).await?;
        let mut first = true;
        loop {
            match self.sync.round(shell, &mut copy, &mut self.scanner, &mut self.left).await {
                Ok(round) => self.done(&copy, round, first)?,
                // The next look may see it whole: it was written to, or is being replaced.
                Err(error) if error.code() == ExitCode::Failed && !first => {
                    self.unless_over(error)?;
                    sleep(Duration::from_secs(1)).await;
                    continue;
                }
                Err(error) if error.code() == ExitCode::Refused && !first => {
                    let line = format!("{error}; nothing was removed");
                    self.tell(&Event::Failed { error: error.to_string() }, &line, Tone::Warn)?;
                }
                Err(error) => return Err(error),
            }
            first = false;
            watcher.changed().await;
        }
    }

    fn done(&mut self, copy: &RemoteDir, round: SyncRound, first: bool) -> Result<()> {
        let view = SyncReport::of(self.sync.args, copy, round);
        self.lost = None;
        if view.is_quiet() && !first {
            return Ok(());
        }
        let line = if first { format!("{}; watching", view.line()) } else { view.line() };
        self.tell(&Event::Synced(&view), &line, view.tone())
    }
}
