//! What of a directory is none of the copy's business: what git ignores, what was excluded, and fleet's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::{Error, Result};

/// How rules are found.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Patterns in the form of `.gitignore`.
    pub exclude: Vec<String>,
    /// Whether `.gitignore` files do not count, and `.git` is copied too.
    pub all: bool,
}

/// The rules of a directory, as they are found on the way down.
#[derive(Debug)]
pub(super) struct Ignores {
    root: PathBuf,
    git: bool,
    excluded: Gitignore,
    /// By the directory they stand in, above the root and below it.
    files: BTreeMap<PathBuf, Gitignore>,
}

impl Ignores {
    /// The rules that hold in `root`, those of the repository around it among them.
    ///
    /// # Errors
    /// When a pattern is none.
    pub(super) fn of(root: &Path, rules: &Rules) -> Result<Self> {
        let mut builder = GitignoreBuilder::new(root);
        for pattern in &rules.exclude {
            builder.add_line(None, pattern).map_err(|e| {
                Error::usage(format!("--exclude {pattern:?} is not a valid pattern")).because(e.to_string())
            })?;
        }
        let excluded = builder.build().map_err(|e| Error::usage("--exclude").because(e.to_string()))?;
        let mut ignores =
            Ignores { root: root.to_owned(), git: !rules.all, excluded, files: BTreeMap::new() };
        let repository = root.ancestors().find(|dir| dir.join(".git").exists());
        if let Some(repository) = repository.filter(|_| ignores.git) {
            for dir in root.ancestors().skip(1).take_while(|dir| dir.starts_with(repository)) {
                ignores.read(dir);
            }
        }
        Ok(ignores)
    }

    /// Takes up the rules of a directory.
    pub(super) fn enter(&mut self, dir: &Path) {
        if self.git {
            self.read(dir);
        }
    }

    fn read(&mut self, dir: &Path) {
        let file = dir.join(".gitignore");
        if file.is_file() {
            // Lines that are no patterns are passed over, as git does.
            self.files.insert(dir.to_owned(), Gitignore::new(file).0);
        }
    }

    /// Whether a path below the root is left out, itself or by a directory it lies in.
    pub(super) fn leaves_out(&self, path: &str, is_dir: bool) -> bool {
        let mut ends = path.match_indices('/').map(|(at, _)| at);
        ends.any(|end| self.names(&path[..end], true)) || self.names(path, is_dir)
    }

    /// Whether a path itself is left out.
    fn names(&self, path: &str, is_dir: bool) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with(".fleet-") || (self.git && name == ".git") {
            return true;
        }
        let whole = self.root.join(path);
        let rules = whole.ancestors().skip(1).filter_map(|dir| self.files.get(dir));
        for rules in std::iter::once(&self.excluded).chain(rules) {
            match rules.matched(&whole, is_dir) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(rules: &Rules) -> (tempfile::TempDir, Ignores) {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("site");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::create_dir(home.path().join(".git")).unwrap();
        std::fs::write(home.path().join(".gitignore"), "/site/built\n*.o\n").unwrap();
        std::fs::write(root.join("sub/.gitignore"), "!keep.o\nlocal/\n").unwrap();
        let mut ignores = Ignores::of(&root, rules).unwrap();
        ignores.enter(&root);
        ignores.enter(&root.join("sub"));
        (home, ignores)
    }

    #[test]
    fn the_nearest_rule_decides_and_nothing_comes_back_out_of_an_ignored_directory() {
        let (_home, ignores) = ignores(&Rules { exclude: vec!["*.tmp".into()], all: false });
        for out in
            ["built", "built/x", "a.o", "sub/a.o", "x.tmp", "sub/local/f", ".git/config", "sub/.fleet-1/x"]
        {
            assert!(ignores.leaves_out(out, false) || ignores.leaves_out(out, true), "{out}");
        }
        for kept in ["index.html", "sub/keep.o", "sub/built", ".gitignore", "sub/local"] {
            assert!(!ignores.leaves_out(kept, false), "{kept}");
        }
    }

    #[test]
    fn all_means_all_but_what_was_excluded() {
        let (_home, ignores) = ignores(&Rules { exclude: vec!["sub".into()], all: true });
        assert!(!ignores.leaves_out("a.o", false) && !ignores.leaves_out(".git/config", false));
        assert!(ignores.leaves_out("sub/keep.o", false));
    }
}
