//! Asking the gates.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use tokio::time::timeout;

use crate::api::consul::health::{self, CheckStatus};
use crate::api::http::{Http, Probe};
use crate::api::nomad::job::TaskGroup;
use crate::interrupts::Orderly;
use crate::model::redaction::Secrets;
use crate::model::rollout::gate::{GateAnswer, Threshold};
use crate::model::rollout::{JobObservation, Target};
use crate::model::service_name;
use crate::ops::operator_command::OperatorCommand;

/// A gate that takes longer than this does not know.
const WITHIN: Duration = Duration::from_secs(30);
/// A gate that takes longer than this is told of.
const WONDERED: Duration = Duration::from_secs(2);
/// The exit code of a command that does not know (`EX_TEMPFAIL`).
const DOES_NOT_KNOW: i32 = 75;

/// A gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Gate {
    /// A command: 0 is yes, 75 is don't know, anything else no.
    Command(String),
    /// An address that answers with a status, 200 to 299 unless said otherwise.
    Http {
        /// The address.
        url: String,
        /// The status.
        code: Option<u16>,
    },
    /// A query to a Prometheus.
    Prometheus {
        /// The Prometheus.
        url: String,
        /// The query and the values its result should have.
        threshold: Threshold,
    },
    /// The checks Consul knows of the canaries' services.
    Consul,
}

impl Gate {
    /// What it is called, without the secrets that an address or a command may hold.
    #[must_use]
    pub fn name(&self) -> String {
        let name = match self {
            Gate::Command(command) => format!("command {command:?}"),
            Gate::Http { url, .. } => url.clone(),
            Gate::Prometheus { threshold, .. } => format!("query {:?}", threshold.query),
            Gate::Consul => "consul".to_owned(),
        };
        Secrets::default().clean(&name)
    }

    /// Asks it of a version that is being deployed.
    pub async fn ask(&self, consul: Option<&Http>, target: &Target, seen: &JobObservation) -> GateAnswer {
        match self {
            Gate::Consul => within(consul_checks(consul, target, seen)).await,
            _ => self.ask_with(&variables(target, seen)).await,
        }
    }

