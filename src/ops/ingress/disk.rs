//! Configurations on a disk.

use std::path::Path;

use crate::error::{Error, Result};
use crate::model::ingress::nginx::files::{Dump, Files, has_wildcards};
use crate::model::ingress::nginx::tree::{Config, ConfigError};

/// The files of this machine.
struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, String> {
        let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn matching(&self, pattern: &str) -> Result<Vec<String>, String> {
        if !has_wildcards(pattern) {
            return Ok(vec![pattern.to_owned()]);
        }
        let glob = globset::GlobBuilder::new(pattern).literal_separator(true).build();
        let glob = glob.map_err(|e| e.to_string())?.compile_matcher();
        let plain: Vec<&str> = pattern.split('/').take_while(|part| !has_wildcards(part)).collect();
        let base = match plain.join("/") {
            dir if dir.is_empty() && pattern.starts_with('/') => "/".to_owned(),
            dir if dir.is_empty() => ".".to_owned(),
            dir => dir,
        };
        let depth = pattern.split('/').count() - plain.len();
        let mut found = Vec::new();
        below(Path::new(&base), depth, &mut |path| {
            let text = path.to_string_lossy();
            let text = text.strip_prefix("./").unwrap_or(&text);
            // As a shell does: a leading dot is only matched by a dot.
            let hidden = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if glob.is_match(text) && !hidden {
                found.push(text.to_owned());
            }
        });
        found.sort();
        Ok(found)
    }
}

fn below(folder: &Path, depth: usize, each: &mut dyn FnMut(&Path)) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if depth > 1 {
                below(&path, depth - 1, each);
            }
        } else {
            each(&path);
        }
    }
}

/// Reads configurations: files with what they include, or what `nginx -T` printed. A dash is read from `input`.
///
/// # Errors
/// Not found (3) when a file is not there; usage (2) when one is no configuration, with its line.
pub fn load(paths: &[String], input: &mut dyn std::io::Read) -> Result<Config> {
    let [only] = paths else { return Config::load(&Disk, paths).map_err(told) };
    let text = if only == "-" {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|e| {
            Error::failed("could not read the configuration from stdin").because(e.to_string())
        })?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        match std::fs::read(only) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::not_found(format!("there is no file {only}"))
                    .hint("name nginx.conf, or a file with what `nginx -T` prints; `-` reads stdin"));
            }
            Err(e) => return Err(Error::failed(format!("could not read {only}")).because(e.to_string())),
        }
    };
    if let Some(dump) = Dump::of(&text) {
        let main = dump.main.clone();
        return Config::load(&dump, &[main]).map_err(told);
    }
    if only == "-" {
        return Config::of_text("stdin", &text).map_err(told);
    }
    Config::load(&Disk, paths).map_err(told)
}

fn told(e: ConfigError) -> Error {
    let place = e.line.map_or(e.file.clone(), |line| format!("{}:{line}", e.file));
    let mut error = Error::usage(format!("{place}: {}", e.message));
    if let (Some(source), Some(line)) = (&e.source, e.line) {
        error = error.because(format!("line {line}: {}", source.trim()));
    }
    match e.hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The users of a file of `auth_basic_user_file`, where it is at hand beside the configuration.
#[must_use]
pub fn users(main: &str, file: &str) -> Option<Vec<String>> {
    let path = Path::new(main).parent().unwrap_or(Path::new(".")).join(file);
    let text = std::fs::read_to_string(path).ok()?;
    Some(
        text.lines()
            .map(str::trim)
            .filter(|l| l.contains(':') && !l.starts_with('#'))
            .map(str::to_owned)
            .collect(),
    )
}
