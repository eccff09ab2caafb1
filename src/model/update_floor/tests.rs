use super::*;
use crate::model::present_health::{HealthVerdict, OFTEN};
use proptest::prelude::*;

const LONG: Duration = Duration::from_secs(3_600);

fn group(base: u64, well: u64) -> UpdatedGroup {
    let taken = well.min(1);
    UpdatedGroup {
        name: "g".into(),
        base,
        max_parallel: 1,
        replaced: 1,
        well,
        taken,
        ..UpdatedGroup::default()
    }
}

#[test]
fn what_is_on_its_way_is_waited_for_and_of_what_serves_beside_what_is_broken_nothing_is_taken() {
    assert_eq!(group(3, 3).answer(Duration::ZERO), Answer::Go);
    let moved = UpdatedGroup { coming: vec!["g[1] (f2d6c09d, on c1): it starts".into()], ..group(3, 2) };
    assert_eq!(
        moved.answer(Duration::ZERO),
        Answer::Wait(
            "2 of 3 instances of group g at work now, and the update begins with 1 of those (floor 2); \
             g[1] (f2d6c09d, on c1): it starts"
                .into()
        )
    );
    let broken = UpdatedGroup { broken: vec!["g[1]: it crashes".into()], ..group(3, 2) };
    assert!(matches!(broken.answer(Duration::ZERO), Answer::Refuse(_)));
    // The broken one is what it begins with.
    assert_eq!(UpdatedGroup { taken: 0, ..broken.clone() }.answer(Duration::ZERO), Answer::Go);
    let below = UpdatedGroup { taken: 0, well: 1, ..broken };
    assert_eq!(
        below.answer(Duration::ZERO),
        Answer::Repair(
            "1 of 3 instances of group g at work now, below its floor of 2, and the update begins with what is not; \
             g[1]: it crashes"
                .into()
        )
    );
    // What nobody sees may serve.
    let unseen = UpdatedGroup { takes_unseen: true, unseen: vec!["g[0]: silent".into()], ..below.clone() };
    assert!(matches!(unseen.answer(LONG), Answer::Refuse(_)));
    assert!(matches!(UpdatedGroup { takes_unseen: false, ..unseen }.answer(LONG), Answer::Repair(_)));
    assert!(matches!(group(3, 0).answer(Duration::ZERO), Answer::Repair(_)));
    // Canaries, and what is changed in place, take nothing.
    assert_eq!(UpdatedGroup { replaced: 0, ..moved }.answer(Duration::ZERO), Answer::Go);
    // The file lets all go at once.
    let all = UpdatedGroup { max_parallel: 0, replaced: 3, coming: vec!["x".into()], ..group(3, 2) };
    assert_eq!(all.answer(Duration::ZERO), Answer::Go);
}

#[test]
fn what_has_just_started_is_on_its_way_and_what_crashes_is_not() {
    let now = Timestamp::from_second(10_000).unwrap();
    let group = TaskGroup { name: "g".into(), count: Some(3), ..TaskGroup::default() };
    let how = |client: &str, started: i64, health: serde_json::Value, verdict, restarts_lately| {
        let at = Timestamp::from_second(10_000 - started).unwrap();
        let alloc: AllocStub = serde_json::from_value(serde_json::json!({
            "ID": "a", "Name": "web.g[0]", "Namespace": "default", "JobID": "web", "TaskGroup": "g",
            "DesiredStatus": "run", "ClientStatus": client, "DeploymentStatus": health, "CreateIndex": 1, "ModifyIndex": 1,
            "CreateTime": 1_000_000_000_000_i64, "TaskStates": {"t": {"State": "running", "StartedAt": at.to_string()}}
        }))
        .unwrap();
        let reasons = vec!["why".to_owned()];
        let health = PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately };
        standing(&alloc, &group, &health, now).0
    };
    let (good, bad) = (HealthVerdict::Healthy, HealthVerdict::Unhealthy);
    let none = || serde_json::Value::Null;
    assert_eq!(how("running", 60, none(), good, 0), Standing::Well);
    assert_eq!(how("running", 3, none(), good, 0), Standing::Coming);
    // Its client found it healthy after that start, or before it.
    let found = |second: i64| serde_json::json!({"Healthy": true, "Timestamp": Timestamp::from_second(second).unwrap().to_string()});
    assert_eq!(how("running", 3, found(9_999), good, 0), Standing::Well);
    assert_eq!(how("running", -30, found(10_040), good, 0), Standing::Well);
    assert_eq!(how("running", 3, found(9_000), good, 0), Standing::Coming);
    assert_eq!(how("running", 3, none(), bad, 0), Standing::Coming);
    assert_eq!(how("running", 600, none(), bad, 0), Standing::Broken);
    assert_eq!(how("running", 3, none(), bad, 1), Standing::Recovering);
    assert_eq!(how("running", 3, none(), bad, OFTEN), Standing::Broken);
    assert_eq!(how("running", 3, serde_json::json!({"Healthy": false}), bad, 0), Standing::Broken);
    assert_eq!(how("unknown", 600, none(), HealthVerdict::NotKnown, 0), Standing::Unseen);
}

