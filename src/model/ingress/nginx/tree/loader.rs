//! From files to a tree: tokens into directives, includes in their places.

use super::super::files::Files;
use super::super::lexer::{SyntaxError, Token, Word, lex};
use super::super::template;
use super::{Config, ConfigError, Directive, Id, SourceFile, holds_entries};

/// Files may include each other this deep; nginx itself has no limit and dies of a cycle.
const DEPTH: usize = 24;
/// More directives than any configuration of people has.
const MOST: usize = 500_000;

/// Blocks within blocks, in one file.
const MOST_NESTED: usize = 64;

struct Loader<'a> {
    files: &'a dyn Files,
    /// The folder of the main file: what an include is relative to.
    root: String,
    config: Config,
    /// The files that are being read, the innermost last.
    open: Vec<String>,
}

/// What is being read of a file: the words of a directive that has not ended, and the blocks that are open.
struct Body {
    file: usize,
    /// The block around the `include` that names the file, and whether it holds entries.
    parent: Option<Id>,
    entries: bool,
    words: Vec<Word>,
    /// The blocks that are open in this file, and whether their bodies hold entries.
    open: Vec<(Id, bool)>,
}

impl Body {
    fn block(&self) -> Option<Id> {
        self.open.last().map_or(self.parent, |(id, _)| Some(*id))
    }

    fn holds_entries(&self) -> bool {
        self.open.last().map_or(self.entries, |(_, entries)| *entries)
    }

    /// What is missing at the end of the file.
    fn unfinished(&self, config: &Config) -> Option<String> {
        let unclosed = self.open.last().map(|(id, _)| config.get(*id));
        match (unclosed, self.words.first()) {
            (_, Some(word)) => {
                Some(format!("the file ends inside the directive {:?}: \";\" is missing", word.raw))
            }
            (Some(block), None) => Some(format!(
                "the file ends inside the block `{}` of line {}: \"}}\" is missing",
                block.name, block.line
            )),
            (None, None) => None,
        }
    }
}

/// Reads a main file and what it includes beside what was read already.
///
/// # Errors
/// A file that cannot be read, is a template, or is no configuration, with its line.
pub(super) fn read(files: &dyn Files, main: &str, config: Config) -> Result<Config, ConfigError> {
    let root = main.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
    let mut loader = Loader { files, root, config, open: Vec::new() };
    loader.file(main, None, None)?;
    Ok(loader.config)
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
        let mut body = Body { file, parent, entries, words: Vec::new(), open: Vec::new() };
        let mut last = 1;
        for (token, line) in tokens {
            last = line;
            self.token(&mut body, token, line)?;
        }
        match body.unfinished(&self.config) {
            None => Ok(()),
            Some(message) => Err(self.error(file, SyntaxError { line: last, message })),
        }
    }

    fn token(&mut self, body: &mut Body, token: Token, line: u32) -> Result<(), ConfigError> {
        let fail =
            |loader: &Self, message: String| Err(loader.error(body.file, SyntaxError { line, message }));
        match token {
            Token::Word(word) => body.words.push(word),
            Token::End | Token::Open if body.words.is_empty() => {
                let what = if token == Token::End { ";" } else { "{" };
                return fail(self, format!("unexpected \"{what}\": no directive stands before it"));
            }
            Token::End => {
                let id = self.push(body, false)?;
                if self.config.get(id).name == "include" {
                    self.include(id, body.block())?;
                }
            }
            Token::Open if body.open.len() >= MOST_NESTED => {
                return fail(self, format!("blocks stand within each other more than {MOST_NESTED} deep"));
            }
            Token::Open => {
                let id = self.push(body, true)?;
                let holds = holds_entries(&self.config.get(id).name);
                body.open.push((id, holds));
            }
            Token::Raw(text) => {
                if let Some((id, _)) = body.open.pop() {
                    let word = Word { raw: text.clone(), text, line, quoted: true };
                    let directive = &mut self.config.all[id.0];
                    directive.block = false;
                    directive.args.push(word);
                }
            }
            Token::Close if !body.words.is_empty() => {
                let told = body.words.iter().map(|w| w.raw.as_str()).collect::<Vec<_>>().join(" ");
                return fail(self, format!("\";\" is missing after {told:?}"));
            }
            Token::Close => {
                if body.open.pop().is_none() {
                    return fail(self, "unexpected \"}\": no block is open".to_owned());
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, body: &mut Body, block: bool) -> Result<Id, ConfigError> {
        let (file, parent, entries) = (body.file, body.block(), body.holds_entries());
        let mut words = std::mem::take(&mut body.words);
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
