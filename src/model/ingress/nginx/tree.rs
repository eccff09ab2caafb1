//! A configuration as a tree of directives, with the files it is included from.

use std::collections::BTreeMap;

use super::lexer::{SyntaxError, Token, Word, lex};
use super::template;

/// A directive in its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub usize);

/// A directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its name; in the body of a `map` and its like, the key.
    pub name: String,
    /// Its arguments.
    pub args: Vec<Word>,
    /// Index into [`Config::files`].
    pub file: usize,
    /// One-based.
    pub line: u32,
    /// The block it stands in; none at the top of its file's main configuration.
    pub parent: Option<Id>,
    /// What stands in its block, in order. What a file adds stands after the `include` that names it.
    pub children: Vec<Id>,
    /// Whether it has a block.
    pub block: bool,
}

impl Directive {
    /// An argument as nginx reads it, or nothing.
    #[must_use]
    pub fn arg(&self, at: usize) -> &str {
        self.args.get(at).map_or("", |w| w.text.as_str())
    }

    /// The arguments as nginx reads them.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.args.iter().map(|w| w.text.as_str())
    }

    /// The directive in one line, as an operator would write it.
    #[must_use]
    pub fn shown(&self) -> String {
        let quoted =
            |w: &Word| if w.quoted || w.raw.is_empty() { format!("\"{}\"", w.raw) } else { w.raw.clone() };
        let words = std::iter::once(self.name.clone()).chain(self.args.iter().map(quoted));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// A file of a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// As it is told: below the folder of the main file where it lies there.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A whole configuration, its includes in place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// The files, the main ones among them.
    pub files: Vec<SourceFile>,
    /// The directives, each before what stands in its block.
    pub all: Vec<Directive>,
    /// Those at the top.
    pub top: Vec<Id>,
    /// Includes that matched no file.
    pub empty_includes: Vec<Id>,
}

/// Why a configuration cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file as it is told.
    pub file: String,
    /// One-based; none where the whole file is meant.
    pub line: Option<u32>,
    /// The line itself.
    pub source: Option<String>,
    /// A lowercase sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Where files come from: a disk, or the dump of a running nginx.
pub trait Files {
    /// The text of a file.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn read(&self, path: &str) -> Result<String, String>;

    /// The files a pattern names, in order; a path without wildcards names itself, whether there is one or not.
    ///
    /// # Errors
    /// Why the folder cannot be listed, or the pattern is no good.
    fn matching(&self, pattern: &str) -> Result<Vec<String>, String>;
}

/// What `nginx -T` prints: every file after a line that names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dump {
    /// The main file.
    pub main: String,
    files: BTreeMap<String, String>,
}

const DUMP_MARK: &str = "# configuration file ";

impl Dump {
    /// Reads a dump; none when the text is no dump.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let name = |line: &str| Some(line.strip_prefix(DUMP_MARK)?.trim_end().strip_suffix(':')?.to_owned());
        let mut dump = Dump::default();
        let mut current: Option<String> = None;
        for line in text.split_inclusive('\n') {
            if let Some(path) = name(line) {
                if dump.main.is_empty() {
                    dump.main.clone_from(&path);
                }
                dump.files.insert(path.clone(), String::new());
                current = Some(path);
            } else if let Some(file) = current.as_ref().and_then(|path| dump.files.get_mut(path)) {
                file.push_str(line);
            }
        }
        (!dump.main.is_empty()).then_some(dump)
    }
}

impl Files for Dump {
    fn read(&self, path: &str) -> Result<String, String> {
        self.files.get(path).cloned().ok_or_else(|| "it is not in the dump".to_owned())
    }

    fn matching(&self, pattern: &str) -> Result<Vec<String>, String> {
        if !has_wildcards(pattern) {
            return Ok(vec![pattern.to_owned()]);
        }
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        let glob = glob.map_err(|e| e.to_string())?.compile_matcher();
        Ok(self.files.keys().filter(|path| glob.is_match(path)).cloned().collect())
    }
}

