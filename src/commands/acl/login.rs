//! `fleet acl login`

use super::token::Created;
use crate::api::nomad::acl;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ops::jobfile;

/// Exchange a JWT for a token, by an auth method of the type JWT: how pipelines log in.
///
/// The secret of the token is printed once, here.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet acl login --method github --jwt-file token.jwt
  fleet acl login --method github --jwt-file - -o json < token.jwt")]
pub struct Args {
    /// The auth method.
    #[arg(long, value_name = "METHOD")]
    method: String,

    /// A file with the JWT; `-` for stdin. It is kept out of the command line, which others see.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    jwt_file: String,
}

/// Logs in.
///
/// # Errors
/// Usage (2) without a JWT, refused rights (4) when the method does not take it.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let jwt = jobfile::read(&args.jwt_file).await?;
    if jwt.trim().split('.').count() != 3 {
        return Err(Error::usage(format!("{} holds no JWT", args.jwt_file))
            .because("a JWT has three parts divided by dots"));
    }
    let made = app.nomad()?.write(&app.explicit(), &acl::login(&args.method, jwt.trim())).await?;
    app.printer.object(&Created::of(made.value)?)
}
