//! Sessions: who holds locks, and until when.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::catalog::Status;
use super::{Consul, Table};
use crate::api::wire::Nanos;
use crate::sandbox::go;
use crate::sandbox::id::Id;
use crate::sandbox::moment::Moment;

const MIN_TTL: Nanos = Nanos::from_secs(10);
const MAX_TTL: Nanos = Nanos::from_secs(24 * 3600);
/// Longer lock delays count as this.
const MAX_DELAY: Nanos = Nanos::from_secs(60);

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    name: String,
    pub(crate) node: String,
    lock_delay: Nanos,
    deletes: bool,
    ttl: String,
    node_checks: Vec<String>,
    service_checks: Vec<String>,
    created: u64,
    /// When it ends unless it is renewed.
    ends: Option<Moment>,
}

impl Session {
    pub(crate) fn json(&self) -> Json {
        let behavior = if self.deletes { "delete" } else { "release" };
        let named = |id: &String| json!({"ID": id, "Namespace": ""});
        let service_checks: Option<Vec<Json>> =
            (!self.service_checks.is_empty()).then(|| self.service_checks.iter().map(named).collect());
        json!({"ID": self.id, "Name": self.name, "Node": self.node, "LockDelay": self.lock_delay, "Behavior": behavior,
            "TTL": self.ttl, "NodeChecks": self.node_checks, "ServiceChecks": service_checks,
            "CreateIndex": self.created, "ModifyIndex": self.created})
    }

    pub(crate) fn created(&self) -> u64 {
        self.created
    }

    /// The servers wait twice the TTL.
    fn wind(&mut self, now: Moment) {
        let ttl = go::duration(&self.ttl).ok().filter(|ttl| ttl.0 > 0);
        self.ends = ttl.map(|ttl| now + ttl + ttl);
    }
}

/// All sessions by id.
#[derive(Debug, Default)]
pub(crate) struct Sessions(BTreeMap<String, Session>);

impl Sessions {
    pub(crate) fn get(&self, id: &str) -> Option<&Session> {
        self.0.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Session> {
        self.0.values()
    }

    pub(crate) fn next_at(&self) -> Option<Moment> {
        self.0.values().filter_map(|session| session.ends).min()
    }

    pub(crate) fn expired(&self, by: Moment) -> Option<(Moment, String)> {
        let ended = self.0.values().filter_map(|session| Some((session.ends?, session.id.clone())));
        ended.filter(|(at, _)| *at <= by).min()
    }
}

/// What is wrong with an id, as the lookup says it.
pub(crate) fn check_id(id: &str) -> Result<(), String> {
    match id.len() {
        36 => Ok(()),
        _ => Err("failed session lookup: index error: UUID must be 36 characters".to_owned()),
    }
}

/// What a new session is to be.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionRequest {
    pub(crate) name: String,
    /// The agent's own when empty.
    pub(crate) node: String,
    pub(crate) ttl: String,
    pub(crate) behavior: String,
    pub(crate) lock_delay: Nanos,
    pub(crate) node_checks: Vec<String>,
    pub(crate) service_checks: Vec<String>,
}

impl SessionRequest {
    fn check(&self) -> Result<(), String> {
        let ttl = &self.ttl;
        if !ttl.is_empty() {
            let length = go::duration(ttl).map_err(|flaw| format!("Session TTL '{ttl}' invalid: {flaw}"))?;
            if length.0 != 0 && !(MIN_TTL..=MAX_TTL).contains(&length) {
                return Err(format!("Invalid Session TTL '{}', must be between [10s=24h0m0s]", length.0));
            }
        }
        match self.behavior.as_str() {
            "" | "release" | "delete" => Ok(()),
            other => Err(format!("Invalid Behavior setting '{other}'")),
        }
    }
}

impl Consul {
    /// Whether a session may lock.
    pub(crate) fn lives(&self, session: &str) -> Result<(), String> {
        if session.is_empty() {
            return Err("missing session".to_owned());
        }
        check_id(session)?;
        self.sessions.get(session).map(|_| ()).ok_or_else(|| format!("invalid session {session:?}"))
    }

    /// Creates a session: its id. Whether the asker may is asked by the route.
    pub(crate) fn create_session(&mut self, wish: SessionRequest) -> Result<String, String> {
        wish.check()?;
        let node = if wish.node.is_empty() { self.agent.clone() } else { wish.node.clone() };
        let id = Id::random(&mut self.rng).to_string();
        // From here on it goes through the servers' log.
        let created = self.indexes.advance();
        let member = self.catalog.member(&node).ok_or("Missing node registration")?;
        for id in wish.node_checks.iter().chain(&wish.service_checks) {
            match member.checks.get(id) {
                None => return Err(format!("Missing check '{id}' registration")),
                Some(check) if check.spec.status == Status::Critical => {
                    return Err(format!("Check '{id}' is in critical state"));
                }
                Some(_) => {}
            }
        }
        let deletes = wish.behavior == "delete";
        let SessionRequest { name, ttl, lock_delay, node_checks, service_checks, .. } = wish;
        let mut session = Session {
            id: id.clone(),
            name,
            node,
            lock_delay,
            deletes,
            ttl,
            node_checks,
            service_checks,
            created,
            ends: None,
        };
        session.wind(self.now);
        self.sessions.0.insert(id.clone(), session);
        self.indexes.touch(&[Table::Sessions]);
        Ok(id)
    }

    /// Renews a session.
    pub(crate) fn renew_session(&mut self, id: &str) -> Option<&Session> {
        let session = self.sessions.0.get_mut(id)?;
        session.wind(self.now);
        Some(session)
    }

    /// Ends a session: its locks are given up or their keys deleted, and nobody gets them for a while.
    pub(crate) fn end_session(&mut self, id: &str) {
        let index = self.indexes.advance();
        let Some(session) = self.sessions.0.remove(id) else { return };
        let keys = self.keys.end_session(id, session.deletes, index);
        let delay = session.lock_delay.min(MAX_DELAY);
        for key in &keys {
            if delay.duration() > Duration::ZERO {
                self.keys.delay(key, self.now + delay);
            }
        }
        self.indexes.touch(&[Table::Sessions]);
        if !keys.is_empty() {
            self.indexes.touch(&[Table::Keys]);
        }
    }

    /// A check of a node has turned critical: sessions that rest on it end.
    pub(crate) fn end_sessions_of_check(&mut self, node: &str, check: &str) {
        let rests = |session: &&Session| {
            let mut on = session.node_checks.iter().chain(&session.service_checks);
            session.node == node && on.any(|id| id == check)
        };
        let ids: Vec<String> = self.sessions.all().filter(rests).map(|session| session.id.clone()).collect();
        ids.iter().for_each(|id| self.end_session(id));
    }
}

/// A lock delay may be a text or a number; small numbers are seconds.
pub(crate) fn lock_delay(value: &Json) -> Result<Nanos, String> {
    match value {
        Json::String(text) => go::duration(text),
        Json::Number(number) => {
            let number = number.as_i64().unwrap_or(0);
            Ok(if number < 1000 { Nanos::from_secs(number) } else { Nanos(number) })
        }
        Json::Null => Ok(Nanos::from_secs(15)),
        _ => Ok(Nanos(0)),
    }
}
