use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::model::rollout::back::GoodBefore;
use crate::model::rollout::gate::GateAnswer;
use crate::model::rollout::look::HealthLook;
use crate::model::rollout::{Counts, Later, Rollback};
use crate::ops::deploy::end::After;

fn policy() -> Policy {
    Policy {
        promotion: Promotion::WhenGatesHold(Duration::from_secs(3)),
        gated: true,
        every: Duration::from_secs(2),
        blocked_for: Duration::from_secs(60),
        unseen_for: Duration::from_secs(30),
        settle: Duration::from_secs(10),
        rollback: false,
        take_back: false,
        unchanged: false,
        fails: true,
        until: None,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).unwrap()
}

fn input(state: &RolloutState, second: i64) -> StepInput<'_> {
    StepInput {
        version: 3,
        state,
        crash: None,
        deployment: Some(Activity::Active),
        ends: false,
        finished: None,
        ran: true,
        idle: false,
        flapping: None,
        halfway: None,
        stopping: 0,
        crashes: 0,
        held: None,
        long_so: false,
        now: at(second),
    }
}

const ALL: Counts = Counts { good: 2, wanted: 2 };

/// Carries decisions out as the runner does, with a world that answers like this, until it waits or ends.
fn settle(policy: &Policy, s: &StepInput<'_>, memory: &mut StepMemory, world: &World) -> Vec<Decision> {
    let mut all = Vec::new();
    loop {
        let decision = decide(policy, s, memory);
        match &decision {
            Decision::AskGates => {
                memory.asked_at = Some(s.now);
                memory.answers = vec![("g".to_owned(), world.gate.clone())];
            }
            Decision::AskHealth => memory.look = Some((s.now, world.look.clone())),
            Decision::AskCanaries => memory.canaries = Some((s.now, world.look.clone())),
            Decision::AskGoodBefore => memory.good_before = Some(world.good_before),
            Decision::Promote => memory.promoted = true,
            Decision::Fail { why } => memory.aborted = Some(why.clone()),
            Decision::BringBack { why, .. } | Decision::FollowBack { why } => {
                *memory = StepMemory::rolling_back(why.clone());
                // The version that is followed is another one from here on.
                all.push(decision);
                return all;
            }
            Decision::Wait(_) | Decision::End(_) | Decision::Tell(_) => {}
        }
        let done = matches!(decision, Decision::Wait(_) | Decision::End(_));
        all.push(decision);
        assert!(all.len() < 20, "it goes round in circles: {all:?}");
        if done {
            return all;
        }
    }
}

#[derive(Debug, Clone)]
struct World {
    gate: GateAnswer,
    look: HealthLook,
    good_before: GoodBefore,
}

fn fine() -> World {
    World { gate: GateAnswer::Pass, look: HealthLook::Good(ALL), good_before: GoodBefore::None }
}

fn last(all: &[Decision]) -> &Decision {
    all.last().unwrap()
}

#[test]
fn a_version_without_a_deployment_is_taken_back_too() {
    let policy = Policy { take_back: true, rollback: true, ..policy() };
    let state = RolloutState::Progressing { waits: "0 of 1 of g run".into() };
    let mut memory = StepMemory::default();
    let world = World { good_before: GoodBefore::Version(2), ..fine() };
    let undeployed = |second| StepInput { deployment: None, ..input(&state, second) };
    // Its deployment may be about to begin.
    assert!(matches!(last(&settle(&policy, &undeployed(0), &mut memory, &world)), Decision::Wait(_)));
    let all = settle(&policy, &undeployed(5), &mut memory, &world);
    assert!(matches!(last(&all), Decision::BringBack { to: 2, .. }), "{all:?}");
    let mut memory = StepMemory::default();
    let followed = Policy { take_back: false, ..policy };
    settle(&followed, &undeployed(0), &mut memory, &world);
    assert!(matches!(last(&settle(&followed, &undeployed(9), &mut memory, &world)), Decision::Wait(_)));
}

