//! Config entries as people write them: HCL or JSON, one or several in a file, in Consul's spelling or with underscores.

use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Body, Structure};
use serde_json::{Map, Value};

use super::fields::{of, plain};
use crate::api::consul::config_entry::{ConfigEntry, Kind};

/// Fields that hold a list of objects: a single block of one is a list of one.
const LISTS: [&str; 16] = [
    "splits",
    "routes",
    "sources",
    "permissions",
    "services",
    "listeners",
    "rules",
    "matches",
    "parents",
    "header",
    "queryparam",
    "hashpolicies",
    "targets",
    "headers",
    "query",
    "certificates",
];

/// Reads the entries of a file.
///
/// # Errors
/// What is wrong with it, and where.
pub fn read(text: &str) -> Result<Vec<ConfigEntry>, String> {
    let value = match text.trim_start().chars().next() {
        None => return Err("it is empty".to_owned()),
        Some('{' | '[') => {
            let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            let values: Result<Vec<Value>, _> = values.collect();
            let mut values = values.map_err(|flaw| format!("it is no JSON: {flaw}"))?;
            if values.len() == 1 { values.remove(0) } else { Value::Array(values) }
        }
        Some(_) => {
            let body = hcl_edit::parser::parse_body(text).map_err(|flaw| format!("it is no HCL: {flaw}"))?;
            object(&body)?
        }
    };
    let entries = match value {
        Value::Array(list) => list,
        // A list of entries in one object, as `Entries = [{ … }]` or blocks of it.
        Value::Object(ref fields) if of(fields, "Kind").is_null() && !of(fields, "Entries").is_null() => {
            match of(fields, "Entries").clone() {
                Value::Array(list) => list,
                one => vec![one],
            }
        }
        one => vec![one],
    };
    if entries.is_empty() {
        return Err("it holds no entry".to_owned());
    }
    let many = entries.len() > 1;
    let read = |(at, value): (usize, Value)| {
        entry(value).map_err(|flaw| if many { format!("entry {}: {flaw}", at + 1) } else { flaw })
    };
    entries.into_iter().enumerate().map(read).collect()
}

/// An entry with its kind and its name in Consul's spelling.
fn entry(value: Value) -> Result<ConfigEntry, String> {
    let Value::Object(fields) = value else { return Err("it is no object".to_owned()) };
    // What `fleet config show -o json` writes.
    if let (true, Value::Object(inner)) = (of(&fields, "Kind").is_string(), of(&fields, "entry")) {
        return entry(Value::Object(inner.clone()));
    }
    let mut whole = Map::new();
    for (key, value) in fields {
        let key = match plain(&key).as_str() {
            "kind" => "Kind".to_owned(),
            "name" => "Name".to_owned(),
            _ => key,
        };
        if whole.insert(key.clone(), value).is_some() {
            return Err(format!("{key} is there twice"));
        }
    }
    let entry = ConfigEntry { fields: whole };
    let known = || Kind::ALL.map(Kind::name).join(", ");
    match entry.kind_name() {
        "" => return Err("it has no Kind".to_owned()),
        name if entry.kind().is_none() => return Err(format!("{name:?} is no kind; there are {}", known())),
        _ => {}
    }
    // These two have one name, which may be left out.
    let single = match entry.kind() {
        Some(Kind::ProxyDefaults) => Some("global"),
        Some(Kind::Mesh) => Some("mesh"),
        _ => None,
    };
    let mut entry = entry;
    match (entry.name(), single) {
        ("", Some(name)) => drop(entry.fields.insert("Name".to_owned(), name.into())),
        ("", None) => return Err(format!("the {} has no Name", entry.kind_name())),
        _ => {}
    }
    Ok(entry)
}

fn object(body: &Body) -> Result<Value, String> {
    let mut fields = Map::new();
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                let key = attribute.key.as_str().to_owned();
                let value = value(&attribute.value).map_err(|flaw| format!("{key}: {flaw}"))?;
                fields.insert(key, value);
            }
            Structure::Block(block) => {
                let key = block.ident.as_str().to_owned();
                let mut inner = object(&block.body)?;
                for label in block.labels.iter().rev() {
                    inner = Value::Object(Map::from_iter([(label.as_str().to_owned(), inner)]));
                }
                add(&mut fields, key, inner, !block.labels.is_empty());
            }
        }
    }
    Ok(Value::Object(fields))
}

/// Puts a block beside those of the same name: labelled ones are pairs of one object, others elements of one list.
fn add(fields: &mut Map<String, Value>, key: String, inner: Value, labelled: bool) {
    match (fields.get_mut(&key), inner) {
        (Some(Value::Object(all)), Value::Object(one)) if labelled => all.extend(one),
        (Some(Value::Array(list)), inner) => list.push(inner),
        (Some(first), inner) => *first = Value::Array(vec![first.take(), inner]),
        (None, inner) if !labelled && LISTS.contains(&plain(&key).as_str()) => {
            fields.insert(key, Value::Array(vec![inner]));
        }
        (None, inner) => drop(fields.insert(key, inner)),
    }
}

