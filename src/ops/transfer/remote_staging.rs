//! Where a copy arrives in a task: built up aside by the task's own tools, compared, and only then moved into place.

use crate::error::{Error, Result};
use crate::model::words;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::shell_session::{ScriptOutput, ShellSession};
use crate::ops::transfer::digest::{Digester, FIND_DIGEST_TOOL, Manifest, NO_DIGEST};
use crate::ops::transfer::pack::LARGE;

/// A directory in a task that a copy is built up in. The shell there removes it when the session ends.
pub(crate) struct RemoteStaging<'t> {
    pub(crate) shell: &'t mut ShellSession,
    /// Its path there.
    dir: String,
    pub(super) has_tar: bool,
    /// Those of others, who are at work on them or were killed a moment ago.
    pub(super) busy: Vec<String>,
}

impl<'t> RemoteStaging<'t> {
    /// Makes one below a directory there; takes over what an attempt that broke off has left in another one.
    pub(crate) async fn open(shell: &'t mut ShellSession, under: &str, left: Option<&str>) -> Result<Self> {
        let open = Script::default()
            .set("PARENT", under)
            .set("SUFFIX", format!("{:016x}", fastrand::u64(..)))
            .set("PREVIOUS", left.unwrap_or_default())
            .then(include_str!("scripts/open_staging.sh"));
        let opened = shell.run(&open).await?;
        let Some((dir, tar)) =
            opened.out.strip_suffix('\n').and_then(|out| out.rsplit_once('\n')).filter(|_| opened.code == 0)
        else {
            return Err(script_failure(&opened, &format!("could not write below {under}")));
        };
        let (dir, has_tar) = (dir.to_owned(), tar == "tar");
        let busy =
            opened.err.lines().filter_map(|line| line.strip_prefix("busy: ")).map(str::to_owned).collect();
        shell.run_at_end(&format!("rm -rf {}", quoted(&dir))).await?;
        Ok(RemoteStaging { shell, dir, has_tar, busy })
    }

    /// Its path there.
    pub(crate) fn dir(&self) -> &str {
        &self.dir
    }

    /// Sends one program, by nothing but the smallest of tools, and compares what arrived where that can be done: its path there.
    pub(crate) async fn program(&mut self, name: &str, bytes: &[u8]) -> Result<String> {
        let path = format!("{}/{name}", self.dir);
        let (file, size) = (quoted(&path), bytes.len());
        let script = Script::default()
            .line(&format!("write_program() {{ head -c {size} > {file}; }}"))
            .line(&format!("each_chunk | then_drain write_program && chmod 700 {file}"));
        let feed = self.shell.start(&script).await?;
        feed.send(bytes).await?;
        let answer = self.shell.finish().await?;
        if answer.code != 0 {
            return Err(script_failure(&answer, &format!("the task could not take {name}")));
        }
        let mut digester = Digester::default();
        digester.add(bytes);
        let digest =
            Script::of(FIND_DIGEST_TOOL).line(&format!("find_digest_tool || exit 25\n$DIGEST {file}"));
        let sum = self.shell.run(&digest).await?;
        match sum.code {
            0 if sum.out.starts_with(&digester.finish()) => Ok(path),
            25 => Ok(path),
            _ => Err(script_failure(&sum, &format!("{name} did not arrive as it was sent"))),
        }
    }

    /// Whether the small files that arrived are those that were sent; no, when the task has nothing to tell it with.
    pub(super) async fn compare(&mut self, sent: &Manifest) -> Result<bool> {
        let script = Script::default()
            .within(&self.dir)
            .set("LARGE", LARGE)
            .then(FIND_DIGEST_TOOL)
            .then(include_str!("scripts/compare_small_files.sh"));
        let answer = self.shell.run(&script).await?;
        match answer.code {
            0 => {}
            25 => return Ok(sent.0.is_empty()),
            _ => return Err(script_failure(&answer, "the task could not read the copy back")),
        }
        let differences = sent.differences(&Manifest::of_sha256sum(&answer.out));
        if differences.is_empty() { Ok(true) } else { Err(mismatch(differences)) }
    }

    /// Removes it.
    pub(crate) async fn close(self) -> Result<()> {
        self.shell.run(&Script::default().line(&format!("rm -rf {}", quoted(&self.dir)))).await.map(drop)
    }

    /// Moves what is called `name` in it to be `to`: kinds are compared first, then everything is renamed.
    pub(crate) async fn put(&mut self, name: &str, to: &str) -> Result<()> {
        let script = Script::default()
            .set("SOURCE", format!("{}/{name}", self.dir))
            .set("TARGET", to)
            .then(include_str!("scripts/move_into_place.sh"));
        let answer = self.shell.run(&script).await?;
        match answer.code {
            0 => Ok(()),
            21 => Err(Error::failed(format!(
                "{to} exists and is of another kind: a directory does not replace a file, nor a file a directory"
            ))),
            _ => Err(script_failure(&answer, &format!("could not put {to} in place"))),
        }
    }
}

/// Some files arrived as others.
pub(super) fn mismatch(names: impl IntoIterator<Item = String>) -> Error {
    let error = Error::failed("the copy in the task differs from what was sent; nothing was put in place");
    names.into_iter().take(10).fold(error, Error::because)
}

/// So many lines say why something failed.
const WORDS: usize = 10;

/// What a script's failure is called.
pub(crate) fn script_failure(answer: &ScriptOutput, what: &str) -> Error {
    let error = match answer.code {
        25 => Error::failed(NO_DIGEST),
        code => Error::failed(format!("{what} (exit code {code})")),
    };
    let (said, more) = (answer.err.lines().take(WORDS), answer.err.lines().skip(WORDS).count());
    let said: Vec<&str> = said.collect();
    match (said.is_empty(), more) {
        (true, _) => error,
        (_, 0) => error.because(said.join("\n")),
        _ => error.because(format!("{}\n… and {}", said.join("\n"), words::count(more, "more line"))),
    }
}
