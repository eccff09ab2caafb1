//! The HTTP API of the simulated Consul agent (`consul-api.md §1-§3`).

mod agent;
mod catalog;
mod config;
mod health;
mod kv;
mod operator;
mod register;
mod session;
mod txn;
mod types;

use std::time::Duration;

use serde_json::Value as Json;

use crate::api::wire::Nanos;
use crate::sandbox::consul::Consul;
use crate::sandbox::consul::acl::Rights;
use crate::sandbox::engine::Shared;
use crate::sandbox::filter::{Type, TypedFilter};
use crate::sandbox::http::reply::{Content, Reply};
use crate::sandbox::http::request::{Input, Request};
use crate::sandbox::http::router::clean;
use crate::sandbox::moment::Moment;
use crate::sandbox::world::requests::Refusal;

/// How long a query waits that does not say.
const WAIT: Duration = Duration::from_secs(300);
/// How long it may wait at most.
const LONGEST: Duration = Duration::from_secs(600);

type Handler = fn(&mut ConsulRequest<'_>) -> Result<Reply, Refusal>;

/// What the headers of an answer say of its consistency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marks {
    /// Nothing, unless the answer is a read.
    None,
    /// Of a refusal too, that no leader was heard.
    Always,
    /// And how consistent it is.
    Consistency,
}

use Marks::{Always, Consistency};

/// Paths with the methods they answer. One that ends in a slash answers everything below.
const ROUTES: [(&str, &str, Marks, Handler); 29] = [
    ("/v1/acl/token/self", "GET", Always, agent::token),
    ("/v1/agent/self", "GET", Marks::None, agent::own),
    ("/v1/agent/members", "GET", Marks::None, agent::members),
    ("/v1/agent/service/", "GET", Marks::None, agent::service),
    ("/v1/agent/service/register", "PUT", Marks::None, register::service),
    ("/v1/agent/service/deregister/", "PUT", Marks::None, agent::deregister),
    ("/v1/catalog/nodes", "GET", Consistency, catalog::nodes),
    ("/v1/catalog/services", "GET", Consistency, catalog::services),
    ("/v1/catalog/service/", "GET", Consistency, catalog::service),
    ("/v1/catalog/node/", "GET", Consistency, catalog::node),
    ("/v1/catalog/deregister", "PUT", Marks::None, catalog::deregister),
    ("/v1/catalog/gateway-services/", "GET", Consistency, config::gateway_services),
    ("/v1/config", "PUT", Marks::None, config::put),
    ("/v1/config/", "GET,DELETE", Always, config::any),
    ("/v1/discovery-chain/", "GET", Consistency, config::discovery_chain),
    ("/v1/health/state/", "GET", Consistency, health::state),
    ("/v1/health/node/", "GET", Consistency, health::node),
    ("/v1/health/service/", "GET", Consistency, health::service),
    ("/v1/health/connect/", "GET", Consistency, health::connect),
    ("/v1/kv/", "GET,PUT,DELETE", Marks::None, kv::any),
    ("/v1/operator/raft/configuration", "GET", Marks::None, operator::raft),
    ("/v1/operator/autopilot/health", "GET", Marks::None, operator::health),
    ("/v1/session/create", "PUT", Marks::None, session::create),
    ("/v1/session/destroy/", "PUT", Marks::None, session::destroy),
    ("/v1/session/renew/", "PUT", Marks::None, session::renew),
    ("/v1/session/info/", "GET", Always, session::info),
    ("/v1/status/leader", "GET", Marks::None, operator::leader),
    ("/v1/status/peers", "GET", Marks::None, operator::peers),
    ("/v1/txn", "PUT", Marks::None, txn::apply),
];

/// A request to the embedded Consul at its handler.
struct ConsulRequest<'a> {
    consul: &'a mut Consul,
    request: &'a Request,
    /// The path after the part the handler was chosen by.
    rest: &'a str,
}

/// How a read wants to be answered.
#[derive(Debug, Clone, Copy)]
struct Terms {
    consistency: &'static str,
    index: u64,
    wait: Option<Nanos>,
}

impl Terms {
    fn parse(request: &Request, datacenter: &str) -> Result<Terms, Refusal> {
        let query = &request.query;
        let bad = |words: &str| Refusal::new(400, words);
        let (wait, index) = (query.wait()?, query.index()?);
        let consistency = match (query.first("stale"), query.first("consistent")) {
            (Some(_), Some(_)) => {
                return Err(bad("Cannot specify ?stale with ?consistent, conflicting semantics."));
            }
            (Some(_), None) => "stale",
            (None, Some(_)) => "consistent",
            (None, None) => "leader",
        };
        match query.get("dc") {
            // An agent answers for itself wherever it is.
            _ if request.path.starts_with("/v1/agent/") => {}
            "" => {}
            dc if dc == datacenter => {}
            _ => return Err(Refusal::failed("No path to datacenter")),
        }
        Ok(Terms { consistency, index, wait })
    }

    /// When a query is answered at the latest: not all at the same moment.
    fn deadline(self, now: Moment, chance: impl FnOnce(u64) -> u64) -> Moment {
        let wait = self.wait.map(Nanos::duration).filter(|wait| !wait.is_zero()).unwrap_or(WAIT).min(LONGEST);
        let spread = u64::try_from((wait / 16).as_nanos()).unwrap_or(u64::MAX);
        now + wait + Duration::from_nanos(chance(spread))
    }
}

