//! A list that is written while it grows.

use serde::Serialize;

use crate::error::Result;
use crate::ui::Printer;

/// Objects as a machine wants them: with `-o json-lines` each on a line of its own, with `-o json` one array, of which nothing is
/// kept. An array that was not ended is no document, so that nobody takes a part for the whole.
#[derive(Debug, Default)]
pub struct JsonArray {
    begun: bool,
}

impl JsonArray {
    /// Adds an object.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn tell(&mut self, printer: &Printer, object: &impl Serialize) -> Result<()> {
        if printer.wants_events() {
            return printer.event(object);
        }
        let object = serde_json::to_string(object).map_err(anyhow::Error::from)?;
        let before = if std::mem::replace(&mut self.begun, true) { "," } else { "[\n " };
        printer.text(&format!("{before}{object}\n"))
    }

    /// Ends it; a person has none.
    ///
    /// # Errors
    /// When stdout cannot be written, a closed pipe excepted.
    pub fn end(&mut self, printer: &Printer) -> Result<()> {
        if !printer.is_machine() || printer.wants_events() {
            return Ok(());
        }
        printer.text(if self.begun { "]\n" } else { "[]\n" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Format;
    use crate::ui::testing::formatted;

    #[test]
    fn an_array_is_one_document_and_lines_are_objects() {
        let write = |format, count: u8| {
            formatted(format, |printer| {
                let mut array = JsonArray::default();
                (0..count).try_for_each(|n| array.tell(printer, &[n]))?;
                array.end(printer)
            })
        };
        for count in [0, 1, 3] {
            let read: Vec<[u8; 1]> = serde_json::from_str(&write(Format::Json, count)).unwrap();
            assert_eq!(read.len(), usize::from(count));
        }
        assert_eq!(write(Format::JsonLines, 2), "[0]\n[1]\n");
        assert_eq!(write(Format::Table, 0), "");
    }
}
