//! Conditions that can be waited for, and how they stand by what is seen at this moment.

pub mod alloc;
pub mod deployment;
pub mod eval;
pub mod job;
pub mod node;
pub mod service;

/// Whether a condition is met. The words complete the sentence "NAME: …" and have no full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionState {
    /// It is so, as far as anything can be seen now.
    Met(String),
    /// It is not so yet.
    NotYet(String),
    /// Something that decides could not be seen.
    NotKnown(String),
    /// It can no longer become so by itself.
    Never(String),
}

impl ConditionState {
    /// The words.
    #[must_use]
    pub fn words(&self) -> &str {
        let (ConditionState::Met(words)
        | ConditionState::NotYet(words)
        | ConditionState::NotKnown(words)
        | ConditionState::Never(words)) = self;
        words
    }
}

/// One of these words, or an error that lists them.
fn one_of<T: Copy>(text: &str, words: &[(&str, T)], also: &str) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text);
    found.map(|(_, meaning)| *meaning).ok_or_else(|| {
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let near = crate::model::suggest::nearest(text, names.iter().copied());
        let near = near.map_or(String::new(), |near| format!("; did you mean {near:?}?"));
        format!("there is no such condition; there are {}{also}{near}", names.join(", "))
    })
}

/// What is still not there of several things, in words: `2 of 3 running`.
fn so_many(good: u64, wanted: u64, what: &str) -> String {
    format!("{good} of {wanted} {what}")
}
