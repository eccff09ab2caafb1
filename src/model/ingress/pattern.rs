//! nginx's regular expressions (PCRE) as the new proxies can and cannot have them (RE2).
//!
//! Consul accepts `(?!…)`, Envoy rejects it unsaid, and after the gateway's next start every listener answers 404
//! (`ingress.md §0`); Traefik drops the router. So each expression is read here, and what RE2 lacks is known before
//! anything is written. nginx searches in the path; Envoy wants the whole path to match: the same tree prints both.

mod derive;
mod parse;
mod print;
mod whole;

use std::cell::RefCell;
use std::collections::HashMap;

use regex::Regex;

pub use self::print::escaped;
use self::print::{Dialect, print};
use self::whole::{exceptions, whole};

/// Expressions that are remembered.
const MOST_KEPT: usize = 4096;

/// An expression of RE2's, compiled once; none when it is no good.
#[must_use]
pub fn compiled(source: &str) -> Option<Regex> {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Regex>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|all| {
        if all.len() >= MOST_KEPT {
            all.clear();
        }
        all.entry(source.to_owned()).or_insert_with(|| Regex::new(source).ok()).clone()
    })
}

/// A regular expression of a configuration.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it is written.
    pub source: String,
    /// `~*`
    pub ignore_case: bool,
    root: Node,
    /// What RE2 lacks of it.
    foreign: Option<String>,
    /// Prefixes of paths that a negative look-ahead right after the literal beginning rules out; the tree is without it.
    pub except: Vec<String>,
    matcher: Option<Regex>,
}

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Never,
    Empty,
    Char(char),
    Any,
    /// As RE2 writes it.
    Class(String),
    Start,
    End,
    /// `\b`, `\B`
    Boundary(&'static str),
    Group(Option<Capture>, Box<Node>),
    Alt(Vec<Node>),
    Cat(Vec<Node>),
    Repeat(Box<Node>, u32, Option<u32>, bool),
    /// A negative look-ahead.
    NotAhead(Box<Node>),
}

/// A group whose text is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Capture {
    pub(super) index: usize,
    pub(super) name: Option<String>,
}

/// A part of an expression so simple that what it matches can be told without a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// This text.
    Literal(String),
    /// Anything, kept as the group of this number.
    Rest(usize),
}

impl Pattern {
    /// Reads an expression. Those that were read before are remembered: a configuration is asked thousands of requests.
    ///
    /// # Errors
    /// When PCRE would not take it either: a parenthesis that is not closed, a quantifier of nothing.
    pub fn new(source: &str, ignore_case: bool) -> Result<Self, String> {
        thread_local! {
            static READ: RefCell<HashMap<(String, bool), Result<Pattern, String>>> = RefCell::default();
        }
        let key = (source.to_owned(), ignore_case);
        if let Some(known) = READ.with_borrow(|read| read.get(&key).cloned()) {
            return known;
        }
        let pattern = Self::read(source, ignore_case);
        READ.with_borrow_mut(|read| {
            if read.len() >= MOST_KEPT {
                read.clear();
            }
            read.insert(key, pattern.clone());
        });
        pattern
    }

    fn read(source: &str, ignore_case: bool) -> Result<Self, String> {
        let parsed = parse::parse(source)?;
        let ignore_case = ignore_case || parsed.ignore_case;
        let (root, except) = exceptions(parsed.root);
        let mut pattern = Pattern {
            source: source.to_owned(),
            ignore_case,
            root,
            foreign: parsed.foreign,
            except,
            matcher: None,
        };
        if pattern.foreign.is_none() && pattern.holds_look(&pattern.root) {
            pattern.foreign = Some("look-ahead".to_owned());
        }
        if pattern.foreign.is_none() {
            let text = print(&pattern.root, Dialect::Local);
            let flag = if ignore_case { "(?i)" } else { "" };
            match Regex::new(&format!("{flag}{text}")) {
                Ok(matcher) => pattern.matcher = Some(matcher),
                Err(e) => {
                    let why = e.to_string();
                    let last =
                        why.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                    pattern.foreign = Some(last);
                }
            }
        }
        Ok(pattern)
    }

    fn holds_look(&self, node: &Node) -> bool {
        match node {
            Node::NotAhead(_) => true,
            Node::Group(_, inner) | Node::Repeat(inner, ..) => self.holds_look(inner),
            Node::Alt(all) | Node::Cat(all) => all.iter().any(|n| self.holds_look(n)),
            _ => false,
        }
    }

    /// What the expression has that RE2 lacks, as it is written: no proxy of today's takes it so.
    #[must_use]
    pub fn not_re2(&self) -> Option<String> {
        match (&self.foreign, self.except.is_empty()) {
            (Some(why), _) => Some(why.clone()),
            (None, false) => Some("look-ahead".to_owned()),
            (None, true) => None,
        }
    }

    /// Whether it can be said without what RE2 lacks: prefixes that are ruled out are conditions of their own.
    #[must_use]
    pub fn is_sayable(&self) -> bool {
        self.foreign.is_none()
    }

