//! What is left on a node once its services have moved: batch work by decision, then a drain that seals the node.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::node::{self, DrainSpec, Node, NodeStatus};
use crate::api::nomad::{ALL_NAMESPACES, quoted};
use crate::api::settle::settle;
use crate::api::watch::Watch;
use crate::api::wire::Nanos;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::drain_end::{self, End};
use crate::model::group::GroupKey;
use crate::model::ids::JobType;
use crate::model::words;
use crate::ops::rotate::empty::is_there;
use crate::ops::rotate::event::{Event, Moved, NodeRef, Outcome};
use crate::ops::rotate::options::Batch;
use crate::ops::rotate::plan::{META_KEY, alloc_ref};
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};

/// How long the drain of a node without services may take: stopping its system jobs, with every delay they have.
const SEALING: Duration = Duration::from_secs(600);

impl Rotation<'_> {
    /// Lets batch work finish, or says that it will be stopped.
    pub(super) async fn settle_batch(&mut self, node: &NodeRef) -> Result<()> {
        let batch = self.batch_on(node).await?;
        if batch.is_empty() {
            return Ok(());
        }
        match self.options.batch {
            Some(Batch::Wait) => self.await_batch(node).await,
            Some(Batch::Kill) => Ok(()),
            // It arrived between the plan and the mark; nobody decided about it.
            Some(Batch::Skip) | None => Err(Error::refused(format!("batch work runs on node {}", node.name))
                .because(batch.iter().map(|a| a.name.clone()).collect::<Vec<_>>().join(", "))
                .hint("decide by --batch wait or --batch kill")),
        }
    }

    async fn batch_on(&self, node: &NodeRef) -> Result<Vec<AllocStub>> {
        let here = self.nomad.list(&on_node(node)).await?.value;
        Ok(here.into_iter().filter(|a| is_there(a, &node.id) && is_batch(a)).collect())
    }

    async fn await_batch(&mut self, node: &NodeRef) -> Result<()> {
        let mut watch = Watch::new(&self.nomad, on_node(node), PATIENCE);
        let (mut told, begun) = (false, self.recorder.now());
        let mut awaited: BTreeMap<String, AllocStub> = BTreeMap::new();
        let mut here: Vec<AllocStub> = Vec::new();
        loop {
            tokio::select! {
                reply = watch.next() => here = reply?.value,
                () = sleep(TICK) => {}
            }
            let left: Vec<&AllocStub> =
                here.iter().filter(|a| is_there(a, &node.id) && is_batch(a)).collect();
            for alloc in &left {
                awaited.insert(alloc.id.clone(), (*alloc).clone());
            }
            if left.is_empty() && told {
                for alloc in awaited.values() {
                    let moved = self.ended(node, alloc, Outcome::Finished, begun, false);
                    self.recorder.emit(Event::AllocMoved(moved))?;
                }
                return Ok(());
            }
            if !told && !left.is_empty() {
                told = true;
                let allocs = left.iter().map(|a| alloc_ref(a)).collect();
                self.recorder.emit(Event::BatchAwaited { node: node.clone(), allocs })?;
            }
            let lines: Vec<String> =
                left.iter().map(|a| format!("{}: {} has to finish", node.name, a.name)).collect();
            self.recorder.waiting(&lines);
            self.go_on(&format!("while waiting for batch work on node {}", node.name))?;
        }
    }

    fn ended(
        &self,
        node: &NodeRef,
        alloc: &AllocStub,
        outcome: Outcome,
        begun: Timestamp,
        killed: bool,
    ) -> Moved {
        Moved {
            alloc: alloc_ref(alloc),
            group: GroupKey::of(alloc),
            from: node.clone(),
            replacement: None,
            to: None,
            outcome,
            seconds: self.recorder.now().duration_since(begun).as_secs_f64(),
            killed_at_deadline: killed,
        }
    }

    /// Drains the node of what is left, so that nothing comes back, and waits until it is empty.
    pub(super) async fn seal(&mut self, node: &NodeRef) -> Result<()> {
        let doomed =
            if self.options.batch == Some(Batch::Kill) { self.batch_on(node).await? } else { Vec::new() };
        let begun = self.recorder.now();
        let before = self.nomad.read(&node::get(&node.id)).await?.value;
        // What runs to its end was waited for; the rest is stopped at once only where that was decided.
        let deadline = if doomed.is_empty() { Nanos(0) } else { Nanos::from_secs(-1) };
        self.drain(node, &before, deadline).await?;
        self.recorder.emit(Event::DrainStarted { node: node.clone(), supervised: false })?;
        self.follow_drain(node, SEALING).await?;
        self.await_empty(node).await?;
        for alloc in &doomed {
            let moved = self.ended(node, alloc, Outcome::Killed, begun, true);
            self.recorder.emit(Event::AllocMoved(moved))?;
        }
        Ok(())
    }

    fn is_our_drain(&self, node: &Node) -> bool {
        node.last_drain.as_ref().is_some_and(|d| d.meta.get(META_KEY) == Some(&self.key))
    }

    /// Starts the drain, or goes on with one of ours; another's is not touched.
    pub(super) async fn drain(&self, node: &NodeRef, before: &Node, deadline: Nanos) -> Result<()> {
        if before.drain_strategy.is_some() && !self.is_our_drain(before) {
            return Err(Error::refused(format!("someone else is draining node {} now", node.name)));
        }
        let spec = DrainSpec { deadline, ignore_system_jobs: self.options.ignore_system };
        let begun_before = before.last_drain.as_ref().and_then(|d| d.started_at);
        let read_back = async || {
            let now = self.nomad.read(&node::get(&node.id)).await?.value;
            let started = now.last_drain.as_ref().and_then(|d| d.started_at);
            let draining = now.drain_strategy.is_some_and(|s| s.deadline == deadline);
            Ok((self.is_our_drain(&now) && (draining || started != begun_before)).then_some(()))
        };
        settle(
            &self.nomad,
            &self.permission,
            &node::drain(&node.id, spec, &self.mark()),
            PATIENCE,
            read_back,
        )
        .await?;
        Ok(())
    }

    /// Waits until the node drains no longer, and says how that ended.
    pub(super) async fn follow_drain(&mut self, node: &NodeRef, patience: Duration) -> Result<()> {
        let mut watch = Watch::new(&self.nomad, node::get(&node.id), PATIENCE);
        let begun = self.recorder.now();
        let mut now: Option<Node> = None;
        loop {
            tokio::select! {
                reply = watch.next() => now = Some(reply?.value),
                () = sleep(TICK) => {}
            }
            let Some(n) = &now else { continue };
            if let Some(end) = drain_end::of(n, n.last_drain.as_ref().and_then(|d| d.started_at)) {
                return self.judge_drain(node, n, end);
            }
            let quiet = self.recorder.now().duration_since(begun).unsigned_abs();
            self.recorder.waiting(&[format!("{}: draining what is left", node.name)]);
            if quiet > patience {
                self.cancel_drain(node).await?;
                return Err(Error::new(
                    ExitCode::TimedOut,
                    format!(
                        "the drain of node {} did not end within {} s and was cancelled",
                        node.name,
                        patience.as_secs()
                    ),
                ));
            }
        }
    }

    /// `complete` alone proves nothing of the node, and another drain than ours is not ours to judge.
    fn judge_drain(&self, node: &NodeRef, now: &Node, end: End) -> Result<()> {
        let up = matches!(now.status, NodeStatus::Ready | NodeStatus::Initializing);
        let end = match end {
            End::Complete if !up => End::Lost { why: format!("its status is {}", now.status) },
            End::Complete if !self.is_our_drain(now) => End::Cancelled { by: "someone else".to_owned() },
            end => end,
        };
        let error = Error::failed(format!("node {}: {end}", node.name));
        match end {
            End::Complete => Ok(()),
            End::Forced if self.options.batch == Some(Batch::Kill) => Ok(()),
            End::Cancelled { .. } => Err(error.hint("run the same command again when they are done")),
            End::Forced | End::Lost { .. } | End::Gone => Err(error),
        }
    }

    /// System jobs end a moment after the drain does.
    async fn await_empty(&mut self, node: &NodeRef) -> Result<()> {
        let mut watch = Watch::new(&self.nomad, on_node(node), PATIENCE);
        let begun = self.recorder.now();
        let mut here: Option<Vec<AllocStub>> = None;
        loop {
            tokio::select! {
                reply = watch.next() => here = Some(reply?.value),
                () = sleep(TICK) => {}
            }
            let Some(allocs) = &here else { continue };
            let stays = |a: &&AllocStub| {
                is_there(a, &node.id) && !(self.options.ignore_system && a.job_type == JobType::System)
            };
            let left: Vec<&AllocStub> = allocs.iter().filter(stays).collect();
            let Some(first) = left.first() else { return Ok(()) };
            let quiet = self.recorder.now().duration_since(begun).unsigned_abs();
            if quiet > SEALING {
                return Err(Error::new(
                    ExitCode::TimedOut,
                    format!("{} still on node {}", words::count(left.len(), "allocation"), node.name),
                )
                .because(format!("{} is {}", first.name, first.client_status)));
            }
            self.recorder.waiting(&[format!("{}: {} is stopping", node.name, first.name)]);
        }
    }

    /// Ends a drain of ours at once: nothing more is stopped after the reply.
    pub(super) async fn cancel_drain(&mut self, node: &NodeRef) -> Result<()> {
        let now = self.nomad.read(&node::get(&node.id)).await?.value;
        if now.drain_strategy.is_none() || !self.is_our_drain(&now) {
            return Ok(());
        }
        let read_back = async || {
            let now = self.nomad.read(&node::get(&node.id)).await?.value;
            Ok(now.drain_strategy.is_none().then_some(()))
        };
        let call = node::cancel_drain(&node.id, false, &self.mark());
        settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await?;
        self.recorder.emit(Event::DrainCancelled { node: node.clone() })
    }
}

/// Everything on one node.
fn on_node(node: &NodeRef) -> crate::api::http::Get<Vec<AllocStub>> {
    let filter = format!("NodeID == {}", quoted(&node.id));
    allocation::list().namespace(ALL_NAMESPACES).filter(Some(&filter))
}

fn is_batch(alloc: &AllocStub) -> bool {
    alloc.job_type.ends()
}
