//! Job files before the cluster parses them: where the functions that look at the file system stand, what the variables
//! are worth, and which place of the user's own file an error means (`nomad-api.md §3.2`). No I/O.

pub mod calls;
pub mod diagnostic;
pub mod export;
pub mod format;
pub mod inline;
pub mod json;
pub mod json_calls;
mod json_fields;
pub mod resize;
pub mod secret_sources;
pub mod syntax;
pub mod text;
pub mod value_syntax;
pub mod variables;

pub use calls::{Binding, Call, Function};
pub use text::Text;

/// Whether a text holds a job, in HCL or in JSON; none when it cannot be read here.
#[must_use]
pub fn holds_job(text: &str) -> Option<bool> {
    if json::api_job(text).is_some() {
        return Some(true);
    }
    if json::is_json(text) {
        return json::has_job(text);
    }
    let body = syntax::parse(text).ok()?.body;
    let has_job = body.blocks().any(|block| block.ident.as_str() == "job");
    Some(has_job)
}

/// A text as an expression that costs the cluster's parser little: the time it takes for a quoted text grows with the square of
/// the `$` and `%` in it (10,000 of them: 3 s), for base64 it does not.
#[must_use]
pub fn literal(text: &str) -> String {
    const MOST_MARKS: usize = 256;
    if text.matches(['$', '%']).count() <= MOST_MARKS {
        return quoted(text);
    }
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    format!("base64decode(\"{encoded}\")")
}

/// A text as a quoted HCL literal: nothing in it is read as a template.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(literal: &str) -> String {
        let body = hcl_edit::parser::parse_body(&format!("a = {literal}\n")).unwrap();
        let value = body.attributes().next().unwrap().value.clone();
        match value {
            hcl_edit::expr::Expression::String(s) => s.value().clone(),
            // Escaped template marks make it a template of literals.
            hcl_edit::expr::Expression::StringTemplate(t) => t
                .iter()
                .map(|e| match e {
                    hcl_edit::template::Element::Literal(l) => l.value().clone(),
                    other => panic!("{other:?}"),
                })
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn marks_of_templates_are_plain_text_in_a_literal() {
        for text in ["${a}", "$${a}", "%{ if x }", "$", "a\"b\\n", "$$", "\u{1}\u{7f}", "100%{", "é\r\n\t"] {
            assert_eq!(
                read(&quoted(text)).replace("$${", "${").replace("%%{", "%{"),
                text.replace("$${", "${")
            );
        }
        assert_eq!(quoted("a${b} \"c\"\n"), r#""a$${b} \"c\"\n""#);
    }

    #[test]
    fn a_text_full_of_marks_is_told_in_base64() {
        assert_eq!(literal("a${b}"), r#""a$${b}""#);
        let many = literal(&"${x}%".repeat(200));
        assert!(many.starts_with("base64decode(\"JHt4fSUk") && many.ends_with("\")"), "{many}");
    }

    proptest! {
        #[test]
        fn any_text_is_one_line_and_survives(text in "[^$%\u{0}]*") {
            let literal = quoted(&text);
            prop_assert!(!literal.contains('\n'));
            prop_assert_eq!(read(&literal), text);
        }
    }
}
