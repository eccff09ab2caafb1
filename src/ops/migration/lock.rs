//! The lock on the cluster for whoever moves work: a variable that says which jobs whose operation may touch now.
//!
//! Each operation holds one item of the variable `fleet/moves`; every change is a compare-and-set, so of two operations that
//! want the same job one gets it and the other waits its turn. A holder counts up its item while it lives; one that has not
//! counted for [`LAPSE`] is taken for dead, by the clock of whoever watches it; one whose process ran on this very machine and has
//! ended, at once.

mod claim;
mod guard;
mod sightings;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::api::http::{Backoff, Http};
use crate::api::nomad::variable;
use crate::api::{Error as ApiError, Permission, Problem};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::model::ids::{JobKey, shell_word};
use crate::ops::process_mark::ProcessMark;

pub use claim::{Claim, Claims, ForeignClaim, Grant, Holder, at_work, grant, is_run_of, waits_for};
use claim::{EVERYTHING, job_name};
pub use guard::Guard;
pub use sightings::Sightings;

/// Where the variable is.
pub const NAMESPACE: &str = "default";
/// Its path.
pub const PATH: &str = "fleet/moves";
/// How often a holder counts.
const BEAT: Duration = Duration::from_secs(8);
/// How often a job that somebody else holds is asked for again.
const RETRY: Duration = Duration::from_secs(2);
/// How long a holder may be silent before its claim falls to others.
pub const LAPSE: Duration = Duration::from_secs(40);
/// How long a holder may be silent before that is said.
const SILENT: Duration = Duration::from_secs(16);
/// How long after its last count a holder still acts: well before others may take over.
const GOOD_FOR: Duration = Duration::from_secs(25);
/// More names than this do not fit into a variable beside those of others; then everything is claimed.
const MOST_NAMES: usize = 400;
/// How often a change is tried when others change the variable at the same time.
const TRIES: usize = 20;

/// The claim of one operation, kept alive.
#[derive(Debug)]
pub struct Lock {
    nomad: Http,
    name: String,
    holder: Holder,
    process: ProcessMark,
    beat: u64,
    held: BTreeSet<String>,
    foreign: BTreeMap<String, ForeignClaim>,
    /// Holders of which it is known that they do not live any more.
    dead: BTreeSet<String>,
    /// What was asked for last, whether it was granted or not.
    asked: BTreeSet<String>,
    sightings: Sightings,
    kept_at: Option<Timestamp>,
    /// Why there is no lock, when there is none.
    unprotected: Option<String>,
}

/// Until when a holder is waited for that has been silent since then, and what makes the waiting short.
fn patience(name: &str, since: Timestamp) -> String {
    let name = shell_word(name);
    format!(
        "(silent; taken for dead at {:.0}, or at once if you know it to be: `fleet rotation steal {name} --reason TEXT`)",
        since + LAPSE
    )
}

impl Lock {
    /// A lock that holds nothing yet. The same name is the same operation: it takes over at once what it held before.
    #[must_use]
    pub fn new(nomad: &Http, name: &str, holder: Holder) -> Self {
        Lock {
            nomad: nomad.clone(),
            name: name.to_owned(),
            holder,
            process: ProcessMark::own(),
            beat: 0,
            held: BTreeSet::new(),
            foreign: BTreeMap::new(),
            dead: BTreeSet::new(),
            asked: BTreeSet::new(),
            sightings: Sightings::default(),
            kept_at: None,
            unprotected: None,
        }
    }

    /// The same under another name, as long as it holds nothing.
    fn named(self, name: &str) -> Self {
        Lock { name: name.to_owned(), ..self }
    }

    /// The same, where it is known that holders of these names do not live any more.
    #[must_use]
    pub fn after(self, dead: BTreeSet<String>) -> Self {
        Lock { dead, ..self }
    }

    /// Why nothing protects against a second operator, when nothing does.
    #[must_use]
    pub fn unprotected(&self) -> Option<&str> {
        self.unprotected.as_deref()
    }

