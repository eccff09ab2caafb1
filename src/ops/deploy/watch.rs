//! Everything that is to be seen of one job, held up to date by four blocking queries.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use tokio::time::sleep;

use crate::api::error::Result;
use crate::api::http::{Http, Patience, Reply};
use crate::api::nomad::allocation::{self, AllocStub};
use crate::api::nomad::deployment::{self, Deployment};
use crate::api::nomad::evaluation::{self, Evaluation};
use crate::api::nomad::job::{self, Job};
use crate::api::watch::Watch;
use crate::model::rollout::JobObservation;

type States<T> = Pin<Box<dyn Stream<Item = Result<Reply<T>>>>>;

/// How often what depends on the time alone is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Changes come in swarms; within this they count as one.
const SWARM: Duration = Duration::from_millis(50);

/// The four queries and what they said last.
pub(in crate::ops) struct JobWatch {
    job: States<Job>,
    deployments: States<Vec<Deployment>>,
    allocs: States<Vec<AllocStub>>,
    evals: States<Vec<Evaluation>>,
    heard: [bool; 4],
    pub(in crate::ops) seen: JobObservation,
    gone: bool,
}

impl JobWatch {
    pub(in crate::ops) fn new(nomad: &Http, namespace: &str, id: &str) -> Self {
        let patience = Patience::OPERATION;
        JobWatch {
            job: Watch::new(nomad, job::get(namespace, id), patience).states(),
            deployments: Watch::new(nomad, deployment::of_job(namespace, id), patience).states(),
            allocs: Watch::new(nomad, allocation::of_job(namespace, id), patience).states(),
            evals: Watch::new(nomad, evaluation::of_job(namespace, id), patience).states(),
            heard: [false; 4],
            seen: JobObservation::default(),
            gone: false,
        }
    }

    /// Waits until something may have changed, or a moment passed; whether all four have spoken.
    pub(in crate::ops) async fn next(&mut self) -> Result<bool> {
        let mut within = TICK;
        loop {
            let changed = tokio::select! {
                Some(reply) = self.job.next(), if !self.gone => { self.take_job(reply)?; true }
                Some(reply) = self.deployments.next() => {
                    self.seen.deployments = reply?.value;
                    self.heard[1] = true;
                    true
                }
                Some(reply) = self.allocs.next() => {
                    self.seen.allocs = reply?.value;
                    self.heard[2] = true;
                    true
                }
                Some(reply) = self.evals.next() => {
                    self.seen.evals = reply?.value;
                    self.heard[3] = true;
                    true
                }
                () = sleep(within) => false,
            };
            let all = self.heard.iter().all(|h| *h);
            if !changed {
                return Ok(all);
            }
            if all {
                within = SWARM;
            }
        }
    }

    fn take_job(&mut self, reply: Result<Reply<Job>>) -> Result<()> {
        match reply {
            Ok(reply) => self.seen.job = Some(reply.value),
            Err(e) if e.is_not_found() => {
                self.seen.job = None;
                self.gone = true;
            }
            Err(e) => return Err(e),
        }
        self.heard[0] = true;
        Ok(())
    }
}
