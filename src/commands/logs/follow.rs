//! Several logs at once, and those that join.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, watch};

use crate::api::Problem;
use crate::api::error::Error as ApiError;
use crate::api::http::Patience;
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::logs::Args;
use crate::commands::logs::print::Print;
use crate::commands::target::{Place, Want, fitting, places};
use crate::error::{Error, Result};
use crate::model::ident::{IdPrefix, short};
use crate::model::selector::Expression;
use crate::ops::logs::{Begin, Followed, LogId, Reader};

/// How many logs are read at the same time: some connections are left for everything else.
const MOST_LOGS: usize = 24;

/// The logs of one command.
pub(super) struct Following<'a> {
    pub(super) app: &'a App,
    pub(super) args: &'a Args,
    pub(super) begin: Begin,
    pub(super) print: &'a mut Print,
}

type Reading<'r> = Pin<Box<dyn Future<Output = (usize, Result<Followed, ApiError>)> + 'r>>;

impl Following<'_> {
    /// Reads them all to their ends.
    pub(super) async fn run(self, first: Vec<Place>) -> Result<()> {
        let (send, mut pieces) = mpsc::channel(64);
        let mut ends: BTreeMap<String, watch::Sender<bool>> = BTreeMap::new();
        let mut readings: FuturesUnordered<Reading<'_>> = FuturesUnordered::new();
        let mut joining = Joining::new(self.app, self.args, &first);
        let mut failures = Vec::new();
        let mut left_out = BTreeSet::new();
        let mut waiting = vec![(first, self.begin)];
        loop {
            for (places, begin) in waiting.drain(..) {
                for place in places {
                    let over =
                        ends.entry(place.alloc.id.clone()).or_insert_with(|| watch::Sender::new(false));
                    over.send_replace(place.alloc.is_terminal());
                    for log in self.args.logs(&place) {
                        if self.args.follow && readings.len() >= MOST_LOGS {
                            left_out.insert(place.alloc.id.clone());
                            continue;
                        }
                        let reader = Reader {
                            http: place.nomad.clone(),
                            follow: self.args.follow,
                            ended: over.subscribe(),
                            out: (self.print.add(&place, &log), send.clone()),
                            log,
                        };
                        readings.push(Box::pin(async move {
                            let ended = reader.run(begin).await;
                            (reader.out.0, ended)
                        }));
                    }
                }
                self.tell_left_out(&left_out);
            }
            if readings.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                Some((log, piece)) = pieces.recv() => self.print.piece(log, piece)?,
                Some((log, ended)) = readings.next() => {
                    // What it said before its end comes first.
                    while let Ok((log, piece)) = pieces.try_recv() {
                        self.print.piece(log, piece)?;
                    }
                    self.print.ended(log, ended.as_ref().ok().copied())?;
                    if let Err(error) = ended {
                        failures.push((self.print.id(log), error));
                    }
                }
                news = joining.next(), if self.args.follow => {
                    for alloc in &news.ended {
                        if let Some(over) = ends.get(alloc) {
                            over.send_replace(true);
                        }
                    }
                    if !news.joined.is_empty() {
                        let which = &self.args.which;
                        waiting.push((places(self.app, news.joined, which).await?, Begin::Oldest));
                    }
                }
            }
            if self.app.printer.is_closed() {
                return Ok(());
            }
        }
        judge(failures)
    }

    fn tell_left_out(&self, left_out: &BTreeSet<String>) {
        if left_out.is_empty() {
            return;
        }
        let ids: Vec<&str> = left_out.iter().map(|id| short(id)).collect();
        self.app.printer.warn(&format!(
            "{MOST_LOGS} logs are followed at most; left out: {}. --stdout, --node or --version select fewer",
            ids.join(", ")
        ));
    }
}

/// One log that cannot be read is a failure; that a task has not begun to write is none.
fn judge(mut failures: Vec<(LogId, ApiError)>) -> Result<()> {
    failures.retain(|(_, e)| e.problem != Problem::NotFound || !e.text.contains("no such file"));
    let count = failures.len();
    let Some((log, error)) = failures.into_iter().next() else { return Ok(()) };
    let label = format!("could not read {} of {}/{} to its end", log.stream, short(&log.alloc_id), log.task);
    let error = Error::from(error).context(label);
    Err(if count > 1 { error.because(format!("and {} more logs", count - 1)) } else { error })
}

/// What has changed among the allocations.
#[derive(Debug, Default)]
struct News {
    joined: Vec<AllocStub>,
    ended: Vec<String>,
}

/// Looks who joins and who ends.
struct Joining<'a> {
    app: &'a App,
    args: &'a Args,
    watch: Option<Watch<Vec<AllocStub>>>,
    known: BTreeSet<String>,
    ended: BTreeSet<String>,
}

impl<'a> Joining<'a> {
    fn new(app: &'a App, args: &'a Args, first: &[Place]) -> Self {
        let jobs: BTreeSet<String> = first.iter().map(|p| p.alloc.job_id.clone()).collect();
        let jobs: Vec<String> = jobs.into_iter().collect();
        let filter = Expression::default().one_of("JobID", &jobs).text();
        let call = allocation::list().namespace(crate::api::nomad::ALL_NAMESPACES).filter(filter.as_deref());
        let watch = app.nomad().ok().map(|http| Watch::new(http, call, Patience::OPERATION));
        let known = first.iter().map(|p| p.alloc.id.clone()).collect();
        Joining { app, args, watch, known, ended: BTreeSet::new() }
    }

    /// The next change; never, when nobody can tell.
    async fn next(&mut self) -> News {
        loop {
            let Some(watch) = &mut self.watch else { return std::future::pending().await };
            let Ok(reply) = watch.next().await else {
                self.app.printer.warn("the allocations cannot be watched; new ones are not followed");
                self.watch = None;
                continue;
            };
            let mut news = News::default();
            for alloc in &reply.value {
                if alloc.client_status.is_terminal()
                    && self.known.contains(&alloc.id)
                    && self.ended.insert(alloc.id.clone())
                {
                    news.ended.push(alloc.id.clone());
                }
            }
            let fresh = |a: &&AllocStub| {
                a.client_status == allocation::ClientStatus::Running && !self.known.contains(&a.id)
            };
            let fresh: BTreeSet<String> = reply.value.iter().filter(fresh).map(|a| a.id.clone()).collect();
            if !fresh.is_empty() {
                news.joined = self.fitting(&fresh).await;
                self.known.extend(fresh);
            }
            if !news.joined.is_empty() || !news.ended.is_empty() {
                return news;
            }
        }
    }

    /// Those of them that the targets mean; an id means no other allocation.
    async fn fitting(&self, fresh: &BTreeSet<String>) -> Vec<AllocStub> {
        let mut joined: Vec<AllocStub> = Vec::new();
        let which = crate::commands::target::TargetFlags { all: true, ..self.args.which.clone() };
        for text in self.args.targets.iter().filter(|t| IdPrefix::parse(t).is_none_or(|_| t.len() < 8)) {
            let Ok(found) = fitting(self.app, text, &which, Want::Running).await else { continue };
            joined.extend(found.into_iter().filter(|a| fresh.contains(&a.id)));
        }
        joined.sort_by(|a, b| a.id.cmp(&b.id));
        joined.dedup_by(|a, b| a.id == b.id);
        joined
    }
}
