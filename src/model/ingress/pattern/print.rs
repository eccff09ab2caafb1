//! An expression in the words of an engine.

use std::fmt::Write as _;

use super::{Capture, Node};

/// How an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// For the engine of this program, groups kept.
    Local,
    /// RE2 for a place that has no use for groups.
    Plain,
    /// RE2 with its groups.
    Grouped,
}

/// A text so that it stands for itself in an expression.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

pub(super) fn print(node: &Node, dialect: Dialect) -> String {
    let mut out = String::new();
    write_node(&mut out, node, dialect);
    out
}

fn write_node(out: &mut String, node: &Node, dialect: Dialect) {
    match node {
        // A class of nothing.
        Node::Never => out.push_str("[^\\x00-\\x{10FFFF}]"),
        Node::Empty => {}
        Node::Char(c) => out.push_str(&escaped(c.encode_utf8(&mut [0; 4]))),
        Node::Any => out.push('.'),
        Node::Class(text) if dialect == Dialect::Local => out.push_str(&local_class(text)),
        Node::Class(text) => out.push_str(text),
        Node::Start => out.push('^'),
        Node::End => out.push('$'),
        Node::Boundary(text) => out.push_str(text),
        Node::Group(capture, inner) => {
            match (dialect, capture) {
                (Dialect::Local, Some(Capture { name: Some(name), .. })) => {
                    // Writing to a text cannot fail.
                    let _ = write!(out, "(?P<{name}>");
                }
                (Dialect::Local | Dialect::Grouped, Some(_)) => out.push('('),
                _ => out.push_str("(?:"),
            }
            write_node(out, inner, dialect);
            out.push(')');
        }
        Node::Alt(all) => {
            for (at, node) in all.iter().enumerate() {
                if at > 0 {
                    out.push('|');
                }
                write_node(out, node, dialect);
            }
        }
        Node::Cat(all) => {
            for node in all {
                write_part(out, node, dialect, matches!(node, Node::Alt(_)));
            }
        }
        Node::Repeat(inner, min, max, lazy) => {
            write_part(
                out,
                inner,
                dialect,
                matches!(**inner, Node::Alt(_) | Node::Cat(_) | Node::Repeat(..)),
            );
            let _ = match (min, max) {
                (0, None) => write!(out, "*"),
                (1, None) => write!(out, "+"),
                (0, Some(1)) => write!(out, "?"),
                (min, None) => write!(out, "{{{min},}}"),
                (min, Some(max)) if min == max => write!(out, "{{{min}}}"),
                (min, Some(max)) => write!(out, "{{{min},{max}}}"),
            };
            if *lazy {
                out.push('?');
            }
        }
        Node::NotAhead(inner) => {
            out.push_str("(?!");
            write_node(out, inner, dialect);
            out.push(')');
        }
    }
}

fn write_part(out: &mut String, node: &Node, dialect: Dialect, grouped: bool) {
    if grouped {
        out.push_str("(?:");
    }
    write_node(out, node, dialect);
    if grouped {
        out.push(')');
    }
}

/// A class as this program's engine takes it: a bracket, `&&`, `--` and `~~` inside mean more there.
pub(super) fn local_class(text: &str) -> String {
    let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) else {
        return text.to_owned();
    };
    let mut out = String::from("[");
    let chars: Vec<char> = inner.chars().collect();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1);
        match c {
            '\\' => {
                out.push(c);
                out.extend(next);
                at += 1;
            }
            '[' if next == Some(&':') => {
                let end = chars[at..].iter().position(|c| *c == ']').map_or(chars.len() - 1, |n| at + n);
                out.extend(&chars[at..=end]);
                at = end;
            }
            '[' | '&' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '-' if next == Some(&'-') || (at > 0 && chars[at - 1] == '-') => out.push_str("\\-"),
            _ => out.push(c),
        }
        at += 1;
    }
    out.push(']');
    out
}
