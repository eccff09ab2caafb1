//! Lists: filtered on the full objects, cut into pages (`nomad-api.md §1.4`).

use std::cmp::Ordering;
use std::sync::Arc;

use crate::sandbox::filter::{DEFIED, Filter, Row, UNREADABLE};
use crate::sandbox::http::access::Rights;
use crate::sandbox::http::ids;
use crate::sandbox::http::request::Options;
use crate::sandbox::state::shelf::{Row as Shelved, Shelf};
use crate::sandbox::world::requests::Refusal;

/// By what a list is ordered and its pages begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// `namespace.id`.
    NamespaceAndId,
    /// `createIndex.id`.
    CreationAndId,
    /// The id.
    Id,
    /// The index of the last change.
    Modification,
}

/// What a page token is made of.
pub(crate) trait Keyed {
    /// The namespace; empty where there is none.
    fn namespace(&self) -> &str;
    /// The id.
    fn id(&self) -> String;
    /// Index of its creation.
    fn create_index(&self) -> u64;
    /// Index of its last change.
    fn modify_index(&self) -> u64;
}

impl Token {
    fn of(self, row: &impl Keyed) -> String {
        match self {
            Token::NamespaceAndId => format!("{}.{}", row.namespace(), row.id()),
            Token::CreationAndId => format!("{}.{}", row.create_index(), row.id()),
            Token::Id => row.id(),
            Token::Modification => row.modify_index().to_string(),
        }
    }

    /// Where a row stands to the token a page begins with.
    fn compare(self, row: &impl Keyed, target: &str) -> Ordering {
        match self {
            Token::CreationAndId => {
                let parts =
                    target.split_once('.').and_then(|(index, id)| Some((index.parse::<u64>().ok()?, id)));
                match parts {
                    Some((index, id)) => {
                        row.create_index().cmp(&index).then_with(|| row.id().as_str().cmp(id))
                    }
                    None => self.of(row).as_str().cmp(target),
                }
            }
            Token::Modification => row.modify_index().cmp(&target.parse().unwrap_or(0)),
            _ => self.of(row).as_str().cmp(target),
        }
    }
}

/// A page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// Its rows.
    pub rows: Vec<Arc<T>>,
    /// Where the next one begins; empty on the last.
    pub next: String,
}

/// The filter of a request, if any.
///
/// # Errors
/// When it cannot be read, in the library's words.
pub(crate) fn filter(options: &Options) -> Result<Option<Filter>, Refusal> {
    if options.filter.is_empty() {
        return Ok(None);
    }
    let refuse = |words: String| Refusal::new(400, format!("{UNREADABLE}{words}"));
    Filter::parse(&options.filter).map(Some).map_err(refuse)
}

/// The rows of a list that make up a page. `readable` says which the token may see; the filter is asked first.
///
/// # Errors
/// When the filter cannot be read or a row defies it.
pub(crate) fn page<'a, T: Keyed + Row + 'a>(
    rows: impl Iterator<Item = &'a Arc<T>>,
    options: &Options,
    token: Token,
    readable: impl Fn(&T) -> bool,
) -> Result<Page<T>, Refusal> {
    let filter = filter(options)?;
    let passed = if options.reverse { Ordering::Greater } else { Ordering::Less };
    let mut begun = options.next_token.is_empty();
    let mut page = Page { rows: Vec::new(), next: String::new() };
    for row in rows {
        if !begun && token.compare(&**row, &options.next_token) == passed {
            continue;
        }
        if let Some(filter) = &filter {
            let passes = filter.passes(&**row);
            if !passes.map_err(|words| Refusal::new(400, format!("{DEFIED}{words}")))? {
                continue;
            }
        }
        if !readable(row) {
            continue;
        }
        begun = true;
        let full = i32::try_from(page.rows.len()).unwrap_or(i32::MAX) >= options.per_page;
        if options.per_page != 0 && full {
            page.next = token.of(&**row);
            break;
        }
        page.rows.push(Arc::clone(row));
    }
    Ok(page)
}

