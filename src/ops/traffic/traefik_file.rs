//! The weights of a service of Traefik in a file of its file provider: read from it and written into it, by renaming.

use std::path::{Path, PathBuf};

use crate::api::permission::Permission;
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::traffic::change::Change;
use crate::model::traffic::difference::same;
use crate::model::traffic::weighted;
use crate::model::traffic::weighted::in_file::{self, InFile, Syntax};
use crate::ops::ingress::write::replace;
use crate::ops::traffic::conflict::changed_meanwhile;

/// A file with a weighted service, as it was when it was read.
#[derive(Debug, Clone)]
pub struct TraefikFile {
    /// Where it is.
    pub path: PathBuf,
    text: String,
    /// The weighted service.
    pub service: InFile,
}

/// Reads the file that a name such as `app@/etc/traefik/app.yml` says.
///
/// # Errors
/// Usage (2) when the name says no file by its whole path; not found (3) when there is none; refused (7) when its weights cannot be
/// moved.
pub fn open(name: &str) -> Result<TraefikFile> {
    let Some((service, path)) = weighted::file(name) else {
        return Err(Error::usage(format!("traefik/{name} names no file")));
    };
    own_path(service, path)?;
    let text = std::fs::read_to_string(path)
        .map_err(|e| Error::refused(format!("{} cannot be read", path.display())).because(e.to_string()))?;
    let syntax = Syntax::of(path).unwrap_or(Syntax::Yaml);
    let service = in_file::read(&text, syntax, service).map_err(|why| {
        Error::refused(format!("the weights of {service} in {} cannot be moved", path.display())).because(why)
    })?;
    Ok(TraefikFile { path: path.to_owned(), text, service })
}

/// One file has one name: that is what a shift is written down and locked under. A link is no file: renaming replaces it, and Traefik
/// watches the folder it was told.
fn own_path(service: &str, path: &Path) -> Result<()> {
    let shown = path.display();
    if !path.is_absolute() {
        return Err(Error::usage(format!("traefik/{service}@{shown}"))
            .because("a file is named by its whole path, from / on"));
    }
    let meta = match std::fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::not_found(format!("there is no file {shown} on this machine"))
                .hint("the weights are moved on the machine, or in the container, that has the file which Traefik watches"));
        }
        Err(e) => return Err(Error::refused(format!("{shown} cannot be looked at")).because(e.to_string())),
    };
    if meta.is_symlink() {
        let to = std::fs::read_link(path).map(|to| to.display().to_string()).unwrap_or_default();
        return Err(Error::refused(format!("{shown} is a link to {to}"))
            .because("a new file takes the place of the link, and Traefik watches the folder of the file it was told, not that of the other")
            .hint("name a file that Traefik watches itself"));
    }
    if !meta.is_file() {
        return Err(Error::refused(format!("{shown} is no file")));
    }
    match std::fs::canonicalize(path) {
        Ok(own) if own.as_os_str() != path.as_os_str() => {
            let name = format!("{}{service}@{}", weighted::PREFIX, own.display());
            Err(Error::usage(format!("{shown} is {}", own.display()))
                .because("a shift is locked and written down under one name")
                .hint(format!("name it so: {}", shell_word(&name))))
        }
        Ok(_) => Ok(()),
        Err(e) => Err(Error::refused(format!("{shown} cannot be looked at")).because(e.to_string())),
    }
}

/// A file beside that has a service of the same name: of the files of a folder Traefik takes it from the first, and tells its log of the
/// others.
#[must_use]
pub fn twin(name: &str) -> Option<PathBuf> {
    let (service, path) = weighted::file(name)?;
    let beside = std::fs::read_dir(path.parent()?).ok()?;
    let mut files = beside.flatten().map(|entry| entry.path()).filter(|file| file != path);
    files.find(|file| {
        let text = Syntax::of(file).and_then(|syntax| Some((syntax, std::fs::read_to_string(file).ok()?)));
        text.is_some_and(|(syntax, text)| in_file::read(&text, syntax, service).is_ok())
    })
}

/// Why nobody of this process may put another file in its place; none where it can.
#[must_use]
pub fn unwritable(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let allowed = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK);
    allowed.err().map(|e| format!("{} cannot be written: {e}", folder.display()))
}

/// Writes the weights, if the file's weighted service still says what it said, and nothing else of the file changed while it was
/// written.
///
/// # Errors
/// Refused (7) when it says something else; failed (1) when it cannot be written.
pub(super) fn write(_: &Permission, change: &Change) -> Result<()> {
    let Some(new) = &change.new else {
        return Err(Error::refused(format!(
            "{} is Traefik's own, and is not deleted by fleet",
            change.subject()
        )));
    };
    let now = open(&change.name)?;
    let stored = now.service.entry(&change.name);
    if !change.old.as_ref().is_some_and(|then| same(&stored, then)) {
        return Err(changed_meanwhile(change));
    }
    let what = || Error::refused(format!("{} was not written", now.path.display()));
    let made = now.service.with(&now.text, new).map_err(|why| what().because(why))?;
    // What stands there then is read as Traefik will read it, before it stands there.
    let (service, syntax) = (weighted::place(&change.name).0, Syntax::of(&now.path).unwrap_or(Syntax::Yaml));
    let again = in_file::read(&made, syntax, service).map_err(|why| what().because(why))?;
    if !same(&again.entry(&change.name), new) {
        return Err(what().because("its new text would not say the new weights"));
    }
    if replace(&now.path, &now.text, &made)? { Ok(()) } else { Err(changed_meanwhile(change)) }
}
