mod ahead;
mod pace;
mod share;
mod surge;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::api::nomad::allocation::DesiredStatus;
use crate::api::nomad::node::{Eligibility, NodeStatus, NodeStub};
use crate::model::group;
use crate::ops::migration::progress::MoveFailure;
use crate::ops::migration::snapshot::JobDocument;
use crate::ops::rotate::options::{Batch, OnFailure, Parallel, Replace, Risk, Singletons};
use crate::ops::rotate::pace::Pace;
use crate::ops::rotate::plan::Strategy as Manner;
use proptest::strategy::Strategy as Generator;

const KEY: &str = "k";
/// When what moves was created is not told.
static UNTOLD: BTreeMap<String, u64> = BTreeMap::new();

fn options() -> Options {
    Options {
        secrets: Default::default(),
        replace: Replace::No,
        singletons: Singletons::Gap,
        batch: Some(Batch::Wait),
        on_failure: OnFailure::Stop,
        min_healthy: None,
        floors: BTreeMap::new(),
        max_parallel: Parallel::Nodes(1),
        pace: Pace::default(),
        failure_budget: 0,
        settle: Duration::ZERO,
        soak: Duration::ZERO,
        insist: false,
        accept: BTreeSet::new(),
        ignore_system: false,
        service: None,
        timeout: None,
        wait_lock: None,
        destination: None,
    }
}

fn node(id: &str) -> NodeStub {
    serde_json::from_value(json!({
        "ID": id, "Name": id, "Status": "ready", "SchedulingEligibility": "eligible", "CreateIndex": 1, "ModifyIndex": 1,
    }))
    .unwrap()
}

fn alloc(id: &str, job: &str, place: usize, node: &str) -> AllocStub {
    serde_json::from_value(json!({
        "ID": id, "Name": format!("{job}.g[{place}]"), "Namespace": "default", "NodeID": node, "NodeName": node, "JobID": job,
        "JobType": "service", "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running",
        "DeploymentStatus": {"Healthy": true}, "CreateIndex": 1, "ModifyIndex": 1,
    }))
    .unwrap()
}

fn document(job: &str, count: usize, max_parallel: u64) -> (JobKey, JobDocument) {
    let spec = json!({"ID": job, "Namespace": "default", "Type": "service", "TaskGroups": [{
        "Name": "g", "Count": count, "Migrate": {"MaxParallel": max_parallel},
    }]});
    let job_value = serde_json::from_value(spec.clone()).unwrap();
    (JobKey::new("default", job), JobDocument { job: job_value, spec })
}

/// A cluster that obeys Nomad's rules of replacement: one appears as soon as an allocation is told to stop, stays pending until
/// its predecessor has ended (`nomad-api.md` T33), and goes to a node that takes work.
#[derive(Debug, Clone)]
struct World {
    picture: ClusterPicture,
    goal: Vec<GoalNode>,
    tracked: BTreeMap<String, Vec<AllocRef>>,
    placed: BTreeMap<String, String>,
    options: Options,
    run: RunState,
    now: Timestamp,
    serial: u64,
    strategy: Manner,
}

impl World {
    /// `old` nodes to empty and `new` ones that stay; jobs given as (max_parallel, where each allocation is).
    fn new(old: usize, new: usize, jobs: &[(u64, Vec<usize>)]) -> Self {
        let names: Vec<String> =
            (0..old).map(|i| format!("old-{i}")).chain((0..new).map(|i| format!("new-{i}"))).collect();
        let goal = names[..old].iter().map(|n| GoalNode {
            node: NodeRef { id: n.clone(), name: n.clone() },
            domain: None,
            share: None,
        });
        let mut world = World {
            picture: ClusterPicture {
                nodes: names.iter().map(|n| node(n)).collect(),
                ..ClusterPicture::default()
            },
            goal: goal.collect(),
            tracked: BTreeMap::new(),
            placed: BTreeMap::new(),
            options: options(),
            run: RunState::default(),
            now: Timestamp::UNIX_EPOCH,
            serial: 1,
            strategy: Manner::StepByStep,
        };
        for (j, (max_parallel, places)) in jobs.iter().enumerate() {
            let job = format!("job-{j}");
            let (key, document) = document(&job, places.len(), *max_parallel);
            world.picture.jobs.insert(key, document);
            for (i, place) in places.iter().enumerate() {
                let on = names[place % names.len()].clone();
                world.picture.allocs.push(alloc(&format!("{job}-{i}"), &job, i, &on));
            }
        }
        world
    }

