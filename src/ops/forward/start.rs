//! Finds what a task has that can carry connections, and starts it.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::api::error::Error as ApiError;
use crate::api::http::Backoff;
use crate::api::nomad::exec::{self, ExecMessage, Output};
use crate::error::{Error, Result};
use crate::model::relay::streams::VERSION;
use crate::model::relay::{Decoder, Frame};
use crate::ops::exec::launch::SHELL;
use crate::ops::exec::limits::START_LIMIT;
use crate::ops::exec::script::{Script, quoted};
use crate::ops::exec::{Access, Starter, starter};
use crate::ops::forward::own_network::{NETWORK_IDENTITY, is_shared};
use crate::ops::forward::relay_per_connection::Tool;
use crate::ops::forward::{Relay, RelayPerConnection, SharedRelay};

/// How long a task is waited for that no server reaches: 10 s after a server's restart (`nomad-api.md §6`).
const PATH_WITHIN: Duration = Duration::from_secs(30);

const PYTHON: &str = include_str!("relays/relay.py");
const PERL: &str = include_str!("relays/relay.pl");

/// An interpreter that runs one of our programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interpreter {
    name: &'static str,
    program: &'static str,
    /// Reads the program from stdin: it is too long for some proxies' idea of a request.
    flag: &'static str,
    loader: &'static str,
}

const READ_PYTHON: &str =
    "import os\nb=b''\nwhile len(b)<SIZE:\n c=os.read(0,SIZE-len(b))\n if not c: os._exit(1)\n b+=c\nexec(b)";
const READ_PERL: &str = "my $b='';while(length($b)<SIZE){sysread(STDIN,$b,SIZE-length($b),length($b))||exit 1}eval $b;die $@ if $@";

/// The best first.
const INTERPRETERS: [Interpreter; 3] = [
    Interpreter { name: "python3", program: PYTHON, flag: "-c", loader: READ_PYTHON },
    Interpreter { name: "perl", program: PERL, flag: "-e", loader: READ_PERL },
    Interpreter { name: "python", program: PYTHON, flag: "-c", loader: READ_PYTHON },
];

/// Tells that a relay has ended, but not after its alarm: then nobody listens, and telling could take for ever.
pub(super) const BYE: &str = r"[ $? = 142 ] || printf 'B\000\000\000\000\000\000\000\000'";

/// The shell runs the first of these interpreters that there is, after a line that names it; else it names the tools there are.
fn script(able: &[Interpreter]) -> String {
    let mut script = format!("{}\n", Script::of(NETWORK_IDENTITY).text());
    for Interpreter { name, program, flag, loader } in able {
        let loader = quoted(&loader.replace("SIZE", &program.len().to_string()));
        script.push_str(&format!(
            "if command -v {name} >/dev/null 2>&1; then echo {name}; {name} {flag} {loader}; {BYE}; exit; fi\n"
        ));
    }
    script.push_str("printf only\n");
    script.push_str("if command -v sleep >/dev/null 2>&1; then\n");
    for tool in Tool::ALL {
        script.push_str(&format!("if {}; then printf ' %s' {}; fi\n", tool.look(), tool.word()));
    }
    script + "fi\necho\n"
}

/// Why an attempt to start a relay failed.
pub(super) enum StartFailure {
    Api(ApiError),
    /// An interpreter that is there does not run our program.
    Unable(String),
}

