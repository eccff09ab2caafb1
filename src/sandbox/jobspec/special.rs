//! Where decoding does not go by the schema alone: constraints, the free maps that may be written as arguments, and
//! blocks that are handed down to the tasks.

use hcl_edit::Span;
use hcl_edit::structure::Attribute;
use serde_json::{Map, Value as Json, json};

use super::blocks::BlockView;
use super::decode;
use super::hcl::eval::span;
use super::hcl::{Scope, Value};
use super::schema::Struct;
use super::schema::job::{AFFINITY, CNI_CONFIG, CONSTRAINT, JOB, SCALING_POLICY, TASK_GROUP};
use super::schema::task::{SECRET, TASK, VAULT};

/// Shorthands of a constraint: the operand is the argument's name.
const SHORTHANDS: [&str; 6] =
    ["version", "semver", "regexp", "set_contains_any", "set_contains_all", "set_contains"];

fn is(shape: &'static Struct, other: &'static Struct) -> bool {
    std::ptr::eq(shape, other)
}

/// A constraint or an affinity; none for any other block.
pub(super) fn condition(view: &BlockView<'_>, shape: &'static Struct, scope: &mut Scope<'_>) -> Option<Json> {
    let (constraint, affinity) = (is(shape, &CONSTRAINT), is(shape, &AFFINITY));
    if !constraint && !affinity {
        return None;
    }
    let mut texts = Map::new();
    let (mut weight, mut hosts) = (Json::Null, None);
    for attribute in view.body.attributes() {
        let name = attribute.key.as_str();
        let simple = matches!(name, "attribute" | "value" | "operator") || SHORTHANDS.contains(&name);
        let own = match name {
            "weight" => affinity,
            "distinct_hosts" | "distinct_property" | "is_set" | "is_not_set" => constraint,
            _ => simple && !(constraint && name == "weight"),
        };
        if !own {
            let detail = format!("An argument named {name:?} is not expected here.");
            scope.diags.add(attribute.key.span().unwrap_or(0..0), "Unsupported argument", detail);
            continue;
        }
        let range = span(&attribute.value);
        let Some(value) = scope.eval(&attribute.value) else { continue };
        let converted = match name {
            _ if value == Value::Null => Ok(()),
            "weight" => value.to_number().map(|n| weight = Value::Number(n).json()),
            "distinct_hosts" => value.to_bool().map(|flag| hosts = Some(flag)),
            _ => value.to_text().map(|text| {
                texts.insert(name.to_owned(), json!(text));
            }),
        };
        if let Err(e) = converted {
            let detail = format!("Inappropriate value for attribute {name:?}: {e}.");
            scope.diags.add(range, "Incorrect attribute value type", detail);
        }
    }
    let text = |name: &str| texts.get(name).and_then(Json::as_str).unwrap_or("").to_owned();
    let (mut left, mut operand, mut right) = (text("attribute"), text("operator"), text("value"));
    for shorthand in SHORTHANDS.iter().filter(|name| !text(name).is_empty()) {
        (operand, right) = ((*shorthand).to_owned(), text(shorthand));
    }
    if let Some(flag) = hosts {
        (operand, right) = ("distinct_hosts".to_owned(), flag.to_string());
    }
    let property = text("distinct_property");
    if !property.is_empty() {
        (operand, left) = ("distinct_property".to_owned(), property);
    }
    if operand.is_empty() {
        operand = "=".to_owned();
    }
    let mut object = shape.empty();
    object.extend([
        ("LTarget".to_owned(), json!(left)),
        ("Operand".to_owned(), json!(operand)),
        ("RTarget".to_owned(), json!(right)),
    ]);
    if affinity {
        object.insert("Weight".to_owned(), weight);
    }
    Some(Json::Object(object))
}

/// Whether this map of text may be set by an argument.
pub(super) fn takes_argument(shape: &'static Struct, name: &str) -> bool {
    match name {
        "meta" => is(shape, &JOB) || is(shape, &TASK_GROUP) || is(shape, &TASK),
        "env" => is(shape, &TASK),
        "args" => is(shape, &CNI_CONFIG),
        _ => false,
    }
}

