//! Nodes that take no work since somebody closed them by `fleet` and was ended in the middle: they get back what they were before that.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::http::Http;
use crate::api::nomad::node::{Eligibility, NodeStub};
use crate::app::App;
use crate::error::Result;
use crate::model::words;
use crate::ops::rotate::given_up::closed_by;
use crate::ops::rotate::store::{self, Stored};

/// What nodes that take no work now were before others closed them, who were ended in the middle. Who that was is told, but of the
/// journal with this key.
///
/// # Errors
/// Any API fault.
pub(crate) async fn by_others(
    app: &App,
    nomad: &Http,
    key: &str,
    nodes: &[NodeStub],
) -> Result<BTreeMap<String, Eligibility>> {
    let mut before = BTreeMap::new();
    for other in store::left_unfinished(nomad, key).await? {
        let closed = closed_by(&other.state, nodes);
        if closed.is_empty() {
            continue;
        }
        app.printer.note(&told(&other, &closed));
        before.extend(closed.into_iter().map(|n| (n.id.clone(), Eligibility::Eligible)));
    }
    Ok(before)
}

/// The nodes that drains have closed which were ended in the middle, by id.
///
/// # Errors
/// Any API fault.
pub(crate) async fn by_drains(nomad: &Http, nodes: &[NodeStub]) -> Result<BTreeSet<String>> {
    let left = store::left_unfinished(nomad, "").await?;
    let drains = left.iter().filter(|other| other.holder.is_drain());
    Ok(drains.flat_map(|other| closed_by(&other.state, nodes)).map(|n| n.id.clone()).collect())
}

fn told(other: &Stored, closed: &[&NodeStub]) -> String {
    let names: Vec<&str> = closed.iter().map(|n| n.name.as_str()).collect();
    let takes = words::either(closed.len(), "takes", "take");
    let rotation = other.state.rotation.as_deref().unwrap_or_default();
    let what = match other.holder.what.starts_with("rotation ") {
        true => format!("rotation {rotation}"),
        false => format!("the {} ({rotation})", other.holder.what),
    };
    let by = format!("{}@{}", other.holder.user, other.holder.host);
    format!(
        "{} {takes} no work since {what} of {by}, which was left unfinished",
        words::first_few(&names, ", ")
    )
}
