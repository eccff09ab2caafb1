//! Who claims which jobs, and who gets them. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::ids::JobKey;
use crate::ops::process_mark::ProcessMark;

/// What a drain is called, before the names of its nodes.
const DRAIN_OF: &str = "drain of ";
/// Every job there is.
pub(super) const EVERYTHING: &str = "*";

/// A job as the lock names it.
pub(super) fn job_name(JobKey { namespace, id: job }: &JobKey) -> String {
    format!("{namespace}/{job}")
}

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
    pub fn here(what: String, user: String, since: Timestamp) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Holder { what, host, user, since }
    }

    /// Of a drain of these nodes, by name.
    #[must_use]
    pub fn of_drain(nodes: &[&str], user: String, since: Timestamp) -> Self {
        Holder::here(format!("{DRAIN_OF}{}", nodes.join(" ")), user, since)
    }

    /// Whether it is a drain.
    #[must_use]
    pub fn is_drain(&self) -> bool {
        self.what.starts_with(DRAIN_OF)
    }

    /// Whether it is a drain of the node of that name.
    #[must_use]
    pub fn drains(&self, node: &str) -> bool {
        self.what.strip_prefix(DRAIN_OF).is_some_and(|nodes| nodes.split(' ').any(|name| name == node))
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
    /// Of a process of this version of `fleet`.
    #[must_use]
    pub fn new(holder: Holder, beat: u64, jobs: BTreeSet<String>, process: Option<ProcessMark>) -> Self {
        Claim { holder, beat, jobs, process, raw: None }
    }

    /// Reads an item. Nobody knows what one of another version holds: then it holds everything.
    pub(super) fn parse(text: &str) -> Self {
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

    pub(super) fn text(&self) -> String {
        self.raw.clone().unwrap_or_else(|| serde_json::to_string(self).unwrap_or_default())
    }

    /// Whether its process is known to have ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.process.as_ref().is_some_and(ProcessMark::has_ended)
    }

    /// Whether others have to leave that job alone.
    #[must_use]
    pub fn moves(&self, job: &JobKey) -> bool {
        self.covers(&job_name(job))
    }

    pub(super) fn covers(&self, job: &str) -> bool {
        self.jobs.contains(EVERYTHING) || self.jobs.contains(job)
    }
}

/// Everybody's claims, by the name of the operation.
pub type Claims = BTreeMap<String, Claim>;

/// Whether the holder of that name is a run of this rotation.
#[must_use]
pub fn is_run_of(holder: &str, rotation: &str) -> bool {
    !rotation.is_empty() && holder.strip_prefix(rotation).is_some_and(|rest| rest.starts_with('-'))
}

/// For whom it is waited, in words.
#[must_use]
pub fn waits_for(holder: impl std::fmt::Display, job: &JobKey) -> String {
    format!("waiting for {holder}, which moves {job}")
}

/// Whether a process is at work on the rotation of that name, as far as its claim tells. A claim falls to others when its holder
/// is silent; until then it is taken for alive, unless its process is known to have ended.
#[must_use]
pub fn at_work(claims: &Claims, rotation: &str) -> bool {
    claims.iter().any(|(name, claim)| is_run_of(name, rotation) && !claim.has_ended())
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

/// Changes when the text does.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(who: &str, jobs: &[&str]) -> Claim {
        let holder =
            Holder { what: who.into(), host: "h".into(), user: "u".into(), since: Timestamp::UNIX_EPOCH };
        Claim::new(holder, 1, jobs.iter().map(|j| (*j).to_owned()).collect(), None)
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
    fn a_run_belongs_to_the_rotation_whose_name_it_bears() {
        assert!(is_run_of("r-1-abcd", "r-1") && !is_run_of("r-12-abcd", "r-1") && !is_run_of("drain-1", ""));
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
