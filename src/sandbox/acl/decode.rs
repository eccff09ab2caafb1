//! From the items of a text to rules, as the decoder of the old dialect takes them.

use super::hcl1::{Item, Kind, Node};
use super::rules::{Named, NamespaceRule, PathRule, Rules, Shorthand};

/// What is wrong with a value.
fn wrong<T>(node: &Node, words: &str) -> Result<T, String> {
    Err(format!("At {}: {words}", node.at))
}

fn go_type(node: &Node) -> &'static str {
    match node.kind {
        Kind::Literal(_) => "*ast.LiteralType",
        Kind::List(_) => "*ast.ListType",
        Kind::Object(_) => "*ast.ObjectType",
    }
}

/// The rules, and the keys at the top that are unknown or there too often.
pub(super) fn rules(items: &[Item]) -> Result<(Rules, Vec<String>), String> {
    let mut rules = Rules::default();
    let mut extra = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        let key = item.keys[0].to_lowercase();
        let named = matches!(key.as_str(), "namespace" | "node_pool" | "host_volume");
        let label = item.keys.get(1).cloned().unwrap_or_default();
        extra.extend(item.keys.iter().skip(if named { 2 } else { 1 }).cloned());
        if !named && seen.contains(&key) {
            extra.push(item.keys[0].clone());
            continue;
        }
        let place = format!("root.{key}");
        match key.as_str() {
            "namespace" => rules.namespaces.push(namespace(label, item, rules.namespaces.len())?),
            "node_pool" => rules.node_pools.push(labelled(label, item, &place)?),
            "host_volume" => rules.host_volumes.push(labelled(label, item, &place)?),
            "agent" => rules.agent = Some(shorthand(item, &place)?.policy),
            "node" => rules.node = Some(shorthand(item, &place)?.policy),
            "quota" => rules.quota = Some(shorthand(item, &place)?.policy),
            "plugin" => rules.plugin = Some(shorthand(item, &place)?.policy),
            "operator" => rules.operator = Some(shorthand(item, &place)?),
            "sentinel" => rules.sentinel = Some(shorthand(item, &place)?),
            _ => extra.push(item.keys[0].clone()),
        }
        seen.push(key);
    }
    Ok((rules, extra))
}

fn block<'i>(item: &'i Item, place: &str, listed: bool) -> Result<&'i [Item], String> {
    match &item.value.kind {
        Kind::Object(items) => Ok(items),
        _ if listed => wrong(&item.value, &format!("unknown slice type: {}", go_type(&item.value))),
        _ => {
            wrong(&item.value, &format!("{place}: not an object type for struct ({})", go_type(&item.value)))
        }
    }
}

fn text(node: &Node, place: &str) -> Result<String, String> {
    match &node.kind {
        Kind::Literal(text) => Ok(text.clone()),
        _ => wrong(node, &format!("{place}: unknown type for string {}", go_type(node))),
    }
}

fn texts(node: &Node, place: &str) -> Result<Vec<String>, String> {
    match &node.kind {
        Kind::List(items) => items.iter().map(|item| text(item, place)).collect(),
        _ => wrong(node, &format!("unknown slice type: {}", go_type(node))),
    }
}

/// `policy` and `capabilities` of a block.
fn common(items: &[Item], place: &str) -> Result<Shorthand, String> {
    let mut shorthand = Shorthand::default();
    for item in items {
        match item.keys[0].to_lowercase().as_str() {
            "policy" => shorthand.policy = text(&item.value, &format!("{place}.Policy"))?,
            "capabilities" => {
                shorthand.capabilities = Some(texts(&item.value, &format!("{place}.Capabilities"))?);
            }
            _ => {}
        }
    }
    Ok(shorthand)
}

fn shorthand(item: &Item, place: &str) -> Result<Shorthand, String> {
    common(block(item, place, false)?, place)
}

fn labelled(name: String, item: &Item, place: &str) -> Result<Named, String> {
    let Shorthand { policy, capabilities } = common(block(item, place, true)?, place)?;
    Ok(Named { name, policy, capabilities })
}

fn namespace(name: String, item: &Item, at: usize) -> Result<NamespaceRule, String> {
    let place = format!("root.namespace[{at}]");
    let items = block(item, &place, true)?;
    let Shorthand { policy, capabilities } = common(items, &place)?;
    let variables = items.iter().find(|item| item.keys[0].eq_ignore_ascii_case("variables"));
    let paths = variables.map(|item| paths(item, &format!("{place}.variables"))).transpose()?;
    Ok(NamespaceRule { name, policy, capabilities, paths })
}

fn paths(item: &Item, place: &str) -> Result<Vec<PathRule>, String> {
    let items = block(item, place, false)?;
    let mut paths = Vec::new();
    for item in items.iter().filter(|item| item.keys[0].eq_ignore_ascii_case("path")) {
        let place = format!("{place}.path[{}]", paths.len());
        let inner = block(item, &place, false)?;
        let Some(path) = item.keys.get(1) else {
            // Without a label, the first key inside is taken for one.
            let Some(first) = inner.first() else { continue };
            block(first, &place, false)?;
            continue;
        };
        paths.push(PathRule { path: path.clone(), capabilities: common(inner, &place)?.capabilities });
    }
    Ok(paths)
}
