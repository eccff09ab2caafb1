//! What both sides must agree on: the SHA-256 of every file.

use crate::model::ids::hex;
use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file, in hexadecimal.
pub type Digest = String;

/// For scripts: `find_digest_tool` sets `DIGEST` to what tells the SHA-256 of files as `sha256sum` does, and fails where there is
/// nothing; `prefer_openssl` takes what is quicker for bytes that are piped.
pub(crate) const FIND_DIGEST_TOOL: &str = include_str!("scripts/find_digest_tool.sh");
/// For scripts: `run_on_files` runs `FILE_COMMAND` for all files below.
pub(super) const RUN_ON_FILES: &str = include_str!("scripts/run_on_files.sh");

/// What is said where there is none.
pub(crate) const NO_DIGEST: &str = "the task has no tool for SHA-256 (sha256sum, busybox, shasum or openssl)";

/// Files of a copy, by their path in it, and what they hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest(pub BTreeMap<String, Digest>);

impl Manifest {
    /// Reads what `sha256sum` prints; names with line ends come escaped.
    #[must_use]
    pub fn of_sha256sum(text: &str) -> Self {
        let mut files = BTreeMap::new();
        for line in text.lines() {
            let (escaped, line) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
            let Some((digest, name)) = line.split_once([' ', '\t']) else { continue };
            let name = name.trim_start_matches([' ', '*']);
            let name =
                if escaped { name.replace("\\n", "\n").replace("\\\\", "\\") } else { name.to_owned() };
            files.insert(name.trim_start_matches("./").to_owned(), digest.to_lowercase());
        }
        Manifest(files)
    }

    /// Paths that are not the same on the other side: missing, other, or too many.
    #[must_use]
    pub fn differences(&self, other: &Manifest) -> Vec<String> {
        let paths = self.0.keys().chain(other.0.keys().filter(|k| !self.0.contains_key(*k)));
        paths.filter(|path| self.0.get(*path) != other.0.get(*path)).cloned().collect()
    }
}

/// Digests bytes as they pass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digester(Sha256);

impl Digester {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        hex(&self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_the_tool_prints_them() {
        let read = Manifest::of_sha256sum("ab12  ./a b\n\\cd34  ./x\\ny\nEF56 *bin\n");
        let expected = [("a b", "ab12"), ("bin", "ef56"), ("x\ny", "cd34")];
        assert_eq!(read.0.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn sides_differ_in_what_is_missing_other_or_too_many() {
        let of = |pairs: &[(&str, &str)]| {
            Manifest(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        let (here, there) =
            (of(&[("a", "1"), ("b", "2"), ("c", "3")]), of(&[("a", "1"), ("b", "x"), ("d", "4")]));
        assert_eq!(here.differences(&there), ["b", "c", "d"]);
    }

    #[test]
    fn the_digest_is_sha_256() {
        let mut digester = Digester::default();
        digester.add(b"abc");
        assert_eq!(digester.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
