//! Secrets in texts of many lines: templates, files of settings, job files, logs, messages.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::names::is_telling;
use super::values::looks_secret;
use super::{HIDDEN, is_flag_value, programs};

/// Words after which the next one is a secret: `--password X`, `-u user:X`, `Bearer X`.
static HANDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)(^|[\s"'\[,(])(-{1,2}[a-z][\w-]*|bearer|basic)(["']?,?\s+["']?|=["']?)([^\s"',\])]+)"#)
        .expect("the pattern is constant")
});
/// A password in an address, or in the tag of one.
static LOGIN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"((?:://|\burlprefix-)[^/\s:@]*:)[^/\s]+@").expect("the pattern is constant")
});
/// A parameter of an address.
static PARAMETER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"([?&;])([\w.-]+)=([^&\s"'#;]+)"#).expect("the pattern is constant"));
/// A line of a netrc file, or a part of one.
static NETRC: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(password|passwd|account)(\s+)(\S+)").expect("the pattern is constant")
});
/// A password in the settings of a Redis.
static REDIS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(\s*(?:requirepass|masterauth)\s+)\S.*$").expect("the pattern is constant")
});
/// A setting whose value stands behind a blank, or nginx's `set $name "value";`.
static BLANK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"^(\s*(?:set\s+\$)?)([A-Za-z_][\w.-]*)(\s+)("[^"]*"|'[^']*'|[^\s"'=:{\[(|<][^\s"'=:]*)(\s*;?\s*)$"#,
    )
    .expect("the pattern is constant")
});
/// A password in a statement of SQL.
static SQL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(password|identified(?:\s+with\s+\S+)?\s+by)(\s+)'(?:[^'\\]|''|\\.)*'")
        .expect("the pattern is constant")
});
/// A password in quotes behind `-p`, which may have blanks in it; one without is known by its program.
static SSHPASS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\b(sshpass\s+-p\s+)("[^"]*"|'[^']*')"#).expect("the pattern is constant"));
/// An element of XML with a text in it, over as many lines as it has.
static ELEMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<([A-Za-z_][\w:.-]*)((?:\s[^<>]*)?)>((?:<!\[CDATA\[(?s:.*?)\]\]>|[^<>])+)</([\w:.-]+)")
        .expect("the pattern is constant")
});
/// The name of an element's text that stands in an attribute: `<entry key="password">x</entry>`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\s(?:name|key|id|property)\s*=\s*["']([^"']+)["']"#).expect("the pattern is constant")
});
/// A line of a pgpass file, as it is or as a text in quotes.
static PGPASS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(^\s*|["'])([^:\s/"']+:(?:\d+|\*):[^:\s]+:[^:\s]+:)[^\s"'$][^\s"']*("|'|$)"#)
        .expect("the pattern is constant")
});
/// A name and its value as what a function is called with: `define('DB_PASSWORD', 'x')`.
static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(\(\s*["'])([\w.-]+)(["']\s*,\s*)("[^"]*"|'[^']*')"#).expect("the pattern is constant")
});
/// The head of a variable's declaration.
static VARIABLE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^\s*variable\s+"?([\w-]+)"?\s*\{"#).expect("the pattern is constant"));
/// The default in a declaration.
static DEFAULT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(^|[\s{])(default\s*=)").expect("the pattern is constant"));
/// A text that is told in base64.
static ENCODED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"base64decode\("([A-Za-z0-9+/=]+)"\)"#).expect("the pattern is constant"));

/// A text with the secrets in its lines taken out.
pub(super) fn clean(text: &str) -> String {
    let text = ENCODED.replace_all(text, |found: &Captures<'_>| {
        let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &found[1]).ok();
        let inner = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        match inner {
            Some(inner) if clean(&inner) == inner => found[0].to_owned(),
            _ => HIDDEN.to_owned(),
        }
    });
    let text = elements(&text);
    let mut reader = Reader { settings: text.trim_end().contains('\n'), ..Reader::default() };
    text.split('\n').filter_map(|line| reader.line(line)).collect::<Vec<_>>().join("\n")
}

/// A text of which the elements of XML with telling names are taken out, wherever their lines end.
fn elements(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let hides = |value: &str| !is_open(value.trim()) && !is_harmless_value(value) && value.trim() != HIDDEN;
    ELEMENT.replace_all(text, |found: &Captures<'_>| {
        let named = NAMED.captures(&found[2]).is_some_and(|name| is_telling(&name[1]));
        match found[1] == found[4] && (named || is_telling(&found[1])) && hides(&found[3]) {
            true => format!("<{}{}>{HIDDEN}</{}", &found[1], &found[2], &found[4]),
            false => found[0].to_owned(),
        }
    })
}

