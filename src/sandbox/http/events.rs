//! The event stream: what writes touched, as it happens (`nomad-api.md §8`).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::sandbox::engine::Shared;
use crate::sandbox::http::access::{Rights, denied};
use crate::sandbox::http::call::{REGION, WRONG_METHOD};
use crate::sandbox::http::reply::{Content, Reply};
use crate::sandbox::http::request::Request;
use crate::sandbox::state::State;
use crate::sandbox::state::eval::Trigger;
use crate::sandbox::state::index::{Scope, Table};
use crate::sandbox::wire::deployment::Deployment as Shown;
use crate::sandbox::wire::fields::OmitEmpty;
use crate::sandbox::wire::{alloc, eval, node};
use crate::sandbox::world::requests::Refusal;

/// How often a stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// How long a stream that is refused stays open without a word: its status was sent before anybody looked at the token.
const SILENCE: Duration = Duration::from_millis(1_300);

/// Whether a path is the stream's.
pub(super) fn is_asked(path: &str) -> bool {
    path == "/v1/event/stream"
}

/// What a stream is to tell.
#[derive(Debug)]
struct Subscription {
    /// Topics and keys; `*` for all of either.
    topics: Vec<(String, String)>,
    namespace: String,
    index: u64,
}

impl Subscription {
    fn read(request: &Request) -> Result<Self, Refusal> {
        if request.method != "GET" {
            return Err(Refusal::new(405, WRONG_METHOD));
        }
        let given = request.query.get("index");
        let index = match given {
            "" => 0,
            text => text.parse().map_err(|_| {
                let why = format!("strconv.Atoi: parsing {text:?}: invalid syntax");
                Refusal::new(400, format!("Unable to parse index: {why}"))
            })?,
        };
        let mut topics = Vec::new();
        for topic in request.query.all("topic") {
            let parts: Vec<&str> = topic.split(':').collect();
            match parts.as_slice() {
                [topic] => topics.push(((*topic).to_owned(), "*".to_owned())),
                [topic, key] => topics.push(((*topic).to_owned(), (*key).to_owned())),
                _ => {
                    let why = format!("Invalid key value pair for topic, topic: {topic}");
                    return Err(Refusal::new(400, format!("Unable to parse topic query: {why}")));
                }
            }
        }
        if topics.is_empty() {
            topics.push(("*".to_owned(), "*".to_owned()));
        }
        let namespace = match request.query.get("namespace") {
            "" => "default".to_owned(),
            given => given.to_owned(),
        };
        Ok(Subscription { topics, namespace, index })
    }

    /// Whether a token may hear it, as long as it goes on.
    fn allow(&self, rights: &Rights) -> Result<(), Refusal> {
        let may = self.topics.iter().all(|(topic, _)| match topic.as_str() {
            "Job" | "Allocation" | "Evaluation" | "Deployment" | "Service" | "CSIPlugin" => {
                rights.in_namespace(&self.namespace, &["read-job"])
            }
            "Node" => rights.node(false),
            "Operator" => rights.operator(false),
            _ => rights.is_management(),
        });
        if may { Ok(()) } else { Err(denied()) }
    }

    fn wants(&self, event: &Value) -> bool {
        let text = |name: &str| event[name].as_str().unwrap_or_default();
        let namespace = text("Namespace");
        if !namespace.is_empty() && self.namespace != "*" && self.namespace != namespace {
            return false;
        }
        let keys = event["FilterKeys"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let keys: Vec<&str> = std::iter::once(text("Key")).chain(keys).collect();
        self.topics.iter().any(|(topic, key)| {
            (topic == "*" || topic == text("Topic")) && (key == "*" || keys.contains(&key.as_str()))
        })
    }
}

/// Answers a request for the stream.
pub(super) fn answer(shared: &Arc<Shared>, request: &Request) -> Reply {
    let subscription = match Subscription::read(request) {
        Ok(subscription) => subscription,
        Err(refusal) => return Reply::text(refusal.status, refusal.text),
    };
    let region = request.query.get("region");
    let allowed = matches!(region, "" | REGION)
        && shared.visit(|world| {
            let rights = Rights::of(&world.state, &request.token, world.now());
            rights.and_then(|rights| subscription.allow(&rights)).is_ok()
        });
    let (send, live) = mpsc::channel(16);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        if allowed {
            tell(&shared, &subscription, &send).await;
        } else {
            shared.sleep(SILENCE).await;
        }
    });
    let mut reply = Reply::empty().header("Connection", "close");
    reply.content = Content::Live("application/json", live);
    reply
}

