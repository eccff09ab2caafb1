//! What it takes to make one tree like another.

use std::collections::{BTreeMap, BTreeSet};

/// A file, directory or link at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathEntry {
    /// A file, by the SHA-256 of what it holds, and whether its owner may run it.
    File {
        /// In hexadecimal.
        digest: String,
        /// Whether its owner may run it.
        executable: bool,
    },
    /// A link, and where it leads.
    Link(String),
    /// A directory.
    Dir,
}

impl PathEntry {
    fn is_dir(&self) -> bool {
        *self == PathEntry::Dir
    }
}

/// A tree, by paths relative to its root.
pub type Tree = BTreeMap<String, PathEntry>;

/// What may be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletions {
    /// Nothing: it was not asked for.
    None,
    /// Nothing: one of the two sides is not known in full, and what was not seen is not gone.
    Unknown,
    /// What the source does not have.
    All,
}

/// What is to be done to the copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Paths to send, directories before what is in them.
    pub send: Vec<String>,
    /// Paths to remove first, what is in a directory before the directory.
    pub remove: Vec<String>,
    /// Paths that stand in the way and may not be removed.
    pub blocked: Vec<String>,
}

impl Changes {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Changes::default()
    }
}

/// What makes `copy` like `source`. `kept` says what of the copy is none of the source's business, and stays.
#[must_use]
pub fn changes(
    source: &Tree,
    copy: &Tree,
    deletions: Deletions,
    kept: impl Fn(&str, bool) -> bool,
) -> Changes {
    let mut changes = Changes::default();
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    let mut blocked: BTreeSet<&str> = BTreeSet::new();
    for (path, there) in copy {
        let in_the_way = source.get(path).is_some_and(|here| here.is_dir() != there.is_dir());
        let surplus = !source.contains_key(path) && !kept(path, there.is_dir());
        if deletions == Deletions::All && (surplus || in_the_way) {
            gone.insert(path);
        } else if in_the_way {
            blocked.insert(path);
        }
    }
    // A directory goes only with all that is in it.
    let stays: Vec<&String> = copy.keys().filter(|p| !gone.contains(p.as_str())).collect();
    for above in stays.into_iter().flat_map(|path| ancestors(path)) {
        if gone.remove(above) && source.contains_key(above) {
            blocked.insert(above);
        }
    }
    let is_blocked = |path: &str| blocked.contains(path) || ancestors(path).any(|a| blocked.contains(a));
    changes.send = source
        .iter()
        .filter(|(path, here)| (copy.get(*path) != Some(*here)) && !is_blocked(path))
        .map(|(path, _)| path.clone())
        .collect();
    changes.remove = gone.iter().rev().map(|p| (*p).to_owned()).collect();
    changes.blocked = blocked.into_iter().map(str::to_owned).collect();
    changes
}

