//! `fleet alloc ls`

use jiff::Timestamp;
use serde::Serialize;

use crate::api::nomad::fs::{self, Entry, Kind};
use crate::app::App;
use crate::commands::alloc::file_target::FileArgs;
use crate::error::Result;
use crate::ui::{Cell, Column, Tabular, bytes_text, column};

/// List files of an allocation, also of one that has ended.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet alloc ls web local
  fleet alloc ls c783f447 alloc/logs
  fleet alloc ls c783f447 --alloc-dir")]
pub struct Args {
    #[command(flatten)]
    file: FileArgs,
}

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FileKind {
    File,
    Directory,
    Link,
    Special,
}

/// A file or a directory.
#[derive(Debug, Serialize)]
pub(super) struct FileRow {
    pub(super) name: String,
    pub(super) kind: FileKind,
    pub(super) size_bytes: u64,
    /// As `ls -l` writes it.
    pub(super) mode: String,
    pub(super) modified_at: Option<Timestamp>,
}

impl From<Entry> for FileRow {
    fn from(entry: Entry) -> Self {
        let kind = match entry.kind() {
            Kind::File => FileKind::File,
            Kind::Dir => FileKind::Directory,
            Kind::Link => FileKind::Link,
            Kind::Special => FileKind::Special,
        };
        FileRow {
            kind,
            size_bytes: entry.size,
            modified_at: entry.mod_time,
            mode: entry.file_mode,
            name: entry.name,
        }
    }
}

impl Tabular for FileRow {
    const COLUMNS: &'static [Column] =
        &[column("MODE"), column("SIZE").right(), column("MODIFIED"), column("NAME").whole()];

    fn cells(&self) -> Vec<Cell> {
        let name =
            if self.kind == FileKind::Directory { format!("{}/", self.name) } else { self.name.clone() };
        let size =
            if self.kind == FileKind::File { Cell::text(bytes_text(self.size_bytes)) } else { Cell::Empty };
        vec![(&self.mode).into(), size, Cell::Time(self.modified_at), Cell::text(name)]
    }
}

/// Lists a directory, or the one file that was named.
///
/// # Errors
/// Not found (3); denied (4) without `read-fs`.
pub async fn run(args: &Args, app: &App) -> Result<()> {
    let found = args.file.find(app).await?;
    let entry = found.file().entry().await?;
    let mut rows: Vec<FileRow> = if entry.kind() == Kind::Dir {
        let listed = found.place.nomad.read(&fs::ls(&found.place.alloc.id, &found.path)).await?.value;
        listed.unwrap_or_default().into_iter().map(FileRow::from).collect()
    } else {
        vec![FileRow::from(entry)]
    };
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    app.printer.list(&rows, "the directory is empty")
}
