//! Windows, the first node, gates, and batch work that is waited for.

use super::*;
use crate::model::window::Window;
use crate::ops::rotate::pace::OwnGate;

fn window(text: &str) -> Vec<Window> {
    vec![Window::parse(text).unwrap()]
}

fn batch(id: &str, node: &str) -> AllocStub {
    let mut batch = alloc(id, "crunch", 0, node);
    batch.job_type = JobType::Batch;
    batch
}

fn begins(decision: &Decision) -> Vec<&str> {
    let begin = decision.acts.iter().filter_map(|a| match a {
        Act::Begin(node) => Some(node.id.as_str()),
        _ => None,
    });
    begin.collect()
}

fn go(world: &mut World, rounds: usize) {
    for _ in 0..rounds {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
        world.advance(0);
    }
}

proptest! {
    /// Outside of every window nothing is done to the cluster, whatever was begun inside.
    #[test]
    fn nothing_is_touched_outside_of_the_window(
        jobs in jobs(),
        script in prop::collection::vec((0_usize..8, 0_i64..3600, 0_usize..100), 0..120),
    ) {
        let mut world = World::new(3, 3, &jobs);
        world.options.pace.windows = window("00:00-01:00");
        for (what, seconds, at) in script {
            world.now += Duration::from_secs(seconds.unsigned_abs());
            let decision = world.decide();
            let open = world.now.as_second() % 86_400 < 3600;
            if !open {
                prop_assert!(decision.acts.iter().all(|a| matches!(a, Act::Verify(_))), "{:?}", decision.acts);
            }
            if what < 4 {
                decision.acts.iter().for_each(|act| world.act(act));
            } else {
                world.advance(at);
            }
        }
    }

    /// While the first node with work is not proven, no second one with work is begun, and every rotation ends all the same.
    #[test]
    fn the_first_node_goes_alone_and_the_end_is_reached(jobs in jobs(), parallel in 2_usize..4) {
        let mut world = World::new(3, 3, &jobs);
        world.options.max_parallel = Parallel::Nodes(parallel);
        world.options.min_healthy = Some(floors::MinHealthy::Percent(50));
        world.options.pace.first_soak = Some(Duration::from_secs(30));
        let mut rounds = 0;
        loop {
            let decision = world.decide();
            if decision.done {
                break;
            }
            prop_assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
            let moved = |id: &str| world.tracked.get(id).is_some_and(|all| !all.is_empty());
            let rotated = decision.phases.iter().any(|(n, p)| *p == Phase::Rotated && moved(&n.id));
            if !rotated {
                let active = decision.phases.iter().filter(|(n, p)| p.is_active() && moved(&n.id)).count();
                let with_work = |id: &&str| world.picture.allocs.iter().any(|a| a.node_id == **id && is_there(a));
                let more = begins(&decision).iter().filter(|id| with_work(id)).count();
                prop_assert!(active + more <= 1, "{:?} {:?}", decision.phases, decision.acts);
            }
            decision.acts.iter().for_each(|act| world.act(act));
            if decision.acts.is_empty() {
                world.advance(0);
                world.now += Duration::from_secs(7);
            }
            rounds += 1;
            prop_assert!(rounds < 3_000, "no end: {:?} {:?}", decision.phases, decision.holds);
        }
    }
}

#[test]
fn a_node_is_begun_only_if_the_window_covers_its_end() {
    let mut world = World::new(1, 2, &[(1, vec![0, 0, 0])]);
    world.options.pace.windows = window("00:00-01:00");
    go(&mut world, 1);
    // Three moves one after the other, each of some 5 s, and the seal.
    world.now = "1970-01-01T00:59:40Z".parse().unwrap();
    let decision = world.decide();
    assert!(decision.acts.is_empty(), "{:?}", decision.acts);
    let hold = decision.holds.first().unwrap();
    assert!(hold.contains("old-0 is expected to take") && hold.contains("1970-01-02T00:00:00Z"), "{hold}");
    world.now = "1970-01-02T00:00:00Z".parse().unwrap();
    assert_eq!(begins(&world.decide()), ["old-0"]);
    world.run.slowness = 200.0;
    let decision = world.decide();
    assert!(decision.holds.first().unwrap().contains("no --window is that long"), "{:?}", decision.holds);
}

#[test]
fn nodes_without_work_prove_nothing_and_need_no_proof() {
    let mut world = World::new(4, 2, &[(1, vec![2, 4]), (1, vec![3, 4])]);
    world.options.max_parallel = Parallel::Nodes(4);
    world.options.pace.first_soak = Some(Duration::from_secs(30));
    go(&mut world, 1);
    assert_eq!(begins(&world.decide()), ["old-0", "old-1", "old-2"]);
    go(&mut world, 40);
    let decision = world.decide();
    assert!(begins(&decision).is_empty());
    assert!(decision.holds.iter().any(|h| h.contains("old-2 was the first")), "{:?}", decision.holds);
    world.now += Duration::from_secs(31);
    assert_eq!(begins(&world.decide()), ["old-3"]);
}

