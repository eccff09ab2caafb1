//! The lock of a shift: a Consul session that holds the key under which the shift is written down (`consul-api.md §3`).
//!
//! Locks are advisory, so it is looked at again before every write of an entry, and written down only through the session.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::record::{Holder, Record, key};
use crate::api::consul::{kv, session};
use crate::api::error::Problem;
use crate::api::http::Http;
use crate::api::permission::Permission;
use crate::error::{Error, Result};
use crate::ops::process_mark::ProcessMark;
use crate::ops::ticker::Ticker;

/// A session lives so long without a renewal, at least, and at most twice that.
const TTL_SECONDS: u64 = 15;
/// How long a lock whose session ended by itself stays locked.
const LOCK_DELAY_SECONDS: u64 = 5;

/// A shift as it is stored, and whether somebody holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredShift {
    /// The shift.
    pub record: Record,
    /// The session that holds its lock; empty when none does.
    pub session: String,
}

/// Reads what is written down; none when nothing is.
///
/// # Errors
/// Any error of the call; refused (7) when it was written by another version of fleet.
pub async fn read(consul: &Http, service: &str) -> Result<Option<StoredShift>> {
    let entry = match consul.read(&kv::get(&key(service))).await {
        Ok(reply) => reply.value.into_iter().next(),
        Err(e) if e.is_not_found() => None,
        Err(e) => return Err(e.into()),
    };
    let Some(entry) = entry else { return Ok(None) };
    let record = serde_json::from_slice(&entry.value).map_err(|e| {
        Error::refused(format!("what is written down of the shift of {service} cannot be read"))
            .because(e.to_string())
            .hint(format!("another version of fleet wrote key {}; go on with that one", key(service)))
    })?;
    Ok(Some(StoredShift { record, session: entry.session }))
}

/// The lock while it is held. Dropping it stops the renewals: the session ends by itself.
#[derive(Debug)]
pub struct Held {
    consul: Http,
    permission: Arc<Permission>,
    service: String,
    /// The session that holds it.
    pub session: String,
    lost: watch::Receiver<Option<String>>,
    renewals: JoinHandle<()>,
}

/// Who this is.
#[must_use]
pub fn myself(who: &str, session: &str) -> Holder {
    let ProcessMark { machine, pid, .. } = ProcessMark::own();
    Holder { who: who.to_owned(), machine, pid, session: session.to_owned() }
}

/// Whether the process that holds a lock is known to be gone.
fn is_gone(holder: &Holder) -> bool {
    ProcessMark { machine: holder.machine.clone(), pid: holder.pid, started: None }.has_ended()
}

impl Held {
    /// Takes the lock of a service, and writes down the record with this holder. A lock whose process died on this machine is taken
    /// over at once.
    ///
    /// # Errors
    /// Refused (7) while another run holds it; any error of the calls.
    pub async fn take(consul: &Http, permission: Permission, who: &str, record: &mut Record) -> Result<Self> {
        let service = record.service.clone();
        let name = format!("fleet traffic {service}");
        let made =
            consul.write(&permission, &session::create(&name, TTL_SECONDS, LOCK_DELAY_SECONDS)).await?;
        let session = made.value.id;
        record.holder = myself(who, &session);
        let value = encode(record)?;
        let mut taken =
            consul.write(&permission, &kv::acquire(&key(&service), &value, &session)).await?.value;
        if !taken
            && let Some(standing) = read(consul, &service).await?
            && is_gone(&standing.record.holder)
        {
            if !standing.session.is_empty() && standing.session == standing.record.holder.session {
                // An explicit release has no lock delay, and keeps what is written down.
                let value = encode(&standing.record)?;
                consul.write(&permission, &kv::release(&key(&service), &value, &standing.session)).await?;
                drop(consul.write(&permission, &session::destroy(&standing.session)).await);
            }
            taken = consul.write(&permission, &kv::acquire(&key(&service), &value, &session)).await?.value;
        }
        if !taken {
            drop(consul.write(&permission, &session::destroy(&session)).await);
            return Err(held_by_another(consul, &service).await);
        }
        let (tell, lost) = watch::channel(None);
        let permission = Arc::new(permission);
        let renewals = tokio::spawn(renew(consul.clone(), Arc::clone(&permission), session.clone(), tell));
        Ok(Held { consul: consul.clone(), permission, service, session, lost, renewals })
    }

