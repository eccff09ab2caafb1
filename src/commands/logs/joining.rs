//! Who joins the allocations that are followed, and who ends.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::{LocalBoxStream, unfold};
use tokio::time::{Instant, sleep};

use crate::api::http::Patience;
use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::alloc_status::RunState;
use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::job::{self, Job};
use crate::api::watch::Watch;
use crate::app::App;
use crate::commands::logs::Args;
use crate::commands::shared::target::{AllocRequirement, TaskPlace, fitting};
use crate::error::Result;
use crate::model::ids::IdPrefix;
use crate::model::selector::Expression;

/// Longest pause between attempts while the servers cannot be reached.
const AGAIN: Duration = Duration::from_secs(3);
/// How long a token that worked may be refused: a server that is catching up may not know it yet.
const FORGETFUL: Duration = Duration::from_secs(30);

/// What has changed among the allocations.
#[derive(Debug, Default)]
pub(super) struct AllocChanges {
    pub(super) joined: Vec<AllocStub>,
    pub(super) ended: Vec<String>,
}

/// Watches which allocations start and which end.
pub(super) struct AllocWatch<'a> {
    app: &'a App,
    args: &'a Args,
    watch: Watch<Vec<AllocStub>>,
    /// Allocations already handed out, or ended before the first look.
    known: BTreeSet<String>,
    /// Those that are followed and have not ended.
    live: BTreeSet<String>,
    begun: bool,
    /// Since when the allocations cannot be read.
    lost: Option<Instant>,
}

impl<'a> AllocWatch<'a> {
    /// The news of the jobs of these places, one after the other; waiting for them may be broken off.
    pub(super) fn news(
        app: &'a App,
        args: &'a Args,
        first: &[TaskPlace],
    ) -> Result<LocalBoxStream<'a, Result<AllocChanges>>> {
        let jobs: BTreeSet<String> = first.iter().map(|p| p.alloc.job_id.clone()).collect();
        let filter = Expression::default().one_of("JobID", &Vec::from_iter(jobs)).text();
        let call = allocation::list().namespace(ALL_NAMESPACES).filter(filter.as_deref());
        let watch = Watch::new(app.nomad()?, call, Patience::OPERATION);
        let known: BTreeSet<String> = first.iter().map(|p| p.alloc.id.clone()).collect();
        let joining = AllocWatch { app, args, watch, live: known.clone(), known, begun: false, lost: None };
        Ok(unfold(joining, async |mut joining: Self| Some((joining.next().await, joining))).boxed_local())
    }

    async fn next(&mut self) -> Result<AllocChanges> {
        loop {
            let all = match self.watch.next().await {
                Ok(reply) => reply.value,
                Err(e) => {
                    let lost = self.lost.get_or_insert_with(Instant::now).elapsed();
                    // A server that begins anew knows no tokens for a moment.
                    if !(e.is_passing() || (e.is_denied() && self.begun && lost < FORGETFUL)) {
                        return Err(e.into());
                    }
                    if e.is_passing() {
                        self.app.printer.warn(&format!("cannot watch the allocations right now: {e}"));
                    }
                    sleep(AGAIN).await;
                    continue;
                }
            };
            self.lost = None;
            // What the servers have forgotten has ended too.
            let still: BTreeSet<&str> =
                all.iter().filter(|a| !a.client_status.is_terminal()).map(|a| a.id.as_str()).collect();
            let (live, ended) =
                std::mem::take(&mut self.live).into_iter().partition(|id| still.contains(id.as_str()));
            self.live = live;
            let joined = self.fitting(&all).await;
            self.begun = true;
            let news = AllocChanges { joined, ended: Vec::from_iter::<BTreeSet<String>>(ended) };
            if !news.joined.is_empty() || !news.ended.is_empty() {
                return Ok(news);
            }
        }
    }

    /// New allocations that the targets match. A target that is an allocation id matches no other.
    async fn fitting(&mut self, all: &[AllocStub]) -> Vec<AllocStub> {
        let begun = |a: &&AllocStub| match a.client_status {
            ClientStatus::Running => true,
            // A short one may come and go between two looks.
            status => status.is_terminal(),
        };
        let fresh: BTreeSet<&str> =
            all.iter().filter(begun).map(|a| a.id.as_str()).filter(|id| !self.known.contains(*id)).collect();
        if fresh.is_empty() {
            return Vec::new();
        }
        let mut joined: Vec<AllocStub> = Vec::new();
        for text in self.args.targets.iter().filter(|text| !is_id(text)) {
            let Ok(found) = fitting(self.app, text, &self.args.which, AllocRequirement::Any).await else {
                continue;
            };
            let new = |a: &AllocStub| {
                fresh.contains(a.id.as_str()) && (self.begun || !a.client_status.is_terminal())
            };
            joined.extend(found.into_iter().filter(new));
        }
        joined.sort_by(|a, b| a.id.cmp(&b.id));
        joined.dedup_by(|a, b| a.id == b.id);
        self.known.extend(fresh.into_iter().map(str::to_owned));
        self.live.extend(joined.iter().map(|a| a.id.clone()));
        joined
    }
}

/// Whether a target is an allocation id, for which no other allocation counts.
fn is_id(text: &str) -> bool {
    text.len() >= 8 && IdPrefix::parse(text).is_some()
}

/// Jobs that may start more allocations.
pub(super) struct OpenJobs(BTreeSet<(String, String)>);

impl OpenJobs {
    /// Jobs of the places whose target was not an allocation id.
    pub(super) fn of(args: &Args, first: &[TaskPlace]) -> Self {
        // Nothing joins a version that is over.
        let lasting = args.follow && args.which.version.is_none() && !args.which.canary;
        if !lasting || args.targets.iter().all(|text| is_id(text)) {
            return OpenJobs(BTreeSet::new());
        }
        OpenJobs(first.iter().map(|p| (p.alloc.namespace.clone(), p.alloc.job_id.clone())).collect())
    }

    /// Whether any of these jobs is still alive.
    pub(super) async fn any(&mut self, app: &App) -> Result<bool> {
        while let Some((namespace, id)) = self.0.first() {
            match app.nomad()?.read::<Job>(&job::get(namespace, id)).await {
                Ok(job) if job.value.status != RunState::Dead => return Ok(true),
                // Whether waiting makes sense is decided by the watch of the allocations.
                Err(e) if !e.is_not_found() => return Ok(true),
                Ok(_) | Err(_) => {}
            }
            self.0.pop_first();
        }
        Ok(false)
    }
}