/// The directories a path lies in.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(digest: &str) -> PathEntry {
        PathEntry::File { digest: digest.to_owned(), executable: false }
    }

    fn tree(all: &[(&str, PathEntry)]) -> Tree {
        all.iter().map(|(path, thing)| ((*path).to_owned(), thing.clone())).collect()
    }

    fn nothing_kept(_: &str, _: bool) -> bool {
        false
    }

    #[test]
    fn only_what_differs_is_sent_and_only_what_was_asked_for_is_removed() {
        let here = tree(&[
            ("a", file("1")),
            ("b", file("2")),
            ("d", PathEntry::Dir),
            ("d/l", PathEntry::Link("x".into())),
        ]);
        let there =
            tree(&[("a", file("1")), ("b", file("9")), ("old", PathEntry::Dir), ("old/f", file("3"))]);
        let plain = changes(&here, &there, Deletions::None, nothing_kept);
        assert_eq!((plain.send, plain.remove), (vec!["b".into(), "d".into(), "d/l".into()], vec![]));
        let all = changes(&here, &there, Deletions::All, nothing_kept);
        assert_eq!(all.remove, ["old/f", "old"]);
        assert!(changes(&here, &there, Deletions::Unknown, nothing_kept).remove.is_empty());
        assert!(changes(&here, &here, Deletions::All, nothing_kept).is_empty());
    }

    #[test]
    fn what_is_kept_keeps_the_directories_it_lies_in() {
        let there = tree(&[("cache", PathEntry::Dir), ("cache/kept", file("1")), ("cache/old", file("2"))]);
        let all = changes(&Tree::new(), &there, Deletions::All, |path, _| path == "cache/kept");
        assert_eq!(all.remove, ["cache/old"]);
    }

    #[test]
    fn another_kind_stands_in_the_way_until_it_may_be_removed() {
        let (here, there) = (tree(&[("x", file("1"))]), tree(&[("x", PathEntry::Dir), ("x/f", file("2"))]));
        let plain = changes(&here, &there, Deletions::None, nothing_kept);
        assert_eq!((plain.send.len(), plain.blocked), (0, vec!["x".into()]));
        let all = changes(&here, &there, Deletions::All, nothing_kept);
        assert_eq!((all.send, all.remove), (vec!["x".into()], vec!["x/f".into(), "x".into()]));
        let kept = changes(&here, &there, Deletions::All, |path, _| path == "x/f");
        assert_eq!((kept.send.len(), kept.remove.len(), kept.blocked), (0, 0, vec!["x".into()]));
        // What would go through a link is not sent either.
        let (here, there) = (
            tree(&[("d", PathEntry::Dir), ("d/f", file("1"))]),
            tree(&[("d", PathEntry::Link("/etc".into()))]),
        );
        let plain = changes(&here, &there, Deletions::None, nothing_kept);
        assert_eq!((plain.send.len(), plain.blocked), (0, vec!["d".into()]));
    }

    /// A tree in which what lies in something lies in a directory.
    fn any_tree() -> impl Strategy<Value = Tree> {
        let thing = prop_oneof![
            3 => "[12]".prop_map(|d| file(&d)),
            1 => Just(PathEntry::Link("x".into())),
            2 => Just(PathEntry::Dir)
        ];
        proptest::collection::btree_map("[ab](/[ab]){0,2}", thing, 0..8).prop_map(|mut tree| {
            let paths: Vec<String> = tree.keys().cloned().collect();
            for path in &paths {
                for above in ancestors(path) {
                    tree.insert(above.to_owned(), PathEntry::Dir);
                }
            }
            tree
        })
    }

    proptest! {
        #[test]
        fn carried_out_the_changes_make_the_copy_like_the_source(
            here in any_tree(), there in any_tree(), kept in "[ab](/[ab]){0,2}", delete: bool,
        ) {
            let deletions = if delete { Deletions::All } else { Deletions::None };
            let is_kept = |path: &str, _: bool| path == kept;
            let changes = changes(&here, &there, deletions, is_kept);
            let mut copy = there.clone();
            for path in &changes.remove {
                prop_assert!(delete);
                prop_assert!(!is_kept(path, false) || here.contains_key(path));
                copy.remove(path);
                prop_assert!(copy.keys().all(|p| !p.starts_with(&format!("{path}/"))), "{} goes with all in it", path);
            }
            for path in &changes.send {
                prop_assert!(ancestors(path).all(|above| copy.get(above) == Some(&PathEntry::Dir)), "{} has a directory", path);
                prop_assert!(copy.get(path).is_none_or(|old| old.is_dir() == here[path].is_dir()));
                copy.insert(path.clone(), here[path].clone());
            }
            let blocked = |path: &str| changes.blocked.iter().any(|b| path == b || path.starts_with(&format!("{b}/")));
            for (path, thing) in &here {
                prop_assert!(copy.get(path) == Some(thing) || blocked(path), "{}", path);
            }
            for path in copy.keys().filter(|_| delete) {
                let needed = here.contains_key(path) || is_kept(path, false) || kept.starts_with(&format!("{path}/"));
                prop_assert!(needed || blocked(path), "{} is left", path);
            }
        }
    }
}
