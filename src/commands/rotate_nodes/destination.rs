//! The nodes that take over what moves, as `--to` says it.

use super::domain::{Domain, EXPECTED};
use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};

/// One condition: a name, or what the nodes have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Name(String),
    Of(Domain, String),
}

impl Destination {
    /// Reads `class=new`, `pool=web`, `datacenter=dc2`, `meta.rack=r2`, `attr.KEY=VALUE`, or the name of a node.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((domain, value)) => match Domain::parse(domain) {
                Ok(domain) => Ok(Destination::Of(domain, value.to_owned())),
                Err(_) => Err(format!("expected a node, or {EXPECTED} before the =")),
            },
            None if text.is_empty() => Err("expected nodes".to_owned()),
            None => Ok(Destination::Name(text.to_owned())),
        }
    }
}

/// The nodes that fit: any of the values of one kind, and all kinds.
pub(super) fn selection(all: &[Destination]) -> NodeSelection {
    let mut wanted = NodeSelection::default();
    for one in all.iter().cloned() {
        match one {
            Destination::Name(name) => wanted.nodes.push(name),
            Destination::Of(Domain::Class, value) => wanted.class.push(value),
            Destination::Of(Domain::Pool, value) => wanted.pool.push(value),
            Destination::Of(Domain::Datacenter, value) => wanted.datacenter.push(value),
            Destination::Of(Domain::Meta(key), value) => wanted.meta.push((key, value)),
            Destination::Of(Domain::Attribute(key), value) => wanted.attr.push((key, value)),
        }
    }
    wanted
}

/// The nodes that fit and are not emptied themselves.
///
/// # Errors
/// Not found (3) when there is none; any API fault.
pub(super) async fn resolve(
    nomad: &Http,
    all: &[Destination],
    selected: &[NodeStub],
) -> Result<Vec<NodeStub>> {
    let wanted = selection(all);
    let mut nodes = wanted.resolve(nomad, false).await?;
    nodes.retain(|n| !selected.iter().any(|s| s.id == n.id));
    if nodes.is_empty() {
        let hint = format!("fleet node list {}", wanted.words());
        let error = Error::not_found("no node fits --to, other than those that are to be emptied").hint(hint);
        return Err(error);
    }
    Ok(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_named_or_told_by_what_they_have_in_common() {
        let words = |text: &[&str]| {
            let all: Vec<_> = text.iter().map(|t| Destination::parse(t).unwrap()).collect();
            selection(&all).words()
        };
        assert_eq!(words(&["c7", "worker-b*"]), "c7 'worker-b*'");
        assert_eq!(words(&["class=new", "class=newer", "pool=web"]), "--class new --class newer --pool web");
        assert_eq!(
            words(&["meta.rack=r=2", "attr.kernel.name=linux"]),
            "--meta rack=r=2 --attr kernel.name=linux"
        );
        for bad in ["", "rack=r2", "=x", "meta.=x", "attr=x"] {
            assert!(Destination::parse(bad).is_err(), "{bad}");
        }
    }
}
