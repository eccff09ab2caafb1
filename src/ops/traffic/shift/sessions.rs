//! Sessions that are opened to see whether they stay where they began.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;
use serde::Serialize;

use super::options::Probes;
use crate::api::http::Probe;

/// How many are asked at once.
const AT_ONCE: usize = 20;
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(10);
/// How many requests a session makes when it is opened: enough to see it split.
const TO_BEGIN: usize = 3;

/// How many sessions stayed on their side, and how many moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MovedSessions {
    /// Sessions that were asked.
    pub sessions: usize,
    /// Those that changed side, or instance where only instances are told apart.
    pub moved: usize,
    /// Those that saw two sides right away.
    pub split: usize,
    /// Those that got no good answer.
    pub failed: usize,
    /// Those whose side nobody told.
    pub unknown: usize,
    /// How many are on each side now.
    pub sides: BTreeMap<String, usize>,
}

/// A session: its cookies, and where it is.
#[derive(Debug, Clone, Default)]
struct Session {
    cookies: BTreeMap<String, String>,
    side: Option<String>,
    failed: bool,
    split: bool,
}

/// Sessions that are open.
#[derive(Debug, Clone)]
pub struct Sessions {
    probes: Probes,
    pin: Option<String>,
    probe: Probe,
    open: Vec<Session>,
}

impl Sessions {
    /// Opens them. `pin` is the cookie that names the side.
    ///
    /// # Errors
    /// When none can be opened.
    pub async fn open(probes: &Probes, pin: Option<String>) -> Result<Self, String> {
        let probe = Probe::new(WITHIN)?;
        let mut sessions = Sessions { probes: probes.clone(), pin, probe, open: Vec::new() };
        sessions.more().await?;
        Ok(sessions)
    }

    /// Opens as many again; those that are open stay open.
    ///
    /// # Errors
    /// When none can be opened.
    pub async fn more(&mut self) -> Result<(), String> {
        let fresh = vec![Session::default(); self.probes.count];
        let mut earlier = std::mem::replace(&mut self.open, fresh);
        self.ask(TO_BEGIN).await;
        let failed = !self.open.is_empty() && self.open.iter().all(|s| s.failed);
        earlier.append(&mut self.open);
        self.open = earlier;
        if failed { Err(format!("no session could be opened at {}", self.probes.url)) } else { Ok(()) }
    }

    /// Asks every session again, and tells how many are somewhere else than before.
    pub async fn moved(&mut self) -> MovedSessions {
        let before: Vec<Option<String>> = self.open.iter().map(|s| s.side.clone()).collect();
        self.ask(1).await;
        let mut moved = MovedSessions { sessions: self.open.len(), ..MovedSessions::default() };
        for (session, before) in self.open.iter().zip(before) {
            moved.failed += usize::from(session.failed);
            moved.split += usize::from(session.split);
            match (&session.side, &before) {
                (Some(now), Some(then)) => moved.moved += usize::from(now != then),
                _ => moved.unknown += 1,
            }
            if let Some(side) = &session.side {
                *moved.sides.entry(side.clone()).or_default() += 1;
            }
        }
        moved
    }

    async fn ask(&mut self, times: usize) {
        let (probe, probes, pin) = (&self.probe, &self.probes, &self.pin);
        let open = std::mem::take(&mut self.open);
        let asked = stream::iter(open).map(async |mut session| {
            for _ in 0..times {
                session.ask(probe, probes, pin.as_deref()).await;
            }
            session
        });
        self.open = asked.buffered(AT_ONCE).collect().await;
    }
}

impl Session {
    async fn ask(&mut self, probe: &Probe, probes: &Probes, pin: Option<&str>) {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = Vec::new();
        if let Some(host) = &probes.host {
            headers.push(("host", host.as_str()));
        }
        if !cookies.is_empty() {
            headers.push(("cookie", cookies.as_str()));
        }
        let answer = match probe.get(&probes.url, &headers).await {
            Ok(answer) if answer.status < 500 => answer,
            _ => {
                self.failed = true;
                return;
            }
        };
        self.failed = false;
        for (_, value) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let pair = value.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
            }
        }
        let told = match &probes.side_header {
            Some(header) => answer
                .headers
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(header))
                .map(|(_, value)| value.clone()),
            // A pinned request gets no new cookie: the one it brought is where it went.
            None => pin.and_then(|pin| self.cookies.get(pin).cloned()),
        };
        if let (Some(told), Some(known)) = (&told, &self.side)
            && told != known
        {
            self.split = true;
        }
        self.side = told.or(self.side.take());
    }
}
