//! `fleet var edit`

use super::store;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::var_items::{self, Edit};

/// Edit a variable in your editor ($VISUAL or $EDITOR) as KEY=VALUE lines.
///
/// Changes that others make meanwhile stay. If you both changed the same key, nothing is stored, and your text is kept in a file
/// that only you can read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var edit nomad/jobs/web")]
pub struct Args {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,
}

/// Edits a variable.
///
/// # Errors
/// Usage (2) without an editor or for a text that cannot be read; refused (7) when the same keys were changed meanwhile.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let editor = app.env.get("VISUAL").or_else(|| app.env.get("EDITOR"));
    let editor = editor.ok_or_else(|| {
        Error::usage("no editor is set").hint("set EDITOR, or use fleet var set PATH KEY=VALUE")
    })?;
    let base = store::read(app, &args.path).await?;
    let dir = PrivateDir::new(app)?;
    let file = dir.0.join("items");
    std::fs::write(&file, var_items::write(&base.0)).map_err(|e| local("could not write the items", &e))?;
    let words = shlex::split(editor)
        .filter(|w| !w.is_empty())
        .ok_or_else(|| Error::usage(format!("EDITOR {editor:?} is not a command")))?;
    let status = tokio::process::Command::new(&words[0]).args(&words[1..]).arg(&file).status().await;
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(Error::failed(format!("the editor ended with {status}; nothing was stored")));
        }
        Err(e) => {
            return Err(
                Error::usage(format!("could not run the editor {:?}", words[0])).because(e.to_string())
            );
        }
    }
    let text = std::fs::read_to_string(&file).map_err(|e| local("could not read the items", &e))?;
    let kept = |error: Error, dir: PrivateDir| {
        let place = dir.keep();
        error.hint(format!("your text is in {}", place.join("items").display()))
    };
    let wanted = match var_items::read(&text) {
        Ok(wanted) => wanted,
        Err(why) => {
            return Err(kept(Error::usage("could not read the items; nothing was stored").because(why), dir));
        }
    };
    let edit = Edit::between(&base.0, &wanted);
    match store::change(app, &app.explicit(), &args.path, base, &edit).await {
        Ok(changed) => app.printer.object(&changed),
        Err(error) => Err(kept(error, dir)),
    }
}

fn local(what: &str, e: &std::io::Error) -> Error {
    Error::failed(what).because(e.to_string())
}

/// A folder that only the user can look into, removed when it is dropped.
struct PrivateDir(std::path::PathBuf);

impl PrivateDir {
    fn new(app: &App) -> Result<Self> {
        let parent = app.env.state_dir().ok_or_else(|| {
            Error::usage("no directory for a private file").hint("set HOME or FLEET_STATE_DIR")
        })?;
        let dir = parent.join(format!("edit-{:016x}", fastrand::u64(..)));
        std::fs::create_dir_all(&parent).map_err(|e| local("could not make a private folder", &e))?;
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir).map_err(|e| local("could not make a private folder", &e))?;
        Ok(PrivateDir(dir))
    }

    /// Keeps the folder instead of removing it.
    fn keep(self) -> std::path::PathBuf {
        let path = self.0.clone();
        std::mem::forget(self);
        path
    }
}

impl Drop for PrivateDir {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
