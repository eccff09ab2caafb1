//! A few moves of allocations that make nodes more evenly loaded. Pure: who really gets what leaves is the scheduler's decision, so a
//! step never moves more than any one of the nodes that are open may take.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::capacity::Amount;
use crate::model::group::GroupKey;

/// A node that takes work.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its full id.
    pub id: String,
    /// Nodes are evened out within one of these: its pool and its datacenter.
    pub within: (String, String),
    /// What it offers.
    pub offered: Amount,
    /// What its allocations take.
    pub used: Amount,
}

/// An allocation that may move.
#[derive(Debug, Clone, PartialEq)]
pub struct Movable {
    /// Its full id.
    pub id: String,
    /// Its group.
    pub group: GroupKey,
    /// The node it is on.
    pub node: String,
    /// What it takes.
    pub takes: Amount,
    /// Nodes that cannot take it, because others of its group or job are there.
    pub kept_off: BTreeSet<String>,
}

/// A move that would help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The allocation.
    pub alloc: String,
    /// Its group.
    pub group: GroupKey,
    /// The node it leaves.
    pub from: String,
    /// The emptiest node that could take it.
    pub to: String,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    /// Nodes whose loads differ by no more than this share are even enough.
    pub tolerance: f64,
    /// How many moves there may be.
    pub most_moves: usize,
}

/// How full a node is: the fuller of its memory and its CPU, as a share of what it offers.
#[must_use]
pub fn load(offered: Amount, used: Amount) -> f64 {
    let share = |used: u64, offered: u64| match offered {
        0 => 1.0,
        offered => used as f64 / offered as f64,
    };
    share(used.memory_mib, offered.memory_mib).max(share(used.cpu_mhz, offered.cpu_mhz))
}

fn plus(a: Amount, b: Amount) -> Amount {
    Amount { cpu_mhz: a.cpu_mhz + b.cpu_mhz, memory_mib: a.memory_mib + b.memory_mib }
}

fn minus(a: Amount, b: Amount) -> Amount {
    Amount {
        cpu_mhz: a.cpu_mhz.saturating_sub(b.cpu_mhz),
        memory_mib: a.memory_mib.saturating_sub(b.memory_mib),
    }
}

/// By how much the fullest and the emptiest of the nodes that are evened out together differ, at the worst, as a share.
#[must_use]
pub fn spread(places: &[Place]) -> f64 {
    let mut bounds: BTreeMap<&(String, String), (f64, f64)> = BTreeMap::new();
    for place in places {
        let load = load(place.offered, place.used);
        let bound = bounds.entry(&place.within).or_insert((load, load));
        *bound = (bound.0.min(load), bound.1.max(load));
    }
    bounds.values().map(|(low, high)| high - low).fold(0.0, f64::max)
}

/// The moves that help the most, one after the other; each takes from the fullest node.
#[must_use]
pub fn plan(places: &[Place], movable: &[Movable], wish: Wish) -> Vec<Move> {
    let mut places = places.to_vec();
    let mut left: Vec<&Movable> = movable.iter().collect();
    let mut moves = Vec::new();
    let scopes: BTreeSet<(String, String)> = places.iter().map(|p| p.within.clone()).collect();
    for scope in scopes {
        while moves.len() < wish.most_moves {
            let here: Vec<usize> = (0..places.len()).filter(|i| places[*i].within == scope).collect();
            let Some((place, at, to)) = best(&places, &here, &left, wish.tolerance) else { break };
            let one = left.remove(at);
            places[place].used = minus(places[place].used, one.takes);
            places[to].used = plus(places[to].used, one.takes);
            moves.push(Move {
                alloc: one.id.clone(),
                group: one.group.clone(),
                from: places[place].id.clone(),
                to: places[to].id.clone(),
            });
        }
    }
    moves
}

