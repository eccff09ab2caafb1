//! Input variables, their values, and locals.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Body};

use super::blocks::BlockView;
use super::hcl::eval::span;
use super::hcl::{Diagnostics, Scope, Source, Type, Value};

/// A declared variable.
struct Declared<'a> {
    kind: Option<Type>,
    /// The value and where it is set, if it is in the job's text.
    value: Option<(Value, Option<Range<usize>>, &'static str)>,
    validations: Vec<Validation<'a>>,
}

struct Validation<'a> {
    condition: &'a Expression,
    message: String,
    head: Range<usize>,
}

/// The values of `var`: what is declared in the job's text, set by the variables' text.
pub(super) fn inputs<'a>(
    body: &'a Body,
    (text, assignments): (&Source<'_>, &Body),
    scope: &mut Scope<'_>,
) -> BTreeMap<String, Value> {
    let mut declared: BTreeMap<String, Declared<'a>> = BTreeMap::new();
    for block in body.blocks() {
        let view = BlockView::of(block, scope);
        match view.name.as_str() {
            "variable" => declare(&view, block, &mut declared, scope),
            "variables" => {
                for attribute in block.body.attributes() {
                    if let Some(value) = scope.eval(&attribute.value) {
                        let set = Some((value, Some(span(&attribute.value)), "default"));
                        let name = attribute.key.as_str().to_owned();
                        declared.insert(name, Declared { kind: None, value: set, validations: Vec::new() });
                    }
                }
            }
            _ => {}
        }
    }
    assign(text, assignments, &mut declared, &mut scope.diags);
    let mut values = BTreeMap::new();
    for (name, variable) in declared {
        let Some((value, range, from)) = variable.value else {
            scope.diags.add_anywhere(
                format!("Unset variable {name:?}"),
                "A used variable must be set or have a default value; see \
                 https://developer.hashicorp.com/nomad/docs/reference/hcl2/variables  for details.",
            );
            continue;
        };
        for validation in &variable.validations {
            validate(&name, &value, range.as_ref(), from, validation, scope);
        }
        values.insert(name, value);
    }
    values
}

fn declare<'a>(
    view: &BlockView<'_>,
    block: &'a hcl_edit::structure::Block,
    declared: &mut BTreeMap<String, Declared<'a>>,
    scope: &mut Scope<'_>,
) {
    let Some((name, _)) = view.labels.first().cloned() else { return };
    if declared.contains_key(&name) {
        let detail = format!("Duplicate {name} variable definition found.");
        scope.diags.add_anywhere("Duplicate variable", detail);
        return;
    }
    let mut variable = Declared { kind: None, value: None, validations: Vec::new() };
    for attribute in block.body.attributes() {
        let argument = attribute.key.as_str();
        if !matches!(argument, "description" | "default" | "type") {
            unexpected(attribute, scope);
        }
    }
    if let Some(attribute) = block.body.get_attribute("type") {
        match type_of(&attribute.value) {
            Ok(kind) => variable.kind = Some(kind),
            Err((range, detail)) => {
                scope.diags.add(range, "Invalid type specification", detail);
                return;
            }
        }
    }
    if let Some(attribute) = block.body.get_attribute("default") {
        let range = span(&attribute.value);
        let Some(value) = scope.eval(&attribute.value) else { return };
        let converted = match &variable.kind {
            Some(kind) => kind.convert(value),
            None => Ok(value),
        };
        match converted {
            Ok(value) => variable.value = Some((value, Some(range), "default")),
            Err(e) => {
                let detail =
                    format!("This default value is not compatible with the variable's type constraint: {e}.");
                scope.diags.add(range, "Invalid default value for variable", detail);
                variable.value = Some((Value::Null, None, "default"));
            }
        }
    }
    for validation in block.body.get_blocks("validation") {
        let head = BlockView::of(validation, scope).head;
        let message = validation.body.get_attribute("error_message").and_then(|a| scope.eval(&a.value));
        if let Some(condition) = validation.body.get_attribute("condition") {
            variable.validations.push(Validation {
                condition: &condition.value,
                message: message.and_then(|m| m.to_text().ok()).unwrap_or_default(),
                head,
            });
        }
    }
    declared.insert(name, variable);
}

fn unexpected(attribute: &Attribute, scope: &mut Scope<'_>) {
    let name = attribute.key.as_str();
    let mut detail = format!("An argument named {name:?} is not expected here.");
    if let Some(close) = super::decode::similar(name, vec!["default", "description", "type"]) {
        detail.push_str(&format!(" Did you mean {close:?}?"));
    }
    scope.diags.add(attribute.key.span().unwrap_or(0..0), "Unsupported argument", detail);
}

