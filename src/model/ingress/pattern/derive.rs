//! What is left of an expression after a character: its derivative (Brzozowski, 1964). So "paths below `/a/` in which this
//! is found" is one expression without look-ahead.

use super::print::local_class;
use super::{Node, compiled};

/// A sequence, flat.
pub(super) fn cat(nodes: Vec<Node>) -> Node {
    let mut flat = Vec::with_capacity(nodes.len());
    for node in nodes {
        match node {
            Node::Never => return Node::Never,
            Node::Empty => {}
            Node::Cat(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match flat.len() {
        0 => Node::Empty,
        1 => flat.remove(0),
        _ => Node::Cat(flat),
    }
}

/// A choice, flat and without repetitions.
pub(super) fn alt(nodes: Vec<Node>) -> Node {
    let mut flat: Vec<Node> = Vec::with_capacity(nodes.len());
    let all = nodes.into_iter().flat_map(|node| if let Node::Alt(inner) = node { inner } else { vec![node] });
    for node in all {
        if node != Node::Never && !flat.contains(&node) {
            flat.push(node);
        }
    }
    match flat.len() {
        0 => Node::Never,
        1 => flat.remove(0),
        _ => Node::Alt(flat),
    }
}

/// Whether it matches the empty text.
fn is_nullable(node: &Node) -> bool {
    match node {
        Node::Empty => true,
        Node::Group(_, inner) => is_nullable(inner),
        Node::Alt(all) => all.iter().any(is_nullable),
        Node::Cat(all) => all.iter().all(is_nullable),
        Node::Repeat(inner, min, ..) => *min == 0 || is_nullable(inner),
        _ => false,
    }
}

/// How many parts it has.
pub(super) fn size(node: &Node) -> usize {
    match node {
        Node::Group(_, inner) | Node::Repeat(inner, ..) | Node::NotAhead(inner) => 1 + size(inner),
        Node::Alt(all) | Node::Cat(all) => 1 + all.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// What must follow once this character has been read; none where the tree holds what knows more than its own text.
pub(super) fn by(node: &Node, c: char, ignore_case: bool) -> Option<Node> {
    Some(match node {
        Node::Never | Node::Empty => Node::Never,
        Node::Char(own) => {
            let same = *own == c || (ignore_case && own.to_lowercase().eq(c.to_lowercase()));
            if same { Node::Empty } else { Node::Never }
        }
        Node::Any => Node::Empty,
        Node::Class(text) => {
            let flag = if ignore_case { "(?i)" } else { "" };
            let class = compiled(&format!("{flag}^{}$", local_class(text)))?;
            if class.is_match(c.encode_utf8(&mut [0; 4])) { Node::Empty } else { Node::Never }
        }
        Node::Start | Node::End | Node::Boundary(_) | Node::NotAhead(_) => return None,
        // Its text is no longer whole, so there is nothing to keep.
        Node::Group(_, inner) => by(inner, c, ignore_case)?,
        Node::Alt(all) => alt(all.iter().map(|n| by(n, c, ignore_case)).collect::<Option<_>>()?),
        Node::Cat(all) => {
            let mut ways = Vec::new();
            for (at, node) in all.iter().enumerate() {
                let mut way = vec![by(node, c, ignore_case)?];
                way.extend_from_slice(&all[at + 1..]);
                ways.push(cat(way));
                if !is_nullable(node) {
                    break;
                }
            }
            alt(ways)
        }
        Node::Repeat(inner, min, max, lazy) => {
            if *max == Some(0) {
                return Some(Node::Never);
            }
            let rest = match (min.saturating_sub(1), max.map(|m| m - 1)) {
                (0, Some(0)) => Node::Empty,
                (min, max) => Node::Repeat(inner.clone(), min, max, *lazy),
            };
            cat(vec![by(inner, c, ignore_case)?, rest])
        }
    })
}
