//! nginx's own way of reading words: where a word ends, what a quote is, which escapes are decoded.
//!
//! A crate that does this would be welcome; those there are read real files wrongly (`ingress.md §B`). Every rule here was
//! held against `nginx -t`: quotes only open where a word begins, a brace after `$` belongs to the variable, six escapes are
//! decoded and every other backslash stays, a Lua block is raw.

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// One-based.
    pub line: u32,
    /// A lowercase sentence without a full stop.
    pub message: String,
}

impl SyntaxError {
    pub(super) fn new(line: u32, message: impl Into<String>) -> Self {
        SyntaxError { line, message: message.into() }
    }
}

/// A word of a directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is written, without its quotes; only an escaped closing quote is resolved.
    pub raw: String,
    /// As nginx reads it.
    pub text: String,
    /// The line it begins on, one-based.
    pub line: u32,
    /// Whether it was written in quotes.
    pub quoted: bool,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A word.
    Word(Word),
    /// `;`
    End,
    /// `{`
    Open,
    /// `}`
    Close,
    /// The raw body of a Lua block, with the brace that closed it.
    Raw(String),
}

struct Lexer<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    line: u32,
    out: Vec<(Token, u32)>,
    /// Where the current directive's words begin in `out`.
    begun: usize,
}

/// Cuts a text into tokens, each with its line.
///
/// # Errors
/// A quote that is not closed, or text that follows one without a space; a mark of byte order inside the text.
pub fn lex(text: &str) -> Result<Vec<(Token, u32)>, SyntaxError> {
    // nginx skips a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lexer = Lexer { chars: text.chars().peekable(), line: 1, out: Vec::new(), begun: 0 };
    while let Some(c) = lexer.next() {
        match c {
            ' ' | '\t' | '\r' | '\n' => {}
            '#' => while lexer.chars.peek().is_some_and(|c| *c != '\n') && lexer.next().is_some() {},
            ';' => lexer.mark(Token::End),
            '{' => lexer.open()?,
            '}' => lexer.mark(Token::Close),
            '"' | '\'' => lexer.quoted(c)?,
            _ => lexer.bare(c),
        }
    }
    Ok(lexer.out)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

impl Lexer<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.next();
        self.line += u32::from(c == Some('\n'));
        c
    }

    fn mark(&mut self, token: Token) {
        self.out.push((token, self.line));
        self.begun = self.out.len();
    }

    fn open(&mut self) -> Result<(), SyntaxError> {
        let lua = matches!(self.out.get(self.begun), Some((Token::Word(w), _)) if w.text.ends_with("_by_lua_block"));
        self.mark(Token::Open);
        if lua {
            let begun = self.line;
            let body =
                self.raw_block().ok_or_else(|| SyntaxError::new(begun, "the Lua block is not closed"))?;
            self.mark(Token::Raw(body));
        }
        Ok(())
    }

    /// The text up to the brace that closes the block; strings and comments of Lua may hold braces of their own.
    fn raw_block(&mut self) -> Option<String> {
        let (mut depth, mut body) = (1, String::new());
        loop {
            let c = self.next()?;
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                '"' | '\'' => {
                    body.push(c);
                    loop {
                        let inner = self.next()?;
                        body.push(inner);
                        if inner == '\\' {
                            body.push(self.next()?);
                        } else if inner == c || inner == '\n' {
                            break;
                        }
                    }
                    continue;
                }
                '-' if self.chars.peek() == Some(&'-') => {
                    body.push(c);
                    while self.chars.peek().is_some_and(|c| *c != '\n') {
                        body.push(self.next()?);
                    }
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                return Some(body);
            }
            body.push(c);
        }
    }

    fn quoted(&mut self, quote: char) -> Result<(), SyntaxError> {
        let line = self.line;
        let (mut source, mut raw) = (String::new(), String::new());
        loop {
            let Some(c) = self.next() else {
                return Err(SyntaxError::new(line, format!("the quote {quote} is not closed")));
            };
            if c == quote {
                break;
            }
            source.push(c);
            if c != '\\' {
                raw.push(c);
                continue;
            }
            let Some(escaped) = self.next() else { continue };
            source.push(escaped);
            if escaped != quote {
                raw.push(c);
            }
            raw.push(escaped);
        }
        self.out.push((Token::Word(Word { raw, text: decoded(&source), line, quoted: true }), line));
        match self.chars.peek() {
            None | Some(' ' | '\t' | '\r' | '\n' | ';' | '{' | ')') => Ok(()),
            Some(c) => Err(SyntaxError::new(
                self.line,
                format!("unexpected {:?} right after a closing quote: a space is missing", c.to_string()),
            )),
        }
    }

    fn bare(&mut self, first: char) {
        let line = self.line;
        let mut source = String::new();
        let mut c = first;
        // After `$` a brace belongs to the variable's name.
        let mut variable;
        loop {
            source.push(c);
            variable = match c {
                '\\' => {
                    source.extend(self.next());
                    false
                }
                '$' => true,
                _ => false,
            };
            match self.chars.peek() {
                None | Some(';') => break,
                Some('{') if !variable => break,
                Some(next) if is_space(*next) => break,
                Some(next) => c = *next,
            }
            self.next();
        }
        let text = decoded(&source);
        self.out.push((Token::Word(Word { raw: source, text, line, quoted: false }), line));
    }
}