    /// Whether the job may be touched now.
    #[must_use]
    pub fn holds(&self, job: &JobKey, now: Timestamp) -> bool {
        if self.unprotected.is_some() {
            return true;
        }
        let fresh = self.kept_at.is_some_and(|at| now.duration_since(at).unsigned_abs() < GOOD_FOR);
        fresh && (self.held.contains(EVERYTHING) || self.held.contains(&job_name(job)))
    }

    /// Who holds a job that is wanted here, as far as known, in words: also until when it is waited for, where the holder is silent.
    #[must_use]
    pub fn holder_of(&self, job: &JobKey, now: Timestamp) -> Option<String> {
        let other = self.foreign.get(EVERYTHING).or_else(|| self.foreign.get(&job_name(job)))?;
        let silent_since = self.sightings.stands_still_since(&other.name);
        let silent_since = silent_since.filter(|at| now.duration_since(*at).unsigned_abs() >= SILENT);
        Some(match silent_since {
            Some(since) => format!("{} {}", other.holder, patience(&other.name, since)),
            None => other.holder.to_string(),
        })
    }

    /// Claims these jobs and no others, as far as nobody else holds them; writes only when that changes something, or when
    /// the claim has to be kept alive. A claim on nothing shows all the same that its holder lives.
    ///
    /// # Errors
    /// Any API fault but a missing right, which leaves the operation unprotected.
    pub async fn claim(
        &mut self,
        permission: &Permission,
        jobs: &BTreeSet<JobKey>,
        now: Timestamp,
    ) -> Result<()> {
        let wanted: BTreeSet<String> = match jobs.len() {
            n if n > MOST_NAMES => BTreeSet::from([EVERYTHING.to_owned()]),
            _ => jobs.iter().map(job_name).collect(),
        };
        let pause = if self.foreign.is_empty() { BEAT } else { RETRY };
        let due = self.kept_at.is_none_or(|at| now.duration_since(at).unsigned_abs() >= pause);
        if self.unprotected.is_some() || (wanted == self.asked && !due) {
            return Ok(());
        }
        self.asked.clone_from(&wanted);
        match self.exchange(permission, Some(&wanted), now).await {
            Ok(()) => Ok(()),
            Err(e) if matches!(e.problem, Problem::Denied | Problem::Unsupported) => {
                self.unprotected = Some(e.in_a_line());
                Ok(())
            }
            Err(e) => Err(e.into()),
        }
    }

    /// Gives everything back. What cannot be given back falls to others by itself.
    pub async fn release(&mut self, permission: &Permission, now: Timestamp) {
        if self.unprotected.is_none() && self.kept_at.is_some() {
            drop(self.exchange(permission, None, now).await);
        }
    }

    async fn exchange(
        &mut self,
        permission: &Permission,
        wanted: Option<&BTreeSet<String>>,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let mut backoff = Backoff::default();
        let mut last = None;
        for _ in 0..TRIES {
            let (claims, index) = read(&self.nomad).await?;
            let dead = self.silent(&claims, now);
            self.beat += 1;
            let jobs = wanted.cloned().unwrap_or_default();
            let mine = Claim::new(self.holder.clone(), self.beat, jobs, Some(self.process.clone()));
            let mut granted = grant(&claims, &self.name, &mine, &dead);
            if wanted.is_none() {
                granted.claims.remove(&self.name);
            }
            match store(&self.nomad, permission, &granted.claims, index).await {
                Ok(()) => {
                    self.held = granted.claims.get(&self.name).map(|c| c.jobs.clone()).unwrap_or_default();
                    self.foreign = granted.foreign;
                    self.kept_at = Some(now);
                    return Ok(());
                }
                // Somebody else changed it meanwhile, or the reply was lost: what is there now decides.
                Err(e) if e.problem == Problem::Conflict || e.is_passing() || e.is_ambiguous() => {
                    tokio::time::sleep(backoff.pause()).await;
                    last = Some(e);
                }
                Err(e) => return Err(e),
            }
        }
        match last {
            Some(e) => Err(e),
            None => Ok(()),
        }
    }

