//! The loop of a rotation: look, decide, act, tell; until everything is as it was asked, or nothing more can be done.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt as _;

use crate::api::nomad::allocation::AllocStub;
use crate::api::nomad::variable::VariableMeta;
use crate::api::watch::{States, Watch};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::ids::JobKey;
use crate::ops::migration::live::{Live, Part};
use crate::ops::migration::progress::Progress;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::control;
use crate::ops::rotate::decide::{self, Act, Decision, Phase};
use crate::ops::rotate::end_state::EndState;
use crate::ops::rotate::event::{Event, Purpose};
use crate::ops::rotate::options::OnFailure;
use crate::ops::rotate::recorder::Intent;
use crate::ops::rotate::rotation::{Halt, PATIENCE, Rotation, TICK};
use crate::ops::rotate::verify::CHECKS_SLACK;
use crate::ops::ticker::Ticker;

/// How long the drain of a node without services may take: stopping its system jobs, with every delay they have.
const SEALING: Duration = Duration::from_secs(600);
/// How long replacements that keep changing are watched before that is told as a failure.
const RESTLESS: Duration = Duration::from_secs(300);

/// What one round hands on to the next.
struct Round {
    /// That somebody asks something of this rotation.
    asked: States<Vec<VariableMeta>>,
    /// Whether that can be heard.
    listens: bool,
    ticker: Ticker,
    told_of_halt: bool,
    /// Whether something came of the last one, so that there is more to decide at once.
    acted: bool,
}

