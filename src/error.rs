//! One error type for the whole program: what failed, why, what to do next, and the exit code that says so.
//!
//! Layers below have typed errors of their own (`api::Error`); they become this one where a verb hands them up.
//! `ui::Printer::error` is the one renderer.

mod advice;

use crate::api::http::AskedNode;
use crate::exit_code::ExitCode;

/// The result of everything above the API layer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure as an operator should read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: ExitCode,
    message: String,
    causes: Vec<String>,
    hints: Vec<String>,
    asked_node: Option<Box<AskedNode>>,
    may_pass: bool,
}

impl Error {
    /// An error with its exit code and a message: a lowercase sentence without a full stop that names the object.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Error {
            code,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            asked_node: None,
            may_pass: false,
        }
    }

    /// It ran and failed (1).
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Failed, message)
    }

    /// The command line or the configuration makes no sense (2).
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    /// The named object does not exist, or a selector matched nothing (3).
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ExitCode::NotFound, message)
    }

    /// A safety check said no, or nobody confirmed (7).
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Refused, message)
    }

    /// Ctrl-C (130).
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Interrupted, message)
    }

    /// The exec family: the connection or fleet failed (125).
    pub fn transport(message: impl Into<String>) -> Self {
        Self::new(ExitCode::Transport, message)
    }

    /// Whoever read stdout has gone (141).
    #[must_use]
    pub fn output_closed() -> Self {
        Self::new(ExitCode::OutputClosed, "stdout was closed before everything was written to it")
    }

    /// The same failure with exit code 125, as the exec family returns it: any other code may be the remote command's. Interruption by a
    /// signal keeps its code.
    #[must_use]
    pub fn of_the_exec_family(mut self) -> Self {
        if !matches!(self.code, ExitCode::Interrupted | ExitCode::Terminated | ExitCode::OutputClosed) {
            self.code = ExitCode::Transport;
        }
        self
    }

    /// The same failure with another exit code, for a verb that knows better what the answer means.
    #[must_use]
    pub fn ending_with(self, code: ExitCode) -> Self {
        Error { code, ..self }
    }

    /// Adds one link of the chain of reasons, the nearest first.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts a wider message in front; the old message becomes the first cause.
    #[must_use]
    pub fn context(mut self, message: impl Into<String>) -> Self {
        let inner = std::mem::replace(&mut self.message, message.into());
        self.causes.insert(0, inner);
        self
    }

    /// The same failure, which is that this node did not answer.
    #[must_use]
    pub fn unanswered_by(mut self, node: AskedNode) -> Self {
        self.asked_node = Some(Box::new(node));
        self
    }

    /// The same failure, which may be over in a moment.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.may_pass = true;
        self
    }

    /// Whether the servers could not be asked, or answered that they cannot do it now: in a moment it may go well.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        self.may_pass
    }

    /// The node that was asked and did not answer, where that is what failed.
    #[must_use]
    pub fn unanswered_node(&self) -> Option<&AskedNode> {
        self.asked_node.as_deref()
    }

    /// The code the process exits with when this error ends it.
    #[must_use]
    pub fn code(&self) -> ExitCode {
        self.code
    }

    /// What failed, on which object.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Why, the nearest reason first.
    #[must_use]
    pub fn causes(&self) -> &[String] {
        &self.causes
    }

    /// What to do next.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        for cause in &self.causes {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Local work (files, commands, serialisation) reports through `anyhow`, whose context chain becomes the causes.
impl From<anyhow::Error> for Error {
    fn from(e: anyhow::Error) -> Self {
        let mut chain = e.chain().map(ToString::to_string);
        let mut error = Error::failed(chain.next().unwrap_or_default());
        error.causes = chain.collect();
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context as _;

    #[test]
    fn context_keeps_the_chain_in_order() {
        let e = Error::failed("connection reset").because("peer").context("could not drain node c1");
        assert_eq!(e.message(), "could not drain node c1");
        assert_eq!(e.causes(), ["connection reset", "peer"]);
        assert_eq!(e.to_string(), "could not drain node c1: connection reset: peer");
    }

    #[test]
    fn anyhow_context_becomes_causes() {
        let e: Error = Err::<(), _>(std::io::Error::other("disk full"))
            .context("could not write the journal")
            .unwrap_err()
            .into();
        assert_eq!((e.message(), e.causes()), ("could not write the journal", &["disk full".to_owned()][..]));
        assert_eq!(e.code(), ExitCode::Failed);
    }
}