#[test]
fn what_this_run_has_paused_is_waited_for_and_is_nobody_elses() {
    let (policy, state) = (policy(), RolloutState::Paused);
    let how = |held: Option<HeldStep>| {
        let input = StepInput { held, ..input(&state, 0) };
        last(&settle(&policy, &input, &mut StepMemory::default(), &fine())).clone()
    };
    assert_eq!(how(None), Decision::End(End::Paused { version: 3 }));
    assert_eq!(how(Some(HeldStep::Waits("g[2]".into()))), Decision::Wait("g[2]".into()));
    let over = how(Some(HeldStep::GivenUp("g[2]".into())));
    assert_eq!(over, Decision::End(End::Held { version: 3, why: "g[2]".into() }));
    // Its own crashes are no reason to wait.
    let crash = Some("it crashes".to_owned());
    let input = StepInput { held: Some(HeldStep::Waits("g[2]".into())), crash, ..input(&state, 0) };
    let all = settle(&policy, &input, &mut StepMemory::default(), &fine());
    assert!(all.iter().any(|d| matches!(d, Decision::Fail { .. })), "{all:?}");
}

#[test]
fn of_a_version_that_is_the_last_good_one_nothing_is_rolled_back() {
    let policy = Policy { rollback: true, ..policy() };
    let state = RolloutState::Failed { why: "failed".into(), rollback: Rollback::None(None) };
    let world = World { good_before: GoodBefore::SameAs(2), ..fine() };
    let all = settle(&policy, &input(&state, 0), &mut StepMemory::default(), &world);
    let Decision::End(end) = last(&all) else { panic!("{all:?}") };
    assert!(matches!(end, End::Failed { after: After::SameAs(2), back_to: None, .. }), "{end:?}");
    let error = end.error("default", "web").unwrap();
    assert!(error.hints().iter().any(|hint| hint.contains("fleet job resubmit web")), "{:?}", error.hints());
    assert!(!error.hints().iter().any(|hint| hint.contains("fleet abort")), "{:?}", error.hints());
}

#[test]
fn healthy_is_said_after_it_has_settled_and_was_looked_at() {
    let (policy, mut memory, state) = (policy(), StepMemory::default(), RolloutState::Healthy);
    for second in 0..10 {
        assert!(matches!(
            last(&settle(&policy, &input(&state, second), &mut memory, &fine())),
            Decision::Wait(_)
        ));
    }
    let all = settle(&policy, &input(&state, 10), &mut memory, &fine());
    assert_eq!(all, [Decision::AskHealth, Decision::End(End::Healthy { version: 3, unchanged: None })]);
}

#[test]
fn what_is_unwell_at_the_last_look_fails_in_the_end_and_is_never_healthy() {
    let (policy, mut memory, state) = (policy(), StepMemory::default(), RolloutState::Healthy);
    let ill = World { look: HealthLook::Bad { why: "check fails".into() }, ..fine() };
    let mut end = None;
    for second in 0..60 {
        if let Decision::End(ended) = last(&settle(&policy, &input(&state, second), &mut memory, &ill)) {
            end = Some((second, ended.clone()));
            break;
        }
    }
    let (second, end) = end.unwrap();
    assert!(second >= 30, "{second}");
    assert!(matches!(end, End::Failed { ref why, .. } if why == "check fails"), "{end:?}");
    let unknown = World { look: HealthLook::NotKnown { why: "no client answers".into() }, ..fine() };
    let mut memory = StepMemory::default();
    let ends = (0..60).find_map(|second| {
        match last(&settle(&policy, &input(&state, second), &mut memory, &unknown)) {
            Decision::End(end) => Some(end.clone()),
            _ => None,
        }
    });
    assert!(matches!(ends, Some(End::NotKnown { .. })), "{ends:?}");
    // Where nothing was registered, and nothing will ever tell, that is said at once.
    let blind = Policy { unchanged: true, unseen_for: Duration::ZERO, ..policy };
    let over = StepInput { deployment: Some(Activity::Over), long_so: true, ..input(&state, 0) };
    let all = settle(&blind, &over, &mut StepMemory::default(), &unknown);
    assert!(matches!(last(&all), Decision::End(End::NotKnown { .. })), "{all:?}");
}

