//! The side in the task: what is there, and what is done to it.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::model::copy_path::RemotePlace;
use crate::model::tree_sync::{Changes, Deletions, PathEntry, Tree, changes};
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::shell_session::ShellSession;
use crate::ops::sync::Scan;
use crate::ops::transfer::receive::SendOptions;
use crate::ops::transfer::remote_staging::{RemoteStaging, script_failure};
use crate::ops::transfer::{FIND_DIGEST_TOOL, Manifest, NO_DIGEST, Progress, SourceTree};

/// A directory in a task, as it is known to be.
#[derive(Debug)]
pub struct RemoteDir {
    /// Its absolute path there.
    dir: String,
    known: Tree,
    /// Whether all of it is known.
    whole: bool,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Paths that were sent, and arrived as they were sent.
    pub sent: Vec<String>,
    /// Paths that were removed.
    pub removed: Vec<String>,
    /// Paths that were to be removed and are still there.
    pub stayed: Vec<String>,
    /// Bytes of what was sent.
    pub bytes: u64,
}

/// What a connection that broke has left there of what was under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interrupted {
    /// The staging directory.
    dir: Option<String>,
    /// What was to be sent.
    send: Vec<String>,
}

impl Interrupted {
    /// Whether there is anything to go on from.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.dir.is_some()
    }
}

/// The name of what is sent in its staging directory.
const STAGED: &str = "tree";
/// What `find` is to do with links: two lines each, the link, and where it leads.
const PRINT_LINKS: &str =
    r#"-type l -exec sh -c 'for link; do printf "%s\n%s\n" "$link" "$(readlink "$link")"; done' sh {} +"#;
/// A listing that is not whole.
const PARTLY: u8 = 30;

