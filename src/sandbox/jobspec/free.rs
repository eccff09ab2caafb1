//! Blocks without a schema: what a driver, a scaling policy or a proxy makes of them is its own affair.

use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use serde_json::{Map, Value as Json, json};

use super::decode::known;
use super::hcl::Scope;

/// Arguments as values, and blocks of one type as a list; an object counts as a list of one block.
pub(super) fn map(body: &Body, scope: &mut Scope<'_>) -> Json {
    let mut map = Map::new();
    for attribute in body.attributes() {
        if let Some(value) = known(&attribute.value, scope) {
            let value = value.json();
            let is_object = matches!(attribute.value, Expression::Object(_));
            map.insert(attribute.key.as_str().to_owned(), if is_object { json!([value]) } else { value });
        }
    }
    for block in body.blocks() {
        let value = of_block(block, scope);
        let list = map.entry(block.ident.as_str()).or_insert_with(|| json!([]));
        if let Json::Array(list) = list {
            list.push(value);
        }
    }
    Json::Object(map)
}

/// A block's labels are keys of objects around its body.
fn of_block(block: &Block, scope: &mut Scope<'_>) -> Json {
    let body = map(&block.body, scope);
    block.labels.iter().rev().fold(body, |inner, label| json!({ label.as_str(): [inner] }))
}