/// The best move off the fullest node from which any helps: its place, which of `left`, and where to.
fn best(
    places: &[Place],
    here: &[usize],
    left: &[&Movable],
    tolerance: f64,
) -> Option<(usize, usize, usize)> {
    let load_of = |i: usize| load(places[i].offered, places[i].used);
    let mut fullest = here.to_vec();
    fullest.sort_by(|a, b| load_of(*b).total_cmp(&load_of(*a)));
    let emptiest = *fullest.last()?;
    for from in fullest.iter().copied().filter(|i| load_of(*i) - load_of(emptiest) > tolerance) {
        let mut found: Option<(f64, usize, usize)> = None;
        for (at, one) in left.iter().enumerate().filter(|(_, m)| m.node == places[from].id) {
            let takes = |to: &usize| !one.kept_off.contains(&places[*to].id) && *to != from;
            for to in fullest.iter().rev().copied().filter(takes) {
                let after = load(places[to].offered, plus(places[to].used, one.takes));
                let rest = load(places[from].offered, minus(places[from].used, one.takes));
                // The pair is as bad as the fuller of the two.
                let gain = load_of(from).max(load_of(to)) - after.max(rest);
                if gain > 1e-6 && found.is_none_or(|(best, ..)| gain > best) {
                    found = Some((gain, at, to));
                }
            }
        }
        if let Some((_, at, to)) = found {
            return Some((from, at, to));
        }
    }
    None
}

/// What is done at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The first of the moves.
    pub moves: Vec<Move>,
    /// Nodes that take no new work meanwhile, by id: they are as full as the others on the average, or would be by it.
    pub closed: BTreeSet<String>,
}