/// Starts the best relay that the task has. Must be called in a `LocalSet`, which keeps its session.
///
/// # Errors
/// When it has none, no shell to start it, or cannot be reached.
pub async fn start(at: &Rc<Access>) -> Result<Relay> {
    if starter(&at.http, &at.permission, &at.task_ref).await.map_err(Error::from)? == Starter::Nomad {
        return Err(nothing(at, &[]).because("it has no shell to start anything with"));
    }
    let (begun, mut backoff, mut able, mut words) =
        (Instant::now(), Backoff::default(), INTERPRETERS.to_vec(), Vec::new());
    loop {
        match attempt(at, &able).await {
            Ok(Attempt::Carries(relay)) => return Ok(relay),
            Ok(Attempt::Unable(interpreter, why)) => {
                let why = format!("{interpreter} {why}");
                tracing::info!(target: "fleet::forward", "{why} in {}", at.task_ref);
                able.retain(|i| i.name != interpreter);
                words.push(why);
            }
            // A task that is just being stopped or restarted ends its shells too: what is true is told by the next one.
            Ok(Attempt::BadShell(why)) if begun.elapsed() < PATH_WITHIN => {
                tracing::info!(target: "fleet::forward", "the shell of {} {why}; again", at.task_ref);
                sleep(backoff.pause()).await;
            }
            Ok(Attempt::BadShell(why)) => {
                return Err(nothing(at, &words).because(format!("its shell {why}")));
            }
            Ok(Attempt::NothingThere) => {
                return Err(nothing(at, &words).hint("--push-relay copies fleet into the task for it"));
            }
            Err(e) if exec::start_failure(&e.text).is_some() => {
                return Err(nothing(at, &words).because("it has no shell to start anything with"));
            }
            Err(e) if e.is_passing() && begun.elapsed() < PATH_WITHIN => {
                tracing::info!(target: "fleet::forward", "{}; again", e.text);
                sleep(backoff.pause()).await;
            }
            Err(e) => return Err(e.into()),
        }
    }
}

/// How an attempt to start a relay ended.
enum Attempt {
    Carries(Relay),
    /// The interpreter of that name is there and does not run our program; why.
    Unable(&'static str, String),
    /// The task has nothing to carry connections with.
    NothingThere,
    /// Its shell ends before it says what there is; how.
    BadShell(String),
}

fn nothing(at: &Access, words: &[String]) -> Error {
    let error = Error::transport(format!("{} has nothing that could carry a connection", at.task_ref))
        .because("looked for python3, perl, python, socat, busybox, bash and nc");
    words.iter().fold(error, Error::because)
}

async fn attempt(at: &Rc<Access>, able: &[Interpreter]) -> Result<Attempt, ApiError> {
    let words = [SHELL.to_owned(), "-c".to_owned(), script(able)];
    let call = exec::command(&at.task_ref.alloc_id, &at.task_ref.task, false, &words);
    let (mut input, output) = exec::open(&at.http, &at.permission, &call).await?;
    let mut greeting = Greeting::of(output);
    let said =
        async |greeting: &mut Greeting| Ok((is_shared(&greeting.line().await?), greeting.line().await?));
    let (shares_network, line) = match greeting.within(said).await {
        Ok(said) => said,
        Err(StartFailure::Unable(why)) => return Ok(Attempt::BadShell(why)),
        Err(StartFailure::Api(e)) => return Err(e),
    };
    let Some(found) = able.iter().find(|i| i.name == line) else {
        drop(input.end_stdin().await);
        let tool = Tool::ALL.into_iter().find(|t| line.split(' ').skip(1).any(|w| w == t.word()));
        let Some(tool) = tool else { return Ok(Attempt::NothingThere) };
        let relay = RelayPerConnection::new(at, tool).await?;
        return Ok(Attempt::Carries(Relay::per_connection(relay, shares_network)));
    };
    input.stdin(found.program.as_bytes()).await?;
    let decoder = match greeting.within(Greeting::hello).await {
        Ok(decoder) => decoder,
        Err(StartFailure::Unable(why)) => return Ok(Attempt::Unable(found.name, why)),
        Err(StartFailure::Api(e)) => return Err(e),
    };
    let relay = SharedRelay::new(at, found.name.to_owned(), (input, greeting.output), decoder);
    Ok(Attempt::Carries(Relay::shared(relay, shares_network)))
}

/// What a session says before connections are carried.
pub(super) struct Greeting {
    pub(super) output: Output,
    held: Vec<u8>,
    said: Vec<u8>,
}

/// How long the last words of stderr may take once stdout has ended: the two are not ordered.
const LAST_WORDS: Duration = Duration::from_millis(500);

impl Greeting {
    pub(super) fn of(output: Output) -> Self {
        Greeting { output, held: Vec::new(), said: Vec::new() }
    }