/// Sets variables by the text that goes with the job; names nobody declared are dropped.
fn assign(
    source: &Source<'_>,
    body: &Body,
    declared: &mut BTreeMap<String, Declared<'_>>,
    diags: &mut Diagnostics,
) {
    let mut scope = Scope::bare(source);
    let mut undeclared = Vec::new();
    for attribute in body.attributes() {
        let name = attribute.key.as_str();
        let Some(variable) = declared.get_mut(name) else {
            undeclared.push(name.to_owned());
            continue;
        };
        let Some(value) = scope.eval(&attribute.value) else { continue };
        let converted = match &variable.kind {
            Some(kind) => kind.convert(value),
            None => Ok(value),
        };
        match converted {
            Ok(value) => variable.value = Some((value, None, "varfile")),
            Err(e) => {
                let detail = format!(
                    "The value for {name} is not compatible with the variable's type constraint: {e}."
                );
                scope.diags.add(span(&attribute.value), "Invalid value for variable", detail);
            }
        }
    }
    diags.append_of(scope.diags, source);
    // A warning that is seen only beside errors.
    let seen = !diags.is_empty();
    for name in undeclared.iter().filter(|_| seen) {
        let detail = format!(
            "A {name:?} variable was set but was not found in known variables. To declare variable {name:?}, place \
             this block in your job files"
        );
        diags.add_anywhere("Undefined variable", detail);
    }
}

fn validate(
    name: &str,
    value: &Value,
    range: Option<&Range<usize>>,
    from: &str,
    validation: &Validation<'_>,
    scope: &mut Scope<'_>,
) {
    let only = Value::Object(BTreeMap::from([(name.to_owned(), value.clone())]));
    let known = scope.bind(None, "var", Value::Null, only);
    let result = scope.eval(validation.condition);
    scope.unbind(known);
    if let Some(Ok(false)) = result.map(|value| value.to_bool()) {
        let at = scope.source().show(&validation.head);
        let detail = format!("{}\n\nThis was checked by the validation rule at {at}.", validation.message);
        let subject = range.unwrap_or(&validation.head).clone();
        scope.diags.add(subject, format!("Invalid value for {from} variable"), detail);
    }
}

/// The values of `local`, which may refer to each other.
pub(super) fn locals(body: &Body, scope: &mut Scope<'_>) -> BTreeMap<String, Value> {
    let all: Vec<&Attribute> =
        body.blocks().filter(|b| b.ident.as_str() == "locals").flat_map(|b| b.body.attributes()).collect();
    let mut values = BTreeMap::new();
    let mut waiting = all;
    loop {
        let mut failed = Vec::new();
        let mut errors = Diagnostics::default();
        let before = waiting.len();
        for attribute in waiting {
            let known = scope.bind(None, "local", Value::Null, Value::Object(values.clone()));
            let kept = std::mem::take(&mut scope.diags);
            let value = scope.eval(&attribute.value);
            let met = std::mem::replace(&mut scope.diags, kept);
            scope.unbind(known);
            match value {
                Some(value) => {
                    values.insert(attribute.key.as_str().to_owned(), value);
                }
                None => {
                    if errors.is_empty() {
                        errors = met;
                    }
                    failed.push(attribute);
                }
            }
        }
        if failed.is_empty() || failed.len() == before {
            scope.diags.append(errors);
            return values;
        }
        waiting = failed;
    }
}

/// A type as it is written: `string`, `list(number)`, `object({ a = string })`, …
pub(super) fn type_of(expression: &Expression) -> Result<Type, (Range<usize>, String)> {
    let invalid = |detail: String| Err((span(expression), detail));
    match expression {
        Expression::Variable(name) => match name.as_str() {
            "any" => Ok(Type::Any),
            "bool" => Ok(Type::Bool),
            "number" => Ok(Type::Number),
            "string" => Ok(Type::Text),
            "list" => Ok(Type::List(Box::new(Type::Any))),
            "map" => Ok(Type::Map(Box::new(Type::Any))),
            other => invalid(format!("The keyword {other:?} is not a valid type specification.")),
        },
        Expression::FuncCall(call) => {
            let name = call.name.name.as_str();
            let Some(argument) = call.args.get(0) else {
                return invalid(format!("The {name} type constructor requires one argument."));
            };
            match (name, argument) {
                ("list", of) => Ok(Type::List(Box::new(type_of(of)?))),
                ("set", of) => Ok(Type::Set(Box::new(type_of(of)?))),
                ("map", of) => Ok(Type::Map(Box::new(type_of(of)?))),
                ("optional", of) => type_of(of),
                ("tuple", Expression::Array(array)) => {
                    array.iter().map(type_of).collect::<Result<_, _>>().map(Type::Tuple)
                }
                ("object", Expression::Object(object)) => {
                    let each = object.iter().map(|(key, value)| {
                        let name = match key {
                            ObjectKey::Ident(name) => name.as_str().to_owned(),
                            ObjectKey::Expression(expression) => {
                                expression.as_str().unwrap_or_default().to_owned()
                            }
                        };
                        let optional = matches!(value.expr(), Expression::FuncCall(call)
                            if call.name.name.as_str() == "optional");
                        Ok((name, (type_of(value.expr())?, optional)))
                    });
                    each.collect::<Result<_, _>>().map(Type::Object)
                }
                _ => invalid(format!("Keyword {name:?} is not a valid type constructor.")),
            }
        }
        _ => invalid(
            "A type specification is either a primitive type keyword (bool, number, string) or a complex \
                      type constructor call, like list(string)."
                .to_owned(),
        ),
    }
}
