//! Making foreign text safe to print.

/// Replaces control characters, so that a name or a log line cannot drive the terminal. Tabs and line ends become
/// spaces: a cell is one line.
#[must_use]
pub fn sanitize(text: &str) -> String {
    if !text.contains(is_unsafe) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            c if is_unsafe(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Control characters, and the marks that reorder text so that it reads as something else.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn escape_codes_and_line_ends_are_defused() {
        assert_eq!(sanitize("a\x1b[31mb\tc\nd"), "a\\u{1b}[31mb c d");
        assert_eq!(sanitize("evil\u{202e}txt"), "evil\\u{202e}txt");
        assert_eq!(sanitize("gruß 日本 🚀"), "gruß 日本 🚀");
    }
}