#[test]
fn the_crash_breaker_stays_on_when_the_servers_call_it_successful() {
    let (policy, mut memory, state) = (policy(), StepMemory::default(), RolloutState::Healthy);
    let crashing =
        StepInput { crash: Some("it crashes".into()), deployment: Some(Activity::Over), ..input(&state, 3) };
    let all = settle(&policy, &crashing, &mut memory, &fine());
    assert!(matches!(last(&all), Decision::End(End::Failed { why, .. }) if why == "it crashes"), "{all:?}");
    let rollback = Policy { rollback: true, ..policy };
    let all = settle(
        &rollback,
        &crashing,
        &mut StepMemory::default(),
        &World { good_before: GoodBefore::Version(2), ..fine() },
    );
    assert!(all.iter().any(|d| matches!(d, Decision::BringBack { to: 2, .. })), "{all:?}");
}

#[test]
fn what_cannot_change_any_more_ends() {
    let (policy, mut memory) = (policy(), StepMemory::default());
    let state = RolloutState::Stuck { why: "late.g[0] failed".into() };
    let over = |second| StepInput { deployment: Some(Activity::Over), ..input(&state, second) };
    assert!(matches!(last(&settle(&policy, &over(0), &mut memory, &fine())), Decision::Wait(_)));
    let all = settle(&policy, &over(6), &mut memory, &fine());
    assert!(matches!(last(&all), Decision::End(End::Failed { after: After::NotTriedAgain, .. })), "{all:?}");
}

#[test]
fn canaries_that_can_never_be_promoted_are_taken_back_by_whoever_was_to_promote_them() {
    let state = RolloutState::Stuck { why: "canary a has failed".into() };
    let ends = |policy: &Policy| {
        let mut memory = StepMemory::default();
        settle(policy, &input(&state, 0), &mut memory, &fine());
        settle(
            policy,
            &input(&state, 6),
            &mut memory,
            &World { good_before: GoodBefore::Version(2), ..fine() },
        )
    };
    let all = ends(&policy());
    assert!(matches!(&all[0], Decision::Fail { why } if why == "canary a has failed"), "{all:?}");
    let all = ends(&Policy { promotion: Promotion::Manual, ..policy() });
    assert!(
        matches!(last(&all), Decision::End(End::Failed { after: After::NotBroughtBack(2), .. })),
        "{all:?}"
    );
}

#[test]
fn what_was_told_to_stop_has_to_end_before_it_is_done() {
    let (policy, mut memory, state) = (policy(), StepMemory::default(), RolloutState::Healthy);
    let stopping = StepInput { stopping: 4, long_so: true, ..input(&state, 0) };
    let all = settle(&policy, &stopping, &mut memory, &fine());
    assert_eq!(all, [Decision::Wait("4 that were told to stop still run".into())]);
}

#[test]
fn nothing_to_do_and_nothing_ran_are_said() {
    let (policy, state) = (Policy { unchanged: true, ..policy() }, RolloutState::Healthy);
    let long = StepInput { long_so: true, ..input(&state, 0) };
    let all = settle(&policy, &long, &mut StepMemory::default(), &fine());
    assert_eq!(last(&all), &Decision::End(End::Healthy { version: 3, unchanged: Some(ALL) }));
    let batch = StepInput { finished: Some(ALL), ends: true, ..input(&state, 0) };
    let all = settle(&policy, &batch, &mut StepMemory::default(), &fine());
    assert_eq!(last(&all), &Decision::End(End::Finished { version: 3, counts: ALL, unchanged: true }));
}

