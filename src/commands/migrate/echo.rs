//! `fleet migrate echo`

use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::ingress::echo;

/// Serve an application that answers with what it received, to be put behind both sides of `fleet migrate verify --echo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet migrate echo
  fleet migrate echo --listen 127.0.0.1:9000")]
pub struct Args {
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8899")]
    listen: String,
}

/// Serves until it is interrupted.
///
/// # Errors
/// When it cannot listen there.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let listener = tokio::net::TcpListener::bind(&args.listen)
        .await
        .map_err(|e| Error::failed(format!("could not listen on {}", args.listen)).because(e.to_string()))?;
    let address = listener.local_addr().map_err(anyhow::Error::from)?;
    app.printer.note(&format!("answering on http://{address} with what is received; Ctrl-C ends it"));
    echo::serve(listener).await?;
    Ok(ExitCode::Done)
}
