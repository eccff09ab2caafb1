//! What a run gets from outside, and the command line that it is a run of.

use std::ffi::OsString;
use std::pin::Pin;
use std::sync::Arc;

use crate::clock::SharedClock;
use crate::config::Environment;
use crate::exit_code::ExitCode;
use crate::interrupts::Interrupts;
use crate::ui::Streams;

/// What a run gets from outside.
#[derive(Clone)]
pub struct Invocation {
    /// The words of the command line, the program's name first.
    pub args: Vec<OsString>,
    /// The environment.
    pub env: Environment,
    /// Where to write.
    pub streams: Arc<Streams>,
    /// What time it is.
    pub clock: SharedClock,
    /// What the words are read by.
    pub line: CommandLine,
}

/// A run that goes on to its exit code.
pub type Running<'a> = Pin<Box<dyn Future<Output = ExitCode> + 'a>>;

/// The whole command line, as it is handed to the verbs that tell of it or run it again: its root stands above them.
#[derive(Clone, Copy)]
pub struct CommandLine {
    /// The definition of all that it knows.
    pub definition: fn() -> clap::Command,
    /// Runs one inside a running runtime.
    pub run: for<'a> fn(&'a Invocation, Interrupts) -> Running<'a>,
}
