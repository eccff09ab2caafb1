//! Several logs at once, and those that join.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use tokio::time::{MissedTickBehavior, interval};

use crate::api::Problem;
use crate::api::error::Error as ApiError;
use crate::app::App;
use crate::commands::logs::Args;
use crate::commands::logs::joining::{AllocChanges, AllocWatch, OpenJobs};
use crate::commands::logs::print::Print;
use crate::commands::shared::target::{TaskPlace, places};
use crate::error::{Error, Result};
use crate::model::ids::short;
use crate::model::words;
use crate::ops::logs::{LogId, LogReaders, LogStart, MOST_LOGS, ReaderEvent};
use crate::ui::stdout_closed;

/// How often jobs without a running allocation are checked for new ones.
const LOOK: Duration = Duration::from_secs(2);

/// The logs of one command.
pub(super) struct Following<'a> {
    app: &'a App,
    args: &'a Args,
    print: &'a mut Print,
    readers: LogReaders,
    /// Logs that are followed as soon as others have ended.
    left_out: VecDeque<(TaskPlace, LogId, LogStart)>,
    failures: Vec<(LogId, ApiError)>,
    /// Whether the note that nothing is running was printed.
    idle: bool,
}

impl<'a> Following<'a> {
    pub(super) fn new(app: &'a App, args: &'a Args, print: &'a mut Print) -> Self {
        let (readers, left_out, failures) = (LogReaders::default(), VecDeque::new(), Vec::new());
        Following { app, args, print, readers, left_out, failures, idle: false }
    }

    /// Reads them all to their ends.
    pub(super) async fn run(mut self, first: Vec<TaskPlace>, begin: LogStart) -> Result<()> {
        let mut open = OpenJobs::of(self.args, &first);
        let mut news = match self.args.follow {
            true => AllocWatch::news(self.app, self.args, &first)?,
            false => stream::pending().boxed_local(),
        };
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut orderly = self.app.interrupts.orderly();
        self.begin(first, begin);
        let mut closed = std::pin::pin!(stdout_closed());
        loop {
            if self.app.printer.is_closed() {
                return Err(Error::output_closed());
            }
            tokio::select! {
                () = &mut closed => return Err(Error::output_closed()),
                Some((number, heard)) = self.readers.next() => self.hear(number, heard)?,
                Some(news) = news.next() => self.take_up(news?).await?,
                by = orderly.requested() => return Err(by.error("interrupted")),
                _ = look.tick(), if self.readers.is_empty() => {
                    if !open.any(self.app).await? {
                        break;
                    }
                    if !std::mem::replace(&mut self.idle, true) {
                        self.app.printer.note("nothing is running; waiting for the next instance");
                    }
                }
            }
        }
        judge(self.failures)
    }

    /// Starts to read the logs of these tasks.
    fn begin(&mut self, places: Vec<TaskPlace>, begin: LogStart) {
        let before = self.left_out.len();
        for place in places {
            self.readers.tell(&place.alloc.id, place.alloc.is_terminal());
            for log in self.args.logs(&place) {
                self.left_out.push_back((place.clone(), log, begin));
            }
        }
        self.fill();
        let new: BTreeSet<&str> =
            self.left_out.iter().skip(before).map(|(p, ..)| short(&p.alloc.id)).collect();
        if !new.is_empty() {
            let ids: Vec<&str> = new.into_iter().collect();
            self.app.printer.warn(&format!(
                "at most {MOST_LOGS} logs are followed; left out: {}. Select fewer with --stdout, --node or --version",
                ids.join(", ")
            ));
        }
    }

    /// Starts reading logs, up to the limit.
    fn fill(&mut self) {
        while !self.args.follow || self.readers.len() < MOST_LOGS {
            let Some((place, log, begin)) = self.left_out.pop_front() else { return };
            self.print.add(&place, &log);
            self.readers.add(&place.nomad, log, self.args.follow, begin);
            self.idle = false;
        }
    }

    fn hear(&mut self, number: usize, heard: ReaderEvent) -> Result<()> {
        match heard {
            ReaderEvent::LogEvent(piece) => self.print.piece(number, piece),
            ReaderEvent::End(ended) => {
                self.print.ended(number, ended.as_ref().ok().copied())?;
                if let Err(error) = ended {
                    self.failures.push((self.readers.log(number).clone(), error));
                }
                self.fill();
                Ok(())
            }
        }
    }

    async fn take_up(&mut self, news: AllocChanges) -> Result<()> {
        for alloc in &news.ended {
            self.readers.tell(alloc, true);
        }
        if !news.joined.is_empty() {
            let places = places(self.app, news.joined, &self.args.which).await?;
            self.begin(places, LogStart::Oldest);
        }
        Ok(())
    }
}

/// The error when a log could not be read. A task that has not written anything yet is not an error.
fn judge(mut failures: Vec<(LogId, ApiError)>) -> Result<()> {
    failures.retain(|(_, e)| e.problem != Problem::NotFound || !e.text.contains("no such file"));
    let count = failures.len();
    let Some((log, error)) = failures.into_iter().next() else { return Ok(()) };
    let error = Error::from(error).context(format!("could not read {log} to its end"));
    Err(if count > 1 { error.because(format!("and {}", words::count(count - 1, "more log"))) } else { error })
}
