//! Reading HCL with hcl-edit where HCL itself is wider: a byte order mark, a key that stands twice in an object (the last one
//! counts) and deeper nesting than hcl-edit allows. What it cannot read is covered by something of the same length that it
//! can, so that every offset of the tree is one of the text.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl_edit::parser::{Error, parse_body};
use hcl_edit::structure::Body;

/// More places than this are covered in no text.
const MOST_REPAIRS: usize = 256;

/// A text as a tree.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree; its offsets are those of the text.
    pub body: Body,
    /// Expressions that are nested too deep to be in the tree: `null` stands in their place.
    pub covered: Vec<Range<usize>>,
}

/// Parses a text.
///
/// # Errors
/// What hcl-edit says of a text that no covering helps.
pub fn parse(text: &str) -> Result<Parsed, Error> {
    let mut shadow = text.to_owned();
    if text.starts_with('\u{feff}') {
        shadow.replace_range(..'\u{feff}'.len_utf8(), "   ");
    }
    for range in empty_heredocs(text) {
        let cover = "\"\"".to_owned() + &" ".repeat(range.len().saturating_sub("\"\"".len()));
        shadow.replace_range(range, &cover);
    }
    let mut covered = Vec::new();
    let mut repaired = BTreeSet::new();
    loop {
        let error = match parse_body(&shadow) {
            Ok(body) => return Ok(Parsed { body, covered }),
            Err(error) => error,
        };
        let at = error.location().offset();
        let deep = error.message().contains("nesting depth");
        let range = match deep {
            true => bracketed(&shadow, at),
            false if error.message().contains("redefined object key") => key(&shadow, at),
            false => None,
        };
        let Some(range) = range.filter(|_| repaired.len() < MOST_REPAIRS) else { return Err(error) };
        let Some(cover) = cover(&shadow, &range, deep, repaired.len()) else { return Err(error) };
        if !repaired.insert((range.start, cover.clone())) {
            return Err(error);
        }
        shadow.replace_range(range.clone(), &cover);
        if deep {
            covered.push(range);
        }
    }
}

/// What covers a range: `null` and blanks for an expression, another name for a key.
fn cover(text: &str, range: &Range<usize>, deep: bool, number: usize) -> Option<String> {
    let len = range.len();
    if deep {
        return len.checked_sub("null".len()).map(|blanks| "null".to_owned() + &" ".repeat(blanks));
    }
    // What is more than a name has room for quotes, and is a text in them.
    let is_name = !text[range.clone()].starts_with(['"', '(']);
    let name = unlike(number, if is_name { len } else { len.checked_sub(2)? })?;
    Some(if is_name { name } else { format!("\"{name}\"") })
}

/// A name of that length, another one for each number.
fn unlike(number: usize, len: usize) -> Option<String> {
    const LETTERS: &[u8] = b"zyxwvutsrqponmlkjihgfedcbaZYXWVUTSRQPONMLKJIHGFEDCBA";
    let mut left = number;
    let mut name = String::with_capacity(len);
    for _ in 0..len {
        name.push(char::from(LETTERS[left % LETTERS.len()]));
        left /= LETTERS.len();
    }
    (left == 0 && len > 0).then_some(name)
}

/// The key at or behind an offset: a name, or a text in quotes.
fn key(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + blank(text.get(at..)?);
    let rest = &text[start..];
    if rest.starts_with(['"', '(']) {
        return Some(start..start + whole(rest)?);
    }
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
    (end > 0).then_some(start..start + end)
}

