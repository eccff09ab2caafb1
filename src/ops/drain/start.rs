//! Telling nodes to drain: side by side, each once, and read back when the reply was lost.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};

use crate::api::http::{Http, Patience};
use crate::api::nomad::node::{self, DrainStatus, Eligibility, LastDrain, Node};
use crate::api::permission::Permission;
use crate::api::settle::settle;
use crate::api::{Error as ApiError, Result as ApiResult};
use crate::ops::drain::options::Options;
use crate::ops::drain::target::{Action, Target};
use crate::ops::migration::META_WAS;

/// Writes on their way at once.
const WRITES_AT_ONCE: usize = 8;
/// Marks a drain as this one, so that it is recognised when the reply is lost.
const META_KEY: &str = "fleet.drain";

/// Whether a node takes no work because a drain of `fleet node drain` that has ended left it so. Its newest events tell whether
/// somebody decided about it since.
#[must_use]
pub fn is_left_by_a_drain(node: &Node) -> bool {
    let of_fleet = |d: &LastDrain| d.status == DrainStatus::Complete && d.meta.contains_key(META_KEY);
    let newest = node.events.iter().rev().find(|e| {
        e.message.starts_with("Node drain complete") || e.message.starts_with("Node marked as eligible")
    });
    node.drain_strategy.is_none()
        && node.scheduling_eligibility == Eligibility::Ineligible
        && node.last_drain.as_ref().is_some_and(of_fleet)
        && newest.is_some_and(|e| e.message.starts_with("Node drain complete"))
}

/// Tells every target that is to be written; how that went, in their order. `also` is written on their drains as well.
pub async fn start<'t>(
    nomad: &Http,
    permission: &Permission,
    targets: &'t [Target],
    options: Options,
    message: Option<&str>,
    also: &BTreeMap<String, String>,
) -> Vec<(&'t Target, Result<(), ApiError>)> {
    let mark = format!("{:016x}", fastrand::u64(..));
    let written: Vec<&Target> = targets.iter().filter(|t| t.is_written()).collect();
    let writes = stream::iter(written)
        .map(|target| {
            let meta = marks_of(target, message, &mark, also);
            let mark = mark.as_str();
            async move { (target, one(nomad, permission, target, options, (meta, mark)).await) }
        })
        .buffered(WRITES_AT_ONCE);
    writes.collect().await
}

/// What is written on the drain.
fn marks_of(
    target: &Target,
    message: Option<&str>,
    mark: &str,
    also: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    // A drain that goes on keeps what is written on it, and whose it is can still be told.
    let meta = match target.action {
        Action::Update { .. } => BTreeMap::new(),
        _ => BTreeMap::from([
            ("message".to_owned(), message.unwrap_or("fleet node drain").to_owned()),
            (META_KEY.to_owned(), mark.to_owned()),
        ])
        .into_iter()
        .chain(also.clone())
        .collect(),
    };
    match target.was_ineligible {
        true => meta.into_iter().chain([(META_WAS.to_owned(), "ineligible".to_owned())]).collect(),
        false => meta,
    }
}

async fn one(
    nomad: &Http,
    permission: &Permission,
    target: &Target,
    options: Options,
    (meta, mark): (BTreeMap<String, String>, &str),
) -> ApiResult<()> {
    let id = &target.node.id;
    let is_done = |now: &Node| match target.action {
        Action::Update { .. } => now.drain_strategy.as_ref().is_none_or(|s| options.is_like(s)),
        _ => now.last_drain.as_ref().is_some_and(|d| d.meta.get(META_KEY).is_some_and(|m| m == mark)),
    };
    let read_back = async || {
        let now = nomad.read(&node::get(id)).await?.value;
        Ok(is_done(&now).then_some(()))
    };
    let call = node::drain(id, options.spec(), &meta);
    settle(nomad, permission, &call, Patience::OPERATION, read_back).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_node_was_left_by_a_drain_unless_somebody_decided_about_it_since() {
        let node = |status: &str, key: &str, events: &[&str]| -> Node {
            let events: Vec<_> =
                events.iter().map(|text| json!({"Message": text, "Subsystem": "Drain"})).collect();
            serde_json::from_value(
                json!({"ID": "n1", "Name": "c1", "HTTPAddr": "10.0.0.1:4646", "Status": "ready",
                "SchedulingEligibility": "ineligible", "ModifyIndex": 1, "Events": events,
                "LastDrain": {"Status": status, "Meta": {key: "x"}}}),
            )
            .unwrap()
        };
        let (ended, opened) = ("Node drain complete", "Node marked as eligible for scheduling");
        assert!(is_left_by_a_drain(&node("complete", META_KEY, &[opened, ended])));
        assert!(!is_left_by_a_drain(&node("complete", META_KEY, &[ended, opened])), "it was closed by hand");
        assert!(!is_left_by_a_drain(&node("complete", "other", &[ended])));
        assert!(!is_left_by_a_drain(&node("canceled", META_KEY, &[ended])));
    }
}
