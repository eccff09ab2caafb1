//! The functions of job files that look at the file system, with the meaning `nomad` gives them: relative paths start at
//! the folder the command runs in, wherever the job file lies.

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use globset::GlobBuilder;

use crate::model::jobfile::{Function, literal, quoted};

/// The result of a call as an HCL expression; `home` is what `~` stands for.
///
/// # Errors
/// What `nomad` says too: there is no such file, it is no text, the pattern is none.
pub(super) fn call(function: Function, args: &[String], home: Option<&str>) -> Result<String, String> {
    let path = args.first().map(String::as_str).unwrap_or_default();
    Ok(match function {
        Function::Abspath => {
            let absolute = std::path::absolute(path).map_err(|e| e.to_string())?;
            quoted(&clean(&absolute).to_string_lossy())
        }
        Function::Basename => quoted(&basename(path)),
        Function::Dirname => quoted(&dirname(path)),
        Function::Pathexpand => quoted(&expand(path, home)?),
        Function::File => {
            let text = String::from_utf8(read(path, home)?)
                .map_err(|_| format!("{path} is not UTF-8 text; filebase64 reads any bytes"))?;
            literal(&text)
        }
        Function::Filebase64 => quoted(&base64::engine::general_purpose::STANDARD.encode(read(path, home)?)),
        Function::Fileexists => match std::fs::metadata(expand(path, home)?) {
            Ok(found) if found.is_file() => "true".to_owned(),
            Ok(_) => return Err(format!("{path} is not a regular file")),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => "false".to_owned(),
            Err(e) => return Err(format!("could not look at {path}: {e}")),
        },
        Function::Fileset => {
            let pattern = args.get(1).map(String::as_str).unwrap_or_default();
            let files: Vec<String> =
                fileset(&expand(path, home)?, pattern)?.iter().map(|f| quoted(f)).collect();
            // Only a function makes a set; a list would give a dynamic block other keys.
            format!("setunion([{}], [])", files.join(", "))
        }
    })
}

fn read(path: &str, home: Option<&str>) -> Result<Vec<u8>, String> {
    std::fs::read(expand(path, home)?).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            format!("no file exists at {path} (from the folder the command runs in)")
        }
        _ => format!("could not read {path}: {e}"),
    })
}

fn expand(path: &str, home: Option<&str>) -> Result<String, String> {
    let Some(rest) = path.strip_prefix('~') else { return Ok(path.to_owned()) };
    if !rest.is_empty() && !rest.starts_with('/') {
        return Err(format!("{path}: cannot expand another user's home folder"));
    }
    let home = home.ok_or("HOME is not set, so ~ means nothing")?;
    Ok(format!("{}{rest}", home.trim_end_matches('/')))
}

/// A path without `.`, `..` and doubled slashes, as far as its text tells.
fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

fn basename(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    match path.trim_end_matches('/') {
        "" => "/".to_owned(),
        rest => rest.rsplit('/').next().unwrap_or(rest).to_owned(),
    }
}

fn dirname(path: &str) -> String {
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    clean(Path::new(folder)).to_string_lossy().into_owned()
}

/// Regular files below a folder that fit a pattern, relative to it, sorted.
fn fileset(folder: &str, pattern: &str) -> Result<Vec<String>, String> {
    let folder = clean(Path::new(folder));
    let whole = clean(&folder.join(pattern));
    let whole = whole.to_string_lossy();
    let glob = GlobBuilder::new(&whole)
        .literal_separator(true)
        .backslash_escape(true)
        .build()
        .map_err(|e| format!("{pattern:?} is not a valid pattern: {}", e.kind()))?
        .compile_matcher();
    // The walk begins at the last folder before the first wildcard.
    let fixed: PathBuf = Path::new(whole.as_ref())
        .components()
        .take_while(|c| !c.as_os_str().to_string_lossy().contains(['*', '?', '[', '{', '\\']))
        .collect();
    let mut found = Vec::new();
    let begin = if fixed.as_os_str().is_empty() { PathBuf::from(".") } else { fixed };
    walk(&begin, &mut Vec::new(), &mut |file| {
        let file = clean(file);
        if glob.is_match(&file) {
            let relative = file.strip_prefix(&folder).unwrap_or(&file);
            found.push(relative.to_string_lossy().into_owned());
        }
    });
    found.sort();
    Ok(found)
}

