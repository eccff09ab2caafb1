//! Writing config entries with proof: check-and-set, read back, and what Consul's controllers made of it.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::api::consul::config_entry::{self, ConfigEntry, Kind};
use crate::api::http::{Http, Patience};
use crate::api::permission::Permission;
use crate::api::settle::{Settled, settle};
use crate::error::{Error, Result};
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::{between, same};
use crate::ops::traffic::conflict::changed_meanwhile;
use crate::ops::traffic::entries::read;
use crate::ops::traffic::traefik;

/// How long Consul's controllers may take to say what they made of a gateway or a route.
const CONTROLLERS: Duration = Duration::from_secs(15);
/// What they said before may stand so long.
const STALE: Duration = Duration::from_millis(800);
/// How often an entry is written again whose status a controller wrote between the reading and the writing.
const AGAIN: usize = 5;
/// How often they are asked.
const PAUSE: Duration = Duration::from_millis(300);

/// Writes or deletes one entry, if nobody changed it since it was read, and reads back what is stored then; none when it is gone.
///
/// # Errors
/// Refused (7) when somebody else changed it; failed (1) when it reads differently from what was written, or a controller says
/// that it does not work; any error of the call.
pub async fn carry_out(
    consul: &Http,
    permission: &Permission,
    change: &Change,
) -> Result<Option<ConfigEntry>> {
    let index = change.old.as_ref().map_or(0, ConfigEntry::modify_index);
    match &change.new {
        _ if change.kind == Kind::TraefikService => traefik::write(consul, permission, change).await?,
        Some(new) => put(consul, permission, change, new, index).await?,
        None => delete(consul, permission, change).await?,
    }
    verify(consul, change.kind, &change.name, change.new.as_ref()).await
}

async fn put(
    consul: &Http,
    permission: &Permission,
    change: &Change,
    new: &ConfigEntry,
    index: u64,
) -> Result<()> {
    let mut index = index;
    for _ in 0..AGAIN {
        let done = async || Ok(read(consul, change.kind, &change.name).await?.filter(|now| same(now, new)));
        let call = config_entry::put(change.kind, new, index);
        match settle(consul, permission, &call, Patience::OPERATION, done).await? {
            Settled::Replied(reply) if !reply.value => {
                // A lost reply may have been followed by the same write again: then it is there.
                let now = read(consul, change.kind, &change.name).await?;
                if now.as_ref().is_some_and(|now| same(now, new)) {
                    return Ok(());
                }
                index = unchanged_index(change, now.as_ref()).ok_or_else(|| changed_meanwhile(change))?;
            }
            Settled::Replied(_) | Settled::Found(_) => return Ok(()),
        }
    }
    Err(changed_meanwhile(change))
}

/// The index of an entry that says what it said: Consul's controllers write the status of gateways and routes into the entries
/// themselves, also when another entry beside was written.
fn unchanged_index(change: &Change, now: Option<&ConfigEntry>) -> Option<u64> {
    match (now, &change.old) {
        (Some(now), Some(old)) if same(now, old) => Some(now.modify_index()),
        _ => None,
    }
}

async fn delete(consul: &Http, permission: &Permission, change: &Change) -> Result<()> {
    for _ in 0..AGAIN {
        let gone = async || Ok(read(consul, change.kind, &change.name).await?.is_none().then_some(()));
        // Consul before 1.11 ignores the index and deletes, so it is looked at right before, too.
        let Some(now) = read(consul, change.kind, &change.name).await? else { return Ok(()) };
        let index = unchanged_index(change, Some(&now)).ok_or_else(|| changed_meanwhile(change))?;
        let call = config_entry::delete(change.kind, &change.name, index);
        match settle(consul, permission, &call, Patience::OPERATION, gone).await? {
            Settled::Replied(reply) if reply.value == serde_json::Value::Bool(false) => {}
            Settled::Replied(_) | Settled::Found(()) => return Ok(()),
        }
    }
    Err(changed_meanwhile(change))
}

/// Reads back one entry and holds it against what it should be; what is stored.
///
/// # Errors
/// Failed (1) when it is not so.
pub async fn verify(
    consul: &Http,
    kind: Kind,
    name: &str,
    wanted: Option<&ConfigEntry>,
) -> Result<Option<ConfigEntry>> {
    let begun = Instant::now();
    loop {
        let now = read(consul, kind, name).await?;
        let differences = between(wanted, now.as_ref());
        if let Some(first) = differences.first() {
            return Err(Error::failed(format!("{kind}/{name} was written, and reads differently now"))
                .because(format!("{}: written {}, stored {}", first.path, first.old, first.new))
                .hint(format!("`fleet config show {kind}/{name}` shows what is stored")));
        }
        let Some(entry) = now.as_ref().filter(|_| kind.has_status()) else { return Ok(now) };
        let conditions = entry.conditions();
        let bad = conditions.iter().find(|c| c.is_bad());
        if begun.elapsed() >= STALE && !conditions.is_empty() && bad.is_none() {
            return Ok(now);
        }
        if begun.elapsed() >= CONTROLLERS {
            let what = format!("{kind}/{name} is stored, and does not work");
            return Err(match bad {
                Some(c) => Error::failed(what)
                    .because(format!("{} is {}: {}: {}", c.kind, c.status, c.reason, c.message)),
                None => Error::failed(format!(
                    "{kind}/{name} is stored, and Consul says nothing of whether it works"
                ))
                .because(format!("no condition within {} s", CONTROLLERS.as_secs())),
            });
        }
        sleep(PAUSE).await;
    }
}
