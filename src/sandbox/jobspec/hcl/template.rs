//! Strings with interpolations and directives.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};

use super::eval::{Scope, span};
use super::heredoc::Literals;
use super::value::Value;

/// The text of a template. A part that fails leaves a gap, and its error.
pub(super) fn text(template: &Template, scope: &mut Scope<'_>) -> Option<String> {
    let elements: Vec<&Element> = template.iter().collect();
    render(&elements, (false, false), None, scope)
}

/// The same of a heredoc, whose literals were read already.
pub(super) fn heredoc(template: &Template, literals: &Literals, scope: &mut Scope<'_>) -> Option<String> {
    let elements: Vec<&Element> = template.iter().collect();
    render(&elements, (false, false), Some(literals), scope)
}

/// Renders a run of elements; the markers around it may strip its first and last literal.
fn render(
    elements: &[&Element],
    (strip_start, strip_end): (bool, bool),
    literals: Option<&Literals>,
    scope: &mut Scope<'_>,
) -> Option<String> {
    let mut text = String::new();
    for (at, element) in elements.iter().enumerate() {
        match element {
            Element::Literal(literal) if literals.is_some() => {
                let known = literal.span().and_then(|range| literals?.get(&range.start));
                text.push_str(known.map_or(literal.as_str(), String::as_str));
            }
            Element::Literal(literal) => {
                let before = at.checked_sub(1).map_or(strip_start, |at| strips(elements[at]).1);
                let after = elements.get(at + 1).map_or(strip_end, |next| strips(next).0);
                let mut literal = literal.as_str();
                if before {
                    literal = literal.trim_start();
                }
                if after {
                    literal = literal.trim_end();
                }
                text.push_str(literal);
            }
            Element::Interpolation(interpolation) => {
                let range = span(&interpolation.expr);
                let value = scope.eval(&interpolation.expr)?;
                push(&mut text, &value, range, scope);
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(directive) => text.push_str(&conditional(directive, literals, scope)?),
                Directive::For(directive) => text.push_str(&repeated(directive, literals, scope)?),
            },
        }
    }
    Some(text)
}

fn push(text: &mut String, value: &Value, range: Range<usize>, scope: &mut Scope<'_>) {
    const SUMMARY: &str = "Invalid template interpolation value";
    match value {
        Value::Null => scope.diags.add(
            range,
            SUMMARY,
            "The expression result is null. Cannot include a null value in a string template.",
        ),
        value => match value.to_text() {
            Ok(part) => text.push_str(&part),
            Err(e) => scope.diags.add(
                range,
                SUMMARY,
                format!("Cannot include the given value in a string template: {e}."),
            ),
        },
    }
}

fn start(strip: Strip) -> bool {
    matches!(strip, Strip::Start | Strip::Both)
}

fn end(strip: Strip) -> bool {
    matches!(strip, Strip::End | Strip::Both)
}

/// Whether an element strips the literal before and the one after it.
fn strips(element: &Element) -> (bool, bool) {
    match element {
        Element::Literal(_) => (false, false),
        Element::Interpolation(interpolation) => (start(interpolation.strip), end(interpolation.strip)),
        Element::Directive(directive) => match &**directive {
            Directive::If(d) => (start(d.if_expr.strip), end(d.endif_expr.strip)),
            Directive::For(d) => (start(d.for_expr.strip), end(d.endfor_expr.strip)),
        },
    }
}

fn conditional(
    directive: &IfDirective,
    literals: Option<&Literals>,
    scope: &mut Scope<'_>,
) -> Option<String> {
    let condition = &directive.if_expr.cond_expr;
    let range = span(condition);
    let Ok(holds) = scope.eval(condition)?.to_bool() else {
        let detail = "The condition expression must be of type bool.";
        scope.diags.add(range, "Incorrect condition type", detail);
        return None;
    };
    let (opened, closed) = (directive.if_expr.strip, directive.endif_expr.strip);
    match &directive.else_expr {
        Some(other) if holds => part(&directive.if_expr.template, (opened, other.strip), literals, scope),
        Some(other) => part(&other.template, (other.strip, closed), literals, scope),
        None if holds => part(&directive.if_expr.template, (opened, closed), literals, scope),
        None => Some(String::new()),
    }
}

fn part(
    template: &Template,
    (opened, closed): (Strip, Strip),
    literals: Option<&Literals>,
    scope: &mut Scope<'_>,
) -> Option<String> {
    let elements: Vec<&Element> = template.iter().collect();
    render(&elements, (end(opened), start(closed)), literals, scope)
}

fn repeated(directive: &ForDirective, literals: Option<&Literals>, scope: &mut Scope<'_>) -> Option<String> {
    let head = &directive.for_expr;
    let range = head.collection_expr.span().unwrap_or(0..0);
    let collection = scope.eval(&head.collection_expr)?;
    let elements = scope.iterate(collection, range)?;
    let mut text = String::new();
    for (key, value) in elements {
        let key_var = head.key_var.as_ref().map(|name| name.as_str());
        let known = scope.bind(key_var, head.value_var.as_str(), key, value);
        let once = part(&head.template, (head.strip, directive.endfor_expr.strip), literals, scope);
        scope.unbind(known);
        text.push_str(&once?);
    }
    Some(text)
}
