//! Bodies into the API's JSON, by the schema.

use std::ops::{Range, RangeInclusive};

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use serde_json::{Map, Value as Json, json};

use super::blocks::{self, BlockView};
use super::hcl::eval::{span, start_of};
use super::hcl::{Scope, Value};
use super::schema::{Field, Kind, Struct};
use super::{free, special};
use crate::sandbox::go;

/// What is wrong with a value that does not fit its argument.
const UNSUITABLE: &str = "Unsuitable value type";

/// Decodes a block; its labels fill the fields that are labels.
pub(super) fn block(view: &BlockView<'_>, shape: &'static Struct, scope: &mut Scope<'_>) -> Json {
    view.within(scope, |scope| {
        if let Some(decoded) = special::condition(view, shape, scope) {
            return decoded;
        }
        let mut object = shape.empty();
        let names = shape.fields.iter().filter(|f| f.label);
        for (field, (label, _)) in names.zip(&view.labels) {
            object.insert(field.json.to_owned(), json!(label));
        }
        body(view.body, shape, &view.brace, &mut object, scope);
        Json::Object(object)
    })
}

/// Decodes a body into an object that has every field already.
pub(super) fn body(
    body: &Body,
    shape: &'static Struct,
    brace: &Range<usize>,
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) {
    let known = |name: &str| special::knows(name) || shape.fields.iter().any(|f| f.hcl == name);
    let views = special::prepare(shape, blocks::blocks(body, known, scope), object, scope);
    arguments(body, shape, &views, object, scope);
    for field in shape.fields.iter().filter(|f| f.required && body.get_attribute(f.hcl).is_none()) {
        let detail = format!("The argument {:?} is required, but no definition was found.", field.hcl);
        scope.diags.add(brace.start..brace.start, "Missing required argument", detail);
    }
    let mut seen: Vec<&BlockView<'_>> = Vec::new();
    for view in &views {
        let field = shape.fields.iter().find(|f| f.hcl == view.name && f.kind.is_block());
        let Some(field) = field.filter(|f| !f.hcl.is_empty()) else {
            unexpected_block(view, shape, scope);
            continue;
        };
        if !labelled(view, field, scope) {
            continue;
        }
        let single = matches!(field.kind, Kind::One(_) | Kind::TextMap | Kind::TextsMap | Kind::AnyMap);
        if let Some(first) = seen.iter().find(|s| single && s.name == view.name) {
            let detail = format!(
                "Only one {} block is allowed. Another was defined at {}.",
                view.name,
                scope.source().show(&first.head)
            );
            scope.diags.add(view.head.clone(), format!("Duplicate {} block", view.name), detail);
            continue;
        }
        seen.push(view);
        one_block(view, field, object, scope);
    }
    special::finish(shape, &views, object, scope);
}

fn one_block(view: &BlockView<'_>, field: &Field, object: &mut Map<String, Json>, scope: &mut Scope<'_>) {
    let value = match field.kind {
        Kind::One(shape) => block(view, shape, scope),
        Kind::Many(shape) => {
            let decoded = block(view, shape, scope);
            let list = object.entry(field.json).or_insert(Json::Null);
            return match list {
                Json::Array(list) => list.push(decoded),
                other => *other = json!([decoded]),
            };
        }
        Kind::ByName(shape) => {
            let decoded = block(view, shape, scope);
            let name = view.labels.first().map_or("", |(name, _)| name.as_str());
            let map = object.entry(field.json).or_insert(Json::Null);
            return match map {
                Json::Object(map) => {
                    map.insert(name.to_owned(), decoded);
                }
                other => *other = json!({ name: decoded }),
            };
        }
        Kind::AnyMap => view.within(scope, |scope| free::map(view.body, scope)),
        Kind::TextMap => view.within(scope, |scope| map_of(view.body, scope, text)),
        _ => view.within(scope, |scope| map_of(view.body, scope, texts)),
    };
    object.insert(field.json.to_owned(), value);
}

