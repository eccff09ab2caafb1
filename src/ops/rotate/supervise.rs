//! Where the token may not stop allocations: the server drains, and every replacement is watched.

use std::rc::Rc;

use tokio::time::sleep;

use crate::api::nomad::ALL_NAMESPACES;
use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::evaluation::{self, EvalStatus};
use crate::api::nomad::node::{self, Node};
use crate::api::watch::Watch;
use crate::api::wire::Nanos;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::group::GroupKey;
use crate::model::metric;
use crate::ops::rotate::empty::Emptying;
use crate::ops::rotate::event::{Event, NodeRef};
use crate::ops::rotate::plan::NodePlan;
use crate::ops::rotate::rotation::{PATIENCE, Rotation, TICK};
use crate::ops::rotate::scene;
use crate::ops::rotate::step::{self, Next, Progress};

impl Rotation<'_> {
    /// Drains the node without a deadline and follows every allocation; cancels at the first replacement that is unplaced
    /// or unhealthy, and when asked to stop.
    pub(super) async fn supervise(&mut self, plan: &NodePlan, e: &mut Emptying) -> Result<()> {
        let node = &plan.node;
        let before = self.nomad.read(&node::get(&node.id)).await?.value;
        self.drain(node, &before, Nanos(0)).await?;
        self.recorder.emit(Event::DrainStarted { node: node.clone(), supervised: true })?;
        let watched = self.watch_over(plan, e).await;
        if watched.is_err() {
            self.cancel_drain(node).await?;
        }
        watched
    }

    async fn watch_over(&mut self, plan: &NodePlan, e: &mut Emptying) -> Result<()> {
        let jobs = self.jobs_of(plan);
        let mut watch = Watch::new(&self.nomad, scene::allocs_of_call(&jobs), PATIENCE);
        let mut seen: Option<Rc<[AllocStub]>> = None;
        let mut drain = Watch::new(&self.nomad, node::get(&plan.node.id), PATIENCE);
        let mut stirred = self.recorder.now();
        let mut last = None;
        loop {
            tokio::select! {
                reply = watch.next() => seen = Some(reply?.value.into()),
                reply = drain.next() => self.check_still_ours(&plan.node, &reply?.value)?,
                () = sleep(TICK) => {}
            }
            let Some(allocs) = seen.clone() else { continue };
            let rules = self.rules(&allocs);
            self.find_unplaced(plan, e, &allocs).await?;
            self.tell_progress(e, &allocs, &rules)?;
            self.check_lost(e, &allocs).await?;
            let progress = step::progress(e.situation(&allocs, &rules));
            match step::next(e.situation(&allocs, &rules)) {
                Next::Emptied => {
                    let now = self.nomad.read(&node::get(&plan.node.id)).await?.value;
                    return self.check_still_ours(&plan.node, &now);
                }
                Next::Trouble(troubles) => return Err(self.trouble(e, &allocs, &troubles).await),
                // The server decides what stops next.
                Next::Stop(_) | Next::Wait => {}
            }
            self.go_on(&format!("while node {} drained", plan.node.name))?;
            if last.as_ref() != Some(&progress) {
                stirred = self.recorder.now();
            }
            let patience = plan
                .moves
                .iter()
                .filter_map(|a| self.group(&GroupKey::of(a), &allocs))
                .map(|g| g.patience)
                .max();
            if self.recorder.now().duration_since(stirred).unsigned_abs() > patience.unwrap_or_default() {
                return Err(Error::new(
                    ExitCode::TimedOut,
                    format!("nothing moved off node {} any more", plan.node.name),
                ));
            }
            last = Some(progress);
        }
    }

    /// Somebody else may cancel a drain or start one of their own over it.
    fn check_still_ours(&self, node: &NodeRef, now: &Node) -> Result<()> {
        let ours = now.last_drain.as_ref().is_some_and(|d| d.meta == self.mark());
        let ended = now.last_drain.as_ref().is_some_and(|d| d.status == node::DrainStatus::Canceled);
        if ours && !ended {
            return Ok(());
        }
        let by = now.last_drain.as_ref().map_or("somebody", |d| d.accessor_id.as_str());
        Err(Error::failed(format!("the drain of node {} was cancelled by {by}", node.name))
            .hint("run the same command again when they are done"))
    }

    /// The drainer stops without asking for room; an evaluation that waits says that there was none.
    async fn find_unplaced(&mut self, plan: &NodePlan, e: &mut Emptying, allocs: &[AllocStub]) -> Result<()> {
        let rules = self.rules(allocs);
        let progress = step::progress(e.situation(allocs, &rules));
        let open: Vec<&AllocStub> = allocs
            .iter()
            .filter(|a| progress.get(&a.id) == Some(&Progress::Stopping) && a.client_status.is_terminal())
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        let jobs = self.jobs_of(plan);
        let call = evaluation::list().namespace(ALL_NAMESPACES).filter(Some("Status == \"blocked\""));
        let blocked = self.nomad.list(&call).await?.value;
        for alloc in open {
            let waiting = blocked.iter().find(|b| {
                b.status == EvalStatus::Blocked
                    && jobs.contains(&(b.namespace.clone(), b.job_id.clone()))
                    && b.job_id == alloc.job_id
                    && b.failed_groups.contains_key(&alloc.task_group)
            });
            if let Some(metric) = waiting.and_then(|b| b.failed_groups.get(&alloc.task_group)) {
                e.mark_unplaced(&alloc.id, metric::explain(metric));
            }
        }
        Ok(())
    }
}