/// What of the lines so far counts for the next.
#[derive(Default)]
struct Reader {
    /// Lines are hidden until this ends.
    within: Option<Block>,
    /// The text has lines of a netrc file.
    netrc: bool,
    /// It has several lines: two words alone may be a sentence.
    settings: bool,
    /// In the declaration of a variable with such a name; its depth in braces.
    declared: Option<i32>,
}

/// What a secret of several lines ends with.
enum Block {
    /// A line that is indented no deeper, unless it closes a bracket.
    Indent(usize),
    /// A line that is this word.
    Marker(String),
    /// The end of a key.
    Pem,
    /// These quotes.
    Quotes(&'static str),
}

impl Reader {
    /// The line as it may be shown; none where it was hidden with the one before.
    fn line(&mut self, line: &str) -> Option<String> {
        match &self.within {
            Some(Block::Marker(end)) => {
                let ends = line.trim().trim_end_matches(',') == end;
                if ends {
                    self.within = None;
                }
                return ends.then(|| line.to_owned());
            }
            Some(Block::Pem) => {
                if line.contains("-----END") {
                    self.within = None;
                }
                return None;
            }
            Some(Block::Quotes(end)) => {
                if line.contains(end) {
                    self.within = None;
                }
                return None;
            }
            Some(Block::Indent(indent)) => {
                if line.trim().is_empty() || self::indent(line) > *indent {
                    return None;
                }
                self.within = None;
            }
            None => {}
        }
        if line.contains("PRIVATE KEY-----") {
            let ends = line.contains("-----END");
            self.within = (!ends).then_some(Block::Pem);
            return Some(HIDDEN.to_owned());
        }
        if let Some(shown) = self.declaration(line) {
            return Some(shown);
        }
        let begins = line.trim_start();
        self.netrc |= begins.starts_with("machine ") || begins.starts_with("default login ");
        self.netrc |= begins.trim_end() == "default";
        // A password is no name of what stands behind it: the port.
        let line = &*LOGIN.replace_all(line, format!("${{1}}{HIDDEN}@"));
        if let Some(end) = telling_end(line) {
            return Some(self.named(line, end));
        }
        if self.netrc && NETRC.is_match(line) {
            return Some(NETRC.replace_all(line, format!("${{1}}${{2}}{HIDDEN}")).into_owned());
        }
        if REDIS.is_match(line) {
            return Some(REDIS.replace(line, format!("${{1}}{HIDDEN}")).into_owned());
        }
        if let Some(found) = BLANK.captures(line).filter(|_| self.settings) {
            let value = found[4].trim_matches(['"', '\'']);
            let refers = value.starts_with('$') || is_open(value) || is_harmless_value(value);
            // `token expired` is a sentence, and no password that anybody would take is so plain.
            let plain = value == &found[4]
                && value.chars().all(char::is_lowercase)
                && !found[2].to_lowercase().ends_with("password");
            if is_telling(&found[2]) && !refers && !plain {
                return Some(format!("{}{}{}{HIDDEN}{}", &found[1], &found[2], &found[3], &found[5]));
            }
        }
        if PGPASS.is_match(line) {
            return Some(PGPASS.replace(line, format!("${{1}}${{2}}{HIDDEN}${{3}}")).into_owned());
        }
        Some(inline(line))
    }

    /// A line of which the rest belongs to a telling name.
    fn named(&mut self, line: &str, end: usize) -> String {
        let (head, rest) = line.split_at(end);
        let rest = rest.trim();
        let marker = rest.trim_start_matches(['"', '\'']).strip_prefix("<<");
        let opens = matches!(rest, "|" | ">" | "|-" | ">-" | "|+" | ">+" | "[" | "{" | "(");
        let quotes = ["\"\"\"", "'''"].into_iter().find(|quotes| rest.matches(quotes).count() == 1);
        if let Some(marker) = marker {
            let word: String = marker
                .trim_start_matches(['-', '~'])
                .trim_matches(['"', '\''])
                .chars()
                .take_while(|c| c.is_alphanumeric() || "_-".contains(*c))
                .collect();
            if !word.is_empty() {
                self.within = Some(Block::Marker(word));
            }
        } else if let Some(quotes) = quotes {
            self.within = Some(Block::Quotes(quotes));
        } else if rest.is_empty() || opens {
            self.within = Some(Block::Indent(indent(line)));
            if rest.is_empty() {
                return line.to_owned();
            }
        } else if is_open(rest) || is_harmless_value(rest) {
            return inline(line);
        }
        // What stands before the name is looked at like any other text.
        format!("{} {HIDDEN}", inline(head))
    }

