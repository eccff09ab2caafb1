//! What happened in a rotation, kept on the cluster beside its journal and after its end: any machine can follow it and report
//! it.
//!
//! The events are packed into one variable. A variable is bounded (`nomad-api.md §9.2`), so the details of what went well are
//! left out of a long history first, and how many were left out is said.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::api::Permission;
use crate::api::error::Problem;
use crate::api::http::Http;
use crate::api::nomad::variable;
use crate::error::{Error, Result};
use crate::ops::migration::lock::{Holder, NAMESPACE};
use crate::ops::observe::Record;
use crate::ops::rotate::event::{Event, Outcome};
use crate::ops::rotate::unreachable::FOR_ONE_REQUEST;

/// Below this path are the histories, each under the name of its rotation.
pub const PREFIX: &str = "fleet/rotation-history";
/// The most that fits into a variable, with room for its own words (`nomad-api.md §9.2`).
const MOST_BYTES: usize = 60_000;
/// What unpacks to more than this was not written by `fleet`.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// How often it is written while things happen.
const EVERY: Duration = Duration::from_secs(5);
/// How many histories are kept.
const KEPT: usize = 20;
/// Of a history that does not fit in any other way, so many of the newest events are kept.
const NEWEST: usize = 200;

/// An event of a rotation and when it happened.
pub type Happening = Record<Event>;

/// What stands in the variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The rotation's name.
    pub rotation: String,
    /// Who wrote it last.
    pub holder: Option<Holder>,
    /// What happened, in order.
    pub events: Vec<Happening>,
    /// How many events were left out because they did not fit.
    pub left_out: usize,
    /// Index of its last change.
    pub index: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    left_out: usize,
    holder: Option<Holder>,
}

/// The history of one rotation as it is written.
#[derive(Debug)]
pub struct History {
    nomad: Http,
    /// How many events were written, and when.
    written: usize,
    at: Option<Timestamp>,
    /// What another machine had left out already.
    left_out: usize,
    off: bool,
}

fn path(rotation: &str) -> String {
    format!("{PREFIX}/{rotation}")
}

impl History {
    /// Of a rotation of which nothing was written here yet; so many events of it were left out elsewhere.
    #[must_use]
    pub fn new(nomad: &Http, left_out: usize) -> Self {
        History { nomad: nomad.with_patience(FOR_ONE_REQUEST), written: 0, at: None, left_out, off: false }
    }

    /// Writes what is new, at once when that is demanded, else every few seconds; why it could not be written, the first time.
    /// A rotation goes on without its history.
    pub async fn save(
        &mut self,
        permission: &Permission,
        rotation: &str,
        (holder, events): (&Holder, &[Happening]),
        (now, at_once): (Timestamp, bool),
    ) -> Option<String> {
        let due = at_once || self.at.is_none_or(|at| now.duration_since(at).unsigned_abs() >= EVERY);
        if self.off || !due || events.len() == self.written {
            return None;
        }
        let items = pack(events, self.left_out, Some(holder));
        match self.nomad.write(permission, &variable::put(NAMESPACE, &path(rotation), &items, None)).await {
            Ok(_) => {
                (self.written, self.at) = (events.len(), Some(now));
                None
            }
            Err(e) if matches!(e.problem, Problem::Denied | Problem::Unsupported) => {
                self.off = true;
                Some(e.in_a_line())
            }
            // The next one holds everything this one would have held.
            Err(_) => {
                self.at = Some(now);
                None
            }
        }
    }

    /// Deletes the oldest histories where there are more than are kept. What cannot be deleted stays.
    pub async fn forget_the_oldest(&self, permission: &Permission) {
        if self.off {
            return;
        }
        let Ok(mut all) = names(&self.nomad).await else { return };
        all.sort_by_key(|(_, index)| std::cmp::Reverse(*index));
        for (name, _) in all.into_iter().skip(KEPT) {
            drop(self.nomad.write(permission, &variable::delete(NAMESPACE, &path(&name), None)).await);
        }
    }
}

/// The names of the rotations of which there is a history, with the index of its last change.
///
/// # Errors
/// Any API fault.
pub async fn names(nomad: &Http) -> Result<Vec<(String, u64)>> {
    let found = nomad.list(&variable::list(&format!("{PREFIX}/")).namespace(NAMESPACE)).await?.value;
    let name = |path: &str| path.strip_prefix(PREFIX)?.strip_prefix('/').map(str::to_owned);
    Ok(found.into_iter().filter_map(|meta| Some((name(&meta.path)?, meta.modify_index))).collect())
}

