//! Where a job file calls a function that looks at the file system, and what those calls depend on.
//!
//! The cluster refuses these functions, so their results are put in their place. What an argument is worth only the cluster
//! can say when it is more than a text: [`Call::question`] is the expression that asks for it. A call inside of a `for` or
//! of a `dynamic` block has one argument per round, so it becomes a look-up among the results.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ForExpr, FuncCall, Traversal, TraversalOperator};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::ForDirective;
use hcl_edit::visit::{self, Visit};

/// A function that looks at the file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Function {
    /// The absolute form of a path.
    Abspath,
    /// The last part of a path.
    Basename,
    /// All of a path but its last part.
    Dirname,
    /// The contents of a file.
    File,
    /// The contents of a file in base64.
    Filebase64,
    /// Whether there is a file.
    Fileexists,
    /// The files below a folder that fit a pattern.
    Fileset,
    /// A path with `~` as the home folder.
    Pathexpand,
}

impl Function {
    /// All of them.
    pub const ALL: [Function; 8] = [
        Function::Abspath,
        Function::Basename,
        Function::Dirname,
        Function::File,
        Function::Filebase64,
        Function::Fileexists,
        Function::Fileset,
        Function::Pathexpand,
    ];

    /// The function of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Function::Abspath => "abspath",
            Function::Basename => "basename",
            Function::Dirname => "dirname",
            Function::File => "file",
            Function::Filebase64 => "filebase64",
            Function::Fileexists => "fileexists",
            Function::Fileset => "fileset",
            Function::Pathexpand => "pathexpand",
        }
    }

    /// How many arguments it takes.
    #[must_use]
    pub fn arity(self) -> usize {
        if self == Function::Fileset { 2 } else { 1 }
    }
}

/// What gives names inside of a call's arguments a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// A `for`: of its key, if it has one, and its value, over a collection, as far as a condition holds.
    For {
        /// The name of the key.
        key: Option<String>,
        /// The name of the value.
        value: String,
        /// Where the collection stands.
        collection: Range<usize>,
        /// Where the condition stands.
        cond: Option<Range<usize>>,
    },
    /// A `dynamic` block's iterator over a collection.
    Dynamic {
        /// Its name.
        iterator: String,
        /// Where the collection stands.
        collection: Range<usize>,
    },
}

impl Binding {
    fn collection(&self) -> &Range<usize> {
        match self {
            Binding::For { collection, .. } | Binding::Dynamic { collection, .. } => collection,
        }
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The function.
    pub function: Function,
    /// Where it stands.
    pub range: Range<usize>,
    /// Where its arguments stand.
    pub args: Vec<Range<usize>>,
    /// Its arguments, when all of them are plain texts.
    pub plain: Option<Vec<String>>,
    /// What gives names in its arguments a meaning, the outermost first.
    pub bindings: Vec<Binding>,
    /// The locals its arguments and bindings name.
    locals: BTreeSet<String>,
}

/// A job file's calls, and what of it the cluster needs to know to evaluate their arguments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calls {
    /// The calls, outer ones after those in their arguments.
    pub all: Vec<Call>,
    /// Where `variable` and `variables` blocks stand.
    variables: Vec<Range<usize>>,
    /// Each local: its name, where it stands, the locals it names.
    locals: Vec<(String, Range<usize>, BTreeSet<String>)>,
}

impl Calls {
    /// Finds the calls of a parsed text.
    #[must_use]
    pub fn of(body: &Body) -> Self {
        let mut finder = Finder::default();
        finder.visit_body(body);
        finder.found
    }

    /// The calls whose arguments can be evaluated now: those that hold no other call and name no local that holds one.
    #[must_use]
    pub fn ready(&self) -> Vec<&Call> {
        let pending = self.pending_locals();
        let holds_another = |call: &Call| {
            let within = |range: &Range<usize>| {
                let inside = |c: &Call| {
                    c.range != call.range && range.start <= c.range.start && c.range.end <= range.end
                };
                self.all.iter().any(inside)
            };
            call.args.iter().any(within) || call.bindings.iter().any(|b| within(b.collection()))
        };
        self.all.iter().filter(|c| !holds_another(c) && c.locals.is_disjoint(&pending)).collect()
    }

