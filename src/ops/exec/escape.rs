//! The way out of a session that does not listen: `~` at the beginning of a line, as in ssh.

/// What the keys ask for beside what is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `~.`: leave at once.
    Leave,
    /// `~^Z`: put fleet in the background.
    Suspend,
    /// `~?`: say what the keys are.
    Help,
}

/// Reads keys as they are typed.
#[derive(Debug)]
pub struct Escape {
    line_begins: bool,
    tilde: bool,
}

impl Default for Escape {
    fn default() -> Self {
        Escape { line_begins: true, tilde: false }
    }
}

impl Escape {
    /// What of the bytes is passed on, up to the first key that means something to fleet; and what follows that key.
    pub fn feed(&mut self, bytes: &[u8]) -> (Vec<u8>, Option<(Key, Vec<u8>)>) {
        let mut out = Vec::with_capacity(bytes.len() + 1);
        for (at, &byte) in bytes.iter().enumerate() {
            if self.tilde {
                self.tilde = false;
                let key = match byte {
                    b'.' => Some(Key::Leave),
                    0x1a => Some(Key::Suspend),
                    b'?' => Some(Key::Help),
                    _ => None,
                };
                if let Some(key) = key {
                    self.line_begins = true;
                    return (out, Some((key, bytes[at + 1..].to_vec())));
                }
                // Twice is one that is meant for the other side.
                out.push(b'~');
                if byte != b'~' {
                    out.push(byte);
                }
            } else if self.line_begins && byte == b'~' {
                self.tilde = true;
                continue;
            } else {
                out.push(byte);
            }
            self.line_begins = matches!(byte, b'\r' | b'\n');
        }
        (out, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(pieces: &[&str]) -> (String, Option<Key>) {
        let (mut escape, mut out) = (Escape::default(), Vec::new());
        for piece in pieces {
            let (passed, key) = escape.feed(piece.as_bytes());
            out.extend(passed);
            if let Some((key, _)) = key {
                return (String::from_utf8(out).unwrap(), Some(key));
            }
        }
        (String::from_utf8(out).unwrap(), None)
    }

    #[test]
    fn a_tilde_means_something_at_the_beginning_of_a_line_only() {
        assert_eq!(typed(&["~."]), (String::new(), Some(Key::Leave)));
        assert_eq!(typed(&["ls\r~", "."]), ("ls\r".into(), Some(Key::Leave)));
        assert_eq!(typed(&["a~."]), ("a~.".into(), None));
        assert_eq!(typed(&["~~."]), ("~.".into(), None));
        assert_eq!(typed(&["~x"]), ("~x".into(), None));
        assert_eq!(typed(&["\r~\x1a"]), ("\r".into(), Some(Key::Suspend)));
        assert_eq!(typed(&["~?"]), (String::new(), Some(Key::Help)));
    }

    proptest! {
        #[test]
        fn text_without_tildes_is_passed_on_as_it_is(text in "[a-z\r\n.]{0,40}") {
            prop_assert_eq!(typed(&[&text]), (text.clone(), None));
        }
    }
}
