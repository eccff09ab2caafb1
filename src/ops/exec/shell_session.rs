//! One session that runs one script after the other, each with bytes of its own to read: a session costs a container's start on
//! some drivers (`nomad-api.md §6`), a script in an open one costs nothing.
//!
//! Everything goes in chunks whose head says how many blocks they have (`scripts/shell_session.sh`). So a script's bytes have an end
//! without the end of stdin; bytes are never taken for a script, and are dropped when the script they were for has ended. As long as
//! there is somebody here the shell hears of it. One that is left alone, because the connection is gone or who held it was killed, hears
//! nothing for a minute, also within a chunk: then it is anybody's to clear away, and after another minute it does what it was told to
//! do at its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::ops::exec::chunk::{self, ALIVE, END, GOODBYE, PIECE};
use crate::ops::exec::launch::{SHELL, STDIN_TIMEOUT};
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::{Access, ExecEvent, Input, InputStreams, Launch, Session, TaskRef};
use crate::ops::ticker::Ticker;

/// How often a shell is told that it is still wanted.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
/// After so many seconds of silence a shell is left alone: longer than a connection that is silent is held to be alive here.
const SILENCE: u64 = 60;
/// So many seconds later it does what it was told to do at its end.
const AFTERWARDS: u64 = 60;
/// How long the orderly end may take.
const LEAVING: Duration = Duration::from_secs(5);
/// The most bytes that a script may print.
const LARGEST_OUTPUT: usize = 256 << 20;

const SHELL_SESSION: &str = include_str!("scripts/shell_session.sh");
const HAS_GZIP: &str = include_str!("scripts/has_gzip.sh");

/// The output of a script and how it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptOutput {
    /// Its exit code.
    pub code: u8,
    /// Its stdout.
    pub out: String,
    /// Its stderr, trimmed.
    pub err: String,
}

/// An open session with a shell in a task, which runs scripts one after the other.
#[derive(Debug)]
pub struct ShellSession {
    send: mpsc::Sender<Input>,
    heard: mpsc::UnboundedReceiver<ExecEvent>,
    mark: String,
    /// Whether bytes may be squeezed, once that was asked.
    squeezes: Option<bool>,
}

/// The bytes of a running script; every chunk arrives whole or not at all.
#[derive(Debug, Clone)]
pub struct ScriptInput {
    send: mpsc::Sender<Input>,
    squeeze: bool,
    /// Whether the script has ended, and nobody reads what would be sent.
    over: Arc<AtomicBool>,
}

impl ScriptInput {
    /// Passes bytes on; as [`ScriptInput::pass`], where waiting is no thread's.
    ///
    /// # Errors
    /// When the session has ended.
    pub async fn send(&self, bytes: &[u8]) -> Result<()> {
        for part in bytes.chunks(PIECE) {
            self.send.send(Input::Stdin(chunk::data(part, self.squeeze))).await.map_err(|_| gone())?;
        }
        Ok(())
    }

    /// Passes bytes on, from a thread that may wait: how many went out, which are fewer where the task can undo that. The last block
    /// of a call is padded: only the last call may end within one.
    ///
    /// # Errors
    /// When the session has ended, or the script has.
    pub fn pass(&self, bytes: &[u8]) -> Result<u64, std::io::Error> {
        let mut out = 0;
        for part in bytes.chunks(PIECE) {
            if self.over.load(Ordering::Relaxed) {
                return Err(std::io::ErrorKind::BrokenPipe.into());
            }
            let piece = chunk::data(part, self.squeeze);
            out += piece.len() as u64;
            self.send.blocking_send(Input::Stdin(piece)).map_err(|_| std::io::ErrorKind::BrokenPipe)?;
        }
        Ok(out)
    }
}

