//! A process with its streams, through pipes or in a terminal.

use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use bytes::Bytes;
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::sandbox::host::environment::Environment;

/// How much of a stream one frame carries (`nomad-api.md §6`).
const PIECE: usize = 4096;

/// What comes from a process.
#[derive(Debug)]
pub(in crate::sandbox) enum Said {
    /// Bytes of stdout, or its end.
    Stdout(Option<Bytes>),
    /// Bytes of stderr, or its end.
    Stderr(Option<Bytes>),
    /// It has ended.
    Exited(i64),
}

/// What goes to a process.
pub(in crate::sandbox) enum Feed {
    /// Its stdin through a pipe; none once it was closed.
    Pipe(Option<tokio::process::ChildStdin>),
    /// The terminal it runs in.
    Terminal(Box<dyn MasterPty + Send>, std::sync::mpsc::Sender<Bytes>),
}

impl Feed {
    /// Passes bytes on; that nobody reads them is no error.
    pub(in crate::sandbox) async fn write(&mut self, bytes: Bytes) {
        match self {
            Feed::Pipe(Some(stdin)) => drop(stdin.write_all(&bytes).await),
            Feed::Pipe(None) => {}
            Feed::Terminal(_, keys) => drop(keys.send(bytes)),
        }
    }

    /// Ends stdin; a terminal has no such end.
    pub(in crate::sandbox) fn close(&mut self) {
        if let Feed::Pipe(stdin) = self {
            drop(stdin.take());
        }
    }

    /// Whether Nomad holds the exit back: its stdin is open (`nomad-api.md §6`).
    pub(in crate::sandbox) fn holds_exit(&self) -> bool {
        matches!(self, Feed::Pipe(Some(_)))
    }

    pub(in crate::sandbox) fn resize(&mut self, columns: u16, rows: u16) {
        if let Feed::Terminal(master, _) = self {
            drop(master.resize(PtySize { rows, cols: columns, ..PtySize::default() }));
        }
    }
}

/// A started process: what goes to it, what comes from it, and what ends it when dropped.
pub(in crate::sandbox) struct Console {
    pub(in crate::sandbox) feed: Feed,
    pub(in crate::sandbox) said: mpsc::Receiver<Said>,
    pub(in crate::sandbox) reins: Reins,
}

/// Ends the process when dropped.
pub(in crate::sandbox) enum Reins {
    /// A task that owns it.
    Task(tokio::task::JoinHandle<()>),
    /// Whoever can kill it.
    Killer(Box<dyn portable_pty::ChildKiller + Send + Sync>),
}

impl Drop for Reins {
    fn drop(&mut self) {
        match self {
            Reins::Task(task) => task.abort(),
            Reins::Killer(killer) => drop(killer.kill()),
        }
    }
}

/// Starts a command with the environment of a task, in the task's directory.
///
/// # Errors
/// In the words of the `raw_exec` driver.
pub(in crate::sandbox) fn start(
    environment: &Environment<'_>,
    dir: &Path,
    words: &[String],
    tty: bool,
) -> Result<Console, String> {
    let (program, args) = words.split_first().ok_or("command is not present")?;
    if tty {
        return terminal(environment, dir, words).map_err(|e| format!("failed to start command: {e}"));
    }
    let mut command = Command::new(program);
    command.args(args).env_clear().envs(environment.variables()).current_dir(dir);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let child = command.spawn().map_err(|e| {
        let why = match e.kind() {
            io::ErrorKind::NotFound if program.contains('/') => {
                format!("fork/exec {program}: no such file or directory")
            }
            io::ErrorKind::NotFound => format!("exec: {program:?}: executable file not found in $PATH"),
            io::ErrorKind::PermissionDenied => format!("fork/exec {program}: permission denied"),
            _ => format!("fork/exec {program}: {e}"),
        };
        format!("rpc error: code = Unknown desc = failed to start command: {why}")
    })?;
    let (say, said) = mpsc::channel(8);
    let mut child = child;
    let feed = Feed::Pipe(child.stdin.take());
    let reins = Reins::Task(tokio::spawn(attend(child, say)));
    Ok(Console { feed, said, reins })
}

/// Tells what a process says until it has ended and nobody holds its streams any more.
async fn attend(mut child: Child, say: mpsc::Sender<Said>) {
    let (out, err) = (child.stdout.take(), child.stderr.take());
    // Once it has ended it is gone from the list of processes, whoever else still holds its streams.
    let ((), (), status) =
        tokio::join!(tell(out, &say, Said::Stdout), tell(err, &say, Said::Stderr), child.wait());
    if let Ok(status) = status {
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        let code = status.code().map_or_else(|| 128 + i64::from(signal.unwrap_or(0)), i64::from);
        drop(say.send(Said::Exited(code)).await);
    }
}

async fn tell(
    from: Option<impl AsyncRead + Unpin>,
    say: &mpsc::Sender<Said>,
    said: fn(Option<Bytes>) -> Said,
) {
    let Some(mut from) = from else { return };
    let mut buffer = vec![0; PIECE];
    while let Ok(n @ 1..) = from.read(&mut buffer).await {
        // Who has left hears nothing; the process goes on all the same.
        drop(say.send(said(Some(Bytes::copy_from_slice(&buffer[..n])))).await);
    }
    drop(say.send(said(None)).await);
}

fn terminal(environment: &Environment<'_>, dir: &Path, words: &[String]) -> io::Result<Console> {
    let pair = native_pty_system().openpty(PtySize { rows: 0, cols: 0, ..PtySize::default() });
    let pair = pair.map_err(io::Error::other)?;
    let mut command = CommandBuilder::from_argv(words.iter().map(Into::into).collect());
    command.env_clear();
    environment.variables().iter().for_each(|(name, value)| command.env(name, value));
    command.cwd(dir);
    let mut child = pair.slave.spawn_command(command).map_err(io::Error::other)?;
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().map_err(io::Error::other)?;
    let mut writer = pair.master.take_writer().map_err(io::Error::other)?;
    let (keys, typed) = std::sync::mpsc::channel::<Bytes>();
    let (say, said) = mpsc::channel(8);
    let killer = child.clone_killer();
    std::thread::spawn(move || {
        while let Ok(bytes) = typed.recv() {
            if writer.write_all(&bytes).is_err() {
                return;
            }
        }
    });
    std::thread::spawn(move || {
        let mut buffer = vec![0; PIECE];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            drop(say.blocking_send(Said::Stdout(Some(Bytes::copy_from_slice(&buffer[..n])))));
        }
        drop(say.blocking_send(Said::Stdout(None)));
        let code = child.wait().map_or(1, |status| i64::from(status.exit_code()));
        drop(say.blocking_send(Said::Exited(code)));
    });
    Ok(Console { feed: Feed::Terminal(pair.master, keys), said, reins: Reins::Killer(killer) })
}
