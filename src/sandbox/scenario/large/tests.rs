use std::collections::{BTreeMap, BTreeSet};

use crate::api::nomad::allocation::{ClientStatus, DesiredStatus};
use crate::api::nomad::deployment::DeploymentStatus;
use crate::api::nomad::evaluation::EvalStatus;
use crate::api::nomad::node::NodeStatus;
use crate::sandbox::id::Id;
use crate::sandbox::jobspec;
use crate::sandbox::moment::Moment;
use crate::sandbox::placement::Occupancy;
use crate::sandbox::scenario::large::fleet::PARTS;
use crate::sandbox::scenario::{Scenario, Secrets};
use crate::sandbox::state::index::Table;
use crate::sandbox::state::summary::GroupCounts;
use crate::sandbox::world::World;

fn built() -> World {
    let now = Moment::from_nanos(1_767_603_600_000_000_000);
    let nomad = Id::random(&mut fastrand::Rng::with_seed(2));
    Scenario::Large.build(now, 1, Secrets { nomad, consul: None })
}

/// One world for all that is asked of it: it takes a while to build without optimisation.
#[test]
fn the_large_fleet_is_consistent_and_in_trouble() {
    let world = built();
    its_size(&world);
    indexes_agree_with_rows(&world);
    summaries_and_rooms_agree_with_allocations(&world);
    deployments_agree_with_allocations(&world);
    nothing_is_where_it_may_not_be(&world);
    trouble_is_there(&world);
}

fn its_size(world: &World) {
    let state = &world.state;
    assert_eq!(state.nodes().count(), PARTS.iter().map(|p| p.nodes).sum::<usize>());
    let wanted = state.allocs().by_id().filter(|a| a.desired == DesiredStatus::Run).count();
    assert!((49_900..50_200).contains(&wanted), "{wanted} allocations");
    let namespaces: BTreeSet<_> = state.allocs().by_id().map(|a| a.job_key().namespace.to_string()).collect();
    assert_eq!(namespaces, ["data", "default", "platform", "shop"].map(str::to_owned).into());
}

fn indexes_agree_with_rows(world: &World) {
    let state = &world.state;
    let highest = |indexes: &mut dyn Iterator<Item = u64>| indexes.max().unwrap();
    for (table, rows) in [
        (Table::Nodes, highest(&mut state.nodes().map(|n| n.modify_index))),
        (Table::Jobs, highest(&mut state.jobs().map(|j| j.modify_index))),
        (Table::Allocs, highest(&mut state.allocs().by_id().map(|a| a.modify_index))),
        (Table::Evals, highest(&mut state.evals().by_id().map(|e| e.modify_index))),
        (Table::Deployments, highest(&mut state.deployments().by_id().map(|d| d.modify_index))),
    ] {
        let index = state.indexes.table(table);
        assert!(
            rows <= index && index <= state.indexes.latest(),
            "{table:?}: rows to {rows}, table at {index}"
        );
    }
    for alloc in state.allocs().by_id() {
        let (created, servers, last) = (alloc.create_index, alloc.alloc_modify_index, alloc.modify_index);
        assert!(0 < created && created <= servers && servers <= last, "{}", alloc.name);
        assert!(state.job(alloc.job_key()).is_some_and(|job| job.create_index <= created), "{}", alloc.name);
        let eval = state.eval(alloc.eval_id).unwrap();
        assert_eq!(eval.job, *alloc.job_key());
    }
}

