//! The request log of `-v` goes through the printer, so that it does not tear a progress display.

use std::io::{self, Write};
use std::sync::Arc;

use tracing_subscriber::fmt::MakeWriter;

use crate::ui::Printer;

/// Writes log lines to stderr by way of the printer.
#[derive(Debug, Clone)]
pub struct LogWriter(pub Arc<Printer>);

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { printer: &self.0, bytes: Vec::new() }
    }
}

/// One log line under construction.
#[derive(Debug)]
pub struct Line<'a> {
    printer: &'a Printer,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.printer.log(&String::from_utf8_lossy(&self.bytes));
    }
}
