//! `fleet cp`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use tokio::time::Instant;

use crate::app::App;
use crate::commands::shared::complete;
use crate::commands::shared::progress::{rate, shown};
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags, TaskPlace};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::copy_path::{CopyPath, RemotePath};
use crate::model::target::runs;
use crate::model::words;
use crate::ops::transfer::{Copied, Download, Limits, Progress, ReadMethod, Upload};
use crate::ui::{Cell, Describe, Detail, Tone, bytes};

/// Copy files into a task or out of an allocation, and verify the copy by SHA-256.
///
/// A path in an allocation is TARGET:PATH, where PATH is absolute in the task's own file system, or lies in the allocation's
/// directory: local/…, tmp/…, secrets/… of the task, alloc/… shared by all tasks, alloc:/… from the allocation's top directory.
/// Files there are read through Nomad's file API, which works even when the allocation has ended or the task has no shell.
/// Everything else goes through the task's own tar or, where it has none, its shell. `-` is stdin or stdout. Uploads are
/// compressed where the task has gzip and it pays.
///
/// Exit code 0 means that the SHA-256 of every file was the same on both sides. The copy is built up beside its destination and
/// moved into place, all at once, only then. Where the task has no tool to compare with (sha256sum, busybox, shasum or openssl),
/// the copy is put in place and the exit code is 8. Exit code 1 means that something was not copied; every such file is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet cp web:/etc/hosts .
  fleet cp ./site 'web/api[0]:local/'
  fleet cp c783f447:alloc/logs ./logs-of-the-dead
  fleet cp service:db:/var/backups/last.sql.gz - | zcat
  fleet cp web:local/config.json api:local/")]
pub struct Args {
    /// Sources, and last the destination.
    #[arg(value_name = "PATH", required = true, num_args = 2.., add = clap_complete::ArgValueCompleter::new(complete::copy_paths))]
    paths: Vec<String>,

    #[command(flatten)]
    which: TargetFlags,

    /// Do not verify the copy.
    #[arg(long)]
    no_verify: bool,

    /// Limit the rate to this many bytes a second, such as 500K or 10M.
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    limit_rate: Option<u64>,

    /// Keep numeric owners and groups, where the receiving side may set them.
    #[arg(long)]
    owner: bool,

    /// Copy out at most this many bytes.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().bytes)]
    max_bytes: u64,

    /// Copy out at most this many files and directories.
    #[arg(long, value_name = "N", default_value_t = Limits::default().entries)]
    max_entries: u64,
}

/// What was copied, once for each source.
#[derive(Debug, Serialize)]
struct CopyReport {
    from: String,
    to: String,
    /// How a source in an allocation was read; none for a local one.
    method: Option<ReadMethod>,
    #[serde(flatten)]
    copied: Copied,
    seconds: f64,
}

impl Describe for CopyReport {
    fn describe(&self) -> Detail {
        let Copied { files, bytes, verified, left_out, grown, busy: _ } = &self.copied;
        let state = if *verified {
            Cell::toned("same on both sides", Tone::Good)
        } else {
            Cell::toned("NOT compared", Tone::Warn)
        };
        let rate = rate(*bytes, self.seconds);
        Detail::new()
            .fields([
                ("From", (&self.from).into()),
                ("To", (&self.to).into()),
                (
                    "Copied",
                    Cell::text(format!(
                        "{}, {} in {:.1} s, {rate}",
                        words::count(*files, "file"),
                        words::count(*bytes, "byte"),
                        self.seconds
                    )),
                ),
                ("SHA-256", state),
            ])
            .lines(
                Some("Grew while being copied; copied up to their earlier end"),
                grown.iter().map(|g| (g.clone(), Tone::Warn)),
            )
            .lines(Some("Not copied"), left_out.iter().map(|l| (format!("{}: {}", l.path, l.why), Tone::Bad)))
    }
}

/// Copies every source to the destination.
///
/// # Errors
/// When something was not copied (1), or nothing was there (3).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let mut paths =
        args.paths.iter().map(|p| CopyPath::parse(p).map_err(Error::usage)).collect::<Result<Vec<_>>>()?;
    let to = paths.pop().ok_or_else(|| Error::usage("no destination given"))?;
    if paths.len() > 1 && matches!(&to, CopyPath::Pipe) {
        return Err(Error::usage("only one source can go to stdout"));
    }
    let copy = Copy { args, app };
    let (mut verified, mut left_out) = (true, 0);
    for (from, text) in paths.iter().zip(&args.paths) {
        let view = copy.one(from, text, &to).await?;
        verified &= view.copied.verified;
        left_out += view.copied.left_out.len();
        for dir in &view.copied.busy {
            app.printer.note(&format!(
                "{dir} is another copy's, which is under way or was killed less than a minute ago; the next cp after that removes it"
            ));
        }
        if app.printer.is_machine() {
            app.printer.object(&view)?;
        } else {
            app.printer.aside(&view);
        }
    }
    if left_out > 0 {
        return Err(Error::failed(format!("{} not copied", words::count(left_out, "file"))));
    }
    if !verified && !args.no_verify {
        app.printer.warn("the task has no tool to compare with; the copy is in place, not verified");
        return Ok(ExitCode::Pending);
    }
    Ok(ExitCode::Done)
}

