//! Calls of functions that look at the file system in HCL's JSON syntax, where they stand in the templates of texts.
//!
//! What depends on what (variables, locals, `dynamic` blocks) is worked out for HCL's native syntax already. So those parts of
//! a JSON file that matter to its calls are written once more in native syntax, a [`NativeMirror`]; the calls are replaced there, and
//! what becomes of each text is put back into the JSON.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::structure::{Body, Structure};
use hcl_edit::template::{Element, Template};
use serde_json::value::RawValue;

use super::calls::{Calls, Function};
use super::json::{DEEPEST, Members, Node};
use super::{Text, quoted, syntax};

/// A JSON file's variables, locals, and the texts with calls, in HCL's native syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeMirror {
    text: String,
    /// Its attributes in their order.
    entries: Vec<Entry>,
}

/// An attribute of a mirror.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// Where its value stands in the mirror.
    value: Range<usize>,
    /// Where what it mirrors stands in the JSON; none for what only others need.
    origin: Option<Range<usize>>,
}

impl NativeMirror {
    /// The mirror of a JSON file; none when it holds no call, or cannot be read here.
    #[must_use]
    pub fn of(json: &str) -> Option<Self> {
        let mut writer = Writer { whole: json, text: String::new(), entries: Vec::new() };
        writer.root(json.trim_start_matches('\u{feff}').trim()).ok()?;
        let mirror = NativeMirror { text: writer.text, entries: writer.entries };
        mirror.entries.iter().any(|e| e.origin.is_some()).then_some(mirror)
    }

    /// It as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The stretch of the JSON that a stretch of the mirror stands for.
    #[must_use]
    pub fn origin(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let entry =
            self.entries.iter().find(|e| e.value.start <= range.start && range.start < e.value.end)?;
        entry.origin.clone()
    }

    /// Puts what became of the mirror into the JSON it was made of.
    pub fn put_back(&self, mirror: &Text, json: &mut Text) {
        let Ok(read) = syntax::parse(mirror.as_str()) else { return };
        let mut values = Vec::new();
        attributes(&read.body, &mut values);
        let replaced = self.entries.iter().zip(values).filter_map(|(entry, value)| {
            let (origin, new) = (entry.origin.clone()?, &mirror.as_str()[value?]);
            let changed = new != &self.text[entry.value.clone()];
            changed.then(|| (origin, serde_json::Value::from(format!("${{{new}}}")).to_string()))
        });
        json.replace(replaced.collect());
    }
}

/// Where the values of all attributes stand, in their order.
fn attributes(body: &Body, into: &mut Vec<Option<Range<usize>>>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => into.push(attribute.value.span()),
            Structure::Block(block) => attributes(&block.body, into),
        }
    }
}

type Read<T> = Result<T, serde_json::Error>;

/// Writes a mirror. Values are slices of the whole text, so that their places are known.
struct Writer<'t> {
    whole: &'t str,
    text: String,
    entries: Vec<Entry>,
}

impl<'t> Writer<'t> {
    fn root(&mut self, raw: &'t str) -> Read<()> {
        for (kind, raw, key) in self.members(raw)? {
            match kind.as_str() {
                "variable" => self.variables(raw)?,
                "variables" => {
                    self.text.push_str("variables {\n");
                    for (name, raw, _) in self.members(raw)? {
                        self.attribute(&name, &Node::read(raw)?.expression(), None);
                    }
                    self.text.push_str("}\n");
                }
                "locals" => {
                    self.text.push_str("locals {\n");
                    for (name, raw, _) in self.members(raw)? {
                        let value = expression_of(&Node::read(raw)?);
                        let origin = has_calls(&value).then(|| self.place(raw));
                        self.attribute(&name, &value, origin);
                    }
                    self.text.push_str("}\n");
                }
                _ => {
                    self.text.push_str("texts {\n");
                    self.key(&kind, key);
                    self.texts(raw, 1)?;
                    self.text.push_str("}\n");
                }
            }
        }
        Ok(())
    }

    fn variables(&mut self, raw: &'t str) -> Read<()> {
        for (name, raw, _) in self.members(raw)? {
            self.text.push_str(&format!("variable {} {{\n", quoted(&name)));
            for (field, raw, _) in self.members(raw)? {
                match (field.as_str(), Node::read(raw)?) {
                    ("type", Node::Text(kind)) => {
                        let bare = kind.strip_prefix("${").and_then(|k| k.strip_suffix('}'));
                        self.attribute("type", bare.unwrap_or(&kind).trim(), None);
                    }
                    // No default calls a function or names a variable: its texts are literal.
                    ("default", value) => self.attribute("default", &value.expression(), None),
                    _ => {}
                }
            }
            self.text.push_str("}\n");
        }
        Ok(())
    }