/// How long the text in quotes or the expression in parentheses is that a text begins with; templates hold quotes of their own.
fn whole(text: &str) -> Option<usize> {
    let mut open: Vec<char> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let quoted = open.last() == Some(&'"');
        match c {
            '\n' if quoted => return None,
            '\\' if quoted => {
                letters.next();
            }
            '"' if quoted => {
                open.pop();
            }
            '"' => open.push('"'),
            '$' | '%' if quoted && letters.next_if(|(_, next)| *next == c).is_some() => {}
            '$' | '%' if quoted && letters.next_if(|(_, next)| *next == '{').is_some() => open.push('{'),
            _ if quoted => {}
            '(' | '[' | '{' => open.push(c),
            ')' | ']' | '}' => {
                open.pop();
            }
            _ => {}
        }
        if open.is_empty() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// Heredocs without a line, which hcl-edit reads on to the next marker of that name: from `<<` to the end of the marker.
fn empty_heredocs(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("<<") {
        let Some((head, rest)) = text[at..].split_once('\n') else { continue };
        let marker = head.trim_start_matches('<').trim_start_matches('-').trim_end_matches('\r');
        let is_marker = |c: char| c.is_alphanumeric() || "_-".contains(c);
        let line = rest.split('\n').next().unwrap_or_default();
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if !marker.is_empty() && marker.chars().all(is_marker) && line.trim() == marker {
            found.push(at..at + head.len() + 1 + blanks + marker.len());
        }
    }
    found
}

/// How much of the beginning of a text is blanks and comments.
fn blank(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
        at += rest.len() - trimmed.len();
        let comment = if trimmed.starts_with('#') || trimmed.starts_with("//") {
            trimmed.find('\n').unwrap_or(trimmed.len())
        } else if trimmed.starts_with("/*") {
            trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
        } else {
            return at;
        };
        at += comment;
    }
}

/// The bracketed expression around an offset.
fn bracketed(text: &str, at: usize) -> Option<Range<usize>> {
    let opens = |c: char| "([{".contains(c);
    let start = text.get(..at)?.rfind(opens)?;
    let (mut depth, mut quoted) = (0_usize, false);
    let mut letters = text[start..].char_indices();
    while let Some((i, c)) = letters.next() {
        match c {
            '\\' if quoted => {
                letters.next();
            }
            '"' => quoted = !quoted,
            // A template in quotes may hold quotes of its own: too much for a cover.
            '$' | '%' if quoted && text[start + i + 1..].starts_with('{') => return None,
            _ if quoted => {}
            c if opens(c) => depth += 1,
            ')' | ']' | '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(start..start + i + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use hcl_edit::Span as _;
    use hcl_edit::expr::Expression;

    #[test]
    fn what_hcl_allows_is_read_and_its_offsets_are_those_of_the_text() {
        let text = "\u{feff}a = { A = \"1\", b = 2\n \"A\" = \"2\" # A\n A = 3, A : 4 }\nb = 5\n";
        let read = parse(text).unwrap();
        assert!(read.covered.is_empty());
        let b = read.body.get_attribute("b").unwrap();
        assert_eq!(&text[b.value.span().unwrap()], "5");
        let Expression::Object(object) = &read.body.get_attribute("a").unwrap().value else { panic!() };
        let empty = "a = <<EOT\nEOT\nb = <<-EOT\n  EOT\nc = <<EOT\nx\nEOT\n";
        assert_eq!(parse(empty).unwrap().body.attributes().count(), 3);
        let keys = "a = { (\"k\") = 1, (\"k\") = 2, \"${\"x\"}\" = 3, \"${\"x\"}\" = 4 }\n";
        assert!(parse(keys).is_ok());
        let values: Vec<&str> = object.iter().map(|(_, v)| text[v.expr().span().unwrap()].trim()).collect();
        assert_eq!(values, ["\"1\"", "2", "\"2\"", "3", "4"]);
    }

    #[test]
    fn what_is_nested_too_deep_is_covered_and_the_rest_is_read() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let text = format!("a = jsonencode({deep})\nb = file(\"x\")\n");
        let read = parse(&text).unwrap();
        assert_eq!(read.covered.len(), 1);
        assert!(text[read.covered[0].clone()].starts_with("[[["));
        let b = read.body.get_attribute("b").unwrap();
        assert_eq!(&text[b.value.span().unwrap()], "file(\"x\")");
        let blocks = format!("{}{}", "a {\n".repeat(90), "}\n".repeat(90));
        assert!(parse(&blocks).is_err());
    }

    #[test]
    fn what_is_no_hcl_stays_so() {
        for text in ["a = ", "a = {", "a = 1\na = 2\n", "a = { b = 1 b = 2 }", "group \"g\"\n{\n}\n"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
