use proptest::prelude::*;

use super::*;

/// A cluster of allocations that obeys Nomad's rules of replacement: one appears as soon as an allocation is told to stop, and
/// stays pending until its predecessor has ended (`nomad-api.md` T33).
#[derive(Debug, Clone)]
struct World {
    allocs: Vec<AllocStub>,
    rules: BTreeMap<GroupKey, Rule>,
    tracked: BTreeSet<String>,
    asked: BTreeSet<String>,
    unplaced: BTreeMap<String, String>,
    serial: usize,
}

const OLD: &str = "old-node";

fn key(job: usize) -> GroupKey {
    GroupKey { namespace: "default".into(), job: format!("job-{job}"), group: "g".into() }
}

fn alloc(id: &str, job: usize, node: &str) -> AllocStub {
    serde_json::from_value(serde_json::json!({
        "ID": id, "Name": format!("job-{job}.g[0]"), "Namespace": "default", "NodeID": node, "JobID": format!("job-{job}"),
        "JobType": "service", "TaskGroup": "g", "DesiredStatus": "run", "ClientStatus": "running",
        "DeploymentStatus": {"Healthy": true}, "CreateIndex": 1, "ModifyIndex": 1,
    }))
    .unwrap()
}

impl World {
    /// Groups given as (on the old node, elsewhere, floor).
    fn new(groups: &[(usize, usize, u64)]) -> Self {
        let mut world = World {
            allocs: Vec::new(),
            rules: BTreeMap::new(),
            tracked: BTreeSet::new(),
            asked: BTreeSet::new(),
            unplaced: BTreeMap::new(),
            serial: 0,
        };
        for (job, &(here, there, floor)) in groups.iter().enumerate() {
            let count = (here + there) as u64;
            world.rules.insert(key(job), Rule { count, floor: floor.min(count) });
            for i in 0..here + there {
                let node = if i < here { OLD } else { "new-node" };
                let id = world.fresh_id();
                world.allocs.push(alloc(&id, job, node));
                if i < here {
                    world.tracked.insert(id);
                }
            }
        }
        world
    }

    fn fresh_id(&mut self) -> String {
        self.serial += 1;
        format!("alloc-{:04}", self.serial)
    }

    fn situation(&self) -> Situation<'_> {
        Situation {
            node: OLD,
            tracked: &self.tracked,
            allocs: &self.allocs,
            rules: &self.rules,
            asked: &self.asked,
            unplaced: &self.unplaced,
        }
    }

    fn find(&mut self, id: &str) -> &mut AllocStub {
        self.allocs.iter_mut().find(|a| a.id == id).unwrap()
    }

    fn stop(&mut self, id: &str) {
        let replacement = self.fresh_id();
        let old = self.find(id);
        old.desired_status = DesiredStatus::Stop;
        old.desired_transition.migrate = Some(true);
        old.next_allocation.clone_from(&replacement);
        let mut new = old.clone();
        new.id = replacement;
        new.node_id = "new-node".into();
        new.desired_status = DesiredStatus::Run;
        new.desired_transition.migrate = None;
        new.next_allocation.clear();
        new.client_status = ClientStatus::Pending;
        new.deployment_status = None;
        self.allocs.push(new);
        self.asked.insert(id.to_owned());
    }

    /// Something moves on: an allocation told to stop ends, a pending one starts, a running one is found healthy.
    fn advance(&mut self, at: usize) {
        let possible: Vec<usize> = (0..self.allocs.len()).filter(|&i| self.can_advance(i)).collect();
        let Some(&i) = possible.get(at % possible.len().max(1)) else { return };
        let a = &mut self.allocs[i];
        match a.client_status {
            ClientStatus::Running if a.desired_status != DesiredStatus::Run => {
                a.client_status = ClientStatus::Complete;
            }
            ClientStatus::Pending => a.client_status = ClientStatus::Running,
            _ => a.deployment_status = serde_json::from_value(serde_json::json!({"Healthy": true})).unwrap(),
        }
    }

    fn can_advance(&self, i: usize) -> bool {
        let a = &self.allocs[i];
        match a.client_status {
            ClientStatus::Running => a.desired_status != DesiredStatus::Run || a.healthy().is_none(),
            ClientStatus::Pending => self
                .allocs
                .iter()
                .find(|p| p.next_allocation == a.id)
                .is_none_or(|p| p.client_status.is_terminal()),
            _ => false,
        }
    }

    fn available(&self, key: &GroupKey) -> u64 {
        group::available(self.allocs.iter().filter(|a| key.owns(a)))
    }
}

fn groups() -> impl Strategy<Value = Vec<(usize, usize, u64)>> {
    prop::collection::vec((0_usize..5, 0_usize..5, 0_u64..6), 1..4)
}

