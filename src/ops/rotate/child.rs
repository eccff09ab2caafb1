//! Running a command of the operator's in the middle of a rotation: what it says is passed on, and the rotation shows meanwhile
//! that it lives.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::time::timeout;

use crate::error::{Error, Result};
use crate::model::redaction::Secrets;
use crate::model::words;
use crate::ops::operator_command::{CommandEvent, OperatorCommand, RunningCommand};
use crate::ops::rotate::event::Event;
use crate::ops::rotate::rotation::{Rotation, TICK};
use crate::ops::ticker::Ticker;

/// So many of the last lines of a command are kept in the journal.
const TAIL: usize = 10;
/// A line longer than this is cut where it is kept.
const LONGEST: usize = 400;
/// So many lines of a command are shown from one tick to the next; the others are counted.
const SHOWN_A_TICK: u64 = 100;

/// What becomes of a command that does not end in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OverduePolicy {
    /// It keeps running.
    Leave,
    /// It and everything it started are ended.
    End,
}

/// What a command says: shown as far as a reader could follow, and its last lines kept.
#[derive(Debug, Default)]
struct Output {
    /// The last lines, without what may be secret.
    tail: VecDeque<String>,
    /// How many were shown since the last tick.
    shown: u64,
    /// How many were not.
    unshown: u64,
}

impl Output {
    /// Takes in a line; as it is shown, where it is.
    fn line(&mut self, line: &str, secrets: &Secrets) -> Option<String> {
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        if self.shown == SHOWN_A_TICK {
            self.unshown += 1;
            self.tail.push_back(line.to_owned());
            return None;
        }
        self.shown += 1;
        let line = secrets.clean(line);
        self.tail.push_back(line.clone());
        Some(line)
    }

    /// Begins to show lines again; how many were not, in words.
    fn rest(&mut self) -> Option<String> {
        self.shown = 0;
        let unshown = std::mem::take(&mut self.unshown);
        (unshown > 0).then(|| format!("… {} not shown", words::count(unshown, "line")))
    }

    /// The last lines, without what may be secret.
    fn tail(self, secrets: &Secrets) -> Vec<String> {
        let cut = |line: String| secrets.clean(&line).chars().take(LONGEST).collect();
        self.tail.into_iter().map(cut).collect()
    }
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
    /// How it is ended where it runs on, with what it started.
    pub(super) to_end: Option<String>,
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
        let to_end = running.id().map(|id| format!("to end it and what it started: kill -- -{id}"));
        self.leave_word_of(what, &running);
        let mut output = Output::default();
        let runs = format!("{what} runs as {process}");
        let ended = timeout(within, self.follow(&mut running, &runs, &mut output)).await;
        self.show_rest(&mut output)?;
        self.orderly.last_words(self.parting_words());
        let status = match ended {
            Ok(status) => Some(status?),
            Err(_) => {
                if overdue == OverduePolicy::End {
                    running.stop().await;
                }
                None
            }
        };
        Ok(CommandEnd { status, tail: output.tail(&self.goal.options.secrets), process, to_end })
    }

    /// What has to be known of the command if the run is ended at once.
    fn leave_word_of(&self, what: &str, running: &RunningCommand) {
        let Some(id) = running.id() else { return };
        let mut lines =
            vec![format!("{what} runs on without fleet; to end it and what it started: kill -- -{id}")];
        lines.extend(self.parting_words());
        self.orderly.last_words(lines);
    }

    async fn follow(
        &mut self,
        running: &mut RunningCommand,
        runs: &str,
        output: &mut Output,
    ) -> Result<ExitStatus> {
        // However much the command says, the others see that the rotation lives.
        let (mut told, mut ticker) = (false, Ticker::every(TICK));
        loop {
            let event = tokio::select! {
                biased;
                () = ticker.tick() => {
                    self.show_rest(output)?;
                    self.beat().await?;
                    // Whoever follows from elsewhere sees that it runs.
                    self.keep_history(false).await?;
                    None
                }
                event = running.next() => Some(event),
            };
            match event {
                Some(Ok(CommandEvent::Output(line) | CommandEvent::ErrorOutput(line))) => {
                    if let Some(line) = output.line(&line, &self.goal.options.secrets) {
                        self.recorder.emit(Event::CommandOutput { line })?;
                    }
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

    /// Says how many lines of it were not shown.
    fn show_rest(&mut self, output: &mut Output) -> Result<()> {
        match output.rest() {
            Some(line) => self.recorder.emit(Event::CommandOutput { line }),
            None => Ok(()),
        }
    }
}

/// Which process it is, in words.
fn process(running: &RunningCommand) -> String {
    running.id().map_or_else(|| "a process that has ended".to_owned(), |id| format!("process {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_floods_is_counted_and_its_last_lines_are_kept() {
        let (mut output, secrets) = (Output::default(), Secrets::default());
        let shown = (0..250).filter_map(|n| output.line(&format!("password=p{n}x"), &secrets)).count();
        assert_eq!(shown, 100);
        assert_eq!(output.rest().as_deref(), Some("… 150 lines not shown"));
        assert_eq!(output.rest(), None);
        assert!(output.line("done", &secrets).is_some());
        let tail = output.tail(&secrets);
        assert_eq!((tail.len(), tail.last().map(String::as_str)), (TAIL, Some("done")));
        assert!(!tail.concat().contains("p249x"), "{tail:?}");
    }
}
