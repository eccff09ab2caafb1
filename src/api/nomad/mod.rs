//! Nomad's HTTP API: typed calls with their wire types beside them (`nomad-api.md`).
//!
//! Wire types name what `fleet` uses; unknown fields are ignored, nulls stand for empty lists.

pub mod acl;
pub mod agent;
pub mod alloc_client;
pub mod alloc_status;
pub mod allocation;
pub mod deployment;
pub mod evaluation;
pub mod event;
pub mod exec;
pub mod fs;
pub mod job;
mod job_type;
pub mod jobspec;
pub mod namespace;
pub mod node;
pub mod node_client;
pub mod node_pool;
pub mod operator;
pub mod plan;
pub mod registration;
pub mod scaling;
pub mod service;
pub mod variable;
pub mod volume;

pub use job_type::JobType;
use serde::Deserialize;

use crate::api::http::{Get, Write};

/// The wildcard that lists every namespace the token may read (`nomad-api.md §1.3`).
pub const ALL_NAMESPACES: &str = "*";

impl<T> Get<T> {
    /// Reads in this namespace.
    #[must_use]
    pub fn namespace(self, namespace: &str) -> Self {
        self.query("namespace", namespace)
    }

    /// Keeps only what Nomad's filter expression selects.
    #[must_use]
    pub fn filter(self, expression: Option<&str>) -> Self {
        self.query_opt("filter", expression)
    }

    /// Keeps only ids that start with this; of a UUID an even number of digits (T9).
    #[must_use]
    pub fn prefix(self, prefix: Option<&str>) -> Self {
        self.query_opt("prefix", prefix)
    }
}

impl<T> Write<T> {
    /// Writes in this namespace.
    #[must_use]
    pub fn namespace(self, namespace: &str) -> Self {
        self.query("namespace", namespace)
    }
}

/// The reply of writes that make evaluations.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct EvalReply {
    /// The evaluation to follow; empty where none was made.
    #[serde(rename = "EvalID", deserialize_with = "crate::api::wire::nullable")]
    pub eval_id: String,
    /// The raft index of the write.
    pub index: u64,
}

/// Quotes a text as a value of a filter expression: the one way to put a value into one (`nomad-api.md §1.4`).
///
/// A quote cannot be escaped by a backslash there, it would end the value. And `"/dev/vda"` is no value but a JSON pointer,
/// which selects the field of that name: such a value matches nothing, without an error. Codes are read as what they stand for.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for (at, c) in text.chars().enumerate() {
        match c {
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\x22"),
            '/' if at == 0 => quoted.push_str("\\x2f"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A filter expression that holds when the selector equals one of the values; there is no list literal (§1.4).
#[must_use]
pub fn one_of<'a>(selector: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let alternatives: Vec<String> = values.into_iter().map(regex::escape).collect();
    format!("{selector} matches {}", quoted(&format!("^({})$", alternatives.join("|"))))
}

/// Longer lists of values make a filter more costly than the rows it spares.
pub const MOST_IN_A_FILTER: usize = 50;

/// The same of a few values; none where there are so many that the whole list is cheaper.
#[must_use]
pub fn one_of_few<'a>(
    selector: &str,
    values: impl IntoIterator<Item = &'a str, IntoIter: ExactSizeIterator>,
) -> Option<String> {
    let values = values.into_iter();
    (values.len() <= MOST_IN_A_FILTER).then(|| one_of(selector, values))
}

/// A filter of what another one selects.
#[must_use]
pub fn among(only: Option<&str>, filter: &str) -> String {
    only.map_or_else(|| filter.to_owned(), |only| format!("({only}) and {filter}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_so_that_they_stay_values() {
        assert_eq!(quoted("web"), r#""web""#);
        assert_eq!(quoted("/dev/vda"), r#""\x2fdev/vda""#);
        assert_eq!(quoted("a/b\\c\"d\n"), r#""a/b\\c\x22d\u000a""#);
    }

    #[test]
    fn membership_is_an_anchored_pattern() {
        assert_eq!(one_of("JobID", ["web.v1", "api"]), r#"JobID matches "^(web\\.v1|api)$""#);
    }
}