proptest! {
    /// Promise 3, for every order in which a cluster may move on, and with allocations that fail on their own.
    #[test]
    fn no_stop_takes_a_group_below_its_floor(
        groups in groups(),
        moves in prop::collection::vec((any::<bool>(), 0_usize..100, any::<bool>()), 0..120),
    ) {
        let mut world = World::new(&groups);
        for (look, at, crash) in moves {
            if crash && at % 17 == 0 {
                // An allocation elsewhere falls ill: nothing of its group may be stopped on top of that.
                let i = at % world.allocs.len().max(1);
                if let Some(a) = world.allocs.get_mut(i).filter(|a| a.node_id != OLD && !is_leaving(a)) {
                    a.deployment_status = serde_json::from_value(serde_json::json!({"Healthy": false})).unwrap();
                }
            }
            if look {
                if let Next::Stop(ids) = next(world.situation()) {
                    for id in ids {
                        let group = GroupKey::of(world.find(&id));
                        let before = world.available(&group);
                        world.stop(&id);
                        let (after, floor) = (world.available(&group), world.rules[&group].floor);
                        prop_assert!(after >= floor || after == before, "{group}: {before} -> {after}, floor {floor}");
                    }
                }
            } else {
                world.advance(at);
            }
        }
    }

    /// A node whose groups leave room to move is emptied, whatever the order of things.
    #[test]
    fn it_always_ends_where_there_is_room(groups in groups(), order in prop::collection::vec(0_usize..100, 400)) {
        let movable: Vec<_> = groups.into_iter().map(|(h, t, f)| (h, t, f.min(((h + t) as u64).saturating_sub(1)))).collect();
        let mut world = World::new(&movable);
        let mut order = order.into_iter().cycle();
        for _ in 0..400 {
            match next(world.situation()) {
                Next::Emptied => break,
                Next::Stop(ids) => ids.iter().for_each(|id| world.stop(id)),
                Next::Wait => world.advance(order.next().unwrap_or(0)),
                Next::Trouble(t) => prop_assert!(false, "{t:?}"),
            }
        }
        prop_assert_eq!(next(world.situation()), Next::Emptied);
        prop_assert!(world.allocs.iter().all(|a| a.node_id != OLD || a.client_status.is_terminal()));
    }
}

#[test]
fn groups_go_side_by_side_and_each_keeps_its_floor() {
    let world = World::new(&[(3, 0, 2), (2, 2, 2), (1, 0, 0)]);
    let Next::Stop(mut ids) = next(world.situation()) else { panic!("nothing to stop") };
    ids.sort();
    // One of three, two of four, and the single one whose floor was lowered to none.
    assert_eq!(ids.len(), 4);
}

#[test]
fn a_replacement_that_is_unhealthy_or_unplaced_stops_everything() {
    let mut world = World::new(&[(2, 1, 2)]);
    world.stop("alloc-0001");
    world.find("alloc-0004").client_status = ClientStatus::Running;
    world.find("alloc-0004").deployment_status =
        serde_json::from_value(serde_json::json!({"Healthy": false})).unwrap();
    assert!(
        matches!(next(world.situation()), Next::Trouble(t) if matches!(&t[0].1, Trouble::Unhealthy { replacement, .. } if replacement == "alloc-0004"))
    );

    let mut world = World::new(&[(2, 1, 2)]);
    world.find("alloc-0001").desired_status = DesiredStatus::Stop;
    world.unplaced.insert("alloc-0001".into(), "no room: memory on 3 nodes".into());
    assert!(
        matches!(next(world.situation()), Next::Trouble(t) if t[0].1 == Trouble::Unplaced("no room: memory on 3 nodes".into()))
    );
}

#[test]
fn a_second_replacement_that_is_well_makes_good_for_the_first() {
    let mut world = World::new(&[(1, 2, 2)]);
    world.stop("alloc-0001");
    world.find("alloc-0001").client_status = ClientStatus::Complete;
    world.find("alloc-0004").client_status = ClientStatus::Lost;
    world.find("alloc-0004").next_allocation = "alloc-0005".into();
    world.allocs.push(alloc("alloc-0005", 0, "third-node"));
    assert_eq!(next(world.situation()), Next::Emptied);
}

#[test]
fn a_job_that_was_stopped_or_shrunk_wants_no_replacement() {
    let mut world = World::new(&[(2, 2, 2)]);
    world.rules.get_mut(&key(0)).unwrap().count = 2;
    for id in ["alloc-0001", "alloc-0002"] {
        let a = world.find(id);
        (a.desired_status, a.client_status) = (DesiredStatus::Stop, ClientStatus::Complete);
    }
    assert_eq!(next(world.situation()), Next::Emptied);
}

#[test]
fn what_was_asked_to_stop_counts_as_gone_before_the_list_shows_it() {
    let mut world = World::new(&[(2, 1, 2)]);
    world.asked.insert("alloc-0001".into());
    assert_eq!(next(world.situation()), Next::Wait);
}

#[test]
fn an_unhealthy_allocation_may_leave_although_the_group_has_none_to_spare() {
    let mut world = World::new(&[(2, 2, 3)]);
    world.find("alloc-0002").deployment_status =
        serde_json::from_value(serde_json::json!({"Healthy": false})).unwrap();
    assert_eq!(next(world.situation()), Next::Stop(vec!["alloc-0002".into()]));
}
