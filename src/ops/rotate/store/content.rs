//! How a journal stands in variables: as plain text while it is short, packed where it is longer, and in pieces where it is longer
//! than a variable all the same. Pure.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::ops::rotate::event::Outcome;
use crate::ops::rotate::recorder::RecoveredState;

/// The most bytes of a journal in one variable, with room for its other items (`nomad-api.md §9.2`).
pub(super) const MOST_BYTES: usize = 60_000;
/// What unpacks to more than this was not written by `fleet`.
const MOST_UNPACKED: u64 = 64 * 1024 * 1024;
/// Stands around the number of an id in packed text; no JSON text has it.
const MARK: u8 = 1;
/// Characters of an id of nodes and allocations.
const ID_LENGTH: usize = 36;

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    /// As it is, for people to read as well.
    Plain(String),
    /// Packed.
    Packed(String),
    /// Packed, in pieces.
    Pieces(Vec<String>),
}

impl Content {
    /// Of that state, of which `text` is the JSON. What does not fit into one variable forgets first what arrived well: the cluster
    /// itself tells of that.
    pub(super) fn of(state: &RecoveredState, text: &str) -> serde_json::Result<Self> {
        if text.len() <= MOST_BYTES {
            return Ok(Content::Plain(text.to_owned()));
        }
        let packed = pack(text).map_err(serde_json::Error::io)?;
        if packed.len() <= MOST_BYTES {
            return Ok(Content::Packed(packed));
        }
        let short = serde_json::to_string(&without_arrived(state))?;
        let packed = pack(&short).map_err(serde_json::Error::io)?;
        if packed.len() <= MOST_BYTES {
            return Ok(Content::Packed(packed));
        }
        // Base64 is ASCII: it can be cut anywhere.
        let pieces = packed.as_bytes().chunks(MOST_BYTES);
        Ok(Content::Pieces(pieces.map(|piece| String::from_utf8_lossy(piece).into_owned()).collect()))
    }
}

/// The state without what arrived well.
fn without_arrived(state: &RecoveredState) -> RecoveredState {
    let mut short = state.clone();
    let well: Vec<String> = state
        .moved
        .iter()
        .filter(|(_, m)| m.outcome != Outcome::Unfinished)
        .map(|(id, _)| id.clone())
        .collect();
    for id in &well {
        short.moved.remove(id);
        short.stopped.remove(id);
        short.placed.remove(id);
    }
    let well: std::collections::BTreeSet<&String> = well.iter().collect();
    short.emptied.values_mut().for_each(|all| all.retain(|a| !well.contains(&a.id)));
    short
}

/// Packs JSON text. Ids are random, and each stands there several times: they are written once, as bytes, and numbered.
fn pack(text: &str) -> std::io::Result<String> {
    let (mut ids, mut numbers, mut rest) = (Vec::new(), BTreeMap::new(), Vec::new());
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at < bytes.len() {
        match bytes.get(at..at + ID_LENGTH).and_then(id_bytes) {
            Some(id) => {
                let next = numbers.len();
                let number = *numbers.entry(id).or_insert_with(|| {
                    ids.extend(id);
                    next
                });
                rest.push(MARK);
                rest.extend(format!("{number:x}").bytes());
                rest.push(MARK);
                at += ID_LENGTH;
            }
            None => {
                rest.push(bytes[at]);
                at += 1;
            }
        }
    }
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(format!("{}\n", numbers.len()).as_bytes())?;
    zip.write_all(&ids)?;
    zip.write_all(&rest)?;
    Ok(STANDARD.encode(zip.finish()?))
}

/// The text that was packed; none where it was not `fleet` that did it, or where a piece is missing.
pub(super) fn unpack(packed: &str) -> Option<String> {
    let packed = STANDARD.decode(packed).ok()?;
    let mut bytes = Vec::new();
    GzDecoder::new(&packed[..]).take(MOST_UNPACKED).read_to_end(&mut bytes).ok()?;
    let end = bytes.iter().position(|b| *b == b'\n')?;
    let count: usize = std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
    let (ids, text) = bytes[end + 1..].split_at_checked(count.checked_mul(16)?)?;
    let mut whole = Vec::with_capacity(text.len() * 4);
    let mut pieces = text.split(|b| *b == MARK);
    whole.extend(pieces.next()?);
    while let Some(number) = pieces.next() {
        let number = usize::from_str_radix(std::str::from_utf8(number).ok()?, 16).ok()?;
        let id = ids.get(number.checked_mul(16)?..)?.first_chunk::<16>()?;
        whole.extend(id_text(id).bytes());
        whole.extend(pieces.next()?);
    }
    String::from_utf8(whole).ok()
}

