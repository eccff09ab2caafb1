//! Decodes a JSON array of objects while it arrives, so that of a list of 50,000 only the small structs made of it are
//! kept.

use serde::de::DeserializeOwned;
use serde_json::Deserializer;

use crate::api::http::Product;

/// Feeds on chunks of a JSON array of objects and hands out each element as soon as it is whole.
#[derive(Debug, Default)]
pub struct Rows {
    /// What has arrived and is not decoded.
    pending: Vec<u8>,
    /// How much must have arrived before the element under way is tried again.
    enough: usize,
    /// How many elements were handed out.
    count: usize,
    state: State,
    /// `null` is no list.
    refuses_null: bool,
}

/// The lists of Nomad that are arrays always (`nomad-api.md` T7); of others an empty one may be `null`.
const ALWAYS_ARRAYS: [&str; 9] = [
    "/v1/allocations",
    "/v1/deployments",
    "/v1/evaluations",
    "/v1/jobs",
    "/v1/namespaces",
    "/v1/node/pools",
    "/v1/nodes",
    "/v1/services",
    "/v1/vars",
];

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Before,
    Inside,
    After,
}

/// What is wrong with a list that is being decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFlaw {
    /// It ended early.
    Truncated,
    /// It is a page for a browser.
    Page,
    /// It is not an array of what was expected.
    Unexpected(String),
}

impl Rows {
    /// Of the answer of Nomad or Consul to the question with that path.
    pub(super) fn answering(product: Product, path: &str) -> Self {
        let refuses_null = product == Product::Nomad && ALWAYS_ARRAYS.contains(&path);
        Rows { refuses_null, ..Rows::default() }
    }

    /// Takes a chunk and calls `add` with each element that is now complete.
    ///
    /// # Errors
    /// When the stream is not an array of objects that can be decoded (or `null`, which stands for an empty one
    /// where the product says so).
    pub fn feed<T: DeserializeOwned>(&mut self, chunk: &[u8], add: impl FnMut(T)) -> Result<(), ListFlaw> {
        self.pending.extend_from_slice(chunk);
        if self.pending.len() < self.enough { Ok(()) } else { self.decode(add) }
    }

    /// Declares the end of the stream.
    ///
    /// # Errors
    /// When the array was not closed: the answer was cut.
    pub fn finish<T: DeserializeOwned>(mut self, add: impl FnMut(T)) -> Result<(), ListFlaw> {
        self.decode(add)?;
        if self.state == State::After && self.pending.is_empty() { Ok(()) } else { Err(ListFlaw::Truncated) }
    }

    fn decode<T: DeserializeOwned>(&mut self, mut add: impl FnMut(T)) -> Result<(), ListFlaw> {
        let mut at = 0;
        self.enough = 0;
        while let Some(&byte) = self.pending.get(at) {
            match (self.state, byte) {
                (_, b' ' | b'\n' | b'\r' | b'\t') | (State::Inside, b',') | (State::After, b'u' | b'l') => {}
                (State::Before, b'n') if self.refuses_null => {
                    let why = "unexpected answer: null in the place of a list";
                    return Err(ListFlaw::Unexpected(why.to_owned()));
                }
                (State::Before, b'<') => return Err(ListFlaw::Page),
                (State::Before, b'[') => self.state = State::Inside,
                (State::Before, b'n') | (State::Inside, b']') => self.state = State::After,
                (State::Inside, b'{') => {
                    let mut elements = Deserializer::from_slice(&self.pending[at..]).into_iter();
                    match elements.next() {
                        Some(Ok(row)) => add(row),
                        Some(Err(e)) if !e.is_eof() => return Err(self.unexpected::<T>(at)),
                        _ => {
                            // A row of many chunks is not tried again with each of them.
                            self.enough = 2 * (self.pending.len() - at);
                            break;
                        }
                    }
                    self.count += 1;
                    at += elements.byte_offset();
                    continue;
                }
                _ => {
                    return Err(ListFlaw::Unexpected(format!("unexpected {:?} in a list", char::from(byte))));
                }
            }
            at += 1;
        }
        self.pending.drain(..at);
        Ok(())
    }

