//! What people and machines see: the only place that writes to stdout and stderr.

mod board;
mod cell;
mod closed;
mod color;
mod detail;
mod fold;
mod json_array;
mod keys;
mod live;
mod log;
mod narration;
mod output_flags;
mod plain;
mod printer;
mod prompt;
mod size;
mod streams;
mod table;
mod terminal;
#[cfg(test)]
pub(crate) mod testing;
mod text;
mod time;
mod waiting;

pub use board::Board;
pub use cell::{Cell, Tone};
pub use closed::stdout_closed;
pub use color::ColorChoice;
pub use detail::{Describe, Detail, Field};
pub use fold::Fold;
pub use json_array::JsonArray;
pub use keys::{stdin, stdout};
pub use live::Live;
pub use log::LogWriter;
pub use narration::Narration;
pub use output_flags::{Format, OutputFlags};
pub use printer::Printer;
pub use prompt::Prompts;
pub use size::{bytes, bytes_text};
pub use streams::{Streams, TerminalFacts};
pub use table::{Column, Tabular, column};
pub use terminal::{RawMode, Resizes, suspend};
pub use text::sanitize;
pub use time::{duration, duration_text, relative_text};
pub use waiting::WaitingNote;
