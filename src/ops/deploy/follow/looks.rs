//! Looks at the present while a rollout is followed: how its allocations do, and what the gates say.

use super::Follow;
use crate::error::Result;
use crate::model::rollout::gate::GateAnswer;
use crate::model::rollout::look;
use crate::ops::deploy::event::Event;
use crate::ops::deploy::gates::time_left;
use crate::ops::deploy::step::StepMemory;
use crate::ops::deploy::watch::JobWatch;
use crate::ops::present_health::Sources;

impl Follow<'_> {
    /// Who is asked how allocations do. What Consul says has been heard by the servers while they watched over the deployment;
    /// where this run cannot hear it, that is told at the end; where `is_old`, they may have heard it long ago.
    pub(super) fn sources(&self, is_old: bool) -> Sources {
        let sources = Sources::new(&self.nomad, self.consul.as_ref());
        if self.consul.is_none() && !is_old { sources.without_consul() } else { sources }
    }

    /// How the canaries that wait for promotion do at this moment. Their record may be old: without Consul nothing tells of
    /// checks there.
    pub(super) async fn look_at_canaries(&self, watch: &JobWatch) -> look::HealthLook {
        let seen = &watch.seen;
        let (Some(job), Some(deployment)) = (&seen.job, seen.deployment(&self.target)) else {
            return look::HealthLook::NotKnown { why: "its deployment is gone".to_owned() };
        };
        let sources = Sources::new(&self.nomad, self.consul.as_ref());
        sources.look_at_canaries(job, deployment, &seen.allocs, &[], self.clock.now()).await
    }

    /// How the allocations do at this moment; `is_old` is whether the servers' record may be.
    pub(super) async fn look_now(&self, watch: &JobWatch, is_old: bool) -> look::HealthLook {
        self.sources(is_old).look_at(&self.target, &watch.seen, self.clock.now()).await
    }

    /// Asks the gates.
    pub(super) async fn ask_gates(&mut self, watch: &JobWatch, memory: &mut StepMemory) -> Result<()> {
        memory.asked_at = Some(self.clock.now());
        let mut answers: Vec<(String, GateAnswer)> = Vec::new();
        for gate in self.options.gates.clone() {
            let answer = gate
                .ask(
                    self.consul.as_ref(),
                    &self.target,
                    &watch.seen,
                    time_left(self.options.until, self.clock.now()),
                )
                .await;
            let name = gate.name();
            if !memory.answers.iter().any(|(n, a)| *n == name && *a == answer) {
                self.tell(Event::Gate { gate: name.clone(), answer: answer.clone() })?;
            }
            answers.push((name, answer));
        }
        memory.answers = answers;
        Ok(())
    }
}
