//! The blocks of a body, those a `dynamic` block stands for included.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Attribute, Block, BlockLabel, Body};

use super::hcl::eval::{span, start_of};
use super::hcl::{Scope, Value};

/// A block to decode.
#[derive(Debug, Clone)]
pub(super) struct BlockView<'a> {
    pub(super) name: String,
    pub(super) labels: Vec<(String, Range<usize>)>,
    pub(super) body: &'a Body,
    /// What the `dynamic` block it comes from binds: the iterator's name, key and value.
    pub(super) iterator: Option<(String, Value)>,
    /// The type alone.
    pub(super) kind: Range<usize>,
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
            kind: name,
            head,
            brace: brace..brace + 1,
        }
    }

    /// Whether it has these labels and no others; it is told where it has not.
    pub(super) fn has_labels(&self, labels: &[&str], scope: &mut Scope<'_>) -> bool {
        let (name, all) = (&self.name, labels.join(", "));
        if let Some(missing) = labels.get(self.labels.len()) {
            let detail = format!("All {name} blocks must have {} labels ({all}).", labels.len());
            scope.diags.add(self.brace.clone(), format!("Missing {missing} for {name}"), detail);
            return false;
        }
        if let Some((_, range)) = self.labels.get(labels.len()) {
            let detail = match labels.len() {
                0 => format!("No labels are expected for {name} blocks."),
                n => format!("Only {n} labels ({all}) are expected for {name} blocks."),
            };
            scope.diags.add(range.clone(), format!("Extraneous label for {name}"), detail);
            return false;
        }
        true
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

/// The blocks of a body, those of `dynamic` blocks in their place. One for a type that is not known here stands for itself:
/// it is refused like any other.
pub(super) fn blocks<'a>(
    body: &'a Body,
    known: impl Fn(&str) -> bool,
    scope: &mut Scope<'_>,
) -> Vec<BlockView<'a>> {
    let mut list = Vec::new();
    for block in body.blocks() {
        let view = BlockView::of(block, scope);
        if view.name == "dynamic" {
            list.extend(expand(&view, &known, scope));
        } else {
            list.push(view);
        }
    }
    list
}

/// Blocks that have a label, and must be given one when they are made.
const LABELLED: [&str; 9] =
    ["action", "device", "group", "port", "region", "secret", "target", "task", "volume"];

fn expand<'a>(
    dynamic: &BlockView<'a>,
    known: &impl Fn(&str) -> bool,
    scope: &mut Scope<'_>,
) -> Vec<BlockView<'a>> {
    if !dynamic.has_labels(&["type"], scope) {
        return Vec::new();
    }
    let (name, label) = dynamic.labels[0].clone();
    if !known(&name) {
        return vec![BlockView { name, kind: label, ..dynamic.clone() }];
    }
    let Some(plan) = Plan::read(dynamic, &name, scope) else { return Vec::new() };
    let Some(collection) = scope.eval(plan.each) else { return Vec::new() };
    let detail = match &collection {
        Value::List(_) | Value::Set(_) | Value::Object(_) => None,
        Value::Null => Some("Cannot use a null value in for_each.".to_owned()),
        other => Some(format!(
            "Cannot use a {} value in for_each. An iterable collection is required.",
            other.type_name()
        )),
    };
    if let Some(detail) = detail {
        scope.diags.add(span(plan.each), "Invalid dynamic for_each value", detail);
        return Vec::new();
    }
    let Some(elements) = scope.iterate(collection, span(plan.each)) else { return Vec::new() };
    let view = BlockView::of(plan.content, scope);
    let mut list = Vec::new();
    for (key, value) in elements {
        let bound = Value::Object(BTreeMap::from([("key".to_owned(), key), ("value".to_owned(), value)]));
        let mut block = view.clone();
        block.name.clone_from(&name);
        block.iterator = Some((plan.iterator.clone(), bound));
        block.labels = block.within(scope, |scope| labels(&plan.labels, scope));
        list.push(block);
    }
    list
}

/// What a `dynamic` block says before anything of it is worked out.
struct Plan<'a> {
    each: &'a Expression,
    iterator: String,
    labels: Vec<&'a Expression>,
    content: &'a Block,
}