#[test]
fn gates_are_asked_before_each_node_and_not_while_none_is_next() {
    let mut world = World::new(2, 2, &[(1, vec![0, 2]), (1, vec![1, 2])]);
    world.options.pace.gates.own = BTreeSet::from([OwnGate::Blocked]);
    go(&mut world, 1);
    world.run.gate_lines = vec!["gate blocked says no: x".to_owned()];
    let decision = world.decide();
    assert_eq!(decision.acts, [Act::AskGates]);
    assert!(decision.holds.contains("gate blocked says no: x"));
    world.run.gates_passed = true;
    assert_eq!(begins(&world.decide()), ["old-0"]);
    let acts = world.decide().acts;
    acts.iter().for_each(|act| world.act(act));
    world.run.gates_passed = false;
    let acts = world.decide().acts;
    assert!(!acts.contains(&Act::AskGates) && acts.iter().any(|a| matches!(a, Act::Stop(_))), "{acts:?}");
}

#[test]
fn batch_work_is_waited_for_as_long_as_was_decided() {
    let mut world = begun(1, &[]);
    world.picture.allocs.push(batch("crunch-0", "old-0"));
    world.options.pace.batch_limit = Some(Duration::from_secs(60));
    let decision = world.decide();
    assert!(matches!(&decision.phases[0].1, Phase::AwaitingBatch(all) if all.len() == 1));
    world.run.awaited.insert("old-0".into(), world.now);
    world.now += Duration::from_secs(59);
    assert!(world.decide().acts.is_empty());
    world.now += Duration::from_secs(1);
    assert!(matches!(&world.decide().acts[..], [Act::Seal { force: true, .. }]));
}

#[test]
fn an_allocation_whose_check_fails_counts_for_nothing_and_one_that_cannot_be_seen_holds() {
    let mut world = begun(1, &[(1, vec![0, 1, 1])]);
    world.run.failing.insert("job-0-1".into(), "check \"alive\" fails".into());
    assert!(world.decide().acts.is_empty());
    world.run.failing.clear();
    world.run.unseen.insert("job-0-1".into(), "Consul does not tell".into());
    let decision = world.decide();
    assert!(decision.acts.is_empty() && decision.holds.iter().any(|h| h.contains("Consul does not tell")));
    world.run.unseen.clear();
    assert!(matches!(&world.decide().acts[..], [Act::Stop(_)]));
}

/// Three operators without a lock, each with a node of its own, all of whom look before any of them acts: the floor holds.
#[test]
fn without_a_lock_those_who_see_the_same_do_not_stop_at_the_same_time() {
    let mut world = World::new(3, 3, &[(1, vec![0, 1, 2])]);
    for n in ["old-0", "old-1", "old-2"] {
        world.node(n).scheduling_eligibility = Eligibility::Ineligible;
    }
    world.run.unprotected = true;
    let key = GroupKey::of(&world.picture.allocs[0]);
    let mut operators: Vec<World> = (0..3)
        .map(|i| {
            let mut own = world.clone();
            own.goal = vec![world.goal[i].clone()];
            own.run.begun.insert(own.goal[0].node.id.clone());
            own
        })
        .collect();
    for round in 0..200 {
        let picture = world.picture.clone();
        let mut stops = Vec::new();
        for own in &mut operators {
            own.picture = picture.clone();
            let acts = own.decide().acts;
            stops.extend(acts.into_iter().flat_map(|act| match act {
                Act::Stop(ids) => ids,
                _ => Vec::new(),
            }));
        }
        stops.iter().for_each(|id| world.stop(id));
        assert!(world.available(&key) >= 2, "round {round}: {stops:?}");
        world.advance(round);
    }
    assert!(world.picture.allocs.iter().all(|a| is_leaving(a) || a.node_id.starts_with("new-")));
}

#[test]
fn a_cordon_on_which_nothing_moves_holds_nobody_up_for_ever() {
    let mut world = begun(1, &[(1, vec![0, 1, 1])]);
    world.run.unprotected = true;
    let elsewhere = world.picture.allocs[1].node_id.clone();
    world.node(&elsewhere).scheduling_eligibility = Eligibility::Ineligible;
    let decision = world.decide();
    assert!(decision.acts.is_empty() && decision.holds.iter().any(|h| h.contains("leaves new-0 first")));
    let key = GroupKey::of(&world.picture.allocs[0]);
    world.run.turns.insert(key, (elsewhere, world.now));
    world.now += Duration::from_secs(61);
    assert!(matches!(&world.decide().acts[..], [Act::Stop(ids)] if *ids == ["job-0-0"]));
}