#[test]
fn what_crashed_once_and_what_nobody_sees_have_their_time() {
    let crashed = UpdatedGroup { recovering: vec!["g[1]: it crashed".into()], ..group(3, 2) };
    assert!(matches!(crashed.answer(Duration::ZERO), Answer::Wait(_)));
    assert!(matches!(crashed.answer(RECOVERS_WITHIN), Answer::Refuse(_)));
    let unseen = UpdatedGroup { unseen: vec!["g[1]: its client does not answer".into()], ..group(3, 2) };
    assert!(matches!(unseen.answer(Duration::ZERO), Answer::Wait(_)));
    assert!(matches!(unseen.answer(ANSWERS_WITHIN), Answer::Refuse(_)));
    let short = UpdatedGroup { unplaced: Some("no room".into()), ..group(3, 2) };
    assert!(matches!(short.answer(LONG), Answer::Refuse(_)));
    assert!(matches!(group(3, 2).answer(LONG), Answer::Refuse(_)));
}

/// `0/3` is g[0] of version 3; with `!` behind it, it has failed.
fn alloc(text: &str) -> AllocStub {
    let (index, version) = text.trim_end_matches('!').split_once('/').unwrap();
    let status = if text.ends_with('!') { "failed" } else { "running" };
    serde_json::from_value(serde_json::json!({
        "ID": text, "Name": format!("web.g[{index}]"), "Namespace": "default", "JobID": "web", "TaskGroup": "g",
        "DesiredStatus": "run", "ClientStatus": status, "JobVersion": version.parse::<u64>().unwrap(),
        "CreateIndex": 1, "ModifyIndex": 1
    }))
    .unwrap()
}

fn first(all: &[&str], count: u64, step: (u64, u64, Option<u64>)) -> Vec<String> {
    let all: Vec<AllocStub> = all.iter().map(|text| alloc(text)).collect();
    let (replaced, in_place, in_all) = step;
    let step = PlannedStep { act: FloorAct::Update, replaced, in_place, in_all, unplaced: None };
    let own: Vec<&AllocStub> = all.iter().collect();
    taken_first(&own, count, step).iter().map(|a| a.id.clone()).collect()
}

#[test]
fn the_servers_begin_with_the_lowest_index_of_what_is_replaced() {
    let all = ["10/0", "2/0", "1/1"];
    assert_eq!(first(&all, 3, (2, 0, None)), ["1/1", "2/0"]);
    assert_eq!(first(&all, 3, (1, 2, None)), ["1/1"], "the two of version 0 are changed in place");
    assert_eq!(first(&all, 3, (1, 1, None)), ["2/0"], "the one of version 1 is");
}

#[test]
fn one_that_has_failed_has_its_turn_by_its_index() {
    // As it was seen on real servers: the failed g[0] first, and g[0] before the failed g[1].
    assert_eq!(first(&["1/0", "0/0!"], 2, (1, 0, Some(2))), ["0/0!"]);
    assert_eq!(first(&["0/0", "1/0!"], 2, (1, 0, Some(2))), ["0/0"]);
    // Where what failed is what the update brings, it stays; and where nobody knows, it is taken for that.
    assert_eq!(first(&["1/0", "0/1!"], 2, (1, 0, Some(1))), ["1/0"]);
    assert_eq!(first(&["1/0", "0/1!"], 2, (1, 0, None)), ["1/0"]);
}

