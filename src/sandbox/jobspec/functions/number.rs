//! Functions on numbers.

use super::super::hcl::{Number, Value};
use super::{Args, Failure, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "abs" => one(args, |n| match n {
            Number::Whole(n) => Value::from(n.abs()),
            Number::Float(n) => Value::from(n.abs()),
        }),
        "ceil" => one(args, |n| Value::from(n.float().ceil())),
        "floor" => one(args, |n| Value::from(n.float().floor())),
        "signum" => one(args, |n| Value::from(if n.float() == 0.0 { 0.0 } else { n.float().signum() })),
        "min" => extreme(args, |a, b| a < b),
        "max" => extreme(args, |a, b| a > b),
        "pow" => two(args, "num", "power", f64::powf),
        "log" => two(args, "num", "base", |n, base| n.ln() / base.ln()),
        "parseint" => parseint(args),
        _ => return None,
    })
}

fn one(args: Args<'_>, change: impl Fn(Number) -> Value) -> Result {
    Ok(change(args.exactly(&["num"])?.number(0, "num")?))
}

fn two(args: Args<'_>, first: &'static str, second: &'static str, f: impl Fn(f64, f64) -> f64) -> Result {
    let args = args.exactly(&[first, second])?;
    Ok(Value::from(f(args.number(0, first)?.float(), args.number(1, second)?.float())))
}

fn extreme(args: Args<'_>, better: impl Fn(f64, f64) -> bool) -> Result {
    let mut best: Option<Number> = None;
    for index in 0..args.0.len() {
        let number = args.number(index, "numbers")?;
        if best.is_none_or(|best| better(number.float(), best.float())) {
            best = Some(number);
        }
    }
    match best {
        Some(best) => Ok(Value::Number(best)),
        None => fail("must pass at least one number"),
    }
}

fn parseint(args: Args<'_>) -> Result {
    let args = args.exactly(&["number", "base"])?;
    let (text, base) = (args.text(0, "number")?, args.whole(1, "base")?);
    let radix = u32::try_from(base).ok().filter(|radix| (2..=36).contains(radix));
    let Some(radix) = radix else {
        let why = "base must be a whole number between 2 and 62 inclusive".to_owned();
        return Err(Failure::Argument(1, "base", why));
    };
    match i128::from_str_radix(&text, radix) {
        Ok(number) => Ok(Value::from(number)),
        Err(_) => {
            let why = format!("cannot parse {text:?} as a base {radix} integer");
            Err(Failure::Argument(0, "number", why))
        }
    }
}