    pub(super) async fn within<T>(
        &mut self,
        what: impl AsyncFnOnce(&mut Self) -> Result<T, StartFailure>,
    ) -> Result<T, StartFailure> {
        let late = self.output.broken("nothing in the task answered within 30 s");
        timeout(START_LIMIT, what(self)).await.unwrap_or(Err(StartFailure::Api(late)))
    }

    /// More of stdout.
    async fn more(&mut self) -> Result<(), StartFailure> {
        loop {
            match self.output.next().await.map_err(StartFailure::Api)? {
                ExecMessage::Stdout(bytes) => {
                    self.held.extend_from_slice(&bytes);
                    return Ok(());
                }
                ExecMessage::Stderr(bytes) if self.said.len() < 4096 => self.said.extend_from_slice(&bytes),
                ExecMessage::Exited(_) => return Err(self.unable().await),
                ExecMessage::Stderr(_)
                | ExecMessage::StdoutEnd
                | ExecMessage::StderrEnd
                | ExecMessage::Alive => {}
            }
        }
    }

    async fn unable(&mut self) -> StartFailure {
        let rest = async {
            while let Ok(heard) = self.output.next().await {
                match heard {
                    ExecMessage::Stderr(bytes) => self.said.extend_from_slice(&bytes),
                    ExecMessage::StderrEnd | ExecMessage::Exited(_) => break,
                    _ => {}
                }
            }
        };
        drop(timeout(LAST_WORDS, rest).await);
        let words = String::from_utf8_lossy(&self.said);
        let last = words.lines().last().unwrap_or("it ended without a word");
        StartFailure::Unable(format!("does not carry connections: {last}"))
    }

    async fn line(&mut self) -> Result<String, StartFailure> {
        loop {
            if let Some(end) = self.held.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim().to_owned());
            }
            self.more().await?;
        }
    }

    /// The first frame; what follows it stays in the decoder.
    pub(super) async fn hello(&mut self) -> Result<Decoder, StartFailure> {
        let mut decoder = Decoder::default();
        loop {
            decoder.feed(&std::mem::take(&mut self.held));
            match decoder.frame() {
                Ok(Some(Frame::Hello(VERSION))) => return Ok(decoder),
                Ok(Some(Frame::Bye)) => return Err(self.unable().await),
                Ok(None) => self.more().await?,
                Ok(Some(frame)) => {
                    return Err(StartFailure::Unable(format!("says {frame:?} instead of hello")));
                }
                Err(why) => return Err(StartFailure::Unable(format!("says {why}"))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::relay::frame::LARGEST;
    use crate::model::relay::{SILENCE, WINDOW};

    #[test]
    fn the_programs_keep_to_the_same_numbers() {
        for program in [PYTHON, PERL] {
            for number in [WINDOW as usize, LARGEST, SILENCE as usize] {
                assert!(
                    program.lines().any(|l| l.contains("SILENCE") && l.contains(&number.to_string())),
                    "{number}"
                );
            }
        }
    }

    #[test]
    fn the_shell_takes_the_best_that_there_is() {
        let script = script(&INTERPRETERS[1..2]);
        assert!(
            script.contains("\nif command -v perl >/dev/null 2>&1; then echo perl; perl -e 'my $b="),
            "{script}"
        );
        assert!(!script.contains("python3"));
        assert!(
            script.contains("printf only\nif command -v sleep >/dev/null 2>&1; then\nif command -v socat")
        );
    }
}
