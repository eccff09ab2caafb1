//! The blocks of a body, those a `dynamic` block stands for included.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body};

use super::hcl::eval::span;
use super::hcl::{Scope, Value};

/// A block to decode.
#[derive(Debug, Clone)]
pub(super) struct BlockView<'a> {
    pub(super) name: String,
    pub(super) labels: Vec<(String, Range<usize>)>,
    pub(super) body: &'a Body,
    /// What the `dynamic` block it comes from binds: the iterator's name, key and value.
    pub(super) iterator: Option<(String, Value)>,
    /// The type and the labels.
    pub(super) head: Range<usize>,
    /// The opening brace.
    pub(super) brace: Range<usize>,
}

pub(super) fn label(label: &BlockLabel) -> (String, Range<usize>) {
    let range = match label {
        BlockLabel::Ident(name) => name.span(),
        BlockLabel::String(text) => text.span(),
    };
    (label.as_str().to_owned(), range.unwrap_or(0..0))
}

impl<'a> BlockView<'a> {
    pub(super) fn of(block: &'a Block, scope: &Scope<'_>) -> Self {
        let labels: Vec<(String, Range<usize>)> = block.labels.iter().map(label).collect();
        let name = block.ident.span().unwrap_or(0..0);
        let head = name.start..labels.last().map_or(name.end, |(_, range)| range.end);
        let brace = scope.source().text[head.end..].find('{').map_or(head.end, |at| head.end + at);
        BlockView {
            name: block.ident.as_str().to_owned(),
            labels,
            body: &block.body,
            iterator: None,
            head,
            brace: brace..brace + 1,
        }
    }

    /// The type alone.
    pub(super) fn name_range(&self) -> Range<usize> {
        self.head.start..self.head.start + self.name.len()
    }

    /// Decodes inside of what the `dynamic` block binds.
    pub(super) fn within<T>(&self, scope: &mut Scope<'_>, decode: impl FnOnce(&mut Scope<'_>) -> T) -> T {
        let known =
            self.iterator.as_ref().map(|(name, value)| scope.bind(None, name, Value::Null, value.clone()));
        let decoded = decode(scope);
        if let Some(known) = known {
            scope.unbind(known);
        }
        decoded
    }
}

/// The attributes of a body.
pub(super) fn attributes(body: &Body) -> impl Iterator<Item = &Attribute> {
    body.attributes()
}

/// The blocks of a body; with `expand`, `dynamic` blocks are replaced by what they stand for.
pub(super) fn blocks<'a>(body: &'a Body, scope: &mut Scope<'_>) -> Vec<BlockView<'a>> {
    let mut list = Vec::new();
    for block in body.blocks() {
        let view = BlockView::of(block, scope);
        if view.name == "dynamic" {
            list.extend(expand(&view, scope));
        } else {
            list.push(view);
        }
    }
    list
}

/// Blocks that have a label, and must be given one when they are made.
const LABELLED: [&str; 9] =
    ["action", "device", "group", "port", "region", "secret", "target", "task", "volume"];

fn expand<'a>(dynamic: &BlockView<'a>, scope: &mut Scope<'_>) -> Vec<BlockView<'a>> {
    let missing = |scope: &mut Scope<'_>, what: &str| {
        scope.diags.add(
            dynamic.brace.start..dynamic.brace.start,
            "Missing required argument",
            format!("The argument {what:?} is required, but no definition was found."),
        );
    };
    let [(name, _)] = dynamic.labels.as_slice() else {
        let detail = "All dynamic blocks must have 1 labels (type).";
        scope.diags.add(dynamic.brace.clone(), "Missing type for dynamic", detail);
        return Vec::new();
    };
    let body = dynamic.body;
    let Some(for_each) = body.get_attribute("for_each") else {
        missing(scope, "for_each");
        return Vec::new();
    };
    if LABELLED.contains(&name.as_str()) && body.get_attribute("labels").is_none() {
        missing(scope, "labels");
        return Vec::new();
    }
    let Some(content) = body.get_blocks("content").next() else {
        let detail = "A dynamic block must have a nested block of type \"content\" to describe the body of each block.";
        scope.diags.add(dynamic.brace.clone(), "Missing dynamic content block", detail);
        return Vec::new();
    };
    let range = span(&for_each.value);
    let Some(collection) = scope.eval(&for_each.value) else { return Vec::new() };
    if !matches!(collection, Value::List(_) | Value::Set(_) | Value::Object(_)) {
        let detail = format!(
            "Cannot use a {} value in for_each. An iterable collection is required.",
            collection.type_name()
        );
        scope.diags.add(
            range.start..range.end.min(range.start + 1),
            "Invalid dynamic for_each value",
            detail,
        );
        return Vec::new();
    }
    let Some(elements) = scope.iterate(collection, range) else { return Vec::new() };
    let iterator = body.get_attribute("iterator").map_or(name.as_str(), |attribute| {
        attribute.value.as_variable().map_or(name.as_str(), |variable| variable.as_str())
    });
    let view = BlockView::of(content, scope);
    let mut list = Vec::new();
    for (key, value) in elements {
        let bound = Value::Object(BTreeMap::from([("key".to_owned(), key), ("value".to_owned(), value)]));
        let mut block = view.clone();
        block.name.clone_from(name);
        block.iterator = Some((iterator.to_owned(), bound));
        block.labels = block.within(scope, |scope| labels(body, scope));
        list.push(block);
    }
    list
}

fn labels(body: &Body, scope: &mut Scope<'_>) -> Vec<(String, Range<usize>)> {
    let Some(attribute) = body.get_attribute("labels") else { return Vec::new() };
    let range = span(&attribute.value);
    match scope.eval(&attribute.value) {
        Some(Value::List(list) | Value::Set(list)) => {
            list.iter().filter_map(|value| value.to_text().ok()).map(|text| (text, range.clone())).collect()
        }
        _ => Vec::new(),
    }
}
