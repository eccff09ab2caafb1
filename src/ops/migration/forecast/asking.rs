//! Carries questions to the scheduler and gathers what is learnt.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api::http::{Http, Patience};
use crate::api::nomad::plan::{self, PlanReply, PreemptedAlloc};
use crate::api::{Error as ApiError, Problem};
use crate::error::Result;
use crate::model::forecast::{self, ExcludedNodes, ForecastQuestion, LeavingAllocs, Loss};

/// Plans side by side: each keeps a core of the leader busy.
pub(super) const PLANS_AT_ONCE: usize = 2;

/// What leaves, and the nodes it may not land on: one plan.
pub(super) type Part<'a> = (Vec<LeavingAllocs<'a>>, ExcludedNodes);

/// Questions to one cluster.
pub(super) struct Asking<'a> {
    nomad: &'a Http,
    /// Namespaces that questions about everything may be put in. The rules of the first apply to all: one that forbids a driver refuses,
    /// and is left out from then on.
    namespaces: Vec<String>,
    /// Whether the first of them has answered.
    settled: bool,
    /// Why something is not known, when it is not.
    pub(super) unknown: Option<String>,
    /// Whether that is because an answer did not come in time.
    late: bool,
    /// Other allocations that would have to make room, by id.
    pub(super) preempted: BTreeMap<String, PreemptedAlloc>,
}

impl<'a> Asking<'a> {
    /// The namespaces of what leaves are in order of preference, and there is one at least.
    pub(super) fn new(nomad: &'a Http, namespaces: Vec<String>) -> Self {
        Asking { nomad, namespaces, settled: false, unknown: None, late: false, preempted: BTreeMap::new() }
    }

    /// Whether the last thing that is not known may be known when fewer are asked about.
    pub(super) fn is_late(&self) -> bool {
        self.late
    }

    /// What did not come in time is asked for in another way.
    pub(super) fn try_again(&mut self) {
        if std::mem::take(&mut self.late) {
            self.unknown = None;
        }
    }

    /// What finds no place of each of these parts, in order; none when it is not known.
    pub(super) async fn place(&mut self, parts: &[&Part<'_>]) -> Result<Option<Vec<Vec<Loss>>>> {
        let Some((first, rest)) = parts.split_first() else { return Ok(Some(Vec::new())) };
        if self.settled {
            return self.put_parts(parts).await;
        }
        let Some(first) = self.settle_namespace(first).await? else { return Ok(None) };
        let Some(mut all) = self.put_parts(rest).await? else { return Ok(None) };
        all.insert(0, first);
        Ok(Some(all))
    }

    async fn put_parts(&mut self, parts: &[&Part<'_>]) -> Result<Option<Vec<Vec<Loss>>>> {
        let namespace = self.namespaces[0].clone();
        let questions: Vec<_> = parts.iter().map(|part| question(&namespace, part)).collect();
        self.put(&questions).await
    }

    /// Asks in the first namespace that does not refuse the question.
    async fn settle_namespace(&mut self, part: &Part<'_>) -> Result<Option<Vec<Loss>>> {
        loop {
            let question = question(&self.namespaces[0], part);
            match ask(self.nomad, &question).await {
                Ok(answer) => {
                    self.settled = true;
                    return Ok(Some(self.learn(&question, &answer)));
                }
                Err(e) if is_about_the_question(&e) && self.namespaces.len() > 1 => {
                    self.namespaces.remove(0);
                }
                Err(e) => {
                    self.forget(e)?;
                    return Ok(None);
                }
            }
        }
    }

    /// The losses of each of these questions, in order; none when one of them has no answer.
    pub(super) async fn put(&mut self, questions: &[ForecastQuestion]) -> Result<Option<Vec<Vec<Loss>>>> {
        let nomad = self.nomad;
        let asked: Vec<_> = questions.iter().map(|question| ask(nomad, question)).collect();
        match stream::iter(asked).buffered(PLANS_AT_ONCE).try_collect::<Vec<_>>().await {
            Ok(answers) => {
                let learn = |(question, answer)| self.learn(question, answer);
                Ok(Some(questions.iter().zip(&answers).map(learn).collect()))
            }
            Err(e) => {
                self.forget(e)?;
                Ok(None)
            }
        }
    }

    /// Notes why something is not known; what was noted before stays.
    fn forget(&mut self, e: ApiError) -> Result<()> {
        let is_late = e.problem == Problem::Timeout;
        let why = why_unknown(e)?;
        if self.unknown.is_none() {
            (self.unknown, self.late) = (Some(why), is_late);
        }
        Ok(())
    }

    fn learn(&mut self, question: &ForecastQuestion, answer: &PlanReply) -> Vec<Loss> {
        let preempted = answer.annotations.preempted_allocs.iter();
        self.preempted.extend(preempted.map(|a| (a.id.clone(), a.clone())));
        question.losses(answer)
    }
}

fn question(namespace: &str, (groups, excluded): &Part<'_>) -> ForecastQuestion {
    forecast::compose("fleet-forecast", namespace, groups, excluded)
}

/// A plan that is not answered in time keeps the leader busy on: it is not asked for again.
async fn ask(nomad: &Http, question: &ForecastQuestion) -> Result<PlanReply, ApiError> {
    let call = plan::plan(&question.namespace, &question.id, &question.job);
    match nomad.with_patience(Patience::VIEW).ask(&call).await {
        Err(e) if e.is_passing() && e.problem != Problem::Timeout => Ok(nomad.ask(&call).await?.value),
        asked => Ok(asked?.value),
    }
}

/// Whether another namespace may answer what this one does not.
fn is_about_the_question(e: &ApiError) -> bool {
    matches!(e.problem, Problem::Denied | Problem::Invalid | Problem::Server | Problem::Conflict)
}

/// What cannot be known because of this error; or the error, when nothing can be known at all.
fn why_unknown(e: ApiError) -> Result<String> {
    match e.problem {
        Problem::Denied => Ok(format!("the token may not plan jobs; it needs {}", e.needs)),
        Problem::Invalid | Problem::Server | Problem::Conflict | Problem::Unsupported => {
            Ok(format!("the scheduler refused the question: {}", e.text))
        }
        // A large plan may take longer than a request may.
        Problem::Timeout => Ok(format!("the scheduler did not answer the question in time: {}", e.text)),
        _ => Err(e.into()),
    }
}
