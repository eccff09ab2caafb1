//! Which nodes are meant: by name, pattern or id, and by what they are.

use std::fmt::Write as _;

use globset::GlobMatcher;

use crate::api::nomad::node::NodeStub;
use crate::api::nomad::quoted;
use crate::model::ids::IdPrefix;
use crate::model::suggest;

/// What nodes must be like. Values of one kind are alternatives, kinds must all hold; `*` and `?` are wildcards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeTraits {
    /// Node classes.
    pub classes: Vec<String>,
    /// Node pools.
    pub pools: Vec<String>,
    /// Datacenters.
    pub datacenters: Vec<String>,
    /// Metadata as (key, value).
    pub meta: Vec<(String, String)>,
    /// Attributes as (key, value).
    pub attributes: Vec<(String, String)>,
    /// Versions of the Nomad agent.
    pub versions: Vec<String>,
    /// Nomad's own filter expression.
    pub filter: Option<String>,
}

impl NodeTraits {
    /// The filter expression that selects such nodes on the server; none when nothing is demanded.
    #[must_use]
    pub fn expression(&self) -> Option<String> {
        let mut all = Expression::default()
            .one_of("NodeClass", &self.classes)
            .one_of("NodePool", &self.pools)
            .one_of("Datacenter", &self.datacenters)
            .one_of("Attributes[\"nomad.version\"]", &self.versions);
        for (map, pairs) in [("Meta", &self.meta), ("Attributes", &self.attributes)] {
            for (key, value) in pairs {
                all = all.and(Some(equals(&format!("{map}[{}]", quoted(key)), value)));
            }
        }
        all.and_also(self.filter.as_deref()).text()
    }
}

/// A filter expression whose parts must all hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expression {
    parts: Vec<String>,
}

impl Expression {
    /// Demands one of these values, wildcards allowed; no values demand nothing.
    #[must_use]
    pub fn one_of(self, selector: &str, values: &[String]) -> Self {
        let any: Vec<String> = values.iter().map(|v| equals(selector, v)).collect();
        self.and((!any.is_empty()).then(|| format!("({})", any.join(" or "))))
    }

    /// Demands one of these nodes, given by name, pattern of names or beginning of the id; none demand nothing.
    #[must_use]
    pub fn on_nodes(self, nodes: &[String]) -> Self {
        let one = |text: &String| match IdPrefix::parse(text) {
            Some(prefix) => {
                format!("{} or NodeID matches {}", equals("NodeName", text), quoted(&format!("^{prefix}")))
            }
            None => equals("NodeName", text),
        };
        let any: Vec<String> = nodes.iter().map(one).collect();
        self.and((!any.is_empty()).then(|| format!("({})", any.join(" or "))))
    }

    /// Demands this as well.
    #[must_use]
    pub fn and(mut self, part: Option<String>) -> Self {
        self.parts.extend(part);
        self
    }

    /// Demands what an operator wrote as well.
    #[must_use]
    pub fn and_also(self, filter: Option<&str>) -> Self {
        self.and(filter.map(|f| format!("({f})")))
    }

    /// The expression; none when nothing is demanded.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        (!self.parts.is_empty()).then(|| self.parts.join(" and "))
    }
}

/// Equality, or a match when the value has wildcards.
fn equals(selector: &str, value: &str) -> String {
    if !value.contains(['*', '?']) {
        return format!("{selector} == {}", quoted(value));
    }
    let mut pattern = String::from("^");
    for c in value.chars() {
        match c {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push('.'),
            c => drop(write!(pattern, "{}", regex::escape(&c.to_string()))),
        }
    }
    pattern.push('$');
    format!("{selector} matches {}", quoted(&pattern))
}

/// A node as it was named on the command line.
#[derive(Debug, Clone)]
pub enum NodeName {
    /// A name, or the beginning of an id.
    Exact(String),
    /// A pattern of names.
    Pattern(String, GlobMatcher),
}

impl NodeName {
    /// Reads a name, an id prefix or a pattern.
    ///
    /// # Errors
    /// When it is a pattern that makes no sense.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !text.contains(['*', '?', '[', '{']) {
            return Ok(NodeName::Exact(text.to_owned()));
        }
        let glob = globset::Glob::new(text).map_err(|e| e.to_string())?;
        Ok(NodeName::Pattern(text.to_owned(), glob.compile_matcher()))
    }
}

/// Why a name selected no node, or several.
#[derive(Debug, Clone, PartialEq)]
pub enum SelectionError {
    /// No node is called so; perhaps this one was meant.
    Unknown(String, Option<String>),
    /// Several nodes are called so.
    Ambiguous(String, Vec<NodeStub>),
}

/// The nodes that were named, each once, in the order of `nodes`; all of them when none was named.
///
/// # Errors
/// When a name fits no node, or a name or id prefix fits several.
pub fn pick(nodes: Vec<NodeStub>, names: &[NodeName]) -> Result<Vec<NodeStub>, SelectionError> {
    if names.is_empty() {
        return Ok(nodes);
    }
    let mut picked = vec![false; nodes.len()];
    for name in names {
        for i in positions(&nodes, name)? {
            picked[i] = true;
        }
    }
    Ok(nodes.into_iter().zip(picked).filter(|(_, is)| *is).map(|(node, _)| node).collect())
}

