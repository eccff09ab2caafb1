//! What a match in an expression is about.

use std::ops::Deref;
use std::sync::OnceLock;

use regex::Regex;

/// The text written in an expression. As a pattern it is compiled once, not for every row of a list.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    text: String,
    pattern: OnceLock<Option<Regex>>,
}

impl Wanted {
    /// The pattern it is; none when it is no regular expression.
    pub(super) fn pattern(&self) -> Option<&Regex> {
        self.pattern.get_or_init(|| Regex::new(&self.text).ok()).as_ref()
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

impl From<String> for Wanted {
    fn from(text: String) -> Self {
        Wanted { text, pattern: OnceLock::new() }
    }
}

impl Deref for Wanted {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
