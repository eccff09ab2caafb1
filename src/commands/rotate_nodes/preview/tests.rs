use super::*;

fn node(moves: usize, action: Action) -> NodeView {
    NodeView {
        position: 1,
        id: String::new(),
        name: String::new(),
        class: String::new(),
        moves,
        batch: 0,
        system: 0,
        expected_seconds: 10,
        action,
        note: None,
    }
}

fn question(nodes: Vec<NodeView>, moves: usize) -> String {
    let group = GroupKey { namespace: "default".into(), job: "web".into(), group: "g".into() };
    let preview = Preview {
        event: "plan",
        resumes: false,
        continues: None,
        strategy: Strategy::StepByStep,
        nodes,
        groups: vec![GroupView {
            group,
            count: 4,
            available: Some(4),
            floor: 3,
            moves,
            fate: AllocFate::Moves,
            no_home: 0,
        }],
        expected_seconds: 0,
        not_moved: Vec::new(),
        not_asked: Vec::new(),
        forecast: forecast_view(&Forecast::default()),
        holds: Vec::new(),
        waits: Vec::new(),
        service: None,
        replacements: None,
        surge: None,
        passed_over: Vec::new(),
    };
    preview.question()
}

#[test]
fn how_many_are_healthy_is_not_told_where_it_is_not_known() {
    let healthy = |available: Option<u64>| {
        let group = GroupKey { namespace: "default".into(), job: "web".into(), group: "g".into() };
        let view =
            GroupView { group, count: 4, available, floor: 3, moves: 1, fate: AllocFate::Moves, no_home: 0 };
        crate::ui::testing::screen(80, |p| p.list(&[view], ""))
    };
    assert!(healthy(Some(2)).contains(" 2 "), "{}", healthy(Some(2)));
    assert!(healthy(None).contains("not known"), "{}", healthy(None));
}

#[test]
fn the_question_counts_what_is_done_and_says_what_is_left() {
    let left = || node(3, Action::Leave);
    assert_eq!(
        question(vec![node(2, Action::Rotate), left(), left()], 2),
        "Rotate 1 node and move 2 allocations, and leave 2 nodes as they are, without new work?"
    );
    assert_eq!(
        question(vec![node(0, Action::Nothing), node(1, Action::Rotate), node(0, Action::Rotate)], 1),
        "Rotate 2 nodes and move 1 allocation?"
    );
    assert_eq!(question(vec![left()], 0), "Rotate nothing, and leave 1 node as it is, without new work?");
}