/// A page of what belongs to jobs: by creation, or by id where the beginning of one is given. `lookup` begins the words
/// on a bad beginning; `meant` says which rows the request is about beside its namespace.
///
/// # Errors
/// As [`page`], and when the beginning of the id cannot be one.
pub(super) fn shelf_page<T: Keyed + Row + Shelved>(
    shelf: &Shelf<T>,
    options: &Options,
    rights: &Rights,
    lookup: &str,
    meant: impl Fn(&T) -> bool,
) -> Result<Page<T>, Refusal> {
    let here = |row: &T| options.namespace == "*" || *row.job().namespace == *options.namespace;
    let readable = |row: &T| rights.in_namespace(&row.job().namespace, &["read-job"]);
    if options.prefix.is_empty() {
        let rows = shelf.by_creation().filter(|row| here(row) && meant(row));
        return page(directed(rows, options), options, Token::CreationAndId, readable);
    }
    let digits = ids::prefix(&options.prefix, lookup)?;
    let rows =
        shelf.by_id().filter(|row| here(row) && meant(row) && Shelved::id(&***row).starts_with(&digits));
    page(directed(rows, options), options, Token::Id, readable)
}

/// Rows in the direction that was asked for.
pub(crate) fn directed<'a, R: 'a>(
    rows: impl DoubleEndedIterator<Item = R> + 'a,
    options: &Options,
) -> Box<dyn Iterator<Item = R> + 'a> {
    if options.reverse { Box::new(rows.rev()) } else { Box::new(rows) }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::Value;

    use super::*;

    #[derive(Debug)]
    struct Thing(u64);

    impl Keyed for Thing {
        fn namespace(&self) -> &str {
            "default"
        }
        fn id(&self) -> String {
            format!("t{}", self.0)
        }
        fn create_index(&self) -> u64 {
            self.0
        }
        fn modify_index(&self) -> u64 {
            self.0
        }
    }

    impl Row for Thing {
        fn field(&self, name: &str) -> Option<Cow<'_, Value>> {
            (name == "ID").then(|| Cow::Owned(Value::from(self.id())))
        }
    }

    fn pages(token: Token, reverse: bool, filter: &str) -> Vec<Vec<u64>> {
        let mut things: Vec<Arc<Thing>> = (8..13).map(|n| Arc::new(Thing(n))).collect();
        if reverse {
            things.reverse();
        }
        let mut options = Options { per_page: 2, reverse, filter: filter.to_owned(), ..Options::default() };
        let mut pages = Vec::new();
        loop {
            let page = page(things.iter(), &options, token, |_| true).unwrap();
            pages.push(page.rows.iter().map(|t| t.0).collect());
            if page.next.is_empty() {
                return pages;
            }
            options.next_token = page.next;
        }
    }

    #[test]
    fn pages_follow_each_other() {
        assert_eq!(pages(Token::CreationAndId, false, ""), [vec![8, 9], vec![10, 11], vec![12]]);
        assert_eq!(pages(Token::Modification, true, ""), [vec![12, 11], vec![10, 9], vec![8]]);
        assert_eq!(pages(Token::CreationAndId, false, "ID != `t9`"), [vec![8, 10], vec![11, 12]]);
    }

    #[test]
    fn a_filter_that_a_row_defies_fails_the_list() {
        let things = [Arc::new(Thing(1))];
        let options = Options { filter: "Foo == `x`".to_owned(), ..Options::default() };
        let refusal = page(things.iter(), &options, Token::Id, |_| true).unwrap_err();
        assert!(refusal.status == 400 && refusal.text.starts_with(DEFIED), "{refusal}");
        assert!(page(std::iter::empty::<&Arc<Thing>>(), &options, Token::Id, |_| true).is_ok());
    }
}