    /// Every text with calls of a value, whatever it is for.
    fn texts(&mut self, raw: &'t str, depth: usize) -> Read<()> {
        if depth > DEEPEST {
            return Err(serde::de::Error::custom("it is nested too deep"));
        }
        match raw.as_bytes().first() {
            Some(b'"') => {
                let text: String = serde_json::from_str(raw)?;
                self.key(&text, self.place(raw));
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw)?;
                items.into_iter().try_for_each(|item| self.texts(item.get(), depth + 1))?;
            }
            Some(b'{') => {
                for (name, raw, key) in self.members(raw)? {
                    self.key(&name, key);
                    if name == "dynamic" {
                        self.dynamic(raw, depth + 1)?;
                    } else {
                        self.texts(raw, depth + 1)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// `dynamic` blocks by their labels: what is inside of them knows their iterator.
    fn dynamic(&mut self, raw: &'t str, depth: usize) -> Read<()> {
        for (label, raw, _) in self.members(raw)? {
            for one in Self::each(raw)? {
                self.text.push_str(&format!("dynamic {} {{\n", quoted(&label)));
                let members = self.members(one)?;
                for (name, raw, _) in &members {
                    match (name.as_str(), Node::read(raw)?) {
                        ("for_each", value) => {
                            let value = expression_of(&value);
                            let origin = has_calls(&value).then(|| self.place(raw));
                            self.attribute("for_each", &value, origin);
                        }
                        ("iterator", Node::Text(name)) => self.attribute("iterator", &name, None),
                        _ => {}
                    }
                }
                self.text.push_str("content {\n");
                let inner =
                    members.iter().filter(|(name, ..)| !["for_each", "iterator"].contains(&name.as_str()));
                inner.into_iter().try_for_each(|(_, raw, _)| self.texts(raw, depth + 1))?;
                self.text.push_str("}\n}\n");
            }
        }
        Ok(())
    }

    /// A text, if it holds a call; it stands at this place.
    fn key(&mut self, text: &str, place: Range<usize>) {
        let value = expression(text);
        if has_calls(&value) {
            self.attribute(&format!("text{}", self.entries.len()), &value, Some(place));
        }
    }

    fn attribute(&mut self, name: &str, value: &str, origin: Option<Range<usize>>) {
        self.text.push_str(&format!("{name} = "));
        let start = self.text.len();
        self.text.push_str(value);
        self.entries.push(Entry { value: start..self.text.len(), origin });
        self.text.push('\n');
    }

    /// The members of an object, or of all objects of a list, and where their names stand: blocks are written in both ways.
    fn members(&self, raw: &'t str) -> Read<Vec<(String, &'t str, Range<usize>)>> {
        let mut found = Vec::new();
        for object in Self::each(raw)? {
            let members: Members<'t> = serde_json::from_str(object)?;
            let mut from = self.place(object).start + 1;
            for (name, raw) in members.0 {
                let value = self.place(raw.get());
                let between = &self.whole[from..value.start];
                let key = between.find('"').zip(between.rfind('"'));
                let key = key.map_or(value.start..value.start, |(first, last)| from + first..from + last + 1);
                found.push((name, raw.get(), key));
                from = value.end;
            }
        }
        Ok(found)
    }

    /// An object, or all objects of a list.
    fn each(raw: &'t str) -> Read<Vec<&'t str>> {
        Ok(match raw.as_bytes().first() {
            Some(b'{') => vec![raw],
            Some(b'[') => {
                let items: Vec<&'t RawValue> = serde_json::from_str(raw)?;
                items.into_iter().map(RawValue::get).filter(|item| item.starts_with('{')).collect()
            }
            _ => Vec::new(),
        })
    }

    fn place(&self, part: &str) -> Range<usize> {
        let start = part.as_ptr().addr() - self.whole.as_ptr().addr();
        start..start + part.len()
    }
}

/// Whether an expression calls one of the functions that look at the file system.
fn has_calls(expression: &str) -> bool {
    let named = Function::ALL.iter().any(|f| expression.contains(f.name()));
    named
        && syntax::parse(&format!("x = {expression}\n"))
            .is_ok_and(|read| !Calls::of(&read.body).all.is_empty())
}

/// A value as an expression whose texts are templates, as they are wherever expressions may stand.
fn expression_of(node: &Node) -> String {
    match node {
        Node::Text(text) => expression(text),
        Node::List(items) => {
            format!("[{}]", items.iter().map(expression_of).collect::<Vec<_>>().join(", "))
        }
        Node::Object(members) => {
            let one =
                |(name, value): &(String, Node)| format!("({}) = {}", expression(name), expression_of(value));
            format!("{{ {} }}", members.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        plain => plain.expression(),
    }
}

/// A template as an expression: what is in it, where it is one interpolation; else a text in quotes. What cannot be read here is
/// a literal, and the cluster's affair.
fn expression(template: &str) -> String {
    if !template.contains("${") && !template.contains("%{") {
        return quoted(template);
    }
    let Ok(read) = template.parse::<Template>() else { return quoted(template) };
    let elements: Vec<&Element> = read.iter().collect();
    if let [Element::Interpolation(only)] = elements[..]
        && let Some(span) = only.expr.span()
    {
        // In parentheses it may have more than one line.
        return format!("({})", &template[span]);
    }
    let mut out = String::from("\"");
    for element in elements {
        let Some(span) = element.span() else { return quoted(template) };
        let raw = &template[span];
        match element {
            Element::Literal(_) => raw.chars().for_each(|c| match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c => out.push(c),
            }),
            // Literals in directives are read by other rules within quotes.
            Element::Directive(_) if raw.contains(['\n', '\\']) || has_quoted_literal(raw) => {
                return quoted(template);
            }
            _ => out.push_str(raw),
        }
    }
    out.push('"');
    out
}

/// Whether a directive's own text, outside of its expressions, holds a quote.
fn has_quoted_literal(directive: &str) -> bool {
    let mut depth = 0_usize;
    let mut letters = directive.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '$' | '%' if letters.next_if_eq(&'{').is_some() => depth += 1,
            '{' if depth > 0 => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '"' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::jobfile::inline::Inliner;
    use serde_json::Value;

    /// What becomes of a file whose calls have plain arguments only.
    fn inlined(json: &str) -> String {
        let Some(mirror) = NativeMirror::of(json) else { return json.to_owned() };
        let mut inliner = Inliner::new(Text::new(mirror.as_str()));
        while let Some(round) = inliner.round().unwrap() {
            assert_eq!(round.document, None, "{}", mirror.as_str());
            let make = |f: Function, args: &[String]| Ok(quoted(&format!("{} of {}", f.name(), args[0])));
            inliner.answer(round, &Value::Null, make).unwrap();
        }
        let (done, failed) = inliner.finish();
        assert!(failed.is_empty());
        let mut text = Text::new(json);
        mirror.put_back(&done, &mut text);
        text.as_str().to_owned()
    }

    #[test]
    fn a_call_is_replaced_in_its_text_and_nothing_else_is_touched() {
        for (before, after) in [
            (r#"{"a": "${file(\"x\")}"}"#, r#"{"a": "${(\"file of x\")}"}"#),
            (
                r#"{"a": ["é", "b $${c} \\n ${file(\"x\")}\n"]}"#,
                r#"{"a": ["é", "${\"b $${c} \\\\n ${\"file of x\"}\\n\"}"]}"#,
            ),
            (r#"{"m" : {"${basename(\"x\")}" : 1}}"#, r#"{"m" : {"${(\"basename of x\")}" : 1}}"#),
            (
                r#"{"a": "file(\"x\")", "b": "$${file(\"x\")}"}"#,
                r#"{"a": "file(\"x\")", "b": "$${file(\"x\")}"}"#,
            ),
            (
                r#"{"locals": {"l": {"k": ["${file(\"x\")}"]}}}"#,
                r#"{"locals": {"l": "${{ (\"k\") = [(\"file of x\")] }}"}}"#,
            ),
        ] {
            assert_eq!(inlined(before), after, "{before}");
            assert!(serde_json::from_str::<Value>(after).is_ok());
        }
    }

    #[test]
    fn variables_locals_and_dynamic_blocks_are_mirrored_for_what_depends_on_them() {
        let json = r#"{"variable": {"p": {"type": "${list(string)}", "default": ["${x}"]}}, "locals": [{"q": "${var.p}"}],
            "job": {"j": {"dynamic": {"t": [{"for_each": "${local.q}", "iterator": "i", "labels": ["${basename(i.value)}"],
            "content": {"a": "%{ for f in local.q }${file(f)}%{ endfor }"}}]}}}}"#;
        let mirror = NativeMirror::of(json).unwrap();
        let expected = "variable \"p\" {\ntype = list(string)\ndefault = [\"$${x}\"]\n}\nlocals {\nq = (var.p)\n}\ntexts {\n\
            dynamic \"t\" {\nfor_each = (local.q)\niterator = i\ncontent {\ntext5 = (basename(i.value))\n\
            text6 = \"%{ for f in local.q }${file(f)}%{ endfor }\"\n}\n}\n}\n";
        assert_eq!(mirror.as_str(), expected);
        let calls = syntax::parse(mirror.as_str()).unwrap();
        let calls = Calls::of(&calls.body).all;
        assert_eq!(calls[0].bindings.len(), 1);
        let origin = mirror.origin(&calls[0].range).unwrap();
        assert_eq!(&json[origin], r#""${basename(i.value)}""#);
    }

    #[test]
    fn what_has_no_calls_or_is_no_json_has_no_mirror() {
        let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
        for json in ["{}", "", "{", r#"{"job": {"j": "file"}}"#, &format!("{{\"a\": {deep}}}")] {
            assert_eq!(NativeMirror::of(json), None, "{json}");
        }
    }
}
