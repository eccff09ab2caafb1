//! Filter expressions (`nomad-api.md §1.4`): what a parsed one means.

use super::grammar::{EARLIER, GRAMMAR};
use super::peg::{self, Rule, Tree};
use super::wanted::Wanted;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expression {
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Not(Box<Expression>),
    Match { selector: Selector, operator: Operator, negated: bool, value: Wanted },
    Collection { all: bool, selector: Selector, binding: Binding, inner: Box<Expression> },
}

/// What is asked of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    In,
    Matches,
    IsEmpty,
    IsNil,
}

/// A path into a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector {
    pub(super) path: Vec<String>,
    /// As a JSON pointer; it is shown with other separators.
    pointer: bool,
}

impl Selector {
    /// As errors show it, and what it means as a value: a bare word is its own name.
    pub(super) fn text(&self) -> String {
        self.path.join(if self.pointer { "/" } else { "." })
    }
}

/// Names for the elements of a collection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Binding {
    /// One name alone: the key of a map, the value of a list.
    pub(super) default: Option<String>,
    pub(super) index: Option<String>,
    pub(super) value: Option<String>,
}

/// Parses an expression.
///
/// # Errors
/// The library's text, with line, column and offset.
pub(super) fn parse(text: &str) -> Result<Expression, String> {
    parse_by(&GRAMMAR, text)
}

/// Parses an expression as the library's first releases do.
///
/// # Errors
/// The library's text, with line, column and offset.
pub(super) fn parse_earlier(text: &str) -> Result<Expression, String> {
    parse_by(&EARLIER, text)
}

fn parse_by(grammar: &[Rule], text: &str) -> Result<Expression, String> {
    let tree = peg::parse(grammar, check, text)?;
    Builder { text }.expression(&tree).ok_or_else(|| "invalid AST node".to_owned())
}

/// Only quoted strings can be wrong in themselves: an escape that Go does not know, or a line break.
fn check(action: &str, text: &str) -> Result<(), &'static str> {
    if action == "string" && unquote(text).is_none() { Err("invalid syntax") } else { Ok(()) }
}

/// What a Go string literal stands for.
fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`').and_then(|l| l.strip_suffix('`')) {
        return Some(raw.replace('\r', ""));
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = Vec::new();
    let mut rest = inner;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' | '"' => return None,
            '\\' => rest = unescape(rest, &mut text)?,
            c => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Reads one escape after its backslash.
fn unescape<'a>(rest: &'a str, text: &mut Vec<u8>) -> Option<&'a str> {
    let kind = rest.chars().next()?;
    let after = &rest[kind.len_utf8()..];
    let simple = match kind {
        'a' => Some(7),
        'b' => Some(8),
        'f' => Some(12),
        'n' => Some(10),
        'r' => Some(13),
        't' => Some(9),
        'v' => Some(11),
        '\\' => Some(b'\\'),
        _ => None,
    };
    if let Some(byte) = simple {
        text.push(byte);
        return Some(after);
    }
    let (digits, radix, body) = match kind {
        'x' => (2, 16, after),
        'u' => (4, 16, after),
        'U' => (8, 16, after),
        '0'..='7' => (3, 8, rest),
        _ => return None,
    };
    let code = u32::from_str_radix(body.get(..digits)?, radix).ok()?;
    if matches!(kind, 'u' | 'U') {
        text.extend_from_slice(char::from_u32(code)?.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        text.push(u8::try_from(code).ok()?);
    }
    body.get(digits..)
}

/// Turns the tree of actions into an expression.
struct Builder<'a> {
    text: &'a str,
}

impl Builder<'_> {
    fn expression(&self, tree: &Tree) -> Option<Expression> {
        let Tree::Action { name, inner, .. } = tree else {
            return tree.actions().first().and_then(|action| self.expression(action));
        };
        let part = |label: &str| inner.part(label).and_then(|tree| self.expression(tree)).map(Box::new);
        match *name {
            "input" | "same" => part("expr").map(|inner| *inner),
            "or" => Some(Expression::Or(part("left")?, part("right")?)),
            "and" => Some(Expression::And(part("left")?, part("right")?)),
            "not" => Some(match *part("expr")? {
                Expression::Not(operand) => *operand,
                operand => Expression::Not(Box::new(operand)),
            }),
            "match" => self.matching(inner),
            "collection" => Some(Expression::Collection {
                all: matches!(inner.part("op")?.actions().first()?, Tree::Action { name: "all", .. }),
                selector: self.selector(inner.part("selector")?)?,
                binding: self.binding(inner.part("binding")?)?,
                inner: part("expr")?,
            }),
            _ => None,
        }
    }

    fn matching(&self, tree: &Tree) -> Option<Expression> {
        let Tree::Action { name, .. } = tree.part("operator")?.actions().first().copied()? else {
            return None;
        };
        let operator = match *name {
            "MatchEqual" | "MatchNotEqual" => Operator::Equal,
            "MatchMatches" | "MatchNotMatches" => Operator::Matches,
            "MatchIsEmpty" | "MatchIsNotEmpty" => Operator::IsEmpty,
            "MatchIsNil" | "MatchIsNotNil" => Operator::IsNil,
            _ => Operator::In,
        };
        Some(Expression::Match {
            selector: self.selector(tree.part("selector")?)?,
            operator,
            negated: name.contains("Not"),
            value: tree.part("value").and_then(|value| self.value(value)).unwrap_or_default().into(),
        })
    }

    fn selector(&self, tree: &Tree) -> Option<Selector> {
        let Tree::Action { name, inner, .. } = tree.actions().first().copied()? else { return None };
        if *name == "pointer" {
            let segments = inner.part("segments")?.actions();
            let mut path: Vec<String> = segments
                .iter()
                .map(|segment| self.action_text(segment)[1..].replace("~1", "/").replace("~0", "~"))
                .collect();
            if path.is_empty() {
                path.push(String::new());
            }
            return Some(Selector { path, pointer: true });
        }
        let mut path = vec![self.action_text(inner.part("first")?.actions().first()?).to_owned()];
        for step in inner.part("rest")?.actions() {
            path.push(self.value(step)?);
        }
        Some(Selector { path, pointer: false })
    }

    /// The text a value or a step of a selector stands for.
    fn value(&self, tree: &Tree) -> Option<String> {
        let Tree::Action { name, inner, .. } = tree else {
            return tree.actions().first().and_then(|action| self.value(action));
        };
        match *name {
            "same" => self.value(inner),
            "selector" | "pointer" => self.selector(tree).map(|selector| selector.text()),
            "string" => unquote(self.action_text(tree)),
            "position" => Some(self.action_text(tree)[1..].to_owned()),
            _ => Some(self.action_text(tree).to_owned()),
        }
    }

    fn binding(&self, tree: &Tree) -> Option<Binding> {
        let Tree::Action { inner, .. } = tree.actions().first().copied()? else { return None };
        let name = |label: &str| {
            let identifier = inner.part(label)?.actions().first().copied()?;
            Some(self.action_text(identifier).to_owned())
        };
        Some(Binding { default: name("default"), index: name("index"), value: name("value") })
    }

    fn action_text(&self, tree: &Tree) -> &str {
        match tree {
            Tree::Action { text: (start, end), .. } => &self.text[*start..*end],
            _ => "",
        }
    }
}