    fn input(&self) -> StepInput<'_> {
        StepInput {
            nodes: &self.goal,
            picture: &self.picture,
            tracked: &self.tracked,
            created: &UNTOLD,
            placed: &self.placed,
            options: &self.options,
            strategy: self.strategy,
            key: KEY,
            run: &self.run,
            now: self.now,
        }
    }

    /// What the loop does in a round, without the cluster's answer being late.
    fn decide(&mut self) -> Decision {
        for (node, allocs) in strangers(self.input()) {
            self.tracked.entry(node).or_default().extend(allocs);
        }
        let decision = decide(self.input());
        self.run.well_since = decision
            .progress
            .values()
            .filter_map(|p| match p {
                Progress::Moved { replacement } => {
                    let known = self.run.well_since.get(replacement).copied();
                    Some((replacement.clone(), known.unwrap_or(self.now)))
                }
                _ => None,
            })
            .collect();
        decide(self.input())
    }

    fn node(&mut self, id: &str) -> &mut NodeStub {
        self.picture.nodes.iter_mut().find(|n| n.id == id).unwrap()
    }

    fn alloc(&mut self, id: &str) -> &mut AllocStub {
        self.picture.allocs.iter_mut().find(|a| a.id == id).unwrap()
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Mark(node) => {
                self.node(&node.id).scheduling_eligibility = Eligibility::Ineligible;
                self.run.marked.insert(node.id.clone());
            }
            Act::Begin(node) => {
                self.run.marked.insert(node.id.clone());
                self.run.begun.insert(node.id.clone());
            }
            Act::Stop(ids) => ids.iter().for_each(|id| self.stop(id)),
            Act::Seal { node, .. } => {
                self.run.drained.insert(node.id.clone());
                self.node(&node.id).last_drain = Some(
                    serde_json::from_value(json!({"Status": "complete", "Meta": {"fleet.key": KEY}}))
                        .unwrap(),
                );
            }
            Act::Verify(node) => drop(self.run.verified.insert(node.id.clone())),
            Act::Replace(nodes) => {
                for _ in nodes {
                    self.serial += 1;
                    self.picture.nodes.push(node(&format!("fresh-{}", self.serial)));
                }
                self.run.replaced.extend(nodes.iter().map(|n| n.id.clone()));
            }
            Act::AskGates => self.run.gates_passed = true,
            Act::Raise(key) => {
                self.run.surged.insert(key.clone(), 1);
                self.scale(key, 2);
            }
            Act::Lower(key) => {
                let own = self.run.surged.remove(key);
                // What somebody else has set stays.
                if let Some(own) = own.filter(|_| !self.run.overruled.remove(key)) {
                    self.scale(key, own);
                }
            }
        }
    }

    /// Nomad starts what is missing, and stops the one with the highest index first.
    fn scale(&mut self, key: &GroupKey, count: u64) {
        self.picture.jobs.get_mut(&key.job_key()).unwrap().job.task_groups[0].count = Some(count);
        let live = |w: &World| -> Vec<String> {
            let all = w
                .picture
                .allocs
                .iter()
                .filter(|a| key.owns(a) && !is_leaving(a) && !a.client_status.is_terminal());
            all.map(|a| a.name.clone()).collect()
        };
        let mut names = live(self);
        names.sort();
        while names.len() as u64 > count {
            let last = names.pop().unwrap();
            let a = self.picture.allocs.iter_mut().filter(|a| key.owns(a) && a.name == last);
            a.filter(|a| !is_leaving(a)).for_each(|a| a.desired_status = DesiredStatus::Stop);
        }
        let mut index = 0;
        while (live(self).len() as u64) < count {
            let name = format!("{}.g[{index}]", key.job);
            index += 1;
            if live(self).contains(&name) {
                continue;
            }
            let free = |n: &&NodeStub| {
                n.scheduling_eligibility == Eligibility::Eligible && n.status == NodeStatus::Ready
            };
            let Some(place) = self.picture.nodes.iter().find(free).map(|n| n.id.clone()) else { return };
            self.serial += 1;
            let mut new = alloc(&format!("s-{}", self.serial), &key.job, index - 1, &place);
            (new.client_status, new.deployment_status, new.create_index) =
                (ClientStatus::Pending, None, self.serial);
            self.picture.allocs.push(new);
        }
    }

    /// Nomad places what replaces it in the same breath, where a node takes it.
    fn stop(&mut self, id: &str) {
        let eligible = |n: &&NodeStub| {
            n.scheduling_eligibility == Eligibility::Eligible && n.status == NodeStatus::Ready && !n.drain
        };
        let place = self.picture.nodes.iter().filter(eligible).nth(0).map(|n| n.id.clone());
        self.serial += 1;
        let (replacement, serial) = (format!("r-{}", self.serial), self.serial);
        let old = self.alloc(id);
        old.desired_transition.migrate = Some(true);
        old.desired_status = DesiredStatus::Stop;
        let key = GroupKey::of(old);
        let Some(place) = place else {
            self.picture.unplaced.insert(key, "no room".to_owned());
            return;
        };
        old.next_allocation.clone_from(&replacement);
        let mut new = old.clone();
        (new.id, new.node_id, new.node_name) = (replacement, place.clone(), place);
        (new.create_index, new.modify_index) = (serial, serial);
        new.desired_status = DesiredStatus::Run;
        new.desired_transition.migrate = None;
        new.next_allocation.clear();
        new.client_status = ClientStatus::Pending;
        new.deployment_status = None;
        self.picture.allocs.push(new);
    }

    /// Something moves on: what was told to stop ends, what is pending starts, what runs is found healthy.
    fn advance(&mut self, at: usize) {
        let possible: Vec<usize> = (0..self.picture.allocs.len()).filter(|&i| self.can_advance(i)).collect();
        let Some(&i) = possible.get(at % possible.len().max(1)) else { return };
        let a = &mut self.picture.allocs[i];
        match a.client_status {
            ClientStatus::Running if a.desired_status != DesiredStatus::Run => {
                a.client_status = ClientStatus::Complete;
            }
            ClientStatus::Pending => a.client_status = ClientStatus::Running,
            _ => a.deployment_status = serde_json::from_value(json!({"Healthy": true})).unwrap(),
        }
    }

    fn can_advance(&self, i: usize) -> bool {
        let allocs = &self.picture.allocs;
        let a = &allocs[i];
        let gone = |p: &AllocStub| p.client_status.is_terminal();
        match a.client_status {
            ClientStatus::Running => a.desired_status != DesiredStatus::Run || a.healthy().is_none(),
            ClientStatus::Pending => allocs.iter().find(|p| p.next_allocation == a.id).is_none_or(gone),
            _ => false,
        }
    }

    fn available(&self, key: &GroupKey) -> u64 {
        group::available(self.picture.allocs.iter().filter(|a| key.owns(a)))
    }

    fn floor(&self, key: &GroupKey) -> u64 {
        let job = &self.picture.jobs[&key.job_key()];
        Rule::of(key, Some(job), &[], &self.options.floor_policy()).floor
    }

    /// A second operator: stops something that is well, makes a node eligible, kills a node, or scales a job.
    fn meddle(&mut self, what: usize, at: usize) {
        match what % 5 {
            0 => {
                let live: Vec<String> = self
                    .picture
                    .allocs
                    .iter()
                    .filter(|a| group::is_available(a))
                    .map(|a| a.id.clone())
                    .collect();
                if let Some(id) = live.get(at % live.len().max(1)).cloned() {
                    self.stop(&id);
                }
            }
            1 => {
                let i = at % self.picture.nodes.len();
                self.picture.nodes[i].scheduling_eligibility = Eligibility::Eligible;
            }
            2 => {
                let i = at % self.picture.nodes.len();
                let id = self.picture.nodes[i].id.clone();
                self.picture.nodes[i].status = NodeStatus::Down;
                for a in self
                    .picture
                    .allocs
                    .iter_mut()
                    .filter(|a| a.node_id == id && !a.client_status.is_terminal())
                {
                    (a.client_status, a.desired_status) = (ClientStatus::Lost, DesiredStatus::Stop);
                }
            }
            3 => {
                let keys: Vec<JobKey> = self.picture.jobs.keys().cloned().collect();
                if let Some(key) = keys.get(at % keys.len().max(1)) {
                    self.picture.jobs.get_mut(key).unwrap().job.stop = true;
                    for a in self.picture.allocs.iter_mut().filter(|a| key.owns(a)) {
                        a.desired_status = DesiredStatus::Stop;
                    }
                }
            }
            _ => {
                let i = at % self.picture.allocs.len().max(1);
                if let Some(a) = self.picture.allocs.get_mut(i).filter(|a| !is_leaving(a)) {
                    a.deployment_status = serde_json::from_value(json!({"Healthy": false})).unwrap();
                }
            }
        }
    }
}

