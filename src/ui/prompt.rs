//! Questions to a person: only on a terminal, never in CI, and the cursor comes back.

use std::{fmt, io};

use crate::error::{Error, Result};
use crate::exit_code::ExitCode;

/// The way to ask a person, where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prompts {
    /// Why nobody can be asked; none when somebody can.
    impossible: Option<&'static str>,
}

/// Questions as they are written: they end with a mark of their own, or are a statement above the answers.
struct AsWritten;

impl dialoguer::theme::Theme for AsWritten {
    fn format_select_prompt(&self, f: &mut dyn fmt::Write, prompt: &str) -> fmt::Result {
        f.write_str(prompt)
    }

    fn format_select_prompt_selection(&self, f: &mut dyn fmt::Write, prompt: &str, sel: &str) -> fmt::Result {
        write!(f, "{prompt} {sel}")
    }
}

impl Prompts {
    /// Questions are possible when stdin and stderr are terminals and no CI runs this.
    #[must_use]
    pub fn new(facts: crate::ui::TerminalFacts, ci: bool) -> Self {
        let impossible = match (ci, facts.stdin_tty, facts.stderr_tty) {
            (true, ..) => Some("CI is set in the environment"),
            (false, false, _) => Some("stdin is not a terminal"),
            (false, true, false) => Some("stderr is not a terminal"),
            (false, true, true) => None,
        };
        Prompts { impossible }
    }

    /// Whether there is somebody to ask.
    #[must_use]
    pub fn possible(self) -> bool {
        self.impossible.is_none()
    }

    /// Lets a person choose one of several answers; the first is the careful one and the default.
    ///
    /// # Errors
    /// Interrupted (130) on Ctrl-C or Escape; refused (7) when there is nobody to ask.
    pub async fn choose(self, question: String, answers: Vec<String>) -> Result<usize> {
        if let Some(why) = self.impossible {
            return Err(Error::refused(format!("a decision is needed, but {why}")));
        }
        let _back = CursorBack;
        let asked = tokio::task::spawn_blocking(move || {
            forget_keys();
            let answer = dialoguer::Select::with_theme(&AsWritten)
                .with_prompt(question)
                .items(&answers)
                .default(0)
                .interact_opt();
            drop(dialoguer::console::Term::stderr().show_cursor());
            answer
        });
        answered(asked.await)?.ok_or_else(|| Error::interrupted("interrupted; nothing was changed"))
    }

    /// Asks for a line of text.
    ///
    /// # Errors
    /// Interrupted (130) on Ctrl-C; refused (7) when there is nobody to ask.
    pub async fn text(self, question: String) -> Result<String> {
        if let Some(why) = self.impossible {
            return Err(Error::refused(format!("confirmation needed, but {why}")));
        }
        let _back = CursorBack;
        let asked = tokio::task::spawn_blocking(move || {
            forget_keys();
            let answer =
                dialoguer::Input::<String>::new().with_prompt(question).allow_empty(true).interact_text();
            drop(dialoguer::console::Term::stderr().show_cursor());
            answer.map(Some)
        });
        Ok(answered(asked.await)?.unwrap_or_default())
    }

    /// Asks a yes-or-no question, to be answered with y or n and Enter; the default answer is no.
    ///
    /// # Errors
    /// Interrupted (130) on Ctrl-C; refused (7) when there is nobody to ask.
    pub async fn confirm(self, question: String) -> Result<bool> {
        if let Some(why) = self.impossible {
            return Err(
                Error::refused(format!("confirmation needed, but {why}")).hint("pass --yes to confirm")
            );
        }
        // The terminal library reads blockingly and hides the cursor while it does.
        let _back = CursorBack;
        let asked = tokio::task::spawn_blocking(move || {
            forget_keys();
            // A key alone is hit too soon: Enter says that the question was read.
            let asked = dialoguer::Confirm::new().with_prompt(question).default(false);
            let answer = asked.wait_for_newline(true).interact_opt();
            drop(dialoguer::console::Term::stderr().show_cursor());
            answer
        });
        Ok(answered(asked.await)?.unwrap_or(false))
    }
}

/// Shows the cursor again when a question ends, also one that a signal ended before the terminal library read a key.
struct CursorBack;

impl Drop for CursorBack {
    fn drop(&mut self) {
        drop(dialoguer::console::Term::stderr().show_cursor());
    }
}

/// Throws away what was typed before the question was there: it answers something else.
pub(super) fn forget_keys() {
    #[cfg(unix)]
    // Where it fails there is no terminal, and no question either.
    let _ = rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush);
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
