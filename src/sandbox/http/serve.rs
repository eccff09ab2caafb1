//! Accepting connections and answering their requests, faults included.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, HeaderValue, VARY};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::api::http::Product;
use crate::sandbox::consul::Consul;
use crate::sandbox::engine::{Logged, Shared};
use crate::sandbox::faults::Effect;
use crate::sandbox::http::body::{Answer, Coding, CutAfter};
use crate::sandbox::http::consul;
use crate::sandbox::http::line::{Control, Line};
use crate::sandbox::http::reply::{Content, Reply};
use crate::sandbox::http::request::Request;
use crate::sandbox::http::router::{RouteMatch, redirect, route};
use crate::sandbox::http::{blocking, events, exec, fs};
use crate::sandbox::id::Id;
use crate::sandbox::world::World;

/// How many connections one address may have (`nomad-api.md §1.6`); to Consul it may have twice as many.
const fn max_connections(product: Product) -> usize {
    match product {
        Product::Nomad => 100,
        Product::Consul => 200,
    }
}

/// What the agent writes to one too many, before it reads anything.
const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\nYour IP is issuing too many concurrent connections, please rate limit your calls\n";

/// How many connections each address has.
type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// One of the counted connections; it leaves the count when it ends.
struct Counted {
    counts: Counts,
    address: IpAddr,
}

impl Counted {
    fn new(counts: &Counts, address: IpAddr, most: usize) -> Option<Self> {
        let mut held = counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Counted { counts: Arc::clone(counts), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut held = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count = count.saturating_sub(1);
        }
    }
}

/// Answers requests for as long as it is polled.
pub(in crate::sandbox) async fn serve(shared: Arc<Shared>, product: Product, listener: TcpListener) {
    let counts = Counts::default();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, peer)) = accepted else { continue };
                connections.spawn(connection(Arc::clone(&shared), product, stream, peer, Arc::clone(&counts)));
            }
            Some(ended) = connections.join_next(), if !connections.is_empty() => drop(ended),
        }
    }
}

async fn connection(
    shared: Arc<Shared>,
    product: Product,
    mut stream: TcpStream,
    peer: SocketAddr,
    counts: Counts,
) {
    stream.set_nodelay(true).ok();
    let Some(_counted) = Counted::new(&counts, peer.ip(), max_connections(product)) else {
        stream.write_all(TOO_MANY).await.ok();
        stream.shutdown().await.ok();
        return;
    };
    let control = Arc::new(Control::default());
    let line = TokioIo::new(Line::new(stream, Arc::clone(&control)));
    let service =
        service_fn(move |request| respond(Arc::clone(&shared), product, Arc::clone(&control), request));
    let served =
        http1::Builder::new().title_case_headers(true).serve_connection(line, service).with_upgrades();
    // How a connection ends is the client's affair, or a fault's.
    drop(served.await);
}

/// Why a request gets no answer: the connection ends.
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct Unanswered;

async fn respond(
    shared: Arc<Shared>,
    product: Product,
    control: Arc<Control>,
    request: hyper::Request<Incoming>,
) -> Result<Response<Answer>, Unanswered> {
    let mut request = request;
    let upgraded = hyper::upgrade::on(&mut request);
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Unanswered)?.to_bytes();
    let coding = parts
        .headers
        .get(ACCEPT_ENCODING)
        .and_then(|v| v.to_str().ok())
        .map_or(Coding::Plain, Coding::agreed);
    let request = Request::new(product, parts.method.as_str(), &parts.uri, &parts.headers, body);
    let struck = Struck::by(&shared, &request).await;
    let entry = Entry { shared: &shared, product, request: &request };
    if struck.hangs {
        entry.note(0);
        std::future::pending::<()>().await;
    }
    if struck.resets {
        entry.note(0);
        control.reset();
        return Err(Unanswered);
    }
    let changed = exec::asked(&request.path).and_then(|_| exec::upgrade(&parts.headers));
    if let Some(response) = changed.filter(|_| struck.instead.is_none()) {
        entry.note(response.status().as_u16());
        tokio::spawn(exec::serve(shared, upgraded, request));
        return Ok(response);
    }
    let mut reply = match struck.instead {
        Some(reply) => reply,
        None if product == Product::Nomad && fs::asked(&request.path).is_some() => {
            fs::answer(&shared, &request).await
        }
        None if product == Product::Nomad && events::is_asked(&request.path) => {
            events::answer(&shared, &request)
        }
        None => answer(&shared, product, &request).await,
    };
    reply.index = reply.index.map(|index| index.saturating_sub(struck.stale_by));
    entry.note(reply.status);
    if !struck.after.is_empty() {
        shared.visit(|world| struck.after.iter().for_each(|effect| aftermath(world, &request.path, effect)));
    }
    if struck.keeps_reply {
        std::future::pending::<()>().await;
    }
    if struck.drops_reply {
        control.reset();
        return Err(Unanswered);
    }
    let mut response = render(&shared, product, &request, reply, coding);
    if let Some(bytes) = struck.cuts {
        response = response.map(|answer| answer.cut(CutAfter(bytes)));
    }
    Ok(response)
}

/// What the faults do to a request.
#[derive(Default)]
struct Struck {
    instead: Option<Reply>,
    hangs: bool,
    resets: bool,
    drops_reply: bool,
    keeps_reply: bool,
    cuts: Option<usize>,
    stale_by: u64,
    after: Vec<Effect>,
}

