//! Running a command of the operator's in the middle of a rotation: what it says is passed on, and the rotation shows meanwhile
//! that it lives.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::ops::operator_command::{CommandEvent, OperatorCommand, RunningCommand};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::{Rotation, TICK};
use crate::ops::ticker::Ticker;

/// So many of the last lines of a command are kept in the journal.
const TAIL: usize = 10;
/// A line longer than this is cut where it is kept.
const LONGEST: usize = 400;

/// What becomes of a command that does not end in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverduePolicy {
    /// It keeps running.
    Leave,
    /// It and everything it started are ended.
    End,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct CommandEnd {
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
        command: OperatorCommand,
        what: &str,
        within: Duration,
        overdue: OverduePolicy,
    ) -> Result<CommandEnd> {
        // Ctrl-C is ours to handle: whoever changes machines must not be cut off in the middle.
        let command = command.in_own_group();
        let mut running = command.start().map_err(|e| {
            Error::failed(format!("could not run the command {:?}", command.name()))
                .because(e.to_string())
                .hint("it is run without a shell; --shell runs it by one")
        })?;
        let process = process(&running);
        self.leave_word_of(what, &running);
        let mut tail = VecDeque::new();
        let runs = format!("{what} runs as {process}");
        let ended = timeout(within, self.follow(&mut running, &runs, &mut tail)).await;
        self.orderly.last_words(self.last_words.clone());
        let status = match ended {
            Ok(status) => Some(status?),
            Err(_) => {
                if overdue == OverduePolicy::End {
                    running.stop().await;
                }
                None
            }
        };
        Ok(CommandEnd { status, tail: tail.into(), process })
    }

    /// What has to be known of the command if the run is ended at once.
    fn leave_word_of(&self, what: &str, running: &RunningCommand) {
        let Some(id) = running.id() else { return };
        let mut lines =
            vec![format!("{what} runs on without fleet; to end it and what it started: kill -- -{id}")];
        lines.extend(self.last_words.iter().cloned());
        self.orderly.last_words(lines);
    }

    async fn follow(
        &mut self,
        running: &mut RunningCommand,
        runs: &str,
        tail: &mut VecDeque<String>,
    ) -> Result<ExitStatus> {
        // However much the command says, the others see that the rotation lives.
        let (mut told, mut ticker) = (false, Ticker::every(TICK));
        loop {
            let event = tokio::select! {
                event = running.next() => Some(event),
                () = ticker.tick() => {
                    self.beat().await?;
                    // Whoever follows from elsewhere sees that it runs.
                    self.keep_history(false).await?;
                    None
                }
            };
            match event {
                Some(Ok(CommandEvent::Output(line) | CommandEvent::ErrorOutput(line))) => {
                    self.pass_on(&line, tail)?;
                }
                Some(Ok(CommandEvent::Ended(status))) => return Ok(status),
                Some(Err(e)) => {
                    return Err(Error::failed("could not wait for the command").because(e.to_string()));
                }
                None => {}
            }
            if !told && self.halt().is_some() {
                told = true;
                self.notice(format!(
                    "{runs}, and is not cut off in the middle; Ctrl-C again leaves it running"
                ))?;
            }
        }
    }

    fn pass_on(&mut self, line: &str, tail: &mut VecDeque<String>) -> Result<()> {
        let line = self.goal.options.secrets.clean(line);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line.chars().take(LONGEST).collect());
        self.recorder.emit(Event::CommandOutput { line })
    }
}

/// Which process it is, in words.
fn process(running: &RunningCommand) -> String {
    running.id().map_or_else(|| "a process that has ended".to_owned(), |id| format!("process {id}"))
}
