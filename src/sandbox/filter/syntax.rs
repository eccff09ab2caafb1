//! The grammar of filter expressions (`nomad-api.md §1.4`) and what a parsed one means.

use std::sync::LazyLock;

use super::peg::{self, Node, Rule, Tree};
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

const IDENTIFIER: usize = 9;
const SELECTOR: usize = 8;
const OR: usize = 1;
const AND: usize = 2;
const NOT: usize = 3;
const COLLECTION: usize = 4;
const NAMES: usize = 5;
const GROUPING: usize = 6;
const MATCH: usize = 7;
const STEP: usize = 10;
const INDEX: usize = 11;
const VALUE: usize = 12;
const NUMBER: usize = 13;
const AFTER_NUMBER: usize = 14;
const DIGITS: usize = 15;
const STRING: usize = 16;
const RAW_CHAR: usize = 17;
const QUOTED_CHAR: usize = 18;
const SPACE: usize = 19;
const END: usize = 20;
const SEGMENT: usize = 21;
const ANY_OF: usize = 22;
const ALL_OF: usize = 23;
const SELECTOR_VALUE: usize = 24;
const SELECTOR_ONLY: usize = 25;
const VALUE_SELECTOR: usize = 26;
/// The operators follow one another in the order of [`OPERATORS`].
const FIRST_OPERATOR: usize = 27;

/// Operators by name, with their words; two of them need no space around.
const OPERATORS: [(&str, &[&str]); 12] = [
    ("MatchEqual", &["=="]),
    ("MatchNotEqual", &["!="]),
    ("MatchContains", &["contains"]),
    ("MatchNotContains", &["not", "contains"]),
    ("MatchMatches", &["matches"]),
    ("MatchNotMatches", &["not", "matches"]),
    ("MatchIsEmpty", &["is", "empty"]),
    ("MatchIsNotEmpty", &["is", "not", "empty"]),
    ("MatchIsNil", &["is", "nil"]),
    ("MatchIsNotNil", &["is", "not", "nil"]),
    ("MatchIn", &["in"]),
    ("MatchNotIn", &["not", "in"]),
];

fn act(name: &'static str, node: Node) -> Node {
    Node::Action(name, Box::new(node))
}
fn seq<const N: usize>(nodes: [Node; N]) -> Node {
    Node::Sequence(nodes.into())
}
fn any_of<const N: usize>(nodes: [Node; N]) -> Node {
    Node::Choice(nodes.into())
}
fn label(name: &'static str, node: Node) -> Node {
    Node::Label(name, Box::new(node))
}
fn opt(node: Node) -> Node {
    Node::Optional(Box::new(node))
}
fn many(node: Node) -> Node {
    Node::ZeroOrMore(Box::new(node))
}
fn some(node: Node) -> Node {
    Node::OneOrMore(Box::new(node))
}
fn ahead(node: Node) -> Node {
    Node::Ahead(Box::new(node))
}
fn not_ahead(node: Node) -> Node {
    Node::NotAhead(Box::new(node))
}
fn lit(text: &'static str) -> Node {
    Node::Literal(text)
}
fn rule(index: usize) -> Node {
    Node::Rule(index)
}
fn space() -> Node {
    rule(SPACE)
}
fn gap() -> Node {
    opt(space())
}

fn digit() -> Node {
    Node::Class("[0-9]", |c| c.is_ascii_digit())
}

static GRAMMAR: LazyLock<Vec<Rule>> = LazyLock::new(rules);

/// The grammar of the library's first releases: no `any`, no `all`, no `nil`.
static EARLIER: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let mut rules = rules();
    if let Node::Choice(ways) = &mut rules[OR].node {
        ways.pop();
    }
    rules[SELECTOR_ONLY].node = selector_only(6..8);
    rules
});