    /// Whether it is found in a path; none when this program cannot tell.
    #[must_use]
    pub fn finds(&self, path: &str) -> Option<bool> {
        let matcher = self.matcher.as_ref()?;
        Some(matcher.is_match(path) && !self.except.iter().any(|p| path.starts_with(p.as_str())))
    }

    /// What its groups hold, by number and by name, where it is found.
    #[must_use]
    pub fn captures<'t>(&self, path: &'t str) -> Option<regex::Captures<'t>> {
        if self.except.iter().any(|p| path.starts_with(p.as_str())) {
            return None;
        }
        self.matcher.as_ref()?.captures(path)
    }

    /// The names of its groups and their numbers.
    #[must_use]
    pub fn names(&self) -> Vec<(String, usize)> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        matcher.capture_names().enumerate().filter_map(|(i, n)| Some((n?.to_owned(), i))).collect()
    }

    /// Whether it keeps parts of what it matches.
    #[must_use]
    pub fn has_groups(&self) -> bool {
        self.matcher.as_ref().is_some_and(|m| m.captures_len() > 1)
    }

    /// As RE2 searches for it, without its groups.
    #[must_use]
    pub fn searching(&self) -> String {
        format!("{}{}", self.flag(), print(&self.root, Dialect::Plain))
    }

    /// As RE2 searches for it, its groups numbered as they were.
    #[must_use]
    pub fn grouped(&self) -> String {
        format!("{}{}", self.flag(), print(&self.root, Dialect::Grouped))
    }

    fn flag(&self) -> &'static str {
        if self.ignore_case { "(?i)" } else { "" }
    }

    /// As RE2 matches it over the whole path.
    ///
    /// None where that cannot be said: a `^` or `$` in the middle.
    #[must_use]
    pub fn whole(&self) -> Option<String> {
        let node = whole(&self.root)?;
        Some(self.cased(&print(&node, Dialect::Plain)))
    }

    fn cased(&self, text: &str) -> String {
        if self.ignore_case { format!("(?i:{text})") } else { text.to_owned() }
    }

    /// As RE2 matches it over the whole path, for paths with this prefix; none where that cannot be said, an empty text where
    /// no such path matches.
    #[must_use]
    pub fn whole_below(&self, prefix: &str) -> Option<String> {
        let mut node = whole(&self.root)?;
        for c in prefix.chars() {
            node = derive::by(&node, c, self.ignore_case)?;
            if derive::size(&node) > 400 {
                return None;
            }
        }
        Some(match node {
            Node::Never => String::new(),
            // What follows the prefix is one thing, or the prefix would hold for the first choice alone.
            Node::Alt(_) => format!("{}(?:{})", escaped(prefix), self.cased(&print(&node, Dialect::Plain))),
            node => format!("{}{}", escaped(prefix), self.cased(&print(&node, Dialect::Plain))),
        })
    }

    /// Whether any path with this prefix matches; when that cannot be told, it may.
    #[must_use]
    pub fn may_match_below(&self, prefix: &str) -> bool {
        self.whole_below(prefix).is_none_or(|text| !text.is_empty())
    }

    /// The prefix that this expression is in disguise: `^/p/(.*)$`, `^/p/`. The whole rest is in its first group, if in any.
    #[must_use]
    pub fn as_prefix(&self) -> Option<String> {
        let parts = self.parts()?;
        match parts.as_slice() {
            [Part::Literal(prefix), Part::Rest(_)] => Some(prefix.clone()),
            _ => None,
        }
    }

    /// The one path that this expression matches: `^/feed$`.
    #[must_use]
    pub fn as_exact(&self) -> Option<String> {
        match self.parts()?.as_slice() {
            [Part::Literal(path)] => Some(path.clone()),
            _ => None,
        }
    }

    /// The expression as texts and groups that take anything, where it is anchored and holds nothing else.
    #[must_use]
    pub fn parts(&self) -> Option<Vec<Part>> {
        if self.ignore_case || !self.except.is_empty() || self.foreign.is_some() {
            return None;
        }
        let Node::Cat(nodes) = &self.root else { return None };
        let [Node::Start, rest @ ..] = nodes.as_slice() else { return None };
        let mut parts = Vec::new();
        let mut ended = false;
        for node in rest {
            match (node, parts.last_mut()) {
                (Node::Char(c), Some(Part::Literal(text))) => text.push(*c),
                (Node::Char(c), _) => parts.push(Part::Literal(c.to_string())),
                (Node::Group(Some(capture), inner), _) if is_anything(inner) => {
                    parts.push(Part::Rest(capture.index));
                }
                (Node::Group(None, inner), _) if is_anything(inner) => parts.push(Part::Rest(0)),
                (node, _) if is_anything(node) => parts.push(Part::Rest(0)),
                (Node::End, _) => ended = true,
                _ => return None,
            }
        }
        if !ended && !matches!(parts.last(), Some(Part::Rest(_))) {
            parts.push(Part::Rest(0));
        }
        Some(parts)
    }

    /// The text every path it matches begins with.
    #[must_use]
    pub fn literal_beginning(&self) -> String {
        if self.ignore_case {
            return String::new();
        }
        literal_beginning(&self.root)
    }
}

