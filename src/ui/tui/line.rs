//! A line that is typed: of a filter, or of a command.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A line and where the cursor is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    text: Vec<char>,
    /// Before which character.
    cursor: usize,
}

/// What a key did to a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// It was changed, or the cursor moved.
    On,
    /// It is to be taken as it is.
    Done,
    /// It is to be forgotten.
    Left,
}

impl Line {
    /// A line to go on from, with the cursor at its end.
    pub(super) fn of(text: &str) -> Self {
        let text: Vec<char> = text.chars().collect();
        Line { cursor: text.len(), text }
    }

    /// What stands there.
    #[must_use]
    pub fn text(&self) -> String {
        self.text.iter().collect()
    }

    /// What stands before the cursor.
    #[must_use]
    pub fn before_cursor(&self) -> String {
        self.text[..self.cursor].iter().collect()
    }

    /// Takes in text that was pasted; a line has no line ends.
    pub(super) fn paste(&mut self, text: &str) {
        let one_line = text.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c });
        for c in one_line {
            self.insert(c);
        }
    }

    fn insert(&mut self, c: char) {
        self.text.insert(self.cursor, c);
        self.cursor += 1;
    }

    /// Takes a key, as a shell's line takes it.
    pub(super) fn take(&mut self, key: &KeyEvent) -> Typed {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return self.take_control(key.code);
        }
        match key.code {
            KeyCode::Enter => return Typed::Done,
            KeyCode::Esc => return Typed::Left,
            KeyCode::Backspace if self.text.is_empty() => return Typed::Left,
            KeyCode::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.text.remove(self.cursor);
            }
            KeyCode::Delete if self.cursor < self.text.len() => {
                self.text.remove(self.cursor);
            }
            KeyCode::Left => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Right => self.cursor = (self.cursor + 1).min(self.text.len()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.text.len(),
            KeyCode::Char(c) if !key.modifiers.contains(KeyModifiers::ALT) => self.insert(c),
            _ => {}
        }
        Typed::On
    }

    fn take_control(&mut self, code: KeyCode) -> Typed {
        match code {
            KeyCode::Char('c' | 'g' | 'd') => return Typed::Left,
            KeyCode::Char('j' | 'm') => return Typed::Done,
            KeyCode::Char('a') => self.cursor = 0,
            KeyCode::Char('e') => self.cursor = self.text.len(),
            KeyCode::Char('u') => {
                self.text.drain(..self.cursor);
                self.cursor = 0;
            }
            KeyCode::Char('k') => self.text.truncate(self.cursor),
            KeyCode::Char('w') => {
                let word = self.text[..self.cursor].iter().rev().skip_while(|c| **c == ' ');
                let kept = word.skip_while(|c| **c != ' ').count();
                self.text.drain(kept..self.cursor);
                self.cursor = kept;
            }
            KeyCode::Char('h') => return self.take(&KeyEvent::from(KeyCode::Backspace)),
            _ => {}
        }
        Typed::On
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut Line, keys: &str) {
        for c in keys.chars() {
            let key = match c {
                '<' => KeyEvent::from(KeyCode::Left),
                '#' => KeyEvent::from(KeyCode::Backspace),
                '^' => KeyEvent::new(KeyCode::Char('w'), KeyModifiers::CONTROL),
                c => KeyEvent::from(KeyCode::Char(c)),
            };
            assert_eq!(line.take(&key), Typed::On);
        }
    }

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        let mut line = Line::of("job scale web ");
        typed(&mut line, "34#");
        assert_eq!(line.text(), "job scale web 3");
        typed(&mut line, "^^");
        assert_eq!((line.text().as_str(), line.before_cursor().len()), ("job scale ", 10));
        typed(&mut line, "<<<");
        line.paste("ü\nx\n");
        assert_eq!((line.text().as_str(), line.before_cursor().as_str()), ("job scaü xle ", "job scaü x"));
        let mut empty = Line::default();
        assert_eq!(empty.take(&KeyEvent::from(KeyCode::Backspace)), Typed::Left);
        assert_eq!(empty.take(&KeyEvent::from(KeyCode::Enter)), Typed::Done);
        assert_eq!(empty.take(&KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Typed::Left);
    }
}
