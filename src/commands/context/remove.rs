//! `fleet context remove`, `fleet context rename` and `fleet context use`

use crate::app::App;
use crate::commands::context::change::{Changed, by_name, check_name};
use crate::config::ContextEdit;
use crate::error::{Error, Result};

/// Remove a context from the file. Nothing changes in its cluster.
///
/// Of one that is protected its name is asked for, --yes or not.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context remove old --yes
  fleet context remove prod --confirm prod")]
pub struct RemoveArgs {
    /// Its name.
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,

    /// Go ahead without asking.
    #[arg(long, short)]
    yes: bool,

    /// The context's name, instead of typing it when it is protected.
    #[arg(long, value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    confirm: Option<String>,
}

/// Give a context another name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context rename prod eu-prod")]
pub struct RenameArgs {
    /// Its name.
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,

    /// Its new name.
    #[arg(value_name = "NEW")]
    to: String,
}

/// Make a context the one in force, in every shell where nothing else is said.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context use staging")]
pub struct UseArgs {
    /// Its name.
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,
}

/// Removes it.
///
/// # Errors
/// Not found (3), refused (7) when not confirmed.
pub async fn remove(args: &RemoveArgs, app: &App) -> Result<()> {
    match (app.contexts()?.get(&args.name)?.protected, &args.confirm) {
        (false, None) => {
            app.confirm(args.yes, &format!("Remove context {}?", args.name)).await?;
        }
        (_, confirm) => by_name(app, confirm.as_deref(), &args.name).await?,
    }
    let mut edit = ContextEdit::open(&app.env)?;
    edit.remove(&args.name);
    save(edit, &args.name, app)
}

/// Renames it.
///
/// # Errors
/// Not found (3), usage (2) when the new name is taken.
pub fn rename(args: &RenameArgs, app: &App) -> Result<()> {
    app.contexts()?.get(&args.name)?;
    check_name(&args.to)?;
    let mut edit = ContextEdit::open(&app.env)?;
    if edit.has(&args.to) {
        return Err(Error::usage(format!("there is a context {} already", args.to))
            .hint(format!("fleet context remove {}", args.to))
            .hint("fleet context list shows all contexts"));
    }
    edit.rename(&args.name, &args.to);
    save(edit, &args.to, app)
}

/// Makes it current.
///
/// # Errors
/// Not found (3).
pub fn use_it(args: &UseArgs, app: &App) -> Result<()> {
    app.contexts()?.get(&args.name)?;
    for variable in ["FLEET_CONTEXT", "NOMAD_ADDR"] {
        if app.env.get(variable).is_some() {
            app.printer.warn(&format!("{variable} in the environment goes before the context in force"));
        }
    }
    let mut edit = ContextEdit::open(&app.env)?;
    edit.set_current(&args.name);
    save(edit, &args.name, app)
}

fn save(edit: ContextEdit, name: &str, app: &App) -> Result<()> {
    let file = edit.path().display().to_string();
    let changed = edit.save()?;
    let current = app.contexts()?.current() == Some(name);
    app.printer.object(&Changed { context: name.to_owned(), file, changed, current })
}
