//! `fleet alloc cat`

use crate::app::App;
use crate::commands::alloc::file_target::FileArgs;
use crate::error::{Error, Result};

/// Print a file of an allocation, also of one that has ended.
///
/// What the file holds when it is begun is printed, byte for byte. One that becomes shorter meanwhile fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc cat web local/config.json
  fleet alloc cat c783f447 alloc/logs/web.stdout.0 | zstd > log.zst")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,
}

/// Prints a file.
///
/// # Errors
/// Not found (3), denied (4) without `read-fs`, failed (1) when it cannot be read to its end.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let found = args.file.find(app).await?;
    let size = found.file().file().await?.size;
    let read = found.file().read(0, size, &mut |bytes| app.printer.pass_or_end(&bytes)).await?;
    if read < size {
        return Err(Error::failed(format!("{:?} became shorter while it was read", found.path)));
    }
    Ok(())
}
