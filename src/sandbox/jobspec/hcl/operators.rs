//! Arithmetic, comparison and logic.

use std::ops::Range;

use hcl_edit::expr::{BinaryOperator, UnaryOperator};

use super::diagnostic::Diagnostics;
use super::value::{Number, Value};

/// An operand and where it stands.
type Operand = (Value, Range<usize>);

pub(super) fn unary(operator: UnaryOperator, operand: Operand, diags: &mut Diagnostics) -> Option<Value> {
    let (value, range) = operand;
    let result = match operator {
        UnaryOperator::Neg => value.to_number().map(|n| match n {
            Number::Whole(n) => Value::from(-n),
            Number::Float(n) => Value::from(-n),
        }),
        UnaryOperator::Not => value.to_bool().map(|b| Value::Bool(!b)),
    };
    unsuitable(result, range, "unary", diags)
}

pub(super) fn binary(
    operator: BinaryOperator,
    left: Operand,
    right: Operand,
    diags: &mut Diagnostics,
) -> Option<Value> {
    use BinaryOperator::{And, Div, Eq, Greater, GreaterEq, Less, LessEq, Minus, Mod, Mul, NotEq, Or, Plus};
    match operator {
        Eq => return Some(Value::Bool(left.0 == right.0)),
        NotEq => return Some(Value::Bool(left.0 != right.0)),
        And | Or => {
            let left = unsuitable(left.0.to_bool(), left.1, "left", diags);
            let right = unsuitable(right.0.to_bool(), right.1, "right", diags);
            let (left, right) = (left?, right?);
            return Some(Value::Bool(if operator == And { left && right } else { left || right }));
        }
        _ => {}
    }
    let left = unsuitable(left.0.to_number(), left.1, "left", diags);
    let right = unsuitable(right.0.to_number(), right.1, "right", diags);
    let (left, right) = (left?, right?);
    Some(match operator {
        Less => Value::Bool(left.float() < right.float()),
        LessEq => Value::Bool(left.float() <= right.float()),
        Greater => Value::Bool(left.float() > right.float()),
        GreaterEq => Value::Bool(left.float() >= right.float()),
        Plus => arithmetic(left, right, i128::checked_add, |a, b| a + b),
        Minus => arithmetic(left, right, i128::checked_sub, |a, b| a - b),
        Mul => arithmetic(left, right, i128::checked_mul, |a, b| a * b),
        Mod => arithmetic(left, right, i128::checked_rem, |a, b| a % b),
        Div => {
            let whole = |a: i128, b: i128| (b != 0 && a % b == 0).then(|| a / b);
            arithmetic(left, right, whole, |a, b| a / b)
        }
        Eq | NotEq | And | Or => return None,
    })
}

fn arithmetic(
    left: Number,
    right: Number,
    whole: impl Fn(i128, i128) -> Option<i128>,
    float: impl Fn(f64, f64) -> f64,
) -> Value {
    let exact = match (left, right) {
        (Number::Whole(left), Number::Whole(right)) => whole(left, right),
        _ => None,
    };
    exact.map_or_else(|| Value::from(float(left.float(), right.float())), Value::from)
}

fn unsuitable<T>(
    result: Result<T, String>,
    range: Range<usize>,
    which: &str,
    diags: &mut Diagnostics,
) -> Option<T> {
    result
        .map_err(|e| {
            diags.add(
                range,
                "Invalid operand",
                format!("Unsuitable value for {which} operand: {}.", required(&e)),
            );
        })
        .ok()
}

/// `number required, but have tuple` reads `number required` here.
fn required(error: &str) -> &str {
    error.split_once(", but have").map_or(error, |(required, _)| required)
}
