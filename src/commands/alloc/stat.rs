//! `fleet alloc stat`

use crate::app::App;
use crate::commands::alloc::file_target::FileArgs;
use crate::commands::alloc::ls::FileRow;
use crate::error::Result;
use crate::model::words;
use crate::ui::{Cell, Describe, Detail};

/// Show what one file of an allocation is: kind, size, permissions, and when it was changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc stat web local/config.json
  fleet alloc stat c783f447 alloc/logs/web.stdout.0 -o json")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,
}

impl Describe for FileRow {
    fn describe(&self) -> Detail {
        Detail::new().fields([
            ("Name", (&self.name).into()),
            ("Kind", Cell::text(format!("{:?}", self.kind).to_lowercase())),
            ("Size", Cell::text(words::count(self.size_bytes, "byte"))),
            ("Mode", (&self.mode).into()),
            ("Modified", Cell::Time(self.modified_at)),
        ])
    }
}

/// Shows what a file is.
///
/// # Errors
/// Not found (3); denied (4) without `read-fs`.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let found = args.file.find(app).await?;
    app.printer.object(&FileRow::from(found.file().entry().await?))
}
