//! The values of a job file's variables: declarations below the environment, below variable files in their order, below
//! the command line; told to the cluster as one text in which each is set once (`nomad-api.md §3.2`).

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOperator, Expression, ObjectKey, UnaryOperator};
use hcl_edit::structure::{Attribute, Body};
use hcl_edit::template::Element;

use super::json::Node;
use super::quoted;
use super::value_syntax::ValueSyntax;

/// Who assigned a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `NOMAD_VAR_name`.
    Environment,
    /// A variable file, and the line of it.
    File(PathBuf, usize),
    /// `-var`.
    Flag,
}

/// A value assigned to a variable, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its value as an HCL expression.
    pub expression: String,
    /// Who assigned it.
    pub source: Source,
}

impl Assignment {
    /// Who assigned it, in words that do not tell the value.
    #[must_use]
    pub fn origin(&self) -> String {
        match &self.source {
            Source::Environment => format!("NOMAD_VAR_{} in the environment", self.name),
            Source::File(path, line) => format!("{}:{line}", path.display()),
            Source::Flag => format!("--var {}", self.name),
        }
    }
}

/// How each variable that a job file declares reads its texts; none when the file cannot be read here.
#[must_use]
pub fn declarations(text: &str) -> Option<BTreeMap<String, ValueSyntax>> {
    if super::json::is_json(text) {
        return super::json::declared(text);
    }
    Some(declared(&super::syntax::parse(text).ok()?.body))
}

/// Every plain text in a job file with the name it stands under: what is secret there is secret elsewhere in it.
#[must_use]
pub fn named_texts(text: &str) -> Vec<(String, String)> {
    fn within(body: &Body, into: &mut Vec<(String, String)>) {
        body.attributes().for_each(|a| named(a.key.as_str(), &a.value, into));
        body.blocks().for_each(|block| within(&block.body, into));
    }
    fn named(name: &str, value: &Expression, into: &mut Vec<(String, String)>) {
        match value {
            Expression::String(text) => into.push((name.to_owned(), text.value().clone())),
            Expression::Array(items) => items.iter().for_each(|item| named(name, item, into)),
            Expression::Object(map) => {
                for (key, value) in map {
                    let key = match key {
                        ObjectKey::Ident(key) => key.as_str(),
                        ObjectKey::Expression(key) => key.as_str().unwrap_or(name),
                    };
                    named(key, value.expr(), into);
                }
            }
            _ => {}
        }
    }
    let mut found = defaults(text);
    if let Ok(read) = super::syntax::parse(text) {
        within(&read.body, &mut found);
    }
    found
}

/// The plain texts in the defaults of a job file's variables, with their names: they may be secret.
#[must_use]
pub fn defaults(text: &str) -> Vec<(String, String)> {
    let Ok(read) = super::syntax::parse(text) else { return super::json::defaults(text) };
    let mut found = Vec::new();
    let mut add = |name: &str, value: &Expression| {
        let mut own = Vec::new();
        texts(value, &mut own);
        found.extend(own.into_iter().map(|text| (name.to_owned(), text)));
    };
    for block in read.body.blocks() {
        match (block.ident.as_str(), block.labels.first(), block.body.get_attribute("default")) {
            ("variable", Some(name), Some(default)) => add(name.as_str(), &default.value),
            ("variables", _, _) => block.body.attributes().for_each(|a| add(a.key.as_str(), &a.value)),
            _ => {}
        }
    }
    found
}

/// How each declared variable reads its texts.
#[must_use]
pub fn declared(body: &Body) -> BTreeMap<String, ValueSyntax> {
    let mut found = BTreeMap::new();
    for block in body.blocks() {
        match block.ident.as_str() {
            "variables" => {
                found
                    .extend(block.body.attributes().map(|a| (a.key.as_str().to_owned(), of_value(&a.value))));
            }
            "variable" => {
                let Some(name) = block.labels.first() else { continue };
                let of = |name: &str| block.body.get_attribute(name).map(|a| &a.value);
                let reading = match (of("type"), of("default")) {
                    (Some(Expression::Variable(kind)), _)
                        if ["string", "number"].contains(&kind.as_str()) =>
                    {
                        ValueSyntax::Literal
                    }
                    (Some(_), _) => ValueSyntax::Expression,
                    (None, default) => default.map_or(ValueSyntax::Literal, of_value),
                };
                found.insert(name.as_str().to_owned(), reading);
            }
            _ => {}
        }
    }
    found
}

