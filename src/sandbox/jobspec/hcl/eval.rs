//! Expressions.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{
    Array, BinaryOp, Conditional, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal,
    TraversalOperator, UnaryOp,
};
use hcl_edit::template::{Element, StringTemplate};

use super::diagnostic::{Diagnostics, Source};
use super::value::{Number, Value};
use super::{heredoc, operators, reference, template};
use crate::sandbox::jobspec::functions;

/// What expressions may refer to, and the errors met so far.
pub(crate) struct Scope<'a> {
    source: &'a Source<'a>,
    names: Vec<(String, Value)>,
    /// Whether unknown names stand for themselves, as `${NOMAD_PORT_http}` does in a job.
    lenient: bool,
    pub(crate) diags: Diagnostics,
}

/// Where an expression stands.
pub(crate) fn span(expression: &Expression) -> Range<usize> {
    expression.span().unwrap_or(0..0)
}

impl<'a> Scope<'a> {
    /// Names known everywhere, such as `var` and `local`.
    pub(crate) fn new(source: &'a Source<'a>, names: Vec<(String, Value)>) -> Self {
        Scope { source, names, lenient: true, diags: Diagnostics::default() }
    }

    /// No names and no functions: what variables may be set to.
    pub(crate) fn bare(source: &'a Source<'a>) -> Self {
        Scope { source, names: Vec::new(), lenient: false, diags: Diagnostics::default() }
    }

    pub(crate) fn source(&self) -> &'a Source<'a> {
        self.source
    }

    /// Binds a name for a while; [`Scope::unbind`] takes what this returns.
    pub(crate) fn bind(&mut self, key_name: Option<&str>, name: &str, key: Value, value: Value) -> usize {
        let known = self.names.len();
        if let Some(key_name) = key_name {
            self.names.push((key_name.to_owned(), key));
        }
        self.names.push((name.to_owned(), value));
        known
    }

    pub(crate) fn unbind(&mut self, known: usize) {
        self.names.truncate(known);
    }

    fn lookup(&self, name: &str) -> Option<&Value> {
        self.names.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value; none when it is an error, which is then among the diagnostics.
    pub(crate) fn eval(&mut self, expression: &Expression) -> Option<Value> {
        match expression {
            Expression::Null(_) => Some(Value::Null),
            Expression::Bool(flag) => Some(Value::Bool(**flag)),
            Expression::Number(number) => {
                // The tree rounds what is beyond 64 bits.
                let written =
                    self.source.text.get(span(expression)).and_then(|text| Number::parse(text.trim()));
                Some(Value::Number(written.unwrap_or_else(|| literal(number.value()))))
            }
            Expression::String(text) => Some(Value::Text(text.value().clone())),
            Expression::Array(array) => self.array(array),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(string) => self.string(string),
            Expression::HeredocTemplate(heredoc) => {
                let text = self.source.text;
                let indented =
                    text.get(span(expression)).is_some_and(|text| text.trim_start().starts_with("<<-"));
                let literals = heredoc::literals(heredoc, indented, text);
                template::heredoc(&heredoc.template, &literals, self).map(Value::Text)
            }
            Expression::Parenthesis(inner) => self.eval(inner.inner()),
            Expression::Variable(name) => self.variable(name.as_str(), &span(expression)),
            Expression::Conditional(conditional) => self.conditional(conditional),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal, &span(expression)),
            Expression::UnaryOp(op) => self.unary(op),
            Expression::BinaryOp(op) => self.binary(op),
            Expression::ForExpr(expr) => self.for_expr(expr),
        }
    }

    fn array(&mut self, array: &Array) -> Option<Value> {
        let values: Vec<Option<Value>> = array.iter().map(|item| self.eval(item)).collect();
        values.into_iter().collect::<Option<Vec<_>>>().map(Value::List)
    }

