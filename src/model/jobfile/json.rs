//! Job files in JSON: jobs in the API's own form, and HCL in its JSON syntax.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::json_fields::{FIELDS, FREE};
use super::quoted;
use super::value_syntax::ValueSyntax;

/// Deeper nesting is not read.
pub(super) const DEEPEST: usize = 256;

/// Whether Nomad reads a text as HCL's JSON syntax.
#[must_use]
pub fn is_json(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with('{')
}

/// A value as it is written: the members of an object in their order, one that stands twice included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// An object.
    Object(Vec<(String, Node)>),
    /// A list.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A number, as it is written.
    Number(String),
}

/// The members of an object.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The visitor that keeps every member.
        struct AllMembers;
        impl<'de> Visitor<'de> for AllMembers {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut all = Vec::new();
                while let Some(member) = map.next_entry()? {
                    all.push(member);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_map(AllMembers).map(Members)
    }
}

impl Node {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is no JSON, or nested too deep.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        Self::at_depth(text.trim_start_matches('\u{feff}'), 0)
    }

    fn at_depth(text: &str, depth: usize) -> Result<Self, serde_json::Error> {
        if depth > DEEPEST {
            return Err(serde_json::Error::custom(format!("it is nested deeper than {DEEPEST} levels")));
        }
        let text = text.trim();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(text)?;
                let read =
                    |(name, raw): (String, &RawValue)| Ok((name, Self::at_depth(raw.get(), depth + 1)?));
                Node::Object(members.0.into_iter().map(read).collect::<Result<_, serde_json::Error>>()?)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                let read = items.into_iter().map(|raw| Self::at_depth(raw.get(), depth + 1));
                Node::List(read.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Node::Text(serde_json::from_str(text)?),
            _ => match serde_json::from_str::<Value>(text)? {
                Value::Bool(flag) => Node::Bool(flag),
                Value::Null => Node::Null,
                _ => Node::Number(text.to_owned()),
            },
        })
    }

    /// As an HCL expression in which every text is literal, as `nomad` has it in variable files.
    #[must_use]
    pub fn expression(&self) -> String {
        match self {
            Node::Object(members) => {
                let one =
                    |(name, value): &(String, Node)| format!("{} = {}", quoted(name), value.expression());
                format!("{{ {} }}", members.iter().map(one).collect::<Vec<_>>().join(", "))
            }
            Node::List(items) => {
                format!("[{}]", items.iter().map(Node::expression).collect::<Vec<_>>().join(", "))
            }
            Node::Text(text) => quoted(text),
            Node::Bool(flag) => flag.to_string(),
            Node::Null => "null".to_owned(),
            Node::Number(number) => number.clone(),
        }
    }

    /// The members of an object, or of all objects of a list: blocks are written in both ways.
    fn members(&self) -> Vec<&(String, Node)> {
        match self {
            Node::Object(members) => members.iter().collect(),
            Node::List(items) => items.iter().flat_map(Node::members).collect(),
            _ => Vec::new(),
        }
    }

    /// How a text is read that is assigned to a variable of which this is the default.
    fn reading(&self) -> ValueSyntax {
        match self {
            Node::Text(_) | Node::Number(_) => ValueSyntax::Literal,
            Node::Object(_) | Node::List(_) | Node::Bool(_) | Node::Null => ValueSyntax::Expression,
        }
    }
}

/// How each variable that HCL in JSON syntax declares reads its texts; none when it is no JSON.
#[must_use]
pub fn declared(text: &str) -> Option<BTreeMap<String, ValueSyntax>> {
    let whole = Node::read(text).ok()?;
    let mut found = BTreeMap::new();
    for (kind, blocks) in whole.members() {
        for (name, value) in blocks.members() {
            let reading = match kind.as_str() {
                "variables" => value.reading(),
                "variable" => {
                    let of = |wanted: &str| value.members().into_iter().find(|(n, _)| n == wanted);
                    match (of("type"), of("default")) {
                        (Some((_, Node::Text(kind))), _)
                            if ["string", "number"]
                                .contains(&kind.trim_start_matches("${").trim_end_matches('}').trim()) =>
                        {
                            ValueSyntax::Literal
                        }
                        (Some(_), _) => ValueSyntax::Expression,
                        (None, default) => default.map_or(ValueSyntax::Literal, |(_, value)| value.reading()),
                    }
                }
                _ => continue,
            };
            found.insert(name.clone(), reading);
        }
    }
    Some(found)
}

/// The plain texts in the defaults of the variables that HCL in JSON syntax declares, with their names.
pub(super) fn defaults(text: &str) -> Vec<(String, String)> {
    fn texts(name: &str, node: &Node, into: &mut Vec<(String, String)>) {
        match node {
            Node::Text(text) => into.push((name.to_owned(), text.clone())),
            Node::Object(members) => members.iter().for_each(|(_, value)| texts(name, value, into)),
            Node::List(items) => items.iter().for_each(|value| texts(name, value, into)),
            _ => {}
        }
    }
    let Ok(whole) = Node::read(text) else { return Vec::new() };
    let mut found = Vec::new();
    for (kind, blocks) in whole.members() {
        for (name, value) in blocks.members() {
            match kind.as_str() {
                "variables" => texts(name, value, &mut found),
                "variable" => {
                    let default = value.members().into_iter().filter(|(n, _)| n == "default");
                    default.for_each(|(_, value)| texts(name, value, &mut found));
                }
                _ => {}
            }
        }
    }
    found
}