    /// Asks it of something that is no deployment: a command finds these variables, and Consul's checks are not its affair.
    pub async fn ask_with(&self, variables: &[(&'static str, String)]) -> GateAnswer {
        within(async {
            match self {
                Gate::Command(command) => run(command, variables).await,
                Gate::Http { url, code } => http(url, *code).await,
                Gate::Prometheus { url, threshold } => prometheus(url, threshold).await,
                Gate::Consul => {
                    GateAnswer::Unknown("there is no deployment whose checks it could ask".to_owned())
                }
            }
        })
        .await
    }
}

/// The answer, where it comes in time; without the secrets that a command may have printed.
async fn within(asked: impl Future<Output = GateAnswer>) -> GateAnswer {
    let clean = |why: String| Secrets::default().clean(&why);
    match timeout(WITHIN, asked).await {
        Ok(GateAnswer::Pass) => GateAnswer::Pass,
        Ok(GateAnswer::Fail(why)) => GateAnswer::Fail(clean(why)),
        Ok(GateAnswer::Unknown(why)) => GateAnswer::Unknown(clean(why)),
        Err(_) => GateAnswer::Unknown(format!("no answer within {} s", WITHIN.as_secs())),
    }
}

/// Asks gates side by side. One that hangs outlasts neither its own time, nor what is left of the whole, nor Ctrl-C: then its answer is
/// not known. `slow` hears which are still waited for, once somebody would wonder.
pub async fn ask_all<A: Future<Output = GateAnswer>>(
    asked: impl IntoIterator<Item = (String, A)>,
    left: Option<Duration>,
    orderly: &mut Orderly,
    mut slow: impl FnMut(&[String]),
) -> Vec<(String, GateAnswer)> {
    let (names, answers): (Vec<String>, Vec<A>) = asked.into_iter().unzip();
    let given: Vec<AtomicBool> = names.iter().map(|_| AtomicBool::new(false)).collect();
    let cut = async {
        tokio::select! {
            _ = orderly.requested() => "interrupted before it answered",
            () = time_is_up(left) => "no answer before --timeout passed",
        }
    };
    let cut = cut.shared();
    let all = join_all(answers.into_iter().zip(&given).map(async |(answer, given)| {
        let answer = tokio::select! {
            biased;
            answer = answer => answer,
            why = cut.clone() => GateAnswer::Unknown(why.to_owned()),
        };
        given.store(true, Ordering::Relaxed);
        answer
    }));
    let mut all = pin!(all);
    let answers = match timeout(WONDERED, &mut all).await {
        Ok(answers) => answers,
        Err(_) => {
            let open = names.iter().zip(&given).filter(|(_, given)| !given.load(Ordering::Relaxed));
            slow(&open.map(|(name, _)| format!("waiting for gate {name}")).collect::<Vec<_>>());
            all.await
        }
    };
    names.into_iter().zip(answers).collect()
}

async fn time_is_up(left: Option<Duration>) {
    match left {
        Some(left) => tokio::time::sleep(left).await,
        None => std::future::pending().await,
    }
}

/// What is left until a moment; nothing once it passed.
#[must_use]
pub fn left_until(until: Option<jiff::Timestamp>, now: jiff::Timestamp) -> Option<Duration> {
    until.map(|at| at.duration_since(now).try_into().unwrap_or(Duration::ZERO))
}

/// What a command finds in its environment.
fn variables(target: &Target, seen: &JobObservation) -> [(&'static str, String); 4] {
    let canaries: Vec<&str> = seen
        .allocs_of(target.version)
        .filter(|a| a.is_canary() && !a.is_terminal())
        .map(|a| a.id.as_str())
        .collect();
    [
        ("FLEET_JOB", target.job.clone()),
        ("FLEET_NAMESPACE", target.namespace.clone()),
        ("FLEET_VERSION", target.version.to_string()),
        ("FLEET_CANARIES", canaries.join(" ")),
    ]
}

/// Runs a command.
async fn run(command: &str, variables: &[(&'static str, String)]) -> GateAnswer {
    let command = OperatorCommand::shell(command).variables(variables.iter().cloned()).killed_on_drop();
    let end = match command.run().await {
        Ok(end) => end,
        Err(e) => return GateAnswer::Unknown(format!("could not be run: {e}")),
    };
    let said = if end.last_error.is_empty() { end.last_output } else { end.last_error };
    match end.status.code() {
        Some(0) => GateAnswer::Pass,
        Some(DOES_NOT_KNOW) if said.is_empty() => GateAnswer::Unknown(format!("exit code {DOES_NOT_KNOW}")),
        Some(DOES_NOT_KNOW) => GateAnswer::Unknown(said),
        Some(code) => GateAnswer::Fail(format!(
            "exit code {code}{}",
            if said.is_empty() { String::new() } else { format!(": {said}") }
        )),
        None => GateAnswer::Unknown("killed".to_owned()),
    }
}

async fn http(url: &str, code: Option<u16>) -> GateAnswer {
    match Probe::status(url).await {
        Ok(status) if code.map_or((200..300).contains(&status), |wanted| wanted == status) => {
            GateAnswer::Pass
        }
        Ok(status) => GateAnswer::Fail(format!("status {status}")),
        Err(why) => GateAnswer::Unknown(why),
    }
}

async fn prometheus(url: &str, threshold: &Threshold) -> GateAnswer {
    let answer = match Probe::json(
        &format!("{}/api/v1/query", url.trim_end_matches('/')),
        &[("query", &threshold.query)],
    )
    .await
    {
        Ok(answer) => answer,
        Err(why) => return GateAnswer::Unknown(why),
    };
    let data = &answer["data"];
    let value = |sample: &serde_json::Value| sample[1].as_str().and_then(|v| v.parse::<f64>().ok());
    let values: Option<Vec<f64>> = match data["resultType"].as_str() {
        Some("scalar") => value(&data["result"]).map(|v| vec![v]),
        Some("vector") => {
            data["result"].as_array().and_then(|rows| rows.iter().map(|r| value(&r["value"])).collect())
        }
        _ => None,
    };
    match values {
        Some(values) => threshold.judge(&values),
        None => GateAnswer::Unknown("the answer is not a number".to_owned()),
    }
}

/// Every service of the canaries that Consul looks after has an instance of each canary there, and passes. Where there is no
/// such service Consul cannot know.
async fn consul_checks(consul: Option<&Http>, target: &Target, seen: &JobObservation) -> GateAnswer {
    let Some(consul) = consul else {
        return GateAnswer::Unknown("CONSUL_HTTP_ADDR is not set".to_owned());
    };
    let Some(job) = &seen.job else { return GateAnswer::Unknown("the job is gone".to_owned()) };
    let mut asked = BTreeMap::new();
    let canaries = seen.allocs_of(target.version).filter(|a| a.is_canary() && !a.is_terminal());
    for canary in canaries {
        let services = job.group(&canary.task_group).into_iter().flat_map(TaskGroup::all_services);
        for service in services.filter(|s| s.provider != "nomad" && !s.name.is_empty()) {
            let Some(name) = service_name::known(&service.name, canary) else {
                return GateAnswer::Unknown(format!(
                    "the name of service {} is known only on its node",
                    service.name
                ));
            };
            if !asked.contains_key(&name) {
                match consul.read(&health::service(&name)).await {
                    Ok(reply) => drop(asked.insert(name.clone(), reply.value)),
                    Err(e) => return GateAnswer::Unknown(e.to_string()),
                }
            }
            let own = asked[&name].iter().find(|e| e.service.alloc_id() == Some(canary.id.as_str()));
            let Some(entry) = own else {
                return GateAnswer::Unknown(format!("{name} of {} is not registered", canary.name));
            };
            if let Some(check) = entry.checks.iter().find(|c| c.status != CheckStatus::Passing) {
                return GateAnswer::Fail(format!("check {:?} of {} does not pass", check.name, canary.name));
            }
        }
    }
    if asked.is_empty() {
        return GateAnswer::Unknown("the canaries have no service in Consul".to_owned());
    }
    GateAnswer::Pass
}
