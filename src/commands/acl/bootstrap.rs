//! `fleet acl bootstrap`

use secrecy::ExposeSecret;

use super::token::Created;
use crate::api::nomad::acl;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ops::jobfile;

/// Make the first management token of a cluster. Its secret is printed once, here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl bootstrap
  fleet acl bootstrap --secret-file - < secret.txt")]
pub struct Args {
    /// A file with the secret it is to have, a UUID, instead of one that the servers make; `-` for stdin.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    secret_file: Option<String>,
}

/// Bootstraps.
///
/// # Errors
/// Refused (7) when it was done before.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let secret = match &args.secret_file {
        Some(file) => Some(secrecy::SecretString::from(jobfile::read(file).await?.trim().to_owned())),
        None => None,
    };
    let call = acl::bootstrap(secret.as_ref().map(ExposeSecret::expose_secret));
    let made = app.nomad()?.write(&app.explicit(), &call).await.map_err(|e| {
        if e.text.contains("bootstrap already done") {
            return Error::refused("the ACL system was bootstrapped before")
                .because(e.text)
                .hint("with a management token: fleet acl token create --name NAME --management");
        }
        Error::from(e)
    })?;
    app.printer.object(&Created::of(made.value)?)
}
