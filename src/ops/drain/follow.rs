//! Following drains to their end, and what left the nodes until it is well again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::Http;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::node::{self, NodeStub};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::drain_end::{self, DrainEnd};
use crate::model::ids::{JobKey, JobType};
use crate::ops::drain::event::Event;
use crate::ops::drain::fate::{self, AllocFate};
use crate::ops::migration::agents::{Agents, Heard, QUIET};
use crate::ops::migration::floors::{self, FloorPolicy};
use crate::ops::migration::live::{ClusterPicture, Live};
use crate::ops::migration::lock::Guard;
use crate::ops::migration::{NodeRef, alloc_ref, names};
use crate::ops::observe::{Observer, Record};
use crate::ops::ticker::{Stall, Ticker};

/// How often what is waited for is told again.
const TICK: Duration = Duration::from_secs(1);

/// A node whose drain is followed.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The node.
    pub node: NodeRef,
    /// When its drain began.
    pub since: Option<Timestamp>,
    /// When what is left on it is stopped.
    pub force_at: Option<Timestamp>,
    /// Whether its drain leaves system jobs running.
    pub ignore_system: bool,
    /// What was on it.
    pub tracked: BTreeMap<String, AllocStub>,
    /// What became of that, so far.
    pub fates: BTreeMap<String, AllocFate>,
    /// How its drain ended; none while it goes on.
    pub end: Option<DrainEnd>,
}

impl Followed {
    /// Whether its drain has ended and nothing more is to come of it.
    fn is_over(&self) -> bool {
        // What nobody told to go before the end of a cancelled drain stays.
        let stays = matches!(self.end, Some(DrainEnd::Cancelled { .. } | DrainEnd::Gone));
        let settled = |f: &AllocFate| !f.is_open() || (stays && *f == AllocFate::Waiting);
        self.end.is_some() && self.fates.values().all(settled)
    }
}

impl Followed {
    /// What has to happen next. System jobs go last and wait for everything else, so they are named last.
    fn obstacle(&self) -> Option<String> {
        let rank = |a: &AllocStub| match a.job_type {
            JobType::Service => 0,
            JobType::System => 2,
            _ => 1,
        };
        let open = self.fates.iter().filter(|(_, f)| f.is_open());
        let (alloc, fate) =
            open.filter_map(|(id, f)| Some((self.tracked.get(id)?, f))).min_by_key(|(a, _)| rank(a))?;
        let name = &alloc.name;
        Some(match fate {
            AllocFate::Settling { to, .. } => format!("{name} started on {}, not healthy yet", to.name),
            AllocFate::Leaving => format!("{name} is stopping"),
            _ if rank(alloc) == 1 => match self.force_at {
                Some(at) => format!("{name} is batch work and may finish until {at:.0}"),
                None => format!("{name} is batch work and has to finish"),
            },
            _ => format!("{name} is still running"),
        })
    }
}

/// Drains under way.
pub struct Follow<'a, 'p> {
    /// The client.
    pub nomad: Http,
    /// The nodes.
    pub nodes: Vec<Followed>,
    /// How long what left may take to get well once the drains have ended.
    pub patience: Duration,
    /// When waiting ends whatever happens.
    pub until: Option<Timestamp>,
    /// Keeps others away from the same jobs, where the drains were started here.
    pub guard: Option<&'a mut Guard<'p>>,
    /// Hears what happens.
    pub observer: &'a mut dyn Observer<Record<Event>>,
    /// The clock.
    pub clock: SharedClock,
    /// Ctrl-C.
    pub orderly: Orderly,
}