impl Rotation<'_> {
    /// Reaches the goal. Whatever ends it early leaves the cluster safe and says how to go on.
    ///
    /// # Errors
    /// What went wrong, what was refused by a fresh look, or that it was interrupted.
    pub async fn run(&mut self) -> Result<()> {
        self.check_hosts(&self.goal.nodes).await?;
        self.begin()?;
        self.save().await?;
        self.keep_history(true).await?;
        let clock = self.recorder.clock();
        let mut live = Live::new(&self.nomad, clock, self.doomed.clone(), self.jobs());
        let closed = self.close_aside().await;
        let ended = match self.goal.options.service {
            _ if closed.is_err() => closed,
            None if self.goal.purpose == Purpose::Rebalance => match self.reconcile(&mut live).await {
                Ok(()) => self.open_again().await,
                Err(error) => Err(error),
            },
            None => self.reconcile(&mut live).await,
            Some(_) => self.in_batches(&mut live).await,
        };
        let ended = match self.goal.store.is_taken() {
            true => ended,
            false => self.open_aside(ended).await,
        };
        let now = self.recorder.now();
        let ended = match ended {
            Ok(()) => {
                let told = self.look_last(&mut live).await;
                let finished = self.finish();
                // Here it is over first: what is gone from the cluster alone was given up.
                if self.recorder.memory.rotation.is_none() {
                    self.goal.store.remove(&self.permission).await;
                }
                told.and(finished)
            }
            Err(error) => {
                if self.goal.store.is_taken() {
                    return self.leave_to_the_other(error).await;
                }
                if self.unreachable_since.is_some() {
                    let error = self.leave_unseen(error);
                    return self.stopped(error);
                }
                let error = self.stop_safely(live.picture(), error).await;
                let over = self.is_given_back();
                let saved = self.save().await;
                if over {
                    // Everything was given back: there is nothing to go on with.
                    self.goal.store.remove(&self.permission).await;
                }
                let error = match saved {
                    Ok(()) => error,
                    Err(e) => error.because(format!("the journal on the cluster is not up to date: {e}")),
                };
                self.stopped(error)
            }
        };
        let kept = self.keep_history(true).await;
        self.lock.release(&self.permission, now).await;
        if self.recorder.memory.rotation.is_none() {
            self.goal.history.forget_the_oldest(&self.permission).await;
        }
        ended.and(kept)
    }

    /// Ends here and touches nothing more: another run of the same rotation goes on with what this one has begun.
    async fn leave_to_the_other(&mut self, error: Error) -> Result<()> {
        let error = error.hint(format!("to follow it: fleet rotation watch {}", self.goal.name));
        let ended = self.stopped(error);
        let now = self.recorder.now();
        self.lock.release(&self.permission, now).await;
        ended
    }

    /// Tells that it ends with this error.
    fn stopped(&mut self, error: Error) -> Result<()> {
        let (reason, code) = (error.to_string(), error.code().name().to_owned());
        self.recorder.emit(Event::Stopped { reason, code })?;
        Err(error)
    }

    /// Whether everything was given back and nothing is done, so that there is nothing to go on with.
    pub(super) fn is_given_back(&self) -> bool {
        let memory = &self.recorder.memory;
        match self.goal.purpose {
            Purpose::Rebalance => memory.was.is_empty(),
            Purpose::Rotation => {
                self.goal.options.on_failure == OnFailure::Restore
                    && memory.marked.is_empty()
                    && memory.rotated.is_empty()
                    && memory.serviced.is_empty()
                    && memory.surged.is_empty()
                    && memory.passed_over.is_empty()
            }
        }
    }

    fn begin(&mut self) -> Result<()> {
        let resumed = self.recorder.memory.rotation.is_some();
        if !resumed {
            let (rotation, time, index) = (self.goal.name.clone(), self.recorder.now(), self.goal.index);
            // What the nodes were before an earlier run that was given up is still what they get back.
            let was = std::mem::take(&mut self.recorder.memory.was);
            let (surged, mut raised_by) = {
                let memory = &mut self.recorder.memory;
                (std::mem::take(&mut memory.surged), std::mem::take(&mut memory.raised_by))
            };
            let idle = self.goal.idle.clone();
            let command_line = self.goal.command_line.clone();
            let end_state = Some(EndState::of(self.goal.options.service.as_ref()));
            self.recorder.intend(Intent::Begin { rotation, index, time, idle, command_line, end_state })?;
            for (node, was) in was {
                self.recorder.intend(Intent::Mark { node, was })?;
            }
            // Nor is a count forgotten that it raised: this one takes it back.
            for (group, count) in surged {
                let by = raised_by.remove(&group);
                self.recorder.intend(Intent::Raise { group, count, by })?;
            }
        }
        let aside: Vec<String> = self.goal.aside.iter().map(|n| n.id.clone()).collect();
        if !aside.is_empty() {
            self.recorder.intend(Intent::PassOver { nodes: aside })?;
        }
        // What each node is goes down before any of them changes.
        for (node, was) in self.goal.was.clone() {
            if !self.recorder.memory.was.contains_key(&node) {
                self.recorder.intend(Intent::Mark { node, was })?;
            }
        }
        for (node, allocs) in self.goal.leaving.clone() {
            let known = self.recorder.memory.emptied.get(&node).cloned().unwrap_or_default();
            let allocs: Vec<_> = allocs.into_iter().filter(|a| !known.contains(a)).collect();
            if !allocs.is_empty() {
                self.recorder.intend(Intent::Empty { node, allocs, created: 0 })?;
            }
        }
        let nodes = self.goal.nodes.iter().map(|n| n.node.clone()).collect();
        let (rotation, purpose) = (self.goal.name.clone(), self.goal.purpose);
        self.recorder.emit(Event::Started { rotation, nodes, resumed, purpose })?;
        self.recorder.emit(Event::Foreseen(self.goal.foreseen.clone()))
    }

    pub(super) async fn reconcile(&mut self, live: &mut Live) -> Result<()> {
        let sign = Watch::new(&self.nomad, control::sign(&self.goal.name), PATIENCE);
        let mut round = Round {
            asked: sign.states(),
            listens: true,
            ticker: Ticker::every(TICK),
            told_of_halt: false,
            acted: false,
        };
        self.hear().await?;
        loop {
            match self.one_round(live, &mut round).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(fault) => {
                    round.acted = false;
                    self.wait_out(fault).await.map_err(|error| self.with_failure(error))?;
                }
            }
        }
    }

    /// Waits until something may have changed, and does what it asks for; whether there is nothing left to do.
    async fn one_round(&mut self, live: &mut Live, round: &mut Round) -> Result<bool> {
        if self.unreachable_since.is_some() {
            // What is decided next stands on nothing from before.
            live.refresh(&self.jobs()).await?;
            self.are_reached()?;
        } else if !round.acted {
            let ticked = tokio::select! {
                changed = live.changed() => { changed?; false }
                Some(sign) = round.asked.next(), if round.listens => {
                    round.listens = sign.is_ok();
                    if round.listens {
                        self.hear().await?;
                    }
                    false
                }
                () = self.agents.answered() => false,
                () = round.ticker.tick() => true,
            };
            if ticked {
                self.read_what_matters(live).await?;
            }
        }
        round.acted = false;
        let halt = self.halt();
        self.run.halting = halt.is_some() || self.paused.is_some();
        let Some(decision) = self.look(live).await? else { return Ok(false) };
        self.keep_history(false).await?;
        if halt.is_some() && decision.in_flight && !std::mem::replace(&mut round.told_of_halt, true) {
            self.notice(halt.map_or("", Halt::notice))?;
        }
        if self.has_ended(live, &decision, halt).await? {
            return Ok(true);
        }
        round.acted = self.act_or_follow(live, &decision).await?;
        Ok(false)
    }

    /// Takes in what others ask of this rotation. What cannot be read changes nothing.
    async fn hear(&mut self) -> Result<()> {
        let Ok(pause) = control::read(&self.nomad, &self.goal.name).await else { return Ok(()) };
        match (&self.paused, &pause) {
            (before, Some(now)) if before.as_ref() != Some(now) => {
                self.recorder.emit(Event::Paused { by: now.to_string() })?;
            }
            (Some(_), None) => {
                self.last_progress = self.recorder.now();
                self.recorder.emit(Event::Unpaused)?;
            }
            _ => return Ok(()),
        }
        self.paused = pause;
        self.keep_history(true).await
    }

    /// Looks at the picture, takes in what came meanwhile, and decides.
    async fn look(&mut self, live: &mut Live) -> Result<Option<Decision>> {
        let Some(picture) = live.picture() else { return Ok(None) };
        for (node, allocs) in decide::strangers(self.input(picture)) {
            let of_these = |a: &&AllocStub| allocs.iter().any(|known| known.id == a.id);
            let created = picture.allocs.iter().filter(of_these).map(|a| a.create_index).max().unwrap_or(0);
            self.recorder.intend(Intent::Empty { node, allocs, created })?;
        }
        self.judge_raises(picture).await?;
        // Which jobs somebody else moves is part of the decision, and follows from it.
        let mut decision = decide::decide(self.input(picture));
        let jobs = decide::jobs_in_hand(self.input(picture), &decision);
        self.claim(&jobs).await?;
        self.sight(picture, &decision);
        self.read_checks(picture, &decision, false).await;
        // Nothing is told as well before its checks were asked.
        let arrived = decision.progress.iter().filter_map(|(id, p)| match p {
            Progress::Moved { replacement } if self.seen.get(id) != Some(p) => Some(replacement.clone()),
            _ => None,
        });
        let arrived: BTreeSet<String> = arrived.collect();
        self.read_checks_of(picture, &arrived).await;
        decision = decide::decide(self.input(picture));
        if let Some(at) = decision.opens {
            self.notice_once(&format!("outside of every --window: nothing is touched until {at:.0}"))?;
        }
        self.tell(picture, &decision)?;
        let in_hand = self.in_hand(picture, &decision);
        live.look_closely(in_hand);
        Ok(Some(decision))
    }

    /// Claims the jobs that are in hand, and notes whose the others are.
    async fn claim(&mut self, jobs: &BTreeSet<JobKey>) -> Result<()> {
        let now = self.recorder.now();
        self.lock.claim(&self.permission, jobs, now).await?;
        if let Some(why) = self.lock.unprotected() {
            let text = format!(
                "nothing keeps a second operator from moving the same services at the same time: {why}"
            );
            self.notice_once(&text)?;
        }
        self.run.unprotected = self.lock.unprotected().is_some();
        let foreign = jobs.iter().filter(|job| !self.lock.holds(job, now));
        self.run.foreign = foreign
            .map(|job| {
                let holder = self.lock.holder_of(job, now);
                (job.clone(), holder.unwrap_or_else(|| "the lock on the cluster".to_owned()))
            })
            .collect();
        Ok(())
    }

    /// Reads what no query is held for, where a decision hangs on it.
    async fn read_what_matters(&mut self, live: &mut Live) -> Result<()> {
        let jobs = self.open_jobs();
        // What a tick has interrupted before is read to its end here.
        if jobs.is_empty() { live.read_unread().await } else { live.read_jobs(&jobs).await }
    }

    /// The jobs of everything that was to leave and has not arrived well.
    pub(super) fn open_jobs(&self) -> BTreeSet<JobKey> {
        let open = self.tracked().filter(|a| self.seen.get(&a.id).is_none_or(|p| !p.is_good()));
        open.map(AllocRef::job_key).collect()
    }

    /// Whether there is nothing left to do; an error when the rest cannot be done.
    async fn has_ended(&mut self, live: &Live, decision: &Decision, halt: Option<Halt>) -> Result<bool> {
        if let Some(error) = self.failed_at_last(decision)? {
            return Err(error);
        }
        if decision.done && self.failure.is_none() {
            return match decision.problems().next() {
                None => Ok(true),
                Some(_) => Err(self.problem_error(live, decision).await),
            };
        }
        if decision.in_flight || self.failure.is_some() {
            // It is followed to its end.
        } else if decision.exhausted {
            if self.awaits_checks(decision) {
                return Ok(false);
            }
            return Err(self.problem_error(live, decision).await);
        } else if let Some(halt) = halt {
            let error = halt.error(&whereabouts(decision));
            // Nothing is asked any more; what the gates said last is what it waited for.
            let gates = self.run.gate_lines.iter().filter(|line| !decision.holds.contains(*line));
            let error = gates.fold(error, |error, line| error.because(line.clone()));
            return Err(decision.holds.iter().fold(error, |error, hold| error.because(hold.clone())));
        }
        let now = self.recorder.now();
        self.others_since = self.waits_for_others(decision).then(|| self.others_since.unwrap_or(now));
        if let Some(error) = self.waited_in_vain(decision) {
            return Err(error);
        }
        match self.stalled(decision) {
            Some(error) if decision.exhausted => {
                Err(self.problem_error(live, decision).await.because(error.to_string()))
            }
            Some(error) => Err(error),
            None => Ok(false),
        }
    }

    /// Whether something arrived just now of which the checks do not say yet that it is well.
    pub(super) fn awaits_checks(&self, decision: &Decision) -> bool {
        let in_doubt = |p: &Progress| match p {
            Progress::Moved { replacement } => self.run.doubt(replacement).is_some(),
            _ => false,
        };
        decision.progress.values().any(in_doubt) && self.since(self.last_progress) < CHECKS_SLACK
    }

    /// When nothing moves for longer than any of the moves may take, something is wrong.
    pub(super) fn stalled(&self, decision: &Decision) -> Option<Error> {
        let (node, limit) = self.quiet_limit(decision)?;
        let quiet = self.since(self.last_progress);
        if quiet <= limit {
            return None;
        }
        let what = match node {
            Some(node) => format!("nothing moved off node {} for {} s", node.name, quiet.as_secs()),
            None => format!("what moved has not come to rest within {} s", quiet.as_secs()),
        };
        let lines = self.waiting_lines(decision);
        Some(lines.into_iter().fold(Error::new(ExitCode::TimedOut, what), |e, line| e.because(line.trim())))
    }

    /// For how long nothing may move, and off which node; none where that is waited for as long as it takes.
    pub(super) fn quiet_limit<'d>(&self, decision: &'d Decision) -> Option<(Option<&'d NodeRef>, Duration)> {
        if self.paused.is_some() && !decision.in_flight {
            return None;
        }
        let longest = || decision.rules.values().map(|r| r.patience).max();
        let of_moves = || longest().unwrap_or(Duration::from_secs(300));
        decision
            .phases
            .iter()
            .find_map(|(node, phase)| match phase {
                // Somebody else's turn, and work that has to finish, are waited for as long as it takes.
                _ if decision.opens.is_some() => None,
                Phase::Emptying if self.waits_for_others(decision) => None,
                Phase::Emptying => Some((Some(node), of_moves())),
                Phase::Sealing(_) => Some((Some(node), SEALING)),
                Phase::Failed(_) if decision.in_flight => Some((Some(node), of_moves())),
                _ => None,
            })
            .or_else(|| (!self.run.surged.is_empty()).then(|| (None, of_moves())))
            .or_else(|| decision.settling.map(|_| (None, RESTLESS + self.goal.options.settle)))
    }

    /// When others move the same services for longer than they are to be waited for.
    fn waited_in_vain(&self, decision: &Decision) -> Option<Error> {
        let limit = self.goal.options.wait_lock?;
        self.others_since.filter(|since| self.since(*since) >= limit)?;
        let what = format!("others still move the same services after {} s", limit.as_secs());
        let error = Error::new(ExitCode::TimedOut, what).hint("who moves what now: fleet rotation lock");
        Some(decision.holds.iter().fold(error, |error, hold| error.because(hold.clone())))
    }

    fn waits_for_others(&self, decision: &Decision) -> bool {
        !self.run.foreign.is_empty() && !decision.progress.values().any(Progress::is_under_way)
    }

    /// Does what was decided; whether anything came of it, so that there is more to decide at once.
    pub(super) async fn act(&mut self, live: &mut Live, decision: &Decision) -> Result<bool> {
        let marks = decision.acts.iter().filter_map(|act| match act {
            Act::Mark(node) => Some(node.clone()),
            _ => None,
        });
        let mut acted = self.mark_nodes(&marks.collect::<Vec<_>>()).await?;
        let begin = decision.acts.iter().filter_map(|act| match act {
            Act::Begin(node) => Some(node.clone()),
            _ => None,
        });
        let begin: Vec<NodeRef> = begin.collect();
        if !begin.is_empty() {
            acted |= self.begin_nodes(live, &begin).await?;
        }
        let verify = decision.acts.iter().filter_map(|act| match act {
            Act::Verify(node) => Some(node.clone()),
            _ => None,
        });
        let verify: Vec<NodeRef> = verify.collect();
        acted |= self.verify_nodes(live, &verify).await?;
        for act in &decision.acts {
            acted |= match act {
                // All of them were, side by side.
                Act::Mark(_) | Act::Begin(_) | Act::Verify(_) => false,
                Act::Replace(nodes) => {
                    self.replace_nodes(live, nodes).await?;
                    live.refresh(&self.jobs()).await?;
                    return Ok(true);
                }
                Act::Stop(ids) => self.stop(live, ids).await?,
                Act::Seal { node, force } => self.seal(live, node, *force).await?,
                Act::AskGates => self.ask_gates(live).await?,
                Act::Raise(group) => self.raise(live, group).await?,
                Act::Lower(group) => self.lower(live, group).await?,
            };
        }
        // What was written is seen before anything else is decided.
        let wrote = decision.acts.iter().filter_map(|act| match act {
            Act::Mark(node) | Act::Seal { node, .. } => Some(node.id.clone()),
            _ => None,
        });
        let nodes: BTreeSet<String> = wrote.collect();
        if !nodes.is_empty() && acted {
            live.refresh_part(Part { nodes, ..Part::default() }).await?;
        }
        Ok(acted)
    }
}

/// What the rotation was doing.
fn whereabouts(decision: &Decision) -> String {
    let at = decision.phases.iter().find_map(|(node, phase)| match phase {
        Phase::Emptying => Some(format!("while emptying node {}", node.name)),
        Phase::AwaitingBatch(_) => Some(format!("while waiting for batch work on node {}", node.name)),
        Phase::Sealing(_) | Phase::Unsealed | Phase::Verifying => {
            Some(format!("while finishing node {}", node.name))
        }
        _ => None,
    });
    at.unwrap_or_else(|| "between two nodes".to_owned())
}