fn summaries_and_rooms_agree_with_allocations(world: &World) {
    let state = &world.state;
    let mut counts: BTreeMap<_, GroupCounts> = BTreeMap::new();
    let mut rooms: BTreeMap<Id, Occupancy> = BTreeMap::new();
    for alloc in state.allocs().by_id() {
        let group = counts.entry((alloc.job_key().clone(), alloc.group.to_string())).or_default();
        group.moved(None, ClientStatus::Pending);
        if alloc.client != ClientStatus::Pending {
            group.moved(Some(ClientStatus::Pending), alloc.client);
        }
        let room = rooms.entry(alloc.node_id).or_default();
        if !alloc.client_terminal() {
            room.add(&alloc.footprint());
        }
    }
    for job in state.jobs() {
        let summary = state.summary(job.key()).unwrap();
        for (group, counted) in &summary.summary {
            let real = counts.get(&(job.key().clone(), group.clone())).copied().unwrap_or_default();
            let counted = GroupCounts { queued: 0, ..*counted };
            assert_eq!(counted, GroupCounts { queued: 0, ..real }, "{job:?} {group}");
        }
    }
    for node in state.nodes() {
        let (kept, real) = (state.occupancy(node.id).unwrap(), &rooms[&node.id]);
        assert_eq!((kept.used(), kept.allocs()), (real.used(), real.allocs()), "{}", node.name);
        let (used, all) = (kept.used(), node.machine.capacity);
        assert!(used.cpu <= all.cpu && used.memory <= all.memory && used.disk <= all.disk, "{}", node.name);
    }
}

fn deployments_agree_with_allocations(world: &World) {
    let state = &world.state;
    for deployment in state.deployments().by_id() {
        let group = &deployment.groups["app"];
        let placed = state.allocs_of_deployment(deployment).count();
        let healthy = state.allocs_of_deployment(deployment).filter(|a| a.healthy() == Some(true)).count();
        // A replacement after the deployment does not belong to it, one that left keeps its count.
        assert_eq!(group.placed_allocs, u64::try_from(placed).unwrap(), "{deployment:?}");
        assert_eq!(group.healthy_allocs, u64::try_from(healthy).unwrap(), "{deployment:?}");
        let job = state.version(&deployment.job, deployment.job_version).unwrap();
        let succeeded = deployment.status == DeploymentStatus::Successful;
        assert_eq!(job.stable, succeeded, "{job:?}");
    }
}

fn nothing_is_where_it_may_not_be(world: &World) {
    for alloc in world.state.allocs().by_id() {
        let (node, job) = (world.state.node(alloc.node_id).unwrap(), &alloc.job.spec.typed);
        assert!(
            job.node_pool == "all" || node.machine.pool == job.node_pool,
            "{} on {}",
            alloc.name,
            node.name
        );
        let at_home = job.datacenters.iter().any(|dc| dc == "*" || *dc == node.machine.datacenter);
        assert!(at_home, "{} on {}, not in {:?}", alloc.name, node.name, job.datacenters);
    }
    for job in world.state.jobs().step_by(40) {
        let submission = world.state.catalog.submission(job.key(), job.version).unwrap();
        let parsed = jobspec::parse(&submission.source, &submission.variables).unwrap();
        let stored = jobspec::stored(&jobspec::canonicalize(jobspec::decode(&parsed).unwrap()));
        assert_eq!(jobspec::errors(&stored), [] as [String; 0], "{job:?}");
    }
}

fn trouble_is_there(world: &World) {
    let state = &world.state;
    assert_eq!(state.nodes().filter(|n| n.status == NodeStatus::Down).count(), 12);
    assert_eq!(state.nodes().filter(|n| n.drain.is_some()).count(), 4);
    assert_eq!(state.nodes().filter(|n| !n.eligible && n.drain.is_none()).count(), 15);
    assert!(state.allocs().by_id().any(|a| a.client == ClientStatus::Failed));
    assert!(state.allocs().by_id().any(|a| a.client == ClientStatus::Lost));
    let blocked = state.evals().by_id().filter(|e| e.status == EvalStatus::Blocked);
    assert_eq!(blocked.map(|e| &*e.job.id).collect::<Vec<_>>(), ["warehouse"]);
    let status = |status| {
        let of = state.deployments().by_id().filter(move |d| d.status == status);
        of.map(|d| d.job.id.to_string()).collect::<BTreeSet<_>>()
    };
    assert_eq!(status(DeploymentStatus::Failed), ["recommend".to_owned()].into());
    assert!(status(DeploymentStatus::Running).contains("pricing"));
}
