//! Replacements that are started a few ahead of the nodes that are emptied.

use super::*;

fn replacing(old: usize, surge: Option<usize>, jobs: &[(u64, Vec<usize>)]) -> World {
    let mut world = World::new(old, 1, jobs);
    world.options.replace =
        Replace::Command { argv: vec!["grow".into()], count: old, within: Duration::from_secs(60), surge };
    world
}

/// How many replacements were started whose old nodes are not over.
fn ahead(world: &World, decision: &Decision) -> usize {
    let open = decision.phases.iter().filter(|(_, p)| !p.is_over());
    open.filter(|(n, _)| world.run.replaced.contains(&n.id)).count()
}

proptest! {
    /// No node is begun before its replacement is there, no more replacements than allowed are ahead, floors hold, and it ends with one
    /// replacement for each node.
    #[test]
    fn no_more_than_so_many_are_ahead_and_each_node_has_its_own(
        old in 1_usize..7,
        surge in prop::option::of(1_usize..5),
        jobs in jobs(),
        parallel in 1_usize..5,
        order in prop::collection::vec(0_usize..100, 40),
    ) {
        let mut world = replacing(old, surge, &jobs);
        world.options.max_parallel = Parallel::Nodes(parallel);
        // A job may allow nothing to move; then nothing ends.
        world.options.min_healthy = Some(floors::MinHealthy::Percent(50));
        let most = surge.unwrap_or(old);
        let mut order = order.into_iter().cycle();
        let (mut rounds, mut started) = (0, 0);
        loop {
            let decision = world.decide();
            if decision.done {
                break;
            }
            prop_assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
            prop_assert!(ahead(&world, &decision) <= most);
            for act in &decision.acts {
                match act {
                    Act::Replace(nodes) => {
                        prop_assert!(nodes.len() <= most && !nodes.is_empty());
                        prop_assert_eq!(ahead(&world, &decision), 0, "one wave after the other");
                        started += nodes.len();
                    }
                    Act::Begin(node) => prop_assert!(world.run.replaced.contains(&node.id), "{}", node.id),
                    _ => {}
                }
                world.act(act);
            }
            if decision.acts.is_empty() {
                world.advance(order.next().unwrap_or(0));
            }
            rounds += 1;
            prop_assert!(rounds < 3_000, "no end: {:?} {:?}", decision.phases, decision.holds);
        }
        prop_assert_eq!(started, old);
    }
}

#[test]
fn a_node_that_fails_does_not_keep_the_next_wave_from_its_replacements() {
    let mut world = replacing(3, Some(1), &[(1, vec![0, 3, 3])]);
    world.options.failure_budget = 1;
    for _ in 0..5 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let first = world.run.replaced.first().unwrap().clone();
    world.run.unverified.insert(first.clone(), "it is sick".into());
    let decision = world.decide();
    assert!(
        matches!(&decision.acts[..], [Act::Replace(nodes)] if nodes.len() == 1 && nodes[0].id != first),
        "{decision:?}"
    );
}

#[test]
fn what_an_earlier_run_replaced_is_not_replaced_again() {
    let mut world = replacing(3, Some(2), &[(1, vec![0, 1, 2])]);
    world.run.replaced.insert("old-0".into());
    world.decide().acts.iter().for_each(|act| world.act(act));
    assert!(matches!(&world.decide().acts[..], [Act::Begin(node)] if node.id == "old-0"));
}
