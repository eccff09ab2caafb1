//! Running a command of the operator's in the middle of a rotation: what it says is passed on, and the rotation shows meanwhile
//! that it lives.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::error::{Error, Result};
use crate::ops::operator_command::{CommandEvent, OperatorCommand, RunningCommand};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::{Rotation, TICK};

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
}

impl Rotation<'_> {
    /// Runs a command to its end.
    ///
    /// # Errors
    /// When it cannot be started, or nobody can be told what it says.
    pub(super) async fn run_child(
        &mut self,
        command: OperatorCommand,
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
        let mut tail = VecDeque::new();
        let status = match timeout(within, self.follow(&mut running, &mut tail)).await {
            Ok(status) => Some(status?),
            Err(_) => {
                if overdue == OverduePolicy::End {
                    running.stop().await;
                }
                None
            }
        };
        Ok(CommandEnd { status, tail: tail.into() })
    }

    async fn follow(
        &mut self,
        running: &mut RunningCommand,
        tail: &mut VecDeque<String>,
    ) -> Result<ExitStatus> {
        loop {
            let event = tokio::select! {
                event = running.next() => event,
                () = sleep(TICK) => {
                    self.beat().await?;
                    continue;
                }
            };
            match event {
                Ok(CommandEvent::Output(line) | CommandEvent::ErrorOutput(line)) => {
                    self.pass_on(&line, tail)?;
                }
                Ok(CommandEvent::Ended(status)) => return Ok(status),
                Err(e) => {
                    return Err(Error::failed("could not wait for the command").because(e.to_string()));
                }
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
