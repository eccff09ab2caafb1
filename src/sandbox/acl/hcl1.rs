//! The old dialect of HCL that rules of policies are written in, and the JSON they may be written in instead.
//!
//! It is not the HCL of job files: blocks may stand on one line, and its complaints read otherwise.

use std::fmt;

use serde_json::Value as Json;

/// Where something is: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SourcePosition {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for SourcePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Something under one or more keys: `node {…}`, `namespace "x" {…}`, `policy = "read"`.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) keys: Vec<String>,
    pub(crate) value: Node,
}

/// A value and where it begins.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(super) at: SourcePosition,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A text, number or boolean, as text.
    Literal(String),
    List(Vec<Node>),
    Object(Vec<Item>),
}

/// Reads rules.
pub(crate) fn parse(text: &str) -> Result<Vec<Item>, String> {
    if text.trim_start().starts_with('{') {
        let json: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
        return Ok(from_json(&json));
    }
    let mut parser = Parser { scanner: Scanner::new(text), ahead: None, last: Token::end() };
    let (items, failure) = parser.items(false);
    match failure {
        Some(failure) => Err(failure.to_string()),
        None => Ok(items),
    }
}

fn from_json(json: &Json) -> Vec<Item> {
    let Some(object) = json.as_object() else { return Vec::new() };
    let item = |keys: &[&String], value: &Json| Item {
        keys: keys.iter().map(|key| (*key).clone()).collect(),
        value: json_node(value),
    };
    let mut items = Vec::new();
    for (key, value) in object {
        let labelled = matches!(key.as_str(), "namespace" | "node_pool" | "host_volume" | "path");
        let each = match value {
            Json::Array(list) if labelled => list.iter().collect(),
            value => vec![value],
        };
        for value in each {
            match value.as_object().filter(|_| labelled) {
                Some(blocks) => items.extend(blocks.iter().map(|(label, block)| item(&[key, label], block))),
                None => items.push(item(&[key], value)),
            }
        }
    }
    items
}

fn json_node(json: &Json) -> Node {
    let kind = match json {
        Json::Object(_) => Kind::Object(from_json(json)),
        Json::Array(list) => Kind::List(list.iter().map(json_node).collect()),
        Json::String(text) => Kind::Literal(text.clone()),
        other => Kind::Literal(other.to_string()),
    };
    Node { kind, at: SourcePosition::default() }
}

/// What a token of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    End,
    Illegal,
    Ident,
    Number,
    Bool,
    Text,
    Assign,
    Comma,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
}

impl TokenKind {
    fn name(self) -> &'static str {
        match self {
            TokenKind::End => "EOF",
            TokenKind::Illegal => "ILLEGAL",
            TokenKind::Ident => "IDENT",
            TokenKind::Number => "NUMBER",
            TokenKind::Bool => "BOOL",
            TokenKind::Text => "STRING",
            TokenKind::Assign => "ASSIGN",
            TokenKind::Comma => "COMMA",
            TokenKind::LeftBrace => "LBRACE",
            TokenKind::RightBrace => "RBRACE",
            TokenKind::LeftBracket => "LBRACK",
            TokenKind::RightBracket => "RBRACK",
        }
    }
}

#[derive(Debug, Clone)]
struct Token {
    is: TokenKind,
    text: String,
    at: SourcePosition,
}

impl Token {
    fn end() -> Token {
        Token { is: TokenKind::End, text: String::new(), at: SourcePosition::default() }
    }
}

/// What stopped the parser: the end of the text may be fine, anything else is not.
enum Stop {
    End,
    Wrong(SourcePosition, String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::End => f.write_str("EOF token found"),
            Stop::Wrong(at, words) => write!(f, "At {at}: {words}"),
        }
    }
}

