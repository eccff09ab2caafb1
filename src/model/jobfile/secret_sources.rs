//! What a job file makes from secrets: the texts of locals with the names of secrets, and the fields that take them, or secret
//! variables, as a part of theirs.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Body};
use regex::Regex;

use super::json::Node;
use super::variables::texts;
use crate::model::redaction::{MadeField, is_secret_text, is_telling};

/// What of a job file is secret by where it comes from.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SecretSources {
    /// Texts of locals with the names of secrets, by these names.
    pub texts: Vec<(String, String)>,
    /// Fields that are made from secrets.
    pub fields: Vec<MadeField>,
}

/// A variable or a local in an expression, with what is taken of it: `var.creds.password`, `local.creds["password"]`.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\b(var|local)((?:\.[A-Za-z_][\w-]*|\[\s*\\?"[^"\\]*\\?"\s*\]|\[[^\]"\\]*\])+)"#)
        .expect("the pattern is constant")
});
/// What is taken of one round of a `dynamic` block, behind its name.
static TAKEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^\.(?:value|key)\b(?:\.[A-Za-z_][\w-]*|\[\s*\\?"[^"\\]*\\?"\s*\])*"#)
        .expect("the pattern is constant")
});
/// A call of a function, a choice or a comparison: what comes of it need not hold what goes in.
static WORKED_OUT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[a-z0-9_]\s*\(|\?|==|!=").expect("the pattern is constant"));

/// What of a job file is secret by where it comes from; nothing of a file that cannot be read here.
#[must_use]
pub fn of(text: &str) -> SecretSources {
    let mut found = Found::default();
    if super::json::is_json(text) {
        let Ok(whole) = Node::read(text) else { return SecretSources::default() };
        found.json("", &whole, false);
    } else {
        let Ok(read) = super::syntax::parse(text) else { return SecretSources::default() };
        found.body(&read.body, false);
    }
    found.sources()
}

/// Where the texts of templates stand that are secrets as a whole by the files they are for.
#[must_use]
pub fn secret_texts(text: &str) -> Vec<Range<usize>> {
    fn within(body: &Body, into: &mut Vec<Range<usize>>) {
        let file = body.get_attribute("destination").and_then(|a| a.value.as_str());
        if let (Some(file), Some(data)) = (file, body.get_attribute("data")) {
            let mut all = Vec::new();
            texts(&data.value, &mut all);
            if all.iter().any(|text| is_secret_text(file, text)) {
                into.extend(data.value.span());
            }
        }
        body.blocks().for_each(|block| within(&block.body, into));
    }
    let mut found = Vec::new();
    if let Ok(read) = super::syntax::parse(text) {
        within(&read.body, &mut found);
    }
    found
}

/// An attribute of a job file that is an expression.
struct Made {
    name: String,
    expression: String,
    /// It is one of a list, or a text of several lines: what it holds of a secret is hidden, and the rest told.
    is_part: bool,
}

#[derive(Default)]
struct Found {
    locals: Vec<Made>,
    fields: Vec<Made>,
    texts: Vec<(String, String)>,
    /// What is gone through by the `dynamic` blocks that stand around, the outermost first.
    iterators: Vec<Iterated>,
}

/// What a `dynamic` block goes through.
struct Iterated {
    /// What its content calls one of them.
    name: String,
    /// All of them, as an expression.
    all: String,
}

impl Iterated {
    /// What an expression takes of one of them, each as a path; empty where it takes nothing.
    fn taken<'e>(&self, expression: &'e str) -> Vec<&'e str> {
        let mut paths = Vec::new();
        let mut rest = expression;
        while let Some(at) = rest.find(&self.name) {
            let (before, after) = (&rest[..at], &rest[at + self.name.len()..]);
            let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || "_-.".contains(c));
            if let Some(path) = TAKEN.find(after).filter(|_| is_whole) {
                paths.push(path.as_str());
            }
            rest = after;
        }
        paths
    }
}

impl Found {
    fn body(&mut self, body: &Body, is_locals: bool) {
        for attribute in body.attributes() {
            self.expression(attribute.key.as_str(), &attribute.value, is_locals, false);
        }
        body.blocks().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block.ident.as_str() {
            "variable" | "variables" => {}
            "locals" => self.body(&block.body, true),
            "dynamic" => self.dynamic(block),
            _ => self.body(&block.body, false),
        }
    }