fn jobs() -> impl Generator<Value = Vec<(u64, Vec<usize>)>> {
    prop::collection::vec((0_u64..4, prop::collection::vec(0_usize..7, 1..5)), 1..4)
}

proptest! {
    /// Promise 3, whatever else happens: no stop of ours takes a group below its floor, and nothing is touched that is not on a
    /// node of the goal.
    #[test]
    fn no_stop_takes_a_group_below_its_floor(
        jobs in jobs(),
        parallel in 1_usize..4,
        script in prop::collection::vec((0_usize..12, 0_usize..100, 0_usize..100), 0..150),
    ) {
        let mut world = World::new(3, 3, &jobs);
        world.options.max_parallel = Parallel::Nodes(parallel);
        world.options.failure_budget = parallel % 2 * 3;
        for (what, kind, at) in script {
            match what {
                0..=4 => {
                    for act in world.decide().acts {
                        if let Act::Stop(ids) = &act {
                            for id in ids {
                                let a = world.alloc(id).clone();
                                prop_assert!(world.goal.iter().any(|n| n.node.id == a.node_id), "{id} is nobody's");
                                let key = GroupKey::of(&a);
                                let before = world.available(&key);
                                world.stop(id);
                                let (after, floor) = (world.available(&key), world.floor(&key));
                                prop_assert!(after >= floor || after == before, "{key}: {before} -> {after}, floor {floor}");
                            }
                        } else {
                            world.act(&act);
                        }
                    }
                }
                5 => world.meddle(kind, at),
                _ => world.advance(at),
            }
        }
    }

    /// Where there is room to move it comes to its end, and the end is what was asked for.
    #[test]
    fn it_always_ends_and_done_means_done(
        jobs in jobs(),
        parallel in 1_usize..4,
        order in prop::collection::vec(0_usize..100, 50),
    ) {
        let mut world = World::new(3, 3, &jobs);
        world.options.max_parallel = Parallel::Nodes(parallel);
        // A floor that is the whole group leaves nothing free.
        world.options.min_healthy = Some(floors::MinHealthy::Percent(50));
        let mut order = order.into_iter().cycle();
        let mut rounds = 0;
        let end = loop {
            let decision = world.decide();
            if decision.done {
                break decision;
            }
            prop_assert!(decision.problems().next().is_none(), "{:?}", decision.phases);
            for act in &decision.acts {
                world.act(act);
            }
            if decision.acts.is_empty() {
                world.advance(order.next().unwrap_or(0));
            }
            rounds += 1;
            prop_assert!(rounds < 2_000, "no end: {:?} {:?}", decision.phases, decision.holds);
        };
        prop_assert!(end.phases.iter().all(|(_, p)| *p == Phase::Rotated));
        for n in &world.goal {
            let stub = world.picture.node(&n.node.id).unwrap();
            prop_assert_eq!(stub.scheduling_eligibility, Eligibility::Ineligible);
            prop_assert!(world.picture.allocs.iter().all(|a| a.node_id != n.node.id || a.client_status.is_terminal()));
        }
        for (key, document) in &world.picture.jobs {
            let group = GroupKey { namespace: key.namespace.clone(), job: key.id.clone(), group: "g".into() };
            prop_assert_eq!(world.available(&group), document.job.task_groups[0].count());
        }
        // The same goal from another process, which remembers nothing of the moves: it finds the same end.
        let mut fresh = World { run: RunState::default(), tracked: BTreeMap::new(), ..world.clone() };
        for _ in 0..50 {
            let decision = fresh.decide();
            if decision.done {
                break;
            }
            decision.acts.iter().for_each(|act| fresh.act(act));
        }
        prop_assert!(fresh.decide().done);
        prop_assert_eq!(&fresh.picture.allocs, &world.picture.allocs);
    }

    /// With the world held still, deciding again right after acting decides nothing that was decided already.
    #[test]
    fn what_was_done_is_not_done_twice(jobs in jobs(), rounds in 1_usize..12) {
        let mut world = World::new(2, 2, &jobs);
        let mut done: Vec<Act> = Vec::new();
        for _ in 0..rounds {
            for act in world.decide().acts {
                prop_assert!(!done.contains(&act), "{act:?} twice");
                world.act(&act);
                done.push(act);
            }
        }
    }
}

