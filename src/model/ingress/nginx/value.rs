//! Values with variables in them: `https://$host$request_uri`.

/// A piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// A variable, without its sign; a number is a group of the expression matched last.
    Variable(String),
}

/// Cuts a value at its variables. A sign that begins none is text, as RE2 would take it.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = text;
    let push_text = |out: &mut Vec<Piece>, text: &str| match out.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => out.push(Piece::Text(text.to_owned())),
    };
    while let Some(at) = rest.find('$') {
        push_text(&mut out, &rest[..at]);
        let after = &rest[at + 1..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, end) = if let Some(inner) = after.strip_prefix('{') {
            match inner.find('}') {
                Some(end) => (&inner[..end], end + 2),
                None => ("", 0),
            }
        } else if after.starts_with(|c: char| c.is_ascii_digit()) {
            (&after[..1], 1)
        } else {
            let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
            (&after[..end], end)
        };
        if name.is_empty() || !name.chars().all(is_name) {
            push_text(&mut out, "$");
            rest = after;
        } else {
            out.push(Piece::Variable(name.to_owned()));
            rest = &after[end..];
        }
    }
    push_text(&mut out, rest);
    out
}

/// The variables of a value.
pub fn variables(text: &str) -> impl Iterator<Item = String> {
    pieces(text).into_iter().filter_map(|p| if let Piece::Variable(name) = p { Some(name) } else { None })
}

/// A duration as nginx writes it (`30s`, `1m30s`, `500ms`, `60`), in milliseconds.
#[must_use]
pub fn millis(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, len) = match rest {
            r if r.starts_with("ms") => (1, 2),
            r if r.starts_with('s') => (1000, 1),
            r if r.starts_with('m') => (60_000, 1),
            r if r.starts_with('h') => (3_600_000, 1),
            r if r.starts_with('d') => (86_400_000, 1),
            r if r.starts_with('w') => (604_800_000, 1),
            r if r.starts_with('M') => (2_592_000_000, 1),
            r if r.starts_with('y') => (31_536_000_000, 1),
            "" => (1000, 0),
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        rest = rest[len..].trim_start();
    }
    Some(total)
}

/// A size as nginx writes it (`1m`, `8k`, `0`), in bytes.
#[must_use]
pub fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().ok()?;
    let unit: u64 = match &text[digits..] {
        "" => 1,
        "k" | "K" => 1 << 10,
        "m" | "M" => 1 << 20,
        "g" | "G" => 1 << 30,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// A duration as Go writes it (`300s`, `1500ms`).
#[must_use]
pub fn go_duration(millis: u64) -> String {
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_end_where_their_name_does() {
        let text = |t: &str| Piece::Text(t.to_owned());
        let var = |t: &str| Piece::Variable(t.to_owned());
        assert_eq!(pieces("https://$host$request_uri"), [text("https://"), var("host"), var("request_uri")]);
        assert_eq!(pieces("/a/${x}y$12"), [text("/a/"), var("x"), text("y"), var("1"), text("2")]);
        assert_eq!(pieces("a$ $"), [text("a$ $")]);
        assert_eq!(pieces("${"), [text("${")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn durations_and_sizes() {
        assert_eq!(
            [millis("300s"), millis("1m30s"), millis("500ms"), millis("60"), millis("x")],
            [Some(300_000), Some(90_000), Some(500), Some(60_000), None]
        );
        assert_eq!(
            [bytes("2k"), bytes("0"), bytes("10M"), bytes("x")],
            [Some(2048), Some(0), Some(10 << 20), None]
        );
        assert_eq!([go_duration(300_000), go_duration(1500)], ["300s", "1500ms"]);
    }
}