/// Sends lines until nobody reads them.
async fn tell(shared: &Shared, subscription: &Subscription, send: &mpsc::Sender<Bytes>) {
    let mut pulse = shared.pulse.subscribe();
    let line = |value: &Value| Bytes::from(format!("{value}\n"));
    let beat = || shared.clock.moment() + HEARTBEAT;
    let mut next = shared.visit(|world| {
        let (oldest, newest) = world.state.indexes.buffered();
        // Beyond the newest it begins with that one.
        subscription.index.clamp(oldest, newest.max(oldest))
    });
    if send.send(line(&json!({}))).await.is_err() {
        return;
    }
    let mut due = beat();
    loop {
        let batches = shared.visit(|world| {
            let found: Vec<(u64, Vec<Value>)> = world
                .state
                .indexes
                .since(next)
                .map(|(index, scopes)| {
                    // A row may be touched twice in a write, and is told once.
                    let mut seen = HashSet::new();
                    let rows = scopes.iter().filter(|scope| seen.insert(*scope));
                    let events = rows.filter_map(|scope| event(&world.state, *index, scope, scopes));
                    (*index, events.filter(|e| subscription.wants(e)).collect())
                })
                .collect();
            found
        });
        for (index, events) in batches {
            next = index + 1;
            if !events.is_empty()
                && send.send(line(&json!({"Events": events, "Index": index}))).await.is_err()
            {
                return;
            }
        }
        let wait = shared.clock.until(due).unwrap_or(HEARTBEAT);
        tokio::select! {
            told = pulse.changed() => if told.is_err() { return },
            () = tokio::time::sleep(wait.max(Duration::from_millis(1))) => {}
            () = send.closed() => return,
        }
        if shared.clock.moment() >= due {
            if send.send(line(&json!({}))).await.is_err() {
                return;
            }
            due = beat();
        }
    }
}

/// What a write did to a row. The row is told as it is when the stream comes to it.
fn event(state: &State, index: u64, scope: &Scope, all: &[Scope]) -> Option<Value> {
    let planned = all.iter().any(|s| matches!(s, Scope::Row(Table::Allocs, _)))
        && all.iter().any(|s| matches!(s, Scope::Row(Table::Evals, _)));
    let (topic, kind, key, namespace, filter, payload) = match scope {
        Scope::Row(Table::Nodes, id) => match state.node(*id) {
            None => ("Node", "NodeDeregistration", id.to_string(), String::new(), vec![], json!({})),
            Some(node) => {
                let said = node.events.last().map(|e| e.message.to_lowercase()).unwrap_or_default();
                let kind = if node.create_index == index {
                    "NodeRegistration"
                } else if said.contains("drain") {
                    "NodeDrain"
                } else if said.contains("eligib") {
                    "NodeEligibility"
                } else {
                    "NodeStreamEvent"
                };
                let shown = serde_json::to_value(node::Full::of(node)).ok()?;
                ("Node", kind, id.to_string(), String::new(), vec![], json!({"Node": shown}))
            }
        },
        Scope::Job(Table::Jobs, key) => {
            let (id, namespace) = (key.id.to_string(), key.namespace.to_string());
            match state.job(key) {
                None => {
                    ("Job", "JobDeregistered", id, namespace, vec![], json!({"Job": null, "Deleted": true}))
                }
                Some(job) if job.job_modify_index == index => {
                    let shown = serde_json::to_value(&**job).ok()?;
                    let kind = if job.stop { "JobDeregistered" } else { "JobRegistered" };
                    ("Job", kind, id, namespace, vec![], json!({"Job": shown}))
                }
                Some(_) => return None,
            }
        }
        Scope::Row(Table::Evals, id) => {
            let eval = state.eval(*id)?;
            let kind = match eval.trigger {
                Trigger::JobRegister if eval.create_index == index => "JobRegistered",
                Trigger::JobDeregister if eval.create_index == index => "JobDeregistered",
                _ if planned => "PlanResult",
                _ => "EvaluationUpdated",
            };
            let shown = serde_json::to_value(OmitEmpty(eval::Evaluation::of(eval))).ok()?;
            let deployment = shown["DeploymentID"].as_str().unwrap_or_default().to_owned();
            let filter = vec![eval.job.id.to_string(), deployment];
            let namespace = eval.job.namespace.to_string();
            ("Evaluation", kind, id.to_string(), namespace, filter, json!({"Evaluation": shown}))
        }
        Scope::Row(Table::Allocs, id) => {
            let alloc = state.alloc(*id)?;
            let kind = if planned { "PlanResult" } else { "AllocationUpdated" };
            let mut shown = serde_json::to_value(OmitEmpty(alloc::Full::of(alloc))).ok()?;
            shown.as_object_mut()?.remove("Job");
            let key = alloc.job_key();
            let deployment = alloc.deployment_id.map(|id| id.to_string()).unwrap_or_default();
            let filter = vec![key.id.to_string(), deployment];
            (
                "Allocation",
                kind,
                id.to_string(),
                key.namespace.to_string(),
                filter,
                json!({"Allocation": shown}),
            )
        }
        Scope::Row(Table::Deployments, id) => {
            let deployment = state.deployment(*id)?;
            let kind = if planned { "PlanResult" } else { "DeploymentStatusUpdate" };
            let shown = serde_json::to_value(Shown::of(deployment)).ok()?;
            let key = &deployment.job;
            let (filter, namespace) = (vec![key.id.to_string()], key.namespace.to_string());
            ("Deployment", kind, id.to_string(), namespace, filter, json!({"Deployment": shown}))
        }
        Scope::Name(Table::NodePools, name) => {
            let pool = state.catalog.pools.get(&**name);
            let kind = if pool.is_some() { "NodePoolUpserted" } else { "NodePoolDeleted" };
            let shown = serde_json::to_value(pool.map(|pool| &**pool)).ok()?;
            ("NodePool", kind, name.to_string(), String::new(), vec![], json!({"NodePool": shown}))
        }
        _ => return None,
    };
    let filter = if filter.is_empty() { Value::Null } else { json!(filter) };
    Some(json!({
        "Topic": topic, "Type": kind, "Key": key, "Namespace": namespace, "FilterKeys": filter, "Index": index,
        "Payload": payload,
    }))
}
