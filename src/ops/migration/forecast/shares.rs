//! More than one plan takes, shared out: each part of what leaves gets a part of the nodes.
//!
//! Two plans know nothing of each other (`nomad-api.md §12.2`). Asked about nodes that have none in common, what fits in each of them fits
//! together. What finds no place in its part may find one in another, and is asked about there.

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::error::Result;
use crate::model::forecast::{self, ExcludedNodes, LeavingAllocs, Loss, MOST_PLACEMENTS, SPARE_PLACEMENTS};
use crate::model::words;

use super::asking::{Asking, PLANS_AT_ONCE, Part};
use super::portion::Portion;

/// The most parts of full size that are asked about before a rotation begins.
const MOST_PARTS: u64 = 15;

/// How many of so many that leave are asked about, where so many nodes stay.
pub(super) fn asked_about(total: u64, survivors: usize) -> u64 {
    let parts = MOST_PARTS.min(survivors as u64);
    match total {
        0..=MOST_PLACEMENTS => total,
        _ => total.min(parts * (MOST_PLACEMENTS - SPARE_PLACEMENTS)),
    }
}

/// What leaves and was not asked about yet, and the nodes that stay and that no part has had. Part after part is taken from it, each as
/// large as the last answer says that it may be. Neighbours in the list of nodes go to different parts, so that each part gets some of
/// every kind where kinds stand side by side.
pub(super) struct Deck<'a> {
    groups: Vec<LeavingAllocs<'a>>,
    /// Places in `survivors`, in order.
    nodes: Vec<usize>,
    survivors: &'a [String],
    doomed: &'a BTreeSet<String>,
}

/// A part that was taken from the deck.
pub(super) struct Dealt<'a> {
    pub(super) part: Part<'a>,
    nodes: Vec<usize>,
}

impl<'a> Deck<'a> {
    /// All of them.
    pub(super) fn new(
        groups: Vec<LeavingAllocs<'a>>,
        doomed: &'a BTreeSet<String>,
        survivors: &'a [String],
    ) -> Self {
        Deck { groups, nodes: (0..survivors.len()).collect(), survivors, doomed }
    }

    /// A part of no more than `most`, unless there are too few nodes left to share; none when nothing is left.
    fn take(&mut self, most: u64) -> Option<Dealt<'a>> {
        let left = count(&self.groups);
        if left == 0 {
            return None;
        }
        let parts = usize::try_from(left.div_ceil(most.max(1))).unwrap_or(usize::MAX);
        let parts = parts.clamp(1, self.nodes.len().max(1));
        let groups = deal_groups(&self.groups, parts).swap_remove(0);
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for (at, node) in self.nodes.iter().enumerate() {
            if at % parts == 0 { own.push(*node) } else { others.push(*node) }
        }
        let dealt: BTreeSet<usize> = own.iter().copied().collect();
        let beside = self.survivors.iter().enumerate().filter(|(at, _)| !dealt.contains(at));
        let beside = beside.map(|(_, id)| id).chain(self.doomed);
        let names: Vec<String> = own.iter().map(|at| self.survivors[*at].clone()).collect();
        let excluded = ExcludedNodes::all_but(&names, beside);
        self.groups = less(&self.groups, &groups);
        self.nodes = others;
        Some(Dealt { part: (groups, excluded), nodes: own })
    }

    /// Takes a part back that was not answered.
    fn put_back(&mut self, dealt: Dealt<'a>) {
        self.groups = together([self.groups.as_slice(), dealt.part.0.as_slice()]);
        self.nodes.extend(dealt.nodes);
        self.nodes.sort_unstable();
    }
}

