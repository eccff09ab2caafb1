//! One connection after the other, and what happens to each.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONNECTION, HOST, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::{ANSWER_WITHIN, BETWEEN, Counts, Lost, Plan, Tally};

/// How long a connection may take to open.
const OPEN_WITHIN: Duration = Duration::from_secs(3);
/// The pause after something went wrong.
const AFTER_A_LOSS: Duration = Duration::from_millis(200);
/// How often a websocket is pinged, and how long it may stay silent.
const PING: Duration = Duration::from_millis(500);
const SILENT_FOR: Duration = Duration::from_secs(10);
/// How many losses are kept with their time.
const MOST_LOSSES: usize = 200;

/// A connection of one kind, opened again whenever it is lost.
pub(super) struct Worker {
    pub(super) plan: Arc<Plan>,
    pub(super) kind: &'static str,
    pub(super) tally: Arc<Mutex<Tally>>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) begun: Instant,
}

type Sender = SendRequest<Empty<Bytes>>;

pub(super) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl Worker {
    fn count(&self, count: impl FnOnce(&mut Counts)) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        count(tally.kinds.entry(self.kind).or_default());
    }

    fn lose(&self, what: String, count: impl FnOnce(&mut Counts)) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        count(tally.kinds.entry(self.kind).or_default());
        if tally.losses.len() < MOST_LOSSES {
            tally.losses.push(Lost { at_ms: millis(self.begun.elapsed()), kind: self.kind, what });
        }
    }

    fn stopped(&self) -> bool {
        *self.stop.borrow()
    }

    async fn pause(&mut self, time: Duration) {
        tokio::select! {
            () = sleep(time) => {}
            _ = self.stop.wait_for(|stop| *stop) => {}
        }
    }

    /// A new connection; none when it could not be opened, which is counted.
    async fn open(&self) -> Option<Sender> {
        let opened = timeout(OPEN_WITHIN, async {
            let stream = TcpStream::connect(&self.plan.address).await.map_err(|e| e.to_string())?;
            drop(stream.set_nodelay(true));
            handshake(TokioIo::new(stream)).await.map_err(|e| e.to_string())
        });
        match opened.await.unwrap_or_else(|_| Err("it did not open in time".to_owned())) {
            Ok((sender, connection)) => {
                self.count(|c| c.opened += 1);
                tokio::spawn(async { drop(connection.with_upgrades().await) });
                Some(sender)
            }
            Err(why) => {
                self.lose(format!("connect: {why}"), |c| c.failed += 1);
                None
            }
        }
    }

    fn request(&self, path: &str) -> hyper::http::request::Builder {
        Request::get(path).header(HOST, &self.plan.host).header("user-agent", "fleet watch-connections")
    }

    /// One request on an open connection; whether the connection may be used again.
    async fn ask(&self, sender: &mut Sender, path: &str, within: Duration) -> bool {
        let Ok(request) = self.request(path).body(Empty::new()) else {
            self.lose(format!("{path:?} or the host is no part of a request"), |c| c.failed += 1);
            return false;
        };
        let begun = Instant::now();
        let answered = timeout(within, async {
            let answer = sender.send_request(request).await.map_err(|e| (true, e))?;
            let (head, body) = answer.into_parts();
            body.collect().await.map_err(|e| (false, e))?;
            Ok::<_, (bool, hyper::Error)>(head)
        });
        match answered.await {
            Err(_) => {
                self.lose("no answer in time".to_owned(), |c| c.failed += 1);
                false
            }
            Ok(Err((before, e))) => {
                let place = if before { "before an answer" } else { "in the middle of an answer" };
                self.lose(format!("cut {place}: {}", innermost(&e)), |c| c.reset += 1);
                false
            }
            Ok(Ok(head)) => {
                let status = head.status;
                let slow = millis(begun.elapsed());
                let count = |c: &mut Counts| {
                    c.slowest_ms = c.slowest_ms.max(slow);
                    match status.as_u16() {
                        500.. => c.server_errors += 1,
                        400.. => c.client_errors += 1,
                        _ => c.answered += 1,
                    }
                };
                if status.is_server_error() || status.is_client_error() {
                    self.lose(format!("status {}", status.as_u16()), count);
                } else {
                    self.count(count);
                }
                let closes =
                    head.headers.get(CONNECTION).is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"close"));
                if closes {
                    self.count(|c| c.closed += 1);
                }
                !closes
            }
        }
    }

    pub(super) async fn keep_alive(mut self, path: String, within: Duration, between: Duration) {
        // Not all at the same moment.
        self.pause(between.mul_f64(fastrand::f64())).await;
        let mut open: Option<Sender> = None;
        while !self.stopped() {
            if let Some(mut sender) = open.take() {
                if sender.ready().await.is_err() || sender.is_closed() {
                    self.count(|c| c.closed += 1);
                } else {
                    open = Some(sender);
                }
            }
            if open.is_none() {
                open = self.open().await;
            }
            let Some(mut sender) = open.take() else {
                self.pause(AFTER_A_LOSS).await;
                continue;
            };
            if self.ask(&mut sender, &path, within).await {
                open = Some(sender);
            } else {
                self.pause(AFTER_A_LOSS).await;
            }
            self.pause(between.mul_f64(0.5 + fastrand::f64())).await;
        }
    }

    pub(super) async fn fresh(mut self) {
        let path = self.plan.path.clone();
        while !self.stopped() {
            if let Some(mut sender) = self.open().await {
                self.ask(&mut sender, &path, ANSWER_WITHIN).await;
            }
            self.pause(BETWEEN.mul_f64(0.5 + fastrand::f64())).await;
        }
    }

    pub(super) async fn websocket(mut self, path: String) {
        self.pause(BETWEEN.mul_f64(fastrand::f64())).await;
        while !self.stopped() {
            if let Some(sender) = self.open().await {
                self.hold_websocket(sender, &path).await;
            }
            self.pause(AFTER_A_LOSS).await;
        }
    }

    /// Opens a websocket and holds it until it is cut or the load ends.
    async fn hold_websocket(&mut self, mut sender: Sender, path: &str) {
        let request = self
            .request(path)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, "ZmxlZXQgd2F0Y2hlcyB5b3U=")
            .body(Empty::new());
        let Ok(request) = request else { return };
        let opened = timeout(ANSWER_WITHIN, async {
            let answer = sender.send_request(request).await.map_err(|e| innermost(&e))?;
            if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                return Err(format!("status {}", answer.status().as_u16()));
            }
            hyper::upgrade::on(answer).await.map_err(|e| innermost(&e))
        });
        let stream = match opened.await.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
            Ok(stream) => stream,
            Err(why) if why.starts_with("status 5") => {
                return self.lose(format!("handshake: {why}"), |c| c.server_errors += 1);
            }
            Err(why) => return self.lose(format!("handshake: {why}"), |c| c.failed += 1),
        };
        self.count(|c| c.answered += 1);
        if let Err(why) = self.talk(TokioIo::new(stream)).await {
            self.lose(format!("cut: {why}"), |c| c.reset += 1);
        }
    }

    /// Pings until the load ends. Whatever comes back is a sign of life.
    async fn talk(&mut self, mut stream: TokioIo<hyper::upgrade::Upgraded>) -> Result<(), String> {
        // An empty ping, masked as a client's frames are.
        const FRAME: [u8; 6] = [0x89, 0x80, 0, 0, 0, 0];
        let mut heard = Instant::now();
        let mut buffer = [0_u8; 1024];
        while !self.stopped() {
            stream.write_all(&FRAME).await.map_err(|e| e.to_string())?;
            let until = Instant::now() + PING;
            while Instant::now() < until {
                match timeout(until - Instant::now(), stream.read(&mut buffer)).await {
                    Ok(Ok(0)) => return Err("closed by the other end".to_owned()),
                    Ok(Ok(_)) => heard = Instant::now(),
                    Ok(Err(e)) => return Err(e.to_string()),
                    Err(_) => break,
                }
            }
            if heard.elapsed() > SILENT_FOR {
                return Err(format!("silent for {} s", SILENT_FOR.as_secs()));
            }
        }
        Ok(())
    }
}

fn innermost(e: &hyper::Error) -> String {
    let mut last: &dyn std::error::Error = e;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
