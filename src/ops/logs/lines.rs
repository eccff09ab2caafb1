//! Bytes into lines, also those that never end.

use bytes::Bytes;

/// A line without end is cut here.
const LONGEST: usize = 256 * 1024;

/// A line without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(pub Vec<u8>);

/// Puts lines together.
#[derive(Debug, Default)]
pub struct Lines {
    held: Vec<u8>,
}

impl Lines {
    /// Takes bytes, and gives the lines that are whole now.
    pub fn feed(&mut self, bytes: &Bytes) -> Vec<Line> {
        let mut out = Vec::new();
        let mut rest = &bytes[..];
        while let Some(at) = rest.iter().position(|b| *b == b'\n') {
            self.held.extend_from_slice(&rest[..at]);
            out.push(Line(std::mem::take(&mut self.held)));
            rest = &rest[at + 1..];
        }
        self.held.extend_from_slice(rest);
        while self.held.len() > LONGEST {
            let tail = self.held.split_off(LONGEST);
            out.push(Line(std::mem::replace(&mut self.held, tail)));
        }
        out
    }

    /// What is left without an end.
    pub fn finish(&mut self) -> Option<Line> {
        (!self.held.is_empty()).then(|| Line(std::mem::take(&mut self.held)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lines_are_the_same_however_the_bytes_are_cut(pieces in proptest::collection::vec("[a-c\n]{0,6}", 0..9)) {
            let mut lines = Lines::default();
            let mut out: Vec<Line> = Vec::new();
            for piece in &pieces {
                out.extend(lines.feed(&Bytes::copy_from_slice(piece.as_bytes())));
            }
            out.extend(lines.finish());
            let whole = pieces.concat();
            let expected: Vec<Line> = whole.lines().map(|l| Line(l.as_bytes().to_vec())).collect();
            prop_assert_eq!(out, expected);
        }
    }
}