    /// Locals that hold a call, or name one that does.
    fn pending_locals(&self) -> BTreeSet<String> {
        let holds = |range: &Range<usize>| {
            self.all.iter().any(|c| range.start <= c.range.start && c.range.end <= range.end)
        };
        let mut pending: BTreeSet<String> =
            self.locals.iter().filter(|(_, range, _)| holds(range)).map(|(name, ..)| name.clone()).collect();
        loop {
            let more: Vec<String> = self
                .locals
                .iter()
                .filter(|(name, _, names)| !pending.contains(name) && !names.is_disjoint(&pending))
                .map(|(name, ..)| name.clone())
                .collect();
            if more.is_empty() {
                return pending;
            }
            pending.extend(more);
        }
    }

    /// A job file without a job's work that has the cluster evaluate expressions: the answer's `Meta` holds their values as
    /// JSON, under `q0`, `q1` and so on. It has the text's own variables and those of its locals that can be evaluated.
    #[must_use]
    pub fn questionnaire(&self, text: &str, questions: &[String]) -> String {
        let pending = self.pending_locals();
        let mut out = String::new();
        for range in &self.variables {
            out.push_str(&text[range.clone()]);
            out.push('\n');
        }
        out.push_str("locals {\n");
        for (_, range, _) in self.locals.iter().filter(|(name, ..)| !pending.contains(name)) {
            out.push_str(&text[range.clone()]);
            out.push('\n');
        }
        out.push_str("}\njob \"arguments\" {\n  meta {\n");
        for (i, question) in questions.iter().enumerate() {
            out.push_str(&format!("    q{i} = jsonencode({question})\n"));
        }
        out.push_str("  }\n  group \"g\" {\n    task \"t\" {\n      driver = \"none\"\n    }\n  }\n}\n");
        out
    }
}

impl Call {
    /// The expression that asks for the arguments: a list of them, inside of one list per binding.
    #[must_use]
    pub fn question(&self, text: &str) -> String {
        let args: Vec<&str> = self.args.iter().map(|r| &text[r.clone()]).collect();
        let mut question = format!("[{}]", args.join(", "));
        for binding in self.bindings.iter().rev() {
            let collection = &text[binding.collection().clone()];
            question = match binding {
                Binding::For { key, value, cond, .. } => {
                    let names = key.as_ref().map_or_else(|| value.clone(), |k| format!("{k}, {value}"));
                    let cond = cond.as_ref().map(|c| format!(" if {}", &text[c.clone()])).unwrap_or_default();
                    format!("[for {names} in {collection} : {question}{cond}]")
                }
                Binding::Dynamic { iterator, .. } => format!(
                    "[for {iterator} in [for fleet_k, fleet_v in {collection} : {{ key = fleet_k, value = fleet_v }}] : {question}]"
                ),
            };
        }
        question
    }

    /// What stands in the place of the call: its only result, or a look-up of the arguments among the results.
    #[must_use]
    pub fn replacement(&self, text: &str, results: &[(Vec<String>, String)]) -> String {
        if let (true, [(_, only)]) = (self.bindings.is_empty(), results) {
            return only.clone();
        }
        let key = |args: &[String]| super::quoted(&args.join("\n"));
        let rows: Vec<String> =
            results.iter().map(|(args, result)| format!("{} = {result}", key(args))).collect();
        let args: Vec<String> = self.args.iter().map(|r| format!("${{{}}}", &text[r.clone()])).collect();
        format!("{{ {} }}[\"{}\"]", rows.join(", "), args.join("\\n"))
    }
}

/// Walks a syntax tree, keeping in mind what gives names a meaning.
#[derive(Default)]
struct Finder {
    found: Calls,
    /// Each with the locals it names.
    bindings: Vec<(Binding, BTreeSet<String>)>,
    depth: usize,
}

impl Finder {
    fn within(&mut self, binding: Option<(Binding, BTreeSet<String>)>, visit: impl FnOnce(&mut Self)) {
        let bound = binding.is_some();
        self.bindings.extend(binding);
        visit(self);
        if bound {
            self.bindings.pop();
        }
    }

    /// A dynamic block's `content` and `labels` know its iterator.
    fn dynamic(&mut self, block: &Block) {
        let attribute = |name: &str| block.body.get_attribute(name);
        let iterator = match attribute("iterator").map(|a| &a.value) {
            Some(Expression::Variable(name)) => Some(name.as_str().to_owned()),
            _ => block.labels.first().map(|l| l.as_str().to_owned()),
        };
        let names = attribute("for_each").map(|a| Names::of([&a.value])).unwrap_or_default();
        let collection = attribute("for_each").and_then(|a| a.value.span());
        let binding = iterator.zip(collection);
        let binding =
            binding.map(|(iterator, collection)| (Binding::Dynamic { iterator, collection }, names));
        for attribute in block.body.attributes() {
            let names_it = attribute.key.as_str() == "labels";
            self.within(binding.clone().filter(|_| names_it), |f| f.visit_attr(attribute));
        }
        for inner in block.body.blocks() {
            self.within(binding.clone(), |f| f.visit_block(inner));
        }
    }
}

