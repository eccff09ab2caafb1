//! Nodes that give away only some of what runs on them.

use super::*;

/// Two full nodes and an empty one: of the first some move, the second only takes nothing new.
fn sharing(ids: &[&str]) -> World {
    let mut world = World::new(2, 1, &[(1, vec![0, 0, 1]), (2, vec![0, 0, 1, 1])]);
    world.goal[0].share = Some(ids.iter().map(|id| (*id).to_owned()).collect());
    world.goal[1].share = Some(BTreeSet::new());
    world
}

#[test]
fn only_what_was_chosen_leaves_and_nothing_is_drained() {
    let mut world = sharing(&["job-0-0", "job-1-1"]);
    let mut rounds = 0;
    loop {
        let decision = world.decide();
        if decision.done {
            break;
        }
        assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
        for act in &decision.acts {
            assert!(!matches!(act, Act::Seal { .. }), "{act:?}");
            if let Act::Begin(node) = act {
                assert_eq!(node.id, "old-0");
            }
            world.act(act);
        }
        if decision.acts.is_empty() {
            world.advance(0);
        }
        rounds += 1;
        assert!(rounds < 200, "no end: {:?} {:?}", decision.phases, decision.holds);
    }
    let gone: Vec<&str> =
        world.picture.allocs.iter().filter(|a| is_leaving(a)).map(|a| a.id.as_str()).collect();
    assert_eq!(gone, ["job-0-0", "job-1-1"]);
    assert!(
        world.goal.iter().all(|n| world.run.marked.contains(&n.node.id)),
        "both take nothing new meanwhile"
    );
}

#[test]
fn single_instances_and_batch_work_that_stay_are_nobodys_concern() {
    let mut world = sharing(&["job-1-0"]);
    world.options.singletons = Singletons::Refuse;
    world.options.batch = None;
    let (key, document) = document("single", 1, 1);
    world.picture.jobs.insert(key, document);
    let mut batch = alloc("batch-0", "night", 0, "old-0");
    batch.job_type = JobType::Batch;
    world.picture.allocs.extend([alloc("single-0", "single", 0, "old-0"), batch]);
    for _ in 0..2 {
        let decision = world.decide();
        assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
        decision.acts.iter().for_each(|act| world.act(act));
    }
    assert!(matches!(&world.decide().acts[..], [Act::Stop(ids)] if *ids == ["job-1-0"]));
}
