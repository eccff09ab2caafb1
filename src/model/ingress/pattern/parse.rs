//! Reading an expression of PCRE.

use super::derive::{alt, cat};
use super::{Capture, Node};

pub(super) struct Parsed {
    pub(super) root: Node,
    /// What RE2 lacks of it.
    pub(super) foreign: Option<String>,
    pub(super) ignore_case: bool,
}

struct Parser<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    groups: usize,
    depth: usize,
    foreign: Option<String>,
    ignore_case: bool,
}

/// RE2 refuses more repetitions.
const MOST_REPEATS: u32 = 1000;
/// Groups within groups.
const DEPTH: usize = 100;

pub(super) fn parse(source: &str) -> Result<Parsed, String> {
    let mut parser =
        Parser { chars: source.chars().peekable(), groups: 0, depth: 0, foreign: None, ignore_case: false };
    let root = parser.alternatives()?;
    if parser.chars.next().is_some() {
        return Err("a parenthesis is closed that was not opened".to_owned());
    }
    let root = match root {
        Node::Cat(_) | Node::Alt(_) => root,
        other => Node::Cat(vec![other]),
    };
    Ok(Parsed { root, foreign: parser.foreign, ignore_case: parser.ignore_case })
}

impl Parser<'_> {
    fn lacks(&mut self, what: &str) {
        if self.foreign.is_none() {
            self.foreign = Some(what.to_owned());
        }
    }

    fn eat(&mut self, c: char) -> bool {
        self.chars.next_if_eq(&c).is_some()
    }

    fn alternatives(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("groups stand within each other more than {DEPTH} deep"));
        }
        let mut all = vec![self.sequence()?];
        while self.eat('|') {
            all.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if all.len() == 1 { all.remove(0) } else { alt(all) })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(c) = self.chars.peek().copied() {
            if matches!(c, '|' | ')') {
                break;
            }
            let node = self.atom()?;
            nodes.push(self.repeated(node)?);
        }
        Ok(cat(nodes))
    }

    fn atom(&mut self) -> Result<Node, String> {
        let Some(c) = self.chars.next() else { return Ok(Node::Empty) };
        Ok(match c {
            '.' => Node::Any,
            '^' => Node::Start,
            '$' => Node::End,
            '[' => Node::Class(self.class()?),
            '(' => self.group()?,
            '\\' => self.escape()?,
            '*' | '+' | '?' => return Err(format!("\"{c}\" repeats nothing")),
            c => Node::Char(c),
        })
    }

    fn repeated(&mut self, node: Node) -> Result<Node, String> {
        let mut node = node;
        loop {
            let (min, max) = match self.chars.peek() {
                Some('*') => (0, None),
                Some('+') => (1, None),
                Some('?') => (0, Some(1)),
                Some('{') => match self.bounds() {
                    Some(bounds) => bounds,
                    // Without numbers it is a brace.
                    None => return Ok(node),
                },
                _ => return Ok(node),
            };
            self.chars.next();
            if min > MOST_REPEATS || max.is_some_and(|m| m > MOST_REPEATS) {
                self.lacks("more than 1000 repetitions");
            }
            if max.is_some_and(|m| m < min) {
                return Err("a repetition ends below its beginning".to_owned());
            }
            let lazy = self.eat('?');
            if !lazy && self.eat('+') {
                self.lacks("a possessive quantifier");
            }
            if matches!(node, Node::Repeat(..)) {
                node = Node::Group(None, Box::new(node));
            }
            node = Node::Repeat(Box::new(node), min, max, lazy);
        }
    }

    /// The numbers of `{2,4}`, up to its closing brace; nothing is read where it is none.
    fn bounds(&mut self) -> Option<(u32, Option<u32>)> {
        let rest: String = self.chars.clone().skip(1).take_while(|c| *c != '}').take(24).collect();
        let closed = self.chars.clone().nth(1 + rest.chars().count()) == Some('}');
        let number =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u32>().ok())?;
        let bounds = match rest.split_once(',') {
            None => (number(&rest)?, Some(number(&rest)?)),
            Some((min, "")) => (number(min)?, None),
            Some((min, max)) => (number(min)?, Some(number(max)?)),
        };
        if !closed {
            return None;
        }
        for _ in 0..=rest.chars().count() {
            self.chars.next();
        }
        Some(bounds)
    }

    fn group(&mut self) -> Result<Node, String> {
        if !self.eat('?') {
            self.groups += 1;
            let capture = Some(Capture { index: self.groups, name: None });
            return self.rest_of_group(capture);
        }
        let next = self.chars.next().ok_or("a group is not closed")?;
        match next {
            ':' => self.rest_of_group(None),
            '!' => {
                let Node::Group(_, inner) = self.rest_of_group(None)? else { return Ok(Node::Empty) };
                Ok(Node::NotAhead(inner))
            }
            '=' => self.unsayable("look-ahead"),
            '>' | '|' => self.unsayable(if next == '>' { "an atomic group" } else { "a branch reset" }),
            '(' => {
                // The condition is a group of its own.
                self.lacks("a condition");
                self.rest_of_group(None)?;
                self.rest_of_group(None)
            }
            '#' => {
                while !self.eat(')') {
                    self.chars.next().ok_or("a comment is not closed")?;
                }
                Ok(Node::Empty)
            }
            '<' if matches!(self.chars.peek(), Some('=' | '!')) => self.unsayable("look-behind"),
            '<' => self.named('>'),
            '\'' => self.named('\''),
            'P' if self.eat('<') => self.named('>'),
            'P' => self.unsayable("a reference to a group"),
            'R' | '&' | '0'..='9' | '+' => self.unsayable("recursion"),
            flag => self.flags(flag),
        }
    }

    fn flags(&mut self, first: char) -> Result<Node, String> {
        let mut flags = String::from(first);
        loop {
            match self.chars.next().ok_or("a group is not closed")? {
                ')' if flags == "i" && self.depth == 1 => {
                    self.ignore_case = true;
                    return Ok(Node::Empty);
                }
                ')' => {
                    self.lacks("flags in the middle");
                    return Ok(Node::Empty);
                }
                ':' => {
                    self.lacks("flags of a group");
                    return self.rest_of_group(None);
                }
                c if c.is_ascii_alphabetic() || c == '-' => flags.push(c),
                c => return Err(format!("\"(?{flags}{c}\" is no group")),
            }
        }
    }

    fn named(&mut self, end: char) -> Result<Node, String> {
        let mut name = String::new();
        loop {
            match self.chars.next() {
                Some(c) if c == end => break,
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                _ => return Err("the name of a group is not closed".to_owned()),
            }
        }
        self.groups += 1;
        self.rest_of_group(Some(Capture { index: self.groups, name: Some(name) }))
    }

    fn unsayable(&mut self, what: &str) -> Result<Node, String> {
        self.lacks(what);
        self.rest_of_group(None)
    }

    fn rest_of_group(&mut self, capture: Option<Capture>) -> Result<Node, String> {
        let inner = self.alternatives()?;
        if !self.eat(')') {
            return Err("a parenthesis is not closed".to_owned());
        }
        Ok(Node::Group(capture, Box::new(inner)))
    }

    fn escape(&mut self) -> Result<Node, String> {
        let c = self.chars.next().ok_or("it ends with a backslash")?;
        Ok(match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => Node::Class(format!("\\{c}")),
            'h' => Node::Class("[ \\t]".to_owned()),
            'b' => Node::Boundary("\\b"),
            'B' => Node::Boundary("\\B"),
            'A' => Node::Start,
            'z' | 'Z' => Node::End,
            't' => Node::Char('\t'),
            'n' => Node::Char('\n'),
            'r' => Node::Char('\r'),
            'x' => {
                let digits: String =
                    (0..2).filter_map(|_| self.chars.next_if(char::is_ascii_hexdigit)).collect();
                let code = u32::from_str_radix(&digits, 16).map_err(|_| "\"\\x\" needs two digits")?;
                Node::Char(char::from_u32(code).ok_or("\"\\x\" names no character")?)
            }
            'p' | 'P' => {
                let mut text = format!("\\{c}");
                if self.eat('{') {
                    text.push('{');
                    for c in self.chars.by_ref() {
                        text.push(c);
                        if c == '}' {
                            break;
                        }
                    }
                } else {
                    text.extend(self.chars.next());
                }
                Node::Class(text)
            }
            '1'..='9' | 'g' | 'k' => {
                self.lacks("a back-reference");
                Node::Empty
            }
            'K' | 'G' | 'R' | 'X' | 'Q' | 'E' | 'C' | 'N' | 'H' | 'v' | 'V' => {
                self.lacks(&format!("\\{c}"));
                Node::Empty
            }
            c => Node::Char(c),
        })
    }

    /// A class from after its bracket, with its brackets.
    fn class(&mut self) -> Result<String, String> {
        let mut text = String::from("[");
        if self.eat('^') {
            text.push('^');
        }
        if self.eat(']') {
            text.push_str("\\]");
        }
        loop {
            match self.chars.next().ok_or("a class is not closed")? {
                ']' => {
                    text.push(']');
                    return Ok(text);
                }
                '\\' => {
                    text.push('\\');
                    text.push(self.chars.next().ok_or("a class is not closed")?);
                }
                '[' if self.chars.peek() == Some(&':') => {
                    text.push('[');
                    for c in self.chars.by_ref() {
                        text.push(c);
                        if c == ']' {
                            break;
                        }
                    }
                }
                c => text.push(c),
            }
        }
    }
}
