//! What is told of a round: what changed since the last one, and what is waited for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::nomad::allocation::{AllocStub, ClientStatus};
use crate::api::nomad::node::NodeStatus;
use crate::error::Result;
use crate::model::group::{GroupKey, is_leaving};
use crate::model::unseen_end::{self, NodesSeen};
use crate::model::{window, words};
use crate::ops::migration::live::ClusterPicture;
use crate::ops::migration::progress::{MoveFailure, Progress};
use crate::ops::migration::{AllocRef, NodeRef, alloc_ref};
use crate::ops::rotate::decide::{Decision, Phase, RunState, is_batch};
use crate::ops::rotate::ending::TO_CONTINUE;
use crate::ops::rotate::event::{Event, Moved, Outcome};
use crate::ops::rotate::options::Batch;
use crate::ops::rotate::plan::words_of_down;
use crate::ops::rotate::rotation::Rotation;

/// Of so many services it is said how they stand.
const MOST_FLOORS: usize = 6;
/// A wait that is shorter than this is no hold.
const WORTH_A_WORD: Duration = Duration::from_secs(10);

impl Rotation<'_> {
    /// Emits what changed since the last round.
    pub(super) fn tell(&mut self, picture: &ClusterPicture, decision: &Decision) -> Result<()> {
        if decision.progress != self.seen || decision.phases != self.phases {
            self.last_progress = self.recorder.now();
        }
        self.tell_moves(picture, decision)?;
        self.tell_batch(picture, decision)?;
        self.tell_phases(picture, decision)?;
        self.tell_hold(decision)?;
        self.tell_silence(picture, decision)?;
        self.seen.clone_from(&decision.progress);
        self.phases.clone_from(&decision.phases);
        let mut lines = self.waiting_lines(decision);
        lines.extend(floor_lines(picture, decision, &self.run));
        self.recorder.waiting(&lines);
        self.leave_word(picture);
        Ok(())
    }

    fn tell_moves(&mut self, picture: &ClusterPicture, decision: &Decision) -> Result<()> {
        let by_id: HashMap<&str, &AllocStub> = picture.allocs.iter().map(|a| (a.id.as_str(), a)).collect();
        let all: Vec<(NodeRef, AllocRef)> = self
            .goal
            .nodes
            .iter()
            .flat_map(|n| {
                let of_node = self.recorder.memory.emptied.get(&n.node.id).into_iter().flatten();
                of_node.map(|a| (n.node.clone(), a.clone()))
            })
            .collect();
        let now = self.recorder.now();
        for (node, alloc) in all {
            let Some(p) = decision.progress.get(&alloc.id) else { continue };
            // What had left when this run first looked left nobody knows when.
            if *p != Progress::Waiting && self.seen.get(&alloc.id) == Some(&Progress::Waiting) {
                self.left_at.entry(alloc.id.clone()).or_insert(now);
            }
            if self.recorder.memory.moved.get(&alloc.id).is_some_and(|moved| is_over(moved, &by_id)) {
                continue;
            }
            let new = p.replacement().and_then(|id| by_id.get(id));
            if let Some(new) = new
                && self.placed.get(&alloc.id) != Some(&new.id)
            {
                self.placed.insert(alloc.id.clone(), new.id.clone());
                let (replacement, node) = (new.id.clone(), node_of(new));
                self.recorder.emit(Event::ReplacementPlaced { alloc: alloc.clone(), replacement, node })?;
            }
            let told = self.recorder.memory.moved.get(&alloc.id).map(|m| (m.outcome, m.replacement.clone()));
            let lost = by_id.get(alloc.id.as_str()).is_some_and(|a| a.client_status == ClientStatus::Lost);
            let outcome = match p {
                // By Nomad's record it is well; it is told as that once its checks say so as well.
                Progress::Moved { replacement } if self.run.doubt(replacement).is_some() => continue,
                Progress::Moved { .. } if lost => Outcome::Lost,
                Progress::Moved { .. } => Outcome::Healthy,
                Progress::NotWanted(_) => Outcome::NotWanted,
                // What was well once and is not any more is told as that.
                Progress::Failed(_) if told.is_some() => Outcome::Unfinished,
                _ => continue,
            };
            let replacement = p.replacement().map(str::to_owned);
            if told == Some((outcome, replacement.clone())) {
                continue;
            }
            let reason = match p {
                Progress::NotWanted(why) => Some(why.to_string()),
                Progress::Failed(failure) => Some(failure_text(failure)),
                _ => None,
            };
            let moved = self.moved(&node, &alloc, (outcome, reason), new.copied());
            self.recorder.emit(Event::AllocMoved(moved))?;
        }
        Ok(())
    }

    fn moved(
        &self,
        from: &NodeRef,
        alloc: &AllocRef,
        (outcome, reason): (Outcome, Option<String>),
        new: Option<&AllocStub>,
    ) -> Moved {
        // Where the server stops allocations, nobody but it knows the very moment.
        let told = self.recorder.memory.stopped.get(&alloc.id);
        let begun = told.or_else(|| self.left_at.get(&alloc.id)).copied();
        let (seconds, upper_bound) = begun.map_or((0.0, false), |at| self.took(at, outcome, new));
        Moved {
            alloc: alloc.clone(),
            group: alloc.group(),
            from: from.clone(),
            replacement: new.map(|n| n.id.clone()),
            to: new.map(node_of),
            outcome,
            reason,
            gap_seconds: self.gaps.of(&alloc.id, told.copied()).map(|d| d.as_secs_f64()),
            seconds,
            upper_bound,
            killed_at_deadline: false,
        }
    }

    /// The seconds since its stop, and whether they may have been fewer. What left before this run looked may have arrived while
    /// nobody did: then Nomad's own time of its replacement's health tells how long it took, where it makes sense here.
    fn took(&self, stopped: Timestamp, outcome: Outcome, new: Option<&AllocStub>) -> (f64, bool) {
        let until_now = self.since(stopped).as_secs_f64();
        if self.gaps.since().is_some_and(|since| since <= stopped) {
            return (until_now, false);
        }
        let judged = new.filter(|_| outcome == Outcome::Healthy).and_then(|a| a.deployment_status.as_ref());
        let judged = judged.filter(|health| health.healthy == Some(true)).and_then(|health| health.timestamp);
        let took = judged.map(|at| at.duration_since(stopped).as_secs_f64());
        match took.filter(|took| (0.0..=until_now).contains(took)) {
            Some(took) => (took, false),
            None => (until_now, true),
        }
    }

    /// Batch work leaves no replacement: what was seen and has ended has finished, or was killed.
    fn tell_batch(&mut self, picture: &ClusterPicture, decision: &Decision) -> Result<()> {
        for (node, phase) in &decision.phases {
            if let Phase::AwaitingBatch(allocs) = phase {
                let known = self.batch.contains_key(&node.id);
                let here = picture.allocs.iter().filter(|a| a.node_id == node.id && is_batch(a));
                let awaited = here.filter(|a| allocs.iter().any(|w| w.id == a.id));
                let awaited: Vec<(String, AllocStub)> = awaited.map(|a| (a.id.clone(), a.clone())).collect();
                self.batch.entry(node.id.clone()).or_default().extend(awaited);
                if !known {
                    self.recorder.emit(Event::BatchAwaited { node: node.clone(), allocs: allocs.clone() })?;
                }
            }
        }
        let limit = self.goal.options.pace.batch_limit;
        let nodes: Vec<NodeRef> = self.goal.nodes.iter().map(|n| n.node.clone()).collect();
        for node in nodes {
            let Some(seen) = self.batch.get_mut(&node.id) else { continue };
            let running =
                |id: &String| picture.allocs.iter().any(|a| a.id == *id && !a.client_status.is_terminal());
            let ended: Vec<String> = seen.keys().filter(|id| !running(id)).cloned().collect();
            let overdue = self.run.awaited.get(&node.id).zip(limit);
            let overdue = overdue.is_some_and(|(since, limit)| {
                Duration::try_from(self.recorder.now().duration_since(*since)).unwrap_or_default() >= limit
            });
            let killed = self.goal.options.batch == Some(Batch::Kill) || overdue;
            let ended: Vec<AllocStub> = ended.iter().filter_map(|id| seen.remove(id)).collect();
            for alloc in ended {
                let outcome = if killed { Outcome::Killed } else { Outcome::Finished };
                let begun = self.begun_at.get(&node.id).copied();
                let moved = Moved {
                    killed_at_deadline: killed,
                    seconds: begun.map_or(0.0, |at| self.since(at).as_secs_f64()),
                    ..self.moved(&node, &alloc_ref(&alloc), (outcome, None), None)
                };
                self.recorder.emit(Event::AllocMoved(moved))?;
            }
        }
        Ok(())
    }

    fn tell_phases(&mut self, picture: &ClusterPicture, decision: &Decision) -> Result<()> {
        let before: BTreeMap<String, Phase> =
            self.phases.iter().map(|(n, p)| (n.id.clone(), p.clone())).collect();
        for (node, phase) in &decision.phases {
            if before.get(&node.id) == Some(phase) {
                continue;
            }
            let reason = match phase {
                Phase::Skipped(reason) => reason.clone(),
                Phase::Down => {
                    let here = picture.allocs.iter().filter(|a| a.node_id == node.id);
                    let nodes = NodesSeen::Read([(node.id.clone(), NodeStatus::Down)].into());
                    let in_doubt = unseen_end::among(here, &nodes);
                    let words = words_of_down(&in_doubt);
                    self.in_doubt.insert(node.id.clone(), in_doubt);
                    words
                }
                Phase::Gone => "the cluster does not know it any more".to_owned(),
                _ => continue,
            };
            self.recorder.emit(Event::NodeSkipped { node: node.clone(), reason })?;
        }
        Ok(())
    }

    /// A short wait is part of every rotation; one that lasts is worth a word.
    fn tell_hold(&mut self, decision: &Decision) -> Result<()> {
        let now = self.recorder.now();
        match (self.held, decision.holds.is_empty()) {
            (None, false) => self.held = Some((now, false)),
            (Some((since, false)), false) if self.since(since) >= WORTH_A_WORD => {
                self.held = Some((since, true));
                self.recorder.emit(Event::Held { reasons: decision.holds.iter().cloned().collect() })?;
            }
            // Whoever is to end begins nothing: that nothing holds it says nothing.
            (Some((since, told)), true) if !self.run.halting => {
                self.held = None;
                if told {
                    self.recorder.emit(Event::HoldEnded { seconds: self.since(since).as_secs_f64() })?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What is waited for, in lines.
    pub(super) fn waiting_lines(&self, decision: &Decision) -> Vec<String> {
        let mut lines = Vec::new();
        for (node, phase) in &decision.phases {
            match phase {
                Phase::Emptying | Phase::Failed(_) => self.lines_of_moves(node, decision, &mut lines),
                Phase::AwaitingBatch(allocs) => {
                    lines.extend(allocs.iter().map(|a| self.batch_line(node, a)));
                }
                Phase::Sealing(left) => match left.first() {
                    Some(first) => lines.push(format!("{}: {} is stopping", node.name, first.name)),
                    None => lines.push(format!("{}: draining what is left", node.name)),
                },
                Phase::Verifying => {
                    let why = self.unwell.get(&node.id).into_iter().flatten();
                    lines.push(format!("{}: empty; what left it is looked at once more", node.name));
                    lines.extend(why.map(|line| format!("  {line}")));
                }
                _ => {}
            }
            lines.extend(self.silence_line(node, decision));
        }
        if let Some(pause) = &self.paused {
            lines.push(format!("{pause}; to go on: fleet rotation resume {}", self.goal.name));
        }
        lines.extend(decision.steps.iter().chain(&decision.holds).map(|line| format!("  {line}")));
        if let Some(left) = decision.settling.filter(|left| !left.is_zero()) {
            let left = Duration::from_secs(left.as_secs_f64().ceil() as u64);
            lines.push(format!("everything is well; a last look in {} s", left.as_secs()));
        }
        lines
    }

    /// How long batch work runs already, and how long it may.
    fn batch_line(&self, node: &NodeRef, alloc: &AllocRef) -> String {
        let begun = self.batch.get(&node.id).and_then(|seen| seen.get(&alloc.id)?.create_time);
        let runs =
            begun.map(|at| format!("; it has run for {}", words::span(self.since(at)))).unwrap_or_default();
        let mut left = Vec::new();
        let awaited = self.run.awaited.get(&node.id).map(|at| self.since(*at)).unwrap_or_default();
        if let Some(limit) = self.goal.options.pace.batch_limit {
            left.push(format!("it is stopped in {}", words::span(limit.saturating_sub(awaited))));
        }
        let now = self.recorder.now();
        if let Some(open) = window::left(&self.goal.options.pace.windows, now) {
            left.push(format!("the window closes in {}", words::span(open)));
        }
        if let Some(at) = self.goal.deadline {
            let until = Duration::try_from(at.duration_since(now)).unwrap_or_default();
            left.push(format!("--timeout ends the run in {}", words::span(until)));
        }
        let left = if left.is_empty() { String::new() } else { format!("; {}", left.join(", ")) };
        format!("{}: {} has to finish{runs}{left}", node.name, alloc.name)
    }

    fn lines_of_moves(&self, node: &NodeRef, decision: &Decision, lines: &mut Vec<String>) {
        let Some(tracked) = self.recorder.memory.emptied.get(&node.id) else { return };
        let of = |a: &AllocRef| decision.progress.get(&a.id);
        let left = tracked.iter().filter(|a| of(a).is_some_and(|p| !p.is_good())).count();
        if left == 0 {
            return;
        }
        lines.push(format!("{}: {left} of {} still to move{}", node.name, tracked.len(), self.quiet_words()));
        for alloc in tracked {
            let rule = decision.rules.get(&alloc.group());
            match of(alloc) {
                Some(Progress::Stopping) => {
                    lines.push(format!("  {} is stopping, or waits for its replacement", alloc.name));
                }
                Some(Progress::Settling { replacement }) => {
                    let place =
                        self.recorder.memory.placed.get(&alloc.id).filter(|(id, _)| id == replacement);
                    let place = place.map_or("?", |(_, node)| node.name.as_str());
                    let manual = if rule.is_some_and(|r| r.manual_health) {
                        "; its job has health_check = \"manual\", so somebody has to set its health"
                    } else {
                        ""
                    };
                    lines.push(format!("  {} is placed on {place}, not healthy yet{manual}", alloc.name));
                }
                Some(Progress::Moved { replacement }) => {
                    let doubt = self.run.doubt(replacement);
                    lines.extend(doubt.map(|why| format!("  {} has moved, but: {why}", alloc.name)));
                }
                _ => {}
            }
        }
    }

    /// Says what is to be known if the run is ended at once.
    fn leave_word(&mut self, picture: &ClusterPicture) {
        let marked = self.goal.nodes.iter().map(|n| &n.node).filter(|n| self.run.marked.contains(&n.id));
        let marked: Vec<&NodeRef> = marked.chain(&self.goal.aside).collect();
        let still = || format!("still ineligible: {}", self.first_of(&marked, &picture.nodes));
        self.still_ineligible = (!marked.is_empty()).then(still);
        self.orderly.last_words(self.parting_words());
    }

    /// The names of what is on its way, as far as it is known: what was told to go since the last look is.
    fn on_its_way(&self) -> Vec<&str> {
        let goes = |alloc: &&AllocRef| match self.seen.get(&alloc.id) {
            None | Some(Progress::Waiting) => self.recorder.memory.stopped.contains_key(&alloc.id),
            Some(progress) => progress.is_under_way(),
        };
        let tracked = self.recorder.memory.emptied.values().flatten();
        tracked.filter(goes).map(|a| a.name.as_str()).collect()
    }

    /// What is to be known if the run is ended at once, and how to go on.
    pub(super) fn parting_words(&self) -> Vec<String> {
        let moving = self.on_its_way();
        let moving = (!moving.is_empty()).then(|| format!("on its way without fleet: {}", moving.join(", ")));
        let mut lines: Vec<String> = moving.into_iter().chain(self.still_ineligible.clone()).collect();
        lines.extend(self.words_of_raises());
        lines.push(TO_CONTINUE.to_owned());
        // Without a node or a count in hand there is nothing to give back.
        let in_hand = !self.run.marked.is_empty() || !self.run.surged.is_empty();
        if in_hand && self.goal.store.is_kept() {
            lines.push(self.to_give_up());
        }
        lines
    }
}

/// Whether what took its place was found well, and was told to go since: what becomes of that one is a move of its own.
fn is_over(moved: &Moved, by_id: &HashMap<&str, &AllocStub>) -> bool {
    let Some(replacement) = moved.replacement.as_deref().filter(|_| moved.outcome != Outcome::Unfinished)
    else {
        return false;
    };
    by_id.get(replacement).is_none_or(|now| {
        let ended_badly = matches!(now.client_status, ClientStatus::Failed | ClientStatus::Lost);
        is_leaving(now) && !ended_badly
    })
}

/// How the services that move stand, in lines.
fn floor_lines(picture: &ClusterPicture, decision: &Decision, run: &RunState) -> Vec<String> {
    let moving = |alloc: &&AllocStub| decision.progress.get(&alloc.id).is_some_and(Progress::is_under_way);
    let groups: BTreeSet<GroupKey> = picture.allocs.iter().filter(moving).map(GroupKey::of).collect();
    let line = |key: &GroupKey| {
        let rule = decision.rules.get(key)?;
        let available = picture.allocs.iter().filter(|a| key.owns(a) && run.is_available(a)).count();
        Some(format!("  {key}: {available} of {} available, never below {}", rule.count, rule.floor))
    };
    groups.iter().take(MOST_FLOORS).filter_map(line).collect()
}

/// A failed move in words, of which the name of what moved is no part.
pub(super) fn failure_text(failure: &MoveFailure) -> String {
    match failure {
        MoveFailure::Unplaced(why) => format!("its replacement cannot be placed: {why}"),
        MoveFailure::Unhealthy { why, .. } => format!("its replacement is not healthy: {why}"),
        MoveFailure::Missing => "nothing runs in its place, and its group lacks it".to_owned(),
    }
}

fn node_of(alloc: &AllocStub) -> NodeRef {
    NodeRef { id: alloc.node_id.clone(), name: alloc.node_name.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alloc(id: &str, desired: &str, client: &str) -> AllocStub {
        serde_json::from_value(json!({
            "ID": id, "Name": "web.g[0]", "Namespace": "default", "NodeID": "n", "NodeName": "c1", "JobID": "web", "JobType": "service",
            "TaskGroup": "g", "DesiredStatus": desired, "ClientStatus": client, "CreateIndex": 1, "ModifyIndex": 1,
        }))
        .unwrap()
    }

    #[test]
    fn a_move_that_went_well_is_over_once_its_replacement_is_told_to_go() {
        let node = || NodeRef { id: "n".into(), name: "c1".into() };
        let allocation = AllocRef {
            id: "a".into(),
            name: "web.g[0]".into(),
            job: "web".into(),
            namespace: "default".into(),
        };
        let moved = |outcome| Moved::in_a_second(&allocation, &node(), Some("b".into()), outcome);
        let over = |outcome, desired, client| {
            let now = alloc("b", desired, client);
            is_over(&moved(outcome), &[("b", &now)].into())
        };
        assert!(!over(Outcome::Healthy, "run", "running"));
        assert!(over(Outcome::Healthy, "stop", "running"));
        assert!(over(Outcome::Healthy, "stop", "complete"));
        assert!(!over(Outcome::Healthy, "stop", "failed"), "it did not stay well");
        assert!(!over(Outcome::Unfinished, "stop", "complete"), "it was not well");
        assert!(is_over(&moved(Outcome::Healthy), &HashMap::new()), "it was collected");
    }
}
