//! Asking a row.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::Row;
use super::syntax::{Binding, Expression, Operator, Selector};
use super::value::{Datum, Kind, Missing};
use super::wanted::Wanted;

/// A name bound to an element of a collection.
struct Local<'r> {
    name: String,
    meaning: Meaning<'r>,
}

enum Meaning<'r> {
    /// Another path.
    Path(Vec<String>),
    /// A key or a position.
    Value(Datum<'r>),
}

/// One row and the names bound so far.
pub(super) struct Evaluation<'r> {
    row: &'r dyn Row,
    locals: Vec<Local<'r>>,
}

impl<'r> Evaluation<'r> {
    pub(super) fn new(row: &'r dyn Row) -> Self {
        Evaluation { row, locals: Vec::new() }
    }

    pub(super) fn holds(&mut self, expression: &Expression) -> Result<bool, String> {
        match expression {
            Expression::Not(operand) => self.holds(operand).map(|held| !held),
            Expression::And(left, right) => Ok(self.holds(left)? && self.holds(right)?),
            Expression::Or(left, right) => Ok(self.holds(left)? || self.holds(right)?),
            Expression::Match { selector, operator, negated, value } => {
                let Some(datum) = self.find(&selector.path)? else {
                    // A missing key is equal to nothing, contains nothing, and is empty and nil.
                    let empty = matches!(operator, Operator::IsEmpty | Operator::IsNil);
                    return Ok(empty != *negated);
                };
                Ok(matches(&datum, selector, *operator, value)? != *negated)
            }
            Expression::Collection { all, selector, binding, inner } => {
                self.over_collection(*all, selector, binding, inner)
            }
        }
    }

    fn over_collection(
        &mut self,
        all: bool,
        selector: &Selector,
        binding: &Binding,
        inner: &Expression,
    ) -> Result<bool, String> {
        let Some(datum) = self.find(&selector.path)? else { return Ok(all) };
        let keys: Option<Vec<String>> = match (datum.kind, &*datum.json) {
            (Kind::Map, Value::Object(map)) => Some(map.keys().cloned().collect()),
            (Kind::Map, _) => Some(Vec::new()),
            (Kind::Slice, _) => None,
            _ => return Err(format!("{} is not a list or a map", selector.text())),
        };
        for position in 0..datum.len() {
            if binding.index.is_some() && binding.index == binding.value {
                let name = binding.index.as_deref().unwrap_or("");
                return Err(format!(
                    "{name:?} cannot be used as a placeholder for both the index and the value"
                ));
            }
            let known = self.locals.len();
            self.bind(selector, binding, keys.as_ref().map(|keys| keys[position].as_str()), position);
            let held = self.holds(inner);
            self.locals.truncate(known);
            if held? != all {
                return Ok(!all);
            }
        }
        Ok(all)
    }

    fn bind(&mut self, selector: &Selector, binding: &Binding, key: Option<&str>, position: usize) {
        let element = || {
            let step = key.map_or_else(|| position.to_string(), str::to_owned);
            Meaning::Path(selector.path.iter().cloned().chain([step]).collect())
        };
        let place = || {
            Meaning::Value(match key {
                Some(key) => Datum::plain(json!(key), Kind::String),
                None => Datum::plain(json!(position), Kind::Int),
            })
        };
        let names = [
            (&binding.default, if key.is_some() { place() } else { element() }),
            (&binding.index, place()),
            (&binding.value, element()),
        ];
        for (name, meaning) in names {
            if let Some(name) = name.clone() {
                self.locals.push(Local { name, meaning });
            }
        }
    }

    /// The value at a path; none when the last step is an absent key of a map.
    fn find(&self, path: &[String]) -> Result<Option<Datum<'r>>, String> {
        let mut path = path.to_vec();
        for local in self.locals.iter().rev() {
            if path.first() != Some(&local.name) {
                continue;
            }
            match &local.meaning {
                Meaning::Path(prefix) => path = prefix.iter().chain(&path[1..]).cloned().collect(),
                Meaning::Value(datum) if path.len() == 1 => return Ok(Some(datum.clone())),
                Meaning::Value(datum) => {
                    let (name, whole) = (pointer(&path[..1]), pointer(&path));
                    return Err(format!("{name} references a {} so {whole} is invalid", datum.kind));
                }
            }
        }
        let Some((first, rest)) = path.split_first() else { return Ok(None) };
        let Some(value) = self.row.field(first) else {
            return Err(lost(&path, 0, &Missing::field(first)));
        };
        let mut datum = Datum::of_field(first, value);
        for (at, part) in (1..).zip(rest) {
            match datum.step(part) {
                Ok(next) => datum = next,
                Err(missing) if !missing.found && datum.kind == Kind::Map && at == rest.len() => {
                    return Ok(None);
                }
                Err(missing) => return Err(lost(&path, at, &missing)),
            }
        }
        Ok(Some(datum))
    }
}

fn lost(path: &[String], at: usize, missing: &Missing) -> String {
    let colon = if missing.text.starts_with("invalid value kind") { ":" } else { "" };
    let (where_, end) = (pointer(path), if colon.is_empty() { ":" } else { "," });
    format!("error finding value in datum: {where_}{colon} at part {at}{end} {}", missing.text)
}

/// A path as a JSON pointer.
fn pointer(path: &[String]) -> String {
    path.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1"))).collect()
}