/// The arguments of a body.
fn arguments(
    body: &Body,
    shape: &'static Struct,
    views: &[BlockView<'_>],
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) {
    for attribute in blocks::attributes(body) {
        let name = attribute.key.as_str();
        if special::takes_argument(shape, name) {
            special::argument(attribute, views, object, scope);
            continue;
        }
        let argument = |f: &&Field| f.hcl == name && !f.kind.is_block() && !f.label;
        match shape.fields.iter().find(argument) {
            Some(field) => {
                if let Some(value) = value(&attribute.value, field, scope) {
                    object.insert(field.json.to_owned(), value);
                }
            }
            None => {
                let range = attribute.key.span().unwrap_or(0..0);
                unexpected_argument(name, range, shape, body, scope);
            }
        }
    }
}

fn unexpected_argument(name: &str, range: Range<usize>, shape: &Struct, body: &Body, scope: &mut Scope<'_>) {
    let is_argument = |f: &&Field| !f.hcl.is_empty() && !f.kind.is_block() && !f.label;
    let arguments = shape.fields.iter().filter(is_argument).map(|f| f.hcl);
    let unused: Vec<&str> = arguments.filter(|f| body.get_attribute(f).is_none()).collect();
    let mut detail = format!("An argument named {name:?} is not expected here.");
    if let Some(close) = similar(name, unused) {
        detail.push_str(&format!(" Did you mean {close:?}?"));
    } else if shape.fields.iter().any(|f| f.hcl == name && f.kind.is_block()) {
        detail.push_str(&format!(" Did you mean to define a block of type {name:?}?"));
    }
    scope.diags.add(range, "Unsupported argument", detail);
}

fn unexpected_block(view: &BlockView<'_>, shape: &Struct, scope: &mut Scope<'_>) {
    let names = shape.fields.iter().filter(|f| f.kind.is_block() && !f.hcl.is_empty()).map(|f| f.hcl);
    let mut detail = format!("Blocks of type {:?} are not expected here.", view.name);
    if let Some(close) = similar(&view.name, names.collect()) {
        detail.push_str(&format!(" Did you mean {close:?}?"));
    } else if shape.fields.iter().any(|f| f.hcl == view.name) {
        detail.push_str(&format!(
            " Did you mean to define argument {:?}? If so, use the equals sign to assign it a value.",
            view.name
        ));
    }
    scope.diags.add(view.kind.clone(), "Unsupported block type", detail);
}

/// The first name, in their order, that differs by less than three letters.
pub(super) fn similar<'n>(name: &str, mut names: Vec<&'n str>) -> Option<&'n str> {
    names.sort_unstable();
    names.into_iter().find(|known| strsim::levenshtein(name, known) < 3)
}

/// Whether the block has as many labels as it must.
fn labelled(view: &BlockView<'_>, field: &Field, scope: &mut Scope<'_>) -> bool {
    let labels: Vec<&str> = field
        .kind
        .block()
        .map_or(Vec::new(), |shape| shape.fields.iter().filter(|f| f.label).map(|f| f.hcl).collect());
    view.has_labels(&labels, scope)
}

/// The value of an argument; none when it is an error or unset.
fn value(expression: &Expression, field: &Field, scope: &mut Scope<'_>) -> Option<Json> {
    let at = start_of(expression, scope.source().text);
    if matches!(field.kind, Kind::Duration) {
        return duration(expression, scope);
    }
    let value = known(expression, scope)?;
    if value == Value::Null {
        return None;
    }
    let converted = match field.kind {
        Kind::Text => value.to_text().map(Json::from),
        Kind::Whole => whole(&value, field.range()),
        Kind::Flag => value.to_bool().map(Json::from),
        Kind::Texts => list_of(&value, "string", |item| item.to_text().map(Json::from)),
        Kind::Wholes => list_of(&value, "number", |item| whole(item, i64::MIN..=i64::MAX)),
        _ => Ok(value.json()),
    };
    unsuitable(converted, at, scope)
}

fn unsuitable(converted: Result<Json, String>, at: Range<usize>, scope: &mut Scope<'_>) -> Option<Json> {
    converted.map_err(|e| scope.diags.add(at, UNSUITABLE, format!("Unsuitable value: {e}"))).ok()
}

