//! Running a command of the operator's: a gate, a notice, what changes a machine. What it says comes line by line, and its end is
//! its own end, whatever it has left in the background.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
use tokio::time::{Instant, timeout};

use crate::model::words;

/// After the end its output is read until nothing has come for this long: what it left in the background may keep it open.
const SILENCE: Duration = Duration::from_millis(100);
/// For this long at most: what it left in the background may go on to talk.
const REST: Duration = Duration::from_secs(2);
/// Bytes of a line that are kept; of a longer one the rest is counted.
const LONGEST: usize = 16 * 1024;
/// How long a command has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// A command of the operator's, its variables and its input.
#[derive(Debug, Clone)]
pub struct OperatorCommand {
    argv: Vec<String>,
    variables: Vec<(&'static str, String)>,
    input: Option<String>,
    own_group: bool,
    killed_on_drop: bool,
}

/// A command that was started.
#[derive(Debug)]
pub struct RunningCommand {
    child: Child,
    stdout: Option<Lines<ChildStdout>>,
    stderr: Option<Lines<ChildStderr>>,
    /// Its status and when it ended, once it has.
    ended: Option<(ExitStatus, Instant)>,
    own_group: bool,
    killed_on_drop: bool,
}

/// What comes of a command.
#[derive(Debug)]
pub enum CommandEvent {
    /// A line of its stdout, without its end.
    Output(String),
    /// A line of its stderr, without its end.
    ErrorOutput(String),
    /// It has ended; nothing comes after this.
    Ended(ExitStatus),
}

/// The end of a command that was run to it.
#[derive(Debug)]
pub struct CommandEnd {
    /// Its status.
    pub status: ExitStatus,
    /// The last line of its stdout that is not blank; empty when there is none.
    pub last_output: String,
    /// The same of its stderr.
    pub last_error: String,
}

impl OperatorCommand {
    /// A program and its arguments, without a shell. There is at least the program.
    #[must_use]
    pub fn program(argv: &[String]) -> Self {
        OperatorCommand {
            argv: argv.to_vec(),
            variables: Vec::new(),
            input: None,
            own_group: false,
            killed_on_drop: false,
        }
    }

    /// A line for the shell.
    #[must_use]
    pub fn shell(line: &str) -> Self {
        Self::program(&["/bin/sh", "-c", line].map(str::to_owned))
    }

    /// With these variables beside those of `fleet` itself.
    #[must_use]
    pub fn variables(mut self, variables: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// With this on its stdin, which is empty otherwise.
    #[must_use]
    pub fn input(mut self, text: String) -> Self {
        self.input = Some(text);
        self
    }

    /// In a process group of its own: Ctrl-C is for `fleet` to handle, and [`RunningCommand::stop`] reaches everything it started.
    #[must_use]
    pub fn in_own_group(mut self) -> Self {
        self.own_group = true;
        self
    }

    /// Killed, with everything it started, when nobody waits for it any more.
    #[must_use]
    pub fn killed_on_drop(mut self) -> Self {
        self.killed_on_drop = true;
        self.own_group = true;
        self
    }

    /// The program, for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        self.argv.first().map_or("", String::as_str)
    }

    /// Starts it.
    ///
    /// # Errors
    /// When there is no such program, or it cannot be run.
    pub fn start(&self) -> std::io::Result<RunningCommand> {
        let mut command = Command::new(self.name());
        command.args(self.argv.get(1..).unwrap_or_default());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(self.killed_on_drop);
        #[cfg(unix)]
        if self.own_group {
            command.process_group(0);
        }
        let mut child = command.spawn()?;
        if let (Some(mut stdin), Some(text)) = (child.stdin.take(), self.input.clone()) {
            // A command that does not read is no failure.
            tokio::spawn(async move { drop(stdin.write_all(text.as_bytes()).await) });
        }
        let (stdout, stderr) = (child.stdout.take().map(Lines::of), child.stderr.take().map(Lines::of));
        let OperatorCommand { own_group, killed_on_drop, .. } = *self;
        Ok(RunningCommand { child, stdout, stderr, ended: None, own_group, killed_on_drop })
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be run.
    pub async fn run(&self) -> std::io::Result<CommandEnd> {
        let mut running = self.start()?;
        let (mut last_output, mut last_error) = (String::new(), String::new());
        loop {
            match running.next().await? {
                CommandEvent::Output(line) if !line.trim().is_empty() => last_output = line,
                CommandEvent::ErrorOutput(line) if !line.trim().is_empty() => last_error = line,
                CommandEvent::Ended(status) => return Ok(CommandEnd { status, last_output, last_error }),
                _ => {}
            }
        }
    }
}

impl RunningCommand {
    /// What comes next. Nothing is lost when this is dropped before it has come.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn next(&mut self) -> std::io::Result<CommandEvent> {
        // Whatever waits beside it, as a clock or Ctrl-C, has its turn however much the command says.
        tokio::task::consume_budget().await;
        let (status, at) = loop {
            if let Some(ended) = self.ended {
                break ended;
            }
            tokio::select! {
                line = line(self.stdout.as_mut()), if self.stdout.is_some() => match line {
                    Some(line) => return Ok(CommandEvent::Output(line)),
                    None => self.stdout = None,
                },
                line = line(self.stderr.as_mut()), if self.stderr.is_some() => match line {
                    Some(line) => return Ok(CommandEvent::ErrorOutput(line)),
                    None => self.stderr = None,
                },
                status = self.child.wait() => self.ended = Some((status?, Instant::now())),
            }
        };
        let patience = || SILENCE.min(REST.saturating_sub(at.elapsed()));
        if self.stdout.is_some() {
            if let Ok(Some(line)) = timeout(patience(), line(self.stdout.as_mut())).await {
                return Ok(CommandEvent::Output(line));
            }
            self.stdout = None;
        }
        if self.stderr.is_some() {
            if let Ok(Some(line)) = timeout(patience(), line(self.stderr.as_mut())).await {
                return Ok(CommandEvent::ErrorOutput(line));
            }
            self.stderr = None;
        }
        Ok(CommandEvent::Ended(status))
    }