    /// The permission it was taken with.
    #[must_use]
    pub fn permission(&self) -> &Permission {
        &self.permission
    }

    /// Makes sure that it is still held; before every write of an entry.
    ///
    /// # Errors
    /// Refused (7) when it is lost.
    pub async fn check(&self) -> Result<()> {
        let lost = |why: String| {
            Error::refused(format!(
                "the lock of the shift of {} was lost; nothing more is written",
                self.service
            ))
            .because(why)
        };
        if let Some(why) = self.lost.borrow().clone() {
            return Err(lost(why));
        }
        match read(&self.consul, &self.service).await? {
            Some(standing) if standing.session == self.session => Ok(()),
            Some(standing) if standing.session.is_empty() => Err(lost("its session ended".to_owned())),
            Some(standing) => Err(lost(format!("{} took it", standing.record.holder.who))),
            None => Err(lost(format!("somebody deleted key {}", key(&self.service)))),
        }
    }

    /// Writes down how far it is.
    ///
    /// # Errors
    /// Refused (7) when the lock is lost; any error of the call.
    pub async fn write(&self, record: &Record) -> Result<()> {
        let call = kv::acquire(&key(&self.service), &encode(record)?, &self.session);
        // The same again does no harm, so a lost reply is answered by asking again.
        let mut last = None;
        for _ in 0..5 {
            match self.consul.write(&self.permission, &call).await {
                Ok(reply) if reply.value => return Ok(()),
                Ok(_) => {
                    return self.check().await.and(Err(Error::refused("the lock could not be written down")));
                }
                Err(e) if e.is_passing() || e.is_ambiguous() => last = Some(e),
                Err(e) if e.text.contains("invalid session") => {
                    return Err(Error::refused(format!(
                        "the lock of the shift of {} was lost",
                        self.service
                    ))
                    .because(e.text));
                }
                Err(e) => return Err(e.into()),
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        Err(last.map_or_else(|| Error::failed("it could not be written down"), Error::from))
    }

    /// Gives it up: what is written down stays.
    pub async fn release(self, record: &Record) {
        self.renewals.abort();
        if let Ok(value) = encode(record) {
            drop(
                self.consul
                    .write(&self.permission, &kv::release(&key(&self.service), &value, &self.session))
                    .await,
            );
        }
        drop(self.consul.write(&self.permission, &session::destroy(&self.session)).await);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.renewals.abort();
    }
}

fn encode(record: &Record) -> Result<Vec<u8>> {
    serde_json::to_vec(record)
        .map_err(|e| Error::failed("the shift cannot be written down").because(e.to_string()))
}

async fn held_by_another(consul: &Http, service: &str) -> Error {
    let error = Error::refused(format!("another run moves the traffic of {service}"));
    let error = match read(consul, service).await {
        Ok(Some(standing)) if standing.session.is_empty() => error.because(format!(
            "{} had its lock, which ended by itself and stays locked for {LOCK_DELAY_SECONDS} s",
            standing.record.holder.who
        )),
        Ok(Some(standing)) => error.because(format!(
            "{} holds its lock (process {})",
            standing.record.holder.who, standing.record.holder.pid
        )),
        Ok(None) => error,
        Err(e) => error.because(e.to_string()),
    };
    error.hint(format!("`fleet migrate traffic status {service}` shows how far it is")).hint(format!(
        "if that run is dead, its lock ends by itself within {} s",
        2 * TTL_SECONDS + LOCK_DELAY_SECONDS
    ))
}

/// Renews the session until it is gone. A renewal changes nothing but the session's own time.
async fn renew(consul: Http, permission: Arc<Permission>, id: String, tell: watch::Sender<Option<String>>) {
    // What the run itself asks tells that Consul does not answer.
    let consul = consul.quietly();
    let mut ticker = Ticker::every(Duration::from_secs(TTL_SECONDS / 3));
    loop {
        ticker.tick().await;
        let renewed = consul.write(&permission, &session::renew(&id)).await;
        if let Err(e) = renewed
            && e.problem == Problem::NotFound
        {
            tell.send_replace(Some("its session ended".to_owned()));
            return;
        }
    }
}