/// The bytes of an id as Nomad writes them, in small letters; none of anything else.
fn id_bytes(text: &[u8]) -> Option<[u8; 16]> {
    let (mut id, mut digits) = ([0; 16], 0);
    for (i, c) in text.iter().enumerate() {
        if matches!(i, 8 | 13 | 18 | 23) {
            if *c != b'-' {
                return None;
            }
            continue;
        }
        let digit = match c {
            b'0'..=b'9' => c - b'0',
            b'a'..=b'f' => c - b'a' + 10,
            _ => return None,
        };
        id[digits / 2] = id[digits / 2] << 4 | digit;
        digits += 1;
    }
    (digits == 32).then_some(id)
}

fn id_text(id: &[u8; 16]) -> String {
    let hex: String = id.iter().map(|b| format!("{b:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::api::nomad::node::Eligibility;
    use crate::ops::migration::{AllocRef, NodeRef};
    use crate::ops::rotate::event::Moved;

    fn id(random: &mut fastrand::Rng) -> String {
        id_text(&random.u128(..).to_be_bytes())
    }

    fn alloc(id: String, i: usize) -> AllocRef {
        AllocRef { id, name: format!("web.g[{i}]"), job: "web".into(), namespace: "default".into() }
    }

    /// A rotation of so many nodes of ten allocations each, of which half are rotated and a few are in hand.
    fn state(nodes: usize) -> RecoveredState {
        let mut random = fastrand::Rng::with_seed(7);
        let mut state = RecoveredState { rotation: Some("r-1".into()), ..RecoveredState::default() };
        for i in 0..nodes {
            let node = NodeRef { id: id(&mut random), name: format!("worker-{i}") };
            state.was.insert(node.id.clone(), Eligibility::Eligible);
            state.marked.insert(node.id.clone());
            if i >= nodes / 2 + 25 {
                continue;
            }
            let rotated = i < nodes / 2;
            let allocs: Vec<AllocRef> = (0..10).map(|i| alloc(id(&mut random), i)).collect();
            for a in &allocs {
                let outcome = if rotated { Outcome::Healthy } else { Outcome::Unfinished };
                let replacement = Some(id(&mut random));
                state.moved.insert(a.id.clone(), Moved::in_a_second(a, &node, replacement, outcome));
            }
            state.emptied.insert(node.id.clone(), allocs);
            if rotated {
                state.rotated.insert(node.id.clone(), 31.5);
            }
        }
        state
    }

    fn content(state: &RecoveredState) -> Content {
        Content::of(state, &serde_json::to_string(state).unwrap()).unwrap()
    }

    fn read(content: &Content) -> RecoveredState {
        let text = match content {
            Content::Plain(text) => text.clone(),
            Content::Packed(packed) => unpack(packed).unwrap(),
            Content::Pieces(pieces) => unpack(&pieces.concat()).unwrap(),
        };
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn what_is_short_stands_there_as_it_is_and_five_hundred_nodes_fit_one_variable() {
        let small = state(3);
        assert!(matches!(content(&small), Content::Plain(_)));
        assert_eq!(read(&content(&small)), small);
        for nodes in [500, 1_000] {
            let many = state(nodes);
            let written = content(&many);
            assert!(matches!(&written, Content::Packed(text) if text.len() <= MOST_BYTES), "{nodes}");
            assert_eq!(read(&written), without_arrived(&many));
        }
    }

    #[test]
    fn what_does_not_fit_one_variable_stands_in_pieces_and_a_missing_one_is_seen() {
        let many = state(5_000);
        let written = content(&many);
        let Content::Pieces(pieces) = &written else { panic!("{} bytes", format!("{written:?}").len()) };
        assert!(pieces.len() <= 6 && pieces.iter().all(|p| p.len() <= MOST_BYTES), "{}", pieces.len());
        assert_eq!(read(&written), without_arrived(&many));
        assert_eq!(unpack(&pieces[1..].concat()), None);
        assert_eq!(unpack(&pieces[..pieces.len() - 1].concat()), None);
    }

    #[test]
    fn what_is_too_long_forgets_what_arrived_well_and_keeps_the_rest() {
        let kept = without_arrived(&state(100));
        assert!(kept.moved.values().all(|m| m.outcome == Outcome::Unfinished));
        assert_eq!((kept.moved.len(), kept.rotated.len(), kept.was.len()), (250, 50, 100));
    }

    proptest! {
        #[test]
        fn every_text_is_read_as_it_was_packed(seed in any::<u64>(), words in prop::collection::vec("[a-z0-9\\- \u{e9}]{0,50}", 0..20)) {
            let mut random = fastrand::Rng::with_seed(seed);
            let known = id(&mut random);
            let text = words.iter().map(|w| format!("{w}{known}{w}{}", id(&mut random))).collect::<String>();
            let text = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(unpack(&pack(&text).unwrap()), Some(text));
        }

        #[test]
        fn no_text_of_others_is_taken_for_one(text in "\\PC{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(&text).is_none() || text.len() > 20);
            let mut zip = GzEncoder::new(Vec::new(), Compression::fast());
            zip.write_all(&bytes).unwrap();
            drop(unpack(&STANDARD.encode(zip.finish().unwrap())));
        }
    }
}
