//! Cuts a streamed JSON array into its elements, so that a list of 50,000 is decoded while it arrives and only the
//! small structs made of it are kept.

/// Feeds on chunks of a JSON array of objects and hands out the bytes of each whole element.
///
/// It only finds boundaries; whether an element is valid JSON is the decoder's business.
#[derive(Debug, Default)]
pub struct RowSplitter {
    buffer: Vec<u8>,
    /// Position up to which `buffer` has been looked at.
    scanned: usize,
    /// Where the element under way begins.
    start: usize,
    depth: u32,
    in_string: bool,
    escaped: bool,
    state: State,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Before,
    Inside,
    After,
}

/// The bytes outside of strings that decide where an element ends.
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let list = b"\"{}[]";
    let mut i = 0;
    while i < list.len() {
        marks[list[i] as usize] = true;
        i += 1;
    }
    marks
};

/// The stream is not a JSON array of objects, or ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRows(pub String);

impl RowSplitter {
    /// Takes a chunk and calls `row` with each element that is now complete.
    ///
    /// # Errors
    /// When the stream is not an array of objects (or `null`, which stands for an empty one), or `row` fails.
    pub fn feed<E: From<NotRows>>(
        &mut self,
        chunk: &[u8],
        mut row: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.buffer.extend_from_slice(chunk);
        while self.scanned < self.buffer.len() {
            if self.depth > 0 {
                if self.scan_element() {
                    row(&self.buffer[self.start..self.scanned])?;
                }
                continue;
            }
            let byte = self.buffer[self.scanned];
            match (self.state, byte) {
                (_, b' ' | b'\n' | b'\r' | b'\t') | (State::Inside, b',') => {}
                (State::Before, b'[') => self.state = State::Inside,
                (State::Before, b'n') => self.state = State::After,
                (State::Inside, b'{') => {
                    self.start = self.scanned;
                    self.depth = 1;
                }
                (State::Inside, b']') => self.state = State::After,
                (State::After, b'u' | b'l') => {}
                _ => return Err(NotRows(format!("unexpected {:?} in a list", char::from(byte))).into()),
            }
            self.scanned += 1;
        }
        self.forget();
        Ok(())
    }

    /// Declares the end of the stream.
    ///
    /// # Errors
    /// When the array was not closed: the answer was cut.
    pub fn finish(&self) -> Result<(), NotRows> {
        if self.state == State::After && self.depth == 0 {
            Ok(())
        } else {
            Err(NotRows("the list was cut".into()))
        }
    }

    /// Scans on inside an element; true when it has just been closed. Lists of 50,000 allocations are 50 MB, so the
    /// state is kept out of memory and dull bytes cost one look.
    fn scan_element(&mut self) -> bool {
        let (bytes, mut at) = (&self.buffer[..], self.scanned);
        let (mut depth, mut in_string) = (self.depth, self.in_string);
        if std::mem::take(&mut self.escaped) {
            at += 1;
        }
        while at < bytes.len() {
            if in_string {
                let Some(next) = bytes[at..].iter().position(|b| matches!(b, b'"' | b'\\')) else {
                    at = bytes.len();
                    break;
                };
                at += next + 1;
                if bytes[at - 1] == b'"' {
                    in_string = false;
                } else if at < bytes.len() {
                    at += 1;
                } else {
                    self.escaped = true;
                }
                continue;
            }
            let Some(next) = bytes[at..].iter().position(|&b| MARKS[usize::from(b)]) else {
                at = bytes.len();
                break;
            };
            at += next + 1;
            match bytes[at - 1] {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                _ => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
        (self.scanned, self.depth, self.in_string) = (at, depth, in_string);
        depth == 0
    }

    /// Drops what has been handed out.
    fn forget(&mut self) {
        let done = if self.depth > 0 { self.start } else { self.scanned };
        self.buffer.drain(..done);
        self.scanned -= done;
        self.start = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(chunks: &[&[u8]]) -> Result<Vec<String>, NotRows> {
        let (mut splitter, mut out) = (RowSplitter::default(), Vec::new());
        for chunk in chunks {
            splitter.feed(chunk, |row| {
                out.push(String::from_utf8_lossy(row).into_owned());
                Ok::<_, NotRows>(())
            })?;
        }
        splitter.finish()?;
        Ok(out)
    }

    #[test]
    fn braces_and_quotes_in_strings_do_not_count() {
        let text = br#" [ {"a":"}\"]{"} , {"b":[{},{"c":"\\"}]} ] "#;
        assert_eq!(rows(&[text]).unwrap(), [r#"{"a":"}\"]{"}"#, r#"{"b":[{},{"c":"\\"}]}"#]);
    }

    #[test]
    fn null_and_empty_are_no_rows() {
        for text in ["[]", "null", " null\n", "[ ]"] {
            assert_eq!(rows(&[text.as_bytes()]).unwrap(), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_cut_or_foreign_stream_is_told() {
        for text in ["[{\"a\":1}", "[{\"a\":", "", "[", "{\"error\":1}", "<html>", "[1,2]"] {
            assert!(rows(&[text.as_bytes()]).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_rows(
            values in prop::collection::vec("[a-z\"\\\\{}\\[\\],é]{0,12}", 0..6),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let list: Vec<serde_json::Value> = values.iter().map(|v| serde_json::json!({"v": v, "w": [v]})).collect();
            let text = serde_json::to_vec(&list).unwrap();
            let mut at: Vec<usize> = cuts.iter().map(|c| c.index(text.len() + 1)).collect();
            at.extend([0, text.len()]);
            at.sort_unstable();
            let chunks: Vec<&[u8]> = at.windows(2).map(|w| &text[w[0]..w[1]]).collect();
            let whole: Vec<String> = list.iter().map(ToString::to_string).collect();
            prop_assert_eq!(rows(&chunks).unwrap(), whole);
        }

        #[test]
        fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(rows(&[&bytes]));
        }
    }
}