/// Opens a shell session, hands it to `with`, and ends it in an orderly way whatever came of that.
///
/// # Errors
/// What `with` fails with; as [`Session::run`]; and when the task has no shell, or no `dd` that reads whole blocks.
pub async fn in_shell_session<T>(
    access: &Access,
    with: impl AsyncFnOnce(&mut ShellSession) -> Result<T>,
) -> Result<T> {
    let nonce = format!("{:016x}", fastrand::u64(..));
    let mark = format!("fleet-{nonce}:");
    let launch = Launch::of([SHELL, "-c", reader(&mark).text()]);
    let session = Session { access, launch: &launch };
    // One piece waits while another is on its way, and a third is made.
    let (send, inputs) = mpsc::channel(1);
    let (say, heard) = mpsc::unbounded_channel();
    let mut inputs = InputStreams::fed_by(inputs);
    let mut on_event = |event: ExecEvent| {
        // Who does not listen any more has what it needs.
        drop(say.send(event));
        Ok(())
    };
    let mut running = Box::pin(session.run(&mut inputs, &mut on_event));
    let mut shell = ShellSession { send, heard, mark, squeezes: None };
    let alive = shell.send.clone();
    let alive = async {
        let mut ticker = Ticker::every(KEEP_ALIVE_INTERVAL);
        loop {
            ticker.tick().await;
            // The end of the session is told elsewhere.
            drop(alive.send(Input::Stdin(ALIVE)).await);
        }
    };
    let said = tokio::select! {
        said = with(&mut shell) => said,
        ended = &mut running => return Err(script_failure(&access.task_ref, ended?)),
        () = alive => return Err(gone()),
    };
    let farewell = async {
        // A script that still waits for bytes hears of their end first.
        for input in [Input::Stdin(END), Input::Stdin(GOODBYE), Input::StdinEnd] {
            drop(shell.send.send(input).await);
        }
        std::future::pending::<()>().await;
    };
    let leaving = async {
        tokio::select! {
            ended = running => drop(ended),
            () = farewell => {}
        }
    };
    // Who does not say goodbye ends by itself.
    drop(timeout(LEAVING, leaving).await);
    said
}

/// What the shell runs that reads one script after the other.
fn reader(mark: &str) -> Script {
    let start = Script::default().set("MARK", mark).set("SILENCE", SILENCE).set("AFTERWARDS", AFTERWARDS);
    start.then(STDIN_TIMEOUT).then(SHELL_SESSION)
}

fn gone() -> Error {
    Error::transport("the session has ended")
}

/// Why there is no session: the shell ended with this code before it was asked to.
fn script_failure(task_ref: &TaskRef, code: u8) -> Error {
    Error::failed(match code {
        26 => format!("{task_ref} has no dd that reads whole blocks"),
        126 | 127 => format!("{task_ref} has no shell"),
        code => format!("the shell in {task_ref} ended (exit code {code})"),
    })
}

impl ShellSession {
    /// Runs a script to its end.
    ///
    /// # Errors
    /// When the session has ended.
    pub(in crate::ops) async fn run(&mut self, script: &Script) -> Result<ScriptOutput> {
        self.run_text(script.text()).await
    }

    async fn run_text(&mut self, script: &str) -> Result<ScriptOutput> {
        self.send(chunk::script(script)).await?;
        self.answer().await
    }

    /// Has a script run when the session ends, also when the connection breaks: then two minutes later, or never, where somebody
    /// else has cleared it away.
    ///
    /// # Errors
    /// As `ShellSession::run`.
    pub async fn run_at_end(&mut self, script: &str) -> Result<()> {
        self.run_text(&format!("AT_EXIT={}", quoted(script))).await.map(drop)
    }

    /// Starts a script that reads bytes by `each_chunk`; they are passed through what this gives, then comes
    /// [`ShellSession::finish`].
    ///
    /// # Errors
    /// As `ShellSession::run`.
    pub(in crate::ops) async fn start(&mut self, script: &Script) -> Result<ScriptInput> {
        let squeeze = match self.squeezes {
            Some(squeezes) => squeezes,
            None => self.run(&Script::of(HAS_GZIP)).await?.code == 0,
        };
        self.squeezes = Some(squeeze);
        self.send(chunk::script(script.text())).await?;
        Ok(ScriptInput { send: self.send.clone(), squeeze, over: Arc::default() })
    }

    /// Ends the bytes of the script that was started, and waits for its end.
    ///
    /// # Errors
    /// As `ShellSession::run`.
    pub async fn finish(&mut self) -> Result<ScriptOutput> {
        self.send(END).await?;
        self.answer().await
    }