    fn object(&mut self, object: &Object) -> Option<Value> {
        let mut map = BTreeMap::new();
        let mut whole = true;
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => self.written(name.span(), name.as_str()),
                ObjectKey::Expression(Expression::String(text)) => self.written(text.span(), text.value()),
                ObjectKey::Expression(expression) => self.key(expression),
            };
            match (key, self.eval(value.expr())) {
                (Some(key), Some(value)) => {
                    map.insert(key, value);
                }
                _ => whole = false,
            }
        }
        whole.then_some(Value::Object(map))
    }

    /// A key as it stands in the text: in the tree a key that stands twice has another name.
    fn written(&mut self, at: Option<Range<usize>>, known: &str) -> Option<String> {
        let text = at.and_then(|at| self.source.text.get(at)).unwrap_or(known).trim();
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        if !text.starts_with(['"', '(']) || !inner.contains(['\\', '$', '%', '(', '"']) {
            return Some(inner.to_owned());
        }
        match hcl_edit::parser::parse_expr(text) {
            Ok(expression) => self.key(&expression),
            Err(_) => Some(known.to_owned()),
        }
    }

    fn key(&mut self, expression: &Expression) -> Option<String> {
        let range = span(expression);
        let value = self.eval(expression)?;
        let incorrect = |e: String| ("Incorrect key type", format!("Can't use this value as a key: {e}."));
        match value.to_text() {
            Ok(text) => Some(text),
            Err(e) => {
                let (summary, detail) = incorrect(e);
                self.diags.add(range, summary, detail);
                None
            }
        }
    }

    fn string(&mut self, string: &StringTemplate) -> Option<Value> {
        // A string that is one interpolation is the value itself.
        let mut elements = string.iter();
        if let (Some(Element::Interpolation(only)), None) = (elements.next(), elements.next()) {
            return self.eval(&only.expr);
        }
        let template: hcl_edit::template::Template = string.iter().cloned().collect();
        template::text(&template, self).map(Value::Text)
    }

    fn variable(&mut self, name: &str, range: &Range<usize>) -> Option<Value> {
        if let Some(value) = self.lookup(name) {
            return Some(value.clone());
        }
        if self.lenient {
            return Some(Value::Text(self.as_written(range)));
        }
        self.diags.add(range.clone(), "Variables not allowed", "Variables may not be used here.");
        None
    }

    /// A reference Nomad resolves when the task runs: it is kept as it is written, in `${…}`.
    fn as_written(&self, range: &Range<usize>) -> String {
        let text = self.source.text;
        let (before, inner, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
        let opening = before.trim_end_matches(' ');
        let closing = after.trim_start_matches(' ');
        if opening.ends_with("${") && closing.starts_with('}') {
            let (lead, tail) = (&before[opening.len()..], &after[..after.len() - closing.len()]);
            return format!("${{{lead}{inner}{tail}}}");
        }
        format!("${{{inner}}}")
    }

    fn conditional(&mut self, conditional: &Conditional) -> Option<Value> {
        let range = span(&conditional.cond_expr);
        let condition = self.eval(&conditional.cond_expr);
        let (yes, of_yes) = self.apart(&conditional.true_expr);
        let (no, of_no) = self.apart(&conditional.false_expr);
        let condition = condition?;
        // Only the side that is taken may fail.
        let holds = condition.to_bool();
        match holds {
            Ok(true) => self.diags.append(of_yes),
            Ok(false) => self.diags.append(of_no),
            Err(_) => {}
        }
        let (yes, no) = match (yes, no, holds.is_ok_and(|h| h)) {
            (Some(yes), Some(no), _) => (yes, no),
            (Some(only), None, true) | (None, Some(only), false) => return Some(only),
            _ => return None,
        };
        let (yes, no) = match unify(yes, no) {
            Ok(pair) => pair,
            Err((yes, no)) => {
                let both = span(&conditional.true_expr).start..span(&conditional.false_expr).end;
                let detail = format!(
                    "The true and false result expressions must have consistent types. The 'true' value is {yes}, \
                     but the 'false' value is {no}."
                );
                self.diags.add(both, "Inconsistent conditional result types", detail);
                return None;
            }
        };
        if let Ok(holds) = condition.to_bool() {
            return Some(if holds { yes } else { no });
        }
        self.diags.add(range, "Incorrect condition type", "The condition expression must be of type bool.");
        None
    }

    /// Evaluates an expression and keeps its errors apart.
    fn apart(&mut self, expression: &Expression) -> (Option<Value>, Diagnostics) {
        let before = std::mem::take(&mut self.diags);
        let value = self.eval(expression);
        (value, std::mem::replace(&mut self.diags, before))
    }

    fn call(&mut self, call: &FuncCall) -> Option<Value> {
        let name = call.name.name.as_str();
        let name_range = call.name.name.span().unwrap_or(0..0);
        let opened = name_range.start..name_range.end + 1;
        let text = self.source.text;
        let ranges: Vec<Range<usize>> = call.args.iter().map(|arg| start_of(arg, text)).collect();
        if matches!(name, "try" | "can") {
            return self.attempt(call, name == "can", opened);
        }
        if name == "convert" && self.lenient {
            return self.convert(call, &opened, &ranges);
        }
        if !self.lenient {
            let summary = "Function calls not allowed";
            self.diags.add(name_range, summary, "Functions may not be called here.");
            return None;
        }
        let args: Vec<Option<Value>> = call.args.iter().map(|arg| self.eval(arg)).collect();
        let mut args = args.into_iter().collect::<Option<Vec<_>>>()?;
        if call.args.expand_final()
            && let Some(Value::List(last) | Value::Set(last)) = args.pop_if(|last| last.elements().is_some())
        {
            args.extend(last);
        }
        match functions::call(name, &args) {
            Ok(value) => Some(value),
            Err(failure) => {
                let (range, summary, detail) = failure.describe(name, &name_range, &opened, &ranges);
                self.diags.add(range, summary, detail);
                None
            }
        }
    }

    /// `convert(…)`, whose second argument is a type.
    fn convert(&mut self, call: &FuncCall, opened: &Range<usize>, ranges: &[Range<usize>]) -> Option<Value> {
        let mut args = call.args.iter();
        let (Some(value), Some(kind), None) = (args.next(), args.next(), args.next()) else {
            let few = call.args.len() < 2;
            let (summary, detail) = match few {
                true => (
                    "Not enough function arguments",
                    format!(
                        "Function \"convert\" expects 2 argument(s). Missing value for {:?}.",
                        if call.args.is_empty() { "value" } else { "type" }
                    ),
                ),
                false => (
                    "Too many function arguments",
                    "Function \"convert\" expects only 2 argument(s).".to_owned(),
                ),
            };
            let closed = call.args.iter().last().map(|last| span(last).end..span(last).end + 1);
            let at = if few { closed } else { ranges.get(2).cloned() };
            self.diags.add(at.unwrap_or_else(|| opened.clone()), summary, detail);
            return None;
        };
        let value = self.eval(value)?;
        match crate::sandbox::jobspec::variables::type_of(kind) {
            Err((range, detail)) => self.diags.add(range, "Invalid type specification", detail),
            Ok(kind) => match kind.convert(value) {
                Ok(value) => return Some(value.unified()),
                Err(e) => {
                    let detail = format!("Invalid value for \"value\" parameter: {e}.");
                    self.diags.add(
                        ranges.first().unwrap_or(opened).clone(),
                        "Invalid function argument",
                        detail,
                    );
                }
            },
        }
        None
    }

    /// `try(…)` and `can(…)`, whose arguments may fail.
    fn attempt(&mut self, call: &FuncCall, only_whether: bool, opened: Range<usize>) -> Option<Value> {
        let mut failures = Vec::new();
        for arg in &call.args {
            let before = std::mem::take(&mut self.diags);
            let value = self.eval(arg);
            let errors = std::mem::replace(&mut self.diags, before);
            if let Some(value) = value.filter(|_| errors.is_empty()) {
                return Some(if only_whether { Value::Bool(true) } else { value });
            }
            for error in errors.iter() {
                let at = error.subject.as_ref().map(|range| self.source.show(range)).unwrap_or_default();
                failures.push(format!("- {} (at {at})\n  {}\n", error.summary, error.detail));
            }
        }
        if only_whether {
            return Some(Value::Bool(false));
        }
        let detail = format!(
            "Call to function \"try\" failed: no expression succeeded:\n{}\nAt least one expression must produce a \
             successful result.",
            failures.concat()
        );
        self.diags.add(opened, "Error in function call", detail.trim_end_matches('.').to_owned() + ".");
        None
    }

    fn traversal(&mut self, traversal: &Traversal, range: &Range<usize>) -> Option<Value> {
        if let Expression::Variable(name) = &traversal.expr
            && self.lookup(name.as_str()).is_none()
            && self.lenient
        {
            return Some(Value::Text(self.as_written(range)));
        }
        let value = self.eval(&traversal.expr)?;
        self.follow(value, &traversal.operators)
    }

    fn follow(
        &mut self,
        value: Value,
        operators: &[hcl_edit::Decorated<TraversalOperator>],
    ) -> Option<Value> {
        let Some((operator, rest)) = operators.split_first() else { return Some(value) };
        let range = operator.span().unwrap_or(0..0);
        let next = match &**operator {
            TraversalOperator::GetAttr(name) => {
                // The name and the dot before it.
                let name_range = name.span().unwrap_or(range.clone());
                let dotted = name_range.start.saturating_sub(1)..name_range.end;
                reference::attribute(&value, name.as_str(), dotted, &mut self.diags)?
            }
            TraversalOperator::Index(key) => {
                let inner = span(key);
                let bracketed = inner.start.saturating_sub(1)..inner.end + 1;
                let key = self.eval(key)?;
                reference::index(&value, &key, bracketed, &mut self.diags)?
            }
            TraversalOperator::LegacyIndex(at) => {
                let key = Value::from(i128::from(*at.value()));
                reference::index(&value, &key, range, &mut self.diags)?
            }
            TraversalOperator::FullSplat(_) => {
                let each = reference::splat(value).into_iter();
                return each
                    .map(|v| self.follow(v, rest))
                    .collect::<Vec<_>>()
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map(Value::List);
            }
            TraversalOperator::AttrSplat(_) => {
                // Only the attributes that follow are taken of each element.
                let attributes = rest.iter().take_while(|op| matches!(***op, TraversalOperator::GetAttr(_)));
                let (each, after) = rest.split_at(attributes.count());
                let list: Vec<Option<Value>> =
                    reference::splat(value).into_iter().map(|v| self.follow(v, each)).collect();
                let list = list.into_iter().collect::<Option<Vec<_>>>()?;
                return self.follow(Value::List(list), after);
            }
        };
        self.follow(next, rest)
    }

    fn unary(&mut self, op: &UnaryOp) -> Option<Value> {
        let range = span(&op.expr);
        let value = self.eval(&op.expr)?;
        operators::unary(*op.operator.value(), (value, range), &mut self.diags)
    }

    fn binary(&mut self, op: &BinaryOp) -> Option<Value> {
        let (left_range, right_range) = (span(&op.lhs_expr), span(&op.rhs_expr));
        let (left, right) = (self.eval(&op.lhs_expr), self.eval(&op.rhs_expr));
        operators::binary(*op.operator.value(), (left?, left_range), (right?, right_range), &mut self.diags)
    }

    /// Keys and values of a collection, or an error.
    pub(crate) fn iterate(&mut self, value: Value, range: Range<usize>) -> Option<Vec<(Value, Value)>> {
        match value {
            Value::List(list) => {
                Some(list.into_iter().enumerate().map(|(at, value)| (Value::count(at), value)).collect())
            }
            Value::Set(set) => Some(set.into_iter().map(|value| (value.clone(), value)).collect()),
            Value::Object(map) => {
                Some(map.into_iter().map(|(key, value)| (Value::Text(key), value)).collect())
            }
            Value::Null => {
                let detail = "A null value cannot be used as the collection in a 'for' expression.";
                self.diags.add(range, "Iteration over null value", detail);
                None
            }
            other => {
                let detail = format!(
                    "A value of type {} cannot be used as the collection in a 'for' expression.",
                    other.type_name()
                );
                self.diags.add(range, "Iteration over non-iterable value", detail);
                None
            }
        }
    }

    fn for_expr(&mut self, expr: &ForExpr) -> Option<Value> {
        let range = span(&expr.intro.collection_expr);
        let collection = self.eval(&expr.intro.collection_expr)?;
        let mut list = Vec::new();
        let mut map: BTreeMap<String, Value> = BTreeMap::new();
        for (key, value) in self.iterate(collection, range)? {
            let key_var = expr.intro.key_var.as_ref().map(|name| name.as_str());
            let known = self.bind(key_var, expr.intro.value_var.as_str(), key, value);
            let step = self.for_step(expr);
            self.unbind(known);
            match step? {
                None => {}
                Some((None, value)) => list.push(value),
                Some((Some(key), value)) if expr.grouping => {
                    let group = map.entry(key).or_insert_with(|| Value::List(Vec::new()));
                    if let Value::List(group) = group {
                        group.push(value);
                    }
                }
                Some((Some(key), value)) => {
                    if map.contains_key(&key) {
                        let at = expr.key_expr.as_ref().map_or(0..0, span);
                        let detail = format!(
                            "Two different items produced the key {key:?} in this 'for' expression. If duplicates \
                             are expected, use the ellipsis (...) after the value expression to enable grouping \
                             by key."
                        );
                        self.diags.add(at, "Duplicate object key", detail);
                        return None;
                    }
                    map.insert(key, value);
                }
            }
        }
        Some(if expr.key_expr.is_some() { Value::Object(map) } else { Value::List(list) })
    }

    /// One turn: nothing when the condition does not hold, else the key, if any, and the value.
    fn for_step(&mut self, expr: &ForExpr) -> Option<Option<(Option<String>, Value)>> {
        if let Some(condition) = &expr.cond {
            let range = span(&condition.expr);
            match self.eval(&condition.expr)?.to_bool() {
                Ok(true) => {}
                Ok(false) => return Some(None),
                Err(e) => {
                    let detail = format!("The value of the 'if' clause value is invalid: {e}.");
                    self.diags.add(range, "Invalid 'for' condition", detail);
                    return None;
                }
            }
        }
        let key = match &expr.key_expr {
            Some(key) => Some(self.key(key)?),
            None => None,
        };
        let value = self.eval(&expr.value_expr)?;
        Some(Some((key, value)))
    }
}