impl ConsulRequest<'_> {
    /// What the request may do.
    fn rights(&self) -> Result<Rights, Refusal> {
        self.consul.rights(&self.request.token).map_err(|words| Refusal::new(403, words))
    }

    /// The path after the part the handler was chosen by, which must not be empty.
    fn named(&self, missing: &str) -> Result<&str, Refusal> {
        if self.rest.is_empty() {
            Err(Refusal::new(400, format!("Missing {missing}")))
        } else {
            Ok(self.rest)
        }
    }

    /// The rows that pass the filter of the request.
    fn filtered(&self, rows: Vec<Json>, kind: &'static Type) -> Result<Vec<Json>, Refusal> {
        match self.filter(kind)? {
            None => Ok(rows),
            Some(filter) => Ok(rows.into_iter().filter(|row| filter.passes(row)).collect()),
        }
    }

    fn filter(&self, kind: &'static Type) -> Result<Option<TypedFilter>, Refusal> {
        let text = self.request.query.get("filter");
        if text.is_empty() {
            return Ok(None);
        }
        let words = |flaw| Refusal::failed(format!("Failed to create boolean expression evaluator: {flaw}"));
        TypedFilter::parse(text, kind).map(Some).map_err(words)
    }

    /// The body as a JSON object of this Go type; nothing at all is an empty one.
    fn body(&self, kind: &str) -> Result<Input, Refusal> {
        if self.request.body.is_empty() {
            return Ok(Input(Json::Object(serde_json::Map::new())));
        }
        self.request.decode().map_err(|flaw| {
            let flaw = flaw.replace("into Go value", &format!("into Go value of type {kind}"));
            Refusal::new(400, format!("Request decode failed: {flaw}"))
        })
    }
}

fn denied() -> Refusal {
    Refusal::new(403, "Permission denied")
}

/// A value as of an index.
fn read(value: &Json, index: u64) -> Reply {
    Reply::value(value).read(index.max(1), Vec::new())
}

/// Answers a request, when it is time.
pub(super) async fn answer(shared: &Shared, request: &Request) -> Reply {
    let fits = |(path, ..): &&(&str, &str, Marks, Handler)| {
        if path.ends_with('/') { request.path.starts_with(path) } else { request.path == *path }
    };
    if let Some(to) = elsewhere(&request.path) {
        let mut reply = Reply::text(301, "").header("location", to.clone());
        let page = format!("<a href=\"{to}\">Moved Permanently</a>.\n\n");
        reply.content = Content::Other("text/html; charset=utf-8", page.into_bytes());
        reply.vary = false;
        return reply;
    }
    let route = ROUTES.iter().filter(fits).max_by_key(|(path, ..)| path.len());
    let Some((pattern, methods, marks, handler)) = route else {
        let mut reply = Reply::empty();
        (reply.status, reply.vary) = (404, false);
        return reply;
    };
    if !methods.split(',').any(|method| method == request.method) {
        let words = format!("method {} not allowed", request.method);
        return Reply::text(405, words).header("allow", format!("OPTIONS,{methods}"));
    }
    let rest = &request.path[pattern.len()..];
    hold(shared, request, *marks, |consul| handler(&mut ConsulRequest { consul, request, rest })).await
}

/// Where a client is sent that writes a path in another way than it is known.
fn elsewhere(path: &str) -> Option<String> {
    let below = format!("{path}/");
    match clean(path) {
        _ if path == "/" => Some("/ui/".to_owned()),
        clean if clean != path => Some(clean),
        _ => {
            let known = |wanted: &str| ROUTES.iter().any(|(known, ..)| *known == wanted);
            (known(&below) && !known(path)).then_some(below)
        }
    }
}

/// Asks a handler, again and again until its answer is newer than the request wants, or the wait is over.
async fn hold(
    shared: &Shared,
    request: &Request,
    marks: Marks,
    handler: impl Fn(&mut Consul) -> Result<Reply, Refusal>,
) -> Reply {
    let mut deadline: Option<Moment> = None;
    loop {
        let mut pulse = shared.pulse.subscribe();
        let looked = shared.visit(|world| {
            let now = world.now();
            let mut chance = |most| world.chance(most);
            let jitter = chance(u64::MAX);
            let consul = world.consul.as_mut()?;
            let terms = Terms::parse(request, &consul.datacenter);
            let outcome = terms.clone().and_then(|_| handler(consul));
            Some((terms, outcome, consul.version(), now, jitter))
        });
        let Some((terms, outcome, version, now, jitter)) = looked else { return Reply::empty() };
        let mut reply = match outcome {
            Ok(reply) => reply,
            Err(refusal) => return refused(refusal, marks),
        };
        let Ok(terms) = terms else { return reply };
        if marks == Consistency && reply.status == 200 {
            reply = reply.header("x-consul-effective-consistency", terms.consistency);
        }
        let fresh = reply.index.is_none_or(|index| index > terms.index);
        if request.method != "GET" || terms.index == 0 || fresh {
            return reply;
        }
        let until = *deadline.get_or_insert_with(|| terms.deadline(now, |most| jitter % most.max(1)));
        loop {
            let (changed, over) = shared.visit(|world| {
                (world.consul.as_ref().is_none_or(|c| c.version() != version), world.now() >= until)
            });
            match (changed, over) {
                (true, _) => break,
                (false, true) => return reply,
                (false, false) => {}
            }
            let wait = shared.clock.until(until).unwrap_or(Duration::MAX);
            tokio::select! {
                told = pulse.changed() => if told.is_err() { return reply },
                () = tokio::time::sleep(wait.clamp(Duration::from_millis(1), LONGEST)) => {}
            }
        }
    }
}

fn refused(refusal: Refusal, marks: Marks) -> Reply {
    let Refusal { status, text } = refusal;
    let mut reply = Reply::text(status, text);
    if marks != Marks::None && matches!(status, 403 | 500) {
        (reply.index, reply.leader) = (Some(1), Some(false));
    }
    reply
}
