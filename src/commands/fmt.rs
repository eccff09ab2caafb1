//! `fleet fmt`

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::jobfile::{format, json, syntax, text};
use crate::ops::jobfile;
use crate::ui::{Cell, Column, Tabular, column};

/// Format job files and other HCL, as `nomad fmt` does. Only blanks change; comments and texts stay.
///
/// Files that were not formatted yet are listed. With `--check` nothing is written, and the exit code is 1 when there are any. A file
/// that is not valid HCL is not touched (exit code 2).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet fmt web.nomad.hcl
  fleet fmt --check --recursive jobs/
  fleet fmt - < web.nomad.hcl")]
pub struct Args {
    /// Files, folders (their *.nomad, *.hcl and *.job), or `-` for stdin, whose text goes to stdout [default: this folder].
    #[arg(value_name = "PATH", value_hint = clap::ValueHint::AnyPath)]
    paths: Vec<PathBuf>,

    /// Write nothing; exit 1 when a file is not formatted.
    #[arg(long)]
    check: bool,

    /// Folders in folders too.
    #[arg(long, short)]
    recursive: bool,
}

/// A file that is not formatted, or was not.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    /// Whether it was written.
    written: bool,
}

impl Tabular for Row {
    const COLUMNS: &'static [Column] = &[column("FILE").whole(), column("STATE")];

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.file), Cell::text(if self.written { "formatted" } else { "not formatted" })]
    }
}

/// Formats files.
///
/// # Errors
/// Usage (2) for a path that is none, and for files that are not valid HCL, after the others were formatted.
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 {
            return Err(Error::usage("`-` stands alone: stdin is one text"));
        }
        let given = jobfile::read("-").await?;
        let formatted = formatted("stdin", &given)?;
        app.printer.text(&formatted)?;
        let differs = args.check && formatted != given;
        return Ok(if differs { ExitCode::Failed } else { ExitCode::Done });
    }
    let here = [PathBuf::from(".")];
    let paths = if args.paths.is_empty() { &here[..] } else { &args.paths };
    let mut files = Vec::new();
    for path in paths {
        collect(path, args.recursive, true, &mut files)?;
    }
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        match one(&file, args.check) {
            Ok(None) => {}
            Ok(Some(row)) => rows.push(row),
            Err(error) => wrong.push(error),
        }
    }
    if !rows.is_empty() || app.printer.is_machine() {
        app.printer.list(&rows, "all files are formatted")?;
    }
    let mut wrong = wrong.into_iter();
    if let Some(first) = wrong.next() {
        wrong.for_each(|error| app.printer.error(&error));
        return Err(first);
    }
    Ok(if args.check && !rows.is_empty() { ExitCode::Failed } else { ExitCode::Done })
}

/// The files that a path means; hidden folders are not entered.
fn collect(path: &Path, recursive: bool, named: bool, into: &mut Vec<PathBuf>) -> Result<()> {
    let unread =
        |e: std::io::Error| Error::usage(format!("could not read {}", path.display())).because(e.to_string());
    let meta = std::fs::metadata(path).map_err(unread)?;
    if meta.is_file() {
        into.push(path.to_owned());
        return Ok(());
    }
    if !meta.is_dir() || !(named || recursive) {
        return Ok(());
    }
    let mut inside: Vec<PathBuf> =
        std::fs::read_dir(path).map_err(unread)?.flatten().map(|e| e.path()).collect();
    inside.sort();
    for path in inside {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_link = path.is_symlink();
        let is_meant = [".nomad", ".hcl", ".job"].iter().any(|end| name.ends_with(end));
        if !name.starts_with('.') && ((path.is_dir() && !is_link) || (path.is_file() && is_meant)) {
            collect(&path, recursive, false, into)?;
        }
    }
    Ok(())
}

/// Formats one file; nothing when it is formatted already.
fn one(file: &Path, check: bool) -> Result<Option<Row>> {
    let shown = file.strip_prefix("./").unwrap_or(file).display().to_string();
    let given = std::fs::read_to_string(file)
        .map_err(|e| Error::usage(format!("could not read {shown}")).because(e.to_string()))?;
    let formatted = formatted(&shown, &given)?;
    if formatted == given {
        return Ok(None);
    }
    if !check {
        replace(file, &formatted).map_err(|e| {
            Error::failed(format!("could not write {shown}; it is as it was")).because(e.to_string())
        })?;
    }
    Ok(Some(Row { file: shown, written: !check }))
}

fn formatted(shown: &str, given: &str) -> Result<String> {
    if json::is_json(given) {
        return Err(Error::usage(format!("{shown} is JSON; only HCL's native syntax is formatted")));
    }
    syntax::parse(given).map_err(|e| {
        let at = text::position(given, e.location().offset());
        let place = format!("{shown}:{}:{}: {}", at.line, at.column, e.message().replace('\n', ", "));
        Error::usage(format!("{shown} is not valid HCL; it was not touched")).because(place)
    })?;
    Ok(format::format(given))
}

/// Puts a text in the place of a file's, whole or not at all.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let real = file.canonicalize()?;
    let folder = real.parent().unwrap_or_else(|| Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(std::fs::metadata(&real)?.permissions())?;
    new.persist(&real)?;
    Ok(())
}