/// Reads one; none when there is none.
///
/// # Errors
/// Any API fault; refused (7) when it cannot be made sense of.
pub async fn load(nomad: &Http, rotation: &str) -> Result<Option<Kept>> {
    match nomad.read(&variable::get(NAMESPACE, &path(rotation))).await {
        Ok(reply) => unpack(rotation, &reply.value.items, reply.value.modify_index).map(Some),
        Err(e) if e.is_not_found() => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// What is left out of a history that is too long, step by step.
#[derive(Debug, Clone, Copy)]
enum Fold {
    Nothing,
    /// Stops and places of what arrived well: its arrival tells when it left and where it is.
    Steps,
    /// What arrived well.
    Arrivals,
    /// Everything but the beginning and the newest.
    Old,
}

fn fold(events: &[Happening], how: Fold) -> Vec<&Happening> {
    let well: BTreeSet<&str> = events
        .iter()
        .filter_map(|r| match &r.event {
            Event::AllocMoved(moved) if moved.outcome != Outcome::Unfinished => Some(moved.alloc.id.as_str()),
            _ => None,
        })
        .collect();
    let is_step = |r: &Happening| match &r.event {
        Event::AllocStopped { alloc, .. } | Event::ReplacementPlaced { alloc, .. } => {
            well.contains(alloc.id.as_str())
        }
        _ => false,
    };
    let is_arrival = |r: &Happening| matches!(&r.event, Event::AllocMoved(m) if matches!(m.outcome, Outcome::Healthy | Outcome::NotWanted | Outcome::Finished));
    match how {
        Fold::Nothing => events.iter().collect(),
        Fold::Steps => events.iter().filter(|r| !is_step(r)).collect(),
        Fold::Arrivals => events.iter().filter(|r| !is_step(r) && !is_arrival(r)).collect(),
        Fold::Old => {
            let first = events.iter().take(1);
            let newest = events.iter().skip(1.max(events.len().saturating_sub(NEWEST)));
            first.chain(newest).collect()
        }
    }
}

fn pack(events: &[Happening], left_out: usize, holder: Option<&Holder>) -> BTreeMap<String, String> {
    let mut items = BTreeMap::new();
    for how in [Fold::Nothing, Fold::Steps, Fold::Arrivals, Fold::Old] {
        let kept = fold(events, how);
        let left_out = left_out + events.len() - kept.len();
        let head = Head { left_out, holder: holder.cloned() };
        items = BTreeMap::from([
            ("events".to_owned(), zip(&kept).unwrap_or_default()),
            ("head".to_owned(), serde_json::to_string(&head).unwrap_or_default()),
        ]);
        if items.values().map(String::len).sum::<usize>() <= MOST_BYTES {
            return items;
        }
    }
    // Even the newest do not fit: what they tell is longer than anything that was ever seen.
    let head = Head { left_out: left_out + events.len(), holder: holder.cloned() };
    items.insert("events".to_owned(), zip(&[]).unwrap_or_default());
    items.insert("head".to_owned(), serde_json::to_string(&head).unwrap_or_default());
    items
}

fn zip(events: &[&Happening]) -> std::io::Result<String> {
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    for event in events {
        serde_json::to_writer(&mut zip, event)?;
        zip.write_all(b"\n")?;
    }
    Ok(STANDARD.encode(zip.finish()?))
}

fn unpack(rotation: &str, items: &BTreeMap<String, String>, index: u64) -> Result<Kept> {
    let sense = || -> Option<(Head, Vec<Happening>)> {
        let head = serde_json::from_str(items.get("head")?).ok()?;
        let packed = STANDARD.decode(items.get("events")?).ok()?;
        let mut text = String::new();
        GzDecoder::new(&packed[..]).take(MOST_UNPACKED).read_to_string(&mut text).ok()?;
        let events = text.lines().map(|line| serde_json::from_str(line).ok()).collect::<Option<_>>()?;
        Some((head, events))
    };
    let (head, events) = sense().ok_or_else(|| {
        Error::refused(format!("the history of rotation {rotation} cannot be read"))
            .because(format!("variable {} was written by another version of fleet", path(rotation)))
            .hint("use the version that wrote it")
    })?;
    Ok(Kept { rotation: rotation.to_owned(), holder: head.holder, events, left_out: head.left_out, index })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::migration::{AllocRef, NodeRef};
    use crate::ops::rotate::event::Moved;
    use proptest::prelude::*;

    fn id(random: &mut fastrand::Rng) -> String {
        let x = random.u128(..);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            x as u32,
            (x >> 32) as u16,
            (x >> 48) as u16,
            (x >> 64) as u16,
            (x >> 80)
        )
    }

    /// A rotation of one node with so many moves, of which the last did not arrive.
    fn events(moves: usize, seed: u64) -> Vec<Happening> {
        let mut random = fastrand::Rng::with_seed(seed);
        let node = NodeRef { id: id(&mut random), name: "worker-17".into() };
        let at =
            |second: usize, event| Record { time: Timestamp::from_second(second as i64).unwrap(), event };
        let mut all = vec![at(
            0,
            Event::Started {
                rotation: "r-1".into(),
                nodes: vec![node.clone()],
                resumed: false,
                purpose: Default::default(),
            },
        )];
        for i in 0..moves {
            let alloc = AllocRef {
                id: id(&mut random),
                name: format!("web.g[{i}]"),
                job: "web".into(),
                namespace: "default".into(),
            };
            let replacement = id(&mut random);
            all.push(at(
                i + 1,
                Event::AllocStopped { alloc: alloc.clone(), node: node.clone(), evidence: None },
            ));
            all.push(at(
                i + 2,
                Event::ReplacementPlaced {
                    alloc: alloc.clone(),
                    replacement: replacement.clone(),
                    node: node.clone(),
                },
            ));
            let outcome = if i + 1 == moves { Outcome::Unfinished } else { Outcome::Healthy };
            all.push(at(
                i + 3,
                Event::AllocMoved(Moved {
                    group: alloc.group(),
                    alloc,
                    from: node.clone(),
                    replacement: Some(replacement),
                    to: Some(node.clone()),
                    outcome,
                    gap_seconds: None,
                    reason: None,
                    seconds: 2.0,
                    upper_bound: false,
                    killed_at_deadline: false,
                }),
            ));
        }
        all.push(at(moves + 4, Event::Noticed { text: "a word".into() }));
        all
    }

    #[test]
    fn a_short_history_is_kept_whole_and_a_long_one_keeps_what_went_wrong() {
        let short = events(100, 1);
        let kept = unpack("r-1", &pack(&short, 0, None), 7).unwrap();
        assert_eq!((kept.events, kept.left_out, kept.index), (short, 0, 7));
        for moves in [600, 5_000] {
            let long = events(moves, 2);
            let items = pack(&long, 3, None);
            assert!(items.values().map(String::len).sum::<usize>() <= MOST_BYTES);
            let kept = unpack("r-1", &items, 7).unwrap();
            assert_eq!(kept.events.len() + kept.left_out, long.len() + 3, "{moves}");
            let unfinished =
                |r: &&Happening| matches!(&r.event, Event::AllocMoved(m) if m.outcome == Outcome::Unfinished);
            assert_eq!(kept.events.iter().filter(unfinished).count(), 1, "{moves}");
            assert!(matches!(kept.events[0].event, Event::Started { .. }));
            assert!(matches!(kept.events.last().unwrap().event, Event::Noticed { .. }));
        }
    }

    #[test]
    fn what_is_no_history_is_refused() {
        for items in [
            BTreeMap::new(),
            BTreeMap::from([("head".to_owned(), "{}".to_owned()), ("events".to_owned(), "!".to_owned())]),
        ] {
            let error = unpack("r-1", &items, 7).unwrap_err();
            assert_eq!(error.code(), crate::exit_code::ExitCode::Refused);
        }
    }

    proptest! {
        #[test]
        fn every_history_fits_and_counts_what_it_lacks(moves in 0_usize..400, seed in any::<u64>(), word in 0_usize..90_000) {
            let mut all = events(moves, seed);
            let mut random = fastrand::Rng::with_seed(seed);
            let text: String = std::iter::repeat_with(|| random.alphanumeric()).take(word).collect();
            all.push(Record { time: Timestamp::UNIX_EPOCH, event: Event::Noticed { text } });
            let items = pack(&all, 0, None);
            prop_assert!(items.values().map(String::len).sum::<usize>() <= MOST_BYTES);
            let kept = unpack("r-1", &items, 1).unwrap();
            prop_assert!(kept.events.len() <= all.len());
            prop_assert!(kept.left_out <= all.len());
        }
    }
}