/// A world whose first node is being emptied.
fn begun(old: usize, jobs: &[(u64, Vec<usize>)]) -> World {
    let mut world = World::new(old, 2, jobs);
    for _ in 0..2 {
        let decision = world.decide();
        decision.acts.iter().for_each(|act| world.act(act));
    }
    world
}

fn problems(decision: &Decision) -> Vec<Problem> {
    decision.problems().flat_map(|(_, p)| p.to_vec()).collect()
}

#[test]
fn every_node_is_marked_before_anything_moves_and_one_at_a_time_is_begun() {
    let mut world = World::new(3, 2, &[(1, vec![0, 1, 2])]);
    let acts = world.decide().acts;
    assert!(acts.len() == 3 && acts.iter().all(|a| matches!(a, Act::Mark(_))), "{acts:?}");
    acts.iter().for_each(|act| world.act(act));
    assert!(matches!(&world.decide().acts[..], [Act::Begin(node)] if node.id == "old-0"));
}

#[test]
fn nodes_of_two_failure_domains_are_never_emptied_at_once() {
    let mut world = World::new(4, 2, &[]);
    world.options.max_parallel = Parallel::Nodes(4);
    for (goal, rack) in world.goal.iter_mut().zip(["a", "b", "a", "b"]) {
        goal.domain = Some(rack.to_owned());
    }
    world.decide().acts.iter().for_each(|act| world.act(act));
    let begun: Vec<String> = world
        .decide()
        .acts
        .iter()
        .map(|a| match a {
            Act::Begin(node) => node.id.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(begun, ["old-0", "old-2"]);
}

#[test]
fn several_nodes_at_once_share_the_floors_of_their_groups() {
    let mut world = World::new(3, 2, &[(1, vec![0, 1, 2])]);
    world.options.max_parallel = Parallel::Nodes(3);
    for _ in 0..2 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let acts = world.decide().acts;
    assert!(matches!(&acts[..], [Act::Stop(ids)] if ids.len() == 1), "{acts:?}");
}

#[test]
fn a_service_with_a_single_instance_that_comes_meanwhile_is_a_decision_like_any_other() {
    let mut world = begun(1, &[(1, vec![0, 1])]);
    world.options.singletons = Singletons::Refuse;
    let (key, document) = document("late", 1, 1);
    world.picture.jobs.insert(key, document);
    world.picture.allocs.push(alloc("late-0", "late", 0, "old-0"));
    let decision = world.decide();
    assert!(matches!(&problems(&decision)[..], [Problem::SingletonUndecided(a)] if a.job == "late"));
    assert!(decision.acts.is_empty());
    world.options.singletons = Singletons::Skip;
    assert!(matches!(&world.decide().phases[0].1, Phase::Skipped(_)));
}

#[test]
fn a_stranger_is_moved_like_the_others_before_the_node_is_sealed() {
    let mut world = begun(1, &[(1, vec![1, 1])]);
    let (key, document) = document("late", 2, 1);
    world.picture.jobs.insert(key, document);
    world.picture.allocs.extend([alloc("late-0", "late", 0, "old-0"), alloc("late-1", "late", 1, "new-0")]);
    let acts = world.decide().acts;
    assert!(matches!(&acts[..], [Act::Stop(ids)] if *ids == ["late-0"]), "{acts:?}");
}

#[test]
fn a_node_that_somebody_made_eligible_again_stops_it_unless_it_is_insisted() {
    let mut world = begun(2, &[(1, vec![0, 1])]);
    world.node("old-0").scheduling_eligibility = Eligibility::Eligible;
    let decision = world.decide();
    assert_eq!(problems(&decision), [Problem::MarkUndone]);
    assert!(decision.exhausted && decision.acts.is_empty());
    world.options.insist = true;
    assert!(matches!(&world.decide().acts[..], [Act::Mark(node)] if node.id == "old-0"));
}

#[test]
fn work_that_comes_to_a_rotated_node_is_no_success() {
    let mut world = begun(2, &[]);
    for _ in 0..8 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    assert!(world.decide().done);
    world.node("old-0").scheduling_eligibility = Eligibility::Eligible;
    assert!(!world.decide().problems().any(|(_, p)| p.is_empty()));
    assert_eq!(problems(&world.decide()), [Problem::MarkUndone]);
}

#[test]
fn replacements_that_die_after_they_were_healthy_are_no_success() {
    let mut world = begun(1, &[(1, vec![0, 1, 1])]);
    world.options.settle = Duration::from_secs(10);
    for _ in 0..30 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
        world.advance(0);
    }
    let decision = world.decide();
    assert!(!decision.done && decision.settling.is_some(), "{decision:?}");
    let replacement = world.picture.allocs.iter().find(|a| a.id.starts_with("r-")).unwrap().id.clone();
    world.alloc(&replacement).client_status = ClientStatus::Failed;
    assert!(matches!(&problems(&world.decide())[..], [Problem::Move(_, MoveFailure::Unhealthy { .. })]));
    world.alloc(&replacement).client_status = ClientStatus::Running;
    world.now += Duration::from_secs(11);
    assert!(!world.decide().done, "it was not well all the time");
    world.now += Duration::from_secs(11);
    assert!(world.decide().done);
}

#[test]
fn what_its_job_wants_no_more_is_not_waited_for() {
    for change in 0..3 {
        let mut world = begun(1, &[(1, vec![0, 1])]);
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
        let job = world.picture.jobs.get_mut(&JobKey::new("default", "job-0")).unwrap();
        match change {
            0 => job.job.stop = true,
            1 => job.job.task_groups[0].count = Some(0),
            _ => world.picture.jobs.clear(),
        }
        for a in &mut world.picture.allocs {
            (a.desired_status, a.client_status) = (DesiredStatus::Stop, ClientStatus::Complete);
        }
        let decision = world.decide();
        assert!(
            decision.progress.values().all(|p| matches!(p, Progress::NotWanted(_))),
            "{change}: {decision:?}"
        );
    }
}

#[test]
fn a_job_that_somebody_else_moves_waits_and_the_others_go_on() {
    let mut world = begun(1, &[(1, vec![0, 1]), (1, vec![0, 1])]);
    world.run.foreign.insert(JobKey::new("default", "job-0"), "rotation r-2 (a@b)".into());
    let decision = world.decide();
    assert!(matches!(&decision.acts[..], [Act::Stop(ids)] if *ids == ["job-1-0"]));
    assert!(decision.holds.iter().any(|h| h.contains("rotation r-2")), "{:?}", decision.holds);
}

#[test]
fn an_allocation_on_a_node_that_does_not_answer_counts_for_nothing() {
    let mut world = begun(1, &[(1, vec![0, 1, 1])]);
    let elsewhere = world.picture.allocs[1].node_id.clone();
    world.node(&elsewhere).status = NodeStatus::Disconnected;
    assert!(world.decide().acts.is_empty());
}

#[test]
fn a_down_node_in_the_selection_is_no_failure_and_a_node_that_dies_is() {
    let mut world = World::new(2, 2, &[(1, vec![0, 0])]);
    world.node("old-1").status = NodeStatus::Down;
    let acts = world.decide().acts;
    // It is not to get new work when it is back either.
    let marked: Vec<&str> =
        acts.iter().filter_map(|a| if let Act::Mark(n) = a { Some(&*n.id) } else { None }).collect();
    assert_eq!((marked, acts.len()), (vec!["old-0", "old-1"], 2));
    acts.iter().for_each(|act| world.act(act));
    let acts = world.decide().acts;
    acts.iter().for_each(|act| world.act(act));
    world.decide();
    world.meddle(2, 0);
    assert!(matches!(&problems(&world.decide())[..], [Problem::Lost { allocs, .. }] if allocs.len() == 2));
}

#[test]
fn a_failed_node_is_left_alone_and_the_rest_goes_on_within_the_budget() {
    let mut world = World::new(2, 2, &[(1, vec![0, 2]), (1, vec![1, 2])]);
    world.options.failure_budget = 1;
    for _ in 0..2 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
    }
    let acts = world.decide().acts;
    acts.iter().for_each(|act| world.act(act));
    let replacement = world.picture.allocs.iter().find(|a| a.id.starts_with("r-")).unwrap().id.clone();
    world.alloc(&replacement).client_status = ClientStatus::Failed;
    let decision = world.decide();
    assert!(!decision.exhausted);
    assert!(matches!(&decision.acts[..], [Act::Begin(node)] if node.id == "old-1"), "{:?}", decision.acts);
    world.options.failure_budget = 0;
    assert!(world.decide().exhausted);
}