    /// A line in the declaration of a variable whose name is telling.
    fn declaration(&mut self, line: &str) -> Option<String> {
        let braces = |line: &str| {
            let count = |c: char| i32::try_from(line.matches(c).count()).unwrap_or(0);
            count('{') - count('}')
        };
        let depth = match self.declared {
            None => {
                let head = VARIABLE.captures(line)?;
                if !is_telling(&head[1]) {
                    return None;
                }
                0
            }
            Some(depth) => depth,
        };
        let depth = depth + braces(line);
        self.declared = (depth > 0).then_some(depth);
        let Some(found) = DEFAULT.find(line) else { return Some(line.to_owned()) };
        let rest = line[found.end()..].trim();
        if rest == "null" || rest.is_empty() {
            return Some(line.to_owned());
        }
        let end = if rest.ends_with('}') && depth <= 0 { " }" } else { "" };
        self.named(line, found.end());
        if matches!(rest.chars().last(), Some('[' | '{' | '(')) {
            // The brackets close in lines that are hidden with it.
            self.declared = (depth > 0).then_some(1);
            self.within = Some(Block::Indent(indent(line)));
        }
        Some(format!("{} {HIDDEN}{end}", &line[..found.end()]))
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A reference to what is a secret, or a place to find it, is none: `${var.password}`, `{{ key "x" }}`.
fn is_open(rest: &str) -> bool {
    let rest = rest.trim_matches(['"', '\'', ',']);
    let whole = |open: &str, close: &str| {
        rest.strip_prefix(open)
            .and_then(|inner| inner.strip_suffix(close))
            .is_some_and(|inner| !inner.contains(open) && !inner.contains(close))
    };
    whole("${", "}") && !rest.contains('"') || whole("{{", "}}")
}

/// What no secret is: a switch, or nothing.
pub(super) fn is_harmless_value(value: &str) -> bool {
    let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']).to_ascii_lowercase();
    matches!(
        value.as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "nil" | "none" | "~"
    )
}

/// Where a line's first telling name ends, with the sign behind it. What only stands in a path to something else names nothing.
fn telling_end(line: &str) -> Option<usize> {
    let mut from = 0;
    line.match_indices(['=', ':']).map(|(at, _)| at).find_map(|at| {
        let before = &line[from..at];
        // `==`, `!=` and `://` assign nothing, `=>` does.
        let after = &line[at + 1..];
        // Parameters of addresses end before the line does.
        let own = before.split_whitespace().filter(|word| !word.contains(['?', '&']));
        let mut names = own.filter_map(|word| word.rsplit(['/', ',', '{']).next());
        from = at + 1;
        let is_login = before.starts_with("//") && !before.contains(char::is_whitespace);
        let is_host = before.rsplit_once("shown)@").is_some_and(|(_, host)| !host.contains([' ', '/']));
        let compares = after.starts_with('=') || before.ends_with(['=', '!', '<', '>']);
        if compares
            || after.starts_with("//")
            || (line[at..].starts_with(':') && (is_login || is_host))
            || before.contains("://") && !before.contains(char::is_whitespace)
        {
            return None;
        }
        let end = at + 1 + usize::from(after.starts_with('>'));
        names.any(|name| is_telling(name.trim_matches(['"', '\'']))).then_some(end)
    })
}

/// A line without a telling name: what gives itself away in it is taken out.
fn inline(line: &str) -> String {
    let line = HANDED.replace_all(line, |found: &Captures<'_>| {
        let (word, value) = (&found[2], &found[4]);
        // What was taken out before stays so.
        if is_flag_value(word, value) && !HIDDEN.starts_with(value) {
            format!("{}{word}{}{HIDDEN}", &found[1], &found[3])
        } else {
            found[0].to_owned()
        }
    });
    let line = programs::mask(&line);
    let line = SSHPASS.replace_all(&line, format!("${{1}}{HIDDEN}"));
    let line = CALLED.replace_all(&line, |found: &Captures<'_>| match is_telling(&found[2]) {
        true if !is_harmless_value(&found[4]) => format!("{}{}{}'{HIDDEN}'", &found[1], &found[2], &found[3]),
        _ => found[0].to_owned(),
    });
    let line = SQL.replace_all(&line, format!("${{1}}${{2}}'{HIDDEN}'"));
    let line = LOGIN.replace_all(&line, format!("${{1}}{HIDDEN}@"));
    let line = PARAMETER.replace_all(&line, |found: &Captures<'_>| match is_telling(&found[2]) {
        true => format!("{}{}={HIDDEN}", &found[1], &found[2]),
        false => found[0].to_owned(),
    });
    if looks_secret(&line.replace(HIDDEN, "")) { HIDDEN.to_owned() } else { line.into_owned() }
}
