//! The journal of a rotation on the cluster, from small ones to those that no variable holds, on the embedded fleet.

use std::collections::BTreeMap;

use fleet::api::http::Http;
use fleet::api::nomad::node::Eligibility;
use fleet::api::nomad::variable;
use fleet::api::permission::{Grant, Permission};
use fleet::exit_code::ExitCode;
use fleet::ops::migration::AllocRef;
use fleet::ops::migration::lock::Holder;
use fleet::ops::rotate::recorder::RecoveredState;
use fleet::ops::rotate::store::{self, Store};
use jiff::Timestamp;

use crate::e2e::on_sandbox::Simulated;

fn holder(host: &str) -> Holder {
    Holder { what: "rotation r-1".into(), host: host.into(), user: "u".into(), since: Timestamp::UNIX_EPOCH }
}

fn id(n: usize) -> String {
    // As random as the cluster's own, and the same in every run.
    let x = fastrand::Rng::with_seed(n as u64).u128(..);
    let hex = format!("{x:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A rotation of so many nodes, of which the first one is in hand.
fn state(nodes: usize) -> RecoveredState {
    let mut state = RecoveredState {
        rotation: Some("r-1".into()),
        owner: Some("0a".into()),
        last: Some(Timestamp::UNIX_EPOCH),
        ..RecoveredState::default()
    };
    for n in 0..nodes {
        state.was.insert(id(n), Eligibility::Eligible);
        state.marked.insert(id(n));
        state.rotated.extend((n > 0).then(|| (id(n), 12.5)));
    }
    let alloc = |i: usize| AllocRef {
        id: id(1_000_000 + i),
        name: format!("web.g[{i}]"),
        job: "web".into(),
        namespace: "default".into(),
    };
    state.emptied.insert(id(0), (0..10).map(alloc).collect());
    state
}

/// The paths of every variable of rotations.
async fn paths(nomad: &Http) -> Vec<String> {
    let found = nomad.list(&variable::list("fleet/rotation").namespace("default")).await.unwrap().value;
    found.into_iter().map(|meta| meta.path).collect()
}

fn written(state: &RecoveredState, read: &RecoveredState) -> bool {
    let text = |state: &RecoveredState| serde_json::to_string(state).unwrap();
    text(state) == text(read) && read.written_at.is_some()
}

#[test]
fn a_journal_is_kept_whole_whatever_its_size() {
    let simulated = Simulated::new(1.0);
    let (world, permission) = (&simulated.world, Permission::granted(Grant::Explicit));
    let nomad = world.api();
    world.wait_on(async {
        let mut journal = Store::new(&nomad, "k", 0);
        // It grows and shrinks: in one variable up to a thousand nodes, in several beyond.
        for (nodes, variables) in [(3, 1), (500, 1), (1_000, 1), (5_000, 6), (4_000, 5), (3, 1)] {
            let state = state(nodes);
            journal.save(&permission, &state, &holder("here")).await.unwrap();
            assert!(journal.is_kept(), "{nodes}: {:?}", journal.unkept());
            let stored = store::load(&nomad, "k").await.unwrap().unwrap();
            assert!(written(&state, &stored.state), "{nodes}");
            assert_eq!(stored.owner.as_deref(), Some("0a"));
            let all = paths(&nomad).await;
            assert!(all.len() <= variables && (all.len() > 1) == (variables > 1), "{nodes}: {all:?}");
            assert_eq!(store::all(&nomad).await.unwrap().len(), 1, "{nodes}");
        }
        journal.remove(&permission).await;
        assert!(paths(&nomad).await.is_empty());
    });
}

#[test]
fn whoever_dies_while_a_long_journal_is_written_leaves_the_one_before_and_the_next_clears_up() {
    let simulated = Simulated::new(1.0);
    let (world, permission) = (&simulated.world, Permission::granted(Grant::Explicit));
    let nomad = world.api();
    world.wait_on(async {
        let mut journal = Store::new(&nomad, "k", 0);
        let large = state(5_000);
        journal.save(&permission, &large, &holder("here")).await.unwrap();
        let before = paths(&nomad).await;
        // Pieces of a run that died before its journal named them.
        let left = "fleet/rotation-pieces/k/00000000deadbeef/0";
        let items = BTreeMap::from([("piece".to_owned(), "x".to_owned())]);
        nomad.write(&permission, &variable::put("default", left, &items, None)).await.unwrap();
        let stored = store::load(&nomad, "k").await.unwrap().unwrap();
        assert!(written(&large, &stored.state));
        // Another machine goes on with it: the first one finds out, and touches nothing of the other's.
        let mut other = Store::new(&nomad, "k", stored.index);
        let more = RecoveredState { last: Some(Timestamp::MAX), ..large.clone() };
        other.save(&permission, &more, &holder("there")).await.unwrap();
        let taken = journal.save(&permission, &state(4_999), &holder("here")).await.unwrap_err();
        assert_eq!(taken.code(), ExitCode::Refused);
        assert!(journal.is_taken());
        let stored = store::load(&nomad, "k").await.unwrap().unwrap();
        assert!(written(&more, &stored.state) && stored.holder.host == "there");
        // What nobody names any more is gone when the other one writes again.
        other.save(&permission, &large, &holder("there")).await.unwrap();
        let after = paths(&nomad).await;
        assert!(after.len() == before.len() && !after.iter().any(|path| path == left), "{after:?}");
        let stored = store::load(&nomad, "k").await.unwrap().unwrap();
        store::delete(&nomad, &permission, &stored).await.unwrap();
        assert!(paths(&nomad).await.is_empty());
    });
}