#[test]
fn what_was_told_to_go_is_followed_to_its_end_also_where_every_node_has_failed() {
    let mut world = begun(1, &[(1, vec![0, 0, 1])]);
    let acts = world.decide().acts;
    assert!(matches!(&acts[..], [Act::Stop(_)]));
    acts.iter().for_each(|act| world.act(act));
    // Somebody lets the only node take new work.
    world.node("old-0").scheduling_eligibility = Eligibility::Eligible;
    let decision = world.decide();
    assert!(matches!(&problems(&decision)[..], [Problem::MarkUndone]), "{:?}", decision.phases);
    assert!(decision.exhausted && decision.in_flight && !decision.done, "{decision:?}");
    (0..3).for_each(|_| world.advance(0));
    let decision = world.decide();
    assert!(decision.exhausted && !decision.in_flight && decision.done, "{decision:?}");
}

#[test]
fn nothing_new_is_begun_once_something_went_wrong_that_is_no_nodes() {
    let mut world = begun(1, &[(1, vec![0, 0, 1])]);
    world.run.failed = true;
    assert!(world.decide().acts.is_empty());
}

#[test]
fn nothing_is_stopped_for_a_while_where_others_take_something_away() {
    let mut world = begun(1, &[(2, vec![0, 0, 1, 1])]);
    let key = GroupKey::of(&world.picture.allocs[0]);
    world.run.alarmed.insert(key, world.now + Duration::from_secs(5));
    assert!(world.decide().acts.is_empty());
    world.now += Duration::from_secs(6);
    assert!(matches!(&world.decide().acts[..], [Act::Stop(_)]));
}