/// The six escapes that nginx decodes; every other backslash stays.
fn decoded(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let plain = match (c, chars.peek()) {
            ('\\', Some(c @ ('"' | '\'' | '\\'))) => *c,
            ('\\', Some('t')) => '\t',
            ('\\', Some('r')) => '\r',
            ('\\', Some('n')) => '\n',
            _ => {
                out.push(c);
                continue;
            }
        };
        chars.next();
        out.push(plain);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let tokens = lex(text).unwrap();
        tokens
            .into_iter()
            .map(|(token, _)| match token {
                Token::Word(w) => w.text,
                Token::End => ";".to_owned(),
                Token::Open => "{".to_owned(),
                Token::Close => "}".to_owned(),
                Token::Raw(body) => format!("raw:{body}"),
            })
            .collect()
    }

    #[test]
    fn words_end_where_nginx_ends_them() {
        assert_eq!(words("a b;"), ["a", "b", ";"]);
        assert_eq!(words(r#"a x"b;"#), ["a", "x\"b", ";"], "a quote opens only where a word begins");
        assert_eq!(words(r#"a "x ; { } # y";"#), ["a", "x ; { } # y", ";"]);
        assert_eq!(words("a b#c; # d\n"), ["a", "b#c", ";"], "a comment begins where a word would");
        assert_eq!(words(r"a \.png$ \; b;"), ["a", "\\.png$", "\\;", "b", ";"]);
        assert_eq!(
            words(r"a x\ y;"),
            ["a", "x\\ y", ";"],
            "an escaped space ends no word, and keeps its backslash"
        );
        assert_eq!(words(r#"a "x\ty\"z\\" '\'';"#), ["a", "x\ty\"z\\", "'", ";"]);
        assert_eq!(words("a ${x}y;"), ["a", "${x}y", ";"]);
        assert_eq!(words("location ~ ^/x{1,2}$ ;"), ["location", "~", "^/x", "{", "1,2}$", ";"]);
        assert_eq!(words("if ($a = \"b\"){c;}"), ["if", "($a", "=", "b", ")", "{", "c", ";", "}"]);
        assert_eq!(words("server{"), ["server", "{"]);
        assert_eq!(words("a\r\nb;\r\n"), ["a", "b", ";"]);
        assert_eq!(
            words("x_by_lua_block { if a then s = \"}\" end -- }\n}"),
            ["x_by_lua_block", "{", "raw: if a then s = \"}\" end -- }\n"]
        );
    }

    #[test]
    fn a_quote_is_closed_and_followed_by_a_space() {
        assert_eq!(lex("a\n\"b").unwrap_err(), SyntaxError::new(2, "the quote \" is not closed"));
        assert!(lex("a 'it''s';").unwrap_err().message.starts_with("unexpected \"'\" right after"));
        assert!(lex("a \"b\"c;").is_err());
    }

    #[test]
    fn a_word_is_kept_as_it_is_written() {
        let raw = |text: &str| match lex(text).unwrap().remove(0).0 {
            Token::Word(w) => w.raw,
            other => panic!("{other:?}"),
        };
        assert_eq!(raw(r#""back soon\n""#), "back soon\\n");
        assert_eq!(raw(r#""a\"b""#), "a\"b");
        assert_eq!(raw(r"\.png"), "\\.png");
    }
}