/// Sets a map of text by an argument.
pub(super) fn argument(
    attribute: &Attribute,
    views: &[BlockView<'_>],
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) {
    let name = attribute.key.as_str();
    if let Some(view) = views.iter().find(|view| view.name == name) {
        let start = attribute.key.span().map_or(0, |key| key.start);
        let range = start..span(&attribute.value).end;
        let detail = format!(
            "{name} may not be defined more than once. Another definition is defined at {}.",
            scope.source().show(&range)
        );
        scope.diags.add(view.head.clone(), format!("Duplicate {name} block"), detail);
        return;
    }
    if let Some(map) = decode::text_map(&attribute.value, scope) {
        let field = match name {
            "meta" => "Meta",
            "env" => "Env",
            _ => "Args",
        };
        object.insert(field.to_owned(), map);
    }
}

/// Whether blocks of this type are taken somewhere without standing in the schema.
pub(super) fn knows(name: &str) -> bool {
    matches!(name, "vault" | "secret" | "task" | "scaling")
}

/// Takes out the blocks that the schema does not know at this place.
pub(super) fn prepare<'a>(
    shape: &'static Struct,
    views: Vec<BlockView<'a>>,
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) -> Vec<BlockView<'a>> {
    if is(shape, &TASK) {
        return task_scaling(views, object, scope);
    }
    if !is(shape, &TASK_GROUP) && !is(shape, &JOB) {
        return views;
    }
    let mut rest = Vec::new();
    for view in views {
        let key = match view.name.as_str() {
            "vault" => "vault",
            "secret" => "secrets",
            "task" if is(shape, &JOB) => "tasks",
            _ => {
                rest.push(view);
                continue;
            }
        };
        let decoded = match key {
            "vault" => decode::block(&view, &VAULT, scope),
            "secrets" => decode::block(&view, &SECRET, scope),
            _ => decode::block(&view, &TASK, scope),
        };
        match object.entry(key).or_insert_with(|| json!([])) {
            Json::Array(list) => list.push(decoded),
            other => *other = json!([decoded]),
        }
    }
    rest
}

/// A task's scaling policies are labelled with what they scale.
fn task_scaling<'a>(
    views: Vec<BlockView<'a>>,
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) -> Vec<BlockView<'a>> {
    let (policies, rest): (Vec<_>, Vec<_>) = views.into_iter().partition(|view| view.name == "scaling");
    let mut list = Vec::new();
    for view in policies {
        if !view.has_labels(&["name"], scope) {
            continue;
        }
        let (name, range) = view.labels[0].clone();
        let kind = match name.to_lowercase().as_str() {
            "cpu" => "vertical_cpu",
            "mem" => "vertical_mem",
            _ => {
                let detail = "scaling policy name must be \"cpu\" or \"mem\"";
                scope.diags.add(range, "Invalid scaling policy name", detail);
                continue;
            }
        };
        let mut policy = decode::block(&view, &SCALING_POLICY, scope);
        if policy["Type"] == "" {
            policy["Type"] = json!(kind);
        }
        list.push(policy);
    }
    if !list.is_empty() {
        object.insert("ScalingPolicies".to_owned(), Json::Array(list));
    }
    rest
}

/// Hands down what belongs to the tasks, and checks a group's scaling policy.
pub(super) fn finish(
    shape: &'static Struct,
    views: &[BlockView<'_>],
    object: &mut Map<String, Json>,
    scope: &mut Scope<'_>,
) {
    if !is(shape, &TASK_GROUP) {
        return;
    }
    let vault = object.remove("vault").and_then(|list| list.as_array().and_then(|l| l.last().cloned()));
    let secrets = object.remove("secrets");
    for task in object.get_mut("Tasks").and_then(Json::as_array_mut).into_iter().flatten() {
        if task["Vault"].is_null()
            && let Some(vault) = &vault
        {
            task["Vault"] = vault.clone();
        }
        if task["Secrets"].is_null()
            && let Some(secrets) = &secrets
        {
            task["Secrets"] = secrets.clone();
        }
    }
    let Some(view) = views.iter().find(|view| view.name == "scaling") else { return };
    if let Some(scaling) = object.get_mut("Scaling").filter(|s| s.is_object()) {
        if scaling["Type"] == "" {
            scaling["Type"] = json!("horizontal");
        }
        if scaling["Max"].is_null() {
            let detail = "The argument \"max\" is required, but no definition was found.";
            scope.diags.add(view.brace.start..view.brace.start, "Missing required argument", detail);
        }
        if scaling["Type"] != "horizontal"
            && let Some(attribute) = view.body.get_attribute("type")
        {
            let detail = format!("task group scaling policy had invalid type: {}", scaling["Type"]);
            scope.diags.add(span(&attribute.value), "Invalid group scaling type", detail);
        }
    }
}