fn matches(
    datum: &Datum<'_>,
    selector: &Selector,
    operator: Operator,
    value: &Wanted,
) -> Result<bool, String> {
    let refused = |what: &str| {
        Err(format!(
            "cannot perform {what} operations on type {} for selector: {:?}",
            datum.kind,
            selector.text()
        ))
    };
    match operator {
        Operator::Equal => equal(datum, value),
        Operator::In => match datum.kind {
            Kind::Map => Ok(datum.json.get(&**value).is_some()),
            Kind::String => Ok(datum.json.as_str().is_some_and(|text| text.contains(&**value))),
            Kind::Slice => contains(datum, value),
            Kind::Struct | Kind::Invalid => refused("in/contains"),
            _ => equal(datum, value).and_then(|_| refused("in/contains")),
        },
        Operator::Matches => {
            let Some(text) = datum.json.as_str().filter(|_| datum.kind == Kind::String) else {
                return Err(format!("value of type {} is not convertible to []byte", datum.kind));
            };
            let pattern = value.pattern().ok_or_else(|| {
                format!(
                    "failed to compile regular expression {value:?}: error parsing regexp: {}",
                    flaw(value)
                )
            })?;
            Ok(pattern.is_match(text))
        }
        Operator::IsEmpty => match datum.kind {
            Kind::Map | Kind::Slice | Kind::String => Ok(datum.len() == 0),
            _ => refused("is-empty"),
        },
        Operator::IsNil => match datum.kind {
            Kind::Map | Kind::Slice | Kind::Invalid => Ok(datum.is_null()),
            Kind::Struct => Ok(false),
            _ => refused("is-nil"),
        },
    }
}

fn contains(datum: &Datum<'_>, value: &str) -> Result<bool, String> {
    for item in datum.json.as_array().into_iter().flatten() {
        let item = Datum::of_field("", Cow::Borrowed(item));
        if matches!(item.kind, Kind::Map | Kind::Slice | Kind::Struct | Kind::Invalid) {
            return Err(
                "unable to find suitable primitive comparison function for \"in\" comparison".to_owned()
            );
        }
        if equal(&item, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Compares with a value written in the expression, which is read as the kind the row has.
fn equal(datum: &Datum<'_>, value: &str) -> Result<bool, String> {
    let unread = |function: &str, why: &str| {
        format!("error getting match value in expression: strconv.{function}: parsing {value:?}: {why}")
    };
    match datum.kind {
        Kind::String => Ok(datum.json.as_str() == Some(value)),
        Kind::Bool => {
            let wanted = match value {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => true,
                "0" | "f" | "F" | "false" | "FALSE" | "False" => false,
                _ => return Err(unread("ParseBool", "invalid syntax")),
            };
            Ok(datum.json.as_bool() == Some(wanted))
        }
        Kind::Int | Kind::Int64 => {
            let wanted = go_integer(value).map_err(|why| unread("ParseInt", why))?;
            let wanted = i64::try_from(wanted).map_err(|_| unread("ParseInt", "value out of range"))?;
            Ok(datum.json.as_i64() == Some(wanted))
        }
        Kind::Uint64 => {
            let wanted = go_integer(value).map_err(|why| unread("ParseUint", why))?;
            let why = if wanted < 0 { "invalid syntax" } else { "value out of range" };
            let wanted = u64::try_from(wanted).map_err(|_| unread("ParseUint", why))?;
            Ok(datum.json.as_u64() == Some(wanted))
        }
        Kind::Float64 => {
            let wanted: f64 = value.parse().map_err(|_| unread("ParseFloat", "invalid syntax"))?;
            Ok(datum.json.as_f64() == Some(wanted))
        }
        Kind::Map | Kind::Slice | Kind::Struct | Kind::Invalid => {
            Err("unable to find suitable primitive comparison function for matching".to_owned())
        }
    }
}

/// A whole number as Go reads it with base 0: decimal, `0x`, `0o`, `0b`, or octal after a bare zero.
fn go_integer(text: &str) -> Result<i128, &'static str> {
    const BAD: &str = "invalid syntax";
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(rest) = lower.strip_prefix("0x") {
        (16, rest)
    } else if let Some(rest) = lower.strip_prefix("0b") {
        (2, rest)
    } else if let Some(rest) = lower.strip_prefix("0o") {
        (8, rest)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, lower.as_str())
    };
    let digits = if radix == 10 { digits.to_owned() } else { digits.replace('_', "") };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(BAD);
    }
    let number = i128::from_str_radix(&digits, radix).map_err(|_| "value out of range")?;
    Ok(if negative { -number } else { number })
}

/// What is wrong with a regular expression, in the words of Go's parser for the flaws people make.
pub(crate) fn flaw(pattern: &str) -> String {
    for bad in ["(?!", "(?=", "(?<!", "(?<="] {
        if pattern.contains(bad) {
            return format!("invalid or unsupported Perl syntax: `{bad}`");
        }
    }
    if let Some(first) = pattern.chars().next().filter(|c| "*+?".contains(*c)) {
        return format!("missing argument to repetition operator: `{first}`");
    }
    let count = |c: char| pattern.matches(c).count();
    if count('(') > count(')') {
        return format!("missing closing ): `{pattern}`");
    }
    if count(')') > count('(') {
        return format!("unexpected ): `{pattern}`");
    }
    if let Some(at) = pattern.find('[').filter(|_| count('[') > count(']')) {
        return format!("missing closing ]: `{}`", &pattern[at..]);
    }
    if pattern.ends_with('\\') {
        return "trailing backslash at end of expression: ``".to_owned();
    }
    format!("invalid regular expression: `{pattern}`")
}