impl<'a> Plan<'a> {
    /// Reads a block for this type; none when it is not as it must be, which is told.
    fn read(dynamic: &BlockView<'a>, name: &str, scope: &mut Scope<'_>) -> Option<Self> {
        let body = dynamic.body;
        let labelled = LABELLED.contains(&name);
        let arguments: &[&str] = if labelled { &["for_each", "labels"] } else { &["for_each"] };
        let told = scope.diags.count();
        for attribute in body.attributes() {
            let key = attribute.key.as_str();
            if !arguments.contains(&key) && key != "iterator" {
                let detail = format!("An argument named {key:?} is not expected here.");
                scope.diags.add(attribute.key.span().unwrap_or(0..0), "Unsupported argument", detail);
            }
        }
        for missing in arguments.iter().filter(|name| body.get_attribute(name).is_none()) {
            let detail = format!("The argument {missing:?} is required, but no definition was found.");
            scope.diags.add(dynamic.brace.start..dynamic.brace.start, "Missing required argument", detail);
        }
        for block in body.blocks() {
            let view = BlockView::of(block, scope);
            if view.name == "content" {
                view.has_labels(&[], scope);
            } else {
                let detail = format!("Blocks of type {:?} are not expected here.", view.name);
                scope.diags.add(view.kind, "Unsupported block type", detail);
            }
        }
        if scope.diags.count() > told {
            return None;
        }
        let iterator = body.get_attribute("iterator").map(|attribute| iterator(&attribute.value, scope));
        let labels = body.get_attribute("labels").map(|attribute| static_list(&attribute.value, scope));
        let plan = Plan {
            each: &body.get_attribute("for_each")?.value,
            iterator: iterator.unwrap_or_else(|| Some(name.to_owned()))?,
            labels: labels.unwrap_or_else(|| Some(Vec::new()))?,
            content: content(dynamic, scope)?,
        };
        (!labelled || plan.has_one_label(body, name, scope)).then_some(plan)
    }

    /// Whether it has as many labels as the types that have any.
    fn has_one_label(&self, body: &Body, name: &str, scope: &mut Scope<'_>) -> bool {
        let detail = format!("Blocks of type {name:?} require 1 label(s).");
        match self.labels.as_slice() {
            [_] => return true,
            [] => {
                let range = body.get_attribute("labels").map_or(0..0, |attribute| span(&attribute.value));
                scope.diags.add(range, "Insufficient dynamic block labels", detail);
            }
            [_, extra, ..] => scope.diags.add(span(extra), "Extraneous dynamic block label", detail),
        }
        false
    }
}

/// The name an iterator is given.
fn iterator(expression: &Expression, scope: &mut Scope<'_>) -> Option<String> {
    match expression {
        Expression::Variable(name) => return Some(name.as_str().to_owned()),
        Expression::Traversal(_) => scope.diags.add(
            span(expression),
            "Invalid dynamic iterator name",
            "Dynamic iterator must be a single variable name.",
        ),
        _ => scope.diags.add(
            span(expression),
            "Invalid expression",
            "A single static variable reference is required: only attribute access and indexing with constant keys. \
             No calculations, function calls, template expressions, etc are allowed here.",
        ),
    }
    None
}

/// The expressions of a list that is written out.
fn static_list<'a>(expression: &'a Expression, scope: &mut Scope<'_>) -> Option<Vec<&'a Expression>> {
    if let Expression::Array(list) = expression {
        return Some(list.iter().collect());
    }
    let range = start_of(expression, scope.source().text);
    scope.diags.add(range, "Invalid expression", "A static list expression is required.");
    None
}

/// The one block that says what each is to hold.
fn content<'a>(dynamic: &BlockView<'a>, scope: &mut Scope<'_>) -> Option<&'a Block> {
    let mut contents = dynamic.body.get_blocks("content");
    let first = contents.next();
    if first.is_none() {
        let detail = "A dynamic block must have a nested block of type \"content\" to describe the body of each block.";
        scope.diags.add(dynamic.brace.clone(), "Missing dynamic content block", detail);
    }
    if let Some(second) = contents.next() {
        let detail = "Only one nested content block is allowed for each dynamic block.";
        let view = BlockView::of(second, scope);
        scope.diags.add(view.head, "Extraneous dynamic content block", detail);
        return None;
    }
    first
}

fn labels(labels: &[&Expression], scope: &mut Scope<'_>) -> Vec<(String, Range<usize>)> {
    let values = labels.iter().filter_map(|label| Some((scope.eval(label)?.to_text().ok()?, span(label))));
    values.collect()
}