/// `0/3` is g[0] of version 3, with `?` behind it one of which the servers do not know yet, with `!` one whose check fails.
fn next_step(all: &[&str], terms: &StepTerms) -> UpdatedGroup {
    let now = Timestamp::from_second(10_000).unwrap();
    let (mut allocs, mut health) = (Vec::new(), BTreeMap::new());
    for text in all {
        let mut alloc = alloc(text.trim_end_matches(['?', '!']));
        let at = Timestamp::from_second(9_000).unwrap();
        let healthy = if text.ends_with('?') { serde_json::Value::Null } else { true.into() };
        alloc.deployment_status =
            serde_json::from_value(serde_json::json!({"Healthy": healthy, "Timestamp": at.to_string()}))
                .unwrap();
        alloc.task_states = serde_json::from_value(serde_json::json!({
            "t": {"State": "running", "StartedAt": Timestamp::from_second(8_000).unwrap().to_string()}
        }))
        .unwrap();
        let is_bad = text.ends_with('!');
        let verdict = if is_bad { HealthVerdict::Unhealthy } else { HealthVerdict::Healthy };
        let reasons = is_bad.then(|| "its check fails".to_owned()).into_iter().collect();
        health.insert(
            alloc.id.clone(),
            PresentHealth { verdict, reasons, checks: Default::default(), restarts_lately: 0 },
        );
        allocs.push(alloc);
    }
    let deployment: Deployment = serde_json::from_value(serde_json::json!({
        "ID": "d", "Namespace": "default", "JobID": "web", "JobVersion": 1, "Status": "running",
        "TaskGroups": {"g": {"DesiredTotal": 3}}
    }))
    .unwrap();
    let group: TaskGroup = serde_json::from_value(serde_json::json!({
        "Name": "g", "Count": 3, "Update": {"MaxParallel": 1}, "Tasks": []
    }))
    .unwrap();
    UpdatedGroup::of_next_step(&group, (&deployment, terms), &allocs, &health, now)
}

#[test]
fn the_next_step_of_a_deployment_does_not_take_what_serves_beside_what_went_bad() {
    let plain = StepTerms::default();
    let answer = |all: &[&str]| next_step(all, &plain).answer(Duration::ZERO);
    assert_eq!(answer(&["0/1?", "1/0", "2/0"]), Answer::Go);
    let Answer::Refuse(why) = answer(&["0/1?", "1/0", "2/0!"]) else { panic!() };
    assert!(why.contains("2 of 3 instances of group g at work once what starts is healthy"), "{why}");
    assert!(
        why.contains("g[1]") && why.contains("first (floor 2)") && why.contains("its check fails"),
        "{why}"
    );
    // Of the new version, too; and what is taken next is its own repair.
    assert!(matches!(answer(&["0/1!", "1/1?", "2/0"]), Answer::Refuse(_)));
    assert_eq!(answer(&["0/1?", "1/0!", "2/0"]), Answer::Go);
    // Nothing is left to take.
    assert_eq!(answer(&["0/1!", "1/1", "2/1?"]), Answer::Go);
    // A count that grows had fewer.
    let grows = StepTerms { counts_before: [("g".to_owned(), 2)].into(), ..plain.clone() };
    assert_eq!(next_step(&["0/1?", "1/0", "2/1?"], &grows).answer(Duration::ZERO), Answer::Go);
    // A repair began with fewer; and what a way back takes back is what it repairs.
    let repair = StepTerms { enough: [("g".to_owned(), 1)].into(), ..plain.clone() };
    assert_eq!(next_step(&["0/1?", "1/0", "2/0!"], &repair).answer(Duration::ZERO), Answer::Go);
    let back = StepTerms { takes_back: true, ..plain };
    assert_eq!(next_step(&["0/1?", "1/0", "2/0!"], &back).answer(Duration::ZERO), Answer::Go);
    assert!(matches!(next_step(&["0/1!", "1/1?", "2/0"], &back).answer(Duration::ZERO), Answer::Refuse(_)));
}

