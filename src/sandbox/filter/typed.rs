//! Filters as Consul 1.8 reads them: against the types of what is listed, before any row is looked at.
//!
//! An unknown selector is an error even where nothing is listed, a list on the way to a field means any of its
//! elements, and a key that a map does not have fails `==` and `in` only (`consul-api.md §1`).

use serde_json::Value;

use super::syntax::{self, Expression, Operator, Selector};
use super::wanted::Wanted;

/// The type of a value, as far as filters tell types apart.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    Text,
    Int,
    Bool,
    Texts,
    Map(&'static Type),
    Struct(&'static [(&'static str, Type)]),
    List(&'static Type),
}

/// A filter that fits a type.
#[derive(Debug, Clone)]
pub(crate) struct TypedFilter {
    root: &'static Type,
    expression: Expression,
}

impl TypedFilter {
    /// Reads a filter for rows of a type.
    ///
    /// # Errors
    /// In the library's words.
    pub(crate) fn parse(text: &str, root: &'static Type) -> Result<Self, String> {
        let expression = syntax::parse_earlier(text)?;
        check(&expression, root)?;
        Ok(TypedFilter { root, expression })
    }

    /// Whether a row passes.
    pub(crate) fn passes(&self, row: &Value) -> bool {
        holds(&self.expression, self.root, row)
    }
}

fn check(expression: &Expression, root: &Type) -> Result<(), String> {
    match expression {
        Expression::And(a, b) | Expression::Or(a, b) => check(a, root).and_then(|()| check(b, root)),
        Expression::Not(inner) => check(inner, root),
        Expression::Match { selector, operator, negated, value } => {
            check_match(selector, *operator, *negated, value, type_of(selector, root)?)
        }
        Expression::Collection { inner, .. } => check(inner, root),
    }
}

/// The type a selector leads to; the error names the path up to the step that leads nowhere.
fn type_of(selector: &Selector, root: &Type) -> Result<Type, String> {
    let mut at = *root;
    for (depth, step) in selector.path.iter().enumerate() {
        while let Type::List(element) = at {
            at = *element;
        }
        let next = match at {
            Type::Map(value) => Some(*value),
            Type::Struct(fields) => fields.iter().find(|(name, _)| name == step).map(|(_, kind)| *kind),
            _ => None,
        };
        let reached = || selector.path[..=depth].join(".");
        at = next.ok_or_else(|| format!("Selector {:?} is not valid", reached()))?;
    }
    Ok(at)
}

fn check_match(
    selector: &Selector,
    op: Operator,
    negated: bool,
    value: &Wanted,
    kind: Type,
) -> Result<(), String> {
    let fits = match kind {
        Type::Text => matches!(op, Operator::Equal | Operator::In | Operator::Matches),
        Type::Int | Type::Bool => op == Operator::Equal,
        Type::Texts | Type::Map(_) => matches!(op, Operator::In | Operator::IsEmpty),
        Type::List(_) => op == Operator::IsEmpty,
        Type::Struct(_) => false,
    };
    if !fits {
        let name = match (op, negated) {
            (Operator::Equal, false) => "Equal",
            (Operator::Equal, true) => "Not Equal",
            (Operator::In, false) => "In",
            (Operator::In, true) => "Not In",
            (Operator::Matches, false) => "Matches",
            (Operator::Matches, true) => "Not Matches",
            (Operator::IsEmpty | Operator::IsNil, false) => "Is Empty",
            (Operator::IsEmpty | Operator::IsNil, true) => "Is Not Empty",
        };
        return Err(format!("Invalid match operator {name:?} for selector {:?}", selector.text()));
    }
    let coerced = |reason: &str| {
        let selector = selector.text();
        Err(format!(
            "Failed to coerce value {value:?} for selector {selector:?}: {reason}: parsing {value:?}: invalid syntax"
        ))
    };
    match (kind, op) {
        (Type::Int, _) if value.parse::<i64>().is_err() => coerced("strconv.ParseInt"),
        (Type::Bool, _) if crate::sandbox::go::boolean(value).is_none() => coerced("strconv.ParseBool"),
        (_, Operator::Matches) if value.pattern().is_none() => {
            let flaw = super::flaw(value);
            Err(format!("Failed to compile regular expression {value:?}: error parsing regexp: {flaw}"))
        }
        _ => Ok(()),
    }
}

fn holds(expression: &Expression, root: &Type, row: &Value) -> bool {
    match expression {
        Expression::And(a, b) => holds(a, root, row) && holds(b, root, row),
        Expression::Or(a, b) => holds(a, root, row) || holds(b, root, row),
        Expression::Not(inner) => !holds(inner, root, row),
        Expression::Match { selector, operator, negated, value } => {
            any(&selector.path, *root, row, (*operator, *negated, value))
        }
        // The earlier grammar has none.
        Expression::Collection { inner, .. } => holds(inner, root, row),
    }
}

