//! Following drains to their end, and what left the nodes until it is well again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::http::{Http, Patience};
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::node::{self, NodeStub};
use crate::api::nomad::{ALL_NAMESPACES, one_of};
use crate::api::watch::Watch;
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::interrupts::Orderly;
use crate::model::drain_end::{self, End};
use crate::model::group::GroupKey;
use crate::model::ids::JobType;
use crate::model::metric;
use crate::ops::drain::event::Event;
use crate::ops::drain::fate::{self, Fate};
use crate::ops::observe::{Observer, Record};
use crate::ops::rotate::event::NodeRef;
use crate::ops::rotate::plan::alloc_ref;
use crate::ops::rotate::scene::{self, JobDocument, JobKey};

/// How often what is waited for is told again.
const TICK: Duration = Duration::from_secs(1);
/// Longer lists of ids make the filter more costly than the rows it spares.
const MOST_IDS_IN_A_FILTER: usize = 50;

/// One node whose drain is followed.
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
    pub fates: BTreeMap<String, Fate>,
    /// How its drain ended; none while it goes on.
    pub end: Option<End>,
}

impl Followed {
    /// Whether its drain has ended and nothing more is to come of it.
    fn is_over(&self) -> bool {
        // What nobody told to go before the end of a cancelled drain stays.
        let stays = matches!(self.end, Some(End::Cancelled { .. } | End::Gone));
        let settled = |f: &Fate| !f.is_open() || (stays && *f == Fate::Waiting);
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
            Fate::Settling { to, .. } => format!("{name} started on {}, not healthy yet", to.name),
            Fate::Leaving => format!("{name} is stopping"),
            _ if rank(alloc) == 1 => match self.force_at {
                Some(at) => format!("{name} is batch work and may finish until {at:.0}"),
                None => format!("{name} is batch work and has to finish"),
            },
            _ => format!("{name} is still running"),
        })
    }
}

/// Drains under way.
pub struct Follow<'a> {
    /// The client.
    pub nomad: Http,
    /// The nodes.
    pub nodes: Vec<Followed>,
    /// The jobs on them.
    pub jobs: BTreeMap<JobKey, JobDocument>,
    /// How long what left may take to get well once the drains have ended.
    pub patience: Duration,
    /// When waiting ends whatever happens.
    pub until: Option<Timestamp>,
    /// Hears what happens.
    pub observer: &'a mut dyn Observer<Record<Event>>,
    /// The clock.
    pub clock: SharedClock,
    /// Ctrl-C.
    pub orderly: Orderly,
}

