//! JSON values as YAML, every text in quotes: nothing is taken for a number or a date.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes a value as a YAML document.
#[must_use]
pub fn document(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn key(text: &str) -> String {
    if is_key(text) { text.to_owned() } else { Value::from(text).to_string() }
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                // Writing to a text cannot fail.
                let _ = write!(out, "{pad}{}:", key(name));
                inner(out, value, depth);
            }
        }
        Value::Array(all) if !all.is_empty() => {
            for value in all {
                if matches!(value, Value::Object(m) if !m.is_empty()) {
                    let mut block = String::new();
                    write(&mut block, value, depth + 1);
                    let _ = write!(out, "{pad}- {}", block.trim_start());
                } else {
                    let _ = writeln!(out, "{pad}- {value}");
                }
            }
        }
        other => {
            let _ = writeln!(out, "{pad}{other}");
        }
    }
}

fn inner(out: &mut String, value: &Value, depth: usize) {
    let nested = match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(all) => !all.is_empty(),
        _ => false,
    };
    if nested {
        out.push('\n');
        write(out, value, depth + 1);
    } else {
        let _ = writeln!(out, " {value}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn json_becomes_yaml() {
        let value = serde_json::json!({"a": {"b c": [1, "x: y"], "e": {}}, "l": [{"p": "`q`", "r": [true]}]});
        insta::assert_snapshot!(super::document(&value), @r#"
        a:
          "b c":
            - 1
            - "x: y"
          e: {}
        l:
          - p: "`q`"
            r:
              - true
        "#);
    }
}
