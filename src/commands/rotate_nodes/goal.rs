//! What a rotation is to reach, from the draft that was agreed to.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::http::Http;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::app::App;
use crate::error::Result;
use crate::model::redaction::command_line;
use crate::ops::migration::alloc_ref;
use crate::ops::migration::lock::Holder;
use crate::ops::rotate::Goal;
use crate::ops::rotate::decide::GoalNode;
use crate::ops::rotate::event::Purpose;
use crate::ops::rotate::history::History;
use crate::ops::rotate::plan;
use crate::ops::rotate::store::Store;

use super::draft::Draft;
use super::request::RotationRequest;

impl RotationRequest {
    pub(super) async fn goal(
        &self,
        app: &App,
        nomad: &Http,
        (name, key, store): (String, String, Store),
        draft: &Draft,
        selected: &[NodeStub],
    ) -> Result<Goal> {
        let domains = match &self.by {
            Some(by) => by.of_nodes(nomad, selected).await?,
            None => BTreeMap::new(),
        };
        let node = |n: &plan::NodePlan| GoalNode {
            node: n.node.clone(),
            domain: domains.get(&n.node.id).cloned(),
            share: None,
        };
        let leaving = |n: &plan::NodePlan| (n.node.id.clone(), n.leaving.iter().map(alloc_ref).collect());
        let nodes = &draft.plan.nodes;
        let aside = draft.plan.aside.iter().map(|n| (n.id.clone(), Eligibility::Eligible));
        let now = app.clock().now();
        Ok(Goal {
            holder: Holder::here(format!("rotation {name}"), app.env.user(), now),
            name,
            purpose: Purpose::Rotation,
            key,
            options: draft.options.clone(),
            strategy: draft.plan.strategy,
            nodes: nodes.iter().map(node).collect(),
            selected: selected.to_vec(),
            was: nodes.iter().map(|n| (n.node.id.clone(), n.was)).chain(aside).collect(),
            aside: draft.plan.aside.clone(),
            leaving: nodes.iter().map(leaving).collect(),
            done: nodes.iter().filter(|n| n.done).map(|n| n.node.id.clone()).collect(),
            idle: draft.idle.clone(),
            index: draft.index,
            deadline: draft.options.timeout.map(|t| now + t),
            store,
            history: History::new(nomad, 0),
            foreseen: draft.foreseen(),
            command_line: Vec::new(),
            dead: BTreeSet::new(),
        })
    }
}

/// The words by which any machine can go on, without the addresses of notices, which are often secrets, and with what else is one
/// hidden: with such words nobody can go on.
pub(super) fn to_write_down(words: Vec<String>) -> Vec<String> {
    let mut kept = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.split_once('=').map_or(word.as_str(), |(name, _)| name) {
            "--notify-url" if word.contains('=') => {}
            "--notify-url" => drop(words.next()),
            _ => kept.push(word),
        }
    }
    command_line::hide(&kept)
}