#[test]
fn an_unhealthy_allocation_may_leave_although_the_group_has_none_to_spare() {
    let mut world = begun(1, &[(1, vec![0, 0, 1, 1])]);
    world.alloc("job-0-1").deployment_status = serde_json::from_value(json!({"Healthy": false})).unwrap();
    assert!(matches!(&world.decide().acts[..], [Act::Stop(ids)] if *ids == ["job-0-1"]));
}

#[test]
fn a_soak_keeps_a_fresh_replacement_from_counting() {
    let mut world = begun(1, &[(1, vec![0, 0, 1])]);
    world.options.soak = Duration::from_secs(20);
    for _ in 0..8 {
        let acts = world.decide().acts;
        acts.iter().for_each(|act| world.act(act));
        world.advance(0);
    }
    let stopped = |world: &World| world.picture.allocs.iter().filter(|a| is_leaving(a)).count();
    assert_eq!(stopped(&world), 1, "the first replacement has not soaked");
    world.now += Duration::from_secs(21);
    let acts = world.decide().acts;
    acts.iter().for_each(|act| world.act(act));
    assert_eq!(stopped(&world), 2);
}

#[test]
fn servers_are_not_told_to_drain_what_fails_its_checks_now() {
    let mut world = World::new(1, 2, &[(1, vec![0, 1, 2])]);
    world.strategy = Manner::SupervisedDrain;
    for _ in 0..3 {
        let decision = world.decide();
        if decision.acts.iter().any(|act| matches!(act, Act::Seal { .. })) {
            break;
        }
        decision.acts.iter().for_each(|act| world.act(act));
    }
    let seals = |world: &mut World| world.decide().acts.iter().any(|act| matches!(act, Act::Seal { .. }));
    assert!(seals(&mut world), "all of it is well");
    // Nomad's record has it healthy, its check does not: the server would stop one more.
    world.run.failing.insert("job-0-1".to_owned(), "the check fails".to_owned());
    let decision = world.decide();
    assert!(!decision.acts.iter().any(|act| matches!(act, Act::Seal { .. })), "{:?}", decision.acts);
    assert!(decision.holds.iter().any(|hold| hold.contains("too few healthy")), "{:?}", decision.holds);
    // What fails itself costs nothing, and what is not seen holds.
    world.run.failing = BTreeMap::from([("job-0-0".to_owned(), "the check fails".to_owned())]);
    assert!(seals(&mut world));
    world.run.failing.clear();
    world.run.unseen.insert("job-0-2".to_owned(), "its node does not answer".to_owned());
    assert!(!seals(&mut world));
    world.options.accept.insert(Risk::Unhealthy);
    assert!(seals(&mut world), "somebody accepted that");
}
