//! Questions to a person: only on a terminal, never in CI, and the cursor comes back.

use std::io;

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// Whether there is somebody to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompts {
    possible: bool,
}

impl Prompts {
    /// Questions are possible when stdin and stderr are terminals and no CI runs this.
    #[must_use]
    pub fn new(facts: crate::ui::Facts, ci: bool) -> Self {
        Prompts { possible: facts.stdin_tty && facts.stderr_tty && !ci }
    }

    /// Whether there is somebody to ask.
    #[must_use]
    pub fn possible(self) -> bool {
        self.possible
    }

    /// Lets a person choose one of several answers; the first is the careful one and the default.
    ///
    /// # Errors
    /// Interrupted (130) on Ctrl-C or Escape; refused (7) when there is nobody to ask.
    pub async fn choose(self, question: String, answers: Vec<String>) -> Result<usize> {
        if !self.possible {
            return Err(Error::refused("this needs a decision and there is nobody to ask"));
        }
        let asked = tokio::task::spawn_blocking(move || {
            let answer =
                dialoguer::Select::new().with_prompt(question).items(&answers).default(0).interact_opt();
            drop(dialoguer::console::Term::stderr().show_cursor());
            answer
        });
        answered(asked.await)?.ok_or_else(|| Error::interrupted("interrupted; nothing was changed"))
    }

    /// Asks a yes-or-no question; the default answer is no.
    ///
    /// # Errors
    /// Interrupted (130) on Ctrl-C; refused (7) when there is nobody to ask.
    pub async fn confirm(self, question: String) -> Result<bool> {
        if !self.possible {
            return Err(Error::refused("this needs a confirmation and there is nobody to ask")
                .hint("pass --yes to confirm"));
        }
        // The terminal library reads blockingly and hides the cursor while it does.
        let asked = tokio::task::spawn_blocking(move || {
            let answer = dialoguer::Confirm::new().with_prompt(question).default(false).interact_opt();
            drop(dialoguer::console::Term::stderr().show_cursor());
            answer
        });
        Ok(answered(asked.await)?.unwrap_or(false))
    }
}

/// What became of a question.
fn answered<T>(asked: Result<dialoguer::Result<Option<T>>, tokio::task::JoinError>) -> Result<Option<T>> {
    match asked {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(dialoguer::Error::IO(e))) if e.kind() == io::ErrorKind::Interrupted => {
            Err(Error::interrupted("interrupted; nothing was changed"))
        }
        Ok(Err(e)) => Err(Error::new(ExitCode::Failed, "could not ask").because(e.to_string())),
        Err(e) => Err(Error::new(ExitCode::Failed, "could not ask").because(e.to_string())),
    }
}