/// Without a type the type of the default counts. Nomad lets no default call functions or name variables, so its form tells
/// the type.
fn of_value(value: &Expression) -> ValueSyntax {
    match value {
        Expression::Null(_)
        | Expression::Bool(_)
        | Expression::Array(_)
        | Expression::Object(_)
        | Expression::ForExpr(_) => ValueSyntax::Expression,
        Expression::Parenthesis(inner) => of_value(inner.inner()),
        Expression::Conditional(either) => of_value(&either.true_expr),
        Expression::UnaryOp(op) if *op.operator == UnaryOperator::Not => ValueSyntax::Expression,
        Expression::BinaryOp(op) => match *op.operator {
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Mul
            | BinaryOperator::Div
            | BinaryOperator::Mod => ValueSyntax::Literal,
            _ => ValueSyntax::Expression,
        },
        // A string that is one interpolation is the value itself.
        Expression::StringTemplate(text) => match text.iter().collect::<Vec<_>>().as_slice() {
            [Element::Interpolation(only)] => of_value(&only.expr),
            _ => ValueSyntax::Literal,
        },
        _ => ValueSyntax::Literal,
    }
}

/// An assignment from the environment or the command line.
#[must_use]
pub fn assign(name: &str, value: &str, reading: ValueSyntax, source: Source) -> Assignment {
    let expression = match reading {
        ValueSyntax::Literal => quoted(value),
        ValueSyntax::Expression => value.to_owned(),
    };
    Assignment { name: name.to_owned(), expression, source }
}

/// What is wrong with a variable file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFile {
    /// Where, in bytes; none when the whole of it is meant.
    pub at: Option<usize>,
    /// What.
    pub text: String,
}

/// The assignments of a variable file, in HCL or in HCL's JSON form.
///
/// # Errors
/// When it is neither, or holds more than assignments.
pub fn of_file(path: &std::path::Path, text: &str) -> Result<Vec<Assignment>, BadFile> {
    let assignment = |name: &str, expression: String, at: usize| Assignment {
        name: name.to_owned(),
        expression,
        source: Source::File(path.to_owned(), super::text::position(text, at).line),
    };
    if super::json::is_json(text.trim_start_matches('\u{feff}')) {
        let node =
            Node::read(text).map_err(|e| BadFile { at: None, text: format!("not a JSON object: {e}") })?;
        let Node::Object(members) = node else { return Ok(Vec::new()) };
        for (at, (name, _)) in members.iter().enumerate() {
            if members[..at].iter().any(|(other, _)| other == name) {
                return Err(BadFile { at: None, text: format!("{name:?} is set twice") });
            }
        }
        return Ok(members.iter().map(|(name, value)| assignment(name, value.expression(), 0)).collect());
    }
    let body = super::syntax::parse(text).map(|read| read.body).map_err(|e| {
        let why = match e.message().contains("redefined attribute") {
            true => "this is set twice",
            false => "this is not HCL: expected `name = value`",
        };
        BadFile { at: Some(e.location().offset()), text: why.to_owned() }
    })?;
    if let Some(block) = body.blocks().next() {
        let text = "a variable file assigns values and declares nothing: write `name = value`".to_owned();
        return Err(BadFile { at: block.span().map(|r| r.start), text });
    }
    let one = |a: &Attribute| {
        let (key, value): (Range<usize>, Range<usize>) = (a.key.span()?, a.value.span()?);
        Some(assignment(a.key.as_str(), text[value].to_owned(), key.start))
    };
    Ok(body.attributes().filter_map(one).collect())
}

/// The last assignment of each variable, as one text for the cluster, and which line of it is whose.
#[must_use]
pub fn merged(assignments: &[Assignment]) -> Merged {
    let mut last: BTreeMap<&str, &Assignment> = BTreeMap::new();
    for assignment in assignments {
        last.insert(&assignment.name, assignment);
    }
    let (mut text, mut lines) = (String::new(), Vec::new());
    for assignment in last.into_values() {
        text.push_str(&format!("{} = {}\n", assignment.name, assignment.expression));
        lines.resize(text.matches('\n').count(), assignment.clone());
    }
    Merged { text, lines }
}

/// Assignments as one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merged {
    /// The text.
    pub text: String,
    /// For each line of it, the assignment it belongs to.
    pub lines: Vec<Assignment>,
}

impl Merged {
    /// The text to be sent along with a job file: its lines begin where those of the file end, because the cluster calls
    /// both by one name.
    #[must_use]
    pub fn beyond(&self, job: &str) -> String {
        if self.text.is_empty() { String::new() } else { "\n".repeat(Self::offset(job)) + &self.text }
    }

    /// How many lines are put in front.
    pub(super) fn offset(job: &str) -> usize {
        job.matches('\n').count() + 1
    }

