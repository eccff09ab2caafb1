use super::*;
use crate::api::nomad::node::Eligibility;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::event::{Event, Foreseen, GroupFloor, Moved, NodeMoves};
use proptest::prelude::*;

fn at(second: i64, event: Event) -> Happening {
    Happening { time: Timestamp::from_second(1_000 + second).unwrap(), event }
}

fn node(name: &str) -> NodeRef {
    NodeRef { id: format!("id-{name}"), name: name.to_owned() }
}

fn alloc(index: usize) -> AllocRef {
    AllocRef {
        id: format!("a{index}"),
        name: format!("web.g[{index}]"),
        job: "web".into(),
        namespace: "default".into(),
    }
}

fn moved(index: usize, seconds: f64, outcome: Outcome) -> Event {
    Event::AllocMoved(Moved {
        alloc: alloc(index),
        group: alloc(index).group(),
        from: node("c1"),
        replacement: Some(format!("b{index}")),
        to: Some(node("c4")),
        outcome,
        gap_seconds: None,
        reason: None,
        seconds,
        upper_bound: false,
        killed_at_deadline: false,
    })
}

fn stopped(index: usize) -> Event {
    let evidence = Some(StopEvidence { available: 2, count: 2, floor: 1 });
    Event::AllocStopped { alloc: alloc(index), node: node("c1"), evidence }
}

fn foreseen() -> Event {
    let group = alloc(0).group();
    Event::Foreseen(Foreseen {
        nodes: vec![NodeMoves { node: node("c1"), moves: 2, seconds: Some(5.0) }],
        groups: vec![GroupFloor { group, count: 2, floor: 1 }],
        asked: 2,
        ..Foreseen::default()
    })
}

#[test]
fn a_rotation_is_told_with_its_spans_its_moves_and_its_gaps() {
    let events = [
        at(
            0,
            Event::Started {
                rotation: "r-1".into(),
                nodes: vec![node("c1"), node("c2")],
                resumed: false,
                purpose: Default::default(),
            },
        ),
        at(0, foreseen()),
        at(1, Event::NodeIneligible { node: node("c1"), was: Eligibility::Eligible }),
        at(2, Event::NodeStarted { node: node("c1"), position: 1, of: 1, moves: 2 }),
        at(3, stopped(0)),
        at(4, Event::ReplacementPlaced { alloc: alloc(0), replacement: "b0".into(), node: node("c4") }),
        at(5, stopped(1)),
        at(8, moved(0, 5.0, Outcome::Healthy)),
        at(9, moved(1, 4.0, Outcome::Healthy)),
        at(10, Event::DrainStarted { node: node("c1"), supervised: false }),
        at(12, Event::NodeRotated { node: node("c1"), seconds: 10.0 }),
        at(12, Event::NodeSkipped { node: node("c2"), reason: "it is down".into() }),
        at(22, Event::Finished { rotated: 1, skipped: 1, purpose: Default::default() }),
    ];
    let story = tell("r-1", &events, 0);
    assert_eq!((story.state, story.runs, story.code.as_deref()), (End::Finished, 1, None));
    let spans: Vec<(NodeState, i64, i64)> = story.nodes[0]
        .spans
        .iter()
        .map(|s| (s.state, s.from.as_second() - 1_000, s.until.unwrap().as_second() - 1_000))
        .collect();
    assert_eq!(
        spans,
        [(NodeState::Waiting, 1, 2), (NodeState::Emptying, 2, 10), (NodeState::Sealing, 10, 12)]
    );
    assert_eq!((story.nodes[0].foreseen_moves, story.nodes[0].moves), (Some(2), 2));
    assert_eq!(
        (story.nodes[1].state, story.nodes[1].reason.as_deref()),
        (NodeState::LeftOut, Some("it is down"))
    );
    let group = &story.groups[0];
    assert_eq!((group.most_away, group.count, group.floor), (2, Some(2), Some(1)));
    assert_eq!((group.away_seconds, group.gap_seconds, group.longest_seconds), (6.0, 3.0, 5.0));
    let forecast = story.forecast.unwrap();
    assert_eq!((forecast.foreseen_moves, forecast.moves, forecast.seconds), (2, 2, Some(22.0)));
}

#[test]
fn a_move_whose_stop_was_left_out_is_told_by_its_end_and_one_that_goes_on_has_none() {
    let events = [at(0, foreseen()), at(9, moved(0, 4.0, Outcome::Healthy)), at(10, stopped(1))];
    let story = tell("r-1", &events, 7);
    assert_eq!(story.moves[0].seconds(), Some(4.0));
    assert_eq!((story.moves[1].outcome, story.moves[1].seconds()), (None, None));
    assert_eq!((story.state, story.left_out), (End::Open, 7));
    assert_eq!(story.groups[0].most_away, 1);
}

