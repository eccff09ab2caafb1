//! The canonical form of HCL: indentation, blanks between tokens, `=` and comments in columns, as HashiCorp's formatter has
//! them (`nomad fmt`). Only blanks between tokens change, so no comment and no text is lost.

/// What a piece of text is, as far as blanks around it go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nil,
    Newline,
    Comment,
    Ident,
    Number,
    /// `(`, `[`, `{`.
    Open(char),
    /// `)`, `]`, `}`.
    Close(char),
    /// `${` or `%{`.
    Interp,
    /// The `}` of those.
    InterpEnd,
    /// The quote a text begins with, and the one it ends with.
    Quote,
    QuoteEnd,
    Heredoc,
    HeredocEnd,
    /// What stands in quotes or in a heredoc as it is.
    Literal,
    Equal,
    Dot,
    DoubleColon,
    Comma,
    Ellipsis,
    Bang,
    Minus,
    Colon,
    Question,
    /// `+ * / % == != < <= > >= && ||`.
    Operator,
    Other,
}

#[derive(Debug, Clone)]
struct Token<'t> {
    kind: Kind,
    text: &'t str,
    /// Blanks in front.
    spaces: usize,
}

impl Token<'_> {
    /// What it does to the depth in brackets.
    fn depth(&self) -> isize {
        match self.kind {
            Kind::Open(_) | Kind::Interp => 1,
            Kind::Close(_) | Kind::InterpEnd => -1,
            _ => 0,
        }
    }

    fn ends_line(&self) -> bool {
        self.kind == Kind::Newline || (self.kind == Kind::Comment && self.text.ends_with('\n'))
    }
}

/// A line in three cells: what it says, what it assigns, and what is remarked about it.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    start: usize,
    /// Where `=` stands, when the rest of the line is a whole expression.
    assign: Option<usize>,
    comment: Option<usize>,
    end: usize,
}

/// Formats a text that is valid HCL.
#[must_use]
pub fn format(text: &str) -> String {
    let mut tokens = Lexer::all(text);
    let lines = lines(&tokens);
    indent(&mut tokens, &lines);
    for line in &lines {
        space(&mut tokens, line.start, line.assign.or(line.comment).unwrap_or(line.end));
        if let Some(assign) = line.assign {
            tokens[assign].spaces = 1;
            space(&mut tokens, assign, line.comment.unwrap_or(line.end));
        }
    }
    align(&mut tokens, &lines, |line| line.assign);
    align(&mut tokens, &lines, |line| line.comment);
    let mut out = String::with_capacity(text.len());
    for token in &tokens {
        out.extend(std::iter::repeat_n(' ', token.spaces));
        out.push_str(token.text);
    }
    out
}

