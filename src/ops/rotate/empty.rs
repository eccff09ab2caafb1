//! Emptying a node step by step: look, decide, check, stop, follow; then look again.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::nomad::allocation::{self, AllocStub, ClientStatus};
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::api::settle::{Settled, settle};
use crate::api::watch::Watch;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::{GroupKey, is_leaving};
use crate::model::metric;
use crate::ops::rotate::event::{AllocRef, Event, Moved, NodeRef, Outcome};
use crate::ops::rotate::forecast;
use crate::ops::rotate::options::Risk;
use crate::ops::rotate::plan::{NodePlan, alloc_ref};
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{Halt, PATIENCE, Rotation, TICK};
use crate::ops::rotate::scene::{self, JobKey};
use crate::ops::rotate::step::{self, Next, Progress, Rule, Situation};

/// A node while it is emptied.
pub(super) struct Emptying {
    pub(super) node: NodeRef,
    jobs: BTreeSet<JobKey>,
    pub(super) tracked: BTreeSet<String>,
    asked: BTreeSet<String>,
    unplaced: BTreeMap<String, String>,
    /// Replacements that were told of.
    placed: BTreeSet<String>,
    /// Jobs with a deployment under way, since when they are waited for.
    deploying: BTreeMap<JobKey, Timestamp>,
    /// When each was first seen leaving.
    left: BTreeMap<String, Timestamp>,
    /// When something last moved on.
    stirred: Timestamp,
    seen: BTreeMap<String, Progress>,
}

impl Emptying {
    pub(super) fn situation<'a>(
        &'a self,
        allocs: &'a [AllocStub],
        rules: &'a BTreeMap<GroupKey, Rule>,
    ) -> Situation<'a> {
        Situation {
            node: &self.node.id,
            tracked: &self.tracked,
            allocs,
            rules,
            asked: &self.asked,
            unplaced: &self.unplaced,
        }
    }

    pub(super) fn mark_unplaced(&mut self, alloc: &str, why: String) {
        self.unplaced.insert(alloc.to_owned(), why);
    }

    fn in_flight(&self) -> bool {
        self.seen.values().any(|p| matches!(p, Progress::Stopping | Progress::Settling { .. }))
    }
}