impl Visit for Finder {
    fn visit_block(&mut self, block: &Block) {
        let outermost = self.depth == 0;
        self.depth += 1;
        match block.ident.as_str() {
            "variable" | "variables" if outermost => self.found.variables.extend(block.span()),
            "locals" if outermost => self.found.locals.extend(block.body.attributes().filter_map(local)),
            _ => {}
        }
        if block.ident.as_str() == "dynamic" {
            self.dynamic(block);
        } else {
            visit::visit_block(self, block);
        }
        self.depth -= 1;
    }

    fn visit_for_expr(&mut self, node: &ForExpr) {
        let collection = &node.intro.collection_expr;
        self.visit_expr(collection);
        let bound = |cond: Option<&Expression>| {
            let names = Names::of(std::iter::once(collection).chain(cond));
            let binding = Binding::For {
                key: node.intro.key_var.as_ref().map(|k| k.as_str().to_owned()),
                value: node.intro.value_var.as_str().to_owned(),
                collection: collection.span()?,
                cond: cond.and_then(hcl_edit::Span::span),
            };
            Some((binding, names))
        };
        let cond = node.cond.as_ref().map(|c| &c.expr);
        let before = self.found.all.len();
        if let Some(cond) = cond {
            self.within(bound(None), |f| f.visit_expr(cond));
        }
        // A condition that holds a call itself cannot be asked along.
        let cond = cond.filter(|_| self.found.all.len() == before);
        self.within(bound(cond), |f| {
            if let Some(key) = &node.key_expr {
                f.visit_expr(key);
            }
            f.visit_expr(&node.value_expr);
        });
    }

    fn visit_for_directive(&mut self, node: &ForDirective) {
        self.visit_expr(&node.for_expr.collection_expr);
        let names = Names::of([&node.for_expr.collection_expr]);
        let binding = node.for_expr.collection_expr.span().map(|collection| {
            let binding = Binding::For {
                key: node.for_expr.key_var.as_ref().map(|k| k.as_str().to_owned()),
                value: node.for_expr.value_var.as_str().to_owned(),
                collection,
                cond: None,
            };
            (binding, names)
        });
        self.within(binding, |f| f.visit_template(&node.for_expr.template));
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        visit::visit_func_call(self, node);
        let function = Function::named(node.name.name.as_str()).filter(|_| !node.name.is_namespaced());
        let spans: Option<Vec<Range<usize>>> = node.args.iter().map(hcl_edit::Span::span).collect();
        let (Some(function), Some(range), Some(args)) = (function, node.span(), spans) else { return };
        // A wrong number of arguments is for the cluster to tell.
        if args.len() != function.arity() || node.args.expand_final() {
            return;
        }
        let mut locals = Names::of(node.args.iter());
        locals.extend(self.bindings.iter().flat_map(|(_, names)| names.clone()));
        let plain = node.args.iter().map(|a| a.as_str().map(str::to_owned)).collect();
        let bindings = self.bindings.iter().map(|(binding, _)| binding.clone()).collect();
        self.found.all.push(Call { function, range, args, plain, bindings, locals });
    }
}

fn local(attribute: &Attribute) -> Option<(String, Range<usize>, BTreeSet<String>)> {
    let (key, value) = (attribute.key.span()?, attribute.value.span()?);
    Some((attribute.key.as_str().to_owned(), key.start..value.end, Names::of([&attribute.value])))
}

/// The locals an expression names.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn of<'a>(expressions: impl IntoIterator<Item = &'a Expression>) -> BTreeSet<String> {
        let mut names = Names::default();
        expressions.into_iter().for_each(|e| names.visit_expr(e));
        names.0
    }
}

impl Visit for Names {
    fn visit_traversal(&mut self, node: &Traversal) {
        let first = node.operators.first().map(hcl_edit::Decorated::value);
        if let (Expression::Variable(root), Some(TraversalOperator::GetAttr(name))) = (&node.expr, first)
            && root.as_str() == "local"
        {
            self.0.insert(name.as_str().to_owned());
        }
        visit::visit_traversal(self, node);
    }
}
