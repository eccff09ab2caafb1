//! Text with places for what is known of a node, such as `ops@{name}.example.com`.

use crate::api::nomad::node::Node;
use crate::model::node_address::host_of;

/// What stands between braces.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Address,
    Name,
    Id,
    Datacenter,
    Pool,
    Class,
    Meta(String),
    Attribute(String),
}

/// Text with places in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeTemplate {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(Place),
}

impl Place {
    fn parse(word: &str) -> Option<Self> {
        Some(match (word, word.split_once('.')) {
            ("address", _) => Place::Address,
            ("name", _) => Place::Name,
            ("id", _) => Place::Id,
            ("datacenter", _) => Place::Datacenter,
            ("pool", _) => Place::Pool,
            ("class", _) => Place::Class,
            (_, Some(("meta", key))) if !key.is_empty() => Place::Meta(key.to_owned()),
            (_, Some(("attr", key))) if !key.is_empty() => Place::Attribute(key.to_owned()),
            _ => return None,
        })
    }

    fn of(&self, node: &Node) -> Result<String, String> {
        let known = |value: Option<&String>, what: &str, key: &str| {
            value.cloned().ok_or_else(|| format!("node {} has no {what}.{key}", node.name))
        };
        match self {
            Place::Address => Ok(host_of(&node.http_addr)),
            Place::Name => Ok(node.name.clone()),
            Place::Id => Ok(node.id.clone()),
            Place::Datacenter => Ok(node.datacenter.clone()),
            Place::Pool => Ok(node.node_pool.clone()),
            Place::Class => Ok(node.node_class.clone()),
            Place::Meta(key) => known(node.meta.get(key), "meta", key),
            Place::Attribute(key) => known(node.attributes.get(key), "attr", key),
        }
    }
}

impl NodeTemplate {
    /// Reads `{address}`, `{name}`, `{id}`, `{datacenter}`, `{pool}`, `{class}`, `{meta.KEY}` and `{attr.KEY}`; everything else is text.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let (word, behind) =
                after.split_once('}').ok_or_else(|| format!("a brace is open in {text:?}"))?;
            let place = Place::parse(word).ok_or_else(|| {
                format!("{{{word}}} is not known: address, name, id, datacenter, pool, class, meta.KEY and attr.KEY are")
            })?;
            pieces.push(Piece::Place(place));
            rest = behind;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        if !pieces.iter().any(|p| matches!(p, Piece::Place(_))) {
            return Err(format!(
                "{text:?} names the same host for every node; {{address}} or {{name}} tells them apart"
            ));
        }
        Ok(NodeTemplate { text: text.to_owned(), pieces })
    }

    /// The text for a node.
    ///
    /// # Errors
    /// What the node lacks.
    pub fn fill(&self, node: &Node) -> Result<String, String> {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => Ok(text.clone()),
            Piece::Place(place) => place.of(node),
        };
        self.pieces.iter().map(piece).collect()
    }
}

impl std::fmt::Display for NodeTemplate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_filled_with_what_the_node_says_of_itself() {
        let node: Node = serde_json::from_value(serde_json::json!({
            "ID": "1-2", "Name": "c1", "HTTPAddr": "[fd00::1]:4646", "Datacenter": "dc1", "NodePool": "web", "NodeClass": "old",
            "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 1,
            "Meta": {"ssh": "10.0.0.7"}, "Attributes": {"unique.hostname": "host7"},
        }))
        .unwrap();
        let fill = |text: &str| NodeTemplate::parse(text).unwrap().fill(&node);
        for (text, filled) in [
            ("{address}", "fd00::1"),
            ("ops@{name}.{datacenter}.example.com", "ops@c1.dc1.example.com"),
            ("{id} {pool} {class}", "1-2 web old"),
            ("{meta.ssh}", "10.0.0.7"),
            ("root@{attr.unique.hostname}", "root@host7"),
        ] {
            assert_eq!(fill(text).as_deref(), Ok(filled), "{text}");
        }
        assert_eq!(fill("{meta.gone}"), Err("node c1 has no meta.gone".to_owned()));
        for bad in ["", "host7", "{", "{host}", "{meta.}", "x{name"] {
            assert!(NodeTemplate::parse(bad).is_err(), "{bad}");
        }
    }
}