#[test]
fn a_lower_count_leaves_something_at_work_whatever_the_update_block_says() {
    let fewer = |well, taken, most| {
        let group = UpdatedGroup {
            base: 1,
            wanted: 2,
            fewer: true,
            max_parallel: most,
            well,
            taken,
            ..UpdatedGroup::default()
        };
        UpdatedGroup { broken: vec!["g[0]: its check fails".to_owned()], ..group }.answer(LONG)
    };
    assert_eq!((fewer(2, 1, 1), fewer(2, 1, 0)), (Answer::Go, Answer::Go));
    assert!(matches!((fewer(1, 1, 1), fewer(1, 1, 0)), (Answer::Refuse(_), Answer::Refuse(_))));
    // To nothing is what was asked for.
    let none = UpdatedGroup { base: 0, fewer: true, well: 2, taken: 2, ..UpdatedGroup::default() };
    assert_eq!(none.answer(LONG), Answer::Go);
}

#[test]
fn of_three_that_are_wanted_never_four_are_counted() {
    let three = || UpdatedGroup { wanted: 3, coming: vec!["g[2]: it starts".to_owned()], ..group(3, 1) };
    let Answer::Wait(why) = three().answer(Duration::ZERO) else { panic!() };
    assert!(why.starts_with("1 of 3 instances"), "{why}");
    // To fewer.
    let Answer::Wait(why) = UpdatedGroup { base: 2, ..three() }.answer(Duration::ZERO) else { return };
    assert!(why.starts_with("1 of 3 instances"), "{why}");
}

#[test]
fn what_is_too_many_is_taken_with_it() {
    assert_eq!(first(&["0/0!", "1/0!", "2/0"], 2, (1, 0, Some(2))), ["0/0!", "2/0"]);
    assert_eq!(first(&["0/0", "1/0", "2/0"], 2, (1, 0, None)), ["0/0", "2/0"]);
}

proptest! {
    /// It goes on without a word only where the floor holds after the first step, or the file has none.
    #[test]
    fn nobody_goes_below_the_floor_unsaid(
        (base, max_parallel, replaced, well) in (0_u64..8, 0_u64..4, 0_u64..8, 0_u64..8),
        (coming, recovering, broken, unseen) in (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3),
        taken in 0_u64..8,
        (waited, placed, takes_unseen) in (0_u64..100, any::<bool>(), any::<bool>()),
    ) {
        let lines = |n: usize| vec!["x".to_owned(); n];
        let group = UpdatedGroup {
            name: "g".into(), base, max_parallel, replaced, well, taken: taken.min(replaced).min(well),
            coming: lines(coming), recovering: lines(recovering), broken: lines(broken), unseen: lines(unseen),
            unplaced: (!placed).then(|| "no room".to_owned()),
            takes_unseen: takes_unseen && unseen > 0,
            ..UpdatedGroup::default()
        };
        match group.answer(Duration::from_secs(waited)) {
            Answer::Go => prop_assert!(replaced == 0 || well - group.taken >= group.floor()),
            Answer::Repair(_) => prop_assert!(group.taken == 0 && !group.takes_unseen),
            Answer::Wait(_) | Answer::Refuse(_) => prop_assert!(well > 0 || unseen > 0),
        }
    }

    /// The servers go from one instance to the next as the new ones become healthy, `most` at a time: never are fewer at work than
    /// after their first step.
    #[test]
    fn never_fewer_are_at_work_than_after_the_first_step(
        works in proptest::collection::vec(any::<bool>(), 1..9), most in 1_usize..9,
    ) {
        let at_work = |taken: usize| {
            let healthy_new = taken.saturating_sub(most);
            healthy_new + works[taken..].iter().filter(|works| **works).count()
        };
        let first = most.min(works.len());
        prop_assert!((first..=works.len()).all(|taken| at_work(taken) >= at_work(first)));
    }

    /// Waiting for what is not on its way ends, and where nothing serves the repair is not refused.
    #[test]
    fn a_repair_is_never_refused(broken in 0_usize..3, recovering in 0_usize..3, placed in any::<bool>()) {
        let lines = |n: usize| vec!["x".to_owned(); n];
        let group = UpdatedGroup {
            broken: lines(broken), recovering: lines(recovering),
            unplaced: (!placed).then(|| "no room".to_owned()), ..group(8, 0)
        };
        prop_assert!(matches!(group.answer(Duration::ZERO), Answer::Go | Answer::Repair(_)));
    }
}
