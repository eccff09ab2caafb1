//! Encodings and digests.

use crate::model::ids::hex;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::hcl::Value;
use super::{Args, Result, fail};

pub(super) fn call(name: &str, args: Args<'_>) -> Option<Result> {
    Some(match name {
        "base64encode" => text(args, |s| Ok(STANDARD.encode(s))),
        "base64decode" => text(args, base64decode),
        "urlencode" => text(args, |s| Ok(urlencode(s))),
        "md5" => text(args, |s| Ok(hex(&Md5::digest(s.as_bytes())))),
        "sha1" => text(args, |s| Ok(hex(&Sha1::digest(s.as_bytes())))),
        "uuidv5" => uuidv5(args),
        "sha256" => text(args, |s| Ok(hex(&Sha256::digest(s.as_bytes())))),
        "sha512" => text(args, |s| Ok(hex(&Sha512::digest(s.as_bytes())))),
        "jsonencode" => args.exactly(&["val"]).and_then(|a| match is_finite(&a.0[0]) {
            true => Ok(Value::Text(jsonencode(&a.0[0]))),
            false => fail("cannot serialize infinity as JSON"),
        }),
        "jsondecode" => jsondecode(args),
        "csvdecode" => csvdecode(args),
        _ => return None,
    })
}

fn text(args: Args<'_>, change: impl Fn(&str) -> Result<String>) -> Result {
    change(&args.exactly(&["str"])?.text(0, "str")?).map(Value::Text)
}

/// The UUID that a name has in a namespace, which is a UUID itself or one of the four that have names.
fn uuidv5(args: Args<'_>) -> Result {
    let args = args.exactly(&["namespace", "name"])?;
    let (space, name) = (args.text(0, "namespace")?, args.text(1, "name")?);
    let known = match space.as_str() {
        "dns" => "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
        "url" => "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
        "oid" => "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
        "x500" => "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
        other => other,
    };
    let bare = known.replace('-', "");
    let number = u128::from_str_radix(&bare, 16).ok().filter(|_| bare.len() == 32 && known.len() == 36);
    let Some(number) = number else {
        let why = format!("invalid UUID length: {}", space.len());
        return fail(format!("uuidv5() doesn't support namespace {space} ({why})"));
    };
    let digest = Sha1::new().chain_update(number.to_be_bytes()).chain_update(name.as_bytes()).finalize();
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    bytes[6] = (bytes[6] & 0x0f) | 0x50;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex(&bytes);
    Ok(Value::Text(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])))
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

fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.float().is_finite(),
        Value::List(list) | Value::Set(list) => list.iter().all(is_finite),
        Value::Object(map) => map.values().all(is_finite),
        _ => true,
    }
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