impl Rotation<'_> {
    /// What has to leave the node: what runs there, and what an earlier run already told to stop.
    pub(super) fn begin_emptying(&mut self, node: &NodePlan) -> Result<Emptying> {
        let memory = &self.recorder.memory;
        let known = memory.emptied.get(&node.node.id);
        let is_known = |id: &str| known.is_some_and(|k| k.iter().any(|a| a.id == id));
        let here = || node.moves.iter().chain(&node.leaving);
        let fresh: Vec<AllocRef> = here().filter(|a| !is_known(&a.id)).map(alloc_ref).collect();
        let mut tracked: BTreeSet<String> = here().map(|a| a.id.clone()).collect();
        tracked.extend(memory.unfinished(&node.node.id).map(|a| a.id.clone()));
        let jobs = self.jobs_of(node);
        if !fresh.is_empty() {
            self.recorder.intend(Intent::Empty { node: node.node.id.clone(), allocs: fresh })?;
        }
        Ok(Emptying {
            node: node.node.clone(),
            jobs,
            tracked,
            asked: BTreeSet::new(),
            unplaced: BTreeMap::new(),
            placed: BTreeSet::new(),
            deploying: BTreeMap::new(),
            left: BTreeMap::new(),
            stirred: self.recorder.now(),
            seen: BTreeMap::new(),
        })
    }

    /// Stops the node's service allocations one after the other, as fast as their floors allow.
    pub(super) async fn empty(&mut self, e: &mut Emptying) -> Result<()> {
        let mut watch = Watch::new(&self.nomad, scene::allocs_of_call(&e.jobs), PATIENCE);
        let mut seen: Option<Rc<[AllocStub]>> = None;
        let mut halting: Option<Halt> = None;
        let mut troubled: Option<Error> = None;
        loop {
            tokio::select! {
                reply = watch.next() => seen = Some(reply?.value.into()),
                () = sleep(TICK) => {}
            }
            let Some(allocs) = seen.clone() else { continue };
            let rules = self.rules(&allocs);
            self.tell_progress(e, &allocs, &rules)?;
            self.check_lost(e, &allocs).await?;
            if halting.is_none() {
                halting = self.halt();
                if halting.is_some() && e.in_flight() {
                    self.notice("finishing the step under way; Ctrl-C again leaves at once")?;
                }
            }
            match step::next(e.situation(&allocs, &rules)) {
                Next::Emptied => return Ok(()),
                Next::Trouble(troubles) if troubled.is_none() => {
                    troubled = Some(self.trouble(e, &allocs, &troubles).await);
                    if e.in_flight() {
                        self.notice("a move went wrong; following those under way to their end")?;
                    }
                }
                Next::Stop(_) if halting.is_none() && troubled.is_none() => self.step(e, &allocs).await?,
                Next::Stop(_) | Next::Wait | Next::Trouble(_) => {
                    if let Some(error) = troubled.take_if(|_| halting.is_some() || !e.in_flight()) {
                        return Err(error);
                    }
                    if let Some(halt) = halting.filter(|_| !e.in_flight()) {
                        return Err(halt.error(&format!("while emptying node {}", e.node.name)));
                    }
                    if let Err(late) = self.check_patience(e, &allocs) {
                        return Err(troubled.unwrap_or(late));
                    }
                }
            }
        }
    }

    /// The rules of the groups whose jobs are known; a group that is gone wants nothing.
    pub(super) fn rules(&self, allocs: &[AllocStub]) -> BTreeMap<GroupKey, Rule> {
        let keys: BTreeSet<GroupKey> = allocs.iter().map(GroupKey::of).collect();
        let rule = |key: GroupKey| {
            let rule = match self.group(&key, allocs) {
                Some(g) if !self.is_stopped(&key) => Rule { count: g.count, floor: g.floor },
                _ => Rule { count: 0, floor: 0 },
            };
            (key, rule)
        };
        keys.into_iter().map(rule).collect()
    }

    fn is_stopped(&self, key: &GroupKey) -> bool {
        self.jobs.get(&(key.namespace.clone(), key.job.clone())).is_none_or(|d| d.job.stop)
    }

    /// One step: everything is checked afresh, and only then is anything stopped.
    async fn step(&mut self, e: &mut Emptying, allocs: &[AllocStub]) -> Result<()> {
        let (jobs, deployments) = tokio::try_join!(
            scene::read_jobs(&self.nomad, &e.jobs),
            scene::active_deployments(&self.nomad),
        )?;
        self.jobs.retain(|key, _| !e.jobs.contains(key));
        self.jobs.extend(jobs);
        let accepted = self.options.accept.contains(&Risk::ActiveDeployment)
            || self.options.accept.contains(&Risk::PausedDeployment)
            || self.options.accept.contains(&Risk::UnpromotedCanary);
        let deploying: BTreeSet<JobKey> = deployments.into_iter().map(|d| (d.namespace, d.job_id)).collect();
        let rules = self.rules(allocs);
        let Next::Stop(ids) = step::next(e.situation(allocs, &rules)) else { return Ok(()) };
        let mut stops: Vec<&AllocStub> = allocs.iter().filter(|a| ids.contains(&a.id)).collect();
        if !accepted {
            self.wait_for_deployments(e, &stops, &deploying)?;
            stops.retain(|a| !deploying.contains(&(a.namespace.clone(), a.job_id.clone())));
        }
        if stops.is_empty() {
            return Ok(());
        }
        self.check_room(&stops, allocs).await?;
        self.stop(e, &stops).await
    }

    /// A deployment that began meanwhile decides about the same allocations: let it end first.
    fn wait_for_deployments(
        &mut self,
        e: &mut Emptying,
        stops: &[&AllocStub],
        deploying: &BTreeSet<JobKey>,
    ) -> Result<()> {
        let now = self.recorder.now();
        e.deploying.retain(|key, _| deploying.contains(key));
        for alloc in stops {
            let key = (alloc.namespace.clone(), alloc.job_id.clone());
            if deploying.contains(&key) && !e.deploying.contains_key(&key) {
                self.notice(format!("a deployment of job {} is under way; waiting for its end", key.1))?;
                e.deploying.insert(key, now);
                e.stirred = now;
            }
        }
        Ok(())
    }

    /// Whether what is about to stop finds room, by the cluster's own scheduler.
    async fn check_room(&self, stops: &[&AllocStub], allocs: &[AllocStub]) -> Result<()> {
        let forecast = forecast::ask(&self.nomad, self.ground(allocs), stops).await?;
        if let Some(loss) = forecast.losses.first() {
            let why = metric::explain(&loss.metric);
            return Err(Error::refused(format!(
                "{} of {} can no longer be placed",
                loss.unplaced, loss.group
            ))
            .because(why)
            .hint("none of it was stopped; add room and run the same command again"));
        }
        match forecast.unknown {
            Some(why) if !self.options.accept.contains(&Risk::NoForecast) => {
                Err(Error::refused("whether what leaves finds room is not known").because(why))
            }
            _ => Ok(()),
        }
    }

    async fn stop(&mut self, e: &mut Emptying, stops: &[&AllocStub]) -> Result<()> {
        for alloc in stops {
            let time = self.recorder.now();
            self.recorder.intend(Intent::Stop { alloc: alloc.id.clone(), time })?;
        }
        let stopped = join_all(stops.iter().map(|alloc| self.stop_one(alloc))).await;
        e.stirred = self.recorder.now();
        let mut failed = None;
        for (alloc, result) in stops.iter().zip(stopped) {
            match result {
                Ok(unplaced) => {
                    e.asked.insert(alloc.id.clone());
                    self.recorder
                        .emit(Event::AllocStopped { alloc: alloc_ref(alloc), node: e.node.clone() })?;
                    if let Some(why) = unplaced {
                        e.unplaced.insert(alloc.id.clone(), why);
                    }
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Stops one allocation; says why, when its replacement found no place.
    async fn stop_one(&self, alloc: &AllocStub) -> Result<Option<String>> {
        let read_back = async || {
            let now = self.nomad.read(&allocation::get(&alloc.id)).await?.value;
            let stopping = now.desired_transition.migrate == Some(true) || now.client_status.is_terminal();
            Ok(stopping.then_some(()))
        };
        let call = allocation::stop(&alloc.id);
        match settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await? {
            Settled::Replied(reply) if !reply.value.eval_id.is_empty() => {
                self.placement(alloc, &reply.value.eval_id).await
            }
            // The watch will show what became of it.
            Settled::Replied(_) | Settled::Found(()) => Ok(None),
        }
    }

    /// Follows the evaluation of a stop: it says within a tenth of a second whether the replacement found room.
    async fn placement(&self, alloc: &AllocStub, eval_id: &str) -> Result<Option<String>> {
        let mut watch = Watch::new(&self.nomad, evaluation::get(&alloc.namespace, eval_id), PATIENCE);
        loop {
            let eval = watch.next().await?.value;
            if matches!(eval.status, EvalStatus::Pending | EvalStatus::Blocked) {
                continue;
            }
            let Some(metric) = eval.failed_groups.get(&alloc.task_group) else { return Ok(None) };
            // The group may lack others; what counts is whether this one was replaced.
            let now = self.nomad.read(&allocation::get(&alloc.id)).await?.value;
            return Ok(now.next_allocation.is_empty().then(|| metric::explain(metric)));
        }
    }

    /// Emits what changed since the last look.
    pub(super) fn tell_progress(
        &mut self,
        e: &mut Emptying,
        allocs: &[AllocStub],
        rules: &BTreeMap<GroupKey, Rule>,
    ) -> Result<()> {
        let progress = step::progress(e.situation(allocs, rules));
        if progress != e.seen {
            e.stirred = self.recorder.now();
        }
        let now = self.recorder.now();
        for (id, p) in &progress {
            if *p != Progress::Waiting {
                e.left.entry(id.clone()).or_insert(now);
            }
            let Some(alloc) = allocs.iter().find(|a| a.id == *id) else { continue };
            if let Progress::Settling { replacement } | Progress::Moved { replacement } = p
                && let Some(new) = allocs.iter().find(|a| a.id == *replacement)
                && e.placed.insert(replacement.clone())
            {
                let (replacement, node) = (replacement.clone(), node_of(new));
                self.recorder.emit(Event::ReplacementPlaced {
                    alloc: alloc_ref(alloc),
                    replacement,
                    node,
                })?;
            }
            let ended = matches!(p, Progress::Moved { .. } | Progress::NotWanted);
            if ended && !self.recorder.memory.moved.contains_key(id) {
                let moved = self.moved(e, alloc, p, allocs);
                self.recorder.emit(Event::AllocMoved(moved))?;
            }
        }
        e.seen = progress;
        let lines = waiting_lines(e, allocs);
        self.recorder.waiting(&lines);
        Ok(())
    }

    fn moved(&self, e: &Emptying, alloc: &AllocStub, p: &Progress, allocs: &[AllocStub]) -> Moved {
        let new = match p {
            Progress::Moved { replacement } => allocs.iter().find(|a| a.id == *replacement),
            _ => None,
        };
        // Where the server stops allocations, nobody but it knows the very moment.
        let told = self.recorder.memory.stopped.get(&alloc.id);
        let begun = told.or_else(|| e.left.get(&alloc.id)).copied();
        let seconds = begun.map_or(0.0, |at| self.recorder.now().duration_since(at).as_secs_f64());
        Moved {
            alloc: alloc_ref(alloc),
            group: GroupKey::of(alloc),
            from: e.node.clone(),
            replacement: new.map(|n| n.id.clone()),
            to: new.map(node_of),
            outcome: match new {
                _ if alloc.client_status == ClientStatus::Lost => Outcome::Lost,
                Some(_) => Outcome::Healthy,
                None => Outcome::NotWanted,
            },
            seconds,
            killed_at_deadline: false,
        }
    }

    /// A node that dies takes its allocations with it; there is nothing left to do step by step.
    pub(super) async fn check_lost(&mut self, e: &Emptying, allocs: &[AllocStub]) -> Result<()> {
        let lost: Vec<&AllocStub> = allocs
            .iter()
            .filter(|a| {
                a.node_id == e.node.id && a.client_status == ClientStatus::Lost && e.tracked.contains(&a.id)
            })
            .collect();
        let new: Vec<&&AllocStub> =
            lost.iter().filter(|a| !self.recorder.memory.moved.contains_key(&a.id)).collect();
        let Some(first) = new.first() else { return Ok(()) };
        let node = self.nomad.read(&crate::api::nomad::node::get(&e.node.id)).await?.value;
        Err(Error::failed(format!("node {} was lost while it was emptied", e.node.name))
            .because(format!(
                "its status is {}; {} of its allocations are lost, {} among them",
                node.status,
                new.len(),
                first.name
            ))
            .hint("Nomad replaces them where there is room; `fleet status` shows what is missing"))
    }

    /// When nothing moves for longer than any of the moves may take, something is wrong.
    fn check_patience(&self, e: &Emptying, allocs: &[AllocStub]) -> Result<()> {
        let patience = allocs
            .iter()
            .filter(|a| e.tracked.contains(&a.id))
            .filter_map(|a| self.group(&GroupKey::of(a), allocs));
        let longest = patience.map(|g| g.patience).max().unwrap_or_default();
        let quiet = self.recorder.now().duration_since(e.stirred).unsigned_abs();
        if quiet <= longest {
            return Ok(());
        }
        let stuck: Vec<String> =
            waiting_lines(e, allocs).into_iter().skip(1).map(|l| l.trim().to_owned()).collect();
        let error = Error::new(
            ExitCode::TimedOut,
            format!("nothing moved off node {} for {} s", e.node.name, quiet.as_secs()),
        );
        let error = stuck.into_iter().fold(error, Error::because);
        Err(if e.in_flight() { error } else { error.because(no_headroom(e, allocs)) })
    }
}

fn waiting_lines(e: &Emptying, allocs: &[AllocStub]) -> Vec<String> {
    let left = e.seen.values().filter(|p| !matches!(p, Progress::Moved { .. } | Progress::NotWanted)).count();
    let mut lines = vec![format!("{}: {left} of {} still to move", e.node.name, e.tracked.len())];
    let name = |id: &str| allocs.iter().find(|a| a.id == id).map_or(id.to_owned(), |a| a.name.clone());
    for (id, p) in &e.seen {
        match p {
            Progress::Stopping => lines.push(format!("  {} is stopping", name(id))),
            Progress::Settling { replacement } => {
                let new = allocs.iter().find(|a| a.id == *replacement);
                let place = new.map_or("?", |a| a.node_name.as_str());
                let state = new.map_or("placed".to_owned(), |a| a.client_status.to_string());
                lines.push(format!("  {} is {state} on {place}, not healthy yet", name(id)));
            }
            _ => {}
        }
    }
    if lines.len() == 1 && left > 0 && e.deploying.is_empty() {
        lines.push(format!("  {}", no_headroom(e, allocs)));
    }
    for (_, job) in e.deploying.keys() {
        lines.push(format!("  waiting for the deployment of {job}"));
    }
    lines
}

fn no_headroom(e: &Emptying, allocs: &[AllocStub]) -> String {
    let waiting = allocs.iter().filter(|a| e.seen.get(&a.id) == Some(&Progress::Waiting));
    let groups: BTreeSet<String> = waiting.map(|a| GroupKey::of(a).to_string()).collect();
    format!(
        "too few healthy allocations to stop another one: {}",
        groups.into_iter().collect::<Vec<_>>().join(", ")
    )
}

fn node_of(alloc: &AllocStub) -> NodeRef {
    NodeRef { id: alloc.node_id.clone(), name: alloc.node_name.clone() }
}

/// Whether an allocation still belongs to a node that should be empty.
pub(super) fn is_there(alloc: &AllocStub, node: &str) -> bool {
    alloc.node_id == node
        && !alloc.client_status.is_terminal()
        && !(is_leaving(alloc) && alloc.client_status == ClientStatus::Unknown)
}
