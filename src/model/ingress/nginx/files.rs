//! The files of a configuration: those of a disk, or those in what `nginx -T` prints.

use std::collections::BTreeMap;

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
    /// One file, and nothing beside it.
    #[must_use]
    pub fn of_one(name: &str, text: &str) -> Self {
        Dump { main: name.to_owned(), files: BTreeMap::from([(name.to_owned(), text.to_owned())]) }
    }

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