fn literal_beginning(node: &Node) -> String {
    let Node::Cat(nodes) = node else { return String::new() };
    let [Node::Start, rest @ ..] = nodes.as_slice() else { return String::new() };
    rest.iter().map_while(|n| if let Node::Char(c) = n { Some(*c) } else { None }).collect()
}

fn is_anything(node: &Node) -> bool {
    matches!(node, Node::Repeat(inner, 0, None, _) if **inner == Node::Any)
}

fn anything() -> Node {
    Node::Repeat(Box::new(Node::Any), 0, None, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(source: &str) -> Pattern {
        Pattern::new(source, false).unwrap()
    }

    #[test]
    fn a_search_becomes_a_match_of_the_whole_path() {
        let whole = |source: &str| of(source).whole();
        assert_eq!(whole(r"\.(png|jpe?g)$").as_deref(), Some(r".*\.(?:png|jpe?g)"));
        assert_eq!(whole("^/img/.*thumb").as_deref(), Some("/img/.*thumb.*"));
        assert_eq!(whole("^/u/[0-9]{2,4}/").as_deref(), Some("/u/[0-9]{2,4}/.*"));
        assert_eq!(whole("^/a$|b").as_deref(), Some("/a|.*b.*"));
        assert_eq!(whole("^(/a|/b$)"), None, "an anchor in the middle");
        assert_eq!(Pattern::new(r"\.PDF$", true).unwrap().whole().as_deref(), Some(r"(?i:.*\.PDF)"));
    }

    #[test]
    fn below_a_prefix_only_what_is_left_is_asked_for() {
        let below = |source: &str, prefix: &str| of(source).whole_below(prefix).unwrap();
        assert_eq!(below("^/img/.*thumb", "/img/raw/meta/"), "/img/raw/meta/.*thumb.*");
        assert_eq!(below(r"\.(png|jpe?g)$", "/img/raw/meta/"), r"/img/raw/meta/.*\.(?:png|jpe?g)");
        assert_eq!(below("^/u/[0-9]{2,4}/", "/img/"), "");
        // The prefix may hold the beginning of what is searched for.
        let text = below("/admin", "/api/");
        let re = Regex::new(&format!("^(?:{text})$")).unwrap();
        assert!(
            re.is_match("/api/admin") && re.is_match("/api/x/admin/y") && !re.is_match("/api/x"),
            "{text}"
        );
        let text = below("[0-9]+/x", "/a1");
        let re = Regex::new(&format!("^(?:{text})$")).unwrap();
        assert!(re.is_match("/a1/x") && re.is_match("/a12/x") && !re.is_match("/a1x"), "{text}");
    }

    #[test]
    fn what_re2_lacks_is_named() {
        let lacks = |source: &str| of(source).not_re2();
        assert_eq!(lacks(r"^/(?!private).*\.doc$").as_deref(), Some("look-ahead"));
        assert_eq!(of(r"^/(?!private|x(?:y|z)).*\.doc$").except, ["/private", "/xy", "/xz"]);
        assert_eq!(of(r"^/(?!private).*\.doc$").finds("/private/x.doc"), Some(false));
        assert_eq!(of(r"^/(?!private).*\.doc$").finds("/p.doc"), Some(true));
        for source in [
            r"(a)\1",
            "a(?=b)",
            "(?<=a)b",
            "(?<!a)b",
            "a++",
            "(?>a)b",
            r"a\Kb",
            "(?R)",
            "a{1001}",
            "(?(1)a|b)",
            "x(?!a.*)",
        ] {
            assert!(lacks(source).is_some(), "{source}");
            assert_eq!(of(source).finds("/a"), None, "{source}");
        }
        for source in
            ["^/(?<n>[a-z]+)$", "[[:alpha:]]", r"[\w-]+\.js$", "(?i)a", "a{2,}", "[][a]", r"\bfoo", "[a&&b]"]
        {
            assert_eq!(lacks(source), None, "{source}");
        }
        assert!(Pattern::new("(a", false).is_err() && Pattern::new("a)", false).is_err());
        assert!(Pattern::new("*a", false).is_err() && Pattern::new("[a", false).is_err());
    }

    #[test]
    fn a_prefix_in_disguise_is_known() {
        assert_eq!(of("^/noargs/(.*)$").as_prefix().as_deref(), Some("/noargs/"));
        assert_eq!(of("^/a").as_prefix().as_deref(), Some("/a"));
        assert_eq!(of(r"^/a\.b(.*)").as_prefix().as_deref(), Some("/a.b"));
        assert_eq!(of("^/a$").as_prefix(), None);
        assert_eq!(of("^/a/(.+)$").as_prefix(), None, "something must follow");
        assert_eq!(of("/a").as_prefix(), None);
        assert_eq!(of(r"^/tenant/(\w+)/(.*)$").as_prefix(), None);
        assert_eq!(
            of(r"^/docs/(.*)\.htm$").parts().unwrap(),
            [Part::Literal("/docs/".into()), Part::Rest(1), Part::Literal(".htm".into())]
        );
    }
}
