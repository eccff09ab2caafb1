//! The whole of a rotation: mark, replace, then node after node, each emptied, sealed and verified.

use crate::api::nomad::node::NodeStub;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::metric;
use crate::model::words;
use crate::ops::rotate::event::{Event, NodeRef};
use crate::ops::rotate::forecast;
use crate::ops::rotate::options::{OnFailure, Replace, Risk};
use crate::ops::rotate::plan::{NodePlan, Plan, Way};
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{Rotation, names};
use crate::ops::rotate::scene;

impl Rotation<'_> {
    /// Carries the plan out. Whatever ends it early leaves the cluster safe and says how to go on.
    ///
    /// # Errors
    /// What went wrong, what was refused by a fresh check, or that it was interrupted.
    pub async fn run(&mut self, plan: &Plan, selected: &[NodeStub], index: u64) -> Result<()> {
        self.begin(plan, index)?;
        let ended = self.carry_out(plan, selected).await;
        match ended {
            Ok(()) => self.finish(plan),
            Err(error) => {
                let error = self.stop_safely(plan, error).await;
                let (reason, code) = (error.to_string(), error.code().name().to_owned());
                self.recorder.emit(Event::Stopped { reason, code })?;
                Err(error)
            }
        }
    }

    fn begin(&mut self, plan: &Plan, index: u64) -> Result<()> {
        let resumed = self.recorder.memory.rotation.is_some();
        if !resumed {
            let (rotation, time) = (self.name.clone(), self.recorder.now());
            self.recorder.intend(Intent::Begin { rotation, index, time })?;
        }
        let nodes = plan.nodes.iter().map(|n| n.node.clone()).collect();
        self.recorder.emit(Event::Started { rotation: self.name.clone(), nodes, resumed })
    }

    async fn carry_out(&mut self, plan: &Plan, selected: &[NodeStub]) -> Result<()> {
        self.mark_all(&plan.nodes).await?;
        if let Replace::Command { argv, count, within } = self.options.replace.clone() {
            self.replace(selected, &argv, count, within).await?;
            self.check_all(plan).await?;
        }
        for node in plan.nodes.iter().filter(|n| n.skip.is_some()) {
            let reason = node.skip.clone().unwrap_or_default();
            self.recorder.emit(Event::NodeSkipped { node: node.node.clone(), reason })?;
        }
        let to_empty: Vec<&NodePlan> = plan.to_empty().collect();
        for (position, node) in to_empty.iter().enumerate() {
            self.go_on("between two nodes")?;
            self.rotate_node(plan.way, node, position + 1, to_empty.len()).await?;
        }
        Ok(())
    }

    /// With the replacements there, everything that is going to move is asked about once more.
    async fn check_all(&mut self, plan: &Plan) -> Result<()> {
        let leaving: Vec<_> = plan.to_empty().flat_map(|n| &n.moves).collect();
        let jobs = leaving.iter().map(|a| (a.namespace.clone(), a.job_id.clone())).collect();
        let allocs = scene::allocs_of(&self.nomad, &jobs).await?;
        let forecast = forecast::ask(&self.nomad, self.ground(&allocs), &leaving).await?;
        self.judge(&forecast, "with the replacements")
    }

    fn judge(&self, forecast: &forecast::Forecast, when: &str) -> Result<()> {
        if !forecast.losses.is_empty() {
            let error =
                Error::refused(format!("not everything would find a place {when}; nothing more was moved"));
            let lines = forecast
                .losses
                .iter()
                .map(|l| format!("{} of {}: {}", l.unplaced, l.group, metric::explain(&l.metric)));
            return Err(lines.fold(error, Error::because).hint("add room and run the same command again"));
        }
        match &forecast.unknown {
            Some(why) if !self.options.accept.contains(&Risk::NoForecast) => {
                Err(Error::refused(format!("whether everything finds a place {when} is not known"))
                    .because(why.clone()))
            }
            _ => Ok(()),
        }
    }

    async fn rotate_node(&mut self, way: Way, plan: &NodePlan, position: usize, of: usize) -> Result<()> {
        let begun = self.recorder.now();
        let node = plan.node.clone();
        let jobs = self.jobs_of(plan);
        self.recorder.emit(Event::NodeStarted {
            node: node.clone(),
            position,
            of,
            moves: plan.moves.len(),
        })?;
        let before = self.before(&jobs).await?;
        let allocs = scene::allocs_of(&self.nomad, &jobs).await?;
        let here: Vec<_> = plan.moves.iter().collect();
        let forecast = forecast::ask(&self.nomad, self.ground(&allocs), &here).await?;
        self.judge(&forecast, &format!("when node {} is emptied", node.name))?;
        let mut emptying = self.begin_emptying(plan)?;
        match way {
            Way::StepByStep => self.empty(&mut emptying).await?,
            Way::SupervisedDrain => self.supervise(plan, &mut emptying).await?,
        }
        self.settle_batch(&node).await?;
        self.seal(&node).await?;
        self.verify(&mut emptying, &jobs, &before).await?;
        let seconds = self.recorder.now().duration_since(begun).as_secs_f64();
        self.recorder.emit(Event::NodeRotated { node, seconds })
    }

    fn finish(&mut self, plan: &Plan) -> Result<()> {
        let skipped: Vec<&NodePlan> = plan.nodes.iter().filter(|n| n.skip.is_some()).collect();
        let rotated = plan.nodes.len() - skipped.len();
        let lost: Vec<String> = self
            .recorder
            .outcome()
            .moved
            .values()
            .filter(|m| m.outcome == crate::ops::rotate::event::Outcome::Lost)
            .map(|m| m.alloc.name.clone())
            .collect();
        self.recorder.emit(Event::Finished { rotated, skipped: skipped.len() })?;
        if !lost.is_empty() {
            return Err(Error::failed(format!(
                "{} lost with their node and replaced by Nomad",
                words::count(lost.len(), "allocation")
            ))
            .because(lost.join(", ")));
        }
        if skipped.is_empty() {
            return Ok(());
        }
        let list = names(skipped.iter().map(|n| &n.node));
        Err(Error::new(
            ExitCode::Pending,
            format!("{} left out and ineligible: {list}", words::count(skipped.len(), "node")),
        )
        .hint("run it again with another --singletons or --batch to move them"))
    }

    /// Leaves nothing draining, restores eligibility where that was asked for, and says how to go on.
    async fn stop_safely(&mut self, plan: &Plan, error: Error) -> Error {
        let left: Vec<NodeRef> = plan
            .nodes
            .iter()
            .filter(|n| !n.done && !self.recorder.memory.rotated.contains_key(&n.node.id))
            .map(|n| n.node.clone())
            .collect();
        if self.options.on_failure == OnFailure::Restore {
            return match self.restore(&plan.nodes).await {
                Ok(()) => error.hint("the nodes that were not rotated have their earlier eligibility again"),
                Err(e) => error.because(format!("restoring eligibility failed too: {e}")),
            };
        }
        let list = names(&left);
        let rotated = plan.nodes.len() - left.len();
        error
            .hint(format!(
                "{rotated} of {} rotated; still ineligible: {list}",
                words::count(plan.nodes.len(), "node")
            ))
            .hint("to continue, run the same command again; it repeats nothing")
            .hint(format!("to give up instead: fleet node eligible {list}"))
    }
}
