//! How a rotation ends: done, or stopped with what went wrong, what was left behind and how to go on.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use crate::api::nomad::allocation;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::alloc_diagnosis::task_trouble;
use crate::model::ids::short;
use crate::model::unseen_end::{self, UnseenEnd};
use crate::model::words;
use crate::ops::migration::eligibility::{self, until_one_fails};
use crate::ops::migration::live::{ClusterPicture, Live};
use crate::ops::migration::progress::{MoveFailure, Progress};
use crate::ops::migration::{AllocRef, NodeRef, names};
use crate::ops::rotate::decide::{Decision, Phase, Problem};
use crate::ops::rotate::event::{Event, Purpose};
use crate::ops::rotate::options::OnFailure;
use crate::ops::rotate::plan::Strategy;
use crate::ops::rotate::rotation::Rotation;
use crate::ops::rotate::store;

/// A node that was given back, and what it is now.
pub(super) type GivenBack = (NodeRef, Eligibility);

/// How a rotation is gone on with that was ended.
pub(super) const TO_CONTINUE: &str = "to continue, run the same command again; it repeats nothing";
/// Of how many replacements the tasks are looked at; the others went wrong alike.
const LOOKED_AT: usize = 3;
/// So many nodes that take no work are named.
const MOST_CLOSED: usize = 8;

