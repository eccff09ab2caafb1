//! UUIDs by their beginnings, as people copy them: any length, odd ones too.

/// The beginning of a UUID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPrefix {
    /// Lower-case hexadecimal digits with the hyphens where a UUID has them.
    text: String,
}

/// Where a UUID has hyphens.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
const LENGTH: usize = 36;

impl std::fmt::Display for IdPrefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl IdPrefix {
    /// Reads the beginning of a UUID; none when the text cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let fits =
            |(i, c): (usize, char)| if HYPHENS.contains(&i) { c == '-' } else { c.is_ascii_hexdigit() };
        (!text.is_empty() && text.len() <= LENGTH && text.char_indices().all(fits))
            .then_some(IdPrefix { text })
    }

    /// Whether it is a whole UUID.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.text.len() == LENGTH
    }

    /// Whether this id begins so.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        id.starts_with(&self.text)
    }

    /// What may be asked of the server: an even number of digits, at least two (`nomad-api.md` T9); none when only the
    /// whole list will do.
    #[must_use]
    pub fn for_server(&self) -> Option<&str> {
        let mut text = self.text.trim_end_matches('-');
        if text.bytes().filter(|b| *b != b'-').count() % 2 == 1 {
            text = text[..text.len() - 1].trim_end_matches('-');
        }
        (text.len() >= 2).then_some(text)
    }
}

/// Bytes in hexadecimal digits, two for each.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A job as verbs take it: with its namespace, where that is not the usual one.
#[must_use]
pub fn job_words(namespace: &str, job: &str) -> String {
    if namespace == "default" { job.to_owned() } else { format!("-n {namespace} {job}") }
}

/// The first 8 digits: what lists show and people copy.
#[must_use]
pub fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_no_prefixes_and_hyphens_must_stand_right() {
        for text in ["", "web", "c1-x", "abcdefg1", "12345678a", "1234-5678"] {
            assert_eq!(IdPrefix::parse(text), None, "{text}");
        }
        assert!(IdPrefix::parse("C783F447-8011-8bb4-af07-9ae8eb83dde7").unwrap().is_whole());
    }

    #[test]
    fn an_odd_prefix_is_rounded_down_for_the_server() {
        let server = |text: &str| IdPrefix::parse(text).unwrap().for_server().map(str::to_owned);
        assert_eq!(server("c"), None);
        assert_eq!(server("c7"), Some("c7".into()));
        assert_eq!(server("c78"), Some("c7".into()));
        assert_eq!(server("c783f447-"), Some("c783f447".into()));
        assert_eq!(server("c783f447-8"), Some("c783f447".into()));
        assert_eq!(server("c783f447-80"), Some("c783f447-80".into()));
    }

    proptest! {
        #[test]
        fn every_beginning_of_an_id_finds_it(digits in "[0-9a-f]{32}", length in 1_usize..=36) {
            let id = format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]);
            let prefix = IdPrefix::parse(&id[..length]).unwrap();
            prop_assert!(prefix.matches(&id));
            if let Some(server) = prefix.for_server() {
                prop_assert!(id.starts_with(server));
                prop_assert_eq!(server.bytes().filter(|b| *b != b'-').count() % 2, 0);
            }
        }
    }
}