    /// As [`ShellSession::finish`], after `passing`, which passes bytes on; it is told to stop when the script ends before it.
    ///
    /// # Errors
    /// As `ShellSession::run`.
    pub async fn finish_after<T>(
        &mut self,
        feed: &ScriptInput,
        passing: impl Future<Output = T>,
    ) -> Result<(T, ScriptOutput)> {
        let mut passing = std::pin::pin!(passing);
        let early = tokio::select! {
            biased;
            passed = &mut passing => Err(passed),
            answer = self.answer() => Ok(answer?),
        };
        match early {
            Err(passed) => Ok((passed, self.finish().await?)),
            Ok(answer) => {
                feed.over.store(true, Ordering::Relaxed);
                let passed = passing.await;
                self.send(END).await?;
                Ok((passed, answer))
            }
        }
    }

    async fn send(&mut self, bytes: Bytes) -> Result<()> {
        self.send.send(Input::Stdin(bytes)).await.map_err(|_| gone())
    }

    /// What comes up to the mark, on both streams.
    async fn answer(&mut self) -> Result<ScriptOutput> {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        loop {
            if let (Some((words, code)), Some((said, _))) = (self.marked(&out), self.marked(&err)) {
                let out = String::from_utf8_lossy(words).into_owned();
                let err = String::from_utf8_lossy(said).trim().to_owned();
                return Ok(ScriptOutput { code, out, err });
            }
            match self.heard.recv().await {
                Some(ExecEvent::Stdout(bytes)) => out.extend_from_slice(&bytes),
                Some(ExecEvent::Stderr(bytes)) => err.extend_from_slice(&bytes),
                Some(_) => {}
                // The session's own end says why.
                None => return std::future::pending().await,
            }
            if out.len() + err.len() > LARGEST_OUTPUT {
                return Err(Error::failed("the task prints too much"));
            }
        }
    }

    /// What stands before the mark at the end of a stream, and the code behind it.
    fn marked<'b>(&self, stream: &'b [u8]) -> Option<(&'b [u8], u8)> {
        let line = stream.strip_suffix(b"\n")?;
        // A code has three digits at most, so the mark is near the end.
        let tail = line.len().saturating_sub(self.mark.len() + 3);
        let at = line[tail..].windows(self.mark.len()).position(|w| w == self.mark.as_bytes())? + tail;
        let code = std::str::from_utf8(&line[at + self.mark.len()..]).ok()?.parse().ok()?;
        Some((&stream[..at], code))
    }
}

// Elsewhere there may be no `timeout`.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::process::{Command, Stdio};

    use super::*;

    /// What the shell of a session says that hears these chunks and then nothing, while its stdin stays open; a minute lasts a
    /// second for it.
    fn left_alone(chunks: &[&[u8]]) -> String {
        let program = reader("end:").text().replace("60", "1");
        let mut shell = Command::new(SHELL)
            .args(["-c", &program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = shell.stdin.take().unwrap();
        for chunk in chunks {
            stdin.write_all(chunk).unwrap();
        }
        let mut said = String::new();
        shell.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(shell.wait().unwrap().success());
        drop(stdin);
        said
    }

    #[test]
    fn a_shell_that_is_left_alone_tells_it_by_its_words_before_it_does_anything() {
        let at_end = chunk::script("AT_EXIT='cat /proc/$$/cmdline'");
        let said = left_alone(&[&at_end]);
        assert!(
            said.starts_with("end:0\n/bin/sh\0-c\0") && said.contains("\0fleet-left-alone\0"),
            "{said:?}"
        );
        // Who says goodbye leaves nothing.
        let said = left_alone(&[&at_end, &GOODBYE]);
        assert!(!said.contains("\0fleet-left-alone\0"), "{said:?}");
    }

    #[test]
    fn a_shell_that_is_left_alone_ends_and_does_what_it_was_told_to() {
        let (at_end, count) =
            (chunk::script("AT_EXIT='echo bye'"), chunk::script("each_chunk | then_drain wc -c"));
        let (whole, packed) = (chunk::data(&[1; 8192], false), chunk::data(&[1; 70_000], true));
        assert_eq!(left_alone(&[&at_end]), "end:0\nbye\n");
        assert_eq!(left_alone(&[&at_end, &count, &whole]), "end:0\n8192\nend:0\nbye\n");
        assert_eq!(left_alone(&[&at_end, &count, &whole[..4104]]), "end:0\n4096\nend:0\nbye\n");
        let broken = left_alone(&[&at_end, &count, &packed[..50]]);
        assert!(broken.ends_with("end:0\nbye\n"), "{broken}");
    }
}
