//! `fleet alloc tail`

use crate::app::App;
use crate::commands::alloc::file_target::FileArgs;
use crate::error::{Error, Result};
use crate::ui::stdout_closed;

/// Print the end of a file of an allocation, and what is written to it with --follow.
///
/// For what a task prints `fleet logs` is better: it follows from file to file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc tail web local/access.log
  fleet alloc tail web local/access.log --lines 100 -f")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,

    /// How many lines.
    #[arg(long, value_name = "N", default_value_t = 10)]
    lines: u64,

    /// Go on with what is written.
    #[arg(long, short = 'f')]
    follow: bool,
}

/// Prints the end of a file.
///
/// # Errors
/// Not found (3), denied (4) without `read-fs`; with --follow failed (1) when the file is removed, interrupted (130).
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let found = args.file.find(app).await?;
    let file = found.file();
    let size = file.file().await?.size;
    let from = file.last_lines(size, args.lines).await?;
    let mut print = |bytes: bytes::Bytes| app.printer.pass_or_end(&bytes);
    let read = file.read(from, size, &mut print).await?;
    if !args.follow {
        return Ok(());
    }
    let cut = || app.printer.warn("the file was emptied; what was not read of it is gone");
    let mut orderly = app.interrupts.orderly();
    tokio::select! {
        ended = file.follow(read, &mut print, &cut) => Err(Error::failed(ended?)),
        () = stdout_closed() => Err(Error::output_closed()),
        interrupt = orderly.requested() => Err(interrupt.error("interrupted")),
    }
}
