//! `fleet util relay`

use tokio::task::LocalSet;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::ops::forward::serve;
use crate::ui;

/// Carry connections over stdin and stdout.
///
/// `fleet port-forward --push-relay` runs this in a task; it ends with stdin, or after 30 s of silence.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Seconds of silence after which the relay ends, as the other relays do by an alarm.
const LEFT_ALONE: u8 = 128 + 14;

/// Carries connections to the end of stdin.
///
/// # Errors
/// When what comes there is no frame.
pub async fn run(_: &Args) -> Result<ExitCode> {
    match LocalSet::new().run_until(serve(ui::stdin(), ui::stdout())).await {
        Ok(()) => Ok(ExitCode::Done),
        Err(e) if e.kind() == std::io::ErrorKind::TimedOut => Ok(ExitCode::Of(LEFT_ALONE)),
        Err(e) => Err(Error::failed("the relay stopped").because(e.to_string())),
    }
}