impl Rotation<'_> {
    /// Everything is as it was asked.
    pub(super) fn finish(&mut self) -> Result<()> {
        let in_phase = |is: &dyn Fn(&NodeRef, &Phase) -> bool| -> Vec<NodeRef> {
            self.phases.iter().filter(|(n, p)| is(n, p)).map(|(n, _)| n.clone()).collect()
        };
        let skipped = in_phase(&|_, p| matches!(p, Phase::Skipped(_)));
        // Nothing was done to a node that is down, and nobody saw what ran there end.
        let to_do = self.goal.options.service.is_some();
        let in_doubt = |n: &NodeRef| self.in_doubt.get(&n.id).is_some_and(|all| !all.is_empty());
        let down = in_phase(&|n, p| *p == Phase::Down && (to_do || in_doubt(n)));
        let rotated = self.phases.iter().filter(|(_, p)| *p == Phase::Rotated).count();
        let purpose = self.goal.purpose;
        let left_out = skipped.len() + down.len();
        self.recorder.emit(Event::Finished { rotated, skipped: left_out, purpose })?;
        if !down.is_empty() {
            return Err(self.left_down(&down, &skipped));
        }
        if skipped.is_empty() {
            return Ok(());
        }
        let list = names(&skipped, &self.goal.selected);
        let what = format!("{} left out and ineligible: {list}", words::count(skipped.len(), "node"));
        Err(Error::new(ExitCode::Pending, what)
            .hint("run it again with another --singletons or --batch to move them"))
    }

    /// The error of nodes that are down, of which nobody knows that they are as they were to be.
    fn left_down(&self, down: &[NodeRef], skipped: &[NodeRef]) -> Error {
        let (all, list) = (words::count(down.len(), "node"), names(down, &self.goal.selected));
        let are = words::either(down.len(), "is", "are");
        let error = Error::new(ExitCode::Pending, format!("{all} {are} down and left out: {list}"));
        let in_doubt: Vec<UnseenEnd> =
            down.iter().filter_map(|n| self.in_doubt.get(&n.id)).flatten().cloned().collect();
        let error = unseen_end::in_words(&in_doubt).into_iter().fold(error, Error::because);
        let error = match skipped.is_empty() {
            true => error,
            false => error.because(format!("left out as decided: {}", names(skipped, &self.goal.selected))),
        };
        error
            .hint("when it answers again, run the same command again")
            .hint(format!("when its machine is known to be gone: fleet node purge {list}"))
    }

    /// What went wrong with the nodes, with the evidence that can be had.
    pub(super) async fn problem_error(&self, live: &Live, decision: &Decision) -> Error {
        let mut errors = Vec::new();
        for (node, problems) in decision.problems() {
            errors.push(self.node_error(live.picture(), node, problems).await);
        }
        together(errors).unwrap_or_else(|| Error::failed("something went wrong that is over by now"))
    }

    async fn node_error(
        &self,
        picture: Option<&ClusterPicture>,
        node: &NodeRef,
        problems: &[Problem],
    ) -> Error {
        let moves: Vec<(&AllocRef, &MoveFailure)> = problems
            .iter()
            .filter_map(|p| match p {
                Problem::Move(alloc, failure) => Some((alloc, failure)),
                _ => None,
            })
            .collect();
        let other = problems.iter().find_map(|p| plain_error(node, p));
        if moves.is_empty() {
            return other.unwrap_or_else(|| Error::failed(format!("node {} went wrong", node.name)));
        }
        let tracked = self.recorder.memory.emptied.get(&node.id).map_or(0, Vec::len);
        let doubted = self.doubted_moves(node);
        let error = match &other {
            Some(other) => other.clone(),
            None => {
                let (tracked, wrong) = (words::count(tracked, "move"), moves.len() + doubted.len());
                Error::failed(format!("{wrong} of {tracked} off node {} went wrong", node.name))
            }
        };
        let passing = &self.run.passing;
        let told = |(alloc, failure): &(&AllocRef, &MoveFailure)| told(picture, alloc, failure, passing);
        let error = moves.iter().map(told).fold(error, Error::because);
        let error = doubted.into_iter().fold(error, Error::because);
        let unhealthy = moves.iter().filter_map(|(_, failure)| match failure {
            MoveFailure::Unhealthy { replacement, .. } => Some(replacement.as_str()),
            _ => None,
        });
        let evidence = join_all(unhealthy.take(LOOKED_AT).map(|id| self.evidence(id))).await;
        evidence.into_iter().flatten().fold(error, Error::because)
    }

    /// What has moved off the node and is not known to be well by its checks, in words.
    fn doubted_moves(&self, node: &NodeRef) -> Vec<String> {
        let in_doubt = |alloc: &AllocRef| match self.seen.get(&alloc.id) {
            Some(Progress::Moved { replacement }) => {
                let why = self.run.doubt(replacement)?;
                Some(format!("{} has moved ({}), but: {why}", alloc.name, short(replacement)))
            }
            _ => None,
        };
        let tracked = self.recorder.memory.emptied.get(&node.id).into_iter().flatten();
        tracked.filter_map(in_doubt).collect()
    }

    /// What the tasks of an allocation say; nothing where they cannot be asked, for the failure is told without them.
    async fn evidence(&self, alloc: &str) -> Vec<String> {
        let Ok(reply) = self.nomad.read(&allocation::get(alloc)).await else { return Vec::new() };
        let tasks = reply.value.task_states.iter();
        tasks
            .filter_map(|(name, task)| task_trouble(name, task))
            .map(|t| format!("{}: {t}", short(alloc)))
            .collect()
    }

    /// Leaves nothing draining under supervision, restores eligibility where that was asked for, and says how to go on.
    pub(super) async fn stop_safely(&mut self, picture: Option<&ClusterPicture>, error: Error) -> Error {
        let mut error = self.give_counts_back(picture, error).await;
        if self.goal.strategy == Strategy::SupervisedDrain {
            let drained: Vec<NodeRef> = self.goal_nodes(|n| self.run.drained.contains(&n.id));
            for node in drained {
                if let Err(e) = self.cancel_drain(&node).await {
                    error = error.because(format!("the drain of node {} goes on: {e}", node.name));
                }
            }
        }
        let all = picture.map_or_else(|| self.goal.selected.clone(), |p| p.nodes.clone());
        let rotated =
            |n: &NodeRef| self.phases.iter().any(|(p, phase)| p.id == n.id && *phase == Phase::Rotated);
        let rebalance = self.goal.purpose == Purpose::Rebalance;
        let left: Vec<NodeRef> = self.goal_nodes(|n| rebalance || !rotated(n));
        if self.goal.options.on_failure == OnFailure::Restore {
            return match self.restore(&left).await {
                Ok(()) if rebalance => error.hint("the nodes take work again as before"),
                Ok(()) => {
                    let error = error.hint("the nodes that were not rotated have their earlier eligibility again: they take work again where they did before");
                    match self.is_given_back() {
                        true => error,
                        false => error.hint(TO_CONTINUE),
                    }
                }
                Err(e) => error.because(format!("restoring eligibility failed too: {e}")),
            };
        }
        let ineligible = |n: &NodeRef| {
            let now = all.iter().find(|s| s.id == n.id);
            now.is_some_and(|s| s.scheduling_eligibility == Eligibility::Ineligible)
        };
        let stay: Vec<&NodeRef> = left.iter().filter(|n| ineligible(n)).collect();
        // What took no work before is not given up by letting it take some.
        let memory = &self.recorder.memory;
        let ours: Vec<&NodeRef> =
            stay.iter().copied().filter(|n| memory.was.get(&n.id) == Some(&Eligibility::Eligible)).collect();
        let (rotated, of) = (self.goal.nodes.len() - left.len(), self.goal.nodes.len());
        let done = format!("{rotated} of {} rotated", words::count(of, "node"));
        let error = match stay.is_empty() {
            true => error.hint(done),
            false => error.hint(format!("{done}; still ineligible: {}", self.first_of(&stay, &all))),
        };
        let error = error.hint(TO_CONTINUE);
        // What is nowhere but here is given up by hand.
        match (self.goal.store.is_kept(), ours.is_empty()) {
            (true, _) => error.hint(self.to_give_up()),
            (false, true) => error,
            (false, false) => {
                error.hint(format!("to give up instead: fleet node eligible {}", names(ours, &all)))
            }
        }
    }

    /// How everything is given back, where the journal stands on the cluster.
    pub(super) fn to_give_up(&self) -> String {
        format!("to give up instead: fleet rotation rollback {}", self.goal.name)
    }

    /// The names of the first of these nodes, and how all of them are shown where that are more.
    pub(super) fn first_of(&self, nodes: &[&NodeRef], all: &[NodeStub]) -> String {
        let (shown, more) = nodes.split_at(nodes.len().min(MOST_CLOSED));
        let shown = names(shown.iter().copied(), all);
        match more.len() {
            0 => shown,
            n => format!("{shown} and {n} more; all of them: fleet rotation show {}", self.goal.name),
        }
    }

    /// Lets every node that was closed for a while take work as before.
    pub(super) async fn open_again(&mut self) -> Result<()> {
        let closed = self.goal_nodes(|_| true);
        self.restore(&closed).await
    }

    fn goal_nodes(&self, which: impl Fn(&NodeRef) -> bool) -> Vec<NodeRef> {
        self.goal.nodes.iter().map(|n| &n.node).filter(|n| which(n)).cloned().collect()
    }

    /// Gives nodes that were not rotated the eligibility they had; those that were ineligible before stay so.
    async fn restore(&mut self, nodes: &[NodeRef]) -> Result<()> {
        let (restored, ended) = self.give_back_all(nodes).await?;
        for (node, eligibility) in restored {
            self.recorder.emit(Event::NodeRestored { node, eligibility })?;
        }
        ended
    }

    /// Lets nodes take work again that did before: which were seen to, and what they are now. Those that somebody else empties meanwhile
    /// stay as they are.
    pub(super) async fn give_back_all(&mut self, nodes: &[NodeRef]) -> Result<(Vec<GivenBack>, Result<()>)> {
        let others = match self.goal.purpose {
            Purpose::Rotation if self.goal.aside.is_empty() => BTreeMap::new(),
            // Meanwhile somebody may have begun to empty one of them, who found it closed already.
            Purpose::Rotation | Purpose::Rebalance => {
                store::nodes_of_others(&self.nomad, &self.goal.name).await?
            }
        };
        let was_open = |n: &&NodeRef| self.recorder.memory.was.get(&n.id) == Some(&Eligibility::Eligible);
        let (theirs, ours): (Vec<&NodeRef>, Vec<&NodeRef>) =
            nodes.iter().filter(was_open).partition(|n| others.contains_key(&n.id));
        let mut given = Vec::new();
        for node in theirs {
            let rotation = others.get(&node.id).map_or("", String::as_str);
            self.notice(format!("{} stays as it is: rotation {rotation} empties it", node.name))?;
            given.push((node.clone(), Eligibility::Ineligible));
        }
        let restored = until_one_fails(ours, async |node: &NodeRef| self.give_back_one(node).await).await;
        let mut ended = Ok(());
        for (node, result) in restored {
            match result {
                Ok(cancelled) => {
                    if cancelled {
                        self.recorder.emit(Event::DrainCancelled { node: node.clone() })?;
                    }
                    given.push((node.clone(), Eligibility::Eligible));
                }
                Err(error) if ended.is_ok() => ended = Err(error),
                Err(_) => {}
            }
        }
        Ok((given, ended))
    }

    /// Ends a drain of ours and lets the node take work; whether there was such a drain.
    async fn give_back_one(&self, node: &NodeRef) -> Result<bool> {
        let cancelled = self.end_drain(node).await?;
        eligibility::set(&self.nomad, &self.permission, &node.id, Eligibility::Eligible).await?;
        Ok(cancelled)
    }
}