    /// A block that is repeated: what its content takes of one round is taken of all that is gone through.
    fn dynamic(&mut self, block: &Block) {
        let label = block.labels.first().map(|label| label.as_str().to_owned());
        let iterator = block.body.get_attribute("iterator").map(|a| a.value.to_string().trim().to_owned());
        let all = block.body.get_attribute("for_each");
        if let Some(all) = all {
            // What stands there under the name of a secret is one, wherever it is put.
            self.expression("for_each", &all.value, true, true);
        }
        let all = all.map(|a| self.traced(&a.value.to_string())).unwrap_or_default();
        self.within(iterator.or(label), all, |found| {
            block.body.blocks().for_each(|content| found.block(content));
        });
    }

    fn json_dynamic(&mut self, label: &str, node: &Node) {
        match node {
            Node::List(items) => items.iter().for_each(|item| self.json_dynamic(label, item)),
            Node::Object(members) => {
                let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, node)| node);
                let iterator = match member("iterator") {
                    Some(Node::Text(name)) => name.clone(),
                    _ => label.to_owned(),
                };
                let mut all = String::new();
                if let Some(node) = member("for_each") {
                    self.json_named(node);
                    json_texts(node, &mut all);
                }
                let all = self.traced(&all);
                self.within(Some(iterator), all, |found| {
                    member("content").into_iter().for_each(|content| found.json("content", content, false));
                });
            }
            _ => {}
        }
    }

    /// The texts that stand under the names of secrets.
    fn json_named(&mut self, node: &Node) {
        match node {
            Node::List(items) => items.iter().for_each(|item| self.json_named(item)),
            Node::Object(members) => {
                for (key, value) in members {
                    match value {
                        Node::Text(text) => self.texts.push((key.clone(), text.clone())),
                        value => self.json_named(value),
                    }
                }
            }
            _ => {}
        }
    }

    fn within(&mut self, iterator: Option<String>, all: String, content: impl FnOnce(&mut Self)) {
        let Some(name) = iterator.filter(|name| !name.is_empty()) else { return content(self) };
        self.iterators.push(Iterated { name, all });
        content(self);
        self.iterators.pop();
    }

    /// The expression with what it takes of the rounds of `dynamic` blocks, the innermost first: their names say nothing outside.
    fn traced(&self, expression: &str) -> String {
        let mut traced = expression.to_owned();
        let mut seen = BTreeSet::new();
        for iterated in self.iterators.iter().rev().filter(|i| seen.insert(&i.name)) {
            let paths: Vec<String> =
                iterated.taken(expression).iter().map(|path| format!(" var{path}")).collect();
            if !paths.is_empty() {
                traced.extend(paths);
                traced.push(' ');
                traced.push_str(&iterated.all);
            }
        }
        traced
    }

    fn expression(&mut self, name: &str, value: &Expression, is_local: bool, is_part: bool) {
        match value {
            Expression::Object(map) => {
                for (key, value) in map {
                    let key = match key {
                        ObjectKey::Ident(key) => key.as_str(),
                        ObjectKey::Expression(key) => key.as_str().unwrap_or(name),
                    };
                    if is_local {
                        // Taken as a whole, or by its parts.
                        self.expression(name, value.expr(), true, is_part);
                        self.named(key, value.expr());
                    } else {
                        self.expression(key, value.expr(), false, is_part);
                    }
                }
            }
            Expression::Array(items) => {
                items.iter().for_each(|item| self.expression(name, item, is_local, true));
            }
            Expression::Parenthesis(inner) => self.expression(name, inner.inner(), is_local, is_part),
            Expression::String(_) if is_local => self.named(name, value),
            Expression::String(_) | Expression::Bool(_) | Expression::Number(_) | Expression::Null(_) => {}
            _ => {
                let is_part = is_part || matches!(value, Expression::HeredocTemplate(_));
                self.add(name, value.to_string(), is_local, is_part);
            }
        }
    }

    /// The texts that stand under the name of a secret.
    fn named(&mut self, name: &str, value: &Expression) {
        let mut all = Vec::new();
        texts(value, &mut all);
        self.texts.extend(all.into_iter().map(|text| (name.to_owned(), text)));
    }

    fn json(&mut self, name: &str, node: &Node, is_local: bool) {
        match node {
            Node::Object(members) => {
                for (key, value) in members {
                    match key.as_str() {
                        "variable" | "variables" if name.is_empty() => {}
                        "locals" if name.is_empty() => self.json_locals(value),
                        "dynamic" if !is_local => self.json_dynamics(value),
                        _ => self.json(if is_local { name } else { key }, value, is_local),
                    }
                }
            }
            Node::List(items) => items.iter().for_each(|item| self.json(name, item, is_local)),
            Node::Text(text) if text.contains("${") => {
                self.add(name, text.clone(), is_local, true);
            }
            Node::Text(text) if is_local => self.texts.push((name.to_owned(), text.clone())),
            _ => {}
        }
    }

    fn json_dynamics(&mut self, node: &Node) {
        match node {
            Node::Object(members) => members.iter().for_each(|(label, node)| self.json_dynamic(label, node)),
            Node::List(items) => items.iter().for_each(|item| self.json_dynamics(item)),
            _ => {}
        }
    }

    fn json_locals(&mut self, node: &Node) {
        match node {
            Node::Object(members) => members.iter().for_each(|(name, value)| self.json(name, value, true)),
            Node::List(items) => items.iter().for_each(|item| self.json_locals(item)),
            _ => {}
        }
    }

    fn add(&mut self, name: &str, expression: String, is_local: bool, is_part: bool) {
        let expression = if is_local { expression } else { self.traced(&expression) };
        let made = Made { name: name.to_owned(), expression, is_part };
        if is_local { &mut self.locals } else { &mut self.fields }.push(made);
    }

    fn sources(self) -> SecretSources {
        // Locals that are made from secrets, and those that are made from these.
        let mut secret: BTreeSet<&str> = BTreeSet::new();
        loop {
            let more = self.locals.iter().filter(|l| takes_secret(&l.expression, &secret));
            let more: Vec<&str> =
                more.map(|l| l.name.as_str()).filter(|name| !secret.contains(name)).collect();
            if more.is_empty() {
                break;
            }
            secret.extend(more);
        }
        let worked_out = |expression: &str| WORKED_OUT.is_match(expression);
        let through: BTreeSet<&str> =
            self.locals.iter().filter(|l| worked_out(&l.expression)).map(|l| l.name.as_str()).collect();
        let fields = self.fields.iter().filter(|field| takes_secret(&field.expression, &secret));
        let fields = fields.map(|field| MadeField {
            name: field.name.clone(),
            worked_out: takes_a_part(&field.expression)
                || !field.is_part
                    && (worked_out(&field.expression)
                        || locals_in(&field.expression).any(|name| through.contains(name))),
        });
        SecretSources {
            texts: self.texts.iter().filter(|(name, _)| is_telling(name)).cloned().collect(),
            fields: fields.collect(),
        }
    }
}

