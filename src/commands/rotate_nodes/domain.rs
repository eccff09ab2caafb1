//! What nodes have in common, as `--by` says it of failure domains, and `--to` of those that take work.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::api::http::Http;
use crate::api::nomad::node::{self, Node, NodeStub};
use crate::error::{Error, Result};

/// Nodes read side by side.
const READS_AT_ONCE: usize = 16;

/// What nodes have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Domain {
    Datacenter,
    Class,
    Pool,
    Meta(String),
    Attribute(String),
}

/// How they are written.
pub(super) const EXPECTED: &str = "meta.KEY, attr.KEY, datacenter, class or pool";

impl Domain {
    /// Reads `meta.rack`, `attr.KEY`, `datacenter`, `class` or `pool`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match (text, text.split_once('.')) {
            ("datacenter", _) => Ok(Domain::Datacenter),
            ("class", _) => Ok(Domain::Class),
            ("pool", _) => Ok(Domain::Pool),
            (_, Some(("meta", key))) if !key.is_empty() => Ok(Domain::Meta(key.to_owned())),
            (_, Some(("attr", key))) if !key.is_empty() => Ok(Domain::Attribute(key.to_owned())),
            _ => Err(format!("expected {EXPECTED}")),
        }
    }

    /// The domain of each node, by its id. Metadata and attributes stand in no list, so each node is read.
    ///
    /// # Errors
    /// Not found (3) when a node lacks what tells domains apart: it could be in any.
    pub(super) async fn of_nodes(
        &self,
        nomad: &Http,
        nodes: &[NodeStub],
    ) -> Result<BTreeMap<String, String>> {
        let value = |stub: &NodeStub, full: Option<&Node>| match self {
            Domain::Datacenter => Some(stub.datacenter.clone()),
            Domain::Class => Some(stub.node_class.clone()),
            Domain::Pool => Some(stub.node_pool.clone()),
            Domain::Meta(key) => full?.meta.get(key).cloned(),
            Domain::Attribute(key) => full?.attributes.get(key).cloned(),
        };
        let in_full = matches!(self, Domain::Meta(_) | Domain::Attribute(_));
        let full: Vec<Option<Node>> = stream::iter(nodes)
            .map(|n| async move {
                if !in_full {
                    return Ok::<_, Error>(None);
                }
                Ok(Some(nomad.read(&node::get(&n.id)).await?.value))
            })
            .buffered(READS_AT_ONCE)
            .try_collect()
            .await?;
        let mut domains = BTreeMap::new();
        for (stub, full) in nodes.iter().zip(&full) {
            let Some(domain) = value(stub, full.as_ref()) else {
                return Err(Error::not_found(format!(
                    "node {} has no {self}, so its failure domain is not known",
                    stub.name
                )));
            };
            domains.insert(stub.id.clone(), domain);
        }
        Ok(domains)
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Domain::Datacenter => f.write_str("datacenter"),
            Domain::Class => f.write_str("class"),
            Domain::Pool => f.write_str("pool"),
            Domain::Meta(key) => write!(f, "meta.{key}"),
            Domain::Attribute(key) => write!(f, "attr.{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_what_was_written() {
        for text in ["meta.rack", "attr.platform.aws.placement.zone", "datacenter", "class", "pool"] {
            assert_eq!(Domain::parse(text).unwrap().to_string(), text);
        }
        for bad in ["", "rack", "meta.", "attr", "meta"] {
            assert!(Domain::parse(bad).is_err(), "{bad}");
        }
    }
}