/// Whether what a path leads to fits; where it leads through a list, whether any of it does.
fn any(path: &[String], kind: Type, at: &Value, wanted: (Operator, bool, &Wanted)) -> bool {
    if let (Type::List(element), true) = (kind, !path.is_empty()) {
        return at.as_array().is_some_and(|list| list.iter().any(|one| any(path, *element, one, wanted)));
    }
    let Some((step, rest)) = path.split_first() else { return fits(kind, at, wanted) };
    match kind {
        Type::Map(value) => match at.get(step) {
            Some(found) => any(rest, *value, found, wanted),
            // A key that is not there.
            None => wanted.1 || !matches!(wanted.0, Operator::Equal | Operator::In),
        },
        Type::Struct(fields) => {
            let kind = fields.iter().find(|(name, _)| name == step).map(|(_, kind)| *kind);
            kind.is_some_and(|kind| any(rest, kind, at.get(step).unwrap_or(&Value::Null), wanted))
        }
        _ => false,
    }
}

/// Whether a value fits; what is left out of the JSON is empty.
fn fits(kind: Type, at: &Value, (op, negated, wanted): (Operator, bool, &Wanted)) -> bool {
    let text = at.as_str().unwrap_or("");
    let holds = match (kind, op) {
        (Type::Int, _) => at.as_i64().unwrap_or(0) == wanted.parse().unwrap_or(0),
        (Type::Bool, _) => Some(at.as_bool().unwrap_or(false)) == crate::sandbox::go::boolean(wanted),
        (Type::Text, Operator::In) => text.contains(&**wanted),
        (Type::Text, Operator::Matches) => wanted.pattern().is_some_and(|pattern| pattern.is_match(text)),
        (Type::Text, _) => text == &**wanted,
        (_, Operator::In) => match at {
            Value::Array(list) => list.iter().any(|one| *one == **wanted),
            map => map.get(&**wanted).is_some(),
        },
        _ => match at {
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => true,
        },
    };
    holds != negated
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CHECK: Type = Type::Struct(&[("Status", Type::Text)]);
    const ROOT: Type = Type::Struct(&[
        ("Name", Type::Text),
        ("Port", Type::Int),
        ("Own", Type::Bool),
        ("Tags", Type::Texts),
        ("Meta", Type::Map(&Type::Text)),
        ("Checks", Type::List(&CHECK)),
    ]);

    fn passes(filter: &str) -> bool {
        let row = json!({"Name": "web", "Port": 80, "Tags": ["a", "b"], "Meta": {"v": "1"},
            "Checks": [{"Status": "passing"}, {"Status": "critical"}]});
        TypedFilter::parse(filter, &ROOT).unwrap().passes(&row)
    }

    #[test]
    fn a_list_on_the_way_means_any_of_its_elements() {
        assert!(passes("Checks.Status == critical") && passes("Checks.Status != critical"));
        assert!(!passes("Checks.Status == warning") && !passes("Checks is empty"));
    }

    #[test]
    fn a_key_that_is_missing_fails_only_equality() {
        assert!(!passes("Meta.zz == 1") && passes("Meta.zz != 1") && passes("Meta.zz matches a"));
        assert!(passes("Meta.v == 1") && passes("v in Meta") && passes("zz not in Meta"));
    }

    #[test]
    fn a_field_that_is_left_out_is_empty() {
        assert!(passes("Own == false") && !passes("Own == true"));
        assert!(passes("Port == 80 and \"a\" in Tags and not Name == api"));
    }

    #[test]
    fn what_does_not_fit_the_types_is_told_before_any_row() {
        for (filter, words) in [
            ("Bad == 1", r#"Selector "Bad" is not valid"#),
            ("Port is nil", r#"1:9 (8): no match found, expected: "empty", "not" or [ \t\r\n]"#),
            ("Name == a and Meta.v.x == 1", r#"Selector "Meta.v.x" is not valid"#),
            ("Tags == a", r#"Invalid match operator "Equal" for selector "Tags""#),
            ("3 not in Port", r#"Invalid match operator "Not In" for selector "Port""#),
            ("Name is not empty", r#"Invalid match operator "Is Not Empty" for selector "Name""#),
            (
                "Port == abc",
                r#"Failed to coerce value "abc" for selector "Port": strconv.ParseInt: parsing "abc": invalid syntax"#,
            ),
            (
                "Name matches \"(\"",
                "Failed to compile regular expression \"(\": error parsing regexp: missing closing ): `(`",
            ),
        ] {
            assert_eq!(TypedFilter::parse(filter, &ROOT).unwrap_err(), words, "{filter}");
        }
    }
}
