//! What identifies a job, a node or an allocation; and UUIDs by their beginnings, as people copy them.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

pub use crate::api::nomad::JobType;
use crate::api::nomad::allocation::AllocStub;

/// A job: its id is unique in its namespace only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobKey {
    /// The namespace.
    pub namespace: String,
    /// The job's id.
    pub id: String,
}

impl JobKey {
    /// The job of that id in that namespace.
    pub fn new(namespace: impl Into<String>, id: impl Into<String>) -> Self {
        JobKey { namespace: namespace.into(), id: id.into() }
    }

    /// The job an allocation belongs to.
    #[must_use]
    pub fn of(alloc: &AllocStub) -> Self {
        JobKey::new(&*alloc.namespace, &*alloc.job_id)
    }

    /// Whether an allocation belongs to it.
    #[must_use]
    pub fn owns(&self, alloc: &AllocStub) -> bool {
        self.id == alloc.job_id && self.namespace == alloc.namespace
    }
}

impl std::fmt::Display for JobKey {
    /// As messages name it: `web`, or `team/web` where the namespace is not the usual one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace != "default" {
            write!(f, "{}/", self.namespace)?;
        }
        f.write_str(&self.id)
    }
}

macro_rules! uuid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The whole id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Its first 8 digits: what lists show and people copy.
            #[must_use]
            pub fn short(&self) -> &str {
                short(&self.0)
            }
        }

        impl<T: Into<String>> From<T> for $name {
            fn from(id: T) -> Self {
                $name(id.into())
            }
        }

        /// So that a map by id is asked with the id an API struct holds.
        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                &self.0 == other
            }
        }

        impl std::fmt::Display for $name {
            /// The whole id; [`Self::short`] is for people.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

uuid! {
    /// The id of a node.
    NodeId
}

uuid! {
    /// The id of an allocation.
    AllocId
}

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

/// A job as verbs take it, to be pasted into a shell: with its namespace, where that is not the usual one.
#[must_use]
pub fn job_words(namespace: &str, job: &str) -> String {
    let job = shell_word(job);
    if namespace == "default" { job } else { format!("-n {} {job}", shell_word(namespace)) }
}

/// A word as a shell reads it: quoted where it would be split or read as something else.
#[must_use]
pub fn shell_word(word: &str) -> String {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | ':' | '=' | '+' | ',');
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
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
    fn a_job_is_named_with_its_namespace_where_that_says_something() {
        assert_eq!(JobKey::new("default", "web").to_string(), "web");
        assert_eq!(JobKey::new("ops", "web").to_string(), "ops/web");
    }

    #[test]
    fn ids_are_found_by_the_text_that_the_api_gives() {
        let id = "c783f447-8011-8bb4-af07-9ae8eb83dde7".to_owned();
        let map: std::collections::BTreeMap<NodeId, u8> = [(NodeId::from(&*id), 1)].into();
        assert_eq!(map.get(id.as_str()), Some(&1));
        assert_eq!(AllocId::from(&*id).short(), "c783f447");
        assert_eq!(serde_json::to_value(AllocId::from(&*id)).unwrap(), serde_json::json!(id));
    }

    #[test]
    fn words_survive_a_shell() {
        for word in ["web", "a b", "it's", "$(rm x)", "", "a;b", "/a/b", "é", "*"] {
            assert_eq!(shlex::split(&shell_word(word)), Some(vec![word.to_owned()]), "{word}");
        }
        assert_eq!(job_words("ops", "a b"), "-n ops 'a b'");
    }

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
