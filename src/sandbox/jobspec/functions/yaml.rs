//! YAML, written and read as Nomad does: by the rules of version 1.1, every text in quotes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::super::hcl::{Number, Value};
use super::{Args, Result, fail};

/// Deeper nesting is not read.
const DEEPEST: usize = 200;

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "yamlencode" => args.exactly(&["value"]).map(|args| Value::Text(encode(&args.0[0]))),
        "yamldecode" => decode(args),
        _ => return None,
    })
}

fn encode(value: &Value) -> String {
    let mut out = String::new();
    if is_block(value) {
        block(value, 0, &mut out);
    } else {
        out.push_str(&scalar(value, 0));
        out.push('\n');
        // A plain value alone needs its end marked.
        if matches!(value, Value::Null | Value::Bool(_) | Value::Number(_)) {
            out.push_str("...\n");
        }
    }
    out
}

/// Whether a value takes lines of its own.
fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::List(list) | Value::Set(list) => !list.is_empty(),
        _ => false,
    }
}

/// Writes a value that takes lines of its own, the first of which is indented already.
fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let lead = |at: usize| if at > 0 { pad.as_str() } else { "" };
    match value {
        Value::Object(map) => {
            for (at, (key, value)) in map.iter().enumerate() {
                out.push_str(&format!("{}{}:", lead(at), quoted(key)));
                // Lists stand below the key, maps are indented.
                let inner = if matches!(value, Value::Object(_)) { indent + 2 } else { indent };
                if is_block(value) {
                    out.push_str(&format!("\n{}", " ".repeat(inner)));
                    block(value, inner, out);
                } else {
                    out.push_str(&format!(" {}\n", scalar(value, indent)));
                }
            }
        }
        Value::List(list) | Value::Set(list) => {
            for (at, value) in list.iter().enumerate() {
                out.push_str(&format!("{}- ", lead(at)));
                if is_block(value) {
                    block(value, indent + 2, out);
                } else {
                    out.push_str(&format!("{}\n", scalar(value, indent)));
                }
            }
        }
        _ => {}
    }
}

fn scalar(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => literal(text, indent + 2).unwrap_or_else(|| quoted(text)),
        Value::Object(_) => "{}".to_owned(),
        Value::List(_) | Value::Set(_) => "[]".to_owned(),
    }
}

/// A text of several lines as it is, where nothing in it needs quotes.
fn literal(text: &str, indent: usize) -> Option<String> {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    if !text.contains('\n') || text.contains(" \n") || text.ends_with(' ') || !text.chars().all(is_plain) {
        return None;
    }
    let hint = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let chomp = if !text.ends_with('\n') {
        "-"
    } else if text == "\n" || text.ends_with("\n\n") {
        "+"
    } else {
        ""
    };
    let pad = " ".repeat(indent);
    let lines: Vec<String> = text
        .strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") })
        .collect();
    Some(format!("|{hint}{chomp}\n{}", lines.join("\n")))
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\0' => "\\0".to_owned(),
        c if c.is_control() => format!("\\x{:02X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

fn decode(args: Args<'_>) -> Result {
    let text = args.exactly(&["src"])?.text(0, "src")?;
    let mut reader = Reader { parser: Parser::new_from_str(&text), anchors: BTreeMap::new() };
    match reader.document() {
        Ok(value) => Ok(value),
        Err(why) => fail(format!("on line 1, column 1: {why}")),
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    anchors: BTreeMap<usize, Value>,
}

type Read<T> = std::result::Result<T, String>;

impl<'t> Reader<'t> {
    fn next(&mut self) -> Read<Event<'t>> {
        match self.parser.next() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(e)) => Err(e.info().to_owned()),
            None => Ok(Event::StreamEnd),
        }
    }

    /// The only value of a text.
    fn document(&mut self) -> Read<Value> {
        loop {
            match self.next()? {
                Event::StreamStart | Event::Nothing | Event::DocumentStart(_) => {}
                Event::StreamEnd => return Err("missing start of document".to_owned()),
                first => {
                    let value = self.value(first, 0)?;
                    while let Event::DocumentEnd | Event::Nothing = self.next()? {}
                    return match self.parser.next() {
                        None => Ok(value),
                        Some(_) => Err("unexpected extra content after value".to_owned()),
                    };
                }
            }
        }
    }

    fn value(&mut self, event: Event<'t>, depth: usize) -> Read<Value> {
        if depth > DEEPEST {
            return Err("it is nested too deep".to_owned());
        }
        let (anchor, value) = match event {
            Event::Alias(anchor) => {
                return self.anchors.get(&anchor).cloned().ok_or_else(|| "unknown anchor".to_owned());
            }
            Event::Scalar(text, style, anchor, tag) => (anchor, resolve(&text, style, tag.as_deref())?),
            Event::SequenceStart(anchor, _) => {
                let mut list = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        event => list.push(self.value(event, depth + 1)?),
                    }
                }
                (anchor, Value::List(list))
            }
            Event::MappingStart(anchor, _) => (anchor, Value::Object(self.mapping(depth)?)),
            _ => return Err("did not find expected node content".to_owned()),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn mapping(&mut self, depth: usize) -> Read<BTreeMap<String, Value>> {
        let (mut own, mut merged) = (BTreeMap::new(), BTreeMap::new());
        loop {
            let key = match self.next()? {
                Event::MappingEnd => break,
                Event::Scalar(text, ScalarStyle::Plain, 0, None) if text == "<<" => {
                    let event = self.next()?;
                    let Value::Object(map) = self.value(event, depth + 1)? else {
                        return Err("map merge requires map or sequence of maps as the value".to_owned());
                    };
                    merged.extend(map);
                    continue;
                }
                event => self.value(event, depth + 1)?.to_text()?,
            };
            let event = self.next()?;
            let value = self.value(event, depth + 1)?;
            own.insert(key, value);
        }
        merged.extend(own);
        Ok(merged)
    }
}

/// What a scalar is: what stands in quotes is a text.
fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Read<Value> {
    if let Some(tag) = tag.filter(|tag| tag.is_yaml_core_schema()) {
        return match tag.suffix.as_str() {
            "str" => Ok(Value::Text(text.to_owned())),
            "int" | "float" => Number::parse(text)
                .map(Value::Number)
                .ok_or_else(|| format!("cannot parse {text:?} as a number")),
            _ => Ok(plain(text)),
        };
    }
    Ok(if style == ScalarStyle::Plain { plain(text) } else { Value::Text(text.to_owned()) })
}

fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Value::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::from(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::from(f64::NEG_INFINITY),
        _ => {}
    }
    let based = |prefix: &str, radix: u32| i128::from_str_radix(text.strip_prefix(prefix)?, radix).ok();
    if let Some(whole) = based("0x", 16).or_else(|| based("0b", 2)).or_else(|| based("0o", 8)) {
        return Value::from(whole);
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Some(number) = Number::parse(unsigned).filter(|_| !text.ends_with(['e', 'E', '.'])) {
        return Value::Number(number);
    }
    if text.len() == 10
        && let Ok(date) = text.parse::<Date>()
    {
        return Value::Text(format!("{date}T00:00:00Z"));
    }
    Value::Text(text.to_owned())
}