/// Whether HCL in JSON syntax holds a job; none when it is no JSON.
#[must_use]
pub fn has_job(text: &str) -> Option<bool> {
    Some(Node::read(text).ok()?.members().iter().any(|(kind, _)| kind == "job"))
}

/// A job in the API's own form, bare or as `{"Job": …}`, its fields in any letter case, as the servers take them; none when
/// the text is something else, such as HCL in JSON syntax.
#[must_use]
pub fn api_job(text: &str) -> Option<Value> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('{') {
        return None;
    }
    let Value::Object(mut whole) = serde_json::from_str(text).ok()? else { return None };
    let key = whole.keys().find(|name| name.eq_ignore_ascii_case("job")).cloned();
    let job = match key.and_then(|key| whole.remove(&key)) {
        // The members of HCL's are the names of jobs.
        Some(Value::Object(job)) => job.iter().any(|(name, value)| is_own(name, value)).then_some(job)?,
        Some(_) => return None,
        None => {
            let hcl = ["variable", "variables", "locals"];
            if whole.keys().any(|name| hcl.contains(&name.as_str())) {
                return None;
            }
            whole
        }
    };
    Some(canonical(Value::Object(job)))
}

/// Whether a member is a field of a job rather than the name of one.
fn is_own(name: &str, value: &Value) -> bool {
    match name.to_ascii_lowercase().as_str() {
        "id" | "name" | "type" | "namespace" | "region" => value.is_string(),
        "taskgroups" | "datacenters" => value.is_array(),
        _ => false,
    }
}

/// The same with the fields' names as the API writes them.
fn canonical(value: Value) -> Value {
    let each = |items: Vec<Value>| Value::Array(items.into_iter().map(canonical).collect());
    match value {
        Value::Object(members) => {
            let mut named = Map::new();
            for (name, value) in members {
                let known = FIELDS.iter().find(|known| known.eq_ignore_ascii_case(&name));
                let name = known.map_or(name, |known| (*known).to_owned());
                let value = match value {
                    value if FREE.contains(&name.as_str()) => value,
                    Value::Object(volumes) if name == "Volumes" => {
                        Value::Object(volumes.into_iter().map(|(name, v)| (name, canonical(v))).collect())
                    }
                    Value::Array(items) => each(items),
                    value => canonical(value),
                };
                named.insert(name, value);
            }
            Value::Object(named)
        }
        Value::Array(items) => each(items),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_of_the_api_is_told_from_hcl_and_its_fields_may_be_in_any_letter_case() {
        let job = api_job(
            r#"{"job": {"id": "x", "Taskgroups": [{"name": "g", "TASKS": [{"env": {"name": "n"}}], "volumes":
                {"type": {"SOURCE": "s"}}}]}}"#,
        );
        let want = json!({"ID": "x", "TaskGroups": [{"Name": "g", "Tasks": [{"Env": {"name": "n"}}],
            "Volumes": {"type": {"Source": "s"}}}]});
        assert_eq!(job, Some(want));
        assert_eq!(api_job("\u{feff}{\"type\": \"batch\"}"), Some(json!({"Type": "batch"})));
        for hcl in [
            r#"{"job": {"id": {"group": {}}}}"#,
            r#"{"job": [{"x": {}}]}"#,
            r#"{"variable": {"id": {}}, "job": {"x": {}}}"#,
            "job \"x\" {}",
            "{",
        ] {
            assert_eq!(api_job(hcl), None, "{hcl}");
        }
    }

    #[test]
    fn what_hcl_in_json_declares_is_known() {
        let text = r#"{"variable": [{"a": {"type": "string"}}, {"b": {"type": "list(string)", "default": []}}],
            "variable": {"c": {"default": true}, "d": {}, "e": [{"type": "${number}"}]}, "variables": {"f": "x", "g": null},
            "job": {"x": {}}}"#;
        use ValueSyntax::{Expression, Literal};
        let want = [
            ("a", Literal),
            ("b", Expression),
            ("c", Expression),
            ("d", Literal),
            ("e", Literal),
            ("f", Literal),
            ("g", Expression),
        ];
        assert_eq!(declared(text), Some(want.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()));
        assert_eq!((declared("{"), has_job(text), has_job("{\"a\": 1}")), (None, Some(true), Some(false)));
    }

    #[test]
    fn nodes_keep_what_stands_twice_and_how_numbers_are_written() {
        let node =
            Node::read("{\"a\": 1.50, \"a\": [null, \"x${y}\", {\"k%{\": 123456789012345678901234567890}]}")
                .unwrap();
        assert_eq!(
            node.expression(),
            r#"{ "a" = 1.50, "a" = [null, "x$${y}", { "k%%{" = 123456789012345678901234567890 }] }"#
        );
        assert!(Node::read(&format!("{}{}", "[".repeat(9000), "]".repeat(9000))).is_err());
        assert!(Node::read("{\"a\" 1}").is_err() && Node::read("").is_err());
    }
}
