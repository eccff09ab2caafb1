//! Reading a text as HCL, and telling what is wrong with it as HashiCorp's parser does for the mistakes people make.

use std::collections::BTreeMap;
use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::structure::{Body, Structure};

use super::diagnostic::{Diagnostics, Source};

/// Parses a text.
///
/// # Errors
/// The diagnostics, as Nomad shows them.
pub(crate) fn parse(source: &Source<'_>) -> Result<Body, String> {
    let body = match crate::model::jobfile::syntax::parse(source.text) {
        Ok(read) if read.covered.is_empty() => read.body,
        Ok(read) => {
            let place = source.show(&read.covered[0]);
            return Err(format!("{place}: the embedded fleet reads no expressions that are nested so deep"));
        }
        Err(error) => {
            let mut diags = Diagnostics::default();
            explain(source, error.location().offset(), &mut diags);
            return Err(diags.first(source));
        }
    };
    let mut diags = Diagnostics::default();
    redefined(&body, source, &mut diags);
    if diags.is_empty() { Ok(body) } else { Err(diags.first(source)) }
}

/// Arguments that are set twice in one block.
fn redefined(body: &Body, source: &Source<'_>, diags: &mut Diagnostics) {
    let mut known: BTreeMap<&str, Range<usize>> = BTreeMap::new();
    for structure in body {
        match structure {
            Structure::Block(block) => redefined(&block.body, source, diags),
            Structure::Attribute(attribute) => {
                let name = attribute.key.as_str();
                let range = attribute.key.span().unwrap_or(0..0);
                let Some(first) = known.get(name) else {
                    known.insert(name, range);
                    continue;
                };
                let detail = format!(
                    "The argument {name:?} was already set at {}. Each argument may be set only once.",
                    source.show(first)
                );
                diags.add(range, "Attribute redefined", detail);
            }
        }
    }
}

/// Says what stands at the offset where parsing failed.
fn explain(source: &Source<'_>, offset: usize, diags: &mut Diagnostics) {
    let text = source.text;
    let offset = offset.min(text.len());
    if let Some((range, summary, detail)) = Scan::of(text).flaw(text) {
        diags.add(range, summary, detail);
        return;
    }
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line..offset].trim();
    let at = offset..offset + word(&text[offset..]);
    let next = text[offset..].chars().next();
    let valued = before.ends_with('=');
    let rest = &text[offset..];
    if (valued && next.is_none()) || (rest.trim_end().ends_with('=') && !rest.contains('\n')) {
        let detail = "Expected the start of an expression, but found the end of the file.";
        diags.add(text.len()..text.len(), "Missing expression", detail);
    } else if next == Some('\'') {
        let detail = "Single quotes are not valid. Use double quotes (\") to enclose strings.";
        diags.add(at.clone(), "Invalid character", detail);
        diags.add(
            at,
            "Invalid block definition",
            "Either a quoted string block label or an opening brace is expected here.",
        );
    } else if next.is_some_and(|c| "@`~^;".contains(c)) {
        diags.add(at.clone(), "Invalid character", "This character is not used within the language.");
        diags.add(
            at,
            "Invalid expression",
            "Expected the start of an expression, but found an invalid expression token.",
        );
    } else if valued {
        let detail = "Expected the start of an expression, but found an invalid expression token.";
        diags.add(at, "Invalid expression", detail);
    } else if next == Some(',') {
        let detail = "Argument definitions must be separated by newlines, not commas. An argument definition must end \
                      with a newline.";
        diags.add(at, "Unexpected comma after argument", detail);
    } else if let Some(first) = earlier_definition(text, offset).filter(|_| before.is_empty()) {
        let name = &text[at.clone()];
        let detail = format!(
            "The argument {name:?} was already set at {}. Each argument may be set only once.",
            source.show(&first)
        );
        diags.add(at, "Attribute redefined", detail);
    } else if before.is_empty() {
        let detail = "An argument or block definition is required here.";
        diags.add(at, "Argument or block definition required", detail);
    } else if before.contains('{') {
        single_line(text, before, at, diags);
    } else if !before.contains('=') {
        let detail = "A block definition must have block content delimited by \"{\" and \"}\", starting on the same \
                      line as the block header.";
        diags.add(at, "Invalid block definition", detail);
    } else {
        diags.add(at, "Missing newline after argument", "An argument definition must end with a newline.");
    }
}

/// A block on one line that holds more than one argument.
fn single_line(text: &str, before: &str, at: Range<usize>, diags: &mut Diagnostics) {
    let inner = before.rsplit('{').next().unwrap_or("").trim();
    if text[at.clone()].starts_with('{') && !inner.is_empty() && !inner.contains('=') {
        let start = text[..at.start].trim_end().len() - inner.len();
        let detail = format!(
            "A single-line block definition can contain only a single argument. If you meant to define argument \
             {inner:?}, use an equals sign to assign it a value. To define a nested block, place it on a line of its \
             own within its parent block."
        );
        diags.add(start..at.end, "Argument definition required", detail);
    } else {
        let detail = "A single-line block definition must end with a closing brace immediately after its single \
                      argument definition.";
        diags.add(at, "Invalid single-argument block definition", detail);
    }
}

