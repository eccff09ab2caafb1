//! Filter expressions as Nomad's lists take them (`nomad-api.md §1.4`): parsed and asked of rows, with the library's
//! own words where they fail.
//!
//! A filter asks the server's full object, not the row of the list, and Go's types show in its errors. JSON tells
//! them only in part, so the rest is known by the fields' names.

mod evaluate;
mod grammar;
mod peg;
mod syntax;
mod typed;
mod value;
mod wanted;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

pub(crate) use evaluate::flaw;
pub(crate) use typed::{Type, TypedFilter};

/// What Nomad puts before the error of a filter that cannot be read; the status is 400.
pub const UNREADABLE: &str = "failed to create result paginator: failed to read filter expression: ";

/// What Nomad puts before the error of a filter that a row defies; the status is 400.
pub const DEFIED: &str = "failed to read result page: ";

/// A filter expression.
#[derive(Debug, Clone)]
pub struct Filter(syntax::Expression);

/// A row a filter is asked of: an object of the server, field by field, so that only what the filter names is made.
pub trait Row {
    /// A field of the object by its Go name, as JSON; none when there is no such field. A field that the API leaves
    /// out when empty is there all the same.
    fn field(&self, name: &str) -> Option<Cow<'_, Value>>;
}

impl Row for Value {
    fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.get(name).map(Cow::Borrowed)
    }
}

impl Filter {
    /// Reads an expression.
    ///
    /// # Errors
    /// The library's text, which Nomad puts after [`UNREADABLE`].
    pub fn parse(text: &str) -> Result<Filter, String> {
        syntax::parse(text).map(Filter)
    }

    /// Whether the row passes.
    ///
    /// # Errors
    /// The library's text, which Nomad puts after [`DEFIED`]; such a row fails the whole list.
    pub fn passes(&self, row: &dyn Row) -> Result<bool, String> {
        evaluate::Evaluation::new(row).holds(&self.0)
    }
}
