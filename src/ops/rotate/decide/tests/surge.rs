//! Single instances that are never away.

use super::*;

fn surging(old: usize, jobs: &[(u64, Vec<usize>)]) -> World {
    let mut world = World::new(old, 3, jobs);
    world.options.singletons = Singletons::Surge;
    for document in world.picture.jobs.values_mut() {
        document.job.task_groups[0].update =
            Some(crate::api::nomad::job::Update { max_parallel: 1, ..Default::default() });
    }
    world
}

proptest! {
    /// A service with one instance is never without a healthy one by our acts, and every count is in the end what it was.
    #[test]
    fn no_single_instance_is_ever_away_and_every_count_ends_as_it_was(
        singles in prop::collection::vec(0_usize..3, 1..4),
        others in jobs(),
        parallel in 1_usize..4,
        order in prop::collection::vec(0_usize..100, 40),
    ) {
        let mut all: Vec<(u64, Vec<usize>)> = singles.iter().map(|place| (1, vec![*place])).collect();
        all.extend(others.into_iter().filter(|(_, places)| places.len() > 1));
        let mut world = surging(3, &all);
        let counts: BTreeMap<JobKey, u64> =
            world.picture.jobs.iter().map(|(k, d)| (k.clone(), d.job.task_groups[0].count())).collect();
        world.options.max_parallel = Parallel::Nodes(parallel);
        world.options.min_healthy = Some(floors::MinHealthy::Percent(50));
        let mut order = order.into_iter().cycle();
        let mut rounds = 0;
        loop {
            let decision = world.decide();
            if decision.done {
                break;
            }
            prop_assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
            for act in &decision.acts {
                world.act(act);
                for key in counts.keys() {
                    let group = GroupKey { namespace: key.namespace.clone(), job: key.id.clone(), group: "g".into() };
                    prop_assert!(world.available(&group) > 0, "{group} is away after {act:?}");
                }
            }
            if decision.acts.is_empty() {
                world.advance(order.next().unwrap_or(0));
            }
            rounds += 1;
            prop_assert!(rounds < 3_000, "no end: {:?} {:?}", decision.phases, decision.holds);
        }
        for (key, count) in counts {
            prop_assert_eq!(world.picture.jobs[&key].job.task_groups[0].count(), count, "{}", key);
        }
        prop_assert!(world.run.surged.is_empty());
    }
}

#[test]
fn the_second_copy_comes_first_and_goes_last() {
    let mut world = surging(1, &[(1, vec![0])]);
    for _ in 0..2 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let key = GroupKey::of(&world.picture.allocs[0]);
    let acts = world.decide().acts;
    assert_eq!(acts, [Act::Raise(key.clone())]);
    acts.iter().for_each(|act| world.act(act));
    assert!(world.decide().acts.is_empty(), "the second copy is not healthy yet");
    (0..2).for_each(|_| world.advance(0));
    let acts = world.decide().acts;
    assert!(matches!(&acts[..], [Act::Stop(ids)] if *ids == ["job-0-0"]), "{acts:?}");
    acts.iter().for_each(|act| world.act(act));
    assert!(!world.decide().acts.contains(&Act::Lower(key.clone())), "what was moved is not healthy yet");
    (0..3).for_each(|_| world.advance(0));
    assert!(world.decide().acts.contains(&Act::Lower(key)));
}

#[test]
fn a_second_copy_that_does_not_get_well_is_taken_away_and_nothing_is_stopped() {
    let mut world = surging(1, &[(1, vec![0])]);
    world.options.failure_budget = 1;
    for _ in 0..3 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let key = GroupKey::of(&world.picture.allocs[0]);
    let copy = world.picture.allocs.last().unwrap().id.clone();
    let copy = world.alloc(&copy);
    copy.client_status = ClientStatus::Running;
    copy.deployment_status = serde_json::from_value(json!({"Healthy": false})).unwrap();
    let decision = world.decide();
    assert!(matches!(&problems(&decision)[..], [Problem::SurgeFailed(..)]), "{:?}", decision.phases);
    assert!(decision.acts.contains(&Act::Lower(key.clone())), "{:?}", decision.acts);
    world.act(&Act::Lower(key.clone()));
    world.run.unsurgeable.insert(key.clone(), "it is sick".into());
    let decision = world.decide();
    assert!(
        matches!(&problems(&decision)[..], [Problem::SurgeFailed(..)]),
        "it is not tried again and again"
    );
    assert!(!decision.acts.iter().any(|a| matches!(a, Act::Raise(_) | Act::Stop(_))), "{:?}", decision.acts);
    assert_eq!(world.available(&key), 1);
}

#[test]
fn a_count_that_somebody_else_set_to_the_same_number_is_let_go_and_nothing_of_it_is_waited_for() {
    let mut world = surging(1, &[(1, vec![0])]);
    for _ in 0..3 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let key = GroupKey::of(&world.picture.allocs[0]);
    assert!(world.run.surged.contains_key(&key));
    // A deploy wants two of it as well.
    world.run.overruled.insert(key.clone());
    let mut left = 50;
    loop {
        let decision = world.decide();
        assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
        if decision.acts.contains(&Act::Lower(key.clone())) {
            break;
        }
        decision.acts.iter().for_each(|act| world.act(act));
        if decision.acts.is_empty() {
            world.advance(0);
        }
        left -= 1;
        assert!(left > 0, "{:?}", world.decide());
    }
    world.act(&Act::Lower(key.clone()));
    let count = world.picture.jobs[&key.job_key()].job.task_groups[0].count();
    assert_eq!((count, world.run.surged.len()), (2, 0), "it stays as they set it");
}

#[test]
fn what_must_not_run_twice_is_a_refusal() {
    let mut world = surging(1, &[(1, vec![0])]);
    let document = world.picture.jobs.values_mut().next().unwrap();
    document.job.meta.insert("fleet.singleton".into(), "exclusive".into());
    world.decide().acts.iter().for_each(|act| world.act(act));
    assert!(
        matches!(&problems(&world.decide())[..], [Problem::CannotSurge(_, why)] if why.contains("exclusive"))
    );
}

#[test]
fn a_run_that_was_killed_in_between_goes_on_and_gives_the_count_back() {
    for rounds in 3..9 {
        let mut world = surging(1, &[(1, vec![0])]);
        for _ in 0..rounds {
            let acts = world.decide().acts;
            acts.iter().for_each(|act| world.act(act));
            world.advance(0);
        }
        // The journal holds what was raised; everything else is forgotten.
        let run = RunState { surged: world.run.surged.clone(), ..RunState::default() };
        let mut fresh = World { run, ..world };
        let mut left = 200;
        while !fresh.decide().done {
            let acts = fresh.decide().acts;
            acts.iter().for_each(|act| fresh.act(act));
            fresh.advance(0);
            left -= 1;
            assert!(left > 0, "{rounds}: {:?}", fresh.decide());
        }
        assert_eq!(fresh.picture.jobs.values().next().unwrap().job.task_groups[0].count(), 1, "{rounds}");
    }
}
