//! What a rotation does to the cluster. Each act is written down before it is done, and found out when its reply is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::future::join_all;

use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::node::{self, DrainSpec, Eligibility, Node};
use crate::api::settle::settle;
use crate::api::wire::Nanos;
use crate::error::{Error, Result};
use crate::model::group::GroupKey;
use crate::model::ids::{JobKey, JobType};
use crate::model::metric;
use crate::ops::migration::eligibility;
use crate::ops::migration::forecast::{self, Forecast, ForecastInput};
use crate::ops::migration::live::{ClusterPicture, Live, Part};
use crate::ops::migration::{NodeRef, alloc_ref};
use crate::ops::rotate::begin::jobs_on;
use crate::ops::rotate::decide::{self, Act, is_batch, is_there};
use crate::ops::rotate::event::{Event, StopEvidence};
use crate::ops::rotate::options::Risk;
use crate::ops::rotate::plan::{META_KEY, Strategy};
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{PATIENCE, Rotation};

/// Up to how long is waited before a stop that no lock protects.
const OUT_OF_STEP: Duration = Duration::from_secs(2);
/// How long nothing more of a group is stopped after somebody else took something of it away.
const ALARM: Duration = Duration::from_secs(15);

impl Rotation<'_> {
    /// Lets nodes take no new work. What they were was written down when the rotation began.
    pub(super) async fn mark_nodes(&mut self, nodes: &[NodeRef]) -> Result<bool> {
        let marked =
            eligibility::set_each(&self.nomad, &self.permission, nodes, Eligibility::Ineligible).await;
        let mut failed = None;
        for (node, result) in marked {
            if let Err(error) = result {
                failed.get_or_insert(error);
                continue;
            }
            let was = self.recorder.memory.was.get(&node.id).copied().unwrap_or(Eligibility::Eligible);
            self.run.marked.insert(node.id.clone());
            self.recorder.emit(Event::NodeIneligible { node: node.clone(), was })?;
        }
        failed.map_or(Ok(!nodes.is_empty()), |error| Err(error.into()))
    }

    /// With the replacements of these nodes there, everything that is going to leave them is asked about once more.
    pub(super) async fn check_wave(&mut self, live: &mut Live, nodes: &BTreeSet<String>) -> Result<()> {
        live.refresh(&self.jobs()).await?;
        let Some(picture) = live.picture() else { return Ok(()) };
        let leaves =
            |a: &&AllocStub| nodes.contains(&a.node_id) && is_there(a) && a.job_type == JobType::Service;
        let leaving: Vec<&AllocStub> = picture.allocs.iter().filter(leaves).collect();
        let forecast = self.forecast(picture, &leaving).await?;
        self.judge(&forecast, "with the replacements")
    }

    pub(super) async fn forecast(
        &self,
        picture: &ClusterPicture,
        leaving: &[&AllocStub],
    ) -> Result<Forecast> {
        let survivors: Vec<String> = picture
            .nodes
            .iter()
            .filter(|n| n.is_schedulable() && !self.doomed.contains(&n.id))
            .map(|n| n.id.clone())
            .collect();
        let input = ForecastInput {
            jobs: &picture.jobs,
            allocs: &picture.allocs,
            doomed: &self.doomed,
            survivors: &survivors,
            marked: true,
        };
        forecast::ask(&self.nomad, input, leaving).await
    }

    pub(super) fn judge(&self, forecast: &Forecast, when: &str) -> Result<()> {
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
            Some(why) if !self.goal.options.accept.contains(&Risk::NoForecast) => {
                Err(Error::refused(format!("whether everything finds a place {when} is not known"))
                    .because(why.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Stops allocations: after one more look at everything, only those that are still to be stopped then, and only where
    /// their replacements find room.
    pub(super) async fn stop(&mut self, live: &mut Live, ids: &[String]) -> Result<bool> {
        if self.lock.unprotected().is_some() {
            // Whoever began at the same moment has marked its nodes by then, and whose turn it is can be seen.
            tokio::time::sleep(OUT_OF_STEP.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        }
        let jobs = live.picture().map(|picture| jobs_of(picture, ids)).unwrap_or_default();
        live.refresh_part(Part { jobs, ..Part::default() }).await?;
        let Some(picture) = live.picture() else { return Ok(false) };
        if self.orderly.now().is_some() {
            return Ok(false);
        }
        let again = decide::decide(self.input(picture));
        self.read_checks(picture, &again, true).await;
        let again = decide::decide(self.input(picture));
        let chosen: BTreeSet<&String> = again.stops().filter(|id| ids.contains(id)).collect();
        let now = self.recorder.now();
        let mut stops: Vec<AllocStub> = picture
            .allocs
            .iter()
            .filter(|a| chosen.contains(&a.id) && self.lock.holds(&JobKey::of(a), now))
            .cloned()
            .collect();
        if self.lock.unprotected().is_some() {
            // Nobody keeps others away: one at a time, and a look at what became of it before the next.
            stops.truncate(1);
        }
        if stops.is_empty() {
            return Ok(false);
        }
        self.check_room(picture, &stops.iter().collect::<Vec<_>>()).await?;
        let before = self.available(picture, &stops);
        let evidence = |key: &GroupKey| {
            let rule = again.rules.get(key)?;
            let available = before.get(key).copied()?;
            Some(StopEvidence { available, count: rule.count, floor: rule.floor })
        };
        let evidence = stops.iter().map(|a| evidence(&GroupKey::of(a))).collect::<Vec<_>>();
        self.stop_all(&stops, &evidence).await?;
        let jobs = stops.iter().map(JobKey::of).collect();
        live.refresh_part(Part { jobs, ..Part::default() }).await?;
        if let Some(picture) = live.picture() {
            self.find_others(picture, &stops, &before)?;
        }
        Ok(true)
    }

    async fn check_room(&self, picture: &ClusterPicture, stops: &[&AllocStub]) -> Result<()> {
        let forecast = self.forecast(picture, stops).await?;
        if let Some(loss) = forecast.losses.first() {
            return Err(Error::refused(format!(
                "{} of {} would find no place any more",
                loss.unplaced, loss.group
            ))
            .because(metric::explain(&loss.metric))
            .hint("nothing of it was stopped; add room and run the same command again"));
        }
        match forecast.unknown {
            Some(why) if !self.goal.options.accept.contains(&Risk::NoForecast) => {
                Err(Error::refused("whether what leaves finds room is not known").because(why))
            }
            _ => Ok(()),
        }
    }

    async fn stop_all(&mut self, stops: &[AllocStub], evidence: &[Option<StopEvidence>]) -> Result<()> {
        let time = self.recorder.now();
        for alloc in stops {
            self.recorder.intend(Intent::Stop { alloc: alloc.id.clone(), time })?;
        }
        self.save().await?;
        // Whoever ends the run at once is told of them, also before the next look.
        self.orderly.last_words(self.parting_words());
        let stopped = join_all(stops.iter().map(|alloc| self.stop_one(alloc))).await;
        let mut failed = None;
        for ((alloc, evidence), result) in stops.iter().zip(evidence).zip(stopped) {
            let node = NodeRef { id: alloc.node_id.clone(), name: alloc.node_name.clone() };
            let (alloc, evidence) = (alloc_ref(alloc), *evidence);
            match result {
                Ok(()) => self.recorder.emit(Event::AllocStopped { alloc, node, evidence })?,
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn stop_one(&self, alloc: &AllocStub) -> Result<()> {
        let read_back = async || {
            let now = self.nomad.read(&allocation::get(&alloc.id)).await?.value;
            let stopping = now.desired_transition.migrate == Some(true) || now.client_status.is_terminal();
            Ok(stopping.then_some(()))
        };
        let call = allocation::stop(&alloc.id);
        settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await?;
        Ok(())
    }

    /// How many allocations of the groups of these are available.
    fn available(&self, picture: &ClusterPicture, stops: &[AllocStub]) -> BTreeMap<GroupKey, u64> {
        let groups: BTreeSet<GroupKey> = stops.iter().map(GroupKey::of).collect();
        let count = |key: GroupKey| {
            let well = picture.allocs.iter().filter(|a| key.owns(a) && self.run.is_available(a));
            let available = well.count() as u64;
            (key, available)
        };
        groups.into_iter().map(count).collect()
    }

    /// Whether more of a group went away than was stopped here: then somebody else is at work on it, and it is left alone for
    /// a while.
    fn find_others(
        &mut self,
        picture: &ClusterPicture,
        stops: &[AllocStub],
        before: &BTreeMap<GroupKey, u64>,
    ) -> Result<()> {
        let after = self.available(picture, stops);
        for (key, was) in before {
            let ours = stops.iter().filter(|a| key.owns(a) && self.run.is_available(a)).count() as u64;
            let now = after.get(key).copied().unwrap_or(0);
            if now + ours < *was {
                let until = self.recorder.now() + ALARM;
                self.run.alarmed.insert(key.clone(), until);
                self.notice(format!(
                    "{key} lost {} more than was stopped here; nothing more of it is stopped for {} s",
                    was - now - ours,
                    ALARM.as_secs()
                ))?;
            }
        }
        Ok(())
    }

    /// Drains a node of what is left on it, after one more look at what that is.
    pub(super) async fn seal(&mut self, live: &mut Live, node: &NodeRef, force: bool) -> Result<bool> {
        let supervised =
            self.goal.strategy == Strategy::SupervisedDrain && !self.run.drained.contains(&node.id);
        // From what the servers stop their floors must be known as well.
        let here = || live.picture().map(|picture| jobs_on(picture, std::slice::from_ref(node)));
        let jobs = supervised.then(here).flatten().unwrap_or_default();
        let nodes = BTreeSet::from([node.id.clone()]);
        live.refresh_part(Part { nodes, jobs, ..Part::default() }).await?;
        let Some(picture) = live.picture() else { return Ok(false) };
        let mut again = decide::decide(self.input(picture));
        if supervised {
            // From here on the servers stop what they like: what they begin with is asked about right before.
            self.read_checks(picture, &again, true).await;
            again = decide::decide(self.input(picture));
        }
        if !again.acts.contains(&Act::Seal { node: node.clone(), force }) {
            return Ok(false);
        }
        if force {
            let doomed = picture.allocs.iter().filter(|a| a.node_id == node.id && is_there(a) && is_batch(a));
            let doomed: BTreeMap<String, AllocStub> = doomed.map(|a| (a.id.clone(), a.clone())).collect();
            self.batch.entry(node.id.clone()).or_default().extend(doomed);
        }
        // What runs to its end was waited for; the rest is stopped at once only where that was decided.
        let deadline = if force { Nanos::from_secs(-1) } else { Nanos(0) };
        self.save().await?;
        let before = self.nomad.read(&node::get(&node.id)).await?.value;
        self.drain(node, &before, deadline).await?;
        self.run.drained.insert(node.id.clone());
        self.last_progress = self.recorder.now();
        self.recorder.emit(Event::DrainStarted { node: node.clone(), supervised })?;
        Ok(true)
    }

    pub(super) fn is_our_drain(&self, node: &Node) -> bool {
        node.last_drain.as_ref().is_some_and(|d| d.meta.get(META_KEY) == Some(&self.goal.key))
    }

    /// Starts the drain, or goes on with one of ours; another's is not touched.
    async fn drain(&self, node: &NodeRef, before: &Node, deadline: Nanos) -> Result<()> {
        if before.drain_strategy.is_some() && !self.is_our_drain(before) {
            return Err(Error::refused(format!("someone else is draining node {} now", node.name)));
        }
        let spec = DrainSpec { deadline, ignore_system_jobs: self.goal.options.ignore_system };
        let begun_before = before.last_drain.as_ref().and_then(|d| d.started_at);
        let read_back = async || {
            let now = self.nomad.read(&node::get(&node.id)).await?.value;
            let started = now.last_drain.as_ref().and_then(|d| d.started_at);
            let draining = now.drain_strategy.is_some_and(|s| s.deadline == deadline);
            Ok((self.is_our_drain(&now) && (draining || started != begun_before)).then_some(()))
        };
        let call = node::drain(&node.id, spec, &self.mark(node));
        settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await?;
        Ok(())
    }

    /// Ends a drain of ours at once, and tells of it: nothing more is stopped after the reply.
    pub(super) async fn cancel_drain(&mut self, node: &NodeRef) -> Result<()> {
        match self.end_drain(node).await? {
            true => self.recorder.emit(Event::DrainCancelled { node: node.clone() }),
            false => Ok(()),
        }
    }

    /// Ends a drain of ours at once; whether there was one.
    pub(super) async fn end_drain(&self, node: &NodeRef) -> Result<bool> {
        let now = self.nomad.read(&node::get(&node.id)).await?.value;
        if now.drain_strategy.is_none() || !self.is_our_drain(&now) {
            return Ok(false);
        }
        let read_back = async || {
            let now = self.nomad.read(&node::get(&node.id)).await?.value;
            Ok(now.drain_strategy.is_none().then_some(()))
        };
        let call = node::cancel_drain(&node.id, false, &self.mark(node));
        settle(&self.nomad, &self.permission, &call, PATIENCE, read_back).await?;
        Ok(true)
    }
}

/// The jobs of these allocations.
fn jobs_of(picture: &ClusterPicture, ids: &[String]) -> BTreeSet<JobKey> {
    let ids: BTreeSet<&String> = ids.iter().collect();
    picture.allocs.iter().filter(|a| ids.contains(&a.id)).map(JobKey::of).collect()
}