    /// The id of its process, while it runs.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its process group, where it has one of its own and runs.
    #[cfg(unix)]
    fn group(&self) -> Option<rustix::process::Pid> {
        let group = self.child.id().filter(|_| self.own_group);
        group.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()))
    }

    /// Ends it, and what it started where it has a group of its own.
    pub async fn stop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group() {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::TERM);
            if timeout(GRACE, self.child.wait()).await.is_ok() {
                return;
            }
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        drop(self.child.kill().await);
    }
}

#[cfg(unix)]
impl Drop for RunningCommand {
    fn drop(&mut self) {
        if let Some(group) = self.group().filter(|_| self.killed_on_drop) {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// The lines of a stream.
#[derive(Debug)]
struct Lines<R> {
    reader: BufReader<R>,
    line: Vec<u8>,
    /// Bytes of the line that are not kept.
    left_out: usize,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn of(stream: R) -> Self {
        Lines { reader: BufReader::new(stream), line: Vec::new(), left_out: 0 }
    }

    /// The next line; none at the end. Nothing is lost when this is dropped before it has come.
    async fn next(&mut self) -> Option<String> {
        loop {
            let bytes = self.reader.fill_buf().await.ok()?;
            if bytes.is_empty() {
                return (!self.line.is_empty()).then(|| self.take());
            }
            let end = bytes.iter().position(|b| *b == b'\n');
            let piece = &bytes[..end.unwrap_or(bytes.len())];
            let (kept, rest) = piece.split_at(piece.len().min(LONGEST - self.line.len()));
            self.line.extend_from_slice(kept);
            self.left_out += rest.len();
            let used = piece.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Some(self.take());
            }
        }
    }

    /// The line as text: what is none is shown as far as it is.
    fn take(&mut self) -> String {
        let (line, left_out) = (std::mem::take(&mut self.line), std::mem::take(&mut self.left_out));
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned();
        match left_out {
            0 => line,
            n => format!("{line} … {} more", words::count(n as u64, "byte")),
        }
    }
}

/// The next line; none when there is no stream, or it is at its end.
async fn line<R: AsyncRead + Unpin>(lines: Option<&mut Lines<R>>) -> Option<String> {
    lines?.next().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_is_given_variables_and_input_and_its_last_words_are_kept() {
        let command = OperatorCommand::shell(
            "cat; echo \"$FLEET_X\"; echo; echo first >&2; printf 'no room' >&2; exit 3",
        )
        .variables([("FLEET_X", "a b".to_owned())])
        .input("document\n".to_owned());
        let end = command.run().await.unwrap();
        assert_eq!(end.status.code(), Some(3));
        assert_eq!((end.last_output.as_str(), end.last_error.as_str()), ("a b", "no room"));
    }

    #[tokio::test]
    async fn of_a_line_without_end_its_beginning_is_kept_and_the_rest_counted() {
        let mut lines = Lines::of(&b"a\r\n\nlast"[..]);
        let next = [lines.next().await, lines.next().await, lines.next().await, lines.next().await];
        assert_eq!(
            next,
            ["a", "", "last"].map(|l| Some(l.to_owned())).into_iter().chain([None]).collect::<Vec<_>>()[..]
        );
        let long = vec![b'x'; LONGEST + 7];
        let end = Lines::of(&long[..]).next().await.unwrap();
        assert!(end.ends_with("x … 7 bytes more") && end.len() < LONGEST + 30, "{}", end.len());
    }

    #[tokio::test]
    async fn it_ends_when_it_ends_whatever_it_leaves_in_the_background() {
        let command = OperatorCommand::shell("echo begun; sleep 60 & printf '\\377x\\n'").in_own_group();
        let mut running = command.start().unwrap();
        let mut said = Vec::new();
        let status = loop {
            match running.next().await.unwrap() {
                CommandEvent::Output(line) | CommandEvent::ErrorOutput(line) => said.push(line),
                CommandEvent::Ended(status) => break status,
            }
        };
        assert!(status.success());
        assert_eq!(said, ["begun", "\u{fffd}x"]);
    }

    #[tokio::test]
    async fn stopping_reaches_what_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("pid");
        let script = format!("sleep 600 & echo $! > {f}; echo ready; wait", f = file.display());
        let mut running = OperatorCommand::shell(&script).in_own_group().start().unwrap();
        assert!(matches!(running.next().await.unwrap(), CommandEvent::Output(line) if line == "ready"));
        running.stop().await;
        let pid: i32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let gone = || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        while cfg!(target_os = "linux") && !gone() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[tokio::test]
    async fn what_is_no_program_is_an_error() {
        assert!(OperatorCommand::program(&["/no/such/program".to_owned()]).run().await.is_err());
    }
}