#[test]
fn what_runs_nowhere_fails_and_what_is_not_wanted_is_said_not_to_be() {
    let (policy, mut memory) = (policy(), StepMemory::default());
    let nowhere = |later| RolloutState::Nowhere(Nowhere { why: "no node has it".into(), later });
    let state = nowhere(Later::Placed);
    let none = |second| StepInput { deployment: None, ..input(&state, second) };
    assert!(matches!(last(&settle(&policy, &none(0), &mut memory, &fine())), Decision::Wait(_)));
    let all =
        settle(&policy, &none(6), &mut memory, &World { good_before: GoodBefore::Version(2), ..fine() });
    let (why, later) = ("no node has it".to_owned(), Later::Placed);
    assert_eq!(last(&all), &Decision::End(End::Nowhere { version: 3, why, later, back_to: Some(2) }));
    assert!(!all.iter().any(|d| matches!(d, Decision::Tell(StepNews::Failed { .. }))), "{all:?}");
    let rollback = Policy { rollback: true, ..policy.clone() };
    let mut memory = StepMemory::default();
    settle(&rollback, &none(0), &mut memory, &fine());
    let all =
        settle(&rollback, &none(6), &mut memory, &World { good_before: GoodBefore::Version(2), ..fine() });
    assert!(matches!(last(&all), Decision::BringBack { to: 2, .. }), "{all:?}");
    let idle = StepInput { idle: true, ..input(&RolloutState::Healthy, 0) };
    let all = settle(&policy, &idle, &mut StepMemory::default(), &fine());
    assert_eq!(last(&all), &Decision::End(End::Idle { version: 3 }));
}

#[test]
fn who_only_follows_leaves_a_crashing_deployment_to_its_owner() {
    let (policy, state) =
        (Policy { fails: false, ..policy() }, RolloutState::Progressing { waits: "w".into() });
    let crashing = StepInput { crash: Some("it crashes".into()), ..input(&state, 0) };
    let all = settle(&policy, &crashing, &mut StepMemory::default(), &fine());
    assert!(!all.iter().any(|d| matches!(d, Decision::Fail { .. })), "{all:?}");
    assert!(matches!(last(&all), Decision::End(End::Failed { why, .. }) if why == "it crashes"), "{all:?}");
}

#[test]
fn what_is_restarted_again_and_again_is_not_called_healthy() {
    let (policy, state) = (policy(), RolloutState::Healthy);
    let flapping = StepInput { flapping: Some("task t was restarted".into()), ..input(&state, 0) };
    let all = settle(&policy, &flapping, &mut StepMemory::default(), &fine());
    assert_eq!(
        last(&all),
        &Decision::Wait("it was found healthy and is not now: task t was restarted".into())
    );
}

#[test]
fn work_that_had_ended_before_did_not_run_now() {
    let (policy, state) = (policy(), RolloutState::Healthy);
    let before = StepInput { finished: Some(ALL), ends: true, ran: false, ..input(&state, 0) };
    let all = settle(&policy, &before, &mut StepMemory::default(), &fine());
    assert_eq!(last(&all), &Decision::End(End::Finished { version: 3, counts: ALL, unchanged: true }));
}

/// The seconds at which a run over canaries that wait promotes them, and how it ended, in a world as `world` has it.
fn soaked(policy: &Policy, world: impl Fn(i64) -> (World, u64)) -> (Vec<i64>, Option<(i64, Decision)>) {
    let (mut memory, state) = (StepMemory::default(), RolloutState::CanariesReady { automatic: false });
    let mut promoted = Vec::new();
    for second in 0..120 {
        let (world, crashes) = world(second);
        let all = settle(policy, &StepInput { crashes, ..input(&state, second) }, &mut memory, &world);
        if all.contains(&Decision::Promote) {
            promoted.push(second);
        }
        let over = |d: &&Decision| matches!(d, Decision::End(_) | Decision::Fail { .. });
        if let Some(end) = all.iter().find(over) {
            return (promoted, Some((second, end.clone())));
        }
    }
    (promoted, None)
}