fn literal(number: &hcl_edit::Number) -> Number {
    if let Some(whole) = number.as_i64() {
        return Number::Whole(i128::from(whole));
    }
    if let Some(whole) = number.as_u64() {
        return Number::Whole(i128::from(whole));
    }
    Number::of(number.as_f64().unwrap_or(0.0))
}

/// Both results of a conditional as one type; the names of their types when there is none.
fn unify(yes: Value, no: Value) -> Result<(Value, Value), (&'static str, &'static str)> {
    let primitive = |v: &Value| matches!(v, Value::Bool(_) | Value::Number(_) | Value::Text(_));
    let same = std::mem::discriminant(&yes) == std::mem::discriminant(&no);
    if same || yes == Value::Null || no == Value::Null {
        return Ok((yes, no));
    }
    if primitive(&yes) && primitive(&no) {
        let text = |v: &Value| v.to_text().map_or(Value::Null, Value::Text);
        return Ok((text(&yes), text(&no)));
    }
    Err((yes.type_name(), no.type_name()))
}

/// Where an expression begins, as errors of conversion show it: its first token, the content of a plain string, the
/// whole of a reference.
pub(crate) fn start_of(expression: &Expression, text: &str) -> Range<usize> {
    let range = span(expression);
    let first = range.start..range.end.min(range.start + 1);
    match expression {
        Expression::String(_) => range.start + 1..range.end.saturating_sub(1).max(range.start + 1),
        Expression::StringTemplate(string) => match string.iter().next() {
            Some(Element::Interpolation(only)) => start_of(&only.expr, text),
            Some(element) => element.span().unwrap_or(first),
            None => first,
        },
        Expression::Array(_)
        | Expression::Object(_)
        | Expression::Parenthesis(_)
        | Expression::ForExpr(_) => first,
        Expression::FuncCall(call) => {
            let name = call.name.name.span().unwrap_or(range);
            name.start..name.end + 1
        }
        Expression::Conditional(conditional) => start_of(&conditional.cond_expr, text),
        Expression::BinaryOp(op) => start_of(&op.lhs_expr, text),
        Expression::UnaryOp(_) => first,
        Expression::Traversal(traversal) => match &traversal.expr {
            Expression::Variable(_) => range,
            other => start_of(other, text),
        },
        Expression::HeredocTemplate(_) => {
            let line = text[range.start..].find('\n').map_or(range.end, |at| range.start + at + 1);
            range.start..line
        }
        _ => range,
    }
}