struct Scanner<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    at: SourcePosition,
    illegal: Option<SourcePosition>,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Scanner<'t> {
        Scanner { rest: text.chars().peekable(), at: SourcePosition { line: 1, column: 0 }, illegal: None }
    }

    /// The next character. Every look past the end counts as a column, which shows in complaints.
    fn next(&mut self) -> Option<char> {
        self.at.column += 1;
        let next = self.rest.next();
        if next == Some('\n') {
            self.at = SourcePosition { line: self.at.line + 1, column: 0 };
        }
        next
    }

    fn take_while(&mut self, text: &mut String, wanted: impl Fn(char) -> bool) {
        loop {
            match self.rest.peek() {
                Some(c) if wanted(*c) => text.extend(self.next()),
                Some(_) => return,
                None => {
                    self.at.column += 1;
                    return;
                }
            }
        }
    }

    fn token(&mut self) -> Token {
        let first = loop {
            match self.next() {
                Some(c) if c.is_whitespace() => {}
                Some('#') => self.skip_line(),
                Some('/') if self.rest.peek() == Some(&'/') => self.skip_line(),
                Some('/') if self.rest.peek() == Some(&'*') => self.skip_comment(),
                other => break other,
            }
        };
        let at = self.at;
        let mut text: String = first.into_iter().collect();
        let is = match first {
            None => TokenKind::End,
            Some('=') => TokenKind::Assign,
            Some(',') => TokenKind::Comma,
            Some('{') => TokenKind::LeftBrace,
            Some('}') => TokenKind::RightBrace,
            Some('[') => TokenKind::LeftBracket,
            Some(']') => TokenKind::RightBracket,
            Some('"') => {
                text = self.quoted();
                TokenKind::Text
            }
            Some('<') if self.rest.peek() == Some(&'<') => {
                text = self.heredoc();
                TokenKind::Text
            }
            Some(c) if c.is_alphabetic() || c == '_' => {
                self.take_while(&mut text, |c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
                if matches!(text.as_str(), "true" | "false") { TokenKind::Bool } else { TokenKind::Ident }
            }
            Some(c) if c.is_ascii_digit() || c == '-' => {
                self.take_while(&mut text, |c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+'));
                TokenKind::Number
            }
            Some(_) => {
                self.illegal = self.illegal.or(Some(at));
                TokenKind::Illegal
            }
        };
        Token { is, text, at }
    }

    fn skip_line(&mut self) {
        while self.rest.peek().is_some_and(|c| *c != '\n') {
            self.next();
        }
    }

    fn skip_comment(&mut self) {
        let mut before = ' ';
        self.next();
        while let Some(c) = self.next() {
            if before == '*' && c == '/' {
                return;
            }
            before = c;
        }
    }

    fn quoted(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                other => text.push(other),
            }
        }
        text
    }

    fn heredoc(&mut self) -> String {
        self.next();
        let mut marker = String::new();
        self.take_while(&mut marker, |c| c != '\n');
        self.next();
        let end = marker.trim_start_matches('-').trim().to_owned();
        let mut text = String::new();
        while self.rest.peek().is_some() {
            let mut line = String::new();
            self.take_while(&mut line, |c| c != '\n');
            self.next();
            if line.trim() == end {
                break;
            }
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    ahead: Option<Token>,
    /// The token read last.
    last: Token,
}

impl Parser<'_> {
    fn scan(&mut self) -> Token {
        self.last = self.ahead.take().unwrap_or_else(|| self.scanner.token());
        self.last.clone()
    }

    fn unscan(&mut self) {
        self.ahead = Some(self.last.clone());
    }

    /// The items of an object, or of the whole text.
    fn items(&mut self, within: bool) -> (Vec<Item>, Option<Stop>) {
        let mut items = Vec::new();
        loop {
            if within {
                let is = self.scan().is;
                self.unscan();
                if is == TokenKind::RightBrace {
                    return (items, None);
                }
            }
            match self.item() {
                Ok(item) => items.push(item),
                // The end is as good as a closing brace here; who opened one finds it missing.
                Err(Stop::End) => return (items, None),
                Err(wrong) => return (items, Some(wrong)),
            }
            if self.scan().is != TokenKind::Comma {
                self.unscan();
            }
        }
    }

    fn item(&mut self) -> Result<Item, Stop> {
        let (keys, assigned) = self.keys()?;
        let value = if assigned { self.value()? } else { self.object()? };
        Ok(Item { keys, value })
    }

    /// The keys of an item, and whether `=` follows them; that or the opening brace is read too.
    fn keys(&mut self) -> Result<(Vec<String>, bool), Stop> {
        let mut keys = Vec::new();
        loop {
            let token = self.scan();
            match token.is {
                TokenKind::End if keys.is_empty() => return Err(Stop::End),
                TokenKind::Assign if keys.len() > 1 => {
                    let words = format!("nested object expected: LBRACE got: {}", token.is.name());
                    return Err(Stop::Wrong(token.at, words));
                }
                TokenKind::Assign if keys.len() == 1 => return Ok((keys, true)),
                TokenKind::LeftBrace if !keys.is_empty() => return Ok((keys, false)),
                TokenKind::Ident | TokenKind::Text => keys.push(token.text),
                TokenKind::Illegal => return Err(Stop::Wrong(token.at, "illegal char".to_owned())),
                is if keys.is_empty() => {
                    let words = format!("expected: IDENT | STRING | ASSIGN | LBRACE got: {}", is.name());
                    return Err(Stop::Wrong(token.at, words));
                }
                _ => {
                    let words = format!(
                        "key '{}' expected start of object ('{{') or assignment ('=')",
                        keys.join(" ")
                    );
                    return Err(Stop::Wrong(token.at, words));
                }
            }
        }
    }

    fn value(&mut self) -> Result<Node, Stop> {
        let token = self.scan();
        let kind = match token.is {
            TokenKind::Text | TokenKind::Number | TokenKind::Bool => Kind::Literal(token.text),
            TokenKind::LeftBrace => return self.object(),
            TokenKind::LeftBracket => Kind::List(self.list()?),
            TokenKind::End => return Err(Stop::End),
            is => {
                let words = format!("Unknown token: {} {} {}", token.at, is.name(), token.text);
                return Err(Stop::Wrong(token.at, words));
            }
        };
        Ok(Node { kind, at: token.at })
    }

    fn object(&mut self) -> Result<Node, Stop> {
        let at = self.last.at;
        let (items, stop) = self.items(true);
        if let Some(stop) = stop.filter(|_| self.last.is != TokenKind::RightBrace) {
            return Err(stop);
        }
        let closing = self.scan();
        if closing.is != TokenKind::RightBrace {
            let words = format!("object expected closing RBRACE got: {}", closing.is.name());
            return Err(Stop::Wrong(closing.at, words));
        }
        Ok(Node { kind: Kind::Object(items), at })
    }

    fn list(&mut self) -> Result<Vec<Node>, Stop> {
        let mut items = Vec::new();
        let mut wants_comma = false;
        loop {
            let token = self.scan();
            match token.is {
                TokenKind::RightBracket => return Ok(items),
                TokenKind::Comma => wants_comma = false,
                TokenKind::Text | TokenKind::Number | TokenKind::Bool if wants_comma => {
                    let words =
                        format!("error parsing list, expected comma or list end, got: {}", token.is.name());
                    return Err(Stop::Wrong(token.at, words));
                }
                TokenKind::Text
                | TokenKind::Number
                | TokenKind::Bool
                | TokenKind::LeftBrace
                | TokenKind::LeftBracket => {
                    self.unscan();
                    items.push(self.value()?);
                    wants_comma = true;
                }
                is => {
                    let words = format!("unexpected token while parsing list: {}", is.name());
                    return Err(Stop::Wrong(token.at, words));
                }
            }
        }
    }
}
