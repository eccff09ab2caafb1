//! `fleet var put`, `set` and `unset`

use super::store;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::ids::shell_word;
use crate::model::var_items::{self, Edit, Items};
use crate::ops::jobfile;

/// Replace a variable from a file or stdin: KEY=VALUE lines or a JSON object. Keys not given are removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var put nomad/jobs/web items
  fleet var put nomad/jobs/web items.json")]
pub struct PutArgs {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,

    /// The file; `-` for stdin.
    #[arg(value_name = "FILE", default_value = "-")]
    file: String,

    /// Store it only if the variable does not exist.
    #[arg(long)]
    new: bool,
}

/// Stores a variable whole.
///
/// # Errors
/// Usage (2) for items that cannot be read; refused (7) when somebody else changed it meanwhile.
pub async fn put(args: &PutArgs, app: &App) -> Result<()> {
    let text = jobfile::read(&args.file).await.map_err(|e| match args.file.contains('=') {
        true => e.hint(format!("to set single keys: fleet var set {} KEY=VALUE", shell_word(&args.path))),
        false => e,
    })?;
    let wanted = var_items::read(&text).map_err(|e| Error::usage("could not read the items").because(e))?;
    let base = store::read(app, &args.path).await?;
    if args.new && base.1 > 0 {
        return Err(Error::refused(format!("variable {} already exists", args.path)));
    }
    let edit = Edit::between(&base.0, &wanted);
    let changed = store::change(app, &app.explicit(), &args.path, base, &edit).await?;
    app.printer.object(&changed)
}

/// Set keys of a variable; the others stay as they are.
///
/// To keep a value off the command line, which others can see: KEY=@FILE reads it from a file, KEY=- from stdin. It is stored as
/// it is, with the newline at its end: keys and certificates need theirs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var set nomad/jobs/web port=80 host=db
  fleet var set nomad/jobs/web ssh_key=@id_ed25519
  fleet var set nomad/jobs/web password=- --trim-newline")]
pub struct SetArgs {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,

    /// Keys and values to set.
    #[arg(value_name = "KEY=VALUE", required = true)]
    items: Vec<String>,

    /// Leave out the newline that a file or stdin ends with, as after `echo`.
    #[arg(long)]
    trim_newline: bool,
}

/// Sets keys.
///
/// # Errors
/// Usage (2); refused (7) when somebody else set the same key meanwhile.
pub async fn set(args: &SetArgs, app: &App) -> Result<()> {
    let mut wanted = Items::new();
    for item in &args.items {
        let (key, value) = item
            .split_once('=')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| Error::usage(format!("{item:?} is not KEY=VALUE")))?;
        let value = match value.strip_prefix('@') {
            Some(file) => args.read(app, key, file).await?,
            None if value == "-" => args.read(app, key, "-").await?,
            None => value.to_owned(),
        };
        wanted.insert(key.to_owned(), value);
    }
    let base = store::read(app, &args.path).await?;
    let set = wanted.into_iter().filter(|(k, v)| base.0.get(k) != Some(v)).collect();
    let changed =
        store::change(app, &app.explicit(), &args.path, base, &Edit { set, unset: Vec::new() }).await?;
    app.printer.object(&changed)
}

impl SetArgs {
    /// A value from a file or stdin.
    async fn read(&self, app: &App, key: &str, file: &str) -> Result<String> {
        let mut text = jobfile::read(file).await?;
        let one_line = text.ends_with('\n') && text.matches('\n').count() == 1;
        if self.trim_newline && text.ends_with('\n') {
            text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
        } else if one_line {
            app.printer
                .note(&format!("the value of {key} ends with a newline; --trim-newline leaves it out"));
        }
        Ok(text)
    }
}

/// Remove keys of a variable; the others stay as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet var unset nomad/jobs/web old_key")]
pub struct UnsetArgs {
    /// Path of the variable.
    #[arg(value_name = "PATH")]
    path: String,

    /// Keys to remove.
    #[arg(value_name = "KEY", required = true)]
    keys: Vec<String>,
}

/// Removes keys.
///
/// # Errors
/// Not found (3) when there is no such variable or key.
pub async fn unset(args: &UnsetArgs, app: &App) -> Result<()> {
    let base = store::read_existing(app, &args.path).await?;
    if let Some(key) = args.keys.iter().find(|k| !base.0.contains_key(*k)) {
        return Err(Error::not_found(format!("variable {} has no key {key:?}", args.path)));
    }
    let edit = Edit { set: Items::new(), unset: args.keys.clone() };
    let changed = store::change(app, &app.explicit(), &args.path, base, &edit).await?;
    app.printer.object(&changed)
}