/// The value of an expression; one that fails is an error of its own and leaves an unsuitable value.
pub(super) fn known(expression: &Expression, scope: &mut Scope<'_>) -> Option<Value> {
    let value = scope.eval(expression);
    if value.is_none() {
        let at = start_of(expression, scope.source().text);
        scope.diags.add(at, UNSUITABLE, "Unsuitable value: value must be known");
    }
    value
}

fn whole(value: &Value, range: RangeInclusive<i64>) -> Result<Json, String> {
    let bounds = || format!("value must be a whole number, between {} and {}", range.start(), range.end());
    let number = value.to_number()?.whole().ok_or_else(bounds)?;
    i64::try_from(number).ok().filter(|n| range.contains(n)).map(Json::from).ok_or_else(bounds)
}

fn list_of(
    value: &Value,
    of: &str,
    convert: impl Fn(&Value) -> Result<Json, String>,
) -> Result<Json, String> {
    let list =
        value.elements().ok_or_else(|| format!("list of {of} required, but have {}", value.type_name()))?;
    let each = list.iter().enumerate();
    each.map(|(at, item)| convert(item).map_err(|e| format!("element {at}: {e}"))).collect()
}

fn duration(expression: &Expression, scope: &mut Scope<'_>) -> Option<Json> {
    let at = start_of(expression, scope.source().text);
    let unsuited = |text: String, scope: &mut Scope<'_>| {
        scope.diags.add(at.clone(), UNSUITABLE, text);
        None
    };
    match scope.eval(expression)? {
        Value::Text(text) => match go::duration(&text) {
            Ok(duration) => Some(json!(duration.0)),
            Err(flaw) => unsuited(format!("Unsuitable duration value: {flaw}"), scope),
        },
        number @ Value::Number(_) => {
            let converted = whole(&number, i64::MIN..=i64::MAX);
            unsuitable(converted, at, scope)
        }
        Value::Null => {
            scope.diags.add(at, "Unsuitable value", "Unsuitable duration value: nil");
            None
        }
        other => {
            let found = match other {
                Value::Bool(_) => "{{{} %!s(cty.primitiveTypeKind=66)}}",
                Value::List(_) | Value::Set(_) => "{{{} []}}",
                _ => "{{{} map[]}}",
            };
            unsuited(format!("Unsuitable value: expected a string but found {found}"), scope)
        }
    }
}

/// A block of free keys, each with a value of one type. Nested blocks count as lists.
fn map_of(body: &Body, scope: &mut Scope<'_>, convert: impl Fn(&Value) -> Result<Json, String>) -> Json {
    let mut map = Map::new();
    for attribute in blocks::attributes(body) {
        let at = start_of(&attribute.value, scope.source().text);
        let Some(value) = known(&attribute.value, scope) else { continue };
        if let Some(value) = unsuitable(convert(&value), at, scope) {
            map.insert(attribute.key.as_str().to_owned(), value);
        }
    }
    for view in blocks::blocks(body, |_| true, scope) {
        let refused = convert(&Value::List(Vec::new()));
        unsuitable(refused, view.brace.clone(), scope);
    }
    Json::Object(map)
}

pub(super) fn text(value: &Value) -> Result<Json, String> {
    if *value == Value::Null {
        return Err("null value is not allowed".to_owned());
    }
    value.to_text().map(Json::from)
}

fn texts(value: &Value) -> Result<Json, String> {
    list_of(value, "string", |item| item.to_text().map(Json::from))
}

/// An argument that sets a whole map of text.
pub(super) fn text_map(expression: &Expression, scope: &mut Scope<'_>) -> Option<Json> {
    let at = start_of(expression, scope.source().text);
    let converted = match known(expression, scope)? {
        Value::Null => return None,
        Value::Object(map) => {
            let each = map.iter().map(|(key, value)| {
                text(value).map(|v| (key.clone(), v)).map_err(|e| format!("element {key:?}: {e}"))
            });
            each.collect::<Result<Map<_, _>, _>>().map(Json::Object)
        }
        other => Err(format!("map of string required, but have {}", other.type_name())),
    };
    let range = span(expression);
    unsuitable(converted, if at.is_empty() { range } else { at }, scope)
}
