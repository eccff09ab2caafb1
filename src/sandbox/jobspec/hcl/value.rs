//! Values, their types, and the conversions between them.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Value>),
    /// Each element once, in their own order: elements have no index, and are their own keys.
    Set(Vec<Value>),
    Object(BTreeMap<String, Value>),
}

/// A number: exact while it is whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    Whole(i128),
    Float(f64),
}

/// A type constraint of a variable.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Any,
    Bool,
    Number,
    Text,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    /// By attribute, and whether it may be missing.
    Object(BTreeMap<String, (Type, bool)>),
}

#[expect(clippy::cast_precision_loss, reason = "numbers of job files; what is beyond 2^53 is rounded")]
fn float(whole: i128) -> f64 {
    whole as f64
}

impl Number {
    /// A float, whole again when it has no fraction.
    pub(crate) fn of(float: f64) -> Number {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if float.fract() == 0.0 && float.abs() <= EXACT {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
            return Number::Whole(float as i128);
        }
        Number::Float(float)
    }

    pub(crate) fn float(self) -> f64 {
        match self {
            Number::Whole(n) => float(n),
            Number::Float(f) => f,
        }
    }

    pub(crate) fn whole(self) -> Option<i128> {
        match self {
            Number::Whole(n) => Some(n),
            Number::Float(_) => None,
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Number> {
        if let Ok(whole) = text.parse::<i128>() {
            return Some(Number::Whole(whole));
        }
        let plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
        text.parse::<f64>().ok().filter(|f| plain && f.is_finite()).map(Number::of)
    }

    fn json(self) -> Json {
        match self {
            Number::Whole(n) => i64::try_from(n).map_or_else(|_| Json::from(float(n)), Json::from),
            Number::Float(f) => Json::from(f),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Whole(n) => write!(f, "{n}"),
            Number::Float(n) if n.is_infinite() => f.write_str(if *n > 0.0 { "+Inf" } else { "-Inf" }),
            Number::Float(n) => write!(f, "{n}"),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}
impl From<i128> for Value {
    fn from(value: i128) -> Value {
        Value::Number(Number::Whole(value))
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Number(Number::of(value))
    }
}

impl Value {
    pub(crate) fn count(count: usize) -> Value {
        Value::Number(Number::Whole(i128::try_from(count).unwrap_or(i128::MAX)))
    }

    /// The name of its type in errors.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Value::Null => "dynamic",
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            Value::Text(_) => "string",
            Value::List(_) => "tuple",
            Value::Set(set) => match set.first() {
                Some(Value::Text(_)) => "set of string",
                Some(Value::Number(_)) => "set of number",
                Some(Value::Bool(_)) => "set of bool",
                _ => "set of dynamic",
            },
            Value::Object(_) => "object",
        }
    }

    /// A set of these: of one type where they have one, else of texts.
    pub(crate) fn set(mut elements: Vec<Value>) -> Value {
        let first = elements.first().map(std::mem::discriminant);
        if elements.iter().any(|e| Some(std::mem::discriminant(e)) != first) {
            let texts: Result<Vec<Value>, String> =
                elements.iter().map(|e| e.to_text().map(Value::Text)).collect();
            elements = texts.unwrap_or(elements);
        }
        elements.sort_by(|a, b| match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.float().total_cmp(&b.float()),
            _ => a.to_text().unwrap_or_default().cmp(&b.to_text().unwrap_or_default()),
        });
        elements.dedup();
        Value::Set(elements)
    }

    /// The elements of a list or a set.
    pub(crate) fn elements(&self) -> Option<&[Value]> {
        match self {
            Value::List(elements) | Value::Set(elements) => Some(elements),
            _ => None,
        }
    }

    /// As text, if it has one; the error says what is required instead.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        match self {
            Value::Text(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            _ => Err(format!("string required, but have {}", self.type_name())),
        }
    }

    pub(crate) fn to_number(&self) -> Result<Number, String> {
        match self {
            Value::Number(number) => Ok(*number),
            Value::Text(text) => Number::parse(text).ok_or_else(|| "a number is required".to_owned()),
            _ => Err(format!("number required, but have {}", self.type_name())),
        }
    }

    pub(crate) fn to_bool(&self) -> Result<bool, String> {
        match self {
            Value::Bool(flag) => Ok(*flag),
            Value::Text(text) => match text.as_str() {
                "true" | "1" => Ok(true),
                "false" | "0" => Ok(false),
                _ => Err("a bool is required".to_owned()),
            },
            _ => Err(format!("bool required, but have {}", self.type_name())),
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Number(number) => number.json(),
            Value::Text(text) => Json::String(text.clone()),
            Value::List(list) | Value::Set(list) => list.iter().map(Value::json).collect(),
            Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
        }
    }

