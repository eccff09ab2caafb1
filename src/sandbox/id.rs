//! UUIDs as Nomad makes them: 16 random bytes, no version bits.

use std::fmt;

use serde::{Serialize, Serializer};

/// The first key of the keyring: it is there from the founding on.
pub(in crate::sandbox) const FOUNDING_KEY: Id = Id::from_bytes([
    0x5a, 0x4d, 0x6b, 0x1e, 0x0c, 0x2f, 0x4a, 0x7b, 0x9d, 0x3e, 0x8f, 0x1a, 0x2b, 0x3c, 0x4d, 0x5e,
]);

/// The id of a node, allocation, evaluation or deployment: 16 bytes instead of a 36-byte text, for 50,000 allocations.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// The next id of this source of randomness.
    pub fn random(rng: &mut fastrand::Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        Id(bytes)
    }

    /// The id this text writes, which must be the whole 36 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        let mut bytes = [0; 16];
        let mut digits = text.bytes().enumerate().filter(|(at, _)| !matches!(at, 8 | 13 | 18 | 23));
        for byte in &mut bytes {
            let (high, low) = (hex(digits.next()?.1)?, hex(digits.next()?.1)?);
            *byte = high << 4 | low;
        }
        [8, 13, 18, 23].iter().all(|&at| text.as_bytes()[at] == b'-').then_some(Id(bytes))
    }

    /// Whether the text of this id starts with these digits, hyphens of the prefix left out.
    #[must_use]
    pub fn starts_with(self, digits: &[u8]) -> bool {
        digits.iter().enumerate().all(|(at, &digit)| {
            let nibble = self.0.get(at / 2).map(|byte| if at % 2 == 0 { byte >> 4 } else { byte & 15 });
            nibble == Some(digit)
        })
    }

    /// The id of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Id(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub fn bytes(self) -> [u8; 16] {
        self.0
    }
}

/// The value of one hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|v| u8::try_from(v).ok())
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [b'-'; 36];
        let mut at = 0;
        for (n, byte) in self.0.iter().enumerate() {
            if matches!(n, 4 | 6 | 8 | 10) {
                at += 1;
            }
            text[at] = DIGITS[usize::from(byte >> 4)];
            text[at + 1] = DIGITS[usize::from(byte & 15)];
            at += 2;
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// No id, as Nomad writes it: the empty text.
pub(crate) fn or_empty<S: Serializer>(id: &Option<Id>, s: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => id.serialize(s),
        None => s.serialize_str(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = Id::random(&mut fastrand::Rng::with_seed(7));
        assert_eq!(Id::parse(&id.to_string()), Some(id));
        assert_eq!(id.to_string().len(), 36);
        for text in
            ["", "abcd", "00000000-0000-0000-0000-00000000000g", "0000000000000-0000-0000-000000000000"]
        {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_prefix_is_a_run_of_digits() {
        let id = Id::parse("0a1b2c3d-0000-4000-8000-0000000000ff").unwrap();
        assert!(id.starts_with(&[0, 10, 1]) && id.starts_with(&[]));
        assert!(!id.starts_with(&[0, 11]) && !id.starts_with(&[0; 33]));
    }
}