impl Follow<'_, '_> {
    /// Waits until every drain has ended and everything that left is well, or will not get well by waiting.
    ///
    /// # Errors
    /// Timed out (6), interrupted (130), or an API fault that outlasts all patience. What went wrong with the drains is
    /// no error: it stands in the nodes.
    pub async fn run(&mut self) -> Result<()> {
        let ids: BTreeSet<String> = self.nodes.iter().map(|n| n.node.id.clone()).collect();
        let tracked = self.nodes.iter().flat_map(|n| n.tracked.values());
        let jobs: BTreeSet<JobKey> =
            tracked.filter(|a| a.job_type == JobType::Service).map(JobKey::of).collect();
        let mut live = Live::new(&self.nomad, Arc::clone(&self.clock), ids, jobs);
        let (mut still, mut ticker) = (Stall::default(), Ticker::every(TICK));
        let (mut agents, mut moved_at) = (Agents::new(&self.nomad), self.clock.now());
        loop {
            let (ticked, interrupt) = tokio::select! {
                changed = live.changed() => { changed?; (false, None) }
                interrupt = self.orderly.requested() => (false, Some(interrupt)),
                () = agents.answered() => (false, None),
                () = ticker.tick() => (true, None),
            };
            if let Some(interrupt) = interrupt {
                return Err(
                    self.left_alone(&live, interrupt.error("interrupted; the drains go on without fleet"))
                );
            }
            // What the jobs want decides what becomes of what has left.
            let open = self.open_jobs();
            if ticked && !open.is_empty() {
                live.read_jobs(&open).await?;
            }
            if let Some(guard) = &mut self.guard {
                guard.keep(self.clock.now()).await?;
            }
            let mut moved_on = false;
            if let Some(picture) = live.picture() {
                moved_on = self.look(picture).await?;
                if moved_on {
                    moved_at = self.clock.now();
                }
                self.tell_silence(&mut agents, picture, moved_at)?;
                if self.is_over() {
                    return Ok(());
                }
            }
            self.observer.waiting(&self.lines(&agents));
            let now = self.clock.now();
            let stands_still = still.lasts(!moved_on, now) > self.patience;
            if stands_still && self.nodes.iter().all(|n| n.end.is_some()) {
                return Ok(());
            }
            if self.until.is_some_and(|until| now >= until) {
                let error = Error::new(ExitCode::TimedOut, "timed out while nodes were draining");
                return Err(self.left_alone(&live, error));
            }
        }
    }

    /// Takes in what is seen; whether anything changed.
    async fn look(&mut self, picture: &ClusterPicture) -> Result<bool> {
        let mut moved_on = false;
        for i in 0..self.nodes.len() {
            let ended = self.end_of(i, &picture.nodes).await?;
            moved_on |= ended.is_some();
            let n = &mut self.nodes[i];
            // What was placed between the preview and the drain leaves like the rest.
            let here =
                picture.allocs.iter().filter(|a| a.node_id == n.node.id && !a.client_status.is_terminal());
            for alloc in here {
                n.tracked.entry(alloc.id.clone()).or_insert_with(|| alloc.clone());
            }
            let groups = floors::groups_of(n.tracked.values());
            let policy = FloorPolicy::default();
            let rules = floors::rules(&groups, &picture.jobs, &picture.deployments, &policy);
            let fates = fate::of(fate::FateInput {
                node: &n.node.id,
                tracked: &n.tracked,
                allocs: &picture.allocs,
                rules: &rules,
                unplaced: &picture.unplaced,
                ignore_system: n.ignore_system,
            });
            let news: Vec<Event> = fates
                .iter()
                .filter(|(id, fate)| n.fates.get(*id) != Some(*fate) && **fate != AllocFate::Waiting)
                .filter_map(|(id, fate)| {
                    let alloc = alloc_ref(n.tracked.get(id)?);
                    Some(Event::Alloc { alloc, from: n.node.clone(), fate: fate.clone() })
                })
                .collect();
            moved_on |= !news.is_empty();
            self.nodes[i].fates = fates;
            for event in news {
                self.tell(event)?;
            }
            if let Some(end) = ended {
                let node = self.nodes[i].node.clone();
                self.nodes[i].end = Some(end.clone());
                self.tell(Event::DrainEnded { node, end })?;
            }
        }
        Ok(moved_on)
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        self.observer.record(&Record { time: self.clock.now(), event })
    }