/// So many parts; the sizes of any two differ by one at most, and none is larger than the first.
fn deal_groups<'a>(groups: &[LeavingAllocs<'a>], parts: usize) -> Vec<Vec<LeavingAllocs<'a>>> {
    let mut dealt: Vec<Vec<LeavingAllocs<'a>>> = vec![Vec::new(); parts];
    let of = parts as u64;
    let mut turn = 0;
    for group in groups {
        for (part, own) in dealt.iter_mut().enumerate() {
            // Whoever follows the last one that was dealt to gets the first of what is left over.
            let place = (part as u64 + of - turn) % of;
            let count = group.count / of + u64::from(place < group.count % of);
            if count > 0 {
                own.push(LeavingAllocs { count, ..group.clone() });
            }
        }
        turn = (turn + group.count) % of;
    }
    dealt
}

/// Asks about a first part, whose answer tells how many can be asked about; whether there was one.
pub(super) async fn probe(
    asking: &mut Asking<'_>,
    mut deck: Deck<'_>,
    portion: &mut Portion,
) -> Result<bool> {
    while let Some(dealt) = deck.take(portion.size()) {
        let (size, begun) = (count(&dealt.part.0), Instant::now());
        if asking.place(&[&dealt.part]).await?.is_some() {
            portion.answered(size, begun.elapsed());
            return Ok(true);
        }
        if !asking.is_late() || !portion.not_answered(size) {
            return Ok(false);
        }
        asking.try_again();
        deck.put_back(dealt);
    }
    Ok(false)
}

/// Every part with what found no place in it; none where that is not known. A part that is not answered in time is asked about in smaller
/// ones, as long as there are smaller ones.
async fn ask_all<'a>(
    asking: &mut Asking<'_>,
    deck: &mut Deck<'a>,
    portion: &mut Portion,
) -> Result<Option<Vec<(Part<'a>, Vec<Loss>)>>> {
    let mut answered = Vec::new();
    loop {
        let dealt: Vec<Dealt<'a>> = (0..PLANS_AT_ONCE).map_while(|_| deck.take(portion.size())).collect();
        let Some(largest) = dealt.iter().map(|d| count(&d.part.0)).max() else { return Ok(Some(answered)) };
        let parts: Vec<&Part<'_>> = dealt.iter().map(|d| &d.part).collect();
        let begun = Instant::now();
        match asking.place(&parts).await? {
            Some(losses) => {
                portion.answered(largest, begun.elapsed());
                answered.extend(dealt.into_iter().map(|d| d.part).zip(losses));
            }
            None if asking.is_late() && portion.not_answered(largest) => {
                asking.try_again();
                dealt.into_iter().for_each(|d| deck.put_back(d));
            }
            None => return Ok(None),
        }
    }
}

/// What finds no place, for certain; what may find one and was not shown to makes the forecast unknown.
pub(super) async fn ask(
    asking: &mut Asking<'_>,
    mut deck: Deck<'_>,
    portion: &mut Portion,
    everywhere: &ExcludedNodes,
) -> Result<Vec<Loss>> {
    let whole = deck.groups.clone();
    let Some(answered) = ask_all(asking, &mut deck, portion).await? else { return Ok(Vec::new()) };
    let lost = forecast::sum(answered.iter().flat_map(|(_, lost)| lost.iter().cloned()));
    let placed = answered.into_iter().map(|((groups, excluded), lost)| (without(&groups, &lost), excluded));
    let placed: Vec<Part<'_>> = placed.collect();
    let mut homeless = of_losses(&whole, &lost);
    if homeless.is_empty() {
        return Ok(Vec::new());
    }
    // What finds no place even where it has all nodes for itself finds none beside the others.
    let alone = (first(&homeless, portion.size() + SPARE_PLACEMENTS), everywhere.clone());
    let Some(losses) = asking.place(&[&alone]).await? else { return Ok(Vec::new()) };
    let losses = forecast::sum(losses.into_iter().flatten());
    if !losses.is_empty() {
        return Ok(losses);
    }
    find_room_elsewhere(asking, &placed, &mut homeless).await?;
    if let (Some(group), None) = (homeless.first(), &asking.unknown) {
        asking.unknown = Some(format!(
            "{} of {}, of {} among others, fit by themselves, and no place was found for them beside the rest; \
             for fewer nodes at once it can be told",
            count(&homeless),
            words::count(count(&whole), "move"),
            group.group
        ));
    }
    Ok(Vec::new())
}

