//! What is copied from and to: files here, files in a task, files in an allocation's directory, and pipes.

/// One end of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyPath {
    /// A file or directory here.
    Local(String),
    /// stdin or stdout.
    Pipe,
    /// In an allocation.
    Remote(RemotePath),
}

/// A path in an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemotePath {
    /// Which allocation.
    pub target: String,
    /// Where in it.
    pub place: RemotePlace,
}

/// Where in an allocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemotePlace {
    /// In the task's own file system, absolute.
    Task(String),
    /// Below the allocation's directory, relative to it, as the fs API has it.
    Alloc(String),
    /// Below the task's part of the allocation's directory, relative to that: `local/…`, `tmp/…`, `secrets/…`.
    TaskDir(String),
}

/// What stands in the task's part of the allocation's directory.
const TASK_DIRS: [&str; 4] = ["local", "tmp", "secrets", "private"];

impl CopyPath {
    /// Reads `-`, a local path, or `TARGET:path`. A local path with a colon is written with `./` in front.
    ///
    /// # Errors
    /// When the path in the allocation is none of the known forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "-" {
            return Ok(CopyPath::Pipe);
        }
        let local = || CopyPath::Local(text.to_owned());
        if text.is_empty() {
            return Err("a path is missing".to_owned());
        }
        if text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../") {
            return Ok(local());
        }
        let from = if text.starts_with("service:") { "service:".len() } else { 0 };
        let Some(colon) = text[from..].find(':').map(|at| at + from) else { return Ok(local()) };
        let (target, path) = (&text[..colon], &text[colon + 1..]);
        if target.is_empty() {
            return Err(format!("{text:?} has no target before the colon"));
        }
        Ok(CopyPath::Remote(RemotePath { target: target.to_owned(), place: RemotePlace::parse(path)? }))
    }
}

impl RemotePlace {
    fn parse(path: &str) -> Result<Self, String> {
        if path.starts_with('/') {
            return Ok(RemotePlace::Task(path.to_owned()));
        }
        if let Some(below) = path.strip_prefix("alloc:") {
            let below = below.trim_start_matches('/');
            return Ok(RemotePlace::Alloc(if below.is_empty() { ".".to_owned() } else { below.to_owned() }));
        }
        let first = path.split('/').next().unwrap_or_default();
        if first == "alloc" {
            Ok(RemotePlace::Alloc(path.to_owned()))
        } else if TASK_DIRS.contains(&first) {
            Ok(RemotePlace::TaskDir(path.to_owned()))
        } else {
            Err(format!(
                "{path:?} is neither absolute nor in the allocation's directory: alloc:/…, alloc/…, local/…, tmp/… or secrets/…"
            ))
        }
    }

    /// The path as the fs API takes it; none when it cannot see it.
    #[must_use]
    pub fn in_alloc_dir(&self, task: &str) -> Option<String> {
        match self {
            RemotePlace::Task(_) => None,
            RemotePlace::Alloc(path) => Some(path.clone()),
            RemotePlace::TaskDir(path) => Some(format!("{task}/{path}")),
        }
    }

    /// The path as a shell in the task writes it: quoted, with the variables that name the allocation's directories.
    ///
    /// # Errors
    /// When no variable leads there.
    pub fn in_shell(&self, quote: impl Fn(&str) -> String) -> Result<String, String> {
        let below = |variable: &str, rest: &str| {
            if rest.is_empty() {
                format!("\"${variable}\"")
            } else {
                format!("\"${variable}\"/{}", quote(rest))
            }
        };
        let strip = |path: &str, dir: &str| {
            let rest = path.strip_prefix(dir)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
        };
        match self {
            RemotePlace::Task(path) => Ok(quote(path)),
            RemotePlace::Alloc(path) => {
                strip(path, "alloc").map(|rest| below("NOMAD_ALLOC_DIR", &rest)).ok_or_else(|| {
                    format!("a task can reach only alloc/ of its allocation's directory, not {path:?}")
                })
            }
            RemotePlace::TaskDir(path) => {
                let dirs = [("local", "NOMAD_TASK_DIR"), ("secrets", "NOMAD_SECRETS_DIR")];
                dirs.iter()
                    .find_map(|(dir, variable)| strip(path, dir).map(|rest| below(variable, &rest)))
                    .ok_or_else(|| {
                        format!("no environment variable of the task names the directory of {path:?}")
                    })
            }
        }
    }

    /// The last part of the path, which names the copy.
    #[must_use]
    pub fn name(&self) -> &str {
        let (RemotePlace::Task(path) | RemotePlace::Alloc(path) | RemotePlace::TaskDir(path)) = self;
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if matches!(name, "" | "." | "..") { "root" } else { name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> RemotePlace {
        match CopyPath::parse(text).unwrap() {
            CopyPath::Remote(remote) => remote.place,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_colon_after_a_target_means_an_allocation() {
        assert_eq!(CopyPath::parse("-"), Ok(CopyPath::Pipe));
        for local in ["a.txt", "./a:b", "/a:b", "../a", "~/x"] {
            assert_eq!(CopyPath::parse(local), Ok(CopyPath::Local(local.into())), "{local}");
        }
        assert_eq!(
            CopyPath::parse("service:db:/etc/x"),
            Ok(CopyPath::Remote(RemotePath {
                target: "service:db".into(),
                place: RemotePlace::Task("/etc/x".into())
            }))
        );
        assert_eq!(place("web/g[1]:/a:b"), RemotePlace::Task("/a:b".into()));
        assert!(
            CopyPath::parse(":/x").is_err()
                && CopyPath::parse("web:x").is_err()
                && CopyPath::parse("").is_err()
        );
    }

    #[test]
    fn paths_of_the_allocations_directory_have_two_faces() {
        let quote = |w: &str| format!("'{w}'");
        let faces = |text: &str| (place(text).in_alloc_dir("t"), place(text).in_shell(quote).ok());
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(faces("w:local/a b"), (some("t/local/a b"), some("\"$NOMAD_TASK_DIR\"/'a b'")));
        assert_eq!(faces("w:alloc/logs"), (some("alloc/logs"), some("\"$NOMAD_ALLOC_DIR\"/'logs'")));
        assert_eq!(faces("w:alloc:/t/tmp/x"), (some("t/tmp/x"), None));
        assert_eq!(faces("w:secrets"), (some("t/secrets"), some("\"$NOMAD_SECRETS_DIR\"")));
        assert_eq!(faces("w:/etc/passwd"), (None, some("'/etc/passwd'")));
        assert_eq!((place("w:alloc:/").name(), place("w:local/d/").name()), ("root", "d"));
    }
}
