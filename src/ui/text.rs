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

/// Replaces control characters except tabs, and colour codes where colours are wanted.
pub(super) fn keep_colors(text: &str, colors: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_unsafe) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let code = color_code(rest);
        if code > 0 {
            if colors {
                out.push_str(&rest[..code]);
            }
            rest = &rest[code..];
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        match c {
            '\t' => out.push(c),
            '\r' => {}
            c => out.extend(c.escape_unicode()),
        }
        rest = &rest[c.len_utf8()..];
    }
    out.push_str(rest);
    if colors && out.contains("\x1b[") {
        out.push_str("\x1b[0m");
    }
    out
}

/// The length of the colour code a text begins with; 0 when it begins with something else.
fn color_code(text: &str) -> usize {
    let Some(body) = text.strip_prefix("\x1b[") else { return 0 };
    let end = body.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(body.len());
    if body[end..].starts_with('m') { end + 3 } else { 0 }
}

/// Control characters, and the marks that reorder text so that it reads as something else.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::{keep_colors, sanitize};

    #[test]
    fn colours_of_foreign_lines_stay_and_nothing_else_of_theirs() {
        let line = "a\x1b[1;31mred\x1b[0m\tb\x1b[2Jc\x07\r";
        assert_eq!(keep_colors(line, true), "a\x1b[1;31mred\x1b[0m\tb\\u{1b}[2Jc\\u{7}\x1b[0m");
        assert_eq!(keep_colors(line, false), "ared\tb\\u{1b}[2Jc\\u{7}");
        assert_eq!(keep_colors("plain", true), "plain");
    }

    #[test]
    fn escape_codes_and_line_ends_are_defused() {
        assert_eq!(sanitize("a\x1b[31mb\tc\nd"), "a\\u{1b}[31mb c d");
        assert_eq!(sanitize("evil\u{202e}txt"), "evil\\u{202e}txt");
        assert_eq!(sanitize("gruß 日本 🚀"), "gruß 日本 🚀");
    }
}
