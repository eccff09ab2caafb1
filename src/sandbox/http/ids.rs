//! Ids and prefixes of ids in requests, with the words of the state's index on bad ones (`nomad-api.md §1.5`).

use crate::sandbox::id::{Id, hex};
use crate::sandbox::world::requests::Refusal;

/// The id a request names in full. `what` begins the words on a bad one, such as `node lookup failed: `. None when it
/// is well written but longer or shorter than any id.
///
/// # Errors
/// When it is no UUID.
pub(super) fn full(text: &str, what: &str) -> Result<Option<Id>, Refusal> {
    if text.len() != 36 {
        return Err(Refusal::failed(format!("{what}index error: UUID must be 36 characters")));
    }
    match digits(text) {
        Ok(_) => Ok(Id::parse(text)),
        Err(words) => Err(Refusal::failed(format!("{what}index error: {words}"))),
    }
}

/// The digits of a prefix, hyphens left out.
///
/// # Errors
/// When they are too many, odd in number, or none.
pub(super) fn prefix(text: &str, what: &str) -> Result<Vec<u8>, Refusal> {
    digits(text).map_err(|words| Refusal::failed(format!("{what}index error: {words}")))
}

fn digits(text: &str) -> Result<Vec<u8>, String> {
    let hyphens = text.bytes().filter(|b| *b == b'-').count();
    if text.len() > 36 {
        return Err(format!("Invalid UUID length. UUID have 36 characters; got {}", text.len()));
    }
    if hyphens > 4 {
        return Err(format!("UUID should have maximum of 4 \"-\"; got {hyphens}"));
    }
    let plain: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    if !plain.len().is_multiple_of(2) {
        return Err("Input (without hyphens) must be even length".to_owned());
    }
    plain
        .iter()
        .map(|b| {
            let shown = char::from(*b);
            hex(*b).ok_or_else(|| format!("Invalid UUID: encoding/hex: invalid byte: U+{b:04X} '{shown}'"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_ids_are_told_in_the_indexs_words() {
        let words = |r: Result<Vec<u8>, Refusal>| r.unwrap_err().text;
        assert_eq!(
            words(prefix("abc", "x: ")),
            "x: index error: Input (without hyphens) must be even length"
        );
        assert_eq!(
            words(prefix("xyzq", "x: ")),
            "x: index error: Invalid UUID: encoding/hex: invalid byte: U+0078 'x'"
        );
        assert_eq!(full("abcd", "x: ").unwrap_err().text, "x: index error: UUID must be 36 characters");
        assert_eq!(prefix("0a-1b", "x").unwrap(), [0, 10, 1, 11]);
    }
}