impl Follow<'_> {
    /// Waits until every drain has ended and everything that left is well, or will not get well by waiting.
    ///
    /// # Errors
    /// Timed out (6), interrupted (130), or an API fault that outlasts all patience. What went wrong with the drains is
    /// no error: it stands in the nodes.
    pub async fn run(&mut self) -> Result<()> {
        let ids: BTreeSet<String> = self.nodes.iter().map(|n| n.node.id.clone()).collect();
        let filter =
            (ids.len() <= MOST_IDS_IN_A_FILTER).then(|| one_of("ID", ids.iter().map(String::as_str)));
        let nodes = Watch::new(&self.nomad, node::list().filter(filter.as_deref()), Patience::OPERATION);
        let keys: BTreeSet<JobKey> = self.jobs.keys().cloned().collect();
        let allocs = Watch::new(&self.nomad, scene::allocs_of_call(&keys), Patience::OPERATION);
        let (mut nodes, mut allocs) = (nodes.states(), allocs.states());
        let (mut stubs, mut work): (Option<Vec<NodeStub>>, Option<Vec<AllocStub>>) = (None, None);
        let mut stirred = self.clock.now();
        loop {
            let interrupt = tokio::select! {
                Some(reply) = nodes.next() => { stubs = Some(reply?.value); None }
                Some(reply) = allocs.next(), if !keys.is_empty() => { work = Some(reply?.value); None }
                interrupt = self.orderly.requested() => Some(interrupt),
                () = sleep(TICK) => None,
            };
            if let Some(interrupt) = interrupt {
                return Err(self.left_alone(interrupt.error("interrupted; the drains go on without fleet")));
            }
            let none = keys.is_empty().then(Vec::new);
            if let (Some(stubs), Some(work)) = (&stubs, work.as_ref().or(none.as_ref())) {
                if self.look(stubs, work).await? {
                    stirred = self.clock.now();
                }
                if self.is_over() {
                    return Ok(());
                }
            }
            self.observer.waiting(&self.lines());
            let now = self.clock.now();
            if self.nodes.iter().all(|n| n.end.is_some())
                && now.duration_since(stirred).unsigned_abs() > self.patience
            {
                return Ok(());
            }
            if self.until.is_some_and(|until| now >= until) {
                let error = Error::new(ExitCode::TimedOut, "timed out while nodes were draining");
                return Err(self.left_alone(error));
            }
        }
    }

    /// Takes in what is seen; whether anything changed.
    async fn look(&mut self, stubs: &[NodeStub], allocs: &[AllocStub]) -> Result<bool> {
        let unplaced = self.unplaced(allocs).await?;
        let wanted = wanted(&self.jobs);
        let mut stirred = false;
        for i in 0..self.nodes.len() {
            let ended = self.end_of(i, stubs).await?;
            stirred |= ended.is_some();
            let n = &self.nodes[i];
            let fates = fate::of(fate::View {
                node: &n.node.id,
                tracked: &n.tracked,
                allocs,
                wanted: &wanted,
                unplaced: &unplaced,
                ignore_system: n.ignore_system,
            });
            let news: Vec<Event> = fates
                .iter()
                .filter(|(id, fate)| n.fates.get(*id) != Some(*fate) && **fate != Fate::Waiting)
                .filter_map(|(id, fate)| {
                    let alloc = alloc_ref(n.tracked.get(id)?);
                    Some(Event::Alloc { alloc, from: n.node.clone(), fate: fate.clone() })
                })
                .collect();
            stirred |= !news.is_empty();
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
        Ok(stirred)
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        self.observer.record(&Record { time: self.clock.now(), event })
    }

    /// How the drain of a node has just ended. Lists do not carry what tells, so the node itself is read, once.
    async fn end_of(&self, i: usize, stubs: &[NodeStub]) -> Result<Option<End>> {
        let n = &self.nodes[i];
        if n.end.is_some() {
            return Ok(None);
        }
        match stubs.iter().find(|s| s.id == n.node.id) {
            None => Ok(Some(End::Gone)),
            Some(stub) if stub.drain => Ok(None),
            Some(_) => match self.nomad.read(&node::get(&n.node.id)).await {
                Ok(reply) => Ok(drain_end::of(&reply.value, n.since)),
                Err(e) if e.is_not_found() => Ok(Some(End::Gone)),
                Err(e) => Err(e.into()),
            },
        }
    }

    /// Why what has left found no place, asked only where something has left and has no replacement.
    async fn unplaced(&self, allocs: &[AllocStub]) -> Result<BTreeMap<GroupKey, String>> {
        let open = |a: &&AllocStub| {
            a.client_status.is_terminal() && a.next_allocation.is_empty() && a.job_type == JobType::Service
        };
        let tracked = |a: &&AllocStub| self.nodes.iter().any(|n| n.tracked.contains_key(&a.id));
        let groups: BTreeSet<GroupKey> =
            allocs.iter().filter(tracked).filter(open).map(GroupKey::of).collect();
        if groups.is_empty() {
            return Ok(BTreeMap::new());
        }
        let call = evaluation::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"blocked\""));
        let blocked = self.nomad.list(&call).await?.value;
        Ok(groups.into_iter().filter_map(|key| Some((key.clone(), reason(&blocked, &key)?))).collect())
    }

    fn is_over(&self) -> bool {
        self.nodes.iter().all(Followed::is_over)
    }

    /// What is waited for, in lines.
    fn lines(&self) -> Vec<String> {
        let line = |n: &Followed| match (&n.end, n.obstacle()) {
            (None, Some(first)) => Some(format!("{}: draining, {first}", n.node.name)),
            (None, None) => Some(format!("{}: draining", n.node.name)),
            (Some(_), Some(first)) => Some(format!("{}: {first}", n.node.name)),
            (Some(_), None) => None,
        };
        self.nodes.iter().filter_map(line).collect()
    }

    /// What goes on without fleet, and how it is followed or stopped.
    fn left_alone(&self, error: Error) -> Error {
        let names: Vec<&str> =
            self.nodes.iter().filter(|n| n.end.is_none()).map(|n| n.node.name.as_str()).collect();
        if names.is_empty() {
            return error.hint("the drains have ended; fleet status shows whether everything is healthy");
        }
        let names = names.join(" ");
        error
            .hint(format!("still draining: {names}"))
            .hint(format!("to follow again: fleet node drain {names}"))
            .hint(format!("to stop it: fleet node undrain {names}"))
    }
}

fn wanted(jobs: &BTreeMap<JobKey, JobDocument>) -> BTreeMap<GroupKey, u64> {
    let of_job = |((namespace, id), document): (&JobKey, &JobDocument)| {
        let (namespace, id, stop) = (namespace.clone(), id.clone(), document.job.stop);
        let groups = document.job.task_groups.iter();
        let key = |g: &crate::api::nomad::job::TaskGroup| GroupKey {
            namespace: namespace.clone(),
            job: id.clone(),
            group: g.name.clone(),
        };
        groups.map(|g| (key(g), if stop { 0 } else { g.count() })).collect::<Vec<_>>()
    };
    jobs.iter().flat_map(of_job).collect()
}

fn reason(blocked: &[Evaluation], key: &GroupKey) -> Option<String> {
    let of_job = blocked.iter().filter(|e| e.namespace == key.namespace && e.job_id == key.job);
    of_job.filter_map(|e| e.failed_groups.get(&key.group)).map(metric::explain).next()
}
