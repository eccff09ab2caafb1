//! What is said of a log beside its lines, the same in every verb that reads logs.

use crate::api::error::Error as ApiError;
use crate::error::Result;
use crate::ops::logs::{LogEvent, LogId, Stream};
use crate::ui::Printer;

/// Passes on a task's stdout and stderr unchanged, and reports gaps.
///
/// # Errors
/// When stdout cannot be written, or whoever read it has gone.
pub fn pass(printer: &Printer, log: &LogId, piece: &LogEvent) -> Result<()> {
    match (piece, log.stream) {
        (LogEvent::Data(bytes), Stream::Stdout) => return printer.pass_or_end(bytes),
        (LogEvent::Data(bytes), Stream::Stderr) => printer.pass_err(bytes),
        _ => remark(printer, log, piece),
    }
    Ok(())
}

/// Reports a gap, or a log that cannot be read right now.
pub fn remark(printer: &Printer, log: &LogId, piece: &LogEvent) {
    match piece {
        LogEvent::Gap(lost) => {
            printer.warn(&format!("gap in {log}: {lost} removed before they could be read"));
        }
        LogEvent::Broken(why) => printer.warn(&format!("cannot read {log} right now: {why}; trying again")),
        LogEvent::Data(_) | LogEvent::Resumed => {}
    }
}

/// Says that a log could not be read to its end.
pub fn unread(printer: &Printer, log: &LogId, error: &ApiError) {
    printer.warn(&format!("{log} could not be read to its end: {}", error.why()));
}
