//! `fleet context init`

use crate::app::App;
use crate::commands::context::change::{Keys, check_name};
use crate::config::{ConnectionFlags, Context, ContextEdit, TEMPLATE};
use crate::error::{Error, Result};

/// Begin a context file with what your environment and the connection options say: the first context, and the one in force.
///
/// Addresses, certificates, region and namespace are taken from NOMAD_ADDR, CONSUL_HTTP_ADDR and their like. Tokens are not: name
/// a file or a command that has it, or go on with NOMAD_TOKEN.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet context init
  fleet context init prod --token-cmd 'pass show nomad/prod' --protected
  fleet context init --template")]
pub struct Args {
    /// Name of the first context.
    #[arg(value_name = "CONTEXT", default_value = "default")]
    name: String,

    #[command(flatten)]
    keys: Keys,

    /// Print a context file with every key and what it is for, and write nothing.
    #[arg(long)]
    template: bool,
}

/// Begins the file.
///
/// # Errors
/// Usage (2) where there is a file with contexts already, or nothing to begin with.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    if args.template {
        return app.printer.text(TEMPLATE);
    }
    check_name(&args.name)?;
    if app.contexts()?.iter().next().is_some() {
        return Err(Error::usage("there are contexts already").hint("`fleet context add` adds another one"));
    }
    let flags = of_environment(app);
    if flags.address.is_none() && flags.consul_address.is_none() {
        return Err(Error::usage("neither NOMAD_ADDR nor --address says where Nomad is"));
    }
    let mut edit = ContextEdit::open(&app.env)?;
    args.keys.write(&mut edit, &args.name, &flags)?;
    edit.set_current(&args.name);
    let changed = args.keys.save(edit, &args.name, app).await?;
    app.printer.object(&changed)?;
    let context = app.contexts()?;
    let context = context.get(&args.name)?;
    say_of_tokens(&args.name, context, app);
    Ok(())
}

/// Tokens are not taken from the environment into the file: what is missing for the day when they are not exported is said.
fn say_of_tokens(name: &str, context: &Context, app: &App) {
    let (nomad, consul) = (&context.nomad, &context.consul);
    let missing = [
        (nomad.token_file.is_none() && nomad.token_cmd.is_none(), "NOMAD_TOKEN", "--token-cmd"),
        (
            consul.token_file.is_none() && consul.token_cmd.is_none(),
            "CONSUL_HTTP_TOKEN",
            "--consul-token-cmd",
        ),
    ];
    for (_, variable, flag) in missing.into_iter().filter(|(missing, ..)| *missing) {
        if app.env.get(variable).is_some() {
            app.printer.note(&format!(
                "{variable} is not written to the file: keep exporting it, or name what has it: \
                 `fleet context edit {name} {flag} 'pass show {name}'`"
            ));
        }
    }
}

/// The connection options, where they are not given those of the environment.
fn of_environment(app: &App) -> ConnectionFlags {
    let given = app.connection().clone();
    let text =
        |flag: Option<String>, variable: &str| flag.or_else(|| app.env.get(variable).map(str::to_owned));
    let path = |flag: Option<std::path::PathBuf>, variable: &str| {
        flag.or_else(|| app.env.get(variable).map(Into::into))
    };
    ConnectionFlags {
        context: None,
        address: text(given.address, "NOMAD_ADDR"),
        region: text(given.region, "NOMAD_REGION"),
        namespace: text(given.namespace, "NOMAD_NAMESPACE"),
        ca_cert: path(given.ca_cert, "NOMAD_CACERT"),
        ca_path: path(given.ca_path, "NOMAD_CAPATH"),
        client_cert: path(given.client_cert, "NOMAD_CLIENT_CERT"),
        client_key: path(given.client_key, "NOMAD_CLIENT_KEY"),
        tls_server_name: text(given.tls_server_name, "NOMAD_TLS_SERVER_NAME"),
        consul_address: text(given.consul_address, "CONSUL_HTTP_ADDR"),
        consul_token_file: path(given.consul_token_file, "CONSUL_HTTP_TOKEN_FILE"),
        ..given
    }
}
