//! The nodes that take over what moves, as `--to` says it.

use crate::api::http::Http;
use crate::api::nomad::node::NodeStub;
use crate::commands::shared::node_selection::NodeSelection;
use crate::error::{Error, Result};

/// One condition: a name, or what the nodes have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    Name(String),
    Class(String),
    Pool(String),
    Datacenter(String),
    Meta(String, String),
    Attribute(String, String),
}

impl Destination {
    /// Reads `class=new`, `pool=web`, `datacenter=dc2`, `meta.rack=r2`, `attr.KEY=VALUE`, or the name of a node.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some((key, value)) = text.split_once('=') else {
            return match text {
                "" => Err("expected nodes".to_owned()),
                name => Ok(Destination::Name(name.to_owned())),
            };
        };
        let (value, expected) =
            (value.to_owned(), "meta.KEY, attr.KEY, datacenter, class or pool before the =");
        match (key, key.split_once('.')) {
            ("class", _) => Ok(Destination::Class(value)),
            ("pool", _) => Ok(Destination::Pool(value)),
            ("datacenter", _) => Ok(Destination::Datacenter(value)),
            (_, Some(("meta", key))) if !key.is_empty() => Ok(Destination::Meta(key.to_owned(), value)),
            (_, Some(("attr", key))) if !key.is_empty() => Ok(Destination::Attribute(key.to_owned(), value)),
            _ => Err(format!("expected a node, or {expected}")),
        }
    }
}

/// The nodes that fit: any of the values of one kind, and all kinds.
pub(super) fn selection(all: &[Destination]) -> NodeSelection {
    let mut wanted = NodeSelection::default();
    for one in all.iter().cloned() {
        match one {
            Destination::Name(name) => wanted.nodes.push(name),
            Destination::Class(value) => wanted.class.push(value),
            Destination::Pool(value) => wanted.pool.push(value),
            Destination::Datacenter(value) => wanted.datacenter.push(value),
            Destination::Meta(key, value) => wanted.meta.push((key, value)),
            Destination::Attribute(key, value) => wanted.attr.push((key, value)),
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