fn rules() -> Vec<Rule> {
    let named = |name, node| Rule { name, node };
    let mut rules = vec![
        named("Input", input()),
        named("OrExpression", or()),
        named("AndExpression", and()),
        named("NotExpression", not()),
        named("CollectionExpression", collection()),
        named("\"collection-identifiers\"", names()),
        named("\"grouping\"", grouping()),
        named("\"match\"", any_of([rule(SELECTOR_VALUE), rule(SELECTOR_ONLY), rule(VALUE_SELECTOR)])),
        named("\"selector\"", selector()),
        named("Identifier", identifier()),
        named("SelectorOrIndex", step()),
        named("\"index\"", index()),
        named("\"value\"", value()),
        named("\"number\"", number()),
        named("AfterNumbers", ahead(any_of([space(), rule(END), lit(")")]))),
        named("IntegerOrFloat", digits()),
        named("\"string\"", string()),
        named("RawStringChar", seq([not_ahead(lit("`")), Node::Any])),
        named("DoubleStringChar", seq([not_ahead(lit("\"")), Node::Any])),
        named("\"whitespace\"", some(Node::Class(r"[ \t\r\n]", |c| matches!(c, ' ' | '\t' | '\r' | '\n')))),
        named("EOF", not_ahead(Node::Any)),
        named("JsonPointerSegment", segment()),
        named("CollectionOpAny", act("any", seq([lit("any"), space()]))),
        named("CollectionOpAll", act("all", seq([lit("all"), space()]))),
        named("\"match\"", selector_value()),
        named("\"match\"", selector_only(6..10)),
        named("\"match\"", value_selector()),
    ];
    rules.extend(OPERATORS.iter().map(|(name, words)| named(name, operator(name, words))));
    rules
}

fn input() -> Node {
    let whole = || label("expr", rule(OR));
    any_of([
        act("input", seq([gap(), lit("("), gap(), whole(), gap(), lit(")"), gap(), rule(END)])),
        act("input", seq([gap(), whole(), gap(), rule(END)])),
    ])
}

fn or() -> Node {
    any_of([
        act("or", seq([label("left", rule(AND)), space(), lit("or"), space(), label("right", rule(OR))])),
        act("same", label("expr", rule(AND))),
        act("same", label("expr", rule(COLLECTION))),
    ])
}

fn and() -> Node {
    any_of([
        act("and", seq([label("left", rule(NOT)), space(), lit("and"), space(), label("right", rule(AND))])),
        act("same", label("expr", rule(NOT))),
    ])
}

fn not() -> Node {
    any_of([
        act("not", seq([lit("not"), space(), label("expr", rule(NOT))])),
        act("same", label("expr", rule(GROUPING))),
    ])
}

fn collection() -> Node {
    act(
        "collection",
        seq([
            label("op", any_of([rule(ANY_OF), rule(ALL_OF)])),
            label("selector", rule(SELECTOR)),
            space(),
            lit("as"),
            space(),
            label("binding", rule(NAMES)),
            gap(),
            lit("{"),
            gap(),
            label("expr", rule(OR)),
            gap(),
            lit("}"),
        ]),
    )
}

fn names() -> Node {
    let name = |as_what| label(as_what, rule(IDENTIFIER));
    any_of([
        act("names", seq([name("index"), gap(), lit(","), gap(), name("value")])),
        act("names", seq([name("index"), gap(), lit(","), gap(), lit("_")])),
        act("names", seq([lit("_"), gap(), lit(","), gap(), name("value")])),
        act("names", name("default")),
    ])
}

fn grouping() -> Node {
    let inner = || rule(OR);
    any_of([
        act("same", seq([lit("("), gap(), label("expr", inner()), gap(), lit(")")])),
        act("same", label("expr", rule(MATCH))),
        seq([lit("("), gap(), inner(), gap(), not_ahead(lit(")")), Node::Fail("Unmatched parentheses")]),
    ])
}

fn operators(range: std::ops::Range<usize>) -> Node {
    label("operator", Node::Choice(range.map(|i| rule(FIRST_OPERATOR + i)).collect()))
}

fn selector_value() -> Node {
    act("match", seq([label("selector", rule(SELECTOR)), operators(0..6), label("value", rule(VALUE))]))
}

