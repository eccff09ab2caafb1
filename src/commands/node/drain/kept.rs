//! What a drain of more nodes than may drain at once keeps on the cluster: nodes that wait their turn take no work, and whoever finds
//! them so has to know that they did before. It stands where the journals of rotations do, so that it is listed, shown and given up with
//! them.

use std::collections::BTreeMap;

use super::Args;
use crate::api::http::Http;
use crate::api::nomad::node::Eligibility;
use crate::api::permission::Permission;
use crate::app::App;
use crate::error::Result;
use crate::ops::drain::target::{Action, Target};
use crate::ops::journal;
use crate::ops::migration::NodeRef;
use crate::ops::migration::lock::Holder;
use crate::ops::rotate::plan::META_ROTATION;
use crate::ops::rotate::recorder::RecoveredState;
use crate::ops::rotate::store::{self, Store};

/// The journal of such a drain.
pub(super) struct Kept {
    /// Its name.
    pub(super) name: String,
    key: String,
    holder: Holder,
}

/// The same, as it is written.
pub(super) struct Journal<'p> {
    store: Store,
    state: RecoveredState,
    holder: Holder,
    permission: &'p Permission,
}

impl Kept {
    /// Of a drain of these nodes; none where all of them drain at once. It goes on with the one that an earlier run left.
    ///
    /// # Errors
    /// Any API fault.
    pub(super) async fn of(args: &Args, app: &App, nomad: &Http, targets: &[Target]) -> Result<Option<Self>> {
        if at_once(args, targets) >= targets.len() {
            return Ok(None);
        }
        let region = app.settings()?.nomad.region.as_ref().map_or("", |r| r.value.as_str());
        let key = journal::key(&["node-drain", region, &format!("{:?}", args.selection)]);
        let earlier = store::load(nomad, &key).await?.and_then(|stored| stored.state.rotation);
        let name = earlier.unwrap_or_else(|| format!("d-{:08x}", fastrand::u32(..)));
        let names: Vec<&str> = targets.iter().map(|t| t.node.name.as_str()).collect();
        Ok(Some(Kept { name, key, holder: Holder::of_drain(&names, app.env.user(), app.clock().now()) }))
    }

    /// Writes down what the nodes were, before any of them is closed.
    ///
    /// # Errors
    /// Refused (7) when another run of the same drain has written meanwhile; any API fault but a missing right.
    pub(super) async fn begin<'p>(
        self,
        app: &App,
        nomad: &Http,
        permission: &'p Permission,
        (targets, waiting): (&[Target], &[&NodeRef]),
    ) -> Result<Journal<'p>> {
        let index = store::load(nomad, &self.key).await?.map_or(0, |stored| stored.index);
        let was = |t: &Target| match t.was_ineligible {
            true => Eligibility::Ineligible,
            false => Eligibility::Eligible,
        };
        let drained = targets.iter().filter(|t| t.action == Action::Drain);
        let now = app.clock().now();
        let state = RecoveredState {
            rotation: Some(self.name),
            begun: Some(now),
            last: Some(now),
            was: drained.map(|t| (t.node.id.clone(), was(t))).collect(),
            marked: waiting.iter().map(|n| n.id.clone()).collect(),
            ..RecoveredState::default()
        };
        let store = Store::new(nomad, &self.key, index);
        let mut journal = Journal { store, state, holder: self.holder, permission };
        journal.save().await?;
        if let Some(why) = journal.store.unkept() {
            app.printer
                .warn(&format!("if this run is killed, nobody knows that nodes took work before it: {why}"));
        }
        Ok(journal)
    }
}

impl Journal<'_> {
    /// What is written on each of its drains, so that it is told from those of others.
    pub(super) fn marks(&self) -> BTreeMap<String, String> {
        self.state.rotation.iter().map(|name| (META_ROTATION.to_owned(), name.clone())).collect()
    }

    /// Notes nodes of which the drain ended well.
    ///
    /// # Errors
    /// Any API fault.
    pub(super) async fn note_drained(
        &mut self,
        app: &App,
        nodes: impl Iterator<Item = &NodeRef>,
    ) -> Result<()> {
        let now = app.clock().now();
        let took = self.state.begun.map_or(0.0, |begun| now.duration_since(begun).as_secs_f64());
        self.state.rotated.extend(nodes.map(|n| (n.id.clone(), took)));
        self.state.last = Some(now);
        self.save().await
    }

    /// Forgets it: everything was drained, or given back.
    pub(super) async fn end(mut self) {
        self.store.remove(self.permission).await;
    }

    async fn save(&mut self) -> Result<()> {
        self.store.save(self.permission, &self.state, &self.holder).await
    }
}

/// How many of them drain at once.
pub(super) fn at_once(args: &Args, targets: &[Target]) -> usize {
    args.max_parallel.map_or(targets.len(), |n| n.of(targets.len())).max(1)
}
