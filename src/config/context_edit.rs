//! Changing the context file: what a person wrote in it stays as it is, its comments too, and nobody ever reads half of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, value};

use super::contexts::FILE;
use crate::config::{ContextFile, Environment};
use crate::error::{Error, Result};

/// A context file with every key, to be copied and filled in.
pub const TEMPLATE: &str = include_str!("contexts.template.toml");

/// A change of the context file, of which nothing is written before [`ContextEdit::save`].
#[derive(Debug)]
pub struct ContextEdit {
    path: PathBuf,
    before: String,
    document: DocumentMut,
}

impl ContextEdit {
    /// Reads the file; where there is none it begins empty.
    ///
    /// # Errors
    /// When there is no place for it, or it is no good as it is.
    pub fn open(env: &Environment) -> Result<Self> {
        // What is not valid now is not to be written over.
        ContextFile::load(env)?;
        let Some(path) = env.config_dir().map(|dir| dir.join(FILE)) else {
            return Err(Error::usage("there is no place for a context file")
                .hint("set FLEET_CONFIG_DIR to a folder, or HOME"));
        };
        if !env.says_config_dir() {
            let folder = path.parent().unwrap_or(&path).display();
            return Err(Error::usage("HOME is not set: whose context file is meant is not known")
                .because(format!("by the system's list of users it would be {}", path.display()))
                .hint(format!("to have it there: set FLEET_CONFIG_DIR={folder}, or HOME")));
        }
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(failed(&path, &e)),
        };
        let document = before.parse().map_err(|_| {
            Error::usage(format!("the context file {} cannot be changed", path.display()))
                .because("it is valid, but not in a way that its comments can be kept")
        })?;
        Ok(ContextEdit { path, before, document })
    }

    /// Where the file is, or will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether there is a context of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.document.get("contexts").and_then(|all| all.get(name)).is_some()
    }

    /// Makes one the context in force.
    pub fn set_current(&mut self, name: &str) {
        self.document["current"] = value(name);
    }

    /// Sets a key of a context, such as `nomad.address`, which is made when it is not there.
    pub fn set(&mut self, name: &str, key: &str, to: impl Into<toml_edit::Value>) {
        let (table, key) = self.place(name, key);
        table[key] = value(to);
    }

    /// Removes a key of a context; whether it was there.
    pub fn unset(&mut self, name: &str, key: &str) -> bool {
        let (table, key) = self.place(name, key);
        table.remove(key).is_some()
    }

    /// The table that a dotted key stands in, and its last part.
    fn place<'k>(&mut self, name: &str, key: &'k str) -> (&mut Table, &'k str) {
        let contexts = child(self.document.as_table_mut(), "contexts", true);
        let context = child(contexts, name, false);
        match key.split_once('.') {
            Some((table, key)) => (child(context, table, false), key),
            None => (context, key),
        }
    }

    /// Removes a context; what was current is so no more.
    pub fn remove(&mut self, name: &str) {
        if let Some(contexts) = self.document.get_mut("contexts").and_then(Item::as_table_like_mut) {
            contexts.remove(name);
        }
        if self.document.get("current").and_then(Item::as_str) == Some(name) {
            self.document.remove("current");
        }
    }

    /// Gives a context another name; what was current stays so.
    pub fn rename(&mut self, name: &str, to: &str) {
        if let Some(contexts) = self.document.get_mut("contexts").and_then(Item::as_table_like_mut)
            && let Some(context) = contexts.remove(name)
        {
            contexts.insert(to, context);
        }
        if self.document.get("current").and_then(Item::as_str) == Some(name) {
            self.set_current(to);
        }
    }

    /// Writes the file, readable by its owner alone; whether that changed anything.
    ///
    /// # Errors
    /// When it would not be valid, somebody changed it meanwhile, or it cannot be written.
    pub fn save(self) -> Result<bool> {
        let text = self.document.to_string();
        ContextFile::parse(&self.path, &text).map_err(|e| e.hint("nothing was changed"))?;
        if text == self.before {
            return Ok(false);
        }
        let now = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(failed(&self.path, &e)),
        };
        if now != self.before {
            return Err(Error::refused(format!("{} was changed meanwhile", self.path.display()))
                .hint("nothing was written; try again"));
        }
        // The file may be a link into somebody's own collection.
        let real = std::fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        place(&real, &text).map_err(|e| failed(&self.path, &e))?;
        Ok(true)
    }
}

