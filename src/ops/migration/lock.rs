//! The lock on the cluster for whoever moves work: a variable that says which jobs whose operation may touch now.
//!
//! Each operation holds one item of the variable `fleet/moves`; every change is a compare-and-set, so of two operations that
//! want the same job one gets it and the other waits its turn. A holder counts up its item while it lives; one that has not
//! counted for [`LAPSE`] is taken for dead, by the clock of whoever watches it; one whose process ran on this very machine and has
//! ended, at once.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::http::{Backoff, Http};
use crate::api::nomad::variable;
use crate::api::{Error as ApiError, Permission, Problem};
use crate::clock::SharedClock;
use crate::error::{Error, Result};
use crate::model::ids::{JobKey, shell_word};
use crate::ops::process_mark::ProcessMark;

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
/// Every job there is.
const EVERYTHING: &str = "*";
/// How often a change is tried when others change the variable at the same time.
const TRIES: usize = 20;

/// Who moves work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The operation in words, such as `rotation r-1234abcd`.
    pub what: String,
    /// The machine it runs on.
    pub host: String,
    /// Who runs it.
    pub user: String,
    /// Since when.
    pub since: Timestamp,
}

impl Holder {
    /// Whoever runs this, on this machine.
    #[must_use]
    pub fn here(what: String, user: Option<&str>, since: Timestamp) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Holder { what, host, user: user.unwrap_or("?").to_owned(), since }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}@{}, since {:.0})", self.what, self.user, self.host, self.since)
    }
}

/// The jobs one operation may touch now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Whose it is.
    #[serde(flatten)]
    pub holder: Holder,
    /// Counts up while the holder lives.
    pub beat: u64,
    /// The jobs, as `namespace/job`.
    pub jobs: BTreeSet<String>,
    /// The process; none where another version of `fleet` holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessMark>,
    /// As it is stored, where this version of `fleet` cannot read it.
    #[serde(skip)]
    raw: Option<String>,
}

impl Claim {
    /// Reads an item. Nobody knows what one of another version holds: then it holds everything.
    fn parse(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Claim {
            holder: Holder {
                what: "an operation of another version of fleet".to_owned(),
                host: "?".to_owned(),
                user: "?".to_owned(),
                since: Timestamp::UNIX_EPOCH,
            },
            beat: fingerprint(text),
            jobs: BTreeSet::from([EVERYTHING.to_owned()]),
            process: None,
            raw: Some(text.to_owned()),
        })
    }

    fn text(&self) -> String {
        self.raw.clone().unwrap_or_else(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Whether its process is known to have ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.process.as_ref().is_some_and(ProcessMark::has_ended)
    }

    fn covers(&self, job: &str) -> bool {
        self.jobs.contains(EVERYTHING) || self.jobs.contains(job)
    }
}

/// Everybody's claims, by the name of the operation.
pub type Claims = BTreeMap<String, Claim>;

/// Whether a process is at work on the rotation of that name, as far as its claim tells. A claim falls to others when its holder
/// is silent; until then it is taken for alive, unless its process is known to have ended.
#[must_use]
pub fn at_work(claims: &Claims, rotation: &str) -> bool {
    let is_of = |name: &str| name.strip_prefix(rotation).is_some_and(|rest| rest.starts_with('-'));
    claims.iter().any(|(name, claim)| is_of(name) && !claim.has_ended())
}

/// What is to be changed, and to what: pure, so that it can be held to its promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The claims after the change.
    pub claims: Claims,
    /// Jobs that are held by others, and by whom.
    pub foreign: BTreeMap<String, ForeignClaim>,
}

/// Who holds what somebody else wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignClaim {
    /// The name of the operation.
    pub name: String,
    /// Who runs it.
    pub holder: Holder,
}

/// Gives `name` what of `wanted` nobody alive holds. `dead` are the names of holders that are silent.
#[must_use]
pub fn grant(claims: &Claims, name: &str, mine: &Claim, dead: &BTreeSet<String>) -> Grant {
    let mut claims: Claims = claims
        .iter()
        .filter(|(n, _)| *n != name && !dead.contains(*n))
        .map(|(n, c)| (n.clone(), c.clone()))
        .collect();
    let mut foreign = BTreeMap::new();
    for job in &mine.jobs {
        let holder = match job.as_str() {
            EVERYTHING => claims.iter().find(|(_, c)| !c.jobs.is_empty()),
            job => claims.iter().find(|(_, c)| c.covers(job)),
        };
        if let Some((name, claim)) = holder {
            let other = ForeignClaim { name: name.clone(), holder: claim.holder.clone() };
            foreign.insert(job.clone(), other);
        }
    }
    let jobs: BTreeSet<String> = mine.jobs.iter().filter(|j| !foreign.contains_key(*j)).cloned().collect();
    claims.insert(name.to_owned(), Claim { jobs, ..mine.clone() });
    Grant { claims, foreign }
}

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
    /// Holders by name: what they counted when they were looked at, and when that was first seen.
    sightings: BTreeMap<String, (u64, Timestamp)>,
    kept_at: Option<Timestamp>,
    /// Why there is no lock, when there is none.
    unprotected: Option<String>,
}

/// Changes when the text does.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

/// Until when a holder is waited for that has been silent since then, and what makes the waiting short.
fn patience(name: &str, since: Timestamp) -> String {
    let name = shell_word(name);
    format!(
        "(silent; taken for dead at {:.0}, or at once if you know it to be: `fleet rotation steal {name} --reason TEXT`)",
        since + LAPSE
    )
}

