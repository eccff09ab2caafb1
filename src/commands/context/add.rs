//! `fleet context add`

use crate::app::App;
use crate::commands::context::change::{Keys, check_name};
use crate::config::ContextEdit;
use crate::error::{Error, Result};

/// Add a context: addresses, certificates and token files as the connection options name them.
///
/// No token is taken here: name a file or a command that has it, such as a keychain's. Addresses are not asked, unless with
/// --pin.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context add staging --address https://nomad.staging.example:4646 --token-cmd 'pass show nomad/staging'
  fleet context add prod --address https://n1:4646 --failover https://n2:4646 --ca-cert ca.pem --protected --pin
  fleet context add lab --address http://10.0.0.1:4646 --consul-address http://10.0.0.1:8500 --use")]
pub struct Args {
    /// Its name.
    #[arg(value_name = "CONTEXT")]
    name: String,

    #[command(flatten)]
    keys: Keys,

    /// Make it the context in force.
    #[arg(long = "use")]
    make_current: bool,
}

/// Adds it.
///
/// # Errors
/// Usage (2) for one that is there already, or has no address.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    check_name(&args.name)?;
    let mut edit = ContextEdit::open(&app.env)?;
    if edit.has(&args.name) {
        let error = Error::usage(format!("there is a context {} already", args.name))
            .hint(format!("`fleet context show {}` shows what it is", args.name));
        return Err(error.hint(match args.keys.words(app.connection()) {
            Some(words) => format!("to make it this one: fleet context edit {}{words}", args.name),
            None => format!("change it with `fleet context edit {}`", args.name),
        }));
    }
    if app.connection().address.is_none() && app.connection().consul_address.is_none() {
        return Err(Error::usage(format!("context {} would have no address", args.name))
            .hint("name one with --address, or begin with your environment's: `fleet context init`"));
    }
    args.keys.write(&mut edit, &args.name, app.connection())?;
    if args.make_current {
        edit.set_current(&args.name);
    }
    let changed = args.keys.save(edit, &args.name, app).await?;
    app.printer.object(&changed)
}