/// A part of the nodes may have none of a kind that another part has to spare. `parts` are what found a place, and where.
async fn find_room_elsewhere<'a>(
    asking: &mut Asking<'_>,
    parts: &[Part<'a>],
    homeless: &mut Vec<LeavingAllocs<'a>>,
) -> Result<()> {
    for (groups, excluded) in parts {
        if homeless.is_empty() || count(homeless) > SPARE_PLACEMENTS {
            return Ok(());
        }
        let both = together([groups.as_slice(), homeless.as_slice()]);
        let Some(lost) = asking.place(&[&(both, excluded.clone())]).await? else { return Ok(()) };
        let lost = forecast::sum(lost.into_iter().flatten());
        // Those that were placed and those that were not may have changed places: only numbers are compared.
        let left = of_losses(homeless, &lost);
        if count(&left) == lost.iter().map(|l| l.unplaced).sum::<u64>() {
            *homeless = left;
        }
    }
    Ok(())
}

fn count(groups: &[LeavingAllocs<'_>]) -> u64 {
    groups.iter().map(|l| l.count).sum()
}

/// What is left of them without these.
fn less<'a>(groups: &[LeavingAllocs<'a>], taken: &[LeavingAllocs<'a>]) -> Vec<LeavingAllocs<'a>> {
    let left = |l: &LeavingAllocs<'a>| {
        let own = taken.iter().find(|t| t.group == l.group).map_or(0, |t| t.count);
        LeavingAllocs { count: l.count.saturating_sub(own), ..l.clone() }
    };
    groups.iter().map(left).filter(|l| l.count > 0).collect()
}

/// The first so many of them.
fn first<'a>(groups: &[LeavingAllocs<'a>], most: u64) -> Vec<LeavingAllocs<'a>> {
    let mut left = most;
    let mut some = |l: &LeavingAllocs<'a>| {
        let count = l.count.min(left);
        left -= count;
        (count > 0).then(|| LeavingAllocs { count, ..l.clone() })
    };
    groups.iter().filter_map(&mut some).collect()
}

/// All of them, so many at a time as one plan takes.
pub(super) fn portions<'a>(groups: &[LeavingAllocs<'a>]) -> Vec<Vec<LeavingAllocs<'a>>> {
    let parts = count(groups).div_ceil(MOST_PLACEMENTS);
    deal_groups(groups, usize::try_from(parts).unwrap_or(usize::MAX))
}

/// Those of the groups that found no place.
fn of_losses<'a>(groups: &[LeavingAllocs<'a>], losses: &[Loss]) -> Vec<LeavingAllocs<'a>> {
    let lost = |l: &LeavingAllocs<'a>| {
        let loss = losses.iter().find(|loss| loss.group == l.group)?;
        Some(LeavingAllocs { count: loss.unplaced.min(l.count), ..l.clone() })
    };
    groups.iter().filter_map(lost).filter(|l| l.count > 0).collect()
}

/// The groups without those that found no place.
fn without<'a>(groups: &[LeavingAllocs<'a>], losses: &[Loss]) -> Vec<LeavingAllocs<'a>> {
    let placed = |l: &LeavingAllocs<'a>| {
        let lost: u64 = losses.iter().filter(|loss| loss.group == l.group).map(|loss| loss.unplaced).sum();
        LeavingAllocs { count: l.count.saturating_sub(lost), ..l.clone() }
    };
    groups.iter().map(placed).filter(|l| l.count > 0).collect()
}

