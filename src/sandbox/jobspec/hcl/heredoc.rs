//! The literal pieces of heredocs, which HCL reads line by line: indentation is taken from the beginnings of lines, and a
//! marker such as `~}` strips no further than its own line.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

/// The text of each literal, by where it begins in the source.
pub(super) type Literals = BTreeMap<usize, String>;

enum Token {
    /// A line, or what of it stands between two markers.
    Literal { element: usize, text: String },
    /// `${…}` or `%{…}`, and whether it strips what stands before and behind it.
    Mark(bool, bool),
}

/// Reads the literals of a heredoc from the source; `indented` is `<<-`.
pub(super) fn literals(heredoc: &HeredocTemplate, indented: bool, source: &str) -> Literals {
    let mut tokens = Vec::new();
    flatten(&heredoc.template, source, &mut tokens);
    strip(&mut tokens);
    if indented {
        dedent(&mut tokens);
    }
    let mut literals = Literals::new();
    for token in tokens {
        if let Token::Literal { element, text } = token {
            literals.entry(element).or_default().push_str(&text);
        }
    }
    literals
}

/// The pieces in the order of the text, those inside of directives included.
fn flatten(template: &Template, source: &str, into: &mut Vec<Token>) {
    for element in template {
        match element {
            Element::Literal(literal) => {
                let range = literal.span().unwrap_or(0..0);
                let raw = source.get(range.clone()).unwrap_or_default();
                into.extend(raw.split_inclusive('\n').map(|line| Token::Literal {
                    element: range.start,
                    text: line.replace("$${", "${").replace("%%{", "%{"),
                }));
            }
            Element::Interpolation(interpolation) => into.push(mark(interpolation.strip)),
            Element::Directive(directive) => match &**directive {
                Directive::If(d) => {
                    into.push(mark(d.if_expr.strip));
                    flatten(&d.if_expr.template, source, into);
                    if let Some(other) = &d.else_expr {
                        into.push(mark(other.strip));
                        flatten(&other.template, source, into);
                    }
                    into.push(mark(d.endif_expr.strip));
                }
                Directive::For(d) => {
                    into.push(mark(d.for_expr.strip));
                    flatten(&d.for_expr.template, source, into);
                    into.push(mark(d.endfor_expr.strip));
                }
            },
        }
    }
}

fn mark(strip: Strip) -> Token {
    Token::Mark(matches!(strip, Strip::Start | Strip::Both), matches!(strip, Strip::End | Strip::Both))
}

fn strip(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).is_some_and(|at| matches!(tokens[at], Token::Mark(_, true)));
        let after = matches!(tokens.get(at + 1), Some(Token::Mark(true, _)));
        if let Token::Literal { text, .. } = &mut tokens[at] {
            if before {
                *text = text.trim_start().to_owned();
            }
            if after {
                *text = text.trim_end().to_owned();
            }
        }
    }
}

/// Takes away the blanks that all lines begin with. Lines that are blank do not count, and stay as they are.
fn dedent(tokens: &mut [Token]) {
    let (mut fewest, mut begins, mut beginnings) = (usize::MAX, true, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut begins) {
            let blanks = match token {
                Token::Literal { text, .. } if text.trim_start().is_empty() && text.ends_with('\n') => {
                    usize::MAX
                }
                Token::Literal { text, .. } => {
                    beginnings.push(at);
                    text.chars().take_while(|c| c.is_whitespace()).count()
                }
                Token::Mark(..) => 0,
            };
            fewest = fewest.min(blanks);
        }
        begins = matches!(token, Token::Literal { text, .. } if text.ends_with('\n'));
    }
    for at in beginnings {
        if let Token::Literal { text, .. } = &mut tokens[at] {
            *text = text.chars().skip(fewest).collect();
        }
    }
}