impl Struck {
    /// Meets what is in the way of a request; delays are over when this returns.
    async fn by(shared: &Shared, request: &Request) -> Self {
        let effects = shared.with_faults(|faults, rng| faults.strike(&request.method, &request.path, rng));
        let mut struck = Struck::default();
        for effect in effects {
            match effect {
                Effect::Status(status, text) => struck.instead = Some(Reply::text(status, text)),
                Effect::Reset => struck.resets = true,
                Effect::Truncate(bytes) => struck.cuts = Some(bytes),
                Effect::Delay(wait) => shared.sleep(wait).await,
                Effect::Hang => struck.hangs = true,
                Effect::TooMany => {
                    let words =
                        "Your IP is issuing too many concurrent connections, please rate limit your calls\n";
                    let mut reply = Reply::text(429, "").header("connection", "close");
                    reply.content = Content::Other("text/plain", words.into());
                    struck.instead = Some(reply);
                }
                Effect::DropReply => struck.drops_reply = true,
                Effect::NoReply => struck.keeps_reply = true,
                Effect::NoLeader(wait) => shared.visit(|world| world.lose_quorum(wait)),
                Effect::KillLeader => shared.visit(World::kill_leader),
                Effect::StaleIndex(by) => struck.stale_by = by,
                later @ (Effect::KillNode(_) | Effect::PauseNode(_) | Effect::NeverHealthy) => {
                    struck.after.push(later);
                }
            }
        }
        struck
    }
}

/// What befalls the node a request was about, once it is carried out.
fn aftermath(world: &mut World, path: &str, effect: &Effect) {
    let Some(node) = path.split('/').find_map(Id::parse) else { return };
    match effect {
        Effect::KillNode(wait) => world.kill_node_after(node, *wait),
        Effect::PauseNode(wait) => world.pause_node(node, *wait),
        Effect::NeverHealthy => world.curse_node(node),
        _ => {}
    }
}

/// A request for the log.
struct Entry<'a> {
    shared: &'a Shared,
    product: Product,
    request: &'a Request,
}

impl Entry<'_> {
    fn note(&self, status: u16) {
        let Request { method, path, raw_query, token, .. } = self.request;
        let (accessor, at) = self.shared.visit(|world| {
            let accessor = match self.product {
                Product::Nomad => world.state.acl.by_secret(token).map(|t| t.accessor.to_string()),
                Product::Consul => {
                    let tokens = world.consul.as_ref().map(Consul::tokens);
                    tokens.and_then(|tokens| tokens.get(token)).map(|t| t.accessor().to_owned())
                }
            };
            (accessor.unwrap_or_default(), world.now())
        });
        self.shared.note(Logged {
            product: self.product,
            method: method.clone(),
            path: path.clone(),
            query: raw_query.clone(),
            status,
            accessor,
            write: self.request.is_write(),
            at,
        });
    }
}

async fn answer(shared: &Shared, product: Product, request: &Request) -> Reply {
    if product == Product::Consul {
        return consul::answer(shared, request).await;
    }
    if let Some(mut to) = redirect(&request.raw_path) {
        if !request.raw_query.is_empty() {
            to = format!("{to}?{}", request.raw_query);
        }
        let page = format!("<a href=\"{to}\">Temporary Redirect</a>.\n\n");
        let mut reply = Reply::text(307, "").header("location", to);
        reply.content = match request.method.as_str() {
            "GET" | "HEAD" => Content::Other("text/html; charset=utf-8", page.into_bytes()),
            _ => Content::Nothing,
        };
        return reply;
    }
    match route(&request.path) {
        RouteMatch::Handler(handler, rest) => blocking::answer(shared, request, handler, rest).await,
        RouteMatch::Nowhere => {
            let mut reply = Reply::empty();
            reply.status = 404;
            reply
        }
    }
}

fn render(
    shared: &Shared,
    product: Product,
    request: &Request,
    reply: Reply,
    coding: Coding,
) -> Response<Answer> {
    let pretty = request.query.first("pretty").is_some_and(|value| value != "0");
    let kind = match &reply.content {
        Content::Nothing => None,
        Content::Json(_) | Content::Rows(_) => Some("application/json"),
        Content::Text(_) => Some("text/plain; charset=utf-8"),
        Content::Other(kind, _) | Content::Live(kind, _) => Some(*kind),
    };
    let empty = matches!(reply.content, Content::Nothing);
    let streams = matches!(reply.content, Content::Live(..));
    let coding = if empty || streams { Coding::Plain } else { coding };
    let mut response = Response::new(Answer::new(reply.content, pretty, coding));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.append(name, value);
        }
    };
    if let Some(kind) = kind {
        put(CONTENT_TYPE, kind);
    }
    if let Some(name) = coding.name() {
        put(CONTENT_ENCODING, name);
    }
    if reply.vary {
        put(VARY, "Accept-Encoding");
    }
    let named = HeaderName::from_static;
    let [index, leader, contact] = match product {
        Product::Nomad => ["x-nomad-index", "x-nomad-knownleader", "x-nomad-lastcontact"],
        Product::Consul => ["x-consul-index", "x-consul-knownleader", "x-consul-lastcontact"],
    };
    if let Some(at) = reply.index {
        put(named(index), &at.to_string());
    }
    if let Some(known) = reply.leader {
        put(named(leader), if known { "true" } else { "false" });
        put(named(contact), &reply.contact.to_string());
    }
    if !reply.next_token.is_empty() {
        put(named("x-nomad-nexttoken"), &reply.next_token);
    }
    for (name, value) in &reply.headers {
        if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
            put(name, value);
        }
    }
    let now = shared.clock.moment().timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    put(DATE, &now);
    response
}