fn lines(tokens: &[Token<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for end in 1..=tokens.len() {
        if !tokens[end - 1].ends_line() && end < tokens.len() {
            continue;
        }
        let mut line = Line { start, end, ..Line::default() };
        start = end;
        if line.end - line.start > 1 && tokens[end - 1].kind == Kind::Comment {
            line.comment = Some(end - 1);
        }
        let lead = line.start..line.comment.unwrap_or(line.end);
        let equal = lead.clone().skip(1).find(|&at| tokens[at].kind == Kind::Equal);
        line.assign = equal.filter(|&at| tokens[at..lead.end].iter().map(Token::depth).sum::<isize>() == 0);
        lines.push(line);
    }
    lines
}

fn indent(tokens: &mut [Token<'_>], lines: &[Line]) {
    let mut open: Vec<isize> = Vec::new();
    for line in lines {
        if tokens[line.start].kind == Kind::Newline {
            tokens[line.start].spaces = 0;
            continue;
        }
        let mut net = 0;
        let end = line.comment.unwrap_or(line.end);
        let cells = [line.start..line.assign.unwrap_or(end), line.assign.unwrap_or(end)..end];
        for cell in cells {
            for token in &tokens[cell] {
                net += token.depth();
                if token.kind == Kind::Heredoc {
                    break;
                }
            }
        }
        let mut closed = -net;
        while closed > 0
            && let Some(last) = open.pop()
        {
            if closed < last {
                open.push(last - closed);
            }
            closed -= last;
        }
        tokens[line.start].spaces = 2 * open.len();
        if net > 0 {
            open.push(net);
        }
    }
}

/// Sets the blanks between the tokens of a cell.
fn space(tokens: &mut [Token<'_>], start: usize, end: usize) {
    for at in start..end.saturating_sub(1) {
        let before = if at > start { tokens[at - 1].kind } else { Kind::Nil };
        let wanted = is_spaced(&tokens[at], before, &tokens[at + 1]);
        tokens[at + 1].spaces = usize::from(wanted);
    }
}

fn is_spaced(subject: &Token<'_>, before: Kind, after: &Token<'_>) -> bool {
    use Kind::{
        Bang, Close, Colon, Comma, Dot, DoubleColon, Ellipsis, Equal, Heredoc, HeredocEnd, Ident, Interp,
        InterpEnd, Literal, Minus, Newline, Nil, Number, Open, Operator, Question, Quote, QuoteEnd,
    };
    match (subject.kind, after.kind) {
        (_, Newline | Nil) | (Ident, Open('(') | DoubleColon) | (DoubleColon, Ident) => false,
        (Dot, _) | (_, Dot | Comma | Ellipsis) => false,
        (Comma, _) => true,
        (Literal | Quote | Heredoc, _) | (_, Literal | QuoteEnd | HeredocEnd) => false,
        (Ident, _) if subject.text == "in" && before == Ident => true,
        (Ident | Number | Close(_) | InterpEnd, Open('[')) => false,
        (Bang, _) => false,
        (Minus, _) => {
            !matches!(before, Nil | Open(_) | Equal | Colon | Comma | Question | Operator | Minus | Bang)
        }
        (Open('{'), Close('}')) => false,
        (Open('{'), _) | (_, Close('}')) => true,
        (Interp, Open('{')) | (Close('}'), InterpEnd) => true,
        (InterpEnd, Interp) => false,
        (Open(_) | Interp, _) | (_, Close(_) | InterpEnd) => false,
        _ => true,
    }
}

/// Puts a cell of lines that follow each other into one column.
fn align(tokens: &mut [Token<'_>], lines: &[Line], cell: impl Fn(&Line) -> Option<usize>) {
    let mut at = 0;
    while at < lines.len() {
        let chain = lines[at..].iter().take_while(|line| cell(line).is_some()).count();
        let width = |tokens: &[Token<'_>], line: &Line| {
            let end = cell(line).unwrap_or(line.end);
            tokens[line.start..end].iter().map(|t| t.spaces + columns(t.text)).sum::<usize>()
        };
        let widest = lines[at..at + chain].iter().map(|line| width(tokens, line)).max().unwrap_or(0);
        for line in &lines[at..at + chain] {
            let spaces = widest - width(tokens, line) + 1;
            if let Some(first) = cell(line) {
                tokens[first].spaces = spaces;
            }
        }
        at += chain.max(1);
    }
}

/// How many characters people see.
fn columns(text: &str) -> usize {
    text.chars().filter(|c| unicode_width::UnicodeWidthChar::width(*c) != Some(0)).count()
}

/// Where the lexer is.
#[derive(Debug, PartialEq, Eq)]
enum Mode<'t> {
    /// In a body or an expression; how many braces are open in it.
    Code(usize),
    /// Between quotes.
    Quoted,
    /// In a heredoc with that marker.
    Heredoc(&'t str),
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token<'t>>,
    modes: Vec<Mode<'t>>,
}

impl<'t> Lexer<'t> {
    fn all(text: &'t str) -> Vec<Token<'t>> {
        let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), modes: vec![Mode::Code(0)] };
        if text.starts_with('\u{feff}') {
            lexer.at = '\u{feff}'.len_utf8();
        }
        while lexer.at < text.len() {
            match lexer.modes.last() {
                Some(Mode::Quoted) => lexer.quoted(),
                Some(Mode::Heredoc(marker)) => {
                    let marker = *marker;
                    lexer.heredoc(marker);
                }
                _ => lexer.code(),
            }
        }
        lexer.tokens
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn take(&mut self, kind: Kind, len: usize) {
        let text = &self.text[self.at..self.at + len];
        self.tokens.push(Token { kind, text, spaces: 0 });
        self.at += len;
    }

    /// What stands as it is until a template begins or `end` says so.
    fn literal(&mut self, end: impl Fn(&str) -> bool) -> bool {
        let rest = self.rest();
        let mut at = 0;
        while at < rest.len() {
            let here = &rest[at..];
            if here.starts_with("$${") || here.starts_with("%%{") {
                at += 3;
            } else if here.starts_with("${") || here.starts_with("%{") || end(here) {
                break;
            } else {
                at += here.chars().next().map_or(1, char::len_utf8);
            }
        }
        if at > 0 {
            self.take(Kind::Literal, at);
        }
        at > 0
    }

    fn interpolation(&mut self) {
        let len = if self.rest()[2..].starts_with('~') { 3 } else { 2 };
        self.take(Kind::Interp, len);
        self.modes.push(Mode::Code(0));
    }

    fn quoted(&mut self) {
        // A backslash and what it escapes are one.
        let rest = self.rest();
        if rest.starts_with('\\') && rest.len() > 1 {
            let len = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            self.take(Kind::Literal, len);
        } else if rest.starts_with('"') {
            self.take(Kind::QuoteEnd, 1);
            self.modes.pop();
        } else if !self.literal(|here| here.starts_with(['"', '\\'])) {
            self.interpolation();
        }
    }

    fn heredoc(&mut self, marker: &str) {
        let rest = self.rest();
        let begins_line = self.text[..self.at].ends_with('\n');
        let ends = |line: &str| line.split('\n').next().unwrap_or_default().trim() == marker;
        if begins_line && ends(rest) {
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            self.take(Kind::HeredocEnd, blanks + marker.len());
            self.modes.pop();
            return;
        }
        // Line by line, since any of them may be the last.
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let stop = rest.len() - line;
        if !self.literal(|here| here.len() <= stop) {
            self.interpolation();
        }
    }

    fn code(&mut self) {
        let rest = self.rest();
        let c = rest.chars().next().unwrap_or(' ');
        if matches!(c, ' ' | '\t') || (c == '\r' && !rest.starts_with("\r\n")) {
            self.at += 1;
            return;
        }
        let line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        match c {
            '\n' => self.take(Kind::Newline, 1),
            '\r' => self.take(Kind::Newline, 2),
            '#' => self.take(Kind::Comment, line),
            '/' if rest.starts_with("//") => self.take(Kind::Comment, line),
            '/' if rest.starts_with("/*") => {
                let len = rest.find("*/").map_or(rest.len(), |end| end + 2);
                self.take(Kind::Comment, len);
            }
            '"' => {
                self.take(Kind::Quote, 1);
                self.modes.push(Mode::Quoted);
            }
            '<' if rest.starts_with("<<") => {
                let marker = rest[..line].trim_end().trim_start_matches('<').trim_start_matches('-');
                self.take(Kind::Heredoc, line);
                self.modes.push(Mode::Heredoc(marker));
            }
            '{' => {
                self.brace(1);
                self.take(Kind::Open(c), 1);
            }
            '~' if rest.starts_with("~}") => {
                self.take(Kind::InterpEnd, 2);
                self.modes.pop();
            }
            '}' if self.modes.len() > 1 && self.modes.last() == Some(&Mode::Code(0)) => {
                self.take(Kind::InterpEnd, 1);
                self.modes.pop();
            }
            '}' => {
                self.brace(-1);
                self.take(Kind::Close(c), 1);
            }
            '(' | '[' => self.take(Kind::Open(c), 1),
            ')' | ']' => self.take(Kind::Close(c), 1),
            c if c.is_ascii_digit() => self.number(),
            c if c.is_alphabetic() || c == '_' => {
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
                self.take(Kind::Ident, end);
            }
            _ => self.operator(),
        }
    }

    fn brace(&mut self, by: isize) {
        if let Some(Mode::Code(open)) = self.modes.last_mut() {
            *open = open.saturating_add_signed(by);
        }
    }

    fn number(&mut self) {
        let rest = self.rest().as_bytes();
        let digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut end = digits(0);
        if rest.get(end) == Some(&b'.') && digits(end + 1) > 0 {
            end += 1 + digits(end + 1);
        }
        if matches!(rest.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
            if digits(end + 1 + sign) > 0 {
                end += 1 + sign + digits(end + 1 + sign);
            }
        }
        self.take(Kind::Number, end);
    }

    fn operator(&mut self) {
        const LONG: [(&str, Kind); 9] = [
            ("...", Kind::Ellipsis),
            ("=>", Kind::Other),
            ("==", Kind::Operator),
            ("!=", Kind::Operator),
            ("<=", Kind::Operator),
            (">=", Kind::Operator),
            ("&&", Kind::Operator),
            ("||", Kind::Operator),
            ("::", Kind::DoubleColon),
        ];
        let rest = self.rest();
        if let Some((text, kind)) = LONG.iter().find(|(text, _)| rest.starts_with(text)) {
            return self.take(*kind, text.len());
        }
        let c = rest.chars().next().unwrap_or(' ');
        let kind = match c {
            '=' => Kind::Equal,
            '.' => Kind::Dot,
            ',' => Kind::Comma,
            '!' => Kind::Bang,
            '-' => Kind::Minus,
            ':' => Kind::Colon,
            '?' => Kind::Question,
            '+' | '*' | '/' | '%' | '<' | '>' => Kind::Operator,
            _ => Kind::Other,
        };
        self.take(kind, c.len_utf8());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_brought_into_its_canonical_form_and_stays_there() {
        let text = "job \"x\"{\n# c\ntype=\"batch\" # t\n  meta{\na= 1\n    long-name =[ 1,2 , \"${ upper( \"x\" ) }\" ]//d\n}\ngroup \"g\" { count=-1 }\n\
                    k = {\na: 1\n}\nt = <<-EOT\n   keep   ${ x }\n  EOT\n}\n";
        let want = "job \"x\" {\n  # c\n  type = \"batch\" # t\n  meta {\n    a         = 1\n    long-name = [1, 2, \"${upper(\"x\")}\"] //d\n  }\n  \
                    group \"g\" { count = -1 }\n  k = {\n    a : 1\n  }\n  t = <<-EOT\n   keep   ${x}\n  EOT\n}\n";
        assert_eq!(format(text), want);
        assert_eq!(format(want), want);
    }
}
