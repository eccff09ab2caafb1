//! Running a command of the operator's in the middle of a rotation: what it says is passed on, and the rotation shows meanwhile
//! that it lives.

use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::error::{Error, Result};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::{Rotation, TICK};

/// So many of the last lines of a command are kept in the journal.
const TAIL: usize = 10;
/// A line longer than this is cut where it is kept.
const LONGEST: usize = 400;

/// What becomes of a command that does not end in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// It keeps running.
    Leave,
    /// It and everything it started are ended.
    End,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its status; none when it did not end in time.
    pub(super) status: Option<ExitStatus>,
    /// The last lines it said, without what may be secret.
    pub(super) tail: Vec<String>,
    /// Which process it is or was, in words.
    pub(super) process: String,
}

impl Rotation<'_> {
    /// Runs a command to its end; `what` it is, in words. Who wants to leave meanwhile is told that it runs.
    ///
    /// # Errors
    /// When it cannot be started, or nobody can be told what it says.
    pub(super) async fn run_child(
        &mut self,
        mut command: Command,
        what: &str,
        within: Duration,
        overdue: Overdue,
    ) -> Result<Ended> {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is ours to handle: whoever changes machines must not be cut off in the middle.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|e| {
            Error::failed(format!("could not run the command {name:?}"))
                .because(e.to_string())
                .hint("it is run without a shell; --shell runs it by one")
        })?;
        let process = process(&child);
        self.leave_word_of(what, &child);
        let mut tail = VecDeque::new();
        let runs = format!("{what} runs as {process}");
        let ended = timeout(within, self.follow(&mut child, &runs, &mut tail)).await;
        self.orderly.last_words(self.last_words.clone());
        let status = match ended {
            Ok(status) => Some(status?),
            Err(_) => {
                if overdue == Overdue::End {
                    end(&mut child).await;
                }
                None
            }
        };
        Ok(Ended { status, tail: tail.into(), process })
    }

    /// What has to be known of the command if the run is ended at once.
    fn leave_word_of(&self, what: &str, child: &Child) {
        let Some(id) = child.id() else { return };
        let mut lines =
            vec![format!("{what} runs on without fleet; to end it and what it started: kill -- -{id}")];
        lines.extend(self.last_words.iter().cloned());
        self.orderly.last_words(lines);
    }

    async fn follow(
        &mut self,
        child: &mut Child,
        runs: &str,
        tail: &mut VecDeque<String>,
    ) -> Result<ExitStatus> {
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::failed("the command has no output to read"));
        };
        let (mut out, mut err) = (BufReader::new(out).lines(), BufReader::new(err).lines());
        let (mut out_open, mut err_open, mut told) = (true, true, false);
        // What it started in the background may keep its output open for ever.
        loop {
            tokio::select! {
                status = child.wait() => {
                    let status = status.map_err(|e| Error::failed("could not wait for the command").because(e.to_string()))?;
                    self.read_rest(&mut out, out_open, tail).await?;
                    self.read_rest(&mut err, err_open, tail).await?;
                    return Ok(status);
                }
                line = out.next_line(), if out_open => out_open = self.pass_on(line, tail)?,
                line = err.next_line(), if err_open => err_open = self.pass_on(line, tail)?,
                () = sleep(TICK) => {
                    self.beat().await?;
                    // Whoever follows from elsewhere sees that it runs.
                    self.keep_history(false).await?;
                }
            }
            if !told && self.halt().is_some() {
                told = true;
                self.notice(format!(
                    "{runs}, and is not cut off in the middle; Ctrl-C again leaves it running"
                ))?;
            }
        }
    }

    /// What it said last and nobody has read yet.
    async fn read_rest(
        &mut self,
        lines: &mut Lines<BufReader<impl AsyncRead + Unpin>>,
        mut open: bool,
        tail: &mut VecDeque<String>,
    ) -> Result<()> {
        while open {
            let Ok(line) = timeout(Duration::from_millis(100), lines.next_line()).await else {
                return Ok(());
            };
            open = self.pass_on(line, tail)?;
        }
        Ok(())
    }

    fn pass_on(
        &mut self,
        line: std::io::Result<Option<String>>,
        tail: &mut VecDeque<String>,
    ) -> Result<bool> {
        match line {
            Ok(Some(line)) => {
                let line = self.goal.options.secrets.clean(&line);
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                tail.push_back(line.chars().take(LONGEST).collect());
                self.recorder.emit(Event::CommandOutput { line })?;
                Ok(true)
            }
            // Not text, or closed: nothing more to show.
            Ok(None) | Err(_) => Ok(false),
        }
    }
}

/// Which process it is, in words.
fn process(child: &Child) -> String {
    child.id().map_or_else(|| "a process that has ended".to_owned(), |id| format!("process {id}"))
}

/// Ends a command and what it started.
async fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
        if timeout(Duration::from_secs(5), child.wait()).await.is_ok() {
            return;
        }
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    drop(child.kill().await);
}