/// The texts of a value, one after the other.
fn json_texts(node: &Node, into: &mut String) {
    match node {
        Node::Text(text) => {
            into.push_str(text);
            into.push(' ');
        }
        Node::List(items) => items.iter().for_each(|item| json_texts(item, into)),
        Node::Object(members) => members.iter().for_each(|(_, value)| json_texts(value, into)),
        _ => {}
    }
}

/// The names in a reference: `creds`, `password`.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']', '"', '\\']).map(str::trim).filter(|name| !name.is_empty())
}

fn locals_in(expression: &str) -> impl Iterator<Item = &str> {
    REFERENCE.captures_iter(expression).filter_map(|found| {
        let (kind, path) = (found.get(1)?.as_str(), found.get(2)?.as_str());
        names(path).next().filter(|_| kind == "local")
    })
}

/// Whether an expression takes what has the name of a secret out of a variable that has not: its text alone is not known then.
fn takes_a_part(expression: &str) -> bool {
    REFERENCE.captures_iter(expression).any(|found| {
        let path = found.get(2).map_or("", |path| path.as_str());
        found.get(1).is_some_and(|kind| kind.as_str() == "var") && names(path).skip(1).any(is_telling)
    })
}

/// Whether an expression takes a variable or a local with the name of a secret, or one of these locals.
fn takes_secret(expression: &str, secret: &BTreeSet<&str>) -> bool {
    let named = REFERENCE
        .captures_iter(expression)
        .any(|found| found.get(2).is_some_and(|path| names(path.as_str()).any(is_telling)));
    named || locals_in(expression).any(|name| secret.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> Vec<String> {
        let fields = of(text).fields.into_iter();
        fields.map(|f| format!("{}{}", f.name, if f.worked_out { " worked out" } else { "" })).collect()
    }

    #[test]
    fn fields_that_take_secrets_are_found_through_locals_and_in_both_syntaxes() {
        let hcl = "variable \"pw\" {\n default = \"x\"\n}\nlocals {\n dbpass = \"l1\"\n q = var.pw\n r = \"a${local.q}\"\n plain = var.size\n creds = { user = \"u\", password = \"l2\" }\n}\n\
            job \"a\" {\n env {\n  A = var.pw\n  B = \"p-${var.pw}\"\n  C = upper(var.pw)\n  D = local.r\n  E = local.plain\n  F = \"see var.pw\"\n  G = local.dbpass\n  H = local.creds[\"password\"]\n }\n\
            config {\n args = [\"-x\", \"${var.pw}\"]\n auth = { k = var.pw }\n }\n template {\n data = <<EOT\nx ${var.pw}\nEOT\n }\n}\n";
        assert_eq!(made(hcl), ["A", "B", "C worked out", "D", "G", "H", "args", "k", "data"]);
        let texts = of(hcl).texts;
        let texts: Vec<String> = texts.iter().map(|(name, text)| format!("{name} {text}")).collect();
        assert_eq!(texts, ["dbpass l1", "creds u", "creds l2", "password l2"]);
        let json = r#"{"variable":{"pw":{"default":"x"}},"locals":{"q":"${var.pw}","db_pass":"l1"},
            "job":{"a":{"env":{"A":"${var.pw}","B":"p-${var.pw}","C":"${local.q}","D":"${var.size}"}}}}"#;
        assert_eq!(made(json), ["A", "B", "C"]);
        assert_eq!(of(json).texts, [("db_pass".to_owned(), "l1".to_owned())]);
        assert_eq!(of("job \"a\" {"), SecretSources::default());
    }

    #[test]
    fn the_text_of_a_secret_file_is_found_where_it_stands() {
        let text = "template {\n  destination = \"secrets/id_rsa\"\n  data        = \"pw\"\n}\ntemplate {\n  destination = \"local/app.conf\"\n  data = \"x\"\n}\n";
        let found: Vec<&str> = secret_texts(text).into_iter().map(|place| &text[place]).collect();
        assert_eq!(found.iter().map(|t| t.trim()).collect::<Vec<_>>(), ["\"pw\""]);
    }

    #[test]
    fn what_a_dynamic_block_repeats_is_as_secret_as_what_it_goes_through() {
        let text = r#"
job "j" {
  group "g" {
  dynamic "template" {
    for_each = var.db_passwords
    content { data = template.value }
  }
  dynamic "template" {
    for_each = var.users
    iterator = user
    content {
      data        = "${user.value.name}:${user.value.password}"
      destination = user.value.name
    }
  }
  dynamic "env" {
    for_each = [{ name = "db", token = "hunter22" }]
    content {
      dynamic "inner" {
        for_each = env.value.api_keys
        content { text = inner.value }
      }
    }
  }
  dynamic "service" {
    for_each = toset(["a", "b"])
    content { name = service.value }
  }
  }
}
"#;
        let found = of(text);
        let fields: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(fields, ["data", "data", "text"]);
        assert!(found.texts.contains(&("token".to_owned(), "hunter22".to_owned())), "{:?}", found.texts);
        let json = r#"{"job": {"j": {"group": {"g": {"task": {"t": {"dynamic": {"template": [
            {"for_each": "${var.db_passwords}", "content": {"data": "${template.value}"}},
            {"for_each": [{"token": "hunter22"}], "iterator": "it", "content": {"data": "x${it.value.name}"}}
        ]}}}}}}}}"#;
        let found = of(json);
        let fields: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(fields, ["data"]);
        assert!(found.texts.contains(&("token".to_owned(), "hunter22".to_owned())), "{:?}", found.texts);
    }
}