/// All of them, group by group.
fn together<'s, 'a: 's>(lists: impl IntoIterator<Item = &'s [LeavingAllocs<'a>]>) -> Vec<LeavingAllocs<'a>> {
    let mut all: Vec<LeavingAllocs<'a>> = Vec::new();
    for more in lists.into_iter().flatten() {
        match all.iter_mut().find(|l| l.group == more.group) {
            Some(known) => known.count += more.count,
            None => all.push(more.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::nomad::evaluation::PlacementMetric;
    use crate::model::group::GroupKey;
    use serde_json::Value;

    fn leaving(job: &str, count: u64) -> LeavingAllocs<'static> {
        LeavingAllocs {
            group: GroupKey { namespace: "default".into(), job: job.into(), group: "g".into() },
            count,
            spec: &Value::Null,
            group_on: BTreeSet::new(),
            job_on: BTreeSet::new(),
        }
    }

    fn loss(job: &str, unplaced: u64) -> Loss {
        Loss { group: leaving(job, 0).group, unplaced, metric: PlacementMetric::default() }
    }

    fn counts(groups: &[LeavingAllocs<'_>]) -> Vec<(String, u64)> {
        groups.iter().map(|l| (l.group.job.clone(), l.count)).collect()
    }

    #[test]
    fn every_move_and_every_node_is_in_one_part_and_none_is_too_large() {
        for (web, api, nodes) in [(900, 901, 40), (1, 4_999, 4_500), (500, 1, 3), (3_000, 0, 2)] {
            let groups = [leaving("web", web), leaving("api", api)];
            let asked = asked_about(web + api, nodes);
            let groups = first(&groups, asked);
            let survivors: Vec<String> = (0..nodes).map(|i| format!("{i:04}")).collect();
            let doomed: BTreeSet<String> = (0..300).map(|i| format!("{i:04}-old")).collect();
            // Whatever the sizes, and whatever comes back unanswered.
            for sizes in [&[400][..], &[400, 90, 30, 400], &[25]] {
                let mut deck = Deck::new(groups.clone(), &doomed, &survivors);
                let (mut parts, mut turn) = (Vec::new(), 0);
                while let Some(dealt) = deck.take(sizes[turn % sizes.len()]) {
                    turn += 1;
                    if sizes.len() > 1 && turn == 2 {
                        deck.put_back(dealt);
                        continue;
                    }
                    assert!(nodes < 40 || count(&dealt.part.0) <= 400);
                    parts.push(dealt.part);
                }
                check(&parts, asked, &survivors, &doomed);
            }
        }
    }

    fn check(parts: &[Part<'_>], asked: u64, survivors: &[String], doomed: &BTreeSet<String>) {
        {
            assert_eq!(parts.iter().map(|(groups, _)| count(groups)).sum::<u64>(), asked);
            let pattern = |excluded: &ExcludedNodes| match excluded {
                ExcludedNodes::AllBut(pattern) => regex::Regex::new(pattern).unwrap(),
                other => panic!("{other:?}"),
            };
            let patterns: Vec<_> = parts.iter().map(|(_, excluded)| pattern(excluded)).collect();
            let fitting = |id: &String| patterns.iter().filter(|p| p.is_match(id)).count();
            assert!(survivors.iter().all(|id| fitting(id) == 1));
            assert!(doomed.iter().all(|id| fitting(id) == 0));
        }
    }

    #[test]
    fn what_found_no_place_is_told_from_what_did() {
        let groups = [leaving("web", 5), leaving("api", 2)];
        assert_eq!(counts(&of_losses(&groups, &[loss("api", 3)])), [("api".to_owned(), 2)]);
        assert_eq!(counts(&without(&groups, &[loss("api", 3)])), [("web".to_owned(), 5)]);
        assert_eq!(counts(&first(&groups, 6)), [("web".to_owned(), 5), ("api".to_owned(), 1)]);
        let lists = [&groups[..], &groups[1..]];
        assert_eq!(counts(&together(lists)), [("web".to_owned(), 5), ("api".to_owned(), 4)]);
    }
}