    /// The plain texts among the values, with the names of their variables.
    #[must_use]
    pub fn values(&self) -> Vec<(String, String)> {
        let Ok(read) = super::syntax::parse(&self.text) else { return Vec::new() };
        let mut found = Vec::new();
        for attribute in read.body.attributes() {
            let mut own = Vec::new();
            texts(&attribute.value, &mut own);
            found.extend(own.into_iter().map(|text| (attribute.key.as_str().to_owned(), text)));
        }
        found
    }
}

/// The plain texts in an expression.
pub(super) fn texts(value: &Expression, into: &mut Vec<String>) {
    match value {
        Expression::String(text) => into.push(text.value().clone()),
        Expression::Parenthesis(inner) => texts(inner.inner(), into),
        Expression::HeredocTemplate(text) => into.push(text.template.to_string()),
        Expression::Array(items) => items.iter().for_each(|v| texts(v, into)),
        Expression::Object(map) => {
            map.iter().for_each(|(_, value)| texts(value.expr(), into));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn readings(text: &str) -> BTreeMap<String, ValueSyntax> {
        declared(&hcl_edit::parser::parse_body(text).unwrap())
    }

    #[test]
    fn the_declared_type_or_the_default_says_how_a_text_is_read() {
        let found = readings(
            "variables {\n a = 1\n b = true\n c = \"x\"\n}\nvariable \"d\" {\n type = list(string)\n}\nvariable \"e\" {}\n\
             variable \"f\" {\n type = number\n default = 3\n}\nvariable \"g\" {\n default = [1]\n}\nvariable \"h\" {\n type = bool\n}\n\
             variables {\n i = null\n j = true ? [1] : [2]\n k = 1 == 1\n l = \"${[1]}\"\n m = \"a${1}\"\n n = !true\n o = -1\n p = 1 + 2\n}\n",
        );
        use ValueSyntax::{Expression, Literal};
        let want = [
            ("a", Literal),
            ("b", Expression),
            ("c", Literal),
            ("d", Expression),
            ("e", Literal),
            ("f", Literal),
            ("g", Expression),
            ("h", Expression),
            ("i", Expression),
            ("j", Expression),
            ("k", Expression),
            ("l", Expression),
            ("m", Literal),
            ("n", Expression),
            ("o", Literal),
            ("p", Literal),
        ];
        assert_eq!(found, want.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
    }

    #[test]
    fn later_assignments_win_and_each_variable_is_set_once() {
        let file =
            of_file(Path::new("prod.hcl"), "# c\nimage = \"a:1\"\nports = [\n  1,\n  2,\n]\n").unwrap();
        let mut all = vec![assign("image", "env", ValueSyntax::Literal, Source::Environment)];
        all.extend(file);
        all.push(assign("count", "3", ValueSyntax::Literal, Source::Flag));
        let merged = merged(&all);
        assert_eq!(merged.text, "count = \"3\"\nimage = \"a:1\"\nports = [\n  1,\n  2,\n]\n");
        let origins: Vec<String> = merged.lines.iter().map(Assignment::origin).collect();
        assert_eq!(origins[0], "--var count");
        assert_eq!(origins[1], "prod.hcl:2");
        assert_eq!(&origins[2..], ["prod.hcl:3"; 4]);
        let values = merged.values();
        let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(values, [("count", "3"), ("image", "a:1")]);
    }

    #[test]
    fn a_variable_file_may_be_json_and_holds_assignments_only() {
        let json =
            of_file(Path::new("v.json"), r#"{"a": "x${b}", "l": [1, {"k y": true}], "n": null}"#).unwrap();
        let text = merged(&json).text;
        assert_eq!(text, "a = \"x$${b}\"\nl = [1, { \"k y\" = true }]\nn = null\n");
        assert!(hcl_edit::parser::parse_body(&text).is_ok());
        let bad = of_file(Path::new("v.hcl"), "a = 1\nvariable \"x\" {}\n").unwrap_err();
        assert_eq!(bad.at, Some(6));
        assert!(of_file(Path::new("v.hcl"), "a = ").is_err());
        let twice = |text: &str| of_file(Path::new("v"), text).unwrap_err().text;
        assert_eq!(twice("{\"a\": 1, \"a\": 2}"), "\"a\" is set twice");
        assert_eq!(twice("a = 1\na = 2\n"), "this is set twice");
        let marked = of_file(Path::new("v.hcl"), "\u{feff}a = { b = 1, b = 2 }\n").unwrap();
        assert_eq!(marked[0].expression, "{ b = 1, b = 2 }");
    }
}
