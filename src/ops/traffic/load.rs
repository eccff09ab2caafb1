//! A client that keeps connections open through a write and counts what happens to them: keep-alive connections, new ones, long
//! requests and streams, websockets. It repeats nothing on its own, so every loss is counted.

mod worker;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use self::worker::{Worker, millis};

/// How long an ordinary answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a long request or a stream may last.
const LONG_WITHIN: Duration = Duration::from_secs(600);
/// The pause between two requests of a connection.
const BETWEEN: Duration = Duration::from_millis(250);
/// More connections than this are no probe any more.
pub const MOST: usize = 1000;

/// What is opened, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// `host:port` to connect to.
    pub address: String,
    /// The `Host` that requests carry.
    pub host: String,
    /// The path of ordinary requests.
    pub path: String,
    /// How many connections are kept open and asked again and again.
    pub keep_alive: usize,
    /// How many workers open a new connection for every request.
    pub fresh: usize,
    /// Paths of long requests and streams, each with so many connections.
    pub long: Vec<(String, usize)>,
    /// Paths of websockets, each with so many connections.
    pub websockets: Vec<(String, usize)>,
}

impl Plan {
    /// Where a URL points, and what host it names, unless another one is to be named.
    ///
    /// # Errors
    /// When it is no `http://` URL.
    pub fn place(url: &str, host: Option<&str>) -> Result<(String, String, String), String> {
        let rest = url.strip_prefix("http://").ok_or("expected an address that begins with http://")?;
        let (authority, path) =
            rest.split_once('/').map_or((rest, String::new()), |(a, p)| (a, p.to_owned()));
        if authority.is_empty() || authority.contains('@') {
            return Err("expected http://HOST[:PORT][/PATH]".to_owned());
        }
        let after_bracket = authority.rsplit(']').next().unwrap_or_default();
        let address =
            if after_bracket.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
        Ok((address, host.unwrap_or(authority).to_owned(), format!("/{path}")))
    }

    /// How many connections it holds.
    #[must_use]
    pub fn connections(&self) -> usize {
        let sum = |list: &[(String, usize)]| list.iter().map(|(_, n)| n).sum::<usize>();
        self.keep_alive + self.fresh + sum(&self.long) + sum(&self.websockets)
    }
}

/// How connections of one kind fared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Connections that were opened.
    pub opened: u64,
    /// Requests answered with less than 500, and websockets opened.
    pub answered: u64,
    /// Requests without an answer: refused, timed out.
    pub failed: u64,
    /// Requests, streams and websockets cut in the middle.
    pub reset: u64,
    /// Connections that the other end closed between requests, or said it would.
    pub closed: u64,
    /// Answers of 500 and more.
    pub server_errors: u64,
    /// Answers of 400 to 499.
    pub client_errors: u64,
    /// The slowest answer in milliseconds.
    pub slowest_ms: u64,
}

impl Counts {
    /// How much was lost: whatever a client without retries would have noticed.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.failed + self.reset + self.server_errors
    }

    fn add(&mut self, other: &Counts) {
        self.opened += other.opened;
        self.answered += other.answered;
        self.failed += other.failed;
        self.reset += other.reset;
        self.closed += other.closed;
        self.server_errors += other.server_errors;
        self.client_errors += other.client_errors;
        self.slowest_ms = self.slowest_ms.max(other.slowest_ms);
    }
}

/// A connection or request that failed, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Milliseconds since the load began.
    pub at_ms: u64,
    /// Which kind of connection.
    pub kind: &'static str,
    /// What happened.
    pub what: String,
}

/// What became of all connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// By kind: `keep-alive`, `new-connection`, `long`, `websocket`.
    pub kinds: BTreeMap<&'static str, Counts>,
    /// The first losses.
    pub losses: Vec<Lost>,
}

impl Tally {
    /// All kinds together.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut sum = Counts::default();
        self.kinds.values().for_each(|counts| sum.add(counts));
        sum
    }
}

/// A running load. Dropping it ends all its connections.
#[derive(Debug)]
pub struct Load {
    tally: Arc<Mutex<Tally>>,
    stop: watch::Sender<bool>,
    workers: JoinSet<()>,
    begun: Instant,
}