#[test]
fn canaries_are_promoted_after_a_soak_in_which_every_look_at_them_was_good() {
    let ungated = Policy { gated: false, ..policy() };
    let looked = |look: HealthLook| World { look, ..fine() };
    let red = || looked(HealthLook::Bad { why: "check fails".into() });
    assert_eq!(soaked(&ungated, |_| (fine(), 0)).0, [3]);
    // Red for a moment: the soak begins anew.
    let (promoted, _) = soaked(&ungated, |t| (if t == 2 { red() } else { fine() }, 0));
    assert_eq!(promoted, [7], "the next look is at 4");
    // A crash is seen though they run again.
    assert_eq!(soaked(&ungated, |t| (fine(), u64::from(t >= 2))).0, [5]);
    let (promoted, end) = soaked(&ungated, |_| (red(), 0));
    assert!(promoted.is_empty());
    let Some((20.., Decision::Fail { why })) = end else { panic!("{end:?}") };
    assert_eq!(why, "its canaries are not healthy: check fails");
    let (promoted, end) = soaked(&ungated, |_| (looked(HealthLook::NotKnown { why: "n".into() }), 0));
    assert!(promoted.is_empty() && matches!(end, Some((30.., Decision::End(End::CanariesNotKnown { .. })))));
}

#[test]
fn canaries_that_wait_for_somebody_are_looked_at_before_they_are_called_healthy() {
    let manual = Policy { promotion: Promotion::Manual, ..policy() };
    let ends = |look: HealthLook| soaked(&manual, |_| (World { look: look.clone(), ..fine() }, 0)).1;
    let pending = |unseen: Option<&str>| {
        Decision::End(End::Pending { version: 3, unseen: unseen.map(str::to_owned), groups: Vec::new() })
    };
    assert_eq!(ends(HealthLook::Good(ALL)), Some((0, pending(None))));
    assert_eq!(ends(HealthLook::NotKnown { why: "n".into() }).unwrap().1, pending(Some("n")));
    let red = ends(HealthLook::Bad { why: "check fails".into() });
    assert!(matches!(red, Some((20.., Decision::End(End::CanariesUnwell { .. })))), "{red:?}");
}

#[test]
fn what_was_to_be_failed_is_not_healthy_because_its_deployment_was_over_before() {
    let (policy, mut memory, state) = (policy(), StepMemory::default(), RolloutState::Healthy);
    let crashing = StepInput { crash: Some("it crashes".into()), ..input(&state, 0) };
    let all = settle(&policy, &crashing, &mut memory, &fine());
    assert!(all.contains(&Decision::Fail { why: "it crashes".into() }), "{all:?}");
    let over =
        |second| StepInput { deployment: Some(Activity::Over), long_so: true, ..input(&state, second) };
    let all = settle(&policy, &over(60), &mut memory, &fine());
    assert!(matches!(last(&all), Decision::End(End::Failed { why, .. }) if why == "it crashes"), "{all:?}");
}

#[test]
fn what_the_servers_brought_back_is_looked_at_too() {
    let (policy, mut memory) = (policy(), StepMemory::default());
    let state = RolloutState::Failed { why: "f".into(), rollback: Rollback::Done(4) };
    let all = settle(&policy, &input(&state, 0), &mut memory, &fine());
    assert_eq!(last(&all), &Decision::FollowBack { why: "f".into() });
    let back = StepInput {
        version: 4,
        long_so: true,
        deployment: Some(Activity::Over),
        ..input(&RolloutState::Healthy, 1)
    };
    let ill = World { look: HealthLook::Bad { why: "check fails".into() }, ..fine() };
    assert!(matches!(last(&settle(&policy, &back, &mut memory, &ill)), Decision::Wait(_)));
    let back = StepInput { now: at(40), ..back };
    let mut failed = memory.clone();
    assert!(matches!(last(&settle(&policy, &back, &mut failed, &ill)), Decision::End(End::Failed { .. })));
    let all = settle(&policy, &back, &mut memory, &fine());
    assert_eq!(last(&all), &Decision::End(End::RolledBack { why: "f".into(), version: 4 }));
}