    pub(crate) fn from_json(json: &Json) -> Value {
        match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => Value::Number(match number.as_i64() {
                Some(whole) => Number::Whole(i128::from(whole)),
                None => Number::of(number.as_f64().unwrap_or(0.0)),
            }),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(list) => Value::List(list.iter().map(Value::from_json).collect()),
            Json::Object(map) => {
                Value::Object(map.iter().map(|(key, value)| (key.clone(), Value::from_json(value))).collect())
            }
        }
    }
}

impl Value {
    /// A list in which texts and others stand side by side is one of texts.
    pub(crate) fn unified(self) -> Value {
        let Value::List(list) = self else { return self };
        let texts = list.iter().filter(|v| matches!(v, Value::Text(_))).count();
        let plain = list.iter().all(|v| matches!(v, Value::Text(_) | Value::Number(_) | Value::Bool(_)));
        if !plain || texts == 0 || texts == list.len() {
            return Value::List(list);
        }
        Value::List(list.into_iter().map(|v| v.to_text().map_or(v, Value::Text)).collect())
    }
}

impl Type {
    /// The value as this type.
    pub(crate) fn convert(&self, value: Value) -> Result<Value, String> {
        if value == Value::Null {
            return Ok(value);
        }
        match (self, value) {
            (Type::Any, value) => Ok(value),
            (Type::Bool, value) => value.to_bool().map(Value::Bool),
            (Type::Number, value) => value.to_number().map(Value::Number),
            (Type::Text, value) => value.to_text().map(Value::Text),
            (Type::List(of), Value::List(list) | Value::Set(list)) => convert_each(of, list).map(Value::List),
            (Type::Set(of), Value::List(list) | Value::Set(list)) => convert_each(of, list).map(Value::set),
            (Type::Map(of), Value::Object(map)) => {
                let converted = map.into_iter().map(|(key, value)| {
                    let converted = of.convert(value).map_err(|e| format!("element {key:?}: {e}"))?;
                    Ok((key, converted))
                });
                converted.collect::<Result<_, String>>().map(Value::Object)
            }
            (Type::Tuple(types), Value::List(list)) if types.len() == list.len() => {
                let each = types.iter().zip(list).map(|(of, value)| of.convert(value));
                each.collect::<Result<_, _>>().map(Value::List)
            }
            (Type::Object(attributes), Value::Object(map)) => convert_object(attributes, map),
            (wanted, value) => Err(format!("{} required, but have {}", wanted.name(), value.type_name())),
        }
    }

    fn name(&self) -> String {
        match self {
            Type::Any => "any type".to_owned(),
            Type::Bool => "bool".to_owned(),
            Type::Number => "number".to_owned(),
            Type::Text => "string".to_owned(),
            Type::List(of) => format!("list of {}", of.name()),
            Type::Set(of) => format!("set of {}", of.name()),
            Type::Map(of) => format!("map of {}", of.name()),
            Type::Tuple(_) => "tuple".to_owned(),
            Type::Object(_) => "object".to_owned(),
        }
    }
}

fn convert_each(of: &Type, list: Vec<Value>) -> Result<Vec<Value>, String> {
    let converted = list.into_iter().enumerate();
    converted.map(|(at, value)| of.convert(value).map_err(|e| format!("element {at}: {e}"))).collect()
}

fn convert_object(
    attributes: &BTreeMap<String, (Type, bool)>,
    mut map: BTreeMap<String, Value>,
) -> Result<Value, String> {
    let missing: Vec<String> = attributes
        .iter()
        .filter(|(name, (_, optional))| !optional && !map.contains_key(*name))
        .map(|(name, _)| format!("{name:?}"))
        .collect();
    match missing.as_slice() {
        [] => {}
        [one] => return Err(format!("attribute {one} is required")),
        many => return Err(format!("attributes {} are required", many.join(", "))),
    }
    let mut object = BTreeMap::new();
    for (name, (of, _)) in attributes {
        let value = map.remove(name).unwrap_or(Value::Null);
        let converted = of.convert(value).map_err(|e| format!("attribute {name:?}: {e}"))?;
        object.insert(name.clone(), converted);
    }
    Ok(Value::Object(object))
}