/// The length of the word at the start of a text, of one character if it is none.
fn word(text: &str) -> usize {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(text.len());
    if end > 0 { end } else { text.chars().next().map_or(0, char::len_utf8) }
}

/// Where the argument at the offset was set before, in the same block.
fn earlier_definition(text: &str, offset: usize) -> Option<Range<usize>> {
    let name = &text[offset..offset + word(&text[offset..])];
    let mut depth = 0_i32;
    for (line, start) in lines_before(text, offset) {
        depth +=
            i32::try_from(line.matches('}').count()).ok()? - i32::try_from(line.matches('{').count()).ok()?;
        if depth < 0 {
            return None;
        }
        let trimmed = line.trim_start();
        let rest = trimmed.strip_prefix(name)?.trim_start();
        if depth == 0 && rest.starts_with('=') && !rest.starts_with("==") {
            let at = start + line.len() - trimmed.len();
            return Some(at..at + name.len());
        }
    }
    None
}

/// The lines before an offset, the nearest first, and where each begins.
fn lines_before(text: &str, offset: usize) -> Vec<(&str, usize)> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text[..offset].split_inclusive('\n') {
        if start + line.len() <= offset && line.ends_with('\n') {
            lines.push((line, start));
        }
        start += line.len();
    }
    lines.reverse();
    lines
}

/// What the text is made of, as far as braces, quotes and heredocs go.
struct Scan {
    flaw: Option<(Range<usize>, Flaw)>,
    /// Open braces.
    braces: Vec<usize>,
}

enum Flaw {
    /// A quote that is open at the end of its line.
    BrokenString,
    /// A backslash before a letter it has no meaning with.
    Escape,
    /// A heredoc without its marker.
    Heredoc,
}

type Letters<'t> = std::iter::Peekable<std::str::CharIndices<'t>>;

impl Scan {
    fn of(text: &str) -> Scan {
        let mut scan = Scan { flaw: None, braces: Vec::new() };
        let (mut quoted, mut interpolations) = (false, 0_usize);
        let mut letters = text.char_indices().peekable();
        while let Some((at, c)) = letters.next() {
            let next = letters.peek().map(|(_, c)| *c);
            match c {
                '\\' if quoted && interpolations == 0 => {
                    letters.next();
                    if next.is_some_and(|c| !"nrt\"\\uU".contains(c)) {
                        scan.flaw.get_or_insert((at..at + 2, Flaw::Escape));
                    }
                }
                '$' | '%' if quoted && next == Some('{') => {
                    interpolations += 1;
                    letters.next();
                }
                '}' if interpolations > 0 => interpolations -= 1,
                '"' if interpolations == 0 => quoted = !quoted,
                '\n' if quoted => {
                    scan.flaw.get_or_insert((at..at + 1, Flaw::BrokenString));
                    return scan;
                }
                '#' if !quoted => while letters.next_if(|(_, c)| *c != '\n').is_some() {},
                '/' if !quoted && next == Some('/') => {
                    while letters.next_if(|(_, c)| *c != '\n').is_some() {}
                }
                '<' if !quoted && next == Some('<') && !scan.heredoc(text, at, &mut letters) => return scan,
                '{' if !quoted => scan.braces.push(at),
                '}' if !quoted => {
                    scan.braces.pop();
                }
                _ => {}
            }
        }
        scan
    }

    /// Skips a heredoc; whether it ends.
    fn heredoc(&mut self, text: &str, at: usize, letters: &mut Letters<'_>) -> bool {
        let head = text[at + 2..].lines().next().unwrap_or("");
        let marker = head.trim_start_matches('-').trim();
        let mut end = at + 2 + head.len() + 1;
        for line in text.get(end..).unwrap_or("").split_inclusive('\n') {
            end += line.len();
            if line.trim() == marker {
                while letters.next_if(|(i, _)| *i + 1 < end).is_some() {}
                return true;
            }
        }
        self.flaw.get_or_insert((text.len()..text.len(), Flaw::Heredoc));
        false
    }

    fn flaw(self, text: &str) -> Option<(Range<usize>, &'static str, String)> {
        let Some((range, flaw)) = self.flaw else {
            let brace = self.braces.last()?;
            let detail = "There is no closing brace for this block before the end of the file. This may be caused by \
                          incorrect brace nesting elsewhere in this file.";
            return Some((*brace..brace + 1, "Unclosed configuration block", detail.to_owned()));
        };
        let (summary, detail) = match flaw {
            Flaw::BrokenString => (
                "Invalid multi-line string",
                "Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \
                 \\n escape to represent a newline character or use the \"heredoc\" multi-line template syntax."
                    .to_owned(),
            ),
            Flaw::Escape => {
                let symbol = &text[range.start + 1..range.end];
                let detail = format!("The symbol {symbol:?} is not a valid escape sequence selector.");
                ("Invalid escape sequence", detail)
            }
            Flaw::Heredoc => {
                ("Unterminated template string", "No closing marker was found for the string.".to_owned())
            }
        };
        Some((range, summary, detail))
    }
}
