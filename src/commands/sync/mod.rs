//! `fleet sync`

mod view;
mod watching;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::time::Instant;

use crate::app::App;
use crate::commands::shared::progress::shown;
use crate::commands::shared::target::{self, AllocRequirement, TargetFlags, TaskPlace};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::model::copy_path::{CopyPath, RemotePath};
use crate::model::tree_sync::Changes;
use crate::model::words;
use crate::ops::exec::shell_session::{ShellSession, in_shell_session};
use crate::ops::sync::{Applied, Interrupted, RemoteDir, Rules, Scan, Scanner};
use crate::ops::transfer::Progress;

use view::SyncReport;
use watching::Watching;

/// Mirror a local directory into a task.
///
/// Compares DIR by SHA-256 with TARGET:PATH; what differs is sent, compared again, and moved into place. With --watch every change
/// follows within a second of being saved, over the same session; when the allocation is replaced, the new one is brought up to
/// date. What .gitignore excludes is left alone on both sides, and so is .git.
///
/// Nothing is removed in the task without --delete, and then only when both sides could be listed completely: a local directory that
/// is gone, cannot be read or is suddenly empty removes nothing. PATH is as in `fleet cp`, and is created when missing.
///
/// Exit code 0 means that both sides are the same, 1 that something could not be copied or removed; every such path is listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  fleet sync . web:local/app
  fleet sync ./site 'web/api[0]:/srv/www' --delete --dry-run
  fleet sync . .:local/app --watch --delete --exclude '*.log'")]
pub struct Args {
    /// The local directory.
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,

    /// The directory in the task.
    #[arg(value_name = "TARGET:PATH")]
    to: String,

    #[command(flatten)]
    which: TargetFlags,

    /// Keep watching, and copy what changes.
    #[arg(long, short = 'W')]
    watch: bool,

    /// Remove from the task what is not in DIR.
    #[arg(long)]
    delete: bool,

    /// Exclude what matches this pattern, written as in .gitignore; it is not removed from the task either.
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<String>,

    /// Also copy what .gitignore excludes, and .git.
    #[arg(long)]
    no_ignore: bool,

    /// Show what would be done; change nothing.
    #[arg(long, conflicts_with = "watch")]
    dry_run: bool,
}

/// How often a broken connection is resumed.
const ATTEMPTS: usize = 8;

/// Mirrors a local directory into a task, once or for as long as it is watched.
///
/// # Errors
/// When something could not be copied (1), or an empty directory would remove everything (7).
pub async fn run(args: &Args, app: &App) -> Result<ExitCode> {
    let CopyPath::Remote(to) = CopyPath::parse(&args.to).map_err(Error::usage)? else {
        return Err(Error::usage(format!("{:?} is not in a task", args.to))
            .hint("write a directory in a task as TARGET:PATH"));
    };
    let root = args.dir.canonicalize().ok().filter(|d| d.is_dir());
    let root = root.ok_or_else(|| Error::not_found(format!("no such directory: {}", args.dir.display())))?;
    let rules = Rules { exclude: args.exclude.clone(), all: args.no_ignore };
    let sync = Sync { app, args, to };
    let mut scanner = Scanner::new(root, rules);
    if args.watch {
        return Watching::of(sync, scanner).run().await;
    }
    let place = target::one(app, &sync.to.target, &args.which, AllocRequirement::Running).await?;
    let mut orderly = app.interrupts.orderly();
    let (mut left, mut tries) = (Interrupted::default(), 0);
    let view = loop {
        let attempt = async |shell: &mut ShellSession| {
            tokio::select! {
                view = sync.once(shell, &mut scanner, &mut left) => view,
                by = orderly.requested() => Err(by.error("interrupted; files that were not complete are not in place")),
            }
        };
        match sync.in_session(&place, attempt).await {
            Err(error) if error.code() == ExitCode::Transport && left.is_any() && tries < ATTEMPTS => {
                tries += 1;
                app.printer.warn(&format!("{error}; continuing from what has arrived"));
            }
            ended => break ended?,
        }
    };
    if app.printer.is_machine() {
        app.printer.object(&view)?;
    } else {
        app.printer.aside(&view);
    }
    match view.failures() {
        0 => Ok(ExitCode::Done),
        n => Err(Error::failed(format!("{} not the same on both sides", words::count(n, "path")))),
    }
}

/// The local directory and its copy.
struct Sync<'a> {
    app: &'a App,
    args: &'a Args,
    to: RemotePath,
}

/// One comparison of both directories, and what it led to.
struct SyncRound {
    scan: Scan,
    changes: Changes,
    applied: Applied,
    seconds: f64,
}

impl Sync<'_> {
    /// Opens a shell session in the task.
    async fn in_session<T>(
        &self,
        place: &TaskPlace,
        with: impl AsyncFnOnce(&mut ShellSession) -> Result<T>,
    ) -> Result<T> {
        in_shell_session(&place.access(self.app), with).await
    }

    async fn once(
        &self,
        shell: &mut ShellSession,
        scanner: &mut Scanner,
        left: &mut Interrupted,
    ) -> Result<SyncReport> {
        let mut copy = RemoteDir::look(shell, &self.to.place, !self.args.dry_run).await?;
        let round = self.round(shell, &mut copy, scanner, left).await?;
        Ok(SyncReport::of(self.args, &copy, round))
    }

    /// Compares both sides, and copies and removes what differs.
    async fn round(
        &self,
        shell: &mut ShellSession,
        copy: &mut RemoteDir,
        scanner: &mut Scanner,
        left: &mut Interrupted,
    ) -> Result<SyncRound> {
        let begun = Instant::now();
        let scan = scanner.scan().await?;
        let changes = copy.plan(&scan, self.args.delete);
        if self.args.delete
            && scan.tree.is_empty()
            && scan.unreadable.is_empty()
            && !changes.remove.is_empty()
        {
            let what =
                format!("{} is empty: that would remove all of {}", self.args.dir.display(), self.args.to);
            return Err(Error::refused(what).hint("without --delete nothing is removed"));
        }
        let mut applied = Applied::default();
        if !self.args.dry_run {
            let progress = Arc::new(Progress::default());
            let applying = copy.apply(shell, scanner.root(), &scan, &changes, left, &progress);
            applied = shown(self.app, &self.args.to, &progress, applying).await?;
        }
        Ok(SyncRound { scan, changes, applied, seconds: begun.elapsed().as_secs_f64() })
    }
}