    /// What is wrong with the element there; only a failure pays for knowing where in it.
    fn unexpected<T: DeserializeOwned>(&self, at: usize) -> ListFlaw {
        let why = located::<T>(&self.pending[at..]).err();
        let why = why.unwrap_or_else(|| "it cannot be decoded".to_owned());
        ListFlaw::Unexpected(format!("row {}: {why}", self.count))
    }
}

/// Decodes a value, and says where it is not what was expected.
pub(super) fn located<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut reader = Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut reader).map_err(|e| format!("unexpected answer: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn rows(chunks: &[&[u8]]) -> Result<Vec<String>, ListFlaw> {
        let (mut rows, mut out) = (Rows::default(), Vec::new());
        for chunk in chunks {
            rows.feed(chunk, |row: Value| out.push(row.to_string()))?;
        }
        rows.finish(|row: Value| out.push(row.to_string()))?;
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
    fn null_is_no_list_where_nomad_always_sends_one() {
        for (product, path, taken) in [
            (Product::Nomad, "/v1/jobs", false),
            (Product::Nomad, "/v1/nodes", false),
            (Product::Nomad, "/v1/volumes", true),
            (Product::Consul, "/v1/nodes", true),
        ] {
            let fed = Rows::answering(product, path).feed(b"null", |_: Value| {});
            assert_eq!(fed.is_ok(), taken, "{path}");
            assert_eq!(Rows::answering(product, path).feed(b"[]", |_: Value| {}), Ok(()), "{path}");
        }
    }

    #[test]
    fn a_cut_or_unexpected_stream_is_told() {
        for text in ["[{\"a\":1}", "[{\"a\":", "", "[", "{\"error\":1}", "<html>", "[1,2]", "[{]"] {
            assert!(rows(&[text.as_bytes()]).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_row_and_field() {
        #[derive(Debug, serde::Deserialize)]
        struct Row {
            #[expect(dead_code, reason = "decoded only")]
            a: u8,
        }
        let mut rows = Rows::default();
        let flaw = rows.feed(br#"[{"a":1},{"a":"x"},"#, |_: Row| ()).unwrap_err();
        let ListFlaw::Unexpected(text) = flaw else { panic!("{flaw:?}") };
        assert!(text.starts_with("row 1: unexpected answer: a: invalid type: string \"x\""), "{text}");
    }

    #[test]
    fn a_row_of_many_chunks_is_tried_a_few_times_only() {
        let text = format!("[{{\"a\":\"{}\"}}]", "x".repeat(100_000));
        let (mut rows, mut tries, mut out) = (Rows::default(), 0, 0);
        for chunk in text.as_bytes().chunks(10) {
            tries += u32::from(rows.pending.len() + chunk.len() >= rows.enough);
            rows.feed(chunk, |_: Value| out += 1).unwrap();
        }
        rows.finish(|_: Value| out += 1).unwrap();
        assert!(out == 1 && tries < 20, "{out} rows after {tries} tries");
    }

    proptest! {
        #[test]
        fn any_cutting_gives_the_same_rows(
            values in prop::collection::vec("[a-z\"\\\\{}\\[\\],é]{0,12}", 0..6),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let list: Vec<Value> = values.iter().map(|v| serde_json::json!({"v": v, "w": [v]})).collect();
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

        #[test]
        fn garbage_in_a_list_never_panics(text in "[\\[{}\\]\",:a0 \\\\]{0,60}", cut in any::<prop::sample::Index>()) {
            let (a, b) = text.as_bytes().split_at(cut.index(text.len() + 1));
            drop(rows(&[b"[{", a, b]));
        }
    }
}