/// Whether a path is a pattern.
#[must_use]
pub fn has_wildcards(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// Files may include each other this deep; nginx itself has no limit and dies of a cycle.
const DEPTH: usize = 24;
/// More directives than any configuration of people has.
const MOST: usize = 500_000;

/// Blocks within blocks, in one file.
const MOST_NESTED: usize = 64;

/// Whether the body of a block holds keys and values instead of directives.
#[must_use]
pub fn holds_entries(name: &str) -> bool {
    matches!(name, "map" | "geo" | "types" | "split_clients" | "charset_map" | "match")
}

struct Loader<'a> {
    files: &'a dyn Files,
    /// The folder of the main file: what an include is relative to.
    root: String,
    config: Config,
    /// The files that are being read, the innermost last.
    open: Vec<String>,
}

impl Config {
    /// Reads a configuration and what it includes. Several main files stand beside each other, each with includes of its own.
    ///
    /// # Errors
    /// A file that cannot be read, is a template, or is no configuration, with its line.
    pub fn load(files: &dyn Files, mains: &[String]) -> Result<Self, ConfigError> {
        let mut config = Config::default();
        for main in mains {
            let root = main.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
            let mut loader = Loader { files, root, config, open: Vec::new() };
            loader.file(main, None, None)?;
            config = loader.config;
        }
        config.no_twins()?;
        Ok(config)
    }

    /// nginx takes a path, or the name of an upstream, once: with two of them it does not start.
    fn no_twins(&self) -> Result<(), ConfigError> {
        let blocks = self.all.iter().map(|d| &d.children).chain([&self.top]);
        for children in blocks {
            let mut seen: BTreeMap<String, Id> = BTreeMap::new();
            for id in children {
                let Some(key) = self.only_once(*id) else { continue };
                let Some(first) = seen.insert(key, *id) else { continue };
                let directive = self.get(*id);
                let file = &self.files[directive.file];
                let line = file.text.lines().nth(directive.line.saturating_sub(1) as usize);
                return Err(ConfigError {
                    file: file.name.clone(),
                    line: Some(directive.line),
                    source: line.map(|l| l.trim_end().to_owned()),
                    message: format!(
                        "duplicate {}: it is there at {} already",
                        directive.shown(),
                        self.place(first)
                    ),
                    hint: None,
                });
            }
        }
        Ok(())
    }

    /// What a block may have once only; none for what it may repeat, expressions among it.
    fn only_once(&self, id: Id) -> Option<String> {
        let directive = self.get(id);
        if !directive.block {
            return None;
        }
        match (directive.name.as_str(), directive.arg(0), directive.arg(1)) {
            ("upstream", name, "") => Some(format!("upstream {}", name.to_ascii_lowercase())),
            ("location", "=", path) => Some(format!("= {path}")),
            ("location", "^~", path) => Some(path.to_owned()),
            ("location", path, "") => match path.strip_prefix("^~") {
                Some(path) => Some(path.to_owned()),
                None if path.starts_with('~') => None,
                None => Some(path.strip_prefix('=').map_or_else(|| path.to_owned(), |p| format!("= {p}"))),
            },
            _ => None,
        }
    }

    /// A configuration of one text.
    ///
    /// # Errors
    /// As [`Config::load`]; whatever it includes is not there.
    pub fn of_text(name: &str, text: &str) -> Result<Self, ConfigError> {
        let mut dump = Dump { main: name.to_owned(), ..Dump::default() };
        dump.files.insert(name.to_owned(), text.to_owned());
        Self::load(&dump, &[name.to_owned()])
    }

    /// A directive.
    #[must_use]
    pub fn get(&self, id: Id) -> &Directive {
        &self.all[id.0]
    }

    /// What stands in a block; at the top where none is named.
    #[must_use]
    pub fn inside(&self, block: Option<Id>) -> &[Id] {
        block.map_or(&self.top, |id| &self.get(id).children)
    }

    /// The directives of a name in a block.
    pub fn named<'a>(&'a self, block: Option<Id>, name: &'a str) -> impl Iterator<Item = Id> + 'a {
        self.inside(block).iter().copied().filter(move |id| self.get(*id).name == name)
    }

    /// A block and those around it, the innermost first.
    pub fn levels(&self, from: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(Some(from), |id| self.get(*id).parent)
    }

