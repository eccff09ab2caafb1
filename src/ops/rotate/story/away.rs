//! How few of each group were left, and for how long.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{GroupStory, MoveStory, seconds};
use crate::model::group::GroupKey;
use crate::ops::rotate::event::Foreseen;

/// Every group of these moves. What is on its way is away until `last`.
pub(super) fn groups(
    moves: &[MoveStory],
    foreseen: Option<&Foreseen>,
    last: Option<Timestamp>,
) -> Vec<GroupStory> {
    let mut of: BTreeMap<&GroupKey, Vec<&MoveStory>> = BTreeMap::new();
    for story in moves {
        of.entry(&story.group).or_default().push(story);
    }
    let group = |(key, moves): (&GroupKey, Vec<&MoveStory>)| {
        let known = foreseen.into_iter().flat_map(|f| &f.groups).find(|g| g.group == *key);
        let evidence = moves.iter().find_map(|m| m.evidence);
        let count = evidence.map(|e| e.count).or(known.map(|k| k.count));
        let away = AwayCount::of(&moves, count, last);
        GroupStory {
            group: key.clone(),
            count,
            floor: evidence.map(|e| e.floor).or(known.map(|k| k.floor)),
            moves: moves.len(),
            most_away: away.most,
            away_seconds: away.some,
            gap_seconds: away.all,
            longest_seconds: moves.iter().filter_map(|m| m.seconds()).fold(0.0, f64::max),
            upper_bound: moves.iter().any(|m| m.upper_bound),
        }
    };
    of.into_iter().map(group).collect()
}

/// How many of a group were away at once, and for how long.
#[derive(Debug, Default, PartialEq)]
struct AwayCount {
    most: u64,
    /// Seconds with at least one away.
    some: f64,
    /// Seconds with as many away as the group wants.
    all: f64,
}

impl AwayCount {
    fn of(moves: &[&MoveStory], count: Option<u64>, last: Option<Timestamp>) -> Self {
        let mut edges: Vec<(Timestamp, i64)> = Vec::new();
        for (from, until) in moves.iter().filter_map(|m| Some((m.stopped_at?, m.ended_at.or(last)?))) {
            edges.extend([(from, 1), (until.max(from), -1)]);
        }
        // One that arrives makes room for one that leaves at the same moment.
        edges.sort_unstable();
        let (mut away, mut now, mut before) = (AwayCount::default(), 0_i64, None);
        for (time, change) in edges {
            let lasted = before.map_or(0.0, |before| seconds(before, time));
            if now > 0 {
                away.some += lasted;
            }
            if count.is_some_and(|count| count > 0 && now as u64 >= count) {
                away.all += lasted;
            }
            now += change;
            away.most = away.most.max(u64::try_from(now).unwrap_or(0));
            before = Some(time);
        }
        away
    }
}