/// The first of these moves, as many as any one of the nodes that stay open may take; none where no node may take even the first.
#[must_use]
pub fn first_step(places: &[Place], movable: &[Movable], moves: &[Move], tolerance: f64) -> Option<Step> {
    let first = moves.first()?;
    let scope = &places.iter().find(|p| p.id == first.from)?.within;
    let here: Vec<&Place> = places.iter().filter(|p| p.within == *scope).collect();
    let takes = |m: &Move| movable.iter().find(|a| a.id == m.alloc).map(|a| a.takes).unwrap_or_default();
    let mean = here.iter().map(|p| load(p.offered, p.used)).sum::<f64>() / here.len() as f64;
    let with = |place: &Place, more: Amount| load(place.offered, plus(place.used, more));
    let load_of = |id: &str, less: Amount| {
        let place = here.iter().find(|p| p.id == id);
        place.map_or(0.0, |p| load(p.offered, minus(p.used, less)))
    };
    // Nobody gets as full as the node that gives.
    let mut most = (mean + tolerance / 2.0).min(load_of(&first.from, Amount::default()) - 1e-9);
    let open: Vec<&Place> = here.iter().copied().filter(|p| with(p, takes(first)) <= most).collect();
    // On small clusters even the best move overshoots a little; then the emptiest node alone is open.
    let open = match open.is_empty() {
        false => open,
        true => here.iter().copied().filter(|p| p.id == first.to).collect(),
    };
    let (mut more, mut chosen): (Amount, Vec<Move>) = (Amount::default(), Vec::new());
    for one in moves.iter().take_while(|m| here.iter().any(|p| p.id == m.from)) {
        let gone = chosen.iter().filter(|c| c.from == one.from).map(&takes).fold(Amount::default(), plus);
        most = most.min(load_of(&one.from, gone) - 1e-9);
        let all = plus(more, takes(one));
        let fits = chosen.is_empty() || open.iter().all(|p| with(p, all) <= most);
        if !fits || open.iter().any(|p| p.id == one.from) {
            break;
        }
        more = all;
        chosen.push(one.clone());
    }
    let closed = here.iter().filter(|p| !open.iter().any(|o| o.id == p.id)).map(|p| p.id.clone());
    Some(Step { closed: closed.collect(), moves: chosen }).filter(|s| !s.moves.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn amount(mib: u64) -> Amount {
        Amount { cpu_mhz: mib, memory_mib: mib }
    }

    fn place(id: usize, pool: &str, used: u64) -> Place {
        Place {
            id: format!("n{id}"),
            within: (pool.to_owned(), "dc1".to_owned()),
            offered: amount(1000),
            used: amount(used),
        }
    }

    fn movable(index: usize, node: usize, mib: u64) -> Movable {
        Movable {
            id: format!("a{index}"),
            group: GroupKey { namespace: "default".into(), job: format!("j{index}"), group: "g".into() },
            node: format!("n{node}"),
            takes: amount(mib),
            kept_off: BTreeSet::new(),
        }
    }

    const WISH: Wish = Wish { tolerance: 0.1, most_moves: 10 };

    #[test]
    fn a_new_node_gets_its_share_by_few_moves() {
        let places = [place(0, "p", 600), place(1, "p", 600), place(2, "p", 0)];
        let all: Vec<Movable> = (0..12).map(|i| movable(i, i / 6, 100)).collect();
        let moves = plan(&places, &all, WISH);
        assert_eq!(moves.len(), 4, "{moves:?}");
        assert!(moves.iter().all(|m| m.to == "n2"));
        let step = first_step(&places, &all, &moves, WISH.tolerance).unwrap();
        assert_eq!((step.moves.len(), step.closed.len()), (4, 2), "{step:?}");
    }

    #[test]
    fn pools_are_evened_out_apart_and_what_is_even_stays() {
        let places = [place(0, "p", 900), place(1, "q", 0), place(2, "q", 50)];
        assert!(plan(&places, &[movable(0, 0, 100), movable(1, 2, 50)], WISH).is_empty());
        assert!((spread(&places) - 0.05).abs() < 1e-9);
    }

    #[test]
    fn what_may_not_stand_beside_another_goes_elsewhere_or_stays() {
        let places = [place(0, "p", 800), place(1, "p", 0)];
        let mut one = movable(0, 0, 300);
        assert_eq!(plan(&places, std::slice::from_ref(&one), WISH).len(), 1);
        one.kept_off.insert("n1".into());
        assert!(plan(&places, &[one], WISH).is_empty());
    }

    #[test]
    fn with_two_empty_nodes_a_step_moves_no_more_than_one_of_them_may_take() {
        let places = [place(0, "p", 900), place(1, "p", 900), place(2, "p", 0), place(3, "p", 0)];
        let all: Vec<Movable> = (0..18).map(|i| movable(i, i / 9, 100)).collect();
        let moves = plan(&places, &all, WISH);
        assert_eq!(moves.len(), 8, "{moves:?}");
        let step = first_step(&places, &all, &moves, WISH.tolerance).unwrap();
        assert_eq!((step.moves.len(), step.closed.len()), (5, 2), "{step:?}");
    }

    proptest! {
        /// Whichever open node the scheduler chooses for each, no step makes a node fuller than the fullest was, every step helps or is
        /// the last, and it ends.
        #[test]
        fn whatever_the_scheduler_chooses_it_becomes_more_even_and_ends(
            sizes in prop::collection::vec((0_usize..5, 20_u64..200), 1..30),
            choices in prop::collection::vec(0_usize..100, 30),
        ) {
            let mut all: Vec<Movable> =
                sizes.iter().enumerate().map(|(i, (node, mib))| movable(i, *node, *mib)).collect();
            let places = |all: &[Movable]| -> Vec<Place> {
                (0..5).map(|n| {
                    let name = format!("n{n}");
                    let used: u64 = all.iter().filter(|m| m.node == name).map(|m| m.takes.memory_mib).sum();
                    Place { offered: amount(6000), ..place(n, "p", used) }
                }).collect()
            };
            let mut choices = choices.into_iter().cycle();
            let first = spread(&places(&all));
            let mut rounds = 0;
            loop {
                let now = places(&all);
                let fullest = now.iter().map(|p| load(p.offered, p.used)).fold(0.0, f64::max);
                let moves = plan(&now, &all, Wish { tolerance: 0.02, most_moves: 50 });
                let Some(step) = first_step(&now, &all, &moves, 0.02) else { break };
                let open: Vec<&Place> = now.iter().filter(|p| !step.closed.contains(&p.id)).collect();
                prop_assert!(!open.is_empty());
                for one in &step.moves {
                    prop_assert!(step.closed.contains(&one.from), "what leaves must not come back");
                    let to = open[choices.next().unwrap() % open.len()].id.clone();
                    all.iter_mut().find(|m| m.id == one.alloc).unwrap().node = to;
                }
                let after = places(&all).iter().map(|p| load(p.offered, p.used)).fold(0.0, f64::max);
                prop_assert!(after <= fullest + 1e-9, "{after} is fuller than {fullest}");
                rounds += 1;
                prop_assert!(rounds < 500, "no end");
            }
            prop_assert!(spread(&places(&all)) <= first + 1e-9);
        }
    }
}