fn states() -> impl Strategy<Value = RolloutState> {
    prop_oneof![
        4 => Just(RolloutState::Healthy),
        2 => Just(RolloutState::Progressing { waits: "w".into() }),
        2 => Just(RolloutState::CanariesReady { automatic: false }),
        1 => Just(RolloutState::CanariesReady { automatic: true }),
        1 => Just(RolloutState::Blocked { unplaced: vec![] }),
        1 => Just(RolloutState::Stuck { why: "s".into() }),
        1 => Just(RolloutState::Nowhere(Nowhere { why: "n".into(), later: Later::Placed })),
        1 => Just(RolloutState::Failed { why: "f".into(), rollback: Rollback::None(None) }),
        1 => Just(RolloutState::Failed { why: "f".into(), rollback: Rollback::Progressing("p".into()) }),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let gate = prop_oneof![
        Just(GateAnswer::Pass),
        Just(GateAnswer::Fail("no".into())),
        Just(GateAnswer::Unknown("?".into()))
    ];
    let look = prop_oneof![
        Just(HealthLook::Good(ALL)),
        Just(HealthLook::Bad { why: "b".into() }),
        Just(HealthLook::NotKnown { why: "n".into() }),
    ];
    let good_before =
        prop_oneof![Just(GoodBefore::None), Just(GoodBefore::Version(2)), Just(GoodBefore::SameAs(2))];
    (gate, look, good_before).prop_map(|(gate, look, good_before)| World { gate, look, good_before })
}

#[test]
fn canaries_of_what_comes_back_are_promoted_by_who_rolls_it_out_and_not_by_who_looks_on() {
    let state = RolloutState::Failed { why: "no luck".into(), rollback: Rollback::WaitsForPromotion(4) };
    let mut memory = StepMemory::default();
    let all = settle(&policy(), &input(&state, 0), &mut memory, &fine());
    assert!(matches!(last(&all), Decision::FollowBack { why } if why == "no luck"), "{all:?}");
    let ready = RolloutState::CanariesReady { automatic: false };
    let all = settle(&policy(), &input(&ready, 1), &mut memory.clone(), &fine());
    assert!(all.contains(&Decision::Promote), "{all:?}");
    let looks_on = Policy { promotion: Promotion::AsWritten, fails: false, ..policy() };
    let all = settle(&looks_on, &input(&ready, 1), &mut memory, &fine());
    assert_eq!(last(&all), &Decision::End(End::Pending { version: 3, unseen: None, groups: Vec::new() }));
}

#[test]
fn a_promoted_group_is_followed_while_the_canaries_of_others_wait() {
    let by_hand = Policy { promotion: Promotion::Manual, ..policy() };
    let ready = RolloutState::CanariesReady { automatic: false };
    let half = StepInput { halfway: Some("a is promoted and goes on".into()), ..input(&ready, 0) };
    let mut memory = StepMemory::default();
    assert!(matches!(last(&settle(&by_hand, &half, &mut memory, &fine())), Decision::Wait(_)));
    let whole = input(&ready, 1);
    assert!(matches!(
        last(&settle(&by_hand, &whole, &mut memory, &fine())),
        Decision::End(End::Pending { .. })
    ));
}

proptest! {
    /// Whatever the servers, the gates and the checks say, in whatever order.
    #[test]
    fn an_end_is_good_only_after_a_good_look_and_nothing_is_done_twice(
        steps in prop::collection::vec((states(), worlds(), any::<bool>(), any::<bool>(), 1_i64..4), 1..80),
        rollback in any::<bool>(),
    ) {
        let policy = Policy { rollback, ..policy() };
        let mut memory = StepMemory::default();
        let (mut now, mut healthy_since, mut failed, mut promoted) = (0, None, 0, 0);
        for (state, world, crashes, over, passed) in steps {
            now += passed;
            let crash = (crashes && now % 7 == 0).then(|| "crash".to_owned());
            let deployment = Some(if over { Activity::Over } else { Activity::Active });
            let s = StepInput { crash: crash.clone(), deployment, ..input(&state, now) };
            healthy_since = if state == RolloutState::Healthy { healthy_since.or(Some(now)) } else { None };
            let rolling = memory.rolling.is_some();
            let all = settle(&policy, &s, &mut memory, &world);
            for decision in &all {
                match decision {
                    Decision::Fail { .. } => failed += 1,
                    Decision::Promote => {
                        promoted += 1;
                        let asked = memory.answers.iter().all(|(_, answer)| *answer == GateAnswer::Pass);
                        prop_assert!(rolling || memory.rolling.is_some() || asked, "{:?}", memory.answers);
                        let seen = memory.canaries.as_ref().filter(|(at, _)| s.is_fresh(*at));
                        prop_assert!(seen.is_some_and(|(_, look)| look.is_good()), "{:?}", memory.canaries);
                    }
                    Decision::BringBack { .. } => {
                        prop_assert!(rollback);
                        (failed, promoted) = (0, 0);
                        healthy_since = (state == RolloutState::Healthy).then_some(now);
                    }
                    Decision::End(End::Healthy { .. } | End::RolledBack { .. }) => {
                        prop_assert!(now - healthy_since.unwrap_or(now) >= 10, "it has not settled");
                        prop_assert!(world.look.is_good(), "{:?}", all);
                        prop_assert!(failed == 0, "it was failed on purpose: {:?}", all);
                        prop_assert!(crash.is_none() || memory.rolling.is_some() || rolling, "{:?}", all);
                    }
                    _ => {}
                }
                prop_assert!(failed <= 1 && promoted <= 1, "something was done twice");
            }
            if matches!(last(&all), Decision::End(_)) { break; }
        }
    }

    /// With the world held still every run comes to an end by itself, but for what somebody else has to go on with.
    #[test]
    fn every_run_ends_when_nothing_moves(state in states(), world in worlds(), rollback in any::<bool>()) {
        let policy = Policy { rollback, ..policy() };
        let mut memory = StepMemory::default();
        let ended = (0..300).any(|second| {
            matches!(last(&settle(&policy, &input(&state, second), &mut memory, &world)), Decision::End(_))
        });
        let somebody_goes_on = match &state {
            RolloutState::Progressing { .. } | RolloutState::CanariesReady { .. } => true,
            RolloutState::Failed { rollback, .. } => matches!(rollback, Rollback::Progressing(_)),
            _ => false,
        };
        prop_assert!(ended || somebody_goes_on);
    }

    /// Deciding again right after waiting decides nothing new.
    #[test]
    fn a_second_decision_waits_too(state in states(), world in worlds()) {
        let mut memory = StepMemory::default();
        let first = settle(&policy(), &input(&state, 0), &mut memory, &world);
        if let Decision::Wait(_) = last(&first) {
            let again = settle(&policy(), &input(&state, 0), &mut memory, &world);
            prop_assert!(matches!(again.as_slice(), [Decision::Wait(_)]), "{:?}", again);
        }
    }
}

#[test]
fn a_look_from_before_the_abort_of_a_paused_deployment_does_not_end_it() {
    let (state, mut memory) = (RolloutState::Paused, StepMemory::default());
    let policy = Policy { take_back: true, ..policy() };
    let paused = StepInput { deployment: Some(Activity::Active), ..input(&state, 0) };
    let all = settle(&policy, &paused, &mut memory, &fine());
    assert!(matches!(all.as_slice(), [Decision::Fail { .. }, Decision::Wait(_)]), "{all:?}");
    // Whoever only watches is told that somebody paused it.
    let watches = Policy { take_back: false, ..policy };
    let all = settle(&watches, &paused, &mut StepMemory::default(), &fine());
    assert_eq!(all, [Decision::End(End::Paused { version: 3 })]);
}