fn job_name(JobKey { namespace, id: job }: &JobKey) -> String {
    format!("{namespace}/{job}")
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
            sightings: BTreeMap::new(),
            kept_at: None,
            unprotected: None,
        }
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
        let silent_since = self.sightings.get(&other.name).map(|(_, since)| *since);
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
                self.unprotected = Some(format!("could not {}: {}", e.purpose, e.text));
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
            let mine = Claim {
                holder: self.holder.clone(),
                beat: self.beat,
                jobs: wanted.cloned().unwrap_or_default(),
                process: Some(self.process.clone()),
                raw: None,
            };
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

    /// Holders that have not counted for too long.
    fn silent(&mut self, claims: &Claims, now: Timestamp) -> BTreeSet<String> {
        self.sightings.retain(|name, _| claims.contains_key(name));
        let mut dead = self.dead.clone();
        for (name, claim) in claims.iter().filter(|(name, _)| **name != self.name) {
            let seen = self.sightings.entry(name.clone()).or_insert((claim.beat, now));
            if seen.0 != claim.beat {
                *seen = (claim.beat, now);
            }
            if now.duration_since(seen.1).unsigned_abs() >= LAPSE || claim.has_ended() {
                dead.insert(name.clone());
            }
        }
        dead
    }
}

/// A lock on a fixed set of jobs, for an operation that needs all of them from its beginning to its end.
#[derive(Debug)]
pub struct Guard<'p> {
    lock: Lock,
    permission: &'p Permission,
    jobs: BTreeSet<JobKey>,
}

impl<'p> Guard<'p> {
    /// Of an operation on these jobs; it holds nothing yet.
    #[must_use]
    pub fn new(nomad: &Http, permission: &'p Permission, holder: Holder, jobs: BTreeSet<JobKey>) -> Self {
        let name =
            format!("{}-{:016x}", holder.what.split_whitespace().next().unwrap_or("op"), fastrand::u64(..));
        Guard { lock: Lock::new(nomad, &name, holder), permission, jobs }
    }

    /// Claims what is not held yet, and keeps alive what is; whom it waits for, when it has to.
    ///
    /// # Errors
    /// Any API fault but a missing right.
    pub async fn keep(&mut self, now: Timestamp) -> Result<Vec<String>> {
        self.lock.claim(self.permission, &self.jobs, now).await?;
        let others = self.jobs.iter().filter(|job| !self.lock.holds(job, now));
        let line = |job: &JobKey| match self.lock.holder_of(job, now) {
            Some(holder) => format!("waiting for {holder}, which moves {job}"),
            None => format!("waiting for the lock on the cluster, for {job}"),
        };
        Ok(others.map(line).collect())
    }

    /// Why nothing protects against a second operator, when nothing does.
    #[must_use]
    pub fn unprotected(&self) -> Option<&str> {
        self.lock.unprotected()
    }

    /// Gives everything back.
    pub async fn release(&mut self, now: Timestamp) {
        self.lock.release(self.permission, now).await;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(who: &str, jobs: &[&str]) -> Claim {
        let holder =
            Holder { what: who.into(), host: "h".into(), user: "u".into(), since: Timestamp::UNIX_EPOCH };
        Claim {
            holder,
            beat: 1,
            jobs: jobs.iter().map(|j| (*j).to_owned()).collect(),
            process: None,
            raw: None,
        }
    }

    #[test]
    fn an_item_of_another_version_holds_everything_and_is_kept_as_it_is() {
        let text = "{\"future\":true}";
        let claims = Claims::from([("x".to_owned(), Claim::parse(text))]);
        let granted = grant(&claims, "b", &claim("b", &["d/web"]), &BTreeSet::new());
        assert!(granted.foreign.contains_key("d/web"));
        assert_eq!(granted.claims["x"].text(), text);
    }

    #[test]
    fn disjoint_jobs_go_on_side_by_side_and_a_shared_one_waits() {
        let claims = Claims::from([("a".to_owned(), claim("rotation a", &["d/web", "d/api"]))]);
        let none = BTreeSet::new();
        let granted = grant(&claims, "b", &claim("rotation b", &["d/web", "d/cache"]), &none);
        assert_eq!(granted.claims["b"].jobs, BTreeSet::from(["d/cache".to_owned()]));
        assert_eq!(granted.foreign["d/web"].holder.what, "rotation a");
        let all = grant(&claims, "b", &claim("rotation b", &["*"]), &none);
        assert!(all.claims["b"].jobs.is_empty() && all.foreign.contains_key("*"));
        let dead = BTreeSet::from(["a".to_owned()]);
        let taken = grant(&claims, "b", &claim("rotation b", &["d/web"]), &dead);
        assert!(taken.foreign.is_empty() && !taken.claims.contains_key("a"));
    }

    proptest! {
        /// Whatever several operations ask for one after the other, no job is ever held twice.
        #[test]
        fn no_job_is_held_by_two(asks in prop::collection::vec((0_usize..4, prop::collection::btree_set(0_usize..6, 0..5)), 0..30)) {
            let mut claims = Claims::new();
            for (who, jobs) in asks {
                let jobs: Vec<String> = jobs.iter().map(|j| if *j == 5 { "*".to_owned() } else { format!("d/{j}") }).collect();
                let jobs: Vec<&str> = jobs.iter().map(String::as_str).collect();
                let name = who.to_string();
                claims = grant(&claims, &name, &claim(&name, &jobs), &BTreeSet::new()).claims;
                for job in ["d/0", "d/1", "d/2", "d/3", "d/4"] {
                    prop_assert!(claims.values().filter(|c| c.covers(job)).count() <= 1, "{job}: {claims:?}");
                }
            }
        }
    }
}
