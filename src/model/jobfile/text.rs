//! A text in which pieces were replaced, and which still knows where each of its characters came from.

use std::ops::Range;

/// A text made from another one by replacements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    origin: String,
    text: String,
    pieces: Vec<Piece>,
}

/// A stretch of the text: kept from the origin byte by byte, or put in the place of a stretch of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    len: usize,
    from: Range<usize>,
    kept: bool,
}

/// A place in a text as people count: from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Text {
    /// The text as it is.
    #[must_use]
    pub fn new(origin: impl Into<String>) -> Self {
        let origin = origin.into();
        let whole = Piece { len: origin.len(), from: 0..origin.len(), kept: true };
        Text { text: origin.clone(), pieces: vec![whole], origin }
    }

    /// The text with all replacements.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text it was made from.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether something was replaced.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.pieces.iter().any(|p| !p.kept)
    }

    /// Replaces stretches that do not overlap, given by their place in the text as it is now.
    ///
    /// # Panics
    /// When a stretch lies outside of the text or between the bytes of a character: they come from a parser of this text.
    pub fn replace(&mut self, mut replacements: Vec<(Range<usize>, String)>) {
        replacements.sort_by_key(|(range, _)| range.start);
        let (mut text, mut pieces, mut at) = (String::with_capacity(self.text.len()), Vec::new(), 0);
        for (range, new) in replacements {
            self.copy(at..range.start, &mut pieces);
            text.push_str(&self.text[at..range.start]);
            pieces.push(Piece { len: new.len(), from: self.trace(&range), kept: false });
            text.push_str(&new);
            at = range.end;
        }
        self.copy(at..self.text.len(), &mut pieces);
        text.push_str(&self.text[at..]);
        (self.text, self.pieces) = (text, pieces);
    }

    /// The pieces of a stretch.
    fn copy(&self, range: Range<usize>, into: &mut Vec<Piece>) {
        let mut start = 0;
        for piece in &self.pieces {
            let end = start + piece.len;
            let (from, to) = (range.start.max(start), range.end.min(end));
            if from < to {
                let part = if piece.kept {
                    let origin = piece.from.start + (from - start);
                    Piece { len: to - from, from: origin..origin + (to - from), kept: true }
                } else {
                    Piece { len: to - from, ..piece.clone() }
                };
                into.push(part);
            }
            start = end;
        }
    }

    /// The stretch of the origin that a stretch of the text stands for.
    #[must_use]
    pub fn trace(&self, range: &Range<usize>) -> Range<usize> {
        let (start, end) = (self.back(range.start, false), self.back(range.end, true));
        start..end.max(start)
    }

    /// Where an offset came from; one inside of something replaced counts as its beginning or end.
    fn back(&self, offset: usize, end: bool) -> usize {
        let mut start = 0;
        for piece in &self.pieces {
            let inside = offset < start + piece.len || (end && offset == start + piece.len && piece.len > 0);
            if inside && offset >= start {
                return match (piece.kept, end) {
                    (true, _) => piece.from.start + (offset - start),
                    (false, false) => piece.from.start,
                    (false, true) => piece.from.end,
                };
            }
            start += piece.len;
        }
        self.origin.len()
    }

    /// The offset of a place in the text; the end of the line where the line is shorter.
    #[must_use]
    pub fn offset(&self, at: Position) -> usize {
        offset(&self.text, at)
    }

    /// The place in the origin of an offset in the text.
    #[must_use]
    pub fn place(&self, offset: usize) -> Position {
        position(&self.origin, self.back(offset, false))
    }
}

/// The place of an offset in a text.
#[must_use]
pub fn position(text: &str, offset: usize) -> Position {
    let before = &text[..floor(text, offset)];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}

/// The offset of a place in a text; the end of the line, or of the text, where there is no such place.
#[must_use]
pub fn offset(text: &str, at: Position) -> usize {
    let mut start = 0;
    for _ in 1..at.line {
        match text[start..].find('\n') {
            Some(i) => start += i + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or("");
    start + line.char_indices().nth(at.column.saturating_sub(1)).map_or(line.len(), |(i, _)| i)
}

fn floor(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_kept_is_traced_exactly_and_what_was_put_in_to_what_it_replaced() {
        let mut text = Text::new("a = file(\"x\")\nb = 1\n");
        text.replace(vec![(4..13, "\"one\\ntwo\"".to_owned())]);
        assert_eq!(text.as_str(), "a = \"one\\ntwo\"\nb = 1\n");
        let b = text.as_str().find('b').unwrap();
        assert_eq!(text.place(b), Position { line: 2, column: 1 });
        assert_eq!(text.trace(&(6..8)), 4..13);
        // A second round replaces part of what the first left.
        text.replace(vec![(b + 4..b + 5, "22".to_owned())]);
        assert_eq!(text.as_str(), "a = \"one\\ntwo\"\nb = 22\n");
        assert_eq!(text.place(text.as_str().len()), Position { line: 3, column: 1 });
        assert_eq!(text.origin(), "a = file(\"x\")\nb = 1\n");
    }

    #[test]
    fn places_are_counted_in_lines_and_characters() {
        let text = "é = 1\nab";
        assert_eq!(position(text, 3), Position { line: 1, column: 3 });
        assert_eq!(offset(text, Position { line: 2, column: 2 }), 8);
        assert_eq!(offset(text, Position { line: 2, column: 99 }), 9);
        assert_eq!(offset(text, Position { line: 9, column: 1 }), 9);
    }

    fn words() -> impl Strategy<Value = (Vec<String>, Vec<bool>, Vec<String>)> {
        (2_usize..20).prop_flat_map(|n| {
            (
                prop::collection::vec("[a-zé\n]{1,6}", n),
                prop::collection::vec(any::<bool>(), n),
                prop::collection::vec("[A-Zü\n]{0,9}", n),
            )
        })
    }

    proptest! {
        #[test]
        fn every_kept_character_comes_from_its_own_place((words, replaced, news) in words()) {
            let origin = words.concat();
            let mut text = Text::new(origin.clone());
            let mut at = 0;
            let mut all = Vec::new();
            for ((word, replaced), new) in words.iter().zip(&replaced).zip(&news) {
                if *replaced {
                    all.push((at..at + word.len(), new.clone()));
                }
                at += word.len();
            }
            text.replace(all);
            // Lower case was kept, upper case put in.
            for (i, c) in text.as_str().char_indices().filter(|(_, c)| c.is_lowercase() && *c != 'ü') {
                let from = text.trace(&(i..i + c.len_utf8()));
                prop_assert_eq!(&origin[from], c.to_string());
            }
        }
    }
}