impl RemoteDir {
    /// Looks at a directory in the task. One that is not there counts as empty, and is made only when `make` says so.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub async fn look(shell: &mut ShellSession, place: &RemotePlace, make: bool) -> Result<Self> {
        let to = place.in_shell(quoted).map_err(Error::usage)?;
        let script = Script::default()
            .set_to("DIRECTORY", &to)
            .set("MAKE", if make { "yes" } else { "" })
            .then(include_str!("scripts/open_directory.sh"));
        let answer = shell.run(&script).await?;
        match answer.code {
            0 => {}
            27 => return Ok(RemoteDir { dir: String::new(), known: Tree::new(), whole: true }),
            28 => return Err(Error::failed(format!("{to} is not a directory in the task"))),
            _ => return Err(script_failure(&answer, &format!("cannot use {to}"))),
        }
        let mut copy = RemoteDir { dir: answer.out, known: Tree::new(), whole: true };
        copy.list(shell).await?;
        Ok(copy)
    }

    async fn list(&mut self, shell: &mut ShellSession) -> Result<()> {
        let sums = self.find(shell, r#"-type f -exec $DIGEST {} +"#).await?;
        let may_run = self.find(shell, "-type f -perm -100 -print").await?;
        let links = self.find(shell, PRINT_LINKS).await?;
        let dirs = self.find(shell, "-type d -print").await?;
        let may_run: std::collections::BTreeSet<&str> = may_run.lines().collect();
        for (path, digest) in Manifest::of_sha256sum(&sums).0 {
            let executable = may_run.contains(format!("./{path}").as_str());
            self.known.insert(path, PathEntry::File { digest, executable });
        }
        let plain = |path: &str| path.strip_prefix("./").map(str::to_owned);
        let links: Vec<&str> = links.lines().collect();
        let links =
            links.chunks_exact(2).filter_map(|l| Some((plain(l[0])?, PathEntry::Link(l[1].to_owned()))));
        self.known.extend(links);
        self.known.extend(dirs.lines().filter_map(|d| Some((plain(d)?, PathEntry::Dir))));
        // What has line ends in its name, or a name that is not UTF-8, is not ours: such names are not sent.
        self.known.retain(|path, _| !path.contains(['\n', char::REPLACEMENT_CHARACTER]));
        Ok(())
    }

    async fn find(&mut self, shell: &mut ShellSession, what: &str) -> Result<String> {
        let find = format!("print_at_once find . -name '.fleet-*' -prune -o {what} || exit {PARTLY}");
        let script = Script::default()
            .within(&self.dir)
            .then(FIND_DIGEST_TOOL)
            .line("find_digest_tool || exit 25")
            .line(&find);
        let answer = shell.run(&script).await?;
        match answer.code {
            0 => {}
            PARTLY => self.whole = false,
            _ => return Err(script_failure(&answer, &format!("cannot list {}", self.dir))),
        }
        Ok(answer.out)
    }

    /// Whether all of it could be listed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether there is anything in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// What makes it like what was seen here. Nothing is removed that was not asked for, or that only one failed look says is
    /// gone.
    #[must_use]
    pub fn plan(&self, scan: &Scan, delete: bool) -> Changes {
        let deletions = match delete {
            false => Deletions::None,
            true if self.whole && scan.unreadable.is_empty() => Deletions::All,
            true => Deletions::Unknown,
        };
        changes(&scan.tree, &self.known, deletions, |path, is_dir| scan.leaves_out(path, is_dir))
    }

    /// Carries the changes out: what is new is sent aside and compared, then what is to go goes, then all that is new is moved
    /// into place. What an attempt before has left of the same paths is taken up.
    ///
    /// # Errors
    /// When something could not be read here, or written there.
    pub async fn apply(
        &mut self,
        shell: &mut ShellSession,
        root: &std::path::Path,
        scan: &Scan,
        changes: &Changes,
        left: &mut Interrupted,
        progress: &Arc<Progress>,
    ) -> Result<Applied> {
        let mut applied = Applied::default();
        if changes.send.is_empty() {
            self.remove(shell, changes, &mut applied).await?;
            return Ok(applied);
        }
        let source = SourceTree::of_some(root, STAGED, &changes.send)?;
        applied.bytes = source.bytes;
        progress.expect(source.bytes);
        let before = std::mem::take(left);
        let resumed = before.dir.filter(|_| before.send == changes.send);
        let mut stage = RemoteStaging::open(shell, &self.dir, resumed.as_deref()).await?;
        *left = Interrupted { dir: Some(stage.dir().to_owned()), send: changes.send.clone() };
        let put = self.put(&mut stage, source, changes, (resumed.is_some(), progress), &mut applied).await;
        // What broke off is removed too, where there still is somebody to do it.
        let closed = stage.close().await;
        put.and(closed)?;
        *left = Interrupted::default();
        for path in &changes.send {
            if let Some(thing) = scan.tree.get(path) {
                self.known.insert(path.clone(), thing.clone());
            }
        }
        applied.sent.clone_from(&changes.send);
        Ok(applied)
    }

    async fn put(
        &mut self,
        stage: &mut RemoteStaging<'_>,
        source: SourceTree,
        changes: &Changes,
        (resumed, progress): (bool, &Arc<Progress>),
        applied: &mut Applied,
    ) -> Result<()> {
        let received = stage.receive(source, SendOptions::default(), resumed, progress, true).await?;
        if let Some(left) = received.left_out.first() {
            return Err(Error::failed(format!("could not read {}", left.path)).because(left.why.clone()));
        }
        if !received.compared {
            return Err(Error::failed(NO_DIGEST));
        }
        self.remove(stage.shell, changes, applied).await?;
        stage.put(STAGED, &self.dir).await
    }

    async fn remove(
        &mut self,
        shell: &mut ShellSession,
        changes: &Changes,
        applied: &mut Applied,
    ) -> Result<()> {
        if changes.remove.is_empty() {
            return Ok(());
        }
        let script = Script::default().within(&self.dir).then(include_str!("scripts/remove_listed.sh"));
        let lines: String = changes.remove.iter().map(|path| format!("./{path}\n")).collect();
        let feed = shell.start(&script).await?;
        feed.send(lines.as_bytes()).await?;
        let answer = shell.finish().await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, "could not remove what is gone locally"));
        }
        for path in &changes.remove {
            if answer.out.lines().any(|line| line.strip_prefix("./") == Some(path)) {
                applied.stayed.push(path.clone());
            } else {
                self.known.remove(path);
                applied.removed.push(path.clone());
            }
        }
        Ok(())
    }
}