/// What went wrong with each of several nodes, as one error that tells all of it; none where nothing did.
pub(super) fn together(mut errors: Vec<Error>) -> Option<Error> {
    if errors.len() < 2 {
        return errors.pop();
    }
    let failed = errors.iter().any(|e| e.code() == ExitCode::Failed);
    let last = errors.last().map_or(ExitCode::Failed, Error::code);
    // What is no node's comes last, and is what ended it.
    let of_nodes = matches!(last, ExitCode::TimedOut | ExitCode::Refused);
    let code = if failed && of_nodes { ExitCode::Failed } else { last };
    let error = Error::new(code, format!("{} could not be rotated", words::count(errors.len(), "node")));
    let error = errors.iter().fold(error, |error, e| error.because(e.to_string()));
    let hints: BTreeSet<&String> = errors.iter().flat_map(Error::hints).collect();
    Some(hints.into_iter().fold(error, |error, hint| error.hint(hint.clone())))
}

/// The error of what is wrong with the node itself; none of a move.
fn plain_error(node: &NodeRef, problem: &Problem) -> Option<Error> {
    let name = &node.name;
    let list = |allocs: &[AllocRef]| allocs.iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(match problem {
        Problem::Move(..) => return None,
        Problem::Lost { status, allocs } => {
            let n = allocs.len();
            let them = format!("{n} of its allocations {}", words::either(n, "is", "are"));
            Error::failed(format!("node {name} was lost while it was emptied"))
                .because(format!("its status is {status}; {them} lost: {}", list(allocs)))
                .hint("Nomad replaces them where there is room; `fleet status` shows what is missing")
        }
        Problem::MarkUndone => Error::refused(format!("somebody made node {name} eligible again"))
            .because("it takes new work while it is to be emptied")
            .hint("find out who and why; --insist marks it again and moves what came"),
        Problem::ForeignDrain { by } => Error::refused(format!("someone else is draining node {name}: {by}"))
            .hint("run the same command again when they are done"),
        Problem::DrainCancelled { by } => {
            Error::failed(format!("the drain of node {name} was cancelled by {by}"))
                .hint("run the same command again when they are done")
        }
        Problem::SingletonUndecided(alloc) => {
            Error::refused(format!("{} runs on node {name}, a service with a single instance", alloc.name))
                .because("it is away while it moves, and nobody decided about it")
                .hint("--singletons surge, --singletons gap, or --singletons skip")
        }
        Problem::CannotSurge(alloc, why) => {
            Error::refused(format!("{} runs on node {name} and cannot have a second copy", alloc.name))
                .because(why.clone())
                .hint("--singletons gap, or --singletons skip")
        }
        Problem::SurgeFailed(alloc, why) => {
            Error::failed(format!("the second copy of {} on node {name} does not get well", alloc.name))
                .because(why.clone())
                .hint("the first one runs on where it was")
        }
        Problem::BatchUndecided(allocs) => Error::refused(format!("batch work runs on node {name}"))
            .because(list(allocs))
            .hint("decide by --batch wait, kill or skip"),
        Problem::Disconnected => {
            Error::refused(format!("node {name} is disconnected; what runs there cannot be seen"))
                .hint("wait until it is back, or --accept disconnected")
        }
        Problem::Unverified(why) => {
            Error::failed(format!("node {name} is empty, but not all is well")).because(why.clone())
        }
    })
}

fn told(
    picture: Option<&ClusterPicture>,
    alloc: &AllocRef,
    failure: &MoveFailure,
    passing: &BTreeSet<String>,
) -> String {
    let name = &alloc.name;
    match failure {
        MoveFailure::Unplaced(why) => format!("the replacement of {name} cannot be placed: {why}"),
        MoveFailure::Unhealthy { replacement, why } => {
            let found = picture.and_then(|p| p.allocs.iter().find(|a| a.id == *replacement));
            let node = found.map_or("?", |a| a.node_name.as_str());
            let now = if passing.contains(replacement) { " and its checks pass" } else { "" };
            format!("the replacement of {name} on {node} ({}) is not healthy: {why}{now}", short(replacement))
        }
        MoveFailure::Missing => format!("nothing runs in the place of {name}, and its group lacks it"),
    }
}
