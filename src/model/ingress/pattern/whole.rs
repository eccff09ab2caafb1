//! An expression that is searched for, as one that matches a whole path; and what it rules out beside.

use super::{Node, anything, derive, is_anything, literal_beginning};

/// Takes a negative look-ahead of texts that stands right after the literal beginning out of the tree: `^/(?!a|b)` rules out
/// the prefixes `/a` and `/b`.
pub(super) fn exceptions(root: Node) -> (Node, Vec<String>) {
    let beginning = literal_beginning(&root);
    let Node::Cat(mut nodes) = root else { return (root, Vec::new()) };
    let at = 1 + beginning.chars().count();
    let mut except = Vec::new();
    while let Some(Node::NotAhead(inner)) = nodes.get(at) {
        let Some(texts) = texts(inner) else { break };
        except.extend(texts.into_iter().map(|t| format!("{beginning}{t}")));
        nodes.remove(at);
    }
    (Node::Cat(nodes), except)
}

/// The texts an expression stands for, where it is a list of texts.
fn texts(node: &Node) -> Option<Vec<String>> {
    match node {
        Node::Char(c) => Some(vec![c.to_string()]),
        Node::Group(_, inner) => texts(inner),
        Node::Alt(all) => Some(all.iter().map(texts).collect::<Option<Vec<_>>>()?.concat()),
        Node::Cat(all) => {
            let mut found = vec![String::new()];
            for node in all {
                let more = texts(node)?;
                found = found.iter().flat_map(|a| more.iter().map(move |b| format!("{a}{b}"))).collect();
                if found.len() > 64 {
                    return None;
                }
            }
            Some(found)
        }
        _ => None,
    }
}

/// The tree that matches a whole path where the given one is searched for in it.
pub(super) fn whole(root: &Node) -> Option<Node> {
    if let Node::Alt(all) = root {
        return Some(Node::Alt(all.iter().map(whole).collect::<Option<_>>()?));
    }
    if let Node::Group(_, inner) = root
        && matches!(**inner, Node::Alt(_))
        && has_anchor(inner)
    {
        return whole(inner);
    }
    let mut nodes = match root {
        Node::Cat(nodes) => nodes.clone(),
        other => vec![other.clone()],
    };
    if nodes.first() == Some(&Node::Start) {
        nodes.remove(0);
    } else if !nodes.first().is_some_and(is_anything) {
        nodes.insert(0, anything());
    }
    if nodes.last() == Some(&Node::End) {
        nodes.pop();
    } else if !nodes.last().is_some_and(is_anything) {
        nodes.push(anything());
    }
    (!nodes.iter().any(has_anchor)).then(|| derive::cat(nodes))
}

fn has_anchor(node: &Node) -> bool {
    match node {
        Node::Start | Node::End => true,
        Node::Group(_, inner) | Node::Repeat(inner, ..) | Node::NotAhead(inner) => has_anchor(inner),
        Node::Alt(all) | Node::Cat(all) => all.iter().any(has_anchor),
        _ => false,
    }
}
