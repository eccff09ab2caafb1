//! The soak after a step: every gate must hold for the whole of it, without a break.

use super::event::Event;
use super::gates::{self, SideCounters};
use super::on_gateways::on_gateways;
use super::run::{PAUSE, Shift, StepFailure};
use crate::api::http::Patience;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::model::rollout::gate::{GateAnswer, GateRecord, GatesVerdict};
use crate::model::traffic::shift::percent;
use crate::ops::deploy::gates::{ask_all, left_until};

impl Shift<'_> {
    /// Waits until every gate held for the whole soak.
    pub(super) async fn soak(&mut self, before: &SideCounters) -> Result<(), StepFailure> {
        let mut watchman = GateRecord::default();
        let mut said: Vec<(String, GateAnswer)> = Vec::new();
        loop {
            self.go_on()?;
            let answers = self.ask_gates(before).await?;
            for (gate, answer) in answers.iter().filter(|a| !said.contains(a)) {
                self.tell(Event::Gate { gate: gate.clone(), answer: answer.clone() })?;
            }
            said.clone_from(&answers);
            let at = self.record.shares;
            match watchman.judge(self.clock.now(), self.options.soak, &answers) {
                GatesVerdict::Promote => return Ok(()),
                GatesVerdict::Abort(why) => return Err(StepFailure::No(why)),
                GatesVerdict::Hold(why) => {
                    self.go_on()?;
                    let all = answers.iter().all(|(_, a)| *a == GateAnswer::Pass);
                    let why = if all { "every gate holds, soaking".to_owned() } else { why };
                    self.observer.waiting(&[format!("{at}: {why}")]);
                }
            }
            self.wait_a_while(self.options.every.min(self.options.soak.max(PAUSE))).await?;
        }
    }

    pub(super) async fn ask_gates(&mut self, before: &SideCounters) -> Result<Vec<(String, GateAnswer)>> {
        let mut answers = Vec::new();
        // That Consul does not answer is told soon, and asked again.
        let consul = self.consul.with_patience(Patience::VIEW);
        let seen = self.snapshot.to_instances_now(&consul).await;
        if let Err(e) = &seen
            && e.code() == ExitCode::Unreachable
            && !self.snapshot.by_traefik()
        {
            // Nothing that is asked besides could be acted upon.
            let shares = self.record.shares;
            let why = format!("{e}; the split stays {shares}, and nothing is written until Consul answers");
            return Ok(vec![("consul".to_owned(), GateAnswer::Unknown(why))]);
        }
        let instances = match seen {
            Ok(seen) => gates::instances(&self.record, &self.options, &seen),
            Err(e) => GateAnswer::Unknown(e.to_string()),
        };
        if !self.snapshot.is_blind() {
            answers.push(("instances".to_owned(), instances));
        }
        let now = self.counts().await;
        answers.extend(gates::errors(&self.options, before, &now).map(|a| ("errors".to_owned(), a)));
        let latency = gates::latency(&self.options, &self.witnesses, &self.snapshot.to_seen).await;
        answers.extend(latency.map(|a| ("latency".to_owned(), a)));
        answers.push(("split".to_owned(), self.split_stands().await?));
        let variables = self.variables();
        let left = left_until(self.deadline, self.clock.now());
        let asked = self.options.gates.iter().map(|gate| (gate.name(), gate.ask_with(&variables)));
        let (orderly, observer) = (&mut self.orderly, &mut self.observer);
        answers.extend(ask_all(asked, left, orderly, |lines| observer.waiting(lines)).await);
        Ok(answers)
    }

    /// The split still is what was written. Where somebody else wrote another one, that is no bad share to be taken back but their
    /// decision: nothing more is written.
    pub(super) async fn split_stands(&self) -> Result<GateAnswer> {
        match self.split_is_ours(&self.consul.with_patience(Patience::VIEW)).await {
            Ok(()) => Ok(self.gateways_still_have_it().await),
            Err(e) if e.code() == ExitCode::Refused => Err(e),
            Err(e) => Ok(GateAnswer::Unknown(e.to_string())),
        }
    }

    /// A gateway that died, or came back with other routes, no longer tells of the step.
    async fn gateways_still_have_it(&self) -> GateAnswer {
        let shares = self.record.shares;
        let told = on_gateways(&self.witnesses, &self.snapshot, shares).await;
        match told.into_iter().find_map(|(gateway, has)| Some((gateway, has?))) {
            None => GateAnswer::Pass,
            Some((gateway, has)) => {
                GateAnswer::Unknown(format!("gateway {gateway} {has}, written is {shares}"))
            }
        }
    }

    /// What a gate's command finds in its environment.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let r = &self.record;
        vec![
            ("FLEET_SERVICE", r.service.clone()),
            ("FLEET_FROM", r.from.to_string()),
            ("FLEET_TO", r.to.to_string()),
            ("FLEET_SHARE", percent(r.shares.to).to_string()),
        ]
    }
}