    /// Others that have not counted for too long.
    fn silent(&mut self, claims: &Claims, now: Timestamp) -> BTreeSet<String> {
        let mut dead = self.sightings.silent(claims, now);
        dead.remove(&self.name);
        dead.extend(self.dead.iter().cloned());
        dead
    }
}

/// Everybody's claims, and the index to change them with.
///
/// # Errors
/// Any API fault.
pub async fn read(nomad: &Http) -> Result<(Claims, u64), ApiError> {
    let stored = match nomad.read(&variable::get(NAMESPACE, PATH)).await {
        Ok(reply) => reply.value,
        Err(e) if e.is_not_found() => return Ok((Claims::new(), 0)),
        Err(e) => return Err(e),
    };
    let claims = stored.items.iter().map(|(name, text)| (name.clone(), Claim::parse(text)));
    Ok((claims.collect(), stored.modify_index))
}

/// Everybody's claims; none where the token may not see them.
///
/// # Errors
/// Any other API fault.
pub async fn read_visible(nomad: &Http) -> Result<Claims> {
    match read(nomad).await {
        Ok((claims, _)) => Ok(claims),
        Err(e) if matches!(e.problem, Problem::Denied | Problem::Unsupported) => Ok(Claims::new()),
        Err(e) => Err(e.into()),
    }
}

async fn store(nomad: &Http, permission: &Permission, claims: &Claims, index: u64) -> Result<(), ApiError> {
    if claims.is_empty() {
        return match index {
            0 => Ok(()),
            index => nomad.write(permission, &variable::delete(NAMESPACE, PATH, Some(index))).await.map(drop),
        };
    }
    let items: BTreeMap<String, String> = claims.iter().map(|(n, c)| (n.clone(), c.text())).collect();
    nomad.write(permission, &variable::put(NAMESPACE, PATH, &items, Some(index))).await.map(drop)
}

/// Waits until it is sure that no operation lives whose name begins so, and returns the names of those that are dead; nothing
/// is waited for where there is no claim of one, or where its process is known to have ended. `say` is told what is waited for, and
/// until when.
///
/// # Errors
/// Refused (7) when one lives; any API fault.
pub async fn await_silence(
    nomad: &Http,
    prefix: &str,
    clock: &SharedClock,
    say: impl FnOnce(&str),
) -> Result<BTreeSet<String>> {
    let of_it = |claims: Claims| -> Claims {
        claims.into_iter().filter(|(name, _)| name.starts_with(prefix)).collect()
    };
    let begun = clock.now();
    let first = of_it(read(nomad).await?.0);
    let Some((name, claim)) = first.iter().find(|(_, claim)| !claim.has_ended()) else {
        return Ok(first.into_keys().collect());
    };
    say(&format!(
        "waiting until it is sure that {} does not run any more {}",
        claim.holder,
        patience(name, begun)
    ));
    while clock.now().duration_since(begun).unsigned_abs() < LAPSE {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let now = of_it(read(nomad).await?.0);
        let lives = |(name, claim): &(&String, &Claim)| first.get(*name).is_none_or(|f| f.beat != claim.beat);
        if let Some((_, claim)) = now.iter().find(lives) {
            return Err(Error::refused("it is still at work elsewhere").because(claim.holder.to_string()));
        }
        if now.values().all(Claim::has_ended) {
            break;
        }
    }
    Ok(first.into_keys().collect())
}

/// Takes a claim away from whoever holds it; whether there was one.
///
/// # Errors
/// Any API fault.
pub async fn take_away(nomad: &Http, permission: &Permission, name: &str) -> Result<bool> {
    for _ in 0..TRIES {
        let (mut claims, index) = read(nomad).await?;
        if claims.remove(name).is_none() {
            return Ok(false);
        }
        match store(nomad, permission, &claims, index).await {
            Ok(()) => return Ok(true),
            Err(e) if e.problem == Problem::Conflict || e.is_ambiguous() || e.is_passing() => {}
            Err(e) => return Err(e.into()),
        }
    }
    Err(Error::failed(format!("variable {PATH} changes all the time")))
}
