//! `fleet context edit`

use crate::app::App;
use crate::commands::context::change::{Keys, by_name, unset};
use crate::config::ContextEdit;
use crate::error::{Error, Result};

/// Change a context: set what is named, unset what is not wanted any more, leave the rest as it is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context edit prod --address https://n2.example:4646
  fleet context edit prod --token-cmd 'secret-tool lookup service nomad-prod'
  fleet context edit prod --unset nomad.failover --unset consul.address
  fleet context edit prod --pin")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    name: String,

    #[command(flatten)]
    keys: Keys,

    /// Remove a key, such as nomad.namespace or protected. Repeat it for several.
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,

    /// The context's name, instead of typing it when its protection or its pin is taken away, or when what is protected is to have
    /// another address.
    #[arg(long, value_name = "CONTEXT", add = clap_complete::ArgValueCompleter::new(crate::commands::shared::complete::contexts))]
    confirm: Option<String>,
}

/// Changes it.
///
/// # Errors
/// Not found (3), usage (2) when nothing is named, refused (7) when protection is to go and nobody says so.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let file = app.contexts()?;
    let guarded = {
        let context = file.get(&args.name)?;
        (context.protected, context.pin.is_some())
    };
    let mut edit = ContextEdit::open(&app.env)?;
    let said = args.keys.write(&mut edit, &args.name, app.connection())?;
    if !said && args.unset.is_empty() {
        let place = file.path.as_ref().map_or_else(String::new, |path| path.display().to_string());
        return Err(Error::usage(format!("nothing is named to change in context {}", args.name))
            .hint(format!("name it with a flag, or edit {place}")));
    }
    unset(&mut edit, &args.name, &args.unset)?;
    let goes = |key: &str| args.unset.iter().any(|unset| unset == key);
    // Another address is another cluster.
    let moved = app.connection().address.is_some()
        || app.connection().consul_address.is_some()
        || goes("nomad.address");
    if (guarded.0 && (goes("protected") || moved)) || (guarded.1 && goes("pin")) {
        by_name(app, args.confirm.as_deref(), &args.name).await?;
    }
    let changed = args.keys.save(edit, &args.name, app).await?;
    app.printer.object(&changed)
}