    /// How the drain of a node has just ended. Lists do not carry what tells, so the node itself is read, once.
    async fn end_of(&self, i: usize, stubs: &[NodeStub]) -> Result<Option<DrainEnd>> {
        let n = &self.nodes[i];
        if n.end.is_some() {
            return Ok(None);
        }
        match stubs.iter().find(|s| s.id == n.node.id) {
            None => Ok(Some(DrainEnd::Gone)),
            Some(stub) if stub.drain => Ok(None),
            Some(_) => match self.nomad.read(&node::get(&n.node.id)).await {
                Ok(reply) => Ok(drain_end::of(&reply.value, n.since)),
                Err(e) if e.is_not_found() => Ok(Some(DrainEnd::Gone)),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// The jobs of which something is still on its way.
    fn open_jobs(&self) -> BTreeSet<JobKey> {
        let open = self.nodes.iter().flat_map(|n| n.fates.iter().map(move |(id, fate)| (n, id, fate)));
        let open = open.filter(|(_, _, fate)| fate.is_open());
        open.filter_map(|(n, id, _)| n.tracked.get(id)).map(JobKey::of).collect()
    }

    fn is_over(&self) -> bool {
        self.nodes.iter().all(Followed::is_over)
    }

    /// What is waited for, in lines.
    fn lines(&self, agents: &Agents) -> Vec<String> {
        let line = |n: &Followed| match (&n.end, n.obstacle()) {
            (None, Some(first)) => Some(format!("{}: draining, {first}", n.node.name)),
            (None, None) => Some(format!("{}: draining", n.node.name)),
            (Some(_), Some(first)) => Some(format!("{}: {first}", n.node.name)),
            (Some(_), None) => None,
        };
        let silent = |n: &Followed| {
            agents.silence(&n.node.id).map(|silence| format!("  {}: {}", n.node.name, silence.words()))
        };
        self.nodes.iter().flat_map(|n| line(n).into_iter().chain(silent(n))).collect()
    }

    /// Asks the agents of the nodes that have not ended, once nothing has moved for a moment, and tells who does not answer.
    fn tell_silence(
        &mut self,
        agents: &mut Agents,
        picture: &ClusterPicture,
        moved_at: Timestamp,
    ) -> Result<()> {
        let now = self.clock.now();
        let quiet = now.duration_since(moved_at).unsigned_abs() >= QUIET;
        // What moves elsewhere says nothing of one that fell silent.
        let asks = |id: &str| quiet || agents.silence(id).is_some();
        let waits = |id: &str| asks(id) && self.nodes.iter().any(|n| n.node.id == id && !n.is_over());
        let nodes = picture.nodes.iter().filter(|n| waits(&n.id)).map(|n| (n.id.clone(), n.status)).collect();
        for (id, heard) in agents.ask(&nodes, now) {
            let Some(node) = self.nodes.iter().map(|n| &n.node).find(|n| n.id == id).cloned() else {
                continue;
            };
            self.tell(match heard {
                Heard::Silent(silence) => Event::NodeSilent {
                    node,
                    silent_since: silence.since,
                    status: silence.status,
                    status_since: silence.status_since,
                },
                Heard::Again(lasted) => Event::NodeAnswers { node, seconds: lasted.as_secs_f64() },
            })?;
        }
        Ok(())
    }

    /// What goes on without fleet, and how it is followed or stopped.
    fn left_alone(&self, live: &Live, error: Error) -> Error {
        let open = || self.nodes.iter().filter(|n| n.end.is_none()).map(|n| &n.node);
        if open().next().is_none() {
            return error.hint("the drains have ended; fleet status shows whether everything is healthy");
        }
        let names = match live.picture() {
            Some(picture) => names(open(), &picture.nodes),
            None => open().map(|n| n.id.as_str()).collect::<Vec<_>>().join(" "),
        };
        error
            .hint(format!("still draining: {names}"))
            .hint(format!("to follow again: fleet node drain {names}"))
            .hint(format!("to stop it: fleet node undrain {names}"))
    }
}