    /// Whether a directive stands below a block of this name, itself not counted.
    #[must_use]
    pub fn is_within(&self, id: Id, name: &str) -> bool {
        self.levels(id).skip(1).any(|level| self.get(level).name == name)
    }

    /// The directives of a name that are in force in a block: those of the innermost level that has any. Lists are replaced
    /// by a lower level, never merged (`ingress.md §B`).
    #[must_use]
    pub fn in_force(&self, block: Id, name: &str) -> Vec<Id> {
        let mut found = self.levels(block).map(|level| self.named(Some(level), name).collect::<Vec<_>>());
        let found = found.find(|ids| !ids.is_empty());
        found.unwrap_or_else(|| self.named(None, name).collect())
    }

    /// The one directive of a name that is in force in a block.
    #[must_use]
    pub fn setting(&self, block: Id, name: &str) -> Option<&Directive> {
        self.in_force(block, name).last().map(|id| self.get(*id))
    }

    /// `file:line`.
    #[must_use]
    pub fn place(&self, id: Id) -> String {
        let directive = self.get(id);
        format!("{}:{}", self.files[directive.file].name, directive.line)
    }
}

impl Loader<'_> {
    fn file(&mut self, path: &str, parent: Option<Id>, from: Option<Id>) -> Result<(), ConfigError> {
        let name = path.strip_prefix(&format!("{}/", self.root)).unwrap_or(path).to_owned();
        let whole = |message: String| ConfigError {
            file: name.clone(),
            line: None,
            source: None,
            message,
            hint: None,
        };
        if self.open.iter().any(|open| open == path) {
            return Err(whole(format!("the file includes itself ({})", self.open.join(" → "))));
        }
        if self.open.len() >= DEPTH {
            return Err(whole(format!("files include each other more than {DEPTH} deep")));
        }
        let text = self.files.read(path).map_err(|why| {
            let by = from.map(|id| format!(", included at {}", self.config.place(id))).unwrap_or_default();
            whole(format!("could not read the file{by}: {why}"))
        })?;
        let at = self.config.files.len();
        self.config.files.push(SourceFile { name, text: text.clone() });
        if let Some(found) = template::mark(&text) {
            let message = format!("this is a template, not a configuration: {} ({})", found.mark, found.kind);
            let mut error = self.error(at, SyntaxError { line: found.line, message });
            error.hint = Some(
                "render it first: give the rendered file, or what `nginx -T` prints where nginx runs \
                 (`fleet exec JOB -- nginx -T > nginx.dump`)"
                    .to_owned(),
            );
            return Err(error);
        }
        self.open.push(path.to_owned());
        let tokens = lex(&text).map_err(|e| self.error(at, e))?;
        let entries = parent.is_some_and(|id| holds_entries(&self.config.get(id).name));
        self.tokens(at, tokens, parent, entries)?;
        self.open.pop();
        Ok(())
    }

    fn error(&self, file: usize, e: SyntaxError) -> ConfigError {
        let source = &self.config.files[file];
        let line = source.text.lines().nth(e.line.saturating_sub(1) as usize);
        ConfigError {
            file: source.name.clone(),
            line: Some(e.line),
            source: line.map(|l| l.trim_end().to_owned()),
            message: e.message,
            hint: None,
        }
    }

    fn tokens(
        &mut self,
        file: usize,
        tokens: Vec<(Token, u32)>,
        parent: Option<Id>,
        entries: bool,
    ) -> Result<(), ConfigError> {
        let mut words: Vec<Word> = Vec::new();
        // The blocks that are open in this file, and whether their bodies hold entries.
        let mut open: Vec<(Id, bool)> = Vec::new();
        let mut last = 1;
        for (token, line) in tokens {
            last = line;
            let (block, in_entries) = open.last().map_or((parent, entries), |(id, e)| (Some(*id), *e));
            let fail =
                |loader: &Self, message: String| Err(loader.error(file, SyntaxError { line, message }));
            match token {
                Token::Word(word) => words.push(word),
                Token::End | Token::Open if words.is_empty() => {
                    let what = if token == Token::End { ";" } else { "{" };
                    return fail(self, format!("unexpected \"{what}\": no directive stands before it"));
                }
                Token::End => {
                    let id = self.push(file, std::mem::take(&mut words), block, false, in_entries)?;
                    if self.config.get(id).name == "include" {
                        self.include(id, block)?;
                    }
                }
                Token::Open if open.len() >= MOST_NESTED => {
                    return fail(
                        self,
                        format!("blocks stand within each other more than {MOST_NESTED} deep"),
                    );
                }
                Token::Open => {
                    let id = self.push(file, std::mem::take(&mut words), block, true, in_entries)?;
                    let holds = holds_entries(&self.config.get(id).name);
                    open.push((id, holds));
                }
                Token::Raw(body) => {
                    if let Some((id, _)) = open.pop() {
                        let word = Word { raw: body.clone(), text: body, line, quoted: true };
                        let directive = &mut self.config.all[id.0];
                        directive.block = false;
                        directive.args.push(word);
                    }
                }
                Token::Close if !words.is_empty() => {
                    let told = words.iter().map(|w| w.raw.as_str()).collect::<Vec<_>>().join(" ");
                    return fail(self, format!("\";\" is missing after {told:?}"));
                }
                Token::Close => {
                    if open.pop().is_none() {
                        return fail(self, "unexpected \"}\": no block is open".to_owned());
                    }
                }
            }
        }
        let unclosed = open.last().map(|(id, _)| self.config.get(*id));
        let message = match (unclosed, words.first()) {
            (_, Some(word)) => format!("the file ends inside the directive {:?}: \";\" is missing", word.raw),
            (Some(block), None) => {
                format!(
                    "the file ends inside the block `{}` of line {}: \"}}\" is missing",
                    block.name, block.line
                )
            }
            (None, None) => return Ok(()),
        };
        Err(self.error(file, SyntaxError { line: last, message }))
    }

    fn push(
        &mut self,
        file: usize,
        mut words: Vec<Word>,
        parent: Option<Id>,
        block: bool,
        entries: bool,
    ) -> Result<Id, ConfigError> {
        let first = words.remove(0);
        let is_name =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let line = first.line;
        let fail = |loader: &Self, message: String| Err(loader.error(file, SyntaxError { line, message }));
        if !entries && !is_name(&first.text) {
            return fail(self, format!("{:?} is no name of a directive", first.raw));
        }
        if self.config.all.len() >= MOST {
            return fail(self, format!("more than {MOST} directives"));
        }
        let name = if entries { first.raw } else { first.text };
        let args = if name == "if" && block { condition(words) } else { words };
        let id = Id(self.config.all.len());
        self.config.all.push(Directive { name, args, file, line, parent, children: Vec::new(), block });
        match parent {
            Some(parent) => self.config.all[parent.0].children.push(id),
            None => self.config.top.push(id),
        }
        Ok(id)
    }

    fn include(&mut self, id: Id, parent: Option<Id>) -> Result<(), ConfigError> {
        let pattern = self.config.get(id).arg(0).to_owned();
        let path = match (pattern.starts_with('/'), self.root.as_str()) {
            (true, _) | (_, "") => pattern,
            (false, root) => format!("{root}/{pattern}"),
        };
        let (file, line) = (self.config.get(id).file, self.config.get(id).line);
        let found =
            self.files.matching(&path).map_err(|message| self.error(file, SyntaxError { line, message }))?;
        if found.is_empty() {
            self.config.empty_includes.push(id);
        }
        // The types of files are nginx's own table; it is not asked for where it is not at hand.
        let types = path.ends_with("mime.types");
        for file in found {
            if !types || self.files.read(&file).is_ok() {
                self.file(&file, parent, Some(id))?;
            }
        }
        Ok(())
    }
}

