//! A YAML or TOML text as a tree that knows where each scalar stands, so that one can be changed and everything else kept.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use toml_edit::{Document, Item, Value};

/// Deeper nesting is not read.
const DEEPEST: usize = 200;

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// What it is.
    pub what: What,
    /// Its bytes in the text.
    pub at: Range<usize>,
    /// Whether the text uses it in another place, too.
    pub shared: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Keys and values, in the order of the text.
    Map(Vec<(String, Node)>),
    /// A list.
    List(Vec<Node>),
    /// Anything else.
    Scalar(String),
}

/// The line of a place in a text, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Reads a text of TOML.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn toml(text: &str) -> Result<Node, String> {
    let read = Document::parse(text).map_err(|e| {
        let at = e.span().map_or(1, |span| line(text, span.start));
        format!("line {at}: {}", e.message())
    })?;
    Ok(of_item(read.as_item()))
}

fn of_item(item: &Item) -> Node {
    match item {
        Item::Table(table) => {
            map(table.span(), table.iter().map(|(key, item)| (key.to_owned(), of_item(item))))
        }
        Item::ArrayOfTables(tables) => {
            let each =
                tables.iter().map(|t| map(t.span(), t.iter().map(|(k, i)| (k.to_owned(), of_item(i)))));
            node(What::List(each.collect()), tables.span())
        }
        Item::Value(value) => of_value(value),
        Item::None => node(What::Scalar(String::new()), None),
    }
}

fn of_value(value: &Value) -> Node {
    match value {
        Value::InlineTable(table) => {
            map(table.span(), table.iter().map(|(key, value)| (key.to_owned(), of_value(value))))
        }
        Value::Array(list) => node(What::List(list.iter().map(of_value).collect()), list.span()),
        Value::String(text) => node(What::Scalar(text.value().clone()), text.span()),
        Value::Integer(number) => node(What::Scalar(number.value().to_string()), number.span()),
        other => node(What::Scalar(other.to_string().trim().to_owned()), other.span()),
    }
}

fn map(at: Option<Range<usize>>, pairs: impl Iterator<Item = (String, Node)>) -> Node {
    node(What::Map(pairs.collect()), at)
}

fn node(what: What, at: Option<Range<usize>>) -> Node {
    Node { what, at: at.unwrap_or_default(), shared: false }
}

/// Reads a text of YAML: its one document.
///
/// # Errors
/// What is wrong with it, and where.
pub(super) fn yaml(text: &str) -> Result<Node, String> {
    let mut bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    bytes.push(text.len());
    let mut reader = Reader { parser: Parser::new_from_str(text), text, bytes };
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::Nothing | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd, _) => return Err("it is empty".to_owned()),
            first => {
                let node = reader.value(first, 0)?;
                loop {
                    match reader.next()? {
                        (Event::DocumentEnd | Event::Nothing, _) => {}
                        (Event::StreamEnd, _) => return Ok(node),
                        (_, at) => {
                            return Err(format!(
                                "line {}: a second document begins, and Traefik reads one",
                                at.start.line()
                            ));
                        }
                    }
                }
            }
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    text: &'t str,
    /// Where each character begins.
    bytes: Vec<usize>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), String> {
        match self.parser.next() {
            Some(Ok(read)) => Ok(read),
            Some(Err(e)) => Err(format!("line {}: {}", e.marker().line(), e.info())),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn place(&self, span: Span) -> Range<usize> {
        let byte = |index: usize| self.bytes.get(index).copied().unwrap_or(self.text.len());
        byte(span.start.index())..byte(span.end.index())
    }

    fn value(&mut self, (event, span): (Event<'t>, Span), depth: usize) -> Result<Node, String> {
        let line = span.start.line();
        if depth > DEEPEST {
            return Err(format!("line {line}: it is nested too deep"));
        }
        let mut at = self.place(span);
        let (what, anchor) = match event {
            // What an alias stands for is written elsewhere.
            Event::Alias(anchor) => (What::Scalar(String::new()), anchor),
            Event::Scalar(value, style, anchor, _) => {
                // A block scalar is no number and no name.
                let plain = matches!(style, ScalarStyle::Plain);
                if plain {
                    at.end = at.start + self.text.get(at.clone()).map_or(0, |t| t.trim_end().len());
                }
                (What::Scalar(value.into_owned()), anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break (What::List(list), anchor),
                        read => list.push(self.value(read, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(anchor, _) => {
                let mut pairs = Vec::new();
                loop {
                    let key = match self.next()? {
                        (Event::MappingEnd, _) => break (What::Map(pairs), anchor),
                        read => self.value(read, depth + 1)?,
                    };
                    let read = self.next()?;
                    let value = self.value(read, depth + 1)?;
                    // A key that is no scalar names nothing of Traefik.
                    if let What::Scalar(name) = key.what {
                        pairs.push((name, value));
                    }
                }
            }
            _ => return Err(format!("line {line}: a value is missing")),
        };
        Ok(Node { what, at, shared: anchor > 0 })
    }
}