struct Copy<'a> {
    args: &'a Args,
    app: &'a App,
}

impl Copy<'_> {
    async fn one(&self, from: &CopyPath, text: &str, to: &CopyPath) -> Result<CopyReport> {
        let begun = Instant::now();
        let (method, copied) = match (from, to) {
            (CopyPath::Remote(from), CopyPath::Local(to)) => {
                self.download(from, Path::new(to)).await.map(|(c, w)| (Some(w), c))?
            }
            (CopyPath::Remote(from), CopyPath::Pipe) => self.print(from).await.map(|(c, w)| (Some(w), c))?,
            (CopyPath::Local(from), CopyPath::Remote(to)) => {
                let path = PathBuf::from(from);
                if path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir()) {
                    return Err(Error::usage(format!("{from:?} is neither a file nor a directory")));
                }
                let name = path.canonicalize().ok().and_then(|p| Some(p.file_name()?.to_str()?.to_owned()));
                let name =
                    name.ok_or_else(|| Error::not_found(format!("no such file or directory: {from}")))?;
                (None, self.upload(&path, &name, to).await?)
            }
            (CopyPath::Pipe, CopyPath::Remote(to)) => (None, self.stdin_to(to).await?),
            (CopyPath::Remote(from), CopyPath::Remote(to)) => {
                let between = scratch()?;
                let name = from.place.name().to_owned();
                let (download, method) = self.download(from, between.path()).await?;
                let upload = self.upload(&between.path().join(&name), &name, to).await?;
                (
                    Some(method),
                    Copied {
                        verified: download.verified && upload.verified,
                        left_out: download.left_out,
                        grown: download.grown,
                        ..upload
                    },
                )
            }
            _ => {
                return Err(Error::usage("neither path is in an allocation")
                    .hint("write a path in an allocation as TARGET:PATH"));
            }
        };
        let seconds = begun.elapsed().as_secs_f64();
        let to = self.args.paths.last().cloned().unwrap_or_default();
        Ok(CopyReport { from: text.to_owned(), to, method, copied, seconds })
    }

    async fn place(&self, remote: &RemotePath, want: AllocRequirement) -> Result<TaskPlace> {
        target::one(self.app, &remote.target, &self.args.which, want).await
    }

    async fn download(&self, from: &RemotePath, to: &Path) -> Result<(Copied, ReadMethod)> {
        let place = self.place(from, AllocRequirement::Any).await?;
        let download = Download {
            access: place.access(self.app),
            runs: runs(&place.alloc),
            place: &from.place,
            limits: Limits {
                bytes: self.args.max_bytes,
                entries: self.args.max_entries,
                ..Limits::default()
            },
            verify: !self.args.no_verify,
            rate: self.args.limit_rate,
            owner: self.args.owner,
        };
        let progress = Progress::default();
        let (copied, method) =
            shown(self.app, &from.target, &progress, Box::pin(download.run(to, &progress))).await?;
        tracing::info!(target: "fleet::cp", "{} read {method:?}", place.label());
        Ok((copied, method))
    }

    /// Writes a copy to stdout, after all of it has arrived and was compared.
    async fn print(&self, from: &RemotePath) -> Result<(Copied, ReadMethod)> {
        let between = scratch()?;
        let copied = self.download(from, &between.path().join("copy")).await?;
        let mut file = std::fs::File::open(between.path().join("copy")).map_err(|e| unreadable(&e))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match std::io::Read::read(&mut file, &mut buffer).map_err(|e| unreadable(&e))? {
                0 => return Ok(copied),
                n => self.app.printer.pass_or_end(&buffer[..n])?,
            }
        }
    }

    async fn upload(&self, from: &Path, name: &str, to: &RemotePath) -> Result<Copied> {
        let place = self.place(to, AllocRequirement::Running).await?;
        let upload = Upload {
            access: place.access(self.app),
            place: &to.place,
            verify: !self.args.no_verify,
            rate: self.args.limit_rate,
            owner: self.args.owner,
        };
        let mut orderly = self.app.interrupts.orderly();
        let stop =
            async || orderly.requested().await.error("interrupted; nothing was changed at the destination");
        let progress = Arc::default();
        let again = |error: &Error| {
            self.app.printer.warn(&format!("{error}; continuing from what has arrived"));
        };
        shown(self.app, &to.target, &progress, Box::pin(upload.run(from, name, &progress, again, stop))).await
    }

    /// Copies stdin. It is read to its end first, because its size is sent ahead of it.
    async fn stdin_to(&self, to: &RemotePath) -> Result<Copied> {
        let between = scratch()?;
        let path = between.path().join("stdin");
        let mut file = std::fs::File::create(&path).map_err(|e| unreadable(&e))?;
        let mut pieces = crate::ui::stdin();
        while let Some(piece) = pieces.recv().await {
            let bytes = piece.map_err(|e| unreadable(&e))?;
            std::io::Write::write_all(&mut file, &bytes).map_err(|e| unreadable(&e))?;
        }
        self.upload(&path, to.place.name(), to).await
    }
}

/// A private directory, removed at the end of the run.
fn scratch() -> Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix("fleet-cp-").tempdir().map_err(|e| unreadable(&e))
}

fn unreadable(e: &std::io::Error) -> Error {
    Error::failed("could not keep the copy on its method").because(e.to_string())
}