/// The words of a condition without the parentheses around it.
fn condition(mut words: Vec<Word>) -> Vec<Word> {
    if let Some(first) = words.first_mut()
        && !first.quoted
        && let Some(rest) = first.text.strip_prefix('(').map(str::to_owned)
    {
        first.text = rest;
        first.raw.remove(0);
    }
    if let Some(last) = words.last_mut()
        && !last.quoted
        && let Some(rest) = last.text.strip_suffix(')').map(str::to_owned)
    {
        last.text = rest;
        last.raw.pop();
    }
    words.retain(|w| w.quoted || !w.text.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(config: &Config, block: Option<Id>, depth: usize) -> String {
        let mut out = String::new();
        for id in config.inside(block) {
            let d = config.get(*id);
            out.push_str(&format!("{}{} {}\n", "  ".repeat(depth), config.place(*id), d.shown()));
            out.push_str(&shown(config, Some(*id), depth + 1));
        }
        out
    }

    fn fails(text: &str) -> String {
        let e = Config::of_text("nginx.conf", text).unwrap_err();
        format!("{}:{}: {} | {}", e.file, e.line.unwrap_or(0), e.message, e.source.unwrap_or_default())
    }

    #[test]
    fn a_dump_is_a_configuration_with_its_includes() {
        let text = "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n\
            # configuration file /etc/nginx/nginx.conf:\nhttp {\n  include mime.types;\n  include conf.d/*.conf;\n\
            include no/*.conf;\n}\n\
            # configuration file /etc/nginx/conf.d/a.conf:\nserver {\n  if ($request_method = POST) { return 405; }\n\
              if ( $arg_x ~ \"^(a|b)$\" ) { return 403; }\n}\n\
            # configuration file /etc/nginx/conf.d/b.conf:\nserver { listen 81; }\n";
        let dump = Dump::of(text).unwrap();
        let config = Config::load(&dump, std::slice::from_ref(&dump.main)).unwrap();
        insta::assert_snapshot!(shown(&config, None, 0), @r#"
        nginx.conf:1 http
          nginx.conf:2 include mime.types
          nginx.conf:3 include conf.d/*.conf
          conf.d/a.conf:1 server
            conf.d/a.conf:2 if $request_method = POST
              conf.d/a.conf:2 return 405
            conf.d/a.conf:3 if $arg_x ~ "^(a|b)$"
              conf.d/a.conf:3 return 403
          conf.d/b.conf:1 server
            conf.d/b.conf:1 listen 81
          nginx.conf:4 include no/*.conf
        "#);
        assert_eq!(config.empty_includes.len(), 1);
        assert_eq!(Dump::of("http { }"), None);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(
            fails("http {\n  listen 80\n}\n"),
            "nginx.conf:3: \";\" is missing after \"listen 80\" | }"
        );
        assert_eq!(fails("}"), "nginx.conf:1: unexpected \"}\": no block is open | }");
        assert_eq!(fails("a;\n;"), "nginx.conf:2: unexpected \";\": no directive stands before it | ;");
        assert_eq!(
            fails("http {\n"),
            "nginx.conf:1: the file ends inside the block `http` of line 1: \"}\" is missing | http {"
        );
        assert_eq!(
            fails("a b"),
            "nginx.conf:1: the file ends inside the directive \"a\": \";\" is missing | a b"
        );
        assert_eq!(fails("a: b;"), "nginx.conf:1: \"a:\" is no name of a directive | a: b;");
        assert!(fails("x {{ y }}").contains("this is a template"));
        assert!(fails("include nginx.conf;").contains("includes itself"));
        assert_eq!(
            fails("server {\n location /a {}\n location = /a {}\n location ^~ /a {}\n}"),
            "nginx.conf:4: duplicate location ^~ /a: it is there at nginx.conf:2 already |  location ^~ /a {}"
        );
        assert!(
            fails("http { upstream a { server b; } upstream A { server b; } }")
                .contains("duplicate upstream A")
        );
        let fine = "server { location ~ /a {} location ~ /a {} location /b { location /b {} } } server { location /b {} }";
        assert!(Config::of_text("nginx.conf", fine).is_ok());
    }

    #[test]
    fn lists_are_replaced_by_a_lower_level() {
        let config =
            Config::of_text("c", "http { h a; h b; server { location / { h c; } location /x { } } }")
                .unwrap();
        let find =
            |text: &str| config.all.iter().position(|d| d.name == "location" && d.arg(0) == text).map(Id);
        let values = |at: &str| {
            let ids = config.in_force(find(at).unwrap(), "h");
            ids.iter().map(|id| config.get(*id).arg(0).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!((values("/"), values("/x")), (vec!["c".to_owned()], vec!["a".to_owned(), "b".to_owned()]));
    }
}