#[test]
fn what_ended_while_nobody_looked_is_told_by_its_own_time_or_as_what_it_is_at_most() {
    let late = |upper_bound, seconds| match moved(0, seconds, Outcome::Healthy) {
        Event::AllocMoved(moved) => Event::AllocMoved(Moved { upper_bound, ..moved }),
        event => event,
    };
    for (upper_bound, seconds) in [(false, 4.0), (true, 600.0)] {
        let events = [at(0, foreseen()), at(3, stopped(0)), at(603, late(upper_bound, seconds))];
        let story = tell("r-1", &events, 0);
        assert_eq!((story.moves[0].seconds(), story.moves[0].upper_bound), (Some(seconds), upper_bound));
        let group = &story.groups[0];
        assert_eq!((group.longest_seconds, group.upper_bound), (seconds, upper_bound));
    }
}

#[test]
fn what_was_stopped_and_taken_up_again_is_open_until_its_next_end() {
    let started = |resumed| Event::Started {
        rotation: "r-1".into(),
        nodes: vec![node("c1")],
        resumed,
        purpose: Default::default(),
    };
    let halt = Event::Stopped { reason: "interrupted".into(), code: "interrupted".into() };
    let mut events = vec![at(0, started(false)), at(5, halt)];
    assert_eq!(tell("r-1", &events, 0).code.as_deref(), Some("interrupted"));
    events.push(at(60, started(true)));
    let story = tell("r-1", &events, 0);
    assert_eq!((story.state, story.runs, story.code), (End::Open, 2, None));
    assert_eq!(story.cut_short, 0, "its end was told");
}

#[test]
fn a_node_that_a_killed_run_rotated_without_a_word_is_rotated_at_the_end() {
    let started = |resumed| Event::Started {
        rotation: "r-1".into(),
        nodes: vec![node("c1"), node("c2")],
        resumed,
        purpose: Default::default(),
    };
    let begun = |name| Event::NodeStarted { node: node(name), position: 1, of: 2, moves: 0 };
    let mut events = vec![
        at(0, started(false)),
        at(1, begun("c1")),
        at(50, started(true)),
        at(51, begun("c2")),
        at(52, Event::NodeRotated { node: node("c2"), seconds: 1.0 }),
    ];
    assert_eq!(tell("r-1", &events, 0).nodes[0].state, NodeState::Emptying);
    events.push(at(60, Event::Finished { rotated: 2, skipped: 0, purpose: Default::default() }));
    let story = tell("r-1", &events, 0);
    assert_eq!((story.runs, story.cut_short), (2, 1));
    assert!(story.nodes.iter().all(|n| n.state == NodeState::Rotated), "{:?}", story.nodes);
}

proptest! {
    /// Whatever order events come in, no state lasts a negative time, and no gap is longer than the time something was away.
    #[test]
    fn a_story_never_contradicts_itself(steps in prop::collection::vec((0_i64..100, 0_usize..8, 0_usize..4), 0..60)) {
        let event = |kind: usize, index: usize| match kind {
            0 => stopped(index),
            1 => moved(index, 3.0, Outcome::Healthy),
            2 => Event::NodeStarted { node: node("c1"), position: 1, of: 1, moves: 2 },
            3 => Event::NodeIneligible { node: node("c2"), was: Eligibility::Eligible },
            4 => Event::NodeRotated { node: node("c1"), seconds: 1.0 },
            5 => Event::Started { rotation: "r-1".into(), nodes: vec![node("c1")], resumed: true, purpose: Default::default() },
            6 => Event::Stopped { reason: String::new(), code: "failed".into() },
            _ => Event::ReplacementPlaced { alloc: alloc(index), replacement: "x".into(), node: node("c5") },
        };
        let events: Vec<Happening> = steps.iter().map(|(t, kind, index)| at(*t, event(*kind, *index))).collect();
        let story = tell("r-1", &events, 0);
        for group in &story.groups {
            prop_assert!(group.gap_seconds <= group.away_seconds);
            prop_assert!(group.most_away as usize <= group.moves);
        }
        for node in &story.nodes {
            let open = node.spans.iter().filter(|s| s.until.is_none()).count();
            prop_assert!(open <= 1);
        }
    }
}
