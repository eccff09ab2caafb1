//! A small parser of expression grammars that fails as the generated parser of Nomad's filter library does.
//!
//! Operators see its error texts (`1:8 (7): no match found, expected: "!=", …`): what was expected at the farthest
//! position reached, inside which rule, and the same bound on the work, which nested parentheses reach soon.

/// The most steps a parse may take.
const MAX_STEPS: u32 = 2_000_000;

/// The deepest nesting of grammar nodes: far beyond any filter that is written, and safe for a thread's stack.
const MAX_DEPTH: u32 = 2_000;

/// A node of a grammar.
pub(super) enum Node {
    /// Marks what was matched, to be found in the tree.
    Action(&'static str, Box<Node>),
    Sequence(Vec<Node>),
    Choice(Vec<Node>),
    /// Names a part of an action.
    Label(&'static str, Box<Node>),
    /// Another rule, by index.
    Rule(usize),
    Literal(&'static str),
    /// One character, and the class as it is written in errors.
    Class(&'static str, fn(char) -> bool),
    /// Any character.
    Any,
    /// Succeeds where the node does, without consuming.
    Ahead(Box<Node>),
    /// Succeeds where the node does not, without consuming.
    NotAhead(Box<Node>),
    /// Reports an error and fails.
    Fail(&'static str),
    ZeroOrMore(Box<Node>),
    OneOrMore(Box<Node>),
    Optional(Box<Node>),
}

/// A rule and its name as errors show it.
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) node: Node,
}

/// What was matched.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    /// Text without marks.
    Plain,
    List(Vec<Tree>),
    Label(&'static str, Box<Tree>),
    Action {
        name: &'static str,
        text: (usize, usize),
        inner: Box<Tree>,
    },
}

impl Tree {
    /// The part of this action with that label.
    pub(super) fn part(&self, label: &str) -> Option<&Tree> {
        match self {
            Tree::Plain | Tree::Action { .. } => None,
            Tree::List(list) => list.iter().find_map(|tree| tree.part(label)),
            Tree::Label(name, inner) if *name == label => Some(inner),
            Tree::Label(_, inner) => inner.part(label),
        }
    }

    /// The actions in it, outermost only.
    pub(super) fn actions(&self) -> Vec<&Tree> {
        match self {
            Tree::Plain => Vec::new(),
            Tree::Action { .. } => vec![self],
            Tree::List(list) => list.iter().flat_map(Tree::actions).collect(),
            Tree::Label(_, inner) => inner.actions(),
        }
    }
}

/// What an action makes of its text may be an error.
pub(super) type Check = fn(action: &str, text: &str) -> Result<(), &'static str>;

/// Matches the whole grammar, from its first rule.
///
/// # Errors
/// All errors, one a line, in the library's words.
pub(super) fn parse(rules: &[Rule], check: Check, text: &str) -> Result<Tree, String> {
    let mut run = Run {
        rules,
        check,
        text,
        at: 0,
        steps: 0,
        depth: 0,
        inverted: false,
        farthest: 0,
        expected: Vec::new(),
        within: Vec::new(),
        errors: Vec::new(),
    };
    let tree = match run.rule(0) {
        Ok(tree) => tree,
        Err(Exhausted) => {
            run.report("max number of expressions parsed");
            None
        }
    };
    if tree.is_none() && run.errors.is_empty() {
        run.report_expected();
    }
    match tree {
        Some(tree) if run.errors.is_empty() => Ok(tree),
        _ => Err(run.errors.join("\n")),
    }
}

/// The bound on the work was reached.
struct Exhausted;

struct Run<'a> {
    rules: &'a [Rule],
    check: Check,
    text: &'a str,
    at: usize,
    steps: u32,
    depth: u32,
    /// Inside a negation what matches is what was not expected.
    inverted: bool,
    farthest: usize,
    expected: Vec<String>,
    /// The rules being matched.
    within: Vec<&'static str>,
    errors: Vec<String>,
}

impl Run<'_> {
    fn rule(&mut self, index: usize) -> Result<Option<Tree>, Exhausted> {
        let rules = self.rules;
        self.within.push(rules[index].name);
        let tree = self.node(&rules[index].node)?;
        self.within.pop();
        Ok(tree)
    }

    fn node(&mut self, node: &Node) -> Result<Option<Tree>, Exhausted> {
        self.steps += 1;
        self.depth += 1;
        if self.steps > MAX_STEPS || self.depth > MAX_DEPTH {
            return Err(Exhausted);
        }
        let tree = match node {
            Node::Action(name, inner) => self.action(name, inner),
            Node::Sequence(nodes) => self.sequence(nodes),
            Node::Choice(nodes) => self.choice(nodes),
            Node::Label(name, inner) => self.label(name, inner),
            Node::Rule(index) => self.rule(*index),
            Node::Literal(literal) => Ok(self.literal(literal)),
            Node::Class(written, holds) => Ok(self.character(written, *holds)),
            Node::Any => Ok(self.character(".", |_| true)),
            Node::Ahead(inner) => self.ahead(inner),
            Node::NotAhead(inner) => self.not_ahead(inner),
            Node::Fail(message) => {
                self.report(message);
                Ok(None)
            }
            Node::ZeroOrMore(inner) => self.repeat(inner).map(|list| Some(Tree::List(list))),
            Node::OneOrMore(inner) => {
                self.repeat(inner).map(|list| (!list.is_empty()).then_some(Tree::List(list)))
            }
            Node::Optional(inner) => self.node(inner).map(|tree| Some(tree.unwrap_or(Tree::Plain))),
        };
        self.depth -= 1;
        tree
    }

    fn action(&mut self, name: &'static str, inner: &Node) -> Result<Option<Tree>, Exhausted> {
        let start = self.at;
        let Some(tree) = self.node(inner)? else { return Ok(None) };
        if let Err(message) = (self.check)(name, &self.text[start..self.at]) {
            self.report_at(message, start);
        }
        Ok(Some(Tree::Action { name, text: (start, self.at), inner: Box::new(tree) }))
    }

    fn choice(&mut self, nodes: &[Node]) -> Result<Option<Tree>, Exhausted> {
        for node in nodes {
            let found = self.node(node)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn label(&mut self, name: &'static str, inner: &Node) -> Result<Option<Tree>, Exhausted> {
        Ok(self.node(inner)?.map(|tree| Tree::Label(name, Box::new(tree))))
    }

    fn ahead(&mut self, inner: &Node) -> Result<Option<Tree>, Exhausted> {
        let start = self.at;
        let found = self.node(inner)?;
        self.at = start;
        Ok(found.map(|_| Tree::Plain))
    }

    fn not_ahead(&mut self, inner: &Node) -> Result<Option<Tree>, Exhausted> {
        let start = self.at;
        self.inverted = !self.inverted;
        let found = self.node(inner)?;
        self.inverted = !self.inverted;
        self.at = start;
        Ok(found.is_none().then_some(Tree::Plain))
    }

    fn sequence(&mut self, nodes: &[Node]) -> Result<Option<Tree>, Exhausted> {
        let start = self.at;
        let mut list = Vec::with_capacity(nodes.len());
        for node in nodes {
            let Some(tree) = self.node(node)? else {
                self.at = start;
                return Ok(None);
            };
            if !matches!(tree, Tree::Plain) {
                list.push(tree);
            }
        }
        Ok(Some(Tree::List(list)))
    }

    fn repeat(&mut self, node: &Node) -> Result<Vec<Tree>, Exhausted> {
        let mut list = Vec::new();
        while let Some(tree) = self.node(node)? {
            list.push(tree);
        }
        Ok(list)
    }

    fn literal(&mut self, literal: &str) -> Option<Tree> {
        let found = self.text[self.at..].starts_with(literal);
        self.note(found, self.at, || format!("\"{}\"", literal.escape_debug()));
        found.then(|| {
            self.at += literal.len();
            Tree::Plain
        })
    }

    fn character(&mut self, written: &str, holds: fn(char) -> bool) -> Option<Tree> {
        let next = self.text[self.at..].chars().next().filter(|c| holds(*c));
        self.note(next.is_some(), self.at, || written.to_owned());
        next.map(|c| {
            self.at += c.len_utf8();
            Tree::Plain
        })
    }

    /// Remembers what was expected at the farthest position.
    fn note(&mut self, matched: bool, at: usize, wanted: impl FnOnce() -> String) {
        if matched != self.inverted || at < self.farthest {
            return;
        }
        if at > self.farthest {
            self.farthest = at;
            self.expected.clear();
        }
        let not = if self.inverted { "!" } else { "" };
        let wanted = format!("{not}{}", wanted());
        if !self.expected.contains(&wanted) {
            self.expected.push(wanted);
        }
    }

    fn report(&mut self, message: &str) {
        self.report_at(message, self.at);
    }

    fn report_at(&mut self, message: &str, at: usize) {
        let rule = self.within.last().map(|rule| format!(": rule {rule}")).unwrap_or_default();
        let error = format!("{}{rule}: {message}", self.position(at));
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    fn report_expected(&mut self) {
        let mut expected = std::mem::take(&mut self.expected);
        let end = expected.iter().position(|e| e == "!.").map(|at| expected.remove(at));
        expected.sort_unstable();
        expected.extend(end.map(|_| "EOF".to_owned()));
        let list = match expected.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        };
        self.errors.push(format!("{}: no match found, expected: {list}", self.position(self.farthest)));
    }

    /// Line, column and offset; a line break stands in column 0 of the line it begins.
    fn position(&self, at: usize) -> String {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        if self.text[at..].starts_with('\n') {
            format!("{}:0 ({at})", line + 1)
        } else {
            format!("{line}:{column} ({at})")
        }
    }
}