fn value(expression: &Expression) -> Result<Value, String> {
    Ok(match expression {
        Expression::Null(_) => Value::Null,
        Expression::Bool(b) => Value::Bool(*b.value()),
        Expression::Number(n) => serde_json::from_str(&n.value().to_string())
            .map_err(|_| format!("{} is no number of JSON", n.value()))?,
        Expression::String(s) => Value::String(s.value().clone()),
        Expression::Array(list) => Value::Array(list.iter().map(value).collect::<Result<_, _>>()?),
        Expression::Object(object) => {
            let pair = |(key, v): (&ObjectKey, &hcl_edit::expr::ObjectValue)| {
                let key = match key {
                    ObjectKey::Ident(ident) => ident.as_str().to_owned(),
                    ObjectKey::Expression(e) => match value(e)? {
                        Value::String(text) => text,
                        other => other.to_string(),
                    },
                };
                let value = value(v.expr()).map_err(|flaw| format!("{key}: {flaw}"))?;
                Ok((key, value))
            };
            Value::Object(object.iter().map(pair).collect::<Result<_, String>>()?)
        }
        Expression::Parenthesis(inner) => value(inner.inner())?,
        Expression::UnaryOp(_) => serde_json::from_str(expression.to_string().trim())
            .map_err(|_| "it is no plain value".to_owned())?,
        Expression::HeredocTemplate(_) | Expression::StringTemplate(_) => {
            return Err("it holds ${…}, which nothing would fill in".to_owned());
        }
        _ => return Err("it is no plain value".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn one(text: &str) -> Value {
        let mut entries = read(text).unwrap();
        assert_eq!(entries.len(), 1);
        Value::Object(entries.remove(0).fields)
    }

    #[test]
    fn hcl_in_both_of_its_spellings_and_json_say_the_same() {
        let wanted = json!({"Kind": "service-splitter", "Name": "web", "Splits": [
            {"Weight": 90, "ServiceSubset": "v1"}, {"Weight": 10, "ServiceSubset": "v2"}]});
        assert_eq!(
            one(
                "Kind = \"service-splitter\"\nName = \"web\"\nSplits = [\n  { Weight = 90\n ServiceSubset = \"v1\" },\n  {Weight = 10, ServiceSubset = \"v2\"},\n]\n"
            ),
            wanted
        );
        assert_eq!(
            one(
                "kind = \"service-splitter\"\nname = \"web\"\nSplits {\n Weight = 90\n ServiceSubset = \"v1\"\n}\nSplits {\n Weight = 10\n ServiceSubset = \"v2\"\n}"
            ),
            wanted
        );
        assert_eq!(one(&wanted.to_string()), wanted);
        assert_eq!(
            one(&json!({"kind": "service-splitter", "name": "web", "entry": wanted}).to_string()),
            wanted
        );
    }

    #[test]
    fn labels_are_keys_and_a_single_block_of_a_list_is_a_list() {
        assert_eq!(
            one(
                "Kind = \"service-resolver\"\nName = \"web\"\nSubsets \"v1\" {\n Filter = \"a\"\n}\nSubsets \"v2\" {\n Filter = \"b\"\n}"
            ),
            json!({"Kind": "service-resolver", "Name": "web", "Subsets": {"v1": {"Filter": "a"}, "v2": {"Filter": "b"}}})
        );
        assert_eq!(
            one(
                "Kind = \"ingress-gateway\"\nName = \"in\"\nListeners {\n Port = 80\n}\nTLS {\n Enabled = true\n}"
            ),
            json!({"Kind": "ingress-gateway", "Name": "in", "Listeners": [{"Port": 80}], "TLS": {"Enabled": true}})
        );
    }

    #[test]
    fn several_in_a_file_and_the_names_that_go_without_saying() {
        assert_eq!(read("[{\"Kind\":\"mesh\"},{\"Kind\":\"proxy-defaults\"}]").unwrap()[1].name(), "global");
        assert_eq!(read("{\"Kind\":\"mesh\"}\n{\"Kind\":\"mesh\"}").unwrap().len(), 2);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, part) in [
            ("", "empty"),
            ("[]", "no entry"),
            ("{", "no JSON"),
            ("Kind = ", "no HCL"),
            ("Name = \"web\"", "no Kind"),
            ("Kind = \"service-spliter\"", "no kind; there are"),
            ("Kind = \"service-router\"", "has no Name"),
            ("Kind = \"mesh\"\nA = \"${x}\"", "A: it holds ${…}"),
            ("Kind = \"mesh\"\nA = f(1)", "A: it is no plain value"),
            ("[{\"Kind\":\"mesh\"},3]", "entry 2: it is no object"),
            ("{\"Kind\":\"mesh\",\"kind\":\"mesh\"}", "twice"),
        ] {
            let flaw = read(text).unwrap_err();
            assert!(flaw.contains(part), "{text:?}: {flaw}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,80}", like in "[\\[\\]{}=\"a-zK \n,1-]{0,60}") {
            let (_, _) = (read(&text), read(&like));
        }
    }
}
