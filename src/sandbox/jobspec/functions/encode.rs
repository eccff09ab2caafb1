//! Encodings and digests.

use crate::model::ids::hex;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

use super::super::hcl::Value;
use super::{Args, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "base64encode" => text(args, |s| Ok(STANDARD.encode(s))),
        "base64decode" => text(args, base64decode),
        "urlencode" => text(args, |s| Ok(urlencode(s))),
        "sha256" => text(args, |s| Ok(hex(&Sha256::digest(s.as_bytes())))),
        "sha512" => text(args, |s| Ok(hex(&Sha512::digest(s.as_bytes())))),
        "jsonencode" => args.exactly(&["val"]).map(|a| Value::Text(jsonencode(&a.0[0]))),
        "jsondecode" => jsondecode(args),
        "csvdecode" => csvdecode(args),
        _ => return None,
    })
}

fn text(args: Args<'_>, change: impl Fn(&str) -> Result<String>) -> Result {
    change(&args.exactly(&["str"])?.text(0, "str")?).map(Value::Text)
}

fn base64decode(text: &str) -> Result<String> {
    let Ok(bytes) = STANDARD.decode(text) else {
        return fail(format!("failed to decode base64 data {text:?}"));
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => fail("contents of the decoded base64 string are not valid UTF-8"),
    }
}

/// As a query's value: letters, digits and `-_.~` stay, a space becomes `+`.
fn urlencode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            other => {
                let _infallible = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

/// Go escapes what browsers might mistake for markup.
fn jsonencode(value: &Value) -> String {
    let plain = value.json().to_string();
    plain.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn jsondecode(args: Args<'_>) -> Result {
    match serde_json::from_str(&args.exactly(&["str"])?.text(0, "str")?) {
        Ok(json) => Ok(Value::from_json(&json)),
        Err(e) => fail(e.to_string()),
    }
}

/// Rows as objects by the names in the first row.
fn csvdecode(args: Args<'_>) -> Result {
    let text = args.exactly(&["str"])?.text(0, "str")?;
    let mut rows = text.lines().filter(|line| !line.is_empty()).map(fields);
    let Some(head) = rows.next() else { return fail("missing header line") };
    let mut list = Vec::new();
    for row in rows {
        if row.len() != head.len() {
            return fail("wrong number of fields");
        }
        list.push(Value::Object(head.iter().cloned().zip(row.into_iter().map(Value::Text)).collect()));
    }
    Ok(Value::List(list))
}

fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field)),
            c => field.push(c),
        }
    }
    fields.push(field);
    fields
}
