use super::*;
use crate::api::nomad::node::Eligibility;
use crate::ops::migration::{AllocRef, NodeRef};
use crate::ops::rotate::event::{Event, Foreseen, GroupFloor, Moved, NodeMoves, Outcome, StopEvidence};

fn at(second: i64, event: Event) -> Happening {
    Happening { time: Timestamp::from_second(1_700_000_000 + second).unwrap(), event }
}

fn node(name: &str) -> NodeRef {
    NodeRef { id: format!("id-{name}"), name: name.to_owned() }
}

/// A rotation of one node with a name that would be markup, whose only move went wrong.
fn example() -> ReportView {
    let alloc = AllocRef {
        id: "3f1c".into(),
        name: "web.<b>|x[0]".into(),
        job: "web".into(),
        namespace: "default".into(),
    };
    let evidence = Some(StopEvidence { available: 3, count: 3, floor: 2 });
    let moved = Moved {
        alloc: alloc.clone(),
        group: alloc.group(),
        from: node("c1"),
        replacement: None,
        to: Some(node("c4")),
        outcome: Outcome::Unfinished,
        gap_seconds: None,
        reason: None,
        seconds: 40.0,
        upper_bound: false,
        killed_at_deadline: false,
    };
    let foreseen = Foreseen {
        nodes: vec![NodeMoves { node: node("c1"), moves: 1, seconds: None }],
        groups: vec![GroupFloor { group: alloc.group(), count: 3, floor: 2 }],
        asked: 1,
        seconds: Some(30.0),
        ..Foreseen::default()
    };
    let events = vec![
        at(
            0,
            Event::Started {
                rotation: "r-1".into(),
                nodes: vec![node("c1")],
                resumed: false,
                purpose: Default::default(),
            },
        ),
        at(0, Event::Foreseen(foreseen)),
        at(1, Event::NodeIneligible { node: node("c1"), was: Eligibility::Eligible }),
        at(2, Event::NodeStarted { node: node("c1"), position: 1, of: 1, moves: 1 }),
        at(3, Event::AllocStopped { alloc, node: node("c1"), evidence }),
        at(43, Event::AllocMoved(moved)),
        at(44, Event::Stopped { reason: "its replacement is not healthy".into(), code: "failed".into() }),
    ];
    ReportView::new(&RotationRecord { rotation: "r-1".into(), events, left_out: 0, holder: None })
}

#[test]
fn a_report_in_markdown_says_what_why_and_how_long() {
    insta::assert_snapshot!(markdown::page(&example()), @r"
    # Rotation r-1

    stopped: 0 of 1 node rotated; its replacement is not healthy

    - begun: 2023-11-14 22:13:20 UTC
    - last event: 2023-11-14 22:14:04 UTC

    ## Forecast and reality

    - moves: 1 foreseen, 0 arrived well, 1 went another way
    - room: the cluster's scheduler had a place for 1 of 1 move
    - time: 30s foreseen, it took 44s, 14s more

    ## Nodes

    | node | state | foreseen | moved | took | note |
    | --- | --- | --- | --- | --- | --- |
    | c1 | emptying | 1 | 0 |  |  |

    ## Services, by what was moved here

    | service | count | never below | moved | most away | longest move | gap |
    | --- | --- | --- | --- | --- | --- | --- |
    | web/\<b\>\|x | 3 | 2 | 1 | 1 | 40s | none |

    ## Allocations

    | allocation | from | to | outcome | took | old id | new id |
    | --- | --- | --- | --- | --- | --- | --- |
    | web.\<b\>\|x\[0\] | c1 | c4 | not seen healthy | 40s | 3f1c |  |

    ## What happened, and why (UTC)

    | at | what | why |
    | --- | --- | --- |
    | 22:13:20 | rotation r-1 begins: 1 node |  |
    | 22:13:20 | foreseen: 1 move |  |
    | 22:13:21 | c1: marked ineligible | it was eligible before |
    | 22:13:22 | c1: node 1 of 1, 1 allocation to move | its turn, and everything on it has a place elsewhere |
    | 22:13:23 | web.\<b\>\|x\[0\] on c1 is told to stop | 3 of 3 available, never below 2; the scheduler has a place for it |
    | 22:14:03 | web.\<b\>\|x\[0\] was replaced well, and is not any more: its replacement is not healthy |  |
    | 22:14:04 | stopped (failed) | its replacement is not healthy |
    ");
}

#[test]
fn a_page_loads_nothing_and_lets_no_name_be_markup() {
    let html = html::page(&example(), Timestamp::from_second(1_700_000_100).unwrap());
    for outside in ["http://", "https://", "<script", "@import", "src=", "<link"] {
        assert!(!html.contains(outside), "{outside}");
    }
    assert!(!html.contains("<b>") && html.contains("web.&lt;b&gt;|x[0]"), "{html}");
    // The same said without colour: a word in every bar, a sign at every end.
    assert!(html.contains("emptying for 42s") && html.contains("\u{2715}"), "{html}");
    assert_eq!(html.matches("<svg").count(), html.matches("</svg>").count());
    assert!(html.contains("prefers-color-scheme:dark") && html.contains("@media print"));
}

#[test]
fn a_rotation_of_which_nothing_is_told_is_no_crash() {
    let told = RotationRecord { rotation: "r-1".into(), events: Vec::new(), left_out: 3, holder: None };
    let report = ReportView::new(&told);
    assert!(html::page(&report, Timestamp::UNIX_EPOCH).contains("Nothing has happened yet"));
    assert!(markdown::page(&report).contains("no end is told"));
}
