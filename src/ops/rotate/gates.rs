//! The gates between nodes: those of the cluster itself, and those of `deploy`. Not knowing holds like a no.

use std::collections::BTreeSet;

use crate::api::nomad::operator;
use crate::error::Result;
use crate::model::ids::JobKey;
use crate::model::rollout::gate::GateAnswer;
use crate::ops::deploy::gates;
use crate::ops::migration::live::Live;
use crate::ops::migration::progress::Progress;
use crate::ops::rotate::decide::Phase;
use crate::ops::rotate::event::Event;
use crate::ops::rotate::pace::OwnGate;
use crate::ops::rotate::rotation::Rotation;

impl Rotation<'_> {
    /// Asks every gate, not more often than was decided; whether all of them have held often enough by now.
    pub(super) async fn ask_gates(&mut self, live: &Live) -> Result<bool> {
        let now = self.recorder.now();
        let gates = self.goal.options.pace.gates.clone();
        if self.asked_gates.is_some_and(|(at, _)| self.since(at) < gates.every) {
            return Ok(false);
        }
        let passes = self.asked_gates.take().map(|(_, passes)| passes).unwrap_or_default();
        let answers = self.answers(live).await?;
        let mut lines = Vec::new();
        for (gate, answer) in &answers {
            let (verdict, why) = match answer {
                GateAnswer::Pass => ("pass", String::new()),
                GateAnswer::Fail(why) => ("fail", why.clone()),
                GateAnswer::Unknown(why) => ("unknown", why.clone()),
            };
            match answer {
                GateAnswer::Pass => {}
                GateAnswer::Fail(why) => lines.push(format!("gate {gate} says no: {why}")),
                GateAnswer::Unknown(why) => lines.push(format!("gate {gate} is not known: {why}")),
            }
            let told = (verdict.to_owned(), why.clone());
            if self.gates_told.insert(gate.clone(), told.clone()) != Some(told) {
                self.recorder.emit(Event::GateAnswered {
                    gate: gate.clone(),
                    verdict: verdict.to_owned(),
                    why,
                })?;
            }
        }
        let passes = passes.after(&answers);
        self.asked_gates = Some((now, passes));
        self.run.gates_passed = passes.reach(gates.passes);
        if lines.is_empty() && !self.run.gates_passed {
            lines.push(format!("every gate holds; {} of {} times in a row", passes.in_a_row(), gates.passes));
        }
        self.run.gate_lines = lines;
        self.last_progress = now;
        Ok(self.run.gates_passed)
    }

    /// A node is begun: for the next one everybody is asked again.
    pub(super) fn close_gates(&mut self) {
        self.run.gates_passed = false;
        self.run.gate_lines.clear();
        self.asked_gates = None;
    }

    async fn answers(&mut self, live: &Live) -> Result<Vec<(String, GateAnswer)>> {
        let own = self.goal.options.pace.gates.clone();
        let mut answers = Vec::new();
        for gate in &own.own {
            let answer = match gate {
                OwnGate::Autopilot => self.ask_autopilot().await,
                OwnGate::Blocked | OwnGate::Deployments => self.ask_about_trouble(*gate).await,
                OwnGate::Checks => self.ask_checks(live),
            };
            answers.push((gate.to_string(), answer));
        }
        let variables = self.gate_variables();
        let left = gates::left_until(self.goal.deadline, self.recorder.now());
        let asked = own.others.iter().map(|gate| (gate.name(), gate.ask_with(&variables)));
        let (orderly, recorder) = (&mut self.orderly, &mut self.recorder);
        answers.extend(gates::ask_all(asked, left, orderly, |lines| recorder.waiting(lines)).await);
        Ok(answers)
    }

    /// What a command finds in its environment.
    fn gate_variables(&self) -> Vec<(&'static str, String)> {
        // Where something is done to each empty node, only that makes it rotated.
        let by_service = self.goal.options.service.is_some();
        let done = |id: &str| self.recorder.memory.rotated.contains_key(id);
        let in_phase = |id: &str, phase: &Phase| self.phases.iter().any(|(n, p)| n.id == id && p == phase);
        let rotated = |id: &str| if by_service { done(id) } else { in_phase(id, &Phase::Rotated) };
        let others = |id: &str| by_service && !self.phases.iter().any(|(n, _)| n.id == id);
        let waits = |id: &str| !done(id) && (in_phase(id, &Phase::Queued) || others(id));
        let names = |which: &dyn Fn(&str) -> bool| {
            let all = self.goal.selected.iter().filter(|n| which(&n.id)).map(|n| n.name.as_str());
            all.collect::<Vec<_>>().join(" ")
        };
        vec![
            ("FLEET_ROTATION", self.goal.name.clone()),
            ("FLEET_ROTATED", names(&rotated)),
            ("FLEET_WAITING", names(&waits)),
        ]
    }

    async fn ask_autopilot(&self) -> GateAnswer {
        match self.nomad.read(&operator::autopilot_health()).await {
            Ok(reply) if reply.value.servers.is_empty() => GateAnswer::Unknown(
                "autopilot knows of no server; there may have been an election".to_owned(),
            ),
            Ok(reply) if !reply.value.healthy => GateAnswer::Fail("a server is not healthy".to_owned()),
            // One or two servers never have one to spare.
            Ok(reply) if reply.value.servers.len() > 2 && reply.value.failure_tolerance == 0 => {
                GateAnswer::Fail("no server may be lost".to_owned())
            }
            Ok(_) => GateAnswer::Pass,
            Err(e) => GateAnswer::Unknown(e.to_string()),
        }
    }

    async fn ask_about_trouble(&self, gate: OwnGate) -> GateAnswer {
        let jobs: BTreeSet<JobKey> = self.jobs();
        let found = match gate {
            OwnGate::Blocked => self.new_blocked(&jobs).await,
            _ => self.new_failures(&jobs).await,
        };
        match found {
            Ok(None) => GateAnswer::Pass,
            Ok(Some(why)) => GateAnswer::Fail(why),
            Err(e) => GateAnswer::Unknown(e.to_string()),
        }
    }

    /// What is known of the checks was read with the last look.
    fn ask_checks(&self, live: &Live) -> GateAnswer {
        if live.picture().is_none() {
            return GateAnswer::Unknown("nothing was seen yet".to_owned());
        }
        let arrived = self.seen.values().filter_map(|p| match p {
            Progress::Moved { replacement } => Some(replacement),
            _ => None,
        });
        let mut unknown = None;
        for id in arrived {
            if let Some(why) = self.run.failing.get(id) {
                return GateAnswer::Fail(format!("{}: {why}", crate::model::ids::short(id)));
            }
            if let Some(why) = self.run.unseen.get(id) {
                unknown.get_or_insert_with(|| why.clone());
            }
        }
        unknown.map_or(GateAnswer::Pass, GateAnswer::Unknown)
    }
}