/// Visits the files at and below a path, through links too. A folder that a link leads back into is not entered again: there
/// is no end to what is below it.
fn walk(path: &Path, above: &mut Vec<PathBuf>, each: &mut impl FnMut(&Path)) {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => each(path),
        Ok(meta) if meta.is_dir() => {
            let Ok(real) = path.canonicalize() else { return };
            if above.contains(&real) {
                return;
            }
            let Ok(entries) = std::fs::read_dir(path) else { return };
            above.push(real);
            for entry in entries.flatten() {
                walk(&entry.path(), above, each);
            }
            above.pop();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(function: Function, args: &[&str]) -> String {
        let args: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
        call(function, &args, Some("/home/op/")).unwrap()
    }

    #[test]
    fn paths_are_taken_apart_as_nomad_does() {
        for (path, base, dir) in [
            ("a/b.txt", "b.txt", "a"),
            ("b.txt", "b.txt", "."),
            ("/", "/", "/"),
            ("", ".", "."),
            ("a/b/", "b", "a/b"),
            ("../x", "x", ".."),
            ("/a//b", "b", "/a"),
        ] {
            assert_eq!(ok(Function::Basename, &[path]), quoted(base), "{path}");
            assert_eq!(ok(Function::Dirname, &[path]), quoted(dir), "{path}");
        }
        assert_eq!(ok(Function::Pathexpand, &["~/x"]), "\"/home/op/x\"");
        assert_eq!(ok(Function::Pathexpand, &["x/~"]), "\"x/~\"");
        assert!(call(Function::Pathexpand, &["~root/x".to_owned()], Some("/")).is_err());
        assert_eq!(ok(Function::Abspath, &["/a/../b/./c"]), "\"/b/c\"");
    }

    #[test]
    fn files_are_read_found_and_listed() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).display().to_string();
        std::fs::create_dir_all(dir.path().join("conf/deep")).unwrap();
        for (name, bytes) in
            [("conf/a.conf", &b"a${x}\n"[..]), ("conf/deep/b.conf", b"b"), ("conf/c.bin", b"\xff\x00")]
        {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        assert_eq!(ok(Function::File, &[&at("conf/a.conf")]), r#""a$${x}\n""#);
        assert_eq!(ok(Function::Filebase64, &[&at("conf/c.bin")]), "\"/wA=\"");
        assert_eq!(ok(Function::Fileexists, &[&at("conf/a.conf")]), "true");
        assert_eq!(ok(Function::Fileexists, &[&at("none")]), "false");
        assert_eq!(ok(Function::Fileset, &[&at("conf"), "*.conf"]), "setunion([\"a.conf\"], [])");
        assert_eq!(
            ok(Function::Fileset, &[&at("conf"), "**/*.conf"]),
            "setunion([\"a.conf\", \"deep/b.conf\"], [])"
        );
        assert_eq!(
            ok(Function::Fileset, &[&at(""), "conf/{a,c}.*"]),
            "setunion([\"conf/a.conf\", \"conf/c.bin\"], [])"
        );
        assert_eq!(ok(Function::Fileset, &[&at("none"), "*"]), "setunion([], [])");
        std::os::unix::fs::symlink("deep", dir.path().join("conf/link")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("conf/deep/up")).unwrap();
        assert_eq!(
            ok(Function::Fileset, &[&at("conf"), "**/b.conf"]),
            "setunion([\"deep/b.conf\", \"link/b.conf\"], [])"
        );
        for bad in [("file", at("none")), ("file", at("conf/c.bin")), ("fileexists", at("conf"))] {
            let function = Function::named(bad.0).unwrap();
            assert!(call(function, &[bad.1], None).is_err());
        }
    }
}