fn positions(nodes: &[NodeStub], name: &NodeName) -> Result<Vec<usize>, SelectionError> {
    let all = |test: &dyn Fn(&NodeStub) -> bool| -> Vec<usize> {
        nodes.iter().enumerate().filter(|(_, n)| test(n)).map(|(i, _)| i).collect()
    };
    let (text, found) = match name {
        NodeName::Pattern(text, glob) => (text, all(&|n| glob.is_match(&n.name))),
        NodeName::Exact(text) => {
            let by_name = all(&|n| n.name == *text);
            let prefix = IdPrefix::parse(text);
            // A name beats an id that happens to begin like it.
            let found = if by_name.is_empty() {
                all(&|n| prefix.as_ref().is_some_and(|p| p.matches(&n.id)))
            } else {
                by_name
            };
            if found.len() > 1 {
                let candidates = found.iter().map(|&i| nodes[i].clone()).collect();
                return Err(SelectionError::Ambiguous(text.clone(), candidates));
            }
            (text, found)
        }
    };
    if found.is_empty() {
        let near = suggest::nearest(text, nodes.iter().map(|n| n.name.as_str())).map(str::to_owned);
        return Err(SelectionError::Unknown(text.clone(), near));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, name: &str) -> NodeStub {
        serde_json::from_value(serde_json::json!({
            "ID": id, "Name": name, "SchedulingEligibility": "eligible", "Status": "ready", "ModifyIndex": 1,
        }))
        .unwrap()
    }

    fn fleet() -> Vec<NodeStub> {
        vec![
            node("aa11aaaa-0000-0000-0000-000000000000", "c1"),
            node("aa12aaaa-0000-0000-0000-000000000000", "c2"),
            node("c1c1aaaa-0000-0000-0000-000000000000", "db-1"),
            node("ffffaaaa-0000-0000-0000-000000000000", "twin"),
            node("eeeeaaaa-0000-0000-0000-000000000000", "twin"),
        ]
    }

    fn picked(names: &[&str]) -> Result<Vec<String>, SelectionError> {
        let names: Vec<NodeName> = names.iter().map(|n| NodeName::parse(n).unwrap()).collect();
        Ok(pick(fleet(), &names)?.into_iter().map(|n| n.name).collect())
    }

    #[test]
    fn names_patterns_and_odd_id_prefixes_select() {
        assert_eq!(picked(&["c2", "c1"]).unwrap(), ["c1", "c2"]);
        assert_eq!(picked(&["c*", "db-?"]).unwrap(), ["c1", "c2", "db-1"]);
        assert_eq!(picked(&["aa11a"]).unwrap(), ["c1"]);
        assert_eq!(picked(&[]).unwrap().len(), 5);
        // "c1" is both a name and the beginning of an id: the name is meant.
        assert_eq!(picked(&["c1"]).unwrap(), ["c1"]);
    }

    #[test]
    fn what_is_unclear_is_not_guessed() {
        assert_eq!(picked(&["db1"]).unwrap_err(), SelectionError::Unknown("db1".into(), Some("db-1".into())));
        assert!(
            matches!(picked(&["aa1"]).unwrap_err(), SelectionError::Ambiguous(text, c) if text == "aa1" && c.len() == 2)
        );
        assert!(matches!(picked(&["twin"]).unwrap_err(), SelectionError::Ambiguous(_, c) if c.len() == 2));
        assert!(matches!(picked(&["x*"]).unwrap_err(), SelectionError::Unknown(..)));
    }

    #[test]
    fn traits_become_one_expression() {
        let traits = NodeTraits {
            classes: vec!["old".into(), "legacy-*".into()],
            meta: vec![("rack.id".into(), "r\"1".into())],
            versions: vec!["1.9.0".into()],
            filter: Some("Drain == false".into()),
            ..NodeTraits::default()
        };
        insta::assert_snapshot!(traits.expression().unwrap(), @r#"(NodeClass == "old" or NodeClass matches "^legacy\\-.*$") and (Attributes["nomad.version"] == "1.9.0") and Meta["rack.id"] == "r\x221" and (Drain == false)"#);
        assert_eq!(NodeTraits::default().expression(), None);
    }

    #[test]
    fn nodes_are_meant_by_name_pattern_or_id() {
        let on = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
            Expression::default().on_nodes(&texts).text().unwrap_or_default()
        };
        assert_eq!(on(&["db-1"]), r#"(NodeName == "db-1")"#);
        assert_eq!(
            on(&["c1", "w*"]),
            r#"(NodeName == "c1" or NodeID matches "^c1" or NodeName matches "^w.*$")"#
        );
        assert_eq!(on(&[]), "");
    }
}