/// A table in a table, which is made when it is not there.
fn child<'t>(table: &'t mut Table, key: &str, implicit: bool) -> &'t mut Table {
    let made = || {
        let mut made = Table::new();
        made.set_implicit(implicit);
        Item::Table(made)
    };
    let entry = table.entry(key).or_insert_with(made);
    if !entry.is_table() {
        // `nomad = { address = "…" }` says the same.
        let inline = std::mem::take(entry);
        *entry = inline.into_table().map_or_else(|_| made(), Item::Table);
    }
    entry.as_table_mut().expect("it was made one")
}

/// Puts a text in its place by renaming.
fn place(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // A temporary file is its owner's alone, and stays so.
    let mut file = tempfile::Builder::new().prefix(".contexts-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn failed(path: &Path, e: &std::io::Error) -> Error {
    Error::failed(format!("could not write {}", path.display())).because(e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(dir: &Path) -> Environment {
        Environment::from_pairs([("FLEET_CONFIG_DIR", dir.display().to_string())])
    }

    fn change(dir: &Path, change: impl FnOnce(&mut ContextEdit)) -> Result<String> {
        let mut edit = ContextEdit::open(&env(dir))?;
        change(&mut edit);
        edit.save()?;
        Ok(std::fs::read_to_string(dir.join(FILE)).unwrap())
    }

    #[test]
    fn without_a_home_nobody_elses_file_is_written() {
        let error = ContextEdit::open(&Environment::from_pairs([("USER", "ann")])).unwrap_err();
        assert!(error.message().contains("HOME is not set"), "{error}");
    }

    #[test]
    fn what_a_person_wrote_stays_where_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let text =
            "# ours\ncurrent = \"a\"\n\n[contexts.a.nomad] # the old one\naddress = \"http://a:4646\"\n";
        std::fs::write(dir.path().join(FILE), text).unwrap();
        let added = change(dir.path(), |edit| {
            edit.set("b", "nomad.address", "https://b:4646");
            edit.set("a", "protected", true);
        });
        let added = added.unwrap();
        assert!(added.contains("# ours\ncurrent = \"a\"") && added.contains("# the old one"), "{added}");
        let file = ContextFile::load(&env(dir.path())).unwrap();
        assert_eq!(file.get("b").unwrap().nomad.address.as_deref(), Some("https://b:4646"));
        assert!(file.get("a").unwrap().protected);

        let renamed = change(dir.path(), |edit| edit.rename("a", "c")).unwrap();
        assert!(renamed.contains("current = \"c\""), "{renamed}");
        let removed = change(dir.path(), |edit| edit.remove("c")).unwrap();
        assert!(!removed.contains("current") && removed.contains("[contexts.b.nomad]"), "{removed}");
    }

    #[test]
    fn what_is_not_valid_or_was_changed_meanwhile_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let twice = change(dir.path(), |edit| {
            edit.set("a", "nomad.token_file", "/t");
            edit.set("a", "nomad.token_cmd", toml_edit::Array::from_iter(["pass"]));
        });
        assert!(twice.unwrap_err().to_string().contains("more than one"));
        assert!(!dir.path().join(FILE).exists());
        let raced = change(dir.path(), |edit| {
            edit.set_current("x");
            std::fs::write(dir.path().join(FILE), "current = \"y\"\n").unwrap();
        });
        assert_eq!(raced.unwrap_err().code(), crate::exit_code::ExitCode::Refused);
    }

    #[test]
    fn the_template_is_a_context_file() {
        assert!(ContextFile::parse(Path::new("t"), TEMPLATE).is_ok());
        // Every line that is commented out is one that may be used.
        let all: String = TEMPLATE
            .lines()
            .filter(|line| !line.contains("token_file") && !line.contains("token_cmd"))
            .map(|line| line.strip_prefix("#:").unwrap_or(line).to_owned() + "\n")
            .collect();
        ContextFile::parse(Path::new("t"), &all).unwrap();
    }
}