fn selector_only(known: std::ops::Range<usize>) -> Node {
    act("match", seq([label("selector", rule(SELECTOR)), operators(known)]))
}

fn value_selector() -> Node {
    let bare = Node::Choice(vec![rule(FIRST_OPERATOR + 10), rule(FIRST_OPERATOR + 11)]);
    any_of([
        act(
            "match",
            seq([label("value", rule(VALUE)), operators(10..12), label("selector", rule(SELECTOR))]),
        ),
        seq([
            rule(VALUE),
            label("operator", bare),
            not_ahead(rule(SELECTOR)),
            Node::Fail("Invalid selector"),
        ]),
    ])
}

fn operator(name: &'static str, words: &[&'static str]) -> Node {
    if matches!(words, ["==" | "!="]) {
        return act(name, seq([gap(), lit(words[0]), gap()]));
    }
    let mut nodes = vec![];
    for word in words {
        nodes.extend([space(), lit(word)]);
    }
    // `is empty` and `is nil` end the match; the others are followed by a value.
    if !words.contains(&"is") {
        nodes.push(space());
    }
    act(name, Node::Sequence(nodes))
}

fn selector() -> Node {
    any_of([
        act("selector", seq([label("first", rule(IDENTIFIER)), label("rest", many(rule(STEP)))])),
        act("pointer", seq([lit("\""), label("segments", many(rule(SEGMENT))), lit("\"")])),
    ])
}

fn segment() -> Node {
    let part = Node::Class(r"[\pL\pN-_.~:|]", |c| c.is_alphanumeric() || "-_.~:|".contains(c));
    act("segment", seq([lit("/"), label("ident", some(part))]))
}

fn identifier() -> Node {
    let more = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '/';
    act(
        "identifier",
        seq([Node::Class("[a-zA-Z]", |c| c.is_ascii_alphabetic()), many(Node::Class("[a-zA-Z0-9_/]", more))]),
    )
}

fn step() -> Node {
    any_of([
        act("same", seq([lit("."), label("ident", rule(IDENTIFIER))])),
        act("same", label("expr", rule(INDEX))),
        act("position", seq([lit("."), label("idx", some(digit()))])),
    ])
}

fn index() -> Node {
    any_of([
        act("same", seq([lit("["), gap(), label("lit", rule(STRING)), gap(), lit("]")])),
        seq([lit("["), gap(), not_ahead(rule(STRING)), Node::Fail("Invalid index")]),
        seq([
            lit("["),
            gap(),
            rule(STRING),
            gap(),
            not_ahead(lit("]")),
            Node::Fail("Unclosed index expression"),
        ]),
    ])
}

fn value() -> Node {
    any_of([
        act("same", label("selector", rule(SELECTOR))),
        act("same", label("n", rule(NUMBER))),
        act("same", label("s", rule(STRING))),
    ])
}

fn number() -> Node {
    let literal = || [opt(lit("-")), rule(DIGITS)];
    let ([a, b], [c, d]) = (literal(), literal());
    any_of([
        act("number", seq([a, b, ahead(rule(AFTER_NUMBER))])),
        seq([c, d, not_ahead(rule(AFTER_NUMBER)), Node::Fail("Invalid number literal")]),
    ])
}

fn digits() -> Node {
    let first = Node::Class("[1-9]", |c| matches!(c, '1'..='9'));
    seq([any_of([lit("0"), seq([first, many(digit())])]), opt(seq([lit("."), some(digit())]))])
}

fn string() -> Node {
    let raw = || many(rule(RAW_CHAR));
    let quoted = || many(rule(QUOTED_CHAR));
    any_of([
        act("string", any_of([seq([lit("`"), raw(), lit("`")]), seq([lit("\""), quoted(), lit("\"")])])),
        seq([
            any_of([seq([lit("`"), raw()]), seq([lit("\""), quoted()])]),
            rule(END),
            Node::Fail("Unterminated string literal"),
        ]),
    ])
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
