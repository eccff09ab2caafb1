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

impl Invocation {
    /// The words of the verb itself, and those that say which cluster is meant and how to write, apart; the program's name is in
    /// neither.
    #[must_use]
    pub fn words_apart(&self) -> (Vec<String>, Vec<String>) {
        let definition = (self.line.definition)();
        let (mut own, mut global) = (Vec::new(), Vec::new());
        let mut words = self.args.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        while let Some(word) = words.next() {
            if word == "--" {
                own.push(word);
                own.extend(words.by_ref());
                break;
            }
            let (name, has_value) =
                word.split_once('=').map_or((word.as_str(), false), |(name, _)| (name, true));
            let is_it = |arg: &&clap::Arg| {
                let long = arg.get_long().is_some_and(|long| name.strip_prefix("--") == Some(long));
                let short = arg.get_short().is_some_and(|short| {
                    name.strip_prefix('-')
                        .is_some_and(|rest| !rest.starts_with('-') && rest.starts_with(short))
                });
                arg.is_global_set() && (long || short)
            };
            let Some(arg) = definition.get_arguments().find(is_it) else {
                own.push(word);
                continue;
            };
            // A short flag may have its value in the same word.
            let apart =
                arg.get_action().takes_values() && !has_value && (name.starts_with("--") || name.len() == 2);
            global.push(word);
            if apart {
                global.extend(words.next());
            }
        }
        (own, global)
    }
}
