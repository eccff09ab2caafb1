//! A configuration as a tree of directives, with the files it is included from.

mod loader;

use std::collections::BTreeMap;

use super::files::{Dump, Files};
use super::lexer::Word;

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

/// Whether the body of a block holds keys and values instead of directives.
#[must_use]
pub fn holds_entries(name: &str) -> bool {
    matches!(name, "map" | "geo" | "types" | "split_clients" | "charset_map" | "match" | "geoip2")
}

impl Config {
    /// Reads a configuration and what it includes. Several main files stand beside each other, each with includes of its own.
    ///
    /// # Errors
    /// A file that cannot be read, is a template, or is no configuration, with its line.
    pub fn load(files: &dyn Files, mains: &[String]) -> Result<Self, ConfigError> {
        let mut config = Config::default();
        for main in mains {
            config = loader::read(files, main, config)?;
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
        Self::load(&Dump::of_one(name, text), &[name.to_owned()])
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
