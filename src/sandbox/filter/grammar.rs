//! The grammar of filter expressions, rule by rule as the library has it: its errors list what these would take.

use std::sync::LazyLock;

use super::peg::{Node, Rule};

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

/// The grammar as it is.
pub(super) static GRAMMAR: LazyLock<Vec<Rule>> = LazyLock::new(rules);

/// The grammar of the library's first releases: no `any`, no `all`, no `nil`.
pub(super) static EARLIER: LazyLock<Vec<Rule>> = LazyLock::new(|| {
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
