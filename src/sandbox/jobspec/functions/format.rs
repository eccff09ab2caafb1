//! `format` and `formatlist`: verbs as in C, with Go's additions.

use super::super::hcl::{Number, Value};
use super::{Args, Failure, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "format" => {
            args.at_least(&["format"]).and_then(|a| format(&a.text(0, "format")?, &a.0[1..]).map(Value::Text))
        }
        "formatlist" => args.at_least(&["format"]).and_then(formatlist),
        _ => return None,
    })
}

/// Formats once for every element of the lists, which must be of one length.
fn formatlist(args: Args<'_>) -> Result {
    let pattern = args.text(0, "format")?;
    let rest = &args.0[1..];
    let lengths: Vec<usize> = rest
        .iter()
        .filter_map(|value| match value {
            Value::List(list) | Value::Set(list) => Some(list.len()),
            _ => None,
        })
        .collect();
    let length = lengths.first().copied().unwrap_or(1);
    if lengths.iter().any(|l| *l != length) {
        return fail("all arguments must have the same length");
    }
    let line = |at: usize| {
        let values: Vec<Value> = rest
            .iter()
            .map(|value| match value {
                Value::List(list) | Value::Set(list) => list[at].clone(),
                other => other.clone(),
            })
            .collect();
        format(&pattern, &values).map(Value::Text)
    };
    (0..length).map(line).collect::<Result<Vec<_>>>().map(Value::List)
}

/// A verb and its flags.
#[derive(Default)]
struct Verb {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
}

fn format(pattern: &str, values: &[Value]) -> Result<String> {
    let mut text = String::new();
    let mut letters = pattern.chars().peekable();
    let mut used = 0;
    while let Some(c) = letters.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = letters.next_if(|c| "-0+ #".contains(*c)) {
            match flag {
                '-' => verb.left = true,
                '0' => verb.zero = true,
                '+' => verb.plus = true,
                ' ' => verb.space = true,
                _ => {}
            }
        }
        verb.width = digits(&mut letters).unwrap_or(0);
        if letters.next_if_eq(&'.').is_some() {
            verb.precision = Some(digits(&mut letters).unwrap_or(0));
        }
        match letters.next() {
            Some('%') => text.push('%'),
            None => return fail("unrecognized format string: unexpected end of string"),
            Some(kind) => {
                let Some(value) = values.get(used) else {
                    return fail(format!(
                        "not enough arguments for \"%{kind}\": need index {} but have {} total",
                        used + 1,
                        values.len()
                    ));
                };
                used += 1;
                text.push_str(&verb.write(kind, value, used)?);
            }
        }
    }
    if used < values.len() {
        return fail(format!("too many arguments; only {used} used by format string"));
    }
    Ok(text)
}

fn digits(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number = None;
    while let Some(digit) = letters.next_if(char::is_ascii_digit).and_then(|c| c.to_digit(10)) {
        number = Some(number.unwrap_or(0) * 10 + usize::try_from(digit).unwrap_or(0));
    }
    number
}

impl Verb {
    fn write(&self, kind: char, value: &Value, index: usize) -> Result<String> {
        let unsuited =
            |e: String| Failure::Call(format!("unsupported value for \"%{kind}\" at {index}: {e}"));
        let number = || value.to_number().map_err(unsuited);
        let whole = || number().map(|n| n.whole().unwrap_or(0));
        let body = match kind {
            'v' => match value {
                Value::List(_) | Value::Set(_) | Value::Object(_) | Value::Null => value.json().to_string(),
                simple => simple.to_text().map_err(unsuited)?,
            },
            's' => {
                let text = value.to_text().map_err(unsuited)?;
                self.precision.map_or(text.clone(), |most| text.chars().take(most).collect())
            }
            'q' => serde_json::Value::String(value.to_text().map_err(unsuited)?).to_string(),
            't' => value.to_bool().map_err(unsuited)?.to_string(),
            'd' => whole()?.to_string(),
            'b' => format!("{:b}", whole()?),
            'o' => format!("{:o}", whole()?),
            'x' => format!("{:x}", whole()?),
            'X' => format!("{:X}", whole()?),
            'f' => format!("{:.*}", self.precision.unwrap_or(6), number()?.float()),
            'e' => exponent(number()?.float(), self.precision.unwrap_or(6)),
            'g' => general(number()?.float(), self.precision),
            other => {
                return fail(format!(
                    "unsupported format verb {other:?} in {:?} at offset",
                    format!("%{other}")
                ));
            }
        };
        let numeric = matches!(kind, 'd' | 'f' | 'e' | 'g' | 'b' | 'o' | 'x' | 'X')
            || (kind == 'v' && matches!(value, Value::Number(Number::Whole(_) | Number::Float(_))));
        Ok(self.pad(self.sign(body, numeric), numeric))
    }

    fn sign(&self, body: String, numeric: bool) -> String {
        if !numeric || body.starts_with('-') {
            return body;
        }
        match (self.plus, self.space) {
            (true, _) => format!("+{body}"),
            (_, true) => format!(" {body}"),
            _ => body,
        }
    }

    fn pad(&self, body: String, numeric: bool) -> String {
        let missing = self.width.saturating_sub(body.chars().count());
        if self.left {
            return body + &" ".repeat(missing);
        }
        if self.zero && numeric {
            let (sign, digits) = match body.strip_prefix(['-', '+', ' ']) {
                Some(digits) => (&body[..1], digits),
                None => ("", body.as_str()),
            };
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        " ".repeat(missing) + &body
    }
}

/// The shorter of both forms, as Go has it: with an exponent below -4, and from the precision on, which is 6 where none is said and
/// the digits are as few as tell the number apart.
fn general(number: f64, precision: Option<usize>) -> String {
    let text = match precision {
        Some(digits) => format!("{number:.*e}", digits.max(1) - 1),
        None => format!("{number:e}"),
    };
    let Some((mantissa, power)) = text.split_once('e') else { return text };
    let mantissa =
        if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let (digits, power) =
        (mantissa.matches(|c: char| c.is_ascii_digit()).count(), power.parse::<i64>().unwrap_or(0));
    let most = match precision {
        // Trailing zeros of a whole number need no exponent.
        Some(most) if most.max(1) > digits && i64::try_from(digits).is_ok_and(|d| d > power) => digits,
        Some(most) => most.max(1),
        None => 6,
    };
    let shown = format!("{mantissa}e{power}").parse::<f64>().unwrap_or(number);
    match power < -4 || i64::try_from(most).is_ok_and(|most| power >= most) {
        true => {
            let places = mantissa.split_once('.').map_or(0, |(_, places)| places.len());
            exponent(shown, places)
        }
        false => shown.to_string(),
    }
}

/// With an exponent of at least two digits.
fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |digits| ("-", digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shorter_form_is_as_go_has_it() {
        let short = |number| general(number, None);
        let told = [1e10, 123_456.0, 1_234_567.0, 1e6, 0.0001, 0.00001, 0.5, -2.0, 0.0].map(short);
        assert_eq!(told, ["1e+10", "123456", "1.234567e+06", "1e+06", "0.0001", "1e-05", "0.5", "-2", "0"]);
        let three = |number| general(number, Some(3));
        assert_eq!([1234.0, 100.0, 1.0 / 3.0, 12.0].map(three), ["1.23e+03", "100", "0.333", "12"]);
    }
}