impl Load {
    /// Opens the connections and begins.
    #[must_use]
    pub fn begin(plan: Plan) -> Self {
        let plan = Arc::new(plan);
        let (stop, stopped) = watch::channel(false);
        let (tally, begun) = (Arc::new(Mutex::new(Tally::default())), Instant::now());
        let mut workers = JoinSet::new();
        let worker = |kind| Worker {
            plan: Arc::clone(&plan),
            kind,
            tally: Arc::clone(&tally),
            stop: stopped.clone(),
            begun,
        };
        for _ in 0..plan.keep_alive {
            workers.spawn(worker("keep-alive").keep_alive(plan.path.clone(), ANSWER_WITHIN, BETWEEN));
        }
        for _ in 0..plan.fresh {
            workers.spawn(worker("new-connection").fresh());
        }
        for (path, count) in &plan.long {
            for _ in 0..*count {
                workers.spawn(worker("long").keep_alive(
                    path.clone(),
                    LONG_WITHIN,
                    Duration::from_millis(20),
                ));
            }
        }
        for (path, count) in &plan.websockets {
            for _ in 0..*count {
                workers.spawn(worker("websocket").websocket(path.clone()));
            }
        }
        Load { tally, stop, workers, begun }
    }

    /// What happened until now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long it has been running, in milliseconds.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        millis(self.begun.elapsed())
    }

    /// Ends it: running requests may end by themselves within that time. What happened.
    pub async fn end(mut self, within: Duration) -> Tally {
        self.stop.send_replace(true);
        let all = async { while self.workers.join_next().await.is_some() {} };
        drop(timeout(within, all).await);
        self.tally()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::time::sleep;

    #[test]
    fn a_url_says_where_and_what() {
        let place = |url: &str, host| Plan::place(url, host).map(|(a, h, p)| format!("{a} {h} {p}"));
        assert_eq!(
            place("http://127.0.0.1:8080/x?y", Some("web.example.com")).unwrap(),
            "127.0.0.1:8080 web.example.com /x?y"
        );
        assert_eq!(place("http://web", None).unwrap(), "web:80 web /");
        assert_eq!(place("http://[::1]:80/a", None).unwrap(), "[::1]:80 [::1]:80 /a");
        assert!(
            place("https://web", None).is_err()
                && place("web", None).is_err()
                && place("http://", None).is_err()
        );
    }

    /// Answers the first requests of a connection as told, one word each.
    async fn serve(listener: TcpListener, answers: &'static [&'static str]) {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            tokio::spawn(async move {
                let (read, mut write) = stream.split();
                let mut lines = tokio::io::BufReader::new(read).lines();
                for answer in answers.iter().cycle() {
                    loop {
                        match lines.next_line().await {
                            Ok(Some(line)) if line.is_empty() => break,
                            Ok(Some(_)) => {}
                            _ => return,
                        }
                    }
                    let text = match *answer {
                        "ok" => "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                        "error" => "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
                        "close" => "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
                        "short" => "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nok",
                        _ => return,
                    };
                    drop(write.write_all(text.as_bytes()).await);
                    if matches!(*answer, "short" | "close") {
                        return;
                    }
                }
            });
        }
    }

    async fn counted(answers: &'static [&'static str], enough: impl Fn(&Counts) -> bool) -> Counts {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(serve(listener, answers));
        let load = Load::begin(Plan {
            host: address.clone(),
            address,
            path: "/".to_owned(),
            keep_alive: 1,
            fresh: 0,
            long: Vec::new(),
            websockets: Vec::new(),
        });
        while !enough(&load.tally().total()) {
            sleep(Duration::from_millis(10)).await;
        }
        let counts = load.end(Duration::from_secs(5)).await.total();
        server.abort();
        counts
    }

    #[tokio::test]
    async fn every_loss_is_counted_as_what_it_is() {
        let counts = counted(&["ok", "error", "short"], |c| c.reset > 0).await;
        assert!(counts.answered > 0 && counts.server_errors > 0 && counts.failed == 0, "{counts:?}");
        let counts = counted(&["close"], |c| c.closed > 1).await;
        assert!(counts.answered > 1 && counts.lost() == 0, "{counts:?}");
        let counts = counted(&["ok", "vanish"], |c| c.reset > 0).await;
        assert!(counts.answered > 0 && counts.lost() == counts.reset, "{counts:?}");
    }

    #[tokio::test]
    async fn who_cannot_be_reached_is_counted() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        let plan = Plan {
            host: address.clone(),
            address,
            path: "/".to_owned(),
            keep_alive: 1,
            fresh: 1,
            long: vec![("/slow".to_owned(), 1)],
            websockets: vec![("/ws".to_owned(), 1)],
        };
        assert_eq!(plan.connections(), 4);
        let load = Load::begin(plan);
        while load.tally().kinds.values().filter(|c| c.failed > 0).count() < 4 {
            sleep(Duration::from_millis(10)).await;
        }
        let tally = load.end(Duration::from_secs(5)).await;
        assert!(tally.losses.iter().all(|lost| lost.what.starts_with("connect:")), "{tally:?}");
    }
}
